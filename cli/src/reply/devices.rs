//! Devices, sessions, and how they stand.

use super::people::{Who, Words};
use renkei_client_core::policy::registry::a09_review::Stage;
use renkei_client_core::proto::act::{DeviceKind, OperatingSystem, Ownership};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::id::{AssociationId, DeviceId, FacilityId, SessionId, UserId};
use renkei_client_core::proto::posture::Posture;
use renkei_client_core::proto::settings::Setting;
use renkei_client_core::proto::time::{Date, Time};
use serde::{Deserialize, Serialize};

/// How far a device has come (A8.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum DeviceState {
    Pending,
    Approved,
    Wiped,
    /// Its person's ID has ended: its order is to destroy what it has.
    Ended,
    Suspended,
    Lost,
    /// Wiped, and taken out of use in good order.
    Retired,
}

/// How a device is kept (A12.1).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PostureRow {
    pub(crate) required: Posture,
    pub(crate) declared: Option<Posture>,
    pub(crate) declared_at: Option<Time>,
    pub(crate) confirmed_by: Option<UserId>,
    /// The last day on which the confirmation is good.
    pub(crate) confirmed_until: Option<Date>,
    /// Something is asked that is not declared, not confirmed, or out of date.
    pub(crate) overdue: bool,
    /// The confirmation ends within two weeks.
    pub(crate) ends_soon: bool,
}

/// What became of one device of several that were wiped.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct WipeRow {
    pub(crate) device: DeviceId,
    pub(crate) owner: Who,
    pub(crate) ordered: bool,
    /// Why it was not ordered.
    pub(crate) refused: Option<Code>,
    /// When the device confirmed.
    pub(crate) confirmed: Option<Time>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct DeviceRow {
    pub(crate) device: DeviceId,
    pub(crate) owner: Who,
    pub(crate) device_kind: DeviceKind,
    pub(crate) system: OperatingSystem,
    pub(crate) ownership: Ownership,
    pub(crate) state: DeviceState,
    pub(crate) approved_by: Option<UserId>,
    pub(crate) vouched_by: Option<UserId>,
    pub(crate) words: Option<Words>,
    /// When a wiped device confirmed that it has destroyed what it had; none if it has not yet.
    pub(crate) wipe_confirmed: Option<Time>,
    #[serde(default)]
    pub(crate) posture: Option<PostureRow>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct OfferRow {
    pub(crate) device: DeviceId,
    pub(crate) device_kind: DeviceKind,
    pub(crate) system: OperatingSystem,
    pub(crate) ownership: Ownership,
    /// Whose device, or for which facility.
    pub(crate) owner: Option<Who>,
    pub(crate) facility: Option<FacilityId>,
    pub(crate) words: Words,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "facts that a script asks for one by one")]
pub(crate) struct Status {
    pub(crate) profile: String,
    pub(crate) server: String,
    pub(crate) device: DeviceId,
    pub(crate) user: Option<UserId>,
    pub(crate) approved: bool,
    pub(crate) signed_in: bool,
    /// The rest only while signed in.
    pub(crate) who: Option<Who>,
    pub(crate) association: Option<AssociationId>,
    pub(crate) association_name: Option<String>,
    pub(crate) online: bool,
    pub(crate) roles: Vec<String>,
    pub(crate) groups: usize,
    pub(crate) registry: u64,
    /// Whether the server's signed word on its logs is fresh. Without it nobody is let in.
    pub(crate) heads_fresh: bool,
    /// Somebody else has registered keys for this device.
    pub(crate) keys_replaced: bool,
    pub(crate) locks_in: Option<u64>,
    /// While the session is locked, or its agent gone: how many messages the groups have.
    pub(crate) locked: Option<Locked>,
    #[serde(default)]
    pub(crate) posture: Option<PostureRow>,
    /// What the person has to read or confirm.
    #[serde(default)]
    pub(crate) owes: Owes,
}

/// What a person owes (A9.2, A10.1).
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(crate) struct Owes {
    /// The version of the points to note that waits.
    pub(crate) notice: Option<u32>,
    /// The last day of the review that waits, and how far the one that is furthest has come.
    pub(crate) review_due: Option<Date>,
    pub(crate) review: Option<Stage>,
    /// The person's own takeouts that are over and not confirmed (A12.5).
    #[serde(default)]
    pub(crate) takeouts_overdue: usize,
    /// The person's own of groups whose consent was withdrawn (A6.2).
    #[serde(default)]
    pub(crate) takeouts_called_back: usize,
    /// Takeouts that wait for the person's decision or confirmation.
    #[serde(default)]
    pub(crate) takeouts_waiting: usize,
    /// When somebody ended this person's wait after failures, in the last days (A8.3).
    #[serde(default)]
    pub(crate) lifted: Option<Time>,
}

/// What a locked session is told.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Locked {
    pub(crate) groups: usize,
    pub(crate) messages: u64,
    /// Urgent messages that wait for this person (U1).
    #[serde(default)]
    pub(crate) urgent: usize,
}

/// Somebody's session.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SessionLine {
    pub(crate) session: SessionId,
    pub(crate) device: DeviceId,
    pub(crate) device_kind: Option<DeviceKind>,
    /// Whether it is this very one.
    pub(crate) here: bool,
    pub(crate) since: Time,
    /// Seconds since the person was last there.
    pub(crate) idle: u32,
    pub(crate) locked: bool,
}

/// A setting of the association that waits for a second signature.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Proposed {
    pub(crate) setting: Setting,
    /// How many have signed.
    pub(crate) signed: usize,
}
