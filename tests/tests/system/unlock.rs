//! The wait of somebody who mistyped too often is ended by who may, and by nobody else (A8.3, A11.5).

use renkei_client_core::proto::act::{Act, RegistryAct};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Password, Sidecar};
use renkei_client_core::proto::statement::{LogId, Role};
use renkei_tests::{Person, Server, Team, refused};

fn wrong() -> Password {
    Password::new("mada-2-tabi-chigau=michi").expect("a password")
}

/// For how long the next try of this person has to wait.
async fn wait(person: &Person) -> u32 {
    let fault = refused(person.profile.sign_in(&person.typed(), Some(0)).await, Code::TryLater);
    fault.retry_after.expect("seconds")
}

/// Mistypes so often that a code that is good only later is no way around the wait.
async fn lock_out(server: &Server, person: &Person) -> u32 {
    for failures in 1..10 {
        refused(person.profile.sign_in(&wrong(), Some(0)).await, Code::SignInFailed);
        if (4..9).contains(&failures) {
            server.advance(u64::from(wait(person).await));
        }
    }
    let left = wait(person).await;
    assert!(left > 100, "{left}");
    left
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_3_the_own_administrator_ends_the_wait_and_the_person_is_told() {
    let team = Team::of_two().await;
    let mut nurse = team.world.staff(&team.chief, "nurse").await;
    let user = nurse.user();
    for person in [&team.doctor, &team.chief, &team.world.operators[0]] {
        person.step_up(&team.world.server).await.expect("a fresh code");
    }
    let first = lock_out(&team.world.server, &nurse).await;
    // Raw: no client looks before it. Another facility's administrator, and the person.
    let act = || Act::Registry(RegistryAct::LiftLockout { user });
    for (who, role, code) in [
        (&team.doctor, Role::SnsAdministrator, Code::NotAdministrator),
        (&team.world.operators[0], Role::Operator, Code::NotAdministrator),
        (&nurse, Role::User, Code::SecondPersonRequired),
    ] {
        let raw = who.client().submit_unchecked(LogId::Registry, role, None, act(), Sidecar::default());
        refused(raw.await, code);
    }
    assert!(wait(&nurse).await > first / 2, "nothing of that ended the wait");
    team.chief.client().lift_lockout(user).await.expect("lifted");
    // One try, and a wrong one waits for longer than before: whoever guesses gains nothing by it.
    refused(nurse.profile.sign_in(&wrong(), Some(0)).await, Code::SignInFailed);
    let second = wait(&nurse).await;
    assert!(second > first, "{first} {second}");
    team.chief.client().lift_lockout(user).await.expect("lifted");
    nurse.sign_in(&team.world.server).await.expect("without a wait");
    let told = nurse.client().look(|replica| replica.registry().now().lifted(user));
    assert_eq!(told.map(|lift| lift.by), Some(team.chief.user()), "and is told by whom");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_3_an_operator_ends_the_wait_of_an_only_administrator() {
    let mut team = Team::of_two().await;
    let operator = &team.world.operators[0];
    operator.step_up(&team.world.server).await.expect("a fresh code");
    lock_out(&team.world.server, &team.chief).await;
    operator.client().lift_lockout(team.chief.user()).await.expect("nobody else could");
    team.chief.sign_in(&team.world.server).await.expect("without a wait");
}
