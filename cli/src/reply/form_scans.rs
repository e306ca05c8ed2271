//! Forms 1 and 2 and their scans (A3.1, A9.1).

use renkei_client_core::proto::form_scan::FormRef;
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::time::{Date, Time};
use serde::{Deserialize, Serialize};

use super::{Where, Who};

/// A Form 1 or 2, and what is there of its scan.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct FormScanRow {
    pub(crate) form: FormRef,
    pub(crate) facility: Where,
    /// Of Form 2: whose it is.
    pub(crate) person: Option<Who>,
    /// The place of the entry that filed it.
    pub(crate) filed: u64,
    pub(crate) on: Date,
    /// SHA-256 of the scan.
    pub(crate) scan: Hash32,
    /// The place of its deposit; none while nobody has deposited it.
    pub(crate) deposit: Option<u64>,
    pub(crate) deposited: Option<Time>,
    pub(crate) deposited_by: Option<Who>,
    /// Deposits that it has replaced, and that are still there.
    pub(crate) replaced: Vec<u64>,
    /// From when on it may be let go, where that is known.
    pub(crate) due: Option<Time>,
    /// Whether one deposits it oneself.
    pub(crate) to_file: bool,
}
