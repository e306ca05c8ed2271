//! Reading the journal in order, and telling a torn tail from damage.
//!
//! A crash can tear what was being written: pages may be missing, old, or there although earlier ones are not.
//! But only the last group can be torn, because a group is written only after the one before has survived its
//! `fdatasync`, and a segment is begun only after the last group of the one before has. So every one of these
//! proves that all bytes before it were durable once:
//!
//! * the header of a group,
//! * the file of a later segment,
//! * the index's checkpoint, which is written after the `fdatasync` it speaks of.
//!
//! Bad bytes before a proof are damage: something acknowledged is gone, which people must hear about. Bad bytes
//! that no proof follows are a group that nobody was told about, and are cut off.
//!
//! What this can't see: damage to the very last group while the index is lost too looks like a torn tail.

use std::io;
use std::path::Path;

use super::error::OpenError;
use super::format::{Flaw, SegmentHeader};
use super::segment::{self, Group, Position, SegmentReader, Stop};

/// Where the journal ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tail {
    /// The last whole segment; 0 if there is none.
    pub(crate) segment: u32,
    /// Its salt.
    pub(crate) salt: u64,
    /// Where its last whole group ends.
    pub(crate) len: u64,
    /// The salt of the first segment, which tells one journal from another.
    pub(crate) journal: u64,
    /// Bytes behind the last whole group, a headless last segment included.
    pub(crate) torn: u64,
    /// A last segment whose creation was interrupted, so that it has no header.
    pub(crate) headless: Option<u32>,
}

/// A scan of the journal.
pub(crate) struct Scan<'a> {
    pub(crate) journal: &'a Path,
    /// Where to start: at a group's start. From the very beginning if `None`.
    pub(crate) from: Option<Position>,
    /// A position that is known to have been durable.
    pub(crate) proven: Option<Position>,
}

/// What the caller does with each group, given its segment.
pub(crate) type Visit<'v> = dyn FnMut(SegmentHeader, Group) -> Result<(), OpenError> + 'v;

impl Scan<'_> {
    /// Shows every whole group from the start on to `visit`, in order, and says where the journal ends. Writes
    /// nothing.
    pub(crate) fn run(&self, visit: &mut Visit<'_>) -> Result<Tail, OpenError> {
        let segments = segment::list(self.journal).map_err(|error| OpenError::io(self.journal, error))?;
        for (expected, &found) in (segment::FIRST..).zip(&segments) {
            if expected != found {
                return Err(self.damaged(Position { segment: expected, offset: 0 }, "the file is missing"));
            }
        }
        let last = segments.last().copied().unwrap_or_default();
        let mut tail = Tail { journal: journal_id(self.journal)?.unwrap_or_default(), ..Tail::default() };
        let start = self.from.map_or(segment::FIRST, |from| from.segment);
        for number in start..=last {
            self.segment(number, number == last, &mut tail, visit)?;
        }
        let end = Position { segment: tail.segment, offset: tail.len };
        if self.proven.is_some_and(|proven| proven > end) {
            return Err(self.damaged(end, "the journal ends here, although more of it had been durable"));
        }
        Ok(tail)
    }

    fn segment(&self, number: u32, last: bool, tail: &mut Tail, visit: &mut Visit<'_>) -> Result<(), OpenError> {
        let mut reader = match SegmentReader::open(self.journal, number) {
            Ok(reader) => reader,
            Err(stop) => {
                tail.torn = self.cut(Position { segment: number, offset: 0 }, last, None, stop)?;
                tail.headless = Some(number);
                return Ok(());
            }
        };
        let header = reader.header();
        let begun_here = self.from.is_some_and(|from| from.segment == number);
        if !begun_here && (header.previous_salt, header.previous_len) != (tail.salt, tail.len) {
            let reason = "it does not continue the segment before it, which has changed or lost bytes";
            return Err(self.damaged(Position { segment: number, offset: 0 }, reason));
        }
        if let Some(from) = self.from.filter(|_| begun_here) {
            reader.seek(from.offset).map_err(|stop| self.unreadable(from, &stop))?;
        }
        (tail.segment, tail.salt, tail.len) = (number, header.salt, reader.offset());
        loop {
            match reader.next() {
                Ok(Some(group)) => {
                    tail.len = group.end;
                    visit(header, group)?;
                }
                Ok(None) => return Ok(()),
                Err(stop) => {
                    let at = Position { segment: number, offset: reader.offset() };
                    tail.torn = self.cut(at, last, Some(header.salt), stop)?;
                    return Ok(());
                }
            }
        }
    }

    /// The number of bytes from `at` to the end of the file, if they are a torn tail; the damage otherwise.
    fn cut(&self, at: Position, last: bool, salt: Option<u64>, stop: Stop) -> Result<u64, OpenError> {
        let file = segment::path(self.journal, at.segment);
        let flaw = match stop {
            Stop::Io(error) => return Err(OpenError::io(&file, error)),
            Stop::Flaw(Flaw::Version(version)) => return Err(OpenError::NewerFormat { file, version }),
            Stop::Flaw(flaw) => flaw,
        };
        let proven = !last || self.proven.is_some_and(|proven| at < proven);
        let follows = || segment::group_follows(self.journal, at.segment, at.offset, salt);
        if proven || follows().map_err(|error| OpenError::io(&file, error))? {
            return Err(self.damaged(at, &flaw.to_string()));
        }
        let len = std::fs::metadata(&file).map_err(|error| OpenError::io(&file, error))?.len();
        Ok(len.saturating_sub(at.offset))
    }

    fn unreadable(&self, at: Position, stop: &Stop) -> OpenError {
        self.damaged(at, &format!("{stop:?}"))
    }

    fn damaged(&self, at: Position, reason: &str) -> OpenError {
        OpenError::damaged(self.journal, at, reason)
    }
}

/// The salt of the first segment, `None` if it is missing or has no header.
pub(crate) fn journal_id(journal: &Path) -> Result<Option<u64>, OpenError> {
    match SegmentReader::open(journal, segment::FIRST) {
        Ok(reader) => Ok(Some(reader.header().salt)),
        Err(Stop::Io(error)) if error.kind() != io::ErrorKind::NotFound => {
            Err(OpenError::io(&segment::path(journal, segment::FIRST), error))
        }
        Err(_) => Ok(None),
    }
}

/// Whether the group that starts at `start` is whole and ends at `end`.
pub(crate) fn is_whole(journal: &Path, start: Position, end: u64) -> bool {
    let group = SegmentReader::open(journal, start.segment).and_then(|mut reader| {
        reader.seek(start.offset)?;
        reader.next()
    });
    matches!(group, Ok(Some(group)) if group.start == start.offset && group.end == end)
}
