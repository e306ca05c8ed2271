//! Article 3: a facility applies with Form 1, and two operators of the Desk admit it (A3.1).

use renkei_proto::act::{FacilityApplication, FacilityKind};
use renkei_proto::code::Code;
use renkei_proto::hash::Hash32;
use renkei_proto::id::FacilityId;
use renkei_proto::statement::{Actor, Role, Statement};
use renkei_proto::time::Time;

use super::{Registry, View, a09_pledge, desk_voices};
use crate::{Refusal, require};

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
    let operator = desk_voices::speaker(view, statement)?;
    let applied = view.facility(facility).ok_or(Code::Unknown)?;
    require(applied.admitted.is_none(), Code::NothingToDo)?;
    require(applied.application == application, Code::Unknown)?;
    desk_voices::require_voice(view, applied.admitted_by.iter().map(|&(_, by)| by), operator)
}
