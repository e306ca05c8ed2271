//! Article 8: what an SNS administrator sees listed (A8.1): every group, member and device that touches the facility.
//!
//! The server sends an administrator the logs of just these groups, and the administrator's list names just these: one
//! definition for both.

use renkei_proto::code::Code;
use renkei_proto::id::{FacilityId, UserId};
use renkei_proto::time::Time;
use serde::{Deserialize, Serialize};

use super::a06_erasure::concerns_desk;
use super::{Group, InvitationState, Seq};
use crate::registry::View;
use crate::{Refusal, require};

/// How a group touches a facility. Of several ways the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Touch {
    /// The facility opened it and governs it.
    Originated,
    /// The Desk acts in it for its originator.
    Delegated,
    /// Somebody of the facility reads it.
    Members,
    /// Somebody of the facility is invited, and its administrator has not decided yet.
    Invited,
    /// The originator has left the association, and the Desk sees to what it left behind (A3.2).
    LeftBehind,
    /// The originator is suspended, and the Desk records what patients say meanwhile (A6.2, A12.4).
    Suspended,
    /// Its erasure waits, or waited, for a second person, whom the Desk can give (A5.1, A6.2).
    ToErase,
    /// Its originator offers it to the facility (A5.1).
    Offered,
}

/// The facility whose groups, members and devices `user` may have listed: the one that the person administers.
pub fn permit(view: View<'_>, user: UserId) -> Result<FacilityId, Refusal> {
    let facility = view.user(user).ok_or(Code::Unknown)?.facility;
    require(view.is_administrator(user, facility), Code::NotAdministrator)?;
    Ok(facility)
}

/// Whether `group` invites, or has invited, somebody of `facility`.
pub fn asks(group: &Group, view: View<'_>, facility: FacilityId) -> bool {
    let own = |user: UserId| view.user(user).is_some_and(|person| person.facility == facility);
    !group.is_inquiry() && group.invitations().any(|(_, one)| own(one.user))
}

/// The last entry by which somebody of `facility` ceased to be a member of `group`, or was no longer to be: whoever
/// administers the facility is shown that much of a group that touches it no more, and so the own decision (A8.4).
pub fn last_touched(group: &Group, view: View<'_>, facility: FacilityId) -> Option<Seq> {
    if group.is_inquiry() {
        return None;
    }
    let own = |user: UserId| view.user(user).is_some_and(|person| person.facility == facility);
    let members = group.members().filter(|(user, _)| own(*user));
    let left = members.flat_map(|(_, memberships)| memberships).filter_map(|one| one.ended.map(|by| by.seq));
    let decided = group.invitations().filter(|(_, one)| own(one.user)).filter_map(|(_, one)| match one.state {
        InvitationState::Declined(by) | InvitationState::Withdrawn(by) => Some(by.seq),
        InvitationState::Open | InvitationState::Approved(_) => None,
    });
    left.chain(decided).max()
}

/// How `group` touches `facility` at `time`, if it does.
pub fn touches(group: &Group, view: View<'_>, facility: FacilityId, time: Time) -> Option<Touch> {
    let originator = group.originator();
    if originator == facility {
        return Some(Touch::Originated);
    }
    // That somebody of a facility has asked the Desk is a number to the facility, and no more (A14.1).
    if group.is_inquiry() {
        return None;
    }
    let delegated = || view.delegations().any(|(id, _)| view.delegation(id, originator, group.id(), time).is_ok());
    let desk = view.is_desk(facility);
    if desk && delegated() {
        return Some(Touch::Delegated);
    }
    let own = |user: UserId| view.user(user).is_some_and(|person| person.facility == facility);
    if group.members().any(|(user, _)| own(user) && group.membership(user).is_some()) {
        return Some(Touch::Members);
    }
    let waits = group.invitations().any(|(_, one)| own(one.user) && one.state == InvitationState::Open);
    if waits {
        return Some(Touch::Invited);
    }
    if desk && view.ended(originator).is_some() {
        return Some(Touch::LeftBehind);
    }
    if desk && view.facility_suspended(originator) {
        return Some(Touch::Suspended);
    }
    if desk && concerns_desk(group) {
        return Some(Touch::ToErase);
    }
    group.offered().is_some_and(|offer| offer.to == facility).then_some(Touch::Offered)
}
