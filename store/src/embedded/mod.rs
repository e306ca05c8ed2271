//! The engine of a single server: a journal, an index over it, and a vault, in one directory.
//!
//! ```text
//! lock                       held while the store is open
//! journal/00000001.journal   the truth (format.rs says how, scan.rs when it is believed)
//! journal/erasing            what is being erased, while it is (erase.rs)
//! views/                     sled: the index (index.rs) and the views; may be deleted while the store is closed
//! secrets/secrets            the secrets (vault.rs, sealed.rs)
//! shred/key                  the key under which they are sealed (shred.rs, shred_files.rs), unless it is elsewhere
//! ```
//!
//! Opening reads the journal from the index's checkpoint on (recovery.rs), or all of it if the index (rows.rs,
//! keys.rs) can't be trusted. Appends go through the queue
//! (queue.rs) to the journal thread (writer.rs), which judges them (judge.rs) and writes them (journal.rs);
//! another thread moves what is durable into sled (indexer.rs). Reads go by the index to the segment files
//! (records.rs) and wait for neither thread.

mod disk;
mod erase;
mod error;
mod format;
#[cfg(test)]
mod format_tests;
mod index;
mod indexer;
mod journal;
mod judge;
mod keys;
mod lock;
mod options;
mod queue;
mod reader;
mod records;
mod recovery;
mod rows;
mod scan;
mod sealed;
#[cfg(test)]
mod sealed_tests;
mod segment;
mod shred;
mod shred_files;
mod vault;
mod writer;

use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use bytes::Bytes;
use sled::Tree;

#[cfg(feature = "faults")]
pub(crate) use disk::{Disk, DiskFile, RealDisk};
pub use error::OpenError;
pub use options::Options;
pub use reader::{JournalReader, JournalRecord, JournalSummary};
pub use recovery::{OpenReport, Progress, RebuildReason};
pub use writer::Stats;

use crate::record::check_size;
use crate::{
    Append, AppendError, BoxFuture, Durable, EraseError, Erased, Erasure, Log, LogKey, ReadLimit, Record, RecordKey,
    SecretChange, SecretValue, Secrets, SecretsDurable, SecretsError, StoreError, Views,
};

const JOURNAL: &str = "journal";
const VIEWS: &str = "views";
const SECRETS: &str = "secrets";
const SHRED: &str = "shred";

/// Records that one look into the index locates. It bounds the memory of a read without a limit of its own.
const LOCATE_AT_ONCE: u64 = 256;

/// Log, secrets and views in one directory, owned by one process. See the crate's documentation.
///
/// Dropping it closes it: appends that wait are still served.
pub struct EmbeddedStore {
    queue: Arc<queue::Queue>,
    threads: Vec<JoinHandle<()>>,
    counters: Arc<writer::Counters>,
    records: Arc<records::Records>,
    views: Tree,
    index: Arc<index::Index>,
    vault: vault::Vault,
    eraser: erase::Eraser,
    report: OpenReport,
    /// The last to go, when nothing uses the directory any more.
    _lock: lock::Lock,
}

impl EmbeddedStore {
    /// Opens the store in `dir`, creating what is missing, and brings the index up to the journal. `progress` is
    /// called now and then while much of the journal is read.
    pub fn open(dir: &Path, options: &Options, progress: &mut dyn FnMut(Progress)) -> Result<Self, OpenError> {
        Self::open_on(dir, options, progress, disk::RealDisk::shared())
    }

    /// Opens the store on a disk that fails on command.
    #[cfg(feature = "faults")]
    pub fn open_with_faults(
        dir: &Path,
        options: &Options,
        progress: &mut dyn FnMut(Progress),
        faults: &crate::faults::Faults,
    ) -> Result<Self, OpenError> {
        for dir in [JOURNAL, SECRETS, SHRED].map(|name| dir.join(name)) {
            disk::create_private_dir(&dir).map_err(|error| OpenError::io(&dir, error))?;
        }
        faults.watch(dir).map_err(|error| OpenError::io(dir, error))?;
        Self::open_on(dir, options, progress, Arc::new(faults.clone()))
    }

    fn open_on(
        dir: &Path,
        options: &Options,
        progress: &mut dyn FnMut(Progress),
        disk: Arc<dyn disk::Disk>,
    ) -> Result<Self, OpenError> {
        let [journal_dir, views_dir, secrets_dir] = [JOURNAL, VIEWS, SECRETS].map(|name| dir.join(name));
        disk::create_private_dir(dir).map_err(|error| OpenError::io(dir, error))?;
        let lock = lock::Lock::take(dir)?;
        for dir in [&journal_dir, &secrets_dir] {
            disk::create_private_dir(dir).map_err(|error| OpenError::io(dir, error))?;
        }
        let shred_key = if let Some(file) = &options.shred_key {
            file.clone()
        } else {
            let shred_dir = dir.join(SHRED);
            disk::create_private_dir(&shred_dir).map_err(|error| OpenError::io(&shred_dir, error))?;
            shred_dir.join("key")
        };
        let keys = shred_files::ShredFiles::new(shred_key, options.shred_copy.clone(), Arc::clone(&disk))?;
        let vault = vault::Vault::open(secrets_dir, keys, Arc::clone(&disk))?;
        erase::finish(&journal_dir, disk.as_ref())?;
        recovery::sync_end(&journal_dir, disk.as_ref())?;
        let recovery::Recovered { index, tail, report } = recovery::recover(&journal_dir, &views_dir, progress)?;
        if report.torn_bytes > 0 {
            tracing::warn!(bytes = report.torn_bytes, "cutting an interrupted write off the journal");
        }
        let views = index.views().map_err(|reason| OpenError::Views { dir: views_dir, reason })?;
        let eraser = erase::Eraser::new(journal_dir.clone(), Arc::clone(&disk));
        let journal =
            journal::Journal::open(journal_dir.clone(), disk, &tail, options.segment_bytes, options.reserve_bytes);
        let journal = journal.map_err(|error| OpenError::io(&journal_dir, error))?;

        let index = Arc::new(index);
        let records = Arc::new(records::Records::new(journal_dir));
        let queue = Arc::new(queue::Queue::new());
        let counters = Arc::<writer::Counters>::default();
        let started = indexer::start(Arc::clone(&index)).and_then(|(indexer, indexer_thread)| {
            let writer = writer::Writer {
                queue: Arc::clone(&queue),
                index: Arc::clone(&index),
                records: Arc::clone(&records),
                journal,
                indexer,
                counters: Arc::clone(&counters),
                failed: None,
            };
            Ok(vec![writer.start()?, indexer_thread])
        });
        let threads = started.map_err(|error| OpenError::io(dir, error))?;
        Ok(Self { queue, threads, counters, records, views, index, vault, eraser, report, _lock: lock })
    }

    /// What opening found and did.
    pub fn report(&self) -> &OpenReport {
        &self.report
    }

    /// What the journal has done since it was opened.
    pub fn stats(&self) -> Stats {
        self.counters.read()
    }

    /// Serves the appends that wait, writes out the index and lets go of the directory. An error concerns the
    /// index only, which the next open brings up to date.
    pub fn close(mut self) -> Result<(), StoreError> {
        self.shut()
    }

    /// The journal thread ends when the queue is empty, and the indexer after it.
    fn shut(&mut self) -> Result<(), StoreError> {
        self.queue.close();
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                self.index.doubt("a thread of the store has panicked");
            }
        }
        self.index.flush()
    }
}

impl Drop for EmbeddedStore {
    fn drop(&mut self) {
        if !self.threads.is_empty()
            && let Err(error) = self.shut()
        {
            tracing::warn!(%error, "the index was not written out");
        }
    }
}

impl Log for EmbeddedStore {
    fn append(&self, batch: Vec<Append>) -> BoxFuture<'_, Result<Durable, AppendError>> {
        Box::pin(async move {
            check_size(&batch)?;
            self.queue.append(batch).await
        })
    }

    fn len(&self, log: LogKey) -> Result<u64, StoreError> {
        Ok(self.index.head(log))
    }

    fn read(&self, log: LogKey, from: u64, limit: ReadLimit) -> Result<Vec<Record>, StoreError> {
        let head = self.index.head(log);
        let wanted = u64::try_from(limit.records.max(1)).unwrap_or(u64::MAX);
        let end = from.saturating_add(wanted).min(head);
        let mut records: Vec<Record> = Vec::new();
        let mut bytes = 0usize;
        let mut next = from;
        while next < end {
            let until = next.saturating_add(LOCATE_AT_ONCE).min(end);
            for location in self.index.locate(log, next, until)? {
                bytes = bytes.saturating_add(location.entry_len as usize);
                if !records.is_empty() && bytes > limit.bytes {
                    return Ok(records);
                }
                records.push(self.index.checked(self.records.entry(log, next, &location))?);
                next += 1;
            }
        }
        Ok(records)
    }

    fn sidecar(&self, log: LogKey, seq: u64) -> Result<Option<Bytes>, StoreError> {
        if seq >= self.index.head(log) {
            return Ok(None);
        }
        let locations = self.index.locate(log, seq, seq + 1)?;
        let sidecar = locations.first().map(|location| self.records.sidecar(log, seq, location));
        self.index.checked(sidecar.transpose())
    }

    fn erase(&self, log: LogKey, erasures: &[Erasure]) -> Result<Erased, EraseError> {
        self.eraser.erase(&self.index, &self.records, log, erasures)
    }

    fn find(&self, key: RecordKey) -> Result<Option<(LogKey, u64)>, StoreError> {
        self.index.find(&self.records, key)
    }

    fn logs(&self) -> Result<Vec<(LogKey, u64)>, StoreError> {
        let mut heads = self.index.heads();
        heads.sort_unstable();
        Ok(heads)
    }
}

impl Secrets for EmbeddedStore {
    fn get(&self, key: &[u8]) -> Result<Option<SecretValue>, SecretsError> {
        Ok(self.vault.get(key))
    }

    fn apply(&self, changes: Vec<SecretChange>) -> Result<SecretsDurable, SecretsError> {
        self.vault.apply(changes)?;
        Ok(SecretsDurable::new())
    }

    fn scan(&self, prefix: &[u8]) -> Result<Vec<(Vec<u8>, SecretValue)>, SecretsError> {
        Ok(self.vault.scan(prefix))
    }
}

impl Views for EmbeddedStore {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        let value = self.index.sled(|| self.views.get(key))?;
        Ok(value.map(|value| Bytes::copy_from_slice(&value)))
    }

    fn put(&self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.index.sled(|| self.views.insert(key, value)).map(drop)
    }

    fn delete(&self, key: &[u8]) -> Result<(), StoreError> {
        self.index.sled(|| self.views.remove(key)).map(drop)
    }

    fn scan(&self, prefix: &[u8]) -> Result<Vec<(Bytes, Bytes)>, StoreError> {
        let found = self.index.sled(|| self.views.scan_prefix(prefix).collect::<sled::Result<Vec<_>>>())?;
        let copy = |bytes: sled::IVec| Bytes::copy_from_slice(&bytes);
        Ok(found.into_iter().map(|(key, value)| (copy(key), copy(value))).collect())
    }

    fn clear(&self) -> Result<(), StoreError> {
        self.index.sled(|| self.views.clear())
    }
}
