//! Row S8: the accounts that speak officially, who stands behind them, and whose word that is.

use renkei_proto::act::{OfficialAccount, RegistryAct, SpeaksFor};
use renkei_proto::bytes::List;
use renkei_proto::code::Code;
use renkei_proto::statement::Role;

use crate::common::*;

fn words(who: Who, speaks_for: SpeaksFor, responsible: &[Who]) -> OfficialAccount {
    let responsible = List::new(responsible.iter().map(|one| one.user).collect()).expect("few");
    OfficialAccount { user: who.user, speaks_for, purpose: name("休日当番のお知らせ"), responsible }
}

/// The nurse, for the station, with the chief behind her.
fn stations() -> OfficialAccount {
    words(NURSE, SpeaksFor::Facility, &[CHIEF])
}

fn names(d: &mut District, seat: Seat, account: &OfficialAccount) -> Result<(), Code> {
    d.act(seat, RegistryAct::NameOfficial(account.clone())).map(drop)
}

fn withdraws(d: &mut District, seat: Seat, who: Who) -> Result<(), Code> {
    d.act(seat, RegistryAct::WithdrawOfficial { user: who.user }).map(drop)
}

fn official(d: &District, who: Who) -> bool {
    d.registry.now().official(who.user).is_some()
}

/// The nurse speaks for the station.
fn listed() -> District {
    let mut d = District::open();
    names(&mut d, OPERATOR.operator(), &stations()).expect("proposed");
    names(&mut d, COLLEAGUE.operator(), &stations()).expect("listed");
    assert!(official(&d, NURSE));
    d
}

#[test]
fn s8_two_operators_list_an_account_and_nobody_else_does() {
    let mut d = District::open();
    let account = stations();
    for seat in [NURSE.oneself(), NURSE.operator(), CHIEF.admin(), CHIEF.manager(), CHIEF.operator(), DOCTOR.admin()] {
        names(&mut d, seat, &account).refused(Code::NotOperator, "S8: not by those whom it is about, nor by others");
    }
    names(&mut d, OPERATOR.admin(), &account).refused(Code::WrongRole, "S8: as an operator");
    names(&mut d, NURSE.as_role(Role::Deputy), &account).refused(Code::NotDeputy, "S8: nor as a deputy");
    names(&mut d, OPERATOR.operator(), &account).granted("S8: one proposes");
    assert!(!official(&d, NURSE), "S8: one signature lists nothing");
    assert!(!d.registry.now().in_official_list(CHIEF.user), "S8: and opens no name");
    names(&mut d, OPERATOR.operator(), &account).refused(Code::SecondPersonRequired, "S8: one is not two");
    let other = words(NURSE, SpeaksFor::Association, &[CHIEF]);
    names(&mut d, COLLEAGUE.operator(), &other).granted("S8: other words are another proposal");
    assert!(!official(&d, NURSE), "S8: two words are no agreement");
    let before = d.registry.size();
    names(&mut d, OPERATOR.operator(), &other).granted("S8: the same words");
    let one = d.registry.now().official(NURSE.user).expect("S8: listed");
    assert_eq!((&one.account, one.since), (&other, d.now));
    assert_eq!(one.by.iter().map(|(_, by)| *by).collect::<Vec<_>>(), [Some(COLLEAGUE.user), Some(OPERATOR.user)]);
    assert_eq!(d.registry.now().official_changes().count(), 0, "S8: nothing waits");
    for who in [NURSE, CHIEF, OPERATOR, COLLEAGUE] {
        assert!(d.registry.now().in_official_list(who.user), "S8: whose names everybody sees");
    }
    assert!(!d.registry.now().in_official_list(DOCTOR.user));
    assert!(d.registry.at(before).is_some_and(|view| view.official(NURSE.user).is_none()), "S8: not before");
    names(&mut d, COLLEAGUE.operator(), &other).refused(Code::NothingToDo, "S8: it is so already");
    assert_eq!(d.replayed().registry, d.registry, "S8: everybody comes to the same");
}

#[test]
fn s8_the_root_is_one_of_two_and_who_left_the_desk_is_none() {
    let mut d = District::open();
    names(&mut d, ROOT, &stations()).granted("S8: the root proposes");
    names(&mut d, ROOT, &stations()).refused(Code::SecondPersonRequired, "S8: it is one");
    names(&mut d, OPERATOR.operator(), &stations()).granted("S8: two");
    assert!(official(&d, NURSE));
    withdraws(&mut d, COLLEAGUE.operator(), NURSE).expect("proposed");
    d.end(ROOT, COLLEAGUE).expect("left");
    withdraws(&mut d, OPERATOR.operator(), NURSE).granted("S8: signed");
    assert!(official(&d, NURSE), "S8: one of the two has left");
}

#[test]
fn s8_behind_an_account_stand_people_who_are_there() {
    let mut d = District::open();
    let seat = OPERATOR.operator();
    let by = |responsible: &[Who]| words(NURSE, SpeaksFor::Facility, responsible);
    names(&mut d, seat, &by(&[])).refused(Code::Unknown, "S8: nobody");
    names(&mut d, seat, &by(&[CHIEF, CHIEF])).refused(Code::AlreadyExists, "S8: one is named once");
    names(&mut d, seat, &by(&[who(99)])).refused(Code::Unknown, "S8: a stranger");
    names(&mut d, seat, &by(&[CHIEF, DOCTOR])).refused(Code::WrongRole, "S8: for a facility its own people");
    names(&mut d, seat, &words(who(99), SpeaksFor::Facility, &[CHIEF])).refused(Code::Unknown, "S8: no account");
    d.end(CHIEF.admin(), NURSE).expect("left");
    names(&mut d, seat, &by(&[CHIEF])).refused(Code::UserEnded, "S8: an account that has ended");
    let left = words(CHIEF, SpeaksFor::Association, &[CHIEF, NURSE]);
    names(&mut d, seat, &left).refused(Code::UserEnded, "S8: one who has left answers for nothing");
    let across = words(CHIEF, SpeaksFor::Association, &[DOCTOR, CHIEF]);
    names(&mut d, seat, &across).granted("S8: for the association people of any facility");
}

#[test]
fn s8_other_words_and_a_withdrawal_take_two_and_stay_on_record() {
    let mut d = listed();
    let first = d.now;
    d.now = d.now.plus(A_DAY);
    let changed = words(NURSE, SpeaksFor::Facility, &[CHIEF, NURSE]);
    names(&mut d, OPERATOR.operator(), &changed).granted("S8: other words are proposed");
    let present = |d: &District| d.registry.now().official(NURSE.user).map(|one| one.account.clone());
    assert_eq!(present(&d), Some(stations()), "S8: until then the old ones hold");
    names(&mut d, COLLEAGUE.operator(), &changed).granted("S8: two");
    assert_eq!(present(&d), Some(changed.clone()));
    for seat in [CHIEF.admin(), DOCTOR.admin(), NURSE.oneself()] {
        withdraws(&mut d, seat, NURSE).refused(Code::NotOperator, "S8: nor do others withdraw");
    }
    withdraws(&mut d, OPERATOR.operator(), NURSE).granted("S8: one");
    withdraws(&mut d, OPERATOR.operator(), NURSE).refused(Code::SecondPersonRequired, "S8: alone");
    assert!(official(&d, NURSE), "S8: one does not silence it");
    d.now = d.now.plus(A_DAY);
    let before = d.registry.size();
    withdraws(&mut d, COLLEAGUE.operator(), NURSE).granted("S8: two");
    assert!(!official(&d, NURSE) && !d.registry.now().in_official_list(CHIEF.user), "S8: gone from the list");
    withdraws(&mut d, COLLEAGUE.operator(), NURSE).refused(Code::NothingToDo, "S8: withdrawn is withdrawn");
    withdraws(&mut d, COLLEAGUE.operator(), DOCTOR).refused(Code::NothingToDo, "S8: who never was one");
    withdraws(&mut d, COLLEAGUE.operator(), who(99)).refused(Code::Unknown, "S8: nor a stranger");
    let dates: Vec<_> = d.registry.now().officials().map(|one| (one.since, one.until)).collect();
    let second = first.plus(A_DAY);
    assert_eq!(dates, [(first, Some(second)), (second, Some(d.now))], "S8: with their dates");
    let then = d.registry.at(before).expect("a moment");
    assert!(then.official(NURSE.user).is_some(), "S8: what was said then was said officially");
    names(&mut d, OPERATOR.operator(), &changed).granted("S8: it may be listed again");
    assert!(!official(&d, NURSE), "S8: by two, as the first time");
    assert_eq!(d.replayed().registry, d.registry, "S8: everybody comes to the same");
}

#[test]
fn s8_it_ends_with_the_id_the_facility_and_the_last_one_who_answers_for_it() {
    let mut d = listed();
    d.end(CHIEF.admin(), NURSE).expect("left");
    assert!(!official(&d, NURSE), "S8: with the ID");
    withdraws(&mut d, OPERATOR.operator(), NURSE).refused(Code::NothingToDo, "S8: by itself");

    let mut d = listed();
    let end = || RegistryAct::EndFacility { facility: STATION, close_groups: true };
    d.act(OPERATOR.operator(), end()).expect("one");
    d.act(COLLEAGUE.operator(), end()).expect("two");
    assert!(!official(&d, NURSE), "S8: with the facility");

    let mut d = District::open();
    let account = words(CHIEF, SpeaksFor::Association, &[NURSE]);
    for seat in [OPERATOR, COLLEAGUE] {
        names(&mut d, seat.operator(), &account).expect("signed");
    }
    assert!(official(&d, CHIEF));
    d.end(CHIEF.admin(), NURSE).expect("left");
    assert!(!official(&d, CHIEF), "S8: with nobody behind it");
    assert!(!d.registry.now().in_official_list(CHIEF.user), "S8: and its name is as others' are");
    assert_eq!(d.registry.now().officials().count(), 1, "S8: it stays on record");
}
