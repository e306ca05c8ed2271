//! Deputies of the SNS administrators (A8.3).

use renkei_client_core::client::Client;
use renkei_client_core::policy::registry::View;
use renkei_client_core::proto::id::UserId;
use renkei_client_core::proto::time::Time;
use renkei_client_core::replica::Replica;

use super::staff::rows;
use super::{Outcome, ask_first, own_facility};
use crate::args::deputy::DeputyCommand;
use crate::args::forms;
use crate::failure::Result;
use crate::reply::{DeputyRow, Reply};
use crate::resolve;

pub(super) async fn run(client: &Client, command: DeputyCommand) -> Result<Outcome> {
    match command {
        DeputyCommand::Name { user, from, until, sure } => {
            let user = resolve::user(client, &user).await?;
            // Whom somebody lets decide in the own place is looked at once more.
            let about = Reply::Staff { people: rows(client, |one| one == user).await? };
            if let Some(question) = ask_first(&sure, &user.to_string(), false, about)? {
                return Ok(question);
            }
            let from = from.map_or_else(|| Ok(client.look(Replica::time)), forms::start_of)?;
            Ok(client.name_deputy(user, from, forms::end_of(until)?).await?.into())
        }
        DeputyCommand::End { user } => {
            let user = resolve::user(client, &user).await?;
            Ok(client.end_deputy(user).await?.into())
        }
        DeputyCommand::List => {
            let facility = own_facility(client)?;
            let deputies: Vec<UserId> = client.look(|replica| {
                replica.registry().now().deputies(facility, replica.time()).map(|(user, _)| user).collect()
            });
            let people = rows(client, |user| deputies.contains(&user)).await?;
            Ok(Reply::Staff { people }.into())
        }
    }
}

/// The person's time as a deputy, running or to come.
pub(super) fn row(view: View<'_>, user: UserId, time: Time) -> Option<DeputyRow> {
    let facility = view.user(user)?.facility;
    let one = view.deputyship(user, time).filter(|_| view.named_deputy(user, facility))?;
    Some(DeputyRow { from: one.from, until: one.until, now: view.is_deputy(user, facility, time) })
}
