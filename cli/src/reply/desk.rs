//! What the Desk's commands answer: inquiries, training rounds, the report.

use renkei_client_core::policy::group::a14_inquiries::{InquiryState, Turn};
use renkei_client_core::proto::act::{IncidentKind, InquiryEnd, Measure};
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::id::{GroupId, TrainingId};
use renkei_client_core::proto::report::{GroupNumbers, InquiryNumbers};
use renkei_client_core::proto::time::{Date, Time};
use renkei_client_core::report::{DeviceNumbers, FacilityState, Share};
use renkei_client_core::takeout::TakeoutNumbers;
use serde::{Deserialize, Serialize};

use super::{Where, Who};

/// An inquiry in the list.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct InquiryRow {
    pub(crate) inquiry: GroupId,
    pub(crate) subject: Option<String>,
    pub(crate) asker: Who,
    pub(crate) opened: Time,
    pub(crate) state: InquiryState,
    pub(crate) turn: Turn,
    /// Who at the Desk sees to it.
    pub(crate) taken_by: Option<Who>,
    /// When something was last written.
    pub(crate) written: Option<Time>,
    /// Days since whoever's turn it is could have done something.
    pub(crate) waits_days: u64,
    pub(crate) closed: Option<InquiryEnd>,
    /// From when on the Desk may close it, as an answer got no reply.
    pub(crate) closable: Option<Time>,
}

/// A report of something that went wrong.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct IncidentRow {
    pub(crate) incident: GroupId,
    pub(crate) subject: Option<String>,
    pub(crate) what: Option<IncidentKind>,
    /// The group in which it happened; its label for who knows it.
    pub(crate) group: Option<GroupId>,
    pub(crate) label: Option<String>,
    pub(crate) message: Option<u64>,
    pub(crate) noticed: Option<Time>,
    pub(crate) reporter: Who,
    pub(crate) opened: Time,
    pub(crate) state: InquiryState,
    /// Who sees to it.
    pub(crate) taken_by: Option<Who>,
    /// Days since whoever's turn it is could have done something.
    pub(crate) waits_days: u64,
    pub(crate) measures: Vec<MeasureRow>,
    /// What has to be on record yet.
    pub(crate) missing: Vec<Measure>,
}

/// What was done about it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct MeasureRow {
    pub(crate) measure: Measure,
    /// Otherwise it was found not to be needed.
    pub(crate) done: bool,
    pub(crate) on: Date,
    pub(crate) by: Who,
}

/// How many inquiries are in a state, and since when the first of them waits.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct InquiryCount {
    pub(crate) state: InquiryState,
    pub(crate) inquiries: usize,
    pub(crate) oldest: Option<Time>,
}

/// A training round, as far as this person may know.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct TrainingRow {
    pub(crate) training: TrainingId,
    /// None for everybody of the association.
    pub(crate) facility: Option<Where>,
    pub(crate) material: Hash32,
    pub(crate) from: Date,
    pub(crate) until: Date,
    pub(crate) open: bool,
    pub(crate) over: bool,
    /// It waits for this person.
    pub(crate) mine: bool,
    /// Who has taken part, and who hasn't: for a facility's administrator of the own people.
    pub(crate) attended: Vec<AttendedRow>,
    pub(crate) missing: Vec<Who>,
    /// By facility: for the Desk.
    pub(crate) counts: Vec<TrainingCount>,
}

/// Somebody who has taken part.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AttendedRow {
    pub(crate) who: Who,
    pub(crate) at: Time,
    /// The day of a session held in person, and who recorded it.
    pub(crate) held_on: Option<Date>,
    pub(crate) recorded_by: Option<Who>,
}

/// How many people of a facility have taken part.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct TrainingCount {
    pub(crate) facility: Where,
    pub(crate) share: Share,
}

/// One facility in the report.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ReportRow {
    pub(crate) facility: Where,
    pub(crate) state: FacilityState,
    pub(crate) people: usize,
    pub(crate) suspended: usize,
    pub(crate) pledges_missing: usize,
    pub(crate) resets: usize,
    pub(crate) devices: DeviceNumbers,
    pub(crate) delegations: usize,
    pub(crate) reviews: Share,
    pub(crate) trainings: Share,
    pub(crate) patient_groups: GroupNumbers,
    pub(crate) free_groups: GroupNumbers,
    pub(crate) invitations: u32,
    pub(crate) oldest_invitation: Option<Time>,
    pub(crate) inquiries: InquiryNumbers,
    pub(crate) oldest_inquiry: Option<Time>,
    /// Refusals and failed sign-ins: for the Desk.
    pub(crate) refused: Option<u64>,
    pub(crate) takeouts: TakeoutNumbers,
}
