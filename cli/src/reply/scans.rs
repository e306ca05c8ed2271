//! Forms of groups and their scans (A6.1).

use renkei_client_core::policy::group::a06_scans::FormKind;
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::id::GroupId;
use renkei_client_core::proto::time::{Date, Time};
use renkei_client_core::scan_record::ScanOpening;
use serde::{Deserialize, Serialize};

use super::{Actor, Who};

/// A form of a group, and what is there of its scan.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ScanRow {
    pub(crate) group: GroupId,
    pub(crate) label: Option<String>,
    /// The form's place.
    pub(crate) of: u64,
    pub(crate) form: FormKind,
    pub(crate) on: Date,
    /// SHA-256 of the scan.
    pub(crate) scan: Hash32,
    /// None while nobody has deposited it.
    pub(crate) deposited: Option<Time>,
    pub(crate) deposited_by: Option<Actor>,
    /// For those who govern the group.
    pub(crate) to_open: bool,
}

/// A look at the scan of a form, as the record of access has it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ScanOpeningRow {
    #[serde(flatten)]
    pub(crate) who: Who,
    pub(crate) opening: ScanOpening,
}
