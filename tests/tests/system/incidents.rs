//! Reports that something went wrong (S5), what is done about it, and a group that is halted (S7), over real connections: by
//! people who keep to it and by raw frames.

use renkei_client_core::incidents::Wrong;
use renkei_client_core::policy::group::Group;
use renkei_client_core::policy::group::s5_incidents::MEASURES;
use renkei_client_core::proto::act::{Act, GroupAct, IncidentKind, InquiryEnd, Measure, Message, MessageRef};
use renkei_client_core::proto::bounds;
use renkei_client_core::proto::bytes::Blob;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Op, Sidecar};
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::id::GroupId;
use renkei_client_core::proto::statement::{LogId, Role};
use renkei_client_core::proto::time::Date;
use renkei_client_core::{Fault, random};
use renkei_tests::{PATIENCE, Person, Team, World, line, refused};

/// A statement as it stands, without any check of the client's.
async fn raw(person: &Person, group: GroupId, role: Role, act: GroupAct) -> Result<(), Fault> {
    let log = LogId::Group(group);
    person.client().submit_unchecked(log, role, None, Act::Group(act), Sidecar::default()).await.map(drop)
}

async fn comes_to(person: &Person, group: GroupId, holds: impl Fn(&Group) -> bool) {
    let there = person.client().wait_until(PATIENCE, |replica| holds(replica.group(group)?.group()?).then_some(()));
    there.await.expect("the state");
}

fn wrong(person: &Person, kind: IncidentKind, about: Option<MessageRef>) -> Wrong {
    Wrong { kind, about, noticed: person.client().now() }
}

fn today(person: &Person) -> Date {
    person.client().now().day_in_japan().expect("a day")
}

/// The doctor has sent something to the team's group, and the nurse reports it.
async fn reported(team: &Team, nurse: &Person) -> (GroupId, MessageRef) {
    let sent = team.doctor.client().send(team.group, "ほかの患者さんのこと").await.expect("sent");
    let about = MessageRef { group: team.group, message: sent.head.size - 1 };
    let wrong = wrong(nurse, IncidentKind::WrongContent, Some(about));
    let report = nurse.client().report_incident(line("患者の取り違え"), wrong, "ほかの方の内容が届きました。").await;
    (report.expect("a report"), about)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s5_a_report_reaches_the_own_administrator_and_the_desk_and_is_dealt_with_across_a_restart() {
    let mut team = Team::of_two().await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    let (report, about) = reported(&team, &nurse).await;
    let [first, second] = &team.world.operators[..] else { panic!("two") };
    for reader in [&team.chief, first, second] {
        assert_eq!(reader.texts(report, 1).await, ["ほかの方の内容が届きました。"]);
        reader.knows_label(report).await;
        let [one] = &reader.client().incidents()[..] else { panic!("one") };
        let stated = one.incident.as_ref().and_then(|incident| incident.stated).expect("stated");
        assert_eq!((one.asker, stated.kind, stated.about), (nurse.user(), IncidentKind::WrongContent, Some(about)));
        assert!(reader.client().inquiries().is_empty(), "it is no inquiry");
    }
    // What the report is about stays with those who read that group.
    assert!(first.client().look(|replica| replica.group(team.group).is_none()), "the Desk reads no more by it");

    team.chief.client().take_inquiry(report).await.expect("taken");
    let seen = nurse
        .client()
        .wait_until(PATIENCE, |replica| replica.group(report)?.group()?.taken_by(replica.registry().now()).map(drop));
    seen.await.expect("taken");
    comes_to(&nurse, report, |state| state.measures_missing().count() == MEASURES.len()).await;
    let taken = nurse.client().incidents().first().and_then(|one| one.taken).expect("somebody");
    assert_eq!(taken.user, team.chief.user(), "who reported sees who sees to it");
    refused(team.chief.client().close_inquiry(report, InquiryEnd::Settled).await, Code::MeasuresMissing);
    team.world.server.kill();
    team.world.server.restart();
    team.chief.client().drop_connection();
    for measure in MEASURES {
        let done = measure != Measure::Prevented;
        team.chief.client().record_measure(report, measure, done, today(&team.chief)).await.expect("on record");
    }
    team.chief.client().send(report, "患者さんとご家族にお詫びしました。").await.expect("written");
    team.chief.client().close_inquiry(report, InquiryEnd::Settled).await.expect("closed");
    for person in [&nurse, &team.world.operators[1]] {
        person.client().drop_connection();
        comes_to(person, report, |state| state.inquiry_closed().is_some()).await;
    }
    refused(nurse.client().send(report, "まだあります").await, Code::InquiryClosed);
    nurse.client().reopen_inquiry(report).await.expect("who reported has more to say");
    nurse.client().send(report, "まだあります").await.expect("and says it");
    team.world.server.kill();
    team.world.server.verify().expect("every record holds");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s5_the_server_alone_keeps_a_report_to_those_whose_it_is() {
    let team = Team::of_two().await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    let colleague = team.world.staff(&team.chief, "colleague").await;
    let (report, about) = reported(&team, &nurse).await;
    team.chief.texts(report, 1).await;
    let (noticed, kind) = (nurse.client().now(), IncidentKind::Other);
    let state = || GroupAct::StateIncident { kind, about: Some(about), noticed };
    let measure = || GroupAct::RecordMeasure { measure: Measure::Contained, done: true, on: today(&nurse) };
    let close = || GroupAct::CloseInquiry { reason: InquiryEnd::Settled };
    // A colleague, and the originator's administrator, who wrote what the report is about.
    for stranger in [&colleague, &team.doctor] {
        let (client, log) = (stranger.client(), LogId::Group(report));
        refused(client.ask(Op::Entries { log, from: 0 }).await, Code::NotForYou);
        refused(client.ask(Op::FetchBox { log, seq: 0 }).await, Code::NotForYou);
        let message = Message { epoch: 1, salt: Hash32([0; 32]), flags: 0, ciphertext: Blob::default() };
        let written = client.submit_unchecked(log, Role::User, None, Act::Message(message), Sidecar::default());
        refused(written.await, Code::NotAReader);
        refused(raw(stranger, report, Role::User, state()).await, Code::NotAReader);
        for act in [GroupAct::TakeInquiry, measure(), close()] {
            refused(raw(stranger, report, Role::SnsAdministrator, act.clone()).await, Code::NotAdministrator);
            refused(raw(stranger, report, Role::Operator, act).await, Code::NotOperator);
        }
        assert!(client.look(|replica| replica.group(report).is_none()), "its log is not here");
    }
    // Who reported does not handle it alone.
    for act in [GroupAct::TakeInquiry, measure(), close()] {
        refused(raw(&nurse, report, Role::User, act).await, Code::IncidentOwn);
    }
    let own = team.chief.client();
    let report =
        own.report_incident(line("紛失"), wrong(&team.chief, IncidentKind::Lost, None), "端末を失くしました。");
    let report = report.await.expect("a report");
    for act in [GroupAct::TakeInquiry, measure(), close()] {
        refused(raw(&team.chief, report, Role::SnsAdministrator, act).await, Code::IncidentOwn);
    }
    team.world.operators[0].texts(report, 1).await;
    team.world.operators[0].client().take_inquiry(report).await.expect("the Desk does");
    assert!(nurse.client().look(|replica| replica.group(report).is_none()), "a colleague's report is not hers to read");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s5_the_server_takes_so_many_open_reports_of_one_person_and_no_more() {
    let team = Team::of_two().await;
    for number in 0..bounds::OPEN_INCIDENTS {
        let subject = line(&format!("報告{number}"));
        let wrong = wrong(&team.chief, IncidentKind::Other, None);
        team.chief.client().report_incident(subject, wrong, "起きたこと").await.expect("a report");
    }
    let wrong = wrong(&team.chief, IncidentKind::Other, None);
    let one_more = team.chief.client().report_incident(line("報告"), wrong, "起きたこと").await;
    refused(one_more.map(drop), Code::TooManyIncidents);
    team.chief.client().open_inquiry(line("質問"), "質問です。").await.expect("a question goes all the same");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s7_a_halted_group_hands_nothing_out_and_goes_on_whole() {
    let team = Team::of_two().await;
    team.doctor.client().send(team.group, "前").await.expect("sent");
    team.chief.texts(team.group, 1).await;
    refused(raw(&team.chief, team.group, Role::SnsAdministrator, GroupAct::Halt).await, Code::NotOriginator);
    refused(raw(&team.chief, team.group, Role::User, GroupAct::Halt).await, Code::NotOriginator);
    refused(raw(&team.world.operators[0], team.group, Role::Operator, GroupAct::Halt).await, Code::DelegationMissing);
    refused(team.doctor.client().resume_group(team.group).await, Code::NothingToDo);

    team.doctor.client().halt_group(team.group).await.expect("halted");
    comes_to(&team.chief, team.group, |state| state.halted().is_some()).await;
    assert_eq!(team.chief.client().halted(team.group).map(|by| by.user), Some(team.doctor.user()));
    refused(team.chief.client().send(team.group, "途中").await, Code::GroupHalted);
    refused(team.doctor.client().read(team.group, 0).map(drop), Code::GroupHalted);
    // One that skips its own checks, and asks for what was there before.
    let (client, log) = (team.chief.client(), LogId::Group(team.group));
    let message = Message { epoch: 1, salt: Hash32(random()), flags: 0, ciphertext: Blob::default() };
    let written = client.submit_unchecked(log, Role::User, None, Act::Message(message), Sidecar::default());
    refused(written.await, Code::GroupHalted);
    refused(raw(&team.chief, team.group, Role::SnsAdministrator, GroupAct::Resume).await, Code::NotOriginator);

    team.doctor.client().resume_group(team.group).await.expect("goes on");
    for person in [&team.doctor, &team.chief] {
        comes_to(person, team.group, |state| state.halted().is_none()).await;
        assert_eq!(person.texts(team.group, 1).await, ["前"], "what was there is there");
    }
    team.chief.client().send(team.group, "後").await.expect("written");
    assert_eq!(team.doctor.texts(team.group, 2).await, ["前", "後"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s7_who_signs_in_while_a_group_is_halted_is_handed_nothing_and_has_all_of_it_afterwards() {
    let mut team = Team::of_two().await;
    team.doctor.client().send(team.group, "前").await.expect("sent");
    team.chief.texts(team.group, 1).await;
    team.doctor.client().halt_group(team.group).await.expect("halted");
    let World { server, .. } = &mut team.world;
    team.chief.sign_in(server).await.expect("signed in");
    comes_to(&team.chief, team.group, |state| state.halted().is_some()).await;
    let bare = team.chief.client().look(|replica| replica.group(team.group).map(|one| one.messages().len()));
    assert_eq!(bare, Some(0), "no content comes");
    assert!(team.chief.client().may_write(team.group).is_err());
    team.doctor.client().resume_group(team.group).await.expect("goes on");
    assert_eq!(team.chief.texts(team.group, 1).await, ["前"]);
    team.chief.client().send(team.group, "後").await.expect("written");
    assert_eq!(team.doctor.texts(team.group, 2).await, ["前", "後"]);
}
