//! Article 8: staff and IDs (A8.3, A8.5).

use renkei_policy::registry::Effect;
use renkei_proto::act::{DelegationScope, GroupKind, HistoryPolicy};
use renkei_proto::code::Code;

use crate::common::*;

const G: renkei_proto::id::GroupId = group(1);

#[test]
fn a08_3_ids_are_issued_by_the_facilitys_sns_administrator() {
    let mut d = District::open();
    let code = Code::NotAdministrator;
    d.register(NURSE.admin(), STATION, who(33)).refused(code, "A8.3: staff issues no ID");
    d.register(DOCTOR.admin(), STATION, who(33)).refused(code, "A8.3: nor another facility's administrator");
    d.register(OPERATOR.operator(), STATION, who(33)).refused(code, "A8.3: nor the Desk");
    d.register(ROOT, STATION, who(33)).refused(Code::WrongRole, "A8.3: nor the root");
    d.register(CHIEF.manager(), STATION, who(33)).refused(Code::WrongRole, "A8.3: in the administrator's role");
    d.register(CHIEF.admin(), facility(99), who(33)).refused(Code::Unknown, "A8.3: there is no such facility");
    d.register(CHIEF.admin(), STATION, who(33)).granted("A8.3: the own administrator issues it");
}

#[test]
fn a08_3_an_id_is_issued_once() {
    let mut d = District::open();
    let code = Code::AlreadyExists;
    d.register(CHIEF.admin(), STATION, NURSE).refused(code, "A11.1: one ID, one person");
    d.register(DOCTOR.admin(), CLINIC, NURSE).refused(code, "A11.1: nobody takes another facility's person");
    d.end(CHIEF.admin(), NURSE).expect("ended");
    d.register(CHIEF.admin(), STATION, NURSE).refused(code, "A8.3: an ended ID is never issued again");
}

#[test]
fn a08_3_group_managers_are_granted_by_the_own_administrator() {
    let mut d = District::open();
    let code = Code::NotAdministrator;
    d.grant(CHIEF.admin(), CLERK).refused(code, "A4.1: not another facility's administrator");
    d.grant(CLERK.admin(), CLERK).refused(code, "A4.1: nobody grants to oneself");
    d.grant(OPERATOR.operator(), CLERK).refused(code, "A4.1: nor the Desk");
    d.take_back(DOCTOR.admin(), CLERK).refused(Code::NothingToDo, "A4.1: there is nothing to take back");
    d.grant(DOCTOR.admin(), CLERK).granted("A4.1: the own administrator grants");
    d.grant(DOCTOR.admin(), CLERK).refused(Code::NothingToDo, "A4.1: granted is granted");
    d.take_back(CHIEF.admin(), CLERK).refused(code, "A4.1: nor does anybody else take it back");
    d.take_back(DOCTOR.admin(), CLERK).granted("A4.1: the own administrator takes it back");
    d.grant(DOCTOR.admin(), CLERK).granted("A4.1: and may grant it again");
    assert!(d.registry.now().is_group_manager(CLERK.user, CLINIC), "A4.1: granted again");
}

#[test]
fn a08_5_ending_an_id_ends_devices_memberships_and_offices_at_once() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.grant(CHIEF.admin(), NURSE).expect("granted");
    assert!(d.roster(G).has(NURSE.user, NURSE.device), "A8.4: a reader until then");
    let effects = d.end(CHIEF.admin(), NURSE).granted("A8.5: the own administrator ends the ID");
    assert_eq!(effects, [Effect::Ended(NURSE.user)], "A8.5: its sessions end");
    let now = d.registry.now();
    assert!(!now.active_user(NURSE.user) && !now.active_device(NURSE.device), "A8.5: devices end with it");
    assert!(!now.is_group_manager(NURSE.user, STATION), "A8.5: grants end with it");
    assert!(!d.roster(G).has(NURSE.user, NURSE.device), "A8.5: memberships end with it");
    now.may_sign_in(NURSE.user, NURSE.device).refused(Code::UserEnded, "A8.5: no sign-in");
    d.message(NURSE.oneself(), G).refused(Code::UserEnded, "A8.5: no message");
    d.message(DOCTOR.oneself(), G)
        .refused(Code::RekeyRequired, "promise 3: nothing more under a key that the ended hold");
    d.end(CHIEF.admin(), NURSE).refused(Code::UserEnded, "A8.5: ended is ended");
}

#[test]
fn a08_5_nobody_else_ends_an_id() {
    let mut d = District::open();
    let code = Code::NotAdministrator;
    d.end(DOCTOR.admin(), NURSE).refused(code, "A8.5: not another facility's administrator");
    d.end(NURSE.admin(), CHIEF).refused(code, "A8.5: not the staff");
    d.end(NURSE.oneself(), NURSE).refused(code, "A8.5: not the person");
    d.end(OPERATOR.operator(), NURSE).refused(code, "A8.5: not the Desk");
    d.end(CHIEF.manager(), NURSE).refused(Code::WrongRole, "A8.5: in the administrator's role");
    d.end(CHIEF.admin(), who(99)).refused(Code::Unknown, "A8.5: there is no such ID");
}

#[test]
fn a08_5_removal_of_an_administrator_transfers_nothing() {
    let mut d = District::open();
    d.grant(DOCTOR.admin(), CLERK).expect("granted");
    let seat = CLERK.group_manager();
    d.create_for(seat, CLINIC, G, GroupKind::Free, HistoryPolicy::All, true).expect("the clerk's group");
    d.end(DOCTOR.admin(), CLERK).expect("ended");
    assert!(d.roster(G).is_empty(), "A8.5: the group has no reader now");
    d.message_in(DOCTOR.oneself(), G, 0).refused(Code::NotAReader, "A8.5: nobody inherits the reading");
    d.invite(DOCTOR.admin(), G, 1, DOCTOR).granted("A4.1: the facility governs its group still");
}

#[test]
fn a08_5_the_ended_do_nothing() {
    let mut d = District::open();
    d.appoint(DOCTOR.manager(), CLERK).expect("an administrator");
    d.end(DOCTOR.admin(), CLERK).expect("ended");
    let code = Code::UserEnded;
    d.register(CLERK.admin(), CLINIC, who(22)).refused(code, "A8.5: registers nobody");
    d.approve_device(CLERK.admin(), DOCTOR.with(120)).refused(code, "A8.5: approves no device");
    d.wipe(CLERK.oneself(), CLERK).refused(code, "A8.5: wipes nothing");
    d.delegate(CLERK.admin(), 1, DelegationScope::Facility, true).refused(code, "A8.5: delegates nothing");
    d.create(CLERK.admin(), G, GroupKind::Free, true).refused(code, "A8.5: creates no group");
}
