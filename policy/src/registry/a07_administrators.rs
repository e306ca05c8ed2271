//! Article 7: the facility manager appoints SNS administrators, and there is always one (A7.1).

use renkei_proto::code::Code;
use renkei_proto::id::{FacilityId, UserId};
use renkei_proto::statement::{Role, Statement};

use super::View;
use crate::{Refusal, require};

/// The acting facility manager, and `user` as a colleague whose ID is in force.
fn manager_and_colleague(view: View<'_>, statement: &Statement, user: UserId) -> Result<FacilityId, Refusal> {
    let standing = view.standing(statement)?;
    require(view.manager(standing.facility) == Some(standing.user), Code::NotFacilityManager)?;
    require(statement.role == Role::FacilityManager, Code::WrongRole)?;
    let colleague = view.user(user).ok_or(Code::Unknown)?;
    require(colleague.facility == standing.facility, Code::NotFacilityManager)?;
    require(view.holds_id(user), Code::UserEnded)?;
    Ok(standing.facility)
}

pub(super) fn permit_appointment(view: View<'_>, statement: &Statement, user: UserId) -> Result<(), Refusal> {
    let facility = manager_and_colleague(view, statement, user)?;
    view.require_active_user(user)?;
    require(!view.is_administrator(user, facility), Code::NothingToDo)
}

pub(super) fn permit_dismissal(view: View<'_>, statement: &Statement, user: UserId) -> Result<(), Refusal> {
    let facility = manager_and_colleague(view, statement, user)?;
    // Also of one who is suspended: that is the way to be rid of the office for good.
    require(view.holds_office(user, facility), Code::NothingToDo)?;
    require_another(view, facility, user)
}

pub(super) fn permit_hand_over(view: View<'_>, statement: &Statement, user: UserId) -> Result<(), Refusal> {
    let facility = manager_and_colleague(view, statement, user)?;
    view.require_active_user(user)?;
    require(view.manager(facility) != Some(user), Code::NothingToDo)
}

/// `facility` has an SNS administrator besides `user`.
pub(super) fn require_another(view: View<'_>, facility: FacilityId, user: UserId) -> Result<(), Refusal> {
    require(view.administrators(facility).any(|other| other != user), Code::NoAdministrator)
}
