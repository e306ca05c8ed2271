//! Taking information, or a device, out: asked for, decided, exported, seen to at the end (A12.5).

use std::path::Path;

use renkei_client_core::client::Client;
use renkei_client_core::policy::registry::a12_takeout::{StandingPermit, Takeout};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::hash::sha256;
use renkei_client_core::proto::id::{TakeoutId, UserId};
use renkei_client_core::proto::sentence::Language;
use renkei_client_core::proto::takeout::{
    Medium, StandingTakeout, TakeoutForm, TakeoutPurpose, TakeoutRequest, TakeoutSubject,
};
use renkei_client_core::proto::time::Date;
use renkei_client_core::random;
use renkei_client_core::takeout::archive::{PASSPHRASE, Passphrase};

use super::{Outcome, People, ask_first, place};
use crate::args::forms;
use crate::args::takeout::{Places, TakeoutCommand};
use crate::failure::{Failure, Result};
use crate::reply::{Reply, StandingRow, TakeoutCountRow, TakeoutRow};
use crate::resolve;

pub(super) async fn run(client: &Client, command: TakeoutCommand) -> Result<Outcome> {
    match command {
        TakeoutCommand::Request { group, messages, medium, device, purpose, from, until, with } => {
            let (what, medium, device) = match (group, device) {
                (Some(group), _) => {
                    let medium = medium.ok_or_else(|| Failure::about(Code::BadInput, "--medium"))?;
                    let with = with.map_or(Ok(client.device()), |with| resolve::device(client, &with))?;
                    (information(client, &group, messages.as_ref())?, medium, with)
                }
                (None, Some(device)) => (TakeoutSubject::Device, Medium::Device, resolve::device(client, &device)?),
                (None, None) => return Err(Failure::about(Code::BadInput, "--group | --device")),
            };
            request(client, what, medium, device, purpose, from, until).await
        }
        TakeoutCommand::List => {
            let (takeouts, standing) = (rows(client, |_| true).await?, standing(client).await?);
            Ok(Reply::Takeouts { takeouts, standing }.into())
        }
        TakeoutCommand::Approve { takeout, sure } => {
            let takeout = resolve::takeout(client, &takeout)?;
            let signed = known(client, takeout)?.statement;
            let about = Reply::Takeouts { takeouts: rows(client, |id| id == takeout).await?, standing: Vec::new() };
            if let Some(question) = ask_first(&sure, &signed.to_string(), false, about)? {
                return Ok(question);
            }
            Ok(client.decide_takeout(takeout, signed, true).await?.into())
        }
        TakeoutCommand::Refuse { takeout } => {
            let takeout = resolve::takeout(client, &takeout)?;
            let signed = known(client, takeout)?.statement;
            Ok(client.decide_takeout(takeout, signed, false).await?.into())
        }
        TakeoutCommand::Export { takeout, out, passphrase, .. } => {
            let takeout = resolve::takeout(client, &takeout)?;
            let (passphrase, made) = match passphrase {
                Some(chosen) => {
                    let weak = |_| Failure::about(Code::BadInput, format!("--passphrase-fd: ≥ {PASSPHRASE}"));
                    (Passphrase::chosen(chosen.as_str()).map_err(weak)?, false)
                }
                None => (Passphrase::generate(), true),
            };
            let exported = client.export_takeout(takeout, &passphrase, Path::new(&out)).await?;
            Ok(Reply::TakenOut {
                file: out,
                items: exported.export.items,
                unreadable: exported.unreadable,
                files: exported.files,
                bytes: exported.bytes,
                missing: exported.missing,
                manifest: sha256(&exported.manifest),
                passphrase: made.then(|| passphrase.reveal().to_owned()),
            }
            .into())
        }
        TakeoutCommand::Chart { group, messages, permit, english } => {
            chart(client, &group, &messages, permit.as_deref(), english).await
        }
        TakeoutCommand::Standing { user, group, until } => {
            let user = resolve::user(client, &user).await?;
            let group = group.map(|group| resolve::group(client, &group)).transpose()?;
            let takeout = TakeoutId(random());
            let permit = StandingTakeout { takeout, user, group, until: forms::end_of(until)? };
            client.grant_standing_takeout(permit).await?;
            Ok(Reply::Takeout { takeout }.into())
        }
        TakeoutCommand::Revoke { takeout } => {
            Ok(client.revoke_takeout(resolve::takeout(client, &takeout)?).await?.into())
        }
        TakeoutCommand::Declare { takeout, how } => {
            Ok(client.declare_takeout_end(resolve::takeout(client, &takeout)?, how).await?.into())
        }
        TakeoutCommand::ConfirmEnd { takeout, how, on, sure } => {
            let takeout = resolve::takeout(client, &takeout)?;
            let signed = known(client, takeout)?.statement;
            let about = Reply::Takeouts { takeouts: rows(client, |id| id == takeout).await?, standing: Vec::new() };
            if let Some(question) = ask_first(&sure, &signed.to_string(), false, about)? {
                return Ok(question);
            }
            Ok(client.confirm_takeout_end(takeout, how, on).await?.into())
        }
        TakeoutCommand::Counts => {
            let found = client.takeout_counts()?;
            let rows = client.look(|replica| {
                let view = replica.registry().now();
                let row = |one: renkei_client_core::takeout::TakeoutCount| TakeoutCountRow {
                    facility: place(view, one.facility),
                    numbers: one.numbers,
                };
                found.into_iter().map(row).collect()
            });
            Ok(Reply::TakeoutCounts { rows }.into())
        }
    }
}

/// The messages that are named, or everything that is in the group so far.
fn information(client: &Client, group: &str, messages: Option<&Places>) -> Result<TakeoutSubject> {
    let group = resolve::group(client, group)?;
    let (first, last) = if let Some(places) = messages {
        places.span().ok_or_else(|| Failure::from(Code::BadInput))?
    } else {
        let shown = client.read(group, 0)?;
        (0, shown.last().ok_or_else(|| Failure::from(Code::NothingToDo))?.seq)
    };
    Ok(TakeoutSubject::Information { group, first, last })
}

async fn request(
    client: &Client,
    what: TakeoutSubject,
    medium: Medium,
    device: renkei_client_core::proto::id::DeviceId,
    purpose: TakeoutPurpose,
    from: Option<Date>,
    until: Date,
) -> Result<Outcome> {
    let now = client.look(renkei_client_core::replica::Replica::time);
    let from = from.map_or(Ok(now), forms::start_of)?;
    let (takeout, until) = (TakeoutId(random()), forms::end_of(until)?);
    client.request_takeout(TakeoutRequest { takeout, what, medium, purpose, from, until, device }).await?;
    Ok(Reply::Takeout { takeout }.into())
}

async fn chart(
    client: &Client,
    group: &str,
    messages: &Places,
    permit: Option<&str>,
    english: bool,
) -> Result<Outcome> {
    let group = resolve::group(client, group)?;
    let shown = client.read(group, 0)?;
    let places: Vec<u64> = shown.iter().map(|one| one.seq).filter(|seq| messages.have(*seq)).collect();
    let (Some(first), Some(last)) = (places.first(), places.last()) else { return Err(Code::Unknown.into()) };
    let permit = match permit {
        Some(permit) => resolve::takeout(client, permit)?,
        None => client
            .takeout_permit(group, TakeoutForm::Text, (*first, *last))
            .ok_or_else(|| Failure::from(Code::TakeoutNotPermitted))?,
    };
    let language = if english { Language::English } else { Language::Japanese };
    let (text, exported) = client.takeout_text(permit, group, &places, language).await?;
    let manifest = String::from_utf8(exported.manifest).map_err(|_| Code::Malformed)?;
    Ok(Reply::ChartText { text: text.to_string(), manifest }.into())
}

fn known(client: &Client, takeout: TakeoutId) -> Result<Takeout> {
    let found = client.look(|replica| replica.registry().now().takeout(takeout));
    found.ok_or_else(|| Code::Unknown.into())
}

/// The takeouts that concern this person, with names put to them.
pub(super) async fn rows(client: &Client, wanted: impl Fn(TakeoutId) -> bool) -> Result<Vec<TakeoutRow>> {
    let found: Vec<_> = client.takeouts().into_iter().filter(|(one, _)| wanted(one.request.takeout)).collect();
    let users = found.iter().flat_map(|(one, _)| {
        let words = [Some(one.asked), one.decided.map(|(word, _)| word), one.revoked];
        let confirmed = one.confirmed.map(|confirmed| confirmed.word);
        words.into_iter().chain([confirmed]).flatten().map(|word| word.by)
    });
    let people = People::of(client, users.collect::<Vec<UserId>>()).await?;
    let row = |(one, stage): (Takeout, _)| {
        let group = match one.request.what {
            TakeoutSubject::Information { group, .. } => Some(group),
            TakeoutSubject::Device => None,
        };
        TakeoutRow {
            takeout: one.request.takeout,
            who: people.who(one.asked.by),
            asked: one.asked.time,
            label: group.and_then(|group| client.label(group)).map(|label| label.to_string()),
            request: one.request,
            stage,
            decided_by: one.decided.map(|(word, _)| people.who(word.by)),
            declared: one.declared.last().map(|(_, how)| *how),
            ended: one.confirmed.map(|confirmed| confirmed.how),
            ended_on: one.confirmed.map(|confirmed| confirmed.on),
            ended_by: one.confirmed.map(|confirmed| people.who(confirmed.word.by)),
            decided_at: one.decided.map(|(word, _)| word.time),
            revoked_by: one.revoked.map(|word| people.who(word.by)),
            revoked_at: one.revoked.map(|word| word.time),
            extent: client.takeout_extent(&one),
            called_back: client.called_back(&one),
        }
    };
    Ok(found.into_iter().map(row).collect())
}

async fn standing(client: &Client) -> Result<Vec<StandingRow>> {
    let now = client.look(renkei_client_core::replica::Replica::time);
    let found = client.standing_takeouts();
    let people = People::of(client, found.iter().flat_map(|one| [one.permit.user, one.given.by])).await?;
    let row = |one: StandingPermit| StandingRow {
        takeout: one.permit.takeout,
        who: people.who(one.permit.user),
        given_by: people.who(one.given.by),
        group: one.permit.group,
        label: one.permit.group.and_then(|group| client.label(group)).map(|label| label.to_string()),
        until: one.permit.until,
        in_force: one.in_force(now),
    };
    Ok(found.into_iter().map(row).collect())
}
