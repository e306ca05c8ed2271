//! The rules of keys: epochs for exactly the present readers, earlier keys for those who may have them, and messages
//! only under the key that every present reader and nobody else has.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use renkei_proto::act::{Act, Epoch, GroupAct, History, HistoryPolicy, Message};
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::id::{DeviceId, InvitationId};
use renkei_proto::statement::{Role, Statement};
use renkei_proto::time::Time;

use super::a04_origination::{require_may_read, require_still_originator};
use super::a05_groups::require_open;
use super::a06_consent::require_consent;
use super::a06_scans;
use super::roster::Roster;
use super::{EpochRecord, Given, Group, Invitation, InvitationState};
use crate::registry::{View, duties};
use crate::{Refusal, require};

/// The actor reads the group with this device.
pub(super) fn require_reader(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    roster: &Roster,
) -> Result<(), Refusal> {
    let standing = view.standing(statement)?;
    require(statement.role == Role::User && statement.acting_for.is_none(), Code::WrongRole)?;
    require(group.reading(view, standing.user).is_some(), Code::NotAReader)?;
    require(roster.has(standing.user, standing.device), Code::NotAReader)
}

/// The present epoch, if it was made for exactly the present readers.
pub fn current_epoch<'g>(group: &'g Group, roster: &Roster) -> Option<&'g EpochRecord> {
    group.epochs.last().filter(|epoch| epoch.roster == roster.hash())
}

/// The present epoch, if it may be written to at `time`: for exactly the present readers, not too old, not too full, not
/// from before the moment from which newcomers may read, and not prepared for somebody who was then not let in.
pub fn writable_epoch<'g>(group: &'g Group, roster: &Roster, time: Time) -> Option<&'g EpochRecord> {
    let epoch = current_epoch(group, roster)?;
    let young = time.since(epoch.time) < bounds::EPOCH_AGE;
    let room = group.written < bounds::EPOCH_MESSAGES;
    let readable = match group.history {
        HistoryPolicy::From(from) => time < from || epoch.time >= from,
        HistoryPolicy::All | HistoryPolicy::FromApproval => true,
    };
    // Whoever was to decide has the release key, and the invited person the boxes.
    let spurned = |invitation: &Invitation| {
        matches!(invitation.state, InvitationState::Declined(_) | InvitationState::Withdrawn(_))
            && invitation.prepared.as_ref().is_some_and(|prepared| prepared.last >= epoch.number)
    };
    let unshared = !group.invitations().any(|(_, invitation)| spurned(invitation));
    (young && room && readable && unshared).then_some(epoch)
}

/// The actor may write content into the group: a reader, while it is open and the patient consents.
pub(super) fn require_writer(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    roster: &Roster,
) -> Result<(), Refusal> {
    require_reader(group, view, statement, roster)?;
    require_open(group, view)?;
    require_consent(group)
}

/// Content is sealed under the present key, and that key may still be written to.
pub(super) fn require_writable(group: &Group, roster: &Roster, epoch: u32, time: Time) -> Result<(), Refusal> {
    let present = writable_epoch(group, roster, time).ok_or(Code::RekeyRequired)?;
    require(epoch == present.number, Code::RekeyRequired)
}

pub(super) fn permit_message(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    message: &Message,
    roster: &Roster,
    time: Time,
) -> Result<(), Refusal> {
    require_writer(group, view, statement, roster)?;
    require(message.flags == 0, Code::UnknownVersion)?;
    require_writable(group, roster, message.epoch, time)
}

/// What can be asked of content whose body is not for this viewer: that its author reads the group with
/// that device, and that a message could be written at all. So nobody can go on inventing messages past a removal that is being hidden:
/// without a reader's new epoch there are none.
pub fn permit_withheld(group: &Group, view: View<'_>, author: DeviceId, time: Time) -> Result<(), Refusal> {
    let roster = Roster::of(group, view, time);
    let user = view.device(author).ok_or(Code::Unknown)?.user;
    require(roster.has(user, author), Code::NotAReader)?;
    if group.is_inquiry_of(user) {
        duties::permit_content(view, user, time)?;
    } else {
        duties::permit_effect(view, user, time)?;
    }
    group.shut().map_or(Ok(()), |code| Err(Refusal::from(code)))?;
    require_open(group, view)?;
    require_consent(group)?;
    require(writable_epoch(group, &roster, time).is_some(), Code::RekeyRequired)
}

pub(super) fn permit_epoch(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    epoch: &Epoch,
    roster: &Roster,
) -> Result<(), Refusal> {
    require_reader(group, view, statement, roster)?;
    require_open(group, view)?;
    // Of two devices that make the same epoch at once, one wins and the other takes that one.
    require(epoch.number == group.epoch() + 1, Code::EpochTaken)?;
    require(epoch.roster == roster.hash(), Code::RosterMismatch)?;
    require(usize::try_from(epoch.boxes.count) == Ok(roster.len()), Code::RosterMismatch)
}

/// Whether `device` has the key of `epoch`, from the epoch's own boxes or handed over later, and did not report since
/// that it can't open it.
pub fn has_key(group: &Group, device: DeviceId, epoch: &EpochRecord) -> bool {
    given_in(group, device, epoch).is_some()
        && group.missing.get(&(device, epoch.number)).is_none_or(|missing| !missing.now)
}

/// Whether the key of `epoch` was ever handed to `device`, whatever the device has said of it since.
pub fn was_given(group: &Group, device: DeviceId, epoch: &EpochRecord) -> bool {
    given_in(group, device, epoch).is_some()
}

/// Who handed the key of epoch `number` to `device` last.
pub(super) fn given(group: &Group, device: DeviceId, number: u32) -> Option<Given> {
    let epoch = group.epochs.get(usize::try_from(number).ok()?.checked_sub(1)?)?;
    given_in(group, device, epoch)
}

fn given_in(group: &Group, device: DeviceId, epoch: &EpochRecord) -> Option<Given> {
    let own_box = || epoch.devices.binary_search(&device).is_ok().then_some(Given { by: epoch.by, time: epoch.time });
    group.given.get(&(device, epoch.number)).copied().or_else(own_box)
}

/// Whether the key of `epoch` was handed to `device` for sealing keys from before those registered at `sealed`. A device
/// keeps its older sealing secrets until nothing is on its way to them, so it never needs such a key again; a thief of
/// its signing key, who registered own sealing keys, would.
fn outdated(group: &Group, device: DeviceId, sealed: Time, epoch: &EpochRecord) -> bool {
    given_in(group, device, epoch).is_some_and(|given| given.time < sealed)
}

/// Whether `device` may say of this epoch that it can't open its key: a key that its person may have, handed over since
/// the device has its present sealing keys.
pub fn may_report(group: &Group, view: View<'_>, device: DeviceId, epoch: &EpochRecord) -> bool {
    let (Some(known), Some(sealing)) = (view.device(device), view.sealing(device)) else { return false };
    // Nobody could hand over what is from before a renewed approval.
    let may_have = group.reading(view, known.user).is_some_and(|reading| epoch.number >= reading.first_epoch);
    may_have && has_key(group, device, epoch) && !outdated(group, device, sealing.time, epoch)
}

/// Whether `giver` may hand the key of epoch `epoch` to `device`: not if its box held rubbish before.
pub fn may_give(group: &Group, giver: DeviceId, device: DeviceId, epoch: u32) -> bool {
    group.missing.get(&(device, epoch)).is_none_or(|missing| !missing.rubbish_from.contains(&giver))
}

/// A reader's device can't open keys of its own that it was given. Only for itself, and each report uses up a giver.
pub(super) fn permit_report(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    first: u32,
    last: u32,
    roster: &Roster,
) -> Result<(), Refusal> {
    require_reader(group, view, statement, roster)?;
    let device = view.standing(statement)?.device;
    require(1 <= first && first <= last && last <= group.epoch(), Code::NothingToDo)?;
    require_span(first, last)?;
    let mut epochs = group.epochs.iter().filter(|epoch| (first..=last).contains(&epoch.number));
    require(epochs.all(|epoch| may_report(group, view, device, epoch)), Code::NothingToDo)
}

fn require_span(first: u32, last: u32) -> Result<(), Refusal> {
    let span = last.saturating_sub(first);
    require(usize::try_from(span).is_ok_and(|span| span < bounds::HISTORY_EPOCHS), Code::TooLarge)
}

/// Epochs from `first` on whose keys `device` lacks, in runs, the latest first. Every run: a key that nobody has left, or
/// hands over, holds up no other. A key that the device reported before it took new sealing keys (at `sealed`) stays
/// lost to it: else a thief of the signing key would report first and take own sealing keys after.
fn lacking(
    group: &Group,
    first: u32,
    device: DeviceId,
    sealed: Time,
) -> impl Iterator<Item = RangeInclusive<u32>> + '_ {
    let lacks = move |epoch: &EpochRecord| {
        epoch.number >= first && !has_key(group, device, epoch) && !outdated(group, device, sealed, epoch)
    };
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
        lacking(group, reader.first_epoch, device, reader.sealed).map(move |run| (device, run))
    })
}

/// Whether the boxes beside an epoch, a history statement or the key of a scan are for exactly the devices that it must serve.
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
        Act::Group(GroupAct::DepositScan { .. }) => a06_scans::boxes_fit(group, view, boxes, true, time),
        Act::Group(GroupAct::HandOnDetails { of, .. }) if group.deposit(*of).is_some() => {
            a06_scans::boxes_fit(group, view, boxes, false, time)
        }
        Act::Group(_)
        | Act::Message(_)
        | Act::Post(_)
        | Act::Registry(_)
        | Act::Amend(_)
        | Act::Seen { .. }
        | Act::Card(_)
        | Act::CardKey(_) => true,
    };
    require(complete, Code::SidecarMismatch)
}

pub(super) fn permit_history(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    history: &History,
    roster: &Roster,
    time: Time,
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
    let trusted = |device: &DeviceId| (history.first..=history.last).all(|n| may_give(group, giver, *device, n));
    require(devices.iter().all(trusted), Code::HistoryNotDue)?;
    // Sealed to the keys of before a rotation, a box that nobody can open would count as handed over.
    let seen = |device: &DeviceId| view.sealing(*device).is_none_or(|since| since.seq < statement.seen.registry.size);
    require(devices.iter().all(seen), Code::RosterMismatch)?;
    if let Some(invitation) = history.prepared_for {
        return permit_preparation(group, view, statement, history, invitation, time);
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
    time: Time,
) -> Result<(), Refusal> {
    let open = group.invitation(invitation).ok_or(Code::Unknown)?;
    require(open.state == InvitationState::Open, Code::InvitationSpent)?;
    // In a closed group nobody is approved any more.
    require_open(group, view)?;
    require(statement.actor.user() == Some(open.invited.user), Code::NotOriginator)?;
    require_still_originator(view, open.invited, group.originator, group.id, time)?;
    let person = view.user(open.user).ok_or(Code::Unknown)?;
    require_may_read(view, person.facility, group.originator, group.id, time)?;
    // Those who could decide got the release key with the label: nobody reads before the approval by deciding on the own
    // invitation.
    let deputy = view.deputised_since(open.user, open.seen, open.invited.time);
    require(!deputy && !view.administered_since(open.user, open.seen), Code::SecondPersonRequired)?;
    require(open.release.is_some(), Code::ReleaseWrong)?;
    require(open.prepared.is_none(), Code::NothingToDo)?;
    require(history.first >= group.first_epoch_for_newcomer(), Code::HistoryNotDue)?;
    let theirs = |device: &DeviceId| view.active_devices(open.user).any(|(id, _)| id == *device);
    require(history.devices.as_slice().iter().all(theirs), Code::HistoryNotDue)
}

/// The devices that can open what was prepared for `invitation`: their sealing keys of now are those that it was sealed
/// to.
pub(super) fn opens_with_release(group: &Group, view: View<'_>, invitation: InvitationId) -> Vec<DeviceId> {
    let Some(prepared) = group.invitation(invitation).and_then(|invitation| invitation.prepared.as_ref()) else {
        return Vec::new();
    };
    let same = |device: &DeviceId| view.sealing(*device).is_some_and(|since| since.seq < prepared.registry);
    prepared.devices.iter().copied().filter(same).collect()
}
