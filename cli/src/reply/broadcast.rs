//! Answers about emergency broadcasts.

use renkei_client_core::proto::safety::Safety;
use renkei_client_core::proto::time::Time;
use serde::{Deserialize, Serialize};

use super::Who;

/// A broadcast.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct BroadcastRow {
    pub(crate) broadcast: u64,
    pub(crate) time: Time,
    pub(crate) by: Who,
    pub(crate) drill: bool,
    pub(crate) text: String,
    pub(crate) closed: Option<Time>,
    /// What this person has answered, where that is known now.
    pub(crate) said: Option<Safety>,
}

/// How somebody is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SafetyRow {
    pub(crate) who: Who,
    /// None so far.
    pub(crate) says: Option<Safety>,
    /// By the clock of the device that answered.
    pub(crate) at: Option<Time>,
}
