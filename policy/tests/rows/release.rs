//! Earlier keys prepared for somebody who is invited: sealed once more, until the approval publishes the release key.

use renkei_policy::group::sealing::{boxes_are_complete, due, has_key, may_give};
use renkei_proto::act::{Act, DelegationScope, GroupAct, GroupKind, History, HistoryPolicy};
use renkei_proto::code::Code;
use renkei_proto::id::{DeviceId, GroupId};

use crate::common::*;

const G: GroupId = group(1);
/// Of the station's staff; the chief decides.
const HELPER: Who = who(33);

/// Three epochs of doctor and nurse; the helper works at the station.
fn three_epochs(policy: HistoryPolicy) -> District {
    let mut d = District::with_group(policy);
    d.hires(CHIEF.admin(), STATION, HELPER);
    for _ in 0..2 {
        d.epoch(DOCTOR.oneself(), G).expect("an epoch");
    }
    d
}

/// The doctor has invited the helper (invitation 2) and named a release key.
fn invited() -> District {
    let mut d = three_epochs(HistoryPolicy::All);
    d.invite_releasing(DOCTOR.admin(), G, 2, HELPER).expect("invited");
    d
}

/// And has prepared the three keys.
fn prepared() -> District {
    let mut d = invited();
    d.prepare(DOCTOR.oneself(), G, 2, (1, 3), &[HELPER]).expect("prepared");
    d
}

fn waiting(d: &District) -> Vec<(DeviceId, u32, u32)> {
    let roster = d.roster(G);
    due(d.group(G), &roster).map(|(device, range)| (device, *range.start(), *range.end())).collect()
}

/// The epochs whose keys the device counts as having.
fn has(d: &District, who: Who) -> Vec<u32> {
    let epochs = d.group(G).epochs().iter();
    epochs.filter(|epoch| has_key(d.group(G), who.device, epoch)).map(|epoch| epoch.number).collect()
}

// ---- what they are good for -----------------------------------------------------------------------------------------

#[test]
fn p2_prepared_keys_do_not_count_before_the_approval() {
    let d = prepared();
    assert_eq!(has(&d, HELPER), [], "promise 2: the approval makes the reader, not the preparation");
    assert!(!d.roster(G).has(HELPER.user, HELPER.device), "promise 2: nobody came in");
}

#[test]
fn a08_4_prepared_keys_count_from_an_approval_with_the_release_key() {
    let mut d = prepared();
    d.approve_with(CHIEF.admin(), G, 2, Some(release(2))).granted("A8.4: approved, and released");
    assert_eq!((has(&d, HELPER), waiting(&d)), (vec![1, 2, 3], vec![]), "nobody else has to hand anything over");
}

#[test]
fn a08_4_the_log_shows_the_release_key_from_the_approval_on() {
    let mut d = prepared();
    let released = |d: &District| {
        let invitation = d.group(G).invitation(invitation(2)).expect("known");
        invitation.prepared.as_ref().expect("prepared").released
    };
    assert_eq!(released(&d), None, "promise 2: not before");
    d.approve_with(CHIEF.admin(), G, 2, Some(release(2))).expect("approved");
    assert_eq!(released(&d), Some(release(2)), "the invited person's device opens its boxes with it");
}

#[test]
fn a08_4_an_approval_without_the_release_key_leaves_the_keys_due() {
    let mut d = prepared();
    d.approve(CHIEF.admin(), G, 2).granted("A8.4: an administrator's device may lack the release key");
    assert_eq!((has(&d, HELPER), waiting(&d)), (vec![], vec![(HELPER.device, 1, 3)]), "a colleague hands them over");
    d.history(NURSE.oneself(), G, 1, 3, &[HELPER]).granted("as to any newcomer");
}

#[test]
fn a08_4_a_release_key_with_nothing_prepared_hands_nothing_over() {
    let mut d = invited();
    d.approve_with(CHIEF.admin(), G, 2, Some(release(2))).granted("nothing was prepared, and nothing is wrong");
    assert_eq!(waiting(&d), [(HELPER.device, 1, 3)], "a colleague hands them over");
}

#[test]
fn a08_4_epochs_after_the_preparation_are_due() {
    let mut d = prepared();
    d.epoch(NURSE.oneself(), G).expect("an epoch while the invitation waits");
    d.approve_with(CHIEF.admin(), G, 2, Some(release(2))).expect("approved");
    assert_eq!(waiting(&d), [(HELPER.device, 4, 4)], "what was prepared is there, the rest is due");
}

#[test]
fn a08_2_a_device_from_after_the_preparation_is_due() {
    let mut d = prepared();
    let phone = HELPER.with(133);
    d.approve_device(CHIEF.admin(), phone).expect("approved");
    d.approve_device(HELPER.oneself(), phone).expect("vouched for");
    d.approve_with(CHIEF.admin(), G, 2, Some(release(2))).expect("approved");
    assert_eq!(waiting(&d), [(phone.device, 1, 3)], "prepared is prepared for the devices named, for no others");
}

#[test]
fn a08_4_what_was_prepared_and_can_not_be_opened_is_handed_over_anew() {
    let mut d = prepared();
    d.approve_with(CHIEF.admin(), G, 2, Some(release(2))).expect("approved");
    d.report(HELPER.oneself(), G, 1, 3).granted("the inviter's boxes held rubbish");
    assert_eq!(waiting(&d), [(HELPER.device, 1, 3)], "due again");
    d.history(NURSE.oneself(), G, 1, 3, &[HELPER]).granted("another reader heals it");
}

// ---- the release key ------------------------------------------------------------------------------------------------

#[test]
fn a08_4_a_wrong_release_key_refuses_the_approval() {
    let mut d = prepared();
    let result = d.approve_with(CHIEF.admin(), G, 2, Some(release(9)));
    result.refused(Code::ReleaseWrong, "nobody counts as having keys that can't be opened");
    d.approve(CHIEF.admin(), G, 2).granted("A8.4: without one it is still an approval");
}

#[test]
fn a08_4_a_release_key_where_none_is_named_refuses_the_approval() {
    let mut d = three_epochs(HistoryPolicy::All);
    d.invite(DOCTOR.admin(), G, 2, HELPER).expect("invited without");
    let result = d.approve_with(CHIEF.admin(), G, 2, Some(release(2)));
    result.refused(Code::ReleaseWrong, "the invitation names none");
}

#[test]
fn a08_4_another_invitations_release_key_refuses_the_approval() {
    let mut d = prepared();
    d.invite_releasing(DOCTOR.admin(), G, 3, CHIEF).expect("another invitation");
    let result = d.approve_with(CHIEF.admin(), G, 3, Some(release(2)));
    result.refused(Code::ReleaseWrong, "promise 2: an approval releases its own invitation's keys only");
}

#[test]
fn a08_4_who_does_not_decide_releases_nothing() {
    let mut d = prepared();
    let result = d.approve_with(DOCTOR.admin(), G, 2, Some(release(2)));
    result.refused(Code::NotAdministrator, "promise 2: the inviter has the release key and not the say");
}

// ---- by whom --------------------------------------------------------------------------------------------------------

#[test]
fn p2_only_the_inviter_prepares() {
    let mut d = invited();
    let result = d.prepare(NURSE.oneself(), G, 2, (1, 3), &[HELPER]);
    result.refused(Code::NotOriginator, "promise 2: another reader waits for the approval");
}

#[test]
fn p2_another_administrator_of_the_originator_does_not_prepare() {
    let mut d = three_epochs(HistoryPolicy::All);
    d.appoint(DOCTOR.manager(), CLERK).expect("a second administrator");
    d.invite(DOCTOR.admin(), G, 3, CLERK).expect("invited");
    d.approve(DOCTOR.admin(), G, 3).expect("approved: the clerk reads");
    d.history(DOCTOR.oneself(), G, 1, 3, &[CLERK]).expect("with all the keys");
    d.invite_releasing(DOCTOR.admin(), G, 2, HELPER).expect("invited");
    let result = d.prepare(CLERK.oneself(), G, 2, (1, 3), &[HELPER]);
    result.refused(Code::NotOriginator, "only the inviter's device knows the release key");
}

#[test]
fn p2_an_inviter_who_does_not_read_prepares_nothing() {
    let mut d = three_epochs(HistoryPolicy::All);
    d.appoint(DOCTOR.manager(), CLERK).expect("an administrator who does not read");
    d.invite_releasing(CLERK.admin(), G, 2, HELPER).granted("governing is enough to invite");
    let result = d.prepare(CLERK.oneself(), G, 2, (1, 3), &[HELPER]);
    result.refused(Code::NotAReader, "promise 2: keys come from readers only");
}

#[test]
fn p3_a_removed_inviter_prepares_nothing() {
    let mut d = invited();
    d.remove(DOCTOR.admin(), G, DOCTOR).expect("removed");
    let result = d.prepare(DOCTOR.oneself(), G, 2, (1, 3), &[HELPER]);
    result.refused(Code::NotAReader, "promise 3: the removed hand nothing over");
}

#[test]
fn a11_1_preparing_is_the_persons_own_act() {
    let mut d = invited();
    let result = d.prepare(DOCTOR.admin(), G, 2, (1, 3), &[HELPER]);
    result.refused(Code::WrongRole, "A11.1: in the person's own name");
}

#[test]
fn p3_nobody_prepares_keys_that_they_lack() {
    let mut d = three_epochs(HistoryPolicy::All);
    d.appoint(DOCTOR.manager(), CLERK).expect("a second administrator");
    d.invite(DOCTOR.admin(), G, 3, CLERK).expect("invited");
    d.approve(DOCTOR.admin(), G, 3).expect("approved");
    d.epoch(CLERK.oneself(), G).expect("the first epoch that the clerk has");
    d.invite_releasing(CLERK.admin(), G, 2, HELPER).expect("invited");
    let result = d.prepare(CLERK.oneself(), G, 2, (3, 4), &[HELPER]);
    result.refused(Code::HistoryNotDue, "one who lacks a key can't prepare it");
    d.prepare(CLERK.oneself(), G, 2, (4, 4), &[HELPER]).granted("the one that is there");
}

// ---- for whom -------------------------------------------------------------------------------------------------------

#[test]
fn p2_keys_are_prepared_for_no_device_of_another_person() {
    let mut d = invited();
    for other in [CHIEF, PLANNER, CLERK, NURSE, who(99)] {
        let result = d.prepare(DOCTOR.oneself(), G, 2, (1, 3), &[other]);
        result.refused(Code::HistoryNotDue, "promise 2: for the invited person only");
    }
}

#[test]
fn p2_one_foreign_device_spoils_the_preparation() {
    let mut d = invited();
    let result = d.prepare(DOCTOR.oneself(), G, 2, (1, 3), &[CHIEF, HELPER]);
    result.refused(Code::HistoryNotDue, "promise 2: for the invited person only");
}

#[test]
fn a08_2_keys_are_prepared_for_no_half_approved_device() {
    let mut d = invited();
    let phone = HELPER.with(133);
    d.approve_device(CHIEF.admin(), phone).expect("half approved");
    let result = d.prepare(DOCTOR.oneself(), G, 2, (1, 3), &[phone]);
    result.refused(Code::HistoryNotDue, "promise 2: half approved is no reader");
}

#[test]
fn a12_3_keys_are_prepared_for_no_wiped_device() {
    let mut d = invited();
    d.wipe(CHIEF.admin(), HELPER).expect("wiped");
    let result = d.prepare(DOCTOR.oneself(), G, 2, (1, 3), &[HELPER]);
    result.refused(Code::HistoryNotDue, "A12.3: a wiped device gets no keys");
}

#[test]
fn a12_3_prepared_keys_of_a_device_wiped_since_serve_nobody() {
    let mut d = prepared();
    let phone = HELPER.with(133);
    d.approve_device(CHIEF.admin(), phone).expect("approved");
    d.approve_device(HELPER.oneself(), phone).expect("vouched for");
    d.wipe(CHIEF.admin(), HELPER).expect("wiped");
    d.approve_with(CHIEF.admin(), G, 2, Some(release(2))).expect("approved");
    assert_eq!(waiting(&d), [(phone.device, 1, 3)], "A12.3: the wiped device is in no roster");
}

// ---- when, and how much ---------------------------------------------------------------------------------------------

#[test]
fn p2_keys_are_prepared_once() {
    let mut d = invited();
    d.prepare(DOCTOR.oneself(), G, 2, (2, 3), &[HELPER]).granted("once");
    for range in [(2, 3), (1, 1)] {
        let result = d.prepare(DOCTOR.oneself(), G, 2, range, &[HELPER]);
        result.refused(Code::NothingToDo, "and not again, nor something else");
    }
}

#[test]
fn p2_nothing_is_prepared_without_a_release_key() {
    let mut d = three_epochs(HistoryPolicy::All);
    d.invite(DOCTOR.admin(), G, 2, HELPER).expect("invited without");
    let result = d.prepare(DOCTOR.oneself(), G, 2, (1, 3), &[HELPER]);
    result.refused(Code::ReleaseWrong, "promise 2: nothing would hold the keys back until the approval");
}

#[test]
fn p2_nothing_is_prepared_for_an_unknown_invitation() {
    let mut d = invited();
    let result = d.prepare(DOCTOR.oneself(), G, 9, (1, 3), &[HELPER]);
    result.refused(Code::Unknown, "promise 2: nobody is invited");
}

#[test]
fn a08_4_nothing_is_prepared_for_an_approved_invitation() {
    let mut d = invited();
    d.approve_with(CHIEF.admin(), G, 2, Some(release(2))).expect("approved");
    let result = d.prepare(DOCTOR.oneself(), G, 2, (1, 3), &[HELPER]);
    result.refused(Code::InvitationSpent, "the release key is public: a reader is handed keys as any other");
}

#[test]
fn p2_nothing_is_prepared_for_a_declined_invitation() {
    let mut d = invited();
    d.decline(CHIEF.admin(), G, 2).expect("declined");
    let result = d.prepare(DOCTOR.oneself(), G, 2, (1, 3), &[HELPER]);
    result.refused(Code::InvitationSpent, "promise 2: nobody is invited any more");
}

#[test]
fn p2_nothing_is_prepared_for_a_withdrawn_invitation() {
    let mut d = invited();
    d.withdraw(DOCTOR.admin(), G, 2).expect("withdrawn");
    let result = d.prepare(DOCTOR.oneself(), G, 2, (1, 3), &[HELPER]);
    result.refused(Code::InvitationSpent, "promise 2: nobody is invited any more");
}

#[test]
fn a05_1_nothing_is_prepared_in_a_closed_group() {
    let mut d = invited();
    d.close(DOCTOR.admin(), G).expect("closed");
    let result = d.prepare(DOCTOR.oneself(), G, 2, (1, 3), &[HELPER]);
    result.refused(Code::GroupClosed, "promise 2: the invitation can't be approved any more");
}

#[test]
fn a08_4_from_approval_on_nothing_is_prepared() {
    let mut d = three_epochs(HistoryPolicy::FromApproval);
    d.invite_releasing(DOCTOR.admin(), G, 2, HELPER).expect("invited");
    for range in [(1, 3), (3, 3), (4, 4)] {
        let result = d.prepare(DOCTOR.oneself(), G, 2, range, &[HELPER]);
        result.refused(Code::HistoryNotDue, "the group's policy: nothing from before the approval");
    }
}

#[test]
fn a08_4_from_a_day_on_only_what_began_since_is_prepared() {
    let mut d = District::with_group(HistoryPolicy::From(START.plus(A_DAY)));
    d.hires(CHIEF.admin(), STATION, HELPER);
    d.now = START.plus(A_DAY);
    d.epoch(DOCTOR.oneself(), G).expect("the first epoch of that day");
    d.invite_releasing(DOCTOR.admin(), G, 2, HELPER).expect("invited");
    let result = d.prepare(DOCTOR.oneself(), G, 2, (1, 2), &[HELPER]);
    result.refused(Code::HistoryNotDue, "the group's policy: nothing from before that day");
    d.prepare(DOCTOR.oneself(), G, 2, (2, 2), &[HELPER]).granted("what began since");
}

#[test]
fn a08_4_only_epochs_that_are_there_are_prepared() {
    let mut d = invited();
    for range in [(0, 3), (3, 2), (1, 4), (4, 4), (u32::MAX, u32::MAX)] {
        let result = d.prepare(DOCTOR.oneself(), G, 2, range, &[HELPER]);
        result.refused(Code::HistoryNotDue, "only keys that there are");
    }
}

#[test]
fn p3_nothing_is_prepared_for_the_keys_before_a_rotation() {
    let mut d = invited();
    d.now = START.plus(A_DAY);
    let early = d.draft_in(G, DOCTOR.oneself(), Act::History(handed(1, 3, &[HELPER], Some(invitation(2)))));
    d.rotate(HELPER.oneself(), sealing_after(HELPER.device, 1)).expect("rotated");
    d.submit(&early).refused(Code::RosterMismatch, "a box that nobody can open does not count as prepared");
}

#[test]
fn a08_4_a_preparation_is_well_formed() {
    let mut d = invited();
    let history = History { boxes: boxes(2), ..handed(1, 3, &[HELPER], Some(invitation(2))) };
    let code = Code::SidecarMismatch;
    d.act_in(G, DOCTOR.oneself(), Act::History(history)).refused(code, "one box for each device");
    d.prepare(DOCTOR.oneself(), G, 2, (1, 3), &[]).refused(code, "for somebody");
    d.prepare(DOCTOR.oneself(), G, 2, (1, 3), &[HELPER, HELPER]).refused(code, "for each device once");
}

#[test]
fn a08_4_the_boxes_of_a_preparation_are_for_the_devices_it_names() {
    let mut d = invited();
    let act = Act::History(handed(1, 3, &[HELPER], Some(invitation(2))));
    let statement = d.draft_in(G, DOCTOR.oneself(), act);
    let complete = |boxes: &[Who]| {
        let devices = boxes.iter().map(|who| who.device);
        boxes_are_complete(d.group(G), d.registry.now(), &statement, devices, d.now)
    };
    complete(&[HELPER]).granted("exactly those");
    complete(&[]).refused(Code::SidecarMismatch, "none is left out");
    complete(&[CHIEF]).refused(Code::SidecarMismatch, "none is another's");
}

// ---- a release key serves once --------------------------------------------------------------------------------------

/// An invitation with the release key of number `key`.
fn invite_with(d: &mut District, n: u8, whom: Who, key: u8) -> Result<(), Code> {
    let (invitation, user, release) = (invitation(n), whom.user, Some(release(key).hash()));
    let act = GroupAct::Invite { invitation, user, label: boxes(2), release };
    d.act_in(G, DOCTOR.admin(), Act::Group(act))
}

#[test]
fn a08_4_an_open_invitations_release_key_is_not_named_again() {
    let mut d = invited();
    invite_with(&mut d, 3, CHIEF, 2).refused(Code::ReleaseWrong, "promise 2: one approval would release both");
    invite_with(&mut d, 3, CHIEF, 3).granted("with a key of its own");
}

#[test]
fn p2_a_published_release_key_is_not_named_again() {
    let mut d = prepared();
    d.approve_with(CHIEF.admin(), G, 2, Some(release(2))).expect("approved");
    d.remove(DOCTOR.admin(), G, HELPER).expect("removed");
    let result = invite_with(&mut d, 3, HELPER, 2);
    result.refused(Code::ReleaseWrong, "promise 2: what is public holds nothing back");
}

#[test]
fn p2_a_declined_or_withdrawn_invitations_release_key_is_not_named_again() {
    for withdrawn in [false, true] {
        let mut d = invited();
        let over = if withdrawn { d.withdraw(DOCTOR.admin(), G, 2) } else { d.decline(CHIEF.admin(), G, 2) };
        over.expect("over");
        let result = invite_with(&mut d, 3, HELPER, 2);
        result.refused(Code::ReleaseWrong, "promise 2: it is in other hands already");
    }
}

#[test]
fn a08_4_invitations_without_a_release_key_are_many() {
    let mut d = three_epochs(HistoryPolicy::All);
    d.invite(DOCTOR.admin(), G, 2, HELPER).expect("without");
    d.invite(DOCTOR.admin(), G, 3, CHIEF).granted("none is not a key that was used");
}

// ---- who decides on the own invitation ------------------------------------------------------------------------------

#[test]
fn p2_for_who_decides_on_the_own_invitation_nothing_is_prepared() {
    let mut d = three_epochs(HistoryPolicy::All);
    d.invite_releasing(DOCTOR.admin(), G, 2, CHIEF).expect("invited");
    let result = d.prepare(DOCTOR.oneself(), G, 2, (1, 3), &[CHIEF]);
    result.refused(Code::SecondPersonRequired, "promise 2: the release key came with the label");
    d.approve(CHIEF.admin(), G, 2).expect("approved");
    d.history(DOCTOR.oneself(), G, 1, 3, &[CHIEF]).granted("A8.4: handed over as to any newcomer");
}

#[test]
fn p2_for_an_operator_invited_to_a_group_of_the_desk_nothing_is_prepared() {
    let mut d = District::open();
    d.create_for(OPERATOR.operator(), DESK, G, GroupKind::Free, HistoryPolicy::All, true).expect("a group");
    d.epoch(OPERATOR.oneself(), G).expect("an epoch");
    d.invite_releasing(OPERATOR.operator(), G, 2, COLLEAGUE).expect("invited");
    let result = d.prepare(OPERATOR.oneself(), G, 2, (1, 1), &[COLLEAGUE]);
    result.refused(Code::SecondPersonRequired, "promise 2: every operator decides at the Desk");
}

#[test]
fn p2_an_office_taken_after_the_invitation_ends_the_preparing() {
    let mut d = invited();
    d.appoint(CHIEF.manager(), HELPER).expect("an administrator now");
    let result = d.prepare(DOCTOR.oneself(), G, 2, (1, 3), &[HELPER]);
    result.refused(Code::SecondPersonRequired, "promise 2: nobody decides on the own keys");
}

#[test]
fn p2_an_office_lost_after_the_invitation_does_not_make_up_for_the_release_key() {
    let mut d = three_epochs(HistoryPolicy::All);
    d.appoint(CHIEF.manager(), HELPER).expect("an administrator");
    d.invite_releasing(DOCTOR.admin(), G, 2, HELPER).expect("invited");
    d.dismiss(CHIEF.manager(), HELPER).expect("no more");
    let result = d.prepare(DOCTOR.oneself(), G, 2, (1, 3), &[HELPER]);
    result.refused(Code::SecondPersonRequired, "promise 2: the release key came with the label");
    d.withdraw(DOCTOR.admin(), G, 2).expect("withdrawn");
    d.invite_releasing(DOCTOR.admin(), G, 3, HELPER).expect("invited anew");
    d.prepare(DOCTOR.oneself(), G, 3, (1, 3), &[HELPER]).granted("of this one the key went to others");
}

#[test]
fn p2_an_office_lost_between_the_invitations_signing_and_its_entry_counts_too() {
    let mut d = three_epochs(HistoryPolicy::All);
    d.appoint(CHIEF.manager(), HELPER).expect("an administrator");
    let (invitation, user) = (invitation(2), HELPER.user);
    let act = GroupAct::Invite { invitation, user, label: boxes(2), release: Some(release(2).hash()) };
    let signed = d.draft_in(G, DOCTOR.admin(), Act::Group(act));
    d.dismiss(CHIEF.manager(), HELPER).expect("no more");
    d.submit(&signed).expect("invited");
    let result = d.prepare(DOCTOR.oneself(), G, 2, (1, 3), &[HELPER]);
    result.refused(Code::SecondPersonRequired, "promise 2: the label was sealed to whom the inviter saw deciding");
}

// ---- an inviter who governs no more ---------------------------------------------------------------------------------

/// The clerk reads with all keys, governs in some way, and has invited the helper.
fn clerk_invited(seat: Seat, office: impl FnOnce(&mut District)) -> District {
    let mut d = three_epochs(HistoryPolicy::All);
    d.invite(DOCTOR.admin(), G, 3, CLERK).expect("invited");
    d.approve(DOCTOR.admin(), G, 3).expect("approved");
    d.history(DOCTOR.oneself(), G, 1, 3, &[CLERK]).expect("with all the keys");
    office(&mut d);
    d.invite_releasing(seat, G, 2, HELPER).expect("invited");
    d
}

#[test]
fn a05_2_a_dismissed_administrator_prepares_nothing() {
    let mut d = clerk_invited(CLERK.admin(), |d| d.appoint(DOCTOR.manager(), CLERK).expect("an administrator"));
    d.dismiss(DOCTOR.manager(), CLERK).expect("dismissed");
    let result = d.prepare(CLERK.oneself(), G, 2, (1, 3), &[HELPER]);
    result.refused(Code::NotOriginator, "A5.2: who governs no more lets nobody in");
}

#[test]
fn a05_2_who_may_no_more_invite_prepares_nothing() {
    let mut d = clerk_invited(CLERK.group_manager(), |d| d.grant(DOCTOR.admin(), CLERK).expect("granted"));
    d.take_back(DOCTOR.admin(), CLERK).expect("taken back");
    let result = d.prepare(CLERK.oneself(), G, 2, (1, 3), &[HELPER]);
    result.refused(Code::NotOriginator, "A5.2: who governs no more lets nobody in");
    d.grant(DOCTOR.admin(), CLERK).expect("granted anew");
    d.prepare(CLERK.oneself(), G, 2, (1, 3), &[HELPER]).granted("A5.2: who governs");
}

#[test]
fn a05_2_a_group_manager_who_became_administrator_still_governs() {
    let mut d = clerk_invited(CLERK.group_manager(), |d| d.grant(DOCTOR.admin(), CLERK).expect("granted"));
    d.appoint(DOCTOR.manager(), CLERK).expect("an administrator");
    d.take_back(DOCTOR.admin(), CLERK).expect("no need of it any more");
    d.prepare(CLERK.oneself(), G, 2, (1, 3), &[HELPER]).granted("A5.2: in another office");
}

/// An operator reads, and has invited the helper for the clinic.
fn operator_invited() -> District {
    let mut d = three_epochs(HistoryPolicy::All);
    d.delegate(DOCTOR.admin(), 1, DelegationScope::Facility, true).expect("delegated, with reading");
    d.invite(DOCTOR.admin(), G, 3, OPERATOR).expect("invited");
    d.approve(COLLEAGUE.operator(), G, 3).expect("an operator reads");
    d.epoch(OPERATOR.oneself(), G).expect("an epoch");
    d.invite_releasing(OPERATOR.acting_for(CLINIC, 1), G, 2, HELPER).expect("invited for the clinic");
    d
}

#[test]
fn a04_2_under_a_delegation_in_force_keys_are_prepared() {
    let mut d = operator_invited();
    d.now = START.plus(A_YEAR - 1);
    d.prepare(OPERATOR.oneself(), G, 2, (4, 4), &[HELPER]).granted("A4.2: until its last second");
}

#[test]
fn a04_2_under_a_revoked_delegation_nothing_is_prepared() {
    let mut d = operator_invited();
    // The Desk's operators go on reading under another one.
    d.delegate(DOCTOR.admin(), 2, DelegationScope::Facility, true).expect("another delegation");
    d.revoke(DOCTOR.admin(), 1).expect("revoked");
    let result = d.prepare(OPERATOR.oneself(), G, 2, (4, 4), &[HELPER]);
    result.refused(Code::DelegationExpired, "A4.2: revocable at once");
}

#[test]
fn a04_2_under_an_expired_delegation_nothing_is_prepared() {
    let mut d = operator_invited();
    d.now = START.plus(1);
    d.delegate(DOCTOR.admin(), 2, DelegationScope::Facility, true).expect("another delegation, a second longer");
    d.now = START.plus(A_YEAR);
    let result = d.prepare(OPERATOR.oneself(), G, 2, (4, 4), &[HELPER]);
    result.refused(Code::DelegationExpired, "A4.2: not a second longer");
}

#[test]
fn a04_2_for_an_operator_who_may_no_more_read_nothing_is_prepared() {
    let mut d = three_epochs(HistoryPolicy::All);
    d.delegate(DOCTOR.admin(), 1, DelegationScope::Facility, true).expect("delegated, with reading");
    d.invite_releasing(DOCTOR.admin(), G, 2, OPERATOR).expect("invited");
    d.revoke(DOCTOR.admin(), 1).expect("revoked");
    let result = d.prepare(DOCTOR.oneself(), G, 2, (1, 3), &[OPERATOR]);
    result.refused(Code::DelegationWithoutReading, "A4.2: operators read where a delegation lets them");
}

// ---- rotation between preparation and approval ----------------------------------------------------------------------

#[test]
fn p3_prepared_keys_do_not_count_for_sealing_keys_from_after_the_preparation() {
    let mut d = prepared();
    d.now = START.plus(A_DAY);
    d.rotate(HELPER.oneself(), sealing_after(HELPER.device, 1)).expect("rotated");
    d.approve_with(CHIEF.admin(), G, 2, Some(release(2))).granted("A8.4: approved, and released");
    assert_eq!((has(&d, HELPER), waiting(&d)), (vec![], vec![(HELPER.device, 1, 3)]), "a colleague hands them over");
    d.history(NURSE.oneself(), G, 1, 3, &[HELPER]).granted("for the keys of now");
}

#[test]
fn p3_another_devices_rotation_takes_nothing_from_the_preparation() {
    let mut d = invited();
    let phone = HELPER.with(133);
    d.approve_device(CHIEF.admin(), phone).expect("approved");
    d.approve_device(HELPER.oneself(), phone).expect("vouched for");
    d.prepare(DOCTOR.oneself(), G, 2, (1, 3), &[HELPER, phone]).expect("prepared for both");
    d.now = START.plus(A_DAY);
    d.rotate(phone.oneself(), sealing_after(phone.device, 1)).expect("rotated");
    d.approve_with(CHIEF.admin(), G, 2, Some(release(2))).expect("approved");
    assert_eq!((has(&d, HELPER), has(&d, phone)), (vec![1, 2, 3], vec![]), "each device for itself");
}

#[test]
fn p3_prepared_keys_count_for_sealing_keys_from_before_the_preparation() {
    let mut d = invited();
    d.now = START.plus(A_DAY);
    d.rotate(HELPER.oneself(), sealing_after(HELPER.device, 1)).expect("rotated");
    d.prepare(DOCTOR.oneself(), G, 2, (1, 3), &[HELPER]).expect("prepared in that very second");
    d.approve_with(CHIEF.admin(), G, 2, Some(release(2))).expect("approved");
    assert_eq!((has(&d, HELPER), waiting(&d)), (vec![1, 2, 3], vec![]), "sealed to the keys of now");
    d.report(HELPER.oneself(), G, 1, 3).granted("and reported, if they hold rubbish");
}

#[test]
fn p3_prepared_keys_are_not_reported_after_a_rotation() {
    let mut d = prepared();
    d.approve_with(CHIEF.admin(), G, 2, Some(release(2))).expect("approved");
    d.now = START.plus(A_DAY);
    d.rotate(HELPER.oneself(), sealing_after(HELPER.device, 1)).expect("rotated");
    let result = d.report(HELPER.oneself(), G, 1, 3);
    result.refused(Code::NothingToDo, "promise 3: a stolen signing key brings no history");
}

#[test]
fn p3_prepared_keys_are_as_old_as_the_preparation() {
    let mut d = prepared();
    d.now = START.plus(A_DAY);
    d.approve_with(CHIEF.admin(), G, 2, Some(release(2))).expect("approved");
    d.rotate(HELPER.oneself(), sealing_after(HELPER.device, 1)).expect("rotated in that very second");
    let result = d.report(HELPER.oneself(), G, 1, 3);
    result.refused(Code::NothingToDo, "promise 3: handed over when they were sealed, not when they were released");
}

#[test]
fn p3_who_prepared_rubbish_does_not_hand_it_over_again() {
    let mut d = prepared();
    d.approve_with(CHIEF.admin(), G, 2, Some(release(2))).expect("approved");
    d.report(HELPER.oneself(), G, 1, 3).expect("the inviter's boxes held rubbish");
    let marked = |who: Who| !may_give(d.group(G), who.device, HELPER.device, 2);
    assert_eq!((marked(DOCTOR), marked(NURSE)), (true, false), "the inviter's device is marked");
    let result = d.history(DOCTOR.oneself(), G, 1, 3, &[HELPER]);
    result.refused(Code::HistoryNotDue, "rubbish once is enough");
}

#[test]
fn p3_who_gave_rubbish_prepares_nothing_for_the_same_device() {
    let mut d = prepared();
    d.approve_with(CHIEF.admin(), G, 2, Some(release(2))).expect("approved");
    d.report(HELPER.oneself(), G, 2, 2).expect("that box held rubbish");
    d.remove(DOCTOR.admin(), G, HELPER).expect("removed");
    d.invite_releasing(DOCTOR.admin(), G, 3, HELPER).expect("invited again");
    let result = d.prepare(DOCTOR.oneself(), G, 3, (1, 3), &[HELPER]);
    result.refused(Code::HistoryNotDue, "rubbish once is enough");
    d.prepare(DOCTOR.oneself(), G, 3, (3, 3), &[HELPER]).granted("of a key that was not rubbish");
}

// ---- longer stories -------------------------------------------------------------------------------------------------

#[test]
fn a08_4_an_approval_after_the_inviter_was_removed_still_releases() {
    let mut d = prepared();
    d.remove(DOCTOR.admin(), G, DOCTOR).expect("the inviter reads no more");
    d.approve_with(CHIEF.admin(), G, 2, Some(release(2))).granted("A8.4: the invitation is the facility's");
    assert_eq!(waiting(&d), [], "what was prepared is there");
}

#[test]
fn a08_4_an_approval_after_the_inviters_id_ended_still_releases() {
    let mut d = three_epochs(HistoryPolicy::All);
    d.appoint(DOCTOR.manager(), CLERK).expect("a second administrator");
    d.invite(DOCTOR.admin(), G, 3, CLERK).expect("invited");
    d.approve(DOCTOR.admin(), G, 3).expect("approved");
    d.history(DOCTOR.oneself(), G, 1, 3, &[CLERK]).expect("with all the keys");
    d.invite_releasing(CLERK.admin(), G, 2, HELPER).expect("invited");
    d.prepare(CLERK.oneself(), G, 2, (1, 3), &[HELPER]).expect("prepared");
    d.end(DOCTOR.admin(), CLERK).expect("the inviter left");
    d.approve_with(CHIEF.admin(), G, 2, Some(release(2))).granted("A8.4: the invitation is the facility's");
    assert_eq!(has(&d, HELPER), [1, 2, 3], "what was prepared is there");
}

#[test]
fn a04_2_prepared_keys_stay_shut_with_a_delegation_that_ended() {
    let mut d = three_epochs(HistoryPolicy::All);
    d.delegate(DOCTOR.admin(), 1, DelegationScope::Facility, true).expect("delegated, with reading");
    d.invite(DOCTOR.admin(), G, 3, OPERATOR).expect("invited");
    d.approve(COLLEAGUE.operator(), G, 3).expect("an operator reads");
    d.epoch(OPERATOR.oneself(), G).expect("an epoch");
    d.invite_releasing(OPERATOR.acting_for(CLINIC, 1), G, 2, HELPER).expect("invited for the clinic");
    d.prepare(OPERATOR.oneself(), G, 2, (4, 4), &[HELPER]).expect("prepared");
    d.revoke(DOCTOR.admin(), 1).expect("revoked");
    let result = d.approve_with(CHIEF.admin(), G, 2, Some(release(2)));
    result.refused(Code::DelegationExpired, "A4.2: revocable at once");
    assert_eq!(has(&d, HELPER), [], "A4.2: and nothing is released");
}

#[test]
fn p3_what_was_prepared_for_a_withdrawn_invitation_does_not_count_for_the_next() {
    let mut d = prepared();
    d.withdraw(DOCTOR.admin(), G, 2).expect("withdrawn");
    d.invite_releasing(DOCTOR.admin(), G, 3, HELPER).expect("invited anew");
    d.approve_with(CHIEF.admin(), G, 3, Some(release(3))).expect("approved");
    assert_eq!(waiting(&d), [(HELPER.device, 1, 3)], "each invitation has its own preparation");
}

/// The helper came in by invitation 2, was removed, and two epochs passed.
fn removed() -> District {
    let mut d = prepared();
    d.approve_with(CHIEF.admin(), G, 2, Some(release(2))).expect("approved");
    d.remove(DOCTOR.admin(), G, HELPER).expect("removed");
    for _ in 0..2 {
        d.epoch(DOCTOR.oneself(), G).expect("an epoch without the helper");
    }
    d
}

#[test]
fn p3_a_published_release_key_brings_the_removed_nothing() {
    let mut d = removed();
    let result = d.prepare(DOCTOR.oneself(), G, 2, (4, 5), &[HELPER]);
    result.refused(Code::InvitationSpent, "promise 3: nothing more under a release key that is public");
}

#[test]
fn a08_4_for_the_removed_and_reinvited_keys_are_prepared_anew() {
    let mut d = removed();
    d.invite_releasing(DOCTOR.admin(), G, 3, HELPER).expect("invited again");
    d.prepare(DOCTOR.oneself(), G, 3, (4, 5), &[HELPER]).granted("what was missed");
    assert_eq!(has(&d, HELPER), [1, 2, 3], "promise 2: not before the approval");
    d.approve_with(CHIEF.admin(), G, 3, Some(release(3))).granted("with the new release key");
    assert_eq!((has(&d, HELPER), waiting(&d)), (vec![1, 2, 3, 4, 5], vec![]), "nothing is due");
}

#[test]
fn a08_4_the_removed_and_reinvited_need_the_new_release_key() {
    let mut d = removed();
    d.invite_releasing(DOCTOR.admin(), G, 3, HELPER).expect("invited again");
    d.prepare(DOCTOR.oneself(), G, 3, (4, 5), &[HELPER]).expect("prepared");
    let result = d.approve_with(CHIEF.admin(), G, 3, Some(release(2)));
    result.refused(Code::ReleaseWrong, "promise 2: the old one is public");
}

#[test]
fn p3_the_removed_and_reinvited_miss_what_was_not_prepared() {
    let mut d = removed();
    d.invite(DOCTOR.admin(), G, 3, HELPER).expect("invited again");
    d.approve(CHIEF.admin(), G, 3).expect("approved");
    assert_eq!(waiting(&d), [(HELPER.device, 4, 5)], "of the time between, a colleague hands the keys over");
}
