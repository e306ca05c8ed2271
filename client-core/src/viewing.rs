//! Looking at files (A12.2): each opening is a request that this device signs, and what comes is in memory alone.
//!
//! An [`OpenFile`] is wiped when it is dropped, and closed from behind when the session locks, ends, or the device is wiped:
//! whoever still holds it gets a refusal. There is no path from it to the disk but [`Client::save_file`], which the server
//! grants only where downloads are allowed, and a takeout's archive ([`crate::takeout`]), under its permit.

use std::collections::VecDeque;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use renkei_policy::group::a06_scans;
use renkei_policy::group::a12_files::{downloads_forbidden, permit_opening};
use renkei_policy::registry::a09_scans;
use renkei_proto::act::{Act, Post};
use renkei_proto::code::Code;
use renkei_proto::file::{Attachment, Intent, Opening, Part, SignedOpening, Stored};
use renkei_proto::frame::{Answer, Op};
use renkei_proto::id::{FileId, GroupId, RequestId, UserId};
use renkei_proto::merkle::Frontier;
use renkei_proto::time::Time;
use renkei_sealing::file::{Chunks, FileKey, Place};
use renkei_sealing::post::{self, FileNote, Media, PostContent};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::client::{Client, lock};
use crate::replica::{Followed, Replica, Sealed};
use crate::vault::Vault;
use crate::{Result, media, random};

/// Chunks asked for at once.
const ON_THE_WAY: usize = 4;

/// A chunk is asked for again over new connections for so long.
const PATIENCE: Duration = Duration::from_mins(2);

/// A file is opened anew, should the server have forgotten the opening, so often.
const OPENINGS: usize = 3;

/// A file of a message, as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShownFile {
    /// Its name, as its author had it.
    pub name: String,
    /// What it is: a media type.
    pub media: String,
    /// Its bytes.
    pub length: u64,
    /// Whether there is a small picture of it.
    pub preview: bool,
    /// Whether it may be looked at only.
    pub no_download: bool,
}

type Held = Mutex<Option<Zeroizing<Vec<u8>>>>;

/// What is open on this device.
#[derive(Default)]
pub(crate) struct OpenFiles(Mutex<Vec<(GroupId, u64, Weak<Held>)>>);

impl OpenFiles {
    fn add(&self, group: GroupId, seq: u64, held: &Arc<Held>) {
        let mut all = lock(&self.0);
        all.retain(|(_, _, one)| one.strong_count() > 0);
        all.push((group, seq, Arc::downgrade(held)));
    }

    /// Wipes all of it.
    pub(crate) fn close(&self) {
        self.close_where(|_, _| true);
    }

    /// Wipes what is of these posts.
    fn close_where(&self, over: impl Fn(GroupId, u64) -> bool) {
        lock(&self.0).retain(|(group, seq, one)| {
            let Some(held) = one.upgrade() else { return false };
            let closed = over(*group, *seq);
            if closed {
                drop(lock(&held).take());
            }
            !closed
        });
    }

    /// Wipes what this person reads no more: of a group that is over, frozen or erased, or of a message that was taken back.
    pub(crate) fn close_over(&self, replica: &Replica, user: UserId) {
        self.close_where(|group, seq| {
            let view = replica.registry().now();
            if view.drawer_of(group).is_some() {
                let deposit = view.form_deposit(seq).filter(|deposit| deposit.let_go.is_none());
                return !deposit.is_some_and(|deposit| view.reads_form(user, deposit.form));
            }
            let followed = replica.group(group).filter(|followed| !followed.ended());
            let Some(state) = followed.and_then(Followed::group) else { return true };
            if state.deposit(seq).is_some() {
                let governs = state.governed_by(replica.registry().now(), user, replica.time());
                return state.erased().is_some() || !governs;
            }
            let reads = state.reading_at(replica.registry().now(), user, replica.time()).is_some();
            state.is_shut() || state.retracted(seq) || !reads
        });
    }
}

/// A file that is open, in memory.
pub struct OpenFile {
    /// Its name.
    pub name: String,
    /// What it is.
    pub media: Media,
    held: Arc<Held>,
}

impl fmt::Debug for OpenFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenFile").field("media", &self.media).finish_non_exhaustive()
    }
}

impl OpenFile {
    /// Looks at the bytes. Refused once the session is locked or over.
    pub fn look<T>(&self, at: impl FnOnce(&[u8]) -> T) -> Result<T> {
        lock(&self.held).as_ref().map(|bytes| at(bytes)).ok_or_else(|| Code::VaultClosed.into())
    }
}

/// The files of a message, as far as it can be read.
pub(crate) fn shown_files(
    replica: &Replica,
    user: UserId,
    vault: &Vault,
    group: GroupId,
    sealed: &Sealed,
) -> Vec<ShownFile> {
    let Act::Post(post) = &sealed.statement.act else { return Vec::new() };
    let Some(state) = replica.group(group).and_then(Followed::group) else { return Vec::new() };
    if state.retracted(sealed.seq) {
        return Vec::new();
    }
    let no_download = downloads_forbidden(state, replica.registry().now(), user, post.flags);
    let Ok(content) = content(vault, group, sealed, post) else { return Vec::new() };
    let shown = |note: FileNote| ShownFile {
        name: note.name.as_str().to_owned(),
        media: note.media.name().to_owned(),
        length: note.length,
        preview: note.preview.is_some(),
        no_download,
    };
    content.files.into_vec().into_iter().map(shown).collect()
}

fn content(vault: &Vault, group: GroupId, sealed: &Sealed, post: &Post) -> core::result::Result<PostContent, Code> {
    let key = vault.contents.epochs.get(&(group, post.epoch)).ok_or(Code::KeyAwaited)?;
    post::open(&sealed.statement, key).map_err(|_| Code::NotAuthentic)
}

/// By what a file is named.
#[derive(Clone, Copy)]
pub(crate) enum NamedBy<'a> {
    /// A message, and when it was written.
    Post(&'a Post, Time),
    /// The deposit of a form's scan.
    Scan,
    /// That of a Form 1 or 2.
    Form,
}

/// A part as it lies on the server, and what opens it.
pub(crate) struct SealedFile<'a> {
    pub(crate) file: FileId,
    pub(crate) key: &'a FileKey,
    pub(crate) stored: Stored,
    pub(crate) length: u64,
}

/// A file of a post, ready to be asked for.
struct Wanted {
    post: Post,
    written: Time,
    attachment: Attachment,
    note: FileNote,
}

impl Client {
    /// Opens a file of the message at `seq`, to look at: the one at place `file`, from 0, or its preview.
    pub async fn open_file(&self, group: GroupId, seq: u64, file: u8, part: Part) -> Result<OpenFile> {
        self.fetch_file(group, seq, file, part, Intent::View).await
    }

    /// Keeps a copy of a file at `path`, where downloads are allowed. What is there already is not touched.
    pub async fn save_file(&self, group: GroupId, seq: u64, file: u8, path: &Path) -> Result<()> {
        let open = self.fetch_file(group, seq, file, Part::Content, Intent::Save).await?;
        let mut kept = crate::files::create_private(path)?;
        let written = open.look(|bytes| crate::files::append(&mut kept, path, bytes)).and_then(|written| written);
        // Half a file helps nobody, and would stay where it may not.
        written.inspect_err(|_| drop(crate::files::destroy(path)))
    }

    fn wanted(&self, group: GroupId, seq: u64, file: u8) -> Result<Wanted> {
        self.with_followed(group, |followed, vault| {
            let sealed = followed.message(seq).ok_or(Code::Unknown)?;
            let Act::Post(post) = &sealed.statement.act else { return Err(Code::Unknown) };
            let attachment = *post.files.as_slice().get(usize::from(file)).ok_or(Code::Unknown)?;
            let content = content(vault, group, sealed, post)?;
            let note = content.files.as_slice().get(usize::from(file)).ok_or(Code::Unknown)?.clone();
            Ok(Wanted { post: post.clone(), written: sealed.time, attachment, note })
        })
    }

    /// Signs an opening as it stands, without any check of its own: the server must refuse what the rules refuse. For the
    /// demo's and the tests' misuses.
    pub fn sign_opening(&self, opening: &Opening) -> Result<SignedOpening> {
        let signed = self.inner.with_vault(|vault| opening.sign(&vault.contents.keys.signing))?;
        signed.map_err(|_| Code::TooLarge.into())
    }

    /// Signs an opening and has it granted. What the server would refuse is refused here first.
    async fn ask_to_open(&self, named: NamedBy<'_>, opening: &Opening) -> Result<()> {
        {
            let replica = self.inner.replica();
            let (view, time) = (replica.registry().now(), replica.time());
            let state = || replica.group(opening.group).and_then(Followed::group).ok_or(Code::Unknown);
            let permitted = match named {
                NamedBy::Post(post, written) => permit_opening(state()?, view, opening, (post, written), time),
                NamedBy::Scan => a06_scans::permit_opening(state()?, view, opening, time).map(drop),
                NamedBy::Form => a09_scans::permit_opening(view, opening, time).map(drop),
            };
            permitted.map_err(|refusal| refusal.0)?;
        }
        let signed = self.sign_opening(opening)?;
        match self.inner.request(Op::OpenFile(signed)).await {
            // Repeated over a new connection: it was granted, and the answer was lost.
            Err(fault) if fault.code == Code::AlreadyExists => Ok(()),
            other => other.map(drop),
        }
    }

    pub(crate) async fn fetch_file(
        &self,
        group: GroupId,
        seq: u64,
        file: u8,
        part: Part,
        intent: Intent,
    ) -> Result<OpenFile> {
        let wanted = match self.wanted(group, seq, file) {
            // A colleague's device may have made the key a moment ago.
            Err(fault) if fault.code == Code::KeyAwaited => {
                self.inner.fetch_keys(group).await?;
                self.wanted(group, seq, file)?
            }
            other => other?,
        };
        let stored = wanted.attachment.part(part).ok_or(Code::Unknown)?;
        let length = match part {
            Part::Content => wanted.note.length,
            Part::Preview => wanted.note.preview.ok_or(Code::Unknown)?,
        };
        let sealed = SealedFile { file: wanted.attachment.file, key: &wanted.note.key, stored, length };
        let bytes = self
            .fetch_sealed((group, seq, file), part, intent, NamedBy::Post(&wanted.post, wanted.written), sealed)
            .await?;
        let media = match part {
            Part::Content => wanted.note.media,
            Part::Preview => Media::Jpeg,
        };
        // What the author said that it is.
        if !media::is(media, &bytes) {
            return Err(Code::FormatNotAllowed.into());
        }
        self.hold((group, seq), wanted.note.name.as_str().to_owned(), media, bytes)
    }

    /// Keeps opened bytes in memory for as long as they may be looked at.
    pub(crate) fn hold(
        &self,
        (group, seq): (GroupId, u64),
        name: String,
        media: Media,
        bytes: Zeroizing<Vec<u8>>,
    ) -> Result<OpenFile> {
        let held = Arc::new(Mutex::new(Some(bytes)));
        self.inner.open_files.add(group, seq, &held);
        // The session may have ended while the last bytes came.
        self.inner.with_vault(|_| ())?;
        Ok(OpenFile { name, media, held })
    }

    /// Opens a part that is named at a place, and fetches it: exactly the chunks that were signed there.
    pub(crate) async fn fetch_sealed(
        &self,
        (group, seq, file): (GroupId, u64, u8),
        part: Part,
        intent: Intent,
        named: NamedBy<'_>,
        sealed: SealedFile<'_>,
    ) -> Result<Zeroizing<Vec<u8>>> {
        let SealedFile { file: id, key, stored, length } = sealed;
        let place = Place { association: self.inner.association, group, file: id, part };
        let chunks = Chunks::new(key, &place, length).map_err(|_| Code::NotAuthentic)?;
        // At its full size from the beginning: a vector that grows leaves copies behind.
        let room = usize::try_from(length).map_err(|_| Code::TooLarge)?;
        let mut bytes = Zeroizing::new(Vec::with_capacity(room));
        let (mut tree, mut next) = (Frontier::default(), 0);
        for _ in 0..OPENINGS {
            let opening = Opening {
                version: renkei_proto::VERSION,
                suite: renkei_proto::SUITE,
                association: self.inner.association,
                user: self.user(),
                device: self.device(),
                group,
                seq,
                file,
                part,
                intent,
                request: RequestId(random()),
                at: self.inner.clock.now(),
            };
            self.ask_to_open(named, &opening).await?;
            match self.fetch_chunks(opening.request, &chunks, &mut next, &mut tree, &mut bytes).await {
                Err(fault) if fault.code == Code::OpeningOver => {}
                Err(fault) => return Err(fault),
                Ok(()) => break,
            }
        }
        if next < chunks.count() {
            return Err(Code::OpeningOver.into());
        }
        // What its author signed.
        if tree.root() == stored.root { Ok(bytes) } else { Err(Code::NotAuthentic.into()) }
    }

    /// Fetches from chunk `next` on, some at a time, and opens each in its turn.
    async fn fetch_chunks(
        &self,
        opening: RequestId,
        chunks: &Chunks,
        next: &mut u32,
        tree: &mut Frontier,
        bytes: &mut Zeroizing<Vec<u8>>,
    ) -> Result<()> {
        let mut coming = VecDeque::new();
        let mut asked = *next;
        while *next < chunks.count() {
            while asked < chunks.count() && coming.len() < ON_THE_WAY {
                let (inner, op) = (Arc::clone(&self.inner), Op::FileChunk { opening, index: asked });
                coming.push_back(AbortOnDrop(tokio::spawn(async move { inner.request_for(op, PATIENCE).await })));
                asked += 1;
            }
            let Some(mut first) = coming.pop_front() else { break };
            let answer = (&mut first.0).await.map_err(|_| Code::Unreachable)??;
            let Answer::FileChunk(sealed) = answer else { return Err(Code::Malformed.into()) };
            tree.push(sealed.as_slice());
            chunks.open(*next, sealed.as_slice(), bytes).map_err(|_| Code::NotAuthentic)?;
            *next += 1;
        }
        Ok(())
    }
}

/// What is no longer wanted is no longer asked for.
struct AbortOnDrop<T>(tokio::task::JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
