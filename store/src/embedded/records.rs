//! Reading single records where the index says they are, and not believing it.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use bytes::Bytes;

use super::erase;
use super::format::{Flaw, RECORD_HEADER, RecordHeader};
use super::segment::{self, Location, Position};
use crate::{LogKey, Record, StoreError};

/// Segment files kept open for reading. Old segments are rarely read; this leaves most descriptors of a process
/// to its connections.
const OPEN_FILES: usize = 128;

pub(crate) struct Records {
    journal: PathBuf,
    files: Mutex<HashMap<u32, Arc<File>>>,
    /// Held by readers of a record, and alone by whoever overwrites one.
    overwriting: RwLock<()>,
}

impl Records {
    pub(crate) fn new(journal: PathBuf) -> Self {
        Self { journal, files: Mutex::default(), overwriting: RwLock::default() }
    }

    /// While this is held nobody reads a record.
    pub(crate) fn alone(&self) -> RwLockWriteGuard<'_, ()> {
        self.overwriting.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn with_others(&self) -> RwLockReadGuard<'_, ()> {
        self.overwriting.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The record at `location`, which should be that of `log` and `seq`.
    pub(crate) fn entry(&self, log: LogKey, seq: u64, location: &Location) -> Result<Record, StoreError> {
        let _with_others = self.with_others();
        let bytes = self.bytes(location, 0, RECORD_HEADER as u64 + u64::from(location.entry_len))?;
        let header = self.expected_header(log, seq, location, &bytes)?;
        let entry = bytes.slice(RECORD_HEADER..);
        header.check_entry(&entry).map_err(|flaw| self.damaged(location, flaw))?;
        Ok(Record { seq, key: header.key, entry: erase::shown(&header, &entry) })
    }

    /// The sidecar of the record at `location`, likewise.
    pub(crate) fn sidecar(&self, log: LogKey, seq: u64, location: &Location) -> Result<Bytes, StoreError> {
        let _with_others = self.with_others();
        let header = self.bytes(location, 0, RECORD_HEADER as u64)?;
        let header = self.expected_header(log, seq, location, &header)?;
        let before = RECORD_HEADER as u64 + u64::from(location.entry_len);
        let sidecar = self.bytes(location, before, u64::from(location.sidecar_len))?;
        header.check_sidecar(&sidecar).map_err(|flaw| self.damaged(location, flaw))?;
        Ok(if header.is_erased() { Bytes::new() } else { sidecar })
    }

    /// The header of the record at `at`.
    pub(crate) fn header(&self, at: Position) -> Result<RecordHeader, StoreError> {
        let location = Location { at, entry_len: 0, sidecar_len: 0 };
        let _with_others = self.with_others();
        let bytes = self.bytes(&location, 0, RECORD_HEADER as u64)?;
        RecordHeader::decode(&bytes).map_err(|flaw| self.damaged(&location, flaw))
    }

    fn expected_header(
        &self,
        log: LogKey,
        seq: u64,
        location: &Location,
        bytes: &[u8],
    ) -> Result<RecordHeader, StoreError> {
        let header = RecordHeader::decode(bytes).map_err(|flaw| self.damaged(location, flaw))?;
        let found = (header.log, header.seq, header.entry_len, header.sidecar_len);
        if found == (log, seq, location.entry_len, location.sidecar_len) {
            Ok(header)
        } else {
            Err(self.damaged(location, Flaw::Inconsistent))
        }
    }

    /// `len` bytes from `skip` bytes behind the start of a record. The files' lock is not held while reading.
    fn bytes(&self, location: &Location, skip: u64, len: u64) -> Result<Bytes, StoreError> {
        let len = usize::try_from(len).map_err(|_| self.damaged(location, Flaw::Inconsistent))?;
        let mut bytes = vec![0; len];
        let read =
            self.file(location.at.segment).and_then(|file| read_exact_at(&file, &mut bytes, location.at.offset + skip));
        match read {
            Ok(()) => Ok(bytes.into()),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(self.damaged(location, Flaw::Short)),
            Err(source) => Err(StoreError::Io { file: segment::path(&self.journal, location.at.segment), source }),
        }
    }

    fn file(&self, number: u32) -> io::Result<Arc<File>> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = files.get(&number) {
            return Ok(Arc::clone(file));
        }
        if files.len() >= OPEN_FILES {
            files.clear();
        }
        let file = Arc::new(File::open(segment::path(&self.journal, number))?);
        files.insert(number, Arc::clone(&file));
        Ok(file)
    }

    fn damaged(&self, location: &Location, flaw: Flaw) -> StoreError {
        StoreError::Damaged {
            file: segment::path(&self.journal, location.at.segment),
            offset: location.at.offset,
            reason: flaw.to_string(),
        }
    }
}

#[cfg(unix)]
fn read_exact_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, offset)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut bytes: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, bytes, offset)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => (bytes, offset) = (&mut bytes[read..], offset + read as u64),
        }
    }
    Ok(())
}
