//! Files of people and facilities (A8.3). They answer line by line: what is done stays told when the connection breaks in
//! the middle.

use std::path::Path;

use renkei_client_core::client::Client;
use renkei_client_core::files;
use renkei_client_core::import::NewFacility;
use renkei_client_core::importing::{Plan, PlannedPerson};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::id::FacilityId;
use renkei_client_core::proto::ticket::Purpose;
use renkei_client_core::random;
use renkei_client_core::table::Table;

use super::who_one;
use crate::agent::protocol::Response;
use crate::agent::serve::Lines;
use crate::failure::{Failure, Result};
use crate::reply::{ImportPlan, ImportPlanRow, ImportedRow, Reply};

/// Registers the people of a file, or says what would come of it.
pub(crate) async fn staff(
    client: &Client,
    file: &Path,
    dry_run: bool,
    tickets: bool,
    lines: &mut Lines,
) -> Result<Reply> {
    let plan = client.plan_staff(file, tickets).await.map_err(|fault| about(fault.into(), file))?;
    let row = |one: &PlannedPerson| ImportPlanRow {
        line: one.line,
        name: one.person.name.to_string(),
        there: one.there.is_some(),
        administrator: one.person.administrator,
        group_manager: one.person.group_manager,
    };
    let shown = shown(&plan, row);
    if !plan.clean() {
        return refuse(shown, file, lines).await;
    }
    if dry_run {
        return Ok(shown);
    }
    let (mut registered, mut passed_over) = (0, 0);
    for planned in &plan.rows {
        let done = client.import_person(planned, tickets).await?;
        *(if done.registered { &mut registered } else { &mut passed_over }) += 1;
        let row = ImportedRow {
            line: planned.line,
            who: who_one(client, done.user).await,
            registered: done.registered,
            link: done.ticket.as_ref().map(|ticket| ticket.link().to_string()),
            expires: done.ticket.as_ref().map(|ticket| ticket.expires),
        };
        // Nobody there to be told: what is left can be done by the next run.
        if !lines.send(&Response::Line(Reply::Imported(Box::new(row)))).await {
            return Err(Code::Unconfirmed.into());
        }
    }
    Ok(Reply::ImportDone { registered, passed_over })
}

/// Issues a ticket to each facility of a file, or says what would come of it.
pub(crate) async fn facilities(client: &Client, file: &Path, out: Option<&str>, lines: &mut Lines) -> Result<Reply> {
    let plan = client.plan_facilities(file).map_err(|fault| about(fault.into(), file))?;
    let row = |(line, one): &(u64, NewFacility)| ImportPlanRow {
        line: *line,
        name: one.name.to_string(),
        there: false,
        administrator: false,
        group_manager: false,
    };
    let shown = shown(&plan, row);
    if !plan.clean() {
        return refuse(shown, file, lines).await;
    }
    let Some(out) = out else { return Ok(shown) };
    let path = Path::new(out);
    let mut written = files::create_private(path).map_err(|fault| about(fault.into(), path))?;
    // Both languages: the file is for whoever writes the letters.
    let mut table = Table::new(["事業所名 name", "事業所ID facility", "登録票 link", "有効期限 until (UTC)"]);
    files::append(&mut written, path, &table.take())?;
    let mut tickets = 0;
    for (_, one) in &plan.rows {
        let facility = FacilityId(random());
        let issued = client.issue_ticket(Purpose::Facility(facility)).await;
        // The tickets that are issued already are in the file: it says which lines are left.
        let ticket = issued.map_err(|fault| about(fault.into(), path))?;
        let until = jiff::Timestamp::from_second(i64::try_from(ticket.expires.0).unwrap_or(i64::MAX));
        let until = until.map(|until| until.to_string()).unwrap_or_default();
        table.row([one.name.as_str(), &facility.to_string(), ticket.link().as_str(), &until]);
        files::append(&mut written, path, &table.take())?;
        tickets += 1;
    }
    Ok(Reply::FacilityTickets { file: out.to_owned(), tickets, findings: plan.findings })
}

fn about(failure: Failure, path: &Path) -> Failure {
    Failure { about: Some(path.display().to_string()), ..failure }
}

fn shown<T>(plan: &Plan<T>, row: impl Fn(&T) -> ImportPlanRow) -> Reply {
    Reply::ImportPlan(Box::new(ImportPlan {
        encoding: plan.encoding,
        clean: plan.clean(),
        rows: plan.rows.iter().map(row).collect(),
        findings: plan.findings.clone(),
    }))
}

/// Everything that is wrong first; then that nothing was done.
async fn refuse(shown: Reply, file: &Path, lines: &mut Lines) -> Result<Reply> {
    lines.send(&Response::Line(shown)).await;
    Err(Failure::about(Code::ImportFaulty, file.display().to_string()))
}
