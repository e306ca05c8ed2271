//! A false alarm, and how somebody is, made up by the server (U1, S6).

use renkei_client_core::client::Client;
use renkei_client_core::proto::bytes::List;
use renkei_client_core::proto::frame::sync::{CallMatter, CallNotice, Notice};
use renkei_client_core::proto::frame::{Answer, Op};
use renkei_client_core::proto::key::SigningSecret;
use renkei_client_core::proto::safety::{Safety, SafetyAnswer};
use renkei_client_core::proto::text::Prose;
use renkei_client_core::proto::{SUITE, VERSION};
use renkei_client_core::random;
use renkei_tests::rogue::{History, TRUTH};
use renkei_tests::{PATIENCE, within};

use crate::scene;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_false_alarm() {
    let (team, rogue) = scene().await;
    let sent = team.doctor.client().send_urgent(team.group, "至急", &[team.chief.user()]).await;
    let call = sent.expect("called").head.size - 1;
    let group = team.group;
    let rings = |call: u64| {
        let notice = CallNotice { group, call, matter: CallMatter::Rings };
        Notice::Calls(List::new(vec![notice]).expect("one"))
    };
    let heard = |client: &Client| client.rung().borrow().times;
    let (chief, doctor) = (team.chief.client(), team.doctor.client());
    // What the log has rings; what it has not, doesn't; nor does what concerns somebody else.
    for (person, at, rung) in [(&team.chief, call + 7, false), (&team.doctor, call, false), (&team.chief, call, true)] {
        let client = person.client();
        let before = heard(client);
        rogue.say_notice(person, &rings(at));
        let mut told = client.rung();
        within("the notice", told.wait_for(|rung| rung.times > before)).await.expect("a client");
        drop(told);
        let there = client.wait_until(PATIENCE, |replica| {
            let state = replica.group(group)?.group()?;
            state.call(call).map(drop)
        });
        there.await.expect("the call");
        assert_eq!(client.rings(), rung, "{at}");
    }
    assert_eq!((chief.urgent().len(), doctor.urgent().len()), (1, 1), "what is shown is what the logs have");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_forged_safety() {
    let (team, rogue) = scene().await;
    let operator = &team.world.operators[0];
    let text = Prose::new("安否を知らせてください。").expect("a text");
    let one = operator.client().broadcast(false, text).await.expect("sent");
    let association = rogue.look(TRUTH, History::association);
    let (user, device) = (team.chief.user(), team.chief.device());
    for signs in 0..3 {
        rogue.script(move |state, _, op| {
            let at = state.now();
            let says = Safety::Safe;
            let answer =
                SafetyAnswer { version: VERSION, suite: SUITE, association, broadcast: one, user, device, says, at };
            let mut signed = answer.sign(&SigningSecret::from_seed(&random())).expect("signed");
            if signs == 1 {
                signed.signature.0 = [0; 64];
            } else if signs == 2 {
                signed.bytes = renkei_client_core::proto::bytes::Blob::new(vec![2, 1]).expect("short");
            }
            let answers = List::new(vec![signed]).expect("one");
            matches!(op, Op::SafetyAnswers { .. }).then(|| Ok(Answer::SafetyAnswers { answers, next: None }))
        });
        let people = operator.client().how_people_are(one).await.expect("answers");
        assert_eq!((people.said.len(), people.forged), (0, 1), "nobody is safe by the server's word");
        assert!(people.silent.contains(&user), "who has said nothing is looked for");
    }
    // Pages that never end are not followed for ever, and those that go back not at all.
    rogue.script(move |_, _, op| {
        let answers = List::default();
        matches!(op, Op::SafetyAnswers { .. }).then(|| Ok(Answer::SafetyAnswers { answers, next: Some(user) }))
    });
    let people = within("an end", operator.client().how_people_are(one)).await.expect("answers");
    assert!(people.said.is_empty());
}
