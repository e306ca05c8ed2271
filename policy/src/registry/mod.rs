//! The registry as state: who is who in the association, and since when.
//!
//! Every fact carries the entry that made it and the entry that ended it, so that one state answers for every moment:
//! [`Registry::at`] is the registry as it was after so many entries. A group's entry is judged, and later verified by
//! everybody, under the registry as of the number that the entry records.

pub mod a03_admission;
pub mod a03_end;
pub mod a04_delegation;
pub mod a06_backups;
pub mod a07_administrators;
pub mod a08_deputies;
pub mod a08_devices;
pub mod a08_factors;
pub mod a08_staff;
pub mod a08_unlock;
pub mod a09_leaving;
pub mod a09_pledge;
pub mod a09_review;
pub mod a09_scans;
pub mod a10_notices;
mod a12_own_devices;
pub mod a12_posture;
pub mod a12_suspension;
pub mod a12_takeout;
pub mod a12_wipe;
pub mod a13_settings;
pub mod a15_training;
pub mod desk_voices;
pub mod duties;
mod judge;
pub mod s4_announcements;
pub mod s6_broadcasts;
pub mod s8_official;
pub mod u1_reach;
mod view;

use std::collections::{BTreeMap, BTreeSet};

use renkei_proto::act::{
    Commitment, DelegationScope, DeviceRegistration, FacilityKind, FacilityPledge, Profession, ServerKeys, StaffPledge,
};
use renkei_proto::hash::Hash32;
use renkei_proto::id::{AssociationId, DelegationId, DeviceId, FacilityId, UserId};
use renkei_proto::key::SigningPublic;
use renkei_proto::reach::{QuietHours, Telephone};
use renkei_proto::time::Time;
use serde::{Deserialize, Serialize};

pub use a12_suspension::{Authority, Suspension};
pub use judge::{Effect, Judged};
pub use view::{Standing, View};

/// Place of an entry in the registry.
pub type Seq = u64;

/// A stretch of the registry, from the entry that began it to the one that ended it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// Began with this entry.
    pub from: Seq,
    /// Ended with this one.
    pub until: Option<Seq>,
}

impl Period {
    fn starting(from: Seq) -> Self {
        Self { from, until: None }
    }

    /// Whether it holds after `size` entries.
    pub fn holds(&self, size: u64) -> bool {
        self.from < size && self.until.is_none_or(|until| until >= size)
    }
}

/// The association as founded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Association {
    /// Its identifier.
    pub id: AssociationId,
    /// Its root key.
    pub root: SigningPublic,
    /// Its name.
    pub name: String,
    /// Its consultation desk.
    pub desk: FacilityId,
    /// The keys of its server, latest last.
    pub server: Vec<(Seq, ServerKeys)>,
}

/// A facility.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facility {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: FacilityKind,
    /// Whether it is a member of the association.
    pub association_member: bool,
    /// The entry with its application.
    pub applied: Seq,
    /// Hash of the signed application.
    pub application: Hash32,
    /// Form 1; none for the Desk.
    pub pledge: Option<FacilityPledge>,
    /// Facility managers, the present one last; none for the Desk, which the root appoints to.
    pub managers: Vec<(Seq, UserId)>,
    /// Who admitted it so far; none in it is the root.
    pub admitted_by: Vec<(Seq, Option<UserId>)>,
    /// The entry that admitted it.
    pub admitted: Option<Seq>,
    /// When it was suspended.
    pub suspended: Vec<Suspension>,
    /// Who has signed that the admission end, and in which words (none in it is the root).
    pub ending: Vec<(Seq, Option<UserId>, bool)>,
    /// The entry that ended the admission, and its time.
    pub ended: Option<(Seq, Time)>,
    /// Under which numbers it was telephoned, the present one last.
    pub telephone: Vec<(Seq, Option<Telephone>)>,
}

/// A person with the one ID.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Where the person works.
    pub facility: FacilityId,
    /// What the person does.
    pub profession: Profession,
    /// Commitment to the name.
    pub details: Commitment,
    /// The entry that registered the person.
    pub registered: Seq,
    /// The entry that ended the ID.
    pub ended: Option<Seq>,
    /// When an SNS administrator.
    pub administrator: Vec<Period>,
    /// When a group manager.
    pub group_manager: Vec<Period>,
    /// Form 2 or the exemption, and the entry that filed it.
    pub pledge: Vec<(Seq, StaffPledge)>,
    /// The person's devices, in the order of registration.
    pub devices: Vec<DeviceId>,
    /// When the person was last dismissed as an SNS administrator, or ended as one.
    pub left_office: Option<(Seq, Time)>,
    /// Who has signed that password and code generator be forgotten, until enough have.
    pub resets: Vec<ResetVoice>,
    /// The entry that last reset them: what was set before is forgotten.
    pub reset: Option<Seq>,
    /// When the ID was suspended.
    pub suspended: Vec<Suspension>,
    /// The last time that somebody ended the person's wait after failures.
    pub lifted: Option<a08_unlock::Lift>,
    /// When a deputy of the SNS administrators, the present time last.
    pub deputy: Vec<a08_deputies::Deputyship>,
    /// When the person is not rung, the present hours last.
    pub quiet: Vec<(Seq, Option<QuietHours>)>,
    /// When the last of them were lifted, at most [`renkei_proto::bounds::LIFTS`].
    pub(super) lifts: Vec<Time>,
}

/// One signature under a reset of a person's factors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResetVoice {
    /// The entry.
    pub seq: Seq,
    /// Who signed.
    pub by: UserId,
    /// When.
    pub time: Time,
}

/// A device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Whose it is.
    pub user: UserId,
    /// What it is, and its keys.
    pub registration: DeviceRegistration,
    /// The first entry that names it.
    pub named: Seq,
    /// The keys it receives group keys with, latest last. The keys themselves are beside the entry of each.
    pub sealing: Vec<SealingSince>,
    /// The administrator who approved it, and the entry; the root for an operator's first device.
    pub approved_by: Option<(Seq, Option<UserId>)>,
    /// The second person, or the same person's other device, and the entry.
    pub vouched_by: Option<(Seq, UserId)>,
    /// The entry with which it became active.
    pub active: Option<Seq>,
    /// The entry that wiped it.
    pub wiped: Option<Seq>,
    /// When it was suspended.
    pub suspended: Vec<Suspension>,
    /// The entry that took it out of use in good order.
    pub retired: Option<Seq>,
    /// What its person has declared of it, latest last.
    pub declared: Vec<a12_posture::Declared>,
    /// What was confirmed of that, latest last.
    pub confirmed: Vec<a12_posture::Confirmed>,
}

/// Sealing keys of a device, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealingSince {
    /// The entry that registered them.
    pub seq: Seq,
    /// Its time.
    pub time: Time,
    /// Their fingerprint.
    pub fingerprint: Hash32,
}

/// A delegation of origination to the Desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegation {
    /// By whom.
    pub facility: FacilityId,
    /// How far.
    pub scope: DelegationScope,
    /// Until when, excluded.
    pub until: Time,
    /// Whether operators may read.
    pub operators_read: bool,
    /// From which entry to which.
    pub period: Period,
}

/// The registry of one association. Empty until the root founds it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registry {
    size: u64,
    association: Option<Association>,
    facilities: BTreeMap<FacilityId, Facility>,
    users: BTreeMap<UserId, User>,
    devices: BTreeMap<DeviceId, Device>,
    delegations: BTreeMap<DelegationId, Delegation>,
    /// Settings, in the order in which they were made.
    settings: Vec<a13_settings::SettingSince>,
    /// Settings of the association that wait for a second signature.
    proposals: Vec<a13_settings::Proposal>,
    /// Texts, acknowledgements, reviews, trainings.
    duties: duties::Duties,
    /// Takeouts and standing permits.
    takeouts: a12_takeout::Takeouts,
    /// Scans of Forms 1 and 2.
    form_scans: a09_scans::FormScans,
    /// What was announced, or is to be (S4).
    announcements: Vec<s4_announcements::Announcement>,
    /// Emergency broadcasts.
    broadcasts: Vec<s6_broadcasts::Broadcast>,
    /// Accounts that speak officially.
    officials: s8_official::Officials,
    /// Every signing key, the server's included, and every sealing key's fingerprint ever registered: none is taken twice.
    keys: BTreeSet<[u8; 32]>,
    /// Statements so far, by device; the root's under none.
    counters: BTreeMap<Option<DeviceId>, u64>,
}

impl Registry {
    /// Number of entries folded.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The association, once founded.
    pub fn association(&self) -> Option<&Association> {
        self.association.as_ref()
    }

    /// The registry as it was after `size` entries; none if it has not grown so far.
    pub fn at(&self, size: u64) -> Option<View<'_>> {
        (size <= self.size).then_some(View { registry: self, size })
    }

    /// The registry as it is.
    pub fn now(&self) -> View<'_> {
        View { registry: self, size: self.size }
    }

    /// How many statements `device` (or the root) has made here.
    pub fn counter(&self, device: Option<DeviceId>) -> u64 {
        self.counters.get(&device).copied().unwrap_or(0)
    }
}
