//! Article 4: the patient card (A4.1), in patient groups alone: who the patient is, whom to call, who cares.
//!
//! Care is shared, so whoever reads the group keeps the card, under the same conditions as a message. A change names the
//! revision that it was made from; of two changes of one revision the second is refused, so that nobody overwrites what
//! they have not seen. A card is content: those who govern without reading follow it by headers alone.
//!
//! Whatever newcomers may read of what was said before, they read the present card. Where their keys begin after it, a
//! colleague's device hands on the key of that one revision under the present epoch. Nobody hands on anything else than
//! the author signed, since the revision commits to its key; and whatever one device hands on, another one may again.

use std::collections::BTreeMap;

use renkei_proto::act::{Card, CardKey, GroupKind};
use renkei_proto::code::Code;
use renkei_proto::entry::EntryKind;
use renkei_proto::id::DeviceId;
use renkei_proto::statement::Statement;
use renkei_proto::time::Time;
use serde::{Deserialize, Serialize};

use super::roster::Roster;
use super::sealing::{require_writable, require_writer};
use super::{Group, Seq};
use crate::registry::View;
use crate::{Refusal, require};

/// The present revision of the card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// Its place.
    pub seq: Seq,
    /// The device that wrote it.
    pub by: DeviceId,
    /// The epoch that it is under.
    pub epoch: u32,
    /// Devices that have handed its key on, and under which epoch last.
    pub handed: BTreeMap<DeviceId, u32>,
}

impl Group {
    /// The present revision of the patient card.
    pub fn card(&self) -> Option<&Revision> {
        self.card.as_ref()
    }

    /// Whether somebody reads the group whose keys begin after epoch `known`: who has the card's key by an epoch up to
    /// `known` alone can't be all.
    pub fn card_awaited(&self, known: u32) -> bool {
        let begins = |memberships: &Vec<super::Membership>| {
            memberships.last().filter(|one| one.ended.is_none()).map(|one| one.first_epoch)
        };
        let present = self.epoch();
        self.members.values().filter_map(begins).any(|first| known < first && first <= present)
    }

    pub(super) fn fold_card(&mut self, by: DeviceId) {
        let (seq, epoch) = (self.size, self.epoch());
        // A revision is something written that nobody amends.
        self.note_written(by, true);
        self.card = Some(Revision { seq, by, epoch, handed: BTreeMap::new() });
    }

    pub(super) fn fold_card_key(&mut self, by: DeviceId) {
        let epoch = self.epoch();
        if let Some(card) = &mut self.card {
            card.handed.insert(by, epoch);
        }
    }

    /// Takes in content of which this viewer has the header alone: like [`Group::pass_over`].
    pub fn pass_over_content(&mut self, kind: EntryKind, author: DeviceId) {
        match kind {
            EntryKind::Message => return self.pass_over(author),
            EntryKind::Card => self.fold_card(author),
            EntryKind::CardKey => self.fold_card_key(author),
            _ => return self.pass_over_amendment(author),
        }
        *self.counters.entry(author).or_default() += 1;
        self.size += 1;
    }
}

/// By a reader, of the present revision, under the present key.
pub(super) fn permit_card(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    card: &Card,
    roster: &Roster,
    time: Time,
) -> Result<(), Refusal> {
    require_writer(group, view, statement, roster)?;
    require(group.kind == GroupKind::Patient, Code::CardNotApplicable)?;
    let present = group.card.as_ref().map(|card| card.seq);
    require(card.replaces == present, Code::CardChanged)?;
    // So the head in the statement vouches for which revision was seen.
    require(present.is_none_or(|seq| seq < statement.seen.group.size), Code::HeadMismatch)?;
    require_writable(group, roster, card.epoch, time)
}

/// By a reader, of the present revision, to newcomers; by one device once in an epoch.
pub(super) fn permit_card_key(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    handed: &CardKey,
    roster: &Roster,
    time: Time,
) -> Result<(), Refusal> {
    require_writer(group, view, statement, roster)?;
    let card = group.card.as_ref().filter(|card| card.seq == handed.card).ok_or(Code::CardChanged)?;
    require(card.seq < statement.seen.group.size, Code::HeadMismatch)?;
    require_writable(group, roster, handed.epoch, time)?;
    let device = view.standing(statement)?.device;
    let again = card.handed.get(&device).is_some_and(|last| *last >= handed.epoch);
    require(!again && group.card_awaited(card.epoch), Code::NothingToDo)
}
