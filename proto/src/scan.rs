//! Scans of a group's forms (A6.1): the key that opens one, as it lies in boxes, and which files a statement names.
//!
//! A scan is a file of its group, sealed in the same chunks ([`crate::file`]), and opened by the same signed request. What
//! differs is for whom: its key is in boxes for those who govern the group, not under an epoch's key.

use serde::{Deserialize, Serialize};

use crate::act::{Act, GroupAct, RegistryAct};
use crate::file::Attachment;
use crate::forms::Committed;
use crate::frame::Secret32;
use crate::hash::{self, Domain};

/// The key of a scan. Random, so the commitment to it needs no salt. Wiped when dropped, never printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanKey {
    /// The file key.
    pub key: Secret32,
}

impl Committed for ScanKey {
    const DOMAIN: Domain = hash::SCAN_KEY;
}

impl Act {
    /// The files that must be uploaded, whole, before a statement with this act is taken.
    pub fn files(&self) -> Vec<Attachment> {
        match self {
            Self::Post(post) => post.files.as_slice().to_vec(),
            Self::Group(GroupAct::DepositScan { file, content, .. })
            | Self::Registry(RegistryAct::DepositFormScan { file, content, .. }) => {
                vec![Attachment { file: *file, content: *content, preview: None }]
            }
            _ => Vec::new(),
        }
    }
}
