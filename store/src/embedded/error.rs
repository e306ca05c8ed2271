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
    /// Another version of this program wrote the file, as a rule a newer one.
    #[error("{} has format version {version}, which this version of the program does not know", file.display())]
    NewerFormat {
        /// Which file.
        file: PathBuf,
        /// Its format version.
        version: u32,
    },
    /// A crash has interrupted an erasure. Only a store that is opened for writing finishes it.
    #[error("{} tells of an erasure that was interrupted: start the server once, which finishes it", file.display())]
    Erasing {
        /// What was being erased.
        file: PathBuf,
    },
    /// There are secrets, but the key under which they are sealed is at none of its places.
    #[error(
        "the shred key is missing: {} is not there{}, and without it {} can't be read. Nothing was changed. \
         If its disk is not mounted, mount it; if there is a copy of the key file, put it there and start again. \
         If there is none any more, the secrets are lost: move {2} away, start again, and let people enrol their \
         devices again",
        file.display(),
        copy.as_ref().map(|copy| format!(", nor is the copy {}", copy.display())).unwrap_or_default(),
        secrets.display()
    )]
    ShredKeyMissing {
        /// Where the key should be.
        file: PathBuf,
        /// Where its copy should be, if it has one.
        copy: Option<PathBuf>,
        /// What is sealed under it.
        secrets: PathBuf,
    },
    /// The key that is there is older or newer than the secrets. So it is with a file from a backup: what was deleted
    /// since must not come back.
    #[error(
        "{} is not the shred key of {}: one of the two is older than the other, as after restoring one of them from a \
         backup. Nothing was changed. Put back the two that belong together, and start again. If one of those no \
         longer exists, the secrets can't be read any more, which is meant for what was deleted: move {1} away, \
         start again, and let people enrol their devices again",
        file.display(),
        secrets.display()
    )]
    ShredKeyMismatch {
        /// The file of the key, or of its copy, that does not fit.
        file: PathBuf,
        /// What is sealed under another key.
        secrets: PathBuf,
    },
    /// The file of the key is not what was written, and no copy stands in for it.
    #[error(
        "the shred key {} is damaged: {reason}. Nothing was changed. If there is a copy of the key file, put it there \
         and start again. If there is none, the secrets are lost: move their file away, start again, and let people \
         enrol their devices again",
        file.display()
    )]
    ShredKeyDamaged {
        /// Which file.
        file: PathBuf,
        /// What is wrong.
        reason: String,
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
