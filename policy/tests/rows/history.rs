//! Earlier keys for newcomers: to those who may have them, what they lack, from those who read.

use renkei_policy::group::sealing::{due, has_key};
use renkei_proto::act::{Act, History, HistoryPolicy};
use renkei_proto::bytes::List;
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
    let devices = List::new(vec![CHIEF.device]).expect("one");
    let history = History { first: 1, last: 3, devices, boxes: boxes(2) };
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
