//! The reference implementation: what every engine must be indistinguishable from, as long as nothing fails.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use crate::record::check_size;
use crate::{
    Append, AppendError, BoxFuture, Durable, EraseError, Erased, Erasure, Log, LogKey, NewRecord, ReadLimit, Record,
    RecordKey, SecretChange, SecretValue, Secrets, SecretsDurable, SecretsError, StoreError, Views,
};

/// All three traits in memory. For tests and as a model; it forgets everything when dropped.
#[derive(Default)]
pub struct MemoryStore {
    logs: Mutex<Logs>,
    secrets: Mutex<BTreeMap<Vec<u8>, SecretValue>>,
    views: Mutex<BTreeMap<Vec<u8>, Bytes>>,
}

#[derive(Clone, Default)]
struct Logs {
    records: BTreeMap<LogKey, Vec<NewRecord>>,
    places: HashMap<RecordKey, (LogKey, u64)>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Logs {
    fn append(&mut self, batch: Vec<Append>) -> Result<Durable, AppendError> {
        let mut ranges = Vec::with_capacity(batch.len());
        for Append { log, expected, records } in batch {
            let actual = self.records.get(&log).map_or(0, Vec::len) as u64;
            if actual != expected {
                return Err(AppendError::StaleHead { log, expected, actual });
            }
            let mut seq = actual;
            for record in records {
                if let Some(&(log, seq)) = self.places.get(&record.key) {
                    return Err(AppendError::Duplicate { key: record.key, log, seq });
                }
                self.places.insert(record.key, (log, seq));
                self.records.entry(log).or_default().push(record);
                seq += 1;
            }
            ranges.push((log, actual..seq));
        }
        Ok(Durable::new(ranges))
    }

    fn from(&self, log: LogKey, seq: u64) -> &[NewRecord] {
        let records = self.records.get(&log).map_or(&[][..], Vec::as_slice);
        usize::try_from(seq).ok().and_then(|seq| records.get(seq..)).unwrap_or_default()
    }
}

impl Log for MemoryStore {
    fn append(&self, batch: Vec<Append>) -> BoxFuture<'_, Result<Durable, AppendError>> {
        Box::pin(async move {
            check_size(&batch)?;
            let mut logs = lock(&self.logs);
            let mut changed = logs.clone();
            let durable = changed.append(batch)?;
            *logs = changed;
            Ok(durable)
        })
    }

    fn len(&self, log: LogKey) -> Result<u64, StoreError> {
        Ok(lock(&self.logs).from(log, 0).len() as u64)
    }

    fn read(&self, log: LogKey, from: u64, limit: ReadLimit) -> Result<Vec<Record>, StoreError> {
        let mut bytes = 0;
        let mut read = Vec::new();
        for (record, seq) in lock(&self.logs).from(log, from).iter().zip(from..) {
            bytes += record.entry.len();
            if !read.is_empty() && (read.len() >= limit.records || bytes > limit.bytes) {
                break;
            }
            read.push(Record { seq, key: record.key, entry: record.entry.clone() });
        }
        Ok(read)
    }

    fn sidecar(&self, log: LogKey, seq: u64) -> Result<Option<Bytes>, StoreError> {
        Ok(lock(&self.logs).from(log, seq).first().map(|record| record.sidecar.clone()))
    }

    fn erase(&self, log: LogKey, erasures: &[Erasure]) -> Result<Erased, EraseError> {
        let mut logs = lock(&self.logs);
        let records = logs.records.entry(log).or_default();
        for Erasure { seq, entry } in erasures {
            let record = usize::try_from(*seq).ok().and_then(|seq| records.get_mut(seq));
            let record = record.ok_or(EraseError::Unknown { log, seq: *seq })?;
            if entry.len() > record.entry.len() {
                return Err(EraseError::DoesNotFit { log, seq: *seq });
            }
            (record.entry, record.sidecar) = (entry.clone(), Bytes::new());
        }
        Ok(Erased::new())
    }

    fn find(&self, key: RecordKey) -> Result<Option<(LogKey, u64)>, StoreError> {
        Ok(lock(&self.logs).places.get(&key).copied())
    }

    fn logs(&self) -> Result<Vec<(LogKey, u64)>, StoreError> {
        Ok(lock(&self.logs).records.iter().map(|(log, records)| (*log, records.len() as u64)).collect())
    }
}

impl Secrets for MemoryStore {
    fn get(&self, key: &[u8]) -> Result<Option<SecretValue>, SecretsError> {
        Ok(lock(&self.secrets).get(key).cloned())
    }

    fn apply(&self, changes: Vec<SecretChange>) -> Result<SecretsDurable, SecretsError> {
        let mut secrets = lock(&self.secrets);
        for change in changes {
            match change {
                SecretChange::Put { key, value } => secrets.insert(key, value),
                SecretChange::Delete { key } => secrets.remove(&key),
            };
        }
        Ok(SecretsDurable::new())
    }

    fn scan(&self, prefix: &[u8]) -> Result<Vec<(Vec<u8>, SecretValue)>, SecretsError> {
        let secrets = lock(&self.secrets);
        let found = secrets.range(prefix.to_vec()..).take_while(|(key, _)| key.starts_with(prefix));
        Ok(found.map(|(key, value)| (key.clone(), value.clone())).collect())
    }
}

impl Views for MemoryStore {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        Ok(lock(&self.views).get(key).cloned())
    }

    fn put(&self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        lock(&self.views).insert(key.to_vec(), Bytes::copy_from_slice(value));
        Ok(())
    }

    fn delete(&self, key: &[u8]) -> Result<(), StoreError> {
        lock(&self.views).remove(key);
        Ok(())
    }

    fn scan(&self, prefix: &[u8]) -> Result<Vec<(Bytes, Bytes)>, StoreError> {
        let views = lock(&self.views);
        let found = views.range(prefix.to_vec()..).take_while(|(key, _)| key.starts_with(prefix));
        Ok(found.map(|(key, value)| (Bytes::copy_from_slice(key), value.clone())).collect())
    }

    fn clear(&self) -> Result<(), StoreError> {
        lock(&self.views).clear();
        Ok(())
    }
}

/// Nothing is left half-done under these locks, so a panic elsewhere is no reason to refuse.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
