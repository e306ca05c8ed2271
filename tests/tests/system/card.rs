//! The patient card over real connections (A4.1): kept by readers, one change at a time, and readable for whoever comes later.

use renkei_client_core::card::ShownCard;
use renkei_client_core::groups::NewGroup;
use renkei_client_core::proto::act::{Act, Card, CardKey, ConsentBy, GroupKind, HistoryPolicy};
use renkei_client_core::proto::bytes::{Blob, List};
use renkei_client_core::proto::card::{CardField, CareMember, CareRole, Carer, Kana, PatientCard};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Accepted, Sidecar};
use renkei_client_core::proto::hash::{Hash32, sha256};
use renkei_client_core::proto::id::GroupId;
use renkei_client_core::proto::statement::{Actor, LogId, Role, Statement};
use renkei_client_core::proto::time::Time;
use renkei_client_core::{Result, random};
use renkei_tests::{PATIENCE, Person, Team, World, consent, files_below, line, refused};

/// The place of what was accepted.
fn place(accepted: &Accepted) -> u64 {
    accepted.head.size - 1
}

/// Waits until `person` has the entry at `seq`.
async fn comes(person: &Person, group: GroupId, seq: u64) {
    let here =
        person.client().wait_until(PATIENCE, |replica| (replica.group(group)?.group()?.size() > seq).then_some(()));
    here.await.expect("the entry");
}

fn patient() -> PatientCard {
    PatientCard {
        kana: Some(Kana::new("みほん はなこ").expect("kana")), ..PatientCard::named(line("見本 花子"))
    }
}

fn with_fact(card: &PatientCard, fact: &str) -> PatientCard {
    PatientCard { facts: List::new(vec![line(fact)]).expect("fits"), ..card.clone() }
}

fn shown(person: &Person, group: GroupId) -> ShownCard {
    person.client().card(group).expect("a group").expect("a card")
}

/// Waits until `person` can read the present card of `group`.
async fn reads_card(person: &Person, group: GroupId) -> PatientCard {
    let client = person.client();
    let mut changes = client.changes();
    let card = async {
        loop {
            if let Ok(Some(ShownCard { card: Ok(card), .. })) = client.card(group) {
                return card;
            }
            changes.changed().await.expect("a client");
        }
    };
    renkei_tests::within("the card", card).await
}

/// The act of a change that says nothing, under the present epoch.
fn blank(person: &Person, group: GroupId, replaces: Option<u64>) -> Act {
    let epoch = person.client().look(|replica| Some(replica.group(group)?.group()?.epoch())).unwrap_or(0);
    let (salt, key, ciphertext) = (Hash32(random()), Hash32(random()), Blob::default());
    Act::Card(Card { replaces, epoch, salt, key, ciphertext })
}

/// Says `act` without asking the own client whether it may.
async fn unchecked(person: &Person, group: GroupId, act: Act) -> Result<Accepted> {
    person.client().submit_unchecked(LogId::Group(group), Role::User, None, act, Sidecar::default()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a04_1_readers_keep_the_card_and_see_who_changed_what() {
    let mut team = Team::of_two().await;
    let group = team.group;
    assert_eq!(team.doctor.client().card(group).expect("a group"), None);
    let first = place(&team.doctor.client().change_card(group, patient(), None).await.expect("written"));
    assert_eq!(reads_card(&team.chief, group).await, patient());
    let second = with_fact(&patient(), "ペニシリンアレルギー");
    let member = CareMember { role: CareRole::VisitingNurse, who: Carer::User(team.chief.user()) };
    let second = PatientCard { team: List::new(vec![member]).expect("fits"), ..second };
    let changed = team.chief.client().change_card(group, second.clone(), Some(first)).await.expect("changed");
    let changed = place(&changed);
    comes(&team.doctor, group, changed).await;
    refused(team.doctor.client().change_card(group, second.clone(), Some(changed)).await, Code::NothingToDo);
    let (doctor, chief) = (team.doctor.user(), team.chief.user());
    let everywhere = |person: &Person| {
        let history = person.client().card_history(group, 0).expect("a group");
        let [one, two] = history.as_slice() else { panic!("two revisions") };
        assert_eq!((one.seq, one.author, one.replaces), (first, doctor, None));
        assert_eq!((two.seq, two.author, two.replaces), (changed, chief, Some(first)));
        assert_eq!((&one.card, &two.card), (&Ok(patient()), &Ok(second.clone())));
        assert_eq!(one.changed, Some(vec![CardField::Name, CardField::Kana]));
        assert_eq!(two.changed, Some(vec![CardField::Facts, CardField::Team]));
        assert_eq!(person.client().read(group, 0).expect("a group"), [], "it is no message");
    };
    everywhere(&team.doctor);
    everywhere(&team.chief);
    // It is seen as a message is.
    assert_eq!(team.chief.client().seen(group, changed).expect("written").not_yet, [team.doctor.user()]);
    team.doctor.client().mark_seen(group, changed).expect("a reader");
    let told = team.chief.client().wait_until(PATIENCE, |replica| replica.group(group)?.mark(doctor, changed));
    told.await.expect("a mark");
    assert_eq!(team.chief.client().seen(group, changed).expect("written").not_yet, []);
    // A server that starts anew tells the same.
    team.world.server.kill();
    team.world.server.verify().expect("everything holds");
    team.world.server.restart();
    team.doctor.sign_in(&team.world.server).await.expect("signed in");
    comes(&team.doctor, group, changed).await;
    assert_eq!(reads_card(&team.doctor, group).await, second);
    everywhere(&team.doctor);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a04_1_of_two_changes_at_once_the_second_is_shown_the_first_and_loses_nothing() {
    let team = Team::of_two().await;
    let group = team.group;
    let first = place(&team.doctor.client().change_card(group, patient(), None).await.expect("written"));
    comes(&team.chief, group, first).await;
    let (mine, theirs) = (with_fact(&patient(), "ワーファリン内服"), PatientCard { kana: None, ..patient() });
    let both = tokio::join!(
        team.doctor.client().change_card(group, mine.clone(), Some(first)),
        team.chief.client().change_card(group, theirs.clone(), Some(first)),
    );
    let (late, other) = match both {
        (Ok(_), Err(fault)) => {
            assert_eq!(fault.code, Code::CardChanged);
            (&team.chief, mine)
        }
        (Err(fault), Ok(_)) => {
            assert_eq!(fault.code, Code::CardChanged);
            (&team.doctor, theirs)
        }
        both => panic!("exactly one: {both:?}"),
    };
    // What the other changed is there to be merged with.
    let present = async {
        let mut changes = late.client().changes();
        while shown(late, group).seq == first {
            changes.changed().await.expect("a client");
        }
    };
    renkei_tests::within("the other's change", present).await;
    let there = shown(late, group);
    assert_eq!(there.card, Ok(other));
    let merged = with_fact(&PatientCard { kana: None, ..patient() }, "ワーファリン内服");
    late.client().change_card(group, merged.clone(), Some(there.seq)).await.expect("merged");
    assert_eq!(shown(late, group).card, Ok(merged));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a04_1_the_server_alone_refuses_a_change_of_what_was_not_seen() {
    let team = Team::of_two().await;
    let group = team.group;
    let first = place(&team.doctor.client().change_card(group, patient(), None).await.expect("written"));
    comes(&team.chief, group, first).await;
    for replaces in [None, Some(0), Some(first + 1), Some(u64::MAX)] {
        refused(
            team.chief.client().change_card(group, PatientCard::named(line("別人")), replaces).await,
            Code::CardChanged,
        );
        refused(unchecked(&team.chief, group, blank(&team.chief, group, replaces)).await, Code::CardChanged);
    }
    let Act::Card(right) = blank(&team.chief, group, Some(first)) else { panic!("a card") };
    for epoch in [0, right.epoch - 1, right.epoch + 1, u32::MAX] {
        refused(unchecked(&team.chief, group, Act::Card(Card { epoch, ..right.clone() })).await, Code::RekeyRequired);
    }
    // Nothing is handed on where everybody reads it, nor in another's name.
    let handed = CardKey { card: first, epoch: right.epoch, salt: Hash32(random()), sealed: Blob::default() };
    refused(unchecked(&team.chief, group, Act::CardKey(handed.clone())).await, Code::NothingToDo);
    refused(unchecked(&team.chief, group, Act::CardKey(CardKey { card: 0, ..handed })).await, Code::CardChanged);
    let draft = team.chief.client().draft(LogId::Group(group), Role::User, None, Act::Card(right)).expect("a log");
    let actor = Actor::Device { user: team.doctor.user(), device: team.doctor.device() };
    let forged = Statement { actor, ..draft };
    refused(team.chief.client().submit_statement(&forged, Sidecar::default()).await, Code::NotForYou);
    // A free group has none.
    let new = NewGroup {
        kind: GroupKind::Free,
        label: line("研修"),
        history: HistoryPolicy::All,
        acting_for: None,
        creator_reads: true,
    };
    let free = team.doctor.client().create_group(new).await.expect("a group");
    team.doctor.client().send(free, "こんにちは").await.expect("sent");
    refused(team.doctor.client().change_card(free, patient(), None).await, Code::CardNotApplicable);
    refused(unchecked(&team.doctor, free, blank(&team.doctor, free, None)).await, Code::CardNotApplicable);
    // A closed group keeps the last one.
    team.doctor.client().close_group(group).await.expect("closed");
    comes(&team.chief, group, team.doctor.head(group).size - 1).await;
    refused(team.chief.client().change_card(group, with_fact(&patient(), "後"), Some(first)).await, Code::GroupClosed);
    refused(unchecked(&team.chief, group, blank(&team.chief, group, Some(first))).await, Code::GroupClosed);
    assert_eq!(reads_card(&team.chief, group).await, patient());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a04_1_a_newcomer_who_may_read_nothing_of_before_reads_the_present_card() {
    let world = World::found().await;
    let (_, doctor) = world.facility("clinic", true).await;
    let (_, chief) = world.facility("station", true).await;
    let group = world.group(&doctor, HistoryPolicy::FromApproval).await;
    world.join(&doctor, group, chief.user(), &chief).await;
    chief.reads(group).await;
    doctor.client().send(group, "前のこと").await.expect("sent");
    let first = place(&doctor.client().change_card(group, patient(), None).await.expect("written"));
    let fuller = with_fact(&patient(), "ペースメーカー");
    let second = place(&doctor.client().change_card(group, fuller.clone(), Some(first)).await.expect("changed"));
    let nurse = world.staff(&chief, "nurse").await;
    world.join(&doctor, group, nurse.user(), &chief).await;
    assert_eq!(reads_card(&nurse, group).await, fuller);
    // Of what was before, nothing else: neither messages nor older cards.
    assert_eq!(nurse.present(group), ["(key_awaited)"]);
    let history = nurse.client().card_history(group, 0).expect("a group");
    let [old, present] = history.as_slice() else { panic!("two revisions") };
    assert_eq!((old.seq, &old.card, &old.changed), (first, &Err(Code::KeyAwaited), &None));
    assert_eq!((present.seq, &present.changed), (second, &None), "what changed would tell of the one before");
    // The newcomer keeps it too, and whoever comes next reads that.
    let third = with_fact(&fuller, "ペースメーカー。MRI不可");
    let changed = place(&nurse.client().change_card(group, third.clone(), Some(second)).await.expect("changed"));
    let next = world.staff(&chief, "next").await;
    world.join(&doctor, group, next.user(), &chief).await;
    assert_eq!(reads_card(&next, group).await, third);
    // Handed on a second time by a device that has it from somebody itself.
    let last = world.staff(&chief, "last").await;
    world.join(&doctor, group, last.user(), &chief).await;
    assert_eq!(reads_card(&last, group).await, third);
    comes(&doctor, group, changed).await;
    assert_eq!(doctor.client().look(|replica| Some(replica.group(group)?.cards().len())), Some(3), "no more revisions");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a04_1_who_governs_without_reading_is_sent_no_card() {
    let team = Team::of_two().await;
    let doctor = team.doctor.client();
    let new = NewGroup {
        kind: GroupKind::Patient,
        label: line("見本 次郎さん 在宅チーム"),
        history: HistoryPolicy::FromApproval,
        acting_for: None,
        creator_reads: false,
    };
    let group = doctor.create_group(new).await.expect("a group");
    doctor.record_consent(group, consent()).await.expect("recorded");
    team.world.join(&team.doctor, group, team.chief.user(), &team.chief).await;
    let first = place(&team.chief.client().change_card(group, patient(), None).await.expect("written"));
    let nurse = team.world.staff(&team.chief, "nurse").await;
    team.world.join(&team.doctor, group, nurse.user(), &team.chief).await;
    assert_eq!(reads_card(&nurse, group).await, patient());
    comes(&team.doctor, group, first).await;
    let present = |replica: &renkei_client_core::replica::Replica| {
        let followed = replica.group(group)?;
        Some((followed.cards().len(), followed.group()?.card()?.seq))
    };
    assert_eq!(doctor.look(present), Some((0, first)), "a header alone");
    refused(unchecked(&team.doctor, group, blank(&team.doctor, group, Some(first))).await, Code::NotAReader);
    doctor.remove(group, nurse.user()).await.expect("the governor's log goes on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a06_2_the_card_is_frozen_and_erased_with_its_group() {
    let team = Team::of_two().await;
    let group = team.group;
    let first = place(&team.doctor.client().change_card(group, patient(), None).await.expect("written"));
    comes(&team.chief, group, first).await;
    let sealed = team.chief.client().look(|replica| {
        let Act::Card(card) = &replica.group(group)?.cards().last()?.statement.act else { return None };
        Some(card.ciphertext.as_slice().to_vec())
    });
    let sealed = sealed.expect("a card");
    let at_rest = || {
        let files = files_below(team.world.server.data());
        files.values().filter(|bytes| bytes.windows(sealed.len()).any(|window| window == sealed)).count()
    };
    assert_ne!(at_rest(), 0, "the search finds what is there");
    let on = "2026-03-02".parse().expect("a day");
    let doctor = team.doctor.client();
    doctor.withdraw_consent(group, ConsentBy::Family, on, sha256(b"paper")).await.expect("withdrawn");
    refused(doctor.card(group).map(|_| ()), Code::ConsentWithdrawn);
    refused(doctor.change_card(group, with_fact(&patient(), "後"), Some(first)).await, Code::ConsentWithdrawn);
    refused(unchecked(&team.doctor, group, blank(&team.doctor, group, Some(first))).await, Code::ConsentWithdrawn);
    let operator = &team.world.operators[0];
    let waits = operator.client().wait_until(PATIENCE, |replica| replica.group(group)?.group()?.frozen().map(|_| ()));
    waits.await.expect("the Desk is told");
    operator.client().confirm_erasure(group).await.expect("erased");
    let gone = team.chief.client().wait_until(PATIENCE, |replica| replica.group(group)?.group()?.erased().map(|_| ()));
    gone.await.expect("erased");
    refused(team.chief.client().card(group).map(|_| ()), Code::GroupErased);
    refused(unchecked(&team.chief, group, blank(&team.chief, group, Some(first))).await, Code::GroupErased);
    assert!(team.chief.client().look(|replica| replica.group(group).is_some_and(|one| one.cards().is_empty())));
    assert_eq!(at_rest(), 0, "in no file of the server");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a02_1_a_card_that_is_handed_out_is_an_opening() {
    use renkei_client_core::proto::access::{Scope, What};
    let mut team = Team::of_two().await;
    let group = team.group;
    let first = place(&team.chief.client().change_card(group, patient(), None).await.expect("written"));
    drop(team.doctor.take_client());
    team.doctor.sign_in(&team.world.server).await.expect("signed in");
    comes(&team.doctor, group, first).await;
    let own = team.doctor.client().access_records(Scope::Own, Time(0), Time(u64::MAX)).await.expect("the own records");
    let opened = own.lines.iter().any(|line| matches!(line.record.what, What::Opened { last, .. } if last >= first));
    assert!(opened, "it is on record before it is handed out");
}
