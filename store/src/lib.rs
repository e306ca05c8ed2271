//! What Renkei keeps, and the promises with which it keeps it. The store knows bytes only: what an
//! entry means, who may write it and who may read it is decided elsewhere.
//!
//! There are four kinds of keeping, each behind a narrow face:
//!
//! | trait | keeps | promise |
//! | --- | --- | --- |
//! | [`Log`] | entries, for good | nothing that was acknowledged is ever lost, reordered or shown in part; what was erased is in no file any more |
//! | [`Secrets`] | small values that change | what was deleted is in no file any more when the call returns, and no older copy of the file opens |
//! | [`Blobs`] | big things that are written once | what was put is durable and never changes; what was erased is in no file |
//! | [`Views`] | anything that can be computed again | fast; may forget recent writes, may be thrown away whole |
//!
//! # The way of an append
//!
//! ```text
//!  callers           journal thread                                    indexer thread
//!  append() ─┐
//!  append() ─┼─ queue ─ gather ─ judge ─ one write ─ one fdatasync ─┬─ publish ─ answer
//!  append() ─┘          (compare-and-append,                        │
//!                        duplicate keys)                            └─ backlog ─ sled batch
//! ```
//!
//! Whatever waits while one `fdatasync` is under way shares the next one. A [`Durable`] is made only
//! after that `fdatasync` has succeeded, and only this crate can make one, so whoever holds a
//! `Durable` may acknowledge and deliver, and nobody else can by mistake.
//!
//! # What is truth and what is not
//!
//! The journal (`journal/*.journal`, written by [`EmbeddedStore`]) is the truth. The index over it and
//! the [`Views`] live in sled (`views/`), which is never asked to be durable: it is brought up to date
//! from the journal at every start, and rebuilt from nothing whenever it is missing or doubtful.
//! Secrets have a file of their own (`secrets/`), replaced whole at every change. It is sealed under the shred key, a
//! small file (`shred/`, or wherever [`Options::shred_key`] says, with a copy at [`Options::shred_copy`]) that
//! backups of the rest leave out. Whatever deletes a secret seals the others under a fresh key and destroys the one
//! before.
//!
//! # Engines
//!
//! [`EmbeddedStore`] is the engine of a single server. [`MemoryStore`] is the reference: small enough to
//! be obviously right, and the model that the embedded engine is tested against. The promises
//! themselves are written once, in `conformance` (feature `conformance`), and run against both.
//! `faults` (feature `faults`) gives any test a disk that fills up, fails or loses power.

mod blobs;
mod embedded;
mod error;
mod log;
mod memory;
mod record;
mod secrets;
mod views;

#[cfg(feature = "conformance")]
pub mod conformance;
#[cfg(feature = "faults")]
pub mod faults;

pub use blobs::{BlobError, Blobs, Put};
pub use embedded::{
    EmbeddedStore, JournalReader, JournalRecord, JournalSummary, OpenError, OpenReport, Options, Progress,
    RebuildReason, Stats,
};
pub use error::{AppendError, EraseError, SecretsError, StoreError};
pub use log::{BoxFuture, Log};
pub use memory::MemoryStore;
pub use record::{
    Append, Durable, Erased, Erasure, LogKey, MAX_BATCH_BYTES, MAX_BATCH_RECORDS, MAX_RECORD_BYTES, NewRecord,
    ReadLimit, Record, RecordKey,
};
pub use secrets::{SecretChange, SecretValue, Secrets, SecretsDurable};
pub use views::Views;
