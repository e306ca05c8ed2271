//! Those who govern without reading, and evidence: what a second attacker tried.

use renkei_client_core::groups::NewGroup;
use renkei_client_core::proto::act::{Act, GroupKind, RegistryAct};
use renkei_client_core::proto::bytes::{Blob, List};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::codec;
use renkei_client_core::proto::entry::EntryKind;
use renkei_client_core::proto::frame::{Answer, Fault, Op, Sidecar};
use renkei_client_core::proto::id::{DeviceId, GroupId};
use renkei_client_core::proto::statement::{LogId, Signed};
use renkei_client_core::random;
use renkei_tests::rogue::{History, Rogue, TRUTH, read};
use renkei_tests::{DAY, PATIENCE, Team, consent, line, refused};
use std::sync::{Arc, Mutex};

use crate::{ALL, all_see, overtaken, scene, trusts};

/// A group that the doctor governs without reading it; the chief reads and has written.
async fn governed() -> (Team, Rogue, GroupId) {
    let team = Team::of_two().await;
    let doctor = team.doctor.client();
    let new = NewGroup {
        kind: GroupKind::Patient,
        label: line("見本 次郎さん 在宅チーム"),
        history: ALL,
        acting_for: None,
        creator_reads: false,
    };
    let group = doctor.create_group(new).await.expect("a group");
    doctor.record_consent(group, consent()).await.expect("recorded");
    team.world.join(&team.doctor, group, team.chief.user(), &team.chief).await;
    team.chief.client().send(group, "医師は管理だけ").await.expect("sent");
    let (team, rogue) = overtaken(team).await;
    all_see(&rogue, &[&team.doctor, &team.chief], LogId::Group(group)).await;
    (team, rogue, group)
}

/// Makes the last entry of `log` a message or an amendment that only its header is left of, by `author`.
fn bare(history: &mut History, log: LogId, author: DeviceId, kind: EntryKind) {
    history.spoil(log, |all| {
        let last = all.last_mut().expect("an entry");
        last.entry.header.kind = kind;
        last.entry.header.author = Some(author);
        last.entry.body = None;
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_removal_accepted_and_replaced_by_a_bare_header() {
    let (team, rogue, group) = governed().await;
    let log = LogId::Group(group);
    let fork = rogue.fork(&[&team.doctor]);
    rogue.script(move |state, device, op| {
        let Op::Submit { signed, sidecar } = op else { return None };
        let mut accepted = state.append(fork, signed, sidecar);
        bare(&mut state.histories[fork], log, device, EntryKind::Message);
        accepted.head = state.histories[fork].tip(log).head;
        Some(Ok(Answer::Accepted(accepted)))
    });
    let removed = team.doctor.client().remove(group, team.chief.user()).await;
    refused(removed, Code::LogNotTrusted);
    distrusts_governing(&team, log).await;
    assert!(trusts(&team.chief, log));
}

/// Waits until the doctor, who does not read the group, no longer trusts it.
async fn distrusts_governing(team: &Team, log: LogId) {
    let broken = team.doctor.client().wait_until(PATIENCE, |replica| replica.distrusted().get(&log).copied());
    broken.await.expect("distrust");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_messages_that_nobody_wrote() {
    use EntryKind::{Amendment, Message};
    for (author, kind) in [(None, Message), (None, Amendment), (Some(DeviceId(random())), Message)] {
        let (team, rogue, group) = governed().await;
        let log = LogId::Group(group);
        let fork = rogue.fork(&[&team.doctor]);
        let words = team.chief.client().send(group, "本物").await.expect("the truth works").head;
        // A member who is not one, or a colleague who does not read this group.
        let author = author.unwrap_or(team.doctor.device());
        rogue.change(|state| {
            let place = usize::try_from(words.size).expect("a place") - 1;
            let told = state.histories[TRUTH].log(log)[place].clone();
            let (now, registry) = (state.now(), told.entry.header.registry);
            state.histories[fork].append_to(log, &told.signed(), &told.sidecar, now, registry);
            bare(&mut state.histories[fork], log, author, kind);
        });
        distrusts_governing(&team, log).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_rotation_kept_and_entered_later() {
    let (team, rogue) = scene().await;
    rogue.advance(&team.world, 2 * DAY);
    let kept: Arc<Mutex<Option<(Signed, Sidecar)>>> = Arc::default();
    let keep = Arc::clone(&kept);
    rogue.script(move |_, _, op| {
        let Op::Submit { signed, sidecar } = op else { return None };
        let Act::Registry(RegistryAct::RotateSealing { .. }) = read(signed).act else { return None };
        *keep.lock().expect("nobody panicked") = Some((signed.clone(), sidecar.clone()));
        Some(Err(Fault::from(Code::StorageFailed)))
    });
    refused(team.chief.client().renew_keys().await, Code::StorageFailed);
    let (signed, sidecar) = kept.lock().expect("nobody panicked").take().expect("a rotation");
    rogue.script(|_, _, _| None);
    rogue.append(TRUTH, &signed, &sidecar);
    all_see(&rogue, &[&team.doctor, &team.chief], LogId::Registry).await;
    // The device has the keys that it was late to hear of, and reads on.
    assert!(!team.chief.client().keys_replaced());
    team.doctor.client().send(team.group, "新しい鍵で届く").await.expect("sent");
    assert_eq!(team.chief.texts(team.group, 3).await.last().map(String::as_str), Some("新しい鍵で届く"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_export_that_is_cut() {
    let (team, rogue) = scene().await;
    for cut in [0, 1] {
        rogue.script(move |state, device, op| {
            let Op::Entries { log, from } = op else { return None };
            let told = state.told_to(device);
            let all = state.histories[told].log(*log);
            let from = usize::try_from(*from).expect("a place");
            let whole = all.len().saturating_sub(if *log == LogId::Registry { 0 } else { cut });
            let some = all.get(from..whole).unwrap_or_default();
            let entries = some.iter().map(|told| Blob::new(codec::encode(&told.entry)).expect("an entry")).collect();
            Some(Ok(Answer::Entries(List::new(entries).expect("a short log"))))
        });
        let export = team.chief.client().export(&[team.group]).await;
        if cut == 0 {
            export.expect("the truth works");
        } else {
            refused(export, Code::LogNotTrusted);
        }
    }
}
