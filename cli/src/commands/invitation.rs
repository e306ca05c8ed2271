//! Invitations to groups, and their decision.

use renkei_client_core::client::Client;
use renkei_client_core::policy::group::{self, Group, InvitationState as State};
use renkei_client_core::policy::registry::View;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::id::{GroupId, InvitationId, UserId};
use renkei_client_core::replica::Replica;

use super::{Outcome, People, about};
use crate::args::care::InvitationCommand;
use crate::args::request::Sure;
use crate::failure::{Failure, Result};
use crate::reply::{About, InvitationRow, InvitationState, Reply};
use crate::resolve;

pub(super) async fn run(client: &Client, command: InvitationCommand) -> Result<Outcome> {
    match command {
        InvitationCommand::Send { group, user } => {
            let group = resolve::group(client, &group)?;
            let user = resolve::user(client, &user).await?;
            let invitation = client.invite(group, user).await?;
            Ok(Reply::Invitation { invitation }.into())
        }
        InvitationCommand::List => list(client).await,
        InvitationCommand::Approve { invitation, sure } => {
            let (group, invitation) = resolve::invitation(client, &invitation)?;
            if let Some(question) = ask(client, &sure, true, group, invitation).await? {
                return Ok(question);
            }
            Ok(client.approve_invitation(group, invitation).await?.into())
        }
        InvitationCommand::Decline { invitation, sure } => {
            let (group, invitation) = resolve::invitation(client, &invitation)?;
            if let Some(question) = ask(client, &sure, false, group, invitation).await? {
                return Ok(question);
            }
            Ok(client.decline_invitation(group, invitation).await?.into())
        }
        InvitationCommand::Withdraw { invitation } => {
            let (group, invitation) = resolve::invitation(client, &invitation)?;
            Ok(client.withdraw(group, invitation).await?.into())
        }
    }
}

/// Who invites whom into which group is what the person is shown before the decision (A8.4).
async fn ask(
    client: &Client,
    sure: &Sure,
    approve: bool,
    group: GroupId,
    invitation: InvitationId,
) -> Result<Option<Outcome>> {
    let of = about::named(client, group)?;
    let known = |replica: &Replica| {
        let one = replica.group(group)?.group()?.invitation(invitation)?;
        Some((one.user, one.invited.user))
    };
    let (invited, by) = client.look(known).ok_or_else(|| Failure::from(Code::Unknown))?;
    let people = People::of(client, [invited, by]).await?;
    let described = client.look(|replica| {
        let one = replica.group(group)?.group()?.invitation(invitation)?;
        Some(row(client.user(), replica.registry().now(), &people, group, of.label.clone(), invitation, one))
    });
    let invitation = Box::new(described.ok_or_else(|| Failure::from(Code::Unknown))?);
    about::ask(sure, About::Invitation { approve, of, invitation })
}

/// One invitation as `viewer` sees it.
pub(super) fn row(
    viewer: UserId,
    view: View<'_>,
    people: &People,
    group: GroupId,
    label: Option<String>,
    invitation: InvitationId,
    one: &group::Invitation,
) -> InvitationRow {
    let state = match one.state {
        State::Open => InvitationState::Open,
        State::Approved(_) => InvitationState::Approved,
        State::Declined(_) => InvitationState::Declined,
        State::Withdrawn(_) => InvitationState::Withdrawn,
    };
    let facility = view.user(one.user).map(|person| person.facility);
    let decides = facility.is_some_and(|facility| {
        let deputy = view.named_deputy(viewer, facility) && viewer != one.user;
        view.is_administrator(viewer, facility) || deputy
    });
    InvitationRow {
        invitation,
        group,
        label,
        invited: people.who(one.user),
        by: people.by(view, one.invited),
        at: one.invited.time,
        state,
        mine_to_decide: state == InvitationState::Open && decides,
    }
}

async fn list(client: &Client) -> Result<Outcome> {
    let open: Vec<(GroupId, InvitationId)> = client.look(|replica| {
        let groups = replica.groups().filter(|(_, followed)| !followed.ended());
        groups.flat_map(|(id, followed)| followed.open_invitations().map(move |(one, _)| (id, one))).collect()
    });
    let users: Vec<UserId> = client.look(|replica| {
        let invitation = |(id, one): &(GroupId, InvitationId)| replica.group(*id)?.group()?.invitation(*one);
        open.iter().filter_map(invitation).flat_map(|one| [one.user, one.invited.user]).collect()
    });
    let people = People::of(client, users).await?;
    let labels: Vec<Option<String>> =
        open.iter().map(|(id, _)| client.label(*id).map(|label| label.to_string())).collect();
    let mut invitations: Vec<InvitationRow> = client.look(|replica| {
        let view = replica.registry().now();
        let described = open.iter().zip(labels).filter_map(|((id, invitation), label)| {
            let group: &Group = replica.group(*id)?.group()?;
            let one = group.invitation(*invitation)?;
            Some(row(client.user(), view, &people, *id, label, *invitation, one))
        });
        described.collect()
    });
    invitations.sort_by_key(|row| (!row.mine_to_decide, row.at));
    Ok(Reply::Invitations { invitations }.into())
}
