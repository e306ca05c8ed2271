//! One line a step, and the count at the end.

use std::fmt;
use std::process::ExitCode;
use std::time::Instant;

use renkei_client_core::Fault;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::sentence::Language;

/// Why the demo can't go on: a step that later ones build on did not hold.
#[derive(Debug)]
pub(super) struct Stop(pub(super) String);

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self(fault.to_string())
    }
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<Code> for Stop {
    fn from(code: Code) -> Self {
        Self(code.to_string())
    }
}

/// What the demo has seen so far.
pub(super) struct Report {
    language: Language,
    started: Instant,
    passed: u32,
    failed: u32,
    /// The lines that failed, to be read at the end again.
    failures: Vec<String>,
}

impl Report {
    pub(super) fn new(language: Language) -> Self {
        Self { language, started: Instant::now(), passed: 0, failed: 0, failures: Vec::new() }
    }

    /// A heading.
    pub(super) fn chapter(&self, japanese: &str, english: &str) {
        println!("\n── {} ──", self.language.pick(japanese, english));
    }

    /// Something that had to hold, did or did not.
    pub(super) fn check(&mut self, row: &str, japanese: &str, english: &str, held: bool, seen: &str) {
        let words = self.language.pick(japanese, english);
        let mark = if held { "ok  " } else { "FAIL" };
        let line = format!("{:>6.2}s {mark} [{row}] {words}: {seen}", self.started.elapsed().as_secs_f32());
        println!("{line}");
        if held {
            self.passed += 1;
        } else {
            self.failed += 1;
            self.failures.push(line);
        }
    }

    /// Something that had to work. Its result goes on; without it the demo stops.
    pub(super) fn done<T>(
        &mut self,
        row: &str,
        japanese: &str,
        english: &str,
        result: Result<T, Fault>,
        seen: impl FnOnce(&T) -> String,
    ) -> Result<T, Stop> {
        match result {
            Ok(value) => {
                let seen = seen(&value);
                self.check(row, japanese, english, true, &seen);
                Ok(value)
            }
            Err(fault) => {
                self.check(row, japanese, english, false, &fault.to_string());
                Err(Stop(format!("[{row}] {english}: {fault}")))
            }
        }
    }

    /// A misuse that had to be refused with exactly this code.
    pub(super) fn refused<T>(
        &mut self,
        row: &str,
        japanese: &str,
        english: &str,
        result: Result<T, Fault>,
        expected: Code,
    ) {
        let (held, seen) = match result {
            Err(fault) if fault.code == expected => (true, format!("✗ {}", fault.code)),
            Err(fault) => (false, format!("{} (expected {expected})", fault.code)),
            Ok(_) => (false, format!("accepted (expected {expected})")),
        };
        self.check(row, japanese, english, held, &seen);
    }

    /// The demo can't go on.
    pub(super) fn stopped(&mut self, stop: &Stop) {
        let line = format!("demo: stopped: {stop}");
        println!("{line}");
        self.failures.push(line);
        self.failed = self.failed.max(1);
    }

    /// The last line, and the exit status.
    pub(super) fn finish(&self) -> ExitCode {
        for line in &self.failures {
            println!("{line}");
        }
        println!("\ndemo: {} steps passed, {} failed", self.passed, self.failed);
        if self.failed == 0 && self.passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
