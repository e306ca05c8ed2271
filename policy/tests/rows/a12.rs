//! Article 12: wipe (A12.3).

use renkei_policy::registry::Effect;
use renkei_policy::registry::a12_wipe::may_see_receipt;
use renkei_proto::act::{HistoryPolicy, RegistryAct};
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

#[test]
fn a12_3_what_a_device_confirmed_is_for_its_person_the_facilitys_administrators_and_the_desk() {
    let mut d = District::open();
    let sees = |d: &District, viewer: Who, device| may_see_receipt(d.registry.now(), viewer.user, device, d.now);
    let allowed = |d: &District| [NURSE, CHIEF, OPERATOR].map(|who| sees(d, who, NURSE.device));
    assert_eq!(allowed(&d), [true; 3]);
    assert!(!sees(&d, DOCTOR, NURSE.device), "A12.3: not another facility's administrator");
    assert!(!sees(&d, NURSE, CHIEF.device), "A12.3: not a colleague");
    assert!(!sees(&d, OPERATOR, who(99).device), "A12.3: of no device that nobody knows");
    d.wipe(CHIEF.admin(), NURSE).expect("wiped");
    assert_eq!(allowed(&d), [true; 3], "A12.3: afterwards, when it matters");
}

#[test]
fn a12_3_a_deputy_sees_what_a_device_confirmed_in_the_time_only() {
    let mut d = District::open();
    d.hires(CHIEF.admin(), STATION, who(32));
    let (from, until) = (d.now.plus(A_DAY), d.now.plus(8 * A_DAY));
    d.act(CHIEF.admin(), RegistryAct::NameDeputy { user: NURSE.user, from, until }).expect("named");
    let sees = |now| may_see_receipt(d.registry.now(), NURSE.user, who(32).device, now);
    assert!(!sees(d.now), "A8.3: not before");
    assert!(sees(from), "A8.3: in the time");
    assert!(!sees(until), "A8.3: not after");
}
