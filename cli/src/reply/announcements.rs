//! Answers about announcements.

use renkei_client_core::policy::registry::s4_announcements::Progress;
use renkei_client_core::proto::id::AnnouncementId;
use renkei_client_core::proto::time::Time;
use serde::{Deserialize, Serialize};

use super::{Where, Who};

/// An announcement, as far as this person may know.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AnnouncementRow {
    pub(crate) announcement: AnnouncementId,
    /// In whose name; none for the association's.
    pub(crate) facility: Option<Where>,
    pub(crate) progress: Progress,
    pub(crate) drafted: Time,
    pub(crate) published: Option<Time>,
    /// Who wrote, checked and published it: for those and for the superiors.
    pub(crate) author: Option<Who>,
    pub(crate) checks: Vec<CheckRow>,
    pub(crate) published_by: Option<Who>,
    /// It waits for this person's check.
    pub(crate) to_check: bool,
    /// It waits for this person to publish it.
    pub(crate) to_publish: bool,
}

/// Somebody who was asked to check.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CheckRow {
    pub(crate) who: Who,
    /// Approved, or objected; none so far.
    pub(crate) approves: Option<bool>,
}
