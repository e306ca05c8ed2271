//! Numbers for a report (A15.1): how many groups, invitations and inquiries a facility has, and how they stand. Nothing of
//! what is in them.

use serde::{Deserialize, Serialize};

use crate::id::FacilityId;
use crate::time::Time;

/// Groups of one kind by where they stand. Each is counted once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupNumbers {
    /// Written in.
    pub open: u32,
    /// Closed.
    pub closed: u32,
    /// Frozen, as the consent was withdrawn.
    pub frozen: u32,
    /// Erased.
    pub erased: u32,
}

/// Inquiries to the Desk by where they stand. Each is counted once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InquiryNumbers {
    /// Nobody has taken it.
    pub open: u32,
    /// An operator sees to it.
    pub taken: u32,
    /// Answered.
    pub answered: u32,
    /// Closed.
    pub closed: u32,
    /// Erased.
    pub erased: u32,
}

/// What the server counts of one facility.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacilityNumbers {
    /// Which.
    pub facility: FacilityId,
    /// Patient groups that it governs.
    pub patient: GroupNumbers,
    /// Free groups that it governs.
    pub free: GroupNumbers,
    /// Invitations of its people that wait for its administrator.
    pub invitations: u32,
    /// When the first of those was made.
    pub oldest_invitation: Option<Time>,
    /// Inquiries that its people have opened with the Desk.
    pub inquiries: InquiryNumbers,
    /// When the first of the inquiries that nobody has taken was opened.
    pub oldest_inquiry: Option<Time>,
}

impl FacilityNumbers {
    /// Nothing yet.
    pub fn none(facility: FacilityId) -> Self {
        Self {
            facility,
            patient: GroupNumbers::default(),
            free: GroupNumbers::default(),
            invitations: 0,
            oldest_invitation: None,
            inquiries: InquiryNumbers::default(),
            oldest_inquiry: None,
        }
    }
}
