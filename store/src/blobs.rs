//! Big things that are written once: the sealed chunks of files. By name, whole or not at all, durable when they were put, and
//! in no file any more when they were erased.
//!
//! They lie in a directory of their own ([`object_store`]'s local file system, with its writes synchronised): what an entry of
//! the journal names is there before the entry is.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Name;
use object_store::{Error, ObjectStore, ObjectStoreExt, PutMode, PutOptions};

/// Why a blob could not be put, read or erased.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// Another one has this name. It was not touched.
    #[error("another blob has this name")]
    Taken,
    /// There is no room left. Nothing was put.
    #[error("there is no room left for a blob")]
    Full,
    /// The operating system refused.
    #[error("the blobs can't be used: {0}")]
    Failed(String),
}

/// Bytes that stay free on the disk. Whoever fills it with files keeps nobody from signing in, stopping a device or erasing:
/// the journal beside them goes on.
const RESERVE: u64 = 512 * 1_024 * 1_024;

/// Directories of which it is remembered that they are durable, so that not every chunk synchronises them again.
const DURABLE: usize = 4_096;

/// Proof that a blob is durable. Only the store makes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Put {
    /// Whether it was there already, byte for byte.
    pub again: bool,
}

/// The blobs of one directory.
#[derive(Debug, Clone)]
pub struct Blobs {
    root: PathBuf,
    store: Arc<LocalFileSystem>,
    /// Directories whose own names are durable.
    durable: Arc<Mutex<HashSet<PathBuf>>>,
    /// What was synchronised here, for tests: nothing else shows it but a power cut.
    #[cfg(test)]
    synced: Arc<Mutex<Vec<PathBuf>>>,
}

fn failed(error: impl std::error::Error) -> BlobError {
    BlobError::Failed(error.to_string())
}

/// What the system said below what the library says.
fn is_full(error: &Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(one) = cause {
        let kind = one.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
        if matches!(kind, Some(std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded)) {
            return true;
        }
        cause = one.source();
    }
    false
}

impl Blobs {
    /// Opens `dir`, which is made if it is not there.
    pub fn open(dir: &Path) -> Result<Self, BlobError> {
        std::fs::create_dir_all(dir).map_err(failed)?;
        let store = LocalFileSystem::new_with_prefix(dir).map_err(failed)?.with_fsync(true);
        Ok(Self {
            root: dir.to_owned(),
            store: Arc::new(store),
            durable: Arc::default(),
            #[cfg(test)]
            synced: Arc::default(),
        })
    }

    #[cfg_attr(not(test), expect(clippy::unused_self, reason = "tests remember what was synchronised"))]
    fn sync(&self, path: &Path) -> Result<(), BlobError> {
        std::fs::File::open(path).and_then(|file| file.sync_all()).map_err(failed)?;
        #[cfg(test)]
        self.synced.lock().unwrap_or_else(PoisonError::into_inner).push(path.to_owned());
        Ok(())
    }

    /// The names of all directories above `path`, durably. Who makes a directory synchronises the one above it, but whoever
    /// finds it made a moment ago would not wait for that.
    fn sync_names(&self, path: &Path) -> Result<(), BlobError> {
        let above = path.ancestors().skip(1).take_while(|dir| *dir != self.root);
        for dir in above {
            if self.durable.lock().unwrap_or_else(PoisonError::into_inner).contains(dir) {
                continue;
            }
            if let Some(parent) = dir.parent() {
                self.sync(parent)?;
            }
            let mut durable = self.durable.lock().unwrap_or_else(PoisonError::into_inner);
            if durable.len() >= DURABLE {
                durable.clear();
            }
            durable.insert(dir.to_owned());
        }
        Ok(())
    }

    /// What is there already is durable when this returns, whoever put it: perhaps it is just being put.
    fn sync_there(&self, path: &Path) -> Result<(), BlobError> {
        self.sync(path)?;
        if let Some(parent) = path.parent() {
            self.sync(parent)?;
        }
        Ok(())
    }

    /// The same apart from the threads that serve.
    async fn apart<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, BlobError> + Send + 'static,
    ) -> Result<T, BlobError> {
        let own = self.clone();
        let done = tokio::task::spawn_blocking(move || work(&own)).await;
        done.unwrap_or_else(|_| Err(BlobError::Failed("interrupted".into())))
    }

    /// Keeps `bytes` under `name`, which nothing else has. Durable when it returns. The same bytes again change nothing.
    pub async fn put(&self, name: &str, bytes: Bytes) -> Result<Put, BlobError> {
        let path = self.root.join(name);
        self.apart(move |own| match fs4::available_space(&own.root).map_err(failed)? {
            free if free < RESERVE => Err(BlobError::Full),
            _ => Ok(()),
        })
        .await?;
        let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        match self.store.put_opts(&Name::from(name), bytes.clone().into(), options).await {
            Ok(_) => {
                self.apart(move |own| own.sync_names(&path)).await?;
                Ok(Put { again: false })
            }
            Err(Error::AlreadyExists { .. }) => match self.get(name).await? {
                Some(there) if there == bytes => {
                    self.apart(move |own| own.sync_there(&path).and_then(|()| own.sync_names(&path))).await?;
                    Ok(Put { again: true })
                }
                _ => Err(BlobError::Taken),
            },
            Err(error) if is_full(&error) => Err(BlobError::Full),
            Err(error) => Err(failed(error)),
        }
    }

    /// The blob of that name.
    pub async fn get(&self, name: &str) -> Result<Option<Bytes>, BlobError> {
        match self.store.get(&Name::from(name)).await {
            Ok(found) => found.bytes().await.map(Some).map_err(failed),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    /// The same for who has no runtime: an offline check. Blocks.
    pub fn read(&self, name: &str) -> Result<Option<Bytes>, BlobError> {
        match std::fs::read(self.root.join(name)) {
            Ok(bytes) => Ok(Some(bytes.into())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    /// The names right under `prefix`, of blobs and of further prefixes, each without what stands before it; with the length of
    /// a blob.
    pub async fn under(&self, prefix: &str) -> Result<Vec<(String, Option<u64>)>, BlobError> {
        let listed = self.store.list_with_delimiter(Some(&Name::from(prefix))).await.map_err(failed)?;
        let last = |name: &Name| name.filename().map(str::to_owned);
        let blobs = listed.objects.iter().filter_map(|blob| Some((last(&blob.location)?, Some(blob.size))));
        let further = listed.common_prefixes.iter().filter_map(|name| Some((last(name)?, None)));
        let mut all: Vec<(String, Option<u64>)> = blobs.chain(further).collect();
        all.sort_unstable();
        Ok(all)
    }

    /// [`Blobs::erase`], apart from the threads that serve.
    pub async fn erase_apart(&self, prefix: &str) -> Result<(), BlobError> {
        let prefix = prefix.to_owned();
        self.apart(move |own| own.erase(&prefix)).await
    }

    /// Tells `each` the name (without `prefix` before it) and the length of every blob under `prefix`. Blocks.
    pub fn measure(&self, prefix: &str, each: &mut dyn FnMut(&str, u64)) -> Result<(), BlobError> {
        let top = self.root.join(prefix);
        let mut folders = vec![top.clone()];
        while let Some(folder) = folders.pop() {
            let listed = match std::fs::read_dir(&folder) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                listed => listed.map_err(failed)?,
            };
            for one in listed {
                let one = one.map_err(failed)?;
                let about = one.metadata().map_err(failed)?;
                if about.is_dir() {
                    folders.push(one.path());
                } else if let Some(name) = one.path().strip_prefix(&top).ok().and_then(Path::to_str) {
                    each(name, about.len());
                }
            }
        }
        Ok(())
    }

    /// Erases everything under `prefix`, and the blob of that name. Nothing of it is in any file when this returns, also not of
    /// what was being put when the power failed. Blocks.
    pub fn erase(&self, prefix: &str) -> Result<(), BlobError> {
        let path = self.root.join(prefix);
        self.durable.lock().unwrap_or_else(PoisonError::into_inner).retain(|dir| !dir.starts_with(&path));
        let gone = |result: std::io::Result<()>| match result {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(failed(error)),
            _ => Ok(()),
        };
        if path.is_dir() {
            gone(std::fs::remove_dir_all(&path))?;
        } else {
            gone(std::fs::remove_file(&path))?;
        }
        // The directory that no longer names it; where that is gone too, the one above.
        let mut parent = path.parent();
        while let Some(dir) = parent.filter(|dir| dir.starts_with(&self.root)) {
            if dir.is_dir() {
                return std::fs::File::open(dir).and_then(|dir| dir.sync_all()).map_err(failed);
            }
            parent = dir.parent();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blobs() -> (tempfile::TempDir, Blobs) {
        let dir = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(&dir.path().join("files")).unwrap();
        (dir, blobs)
    }

    #[tokio::test]
    async fn a_blob_is_kept_once_under_its_name() {
        let (_dir, blobs) = blobs();
        let bytes = Bytes::from_static(b"sealed");
        assert!(!blobs.put("g/f/0", bytes.clone()).await.unwrap().again);
        assert!(blobs.put("g/f/0", bytes.clone()).await.unwrap().again);
        assert!(matches!(blobs.put("g/f/0", Bytes::from_static(b"other")).await, Err(BlobError::Taken)));
        assert_eq!(blobs.get("g/f/0").await.unwrap(), Some(bytes.clone()));
        assert_eq!(blobs.read("g/f/0").unwrap(), Some(bytes));
        assert_eq!(blobs.read("g/f/1").unwrap(), None);
        assert_eq!(blobs.get("g/f/1").await.unwrap(), None);
    }

    #[tokio::test]
    async fn what_is_put_again_is_synchronised_again_before_it_is_acknowledged() {
        let (dir, blobs) = blobs();
        let bytes = Bytes::from_static(b"sealed");
        let first = blobs.put("g/f/0", bytes.clone()).await.unwrap();
        // The first one may be linked, and not yet synchronised, when the second comes.
        blobs.synced.lock().unwrap().clear();
        let again = blobs.put("g/f/0", bytes).await.unwrap();
        assert_eq!((first.again, again.again), (false, true));
        let synced = blobs.synced.lock().unwrap().clone();
        let at = |name: &str| dir.path().join("files").join(name);
        assert_eq!(synced, [at("g/f/0"), at("g/f")], "the blob, and its name");
    }

    #[tokio::test]
    async fn a_directory_that_another_has_just_made_is_synchronised_by_whoever_relies_on_it() {
        let (dir, blobs) = blobs();
        // Another put has made it a moment ago, and has not synchronised its name yet.
        std::fs::create_dir_all(dir.path().join("files/g/f")).unwrap();
        blobs.put("g/f/0", Bytes::from_static(b"sealed")).await.unwrap();
        let at = |name: &str| dir.path().join("files").join(name);
        let synced = blobs.synced.lock().unwrap().clone();
        assert!(synced.contains(&at("g")) && synced.contains(&dir.path().join("files")), "{synced:?}");
        blobs.synced.lock().unwrap().clear();
        blobs.put("g/f/1", Bytes::from_static(b"sealed")).await.unwrap();
        assert_eq!(*blobs.synced.lock().unwrap(), [] as [PathBuf; 0], "remembered");
        blobs.erase("g").unwrap();
        blobs.put("g/f/0", Bytes::from_static(b"sealed")).await.unwrap();
        assert!(blobs.synced.lock().unwrap().contains(&at("g")), "made anew");
    }

    #[tokio::test]
    async fn what_is_under_a_prefix_is_listed_one_step_deep() {
        let (_dir, blobs) = blobs();
        for name in ["g/f/0", "g/f/1", "g/other/0", "h/f/0"] {
            blobs.put(name, Bytes::from_static(b"12345")).await.unwrap();
        }
        assert_eq!(blobs.under("g/f").await.unwrap(), [("0".into(), Some(5)), ("1".into(), Some(5))]);
        assert_eq!(blobs.under("g").await.unwrap(), [("f".into(), None), ("other".into(), None)]);
        assert_eq!(blobs.under("nothing").await.unwrap(), []);
    }

    #[tokio::test]
    async fn what_was_erased_is_in_no_file_and_the_rest_stays() {
        let (dir, blobs) = blobs();
        for name in ["g/f/0", "g/f/1", "h/f/0"] {
            blobs.put(name, Bytes::from_static(b"12345")).await.unwrap();
        }
        // What a power cut left of a put that was under way.
        std::fs::write(dir.path().join("files/g/f/2#1"), b"12345").unwrap();
        blobs.erase("g").unwrap();
        assert!(!dir.path().join("files/g").exists());
        assert_eq!(blobs.get("g/f/0").await.unwrap(), None);
        assert!(blobs.get("h/f/0").await.unwrap().is_some());
        blobs.erase("g").unwrap();
        blobs.erase("h/f/0").unwrap();
        assert_eq!(blobs.get("h/f/0").await.unwrap(), None);
    }

    #[tokio::test]
    async fn what_was_put_is_there_after_opening_again() {
        let (dir, blobs) = blobs();
        blobs.put("g/f/0", Bytes::from_static(b"12345")).await.unwrap();
        drop(blobs);
        let again = Blobs::open(&dir.path().join("files")).unwrap();
        assert_eq!(again.get("g/f/0").await.unwrap(), Some(Bytes::from_static(b"12345")));
    }
}
