//! Where the shred key lies, and how one takes the place of another.
//!
//! The key has a file, and, if so configured, a copy of it elsewhere. At each of the two places:
//!
//! ```text
//! key        the shred key
//! key.new    during a change: the next one
//! ```
//!
//! 1. The fresh key is made durable as `key.new`, at the copy's place first, then beside the file.
//! 2. The secrets are sealed under it (`vault.rs`), durably. From here on its header names the fresh key.
//! 3. At each place `key` is overwritten with zeros, that is synced, and `key.new` gets its name.
//!
//! Every key is thus written to one file at a place, and overwritten there while that file still has a name: wherever
//! a crash comes, the next open finds all that is left. It takes the key that the secrets name, from `key` or
//! `key.new`, finishes step 3 if it is the fresh one, and erases the other. And only step 1 and 2 need room, so a
//! full disk can't leave an old key behind.

use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zeroize::Zeroizing;

use super::disk::{Disk, DiskFile, erase};
use super::error::OpenError;
use super::format::Flaw;
use super::shred::{KeyId, ShredKey};

/// The file's one name: without links and detours, as far as it is there.
fn real(file: &Path) -> PathBuf {
    let dir = match file.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    file.canonicalize()
        .or_else(|_| Ok::<_, io::Error>(dir.canonicalize()?.join(file.file_name().unwrap_or_default())))
        .unwrap_or_else(|_| file.to_owned())
}

/// Whether both names are of one file.
fn linked(one: &Path, other: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let node = |file: &Path| std::fs::metadata(file).map(|found| (found.dev(), found.ino())).ok();
        node(one).is_some_and(|found| node(other) == Some(found))
    }
    #[cfg(not(unix))]
    {
        let _ = (one, other);
        false
    }
}

pub(crate) struct ShredFiles {
    disk: Arc<dyn Disk>,
    main: Place,
    copy: Option<Place>,
    current: Option<ShredKey>,
}

/// Why no fresh key could be made. The one before is untouched and remains the key.
pub(crate) enum NotBegun {
    /// It could not be drawn, or its file not be written.
    Main(io::Error),
    /// Its copy could not be written.
    Copy { file: PathBuf, error: io::Error },
}

/// A file for a key, and the directory and the name that its successor has for a while.
struct Place {
    dir: PathBuf,
    file: PathBuf,
    new: PathBuf,
}

/// What is at a place, for somebody in search of a certain key.
enum Look {
    Missing,
    Damaged(Flaw),
    /// Other keys.
    Other,
    Named(ShredKey),
}

impl ShredFiles {
    pub(crate) fn new(file: PathBuf, copy: Option<PathBuf>, disk: Arc<dyn Disk>) -> Result<Self, OpenError> {
        // By another name, through a link, it would be overwritten as its own predecessor.
        if copy.as_ref().is_some_and(|copy| real(copy) == real(&file) || linked(copy, &file)) {
            let same = io::Error::new(ErrorKind::InvalidInput, "the copy of the shred key must be another file");
            return Err(OpenError::Io { file, source: same });
        }
        Ok(Self { disk, main: Place::new(file), copy: copy.map(Place::new), current: None })
    }

    /// Finds the key that `secrets` name. Changes nothing.
    ///
    /// A place that has other keys only is refused even if the other place has the right one: a data directory
    /// restored from an old backup, key and all, does not come back to life beside a copy that has moved on.
    pub(crate) fn find(&self, id: &KeyId, secrets: &Path) -> Result<ShredKey, OpenError> {
        let (mut found, mut damaged) = (None, None);
        for place in self.places() {
            let file = || place.file.clone();
            match place.look(id)? {
                Look::Named(key) => found = found.or(Some(key)),
                Look::Other => {
                    return Err(OpenError::ShredKeyMismatch { file: file(), secrets: secrets.to_owned() });
                }
                Look::Damaged(flaw) => damaged = damaged.or(Some((file(), flaw))),
                Look::Missing => {}
            }
        }
        match (found, damaged) {
            (Some(key), damaged) => {
                if let Some((file, flaw)) = damaged {
                    tracing::warn!(file = %file.display(), %flaw, "the shred key's other file is used instead of this one");
                }
                Ok(key)
            }
            (None, Some((file, flaw))) => Err(OpenError::ShredKeyDamaged { file, reason: flaw.to_string() }),
            (None, None) => {
                let (file, copy) = (self.main.file.clone(), self.copy.as_ref().map(|place| place.file.clone()));
                Err(OpenError::ShredKeyMissing { file, copy, secrets: secrets.to_owned() })
            }
        }
    }

    /// Makes `key` the only one that lies at every place, durably, or erases what an interrupted first change left
    /// if there are no secrets and so no key that they name. The secrets must be durable themselves.
    pub(crate) fn settle(&mut self, key: Option<ShredKey>) -> Result<(), OpenError> {
        if key.is_none() && self.main.file.exists() {
            tracing::warn!("there is a shred key but no secrets; the next change of a secret replaces the key");
        }
        for place in self.places() {
            if !place.dir.is_dir() {
                let said = "the directory for the shred key or its copy is not there; is its disk mounted?";
                return Err(OpenError::io(&place.dir, io::Error::new(ErrorKind::NotFound, said)));
            }
            let settled = match &key {
                Some(key) => place.settle(key, self.disk.as_ref()),
                None => place.discard(self.disk.as_ref()),
            };
            settled.map_err(|error| OpenError::io(&place.file, error))?;
        }
        self.current = key;
        Ok(())
    }

    /// The key under which the secrets are sealed; none if there are none yet.
    pub(crate) fn current(&self) -> Option<&ShredKey> {
        self.current.as_ref()
    }

    /// Draws a fresh key and makes it durable at every place, beside the present one. Nothing that goes wrong here
    /// matters later: a key that has never sealed anything is erased by the next attempt or the next open.
    pub(crate) fn begin(&self) -> Result<ShredKey, NotBegun> {
        let fresh = ShredKey::random().map_err(NotBegun::Main)?;
        if let Some(copy) = &self.copy {
            copy.prepare(&fresh, self.disk.as_ref()).map_err(|error| {
                self.take_back();
                NotBegun::Copy { file: copy.file.clone(), error }
            })?;
        }
        self.main.prepare(&fresh, self.disk.as_ref()).map_err(|error| {
            self.take_back();
            NotBegun::Main(error)
        })?;
        Ok(fresh)
    }

    /// Erases the fresh key after all, if it lets itself be erased.
    pub(crate) fn take_back(&self) {
        for place in self.places() {
            if let Err(error) = place.discard(self.disk.as_ref()) {
                tracing::warn!(file = %place.new.display(), %error, "could not erase a shred key that was never used");
            }
        }
    }

    /// Destroys the key before the fresh one, everywhere. On an error it may still be there; the rest was tried.
    pub(crate) fn finish(&mut self, fresh: ShredKey) -> io::Result<()> {
        let mut finished = Ok(());
        for place in self.places() {
            finished = finished.and(place.commit(self.disk.as_ref()));
        }
        self.current = Some(fresh);
        finished
    }

    fn places(&self) -> impl Iterator<Item = &Place> {
        std::iter::once(&self.main).chain(&self.copy)
    }
}

impl Place {
    fn new(file: PathBuf) -> Self {
        let dir = match file.parent() {
            Some(parent) if parent != Path::new("") => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        let mut new = OsString::from(&file);
        new.push(".new");
        Self { dir, file, new: new.into() }
    }

    fn look(&self, id: &KeyId) -> Result<Look, OpenError> {
        let (file, new) = (read(&self.file)?, read(&self.new)?);
        let without_key = match &file {
            None => Look::Missing,
            Some(Ok(_)) => Look::Other,
            Some(Err(flaw)) => Look::Damaged(*flaw),
        };
        let mut keys = [file, new].into_iter().flatten().flatten().peekable();
        let any = keys.peek().is_some();
        let named = keys.find(|key| key.id() == id);
        Ok(named.map_or(if any { Look::Other } else { without_key }, Look::Named))
    }

    fn settle(&self, key: &ShredKey, disk: &dyn Disk) -> io::Result<()> {
        let holds = |path| matches!(read(path), Ok(Some(Ok(found))) if found.id() == key.id());
        // What is read need not be durable yet: a process may have died before its syncs.
        let sync = |path: &Path| disk.open(path)?.sync_data().and_then(|()| disk.sync_dir(&self.dir));
        if holds(&self.file) {
            sync(&self.file)?;
            return self.discard(disk);
        }
        if holds(&self.new) {
            sync(&self.new)?;
        } else {
            self.prepare(key, disk)?;
        }
        self.commit(disk)
    }

    /// Makes `key` durable under the new name.
    fn prepare(&self, key: &ShredKey, disk: &dyn Disk) -> io::Result<()> {
        self.discard(disk)?;
        let mut file = disk.create(&self.new)?;
        file.write_all_at(&key.encode(), 0)?;
        file.sync_data()?;
        disk.sync_dir(&self.dir)
    }

    /// Erases the key before, and gives its name to the new one, which is durable already.
    fn commit(&self, disk: &dyn Disk) -> io::Result<()> {
        if let Some((mut file, len)) = existing(&self.file, disk)? {
            erase(file.as_mut(), len)?;
        }
        disk.rename(&self.new, &self.file)?;
        disk.sync_dir(&self.dir)
    }

    /// Erases the new key, if there is one.
    fn discard(&self, disk: &dyn Disk) -> io::Result<()> {
        let Some((mut file, len)) = existing(&self.new, disk)? else { return Ok(()) };
        erase(file.as_mut(), len)?;
        drop(file);
        disk.remove(&self.new)?;
        disk.sync_dir(&self.dir)
    }
}

/// The key in a file, if the file is there.
fn read(path: &Path) -> Result<Option<Result<ShredKey, Flaw>>, OpenError> {
    match std::fs::read(path).map(Zeroizing::new) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(OpenError::io(path, error)),
        Ok(bytes) => match ShredKey::decode(&bytes) {
            Err(Flaw::Version(version)) => Err(OpenError::NewerFormat { file: path.to_owned(), version }),
            key => Ok(Some(key)),
        },
    }
}

/// A file and its length, if it is there.
fn existing(path: &Path, disk: &dyn Disk) -> io::Result<Option<(Box<dyn DiskFile>, u64)>> {
    match std::fs::metadata(path) {
        Ok(file) => Ok(Some((disk.open(path)?, file.len()))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
