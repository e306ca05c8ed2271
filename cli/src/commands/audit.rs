//! Evidence: who could read a group, a copy of the logs for somebody who checks, and comparing with a colleague.

use std::path::Path;

use renkei_client_core::audit::{self, CouldRead, Export};
use renkei_client_core::client::Client;
use renkei_client_core::files;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::heads::SignedHeads;
use renkei_client_core::proto::id::GroupId;
use renkei_client_core::proto::statement::LogId;
use renkei_client_core::proto::time::{Date, Time};

use super::{Outcome, People, ask_first};
use crate::args::forms;
use crate::args::request::AuditCommand;
use crate::failure::{Failure, Result};
use crate::reply::{CouldReadRow, Ending, Reply};
use crate::resolve;
use crate::terminal::Terminal;

/// Longest file that is looked at: far more than a district's logs of many years.
const EXPORT: u64 = 1 << 30;

pub(super) async fn run(client: &Client, command: AuditCommand) -> Result<Outcome> {
    match command {
        AuditCommand::WhoCouldRead { group, on } => {
            let group = resolve::group(client, &group)?;
            Ok(Reply::WhoCouldRead { on, readers: who_could_read(client, group, on).await? }.into())
        }
        AuditCommand::Export { groups, out } => {
            let mut ids = Vec::new();
            for group in &groups {
                ids.push(resolve::group(client, group)?);
            }
            let export = client.export(&ids).await?;
            let text = serde_json::to_vec(&export).map_err(|_| Code::TooLarge)?;
            files::write_private(Path::new(&out), &text)?;
            Ok(Reply::Exported { file: out, registry: export.registry.len(), groups: export.groups.len() }.into())
        }
        AuditCommand::Heads => {
            let heads = client.heads().ok_or_else(|| Failure::from(Code::HeadsStale))?;
            Ok(Reply::Heads { heads: heads.text() }.into())
        }
        AuditCommand::TrustAgain { group, sure } => {
            let log = match group {
                Some(group) => LogId::Group(resolve::group(client, &group)?),
                None => LogId::Registry,
            };
            let about =
                Reply::Distrusted { logs: client.look(|replica| replica.distrusted().clone()).into_iter().collect() };
            if let Some(question) = ask_first(&sure, &format!("{log:?}"), false, about)? {
                return Ok(question);
            }
            client.trust_again(log)?;
            Ok(Reply::Done.into())
        }
        AuditCommand::Compare { heads } => {
            let theirs: SignedHeads = heads.parse().map_err(|_| Failure::about(Code::BadInput, "renkei:heads/…"))?;
            Ok(Reply::Compared { comparison: client.compare(&theirs)? }.into())
        }
        // Needs no agent.
        AuditCommand::Verify { .. } => Err(Code::OutOfOrder.into()),
    }
}

/// Checks an exported file, with nothing but the fingerprint of the root.
pub(crate) fn verify(file: &Path, root: Hash32, terminal: Terminal) -> Result<Reply> {
    let failed = |error: std::io::Error| Failure::about(Code::BadInput, format!("{}: {error}", file.display()));
    if std::fs::metadata(file).map_err(failed)?.len() > EXPORT {
        return Err(Failure::about(Code::TooLarge, file.display().to_string()));
    }
    let bytes = std::fs::read(file).map_err(failed)?;
    let export: Export =
        serde_json::from_slice(&bytes).map_err(|error| Failure::about(Code::Malformed, error.to_string()))?;
    let first = terminal.say("最初の誤り", "the first thing that is wrong");
    let wrong = |flaw: audit::Flaw| Failure::about(flaw.code, format!("{first}: {}, {}", flaw.place, flaw.code));
    let checked = audit::verify(&export, root).map_err(wrong)?;
    Ok(Reply::Checked(checked))
}

async fn who_could_read(client: &Client, group: GroupId, on: Option<Date>) -> Result<Vec<CouldReadRow>> {
    let (from, until) = match on {
        Some(day) => (forms::start_of(day)?, forms::end_of(day)?),
        None => (Time(0), Time(u64::MAX)),
    };
    let found: Vec<CouldRead> = client.look(|replica| audit::who_could_read(replica, group, from, until))?;
    let named = found.iter().flat_map(|one| {
        let ended = one.ended.and_then(|(_, by)| by).map(|by| by.user);
        [Some(one.user), Some(one.invited.user), Some(one.approved.user), ended].into_iter().flatten()
    });
    let people = People::of(client, named.collect::<Vec<_>>()).await?;
    Ok(client.look(|replica| {
        let view = replica.registry().now();
        let row = |one: CouldRead| CouldReadRow {
            who: people.who(one.user),
            reading: one.reading,
            devices: one.devices,
            opened: one.invited.seq == 0,
            invited_by: people.by(view, one.invited),
            approved_by: people.by(view, one.approved),
            since: one.approved.time,
            ended: one.ended.map(|(time, by)| Ending { time, by: by.map(|by| people.by(view, by)) }),
        };
        found.into_iter().map(row).collect()
    }))
}
