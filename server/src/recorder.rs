//! The record of access (A2.1): one writer that numbers, chains and keeps it, and what waits for it.
//!
//! ```text
//! request ── a place in the queue, or "busy" ── answered ── record ─┬─ content: waits until the record is durable
//!                                                                   └─ everything else: goes on
//! writer task: whatever waits, together ── one append, one fdatasync ── the ledger (tip and tree) ── answers
//! ```
//!
//! Nothing is carried out without a place in the queue, so nothing goes unrecorded because too much happens at once. What
//! repeats itself (refusals, look-ups) is recorded when it first happens and then counted, so that nobody fills the disk
//! by being refused: the counts follow when the minute is over. Whoever asks for the record is shown the minutes that are
//! over, and no more: a question tells of others nothing more exact than the minute, and adds no record of theirs.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, RwLock, RwLockReadGuard};
use std::time::Duration;

use bytes::Bytes;
use rand_core::{OsRng, RngCore as _};
use renkei_proto::access::{AccessRecord, AccessTip, Asked, BadRecord, Subject, What};
use renkei_proto::code::Code;
use renkei_proto::hash::Hash32;
use renkei_proto::tiles::{TILE, Tiles};
use renkei_store::{Append, Log, NewRecord, ReadLimit, RecordKey};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use crate::clock::Clock;
use crate::hub::lock;
use crate::minutes::{Minutes, Repeated};
use crate::world::ACCESS;
use crate::writer::append_code;

/// Records that may wait for the writer. More happening at once is answered "busy".
const WAITING: usize = 4_096;

/// Records taken into one append.
const TOGETHER: usize = 512;

/// How often it is looked whether a minute is over.
const LOOK: Duration = Duration::from_secs(5);

/// Records read at once.
const READ: ReadLimit = ReadLimit { records: 512, bytes: 512 * 1_024 };

enum Item {
    Record {
        who: Subject,
        what: What,
        done: Option<oneshot::Sender<Result<(), Code>>>,
    },
    /// Write the counts of the minutes that are over.
    Look(oneshot::Sender<Result<(), Code>>),
}

/// A place in the queue: what is recorded with it is not turned away.
pub(crate) struct Place(mpsc::OwnedPermit<Item>);

impl Place {
    /// Records, and does not wait.
    pub(crate) fn record(self, who: Subject, what: What) {
        drop(self.0.send(Item::Record { who, what, done: None }));
    }

    /// Records. When this returns the record is durable.
    pub(crate) async fn record_durably(self, who: Subject, what: What) -> Result<(), Code> {
        let (done, answer) = oneshot::channel();
        drop(self.0.send(Item::Record { who, what, done: Some(done) }));
        answer.await.unwrap_or(Err(Code::StorageFailed))
    }
}

/// What is durable: the end of the chain, and the tree.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) tip: AccessTip,
    pub(crate) tree: Tiles,
}

impl Ledger {
    /// Takes the next record, as read from the store.
    pub(crate) fn follow(&mut self, bytes: &[u8]) -> Result<AccessRecord, BadRecord> {
        let record = self.tip.follow(bytes)?;
        self.tree.push(bytes);
        Ok(record)
    }
}

/// The record of access.
pub(crate) struct Recorder {
    queue: mpsc::Sender<Item>,
    shared: Arc<Shared>,
}

struct Shared {
    minutes: Mutex<Minutes>,
    ledger: RwLock<Ledger>,
    /// Records that could not be kept.
    lost: AtomicU32,
    clock: Arc<Clock>,
    log: Arc<dyn Log>,
}

impl Recorder {
    /// Goes on where `ledger` ends. The task ends when the last [`Recorder`] is dropped and everything is written.
    pub(crate) fn start(ledger: Ledger, log: Arc<dyn Log>, clock: Arc<Clock>) -> (Self, tokio::task::JoinHandle<()>) {
        let (queue, receiver) = mpsc::channel(WAITING);
        let shared = Arc::new(Shared {
            minutes: Mutex::default(),
            ledger: RwLock::new(ledger),
            lost: AtomicU32::new(0),
            clock,
            log,
        });
        let started = Item::Record { who: Subject::default(), what: What::Started, done: None };
        let writing = tokio::spawn(run(Arc::clone(&shared), receiver, started));
        (Self { queue, shared }, writing)
    }

    /// A place in the queue, if there is one.
    pub(crate) fn place(&self) -> Result<Place, Code> {
        self.queue.clone().try_reserve_owned().map(Place).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Code::Busy,
            mpsc::error::TrySendError::Closed(_) => Code::ShuttingDown,
        })
    }

    /// Refused where a device did more within a minute than anybody does.
    pub(crate) fn spend(&self, who: &Subject) -> Result<(), Code> {
        lock(&self.shared.minutes).spend(who, self.shared.clock.monotonic())
    }

    /// Records what repeats itself, or counts it.
    pub(crate) fn repeated(&self, place: Place, who: Subject, what: Repeated) {
        if lock(&self.shared.minutes).first(&who, what, self.shared.clock.monotonic()) {
            place.record(who, what.what(1));
        }
    }

    /// A refusal to somebody who asked for nothing else.
    pub(crate) fn refused(&self, who: Subject, asked: Asked, code: Code) {
        match self.place() {
            Ok(place) => self.repeated(place, who, Repeated::Refused(asked, code, None)),
            Err(_) => self.lost(),
        }
    }

    /// Something could not be recorded. That it was so will be on record.
    pub(crate) fn lost(&self) {
        self.shared.lost.fetch_add(1, Ordering::Relaxed);
    }

    /// When this returns the counts of every minute that is over are in the ledger, and so is all that was recorded before.
    pub(crate) async fn catch_up(&self) -> Result<(), Code> {
        let (done, answer) = oneshot::channel();
        self.queue.try_send(Item::Look(done)).map_err(|_| Code::Busy)?;
        answer.await.unwrap_or(Err(Code::StorageFailed))
    }

    /// The tree as it is: for proofs, which read tiles from the disk while the writer goes on.
    pub(crate) fn tree(&self) -> Tiles {
        self.ledger().tree.clone()
    }

    /// The ledger, for a moment: never across a wait, and not while anything is read from the disk.
    pub(crate) fn ledger(&self) -> RwLockReadGuard<'_, Ledger> {
        self.shared.ledger.read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

async fn run(shared: Arc<Shared>, mut receiver: mpsc::Receiver<Item>, started: Item) {
    shared.write(vec![started], Counts::None).await;
    let mut due = Instant::now();
    let mut waiting = Vec::new();
    loop {
        tokio::select! {
            biased;
            count = receiver.recv_many(&mut waiting, TOGETHER) => {
                if count == 0 {
                    break;
                }
                // However much there is to write: nobody's counts wait for long.
                let looked = due.elapsed() >= LOOK;
                let items = std::mem::take(&mut waiting);
                shared.write(items, if looked { Counts::Due } else { Counts::None }).await;
                if looked {
                    due = Instant::now();
                }
            }
            () = tokio::time::sleep_until(due + LOOK) => {
                shared.write(Vec::new(), Counts::Due).await;
                due = Instant::now();
            }
        }
    }
    // Going down: what was counted is written.
    shared.write(Vec::new(), Counts::All).await;
}

/// Which counts are written with what waits.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Counts {
    None,
    /// Of the minutes that are over.
    Due,
    All,
}

impl Shared {
    /// Numbers, chains and keeps whatever waits, and the counts; then answers.
    async fn write(&self, items: Vec<Item>, counts: Counts) {
        let asked = items.iter().any(|item| matches!(item, Item::Look(_)));
        let mut records: Vec<(Subject, What)> = Vec::with_capacity(items.len());
        let mut answers = Vec::new();
        for item in items {
            match item {
                Item::Record { who, what, done } => {
                    records.push((who, what));
                    answers.extend(done);
                }
                Item::Look(done) => answers.push(done),
            }
        }
        if asked || counts != Counts::None {
            records.extend(lock(&self.minutes).due(self.clock.monotonic(), counts == Counts::All));
        }
        let lost = self.lost.swap(0, Ordering::Relaxed);
        records.extend((lost > 0).then_some((Subject::default(), What::Lost { times: lost })));
        let mut result = Ok(());
        // A batch of the store takes more; only everybody's counts at once are longer than this.
        for part in records.chunks(2 * TOGETHER) {
            result = result.and(self.append(part).await);
        }
        for done in answers {
            // Whoever has gone away no longer wants it.
            let _gone = done.send(result);
        }
    }

    async fn append(&self, records: &[(Subject, What)]) -> Result<(), Code> {
        let mut tip = self.ledger().tip;
        let expected = tip.size;
        let now = self.clock.utc();
        let bytes: Vec<Bytes> = records.iter().map(|(who, what)| tip.append(now, *who, *what).into()).collect();
        let record = |entry: &Bytes| {
            // Random: nobody can take a record's name before it is there.
            let mut key = [0; 16];
            OsRng.fill_bytes(&mut key);
            NewRecord { key: RecordKey(key), entry: entry.clone(), sidecar: Bytes::new() }
        };
        let batch = vec![Append { log: ACCESS, expected, records: bytes.iter().map(record).collect() }];
        match self.log.append(batch).await {
            Ok(_durable) => {
                self.clock.not_before(tip.time);
                let mut ledger = self.ledger.write().unwrap_or_else(std::sync::PoisonError::into_inner);
                ledger.tip = tip;
                for entry in &bytes {
                    ledger.tree.push(entry);
                }
                Ok(())
            }
            Err(error) => {
                let times = records.iter().map(|(_, what)| what.counted().1.max(1)).fold(0, u32::saturating_add);
                self.lost.fetch_add(times, Ordering::Relaxed);
                Err(append_code(&error))
            }
        }
    }

    fn ledger(&self) -> RwLockReadGuard<'_, Ledger> {
        self.ledger.read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Reads the record back from the store: every link.
pub(crate) fn replay(log: &dyn Log) -> Result<Ledger, crate::service::StartError> {
    let mut ledger = Ledger::default();
    loop {
        let records = log.read(ACCESS, ledger.tip.size, READ)?;
        if records.is_empty() {
            return Ok(ledger);
        }
        for record in records {
            ledger
                .follow(&record.entry)
                .map_err(|error| crate::service::StartError::Access { seq: record.seq, error })?;
        }
    }
}

/// The records of a full tile, for a proof.
pub(crate) fn tile(log: &dyn Log, tile: u64) -> Option<Vec<Vec<u8>>> {
    let (mut from, until) = (tile * TILE, (tile + 1) * TILE);
    let mut leaves = Vec::new();
    while from < until {
        let records = log.read(ACCESS, from, READ).ok().filter(|records| !records.is_empty())?;
        for record in records.into_iter().take(usize::try_from(until - from).ok()?) {
            leaves.push(record.entry.to_vec());
            from += 1;
        }
    }
    Some(leaves)
}

/// The hash of the last of the first `size` records.
pub(crate) fn last(log: &dyn Log, size: u64) -> Option<Hash32> {
    let Some(before) = size.checked_sub(1) else { return Some(Hash32::default()) };
    let found = log.read(ACCESS, before, ReadLimit { records: 1, bytes: 1 }).ok()?;
    found.first().filter(|record| record.seq == before).map(|record| AccessRecord::hash(&record.entry))
}

#[cfg(test)]
mod tests {
    use renkei_proto::id::DeviceId;
    use renkei_store::MemoryStore;

    use super::*;

    #[tokio::test]
    async fn a02_1_a_question_writes_nobodys_counts_before_their_minute_is_over() {
        let (log, clock): (Arc<dyn Log>, Arc<Clock>) = (Arc::new(MemoryStore::default()), Arc::default());
        let (recorder, _writing) = Recorder::start(Ledger::default(), Arc::clone(&log), Arc::clone(&clock));
        let who = Subject { device: Some(DeviceId([1; 16])), ..Subject::default() };
        let refused = Repeated::Refused(Asked::Export, Code::NotForYou, None);
        for _ in 0..3 {
            recorder.repeated(recorder.place().unwrap(), who, refused);
        }
        for _ in 0..100 {
            recorder.catch_up().await.unwrap();
        }
        assert_eq!(recorder.ledger().tip.size, 2, "the start and the first refusal");
        clock.advance(60);
        recorder.catch_up().await.unwrap();
        assert_eq!(recorder.ledger().tip.size, 3, "the count of a minute that is over");
    }

    #[tokio::test]
    async fn a02_1_without_a_place_in_the_queue_it_is_busy_and_what_was_recorded_is_kept() {
        let log: Arc<dyn Log> = Arc::new(MemoryStore::default());
        let (recorder, writing) = Recorder::start(Ledger::default(), Arc::clone(&log), Arc::default());
        let mut places: Vec<Place> = (0..WAITING).map(|_| recorder.place().unwrap()).collect();
        assert_eq!(recorder.place().err(), Some(Code::Busy));
        let who = Subject { device: Some(DeviceId([1; 16])), ..Subject::default() };
        places.pop().unwrap().record_durably(who, What::SetUp).await.unwrap();
        let kept = || {
            let records = log.read(ACCESS, 0, READ).unwrap();
            records.iter().map(|record| AccessRecord::decode(&record.entry).unwrap().what).collect::<Vec<_>>()
        };
        assert_eq!(kept(), [What::Started, What::SetUp]);
        drop(places);
        let refused = Repeated::Refused(Asked::Export, Code::NotForYou, None);
        for _ in 0..3 {
            recorder.repeated(recorder.place().unwrap(), who, refused);
        }
        // Going down, whatever was counted is written.
        drop(recorder);
        writing.await.unwrap();
        assert_eq!(kept()[2..], [refused.what(1), refused.what(2)]);
        let ledger = replay(&*log).unwrap();
        assert_eq!(ledger.tip.size, 4);
    }
}
