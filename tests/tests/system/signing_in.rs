//! Passwords, codes and sessions (A11).

use renkei_client_core::policy::a11_second_factor;
use renkei_client_core::profile::Profile;
use renkei_client_core::proto::act::{Act, RegistryAct};
use renkei_client_core::proto::bytes::{Blob, List};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::codec;
use renkei_client_core::proto::frame::{Answer, NewTicket, Op, Password, PasswordRule, RESUME, Secret32, Sidecar};
use renkei_client_core::proto::id::{SessionId, TicketId, UserId};
use renkei_client_core::proto::key::{Signature, SigningSecret};
use renkei_client_core::proto::statement::{LogId, Role, Signed};
use renkei_client_core::proto::ticket::Purpose;
use renkei_client_core::random;
use renkei_tests::{DAY, Person, Server, Stranger, Team, World, refused};

fn password(text: &str) -> Password {
    Password::new(text).expect("a password of sensible length")
}

fn sign_in(user: UserId, password: &Password, code: Option<u32>) -> Op {
    let session_key = SigningSecret::from_seed(&random()).public();
    Op::SignIn { user, password: password.clone(), code, session_key }
}

fn wrong() -> Password {
    password("machigai-7-no-aikotoba")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_6_the_first_sign_in_makes_password_and_code_generator_once() {
    let mut world = World::with_operators(0).await;
    let mut person = world.operator("desk").await;
    refused(person.profile.sign_in(&person.typed(), Some(123_456)).await, Code::SetUpRequired);
    let first = person.profile.set_up(&person.typed()).await.expect("a code generator");
    person.factor = Some(first.factor().clone());
    let right = person.new_code(&world.server);
    refused(first.confirm((right + 1) % 1_000_000).await, Code::SignInFailed);
    refused(person.profile.sign_in(&person.typed(), Some(right)).await, Code::SetUpRequired);

    person.set_up(&world.server).await.expect("set up");
    refused(person.profile.set_up(&person.typed()).await, Code::SetUpDone);
    refused(person.profile.sign_in(&person.typed(), None).await, Code::SecondFactorRequired);
    person.sign_in(&world.server).await.expect("signed in");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_2_weak_passwords_are_refused_with_every_rule_that_they_fail() {
    let mut world = World::with_operators(0).await;
    let person = world.operator("desk").await;
    for (text, rules) in [
        ("kakuu-2026", vec![PasswordRule::Length]),
        ("umi no sora no aoi kaze", vec![PasswordRule::Digit]),
        ("uminosora7noaoikaze", vec![PasswordRule::Symbol]),
        ("2938-4756-1029-3847", vec![PasswordRule::Letter]),
        ("abc", vec![PasswordRule::Length, PasswordRule::Digit, PasswordRule::Symbol, PasswordRule::Guessable]),
        ("Password1234!", vec![PasswordRule::Guessable]),
        ("架空 desk-療養相談室-7-umi", vec![PasswordRule::Personal]),
    ] {
        let fault = refused(person.profile.set_up(&password(text)).await, Code::PasswordTooWeak);
        let failed = fault.failed.as_slice();
        assert!(rules.iter().all(|rule| failed.contains(rule)), "{text}: {failed:?}");
    }
    refused(person.profile.sign_in(&person.typed(), Some(1)).await, Code::SetUpRequired);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_2_a_name_is_no_password_in_latin_letters_either() {
    let team = renkei_tests::Team::of_two().await;
    let client = team.chief.client();
    let named = renkei_client_core::office::details("見本 真一", Some("みほん しんいち")).expect("a name");
    let user = client.register_staff(renkei_client_core::proto::act::Profession::Nurse, named, None).await;
    let user = user.expect("registered");
    client.record_pledge(user, renkei_tests::pledge()).await.expect("filed");
    let mut person = team.world.device(&team.chief, user, "shinichi").await;
    assert!(person.profile.poll().await.expect("an answer"));
    for text in ["umi-7-no-sora+Mihon", "umi-7-no-sora+Shin'ichi", "umi-7-no-sora+SINNITI"] {
        let fault = refused(person.profile.set_up(&password(text)).await, Code::PasswordTooWeak);
        assert_eq!(fault.failed.as_slice(), [PasswordRule::Personal], "{text}");
    }
    person.set_up(&team.world.server).await.expect("without the name");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_6_a_code_is_good_once() {
    let mut world = World::with_operators(1).await;
    let (server, person) = (&world.server, &mut world.operators[0]);
    let code = person.new_code(server);
    let client = person.profile.sign_in(&person.typed(), Some(code)).await.expect("signed in");
    refused(person.profile.sign_in(&person.typed(), Some(code)).await, Code::SignInFailed);
    // Nor is one from before it, although its half minute isn't quite over.
    let time = server.now();
    let earlier = renkei_client_core::proto::time::Time(time.0 - a11_second_factor::STEP);
    let before = a11_second_factor::code(person.factor.as_ref().expect("a generator"), earlier);
    refused(person.profile.sign_in(&person.typed(), Some(before)).await, Code::SignInFailed);
    // A failed attempt does not end the session that is there.
    client.ask(Op::Offers).await.expect("still signed in");
    drop(client);
    person.sign_in(server).await.expect("with the next code");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_5_failures_cost_growing_delays_that_end() {
    let mut world = World::with_operators(1).await;
    let (server, person) = (&world.server, &mut world.operators[0]);
    let attempt = |password: Password, code: u32| {
        let profile = person.profile.clone();
        async move { profile.sign_in(&password, Some(code)).await.map(drop) }
    };
    for _ in 0..4 {
        refused(attempt(wrong(), 0).await, Code::SignInFailed);
    }
    let mut waits = Vec::new();
    for _ in 0..9 {
        let right = a11_second_factor::code(person.factor.as_ref().expect("a generator"), server.now());
        let fault = refused(attempt(person.typed(), right).await, Code::TryLater);
        let wait = fault.retry_after.expect("seconds");
        waits.push(wait);
        server.advance(u64::from(wait));
        refused(attempt(wrong(), 0).await, Code::SignInFailed);
    }
    assert!(waits[0] <= 5, "{waits:?}");
    assert!(waits.is_sorted() && waits[3] > 2 * waits[1], "{waits:?}");
    assert!(waits.iter().all(|wait| *wait <= 15 * 60), "a stranger does not keep a person out: {waits:?}");
    server.advance(15 * 60);
    person.sign_in(server).await.expect("when the delay is over");
    // And after that the count begins anew.
    refused(person.profile.sign_in(&wrong(), Some(0)).await, Code::SignInFailed);
    person.sign_in(server).await.expect("at once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_5_no_fall_of_the_server_gives_whoever_guesses_fresh_tries() {
    let mut world = World::with_operators(1).await;
    let person = world.operators.remove(0);
    let own = Stranger::device(&person.profile).await;
    // Killed as soon as it has answered: what was answered counts.
    for _ in 0..4 {
        refused(own.request(sign_in(person.user(), &wrong(), Some(0))).await, Code::SignInFailed);
    }
    let mut waited = 0;
    for _ in 0..3 {
        world.server.kill();
        world.server.restart();
        let own = Stranger::device(&person.profile).await;
        let fault = refused(own.request(sign_in(person.user(), &person.typed(), Some(0))).await, Code::TryLater);
        let wait = fault.retry_after.expect("seconds");
        assert!(wait > waited / 2, "a fall shortens nothing: {waited} {wait}");
        world.server.advance(u64::from(wait));
        refused(own.request(sign_in(person.user(), &wrong(), Some(0))).await, Code::SignInFailed);
        let fault = refused(own.request(sign_in(person.user(), &wrong(), Some(0))).await, Code::TryLater);
        let next = fault.retry_after.expect("seconds");
        assert!(next > wait, "the count goes on: {wait} {next}");
        waited = next;
    }
    // The wait goes on while the server is down, and the right password ends the count for good.
    world.server.kill();
    world.server.stays_down(u64::from(waited));
    world.server.restart();
    let mut person = person;
    person.sign_in(&world.server).await.expect("when the delay is over");
    for _ in 0..3 {
        refused(person.profile.sign_in(&wrong(), Some(0)).await, Code::SignInFailed);
    }
    person.sign_in(&world.server).await.expect("three errors are free again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_1_another_persons_id_is_answered_like_one_that_nobody_has() {
    let world = World::found().await;
    let [first, second] = &world.operators[..] else { panic!("two operators") };
    let code = second.new_code(&world.server);
    let client = first.client();
    let other = refused(client.ask(sign_in(second.user(), &second.typed(), Some(code))).await, Code::SignInFailed);
    let nobody =
        refused(client.ask(sign_in(UserId([0xee; 16]), &second.typed(), Some(code))).await, Code::SignInFailed);
    assert_eq!(other, nobody);
    let no_code = client.ask(sign_in(second.user(), &second.typed(), None)).await;
    refused(no_code, Code::SignInFailed);
    client.ask(Op::Offers).await.expect("one's own session goes on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_1_a_locked_session_shows_nothing_until_the_next_sign_in() {
    let mut team = Team::of_two().await;
    let (group, server) = (team.group, &team.world.server);
    let log = LogId::Group(group);
    team.doctor.client().send(group, "ロックの前").await.expect("sent");
    team.chief.texts(group, 1).await;
    let end = Act::Registry(RegistryAct::EndUser { user: team.chief.user() });
    let statement = team.chief.client().draft(LogId::Registry, Role::SnsAdministrator, None, end).expect("a draft");
    let bytes = Blob::new(codec::encode(&statement)).expect("short");
    team.chief.client().ask(Op::Lock).await.expect("locked");
    assert_eq!(team.chief.over().await.code, Code::SessionLocked);
    refused(team.chief.client().read(group, 0), Code::VaultClosed);
    refused(team.chief.client().send(group, "ロック中").await, Code::VaultClosed);

    // Whoever has the locked device's connection gets nothing either.
    let thief = Stranger::device(&team.chief.profile).await;
    let key = SigningSecret::from_seed(&random());
    let session = raw_sign_in(&thief, &team.chief, &key, server).await;
    thief.request(Op::Offers).await.expect("before the lock");
    thief.request(Op::Lock).await.expect("locked");
    let nothing = [
        Op::Offers,
        Op::SealingKeys(List::default()),
        Op::Details(List::default()),
        Op::FetchBox { log, seq: 0 },
        Op::RenewCertificate { request: Blob::default(), signature: Signature([0; 64]) },
        Op::ChangePassword { old: team.chief.typed(), new: wrong() },
        Op::Submit { signed: Signed { bytes, signature: Signature([0; 64]) }, sidecar: Sidecar::default() },
        Op::NewTicket(NewTicket {
            ticket: TicketId(random()),
            psk: Secret32::new([0; 32]),
            purpose: Purpose::Device(team.chief.user()),
            expires: server.now().plus(DAY),
        }),
    ];
    for op in nothing {
        refused(thief.request(op).await, Code::SessionLocked);
    }
    let again = Stranger::device(&team.chief.profile).await;
    let signature = key.sign(RESUME, again.exporter());
    refused(again.request(Op::Resume { session, signature }).await, Code::SessionLocked);
    team.doctor.client().send(group, "ロックの間").await.expect("sent");

    team.chief.sign_in(server).await.expect("signed in");
    assert_eq!(team.chief.texts(group, 2).await, ["ロックの前", "ロックの間"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_1_a_session_that_was_signed_out_does_not_come_back() {
    let mut world = World::with_operators(1).await;
    let (server, person) = (&world.server, &mut world.operators[0]);
    person.client().ask(Op::SignOut).await.expect("signed out");
    let over = person.over().await.code;
    assert!(matches!(over, Code::SessionRequired | Code::SessionEnded), "{over}");

    let device = Stranger::device(&person.profile).await;
    let (key, other) = (SigningSecret::from_seed(&random()), SigningSecret::from_seed(&random()));
    let session = raw_sign_in(&device, person, &key, server).await;
    let again = Stranger::device(&person.profile).await;
    let resume = |over: &Stranger, key: &SigningSecret| {
        let signature = key.sign(RESUME, over.exporter());
        Op::Resume { session, signature }
    };
    refused(again.request(resume(&again, &other)).await, Code::SignatureInvalid);
    refused(again.request(resume(&device, &key)).await, Code::SignatureInvalid);
    refused(again.request(Op::Offers).await, Code::SessionRequired);
    again.request(resume(&again, &key)).await.expect("the session's own key, over this connection");
    again.request(Op::Offers).await.expect("signed in");
    // Signed out on one connection is signed out on all, and for good.
    device.request(Op::SignOut).await.expect("signed out");
    refused(again.request(Op::Offers).await, Code::SessionRequired);
    refused(again.request(resume(&again, &key)).await, Code::SessionEnded);

    // A second sign-in on the same device ends the session before it.
    let session = raw_sign_in(&device, person, &key, server).await;
    raw_sign_in(&again, person, &other, server).await;
    refused(device.request(Op::Offers).await, Code::SessionEnded);
    let signature = key.sign(RESUME, device.exporter());
    refused(device.request(Op::Resume { session, signature }).await, Code::SessionEnded);
    person.sign_in(server).await.expect("signed in");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_1_a_session_is_its_own_devices_only() {
    let world = World::found().await;
    let [first, second] = &world.operators[..] else { panic!("two operators") };
    let (own, other) = (Stranger::device(&first.profile).await, Stranger::device(&second.profile).await);
    let key = SigningSecret::from_seed(&random());
    let session = raw_sign_in(&own, first, &key, &world.server).await;
    let signature = key.sign(RESUME, other.exporter());
    refused(other.request(Op::Resume { session, signature }).await, Code::SessionEnded);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_1_a_proof_of_one_connection_is_good_on_no_other() {
    let world = World::found().await;
    let person = &world.operators[0];
    let (one, other) = (Stranger::device(&person.profile).await, Stranger::device(&person.profile).await);
    let key = SigningSecret::from_seed(&random());
    let session = raw_sign_in(&one, person, &key, &world.server).await;
    let overheard = key.sign(RESUME, one.exporter());
    refused(other.request(Op::Resume { session, signature: overheard }).await, Code::SignatureInvalid);
    let own = key.sign(RESUME, other.exporter());
    other.request(Op::Resume { session, signature: own }).await.expect("a proof of its own");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_5_somebody_elses_guesses_lock_nobody_out() {
    let mut world = World::found().await;
    let victim = world.operators[1].user();
    for _ in 0..4 {
        let guess = sign_in(victim, &wrong(), Some(0));
        assert!(world.operators[0].client().ask(guess).await.is_err());
    }
    let server = &world.server;
    world.operators[1].sign_in(server).await.expect("the person signs in as ever");
}

/// Signs in without a client, with the session key `key`.
async fn raw_sign_in(over: &Stranger, person: &Person, key: &SigningSecret, server: &Server) -> SessionId {
    let code = Some(person.new_code(server));
    let op = Op::SignIn { user: person.user(), password: person.typed(), code, session_key: key.public() };
    match over.request(op).await {
        Ok(Answer::SignedIn { session, .. }) => session,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_2_a_password_is_changed_with_the_old_one_in_hand() {
    let mut world = World::with_operators(1).await;
    let (server, person) = (&world.server, &mut world.operators[0]);
    let new = "yama-3-no-mukou+kawa";
    refused(person.client().change_password(wrong(), password(new)).await, Code::SignInFailed);
    let weak = person.client().change_password(person.typed(), password("yama-3")).await;
    assert!(refused(weak, Code::PasswordTooWeak).failed.as_slice().contains(&PasswordRule::Length));
    person.client().change_password(person.typed(), password(new)).await.expect("changed");
    let old = person.profile.sign_in(&person.typed(), Some(person.new_code(server))).await;
    refused(old, Code::SignInFailed);
    new.clone_into(&mut person.password);
    person.sign_in(server).await.expect("with the new one");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_1_sessions_and_locks_survive_the_servers_fall() {
    let mut world = World::found().await;
    world.operators[1].client().ask(Op::Lock).await.expect("locked");
    world.server.kill();
    world.server.restart();
    world.operators[0].client().drop_connection();
    world.operators[0].client().ask(Op::Offers).await.expect("without a password");
    world.operators[1].client().drop_connection();
    assert_eq!(world.operators[1].over().await.code, Code::SessionLocked);
    // What a code was used up for is not forgotten either.
    let (server, person): (_, &mut Person) = (&world.server, &mut world.operators[1]);
    let code = person.new_code(server);
    drop(person.profile.sign_in(&person.typed(), Some(code)).await.expect("signed in"));
    world.server.kill();
    world.server.restart();
    let person = &world.operators[1];
    let again = Profile::load(&person.dir).expect("a profile").sign_in(&person.typed(), Some(code)).await;
    refused(again, Code::SignInFailed);
}
