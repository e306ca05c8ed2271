//! What a group costs that has become long: sending its messages to a real server, then what a person waits for at the app: coming
//! in with all of it, the newest lines, lines anywhere, the first screen, and searching. The window draws only what is in
//! sight, so that these are what scrolling waits for.
//!
//! `cargo xtask bench timeline [MESSAGES]`

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a measurement, run by hand")]

use std::time::{Duration, Instant};

use renkei_app_core::{App, Ask};
use renkei_tests::{Team, copy_dir};
use serde_json::{Value, json};

/// Messages, where nothing else is said.
const MESSAGES: usize = 100_000;
/// Questions of each kind.
const QUESTIONS: usize = 50;
/// Lines that the window asks for at once.
const CHUNK: usize = 100;

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().expect("something was measured")
}

async fn told(app: &std::sync::Arc<App>, ask: Value) -> Value {
    let ask: Ask = serde_json::from_value(ask).expect("a question of the set");
    app.ask(ask).await.expect("an answer")
}

/// The median and the longest of asking.
async fn asked(name: &str, app: &std::sync::Arc<App>, ask: impl Fn(usize) -> Value) {
    let mut times = Vec::new();
    for at in 0..QUESTIONS {
        let began = Instant::now();
        let answer = told(app, ask(at)).await;
        times.push(began.elapsed());
        assert!(!answer.is_null(), "{name}");
    }
    let most = times.iter().max().copied().unwrap_or_default();
    println!("{name}: median {:.2?}, most {most:.2?}, of {QUESTIONS}", median(times));
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let messages = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(MESSAGES);
    let mut team = Team::of_two().await;
    let began = Instant::now();
    let half =
        |count: usize, words: &'static str| (0..count).map(move |at| format!("{words} {at}: 体温 36.{}", at % 10));
    let (doctor, chief) = (team.doctor.client(), team.chief.client());
    let send = async |client: &renkei_client_core::client::Client, words| {
        for text in half(messages / 2, words) {
            client.send(team.group, &text).await.expect("sent");
        }
    };
    tokio::join!(send(doctor, "診察"), send(chief, "訪問"));
    let took = began.elapsed();
    println!("{messages} messages by two people, each durable before the next: {took:.1?}");

    drop(team.doctor.take_client());
    let home = team.world.home().join("app");
    let place = home.join("people/00000000000000a1");
    std::fs::create_dir_all(&place).expect("a directory");
    copy_dir(&team.doctor.dir, &place);
    std::fs::write(place.join("name"), "架空 健").expect("a name");
    let (app, _news) = App::new(&home);
    let (key, password) = ("00000000000000a1", &team.doctor.password);
    let enter = |second: Value| json!({ "ask": "enter", "key": key, "password": password, "second": second });
    told(&app, enter(Value::Null)).await;
    let second = json!({ "code": format!("{:06}", team.doctor.new_code(&team.world.server)) });
    let began = Instant::now();
    told(&app, enter(second)).await;
    println!("coming in: {:.2?}", began.elapsed());
    let newest = json!({ "ask": "timeline", "group": team.group, "from": null, "count": CHUNK });
    let whole = loop {
        let there = told(&app, newest.clone()).await["total"].as_u64().unwrap_or_default();
        if usize::try_from(there).is_ok_and(|there| there >= messages) {
            break usize::try_from(there).expect("a count");
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    println!("until all {whole} lines are there and verified: {:.2?}", began.elapsed());
    asked("the newest 100 lines", &app, |_| newest.clone()).await;
    // Steps of a prime, so that no two questions are neighbours.
    let anywhere =
        |at: usize| json!({ "ask": "timeline", "group": team.group, "from": at * 7_919 % whole, "count": CHUNK });
    asked("100 lines anywhere", &app, anywhere).await;
    asked("the first screen", &app, |_| json!({ "ask": "home" })).await;
    asked("searching all of it", &app, |at| json!({ "ask": "search", "group": null, "query": format!("訪問 {at}7") }))
        .await;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let memory = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    println!("memory of all three clients at most: {}", memory.trim_start_matches("VmHWM:").trim());
}
