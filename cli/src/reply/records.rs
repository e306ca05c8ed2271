//! Records: who could read, who was handed what, what left.

use super::people::{Actor, Where, Who};
use renkei_client_core::access::Handed;
use renkei_client_core::audit::{Reading, ReadingDevice};
use renkei_client_core::leak::Leak;
use renkei_client_core::policy::registry::a12_takeout;
use renkei_client_core::proto::access::Kind;
use renkei_client_core::proto::id::{GroupId, TakeoutId};
use renkei_client_core::proto::takeout::{TakeoutEnd, TakeoutRequest};
use renkei_client_core::proto::time::{Date, Time};
use renkei_client_core::takeout::{Extent, TakeoutNumbers};
use serde::{Deserialize, Serialize};

/// Somebody who could read a group.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CouldReadRow {
    #[serde(flatten)]
    pub(crate) who: Who,
    pub(crate) reading: Reading,
    pub(crate) devices: Vec<ReadingDevice>,
    /// Opened the group, and reads it since then: nobody invited or approved.
    pub(crate) opened: bool,
    pub(crate) invited_by: Actor,
    pub(crate) approved_by: Actor,
    pub(crate) since: Time,
    pub(crate) ended: Option<Ending>,
}

/// How a reading ended. Where nobody is named, the ID ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Ending {
    pub(crate) time: Time,
    pub(crate) by: Option<Actor>,
}

/// A device that was handed what is in a group.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct HandedRow {
    #[serde(flatten)]
    pub(crate) who: Who,
    pub(crate) handed: Handed,
}

/// What a device may have given away.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct LeakReply {
    /// Its person.
    pub(crate) who: Who,
    /// What the groups are called, as far as this person knows it; in the order of the groups.
    pub(crate) labels: Vec<Option<String>>,
    /// Whose the groups are, in the same order.
    pub(crate) originators: Vec<Where>,
    /// When this was put together.
    pub(crate) written: Time,
    pub(crate) leak: Leak,
    /// Of its takeouts, in their order: who permitted it, and what the group is called.
    #[serde(default)]
    pub(crate) permits: Vec<(Who, Option<String>)>,
}

/// How often something happened at a facility on a day, which begins at `day`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CountRow {
    pub(crate) day: Time,
    pub(crate) facility: Option<Where>,
    pub(crate) what: Kind,
    pub(crate) times: u64,
}

/// A takeout that was asked for (A12.5).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct TakeoutRow {
    pub(crate) takeout: TakeoutId,
    pub(crate) who: Who,
    pub(crate) asked: Time,
    /// What the group is called, as far as this person knows it.
    pub(crate) label: Option<String>,
    pub(crate) request: TakeoutRequest,
    pub(crate) stage: a12_takeout::Stage,
    pub(crate) decided_by: Option<Who>,
    /// How it ended, by the person's own word.
    pub(crate) declared: Option<TakeoutEnd>,
    /// How it ended, by an administrator's.
    pub(crate) ended: Option<TakeoutEnd>,
    pub(crate) ended_on: Option<Date>,
    pub(crate) ended_by: Option<Who>,
    pub(crate) decided_at: Option<Time>,
    /// Who ended it before its time, or withdrew the request.
    pub(crate) revoked_by: Option<Who>,
    pub(crate) revoked_at: Option<Time>,
    /// How much it reaches, where this person reads the group.
    pub(crate) extent: Option<Extent>,
    /// Consent for the group was withdrawn, or it was erased: what is out comes back, or is erased, now (A6.2).
    #[serde(default)]
    pub(crate) called_back: bool,
}

/// A standing permit for text of the chart (A12.5).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct StandingRow {
    pub(crate) takeout: TakeoutId,
    pub(crate) who: Who,
    pub(crate) given_by: Who,
    /// None for every group that the person reads.
    pub(crate) group: Option<GroupId>,
    pub(crate) label: Option<String>,
    pub(crate) until: Time,
    pub(crate) in_force: bool,
}

/// How many takeouts of a facility's people stand where.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct TakeoutCountRow {
    pub(crate) facility: Where,
    #[serde(flatten)]
    pub(crate) numbers: TakeoutNumbers,
}
