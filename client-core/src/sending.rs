//! Sendings that are not finished (A12.2). What is needed to go on is kept in the vault before the first chunk leaves, so that a
//! lock, a crash or a restart costs what was on its way at that moment and no more.
//!
//! ```text
//! begun      plan (the leaf hash of every sealed chunk), key, text ─► sealed beside the vault; pictures, sealed, in files of their own
//! gone on    what the server has is not sent again; a chunk that is sealed otherwise than planned is never sent
//! over       posted, cancelled, refused for good, a week old, or of a group that this person reads no more ─► all of it is gone
//! ```
//!
//! A PDF or a recording stays where the person has it and is read again; what was planned of it is all that is ever sent. A
//! picture without its traces, and its preview, exist nowhere else, so they are kept, sealed.

mod begun;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Mutex;

use renkei_proto::act::Act;
use renkei_proto::bounds;
use renkei_proto::code::{Class, Code};
use renkei_proto::codec;
use renkei_proto::file::Part;
use renkei_proto::frame::{Accepted, Fault};
use renkei_proto::hash::Hash32;
use renkei_proto::id::{FileId, GroupId};
use renkei_proto::statement::LogId;
use renkei_proto::text::Line;
use renkei_proto::time::Time;
use renkei_sealing::file::FileKey;
use renkei_sealing::post::Media;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::attach::Outgoing;
use crate::client::{Client, Inner, lock};
use crate::vault::Vault;
use crate::{Result, files};

/// The name under which unfinished sendings are sealed, their file's, and how the names of files begin that belong to them.
pub(crate) const PART: &str = "sending";

/// One part of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeptPart {
    pub(crate) part: Part,
    pub(crate) length: u64,
    /// Where the person has it; none where it is kept sealed beside the vault.
    pub(crate) path: Option<String>,
    /// The leaf hash of each of its sealed chunks.
    pub(crate) leaves: Vec<Hash32>,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeptFile {
    pub(crate) file: FileId,
    pub(crate) key: FileKey,
    pub(crate) name: Line<{ bounds::NAME }>,
    pub(crate) media: Media,
    /// Over the file as the person has it.
    pub(crate) original: Hash32,
    pub(crate) parts: Vec<KeptPart>,
}

/// A message with files on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Sending {
    group: GroupId,
    text: String,
    no_download: bool,
    since: Time,
    files: Vec<KeptFile>,
}

/// By the first of its files.
type Sendings = BTreeMap<FileId, Sending>;

/// Those that are under way in this process; and of each file, how many chunks the server was seen to have.
#[derive(Debug, Default)]
pub(crate) struct UnderWay(Mutex<BTreeSet<FileId>>, Mutex<BTreeMap<FileId, u32>>);

/// One of them.
struct Going<'a>(&'a UnderWay, FileId);

impl Drop for Going<'_> {
    fn drop(&mut self) {
        lock(&self.0.0).remove(&self.1);
    }
}

/// An unfinished sending, as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unfinished {
    /// Names it.
    pub id: FileId,
    /// To which group.
    pub group: GroupId,
    /// What is written with the files.
    pub text: String,
    /// Since when.
    pub since: Time,
    /// Names and bytes of its files.
    pub files: Vec<(String, u64)>,
    /// Chunks that the server has.
    pub arrived: u32,
    /// Chunks in all.
    pub chunks: u32,
}

impl KeptPart {
    fn spool(&self, file: FileId) -> String {
        spool(file, self.part)
    }
}

fn spool(file: FileId, part: Part) -> String {
    let letter = match part {
        Part::Content => 'c',
        Part::Preview => 'p',
    };
    format!("{PART}-{file}-{letter}")
}

/// Files of the profile in `dir` that belong to sendings: they are destroyed with a wipe.
pub(crate) fn all_files(dir: &std::path::Path) -> Vec<PathBuf> {
    let ours = |entry: std::fs::DirEntry| {
        let name = entry.file_name();
        name.to_str().is_some_and(|name| name.starts_with(PART)).then(|| entry.path())
    };
    std::fs::read_dir(dir).map(|entries| entries.flatten().filter_map(ours).collect()).unwrap_or_default()
}

fn load(vault: &Vault) -> Result<Sendings> {
    if !vault.part(PART).exists() {
        return Ok(Sendings::new());
    }
    let plain = vault.open_part(PART).ok_or(Code::ProfileFailed)?;
    codec::decode(&plain).map_err(|_| Code::ProfileFailed.into())
}

/// Keeps `all`, and nothing else: what belongs to none of them is gone.
fn store(vault: &Vault, all: &Sendings) -> Result<()> {
    let path = vault.part(PART);
    if all.is_empty() {
        files::destroy(&path)?;
    } else {
        let plain = Zeroizing::new(codec::encode(all));
        let sealed = vault.seal_part(PART, &plain).map_err(|_| Code::ProfileFailed)?;
        files::write_private(&path, &sealed)?;
    }
    sweep(vault, all)
}

/// What belongs to none of these is gone: what fell between a picture and the note of it, too.
fn sweep(vault: &Vault, all: &Sendings) -> Result<()> {
    let path = vault.part(PART);
    let named: BTreeSet<PathBuf> = all
        .values()
        .flat_map(|sending| &sending.files)
        .flat_map(|file| file.parts.iter().map(|part| vault.part(&part.spool(file.file))))
        .chain([path.clone()])
        .collect();
    let dir = path.parent().unwrap_or_else(|| std::path::Path::new("."));
    all_files(dir).iter().filter(|path| !named.contains(*path)).try_for_each(|path| files::destroy(path))
}

impl Sending {
    fn is(&self, group: GroupId, text: &str, no_download: bool, files: &[Outgoing]) -> bool {
        let same = |(kept, file): (&KeptFile, &Outgoing)| kept.original == file.original && kept.name == file.name;
        (self.group, self.text.as_str(), self.no_download) == (group, text, no_download)
            && self.files.len() == files.len()
            && self.files.iter().zip(files).all(same)
    }

    fn outgoing(&self, vault: &Vault) -> Result<Vec<Outgoing>> {
        let one = |file: &KeptFile| {
            Outgoing::restored(file.clone(), self.group, |part| vault.open_part(&spool(file.file, part)))
                .ok_or_else(|| Fault::from(Code::FileChanged))
        };
        self.files.iter().map(one).collect()
    }
}

impl Inner {
    /// Uses what is kept of unfinished sendings, without those that are over by their age; and keeps what it is then.
    fn with_sendings<T>(&self, use_it: impl FnOnce(&mut Sendings, &Vault) -> Result<T>) -> Result<T> {
        let now = self.clock.now();
        self.with_vault(|vault| {
            let mut all = load(vault)?;
            let before = all.clone();
            all.retain(|_, sending| now.since(sending.since) < bounds::SENDING_KEPT);
            let answer = use_it(&mut all, vault)?;
            if all != before {
                store(vault, &all)?;
            }
            Ok(answer)
        })?
    }

    /// Nothing stays that is over, though nobody looks at what is unfinished.
    pub(crate) fn tidy_sendings(&self) -> Result<()> {
        self.with_sendings(|all, vault| sweep(vault, all))
    }

    /// Nothing that was to be sent to this group stays.
    pub(crate) fn forget_sendings(&self, group: GroupId) -> Result<()> {
        self.with_sendings(|all, _| {
            all.retain(|_, sending| sending.group != group);
            Ok(())
        })
    }

    fn go(&self, id: FileId) -> Result<Going<'_>> {
        if lock(&self.under_way.0).insert(id) { Ok(Going(&self.under_way, id)) } else { Err(Code::Busy.into()) }
    }

    /// Where a post that names this file stands, if this device has sent one.
    fn posted(&self, group: GroupId, file: FileId) -> Option<Accepted> {
        let replica = self.replica();
        let names =
            |act: &Act| matches!(act, Act::Post(post) if post.files.as_slice().iter().any(|one| one.file == file));
        let followed = replica.group(group)?;
        let own = followed
            .messages()
            .iter()
            .rev()
            .find(|sealed| sealed.statement.actor.device() == Some(self.device) && names(&sealed.statement.act))?;
        let head = replica.head_at(LogId::Group(group), own.seq + 1)?;
        Some(Accepted { head, time: own.time })
    }
}

impl Client {
    /// Sends a message with files, which may not be downloaded if `no_download` (in a patient group they never may). When this
    /// returns, all of it is durable on the server.
    ///
    /// Should it not come to its end, whatever the reason, it is kept and goes on where it stopped: by [`Client::go_on`], or by
    /// sending the same files with the same text again.
    pub async fn send_files(
        &self,
        group: GroupId,
        text: &str,
        files: &mut [Outgoing],
        no_download: bool,
    ) -> Result<Accepted> {
        self.permit_effect()?;
        if text.len() > bounds::MESSAGE_TEXT {
            return Err(Code::TooLarge.into());
        }
        let Some(first) = files.first().map(|file| file.file) else { return Err(Code::NothingToDo.into()) };
        let kept = self.inner.with_sendings(|all, vault| {
            let under_way = lock(&self.inner.under_way.0);
            let idle = |id: &FileId| !under_way.contains(id);
            let same = all
                .iter()
                .find(|(id, sending)| **id != first && idle(id) && sending.is(group, text, no_download, files));
            same.map(|(id, sending)| Ok((*id, sending.outgoing(vault)?))).transpose()
        })?;
        let id = match kept {
            Some((id, restored)) => {
                for (file, restored) in files.iter_mut().zip(restored) {
                    *file = restored;
                }
                id
            }
            None => first,
        };
        let _going = self.inner.go(id)?;
        let sent = self.carry_on(id, group, text, files, no_download).await;
        self.ended(id, sent)
    }

    /// Goes on with an unfinished sending.
    pub async fn go_on(&self, id: FileId) -> Result<Accepted> {
        self.permit_effect()?;
        let _going = self.inner.go(id)?;
        let (sending, files) = self.inner.with_sendings(|all, vault| {
            let sending = all.get(&id).ok_or(Code::Unknown)?.clone();
            let files = sending.outgoing(vault);
            Ok((sending, files))
        })?;
        // What has arrived needs none of its files any more.
        let sent = match (self.inner.posted(sending.group, id), files) {
            (Some(accepted), _) => Ok(accepted),
            (None, Ok(mut files)) => {
                let Sending { group, ref text, no_download, .. } = sending;
                self.carry_on(id, group, text, &mut files, no_download).await
            }
            (None, Err(fault)) => Err(fault),
        };
        self.ended(id, sent)
    }

    /// Gives an unfinished sending up: its keys and what was kept of it are gone from this device, and nobody can open what the
    /// server has of it, until that is dropped there too.
    pub fn cancel_sending(&self, id: FileId) -> Result<()> {
        let _going = self.inner.go(id)?;
        self.inner.with_sendings(|all, _| all.remove(&id).map(drop).ok_or_else(|| Code::Unknown.into()))
    }

    /// What is not finished, oldest first, and how much of it the server has.
    pub async fn sendings(&self) -> Result<Vec<Unfinished>> {
        let all = self.inner.with_sendings(|all, _| Ok(all.clone()))?;
        let mut shown = Vec::with_capacity(all.len());
        for (id, sending) in all {
            let (mut arrived, mut chunks) = (0, 0_u32);
            for file in &sending.files {
                for part in &file.parts {
                    // What the server does not say is not there.
                    let present = self.uploaded(sending.group, file.file, part.part).await.unwrap_or_default();
                    let count = u32::try_from(part.leaves.len()).unwrap_or(u32::MAX);
                    chunks = chunks.saturating_add(count);
                    arrived += (0..count).map(|index| u32::from(present.has(index))).sum::<u32>();
                }
            }
            let content =
                |file: &KeptFile| file.parts.iter().find(|one| one.part == Part::Content).map_or(0, |one| one.length);
            let files = sending.files.iter().map(|file| (file.name.to_string(), content(file))).collect();
            let Sending { group, text, since, .. } = sending;
            shown.push(Unfinished { id, group, text, since, files, arrived, chunks });
        }
        shown.sort_by_key(|one| one.since);
        Ok(shown)
    }

    async fn carry_on(
        &self,
        id: FileId,
        group: GroupId,
        text: &str,
        files: &mut [Outgoing],
        no_download: bool,
    ) -> Result<Accepted> {
        if let Some(accepted) = self.inner.posted(group, id) {
            return Ok(accepted);
        }
        for file in files.iter_mut() {
            self.plan(group, file).await?;
        }
        self.keep(id, (group, text, no_download), files)?;
        let mut sent = self.deliver(group, text, files, no_download).await;
        if sent.as_ref().is_err_and(|fault| fault.code == Code::FileIncomplete) {
            // The server has dropped what was there before, a day old, while the rest was on its way: once more.
            sent = self.deliver(group, text, files, no_download).await;
        }
        sent
    }

    async fn deliver(&self, group: GroupId, text: &str, files: &mut [Outgoing], no_download: bool) -> Result<Accepted> {
        for file in files.iter_mut() {
            self.upload(group, file).await?;
        }
        self.post_files(group, text, files, no_download).await
    }

    /// Keeps what is needed to go on, durably: before the first chunk leaves.
    fn keep(&self, id: FileId, (group, text, no_download): (GroupId, &str, bool), files: &[Outgoing]) -> Result<()> {
        let since = self.inner.clock.now();
        self.inner.with_sendings(|all, vault| {
            if all.contains_key(&id) {
                return Ok(());
            }
            if all.len() >= bounds::SENDINGS_KEPT {
                return Err(Code::UploadsFull.into());
            }
            for file in files {
                for (part, bytes) in file.held() {
                    let name = spool(file.file, part);
                    let sealed = vault.seal_part(&name, bytes).map_err(|_| Code::ProfileFailed)?;
                    crate::files::write_private(&vault.part(&name), &sealed)?;
                }
            }
            let files = files.iter().map(Outgoing::kept).collect();
            all.insert(id, Sending { group, text: text.to_owned(), no_download, since, files });
            Ok(())
        })
    }

    /// What has arrived, or never will, is not kept.
    fn ended(&self, id: FileId, sent: Result<Accepted>) -> Result<Accepted> {
        let over = match &sent {
            Ok(_) => true,
            Err(fault) => fault.code.class() == Class::Refused,
        };
        if over {
            let gone = self.inner.with_sendings(|all, _| {
                all.remove(&id);
                Ok(())
            });
            // Whoever goes on with it finds that it has arrived.
            gone.unwrap_or_else(|fault| tracing::warn!(%fault, "a sending that is over is still kept"));
        }
        sent
    }
}
