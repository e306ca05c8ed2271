//! The clock of the server's machine jumps a year forward or a day back, and the server may be started while it is wrong: who
//! may come in comes in meanwhile and afterwards, and who may not does not (A2.1, A8.2, A11.2–A11.4, A11.6).

use renkei_client_core::office::details;
use renkei_client_core::policy::a11_second_factor;
use renkei_client_core::profile::Profile;
use renkei_client_core::proto::act::Profession;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Op, Password, SecondFactor};
use renkei_client_core::proto::key::SigningSecret;
use renkei_client_core::proto::settings::{PasswordKinds, Setting};
use renkei_client_core::proto::ticket::{Purpose, Ticket};
use renkei_client_core::proto::time::Time;
use renkei_client_core::random;
use renkei_tests::{DAY, PATIENCE, Person, Server, Stranger, Team, World, pledge, refused};

/// A year forward, and a day back.
const JUMPS: [i64; 2] = [365 * 86_400, -86_400];

/// What the person's code generator shows at `time`.
fn code(person: &Person, time: Time) -> u32 {
    a11_second_factor::code(person.factor.as_ref().expect("a code generator"), time)
}

/// Tries a code on a connection of its own.
async fn tried(person: &Person, code: u32) -> Result<(), Code> {
    signed_in(&Stranger::device(&person.profile).await, person, code).await
}

/// Signs in over this connection.
async fn signed_in(over: &Stranger, person: &Person, code: u32) -> Result<(), Code> {
    let session_key = SigningSecret::from_seed(&random()).public();
    let op = Op::SignIn { user: person.user(), password: person.typed(), code: Some(code), session_key };
    over.request(op).await.map(drop).map_err(|fault| fault.code)
}

/// Everything that lets a person in or keeps a person in, one after the other.
async fn comes_in(person: &mut Person, server: &Server, round: &str) {
    let said = |what: &str| format!("{what}, {round}");
    person.sign_in(server).await.unwrap_or_else(|fault| panic!("{}: {fault}", said("sign in")));
    person.step_up(server).await.unwrap_or_else(|fault| panic!("{}: {fault}", said("a fresh code")));
    person.client().renew_certificate(true).await.unwrap_or_else(|fault| panic!("{}: {fault}", said("renew")));
    person.client().drop_connection();
    person.client().ask(Op::Offers).await.unwrap_or_else(|fault| panic!("{}: {fault}", said("a connection with it")));
    person.profile = Profile::load(&person.dir).expect("a profile");
    let next = format!("kaze-{}-no-oto+yama", u32::from_le_bytes(random()));
    let changed = person.client().change_password(person.typed(), Password::new(&next).expect("a password")).await;
    changed.unwrap_or_else(|fault| panic!("{}: {fault}", said("another password")));
    person.password = next;
    person.take_client().lock().await.expect("locked");
    person.unlock().await.unwrap_or_else(|fault| panic!("{}: {fault}", said("unlock")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_4_a_moved_date_neither_unlocks_nor_locks_out() {
    for jump in JUMPS {
        let mut world = World::with_operators(1).await;
        let person = &mut world.operators[0];
        let thief = Stranger::device(&person.profile).await;
        let now = world.server.advance(a11_second_factor::STEP);
        signed_in(&thief, person, code(person, now)).await.expect("a session");
        thief.request(Op::Lock).await.expect("locked");
        world.server.jump(jump);
        refused(thief.request(Op::Offers).await, Code::SessionLocked);
        person.unlock().await.expect("unlocked while the clock is wrong");
        comes_in(person, &world.server, "while it is wrong").await;
        world.server.jump(-jump);
        comes_in(person, &world.server, "once it is right").await;
        world.server.kill();
        world.server.restart();
        comes_in(person, &world.server, "after another start").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_6_codes_of_the_date_that_a_clock_jumped_to_are_none() {
    let mut world = World::with_operators(1).await;
    let person = &mut world.operators[0];
    drop(person.take_client());
    for jump in JUMPS {
        let now = world.server.jump(jump);
        let wrong = code(person, Time(now.0.saturating_add_signed(jump)));
        assert_eq!(tried(person, wrong).await, Err(Code::SignInFailed), "{jump}");
        person.sign_in(&world.server).await.expect("a code of today");
        world.server.jump(-jump);
    }
}

/// A device answers the ticket, the chief approves it, and its person signs in.
async fn answered(team: &Team, ticket: &Ticket, name: &str) {
    let mut person = Person::enrol(team.world.home(), name, ticket, None).await.expect("the ticket is good");
    let client = team.chief.client();
    let offers = client.offers().await.expect("offers");
    let offer = offers.iter().find(|one| one.bundle.registration.device == person.device()).expect("the device");
    client.approve_offer(offer).await.expect("approved");
    assert!(person.profile.poll().await.expect("an answer"));
    person.set_up(&team.world.server).await.expect("a first sign-in");
    person.sign_in(&team.world.server).await.expect("signed in");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_2_a_ticket_is_made_answered_and_kept_while_the_clock_is_wrong() {
    let team = Team::of_two().await;
    for (jump, name) in JUMPS.into_iter().zip(["nurse", "dentist"]) {
        // Made before and answered meanwhile, made meanwhile and answered afterwards, both meanwhile.
        let (world, client) = (&team.world, team.chief.client());
        let mut made = Vec::new();
        for _ in 0..2 {
            let named = details("架空 早苗", None).expect("a name");
            let user = client.register_staff(Profession::Nurse, named, None).await.expect("registered");
            client.record_pledge(user, pledge()).await.expect("filed");
            made.push(user);
        }
        let ticket = client.issue_ticket(Purpose::Device(made[0])).await.expect("a ticket");
        world.server.jump(jump);
        answered(&team, &ticket, &format!("before-{name}")).await;
        let ticket = client.issue_ticket(Purpose::Device(made[1])).await.expect("a ticket");
        let mut person = world.staff(&team.chief, name).await;
        world.server.jump(-jump);
        answered(&team, &ticket, &format!("after-{name}")).await;
        comes_in(&mut person, &team.world.server, "enrolled while it was wrong").await;
        team.chief.step_up(&team.world.server).await.expect("a fresh code");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_3_a_password_that_changes_counts_its_months_by_no_clock_that_jumped() {
    const SHORT: PasswordKinds = PasswordKinds { long: false, changing: true, second_factor: false };
    let mut team = Team::of_two().await;
    for operator in &team.world.operators {
        let setting = Setting::Passwords(SHORT);
        operator.client().set(None, setting).await.expect("signed");
        for other in &team.world.operators {
            let there = other.client().wait_until(PATIENCE, |replica| {
                let view = replica.registry().now();
                let proposed = view.proposals().any(|(one, _)| one == setting);
                (proposed || view.rules(None).passwords == SHORT).then_some(())
            });
            there.await.expect("on its way");
        }
    }
    let chief = &mut team.chief;
    let changed = chief.client().change_password(chief.typed(), Password::new("k7-Wq*sZ").expect("a password")).await;
    changed.expect("a short one");
    "k7-Wq*sZ".clone_into(&mut chief.password);
    let [year, day] = JUMPS;
    for jump in [year, day] {
        team.world.server.jump(jump);
        chief.sign_in(&team.world.server).await.expect("it has not ended");
        team.world.server.jump(-jump);
    }
    // Changed while the clock says next year, it ends two months from today all the same.
    team.world.server.jump(year);
    let changed = chief.client().change_password(chief.typed(), Password::new("Xp4*wN8!").expect("a password")).await;
    changed.expect("another one");
    "Xp4*wN8!".clone_into(&mut chief.password);
    team.world.server.jump(-year);
    team.world.server.advance(63 * DAY);
    drop(chief.take_client());
    refused(chief.sign_in(&team.world.server).await, Code::PasswordExpired);
}

/// With what a person does whose code generator is as wrong as the server.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_4_a_start_with_a_wrong_clock_is_healed_by_a_start_with_a_right_one() {
    let [year, _] = JUMPS;
    let mut world = World::with_operators(1).await;
    let person = &mut world.operators[0];
    drop(person.take_client());
    world.server.restart_wrong(year);
    let right = Time(world.server.now().0.saturating_add_signed(-year));
    assert_eq!(tried(person, code(person, right)).await, Err(Code::SignInFailed));
    person.sign_in(&world.server).await.expect("a code of next year");
    person.profile = Profile::load(&person.dir).expect("a profile");
    let long = person.profile.approved().expect("approved").certificate.clone();
    drop(person.take_client());
    world.server.kill();
    world.server.restart();
    comes_in(person, &world.server, "after a start with a right clock").await;
    assert_ne!(person.profile.approved().expect("approved").certificate, long, "one of a month in place of 13");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_6_a_start_a_day_back_brings_no_used_code_back() {
    let [_, day] = JUMPS;
    let mut world = World::with_operators(1).await;
    let person = &mut world.operators[0];
    let used = world.server.advance(a11_second_factor::STEP);
    person.sign_in_by(SecondFactor::Code(code(person, used)), None).await.expect("signed in");
    drop(person.take_client());
    world.server.advance(DAY);
    person.sign_in(&world.server).await.expect("the day after");
    drop(person.take_client());
    world.server.restart_wrong(day);
    assert_eq!(tried(person, code(person, used)).await, Err(Code::SignInFailed));
    world.server.kill();
    world.server.restart();
    comes_in(person, &world.server, "after a start with a right clock").await;
}
