//! Corrections, messages taken back, and marks of who has seen what (S1): forged, moved, replayed, withheld.

use renkei_client_core::corrections::Amended;
use renkei_client_core::proto::act::{Act, Amendment};
use renkei_client_core::proto::bytes::Blob;
use renkei_client_core::proto::codec;
use renkei_client_core::proto::entry::EntryKind;
use renkei_client_core::proto::frame::Sidecar;
use renkei_client_core::proto::key::SigningSecret;
use renkei_client_core::proto::statement::{LogId, Role, Signed};
use renkei_client_core::random;
use renkei_tests::rogue::{Colluder, Rogue, TRUTH, Told, read};
use renkei_tests::{Person, Team};

use crate::{distrusts, forgives, has, scene, size, trusts};

/// The place of the last message that `by` wrote.
fn last_of(rogue: &Rogue, team: &Team, by: &Person) -> u64 {
    let of =
        |told: &Told| told.entry.header.kind == EntryKind::Message && told.entry.header.author == Some(by.device());
    let place = rogue.look(TRUTH, |truth| truth.log(LogId::Group(team.group)).iter().rposition(of));
    place.and_then(|place| u64::try_from(place).ok()).expect("a message")
}

/// Takes the message at `original` back, as this device would say it.
fn taking_back(rogue: &Rogue, colluder: &Colluder, team: &Team, original: u64) -> Signed {
    let epoch = *colluder.epochs.keys().map(|(_, number)| number).max().expect("a key");
    let act = Act::Amend(Amendment { original, epoch, flags: 0, words: None });
    rogue.look(TRUTH, |truth| colluder.sign(&colluder.statement(truth, LogId::Group(team.group), Role::User, act)))
}

/// How the message at `seq` was amended, as `person` is shown it.
fn amended(person: &Person, team: &Team, seq: u64) -> Option<Amended> {
    let shown = person.client().read(team.group, seq).expect("a group");
    shown.into_iter().find(|one| one.seq == seq).expect("a message").amended
}

/// Whether `by` has said to have seen the entry at `seq`, as `person` is told.
fn seen_by(person: &Person, team: &Team, seq: u64, by: &Person) -> bool {
    let told = person.client().seen(team.group, seq).expect("something written");
    assert_eq!(told.seen.len() + told.not_yet.len(), 1, "two read it, and one of them wrote it");
    told.seen.iter().any(|(user, _)| *user == by.user())
}

/// The statement at `place` with another act, under the signature that it has.
fn reworded(all: &[Told], place: usize, change: impl FnOnce(&mut Act)) -> Signed {
    let signed = all[place].signed();
    let mut statement = read(&signed);
    change(&mut statement.act);
    Signed { bytes: Blob::new(codec::encode(&statement)).expect("a statement"), signature: signed.signature }
}

/// The chief corrects the own message; the doctor is told of it as `lie` makes it, and finds out. Told the truth, the same
/// device shows the right words.
async fn told(lie: impl FnOnce(&mut Vec<Told>, usize)) {
    let (mut team, rogue) = scene().await;
    let log = LogId::Group(team.group);
    let said = last_of(&rogue, &team, &team.chief);
    let first = rogue.look(TRUTH, |truth| truth.log(log).len());
    let fork = rogue.fork(&[&team.doctor]);
    team.chief.client().correct(team.group, said, "こちらが正しい").await.expect("corrected");
    rogue.change(|state| {
        let mut history = state.histories[TRUTH].clone();
        history.edit(log, |all| lie(all, first));
        state.histories[fork] = history;
    });
    distrusts(&team.doctor, log).await;
    assert!(trusts(&team.chief, log));
    rogue.tell(&team.doctor, TRUTH);
    forgives(&mut team.doctor, log).await;
    has(&team.doctor, log, size(&rogue, TRUTH, log)).await;
    assert_eq!(team.doctor.texts(team.group, 2).await, ["本物へ", "こちらが正しい"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_correction_moved_to_another_message() {
    told(|all, at| {
        let other = all.iter().position(|told| told.entry.header.kind == EntryKind::Message).expect("a message");
        let other = u64::try_from(other).expect("a place");
        all[at].entry.body = Some(reworded(all, at, |act| {
            let Act::Amend(amendment) = act else { panic!("a correction") };
            assert_ne!(amendment.original, other);
            amendment.original = other;
        }));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_correction_made_a_retraction() {
    told(|all, at| {
        all[at].entry.body = Some(reworded(all, at, |act| {
            let Act::Amend(amendment) = act else { panic!("a correction") };
            amendment.words = None;
        }));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_correction_replayed() {
    told(|all, at| all.push(all[at].clone())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_correction_without_its_body() {
    told(|all, at| all[at].entry.body = None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_correction_under_a_messages_header() {
    told(|all, at| all[at].entry.header.kind = EntryKind::Message).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_message_taken_back_by_somebody_else() {
    // A member who helps takes another's message back; the server enters what it should refuse.
    let (team, rogue) = scene().await;
    let log = LogId::Group(team.group);
    let colluder = Colluder::of(&rogue, &team.doctor);
    let (own, anothers) = (last_of(&rogue, &team, &team.doctor), last_of(&rogue, &team, &team.chief));
    let fork = rogue.fork(&[&team.chief]);
    let signed = taking_back(&rogue, &colluder, &team, own);
    rogue.append(fork, &signed, &Sidecar::default());
    has(&team.chief, log, size(&rogue, fork, log)).await;
    assert!(amended(&team.chief, &team, own).is_some_and(|amended| amended.retracted), "its own it may");
    assert!(trusts(&team.chief, log));
    rogue.append(TRUTH, &signed, &Sidecar::default());
    let signed = taking_back(&rogue, &colluder, &team, anothers);
    rogue.append(fork, &signed, &Sidecar::default());
    distrusts(&team.chief, log).await;
    assert_eq!(amended(&team.chief, &team, anothers), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_message_taken_back_in_its_authors_name() {
    // Everything is as the author would say it, but for the key.
    let (team, rogue) = scene().await;
    let log = LogId::Group(team.group);
    let author = Colluder::of(&rogue, &team.chief);
    let said = last_of(&rogue, &team, &team.chief);
    let signed = taking_back(&rogue, &author, &team, said);
    let forged = read(&signed).sign(&SigningSecret::from_seed(&random())).expect("signed");
    let fork = rogue.fork(&[&team.doctor]);
    rogue.append(fork, &forged, &Sidecar::default());
    distrusts(&team.doctor, log).await;
    assert_eq!(amended(&team.doctor, &team, said), None);
    // With the author's own signature it holds.
    rogue.append(TRUTH, &signed, &Sidecar::default());
    has(&team.chief, log, size(&rogue, TRUTH, log)).await;
    assert!(amended(&team.chief, &team, said).is_some_and(|amended| amended.retracted));
}

/// The mark by which this device says how far its person has seen.
fn mark(rogue: &Rogue, colluder: &Colluder, team: &Team, upto: u64) -> Signed {
    let log = LogId::Group(team.group);
    rogue.look(TRUTH, |truth| colluder.sign(&colluder.statement(truth, log, Role::User, Act::Seen { upto })))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_mark_in_anothers_name() {
    let (team, rogue) = scene().await;
    let log = LogId::Group(team.group);
    let said = last_of(&rogue, &team, &team.doctor);
    let reader = Colluder::of(&rogue, &team.chief);
    let signed = mark(&rogue, &reader, &team, said);
    let forged = read(&signed).sign(&SigningSecret::from_seed(&random())).expect("signed");
    let fork = rogue.fork(&[&team.doctor]);
    rogue.append(fork, &forged, &Sidecar::default());
    distrusts(&team.doctor, log).await;
    assert!(!seen_by(&team.doctor, &team, said, &team.chief), "nobody is told that it was seen");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_mark_pushed_further_than_it_says() {
    let (mut team, rogue) = scene().await;
    let log = LogId::Group(team.group);
    let first = last_of(&rogue, &team, &team.doctor);
    team.doctor.client().send(team.group, "見ていない").await.expect("sent");
    let second = last_of(&rogue, &team, &team.doctor);
    has(&team.chief, log, size(&rogue, TRUTH, log)).await;
    has(&team.doctor, log, size(&rogue, TRUTH, log)).await;
    let fork = rogue.fork(&[&team.doctor]);
    let before = size(&rogue, TRUTH, log);
    team.chief.client().mark_seen(team.group, first).expect("a reader");
    has(&team.chief, log, before + 1).await;
    rogue.change(|state| {
        let mut history = state.histories[TRUTH].clone();
        history.edit(log, |all| {
            let at = all.len() - 1;
            all[at].entry.body = Some(reworded(all, at, |act| *act = Act::Seen { upto: second }));
        });
        state.histories[fork] = history;
    });
    distrusts(&team.doctor, log).await;
    assert!(!seen_by(&team.doctor, &team, second, &team.chief));
    rogue.tell(&team.doctor, TRUTH);
    forgives(&mut team.doctor, log).await;
    has(&team.doctor, log, before + 1).await;
    assert!(seen_by(&team.doctor, &team, first, &team.chief), "what was said");
    assert!(!seen_by(&team.doctor, &team, second, &team.chief), "and no more");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_withheld_mark() {
    // A mark can be kept back: a message that was seen counts as not yet seen, until anything crosses.
    let (team, rogue) = scene().await;
    let log = LogId::Group(team.group);
    let said = last_of(&rogue, &team, &team.doctor);
    let fork = rogue.fork(&[&team.doctor]);
    let before = size(&rogue, TRUTH, log);
    team.chief.client().mark_seen(team.group, said).expect("a reader");
    has(&team.chief, log, before + 1).await;
    assert!(seen_by(&team.chief, &team, said, &team.chief));
    rogue.state_heads(&[&team.doctor]);
    assert!(!seen_by(&team.doctor, &team, said, &team.chief), "the safe side");
    assert!(trusts(&team.doctor, log));
    let next = team.chief.client().send(team.group, "次の話").await.expect("sent").head.size;
    rogue.cross(TRUTH, log, usize::try_from(next).expect("a place") - 1, fork);
    distrusts(&team.doctor, log).await;
}
