//! What the record of access costs: medians of a message, of an opening, and of an export's page, against the server that
//! lies beside this program. Run it in turn with a server of before and one of now (two directories `…/examples`, each with
//! a `renkei-server` one level up), and compare.
//!
//! `cargo run --release -p renkei-tests --example access [MESSAGES]`

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a measurement, run by hand")]

use std::time::{Duration, Instant};

use renkei_client_core::proto::access::{AccessTip, Subject, What};
use renkei_client_core::proto::frame::{Answer, Op};
use renkei_client_core::proto::key::SigningSecret;
use renkei_client_core::proto::statement::LogId;
use renkei_client_core::proto::tiles::Tiles;
use renkei_client_core::proto::time::Time;
use renkei_client_core::random;
use renkei_tests::{Person, Stranger, Team};

/// Records that are followed for the measure of a start.
const FOLLOWED: usize = 200_000;

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().expect("something was measured")
}

async fn send(person: &Person, group: renkei_client_core::proto::id::GroupId, messages: usize) -> Vec<Duration> {
    let mut times = Vec::with_capacity(messages);
    for number in 0..messages {
        let began = Instant::now();
        person.client().send(group, &format!("{number} 通目の報告です。変わりありません。")).await.expect("sent");
        times.push(began.elapsed());
    }
    times
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let messages = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(300);
    let mut team = Team::of_two().await;
    let alone = median(send(&team.doctor, team.group, messages).await);
    let (one, other) = tokio::join!(send(&team.doctor, team.group, messages), send(&team.chief, team.group, messages));
    let together = median([one, other].concat());
    team.chief.texts(team.group, 3 * messages).await;

    let mut openings = Vec::new();
    for _ in 0..15 {
        let code = team.chief.new_code(&team.world.server);
        let began = Instant::now();
        team.chief.sign_in_with(code).await.expect("signed in");
        team.chief.texts(team.group, 3 * messages).await;
        openings.push(began.elapsed());
    }

    drop(team.chief.take_client());
    let raw = Stranger::device(&team.chief.profile).await;
    let (user, password, code) = (team.chief.user(), team.chief.typed(), team.chief.new_code(&team.world.server));
    let session_key = SigningSecret::from_seed(&random()).public();
    raw.request(Op::SignIn { user, password, code: Some(code), session_key }).await.expect("signed in");
    let mut pages = Vec::new();
    for _ in 0..300 {
        let began = Instant::now();
        let page = raw.request(Op::Entries { log: LogId::Registry, from: 0 }).await;
        assert!(matches!(page, Ok(Answer::Entries(_))));
        pages.push(began.elapsed());
    }
    // What a start does for each record, without reading it from the disk.
    let mut tip = AccessTip::default();
    let records: Vec<Vec<u8>> = (0..FOLLOWED).map(|_| tip.append(Time(0), Subject::default(), What::SetUp)).collect();
    let (mut tip, mut tree, began) = (AccessTip::default(), Tiles::default(), Instant::now());
    for record in &records {
        tip.follow(record).expect("the next one");
        tree.push(record);
    }
    println!("{FOLLOWED} records followed in {:.2?}", began.elapsed());
    println!(
        "message {alone:.2?}, of two writers {together:.2?}; sign-in and opening {:.2?}; page of an export {:.2?}",
        median(openings),
        median(pages)
    );
}
