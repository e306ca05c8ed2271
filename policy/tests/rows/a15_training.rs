//! Article 15: training rounds (A15.1).

use renkei_proto::act::{RegistryAct, TrainingPlan};
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::id::{FacilityId, TrainingId};
use renkei_proto::wording::TextKind;

use super::a10::{publish, text};
use crate::common::*;

const fn training(n: u8) -> TrainingId {
    TrainingId([n; 16])
}

fn plan(n: u8, facility: Option<FacilityId>) -> TrainingPlan {
    let (from, until) = (date("2026-11-22"), date("2026-12-10"));
    TrainingPlan { training: training(n), facility, material: text(1), from, until }
}

fn open(d: &mut District, seat: Seat, plan: TrainingPlan) -> Result<(), Code> {
    d.act(seat, RegistryAct::OpenTraining(plan)).map(drop)
}

fn attend(d: &mut District, seat: Seat, n: u8) -> Result<(), Code> {
    d.act(seat, RegistryAct::AttendTraining { training: training(n), material: text(1) }).map(drop)
}

fn record(d: &mut District, seat: Seat, n: u8, who: Who, on: &str) -> Result<(), Code> {
    let act = RegistryAct::RecordAttendance { training: training(n), user: who.user, held_on: date(on) };
    d.act(seat, act).map(drop)
}

fn close(d: &mut District, seat: Seat, n: u8) -> Result<(), Code> {
    d.act(seat, RegistryAct::CloseTraining { training: training(n) }).map(drop)
}

/// A district with two texts of material.
fn district() -> District {
    let mut d = District::open();
    publish(&mut d, TextKind::TrainingMaterial, 1, text(1));
    publish(&mut d, TextKind::TrainingMaterial, 2, text(2));
    d
}

fn due(d: &District, who: Who) -> usize {
    d.registry.now().trainings_due(who.user).count()
}

#[test]
fn a15_1_the_desk_or_the_own_administrator_opens_a_round_on_published_material() {
    let mut d = district();
    let station = plan(1, Some(STATION));
    open(&mut d, NURSE.admin(), station.clone()).refused(Code::NotAdministrator, "A15.1: not a colleague");
    open(&mut d, DOCTOR.admin(), station.clone()).refused(Code::NotAdministrator, "A15.1: not another facility's");
    open(&mut d, CHIEF.admin(), plan(2, None)).refused(Code::NotOperator, "A15.1: the Desk alone for everybody");
    open(&mut d, CHIEF.admin(), station.clone()).granted("A15.1: the own administrator, on an earlier text too");
    open(&mut d, OPERATOR.operator(), station.clone()).refused(Code::AlreadyExists, "A15.1: a name of its own");
    open(&mut d, OPERATOR.operator(), plan(2, None)).granted("A15.1: the Desk for everybody");
    let other = TrainingPlan { material: text(2), ..plan(3, Some(STATION)) };
    open(&mut d, OPERATOR.operator(), other).granted("A15.1: another subject at the same time");
    let (good, range) = (plan(4, Some(STATION)), Code::DateOutOfRange);
    for (wrong, code) in [
        (TrainingPlan { material: text(9), ..good.clone() }, Code::Unknown),
        (TrainingPlan { from: date("2026-12-11"), ..good.clone() }, range),
        (TrainingPlan { from: date("2026-11-01"), until: date("2026-11-21"), ..good.clone() }, range),
        (TrainingPlan { until: date("2028-01-01"), ..good.clone() }, range),
        (TrainingPlan { facility: Some(facility(9)), ..good }, Code::Unknown),
    ] {
        open(&mut d, OPERATOR.operator(), wrong).refused(code, "A15.1: a round that makes sense");
    }
}

#[test]
fn a15_1_each_person_takes_part_once_by_the_own_signature() {
    let mut d = district();
    open(&mut d, CHIEF.admin(), plan(1, Some(STATION))).expect("a round");
    assert_eq!((due(&d, NURSE), due(&d, CHIEF), due(&d, CLERK)), (1, 1, 0));
    attend(&mut d, CLERK.oneself(), 1).refused(Code::Unknown, "A15.1: nobody of another facility");
    attend(&mut d, NURSE.admin(), 1).refused(Code::WrongRole, "A15.1: for oneself");
    let wrong = RegistryAct::AttendTraining { training: training(1), material: text(2) };
    d.act(NURSE.oneself(), wrong).map(drop).refused(Code::Unknown, "A15.1: with the material of the round");
    attend(&mut d, NURSE.oneself(), 1).granted("A15.1: who has worked through it");
    attend(&mut d, NURSE.oneself(), 1).refused(Code::NothingToDo, "A15.1: once");
    assert_eq!((due(&d, NURSE), due(&d, CHIEF)), (0, 1));
    d.now = d.now.plus(60 * A_DAY);
    attend(&mut d, CHIEF.oneself(), 1).granted("A15.1: late, too, until the round is closed");
    let view = d.registry.now();
    let round = view.training(training(1)).expect("the round");
    assert!(round.over(d.now));
    assert!(view.training_attended(round, CHIEF.user).is_some_and(|one| one.recorded.is_none()));
}

#[test]
fn a15_1_a_session_held_in_person_is_recorded_with_its_day_by_who_answers_for_the_people() {
    let mut d = district();
    open(&mut d, OPERATOR.operator(), plan(1, None)).expect("a round");
    record(&mut d, DOCTOR.admin(), 1, NURSE, "2026-11-22")
        .refused(Code::NotAdministrator, "A15.1: not another's people");
    record(&mut d, NURSE.admin(), 1, NURSE, "2026-11-22").refused(Code::NotAdministrator, "A15.1: not oneself");
    record(&mut d, CHIEF.admin(), 1, NURSE, "2026-11-23").refused(Code::DateOutOfRange, "A15.1: not tomorrow");
    record(&mut d, CHIEF.admin(), 1, NURSE, "2026-11-21").refused(Code::DateOutOfRange, "A15.1: within the round");
    record(&mut d, CHIEF.admin(), 1, NURSE, "2026-11-22").granted("A15.1: the own administrator");
    record(&mut d, OPERATOR.operator(), 1, NURSE, "2026-11-22").refused(Code::NothingToDo, "A15.1: once");
    record(&mut d, OPERATOR.operator(), 1, CLERK, "2026-11-22").granted("A15.1: the Desk, at its own session");
    let view = d.registry.now();
    let round = view.training(training(1)).expect("the round");
    let by = |who: Who| view.training_attended(round, who.user).and_then(|one| one.recorded).map(|(by, _)| by);
    assert_eq!((by(NURSE), by(CLERK)), (Some(CHIEF.user), Some(OPERATOR.user)));
}

#[test]
fn a15_1_nobody_is_held_up_and_a_closed_round_asks_nobody() {
    let mut d = District::with_group(renkei_proto::act::HistoryPolicy::All);
    publish(&mut d, TextKind::TrainingMaterial, 1, text(1));
    open(&mut d, CHIEF.admin(), plan(1, Some(STATION))).expect("a round");
    d.now = d.now.plus(300 * A_DAY);
    d.epoch(NURSE.oneself(), group(1)).expect("a new key");
    d.message(NURSE.oneself(), group(1)).granted("A15.1: a training is no lock");
    close(&mut d, NURSE.admin(), 1).refused(Code::NotAdministrator, "A15.1: closed by who runs it");
    let (from, until) = (date("2027-09-10"), date("2027-10-10"));
    let of_desk = TrainingPlan { from, until, ..plan(2, Some(STATION)) };
    open(&mut d, OPERATOR.operator(), of_desk).expect("the Desk's, for the station");
    close(&mut d, CHIEF.admin(), 2).refused(Code::NotOperator, "A15.1: whom it asks does not take it off the table");
    close(&mut d, COLLEAGUE.operator(), 2).granted("A15.1: the Desk does");
    close(&mut d, CHIEF.admin(), 1).granted("A15.1: closed");
    close(&mut d, CHIEF.admin(), 1).refused(Code::NothingToDo, "A15.1: once");
    attend(&mut d, NURSE.oneself(), 1).refused(Code::NothingToDo, "A15.1: it is over");
    assert_eq!(due(&d, NURSE), 0);
}

#[test]
fn a15_1_so_many_rounds_are_open_at_once() {
    let mut d = district();
    for n in 0..bounds::OPEN_TRAININGS {
        open(&mut d, CHIEF.admin(), plan(u8::try_from(n).expect("few"), Some(STATION))).expect("a round");
    }
    open(&mut d, CHIEF.admin(), plan(90, Some(STATION))).refused(Code::AlreadyExists, "A15.1: bounded");
    open(&mut d, OPERATOR.operator(), plan(91, None)).granted("A15.1: each scope for itself");
}

#[test]
fn a15_1_numbers_are_for_the_desk_and_of_the_own_facility_for_its_administrator() {
    let mut d = District::with_group(renkei_proto::act::HistoryPolicy::All);
    d.invite(DOCTOR.admin(), group(1), 2, CHIEF).expect("invited");
    let view = d.registry.now();
    let whose = |who: Who| renkei_policy::a15_report::permit(view, who.user);
    whose(NURSE).map(drop).refused(Code::NotAdministrator, "A15.1: nobody else");
    assert_eq!(whose(CHIEF).granted("A15.1: the own facility"), Some(STATION));
    assert_eq!(whose(OPERATOR).granted("A15.1: all"), None);
    let groups = || d.groups.values().filter_map(|log| log.state.as_ref());
    let all = renkei_policy::a15_report::numbers(groups(), view, None);
    assert_eq!(all.len(), 4, "every facility, the Desk among them");
    let of = |id: FacilityId| *all.iter().find(|one| one.facility == id).expect("a facility");
    assert_eq!((of(CLINIC).patient.open, of(STATION).patient.open), (1, 0));
    assert_eq!((of(STATION).invitations, of(CLINIC).invitations), (1, 0));
    assert_eq!(of(STATION).oldest_invitation, Some(d.now));
    let own = renkei_policy::a15_report::numbers(groups(), view, Some(STATION));
    assert_eq!(own, [of(STATION)]);
}
