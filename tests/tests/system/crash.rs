//! A server that is killed again and again under load: nothing acknowledged is lost, doubled or out of order.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use renkei_client_core::proto::act::HistoryPolicy;
use renkei_client_core::proto::id::GroupId;
use renkei_tests::{PATIENCE, Person, World};

const KILLS: u32 = 20;

/// Moments of the kills, the same in every run: a small linear congruential generator (Knuth's MMIX).
struct Moments(u64);

impl Moments {
    fn next(&mut self) -> Duration {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Duration::from_millis(20 + (self.0 >> 33) % 400)
    }
}

/// What was acknowledged: the place in the log, and the words.
type Acknowledged = Mutex<BTreeMap<u64, String>>;

/// Writes until told to stop. What is not acknowledged is not written again.
async fn keep_writing(person: &Person, name: usize, group: GroupId, stop: &AtomicBool, acknowledged: &Acknowledged) {
    let mut number = 0;
    while !stop.load(Ordering::Relaxed) {
        let words = format!("{name} {number:06}");
        if let Ok(accepted) = person.client().send(group, &words).await {
            let before = acknowledged.lock().expect("no panic").insert(accepted.head.size - 1, words);
            assert_eq!(before, None, "two acknowledgements for one place");
        }
        number += 1;
    }
}

/// Place and words of every message, as a new session gets them.
async fn afresh(person: &mut Person, world: &World, group: GroupId, last: u64) -> Vec<(u64, String)> {
    person.sign_in(&world.server).await.expect("signed in");
    let client = person.client();
    client
        .wait_until(PATIENCE, |replica| (replica.group(group)?.group()?.size() > last).then_some(()))
        .await
        .expect("everything acknowledged");
    person.reads(group).await;
    let shown = client.read(group, 0).expect("a group");
    shown.into_iter().map(|shown| (shown.seq, shown.text.expect("readable"))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a05_1_nothing_acknowledged_is_lost_when_the_server_is_killed_under_load() {
    let mut world = World::found().await;
    let (_, doctor) = world.facility("clinic", true).await;
    let (_, mut chief) = world.facility("station", true).await;
    let (_, pharmacist) = world.facility("pharmacy", true).await;
    let group = world.group(&doctor, HistoryPolicy::All).await;
    for person in [&chief, &pharmacist] {
        world.join(&doctor, group, person.user(), person).await;
        person.reads(group).await;
        person.knows_label(group).await;
    }
    let (stop, acknowledged) = (AtomicBool::new(false), Acknowledged::default());
    let mut progress = Vec::new();
    let kill = async {
        let mut moments = Moments(2026);
        for round in 0..KILLS {
            // Under load: somebody has been answered since the last fall.
            let before = progress.last().copied().unwrap_or(0);
            let answered = async {
                while acknowledged.lock().expect("no panic").len() <= before {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            };
            renkei_tests::within("an acknowledgement after the restart", answered).await;
            tokio::time::sleep(moments.next()).await;
            world.server.kill();
            progress.push(acknowledged.lock().expect("no panic").len());
            world.server.verify().unwrap_or_else(|said| panic!("after kill {round}: {said}"));
            if round == KILLS / 2 {
                std::fs::remove_dir_all(world.server.data().join("store/views")).expect("views");
            }
            world.server.restart();
        }
        stop.store(true, Ordering::Relaxed);
    };
    tokio::join!(
        kill,
        keep_writing(&doctor, 0, group, &stop, &acknowledged),
        keep_writing(&chief, 1, group, &stop, &acknowledged),
        keep_writing(&pharmacist, 2, group, &stop, &acknowledged),
    );

    let acknowledged = acknowledged.into_inner().expect("no panic");
    let last = *acknowledged.keys().last().expect("something was acknowledged");
    let all = afresh(&mut chief, &world, group, last).await;
    let by_place: BTreeMap<u64, &String> = all.iter().map(|(seq, words)| (*seq, words)).collect();
    for (seq, words) in &acknowledged {
        assert_eq!(by_place.get(seq), Some(&words), "acknowledged at {seq}");
    }
    let mut each: [Vec<&str>; 3] = Default::default();
    for (_, words) in &all {
        let (name, number) = words.split_once(' ').expect("a name and a number");
        each[name.parse::<usize>().expect("a name")].push(number);
    }
    // Strictly ascending: nobody's words came twice or in another order.
    assert!(each.iter().all(|numbers| numbers.is_sorted_by(|a, b| a < b)));
    println!("{} acknowledged, {} in the log, between the kills {progress:?}", acknowledged.len(), all.len());

    // Everybody has the same, and so has a server that had to build its views anew.
    let size = doctor.texts(group, all.len()).await;
    assert!(size.iter().eq(all.iter().map(|(_, words)| words)));
    world.server.kill();
    world.server.verify().expect("everything holds");
    std::fs::remove_dir_all(world.server.data().join("store/views")).expect("views");
    world.server.restart();
    assert_eq!(afresh(&mut chief, &world, group, last).await, all);
    world.server.kill();
    world.server.verify().expect("everything holds");
}
