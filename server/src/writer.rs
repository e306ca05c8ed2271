//! The one writer: decides by the rules, makes durable, then folds, wakes and answers — in this order.
//!
//! Whatever waits is taken together. Statements of groups are judged on working copies and share one durable append;
//! a registry statement is taken alone, because it may change what every later statement is judged under. If the append
//! fails, the working copies are dropped and nothing has changed.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::{Arc, RwLock, RwLockReadGuard, RwLockWriteGuard};

use bytes::Bytes;
use renkei_policy::Refusal;
use renkei_policy::group::{self, Group, a14_inquiries};
use renkei_policy::registry::{Effect, View, a09_scans};
use renkei_proto::act::{Act, GroupAct, RegistryAct};
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::codec;
use renkei_proto::entry::{Entry, EntryHeader, EntryKind, Tip};
use renkei_proto::frame::{Accepted, Sidecar};
use renkei_proto::id::{DeviceId, GroupId, UserId};
use renkei_proto::statement::{LogId, Statement, Verified};
use renkei_proto::wording::Wording;
use renkei_store::{Append, AppendError, Durable, Log, NewRecord, ReadLimit, RecordKey};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use crate::clock::Clock;
use crate::erasure::Eraser;
use crate::files::{Files, Kept, Lies};
use crate::hub::Hub;
use crate::lockouts::{Lockouts, Who as LockedOut};
use crate::secrets::Vault;
use crate::sessions::Sessions;
use crate::world::{ACCESS, World, log_key};

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

/// How long the boxes beside an act are: exactly what their payload takes, so that nobody fills disks with them.
fn box_lengths(act: &Act) -> RangeInclusive<usize> {
    const AROUND: usize = renkei_proto::key::MLKEM768_CIPHERTEXT + 96;
    match act {
        Act::Epoch(_) => AROUND + 32..=AROUND + 32,
        Act::History(history) => {
            let keys = usize::try_from(history.last.saturating_sub(history.first)).map_or(0, |span| span + 1);
            // What is prepared under a release key has a tag of its own.
            let tag = if history.prepared_for.is_some() { 16 } else { 0 };
            AROUND + tag + 32 * keys + 1..=AROUND + tag + 32 * keys + 2
        }
        Act::Group(
            GroupAct::RecordConsent(_)
            | GroupAct::HandOnDetails { .. }
            | GroupAct::RecordUse { .. }
            | GroupAct::DepositScan { .. },
        )
        | Act::Registry(RegistryAct::DepositFormScan { .. } | RegistryAct::HandOnFormScan { .. }) => {
            AROUND + 1..=AROUND + bounds::FORM_DETAILS
        }
        Act::Group(_) => AROUND + 1..=AROUND + bounds::LABEL_PAYLOAD,
        Act::Registry(_)
        | Act::Message(_)
        | Act::Amend(_)
        | Act::Seen { .. }
        | Act::Post(_)
        | Act::Card(_)
        | Act::CardKey(_) => 0..=0,
    }
}

/// What travels beside a statement must be exactly what it signs.
pub(crate) fn check_sidecar(verified: &Verified, sidecar: &Sidecar) -> Result<(), Code> {
    let statement = verified.statement();
    let boxes = match (&sidecar.boxes, statement.boxes()) {
        (None, None) => true,
        (Some(boxes), Some(root)) => {
            let lengths = box_lengths(&statement.act);
            boxes.as_slice().iter().all(|one| lengths.contains(&one.sealed.as_slice().len()))
                && renkei_proto::frame::boxes_root(boxes) == Some(root)
        }
        _ => false,
    };
    let sealing = match (&sidecar.sealing, statement.sealing()) {
        (None, None) => true,
        (Some(keys), Some(fingerprint)) => keys.fingerprint() == fingerprint,
        _ => false,
    };
    let details = match (&sidecar.details, statement.introduces()) {
        (None, None) => true,
        (Some(details), Some(person)) => details.commitment() == person.details,
        _ => false,
    };
    if boxes && sealing && details { Ok(()) } else { Err(Code::SidecarMismatch) }
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

/// Group statements judged on working copies, waiting for one append.
#[derive(Default)]
struct Batch {
    groups: HashMap<GroupId, Working>,
    replies: Vec<(Reply, Accepted)>,
    keys: std::collections::HashSet<RecordKey>,
    bytes: usize,
}

struct Working {
    state: Option<Group>,
    tip: Tip,
    expected: u64,
    governed: bool,
    entries: Vec<(Entry, Bytes)>,
    records: Vec<NewRecord>,
}

impl Batch {
    /// Judges a statement and adds it, or answers its refusal. Gives it back if the batch has the same one already.
    fn add(&mut self, workshop: &Workshop, submission: Submission) -> Result<(), Box<Submission>> {
        let statement = submission.verified.statement();
        let key = RecordKey(statement.id.0);
        if self.keys.contains(&key) {
            return Err(Box::new(submission));
        }
        let LogId::Group(id) = statement.log else { return Err(Box::new(submission)) };
        // These keys are the registry's and the record of access's own in the store.
        if [log_key(LogId::Registry), ACCESS].contains(&log_key(statement.log)) {
            answer(submission.reply, Err(Code::Malformed));
            return Ok(());
        }
        let world = read(&workshop.world);
        let another = self.permit_another(&world, id, statement);
        let working = self.groups.entry(id).or_insert_with(|| Working::of(&world, id));
        match working.judge(&world, workshop.clock.utc(), &submission, another) {
            Ok((accepted, record, entry)) => {
                self.keys.insert(key);
                self.bytes += submission.size;
                working.governed |= entry.0.header.kind == EntryKind::Governance;
                working.entries.push(entry);
                working.records.push(record);
                self.replies.push((submission.reply, accepted));
            }
            Err(Refusal(code)) => answer(submission.reply, Err(code)),
        }
        Ok(())
    }

    /// Whether a person who opens an inquiry may have one more (A14.1): beside those that this batch opens, too.
    fn permit_another(&self, world: &World, id: GroupId, statement: &Statement) -> Result<(), Refusal> {
        let here = |id: GroupId| match self.groups.get(&id) {
            Some(working) => working.state.as_ref(),
            None => world.group(id).map(|(group, _)| group),
        };
        let Some(user) = a14_inquiries::opens_another(here(id), statement) else { return Ok(()) };
        let known = world.inquiries_of(user).filter(|id| !self.groups.contains_key(id));
        let groups = known.chain(self.groups.keys().copied()).filter(|other| *other != id).filter_map(here);
        a14_inquiries::permit_another(groups, user)
    }
}

impl Working {
    fn of(world: &World, id: GroupId) -> Self {
        let known = world.group(id);
        let tip = known.map_or_else(|| Tip::empty(LogId::Group(id)), |(_, followed)| *followed.chain.tip());
        Self {
            state: known.map(|(group, _)| group.clone()),
            tip,
            expected: tip.head.size,
            governed: false,
            entries: Vec::new(),
            records: Vec::new(),
        }
    }

    fn judge(
        &mut self,
        world: &World,
        now: renkei_proto::time::Time,
        submission: &Submission,
        another: Result<(), Refusal>,
    ) -> Result<(Accepted, NewRecord, (Entry, Bytes)), Refusal> {
        let verified = &submission.verified;
        let statement = verified.statement();
        let view = world.registry().now();
        world.registry_log().chain.agrees(statement.seen.registry)?;
        let seen = statement.seen.group;
        let known_head = match world.group(self.tip_group()) {
            Some((_, followed)) if seen.size <= self.expected => followed.chain.head_at(seen.size),
            _ if seen.size == 0 => Some(renkei_proto::statement::Head::default()),
            _ => self.entries.iter().map(|(entry, _)| entry.header.head()).find(|head| head.size == seen.size),
        };
        if known_head != Some(seen) {
            return Err(Code::HeadMismatch.into());
        }
        let time = now.max(self.tip.time);
        let judged = group::judge(self.state.as_ref(), verified, view, time)?;
        another?;
        if let (Some(state), Some(boxes)) = (&self.state, &submission.sidecar.boxes) {
            let devices = boxes.as_slice().iter().map(|sealed| sealed.device);
            group::sealing::boxes_are_complete(state, view, statement, devices, time)?;
        }
        judged.fold(&mut self.state);
        let header = self.tip.next(verified.signed(), statement, time, view.size());
        let (accepted, record, entry) = record(header, submission);
        self.tip = Tip { head: accepted.head, time, registry: view.size(), ..self.tip };
        Ok((accepted, record, entry))
    }

    /// Whether these entries erase the group.
    fn erases(&self) -> bool {
        !self.entries.is_empty() && self.state.as_ref().is_some_and(|group| group.erased().is_some())
    }

    fn tip_group(&self) -> GroupId {
        match self.tip.log {
            LogId::Group(id) => id,
            LogId::Registry => GroupId([0; 16]),
        }
    }
}

/// The entry and the record of a submission under `header`.
fn record(header: EntryHeader, submission: &Submission) -> (Accepted, NewRecord, (Entry, Bytes)) {
    let accepted = Accepted { head: header.head(), time: header.time };
    let key = RecordKey(header.id.0);
    let entry = Entry { header, body: Some(submission.verified.signed().clone()) };
    let bytes = Bytes::from(codec::encode(&entry));
    // Details are personal: they go where they can be erased, never beside an entry.
    let kept = Sidecar { details: None, ..submission.sidecar.clone() };
    let sidecar = match &submission.text {
        Some(text) => Bytes::from(codec::encode(text)),
        None if kept == Sidecar::default() => Bytes::new(),
        None => Bytes::from(codec::encode(&kept)),
    };
    (accepted, NewRecord { key, entry: bytes.clone(), sidecar }, (entry, bytes))
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
    /// [`Workshop::already_there`]; an erasure that was confirmed is carried out again before anybody is told so.
    async fn answered(&self, submission: &Submission) -> Result<Option<Accepted>, Code> {
        let there = self.already_there(submission)?;
        let statement = submission.verified.statement();
        if let (Some(_), Act::Group(GroupAct::ConfirmErasure { .. }), LogId::Group(id)) =
            (there, &statement.act, statement.log)
        {
            self.erase(vec![id]).await?;
        }
        Ok(there)
    }

    /// Where the statement already stands, if it does: a repeated request appends nothing.
    fn already_there(&self, submission: &Submission) -> Result<Option<Accepted>, Code> {
        let statement = submission.verified.statement();
        let failed = |error: renkei_store::StoreError| {
            tracing::error!(%error, "the store can't be read");
            Code::StorageFailed
        };
        let Some((log, seq)) = self.log.find(RecordKey(statement.id.0)).map_err(failed)? else { return Ok(None) };
        if log != log_key(statement.log) {
            return Err(Code::AlreadyExists);
        }
        let found = self.log.read(log, seq, ReadLimit { records: 1, bytes: 1 }).map_err(failed)?;
        let entry = found.first().and_then(|record| Entry::decode(&record.entry).ok()).ok_or(Code::StorageFailed)?;
        if entry.header.body != submission.verified.signed().hash() {
            return Err(Code::AlreadyExists);
        }
        // The disk may have been full when the entry was durable already: nobody is told "done" before it is.
        match statement.act {
            Act::Registry(RegistryAct::WipeDevice { device } | RegistryAct::RetireDevice { device }) => {
                self.carry_out(Effect::Wiped(device))?;
            }
            Act::Registry(
                RegistryAct::SuspendDevice { .. }
                | RegistryAct::SuspendUser { .. }
                | RegistryAct::SuspendFacility { .. },
            ) => self.carry_out(Effect::Suspended)?,
            Act::Registry(RegistryAct::EndUser { user }) => self.carry_out(Effect::Ended(user))?,
            Act::Registry(RegistryAct::LetGoFormScan { deposit }) => self.carry_out(Effect::FormScanLetGo(deposit))?,
            Act::Registry(RegistryAct::ResetFactors { user }) => {
                // Only where it was this signature that completed it, and nothing new has been set up since.
                let reset = read(&self.world).registry().now().user(user).and_then(|person| person.reset);
                let void = self.vault.credentials(user)?.is_some_and(|known| known.registry <= seq);
                if reset == Some(seq) && void {
                    self.carry_out(Effect::Reset(user))?;
                }
            }
            Act::Registry(RegistryAct::EndFacility { facility, .. })
                if read(&self.world).registry().now().ended(facility).is_some() =>
            {
                self.carry_out(Effect::FacilityEnded(facility))?;
            }
            _ => {}
        }
        Ok(Some(Accepted { head: entry.header.head(), time: entry.header.time }))
    }

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

    /// What a registry entry does to the world outside. Repeating it does no harm, so that a start after a crash can.
    pub(crate) fn carry_out(&self, effect: Effect) -> Result<(), Code> {
        match effect {
            Effect::Activated(_) => Ok(()),
            Effect::Wiped(device) => {
                self.hub.cut_device(device, Code::DeviceWiped);
                let sessions = self.sessions.end_where(|session| session.device == device);
                self.vault.destroy(&[device], &sessions, None).map(drop)
            }
            Effect::Suspended => {
                let stopped = {
                    let world = read(&self.world);
                    let view = world.registry().now();
                    self.hub.cut_where(|user, device| suspended(view, user, device));
                    self.sessions.find(|session| suspended(view, session.user, session.device).is_some())
                };
                // Kept until they are gone from the disk as well: else a failing disk would bring them back.
                self.vault.change_sessions(None, &stopped, None).map(drop)?;
                for session in stopped {
                    self.sessions.remove(session);
                }
                Ok(())
            }
            Effect::Lifted(user) => {
                // The person's own devices as well, as nobody but the person fails on them; no network address.
                let devices = {
                    let world = read(&self.world);
                    world.registry().now().user(user).map(|person| person.devices.clone()).unwrap_or_default()
                };
                let own = devices.into_iter().map(LockedOut::Device);
                let all: Vec<_> = own.chain([LockedOut::Id(user), LockedOut::Code(user)]).collect();
                self.lockouts.lift(&all, self.clock.monotonic());
                Ok(())
            }
            Effect::Reset(user) => {
                self.hub.cut_user(user, Code::FactorsReset);
                let sessions = self.sessions.end_where(|session| session.user == user);
                self.vault.forget_credentials(user, &sessions).map(drop)
            }
            Effect::FacilityEnded(facility) => {
                let users: Vec<_> = {
                    let world = read(&self.world);
                    let view = world.registry().now();
                    let theirs = view.users().filter(|(_, person)| person.facility == facility);
                    theirs.map(|(user, _)| user).collect()
                };
                users.into_iter().try_for_each(|user| self.let_go(user, Code::FacilityEnded))
            }
            Effect::Ended(user) => self.let_go(user, Code::UserEnded),
            Effect::FormScanLetGo(at) => {
                let lies = {
                    let world = read(&self.world);
                    world.registry().now().form_deposit(at).map(Lies::of_form)
                };
                lies.map_or(Ok(()), |lies| self.files.erase_file(&lies))
            }
        }
    }

    /// Sessions and shares of a person go, for good.
    fn let_go(&self, user: UserId, why: Code) -> Result<(), Code> {
        let devices = {
            let world = read(&self.world);
            world.registry().now().user(user).map(|person| person.devices.clone()).unwrap_or_default()
        };
        self.hub.cut_user(user, why);
        let sessions = self.sessions.end_where(|session| session.user == user);
        self.vault.destroy(&devices, &sessions, Some(user)).map(drop)
    }
}

/// What somebody is told who is suspended, or with a device or in a facility that is.
fn suspended(view: View<'_>, user: UserId, device: DeviceId) -> Option<Code> {
    let suspended = |code: &Code| [Code::DeviceSuspended, Code::UserSuspended, Code::FacilitySuspended].contains(code);
    view.may_act(user, device).err().map(|refusal| refusal.0).filter(suspended)
}

/// The one place where "accepted" is said: with the proof in hand that it is durable.
fn acknowledge(durable: &Durable, reply: Reply, accepted: Accepted) {
    debug_assert!(!durable.ranges().is_empty());
    answer(reply, Ok(accepted));
}
