//! Article 8: an invitation takes effect only by the approval of the invited person's own administrator (A8.4).

use renkei_proto::act::{Act, DelegationScope, GroupAct, HistoryPolicy};
use renkei_proto::code::Code;
use renkei_proto::hash::Hash32;

use crate::common::*;

const G: renkei_proto::id::GroupId = group(1);

/// The clinic's group with an open invitation, number 2, to the station's chief.
fn invited() -> District {
    let mut d = District::with_group(HistoryPolicy::All);
    d.invite(DOCTOR.admin(), G, 2, CHIEF).expect("invited");
    d
}

fn reads(d: &District, who: Who) -> bool {
    d.roster(G).has(who.user, who.device)
}

#[test]
fn a08_4_inviter_and_approver_of_two_facilities_make_a_reader() {
    let mut d = invited();
    assert!(!reads(&d, CHIEF), "A8.4: an invitation alone makes no reader");
    d.epoch(CHIEF.oneself(), G).refused(Code::NotAReader, "A8.4: nor gives it a key");
    d.approve(CHIEF.admin(), G, 2).granted("A8.4: the own administrator approves");
    assert!(reads(&d, CHIEF), "A8.4: both together make a reader");
    let membership = d.group(G).membership(CHIEF.user).expect("a membership");
    assert_eq!((membership.invited.user, membership.approved.user), (DOCTOR.user, CHIEF.user), "A8.4: both on record");
}

#[test]
fn a08_4_the_originator_never_approves_for_another_facility() {
    let mut d = invited();
    let code = Code::NotAdministrator;
    d.approve(DOCTOR.admin(), G, 2).refused(code, "promise 2: who invites does not approve");
    d.appoint(DOCTOR.manager(), CLERK).expect("a second administrator");
    d.approve(CLERK.admin(), G, 2).refused(code, "promise 2: nor does a colleague");
    d.decline(DOCTOR.admin(), G, 2).refused(code, "A8.4: the originator withdraws instead");
}

#[test]
fn a08_4_the_desk_as_originator_never_approves_for_another_facility() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.delegate(DOCTOR.admin(), 1, DelegationScope::Facility, true).expect("delegated");
    d.delegate(CHIEF.admin(), 2, DelegationScope::Facility, true).expect("the station delegates too");
    d.invite(OPERATOR.acting_for(CLINIC, 1), G, 2, CHIEF).expect("invited");
    for who in [OPERATOR, COLLEAGUE] {
        d.approve(who.operator(), G, 2).refused(Code::NotAdministrator, "promise 2: the Desk as the Desk");
        d.approve(who.admin(), G, 2).refused(Code::NotAdministrator, "promise 2: under another role");
        let code = Code::ApprovalMissing;
        d.approve(who.acting_for(CLINIC, 1), G, 2).refused(code, "promise 2: for the originator");
        d.approve(who.acting_for(STATION, 2), G, 2)
            .refused(code, "promise 2: by a delegation of the invited's facility");
    }
    d.approve(CHIEF.admin(), G, 2).granted("A8.4: the invited person's own administrator");
}

#[test]
fn a08_4_an_operator_does_not_approve_what_the_same_operator_invited() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.delegate(DOCTOR.admin(), 1, DelegationScope::Group(G), true).expect("delegated, with reading");
    for (n, invited) in [(2, OPERATOR), (3, COLLEAGUE)] {
        d.invite(OPERATOR.acting_for(CLINIC, 1), G, n, invited).expect("invited for the clinic");
        let result = d.approve(OPERATOR.operator(), G, n);
        result.refused(Code::SecondPersonRequired, "promise 2: one operator alone adds no reader");
        assert!(!reads(&d, invited), "promise 2: one operator alone adds no reader");
    }
}

#[test]
fn a08_4_only_an_administrator_of_the_invited_persons_facility_approves() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.hires(CHIEF.admin(), STATION, who(33));
    d.invite(DOCTOR.admin(), G, 2, who(33)).expect("invited");
    d.grant(CHIEF.admin(), NURSE).expect("a group manager");
    let code = Code::NotAdministrator;
    d.approve(who(33).oneself(), G, 2).refused(code, "A8.4: not the invited person");
    d.approve(who(33).admin(), G, 2).refused(code, "A8.4: nor by claiming the role");
    d.approve(NURSE.group_manager(), G, 2).refused(code, "A8.4: nor a group manager of the facility");
    d.approve(PLANNER.admin(), G, 2).refused(code, "A8.4: nor a third facility's administrator");
    d.approve(CHIEF.manager(), G, 2).refused(Code::WrongRole, "A8.4: nor the facility manager as such");
    d.approve(CHIEF.oneself(), G, 2).refused(Code::WrongRole, "A8.4: nor the administrator in no role");
    d.approve(ROOT, G, 2).refused(Code::WrongRole, "A8.4: nor the root");
    d.approve(CHIEF.admin(), G, 2).granted("A8.4: the own administrator");
}

#[test]
fn a08_4_a_dismissed_administrator_approves_nothing() {
    let mut d = invited();
    d.appoint(CHIEF.manager(), NURSE).expect("a second administrator");
    d.dismiss(CHIEF.manager(), NURSE).expect("dismissed");
    d.approve(NURSE.admin(), G, 2).refused(Code::NotAdministrator, "A7.1: dismissed at once");
}

#[test]
fn a08_4_for_the_originators_own_staff_one_administrator_does_both() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.invite(DOCTOR.admin(), G, 2, CLERK).expect("invited");
    d.approve(DOCTOR.admin(), G, 2).granted("A8.4: for the own staff one may do both");
    let membership = d.group(G).membership(CLERK.user).expect("a membership");
    assert_eq!(membership.invited.user, membership.approved.user, "A8.4: and members see that it was one");
}

#[test]
fn a08_4_a_group_manager_of_the_originator_does_not_approve() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.grant(DOCTOR.admin(), CLERK).expect("granted");
    d.invite(CLERK.group_manager(), G, 2, CLERK).granted("A4.1: a group manager invites");
    let result = d.approve(CLERK.group_manager(), G, 2);
    result.refused(Code::NotAdministrator, "A8.4: but only an administrator approves");
    d.approve(DOCTOR.admin(), G, 2).granted("A8.4: as this one does");
}

#[test]
fn a08_4_an_approval_answers_the_invitation_that_was_read() {
    let mut d = invited();
    let answer = |answers| Act::Group(GroupAct::Approve { invitation: invitation(2), answers, release: None });
    let first = d.group(G).invitation(invitation(1)).expect("the nurse's invitation").statement;
    for hash in [first, Hash32::default()] {
        d.act_in(G, CHIEF.admin(), answer(hash))
            .refused(Code::Unknown, "A8.4: an approval names the signed invitation");
    }
    d.approve(CHIEF.admin(), G, 9).refused(Code::Unknown, "A8.4: there is no such invitation");
}

#[test]
fn a08_4_an_invitation_is_decided_once() {
    let code = Code::InvitationSpent;
    let mut d = invited();
    d.approve(CHIEF.admin(), G, 2).expect("approved");
    d.approve(CHIEF.admin(), G, 2).refused(code, "A8.4: approved is approved");
    d.decline(CHIEF.admin(), G, 2).refused(code, "A8.4: a reader is ended by removal");
    let mut d = invited();
    d.decline(CHIEF.admin(), G, 2).granted("A8.4: the own administrator declines");
    d.approve(CHIEF.admin(), G, 2).refused(code, "A8.4: declined is declined");
    assert!(!reads(&d, CHIEF), "A8.4: nobody came in");
    let mut d = invited();
    d.withdraw(DOCTOR.admin(), G, 2).expect("withdrawn");
    d.approve(CHIEF.admin(), G, 2).refused(code, "A8.4: an invitation taken back brings nobody in");
    d.decline(CHIEF.admin(), G, 2).refused(code, "A8.4: nor is it declined");
}

#[test]
fn a08_4_an_approval_is_not_replayed() {
    let mut d = invited();
    let hash = d.group(G).invitation(invitation(2)).expect("open").statement;
    let act = Act::Group(GroupAct::Approve { invitation: invitation(2), answers: hash, release: None });
    let approval = d.draft_in(G, CHIEF.admin(), act);
    d.submit(&approval).expect("approved");
    d.remove(DOCTOR.admin(), G, CHIEF).expect("removed");
    d.submit(&approval).refused(Code::InvitationSpent, "promise 2: the same approval brings nobody back");
    d.invite(DOCTOR.admin(), G, 3, CHIEF).expect("invited anew");
    let mut moved = approval.clone();
    moved.act = Act::Group(GroupAct::Approve { invitation: invitation(3), answers: hash, release: None });
    moved.counter += 1;
    d.submit(&moved).refused(Code::Unknown, "promise 2: an answer to one invitation is none to another");
}

#[test]
fn a08_4_an_approval_serves_one_group() {
    let mut d = invited();
    d.create(DOCTOR.admin(), group(2), renkei_proto::act::GroupKind::Free, true).expect("another group");
    d.invite(DOCTOR.admin(), group(2), 2, CHIEF).expect("invited there under the same number");
    let hash = d.group(G).invitation(invitation(2)).expect("open").statement;
    let act = Act::Group(GroupAct::Approve { invitation: invitation(2), answers: hash, release: None });
    d.act_in(group(2), CHIEF.admin(), act).refused(Code::Unknown, "promise 2: an approval is for one group");
}

#[test]
fn a08_4_the_ended_are_not_approved() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.hires(CHIEF.admin(), STATION, who(33));
    d.invite(DOCTOR.admin(), G, 2, who(33)).expect("invited");
    d.end(CHIEF.admin(), who(33)).expect("ended");
    d.approve(CHIEF.admin(), G, 2).refused(Code::UserEnded, "A8.5: an ended ID becomes no reader");
}

#[test]
fn a08_4_the_originator_brings_nobody_back_whom_the_own_side_removed() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.remove(CHIEF.admin(), G, NURSE).expect("removed by the own side");
    d.invite(DOCTOR.admin(), G, 2, NURSE).expect("invited again");
    d.approve(DOCTOR.admin(), G, 2).refused(Code::NotAdministrator, "A8.4: the own side decides");
    assert!(!reads(&d, NURSE), "A8.4: the own side decides");
}
