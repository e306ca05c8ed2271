//! Emergency broadcasts (S6) over real connections: to everybody at once, answers that the last word counts of and that a fall of the
//! server does not lose, who sees them, and what the server alone refuses.

use renkei_client_core::proto::act::{Act, RegistryAct};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::codec;
use renkei_client_core::proto::frame::{Answer, ClientFrame, Op, Request};
use renkei_client_core::proto::id::{RequestId, UserId};
use renkei_client_core::proto::key::{Signature, SigningSecret};
use renkei_client_core::proto::safety::{Safety, SafetyAnswer, SignedSafety};
use renkei_client_core::proto::statement::{LogId, Role};
use renkei_client_core::proto::text::Prose;
use renkei_client_core::proto::time::Time;
use renkei_client_core::random;
use renkei_tests::alone::Before;
use renkei_tests::{PATIENCE, Person, Team, World, refused};

/// Bytes of a broadcast with the longest text, as its statement is sent and stored: what a bad link has to let through to
/// everybody. An answer and its acknowledgement are far less (`docs/performance.md`).
const BROADCAST_BYTES: usize = 760;

/// Bytes of an answer, request and all.
const ANSWER_BYTES: usize = 140;

fn text(words: &str) -> Prose<{ renkei_client_core::proto::bounds::BROADCAST }> {
    Prose::new(words).expect("a text")
}

async fn hears(person: &Person, broadcast: u64, closed: bool) {
    let there = person.client().wait_until(PATIENCE, |replica| {
        let one = replica.registry().now().broadcast(broadcast)?;
        (one.closed.is_some() == closed).then_some(())
    });
    there.await.expect("the broadcast");
}

async fn said(person: &Person, broadcast: u64, of: UserId) -> Option<Safety> {
    let people = person.client().how_people_are(broadcast).await.expect("answers");
    assert_eq!(people.forged, 0);
    people.said.get(&of).map(|answer| answer.says)
}

fn answer(person: &Person, broadcast: u64, says: Safety) -> SafetyAnswer {
    let association = person.client().look(|replica| replica.registry().association().map(|one| one.id));
    SafetyAnswer {
        version: renkei_client_core::proto::VERSION,
        suite: renkei_client_core::proto::SUITE,
        association: association.expect("founded"),
        broadcast,
        user: person.user(),
        device: person.device(),
        says,
        at: Time(0),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s6_everybody_is_told_and_says_how_they_are_across_a_fall_of_the_server() {
    let mut team = Team::of_two().await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    let operator = &team.world.operators[0];
    operator.step_up(&team.world.server).await.expect("a fresh code");
    let words = "震度6弱の地震がありました。安否を知らせてください。";
    let one = operator.client().broadcast(false, text(words)).await.expect("sent");
    for person in [&nurse, &team.chief, &team.doctor, &team.world.operators[1]] {
        hears(person, one, false).await;
        let [there] = &person.client().broadcasts(false)[..] else { panic!("one") };
        assert_eq!((there.text.as_str(), there.drill, there.seq), (words, false, one));
    }
    nurse.client().answer_broadcast(one, Safety::Received).await.expect("answered");
    team.doctor.client().answer_broadcast(one, Safety::Safe).await.expect("answered");
    nurse.client().answer_broadcast(one, Safety::NeedsHelp).await.expect("it has become worse");

    // As soon as it is acknowledged it is kept.
    team.world.server.kill();
    team.world.server.restart();
    for person in [&nurse, &team.chief, &team.doctor, &team.world.operators[0], &team.world.operators[1]] {
        person.client().drop_connection();
    }
    let operator = &team.world.operators[1];
    assert_eq!(said(operator, one, nurse.user()).await, Some(Safety::NeedsHelp), "the last word counts");
    assert_eq!(said(operator, one, team.doctor.user()).await, Some(Safety::Safe));
    let silent = operator.client().how_people_are(one).await.expect("answers").silent;
    assert!(
        silent.contains(&team.chief.user()) && !silent.contains(&nurse.user()),
        "and who has said nothing is known"
    );

    // The own administrator, and nobody else's.
    assert_eq!(said(&team.chief, one, nurse.user()).await, Some(Safety::NeedsHelp));
    assert_eq!(said(&team.doctor, one, nurse.user()).await, None, "another facility's does not see it");
    let hers = nurse.client().how_people_are(one).await.expect("the own");
    assert_eq!((hers.said.len(), hers.silent.len()), (1, 0), "nor does she see others'");

    let operator = &team.world.operators[0];
    operator.step_up(&team.world.server).await.expect("a fresh code");
    operator.client().close_broadcast(one).await.expect("closed");
    hears(&nurse, one, true).await;
    refused(nurse.client().answer_broadcast(one, Safety::Safe).await, Code::BroadcastClosed);
    assert!(nurse.client().broadcasts(false).is_empty());
    assert_eq!(said(operator, one, nurse.user()).await, Some(Safety::NeedsHelp), "what was said stays");
    team.world.server.kill();
    team.world.server.verify().expect("every record holds");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s6_the_server_alone_refuses_answers_that_are_not_ones_own() {
    let team = Team::of_two().await;
    let operator = &team.world.operators[0];
    operator.step_up(&team.world.server).await.expect("a fresh code");
    let one = operator.client().broadcast(true, text("訓練です。")).await.expect("sent");
    for person in [&team.chief, &team.doctor] {
        hears(person, one, false).await;
    }
    let ask = |signed: SignedSafety| team.chief.client().ask(Op::AnswerBroadcast(signed));
    let stranger = SigningSecret::from_seed(&random());
    let own = answer(&team.chief, one, Safety::Safe);
    // Signed by nobody who may, of somebody else, to nothing, of another district.
    refused(ask(own.sign(&stranger).expect("short")).await, Code::SignatureInvalid);
    let mut unsigned = own.sign(&stranger).expect("short");
    unsigned.signature = Signature([0; 64]);
    refused(ask(unsigned).await, Code::SignatureInvalid);
    let theirs = answer(&team.doctor, one, Safety::NeedsHelp).sign(&stranger).expect("short");
    refused(ask(theirs).await, Code::NotForYou);
    let nothing = SafetyAnswer { broadcast: one + 7, ..own }.sign(&stranger).expect("short");
    refused(ask(nothing).await, Code::Unknown);
    let elsewhere = SafetyAnswer { association: renkei_client_core::proto::id::AssociationId([7; 16]), ..own };
    refused(ask(elsewhere.sign(&stranger).expect("short")).await, Code::WrongLog);
    assert_eq!(said(operator, one, team.chief.user()).await, None, "nothing of it is kept");
    refused(team.chief.client().ask(Op::SafetyAnswers { broadcast: one + 7, after: None }).await, Code::Unknown);

    let before = Before::of(&team.doctor, &[LogId::Registry]).await;
    let send = || Act::Registry(RegistryAct::Broadcast { drill: false, text: text("うその知らせ") });
    let close = Act::Registry(RegistryAct::CloseBroadcast { broadcast: one });
    team.chief.step_up(&team.world.server).await.expect("a fresh code");
    before.refuses(&team.chief, Role::Operator, LogId::Registry, send(), Code::NotOperator).await;
    before.refuses(&team.chief, Role::SnsAdministrator, LogId::Registry, send(), Code::NotOperator).await;
    before.refuses(&team.chief, Role::Operator, LogId::Registry, close, Code::NotOperator).await;
    before.holds().await;

    for _ in 0..renkei_client_core::proto::bounds::OPEN_BROADCASTS {
        operator.client().broadcast(false, text("続報です。")).await.expect("sent");
    }
    refused(operator.client().broadcast(false, text("もう一件")).await, Code::TooManyBroadcasts);
    operator.client().broadcast(true, text("訓練です。")).await.expect("a drill has room of its own");

    // Going round in circles is slowed, and what was said before stays.
    let mut slowed = None;
    for turn in 0..40 {
        let says = if turn % 2 == 0 { Safety::Safe } else { Safety::Received };
        if let Err(fault) = team.chief.client().answer_broadcast(one, says).await {
            slowed = Some(fault);
            break;
        }
    }
    let slowed = slowed.expect("a bound");
    assert_eq!(slowed.code, Code::TryLater);
    assert!(slowed.retry_after.is_some(), "and says until when");
    assert!(said(operator, one, team.chief.user()).await.is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s6_a_broadcast_and_an_answer_are_small() {
    let world = World::found().await;
    let operator = &world.operators[0];
    operator.step_up(&world.server).await.expect("a fresh code");
    let longest = "あ".repeat(renkei_client_core::proto::bounds::BROADCAST / 3);
    let one = operator.client().broadcast(false, text(&longest)).await.expect("sent");
    let entries = operator.client().ask(Op::Entries { log: LogId::Registry, from: one }).await.expect("the entry");
    let Answer::Entries(entries) = entries else { panic!("{entries:?}") };
    let bytes = entries.as_slice().first().map(|entry| entry.as_slice().len()).expect("the entry");
    assert!(bytes <= BROADCAST_BYTES, "a broadcast takes {bytes} bytes");
    let signed = answer(operator, one, Safety::Safe).sign(&SigningSecret::from_seed(&random())).expect("short");
    let request = Request { id: RequestId(random()), op: Op::AnswerBroadcast(signed) };
    let bytes = codec::encode(&ClientFrame::Request(request)).len();
    assert!(bytes <= ANSWER_BYTES, "an answer takes {bytes} bytes");
}
