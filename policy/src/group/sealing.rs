//! The rules of keys: epochs for exactly the present readers, earlier keys for those who may have them, and messages
//! only under the key that every present reader and nobody else has.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use renkei_proto::act::{Act, Epoch, History, HistoryPolicy, Message};
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::id::{DeviceId, InvitationId};
use renkei_proto::statement::{Role, Statement};
use renkei_proto::time::Time;

use super::a05_groups::require_open;
use super::a06_consent::require_consent;
use super::roster::Roster;
use super::{EpochRecord, Group, InvitationState};
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

/// The present epoch, if it may be written to at `time`: for exactly the present readers, not too old, not too full, and
/// not from before the moment from which newcomers may read.
pub fn writable_epoch<'g>(group: &'g Group, roster: &Roster, time: Time) -> Option<&'g EpochRecord> {
    let epoch = current_epoch(group, roster)?;
    let young = time.since(epoch.time) < bounds::EPOCH_AGE;
    let room = group.written < bounds::EPOCH_MESSAGES;
    let readable = match group.history {
        HistoryPolicy::From(from) => time < from || epoch.time >= from,
        HistoryPolicy::All | HistoryPolicy::FromApproval => true,
    };
    (young && room && readable).then_some(epoch)
}

pub(super) fn permit_message(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    message: &Message,
    roster: &Roster,
    time: Time,
) -> Result<(), Refusal> {
    require_reader(group, view, statement, roster)?;
    require_open(group)?;
    require_consent(group)?;
    require(message.flags == 0, Code::UnknownVersion)?;
    let epoch = writable_epoch(group, roster, time).ok_or(Code::RekeyRequired)?;
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

/// Whether `device` has the key of `epoch`, from the epoch's own boxes or handed over later, and did not report since
/// that it can't open it.
pub fn has_key(group: &Group, device: DeviceId, epoch: &EpochRecord) -> bool {
    let place = (device, epoch.number);
    let handed = epoch.devices.binary_search(&device).is_ok() || group.given.contains(&place);
    handed && group.missing.get(&place).is_none_or(|missing| !missing.now)
}

/// Whether `device` may still say of this epoch that it can't open its key.
pub fn may_report(group: &Group, device: DeviceId, epoch: &EpochRecord) -> bool {
    let times = group.missing.get(&(device, epoch.number)).map_or(0, |missing| missing.times);
    has_key(group, device, epoch) && times < bounds::REPORTS
}

/// A reader's device can't open keys of its own that it was given. Only for itself, and not for ever.
pub(super) fn permit_report(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    first: u32,
    last: u32,
    roster: &Roster,
) -> Result<(), Refusal> {
    require_reader(group, view, statement, roster)?;
    let standing = view.standing(statement)?;
    let (user, device) = (standing.user, standing.device);
    // Nobody could hand over what is from before a renewed approval.
    let may_have = group.membership(user).is_some_and(|membership| first >= membership.first_epoch);
    require(may_have && first <= last && last <= group.epoch(), Code::NothingToDo)?;
    require_span(first, last)?;
    let mut epochs = group.epochs.iter().filter(|epoch| (first..=last).contains(&epoch.number));
    require(epochs.all(|epoch| may_report(group, device, epoch)), Code::NothingToDo)
}

fn require_span(first: u32, last: u32) -> Result<(), Refusal> {
    let span = last.saturating_sub(first);
    require(usize::try_from(span).is_ok_and(|span| span < bounds::HISTORY_EPOCHS), Code::TooLarge)
}

/// Epochs from `first` on whose keys `device` lacks, in runs, the latest first. Every run: a key that nobody has left, or
/// hands over, holds up no other.
fn lacking(group: &Group, first: u32, device: DeviceId) -> impl Iterator<Item = RangeInclusive<u32>> + '_ {
    let lacks = move |epoch: &EpochRecord| epoch.number >= first && !has_key(group, device, epoch);
    let runs = group.epochs.chunk_by(move |a, b| lacks(a) == lacks(b)).rev();
    runs.filter_map(move |run| {
        let (from, to) = (run.first()?, run.last()?);
        lacks(from).then_some(from.number..=to.number)
    })
}

/// Which devices of the roster may have earlier keys that they lack: the work of any reader's unlocked device. A device
/// comes once for each run of epochs.
///
/// The server computes the same, so it can say who waits for a colleague's device.
pub fn due<'g>(group: &'g Group, roster: &'g Roster) -> impl Iterator<Item = (DeviceId, RangeInclusive<u32>)> + 'g {
    roster.devices().flat_map(move |(device, reader)| {
        let membership = group.membership(reader.user).into_iter();
        let runs = membership.flat_map(move |membership| lacking(group, membership.first_epoch, device));
        runs.map(move |run| (device, run))
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
    require_span(history.first, history.last)?;
    let giver = view.standing(statement)?.device;
    let mut handed = group.epochs.iter().filter(|epoch| (history.first..=history.last).contains(&epoch.number));
    require(handed.all(|epoch| has_key(group, giver, epoch)), Code::HistoryNotDue)?;
    // Sealed to the keys of before a rotation, a box that nobody can open would count as handed over.
    let seen = |device: &DeviceId| view.sealing(*device).is_none_or(|since| since.seq < statement.seen.registry.size);
    require(devices.iter().all(seen), Code::RosterMismatch)?;
    if let Some(invitation) = history.prepared_for {
        return permit_preparation(group, view, statement, history, invitation);
    }
    let within = |run: &RangeInclusive<u32>| run.contains(&history.first) && run.contains(&history.last);
    let due: BTreeSet<DeviceId> = due(group, roster).filter(|(_, run)| within(run)).map(|(device, _)| device).collect();
    require(devices.iter().all(|device| due.contains(device)), Code::HistoryNotDue)
}

/// Keys prepared for somebody who is invited: by the person who invited, once, for devices of the invited person, and no
/// more than the group's policy will let that person have. They open only with the release key that an approval
/// publishes (promise 2: approval alone makes a reader).
fn permit_preparation(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    history: &History,
    invitation: InvitationId,
) -> Result<(), Refusal> {
    let open = group.invitation(invitation).ok_or(Code::Unknown)?;
    require(open.state == InvitationState::Open, Code::InvitationSpent)?;
    // In a closed group nobody is approved any more.
    require_open(group)?;
    require(statement.actor.user() == Some(open.invited.user), Code::NotOriginator)?;
    require(open.release.is_some(), Code::ReleaseWrong)?;
    require(open.prepared.is_none(), Code::NothingToDo)?;
    require(history.first >= group.first_epoch_for_newcomer(), Code::HistoryNotDue)?;
    let theirs = |device: &DeviceId| view.active_devices(open.user).any(|(id, _)| id == *device);
    require(history.devices.as_slice().iter().all(theirs), Code::HistoryNotDue)
}
