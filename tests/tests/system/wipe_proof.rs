//! The proof of a wipe, with real processes: what it says, who is given it, and that nobody can make, trim or swap one (A12.3).

use renkei_client_core::audit::Flaw;
use renkei_client_core::proto::bytes::{Blob, List};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Answer, Op};
use renkei_client_core::proto::hash::sha256;
use renkei_client_core::proto::id::DeviceId;
use renkei_client_core::proto::key::Signature;
use renkei_client_core::proto::statement::Role;
use renkei_client_core::proto::wipe::SignedReceipt;
use renkei_client_core::proto::wipe_proof::{Subject, WipeProof};
use renkei_client_core::wipe_proof::{How, Order, Proof, State, verify};
use renkei_tests::{PATIENCE, Person, Team, refused, within};

/// Waits until `person` follows the registry as far as `other`.
async fn knows_as_much(person: &Person, other: &Person) {
    let size = other.client().look(|replica| replica.registry().size());
    let there = person.client().wait_until(PATIENCE, |replica| (replica.registry().size() >= size).then_some(()));
    there.await.expect("the registry");
}

/// The proof, once `confirmed` devices have confirmed.
async fn proof(person: &Person, subject: Subject, confirmed: usize) -> (WipeProof, Proof) {
    within("the receipts", async {
        loop {
            let (evidence, proof) = person.client().wipe_proof(subject).await.expect("a proof");
            if proof.devices.iter().filter(|one| receipt_of(&one.state)).count() >= confirmed {
                return (evidence, proof);
            }
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        }
    })
    .await
}

fn receipt_of(state: &State) -> bool {
    matches!(state, State::Ordered { confirmed: Some(_), .. })
}

fn state_of(proof: &Proof, device: DeviceId) -> &State {
    &proof.devices.iter().find(|one| one.device == device).expect("the device").state
}

fn order_of(state: &State) -> &Order {
    let State::Ordered { order, .. } = state else { panic!("not ordered: {state:?}") };
    order
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_3_the_proof_of_a_wipe_says_who_ordered_it_and_that_the_device_confirmed() {
    let team = Team::of_two().await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    let root = nurse.profile.public().root;
    let (chief, subject) = (team.chief.client(), Subject::Device(nurse.device()));
    refused(chief.wipe_proof(subject).await.map(drop), Code::NothingToDo);
    chief.wipe_device(nurse.device()).await.expect("wiped");
    let (evidence, told) = proof(&team.chief, subject, 1).await;
    let file = WipeProof::decode(&evidence.encode()).expect("the file");
    assert_eq!(verify(&file, root), Ok(told.clone()), "whoever is handed the file comes to the same");
    assert_eq!((told.user, told.facility, told.whole_person), (nurse.user(), team.station, false));
    let order = order_of(state_of(&told, nurse.device()));
    assert_eq!((order.how, order.by, order.role), (How::Wiped, Some(team.chief.user()), Role::SnsAdministrator));
    assert!(order.entry < told.entries && order.time <= told.as_of, "under the heads: {order:?}");
    // The Desk sees the same; another facility is given nothing, by its own program or by the server alone.
    let (_, desk) = proof(&team.world.operators[0], subject, 1).await;
    assert_eq!(desk.devices, told.devices);
    refused(team.doctor.client().wipe_proof(subject).await.map(drop), Code::NotAdministrator);
    let asked = Op::Receipts(List::new(vec![nurse.device()]).expect("one"));
    let answer = team.doctor.client().ask(asked).await.expect("an answer");
    assert_eq!(answer, Answer::Receipts(List::default()), "no receipt to build one from");
    refused(chief.wipe_proof(Subject::Device(DeviceId([7; 16]))).await.map(drop), Code::Unknown);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_3_the_proof_of_a_persons_wipe_names_what_is_unconfirmed_and_what_is_in_use() {
    let team = Team::of_two().await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    let phone = team.world.device(&team.chief, nurse.user(), "phone").await;
    knows_as_much(&nurse, &team.chief).await;
    nurse.client().confirm_device(phone.device()).await.expect("vouched for");
    knows_as_much(&team.chief, &nurse).await;
    let (chief, subject) = (team.chief.client(), Subject::User(nurse.user()));
    // The phone never connects.
    chief.wipe_device(phone.device()).await.expect("wiped");
    let (_, half) = proof(&team.chief, subject, 0).await;
    assert!(half.whole_person && half.devices.len() == 2, "{half:?}");
    assert!(matches!(state_of(&half, phone.device()), State::Ordered { confirmed: None, .. }), "{half:?}");
    assert_eq!(state_of(&half, nurse.device()), &State::InUse, "a device that goes on is not passed over");
    // Her ID ends: with it what she had in use is wiped, and says so.
    chief.end_user(nurse.user()).await.expect("ended");
    let (evidence, whole) = proof(&team.chief, subject, 1).await;
    assert_eq!(order_of(state_of(&whole, nurse.device())).how, How::IdEnded);
    assert_eq!(order_of(state_of(&whole, phone.device())).how, How::Wiped, "what was ordered first");
    assert!(!receipt_of(state_of(&whole, phone.device())), "still unconfirmed");
    assert_eq!(verify(&evidence, nurse.profile.public().root), Ok(whole));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_3_nobody_makes_trims_or_swaps_the_proof_of_a_wipe() {
    let team = Team::of_two().await;
    let first = team.world.staff(&team.chief, "first").await;
    let second = team.world.staff(&team.chief, "second").await;
    let root = first.profile.public().root;
    let chief = team.chief.client();
    chief.wipe_device(first.device()).await.expect("wiped");
    let (before, _) = proof(&team.chief, Subject::Device(first.device()), 1).await;
    chief.wipe_device(second.device()).await.expect("wiped");
    let (right, _) = proof(&team.chief, Subject::Device(second.device()), 1).await;
    let code = |evidence: &WipeProof| verify(evidence, root).map_err(|Flaw { code, .. }| code).map(drop);
    assert_eq!(code(&right), Ok(()));
    assert!(verify(&right, sha256(b"another root")).is_err(), "a fingerprint of one's own");

    let entries = right.registry.as_slice();
    let registry = |entries: &[Blob<_>]| List::new(entries.to_vec()).expect("fewer");
    let cut = WipeProof { registry: registry(&entries[..entries.len() - 1]), ..right.clone() };
    assert_eq!(code(&cut), Err(Code::LogNotTrusted), "a registry that was cut before its end");
    let without = [&entries[..entries.len() - 2], &entries[entries.len() - 1..]].concat();
    assert!(code(&WipeProof { registry: registry(&without), ..right.clone() }).is_err(), "an entry was taken out");
    let older = WipeProof { heads: before.heads.clone(), ..right.clone() };
    assert_eq!(code(&older), Err(Code::LogNotTrusted), "entries that these heads do not vouch for");
    let earlier = WipeProof { registry: before.registry.clone(), ..older };
    assert_eq!(code(&earlier), Err(Code::NotAuthentic), "a receipt from after the heads is no order");
    let mut forged = right.clone();
    forged.heads.signature = Signature([3; 64]);
    assert_eq!(code(&forged), Err(Code::NotAuthentic), "the server's signature");

    // Whoever leaves a receipt out makes the device unconfirmed, and never anything else.
    let fewer = WipeProof { receipts: List::default(), ..right.clone() };
    let unconfirmed = verify(&fewer, root).expect("a proof of less");
    assert!(matches!(unconfirmed.devices[0].state, State::Ordered { confirmed: None, .. }), "{unconfirmed:?}");
    let receipts = |receipts: &[SignedReceipt]| List::new(receipts.to_vec()).expect("one");
    let own = &right.receipts.as_slice()[0];
    let other = WipeProof { receipts: before.receipts.clone(), ..right.clone() };
    assert_eq!(code(&other), Err(Code::NotAuthentic), "another device's receipt");
    let moved = SignedReceipt { signature: own.signature, ..before.receipts.as_slice()[0].clone() };
    let moved = WipeProof { receipts: receipts(&[moved]), ..right.clone() };
    assert_eq!(code(&moved), Err(Code::NotAuthentic), "one device's words under another's signature");
    let swapped = WipeProof { subject: Subject::Device(team.doctor.device()), ..right.clone() };
    assert_eq!(code(&swapped), Err(Code::NotAuthentic), "said to be another device's");
    let swapped = WipeProof { receipts: List::default(), ..swapped };
    assert_eq!(code(&swapped), Err(Code::NothingToDo), "which nobody has wiped");
}
