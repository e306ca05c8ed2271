//! What can go wrong, one enum an operation.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use crate::{LogKey, RecordKey};

/// Why a batch was not appended.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// Somebody else was first: the log has another length than the caller expected. Nothing was appended.
    #[error("log {log} has {actual} records, not {expected}")]
    StaleHead {
        /// Which log.
        log: LogKey,
        /// The length the caller expected.
        expected: u64,
        /// The length it has.
        actual: u64,
    },
    /// A record key has been used before. Nothing was appended now.
    #[error("record {key} is already at {seq} of log {log}")]
    Duplicate {
        /// The key used twice.
        key: RecordKey,
        /// The log that has the record with this key; if the batch itself uses the key twice, the log its first
        /// use was meant for.
        log: LogKey,
        /// The place in that log, likewise.
        seq: u64,
    },
    /// The batch is larger than any batch may be. Nothing was appended; the same batch will never fit.
    #[error("{what}: {size} is more than {limit}")]
    TooLarge {
        /// Which limit.
        what: &'static str,
        /// What the batch has.
        size: usize,
        /// What is allowed.
        limit: usize,
    },
    /// There is no room on the disk, or a quota is used up. Nothing was appended; it may be tried again.
    #[error("there is no room left for the journal")]
    Full,
    /// The store has stopped accepting appends, for good, because it can no longer know what is on the disk. The
    /// batch may or may not be found after a restart; ask by its record keys.
    #[error("the store has stopped accepting appends and must be restarted: {reason}")]
    Failed {
        /// What happened first.
        reason: Arc<str>,
    },
    /// The store is being closed. Nothing was appended.
    #[error("the store is closed")]
    Closed,
}

/// Why something could not be read from, or written to, a log or a view.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The operating system refused.
    #[error("could not read {}: {source}", file.display())]
    Io {
        /// Which file.
        file: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// What the journal holds at this place is not what was written there.
    #[error("{} is damaged at byte {offset}: {reason}; restore the data directory from a backup", file.display())]
    Damaged {
        /// Which file.
        file: PathBuf,
        /// Where in the file, in bytes from its start.
        offset: u64,
        /// What is wrong.
        reason: String,
    },
    /// The index or the views can't be trusted or used. The next open rebuilds them from the journal.
    #[error("the index is doubtful ({reason}); restart, and it will be rebuilt from the journal")]
    Views {
        /// What is wrong.
        reason: String,
    },
}

/// Why records were not erased, or not all of them.
#[derive(Debug, thiserror::Error)]
pub enum EraseError {
    /// There is no such record.
    #[error("log {log} has no record {seq}")]
    Unknown {
        /// Which log.
        log: LogKey,
        /// Which place.
        seq: u64,
    },
    /// What is to stay is longer than what there is.
    #[error("more is to stay of record {seq} of log {log} than there is")]
    DoesNotFit {
        /// Which log.
        log: LogKey,
        /// Which place.
        seq: u64,
    },
    /// There is no room to write down what will be erased. Nothing was begun; it may be tried again.
    #[error("there is no room left to erase")]
    Full,
    /// The journal could not be read, or nothing could be begun.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// Something had begun and could not be finished: the next open does.
    #[error("the store must be restarted: {reason}")]
    Failed {
        /// What happened first.
        reason: Arc<str>,
    },
}

/// Why a secret could not be read or changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretsError {
    /// Keys or values together are larger than they may be. Nothing was changed.
    #[error("secrets: {size} bytes are more than {limit}")]
    TooLarge {
        /// Bytes they would have.
        size: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// There is no room on the disk, or a quota is used up. Nothing was changed; it may be tried again.
    #[error("there is no room left for the secrets")]
    Full,
    /// A fresh shred key could not be written to the file of its copy, so none was taken. Nothing was changed; it may
    /// be tried again once that file can be written.
    #[error("nothing was changed, because the copy of the shred key, {}, can't be written: {reason}", file.display())]
    ShredCopy {
        /// The file of the copy.
        file: PathBuf,
        /// What the operating system said.
        reason: Arc<str>,
    },
    /// The store has stopped accepting changes, for good, because it can no longer know what is on the disk.
    /// The change may or may not be found after a restart, and what it was to erase may still be there.
    #[error("secrets can no longer be changed and the store must be restarted: {reason}")]
    Failed {
        /// What happened first.
        reason: Arc<str>,
    },
}
