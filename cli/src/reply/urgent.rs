//! Answers about urgent messages.

use renkei_client_core::proto::frame::sync::CallMatter;
use renkei_client_core::proto::id::GroupId;
use renkei_client_core::proto::reach::Telephone;
use renkei_client_core::proto::time::Time;
use serde::{Deserialize, Serialize};

use super::Who;

/// An urgent message that concerns this person.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct UrgentRow {
    pub(crate) group: GroupId,
    pub(crate) label: Option<String>,
    pub(crate) call: u64,
    pub(crate) message: u64,
    /// What it says, where it can be read.
    pub(crate) text: Option<String>,
    pub(crate) by: Who,
    pub(crate) time: Time,
    /// What this person is to do.
    pub(crate) matter: Option<CallMatter>,
    pub(crate) people: Vec<CalledRow>,
}

/// Somebody who was called.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CalledRow {
    pub(crate) who: Who,
    pub(crate) state: CalledState,
    /// Who stands in, where somebody does.
    pub(crate) stand_in: Option<Who>,
    /// Who acknowledged it.
    pub(crate) by: Option<Who>,
    /// When it was acknowledged.
    pub(crate) at: Option<Time>,
    /// The number of the person's facility.
    pub(crate) telephone: Option<Telephone>,
}

/// How it stands with somebody who was called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum CalledState {
    /// It rings.
    Rings,
    /// It rings at who stands in.
    StandIn,
    /// It is time to telephone.
    Telephone,
    Acknowledged,
    CalledOff,
    Retracted,
    /// The group is closed, halted or frozen.
    Stopped,
    /// Does not read the group any more.
    Gone,
    Expired,
}
