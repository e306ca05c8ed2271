//! Article 9: review rounds (A9.2).

use renkei_policy::registry::a09_review::Stage;
use renkei_policy::registry::duties::{permit_content, permit_effect};
use renkei_proto::act::{Act, HistoryPolicy, RegistryAct, ReviewPlan};
use renkei_proto::code::Code;
use renkei_proto::id::{FacilityId, ReviewId};
use renkei_proto::time::Time;
use renkei_proto::wording::TextKind;

use super::a10::{publish, text};
use crate::common::*;

/// The last day, in Japan: 30 November 2026.
const DUE: &str = "2026-11-30";

/// The first second after it: 15:00 UTC.
const OVERDUE: Time = START.plus(8 * A_DAY + 15 * 3600);

const fn review(n: u8) -> ReviewId {
    ReviewId([n; 16])
}

fn plan(n: u8, facility: Option<FacilityId>) -> ReviewPlan {
    ReviewPlan { review: review(n), facility, points: text(1), due: date(DUE), restrict_after: 7, lock_after: 14 }
}

fn open(d: &mut District, seat: Seat, plan: ReviewPlan) -> Result<(), Code> {
    d.act(seat, RegistryAct::OpenReview(plan)).map(drop)
}

fn confirm(d: &mut District, seat: Seat, n: u8) -> Result<(), Code> {
    d.act(seat, RegistryAct::ConfirmReview { review: review(n), points: text(1) }).map(drop)
}

fn close(d: &mut District, seat: Seat, n: u8) -> Result<(), Code> {
    d.act(seat, RegistryAct::CloseReview { review: review(n) }).map(drop)
}

/// A district with points to confirm.
fn district() -> District {
    let mut d = District::with_group(HistoryPolicy::All);
    publish(&mut d, TextKind::ReviewPoints, 1, text(1));
    d
}

/// The station's people have a review to confirm, and only read by now.
pub(super) fn overdue_for_the_station(d: &mut District) {
    publish(d, TextKind::ReviewPoints, 1, text(1));
    open(d, CHIEF.admin(), plan(1, Some(STATION))).expect("a round");
    d.now = OVERDUE.plus(7 * A_DAY);
}

fn stage(d: &District, who: Who) -> Option<Stage> {
    d.registry.now().review_stage(who.user, d.now)
}

#[test]
fn a09_2_the_own_administrator_or_the_desk_opens_a_round() {
    let mut d = district();
    let (station, everybody) = (plan(1, Some(STATION)), plan(2, None));
    open(&mut d, DOCTOR.admin(), station.clone()).refused(Code::NotAdministrator, "A9.2: not another facility's");
    open(&mut d, NURSE.admin(), station.clone()).refused(Code::NotAdministrator, "A9.2: not a colleague");
    open(&mut d, CHIEF.oneself(), station.clone()).refused(Code::WrongRole, "A9.2: in the role");
    open(&mut d, CHIEF.admin(), everybody.clone()).refused(Code::NotOperator, "A9.2: the Desk alone for everybody");
    open(&mut d, CHIEF.admin(), station.clone()).granted("A9.2: the own administrator");
    open(&mut d, CHIEF.admin(), plan(3, Some(STATION))).refused(Code::AlreadyExists, "A9.2: one round at a time");
    open(&mut d, OPERATOR.operator(), plan(1, Some(CLINIC))).refused(Code::AlreadyExists, "A9.2: a name of its own");
    open(&mut d, OPERATOR.operator(), plan(4, Some(CLINIC))).granted("A9.2: the Desk for a facility");
    open(&mut d, OPERATOR.operator(), everybody).granted("A9.2: the Desk for everybody");
    open(&mut d, CHIEF.admin(), plan(5, Some(facility(9)))).refused(Code::Unknown, "A9.2: there is no such facility");
}

#[test]
fn a09_2_a_round_has_points_and_days_that_make_sense() {
    let mut d = District::open();
    let good = plan(1, Some(STATION));
    open(&mut d, CHIEF.admin(), good.clone()).refused(Code::Unknown, "A9.2: no points are published");
    publish(&mut d, TextKind::ReviewPoints, 1, text(1));
    let range = Code::DateOutOfRange;
    for (wrong, code) in [
        (ReviewPlan { points: text(2), ..good.clone() }, Code::Unknown),
        (ReviewPlan { due: date("2026-11-21"), ..good.clone() }, range),
        (ReviewPlan { due: date("2028-01-01"), ..good.clone() }, range),
        (ReviewPlan { restrict_after: 15, ..good.clone() }, range),
        (ReviewPlan { lock_after: 366, ..good.clone() }, range),
    ] {
        open(&mut d, CHIEF.admin(), wrong).refused(code, "A9.2: points that are published, days that make sense");
    }
    let today = ReviewPlan { due: date("2026-11-22"), restrict_after: 0, lock_after: 0, ..good };
    open(&mut d, CHIEF.admin(), today).granted("A9.2: today is a day");
}

#[test]
fn a09_2_who_is_late_is_reminded_then_restricted_to_reading_then_locked() {
    let mut d = district();
    let g = group(1);
    open(&mut d, CHIEF.admin(), plan(1, Some(STATION))).expect("a round");
    assert_eq!((stage(&d, NURSE), stage(&d, DOCTOR)), (Some(Stage::Due), None), "A9.2: the station's people");
    d.now = Time(OVERDUE.0 - 1);
    assert_eq!(stage(&d, NURSE), Some(Stage::Due), "A9.2: the whole day, in Japan");
    d.now = OVERDUE;
    assert_eq!(stage(&d, NURSE), Some(Stage::Overdue), "A9.2: over");
    d.epoch(NURSE.oneself(), g).expect("keys of this week");
    d.message(NURSE.oneself(), g).granted("A9.2: reminded, no more");

    d.now = OVERDUE.plus(7 * A_DAY - 1);
    d.epoch(NURSE.oneself(), g).expect("keys of this week");
    d.message(NURSE.oneself(), g).granted("A9.2: to the last second");
    d.now = OVERDUE.plus(7 * A_DAY);
    assert_eq!(stage(&d, NURSE), Some(Stage::Restricted), "A9.2: a week later");
    d.message(NURSE.oneself(), g).refused(Code::ReviewOverdue, "A9.2: reading only");
    d.grant(CHIEF.admin(), NURSE).refused(Code::ReviewOverdue, "A9.2: the administrator too");
    close(&mut d, CHIEF.admin(), 1).refused(Code::ReviewOverdue, "A9.2: nobody closes oneself out of it");
    permit_effect(d.registry.now(), NURSE.user, d.now).refused(Code::ReviewOverdue, "A9.2: nothing has an effect");
    permit_content(d.registry.now(), NURSE.user, d.now).granted("A9.2: but it can be read");
    let last = d.group(g).size() - 1;
    d.act_in(g, NURSE.oneself(), Act::Seen { upto: last }).granted("S1: and marked as seen");
    d.message(DOCTOR.oneself(), g).granted("A9.2: others write on");

    d.now = OVERDUE.plus(14 * A_DAY);
    assert_eq!(stage(&d, NURSE), Some(Stage::Locked), "A9.2: two weeks later");
    permit_content(d.registry.now(), NURSE.user, d.now).refused(Code::ReviewOverdue, "A9.2: nothing to read");
    d.epoch(NURSE.oneself(), g).refused(Code::ReviewOverdue, "A9.2: no keys");
    confirm(&mut d, NURSE.oneself(), 1).granted("A9.2: confirming is always possible");
    permit_content(d.registry.now(), NURSE.user, d.now).granted("A9.2: and ends it at once");
    d.epoch(NURSE.oneself(), g).granted("A9.2: keys");
    d.message(NURSE.oneself(), g).granted("A9.2: and words");
    assert_eq!(d.replayed().registry, d.registry, "A9.2: everybody comes to the same");
}

#[test]
fn a09_2_what_was_written_while_nobody_was_late_verifies_for_ever() {
    let mut d = district();
    open(&mut d, CHIEF.admin(), plan(1, Some(STATION))).expect("a round");
    let before = d.registry.size();
    confirm(&mut d, NURSE.oneself(), 1).expect("confirmed");
    close(&mut d, CHIEF.admin(), 1).expect("closed");
    let view = d.registry.at(before).expect("a moment of the registry");
    let late = OVERDUE.plus(14 * A_DAY);
    assert_eq!(view.review_stage(NURSE.user, late), Some(Stage::Locked), "A9.2: as it was then");
    assert_eq!(d.registry.now().review_stage(NURSE.user, late), None, "A9.2: as it is now");
}

#[test]
fn a09_2_everybody_confirms_for_oneself_and_exactly_the_points() {
    let mut d = district();
    open(&mut d, CHIEF.admin(), plan(1, Some(STATION))).expect("a round");
    confirm(&mut d, DOCTOR.oneself(), 1).refused(Code::Unknown, "A9.2: the round asks the station's people");
    confirm(&mut d, CHIEF.admin(), 1).refused(Code::WrongRole, "A9.2: in no office");
    confirm(&mut d, NURSE.oneself(), 2).refused(Code::Unknown, "A9.2: there is no such round");
    let other = RegistryAct::ConfirmReview { review: review(1), points: text(2) };
    d.act(NURSE.oneself(), other).refused(Code::Unknown, "A9.2: other points");
    confirm(&mut d, NURSE.oneself(), 1).granted("A9.2: one's own");
    confirm(&mut d, NURSE.oneself(), 1).refused(Code::NothingToDo, "A9.2: once");
    assert_eq!(stage(&d, CHIEF), Some(Stage::Due), "A9.2: for nobody else");
    // Whoever comes later has just signed the pledge.
    d.hires(CHIEF.admin(), STATION, who(33));
    assert_eq!(stage(&d, who(33)), None, "A9.2: a newcomer is not asked");
    confirm(&mut d, who(33).oneself(), 1).refused(Code::Unknown, "A9.2: nor answers");
}

#[test]
fn a09_2_a_round_ends_by_those_who_may_open_it_and_the_next_one_begins() {
    let mut d = district();
    open(&mut d, OPERATOR.operator(), plan(1, None)).expect("a round");
    close(&mut d, CHIEF.admin(), 1).refused(Code::NotOperator, "A9.2: the Desk's is the Desk's");
    close(&mut d, COLLEAGUE.operator(), 1).granted("A9.2: any operator");
    close(&mut d, COLLEAGUE.operator(), 1).refused(Code::NothingToDo, "A9.2: once");
    confirm(&mut d, NURSE.oneself(), 1).refused(Code::NothingToDo, "A9.2: it is over");
    close(&mut d, COLLEAGUE.operator(), 9).refused(Code::Unknown, "A9.2: there is no such round");
    open(&mut d, OPERATOR.operator(), plan(4, Some(STATION))).expect("the Desk's, for the station");
    close(&mut d, CHIEF.admin(), 4).refused(Code::NotOperator, "A9.2: whom it asks does not take it off the table");
    close(&mut d, COLLEAGUE.operator(), 4).granted("A9.2: the Desk does");
    open(&mut d, CHIEF.admin(), plan(2, Some(STATION))).expect("the station's");
    close(&mut d, DOCTOR.admin(), 2).refused(Code::NotAdministrator, "A9.2: not another facility's");
    open(&mut d, OPERATOR.operator(), plan(3, None)).granted("A9.2: the next one");
    d.now = OVERDUE.plus(14 * A_DAY);
    confirm(&mut d, NURSE.oneself(), 2).expect("confirmed");
    assert_eq!(stage(&d, NURSE), Some(Stage::Locked), "A9.2: each round for itself");
    confirm(&mut d, NURSE.oneself(), 3).expect("confirmed");
    assert_eq!(stage(&d, NURSE), None, "A9.2: nothing is left");
}

#[test]
fn a09_2_a_governor_who_sees_only_headers_knows_a_late_writer_too() {
    let mut d = district();
    let g = group(1);
    open(&mut d, CHIEF.admin(), plan(1, Some(STATION))).expect("a round");
    d.now = OVERDUE.plus(7 * A_DAY);
    d.epoch(DOCTOR.oneself(), g).expect("keys of this week");
    let withheld = |d: &District, who: Who| {
        renkei_policy::group::sealing::permit_withheld(d.group(g), d.registry.now(), who.device, d.now)
    };
    withheld(&d, NURSE).refused(Code::ReviewOverdue, "A9.2: no header of hers can be there");
    withheld(&d, DOCTOR).granted("A9.2: of others it can");
}
