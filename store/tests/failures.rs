//! Full disks, failing disks, and the syncs that many appends share.
#![allow(clippy::unwrap_used, reason = "these are tests")]

mod support;

use std::future::poll_fn;
use std::task::Poll;

use renkei_store::conformance::{append, key};
use renkei_store::faults::Faults;
use renkei_store::{AppendError, BoxFuture, EmbeddedStore, Log, LogKey, Options, SecretChange, Secrets, SecretsError};
use support::{A, B, contents, files, fill, open, options};
use tempfile::TempDir;
use zeroize::Zeroizing;

fn faulty(dir: &TempDir, faults: &Faults) -> EmbeddedStore {
    EmbeddedStore::open_with_faults(dir.path(), &options(), &mut |_| {}, faults).unwrap()
}

/// Begins a future without waiting for it.
async fn begin<T>(future: &mut BoxFuture<'_, T>) {
    // A new turn: tokio makes a task that polls too much in one turn wait without reason.
    tokio::task::yield_now().await;
    poll_fn(|context| {
        assert!(future.as_mut().poll(context).is_pending());
        Poll::Ready(())
    })
    .await;
}

#[tokio::test]
async fn whoever_waits_during_a_sync_shares_the_next_one() {
    const WAITING: u64 = 200;
    let (dir, faults) = (TempDir::new().unwrap(), Faults::new());
    // One segment, so that every sync is that of a group.
    let options = Options { segment_bytes: 1 << 20, ..options() };
    let store = EmbeddedStore::open_with_faults(dir.path(), &options, &mut |_| {}, &faults).unwrap();
    fill(&store, 0..1).await;
    let before = store.stats();

    faults.hold_syncs();
    let log = |n: u64| LogKey(u128::from(n).to_be_bytes());
    let mut first = store.append(vec![append(log(1), 0, [1])]);
    begin(&mut first).await;
    faults.await_held_sync();
    let mut others: Vec<_> = (2..2 + WAITING).map(|n| store.append(vec![append(log(n), 0, [n])])).collect();
    for other in &mut others {
        begin(other).await;
    }
    assert_eq!(store.len(log(1)).unwrap(), 0, "what is not durable is not shown");
    faults.release_syncs();
    let _ = first.await.unwrap();
    for other in others {
        let _ = other.await.unwrap();
    }
    let after = store.stats();
    assert_eq!(after.appends - before.appends, 1 + WAITING);
    assert_eq!(after.syncs - before.syncs, 2);
}

#[tokio::test]
async fn appends_of_one_group_are_judged_one_after_the_other() {
    let (dir, faults) = (TempDir::new().unwrap(), Faults::new());
    let store = faulty(&dir, &faults);
    fill(&store, 0..1).await;
    faults.hold_syncs();
    let mut first = store.append(vec![append(B, 0, [1])]);
    begin(&mut first).await;
    faults.await_held_sync();
    let mut group = [
        store.append(vec![append(A, 1, [2])]),
        store.append(vec![append(A, 2, [3])]),
        store.append(vec![append(A, 2, [4])]),
        store.append(vec![append(A, 3, [3])]),
        store.append(vec![append(A, 3, [5]), append(B, 0, [6])]),
        store.append(vec![append(A, 3, [5])]),
    ];
    for append in &mut group {
        begin(append).await;
    }
    faults.release_syncs();
    let _ = first.await.unwrap();
    let mut answers = Vec::new();
    for append in group {
        answers.push(append.await.map(|durable| durable.ranges().to_vec()));
    }
    assert_eq!(
        answers,
        [
            Ok(vec![(A, 1..2)]),
            Ok(vec![(A, 2..3)]),
            Err(AppendError::StaleHead { log: A, expected: 2, actual: 3 }),
            Err(AppendError::Duplicate { key: key(3), log: A, seq: 2 }),
            Err(AppendError::StaleHead { log: B, expected: 0, actual: 1 }),
            Ok(vec![(A, 3..4)]),
        ]
    );
}

#[tokio::test]
async fn a_full_disk_is_named_changes_nothing_and_passes() {
    // Wherever the room ends, in a group or, with more records before, in the header of a new segment.
    for (records, room) in [4, 8].into_iter().flat_map(|records| (0..400).map(move |room| (records, room))) {
        let (dir, faults) = (TempDir::new().unwrap(), Faults::new());
        let store = faulty(&dir, &faults);
        fill(&store, 0..records).await;
        let before = contents(&store);
        let written = files(&dir.path().join("journal"));
        faults.fill_up_after(room);
        let batch = || vec![append(A, records / 2, [10]), append(B, records / 2, [11, 12])];
        if let Err(error) = store.append(batch()).await {
            assert_eq!(error, AppendError::Full, "room for {room}");
            assert_eq!(contents(&store), before);
            if records == 4 {
                assert_eq!(files(&dir.path().join("journal")), written, "room for {room}");
            }
            faults.make_room();
            let _ = store.append(batch()).await.unwrap();
        }
        let after = contents(&store);
        store.close().unwrap();
        assert_eq!(contents(&open(dir.path())), after);
    }
}

#[tokio::test]
async fn appends_leave_the_reserve_free() {
    let dir = TempDir::new().unwrap();
    let options = Options { reserve_bytes: u64::MAX, ..Options::default() };
    let store = EmbeddedStore::open(dir.path(), &options, &mut |_| {}).unwrap();
    assert_eq!(store.append(vec![append(A, 0, [1])]).await, Err(AppendError::Full));
    assert_eq!(store.logs().unwrap(), []);
    let secret = SecretChange::Put { key: b"k".to_vec(), value: Zeroizing::new(b"v".to_vec()) };
    let _ = store.apply(vec![secret]).unwrap();
}

#[tokio::test]
async fn a_failed_sync_stops_appends_for_good() {
    let (dir, faults) = (TempDir::new().unwrap(), Faults::new());
    let store = faulty(&dir, &faults);
    fill(&store, 0..4).await;
    let before = contents(&store);
    faults.fail_sync_after(0);
    for n in 10..13 {
        let refused = store.append(vec![append(A, 2, [n])]).await;
        assert!(matches!(refused, Err(AppendError::Failed { .. })), "{refused:?}");
    }
    assert_eq!(contents(&store), before, "reading goes on");
    assert_eq!(store.stats().syncs, 4, "a failed sync is never tried again");
}

#[tokio::test]
async fn a_group_that_cannot_be_taken_back_stops_appends_for_good() {
    let (dir, faults) = (TempDir::new().unwrap(), Faults::new());
    let store = faulty(&dir, &faults);
    fill(&store, 0..4).await;
    faults.fill_up_after(50);
    faults.fail_truncation();
    for _ in 0..2 {
        let refused = store.append(vec![append(A, 2, [10])]).await;
        assert!(matches!(refused, Err(AppendError::Failed { .. })), "{refused:?}");
        faults.make_room();
    }
    drop(store);
    assert_eq!(open(dir.path()).len(A).unwrap(), 2);
}

#[test]
fn secrets_on_a_full_disk_stay_as_they_were() {
    let put = |value: &str| vec![SecretChange::Put { key: b"k".to_vec(), value: Zeroizing::new(value.into()) }];
    let (dir, faults) = (TempDir::new().unwrap(), Faults::new());
    let store = faulty(&dir, &faults);
    let _ = store.apply(put("old")).unwrap();
    let before = files(&dir.path().join("secrets"));
    faults.fill_up_after(40);
    assert_eq!(store.apply(put("new")), Err(SecretsError::Full));
    assert_eq!(Secrets::get(&store, b"k").unwrap().unwrap().as_slice(), b"old");
    assert_eq!(files(&dir.path().join("secrets")), before);
    faults.make_room();
    let _ = store.apply(put("new")).unwrap();
}

#[test]
fn a_failed_sync_stops_changes_of_secrets_for_good() {
    let put = || vec![SecretChange::Put { key: b"k".to_vec(), value: Zeroizing::new(b"v".to_vec()) }];
    let (dir, faults) = (TempDir::new().unwrap(), Faults::new());
    let store = faulty(&dir, &faults);
    faults.fail_sync_after(0);
    for _ in 0..2 {
        assert!(matches!(store.apply(put()), Err(SecretsError::Failed { .. })));
    }
}
