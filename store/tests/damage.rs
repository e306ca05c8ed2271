//! A torn tail is cut, damage is reported, and the two are told apart.
#![allow(clippy::unwrap_used, reason = "these are tests")]

mod support;

use std::fs;
use std::path::Path;

use renkei_store::conformance::append;
use renkei_store::{EmbeddedStore, JournalReader, Log, OpenError, StoreError, conformance::ALL};
use support::{A, B, contents, files, fill, one_segment, open, segment, try_open};
use tempfile::TempDir;

/// A store of one segment whose last batch has several records, closed and without views. Returns where that
/// batch starts.
async fn with_last_batch(dir: &Path) -> usize {
    let store = EmbeddedStore::open(dir, &one_segment(), &mut |_| {}).unwrap();
    fill(&store, 0..4).await;
    let start = fs::metadata(segment(dir, 1)).unwrap().len();
    let _ = store.append(vec![append(A, 2, [10, 11]), append(B, 2, [12])]).await.unwrap();
    store.close().unwrap();
    fs::remove_dir_all(dir.join("views")).unwrap();
    usize::try_from(start).unwrap()
}

/// As after a power cut before the index was written.
fn forget_views(dir: &Path) {
    let _ = fs::remove_dir_all(dir.join("views"));
}

#[tokio::test]
async fn a_tail_torn_at_any_byte_is_cut_to_the_last_whole_batch() {
    let dir = TempDir::new().unwrap();
    let start = with_last_batch(dir.path()).await;
    let path = segment(dir.path(), 1);
    let whole = fs::read(&path).unwrap();
    for len in start..whole.len() {
        fs::write(&path, &whole[..len]).unwrap();
        forget_views(dir.path());
        let store = open(dir.path());
        assert_eq!(store.report().torn_bytes, (len - start) as u64);
        assert_eq!(store.logs().unwrap(), [(A, 2), (B, 2)], "cut at {len}");
        store.close().unwrap();
        assert_eq!(fs::read(&path).unwrap(), whole[..start]);
    }
}

#[tokio::test]
async fn a_last_batch_with_any_bad_byte_is_cut_whole() {
    let dir = TempDir::new().unwrap();
    let start = with_last_batch(dir.path()).await;
    let path = segment(dir.path(), 1);
    let whole = fs::read(&path).unwrap();
    for bad in start..whole.len() {
        let mut bytes = whole.clone();
        bytes[bad] ^= 0x01;
        fs::write(&path, bytes).unwrap();
        forget_views(dir.path());
        let reader = JournalReader::open(dir.path()).unwrap();
        let summary = reader.read(&mut |_| {}).unwrap();
        assert_eq!(summary.torn_bytes, (whole.len() - start) as u64, "bad byte {bad}");
    }
}

#[tokio::test]
async fn a_store_goes_on_behind_a_cut() {
    let dir = TempDir::new().unwrap();
    with_last_batch(dir.path()).await;
    let path = segment(dir.path(), 1);
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() - 1]).unwrap();
    let store = open(dir.path());
    fill(&store, 20..24).await;
    let before = contents(&store);
    store.close().unwrap();
    forget_views(dir.path());
    assert_eq!(contents(&open(dir.path())), before);
}

#[tokio::test]
async fn an_entry_that_imitates_the_journal_does_not_make_a_torn_tail_look_like_damage() {
    let dir = TempDir::new().unwrap();
    let store = EmbeddedStore::open(dir.path(), &one_segment(), &mut |_| {}).unwrap();
    fill(&store, 0..2).await;
    // A whole journal of another store, as content.
    let other = TempDir::new().unwrap();
    with_last_batch(other.path()).await;
    let imitation = fs::read(segment(other.path(), 1)).unwrap();
    let mut hostile = append(A, 1, [9]);
    hostile.records[0].entry = imitation.into();
    let _ = store.append(vec![hostile]).await.unwrap();
    store.close().unwrap();
    forget_views(dir.path());
    let path = segment(dir.path(), 1);
    let len = fs::metadata(&path).unwrap().len();
    fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(len - 1).unwrap();
    assert_eq!(open(dir.path()).len(A).unwrap(), 1);
}

#[tokio::test]
async fn any_bad_byte_before_the_last_batch_is_damage_and_nothing_is_changed() {
    let dir = TempDir::new().unwrap();
    let start = with_last_batch(dir.path()).await;
    let path = segment(dir.path(), 1);
    let whole = fs::read(&path).unwrap();
    for bad in 0..start {
        let mut bytes = whole.clone();
        bytes[bad] ^= 0x80;
        fs::write(&path, bytes).unwrap();
        let before = files(&dir.path().join("journal"));
        let verified = JournalReader::open(dir.path()).unwrap().read(&mut |_| {});
        let found = matches!(verified, Err(OpenError::Damaged { .. } | OpenError::NewerFormat { .. }));
        assert!(found, "bad byte {bad}: {verified:?}");
        if bad % 16 == 0 {
            assert!(try_open(dir.path()).is_err(), "bad byte {bad}");
        }
        assert_eq!(files(&dir.path().join("journal")), before);
    }
}

#[tokio::test]
async fn the_report_of_damage_names_the_place_and_the_way_out() {
    let dir = TempDir::new().unwrap();
    let start = with_last_batch(dir.path()).await;
    let path = segment(dir.path(), 1);
    let mut bytes = fs::read(&path).unwrap();
    bytes[start - 1] ^= 1;
    fs::write(&path, bytes).unwrap();
    let Err(error) = try_open(dir.path()) else { panic!("damage was not found") };
    let said = error.to_string();
    for part in ["00000001.journal", "at byte ", "backup"] {
        assert!(said.contains(part), "{said}");
    }
}

#[tokio::test]
async fn a_segment_that_is_not_the_last_must_be_whole_and_present() {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path());
    fill(&store, 0..30).await;
    store.close().unwrap();
    forget_views(dir.path());
    let second = segment(dir.path(), 2);
    let whole = fs::read(&second).unwrap();
    assert!(segment(dir.path(), 3).exists());

    fs::write(&second, &whole[..whole.len() - 1]).unwrap();
    assert!(matches!(try_open(dir.path()), Err(OpenError::Damaged { file, .. }) if file == second));
    // Cut where a group ends, so that every checksum is right.
    fs::write(&second, &whole[..44]).unwrap();
    assert!(matches!(try_open(dir.path()), Err(OpenError::Damaged { .. })));
    fs::remove_file(&second).unwrap();
    assert!(matches!(try_open(dir.path()), Err(OpenError::Damaged { file, .. }) if file == second));
    fs::write(&second, whole).unwrap();
    open(dir.path());
}

#[tokio::test]
async fn a_segment_whose_creation_was_interrupted_is_begun_anew() {
    for len in [0, 1, 43] {
        let dir = TempDir::new().unwrap();
        let store = open(dir.path());
        fill(&store, 0..2).await;
        store.close().unwrap();
        let header = fs::read(segment(dir.path(), 1)).unwrap();
        fs::write(segment(dir.path(), 2), &header[..len]).unwrap();
        let store = open(dir.path());
        assert_eq!(store.report().torn_bytes, len as u64);
        fill(&store, 2..30).await;
        let before = contents(&store);
        store.close().unwrap();
        assert_eq!(contents(&open(dir.path())), before);
    }
}

#[tokio::test]
async fn damage_under_a_running_store_is_refused_at_reading_and_found_at_the_next_open() {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path());
    fill(&store, 0..30).await;
    let path = segment(dir.path(), 1);
    let mut bytes = fs::read(&path).unwrap();
    // The first entry of the first record.
    bytes[44 + 36 + 60] ^= 1;
    fs::write(&path, bytes).unwrap();
    assert!(matches!(store.read(A, 0, ALL), Err(StoreError::Damaged { offset: 80, .. })));
    store.close().unwrap();
    assert!(matches!(try_open(dir.path()), Err(OpenError::Damaged { offset: 44, .. })));
}
