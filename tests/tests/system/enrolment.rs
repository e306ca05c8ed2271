//! Enrolment tickets (A8.2): wrong, used, expired, of another association; and a server that puts other keys in place.

use renkei_client_core::enrol::{self, About};
use renkei_client_core::proto::act::{DeviceKind, DeviceRegistration, OperatingSystem, Ownership, Profession};
use renkei_client_core::proto::bytes::Blob;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::codec;
use renkei_client_core::proto::frame::{EnrolAnswer, EnrolOp, Fault, OFFER};
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::id::{DeviceId, TicketId};
use renkei_client_core::proto::key::Mac;
use renkei_client_core::proto::key::SigningSecret;
use renkei_client_core::proto::ticket::{self, Bundle, Offer, Purpose, Ticket, TicketSecret};
use renkei_client_core::{office, random};
use renkei_sealing::device::DeviceKeys;
use renkei_sealing::possession;
use renkei_tests::{DAY, Person, Stranger, World, pledge, refused};

/// Somebody registered who has no device yet, and a ticket for one.
async fn awaited(world: &World, administrator: &Person) -> Ticket {
    let client = administrator.client();
    let named = office::details("架空 次郎", None).expect("a name");
    let user = client.register_staff(Profession::Nurse, named, Some(pledge())).await.expect("registered");
    let ticket = client.issue_ticket(Purpose::Device(user)).await.expect("a ticket");
    assert_eq!(ticket.server.as_str(), world.server.address());
    ticket
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_2_wrong_used_expired_and_unknown_tickets_are_answered_alike() {
    let world = World::found().await;
    let (_, manager) = world.facility("clinic", true).await;
    let good = awaited(&world, &manager).await;

    let wrong = Ticket { secret: TicketSecret(random()), ..good.clone() };
    let unknown = Ticket { ticket: TicketId(random()), ..good.clone() };
    let mut answers: Vec<Fault> = Vec::new();
    for (name, ticket) in [("wrong", &wrong), ("unknown", &unknown)] {
        answers.push(refused(Person::enrol(world.home(), name, ticket, None).await, Code::TicketRefused));
        assert!(!world.home().join(name).join("device").exists(), "no keys are left of a refused enrolment");
    }
    // A wrong attempt does not use the right ticket up.
    let person = Person::enrol(world.home(), "right", &good, None).await.expect("enrolled");
    answers.push(refused(Person::enrol(world.home(), "used", &good, None).await, Code::TicketRefused));
    let offers = manager.client().offers().await.expect("offers");
    assert_eq!(offers.len(), 1);
    assert_eq!(offers[0].bundle.registration.device, person.device());

    let late = awaited(&world, &manager).await;
    world.server.advance(8 * DAY);
    answers.push(refused(Person::enrol(world.home(), "late", &late, None).await, Code::TicketRefused));
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert!(manager.client().offers().await.expect("offers").is_empty(), "an offer goes with its ticket");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_5_many_wrong_tickets_have_to_wait() {
    let world = World::found().await;
    let (_, manager) = world.facility("clinic", true).await;
    let good = awaited(&world, &manager).await;
    let mut refusals = 0;
    let wait = loop {
        let wrong = Ticket { ticket: TicketId(random()), ..good.clone() };
        match Person::enrol(world.home(), "guess", &wrong, None).await {
            Err(fault) if fault.code == Code::TicketRefused => refusals += 1,
            Err(fault) if fault.code == Code::TryLater => break fault.retry_after.expect("seconds"),
            other => panic!("{other:?}"),
        }
        assert!(refusals < 300, "guessing goes on for ever");
    };
    assert!((1..=3600).contains(&wait), "{wait}");
    let again = refused(Person::enrol(world.home(), "good", &good, None).await, Code::TryLater);
    assert!(again.retry_after.is_some_and(|seconds| seconds <= wait));
    world.server.advance(u64::from(wait) + 1);
    Person::enrol(world.home(), "good", &good, None).await.expect("enrolled");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a02_1_a_ticket_of_another_association_shows_this_server_nothing() {
    let world = World::found().await;
    let (_, manager) = world.facility("clinic", true).await;
    let good = awaited(&world, &manager).await;
    let other = Ticket { root: Hash32(random()), ..good.clone() };
    for _ in 0..120 {
        // More often than wrong tickets are forgiven: the server never saw one.
        refused(Person::enrol(world.home(), "other", &other, None).await, Code::ServerNotTrusted);
    }
    assert!(!world.home().join("other").exists());
    assert!(manager.client().offers().await.expect("offers").is_empty());
    Person::enrol(world.home(), "good", &good, None).await.expect("enrolled");

    let about = About { kind: DeviceKind::Phone, system: OperatingSystem::Linux, ownership: Ownership::Own };
    let again = enrol::enrol(&good, about, None, &world.home().join("good")).await;
    refused(again, Code::ProfileExists);
}

/// What a server can do that keeps the ticket's one key and not the other: offer a device of its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_2_a_server_can_not_put_its_own_keys_in_place_of_a_device() {
    let world = World::found().await;
    let (_, manager) = world.facility("clinic", true).await;
    let good = awaited(&world, &manager).await;
    let psk = good.secret.psk();

    let server = Stranger::enrolling(manager.profile.public()).await;
    let keys = DeviceKeys::generate(&mut rand_core::OsRng).expect("keys");
    let bytes = codec::encode(&bundle(&keys, good.ticket));
    let guess = ticket::bundle_mac(&psk, &bytes);
    let (offer, possess) = (offer(&server, &keys, good.ticket, &bytes, guess), |x25519: Hash32, kem: &[u8]| {
        possession::answer(&keys.sealing, &x25519.0, kem, server.exporter())
    });
    refused(server.ask(&offer).await, Code::OutOfOrder);
    let proof = ticket::client_proof(&psk, server.exporter());
    let proved = server.ask(&EnrolOp::Prove { ticket: good.ticket, proof }).await.expect("proved");
    assert!(matches!(proved, EnrolAnswer::Proved { .. }));
    let EnrolOp::Offer { offer: inner, .. } = offer.clone() else { unreachable!("made above") };
    let unsigned = EnrolOp::Offer { offer: inner, signature: keys.signing.sign(OFFER, b"something else") };
    refused(server.ask(&unsigned).await, Code::SignatureInvalid);
    let challenge = server.ask(&offer).await.expect("a challenge");
    assert!(matches!(challenge, EnrolAnswer::Challenge { .. }));
    refused(server.ask(&EnrolOp::Possess(Mac(Hash32([0; 32])))).await, Code::SignatureInvalid);

    server.ask(&EnrolOp::Prove { ticket: good.ticket, proof }).await.expect("proved again");
    let EnrolAnswer::Challenge { x25519, kem } = server.ask(&offer).await.expect("a challenge") else {
        panic!("no challenge");
    };
    let right = possess(x25519, kem.as_slice()).expect("both keys");
    assert_eq!(server.ask(&EnrolOp::Possess(right)).await, Ok(EnrolAnswer::Waiting));

    // The server has taken it in. The issuer's device knows that no holder of the ticket made it.
    let offers = manager.client().offers().await.expect("offers");
    assert!(offers.is_empty(), "{offers:?}");
}

fn bundle(keys: &DeviceKeys, ticket: TicketId) -> Bundle {
    Bundle {
        version: renkei_client_core::proto::VERSION,
        ticket,
        registration: DeviceRegistration {
            device: DeviceId(random()),
            kind: DeviceKind::Phone,
            system: OperatingSystem::Linux,
            ownership: Ownership::Facility,
            signing: keys.signing.public(),
            sealing: keys.sealing.public().fingerprint(),
            receipt: SigningSecret::from_seed(&random()).public(),
        },
        sealing: keys.sealing.public().clone(),
        request: Blob::default(),
        application: None,
        details: None,
    }
}

fn offer(over: &Stranger, keys: &DeviceKeys, ticket: TicketId, bundle: &[u8], bind: Mac) -> EnrolOp {
    let signed = [over.exporter().as_slice(), bundle].concat();
    let signature = keys.signing.sign(OFFER, &signed);
    EnrolOp::Offer { offer: Offer { ticket, bundle: Blob::new(bundle.to_vec()).expect("short"), bind }, signature }
}
