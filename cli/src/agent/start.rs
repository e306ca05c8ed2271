//! How sign-in starts the agent: the same executable, in a process group of its own, told password and code through a
//! pipe and answering with one line once it listens.

use std::fs::OpenOptions;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

use renkei_client_core::proto::code::Code;
use zeroize::Zeroizing;

use super::hangup;
use super::protocol::{Opening, Response};
use crate::failure::{Failure, Result};
use crate::place::Place;
use crate::reply::Reply;

/// Longest first line of an agent.
const FIRST_LINE: u64 = 65_536;

fn failed(error: &std::io::Error) -> Failure {
    Failure::about(Code::ProfileFailed, format!("renkei agent: {error}"))
}

/// Starts the agent of `place` and gives what it says: signed in, or why not. It ends with the terminal of this process,
/// unless it is to `stay`; a process without a terminal (a script's) has none to end with.
pub(crate) fn start(place: &Place, opening: &Opening, idle: u64, stay: bool) -> Result<Reply> {
    let log = OpenOptions::new().create(true).append(true).mode(0o600).open(place.log());
    let log = log.map_err(|error| failed(&error))?;
    let executable = std::env::current_exe().map_err(|error| failed(&error))?;
    let with_terminal = !stay && hangup::terminal().is_some();
    let mut agent = Command::new(executable)
        .arg("--home")
        .arg(&place.home)
        .args(["--profile", &place.profile, "agent", "--idle", &idle.to_string()])
        .args(with_terminal.then_some("--with-terminal"))
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(log)
        // Keys typed at this terminal (interrupt, stop) are not for the agent.
        .process_group(0)
        .spawn()
        .map_err(|error| failed(&error))?;
    let mut line = Zeroizing::new(serde_json::to_vec(opening).map_err(|_| Code::BadInput)?);
    line.push(b'\n');
    if let Some(mut input) = agent.stdin.take() {
        input.write_all(&line).map_err(|error| failed(&error))?;
    }
    let mut answer = String::new();
    if let Some(output) = agent.stdout.take() {
        BufReader::new(output.take(FIRST_LINE)).read_line(&mut answer).map_err(|error| failed(&error))?;
    }
    match serde_json::from_str(&answer) {
        Ok(Response::Done(reply)) => Ok(reply),
        Ok(Response::Error(failure)) => Err(failure),
        _ => Err(Failure::about(Code::ProfileFailed, place.log().display().to_string())),
    }
}
