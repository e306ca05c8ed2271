//! Answers that no other test gets out of a running server: each by somebody who keeps to the client, and, where the server
//! decides, by raw frames too.

use renkei_client_core::enrol::FacilityForm;
use renkei_client_core::office::details;
use renkei_client_core::policy::registry::a08_devices::DEVICES_OF_A_PERSON;
use renkei_client_core::profile::Profile;
use renkei_client_core::proto::act::{
    Act, BoxesRoot, DeviceKind, DeviceRegistration, Epoch, FacilityKind, FacilityPledge, GroupAct, HistoryPolicy,
    OperatingSystem, Ownership, Profession, RegistryAct,
};
use renkei_client_core::proto::bytes::{Blob, List};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Op, Password, SealedBox, Sidecar, boxes_root};
use renkei_client_core::proto::hash::{Hash32, sha256};
use renkei_client_core::proto::id::{DeviceId, FacilityId};
use renkei_client_core::proto::key::{MLKEM768_CIPHERTEXT, SigningSecret};
use renkei_client_core::proto::settings::Setting;
use renkei_client_core::proto::statement::{LogId, Role};
use renkei_client_core::proto::ticket::Purpose;
use renkei_client_core::replica::Replica;
use renkei_client_core::root::Root;
use renkei_client_core::{Fault, random};
use renkei_sealing::device::SealingSecret;
use renkei_tests::{DAY, PATIENCE, Person, Server, Stranger, Team, World, copy_dir, line, pledge, refused};

/// Connections that a device may have at once (server/src/hub.rs).
const CONNECTIONS_OF_A_DEVICE: usize = 4;

/// A statement as it stands, without any check of the client's.
async fn raw(person: &Person, log: LogId, role: Role, act: Act) -> Result<(), Fault> {
    person.client().submit_unchecked(log, role, None, act, Sidecar::default()).await.map(drop)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_6_an_administrator_with_own_devices_only_does_not_forbid_them() {
    let world = World::found().await;
    let facility = FacilityId(random());
    let ticket = world.operators[0].client().issue_ticket(Purpose::Facility(facility)).await.expect("a ticket");
    let form = FacilityForm {
        name: line("見本 小さな診療所（架空）"),
        kind: FacilityKind::Clinic,
        association_member: true,
        pledge: FacilityPledge { signed_on: "2026-02-20".parse().expect("a day"), scan: sha256(b"form 1") },
        manager: details("架空 一人", None).expect("a name"),
        profession: Profession::Doctor,
        manager_pledge: pledge(),
    };
    let enrolled = Person::enrol_owned(world.home(), "alone", &ticket, Some(form), Ownership::Own).await;
    let mut manager = enrolled.expect("enrolled");
    assert!(manager.profile.poll().await.expect("an answer"));
    for operator in 0..2 {
        world.admit(operator, facility).await.expect("admitted");
    }
    manager.set_up(&world.server).await.expect("set up");
    manager.sign_in(&world.server).await.expect("signed in");
    let setting = Setting::OwnDevices(false);
    refused(manager.client().set(Some(facility), setting).await, Code::OnlyOwnDevices);
    let act = Act::Registry(RegistryAct::Set { facility: Some(facility), setting });
    refused(raw(&manager, LogId::Registry, Role::SnsAdministrator, act).await, Code::OnlyOwnDevices);
    manager.sign_in(&world.server).await.expect("let in as before");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a14_1_what_was_asked_meanwhile_is_not_answered_by_what_was_said_before() {
    let team = Team::of_two().await;
    let group = team.chief.client().open_inquiry(line("質問"), "一つ目の質問").await.expect("an inquiry");
    let operator = &team.world.operators[0];
    operator.texts(group, 1).await;
    let said = operator.client().send(group, "一つ目への答え").await.expect("written").head.size - 1;
    team.chief.texts(group, 2).await;
    team.chief.client().send(group, "二つ目の質問").await.expect("asks on");
    // The server alone, by an operator's device that skips its checks and has not looked.
    let act = || Act::Group(GroupAct::AnswerInquiry { message: said });
    refused(raw(operator, LogId::Group(group), Role::Operator, act()).await, Code::AskedMeanwhile);
    operator.texts(group, 3).await;
    refused(operator.client().mark_answered(group, said).await, Code::AskedMeanwhile);
    operator.client().answer_inquiry(group, "二つ目への答え").await.expect("what was said after it is an answer");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a02_1_a_server_is_founded_once_by_who_has_its_claim_and_before_that_lets_nobody_enrol() {
    let world = World::with_operators(1).await;
    let (fresh, claim) = Server::create(&world.home().join("fresh"));
    let client = world.operators[0].client();
    let mut ticket = client.issue_ticket(Purpose::Device(client.user())).await.expect("a ticket");
    ticket.server = line(fresh.address());
    refused(Person::enrol(world.home(), "early", &ticket, None).await, Code::NotFounded);
    let passphrase = Password::new("見本の長い別の言葉 kaze-no-oto 2026").expect("a passphrase");
    let root = |name: &str| Root::create(&world.home().join(name), &passphrase).expect("a root");
    let names = || (line("別の医師会（架空）"), line("別の相談室（架空）"));
    // The code stands at the end.
    let (beginning, end) = claim.trim().split_at(claim.trim().len() - 4);
    let wrong = format!("{beginning}{}{}", if end.starts_with('A') { 'B' } else { 'A' }, &end[1..]);
    for (name, claim, answer) in [("wrong", wrong.as_str(), false), ("right", &claim, true), ("late", &claim, false)] {
        let ((association, desk), claim) = (names(), claim.parse().expect("a claim"));
        let founded = root(name).found(fresh.address(), &claim, association, desk).await;
        if answer {
            founded.expect("founded");
        } else {
            refused(founded, Code::ClaimRefused);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_2_a_person_has_so_many_devices_and_no_more() {
    let world = World::with_operators(2).await;
    let (_, chief) = world.facility("station", true).await;
    let nurse = world.staff(&chief, "nurse").await;
    let approve = || {
        let keys = SealingSecret::generate(&mut rand_core::OsRng).expect("keys").public().clone();
        let device = DeviceRegistration {
            device: DeviceId(random()),
            kind: DeviceKind::Phone,
            system: OperatingSystem::Linux,
            ownership: Ownership::Facility,
            signing: SigningSecret::from_seed(&random()).public(),
            sealing: keys.fingerprint(),
            receipt: SigningSecret::from_seed(&random()).public(),
        };
        let act = Act::Registry(RegistryAct::ApproveDevice { user: nurse.user(), device });
        let sidecar = Sidecar { sealing: Some(keys), ..Sidecar::default() };
        chief.client().submit_unchecked(LogId::Registry, Role::SnsAdministrator, None, act, sidecar)
    };
    for _ in 1..DEVICES_OF_A_PERSON {
        approve().await.expect("one more");
    }
    refused(approve().await, Code::TooManyDevices);
    let ticket = chief.client().issue_ticket(Purpose::Device(nurse.user())).await.expect("a ticket");
    let ninth = Person::enrol(world.home(), "ninth", &ticket, None).await.expect("enrolled");
    let offers = chief.client().offers().await.expect("offers");
    let offer = offers.iter().find(|one| one.bundle.registration.device == ninth.device()).expect("the device");
    refused(chief.client().approve_offer(offer).await, Code::TooManyDevices);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_4_keys_that_are_not_due_are_not_handed_over() {
    let team = Team::of_two().await;
    let group = team.world.group(&team.doctor, HistoryPolicy::FromApproval).await;
    team.doctor.client().send(group, "承認の前").await.expect("sent");
    team.world.join(&team.doctor, group, team.chief.user(), &team.chief).await;
    let there = team
        .doctor
        .client()
        .wait_until(PATIENCE, |replica| (replica.group(group)?.group()?.members().count() == 2).then_some(()));
    there.await.expect("a member");
    let sealed = Blob::new(vec![0; MLKEM768_CIPHERTEXT + 96 + 33]).expect("short");
    let boxes = List::new(vec![SealedBox { device: team.chief.device(), sealed }]).expect("one");
    let root: BoxesRoot = boxes_root(&boxes).expect("few");
    let devices = List::new(vec![team.chief.device()]).expect("one");
    let history =
        renkei_client_core::proto::act::History { first: 1, last: 1, devices, boxes: root, prepared_for: None };
    let sidecar = Sidecar { boxes: Some(boxes), ..Sidecar::default() };
    let (log, act) = (LogId::Group(group), Act::History(history));
    refused(team.doctor.client().submit_unchecked(log, Role::User, None, act, sidecar).await, Code::HistoryNotDue);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_2_a_profile_that_is_not_there_or_not_whole_says_so() {
    let world = World::with_operators(1).await;
    let nothing = world.home().join("nobody");
    refused(Profile::load(&nothing), Code::NotEnrolled);
    std::fs::create_dir(&nothing).expect("a directory");
    std::fs::write(nothing.join("profile.json"), "{").expect("written");
    refused(Profile::load(&nothing), Code::ProfileFailed);
    let device = std::fs::read(world.operators[0].dir.join("device")).expect("private keys");
    std::fs::copy(world.operators[0].dir.join("profile.json"), nothing.join("profile.json")).expect("copied");
    std::fs::write(nothing.join("device"), &device[..device.len() - 1]).expect("written");
    refused(Profile::load(&nothing), Code::ProfileFailed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p7_a_copy_of_a_device_from_before_its_keys_were_renewed_signs_nothing() {
    let mut team = Team::of_two().await;
    let copy = team.world.home().join("restored");
    copy_dir(&team.chief.dir, &copy);
    team.world.server.advance(2 * DAY);
    team.chief.client().renew_keys().await.expect("renewed");
    let device = team.chief.device();
    let registered = |replica: &Replica| replica.registry().now().sealing(device).map(|since| since.fingerprint);
    let renewed = team.chief.client().look(registered).expect("keys");
    team.chief.take_client().sign_out().await.expect("signed out");
    team.chief.profile = Profile::load(&copy).expect("a profile");
    team.chief.dir = copy;
    team.chief.sign_in(&team.world.server).await.expect("its certificate is the device's");
    let told = |replica: &Replica| (registered(replica) == Some(renewed)).then_some(());
    team.chief.client().wait_until(PATIENCE, told).await.expect("the renewal");
    let sent = team.chief.client().send(team.group, "古い鍵で").await;
    refused(sent, Code::KeysReplaced);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a02_1_a_device_with_too_many_connections_loses_the_oldest() {
    let mut world = World::with_operators(1).await;
    drop(world.operators[0].take_client());
    let profile = &world.operators[0].profile;
    let oldest = Stranger::device(profile).await;
    // Its handshake is over at the server too, before the next one's begins.
    refused(oldest.request(Op::Offers).await, Code::SessionRequired);
    let mut others = Vec::new();
    for _ in 0..CONNECTIONS_OF_A_DEVICE {
        others.push(Stranger::device(profile).await);
    }
    assert_eq!(oldest.closed().await, Some(Code::Busy));
    let Some(newest) = others.last() else { panic!("some") };
    refused(newest.request(Op::Offers).await, Code::SessionRequired);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a02_1_a_server_that_goes_down_says_so() {
    let mut world = World::with_operators(1).await;
    let stranger = Stranger::device(&world.operators[0].profile).await;
    assert!(world.server.terminate().success());
    assert_eq!(stranger.closed().await, Some(Code::ShuttingDown));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_4_an_epoch_that_another_device_made_first_is_not_made_again() {
    let team = Team::of_two().await;
    team.doctor.client().send(team.group, "鍵").await.expect("sent");
    team.chief.texts(team.group, 1).await;
    let sealed = Blob::new(vec![0; MLKEM768_CIPHERTEXT + 96 + 32]).expect("short");
    let boxes = List::new(vec![SealedBox { device: team.chief.device(), sealed }]).expect("one");
    let root = boxes_root(&boxes).expect("few");
    let sidecar = Sidecar { boxes: Some(boxes), ..Sidecar::default() };
    let (roster, commitment, label) = (Hash32([7; 32]), Hash32([0; 32]), Blob::default());
    let act = Act::Epoch(Epoch { number: 1, roster, commitment, boxes: root, label });
    let made = team.chief.client().submit_unchecked(LogId::Group(team.group), Role::User, None, act, sidecar).await;
    refused(made, Code::EpochTaken);
}
