//! Article 5: the originator creates and closes groups, invites and removes people (A5.1, A5.2).

use renkei_proto::act::GroupKind;
use renkei_proto::code::Code;
use renkei_proto::hash::Hash32;
use renkei_proto::id::{FacilityId, GroupId, InvitationId, UserId};
use renkei_proto::statement::Statement;
use renkei_proto::time::Time;

use super::a04_origination::{require_may_read, require_originator};
use super::a14_inquiries::require_inquiry_open;
use super::{Group, InvitationState};
use crate::registry::View;
use crate::{Refusal, require};

pub(super) fn permit_creation(
    view: View<'_>,
    statement: &Statement,
    group: GroupId,
    kind: GroupKind,
    originator: FacilityId,
    creator_reads: bool,
    time: Time,
) -> Result<(), Refusal> {
    view.facility(originator).ok_or(Code::Unknown)?;
    require(view.ended(originator).is_none(), Code::FacilityEnded)?;
    let standing = require_originator(view, statement, originator, group, time)?;
    // The Desk manages no patient of its own: it opens patient groups only for a facility that does.
    require(kind == GroupKind::Free || !view.is_desk(originator), Code::DelegationMissing)?;
    // Of the originator's own staff: the administrator who granted creating groups answers for it (A8.4), and every
    // member sees who created the group.
    if creator_reads {
        require_may_read(view, standing.facility, originator, group, time)?;
        // An operator is of another facility than the originator: a reader like any other, by invitation and approval.
        require(standing.facility == originator, Code::ApprovalMissing)?;
    }
    Ok(())
}

pub(super) fn permit_close(group: &Group, view: View<'_>, statement: &Statement, time: Time) -> Result<(), Refusal> {
    require_originator(view, statement, group.originator, group.id, time)?;
    require_open(group, view)
}

/// Whoever governs the group may tell those who govern it what it is called. Also in a closed group.
pub(super) fn permit_label(group: &Group, view: View<'_>, statement: &Statement, time: Time) -> Result<(), Refusal> {
    require_originator(view, statement, group.originator, group.id, time).map(|_| ())
}

pub(super) fn permit_invitation(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    invitation: InvitationId,
    user: UserId,
    time: Time,
) -> Result<(), Refusal> {
    require_originator(view, statement, group.originator, group.id, time)?;
    require_open(group, view)?;
    require(group.invitation(invitation).is_none(), Code::AlreadyExists)?;
    let person = view.user(user).ok_or(Code::Unknown)?;
    require(view.admitted(person.facility), Code::FacilityNotAdmitted)?;
    view.require_active_user(user)?;
    require_may_read(view, person.facility, group.originator, group.id, time)?;
    let invited = group.invitations().any(|(_, open)| open.user == user && open.state == InvitationState::Open);
    require(!invited && group.membership(user).is_none(), Code::AlreadyInGroup)
}

/// A release key serves one invitation: once an approval has published it, it would hold back nothing of another.
pub(super) fn permit_release(group: &Group, release: Option<Hash32>) -> Result<(), Refusal> {
    let used = release.is_some() && group.invitations().any(|(_, invitation)| invitation.release == release);
    require(!used, Code::ReleaseWrong)
}

pub(super) fn permit_withdrawal(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    invitation: InvitationId,
    time: Time,
) -> Result<(), Refusal> {
    require_originator(view, statement, group.originator, group.id, time)?;
    let open = group.invitation(invitation).ok_or(Code::Unknown)?;
    require(open.state == InvitationState::Open, Code::InvitationSpent)
}

/// By the originator, or by the member's own SNS administrator (A8.4). Also in a closed group: who may read it is
/// still somebody's to decide.
pub(super) fn permit_removal(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    user: UserId,
    time: Time,
) -> Result<(), Refusal> {
    let standing = view.standing(statement)?;
    let person = view.user(user).ok_or(Code::Unknown)?;
    let own_administrator = statement.acting_for.is_none() && view.is_administrator(standing.user, person.facility);
    if own_administrator {
        view.require_administrator(&standing, statement.role, person.facility, Code::NotAdministrator)?;
    } else {
        require_originator(view, statement, group.originator, group.id, time)?;
    }
    require(group.membership(user).is_some(), Code::NotAReader)
}

impl Group {
    /// Whether it is written in: neither closed, nor left behind by a facility that is no more.
    pub fn is_open(&self, view: View<'_>) -> bool {
        require_open(self, view).is_ok()
    }
}

/// Neither closed by its originator or, an inquiry, by those whose it is, nor with the end of that facility's admission (A3.2).
pub(super) fn require_open(group: &Group, view: View<'_>) -> Result<(), Refusal> {
    require_inquiry_open(group)?;
    require(group.closed.is_none() && view.ended(group.originator).is_none(), Code::GroupClosed)
}

/// Whether a group of `facility` is still open: it must be handed over or closed before the facility's admission ends, or
/// be closed with it (A3.2). For whoever has all groups: the server.
pub fn permit_end<'g>(
    mut groups: impl Iterator<Item = &'g Group>,
    view: View<'_>,
    facility: FacilityId,
    close_groups: bool,
) -> Result<(), Refusal> {
    let open =
        |group: &Group| group.originator == facility && require_open(group, view).is_ok() && group.erased().is_none();
    require(close_groups || !groups.any(open), Code::GroupsOpen)
}
