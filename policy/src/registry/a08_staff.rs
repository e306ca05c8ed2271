//! Article 8: SNS administrators register staff, issue and end IDs (A8.3, A8.5), and say who may create groups (A4.1).

use renkei_proto::code::Code;
use renkei_proto::id::{FacilityId, UserId};
use renkei_proto::statement::{Actor, Statement};

use super::judge::require_root;
use super::{View, a07_administrators};
use crate::{Refusal, require};

/// An administrator of `user`'s facility acts, on a person whose ID is in force.
fn administrator_of(view: View<'_>, statement: &Statement, user: UserId) -> Result<FacilityId, Refusal> {
    let standing = view.standing(statement)?;
    let person = view.user(user).ok_or(Code::Unknown)?;
    view.require_administrator(&standing, statement.role, person.facility, Code::NotAdministrator)?;
    require(person.ended.is_none_or(|seq| seq >= view.size()), Code::UserEnded)?;
    Ok(person.facility)
}

/// Whether `user` may register staff of `facility`.
pub fn may_register(view: View<'_>, user: UserId, facility: FacilityId) -> Result<(), Refusal> {
    // Operators are appointed by the root, so that the Desk can't multiply by itself.
    require(!view.is_desk(facility), Code::NotRoot)?;
    view.facility(facility).ok_or(Code::Unknown)?;
    require(view.is_administrator(user, facility), Code::NotAdministrator)
}

pub(super) fn permit_registration(view: View<'_>, statement: &Statement, facility: FacilityId) -> Result<(), Refusal> {
    let standing = view.standing(statement)?;
    may_register(view, standing.user, facility)?;
    view.require_administrator(&standing, statement.role, facility, Code::NotAdministrator)
}

pub(super) fn permit_end(view: View<'_>, statement: &Statement, user: UserId) -> Result<(), Refusal> {
    if statement.actor == Actor::Root {
        require_root(statement)?;
        let person = view.user(user).ok_or(Code::Unknown)?;
        require(view.is_desk(person.facility), Code::NotAdministrator)?;
        return require(person.ended.is_none(), Code::UserEnded);
    }
    let facility = administrator_of(view, statement, user)?;
    require(!view.is_desk(facility), Code::NotRoot)?;
    require(view.manager(facility) != Some(user), Code::ManagerNeeded)?;
    // Otherwise one administrator could be rid of all the others, and with them of the second person.
    let actor = statement.actor.user();
    let may_end_an_administrator = actor == Some(user) || actor == view.manager(facility);
    require(may_end_an_administrator || !view.holds_office(user, facility), Code::NotFacilityManager)?;
    a07_administrators::require_another(view, facility, user)
}

/// Whether the person was granted creating groups, suspended or not.
fn granted(view: View<'_>, user: UserId) -> bool {
    view.user(user).is_some_and(|person| person.group_manager.iter().any(|period| period.holds(view.size())))
}

pub(super) fn permit_grant(view: View<'_>, statement: &Statement, user: UserId) -> Result<(), Refusal> {
    administrator_of(view, statement, user)?;
    require(!granted(view, user), Code::NothingToDo)
}

pub(super) fn permit_revocation(view: View<'_>, statement: &Statement, user: UserId) -> Result<(), Refusal> {
    administrator_of(view, statement, user)?;
    require(granted(view, user), Code::NothingToDo)
}

pub(super) fn permit_pledge(view: View<'_>, statement: &Statement, user: UserId) -> Result<(), Refusal> {
    administrator_of(view, statement, user).map(|_| ())
}
