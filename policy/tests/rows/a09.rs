//! Article 9: the staff pledge before the first sign-in (A9.1).

use renkei_proto::act::{RegistryAct, StaffPledge};
use renkei_proto::code::Code;

use crate::common::*;

const HELPER: Who = who(33);

fn unpledged() -> District {
    let mut d = District::open();
    d.register_unpledged(CHIEF.admin(), STATION, HELPER).expect("registered");
    d.approve_device(CHIEF.admin(), HELPER).expect("a device");
    d
}

#[test]
fn a09_1_nobody_signs_in_without_the_pledge() {
    let mut d = unpledged();
    let before = d.registry.now().may_sign_in(HELPER.user, HELPER.device);
    before.refused(Code::PledgeMissing, "A9.1: Form 2 before the first sign-in");
    d.pledge(CHIEF.admin(), HELPER, signed_pledge("2026-11-22")).granted("A9.1: Form 2 is recorded");
    d.registry.now().may_sign_in(HELPER.user, HELPER.device).granted("A9.1: now the person signs in");
}

#[test]
fn a09_1_an_equal_pledge_already_held_is_enough() {
    let mut d = unpledged();
    let pledge = StaffPledge::Exempt { held_since: date("2019-04-01") };
    d.pledge(CHIEF.admin(), HELPER, pledge).granted("A9.1: the exemption is recorded with its date");
    d.registry.now().may_sign_in(HELPER.user, HELPER.device).granted("A9.1: and is enough");
}

#[test]
fn a09_1_a_pledge_is_not_dated_tomorrow() {
    let mut d = unpledged();
    let code = Code::DateOutOfRange;
    d.pledge(CHIEF.admin(), HELPER, signed_pledge("2026-11-24")).refused(code, "A9.1: Form 2 was signed already");
    let exempt = StaffPledge::Exempt { held_since: date("2026-11-24") };
    d.pledge(CHIEF.admin(), HELPER, exempt).refused(code, "A9.1: an exemption is held already");
    let mut person = who(34).person();
    person.pledge = Some(signed_pledge("2026-11-24"));
    let act = RegistryAct::RegisterStaff { facility: STATION, person };
    d.act(CHIEF.admin(), act).refused(code, "A9.1: nor at registration");
}

#[test]
fn a09_1_the_own_administrator_records_it() {
    let mut d = unpledged();
    let pledge = signed_pledge("2026-11-20");
    let code = Code::NotAdministrator;
    d.pledge(HELPER.oneself(), HELPER, pledge.clone()).refused(code, "A9.1: not the person");
    d.pledge(DOCTOR.admin(), HELPER, pledge.clone()).refused(code, "A9.1: not another facility");
    d.pledge(OPERATOR.operator(), HELPER, pledge.clone()).refused(code, "A9.1: not the Desk");
    d.pledge(CHIEF.manager(), HELPER, pledge.clone()).refused(Code::WrongRole, "A9.1: in the administrator's role");
    d.end(CHIEF.admin(), HELPER).expect("ended");
    d.pledge(CHIEF.admin(), HELPER, pledge).refused(Code::UserEnded, "A8.5: nothing is recorded for the ended");
}

#[test]
fn a09_1_who_could_not_have_it_recorded_brings_it_along() {
    let mut d = District::founded();
    let mut application = application(CLINIC, DOCTOR);
    application.manager.pledge = None;
    let result = d.act(DOCTOR.manager(), RegistryAct::ApplyFacility(application)).map(|_| ());
    result.refused(Code::PledgeMissing, "A9.1: a first administrator");
    let act = RegistryAct::AppointOperator { person: who(3).unpledged(), device: who(3).registration() };
    d.act(ROOT, act).refused(Code::PledgeMissing, "A9.1: an operator");
    let mut person = who(3).person();
    person.pledge = Some(signed_pledge("2026-11-24"));
    let act = RegistryAct::AppointOperator { person, device: who(3).registration() };
    d.act(ROOT, act).refused(Code::DateOutOfRange, "A9.1: not dated tomorrow");
}
