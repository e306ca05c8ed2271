//! The record of access: a part of it as a file, who was handed what is in a group, and numbers for the Desk (A2.1).

use std::io::BufRead as _;
use std::path::Path;

use renkei_client_core::access;
use renkei_client_core::client::Client;
use renkei_client_core::files;
use renkei_client_core::proto::access::{Scope, SignedAccessHead};
use renkei_client_core::proto::access_file::{Checker, First, Flaw, Line};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::time::{DAY, Date, Time};
use renkei_client_core::scan_record::scan_openings;

use super::{Outcome, People, own_facility, place};
use crate::args::audit::WhoseAccess;
use crate::args::forms;
use crate::failure::{Failure, Result};
use crate::reply::{CountRow, HandedRow, LeakReply, Reply, ScanOpeningRow};
use crate::terminal::Terminal;
use crate::{resolve, show};

/// Days that are counted in one go: a quarter.
const DAYS: i64 = 92;

fn span(from: Option<Date>, until: Option<Date>) -> Result<(Time, Time)> {
    let since = from.map_or(Ok(Time(0)), forms::start_of)?;
    let until = until.map_or(Ok(Time(u64::MAX)), forms::end_of)?;
    if since < until { Ok((since, until)) } else { Err(Failure::about(Code::BadInput, "--from … --until")) }
}

fn scope(client: &Client, whose: &WhoseAccess) -> Result<Scope> {
    if let Some(group) = &whose.group {
        return Ok(Scope::Group(resolve::group(client, group)?));
    }
    if let Some(user) = whose.user {
        return Ok(Scope::User(user));
    }
    if whose.mine {
        return Ok(Scope::Own);
    }
    let facility = own_facility(client)?;
    let administers = client.look(|replica| {
        let view = replica.registry().now();
        !view.is_desk(facility) && view.is_administrator(client.user(), facility)
    });
    Ok(if administers { Scope::Facility } else { Scope::Own })
}

/// Writes the part of the record that this person may see to a new file.
pub(super) async fn export(
    client: &Client,
    whose: &WhoseAccess,
    from: Option<Date>,
    until: Option<Date>,
    out: String,
) -> Result<Outcome> {
    let path = Path::new(&out);
    if path.try_exists().unwrap_or(true) {
        return Err(Failure::about(Code::AlreadyExists, out));
    }
    let (since, until) = span(from, until)?;
    let scope = scope(client, whose)?;
    let records = client.access_records(scope, since, until).await?;
    files::write_private(path, records.text()?.as_bytes())?;
    Ok(Reply::AccessWritten { file: out, records: records.lines.len(), head: records.first.head }.into())
}

/// Who really was handed what is in a group.
pub(super) async fn who_read(client: &Client, group: &str, on: Option<Date>) -> Result<Outcome> {
    let group = resolve::group(client, group)?;
    let (since, until) = span(on, on)?;
    let records = client.access_records(Scope::Group(group), since, until).await?;
    let handed = access::who_read(group, records.lines.iter().map(|line| &line.record));
    let opened = client.look(|replica| {
        let state = replica.group(group)?.group()?;
        Some(scan_openings(group, state, records.lines.iter().map(|line| &line.record)))
    });
    let opened = opened.unwrap_or_default();
    let people = People::of(client, handed.iter().map(|one| one.user)).await?;
    let scans = opened.into_iter().map(|opening| ScanOpeningRow { who: people.who(opening.user), opening }).collect();
    let readers = handed.into_iter().map(|handed| HandedRow { who: people.who(handed.user), handed }).collect();
    Ok(Reply::WhoRead { on, readers, scans }.into())
}

/// What a device may have given away, with names put to it.
pub(super) async fn leak(client: &Client, device: &str, since: Date) -> Result<Outcome> {
    let device = resolve::device(client, device)?;
    let leak = client.leak_report(device, forms::start_of(since)?).await?;
    let people =
        People::of(client, [leak.user].into_iter().chain(leak.takeouts.iter().map(|one| one.approved_by))).await?;
    let labels = leak.groups.iter().map(|reach| client.label(reach.group).map(|label| label.to_string())).collect();
    let originators = client.look(|replica| {
        let view = replica.registry().now();
        leak.groups.iter().map(|reach| place(view, reach.originator)).collect()
    });
    let label = |group| client.label(group).map(|label| label.to_string());
    let permits = leak.takeouts.iter().map(|one| (people.who(one.approved_by), one.group.and_then(label))).collect();
    let (who, written) = (people.who(leak.user), renkei_client_core::now());
    Ok(Reply::Leak(Box::new(LeakReply { who, labels, originators, written, leak, permits })).into())
}

/// How often what was accessed, day by day in Japan.
pub(super) async fn counts(client: &Client, from: Date, until: Option<Date>) -> Result<Outcome> {
    let until = until.unwrap_or(from);
    let days = until.days() - from.days();
    if !(0..DAYS).contains(&days) {
        return Err(Failure::about(Code::DateOutOfRange, format!("--from … --until: 1–{DAYS}")));
    }
    let mut rows = Vec::new();
    let mut since = forms::start_of(from)?;
    for _ in 0..=days {
        let next = since.plus(DAY);
        let counts = client.access_counts(since, next).await?;
        client.look(|replica| {
            let view = replica.registry().now();
            rows.extend(counts.into_iter().map(|count| CountRow {
                day: since,
                facility: count.facility.map(|facility| place(view, facility)),
                what: count.kind,
                times: count.times,
            }));
        });
        since = next;
    }
    Ok(Reply::AccessCounts { rows }.into())
}

/// Checks such a file, with nothing but the fingerprint of the root and, perhaps, a head that somebody kept.
pub(crate) fn verify(file: &Path, root: Hash32, earlier: Option<&str>, terminal: Terminal) -> Result<Reply> {
    let unread = |error: std::io::Error| Failure::about(Code::BadInput, format!("{}: {error}", file.display()));
    let wrong = |number: usize, flaw: Flaw| {
        let line = terminal.say("行", "line");
        Failure::about(Code::ExportWrong, format!("{line} {number}: {}", show::flaw(flaw, terminal.language)))
    };
    let mut lines = std::io::BufReader::new(std::fs::File::open(file).map_err(unread)?).lines();
    let text = lines.next().transpose().map_err(unread)?.unwrap_or_default();
    let first: First = serde_json::from_str(&text).map_err(|error| {
        let not = terminal.say("書き出したファイルではありません", "not an exported file");
        Failure::about(Code::BadInput, format!("{}: {not} ({error})", file.display()))
    })?;
    let mut checker = Checker::new(&first, root).map_err(|flaw| wrong(1, flaw))?;
    if let Some(earlier) = earlier {
        let head: SignedAccessHead =
            earlier.parse().map_err(|_| Failure::about(Code::BadInput, "--earlier renkei:access/…"))?;
        checker.hold_against(&head).map_err(|flaw| wrong(1, flaw))?;
    }
    let mut number = 1;
    for text in lines {
        number += 1;
        let line: Line = serde_json::from_str(&text.map_err(unread)?).map_err(|_| wrong(number, Flaw::Line))?;
        checker.take(&line).map_err(|flaw| wrong(number, flaw))?;
    }
    let checked = checker.finish().map_err(|flaw| wrong(number + 1, flaw))?;
    Ok(Reply::AccessChecked(checked))
}
