//! Article 15: what is counted for a report, and for whom (A15.1). Numbers and states; nothing of what is in a group.
//!
//! | who | sees the numbers of |
//! | --- | --- |
//! | an operator of the Desk | every facility |
//! | an SNS administrator | the own facility |

use std::collections::BTreeMap;

use renkei_proto::act::GroupKind;
use renkei_proto::code::Code;
use renkei_proto::id::{FacilityId, UserId};
use renkei_proto::report::{FacilityNumbers, GroupNumbers, InquiryNumbers};
use renkei_proto::time::Time;

use crate::group::a14_inquiries::InquiryState;
use crate::group::{Group, InvitationState};
use crate::registry::View;
use crate::{Refusal, require};

/// Whose numbers `viewer` may have: of one facility, or with none of all.
pub fn permit(view: View<'_>, viewer: UserId) -> Result<Option<FacilityId>, Refusal> {
    if view.is_operator(viewer) {
        return Ok(None);
    }
    let facility = view.user(viewer).ok_or(Code::Unknown)?.facility;
    require(view.is_administrator(viewer, facility), Code::NotAdministrator)?;
    Ok(Some(facility))
}

fn count_group(numbers: &mut GroupNumbers, group: &Group, view: View<'_>) {
    let one = if group.erased().is_some() {
        &mut numbers.erased
    } else if group.is_shut() {
        &mut numbers.frozen
    } else if group.closed_at(view).is_some() {
        &mut numbers.closed
    } else {
        &mut numbers.open
    };
    *one = one.saturating_add(1);
}

fn count_inquiry(numbers: &mut InquiryNumbers, group: &Group, view: View<'_>) {
    let one = match group.inquiry_state(view) {
        _ if group.erased().is_some() => &mut numbers.erased,
        Some(InquiryState::Taken) => &mut numbers.taken,
        Some(InquiryState::Answered) => &mut numbers.answered,
        Some(InquiryState::Closed) => &mut numbers.closed,
        Some(InquiryState::Open) | None => &mut numbers.open,
    };
    *one = one.saturating_add(1);
}

fn earliest(known: &mut Option<Time>, time: Time) {
    *known = Some(known.map_or(time, |before| before.min(time)));
}

/// The numbers of one facility, or with none of every facility that has applied, in ascending order.
pub fn numbers<'g>(
    groups: impl Iterator<Item = &'g Group>,
    view: View<'_>,
    only: Option<FacilityId>,
) -> Vec<FacilityNumbers> {
    let wanted = view.facilities().map(|(id, _)| id).filter(|id| only.is_none_or(|only| only == *id));
    let mut all: BTreeMap<FacilityId, FacilityNumbers> = wanted.map(|id| (id, FacilityNumbers::none(id))).collect();
    let works_at = |user| view.user(user).map(|person| person.facility);
    for group in groups {
        let counted = match group.kind() {
            GroupKind::Patient | GroupKind::Free => Some(group.originator()),
            GroupKind::Inquiry | GroupKind::Incident => works_at(group.created().user),
        };
        if let Some(numbers) = counted.and_then(|facility| all.get_mut(&facility)) {
            match group.kind() {
                GroupKind::Patient => count_group(&mut numbers.patient, group, view),
                GroupKind::Free => count_group(&mut numbers.free, group, view),
                GroupKind::Inquiry | GroupKind::Incident => {
                    count_inquiry(&mut numbers.inquiries, group, view);
                    if group.erased().is_none() && group.inquiry_state(view) == Some(InquiryState::Open) {
                        earliest(&mut numbers.oldest_inquiry, group.created().time);
                    }
                }
            }
        }
        // In a closed or frozen group nothing waits for anybody.
        if !group.is_open(view) || group.is_shut() {
            continue;
        }
        for (_, invitation) in group.invitations().filter(|(_, one)| one.state == InvitationState::Open) {
            if let Some(numbers) = works_at(invitation.user).and_then(|facility| all.get_mut(&facility)) {
                numbers.invitations = numbers.invitations.saturating_add(1);
                earliest(&mut numbers.oldest_invitation, invitation.invited.time);
            }
        }
    }
    all.into_values().collect()
}
