//! The promises of the traits, as tests that any engine can run.
//!
//! Every function takes a fresh, empty engine and panics if a promise is broken. [`log_conformance`](crate::log_conformance),
//! [`secrets_conformance`](crate::secrets_conformance) and [`views_conformance`](crate::views_conformance) make a test
//! of each:
//!
//! ```ignore
//! mod memory {
//!     fn fresh() -> (MemoryStore, ()) { (MemoryStore::new(), ()) }
//!     renkei_store::log_conformance!(fresh);
//! }
//! ```
//!
//! `fresh` returns the engine and whatever must outlive it, such as its directory. The caller's crate needs
//! tokio with `rt` and `macros`.
#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "these are tests: they panic to fail")]

use std::future::poll_fn;
use std::task::Poll;

use bytes::Bytes;
use zeroize::Zeroizing;

use crate::{
    Append, AppendError, EraseError, Erasure, Log, LogKey, MAX_BATCH_RECORDS, MAX_RECORD_BYTES, NewRecord, ReadLimit,
    RecordKey, SecretChange, Secrets, Views,
};

/// A limit that no test reaches.
pub const ALL: ReadLimit = ReadLimit { records: usize::MAX, bytes: usize::MAX };

const A: LogKey = LogKey([0xa; 16]);
const B: LogKey = LogKey([0xb; 16]);

/// The record with number `n`: its key, entry and sidecar tell it from all others.
pub fn record(n: u64) -> NewRecord {
    NewRecord { key: key(n), entry: format!("entry {n}").into(), sidecar: format!("sidecar {n}").into() }
}

/// The key of [`record`] `n`.
pub fn key(n: u64) -> RecordKey {
    RecordKey(u128::from(n).to_be_bytes())
}

/// An append of the records with these numbers.
pub fn append(log: LogKey, expected: u64, records: impl IntoIterator<Item = u64>) -> Append {
    Append { log, expected, records: records.into_iter().map(record).collect() }
}

/// The entries of a log from `from` on.
fn entries(store: &impl Log, log: LogKey, from: u64, limit: ReadLimit) -> Vec<Bytes> {
    store.read(log, from, limit).unwrap().into_iter().map(|record| record.entry).collect()
}

/// What was appended is read back, in order and numbered from 0, with its key; a log nobody wrote to is empty.
pub async fn appended_records_are_read_back_in_order(store: &impl Log) {
    let durable = store.append(vec![append(A, 0, [1, 2])]).await.unwrap();
    assert_eq!(durable.ranges(), [(A, 0..2)]);
    assert_eq!(durable.end_of(A), Some(2));
    assert_eq!(durable.end_of(B), None);
    let durable = store.append(vec![append(A, 2, [3])]).await.unwrap();
    assert_eq!(durable.ranges(), [(A, 2..3)]);
    let read = store.read(A, 1, ALL).unwrap();
    let found: Vec<_> = read.into_iter().map(|record| (record.seq, record.key, record.entry)).collect();
    assert_eq!(found, [(1, key(2), record(2).entry), (2, key(3), record(3).entry)]);
    assert_eq!(store.len(A).unwrap(), 3);
    assert_eq!(store.len(B).unwrap(), 0);
    assert_eq!(store.read(A, 3, ALL).unwrap(), []);
    assert_eq!(store.read(A, u64::MAX, ALL).unwrap(), []);
    assert_eq!(store.read(B, 0, ALL).unwrap(), []);
}

/// An append that expects another length is refused with the true one, and changes nothing.
pub async fn a_stale_head_is_refused(store: &impl Log) {
    let _ = store.append(vec![append(A, 0, [1])]).await.unwrap();
    for expected in [0, 2] {
        let refused = store.append(vec![append(A, expected, [2])]).await;
        assert_eq!(refused, Err(AppendError::StaleHead { log: A, expected, actual: 1 }));
    }
    let refused = store.append(vec![append(B, 7, [])]).await;
    assert_eq!(refused, Err(AppendError::StaleHead { log: B, expected: 7, actual: 0 }));
    assert_eq!(entries(store, A, 0, ALL), [record(1).entry]);
}

/// No key is used twice: not in a log, not across logs, not within a batch.
pub async fn a_duplicate_key_is_refused_anywhere(store: &impl Log) {
    let _ = store.append(vec![append(A, 0, [1])]).await.unwrap();
    let duplicate = Err(AppendError::Duplicate { key: key(1), log: A, seq: 0 });
    assert_eq!(store.append(vec![append(A, 1, [1])]).await, duplicate);
    assert_eq!(store.append(vec![append(B, 0, [1])]).await, duplicate);
    let within = store.append(vec![append(A, 1, [2]), append(B, 0, [3, 2])]).await;
    assert_eq!(within, Err(AppendError::Duplicate { key: key(2), log: A, seq: 1 }));
    assert_eq!(store.logs().unwrap(), [(A, 1)]);
}

/// A batch is appended whole or, whichever of its parts is refused, not at all.
pub async fn a_batch_is_all_or_nothing(store: &impl Log) {
    let _ = store.append(vec![append(B, 0, [1])]).await.unwrap();
    let _ = store.append(vec![append(A, 0, [2]), append(B, 0, [3])]).await.unwrap_err();
    let _ = store.append(vec![append(A, 0, [2]), append(B, 1, [1])]).await.unwrap_err();
    assert_eq!(store.logs().unwrap(), [(B, 1)]);
    assert_eq!(store.find(key(2)).unwrap(), None);
    let durable = store.append(vec![append(A, 0, [2]), append(B, 1, [3]), append(A, 1, [4])]).await.unwrap();
    assert_eq!(durable.ranges(), [(A, 0..1), (B, 1..2), (A, 1..2)]);
    assert_eq!(durable.end_of(A), Some(2));
    assert_eq!(entries(store, A, 0, ALL), [record(2).entry, record(4).entry]);
}

/// A read keeps to its limits, but returns at least one record.
pub async fn reads_keep_to_their_limits(store: &impl Log) {
    let _ = store.append(vec![append(A, 0, 0..5)]).await.unwrap();
    let size = record(0).entry.len();
    let count = |records, bytes| entries(store, A, 1, ReadLimit { records, bytes }).len();
    assert_eq!(count(2, usize::MAX), 2);
    assert_eq!(count(usize::MAX, 3 * size), 3);
    assert_eq!(count(usize::MAX, 3 * size - 1), 2);
    assert_eq!(count(0, 0), 1);
    assert_eq!(count(9, 9 * size), 4);
}

/// A sidecar is read apart from its entry, and may be empty.
pub async fn sidecars_are_kept_beside_entries(store: &impl Log) {
    let bare = NewRecord { sidecar: Bytes::new(), ..record(2) };
    let _ = store.append(vec![append(A, 0, [1])]).await.unwrap();
    let _ = store.append(vec![Append { log: A, expected: 1, records: vec![bare] }]).await.unwrap();
    assert_eq!(store.sidecar(A, 0).unwrap(), Some(record(1).sidecar));
    assert_eq!(store.sidecar(A, 1).unwrap(), Some(Bytes::new()));
    assert_eq!(store.sidecar(A, 2).unwrap(), None);
    assert_eq!(store.sidecar(B, 0).unwrap(), None);
}

/// Records are found by their keys, logs are listed in order.
pub async fn keys_and_logs_are_found(store: &impl Log) {
    let _ = store.append(vec![append(B, 0, [1, 2]), append(A, 0, [3])]).await.unwrap();
    assert_eq!(store.find(key(2)).unwrap(), Some((B, 1)));
    assert_eq!(store.find(key(3)).unwrap(), Some((A, 0)));
    assert_eq!(store.find(key(4)).unwrap(), None);
    assert_eq!(store.logs().unwrap(), [(A, 1), (B, 2)]);
}

/// What is larger than the limits is refused and named, what is as large is not.
pub async fn limits_are_exact(store: &impl Log) {
    let sized = |n, len| NewRecord { entry: vec![7; len].into(), sidecar: Bytes::from_static(b"s"), ..record(n) };
    let one = |expected, record| vec![Append { log: A, expected, records: vec![record] }];
    let _ = store.append(one(0, sized(1, MAX_RECORD_BYTES - 1))).await.unwrap();
    let refused = store.append(one(1, sized(2, MAX_RECORD_BYTES))).await;
    assert!(matches!(refused, Err(AppendError::TooLarge { .. })), "{refused:?}");
    let refused = store.append(vec![append(B, 0, 100..=100 + MAX_BATCH_RECORDS as u64)]).await;
    assert!(matches!(refused, Err(AppendError::TooLarge { .. })), "{refused:?}");
    let whole: Vec<_> = (3..8).map(|n| sized(n, MAX_RECORD_BYTES - 1)).collect();
    let refused = store.append(vec![Append { log: A, expected: 1, records: whole }]).await;
    assert!(matches!(refused, Err(AppendError::TooLarge { .. })), "{refused:?}");
    let _ = store.append(vec![append(B, 0, 100..100 + MAX_BATCH_RECORDS as u64)]).await.unwrap();
}

/// Appends that were begun together are as if made one after the other: of two with the same expectation one
/// is refused.
pub async fn concurrent_appends_are_in_some_order(store: &impl Log) {
    let mut begun = [store.append(vec![append(A, 0, [1])]), store.append(vec![append(A, 0, [2])])];
    let mut answers = [None, None];
    poll_fn(|context| {
        for (future, answer) in begun.iter_mut().zip(&mut answers) {
            if answer.is_none()
                && let Poll::Ready(answered) = future.as_mut().poll(context)
            {
                *answer = Some(answered.is_ok());
            }
        }
        if answers.iter().all(Option::is_some) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| **answer == Some(true)).count(), 1);
    assert_eq!(store.len(A).unwrap(), 1);
}

fn put(key: &str, value: &str) -> SecretChange {
    SecretChange::Put { key: key.into(), value: Zeroizing::new(value.into()) }
}

/// Secrets can be put, overwritten, read, scanned and deleted.
pub fn secrets_hold_what_was_applied_last(store: &impl Secrets) {
    let _ = store.apply(vec![put("a/1", "one"), put("a/2", "two"), put("b/1", "three")]).unwrap();
    let _ = store.apply(vec![put("a/1", "four"), SecretChange::Delete { key: "a/2".into() }]).unwrap();
    let _ = store.apply(vec![SecretChange::Delete { key: "absent".into() }, put("a/3", "")]).unwrap();
    assert_eq!(store.get(b"a/1").unwrap().unwrap().as_slice(), b"four");
    assert_eq!(store.get(b"a/2").unwrap(), None);
    let found = store.scan(b"a/").unwrap();
    let found: Vec<_> = found.iter().map(|(key, value)| (key.as_slice(), value.as_slice())).collect();
    assert_eq!(found, [(&b"a/1"[..], &b"four"[..]), (b"a/3", b"")]);
    assert_eq!(store.scan(b"").unwrap().len(), 3);
}

/// Changes of one call take effect in their order.
pub fn secret_changes_apply_in_order(store: &impl Secrets) {
    let delete = || SecretChange::Delete { key: "k".into() };
    let _ = store.apply(vec![put("k", "old"), delete(), put("k", "new")]).unwrap();
    assert_eq!(store.get(b"k").unwrap().unwrap().as_slice(), b"new");
    let _ = store.apply(vec![put("k", "newer"), delete()]).unwrap();
    assert_eq!(store.get(b"k").unwrap(), None);
}

/// Views can be put, overwritten, read, scanned, deleted and cleared.
pub fn views_hold_what_was_put_last(store: &impl Views) {
    store.put(b"a1", b"one").unwrap();
    store.put(b"a2", b"two").unwrap();
    store.put(b"b1", b"three").unwrap();
    store.put(b"a1", b"four").unwrap();
    store.delete(b"a2").unwrap();
    store.delete(b"absent").unwrap();
    assert_eq!(store.get(b"a1").unwrap().unwrap().as_ref(), b"four");
    assert_eq!(store.get(b"a2").unwrap(), None);
    assert_eq!(store.scan(b"a").unwrap(), [(Bytes::from_static(b"a1"), Bytes::from_static(b"four"))]);
    assert_eq!(store.scan(b"").unwrap().len(), 2);
    store.clear().unwrap();
    assert_eq!(store.scan(b"").unwrap(), []);
}

/// What was erased is shown no more; places, keys and every other record are as before, and the log goes on.
pub async fn erased_records_show_only_what_stays(store: &impl Log) {
    let _ = store.append(vec![append(A, 0, [1, 2, 3])]).await.unwrap();
    let stays = [(0, "entry 1"), (1, "en")].map(|(seq, entry)| Erasure { seq, entry: entry.into() });
    let _ = store.erase(A, &stays).unwrap();
    let _ = store.erase(A, &stays).unwrap();
    assert_eq!(entries(store, A, 0, ALL), ["entry 1", "en", "entry 3"]);
    let sidecars = [0, 1, 2].map(|seq| store.sidecar(A, seq).unwrap().unwrap());
    assert_eq!(sidecars, [Bytes::new(), Bytes::new(), record(3).sidecar]);
    assert_eq!(store.find(key(2)).unwrap(), Some((A, 1)));
    let longer = store.erase(A, &[Erasure { seq: 2, entry: "entry 3 and more".into() }]);
    assert!(matches!(longer, Err(EraseError::DoesNotFit { seq: 2, .. })), "{longer:?}");
    let beyond = store.erase(A, &[Erasure { seq: 3, entry: Bytes::new() }]);
    assert!(matches!(beyond, Err(EraseError::Unknown { seq: 3, .. })), "{beyond:?}");
    let _ = store.append(vec![append(A, 3, [4])]).await.unwrap();
    assert_eq!(entries(store, A, 2, ALL), ["entry 3", "entry 4"]);
}

/// Makes a test of every function named, on an engine that `$fresh` returns.
#[doc(hidden)]
#[macro_export]
macro_rules! conformance_tests {
    (async $fresh:expr; $($promise:ident)*) => {$(
        #[tokio::test]
        async fn $promise() {
            let (store, _keep) = $fresh();
            $crate::conformance::$promise(&store).await;
        }
    )*};
    ($fresh:expr; $($promise:ident)*) => {$(
        #[test]
        fn $promise() {
            let (store, _keep) = $fresh();
            $crate::conformance::$promise(&store);
        }
    )*};
}

/// Tests of everything that [`Log`](crate::Log) promises.
#[macro_export]
macro_rules! log_conformance {
    ($fresh:expr) => {
        $crate::conformance_tests! { async $fresh;
            appended_records_are_read_back_in_order
            a_stale_head_is_refused
            a_duplicate_key_is_refused_anywhere
            a_batch_is_all_or_nothing
            reads_keep_to_their_limits
            sidecars_are_kept_beside_entries
            keys_and_logs_are_found
            limits_are_exact
            concurrent_appends_are_in_some_order
            erased_records_show_only_what_stays
        }
    };
}

/// Tests of everything that [`Secrets`](crate::Secrets) promises while nothing fails.
#[macro_export]
macro_rules! secrets_conformance {
    ($fresh:expr) => {
        $crate::conformance_tests! { $fresh; secrets_hold_what_was_applied_last secret_changes_apply_in_order }
    };
}

/// Tests of everything that [`Views`](crate::Views) promises.
#[macro_export]
macro_rules! views_conformance {
    ($fresh:expr) => {
        $crate::conformance_tests! { $fresh; views_hold_what_was_put_last }
    };
}
