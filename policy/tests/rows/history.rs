//! Earlier keys for newcomers: to those who may have them, what they lack, from those who read.

use renkei_policy::group::sealing::{due, has_key};
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

#[test]
fn p3_a_reported_key_is_due_again() {
    let mut d = three_epochs();
    d.report(NURSE.oneself(), G, 2, 3).granted("boxes that held rubbish");
    assert_eq!(waiting(&d), [(NURSE.device, 2, 3)], "a colleague's device hands them over");
}

#[test]
fn p3_a_new_handing_over_heals_a_report() {
    let mut d = three_epochs();
    d.report(NURSE.oneself(), G, 2, 3).expect("reported");
    d.history(DOCTOR.oneself(), G, 2, 3, &[NURSE]).granted("handed over once more");
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
    let mut d = three_epochs();
    d.report(NURSE.oneself(), G, 3, 3).granted("of the present epoch");
    d.history(DOCTOR.oneself(), G, 3, 3, &[NURSE]).granted("handed over while it is in use");
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

/// The nurse has reported epoch 1 as often as one can, and each time it was handed over.
fn reported_out() -> District {
    let mut d = three_epochs();
    for _ in 0..bounds::REPORTS {
        d.report(NURSE.oneself(), G, 1, 1).expect("reported");
        d.history(DOCTOR.oneself(), G, 1, 1, &[NURSE]).expect("handed over");
    }
    d
}

#[test]
fn p3_a_sixth_report_of_one_key_is_refused() {
    let mut d = reported_out();
    d.report(NURSE.oneself(), G, 1, 1).refused(Code::NothingToDo, "nobody keeps others busy for ever");
}

#[test]
fn p3_reports_are_counted_for_each_key() {
    let mut d = reported_out();
    d.report(NURSE.oneself(), G, 1, 2).refused(Code::NothingToDo, "the first one spoils it");
    d.report(NURSE.oneself(), G, 2, 3).granted("of another key");
}

#[test]
fn p3_reports_are_counted_for_each_device() {
    let mut d = reported_out();
    d.report(DOCTOR.oneself(), G, 1, 1).granted("another device has its own count");
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
    let mut d = three_epochs();
    d.close(DOCTOR.admin(), G).expect("closed");
    d.report(NURSE.oneself(), G, 1, 3).granted("A5.1: a closed group is still read");
    d.history(DOCTOR.oneself(), G, 1, 3, &[NURSE]).granted("A5.1: a closed group is still read");
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
    let mut d = three_epochs();
    d.epoch(DOCTOR.oneself(), G).expect("an epoch");
    for epoch in [1, 4] {
        d.report(NURSE.oneself(), G, epoch, epoch).expect("reported");
    }
    d.report(DOCTOR.oneself(), G, 4, 4).expect("the only other reader has not got it either");
    d.history(DOCTOR.oneself(), G, 1, 1, &[NURSE]).granted("a key that nobody has holds up no other");
}
