//! Who gets which key and when: newcomers, renewed devices, old epochs, rubbish, removal.

use renkei_client_core::client::Client;
use renkei_client_core::policy::group::{Group, InvitationState};
use renkei_client_core::proto::act::{Act, GroupAct, HistoryPolicy};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::Sidecar;
use renkei_client_core::proto::id::{GroupId, InvitationId};
use renkei_client_core::proto::statement::{LogId, Role};
use renkei_tests::{DAY, PATIENCE, Person, Team, World, refused};

fn epochs(client: &Client, group: GroupId) -> u32 {
    client.look(|replica| replica.group(group).and_then(|one| one.group()).map_or(0, Group::epoch))
}

async fn invitation_arrives(person: &Person, group: GroupId, invitation: InvitationId) {
    let open = person.client().wait_until(PATIENCE, |replica| {
        let one = replica.group(group)?.group()?.invitation(invitation)?;
        (one.prepared.is_some() || one.release.is_none()).then_some(())
    });
    open.await.expect("the invitation with what is prepared");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p3_the_approval_alone_makes_the_history_readable_with_every_other_device_offline() {
    let mut team = Team::of_two().await;
    let group = team.group;
    let mut nurse = team.world.staff(&team.chief, "nurse").await;
    team.doctor.client().send(group, "先週の記録").await.expect("sent");
    team.chief.texts(group, 1).await;
    let invitation = team.doctor.client().invite(group, nurse.user()).await.expect("invited");
    invitation_arrives(&team.chief, group, invitation).await;
    // Nothing opens before the approval: she is not even sent the log.
    assert!(nurse.client().read(group, 0).is_err());
    // The administrator of the station approves. No reader's device is there: not the inviter's, not the chief's after.
    drop(team.doctor.take_client());
    team.chief.client().approve_invitation(group, invitation).await.expect("approved");
    drop(team.chief.take_client());
    let readable =
        nurse.client().wait_until(PATIENCE, |replica| (replica.group(group)?.messages().len() == 1).then_some(()));
    readable.await.expect("the message");
    let mut changes = nurse.client().changes();
    let opened = async {
        while nurse.present(group) != ["先週の記録"] {
            changes.changed().await.expect("a client");
        }
    };
    renkei_tests::within("the message by the prepared key", opened).await;
    // She writes at once, under a key that she makes for exactly the present readers.
    nurse.client().send(group, "読みました").await.expect("sent");
    team.doctor.sign_in(&team.world.server).await.expect("signed in");
    assert_eq!(team.doctor.texts(group, 2).await, ["先週の記録", "読みました"]);
    nurse.sign_in(&team.world.server).await.expect("signed in again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p3_without_the_release_key_a_colleagues_device_hands_the_history_over() {
    let team = Team::of_two().await;
    let group = team.group;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    team.doctor.client().send(group, "先週の記録").await.expect("sent");
    let invitation = team.doctor.client().invite(group, nurse.user()).await.expect("invited");
    invitation_arrives(&team.chief, group, invitation).await;
    let answers = team.chief.client().look(|replica| {
        replica.group(group).and_then(|one| one.group()?.invitation(invitation)).map(|one| one.statement)
    });
    let act = |release| Act::Group(GroupAct::Approve { invitation, answers: answers.expect("an invitation"), release });
    let chief = team.chief.client();
    let log = LogId::Group(group);
    let approve = async |release| {
        chief.submit_unchecked(log, Role::SnsAdministrator, None, act(release), Sidecar::default()).await
    };
    let wrong = renkei_client_core::proto::act::ReleaseKey([7; 32]);
    refused(approve(Some(wrong)).await, Code::ReleaseWrong);
    approve(None).await.expect("approved without the key");
    assert_eq!(nurse.texts(group, 1).await, ["先週の記録"]);
    let state = chief
        .look(|replica| replica.group(group).and_then(|one| one.group()?.invitation(invitation)).map(|one| one.state));
    assert!(matches!(state, Some(InvitationState::Approved(_))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p3_newcomers_read_from_the_day_that_the_group_names() {
    let world = World::found().await;
    let (_, doctor) = world.facility("clinic", true).await;
    let (_, chief) = world.facility("station", true).await;
    let nurse = world.staff(&chief, "nurse").await;
    let from = world.server.now().plus(DAY);
    let group = world.group(&doctor, HistoryPolicy::From(from)).await;
    world.join(&doctor, group, chief.user(), &chief).await;
    chief.reads(group).await;
    doctor.client().send(group, "その日より前").await.expect("sent");
    world.server.advance(2 * DAY);
    // The first message from that day on is under a new key, without anybody asking for it.
    let before = epochs(doctor.client(), group);
    doctor.client().send(group, "その日より後").await.expect("sent");
    assert_eq!(epochs(doctor.client(), group), before + 1);
    world.join(&doctor, group, nurse.user(), &chief).await;
    nurse.reads(group).await;
    let shown =
        nurse.client().wait_until(PATIENCE, |replica| (replica.group(group)?.messages().len() == 2).then_some(()));
    shown.await.expect("the messages");
    nurse.reads(group).await;
    assert_eq!(nurse.present(group), ["(key_awaited)", "その日より後"]);
    assert_eq!(chief.texts(group, 2).await, ["その日より前", "その日より後"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p7_a_device_renews_the_keys_it_receives_with_and_loses_nothing() {
    let mut team = Team::of_two().await;
    let group = team.group;
    team.doctor.client().send(group, "更新の前").await.expect("sent");
    team.chief.texts(group, 1).await;
    let sealing = |person: &Person| {
        person.client().look(|replica| replica.registry().now().sealing(person.device()).map(|since| since.fingerprint))
    };
    let old = sealing(&team.chief);
    // Not twice a day.
    refused(team.chief.client().renew_keys().await, Code::TooSoon);
    team.world.server.advance(2 * DAY);
    let before = epochs(team.doctor.client(), group);
    team.chief.client().renew_keys().await.expect("renewed");
    assert_ne!(sealing(&team.chief), old);
    team.doctor.client().send(group, "更新の後").await.expect("sent");
    assert!(epochs(team.doctor.client(), group) > before, "the old keys open no later epoch");
    assert_eq!(team.chief.texts(group, 2).await, ["更新の前", "更新の後"]);
    // From its files alone it opens everything too.
    drop(team.chief.take_client());
    team.chief.sign_in(&team.world.server).await.expect("signed in");
    assert_eq!(team.chief.texts(group, 2).await, ["更新の前", "更新の後"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p3_an_epoch_is_not_written_to_for_longer_than_a_week() {
    let team = Team::of_two().await;
    let group = team.group;
    team.doctor.client().send(group, "今週").await.expect("sent");
    let before = epochs(team.doctor.client(), group);
    team.world.server.advance(8 * DAY);
    team.doctor.client().send(group, "来週").await.expect("sent");
    assert_eq!(epochs(team.doctor.client(), group), before + 1);
    // A device whose clock stands still is told by the server, and makes the next one too.
    team.world.server.advance(8 * DAY);
    renkei_client_core::dev::set(team.world.server.address(), 0);
    team.chief.client().send(group, "再来週").await.expect("sent");
    assert_eq!(epochs(team.chief.client(), group), before + 2);
    assert_eq!(team.chief.texts(group, 3).await, ["今週", "来週", "再来週"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p3_the_keys_of_a_group_leave_the_vault_of_whoever_is_removed() {
    let team = Team::of_two().await;
    let group = team.group;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    team.world.join(&team.doctor, group, nurse.user(), &team.chief).await;
    team.doctor.client().send(group, "秘密の記録").await.expect("sent");
    assert_eq!(nurse.texts(group, 1).await, ["秘密の記録"]);
    assert!(nurse.client().holds_keys(group));
    team.doctor.client().remove(group, nurse.user()).await.expect("removed");
    let mut changes = nurse.client().changes();
    let gone = async {
        while nurse.client().holds_keys(group) {
            changes.changed().await.expect("a client");
        }
    };
    renkei_tests::within("the keys leave the vault", gone).await;
    team.chief.reads(group).await;
    assert!(team.chief.client().holds_keys(group));
}
