//! The rules of keys: epochs for exactly the present readers, earlier keys for those who may have them, and messages
//! only under the key that every present reader and nobody else has.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use renkei_proto::act::{Act, Epoch, History, Message};
use renkei_proto::code::Code;
use renkei_proto::id::DeviceId;
use renkei_proto::statement::{Role, Statement};
use renkei_proto::time::Time;

use super::a05_groups::require_open;
use super::a06_consent::require_consent;
use super::roster::Roster;
use super::{EpochRecord, Group};
use crate::registry::View;
use crate::{Refusal, require};

/// The actor reads the group with this device.
fn require_reader(group: &Group, view: View<'_>, statement: &Statement, roster: &Roster) -> Result<(), Refusal> {
    let standing = view.standing(statement)?;
    require(statement.role == Role::User && statement.acting_for.is_none(), Code::WrongRole)?;
    require(group.membership(standing.user).is_some(), Code::NotAReader)?;
    require(roster.has(standing.user, standing.device), Code::NotAReader)
}

/// The present epoch, if it was made for exactly the present readers.
pub fn current_epoch<'g>(group: &'g Group, roster: &Roster) -> Option<&'g EpochRecord> {
    group.epochs.last().filter(|epoch| epoch.roster == roster.hash())
}

pub(super) fn permit_message(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    message: &Message,
    roster: &Roster,
) -> Result<(), Refusal> {
    require_reader(group, view, statement, roster)?;
    require_open(group)?;
    require_consent(group)?;
    require(message.flags == 0, Code::UnknownVersion)?;
    let epoch = current_epoch(group, roster).ok_or(Code::RekeyRequired)?;
    require(message.epoch == epoch.number, Code::RekeyRequired)
}

pub(super) fn permit_epoch(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    epoch: &Epoch,
    roster: &Roster,
) -> Result<(), Refusal> {
    require_reader(group, view, statement, roster)?;
    require_open(group)?;
    // Of two devices that make the same epoch at once, one wins and the other takes that one.
    require(epoch.number == group.epoch() + 1, Code::EpochTaken)?;
    require(epoch.roster == roster.hash(), Code::RosterMismatch)?;
    require(usize::try_from(epoch.boxes.count) == Ok(roster.len()), Code::RosterMismatch)
}

/// Whether `device` has the key of `epoch`, from the epoch's own boxes or handed over later.
pub fn has_key(group: &Group, device: DeviceId, epoch: &EpochRecord) -> bool {
    epoch.devices.binary_search(&device).is_ok() || group.given.contains(&(device, epoch.number))
}

/// Epochs whose keys `device` may have but lacks, as the longest run that ends with the latest such one.
fn lacking(group: &Group, first: u32, device: DeviceId) -> Option<RangeInclusive<u32>> {
    let lacks = |epoch: &&EpochRecord| epoch.number >= first && !has_key(group, device, epoch);
    let last = group.epochs.iter().rev().find(lacks)?.number;
    let run = group.epochs.iter().rev().skip_while(|epoch| epoch.number > last).take_while(lacks);
    run.last().map(|epoch| epoch.number..=last)
}

/// Which devices of the roster may have earlier keys that they lack: the work of any reader's unlocked device.
///
/// The server computes the same, so it can say who waits for a colleague's device.
pub fn due<'g>(group: &'g Group, roster: &'g Roster) -> impl Iterator<Item = (DeviceId, RangeInclusive<u32>)> + 'g {
    roster.devices().filter_map(|(device, reader)| {
        let first = group.membership(reader.user)?.first_epoch;
        Some((device, lacking(group, first, device)?))
    })
}

/// Whether the boxes beside an epoch or a history statement are for exactly the devices that it must serve.
pub fn boxes_are_complete(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    boxes: impl Iterator<Item = DeviceId>,
    time: Time,
) -> Result<(), Refusal> {
    let complete = match &statement.act {
        Act::Epoch(_) => boxes.eq(Roster::of(group, view, time).devices().map(|(device, _)| device)),
        Act::History(history) => boxes.eq(history.devices.as_slice().iter().copied()),
        Act::Group(_) | Act::Message(_) | Act::Registry(_) => true,
    };
    require(complete, Code::SidecarMismatch)
}

pub(super) fn permit_history(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    history: &History,
    roster: &Roster,
) -> Result<(), Refusal> {
    require_reader(group, view, statement, roster)?;
    let devices = history.devices.as_slice();
    require(devices.is_sorted_by(|a, b| a < b) && !devices.is_empty(), Code::SidecarMismatch)?;
    require(usize::try_from(history.boxes.count) == Ok(devices.len()), Code::SidecarMismatch)?;
    require(history.first <= history.last && history.last <= group.epoch(), Code::HistoryNotDue)?;
    let span = history.last - history.first;
    require(usize::try_from(span).is_ok_and(|span| span < renkei_proto::bounds::HISTORY_EPOCHS), Code::TooLarge)?;
    let giver = view.standing(statement)?.device;
    let mut handed = group.epochs.iter().filter(|epoch| (history.first..=history.last).contains(&epoch.number));
    require(handed.all(|epoch| has_key(group, giver, epoch)), Code::HistoryNotDue)?;
    let due: BTreeMap<DeviceId, RangeInclusive<u32>> = due(group, roster).collect();
    for device in devices {
        let range = due.get(device).ok_or(Code::HistoryNotDue)?;
        require(range.contains(&history.first) && range.contains(&history.last), Code::HistoryNotDue)?;
    }
    Ok(())
}
