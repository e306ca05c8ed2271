//! Where people are signed in, and what the association and the facility have set.

use renkei_client_core::client::Client;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::RecoveryCodes;
use renkei_client_core::proto::id::{SessionId, UserId};
use renkei_client_core::proto::settings::Setting;

use super::{Outcome, about, own_facility, who_one};
use crate::args::request::Sure;
use crate::args::session::{RulesCommand, SessionCommand};
use crate::failure::Result;
use crate::reply::{About, Proposed, Reply, SessionLine};
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
        SessionCommand::End { session, user, sure } => {
            let user = whose(client, user.as_deref()).await?;
            let rows = client.sessions(user).await?;
            let known: Vec<(SessionId, String)> = rows.iter().map(|row| (row.session, String::new())).collect();
            let session = resolve::one(&session, &known)?;
            if let Some(row) = rows.iter().find(|row| row.session == session) {
                let here = row.device == client.device();
                let who = who_one(client, user).await;
                let what = About::EndSession { who, session, device: row.device, since: row.since, here };
                if let Some(question) = about::ask(&sure, what)? {
                    return Ok(question);
                }
            }
            client.end_session(user, session).await?;
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

/// New codes make the printed ones worthless.
pub(super) async fn renew_codes(client: &Client, sure: &Sure) -> Result<Outcome> {
    let who = who_one(client, client.user()).await;
    if let Some(question) = about::ask(sure, About::RecoveryCodes { who })? {
        return Ok(question);
    }
    Ok(recovery_codes(&client.new_recovery_codes().await?).into())
}

/// Recovery codes as they are shown, once.
pub(crate) fn recovery_codes(codes: &RecoveryCodes) -> Reply {
    Reply::RecoveryCodes { codes: codes.as_slice().iter().map(|code| code.text().to_string()).collect() }
}

pub(super) async fn step_up(client: &Client, code: Option<crate::secrets::Secret>) -> Result<Outcome> {
    client.step_up(code.ok_or(Code::BadInput)?.totp()?).await?;
    Ok(Reply::Done.into())
}
