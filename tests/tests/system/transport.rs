//! QUIC as the protocol wants it (A2.1), frames that are none, networks that change, servers that go and come.

use std::time::{Duration, Instant};

use renkei_certs_dev::{Authority, Dev, Validity};
use renkei_client_core::client::Client;
use renkei_client_core::probe::{Probe, refusal};
use renkei_client_core::proto::access::Kind;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Answer, EnrolAnswer, EnrolOp, Fault, Op};
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::id::DeviceId;
use renkei_client_core::proto::key::Mac;
use renkei_client_core::proto::time::Time;
use renkei_client_core::proto::{bounds, codec};
use renkei_tests::{DAY, Stranger, Team, World, device_authority, refused, request, with_certificate, within};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a02_1_whoever_connects_otherwise_is_refused() {
    let mut world = World::with_operators(0).await;
    let person = world.operator("desk").await;
    for (probe, code) in [
        (Probe::ClassicalKeyExchange, Code::UnknownVersion),
        (Probe::UnknownAlpn, Code::UnknownVersion),
        (Probe::NoCertificate, Code::CertificateRequired),
        (Probe::ForeignCertificate, Code::CertificateRequired),
    ] {
        let fault = refusal(&person.profile, probe).await.expect("a refusal");
        assert_eq!(fault.code, code, "{probe:?}");
    }
    // The server is none the worse for it.
    refused(person.profile.sign_in(&person.typed(), None).await, Code::SetUpRequired);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a02_1_who_is_refused_in_the_handshake_is_on_record_and_who_goes_away_is_not() {
    let world = World::found().await;
    let desk = world.operators[0].client();
    let refusals = async || {
        let counts = desk.access_counts(Time(0), Time(u64::MAX)).await.expect("counts");
        let strangers = counts.iter().filter(|one| one.facility.is_none() && one.kind == Kind::Refusal);
        strangers.map(|one| one.times).sum::<u64>()
    };
    let profile = &world.operators[0].profile;
    let mut known = refusals().await;
    // One of each kind: what repeats itself within a minute is counted, and on record when it is over.
    for probe in [Probe::ClassicalKeyExchange, Probe::ForeignCertificate] {
        refusal(profile, probe).await.expect("a refusal");
        let before = known;
        within("the record", async {
            while known == before {
                known = refusals().await;
            }
        })
        .await;
    }
    // A stranger who says nothing wrong and leaves.
    drop(Stranger::enrolling(profile.public()).await);
    assert_eq!(refusals().await, known);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a02_1_a_certificate_that_is_not_in_force_opens_nothing() {
    let mut world = World::with_operators(0).await;
    let person = world.operator("desk").await;
    let dev = Dev::this_is_not_production();
    let now = world.server.now().0;
    let own = device_authority(world.server.data());
    let foreign = Authority::foreign(dev, "Renkei device authority").expect("an authority");
    let stranger = DeviceId([7; 16]).to_string();
    let cases = [
        ("good", &own, None, Validity::around(now), Code::SetUpRequired),
        ("expired", &own, None, Validity::expired(now), Code::SetUpRequired),
        ("long-expired", &own, None, Validity::expired(now - 365 * DAY), Code::CertificateExpired),
        ("not-yet", &own, None, Validity::not_yet(now), Code::CertificateRequired),
        ("unknown-device", &own, Some(stranger.as_str()), Validity::around(now), Code::CertificateRequired),
        ("no-device", &own, Some("somebody"), Validity::around(now), Code::CertificateRequired),
        ("foreign", &foreign, None, Validity::around(now), Code::CertificateRequired),
        ("foreign-expired", &foreign, None, Validity::expired(now), Code::CertificateRequired),
    ];
    for (name, authority, other, validity, code) in cases {
        let issue = |device: &str, key: &[u8]| {
            authority.device(dev, other.unwrap_or(device), Some(key), validity).expect("a certificate")
        };
        let profile = with_certificate(&person.profile, &world.home().join(name), issue);
        let answer = profile.sign_in(&person.typed(), None).await.expect_err(name);
        assert_eq!(answer.code, code, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a02_1_an_expired_certificate_is_told_so_and_a_renewed_one_connects() {
    let mut world = World::found().await;
    world.server.advance(20 * DAY);
    world.operators[0].client().renew_certificate(true).await.expect("renewed");
    world.server.advance(15 * DAY);

    let careful = world.operators[0].client();
    careful.drop_connection();
    careful.ask(Op::Offers).await.expect("the session goes on");
    let (server, careful) = (&world.server, &mut world.operators[0]);
    careful.sign_in(server).await.expect("and a new one begins");

    let forgetful = &world.operators[1];
    forgetful.client().drop_connection();
    assert_eq!(forgetful.over().await.code, Code::CertificateExpired);
    world.server.advance(365 * DAY);
    refused(forgetful.profile.sign_in(&forgetful.typed(), Some(1)).await, Code::CertificateExpired);
    refused(forgetful.profile.set_up(&forgetful.typed()).await, Code::CertificateExpired);
    refused(forgetful.profile.application().await, Code::CertificateExpired);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frames_that_are_none_are_answered_and_change_nothing() {
    let world = World::with_operators(1).await;
    let client = world.operators[0].client();
    let entries = client.look(|replica| replica.registry().size());
    let valid = request(Op::Offers);
    says(client, &[], Code::Malformed).await;
    says(client, &[0xff; 100], Code::Malformed).await;
    for length in 1..valid.len() {
        says(client, &valid[..length], Code::Malformed).await;
    }
    says(client, &[valid.as_slice(), &[0]].concat(), Code::Malformed).await;
    // The same number in a longer form: a varint with an empty last group.
    says(client, &[&[valid[0] | 0x80, 0], &valid[1..]].concat(), Code::Malformed).await;
    for flipped in 0..8 {
        says(client, &[&[valid[0] ^ (1 << flipped)], &valid[1..]].concat(), Code::Malformed).await;
    }
    says(client, &vec![0; bounds::FRAME], Code::Malformed).await;
    says(client, &vec![0; bounds::FRAME + 1], Code::TooLarge).await;
    says(client, &vec![0xff; 3 * bounds::FRAME], Code::TooLarge).await;
    // A length inside that promises more than any frame holds.
    let promise = [&valid[..valid.len() - 1], &[10], &[0xff, 0xff, 0xff, 0xff, 0x0f]].concat();
    says(client, &promise, Code::Malformed).await;

    assert!(matches!(answer(client, &valid).await, Ok(Answer::Offers(_))));
    assert_eq!(client.look(|replica| replica.registry().size()), entries);
    client.issue_ticket(renkei_client_core::proto::ticket::Purpose::Device(client.user())).await.expect("a ticket");
}

async fn answer(client: &Client, frame: &[u8]) -> Result<Answer, Fault> {
    codec::decode(&client.raw(frame).await.expect("an answer")).expect("an answer of this protocol")
}

async fn says(client: &Client, frame: &[u8], code: Code) {
    let fault = answer(client, frame).await.expect_err("a refusal");
    assert_eq!(fault.code, code, "{} bytes, {:02x?}…", frame.len(), &frame[..frame.len().min(24)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frames_that_are_none_are_answered_before_a_certificate_too() {
    let mut world = World::with_operators(0).await;
    let person = world.operator("desk").await;
    let stranger = Stranger::enrolling(person.profile.public()).await;
    let poll = codec::encode(&EnrolOp::Possess(Mac(Hash32([1; 32]))));
    refused(stranger.say(&[]).await, Code::Malformed);
    refused(stranger.say(&[0xff; 64]).await, Code::Malformed);
    for length in 1..poll.len() {
        refused(stranger.say(&poll[..length]).await, Code::Malformed);
    }
    refused(stranger.say(&[poll.as_slice(), &[0]].concat()).await, Code::Malformed);
    refused(stranger.say(&vec![0; bounds::ENROL_FRAME]).await, Code::Malformed);
    refused(stranger.say(&vec![0; bounds::ENROL_FRAME + 1]).await, Code::TooLarge);
    refused(stranger.say(&poll).await, Code::OutOfOrder);
    let greeting = stranger.ask(&EnrolOp::Greet).await.expect("a greeting");
    assert!(matches!(greeting, EnrolAnswer::Greeting(Some(_))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a02_1_a_conversation_survives_changes_of_address() {
    let team = Team::of_two().await;
    let mut expected = Vec::new();
    for number in 0..40 {
        if number % 7 == 3 {
            team.doctor.client().rebind().expect("another address");
        }
        if number % 9 == 5 {
            team.chief.client().rebind().expect("another address");
        }
        let writer = if number % 2 == 0 { &team.doctor } else { &team.chief };
        let words = format!("{number} 番目");
        writer.client().send(team.group, &words).await.expect("sent");
        expected.push(words);
    }
    assert_eq!(team.doctor.texts(team.group, 40).await, expected);
    assert_eq!(team.chief.texts(team.group, 40).await, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_1_sessions_go_on_over_new_connections_and_a_restarted_server() {
    let mut team = Team::of_two().await;
    let (group, mut expected) = (team.group, Vec::new());
    for number in 0..5 {
        team.doctor.client().drop_connection();
        let words = format!("切れても {number}");
        team.doctor.client().send(group, &words).await.expect("sent");
        expected.push(words);
    }
    let began = Instant::now();
    let status = team.world.server.terminate();
    assert!(status.success(), "{status}");
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    team.world.server.verify().expect("everything holds");
    team.world.server.restart();
    for (person, words) in [(&team.chief, "戻りました"), (&team.doctor, "私もです")] {
        person.client().send(group, words).await.expect("sent without a password");
        expected.push(words.to_owned());
    }
    assert_eq!(team.doctor.texts(group, expected.len()).await, expected);
    assert_eq!(team.chief.texts(group, expected.len()).await, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_process_owns_a_data_directory() {
    let mut world = World::with_operators(1).await;
    let (status, said) = world.server.second();
    assert!(!status.success());
    assert!(said.contains(world.server.data().to_str().expect("a path")), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    world.operators[0].client().ask(Op::Offers).await.expect("the first goes on");
    assert!(world.server.verify().is_err(), "verify waits for the server to be down");

    world.server.kill();
    let said = world.server.verify().expect("everything holds");
    assert!(said.contains("every checksum, link, signature and rule holds"), "{said}");
    world.server.restart();
    world.operators[0].client().ask(Op::Offers).await.expect("after a power cut");
}
