//! What goes into a log and what comes out of it.

use std::fmt;
use std::ops::Range;

use bytes::Bytes;

use crate::AppendError;

/// Most bytes of one record, entry and sidecar together. Far above any message; files belong elsewhere.
/// It bounds what one read has to hold in memory.
pub const MAX_RECORD_BYTES: usize = 4 * 1024 * 1024;

/// Most bytes of one batch, all its entries and sidecars together. It bounds the write that everybody who
/// waits in the same group has to wait for.
pub const MAX_BATCH_BYTES: usize = 16 * 1024 * 1024;

/// Most records of one batch, for the same reason.
pub const MAX_BATCH_RECORDS: usize = 4096;

/// Which log.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogKey(pub [u8; 16]);

/// The unique id of a record, chosen by its author. No two records of a store share one, whatever their
/// logs, so that a repeated request can be recognised and appends nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordKey(pub [u8; 16]);

/// A record that is to be appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRecord {
    /// Its unique id.
    pub key: RecordKey,
    /// Its content, which readers of the log get.
    pub entry: Bytes,
    /// Bytes that belong to the record but are read separately, by [`Log::sidecar`](crate::Log::sidecar).
    /// May be empty.
    pub sidecar: Bytes,
}

/// Records for the end of one log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Append {
    /// The log to extend. A log exists from its first record on.
    pub log: LogKey,
    /// How many records the caller believes the log to have. The append is refused if it has another number.
    pub expected: u64,
    /// The records, in order.
    pub records: Vec<NewRecord>,
}

/// The only proof that permits an acknowledgement or a delivery: these records have survived an
/// `fdatasync` (or whatever the engine's equivalent is) and will be read back after any crash.
///
/// Only this crate can make one.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "without this proof nothing may be acknowledged"]
pub struct Durable {
    ranges: Vec<(LogKey, Range<u64>)>,
}

/// What stays of a record when the rest is erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// Its place in the log.
    pub seq: u64,
    /// What readers get in place of its entry, no longer than that. The sidecar becomes empty.
    pub entry: Bytes,
}

/// The proof that what was to be erased is gone. Only this crate can make one.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "without this proof an erasure may not be acknowledged"]
pub struct Erased(());

impl Erased {
    pub(crate) fn new() -> Self {
        Self(())
    }
}

/// A record of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its place in the log: 0 for the first, without gaps.
    pub seq: u64,
    /// Its unique id.
    pub key: RecordKey,
    /// Its content.
    pub entry: Bytes,
}

/// How much one read may return. Whatever the limit, a read returns at least one record if there is any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadLimit {
    /// Most records.
    pub records: usize,
    /// Most bytes of entries.
    pub bytes: usize,
}

impl Durable {
    pub(crate) fn new(ranges: Vec<(LogKey, Range<u64>)>) -> Self {
        Self { ranges }
    }

    /// The sequence numbers that each append of the batch received, in the order of the batch.
    pub fn ranges(&self) -> &[(LogKey, Range<u64>)] {
        &self.ranges
    }

    /// The number of records that `log` had right after this batch, if the batch touched it.
    pub fn end_of(&self, log: LogKey) -> Option<u64> {
        self.ranges.iter().rev().find(|(touched, _)| *touched == log).map(|(_, range)| range.end)
    }
}

impl NewRecord {
    /// Bytes of entry and sidecar together.
    pub(crate) fn size(&self) -> usize {
        self.entry.len().saturating_add(self.sidecar.len())
    }
}

/// Refuses a batch that is larger than any engine accepts.
pub(crate) fn check_size(batch: &[Append]) -> Result<(), AppendError> {
    let mut bytes = 0usize;
    let mut records = 0usize;
    for record in batch.iter().flat_map(|append| &append.records) {
        let size = record.size();
        if size > MAX_RECORD_BYTES {
            return Err(AppendError::TooLarge { what: "bytes of a record", size, limit: MAX_RECORD_BYTES });
        }
        bytes = bytes.saturating_add(size);
        records += 1;
    }
    if bytes > MAX_BATCH_BYTES {
        return Err(AppendError::TooLarge { what: "bytes of a batch", size: bytes, limit: MAX_BATCH_BYTES });
    }
    if records > MAX_BATCH_RECORDS {
        return Err(AppendError::TooLarge { what: "records of a batch", size: records, limit: MAX_BATCH_RECORDS });
    }
    Ok(())
}

impl fmt::Display for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex(self.0, f)
    }
}

impl fmt::Debug for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LogKey({self})")
    }
}

impl fmt::Display for RecordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex(self.0, f)
    }
}

impl fmt::Debug for RecordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordKey({self})")
    }
}

fn hex(bytes: [u8; 16], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{:032x}", u128::from_be_bytes(bytes))
}
