//! S7, handling an incident: whoever governs a group halts it at once, and lets it go on when it is safe.
//!
//! While a group is halted nothing is written in it and nothing of it is handed out, as after a withdrawn consent: who has
//! what already keeps it, and sees that it is halted and by whom. People can be removed meanwhile, and consent can be withdrawn;
//! whatever is written next is sealed for those who are left. Halting takes one person, as it must be quick and takes nothing
//! away; going on is an SNS administrator's decision.

use renkei_proto::code::Code;
use renkei_proto::statement::Statement;
use renkei_proto::time::Time;

use super::Group;
use super::a04_origination::require_originator;
use super::a06_erasure::require_steward;
use crate::registry::View;
use crate::{Refusal, require};

/// By whoever may invite; also of a closed group, whose readers look things up in it.
pub(super) fn permit_halting(group: &Group, view: View<'_>, statement: &Statement, time: Time) -> Result<(), Refusal> {
    require_originator(view, statement, group.originator, group.id, time).map(drop)
}

/// By an SNS administrator of the originator, or whoever speaks for it by delegation.
pub(super) fn permit_resuming(group: &Group, view: View<'_>, statement: &Statement, time: Time) -> Result<(), Refusal> {
    require_steward(group, view, statement, time)?;
    require(group.halted().is_some(), Code::NothingToDo)
}
