//! The journal thread: gather, judge, write once, sync once, publish, answer.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::SyncSender;
use std::thread::{Builder, JoinHandle};

use super::index::Index;
use super::indexer::Settled;
use super::journal::{Journal, WriteError};
use super::judge::{Accepted, Judge, Refusal};
use super::queue::{Queue, Request};
use super::records::Records;
use crate::AppendError;

/// What the journal has done since it was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Groups made durable, each by one `fdatasync`.
    pub syncs: u64,
    /// Batches appended.
    pub appends: u64,
    /// Records appended.
    pub records: u64,
    /// Bytes of entries and sidecars appended.
    pub bytes: u64,
}

/// [`Stats`] that are being counted.
#[derive(Default)]
pub(crate) struct Counters {
    syncs: AtomicU64,
    appends: AtomicU64,
    records: AtomicU64,
    bytes: AtomicU64,
}

impl Counters {
    pub(crate) fn read(&self) -> Stats {
        Stats {
            syncs: self.syncs.load(Ordering::Relaxed),
            appends: self.appends.load(Ordering::Relaxed),
            records: self.records.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
        }
    }
}

pub(crate) struct Writer {
    pub(crate) queue: Arc<Queue>,
    pub(crate) index: Arc<Index>,
    pub(crate) records: Arc<Records>,
    pub(crate) journal: Journal,
    pub(crate) indexer: SyncSender<Settled>,
    pub(crate) counters: Arc<Counters>,
    /// Why nothing is accepted any more.
    pub(crate) failed: Option<Arc<str>>,
}

/// Makes sure that nobody waits for a thread that is gone, even if it panicked.
struct Abandon(Arc<Queue>);

impl Drop for Abandon {
    fn drop(&mut self) {
        self.0.abandon();
    }
}

impl Writer {
    /// Starts the thread. It ends when the queue is closed and empty.
    pub(crate) fn start(mut self) -> io::Result<JoinHandle<()>> {
        Builder::new().name("renkei-journal".to_owned()).spawn(move || {
            let _abandon = Abandon(Arc::clone(&self.queue));
            while let Some(group) = self.queue.take_group() {
                self.serve(group);
            }
        })
    }

    /// Settles the fate of a group and only then answers, refusals too: they may rest on what is in it.
    fn serve(&mut self, group: Vec<Request>) {
        let mut judge = Judge::new(&self.index, &self.records);
        let mut verdicts = Vec::with_capacity(group.len());
        for Request { batch, answer, permit, .. } in group {
            let verdict = judge.judge(batch).map_err(|refusal| match refusal {
                Refusal::Rule(refusal) => refusal,
                Refusal::Unknown(error) => {
                    let reason = self.failed.get_or_insert_with(|| error.to_string().into());
                    AppendError::Failed { reason: Arc::clone(reason) }
                }
            });
            verdicts.push((verdict, answer, permit));
        }
        let accepted = judge.accepted();
        let settled = match &self.failed {
            Some(reason) => Err(AppendError::Failed { reason: Arc::clone(reason) }),
            None => self.write(&accepted),
        };
        let appended = verdicts.iter().filter(|(verdict, ..)| verdict.is_ok()).count();
        let bytes: usize = accepted.iter().map(|accepted| accepted.record.size()).sum();
        if settled.is_ok() {
            self.counters.appends.fetch_add(appended as u64, Ordering::Relaxed);
            self.counters.records.fetch_add(accepted.len() as u64, Ordering::Relaxed);
            self.counters.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        }
        for (verdict, answer, permit) in verdicts {
            // Whoever no longer waits has no use for the answer.
            let _ = answer.send(settled.as_ref().map_err(AppendError::clone).and(verdict));
            drop(permit);
        }
        if let Ok(Some(settled)) = settled
            && self.indexer.send(settled).is_err()
        {
            self.failed = Some("the index could not be written".into());
        }
    }

    /// Makes records durable and visible.
    fn write(&mut self, accepted: &[Accepted]) -> Result<Option<Settled>, AppendError> {
        if accepted.is_empty() {
            return Ok(None);
        }
        match self.journal.write(accepted) {
            Ok((entries, checkpoint)) => {
                self.counters.syncs.fetch_add(1, Ordering::Relaxed);
                self.index.publish(&entries);
                Ok(Some(Settled { entries, checkpoint }))
            }
            Err(WriteError::Full) => Err(AppendError::Full),
            Err(WriteError::Failed(reason)) => {
                tracing::error!(reason, "the journal accepts nothing any more until a restart");
                Err(AppendError::Failed { reason: Arc::clone(self.failed.insert(reason.into())) })
            }
        }
    }
}
