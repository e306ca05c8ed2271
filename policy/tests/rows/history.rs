//! Earlier keys for newcomers: to those who may have them, what they lack, from those who read.

use renkei_policy::group::sealing::{due, has_key, may_give, may_report};
use renkei_proto::act::{Act, History, HistoryPolicy};
use renkei_proto::bounds;
use renkei_proto::code::Code;

use crate::common::*;

const G: renkei_proto::id::GroupId = group(1);
const PHONE: Who = NURSE.with(131);

/// Three epochs of doctor and nurse, then the chief comes in, then one more.
fn newcomer(policy: HistoryPolicy) -> District {
    let mut d = District::with_group(policy);
    for _ in 0..2 {
        d.epoch(DOCTOR.oneself(), G).expect("an epoch");
    }
    d.joins(G, 2, CHIEF);
    d.epoch(DOCTOR.oneself(), G).expect("an epoch with the newcomer");
    d
}

fn waiting(d: &District) -> Vec<(renkei_proto::id::DeviceId, u32, u32)> {
    let roster = d.roster(G);
    due(d.group(G), &roster).map(|(device, range)| (device, *range.start(), *range.end())).collect()
}

#[test]
fn a08_4_a_newcomer_gets_the_earlier_keys_where_the_group_says_so() {
    let mut d = newcomer(HistoryPolicy::All);
    assert_eq!(waiting(&d), [(CHIEF.device, 1, 3)], "the newcomer waits for three keys");
    d.history(NURSE.oneself(), G, 1, 3, &[CHIEF]).granted("any reader hands them over");
    assert_eq!(waiting(&d), [], "nobody waits any more");
    assert!(d.group(G).epochs().iter().all(|epoch| has_key(d.group(G), CHIEF.device, epoch)), "all keys are there");
    let again = d.history(NURSE.oneself(), G, 1, 3, &[CHIEF]);
    again.refused(Code::HistoryNotDue, "what was handed over is not handed over again");
}

#[test]
fn a08_4_from_approval_on_means_no_key_from_before() {
    let mut d = newcomer(HistoryPolicy::FromApproval);
    assert_eq!(waiting(&d), [], "nothing is due");
    for (first, last) in [(1, 3), (1, 1), (3, 3), (3, 4), (4, 4)] {
        let result = d.history(NURSE.oneself(), G, first, last, &[CHIEF]);
        result.refused(Code::HistoryNotDue, "the group's policy: nothing from before the approval");
    }
}

#[test]
fn a08_4_from_approval_a_second_device_gets_what_the_person_may_read() {
    let mut d = newcomer(HistoryPolicy::FromApproval);
    let tablet = CHIEF.with(130);
    d.approve_device(CHIEF.admin(), tablet).expect("approved");
    d.approve_device(CHIEF.oneself(), tablet).expect("vouched for");
    d.epoch(CHIEF.oneself(), G).expect("an epoch with the tablet");
    assert_eq!(waiting(&d), [(tablet.device, 4, 4)], "what the person could read before on the other device");
    let early = d.history(DOCTOR.oneself(), G, 3, 4, &[tablet]);
    early.refused(Code::HistoryNotDue, "and nothing from before the approval");
    d.history(CHIEF.oneself(), G, 4, 4, &[tablet]).granted("from the person's own other device too");
}

#[test]
fn a08_2_a_new_device_gets_its_persons_keys() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.approve_device(CHIEF.admin(), PHONE).expect("approved");
    d.approve_device(NURSE.oneself(), PHONE).expect("vouched for");
    assert_eq!(waiting(&d), [(PHONE.device, 1, 1)], "due as soon as it is in the roster");
    d.history(NURSE.oneself(), G, 1, 1, &[PHONE]).granted("handed over before the next epoch too");
}

#[test]
fn a05_2_the_removed_get_no_keys_and_give_none() {
    let mut d = newcomer(HistoryPolicy::All);
    d.remove(CHIEF.admin(), G, CHIEF).expect("removed");
    assert_eq!(waiting(&d), [], "nothing is due to the removed");
    let result = d.history(NURSE.oneself(), G, 1, 3, &[CHIEF]);
    result.refused(Code::HistoryNotDue, "promise 3: the removed get no keys");
    let result = d.history(CHIEF.oneself(), G, 1, 1, &[NURSE]);
    result.refused(Code::NotAReader, "promise 3: and hand none over");
}

#[test]
fn a08_4_strangers_get_no_keys_and_give_none() {
    let mut d = newcomer(HistoryPolicy::All);
    for stranger in [CLERK, OPERATOR, PLANNER, who(99)] {
        let result = d.history(DOCTOR.oneself(), G, 1, 3, &[stranger]);
        result.refused(Code::HistoryNotDue, "promise 2: keys go to readers only");
    }
    let result = d.history(CLERK.oneself(), G, 1, 3, &[CHIEF]);
    result.refused(Code::NotAReader, "promise 2: keys come from readers only");
    let result = d.history(DOCTOR.admin(), G, 1, 3, &[CHIEF]);
    result.refused(Code::WrongRole, "A11.1: in the person's own name");
    // One who may not have them spoils the whole statement.
    let result = d.history(DOCTOR.oneself(), G, 1, 3, &[CLERK, CHIEF]);
    result.refused(Code::HistoryNotDue, "promise 2: keys go to readers only");
}

#[test]
fn a08_4_a_handing_over_is_well_formed() {
    let mut d = newcomer(HistoryPolicy::All);
    let code = Code::HistoryNotDue;
    for (first, last) in [(3, 1), (0, 3), (0, 0), (1, 4), (1, 9), (4, 4), (u32::MAX, u32::MAX)] {
        d.history(DOCTOR.oneself(), G, first, last, &[CHIEF]).refused(code, "only epochs that are lacking");
    }
    let code = Code::SidecarMismatch;
    d.history(DOCTOR.oneself(), G, 1, 3, &[]).refused(code, "for somebody");
    d.history(DOCTOR.oneself(), G, 1, 3, &[CHIEF, CHIEF]).refused(code, "for each device once");
    let history = History { boxes: boxes(2), ..handed(1, 3, &[CHIEF], None) };
    d.act_in(G, DOCTOR.oneself(), Act::History(history)).refused(code, "one box for each device");
}

#[test]
fn a08_4_a_handing_over_is_bounded() {
    let mut d = District::with_group(HistoryPolicy::All);
    let most = u32::try_from(renkei_proto::bounds::HISTORY_EPOCHS).expect("few");
    for _ in 0..most {
        d.epoch(DOCTOR.oneself(), G).expect("an epoch");
    }
    d.joins(G, 2, CHIEF);
    let all = d.history(NURSE.oneself(), G, 1, most + 1, &[CHIEF]);
    all.refused(Code::TooLarge, "one statement hands over a bounded number");
    d.history(NURSE.oneself(), G, 2, most + 1, &[CHIEF]).granted("the latest first");
    d.history(NURSE.oneself(), G, 1, 1, &[CHIEF]).granted("the rest after it");
    assert_eq!(waiting(&d), [], "nobody waits any more");
}

// ---- from a day on --------------------------------------------------------------------------------------------------

/// A group whose newcomers read from a day after the beginning on: epoch 1 from before, epoch 2 from that very second,
/// epoch 3 from later.
fn from_a_day() -> District {
    let mut d = District::with_group(HistoryPolicy::From(START.plus(A_DAY)));
    d.now = START.plus(A_DAY);
    d.epoch(DOCTOR.oneself(), G).expect("an epoch of that second");
    d.now = d.now.plus(A_DAY);
    d.epoch(DOCTOR.oneself(), G).expect("an epoch of the day after");
    d
}

#[test]
fn a08_4_from_a_day_on_a_newcomer_gets_what_began_at_that_second_or_later() {
    let mut d = from_a_day();
    d.joins(G, 2, CHIEF);
    assert_eq!(waiting(&d), [(CHIEF.device, 2, 3)], "from that second on");
    d.history(NURSE.oneself(), G, 2, 3, &[CHIEF]).granted("handed over");
}

#[test]
fn a08_4_from_a_day_on_nobody_gets_what_began_before() {
    let mut d = from_a_day();
    d.joins(G, 2, CHIEF);
    for (first, last) in [(1, 1), (1, 3)] {
        let result = d.history(NURSE.oneself(), G, first, last, &[CHIEF]);
        result.refused(Code::HistoryNotDue, "the group's policy: nothing from before that day");
    }
}

#[test]
fn a08_4_an_epoch_of_the_second_before_that_day_is_from_before() {
    let mut d = District::with_group(HistoryPolicy::From(START.plus(A_DAY)));
    d.now = START.plus(A_DAY - 1);
    d.epoch(DOCTOR.oneself(), G).expect("an epoch of the second before");
    d.now = START.plus(A_DAY);
    d.joins(G, 2, CHIEF);
    assert_eq!(waiting(&d), [], "nothing began on that day yet");
}

#[test]
fn a08_4_before_that_day_a_newcomer_reads_from_the_approval_on() {
    let mut d = District::with_group(HistoryPolicy::From(START.plus(A_DAY)));
    d.joins(G, 2, CHIEF);
    d.epoch(DOCTOR.oneself(), G).expect("an epoch with the newcomer");
    let first = d.group(G).membership(CHIEF.user).expect("a reader").first_epoch;
    assert_eq!((waiting(&d), first), (vec![], 2), "nothing from before the approval either");
}

#[test]
fn a08_4_from_a_day_on_the_removed_and_reinvited_get_what_they_missed_since() {
    let mut d = from_a_day();
    d.remove(CHIEF.admin(), G, NURSE).expect("removed");
    d.epoch(DOCTOR.oneself(), G).expect("an epoch without the nurse");
    d.joins(G, 2, NURSE);
    assert_eq!(waiting(&d), [(NURSE.device, 4, 4)], "the keys from before the removal are there");
}

#[test]
fn a08_4_from_approval_on_the_removed_and_reinvited_never_get_what_they_missed() {
    let mut d = District::with_group(HistoryPolicy::FromApproval);
    d.remove(CHIEF.admin(), G, NURSE).expect("removed");
    d.epoch(DOCTOR.oneself(), G).expect("an epoch without the nurse");
    d.joins(G, 2, NURSE);
    assert_eq!(waiting(&d), [], "from the second approval on");
}

// ---- keys that can't be opened --------------------------------------------------------------------------------------

/// Three epochs of doctor and nurse.
fn three_epochs() -> District {
    let mut d = District::with_group(HistoryPolicy::All);
    for _ in 0..2 {
        d.epoch(DOCTOR.oneself(), G).expect("an epoch");
    }
    d
}

/// Three epochs of doctor, chief and nurse, all made by the doctor.
fn three_readers() -> District {
    let mut d = District::with_group(HistoryPolicy::All);
    d.joins(G, 2, CHIEF);
    for _ in 0..2 {
        d.epoch(DOCTOR.oneself(), G).expect("an epoch");
    }
    d.history(NURSE.oneself(), G, 1, 1, &[CHIEF]).expect("handed over");
    d
}

#[test]
fn p3_a_reported_key_is_due_again() {
    let mut d = three_epochs();
    d.report(NURSE.oneself(), G, 2, 3).granted("boxes that held rubbish");
    assert_eq!(waiting(&d), [(NURSE.device, 2, 3)], "a colleague's device hands them over");
}

#[test]
fn p3_a_new_handing_over_heals_a_report() {
    let mut d = three_readers();
    d.report(NURSE.oneself(), G, 2, 3).expect("reported");
    d.history(CHIEF.oneself(), G, 2, 3, &[NURSE]).granted("handed over once more");
    assert_eq!(waiting(&d), [], "nothing is due any more");
}

#[test]
fn p3_keys_sealed_to_the_keys_before_a_rotation_are_not_handed_over() {
    let mut d = newcomer(HistoryPolicy::All);
    d.now = START.plus(A_DAY);
    let early = d.draft_in(G, NURSE.oneself(), Act::History(handed(1, 3, &[CHIEF], None)));
    d.rotate(CHIEF.oneself(), sealing_after(CHIEF.device, 1)).expect("rotated");
    d.submit(&early).refused(Code::RosterMismatch, "a box that nobody can open does not count as handed over");
    d.history(NURSE.oneself(), G, 1, 3, &[CHIEF]).granted("sealed to the keys of now");
}

#[test]
fn p3_the_present_epochs_key_is_reported_too() {
    let mut d = three_readers();
    d.report(NURSE.oneself(), G, 3, 3).granted("of the present epoch");
    d.history(CHIEF.oneself(), G, 3, 3, &[NURSE]).granted("handed over while it is in use");
}

#[test]
fn p3_a_handed_over_key_is_reported_too() {
    let mut d = newcomer(HistoryPolicy::All);
    d.history(NURSE.oneself(), G, 1, 3, &[CHIEF]).expect("handed over");
    d.report(CHIEF.oneself(), G, 1, 3).granted("what was handed over held rubbish");
    assert_eq!(waiting(&d), [(CHIEF.device, 1, 3)], "due again");
}

#[test]
fn p3_a_report_is_for_the_reporting_device_alone() {
    let mut d = three_epochs();
    d.approve_device(CHIEF.admin(), PHONE).expect("approved");
    d.approve_device(NURSE.oneself(), PHONE).expect("vouched for");
    d.history(NURSE.oneself(), G, 1, 3, &[PHONE]).expect("the phone has them");
    d.report(PHONE.oneself(), G, 1, 3).expect("and can't open them");
    assert_eq!(waiting(&d), [(PHONE.device, 1, 3)], "the person's other device has what it has");
}

#[test]
fn p3_who_reported_a_key_hands_it_to_nobody() {
    let mut d = newcomer(HistoryPolicy::All);
    d.report(NURSE.oneself(), G, 2, 2).expect("reported");
    let result = d.history(NURSE.oneself(), G, 1, 3, &[CHIEF]);
    result.refused(Code::HistoryNotDue, "one who lacks a key can't hand it over");
}

#[test]
fn p3_a_key_is_reported_once_until_it_is_handed_over() {
    let mut d = three_epochs();
    d.report(NURSE.oneself(), G, 2, 3).expect("reported");
    for (first, last) in [(2, 3), (1, 2), (3, 3)] {
        d.report(NURSE.oneself(), G, first, last).refused(Code::NothingToDo, "it is known already");
    }
}

#[test]
fn p3_a_key_that_was_never_given_is_not_reported() {
    let mut d = newcomer(HistoryPolicy::All);
    d.report(CHIEF.oneself(), G, 1, 3).refused(Code::NothingToDo, "it is due anyway");
}

// ---- whose boxes held rubbish ---------------------------------------------------------------------------------------

/// The doctor's box of epoch 1 for the nurse held rubbish.
fn rubbish() -> District {
    let mut d = three_readers();
    d.report(NURSE.oneself(), G, 1, 1).expect("reported");
    d
}

#[test]
fn p3_whose_box_held_rubbish_does_not_hand_that_key_over_again() {
    let mut d = rubbish();
    let result = d.history(DOCTOR.oneself(), G, 1, 1, &[NURSE]);
    result.refused(Code::HistoryNotDue, "rubbish once is enough");
    d.history(CHIEF.oneself(), G, 1, 1, &[NURSE]).granted("another reader heals it");
}

#[test]
fn p3_clients_are_told_whose_box_held_rubbish() {
    let d = rubbish();
    let may = |giver: Who, to: Who, epoch| may_give(d.group(G), giver.device, to.device, epoch);
    assert!(!may(DOCTOR, NURSE, 1), "the maker of the epoch");
    assert!(may(CHIEF, NURSE, 1) && may(DOCTOR, NURSE, 2) && may(DOCTOR, CHIEF, 1), "and nobody and nothing else");
}

#[test]
fn p3_one_key_whose_box_held_rubbish_spoils_the_handing_over() {
    let mut d = three_readers();
    d.report(NURSE.oneself(), G, 1, 1).expect("reported");
    d.approve_device(CHIEF.admin(), PHONE).expect("approved");
    d.approve_device(NURSE.oneself(), PHONE).expect("vouched for");
    let result = d.history(DOCTOR.oneself(), G, 1, 1, &[NURSE, PHONE]);
    result.refused(Code::HistoryNotDue, "one device of the two does not take it from this giver");
    d.history(DOCTOR.oneself(), G, 1, 3, &[PHONE]).granted("another device does");
}

#[test]
fn p3_of_a_key_handed_over_later_the_giver_is_marked_not_the_maker() {
    let mut d = three_readers();
    d.report(CHIEF.oneself(), G, 1, 1).granted("the nurse's box held rubbish");
    let may = |giver: Who| may_give(d.group(G), giver.device, CHIEF.device, 1);
    assert_eq!((may(NURSE), may(DOCTOR)), (false, true), "who handed it over, not who made the epoch");
    d.history(NURSE.oneself(), G, 1, 1, &[CHIEF]).refused(Code::HistoryNotDue, "rubbish once is enough");
    d.history(DOCTOR.oneself(), G, 1, 1, &[CHIEF]).granted("the maker hands it over");
}

#[test]
fn p3_every_report_uses_up_a_giver() {
    let mut d = rubbish();
    d.history(CHIEF.oneself(), G, 1, 1, &[NURSE]).expect("handed over");
    d.report(NURSE.oneself(), G, 1, 1).granted("that held rubbish as well");
    for giver in [DOCTOR, CHIEF] {
        let result = d.history(giver.oneself(), G, 1, 1, &[NURSE]);
        result.refused(Code::HistoryNotDue, "nobody keeps others busy for ever");
    }
    assert_eq!(waiting(&d), [(NURSE.device, 1, 1)], "who comes later may still hand it over");
}

#[test]
fn p3_a_healed_key_leaves_its_giver_marked() {
    let mut d = rubbish();
    d.history(CHIEF.oneself(), G, 1, 1, &[NURSE]).expect("handed over");
    assert!(!may_give(d.group(G), DOCTOR.device, NURSE.device, 1), "what was in that box does not change");
}

// ---- a stolen signing key -------------------------------------------------------------------------------------------

/// A day later.
fn three_readers_a_day_later() -> District {
    let mut d = three_readers();
    d.now = START.plus(A_DAY);
    d
}

fn rotate(d: &mut District, who: Who, n: usize) {
    d.rotate(who.oneself(), sealing_after(who.device, n)).expect("rotated");
}

#[test]
fn p3_a_thief_who_takes_own_sealing_keys_reports_no_key_from_before() {
    let mut d = three_readers_a_day_later();
    rotate(&mut d, NURSE, 1);
    for (first, last) in [(1, 3), (1, 1), (3, 3)] {
        let result = d.report(NURSE.oneself(), G, first, last);
        result.refused(Code::NothingToDo, "promise 3: a stolen signing key brings no history");
    }
    assert_eq!(waiting(&d), [], "and nothing is due");
}

#[test]
fn p3_a_handed_over_key_from_before_new_sealing_keys_is_not_reported() {
    let mut d = three_readers_a_day_later();
    rotate(&mut d, CHIEF, 1);
    let result = d.report(CHIEF.oneself(), G, 1, 1);
    result.refused(Code::NothingToDo, "promise 3: a stolen signing key brings no history");
}

#[test]
fn p3_a_key_of_the_very_second_of_new_sealing_keys_is_reported() {
    let mut d = three_readers_a_day_later();
    rotate(&mut d, NURSE, 1);
    d.epoch(DOCTOR.oneself(), G).expect("an epoch of that second");
    let result = d.report(NURSE.oneself(), G, 3, 4);
    result.refused(Code::NothingToDo, "promise 3: one key from before spoils it");
    d.report(NURSE.oneself(), G, 4, 4).granted("handed over for the keys of now");
    d.history(CHIEF.oneself(), G, 4, 4, &[NURSE]).granted("and handed over once more");
}

#[test]
fn p3_a_key_handed_over_after_new_sealing_keys_is_reported() {
    let mut d = newcomer(HistoryPolicy::All);
    d.now = START.plus(A_DAY);
    rotate(&mut d, CHIEF, 1);
    d.history(NURSE.oneself(), G, 1, 3, &[CHIEF]).granted("never handed over before: due as to any newcomer");
    d.report(CHIEF.oneself(), G, 1, 3).granted("for the keys of now");
    d.report(CHIEF.oneself(), G, 4, 4).refused(Code::NothingToDo, "promise 3: that one came before");
}

#[test]
fn p3_a_thief_who_reports_first_and_takes_own_sealing_keys_after_gets_nothing() {
    let mut d = three_readers_a_day_later();
    d.report(NURSE.oneself(), G, 1, 3).granted("nobody can tell it from an honest one");
    rotate(&mut d, NURSE, 1);
    assert_eq!(waiting(&d), [], "promise 3: what was handed over for other keys is not handed over for these");
    for (first, last) in [(1, 3), (2, 2)] {
        let result = d.history(CHIEF.oneself(), G, first, last, &[NURSE]);
        result.refused(Code::HistoryNotDue, "promise 3: a stolen signing key brings no history");
    }
}

#[test]
fn p3_clients_know_what_they_may_report() {
    let mut d = three_readers_a_day_later();
    rotate(&mut d, NURSE, 1);
    d.epoch(DOCTOR.oneself(), G).expect("an epoch");
    let may = |who: Who| -> Vec<u32> {
        let all = d.group(G).epochs().iter();
        let may = all.filter(|epoch| may_report(d.group(G), d.registry.now(), who.device, epoch));
        may.map(|epoch| epoch.number).collect()
    };
    assert_eq!(may(NURSE), [4], "since the device has its sealing keys");
    assert_eq!(may(CHIEF), [1, 2, 3, 4], "everything, where they never changed");
    assert_eq!((may(PLANNER), may(who(99))), (vec![], vec![]), "who does not read misses nothing");
}

#[test]
fn p3_clients_report_nothing_from_before_the_persons_first_epoch() {
    let mut d = District::with_group(HistoryPolicy::FromApproval);
    d.remove(CHIEF.admin(), G, NURSE).expect("removed");
    d.joins(G, 2, NURSE);
    d.epoch(DOCTOR.oneself(), G).expect("an epoch");
    let may = |n: usize| may_report(d.group(G), d.registry.now(), NURSE.device, &d.group(G).epochs()[n - 1]);
    assert_eq!((may(1), may(2)), (false, true), "promise 2: from the second approval on");
}

#[test]
fn p3_only_keys_that_there_are_are_reported() {
    let mut d = three_epochs();
    for (first, last) in [(0, 0), (0, 3), (3, 2), (1, 4), (4, 4), (1, u32::MAX)] {
        d.report(NURSE.oneself(), G, first, last).refused(Code::NothingToDo, "epochs are numbered from one");
    }
}

#[test]
fn p3_a_report_is_bounded() {
    let mut d = District::with_group(HistoryPolicy::All);
    let most = u32::try_from(bounds::HISTORY_EPOCHS).expect("few");
    for _ in 0..most {
        d.epoch(DOCTOR.oneself(), G).expect("an epoch");
    }
    d.report(NURSE.oneself(), G, 1, most + 1).refused(Code::TooLarge, "as much as one handing over");
    d.report(NURSE.oneself(), G, 2, most + 1).granted("and no less");
}

#[test]
fn p2_strangers_report_nothing() {
    let mut d = three_epochs();
    for who in [CHIEF, CLERK, OPERATOR, PLANNER] {
        d.report(who.oneself(), G, 1, 3).refused(Code::NotAReader, "promise 2: who does not read misses nothing");
    }
}

#[test]
fn p3_the_removed_report_nothing() {
    let mut d = three_epochs();
    d.remove(CHIEF.admin(), G, NURSE).expect("removed");
    d.report(NURSE.oneself(), G, 1, 3).refused(Code::NotAReader, "promise 3: the removed get no keys");
}

#[test]
fn a12_3_a_wiped_device_reports_nothing() {
    let mut d = three_epochs();
    d.wipe(CHIEF.admin(), NURSE).expect("wiped");
    d.report(NURSE.oneself(), G, 1, 3).refused(Code::DeviceWiped, "A12.3: a wiped device gets no keys");
}

#[test]
fn a11_1_a_report_is_the_persons_own_act() {
    let mut d = three_epochs();
    for seat in [DOCTOR.admin(), DOCTOR.manager(), DOCTOR.group_manager(), DOCTOR.operator()] {
        d.report(seat, G, 1, 3).refused(Code::WrongRole, "A11.1: in the person's own name");
    }
}

#[test]
fn a05_1_in_a_closed_group_keys_are_still_reported_and_handed_over() {
    let mut d = three_readers();
    d.close(DOCTOR.admin(), G).expect("closed");
    d.report(NURSE.oneself(), G, 1, 3).granted("A5.1: a closed group is still read");
    d.history(CHIEF.oneself(), G, 1, 3, &[NURSE]).granted("A5.1: a closed group is still read");
}

#[test]
fn p3_a_removal_and_a_new_approval_do_not_widen_what_a_report_brings() {
    let mut d = District::with_group(HistoryPolicy::FromApproval);
    d.remove(CHIEF.admin(), G, NURSE).expect("removed");
    d.epoch(DOCTOR.oneself(), G).expect("an epoch without the nurse");
    d.joins(G, 2, NURSE);
    d.epoch(DOCTOR.oneself(), G).expect("an epoch with the nurse again");
    d.report(NURSE.oneself(), G, 1, 1)
        .refused(Code::NothingToDo, "nobody could hand it over: from before the approval");
}

#[test]
fn p3_a_key_that_nobody_hands_over_holds_up_no_other() {
    let mut d = three_epochs();
    // The nurse made epoch 2 with boxes that hold rubbish, and hands nothing over.
    d.report(DOCTOR.oneself(), G, 2, 2).expect("reported");
    d.joins(G, 2, CHIEF);
    d.history(DOCTOR.oneself(), G, 3, 3, &[CHIEF]).granted("the doctor hands over what is there");
    d.history(DOCTOR.oneself(), G, 1, 1, &[CHIEF]).granted("the doctor hands over what is there");
    assert_eq!(waiting(&d), [(DOCTOR.device, 2, 2), (CHIEF.device, 2, 2)], "and nothing else is due");
}

#[test]
fn p3_every_run_of_missing_keys_is_due() {
    let mut d = three_readers();
    for epoch in [1, 3] {
        d.report(NURSE.oneself(), G, epoch, epoch).expect("reported");
    }
    d.report(CHIEF.oneself(), G, 3, 3).expect("the only other one who could give it has not got it either");
    d.history(CHIEF.oneself(), G, 1, 1, &[NURSE]).granted("a key that nobody gives holds up no other");
}
