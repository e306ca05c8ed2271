//! What people of this project type often.
//!
//! ```text
//! cargo xtask test          everything but printing: builds it, runs all tests, the second reader, the demo
//! cargo xtask test AREA     a part of it
//! cargo xtask bench files   what the largest file costs, sent and opened, in a release build
//! cargo xtask bench start   what starting the app costs, in a release build, until its first screen stands
//! cargo xtask bench timeline   what a group of 100,000 messages costs at the app, in a release build
//! cargo xtask check         format, lints as errors, dependency policy
//! cargo xtask app           builds the app and opens it against the demo's district, with codes to sign in
//! cargo xtask app release   builds the app as it is shipped, and opens it
//! ```

mod again;
mod app;
mod district;
mod heard;

use std::io::IsTerminal;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use heard::succeeds;

/// A part of the tests.
struct Area {
    name: &'static str,
    what: &'static str,
    work: Work,
}

/// What runs a part.
enum Work {
    /// Arguments of cargo.
    Cargo(&'static [&'static str]),
    /// The independent reader in Python, in an environment of its own.
    Reader,
    /// The app: its page, its core, its window.
    App,
}

const AREAS: [Area; 13] = [
    Area {
        name: "proto",
        what: "bytes: encodings, bounds, keys, words",
        work: Work::Cargo(&["test", "--package", "renkei-proto"]),
    },
    Area {
        name: "policy",
        what: "rules: every row, the simple model, stability over time",
        work: Work::Cargo(&["test", "--package", "renkei-policy"]),
    },
    Area {
        name: "sealing",
        what: "boxes, epochs, messages, the vault",
        work: Work::Cargo(&["test", "--package", "renkei-sealing"]),
    },
    Area {
        name: "store",
        what: "conformance, crash images, damage, full disk, secrets",
        work: Work::Cargo(&["test", "--package", "renkei-store"]),
    },
    Area { name: "server", what: "the server's own parts", work: Work::Cargo(&["test", "--package", "renkei-server"]) },
    Area {
        name: "client",
        what: "the client core's own parts",
        work: Work::Cargo(&["test", "--package", "renkei-client-core"]),
    },
    Area { name: "cli", what: "arguments, names, exit codes", work: Work::Cargo(&["test", "--package", "renkei-cli"]) },
    Area {
        name: "system",
        what: "whole system: real processes, sockets, kill -9, damaged and full disks",
        work: Work::Cargo(&["test", "--package", "renkei-tests", "--package", "renkei-certs-dev"]),
    },
    Area {
        name: "rogue",
        what: "the lying server: what it does, and that every client notices",
        work: Work::Cargo(&["test", "--package", "renkei-tests", "--test", "rogue"]),
    },
    Area { name: "reader", what: "the vectors, read by a second implementation in Python", work: Work::Reader },
    Area { name: "demo", what: "the main job, step by step", work: Work::Cargo(&["run", "--", "demo"]) },
    Area { name: "app", what: "the app: its page, and its window against a real server", work: Work::App },
    Area {
        name: "forms",
        what: "printed sheets, in a workspace of its own; needs fonts and poppler (docs/decisions/0035)",
        work: Work::Cargo(&["test", "--manifest-path", FORMS]),
    },
];

/// What prints is built for those who print: the typesetter takes longer than everything else.
const FORMS: &str = "forms/Cargo.toml";

fn main() -> ExitCode {
    // Wherever it was called from: the project's own directory.
    if let Some(project) = Path::new(env!("CARGO_MANIFEST_DIR")).parent()
        && let Err(error) = std::env::set_current_dir(project)
    {
        eprintln!("{}: {error}", project.display());
        return ExitCode::FAILURE;
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["test"] => test_all(),
        ["test", name] => match AREAS.iter().find(|area| area.name == *name) {
            Some(area) => test(area),
            None => usage(),
        },
        ["bench", "files"] => bench("files", None),
        ["bench", "files", rounds] => bench("files", Some(rounds)),
        ["bench", "timeline"] => bench("timeline", None),
        ["bench", "timeline", messages] => bench("timeline", Some(messages)),
        ["bench", "start"] => bench_start(None),
        ["bench", "start", rounds] => bench_start(Some(rounds)),
        ["check"] => check(),
        ["app"] if app::open_in_district() => ExitCode::SUCCESS,
        ["app", "release"] if app::open() => ExitCode::SUCCESS,
        ["app", ..] => ExitCode::FAILURE,
        _ => usage(),
    }
}

fn usage() -> ExitCode {
    eprintln!("cargo xtask test [AREA] | bench files|start|timeline [NUMBER] | check | app [release]\n\nareas:");
    for area in &AREAS {
        eprintln!("  {:8} {}", area.name, area.what);
    }
    ExitCode::from(2)
}

fn cargo(arguments: &[&str]) -> bool {
    succeeds(&mut command(arguments))
}

/// Cargo with these arguments.
fn command(arguments: &[&str]) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    if std::env::var_os("CARGO_TERM_COLOR").is_none() && std::io::stderr().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always");
    }
    command.args(arguments);
    command
}

/// Reads all vectors with the independent reader. What it needs of Python goes to an environment below `target`.
fn reader() -> bool {
    let environment = Path::new("target/reader");
    let python = environment.join("bin/python3");
    let wanted = std::fs::read_to_string("tests/reader/requirements.txt").unwrap_or_default();
    let installed = environment.join("installed");
    if std::fs::read_to_string(&installed).ok().as_deref() != Some(wanted.as_str()) {
        let made = succeeds(Command::new("python3").args(["-m", "venv"]).arg(environment));
        let requirements = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
        if !made || !succeeds(Command::new(&python).args(requirements).arg("tests/reader/requirements.txt")) {
            eprintln!("the reader needs Python 3.11 or later with venv and pip: apt-get install python3-venv");
            return false;
        }
        if let Err(error) = std::fs::write(&installed, &wanted) {
            eprintln!("{}: {error}", installed.display());
            return false;
        }
    }
    let Ok(python) = std::path::absolute(&python) else { return false };
    succeeds(Command::new(python).args(["-B", "-m", "reader", "../proto/vectors"]).current_dir("tests"))
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// Everything but printing, and where the time went. All of it is built at once and then only run: an area at a time, each
/// would build what it needs with other features of its libraries, and most libraries several times.
fn test_all() -> ExitCode {
    let mut parts = Parts::begin();
    let built = parts.time("build", || cargo(&["build", "--workspace", "--all-targets"]));
    let page = parts.time("app: page", app::test_page);
    let window = page && parts.time("app: window", app::build_for_tests);
    if built {
        let tests = |more: &[String]| {
            let mut tests = command(&["test", "--workspace", "--no-fail-fast"]);
            if std::env::var_os(THREADS).is_none() {
                tests.env(THREADS, threads().to_string());
            }
            if !window {
                tests.args(["--exclude", app::TESTS]);
            }
            tests.args(more);
            let _ = heard::take_failed();
            succeeds(&mut app::with_window(tests))
        };
        if !parts.time("tests", || tests(&[]))
            && let Some(failed) = again::Failed::worth_a_second_try(&heard::take_failed())
        {
            println!("\nOnce more, alone: {}", failed.tests.join(", "));
            let programs = failed.programs.into_iter().flat_map(|program| ["--test".into(), program]);
            let names = ["--".into(), "--exact".into()].into_iter().chain(failed.tests.iter().cloned());
            let arguments: Vec<String> = programs.chain(names).collect();
            if parts.time("second try", || tests(&arguments)) {
                parts.forgive("tests", &failed.tests);
            }
        }
        parts.time("reader", reader);
        parts.time("demo", || succeeds(Command::new("target/debug/renkei").arg("demo")));
    }
    parts.end()
}

/// Says to tests how many of them run at once.
const THREADS: &str = "RUST_TEST_THREADS";

/// More tests at once than there are cores: those of the whole system wait for processes half of their time.
fn threads() -> usize {
    std::thread::available_parallelism().map_or(2, |cores| cores.get() * 2)
}

/// Runs one area.
fn test(area: &Area) -> ExitCode {
    let mut parts = Parts::begin();
    // The system tests start the server as a process of its own.
    let built = parts.time("build", || cargo(&["build", "--workspace", "--bins"]));
    if built {
        parts.time(area.name, || match area.work {
            Work::Cargo(arguments) => cargo(arguments),
            Work::Reader => reader(),
            Work::App => app::test(),
        });
    }
    parts.end()
}

/// What was done, how long it took, and what it said where it failed.
struct Parts {
    times: Vec<(&'static str, Duration, bool)>,
    failures: Vec<(&'static str, Vec<String>)>,
    /// Tests that failed once and held when they ran once more.
    unsteady: Vec<String>,
}

impl Parts {
    fn begin() -> Self {
        if !is_root() {
            println!(
                "Not root: the tests that mount a small file system are skipped, each saying so in a line SKIPPED."
            );
            println!("To run them too: apt-get install -y mount, and cargo xtask test as root.");
        }
        Self { times: Vec::new(), failures: Vec::new(), unsteady: Vec::new() }
    }

    fn time(&mut self, name: &'static str, work: impl FnOnce() -> bool) -> bool {
        let began = Instant::now();
        let _ = heard::take();
        let held = work();
        self.times.push((name, began.elapsed(), held));
        if !held {
            self.failures.push((name, heard::take()));
        }
        held
    }

    /// A part held after all: these of its tests did, at the second try. What they said stays to be read.
    fn forgive(&mut self, name: &str, unsteady: &[String]) {
        for (part, _, held) in &mut self.times {
            *held |= *part == name;
        }
        self.unsteady.extend_from_slice(unsteady);
    }

    fn end(self) -> ExitCode {
        for (name, said) in &self.failures {
            println!("\n── {name} FAILED. The end of what it said: ──\n{}", said.join("\n"));
        }
        println!("\n{:12} {:>8}", "part", "seconds");
        for (name, time, held) in &self.times {
            println!("{name:12} {:>8.1}  {}", time.as_secs_f32(), if *held { "ok" } else { "FAILED" });
        }
        for test in &self.unsteady {
            println!("UNSTEADY: {test} failed, and held when it ran once more. It wants mending: docs/decisions/0063");
        }
        if self.times.iter().all(|(_, _, held)| *held) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

/// Measures files between two clients and a server of a release build (docs/performance.md).
fn bench(what: &str, number: Option<&str>) -> ExitCode {
    let built = cargo(&["build", "--release", "--package", "renkei-server"]);
    let mut arguments = vec!["run", "--release", "--package", "renkei-tests", "--example", what];
    arguments.extend(number.into_iter().flat_map(|number| ["--", number]));
    if built && cargo(&arguments) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn bench_start(rounds: Option<&str>) -> ExitCode {
    let built = app::page() && cargo(&["build", "--release", "--manifest-path", app::SHELL]);
    let mut arguments = vec!["run", "--package", app::TESTS, "--example", "start", "--", "target/release/renkei-app"];
    arguments.extend(rounds);
    if built && cargo(&arguments) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Format, lints, dependency policy.
fn check() -> ExitCode {
    let checks: [&[&str]; 9] = [
        &["fmt", "--all", "--check"],
        &["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"],
        &["deny", "check", "bans", "licenses", "sources"],
        &["fmt", "--manifest-path", FORMS, "--check"],
        &["clippy", "--manifest-path", FORMS, "--all-targets", "--", "-D", "warnings"],
        &["deny", "--manifest-path", FORMS, "check", "--config", "deny.toml", "bans", "licenses", "sources"],
        &["fmt", "--manifest-path", app::SHELL, "--check"],
        &["clippy", "--manifest-path", app::SHELL, "--all-targets", "--", "-D", "warnings"],
        &["deny", "--manifest-path", app::SHELL, "check", "--config", "deny.toml", "bans", "licenses", "sources"],
    ];
    // The window's crate holds the page.
    let mut held = app::page();
    for arguments in checks {
        println!("cargo {}", arguments.join(" "));
        held &= cargo(arguments);
    }
    if held { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
