//! Urgent messages (U1).

use renkei_client_core::calls::{Called, Urgent};
use renkei_client_core::client::Client;
use renkei_client_core::policy::group::u1_calls::{Matter, Over};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::sync::CallMatter;
use renkei_client_core::proto::id::UserId;

use super::{Outcome, People};
use crate::agent::protocol::Response;
use crate::agent::serve::Lines;
use crate::args::urgent::UrgentCommand;
use crate::failure::{Failure, Result};
use crate::reply::Reply;
use crate::reply::urgent::{CalledRow, CalledState, UrgentRow};
use crate::resolve;

pub(super) async fn run(client: &Client, command: UrgentCommand) -> Result<Outcome> {
    match command {
        UrgentCommand::List => Ok(Reply::Urgent { urgent: rows(client, client.urgent()).await? }.into()),
        // The agent's own: it answers line by line.
        UrgentCommand::Watch => Err(Code::OutOfOrder.into()),
        UrgentCommand::Call { group, message, users } => {
            let group = resolve::group(client, &group)?;
            let of = people(client, &users).await?;
            Ok(client.call(group, message, &of).await?.into())
        }
        UrgentCommand::Ack { group, call } => {
            let group = resolve::group(client, &group)?;
            Ok(client.acknowledge(group, call).await?.into())
        }
        UrgentCommand::StandIn { group, user, .. } => {
            let group = resolve::group(client, &group)?;
            let user = match user {
                Some(user) => Some(resolve::user(client, &user).await?),
                None => None,
            };
            Ok(client.name_stand_in(group, user).await?.into())
        }
        UrgentCommand::QuietHours { hours: None, none: false } => {
            Ok(Reply::QuietHours { hours: client.quiet_hours(client.user()) }.into())
        }
        UrgentCommand::QuietHours { hours, .. } => Ok(client.set_quiet_hours(hours).await?.into()),
    }
}

/// People by what was typed, each once.
pub(super) async fn people(client: &Client, users: &[String]) -> Result<Vec<UserId>> {
    let mut found: Vec<UserId> = Vec::new();
    for user in users {
        let user = resolve::user(client, user).await?;
        if !found.contains(&user) {
            found.push(user);
        }
    }
    let most = renkei_client_core::proto::bounds::CALLED;
    if found.len() > most { Err(Failure::about(Code::TooLarge, format!("≤ {most}"))) } else { Ok(found) }
}

/// Says what rings each time that it does, and when it is time to telephone, until somebody stops it.
pub(crate) async fn watch(client: &Client, lines: &mut Lines) -> Result<Reply> {
    let mut rung = client.rung();
    let mut over = client.connection();
    rung.mark_changed();
    loop {
        tokio::select! {
            changed = rung.changed() => changed.map_err(|_| Code::SessionEnded)?,
            _ = over.wait_for(|how| matches!(how, renkei_client_core::client::Connection::Over(_))) => {
                return Err(Code::SessionEnded.into());
            }
        }
        rung.mark_unchanged();
        let urgent: Vec<Urgent> = client.urgent().into_iter().filter(|one| one.matter.is_some()).collect();
        if urgent.is_empty() {
            continue;
        }
        let urgent = rows(client, urgent).await?;
        if !lines.send(&Response::Line(Reply::Rings { urgent })).await {
            return Ok(Reply::Done);
        }
    }
}

async fn rows(client: &Client, urgent: Vec<Urgent>) -> Result<Vec<UrgentRow>> {
    let people = People::of(client, users_of(&urgent)).await?;
    let row = |one: Urgent| UrgentRow {
        group: one.group,
        label: client.label(one.group).map(|label| label.to_string()),
        call: one.call,
        message: one.message,
        text: text_of(client, &one),
        by: people.who(one.by),
        time: one.time,
        matter: one.matter.map(matter),
        people: one.people.iter().map(|called| called_row(called, &people)).collect(),
    };
    Ok(urgent.into_iter().map(row).collect())
}

/// Everybody whose name the list needs.
fn users_of(urgent: &[Urgent]) -> Vec<UserId> {
    let mut users = Vec::new();
    for one in urgent {
        users.push(one.by);
        for called in &one.people {
            users.push(called.line.user);
            users.extend(called.line.stand_in);
            if let Some(Over::Acknowledged(by) | Over::CalledOff(by)) = called.line.over {
                users.push(by.user);
            }
        }
    }
    users
}

fn text_of(client: &Client, one: &Urgent) -> Option<String> {
    let read = client.read(one.group, one.message).ok()?;
    read.into_iter().find(|shown| shown.seq == one.message)?.text.ok()
}

fn matter(matter: Matter) -> CallMatter {
    match matter {
        Matter::Rings => CallMatter::Rings,
        Matter::Waits => CallMatter::Waits,
        Matter::Telephone => CallMatter::Telephone,
    }
}

fn called_row(called: &Called, people: &People) -> CalledRow {
    let (line, stage) = (called.line, called.line.stage);
    let (state, by) = match line.over {
        Some(Over::Acknowledged(by)) => (CalledState::Acknowledged, Some(by)),
        Some(Over::CalledOff(by)) => (CalledState::CalledOff, Some(by)),
        Some(Over::Retracted) => (CalledState::Retracted, None),
        Some(Over::Stopped) => (CalledState::Stopped, None),
        Some(Over::Gone) => (CalledState::Gone, None),
        Some(Over::Expired) => (CalledState::Expired, None),
        None if stage.telephone => (CalledState::Telephone, None),
        None if stage.stand_in_called => (CalledState::StandIn, None),
        None => (CalledState::Rings, None),
    };
    CalledRow {
        who: people.who(line.user),
        state,
        stand_in: line.stand_in.map(|user| people.who(user)),
        by: by.map(|by| people.who(by.user)),
        at: by.map(|by| by.time),
        telephone: called.telephone.clone(),
    }
}
