//! Article 6: the proof of an erasure, for the patient's family or a committee (A6.2).
//!
//! Whoever governed the group to its end is given it: an SNS administrator of its originator, who is told of every device
//! that had its keys. Where the originator's admission has ended, an operator of the Desk, to whom its groups are left.

use renkei_proto::code::Code;
use renkei_proto::id::UserId;

use super::Group;
use super::a06_erasure::Erased;
use crate::registry::{Standing, View};
use crate::{Refusal, require};

/// Whether `user` answers for the group's end, as above.
pub(super) fn answers_for(group: &Group, view: View<'_>, user: UserId) -> bool {
    let left = view.ended(group.originator).is_some();
    view.is_administrator(user, group.originator) || (left && view.is_operator(user))
}

/// Gives the erasure that `viewer` may have the proof of.
pub fn permit(group: &Group, view: View<'_>, viewer: &Standing<'_>) -> Result<Erased, Refusal> {
    require(answers_for(group, view, viewer.user), Code::NotAdministrator)?;
    Ok(group.erased().ok_or(Code::NothingToDo)?)
}
