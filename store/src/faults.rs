//! A disk that fills up, fails or loses power on command, under an otherwise real store.
//!
//! Give a [`Faults`] to [`EmbeddedStore::open_with_faults`](crate::EmbeddedStore::open_with_faults). Journal,
//! secrets and the shred key, if it is in a directory of the data directory, are then written through it into the real directory. It also keeps, in memory, what would still be
//! there after a power cut:
//!
//! * Synced bytes are kept. Bytes written since may be there or not, sector by sector, in any combination; the
//!   length of the file may be anything between the old and the new one, and holes read as zeros.
//! * Synced names are kept. Creations, renames and removals since happen in order, up to some point.
//!
//! [`Faults::write_crash_image`] makes a directory of one such outcome, chosen by a seed. Views are not in it; a
//! store that opens it builds its index anew.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::embedded::{Disk, DiskFile, RealDisk};

/// The unit in which a disk writes or doesn't.
const SECTOR: usize = 512;

/// Handle to the faults of one store. Clones are the same disk.
#[derive(Clone, Default)]
pub struct Faults {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    root: PathBuf,
    /// The directories in it that are watched.
    dirs: Vec<PathBuf>,
    files: Vec<Content>,
    names: Names,
    durable_names: Names,
    /// What happened to names since their directory was synced, in order.
    pending: Vec<(PathBuf, NameChange)>,
    room: Option<u64>,
    syncs_before_failure: Option<u64>,
    operations_before_cut: Option<u64>,
    operations: u64,
    truncate_fails: bool,
    power_is_gone: bool,
    syncs_held: bool,
    syncs_waiting: usize,
}

/// Names and the files they mean.
type Names = BTreeMap<PathBuf, usize>;

#[derive(Clone, Default)]
struct Content {
    written: Vec<u8>,
    durable: Vec<u8>,
}

#[derive(Clone)]
enum NameChange {
    Create(PathBuf, usize),
    Rename(PathBuf, PathBuf),
    Remove(PathBuf),
}

impl Faults {
    /// A disk without faults, so far.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets files grow by `bytes` more. The write that needs more is cut short there and fails, and so does every
    /// later one that needs any, with the error of a full disk.
    pub fn fill_up_after(&self, bytes: u64) {
        self.state().room = Some(bytes);
    }

    /// Ends what [`Self::fill_up_after`] began.
    pub fn make_room(&self) {
        self.state().room = None;
    }

    /// Lets `count` more syncs of files succeed and the one after them fail, once.
    pub fn fail_sync_after(&self, count: u64) {
        self.state().syncs_before_failure = Some(count);
    }

    /// Makes every truncation fail.
    pub fn fail_truncation(&self) {
        self.state().truncate_fails = true;
    }

    /// Lets `count` more operations succeed and cuts the power in the next. From then on everything fails.
    pub fn cut_power_after(&self, count: u64) {
        self.state().operations_before_cut = Some(count);
    }

    /// Operations until now, for choosing where to cut.
    pub fn operations(&self) -> u64 {
        self.state().operations
    }

    /// Makes syncs of files wait, until [`Self::release_syncs`].
    pub fn hold_syncs(&self) {
        self.state().syncs_held = true;
    }

    /// Ends what [`Self::hold_syncs`] began.
    pub fn release_syncs(&self) {
        self.state().syncs_held = false;
        self.shared.changed.notify_all();
    }

    /// Blocks until a sync is being held.
    pub fn await_held_sync(&self) {
        let mut state = self.state();
        while state.syncs_waiting == 0 {
            state = self.wait(state);
        }
    }

    /// Makes in `to` a data directory as a power cut now could leave it. Every `seed` is another outcome.
    pub fn write_crash_image(&self, seed: u64, to: &Path) -> io::Result<()> {
        let state = self.state();
        let mut random = Random(seed);
        let mut names = state.durable_names.clone();
        let mut cut = BTreeMap::new();
        for (dir, change) in &state.pending {
            // In order, directory by directory: once one change is lost, so are those after it.
            let lost = cut.entry(dir).or_insert(false);
            *lost |= random.below(3) == 0;
            if !*lost {
                apply(&mut names, change);
            }
        }
        std::fs::create_dir_all(to)?;
        for dir in &state.dirs {
            std::fs::create_dir_all(to.join(dir))?;
        }
        for (name, id) in names {
            let bytes = state.files.get(id).map(|content| content.after_crash(&mut random)).unwrap_or_default();
            let name = name.strip_prefix(&state.root).map_err(io::Error::other)?;
            std::fs::write(to.join(name), bytes)?;
        }
        Ok(())
    }

    /// Takes what is in the data directory `root` as durable: every directory in it but that of the views.
    pub(crate) fn watch(&self, root: &Path) -> io::Result<()> {
        let mut state = self.state();
        root.clone_into(&mut state.root);
        state.files.clear();
        state.names.clear();
        state.pending.clear();
        state.dirs.clear();
        for dir in std::fs::read_dir(root)? {
            let dir = dir?;
            if !dir.file_type()?.is_dir() || dir.file_name() == "views" {
                continue;
            }
            state.dirs.push(dir.file_name().into());
            for file in std::fs::read_dir(dir.path())? {
                let path = file?.path();
                let bytes = std::fs::read(&path)?;
                let id = state.files.len();
                state.files.push(Content { written: bytes.clone(), durable: bytes });
                state.names.insert(path, id);
            }
        }
        state.durable_names = state.names.clone();
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        self.shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner)
    }

    fn change_name(&self, dir_of: &Path, change: NameChange) {
        let mut state = self.state();
        apply(&mut state.names, &change);
        state.pending.push((parent(dir_of), change));
    }
}

impl State {
    /// Counts an operation. An error if the power is gone.
    fn operation(&mut self) -> io::Result<()> {
        if self.operations_before_cut == Some(self.operations) {
            self.power_is_gone = true;
        }
        self.operations += 1;
        if self.power_is_gone { Err(io::Error::other("the power is gone")) } else { Ok(()) }
    }
}

impl Content {
    fn write(&mut self, bytes: &[u8], offset: usize) {
        let end = offset + bytes.len();
        if self.written.len() < end {
            self.written.resize(end, 0);
        }
        self.written[offset..end].copy_from_slice(bytes);
    }

    fn after_crash(&self, random: &mut Random) -> Vec<u8> {
        if self.written == self.durable {
            return self.durable.clone();
        }
        let (short, long) = match self.written.len().cmp(&self.durable.len()) {
            std::cmp::Ordering::Less => (self.written.len(), self.durable.len()),
            _ => (self.durable.len(), self.written.len()),
        };
        let len = match random.below(4) {
            0 => short,
            1 => long,
            _ => short + random.below(long - short + 1),
        };
        let mut bytes = self.durable.clone();
        bytes.resize(len, 0);
        // Few, about half, or nearly all of the new sectors.
        let kept = [1, 4, 7, 8][random.below(4)];
        for start in (0..len).step_by(SECTOR) {
            let end = (start + SECTOR).min(len).min(self.written.len());
            if start < end && random.below(8) < kept {
                bytes[start..end].copy_from_slice(&self.written[start..end]);
            }
        }
        bytes
    }
}

impl Disk for Faults {
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        self.state().operation()?;
        let real = OpenOptions::new().write(true).create_new(true).open(path)?;
        let id = {
            let mut state = self.state();
            state.files.push(Content::default());
            state.files.len() - 1
        };
        self.change_name(path, NameChange::Create(path.to_owned(), id));
        Ok(Box::new(FaultyFile { faults: self.clone(), id, real }))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let real = OpenOptions::new().write(true).open(path)?;
        let id = self.state().names.get(path).copied().ok_or(ErrorKind::NotFound)?;
        Ok(Box::new(FaultyFile { faults: self.clone(), id, real }))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.state().operation()?;
        RealDisk.rename(from, to)?;
        self.change_name(from, NameChange::Rename(from.to_owned(), to.to_owned()));
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.state().operation()?;
        RealDisk.remove(path)?;
        self.change_name(path, NameChange::Remove(path.to_owned()));
        Ok(())
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        let mut guard = self.state();
        guard.operation()?;
        let state = &mut *guard;
        state.pending.retain(|(dir, change)| {
            if dir == path {
                apply(&mut state.durable_names, change);
            }
            dir != path
        });
        Ok(())
    }

    fn available(&self, _path: &Path) -> io::Result<u64> {
        Ok(u64::MAX)
    }
}

struct FaultyFile {
    faults: Faults,
    id: usize,
    real: File,
}

impl FaultyFile {
    fn content<'a>(&self, state: &'a mut State) -> io::Result<&'a mut Content> {
        state.files.get_mut(self.id).ok_or_else(|| ErrorKind::NotFound.into())
    }
}

impl DiskFile for FaultyFile {
    fn write_all_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let mut guard = self.faults.state();
        let state = &mut *guard;
        let powered = state.operation();
        let at = usize::try_from(offset).map_err(io::Error::other)?;
        // What is only overwritten needs no room.
        let has = self.content(state)?.written.len().saturating_sub(at).min(bytes.len());
        let room = state.room.map_or(usize::MAX, |room| usize::try_from(room).unwrap_or(usize::MAX));
        let fits = &bytes[..bytes.len().min(has.saturating_add(room))];
        // When the power goes, the write may still have begun.
        self.content(state)?.write(fits, at);
        powered?;
        if let Some(left) = &mut state.room {
            *left -= (fits.len() - has) as u64;
        }
        DiskFile::write_all_at(&mut self.real, fits, offset)?;
        if fits.len() < bytes.len() { Err(ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn sync_data(&mut self) -> io::Result<()> {
        let mut guard = self.faults.state();
        guard.syncs_waiting += 1;
        self.faults.shared.changed.notify_all();
        while guard.syncs_held {
            guard = self.faults.wait(guard);
        }
        guard.syncs_waiting -= 1;
        let state = &mut *guard;
        state.operation()?;
        match &mut state.syncs_before_failure {
            Some(0) => {
                state.syncs_before_failure = None;
                return Err(io::Error::other("the sync failed"));
            }
            Some(count) => *count -= 1,
            None => {}
        }
        let content = self.content(state)?;
        content.durable.clone_from(&content.written);
        Ok(())
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        let mut guard = self.faults.state();
        let state = &mut *guard;
        state.operation()?;
        if state.truncate_fails {
            return Err(io::Error::other("the truncation failed"));
        }
        self.content(state)?.written.resize(usize::try_from(len).map_err(io::Error::other)?, 0);
        self.real.set_len(len)
    }
}

fn apply(names: &mut Names, change: &NameChange) {
    match change {
        NameChange::Create(path, id) => {
            names.insert(path.clone(), *id);
        }
        NameChange::Rename(from, to) => {
            if let Some(id) = names.remove(from) {
                names.insert(to.clone(), id);
            }
        }
        NameChange::Remove(path) => {
            names.remove(path);
        }
    }
}

fn parent(path: &Path) -> PathBuf {
    path.parent().unwrap_or(Path::new("")).to_owned()
}

/// `SplitMix64`: the same outcome for the same seed, everywhere.
struct Random(u64);

impl Random {
    /// A number below `bound`, which must not be 0.
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % bound as u64).unwrap_or_default()
    }
}
