//! Sending files (A12.2): recognised, sealed in chunks, uploaded, and named by a message.
//!
//! An [`Outgoing`] is planned before anything of it is sent: every chunk is sealed once, and its hash remembered. When the link
//! breaks for longer than a request waits, or the device locks or restarts, it goes on where the server stopped
//! ([`crate::sending`]). Should the file have changed meanwhile, it is refused: nothing else is ever sealed at a place of a file
//! key.

use std::fmt;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rand_core::OsRng;
use renkei_proto::bounds;
use renkei_proto::bytes::{Blob, List};
use renkei_proto::code::Code;
use renkei_proto::file::{Attachment, NO_DOWNLOAD, Part, Present, SEALED_CHUNK, Stored, sealed_length};
use renkei_proto::frame::{Accepted, Answer, Op};
use renkei_proto::hash::Hash32;
use renkei_proto::id::{FileId, GroupId};
use renkei_proto::merkle::{Frontier, leaf_hash};
use renkei_proto::text::Line;
use renkei_sealing::file::{Chunks, FileKey, Place};
use renkei_sealing::post::{FileNote, Media, PostContent};
use tokio::task::JoinSet;
use zeroize::Zeroizing;

use crate::client::Client;
use crate::corrections::Saying;
use crate::made::{self, Said};
use crate::sending::{KeptFile, KeptPart};
use crate::{Result, media, random};

/// Chunks on their way at once: enough to fill a link of 40 Mbit/s over 100 ms, and a megabyte of memory.
const ON_THE_WAY: usize = 4;

/// A chunk is tried again over new connections for so long. Then the person is asked.
const PATIENCE: Duration = Duration::from_mins(2);

/// Where a file's bytes are.
enum Source {
    /// On this device's disk, where the person has it.
    Path(PathBuf),
    /// In memory, as from a camera.
    Bytes(Zeroizing<Vec<u8>>),
}

impl Source {
    fn length(&self) -> std::io::Result<u64> {
        match self {
            Self::Path(path) => {
                let about = std::fs::metadata(path)?;
                if about.is_file() { Ok(about.len()) } else { Err(std::io::ErrorKind::InvalidInput.into()) }
            }
            Self::Bytes(bytes) => Ok(bytes.len() as u64),
        }
    }

    fn read(&self, from: u64, length: usize) -> std::io::Result<Zeroizing<Vec<u8>>> {
        match self {
            Self::Path(path) => {
                let mut file = File::open(path)?;
                file.seek(SeekFrom::Start(from))?;
                let mut bytes = Zeroizing::new(vec![0; length]);
                file.read_exact(&mut bytes)?;
                Ok(bytes)
            }
            Self::Bytes(bytes) => {
                let from = usize::try_from(from).unwrap_or(usize::MAX);
                let span = bytes.get(from..from.saturating_add(length)).ok_or(std::io::ErrorKind::UnexpectedEof)?;
                Ok(Zeroizing::new(span.to_vec()))
            }
        }
    }
}

/// A part on its way: the leaf hashes of the chunks that were sealed so far.
struct Sealing {
    part: Part,
    source: Source,
    length: u64,
    leaves: Vec<Hash32>,
}

/// A file to be sent.
pub struct Outgoing {
    pub(crate) file: FileId,
    key: FileKey,
    pub(crate) name: Line<{ bounds::NAME }>,
    media: Media,
    parts: Vec<Sealing>,
    /// Over the file as the person has it.
    pub(crate) original: Hash32,
    /// The group for which its chunks were planned. A file key serves one.
    group: Option<GroupId>,
    /// Whether some of it may be on the server.
    begun: bool,
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing").field("file", &self.file).finish_non_exhaustive()
    }
}

impl Outgoing {
    /// A file of this device's disk. Blocks while a picture is made small.
    pub fn from_path(path: &Path) -> Result<Self> {
        let name = path.file_name().and_then(|name| name.to_str()).ok_or(Code::BadInput)?;
        Self::new(name, Source::Path(path.to_owned()))
    }

    /// A file that is in memory. Blocks while a picture is made small.
    pub fn from_bytes(name: &str, bytes: Zeroizing<Vec<u8>>) -> Result<Self> {
        Self::new(name, Source::Bytes(bytes))
    }

    fn new(name: &str, source: Source) -> Result<Self> {
        let unreadable = |error: std::io::Error| {
            tracing::debug!(%error, "a file to be sent");
            Code::BadInput
        };
        let name = Line::new(name).map_err(|_| Code::BadInput)?;
        let length = source.length().map_err(unreadable)?;
        if length == 0 {
            return Err(Code::FormatNotAllowed.into());
        }
        if length > bounds::FILE {
            return Err(Code::TooLarge.into());
        }
        let all = usize::try_from(length).map_err(|_| Code::TooLarge)?;
        let first = source.read(0, all.min(media::MAGIC)).map_err(unreadable)?;
        let media = media::recognise(name.as_str(), &first)?;
        let original = digest(&source, length).map_err(unreadable)?;
        let part = |part, bytes: Zeroizing<Vec<u8>>| {
            let (length, source) = (bytes.len() as u64, Source::Bytes(bytes));
            Sealing { part, source, length, leaves: Vec::new() }
        };
        let parts = if media.is_picture() {
            let clean = media::without_traces(media, &source.read(0, all).map_err(unreadable)?)?;
            // The preview is asked for first by whoever scrolls past: so it is there first.
            vec![part(Part::Preview, media::preview(&clean)?), part(Part::Content, clean)]
        } else {
            vec![Sealing { part: Part::Content, source, length, leaves: Vec::new() }]
        };
        let (file, key) = (FileId(random()), FileKey::generate(&mut OsRng));
        Ok(Self { file, key, name, media, parts, original, group: None, begun: false })
    }

    /// What is kept of it until it has arrived. From a folder whose name is no text, it goes on in this session only.
    pub(crate) fn kept(&self) -> KeptFile {
        let part = |one: &Sealing| {
            let path = match &one.source {
                Source::Path(path) => path.to_str().map(str::to_owned),
                Source::Bytes(_) => None,
            };
            KeptPart { part: one.part, length: one.length, path, leaves: one.leaves.clone() }
        };
        let (file, key, name, media) = (self.file, self.key.clone(), self.name.clone(), self.media);
        KeptFile { file, key, name, media, original: self.original, parts: self.parts.iter().map(part).collect() }
    }

    /// The parts that are nowhere but in memory.
    pub(crate) fn held(&self) -> impl Iterator<Item = (Part, &[u8])> {
        self.parts.iter().filter_map(|one| match &one.source {
            Source::Bytes(bytes) => Some((one.part, bytes.as_slice())),
            Source::Path(_) => None,
        })
    }

    /// The file again, with what `held` has of its parts. None where something is missing.
    pub(crate) fn restored(
        kept: KeptFile,
        group: GroupId,
        held: impl Fn(Part) -> Option<Zeroizing<Vec<u8>>>,
    ) -> Option<Self> {
        let part = |one: KeptPart| {
            let source = match one.path {
                Some(path) => Source::Path(path.into()),
                None => Source::Bytes(held(one.part)?),
            };
            Some(Sealing { part: one.part, source, length: one.length, leaves: one.leaves })
        };
        let KeptFile { file, key, name, media, original, parts } = kept;
        let parts = parts.into_iter().map(part).collect::<Option<Vec<_>>>()?;
        Some(Self { file, key, name, media, parts, original, group: Some(group), begun: true })
    }

    /// The scan of a form, byte for byte: its hash is on record, so nothing is taken out of it, and no small picture is made.
    pub(crate) fn scan(name: &str, bytes: Zeroizing<Vec<u8>>) -> Result<Self> {
        let name = Line::new(name).map_err(|_| Code::BadInput)?;
        let length = bytes.len() as u64;
        if length > bounds::SCAN {
            return Err(Code::TooLarge.into());
        }
        let (media, original) = (media::of_scan(&bytes)?, renkei_proto::hash::sha256(&bytes));
        let parts = vec![Sealing { part: Part::Content, source: Source::Bytes(bytes), length, leaves: Vec::new() }];
        let (file, key) = (FileId(random()), FileKey::generate(&mut OsRng));
        Ok(Self { file, key, name, media, parts, original, group: None, begun: false })
    }

    /// What a deposit says of a scan that was uploaded, and the key that opens it.
    pub(crate) fn deposited(&self) -> Result<(FileId, Stored, &FileKey)> {
        Ok((self.file, self.stored(Part::Content).ok_or(Code::FileIncomplete)?, &self.key))
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        self.name.as_str()
    }

    /// Its bytes, as they are sent.
    pub fn length(&self) -> u64 {
        self.parts.iter().find(|one| one.part == Part::Content).map_or(0, |one| one.length)
    }

    /// What it is.
    pub fn media(&self) -> Media {
        self.media
    }

    /// What it says of its making: to be shown to the person before it is sent, as it goes along. Blocks, and reads the file whole.
    pub fn says(&self) -> Result<Vec<Said>> {
        let Some(content) = self.parts.iter().find(|one| one.part == Part::Content) else { return Ok(Vec::new()) };
        if self.media.is_picture() {
            return Ok(Vec::new());
        }
        let length = usize::try_from(content.length).map_err(|_| Code::TooLarge)?;
        Ok(made::says(self.media, &content.source.read(0, length).map_err(|_| Code::FileChanged)?))
    }

    fn stored(&self, part: Part) -> Option<Stored> {
        let sealing = self.parts.iter().find(|one| one.part == part)?;
        let mut tree = Frontier::default();
        sealing.leaves.iter().for_each(|leaf| tree.push_hash(*leaf));
        Some(Stored { length: sealed_length(sealing.length), root: tree.root() })
    }

    fn attachment(&self) -> Result<Attachment> {
        let content = self.stored(Part::Content).ok_or(Code::FileIncomplete)?;
        Ok(Attachment { file: self.file, content, preview: self.stored(Part::Preview) })
    }

    fn note(&self) -> Result<FileNote> {
        let length = |part| self.parts.iter().find(|one| one.part == part).map(|one| one.length);
        let content = length(Part::Content).ok_or(Code::FileIncomplete)?;
        let (key, name, media) = (self.key.clone(), self.name.clone(), self.media);
        Ok(FileNote { key, name, media, length: content, preview: length(Part::Preview) })
    }
}

/// A hash over a file as it is, piece by piece.
fn digest(source: &Source, length: u64) -> std::io::Result<Hash32> {
    let mut tree = Frontier::default();
    let mut from = 0;
    while from < length {
        let piece = usize::try_from(length - from).unwrap_or(usize::MAX).min(bounds::FILE_CHUNK);
        tree.push(&source.read(from, piece)?);
        from += piece as u64;
    }
    Ok(tree.root())
}

impl Sealing {
    /// The sealed chunk at `index`. Refused if it is another than the one that was sealed there before.
    fn seal(&mut self, chunks: &Chunks, index: u32) -> Result<Vec<u8>> {
        let (from, length) = chunks.span(index).ok_or(Code::FileChanged)?;
        let plain = self.source.read(from, length).map_err(|_| Code::FileChanged)?;
        let sealed = chunks.seal(index, &plain).map_err(|_| Code::TooLarge)?;
        let leaf = leaf_hash(&sealed);
        let at = usize::try_from(index).unwrap_or(usize::MAX);
        match self.leaves.get(at) {
            Some(before) if *before == leaf => {}
            None if self.leaves.len() == at => self.leaves.push(leaf),
            _ => return Err(Code::FileChanged.into()),
        }
        Ok(sealed)
    }
}

impl Client {
    /// Names uploaded files in a message.
    pub(crate) async fn post_files(
        &self,
        group: GroupId,
        text: &str,
        files: &[Outgoing],
        no_download: bool,
    ) -> Result<Accepted> {
        let attachments = files.iter().map(Outgoing::attachment).collect::<Result<Vec<_>>>()?;
        let notes = files.iter().map(Outgoing::note).collect::<Result<Vec<_>>>()?;
        let content = PostContent { text: text.to_owned(), files: List::new(notes).map_err(|_| Code::TooLarge)? };
        let files = List::new(attachments).map_err(|_| Code::TooLarge)?;
        let flags = if no_download { NO_DOWNLOAD } else { 0 };
        self.write(group, &Saying::Post { content, files, flags }).await
    }

    fn chunks(&self, group: GroupId, outgoing: &Outgoing, sealing: &Sealing) -> Result<Chunks> {
        let Outgoing { file, ref key, .. } = *outgoing;
        let place = Place { association: self.inner.association, group, file, part: sealing.part };
        Chunks::new(key, &place, sealing.length).map_err(|_| Code::TooLarge.into())
    }

    /// Seals every chunk once and remembers its hash: from now on nothing else is sealed in its place. A file key serves one group.
    pub(crate) async fn plan(&self, group: GroupId, outgoing: &mut Outgoing) -> Result<()> {
        match outgoing.group {
            Some(planned) if planned == group => return Ok(()),
            Some(_) => return Err(Code::WrongLog.into()),
            None => {}
        }
        for at in 0..outgoing.parts.len() {
            let Some(sealing) = outgoing.parts.get(at) else { continue };
            let chunks = self.chunks(group, outgoing, sealing)?;
            for index in 0..chunks.count() {
                if let Some(sealing) = outgoing.parts.get_mut(at) {
                    drop(sealing.seal(&chunks, index)?);
                }
                // A chunk takes a fraction of a millisecond: others go on in between.
                tokio::task::yield_now().await;
            }
        }
        outgoing.group = Some(group);
        Ok(())
    }

    /// Uploads a file, as far as it is not there yet.
    pub async fn upload(&self, group: GroupId, outgoing: &mut Outgoing) -> Result<()> {
        self.plan(group, outgoing).await?;
        let (file, begun) = (outgoing.file, std::mem::replace(&mut outgoing.begun, true));
        self.inner.under_way.has_none(file);
        for at in 0..outgoing.parts.len() {
            let Some(sealing) = outgoing.parts.get(at) else { continue };
            let (part, chunks) = (sealing.part, self.chunks(group, outgoing, sealing)?);
            let present = if begun { self.uploaded(group, file, part).await? } else { Present::default() };
            let there = (0..chunks.count()).map(|index| u32::from(present.has(index))).sum();
            self.inner.under_way.has_more(file, there);
            let mut sending: JoinSet<Result<()>> = JoinSet::new();
            for index in (0..chunks.count()).filter(|index| !present.has(*index)) {
                if sending.len() >= ON_THE_WAY {
                    arrived(sending.join_next().await)?;
                    self.inner.under_way.has_more(file, 1);
                }
                let Some(sealing) = outgoing.parts.get_mut(at) else { continue };
                let sealed = sealing.seal(&chunks, index)?;
                let bytes: Blob<SEALED_CHUNK> = Blob::new(sealed).map_err(|_| Code::TooLarge)?;
                let (inner, op) = (Arc::clone(&self.inner), Op::Upload { group, file, part, index, bytes });
                sending.spawn(async move { inner.request_for(op, PATIENCE).await.map(drop) });
            }
            while let Some(one) = sending.join_next().await {
                arrived(Some(one))?;
                self.inner.under_way.has_more(file, 1);
            }
        }
        Ok(())
    }

    pub(crate) async fn uploaded(&self, group: GroupId, file: FileId, part: Part) -> Result<Present> {
        match self.inner.request(Op::Uploaded { group, file, part }).await? {
            Answer::Uploaded(present) => Ok(present),
            _ => Err(Code::Malformed.into()),
        }
    }
}

fn arrived(one: Option<core::result::Result<Result<()>, tokio::task::JoinError>>) -> Result<()> {
    one.unwrap_or(Ok(Ok(()))).unwrap_or_else(|_| Err(Code::Unreachable.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wav(length: usize) -> Zeroizing<Vec<u8>> {
        let mut bytes = b"RIFF\x24\0\0\0WAVEfmt ".to_vec();
        bytes.resize(length, 7);
        Zeroizing::new(bytes)
    }

    fn chunks(outgoing: &Outgoing, length: u64) -> Chunks {
        let place = Place {
            association: renkei_proto::id::AssociationId([1; 16]),
            group: GroupId([2; 16]),
            file: outgoing.file,
            part: Part::Content,
        };
        Chunks::new(&outgoing.key, &place, length).unwrap()
    }

    #[test]
    fn a12_2_a_file_that_changed_while_it_was_sent_is_never_sealed_under_the_same_key() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("見本.wav");
        let length = bounds::FILE_CHUNK + 100;
        std::fs::write(&path, &*wav(length)).unwrap();
        let mut outgoing = Outgoing::from_path(&path).unwrap();
        let chunks = chunks(&outgoing, length as u64);
        let sealing = &mut outgoing.parts[0];
        let first = sealing.seal(&chunks, 0).unwrap();
        assert_eq!(sealing.seal(&chunks, 0).unwrap(), first, "the same again");
        sealing.seal(&chunks, 1).unwrap();
        let mut changed = wav(length);
        changed[50] = 1;
        std::fs::write(&path, &*changed).unwrap();
        assert_eq!(sealing.seal(&chunks, 0).unwrap_err().code, Code::FileChanged);
        std::fs::write(&path, b"short").unwrap();
        assert_eq!(sealing.seal(&chunks, 1).unwrap_err().code, Code::FileChanged);
    }

    #[test]
    fn a12_2_what_is_empty_too_long_or_no_file_is_refused() {
        let refused = |outgoing: Result<Outgoing>| outgoing.map(drop).unwrap_err().code;
        assert_eq!(refused(Outgoing::from_bytes("a.wav", Zeroizing::new(Vec::new()))), Code::FormatNotAllowed);
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(refused(Outgoing::from_path(dir.path())), Code::BadInput);
        assert_eq!(refused(Outgoing::from_path(&dir.path().join("none.wav"))), Code::BadInput);
        let long = dir.path().join("long.wav");
        File::create(&long).unwrap().set_len(bounds::FILE + 1).unwrap();
        assert_eq!(refused(Outgoing::from_path(&long)), Code::TooLarge);
        assert_eq!(refused(Outgoing::from_bytes("a\u{202e}gpj.wav", wav(100))), Code::BadInput);
    }
}
