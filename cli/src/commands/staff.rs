//! Staff of one's own facility.

use renkei_client_core::client::Client;
use renkei_client_core::office;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::id::UserId;

use super::{Outcome, People, ask_first, deputy, own_facility};
use crate::args::office::StaffCommand;
use crate::failure::Result;
use crate::reply::{Reply, StaffRow};
use crate::resolve;

pub(super) async fn run(client: &Client, command: StaffCommand) -> Result<Outcome> {
    match command {
        StaffCommand::Add { person, profession, pledge } => {
            let details = office::details(&person.name, person.kana.as_deref())?;
            let user = client.register_staff(profession, details, pledge.pledge()).await?;
            Ok(Reply::User { user }.into())
        }
        StaffCommand::List => {
            let facility = own_facility(client)?;
            let here = |user| {
                client.look(|replica| {
                    replica.registry().now().user(user).is_some_and(|person| person.facility == facility)
                })
            };
            let people = rows(client, here).await?;
            Ok(Reply::Staff { people }.into())
        }
        StaffCommand::Pledge { user, pledge } => {
            let pledge = pledge.required()?;
            let user = resolve::user(client, &user).await?;
            Ok(client.record_pledge(user, pledge).await?.into())
        }
        StaffCommand::End { user, sure } => {
            let user = resolve::user(client, &user).await?;
            let people = rows(client, |id| id == user).await?;
            if let Some(question) = ask_first(&sure, &user.to_string(), false, Reply::Staff { people })? {
                return Ok(question);
            }
            Ok(client.end_user(user).await?.into())
        }
        StaffCommand::Reset { user, sure } => {
            let user = resolve::user(client, &user).await?;
            let people = rows(client, |id| id == user).await?;
            if let Some(question) = ask_first(&sure, &user.to_string(), false, Reply::Staff { people })? {
                return Ok(question);
            }
            let done = client.reset_factors(user).await?;
            let waits = client.look(|replica| {
                renkei_client_core::policy::registry::a08_factors::waiting(replica.registry().now(), user, done.time)
            });
            Ok(Reply::Reset { user, waits }.into())
        }
        StaffCommand::Unlock { user } => {
            let user = resolve::user(client, &user).await?;
            Ok(client.lift_lockout(user).await?.into())
        }
        StaffCommand::Grant { user } => {
            let user = resolve::user(client, &user).await?;
            Ok(client.set_group_manager(user, true).await?.into())
        }
        StaffCommand::Deputy(command) => deputy::run(client, command).await,
        // Answers line by line.
        StaffCommand::Import { .. } => Err(Code::OutOfOrder.into()),
        StaffCommand::Revoke { user } => {
            let user = resolve::user(client, &user).await?;
            Ok(client.set_group_manager(user, false).await?.into())
        }
        StaffCommand::Suspend { user, sure } => {
            let user = resolve::user(client, &user).await?;
            let people = rows(client, |id| id == user).await?;
            if let Some(question) = ask_first(&sure, &user.to_string(), false, Reply::Staff { people })? {
                return Ok(question);
            }
            Ok(client.suspend_user(user, true).await?.into())
        }
        StaffCommand::Resume { user } => {
            let user = resolve::user(client, &user).await?;
            Ok(client.suspend_user(user, false).await?.into())
        }
    }
}

/// The people whom `which` names.
pub(super) async fn rows(client: &Client, which: impl Fn(UserId) -> bool) -> Result<Vec<StaffRow>> {
    let all: Vec<UserId> = client.look(|replica| replica.registry().now().users().map(|(id, _)| id).collect());
    let users: Vec<UserId> = all.into_iter().filter(|user| which(*user)).collect();
    let people = People::of(client, users.iter().copied()).await?;
    let names = client.names(&users).await.unwrap_or_default();
    let kana = |user: UserId| {
        let details = names.iter().find(|(of, _)| *of == user);
        details.and_then(|(_, details)| details.kana.as_ref()).map(ToString::to_string)
    };
    Ok(client.look(|replica| {
        let view = replica.registry().now();
        let row = |user: &UserId| {
            let person = view.user(*user)?;
            Some(StaffRow {
                who: people.who(*user),
                kana: kana(*user),
                active: view.active_user(*user),
                facility_manager: view.manager(person.facility) == Some(*user),
                administrator: view.holds_office(*user, person.facility),
                group_manager: view.is_group_manager(*user, person.facility),
                pledge: !person.pledge.is_empty(),
                devices: view.active_devices(*user).count(),
                suspended: view.user_suspended(*user),
                farewell: view.farewell(*user),
                deputy: deputy::row(view, *user, replica.time()),
            })
        };
        users.iter().filter_map(row).collect()
    }))
}
