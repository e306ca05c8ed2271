//! Writing the archive of a takeout (A12.5).
//!
//! ```text
//! each file   signed opening under the permit ─► on record ─► whole, in memory, as its author signed it ─► into the archive
//! then        manifest with the hash of everything ─► the server is told, and puts it on record ─► manifest and messages
//! last        on the disk for good, and only then under its name
//! ```
//!
//! So nothing is written that is not on record before. Files are fetched one after another: one at a time is in memory, and
//! once. The archive grows in a file beside the target, as ciphertext; what fails leaves neither. A file that can't be had is
//! named in the manifest, with the reason.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use renkei_proto::act::Act;
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::file::{Intent, Part};
use renkei_proto::frame::Fault;
use renkei_proto::hash::{Hash32, Hasher};
use renkei_proto::id::{GroupId, TakeoutId};
use renkei_proto::takeout::{TakeoutForm, TakeoutSubject};
use renkei_sealing::post::Media;
use zeroize::{Zeroize as _, Zeroizing};

use super::archive::{Archive, Passphrase};
use super::{Exported, Prepared};
use crate::client::Client;
use crate::messages::Shown;
use crate::viewing::OpenFile;
use crate::{Result, files, random};

/// Bytes of a file that are written at once. In between, a session that is locked closes the file.
const PIECE: usize = 1_048_576;

/// A file of a message, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Left {
    /// The message's place.
    pub(super) seq: u64,
    /// Which of its files, from 0.
    pub(super) at: usize,
    /// Its bytes, name and hash in the archive; or why it is not there.
    pub(super) how: core::result::Result<InArchive, Code>,
}

/// A file that is in the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct InArchive {
    /// Under which name: of our own making, so that no colleague's ends up outside a directory.
    pub(super) name: String,
    /// How many bytes.
    pub(super) bytes: u64,
    /// SHA-256 of them.
    pub(super) hash: Hash32,
}

/// Why one file can't be had while others can: it was taken back, is of before one's time, can't be opened here, or the
/// server has lost it. Anything else ends the export.
fn its_own(code: Code) -> bool {
    matches!(
        code,
        Code::AlreadyRetracted
            | Code::NotForYou
            | Code::KeyAwaited
            | Code::NotAuthentic
            | Code::FormatNotAllowed
            | Code::StorageFailed
    )
}

fn failed(error: &std::io::Error) -> Fault {
    tracing::error!(%error, "an archive could not be written");
    Code::ProfileFailed.into()
}

/// A file beside the target that is not there any more if it does not become the target.
#[derive(Debug)]
struct Beside(PathBuf);

impl Drop for Beside {
    fn drop(&mut self) {
        // Gone already, where it was kept.
        drop(fs::remove_file(&self.0));
    }
}

impl Beside {
    fn of(out: &Path) -> Result<Self> {
        let mut name = OsString::from(".");
        name.push(out.file_name().ok_or(Code::BadInput)?);
        name.push(format!(".{}.partial", HEXLOWER.encode(&random::<4>())));
        Ok(Self(out.with_file_name(name)))
    }

    /// Becomes `out`, unless something is there by now.
    fn keep(self, out: &Path) -> Result<()> {
        let linked = fs::hard_link(&self.0, out);
        match linked {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => return Err(Code::FileExists.into()),
            // A USB memory seldom knows of links.
            Err(_) if out.symlink_metadata().is_ok() => return Err(Code::FileExists.into()),
            Err(_) => fs::rename(&self.0, out).map_err(|error| failed(&error))?,
            Ok(()) => fs::remove_file(&self.0).map_err(|error| failed(&error))?,
        }
        let dir = out.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
        File::open(dir).and_then(|dir| dir.sync_all()).map_err(|error| failed(&error))
    }
}

/// An archive on its way.
#[derive(Debug)]
struct Writing {
    // Before the file that it writes to: dropped first.
    archive: Archive<File>,
    beside: Beside,
    out: PathBuf,
}

impl Writing {
    fn begin(out: &Path, passphrase: &Passphrase) -> Result<Self> {
        let beside = Beside::of(out)?;
        let file = files::create_private(&beside.0)?;
        let archive = Archive::begin(file, passphrase).map_err(|error| failed(&error))?;
        Ok(Self { archive, beside, out: out.to_owned() })
    }

    fn add(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        self.archive.start(name).and_then(|()| self.archive.write(bytes)).map_err(|error| failed(&error))
    }

    /// Adds a file that is open, piece by piece, so that it can be closed meanwhile.
    fn add_open(&mut self, name: String, open: &OpenFile) -> Result<InArchive> {
        self.archive.start(&name).map_err(|error| failed(&error))?;
        let (mut hasher, mut at) = (Hasher::default(), 0_usize);
        let mut piece = Zeroizing::new(Vec::with_capacity(PIECE));
        loop {
            let more = open.look(|bytes| {
                let rest = bytes.get(at..).unwrap_or_default();
                let next = rest.get(..PIECE).unwrap_or(rest);
                piece.zeroize();
                piece.extend_from_slice(next);
                !next.is_empty()
            })?;
            if !more {
                break;
            }
            hasher.update(&piece);
            self.archive.write(&piece).map_err(|error| failed(&error))?;
            at = at.saturating_add(piece.len());
        }
        let bytes = u64::try_from(at).map_err(|_| Code::TooLarge)?;
        Ok(InArchive { name, bytes, hash: hasher.finish() })
    }

    fn finish(self) -> Result<()> {
        let file = self.archive.finish().map_err(|error| failed(&error))?;
        file.sync_all().map_err(|error| failed(&error))?;
        self.beside.keep(&self.out)
    }
}

/// Does what blocks beside everything else. What was begun goes with the closure if nobody waits any more.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(Code::ProfileFailed.into()))
}

fn ending(media: Media) -> &'static str {
    crate::media::endings(media).first().copied().unwrap_or("bin")
}

impl Client {
    /// Exports what a permit covers as an archive that `passphrase` opens: messages and files that were in the group when the
    /// permit was asked for. Nothing is written before it is on record, and nothing is left of what fails.
    pub async fn export_takeout(&self, takeout: TakeoutId, passphrase: &Passphrase, out: &Path) -> Result<Exported> {
        let known = self.look(|replica| replica.registry().now().takeout(takeout)).ok_or(Code::Unknown)?;
        let TakeoutSubject::Information { group, first, last } = known.request.what else {
            return Err(Code::TakeoutNotPermitted.into());
        };
        let asked = known.asked.time;
        let covered = |one: &Shown| (first..=last).contains(&one.seq) && one.time <= asked;
        let shown = self.items(group, covered)?;
        self.permit_export(takeout, group, TakeoutForm::Archive, &shown)?;
        if out.symlink_metadata().is_ok() {
            return Err(Code::FileExists.into());
        }
        let (left, writing) = self.fetch_files(takeout, group, &shown, (out, passphrase)).await?;
        // That took its time: as it is now.
        let shown = self.items(group, covered)?;
        let prepared = self.put_together(takeout, group, TakeoutForm::Archive, (&shown, &left), None).await?;
        self.tell(&prepared).await?;
        let Prepared { export, manifest, text, unreadable } = prepared;
        let (path, passphrase, listed) = (out.to_owned(), passphrase.clone(), manifest.clone());
        apart(move || {
            let mut writing = writing.map_or_else(|| Writing::begin(&path, &passphrase), Ok)?;
            writing.add("manifest.json", &listed)?;
            writing.add("messages.txt", text.as_bytes())?;
            writing.finish()
        })
        .await?;
        let there = || left.iter().filter_map(|one| one.how.as_ref().ok());
        let (files, bytes) = (there().count(), there().map(|one| one.bytes).sum());
        Ok(Exported { export, manifest, unreadable, files, bytes, missing: left.len().saturating_sub(files) })
    }

    /// Fetches the files of these messages and writes them to an archive, which is begun with the first.
    async fn fetch_files(
        &self,
        takeout: TakeoutId,
        group: GroupId,
        shown: &[Shown],
        (out, passphrase): (&Path, &Passphrase),
    ) -> Result<(Vec<Left>, Option<Writing>)> {
        let mut named = Vec::new();
        for one in shown {
            named.extend((0..self.files_named(group, one.seq)?).map(|at| (one.seq, at)));
        }
        if shown.len().saturating_add(named.len()) > bounds::TAKEOUT_ITEMS {
            return Err(Code::TooLarge.into());
        }
        let (mut left, mut writing) = (Vec::new(), None);
        for (seq, at) in named {
            let file = u8::try_from(at).map_err(|_| Code::TooLarge)?;
            let how = match self.fetch_file(group, seq, file, Part::Content, Intent::TakeOut { takeout }).await {
                Ok(open) => {
                    let name = format!("files/{seq:06}-{}.{}", at.saturating_add(1), ending(open.media));
                    let begun = writing.take();
                    let (path, passphrase) = (out.to_owned(), passphrase.clone());
                    let (now, added) = apart(move || {
                        let mut writing: Writing = begun.map_or_else(|| Writing::begin(&path, &passphrase), Ok)?;
                        let added = writing.add_open(name, &open)?;
                        Ok((writing, added))
                    })
                    .await?;
                    writing = Some(now);
                    Ok(added)
                }
                Err(fault) if its_own(fault.code) => Err(fault.code),
                Err(fault) => return Err(fault),
            };
            left.push(Left { seq, at, how });
        }
        Ok((left, writing))
    }

    /// How many files a message names, whether this device can read it or not.
    fn files_named(&self, group: GroupId, seq: u64) -> Result<usize> {
        self.with_followed(group, |followed, _| {
            let sealed = followed.message(seq).ok_or(Code::Unknown)?;
            Ok(match &sealed.statement.act {
                Act::Post(post) => post.files.as_slice().len(),
                _ => 0,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn below(dir: &Path) -> Vec<OsString> {
        let all = fs::read_dir(dir).expect("a directory");
        all.map(|one| one.expect("an entry").file_name()).collect()
    }

    #[test]
    fn a12_5_an_archive_has_its_name_when_it_is_whole_and_leaves_nothing_when_it_is_not() {
        let dir = tempfile::tempdir().expect("a directory");
        let (out, passphrase) = (dir.path().join("conference.zip.age"), Passphrase::generate());
        let mut begun = Writing::begin(&out, &passphrase).expect("begun");
        begun.add("files/000003-1.png", &vec![7; 100_000]).expect("added");
        assert!(!out.exists(), "not under its name yet");
        drop(begun);
        assert_eq!(below(dir.path()), Vec::<OsString>::new(), "nothing is left of what fails");
        let mut begun = Writing::begin(&out, &passphrase).expect("begun");
        begun.add("manifest.json", b"{}").expect("added");
        begun.finish().expect("finished");
        assert_eq!(below(dir.path()), ["conference.zip.age"]);
        let before = fs::read(&out).expect("a file");
        let late = Writing::begin(&out, &passphrase).expect("begun");
        assert_eq!(late.finish().expect_err("taken").code, Code::FileExists, "what came there meanwhile stays");
        assert_eq!((below(dir.path()).len(), fs::read(&out).expect("a file")), (1, before));
    }
}
