//! Passwords that expire, recovery codes, fresh codes for administrative acts, resets, and the settings behind them
//! (A8.3, A11.3, A11.6, A12.6, A13.1).

use renkei_client_core::office::Offered;
use renkei_client_core::profile::Profile;
use renkei_client_core::proto::act::{Act, Ownership, RegistryAct};
use renkei_client_core::proto::bytes::List;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Op, Password, PasswordRule, RESUME, RecoveryCode, SecondFactor, Sidecar};
use renkei_client_core::proto::id::{FacilityId, SessionId, UserId};
use renkei_client_core::proto::key::SigningSecret;
use renkei_client_core::proto::settings::{PasswordKinds, Setting};
use renkei_client_core::proto::statement::{LogId, Role};
use renkei_client_core::proto::ticket::Purpose;
use renkei_client_core::random;
use renkei_tests::{DAY, PATIENCE, Person, Stranger, Team, World, refused};

/// Shorter than article 11 (3) a allows, and as good as eight characters can be.
const SHORT: &str = "k7-Wq*sZ";

fn password(text: &str) -> Password {
    Password::new(text).expect("a password of sensible length")
}

/// Both operators make a setting of the association.
async fn set_for_all(world: &World, setting: Setting) {
    for (at, operator) in world.operators.iter().enumerate() {
        let client = operator.client();
        let proposed = client.wait_until(PATIENCE, |replica| {
            let there = replica.registry().now().proposals().any(|(one, _)| one == setting);
            (at == 0 || there).then_some(())
        });
        proposed.await.expect("the proposal");
        client.set(None, setting).await.expect("signed");
    }
}

/// Waits until `person`'s device knows that `facility` may do with short passwords.
async fn knows(person: &Person, facility: FacilityId, kinds: PasswordKinds) {
    let known = person.client().wait_until(PATIENCE, |replica| {
        (replica.registry().now().rules(Some(facility)).passwords == kinds).then_some(())
    });
    known.await.expect("the setting");
}

const BOTH: PasswordKinds = PasswordKinds { long: true, changing: true, second_factor: false };

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_3_a_short_password_works_for_two_months_and_then_only_to_be_changed() {
    let mut team = Team::of_two().await;
    let short = team.chief.client().change_password(team.chief.typed(), password(SHORT)).await;
    assert!(refused(short, Code::PasswordTooWeak).failed.as_slice().contains(&PasswordRule::Length));
    set_for_all(&team.world, Setting::Passwords(BOTH)).await;
    knows(&team.chief, team.station, BOTH).await;
    team.chief.client().change_password(team.chief.typed(), password(SHORT)).await.expect("changed");
    SHORT.clone_into(&mut team.chief.password);
    for _ in 0..3 {
        // Device certificates last a month.
        team.world.server.advance(20 * DAY);
        for person in [&team.chief, &team.doctor] {
            person.client().renew_certificate(true).await.expect("a certificate");
        }
    }
    team.world.server.advance(3 * DAY);
    drop(team.chief.take_client());
    refused(team.chief.sign_in(&team.world.server).await, Code::PasswordExpired);
    let own = Stranger::device(&team.chief.profile).await;
    let code = team.chief.new_code(&team.world.server);
    let session_key = SigningSecret::from_seed(&random()).public();
    let (user, old) = (team.chief.user(), team.chief.typed());
    let plain = Op::SignIn { user, password: old.clone(), code: Some(code), session_key };
    refused(own.request(plain).await, Code::PasswordExpired);
    for op in [Op::Offers, Op::Freshen] {
        refused(own.request(op).await, Code::SessionRequired);
    }
    // The same one again is no change, and a code that was not used up by a refusal is still good.
    let with = |new: &str| Op::SignInWith {
        user,
        password: old.clone(),
        second: SecondFactor::Code(code),
        new: Some(password(new)),
        session_key,
    };
    assert!(refused(own.request(with(SHORT)).await, Code::PasswordTooWeak).failed.as_slice() == [PasswordRule::Reused]);
    let wrong = Op::SignInWith {
        user,
        password: old.clone(),
        second: SecondFactor::Code((code + 1) % 1_000_000),
        new: Some(password("Xp4*wN8!")),
        session_key,
    };
    refused(own.request(wrong).await, Code::SignInFailed);
    own.request(with("Xp4*wN8!")).await.expect("changed, and signed in");
    "Xp4*wN8!".clone_into(&mut team.chief.password);
    team.chief.sign_in(&team.world.server).await.expect("with the new one");
    // A long one, on which nobody has counted months, is good all the time.
    drop(team.doctor.take_client());
    team.doctor.sign_in(&team.world.server).await.expect("signed in");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_2_a_short_password_beside_a_second_factor_never_ends_while_the_association_allows_it() {
    const THIRD: PasswordKinds = PasswordKinds { long: true, changing: false, second_factor: true };
    const LONG: PasswordKinds = PasswordKinds { long: true, changing: false, second_factor: false };
    let mut team = Team::of_two().await;
    set_for_all(&team.world, Setting::Passwords(THIRD)).await;
    knows(&team.chief, team.station, THIRD).await;
    team.chief.client().change_password(team.chief.typed(), password(SHORT)).await.expect("changed");
    SHORT.clone_into(&mut team.chief.password);
    for _ in 0..6 {
        team.world.server.advance(20 * DAY);
        team.chief.client().renew_certificate(true).await.expect("a certificate");
    }
    // Four months later: it need not change. But it is nothing without the code.
    let user = team.chief.user();
    let session_key = SigningSecret::from_seed(&random()).public();
    drop(team.chief.take_client());
    team.chief.profile = Profile::load(&team.chief.dir).expect("with the newest certificate");
    let own = Stranger::device(&team.chief.profile).await;
    let alone = Op::SignIn { user, password: team.chief.typed(), code: None, session_key };
    assert!(own.request(alone).await.is_err(), "no session by the password alone");
    team.chief.sign_in(&team.world.server).await.expect("with its code");
    // Once the association allows it no longer, it lets its owner in to change it alone.
    for operator in &mut team.world.operators[..2] {
        operator.sign_in(&team.world.server).await.expect("signed in");
    }
    set_for_all(&team.world, Setting::Passwords(LONG)).await;
    knows(&team.chief, team.station, LONG).await;
    drop(team.chief.take_client());
    refused(team.chief.sign_in(&team.world.server).await, Code::PasswordExpired);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_3_none_of_the_last_ten_passwords_comes_back() {
    let mut world = World::with_operators(1).await;
    let person = &mut world.operators[0];
    let mut used = vec![person.password.clone()];
    for number in 0..10 {
        let next = format!("kaze-{number}-no-oto+yama");
        person.client().change_password(person.typed(), password(&next)).await.expect("changed");
        used.push(std::mem::replace(&mut person.password, next));
    }
    used.dedup();
    used.push(person.password.clone());
    // Ten and the present one are known; the eleventh before may come back.
    for old in &used[2..] {
        let fault =
            refused(person.client().change_password(person.typed(), password(old)).await, Code::PasswordTooWeak);
        assert_eq!(fault.failed.as_slice(), [PasswordRule::Reused], "{old}");
    }
    person.client().change_password(person.typed(), password(&used[0])).await.expect("long ago");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_6_a_recovery_code_is_good_once_and_new_ones_void_the_old() {
    let mut world = World::with_operators(1).await;
    let (server, person) = (&world.server, &mut world.operators[0]);
    assert_eq!(person.recovery.len(), 10);
    let first = SecondFactor::Recovery(person.recovery[0].clone());
    person.sign_in_by(first.clone(), None).await.expect("with a recovery code");
    refused(person.sign_in_by(first, None).await, Code::SignInFailed);
    let nobodys = SecondFactor::Recovery(RecoveryCode([7; 10]));
    refused(person.sign_in_by(nobodys, None).await, Code::SignInFailed);
    let wrong = person.password.replace("umi", "yama");
    let right = std::mem::replace(&mut person.password, wrong);
    let second = SecondFactor::Recovery(person.recovery[1].clone());
    refused(person.sign_in_by(second.clone(), None).await, Code::SignInFailed);
    person.password = right;

    person.sign_in(server).await.expect("signed in");
    let new = person.client().new_recovery_codes().await.expect("new codes");
    refused(person.sign_in_by(second, None).await, Code::SignInFailed);
    let newest = SecondFactor::Recovery(new.as_slice()[0].clone());
    person.sign_in_by(newest, None).await.expect("a new one");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_6_an_administrative_act_needs_a_code_of_the_last_ten_minutes() {
    let team = Team::of_two().await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    for _ in 0..2 {
        team.world.server.wait(301);
        for person in [&team.chief, &team.doctor] {
            person.client().ask(Op::Touch).await.expect("there");
        }
    }
    let before = team.chief.client().look(|replica| replica.registry().size());
    // An honest client is told, and one that skips its own checks is refused as well.
    refused(team.chief.client().set_group_manager(nurse.user(), true).await, Code::StepUpRequired);
    let act = Act::Registry(RegistryAct::EndUser { user: nurse.user() });
    let statement = team.chief.client().draft(LogId::Registry, Role::SnsAdministrator, None, act).expect("a draft");
    let raw = team.chief.client().submit_statement(&statement, Sidecar::default()).await;
    refused(raw, Code::StepUpRequired);
    refused(team.chief.client().issue_ticket(Purpose::Device(nurse.user())).await, Code::StepUpRequired);
    refused(team.chief.client().new_recovery_codes().await, Code::StepUpRequired);
    // Care goes on, and so does what protects at once.
    team.chief.client().send(team.group, "記録は続けられます").await.expect("sent");

    let used = team.chief.new_code(&team.world.server);
    refused(team.chief.client().step_up((used + 1) % 1_000_000).await, Code::SignInFailed);
    refused(team.chief.client().set_group_manager(nurse.user(), true).await, Code::StepUpRequired);
    team.chief.client().step_up(used).await.expect("a fresh code");
    refused(team.chief.client().step_up(used).await, Code::SignInFailed);
    assert_eq!(team.chief.client().look(|replica| replica.registry().size()), before, "nothing was changed so far");
    team.chief.client().set_group_manager(nurse.user(), true).await.expect("granted");
    refused(team.doctor.client().new_recovery_codes().await, Code::StepUpRequired);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_3_two_administrators_reset_a_persons_factors_and_nothing_is_lost() {
    let team = Team::of_two().await;
    let deputy = team.world.staff(&team.chief, "deputy").await;
    let mut nurse = team.world.staff(&team.chief, "nurse").await;
    team.world.join(&team.doctor, team.group, nurse.user(), &team.chief).await;
    nurse.reads(team.group).await;
    team.doctor.client().send(team.group, "初期化の前").await.expect("sent");
    assert_eq!(nurse.texts(team.group, 1).await, ["初期化の前"]);
    // The chief alone is the only administrator but for the nurse: with a deputy it takes both.
    team.chief.client().set_administrator(deputy.user(), true).await.expect("appointed");
    let appointed = deputy.client().wait_until(PATIENCE, |replica| {
        replica.registry().now().is_administrator(deputy.user(), team.station).then_some(())
    });
    appointed.await.expect("appointed");

    let user = nurse.user();
    refused(team.doctor.client().reset_factors(user).await, Code::NotAdministrator);
    refused(nurse.client().reset_factors(user).await, Code::SecondPersonRequired);
    team.chief.client().reset_factors(user).await.expect("one of two");
    refused(team.chief.client().reset_factors(user).await, Code::SecondPersonRequired);
    nurse.client().ask(Op::Offers).await.expect("one signature changes nothing");
    deputy.client().reset_factors(user).await.expect("two of two");
    assert_eq!(nurse.over().await.code, Code::FactorsReset);
    // Whoever asks without a client is told the same, wherever it is asked.
    let raw = Stranger::device(&nurse.profile).await;
    let session = SessionId(random());
    let signature = SigningSecret::from_seed(&random()).sign(RESUME, raw.exporter());
    let key = SigningSecret::from_seed(&random()).public();
    let unlock = Op::Unlock { password: nurse.typed(), session_key: key };
    for op in [Op::Offers, Op::Touch, Op::Lock, Op::Counts, Op::Resume { session, signature }, unlock] {
        refused(raw.request(op).await, Code::FactorsReset);
    }
    refused(nurse.sign_in(&team.world.server).await, Code::SetUpRequired);
    let old = SecondFactor::Recovery(nurse.recovery[0].clone());
    refused(nurse.sign_in_by(old, None).await, Code::SetUpRequired);

    "kawa-9-no-hotori+tsuki".clone_into(&mut nurse.password);
    nurse.set_up(&team.world.server).await.expect("set up anew");
    refused(raw.request(Op::Offers).await, Code::SessionRequired);
    nurse.sign_in(&team.world.server).await.expect("signed in");
    assert_eq!(nurse.texts(team.group, 1).await, ["初期化の前"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_3_a_reset_is_no_way_back_to_a_password_of_before() {
    let mut team = Team::of_two().await;
    let mut nurse = team.world.staff(&team.chief, "nurse").await;
    let (first, second, third) = (nurse.password.clone(), "umi-no-7-soko+hikaru", "kawa-9-no-hotori+tsuki");
    nurse.client().change_password(nurse.typed(), password(second)).await.expect("changed");
    team.chief.client().reset_factors(nurse.user()).await.expect("an only administrator's own");
    assert_eq!(nurse.over().await.code, Code::FactorsReset);
    for (again, fallen) in [(second, false), (first.as_str(), false), (second, true)] {
        if fallen {
            team.world.server.kill();
            team.world.server.restart();
        }
        again.clone_into(&mut nurse.password);
        let fault = refused(nurse.set_up(&team.world.server).await, Code::PasswordTooWeak);
        assert_eq!(fault.failed.as_slice(), [PasswordRule::Reused], "{again}");
    }
    third.clone_into(&mut nurse.password);
    nurse.set_up(&team.world.server).await.expect("a new one");
    nurse.sign_in(&team.world.server).await.expect("signed in");
    // And the history goes on behind it.
    for again in [first.as_str(), second, third] {
        let change = nurse.client().change_password(nurse.typed(), password(again)).await;
        assert_eq!(refused(change, Code::PasswordTooWeak).failed.as_slice(), [PasswordRule::Reused], "{again}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_3_whatever_is_on_its_way_when_factors_are_reset_is_told_the_reset() {
    let team = Team::of_two().await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    let client = nurse.client();
    // Through the reset, until told that it is over.
    let ask = |op: Op| async move {
        loop {
            match client.ask(op.clone()).await {
                Ok(_) => {}
                Err(fault) if fault.code == Code::StepUpRequired => {}
                Err(fault) => return fault.code,
            }
        }
    };
    let asking = async {
        let details = Op::Details(List::default());
        let told =
            tokio::join!(ask(Op::Offers), ask(Op::Touch), ask(Op::Freshen), ask(details), ask(Op::NewRecoveryCodes));
        <[Code; 5]>::from(told)
    };
    let reset = async {
        for _ in 0..3 {
            client.ask(Op::Offers).await.expect("answered");
        }
        team.chief.client().reset_factors(nurse.user()).await.expect("an only administrator's own")
    };
    let (told, _) = tokio::join!(asking, reset);
    assert_eq!(told, [Code::FactorsReset; 5]);
    assert_eq!(nurse.over().await.code, Code::FactorsReset);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_3_a_reset_outlives_the_servers_fall() {
    let mut team = Team::of_two().await;
    let user = team.chief.user();
    for operator in &team.world.operators {
        operator.client().reset_factors(user).await.expect("two operators help an only administrator");
        team.world.operators[1].client().ask(Op::Freshen).await.expect("up to date");
    }
    assert_eq!(team.chief.over().await.code, Code::FactorsReset);
    team.world.server.kill();
    team.world.server.restart();
    refused(Stranger::device(&team.chief.profile).await.request(Op::Offers).await, Code::FactorsReset);
    refused(team.chief.sign_in(&team.world.server).await, Code::SetUpRequired);
    "kawa-9-no-hotori+tsuki".clone_into(&mut team.chief.password);
    team.chief.set_up(&team.world.server).await.expect("set up anew");
    team.world.server.kill();
    team.world.server.restart();
    team.chief.sign_in(&team.world.server).await.expect("the new factors are not voided again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a13_1_a_facility_sets_only_what_is_stricter_and_the_association_needs_two() {
    let team = Team::of_two().await;
    let (chief, station) = (team.chief.client(), Some(team.station));
    for weaker in
        [Setting::IdleComputer(900), Setting::SessionEnd(24 * 3600), Setting::Sessions(8), Setting::Passwords(BOTH)]
    {
        refused(chief.set(station, weaker).await, Code::WeakerThanPolicy);
        let act = Act::Registry(RegistryAct::Set { facility: station, setting: weaker });
        let statement = chief.draft(LogId::Registry, Role::SnsAdministrator, None, act).expect("a draft");
        refused(chief.submit_statement(&statement, Sidecar::default()).await, Code::WeakerThanPolicy);
    }
    refused(chief.set(Some(team.clinic), Setting::Sessions(1)).await, Code::NotAdministrator);
    refused(chief.set(None, Setting::Sessions(1)).await, Code::NotOperator);
    let operator = team.world.operators[0].client();
    operator.set(None, Setting::IdleComputer(900)).await.expect("proposed");
    refused(operator.set(None, Setting::IdleComputer(900)).await, Code::SecondPersonRequired);
    assert_eq!(operator.rules().idle_computer, 600, "one signature changes nothing");

    // What is set holds at once: the chief's session locks after two minutes, the doctor's goes on.
    chief.set(station, Setting::IdleComputer(120)).await.expect("stricter");
    team.world.server.wait(121);
    assert_eq!(team.chief.over().await.code, Code::SessionLocked);
    team.doctor.client().ask(Op::Offers).await.expect("another facility");
}

/// A device that `user` owns, and its answer to a ticket of the chief's.
async fn own_device(team: &Team, user: UserId, name: &str) -> (Person, Offered) {
    let ticket = team.chief.client().issue_ticket(Purpose::Device(user)).await.expect("a ticket");
    let person = Person::enrol_owned(team.world.home(), name, &ticket, None, Ownership::Own).await.expect("enrolled");
    let offers = team.chief.client().offers().await.expect("offers");
    let offer = offers.into_iter().find(|one| one.bundle.registration.device == person.device());
    (person, offer.expect("the device"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_6_a_facility_that_forbids_own_devices_lets_none_in() {
    let team = Team::of_two().await;
    let mut nurse = team.world.newcomer(&team.chief, "nurse").await;
    let user = nurse.user();
    team.chief.client().record_pledge(user, renkei_tests::pledge()).await.expect("filed");
    nurse.set_up(&team.world.server).await.expect("set up");
    let (mut phone, offer) = own_device(&team, user, "own-phone").await;
    team.chief.client().approve_offer(&offer).await.expect("allowed");
    nurse.sign_in(&team.world.server).await.expect("signed in");
    let seen = nurse.client().wait_until(PATIENCE, |replica| replica.registry().now().device(phone.device()).map(drop));
    seen.await.expect("the approval");
    nurse.client().confirm_device(phone.device()).await.expect("confirmed");
    assert!(phone.profile.poll().await.expect("an answer"));
    phone.password.clone_from(&nurse.password);
    phone.factor.clone_from(&nurse.factor);
    phone.sign_in(&team.world.server).await.expect("allowed so far");

    team.chief.client().set(Some(team.station), Setting::OwnDevices(false)).await.expect("forbidden");
    // What is open ends: nobody reads on for the rest of the day.
    assert_eq!(phone.over().await.code, Code::ByodNotAllowed);
    let left = Stranger::device(&phone.profile).await;
    refused(left.request(Op::Offers).await, Code::SessionRequired);
    refused(phone.sign_in(&team.world.server).await, Code::ByodNotAllowed);
    let stranger = Stranger::device(&phone.profile).await;
    let session_key = SigningSecret::from_seed(&random()).public();
    let code = Some(nurse.new_code(&team.world.server));
    let raw = Op::SignIn { user: nurse.user(), password: nurse.typed(), code, session_key };
    refused(stranger.request(raw).await, Code::ByodNotAllowed);
    let (_, offer) = own_device(&team, user, "second-phone").await;
    refused(team.chief.client().approve_offer(&offer).await, Code::ByodNotAllowed);
    nurse.client().ask(Op::Offers).await.expect("the facility's own device goes on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_6_a_right_password_takes_back_no_wrong_code() {
    let team = Team::of_two().await;
    let right = team.chief.new_code(&team.world.server);
    let client = team.chief.client();
    for guess in 1..4 {
        refused(client.step_up((right + guess) % 1_000_000).await, Code::SignInFailed);
    }
    // The right password, and a new one that is refused: nothing changes, and nothing is forgotten.
    for _ in 0..2 {
        refused(client.change_password(team.chief.typed(), password("x")).await, Code::PasswordTooWeak);
    }
    refused(client.step_up((right + 9) % 1_000_000).await, Code::SignInFailed);
    refused(client.step_up((right + 10) % 1_000_000).await, Code::TryLater);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_3_nobody_is_rid_of_the_second_administrator_for_a_moment() {
    let team = Team::of_two().await;
    let deputy = team.world.staff(&team.chief, "deputy").await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    let chief = team.chief.client();
    chief.set_administrator(deputy.user(), true).await.expect("appointed");
    chief.set_administrator(deputy.user(), false).await.expect("dismissed");
    refused(chief.reset_factors(nurse.user()).await, Code::NotAdministrator);
    nurse.client().ask(Op::Sessions { user: nurse.user() }).await.expect("nothing happened");
}
