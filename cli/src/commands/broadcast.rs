//! Emergency broadcasts (S6).

use renkei_client_core::client::Client;
use renkei_client_core::policy::registry::s6_broadcasts::Broadcast;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::hash::sha256;
use renkei_client_core::proto::id::UserId;
use renkei_client_core::proto::text::Prose;

use super::{Outcome, People, ask_first};
use crate::args::broadcast::BroadcastCommand;
use crate::failure::{Failure, Result};
use crate::reply::Reply;
use crate::reply::broadcast::{BroadcastRow, SafetyRow};

pub(super) async fn run(client: &Client, command: BroadcastCommand) -> Result<Outcome> {
    match command {
        BroadcastCommand::Send { text, drill, sure } => {
            let text = Prose::new(text.trim()).map_err(|bad| Failure::about(Code::BadInput, bad.to_string()))?;
            // Everybody is told: what is sent is looked at once more.
            let shown = sha256(format!("{drill} {text}").as_bytes()).to_string();
            let about = Reply::BroadcastDraft { text: text.to_string(), drill };
            if let Some(question) = ask_first(&sure, &shown, false, about)? {
                return Ok(question);
            }
            Ok(Reply::Broadcast { broadcast: client.broadcast(drill, text).await? }.into())
        }
        BroadcastCommand::List { all } => Ok(Reply::Broadcasts { broadcasts: rows(client, all).await? }.into()),
        BroadcastCommand::Answer { says, broadcast } => {
            client.answer_broadcast(which(client, broadcast)?, says).await?;
            Ok(Reply::Done.into())
        }
        BroadcastCommand::People { broadcast } => {
            let people = client.how_people_are(which(client, broadcast)?).await?;
            if people.forged > 0 {
                return Err(Code::NotAuthentic.into());
            }
            let users: Vec<UserId> = people.said.keys().chain(&people.silent).copied().collect();
            let names = People::of(client, users).await?;
            let said = people.said.iter().map(|(user, answer)| SafetyRow {
                who: names.who(*user),
                says: Some(answer.says),
                at: Some(answer.at),
            });
            let silent = people.silent.iter().map(|user| SafetyRow { who: names.who(*user), says: None, at: None });
            let mut rows: Vec<SafetyRow> = said.chain(silent).collect();
            // Who needs help first, then who has said nothing.
            rows.sort_by_key(|row| {
                use renkei_client_core::proto::safety::Safety::{NeedsHelp, Received, Safe};
                match row.says {
                    Some(NeedsHelp) => 0,
                    None => 1,
                    Some(Received) => 2,
                    Some(Safe) => 3,
                }
            });
            Ok(Reply::HowPeopleAre { people: rows }.into())
        }
        BroadcastCommand::Close { broadcast } => Ok(client.close_broadcast(broadcast).await?.into()),
    }
}

/// The one that is meant: the latest that is not over, where none is named.
fn which(client: &Client, broadcast: Option<u64>) -> Result<u64> {
    let latest = || client.broadcasts(false).first().map(|one| one.seq);
    broadcast.or_else(latest).ok_or_else(|| Code::NothingToDo.into())
}

async fn rows(client: &Client, all: bool) -> Result<Vec<BroadcastRow>> {
    let broadcasts = client.broadcasts(all);
    let people = People::of(client, broadcasts.iter().map(|one| one.by).collect::<Vec<_>>()).await?;
    let mut rows = Vec::with_capacity(broadcasts.len());
    for Broadcast { seq, time, by, drill, text, closed } in broadcasts {
        // Offline, what one has answered is not known here.
        let said = client.how_people_are(seq).await.ok();
        let said = said.and_then(|people| people.said.get(&client.user()).map(|answer| answer.says));
        let closed = closed.map(|(_, time, _)| time);
        rows.push(BroadcastRow { broadcast: seq, time, by: people.who(by), drill, text, closed, said });
    }
    Ok(rows)
}
