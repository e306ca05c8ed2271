//! Power cuts by seed, and the embedded engine against the one in memory.
#![allow(clippy::unwrap_used, reason = "these are tests")]

mod support;

use proptest::prelude::*;
use renkei_store::conformance::{append, record};
use renkei_store::faults::Faults;
use renkei_store::{Append, EmbeddedStore, Log, LogKey, MemoryStore, NewRecord, SecretChange, Secrets};
use support::{A, B, contents, open, options};
use tempfile::TempDir;
use zeroize::Zeroizing;

/// The batch with number `n`: records in both logs, one of them larger than a page, all telling their batch.
fn batch(n: u64) -> Vec<Append> {
    let large = NewRecord { entry: vec![u8::try_from(n).unwrap(); 5000].into(), ..record(3 * n + 1) };
    let mut first = append(A, 2 * n, [3 * n]);
    first.records.push(large);
    vec![first, append(B, n, [3 * n + 2])]
}

/// What the logs hold after so many batches.
fn expected(batches: u64) -> Vec<(LogKey, Vec<NewRecord>)> {
    let of =
        |log| (0..batches).flat_map(batch).filter(move |append| append.log == log).flat_map(|append| append.records);
    if batches == 0 { vec![] } else { vec![(A, of(A).collect()), (B, of(B).collect())] }
}

fn shown(store: &EmbeddedStore) -> Vec<(LogKey, Vec<NewRecord>)> {
    let with_sidecar = |log, record: renkei_store::Record| NewRecord {
        key: record.key,
        entry: record.entry,
        sidecar: store.sidecar(log, record.seq).unwrap().unwrap(),
    };
    let logs = contents(store).into_iter();
    logs.map(|(log, records)| (log, records.into_iter().map(|record| with_sidecar(log, record)).collect())).collect()
}

/// No acknowledged batch is lost, no batch is shown in part, wherever the power goes and whatever of the unsynced
/// bytes survives.
#[tokio::test]
async fn a_power_cut_loses_no_acknowledged_batch_and_shows_no_half_batch() {
    let mut survived = [0, 0];
    for seed in 0..400 {
        let (dir, image, faults) = (TempDir::new().unwrap(), TempDir::new().unwrap(), Faults::new());
        let options = renkei_store::Options { segment_bytes: 8000 + 4000 * (seed % 3), ..options() };
        let store = EmbeddedStore::open_with_faults(dir.path(), &options, &mut |_| {}, &faults).unwrap();
        faults.cut_power_after(faults.operations() + seed % 23);
        let mut acknowledged = 0;
        while acknowledged < 8 && store.append(batch(acknowledged)).await.is_ok() {
            acknowledged += 1;
        }
        faults.write_crash_image(seed, image.path()).unwrap();

        let store = open(image.path());
        let kept = store.len(B).unwrap();
        assert!(kept == acknowledged || kept == acknowledged + 1, "seed {seed}: {kept} of {acknowledged}");
        assert_eq!(shown(&store), expected(kept), "seed {seed}");
        survived[usize::try_from(kept - acknowledged).unwrap()] += 1;

        let _ = store.append(batch(kept)).await.unwrap();
        drop(store);
        assert_eq!(shown(&open(image.path())), expected(kept + 1), "seed {seed}: it goes on");
    }
    assert!(survived[0] > 100, "the cuts are to lose something: {survived:?}");
    assert!(survived[1] > 0, "and at times to lose nothing: {survived:?}");
}

/// The same where the journal had been full shortly before, so that remains of a group lie where the next one is.
#[tokio::test]
async fn a_power_cut_after_a_full_disk_loses_no_acknowledged_batch() {
    for seed in 0..200 {
        let (dir, image, faults) = (TempDir::new().unwrap(), TempDir::new().unwrap(), Faults::new());
        let store = EmbeddedStore::open_with_faults(dir.path(), &options(), &mut |_| {}, &faults).unwrap();
        let _ = store.append(batch(0)).await.unwrap();
        faults.cut_power_after(faults.operations() + seed % 7);
        faults.fill_up_after(100 * (seed % 50));
        let mut acknowledged = 1 + u64::from(store.append(batch(1)).await.is_ok());
        faults.make_room();
        while acknowledged < 4 && store.append(batch(acknowledged)).await.is_ok() {
            acknowledged += 1;
        }
        faults.write_crash_image(seed, image.path()).unwrap();
        let store = open(image.path());
        let kept = store.len(B).unwrap();
        assert!(kept == acknowledged || kept == acknowledged + 1, "seed {seed}: {kept} of {acknowledged}");
        assert_eq!(shown(&store), expected(kept), "seed {seed}");
    }
}

#[derive(Clone, Debug)]
enum Operation {
    /// Parts: log, by how much the expectation is off, keys of records.
    Append(Vec<(u8, u64, Vec<u64>)>),
    PutSecret(u8, u8),
    DeleteSecret(u8),
    Reopen,
    ReopenWithoutViews,
}

fn operation() -> impl Strategy<Value = Operation> {
    let off = prop_oneof![9 => Just(0u64), 1 => Just(1u64)];
    let part = (0..3u8, off, prop::collection::vec(0..60u64, 0..4));
    prop_oneof![
        8 => prop::collection::vec(part, 1..4).prop_map(Operation::Append),
        1 => (0..4u8, any::<u8>()).prop_map(|(key, value)| Operation::PutSecret(key, value)),
        1 => (0..4u8).prop_map(Operation::DeleteSecret),
        1 => Just(Operation::Reopen),
        1 => Just(Operation::ReopenWithoutViews),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whatever is done, the embedded engine answers and shows the same as the reference.
    #[test]
    fn the_embedded_engine_is_indistinguishable_from_the_reference(operations in prop::collection::vec(operation(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let dir = TempDir::new().unwrap();
        let model = MemoryStore::new();
        let mut store = Some(open(dir.path()));
        for operation in operations {
            let engine = store.as_ref().unwrap();
            match operation {
                Operation::Append(parts) => {
                    let to_append = |(log, off, keys): &(u8, u64, Vec<u64>)| {
                        let log = LogKey([*log; 16]);
                        append(log, model.len(log).unwrap() + off, keys.iter().copied())
                    };
                    let batch: Vec<_> = parts.iter().map(to_append).collect();
                    let expected = runtime.block_on(model.append(batch.clone()));
                    prop_assert_eq!(runtime.block_on(engine.append(batch)), expected);
                }
                Operation::PutSecret(key, value) => {
                    let change = vec![SecretChange::Put { key: vec![key], value: Zeroizing::new(vec![value]) }];
                    prop_assert_eq!(engine.apply(change.clone()), model.apply(change));
                }
                Operation::DeleteSecret(key) => {
                    let change = vec![SecretChange::Delete { key: vec![key] }];
                    prop_assert_eq!(engine.apply(change.clone()), model.apply(change));
                }
                Operation::Reopen => {
                    drop(store.take());
                    store = Some(open(dir.path()));
                }
                Operation::ReopenWithoutViews => {
                    drop(store.take());
                    std::fs::remove_dir_all(dir.path().join("views")).unwrap();
                    store = Some(open(dir.path()));
                }
            }
            let engine = store.as_ref().unwrap();
            prop_assert_eq!(contents(engine), contents(&model));
            prop_assert_eq!(Secrets::scan(engine, b"").unwrap(), Secrets::scan(&model, b"").unwrap());
        }
    }
}
