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
//! by being refused: the counts follow when the minute is over, or when somebody asks for the record.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, RwLock, RwLockReadGuard};
use std::time::Duration;

use bytes::Bytes;
use rand_core::{OsRng, RngCore as _};
use renkei_policy::a11_lockout::Monotonic;
use renkei_proto::access::{AccessRecord, AccessTip, Asked, BadRecord, Listing, Source, Subject, What};
use renkei_proto::code::Code;
use renkei_proto::hash::Hash32;
use renkei_proto::id::{DeviceId, GroupId};
use renkei_proto::tiles::{TILE, Tiles};
use renkei_store::{Append, Log, NewRecord, ReadLimit, RecordKey};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use crate::clock::Clock;
use crate::hub::lock;
use crate::world::ACCESS;
use crate::writer::append_code;

/// Records that may wait for the writer. More happening at once is answered "busy".
const WAITING: usize = 4_096;

/// Records taken into one append.
const TOGETHER: usize = 512;

/// Within this time what repeats itself is counted, not recorded again, and an opening is recorded once.
pub(crate) const MINUTE: Duration = Duration::from_mins(1);

/// How often it is looked whether a minute is over.
const LOOK: Duration = Duration::from_secs(5);

/// Devices whose repetitions are counted apart within a minute: as many as the server takes connections.
const DEVICES: usize = 40_000;

/// Kinds of repetitions that are told apart for one device.
const OF_A_DEVICE: usize = 16;

/// Network addresses, of those without a device, that are counted apart within a minute. Anybody has many addresses: with
/// [`OF_A_SOURCE`] kinds each, and two records of a kind, strangers write less than 100 `KiB` a minute.
const SOURCES: usize = 64;

/// Kinds of refusals that are told apart for one address.
const OF_A_SOURCE: usize = 4;

/// Records of what one device did itself within a minute. No person's device does so much; a program that goes round in
/// circles is told "busy" before it fills the disk.
const OF_ONES_OWN: u32 = 3_000;

/// Records read at once.
const READ: ReadLimit = ReadLimit { records: 512, bytes: 512 * 1_024 };

/// What repeats itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeated {
    /// A refusal.
    Refused(Asked, Code, Option<GroupId>),
    /// A look-up.
    Listed(Listing),
}

impl Repeated {
    fn what(self, times: u32) -> What {
        match self {
            Self::Refused(asked, code, group) => What::Refused { asked, code, group, times },
            Self::Listed(what) => What::Listed { what, times },
        }
    }
}

/// Whose repetitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Who {
    Device(DeviceId),
    /// `IPv6` gives one household 2⁶⁴ addresses: they count as one.
    Source(Option<Source>),
}

impl Who {
    fn of(subject: &Subject) -> Self {
        let household = |Source(mut octets): Source| {
            if octets.iter().take(10).any(|octet| *octet != 0) {
                octets.iter_mut().skip(8).for_each(|octet| *octet = 0);
            }
            Source(octets)
        };
        subject.device.map_or_else(|| Self::Source(subject.source.map(household)), Self::Device)
    }
}

/// What somebody did within a minute.
struct Minute {
    subject: Subject,
    since: Monotonic,
    /// Each kind, and how often since its last record.
    kinds: Vec<(Repeated, u32)>,
    /// Of more kinds than are told apart.
    crowded: u32,
    own: u32,
}

/// What everybody did within a minute.
#[derive(Default)]
struct Minutes {
    all: HashMap<Who, Minute>,
    devices: usize,
    /// From more places than are told apart.
    crowded: u32,
}

impl Minutes {
    fn of(&mut self, subject: &Subject, now: Monotonic) -> Option<&mut Minute> {
        let who = Who::of(subject);
        let device = matches!(who, Who::Device(_));
        if !self.all.contains_key(&who) {
            let sources = self.all.len() - self.devices;
            if if device { self.devices >= DEVICES } else { sources >= SOURCES } {
                return None;
            }
            self.devices += usize::from(device);
        }
        let new = || Minute { subject: *subject, since: now, kinds: Vec::new(), crowded: 0, own: 0 };
        Some(self.all.entry(who).or_insert_with(new))
    }

    /// Whether this is the first of its kind, to be recorded; otherwise it is counted.
    fn first(&mut self, subject: &Subject, what: Repeated, now: Monotonic) -> bool {
        let Some(minute) = self.of(subject, now) else {
            self.crowded = self.crowded.saturating_add(1);
            return false;
        };
        let most = if subject.device.is_some() { OF_A_DEVICE } else { OF_A_SOURCE };
        if let Some((_, more)) = minute.kinds.iter_mut().find(|(known, _)| *known == what) {
            *more = more.saturating_add(1);
            return false;
        }
        if minute.kinds.len() >= most {
            minute.crowded = minute.crowded.saturating_add(1);
            return false;
        }
        minute.kinds.push((what, 0));
        true
    }

    fn spend(&mut self, subject: &Subject, now: Monotonic) -> Result<(), Code> {
        let minute = self.of(subject, now).ok_or(Code::Busy)?;
        minute.own = minute.own.saturating_add(1);
        if minute.own > OF_ONES_OWN { Err(Code::Busy) } else { Ok(()) }
    }

    /// The counts of minutes that are over by `now`; of all of them where somebody asks.
    fn due(&mut self, now: Monotonic, all: bool) -> Vec<(Subject, What)> {
        let mut due = Vec::new();
        self.all.retain(|_, minute| {
            let over = now.saturating_sub(minute.since) >= MINUTE;
            if over || all {
                for (what, more) in &mut minute.kinds {
                    let times = std::mem::take(more);
                    due.extend((times > 0).then(|| (minute.subject, what.what(times))));
                }
                let times = std::mem::take(&mut minute.crowded);
                due.extend((times > 0).then_some((minute.subject, What::Crowded { times })));
            }
            !over
        });
        self.devices = self.all.keys().filter(|who| matches!(who, Who::Device(_))).count();
        let times = std::mem::take(&mut self.crowded);
        due.extend((times > 0).then_some((Subject::default(), What::Crowded { times })));
        due
    }
}

enum Item {
    Record {
        who: Subject,
        what: What,
        done: Option<oneshot::Sender<Result<(), Code>>>,
    },
    /// Write every count now.
    Flush(oneshot::Sender<Result<(), Code>>),
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

    /// When this returns every count is in the ledger.
    pub(crate) async fn flush(&self) -> Result<(), Code> {
        let (done, answer) = oneshot::channel();
        self.queue.try_send(Item::Flush(done)).map_err(|_| Code::Busy)?;
        answer.await.unwrap_or(Err(Code::StorageFailed))
    }

    /// The ledger, for a moment and never across a wait.
    pub(crate) fn ledger(&self) -> RwLockReadGuard<'_, Ledger> {
        self.shared.ledger.read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

async fn run(shared: Arc<Shared>, mut receiver: mpsc::Receiver<Item>, started: Item) {
    shared.write(vec![started], false).await;
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
                shared.write(items, looked).await;
                if looked {
                    due = Instant::now();
                }
            }
            () = tokio::time::sleep_until(due + LOOK) => {
                shared.write(Vec::new(), true).await;
                due = Instant::now();
            }
        }
    }
    // Going down: what was counted is written.
    let (done, _gone) = oneshot::channel();
    shared.write(vec![Item::Flush(done)], true).await;
}

impl Shared {
    /// Numbers, chains and keeps whatever waits, and on a look every count that is due; then answers.
    async fn write(&self, items: Vec<Item>, look: bool) {
        let all = items.iter().any(|item| matches!(item, Item::Flush(_)));
        let mut records: Vec<(Subject, What)> = Vec::with_capacity(items.len());
        let mut answers = Vec::new();
        for item in items {
            match item {
                Item::Record { who, what, done } => {
                    records.push((who, what));
                    answers.extend(done);
                }
                Item::Flush(done) => answers.push(done),
            }
        }
        if look || all {
            records.extend(lock(&self.minutes).due(self.clock.monotonic(), all));
        }
        let lost = self.lost.swap(0, Ordering::Relaxed);
        records.extend((lost > 0).then_some((Subject::default(), What::Lost { times: lost })));
        let mut result = Ok(());
        // A batch of the store takes more; only a flush of everybody's counts is longer than this.
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
    use super::*;

    fn device(n: u8) -> Subject {
        Subject { device: Some(DeviceId([n; 16])), ..Subject::default() }
    }

    const WRONG: Repeated = Repeated::Refused(Asked::SignIn, Code::SignInFailed, None);

    #[test]
    fn a02_1_what_repeats_itself_is_recorded_once_and_then_counted() {
        let mut minutes = Minutes::default();
        let at = Duration::from_secs;
        assert!(minutes.first(&device(1), WRONG, at(0)));
        assert!((0..1_000).all(|_| !minutes.first(&device(1), WRONG, at(1))));
        assert!(minutes.first(&device(2), WRONG, at(1)), "another device");
        assert!(minutes.first(&device(1), Repeated::Listed(Listing::Names), at(1)), "something else");
        assert_eq!(minutes.due(at(59), false), []);
        assert_eq!(minutes.due(at(60), false), [(device(1), WRONG.what(1_000))]);
        assert!(minutes.first(&device(1), WRONG, at(61)), "a new minute");
    }

    #[test]
    fn a02_1_strangers_with_many_addresses_write_a_bounded_number_of_records() {
        let mut minutes = Minutes::default();
        let mut written = 0;
        for n in 0..10_000u32 {
            let address = std::net::Ipv6Addr::from(u128::from(n) << 64 | 0x2001 << 112);
            let who = Subject { source: Some(std::net::IpAddr::from(address).into()), ..Subject::default() };
            for code in Code::ALL {
                let refused = Repeated::Refused(Asked::Enrolment, *code, None);
                written += usize::from(minutes.first(&who, refused, Duration::from_secs(1)));
            }
        }
        assert_eq!(written, SOURCES * OF_A_SOURCE);
        let counted = minutes.due(Duration::from_secs(61), false);
        assert!(counted.len() <= SOURCES + 1, "{}", counted.len());
        let all: u32 = counted.iter().map(|(_, what)| what.counted().1).sum();
        assert_eq!(usize::try_from(all).unwrap() + written, 10_000 * Code::ALL.len(), "none is forgotten");
        assert!(minutes.first(&device(1), WRONG, Duration::from_secs(62)));
    }

    #[test]
    fn a02_1_a_device_that_does_more_than_anybody_is_told_busy() {
        let mut minutes = Minutes::default();
        let now = Duration::from_secs(1);
        assert!((0..OF_ONES_OWN).all(|_| minutes.spend(&device(1), now).is_ok()));
        assert_eq!(minutes.spend(&device(1), now), Err(Code::Busy));
        assert!(minutes.spend(&device(2), now).is_ok());
    }
}
