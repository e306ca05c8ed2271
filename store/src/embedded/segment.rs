//! Segment files: their names, their places, and reading them from start to end.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::format::{Flaw, GROUP_HEADER, GroupHeader, RECORD_HEADER, RecordHeader, SEGMENT_HEADER, SegmentHeader};

/// The first segment; they are numbered without gaps.
pub(crate) const FIRST: u32 = 1;

/// A place in the journal. Order is the order of writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    pub(crate) segment: u32,
    pub(crate) offset: u64,
}

/// Where a record is and how long its parts are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Location {
    /// Of the record's header.
    pub(crate) at: Position,
    pub(crate) entry_len: u32,
    pub(crate) sidecar_len: u32,
}

/// The file of segment `number`.
pub(crate) fn path(journal: &Path, number: u32) -> PathBuf {
    journal.join(format!("{number:08}.journal"))
}

/// The numbers of the segments that exist, in order. Files with other names are none of ours.
pub(crate) fn list(journal: &Path) -> io::Result<Vec<u32>> {
    let mut numbers = Vec::new();
    for file in std::fs::read_dir(journal)? {
        let name = file?.file_name();
        let number = name.to_str().and_then(|name| name.strip_suffix(".journal")).and_then(|stem| stem.parse().ok());
        match number {
            Some(number) if path(journal, number).file_name() == Some(&name) => numbers.push(number),
            _ => tracing::warn!(file = %name.display(), "ignoring a file in the journal that is not a segment"),
        }
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// Reads one segment, group after group, checking everything.
pub(crate) struct SegmentReader {
    file: BufReader<File>,
    len: u64,
    header: SegmentHeader,
    offset: u64,
}

/// A whole group, every checksum verified.
pub(crate) struct Group {
    pub(crate) start: u64,
    pub(crate) end: u64,
    pub(crate) records: Vec<ScannedRecord>,
    bytes: Vec<u8>,
}

/// A record of a group.
pub(crate) struct ScannedRecord {
    pub(crate) header: RecordHeader,
    pub(crate) location: Location,
    /// Of the entry in the group's bytes.
    entry_start: usize,
}

/// Why reading stopped.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The bytes are not what was written.
    Flaw(Flaw),
    /// The bytes could not be read.
    Io(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Flaw(Flaw::Short),
            _ => Self::Io(error),
        }
    }
}

impl From<Flaw> for Stop {
    fn from(flaw: Flaw) -> Self {
        Self::Flaw(flaw)
    }
}

impl SegmentReader {
    /// Opens segment `number` and checks its header.
    pub(crate) fn open(journal: &Path, number: u32) -> Result<Self, Stop> {
        let file = File::open(path(journal, number))?;
        let len = file.metadata()?.len();
        let mut file = BufReader::with_capacity(256 * 1024, file);
        let mut bytes = [0; SEGMENT_HEADER];
        file.read_exact(&mut bytes)?;
        let header = SegmentHeader::decode(&bytes)?;
        if header.number != number {
            return Err(Flaw::Inconsistent.into());
        }
        Ok(Self { file, len, header, offset: SEGMENT_HEADER as u64 })
    }

    pub(crate) fn header(&self) -> SegmentHeader {
        self.header
    }

    /// Where the next group starts.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// Goes on reading at `offset`, which must be where a group starts.
    pub(crate) fn seek(&mut self, offset: u64) -> Result<(), Stop> {
        self.file.seek(SeekFrom::Start(offset))?;
        self.offset = offset;
        Ok(())
    }

    /// The next group, or `None` at the end of the file. After a [`Stop`], [`Self::offset`] is still where the
    /// bad group starts.
    pub(crate) fn next(&mut self) -> Result<Option<Group>, Stop> {
        if self.offset == self.len {
            return Ok(None);
        }
        let mut header = [0; GROUP_HEADER];
        self.file.read_exact(&mut header)?;
        let header = GroupHeader::decode(&header)?;
        let here = (self.header.salt, self.header.number, self.offset);
        if (header.salt, header.segment, header.offset) != here {
            return Err(Flaw::Inconsistent.into());
        }
        let body_start = self.offset + GROUP_HEADER as u64;
        let end = body_start + u64::from(header.body_len);
        if end > self.len {
            return Err(Flaw::Short.into());
        }
        let mut bytes = vec![0; header.body_len as usize];
        self.file.read_exact(&mut bytes)?;
        let records = records(&bytes, Position { segment: self.header.number, offset: body_start })?;
        if records.len() != header.records as usize {
            return Err(Flaw::Inconsistent.into());
        }
        let group = Group { start: self.offset, end, records, bytes };
        self.offset = end;
        Ok(Some(group))
    }
}

impl Group {
    /// The bytes of a record's entry.
    pub(crate) fn entry(&self, record: &ScannedRecord) -> &[u8] {
        let end = record.entry_start + record.header.shown_len();
        self.bytes.get(record.entry_start..end).unwrap_or_default()
    }

    /// The bytes of a record's sidecar.
    pub(crate) fn sidecar(&self, record: &ScannedRecord) -> &[u8] {
        if record.header.is_erased() {
            return &[];
        }
        let start = record.entry_start + record.location.entry_len as usize;
        self.bytes.get(start..start + record.location.sidecar_len as usize).unwrap_or_default()
    }
}

/// The records of a group's body, which starts at `start`.
fn records(body: &[u8], start: Position) -> Result<Vec<ScannedRecord>, Flaw> {
    let mut records = Vec::new();
    let mut at = 0;
    while at < body.len() {
        let rest = body.get(at..).unwrap_or_default();
        let header = RecordHeader::decode(rest)?;
        let content = rest.get(RECORD_HEADER..).unwrap_or_default();
        let (entry, rest) = content.split_at_checked(header.entry_len as usize).ok_or(Flaw::Inconsistent)?;
        let sidecar = rest.get(..header.sidecar_len as usize).ok_or(Flaw::Inconsistent)?;
        header.check_entry(entry)?;
        header.check_sidecar(sidecar)?;
        let location = Location {
            at: Position { segment: start.segment, offset: start.offset + at as u64 },
            entry_len: header.entry_len,
            sidecar_len: header.sidecar_len,
        };
        records.push(ScannedRecord { header, location, entry_start: at + RECORD_HEADER });
        at += RECORD_HEADER + entry.len() + sidecar.len();
    }
    Ok(records)
}

/// Whether a whole group header lies anywhere in the segment behind `offset`. `salt` is `None` if the
/// segment's own header can't be read.
pub(crate) fn group_follows(journal: &Path, number: u32, offset: u64, salt: Option<u64>) -> io::Result<bool> {
    let mut file = File::open(path(journal, number))?;
    file.seek(SeekFrom::Start(offset))?;
    // At most a segment and a group.
    let mut rest = Vec::new();
    file.read_to_end(&mut rest)?;
    let found = (offset..).zip(rest.windows(GROUP_HEADER)).skip(1).any(|(at, bytes)| {
        GroupHeader::may_start(bytes)
            && GroupHeader::decode(bytes).is_ok_and(|header| {
                header.segment == number && header.offset == at && salt.is_none_or(|salt| header.salt == salt)
            })
    });
    Ok(found)
}
