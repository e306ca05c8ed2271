//! Article 3: a facility leaves the association (A3.2).
//!
//! Two operators of the Desk, or one and the root, sign the same words. Then all its people lose access at once, its
//! delegations end, and every group that it still governs is read-only: closed by that entry alone, wherever it is read, so
//! that nothing is left open without anybody who answers for it. Unless the order says so, there must be none that is open
//! ([`crate::group::a05_groups::permit_end`]): the facility hands them over or closes them first. The Desk sees to what is
//! left behind.

use renkei_proto::code::Code;
use renkei_proto::id::{FacilityId, UserId};
use renkei_proto::statement::Statement;
use renkei_proto::time::Time;

use super::{Registry, Seq, View, desk_voices};
use crate::{Refusal, require};

pub(super) fn permit(
    view: View<'_>,
    statement: &Statement,
    facility: FacilityId,
    close_groups: bool,
) -> Result<(), Refusal> {
    let operator = desk_voices::speaker(view, statement)?;
    let known = view.facility(facility).ok_or(Code::Unknown)?;
    require(!view.is_desk(facility), Code::NotRoot)?;
    require(view.ended(facility).is_none(), Code::FacilityEnded)?;
    require(known.admitted.is_some(), Code::FacilityNotAdmitted)?;
    let same = known.ending.iter().filter(|(_, _, close)| *close == close_groups);
    desk_voices::require_voice(view, same.map(|&(_, by, _)| by), operator)
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
        if !desk_voices::enough(self.now(), voices.iter().map(|&(_, by, _)| by)) {
            return false;
        }
        if let Some(facility) = self.facilities.get_mut(&id) {
            facility.ended = Some((seq, time));
        }
        true
    }
}
