//! Where people are signed in, and what the association and the facility have set.

use renkei_client_core::client::Client;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::RecoveryCodes;
use renkei_client_core::proto::id::{SessionId, UserId};
use renkei_client_core::proto::settings::Setting;

use super::{Outcome, own_facility};
use crate::args::session::{RulesCommand, SessionCommand};
use crate::failure::Result;
use crate::reply::{Proposed, Reply, SessionLine};
use crate::resolve;

async fn whose(client: &Client, user: Option<&str>) -> Result<UserId> {
    match user {
        Some(user) => resolve::user(client, user).await,
        None => Ok(client.user()),
    }
}

pub(super) async fn run(client: &Client, command: SessionCommand) -> Result<Outcome> {
    match command {
        SessionCommand::List { user } => {
            let user = whose(client, user.as_deref()).await?;
            let rows = client.sessions(user).await?;
            let sessions = client.look(|replica| {
                let view = replica.registry().now();
                let line = |row: &renkei_client_core::proto::frame::SessionRow| SessionLine {
                    session: row.session,
                    device: row.device,
                    device_kind: view.device(row.device).map(|device| device.registration.kind),
                    here: row.device == client.device(),
                    since: row.since,
                    idle: row.idle,
                    locked: row.locked,
                };
                rows.iter().map(line).collect()
            });
            Ok(Reply::Sessions { sessions }.into())
        }
        SessionCommand::End { session, user } => {
            let user = whose(client, user.as_deref()).await?;
            let rows = client.sessions(user).await?;
            let known: Vec<(SessionId, String)> = rows.iter().map(|row| (row.session, String::new())).collect();
            client.end_session(user, resolve::one(&session, &known)?).await?;
            Ok(Reply::Done.into())
        }
    }
}

pub(super) async fn rules(client: &Client, command: RulesCommand) -> Result<Outcome> {
    match command {
        RulesCommand::Show => {
            let facility = own_facility(client)?;
            Ok(client.look(|replica| {
                let view = replica.registry().now();
                let proposed = view.proposals().map(|(setting, signed)| Proposed { setting, signed }).collect();
                let (association, own) = (view.rules(None).settings(), view.rules(Some(facility)).settings());
                Reply::Rules { association: association.into(), facility: own.into(), proposed }.into()
            }))
        }
        RulesCommand::Set { setting, facility } => set(client, setting, facility).await,
    }
}

async fn set(client: &Client, setting: Setting, for_facility: bool) -> Result<Outcome> {
    let operator = client.look(|replica| replica.registry().now().is_operator(client.user()));
    let facility = if operator && !for_facility { None } else { Some(own_facility(client)?) };
    Ok(client.set(facility, setting).await?.into())
}

/// Recovery codes as they are shown, once.
pub(crate) fn recovery_codes(codes: &RecoveryCodes) -> Reply {
    Reply::RecoveryCodes { codes: codes.as_slice().iter().map(|code| code.text().to_string()).collect() }
}

pub(super) async fn step_up(client: &Client, code: Option<crate::secrets::Secret>) -> Result<Outcome> {
    client.step_up(code.ok_or(Code::BadInput)?.totp()?).await?;
    Ok(Reply::Done.into())
}
