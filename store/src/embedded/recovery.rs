//! Opening: bringing the index up to the journal, or building it anew.

use std::io;
use std::path::Path;

use super::error::OpenError;
use super::index::{Checkpoint, Entry, Index};
use super::indexer::BATCH_RECORDS;
use super::scan::{self, Scan, Tail, Visit};
use super::segment;

/// How far [`EmbeddedStore::open`](crate::EmbeddedStore::open) has come with reading the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes of the journal read.
    pub done: u64,
    /// Bytes of the journal in all.
    pub total: u64,
}

/// What [`EmbeddedStore::open`](crate::EmbeddedStore::open) found and did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenReport {
    /// Bytes of an interrupted write that nobody was told about, cut off the end of the journal.
    pub torn_bytes: u64,
    /// Records that were in the journal and not in the index, and were indexed.
    pub indexed: u64,
    /// Why the views were thrown away and the index built anew, if they were.
    pub rebuilt: Option<RebuildReason>,
}

/// Why the index was built anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RebuildReason {
    /// There was none, although there is a journal; or it had never got as far as a checkpoint.
    Missing,
    /// It could not be opened, contradicted the journal, or had been marked when something went wrong with it.
    Doubtful,
    /// It belongs to another journal.
    Foreign,
}

pub(crate) struct Recovered {
    pub(crate) index: Index,
    pub(crate) tail: Tail,
    pub(crate) report: OpenReport,
}

/// Opens the index of a journal. The journal is only read.
pub(crate) fn recover(
    journal: &Path,
    views: &Path,
    progress: &mut dyn FnMut(Progress),
) -> Result<Recovered, OpenError> {
    let id = scan::journal_id(journal)?;
    let (index, checkpoint) = match Index::open(views).and_then(|index| Ok((index.checkpoint()?, index))) {
        Ok((checkpoint, index)) => (Some(index), checkpoint),
        Err(reason) => {
            tracing::warn!(reason, "the index could not be opened");
            (None, None)
        }
    };
    // A checkpoint proves what was durable, also when the index it is in is otherwise useless. If the first
    // segment is gone, the journal is still taken to be the one it speaks of.
    let own = checkpoint.filter(|checkpoint| id.is_none_or(|id| id == checkpoint.journal));
    let mut work = Work { journal, progress, proven: own, total: total_bytes(journal)? };
    let reason = match (index, checkpoint, own) {
        (Some(index), None, _) if id.is_none() && index.heads().is_empty() => return work.index(index, None, None),
        (None, ..) => RebuildReason::Doubtful,
        (_, None, _) => RebuildReason::Missing,
        (_, Some(_), None) => RebuildReason::Foreign,
        (Some(index), _, Some(own)) => {
            let trusted = index.is_consistent() && !Index::is_doubtful(views);
            let whole = trusted && scan::is_whole(journal, own.start, own.end);
            match whole.then(|| work.index(index, Some(own), None)) {
                Some(Err(OpenError::Views { .. })) | None => RebuildReason::Doubtful,
                Some(result) => return result,
            }
        }
    };
    tracing::warn!(?reason, "building the index anew from the journal");
    if own.is_some() {
        // The checkpoint is a proof of what the journal must have, so it goes only after the journal has shown it.
        work.scan(None, &mut |_, _| Ok(()))?;
    }
    remove_dir(views)?;
    let index = Index::open(views).map_err(|reason| OpenError::Views { dir: views.to_owned(), reason })?;
    work.index(index, None, Some(reason))
}

struct Work<'a> {
    journal: &'a Path,
    progress: &'a mut dyn FnMut(Progress),
    proven: Option<Checkpoint>,
    total: u64,
}

impl Work<'_> {
    /// Indexes everything behind the group of the checkpoint.
    fn index(
        &mut self,
        index: Index,
        from: Option<Checkpoint>,
        rebuilt: Option<RebuildReason>,
    ) -> Result<Recovered, OpenError> {
        let journal = self.journal;
        let views_error = |reason| OpenError::Views { dir: index.dir().to_owned(), reason };
        let id = scan::journal_id(journal)?.unwrap_or_default();
        let mut indexed = 0;
        let mut pending: Vec<Entry> = Vec::new();
        let mut checkpoint = None;
        let tail = self.scan(from, &mut |segment, group| {
            let start = segment::Position { segment: segment.number, offset: group.start };
            if from.is_some_and(|from| from.start == start) {
                return Ok(());
            }
            for record in &group.records {
                let header = &record.header;
                if index.head(header.log) != header.seq {
                    let reason = format!("record {} of log {} is out of order", header.seq, header.log);
                    return Err(match from {
                        Some(_) => views_error(reason),
                        None => OpenError::damaged(journal, record.location.at, &reason),
                    });
                }
                let entry = Entry { log: header.log, seq: header.seq, key: header.key, location: record.location };
                index.extend_heads(&[entry]);
                pending.push(entry);
            }
            let reached = Checkpoint { start, end: group.end, journal: id };
            checkpoint = Some(reached);
            if pending.len() >= BATCH_RECORDS {
                indexed += pending.len() as u64;
                index.store(&pending, reached).map_err(views_error)?;
                pending.clear();
            }
            Ok(())
        })?;
        if let Some(checkpoint) = checkpoint {
            indexed += pending.len() as u64;
            index.store(&pending, checkpoint).map_err(views_error)?;
        }
        let report = OpenReport { torn_bytes: tail.torn, indexed, rebuilt };
        Ok(Recovered { index, tail, report })
    }

    fn scan(&mut self, from: Option<Checkpoint>, visit: &mut Visit<'_>) -> Result<Tail, OpenError> {
        let scan = Scan {
            journal: self.journal,
            from: from.map(|from| from.start),
            proven: self.proven.map(|proven| proven.end()),
        };
        let (progress, total) = (&mut *self.progress, self.total);
        let mut done = 0;
        scan.run(&mut |segment, group| {
            let bytes = group.end - group.start;
            visit(segment, group)?;
            // About a hundred reports, however long the journal is.
            let step = total / 100;
            if step > 0 && (done + bytes) / step > done / step {
                progress(Progress { done: done + bytes, total });
            }
            done += bytes;
            Ok(())
        })
    }
}

/// Makes sure that what will be read from the end of the journal is durable. After the death of a process it
/// may still be in the page cache only; and the group that will be written next is to prove it durable.
pub(crate) fn sync_end(journal: &Path, disk: &dyn super::disk::Disk) -> Result<(), OpenError> {
    let segments = segment::list(journal).map_err(|error| OpenError::io(journal, error))?;
    if let Some(&last) = segments.last() {
        let path = segment::path(journal, last);
        let synced = disk.open(&path).and_then(|mut file| file.sync_data());
        synced.map_err(|error| OpenError::io(&path, error))?;
    }
    disk.sync_dir(journal).map_err(|error| OpenError::io(journal, error))
}

fn total_bytes(journal: &Path) -> Result<u64, OpenError> {
    let sizes = segment::list(journal).and_then(|numbers| {
        numbers.iter().map(|number| Ok(std::fs::metadata(segment::path(journal, *number))?.len())).sum()
    });
    sizes.map_err(|error| OpenError::io(journal, error))
}

fn remove_dir(dir: &Path) -> Result<(), OpenError> {
    match std::fs::remove_dir_all(dir) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(OpenError::io(dir, error)),
        _ => Ok(()),
    }
}
