//! Uses of a patient's data beyond the group (S3), and Form 3 with its names (A6.1).

use renkei_client_core::client::Client;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::id::GroupId;
use renkei_client_core::uses::NewUse;

use super::{Outcome, People, ask_first, line, scans};
use crate::args::uses::UseCommand;
use crate::failure::{Failure, Result};
use crate::reply::{FormRow, Reply, SettledRow, UseRow};
use crate::resolve;

pub(super) async fn run(client: &Client, command: UseCommand) -> Result<Outcome> {
    match command {
        UseCommand::Consent { group, by, signed, scan } => {
            let group = resolve::group(client, &group)?;
            let (hash, file) = scans::given(scan).await?;
            let recorded = client.record_use_consent(group, by, signed, hash).await?;
            scans::with_form(client, group, recorded.head.size - 1, file).await?;
            Ok(recorded.into())
        }
        UseCommand::Withdraw { group, by, on, scan } => {
            let group = resolve::group(client, &group)?;
            let (hash, file) = scans::given(scan).await?;
            let recorded = client.withdraw_use_consent(group, by, on, hash).await?;
            scans::with_form(client, group, recorded.head.size - 1, file).await?;
            // What is to be done now is what the person needs to see.
            Ok(Reply::Uses { uses: rows(client, Some(group), true).await? }.into())
        }
        UseCommand::Record { group, kind, on, about, place } => {
            let group = resolve::group(client, &group)?;
            let new = NewUse { kind, on, about: line(&about)?, place: line(&place)? };
            Ok(client.record_use(group, new).await?.into())
        }
        UseCommand::Settle { group, of, outcome, on, sure } => {
            let group = resolve::group(client, &group)?;
            let uses: Vec<UseRow> =
                rows(client, Some(group), false).await?.into_iter().filter(|row| row.seq == of).collect();
            if uses.is_empty() {
                return Err(Code::Unknown.into());
            }
            let shown = serde_json::to_string(&uses).map_err(|_| Failure::from(Code::Malformed))?;
            if let Some(question) = ask_first(&sure, &shown, false, Reply::Uses { uses })? {
                return Ok(question);
            }
            Ok(client.settle_use(group, of, outcome, on).await?.into())
        }
        UseCommand::List { group, open } => {
            let group = group.map(|group| resolve::group(client, &group)).transpose()?;
            Ok(Reply::Uses { uses: rows(client, group, open).await? }.into())
        }
    }
}

async fn rows(client: &Client, group: Option<GroupId>, open: bool) -> Result<Vec<UseRow>> {
    let groups: Vec<GroupId> = match group {
        Some(group) => vec![group],
        None => client.look(|replica| replica.groups().filter(|(_, one)| !one.ended()).map(|(id, _)| id).collect()),
    };
    let mut rows = Vec::new();
    for group in groups {
        let Ok(uses) = client.uses(group) else { continue };
        let waiting = client.uses_to_settle(group)?;
        let people = uses
            .iter()
            .flat_map(|(_, one)| std::iter::once(one.recorded.user).chain(one.settled.map(|settled| settled.by.user)));
        let people = People::of(client, people.collect::<Vec<_>>()).await?;
        let label = client.label(group).map(|label| label.to_string());
        for (seq, one) in uses.into_iter().filter(|(seq, _)| !open || waiting.contains(seq)) {
            // Only who governs the group is sent them.
            let details = client.use_details(group, seq).await.ok();
            let by = |by| client.look(|replica| people.by(replica.registry().now(), by));
            rows.push(UseRow {
                group,
                label: label.clone(),
                seq,
                use_kind: one.kind,
                on: one.on,
                consent: one.consent,
                recorded: one.recorded.time,
                recorded_by: by(one.recorded),
                about: details.as_ref().map(|details| details.about.to_string()),
                place: details.map(|details| details.place.to_string()),
                to_settle: waiting.contains(&seq),
                settled: one.settled.map(|settled| SettledRow {
                    outcome: settled.outcome,
                    on: settled.on,
                    at: settled.by.time,
                    by: by(settled.by),
                }),
            });
        }
    }
    Ok(rows)
}

/// Form 3 as it is recorded, with the names for those who govern the group.
pub(super) async fn form(client: &Client, group: GroupId) -> Result<Outcome> {
    let record = client.look(|replica| replica.group(group)?.group()?.consent().cloned());
    let record = record.ok_or_else(|| Failure::from(Code::ConsentMissing))?;
    let people = People::of(client, [record.recorded.user]).await?;
    let (names, unreadable) = match client.consent_names(group).await {
        Ok(names) => (Some(names), None),
        Err(fault) => (None, Some(fault.code)),
    };
    let form = FormRow {
        group,
        by: record.consent.by,
        signed_on: record.consent.signed_on,
        copy_given_on: record.consent.copy_given_on,
        scan: record.consent.scan,
        recorded: record.recorded.time,
        recorded_by: client.look(|replica| people.by(replica.registry().now(), record.recorded)),
        name: names.as_ref().map(|names| names.name.to_string()),
        relation: names.and_then(|names| names.relation).map(|relation| relation.to_string()),
        unreadable,
    };
    Ok(Reply::Form(Box::new(form)).into())
}
