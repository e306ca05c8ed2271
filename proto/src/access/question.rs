//! What can be asked of the record, and what is told of what may not be seen.

use serde::{Deserialize, Serialize};

use super::what::{Kind, Scope};
use crate::id::FacilityId;
use crate::time::Time;

/// Which records are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessQuestion {
    /// Whose.
    pub scope: Scope,
    /// From this moment on.
    pub since: Time,
    /// Until this one, excluded.
    pub until: Time,
    /// From this record on.
    pub from: u64,
    /// As they were when there were so many: so that all pages are under one head. None for as they are now.
    pub size: Option<u64>,
}

/// How often something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessCount {
    /// At which facility the person works; none where nobody is known.
    pub facility: Option<FacilityId>,
    /// What.
    pub kind: Kind,
    /// How often.
    pub times: u64,
}
