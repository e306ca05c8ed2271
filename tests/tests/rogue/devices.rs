//! Devices that are not what they are said to be: ghosts, swapped keys, swapped names, another server.

use renkei_client_core::office::details;
use renkei_client_core::proto::act::{
    Act, DeviceKind, DeviceRegistration, OperatingSystem, Ownership, Profession, RegistryAct,
};
use renkei_client_core::proto::bytes::{Blob, List};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::codec;
use renkei_client_core::proto::frame::{Answer, Op, Sidecar};
use renkei_client_core::proto::id::DeviceId;
use renkei_client_core::proto::key::{Signature, SigningSecret};
use renkei_client_core::proto::statement::{LogId, Role, Signed, Statement};
use renkei_client_core::proto::ticket::{Bundle, Offer, Purpose};
use renkei_client_core::proto::wipe::Receipt;
use renkei_client_core::proto::{SUITE, VERSION};
use renkei_client_core::random;
use renkei_sealing::device::DeviceKeys;
use renkei_tests::rogue::{Colluder, Rogue, TRUTH};
use renkei_tests::{DAY, PATIENCE, Person, Team, pledge, refused};

use crate::{all_see, distrusts, has, overtaken, scene, size, trusts, with_nurse};

/// A device of the operator's own.
struct Ghost {
    keys: DeviceKeys,
    registration: DeviceRegistration,
}

impl Ghost {
    fn new() -> Self {
        let keys = DeviceKeys::generate(&mut rand_core::OsRng).expect("keys");
        let registration = DeviceRegistration {
            device: DeviceId(random()),
            kind: DeviceKind::Computer,
            system: OperatingSystem::Linux,
            ownership: Ownership::Facility,
            signing: keys.signing.public(),
            sealing: keys.sealing.public().fingerprint(),
            receipt: SigningSecret::from_seed(&random()).public(),
        };
        Self { keys, registration }
    }

    /// What is beside its approval.
    fn sidecar(&self) -> Sidecar {
        Sidecar { sealing: Some(self.keys.sealing.public().clone()), ..Sidecar::default() }
    }

    /// Whether anything was sealed for it, in any history.
    fn was_given(&self, rogue: &Rogue) -> bool {
        rogue.change(|state| {
            state.histories.iter().any(|history| {
                let groups: Vec<LogId> = history.groups().map(LogId::Group).collect();
                groups.iter().flat_map(|log| history.log(*log)).any(|told| {
                    let boxes = told.sidecar.boxes.iter().flat_map(List::as_slice);
                    boxes.into_iter().any(|one| one.device == self.registration.device)
                })
            })
        })
    }
}

/// A ghost of the chief's, approved by a statement in the chief's name that the chief's device never signed.
async fn forged(sign: impl FnOnce(&Statement, &Ghost) -> Signed) {
    let (team, rogue) = scene().await;
    let ghost = Ghost::new();
    let act = RegistryAct::ApproveDevice { user: team.chief.user(), device: ghost.registration.clone() };
    let template = Colluder::of(&rogue, &team.chief);
    let statement = rogue
        .look(TRUTH, |truth| template.statement(truth, LogId::Registry, Role::SnsAdministrator, Act::Registry(act)));
    team.doctor.client().send(team.group, "まだ二人").await.expect("the truth works");
    rogue.append(TRUTH, &sign(&statement, &ghost), &ghost.sidecar());
    for person in [&team.doctor, &team.chief] {
        distrusts(person, LogId::Registry).await;
        refused(person.client().send(team.group, "三台目がいる").await, Code::LogNotTrusted);
        let known =
            person.client().look(|replica| replica.registry().now().device(ghost.registration.device).is_some());
        assert!(!known);
    }
    assert!(!ghost.was_given(&rogue));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_ghost_device_that_signs_for_itself() {
    forged(|statement, ghost| statement.sign(&ghost.keys.signing).expect("signed")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_ghost_device_unsigned() {
    forged(|statement, _| Signed {
        bytes: Blob::new(codec::encode(statement)).expect("a statement"),
        signature: Signature([0; 64]),
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_ghost_device_of_an_administrator_alone() {
    let (team, nurse) = with_nurse().await;
    let (team, rogue) = overtaken(team).await;
    rogue.call([&nurse]);
    let (registry, ghost) = (LogId::Registry, Ghost::new());
    let (chief, own) = (Colluder::of(&rogue, &team.chief), Colluder::of(&rogue, &nurse));
    let act = || Act::Registry(RegistryAct::ApproveDevice { user: nurse.user(), device: ghost.registration.clone() });
    let alone = rogue.look(TRUTH, |truth| chief.sign(&chief.statement(truth, registry, Role::SnsAdministrator, act())));
    rogue.append(TRUTH, &alone, &ghost.sidecar());
    all_see(&rogue, &[&team.doctor, &team.chief, &nurse], registry).await;
    // One signature of two: the rules permit it, and it makes nobody a reader.
    team.doctor.client().send(team.group, "二人の署名が要る").await.expect("sent");
    let active = |person: &Person| {
        person.client().look(|replica| {
            let view = replica.registry().now();
            view.active_devices(nurse.user()).any(|(device, _)| device == ghost.registration.device)
        })
    };
    assert!(!active(&team.doctor) && !ghost.was_given(&rogue));
    // The server can't pretend that it was enough either: the ghost writes nothing that anybody takes.
    let log = LogId::Group(team.group);
    let fork = rogue.fork(&[&team.doctor]);
    let haunting = rogue.look(fork, |told| {
        let mut statement = read_message(told, log);
        statement.actor = renkei_client_core::proto::statement::Actor::Device {
            user: nurse.user(),
            device: ghost.registration.device,
        };
        statement.counter = 1;
        statement.sign(&ghost.keys.signing).expect("signed")
    });
    rogue.append(fork, &haunting, &Sidecar::default());
    distrusts(&team.doctor, log).await;
    // With the person's own signature it would be a device like any other.
    let second = rogue.look(TRUTH, |truth| own.sign(&own.statement(truth, registry, Role::User, act())));
    rogue.append(TRUTH, &second, &ghost.sidecar());
    has(&team.chief, registry, size(&rogue, TRUTH, registry)).await;
    assert!(active(&team.chief));
    team.chief.client().send(team.group, "三台目").await.expect("the truth works");
    assert!(ghost.was_given(&rogue));
}

fn read_message(told: &renkei_tests::rogue::History, log: LogId) -> Statement {
    told.log(log)[told.last(log, |act| matches!(act, Act::Message(_)))].statement()
}

/// The offer with the ghost's keys in it, and the MAC that it came with.
fn swapped(offer: &Offer, ghost: &Ghost) -> Offer {
    let mut bundle = Bundle::decode(offer.bundle.as_slice()).expect("a bundle");
    bundle.registration.signing = ghost.registration.signing;
    bundle.registration.sealing = ghost.registration.sealing;
    bundle.sealing = ghost.keys.sealing.public().clone();
    Offer { bundle: Blob::new(codec::encode(&bundle)).expect("a bundle"), ..offer.clone() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_swapped_enrolment_keys() {
    let (team, rogue) = scene().await;
    let (ghost, chief) = (Ghost::new(), team.chief.client());
    let named = details("架空 新人", None).expect("a name");
    let user = chief.register_staff(Profession::Nurse, named, Some(pledge())).await.expect("registered");
    let ticket = chief.issue_ticket(Purpose::Device(user)).await.expect("a ticket");
    let mut nurse = Person::enrol(team.world.home(), "nurse", &ticket, None).await.expect("enrolled");
    let issuer = team.chief.user();
    let signing = ghost.registration.signing;
    rogue.script(move |state, _, op| {
        matches!(op, Op::Offers).then(|| {
            let offers = state.offers(issuer).iter().map(|offer| swapped(offer, &ghost)).collect();
            Ok(Answer::Offers(List::new(offers).expect("a few")))
        })
    });
    assert!(chief.offers().await.expect("an answer").is_empty(), "nothing that could be approved by mistake");
    rogue.script(|_, _, _| None);
    let offers = chief.offers().await.expect("the truth works");
    assert_eq!(offers.len(), 1);
    assert_eq!(offers[0].words.kana, nurse.words);
    assert!(offers[0].bundle.registration.signing != signing);
    chief.approve_offer(&offers[0]).await.expect("approved");
    assert!(nurse.profile.poll().await.expect("an answer"));
    nurse.sign_in_with(0).await.expect("signed in");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_device_said_to_be_anothers() {
    let (team, rogue) = scene().await;
    let chief = team.chief.client();
    let named = details("架空 新人", None).expect("a name");
    let user = chief.register_staff(Profession::Nurse, named, Some(pledge())).await.expect("registered");
    for (name, lie) in [("one", Some(team.doctor.user())), ("two", None)] {
        let ticket = chief.issue_ticket(Purpose::Device(user)).await.expect("a ticket");
        let mut nurse = Person::enrol(team.world.home(), name, &ticket, None).await.expect("enrolled");
        let offers = chief.offers().await.expect("offers");
        let offer = offers.iter().find(|one| one.bundle.registration.device == nurse.device()).expect("the device");
        if name == "one" {
            chief.approve_offer(offer).await.expect("approved");
            rogue.change(|state| state.owner = lie);
            assert!(nurse.profile.poll().await.expect("an answer"));
            refused(nurse.sign_in_with(0).await, Code::ServerNotTrusted);
            rogue.change(|state| state.owner = None);
            chief.wipe_device(nurse.device()).await.expect("wiped");
        } else {
            // Every device of this person is gone: the next one needs a second signature, and is no work for here.
            assert!(!nurse.profile.poll().await.expect("an answer"));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_swapped_sealing_keys() {
    let (mut team, rogue) = scene().await;
    let log = LogId::Group(team.group);
    let ghost = Ghost::new();
    let named = details("架空 客", None).expect("a name");
    let guest = team.chief.client().register_staff(Profession::Nurse, named, None).await.expect("registered");
    all_see(&rogue, &[&team.doctor], LogId::Registry).await;
    // A new session has looked nobody's keys up yet.
    team.doctor.sign_in_with(0).await.expect("signed in");
    team.doctor.reads(team.group).await;
    let keys = ghost.keys.sealing.public().clone();
    rogue.script(move |_, _, op| {
        let Op::SealingKeys(devices) = op else { return None };
        let swapped = devices.as_slice().iter().map(|device| (*device, keys.clone())).collect();
        Some(Ok(Answer::SealingKeys(List::new(swapped).expect("a few"))))
    });
    let before = size(&rogue, TRUTH, log);
    refused(team.doctor.client().invite(team.group, guest).await, Code::NotAuthentic);
    assert_eq!(size(&rogue, TRUTH, log), before, "nothing was sealed to these keys");
    rogue.script(|_, _, _| None);
    team.doctor.client().invite(team.group, guest).await.expect("the truth works");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_sealing_keys_of_before_a_rotation() {
    let (team, rogue) = scene().await;
    let log = LogId::Group(team.group);
    let device = team.chief.device();
    rogue.script(move |state, asker, op| {
        let Op::SealingKeys(devices) = op else { return None };
        let history = state.history(asker).clone();
        let keys = devices.as_slice().iter().filter_map(|one| {
            let places = history.sealing(*one);
            let at = if *one == device { places.first()? } else { places.last()? };
            Some((*one, history.log(LogId::Registry)[*at].sidecar.sealing.clone()?))
        });
        Some(Ok(Answer::SealingKeys(List::new(keys.collect()).expect("a few"))))
    });
    rogue.advance(&team.world, DAY + 60);
    rogue.state_heads(&[&team.doctor, &team.chief]);
    team.chief.client().renew_keys().await.expect("renewed");
    all_see(&rogue, &[&team.doctor, &team.chief], LogId::Registry).await;
    let epochs = |rogue: &Rogue| {
        rogue.look(TRUTH, |truth| {
            truth.log(log).iter().filter(|told| matches!(told.statement().act, Act::Epoch(_))).count()
        })
    };
    let before = epochs(&rogue);
    refused(team.doctor.client().send(team.group, "古い鍵へ").await, Code::NotAuthentic);
    assert_eq!(epochs(&rogue), before, "no key was made for keys that are over");
    rogue.script(|_, _, _| None);
    team.doctor.client().send(team.group, "新しい鍵へ").await.expect("the truth works");
    assert!(epochs(&rogue) > before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_swapped_names() {
    let (team, rogue) = scene().await;
    let (chief, other) = (team.chief.user(), team.world.operators[0].user());
    rogue.script(move |state, _, op| {
        let Op::Details(users) = op else { return None };
        let swapped = users.as_slice().iter().map(|user| (*user, state.details[&other].clone())).collect();
        Some(Ok(Answer::Details(List::new(swapped).expect("a few"))))
    });
    refused(team.doctor.client().names(&[chief]).await, Code::NotAuthentic);
    rogue.script(|_, _, _| None);
    let names = team.doctor.client().names(&[chief]).await.expect("the truth works");
    assert_eq!(names[0].1.name.as_str(), "架空 station");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_swapped_shares() {
    let (mut team, rogue) = scene().await;
    let (one, two) = (team.chief.device(), team.doctor.device());
    let swap = || {
        rogue.change(|state| {
            let (first, second) = (state.shares[&one].clone(), state.shares[&two].clone());
            state.shares.extend([(one, second), (two, first)]);
        });
    };
    team.chief.take_client().lock().await.expect("locked");
    let vault = std::fs::read(team.chief.dir.join("vault")).expect("a vault");
    swap();
    refused(team.chief.sign_in_with(0).await, Code::VaultClosed);
    assert_eq!(std::fs::read(team.chief.dir.join("vault")).expect("a vault"), vault, "left as it was");
    swap();
    team.chief.sign_in_with(0).await.expect("the truth works");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_certificate_that_shuts_the_device_out() {
    let (mut team, rogue) = scene().await;
    let others = team.doctor.profile.approved().expect("approved").certificate.clone();
    for certificate in [Blob::new(vec![0x30; 400]).expect("short"), others] {
        rogue.script(move |_, _, op| {
            matches!(op, Op::RenewCertificate { .. }).then(|| Ok(Answer::Certificate(certificate.clone())))
        });
        refused(team.chief.client().renew_certificate(true).await, Code::NotAuthentic);
        team.chief.sign_in_with(0).await.expect("with the certificate of before");
    }
    rogue.script(|_, _, _| None);
    team.chief.client().renew_certificate(true).await.expect("the truth works");
    team.chief.sign_in_with(0).await.expect("with the new one");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_certificate_that_is_never_let_in() {
    let (mut team, rogue) = scene().await;
    let of = |team: &Team| {
        let profile = renkei_client_core::profile::Profile::load(&team.chief.dir).expect("a profile");
        profile.approved().expect("approved").certificate.clone()
    };
    let before = of(&team);
    rogue.script(|_, _, op| matches!(op, Op::Resume { .. }).then(|| Err(Code::CertificateRequired.into())));
    refused(team.chief.client().renew_certificate(true).await, Code::CertificateRequired);
    assert!(of(&team) == before, "the one that works is kept");
    rogue.script(|_, _, _| None);
    team.chief.sign_in_with(0).await.expect("with it");
    team.chief.client().renew_certificate(true).await.expect("the truth works");
    assert!(of(&team) != before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_forged_receipt() {
    let (team, nurse) = with_nurse().await;
    let (team, rogue) = overtaken(team).await;
    team.chief.client().wipe_device(nurse.device()).await.expect("wiped");
    let (association, device) = (rogue.look(TRUTH, renkei_tests::rogue::History::association), nurse.device());
    assert!(team.chief.client().receipts(&[device]).await.expect("an answer").is_empty(), "not confirmed yet");
    rogue.script(move |state, _, op| {
        let key = SigningSecret::from_seed(&random());
        let receipt = Receipt { version: VERSION, suite: SUITE, association, device, destroyed_at: state.now() };
        let signed = receipt.sign(&key).expect("signed");
        matches!(op, Op::Receipts(_)).then(|| Ok(Answer::Receipts(List::new(vec![(device, signed)]).expect("one"))))
    });
    refused(team.chief.client().receipts(&[device]).await, Code::NotAuthentic);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_server_of_another_authority() {
    let mut team: Team = Team::of_two().await;
    let named = details("架空 新人", None).expect("a name");
    let chief = team.chief.client();
    let user = chief.register_staff(Profession::Nurse, named, Some(pledge())).await.expect("registered");
    let ticket = chief.issue_ticket(Purpose::Device(user)).await.expect("a ticket");
    // It has everything of the server's but the keys that the root has certified.
    let impostor = Rogue::impostor(&mut team.world);
    impostor.call([&team.chief, &team.doctor]);
    for person in [&team.chief, &team.doctor] {
        assert_eq!(person.over().await.code, Code::ServerNotTrusted);
        refused(person.client().send(team.group, "誰か").await, Code::VaultClosed);
    }
    refused(Person::enrol(team.world.home(), "nurse", &ticket, None).await, Code::ServerNotTrusted);
    impostor.retire().await;
    team.world.server.restart();
    team.chief.sign_in(&team.world.server).await.expect("the truth works");
    Person::enrol(team.world.home(), "nurse", &ticket, None).await.expect("enrolled");
    let there = team.chief.client().wait_until(PATIENCE, |replica| replica.group(team.group)?.group().map(|_| ()));
    there.await.expect("the group");
    assert!(trusts(&team.chief, LogId::Group(team.group)));
}
