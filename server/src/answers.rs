//! How people are, after an emergency broadcast (S6): their signed answers, kept beside the logs in one of their own.
//!
//! The record is no log of statements: an answer stands by itself, by its signature, and the last of a person counts. One
//! writer makes whatever waits durable together, and only then is anybody told "done"; so a district that answers within the
//! same minute costs a few turns of the disk. After a fall all of it is read back.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use bytes::Bytes;
use rand_core::{OsRng, RngCore as _};
use renkei_policy::registry::View;
use renkei_proto::bounds;
use renkei_proto::bytes::List;
use renkei_proto::code::Code;
use renkei_proto::codec;
use renkei_proto::frame::{Answer, Fault};
use renkei_proto::id::UserId;
use renkei_proto::safety::{Safety, SafetyAnswer, SignedSafety};
use renkei_store::{Append, Log, NewRecord, ReadLimit, RecordKey, StoreError};
use tokio::sync::{mpsc, oneshot};

use crate::connection::Driver;
use crate::hub::lock;
use crate::service::decode_code;
use crate::world::ANSWERS;
use crate::writer::append_code;

/// Answers that may wait for the writer; more at once are told "busy", and ask again by themselves.
const WAITING: usize = 4_096;

/// Answers taken into one append.
const TOGETHER: usize = 512;

/// Records read at once.
const READ: ReadLimit = ReadLimit { records: 512, bytes: 512 * 1_024 };

/// The last answer of each person to each broadcast.
type Last = BTreeMap<(u64, UserId), SignedSafety>;

struct Item {
    answer: SafetyAnswer,
    signed: SignedSafety,
    done: oneshot::Sender<Result<(), Code>>,
}

/// What is durable.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    last: Last,
    size: u64,
}

/// How many answers of each person to each broadcast wait to be written.
type Unsettled = Arc<Mutex<BTreeMap<(u64, UserId), usize>>>;

/// All answers.
pub(crate) struct Answers {
    queue: mpsc::Sender<Item>,
    kept: Arc<RwLock<Kept>>,
    unsettled: Unsettled,
}

/// One of them is written, or never will be.
fn settle(unsettled: &Unsettled, of: (u64, UserId)) {
    let mut all = lock(unsettled);
    if let Some(waiting) = all.get_mut(&of) {
        *waiting = waiting.saturating_sub(1);
        if *waiting == 0 {
            all.remove(&of);
        }
    }
}

/// Whether a record of the store is an answer, and by whom.
pub(crate) fn read(entry: &[u8]) -> Result<(SafetyAnswer, SignedSafety), Code> {
    let signed: SignedSafety = codec::decode(entry).map_err(decode_code)?;
    let answer = signed.unverified().map_err(decode_code)?;
    Ok((answer, signed))
}

/// Whether its device signed it, and is the person's.
pub(crate) fn believe(view: View<'_>, answer: &SafetyAnswer, signed: &SignedSafety) -> Result<(), Code> {
    let device = view.device(answer.device).filter(|device| device.user == answer.user).ok_or(Code::Unknown)?;
    signed.verify(&device.registration.signing).map(drop).map_err(|_| Code::SignatureInvalid)
}

/// Reads back what is kept. What can't be read is told in the log and passed over: no answer keeps the service from starting.
pub(crate) fn replay(log: &dyn Log) -> Result<Kept, StoreError> {
    let mut kept = Kept::default();
    loop {
        let records = log.read(ANSWERS, kept.size, READ)?;
        if records.is_empty() {
            return Ok(kept);
        }
        for record in records {
            match read(&record.entry) {
                Ok((answer, signed)) => drop(kept.last.insert((answer.broadcast, answer.user), signed)),
                Err(code) => tracing::error!(%code, seq = record.seq, "an answer to a broadcast can't be read"),
            }
            kept.size = record.seq + 1;
        }
    }
}

impl Answers {
    /// Goes on where `kept` ends. The task ends when the [`Answers`] are dropped and everything is written.
    pub(crate) fn start(kept: Kept, log: Arc<dyn Log>) -> (Self, tokio::task::JoinHandle<()>) {
        let (queue, receiver) = mpsc::channel(WAITING);
        let kept = Arc::new(RwLock::new(kept));
        let unsettled = Unsettled::default();
        let writing = tokio::spawn(run(Arc::clone(&kept), Arc::clone(&unsettled), log, receiver));
        (Self { queue, kept, unsettled }, writing)
    }

    /// What this person said last; nothing while another answer is on its way: then nobody knows yet which is the last.
    fn last(&self, broadcast: u64, user: UserId) -> Option<SafetyAnswer> {
        if lock(&self.unsettled).contains_key(&(broadcast, user)) {
            return None;
        }
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        kept.last.get(&(broadcast, user))?.unverified().ok()
    }

    /// Keeps an answer. When this returns it is durable.
    async fn keep(&self, answer: SafetyAnswer, signed: SignedSafety) -> Result<(), Code> {
        let (done, kept) = oneshot::channel();
        let of = (answer.broadcast, answer.user);
        *lock(&self.unsettled).entry(of).or_default() += 1;
        self.queue.try_send(Item { answer, signed, done }).map_err(|error| {
            settle(&self.unsettled, of);
            match error {
                mpsc::error::TrySendError::Full(_) => Code::Busy,
                mpsc::error::TrySendError::Closed(_) => Code::ShuttingDown,
            }
        })?;
        kept.await.unwrap_or(Err(Code::StorageFailed))
    }

    /// Answers to `broadcast` of people after `after` whom `may` lets see, and where to ask on.
    fn of(
        &self,
        broadcast: u64,
        after: Option<UserId>,
        may: impl Fn(UserId) -> bool,
    ) -> (Vec<SignedSafety>, Option<UserId>) {
        use std::ops::Bound::{Excluded, Included};
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        let from = after.map_or(Included((broadcast, UserId([0; 16]))), |user| Excluded((broadcast, user)));
        let until = Included((broadcast, UserId([0xff; 16])));
        let mut seen = kept.last.range((from, until)).filter(|((_, user), _)| may(*user));
        let page: Vec<_> = seen.by_ref().take(bounds::SAFETY_PAGE).collect();
        let next = page.last().map(|((_, user), _)| *user).filter(|_| seen.next().is_some());
        (page.into_iter().map(|(_, signed)| signed.clone()).collect(), next)
    }
}

async fn run(kept: Arc<RwLock<Kept>>, unsettled: Unsettled, log: Arc<dyn Log>, mut receiver: mpsc::Receiver<Item>) {
    let mut waiting = Vec::new();
    while receiver.recv_many(&mut waiting, TOGETHER).await > 0 {
        let items = std::mem::take(&mut waiting);
        let expected = kept.read().unwrap_or_else(PoisonError::into_inner).size;
        let record = |item: &Item| {
            // Random: nobody can take a record's name before it is there.
            let mut key = [0; 16];
            OsRng.fill_bytes(&mut key);
            NewRecord { key: RecordKey(key), entry: codec::encode(&item.signed).into(), sidecar: Bytes::new() }
        };
        let records = items.iter().map(record).collect();
        let result = match log.append(vec![Append { log: ANSWERS, expected, records }]).await {
            // Only with this proof is anybody told so.
            Ok(_durable) => {
                let mut kept = kept.write().unwrap_or_else(PoisonError::into_inner);
                for Item { answer, signed, .. } in &items {
                    kept.last.insert((answer.broadcast, answer.user), signed.clone());
                    kept.size += 1;
                }
                Ok(())
            }
            Err(error) => Err(append_code(&error)),
        };
        for item in items {
            settle(&unsettled, (item.answer.broadcast, item.answer.user));
            // Whoever has gone away no longer wants it.
            let _gone = item.done.send(result);
        }
    }
}

impl Driver {
    /// How this connection's person is. Saying the same again changes nothing.
    pub(crate) async fn answer_broadcast(&self, signed: SignedSafety) -> Result<Answer, Fault> {
        let service = &self.service;
        let answer = signed.unverified().map_err(decode_code)?;
        if (answer.user, answer.device) != (self.live.user(), self.live.device()) {
            return Err(Code::NotForYou.into());
        }
        {
            let world = service.world();
            let view = world.registry().now();
            view.permit_safety(&answer).map_err(|refusal| refusal.0)?;
            believe(view, &answer, &signed)?;
        }
        let said = service.answers.last(answer.broadcast, answer.user);
        if said.is_some_and(|said| said.says == answer.says) {
            return Ok(Answer::Done);
        }
        // Who needs help is never told to wait: before each such word there is another one, which is counted.
        if answer.says != Safety::NeedsHelp {
            service.words.permit(answer.user, service.clock.monotonic())?;
        }
        service.answers.keep(answer, signed).await?;
        Ok(Answer::Done)
    }

    /// Answers that this connection's person may see.
    pub(crate) fn safety_answers(&self, broadcast: u64, after: Option<UserId>) -> Result<Answer, Fault> {
        let service = &self.service;
        let world = service.world();
        let view = world.registry().now();
        let viewer = view.may_act(self.live.user(), self.live.device()).map_err(|refusal| refusal.0)?.user;
        view.broadcast(broadcast).ok_or(Code::Unknown)?;
        let (answers, next) = service.answers.of(broadcast, after, |user| view.may_see_safety(viewer, user));
        Ok(Answer::SafetyAnswers { answers: List::new(answers).map_err(|_| Code::TooLarge)?, next })
    }
}

#[cfg(test)]
mod tests {
    use renkei_proto::id::{AssociationId, DeviceId};
    use renkei_proto::key::SigningSecret;
    use renkei_proto::safety::Safety;
    use renkei_proto::time::Time;
    use renkei_store::MemoryStore;

    use super::*;

    fn answer(broadcast: u64, user: u16, says: Safety) -> (SafetyAnswer, SignedSafety) {
        let mut id = [0; 16];
        id[..2].copy_from_slice(&user.to_be_bytes());
        let answer = SafetyAnswer {
            version: renkei_proto::VERSION,
            suite: renkei_proto::SUITE,
            association: AssociationId([1; 16]),
            broadcast,
            user: UserId(id),
            device: DeviceId([2; 16]),
            says,
            at: Time(0),
        };
        (answer, answer.sign(&SigningSecret::from_seed(&[3; 32])).unwrap())
    }

    #[tokio::test]
    async fn s6_the_last_answer_counts_also_after_a_fall_and_pages_leave_nobody_out() {
        let log: Arc<dyn Log> = Arc::new(MemoryStore::default());
        let people = u16::try_from(bounds::SAFETY_PAGE + 3).unwrap();
        let (answers, writing) = Answers::start(replay(&*log).unwrap(), Arc::clone(&log));
        for user in 0..people {
            let (one, signed) = answer(7, user, Safety::Received);
            answers.keep(one, signed).await.unwrap();
        }
        for (broadcast, says) in [(7, Safety::NeedsHelp), (8, Safety::Safe), (7, Safety::Safe)] {
            let (one, signed) = answer(broadcast, 1, says);
            answers.keep(one, signed).await.unwrap();
        }
        let whole = |answers: &Answers| {
            let (mut all, mut after) = (Vec::new(), None);
            loop {
                let (page, next) = answers.of(7, after, |_| true);
                all.extend(page.iter().map(|signed| signed.unverified().unwrap()));
                after = next;
                if after.is_none() {
                    return all;
                }
            }
        };
        let before = whole(&answers);
        assert_eq!(before.len(), usize::from(people));
        assert_eq!(before[1].says, Safety::Safe, "the last one");
        assert!(before.iter().map(|one| one.user).is_sorted_by(|a, b| a < b), "each once");
        drop(answers);
        writing.await.unwrap();
        let (again, _writing) = Answers::start(replay(&*log).unwrap(), Arc::clone(&log));
        assert_eq!(whole(&again), before);
        assert_eq!(again.last(8, before[1].user).map(|one| one.says), Some(Safety::Safe));
        let (one, signed) = answer(9, 5, Safety::Safe);
        again.keep(one, signed).await.unwrap();
        let only = before[2].user;
        assert_eq!(again.of(7, None, |user| user == only).0.len(), 1, "and nobody sees more than the rules let");
        assert_eq!(again.of(10, None, |_| true), (Vec::new(), None));
    }
}
