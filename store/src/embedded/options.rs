//! How a store is run.

use std::path::PathBuf;

/// How an [`EmbeddedStore`](crate::EmbeddedStore) is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Bytes after which a new segment file is begun. 64 MB by default: few files, and each is quick to copy or to check.
    pub segment_bytes: u64,
    /// Bytes of the disk that appends leave free, so that with no room for new messages there still is room to
    /// erase a secret and to keep the index. 32 MB by default.
    pub reserve_bytes: u64,
    /// The file of the key under which the secrets are sealed. `shred/key` in the store's directory by default, for
    /// lack of a better place: a place that backups of that directory don't reach is one, on the same machine or not.
    /// The directory of a file named here must exist; during a change the file has a neighbour with `.new` to its
    /// name. Neither may be shared with another store.
    pub shred_key: Option<PathBuf>,
    /// A second file, on another disk, that has the key as well: every fresh key is durable there, and the one before
    /// overwritten there, before a change returns. A change that needs a fresh key fails while the file can't be
    /// written. Without the key's own file the store opens with this one and makes the other again. A copy with another
    /// key is refused: one that fell behind because the store was run without it has to be removed first. None by
    /// default; the same holds for its directory as for that of `shred_key`.
    pub shred_copy: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self { segment_bytes: 64 * 1024 * 1024, reserve_bytes: 32 * 1024 * 1024, shred_key: None, shred_copy: None }
    }
}
