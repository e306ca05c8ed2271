//! Article 8: an invitation takes effect only when the invited person's own SNS administrator approves it (A8.4).
//!
//! The one who invites and the one who approves are different people of different facilities; only for the originator's
//! own staff may one administrator do both. The Desk, acting as originator, never approves for another facility: its
//! operators are administrators of the Desk alone.

use renkei_proto::act::ReleaseKey;
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::hash::Hash32;
use renkei_proto::id::InvitationId;
use renkei_proto::statement::{Role, Statement};
use renkei_proto::time::Time;

use super::a04_origination::require_may_read;
use super::a05_groups::require_open;
use super::roster::Roster;
use super::{Group, Invitation, InvitationState};
use crate::registry::{View, a08_deputies};
use crate::{Refusal, require};

/// The open invitation, if the actor is the one who decides on it.
fn decides<'g>(
    group: &'g Group,
    view: View<'_>,
    statement: &Statement,
    invitation: InvitationId,
) -> Result<&'g Invitation, Refusal> {
    let standing = view.standing(statement)?;
    let open = group.invitation(invitation).ok_or(Code::Unknown)?;
    require(open.state == InvitationState::Open, Code::InvitationSpent)?;
    let person = view.user(open.user).ok_or(Code::Unknown)?;
    require(statement.acting_for.is_none(), Code::ApprovalMissing)?;
    view.require_administrator(&standing, statement.role, person.facility, Code::NotAdministrator)?;
    if statement.role == Role::Deputy {
        a08_deputies::require_subject(view, standing.user, open.user)?;
    }
    let own_staff = person.facility == group.originator;
    require(own_staff || standing.user != open.invited.user, Code::SecondPersonRequired)?;
    Ok(open)
}

pub(super) fn permit_approval(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    invitation: InvitationId,
    answers: Hash32,
    time: Time,
) -> Result<(), Refusal> {
    let open = decides(group, view, statement, invitation)?;
    require_open(group, view)?;
    // The Desk never stands on both sides: who invites for a clinic does not have a colleague approve a colleague.
    let (inviter, invited) = (view.user(open.invited.user), view.user(open.user));
    let one_side = inviter.map(|person| person.facility) == invited.map(|person| person.facility);
    require(
        !one_side || invited.is_some_and(|person| person.facility == group.originator),
        Code::SecondPersonRequired,
    )?;
    // An invitation lives no longer than the delegation under which it was made.
    if let Some(acting_for) = open.invited.acting_for {
        view.delegation(acting_for.delegation, group.originator, group.id, time)?;
    }
    require(open.statement == answers, Code::Unknown)?;
    view.require_active_user(open.user)?;
    let person = view.user(open.user).ok_or(Code::Unknown)?;
    // Keys are sealed to a reader's devices even before the first sign-in: not to somebody who has pledged nothing.
    require(person.pledge.iter().any(|(seq, _)| *seq < view.size()), Code::PledgeMissing)?;
    let devices = Roster::of(group, view, time).len() + view.active_devices(open.user).count();
    require(devices <= bounds::ROSTER_DEVICES, Code::TooManyDevices)?;
    require_may_read(view, person.facility, group.originator, group.id, time)
}

/// The release key that an approval publishes is the one that the invitation names. An administrator whose device has
/// not got it approves without: a colleague's device then hands the earlier keys over.
pub(super) fn permit_release(
    group: &Group,
    invitation: InvitationId,
    release: Option<&ReleaseKey>,
) -> Result<(), Refusal> {
    let named = group.invitation(invitation).and_then(|invitation| invitation.release);
    require(release.is_none_or(|release| Some(release.hash()) == named), Code::ReleaseWrong)
}

pub(super) fn permit_decline(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    invitation: InvitationId,
) -> Result<(), Refusal> {
    decides(group, view, statement, invitation).map(|_| ())
}
