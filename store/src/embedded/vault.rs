//! Secrets on disk: one small file, replaced whole at every change, the old one overwritten.
//!
//! ```text
//!  0  8  magic "RENKEIS\0"
//!  8  4  format version, 1
//! 12  4  number of secrets
//! 16  8  length of all secrets
//! 24  4  checksum of 0..24
//! 28     secrets, each: length of key (4), length of value (4), key, value
//!        checksum of all secrets (4)
//! ```
//!
//! Numbers are little-endian, checksums CRC-32. A change writes `secrets.new`, syncs it, gives it the name
//! `secrets`, syncs the directory, and then overwrites what had that name before with zeros and syncs that. So a
//! crash leaves the old secrets or the new ones, and a remaining `secrets.new` is overwritten and removed at
//! the next open. What a file system or a disk keeps of overwritten blocks is out of reach.
//!
//! Callers that wait for each other share one replacement.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use zeroize::Zeroizing;

use super::disk::{Disk, DiskFile, is_full};
use super::error::OpenError;
use super::format::{Fields, Flaw};
use crate::{SecretChange, SecretValue, SecretsError};

const MAGIC: [u8; 8] = *b"RENKEIS\0";
const VERSION: u32 = 1;
const HEADER: usize = 28;

/// Bytes of all secrets, with keys. Every change rewrites them all, so there must not be many; a thousand people
/// have about one megabyte.
const MAX_BYTES: usize = 64 * 1024 * 1024;

type Values = BTreeMap<Vec<u8>, Arc<SecretValue>>;

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
    failed: Option<Arc<str>>,
}

impl Vault {
    /// Reads the secrets in `dir` and erases what an interrupted change left.
    pub(crate) fn open(dir: PathBuf, disk: Arc<dyn Disk>) -> Result<Self, OpenError> {
        let path = dir.join("secrets");
        let (values, current) = match std::fs::read(&path).map(Zeroizing::new) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => (Values::new(), None),
            Err(error) => return Err(OpenError::io(&path, error)),
            Ok(bytes) => {
                let values = decode(&bytes).map_err(|flaw| match flaw {
                    Flaw::Version(version) => OpenError::NewerFormat { file: path.clone(), version },
                    flaw => OpenError::Damaged { file: path.clone(), offset: 0, reason: flaw.to_string() },
                })?;
                let file = disk.open(&path).map_err(|error| OpenError::io(&path, error))?;
                (values, Some((file, bytes.len() as u64)))
            }
        };
        let mut file = VaultFile { dir, disk, current, failed: None };
        let new = file.dir.join("secrets.new");
        if let Ok(left) = std::fs::metadata(&new) {
            let erased = file.disk.open(&new).and_then(|mut left_file| erase(left_file.as_mut(), left.len()));
            let removed = erased.and_then(|()| file.disk.remove(&new)).and_then(|()| file.disk.sync_dir(&file.dir));
            removed.map_err(|error| OpenError::io(&new, error))?;
        }
        // Left by a process that died between giving the name and syncing it.
        if let Some((current, _)) = &mut file.current {
            let synced = current.sync_data().and_then(|()| file.disk.sync_dir(&file.dir));
            synced.map_err(|error| OpenError::io(&path, error))?;
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
        for Waiting { changes, answer } in waiting {
            let next = changed(&values, changes);
            match size(&next) {
                size if size > MAX_BYTES => {
                    let _ = answer.set(Err(SecretsError::TooLarge { size, limit: MAX_BYTES }));
                }
                _ => {
                    values = next;
                    fit.push(answer);
                }
            }
        }
        let written = if fit.is_empty() { Ok(()) } else { file.replace(&values) };
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
    fn replace(&mut self, values: &Values) -> Result<(), SecretsError> {
        if let Some(reason) = &self.failed {
            return Err(SecretsError::Failed { reason: Arc::clone(reason) });
        }
        let bytes = encode(values);
        let new = self.dir.join("secrets.new");
        let written = match self.disk.create(&new) {
            Ok(mut file) => match file.write_all_at(&bytes, 0) {
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

/// Overwrites the first `len` bytes of a file, in place, and empties it.
fn erase(file: &mut dyn DiskFile, len: u64) -> io::Result<()> {
    static ZEROS: [u8; 64 * 1024] = [0; 64 * 1024];
    let mut offset = 0;
    while offset < len {
        let step = usize::try_from(len - offset).map_or(ZEROS.len(), |left| left.min(ZEROS.len()));
        file.write_all_at(&ZEROS[..step], offset)?;
        offset += step as u64;
    }
    file.sync_data()?;
    file.truncate(0)
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

fn size(values: &Values) -> usize {
    values.iter().map(|(key, value)| 8 + key.len() + value.len()).sum()
}

/// The file's content. [`MAX_BYTES`] keeps every length within its field.
fn encode(values: &Values) -> SecretValue {
    let size = size(values);
    // Made at its full size: a vector that grows leaves copies behind.
    let mut out = Zeroizing::new(Vec::with_capacity(HEADER + size + 4));
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&VERSION.to_le_bytes());
    out.extend_from_slice(&length(values.len()));
    out.extend_from_slice(&(size as u64).to_le_bytes());
    let crc = crc32fast::hash(&out);
    out.extend_from_slice(&crc.to_le_bytes());
    for (key, value) in values {
        out.extend_from_slice(&length(key.len()));
        out.extend_from_slice(&length(value.len()));
        out.extend_from_slice(key);
        out.extend_from_slice(value);
    }
    let crc = crc32fast::hash(out.get(HEADER..).unwrap_or_default());
    out.extend_from_slice(&crc.to_le_bytes());
    out
}

fn length(len: usize) -> [u8; 4] {
    u32::try_from(len).unwrap_or(u32::MAX).to_le_bytes()
}

fn decode(bytes: &[u8]) -> Result<Values, Flaw> {
    let (header, rest) = bytes.split_at_checked(HEADER).ok_or(Flaw::Short)?;
    let (body, body_crc) = rest.split_last_chunk::<4>().ok_or(Flaw::Short)?;
    let (fields, header_crc) = header.split_last_chunk::<4>().ok_or(Flaw::Short)?;
    if crc32fast::hash(fields) != u32::from_le_bytes(*header_crc) {
        return Err(Flaw::Header);
    }
    let mut fields = Fields(fields);
    if fields.take() != MAGIC {
        return Err(Flaw::Header);
    }
    match u32::from_le_bytes(fields.take()) {
        VERSION => {}
        other => return Err(Flaw::Version(other)),
    }
    let count = u32::from_le_bytes(fields.take());
    if u64::from_le_bytes(fields.take()) != body.len() as u64 {
        return Err(Flaw::Short);
    }
    if crc32fast::hash(body) != u32::from_le_bytes(*body_crc) {
        return Err(Flaw::Entry);
    }
    let mut values = Values::new();
    let mut rest = body;
    for _ in 0..count {
        let (lengths, content) = rest.split_at_checked(8).ok_or(Flaw::Inconsistent)?;
        let mut lengths = Fields(lengths);
        let key_len = u32::from_le_bytes(lengths.take()) as usize;
        let value_len = u32::from_le_bytes(lengths.take()) as usize;
        let (key, content) = content.split_at_checked(key_len).ok_or(Flaw::Inconsistent)?;
        let (value, content) = content.split_at_checked(value_len).ok_or(Flaw::Inconsistent)?;
        values.insert(key.to_vec(), Arc::new(Zeroizing::new(value.to_vec())));
        rest = content;
    }
    if rest.is_empty() { Ok(values) } else { Err(Flaw::Inconsistent) }
}

/// Nothing is left half-done under these locks, so a panic elsewhere is no reason to refuse.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
