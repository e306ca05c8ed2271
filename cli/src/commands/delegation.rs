//! Delegation of origination to the Desk.

use renkei_client_core::client::Client;
use renkei_client_core::proto::act::DelegationScope;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::id::DelegationId;
use renkei_client_core::proto::time::{Date, Time};

use super::{Outcome, place};
use crate::args::request::DelegationCommand;
use crate::failure::{Failure, Result};
use crate::reply::{DelegationRow, Reply};
use crate::resolve;

/// Japan is nine hours ahead of UTC all year.
const JAPAN: i64 = 9 * 3_600;

/// The first second in Japan that no longer belongs to `day`.
fn end_of(day: Date) -> Result<Time> {
    let second = (day.days() + 1) * 86_400 - JAPAN;
    u64::try_from(second).map(Time).map_err(|_| Failure::from(Code::DateOutOfRange))
}

pub(super) async fn run(client: &Client, command: DelegationCommand) -> Result<Outcome> {
    match command {
        DelegationCommand::Grant { group, until, operators_read } => {
            let scope = match group {
                Some(group) => DelegationScope::Group(resolve::group(client, &group)?),
                None => DelegationScope::Facility,
            };
            let delegation = client.delegate(scope, end_of(until)?, operators_read).await?;
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
    Reply::Delegations { delegations }.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a04_2_a_delegation_holds_to_the_last_second_of_its_day_in_japan() {
        // 2026-04-01T00:00:00+09:00
        assert_eq!(end_of("2026-03-31".parse().unwrap()), Ok(Time(1_774_969_200)));
        assert_eq!(end_of("1960-01-01".parse().unwrap()).unwrap_err().code(), Code::DateOutOfRange);
    }
}
