//! What is no protocol: garbage, too much, and answers to other questions.

use renkei_client_core::proto::bytes::List;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::entry::{EntryHeader, EntryKind};
use renkei_client_core::proto::frame::sync::{ENTRY, NOTICE, Notice, notice};
use renkei_client_core::proto::frame::{Answer, Op};
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::heads::Heads;
use renkei_client_core::proto::id::{GroupId, StatementId};
use renkei_client_core::proto::statement::LogId;
use renkei_client_core::proto::time::Time;
use renkei_client_core::proto::{VERSION, bounds, codec};
use renkei_client_core::random;
use renkei_tests::refused;
use renkei_tests::rogue::item;

use crate::{distrusts, scene, trusts};

/// The doctor's device is told `bytes`, ends the connection, and is none the worse; the chief's goes on.
async fn nonsense(bytes: Vec<u8>) {
    let (mut team, rogue) = scene().await;
    rogue.say(&team.doctor, bytes);
    assert_eq!(team.doctor.over().await.code, Code::Malformed);
    refused(team.doctor.client().send(team.group, "もう居ない").await, Code::VaultClosed);
    team.chief.client().send(team.group, "こちらは無事").await.expect("the truth works");
    team.doctor.sign_in_with(0).await.expect("signed in");
    assert_eq!(team.doctor.texts(team.group, 3).await[2], "こちらは無事");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_item_of_no_kind() {
    nonsense(item(9, b"?")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_garbage_for_an_entry() {
    nonsense(item(ENTRY, &[VERSION; 300])).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_garbage_for_a_notice() {
    nonsense(item(NOTICE, &[255; 300])).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_item_without_a_length() {
    nonsense(vec![0; 8]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_oversized_item() {
    let mut bytes = u32::MAX.to_le_bytes().to_vec();
    bytes.resize(1_000_000, 7);
    nonsense(bytes).await;
}

/// Entries of groups that nobody has ever opened.
fn made_up(count: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for _ in 0..count {
        let header = EntryHeader {
            version: VERSION,
            log: LogId::Group(GroupId(random())),
            seq: 7,
            prev: Hash32(random()),
            time: Time(1),
            registry: 1,
            id: StatementId(random()),
            author: None,
            kind: EntryKind::Message,
            body: Hash32(random()),
        };
        let entry = renkei_client_core::proto::entry::Entry { header, body: None };
        bytes.extend_from_slice(&item(ENTRY, &codec::encode(&entry)));
    }
    bytes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_flood_of_made_up_groups() {
    let (team, rogue) = scene().await;
    let log = LogId::Group(team.group);
    // More than one statement of heads could name.
    rogue.say(&team.doctor, made_up(bounds::HEADS_GROUPS + 200));
    team.chief.client().send(team.group, "洪水の後").await.expect("sent");
    assert_eq!(team.doctor.texts(team.group, 3).await[2], "洪水の後");
    rogue.state_heads(&[&team.doctor]);
    team.doctor.client().send(team.group, "まだ書ける").await.expect("the truth works");
    assert!(trusts(&team.doctor, log));
    // They don't hide that the heads leave the group out.
    rogue.signing(|identity, _, heads| {
        vec![identity.sign_heads(&Heads { groups: List::default(), ..heads }).expect("heads")]
    });
    rogue.state_heads(&[&team.doctor]);
    distrusts(&team.doctor, log).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_flood_of_notices() {
    let (team, rogue) = scene().await;
    let mut bytes = Vec::new();
    for _ in 0..20_000 {
        bytes.extend_from_slice(&notice(&Notice::Ended { log: LogId::Group(GroupId(random())) }));
    }
    rogue.say(&team.doctor, bytes);
    team.chief.client().send(team.group, "洪水の後").await.expect("sent");
    assert_eq!(team.doctor.texts(team.group, 3).await[2], "洪水の後");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_answer_to_another_question() {
    let (team, rogue) = scene().await;
    rogue.script(|_, _, op| (!matches!(op, Op::Resume { .. })).then_some(Ok(Answer::Done)));
    refused(team.doctor.client().send(team.group, "何の答えか").await, Code::Malformed);
    refused(team.doctor.client().offers().await, Code::Malformed);
    refused(team.doctor.client().names(&[team.chief.user()]).await, Code::Malformed);
    rogue.script(|_, _, _| None);
    team.doctor.client().send(team.group, "これの答え").await.expect("the truth works");
}
