//! What a device keeps of the registry between two sessions.

use renkei_client_core::replica::Replica;
use renkei_tests::Team;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p5_a_device_goes_on_from_the_registry_that_it_verified_and_kept() {
    let mut team = Team::of_two().await;
    let size = team.chief.client().look(|replica| replica.registry().size());
    team.chief.take_client().sign_out().await.expect("signed out");
    let nurse = team.world.staff(&team.doctor, "nurse").await;
    team.chief.sign_in(&team.world.server).await.expect("signed in");
    assert!(team.chief.client().look(Replica::kept) >= size);
    let known = team.chief.client().look(|replica| replica.registry().now().device(nurse.device()).is_some());
    assert!(known, "what came in between is here");
    // A file that is not what the device has sealed is no file.
    team.chief.take_client().sign_out().await.expect("signed out");
    let file = team.chief.dir.join("registry");
    let mut bytes = std::fs::read(&file).expect("a file");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).expect("written");
    team.chief.sign_in(&team.world.server).await.expect("signed in");
    assert_eq!(team.chief.client().look(Replica::kept), 0);
    team.chief.client().send(team.group, "続き").await.expect("sent");
}
