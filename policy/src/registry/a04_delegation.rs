//! Article 4: a member facility lets the Desk act as originator for it, until a date, revocable at once (A4.2).
//!
//! What the Desk may then do is decided where it does it, in [`crate::group::a04_origination`].

use renkei_proto::code::Code;
use renkei_proto::id::DelegationId;
use renkei_proto::statement::Statement;
use renkei_proto::time::{DAY, Time};

use super::View;
use crate::{Refusal, require};

/// Longest delegation, in seconds: five years, as long as records of care are kept. It must be renewed knowingly.
pub const LONGEST: u64 = 5 * 366 * DAY;

pub(super) fn permit(view: View<'_>, statement: &Statement, until: Time, time: Time) -> Result<(), Refusal> {
    let standing = view.standing(statement)?;
    view.require_administrator(&standing, statement.role, standing.facility, Code::NotAdministrator)?;
    require(!view.is_desk(standing.facility), Code::NothingToDo)?;
    let facility = view.facility(standing.facility).ok_or(Code::Unknown)?;
    require(facility.association_member, Code::NotAMember)?;
    require(until > time && until <= time.plus(LONGEST), Code::DateOutOfRange)
}

pub(super) fn permit_revocation(
    view: View<'_>,
    statement: &Statement,
    delegation: DelegationId,
) -> Result<(), Refusal> {
    let standing = view.standing(statement)?;
    let (_, known) = view.delegations().find(|&(id, _)| id == delegation).ok_or(Code::Unknown)?;
    view.require_administrator(&standing, statement.role, known.facility, Code::NotAdministrator)?;
    require(known.period.holds(view.size()), Code::NothingToDo)
}
