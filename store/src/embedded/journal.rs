//! Writing the journal: one group at a time, each durable before the next is begun.

use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use super::disk::{Disk, DiskFile, is_full};
use super::format::{GROUP_HEADER, GroupHeader, RECORD_HEADER, RecordHeader, SEGMENT_HEADER, SegmentHeader};
use super::index::{Checkpoint, Entry};
use super::judge::Accepted;
use super::scan::Tail;
use super::segment::{self, Location, Position};

/// The end of the journal, open for writing.
pub(crate) struct Journal {
    dir: PathBuf,
    disk: Arc<dyn Disk>,
    segment_bytes: u64,
    reserve_bytes: u64,
    /// The salt of the first segment; 0 until there is one.
    id: u64,
    last: Option<Segment>,
    buffer: Vec<u8>,
}

struct Segment {
    number: u32,
    salt: u64,
    len: u64,
    file: Box<dyn DiskFile>,
}

/// Why a group was not written.
pub(crate) enum WriteError {
    /// No room; the journal is as it was.
    Full,
    /// Nobody knows what is on the disk now.
    Failed(String),
}

impl Journal {
    /// Opens the journal at its `tail`, cutting off what is torn.
    pub(crate) fn open(
        dir: PathBuf,
        disk: Arc<dyn Disk>,
        tail: &Tail,
        segment_bytes: u64,
        reserve_bytes: u64,
    ) -> io::Result<Self> {
        if let Some(headless) = tail.headless {
            disk.remove(&segment::path(&dir, headless))?;
            disk.sync_dir(&dir)?;
        }
        let mut last = None;
        if tail.segment >= segment::FIRST {
            let mut file = disk.open(&segment::path(&dir, tail.segment))?;
            if tail.torn > 0 && tail.headless.is_none() {
                file.truncate(tail.len)?;
                file.sync_data()?;
            }
            last = Some(Segment { number: tail.segment, salt: tail.salt, len: tail.len, file });
        }
        Ok(Self { dir, disk, segment_bytes, reserve_bytes, id: tail.journal, last, buffer: Vec::new() })
    }

    /// Writes records as one group and makes them durable. Says where they are.
    pub(crate) fn write(&mut self, records: &[Accepted]) -> Result<(Vec<Entry>, Checkpoint), WriteError> {
        let body_len: u64 = records.iter().map(|accepted| (RECORD_HEADER + accepted.record.size()) as u64).sum();
        let size = GROUP_HEADER as u64 + body_len;
        self.require_room(size)?;
        let fits = |segment: &Segment| {
            segment.len == SEGMENT_HEADER as u64 || segment.len.saturating_add(size) <= self.segment_bytes
        };
        let mut segment = match self.last.take_if(|segment| fits(segment)) {
            Some(segment) => segment,
            None => self.begin_segment()?,
        };
        let start = Position { segment: segment.number, offset: segment.len };
        let entries = encode(&mut self.buffer, start, segment.salt, records, body_len);
        let written = entries.and_then(|entries| {
            segment.append(&self.buffer)?;
            Ok(entries)
        });
        let checkpoint = Checkpoint { start, end: segment.len, journal: self.id };
        self.last = Some(segment);
        // A rare large group must not keep its memory for good.
        self.buffer.clear();
        self.buffer.shrink_to(1024 * 1024);
        Ok((written?, checkpoint))
    }

    /// Keeps some room free, so that on a full disk the index still works and secrets can still be erased.
    fn require_room(&self, size: u64) -> Result<(), WriteError> {
        match self.disk.available(&self.dir) {
            Ok(available) if available < size.saturating_add(self.reserve_bytes) => Err(WriteError::Full),
            Ok(_) => Ok(()),
            Err(error) => Err(WriteError::Failed(format!("could not ask for free space: {error}"))),
        }
    }

    /// Begins the next segment. Its header and its name are durable before anything is written into it.
    fn begin_segment(&mut self) -> Result<Segment, WriteError> {
        let previous = self.last.take();
        let (number, previous_salt, previous_len) =
            previous.as_ref().map_or((segment::FIRST, 0, 0), |last| (last.number + 1, last.salt, last.len));
        let salt = random();
        let header = SegmentHeader { number, salt, previous_salt, previous_len }.encode();
        let path = segment::path(&self.dir, number);
        let created = self.disk.create(&path).and_then(|mut file| match file.write_all_at(&header, 0) {
            Ok(()) => Ok(file),
            Err(error) => {
                self.disk.remove(&path)?;
                Err(error)
            }
        });
        let mut file = match created {
            Ok(file) => file,
            Err(error) if is_full(&error) => {
                self.last = previous;
                return Err(WriteError::Full);
            }
            Err(error) => return Err(failed("begin a segment", &error)),
        };
        file.sync_data().map_err(|error| failed("sync a new segment", &error))?;
        self.disk.sync_dir(&self.dir).map_err(|error| failed("sync the journal's directory", &error))?;
        if number == segment::FIRST {
            self.id = salt;
        }
        Ok(Segment { number, salt, len: header.len() as u64, file })
    }
}

impl Segment {
    /// Writes a group behind the last one and makes it durable.
    fn append(&mut self, group: &[u8]) -> Result<(), WriteError> {
        match self.file.write_all_at(group, self.len) {
            Ok(()) => {}
            Err(error) if is_full(&error) => {
                // Synced too, so that the next group is never mixed with remains of this one.
                self.file.truncate(self.len).map_err(|error| failed("take back a group", &error))?;
                self.file.sync_data().map_err(|error| failed("take back a group", &error))?;
                return Err(WriteError::Full);
            }
            Err(error) => return Err(failed("write to the journal", &error)),
        }
        self.file.sync_data().map_err(|error| failed("sync the journal", &error))?;
        self.len += group.len() as u64;
        Ok(())
    }
}

/// Fills `buffer` with a group and says where its records will be.
fn encode(
    buffer: &mut Vec<u8>,
    start: Position,
    salt: u64,
    records: &[Accepted],
    body_len: u64,
) -> Result<Vec<Entry>, WriteError> {
    let too_large = || WriteError::Failed("a group is larger than its header can say".to_owned());
    let header = GroupHeader {
        salt,
        segment: start.segment,
        offset: start.offset,
        records: u32::try_from(records.len()).map_err(|_| too_large())?,
        body_len: u32::try_from(body_len).map_err(|_| too_large())?,
    };
    buffer.clear();
    header.encode(buffer);
    let mut entries = Vec::with_capacity(records.len());
    for Accepted { log, seq, record } in records {
        let at = Position { offset: start.offset + buffer.len() as u64, ..start };
        let header = RecordHeader::new(*log, record.key, *seq, &record.entry, &record.sidecar).ok_or_else(too_large)?;
        let location = Location { at, entry_len: header.entry_len, sidecar_len: header.sidecar_len };
        entries.push(Entry { log: *log, seq: *seq, key: record.key, location });
        header.encode(buffer);
        buffer.extend_from_slice(&record.entry);
        buffer.extend_from_slice(&record.sidecar);
    }
    Ok(entries)
}

fn failed(what: &str, error: &io::Error) -> WriteError {
    WriteError::Failed(format!("could not {what}: {error}"))
}

/// A number that nobody who writes entries can know. The standard library seeds its hash maps from the
/// operating system, per thread once and then counting; hashing anything yields the secret.
fn random() -> u64 {
    RandomState::new().hash_one("salt of a segment")
}
