//! Article 5, with articles 3 and 4: an originating facility hands a group over to another one, which accepts (A3.2, A5.1).
//!
//! From the acceptance on the other facility is the originator: it governs, and what was delegated to the Desk by the
//! former one holds here no longer. Members stay. Invitations that were open end: the new originator invites anew.

use renkei_proto::code::Code;
use renkei_proto::hash::Hash32;
use renkei_proto::id::FacilityId;
use renkei_proto::statement::Statement;
use renkei_proto::time::Time;
use serde::{Deserialize, Serialize};

use super::a05_groups::require_open;
use super::a06_erasure::require_steward;
use super::{By, Group, InvitationState};
use crate::registry::View;
use crate::{Refusal, require};

/// An offer of a group to another facility.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoverOffer {
    /// To whom.
    pub to: FacilityId,
    /// By whom.
    pub by: By,
    /// Hash of the signed offer, which an acceptance must name.
    pub statement: Hash32,
}

impl Group {
    /// The offer that waits for an answer.
    pub fn offered(&self) -> Option<HandoverOffer> {
        self.offer
    }

    /// The facilities that governed the group before, and the entry that ended it.
    pub fn former_originators(&self) -> &[(FacilityId, By)] {
        &self.former
    }

    pub(super) fn fold_offer(&mut self, by: By, to: FacilityId, statement: Hash32) {
        self.offer = Some(HandoverOffer { to, by, statement });
    }

    pub(super) fn fold_acceptance(&mut self, by: By) {
        let Some(offer) = self.offer.take() else { return };
        self.former.push((self.originator, by));
        self.originator = offer.to;
        for invitation in self.invitations.values_mut().filter(|one| one.state == InvitationState::Open) {
            invitation.state = InvitationState::Withdrawn(by);
        }
    }

    pub(super) fn fold_drop(&mut self) {
        self.offer = None;
    }
}

pub(super) fn permit_offer(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    to: FacilityId,
    time: Time,
) -> Result<(), Refusal> {
    require_steward(group, view, statement, time)?;
    require_open(group, view)?;
    view.facility(to).ok_or(Code::Unknown)?;
    require(view.admitted(to), Code::FacilityNotAdmitted)?;
    require(to != group.originator, Code::NothingToDo)?;
    // The Desk manages no patient: it acts for a facility that does.
    require(!view.is_desk(to), Code::DelegationMissing)
}

/// The offer, if the actor administers the facility that it was made to.
fn decides(group: &Group, view: View<'_>, statement: &Statement) -> Result<HandoverOffer, Refusal> {
    let standing = view.standing(statement)?;
    let offer = group.offer.ok_or(Code::NothingToDo)?;
    require(statement.acting_for.is_none(), Code::ApprovalMissing)?;
    view.require_administrator(&standing, statement.role, offer.to, Code::NotAdministrator)?;
    Ok(offer)
}

pub(super) fn permit_acceptance(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    answers: Hash32,
) -> Result<(), Refusal> {
    let offer = decides(group, view, statement)?;
    require_open(group, view)?;
    require(offer.statement == answers, Code::Unknown)
}

pub(super) fn permit_drop(group: &Group, view: View<'_>, statement: &Statement, time: Time) -> Result<(), Refusal> {
    require(group.offer.is_some(), Code::NothingToDo)?;
    require_steward(group, view, statement, time).map(drop).or_else(|refusal| {
        // Of the two, who did not offer is told what stands in the way on the own side.
        decides(group, view, statement).map(drop).map_err(|_| refusal)
    })
}
