//! Evidence: who could read a group, a copy of the logs for somebody who checks, and comparing with a colleague.

use std::path::Path;

use renkei_client_core::audit::{self, CouldRead, Export, Place};
use renkei_client_core::client::Client;
use renkei_client_core::files;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::heads::SignedHeads;
use renkei_client_core::proto::id::GroupId;
use renkei_client_core::proto::sentence::sentence;
use renkei_client_core::proto::statement::LogId;
use renkei_client_core::proto::time::{Date, Time};

use super::{Outcome, People, access, ask_first};
use crate::args::audit::AuditCommand;
use crate::args::forms;
use crate::failure::{Failure, Result};
use crate::reply::{CouldReadRow, Ending, Reply};
use crate::terminal::Terminal;
use crate::{resolve, show};

/// Longest file that is looked at: far more than a district's logs of many years.
const EXPORT: u64 = 1 << 30;

pub(super) async fn run(client: &Client, command: AuditCommand) -> Result<Outcome> {
    match command {
        AuditCommand::WhoCouldRead { group, on } => {
            let group = resolve::group(client, &group)?;
            Ok(Reply::WhoCouldRead { on, readers: who_could_read(client, group, on).await? }.into())
        }
        AuditCommand::Export { groups, out } => {
            let path = Path::new(&out);
            if path.try_exists().unwrap_or(true) {
                return Err(Failure::about(Code::FileExists, out));
            }
            let mut ids = Vec::new();
            for group in &groups {
                ids.push(resolve::group(client, group)?);
            }
            let export = client.export(&ids).await?;
            let text = serde_json::to_vec(&export).map_err(|_| Code::TooLarge)?;
            files::write_private(path, &text)?;
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
            let distrusted = client.look(|replica| replica.distrusted().clone());
            if !distrusted.contains_key(&log) {
                return Err(Code::NothingToDo.into());
            }
            let about = Reply::Distrusted { logs: distrusted.into_iter().collect() };
            if let Some(question) = ask_first(&sure, &format!("{log:?}"), false, about)? {
                return Ok(question);
            }
            client.trust_again(log)?;
            Ok(Reply::Done.into())
        }
        AuditCommand::Compare { heads } => {
            let theirs: SignedHeads = heads.parse().map_err(|_| Failure::about(Code::BadInput, "renkei:heads/…"))?;
            let compared = client.compare(&theirs);
            // Not signed by this association's server: a mistake in handing it over, or a forger's.
            let unsigned = |fault: renkei_client_core::Fault| match fault.code {
                Code::NotAuthentic => Failure::about(Code::BadInput, "renkei:heads/…"),
                _ => fault.into(),
            };
            Ok(Reply::Compared { comparison: compared.map_err(unsigned)? }.into())
        }
        AuditCommand::Access { whose, from, until, out } => access::export(client, &whose, from, until, out).await,
        AuditCommand::WhoRead { group, on } => access::who_read(client, &group, on).await,
        AuditCommand::AccessCounts { from, until } => access::counts(client, from, until).await,
        AuditCommand::LeakReport { device, since } => access::leak(client, &device, since).await,
        // Need no agent.
        AuditCommand::Verify { .. } | AuditCommand::VerifyAccess { .. } => Err(Code::OutOfOrder.into()),
    }
}

/// Checks an exported file, with nothing but the fingerprint of the root.
pub(crate) fn verify(file: &Path, root: Hash32, terminal: Terminal) -> Result<Reply> {
    let unread = |error: std::io::Error| Failure::about(Code::BadInput, format!("{}: {error}", file.display()));
    if std::fs::metadata(file).map_err(unread)?.len() > EXPORT {
        return Err(Failure::about(Code::TooLarge, file.display().to_string()));
    }
    let bytes = std::fs::read(file).map_err(unread)?;
    let export: Export = serde_json::from_slice(&bytes).map_err(|error| {
        let not = terminal.say("書き出したファイルではありません", "not an exported file");
        Failure::about(Code::BadInput, format!("{}: {not} ({error})", file.display()))
    })?;
    let checked = audit::verify(&export, root).map_err(|flaw| {
        let first = terminal.say("最初の誤り", "the first thing that is wrong");
        let why = sentence(flaw.code, terminal.language);
        let place = show::place(flaw.place, terminal.language);
        Failure::about(Code::ExportWrong, format!("{first}: {place}: {} – {why}", flaw.code))
    })?;
    match checked.short.first() {
        Some(log) => {
            let cut = terminal.say(
                "途中で切れている（サーバーはその先があると署名している）",
                "cut short: the server has signed that it goes further",
            );
            let place = match log {
                LogId::Registry => Place::Registry(checked.registry),
                LogId::Group(id) => Place::Group(*id, entries(&export, *id)),
            };
            Err(Failure::about(Code::ExportWrong, format!("{}: {cut}", show::place(place, terminal.language))))
        }
        None => Ok(Reply::Checked(checked)),
    }
}

/// Entries of the group in the file: where its log ends.
fn entries(export: &Export, id: GroupId) -> u64 {
    let found = export.groups.iter().find(|one| one.group == id);
    found.map_or(0, |one| u64::try_from(one.entries.len()).unwrap_or(u64::MAX))
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

#[cfg(test)]
mod tests {
    use renkei_client_core::audit::FORMAT;
    use renkei_client_core::proto::sentence::Language;

    use super::*;

    fn told(content: &str) -> Failure {
        let dir = tempfile::tempdir().expect("a directory");
        let file = dir.path().join("export.json");
        std::fs::write(&file, content).expect("written");
        let terminal = Terminal { json: false, language: Language::English };
        verify(&file, Hash32([0; 32]), terminal).expect_err("not an export")
    }

    #[test]
    fn p5_what_is_no_export_is_told_apart_from_an_export_that_is_wrong() {
        assert_eq!(told("not JSON").code(), Code::BadInput);
        assert_eq!(told("{}").code(), Code::BadInput);
        let export = Export {
            format: FORMAT.to_owned(),
            root: Hash32([0; 32]),
            heads: Vec::new(),
            registry: vec!["00".to_owned()],
            groups: Vec::new(),
        };
        let wrong = told(&serde_json::to_string(&export).expect("JSON"));
        assert_eq!(wrong.code(), Code::ExportWrong);
        assert!(wrong.about.is_some_and(|about| about.contains("registry, entry 0: malformed")));
    }
}
