//! What ends with a password, and how often a new one may be tried (A11.2).

use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Op, Password, SecondFactor};
use renkei_tests::{PATIENCE, Person, Stranger, Team, World, refused};

/// A further device of a nurse, signed in as well.
async fn tablet(team: &Team, nurse: &Person) -> Person {
    let mut tablet = team.world.device(&team.chief, nurse.user(), "tablet").await;
    let known =
        nurse.client().wait_until(PATIENCE, |replica| replica.registry().now().device(tablet.device()).map(drop));
    known.await.expect("the approval");
    nurse.client().confirm_device(tablet.device()).await.expect("confirmed");
    assert!(tablet.profile.poll().await.expect("an answer"));
    tablet.password.clone_from(&nurse.password);
    tablet.factor.clone_from(&nurse.factor);
    tablet.sign_in(&team.world.server).await.expect("signed in");
    tablet
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_2_a_changed_password_ends_the_sessions_elsewhere_and_says_why() {
    let team = Team::of_two().await;
    let mut nurse = team.world.staff(&team.chief, "nurse").await;
    let mut tablet = tablet(&team, &nurse).await;
    let own = Stranger::device(&tablet.profile).await;
    let next = "kaze-8-no-oto+yama";
    let changed = nurse.client().change_password(nurse.typed(), Password::new(next).expect("a password")).await;
    changed.expect("changed");
    assert_eq!(tablet.over().await.code, Code::PasswordChanged);
    refused(own.request(Op::Counts).await, Code::SessionRequired);
    nurse.client().ask(Op::Offers).await.expect("the session that changed it goes on");
    refused(tablet.unlock().await, Code::SessionEnded);
    refused(tablet.sign_in(&team.world.server).await, Code::SignInFailed);
    next.clone_into(&mut tablet.password);
    next.clone_into(&mut nurse.password);
    tablet.sign_in(&team.world.server).await.expect("with the new one");

    // Changed with a sign-in, it ends them as well.
    let last = "mori-9-no-kaze+tori";
    let code = SecondFactor::Code(tablet.new_code(&team.world.server));
    tablet.sign_in_by(code, Some(last)).await.expect("changed, and signed in");
    assert_eq!(nurse.over().await.code, Code::PasswordChanged);
    last.clone_into(&mut nurse.password);
    nurse.sign_in(&team.world.server).await.expect("with the newest");
    tablet.client().ask(Op::Offers).await.expect("and two are as many as are allowed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_2_new_passwords_are_tried_at_a_pace_also_before_the_first_sign_in() {
    let mut world = World::with_operators(1).await;
    let newcomer = world.operator("desk-9").await;
    let raw = Stranger::device(&newcomer.profile).await;
    let try_one = async |n: u32| {
        let password = Password::new(&format!("umi-{n}-no-sora+ringo")).expect("a password");
        raw.request(Op::SetPassword(password)).await
    };
    let mut granted = 0;
    let fault = loop {
        match try_one(granted).await {
            Ok(_) => granted += 1,
            Err(fault) => break fault,
        }
        assert!(granted <= 100, "no bound");
    };
    assert_eq!(fault.code, Code::TryLater);
    let wait = fault.retry_after.expect("how long");
    let other = Password::new("kaze-8-no-oto+yama").expect("a password");
    let person = &world.operators[0];
    person.client().change_password(person.typed(), other).await.expect("nobody else waits");
    world.server.advance(u64::from(wait));
    try_one(granted).await.expect("after that time");
}
