//! What has left with a device under permits, and what may be out with it still: for the draft of a report on a leak (A15.1).

use renkei_policy::registry::View;
use renkei_policy::registry::a12_takeout::Stage;
use renkei_proto::access::{AccessRecord, What};
use renkei_proto::file::Intent;
use renkei_proto::hash::Hash32;
use renkei_proto::id::{DeviceId, GroupId, TakeoutId, UserId};
use renkei_proto::takeout::{Medium, TakeoutEnd, TakeoutForm, TakeoutPurpose, TakeoutSubject};
use renkei_proto::time::Time;
use serde::{Deserialize, Serialize};

/// One export under a permit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftWith {
    /// When it was put on record: just before it was written.
    pub at: Time,
    /// Of which group.
    pub group: GroupId,
    /// An archive is encrypted to its passphrase. Text is not.
    pub form: TakeoutForm,
    /// Messages and files.
    pub items: u32,
    /// SHA-256 of the manifest, which names each of them.
    pub manifest: Hash32,
}

/// A permit under which something left with a device, or may have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftUnder {
    /// Which permit.
    pub takeout: TakeoutId,
    /// Of which group; none for the device itself, and for a standing permit of every group.
    pub group: Option<GroupId>,
    /// The device itself was let leave the facility.
    pub device: bool,
    /// On what.
    pub medium: Medium,
    /// What for.
    pub purpose: TakeoutPurpose,
    /// A standing permit, for text of the chart.
    pub standing: bool,
    /// From when.
    pub from: Time,
    /// Until when.
    pub until: Time,
    /// Who permitted it.
    pub approved_by: UserId,
    /// When.
    pub approved_at: Time,
    /// Where it stands; nothing of a standing one, whose text became part of the chart.
    pub stage: Option<Stage>,
    /// How it ended, by an administrator's word.
    pub ended: Option<TakeoutEnd>,
    /// What left under it with this device.
    pub exports: Vec<LeftWith>,
    /// How often a file was handed to the device to go into an archive under it.
    pub files: u64,
}

/// The permits of `user` with `device`, by the registry and these records of that device: each that was not confirmed to have
/// ended before `since`, and each under which something left since then.
pub(crate) fn under(
    view: View<'_>,
    (user, device): (UserId, DeviceId),
    records: &[&AccessRecord],
    (since, now): (Time, Time),
) -> Vec<LeftUnder> {
    let exports = |takeout: TakeoutId| -> Vec<LeftWith> {
        let of = |record: &AccessRecord| match record.what {
            What::TakenOut { takeout: under, group, form, items, manifest, .. } if under == takeout => {
                Some(LeftWith { at: record.time, group, form, items, manifest })
            }
            _ => None,
        };
        records.iter().copied().filter_map(of).collect()
    };
    let files = |takeout: TakeoutId| {
        let handed = |what: &What| matches!(what, What::FileOpened { intent: Intent::TakeOut { takeout: under }, .. } if *under == takeout);
        records.iter().filter(|record| handed(&record.what)).count() as u64
    };
    let lately = |exports: &[LeftWith]| exports.iter().any(|one| one.at >= since);
    let asked = view.takeouts(now).filter(|(one, _)| one.asked.by == user && one.request.device == device);
    let asked = asked.filter_map(|(one, stage)| {
        let (word, _) = one.decided.filter(|(_, approved)| *approved)?;
        let (exports, files) = (exports(one.request.takeout), files(one.request.takeout));
        let closed = one.confirmed.is_some_and(|confirmed| confirmed.word.time < since);
        let group = match one.request.what {
            TakeoutSubject::Information { group, .. } => Some(group),
            TakeoutSubject::Device => None,
        };
        (!closed || lately(&exports)).then(|| LeftUnder {
            takeout: one.request.takeout,
            group,
            device: group.is_none(),
            medium: one.request.medium,
            purpose: one.request.purpose,
            standing: false,
            from: one.request.from,
            until: one.request.until,
            approved_by: word.by,
            approved_at: word.time,
            stage: Some(stage),
            ended: one.confirmed.map(|confirmed| confirmed.how),
            exports,
            files,
        })
    });
    let standing = view.standing_takeouts().filter(|one| one.permit.user == user).filter_map(|one| {
        let exports = exports(one.permit.takeout);
        lately(&exports).then_some(LeftUnder {
            takeout: one.permit.takeout,
            group: one.permit.group,
            device: false,
            medium: Medium::Chart,
            purpose: TakeoutPurpose::Chart,
            standing: true,
            from: one.given.time,
            until: one.permit.until,
            approved_by: one.given.by,
            approved_at: one.given.time,
            stage: None,
            ended: None,
            exports,
            files: 0,
        })
    });
    let mut all: Vec<LeftUnder> = asked.chain(standing).collect();
    all.sort_by_key(|one| (one.approved_at, one.takeout));
    all
}
