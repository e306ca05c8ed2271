//! Article 4: the facility that manages the patient governs the group, or the Desk for it by delegation (A4.1, A4.2).
//!
//! Governing and reading are separate: nothing here asks whether the actor holds the group's keys.

use renkei_proto::code::Code;
use renkei_proto::id::{FacilityId, GroupId};
use renkei_proto::statement::{Role, Statement};
use renkei_proto::time::Time;

use super::By;
use crate::registry::{Standing, View};
use crate::{Refusal, require};

/// The actor governs the group of `originator`: as its SNS administrator or group manager, or as an operator of the
/// Desk under a delegation in force.
pub(super) fn require_originator<'r>(
    view: View<'r>,
    statement: &Statement,
    originator: FacilityId,
    group: GroupId,
    time: Time,
) -> Result<Standing<'r>, Refusal> {
    let standing = view.standing(statement)?;
    match (statement.role, statement.acting_for) {
        (Role::Operator, Some(acting_for)) => {
            require(view.is_operator(standing.user), Code::NotOperator)?;
            require(acting_for.facility == originator, Code::NotOriginator)?;
            view.delegation(acting_for.delegation, originator, group, time)?;
        }
        (Role::Operator, None) => {
            require(view.is_operator(standing.user), Code::NotOperator)?;
            // The Desk's own groups (a round of training, say) need no delegation; nor do those that a facility has left
            // behind, which are closed (A3.2).
            require(view.is_desk(originator) || view.ended(originator).is_some(), Code::DelegationMissing)?;
        }
        (_, Some(_)) => return Err(Code::WrongRole.into()),
        (Role::SnsAdministrator, None) => {
            require(view.is_administrator(standing.user, originator), Code::NotOriginator)?;
            // At the Desk one acts as an operator, and is shown as one.
            require(!view.is_desk(originator), Code::WrongRole)?;
        }
        (Role::GroupManager, None) => {
            require(view.is_group_manager(standing.user, originator), Code::NotOriginator)?;
        }
        (Role::User | Role::FacilityManager | Role::Root | Role::Deputy, None) => {
            return Err(Code::NotOriginator.into());
        }
    }
    Ok(standing)
}

/// Whoever governed the group of `originator` with `by` still does. That the person's ID is in force is for the caller.
pub(super) fn require_still_originator(
    view: View<'_>,
    by: By,
    originator: FacilityId,
    group: GroupId,
    time: Time,
) -> Result<(), Refusal> {
    if let Some(acting_for) = by.acting_for {
        return view.delegation(acting_for.delegation, originator, group, time).map(|_| ());
    }
    // At the Desk every operator is an administrator.
    let governs = view.is_administrator(by.user, originator) || view.is_group_manager(by.user, originator);
    require(governs, Code::NotOriginator)
}

/// Whether somebody of `facility` may read a group of `originator`: operators of the Desk only where the delegation
/// lets them (A4.2).
pub(super) fn require_may_read(
    view: View<'_>,
    facility: FacilityId,
    originator: FacilityId,
    group: GroupId,
    time: Time,
) -> Result<(), Refusal> {
    let restricted = view.is_desk(facility) && !view.is_desk(originator);
    require(!restricted || view.operators_may_read(originator, group, time), Code::DelegationWithoutReading)
}
