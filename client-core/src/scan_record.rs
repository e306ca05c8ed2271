//! Who looked at the scan of which form, and when (A2.1, A6.1).
//!
//! The record of access has the opening of a file by its place in the group's log, as its device signed it. The group's log says
//! which form's scan lies at that place: so an auditor reads "Form 3", not a number.

use renkei_policy::group::Group;
use renkei_policy::group::a06_scans::FormKind;
use renkei_proto::access::{AccessRecord, What};
use renkei_proto::file::Part;
use renkei_proto::id::{DeviceId, GroupId, UserId};
use renkei_proto::time::{Date, Time};
use serde::{Deserialize, Serialize};

/// A look at the scan of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanOpening {
    /// Who.
    pub user: UserId,
    /// With which device.
    pub device: DeviceId,
    /// When.
    pub time: Time,
    /// The form's place.
    pub of: u64,
    /// What it is.
    pub form: FormKind,
    /// The day on the paper.
    pub on: Date,
    /// The scan's place.
    pub scan: u64,
}

/// The openings of scans of `group`, in the order of the record. Those of an earlier scan of a form are told as well.
pub fn scan_openings<'r>(
    id: GroupId,
    group: &Group,
    records: impl IntoIterator<Item = &'r AccessRecord>,
) -> Vec<ScanOpening> {
    let opening = |record: &AccessRecord| {
        let What::FileOpened { group: there, seq, part: Part::Content, .. } = record.what else { return None };
        let deposit = (there == id).then(|| group.deposit(seq))??;
        let form = group.form(deposit.of)?;
        Some(ScanOpening {
            user: record.user?,
            device: record.device?,
            time: record.time,
            of: deposit.of,
            form: form.kind,
            on: form.on,
            scan: seq,
        })
    };
    records.into_iter().filter_map(opening).collect()
}
