//! Inquiries to the Desk (A14.1).

use renkei_client_core::client::Client;
use renkei_client_core::inquiries::Inquiry;
use renkei_client_core::policy::group::a14_inquiries::{InquiryState, Turn};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::id::{GroupId, UserId};
use renkei_client_core::proto::time::DAY;

use super::{Outcome, People, about, line, messages};
use crate::args::care::Read;
use crate::args::desk::InquiryCommand;
use crate::failure::{Failure, Result};
use crate::reply::Reply;
use crate::reply::desk::{InquiryCount, InquiryRow};
use crate::resolve;

const STATES: [InquiryState; 4] =
    [InquiryState::Open, InquiryState::Taken, InquiryState::Answered, InquiryState::Closed];

pub(super) async fn run(client: &Client, command: InquiryCommand) -> Result<Outcome> {
    super::in_order(client)?;
    match command {
        InquiryCommand::Open { subject, text, sure } => {
            let (subject, text) = (line(&subject)?, words(text)?);
            if let Some(question) = about::ask_identifying(client, &sure, None, &format!("{subject}\n{text}"))? {
                return Ok(question);
            }
            let inquiry = client.open_inquiry(subject, &text).await?;
            Ok(Reply::Inquiry { inquiry }.into())
        }
        InquiryCommand::List { all } => list(client, all).await,
        InquiryCommand::Read { inquiry } => {
            let group = one(client, &inquiry)?.to_string();
            messages::read(client, &Read { group, from: 0, last: None, follow: false, peek: false }).await
        }
        InquiryCommand::Reply { inquiry, text, sure } => {
            let (inquiry, text) = (one(client, &inquiry)?, words(text)?);
            if let Some(question) = about::ask_identifying(client, &sure, Some(inquiry), &text)? {
                return Ok(question);
            }
            Ok(client.send(inquiry, &text).await?.into())
        }
        InquiryCommand::Take { inquiry } => Ok(client.take_inquiry(one(client, &inquiry)?).await?.into()),
        InquiryCommand::Answer { inquiry, text, sure } => {
            let (inquiry, text) = (one(client, &inquiry)?, words(text)?);
            if let Some(question) = about::ask_identifying(client, &sure, Some(inquiry), &text)? {
                return Ok(question);
            }
            Ok(client.answer_inquiry(inquiry, &text).await?.into())
        }
        InquiryCommand::Close { inquiry, reason } => {
            let group = one(client, &inquiry)?;
            let reason = reason.map_or_else(|| client.usual_end(group), Ok)?;
            Ok(client.close_inquiry(group, reason).await?.into())
        }
        InquiryCommand::Reopen { inquiry } => Ok(client.reopen_inquiry(one(client, &inquiry)?).await?.into()),
    }
}

pub(super) fn words(text: Option<String>) -> Result<String> {
    text.filter(|text| !text.trim().is_empty()).ok_or_else(|| Failure::from(Code::BadInput))
}

/// An inquiry by identifier, the beginning of one, or its subject.
fn one(client: &Client, text: &str) -> Result<GroupId> {
    let subject = |id| client.label(id).map_or(String::new(), |label| label.to_string());
    let all: Vec<_> = client.inquiries().iter().map(|one| (one.group, subject(one.group))).collect();
    resolve::one(text, &all)
}

async fn list(client: &Client, with_closed: bool) -> Result<Outcome> {
    let all = client.inquiries();
    let users = all.iter().flat_map(|one| [one.asker].into_iter().chain(one.taken.map(|by| by.user)));
    let people = People::of(client, users.collect::<Vec<UserId>>()).await?;
    let now = client.look(renkei_client_core::replica::Replica::time);
    let row = |one: &Inquiry| InquiryRow {
        inquiry: one.group,
        subject: client.label(one.group).map(|label| label.to_string()),
        asker: people.who(one.asker),
        opened: one.opened,
        state: one.state,
        turn: one.turn,
        taken_by: one.taken.map(|by| people.who(by.user)),
        written: one.written,
        waits_days: if one.turn == Turn::Nobody { 0 } else { now.since(one.written.unwrap_or(one.opened)) / DAY },
        closed: one.closed.map(|(_, reason)| reason),
        closable: one.closable,
    };
    let counts = STATES.map(|state| {
        let of = || all.iter().filter(|one| one.state == state);
        InquiryCount { state, inquiries: of().count(), oldest: of().map(|one| one.opened).min() }
    });
    let shown = all.iter().filter(|one| with_closed || one.state != InquiryState::Closed);
    Ok(Reply::Inquiries { inquiries: shown.map(row).collect(), counts: counts.to_vec() }.into())
}
