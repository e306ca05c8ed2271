//! Rows S5 and S7: a report of what went wrong, who reads it, who sees to it, and what has to be on record before it is
//! closed.

use renkei_policy::group::a14_inquiries::{InquiryState, opens_another, permit_another};
use renkei_policy::group::s5_incidents::MEASURES;
use renkei_proto::act::{Act, GroupAct, GroupKind, HistoryPolicy, IncidentKind, InquiryEnd, Measure, MessageRef};
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::id::{GroupId, UserId};

use crate::common::*;

const R: GroupId = group(9);
const ABOUT: MessageRef = MessageRef { group: group(1), message: 7 };

type Done = Result<(), Code>;

fn does(d: &mut District, seat: Seat, act: GroupAct) -> Done {
    d.act_in(R, seat, Act::Group(act))
}

fn open(d: &mut District, seat: Seat) -> Done {
    d.create_for(seat, DESK, R, GroupKind::Incident, HistoryPolicy::All, true)
}

fn states(d: &mut District, seat: Seat, kind: IncidentKind) -> Done {
    let noticed = d.now;
    does(d, seat, GroupAct::StateIncident { kind, about: Some(ABOUT), noticed })
}

fn records(d: &mut District, seat: Seat, measure: Measure) -> Done {
    does(d, seat, GroupAct::RecordMeasure { measure, done: true, on: date("2026-11-22") })
}

fn closes(d: &mut District, seat: Seat) -> Done {
    does(d, seat, GroupAct::CloseInquiry { reason: InquiryEnd::Settled })
}

/// The nurse has reported that something went to the wrong people.
fn reported() -> District {
    let mut d = District::with_group(HistoryPolicy::All);
    open(&mut d, NURSE.oneself()).granted("S5: anybody reports");
    states(&mut d, NURSE.oneself(), IncidentKind::Misdirected).granted("S5: and says of what kind it is");
    d.epoch(NURSE.oneself(), R).expect("an epoch");
    d.message(NURSE.oneself(), R).expect("what happened");
    d
}

fn readers(d: &District) -> Vec<UserId> {
    let mut users: Vec<_> = d.roster(R).devices().map(|(_, reader)| reader.user).collect();
    users.dedup();
    users
}

#[test]
fn s5_a_report_is_read_by_the_own_administrators_and_the_desk_and_by_nobody_else() {
    let mut d = reported();
    let mut expected = vec![OPERATOR.user, COLLEAGUE.user, CHIEF.user, NURSE.user];
    expected.sort();
    let mut found = readers(&d);
    found.sort();
    assert_eq!(found, expected);
    assert_eq!(d.group(R).incident().map(|one| (one.kind, one.about)), Some((IncidentKind::Misdirected, Some(ABOUT))));
    d.message(CHIEF.oneself(), R).granted("S5: the own administrator writes");
    d.message(OPERATOR.oneself(), R).granted("S5: and the Desk");
    for stranger in [DOCTOR, CLERK] {
        d.message(stranger.oneself(), R).refused(Code::NotAReader, "S5: the originator of the group neither");
    }
    d.invite(OPERATOR.operator(), R, 1, CLERK).refused(Code::InquiryOnly, "S5: nobody is let in");
    d.replayed();
}

#[test]
fn s5_who_reported_does_not_handle_it_alone() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.create_for(CHIEF.oneself(), DESK, R, GroupKind::Incident, HistoryPolicy::All, true).expect("reported");
    states(&mut d, CHIEF.oneself(), IncidentKind::Lost).expect("stated");
    let own = Code::IncidentOwn;
    does(&mut d, CHIEF.admin(), GroupAct::TakeInquiry).refused(own, "S5: an administrator's own report");
    records(&mut d, CHIEF.admin(), Measure::Contained).refused(own, "S7: nor records what was done");
    closes(&mut d, CHIEF.admin()).refused(own, "S7: nor closes it");
    closes(&mut d, CHIEF.oneself()).refused(own, "S7: nor as a person");
    does(&mut d, OPERATOR.operator(), GroupAct::TakeInquiry).granted("S5: the Desk does");
    assert_eq!(d.group(R).inquiry_state(d.registry.now()), Some(InquiryState::Taken));
}

#[test]
fn s5_only_an_office_sees_to_it() {
    let mut d = reported();
    for (seat, code) in [
        (NURSE.oneself(), Code::IncidentOwn),
        (CLERK.oneself(), Code::WrongRole),
        (CHIEF.oneself(), Code::WrongRole),
        (DOCTOR.admin(), Code::NotAdministrator),
        (CHIEF.operator(), Code::NotOperator),
    ] {
        does(&mut d, seat, GroupAct::TakeInquiry).refused(code, "S5: takes it");
        records(&mut d, seat, Measure::Contained).refused(code, "S7: records");
        closes(&mut d, seat).refused(code, "S7: closes");
    }
    states(&mut d, CLERK.oneself(), IncidentKind::Other).refused(Code::NotAReader, "S5: nor says what it was");
    does(&mut d, CHIEF.admin(), GroupAct::TakeInquiry).granted("S5: the own administrator takes it");
    does(&mut d, OPERATOR.operator(), GroupAct::TakeInquiry).granted("S5: and the Desk takes it over");
}

#[test]
fn s5_what_kind_it_is_becomes_clearer_and_what_it_is_about_does_not_vanish() {
    let mut d = reported();
    states(&mut d, NURSE.oneself(), IncidentKind::WrongContent).granted("S5: who reported says it better");
    let (kind, noticed) = (IncidentKind::Leak, d.now);
    let later = GroupAct::StateIncident { kind, about: None, noticed };
    does(&mut d, CHIEF.admin(), later).granted("S5: who sees to it knows more");
    let stated = d.group(R).incident().expect("stated");
    assert_eq!((stated.kind, stated.about, stated.by.user), (IncidentKind::Leak, Some(ABOUT), CHIEF.user));
    states(&mut d, NURSE.oneself(), IncidentKind::Other).refused(Code::IncidentOwn, "S5: that stands then");
    let noticed = d.now.plus(bounds::BACKDATED + 1);
    let future = GroupAct::StateIncident { kind, about: None, noticed };
    does(&mut d, CHIEF.admin(), future).refused(Code::DateOutOfRange, "S5: nothing is noticed before it happens");
}

#[test]
fn s7_it_is_closed_when_everything_is_on_record() {
    let mut d = reported();
    let tomorrow = GroupAct::RecordMeasure { measure: Measure::Notified, done: true, on: date("2026-11-24") };
    does(&mut d, CHIEF.admin(), tomorrow).refused(Code::DateOutOfRange, "S7: what was done was done by now");
    for measure in MEASURES {
        closes(&mut d, CHIEF.admin()).refused(Code::MeasuresMissing, "S7: not before");
        records(&mut d, CHIEF.admin(), measure).granted("S7: on record");
    }
    assert_eq!(d.group(R).measures_missing().count(), 0);
    let no_reply = GroupAct::CloseInquiry { reason: InquiryEnd::NoReply };
    does(&mut d, OPERATOR.operator(), no_reply).refused(Code::ReplyAwaited, "S7: it does not run out");
    closes(&mut d, NURSE.oneself()).refused(Code::IncidentOwn, "S7: not by who reported");
    closes(&mut d, CHIEF.admin()).granted("S7: now");
    closes(&mut d, OPERATOR.operator()).refused(Code::NothingToDo, "S7: once");
    d.message(NURSE.oneself(), R).refused(Code::InquiryClosed, "S7: nothing more is written");
    records(&mut d, CHIEF.admin(), Measure::Notified).refused(Code::InquiryClosed, "S7: nor recorded");
    states(&mut d, CHIEF.admin(), IncidentKind::Other).refused(Code::InquiryClosed, "S7: nor said otherwise");
    does(&mut d, NURSE.oneself(), GroupAct::ReopenInquiry).granted("S7: who reported has more to say");
    d.message(NURSE.oneself(), R).granted("S7: and says it");
    d.replayed();
}

#[test]
fn s7_a_measure_may_be_found_not_to_be_needed() {
    let mut d = reported();
    for measure in MEASURES {
        let (done, on) = (false, date("2026-11-22"));
        does(&mut d, OPERATOR.operator(), GroupAct::RecordMeasure { measure, done, on }).granted("S7: not needed");
    }
    assert!(d.group(R).measures().all(|(_, recorded)| !recorded.done && recorded.by.user == OPERATOR.user));
    closes(&mut d, OPERATOR.operator()).granted("S7: closed");
}

#[test]
fn s5_a_report_is_no_group_and_no_inquiry() {
    let mut d = reported();
    records(&mut d, CHIEF.admin(), Measure::Contained).expect("recorded");
    let only = GroupAct::RecordMeasure { measure: Measure::Contained, done: true, on: date("2026-11-22") };
    d.act_in(group(1), DOCTOR.admin(), Act::Group(only)).refused(Code::NothingToDo, "S7: a group has no measures");
    d.create_for(NURSE.admin(), DESK, group(8), GroupKind::Incident, HistoryPolicy::All, true)
        .refused(Code::WrongRole, "S5: for oneself");
    d.create_for(NURSE.oneself(), STATION, group(8), GroupKind::Incident, HistoryPolicy::All, true)
        .refused(Code::NotOriginator, "S5: with the Desk");
    d.create_for(OPERATOR.oneself(), DESK, group(8), GroupKind::Incident, HistoryPolicy::All, true)
        .granted("S5: people of the Desk make mistakes, too");
}

#[test]
fn s5_no_number_of_questions_keeps_anybody_from_reporting() {
    let mut d = reported();
    let report = Act::Group(GroupAct::Create {
        kind: GroupKind::Incident,
        originator: DESK,
        history: HistoryPolicy::All,
        creator_reads: true,
        label: boxes(1),
        named: named(group(8)),
    });
    let report = d.draft_in(group(8), NURSE.oneself(), report);
    assert_eq!(opens_another(None, &report), Some((NURSE.user, GroupKind::Incident)));
    let own = d.group(R).clone();
    let many = |n: usize| std::iter::repeat_n(&own, n);
    assert!(permit_another(many(bounds::OPEN_INCIDENTS - 1), NURSE.user, GroupKind::Incident).is_ok());
    assert_eq!(
        permit_another(many(bounds::OPEN_INCIDENTS), NURSE.user, GroupKind::Incident).map_err(|refusal| refusal.0),
        Err(Code::TooManyIncidents)
    );
    assert!(permit_another(many(bounds::OPEN_INCIDENTS), NURSE.user, GroupKind::Inquiry).is_ok());
}
