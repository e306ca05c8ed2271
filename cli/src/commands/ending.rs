//! How a group ends or changes hands: withdrawn consent, erasure, handing over, and a facility that leaves.

use renkei_client_core::client::Client;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::id::GroupId;

use super::{Outcome, People, about, ask_first, group, place, scans};
use crate::args::ending::{ErasureCommand, HandoverCommand};
use crate::args::request::Sure;
use crate::failure::{Failure, Result};
use crate::reply::{About, EndingRow, Reply};
use crate::resolve;

pub(super) async fn erasure(client: &Client, command: ErasureCommand) -> Result<Outcome> {
    match command {
        ErasureCommand::List => Ok(Reply::Endings { endings: rows(client, |_| true).await? }.into()),
        ErasureCommand::Lift { group, on, scan, sure } => {
            let group = resolve::group(client, &group)?;
            let (hash, file) = scans::given(scan).await?;
            let what = About::LiftFreeze { of: about::named(client, group)?, on, scan: hash };
            if let Some(question) = about::ask(&sure, what)? {
                return Ok(question);
            }
            let recorded = client.lift_freeze(group, on, hash).await?;
            // What two people sign is one paper: its scan is deposited with the first signature.
            match scans::with_form(client, group, recorded.head.size - 1, file).await {
                Err(failure) if failure.code() == Code::Unknown => {}
                other => other?,
            }
            Ok(recorded.into())
        }
        ErasureCommand::Hold { group, until, reason } => {
            let group = resolve::group(client, &group)?;
            Ok(client.hold_erasure(group, until, reason).await?.into())
        }
        ErasureCommand::Order { group, sure } => {
            let group = resolve::group(client, &group)?;
            if let Some(question) = ask(client, &sure, group).await? {
                return Ok(question);
            }
            Ok(client.order_erasure(group).await?.into())
        }
        ErasureCommand::Confirm { group, sure } => {
            let group = resolve::group(client, &group)?;
            if let Some(question) = ask(client, &sure, group).await? {
                return Ok(question);
            }
            Ok(client.confirm_erasure(group).await?.into())
        }
    }
}

/// What stands in the record of the group is what the person is shown before anything is done that can't be undone.
async fn ask(client: &Client, sure: &Sure, id: GroupId) -> Result<Option<Outcome>> {
    let endings = rows(client, |one| one == id).await?;
    let shown = serde_json::to_string(&endings).map_err(|_| Failure::from(Code::Malformed))?;
    ask_first(sure, &shown, false, Reply::Endings { endings })
}

pub(super) async fn handover(client: &Client, command: HandoverCommand) -> Result<Outcome> {
    match command {
        HandoverCommand::Offer { group, facility, sure } => {
            let group = resolve::group(client, &group)?;
            let facility = resolve::facility(client, &facility)?;
            let about = Reply::Groups { groups: group::row(client, group).into_iter().collect() };
            if let Some(question) = ask_first(&sure, &format!("{group} {facility}"), false, about)? {
                return Ok(question);
            }
            Ok(client.offer_handover(group, facility).await?.into())
        }
        HandoverCommand::Accept { group, sure } => {
            let group = resolve::group(client, &group)?;
            let about = Reply::Groups { groups: group::row(client, group).into_iter().collect() };
            if let Some(question) = ask_first(&sure, &group.to_string(), false, about)? {
                return Ok(question);
            }
            Ok(client.accept_handover(group).await?.into())
        }
        HandoverCommand::Drop { group } => {
            let group = resolve::group(client, &group)?;
            Ok(client.drop_handover(group).await?.into())
        }
    }
}

async fn rows(client: &Client, wanted: impl Fn(GroupId) -> bool) -> Result<Vec<EndingRow>> {
    let endings: Vec<_> = client.endings().into_iter().filter(|ending| wanted(ending.group)).collect();
    let users = endings.iter().flat_map(|ending| {
        let frozen = ending.frozen.map(|frozen| frozen.order.by.user);
        let erased = ending.erased.into_iter().flat_map(|erased| [erased.ordered.user, erased.confirmed.user]);
        let held = ending.hold.map(|hold| hold.by.user);
        frozen.into_iter().chain(ending.ordered.map(|order| order.by.user)).chain(erased).chain(held)
    });
    let people = People::of(client, users.collect::<Vec<_>>()).await?;
    let labelled = |id: GroupId| client.label(id).map(|label| label.to_string());
    let rows = endings.into_iter().map(|ending| {
        let label = labelled(ending.group);
        client.look(|replica| {
            let view = replica.registry().now();
            let by = |by| people.by(view, by);
            EndingRow {
                group: ending.group,
                label,
                originator: place(view, ending.originator),
                closed: ending.closed,
                due: ending.due,
                frozen_by: ending.frozen.map(|frozen| by(frozen.order.by)),
                frozen: ending.frozen.map(|frozen| frozen.order.by.time),
                withdrawn_on: ending.frozen.map(|frozen| frozen.on),
                held_until: ending.hold.map(|hold| hold.until),
                held_because: ending.hold.map(|hold| hold.reason),
                held_by: ending.hold.map(|hold| by(hold.by)),
                shortening: ending.shortening.filter(|_| ending.hold.is_some()),
                ordered_by: ending.ordered.map(|order| by(order.by)),
                ordered: ending.ordered.map(|order| order.by.time),
                erased: ending.erased.map(|erased| erased.confirmed.time),
                erased_by: ending.erased.map(|erased| vec![by(erased.ordered), by(erased.confirmed)]),
                offered: ending.offered.map(|facility| place(view, facility)),
            }
        })
    });
    Ok(rows.collect())
}
