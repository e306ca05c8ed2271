//! Paper forms as arguments: dates, scans, pledges.

use std::path::{Path, PathBuf};

use clap::Args;
use renkei_client_core::proto::act::{HistoryPolicy, StaffPledge};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::hash::{Hash32, sha256};
use renkei_client_core::proto::time::{Date, Time};
use serde::{Deserialize, Serialize};

use crate::failure::{Failure, Result};
use crate::labels;

/// The first second of `day` in Japan.
pub(crate) fn start_of(day: Date) -> Result<Time> {
    day.begins().ok_or_else(|| Failure::from(Code::DateOutOfRange))
}

/// The first second in Japan that no longer belongs to `day`.
pub(crate) fn end_of(day: Date) -> Result<Time> {
    day.ends().ok_or_else(|| Failure::from(Code::DateOutOfRange))
}

/// What newcomers may read: `all`, `from-approval`, or `from:DATE`.
pub(crate) fn history(text: &str) -> core::result::Result<HistoryPolicy, String> {
    let known = labels::HISTORIES.iter().find(|(_, typed, ..)| *typed == text);
    if let Some((policy, ..)) = known {
        return Ok(*policy);
    }
    let day = text.strip_prefix("from:").and_then(|day| day.parse().ok());
    let from = day.and_then(|day| start_of(day).ok());
    from.map(HistoryPolicy::From).ok_or_else(|| "all | from-approval | from:YYYY-MM-DD".to_owned())
}

/// A file's name that means the same to the agent, whose working directory is another.
pub(crate) fn absolute(text: &str) -> core::result::Result<String, String> {
    let path = std::path::absolute(text).map_err(|error| format!("{text}: {error}"))?;
    path.into_os_string().into_string().map_err(|_| format!("{text}: not UTF-8"))
}

/// A scan is hashed where the command is typed. Of Forms 1 and 2 its hash goes further, never the file or its path.
pub(crate) fn scan(text: &str) -> core::result::Result<Hash32, String> {
    if let Ok(hash) = text.parse() {
        return Ok(hash);
    }
    std::fs::read(Path::new(text)).map(|bytes| sha256(&bytes)).map_err(|error| format!("{text}: {error}"))
}

/// The scan of a form of a group: its hash, and the file, where that was given and not the hash alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Scan {
    pub(crate) hash: Hash32,
    pub(crate) file: Option<PathBuf>,
}

/// Like [`scan`]; a file's path goes further too, as the agent seals the file itself.
pub(crate) fn scan_file(text: &str) -> core::result::Result<Scan, String> {
    let hash = scan(text)?;
    let file = if text.parse::<Hash32>().is_ok() { None } else { Some(absolute(text)?.into()) };
    Ok(Scan { hash, file })
}

/// Form 2, or the pledge already held that takes its place (様式2・免除)
#[derive(Debug, Clone, Default, PartialEq, Eq, Args, Serialize, Deserialize)]
pub(crate) struct PledgeArgs {
    /// Form 2 was signed on this date (YYYY-MM-DD) / 従事者誓約書（様式2）の署名日（YYYY-MM-DD）
    #[arg(long = "pledge-signed", value_name = "DATE", requires = "scan", conflicts_with = "held_since")]
    signed: Option<Date>,
    /// Scan of Form 2, or its SHA-256 in 64 hexadecimal digits / 従事者誓約書（様式2）のスキャン、またはSHA-256（16進数64桁）
    #[arg(long = "pledge-scan", value_name = "FILE", value_parser = scan, requires = "signed")]
    scan: Option<Hash32>,
    /// An equal pledge has been held since this date / 同等の誓約書を既に取り交わしている場合、その日付
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a04_2_a_day_of_japan_begins_and_ends_nine_hours_before_that_of_utc() {
        assert_eq!(end_of("2026-03-31".parse().unwrap()), Ok(Time(1_774_969_200)));
        assert_eq!(start_of("2026-04-01".parse().unwrap()), Ok(Time(1_774_969_200)));
        assert_eq!(end_of("1960-01-01".parse().unwrap()).unwrap_err().code(), Code::DateOutOfRange);
    }

    #[test]
    fn what_newcomers_may_read_is_a_word_or_a_day() {
        assert_eq!(history("all"), Ok(HistoryPolicy::All));
        assert_eq!(history("from:2026-04-01"), Ok(HistoryPolicy::From(Time(1_774_969_200))));
        for bad in ["", "from", "from:", "from:2026-02-30", "2026-04-01"] {
            assert!(history(bad).is_err(), "{bad}");
        }
    }
}
