//! Groups: opening, consent, members, closing.

use std::collections::BTreeSet;

use renkei_client_core::client::Client;
use renkei_client_core::gone::Gone;
use renkei_client_core::groups::{ConsentForm, ConsentNames, NewGroup};
use renkei_client_core::now;
use renkei_client_core::policy::group::Group;
use renkei_client_core::policy::group::roster::Roster;
use renkei_client_core::policy::registry::View;
use renkei_client_core::proto::act::GroupKind;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::id::{GroupId, UserId};

use super::{Outcome, People, about, ask_first, card, invitation, line, place, scans, uses};
use crate::args::care::{ConsentCommand, GroupCommand, MemberCommand};
use crate::args::request::Sure;
use crate::failure::{Failure, Result};
use crate::reply::{About, GoneRow, GroupDetails, GroupRow, MemberRow, Reply};
use crate::resolve;

pub(super) async fn run(client: &Client, command: GroupCommand) -> Result<Outcome> {
    match command {
        GroupCommand::Create { label, free, history, acting_for, not_reading } => {
            let acting_for = acting_for.map(|facility| resolve::facility(client, &facility)).transpose()?;
            let new = NewGroup {
                kind: if free { GroupKind::Free } else { GroupKind::Patient },
                label: line(&label)?,
                history,
                acting_for,
                // Somebody of the Desk is a reader like any other: by invitation and approval.
                creator_reads: !not_reading && acting_for.is_none(),
            };
            let group = client.create_group(new).await?;
            Ok(Reply::Group { group }.into())
        }
        GroupCommand::List => {
            let ids: Vec<GroupId> =
                client.look(|replica| replica.groups().filter(|(_, one)| !one.ended()).map(|(id, _)| id).collect());
            let mut groups: Vec<GroupRow> = ids.into_iter().filter_map(|id| row(client, id)).collect();
            groups.sort_by(|a, b| (b.last_message, &a.label).cmp(&(a.last_message, &b.label)));
            Ok(Reply::Groups { groups }.into())
        }
        GroupCommand::Show { group } => {
            let group = resolve::group(client, &group)?;
            Ok(Reply::GroupDetails(Box::new(details(client, group).await?)).into())
        }
        GroupCommand::Close { group, sure } => {
            let group = resolve::group(client, &group)?;
            if let Some(question) = about(client, group, &sure)? {
                return Ok(question);
            }
            Ok(client.close_group(group).await?.into())
        }
        GroupCommand::Halt { group, sure } => {
            let group = resolve::group(client, &group)?;
            if let Some(question) = about(client, group, &sure)? {
                return Ok(question);
            }
            Ok(client.halt_group(group).await?.into())
        }
        GroupCommand::Resume { group, sure } => {
            let group = resolve::group(client, &group)?;
            if let Some(question) = about(client, group, &sure)? {
                return Ok(question);
            }
            Ok(client.resume_group(group).await?.into())
        }
        GroupCommand::ErasureProof { group, out } => super::proof::make(client, &group, out).await,
        GroupCommand::Card(command) => card::run(client, command).await,
    }
}

pub(super) async fn consent(client: &Client, command: ConsentCommand) -> Result<Outcome> {
    let (group, by, name, relation, signed, copy_given, scan) = match command {
        ConsentCommand::Record { group, by, name, relation, signed, copy_given, scan } => {
            (group, by, name, relation, signed, copy_given, scan)
        }
        ConsentCommand::Show { group } => {
            let group = resolve::group(client, &group)?;
            return uses::form(client, group).await;
        }
        ConsentCommand::Withdraw { group, by, on, scan, sure } => {
            let group = resolve::group(client, &group)?;
            let (hash, file) = scans::given(scan).await?;
            let what = About::WithdrawConsent { of: about::named(client, group)?, by, on, scan: hash };
            if let Some(question) = about::ask(&sure, what)? {
                return Ok(question);
            }
            let recorded = client.withdraw_consent(group, by, on, hash).await?;
            scans::with_form(client, group, recorded.head.size - 1, file).await?;
            return Ok(recorded.into());
        }
    };
    let group = resolve::group(client, &group)?;
    let (scan, file) = scans::given(scan).await?;
    let names = ConsentNames { name: line(&name)?, relation: relation.as_deref().map(line).transpose()? };
    let form = ConsentForm { by, signed_on: signed, copy_given_on: copy_given, scan, names };
    let recorded = client.record_consent(group, form).await?;
    scans::with_form(client, group, recorded.head.size - 1, file).await?;
    Ok(recorded.into())
}

pub(super) async fn members(client: &Client, command: MemberCommand) -> Result<Outcome> {
    match command {
        MemberCommand::List { group } => {
            let group = resolve::group(client, &group)?;
            let members = details(client, group).await?.members;
            Ok(Reply::Members { members }.into())
        }
        MemberCommand::Remove { group, user, sure } => {
            let group = resolve::group(client, &group)?;
            let user = resolve::user(client, &user).await?;
            let members = details(client, group).await?.members;
            let members = members.into_iter().filter(|member| member.who.user == user && member.ended.is_none());
            let about = Reply::Members { members: members.collect() };
            if let Some(question) = ask_first(&sure, &format!("{group} {user}"), false, about)? {
                return Ok(question);
            }
            Ok(client.remove(group, user).await?.into())
        }
        MemberCommand::Gone { group } => {
            let group = resolve::group(client, &group)?;
            let gone = client.gone_from(group).await?;
            let people = People::of(client, gone.iter().map(|one| one.user).collect::<Vec<_>>()).await?;
            let row = |one: Gone| GoneRow {
                who: people.who(one.user),
                device: one.device,
                since: one.since,
                confirmed: one.confirmed,
                wiped: one.wiped,
            };
            Ok(Reply::Gone { devices: gone.into_iter().map(row).collect() }.into())
        }
    }
}

/// One group in the list.
/// The group as the person is shown it before something is done with it.
fn about(client: &Client, group: GroupId, sure: &Sure) -> Result<Option<Outcome>> {
    let shown = Reply::Groups { groups: row(client, group).into_iter().collect() };
    ask_first(sure, &group.to_string(), false, shown)
}

pub(super) fn row(client: &Client, id: GroupId) -> Option<GroupRow> {
    let label = client.label(id).map(|label| label.to_string());
    let all_keys = client.has_all_keys(id);
    client.look(|replica| {
        let view = replica.registry().now();
        let followed = replica.group(id)?;
        let group = followed.group()?;
        let reading = replica.reads(id);
        Some(GroupRow {
            group: id,
            label,
            group_kind: group.kind(),
            originator: place(view, group.originator()),
            members: group.readers(view).len(),
            messages: followed.messages().len(),
            last_message: followed.messages().last().map(|message| message.time),
            reading,
            awaiting_keys: reading && !all_keys,
            consent: group.consent().is_some(),
            closed: group.closed_at(view).is_some(),
            shut: group.shut(),
            broken: followed.broken(),
        })
    })
}

/// Everybody who appears in the governance of a group.
pub(super) fn people_of(group: &Group) -> BTreeSet<UserId> {
    let mut users: BTreeSet<UserId> = BTreeSet::from([group.created().user]);
    users.extend(group.consent().map(|consent| consent.recorded.user));
    users.extend(group.closed().map(|by| by.user));
    users.extend(group.to_confirm().map(|order| order.by.user));
    users.extend(group.erased().into_iter().flat_map(|erased| [erased.ordered.user, erased.confirmed.user]));
    users.extend(group.former_originators().iter().map(|(_, by)| by.user));
    for (user, memberships) in group.members() {
        users.insert(user);
        for membership in memberships {
            users.extend([membership.invited.user, membership.approved.user]);
            users.extend(membership.ended.map(|by| by.user));
        }
    }
    users.extend(group.invitations().flat_map(|(_, invitation)| [invitation.user, invitation.invited.user]));
    users
}

fn member_rows(group: &Group, view: View<'_>, people: &People) -> Vec<MemberRow> {
    let rows = group.members().flat_map(|(user, memberships)| {
        memberships.iter().map(move |membership| MemberRow {
            who: people.who(user),
            active: view.active_user(user),
            devices: view.active_devices(user).count(),
            invited_by: people.by(view, membership.invited),
            approved_by: people.by(view, membership.approved),
            since: membership.approved.time,
            ended: membership.ended.map(|by| by.time),
        })
    });
    let mut rows: Vec<MemberRow> = rows.collect();
    rows.sort_by_key(|row| (row.ended.is_some(), row.since));
    rows
}

pub(super) async fn details(client: &Client, id: GroupId) -> Result<GroupDetails> {
    let unknown = || Failure::about(Code::Unknown, id.to_string());
    let row = row(client, id).ok_or_else(unknown)?;
    let users = client.look(|replica| replica.group(id).and_then(|followed| followed.group()).map(people_of));
    let people = People::of(client, users.ok_or_else(unknown)?).await?;
    let label = row.label.clone();
    let details = client.look(|replica| {
        let view = replica.registry().now();
        let group = replica.group(id)?.group()?;
        let invitations = group
            .invitations()
            .map(|(invitation, one)| invitation::row(client.user(), view, &people, id, label.clone(), invitation, one));
        Some(GroupDetails {
            history: group.history(),
            created_by: people.by(view, group.created()),
            created_at: group.created().time,
            consent_recorded_by: group.consent().map(|consent| people.by(view, consent.recorded)),
            members: member_rows(group, view, &people),
            invitations: invitations.collect(),
            epochs: group.epochs().len(),
            devices: Roster::of(group, view, now()).len(),
            row,
        })
    });
    details.ok_or_else(unknown)
}
