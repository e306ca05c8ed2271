//! An inquiry to the Desk (A14.1), with an operator who helps the server's operator.

use renkei_client_core::proto::statement::LogId;
use renkei_client_core::random;
use renkei_sealing::device::SealingSecret;
use renkei_tests::rogue::{Making, Rogue};
use renkei_tests::{Person, Team, line};

use crate::epochs::made_in;
use crate::{distrusts, overtaken};

/// The doctor has asked the Desk. In the chief's place is an operator; the chief stays signed in.
async fn scene() -> (Team, Rogue, Person) {
    let mut team = Team::of_two().await;
    let operator = team.world.operators.remove(0);
    let chief = std::mem::replace(&mut team.chief, operator);
    team.group = team.doctor.client().start_inquiry(line("質問")).await.expect("an inquiry");
    let (team, rogue) = overtaken(team).await;
    (team, rogue, chief)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_inquiry_as_it_must_be() {
    let (team, rogue, _chief) = scene().await;
    made_in(&team, &rogue, Making::default()).await;
    assert_eq!(team.doctor.texts(team.group, 3).await[2], "新しい鍵で");
    team.doctor.client().send(team.group, "読めます").await.expect("sent");
    // The colleague at the Desk reads it as well, by the registry alone.
    assert_eq!(team.world.operators[0].texts(team.group, 4).await[3], "読めます");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_inquiry_with_an_outsider() {
    let (team, rogue, _chief) = scene().await;
    let keys = SealingSecret::generate(&mut rand_core::OsRng).expect("keys");
    let outsider = Some((renkei_client_core::proto::id::DeviceId(random()), keys.public().clone()));
    made_in(&team, &rogue, Making { outsider, ..Making::default() }).await;
    distrusts(&team.doctor, LogId::Group(team.group)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_inquiry_without_a_colleague_at_the_desk() {
    let (team, rogue, _chief) = scene().await;
    let without = Some(team.world.operators[0].device());
    made_in(&team, &rogue, Making { without, ..Making::default() }).await;
    distrusts(&team.doctor, LogId::Group(team.group)).await;
}
