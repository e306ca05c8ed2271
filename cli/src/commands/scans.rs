//! Scans of a group's forms (A6.1): with the group, and looked at under a watermark.

use std::path::{Path, PathBuf};

use renkei_client_core::client::Client;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::id::GroupId;
use renkei_client_core::scans::ScanFile;

use super::files::viewed;
use super::{Outcome, People, form_scans, in_order};
use crate::args::forms::Scan;
use crate::args::scans::ScanCommand;
use crate::failure::{Failure, Result};
use crate::reply::{Reply, ScanRow};
use crate::resolve;

pub(super) async fn run(client: &Client, command: ScanCommand) -> Result<Outcome> {
    in_order(client)?;
    match command {
        ScanCommand::Deposit { group, of, file } => {
            let group = resolve::group(client, &group)?;
            Ok(client.deposit_scan(group, of, read(file).await?).await?.into())
        }
        ScanCommand::List { group, missing } => {
            let group = group.map(|group| resolve::group(client, &group)).transpose()?;
            Ok(Reply::Scans { forms: rows(client, group, missing).await? }.into())
        }
        ScanCommand::Form(command) => form_scans::run(client, command).await,
        ScanCommand::View { group, of } => {
            let group = resolve::group(client, &group)?;
            viewed(client, &client.open_scan(group, of).await?).await
        }
    }
}

/// Reads and recognises a scan, not on the thread that keeps the connection.
pub(super) async fn read(path: PathBuf) -> Result<ScanFile> {
    let about = |path: &Path, code: Code| Failure::about(code, path.display().to_string());
    let read = move || ScanFile::read(&path).map_err(|fault| about(&path, fault.code));
    tokio::task::spawn_blocking(read).await.map_err(|_| Failure::from(Code::BadInput))?
}

/// A scan that was given with its form: the file, if it was one, read before anything is recorded.
pub(super) async fn given(scan: Scan) -> Result<(Hash32, Option<ScanFile>)> {
    let Some(path) = scan.file else { return Ok((scan.hash, None)) };
    let file = read(path.clone()).await?;
    if file.hash() == scan.hash {
        Ok((scan.hash, Some(file)))
    } else {
        Err(Failure::about(Code::FileChanged, path.display().to_string()))
    }
}

/// Deposits the scan that was given with the form which is recorded at `of`. The form stands in any case: what failed is done
/// again by `scan deposit`.
pub(super) async fn with_form(client: &Client, group: GroupId, of: u64, scan: Option<ScanFile>) -> Result<()> {
    let Some(scan) = scan else { return Ok(()) };
    let deposited = client.deposit_scan(group, of, scan).await;
    deposited.map(drop).map_err(|fault| Failure::about(fault.code, format!("renkei scan deposit {group} {of} FILE")))
}

async fn rows(client: &Client, group: Option<GroupId>, missing: bool) -> Result<Vec<ScanRow>> {
    let all = client.look(|replica| {
        let here = replica.groups().filter(|(_, one)| !one.ended());
        here.map(|(id, _)| id).collect::<Vec<_>>()
    });
    let groups = all.into_iter().filter(|id| group.map_or_else(|| client.governs(*id), |only| only == *id));
    let mut rows = Vec::new();
    for group in groups {
        let forms = client.scans(group)?;
        let by = forms.iter().filter_map(|form| form.deposit.map(|(_, deposit)| deposit.by.user));
        let people = People::of(client, by.collect::<Vec<_>>()).await?;
        let label = client.label(group).map(|label| label.to_string());
        let to_open = client.governs(group);
        for form in forms.into_iter().filter(|form| !missing || form.deposit.is_none()) {
            let deposit = form.deposit.map(|(_, deposit)| deposit);
            rows.push(ScanRow {
                group,
                label: label.clone(),
                of: form.of,
                form: form.kind,
                on: form.on,
                scan: form.scan,
                deposited: deposit.map(|deposit| deposit.by.time),
                deposited_by: deposit
                    .map(|deposit| client.look(|replica| people.by(replica.registry().now(), deposit.by))),
                to_open: to_open && deposit.is_some(),
            });
        }
    }
    Ok(rows)
}
