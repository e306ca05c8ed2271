//! Article 12 (1)–(4), (8): how devices are kept (A12.1).

use renkei_policy::registry::a12_posture::{Standing, day, works_without};
use renkei_proto::act::{Act, RegistryAct};
use renkei_proto::code::Code;
use renkei_proto::hash::Hash32;
use renkei_proto::id::FacilityId;
use renkei_proto::posture::Posture;
use renkei_proto::settings::Setting;
use renkei_proto::time::Date;

use crate::common::*;

const LOCKED: Posture = Posture {
    screen_lock: true,
    boot_password: true,
    no_file_sharing: false,
    antivirus: false,
    no_stored_passwords: false,
    managed: false,
    updated: false,
};
const GOOD: Posture = Posture { no_file_sharing: true, no_stored_passwords: true, updated: true, ..LOCKED };

impl District {
    fn declares(&mut self, seat: Seat, who: Who, posture: Posture) -> Result<(), Code> {
        self.act(seat, RegistryAct::DeclarePosture { device: who.device, posture }).map(drop)
    }

    fn declaration(&self, who: Who) -> Hash32 {
        let declared = self.registry.now().device(who.device).and_then(|device| device.declared.last().copied());
        declared.map_or(Hash32::default(), |declared| declared.hash)
    }

    fn confirms(&mut self, seat: Seat, who: Who, until: &str) -> Result<(), Code> {
        let declaration = self.declaration(who);
        let act = RegistryAct::ConfirmPosture { device: who.device, declaration, until: date(until) };
        self.act(seat, act).map(drop)
    }

    fn set(&mut self, seat: Seat, facility: Option<FacilityId>, setting: Setting) -> Result<(), Code> {
        self.act(seat, RegistryAct::Set { facility, setting }).map(drop)
    }

    fn asks(&mut self, facility: FacilityId, admin: Who, posture: Posture) {
        self.set(admin.admin(), Some(facility), Setting::PostureRequired(posture)).expect("asked for");
    }

    fn standing_of(&self, who: Who) -> Standing {
        self.registry.now().posture(who.device, self.now).expect("a device")
    }

    fn in_order(&self, who: Who) -> Result<(), Code> {
        self.registry.now().require_posture(who.device, self.now).map_err(|refusal| refusal.0)
    }

    fn wait_until(&mut self, day: &str) {
        let days = u64::try_from(date(day).days()).expect("after 1970");
        self.now = renkei_proto::time::Time(days * 86_400);
    }
}

#[test]
fn a12_1_nothing_is_asked_until_it_is_set() {
    let d = District::open();
    d.in_order(NURSE).granted("A12.1: a facility can begin");
}

#[test]
fn a12_1_what_is_asked_must_be_declared_and_confirmed() {
    let mut d = District::open();
    d.asks(STATION, CHIEF, LOCKED);
    d.in_order(NURSE).refused(Code::PostureMissing, "A12.1: nothing is declared");
    d.declares(NURSE.oneself(), NURSE, GOOD).granted("A12.1: its person declares");
    d.in_order(NURSE).refused(Code::PostureMissing, "A12.1: nothing is confirmed");
    d.confirms(CHIEF.admin(), NURSE, "2027-05-01").granted("A12.1: the administrator confirms");
    d.in_order(NURSE).granted("A12.1: then it is in order");
    d.in_order(DOCTOR).granted("A12.1: another facility asks for nothing");
    d.asks(STATION, CHIEF, Posture { managed: true, ..LOCKED });
    d.in_order(NURSE).refused(Code::PostureMissing, "A12.1: more is asked now");
}

#[test]
fn a12_1_an_incomplete_or_withdrawn_declaration_is_not_enough() {
    let mut d = District::open();
    d.asks(STATION, CHIEF, GOOD);
    d.declares(NURSE.oneself(), NURSE, LOCKED).expect("declared");
    d.confirms(CHIEF.admin(), NURSE, "2027-05-01").expect("confirmed as it is");
    d.in_order(NURSE).refused(Code::PostureMissing, "A12.1: less than what is asked");
    d.declares(NURSE.oneself(), NURSE, GOOD).expect("declared");
    d.in_order(NURSE).refused(Code::PostureMissing, "A12.1: what was confirmed was less");
    d.confirms(CHIEF.admin(), NURSE, "2027-05-01").expect("confirmed");
    d.in_order(NURSE).granted("A12.1: both are enough");
    d.declares(NURSE.oneself(), NURSE, LOCKED).expect("declared");
    d.in_order(NURSE).refused(Code::PostureMissing, "A12.1: by its person's own word it is so no longer");
}

#[test]
fn a12_1_a_confirmation_ends_with_its_day_in_japan() {
    let mut d = District::open();
    d.asks(STATION, CHIEF, LOCKED);
    d.declares(NURSE.oneself(), NURSE, LOCKED).expect("declared");
    d.confirms(CHIEF.admin(), NURSE, "2027-01-10").expect("confirmed");
    d.wait_until("2026-12-27");
    assert!(!d.standing_of(NURSE).ends_soon, "A12.1: two weeks are left");
    d.wait_until("2026-12-28");
    assert!(d.standing_of(NURSE).ends_soon, "A12.1: less than two weeks: the person is told");
    d.wait_until("2027-01-10");
    d.now = d.now.plus(15 * 3600 - 1);
    d.in_order(NURSE).granted("A12.1: the last second of that day in Japan");
    d.now = d.now.plus(1);
    d.in_order(NURSE).refused(Code::PostureMissing, "A12.1: the day after");
    assert!(!d.standing_of(NURSE).ends_soon, "A12.1: it has ended");
}

#[test]
fn a12_1_a_confirmation_is_good_for_the_set_time_at_most() {
    let mut d = District::open();
    d.asks(STATION, CHIEF, LOCKED);
    d.declares(NURSE.oneself(), NURSE, LOCKED).expect("declared");
    let last = day(d.now) + 183;
    let over = (1..=31u8).filter_map(|day| Date::new(2027, 5, day).ok()).find(|date| date.days() > last);
    let over = over.expect("a day in May").to_string();
    d.confirms(CHIEF.admin(), NURSE, &over).refused(Code::DateOutOfRange, "A12.1: half a year at most");
    d.confirms(CHIEF.admin(), NURSE, "2026-11-21").refused(Code::DateOutOfRange, "A12.1: not for the past");
    d.confirms(CHIEF.admin(), NURSE, "2027-05-01").expect("confirmed");
    d.set(CHIEF.admin(), Some(STATION), Setting::PostureEvery(30)).granted("A13.1: stricter");
    d.wait_until("2026-12-22");
    d.in_order(NURSE).granted("A12.1: within thirty days");
    d.wait_until("2026-12-23");
    d.in_order(NURSE).refused(Code::PostureMissing, "A12.1: what was confirmed for longer ends with the new time");
}

#[test]
fn a12_1_only_the_devices_own_person_declares() {
    let mut d = District::open();
    d.declares(CHIEF.oneself(), NURSE, GOOD).refused(Code::NotForYou, "A12.1: nobody declares for another");
    d.declares(CHIEF.admin(), CHIEF, GOOD).refused(Code::WrongRole, "A12.1: as oneself");
    d.declares(NURSE.oneself(), who(99), GOOD).refused(Code::Unknown, "A12.1: there is no such device");
    d.wipe(CHIEF.admin(), NURSE).expect("wiped");
    d.declares(NURSE.oneself(), NURSE, GOOD).refused(Code::DeviceWiped, "A12.3: a wiped device says nothing");
}

#[test]
fn a12_1_an_administrator_confirms_what_was_read_and_not_the_own_where_there_is_another() {
    let mut d = District::open();
    d.confirms(CHIEF.admin(), NURSE, "2027-01-10").refused(Code::NothingToDo, "A12.1: nothing was declared");
    d.declares(NURSE.oneself(), NURSE, GOOD).expect("declared");
    let read = d.declaration(NURSE);
    d.declares(NURSE.oneself(), NURSE, LOCKED).expect("declared anew");
    let act = RegistryAct::ConfirmPosture { device: NURSE.device, declaration: read, until: date("2027-01-10") };
    d.act(CHIEF.admin(), act).refused(Code::Unknown, "A12.1: what was read is not what is declared now");
    let code = Code::NotAdministrator;
    d.confirms(NURSE.admin(), NURSE, "2027-01-10").refused(code, "A12.1: not the person");
    d.confirms(DOCTOR.admin(), NURSE, "2027-01-10").refused(code, "A12.1: not another facility");
    d.confirms(OPERATOR.operator(), NURSE, "2027-01-10").refused(code, "A12.1: not the Desk, for staff");
    d.declares(CHIEF.oneself(), CHIEF, GOOD).expect("declared");
    d.clone().confirms(CHIEF.admin(), CHIEF, "2027-01-10").granted("A7.1: an only administrator's own");
    d.clone().confirms(OPERATOR.operator(), CHIEF, "2027-01-10").granted("A12.1: or the Desk's to confirm");
    let deputy = who(32);
    d.hires(CHIEF.admin(), STATION, deputy);
    d.appoint(CHIEF.manager(), deputy).expect("a deputy");
    d.confirms(CHIEF.admin(), CHIEF, "2027-01-10").refused(Code::SecondPersonRequired, "A7.1: the other one does");
    d.confirms(deputy.admin(), CHIEF, "2027-01-10").granted("A7.1: the other administrator");
}

#[test]
fn a12_1_the_desks_devices_are_confirmed_by_another_operator() {
    let mut d = District::founded();
    d.declares(OPERATOR.oneself(), OPERATOR, GOOD).expect("declared");
    d.confirms(OPERATOR.operator(), OPERATOR, "2027-01-10").refused(Code::SecondPersonRequired, "A12.1: not the own");
    d.confirms(COLLEAGUE.operator(), OPERATOR, "2027-01-10").granted("A12.1: another operator");
}

#[test]
fn a13_1_a_facility_asks_for_more_and_never_for_less() {
    let mut d = District::open();
    d.set(OPERATOR.operator(), None, Setting::PostureRequired(LOCKED)).expect("a voice");
    d.in_order(NURSE).granted("A13.1: one voice is not two");
    d.set(COLLEAGUE.operator(), None, Setting::PostureRequired(LOCKED)).expect("set");
    d.in_order(NURSE).refused(Code::PostureMissing, "A13.1: it holds for everybody");
    let less = Posture { screen_lock: true, ..Posture::default() };
    let result = d.set(CHIEF.admin(), Some(STATION), Setting::PostureRequired(less));
    result.refused(Code::WeakerThanPolicy, "A13.1: never less");
    let result = d.set(CHIEF.admin(), Some(STATION), Setting::PostureEvery(365));
    result.refused(Code::WeakerThanPolicy, "A13.1: nor for longer");
    let result = d.set(OPERATOR.operator(), None, Setting::PostureEvery(366));
    result.refused(Code::WeakerThanPolicy, "A12.1: a year at most, for anybody");
    d.asks(STATION, CHIEF, GOOD);
    assert_eq!(d.standing_of(NURSE).required, GOOD);
    let managed = Posture { managed: true, ..LOCKED };
    d.set(OPERATOR.operator(), None, Setting::PostureRequired(managed)).expect("a voice");
    d.set(COLLEAGUE.operator(), None, Setting::PostureRequired(managed)).expect("set");
    assert_eq!(d.standing_of(NURSE).required, GOOD.with(managed), "A13.1: what either asks");
}

#[test]
fn a12_1_antivirus_is_asked_of_computers_alone() {
    let mut d = District::open();
    d.asks(STATION, CHIEF, Posture { antivirus: true, ..LOCKED });
    assert!(!d.standing_of(NURSE).required.antivirus, "A12.1: a tablet has none");
    let desk = NURSE.with(132);
    let mut registration = desk.registration();
    registration.kind = renkei_proto::act::DeviceKind::Computer;
    d.act(CHIEF.admin(), RegistryAct::ApproveDevice { user: desk.user, device: registration }).expect("approved");
    assert!(d.standing_of(desk).required.antivirus, "A12.1: a computer has");
}

#[test]
fn a12_1_without_posture_only_what_brings_devices_in_order_or_stops_them_works() {
    let device = NURSE.device;
    let works = |act| works_without(&Act::Registry(act));
    assert!(works(RegistryAct::DeclarePosture { device, posture: GOOD }));
    assert!(works(RegistryAct::SuspendDevice { device, lost: true }) && works(RegistryAct::WipeDevice { device }));
    assert!(!works(RegistryAct::ResumeDevice { device }) && !works(RegistryAct::EndUser { user: NURSE.user }));
    assert!(!works_without(&Act::Group(renkei_proto::act::GroupAct::Close)));
}
