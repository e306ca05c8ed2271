//! Article 12: wipe (A12.3).

use renkei_policy::registry::Effect;
use renkei_proto::act::HistoryPolicy;
use renkei_proto::code::Code;

use crate::common::*;

const G: renkei_proto::id::GroupId = group(1);

#[test]
fn a12_3_a_wiped_device_is_cut_off_and_out_of_every_roster() {
    let mut d = District::with_group(HistoryPolicy::All);
    let effects = d.wipe(CHIEF.admin(), NURSE).granted("A12.3: the own administrator wipes");
    assert_eq!(effects, [Effect::Wiped(NURSE.device)], "A12.3: its share is destroyed");
    assert!(!d.registry.now().active_device(NURSE.device), "A12.3: not active any more");
    assert!(d.registry.now().active_user(NURSE.user), "A12.3: the person is still there");
    assert!(!d.roster(G).has(NURSE.user, NURSE.device), "A12.3: out of the roster at once");
    let code = Code::DeviceWiped;
    d.message(NURSE.oneself(), G).refused(code, "A12.3: a wiped device sends nothing");
    d.epoch(NURSE.oneself(), G).refused(code, "A12.3: makes no key");
    d.wipe(NURSE.oneself(), NURSE).refused(code, "A12.3: and wipes nothing");
    d.registry.now().may_sign_in(NURSE.user, NURSE.device).refused(code, "A12.3: nobody signs in with it");
    d.message(DOCTOR.oneself(), G).refused(Code::RekeyRequired, "promise 3: nothing more under a key that it holds");
}

#[test]
fn a12_3_a_person_wipes_the_own_devices() {
    let mut d = District::open();
    let phone = NURSE.with(131);
    d.approve_device(CHIEF.admin(), phone).expect("approved");
    d.approve_device(NURSE.oneself(), phone).expect("vouched for");
    d.wipe(phone.oneself(), NURSE).granted("A12.3: the other own device");
    d.wipe(phone.oneself(), phone).granted("A12.3: this very one");
    d.wipe(CHIEF.admin(), phone).refused(Code::DeviceWiped, "A12.3: wiped is wiped");
}

#[test]
fn a12_3_nobody_else_wipes() {
    let mut d = District::open();
    let code = Code::NotAdministrator;
    d.wipe(NURSE.oneself(), CHIEF).refused(code, "A12.3: not a colleague");
    d.wipe(NURSE.admin(), CHIEF).refused(code, "A12.3: nor by claiming the role");
    d.wipe(DOCTOR.admin(), NURSE).refused(code, "A12.3: not another facility's administrator");
    d.wipe(CHIEF.manager(), NURSE).refused(Code::WrongRole, "A12.3: in the administrator's role");
    d.wipe(CHIEF.admin(), who(99)).refused(Code::Unknown, "A12.3: there is no such device");
}

#[test]
fn a12_3_a_device_of_an_ended_id_is_wiped_still() {
    let mut d = District::open();
    d.end(CHIEF.admin(), NURSE).expect("ended");
    d.wipe(CHIEF.admin(), NURSE).granted("A12.3: an ended person's device may still be out there");
}

#[test]
fn a12_3_an_operators_device_is_wiped_by_a_colleague() {
    let mut d = District::founded();
    d.wipe(COLLEAGUE.admin(), OPERATOR).refused(Code::WrongRole, "A12.3: at the Desk the role is operator");
    d.wipe(COLLEAGUE.operator(), OPERATOR).granted("A12.3: by a colleague");
    d.wipe(OPERATOR.operator(), COLLEAGUE).refused(Code::DeviceWiped, "A12.3: a wiped device does nothing");
}
