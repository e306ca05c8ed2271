//! Article 8: devices (A8.2).

use renkei_policy::registry::Effect;
use renkei_proto::act::{DeviceRegistration, OperatingSystem, RegistryAct, ServerKeys};
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::hash::Hash32;
use renkei_proto::key::{SigningPublic, SigningSecret};

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

/// The helper's first device with something changed, approved by the chief.
fn register_changed(change: impl FnOnce(&mut DeviceRegistration)) -> Result<Vec<Effect>, Code> {
    let mut d = District::open();
    let helper = who(33);
    d.register(CHIEF.admin(), STATION, helper).expect("registered");
    let mut device = helper.registration();
    change(&mut device);
    d.act(CHIEF.admin(), RegistryAct::ApproveDevice { user: helper.user, device })
}

#[test]
fn a12_3_a_receipt_key_is_one_devices() {
    let result = register_changed(|device| device.receipt = receipt_key(NURSE.device).public());
    result.refused(Code::KeyInUse, "A12.3: nobody confirms another device's wipe");
}

#[test]
fn a12_3_a_receipt_key_is_nobodys_signing_key() {
    let result = register_changed(|device| device.receipt = signing_key(NURSE.device).public());
    result.refused(Code::KeyInUse, "promise 7: no key serves two purposes");
}

#[test]
fn a12_3_a_signing_key_is_nobodys_receipt_key() {
    let result = register_changed(|device| device.signing = receipt_key(NURSE.device).public());
    result.refused(Code::KeyInUse, "promise 7: no key serves two purposes");
}

#[test]
fn a12_3_a_receipt_key_is_not_the_roots() {
    let result = register_changed(|device| device.receipt = root_key().public());
    result.refused(Code::KeyInUse, "promise 7: no key serves two purposes");
}

#[test]
fn a12_3_a_receipt_key_is_not_the_devices_signing_key() {
    let result = register_changed(|device| device.receipt = device.signing);
    result.refused(Code::KeyInUse, "A12.3: the receipt key lies outside the vault, the signing key inside");
}

#[test]
fn a12_3_a_receipt_key_is_not_the_devices_sealing_key() {
    let result = register_changed(|device| device.sealing = Hash32(*device.receipt.as_bytes()));
    result.refused(Code::KeyInUse, "promise 7: no key serves two purposes");
}

#[test]
fn a08_2_a_signing_key_is_not_the_devices_sealing_key() {
    let result = register_changed(|device| device.sealing = Hash32(*device.signing.as_bytes()));
    result.refused(Code::KeyInUse, "promise 7: no key serves two purposes");
}

#[test]
fn a12_3_a_facility_applies_with_a_new_receipt_key() {
    let mut d = District::founded();
    let mut application = application(CLINIC, DOCTOR);
    application.device.receipt = receipt_key(OPERATOR.device).public();
    let result = d.act(DOCTOR.manager(), RegistryAct::ApplyFacility(application));
    result.refused(Code::KeyInUse, "A12.3: an operator's is taken");
}

#[test]
fn a12_3_an_operators_receipt_key_is_new() {
    let mut d = District::founded();
    let mut device = who(3).registration();
    device.receipt = receipt_key(OPERATOR.device).public();
    let result = d.act(ROOT, RegistryAct::AppointOperator { person: who(3).person(), device });
    result.refused(Code::KeyInUse, "A12.3: a colleague's is taken");
}

#[test]
fn a12_3_another_receipt_key_is_another_device() {
    let mut d = District::open();
    d.approve_device(CHIEF.admin(), PHONE).expect("approved");
    let mut other = PHONE.registration();
    other.receipt = receipt_key(who(77).device).public();
    let act = RegistryAct::ApproveDevice { user: NURSE.user, device: other };
    d.act(NURSE.oneself(), act).refused(Code::KeyInUse, "A12.3: what was approved is what is vouched for");
}

// ---- new sealing keys -----------------------------------------------------------------------------------------------

/// A day after everybody's registration.
fn a_day_later() -> District {
    let mut d = District::open();
    d.now = START.plus(A_DAY);
    d
}

/// Keys of the nurse's device that nobody ever had.
fn fresh(n: usize) -> Hash32 {
    sealing_after(NURSE.device, n)
}

fn sealing_now(d: &District, who: Who) -> Hash32 {
    d.registry.now().sealing(who.device).expect("registered").fingerprint
}

#[test]
fn a08_2_a_device_takes_new_sealing_keys() {
    let mut d = a_day_later();
    d.rotate(NURSE.oneself(), fresh(1)).granted("by its own signature");
    assert_eq!(sealing_now(&d, NURSE), fresh(1), "from that entry on");
}

#[test]
fn a08_2_new_sealing_keys_are_one_devices() {
    let mut d = a_day_later();
    d.approve_device(CHIEF.admin(), PHONE).expect("approved");
    d.approve_device(NURSE.oneself(), PHONE).expect("vouched for");
    d.rotate(NURSE.oneself(), fresh(1)).expect("rotated");
    let others = [sealing_now(&d, PHONE), sealing_now(&d, CHIEF)];
    assert_eq!(others, [sealing(PHONE.device), sealing(CHIEF.device)], "of no other device, the person's or not");
}

#[test]
fn a08_2_new_sealing_keys_within_a_day_of_the_registration_are_too_soon() {
    let mut d = District::open();
    d.now = START.plus(bounds::SEALING_PAUSE - 1);
    d.rotate(NURSE.oneself(), fresh(1)).refused(Code::TooSoon, "each costs every group an epoch");
}

#[test]
fn a08_2_new_sealing_keys_within_a_day_of_the_last_ones_are_too_soon() {
    let mut d = a_day_later();
    d.rotate(NURSE.oneself(), fresh(1)).expect("rotated");
    d.now = d.now.plus(bounds::SEALING_PAUSE - 1);
    d.rotate(NURSE.oneself(), fresh(2)).refused(Code::TooSoon, "each costs every group an epoch");
}

#[test]
fn a08_2_new_sealing_keys_come_again_a_day_after_the_last_ones() {
    let mut d = a_day_later();
    d.rotate(NURSE.oneself(), fresh(1)).expect("rotated");
    d.now = d.now.plus(bounds::SEALING_PAUSE);
    d.rotate(NURSE.oneself(), fresh(2)).granted("a day later");
}

#[test]
fn a08_2_one_devices_new_sealing_keys_keep_no_other_waiting() {
    let mut d = a_day_later();
    d.rotate(NURSE.oneself(), fresh(1)).expect("rotated");
    d.rotate(CHIEF.oneself(), sealing_after(CHIEF.device, 1)).granted("each device has its own pause");
}

#[test]
fn p3_sealing_keys_never_come_back() {
    let mut d = a_day_later();
    d.rotate(NURSE.oneself(), fresh(1)).expect("rotated");
    d.now = d.now.plus(A_DAY);
    for old in [sealing(NURSE.device), fresh(1)] {
        d.rotate(NURSE.oneself(), old).refused(Code::KeyInUse, "promise 3: the stolen ones neither");
    }
}

#[test]
fn p7_new_sealing_keys_are_nobody_elses() {
    let mut d = a_day_later();
    d.wipe(CHIEF.oneself(), CHIEF).expect("wiped");
    let bytes = |key: renkei_proto::key::SigningPublic| Hash32(*key.as_bytes());
    let taken = [
        sealing(DOCTOR.device),
        sealing(CHIEF.device),
        bytes(signing_key(NURSE.device).public()),
        bytes(receipt_key(NURSE.device).public()),
        bytes(root_key().public()),
        bytes(server_keys().statement_key),
    ];
    for key in taken {
        d.rotate(NURSE.oneself(), key).refused(Code::KeyInUse, "promise 7: no key serves two purposes or two devices");
    }
}

#[test]
fn p7_a_rotated_key_is_no_new_devices() {
    let mut d = a_day_later();
    d.rotate(NURSE.oneself(), fresh(1)).expect("rotated");
    let device = DeviceRegistration { sealing: fresh(1), ..PHONE.registration() };
    let act = RegistryAct::ApproveDevice { user: NURSE.user, device };
    d.act(CHIEF.admin(), act).refused(Code::KeyInUse, "promise 7: it is taken like any other");
}

#[test]
fn a11_1_new_sealing_keys_are_the_persons_own_act() {
    let mut d = a_day_later();
    for seat in [CHIEF.admin(), CHIEF.manager(), CHIEF.group_manager(), OPERATOR.operator(), ROOT] {
        d.rotate(seat, fresh(1)).refused(Code::WrongRole, "A11.1: in the person's own name");
    }
}

#[test]
fn a12_3_a_wiped_device_takes_no_new_sealing_keys() {
    let mut d = a_day_later();
    d.wipe(CHIEF.admin(), NURSE).expect("wiped");
    d.rotate(NURSE.oneself(), fresh(1)).refused(Code::DeviceWiped, "A12.3: wiped is wiped");
}

#[test]
fn a08_5_an_ended_ids_device_takes_no_new_sealing_keys() {
    let mut d = a_day_later();
    d.end(CHIEF.admin(), NURSE).expect("ended");
    d.rotate(NURSE.oneself(), fresh(1)).refused(Code::UserEnded, "A8.5: ended is ended");
}

#[test]
fn a08_2_a_half_approved_device_takes_no_new_sealing_keys() {
    let mut d = District::open();
    d.approve_device(CHIEF.admin(), PHONE).expect("half approved");
    d.now = START.plus(A_DAY);
    let result = d.rotate(PHONE.oneself(), sealing_after(PHONE.device, 1));
    result.refused(Code::DeviceNotApproved, "A8.2: what was approved is what is vouched for");
}

// ---- the server's statement key -------------------------------------------------------------------------------------

/// Keys of the server with this statement key and new authorities.
fn certified(statement_key: SigningPublic) -> RegistryAct {
    let (server_authority, device_authority) = (digest(b"next server authority"), digest(b"next device authority"));
    RegistryAct::CertifyServer(ServerKeys { server_authority, device_authority, statement_key })
}

fn server_key(n: u8) -> SigningPublic {
    SigningSecret::from_seed(&digest(&[b"server".as_slice(), &[n]].concat()).0).public()
}

#[test]
fn p7_the_servers_new_statement_key_is_nobody_elses() {
    let mut d = District::open();
    d.wipe(CHIEF.admin(), NURSE).expect("wiped");
    let taken = [
        signing_key(DOCTOR.device).public(),
        receipt_key(DOCTOR.device).public(),
        signing_key(NURSE.device).public(),
        root_key().public(),
    ];
    for key in taken {
        d.act(ROOT, certified(key)).refused(Code::KeyInUse, "promise 7: no key serves two purposes");
    }
    d.act(ROOT, certified(server_key(1))).granted("a new one");
}

#[test]
fn p7_the_servers_new_statement_key_is_no_devices() {
    let mut d = District::open();
    d.act(ROOT, certified(server_key(1))).expect("certified");
    let mut device = PHONE.registration();
    device.signing = server_key(1);
    let act = RegistryAct::ApproveDevice { user: NURSE.user, device };
    d.act(CHIEF.admin(), act).refused(Code::KeyInUse, "promise 7: no device speaks as the server");
    d.now = START.plus(A_DAY);
    let bytes = Hash32(*server_key(1).as_bytes());
    d.rotate(NURSE.oneself(), bytes).refused(Code::KeyInUse, "promise 7: no key serves two purposes");
}

#[test]
fn p7_the_servers_statement_key_stays_under_new_authorities() {
    let mut d = District::open();
    for _ in 0..2 {
        d.act(ROOT, certified(server_keys().statement_key)).granted("the founding's");
    }
    d.act(ROOT, certified(server_key(1))).expect("a new one");
    d.act(ROOT, certified(server_key(1))).granted("the present one");
}

#[test]
fn p7_a_replaced_statement_key_of_the_server_never_comes_back() {
    let mut d = District::open();
    d.act(ROOT, certified(server_key(1))).expect("a new one");
    let result = d.act(ROOT, certified(server_keys().statement_key));
    result.refused(Code::KeyInUse, "promise 7: it may have been replaced because it was stolen");
}

#[test]
fn p7_only_the_root_certifies_the_server() {
    let mut d = District::open();
    for seat in [OPERATOR.operator(), DOCTOR.admin()] {
        d.act(seat, certified(server_key(1))).refused(Code::NotRoot, "promise 7: nobody else names the server");
    }
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
