//! Erased records: what goes is in no file, what stays is where it was, and a crash in between is finished.
#![allow(clippy::unwrap_used, reason = "these are tests")]

mod support;

use renkei_store::conformance::{ALL, record};
use renkei_store::faults::Faults;
use renkei_store::{
    Append, EmbeddedStore, EraseError, Erasure, JournalReader, Log, LogKey, NewRecord, OpenError, RecordKey,
};
use support::{A, B, contents, fill, is_in_some_file, one_segment, open, options, try_open};
use tempfile::TempDir;

const NEEDLE: &[u8] = b"what the patient said";
const BOX: &[u8] = b"a key in a box";

/// A record with something to erase in its entry and beside it.
fn telling(n: u64) -> NewRecord {
    let entry = [b"head ", NEEDLE, format!(" {n}").as_bytes()].concat();
    NewRecord { key: RecordKey(u128::from(1_000 + n).to_be_bytes()), entry: entry.into(), sidecar: BOX.into() }
}

async fn tell(store: &EmbeddedStore, log: LogKey, n: u64) {
    let expected = store.len(log).unwrap();
    let _ = store.append(vec![Append { log, expected, records: vec![telling(n)] }]).await.unwrap();
}

/// Of each record of `log` only its head stays.
fn all_of(store: &EmbeddedStore, log: LogKey) -> Vec<Erasure> {
    (0..store.len(log).unwrap()).map(|seq| Erasure { seq, entry: "head".into() }).collect()
}

/// Ten records that tell in A, between others in B, over several segments.
async fn told(dir: &std::path::Path) -> EmbeddedStore {
    let store = open(dir);
    for n in 0..10 {
        tell(&store, A, n).await;
        fill(&store, 2 * n + 1..2 * n + 2).await;
    }
    store
}

#[tokio::test]
async fn a06_2_erased_bytes_are_in_no_file_and_everything_else_stays() {
    let dir = TempDir::new().unwrap();
    let store = told(dir.path()).await;
    let others = store.read(B, 0, ALL).unwrap();
    assert!(is_in_some_file(dir.path(), NEEDLE) && is_in_some_file(dir.path(), BOX), "they were there");
    let _ = store.erase(A, &all_of(&store, A)).unwrap();
    assert!(!is_in_some_file(dir.path(), NEEDLE) && !is_in_some_file(dir.path(), BOX));

    let check = |store: &EmbeddedStore| {
        let left = store.read(A, 0, ALL).unwrap();
        assert_eq!(left.len(), 10);
        for (seq, record) in (0..).zip(&left) {
            assert_eq!((&record.entry[..], record.key), (&b"head"[..], telling(seq).key));
            assert_eq!(store.sidecar(A, seq).unwrap().unwrap().len(), 0);
        }
        assert_eq!(store.read(B, 0, ALL).unwrap(), others);
        assert_eq!(store.sidecar(B, 0).unwrap().unwrap(), record(1).sidecar);
    };
    check(&store);
    tell(&store, A, 10).await;
    assert_eq!(store.read(A, 10, ALL).unwrap()[0].entry, telling(10).entry, "the log goes on");
    let _ = store.erase(A, &[Erasure { seq: 10, entry: "head".into() }]).unwrap();
    drop(store);

    let reader = JournalReader::open(dir.path()).unwrap();
    let mut erased = 0;
    reader
        .read(&mut |record| {
            if record.log == A {
                assert_eq!((&record.entry[..], record.sidecar.len()), (&b"head"[..], 0));
                erased += 1;
            }
        })
        .unwrap();
    assert_eq!(erased, 11);
    drop(reader);
    std::fs::remove_dir_all(dir.path().join("views")).unwrap();
    let rebuilt = open(dir.path());
    assert_eq!((rebuilt.len(A).unwrap(), rebuilt.read(B, 0, ALL).unwrap()), (11, others));
}

#[tokio::test]
async fn a06_2_what_is_not_there_or_would_grow_is_not_erased() {
    let dir = TempDir::new().unwrap();
    let store = told(dir.path()).await;
    let before = contents(&store);
    let beyond = store.erase(A, &[Erasure { seq: 0, entry: "head".into() }, Erasure { seq: 10, entry: "".into() }]);
    assert!(matches!(beyond, Err(EraseError::Unknown { seq: 10, .. })), "{beyond:?}");
    let longer = store.erase(A, &[Erasure { seq: 3, entry: vec![1; 200].into() }]);
    assert!(matches!(longer, Err(EraseError::DoesNotFit { seq: 3, .. })), "{longer:?}");
    assert_eq!(contents(&store), before, "nothing was begun");
    // Twice is as once.
    let _ = store.erase(A, &all_of(&store, A)).unwrap();
    let _ = store.erase(A, &all_of(&store, A)).unwrap();
    assert!(!is_in_some_file(dir.path(), NEEDLE));
}

/// Wherever the power goes, the next open shows every record as it was or erased, and nothing else is touched; once the
/// call had returned, or the open had found it begun, nothing is left of what went.
#[tokio::test]
async fn a06_2_a_power_cut_in_the_middle_of_an_erasure_is_finished_by_the_next_open() {
    let (mut untouched, mut finished) = (0, 0);
    for seed in 0..300 {
        let (dir, image, faults) = (TempDir::new().unwrap(), TempDir::new().unwrap(), Faults::new());
        let options = if seed % 2 == 0 { options() } else { one_segment() };
        let store = EmbeddedStore::open_with_faults(dir.path(), &options, &mut |_| {}, &faults).unwrap();
        for n in 0..6 {
            tell(&store, A, n).await;
            fill(&store, 2 * n + 1..2 * n + 2).await;
        }
        let others = store.read(B, 0, ALL).unwrap();
        faults.cut_power_after(faults.operations() + seed % 30);
        let returned = store.erase(A, &all_of(&store, A)).is_ok();
        faults.write_crash_image(seed, image.path()).unwrap();
        let begun = std::fs::metadata(image.path().join("journal/erasing")).is_ok();
        if begun {
            // Readers without a store don't misread it.
            let refused = JournalReader::open(image.path()).map(drop);
            assert!(matches!(refused, Err(OpenError::Erasing { .. })), "seed {seed}: {refused:?}");
        }

        let store = try_open(image.path()).unwrap();
        assert_eq!(store.read(B, 0, ALL).unwrap(), others, "seed {seed}");
        let left = store.read(A, 0, ALL).unwrap();
        let gone = left.iter().filter(|record| &record.entry[..] == b"head").count();
        let whole = (0..).zip(&left).filter(|(n, record)| record.entry == telling(*n).entry).count();
        assert!((gone, whole) == (6, 0) || (gone, whole) == (0, 6), "seed {seed}: {gone} gone, {whole} whole");
        assert!(!returned || gone == 6, "seed {seed}: it was acknowledged");
        assert_eq!(is_in_some_file(image.path(), NEEDLE), whole > 0, "seed {seed}");
        untouched += u32::from(whole > 0);
        finished += u32::from(gone > 0 && !returned);
        let _ = store.erase(A, &all_of(&store, A)).unwrap();
        assert!(!is_in_some_file(image.path(), NEEDLE) && !is_in_some_file(image.path(), BOX), "seed {seed}");
        assert!(!image.path().join("journal/erasing").exists());
    }
    assert!(untouched > 20 && finished > 20, "the cuts are to fall before and after: {untouched}, {finished}");
}

#[tokio::test]
async fn a06_2_without_room_to_begin_nothing_is_erased_and_it_may_be_tried_again() {
    let (dir, faults) = (TempDir::new().unwrap(), Faults::new());
    let store = EmbeddedStore::open_with_faults(dir.path(), &options(), &mut |_| {}, &faults).unwrap();
    tell(&store, A, 0).await;
    faults.fill_up_after(10);
    assert!(matches!(store.erase(A, &all_of(&store, A)), Err(EraseError::Full)));
    assert!(is_in_some_file(dir.path(), NEEDLE));
    faults.make_room();
    let _ = store.erase(A, &all_of(&store, A)).unwrap();
    assert!(!is_in_some_file(dir.path(), NEEDLE));
}
