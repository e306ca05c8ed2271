//! From chunks to a file that a post may name.

mod sweeping;
mod waiting;

use std::collections::BTreeSet;
use std::sync::Mutex;

use bytes::Bytes;
use renkei_policy::group::{a06_scans, a12_files::permit_upload};
use renkei_policy::registry::a09_scans;
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::file::{Attachment, Part, Present, SEALED_CHUNK, Stored, TAG};
use renkei_proto::frame::Fault;
use renkei_proto::id::{DeviceId, FileId, GroupId, StatementId, UserId};
use renkei_proto::merkle::Frontier;
use renkei_proto::time::Time;

pub(crate) use self::waiting::Waiting;
use self::waiting::{Arriving, Upload};
use super::{Files, Lies, code};
use crate::hub::{Live, lock};
use crate::service::Service;

/// Proof that every file of a post is here, whole and durable; for as long as it is held, none of them is swept, and its person
/// has no other post on its way.
#[derive(Debug)]
pub(crate) struct Kept<'f>(Option<(Pinned<'f>, Checking<'f>)>);

/// Files that are not swept for as long as this is held.
#[derive(Debug)]
struct Pinned<'f>(&'f Mutex<Waiting>, Vec<Lies>);

impl Kept<'_> {
    /// Of a post that the log has already: the writer answers from there.
    pub(crate) const fn entered() -> Self {
        Self(None)
    }

    /// The files.
    pub(super) fn files(&self) -> &[Lies] {
        self.0.as_ref().map_or(&[], |(pinned, _)| &pinned.1)
    }
}

impl Drop for Pinned<'_> {
    fn drop(&mut self) {
        lock(self.0).unpin(&self.1);
    }
}

/// A person's one post on its way, for as long as it is held.
#[derive(Debug)]
struct Checking<'f>(&'f Mutex<BTreeSet<UserId>>, UserId);

impl<'f> Checking<'f> {
    fn begin(all: &'f Mutex<BTreeSet<UserId>>, user: UserId) -> Result<Self, Code> {
        if lock(all).insert(user) { Ok(Self(all, user)) } else { Err(Code::Busy) }
    }
}

impl Drop for Checking<'_> {
    fn drop(&mut self) {
        lock(self.0).remove(&self.1);
    }
}

fn marker(lies: &Lies, user: UserId) -> String {
    format!("waiting/{}/{user}/{}/{}", lies.group, lies.device, lies.file)
}

/// One sealed chunk on its way.
pub(crate) struct Chunk {
    pub(crate) group: GroupId,
    pub(crate) file: FileId,
    pub(crate) part: Part,
    pub(crate) index: u32,
    pub(crate) bytes: Vec<u8>,
}

impl Chunk {
    /// Whether any part has a chunk of this length there.
    fn can_be(&self) -> bool {
        let before = u64::from(self.index).saturating_mul(bounds::FILE_CHUNK as u64);
        let plain = self.bytes.len().saturating_sub(TAG);
        plain > 0 && self.bytes.len() <= SEALED_CHUNK && before.saturating_add(plain as u64) <= self.part.bound()
    }
}

impl Files {
    /// The uploads that wait, looked up once.
    async fn waiting(&self) -> Result<&Mutex<Waiting>, Code> {
        self.waiting.get_or_try_init(|| self.look_up()).await
    }

    async fn look_up(&self) -> Result<Mutex<Waiting>, Code> {
        let mut found = Waiting::default();
        let under = async |prefix: &str| self.blobs.under(prefix).await.map_err(|error| code(&error));
        for (group, _) in under("waiting").await? {
            for (user, _) in under(&format!("waiting/{group}")).await? {
                for (device, _) in under(&format!("waiting/{group}/{user}")).await? {
                    for (file, _) in under(&format!("waiting/{group}/{user}/{device}")).await? {
                        let named = (group.parse(), user.parse(), device.parse(), file.parse());
                        let (Ok(group), Ok(user), Ok(device), Ok(file)) = named else { continue };
                        let lies = Lies { group, device, file };
                        let mut bytes = 0;
                        for part in [Part::Content, Part::Preview] {
                            let chunks = under(&lies.part(part)).await?;
                            bytes += chunks.iter().filter_map(|(_, length)| *length).sum::<u64>();
                        }
                        let since = self.blobs.get(&marker(&lies, user)).await.map_err(|error| code(&error))?;
                        let since = since.and_then(|text| std::str::from_utf8(&text).ok()?.parse().ok());
                        let since = Time(since.unwrap_or_default());
                        let marked = !under(&lies.kept()).await?.is_empty();
                        let (checked, begun, posting, arriving) = (Vec::new(), true, 0, 0);
                        let upload = Upload { user, since, bytes, checked, begun, posting, arriving, marked };
                        found.0.insert(lies, upload);
                    }
                }
            }
        }
        Ok(Mutex::new(found))
    }

    /// Which chunks of a part are here.
    pub(crate) async fn present(&self, lies: &Lies, part: Part) -> Result<Present, Code> {
        let chunks = self.blobs.under(&lies.part(part)).await.map_err(|error| code(&error))?;
        Ok(Present::new(chunks.iter().filter_map(|(name, _)| name.parse().ok())))
    }

    /// How many chunks of a part are here.
    async fn count(&self, lies: &Lies, part: Part) -> Result<usize, Code> {
        let there = self.blobs.under(&lies.part(part)).await.map_err(|error| code(&error))?;
        Ok(there.iter().filter(|(name, _)| name.parse::<u32>().is_ok()).count())
    }

    /// Whether a part is whole: every chunk in its length, no other, and all of them under the root. What lay beside them would
    /// be kept with the file, and count for nobody.
    async fn check(&self, lies: &Lies, part: Part, stored: Stored) -> Result<(), Code> {
        let count = stored.chunks(part).ok_or(Code::TooLarge)?;
        if u32::try_from(self.count(lies, part).await?) != Ok(count) {
            return Err(Code::FileIncomplete);
        }
        let mut tree = Frontier::default();
        for index in 0..count {
            let chunk = self.blobs.get(&lies.chunk(part, index)).await.map_err(|error| code(&error))?;
            let length = stored.chunk_length(part, index);
            let chunk = chunk.filter(|bytes| Some(bytes.len()) == length).ok_or(Code::FileIncomplete)?;
            // Hashing a chunk takes a fraction of a millisecond: others are served in between.
            tree.push(&chunk);
            tokio::task::yield_now().await;
        }
        if tree.root() == stored.root { Ok(()) } else { Err(Code::FileIncomplete) }
    }

    /// [`Files::whole`], given up when `gone` comes first.
    pub(crate) async fn whole_until(
        &self,
        gone: impl Future<Output = ()>,
        who: (UserId, DeviceId),
        group: GroupId,
        named: &[Attachment],
        now: Time,
    ) -> Result<Kept<'_>, Code> {
        tokio::select! {
            kept = self.whole(who, group, named, now) => kept,
            () = gone => Err(Code::Unreachable),
        }
    }

    /// Checks that every file which a statement names is here and whole. One check of a person at a time: who wants more hears "busy".
    /// May be given up at any moment.
    async fn whole(
        &self,
        (user, device): (UserId, DeviceId),
        group: GroupId,
        named: &[Attachment],
        now: Time,
    ) -> Result<Kept<'_>, Code> {
        let waiting = self.waiting().await?;
        let files: Vec<Lies> = named.iter().map(|one| Lies { group, device, file: one.file }).collect();
        lock(waiting).pin(&files, now)?;
        let pinned = Pinned(waiting, files);
        let own = Checking::begin(&self.checking, user)?;
        let _turn = self.checks.acquire().await.map_err(|_| Code::ShuttingDown)?;
        for attachment in named {
            let lies = Lies { group, device, file: attachment.file };
            for part in [Part::Content, Part::Preview] {
                let Some(stored) = attachment.part(part) else {
                    if self.count(&lies, part).await? > 0 {
                        return Err(Code::FileIncomplete);
                    }
                    continue;
                };
                let known = lock(waiting).known(&lies, part, stored);
                let whole = match known {
                    Some(whole) => whole,
                    None => match self.check(&lies, part, stored).await {
                        Ok(()) => true,
                        Err(Code::FileIncomplete) => false,
                        Err(code) => return Err(code),
                    },
                };
                if known.is_none()
                    && let Some(upload) = lock(waiting).0.get_mut(&lies)
                {
                    upload.note_checked(part, stored, whole);
                }
                if !whole {
                    return Err(Code::FileIncomplete);
                }
            }
        }
        Ok(Kept(Some((pinned, own))))
    }

    /// Marks the files as kept for `statement`, durably.
    pub(crate) async fn mark(
        &self,
        kept: &Kept<'_>,
        statement: StatementId,
        permitted: impl Fn() -> Result<(), Code>,
    ) -> Result<(), Code> {
        // Nothing is written behind an erasure.
        let _open = self.gate.read().await;
        permitted()?;
        for lies in kept.files() {
            let name = format!("{}/{statement}", lies.kept());
            let _durable = self.blobs.put(&name, Bytes::new()).await.map_err(|error| code(&error))?;
        }
        Ok(())
    }

    /// The post that names them is durable: they wait no more.
    pub(crate) async fn posted(&self, (group, device): (GroupId, DeviceId), named: &[Attachment]) {
        let Ok(waiting) = self.waiting().await else { return };
        for attachment in named {
            let lies = Lies { group, device, file: attachment.file };
            let upload = lock(waiting).0.remove(&lies);
            if let Some(upload) = upload
                && let Err(error) = self.blobs.erase_apart(&marker(&lies, upload.user)).await
            {
                tracing::warn!(%error, "the mark of an upload stays until the next sweep");
            }
        }
    }
}

impl Service {
    /// Whether this device may add files to the group: as a reader, or, for scans of its forms, as one who governs it.
    pub(crate) fn permit_upload(&self, who: (UserId, DeviceId), group: GroupId) -> Result<(), Code> {
        let world = self.world();
        let (view, now) = (world.registry().now(), self.clock.utc());
        if let Some(facility) = view.drawer_of(group) {
            return a09_scans::permit_upload(view, who, facility, now).map_err(|refusal| refusal.0);
        }
        let (group, _) = world.group(group).ok_or(Code::Unknown)?;
        let scan = || a06_scans::permit_upload(group, view, who, now);
        permit_upload(group, view, who, now).or_else(|refusal| scan().map_err(|_| refusal.0))
    }

    /// Which chunks of a file of this device are here.
    pub(crate) async fn uploaded(
        &self,
        live: &Live,
        group: GroupId,
        file: FileId,
        part: Part,
    ) -> Result<Present, Code> {
        self.permit_upload((live.user(), live.device()), group)?;
        // Nobody is told that something is there which is dropped a moment later.
        self.sweep_uploads().await?;
        self.files.present(&Lies { group, device: live.device(), file }, part).await
    }

    /// Takes one chunk in. When this returns it is durable.
    pub(crate) async fn upload(&self, live: &Live, chunk: Chunk) -> Result<(), Fault> {
        let who = (live.user(), live.device());
        self.permit_upload(who, chunk.group)?;
        if !chunk.can_be() {
            return Err(Code::TooLarge.into());
        }
        let files = &self.files;
        let (user, length) = (live.user(), chunk.bytes.len() as u64);
        let lies = Lies { group: chunk.group, device: live.device(), file: chunk.file };
        if let Err(code) = self.sweep_uploads().await {
            tracing::warn!(%code, "uploads were not swept");
        }
        let waiting = files.waiting().await?;
        let _open = tokio::select! {
            open = files.gate.read() => open,
            () = live.gone() => return Err(Code::Unreachable.into()),
        };
        // An erasure may have come meanwhile.
        self.permit_upload(who, chunk.group)?;
        let now = self.clock.anchored();
        let new = {
            let mut waiting = lock(waiting);
            let waits = waiting.bytes(user, chunk.group);
            lock(&files.quota).permit((user, chunk.group), waits, length, self.clock.utc())?;
            waiting.reserve(lies, user, length, now)?
        };
        let _arriving = Arriving(waiting, lies);
        let put = async {
            if new {
                self.begin_upload(&lies, user, now).await?;
            }
            let name = lies.chunk(chunk.part, chunk.index);
            files.blobs.put(&name, Bytes::from(chunk.bytes)).await.map_err(|error| code(&error))
        };
        match put.await {
            Ok(put) if !put.again => {
                if let Some(upload) = lock(waiting).0.get_mut(&lies) {
                    upload.checked.clear();
                }
                Ok(())
            }
            other => {
                lock(waiting).give_back(lies, length);
                Ok(other.map(drop)?)
            }
        }
    }

    /// The first chunk of a file: one that a post has named gets no more.
    async fn begin_upload(&self, lies: &Lies, user: UserId, now: Time) -> Result<(), Code> {
        let blobs = &self.files.blobs;
        let kept = blobs.under(&lies.kept()).await.map_err(|error| code(&error));
        let begun = match kept {
            Ok(kept) if kept.is_empty() => {
                let since = Bytes::from(now.0.to_string());
                blobs.put(&marker(lies, user), since).await.map(drop).map_err(|error| code(&error))
            }
            Ok(_) => Err(Code::AlreadyExists),
            Err(code) => Err(code),
        };
        let mut waiting = lock(self.files.waiting().await?);
        match (&begun, waiting.0.get_mut(lies)) {
            (Ok(()), Some(upload)) => upload.begun = true,
            _ => drop(waiting.0.remove(lies)),
        }
        begun
    }
}

#[cfg(test)]
mod tests {
    use renkei_proto::hash::Hash32;

    use super::*;

    fn lies(file: u8) -> Lies {
        Lies { group: GroupId([1; 16]), device: DeviceId([2; 16]), file: FileId([file; 16]) }
    }

    /// Whoever has gone away wants nothing checked any more: [`Service::post`] drops the check with the connection.
    #[tokio::test]
    async fn a12_2_a_check_that_is_given_up_leaves_nothing_waiting() {
        let dir = tempfile::tempdir().unwrap();
        let files = Files::open(dir.path()).unwrap();
        let (lies, user, now) = (lies(1), UserId([3; 16]), Time(5));
        let waiting = files.waiting().await.unwrap();
        lock(waiting).reserve(lies, user, 100, now).unwrap();
        drop(Arriving(waiting, lies));
        let content = Stored { length: 100, root: Hash32([7; 32]) };
        let named = [Attachment { file: lies.file, content, preview: None }];
        let begun = || lock(waiting).0.get(&lies).map(|upload| upload.posting);
        // Every place where a check could be done is taken, so it waits in the middle.
        let places = u32::try_from(super::super::CHECKS).unwrap();
        let taken = files.checks.acquire_many(places).await.unwrap();
        let who = (user, lies.device);
        let (left, gone) = tokio::sync::oneshot::channel::<()>();
        let gone = async { assert!(gone.await.is_err(), "the other end is dropped") };
        let check = files.whole_until(gone, who, lies.group, &named, now);
        tokio::pin!(check);
        tokio::select! {
            biased;
            checked = &mut check => panic!("it has no place: {checked:?}"),
            () = std::future::ready(()) => {}
        }
        assert_eq!((begun(), lock(&files.checking).len()), (Some(1), 1), "on its way");
        let second = files.whole(who, lies.group, &named, now).await;
        assert_eq!(second.err(), Some(Code::Busy), "one of a person at a time");
        assert_eq!(begun(), Some(1), "what was refused holds nothing");
        drop(left);
        assert_eq!(check.await.err(), Some(Code::Unreachable), "the connection is over");
        assert_eq!((begun(), lock(&files.checking).len()), (Some(0), 0), "given up: nothing is held");
        drop(taken);
        assert_eq!(files.checks.available_permits(), super::super::CHECKS, "nobody waits for a place");
        let again = files.whole_until(std::future::pending(), who, lies.group, &named, now).await;
        assert_eq!(again.err(), Some(Code::FileIncomplete), "the next one is checked at once");
    }

    #[test]
    fn a12_2_a_chunk_lies_within_the_largest_file() {
        let chunk = |part, index, length| Chunk {
            group: GroupId([1; 16]),
            file: FileId([1; 16]),
            part,
            index,
            bytes: vec![0; length],
        };
        assert!(chunk(Part::Content, 0, SEALED_CHUNK).can_be());
        assert!(chunk(Part::Content, 762, 1_000).can_be());
        assert!(!chunk(Part::Content, 763, 17).can_be());
        assert!(!chunk(Part::Content, 0, TAG).can_be());
        assert!(!chunk(Part::Content, u32::MAX, 17).can_be());
        assert!(chunk(Part::Preview, 0, 1_000).can_be());
        assert!(!chunk(Part::Preview, 1, 17).can_be());
    }
}
