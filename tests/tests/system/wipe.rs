//! A12.3: a wiped device keeps nothing it can open, says so, and gets nothing else when it comes back.

use std::path::{Path, PathBuf};

use renkei_client_core::proto::act::{Act, RegistryAct};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::codec;
use renkei_client_core::proto::frame::{Answer, EnrolOp, Op, Sidecar};
use renkei_client_core::proto::id::DeviceId;
use renkei_client_core::proto::key::SigningSecret;
use renkei_client_core::proto::statement::{LogId, Role};
use renkei_client_core::proto::wipe::Receipt;
use renkei_client_core::{now, profile::Profile, random};
use renkei_tests::{DAY, Person, Stranger, Team, copy_dir, files_below, refused, within};

/// The share that the server releases to this device, by a sign-in of its own.
async fn share(person: &Person, team: &Team) -> [u8; 32] {
    let raw = Stranger::device(&person.profile).await;
    let op = Op::SignIn {
        user: person.user(),
        password: person.typed(),
        code: Some(person.new_code(&team.world.server)),
        session_key: SigningSecret::from_seed(&random()).public(),
    };
    match raw.request(op).await.expect("signed in") {
        Answer::SignedIn { share, .. } => *share.0,
        other => panic!("{other:?}"),
    }
}

/// The files below `dir` that hold these bytes anywhere.
fn holding(dir: &Path, bytes: &[u8]) -> Vec<PathBuf> {
    let holds = |content: &[u8]| content.windows(bytes.len()).any(|window| window == bytes);
    files_below(dir).into_iter().filter(|(_, content)| holds(content)).map(|(file, _)| file).collect()
}

async fn confirmed(team: &Team, device: DeviceId) -> bool {
    let receipts = team.chief.client().receipts(&[device]).await.expect("an answer");
    receipts.iter().any(|(of, _)| *of == device)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_3_after_the_acknowledgement_the_share_is_in_no_file_and_an_older_copy_does_not_bring_it_back() {
    let mut team = Team::of_two().await;
    let mut nurse = team.world.staff(&team.chief, "nurse").await;
    let device = nurse.device();
    let share = share(&nurse, &team).await;
    let data = team.world.server.data().to_owned();
    assert_eq!(holding(&data, &share), Vec::<PathBuf>::new(), "not in clear before either");
    nurse.sign_in(&team.world.server).await.expect("signed in");
    let before = team.world.home().join("before");
    copy_dir(&data, &before);
    let stolen = team.world.home().join("stolen");
    copy_dir(&nurse.dir, &stolen);
    team.chief.client().wipe_device(device).await.expect("wiped");
    assert_eq!(holding(&data, &share), Vec::<PathBuf>::new());
    // The secrets of before under the key of now: what a backup gives that leaves the shred key out.
    team.world.server.kill();
    let mixed = team.world.home().join("mixed");
    copy_dir(&before, &mixed);
    std::fs::remove_dir_all(mixed.join("store/shred")).expect("removed");
    copy_dir(&data.join("store/shred"), &mixed.join("store/shred"));
    let refused_start = renkei_tests::Server::refuses_to_serve(&mixed);
    assert!(refused_start.contains("shred"), "{refused_start}");
    team.world.server.restart();
    nurse.profile = Profile::load(&stolen).expect("a copy");
    let back = nurse.profile.sign_in(&nurse.typed(), Some(nurse.new_code(&team.world.server))).await;
    refused(back, Code::DeviceWiped);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_3_the_device_confirms_its_wipe_and_the_administrator_sees_it() {
    let team = Team::of_two().await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    let device = nurse.device();
    assert!(!confirmed(&team, device).await);
    team.chief.client().wipe_device(device).await.expect("wiped");
    assert_eq!(nurse.over().await.code, Code::DeviceWiped);
    within("the receipt", async {
        while !confirmed(&team, device).await {
            tokio::task::yield_now().await;
        }
    })
    .await;
    within("nothing left to be sent", async {
        while nurse.dir.join("receipt").exists() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let left: Vec<PathBuf> = files_below(&nurse.dir).into_keys().collect();
    assert_eq!(left.len(), 1, "the public part only: {left:?}");
    assert!(left[0].ends_with("profile.json"), "{left:?}");
    refused(Profile::load(&nurse.dir).map(drop), Code::DeviceWiped);
    // Others see nothing of it.
    let elsewhere = team.doctor.client().receipts(&[device]).await.expect("an answer");
    assert!(elsewhere.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_3_of_a_session_that_is_wiped_nothing_opens_and_nothing_comes_until_the_person_signs_in_again() {
    let team = Team::of_two().await;
    let mut nurse = team.world.staff(&team.chief, "nurse").await;
    team.world.join(&team.doctor, team.group, nurse.user(), &team.chief).await;
    nurse.reads(team.group).await;
    team.doctor.client().send(team.group, "血圧 132/80").await.expect("sent");
    nurse.texts(team.group, 1).await;
    let session = team.chief.client().sessions(nurse.user()).await.expect("a list")[0].session;
    refused(team.doctor.client().end_session(nurse.user(), session).await, Code::NotAdministrator);
    team.chief.client().end_session(nurse.user(), session).await.expect("ended");
    assert_eq!(nurse.over().await.code, Code::SessionEnded);
    // On the device: the keys have left its memory with the vault, though its files are still there.
    refused(nurse.client().read(team.group, 0), Code::VaultClosed);
    assert!(nurse.dir.join("vault").exists(), "a session is not a device");
    // At the server: by the device's certificate alone nothing is handed out.
    let raw = Stranger::device(&nurse.profile).await;
    refused(raw.request(Op::Offers).await, Code::SessionRequired);
    drop(nurse.take_client());
    nurse.sign_in(&team.world.server).await.expect("with password and code");
    assert_eq!(nurse.texts(team.group, 1).await, ["血圧 132/80"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_3_a_wiped_device_that_comes_back_years_later_gets_its_order_and_nothing_else() {
    let mut team = Team::of_two().await;
    let mut nurse = team.world.staff(&team.chief, "nurse").await;
    let device = nurse.device();
    drop(nurse.take_client());
    team.chief.client().wipe_device(device).await.expect("wiped");
    assert!(!confirmed(&team, device).await, "not yet");
    team.world.server.advance(3 * 365 * DAY);
    // Its certificate ended long ago. What it is told is the wipe.
    let code = nurse.new_code(&team.world.server);
    refused(nurse.profile.sign_in(&nurse.typed(), Some(code)).await, Code::DeviceWiped);
    assert!(!nurse.dir.join("vault").exists() && !nurse.dir.join("device").exists());
    // Administrators who were away so long have certificates to renew; the receipt is on the server all the same.
    team.world.server.kill();
    team.world.server.restart();
    assert!(!nurse.dir.join("receipt").exists(), "it was sent");
}

/// What a device keeps private outside its vault; last, the seed of its receipt key.
type Private = ([u8; 32], Vec<u8>, Option<[u8; 32]>, [u8; 32]);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_3_nobody_but_the_device_confirms_its_wipe() {
    let team = Team::of_two().await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    let device = nurse.device();
    let association = nurse.profile.approved().expect("approved").association;
    let receipt = Receipt { version: 1, suite: 1, association, device, destroyed_at: now() };
    let forged = receipt.sign(&SigningSecret::from_seed(&random())).expect("signed");
    let stranger = Stranger::enrolling(nurse.profile.public()).await;
    refused(stranger.ask(&EnrolOp::Receipt(forged.clone())).await, Code::NothingToDo);
    // The device's own key, as its file has it, while nothing was ordered.
    let private = std::fs::read(nurse.dir.join("device")).expect("private keys");
    let (.., seed): Private = codec::decode(&private).expect("private keys");
    let own = receipt.sign(&SigningSecret::from_seed(&seed)).expect("signed");
    refused(stranger.ask(&EnrolOp::Receipt(own.clone())).await, Code::NothingToDo);
    // Its connection hangs: the order does not reach it.
    let copy = team.world.home().join("copy");
    copy_dir(&nurse.dir, &copy);
    drop(nurse);
    team.chief.client().wipe_device(device).await.expect("wiped");
    refused(stranger.ask(&EnrolOp::Receipt(forged)).await, Code::SignatureInvalid);
    let other = Receipt { device: team.doctor.device(), ..receipt };
    let other = other.sign(&SigningSecret::from_seed(&seed)).expect("signed");
    refused(stranger.ask(&EnrolOp::Receipt(other)).await, Code::NothingToDo);
    assert!(!confirmed(&team, device).await);
    stranger.ask(&EnrolOp::Receipt(own)).await.expect("the device's own");
    assert!(confirmed(&team, device).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_3_a_wiped_device_signs_nothing_any_more() {
    let team = Team::of_two().await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    let client = nurse.client();
    let act = Act::Registry(RegistryAct::RotateSealing { sealing: renkei_client_core::proto::hash::Hash32(random()) });
    let statement = client.draft(LogId::Registry, Role::User, None, act).expect("a draft");
    team.chief.client().wipe_device(nurse.device()).await.expect("wiped");
    let late = client.submit_statement(&statement, Sidecar::default()).await;
    assert!(late.is_err(), "{late:?}");
}
