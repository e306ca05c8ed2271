//! Keys follow the readers: epochs for exactly the present ones, messages only under such an epoch (promise 3).

use renkei_policy::group::sealing::{permit_withheld, writable_epoch};
use renkei_proto::act::{Act, Epoch, GroupKind, HistoryPolicy, Message};
use renkei_proto::bounds;
use renkei_proto::bytes::Blob;
use renkei_proto::code::Code;
use renkei_proto::hash::Hash32;
use renkei_proto::statement::Statement;
use renkei_proto::time::Time;

use crate::common::*;

const G: renkei_proto::id::GroupId = group(1);
const PHONE: Who = NURSE.with(131);

fn scene() -> District {
    District::with_group(HistoryPolicy::All)
}

/// After `change` nothing is sent until the next epoch, and then it is.
fn changes_the_roster(mut d: District, change: impl FnOnce(&mut District)) {
    let before = d.roster(G);
    change(&mut d);
    assert_ne!(before, d.roster(G), "the change concerns the roster");
    d.message(DOCTOR.oneself(), G).refused(Code::RekeyRequired, "promise 3: the old key serves other readers");
    d.epoch(DOCTOR.oneself(), G).granted("promise 3: a reader makes the next epoch");
    d.message(DOCTOR.oneself(), G).granted("promise 3: under the next epoch it is sent");
    d.message_in(DOCTOR.oneself(), G, 1).refused(Code::RekeyRequired, "promise 3: never again under the old one");
    d.message_in(DOCTOR.oneself(), G, 3).refused(Code::RekeyRequired, "promise 3: nor under one that isn't there");
}

#[test]
fn a05_2_a_removal_asks_for_a_new_key() {
    changes_the_roster(scene(), |d| d.remove(DOCTOR.admin(), G, NURSE).expect("removed"));
}

#[test]
fn a08_5_an_ended_id_asks_for_a_new_key() {
    changes_the_roster(scene(), |d| {
        d.end(CHIEF.admin(), NURSE).expect("ended");
    });
}

#[test]
fn a12_3_a_wiped_device_asks_for_a_new_key() {
    changes_the_roster(scene(), |d| {
        d.wipe(CHIEF.admin(), NURSE).expect("wiped");
    });
}

#[test]
fn a08_2_a_new_device_of_a_reader_asks_for_a_new_key() {
    changes_the_roster(scene(), |d| {
        d.approve_device(CHIEF.admin(), PHONE).expect("approved");
        assert_eq!(d.roster(G).len(), 2, "promise 2: half approved is no reader");
        d.message(DOCTOR.oneself(), G).granted("a half-approved device changes nothing");
        d.approve_device(NURSE.oneself(), PHONE).expect("vouched for");
    });
}

#[test]
fn a08_4_an_approval_asks_for_a_new_key() {
    changes_the_roster(scene(), |d| {
        d.invite(DOCTOR.admin(), G, 2, CHIEF).expect("invited");
        d.message(DOCTOR.oneself(), G).granted("an invitation changes no roster");
        d.approve(CHIEF.admin(), G, 2).expect("approved");
    });
}

#[test]
fn a08_2_new_sealing_keys_ask_for_a_new_key() {
    changes_the_roster(scene(), |d| {
        d.now = START.plus(A_DAY);
        d.rotate(NURSE.oneself(), sealing_after(NURSE.device, 1)).expect("rotated");
    });
}

#[test]
fn p3_an_epoch_for_the_keys_before_a_rotation_is_not_taken_after_it() {
    let mut d = scene();
    d.now = START.plus(A_DAY);
    let early = d.epoch_draft(DOCTOR.oneself(), G);
    d.rotate(NURSE.oneself(), sealing_after(NURSE.device, 1)).expect("rotated");
    d.submit(&early).refused(Code::RosterMismatch, "promise 3: a stolen sealing key is good for no later epoch");
}

#[test]
fn a08_3_acts_on_others_ask_for_no_new_key() {
    let mut d = scene();
    d.end(DOCTOR.admin(), CLERK).expect("somebody else's ID ended");
    d.wipe(PLANNER.oneself(), PLANNER).expect("somebody else's device wiped");
    d.appoint(CHIEF.manager(), NURSE).expect("an office given");
    d.message(NURSE.oneself(), G).granted("the readers are the same");
}

#[test]
fn a06_1_without_an_epoch_no_message() {
    let mut d = District::open();
    d.create(DOCTOR.admin(), G, GroupKind::Free, true).expect("a group");
    for epoch in [0, 1] {
        d.message_in(DOCTOR.oneself(), G, epoch).refused(Code::RekeyRequired, "promise 1: no key, no message");
    }
}

#[test]
fn a08_4_only_readers_write_and_make_keys() {
    let mut d = scene();
    d.invite(DOCTOR.admin(), G, 2, CHIEF).expect("invited");
    for who in [CHIEF, CLERK, OPERATOR, PLANNER] {
        d.message(who.oneself(), G).refused(Code::NotAReader, "promise 1: who does not read does not write");
        d.epoch(who.oneself(), G).refused(Code::NotAReader, "promise 2: nor makes keys");
    }
    for seat in [DOCTOR.admin(), DOCTOR.manager(), DOCTOR.group_manager(), DOCTOR.operator()] {
        d.message(seat, G).refused(Code::WrongRole, "A11.1: a message is the person's own");
        d.epoch(seat, G).refused(Code::WrongRole, "A11.1: so is a key");
    }
    let seat = Seat { acting_for: OPERATOR.acting_for(CLINIC, 1).acting_for, ..DOCTOR.oneself() };
    d.message(seat, G).refused(Code::WrongRole, "A11.1: nobody writes for a facility");
}

/// An honest draft of the next epoch with something changed.
fn epoch_with(d: &mut District, change: impl FnOnce(&mut Epoch)) -> Statement {
    let mut statement = d.epoch_draft(DOCTOR.oneself(), G);
    if let Act::Epoch(epoch) = &mut statement.act {
        change(epoch);
    }
    statement
}

#[test]
fn a08_4_of_two_epochs_at_once_one_wins() {
    let mut d = scene();
    let (mine, theirs) = (d.epoch_draft(DOCTOR.oneself(), G), d.epoch_draft(NURSE.oneself(), G));
    d.submit(&mine).granted("the first one wins");
    d.submit(&theirs).refused(Code::EpochTaken, "the other adopts it");
    for number in [0, 1, 2, 4, u32::MAX] {
        let statement = epoch_with(&mut d, |epoch| epoch.number = number);
        d.submit(&statement).refused(Code::EpochTaken, "epochs are numbered without a gap and never go back");
    }
}

#[test]
fn a08_4_an_epoch_is_for_exactly_the_present_readers() {
    let mut d = scene();
    let code = Code::RosterMismatch;
    let early = d.epoch_draft(DOCTOR.oneself(), G);
    let mut without = d.clone();
    without.remove(DOCTOR.admin(), G, NURSE).expect("removed");
    let mut late = early.clone();
    late.counter += 1;
    without.submit(&late).refused(code, "promise 3: an epoch made before a removal is not taken after it");
    let statement = epoch_with(&mut d, |epoch| epoch.roster = Hash32::default());
    d.submit(&statement).refused(code, "promise 2: the roster is computed, not told");
    for count in [0, 1, 3] {
        let statement = epoch_with(&mut d, |epoch| epoch.boxes = boxes(count));
        d.submit(&statement).refused(code, "promise 2: one box for each device, none for others");
    }
    d.submit(&early).granted("an honest one");
}

#[test]
fn a08_2_the_roster_names_devices_people_and_keys() {
    let mut d = scene();
    let before = d.roster(G);
    let rows: Vec<_> = before.devices().collect();
    assert_eq!(rows.len(), 2, "one device of each reader");
    assert!(rows.is_sorted_by_key(|(device, _)| *device), "in ascending order");
    for (device, reader) in rows {
        let known = d.registry.now().device(device).expect("registered");
        assert_eq!(
            (known.user, d.registry.now().sealing(device).expect("registered").fingerprint),
            (reader.user, reader.sealing),
            "promise 2: from the registry"
        );
    }
    // One person's second device in place of the first is another roster.
    d.approve_device(CHIEF.admin(), PHONE).expect("approved");
    d.approve_device(NURSE.oneself(), PHONE).expect("vouched for");
    d.wipe(CHIEF.admin(), NURSE).expect("wiped");
    assert_eq!(d.roster(G).len(), before.len());
    assert_ne!(d.roster(G).hash(), before.hash(), "promise 3: other devices, another roster");
}

#[test]
fn p3_the_roster_names_the_keys_after_a_rotation() {
    let mut d = scene();
    d.now = START.plus(A_DAY);
    let fresh = sealing_after(NURSE.device, 1);
    d.rotate(NURSE.oneself(), fresh).expect("rotated");
    let row = d.roster(G).devices().find(|(device, _)| *device == NURSE.device).expect("a reader").1;
    assert_eq!(row.sealing, fresh, "promise 3: the next epoch is sealed to the new keys");
}

// ---- no key for ever ------------------------------------------------------------------------------------------------

#[test]
fn p3_an_epoch_of_a_week_less_a_second_is_written_to() {
    let mut d = scene();
    d.now = START.plus(bounds::EPOCH_AGE - 1);
    d.message(DOCTOR.oneself(), G).granted("not yet old");
}

#[test]
fn p3_an_epoch_of_a_week_is_not_written_to() {
    let mut d = scene();
    d.now = START.plus(bounds::EPOCH_AGE);
    d.message(DOCTOR.oneself(), G).refused(Code::RekeyRequired, "promise 3: a key opens a week at most");
}

#[test]
fn p3_the_next_epoch_is_young_again() {
    let mut d = scene();
    d.now = START.plus(bounds::EPOCH_AGE);
    d.epoch(DOCTOR.oneself(), G).granted("the same readers make a new key");
    d.now = d.now.plus(bounds::EPOCH_AGE - 1);
    d.message(DOCTOR.oneself(), G).granted("a week counts from the epoch's own entry");
}

/// The present epoch with room for `room` more messages; the others were passed over.
fn nearly_full(room: u32) -> District {
    let mut d = scene();
    let state = d.groups.get_mut(&G).and_then(|log| log.state.as_mut()).expect("the group exists");
    // The scene has sent one.
    for _ in 0..bounds::EPOCH_MESSAGES - room - 1 {
        state.pass_over(NURSE.device);
    }
    d
}

#[test]
fn p3_an_epoch_with_room_for_one_message_takes_one() {
    let mut d = nearly_full(1);
    d.message(DOCTOR.oneself(), G).granted("the last one");
}

#[test]
fn p3_a_message_fills_the_epoch() {
    let mut d = nearly_full(1);
    d.message(DOCTOR.oneself(), G).expect("the last one");
    let result = d.message(DOCTOR.oneself(), G);
    result.refused(Code::RekeyRequired, "promise 3: a key opens a bounded number of messages");
}

#[test]
fn p3_messages_passed_over_fill_the_epoch() {
    let mut d = nearly_full(0);
    let result = d.message(DOCTOR.oneself(), G);
    result.refused(Code::RekeyRequired, "promise 3: whoever is given no messages counts them as the others do");
}

#[test]
fn p3_the_next_epoch_is_empty_again() {
    let mut d = nearly_full(0);
    d.epoch(DOCTOR.oneself(), G).granted("the same readers make a new key");
    for _ in 0..3 {
        d.message(DOCTOR.oneself(), G).granted("there is room again");
    }
}

/// The day from which newcomers read.
const THAT_DAY: Time = START.plus(A_DAY);

#[test]
fn a08_4_before_that_day_the_epoch_serves() {
    let mut d = District::with_group(HistoryPolicy::From(THAT_DAY));
    d.now = START.plus(A_DAY - 1);
    d.message(DOCTOR.oneself(), G).granted("newcomers don't read it");
}

#[test]
fn a08_4_on_that_day_an_epoch_from_before_serves_no_more() {
    let mut d = District::with_group(HistoryPolicy::From(THAT_DAY));
    d.now = THAT_DAY;
    let result = d.message(DOCTOR.oneself(), G);
    result.refused(Code::RekeyRequired, "newcomers read what is written from now on, and not that key");
}

#[test]
fn a08_4_an_epoch_of_that_day_serves() {
    let mut d = District::with_group(HistoryPolicy::From(THAT_DAY));
    d.now = THAT_DAY;
    d.epoch(DOCTOR.oneself(), G).granted("a new key from that second on");
    d.message(DOCTOR.oneself(), G).granted("newcomers may have it");
}

#[test]
fn a08_4_a_day_that_was_over_before_the_first_epoch_asks_for_nothing() {
    let mut d = District::with_group(HistoryPolicy::From(Time(0)));
    d.message(DOCTOR.oneself(), G).granted("every epoch is of that day or later");
}

// ---- a key in other hands -------------------------------------------------------------------------------------------

/// Of the station's staff; the chief decides.
const HELPER: Who = who(33);

/// The helper is invited (invitation 2), and the present epoch's key is prepared.
fn prepared() -> District {
    let mut d = scene();
    d.hires(CHIEF.admin(), STATION, HELPER);
    d.invite_releasing(DOCTOR.admin(), G, 2, HELPER).expect("invited");
    d.prepare(DOCTOR.oneself(), G, 2, (1, 1), &[HELPER]).expect("prepared");
    d
}

#[test]
fn p3_an_epoch_prepared_for_an_open_invitation_is_written_to() {
    let mut d = prepared();
    d.message(DOCTOR.oneself(), G).granted("who is let in may read it");
}

#[test]
fn p3_an_epoch_prepared_for_a_declined_invitation_is_not_written_to() {
    let mut d = prepared();
    d.decline(CHIEF.admin(), G, 2).expect("declined");
    let result = d.message(DOCTOR.oneself(), G);
    result.refused(Code::RekeyRequired, "promise 2: boxes and release key are in hands that were not let in");
    d.epoch(DOCTOR.oneself(), G).granted("the same readers make a new key");
    d.message(DOCTOR.oneself(), G).granted("which nobody else has");
}

#[test]
fn p3_an_epoch_prepared_for_a_withdrawn_invitation_is_not_written_to() {
    let mut d = prepared();
    d.withdraw(DOCTOR.admin(), G, 2).expect("withdrawn");
    let result = d.message(DOCTOR.oneself(), G);
    result.refused(Code::RekeyRequired, "promise 2: boxes and release key are in hands that were not let in");
    assert!(writable_epoch(d.group(G), &d.roster(G), d.now).is_none(), "clients know before they write");
}

#[test]
fn p3_an_epoch_from_after_the_preparation_is_written_to() {
    let mut d = prepared();
    d.epoch(DOCTOR.oneself(), G).expect("an epoch while the invitation waits");
    d.decline(CHIEF.admin(), G, 2).expect("declined");
    d.message(DOCTOR.oneself(), G).granted("its key was not prepared");
}

#[test]
fn a08_4_a_declined_invitation_with_nothing_prepared_asks_for_no_new_key() {
    let mut d = scene();
    d.invite_releasing(DOCTOR.admin(), G, 2, CHIEF).expect("invited");
    d.decline(CHIEF.admin(), G, 2).expect("declined");
    d.message(DOCTOR.oneself(), G).granted("nobody else has the key");
}

#[test]
fn a12_2_a_flag_that_nobody_knows_is_refused() {
    let mut d = scene();
    for flags in [1, 0x80, 0xff] {
        let message = Message { epoch: 1, salt: digest(b"salt"), flags, ciphertext: Blob::default() };
        let result = d.act_in(G, DOCTOR.oneself(), Act::Message(message));
        result.refused(Code::UnknownVersion, "a condition of handling that can't be kept is not accepted");
    }
}

// ---- what those who govern without reading see ----------------------------------------------------------------------

/// Whether a message by `author` can be there, of which only the header is shown.
fn header(d: &District, author: renkei_proto::id::DeviceId) -> Result<(), Code> {
    let state = d.groups.get(&G).and_then(|log| log.state.as_ref()).expect("the group exists");
    permit_withheld(state, d.registry.now(), author, d.now).map_err(|refusal| refusal.0)
}

#[test]
fn p5_a_bare_header_is_by_a_reader() {
    let d = scene();
    assert_eq!(header(&d, DOCTOR.device), Ok(()), "a reader writes");
    assert_eq!(header(&d, PHONE.device), Err(Code::Unknown), "a device that nobody registered");
    assert_eq!(header(&d, CHIEF.device), Err(Code::NotAReader), "somebody who does not read the group");
}

#[test]
fn p5_after_a_removal_no_bare_header_is_there_before_a_new_epoch() {
    let mut d = scene();
    d.remove(DOCTOR.admin(), G, NURSE).expect("removed");
    assert_eq!(header(&d, NURSE.device), Err(Code::NotAReader), "the removed member");
    assert_eq!(header(&d, DOCTOR.device), Err(Code::RekeyRequired), "a reader, under the key of before");
    d.epoch(DOCTOR.oneself(), G).granted("the next key");
    assert_eq!(header(&d, DOCTOR.device), Ok(()), "under the next key");
}

#[test]
fn p5_no_bare_header_in_an_old_epoch_or_a_closed_group() {
    let mut d = scene();
    d.now = START.plus(bounds::EPOCH_AGE);
    assert_eq!(header(&d, DOCTOR.device), Err(Code::RekeyRequired), "a week later");
    let mut d = scene();
    d.close(DOCTOR.admin(), G).expect("closed");
    assert_eq!(header(&d, DOCTOR.device), Err(Code::GroupClosed), "closed");
}
