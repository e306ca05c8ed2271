//! From chunks to a file that a post may name.

use std::collections::BTreeMap;
use std::sync::Mutex;

use bytes::Bytes;
use renkei_policy::group::a12_files::permit_upload;
use renkei_proto::act::Post;
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::file::{Part, Present, SEALED_CHUNK, Stored, TAG};
use renkei_proto::id::{DeviceId, FileId, GroupId, StatementId, UserId};
use renkei_proto::merkle::Frontier;
use renkei_proto::time::Time;
use renkei_store::RecordKey;

use super::{Files, Lies, code};
use crate::hub::{Live, lock};
use crate::service::{Service, store_code};

/// Proof that every file of a post is here, whole and durable.
#[derive(Debug)]
pub(crate) struct Kept(());

/// An upload that no post is known to name.
#[derive(Debug)]
struct Upload {
    user: UserId,
    since: Time,
    bytes: u64,
    /// Parts that were found whole: nothing is hashed twice because a post had to be made anew.
    whole: Vec<(Part, Stored)>,
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Waiting(BTreeMap<Lies, Upload>);

impl Waiting {
    /// A place for `bytes` more of a file of `user`. Whether the file is new here.
    fn reserve(&mut self, lies: Lies, user: UserId, bytes: u64, now: Time) -> Result<bool, Code> {
        let theirs = || self.0.values().filter(|one| one.user == user);
        let all: u64 = theirs().map(|one| one.bytes).sum();
        let new = !self.0.contains_key(&lies);
        if all.saturating_add(bytes) > bounds::WAITING_UPLOADS || (new && theirs().count() >= bounds::WAITING_FILES) {
            return Err(Code::UploadsFull);
        }
        let upload = self.0.entry(lies).or_insert(Upload { user, since: now, bytes: 0, whole: Vec::new() });
        upload.bytes = upload.bytes.saturating_add(bytes);
        Ok(new)
    }

    fn give_back(&mut self, lies: Lies, bytes: u64) {
        if let Some(upload) = self.0.get_mut(&lies) {
            upload.bytes = upload.bytes.saturating_sub(bytes);
        }
    }

    pub(super) fn forget(&mut self, group: GroupId) {
        self.0.retain(|lies, _| lies.group != group);
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
                        found.0.insert(lies, Upload { user, since, bytes, whole: Vec::new() });
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

    /// Whether a part is whole: every chunk in its length, and all of them under the root.
    async fn check(&self, lies: &Lies, part: Part, stored: Stored) -> Result<(), Code> {
        let count = stored.chunks(part).ok_or(Code::TooLarge)?;
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

    /// Checks that every file which `post` names is here, whole, and keeps it for `statement`. Nothing is kept of a file that is
    /// not.
    pub(crate) async fn keep(
        &self,
        (group, device): (GroupId, DeviceId),
        post: &Post,
        statement: StatementId,
    ) -> Result<Kept, Code> {
        let waiting = self.waiting().await?;
        let _turn = self.checks.acquire().await.map_err(|_| Code::ShuttingDown)?;
        for attachment in post.files.as_slice() {
            let lies = Lies { group, device, file: attachment.file };
            for part in [Part::Content, Part::Preview] {
                let Some(stored) = attachment.part(part) else { continue };
                let whole = |waiting: &Waiting| {
                    waiting.0.get(&lies).is_some_and(|upload| upload.whole.contains(&(part, stored)))
                };
                if whole(&lock(waiting)) {
                    continue;
                }
                self.check(&lies, part, stored).await?;
                if let Some(upload) = lock(waiting).0.get_mut(&lies) {
                    upload.whole.push((part, stored));
                }
            }
        }
        for attachment in post.files.as_slice() {
            let lies = Lies { group, device, file: attachment.file };
            let name = format!("{}/{statement}", lies.kept());
            let _durable = self.blobs.put(&name, Bytes::new()).await.map_err(|error| code(&error))?;
        }
        Ok(Kept(()))
    }

    /// The post that names them is durable: they wait no more.
    pub(crate) async fn posted(&self, (group, device): (GroupId, DeviceId), post: &Post) {
        let Ok(waiting) = self.waiting().await else { return };
        for attachment in post.files.as_slice() {
            let lies = Lies { group, device, file: attachment.file };
            let upload = lock(waiting).0.remove(&lies);
            if let Some(upload) = upload
                && let Err(error) = self.blobs.erase(&marker(&lies, upload.user))
            {
                tracing::warn!(%error, "the mark of an upload stays until the next sweep");
            }
        }
    }
}

impl Service {
    /// Whether this device may add files to the group.
    pub(crate) fn permit_upload(&self, who: (UserId, DeviceId), group: GroupId) -> Result<(), Code> {
        let world = self.world();
        let (group, _) = world.group(group).ok_or(Code::Unknown)?;
        permit_upload(group, world.registry().now(), who, self.clock.utc()).map_err(|refusal| refusal.0)
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
        self.files.present(&Lies { group, device: live.device(), file }, part).await
    }

    /// Takes one chunk in. When this returns it is durable.
    pub(crate) async fn upload(&self, live: &Live, chunk: Chunk) -> Result<(), Code> {
        let who = (live.user(), live.device());
        self.permit_upload(who, chunk.group)?;
        if !chunk.can_be() {
            return Err(Code::TooLarge);
        }
        let files = &self.files;
        let (user, length) = (live.user(), chunk.bytes.len() as u64);
        let lies = Lies { group: chunk.group, device: live.device(), file: chunk.file };
        self.sweep_uploads().await?;
        let waiting = files.waiting().await?;
        let _open = files.gate.read().await;
        // An erasure may have come meanwhile.
        self.permit_upload(who, chunk.group)?;
        let now = self.clock.wall();
        let new = lock(waiting).reserve(lies, user, length, now)?;
        let put = async {
            if new {
                self.begin_upload(&lies, user, now).await?;
            }
            let name = lies.chunk(chunk.part, chunk.index);
            files.blobs.put(&name, Bytes::from(chunk.bytes)).await.map_err(|error| code(&error))
        };
        match put.await {
            Ok(put) if !put.again => Ok(()),
            other => {
                lock(waiting).give_back(lies, length);
                other.map(drop)
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
        if begun.is_err() {
            lock(self.files.waiting().await?).0.remove(lies);
        }
        begun
    }

    /// Drops uploads that no post has named for a day. Whoever uploads finds out whether there are any.
    pub(crate) async fn sweep_uploads(&self) -> Result<(), Code> {
        let waiting = self.files.waiting().await?;
        let now = self.clock.wall();
        let old: Vec<(Lies, UserId)> = {
            let waiting = lock(waiting);
            let old = waiting.0.iter().filter(|(_, upload)| now.since(upload.since) >= bounds::UPLOAD_WAITS);
            old.map(|(lies, upload)| (*lies, upload.user)).collect()
        };
        for (lies, user) in old {
            let _alone = self.files.shut().await;
            let kept = self.files.blobs.under(&lies.kept()).await.map_err(|error| code(&error))?;
            let named = kept.iter().filter_map(|(name, _)| name.parse::<StatementId>().ok());
            let mut posted = false;
            for statement in named {
                posted |= self.log.find(RecordKey(statement.0)).map_err(|error| store_code(&error))?.is_some();
            }
            if !posted {
                self.files.blobs.erase(&lies.dir()).map_err(|error| code(&error))?;
            }
            self.files.blobs.erase(&marker(&lies, user)).map_err(|error| code(&error))?;
            lock(waiting).0.remove(&lies);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lies(file: u8) -> Lies {
        Lies { group: GroupId([1; 16]), device: DeviceId([2; 16]), file: FileId([file; 16]) }
    }

    #[test]
    fn a12_2_nobody_fills_the_disk_with_files_that_no_message_names() {
        let (user, now) = (UserId([3; 16]), Time(0));
        let mut waiting = Waiting::default();
        assert_eq!(waiting.reserve(lies(1), user, bounds::WAITING_UPLOADS, now), Ok(true));
        assert_eq!(waiting.reserve(lies(1), user, 1, now), Err(Code::UploadsFull));
        assert_eq!(waiting.reserve(lies(2), UserId([4; 16]), 1, now), Ok(true), "another person");
        waiting.give_back(lies(1), bounds::WAITING_UPLOADS);
        for file in 2..=u8::try_from(bounds::WAITING_FILES).unwrap() {
            assert_eq!(waiting.reserve(lies(file + 10), user, 1, now), Ok(true));
        }
        assert_eq!(waiting.reserve(lies(100), user, 1, now), Err(Code::UploadsFull), "one file too many");
        assert_eq!(waiting.reserve(lies(1), user, 1, now), Ok(false), "more of one that is there");
        waiting.forget(GroupId([1; 16]));
        assert_eq!(waiting.reserve(lies(100), user, 1, now), Ok(true));
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
