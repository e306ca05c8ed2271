//! Reports that something went wrong (S5), and what is done about it (S7).

use renkei_client_core::client::Client;
use renkei_client_core::incidents::{Incident, Wrong};
use renkei_client_core::inquiries::Inquiry;
use renkei_client_core::policy::group::a14_inquiries::{InquiryState, Turn};
use renkei_client_core::proto::act::{InquiryEnd, MessageRef};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::id::{GroupId, UserId};
use renkei_client_core::proto::time::DAY;

use super::inquiries::words;
use super::{Outcome, People, about, line, messages};
use crate::args::care::Read;
use crate::args::desk::IncidentCommand;
use crate::failure::Result;
use crate::reply::Reply;
use crate::reply::desk::{IncidentRow, MeasureRow};
use crate::resolve;

pub(super) async fn run(client: &Client, command: IncidentCommand) -> Result<Outcome> {
    super::in_order(client)?;
    match command {
        IncidentCommand::Report { kind, subject, group, message, text, sure } => {
            let (subject, text) = (line(&subject)?, words(text)?);
            let group = group.map(|group| resolve::group(client, &group)).transpose()?;
            let about = group.zip(message).map(|(group, message)| MessageRef { group, message });
            if let Some(about) = about {
                // That there is such a message is known before anybody is told of it.
                let there =
                    client.look(|replica| Some(replica.group(about.group)?.group()?.written_at(about.message)?.seq));
                there.ok_or(Code::Unknown)?;
            }
            if let Some(question) = about::ask_identifying(client, &sure, None, &format!("{subject}\n{text}"))? {
                return Ok(question);
            }
            let wrong = Wrong { kind, about, noticed: client.now() };
            let incident = client.report_incident(subject, wrong, &text).await?;
            Ok(Reply::Incident { incident }.into())
        }
        IncidentCommand::List { all } => list(client, all).await,
        IncidentCommand::Read { incident } => {
            let group = one(client, &incident)?.to_string();
            messages::read(client, &Read { group, from: 0, last: None, follow: false, peek: false }).await
        }
        IncidentCommand::Reply { incident, text, sure } => {
            let (incident, text) = (one(client, &incident)?, words(text)?);
            if let Some(question) = about::ask_identifying(client, &sure, Some(incident), &text)? {
                return Ok(question);
            }
            Ok(client.send(incident, &text).await?.into())
        }
        IncidentCommand::Take { incident } => Ok(client.take_inquiry(one(client, &incident)?).await?.into()),
        IncidentCommand::State { incident, kind } => {
            let room = one(client, &incident)?;
            let noticed = stated(client, room).map_or_else(|| client.now(), |stated| stated.noticed);
            Ok(client.state_incident(room, Wrong { kind, about: None, noticed }).await?.into())
        }
        IncidentCommand::Measure { incident, measure, not_needed, on } => {
            let on = on.or_else(|| client.now().day_in_japan()).ok_or(Code::BadInput)?;
            Ok(client.record_measure(one(client, &incident)?, measure, !not_needed, on).await?.into())
        }
        IncidentCommand::Close { incident } => {
            Ok(client.close_inquiry(one(client, &incident)?, InquiryEnd::Settled).await?.into())
        }
        IncidentCommand::Reopen { incident } => Ok(client.reopen_inquiry(one(client, &incident)?).await?.into()),
    }
}

fn stated(client: &Client, room: GroupId) -> Option<renkei_client_core::policy::group::s5_incidents::Stated> {
    client.look(|replica| replica.group(room)?.group()?.incident())
}

/// A report by identifier, the beginning of one, or its subject.
fn one(client: &Client, text: &str) -> Result<GroupId> {
    let subject = |id| client.label(id).map_or(String::new(), |label| label.to_string());
    let all: Vec<_> = client.incidents().iter().map(|one| (one.group, subject(one.group))).collect();
    resolve::one(text, &all)
}

async fn list(client: &Client, with_closed: bool) -> Result<Outcome> {
    let mut all = client.incidents();
    all.retain(|one| with_closed || one.state != InquiryState::Closed);
    let of = |one: &Inquiry| {
        let incident = one.incident.iter();
        let recorded = incident.flat_map(|one| one.measures.iter().map(|(_, recorded)| recorded.by.user));
        [one.asker].into_iter().chain(one.taken.map(|by| by.user)).chain(recorded).collect::<Vec<UserId>>()
    };
    let people = People::of(client, all.iter().flat_map(of).collect::<Vec<UserId>>()).await?;
    let now = client.look(renkei_client_core::replica::Replica::time);
    let row = |one: Inquiry| {
        let Incident { stated, measures, missing } = one.incident?;
        let measure = |(measure, recorded): (_, renkei_client_core::policy::group::s5_incidents::Recorded)| {
            MeasureRow { measure, done: recorded.done, on: recorded.on, by: people.who(recorded.by.user) }
        };
        Some(IncidentRow {
            incident: one.group,
            subject: client.label(one.group).map(|label| label.to_string()),
            what: stated.map(|stated| stated.kind),
            group: stated.and_then(|stated| stated.about).map(|about| about.group),
            label: stated.and_then(|stated| client.label(stated.about?.group)).map(|label| label.to_string()),
            message: stated.and_then(|stated| stated.about).map(|about| about.message),
            noticed: stated.map(|stated| stated.noticed),
            reporter: people.who(one.asker),
            opened: one.opened,
            state: one.state,
            taken_by: one.taken.map(|by| people.who(by.user)),
            waits_days: if one.turn == Turn::Nobody { 0 } else { now.since(one.written.unwrap_or(one.opened)) / DAY },
            measures: measures.into_iter().map(measure).collect(),
            missing,
        })
    };
    Ok(Reply::Incidents { incidents: all.into_iter().filter_map(row).collect() }.into())
}
