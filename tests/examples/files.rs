//! What a file costs between two real clients over loopback: medians of sending the largest file there may be, and of opening
//! it, beside the same bytes read, sealed and written with `fsync` in one process. The three take turns, so that a busy
//! machine is busy for all of them.
//!
//! `cargo xtask bench files [ROUNDS]`

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a measurement, run by hand")]

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use renkei_client_core::attach::Outgoing;
use renkei_client_core::proto::bounds;
use renkei_client_core::proto::file::Part;
use renkei_client_core::proto::id::{AssociationId, FileId};
use renkei_client_core::random;
use renkei_sealing::file::{Chunks, FileKey, Place};
use renkei_tests::{PATIENCE, Team};

/// Rounds, where nothing else is said. One more goes before them and is not counted.
const ROUNDS: usize = 7;

fn median(times: &[Duration]) -> Duration {
    let mut times = times.to_vec();
    times.sort();
    times.get(times.len() / 2).copied().expect("something was measured")
}

/// A recording of the largest length.
fn recording(path: &Path) {
    let mut bytes = b"RIFF\x24\0\0\0WAVEfmt ".to_vec();
    let noise: [u8; 4_093] = random();
    let length = usize::try_from(bounds::FILE).expect("it fits in memory");
    bytes.extend(noise.iter().copied().cycle().take(length - bytes.len()));
    File::create(path).and_then(|mut file| file.write_all(&bytes)).expect("written");
}

/// Reads, seals and writes all of it; durable after each chunk, or only at the end.
fn alone(from: &Path, to: &Path, team: &Team, each: bool) -> Duration {
    let association = AssociationId(random());
    let place = Place { association, group: team.group, file: FileId(random()), part: Part::Content };
    let key = FileKey::generate(&mut rand_core::OsRng);
    let began = Instant::now();
    let chunks = Chunks::new(&key, &place, bounds::FILE).expect("a file");
    let (mut read, mut written) = (File::open(from).expect("there"), File::create(to).expect("made"));
    let mut plain = vec![0; bounds::FILE_CHUNK];
    for index in 0..chunks.count() {
        let (_, length) = chunks.span(index).expect("a chunk");
        let plain = plain.get_mut(..length).expect("no longer than a chunk");
        read.read_exact(plain).expect("read");
        written.write_all(&chunks.seal(index, plain).expect("sealed")).expect("written");
        if each {
            written.sync_data().expect("durable");
        }
    }
    written.sync_all().expect("durable");
    let took = began.elapsed();
    std::fs::remove_file(to).expect("removed");
    took
}

fn line(what: &str, times: &[Duration], base: Duration) {
    let (took, least, most) = (median(times), times.iter().min().expect("some"), times.iter().max().expect("some"));
    let megabytes = u32::try_from(bounds::FILE / 1_000_000).expect("a few hundred");
    let rate = f64::from(megabytes) / took.as_secs_f64();
    let ratio = took.as_secs_f64() / base.as_secs_f64();
    println!("{what:<34} {took:>8.2?}  ({least:.2?} to {most:.2?})  {rate:>5.0} MB/s  {ratio:>5.2} times the first");
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let rounds = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(ROUNDS);
    let team = Team::of_two().await;
    team.world.server.files_of_a_day(u64::MAX);
    let (path, copy) = (team.world.home().join("recording.wav"), team.world.home().join("sealed"));
    recording(&path);
    let (mut once, mut each, mut sent, mut opened) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for round in 0..=rounds {
        let (at_the_end, after_each) = (alone(&path, &copy, &team, false), alone(&path, &copy, &team, true));
        let began = Instant::now();
        let mut files = [Outgoing::from_path(&path).expect("a recording")];
        let text = format!("録音 {round}");
        let accepted = team.doctor.client().send_files(team.group, &text, &mut files, false).await.expect("sent");
        let sending = began.elapsed();
        let seq = accepted.head.size - 1;
        let chief = team.chief.client();
        let there = chief.wait_until(PATIENCE, |replica| replica.group(team.group)?.message(seq).map(drop));
        there.await.expect("the message");
        team.chief.reads(team.group).await;
        let began = Instant::now();
        let open = chief.open_file(team.group, seq, 0, Part::Content).await.expect("opened");
        let opening = began.elapsed();
        assert_eq!(open.look(<[u8]>::len).ok().and_then(|length| u64::try_from(length).ok()), Some(bounds::FILE));
        // The first round warms up: caches, connections, the disk.
        if round > 0 {
            once.push(at_the_end);
            each.push(after_each);
            sent.push(sending);
            opened.push(opening);
        }
    }
    let base = median(&once);
    println!("{} bytes, medians of {rounds} (least to most)", bounds::FILE);
    line("read, seal, write, one fsync", &once, base);
    line("the same, fsync after each chunk", &each, base);
    line("sent, durable on the server", &sent, base);
    line("opened by another client", &opened, base);
}
