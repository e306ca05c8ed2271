//! The log: what everything else is a view of.

use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;

use crate::{
    Append, AppendError, Durable, EraseError, Erased, Erasure, LogKey, ReadLimit, Record, RecordKey, StoreError,
};

/// A future on the heap, so that [`Log`] can be used as `dyn Log`.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Many append-only logs, each a dense sequence of records starting at 0.
///
/// Reads show only what is durable. They may touch the disk and block for as long as that takes.
pub trait Log: Send + Sync + 'static {
    /// Appends a batch: all of it or, on any error, nothing of it.
    ///
    /// Every [`Append`] is compared with the length its log has at that moment, the earlier ones of the same
    /// batch included, and every record key must be new to the whole store. An append without records only
    /// compares.
    ///
    /// The answer comes once its fate is settled on disk; a refusal ([`AppendError::StaleHead`],
    /// [`AppendError::Duplicate`]) too speaks of records that are durable when it arrives. If the future is
    /// dropped after it was first polled, the batch may or may not be appended: ask [`Log::find`].
    fn append(&self, batch: Vec<Append>) -> BoxFuture<'_, Result<Durable, AppendError>>;

    /// The number of records in `log`; 0 for a log that nobody has written to.
    fn len(&self, log: LogKey) -> Result<u64, StoreError>;

    /// Records of `log` from sequence number `from` on, in order, within `limit` but at least one if there is
    /// any. Empty if `from` is at or beyond the end.
    fn read(&self, log: LogKey, from: u64, limit: ReadLimit) -> Result<Vec<Record>, StoreError>;

    /// The sidecar of a record, `None` if there is no such record. Empty if it was appended without one.
    fn sidecar(&self, log: LogKey, seq: u64) -> Result<Option<Bytes>, StoreError>;

    /// Erases the content of records: of each, only what the [`Erasure`] names stays of its entry, and nothing of its
    /// sidecar. Places and keys stay.
    ///
    /// When it returns, what was erased is in no file of the data directory any more. After a crash in between the next
    /// open finishes what had begun; how much of a call had begun is not said, so call again: what is erased already costs
    /// a look. It blocks while other records are read and appended.
    fn erase(&self, log: LogKey, erasures: &[Erasure]) -> Result<Erased, EraseError>;

    /// Where the record with this key is, if anywhere.
    fn find(&self, key: RecordKey) -> Result<Option<(LogKey, u64)>, StoreError>;

    /// All logs and their lengths, in the order of their keys.
    fn logs(&self) -> Result<Vec<(LogKey, u64)>, StoreError>;
}
