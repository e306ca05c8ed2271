//! A group's keys leave the devices of those who no longer read it, and the devices say so, signed (A12.3).

use renkei_client_core::gone::Gone;
use renkei_client_core::policy::group::a12_gone;
use renkei_client_core::proto::act::ConsentBy;
use renkei_client_core::proto::bytes::List;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Answer, Op};
use renkei_client_core::proto::group_receipt::{GroupReceipt, SignedGroupReceipt};
use renkei_client_core::proto::hash::sha256;
use renkei_client_core::proto::id::GroupId;
use renkei_client_core::proto::key::SigningSecret;
use renkei_client_core::proto::{SUITE, VERSION};
use renkei_client_core::{now, random};
use renkei_tests::{PATIENCE, Person, Team, pledge, refused, within};

/// What `viewer` is told of `person`'s device.
async fn told(viewer: &Person, group: GroupId, person: &Person) -> Option<Gone> {
    let all = viewer.client().gone_from(group).await.expect("a list");
    all.into_iter().find(|one| one.device == person.device())
}

/// Waits until `viewer` is told that `person`'s device has confirmed.
async fn confirmed(viewer: &Person, group: GroupId, person: &Person) {
    within("the receipt", async {
        while told(viewer, group, person).await.is_none_or(|one| one.confirmed.is_none()) {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_3_a_removed_members_device_lets_the_keys_go_and_confirms_it() {
    let team = Team::of_two().await;
    let (group, chief) = (team.group, team.chief.client());
    team.doctor.client().send(group, "一緒に").await.expect("sent");
    team.chief.texts(group, 1).await;
    assert_eq!(told(&team.doctor, group, &team.chief).await, None, "a reader has nothing to confirm");
    team.doctor.client().remove(group, team.chief.user()).await.expect("removed");
    confirmed(&team.doctor, group, &team.chief).await;
    let row = told(&team.doctor, group, &team.chief).await.expect("a row");
    assert!(!row.wiped && row.since.is_some(), "{row:?}");
    refused(chief.read(group, 0), Code::NotAReader);
    chief.look(|replica| {
        let followed = replica.group(group).expect("as it was");
        assert!(followed.ended() && followed.messages().is_empty(), "nothing sealed is kept either");
    });
    // Others are told nothing: neither somebody without an office there nor the Desk.
    let ask = || Op::GroupReceipts { group, devices: List::new(vec![team.chief.device()]).expect("one") };
    let Ok(Answer::GroupReceipts(found)) = team.world.operators[0].client().ask(ask()).await else { panic!("a list") };
    assert!(found.as_slice().is_empty());
    let Ok(Answer::GroupReceipts(found)) = chief.ask(ask()).await else { panic!("a list") };
    assert_eq!(found.as_slice().len(), 1, "the own administrator is");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_3_who_was_removed_while_away_gets_no_content_lets_the_keys_go_and_confirms() {
    let mut team = Team::of_two().await;
    let group = team.group;
    team.doctor.client().send(group, "読んだもの").await.expect("sent");
    team.chief.texts(group, 1).await;
    drop(team.chief.take_client());
    team.doctor.client().send(group, "届いていないもの").await.expect("sent");
    team.doctor.client().remove(group, team.chief.user()).await.expect("removed");
    let row = told(&team.doctor, group, &team.chief).await.expect("a row");
    assert_eq!(row.confirmed, None, "nobody has answered yet");
    team.chief.sign_in(&team.world.server).await.expect("signed in");
    confirmed(&team.doctor, group, &team.chief).await;
    team.chief.client().look(|replica| {
        let followed = replica.group(group).expect("shown why");
        assert!(followed.ended() && followed.broken().is_none());
        assert!(replica.distrusted().is_empty(), "the removal excuses what did not come");
    });
    // With the keys gone, there is nothing more to be shown.
    team.chief.sign_in(&team.world.server).await.expect("signed in");
    let caught_up = team.chief.client().wait_until(PATIENCE, |replica| replica.caught_up().then_some(()));
    caught_up.await.expect("everything");
    assert!(team.chief.client().look(|replica| replica.group(group).is_none()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_3_a_receipt_of_an_earlier_time_says_nothing_of_a_later_one() {
    let mut team = Team::of_two().await;
    let group = team.group;
    team.doctor.client().send(group, "一度目").await.expect("sent");
    team.chief.texts(group, 1).await;
    team.doctor.client().remove(group, team.chief.user()).await.expect("removed");
    confirmed(&team.doctor, group, &team.chief).await;
    team.world.join(&team.doctor, group, team.chief.user(), &team.chief).await;
    team.chief.reads(group).await;
    assert_eq!(told(&team.doctor, group, &team.chief).await, None, "a reader again");
    drop(team.chief.take_client());
    team.doctor.client().remove(group, team.chief.user()).await.expect("removed again");
    let row = told(&team.doctor, group, &team.chief).await.expect("a row");
    assert_eq!(row.confirmed, None, "the first receipt is of the first time");
    team.chief.sign_in(&team.world.server).await.expect("signed in");
    confirmed(&team.doctor, group, &team.chief).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_3_of_an_erased_group_every_device_confirms() {
    let team = Team::of_two().await;
    let (group, client) = (team.group, team.doctor.client());
    client.send(group, "消えるもの").await.expect("sent");
    team.chief.texts(group, 1).await;
    let on = "2026-03-02".parse().expect("a day");
    client.withdraw_consent(group, ConsentBy::Family, on, sha256(b"form")).await.expect("recorded");
    let operator = &team.world.operators[0];
    let known = operator.client().wait_until(PATIENCE, |replica| replica.group(group)?.group()?.frozen().map(|_| ()));
    known.await.expect("the Desk sees it");
    operator.step_up(&team.world.server).await.expect("a fresh code");
    operator.client().confirm_erasure(group).await.expect("erased");
    let known = client.wait_until(PATIENCE, |replica| replica.group(group)?.group()?.erased().map(|_| ()));
    known.await.expect("erased");
    for person in [&team.chief, &team.doctor] {
        confirmed(&team.doctor, group, person).await;
    }
}

/// Whoever reads the proof of an erasure asks every device that the keys were sealed to, also one that was too late to take
/// them: it is not to stand there as silent for good.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_3_a_device_that_never_took_the_keys_confirms_as_well_and_once() {
    let team = Team::of_two().await;
    let (group, client) = (team.group, team.doctor.client());
    let mut nurse = team.world.newcomer(&team.chief, "nurse").await;
    team.chief.client().record_pledge(nurse.user(), pledge()).await.expect("filed");
    nurse.set_up(&team.world.server).await.expect("set up");
    team.world.join(&team.doctor, group, nurse.user(), &team.chief).await;
    let device = nurse.device();
    let sealed = client.wait_until(PATIENCE, |replica| {
        a12_gone::was_handed_keys(replica.group(group)?.group()?, device).then_some(())
    });
    sealed.await.expect("keys for the nurse's device");
    let on = "2026-03-02".parse().expect("a day");
    client.withdraw_consent(group, ConsentBy::Family, on, sha256(b"form")).await.expect("recorded");
    nurse.sign_in(&team.world.server).await.expect("signed in");
    let shut = nurse.client().wait_until(PATIENCE, |replica| replica.group(group)?.group()?.is_shut().then_some(()));
    shut.await.expect("frozen");
    assert!(!nurse.client().holds_keys(group), "keys of a frozen group are not taken");
    let operator = &team.world.operators[0];
    let known = operator.client().wait_until(PATIENCE, |replica| replica.group(group)?.group()?.frozen().map(|_| ()));
    known.await.expect("the Desk sees it");
    operator.step_up(&team.world.server).await.expect("a fresh code");
    operator.client().confirm_erasure(group).await.expect("erased");
    let known = client.wait_until(PATIENCE, |replica| replica.group(group)?.group()?.erased().map(|_| ()));
    known.await.expect("erased");
    confirmed(&team.doctor, group, &nurse).await;
    let first = told(&team.doctor, group, &nurse).await;
    drop(nurse.take_client());
    nurse.sign_in(&team.world.server).await.expect("signed in again");
    let known = nurse.client().wait_until(PATIENCE, |replica| replica.group(group)?.group()?.erased().map(|_| ()));
    known.await.expect("erased");
    nurse.client().send(group, "もう書けません").await.expect_err("erased");
    assert_eq!(told(&team.doctor, group, &nurse).await, first, "said once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_3_nobody_confirms_for_another_or_before_the_removal() {
    let team = Team::of_two().await;
    let (group, chief) = (team.group, team.chief.client());
    team.doctor.client().send(group, "一緒に").await.expect("sent");
    team.chief.texts(group, 1).await;
    let association = team.chief.profile.approved().expect("approved").association;
    let made = |device, upto| GroupReceipt {
        version: VERSION,
        suite: SUITE,
        association,
        device,
        group,
        upto,
        gone_at: now(),
    };
    let stranger = SigningSecret::from_seed(&random());
    let forged = |upto| -> SignedGroupReceipt { made(team.chief.device(), upto).sign(&stranger).expect("signed") };
    refused(chief.ask(Op::Gone(forged(3))).await, Code::SignatureInvalid);
    let others = made(team.doctor.device(), 3).sign(&stranger).expect("signed");
    refused(chief.ask(Op::Gone(others)).await, Code::NotForYou);
    // With the device's own key: not while its person reads, and not of entries that are not there.
    let own = SigningSecret::from_seed(&receipt_seed(&team.chief));
    let say = |upto| Op::Gone(made(team.chief.device(), upto).sign(&own).expect("signed"));
    refused(chief.ask(say(3)).await, Code::NothingToDo);
    team.doctor.client().remove(group, team.chief.user()).await.expect("removed");
    refused(chief.ask(say(1)).await, Code::NothingToDo);
    refused(chief.ask(say(1_000)).await, Code::NothingToDo);
    confirmed(&team.doctor, group, &team.chief).await;
}

/// What a device keeps private outside its vault; last, the seed of its receipt key.
fn receipt_seed(person: &Person) -> [u8; 32] {
    let private = std::fs::read(person.dir.join("device")).expect("the device's own half");
    *private.last_chunk::<32>().expect("a seed")
}
