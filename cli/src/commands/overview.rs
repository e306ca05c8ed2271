//! What touches one's facility, with names put to it (A8.1).

use renkei_client_core::client::Client;
use renkei_client_core::policy::group::a08_lists::Touch;
use renkei_client_core::proto::access::Table;
use renkei_client_core::proto::id::GroupId;

use super::{Outcome, delegation, device, group, place, takeout};
use crate::failure::Result;
use crate::reply::{InvitationState, Overview, OverviewGroup, Reply};

pub(super) async fn run(client: &Client, written: bool) -> Result<Outcome> {
    let found = client.overview()?;
    let mut groups = Vec::with_capacity(found.groups.len());
    for (id, touch) in found.groups {
        groups.push(one(client, id, touch).await?);
    }
    let devices = device::rows(client, |id| found.devices.contains(&id)).await?;
    let mut delegations = delegation::rows(client);
    delegations.retain(|row| found.delegations.contains(&row.delegation));
    let facility = client.look(|replica| place(replica.registry().now(), found.facility));
    let mut takeouts = takeout::rows(client, |_| true).await?;
    takeouts.retain(|row| row.who.facility == Some(found.facility));
    let members: usize = groups.iter().map(|one| one.members.len() + one.invitations.len()).sum();
    let rows = groups.len() + members + devices.len() + delegations.len() + takeouts.len();
    let on_record = if written { Some(client.record_table(Table::Overview, rows).await?) } else { None };
    let (at, fresh) = (found.at, found.fresh);
    let overview = Overview { facility, at, fresh, groups, devices, delegations, takeouts, on_record };
    Ok(Reply::Overview(Box::new(overview)).into())
}

async fn one(client: &Client, id: GroupId, touch: Touch) -> Result<OverviewGroup> {
    let details = group::details(client, id).await?;
    let mut invitations = details.invitations;
    invitations.retain(|invitation| invitation.state == InvitationState::Open);
    Ok(OverviewGroup { touch, row: details.row, members: details.members, invitations })
}
