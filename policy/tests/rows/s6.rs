//! Row S6: the Desk tells the whole district at once, and everybody says how they are.

use renkei_proto::act::RegistryAct;
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::safety::{Safety, SafetyAnswer};
use renkei_proto::time::Time;

use crate::common::*;

type Done = Result<(), Code>;

fn broadcast(d: &mut District, seat: Seat, drill: bool) -> Result<u64, Code> {
    let text = "地震がありました。".parse().expect("a text");
    d.act(seat, RegistryAct::Broadcast { drill, text })?;
    Ok(d.registry.size() - 1)
}

fn close(d: &mut District, seat: Seat, broadcast: u64) -> Done {
    d.act(seat, RegistryAct::CloseBroadcast { broadcast }).map(drop)
}

fn answer(who: Who, broadcast: u64) -> SafetyAnswer {
    SafetyAnswer {
        version: renkei_proto::VERSION,
        suite: renkei_proto::SUITE,
        association: association(),
        broadcast,
        user: who.user,
        device: who.device,
        says: Safety::Safe,
        at: Time(0),
    }
}

fn taken(d: &District, answer: &SafetyAnswer) -> Done {
    d.registry.now().permit_safety(answer).map_err(|refusal| refusal.0)
}

#[test]
fn s6_one_operator_tells_the_district_and_nobody_else_does() {
    let mut d = District::open();
    for (seat, code) in [
        (DOCTOR.admin(), Code::NotOperator),
        (DOCTOR.manager(), Code::NotOperator),
        (NURSE.oneself(), Code::NotOperator),
        (NURSE.operator(), Code::NotOperator),
        (OPERATOR.oneself(), Code::WrongRole),
    ] {
        broadcast(&mut d, seat, false).map(drop).refused(code, "S6: the Desk alone");
    }
    let first = broadcast(&mut d, OPERATOR.operator(), false).granted("S6: one operator is enough");
    let drill = broadcast(&mut d, COLLEAGUE.operator(), true).granted("S6: a drill");
    let open: Vec<(u64, bool)> = d.registry.now().open_broadcasts().map(|one| (one.seq, one.drill)).collect();
    assert_eq!(open, [(drill, true), (first, false)], "S6: the latest first, and what is a drill is called so");
    close(&mut d, DOCTOR.admin(), first).refused(Code::NotOperator, "S6: nor does anybody else close it");
    close(&mut d, COLLEAGUE.operator(), first).granted("S6: any operator closes it");
    close(&mut d, OPERATOR.operator(), first).refused(Code::NothingToDo, "S6: once");
    close(&mut d, OPERATOR.operator(), 0).refused(Code::Unknown, "S6: what is one");
    let view = d.registry.now();
    assert_eq!(
        view.broadcast(first).map(|one| (one.by, one.closed.map(|closed| closed.2))),
        Some((OPERATOR.user, Some(COLLEAGUE.user)))
    );
    let before = d.registry.at(drill).expect("so far");
    assert_eq!(before.open_broadcasts().map(|one| one.seq).collect::<Vec<_>>(), [first], "S6: as it was then");
    d.replayed();
}

#[test]
fn s6_so_many_are_open_and_so_many_are_sent_that_they_are_read() {
    let mut d = District::open();
    let seat = OPERATOR.operator();
    let mut open: Vec<u64> =
        (0..bounds::OPEN_BROADCASTS).map(|_| broadcast(&mut d, seat, false).granted("S6: some at once")).collect();
    broadcast(&mut d, seat, false).map(drop).refused(Code::TooManyBroadcasts, "S6: no more of them");
    let drill = broadcast(&mut d, seat, true).granted("S6: a drill has room of its own");
    close(&mut d, seat, drill).expect("closed");
    let other = broadcast(&mut d, COLLEAGUE.operator(), false).granted("S6: nobody keeps a colleague from warning");
    close(&mut d, seat, other).expect("closed");
    for _ in bounds::OPEN_BROADCASTS..bounds::BROADCASTS_OF_A_DAY {
        close(&mut d, seat, open.remove(0)).expect("closed");
        open.push(broadcast(&mut d, seat, false).granted("S6: another one"));
    }
    close(&mut d, seat, open.remove(0)).expect("closed");
    broadcast(&mut d, seat, false).map(drop).refused(Code::TooManyBroadcasts, "S6: within a day");
    let other = broadcast(&mut d, COLLEAGUE.operator(), false).granted("S6: another one still can");
    close(&mut d, seat, other).expect("closed");
    d.now = d.now.plus(A_DAY);
    broadcast(&mut d, seat, false).granted("S6: the next day");
    d.replayed();
}

#[test]
fn s6_an_answer_is_of_ones_own_device_to_what_is_open() {
    let mut d = District::open();
    let one = broadcast(&mut d, OPERATOR.operator(), false).expect("sent");
    for who in [NURSE, DOCTOR, CLERK, OPERATOR] {
        taken(&d, &answer(who, one)).granted("S6: everybody answers");
    }
    let mut others = answer(NURSE, one);
    others.device = DOCTOR.device;
    taken(&d, &others).refused(Code::DeviceNotApproved, "S6: not with somebody else's device");
    let mut elsewhere = answer(NURSE, one);
    elsewhere.association = renkei_proto::id::AssociationId([9; 16]);
    taken(&d, &elsewhere).refused(Code::WrongLog, "S6: nor to another district");
    taken(&d, &answer(NURSE, one + 1)).refused(Code::Unknown, "S6: nor to nothing");
    taken(&d, &answer(NURSE, 0)).refused(Code::Unknown, "S6: nor to another entry");
    d.end(CHIEF.admin(), NURSE).expect("ended");
    taken(&d, &answer(NURSE, one)).refused(Code::UserEnded, "S6: nor of who has left");
    close(&mut d, OPERATOR.operator(), one).expect("closed");
    taken(&d, &answer(DOCTOR, one)).refused(Code::BroadcastClosed, "S6: nor when it is over");
}

#[test]
fn s6_how_somebody_is_sees_the_person_the_desk_and_who_leads_the_facility() {
    let mut d = District::open();
    let view = d.registry.now();
    for (viewer, sees) in [
        (NURSE, vec![NURSE]),
        (CHIEF, vec![CHIEF, NURSE]),
        (CLERK, vec![CLERK]),
        (DOCTOR, vec![DOCTOR, CLERK]),
        (OPERATOR, vec![OPERATOR, COLLEAGUE, DOCTOR, CLERK, CHIEF, NURSE, PLANNER]),
    ] {
        let mut seen: Vec<_> = view.asked_how_they_are(viewer.user).collect();
        let mut expected: Vec<_> = sees.iter().map(|who| who.user).collect();
        seen.sort();
        expected.sort();
        assert_eq!(seen, expected, "S6: {viewer:?}");
    }
    d.act(CHIEF.admin(), RegistryAct::SuspendUser { user: NURSE.user }).expect("stopped");
    let view = d.registry.now();
    assert!(
        view.asked_how_they_are(CHIEF.user).any(|user| user == NURSE.user),
        "S6: who is stopped is looked for as well"
    );
    assert!(!view.may_see_safety(NURSE.user, CHIEF.user) && !view.may_see_safety(DOCTOR.user, NURSE.user));
}
