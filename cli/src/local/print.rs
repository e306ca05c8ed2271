//! Printing: the agent's answers become a job, and `renkei-forms`, a program of its own, makes a PDF of it.
//!
//! The typesetter is not a part of `renkei`, whose agent holds keys. The job goes to it through a pipe: an enrolment
//! ticket's secret is in no argument, no environment, no file but the PDF, and not on the screen.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use renkei_client_core::proto::bounds;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::paper::{FORMAT, Letter, Name, Paper, Published, Sheet, TextSheet, TicketSheet};
use renkei_client_core::proto::sentence::Language;
use renkei_client_core::proto::text::{BadText, Line, Prose};
use renkei_client_core::proto::time::{Date, Time};
use renkei_client_core::proto::wording::Wording;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::args::audit::AuditCommand;
use crate::args::duties::{ReviewCommand, TextCommand};
use crate::args::office::{DeviceCommand, FacilityCommand, StaffCommand};
use crate::args::print::{PrintCommand, TextArgs};
use crate::args::request::Request;
use crate::commands::prose;
use crate::failure::{Failure, Result};
use crate::place::Place;
use crate::reply::{Reply, Status};
use crate::terminal::Terminal;
use crate::{show, talk};

const PROGRAM: &str = if cfg!(windows) { "renkei-forms.exe" } else { "renkei-forms" };

/// Names the program where it is not beside this one.
const VARIABLE: &str = "RENKEI_FORMS";

pub(crate) fn run(command: PrintCommand, place: &Place, terminal: Terminal) -> Result<Reply> {
    let out =
        std::path::absolute(&command.out().out).map_err(|error| Failure::about(Code::BadInput, error.to_string()))?;
    if out.symlink_metadata().is_ok() {
        return Err(Failure::about(Code::FileExists, out.display().to_string()));
    }
    if !out.parent().is_some_and(Path::is_dir) {
        return Err(Failure::about(Code::BadInput, out.display().to_string()));
    }
    // Before a ticket is made that nobody could then be given.
    let program = program()?;
    start(&program, &["--check".as_ref()], b"")?;
    let ask = |request| talk::run(request, place, terminal);
    let paper = match command {
        PrintCommand::Text(TextArgs { text, name, facility, english, ja: Some(ja), en: Some(en), .. }) => {
            let wording = Wording { japanese: prose(&ja)?, english: prose(&en)? };
            let (facility, person) = (line(facility.as_deref())?, line(name.as_deref())?);
            let sheet = TextSheet { text, wording, published: None, facility, person, english };
            paper(today()?, None, Sheet::Text(Box::new(sheet)))
        }
        PrintCommand::Text(wanted) => {
            let status = status(ask(Request::Status)?)?;
            let listed = ask(Request::Text(TextCommand::List))?;
            let shown = ask(Request::Text(TextCommand::Show { text: wanted.text, proposed: false }));
            // Nothing of that kind is published: what can be printed is a text out of a file.
            let unpublished = |failure: Failure| match failure.code() {
                Code::Unknown => Failure::about(Code::Unknown, "renkei text list; --ja FILE --en FILE"),
                _ => failure,
            };
            let shown = shown.map_err(unpublished)?;
            paper(today()?, Some(&status), text(&wanted, &status, &listed, shown)?)
        }
        PrintCommand::Ticket { user, new_facility, .. } => {
            let status = status(ask(Request::Status)?)?;
            let made = if new_facility {
                ask(Request::Facility(FacilityCommand::Ticket))?
            } else {
                ask(Request::Device(DeviceCommand::Ticket { user }))?
            };
            // Whoever may make the ticket may see the name; without it the sheet has a line to write on.
            let people = ask(Request::Staff(StaffCommand::List)).ok();
            paper(today()?, Some(&status), ticket(&status, &made, people.as_ref())?)
        }
        PrintCommand::Review { .. } => {
            let status = status(ask(Request::Status)?)?;
            let rounds = ask(Request::Review(ReviewCommand::Status))?;
            paper(today()?, Some(&status), review(&status, &rounds)?)
        }
        PrintCommand::LeakReport { device, since, .. } => {
            let status = status(ask(Request::Status)?)?;
            let leak = ask(Request::Audit(AuditCommand::LeakReport { device, since }))?;
            paper(today()?, Some(&status), leak_report(&status, &leak)?)
        }
    };
    print(&program, &paper, &out)
}

/// Where the program is: where the environment says, or beside this one. Not searched for, as it is given secrets.
fn program() -> Result<PathBuf> {
    let named = std::env::var_os(VARIABLE).map(PathBuf::from);
    let beside = || std::env::current_exe().ok().map(|executable| executable.with_file_name(PROGRAM));
    let program = named.or_else(beside).filter(|program| program.is_file());
    program.ok_or_else(|| Failure::about(Code::PrinterMissing, format!("{PROGRAM}, {VARIABLE}")))
}

fn today() -> Result<Date> {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let day = since.ok().and_then(|since| Time(since.as_secs()).day_in_japan());
    day.ok_or_else(|| Failure::about(Code::BadInput, "clock"))
}

fn status(reply: Reply) -> Result<Box<Status>> {
    match reply {
        Reply::Status(status) if status.signed_in => Ok(status),
        _ => Err(Code::NotSignedIn.into()),
    }
}

fn line(text: Option<&str>) -> Result<Option<Name>> {
    let line = text.map(|text| Line::new(text.trim())).transpose();
    line.map_err(|bad| Failure::about(Code::BadInput, bad.to_string()))
}

fn own_facility(status: &Status) -> Result<Option<Name>> {
    line(status.who.as_ref().and_then(|who| who.facility_name.as_deref()))
}

fn paper(printed: Date, status: Option<&Status>, sheet: Sheet) -> Paper {
    let association = status.and_then(|status| status.association_name.as_deref());
    Paper { format: FORMAT, printed, association: association.and_then(|name| Line::new(name).ok()), sheet }
}

fn text(wanted: &TextArgs, status: &Status, listed: &Reply, shown: Reply) -> Result<Sheet> {
    let (Reply::Texts { texts }, Reply::Text { text, version, hash, wording, .. }) = (listed, shown) else {
        return Err(Code::Malformed.into());
    };
    let row = texts.iter().find(|row| (row.text, row.version, row.hash) == (text, version, hash));
    let on = row.and_then(|row| row.published).and_then(Time::day_in_japan).ok_or(Code::Unknown)?;
    let facility = match &wanted.facility {
        Some(named) => line(Some(named))?,
        None => own_facility(status)?,
    };
    let person = line(wanted.name.as_deref())?;
    let published = Some(Published { version, on, hash });
    Ok(Sheet::Text(Box::new(TextSheet {
        text,
        wording: *wording,
        published,
        facility,
        person,
        english: wanted.english,
    })))
}

fn ticket(status: &Status, made: &Reply, people: Option<&Reply>) -> Result<Sheet> {
    let Reply::Ticket { link, user, facility, .. } = made else { return Err(Code::Malformed.into()) };
    let ticket = link.parse().map_err(|_| Failure::from(Code::Malformed))?;
    let own = status.who.as_ref().filter(|who| Some(who.user) == *user);
    let listed = match people {
        Some(Reply::Staff { people }) => people.iter().map(|row| &row.who).find(|who| Some(who.user) == *user),
        _ => None,
    };
    let person = line(own.or(listed).and_then(|who| who.name.as_deref()))?;
    // A new facility has no name yet.
    let facility = if facility.is_some() && user.is_none() { None } else { own_facility(status)? };
    Ok(Sheet::Ticket(Box::new(TicketSheet { ticket, facility, person })))
}

fn review(status: &Status, rounds: &Reply) -> Result<Sheet> {
    letter("定期確認の状況", status, &show::text(rounds, Language::Japanese))
}

fn leak_report(status: &Status, leak: &Reply) -> Result<Sheet> {
    let shown = show::text(leak, Language::Japanese);
    // Its first line is the heading; numbered lines are headings below it.
    let mut lines = shown.lines();
    let heading = lines.next().unwrap_or_default();
    let numbered = |line: &str| line.starts_with(|c: char| c.is_ascii_digit()) && line.contains(". ");
    let body: Vec<String> =
        lines.map(|line| if numbered(line) { format!("# {line}") } else { line.to_owned() }).collect();
    letter(heading, status, &body.join("\n"))
}

fn letter(heading: &str, status: &Status, body: &str) -> Result<Sheet> {
    let bad = |bad: BadText| {
        let code = if matches!(bad, BadText::TooLong(_)) { Code::TooLarge } else { Code::BadInput };
        Failure::about(code, bad.to_string())
    };
    let body: Prose<{ bounds::LETTER }> = Prose::new(body).map_err(bad)?;
    let heading = Line::new(heading).map_err(bad)?;
    Ok(Sheet::Letter(Letter { heading, facility: own_facility(status)?, body }))
}

/// What the program says when it has done its work.
#[derive(Deserialize)]
struct Done {
    pages: usize,
    sample: bool,
}

/// What it says otherwise.
#[derive(Deserialize)]
struct Refused {
    error: Why,
}

#[derive(Deserialize)]
struct Why {
    code: Code,
    about: Option<String>,
}

fn print(program: &Path, paper: &Paper, out: &Path) -> Result<Reply> {
    let broken = |error: serde_json::Error| broken(program, &error);
    let job = Zeroizing::new(serde_json::to_vec(paper).map_err(broken)?);
    let said = start(program, &["--out".as_ref(), out.as_os_str()], &job)?;
    let done: Done = serde_json::from_slice(&said).map_err(broken)?;
    Ok(Reply::Printed { file: out.display().to_string(), pages: done.pages, sample: done.sample })
}

fn broken(program: &Path, about: &dyn core::fmt::Display) -> Failure {
    Failure::about(Code::PrinterMissing, format!("{}: {about}", program.display()))
}

/// What the program says, given `job`.
fn start(program: &Path, arguments: &[&OsStr], job: &[u8]) -> Result<Vec<u8>> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| broken(program, &error))?;
    if let Some(mut stdin) = child.stdin.take() {
        // One that stops reading has something else to say.
        drop(stdin.write_all(job));
    }
    let output = child.wait_with_output().map_err(|error| broken(program, &error))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    match serde_json::from_slice::<Refused>(&output.stderr) {
        Ok(Refused { error }) => Err(Failure { about: error.about, ..Failure::from(error.code) }),
        Err(_) => Err(broken(program, &output.status)),
    }
}

#[cfg(test)]
mod tests;
