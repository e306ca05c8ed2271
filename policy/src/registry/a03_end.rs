//! Article 3: a facility leaves the association (A3.2).
//!
//! Two operators of the Desk, or one and the root, sign the same words. Then all its people lose access at once, its
//! delegations end, and every group that it still governs is read-only: closed by that entry alone, wherever it is read, so
//! that nothing is left open without anybody who answers for it. Unless the order says so, there must be none that is open
//! ([`crate::group::a05_groups::permit_end`]): the facility hands them over or closes them first. The Desk sees to what is
//! left behind.

use renkei_proto::code::Code;
use renkei_proto::id::{FacilityId, UserId};
use renkei_proto::statement::{Actor, Role, Statement};
use renkei_proto::time::Time;

use super::{Registry, Seq, View};
use crate::{Refusal, require};

/// How many must sign it: two operators, or one and the root.
pub const ENDERS: usize = 2;

pub(super) fn permit(
    view: View<'_>,
    statement: &Statement,
    facility: FacilityId,
    close_groups: bool,
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
    let known = view.facility(facility).ok_or(Code::Unknown)?;
    require(!view.is_desk(facility), Code::NotRoot)?;
    require(view.ended(facility).is_none(), Code::FacilityEnded)?;
    require(known.admitted.is_some(), Code::FacilityNotAdmitted)?;
    let signed = known.ending.iter().any(|&(_, by, close)| by == operator && close == close_groups);
    require(!signed, Code::SecondPersonRequired)
}

impl Registry {
    /// Takes a signature in; whether it was the last one needed.
    pub(super) fn fold_end(
        &mut self,
        (seq, time): (Seq, Time),
        actor: Option<UserId>,
        id: FacilityId,
        close_groups: bool,
    ) -> bool {
        let Some(facility) = self.facilities.get_mut(&id) else { return false };
        // Other words take the place of those that were signed before.
        facility.ending.retain(|(_, by, close)| *close == close_groups && *by != actor);
        facility.ending.push((seq, actor, close_groups));
        let voices = facility.ending.clone();
        // Whoever has left the Desk since has no voice left.
        let in_office = |by: Option<UserId>| by.is_none_or(|user| self.now().is_operator(user));
        if voices.iter().filter(|(_, by, _)| in_office(*by)).count() < ENDERS {
            return false;
        }
        if let Some(facility) = self.facilities.get_mut(&id) {
            facility.ended = Some((seq, time));
        }
        true
    }
}
