//! Article 9 (2): the duty of secrecy after leaving (A9.1).

use renkei_policy::registry::a09_leaving::Farewell;
use renkei_proto::act::RegistryAct;
use renkei_proto::code::Code;

use crate::common::*;

fn record(d: &mut District, seat: Seat, who: Who, on: &str) -> Result<(), Code> {
    d.act(seat, RegistryAct::RecordDuty { user: who.user, told_on: date(on) }).map(drop)
}

#[test]
fn a09_1_who_leaves_signs_that_the_duty_goes_on() {
    let mut d = District::open();
    d.act(CHIEF.admin(), RegistryAct::AcknowledgeDuty).refused(Code::WrongRole, "A9.1: for oneself");
    d.act(NURSE.oneself(), RegistryAct::AcknowledgeDuty).granted("A9.1: before the ID ends");
    d.act(NURSE.oneself(), RegistryAct::AcknowledgeDuty).refused(Code::NothingToDo, "A9.1: once");
    let own = Some(Farewell::Acknowledged { at: d.now });
    assert_eq!(d.registry.now().farewell(NURSE.user), own, "A9.1: on record");
    record(&mut d, CHIEF.admin(), NURSE, "2026-11-22").refused(Code::NothingToDo, "A9.1: the own word is enough");
    d.end(CHIEF.admin(), NURSE).expect("ended");
    assert_eq!(d.registry.now().farewell(NURSE.user), own, "A9.1: for ever");
}

#[test]
fn a09_1_who_left_without_a_word_is_told_by_the_administrator() {
    let mut d = District::open();
    d.end(CHIEF.admin(), NURSE).granted("A8.5: the end of an ID waits for nothing");
    assert_eq!(d.registry.now().farewell(NURSE.user), None, "A9.1: nobody has told her");
    d.act(NURSE.oneself(), RegistryAct::AcknowledgeDuty).refused(Code::UserEnded, "A8.5: too late for a signature");
    record(&mut d, DOCTOR.admin(), NURSE, "2026-11-22").refused(Code::NotAdministrator, "A9.1: not another facility");
    record(&mut d, CHIEF.oneself(), NURSE, "2026-11-22").refused(Code::WrongRole, "A9.1: in the role");
    record(&mut d, CHIEF.admin(), CHIEF, "2026-11-22")
        .refused(Code::SecondPersonRequired, "A9.1: nobody tells oneself");
    record(&mut d, CHIEF.admin(), NURSE, "2026-11-24").refused(Code::DateOutOfRange, "A9.1: not dated tomorrow");
    record(&mut d, CHIEF.admin(), who(99), "2026-11-22").refused(Code::Unknown, "A9.1: there is nobody of that name");
    record(&mut d, CHIEF.admin(), NURSE, "2026-11-22").granted("A9.1: also after the end");
    let told = Some(Farewell::Told { by: CHIEF.user, on: date("2026-11-22") });
    assert_eq!(d.registry.now().farewell(NURSE.user), told, "A9.1: on record");
    record(&mut d, CHIEF.admin(), NURSE, "2026-11-22").refused(Code::NothingToDo, "A9.1: once");
}
