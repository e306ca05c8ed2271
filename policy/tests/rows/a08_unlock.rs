//! Article 8: who may end the wait of somebody who mistyped (A8.3).

use renkei_policy::registry::Effect;
use renkei_proto::act::RegistryAct;
use renkei_proto::bounds;
use renkei_proto::code::Code;

use crate::common::*;

fn lift(d: &mut District, seat: Seat, who: Who) -> Result<Vec<Effect>, Code> {
    d.act(seat, RegistryAct::LiftLockout { user: who.user })
}

#[test]
fn a08_3_an_administrator_of_the_own_facility_ends_the_wait() {
    let mut d = District::open();
    let code = Code::NotAdministrator;
    lift(&mut d, DOCTOR.admin(), NURSE).refused(code, "A8.3: never for an ID of another facility");
    lift(&mut d, OPERATOR.operator(), NURSE).refused(code, "A8.3: nor the Desk, where there is an administrator");
    lift(&mut d, NURSE.oneself(), NURSE).refused(Code::SecondPersonRequired, "A8.3: nobody does it for oneself");
    lift(&mut d, CHIEF.oneself(), NURSE).refused(Code::WrongRole, "A8.3: in the administrator's role");
    lift(&mut d, CHIEF.admin(), who(99)).refused(Code::Unknown, "A8.3: there is nobody of that name");
    assert_eq!(d.registry.now().lifted(NURSE.user), None);
    let effects = lift(&mut d, CHIEF.admin(), NURSE).granted("A8.3: the own administrator");
    assert_eq!(effects, [Effect::Lifted(NURSE.user)], "A8.3: at once");
    let told = d.registry.now().lifted(NURSE.user).expect("A8.3: the person can be told");
    assert_eq!(told.by, CHIEF.user, "A8.3: by whom");
}

#[test]
fn a08_3_an_operator_helps_an_only_administrator_and_another_operator() {
    let mut d = District::open();
    lift(&mut d, CHIEF.admin(), CHIEF).refused(Code::SecondPersonRequired, "A8.3: not oneself");
    lift(&mut d, DOCTOR.admin(), CHIEF).refused(Code::NotAdministrator, "A8.3: nor another facility's");
    lift(&mut d, OPERATOR.operator(), CHIEF).granted("A8.3: nobody else could");
    lift(&mut d, OPERATOR.operator(), OPERATOR).refused(Code::SecondPersonRequired, "A8.3: not oneself");
    lift(&mut d, COLLEAGUE.operator(), OPERATOR).granted("A8.3: another operator");
    let deputy = who(32);
    d.hires(CHIEF.admin(), STATION, deputy);
    d.appoint(CHIEF.manager(), deputy).expect("a second administrator");
    lift(&mut d, OPERATOR.operator(), CHIEF).refused(Code::NotAdministrator, "A8.3: somebody else can");
    lift(&mut d, deputy.admin(), CHIEF).granted("A8.3: the second one");
}

#[test]
fn a08_3_waits_of_one_person_are_lifted_so_often_within_a_day_and_no_more() {
    let mut d = District::open();
    let other = who(33);
    d.hires(CHIEF.admin(), STATION, other);
    for n in 0..bounds::LIFTS {
        d.now = d.now.plus(60);
        lift(&mut d, CHIEF.admin(), NURSE).granted(&format!("A8.3: {n}"));
    }
    d.now = d.now.plus(60);
    lift(&mut d, CHIEF.admin(), NURSE)
        .refused(Code::TryLater, "A11.5: who guesses with an administrator waits as well");
    lift(&mut d, CHIEF.admin(), other).granted("A8.3: another person's");
    d.now = d.now.plus(A_DAY - 60 * (bounds::LIFTS as u64) - 1);
    lift(&mut d, CHIEF.admin(), NURSE).refused(Code::TryLater, "A11.5: not a day since the first");
    d.now = d.now.plus(1);
    lift(&mut d, CHIEF.admin(), NURSE).granted("A8.3: the first is a day ago");
    lift(&mut d, CHIEF.admin(), NURSE).refused(Code::TryLater, "A11.5: the second is not");
}
