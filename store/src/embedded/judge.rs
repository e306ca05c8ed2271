//! Compare-and-append: which batches of a group may be appended, as seen after those before them.

use std::collections::HashMap;

use super::index::Index;
use super::records::Records;
use crate::{Append, AppendError, Durable, LogKey, NewRecord, RecordKey, StoreError};

/// A record that may be appended, and its place.
pub(crate) struct Accepted {
    pub(crate) log: LogKey,
    pub(crate) seq: u64,
    pub(crate) record: NewRecord,
}

/// Judges the batches of one group, in order.
pub(crate) struct Judge<'a> {
    index: &'a Index,
    records: &'a Records,
    group: Changes,
    accepted: Vec<Accepted>,
}

/// What batches that are not written yet would change.
#[derive(Default)]
struct Changes {
    heads: HashMap<LogKey, u64>,
    places: HashMap<RecordKey, (LogKey, u64)>,
}

/// Why a batch could not be accepted.
pub(crate) enum Refusal {
    /// By the rules.
    Rule(AppendError),
    /// The index can't tell.
    Unknown(StoreError),
}

impl<'a> Judge<'a> {
    pub(crate) fn new(index: &'a Index, records: &'a Records) -> Self {
        Self { index, records, group: Changes::default(), accepted: Vec::new() }
    }

    /// Accepts all of a batch or nothing. The proof in the answer is true only after what is
    /// [`accepted`](Self::accepted) has been made durable.
    pub(crate) fn judge(&mut self, batch: Vec<Append>) -> Result<Durable, Refusal> {
        let mut own = Changes::default();
        let mut ranges = Vec::with_capacity(batch.len());
        for &Append { log, expected, ref records } in &batch {
            let actual = self.head(&own, log);
            if actual != expected {
                return Err(Refusal::Rule(AppendError::StaleHead { log, expected, actual }));
            }
            let mut seq = actual;
            for record in records {
                if let Some((log, seq)) = self.find(&own, record.key)? {
                    return Err(Refusal::Rule(AppendError::Duplicate { key: record.key, log, seq }));
                }
                own.places.insert(record.key, (log, seq));
                seq += 1;
            }
            own.heads.insert(log, seq);
            ranges.push((log, actual..seq));
        }
        self.group.heads.extend(own.heads);
        self.group.places.extend(own.places);
        for (append, (log, range)) in batch.into_iter().zip(&ranges) {
            let records = range.clone().zip(append.records);
            self.accepted.extend(records.map(|(seq, record)| Accepted { log: *log, seq, record }));
        }
        Ok(Durable::new(ranges))
    }

    /// The records of all batches that were accepted, in order.
    pub(crate) fn accepted(self) -> Vec<Accepted> {
        self.accepted
    }

    fn head(&self, own: &Changes, log: LogKey) -> u64 {
        let changed = own.heads.get(&log).or_else(|| self.group.heads.get(&log));
        changed.copied().unwrap_or_else(|| self.index.head(log))
    }

    fn find(&self, own: &Changes, key: RecordKey) -> Result<Option<(LogKey, u64)>, Refusal> {
        match own.places.get(&key).or_else(|| self.group.places.get(&key)) {
            Some(place) => Ok(Some(*place)),
            None => self.index.find(self.records, key).map_err(Refusal::Unknown),
        }
    }
}
