//! Messages on their way: reordered, dropped, repeated, moved, changed, withheld.

use renkei_client_core::proto::act::{Act, Message};
use renkei_client_core::proto::bytes::Blob;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::codec;
use renkei_client_core::proto::frame::{Accepted, Answer, Op, Sidecar};
use renkei_client_core::proto::statement::{LogId, Signed};
use renkei_tests::refused;
use renkei_tests::rogue::{Colluder, History, TRUTH, Told, read};

use crate::{ALL, distrusts, forgives, has, scene, size, trusts};

/// The doctor writes three messages. The chief is told of them as `lie` makes them, and finds out. Told the truth with
/// the next sign-in, the same device reads all three.
async fn told(lie: impl FnOnce(&mut History, LogId, usize)) {
    let (mut team, rogue) = scene().await;
    let log = LogId::Group(team.group);
    let first = rogue.look(TRUTH, |truth| truth.log(log).len());
    let fork = rogue.fork(&[&team.chief]);
    for words in ["一", "二", "三"] {
        team.doctor.client().send(team.group, words).await.expect("sent");
    }
    assert_eq!(team.chief.present(team.group).len(), 2, "nothing of it yet");
    rogue.change(|state| {
        let mut history = state.histories[TRUTH].clone();
        lie(&mut history, log, first);
        state.histories[fork] = history;
    });
    distrusts(&team.chief, log).await;
    assert!(trusts(&team.doctor, log));
    rogue.tell(&team.chief, TRUTH);
    forgives(&mut team.chief, log).await;
    let texts = team.chief.texts(team.group, 5).await;
    assert_eq!(texts[2..], ["一", "二", "三"]);
    assert!(trusts(&team.chief, log));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_reordered_messages() {
    told(|history, log, first| history.edit(log, |all| all.swap(first, first + 1))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_reordered_at_the_end() {
    told(|history, log, first| history.edit(log, |all| all.swap(first + 1, first + 2))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_dropped_message() {
    told(|history, log, first| history.edit(log, |all| drop(all.remove(first + 1)))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_dropped_first_message() {
    told(|history, log, first| history.edit(log, |all| drop(all.remove(first)))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_dropped_without_mending_the_chain() {
    told(|history, log, first| history.spoil(log, |all| drop(all.remove(first + 1)))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_replayed_message() {
    told(|history, log, first| history.edit(log, |all| all.push(all[first].clone()))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_duplicated_message() {
    told(|history, log, first| history.edit(log, |all| all.insert(first + 1, all[first].clone()))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_entry_sent_twice() {
    told(|history, log, first| history.spoil(log, |all| all.insert(first + 1, all[first].clone()))).await;
}

/// The message at `at` with other words in its statement, under the signature that it has.
fn reworded(all: &[Told], at: usize, change: impl FnOnce(&mut Message)) -> Signed {
    let signed = all[at].signed();
    let mut statement = read(&signed);
    let Act::Message(message) = &mut statement.act else { panic!("a message") };
    change(message);
    Signed { bytes: Blob::new(codec::encode(&statement)).expect("a statement"), signature: signed.signature }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_changed_flag() {
    told(|history, log, first| {
        history.edit(log, |all| all[first].entry.body = Some(reworded(all, first, |message| message.flags = 1)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_stripped_flag() {
    // A colluding author sets a flag that later versions know; the server strips it.
    let (team, rogue) = scene().await;
    let log = LogId::Group(team.group);
    let colluder = Colluder::of(&rogue, &team.doctor);
    let number = team
        .doctor
        .client()
        .look(|replica| replica.group(team.group).and_then(|one| Some(one.group()?.epoch())).expect("an epoch"));
    let signed = rogue.look(TRUTH, |truth| {
        let mut statement = read(&colluder.message(truth, team.group, number, "転送禁止"));
        let Act::Message(message) = &mut statement.act else { panic!("a message") };
        message.flags = 1;
        colluder.sign(&statement)
    });
    let mut statement = read(&signed);
    let Act::Message(message) = &mut statement.act else { panic!("a message") };
    message.flags = 0;
    let stripped =
        Signed { bytes: Blob::new(codec::encode(&statement)).expect("a statement"), signature: signed.signature };
    let fork = rogue.fork(&[&team.chief]);
    rogue.append(fork, &stripped, &Sidecar::default());
    distrusts(&team.chief, log).await;
    // The doctor, who is told of the same device's message as it was signed without a flag, reads it.
    let honest = rogue.look(TRUTH, |truth| colluder.message(truth, team.group, number, "転送可"));
    rogue.append(TRUTH, &honest, &Sidecar::default());
    assert_eq!(team.doctor.texts(team.group, 3).await[2], "転送可");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_changed_words() {
    told(|history, log, first| {
        let flip = |message: &mut Message| {
            let mut bytes = message.ciphertext.as_slice().to_vec();
            bytes[0] ^= 1;
            message.ciphertext = Blob::new(bytes).expect("as long as before");
        };
        history.edit(log, |all| all[first].entry.body = Some(reworded(all, first, flip)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_changed_body_under_the_right_header() {
    told(|history, log, first| history.spoil(log, |all| all[first].entry.body = all[first + 1].entry.body.clone()))
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_changed_header_over_the_right_body() {
    told(|history, log, first| {
        history.edit(log, |all| all[first].entry.header.author = None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_withheld_body() {
    told(|history, log, first| history.spoil(log, |all| all[first].entry.body = None)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_message_in_another_group() {
    let (team, rogue) = scene().await;
    let other = team.world.group(&team.doctor, ALL).await;
    team.world.join(&team.doctor, other, team.chief.user(), &team.chief).await;
    team.chief.reads(other).await;
    let (from, to) = (LogId::Group(team.group), LogId::Group(other));
    team.doctor.client().send(other, "こちらの話").await.expect("sent");
    team.chief.texts(other, 1).await;
    let fork = rogue.fork(&[&team.chief]);
    let accepted = team.doctor.client().send(team.group, "あちらの話").await.expect("sent");
    rogue.change(|state| {
        let place = usize::try_from(accepted.head.size).expect("a place") - 1;
        let told = state.histories[TRUTH].log(from)[place].clone();
        let (now, registry) = (state.now(), told.entry.header.registry);
        state.histories[fork].append_to(to, &told.signed(), &told.sidecar, now, registry);
    });
    distrusts(&team.chief, to).await;
    assert!(trusts(&team.chief, from), "the other group goes on");
    rogue.copy(TRUTH, from, usize::try_from(accepted.head.size).expect("a place") - 1, fork);
    assert_eq!(team.chief.texts(team.group, 3).await[2], "あちらの話");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_accepted_and_dropped() {
    let (team, rogue) = scene().await;
    let log = LogId::Group(team.group);
    let sent = team.doctor.client().send(team.group, "届きました").await;
    let present = sent.expect("the truth works").head;
    has(&team.doctor, log, present.size).await;
    // "Accepted", at the place of what is there already.
    rogue.script(move |state, _, op| {
        let time = state.now();
        matches!(op, Op::Submit { .. }).then_some(Ok(Answer::Accepted(Accepted { head: present, time })))
    });
    let before = size(&rogue, TRUTH, log);
    refused(team.doctor.client().send(team.group, "捨てられた").await, Code::LogNotTrusted);
    assert_eq!(size(&rogue, TRUTH, log), before);
    // Of a place that never comes: the sender is not told that it was sent either.
    rogue.script(move |state, _, op| {
        let mut head = present;
        head.size += 1;
        let time = state.now();
        matches!(op, Op::Submit { .. }).then_some(Ok(Answer::Accepted(Accepted { head, time })))
    });
    let sent = team.doctor.client().send(team.group, "来ない").await;
    refused(sent, Code::Unreachable);
    assert_eq!(team.chief.texts(team.group, 3).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_accepted_with_another_head() {
    let (team, rogue) = scene().await;
    let log = LogId::Group(team.group);
    rogue.script(|state, device, op| {
        let Op::Submit { signed, sidecar } = op else { return None };
        let told = state.told_to(device);
        let mut accepted = state.append(told, signed, sidecar);
        accepted.head.hash.0[0] ^= 1;
        Some(Ok(Answer::Accepted(accepted)))
    });
    refused(team.doctor.client().send(team.group, "別の先頭").await, Code::LogNotTrusted);
    rogue.script(|_, _, _| None);
    team.doctor.client().send(team.group, "正しい先頭").await.expect("the truth works");
    has(&team.chief, log, size(&rogue, TRUTH, log)).await;
}
