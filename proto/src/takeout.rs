//! Taking information, or a facility's device, out (Art. 12 (9), A12.5): what is asked for, what is permitted, and what a
//! device says when it exports.
//!
//! Everything here is a closed word, an identifier, a place in a log or a time. What must be said beyond that, people say to
//! each other: the registry is read by everybody and kept for good.

use serde::{Deserialize, Serialize};

use crate::hash::Hash32;
use crate::id::{DeviceId, GroupId, TakeoutId, UserId};
use crate::time::Time;

/// What is to be taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TakeoutSubject {
    /// What is in a group from one place of its log to another, both included.
    Information {
        /// Which group.
        group: GroupId,
        /// The first place.
        first: u64,
        /// The last one.
        last: u64,
    },
    /// The device that the request names: it leaves the facility.
    Device,
}

/// On what it leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Medium {
    /// 紙.
    Paper,
    /// USBメモリー.
    UsbMemory,
    /// 外付けディスク.
    ExternalDisk,
    /// A computer that is not registered here.
    Computer,
    /// The facility's chart (カルテ・介護記録).
    Chart,
    /// The device itself.
    Device,
    /// Another one, which the facility keeps on paper.
    Other,
}

/// What for. A word, so that nothing personal stands in the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TakeoutPurpose {
    /// A visit at the patient's home.
    Visit,
    /// A conference about the patient.
    Conference,
    /// A referral or a transfer to somebody who cares for the patient and is not here.
    Referral,
    /// The chart.
    Chart,
    /// The patient or the family asked.
    PatientRequest,
    /// An authority or an insurer asked.
    Authority,
    /// A repair or an inspection of a device.
    Repair,
    /// Another one, which the facility keeps on paper.
    Other,
}

/// How a takeout ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TakeoutEnd {
    /// It is back.
    Returned,
    /// It was erased, shredded, wiped.
    Erased,
    /// It became part of the chart, and stays there.
    Filed,
    /// Nothing was taken out.
    NotUsed,
    /// It was lost: a report of a leak goes its own way.
    Lost,
}

/// A request of a person to take something out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakeoutRequest {
    /// The new takeout.
    pub takeout: TakeoutId,
    /// What.
    pub what: TakeoutSubject,
    /// On what.
    pub medium: Medium,
    /// What for.
    pub purpose: TakeoutPurpose,
    /// From this second on.
    pub from: Time,
    /// Until this second, excluded: by then it is back, erased or filed.
    pub until: Time,
    /// The own device that exports it, or that is itself taken out.
    pub device: DeviceId,
}

/// A standing permit to put text into the chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandingTakeout {
    /// The new permit.
    pub takeout: TakeoutId,
    /// For whom.
    pub user: UserId,
    /// Of which group; none for every group that the person reads.
    pub group: Option<GroupId>,
    /// Until this second, excluded.
    pub until: Time,
}

/// In which form information leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TakeoutForm {
    /// An encrypted archive with a manifest.
    Archive,
    /// Text, to be pasted into the chart or printed.
    Text,
}

impl Medium {
    /// Whether information leaves on this medium in this form.
    pub const fn takes(self, form: TakeoutForm) -> bool {
        match self {
            Self::Paper => true,
            Self::Chart => matches!(form, TakeoutForm::Text),
            Self::UsbMemory | Self::ExternalDisk | Self::Computer | Self::Other => matches!(form, TakeoutForm::Archive),
            Self::Device => false,
        }
    }

    /// Whether a takeout on this medium can have ended so.
    pub const fn ends(self, how: TakeoutEnd) -> bool {
        match how {
            TakeoutEnd::NotUsed => true,
            TakeoutEnd::Filed => matches!(self, Self::Paper | Self::Chart),
            TakeoutEnd::Returned | TakeoutEnd::Erased | TakeoutEnd::Lost => !matches!(self, Self::Chart),
        }
    }
}

/// What a device is about to export, said to the server before the first byte is written. It is put on the record of
/// access, and only then it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakeoutExport {
    /// Under which permit.
    pub takeout: TakeoutId,
    /// Of which group.
    pub group: GroupId,
    /// In which form.
    pub form: TakeoutForm,
    /// The place of the first item.
    pub first: u64,
    /// The place of the last one.
    pub last: u64,
    /// How many items.
    pub items: u32,
    /// SHA-256 of the manifest, which names every item with its own hash.
    pub manifest: Hash32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a12_5_information_leaves_on_a_medium_in_the_form_that_suits_it_and_never_as_a_device() {
        let forms = |medium: Medium| [TakeoutForm::Archive, TakeoutForm::Text].map(|form| medium.takes(form));
        assert_eq!(forms(Medium::UsbMemory), [true, false]);
        assert_eq!(forms(Medium::Chart), [false, true]);
        assert_eq!(forms(Medium::Paper), [true, true]);
        assert_eq!(forms(Medium::Device), [false, false]);
    }

    #[test]
    fn a12_5_what_is_in_the_chart_is_neither_returned_nor_lost_and_a_device_is_not_filed() {
        assert!(Medium::Chart.ends(TakeoutEnd::Filed) && Medium::Chart.ends(TakeoutEnd::NotUsed));
        assert!(!Medium::Chart.ends(TakeoutEnd::Returned) && !Medium::Chart.ends(TakeoutEnd::Lost));
        assert!(Medium::Device.ends(TakeoutEnd::Returned) && !Medium::Device.ends(TakeoutEnd::Filed));
    }
}
