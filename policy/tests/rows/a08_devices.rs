//! Article 8: devices (A8.2).

use renkei_policy::registry::Effect;
use renkei_proto::act::{OperatingSystem, RegistryAct};
use renkei_proto::code::Code;

use crate::common::*;

const PHONE: Who = NURSE.with(131);

/// The station with a second administrator.
fn two_administrators() -> (District, Who) {
    let mut d = District::open();
    let deputy = who(32);
    d.hires(CHIEF.admin(), STATION, deputy);
    d.appoint(CHIEF.manager(), deputy).expect("a deputy");
    (d, deputy)
}

fn active(d: &District, who: Who) -> bool {
    d.registry.now().active_device(who.device)
}

#[test]
fn a08_2_a_first_device_needs_the_own_administrator() {
    let mut d = District::open();
    let helper = who(33);
    d.register(CHIEF.admin(), STATION, helper).expect("registered");
    let code = Code::NotAdministrator;
    d.approve_device(NURSE.admin(), helper).refused(code, "A8.2: a colleague approves nothing");
    d.approve_device(NURSE.oneself(), helper).refused(code, "A8.2: nor vouches for somebody else");
    d.approve_device(DOCTOR.admin(), helper).refused(code, "A8.2: nor another facility's administrator");
    d.approve_device(OPERATOR.operator(), helper).refused(code, "A8.2: nor the Desk");
    d.approve_device(ROOT, helper).refused(Code::WrongRole, "A8.2: nor the root");
    d.approve_device(CHIEF.manager(), helper).refused(Code::WrongRole, "A8.2: in the administrator's role");
    d.approve_device(helper.oneself(), helper).refused(Code::Unknown, "A8.2: no device approves itself");
    let effects = d.approve_device(CHIEF.admin(), helper).granted("A8.2: the own administrator approves");
    assert_eq!(effects, [Effect::Activated(helper.device)], "A8.2: a first device is active at once");
    d.approve_device(CHIEF.admin(), helper).refused(Code::NothingToDo, "A8.2: approved is approved");
}

#[test]
fn a08_2_an_administrator_alone_adds_no_further_device() {
    let mut d = District::open();
    let effects = d.approve_device(CHIEF.admin(), PHONE).granted("A8.2: the administrator's part");
    assert_eq!(
        (effects.len(), active(&d, PHONE)),
        (0, false),
        "promise 2: an administrator alone adds no reading device"
    );
    d.approve_device(CHIEF.admin(), PHONE).refused(Code::NothingToDo, "promise 2: one voice is not two");
    d.approve_device(CHIEF.oneself(), PHONE).refused(Code::NotAdministrator, "promise 2: nor in another role");
    d.wipe(PHONE.oneself(), NURSE).refused(Code::DeviceNotApproved, "A8.2: it does nothing yet");
    let desk = d.approve_device(OPERATOR.operator(), PHONE);
    assert!(desk.is_err(), "A8.2: the person has a device left: the Desk has no say");
    let effects = d.approve_device(NURSE.oneself(), PHONE).granted("A8.2: the person's own device vouches");
    assert_eq!(effects, [Effect::Activated(PHONE.device)], "A8.2: both signatures activate it");
}

#[test]
fn a08_2_a_person_alone_adds_no_further_device() {
    let mut d = District::open();
    d.approve_device(NURSE.oneself(), PHONE).granted("A8.2: the person's part comes first as well");
    assert!(!active(&d, PHONE), "A8.2: the administrator must approve it");
    d.approve_device(NURSE.oneself(), PHONE).refused(Code::NothingToDo, "A8.2: one voice is not two");
    d.approve_device(PHONE.oneself(), PHONE).refused(Code::DeviceNotApproved, "A8.2: no device vouches for itself");
    d.approve_device(CHIEF.admin(), PHONE).granted("A8.2: the administrator approves");
    assert!(active(&d, PHONE), "A8.2: both signatures activate it");
}

#[test]
fn a08_2_without_a_device_left_a_second_administrator_speaks() {
    let (mut d, deputy) = two_administrators();
    d.wipe(CHIEF.admin(), NURSE).expect("lost and wiped");
    d.approve_device(CHIEF.admin(), PHONE).granted("A8.2: one administrator");
    assert!(!active(&d, PHONE), "promise 2: one administrator alone brings back nobody's device");
    d.approve_device(CHIEF.admin(), PHONE).refused(Code::SecondPersonRequired, "promise 2: one person is not two");
    d.approve_device(NURSE.oneself(), PHONE).refused(Code::DeviceWiped, "A12.3: a wiped device vouches for nothing");
    d.approve_device(deputy.admin(), PHONE).granted("A8.2: a second administrator");
    assert!(active(&d, PHONE), "A8.2: two people activate it");
}

#[test]
fn a08_2_without_a_device_left_and_with_one_administrator_an_operator_speaks() {
    let mut d = District::open();
    d.wipe(CHIEF.admin(), NURSE).expect("lost and wiped");
    d.approve_device(OPERATOR.operator(), PHONE).refused(Code::NotAdministrator, "A8.2: the administrator begins");
    d.approve_device(CHIEF.admin(), PHONE).expect("one voice");
    d.approve_device(CHIEF.admin(), PHONE).refused(Code::SecondPersonRequired, "promise 2: one person is not two");
    d.approve_device(DOCTOR.admin(), PHONE)
        .refused(Code::NotAdministrator, "A8.2: not another facility's administrator");
    d.approve_device(OPERATOR.admin(), PHONE).refused(Code::NotAdministrator, "A8.2: the operator as an operator only");
    d.approve_device(OPERATOR.operator(), PHONE).granted("A8.2: an operator is the second person");
    assert!(active(&d, PHONE), "A8.2: two people activate it");
}

#[test]
fn a08_3_a_sole_administrator_without_a_device_is_helped_by_two_operators() {
    let mut d = District::open();
    let phone = CHIEF.with(130);
    assert!(d.approve_device(OPERATOR.operator(), phone).is_err(), "A8.2: while a device is left the Desk has no say");
    d.wipe(CHIEF.oneself(), CHIEF).expect("lost and wiped");
    d.approve_device(OPERATOR.operator(), phone).granted("A8.3: one operator");
    assert!(!active(&d, phone), "promise 2: one operator alone makes no administrator's device");
    d.approve_device(OPERATOR.operator(), phone).refused(Code::SecondPersonRequired, "promise 2: one is not two");
    d.approve_device(COLLEAGUE.operator(), phone).granted("A8.3: a second operator");
    assert!(active(&d, phone), "A8.3: two operators help");
}

#[test]
fn a08_3_an_administrator_with_a_colleague_is_not_the_desks_to_help() {
    let (mut d, deputy) = two_administrators();
    let phone = CHIEF.with(130);
    d.wipe(CHIEF.oneself(), CHIEF).expect("lost and wiped");
    let result = d.approve_device(OPERATOR.operator(), phone);
    result.refused(Code::NotAdministrator, "A8.3: where there are two administrators, the other one begins");
    d.approve_device(deputy.admin(), phone).granted("A8.3: the other administrator");
    assert!(!active(&d, phone), "promise 2: one administrator alone brings back nobody's device");
    d.approve_device(COLLEAGUE.operator(), phone).granted("A8.2: an operator is the second person");
    assert!(active(&d, phone), "A8.2: two people activate it");
}

#[test]
fn a08_2_an_operators_device_needs_a_colleague() {
    let mut d = District::founded();
    let phone = OPERATOR.with(101);
    d.approve_device(OPERATOR.operator(), phone).refused(Code::SecondPersonRequired, "A7.1: not the own device");
    d.approve_device(COLLEAGUE.admin(), phone).refused(Code::WrongRole, "A8.2: at the Desk the role is operator");
    d.approve_device(COLLEAGUE.operator(), phone).expect("approved");
    assert!(!active(&d, phone), "A8.2: a further device needs a second signature");
    d.approve_device(OPERATOR.oneself(), phone).granted("A8.2: vouched for");
    assert!(active(&d, phone), "A8.2: both signatures activate it");
}

#[test]
fn a08_2_what_was_approved_first_is_what_is_vouched_for() {
    let mut d = District::open();
    d.approve_device(CHIEF.admin(), PHONE).expect("approved");
    let code = Code::KeyInUse;
    let mut other = PHONE.registration();
    other.sealing = sealing(who(77).device);
    let act = RegistryAct::ApproveDevice { user: NURSE.user, device: other };
    d.act(NURSE.oneself(), act).refused(code, "promise 2: other sealing keys are another device");
    let mut other = PHONE.registration();
    other.signing = signing_key(who(77).device).public();
    let act = RegistryAct::ApproveDevice { user: NURSE.user, device: other };
    d.act(NURSE.oneself(), act).refused(code, "promise 2: another signing key is another device");
    let mut other = PHONE.registration();
    other.system = OperatingSystem::Windows;
    let act = RegistryAct::ApproveDevice { user: NURSE.user, device: other };
    d.act(NURSE.oneself(), act).refused(code, "A8.2: what it is must agree as well");
    let act = RegistryAct::ApproveDevice { user: CHIEF.user, device: PHONE.registration() };
    d.act(CHIEF.oneself(), act).refused(code, "A8.2: a device is one person's");
}

#[test]
fn a08_2_no_key_is_registered_twice() {
    let mut d = District::open();
    let helper = who(33);
    d.register(CHIEF.admin(), STATION, helper).expect("registered");
    let mut device = helper.registration();
    device.signing = signing_key(NURSE.device).public();
    let act = RegistryAct::ApproveDevice { user: helper.user, device };
    d.act(CHIEF.admin(), act).refused(Code::KeyInUse, "A8.2: a signing key is one device's");
    let mut device = helper.registration();
    device.sealing = sealing(NURSE.device);
    let act = RegistryAct::ApproveDevice { user: helper.user, device };
    d.act(CHIEF.admin(), act).refused(Code::KeyInUse, "A8.2: a sealing key is one device's");
    d.wipe(CHIEF.admin(), NURSE).expect("wiped");
    let mut device = helper.registration();
    device.sealing = sealing(NURSE.device);
    let act = RegistryAct::ApproveDevice { user: helper.user, device };
    d.act(CHIEF.admin(), act).refused(Code::KeyInUse, "A12.3: a wiped device's keys never come back");
}

#[test]
fn a08_2_the_ended_get_no_device() {
    let mut d = District::open();
    d.end(CHIEF.admin(), NURSE).expect("ended");
    d.approve_device(CHIEF.admin(), PHONE).refused(Code::UserEnded, "A8.5: an ended ID gets no device");
    d.approve_device(CHIEF.admin(), who(98)).refused(Code::Unknown, "A8.2: nor does a stranger");
}

#[test]
fn a08_2_a_wiped_device_is_never_approved_again() {
    let mut d = District::open();
    d.wipe(CHIEF.admin(), NURSE).expect("wiped");
    d.approve_device(CHIEF.admin(), NURSE).refused(Code::DeviceWiped, "A12.3: wiped is wiped");
    d.approve_device(CHIEF.admin(), PHONE).expect("half approved");
    d.wipe(CHIEF.admin(), PHONE).granted("A12.3: a pending device is wiped as well");
    d.approve_device(OPERATOR.operator(), PHONE).refused(Code::DeviceWiped, "A12.3: and never becomes active");
}

#[test]
fn a08_2_only_an_active_device_acts() {
    let mut d = District::open();
    d.approve_device(NURSE.oneself(), PHONE).expect("named");
    d.wipe(PHONE.oneself(), NURSE).refused(Code::DeviceNotApproved, "A8.2: a pending device does nothing");
    let result = d.registry.now().may_sign_in(NURSE.user, PHONE.device);
    result.refused(Code::DeviceNotApproved, "A8.2: and nobody signs in with it");
    let mixed = Who { user: CHIEF.user, device: NURSE.device };
    d.wipe(mixed.admin(), NURSE).refused(Code::Unknown, "A11.1: a device speaks for its own person only");
}
