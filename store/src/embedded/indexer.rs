//! The thread that moves what is durable from memory into sled.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use super::index::{Checkpoint, Entry, Index};

/// Records that go into sled at once. Rows of many records make sled fast, so a batch must be large for most rows
/// to get several; it takes some 20 MB of memory until then, and a start after a crash indexes it again in a
/// fraction of a second.
pub(crate) const BATCH_RECORDS: usize = 65_536;

/// How long a record may wait for its batch to fill. It bounds what the checkpoint, which is also a proof of what
/// has been durable, lags behind.
const BATCH_AGE: Duration = Duration::from_secs(10);

/// Groups that may wait while sled takes a batch. It bounds memory; when sled can't keep up, the journal waits.
const BACKLOG_GROUPS: usize = 256;

/// A group that is durable and published.
pub(crate) struct Settled {
    pub(crate) entries: Vec<Entry>,
    pub(crate) checkpoint: Checkpoint,
}

/// Starts the thread. It ends, everything indexed, when the sender is dropped; or at once if sled fails, which
/// the sender notices.
pub(crate) fn start(index: Arc<Index>) -> io::Result<(SyncSender<Settled>, JoinHandle<()>)> {
    let (sender, receiver) = sync_channel(BACKLOG_GROUPS);
    let thread = Builder::new().name("renkei-indexer".to_owned()).spawn(move || run(&index, &receiver))?;
    Ok((sender, thread))
}

fn run(index: &Index, groups: &Receiver<Settled>) {
    while let Ok(Settled { mut entries, mut checkpoint }) = groups.recv() {
        let due = Instant::now() + BATCH_AGE;
        while entries.len() < BATCH_RECORDS {
            match groups.recv_timeout(due.saturating_duration_since(Instant::now())) {
                Ok(next) => {
                    entries.extend(next.entries);
                    checkpoint = next.checkpoint;
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
            }
        }
        if index.store(&entries, checkpoint).is_err() {
            return;
        }
        index.forget(&entries);
    }
}
