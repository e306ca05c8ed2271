//! What a command says goes on to the screen, and its end is kept: whoever reads only the end of a long run reads there
//! what failed.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::Duration;

/// Lines that are kept: a test's panic with its trace, or a page of the compiler's.
const LINES: usize = 200;

/// Whether a line tells nothing of what failed: a test that passed, a crate that was built.
fn idle(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    line.is_empty()
        || line.ends_with(b" ... ok")
        || [&b"Compiling "[..], b"Checking "].iter().any(|word| line.starts_with(word))
}

/// How long the rest of an output may take after its command has ended.
const PATIENCE: Duration = Duration::from_secs(2);

static LAST: Mutex<VecDeque<String>> = Mutex::new(VecDeque::new());

/// Lines that tell which tests failed: many more say no more than that many did.
static FAILED: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn last() -> std::sync::MutexGuard<'static, VecDeque<String>> {
    LAST.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The last lines since this was asked.
pub(crate) fn take() -> Vec<String> {
    last().drain(..).collect()
}

/// The lines that tell of failed tests since this was asked.
pub(crate) fn take_failed() -> Vec<String> {
    std::mem::take(&mut *FAILED.lock().unwrap_or_else(PoisonError::into_inner))
}

fn pass(from: impl Read, mut on: impl Write) {
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    while matches!(from.read_until(b'\n', &mut line), Ok(1..)) {
        // Nobody reads on: the command goes on all the same.
        let _ = on.write_all(&line).and_then(|()| on.flush());
        if !idle(&line) {
            let mut last = last();
            if last.len() == LINES {
                last.pop_front();
            }
            let said = String::from_utf8_lossy(&line).trim_end().to_owned();
            if crate::again::tells(&said) {
                let mut failed = FAILED.lock().unwrap_or_else(PoisonError::into_inner);
                if failed.len() < LINES {
                    failed.push(said.clone());
                }
            }
            last.push_back(said);
        }
        line.clear();
    }
}

/// Runs `command` to its end. Whether it succeeded.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    let mut child = match command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn() {
        Ok(child) => child,
        Err(error) => {
            eprintln!("{command:?}: {error}");
            return false;
        }
    };
    let (over, both) = mpsc::channel();
    let read = |from: Option<Box<dyn Read + Send>>, on: Box<dyn Write + Send>| {
        let over = over.clone();
        std::thread::spawn(move || {
            if let Some(from) = from {
                pass(from, on);
            }
            over.send(())
        });
    };
    read(child.stdout.take().map(|said| Box::new(said) as _), Box::new(std::io::stdout()));
    read(child.stderr.take().map(|told| Box::new(told) as _), Box::new(std::io::stderr()));
    match child.wait() {
        Ok(status) => {
            // What it started and left behind may hold its output open for good.
            let _ = both.recv_timeout(PATIENCE).and_then(|()| both.recv_timeout(PATIENCE));
            status.success()
        }
        Err(error) => {
            eprintln!("{command:?}: {error}");
            false
        }
    }
}
