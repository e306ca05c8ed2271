//! What a person writes without a connection is neither lost nor sent twice; drafts; searching.

use std::time::Duration;

use renkei_client_core::client::Connection;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::id::GroupId;
use renkei_tests::{PATIENCE, Person, Team, files_below, refused, within};

/// Waits until nothing waits any more.
async fn empty(person: &Person) {
    let all = async {
        while !person.client().unsent().expect("readable").is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    within("everything is sent", all).await;
}

async fn offline(person: &Person) {
    person.client().drop_connection();
    let mut connection = person.client().connection();
    within("offline", connection.wait_for(|now| *now == Connection::Offline)).await.expect("a client");
}

fn on_disk(person: &Person, text: &str) -> bool {
    files_below(&person.dir).values().any(|file| file.windows(text.len()).any(|part| part == text.as_bytes()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_written_without_a_connection_goes_in_order_and_once_when_there_is_one() {
    let mut team = Team::of_two().await;
    team.world.server.kill();
    offline(&team.doctor).await;
    for text in ["一通目", "二通目", "三通目"] {
        team.doctor.client().post(team.group, text).expect("kept");
    }
    let waiting = team.doctor.client().unsent().expect("readable");
    assert!(waiting.iter().all(|one| one.refused.is_none()), "{waiting:?}");
    assert!(!on_disk(&team.doctor, "二通目"), "kept sealed");
    team.world.server.restart();
    empty(&team.doctor).await;
    assert_eq!(team.chief.texts(team.group, 3).await, ["一通目", "二通目", "三通目"]);
    assert!(!team.doctor.dir.join("outbox").exists(), "nothing is kept of what arrived");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_written_goes_after_the_app_was_killed() {
    let mut team = Team::of_two().await;
    team.world.server.kill();
    offline(&team.doctor).await;
    team.doctor.client().post(team.group, "圏外で書いた").expect("kept");
    drop(team.doctor.take_client());
    team.world.server.restart();
    team.doctor.sign_in(&team.world.server).await.expect("signed in");
    empty(&team.doctor).await;
    assert_eq!(team.chief.texts(team.group, 1).await, ["圏外で書いた"]);
}

/// The connection goes again and again while messages are on their way: whether each arrived is told by the log.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_sent_twice_however_often_the_connection_goes() {
    let mut team = Team::of_two().await;
    let texts: Vec<String> = (0..24).map(|number| format!("{number}通目")).collect();
    for (number, text) in texts.iter().enumerate() {
        team.doctor.client().post(team.group, text).expect("kept");
        if number % 3 == 0 {
            team.doctor.client().drop_connection();
        }
        if number % 8 == 5 {
            team.world.server.kill();
            team.world.server.restart();
        }
    }
    empty(&team.doctor).await;
    assert_eq!(team.chief.texts(team.group, texts.len()).await, texts);
    assert_eq!(team.chief.present(team.group).len(), texts.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_is_refused_stays_with_its_reason_and_its_text() {
    let team = Team::of_two().await;
    let (chief, group) = (team.chief.client(), team.group);
    refused(chief.post(group, " \n\u{3000}"), Code::NothingToDo);
    refused(chief.post(group, &"長".repeat(20_000)), Code::TooLarge);
    refused(chief.post(GroupId([9; 16]), "宛先なし"), Code::Unknown);
    chief.drop_connection();
    let id = chief.post(group, "間に合わなかった").expect("kept");
    team.doctor.client().remove(group, team.chief.user()).await.expect("removed");
    let gone = async {
        loop {
            match chief.unsent().expect("readable").first() {
                Some(one) if one.refused.is_some() => break one.clone(),
                // It was quicker, or the group's keys left this device and everything that was for it with them.
                None => return None,
                Some(_) => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        }
        .into()
    };
    if let Some(one) = within("it is decided", gone).await {
        assert_eq!((one.id, one.text.as_str()), (id, "間に合わなかった"));
        assert_eq!(chief.take_back(id).expect("taken back").as_str(), "間に合わなかった");
        refused(chief.take_back(id), Code::Unknown);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_survives_a_lock_and_a_restart_and_goes_with_the_group() {
    let mut team = Team::of_two().await;
    let group = team.group;
    team.chief.client().keep_draft(group, "書きかけの報告").expect("kept");
    drop(team.chief.take_client());
    assert!(!on_disk(&team.chief, "書きかけの報告"), "kept sealed");
    team.chief.sign_in(&team.world.server).await.expect("signed in");
    let chief = team.chief.client();
    assert_eq!(chief.drafts().expect("readable").get(&group).map(|text| text.as_str()), Some("書きかけの報告"));
    chief.keep_draft(group, "").expect("let go");
    assert!(chief.drafts().expect("readable").is_empty() && !team.chief.dir.join("drafts").exists());
    chief.keep_draft(group, "また書きかけ").expect("kept");
    team.doctor.client().remove(group, team.chief.user()).await.expect("removed");
    let gone = async {
        while team.chief.dir.join("drafts").exists() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    within("the draft is gone with the group's keys", gone).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_is_found_as_it_is_now_and_by_its_readers_alone() {
    let team = Team::of_two().await;
    let (doctor, group) = (team.doctor.client(), team.group);
    let first = doctor.send(group, "ワーファリンを１ｍｇに減量").await.expect("sent").head.size - 1;
    let second = doctor.send(group, "血圧は 120/80 でした").await.expect("sent").head.size - 1;
    team.chief.texts(group, 2).await;
    let found = |person: &Person, query: &str| -> Vec<u64> {
        person.client().search(None, query).expect("searched").into_iter().map(|one| one.seq).collect()
    };
    assert_eq!(found(&team.chief, "わーふぁりん 1mg"), [first]);
    assert_eq!(found(&team.chief, "血圧"), [second]);
    assert_eq!(found(&team.chief, "体重"), [] as [u64; 0]);
    doctor.correct(group, first, "ワーファリンは 2mg のまま").await.expect("corrected");
    let last = doctor.retract(group, second).await.expect("retracted").head.size;
    let came = team.chief.client().wait_until(PATIENCE, |replica| (replica.group(group)?.size() >= last).then_some(()));
    came.await.expect("amended");
    assert_eq!(found(&team.chief, "減量"), [] as [u64; 0], "what it said before is in the trail alone");
    assert_eq!(found(&team.chief, "のまま"), [first]);
    assert_eq!(found(&team.chief, "血圧"), [] as [u64; 0], "taken back");
    doctor.remove(group, team.chief.user()).await.expect("removed");
    let ended = team.chief.client().wait_until(PATIENCE, |replica| replica.group(group)?.ended().then_some(()));
    ended.await.expect("removed");
    assert_eq!(found(&team.chief, "のまま"), [] as [u64; 0]);
}
