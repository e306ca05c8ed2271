//! The lying server: each way of lying that an operator has, on clients that don't know of it. Every test fails if the
//! client stays silent, and shows beside it that the same scene works when the server tells the truth.
//!
//! What each act is, how it is found and what the person sees: `docs/protocol/rogue.md`.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by it, also in what several tests share")]

mod access;
mod calls;
mod cards;
mod corrections;
mod devices;
mod epochs;
mod excuses;
mod governors;
mod heads;
mod histories;
mod inquiries;
mod messages;
mod streams;

use renkei_client_core::proto::act::{Act, GroupAct, HistoryPolicy};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::statement::{LogId, Role};
use renkei_tests::rogue::{Rogue, TRUTH};
use renkei_tests::{Person, Team, refused, within};

/// Two members who have written to each other, and a server that lies but has not begun to.
async fn scene() -> (Team, Rogue) {
    overtaken(Team::of_two().await).await
}

/// The liar takes over from the real server, and everything goes on.
async fn overtaken(mut team: Team) -> (Team, Rogue) {
    team.doctor.client().send(team.group, "本物へ").await.expect("sent");
    team.chief.texts(team.group, 1).await;
    let rogue = Rogue::takes_over(&mut team.world);
    rogue.call([&team.doctor, &team.chief]);
    rogue.call(&team.world.operators);
    team.chief.client().send(team.group, "まだ本当のこと").await.expect("sent");
    assert_eq!(team.doctor.texts(team.group, 2).await, ["本物へ", "まだ本当のこと"]);
    (team, rogue)
}

/// A third member, of the chief's staff.
async fn with_nurse() -> (Team, Person) {
    let team = Team::of_two().await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    team.world.join(&team.doctor, team.group, nurse.user(), &team.chief).await;
    nurse.reads(team.group).await;
    (team, nurse)
}

/// What this device says when it is to write to `log`.
fn code(person: &Person, log: LogId) -> Option<Code> {
    let act = Act::Group(GroupAct::Close);
    person.client().draft(log, Role::User, None, act).err().map(|fault| fault.code)
}

/// Waits until this device no longer trusts `log`, and makes sure that it then says so to whoever writes.
async fn distrusts(person: &Person, log: LogId) {
    let mut changes = person.client().changes();
    let distrust = async {
        while code(person, log) != Some(Code::LogNotTrusted) {
            changes.changed().await.expect("a client");
        }
    };
    within("distrust", distrust).await;
    if let LogId::Group(group) = log {
        refused(person.client().send(group, "疑わしい").await, Code::LogNotTrusted);
    }
}

/// Whether this device still trusts `log`.
fn trusts(person: &Person, log: LogId) -> bool {
    code(person, log).is_none()
}

/// The person has found out what happened, with the truth told again: this device trusts the log from now on. Signing in
/// again alone does not bring that about.
async fn forgives(person: &mut Person, log: LogId) {
    person.sign_in_with(0).await.expect("signed in");
    assert_eq!(code(person, log), Some(Code::LogNotTrusted), "what did not hold is remembered");
    let distrusted = person.client().look(|replica| replica.distrusted().clone());
    for log in distrusted.into_keys() {
        person.client().trust_again(log).expect("distrusted so far");
    }
    person.sign_in_with(0).await.expect("signed in");
}

/// Waits until this device has `size` entries of `log`.
async fn has(person: &Person, log: LogId, size: u64) {
    let mut changes = person.client().changes();
    let here = |person: &Person| {
        person.client().look(|replica| match log {
            LogId::Registry => replica.registry().size(),
            LogId::Group(group) => replica.group(group).and_then(|one| Some(one.group()?.size())).unwrap_or(0),
        })
    };
    let there = async {
        while here(person) < size {
            changes.changed().await.expect("a client");
        }
    };
    within("entries", there).await;
}

/// Number of entries of a log as told in a history.
fn size(rogue: &Rogue, history: usize, log: LogId) -> u64 {
    rogue.look(history, |told| told.tip(log).head.size)
}

/// Everybody sees all of the truth.
async fn all_see(rogue: &Rogue, people: &[&Person], log: LogId) {
    for person in people {
        has(person, log, size(rogue, TRUTH, log)).await;
    }
}

/// The policy by which newcomers read everything.
const ALL: HistoryPolicy = HistoryPolicy::All;
