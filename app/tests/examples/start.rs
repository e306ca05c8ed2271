//! What starting costs, as a person waits for it: from the moment at which the release binary is started until the pixels of its first
//! screen stand. Each round has a display and a home of its own; every other one begins with nothing of the disk in memory, where
//! this machine lets one ask for that.
//!
//! `cargo xtask bench start [ROUNDS]`

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a measurement, run by hand")]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Rounds of each kind, where nothing else is said. One more goes before them and is not counted.
const ROUNDS: usize = 7;

/// So long the picture has to stand.
const STILL: Duration = Duration::from_secs(2);

/// Nobody waits longer.
const GIVE_UP: Duration = Duration::from_secs(30);

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// A display whose picture lies in a file, and its name.
fn display(dir: &Path) -> (Running, String) {
    let mut command = Command::new("Xvfb");
    command.args(["-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp", "-fbdir"]).arg(dir);
    let mut started = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("Xvfb is installed");
    let mut number = String::new();
    BufReader::new(started.stdout.take().expect("a pipe")).read_line(&mut number).expect("a display");
    (Running(started), format!(":{}", number.trim()))
}

/// From the start of the app until its picture stands.
fn start(app: &Path) -> Duration {
    let dir = tempfile::tempdir().expect("a directory");
    let (_on, display) = display(dir.path());
    let picture = || fs::read(dir.path().join("Xvfb_screen0")).expect("a picture");
    let mut before = picture();
    let mut command = Command::new(app);
    command.env("DISPLAY", &display).env("RENKEI_APP_HOME", dir.path().join("home")).env("LANG", "ja_JP.UTF-8");
    let began = Instant::now();
    let _app = Running(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the app"));
    let mut last = None;
    loop {
        let now = picture();
        let at = began.elapsed();
        if now != before {
            (last, before) = (Some(at), now);
        }
        if let Some(last) = last.filter(|last| at.saturating_sub(*last) > STILL) {
            if let Some(dir) = std::env::var_os("RENKEI_SCREENS") {
                // To be looked at: what stood there when the time was taken.
                fs::write(Path::new(&dir).join("start.xwd"), &before).expect("written");
            }
            return last;
        }
        assert!(at < GIVE_UP, "no picture");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn median(times: &[Duration]) -> Duration {
    let mut times = times.to_vec();
    times.sort();
    times.get(times.len() / 2).copied().expect("something was measured")
}

fn main() {
    let mut arguments = std::env::args_os().skip(1);
    let app = arguments.next().expect("the app's binary");
    let app = Path::new(&app);
    let rounds = arguments.next().and_then(|rounds| rounds.to_str()?.parse().ok()).unwrap_or(ROUNDS);
    let cold = || fs::write("/proc/sys/vm/drop_caches", "3").is_ok();
    let (mut warm, mut cleared) = (Vec::new(), Vec::new());
    start(app);
    for _ in 0..rounds {
        warm.push(start(app));
        if cold() {
            cleared.push(start(app));
        }
    }
    let said = |name: &str, times: &[Duration]| {
        if let (Some(least), Some(most)) = (times.iter().min(), times.iter().max()) {
            let median = median(times);
            println!("{name}: median {median:.2?}, {least:.2?} to {most:.2?}, {} rounds", times.len());
        }
    };
    said("started before", &warm);
    said("nothing of it in memory", &cleared);
    println!("binary: {} bytes", fs::metadata(app).expect("a file").len());
}
