//! Article 7: the facility manager and the SNS administrators (A7.1).

use renkei_proto::act::RegistryAct;
use renkei_proto::code::Code;

use crate::common::*;

#[test]
fn a07_1_the_facility_manager_appoints_and_dismisses_administrators() {
    let mut d = District::open();
    d.appoint(DOCTOR.manager(), CLERK).granted("A7.1: the manager appoints");
    assert!(d.registry.now().is_administrator(CLERK.user, CLINIC), "A7.1: now an administrator");
    d.register(CLERK.admin(), CLINIC, who(22)).granted("A8.5: and acts as one");
    d.appoint(DOCTOR.manager(), CLERK).refused(Code::NothingToDo, "A7.1: appointed is appointed");
    d.dismiss(DOCTOR.manager(), CLERK).granted("A7.1: the manager dismisses");
    d.register(CLERK.admin(), CLINIC, who(23)).refused(Code::NotAdministrator, "A7.1: dismissed at once");
    d.dismiss(DOCTOR.manager(), CLERK).refused(Code::NothingToDo, "A7.1: dismissed is dismissed");
}

#[test]
fn a07_1_the_last_administrator_is_not_dismissed() {
    let mut d = District::open();
    d.dismiss(DOCTOR.manager(), DOCTOR).refused(Code::NoAdministrator, "A7.1: there is always one");
    d.appoint(DOCTOR.manager(), CLERK).expect("a successor");
    d.dismiss(DOCTOR.manager(), DOCTOR).granted("A7.1: with a successor");
    d.dismiss(DOCTOR.manager(), CLERK).refused(Code::NoAdministrator, "A7.1: the successor is the last now");
}

#[test]
fn a07_1_an_ended_administrator_is_no_successor() {
    let mut d = District::open();
    d.appoint(DOCTOR.manager(), CLERK).expect("a second one");
    d.end(DOCTOR.admin(), CLERK).expect("ended");
    d.dismiss(DOCTOR.manager(), DOCTOR).refused(Code::NoAdministrator, "A7.1: an ended one does not count");
}

#[test]
fn a07_1_the_last_administrator_does_not_end_the_own_id() {
    let mut d = District::open();
    d.hand_over(DOCTOR.manager(), CLERK).expect("handed over");
    d.end(DOCTOR.admin(), DOCTOR).refused(Code::NoAdministrator, "A7.1: there is always one");
    d.appoint(CLERK.manager(), CLERK).expect("a second one");
    d.end(DOCTOR.admin(), DOCTOR).granted("A8.5: with another one");
}

#[test]
fn a07_1_the_managers_id_ends_after_the_office_is_handed_over() {
    let mut d = District::open();
    d.appoint(DOCTOR.manager(), CLERK).expect("a second one");
    d.end(CLERK.admin(), DOCTOR).refused(Code::ManagerNeeded, "A7.1: the manager hands over first");
    d.end(DOCTOR.admin(), DOCTOR).refused(Code::ManagerNeeded, "A7.1: the manager hands over first");
    d.hand_over(DOCTOR.manager(), CLERK).granted("A7.1: handed over");
    assert_eq!(d.registry.now().manager(CLINIC), Some(CLERK.user), "A7.1: there is one manager");
    d.appoint(DOCTOR.manager(), who(22)).refused(Code::NotFacilityManager, "A7.1: no longer the manager");
    d.end(CLERK.admin(), DOCTOR).granted("A8.5: now it may end");
}

#[test]
fn a07_1_nobody_else_appoints() {
    let mut d = District::open();
    let code = Code::NotFacilityManager;
    d.appoint(CLERK.manager(), CLERK).refused(code, "A7.1: staff appoints nobody, least itself");
    d.appoint(CHIEF.manager(), CLERK).refused(code, "A7.1: nor another facility's manager");
    d.appoint(OPERATOR.operator(), CLERK).refused(code, "A7.1: nor the Desk");
    d.appoint(DOCTOR.admin(), CLERK).refused(Code::WrongRole, "A7.1: in the manager's role");
    d.appoint(ROOT, CLERK).refused(Code::WrongRole, "A7.1: nor the root");
    d.appoint(DOCTOR.manager(), who(99)).refused(Code::Unknown, "A7.1: not a stranger");
    d.appoint(DOCTOR.manager(), NURSE).refused(code, "A7.1: not another facility's staff");
    d.hand_over(CLERK.manager(), CLERK).refused(code, "A7.1: nobody takes the office");
    d.hand_over(DOCTOR.manager(), NURSE).refused(code, "A7.1: the office stays in the facility");
    d.hand_over(DOCTOR.manager(), DOCTOR).refused(Code::NothingToDo, "A7.1: not to oneself");
    d.appoint(DOCTOR.manager(), CLERK).expect("an administrator");
    d.appoint(CLERK.manager(), who(99)).refused(code, "A7.1: an administrator appoints nobody");
    d.dismiss(CLERK.manager(), DOCTOR).refused(code, "A7.1: an administrator dismisses nobody");
}

#[test]
fn a07_1_the_ended_hold_no_office() {
    let mut d = District::open();
    d.end(DOCTOR.admin(), CLERK).expect("ended");
    d.appoint(DOCTOR.manager(), CLERK).refused(Code::UserEnded, "A7.1: not an ended ID");
    d.hand_over(DOCTOR.manager(), CLERK).refused(Code::UserEnded, "A7.1: not an ended ID");
}

#[test]
fn a07_1_an_administrator_does_not_approve_the_own_device_where_there_is_another() {
    let mut d = District::open();
    d.appoint(DOCTOR.manager(), CLERK).expect("a second one");
    let phone = DOCTOR.with(120);
    let own = d.approve_device(DOCTOR.admin(), phone);
    own.refused(Code::SecondPersonRequired, "A7.1: the own device needs the colleague");
    d.approve_device(CLERK.admin(), phone).granted("A7.1: the colleague approves");
    assert!(!d.registry.now().active_device(phone.device), "A8.2: a further device needs a second signature");
    d.approve_device(DOCTOR.oneself(), phone).granted("A8.2: the person's own device vouches");
    assert!(d.registry.now().active_device(phone.device), "A8.2: both signatures activate it");
}

#[test]
fn a07_1_an_only_administrator_approves_the_own_further_device() {
    let mut d = District::open();
    let phone = DOCTOR.with(120);
    d.approve_device(DOCTOR.admin(), phone).granted("A7.1: there is nobody else");
    assert!(!d.registry.now().active_device(phone.device), "A8.2: and the own device vouches still");
    d.approve_device(DOCTOR.oneself(), phone).granted("A8.2: vouched for");
    assert!(d.registry.now().active_device(phone.device), "A8.2: both signatures activate it");
}

#[test]
fn a07_1_operators_are_appointed_by_the_root_alone() {
    let mut d = District::open();
    let act = || RegistryAct::AppointOperator { person: who(3).person(), device: who(3).registration() };
    d.act(OPERATOR.operator(), act()).refused(Code::NotRoot, "the Desk does not multiply by itself");
    d.act(DOCTOR.admin(), act()).refused(Code::NotRoot, "nor does anybody else appoint operators");
    d.register(OPERATOR.operator(), DESK, who(3)).refused(Code::NotRoot, "nor by registering staff");
    d.appoint(OPERATOR.manager(), COLLEAGUE).refused(Code::NotFacilityManager, "the Desk has no manager");
    d.end(OPERATOR.operator(), COLLEAGUE).refused(Code::NotRoot, "an operator ends no operator");
    d.end(ROOT, DOCTOR).refused(Code::NotAdministrator, "the root ends operators only");
    d.act(ROOT, act()).granted("the root appoints");
    d.registry.now().may_sign_in(who(3).user, who(3).device).granted("who signs in then");
    d.end(ROOT, who(3)).granted("the root ends an operator");
    d.end(ROOT, who(3)).refused(Code::UserEnded, "once");
}
