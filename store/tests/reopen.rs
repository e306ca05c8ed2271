//! What a store shows after it was closed and opened again, with its views or without.
#![allow(clippy::unwrap_used, reason = "these are tests")]

mod support;

use std::fs;

use renkei_store::conformance::{append, key};
use renkei_store::{
    Append, EmbeddedStore, JournalReader, Log, LogKey, MAX_BATCH_RECORDS, OpenError, ReadLimit, RebuildReason,
    RecordKey, Views,
};
use support::{A, contents, copy, files, fill, open, options, segment, try_open};
use tempfile::TempDir;

#[tokio::test]
async fn a_reopened_store_shows_the_same_and_goes_on() {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path());
    fill(&store, 0..20).await;
    let before = contents(&store);
    store.close().unwrap();

    let store = open(dir.path());
    assert_eq!(contents(&store), before);
    assert_eq!(store.report().rebuilt, None);
    assert_eq!(store.report().indexed, 0);
    assert_eq!(store.report().torn_bytes, 0);
    fill(&store, 20..40).await;
    assert_eq!(store.len(A).unwrap(), 20);
    assert!(segment(dir.path(), 3).exists(), "the test is to cross segments");
}

#[tokio::test]
async fn a_second_opener_is_refused_until_the_first_closes() {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path());
    assert!(matches!(try_open(dir.path()), Err(OpenError::InUse { .. })));
    assert!(matches!(JournalReader::open(dir.path()), Err(OpenError::InUse { .. })));
    store.close().unwrap();
    open(dir.path());
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_can_look_inside() {
    use std::os::unix::fs::PermissionsExt;
    let parent = TempDir::new().unwrap();
    let dir = parent.path().join("data");
    let store = open(&dir);
    fill(&store, 0..1).await;
    assert_eq!(fs::metadata(&dir).unwrap().permissions().mode() & 0o777, 0o700);
    for file in [dir.join("lock"), segment(&dir, 1)] {
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[tokio::test]
async fn deleted_views_are_rebuilt_identically() {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path());
    fill(&store, 0..50).await;
    store.put(b"view", b"of something").unwrap();
    let before = contents(&store);
    store.close().unwrap();
    fs::remove_dir_all(dir.path().join("views")).unwrap();

    let mut last = None;
    let store = EmbeddedStore::open(dir.path(), &options(), &mut |progress| last = Some(progress)).unwrap();
    assert_eq!(contents(&store), before);
    assert_eq!(store.get(b"view").unwrap(), None);
    assert_eq!(store.report().rebuilt, Some(RebuildReason::Missing));
    assert_eq!(store.report().indexed, 50);
    let last = last.expect("a rebuild tells its progress");
    assert!(last.done <= last.total && last.done > last.total / 2, "{last:?}");
}

#[tokio::test]
async fn garbage_in_place_of_views_is_rebuilt() {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path());
    fill(&store, 0..50).await;
    let before = contents(&store);
    store.close().unwrap();
    for (path, bytes) in files(&dir.path().join("views")) {
        fs::write(path, vec![0x5a; bytes.len()]).unwrap();
    }

    let store = open(dir.path());
    assert_eq!(contents(&store), before);
    assert!(store.report().rebuilt.is_some());
}

/// More keys than a run has, more records of a log than a row has, more records than the index takes at once.
#[tokio::test]
async fn an_index_of_many_rows_and_runs_finds_everything() {
    const BATCHES: u64 = 80;
    const PER_BATCH: u64 = MAX_BATCH_RECORDS as u64;
    let log = |batch: u64| LogKey([u8::try_from(batch % 3).unwrap(); 16]);
    let key = |n: u64| RecordKey(u128::from(n).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835).to_be_bytes());
    let check = |store: &EmbeddedStore| {
        for n in (0..BATCHES * PER_BATCH).step_by(997) {
            let (log, seq) = (log(n / PER_BATCH), n / PER_BATCH / 3 * PER_BATCH + n % PER_BATCH);
            assert_eq!(store.find(key(n)).unwrap(), Some((log, seq)));
            let read = store.read(log, seq, ReadLimit { records: 3, bytes: usize::MAX }).unwrap();
            assert_eq!((read[0].seq, read[0].key), (seq, key(n)));
            assert_eq!(store.find(key(n + BATCHES * PER_BATCH)).unwrap(), None);
        }
    };
    let dir = TempDir::new().unwrap();
    let options = renkei_store::Options { segment_bytes: 1 << 23, ..options() };
    let store = EmbeddedStore::open(dir.path(), &options, &mut |_| {}).unwrap();
    for batch in 0..BATCHES {
        let records = (batch * PER_BATCH..(batch + 1) * PER_BATCH).map(|n| renkei_store::NewRecord {
            key: key(n),
            entry: "e".into(),
            sidecar: "".into(),
        });
        let (log, expected) = (log(batch), batch / 3 * PER_BATCH);
        let _ = store.append(vec![Append { log, expected, records: records.collect() }]).await.unwrap();
    }
    check(&store);
    store.close().unwrap();
    let store = open(dir.path());
    assert_eq!(store.report().rebuilt, None);
    check(&store);
    store.close().unwrap();
    fs::remove_dir_all(dir.path().join("views")).unwrap();
    let store = open(dir.path());
    assert_eq!(store.report().indexed, BATCHES * PER_BATCH);
    check(&store);
}

#[tokio::test]
async fn views_that_were_marked_as_doubtful_are_rebuilt() {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path());
    fill(&store, 0..5).await;
    store.close().unwrap();
    fs::write(dir.path().join("views/doubtful"), "").unwrap();
    assert_eq!(open(dir.path()).report().rebuilt, Some(RebuildReason::Doubtful));
    assert_eq!(open(dir.path()).report().rebuilt, None);
}

#[tokio::test]
async fn views_of_another_journal_are_rebuilt() {
    let [dir, other] = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    let store = open(dir.path());
    fill(&store, 0..5).await;
    let before = contents(&store);
    store.close().unwrap();
    let store = open(other.path());
    fill(&store, 100..150).await;
    store.close().unwrap();
    fs::remove_dir_all(dir.path().join("views")).unwrap();
    copy(&other.path().join("views"), &dir.path().join("views"));

    let store = open(dir.path());
    assert_eq!(store.report().rebuilt, Some(RebuildReason::Foreign));
    assert_eq!(contents(&store), before);
}

#[tokio::test]
async fn views_that_lag_behind_are_brought_up_to_the_journal() {
    let [dir, old] = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    let store = open(dir.path());
    fill(&store, 0..10).await;
    store.put(b"view", b"kept").unwrap();
    store.close().unwrap();
    copy(&dir.path().join("views"), old.path());
    let store = open(dir.path());
    fill(&store, 10..30).await;
    let before = contents(&store);
    store.close().unwrap();
    fs::remove_dir_all(dir.path().join("views")).unwrap();
    copy(old.path(), &dir.path().join("views"));

    let store = open(dir.path());
    assert_eq!(store.report().rebuilt, None);
    assert_eq!(store.report().indexed, 20);
    assert_eq!(contents(&store), before);
    assert_eq!(store.get(b"view").unwrap().as_deref(), Some(&b"kept"[..]));
}

#[tokio::test]
async fn a_journal_that_lost_its_end_is_not_opened_while_the_index_knows_better() {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path());
    fill(&store, 0..3).await;
    store.close().unwrap();
    let path = segment(dir.path(), 1);
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() - 1]).unwrap();
    for _ in 0..2 {
        let opened = try_open(dir.path()).map(drop);
        assert!(matches!(opened, Err(OpenError::Damaged { .. })), "{opened:?}");
    }
    fs::write(&path, whole).unwrap();
    assert_eq!(open(dir.path()).len(A).unwrap(), 2);
}

#[tokio::test]
async fn a_journal_that_is_gone_is_not_replaced_while_the_index_knows_better() {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path());
    fill(&store, 0..3).await;
    store.close().unwrap();
    fs::remove_dir_all(dir.path().join("journal")).unwrap();
    for _ in 0..2 {
        assert!(matches!(try_open(dir.path()), Err(OpenError::Damaged { .. })));
    }
}

#[tokio::test]
async fn the_journal_can_be_read_whole_without_changing_anything() {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path());
    fill(&store, 0..30).await;
    store.close().unwrap();
    let before = files(dir.path());

    let mut keys = Vec::new();
    let reader = JournalReader::open(dir.path()).unwrap();
    let summary = reader.read(&mut |record| keys.push(record.key)).unwrap();
    assert_eq!((summary.logs, summary.records, summary.torn_bytes), (2, 30, 0));
    assert_eq!(keys, (0..30).map(key).collect::<Vec<_>>());
    assert!(matches!(try_open(dir.path()), Err(OpenError::InUse { .. })));
    drop(reader);
    assert_eq!(files(dir.path()), before);
}

#[tokio::test]
async fn appends_that_wait_when_the_store_closes_are_served() {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path());
    let mut append = store.append(vec![append(A, 0, [1])]);
    std::future::poll_fn(|context| {
        let _ = append.as_mut().poll(context);
        std::task::Poll::Ready(())
    })
    .await;
    drop(append);
    store.close().unwrap();
    assert_eq!(open(dir.path()).len(A).unwrap(), 1);
}
