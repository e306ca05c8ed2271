//! False excuses for what is kept back: a freeze that nobody signed, an erasure that did not happen (A6.2), and a word on
//! keys that are said to be gone (A12.3).

use renkei_client_core::policy::group::Group;
use renkei_client_core::proto::act::{Act, ConsentBy, GroupAct};
use renkei_client_core::proto::bytes::List;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::entry::EntryKind;
use renkei_client_core::proto::frame::{Answer, Fault, Op, Sidecar};
use renkei_client_core::proto::group_receipt::GroupReceipt;
use renkei_client_core::proto::hash::sha256;
use renkei_client_core::proto::key::SigningSecret;
use renkei_client_core::proto::statement::{LogId, Role};
use renkei_client_core::proto::ticket::Purpose;
use renkei_client_core::proto::{SUITE, VERSION};
use renkei_client_core::random;
use renkei_tests::rogue::{Colluder, History, Rogue, TRUTH, Told};
use renkei_tests::{Person, Team, refused};

use crate::{distrusts, forgives, scene, trusts, with_nurse};

/// Whether this device takes the group for frozen or erased.
fn shut(person: &Person, team: &Team) -> bool {
    person.client().look(|replica| replica.group(team.group).and_then(|one| one.group()).is_some_and(Group::is_shut))
}

/// Whether the vault on the disk has keys of the group: a key that was dropped would come again from its box, and nobody
/// would notice.
fn has_keys(rogue: &Rogue, person: &Person, team: &Team) -> bool {
    Colluder::of(rogue, person).epochs.keys().any(|(group, _)| *group == team.group)
}

/// The history, as a server would tell it that has lost these bodies.
fn without(rogue: &Rogue, team: &Team, goes: &[EntryKind]) -> usize {
    let mut history = rogue.look(TRUTH, History::clone);
    let bare = |told: &mut Told| {
        if goes.contains(&told.entry.header.kind) {
            told.entry.body = None;
        }
    };
    history.spoil(LogId::Group(team.group), |all| all.iter_mut().for_each(bare));
    rogue.keep(history)
}

/// With the truth told again, and the person having found out, everything is as it was.
async fn recovers(rogue: &Rogue, team: &mut Team) {
    rogue.tell(&team.chief, TRUTH);
    forgives(&mut team.chief, LogId::Group(team.group)).await;
    assert_eq!(team.chief.texts(team.group, 2).await, ["本物へ", "まだ本当のこと"]);
    assert!(trusts(&team.chief, LogId::Group(team.group)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_bodies_withheld_as_of_a_frozen_group() {
    let (mut team, rogue) = scene().await;
    let log = LogId::Group(team.group);
    let told = without(&rogue, &team, &[EntryKind::Message]);
    rogue.tell(&team.chief, told);
    // And whatever is asked for, the answer is that of a frozen group.
    rogue.script(|_, _, op| {
        let asks = matches!(op, Op::Submit { .. } | Op::FetchBox { .. } | Op::Entries { .. });
        asks.then(|| Err(Fault::from(Code::ConsentWithdrawn)))
    });
    team.chief.sign_in_with(0).await.expect("signed in");
    distrusts(&team.chief, log).await;
    assert!(!shut(&team.chief, &team), "only a signed entry freezes");
    assert!(has_keys(&rogue, &team.chief, &team));
    rogue.script(|_, _, _| None);
    recovers(&rogue, &mut team).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_bodies_withheld_as_of_an_erased_group() {
    let (mut team, rogue) = scene().await;
    let log = LogId::Group(team.group);
    let told = without(&rogue, &team, &[EntryKind::Message, EntryKind::Epoch]);
    rogue.tell(&team.chief, told);
    rogue.script(|_, _, op| {
        let asks = matches!(op, Op::Submit { .. } | Op::FetchBox { .. } | Op::Entries { .. });
        asks.then(|| Err(Fault::from(Code::GroupErased)))
    });
    team.chief.sign_in_with(0).await.expect("signed in");
    distrusts(&team.chief, log).await;
    assert!(!shut(&team.chief, &team), "only a signed entry erases");
    assert!(has_keys(&rogue, &team.chief, &team), "what is here stays for the day on which the truth comes out");
    rogue.script(|_, _, _| None);
    recovers(&rogue, &mut team).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_freeze_signed_by_somebody_who_may_not() {
    let (mut team, rogue) = scene().await;
    let log = LogId::Group(team.group);
    let told = without(&rogue, &team, &[]);
    rogue.tell(&team.chief, told);
    // An administrator who helps, of a facility whose group it is not: the chief's colleague in all but the office.
    let colluder = Colluder::of(&rogue, &team.chief);
    let withdraw = Act::Group(GroupAct::WithdrawConsent {
        by: ConsentBy::Family,
        on: "2026-03-02".parse().expect("a day"),
        scan: sha256(b"a form that there is not"),
    });
    rogue.change(|state| {
        let statement = colluder.statement(&state.histories[told], log, Role::SnsAdministrator, withdraw);
        state.append(told, &colluder.sign(&statement), &Sidecar::default())
    });
    distrusts(&team.chief, log).await;
    assert!(!shut(&team.chief, &team) && has_keys(&rogue, &team.chief, &team));
    recovers(&rogue, &mut team).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_erasure_by_one_person() {
    let (mut team, rogue) = scene().await;
    let log = LogId::Group(team.group);
    let told = without(&rogue, &team, &[]);
    rogue.tell(&team.chief, told);
    // The originator's administrator helps: withdraws the consent, and confirms it as if somebody else had.
    let colluder = Colluder::of(&rogue, &team.doctor);
    let withdraw = Act::Group(GroupAct::WithdrawConsent {
        by: ConsentBy::Family,
        on: "2026-03-02".parse().expect("a day"),
        scan: sha256(b"a form that there is not"),
    });
    rogue.change(|state| {
        for act in [Some(withdraw), None] {
            let answers = state.histories[told].log(log).last().expect("an entry").signed().hash();
            let act = act.unwrap_or(Act::Group(GroupAct::ConfirmErasure { answers }));
            let statement = colluder.statement(&state.histories[told], log, Role::SnsAdministrator, act);
            state.append(told, &colluder.sign(&statement), &Sidecar::default());
        }
    });
    distrusts(&team.chief, log).await;
    let erased = team.chief.client().look(|replica| {
        replica.group(team.group).and_then(|one| one.group()).is_some_and(|group| group.erased().is_some())
    });
    assert!(!erased && has_keys(&rogue, &team.chief, &team), "two people erase, and keys go with the second's word");
    recovers(&rogue, &mut team).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_forged_group_receipt() {
    let (team, nurse) = with_nurse().await;
    let (team, rogue) = crate::overtaken(team).await;
    let (group, device) = (team.group, nurse.device());
    team.doctor.client().remove(group, nurse.user()).await.expect("removed");
    rogue.script(|_, _, op| matches!(op, Op::GroupReceipts { .. }).then(|| Ok(Answer::GroupReceipts(List::default()))));
    let rows = team.doctor.client().gone_from(group).await.expect("an answer");
    assert!(rows.iter().any(|one| one.device == device && one.confirmed.is_none()), "not confirmed yet");
    let association = rogue.look(TRUTH, History::association);
    rogue.script(move |state, _, op| {
        let gone_at = state.now();
        let receipt = GroupReceipt { version: VERSION, suite: SUITE, association, device, group, upto: 1_000, gone_at };
        let signed = receipt.sign(&SigningSecret::from_seed(&random())).expect("signed");
        let answer = Answer::GroupReceipts(List::new(vec![(device, signed)]).expect("one"));
        matches!(op, Op::GroupReceipts { .. }).then(|| Ok(answer))
    });
    refused(team.doctor.client().gone_from(group).await, Code::NotAuthentic);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_who_is_told_busy_again_and_again_is_not_told_that_nobody_is_there() {
    let (team, rogue) = scene().await;
    rogue.script(|_, _, op| matches!(op, Op::NewTicket(_)).then(|| Err(Code::Busy.into())));
    let own = Purpose::Device(team.chief.user());
    refused(team.chief.client().issue_ticket(own).await, Code::Busy);
}
