//! Paper forms as arguments: dates, scans, pledges.

use std::path::Path;

use clap::Args;
use renkei_client_core::proto::act::StaffPledge;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::hash::{Hash32, sha256};
use renkei_client_core::proto::time::Date;
use serde::{Deserialize, Serialize};

use crate::failure::{Failure, Result};

/// A scan is hashed where the command is typed: what goes further is its hash, never the file or its path.
pub(crate) fn scan(text: &str) -> core::result::Result<Hash32, String> {
    if let Ok(hash) = text.parse() {
        return Ok(hash);
    }
    std::fs::read(Path::new(text)).map(|bytes| sha256(&bytes)).map_err(|error| format!("{text}: {error}"))
}

/// Form 2, or the pledge already held that takes its place (様式2・免除)
#[derive(Debug, Clone, Default, PartialEq, Eq, Args, Serialize, Deserialize)]
pub(crate) struct PledgeArgs {
    /// Form 2 was signed on this date (YYYY-MM-DD) / 従事者誓約書の署名日
    #[arg(long = "pledge-signed", value_name = "DATE", requires = "scan", conflicts_with = "held_since")]
    signed: Option<Date>,
    /// Scan of Form 2, or its SHA-256 in 64 hexadecimal digits / 誓約書のスキャン
    #[arg(long = "pledge-scan", value_name = "FILE", value_parser = scan, requires = "signed")]
    scan: Option<Hash32>,
    /// An equal pledge has been held since this date / 既に取り交わしている場合の日付
    #[arg(long = "pledge-held-since", value_name = "DATE")]
    held_since: Option<Date>,
}

impl PledgeArgs {
    pub(crate) fn pledge(&self) -> Option<StaffPledge> {
        match (self.signed, self.scan, self.held_since) {
            (Some(on), Some(scan), _) => Some(StaffPledge::Signed { on, scan }),
            (_, _, Some(held_since)) => Some(StaffPledge::Exempt { held_since }),
            _ => None,
        }
    }

    pub(crate) fn required(&self) -> Result<StaffPledge> {
        let missing = "--pledge-signed DATE --pledge-scan FILE | --pledge-held-since DATE";
        self.pledge().ok_or_else(|| Failure::about(Code::BadInput, missing))
    }
}
