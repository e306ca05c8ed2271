//! People, facilities and what is asked of them.

use super::devices::DeviceRow;
use super::groups::{GroupRow, InvitationRow, MemberRow};
use super::records::TakeoutRow;
use renkei_client_core::import::{Encoding, Finding};
use renkei_client_core::policy::group::a08_lists::Touch;
use renkei_client_core::policy::registry::a09_leaving::Farewell;
use renkei_client_core::policy::registry::a09_review::Stage;
use renkei_client_core::proto::act::{DelegationScope, FacilityKind, Profession, SpeaksFor};
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::id::{DelegationId, DeviceId, FacilityId, ReviewId, UserId};
use renkei_client_core::proto::reach::Telephone;
use renkei_client_core::proto::time::{Date, Time};
use renkei_client_core::proto::wording::TextKind;
use renkei_client_core::proto::words::CompareWords;
use renkei_client_core::table::OnRecord;
use serde::{Deserialize, Serialize};

/// The words that two people compare.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Words {
    pub(crate) kana: String,
    pub(crate) latin: String,
}

impl From<CompareWords> for Words {
    fn from(words: CompareWords) -> Self {
        Self { kana: words.kana, latin: words.latin }
    }
}

/// A person, as far as this one may know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Who {
    pub(crate) user: UserId,
    pub(crate) name: Option<String>,
    pub(crate) profession: Option<Profession>,
    pub(crate) facility: Option<FacilityId>,
    pub(crate) facility_name: Option<String>,
    /// In whose name the account speaks, where it is an official one (S8). From the registry, never from the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) official: Option<String>,
}

/// A facility by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Where {
    pub(crate) facility: FacilityId,
    pub(crate) name: Option<String>,
}

/// Who did something: the person, and the facility acted for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Actor {
    #[serde(flatten)]
    pub(crate) who: Who,
    pub(crate) acting_for: Option<Where>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Candidate {
    pub(crate) device: DeviceId,
    pub(crate) name: String,
    pub(crate) words: Words,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Application {
    pub(crate) facility: FacilityId,
    pub(crate) name: String,
    pub(crate) facility_kind: FacilityKind,
    pub(crate) association_member: bool,
    pub(crate) manager: Who,
    pub(crate) admitted_by: usize,
    pub(crate) words: Words,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct FacilityRow {
    pub(crate) facility: FacilityId,
    pub(crate) name: String,
    pub(crate) facility_kind: FacilityKind,
    pub(crate) association_member: bool,
    pub(crate) admitted: bool,
    pub(crate) manager: Option<Who>,
    pub(crate) administrators: usize,
    pub(crate) staff: usize,
    #[serde(default)]
    pub(crate) suspended: bool,
    /// Under which number it is telephoned.
    #[serde(default)]
    pub(crate) telephone: Option<Telephone>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "facts that a script asks for one by one")]
pub(crate) struct StaffRow {
    #[serde(flatten)]
    pub(crate) who: Who,
    pub(crate) kana: Option<String>,
    pub(crate) active: bool,
    pub(crate) facility_manager: bool,
    pub(crate) administrator: bool,
    pub(crate) group_manager: bool,
    pub(crate) pledge: bool,
    pub(crate) devices: usize,
    #[serde(default)]
    pub(crate) suspended: bool,
    /// How the person knows that the duty of secrecy goes on after leaving.
    #[serde(default)]
    pub(crate) farewell: Option<Farewell>,
    #[serde(default)]
    pub(crate) deputy: Option<DeputyRow>,
}

/// A time as a deputy of the SNS administrators (A8.3).
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct DeputyRow {
    pub(crate) from: Time,
    /// Excluded.
    pub(crate) until: Time,
    /// It is running.
    pub(crate) now: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct DelegationRow {
    pub(crate) delegation: DelegationId,
    pub(crate) by: Where,
    pub(crate) scope: DelegationScope,
    pub(crate) group_label: Option<String>,
    pub(crate) until: Time,
    pub(crate) operators_read: bool,
    pub(crate) revoked: bool,
}

/// An official account, as it is, was, or is to be listed (S8).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OfficialRow {
    #[serde(flatten)]
    pub(crate) who: Who,
    pub(crate) state: OfficialState,
    pub(crate) speaks_for: SpeaksFor,
    /// The name of the association or the facility.
    pub(crate) name_of: Option<String>,
    pub(crate) purpose: String,
    pub(crate) responsible: Vec<Who>,
    /// Who listed it, or has signed so far. The root is not among them.
    pub(crate) by: Vec<Who>,
    /// None where it is only proposed.
    pub(crate) since: Option<Time>,
    /// When it was withdrawn, or got other words.
    pub(crate) until: Option<Time>,
}

/// How it stands with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum OfficialState {
    /// It is listed.
    Listed,
    /// It, or other words for it, wait for a second operator.
    Proposed,
    /// Its withdrawal does.
    WithdrawalProposed,
    /// It was withdrawn, or has other words by now.
    Withdrawn,
    /// It ended with the ID, the facility, or the last person responsible.
    Ended,
}

/// A text of the association.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct TextRow {
    pub(crate) text: TextKind,
    pub(crate) version: u32,
    pub(crate) hash: Hash32,
    /// None where it waits for a second signature.
    pub(crate) published: Option<Time>,
}

/// A review round, as far as this person may know.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ReviewRow {
    pub(crate) review: ReviewId,
    /// None for everybody of the association.
    pub(crate) facility: Option<Where>,
    pub(crate) due: Date,
    pub(crate) restricted_from: Time,
    pub(crate) locked_from: Time,
    pub(crate) open: bool,
    pub(crate) stage: Stage,
    /// It waits for this person.
    pub(crate) mine: bool,
    /// How many have confirmed, and who hasn't: for administrators and the Desk.
    pub(crate) confirmed: Option<usize>,
    pub(crate) waiting: Vec<WaitingRow>,
}

/// Somebody who has not confirmed yet.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct WaitingRow {
    #[serde(flatten)]
    pub(crate) who: Who,
}

/// What would come of a file, and what is wrong with it (A8.3).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ImportPlan {
    pub(crate) encoding: Option<Encoding>,
    /// Nothing stands in the way.
    pub(crate) clean: bool,
    /// Names by line; whether somebody is registered already, and is passed over.
    pub(crate) rows: Vec<ImportPlanRow>,
    pub(crate) findings: Vec<Finding>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ImportPlanRow {
    pub(crate) line: u64,
    pub(crate) name: String,
    pub(crate) there: bool,
    /// The offices that the file gives this person, also one who is there already.
    pub(crate) administrator: bool,
    pub(crate) group_manager: bool,
}

/// What came of one line.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ImportedRow {
    pub(crate) line: u64,
    #[serde(flatten)]
    pub(crate) who: Who,
    pub(crate) registered: bool,
    /// An enrolment ticket's link, where one was wanted and there is no device yet.
    pub(crate) link: Option<String>,
    pub(crate) expires: Option<Time>,
}

/// What touches a facility (A8.1).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Overview {
    pub(crate) facility: Where,
    pub(crate) at: Time,
    /// Whether the server's signed word on its logs is fresh.
    pub(crate) fresh: bool,
    pub(crate) groups: Vec<OverviewGroup>,
    pub(crate) devices: Vec<DeviceRow>,
    pub(crate) delegations: Vec<DelegationRow>,
    #[serde(default)]
    pub(crate) takeouts: Vec<TakeoutRow>,
    /// Where it is to be written: that this is on record. Shown to nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) on_record: Option<OnRecord>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct OverviewGroup {
    pub(crate) touch: Touch,
    /// Not flattened: a row has a number of members.
    pub(crate) row: GroupRow,
    pub(crate) members: Vec<MemberRow>,
    /// Those that wait for a decision.
    pub(crate) invitations: Vec<InvitationRow>,
}
