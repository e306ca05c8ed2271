//! What people of this project type often.
//!
//! ```text
//! cargo xtask test          everything: builds what the tests start, runs them all, then the demo
//! cargo xtask test AREA     a part of it
//! cargo xtask check         format, lints as errors, dependency policy
//! ```

use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

/// A part of the tests.
struct Area {
    name: &'static str,
    what: &'static str,
    /// The command, as arguments of cargo.
    cargo: &'static [&'static str],
}

const AREAS: [Area; 9] = [
    Area {
        name: "proto",
        what: "bytes: encodings, bounds, keys, words",
        cargo: &["test", "--package", "renkei-proto"],
    },
    Area {
        name: "policy",
        what: "rules: every row, the simple model, stability over time",
        cargo: &["test", "--package", "renkei-policy"],
    },
    Area {
        name: "sealing",
        what: "boxes, epochs, messages, the vault",
        cargo: &["test", "--package", "renkei-sealing"],
    },
    Area {
        name: "store",
        what: "conformance, crash images, damage, full disk, secrets",
        cargo: &["test", "--package", "renkei-store"],
    },
    Area { name: "server", what: "the server's own parts", cargo: &["test", "--package", "renkei-server"] },
    Area { name: "client", what: "the client core's own parts", cargo: &["test", "--package", "renkei-client-core"] },
    Area { name: "cli", what: "arguments, names, exit codes", cargo: &["test", "--package", "renkei-cli"] },
    Area {
        name: "system",
        what: "whole system: real processes, sockets, kill -9, damaged and full disks",
        cargo: &["test", "--package", "renkei-tests", "--package", "renkei-certs-dev"],
    },
    Area { name: "demo", what: "the main job, step by step", cargo: &["run", "--", "demo"] },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["test"] => test(&AREAS.iter().collect::<Vec<_>>()),
        ["test", name] => match AREAS.iter().find(|area| area.name == *name) {
            Some(area) => test(&[area]),
            None => usage(),
        },
        ["check"] => check(),
        _ => usage(),
    }
}

fn usage() -> ExitCode {
    eprintln!("cargo xtask test [AREA] | check\n\nareas:");
    for area in &AREAS {
        eprintln!("  {:8} {}", area.name, area.what);
    }
    ExitCode::from(2)
}

fn cargo(arguments: &[&str]) -> bool {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    match Command::new(cargo).args(arguments).status() {
        Ok(status) => status.success(),
        Err(error) => {
            eprintln!("cargo {}: {error}", arguments.join(" "));
            false
        }
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// Runs these areas, and prints where the time went.
fn test(areas: &[&Area]) -> ExitCode {
    if !is_root() {
        println!("Not root: the tests that mount a small file system are skipped, each saying so in a line SKIPPED.");
        println!("To run them too: apt-get install -y mount, and cargo xtask test as root.");
    }
    let mut times: Vec<(&str, Duration, bool)> = Vec::new();
    let mut timed = |name, work: &dyn Fn() -> bool| {
        let began = Instant::now();
        let held = work();
        times.push((name, began.elapsed(), held));
        held
    };
    // The system tests start the server as a process of its own.
    let built = timed("build", &|| cargo(&["build", "--workspace", "--bins"]));
    if built {
        for area in areas {
            timed(area.name, &|| cargo(area.cargo));
        }
    }
    println!("\n{:10} {:>8}", "part", "seconds");
    for (name, time, held) in &times {
        println!("{name:10} {:>8.1}  {}", time.as_secs_f32(), if *held { "ok" } else { "FAILED" });
    }
    if times.iter().all(|(_, _, held)| *held) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Format, lints, dependency policy.
fn check() -> ExitCode {
    let checks: [&[&str]; 3] = [
        &["fmt", "--all", "--check"],
        &["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"],
        &["deny", "check", "bans", "licenses", "sources"],
    ];
    let mut held = true;
    for arguments in checks {
        println!("cargo {}", arguments.join(" "));
        held &= cargo(arguments);
    }
    if held { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
