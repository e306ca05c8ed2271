//! One process owns a data directory.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

use super::disk::private;
use super::error::OpenError;

const FILE: &str = "lock";

/// Held for as long as the directory is in use. The operating system lets go of it when the process ends, however
/// it ends.
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of `dir`, creating its file.
    pub(crate) fn take(dir: &Path) -> Result<Self, OpenError> {
        let path = dir.join(FILE);
        let file = private(OpenOptions::new().write(true).create(true).truncate(false)).open(&path);
        hold(dir, file.map_err(|error| OpenError::io(&path, error))?)
    }

    /// Takes the lock of `dir` without writing anything. A copy without the file is nobody's: `None`.
    pub(crate) fn take_existing(dir: &Path) -> Result<Option<Self>, OpenError> {
        let path = dir.join(FILE);
        match File::open(&path) {
            Ok(file) => hold(dir, file).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(OpenError::io(&path, error)),
        }
    }
}

fn hold(dir: &Path, file: File) -> Result<Lock, OpenError> {
    match file.try_lock() {
        Ok(()) => Ok(Lock { _file: file }),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse { dir: dir.to_owned() }),
        Err(TryLockError::Error(error)) => Err(OpenError::io(&dir.join(FILE), error)),
    }
}
