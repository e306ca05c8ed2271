//! Carrying out an erasure (A5.1, A6.2): once the confirming entry is durable, and before it is acknowledged, the group's
//! content leaves every file of the data directory. What was begun and cut off by a crash is finished at the next start.
//! What goes is counted, durably, before the first byte of it does, so that the server's word on it is the same after a crash.

use std::sync::Arc;

use bytes::Bytes;
use renkei_policy::group::a06_erasure::goes_with_erasure;
use renkei_policy::group::a06_proof;
use renkei_proto::code::Code;
use renkei_proto::codec;
use renkei_proto::entry::Entry;
use renkei_proto::erasure_word::{Destroyed, ErasureWord};
use renkei_proto::frame::{Answer, Fault};
use renkei_proto::id::GroupId;
use renkei_proto::statement::LogId;
use renkei_store::{EraseError, Erasure, Log, ReadLimit, StoreError};

use crate::clock::Clock;
use crate::connection::Driver;
use crate::files::Files;
use crate::secrets::{ErasureRecord, Vault};
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

/// Carries out erasures, and keeps what came of them.
pub(crate) struct Eraser {
    pub(crate) log: Arc<dyn Log>,
    pub(crate) files: Arc<Files>,
    pub(crate) vault: Vault,
    pub(crate) clock: Arc<Clock>,
}

impl Eraser {
    /// Erases the content of `id`, as [`erase`] does, between the count of it and the note that it is done. Blocks.
    pub(crate) fn erase(&self, id: GroupId) -> Result<(), Code> {
        let record = if let Some(begun) = self.vault.erasure(id)? {
            begun
        } else {
            let record = ErasureRecord { destroyed: self.count(id)?, finished: None };
            drop(self.vault.put_erasure(id, &record)?);
            record
        };
        erase(&*self.log, &self.files, id)?;
        if record.finished.is_none() {
            let finished = Some(self.clock.utc());
            drop(self.vault.put_erasure(id, &ErasureRecord { finished, ..record })?);
        }
        Ok(())
    }

    /// What an erasure would take; none where some of it has gone already, uncounted.
    fn count(&self, id: GroupId) -> Result<Option<Destroyed>, Code> {
        let key = log_key(LogId::Group(id));
        let failed = |error: StoreError| code(&EraseError::Store(error));
        let mut bytes = 0_u64;
        let mut next = 0;
        loop {
            let records = self.log.read(key, next, STEP).map_err(failed)?;
            let Some(last) = records.last() else { break };
            next = last.seq + 1;
            for record in records {
                let entry = Entry::decode(&record.entry).map_err(|_| Code::StorageFailed)?;
                let beside = self.log.sidecar(key, record.seq).map_err(failed)?.map_or(0, |beside| beside.len());
                let body = match (goes_with_erasure(entry.header.kind), &entry.body) {
                    (true, None) => return Ok(None),
                    (true, Some(body)) => body.bytes.as_slice().len(),
                    (false, _) => 0,
                };
                bytes = bytes.saturating_add(u64::try_from(body.saturating_add(beside)).unwrap_or(u64::MAX));
            }
        }
        let (files, file_bytes) = self.files.measure(id)?;
        Ok(Some(Destroyed { bytes, files, file_bytes }))
    }
}

impl Driver {
    /// The server's word on the erasure of a group, signed now.
    pub(crate) fn erasure_word(&self, id: GroupId) -> Result<Answer, Fault> {
        let service = &self.service;
        let (association, confirmed, registry) = {
            let world = service.world();
            let view = world.registry().now();
            let viewer = view.may_act(self.live.user(), self.live.device()).map_err(|refusal| refusal.0)?;
            // Whoever has nothing to do with a group hears the same of one that is not there.
            let (group, _) = world.group(id).ok_or(Code::NotAdministrator)?;
            let erased = a06_proof::permit(group, view, &viewer).map_err(|refusal| refusal.0)?;
            (world.registry().association().ok_or(Code::NotFounded)?.id, erased.confirmed.seq, view.size())
        };
        let record = service.vault.erasure(id)?.ok_or(Code::Busy)?;
        let word = ErasureWord {
            version: renkei_proto::VERSION,
            suite: renkei_proto::SUITE,
            association,
            group: id,
            confirmed,
            // Confirmed a moment ago: it is being carried out.
            finished: record.finished.ok_or(Code::Busy)?,
            destroyed: record.destroyed,
            registry,
            signed_at: service.clock.utc(),
        };
        Ok(Answer::ErasureWord(service.identity.sign_erasure_word(&word).map_err(|_| Code::TooLarge)?))
    }
}

/// Erases the content of `id`: the bodies of messages, amendments and epochs, and everything beside any entry; and its files. Blocks. Doing
/// it again does no harm.
fn erase(log: &dyn Log, files: &Files, id: GroupId) -> Result<(), Code> {
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
