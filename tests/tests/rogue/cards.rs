//! The patient card (A4.1): withheld, an old one shown for the present one, changed, written by nobody, and another key handed
//! on to a newcomer.

use renkei_client_core::card::ShownCard;
use renkei_client_core::proto::act::{Act, Card, CardKey};
use renkei_client_core::proto::bytes::Blob;
use renkei_client_core::proto::card::PatientCard;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::codec;
use renkei_client_core::proto::entry::EntryKind;
use renkei_client_core::proto::frame::{Fault, Op, Sidecar};
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::key::SigningSecret;
use renkei_client_core::proto::statement::{LogId, Role, Signed};
use renkei_client_core::random;
use renkei_sealing::card::{self, RevisionKey};
use renkei_tests::rogue::{Colluder, Making, Rogue, TRUTH, Told, read};
use renkei_tests::{PATIENCE, Person, Team, World, line, within};

use crate::{HistoryPolicy, distrusts, forgives, has, overtaken, scene, size, trusts};

fn named(name: &str) -> PatientCard {
    PatientCard::named(line(name))
}

/// The present card as `person` is shown it.
fn shown(person: &Person, team: &Team) -> Option<ShownCard> {
    person.client().card(team.group).expect("a group")
}

/// Waits until `person` can read the present card.
async fn reads(person: &Person, team: &Team) -> PatientCard {
    let mut changes = person.client().changes();
    let card = async {
        loop {
            if let Some(ShownCard { card: Ok(card), .. }) = shown(person, team) {
                return card;
            }
            changes.changed().await.expect("a client");
        }
    };
    within("the card", card).await
}

/// The chief changes the card that both can read; the doctor is told of it as `lie` makes it, and finds out: nothing wrong is
/// shown. Told the truth, the same device shows the right card.
async fn told(lie: impl FnOnce(&mut Vec<Told>, usize, usize)) {
    let (mut team, rogue) = scene().await;
    let log = LogId::Group(team.group);
    let first = rogue.look(TRUTH, |truth| truth.log(log).len());
    let before = team.chief.client().change_card(team.group, named("見本 花子"), None).await.expect("written");
    let before = before.head.size - 1;
    has(&team.doctor, log, before + 1).await;
    assert_eq!(reads(&team.doctor, &team).await, named("見本 花子"));
    let at = rogue.look(TRUTH, |truth| truth.log(log).len());
    let fork = rogue.fork(&[&team.doctor]);
    team.chief.client().change_card(team.group, named("見本 華子"), Some(before)).await.expect("changed");
    rogue.change(|state| {
        let mut history = state.histories[TRUTH].clone();
        history.edit(log, |all| lie(all, first, at));
        state.histories[fork] = history;
    });
    distrusts(&team.doctor, log).await;
    assert!(trusts(&team.chief, log));
    assert_eq!(
        shown(&team.doctor, &team).expect("a card").card,
        Ok(named("見本 花子")),
        "what was true is still shown"
    );
    rogue.tell(&team.doctor, TRUTH);
    forgives(&mut team.doctor, log).await;
    has(&team.doctor, log, size(&rogue, TRUTH, log)).await;
    assert_eq!(reads(&team.doctor, &team).await, named("見本 華子"));
}

/// The statement at `place` with another act, under the signature that it has.
fn reworded(all: &[Told], place: usize, change: impl FnOnce(&mut Card)) -> Signed {
    let signed = all[place].signed();
    let mut statement = read(&signed);
    let Act::Card(card) = &mut statement.act else { panic!("a card") };
    change(card);
    Signed { bytes: Blob::new(codec::encode(&statement)).expect("a statement"), signature: signed.signature }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_card_withheld() {
    told(|all, _, at| all[at].entry.body = None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_card_of_before_for_the_present_one() {
    told(|all, first, at| all[at].entry.body = all[first].entry.body.clone()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_card_said_to_be_made_from_another() {
    told(|all, _, at| all[at].entry.body = Some(reworded(all, at, |card| card.replaces = None))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_card_with_another_key() {
    told(|all, _, at| all[at].entry.body = Some(reworded(all, at, |card| card.key = Hash32(random())))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_card_under_a_messages_header() {
    told(|all, _, at| all[at].entry.header.kind = EntryKind::Message).await;
}

/// A card that `colluder` writes for the present epoch.
fn written(rogue: &Rogue, colluder: &Colluder, team: &Team, replaces: Option<u64>, patient: &PatientCard) -> Signed {
    let epoch = *colluder.epochs.keys().map(|(_, number)| number).max().expect("a key");
    let (salt, key, ciphertext) = (Hash32(random()), Hash32::default(), Blob::default());
    let act = Act::Card(Card { replaces, epoch, salt, key, ciphertext });
    let log = LogId::Group(team.group);
    let mut statement = rogue.look(TRUTH, |truth| colluder.statement(truth, log, Role::User, act));
    card::seal(&mut statement, patient, &colluder.epochs[&(team.group, epoch)]).expect("sealed");
    colluder.sign(&statement)
}

/// The doctor is told of a card that the device of the chief could have written, as `lie` makes it, and finds out.
async fn forged(replaces: impl FnOnce(u64) -> Option<u64>, lie: impl FnOnce(&Signed) -> Signed) {
    let (team, rogue) = scene().await;
    let log = LogId::Group(team.group);
    let first = team.chief.client().change_card(team.group, named("見本 花子"), None).await.expect("written");
    has(&team.doctor, log, first.head.size).await;
    assert_eq!(reads(&team.doctor, &team).await, named("見本 花子"));
    let colluder = Colluder::of(&rogue, &team.chief);
    let replaces = replaces(first.head.size - 1);
    let written = written(&rogue, &colluder, &team, replaces, &named("別の方"));
    let fork = rogue.fork(&[&team.doctor]);
    rogue.append(fork, &lie(&written), &Sidecar::default());
    distrusts(&team.doctor, log).await;
    assert_eq!(shown(&team.doctor, &team).expect("a card").card, Ok(named("見本 花子")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_card_in_its_authors_name() {
    let stranger = |signed: &Signed| read(signed).sign(&SigningSecret::from_seed(&random())).expect("signed");
    forged(Some, stranger).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_card_over_one_that_was_not_seen() {
    // A member who helps writes it; the server enters what it should refuse.
    forged(|_| None, Signed::clone).await;
}

/// A group whose newcomers read nothing of before, with a card, and somebody who is to come; the liar has taken over.
async fn before_a_newcomer() -> (Team, Rogue, Person) {
    let world = World::found().await;
    let (clinic, doctor) = world.facility("clinic", true).await;
    let (station, chief) = world.facility("station", true).await;
    let group = world.group(&doctor, HistoryPolicy::FromApproval).await;
    world.join(&doctor, group, chief.user(), &chief).await;
    chief.reads(group).await;
    let nurse = world.staff(&chief, "nurse").await;
    let (team, rogue) = overtaken(Team { world, doctor, chief, clinic, station, group }).await;
    rogue.call([&nurse]);
    team.doctor.client().change_card(group, named("見本 花子"), None).await.expect("written");
    assert_eq!(reads(&team.chief, &team).await, named("見本 花子"));
    (team, rogue, nurse)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_card_key_that_is_anothers_is_passed_over_and_a_colleague_hands_the_right_one_on() {
    let (team, rogue, nurse) = before_a_newcomer().await;
    let (group, log) = (team.group, LogId::Group(team.group));
    let place = shown(&team.chief, &team).expect("a card").seq;
    // Nobody else is let to make the newcomer's epoch, or to hand anything on, before the member who lies has.
    rogue.script(|_, _, op| {
        let Op::Submit { signed, .. } = op else { return None };
        let waits = matches!(read(signed).act, Act::Epoch(_) | Act::CardKey(_));
        waits.then(|| Err(Fault::from(Code::StorageFailed)))
    });
    team.world.join(&team.doctor, group, nurse.user(), &team.chief).await;
    let user = nurse.user();
    let member =
        team.chief.client().wait_until(PATIENCE, |replica| replica.group(group)?.group()?.membership(user).map(drop));
    member.await.expect("a member");
    let mut colluder = Colluder::of(&rogue, &team.chief);
    // The key of a card that the liar likes better, rightly sealed.
    let better = read(&written(&rogue, &colluder, &team, Some(place), &named("別の方")));
    let Act::Card(Card { epoch: before, .. }) = better.act else { panic!("a card") };
    let other = RevisionKey::of(&better, &colluder.epochs[&(group, before)]).expect("the own key");
    let (signed, sidecar) = rogue.look(TRUTH, |truth| colluder.epoch(truth, group, &team.chief, Making::default()));
    rogue.append(TRUTH, &signed, &sidecar);
    let epoch = before + 1;
    let act = Act::CardKey(CardKey { card: place, epoch, salt: Hash32(random()), sealed: Blob::default() });
    let mut lie = rogue.look(TRUTH, |truth| colluder.statement(truth, log, Role::User, act));
    other.hand_on(&mut lie, &colluder.epochs[&(group, epoch)]).expect("sealed");
    rogue.append(TRUTH, &colluder.sign(&lie), &Sidecar::default());
    has(&nurse, log, size(&rogue, TRUTH, log)).await;
    nurse.reads(group).await;
    assert_eq!(shown(&nurse, &team).expect("a card").card, Err(Code::KeyAwaited), "another key is none");
    rogue.script(|_, _, _| None);
    team.doctor.client().send(group, "ようこそ").await.expect("sent");
    assert_eq!(reads(&nurse, &team).await, named("見本 花子"));
    assert!(trusts(&nurse, log), "a member who hands rubbish on breaks no log");
}
