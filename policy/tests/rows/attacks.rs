//! What an attacker tried against the rules, and what the rules say to it now.

use renkei_policy::group;
use renkei_proto::act::{Act, DelegationScope, GroupAct, GroupKind, HistoryPolicy, RegistryAct};
use renkei_proto::code::Code;
use renkei_proto::statement::Head;

use crate::common::group as group_id;
use crate::common::*;

const G: renkei_proto::id::GroupId = group_id(1);

#[test]
fn a12_3_a_sole_administrators_stolen_device_can_be_stopped() {
    let mut d = District::open();
    // CHIEF is manager and only administrator; the one device is stolen.
    d.wipe(OPERATOR.operator(), CHIEF).granted("A12.3, promise 4: somebody must be able to wipe it");
}

#[test]
fn a04_2_operators_stop_reading_with_the_delegation() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.delegate(DOCTOR.admin(), 1, DelegationScope::Group(G), true).expect("set up");
    d.invite(DOCTOR.admin(), G, 8, OPERATOR).expect("set up");
    d.approve(COLLEAGUE.operator(), G, 8).expect("set up");
    d.revoke(DOCTOR.admin(), 1).expect("set up");
    assert!(!d.roster(G).has(OPERATOR.user, OPERATOR.device), "A4.2: revocable at once");
}

#[test]
fn p2_the_desk_alone_makes_no_reader_of_itself() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.delegate(DOCTOR.admin(), 1, DelegationScope::Facility, true).expect("set up");
    d.invite(OPERATOR.acting_for(CLINIC, 1), G, 8, COLLEAGUE).expect("set up");
    let r = d.approve(COLLEAGUE.operator(), G, 8);
    r.refused(Code::SecondPersonRequired, "promise 2: inviter and approver are of different facilities");
}

#[test]
fn p2_one_operator_makes_no_administrators_device() {
    let mut d = District::open();
    let heir = who(34);
    d.register(CHIEF.admin(), STATION, heir).expect("set up");
    d.appoint(CHIEF.manager(), heir).expect("set up");
    d.hand_over(CHIEF.manager(), heir).expect("set up");
    d.end(CHIEF.admin(), CHIEF).expect("set up"); // retires
    d.approve_device(OPERATOR.operator(), heir).expect("set up");
    assert!(!d.registry.now().active_device(heir.device), "A8.3: two Desk operators");
    // If active: the one operator now speaks for the station.
}

#[test]
fn p2_one_operator_adds_no_reader_alone() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.delegate(DOCTOR.admin(), 1, DelegationScope::Facility, false).expect("set up");
    let heir = who(34);
    d.register(CHIEF.admin(), STATION, heir).expect("set up");
    d.appoint(CHIEF.manager(), heir).expect("set up");
    d.hand_over(CHIEF.manager(), heir).expect("set up");
    d.end(CHIEF.admin(), CHIEF).expect("set up");
    // One operator, alone, from here on.
    d.approve_device(OPERATOR.operator(), heir).expect("set up");
    d.invite(OPERATOR.acting_for(CLINIC, 1), G, 7, heir).expect("set up");
    let _ = d.approve(heir.admin(), G, 7);
    assert!(!d.roster(G).has(heir.user, heir.device), "promise 2: a single operator added a reader alone");
}

#[test]
fn p5_may_sign_in_is_stable() {
    let mut d = District::open();
    let size = d.registry.size();
    let then = d.registry.now().may_sign_in(NURSE.user, NURSE.device).is_ok();
    d.pledge(CHIEF.admin(), NURSE, signed_pledge("2026-11-20")).expect("set up");
    let later = d.registry.at(size).expect("set up").may_sign_in(NURSE.user, NURSE.device).is_ok();
    assert_eq!(then, later, "promise 5: as-of answers are stable");
}

#[test]
fn a08_4_an_invitation_dies_with_its_delegation() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.delegate(DOCTOR.admin(), 1, DelegationScope::Facility, false).expect("set up");
    d.invite(OPERATOR.acting_for(CLINIC, 1), G, 8, CHIEF).expect("set up");
    d.revoke(DOCTOR.admin(), 1).expect("set up");
    let r = d.approve(CHIEF.admin(), G, 8);
    r.refused(Code::DelegationExpired, "A4.2: revocable at once");
}

#[test]
fn p3_nobody_hands_over_keys_that_they_lack() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.joins(G, 2, CHIEF);
    d.epoch(DOCTOR.oneself(), G).expect("set up");
    let phone = NURSE.with(131);
    d.approve_device(CHIEF.admin(), phone).expect("set up");
    d.approve_device(NURSE.oneself(), phone).expect("set up");
    // CHIEF has epoch 2 only and yet hands over epoch 1 to NURSE's phone, which then counts as served.
    let r = d.history(CHIEF.oneself(), G, 1, 1, &[phone]);
    assert!(r.is_err(), "a device without the key marked another one as served");
}

#[test]
fn a07_1_an_administrator_does_not_end_a_colleague_administrator() {
    let mut d = District::open();
    d.appoint(DOCTOR.manager(), CLERK).expect("set up");
    d.hires(DOCTOR.admin(), CLINIC, who(22));
    d.appoint(DOCTOR.manager(), who(22)).expect("set up");
    assert!(d.end(CLERK.admin(), who(22)).is_err(), "A7.1: the facility manager dismisses administrators");
}

#[test]
fn p5_a_judgement_is_for_one_group() {
    let mut d = District::open();
    for n in [1, 2] {
        d.create(DOCTOR.admin(), group_id(n), GroupKind::Free, true).expect("set up");
    }
    let s = d.draft_in(G, DOCTOR.admin(), Act::Group(GroupAct::Close));
    let j = group::judge(Some(d.group(G)), &d.verified(&s), d.registry.now(), d.now).expect("set up");
    let mut other = d.groups[&group_id(2)].state.clone();
    assert!(!j.fold(&mut other), "a judgement for one group was folded into another");
}

#[test]
fn p3_every_epoch_in_use_is_younger_than_every_removal() {
    let mut d = District::with_group(HistoryPolicy::FromApproval);
    d.remove(CHIEF.admin(), G, NURSE).expect("set up");
    d.joins(G, 2, NURSE);
    let first = d.group(G).membership(NURSE.user).expect("set up").first_epoch;
    let r = d.message(DOCTOR.oneself(), G);
    assert!(r.is_err(), "epoch {} older than a removal is in use; NURSE's first epoch is {first}", d.group(G).epoch());
}

#[test]
fn a15_1_an_operator_is_no_sns_administrator() {
    let mut d = District::open();
    let r = d.create_for(OPERATOR.admin(), DESK, G, GroupKind::Free, HistoryPolicy::All, true);
    r.refused(Code::WrongRole, "the log shows the role");
}

#[test]
fn p5_an_ended_administrator_approves_nothing_even_with_the_servers_help() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.appoint(CHIEF.manager(), NURSE).expect("set up");
    d.hires(CHIEF.admin(), STATION, who(33));
    d.invite(DOCTOR.admin(), G, 2, who(33)).expect("set up");
    let then = d.registry.size();
    d.end(CHIEF.admin(), NURSE).expect("set up");
    // A month later.
    d.now = d.now.plus(30 * 86_400);
    let answers = d.group(G).invitation(invitation(2)).expect("set up").statement;
    let approve = GroupAct::Approve { invitation: invitation(2), answers, release: None };
    let mut s = d.draft_in(G, NURSE.admin(), Act::Group(approve));
    s.seen.registry = Head::default();
    let r = d.submit_under(sign(&s, &signing_key(NURSE.device)), then);
    assert!(r.is_err(), "promise 2: entered a month after the end, under the registry before it");
}

#[test]
fn a03_1_an_ended_operators_voice_does_not_count() {
    let mut d = District::founded();
    d.apply(CLINIC, DOCTOR).expect("set up");
    d.admit(OPERATOR.operator(), CLINIC).expect("set up");
    d.end(ROOT, OPERATOR).expect("set up");
    d.admit(COLLEAGUE.operator(), CLINIC).expect("set up");
    assert!(!d.registry.now().admitted(CLINIC), "A3.1: one operator in force admitted it");
}

#[test]
fn p7_no_key_serves_two_purposes() {
    let mut d = District::open();
    d.register(CHIEF.admin(), STATION, who(33)).expect("set up");
    let mut device = who(33).registration();
    device.signing = root_key().public();
    let r = d.act(CHIEF.admin(), RegistryAct::ApproveDevice { user: who(33).user, device });
    r.refused(Code::KeyInUse, "the root's key as a device's");
}

#[test]
fn a08_2_a_dismissed_administrators_half_does_not_count() {
    let mut d = District::open();
    d.appoint(CHIEF.manager(), NURSE).expect("set up");
    d.hires(CHIEF.admin(), STATION, who(33));
    d.wipe(CHIEF.admin(), who(33)).expect("set up");
    let phone = who(33).with(133);
    d.approve_device(NURSE.admin(), phone).expect("set up");
    d.end(CHIEF.admin(), NURSE).expect("set up");
    d.approve_device(OPERATOR.operator(), phone).refused(Code::NotAdministrator, "the first half is void");
    assert!(!d.registry.now().active_device(phone.device), "one person in force approved a further device");
}

#[test]
fn a08_3_only_the_only_administrator_is_the_desks_last_resort() {
    use renkei_policy::registry::a08_devices::permit_ticket;
    let mut d = District::open();
    d.appoint(CHIEF.manager(), NURSE).expect("set up");
    d.wipe(NURSE.oneself(), NURSE).expect("set up");
    let purpose = renkei_proto::ticket::Purpose::Device(NURSE.user);
    let r = permit_ticket(d.registry.now(), OPERATOR.user, purpose, d.now);
    assert!(r.is_err(), "a second administrator is there");
}

#[test]
fn a08_2_the_code_says_what_is_wrong() {
    let mut d = District::open();
    let r = d.approve_device(OPERATOR.operator(), NURSE.with(131));
    r.refused(Code::NotAdministrator, "the role is right, the person isn't");
}

#[test]
fn a08_2_a_flood_of_pending_devices() {
    let mut d = District::open();
    let mut n = 0;
    for i in 100..250u8 {
        if d.approve_device(NURSE.oneself(), NURSE.with(i)).is_ok() {
            n += 1;
        }
    }
    assert!(n < 20, "one person named {n} devices in the permanent registry without anybody's approval");
}
#[test]
fn a08_3_sole_two_operators_help() {
    let mut d = District::open();
    let heir = who(34);
    d.register(CHIEF.admin(), STATION, heir).expect("set up");
    d.appoint(CHIEF.manager(), heir).expect("set up");
    d.hand_over(CHIEF.manager(), heir).expect("set up");
    d.end(CHIEF.admin(), CHIEF).expect("set up");
    d.approve_device(OPERATOR.operator(), heir).expect("set up");
    assert!(d.approve_device(OPERATOR.operator(), heir).is_err());
    d.approve_device(COLLEAGUE.operator(), heir).expect("set up");
    assert!(d.registry.now().active_device(heir.device));
}
#[test]
fn a08_3_after_the_wipe_two_operators_help() {
    let mut d = District::open();
    d.wipe(OPERATOR.operator(), CHIEF).expect("set up");
    d.approve_device(OPERATOR.operator(), CHIEF.with(130)).expect("set up");
    d.approve_device(COLLEAGUE.operator(), CHIEF.with(130)).expect("set up");
    assert!(d.registry.now().active_device(CHIEF.with(130).device));
    assert!(d.wipe(OPERATOR.operator(), NURSE).is_err());
}
