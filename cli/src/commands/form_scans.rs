//! Scans of Forms 1 and 2 (A3.1, A9.1): deposited, listed, looked at under a watermark, let go.

use renkei_client_core::client::Client;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::form_scan::FormRef;
use renkei_client_core::proto::id::UserId;

use super::files::viewed;
use super::{Outcome, People, place, scans};
use crate::args::form_scans::{FormScanCommand, Which};
use crate::failure::Result;
use crate::reply::{FormScanRow, Reply};
use crate::resolve;

pub(super) async fn run(client: &Client, command: FormScanCommand) -> Result<Outcome> {
    match command {
        FormScanCommand::Deposit { form, file } => {
            let form = which(client, form).await?;
            Ok(client.deposit_form_scan(form, scans::read(file).await?).await?.into())
        }
        FormScanCommand::List { missing } => Ok(Reply::FormScans { forms: rows(client, missing).await? }.into()),
        FormScanCommand::View { form } => {
            let form = which(client, form).await?;
            viewed(client, &client.open_form_scan(form).await?).await
        }
        FormScanCommand::LetGo { deposit } => Ok(client.let_go_form_scan(deposit).await?.into()),
    }
}

/// The form that was meant: of a person the last one that has a scan, if no other was named.
async fn which(client: &Client, which: Which) -> Result<FormRef> {
    if let Some(facility) = which.facility {
        return Ok(FormRef::Facility { facility: resolve::facility(client, &facility)? });
    }
    let user = resolve::user(client, &which.staff.unwrap_or_default()).await?;
    let forms = client.form_scans().into_iter().map(|row| row.form);
    let mut theirs = forms.filter(|form| match form {
        FormRef::Staff { user: whose, filed, .. } => *whose == user && which.filed.is_none_or(|only| only == *filed),
        FormRef::Facility { .. } => false,
    });
    Ok(theirs.next_back().ok_or(Code::Unknown)?)
}

async fn rows(client: &Client, missing: bool) -> Result<Vec<FormScanRow>> {
    let all: Vec<_> = client.form_scans().into_iter().filter(|row| !missing || row.deposit.is_none()).collect();
    let whose = |form: FormRef| match form {
        FormRef::Staff { user, .. } => Some(user),
        FormRef::Facility { .. } => None,
    };
    let by = all.iter().filter_map(|row| row.deposit.as_ref().map(|(_, deposit)| deposit.by));
    let users: Vec<UserId> = by.chain(all.iter().filter_map(|row| whose(row.form))).collect();
    let people = People::of(client, users).await?;
    let row = |row: renkei_client_core::form_scans::FormScanRow| FormScanRow {
        facility: client.look(|replica| place(replica.registry().now(), row.form.facility())),
        person: whose(row.form).map(|user| people.who(user)),
        form: row.form,
        filed: row.filed,
        on: row.on,
        scan: row.scan,
        deposit: row.deposit.as_ref().map(|(at, _)| *at),
        deposited: row.deposit.as_ref().map(|(_, deposit)| deposit.at),
        deposited_by: row.deposit.as_ref().map(|(_, deposit)| people.who(deposit.by)),
        replaced: row.replaced,
        due: row.due,
        to_file: row.to_file,
    };
    Ok(all.into_iter().map(row).collect())
}
