//! One group as state: who governs it, who reads it, under which keys.
//!
//! A group's state follows from its own log and, for everything that concerns people and devices, from the registry as
//! it was at the entry. So a registry entry alone (an ended ID, a wiped device) changes who reads a group.

pub mod a04_card;
pub mod a04_origination;
pub mod a05_groups;
pub mod a05_handover;
pub mod a06_consent;
pub mod a06_erasure;
pub mod a06_proof;
pub mod a06_scans;
pub mod a08_approval;
pub mod a08_lists;
pub mod a12_export;
pub mod a12_files;
pub mod a12_gone;
pub mod a14_inquiries;
mod judge;
pub mod roster;
pub mod s1_corrections;
pub mod s3_uses;
pub mod s5_incidents;
mod s7_halt;
pub mod sealing;
pub mod u1_calls;
mod written;

use std::collections::{BTreeMap, BTreeSet};

use renkei_proto::act::{GroupKind, HistoryPolicy, PatientConsent, ReleaseKey};
use renkei_proto::hash::Hash32;
use renkei_proto::id::{DeviceId, FacilityId, GroupId, InvitationId, UserId};
use renkei_proto::statement::ActingFor;
use renkei_proto::time::Time;
use serde::{Deserialize, Serialize};

use crate::registry::View;

pub use judge::{Judged, judge};
pub use written::Written;

/// Place of an entry in the group's log.
pub type Seq = u64;

/// Who did something, and in whose name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct By {
    /// The person.
    pub user: UserId,
    /// The facility acted for, where the Desk acted by delegation.
    pub acting_for: Option<ActingFor>,
    /// The entry.
    pub seq: Seq,
    /// Its time.
    pub time: Time,
}

/// One stretch of a person's reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// Who invited.
    pub invited: By,
    /// Who approved.
    pub approved: By,
    /// The first epoch whose key this reader may have.
    pub first_epoch: u32,
    /// Who ended it.
    pub ended: Option<By>,
}

/// Where an invitation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum InvitationState {
    /// Waits for the invited person's administrator.
    Open,
    /// Approved.
    Approved(By),
    /// Declined by the administrator.
    Declined(By),
    /// Taken back by the originator.
    Withdrawn(By),
}

/// An invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Whom.
    pub user: UserId,
    /// By whom.
    pub invited: By,
    /// Hash of the signed invitation, which an approval must name.
    pub statement: Hash32,
    /// How much of the registry the inviter had seen: whoever administered since then may have the release key.
    pub seen: u64,
    /// Hash of the key that releases what is prepared.
    pub release: Option<Hash32>,
    /// Earlier keys that the inviter's device has prepared: opened by the release key that an approval publishes.
    pub prepared: Option<Prepared>,
    /// Where it stands.
    pub state: InvitationState,
}

/// Keys of epochs `first` to `last`, prepared for these devices of an invited person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepared {
    /// The entry.
    pub seq: Seq,
    /// Its time.
    pub time: Time,
    /// The registry's size that it was judged under.
    pub registry: u64,
    /// The inviter's device that prepared them.
    pub by: DeviceId,
    /// The first epoch.
    pub first: u32,
    /// The last one.
    pub last: u32,
    /// The devices, ascending.
    pub devices: Vec<DeviceId>,
    /// The release key, once the approval has published it.
    pub released: Option<ReleaseKey>,
}

/// An epoch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EpochRecord {
    /// Its number, from 1.
    pub number: u32,
    /// The entry.
    pub seq: Seq,
    /// Its time.
    pub time: Time,
    /// The device that made it.
    pub by: DeviceId,
    /// Hash of the roster that it was made for.
    pub roster: Hash32,
    /// Commitment to its key.
    pub commitment: Hash32,
    /// The devices that have its key from the epoch's own boxes, ascending.
    pub devices: Vec<DeviceId>,
}

/// A recorded consent (Form 3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentRecord {
    /// The form.
    pub consent: PatientConsent,
    /// Who recorded it.
    pub recorded: By,
}

/// Who handed a key to a device last, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// The device that sealed it: the maker of the epoch, the giver of history, the inviter's.
    pub by: DeviceId,
    /// When it was sealed.
    pub time: Time,
}

/// What a device has said of a key that it could not open.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// Whose boxes for this device and this key held rubbish.
    pub rubbish_from: BTreeSet<DeviceId>,
    /// Whether nobody has handed it over since.
    pub now: bool,
}

/// A group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    id: GroupId,
    size: u64,
    kind: GroupKind,
    originator: FacilityId,
    history: HistoryPolicy,
    created: By,
    consent: Option<ConsentRecord>,
    closed: Option<By>,
    members: BTreeMap<UserId, Vec<Membership>>,
    invitations: BTreeMap<InvitationId, Invitation>,
    epochs: Vec<EpochRecord>,
    /// Keys of earlier epochs that were handed over: to which device, of which epoch.
    given: BTreeMap<(DeviceId, u32), Given>,
    /// Keys that a device was given and could not open.
    missing: BTreeMap<(DeviceId, u32), Missing>,
    /// Messages and amendments in the present epoch.
    written: u32,
    /// Messages in all.
    messages: u64,
    /// Commitment to the label.
    named: Hash32,
    counters: BTreeMap<DeviceId, u64>,
    /// Who wrote what.
    rows: written::Rows,
    /// Messages that were taken back.
    retracted: BTreeSet<Seq>,
    /// How far each person has seen.
    seen: BTreeMap<UserId, Seq>,
    /// Freeze, hold, orders, erasure.
    ending: a06_erasure::Ending,
    /// Downloads are forbidden in this free group.
    no_download: Option<By>,
    /// Offered to another facility.
    offer: Option<a05_handover::HandoverOffer>,
    /// Originators before the present one.
    former: Vec<(FacilityId, By)>,
    /// The patient card.
    card: Option<a04_card::Revision>,
    /// Uses beyond the group.
    uses: s3_uses::Uses,
    /// How far an inquiry has come.
    inquiry: a14_inquiries::Inquiry,
    incident: s5_incidents::Incident,
    /// Forms and their scans.
    scans: a06_scans::Scans,
    /// Urgent messages.
    calls: u1_calls::Calls,
}

/// By what somebody reads a group now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The first epoch whose key this reader may have.
    pub first_epoch: u32,
    /// The entry that made the person a reader; 0 for an operator, who reads inquiries by the registry.
    pub since: Seq,
}

impl Group {
    /// Its identifier.
    pub fn id(&self) -> GroupId {
        self.id
    }

    /// Number of entries folded.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// About what.
    pub fn kind(&self) -> GroupKind {
        self.kind
    }

    /// The originating facility.
    pub fn originator(&self) -> FacilityId {
        self.originator
    }

    /// What newcomers may read.
    pub fn history(&self) -> HistoryPolicy {
        self.history
    }

    /// Commitment to the label ([`renkei_proto::act::SealedLabel::commitment`]).
    pub fn named(&self) -> Hash32 {
        self.named
    }

    /// The first epoch whose key somebody who is approved now may have.
    pub fn first_epoch_for_newcomer(&self) -> u32 {
        let next = self.epoch() + 1;
        match self.history {
            HistoryPolicy::All => 1,
            HistoryPolicy::FromApproval => next,
            HistoryPolicy::From(time) => {
                self.epochs.iter().find(|epoch| epoch.time >= time).map_or(next, |epoch| epoch.number)
            }
        }
    }

    /// Who opened it.
    pub fn created(&self) -> By {
        self.created
    }

    /// The consent, once recorded.
    pub fn consent(&self) -> Option<&ConsentRecord> {
        self.consent.as_ref()
    }

    /// Who closed it, once closed.
    pub fn closed(&self) -> Option<By> {
        self.closed
    }

    /// Every stretch of everybody's reading.
    pub fn members(&self) -> impl Iterator<Item = (UserId, &[Membership])> {
        self.members.iter().map(|(&user, memberships)| (user, memberships.as_slice()))
    }

    /// The person's present membership.
    pub fn membership(&self, user: UserId) -> Option<&Membership> {
        self.members.get(&user)?.last().filter(|membership| membership.ended.is_none())
    }

    /// By what the person reads the group: a membership, or, of an inquiry, being an operator of the Desk (A14.1).
    pub fn reading(&self, view: View<'_>, user: UserId) -> Option<Reading> {
        let member = self.membership(user).map(|one| Reading { first_epoch: one.first_epoch, since: one.approved.seq });
        member.or_else(|| self.read_by_office(view, user).then_some(Reading { first_epoch: 1, since: 0 }))
    }

    /// The same at `time`: of the Desk's people only for as long as a delegation lets its operators read (A4.2).
    pub fn reading_at(&self, view: View<'_>, user: UserId, time: Time) -> Option<Reading> {
        self.reading(view, user).filter(|_| roster::lets_read(self, view, user, time))
    }

    /// Everybody who reads the group now, members whose ID is not in force among them.
    pub fn readers(&self, view: View<'_>) -> BTreeSet<UserId> {
        let members = self.members.keys().copied().filter(|user| self.membership(*user).is_some());
        let everybody = self.is_inquiry().then(|| view.users()).into_iter().flatten();
        let own = view.user(self.created.user).filter(|_| self.is_incident()).map(|person| person.facility);
        let office = everybody.filter(|(_, person)| view.is_desk(person.facility) || own == Some(person.facility));
        members.chain(office.map(|(user, _)| user).filter(|user| self.read_by_office(view, *user))).collect()
    }

    /// The invitations, decided or not.
    pub fn invitations(&self) -> impl Iterator<Item = (InvitationId, &Invitation)> {
        self.invitations.iter().map(|(&id, invitation)| (id, invitation))
    }

    /// An invitation.
    pub fn invitation(&self, id: InvitationId) -> Option<&Invitation> {
        self.invitations.get(&id)
    }

    /// The epochs, in order; number `n` stands at `n - 1`.
    pub fn epochs(&self) -> &[EpochRecord] {
        &self.epochs
    }

    /// The number of the present epoch; 0 before the first.
    pub fn epoch(&self) -> u32 {
        self.epochs.last().map_or(0, |epoch| epoch.number)
    }

    /// Takes in an entry whose body is not for this viewer, or needs no judging again: a message. It counts as one
    /// statement of its author and changes nothing else.
    pub fn pass_over(&mut self, author: DeviceId) {
        *self.counters.entry(author).or_default() += 1;
        self.note_written(author, false);
        self.size += 1;
    }

    /// How many messages have been written.
    pub fn messages(&self) -> u64 {
        self.messages
    }

    /// How many statements `device` has made here.
    pub fn counter(&self, device: DeviceId) -> u64 {
        self.counters.get(&device).copied().unwrap_or(0)
    }
}
