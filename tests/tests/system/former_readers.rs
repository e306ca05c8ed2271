//! Who read a group once and still has to do with it: an administrator who was removed, and an operator whose delegation is
//! over, are handed its headers, and no content or key of it again (A4.2, A5.2, A12.3).

use renkei_client_core::proto::act::DelegationScope;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::entry::{Entry, EntryKind};
use renkei_client_core::proto::frame::{Answer, Op};
use renkei_client_core::proto::id::GroupId;
use renkei_client_core::proto::statement::LogId;
use renkei_client_core::proto::time::DAY;
use renkei_tests::{PATIENCE, Person, Team, refused, within};

/// Every entry of `group` as the server hands it to `person` who asks by raw frames.
async fn handed(person: &Person, group: GroupId) -> Vec<Entry> {
    let mut all: Vec<Entry> = Vec::new();
    loop {
        let ask = Op::Entries { log: LogId::Group(group), from: all.len() as u64 };
        let Ok(Answer::Entries(some)) = person.client().ask(ask).await else { panic!("entries") };
        if some.as_slice().is_empty() {
            return all;
        }
        all.extend(some.as_slice().iter().map(|bytes| Entry::decode(bytes.as_slice()).expect("an entry")));
    }
}

/// Nothing that was said comes, whole or sealed, nor a key to it.
async fn nothing_comes(person: &Person, group: GroupId) {
    let entries = handed(person, group).await;
    assert!(entries.iter().any(|entry| entry.header.kind == EntryKind::Message), "the headers tell of messages");
    for (seq, entry) in (0..).zip(&entries) {
        assert!(entry.body.is_none() || !entry.header.kind.is_content(), "{:?} at {seq}", entry.header.kind);
        if matches!(entry.header.kind, EntryKind::Epoch | EntryKind::History) {
            let log = LogId::Group(group);
            refused(person.client().ask(Op::FetchBox { log, seq }).await, Code::NotForYou);
        }
    }
}

/// Waits until this person's device shows nothing of the group and has no key of it.
async fn lets_go(person: &Person, group: GroupId) {
    let client = person.client();
    within("the keys to go", async {
        while client.holds_keys(group) || !client.read(group, 0).is_ok_and(|shown| shown.is_empty()) {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await;
    assert!(client.search(Some(group), "秘密").expect("a search").is_empty(), "nor finds it");
    assert!(client.look(|replica| replica.distrusted().is_empty()), "and nobody is accused");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_3_a_removed_administrator_whose_colleague_reads_on_gets_no_content_again() {
    let mut team = Team::of_two().await;
    let group = team.group;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    team.world.join(&team.doctor, group, nurse.user(), &team.chief).await;
    nurse.reads(group).await;
    team.doctor.client().send(group, "秘密一").await.expect("sent");
    team.chief.texts(group, 1).await;
    assert_eq!(team.chief.client().search(Some(group), "秘密").expect("a search").len(), 1);
    let chief = team.chief.take_client();
    drop(chief);
    team.doctor.client().send(group, "秘密二").await.expect("sent");
    team.doctor.client().remove(group, team.chief.user()).await.expect("removed");
    team.doctor.client().send(group, "秘密三").await.expect("sent");
    nurse.texts(group, 3).await;
    team.chief.sign_in(&team.world.server).await.expect("signed in");
    let size = team.doctor.head(group).size;
    let comes = team.chief.client().wait_until(PATIENCE, |it| (it.group(group)?.group()?.size() >= size).then_some(()));
    comes.await.expect("the log goes on for the nurse's administrator");
    lets_go(&team.chief, group).await;
    nothing_comes(&team.chief, group).await;
    team.chief.sign_in(&team.world.server).await.expect("signed in");
    lets_go(&team.chief, group).await;
    // Let in again, the chief reads everything, as the group's history says.
    team.world.join(&team.doctor, group, team.chief.user(), &team.chief).await;
    assert_eq!(team.chief.texts(group, 3).await, ["秘密一", "秘密二", "秘密三"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a04_2_an_operator_reads_for_as_long_as_the_delegation_says_and_no_longer() {
    let team = Team::of_two().await;
    let group = team.group;
    let (operator, other) = (0, 1);
    let until = team.world.server.now().plus(30 * DAY);
    let delegate = team.doctor.client().delegate(DelegationScope::Facility, until, true).await;
    let delegation = delegate.expect("delegated");
    let user = team.world.operators[operator].user();
    team.world.join(&team.doctor, group, user, &team.world.operators[other]).await;
    let reader = &team.world.operators[operator];
    reader.reads(group).await;
    team.doctor.client().send(group, "秘密一").await.expect("sent");
    assert_eq!(reader.texts(group, 1).await, ["秘密一"]);
    team.doctor.client().revoke_delegation(delegation).await.expect("revoked");
    lets_go(reader, group).await;
    nothing_comes(reader, group).await;
    refused(reader.client().send(group, "まだ読めますか").await, Code::NotAReader);
    team.doctor.client().send(group, "秘密二").await.expect("sent");
    nothing_comes(reader, group).await;
    // Delegated anew, the operator reads again what was said meanwhile too.
    team.doctor.client().delegate(DelegationScope::Facility, until, true).await.expect("delegated");
    assert_eq!(reader.texts(group, 2).await, ["秘密一", "秘密二"]);
}
