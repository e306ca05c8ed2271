//! The one writer: decides by the rules, makes durable, then folds, wakes and answers — in this order.
//!
//! Whatever waits is taken together. Statements of groups are judged on working copies and share one durable append;
//! a registry statement is taken alone, because it may change what every later statement is judged under. If the append
//! fails, the working copies are dropped and nothing has changed.

mod batch;
mod effects;
mod sidecar;

use std::sync::{Arc, RwLock, RwLockReadGuard, RwLockWriteGuard};

use bytes::Bytes;
use renkei_policy::Refusal;
use renkei_policy::group;
use renkei_policy::registry::a09_scans;
use renkei_proto::act::{Act, RegistryAct};
use renkei_proto::code::Code;
use renkei_proto::entry::Entry;
use renkei_proto::frame::{Accepted, Sidecar};
use renkei_proto::id::GroupId;
use renkei_proto::statement::{LogId, Verified};
use renkei_proto::wording::Wording;
use renkei_store::{Append, AppendError, Durable, Log, NewRecord};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use self::batch::{Batch, Working, record};
pub(crate) use self::sidecar::check_sidecar;
use crate::clock::Clock;
use crate::erasure::Eraser;
use crate::files::{Files, Kept};
use crate::hub::Hub;
use crate::lockouts::Lockouts;
use crate::secrets::Vault;
use crate::sessions::Sessions;
use crate::world::{World, log_key};

/// Statements that may wait for the writer. More are answered "busy": a client waits and repeats.
const WAITING: usize = 1_024;

/// Statements taken into one durable append, so that the first of them doesn't wait long for the last.
const TOGETHER: usize = 256;

/// Bytes of one durable append. The store takes more; a reader on a bad day does not want to wait for more.
const TOGETHER_BYTES: usize = 8 * 1_024 * 1_024;

/// `KiB` of statements and sidecars that may wait for the writer.
const WAITING_KIB: usize = 64 * 1_024;

type Reply = oneshot::Sender<Result<Accepted, Code>>;

struct Submission {
    verified: Verified,
    sidecar: Sidecar,
    /// The text of the association that the statement names.
    text: Option<Wording>,
    reply: Reply,
    /// Bytes that it will take in the journal, nearly.
    size: usize,
    /// Its place among those that wait, given back when it is answered.
    _room: OwnedSemaphorePermit,
}

/// The way to the writer.
#[derive(Clone)]
pub(crate) struct Writer {
    queue: mpsc::Sender<Submission>,
    room: Arc<Semaphore>,
}

/// What the writer works on.
pub(crate) struct Workshop {
    pub(crate) world: Arc<RwLock<World>>,
    pub(crate) log: Arc<dyn Log>,
    pub(crate) vault: Vault,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) files: Arc<Files>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) clock: Arc<Clock>,
    pub(crate) lockouts: Arc<Lockouts>,
}

pub(crate) fn read(world: &RwLock<World>) -> RwLockReadGuard<'_, World> {
    world.read().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn write(world: &RwLock<World>) -> RwLockWriteGuard<'_, World> {
    world.write().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl Writer {
    /// Starts the writer. It ends when the last [`Writer`] is dropped; the handle then yields.
    pub(crate) fn start(workshop: Workshop) -> (Self, tokio::task::JoinHandle<()>) {
        let (sender, receiver) = mpsc::channel(WAITING);
        let room = Arc::new(Semaphore::new(WAITING_KIB));
        (Self { queue: sender, room }, tokio::spawn(run(workshop, receiver)))
    }

    /// Submits a statement whose signature holds. The answer comes when it is durable, or refused and nothing changed.
    pub(crate) async fn submit(&self, verified: Verified, sidecar: Sidecar) -> Result<Accepted, Code> {
        check_sidecar(&verified, &sidecar)?;
        if !verified.statement().act.files().is_empty() {
            return Err(Code::FileIncomplete);
        }
        self.enter(verified, sidecar, None).await
    }

    /// The same for a statement that names files, which are kept. What travels beside it was checked before they were.
    pub(crate) async fn submit_kept(
        &self,
        verified: Verified,
        sidecar: Sidecar,
        _kept: &Kept<'_>,
    ) -> Result<Accepted, Code> {
        self.enter(verified, sidecar, None).await
    }

    /// The same for a statement that publishes a text of the association: the text is kept beside the entry.
    pub(crate) async fn publish(&self, verified: Verified, text: Wording) -> Result<Accepted, Code> {
        match verified.statement().act {
            Act::Registry(RegistryAct::PublishText { text: named, .. }) if named == text.hash() => {}
            Act::Registry(RegistryAct::DraftAnnouncement(ref draft)) if draft.text == text.hash() => {}
            _ => return Err(Code::SidecarMismatch),
        }
        self.enter(verified, Sidecar::default(), Some(text)).await
    }

    async fn enter(&self, verified: Verified, sidecar: Sidecar, text: Option<Wording>) -> Result<Accepted, Code> {
        let words = text.as_ref().map_or(0, |text| text.japanese.as_str().len() + text.english.as_str().len());
        let boxes: usize = sidecar
            .boxes
            .iter()
            .flat_map(renkei_proto::bytes::List::as_slice)
            .map(|one| one.sealed.as_slice().len() + 32)
            .sum();
        let size = verified.signed().bytes.as_slice().len() + boxes + words + 2_048;
        let kib = u32::try_from(size / 1_024 + 1).map_err(|_| Code::TooLarge)?;
        let room = Arc::clone(&self.room).try_acquire_many_owned(kib).map_err(|_| Code::Busy)?;
        let (reply, answer) = oneshot::channel();
        let submission = Submission { verified, sidecar, text, reply, size, _room: room };
        self.queue.try_send(submission).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Code::Busy,
            mpsc::error::TrySendError::Closed(_) => Code::ShuttingDown,
        })?;
        answer.await.unwrap_or(Err(Code::StorageFailed))
    }
}

async fn run(workshop: Workshop, mut receiver: mpsc::Receiver<Submission>) {
    let mut waiting = Vec::with_capacity(TOGETHER);
    while receiver.recv_many(&mut waiting, TOGETHER).await > 0 {
        let mut batch = Batch::default();
        for submission in waiting.drain(..) {
            match workshop.answered(&submission).await {
                Ok(None) => {}
                Ok(Some(accepted)) => {
                    answer(submission.reply, Ok(accepted));
                    continue;
                }
                Err(code) => {
                    answer(submission.reply, Err(code));
                    continue;
                }
            }
            if submission.verified.statement().log == LogId::Registry {
                workshop.commit(std::mem::take(&mut batch)).await;
                workshop.registry_statement(submission).await;
                continue;
            }
            if batch.bytes + submission.size > TOGETHER_BYTES {
                workshop.commit(std::mem::take(&mut batch)).await;
            }
            if let Err(later) = batch.add(&workshop, submission) {
                // The same statement twice in one batch: the second is answered from the log, once it is there.
                workshop.commit(std::mem::take(&mut batch)).await;
                match workshop.answered(&later).await {
                    Ok(Some(accepted)) => answer(later.reply, Ok(accepted)),
                    Ok(None) => answer(later.reply, Err(Code::Busy)),
                    Err(code) => answer(later.reply, Err(code)),
                }
            }
        }
        workshop.commit(batch).await;
    }
}

/// A client that has gone away no longer wants its answer.
fn answer(reply: Reply, result: Result<Accepted, Code>) {
    let _gone = reply.send(result);
}

pub(crate) fn append_code(error: &AppendError) -> Code {
    match error {
        AppendError::Full => Code::StorageFull,
        AppendError::Closed => Code::ShuttingDown,
        AppendError::TooLarge { .. } => Code::TooLarge,
        AppendError::Duplicate { .. } => Code::AlreadyExists,
        AppendError::StaleHead { .. } | AppendError::Failed { .. } => {
            tracing::error!(%error, "the journal does not take entries");
            Code::StorageFailed
        }
    }
}

impl Workshop {
    /// Makes a batch durable, then folds it, wakes who follows, and answers.
    async fn commit(&self, batch: Batch) {
        if batch.replies.is_empty() {
            return;
        }
        let erased: Vec<GroupId> = batch.groups.iter().filter(|(_, one)| one.erases()).map(|(id, _)| *id).collect();
        let mut groups: Vec<(GroupId, Working)> =
            batch.groups.into_iter().filter(|(_, working)| !working.entries.is_empty()).collect();
        let appends = groups
            .iter_mut()
            .map(|(id, working)| Append {
                log: log_key(LogId::Group(*id)),
                expected: working.expected,
                records: std::mem::take(&mut working.records),
            })
            .collect();
        match self.log.append(appends).await {
            Ok(durable) => {
                self.publish(groups, &durable);
                // Before anybody is told so: what is erased is gone. Statements that share the append wait for it as well.
                match self.erase(erased).await {
                    Ok(()) => {
                        for (reply, accepted) in batch.replies {
                            acknowledge(&durable, reply, accepted);
                        }
                    }
                    Err(code) => batch.replies.into_iter().for_each(|(reply, _)| answer(reply, Err(code))),
                }
            }
            Err(error) => {
                let code = append_code(&error);
                batch.replies.into_iter().for_each(|(reply, _)| answer(reply, Err(code)));
            }
        }
    }

    pub(crate) fn eraser(&self) -> Eraser {
        Eraser {
            log: Arc::clone(&self.log),
            files: Arc::clone(&self.files),
            vault: self.vault.clone(),
            clock: Arc::clone(&self.clock),
        }
    }

    /// Erases groups, apart from the threads that serve.
    async fn erase(&self, groups: Vec<GroupId>) -> Result<(), Code> {
        if groups.is_empty() {
            return Ok(());
        }
        for id in &groups {
            write(&self.world).forget_recent(*id);
        }
        let eraser = self.eraser();
        let _shut = self.files.shut().await;
        let erasing = move || groups.into_iter().try_for_each(|id| eraser.erase(id));
        tokio::task::spawn_blocking(erasing).await.unwrap_or(Err(Code::StorageFailed))
    }

    /// Folds and wakes. Takes the proof that the entries are durable.
    fn publish(&self, groups: Vec<(GroupId, Working)>, _durable: &Durable) {
        let mut woken = Vec::new();
        let mut governed = false;
        {
            let mut world = write(&self.world);
            for (id, working) in groups {
                self.clock.not_before(working.tip.time);
                let Some(state) = working.state else { continue };
                if let Err(error) = world.fold_group(state, &working.entries) {
                    tracing::error!(%error, "an entry that was judged does not fold");
                }
                governed |= working.governed;
                woken.push(id);
            }
        }
        if governed {
            self.hub.wake_all();
        } else {
            for id in woken {
                self.hub.wake_group(id);
            }
        }
    }

    /// Judges one registry statement, makes it durable, folds it, and carries its effects out before it is answered.
    async fn registry_statement(&self, submission: Submission) {
        let prepared = self.prepare_registry(&submission);
        let (judged, expected, (accepted, record, entry)) = match prepared {
            Ok(prepared) => prepared,
            Err(Refusal(code)) => return answer(submission.reply, Err(code)),
        };
        if let (Some(details), Some(person)) =
            (&submission.sidecar.details, submission.verified.statement().introduces())
            && let Err(code) = self.vault.put_details(person.user, details)
        {
            return answer(submission.reply, Err(code));
        }
        let append = Append { log: log_key(LogId::Registry), expected, records: vec![record] };
        let durable = match self.log.append(vec![append]).await {
            Ok(durable) => durable,
            Err(error) => return answer(submission.reply, Err(append_code(&error))),
        };
        self.clock.not_before(accepted.time);
        let folded = write(&self.world).fold_registry(judged, &entry.0, &entry.1);
        let effects = folded.unwrap_or_else(|error| {
            tracing::error!(%error, "a registry entry that was judged does not fold");
            Vec::new()
        });
        let carried_out = effects.into_iter().try_for_each(|effect| self.carry_out(effect));
        self.hub.wake_all();
        match carried_out {
            Ok(()) => acknowledge(&durable, submission.reply, accepted),
            Err(code) => answer(submission.reply, Err(code)),
        }
    }

    #[expect(clippy::type_complexity, reason = "used once, three lines above")]
    fn prepare_registry(
        &self,
        submission: &Submission,
    ) -> Result<(renkei_policy::registry::Judged, u64, (Accepted, NewRecord, (Entry, Bytes))), Refusal> {
        let world = read(&self.world);
        let tip = *world.registry_log().chain.tip();
        let time = self.clock.utc().max(tip.time);
        world.registry_log().chain.agrees(submission.verified.statement().seen.registry)?;
        let judged = world.registry().judge(&submission.verified, time)?;
        // Whoever signs a text first brings it along; nobody is asked for one that is here.
        if let Act::Registry(RegistryAct::PublishText { text, .. }) = submission.verified.statement().act
            && submission.text.is_none()
            && world.registry().now().text_kept(text).is_none()
        {
            return Err(Code::SidecarMismatch.into());
        }
        // A draft without its text would be one that nobody can check.
        if let Act::Registry(RegistryAct::DraftAnnouncement(_)) = submission.verified.statement().act
            && submission.text.is_none()
        {
            return Err(Code::SidecarMismatch.into());
        }
        if let Act::Registry(RegistryAct::EndFacility { facility, close_groups }) = submission.verified.statement().act
        {
            group::a05_groups::permit_end(world.groups(), world.registry().now(), facility, close_groups)?;
        }
        if let (Act::Registry(act), Some(boxes)) = (&submission.verified.statement().act, &submission.sidecar.boxes) {
            let devices = boxes.as_slice().iter().map(|sealed| sealed.device);
            a09_scans::permit_boxes(world.registry().now(), act, devices)?;
        }
        let header = tip.next(submission.verified.signed(), submission.verified.statement(), time, tip.head.size);
        Ok((judged, tip.head.size, record(header, submission)))
    }
}

/// The one place where "accepted" is said: with the proof in hand that it is durable.
fn acknowledge(durable: &Durable, reply: Reply, accepted: Accepted) {
    debug_assert!(!durable.ranges().is_empty());
    answer(reply, Ok(accepted));
}
