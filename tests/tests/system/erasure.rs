//! Withdrawn consent, erasure, retention, handing over and a facility that leaves, with real processes (A3.2, A5.1, A6.2).

use std::path::Path;

use renkei_client_core::audit;
use renkei_client_core::groups::NewGroup;
use renkei_client_core::policy::group::Group;
use renkei_client_core::proto::act::{
    Act, ConsentBy, GroupAct, GroupKind, HistoryPolicy, HoldReason, Message, RegistryAct,
};
use renkei_client_core::proto::bytes::Blob;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::entry::{Entry, EntryKind};
use renkei_client_core::proto::frame::{Answer, Op, Sidecar};
use renkei_client_core::proto::hash::{Hash32, sha256};
use renkei_client_core::proto::id::GroupId;
use renkei_client_core::proto::statement::{LogId, Role};
use renkei_client_core::proto::time::{Date, Time};
use renkei_store::{Append, EmbeddedStore, JournalReader, JournalRecord, Log, LogKey, NewRecord, Options};
use renkei_tests::{DAY, PATIENCE, Person, Team, copy_dir, files_below, line, refused, within};

const PAPER: &[u8] = "見本 同意撤回書".as_bytes();

fn today() -> Date {
    "2026-03-02".parse().expect("a day")
}

fn day_after(time: Time, days: u64) -> Date {
    let wanted = i64::try_from((time.0 / DAY) + days).expect("a day of this age");
    let all = (2026..2199).flat_map(|year| (1..=12).flat_map(move |month| (1..=31).map(move |day| (year, month, day))));
    let mut dates = all.filter_map(|(year, month, day)| Date::new(year, month, day).ok());
    dates.find(|date| date.days() == wanted).expect("a day of this age")
}

async fn withdraw(person: &Person, group: GroupId) -> renkei_client_core::Result<()> {
    person.client().withdraw_consent(group, ConsentBy::Family, today(), sha256(PAPER)).await.map(drop)
}

/// Waits until the group's state is so here.
async fn until(person: &Person, group: GroupId, so: impl Fn(&Group) -> bool) {
    let there = person.client().wait_until(PATIENCE, |replica| so(replica.group(group)?.group()?).then_some(()));
    there.await.expect("the news");
}

/// The group's records as the journal of a server that is down has them.
fn records(data: &Path, group: GroupId) -> Vec<JournalRecord> {
    let reader = JournalReader::open(&data.join("store")).expect("a journal");
    let mut found = Vec::new();
    let keep = &mut |record: JournalRecord| found.extend(Some(record).filter(|one| one.log == LogKey(group.0)));
    reader.read(keep).expect("a whole journal");
    found
}

/// Pieces of everything that erasure must take: the bodies of content and of epochs, and all boxes.
fn needles(data: &Path, group: GroupId) -> Vec<(u64, Vec<u8>)> {
    let mut needles = Vec::new();
    for record in records(data, group) {
        let entry = Entry::decode(&record.entry).expect("an entry");
        let goes = matches!(entry.header.kind, EntryKind::Message | EntryKind::Amendment | EntryKind::Epoch);
        if let (true, Some(body)) = (goes, &entry.body) {
            let bytes = body.bytes.as_slice();
            needles.push((record.seq, bytes[bytes.len() - 24..].to_vec()));
        }
        for piece in record.sidecar.chunks_exact(1_000) {
            needles.push((record.seq, piece[500..532].to_vec()));
        }
    }
    needles
}

fn left_in_files(data: &Path, needles: &[(u64, Vec<u8>)]) -> Vec<u64> {
    let files = files_below(data);
    let there = |needle: &Vec<u8>| files.values().any(|file| file.windows(needle.len()).any(|window| window == needle));
    needles.iter().filter(|(_, needle)| there(needle)).map(|(seq, _)| *seq).collect()
}

/// A team with something written, whose server was down for a moment to be looked at.
async fn team_and_needles() -> (Team, Vec<(u64, Vec<u8>)>) {
    let mut team = Team::of_two().await;
    team.doctor.client().send(team.group, "本日 訪問しました").await.expect("sent");
    let sent = team.chief.client().send(team.group, "血圧 132/80").await.expect("sent");
    team.chief.client().correct(team.group, sent.head.size - 1, "血圧 128/80").await.expect("corrected");
    team.doctor.texts(team.group, 2).await;
    team.world.server.kill();
    let needles = needles(team.world.server.data(), team.group);
    assert!(needles.len() > 7, "messages, epochs and boxes: {}", needles.len());
    let there = left_in_files(team.world.server.data(), &needles);
    assert_eq!(there.len(), needles.len(), "they are there to be found");
    team.world.server.restart();
    for person in [&mut team.doctor, &mut team.chief] {
        person.sign_in(&team.world.server).await.expect("signed in");
    }
    for number in 0..2 {
        team.world.operators[number].sign_in(&team.world.server).await.expect("signed in");
    }
    team.doctor.texts(team.group, 2).await;
    team.chief.texts(team.group, 2).await;
    (team, needles)
}

fn message() -> Act {
    Act::Message(Message { epoch: 1, salt: Hash32([1; 32]), flags: 0, ciphertext: Blob::default() })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a06_2_a_withdrawn_consent_freezes_the_group_for_everybody_and_a_mistake_is_undone_by_two() {
    let (mut team, _) = team_and_needles().await;
    let (group, log) = (team.group, LogId::Group(team.group));
    refused(withdraw(&team.chief, group).await, Code::NotOriginator);
    withdraw(&team.doctor, group).await.expect("recorded");
    until(&team.chief, group, Group::is_shut).await;
    for person in [&team.chief, &team.doctor] {
        let client = person.client();
        refused(client.read(group, 0), Code::ConsentWithdrawn);
        refused(client.send(group, "まだ書けますか").await, Code::ConsentWithdrawn);
        // What skips the device's own checks the server refuses alone.
        let raw = client.submit_unchecked(log, Role::User, None, message(), Sidecar::default()).await;
        refused(raw, Code::ConsentWithdrawn);
    }
    refused(team.doctor.client().invite(group, team.world.operators[0].user()).await, Code::ConsentWithdrawn);
    // Keys are handed to nobody, content neither: a new session gets headers alone, and takes the log for good.
    let epoch = team.chief.client().look(|replica| {
        let state = replica.group(group).and_then(|one| one.group()).expect("a group");
        state.epochs().last().expect("an epoch").seq
    });
    refused(team.chief.client().ask(Op::FetchBox { log, seq: epoch }).await, Code::ConsentWithdrawn);
    team.chief.sign_in(&team.world.server).await.expect("signed in");
    until(&team.chief, group, Group::is_shut).await;
    let Ok(Answer::Entries(entries)) = team.chief.client().ask(Op::Entries { log, from: 0 }).await else {
        panic!("entries")
    };
    for bytes in entries.as_slice() {
        let entry = Entry::decode(bytes.as_slice()).expect("an entry");
        assert_eq!(entry.body.is_none(), entry.header.kind.is_content(), "entry {}", entry.header.seq);
    }
    refused(team.chief.client().read(group, 0), Code::ConsentWithdrawn);
    team.chief.client().look(|replica| {
        let followed = replica.group(group).expect("a group");
        assert_eq!((followed.broken(), followed.messages().len()), (None, 0));
    });
    assert!(team.chief.client().holds_keys(group), "it may be a mistake yet");

    // It was: the doctor signs, and an operator of the Desk.
    let form = sha256("見本 様式3 再".as_bytes());
    team.doctor.step_up(&team.world.server).await.expect("a fresh code");
    team.doctor.client().lift_freeze(group, today(), form).await.expect("a first voice");
    refused(team.doctor.client().lift_freeze(group, today(), form).await, Code::SecondPersonRequired);
    refused(team.doctor.client().read(group, 0), Code::ConsentWithdrawn);
    let operator = &team.world.operators[0];
    until(operator, group, Group::is_shut).await;
    operator.step_up(&team.world.server).await.expect("a fresh code");
    operator.client().lift_freeze(group, today(), form).await.expect("lifted");
    for person in [&team.chief, &team.doctor] {
        // Who was sent headers alone gets the log again from its beginning, through the freeze, and is not shown that again.
        within("everything again", async {
            let mut lifted = false;
            loop {
                match person.client().read(group, 0) {
                    Ok(shown) => {
                        assert_eq!(shown.len(), 2, "never in half");
                        let texts: Vec<_> = shown.into_iter().filter_map(|one| one.text.ok()).collect();
                        if texts == ["本日 訪問しました", "血圧 128/80"] {
                            break;
                        }
                    }
                    Err(fault) if fault.code == Code::KeyAwaited => lifted = true,
                    Err(fault) => {
                        assert_eq!(fault.code, Code::ConsentWithdrawn);
                        assert!(!lifted, "frozen again");
                    }
                }
                tokio::task::yield_now().await;
            }
        })
        .await;
    }
    team.chief.client().send(group, "続けます").await.expect("and goes on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a06_2_after_the_second_persons_word_nothing_of_the_content_is_in_any_file() {
    let (mut team, needles) = team_and_needles().await;
    let (group, log) = (team.group, LogId::Group(team.group));
    withdraw(&team.doctor, group).await.expect("recorded");
    team.doctor.step_up(&team.world.server).await.expect("a fresh code");
    refused(team.doctor.client().confirm_erasure(group).await, Code::SecondPersonRequired);
    until(&team.chief, group, Group::is_shut).await;
    let order = team.chief.client().look(|replica| replica.group(group)?.group()?.to_confirm()).expect("an order");
    let confirm = || Act::Group(GroupAct::ConfirmErasure { answers: order.statement });
    team.chief.step_up(&team.world.server).await.expect("a fresh code");
    for role in [Role::SnsAdministrator, Role::User, Role::GroupManager] {
        let other = team.chief.client().submit_unchecked(log, role, None, confirm(), Sidecar::default()).await;
        refused(other, Code::NotOriginator);
    }
    let as_operator = team.chief.client().submit_unchecked(log, Role::Operator, None, confirm(), Sidecar::default());
    refused(as_operator.await, Code::NotOperator);
    let operator = &team.world.operators[0];
    until(operator, group, Group::is_shut).await;
    // Without a fresh code nothing that can't be taken back.
    team.world.server.wait(DAY / 100);
    operator.step_up(&team.world.server).await.expect("a fresh code");
    let until_day = "2040-01-01".parse().expect("a day");
    refused(operator.client().hold_erasure(group, until_day, HoldReason::Dispute).await, Code::DateOutOfRange);
    let soon = day_after(team.world.server.now(), 5);
    operator.client().hold_erasure(group, soon, HoldReason::RecordKeeping).await.expect("held");
    refused(operator.client().confirm_erasure(group).await, Code::ErasureHeld);
    team.world.server.advance(8 * DAY);
    for person in [&mut team.doctor, &mut team.chief] {
        person.sign_in(&team.world.server).await.expect("signed in");
    }
    for number in 0..2 {
        team.world.operators[number].sign_in(&team.world.server).await.expect("signed in");
    }
    let operator = &team.world.operators[0];
    until(operator, group, Group::is_shut).await;
    operator.client().confirm_erasure(group).await.expect("erased");

    let data = team.world.server.data().to_owned();
    assert_eq!(left_in_files(&data, &needles), [] as [u64; 0], "gone before it was acknowledged");
    for person in [&team.chief, &team.doctor] {
        until(person, group, |state| state.erased().is_some()).await;
        refused(person.client().read(group, 0), Code::GroupErased);
        let mut changes = person.client().changes();
        let keys = async {
            while person.client().holds_keys(group) || person.client().label(group).is_some() {
                changes.changed().await.expect("a client");
            }
        };
        renkei_tests::within("the keys to go", keys).await;
        let raw = person.client().submit_unchecked(log, Role::User, None, message(), Sidecar::default()).await;
        refused(raw, Code::GroupErased);
        refused(person.client().ask(Op::FetchBox { log, seq: 0 }).await, Code::GroupErased);
    }
    // The record of it is checked without the server, and by whoever comes new.
    team.chief.sign_in(&team.world.server).await.expect("signed in");
    until(&team.chief, group, |state| state.erased().is_some()).await;
    let erased = team.chief.client().look(|replica| {
        let followed = replica.group(group).expect("a group");
        assert_eq!(followed.broken(), None);
        followed.group().and_then(Group::erased).expect("erased")
    });
    assert_eq!((erased.ordered.user, erased.confirmed.user), (team.doctor.user(), team.world.operators[0].user()));
    let export = team.chief.client().export(&[group]).await.expect("an export");
    let root = team.chief.profile.public().root;
    let checked = audit::verify(&export, root).expect("everything holds");
    assert!(checked.groups[0].2 >= 4, "messages, amendment, epochs: {checked:?}");
    // Without the entry that says so, the same bodies are missing for no reason.
    let mut cut = export.clone();
    cut.heads.clear();
    cut.groups[0].entries.pop();
    assert_eq!(audit::verify(&cut, root).map(drop).expect_err("robbed").code, Code::LogNotTrusted);

    team.world.server.kill();
    team.world.server.verify().expect("everything holds");
    assert_eq!(left_in_files(&data, &needles), [] as [u64; 0]);
    std::fs::remove_dir_all(data.join("store/views")).expect("views");
    team.world.server.restart();
    team.doctor.sign_in(&team.world.server).await.expect("signed in");
    until(&team.doctor, group, |state| state.erased().is_some()).await;
}

/// The confirmation was durable and the server fell before it had erased anything.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a06_2_an_erasure_that_a_crash_cut_off_is_finished_at_the_start() {
    let (mut team, needles) = team_and_needles().await;
    let group = team.group;
    withdraw(&team.doctor, group).await.expect("recorded");
    team.world.server.kill();
    let data = team.world.server.data().to_owned();
    let before = team.world.home().join("before");
    copy_dir(&data.join("store"), &before);
    team.world.server.restart();
    let operator = &mut team.world.operators[0];
    operator.sign_in(&team.world.server).await.expect("signed in");
    until(operator, group, Group::is_shut).await;
    operator.client().confirm_erasure(group).await.expect("erased");
    team.world.server.kill();
    // The store as it was between the two: the entry is there, and so is everything else.
    let last = records(&data, group).pop().expect("an entry");
    std::fs::remove_dir_all(data.join("store")).expect("removed");
    copy_dir(&before, &data.join("store"));
    let store = EmbeddedStore::open(&data.join("store"), &Options::default(), &mut |_| {}).expect("a store");
    let record = NewRecord { key: last.key, entry: last.entry, sidecar: last.sidecar };
    let append = Append { log: last.log, expected: last.seq, records: vec![record] };
    drop(store.append(vec![append]).await.expect("durable"));
    drop(store);
    assert_eq!(left_in_files(&data, &needles).len(), needles.len(), "nothing is erased yet");
    team.world.server.restart();
    assert_eq!(left_in_files(&data, &needles), [] as [u64; 0], "and it is when the server is up");
    team.world.server.kill();
    team.world.server.verify().expect("everything holds");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a06_2_a_server_that_robbed_a_log_does_not_verify() {
    let (mut team, _) = team_and_needles().await;
    team.world.server.kill();
    let data = team.world.server.data().to_owned();
    let bare = records(&data, team.group).into_iter().filter_map(|record| {
        let entry = Entry::decode(&record.entry).expect("an entry");
        let bytes = renkei_client_core::proto::codec::encode(&entry.header_only());
        entry.header.kind.is_content().then_some(renkei_store::Erasure { seq: record.seq, entry: bytes.into() })
    });
    let bare: Vec<_> = bare.collect();
    let store = EmbeddedStore::open(&data.join("store"), &Options::default(), &mut |_| {}).expect("a store");
    let _ = store.erase(LogKey(team.group.0), &bare).expect("erased without anybody's word");
    drop(store);
    let said = team.world.server.verify().expect_err("bodies are missing");
    assert!(said.contains("bodies missing"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a05_1_a_group_is_handed_over_and_the_old_facility_leaves() {
    let team = Team::of_two().await;
    let (group, doctor, chief) = (team.group, team.doctor.client(), team.chief.client());
    let [first, second] = [0, 1].map(|number| &team.world.operators[number]);
    doctor.send(group, "引き継ぎます").await.expect("sent");
    // While it governs an open group it does not leave.
    for operator in [first, second] {
        operator.step_up(&team.world.server).await.expect("a fresh code");
        refused(operator.client().end_facility(team.clinic, false).await, Code::GroupsOpen);
    }
    team.doctor.step_up(&team.world.server).await.expect("a fresh code");
    doctor.offer_handover(group, team.station).await.expect("offered");
    until(&team.chief, group, |state| state.offered().is_some()).await;
    team.chief.step_up(&team.world.server).await.expect("a fresh code");
    let taken = doctor.submit_unchecked(
        LogId::Group(group),
        Role::SnsAdministrator,
        None,
        Act::Group(GroupAct::AcceptHandover { answers: Hash32([0; 32]) }),
        Sidecar::default(),
    );
    refused(taken.await, Code::NotAdministrator);
    chief.accept_handover(group).await.expect("accepted");
    until(&team.doctor, group, |state| state.originator() == team.station).await;
    refused(doctor.close_group(group).await, Code::NotOriginator);

    for operator in [first, second] {
        operator.step_up(&team.world.server).await.expect("a fresh code");
        operator.client().end_facility(team.clinic, false).await.expect("a voice");
    }
    assert_eq!(team.doctor.over().await.code, Code::FacilityEnded, "its people are out at once");
    let gone =
        team.chief.client().wait_until(PATIENCE, |replica| replica.registry().now().ended(team.clinic).map(|_| ()));
    gone.await.expect("the end");
    chief.send(group, "こちらで続けます").await.expect("the group goes on");
    let nurse = team.world.staff(&team.chief, "nurse").await;
    team.world.join(&team.chief, group, nurse.user(), &team.chief).await;
    assert_eq!(nurse.texts(group, 2).await, ["引き継ぎます", "こちらで続けます"], "under its new originator");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a03_2_groups_left_open_are_closed_by_order_and_the_desk_sees_to_them() {
    let mut team = Team::of_two().await;
    let group = team.group;
    team.doctor.client().send(group, "本日まで").await.expect("sent");
    team.chief.texts(group, 1).await;
    let end = |close_groups| Act::Registry(RegistryAct::EndFacility { facility: team.clinic, close_groups });
    let alone = team.doctor.client();
    let own = alone.submit_unchecked(LogId::Registry, Role::Operator, None, end(true), Sidecar::default()).await;
    refused(own, Code::NotOperator);
    for number in 0..2 {
        let operator = &team.world.operators[number];
        operator.step_up(&team.world.server).await.expect("a fresh code");
        operator.client().end_facility(team.clinic, true).await.expect("a voice");
    }
    assert_eq!(team.doctor.over().await.code, Code::FacilityEnded);
    refused(team.doctor.sign_in(&team.world.server).await, Code::FacilityEnded);
    let there =
        team.chief.client().wait_until(PATIENCE, |replica| replica.registry().now().ended(team.clinic).map(|_| ()));
    there.await.expect("the end");
    refused(team.chief.client().send(group, "まだ書けますか").await, Code::GroupClosed);
    let raw =
        team.chief.client().submit_unchecked(LogId::Group(group), Role::User, None, message(), Sidecar::default());
    refused(raw.await, Code::GroupClosed);
    assert_eq!(team.chief.present(group), ["本日まで"], "members read on");
    let operator = &team.world.operators[0];
    until(operator, group, |_| true).await;
    let endings = operator.client().endings();
    assert!(endings.iter().any(|one| one.group == group && one.due.is_some()), "it is on the Desk's list: {endings:?}");
    refused(operator.client().order_erasure(group).await, Code::RetentionRunning);
}

/// Retention of years outlives the certificates of a test; a free group needs none.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a05_1_a_closed_group_is_erased_by_order_of_one_and_the_word_of_another() {
    let (team, needles) = team_and_needles().await;
    let doctor = team.doctor.client();
    refused(doctor.order_erasure(team.group).await, Code::RetentionRunning);
    let new = NewGroup {
        kind: GroupKind::Free,
        label: line("見本 勉強会"),
        history: HistoryPolicy::All,
        acting_for: None,
        creator_reads: true,
    };
    let group = doctor.create_group(new).await.expect("a group");
    doctor.send(group, "次回は四月です").await.expect("sent");
    team.doctor.step_up(&team.world.server).await.expect("a fresh code");
    refused(doctor.order_erasure(group).await, Code::RetentionRunning);
    doctor.close_group(group).await.expect("closed");
    doctor.order_erasure(group).await.expect("ordered");
    assert_eq!(team.doctor.present(group), ["次回は四月です"], "an order erases nothing");
    refused(doctor.confirm_erasure(group).await, Code::SecondPersonRequired);
    let operator = &team.world.operators[0];
    until(operator, group, |state| state.to_confirm().is_some()).await;
    operator.client().confirm_erasure(group).await.expect("erased");
    until(&team.doctor, group, |state| state.erased().is_some()).await;
    refused(doctor.read(group, 0), Code::GroupErased);
    let there = left_in_files(team.world.server.data(), &needles);
    assert_eq!(there.len(), needles.len(), "no other group is touched");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a06_2_of_a_suspended_originator_the_desk_records_the_withdrawal_and_ends_nothing_alone() {
    let mut team = Team::of_two().await;
    let group = team.group;
    team.doctor.client().send(group, "止まる前").await.expect("sent");
    team.chief.texts(group, 1).await;
    let operators = &team.world.operators;
    refused(withdraw(&operators[0], group).await, Code::Unknown);
    operators[0].client().suspend_facility(team.clinic, true).await.expect("suspended");
    team.doctor.over().await;
    until(&operators[0], group, |_| true).await;
    refused(withdraw(&team.chief, group).await, Code::NotOriginator);
    withdraw(&operators[0], group).await.expect("the patient's word waits for nobody");
    until(&team.chief, group, Group::is_shut).await;
    refused(team.chief.client().read(group, 0), Code::ConsentWithdrawn);
    until(&operators[1], group, Group::is_shut).await;
    refused(operators[1].client().confirm_erasure(group).await, Code::NotOriginator);
    let form = sha256(b"paper");
    operators[0].client().lift_freeze(group, today(), form).await.expect("a first voice");
    until(&operators[1], group, Group::lifting).await;
    refused(operators[1].client().lift_freeze(group, today(), form).await, Code::NotOriginator);
    // A hold protects, and is shortened by no two of the Desk.
    let (long, short) = (day_after(team.world.server.now(), 30), day_after(team.world.server.now(), 3));
    operators[0].client().hold_erasure(group, long, HoldReason::Dispute).await.expect("held");
    until(&operators[1], group, |state| state.hold().is_some()).await;
    operators[1].client().hold_erasure(group, short, HoldReason::Dispute).await.expect("a first voice");
    until(&operators[0], group, |state| state.shortening().is_some()).await;
    refused(operators[0].client().hold_erasure(group, short, HoldReason::Dispute).await, Code::NotOriginator);
    for operator in operators {
        operator.client().suspend_facility(team.clinic, false).await.expect("let on");
    }
    team.doctor.sign_in(&team.world.server).await.expect("signed in");
    until(&team.doctor, group, |state| state.shortening().is_some()).await;
    team.doctor.client().hold_erasure(group, short, HoldReason::Dispute).await.expect("with the originator it is two");
    until(&team.doctor, group, |state| state.hold().is_some_and(|hold| hold.until == short)).await;
}
