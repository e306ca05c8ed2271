//! Row S3: uses of a patient's data beyond the group are recorded against a consent; a withdrawal finds them all.
//!
//! The consent is one of its own, beside Form 3: the originator records it, and every use against it: what kind, on which day;
//! what and where exactly is sealed. Once it is withdrawn, or Form 3 is, each use that is recorded is a task until the
//! originator has said what became of it. While one is open the group is not erased for a withdrawn consent: with the group
//! nobody would know any more where to look. What was settled stays on record, by whom and when.
//!
//! Sealed details, also the names on Form 3, are handed on to whoever comes to govern the group. The record, or whoever hands
//! them on first, commits to them: nobody after that can change them.

use std::collections::BTreeMap;

use renkei_proto::act::{ConsentBy, GroupKind, UseKind, UseOutcome};
use renkei_proto::code::Code;
use renkei_proto::hash::Hash32;
use renkei_proto::statement::Statement;
use renkei_proto::time::{Date, Time};
use serde::{Deserialize, Serialize};

use super::a04_origination::require_originator;
use super::a05_groups::require_open;
use super::{By, Group, Seq};
use crate::registry::View;
use crate::{Refusal, require};

/// A consent to uses beyond the group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct UseConsent {
    /// Who consented.
    pub by: ConsentBy,
    /// The day on the paper.
    pub signed_on: Date,
    /// SHA-256 of the scan.
    pub scan: Hash32,
    /// Who recorded it.
    pub recorded: By,
    /// Who recorded that it was withdrawn, and the day on that paper.
    pub withdrawn: Option<(By, Date)>,
}

/// A use beyond the group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct UseRecord {
    /// For what.
    pub kind: UseKind,
    /// On which day.
    pub on: Date,
    /// Against which consent: its place.
    pub consent: Seq,
    /// Who recorded it.
    pub recorded: By,
    /// Commitment to the sealed details.
    pub details: Hash32,
    /// What became of it.
    pub settled: Option<Settled>,
}

/// What became of the material of a use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// What.
    pub outcome: UseOutcome,
    /// On which day.
    pub on: Date,
    /// Who says so.
    pub by: By,
}

/// Consents and uses, by their places, and what was said of sealed details.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Uses {
    consents: BTreeMap<Seq, UseConsent>,
    records: BTreeMap<Seq, UseRecord>,
    /// Commitment to the names on Form 3, once they were handed on.
    names: Option<Hash32>,
}

/// What an act of this row changes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    Consented { by: ConsentBy, signed_on: Date, scan: Hash32 },
    Used { kind: UseKind, on: Date, consent: Seq, details: Hash32 },
    Withdrawn { on: Date, scan: Hash32 },
    Settled { of: Seq, outcome: UseOutcome, on: Date },
    HandedOn { of: Seq, commitment: Hash32 },
}

impl Group {
    /// The consents to uses beyond the group, with their places.
    pub fn use_consents(&self) -> impl Iterator<Item = (Seq, &UseConsent)> {
        self.uses.consents.iter().map(|(&seq, consent)| (seq, consent))
    }

    /// The consent that stands, with its place.
    pub fn use_consent(&self) -> Option<(Seq, &UseConsent)> {
        self.use_consents().last().filter(|(_, consent)| consent.withdrawn.is_none())
    }

    /// The uses that were recorded, with their places.
    pub fn uses(&self) -> impl Iterator<Item = (Seq, &UseRecord)> {
        self.uses.records.iter().map(|(&seq, record)| (seq, record))
    }

    /// The uses that somebody has to see to: their consent, or Form 3, was withdrawn, and nobody has said what became of them.
    pub fn uses_to_settle(&self) -> impl Iterator<Item = (Seq, &UseRecord)> {
        let withdrawn = move |record: &UseRecord| {
            let consent = self.uses.consents.get(&record.consent);
            self.frozen().is_some() || consent.is_none_or(|consent| consent.withdrawn.is_some())
        };
        self.uses().filter(move |(_, record)| record.settled.is_none() && withdrawn(record))
    }

    /// What the sealed details of the entry at `of` must be, if they can be told by now.
    pub fn details_of(&self, of: Seq) -> Option<Hash32> {
        if self.consent.as_ref().is_some_and(|consent| consent.recorded.seq == of) {
            return self.uses.names;
        }
        let used = self.uses.records.get(&of).map(|record| record.details);
        used.or_else(|| self.deposit(of).map(|deposit| deposit.commitment))
    }

    pub(super) fn fold_use(&mut self, by: By, step: Step) {
        let uses = &mut self.uses;
        match step {
            Step::Consented { by: who, signed_on, scan } => {
                let consent = UseConsent { by: who, signed_on, scan, recorded: by, withdrawn: None };
                uses.consents.insert(by.seq, consent);
            }
            Step::Used { kind, on, consent, details } => {
                let record = UseRecord { kind, on, consent, recorded: by, details, settled: None };
                uses.records.insert(by.seq, record);
            }
            Step::Withdrawn { on, .. } => {
                if let Some((_, consent)) = uses.consents.iter_mut().next_back() {
                    consent.withdrawn = Some((by, on));
                }
            }
            Step::Settled { of, outcome, on } => {
                if let Some(record) = uses.records.get_mut(&of) {
                    record.settled = Some(Settled { outcome, on, by });
                }
            }
            Step::HandedOn { of, commitment } => {
                if self.consent.as_ref().is_some_and(|consent| consent.recorded.seq == of) {
                    self.uses.names = Some(commitment);
                }
            }
        }
    }
}

pub(super) fn permit_consent(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    signed_on: Date,
    time: Time,
) -> Result<(), Refusal> {
    require_originator(view, statement, group.originator, group.id, time)?;
    require_open(group, view)?;
    require(group.kind == GroupKind::Patient, Code::ConsentNotApplicable)?;
    require(group.consent.is_some(), Code::ConsentMissing)?;
    require(group.use_consent().is_none(), Code::NothingToDo)?;
    require(signed_on.begun_by(time), Code::DateOutOfRange)
}

/// Against the consent that stands; not on a day before it was given.
pub(super) fn permit_use(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    (consent, on): (Seq, Date),
    time: Time,
) -> Result<(), Refusal> {
    require_originator(view, statement, group.originator, group.id, time)?;
    require_open(group, view)?;
    let (present, given) = group.use_consent().ok_or(Code::UseConsentMissing)?;
    require(present == consent, Code::UseConsentMissing)?;
    require(given.signed_on <= on && on.begun_by(time), Code::DateOutOfRange)
}

/// Also of a closed group: it only takes away.
pub(super) fn permit_withdrawal(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    on: Date,
    time: Time,
) -> Result<(), Refusal> {
    require_originator(view, statement, group.originator, group.id, time)?;
    let (_, given) = group.use_consent().ok_or(Code::UseConsentMissing)?;
    require(given.signed_on <= on && on.begun_by(time), Code::DateOutOfRange)
}

/// What became of a use can be said at any time, once; also in a frozen group.
pub(super) fn permit_settling(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    (of, on): (Seq, Date),
    time: Time,
) -> Result<(), Refusal> {
    require_originator(view, statement, group.originator, group.id, time)?;
    let record = group.uses.records.get(&of).ok_or(Code::Unknown)?;
    require(record.settled.is_none(), Code::NothingToDo)?;
    require(record.on <= on && on.begun_by(time), Code::DateOutOfRange)
}

/// By whoever governs the group, of an entry that has sealed details, and no others than were committed to.
pub(super) fn permit_handing_on(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    (of, commitment): (Seq, Hash32),
    time: Time,
) -> Result<(), Refusal> {
    require_originator(view, statement, group.originator, group.id, time)?;
    let form = group.consent.as_ref().is_some_and(|consent| consent.recorded.seq == of);
    require(form || group.uses.records.contains_key(&of) || group.deposit(of).is_some(), Code::Unknown)?;
    require(group.details_of(of).is_none_or(|known| known == commitment), Code::SidecarMismatch)
}

/// Before a group is erased for a withdrawn consent, every use is settled.
pub(super) fn require_settled(group: &Group) -> Result<(), Refusal> {
    require(group.uses_to_settle().next().is_none(), Code::UsesStanding)
}
