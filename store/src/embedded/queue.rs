//! Where appends wait for the journal thread.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::format::RECORD_HEADER;
use crate::{Append, AppendError, Durable, MAX_BATCH_BYTES, MAX_BATCH_RECORDS};

/// What a waiting batch takes of the queue: one unit, and one more for each of these bytes.
const UNIT_BYTES: usize = 16 * 1024;

/// Units that may wait: 4096 small batches or 64 MB of large ones. Further callers wait before they queue, so
/// that a slow disk fills no memory.
const MAX_UNITS: usize = 4096;

/// A group is written at once and everybody in it waits for all of it, so it stops growing here: about what a
/// disk writes in the time that its `fdatasync` takes anyway.
const GROUP_BYTES: usize = 4 * 1024 * 1024;

/// Batches of one group, for the same reason: judging and answering take time too.
const GROUP_BATCHES: usize = 1024;

const _: () = assert!(
    (MAX_BATCH_BYTES + MAX_BATCH_RECORDS * RECORD_HEADER) / UNIT_BYTES < MAX_UNITS,
    "the largest batch must fit into the queue"
);

/// How a batch is answered.
pub(crate) type Answer = oneshot::Sender<Result<Durable, AppendError>>;

/// A batch that waits.
pub(crate) struct Request {
    pub(crate) batch: Vec<Append>,
    pub(crate) answer: Answer,
    bytes: usize,
    /// Its share of the queue, given back when it has been answered.
    pub(crate) permit: OwnedSemaphorePermit,
}

pub(crate) struct Queue {
    units: Arc<Semaphore>,
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    requests: VecDeque<Request>,
    closed: bool,
}

impl Queue {
    pub(crate) fn new() -> Self {
        let units = Arc::new(Semaphore::new(MAX_UNITS));
        Self { units, waiting: Mutex::default(), changed: Condvar::new() }
    }

    /// Queues a batch, waiting for room first, and waits for its answer.
    pub(crate) async fn append(&self, batch: Vec<Append>) -> Result<Durable, AppendError> {
        let records = batch.iter().flat_map(|append| &append.records);
        let bytes: usize = records.map(|record| RECORD_HEADER + record.size()).sum();
        let units = u32::try_from(1 + bytes / UNIT_BYTES).unwrap_or(u32::MAX);
        let permit = Arc::clone(&self.units).acquire_many_owned(units).await.map_err(|_| AppendError::Closed)?;
        let (answer, answered) = oneshot::channel();
        {
            let mut waiting = self.lock();
            if waiting.closed {
                return Err(AppendError::Closed);
            }
            waiting.requests.push_back(Request { batch, answer, bytes, permit });
        }
        self.changed.notify_one();
        let gone = || AppendError::Failed { reason: "the journal thread has ended unexpectedly".into() };
        answered.await.unwrap_or_else(|_| Err(gone()))
    }

    /// Waits for batches and takes as many as make a group. `None` when the queue is closed and empty.
    pub(crate) fn take_group(&self) -> Option<Vec<Request>> {
        let mut waiting = self.lock();
        while waiting.requests.is_empty() {
            if waiting.closed {
                return None;
            }
            waiting = self.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
        let mut group = Vec::new();
        let mut bytes = 0;
        while bytes < GROUP_BYTES && group.len() < GROUP_BATCHES {
            let Some(request) = waiting.requests.pop_front() else { break };
            bytes += request.bytes;
            group.push(request);
        }
        Some(group)
    }

    /// Refuses new batches. Those that wait are still served.
    pub(crate) fn close(&self) {
        self.units.close();
        self.lock().closed = true;
        self.changed.notify_one();
    }

    /// Refuses new batches and drops those that wait, because nobody will serve them.
    pub(crate) fn abandon(&self) {
        self.close();
        self.lock().requests.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
