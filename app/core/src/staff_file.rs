//! A file of people, picked by an administrator with the scans that it names (A8.3): first everything that is wrong with it,
//! line by line; then the same file goes in. What broke off in the middle goes on with the same file: who is registered is
//! passed over.

use std::collections::BTreeMap;

use renkei_client_core::client::Client;
use renkei_client_core::import::Finding;
use renkei_client_core::import::told;
use renkei_client_core::importing::{Given, Plan, PlannedPerson};
use renkei_client_core::proto::bounds;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::hash::sha256;
use renkei_client_core::proto::sentence::Language;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use zeroize::Zeroizing;

use crate::Result;
use crate::deeds::TicketView;
use crate::people::{People, Who};
use crate::secret::Secret;
use crate::trouble::Trouble;

/// A file that was picked.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Picked {
    /// What it is called.
    pub name: String,
    /// Its bytes, in base 64.
    pub content: Secret,
}

/// A file of people, and what lies beside it.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StaffFiles {
    /// The file.
    pub people: Secret,
    /// The scans that it names.
    pub scans: Vec<Picked>,
    /// Whether everybody new gets a ticket.
    pub tickets: bool,
}

/// Something about a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FindingView {
    /// The line, as an editor counts; 0 for the file as a whole.
    #[ts(type = "number")]
    pub line: u64,
    /// The column, in both languages.
    pub column: Option<(String, String)>,
    /// It must be put right first; otherwise it is worth a look.
    pub fault: bool,
    /// 何が違うか、どう直すか.
    pub ja: String,
    /// The same in English.
    pub en: String,
}

/// What would come of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportRow {
    /// The line.
    #[ts(type = "number")]
    pub line: u64,
    /// The name.
    pub name: String,
    /// Registered already: passed over.
    pub there: bool,
    /// Becomes an SNS administrator.
    pub administrator: bool,
    /// May create groups and invite.
    pub group_manager: bool,
}

/// What would come of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportView {
    /// Nothing stands in the way.
    pub clean: bool,
    /// Its lines.
    pub rows: Vec<ImportRow>,
    /// What is wrong, or worth a look.
    pub findings: Vec<FindingView>,
}

/// What came of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportedRow {
    /// The line.
    #[ts(type = "number")]
    pub line: u64,
    /// Who it is.
    pub who: Who,
    /// Registered now, not before.
    pub registered: bool,
    /// A ticket to hand over.
    pub ticket: Option<TicketView>,
}

/// What came of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportedView {
    /// The lines that are done.
    pub rows: Vec<ImportedRow>,
    /// Why it went no further: the same file goes on from there.
    pub trouble: Option<Trouble>,
}

async fn planned(client: &Client, files: &StaffFiles) -> Result<Plan<PlannedPerson>> {
    let content = files.people.file()?;
    if files.scans.len() > bounds::IMPORT_LINES {
        return Err(Code::TooLarge.into());
    }
    let mut scans = BTreeMap::new();
    for picked in &files.scans {
        let bytes: Zeroizing<Vec<u8>> = picked.content.file()?;
        scans.insert(picked.name.clone(), sha256(&bytes));
    }
    Ok(client.plan_given_staff(Given { content, scans }, files.tickets).await?)
}

fn finding(one: &Finding) -> FindingView {
    let say = |language| told::wrong(&one.what, language);
    let column = |language| one.column.map(|column| told::column(column, language).to_owned());
    FindingView {
        line: one.line,
        column: column(Language::Japanese).zip(column(Language::English)),
        fault: !one.what.is_warning(),
        ja: say(Language::Japanese),
        en: say(Language::English),
    }
}

/// What would come of a file. Nothing is changed.
pub(crate) async fn plan(client: &Client, files: &StaffFiles) -> Result<ImportView> {
    let plan = planned(client, files).await?;
    let row = |one: &PlannedPerson| ImportRow {
        line: one.line,
        name: one.person.name.to_string(),
        there: one.there.is_some(),
        administrator: one.person.administrator,
        group_manager: one.person.group_manager,
    };
    Ok(ImportView {
        clean: plan.clean(),
        rows: plan.rows.iter().map(row).collect(),
        findings: plan.findings.iter().map(finding).collect(),
    })
}

/// Registers the people of a file that has no fault. What is done stays told when it breaks off in the middle.
pub(crate) async fn import(client: &Client, files: &StaffFiles) -> Result<ImportedView> {
    let plan = planned(client, files).await?;
    if !plan.clean() {
        return Err(Code::ImportFaulty.into());
    }
    let (mut rows, mut trouble) = (Vec::new(), None);
    for planned in &plan.rows {
        let done = match client.import_person(planned, files.tickets).await {
            Ok(done) => done,
            Err(fault) if rows.is_empty() => return Err(fault.into()),
            Err(fault) => {
                trouble = Some(fault.into());
                break;
            }
        };
        let ticket = done.ticket.as_ref().map(TicketView::of).transpose()?;
        let who = People::of(client, [done.user]).await?.who(done.user);
        rows.push(ImportedRow { line: planned.line, who, registered: done.registered, ticket });
    }
    Ok(ImportedView { rows, trouble })
}
