//! Article 3: a facility applies with Form 1, and two operators of the Desk admit it (A3.1).

use renkei_proto::act::{FacilityApplication, FacilityKind};
use renkei_proto::code::Code;
use renkei_proto::hash::Hash32;
use renkei_proto::id::{FacilityId, UserId};
use renkei_proto::statement::{Actor, Role, Statement};
use renkei_proto::time::Time;

use super::{Registry, View, a09_pledge};
use crate::{Refusal, require};

/// How many must admit a facility: two operators, or one and the root.
pub const ADMITTERS: usize = 2;

/// A new device applies for a new facility with itself as the first administrator's (A3.1, A7.1).
pub(super) fn permit_application(
    registry: &Registry,
    statement: &Statement,
    application: &FacilityApplication,
    time: Time,
) -> Result<(), Refusal> {
    let author = Actor::Device { user: application.manager.user, device: application.device.device };
    require(statement.actor == author, Code::WrongRole)?;
    require(statement.role == Role::FacilityManager, Code::WrongRole)?;
    require(!registry.facilities.contains_key(&application.facility), Code::AlreadyExists)?;
    // There is one Desk, and the founding made it.
    require(application.kind != FacilityKind::Desk, Code::NotRoot)?;
    registry.require_new_person(&application.manager)?;
    registry.require_new_device(&application.device)?;
    require(application.pledge.signed_on.begun_by(time), Code::DateOutOfRange)?;
    // Nobody in the new facility could record it later: the first administrator brings it along.
    a09_pledge::permit_at_registration(&application.manager, time)
}

/// An operator of the Desk, or the root, admits an application.
pub(super) fn permit_admission(
    view: View<'_>,
    statement: &Statement,
    facility: FacilityId,
    application: Hash32,
) -> Result<(), Refusal> {
    let operator = match statement.actor {
        Actor::Root => {
            require(statement.role == Role::Root, Code::WrongRole)?;
            None
        }
        Actor::Device { user, .. } => {
            view.standing(statement)?;
            require(view.is_operator(user), Code::NotOperator)?;
            require(statement.role == Role::Operator, Code::WrongRole)?;
            Some(user)
        }
    };
    let applied = view.facility(facility).ok_or(Code::Unknown)?;
    require(applied.admitted.is_none(), Code::NothingToDo)?;
    require(applied.application == application, Code::Unknown)?;
    require_voice(view, applied.admitted_by.iter().map(|&(_, by)| by), operator)
}

/// Whether the signature of an operator, or of the root (none), counts. One who has left the Desk has no voice left; that
/// of one who is suspended may be a thief's, and counts again once the operator is let on.
pub(super) fn counts(view: View<'_>, by: Option<UserId>) -> bool {
    by.is_none_or(|user| view.is_operator(user))
}

/// Nobody is two. But where somebody else has signed as well and it came to nothing, one of the two being suspended then,
/// each may sign again: else the only two operators could never finish it.
pub(super) fn require_voice(
    view: View<'_>,
    mut signed: impl Iterator<Item = Option<UserId>> + Clone,
    by: Option<UserId>,
) -> Result<(), Refusal> {
    let completes = signed.clone().any(|one| one != by && counts(view, one));
    require(completes || signed.all(|one| one != by), Code::SecondPersonRequired)
}
