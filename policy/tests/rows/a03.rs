//! Article 3: application with Form 1 and admission (A3.1).

use renkei_policy::registry::Effect;
use renkei_proto::act::{DelegationScope, FacilityApplication, FacilityKind, GroupKind, RegistryAct};
use renkei_proto::code::Code;
use renkei_proto::hash::Hash32;
use renkei_proto::statement::Role;

use crate::common::*;

fn apply_with(d: &mut District, change: impl FnOnce(&mut FacilityApplication)) -> Result<(), Code> {
    let mut application = application(CLINIC, DOCTOR);
    change(&mut application);
    d.act(DOCTOR.manager(), RegistryAct::ApplyFacility(application)).map(|_| ())
}

#[test]
fn a03_1_two_operators_admit_a_facility_and_its_first_administrator_may_act() {
    let mut d = District::founded();
    d.apply(CLINIC, DOCTOR).granted("A3.1: any facility may apply");
    let effects = d.admit(OPERATOR.operator(), CLINIC).granted("A3.1: the first operator's voice counts");
    assert_eq!(effects, [], "A3.1: one voice admits nobody");
    assert!(!d.registry.now().admitted(CLINIC), "A3.1: one voice admits nobody");
    let effects = d.admit(COLLEAGUE.operator(), CLINIC).granted("A3.1: the second operator admits");
    assert_eq!(effects, [Effect::Activated(DOCTOR.device)], "A7.1: the first administrator's device is active");
    assert!(d.registry.now().is_administrator(DOCTOR.user, CLINIC), "A7.1: who applies is the first administrator");
    assert_eq!(d.registry.now().manager(CLINIC), Some(DOCTOR.user), "A7.1: and the facility manager");
    d.register(DOCTOR.admin(), CLINIC, CLERK).granted("A3.1: an admitted facility works");
    d.registry.now().may_sign_in(DOCTOR.user, DOCTOR.device).granted("A3.1: its administrator signs in");
}

#[test]
fn a03_1_one_operator_and_the_root_admit_too() {
    let mut d = District::founded();
    d.apply(CLINIC, DOCTOR).expect("applied");
    d.admit(ROOT, CLINIC).granted("A3.1: the root is a voice");
    d.admit(ROOT, CLINIC).refused(Code::SecondPersonRequired, "A3.1: the root is not two voices");
    d.admit(OPERATOR.operator(), CLINIC).granted("A3.1: with one operator it is two");
    assert!(d.registry.now().admitted(CLINIC), "A3.1: admitted by root and operator");
}

#[test]
fn a03_1_one_operator_is_not_two() {
    let mut d = District::founded();
    d.apply(CLINIC, DOCTOR).expect("applied");
    d.admit(OPERATOR.operator(), CLINIC).expect("a first voice");
    d.admit(OPERATOR.operator(), CLINIC).refused(Code::SecondPersonRequired, "A3.1: two different operators admit");
    // A further device makes no second person.
    let tablet = OPERATOR.with(101);
    d.approve_device(COLLEAGUE.operator(), tablet).expect("approved by a colleague");
    d.approve_device(OPERATOR.oneself(), tablet).expect("vouched for");
    d.admit(tablet.operator(), CLINIC).refused(Code::SecondPersonRequired, "A3.1: two people, not two devices");
}

#[test]
fn a03_1_nothing_works_before_admission() {
    let mut d = District::open();
    let (place, head) = (facility(9), who(90));
    d.apply(place, head).expect("applied");
    d.admit(OPERATOR.operator(), place).expect("a first voice");
    let code = Code::FacilityNotAdmitted;
    d.register(head.admin(), place, who(91)).refused(code, "A3.1: nobody is registered before admission");
    d.appoint(head.manager(), head).refused(code, "A3.1: nobody is appointed before admission");
    d.approve_device(head.admin(), head.with(191)).refused(code, "A3.1: no device is approved before admission");
    d.delegate(head.admin(), 1, DelegationScope::Facility, false).refused(code, "A3.1: no delegation before admission");
    d.wipe(head.oneself(), head).refused(code, "A3.1: no wipe before admission");
    let create = d.create_for(head.admin(), place, group(1), GroupKind::Free, HISTORY, true);
    create.refused(code, "A3.1: no group before admission");
    d.registry.now().may_sign_in(head.user, head.device).refused(code, "A3.1: no sign-in before admission");
    d.create(DOCTOR.admin(), group(2), GroupKind::Free, true).expect("a group");
    d.invite(DOCTOR.admin(), group(2), 1, head).refused(code, "A3.1: nobody of it is invited before admission");
    assert!(!d.registry.now().active_device(head.device), "A3.1: its device is not active before admission");
}

#[test]
fn a03_1_what_was_read_is_what_is_admitted() {
    let mut d = District::founded();
    d.apply(CLINIC, DOCTOR).expect("applied");
    let other = RegistryAct::AdmitFacility { facility: CLINIC, application: Hash32([7; 32]) };
    d.act(OPERATOR.operator(), other).refused(Code::Unknown, "A3.1: an operator admits the application that was read");
    d.admit(OPERATOR.operator(), STATION).refused(Code::Unknown, "A3.1: without an application there is no admission");
}

#[test]
fn a03_1_an_admitted_facility_is_not_admitted_again() {
    let mut d = District::open();
    d.admit(ROOT, CLINIC).refused(Code::NothingToDo, "A3.1: admitted is admitted");
    d.admit(OPERATOR.operator(), DESK).refused(Code::NothingToDo, "A3.1: the Desk is there from the founding");
}

#[test]
fn a03_1_only_the_desk_admits() {
    let mut d = District::open();
    d.apply(facility(9), who(90)).expect("applied");
    let place = facility(9);
    d.admit(DOCTOR.admin(), place).refused(Code::NotOperator, "A3.1: a clinic's administrator admits nobody");
    d.admit(DOCTOR.operator(), place).refused(Code::NotOperator, "A3.1: claiming to be an operator makes none");
    d.admit(who(90).manager(), place).refused(Code::FacilityNotAdmitted, "A3.1: nobody admits the own facility");
    d.admit(OPERATOR.admin(), place).refused(Code::WrongRole, "A3.1: the log shows the operator's role");
    let seat = Seat { role: Role::Operator, ..ROOT };
    d.admit(seat, place).refused(Code::WrongRole, "A3.1: the root is no operator");
}

#[test]
fn a03_1_an_ended_operator_admits_nobody() {
    let mut d = District::founded();
    d.apply(CLINIC, DOCTOR).expect("applied");
    d.end(ROOT, COLLEAGUE).expect("ended");
    d.admit(COLLEAGUE.operator(), CLINIC).refused(Code::UserEnded, "A8.5: an ended operator admits nobody");
}

#[test]
fn a03_1_a_suspended_operators_voice_counts_once_the_operator_is_let_on() {
    let mut d = District::founded();
    let suspend = |user| RegistryAct::SuspendUser { user };
    let resume = |user| RegistryAct::ResumeUser { user };
    d.apply(CLINIC, DOCTOR).expect("applied");
    d.admit(COLLEAGUE.operator(), CLINIC).expect("a first voice");
    d.act(OPERATOR.operator(), suspend(COLLEAGUE.user)).expect("suspended");
    d.admit(OPERATOR.operator(), CLINIC).granted("A3.1: the other operator's voice is taken");
    assert!(!d.registry.now().admitted(CLINIC), "A12.4: it may have been a thief's voice");
    d.admit(OPERATOR.operator(), CLINIC).refused(Code::SecondPersonRequired, "A3.1: one is not two meanwhile");
    d.admit(COLLEAGUE.operator(), CLINIC).refused(Code::UserSuspended, "A12.4: who is suspended admits nobody");
    d.act(OPERATOR.operator(), resume(COLLEAGUE.user)).expect("let on");
    assert!(!d.registry.now().admitted(CLINIC), "A3.1: letting an operator on admits nobody");
    let effects = d.admit(OPERATOR.operator(), CLINIC).granted("A3.1: two have signed, and either finishes it");
    assert_eq!(effects, [Effect::Activated(DOCTOR.device)], "A7.1: the first administrator's device is active");
    let signed: Vec<_> = d.registry.now().facility(CLINIC).expect("there").admitted_by.iter().map(|it| it.1).collect();
    assert_eq!(signed, [Some(COLLEAGUE.user), Some(OPERATOR.user)], "A3.1: each is one voice");
    d.admit(COLLEAGUE.operator(), CLINIC).refused(Code::NothingToDo, "A3.1: admitted is admitted");
}

#[test]
fn a03_1_an_ended_operators_voice_never_counts_again() {
    let mut d = District::founded();
    d.apply(CLINIC, DOCTOR).expect("applied");
    d.admit(COLLEAGUE.operator(), CLINIC).expect("a first voice");
    d.end(ROOT, COLLEAGUE).expect("ended");
    d.admit(OPERATOR.operator(), CLINIC).granted("A3.1: the other operator's voice is taken");
    assert!(!d.registry.now().admitted(CLINIC), "A8.5: a voice ends with the ID");
    d.admit(OPERATOR.operator(), CLINIC).refused(Code::SecondPersonRequired, "A3.1: nobody is two");
}

#[test]
fn a03_1_an_application_is_signed_by_the_device_that_it_brings() {
    let mut d = District::open();
    let act = RegistryAct::ApplyFacility(application(facility(9), who(90)));
    d.act(DOCTOR.manager(), act.clone()).refused(Code::WrongRole, "A3.1: nobody applies for somebody else");
    d.act(who(91).manager(), act.clone()).refused(Code::Unknown, "A3.1: a stranger's device has no voice");
    d.act(who(90).admin(), act.clone()).refused(Code::WrongRole, "A3.1: the facility manager applies");
    let forged = d.draft(who(90).manager(), act);
    let signed = sign(&forged, &signing_key(who(91).device));
    d.submit_signed(signed).refused(Code::SignatureInvalid, "A3.1: the application's own key signs it");
}

#[test]
fn a03_1_an_application_takes_nobodys_place() {
    let mut d = District::open();
    let free = |change: &dyn Fn(&mut FacilityApplication)| {
        let mut application = application(facility(9), who(90));
        change(&mut application);
        RegistryAct::ApplyFacility(application)
    };
    let seat = who(90).manager();
    let taken = Code::AlreadyExists;
    for held in [CLINIC, DESK] {
        d.act(seat, free(&|a| a.facility = held)).refused(taken, "A3.1: a facility's identifier is taken once");
    }
    let pretender = Who { user: DOCTOR.user, device: who(90).device };
    let act = free(&|a| a.manager.user = DOCTOR.user);
    d.act(pretender.manager(), act).refused(taken, "A11.1: a person has one ID");
    let keys = |a: &mut FacilityApplication| a.device.sealing = sealing(DOCTOR.device);
    d.act(seat, free(&keys)).refused(Code::KeyInUse, "A8.2: nobody takes another device's sealing keys");
    // A sealing key that is another one's signing key is refused as well: no key serves two purposes.
    let keys = |a: &mut FacilityApplication| a.device.sealing = Hash32(*a.device.signing.as_bytes());
    d.act(seat, free(&keys)).refused(Code::KeyInUse, "A8.2: no key serves two purposes");
    let mut borrowed = d.draft(seat, free(&|a| a.device.signing = signing_key(DOCTOR.device).public()));
    borrowed.claimed_at = START;
    let signed = sign(&borrowed, &signing_key(DOCTOR.device));
    d.submit_signed(signed).refused(Code::KeyInUse, "A8.2: a signing key belongs to one device");
}

#[test]
fn a03_1_there_is_one_desk() {
    let mut d = District::founded();
    let result = apply_with(&mut d, |a| a.kind = FacilityKind::Desk);
    result.refused(Code::NotRoot, "A3.1: nobody applies to be the Desk");
}

#[test]
fn a03_1_form_1_is_not_dated_tomorrow() {
    let mut d = District::founded();
    let result = apply_with(&mut d, |a| a.pledge.signed_on = date("2026-11-24"));
    result.refused(Code::DateOutOfRange, "A3.1: Form 1 was signed already");
    let result = apply_with(&mut d, |a| a.pledge.signed_on = date("2026-11-22"));
    result.granted("A3.1: Form 1 may be signed today");
}

#[test]
fn a03_1_membership_in_the_association_is_on_record() {
    let d = District::open();
    let member = |facility| d.registry.now().facility(facility).is_some_and(|known| known.association_member);
    assert!(member(CLINIC) && !member(OFFICE), "A3.1: who is a member is recorded");
}

const HISTORY: renkei_proto::act::HistoryPolicy = renkei_proto::act::HistoryPolicy::All;
