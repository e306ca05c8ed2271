//! Secrets on disk: one small file, sealed under the shred key and replaced whole at every change, the old one
//! overwritten. `sealed.rs` says what is in it.
//!
//! A change writes `secrets.new`, syncs it, gives it the name `secrets`, syncs the directory, and then overwrites what
//! had that name before with zeros and syncs that. So a crash leaves the old secrets or the new ones, and a remaining
//! `secrets.new` is overwritten and removed at the next open.
//!
//! What a file system or a disk keeps of overwritten blocks, and what a backup keeps of the whole file, is out of
//! reach. So a change that deletes anything seals the rest under a fresh shred key and destroys the one before
//! (`shred_files.rs`) before it returns: of every older copy of the secrets, wherever it is, nothing can be read any
//! more. A change that only sets values keeps the key: sign-ins are frequent, and what they replace is gone from the
//! file, and from copies of it with the next deletion.
//!
//! Callers that wait for each other share one replacement and one fresh key.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use zeroize::Zeroizing;

use super::disk::{Disk, DiskFile, erase, is_full};
use super::error::OpenError;
use super::format::Flaw;
use super::sealed::{self, Values};
use super::shred::{self, ShredKey};
use super::shred_files::{NotBegun, ShredFiles};
use crate::{SecretChange, SecretValue, SecretsError};

/// Bytes of all secrets, with keys. Every change rewrites them all, so there must not be many; a thousand people
/// have about one megabyte.
const MAX_BYTES: usize = 64 * 1024 * 1024;

pub(crate) struct Vault {
    values: Mutex<Values>,
    waiting: Mutex<Vec<Waiting>>,
    file: Mutex<VaultFile>,
}

struct Waiting {
    changes: Vec<SecretChange>,
    answer: Arc<OnceLock<Result<(), SecretsError>>>,
}

struct VaultFile {
    dir: PathBuf,
    disk: Arc<dyn Disk>,
    /// The present file and its length.
    current: Option<(Box<dyn DiskFile>, u64)>,
    keys: ShredFiles,
    failed: Option<Arc<str>>,
}

impl Vault {
    /// Reads the secrets in `dir` with the key of `keys`, and finishes or erases what an interrupted change left.
    pub(crate) fn open(dir: PathBuf, keys: ShredFiles, disk: Arc<dyn Disk>) -> Result<Self, OpenError> {
        let path = dir.join("secrets");
        let flawed = |flaw| match flaw {
            Flaw::Version(version) => OpenError::NewerFormat { file: path.clone(), version },
            flaw => OpenError::Damaged { file: path.clone(), offset: 0, reason: flaw.to_string() },
        };
        let (values, current, key) = match std::fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => (Values::new(), None, None),
            Err(error) => return Err(OpenError::io(&path, error)),
            Ok(bytes) => {
                let key = keys.find(&sealed::key_id(&bytes).map_err(flawed)?, &path)?;
                let values = sealed::open(&bytes, &key).map_err(flawed)?;
                let file = disk.open(&path).map_err(|error| OpenError::io(&path, error))?;
                (values, Some((file, bytes.len() as u64)), Some(key))
            }
        };
        let mut file = VaultFile { dir, disk, current, keys, failed: None };
        // Left by a process that died between giving the name and syncing it. Only then may the key go under which
        // the secrets before these were sealed.
        if let Some((current, _)) = &mut file.current {
            let synced = current.sync_data().and_then(|()| file.disk.sync_dir(&file.dir));
            synced.map_err(|error| OpenError::io(&path, error))?;
        }
        file.keys.settle(key)?;
        let new = file.dir.join("secrets.new");
        if let Ok(left) = std::fs::metadata(&new) {
            let erased = file.disk.open(&new).and_then(|mut left_file| erase(left_file.as_mut(), left.len()));
            let removed = erased.and_then(|()| file.disk.remove(&new)).and_then(|()| file.disk.sync_dir(&file.dir));
            removed.map_err(|error| OpenError::io(&new, error))?;
        }
        Ok(Self { values: Mutex::new(values), waiting: Mutex::default(), file: Mutex::new(file) })
    }

    pub(crate) fn get(&self, key: &[u8]) -> Option<SecretValue> {
        lock(&self.values).get(key).map(|value| Zeroizing::clone(value))
    }

    pub(crate) fn scan(&self, prefix: &[u8]) -> Vec<(Vec<u8>, SecretValue)> {
        let values = lock(&self.values);
        let found = values.range(prefix.to_vec()..).take_while(|(key, _)| key.starts_with(prefix));
        found.map(|(key, value)| (key.clone(), Zeroizing::clone(value))).collect()
    }

    /// Applies changes. Whoever gets to the file first writes for everybody who waits.
    pub(crate) fn apply(&self, changes: Vec<SecretChange>) -> Result<(), SecretsError> {
        let answer = Arc::new(OnceLock::new());
        lock(&self.waiting).push(Waiting { changes, answer: Arc::clone(&answer) });
        let mut file = lock(&self.file);
        if let Some(answer) = answer.get() {
            return answer.clone();
        }
        let waiting = std::mem::take(&mut *lock(&self.waiting));
        let mut values = lock(&self.values).clone();
        let mut fit = Vec::with_capacity(waiting.len());
        let mut shred = false;
        for Waiting { changes, answer } in waiting {
            let deletes = changes.iter().any(|change| matches!(change, SecretChange::Delete { .. }));
            let next = changed(&values, changes);
            match sealed::size(&next) {
                size if size > MAX_BYTES => {
                    let _ = answer.set(Err(SecretsError::TooLarge { size, limit: MAX_BYTES }));
                }
                _ => {
                    values = next;
                    shred |= deletes;
                    fit.push(answer);
                }
            }
        }
        let written = if fit.is_empty() { Ok(()) } else { file.replace(&values, shred) };
        if written.is_ok() {
            *lock(&self.values) = values;
        }
        for answer in fit {
            let _ = answer.set(written.clone());
        }
        answer.get().cloned().unwrap_or(written)
    }
}

impl VaultFile {
    /// Replaces the secrets, and with `shred`, or if there is none yet, the key under which they are sealed.
    fn replace(&mut self, values: &Values, shred: bool) -> Result<(), SecretsError> {
        if let Some(reason) = &self.failed {
            return Err(SecretsError::Failed { reason: Arc::clone(reason) });
        }
        let fresh = match self.keys.current() {
            Some(_) if !shred => None,
            _ => Some(self.keys.begin().map_err(|error| self.not_begun(error))?),
        };
        let sealed = match fresh.as_ref().or(self.keys.current()) {
            Some(key) => seal(values, key),
            None => Err(io::Error::other("there is no shred key")),
        };
        let sealed = sealed.map_err(|error| self.fail("seal the secrets", &error))?;
        let written = self.write(&sealed);
        let Some(fresh) = fresh else { return written };
        match written {
            Ok(()) => self.keys.finish(fresh).map_err(|error| self.fail("destroy the old shred key", &error)),
            // Nobody knows which of the two the secrets name now. The next open does.
            Err(SecretsError::Failed { reason }) => Err(SecretsError::Failed { reason }),
            Err(error) => {
                self.keys.take_back();
                Err(error)
            }
        }
    }

    fn not_begun(&mut self, why: NotBegun) -> SecretsError {
        match why {
            NotBegun::Main(error) if is_full(&error) => SecretsError::Full,
            NotBegun::Main(error) => self.fail("write a fresh shred key", &error),
            NotBegun::Copy { file, error } => {
                tracing::error!(file = %file.display(), %error, "could not write the copy of the shred key");
                SecretsError::ShredCopy { file, reason: error.to_string().into() }
            }
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), SecretsError> {
        let new = self.dir.join("secrets.new");
        let written = match self.disk.create(&new) {
            Ok(mut file) => match file.write_all_at(bytes, 0) {
                Ok(()) => Ok(file),
                // Part of it may be in the file by now.
                Err(error) => match erase(file.as_mut(), 0).and_then(|()| self.disk.remove(&new)) {
                    Ok(()) => Err(error),
                    Err(error) => return Err(self.fail("take back new secrets", &error)),
                },
            },
            Err(error) => Err(error),
        };
        let mut file = match written {
            Ok(file) => file,
            Err(error) if is_full(&error) => return Err(SecretsError::Full),
            Err(error) => return Err(self.fail("write the secrets", &error)),
        };
        let named = file.sync_data().and_then(|()| {
            self.disk.rename(&new, &self.dir.join("secrets"))?;
            self.disk.sync_dir(&self.dir)
        });
        named.map_err(|error| self.fail("replace the secrets", &error))?;
        let old = self.current.replace((file, bytes.len() as u64));
        if let Some((mut old, len)) = old {
            erase(old.as_mut(), len).map_err(|error| self.fail("erase old secrets", &error))?;
        }
        Ok(())
    }

    fn fail(&mut self, what: &str, error: &io::Error) -> SecretsError {
        let reason: Arc<str> = format!("could not {what}: {error}").into();
        tracing::error!(%reason, "secrets can't be changed any more until a restart");
        self.failed = Some(Arc::clone(&reason));
        SecretsError::Failed { reason }
    }
}

fn seal(values: &Values, key: &ShredKey) -> io::Result<SecretValue> {
    let mut salt = [0; 32];
    shred::fill(&mut salt)?;
    sealed::seal(values, key, &salt).map_err(io::Error::other)
}

fn changed(values: &Values, changes: Vec<SecretChange>) -> Values {
    let mut values = values.clone();
    for change in changes {
        match change {
            SecretChange::Put { key, value } => values.insert(key, Arc::new(value)),
            SecretChange::Delete { key } => values.remove(&key),
        };
    }
    values
}

/// Nothing is left half-done under these locks, so a panic elsewhere is no reason to refuse.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
