//! Article 8: password and code generator are forgotten by those who may (A8.3).

use renkei_policy::registry::Effect;
use renkei_policy::registry::a08_factors::{WAIT, waiting};
use renkei_proto::act::RegistryAct;
use renkei_proto::code::Code;

use crate::common::*;

fn reset(d: &mut District, seat: Seat, who: Who) -> Result<Vec<Effect>, Code> {
    d.act(seat, RegistryAct::ResetFactors { user: who.user })
}

fn waits(d: &District, who: Who) -> bool {
    waiting(d.registry.now(), who.user, d.now)
}

/// The station with a second administrator.
fn with_deputy() -> (District, Who) {
    let mut d = District::open();
    let deputy = who(32);
    d.hires(CHIEF.admin(), STATION, deputy);
    d.appoint(CHIEF.manager(), deputy).expect("a deputy");
    (d, deputy)
}

#[test]
fn a08_3_one_administrator_where_there_is_one_resets() {
    let mut d = District::open();
    let code = Code::NotAdministrator;
    reset(&mut d, DOCTOR.admin(), NURSE).refused(code, "A8.3: not another facility's administrator");
    reset(&mut d, OPERATOR.operator(), NURSE).refused(code, "A8.3: nor the Desk, where there is one");
    reset(&mut d, NURSE.oneself(), NURSE).refused(Code::SecondPersonRequired, "A8.3: nobody resets oneself");
    reset(&mut d, CHIEF.oneself(), NURSE).refused(Code::WrongRole, "A8.3: in the administrator's role");
    reset(&mut d, ROOT, NURSE).refused(code, "A8.3: the root resets operators alone");
    reset(&mut d, CHIEF.admin(), who(99)).refused(Code::Unknown, "A8.3: there is nobody of that name");
    let effects = reset(&mut d, CHIEF.admin(), NURSE).granted("A8.3: the own administrator");
    assert_eq!(effects, [Effect::Reset(NURSE.user)], "A8.3: at once");
    assert!(!waits(&d, NURSE), "A8.3: nothing is left to be signed");
}

#[test]
fn a08_3_two_administrators_where_there_are_two() {
    let (mut d, deputy) = with_deputy();
    let effects = reset(&mut d, CHIEF.admin(), NURSE).granted("A8.3: one of two");
    assert!(effects.is_empty() && waits(&d, NURSE), "A8.3: one of two resets nothing");
    reset(&mut d, CHIEF.admin(), NURSE).refused(Code::SecondPersonRequired, "A8.3: one person is not two");
    let effects = reset(&mut d, deputy.admin(), NURSE).granted("A8.3: two of two");
    assert_eq!(effects, [Effect::Reset(NURSE.user)], "A8.3: both reset");
    let effects = reset(&mut d, deputy.admin(), NURSE).granted("A8.3: the next time");
    assert!(effects.is_empty(), "A8.3: it takes two again");
}

#[test]
fn a08_3_a_signature_waits_a_day_and_goes_with_the_office() {
    let (mut d, deputy) = with_deputy();
    reset(&mut d, CHIEF.admin(), NURSE).expect("one of two");
    d.now = d.now.plus(WAIT);
    assert!(!waits(&d, NURSE), "A8.3: after a day it is over");
    let effects = reset(&mut d, deputy.admin(), NURSE).granted("A8.3: and the next one is the first");
    assert!(effects.is_empty(), "A8.3: an old signature counts for nothing");
    let third = who(34);
    d.hires(CHIEF.admin(), STATION, third);
    d.appoint(CHIEF.manager(), third).expect("a third");
    d.dismiss(CHIEF.manager(), deputy).expect("dismissed");
    let effects = reset(&mut d, third.admin(), NURSE).granted("A8.3: somebody in office");
    assert!(effects.is_empty(), "A8.3: whoever left the office has no voice left");
    let effects = reset(&mut d, CHIEF.admin(), NURSE).granted("A8.3: two in office");
    assert_eq!(effects.len(), 1, "A8.3: both reset");
}

#[test]
fn a08_3_an_only_administrator_is_helped_by_two_operators_and_an_operator_by_the_root() {
    let mut d = District::open();
    reset(&mut d, NURSE.admin(), CHIEF).refused(Code::NotAdministrator, "A8.3: a colleague is none");
    reset(&mut d, OPERATOR.as_role(renkei_proto::statement::Role::User), CHIEF)
        .refused(Code::WrongRole, "A8.3: as an operator");
    let effects = reset(&mut d, OPERATOR.operator(), CHIEF).granted("A8.3: an operator");
    assert!(effects.is_empty(), "A8.3: one operator is not two");
    reset(&mut d, OPERATOR.operator(), CHIEF).refused(Code::SecondPersonRequired, "A8.3: one person is not two");
    let effects = reset(&mut d, COLLEAGUE.operator(), CHIEF).granted("A8.3: two operators");
    assert_eq!(effects, [Effect::Reset(CHIEF.user)], "A8.3: the only administrator starts anew");
    let effects = reset(&mut d, ROOT, OPERATOR).granted("A8.3: the root, of an operator");
    assert_eq!(effects, [Effect::Reset(OPERATOR.user)], "A8.3: at once");
}

#[test]
fn a08_3_nobody_who_is_gone_is_reset() {
    let mut d = District::open();
    d.end(CHIEF.admin(), NURSE).expect("ended");
    reset(&mut d, CHIEF.admin(), NURSE).refused(Code::UserEnded, "A8.5: the ID is over");
}

#[test]
fn a08_3_an_older_registry_knows_nothing_of_a_later_reset() {
    let mut d = District::open();
    let size = d.registry.size();
    reset(&mut d, CHIEF.admin(), NURSE).expect("reset");
    let reset_at = |size| d.registry.at(size).and_then(|view| view.user(NURSE.user)?.reset);
    assert_eq!(reset_at(d.registry.size()), Some(size), "A8.3: by this entry");
    assert!(d.replayed().registry == d.registry, "promise 5: replayed alike");
}

#[test]
fn a08_3_a_suspended_administrators_voice_counts_once_the_administrator_is_let_on() {
    let (mut d, deputy) = with_deputy();
    reset(&mut d, deputy.admin(), NURSE).expect("one of two");
    d.act(CHIEF.admin(), RegistryAct::SuspendUser { user: deputy.user }).expect("suspended");
    let effects = reset(&mut d, CHIEF.admin(), NURSE).granted("A8.3: another");
    assert!(effects.is_empty(), "A8.3: the first may be a thief's");
    reset(&mut d, CHIEF.admin(), NURSE).refused(Code::SecondPersonRequired, "A8.3: one person is not two");
    d.act(CHIEF.admin(), RegistryAct::ResumeUser { user: deputy.user }).expect("let on");
    let effects = reset(&mut d, CHIEF.admin(), NURSE).granted("A8.3: either signs again");
    assert_eq!(effects, [Effect::Reset(NURSE.user)], "A8.3: two voices");
}
