//! What the server states of its logs, and of time.

use renkei_client_core::proto::act::{Act, RegistryAct};
use renkei_client_core::proto::bounds;
use renkei_client_core::proto::bytes::List;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::Sidecar;
use renkei_client_core::proto::frame::sync::Notice;
use renkei_client_core::proto::heads::{Heads, SignedHeads};
use renkei_client_core::proto::id::{AssociationId, UserId};
use renkei_client_core::proto::statement::{Head, LogId};
use renkei_client_core::proto::time::Time;
use renkei_client_core::random;
use renkei_server::identity::Identity;
use renkei_tests::rogue::{Colluder, History, Rogue, Signing, TRUTH};
use renkei_tests::{PATIENCE, Person, Team, refused, within};

use crate::{all_see, code, distrusts, has, overtaken, scene, size, trusts, with_nurse};

const STALE: u64 = bounds::HEADS_FRESH + 10;

/// Somebody who can be invited, once removed.
fn guest(team: &Team) -> UserId {
    team.chief.user()
}

/// Heads that are signed as `lie` does are no word to rely on: nobody is let in by them. With true ones again, somebody
/// is.
async fn worthless(lie: impl FnMut(&Identity, Heads) -> Vec<SignedHeads> + Send + 'static) {
    let (team, rogue) = scene().await;
    let mut lie = lie;
    team.doctor.client().remove(team.group, guest(&team)).await.expect("removed");
    rogue.signing(move |identity, _, heads| lie(identity, heads));
    rogue.advance(&team.world, STALE);
    rogue.state_heads(&[&team.doctor]);
    refused(team.doctor.client().invite(team.group, guest(&team)).await, Code::HeadsStale);
    assert!(!team.doctor.client().heads_are_fresh(), "the warning");
    rogue.change(|state| state.signing = Signing::AsTold);
    team.doctor.client().invite(team.group, guest(&team)).await.expect("the truth works");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_no_heads() {
    worthless(|_, _| Vec::new()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_heads_signed_by_another_key() {
    let home = tempfile::TempDir::with_prefix("renkei-").expect("a temporary directory");
    let other = Identity::create(&home.path().join("other")).expect("an identity");
    worthless(move |_, heads| vec![other.sign_heads(&heads).expect("heads")]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_heads_of_another_association() {
    worthless(|identity, heads| {
        let association = AssociationId(random());
        vec![identity.sign_heads(&Heads { association, ..heads }).expect("heads")]
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_heads_of_yesterday() {
    // Of logs with entries of today.
    false_heads(
        |team| LogId::Group(team.group),
        |heads| Heads { time: Time(heads.time.0 - renkei_tests::DAY), ..heads },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_heads_of_the_future() {
    worthless(|identity, heads| {
        let time = heads.time.plus(renkei_tests::DAY);
        vec![identity.sign_heads(&Heads { time, ..heads }).expect("heads")]
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_heads_that_leave_the_group_out() {
    false_heads(|team| LogId::Group(team.group), |heads| Heads { groups: List::default(), ..heads }).await;
}

/// Heads that are made by `lie` break the log.
async fn false_heads(log: impl FnOnce(&Team) -> LogId, lie: impl FnMut(Heads) -> Heads + Send + 'static) {
    let (team, rogue) = scene().await;
    let log = log(&team);
    let mut lie = lie;
    rogue.state_heads(&[&team.chief]);
    team.chief.client().send(team.group, "本当の先頭").await.expect("the truth works");
    rogue.signing(move |identity, _, heads| vec![identity.sign_heads(&lie(heads)).expect("heads")]);
    rogue.state_heads(&[&team.chief]);
    distrusts(&team.chief, log).await;
    refused(team.chief.client().send(team.group, "疑わしい").await, Code::LogNotTrusted);
    // What was signed is kept: it proves what the server did.
    assert!(team.chief.client().look(|replica| replica.witness().signed().is_some()));
    assert!(trusts(&team.doctor, log));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_heads_with_a_wrong_tree() {
    false_heads(
        |_| LogId::Registry,
        |mut heads| {
            heads.tree.0[0] ^= 1;
            heads
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_heads_with_a_wrong_end() {
    false_heads(
        |_| LogId::Registry,
        |mut heads| {
            heads.registry.hash.0[0] ^= 1;
            heads
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_heads_of_more_than_was_sent() {
    false_heads(
        |team| LogId::Group(team.group),
        |heads| {
            let more = |&(id, head): &(_, Head)| (id, Head { size: head.size + 1, hash: head.hash });
            let groups = List::new(heads.groups.as_slice().iter().map(more).collect()).expect("a few");
            Heads { groups, ..heads }
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_heads_of_less_than_was_sent() {
    let (team, rogue) = scene().await;
    let log = LogId::Group(team.group);
    let (told, mut signed) = tokio::sync::watch::channel(false);
    let mut first = None;
    rogue.signing(move |identity, _, heads| {
        let known = first.get_or_insert_with(|| heads.clone()).clone();
        told.send_replace(true);
        vec![identity.sign_heads(&Heads { time: heads.time, ..known }).expect("heads")]
    });
    rogue.state_heads(&[&team.chief]);
    // Before the message, or they would be the heads of what was sent.
    within("the first heads", async { drop(signed.wait_for(|so| *so).await.expect("a server")) }).await;
    team.doctor.client().send(team.group, "先頭の後").await.expect("sent");
    assert_eq!(team.chief.texts(team.group, 3).await.len(), 3);
    assert!(trusts(&team.chief, log), "heads that were true when they were signed");
    // Signed anew, they say that the log is shorter than it was told.
    rogue.state_heads(&[&team.chief]);
    distrusts(&team.chief, log).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_caught_up_with_another_registry() {
    let (team, rogue) = scene().await;
    let registry = rogue.look(TRUTH, |truth| truth.tip(LogId::Registry).head);
    rogue.say_notice(&team.doctor, &Notice::CaughtUp { registry });
    let mut other = registry;
    other.hash.0[0] ^= 1;
    rogue.say_notice(&team.chief, &Notice::CaughtUp { registry: other });
    distrusts(&team.chief, LogId::Registry).await;
    team.doctor.client().send(team.group, "正しい").await.expect("the truth works");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_caught_up_with_less() {
    let (mut team, rogue) = scene().await;
    team.chief.take_client().lock().await.expect("locked");
    // The registry without its last entry, and none of the groups.
    let all = size(&rogue, TRUTH, LogId::Registry);
    rogue.change(|state| {
        let mut less = state.histories[TRUTH].clone();
        let groups: Vec<LogId> = less.groups().map(LogId::Group).collect();
        for log in groups {
            less.spoil(log, Vec::clear);
        }
        less.spoil(LogId::Registry, |told| drop(told.pop()));
        state.histories.push(less);
    });
    rogue.tell(&team.chief, 1);
    match team.chief.sign_in_with(0).await {
        // Its own approval was what is missing.
        Err(fault) => assert_eq!(fault.code, Code::ServerNotTrusted),
        Ok(()) => distrusts(&team.chief, LogId::Registry).await,
    }
    rogue.tell(&team.chief, TRUTH);
    crate::forgives(&mut team.chief, LogId::Registry).await;
    has(&team.chief, LogId::Registry, all).await;
    team.chief.client().send(team.group, "全部ある").await.expect("the truth works");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_entry_dated_before_heads_that_did_not_have_it() {
    let (team, rogue) = scene().await;
    let log = LogId::Group(team.group);
    let fork = rogue.fork(&[&team.chief]);
    let place = sent(&team.doctor, &team, "日付").await;
    // Heads without it come a while later, and then it comes as from before.
    rogue.advance(&team.world, bounds::BACKDATED + 30);
    let later = heads_come(&rogue, &team.chief).await;
    rogue.copy(TRUTH, log, place, fork);
    distrusts(&team.chief, log).await;
    assert!(rogue.look(fork, |told| told.tip(log).time).plus(bounds::BACKDATED) < later);
    assert!(trusts(&team.doctor, log));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_entry_dated_before_heads_of_an_earlier_session() {
    let (mut team, rogue) = scene().await;
    let log = LogId::Group(team.group);
    let fork = rogue.fork(&[&team.chief]);
    let place = sent(&team.doctor, &team, "日付").await;
    rogue.advance(&team.world, bounds::BACKDATED + 30);
    heads_come(&rogue, &team.chief).await;
    team.chief.take_client().lock().await.expect("locked");
    rogue.copy(TRUTH, log, place, fork);
    team.chief.sign_in_with(0).await.expect("signed in");
    distrusts(&team.chief, log).await;
    assert!(trusts(&team.doctor, log));
}

/// Writes, and gives the place.
async fn sent(person: &Person, team: &Team, words: &str) -> usize {
    let accepted = person.client().send(team.group, words).await.expect("sent");
    usize::try_from(accepted.head.size).expect("a place") - 1
}

/// Has heads come now, and gives their time.
async fn heads_come(rogue: &Rogue, person: &Person) -> Time {
    let now = rogue.now();
    rogue.state_heads(&[person]);
    let came = person
        .client()
        .wait_until(PATIENCE, |replica| replica.witness().heads().map(|heads| heads.time).filter(|time| *time >= now));
    came.await.expect("heads")
}

/// The chief is told of two messages with other dates or positions than they had, and finds out.
async fn redated(lie: impl FnOnce(&mut History, LogId, usize)) {
    let (team, rogue) = scene().await;
    let log = LogId::Group(team.group);
    let fork = rogue.fork(&[&team.chief]);
    let first = sent(&team.doctor, &team, "一").await;
    sent(&team.doctor, &team, "二").await;
    rogue.change(|state| {
        let mut history = state.histories[TRUTH].clone();
        lie(&mut history, log, first);
        state.histories[fork] = history;
    });
    distrusts(&team.chief, log).await;
    assert!(trusts(&team.doctor, log));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_times_that_run_backwards() {
    redated(|history, log, first| {
        history.edit(log, |all| all[first + 1].entry.header.time = Time(all[first].entry.header.time.0 - 1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_entry_of_the_future() {
    let (team, rogue) = scene().await;
    let log = LogId::Group(team.group);
    let fork = rogue.fork(&[&team.chief]);
    let place = sent(&team.doctor, &team, "いつの話か").await;
    heads_come(&rogue, &team.doctor).await;
    assert!(trusts(&team.doctor, log));
    rogue.change(|state| {
        let mut told = state.histories[TRUTH].log(log)[place].clone();
        told.entry.header.time = state.now().plus(renkei_tests::DAY);
        state.histories[fork].spoil(log, |all| all.push(told));
    });
    // Heads of today, with an entry of tomorrow; heads of tomorrow would count for nothing.
    rogue.state_heads(&[&team.chief]);
    distrusts(&team.chief, log).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_registry_that_runs_backwards() {
    redated(|history, log, first| history.edit(log, |all| all[first + 1].entry.header.registry -= 1)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_registry_that_is_not_there_yet() {
    redated(|history, log, first| history.edit(log, |all| all[first + 1].entry.header.registry += 1)).await;
}

/// The nurse's device is wiped, and a thief who has it and its keys writes on.
async fn after_the_wipe() -> (Team, Person, Rogue, Colluder) {
    let (team, nurse) = with_nurse().await;
    let (team, rogue) = overtaken(team).await;
    rogue.call([&nurse]);
    let log = LogId::Group(team.group);
    nurse.client().send(team.group, "まだ私です").await.expect("the truth works");
    all_see(&rogue, &[&team.doctor, &team.chief, &nurse], log).await;
    let thief = Colluder::of(&rogue, &nurse);
    (team, nurse, rogue, thief)
}

fn epoch(team: &Team) -> u32 {
    let found =
        team.chief.client().look(|replica| replica.group(team.group).and_then(|one| Some(one.group()?.epoch())));
    found.expect("an epoch")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_old_registry_after_a_wipe() {
    let (team, nurse, rogue, thief) = after_the_wipe().await;
    let log = LogId::Group(team.group);
    let before = size(&rogue, TRUTH, LogId::Registry);
    let number = epoch(&team);
    let signed = rogue.look(TRUTH, |truth| thief.message(truth, team.group, number, "盗んだ端末から"));
    let fork = rogue.fork(&[&team.doctor]);
    team.chief.client().wipe_device(nurse.device()).await.expect("wiped");
    let wipe = usize::try_from(before).expect("a place");
    rogue.copy(TRUTH, LogId::Registry, wipe, fork);
    has(&team.doctor, LogId::Registry, before + 1).await;
    // After the wipe, judged as if there had been none.
    rogue.change(|state| {
        let now = state.now().plus(2);
        state.histories[fork].append_under(&signed, &Sidecar::default(), now, before);
    });
    distrusts(&team.doctor, log).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_wipe_shown_too_late() {
    let (team, nurse, rogue, thief) = after_the_wipe().await;
    let log = LogId::Group(team.group);
    let before = size(&rogue, TRUTH, LogId::Registry);
    let number = epoch(&team);
    let signed = rogue.look(TRUTH, |truth| thief.message(truth, team.group, number, "盗んだ端末から"));
    let fork = rogue.fork(&[&team.doctor]);
    team.chief.client().wipe_device(nurse.device()).await.expect("wiped");
    // The message first, dated after the wipe; then the wipe, with the date that it has for everybody.
    rogue.change(|state| {
        let now = state.now().plus(2);
        state.histories[fork].append_under(&signed, &Sidecar::default(), now, before);
    });
    has(&team.doctor, log, size(&rogue, fork, log)).await;
    rogue.copy(TRUTH, LogId::Registry, usize::try_from(before).expect("a place"), fork);
    distrusts(&team.doctor, LogId::Registry).await;
    assert!(trusts(&team.chief, LogId::Registry));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_hidden_wipe() {
    let (team, nurse, rogue, _thief) = after_the_wipe().await;
    let log = LogId::Group(team.group);
    let fork = rogue.fork(&[&team.doctor]);
    team.chief.client().wipe_device(nurse.device()).await.expect("wiped");
    let place = sent(&team.chief, &team, "端末を失くした人がいます").await;
    assert_eq!(code(&team.doctor, log), None, "nothing to be seen yet");
    rogue.cross(TRUTH, log, place, fork);
    distrusts(&team.doctor, log).await;
    // Told of it, the wiped device is out of the next key, and what is written does not go there.
    let sealed = rogue.look(TRUTH, |truth| {
        let at = truth.last(log, |act| matches!(act, Act::Epoch(_)));
        let boxes = truth.log(log)[at].sidecar.boxes.clone().expect("boxes").into_vec();
        boxes.iter().any(|one| one.device == nurse.device())
    });
    assert!(!sealed);
    let wiped = |act: &Act| matches!(act, Act::Registry(RegistryAct::WipeDevice { .. }));
    assert!(rogue.look(TRUTH, |truth| truth.last(LogId::Registry, wiped)) > 0);
    assert!(trusts(&team.chief, log));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_log_ended_for_a_reader() {
    let (team, rogue) = scene().await;
    let log = LogId::Group(team.group);
    let before = size(&rogue, TRUTH, log);
    rogue.say_notice(&team.chief, &Notice::Ended { log });
    // Nothing is sealed any more for readers of whom this device does not hear.
    distrusts(&team.chief, log).await;
    assert_eq!(size(&rogue, TRUTH, log), before);
    // Removed by somebody's signature, the device says so, and not that the server lies.
    team.doctor.client().remove(team.group, team.chief.user()).await.expect("removed");
    assert!(trusts(&team.doctor, log));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_broken_log_ended_and_told_again() {
    let (team, rogue) = scene().await;
    let log = LogId::Group(team.group);
    // The same entry twice: the log is what it was, and the server is caught.
    let last = rogue.look(TRUTH, |truth| truth.log(log).last().expect("an entry").entry.clone());
    rogue.say_entry(&team.chief, &last);
    distrusts(&team.chief, log).await;
    // Now it acts as if nothing had been.
    rogue.say_notice(&team.chief, &Notice::Ended { log });
    let truth = rogue.look(TRUTH, |truth| truth.log(log).to_vec());
    for told in &truth {
        rogue.say_entry(&team.chief, &told.entry);
    }
    heads_come(&rogue, &team.chief).await;
    assert_eq!(code(&team.chief, log), Some(Code::LogNotTrusted), "for good");
}
