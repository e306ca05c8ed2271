//! Why a store can't be opened.

use std::io;
use std::path::{Path, PathBuf};

use super::segment::{self, Position};

/// Why [`EmbeddedStore::open`](crate::EmbeddedStore::open) or
/// [`JournalReader::open`](crate::JournalReader::open) failed. In every case journal and secrets are as they
/// were before.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process, or another store of this process, has the directory open.
    #[error("{} is in use by another process", dir.display())]
    InUse {
        /// The data directory.
        dir: PathBuf,
    },
    /// The operating system refused.
    #[error("{}: {source}", file.display())]
    Io {
        /// Which file or directory.
        file: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// Something that had been durable is no longer what was written. The store does not start, so that nobody
    /// works on without what is missing.
    #[error(
        "{} is damaged at byte {offset}: {reason}. Nothing was changed. Keep a copy of the data directory, \
         restore it from the last good backup, and start again",
        file.display()
    )]
    Damaged {
        /// Which file.
        file: PathBuf,
        /// Where in the file, in bytes from its start.
        offset: u64,
        /// What is wrong.
        reason: String,
    },
    /// A newer version of this program wrote the file.
    #[error("{} has format version {version}, which this version of the program does not know", file.display())]
    NewerFormat {
        /// Which file.
        file: PathBuf,
        /// Its format version.
        version: u32,
    },
    /// The index could not even be built anew.
    #[error("could not build the index in {}: {reason}", dir.display())]
    Views {
        /// Where the index is.
        dir: PathBuf,
        /// What happened.
        reason: String,
    },
}

impl OpenError {
    pub(crate) fn io(file: &Path, source: io::Error) -> Self {
        Self::Io { file: file.to_owned(), source }
    }

    pub(crate) fn damaged(journal: &Path, at: Position, reason: &str) -> Self {
        Self::Damaged { file: segment::path(journal, at.segment), offset: at.offset, reason: reason.to_owned() }
    }
}
