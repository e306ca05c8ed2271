//! Carrying out an erasure (A5.1, A6.2): once the confirming entry is durable, and before it is acknowledged, the group's
//! content leaves every file of the data directory. What was begun and cut off by a crash is finished at the next start.

use bytes::Bytes;
use renkei_policy::group::a06_erasure::goes_with_erasure;
use renkei_proto::code::Code;
use renkei_proto::codec;
use renkei_proto::entry::Entry;
use renkei_proto::id::GroupId;
use renkei_proto::statement::LogId;
use renkei_store::{EraseError, Erasure, Log, ReadLimit, StoreError};

use crate::files::Files;
use crate::world::log_key;

/// Entries read at once.
const STEP: ReadLimit = ReadLimit { records: 1_024, bytes: 4 * 1_024 * 1_024 };

fn code(error: &EraseError) -> Code {
    tracing::error!(%error, "a group could not be erased");
    match error {
        EraseError::Full => Code::StorageFull,
        _ => Code::StorageFailed,
    }
}

/// Erases the content of `id`: the bodies of messages, amendments and epochs, and everything beside any entry; and its files. Blocks. Doing
/// it again does no harm.
pub(crate) fn erase(log: &dyn Log, files: &Files, id: GroupId) -> Result<(), Code> {
    files.erase(id)?;
    let key = log_key(LogId::Group(id));
    let failed = |error: StoreError| code(&EraseError::Store(error));
    let mut next = 0;
    loop {
        let records = log.read(key, next, STEP).map_err(failed)?;
        let Some(last) = records.last() else { return Ok(()) };
        next = last.seq + 1;
        let erasures = records.into_iter().map(|record| {
            let entry = Entry::decode(&record.entry).map_err(|_| Code::StorageFailed)?;
            let stays = if goes_with_erasure(entry.header.kind) {
                Bytes::from(codec::encode(&entry.header_only()))
            } else {
                record.entry
            };
            Ok(Erasure { seq: record.seq, entry: stays })
        });
        let erasures: Result<Vec<Erasure>, Code> = erasures.collect();
        let _gone = log.erase(key, &erasures?).map_err(|error| code(&error))?;
    }
}
