//! Article 5: create and close groups, invite and remove people (A5.1, A5.2).

use renkei_proto::act::{Act, DelegationScope, GroupAct, GroupKind, HistoryPolicy};
use renkei_proto::code::Code;
use renkei_proto::statement::{Actor, Role};

use crate::common::*;

const G: renkei_proto::id::GroupId = group(1);

#[test]
fn a05_1_a_group_is_created_once() {
    let mut d = District::open();
    d.create(DOCTOR.admin(), G, GroupKind::Free, true).granted("A5.1: a free group");
    let again = d.create(DOCTOR.admin(), G, GroupKind::Patient, true);
    again.refused(Code::AlreadyExists, "A5.1: an identifier is taken once");
    let taken = d.create_for(CHIEF.admin(), STATION, G, GroupKind::Free, HistoryPolicy::All, true);
    taken.refused(Code::AlreadyExists, "A4.1: nobody takes over a group by creating it again");
}

#[test]
fn a05_1_nothing_comes_before_the_creation() {
    let mut d = District::open();
    d.close(DOCTOR.admin(), G).refused(Code::Unknown, "A5.1: no group, no act");
    d.message_in(DOCTOR.oneself(), G, 0).refused(Code::Unknown, "A5.1: no group, no message");
    d.invite(DOCTOR.admin(), G, 1, NURSE).refused(Code::Unknown, "A5.1: no group, no invitation");
}

#[test]
fn a05_1_a_closed_group_takes_nothing_but_removals_and_old_keys() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.invite(DOCTOR.admin(), G, 2, CHIEF).expect("invited");
    d.close(DOCTOR.admin(), G).granted("A5.1: the originator closes");
    let code = Code::GroupClosed;
    d.message(NURSE.oneself(), G).refused(code, "A5.1: nothing more is written");
    d.epoch(NURSE.oneself(), G).refused(code, "A5.1: no new key");
    d.invite(DOCTOR.admin(), G, 3, CLERK).refused(code, "A5.1: nobody is invited");
    d.approve(CHIEF.admin(), G, 2).refused(code, "A5.1: nobody is approved");
    d.close(DOCTOR.admin(), G).refused(code, "A5.1: closed is closed");
    d.decline(CHIEF.admin(), G, 2).granted("A5.1: an open invitation may still be declined");
    d.remove(CHIEF.admin(), G, NURSE).granted("A5.2: a reader is removed from a closed group too");
}

#[test]
fn a05_1_no_consent_is_recorded_in_a_closed_group() {
    let mut d = District::open();
    d.create(DOCTOR.admin(), G, GroupKind::Patient, true).expect("a group");
    d.close(DOCTOR.admin(), G).expect("closed");
    d.consent(DOCTOR.admin(), G).refused(Code::GroupClosed, "A5.1: nothing more is recorded");
}

#[test]
fn a05_2_nobody_is_invited_twice() {
    let mut d = District::with_group(HistoryPolicy::All);
    let code = Code::AlreadyInGroup;
    d.invite(DOCTOR.admin(), G, 2, NURSE).refused(code, "A5.2: a reader is not invited again");
    d.invite(DOCTOR.admin(), G, 2, CHIEF).granted("A5.2: somebody new");
    d.invite(DOCTOR.admin(), G, 3, CHIEF).refused(code, "A5.2: one open invitation at a time");
    d.invite(DOCTOR.admin(), G, 2, CLERK).refused(Code::AlreadyExists, "A5.2: an identifier is taken once");
    d.withdraw(DOCTOR.admin(), G, 2).granted("A5.2: the originator takes it back");
    d.invite(DOCTOR.admin(), G, 2, CHIEF).refused(Code::AlreadyExists, "A5.2: a spent identifier stays taken");
    d.invite(DOCTOR.admin(), G, 3, CHIEF).granted("A5.2: a new invitation after that");
}

#[test]
fn a05_2_only_people_who_are_there_are_invited() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.invite(DOCTOR.admin(), G, 2, who(99)).refused(Code::Unknown, "A5.2: a stranger");
    d.end(DOCTOR.admin(), CLERK).expect("ended");
    d.invite(DOCTOR.admin(), G, 2, CLERK).refused(Code::UserEnded, "A8.5: an ended ID");
}

#[test]
fn a05_2_the_originator_alone_takes_an_invitation_back() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.invite(DOCTOR.admin(), G, 2, CHIEF).expect("invited");
    d.withdraw(CHIEF.admin(), G, 2).refused(Code::NotOriginator, "A5.2: the invited side declines instead");
    d.withdraw(DOCTOR.admin(), G, 3).refused(Code::Unknown, "A5.2: there is no such invitation");
    d.withdraw(DOCTOR.admin(), G, 1).refused(Code::InvitationSpent, "A5.2: an approved one is ended by removal");
    d.withdraw(DOCTOR.admin(), G, 2).granted("A5.2: an open one");
    d.withdraw(DOCTOR.admin(), G, 2).refused(Code::InvitationSpent, "A5.2: once");
}

#[test]
fn a05_2_either_side_removes_a_reader_at_once() {
    for seat in [DOCTOR.admin(), CHIEF.admin()] {
        let mut d = District::with_group(HistoryPolicy::All);
        d.remove(seat, G, NURSE).granted("A5.2: by the originator or by the own SNS administrator");
        assert!(!d.roster(G).has(NURSE.user, NURSE.device), "A5.2: removal is immediate");
        d.message(NURSE.oneself(), G).refused(Code::NotAReader, "A5.2: no message after removal");
        d.epoch(NURSE.oneself(), G).refused(Code::NotAReader, "A5.2: no key after removal");
        d.remove(seat, G, NURSE).refused(Code::NotAReader, "A5.2: removed is removed");
    }
}

#[test]
fn a05_2_the_desk_removes_for_the_originator_by_delegation() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.remove(OPERATOR.operator(), G, NURSE).refused(Code::DelegationMissing, "A4.2: not by itself");
    d.delegate(DOCTOR.admin(), 1, DelegationScope::Facility, false).expect("delegated");
    d.remove(OPERATOR.acting_for(CLINIC, 1), G, NURSE).granted("A4.2: by delegation");
}

#[test]
fn a05_2_a_removal_under_a_delegation_needs_the_delegation() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.delegate(DOCTOR.admin(), 1, DelegationScope::Group(G), true).expect("delegated, with reading");
    d.delegate(DOCTOR.admin(), 2, DelegationScope::Group(group(2)), true).expect("delegated elsewhere");
    d.invite(DOCTOR.admin(), G, 2, COLLEAGUE).expect("invited");
    d.approve(OPERATOR.operator(), G, 2).expect("approved");
    let false_flag = d.remove(OPERATOR.acting_for(CLINIC, 2), G, COLLEAGUE);
    false_flag.refused(Code::DelegationMissing, "A4.2: who says to act for a facility does so by its delegation");
    d.remove(OPERATOR.operator(), G, COLLEAGUE).granted("A5.2: as the operator's own side none is needed");
}

#[test]
fn a05_2_nobody_else_removes() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.invite(DOCTOR.admin(), G, 2, CLERK).expect("invited");
    d.approve(DOCTOR.admin(), G, 2).expect("approved");
    let code = Code::NotOriginator;
    d.remove(CHIEF.admin(), G, CLERK).refused(code, "A5.2: not another facility's reader");
    d.remove(NURSE.oneself(), G, CLERK).refused(code, "A5.2: not a reader another reader");
    d.remove(PLANNER.admin(), G, NURSE).refused(code, "A5.2: not a third facility");
    d.remove(CHIEF.manager(), G, NURSE).refused(Code::WrongRole, "A5.2: the own side in the administrator's role");
    let root = d.draft_in(G, ROOT, Act::Group(GroupAct::Remove { user: NURSE.user }));
    assert_eq!((root.actor, root.role), (Actor::Root, Role::Root));
    d.submit(&root).refused(Code::WrongRole, "A4.1: the root governs no group");
    d.remove(DOCTOR.admin(), G, PLANNER).refused(Code::NotAReader, "A5.2: who is not in it");
}

#[test]
fn a05_2_who_returns_needs_a_new_invitation_and_a_new_approval() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.remove(CHIEF.admin(), G, NURSE).expect("removed");
    d.approve(CHIEF.admin(), G, 1).refused(Code::InvitationSpent, "A8.4: an approval is consumed once");
    d.invite(DOCTOR.admin(), G, 2, NURSE).granted("A5.2: invited anew");
    assert!(!d.roster(G).has(NURSE.user, NURSE.device), "A8.4: an invitation alone brings nobody back");
    d.approve(CHIEF.admin(), G, 2).granted("A8.4: approved anew");
    assert!(d.roster(G).has(NURSE.user, NURSE.device), "A8.4: now a reader again");
}

#[test]
fn a05_1_a_group_keeps_the_label_that_its_first_statement_commits_to() {
    let mut d = District::with_group(HistoryPolicy::All);
    assert_eq!(d.group(G).named(), named(G), "A5.1: as it was signed");
    hand_on_label(&mut d, DOCTOR.admin()).expect("handed on");
    d.epoch(NURSE.oneself(), G).expect("an epoch with a label of its own");
    assert_eq!(d.group(G).named(), named(G), "A5.1: whoever is shown another label knows it");
}

#[test]
fn a05_1_two_groups_have_each_their_own_label() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.create(DOCTOR.admin(), group(2), GroupKind::Free, true).expect("another group");
    assert_ne!(d.group(G).named(), d.group(group(2)).named(), "A5.1: a label is one group's");
}

fn hand_on_label(d: &mut District, seat: Seat) -> Result<(), Code> {
    d.act_in(G, seat, Act::Group(GroupAct::HandOnLabel { label: boxes(1) }))
}

#[test]
fn a05_1_only_who_governs_hands_the_label_on() {
    let mut d = District::with_group(HistoryPolicy::All);
    for seat in [DOCTOR.oneself(), NURSE.oneself(), CHIEF.admin(), CLERK.group_manager()] {
        hand_on_label(&mut d, seat).refused(Code::NotOriginator, "A4.1: the originator says what it is called");
    }
}

#[test]
fn a05_1_the_label_of_a_closed_group_is_handed_on() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.close(DOCTOR.admin(), G).expect("closed");
    hand_on_label(&mut d, DOCTOR.admin()).granted("A5.1: who governs it later must know it too");
}
