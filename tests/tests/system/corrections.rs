//! Corrections, messages taken back, and who has seen what, over real connections (S1).

use renkei_client_core::corrections::Amended;
use renkei_client_core::groups::NewGroup;
use renkei_client_core::messages::Shown;
use renkei_client_core::proto::act::{Act, Amendment, GroupAct, GroupKind, HistoryPolicy, Words};
use renkei_client_core::proto::bytes::Blob;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Accepted, Sidecar};
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::id::GroupId;
use renkei_client_core::proto::statement::{Actor, LogId, Role, Statement};
use renkei_client_core::{Result, random};
use renkei_tests::{PATIENCE, Person, Team, consent, line, refused};

/// Waits until `person` has the entry at `seq`.
async fn comes(person: &Person, group: GroupId, seq: u64) {
    let here = person.client().wait_until(PATIENCE, |replica| (replica.group(group)?.size() > seq).then_some(()));
    here.await.expect("the entry");
}

/// The place of what was accepted.
fn place(accepted: &Accepted) -> u64 {
    accepted.head.size - 1
}

/// Writes, and waits until `reader` has it.
async fn said(by: &Person, reader: &Person, group: GroupId, text: &str) -> u64 {
    let seq = place(&by.client().send(group, text).await.expect("sent"));
    comes(reader, group, seq).await;
    seq
}

fn shown(person: &Person, group: GroupId, seq: u64) -> Shown {
    let shown = person.client().read(group, seq).expect("a group");
    shown.into_iter().find(|one| one.seq == seq).expect("a message")
}

/// The act of taking back the message at `original`, under the present epoch.
fn taking_back(person: &Person, group: GroupId, original: u64) -> Act {
    let epoch = person.client().look(|replica| Some(replica.group(group)?.group()?.epoch()));
    Act::Amend(Amendment { original, epoch: epoch.unwrap_or(0), flags: 0, words: None })
}

/// Says `act` without asking the own client whether it may.
async fn unchecked(person: &Person, group: GroupId, act: Act) -> Result<Accepted> {
    person.client().submit_unchecked(LogId::Group(group), Role::User, None, act, Sidecar::default()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s1_everybody_is_shown_the_right_words_and_the_trail_stays() {
    let mut team = Team::of_two().await;
    let group = team.group;
    let wrong = said(&team.chief, &team.doctor, group, "体温 63.5").await;
    let slip = said(&team.chief, &team.doctor, group, "別の方への連絡").await;
    for text in ["体温 35.6", "体温 36.5"] {
        team.chief.client().correct(group, wrong, text).await.expect("corrected");
    }
    let back = place(&team.chief.client().retract(group, slip).await.expect("taken back"));
    comes(&team.doctor, group, back).await;
    let everywhere = |person: &Person| {
        let (wrong, slip) = (shown(person, group, wrong), shown(person, group, slip));
        assert_eq!(wrong.text, Ok("体温 36.5".to_owned()));
        assert!(matches!(wrong.amended, Some(Amended { retracted: false, .. })));
        assert_eq!(slip.text, Ok(String::new()), "its words are not shown");
        assert!(matches!(slip.amended, Some(Amended { retracted: true, seq, .. }) if seq == back));
        let trail = person.client().trail(group, wrong.seq).expect("a message");
        let texts: Vec<_> = trail.into_iter().map(|version| version.text.and_then(core::result::Result::ok)).collect();
        assert_eq!(texts, ["体温 63.5", "体温 35.6", "体温 36.5"].map(|text| Some(text.to_owned())));
        let trail = person.client().trail(group, slip.seq).expect("a message");
        let texts: Vec<_> = trail.into_iter().map(|version| version.text).collect();
        assert_eq!(texts, [Some(Ok("別の方への連絡".to_owned())), None], "the trail has them");
        assert_eq!(person.client().amendments(group, 0).expect("a group").len(), 3, "each is told");
    };
    everywhere(&team.chief);
    team.doctor.reads(group).await;
    everywhere(&team.doctor);
    // A server that starts anew tells and knows the same.
    team.world.server.kill();
    team.world.server.verify().expect("everything holds");
    team.world.server.restart();
    team.doctor.sign_in(&team.world.server).await.expect("signed in");
    team.doctor.texts(group, 2).await;
    comes(&team.doctor, group, back).await;
    everywhere(&team.doctor);
    refused(unchecked(&team.chief, group, taking_back(&team.chief, group, slip)).await, Code::AlreadyRetracted);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s1_the_server_alone_refuses_what_is_nobodys_to_amend() {
    let team = Team::of_two().await;
    let group = team.group;
    let theirs = said(&team.chief, &team.doctor, group, "報告").await;
    let own = said(&team.doctor, &team.chief, group, "了解").await;
    // By a client that keeps the rules, and by one that does not.
    refused(team.doctor.client().retract(group, theirs).await, Code::NotTheAuthor);
    refused(team.doctor.client().correct(group, theirs, "別の報告").await, Code::NotTheAuthor);
    refused(unchecked(&team.doctor, group, taking_back(&team.doctor, group, theirs)).await, Code::NotTheAuthor);
    let words = Some(Words { salt: Hash32(random()), ciphertext: Blob::default() });
    let Act::Amend(right) = taking_back(&team.doctor, group, own) else { panic!("an amendment") };
    let correction = Act::Amend(Amendment { original: theirs, words: words.clone(), ..right.clone() });
    refused(unchecked(&team.doctor, group, correction).await, Code::NotTheAuthor);
    for original in [0, own + 1, u64::MAX] {
        let act = Act::Amend(Amendment { original, ..right.clone() });
        refused(unchecked(&team.doctor, group, act).await, Code::Unknown);
    }
    let flagged = Act::Amend(Amendment { flags: 1, ..right.clone() });
    refused(unchecked(&team.doctor, group, flagged).await, Code::UnknownVersion);
    for epoch in [0, right.epoch - 1, right.epoch + 1, u32::MAX] {
        let act = Act::Amend(Amendment { epoch, ..right.clone() });
        refused(unchecked(&team.doctor, group, act).await, Code::RekeyRequired);
    }
    // In the author's name, over one's own connection.
    let log = LogId::Group(group);
    let act = taking_back(&team.doctor, group, theirs);
    let draft = team.doctor.client().draft(log, Role::User, None, act).expect("a trusted log");
    let actor = Actor::Device { user: team.chief.user(), device: team.chief.device() };
    let forged = Statement { actor, ..draft };
    let forged = team.doctor.client().submit_statement(&forged, Sidecar::default());
    refused(forged.await, Code::NotForYou);
    // An amendment is not amended, and what was taken back stays so.
    let corrected = place(&team.doctor.client().correct(group, own, "了解しました").await.expect("corrected"));
    refused(team.doctor.client().correct(group, corrected, "いいえ").await, Code::Unknown);
    refused(unchecked(&team.doctor, group, taking_back(&team.doctor, group, corrected)).await, Code::Unknown);
    team.doctor.client().retract(group, own).await.expect("taken back");
    refused(team.doctor.client().correct(group, own, "やはり").await, Code::AlreadyRetracted);
    refused(unchecked(&team.doctor, group, Act::Amend(Amendment { words, ..right })).await, Code::AlreadyRetracted);
    // Nothing is made good in a closed group.
    unchecked_close(&team).await;
    comes(&team.chief, group, team.doctor.head(group).size - 1).await;
    refused(team.chief.client().retract(group, theirs).await, Code::GroupClosed);
    refused(unchecked(&team.chief, group, taking_back(&team.chief, group, theirs)).await, Code::GroupClosed);
    refused(unchecked(&team.chief, group, Act::Seen { upto: own }).await, Code::GroupClosed);
}

async fn unchecked_close(team: &Team) {
    let (log, act) = (LogId::Group(team.group), Act::Group(GroupAct::Close));
    let closed = team.doctor.client().submit_unchecked(log, Role::SnsAdministrator, None, act, Sidecar::default());
    closed.await.expect("closed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s1_readers_say_for_themselves_how_far_they_have_seen() {
    let team = Team::of_two().await;
    let group = team.group;
    let first = said(&team.doctor, &team.chief, group, "一").await;
    let second = said(&team.doctor, &team.chief, group, "二").await;
    let seen = |person: &Person, seq| {
        let by = person.client().seen(group, seq).expect("a message");
        let seen: Vec<_> = by.seen.into_iter().map(|(user, _)| user).collect();
        (seen, by.not_yet)
    };
    let chief = team.chief.user();
    assert_eq!(seen(&team.doctor, first), (vec![], vec![chief]), "not yet");
    team.chief.reads(group).await;
    team.chief.client().mark_seen(group, first).expect("a reader");
    let told = team.doctor.client().wait_until(PATIENCE, |replica| replica.group(group)?.mark(chief, first));
    told.await.expect("a mark");
    assert_eq!(seen(&team.doctor, first), (vec![chief], vec![]));
    assert_eq!(seen(&team.doctor, second), (vec![], vec![chief]), "and no more than that");
    // Nothing back, nothing twice, nothing that is not there, and nothing in another's name.
    comes(&team.chief, group, team.doctor.head(group).size - 1).await;
    refused(unchecked(&team.chief, group, Act::Seen { upto: first }).await, Code::NothingToDo);
    for upto in [0, second + 1, u64::MAX] {
        refused(unchecked(&team.chief, group, Act::Seen { upto }).await, Code::Unknown);
    }
    let log = LogId::Group(group);
    let act = Act::Seen { upto: second };
    let draft = team.doctor.client().draft(log, Role::User, None, act.clone()).expect("a trusted log");
    let actor = Actor::Device { user: chief, device: team.chief.device() };
    let forged = Statement { actor, ..draft };
    let forged = team.doctor.client().submit_statement(&forged, Sidecar::default());
    refused(forged.await, Code::NotForYou);
    unchecked(&team.chief, group, act).await.expect("further");
    refused(unchecked(&team.chief, group, Act::Seen { upto: first }).await, Code::NothingToDo);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s1_who_governs_without_reading_is_sent_no_corrections() {
    let team = Team::of_two().await;
    let doctor = team.doctor.client();
    let new = NewGroup {
        kind: GroupKind::Patient,
        label: line("見本 次郎さん 在宅チーム"),
        history: HistoryPolicy::All,
        acting_for: None,
        creator_reads: false,
    };
    let group = doctor.create_group(new).await.expect("a group");
    doctor.record_consent(group, consent()).await.expect("recorded");
    team.world.join(&team.doctor, group, team.chief.user(), &team.chief).await;
    let slip = place(&team.chief.client().send(group, "医師は管理だけ").await.expect("sent"));
    team.chief.client().correct(group, slip, "医師は読まない").await.expect("corrected");
    let back = place(&team.chief.client().retract(group, slip).await.expect("taken back"));
    comes(&team.doctor, group, back).await;
    doctor.look(|replica| {
        let followed = replica.group(group).expect("followed");
        assert!(followed.amendments().is_empty(), "headers alone");
        let state = followed.group().expect("a group");
        assert!(state.written_at(back).is_some_and(|row| row.amends && row.by == team.chief.device()));
        assert!(!state.retracted(slip), "which of them, only readers know");
    });
    refused(doctor.trail(group, slip), Code::Unknown);
    refused(doctor.seen(group, slip), Code::NotAReader);
    refused(doctor.mark_seen(group, slip), Code::NotAReader);
    refused(unchecked(&team.doctor, group, Act::Seen { upto: slip }).await, Code::NotAReader);
    refused(unchecked(&team.doctor, group, taking_back(&team.doctor, group, slip)).await, Code::NotAReader);
    doctor.remove(group, team.chief.user()).await.expect("the governor's log goes on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a02_1_a_correction_that_is_handed_out_is_an_opening() {
    use renkei_client_core::proto::access::{Scope, What};
    use renkei_client_core::proto::time::Time;
    let mut team = Team::of_two().await;
    let group = team.group;
    let wrong = said(&team.chief, &team.doctor, group, "体温 63.5").await;
    team.doctor.reads(group).await;
    drop(team.doctor.take_client());
    team.doctor.sign_in(&team.world.server).await.expect("signed in");
    team.doctor.texts(group, 1).await;
    let opened = async |person: &Person| {
        let all = person.client().access_records(Scope::Own, Time(0), Time(u64::MAX)).await.expect("the own records");
        let handed = |what: &What| match what {
            What::Opened { last, .. } => Some(*last),
            _ => None,
        };
        all.lines.iter().filter_map(|line| handed(&line.record.what)).max()
    };
    assert!(opened(&team.doctor).await >= Some(wrong));
    let place = place(&team.chief.client().correct(group, wrong, "体温 36.5").await.expect("corrected"));
    comes(&team.doctor, group, place).await;
    // The stretch that goes on is on record at its end at the latest.
    drop(team.doctor.take_client());
    team.doctor.sign_in(&team.world.server).await.expect("signed in");
    team.doctor.texts(group, 1).await;
    assert!(opened(&team.doctor).await >= Some(place));
}
