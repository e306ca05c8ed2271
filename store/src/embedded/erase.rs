//! Erasing records in place: the bytes that go are overwritten where they are, and everything else stays where it is.
//!
//! ```text
//! 1. the file `erasing` says what will stand where, checksum and all; it and its name are made durable
//! 2. every record is overwritten: header, what stays of its entry, zeros to its end; the segments are synced
//! 3. the file is removed, and that made durable; then the call returns
//! ```
//!
//! A crash before the first step is done leaves a file whose checksum does not hold, and nothing overwritten: it is removed. A
//! crash later leaves records of which any part may be overwritten, and the file that says what they must become: opening
//! does the second and third step again, before it reads anything of the journal. The file holds nothing of what goes.
//!
//! A record keeps its length, so that no location changes: neither the index nor the next segment's header has to be told.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use super::disk::{Disk, is_full};
use super::error::OpenError;
use super::format::{Fields, RECORD_HEADER, RecordHeader};
use super::index::Index;
use super::records::Records;
use super::scan;
use super::segment::{self, Position};
use crate::{EraseError, Erased, Erasure, LogKey, StoreError};

/// The file that says what is being erased.
pub(crate) const FILE: &str = "erasing";

const MAGIC: [u8; 8] = *b"RENKEIE\0";
const VERSION: u32 = 1;
const HEADER: usize = 24;
const STEP: usize = 20;

/// Records that one file speaks of: some megabytes.
const AT_ONCE: usize = 4_096;

/// One record as it will be.
struct Step {
    at: Position,
    /// Header and what stays of the entry.
    bytes: Vec<u8>,
    /// Zeros behind them.
    zeros: u32,
}

pub(crate) struct Eraser {
    journal: PathBuf,
    disk: Arc<dyn Disk>,
    /// Why nothing is erased any more until a restart. Held while something is.
    failed: Mutex<Option<Arc<str>>>,
}

impl Eraser {
    pub(crate) fn new(journal: PathBuf, disk: Arc<dyn Disk>) -> Self {
        Self { journal, disk, failed: Mutex::default() }
    }

    /// Erases records of `log`. What is erased already is passed over.
    pub(crate) fn erase(
        &self,
        index: &Index,
        records: &Records,
        log: LogKey,
        erasures: &[Erasure],
    ) -> Result<Erased, EraseError> {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(reason) = &*failed {
            return Err(EraseError::Failed { reason: Arc::clone(reason) });
        }
        for some in erasures.chunks(AT_ONCE) {
            let steps: Result<Vec<Option<Step>>, EraseError> =
                some.iter().map(|erasure| step(index, records, log, erasure)).collect();
            let steps: Vec<Step> = steps?.into_iter().flatten().collect();
            if steps.is_empty() {
                continue;
            }
            self.prepare(&steps)?;
            if let Err(error) = apply(&self.journal, self.disk.as_ref(), Some(records), &steps) {
                let reason: Arc<str> = format!("an erasure was interrupted: {error}").into();
                tracing::error!(%reason, "nothing is erased any more until a restart, which finishes it");
                *failed = Some(Arc::clone(&reason));
                return Err(EraseError::Failed { reason });
            }
        }
        Ok(Erased::new())
    }

    /// Makes durable what will be done. Until then nothing is.
    fn prepare(&self, steps: &[Step]) -> Result<(), EraseError> {
        let path = self.journal.join(FILE);
        let io = |source| StoreError::Io { file: path.clone(), source };
        let id = scan::journal_id(&self.journal).map_err(|error| io(io::Error::other(error.to_string())))?;
        let bytes = encode(id.unwrap_or_default(), steps);
        let mut file = self.disk.create(&path).map_err(io)?;
        let written = file.write_all_at(&bytes, 0).and_then(|()| file.sync_data());
        let named = written.and_then(|()| self.disk.sync_dir(&self.journal));
        named.map_err(|error| {
            // Nothing has begun. Should the file stay all the same, it tells what was meant to be erased, no more.
            let removed = self.disk.remove(&path);
            if is_full(&error) && removed.is_ok() { EraseError::Full } else { io(error).into() }
        })
    }
}

/// What becomes of a record; none if it is that already.
fn step(index: &Index, records: &Records, log: LogKey, erasure: &Erasure) -> Result<Option<Step>, EraseError> {
    let Erasure { seq, entry } = erasure;
    let unknown = || EraseError::Unknown { log, seq: *seq };
    if *seq >= index.head(log) {
        return Err(unknown());
    }
    let location = *index.locate(log, *seq, *seq + 1)?.first().ok_or_else(unknown)?;
    let present = index.checked(records.header(location.at))?;
    if (present.log, present.seq) != (log, *seq) {
        return Err(unknown());
    }
    let Some(header) = present.erased(entry) else {
        return Err(EraseError::DoesNotFit { log, seq: *seq });
    };
    if header == present {
        return Ok(None);
    }
    let mut bytes = Vec::with_capacity(RECORD_HEADER + entry.len());
    header.encode(&mut bytes);
    bytes.extend_from_slice(entry);
    let zeros = header.entry_len - u32::try_from(entry.len()).unwrap_or(header.entry_len) + header.sidecar_len;
    Ok(Some(Step { at: location.at, bytes, zeros }))
}

/// Overwrites, syncs, and takes the file away.
fn apply(journal: &Path, disk: &dyn Disk, records: Option<&Records>, steps: &[Step]) -> io::Result<()> {
    let mut by_segment: BTreeMap<u32, Vec<&Step>> = BTreeMap::new();
    for step in steps {
        by_segment.entry(step.at.segment).or_default().push(step);
    }
    for (number, steps) in by_segment {
        let mut file = disk.open(&segment::path(journal, number))?;
        for step in steps {
            let mut bytes = step.bytes.clone();
            bytes.resize(bytes.len() + step.zeros as usize, 0);
            // Nobody reads half of it.
            let _alone = records.map(Records::alone);
            file.write_all_at(&bytes, step.at.offset)?;
        }
        file.sync_data()?;
    }
    disk.remove(&journal.join(FILE))?;
    disk.sync_dir(journal)
}

/// Finishes what a crash has interrupted. Before anything of the journal is read.
pub(crate) fn finish(journal: &Path, disk: &dyn Disk) -> Result<bool, OpenError> {
    let path = journal.join(FILE);
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(OpenError::io(&path, error)),
    };
    let done = if let Some((id, steps)) = decode(&bytes) {
        if scan::journal_id(journal)? != Some(id) {
            return Err(OpenError::Io { file: path, source: io::Error::other("it belongs to another journal") });
        }
        tracing::warn!(records = steps.len(), "finishing an erasure that was interrupted");
        apply(journal, disk, None, &steps)
    } else {
        disk.remove(&path).and_then(|()| disk.sync_dir(journal))
    };
    done.map_err(|error| OpenError::io(&path, error))?;
    Ok(true)
}

fn encode(id: u64, steps: &[Step]) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    out.extend_from_slice(&VERSION.to_le_bytes());
    out.extend_from_slice(&id.to_le_bytes());
    out.extend_from_slice(&u32::try_from(steps.len()).unwrap_or(u32::MAX).to_le_bytes());
    for step in steps {
        out.extend_from_slice(&step.at.segment.to_le_bytes());
        out.extend_from_slice(&step.at.offset.to_le_bytes());
        out.extend_from_slice(&step.zeros.to_le_bytes());
        out.extend_from_slice(&u32::try_from(step.bytes.len()).unwrap_or(u32::MAX).to_le_bytes());
        out.extend_from_slice(&step.bytes);
    }
    let crc = crc32fast::hash(&out);
    out.extend_from_slice(&crc.to_le_bytes());
    out
}

/// The journal that it speaks of, and the steps; none if it is not whole.
fn decode(bytes: &[u8]) -> Option<(u64, Vec<Step>)> {
    let (body, crc) = bytes.split_last_chunk::<4>()?;
    let mut header = Fields(body.get(..HEADER)?);
    if crc32fast::hash(body) != u32::from_le_bytes(*crc)
        || header.take() != MAGIC
        || u32::from_le_bytes(header.take()) != VERSION
    {
        return None;
    }
    let (id, count) = (u64::from_le_bytes(header.take()), u32::from_le_bytes(header.take()));
    let mut rest = body.get(HEADER..)?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        let mut fields = Fields(rest.get(..STEP)?);
        let at = Position { segment: u32::from_le_bytes(fields.take()), offset: u64::from_le_bytes(fields.take()) };
        let zeros = u32::from_le_bytes(fields.take());
        let end = STEP.checked_add(u32::from_le_bytes(fields.take()) as usize)?;
        steps.push(Step { at, bytes: rest.get(STEP..end)?.to_vec(), zeros });
        rest = rest.get(end..)?;
    }
    (steps.len() == count as usize).then_some((id, steps))
}

/// What stays of a record's entry, as whoever reads it gets it.
pub(crate) fn shown(header: &RecordHeader, region: &Bytes) -> Bytes {
    region.slice(..header.shown_len().min(region.len()))
}
