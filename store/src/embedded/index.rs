//! The index: which record is where. Everything in it follows from the journal.
//!
//! The newest records are in memory from the moment they are durable; a thread of its own moves them to sled in
//! large batches, so that no append waits for sled. One sled tree holds it all, told apart by the first byte, so that
//! a batch is atomic and a crash leaves the index of some earlier moment, checkpoint included:
//!
//! ```text
//! 'r' log row          -> where 64 records of the log are (rows.rs)
//! 'k' run partition    -> where the records with some keys are (keys.rs)
//! 'h' log              -> number of records
//! 'c'                  -> the last group indexed: layout, segment, start, end, journal, checksum
//! ```
//!
//! sled is known to panic on damaged files. Every call is guarded, and whatever goes wrong leaves a mark in the
//! directory that makes the next open rebuild it.

use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use sled::{Batch, Db, Tree};

use super::format::Fields;
use super::keys::{self, Keys};
use super::records::Records;
use super::rows::{self, Malformed};
use super::segment::{Location, Position};
use crate::{LogKey, RecordKey, StoreError};

/// sled's cache. The hot part of the index is in memory anyway; what memory is left serves the page cache.
const CACHE_BYTES: u64 = 32 * 1024 * 1024;

/// How often sled writes by itself. It bounds what a start after a crash has to index again.
const FLUSH_EVERY_MS: u64 = 500;

/// How long sled may take to let go of files that were closed.
const LETTING_GO: Duration = Duration::from_secs(10);

/// Changes whenever the layout of the index does; an index of another layout is rebuilt.
const LAYOUT: u32 = 1;

/// A file of this name in the directory says: do not trust the rest.
const DOUBTFUL: &str = "doubtful";

pub(crate) struct Index {
    dir: PathBuf,
    db: Db,
    tree: Tree,
    /// The journal's salt, once there is a journal.
    salt: RwLock<u64>,
    heads: RwLock<HashMap<LogKey, u64>>,
    keys: RwLock<Keys>,
    recent: RwLock<Recent>,
}

/// Records that are durable and not yet in sled. Of every log they are the last ones, without gaps.
#[derive(Default)]
struct Recent {
    locations: BTreeMap<(LogKey, u64), Location>,
    places: HashMap<RecordKey, (LogKey, u64)>,
}

/// A record to be indexed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) log: LogKey,
    pub(crate) seq: u64,
    pub(crate) key: RecordKey,
    pub(crate) location: Location,
}

/// The last group that is in the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Checkpoint {
    pub(crate) start: Position,
    pub(crate) end: u64,
    /// The salt of the journal's first segment.
    pub(crate) journal: u64,
}

impl Checkpoint {
    pub(crate) fn end(&self) -> Position {
        Position { offset: self.end, ..self.start }
    }
}

impl Index {
    /// Opens or creates the index in `dir`.
    pub(crate) fn open(dir: &Path) -> Result<Self, String> {
        let config = sled::Config::new().path(dir).cache_capacity(CACHE_BYTES).flush_every_ms(Some(FLUSH_EVERY_MS));
        let db = open_when_let_go(&config)?;
        let tree = guarded(|| db.open_tree("index"))?;
        let mut heads = HashMap::new();
        for (log, len) in guarded(|| tree.scan_prefix(b"h").collect::<sled::Result<Vec<_>>>())? {
            let log = log.get(1..).and_then(array).ok_or("a head is malformed")?;
            heads.insert(LogKey(log), u64::from_be_bytes(array(&len).ok_or("a head is malformed")?));
        }
        let keys = guarded(|| Keys::load(&tree))?.map_err(|Malformed| "a row of keys is malformed")?;
        let index = Self {
            dir: dir.to_owned(),
            db,
            tree,
            salt: RwLock::default(),
            heads: RwLock::new(heads),
            keys: RwLock::new(keys),
            recent: RwLock::default(),
        };
        if let Some(checkpoint) = index.checkpoint()? {
            *write(&index.salt) = checkpoint.journal;
        }
        Ok(index)
    }

    /// Whether something went wrong with the index in `dir` when it was last used.
    pub(crate) fn is_doubtful(dir: &Path) -> bool {
        dir.join(DOUBTFUL).exists()
    }

    /// Whether there are as many keys as records. Locations that are missing show when they are looked for; keys
    /// that are missing would not.
    pub(crate) fn is_consistent(&self) -> bool {
        read(&self.keys).len() == read(&self.heads).values().sum::<u64>()
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// The tree for [`Views`](crate::Views).
    pub(crate) fn views(&self) -> Result<Tree, String> {
        guarded(|| self.db.open_tree("views"))
    }

    pub(crate) fn checkpoint(&self) -> Result<Option<Checkpoint>, String> {
        Ok(guarded(|| self.tree.get(b"c"))?.and_then(|bytes| decode_checkpoint(&bytes)))
    }

    /// Puts records and the checkpoint behind them into sled, all at once.
    pub(crate) fn store(&self, entries: &[Entry], checkpoint: Checkpoint) -> Result<(), String> {
        let salt = checkpoint.journal;
        let stored = guarded(|| {
            let mut batch = Batch::default();
            if let Err(Malformed) = rows::add(&self.tree, entries, &mut batch)? {
                return Ok(Err("the rows of a log are malformed".to_owned()));
            }
            read(&self.keys).add(&self.tree, salt, entries, &mut batch)?;
            let heads: HashMap<_, _> = entries.iter().map(|entry| (entry.log, entry.seq + 1)).collect();
            for (log, len) in heads {
                batch.insert([b"h", &log.0[..]].concat(), &len.to_be_bytes()[..]);
            }
            batch.insert(b"c", encode_checkpoint(&checkpoint));
            self.tree.apply_batch(batch).map(Ok)
        });
        stored.flatten().inspect_err(|reason| self.doubt(reason))?;
        write(&self.keys).added(salt, entries);
        *write(&self.salt) = salt;
        Ok(())
    }

    /// Makes records that are durable visible, before they are in sled.
    pub(crate) fn publish(&self, entries: &[Entry]) {
        {
            let mut recent = write(&self.recent);
            for entry in entries {
                recent.locations.insert((entry.log, entry.seq), entry.location);
                recent.places.insert(entry.key, (entry.log, entry.seq));
            }
        }
        self.extend_heads(entries);
    }

    /// Drops records from memory that are in sled now.
    pub(crate) fn forget(&self, entries: &[Entry]) {
        let mut recent = write(&self.recent);
        for entry in entries {
            recent.locations.remove(&(entry.log, entry.seq));
            recent.places.remove(&entry.key);
        }
    }

    /// Counts records as part of their logs.
    pub(crate) fn extend_heads(&self, entries: &[Entry]) {
        let mut heads = write(&self.heads);
        for entry in entries {
            heads.insert(entry.log, entry.seq + 1);
        }
    }

    /// The length of a log.
    pub(crate) fn head(&self, log: LogKey) -> u64 {
        read(&self.heads).get(&log).copied().unwrap_or_default()
    }

    /// All logs and their lengths, in no order.
    pub(crate) fn heads(&self) -> Vec<(LogKey, u64)> {
        read(&self.heads).iter().map(|(log, len)| (*log, *len)).collect()
    }

    /// Where the record with this key is.
    ///
    /// Memory is asked before sled: what is missing in memory has been in sled since before it was forgotten.
    pub(crate) fn find(&self, records: &Records, key: RecordKey) -> Result<Option<(LogKey, u64)>, StoreError> {
        if let Some(place) = read(&self.recent).places.get(&key) {
            return Ok(Some(*place));
        }
        let salt = *read(&self.salt);
        let rows = read(&self.keys).rows_of(salt, key);
        for row in rows {
            let Some(row) = self.sled(|| self.tree.get(row))? else { continue };
            for at in keys::candidates(&row, salt, key) {
                let header = self.checked(records.header(at))?;
                if header.key == key {
                    return Ok(Some((header.log, header.seq)));
                }
            }
        }
        Ok(None)
    }

    /// Where the records of `log` from `from` to `to` are, in order. All of them must exist.
    ///
    /// Memory is asked before sled, for the same reason.
    pub(crate) fn locate(&self, log: LogKey, from: u64, to: u64) -> Result<Vec<Location>, StoreError> {
        let recent: Vec<_> = {
            let recent = read(&self.recent);
            recent.locations.range((log, from)..(log, to)).map(|((_, seq), location)| (*seq, *location)).collect()
        };
        let settled = recent.first().map_or(to, |(seq, _)| *seq);
        let mut locations = self.sled(|| rows::get(&self.tree, log, from, settled))?.map_err(|Malformed| {
            let reason = format!("records {from} to {settled} of log {log} are missing");
            self.doubt(&reason);
            StoreError::Views { reason }
        })?;
        locations.extend(recent.into_iter().map(|(_, location)| location));
        Ok(locations)
    }

    /// Passes on what was found in the journal where the index says. If it contradicts the index, the index is
    /// doubtful; and if it is the journal that is wrong, the rebuild of the next open finds the place.
    pub(crate) fn checked<T>(&self, found: Result<T, StoreError>) -> Result<T, StoreError> {
        found.inspect_err(|error| {
            if let StoreError::Damaged { .. } = error {
                self.doubt(&error.to_string());
            }
        })
    }

    /// Makes the next open rebuild everything from the journal.
    pub(crate) fn doubt(&self, reason: &str) {
        tracing::error!(reason, "the index is doubtful; the next start rebuilds it from the journal");
        if let Err(error) = std::fs::write(self.dir.join(DOUBTFUL), reason) {
            tracing::error!(%error, "could not mark the index as doubtful; remove the directory views by hand");
        }
    }

    /// Asks sled to write what it has. Not durable in the sense of this crate; it saves the next open some work.
    pub(crate) fn flush(&self) -> Result<(), StoreError> {
        self.sled(|| self.db.flush()).map(drop)
    }

    /// Runs a call of sled. Any failure makes the index doubtful.
    pub(crate) fn sled<T>(&self, call: impl FnOnce() -> sled::Result<T>) -> Result<T, StoreError> {
        guarded(call).map_err(|reason| {
            self.doubt(&reason);
            StoreError::Views { reason }
        })
    }
}

/// Opens sled's files. Who closed a store a moment ago holds their lock for a little longer, as a thread of sled lets go of them in
/// its own time. The data directory is ours by a lock of its own, so that nobody else can be meant: it is waited for, since
/// an index that is not opened is taken for a lost one, and what it proves of the journal with it.
fn open_when_let_go(config: &sled::Config) -> Result<Db, String> {
    let until = Instant::now() + LETTING_GO;
    loop {
        match guarded(|| config.open()) {
            Err(reason) if reason.contains("could not acquire lock") && Instant::now() < until => {
                std::thread::sleep(Duration::from_millis(5));
            }
            other => return other,
        }
    }
}

/// Runs a call of sled and turns errors and panics alike into a sentence.
fn guarded<T>(call: impl FnOnce() -> sled::Result<T>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(result) => result.map_err(|error| format!("sled: {error}")),
        Err(_) => Err("sled panicked".to_owned()),
    }
}

fn array<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    bytes.try_into().ok()
}

fn encode_checkpoint(checkpoint: &Checkpoint) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(36);
    bytes.extend_from_slice(&LAYOUT.to_be_bytes());
    bytes.extend_from_slice(&rows::encode_position(checkpoint.start));
    bytes.extend_from_slice(&checkpoint.end.to_be_bytes());
    bytes.extend_from_slice(&checkpoint.journal.to_be_bytes());
    let crc = crc32fast::hash(&bytes);
    bytes.extend_from_slice(&crc.to_be_bytes());
    bytes
}

fn decode_checkpoint(bytes: &[u8]) -> Option<Checkpoint> {
    let bytes = array::<36>(bytes)?;
    let mut fields = Fields(&bytes);
    fields.take::<4>();
    let checkpoint = Checkpoint {
        start: rows::decode_position(&fields.take()),
        end: u64::from_be_bytes(fields.take()),
        journal: u64::from_be_bytes(fields.take()),
    };
    // Covers layout and checksum.
    (encode_checkpoint(&checkpoint) == bytes).then_some(checkpoint)
}

fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
