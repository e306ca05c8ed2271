//! Row U1: an urgent message rings until it is acknowledged, then at who stands in, and then its author telephones.

use proptest::prelude::*;
use renkei_policy::group::Group;
use renkei_policy::group::u1_calls::{ALONE, CALL_ENDS, Circumstances, Line, Matter, Over, RINGS_FOR, Stage, TOGETHER};
use renkei_proto::act::{Act, Amendment, ConsentBy, GroupAct, HistoryPolicy, RegistryAct};
use renkei_proto::bounds;
use renkei_proto::bytes::List;
use renkei_proto::code::Code;
use renkei_proto::id::GroupId;
use renkei_proto::reach::QuietHours;
use renkei_proto::time::{JAPAN, Time};

use crate::common::*;

const G: GroupId = group(1);

type Done = Result<(), Code>;

/// Doctor, nurse and clerk read; the nurse wrote the last entry.
fn scene() -> (District, u64) {
    let mut d = District::with_group(HistoryPolicy::All);
    d.invite(DOCTOR.admin(), G, 2, CLERK).expect("invited");
    d.approve(DOCTOR.admin(), G, 2).expect("approved");
    d.epoch(DOCTOR.oneself(), G).expect("an epoch");
    let said = say(&mut d, NURSE);
    (d, said)
}

fn say(d: &mut District, who: Who) -> u64 {
    d.message(who.oneself(), G).expect("a message");
    d.group(G).size() - 1
}

fn call(d: &mut District, seat: Seat, message: u64, of: &[Who]) -> Result<u64, Code> {
    let of = List::new(of.iter().map(|who| who.user).collect()).expect("within the bound");
    d.act_in(G, seat, Act::Group(GroupAct::Call { message, of }))?;
    Ok(d.group(G).size() - 1)
}

fn acknowledge(d: &mut District, seat: Seat, call: u64) -> Done {
    d.act_in(G, seat, Act::Group(GroupAct::Acknowledge { call }))
}

fn stand_in(d: &mut District, seat: Seat, who: Option<Who>) -> Done {
    d.act_in(G, seat, Act::Group(GroupAct::StandIn { user: who.map(|who| who.user) }))
}

fn quiet(d: &mut District, who: Who, hours: &str) {
    let hours = Some(hours.parse().expect("hours"));
    d.act(who.oneself(), RegistryAct::SetQuietHours { hours }).expect("quiet hours");
}

fn line(d: &District, at: u64, who: Who) -> Line {
    let group: &Group = d.group(G);
    let call = group.call(at).expect("a call");
    let mut lines = group.lines(d.registry.now(), call, d.now);
    lines.find(|line| line.user == who.user).expect("called")
}

fn urgent(d: &District, who: Who) -> Vec<Matter> {
    d.group(G).urgent(d.registry.now(), who.user, d.now).map(|(_, matter)| matter).collect()
}

#[test]
fn u1_it_rings_then_at_who_stands_in_and_then_the_author_telephones() {
    use Matter::{Rings, Telephone, Waits};
    let (mut d, said) = scene();
    stand_in(&mut d, DOCTOR.oneself(), Some(CLERK)).granted("U1: a colleague is called in one's place");
    let at = call(&mut d, NURSE.oneself(), said, &[DOCTOR]).granted("U1: the nurse calls the doctor");
    let start = d.now;
    let mut seen = |seconds: u64| {
        d.now = start.plus(seconds);
        (urgent(&d, DOCTOR), urgent(&d, CLERK), urgent(&d, NURSE))
    };
    assert_eq!(seen(0), (vec![Rings], vec![], vec![]), "U1: the doctor alone");
    assert_eq!(seen(ALONE - 1), (vec![Rings], vec![], vec![]), "U1: alone");
    assert_eq!(seen(ALONE), (vec![Rings], vec![Rings], vec![]), "U1: who stands in, too");
    assert_eq!(seen(ALONE + TOGETHER - 1), (vec![Rings], vec![Rings], vec![]), "U1: both");
    assert_eq!(seen(ALONE + TOGETHER), (vec![Rings], vec![Rings], vec![Telephone]), "U1: and the nurse telephones");
    assert_eq!(seen(RINGS_FOR), (vec![Waits], vec![Waits], vec![Telephone]), "U1: nothing rings for ever");
    assert_eq!(seen(CALL_ENDS), (vec![], vec![], vec![]), "U1: over");
    assert_eq!(line(&d, at, DOCTOR).over, Some(Over::Expired));
    assert_eq!(d.group(G).urgent_to_everybody(d.registry.now(), start).count(), 1, "U1: only who is called, at first");
    d.replayed();
}

#[test]
fn u1_where_nobody_stands_in_the_author_telephones_the_sooner() {
    let (mut d, said) = scene();
    let at = call(&mut d, NURSE.oneself(), said, &[DOCTOR]).expect("called");
    d.now = d.now.plus(ALONE);
    let stage = line(&d, at, DOCTOR).stage;
    assert_eq!((stage.rings, stage.stand_in_called, stage.telephone), (true, false, true));
    // Who stands in must still read the group when it rings.
    let (mut d, said) = scene();
    stand_in(&mut d, DOCTOR.oneself(), Some(CLERK)).expect("named");
    let at = call(&mut d, NURSE.oneself(), said, &[DOCTOR]).expect("called");
    d.remove(DOCTOR.admin(), G, CLERK).expect("removed");
    d.now = d.now.plus(ALONE);
    assert_eq!(line(&d, at, DOCTOR).stand_in, None, "U1: who left is rung for nothing");
    assert!(line(&d, at, DOCTOR).stage.telephone);
}

#[test]
fn u1_an_acknowledgement_ends_it_for_that_person_and_nobody_else() {
    let (mut d, said) = scene();
    let at = call(&mut d, NURSE.oneself(), said, &[DOCTOR, CLERK]).expect("called");
    acknowledge(&mut d, DOCTOR.oneself(), at).granted("U1: the doctor has seen it");
    d.now = d.now.plus(ALONE);
    assert!(matches!(line(&d, at, DOCTOR).over, Some(Over::Acknowledged(by)) if by.user == DOCTOR.user));
    assert_eq!(line(&d, at, DOCTOR).stage, Stage::default());
    assert_eq!((urgent(&d, DOCTOR), urgent(&d, CLERK)), (vec![], vec![Matter::Rings]), "U1: the clerk has not");
    assert_eq!(urgent(&d, NURSE), [Matter::Telephone], "U1: whom the nurse telephones");
    acknowledge(&mut d, DOCTOR.oneself(), at).refused(Code::NothingToDo, "U1: once");
    acknowledge(&mut d, CLERK.oneself(), at).granted("U1: now all have");
    assert_eq!(urgent(&d, NURSE), []);
    d.replayed();
}

#[test]
fn u1_who_stands_in_acknowledges_once_called_and_not_before() {
    let (mut d, said) = scene();
    stand_in(&mut d, DOCTOR.oneself(), Some(CLERK)).expect("named");
    let at = call(&mut d, NURSE.oneself(), said, &[DOCTOR]).expect("called");
    acknowledge(&mut d, CLERK.oneself(), at).refused(Code::NotForYou, "U1: not called yet");
    d.now = d.now.plus(ALONE);
    acknowledge(&mut d, CLERK.oneself(), at).granted("U1: in the doctor's place");
    assert!(matches!(line(&d, at, DOCTOR).over, Some(Over::Acknowledged(by)) if by.user == CLERK.user));
    acknowledge(&mut d, DOCTOR.oneself(), at).refused(Code::NothingToDo, "U1: it was");
    acknowledge(&mut d, CLERK.oneself(), at).refused(Code::NothingToDo, "U1: once");
    d.replayed();
}

#[test]
fn u1_nobody_else_acknowledges_and_the_author_calls_it_off() {
    let (mut d, said) = scene();
    let at = call(&mut d, NURSE.oneself(), said, &[DOCTOR]).expect("called");
    acknowledge(&mut d, CLERK.oneself(), at).refused(Code::NotForYou, "U1: was not called");
    acknowledge(&mut d, PLANNER.oneself(), at).refused(Code::NotAReader, "U1: reads nothing here");
    acknowledge(&mut d, DOCTOR.admin(), at).refused(Code::WrongRole, "U1: as oneself");
    for none in [said, at + 1, u64::MAX] {
        acknowledge(&mut d, DOCTOR.oneself(), none).refused(Code::Unknown, "U1: no call");
    }
    acknowledge(&mut d, NURSE.oneself(), at).granted("U1: reached by telephone");
    assert!(matches!(line(&d, at, DOCTOR).over, Some(Over::CalledOff(by)) if by.user == NURSE.user));
    assert_eq!(urgent(&d, DOCTOR), []);
    acknowledge(&mut d, NURSE.oneself(), at).refused(Code::NothingToDo, "U1: once");
    acknowledge(&mut d, DOCTOR.oneself(), at).refused(Code::NothingToDo, "U1: nothing rings");
    d.replayed();
}

#[test]
fn u1_one_calls_readers_for_an_own_message_that_stands() {
    let (mut d, said) = scene();
    let seat = NURSE.oneself();
    call(&mut d, DOCTOR.oneself(), said, &[CLERK]).refused(Code::NotTheAuthor, "U1: not for a colleague's message");
    call(&mut d, NURSE.admin(), said, &[DOCTOR]).refused(Code::WrongRole, "U1: as oneself");
    call(&mut d, PLANNER.oneself(), said, &[DOCTOR]).refused(Code::NotAReader, "U1: a stranger calls nobody");
    call(&mut d, seat, said, &[PLANNER]).refused(Code::NotAReader, "U1: nor is a stranger called");
    call(&mut d, seat, said, &[NURSE]).refused(Code::NotAReader, "U1: nor oneself");
    call(&mut d, seat, said, &[]).refused(Code::Unknown, "U1: somebody");
    call(&mut d, seat, said, &[DOCTOR, DOCTOR]).refused(Code::AlreadyExists, "U1: each once");
    call(&mut d, seat, said + 7, &[DOCTOR]).refused(Code::Unknown, "U1: a message that is there");
    let at = call(&mut d, seat, said, &[DOCTOR]).granted("U1: a reader");
    call(&mut d, seat, said, &[DOCTOR]).refused(Code::AlreadyExists, "U1: who is rung already is not rung twice");
    call(&mut d, seat, said, &[CLERK]).granted("U1: another one for the same message");
    acknowledge(&mut d, DOCTOR.oneself(), at).expect("acknowledged");
    call(&mut d, seat, said, &[DOCTOR]).granted("U1: once more after that");
    let taken_back = Amendment { original: said, epoch: d.group(G).epoch(), flags: 0, words: None };
    d.act_in(G, seat, Act::Amend(taken_back)).expect("taken back");
    assert_eq!((urgent(&d, DOCTOR), urgent(&d, CLERK)), (vec![], vec![]), "U1: what was taken back rings no more");
    call(&mut d, seat, said, &[CLERK]).refused(Code::AlreadyRetracted, "U1: nor is anybody called for it");
    d.replayed();
}

#[test]
fn u1_nobody_calls_before_having_seen_the_own_message() {
    let (mut d, said) = scene();
    let of = List::new(vec![DOCTOR.user]).expect("one");
    let mut statement = d.draft_in(G, NURSE.oneself(), Act::Group(GroupAct::Call { message: said, of }));
    statement.seen.group = d.groups[&G].chain.head_at(said).expect("so far");
    let result = d.submit(&statement).map(|_| ());
    result.refused(Code::HeadMismatch, "U1: the head seen names which message is meant");
}

#[test]
fn u1_who_calls_too_often_telephones() {
    let (mut d, _) = scene();
    let seat = NURSE.oneself();
    let start = d.now;
    let mut made = 0;
    while made < bounds::CALLS_OF_A_DAY {
        for _ in 0..bounds::CALLS {
            let said = say(&mut d, NURSE);
            call(&mut d, seat, said, &[DOCTOR]).granted("U1: within the hour's bound");
            made += 1;
        }
        let said = say(&mut d, NURSE);
        call(&mut d, seat, said, &[DOCTOR]).refused(Code::TooManyCalls, "U1: not more within an hour");
        let other = say(&mut d, CLERK);
        if made <= bounds::CALLS {
            call(&mut d, CLERK.oneself(), other, &[DOCTOR]).granted("U1: another author has an own bound");
        }
        d.now = d.now.plus(bounds::CALLS_HOUR);
    }
    let said = say(&mut d, NURSE);
    call(&mut d, seat, said, &[DOCTOR]).refused(Code::TooManyCalls, "U1: nor within a day");
    d.now = start.plus(A_DAY);
    call(&mut d, seat, said, &[DOCTOR]).granted("U1: a day later");
    d.replayed();
}

#[test]
fn u1_in_quiet_hours_who_stands_in_rings_at_once_or_the_author_telephones() {
    let (mut d, said) = scene();
    // Ten o'clock at night in Japan.
    d.now = Time((d.now.0 + JAPAN) / A_DAY * A_DAY + A_DAY + 22 * 3_600 - JAPAN);
    quiet(&mut d, DOCTOR, "21:00-07:00");
    let at = call(&mut d, NURSE.oneself(), said, &[DOCTOR]).expect("called");
    assert_eq!(urgent(&d, DOCTOR), [Matter::Waits], "U1: it does not ring");
    assert_eq!(urgent(&d, NURSE), [Matter::Telephone], "U1: so the nurse telephones at once");
    stand_in(&mut d, DOCTOR.oneself(), Some(CLERK)).expect("named");
    let stage = line(&d, at, DOCTOR).stage;
    assert_eq!((stage.rings, stage.stand_in_rings, stage.telephone), (false, true, false), "U1: at once");
    quiet(&mut d, CLERK, "22:00-06:00");
    let stage = line(&d, at, DOCTOR).stage;
    assert_eq!((stage.stand_in_called, stage.telephone), (false, true), "U1: nor is who stands in woken");
    acknowledge(&mut d, DOCTOR.oneself(), at).granted("U1: whoever is awake acknowledges");
    d.replayed();
}

#[test]
fn u1_where_quiet_hours_begin_just_after_the_call_nobody_is_waited_for_who_is_not_rung() {
    let (mut d, said) = scene();
    // A minute to nine in the evening in Japan.
    d.now = Time((d.now.0 + JAPAN) / A_DAY * A_DAY + A_DAY + 21 * 3_600 - 60 - JAPAN);
    quiet(&mut d, DOCTOR, "21:00-07:00");
    call(&mut d, NURSE.oneself(), said, &[DOCTOR]).expect("called");
    assert_eq!((urgent(&d, DOCTOR), urgent(&d, NURSE)), (vec![Matter::Rings], vec![]));
    d.now = d.now.plus(60);
    assert_eq!(urgent(&d, DOCTOR), [Matter::Waits], "U1: it is quiet now");
    assert_eq!(urgent(&d, NURSE), [Matter::Telephone], "U1: so the nurse telephones at once");
    stand_in(&mut d, DOCTOR.oneself(), Some(CLERK)).expect("named");
    assert_eq!((urgent(&d, CLERK), urgent(&d, NURSE)), (vec![Matter::Rings], vec![]), "U1: or who stands in rings");
    quiet(&mut d, CLERK, "21:00-22:00");
    assert_eq!(urgent(&d, NURSE), [Matter::Telephone], "U1: unless it is quiet there, too");
    d.replayed();
}

#[test]
fn u1_an_author_who_reads_the_group_no_more_is_told_nothing_of_it() {
    let (mut d, said) = scene();
    call(&mut d, NURSE.oneself(), said, &[DOCTOR]).expect("called");
    d.now = d.now.plus(ALONE);
    assert_eq!(urgent(&d, NURSE), [Matter::Telephone]);
    let gone = Act::Group(GroupAct::Remove { user: NURSE.user });
    d.act_in(G, DOCTOR.admin(), gone).expect("removed");
    assert_eq!(
        (urgent(&d, NURSE), urgent(&d, DOCTOR)),
        (vec![], vec![Matter::Rings]),
        "U1: the doctor is called still"
    );
    d.replayed();
}

#[test]
fn u1_quiet_hours_are_ones_own_and_a_number_is_its_facilitys() {
    let mut d = District::open();
    let hours: Option<QuietHours> = Some("21:00-07:00".parse().expect("hours"));
    let set = RegistryAct::SetQuietHours { hours };
    d.act(NURSE.admin(), set.clone()).refused(Code::WrongRole, "U1: as oneself");
    d.act(NURSE.oneself(), set.clone()).granted("U1: the own");
    assert_eq!(d.registry.now().quiet_hours(NURSE.user), hours);
    assert_eq!(d.registry.now().quiet_hours(CHIEF.user), None, "U1: nobody else's");
    d.act(NURSE.oneself(), set).refused(Code::NothingToDo, "U1: once");
    let before = d.registry.size();
    d.act(NURSE.oneself(), RegistryAct::SetQuietHours { hours: None }).granted("U1: taken back");
    assert_eq!(d.registry.now().quiet_hours(NURSE.user), None);
    let then = d.registry.at(before).expect("so far");
    assert_eq!(then.quiet_hours(NURSE.user), hours, "U1: what held stays on record");

    let number = || Some("03-0000-0000".parse().expect("a number"));
    let set = |facility| RegistryAct::SetTelephone { facility, number: number() };
    d.act(NURSE.oneself(), set(STATION)).refused(Code::NotAdministrator, "U1: not a nurse");
    d.act(DOCTOR.admin(), set(STATION)).refused(Code::NotAdministrator, "U1: not another facility's administrator");
    d.act(DOCTOR.manager(), set(STATION)).refused(Code::NotFacilityManager, "U1: nor manager");
    d.act(CHIEF.admin(), set(STATION)).granted("U1: the own administrator");
    assert_eq!(d.registry.now().telephone(STATION).map(ToString::to_string).as_deref(), Some("03-0000-0000"));
    assert_eq!(d.registry.now().telephone(CLINIC), None);
    d.act(CHIEF.manager(), set(STATION)).refused(Code::NothingToDo, "U1: once");
    d.act(CHIEF.manager(), RegistryAct::SetTelephone { facility: STATION, number: None }).granted("U1: taken back");
    d.act(OPERATOR.operator(), set(DESK)).granted("U1: the Desk's by an operator");
    d.replayed();
}

#[test]
fn u1_another_reader_stands_in() {
    let (mut d, _) = scene();
    stand_in(&mut d, PLANNER.oneself(), Some(DOCTOR)).refused(Code::NotAReader, "U1: a stranger names nobody");
    stand_in(&mut d, DOCTOR.oneself(), Some(PLANNER)).refused(Code::NotAReader, "U1: nor is a stranger named");
    stand_in(&mut d, DOCTOR.oneself(), Some(DOCTOR)).refused(Code::NotAReader, "U1: nor oneself");
    stand_in(&mut d, DOCTOR.admin(), Some(CLERK)).refused(Code::WrongRole, "U1: for oneself");
    stand_in(&mut d, DOCTOR.oneself(), None).refused(Code::NothingToDo, "U1: nobody to take back");
    stand_in(&mut d, DOCTOR.oneself(), Some(CLERK)).granted("U1: a colleague");
    assert_eq!(d.group(G).stand_in(DOCTOR.user), Some(CLERK.user));
    stand_in(&mut d, DOCTOR.oneself(), Some(CLERK)).refused(Code::NothingToDo, "U1: once");
    stand_in(&mut d, DOCTOR.oneself(), Some(NURSE)).granted("U1: another one");
    stand_in(&mut d, DOCTOR.oneself(), None).granted("U1: nobody");
    assert_eq!(d.group(G).stand_in(DOCTOR.user), None);
    d.replayed();
}

#[test]
fn u1_the_caller_does_not_stand_in_for_who_is_called() {
    let (mut d, said) = scene();
    stand_in(&mut d, DOCTOR.oneself(), Some(NURSE)).expect("named");
    let at = call(&mut d, NURSE.oneself(), said, &[DOCTOR]).expect("called");
    d.now = d.now.plus(ALONE);
    assert!(line(&d, at, DOCTOR).stage.telephone, "U1: who called is not called back");
    assert_eq!(urgent(&d, NURSE), [Matter::Telephone]);
}

#[test]
fn u1_a_group_that_is_shut_calls_nobody() {
    let acts = [
        (GroupAct::Halt, Code::GroupHalted),
        (GroupAct::Close, Code::GroupClosed),
        (
            GroupAct::WithdrawConsent { by: ConsentBy::Patient, on: date("2026-11-21"), scan: digest(b"withdrawn") },
            Code::ConsentWithdrawn,
        ),
    ];
    for (act, code) in acts {
        let (mut d, said) = scene();
        let at = call(&mut d, NURSE.oneself(), said, &[DOCTOR]).expect("called");
        d.act_in(G, DOCTOR.admin(), Act::Group(act.clone())).expect("shut");
        assert_eq!(line(&d, at, DOCTOR).over, Some(Over::Stopped), "U1: {act:?}");
        assert_eq!((urgent(&d, DOCTOR), urgent(&d, NURSE)), (vec![], vec![]), "U1: {act:?}");
        call(&mut d, NURSE.oneself(), said, &[CLERK]).refused(code, "U1: nobody is called");
        let ended = if code == Code::GroupClosed { Code::NothingToDo } else { code };
        acknowledge(&mut d, DOCTOR.oneself(), at).refused(ended, "U1: nothing rings");
        d.replayed();
    }
}

#[test]
fn u1_who_is_not_there_any_more_does_not_ring() {
    let (mut d, said) = scene();
    let at = call(&mut d, NURSE.oneself(), said, &[CLERK]).expect("called");
    d.remove(DOCTOR.admin(), G, CLERK).expect("removed");
    assert_eq!(line(&d, at, CLERK).over, Some(Over::Gone));
    let (mut d, said) = scene();
    let at = call(&mut d, NURSE.oneself(), said, &[CLERK]).expect("called");
    d.end(DOCTOR.admin(), CLERK).expect("ended");
    assert_eq!(line(&d, at, CLERK).over, Some(Over::Gone));
    // Who called may leave: somebody's patient still needs help.
    let (mut d, said) = scene();
    let at = call(&mut d, NURSE.oneself(), said, &[DOCTOR]).expect("called");
    d.remove(DOCTOR.admin(), G, NURSE).expect("removed");
    assert_eq!(line(&d, at, DOCTOR).over, None);
    assert_eq!(urgent(&d, DOCTOR), [Matter::Rings]);
}

#[test]
fn u1_a_room_of_the_desk_has_no_calls() {
    let mut d = District::open();
    let room = group(9);
    d.create_for(NURSE.oneself(), DESK, room, renkei_proto::act::GroupKind::Inquiry, HistoryPolicy::All, true)
        .expect("an inquiry");
    d.epoch(NURSE.oneself(), room).expect("an epoch");
    d.message(NURSE.oneself(), room).expect("asked");
    let of = List::new(vec![OPERATOR.user]).expect("one");
    let message = d.group(room).size() - 1;
    let result = d.act_in(room, NURSE.oneself(), Act::Group(GroupAct::Call { message, of }));
    result.refused(Code::InquiryOnly, "U1: the Desk is telephoned");
}

/// The same told naively, minute by minute as a person at the telephone would.
fn told(circumstances: Circumstances, passed: u64) -> Stage {
    let mut stage = Stage::default();
    let person_can_hear = !circumstances.quiet.1;
    let other_can_be_called = matches!(circumstances.stand_in, Some((false, _)));
    let other_can_hear = matches!(circumstances.stand_in, Some((_, false)));
    let mut waited_for = 0;
    if circumstances.quiet == (false, false) {
        waited_for += 180;
    }
    if other_can_be_called {
        stage.stand_in_called = passed >= waited_for;
        if other_can_hear {
            waited_for += 180;
        }
    }
    stage.telephone = passed >= waited_for;
    if passed < 1_800 {
        stage.rings = person_can_hear;
        stage.stand_in_rings = stage.stand_in_called && other_can_hear;
    }
    stage
}

proptest! {
    #[test]
    fn u1_a_stage_is_what_a_naive_telling_of_it_says(
        called in 0_u64..u64::MAX / 2,
        passed in prop_oneof![0_u64..400, 1_700_u64..1_900, any::<u64>()],
        quiet in any::<(bool, bool)>(),
        stand_in in any::<Option<(bool, bool)>>(),
    ) {
        let circumstances = Circumstances { called: Time(called), quiet, stand_in };
        let now = Time(called.saturating_add(passed));
        prop_assert_eq!(circumstances.stage(now), told(circumstances, now.since(Time(called))));
    }

    #[test]
    fn u1_nobody_is_called_back_and_no_author_is_told_otherwise_later(
        called in 0_u64..u64::MAX / 2,
        passed in proptest::array::uniform2(0_u64..100_000),
        quiet in any::<(bool, bool)>(),
        stand_in in any::<Option<(bool, bool)>>(),
    ) {
        let circumstances = Circumstances { called: Time(called), quiet, stand_in };
        let [first, later] = [passed[0].min(passed[1]), passed[0].max(passed[1])].map(|passed| Time(called + passed));
        let (first, later) = (circumstances.stage(first), circumstances.stage(later));
        prop_assert!(!first.telephone || later.telephone);
        prop_assert!(!first.stand_in_called || later.stand_in_called);
        prop_assert!(first.rings || !later.rings);
        // Nobody is waited for while nobody rings: then the author telephones.
        prop_assert!(first.rings || first.stand_in_rings || first.telephone);
    }
}
