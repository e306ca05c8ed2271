//! The proof of an erasure, with real processes: what it says, who is given it, and that nobody can make or trim one (A6.2).

use renkei_client_core::audit::Flaw;
use renkei_client_core::erasure_proof::{DeviceState, Evidence, Proof, Reason, verify};
use renkei_client_core::proto::act::ConsentBy;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::erasure_word::SignedErasureWord;
use renkei_client_core::proto::frame::Op;
use renkei_client_core::proto::hash::sha256;
use renkei_client_core::proto::id::GroupId;
use renkei_client_core::proto::key::Signature;
use renkei_client_core::proto::settings::Setting;
use renkei_tests::{DAY, PATIENCE, Person, Team, refused, within};

/// Waits until the group is erased here.
async fn erased(person: &Person, group: GroupId) {
    let gone = person.client().wait_until(PATIENCE, |replica| replica.group(group)?.group()?.erased());
    gone.await.expect("the erasure");
}

/// Withdrawn by the doctor, confirmed by an operator.
async fn erase(team: &Team) {
    let (doctor, operator, group) = (team.doctor.client(), &team.world.operators[0], team.group);
    let day = "2026-03-02".parse().expect("a day");
    doctor.withdraw_consent(group, ConsentBy::Family, day, sha256(b"paper")).await.expect("withdrawn");
    let frozen = operator.client().wait_until(PATIENCE, |replica| replica.group(group)?.group()?.frozen().map(|_| ()));
    frozen.await.expect("the freeze");
    operator.client().confirm_erasure(group).await.expect("confirmed");
    erased(&team.doctor, group).await;
}

/// The proof, once every device of `devices` has answered.
async fn proof(team: &Team, answered: usize) -> (Evidence, Proof) {
    within("the receipts", async {
        loop {
            let (evidence, proof) = team.doctor.client().erasure_proof(team.group).await.expect("a proof");
            let confirmed =
                proof.devices.iter().filter(|one| matches!(one.state, DeviceState::Confirmed { .. })).count();
            if confirmed >= answered {
                return (evidence, proof);
            }
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a06_2_the_proof_of_an_erasure_is_checked_by_anybody_and_is_the_same_after_a_crash() {
    let mut team = Team::of_two().await;
    let group = team.group;
    team.doctor.client().send(group, "血圧 132/80").await.expect("sent");
    let sent = team.chief.client().send(group, "本日 訪問しました").await.expect("sent");
    team.chief.client().correct(group, sent.head.size - 1, "明日 訪問します").await.expect("corrected");
    team.doctor.texts(group, 2).await;
    for operator in &team.world.operators[..2] {
        operator.client().set(None, Setting::Backups(Some(35))).await.expect("a voice");
    }
    erase(&team).await;
    let (evidence, told) = proof(&team, 2).await;
    let root = evidence.record.root;
    assert_eq!(verify(&evidence, root), Ok(told.clone()), "whoever is handed the file comes to the same");
    let written = (told.counts.messages, told.counts.corrections);
    assert_eq!(written, (2, 1));
    assert!(matches!(told.reason, Reason::Withdrawn { by: ConsentBy::Family, .. }), "{:?}", told.reason);
    assert_eq!((told.ordered.user, told.confirmed.user), (team.doctor.user(), team.world.operators[0].user()));
    assert_ne!(told.ordered.facility, told.confirmed.facility, "two people, each with a facility");
    assert!(told.destroyed.is_some_and(|gone| gone.bytes > 1_000 && gone.files == 0), "{:?}", told.destroyed);
    assert!(told.finished >= told.confirmed.time && told.as_of >= told.finished);
    assert_eq!(told.backups_until, Some(told.finished.plus(35 * DAY)));
    assert_eq!(told.devices.len(), 2);
    team.world.server.kill();
    team.world.server.restart();
    team.doctor.sign_in(&team.world.server).await.expect("signed in");
    let (_, again) = proof(&team, 2).await;
    let said = |proof: &Proof| (proof.destroyed, proof.finished, proof.confirmed.clone(), proof.devices.clone());
    assert_eq!(said(&again), said(&told), "the server's word stays what it was");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a06_2_a_device_that_has_not_answered_is_named() {
    let mut team = Team::of_two().await;
    team.doctor.client().send(team.group, "一度だけ").await.expect("sent");
    team.chief.texts(team.group, 1).await;
    drop(team.chief.take_client());
    erase(&team).await;
    let (evidence, told) = proof(&team, 1).await;
    let silent = told.devices.iter().filter(|one| one.state == DeviceState::Silent);
    assert_eq!(silent.map(|one| one.device).collect::<Vec<_>>(), [team.chief.device()]);
    assert_eq!((told.backups, told.backups_until), (None, None), "nothing is promised that nobody said");
    // Whoever leaves receipts out makes more devices silent, and never one answer.
    let fewer = Evidence { receipts: Vec::new(), ..evidence };
    let without = verify(&fewer, fewer.record.root).expect("a proof of less");
    assert!(without.devices.iter().all(|one| one.state == DeviceState::Silent), "{:?}", without.devices);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a06_2_nobody_makes_or_trims_the_proof_of_an_erasure() {
    let team = Team::of_two().await;
    let group = team.group;
    team.doctor.client().send(group, "一度だけ").await.expect("sent");
    team.chief.texts(group, 1).await;
    let ask = || Op::ErasureWord { group };
    refused(team.doctor.client().ask(ask()).await, Code::NothingToDo);
    erase(&team).await;
    // The server alone: no client looks before these.
    refused(team.chief.client().ask(ask()).await, Code::NotAdministrator);
    refused(team.world.operators[0].client().ask(ask()).await, Code::NotAdministrator);
    let nowhere = Op::ErasureWord { group: GroupId([7; 16]) };
    refused(team.doctor.client().ask(nowhere).await, Code::NotAdministrator);

    let (evidence, _) = proof(&team, 2).await;
    let root = evidence.record.root;
    let code = |evidence: &Evidence| verify(evidence, root).map_err(|Flaw { code, .. }| code).map(drop);
    assert!(verify(&evidence, sha256(b"another root")).is_err(), "a fingerprint of one's own");
    let forged = |text: &str| {
        let bytes = data_encoding::HEXLOWER.decode(text.as_bytes()).expect("hexadecimal");
        let mut signed: SignedErasureWord = renkei_client_core::proto::codec::decode(&bytes).expect("a word");
        signed.signature = Signature([3; 64]);
        data_encoding::HEXLOWER.encode(&renkei_client_core::proto::codec::encode(&signed))
    };
    let other_word = Evidence { word: forged(&evidence.word), ..evidence.clone() };
    assert_eq!(code(&other_word), Err(Code::NotAuthentic), "the server's signature");
    let other_group = Evidence { group: GroupId([7; 16]), ..evidence.clone() };
    assert_eq!(code(&other_group), Err(Code::Unknown), "another group's");
    let mut shorter = evidence.clone();
    shorter.record.groups[0].entries.pop();
    assert_eq!(code(&shorter), Err(Code::LogNotTrusted), "a log that was cut before its end");
    let mut unsigned = evidence.clone();
    unsigned.record.heads.clear();
    assert_eq!(code(&unsigned), Err(Code::LogNotTrusted), "without the server's heads nothing says that it is whole");
    let mut swapped = evidence.clone();
    let last = swapped.receipts[0].len() - 2;
    // One time in 256 it ends so by itself.
    let other = if swapped.receipts[0].ends_with("00") { "01" } else { "00" };
    swapped.receipts[0].replace_range(last.., other);
    assert!(code(&swapped).is_err(), "a receipt that was touched");
    assert_eq!(code(&evidence), Ok(()), "and as it was, it holds");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a03_2_the_desk_is_given_the_proof_once_the_facility_that_governed_the_group_has_ended() {
    let team = Team::of_two().await;
    let group = team.group;
    team.doctor.client().send(group, "一度だけ").await.expect("sent");
    team.chief.texts(group, 1).await;
    erase(&team).await;
    let (_, before) = proof(&team, 2).await;
    let [first, second] = [0, 1].map(|at| team.world.operators[at].client());
    refused(first.ask(Op::ErasureWord { group }).await, Code::NotAdministrator);
    first.end_facility(team.clinic, false).await.expect("a voice");
    refused(first.ask(Op::ErasureWord { group }).await, Code::NotAdministrator);
    second.end_facility(team.clinic, false).await.expect("the second");
    let ended = first.wait_until(PATIENCE, |replica| replica.registry().now().ended(team.clinic).map(drop));
    ended.await.expect("the end");
    let (evidence, told) = first.erasure_proof(group).await.expect("a proof");
    assert_eq!(verify(&evidence, evidence.record.root), Ok(told.clone()));
    assert_eq!((told.destroyed, told.finished, told.confirmed), (before.destroyed, before.finished, before.confirmed));
    assert_eq!(told.devices.len(), 2);
    // And still nobody else.
    refused(team.chief.client().ask(Op::ErasureWord { group }).await, Code::NotAdministrator);
}
