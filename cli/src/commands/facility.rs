//! Facilities: tickets, applications, admission, administrators.

use renkei_client_core::client::Client;
use renkei_client_core::office;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::id::FacilityId;
use renkei_client_core::proto::ticket::{Purpose, Ticket};
use renkei_client_core::random;

use super::{Outcome, People, about, ask_first, overview, own_facility, who_one};
use crate::args::office::FacilityCommand;
use crate::failure::{Failure, Result};
use crate::reply::{About, Application, FacilityRow, Reply};
use crate::resolve;

pub(super) async fn run(client: &Client, command: FacilityCommand) -> Result<Outcome> {
    match command {
        // One enrols the device that has no agent yet; the other answers line by line.
        FacilityCommand::Apply(_) | FacilityCommand::Tickets { .. } => Err(Code::OutOfOrder.into()),
        FacilityCommand::Ticket => {
            let ticket = client.issue_ticket(Purpose::Facility(FacilityId(random()))).await?;
            Ok(ticket_reply(&ticket).into())
        }
        FacilityCommand::Applications => {
            let applications = describe(client, client.applications()).await?;
            Ok(Reply::Applications { applications }.into())
        }
        FacilityCommand::Admit { facility, sure } => {
            let facility = resolve::facility(client, &facility)?;
            let waiting = client.applications().into_iter().find(|application| application.facility == facility);
            if let Some(application) = waiting {
                let applications = describe(client, vec![application]).await?;
                let shown = applications.first().map(|one| one.words.latin.clone()).unwrap_or_default();
                if let Some(question) = ask_first(&sure, &shown, true, Reply::Applications { applications })? {
                    return Ok(question);
                }
            }
            Ok(client.admit_facility(facility).await?.into())
        }
        FacilityCommand::End { facility, close_groups, sure } => {
            let facility = resolve::facility(client, &facility)?;
            let Reply::Facilities { facilities } = facilities(client).await? else { return Err(Code::Unknown.into()) };
            let facilities = facilities.into_iter().filter(|one| one.facility == facility).collect();
            let about = Reply::Facilities { facilities };
            if let Some(question) = ask_first(&sure, &format!("{facility} {close_groups}"), false, about)? {
                return Ok(question);
            }
            Ok(client.end_facility(facility, close_groups).await?.into())
        }
        FacilityCommand::List => list(client).await,
        FacilityCommand::Telephone { number, .. } => Ok(client.set_telephone(number).await?.into()),
        FacilityCommand::Overview { csv } => overview::run(client, csv.is_some()).await,
        FacilityCommand::AppointAdministrator { user } => {
            let user = resolve::user(client, &user).await?;
            Ok(client.set_administrator(user, true).await?.into())
        }
        FacilityCommand::DismissAdministrator { user, sure } => {
            let user = resolve::user(client, &user).await?;
            let who = who_one(client, user).await;
            if let Some(question) = about::ask(&sure, About::DismissAdministrator { who })? {
                return Ok(question);
            }
            Ok(client.set_administrator(user, false).await?.into())
        }
        FacilityCommand::HandOver { user, sure } => {
            let user = resolve::user(client, &user).await?;
            let about = super::staff::rows(client, |id| id == user).await?;
            if let Some(question) = ask_first(&sure, &user.to_string(), false, Reply::Staff { people: about })? {
                return Ok(question);
            }
            Ok(client.hand_over_management(user).await?.into())
        }
        FacilityCommand::Suspend { facility, sure } => {
            let facility = match facility {
                Some(facility) => resolve::facility(client, &facility)?,
                None => own_facility(client)?,
            };
            let facilities = rows(client, |id| id == facility).await?;
            let about = Reply::Facilities { facilities };
            if let Some(question) = ask_first(&sure, &facility.to_string(), false, about)? {
                return Ok(question);
            }
            Ok(client.suspend_facility(facility, true).await?.into())
        }
        FacilityCommand::Resume { facility } => {
            let facility = resolve::facility(client, &facility)?;
            Ok(client.suspend_facility(facility, false).await?.into())
        }
    }
}

/// What is shown of a ticket: its link, once.
pub(crate) fn ticket_reply(ticket: &Ticket) -> Reply {
    let (facility, user) = match ticket.purpose {
        Purpose::Facility(facility) => (Some(facility), None),
        Purpose::Device(user) | Purpose::Operator(user) => (None, Some(user)),
    };
    Reply::Ticket { link: ticket.link().to_string(), expires: ticket.expires, facility, user }
}

async fn describe(client: &Client, applications: Vec<office::Application>) -> Result<Vec<Application>> {
    let people = People::of(client, applications.iter().map(|application| application.manager)).await?;
    let described = applications.into_iter().map(|application| Application {
        facility: application.facility,
        name: application.name,
        facility_kind: application.kind,
        association_member: application.association_member,
        manager: people.who(application.manager),
        admitted_by: application.admitted_by,
        words: application.words.into(),
    });
    Ok(described.collect())
}

async fn list(client: &Client) -> Result<Outcome> {
    Ok(facilities(client).await?.into())
}

async fn facilities(client: &Client) -> Result<Reply> {
    let mut facilities = rows(client, |_| true).await?;
    if facilities.is_empty() {
        return Err(Failure::from(Code::NotFounded));
    }
    facilities.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Reply::Facilities { facilities })
}

/// The facilities that `which` names.
async fn rows(client: &Client, which: impl Fn(FacilityId) -> bool) -> Result<Vec<FacilityRow>> {
    let managers: Vec<_> = client.look(|replica| {
        let view = replica.registry().now();
        view.facilities().filter_map(|(id, _)| view.manager(id)).collect()
    });
    let people = People::of(client, managers).await?;
    Ok(client.look(|replica| {
        let view = replica.registry().now();
        let row = |(id, facility): (FacilityId, &renkei_client_core::policy::registry::Facility)| FacilityRow {
            facility: id,
            name: facility.name.clone(),
            facility_kind: facility.kind,
            association_member: facility.association_member,
            admitted: view.admitted(id),
            manager: view.manager(id).map(|user| people.who(user)),
            administrators: view.administrators_in_office(id).count(),
            staff: view.users().filter(|(user, person)| person.facility == id && view.holds_id(*user)).count(),
            suspended: view.facility_suspended(id),
            telephone: view.telephone(id).cloned(),
        };
        view.facilities().filter(|(id, _)| which(*id)).map(row).collect()
    }))
}
