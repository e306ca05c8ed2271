//! Delegation of origination to the Desk.

use renkei_client_core::client::Client;
use renkei_client_core::proto::act::DelegationScope;
use renkei_client_core::proto::id::DelegationId;

use super::{Outcome, about, own_facility, place};
use crate::args::forms;
use crate::args::office::DelegationCommand;
use crate::failure::Result;
use crate::reply::{About, DelegationRow, Reply};
use crate::resolve;

pub(super) async fn run(client: &Client, command: DelegationCommand) -> Result<Outcome> {
    match command {
        DelegationCommand::Grant { group, until, operators_read, sure } => {
            let scope = match group {
                Some(group) => DelegationScope::Group(resolve::group(client, &group)?),
                None => DelegationScope::Facility,
            };
            let until = forms::end_of(until)?;
            let facility = own_facility(client)?;
            let group_label = match scope {
                DelegationScope::Group(group) => client.label(group).map(|label| label.to_string()),
                DelegationScope::Facility => None,
            };
            let delegation = DelegationRow {
                // It gets its own when it is granted.
                delegation: DelegationId([0; 16]),
                by: client.look(|replica| place(replica.registry().now(), facility)),
                scope,
                group_label,
                until,
                operators_read,
                revoked: false,
            };
            if let Some(question) = about::ask(&sure, About::Delegate { delegation })? {
                return Ok(question);
            }
            let delegation = client.delegate(scope, until, operators_read).await?;
            Ok(Reply::Delegation { delegation }.into())
        }
        DelegationCommand::Revoke { delegation } => {
            let delegation = resolve::delegation(client, &delegation)?;
            Ok(client.revoke_delegation(delegation).await?.into())
        }
        DelegationCommand::List => Ok(list(client)),
    }
}

fn list(client: &Client) -> Outcome {
    Reply::Delegations { delegations: rows(client) }.into()
}

/// All delegations, the next to end first.
pub(super) fn rows(client: &Client) -> Vec<DelegationRow> {
    let mut delegations: Vec<DelegationRow> = client.look(|replica| {
        let view = replica.registry().now();
        let row = |(id, delegation): (DelegationId, &renkei_client_core::policy::registry::Delegation)| DelegationRow {
            delegation: id,
            by: place(view, delegation.facility),
            scope: delegation.scope,
            group_label: None,
            until: delegation.until,
            operators_read: delegation.operators_read,
            revoked: !delegation.period.holds(view.size()),
        };
        view.delegations().map(row).collect()
    });
    for row in &mut delegations {
        if let DelegationScope::Group(group) = row.scope {
            row.group_label = client.label(group).map(|label| label.to_string());
        }
    }
    delegations.sort_by_key(|row| row.until);
    delegations
}
