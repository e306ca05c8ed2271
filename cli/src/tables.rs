//! The tables of an overview, as files (A8.1): written where the command was typed, in the person's language.

use std::path::{Path, PathBuf};

use renkei_client_core::files;
use renkei_client_core::proto::code::Code;

use crate::args::desk::DeskCommand;
use crate::args::office::FacilityCommand;
use crate::args::request::Request;
use crate::failure::{Failure, Result};
use crate::reply::Reply;
use crate::show;
use crate::terminal::Terminal;

/// Writes what `request` wanted to have in files; any other answer goes on as it is.
pub(crate) fn write(request: &Request, mut reply: Reply, terminal: Terminal) -> Result<Reply> {
    if terminal.json {
        without_labels(&mut reply);
    }
    if let (Request::Desk(DeskCommand::Report { csv: Some(wanted), .. }), Reply::Report { facilities, on_record, .. }) =
        (request, &reply)
    {
        let on_record = on_record.as_ref().ok_or(Code::Malformed)?;
        write_one(Path::new(wanted), &show::report_table(facilities, on_record, terminal.language))?;
        return Ok(Reply::ReportWritten { file: wanted.clone() });
    }
    let Request::Facility(FacilityCommand::Overview { csv: Some(wanted) }) = request else { return Ok(reply) };
    let Reply::Overview(overview) = &reply else { return Ok(reply) };
    let on_record = overview.on_record.as_ref().ok_or(Code::Malformed)?;
    let tables = show::tables(overview, on_record, terminal.language);
    let paths = tables.each_ref().map(|(name, _)| path(Path::new(wanted), name));
    // Before the first is begun, so that none is left alone.
    if let Some(there) = paths.iter().find(|path| path.symlink_metadata().is_ok()) {
        return Err(Failure::about(Code::FileExists, there.display().to_string()));
    }
    for ((_, bytes), path) in tables.iter().zip(&paths) {
        write_one(path, bytes)?;
    }
    Ok(Reply::Tables { files: paths.iter().map(|path| path.display().to_string()).collect() })
}

/// What people call a group can be a patient's name: it stands on the screen, and in nothing that is made for a file (A12.5).
fn without_labels(reply: &mut Reply) {
    let Reply::Overview(overview) = reply else { return };
    for one in &mut overview.groups {
        one.row.label = None;
        one.invitations.iter_mut().for_each(|invitation| invitation.label = None);
    }
    for one in &mut overview.takeouts {
        one.label = None;
    }
    for one in &mut overview.delegations {
        one.group_label = None;
    }
}

/// Writes a file that is not there yet.
fn write_one(path: &Path, bytes: &[u8]) -> Result<()> {
    if path.symlink_metadata().is_ok() {
        return Err(Failure::about(Code::FileExists, path.display().to_string()));
    }
    let told =
        |fault: renkei_client_core::Fault| Failure { about: Some(path.display().to_string()), ..Failure::from(fault) };
    let mut file = files::create_private(path).map_err(told)?;
    files::append(&mut file, path, bytes).map_err(told)
}

/// `overview.csv` and `members` give `overview-members.csv`.
fn path(wanted: &Path, name: &str) -> PathBuf {
    let plain = if wanted.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv")) {
        wanted.with_extension("")
    } else {
        wanted.to_owned()
    };
    let mut named = plain.into_os_string();
    named.push(format!("-{name}.csv"));
    named.into()
}

#[cfg(test)]
mod tests;
