//! The accounts that speak officially (S8), over real connections: listed by two operators, known to everybody with who
//! answers for them, and marked by nothing that a person can type.

use renkei_client_core::official::in_whose_name;
use renkei_client_core::proto::act::{Act, OfficialAccount, RegistryAct, SpeaksFor};
use renkei_client_core::proto::bytes::List;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::id::UserId;
use renkei_client_core::proto::statement::{LogId, Role};
use renkei_tests::alone::Before;
use renkei_tests::{PATIENCE, Person, Team, line, refused};

const REGISTRY: LogId = LogId::Registry;

fn account(user: UserId, speaks_for: SpeaksFor, responsible: &[UserId]) -> OfficialAccount {
    let responsible = List::new(responsible.to_vec()).expect("few");
    OfficialAccount { user, speaks_for, purpose: line("休診と訪問日のお知らせ（見本）"), responsible }
}

/// Waits until `person`'s device knows in whose name `user` speaks.
async fn speaks(person: &Person, user: UserId, officially: bool) -> Option<String> {
    let there = person.client().wait_until(PATIENCE, |replica| {
        let whose = in_whose_name(replica.registry().now(), user);
        (whose.is_some() == officially).then_some(whose)
    });
    there.await.expect("the list")
}

async fn proposed(person: &Person, user: UserId) {
    let there = person.client().wait_until(PATIENCE, |replica| {
        replica.registry().now().official_changes().any(|(one, _)| one == user).then_some(())
    });
    there.await.expect("the proposal");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s8_an_official_account_is_listed_by_two_known_to_everybody_and_withdrawn_also_after_the_servers_fall() {
    let mut team = Team::of_two().await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    let clerk = team.world.staff(&team.doctor, "clerk").await;
    let (chief, user) = (team.chief.user(), nurse.user());
    // Before, somebody of another facility without an office is told neither name.
    assert!(clerk.client().names(&[user, chief]).await.expect("an answer").is_empty(), "nothing to do with each other");
    let listed = account(user, SpeaksFor::Facility, &[chief]);
    let [first, second] = &team.world.operators[..] else { panic!("two") };
    first.client().name_official(listed.clone()).await.expect("proposed");
    refused(first.client().name_official(listed.clone()).await, Code::SecondPersonRequired);
    proposed(second, user).await;
    assert!(second.client().look(|replica| in_whose_name(replica.registry().now(), user)).is_none(), "one is not two");
    second.client().name_official(listed).await.expect("listed");
    let whose = speaks(&clerk, user, true).await.expect("a name");
    let station = clerk
        .client()
        .look(|replica| replica.registry().now().facility(team.station).map(|facility| facility.name.clone()));
    assert_eq!(Some(whose), station, "in the name of the facility");
    let names = clerk.client().names(&[user, chief]).await.expect("names");
    assert_eq!(names.len(), 2, "everybody knows the account and who answers for it");
    team.world.server.kill();
    team.world.server.restart();
    for operator in &team.world.operators {
        operator.step_up(&team.world.server).await.expect("a fresh code");
    }
    let [first, second] = &team.world.operators[..] else { panic!("two") };
    first.client().withdraw_official(user).await.expect("proposed");
    proposed(second, user).await;
    assert!(speaks(&clerk, user, true).await.is_some(), "one takes nothing back");
    second.client().withdraw_official(user).await.expect("withdrawn");
    assert_eq!(speaks(&clerk, user, false).await, None, "the mark is gone");
    team.doctor.step_up(&team.world.server).await.expect("a fresh code");
    let clerks = team.world.staff(&team.doctor, "clerk-2").await;
    assert_eq!(speaks(&clerks, user, false).await, None);
    assert!(clerks.client().names(&[user, chief]).await.expect("an answer").is_empty(), "and so are the names");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s8_the_server_alone_lets_nobody_list_an_account_but_the_desk() {
    let team = Team::of_two().await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    let (user, chief) = (nurse.user(), team.chief.user());
    let operator = &team.world.operators[0];
    let known =
        operator.client().wait_until(PATIENCE, |replica| replica.registry().now().active_user(user).then_some(()));
    known.await.expect("the nurse");
    team.chief.step_up(&team.world.server).await.expect("a fresh code");
    operator.step_up(&team.world.server).await.expect("a fresh code");
    let before = Before::of(operator, &[REGISTRY]).await;
    let name = |speaks_for, responsible: &[UserId]| {
        Act::Registry(RegistryAct::NameOfficial(account(user, speaks_for, responsible)))
    };
    let own = || name(SpeaksFor::Facility, &[chief]);
    before.refuses(&nurse, Role::User, REGISTRY, own(), Code::NotOperator).await;
    before.refuses(&nurse, Role::Operator, REGISTRY, own(), Code::NotOperator).await;
    before.refuses(&team.chief, Role::SnsAdministrator, REGISTRY, own(), Code::NotOperator).await;
    before.refuses(operator, Role::User, REGISTRY, own(), Code::WrongRole).await;
    let nobody = name(SpeaksFor::Facility, &[]);
    before.refuses(operator, Role::Operator, REGISTRY, nobody, Code::Unknown).await;
    let outsider = name(SpeaksFor::Facility, &[team.doctor.user()]);
    before.refuses(operator, Role::Operator, REGISTRY, outsider, Code::WrongRole).await;
    let withdraw = Act::Registry(RegistryAct::WithdrawOfficial { user });
    before.refuses(operator, Role::Operator, REGISTRY, withdraw, Code::NothingToDo).await;
    before.holds().await;
}
