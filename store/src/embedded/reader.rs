//! Reading a whole journal without an index and without writing anything: to verify, or to rescue.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use bytes::Bytes;

use super::error::OpenError;
use super::lock::Lock;
use super::scan::Scan;
use crate::{LogKey, RecordKey};

/// A journal opened for reading only.
///
/// Needs neither index nor secrets, and changes no byte of the data directory. Refused while a store has it open.
pub struct JournalReader {
    journal: PathBuf,
    _lock: Option<Lock>,
}

/// A record as the journal has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalRecord {
    /// Its log.
    pub log: LogKey,
    /// Its place in the log.
    pub seq: u64,
    /// Its unique id.
    pub key: RecordKey,
    /// Its content.
    pub entry: Bytes,
    /// What is kept beside it.
    pub sidecar: Bytes,
}

/// What [`JournalReader::read`] has seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JournalSummary {
    /// Logs with at least one record.
    pub logs: u64,
    /// Records in all.
    pub records: u64,
    /// Segment files.
    pub segments: u32,
    /// Bytes of an interrupted write at the end, which the next open would cut off.
    pub torn_bytes: u64,
}

impl JournalReader {
    /// Opens the journal of a data directory.
    pub fn open(dir: &Path) -> Result<Self, OpenError> {
        let lock = Lock::take_existing(dir)?;
        let erasing = dir.join(super::JOURNAL).join(super::erase::FILE);
        if erasing.exists() {
            return Err(OpenError::Erasing { file: erasing });
        }
        Ok(Self { journal: dir.join(super::JOURNAL), _lock: lock })
    }

    /// Shows every record of every log to `visit`, in the order in which they were written, with every checksum
    /// and every sequence number checked. Stops at the first damage.
    pub fn read(&self, visit: &mut dyn FnMut(JournalRecord)) -> Result<JournalSummary, OpenError> {
        let mut summary = JournalSummary::default();
        let mut heads: HashMap<LogKey, u64> = HashMap::new();
        let scan = Scan { journal: &self.journal, from: None, proven: None };
        let tail = scan.run(&mut |_, group| {
            for record in &group.records {
                let header = &record.header;
                let head = heads.entry(header.log).or_default();
                if *head != header.seq {
                    let reason = format!("record {} of log {} is out of order", header.seq, header.log);
                    return Err(OpenError::damaged(&self.journal, record.location.at, &reason));
                }
                *head += 1;
                summary.records += 1;
                visit(JournalRecord {
                    log: header.log,
                    seq: header.seq,
                    key: header.key,
                    entry: Bytes::copy_from_slice(group.entry(record)),
                    sidecar: Bytes::copy_from_slice(group.sidecar(record)),
                });
            }
            Ok(())
        })?;
        summary.logs = heads.len() as u64;
        summary.segments = tail.segment;
        summary.torn_bytes = tail.torn;
        Ok(summary)
    }
}
