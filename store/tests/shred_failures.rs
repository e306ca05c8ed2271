//! Power cuts, failing and full disks at every step of a change of the shred key.
#![allow(clippy::unwrap_used, reason = "these are tests")]

mod support;

use std::fs;
use std::path::Path;

use renkei_store::faults::Faults;
use renkei_store::{EmbeddedStore, Options, SecretChange, Secrets, SecretsError};
use support::{delete, files, is_in_some_file, options, put, secret};
use tempfile::TempDir;

/// The copy is in the data directory, where the faulty disk reaches it.
fn with_copy(dir: &Path) -> Options {
    fs::create_dir_all(dir.join("copies")).unwrap();
    Options { shred_copy: Some(dir.join("copies/key")), ..options() }
}

fn faulty(dir: &Path, faults: &Faults) -> EmbeddedStore {
    EmbeddedStore::open_with_faults(dir, &with_copy(dir), &mut |_| {}, faults).unwrap()
}

/// Opens the store on a sound disk. From then on it has one key, at both places, and nothing else there.
fn open(dir: &Path) -> EmbeddedStore {
    let store = EmbeddedStore::open(dir, &with_copy(dir), &mut |_| {}).unwrap();
    let (kept, copied) = (files(&dir.join("shred")), files(&dir.join("copies")));
    assert!(kept.values().eq(copied.values()));
    assert!(kept.keys().all(|path| path.ends_with("key")));
    assert!(!dir.join("secrets/secrets.new").exists());
    store
}

fn key(dir: &Path) -> Vec<u8> {
    fs::read(dir.join("shred/key")).unwrap()[28..60].to_vec()
}

/// Change number `n`: it deletes what the one before set.
fn change(n: u64) -> Vec<SecretChange> {
    vec![put("n", &n.to_string()), put(&format!("only-{n}"), "v"), delete(&format!("only-{}", n - 1))]
}

/// The number of the last change, of which everything is there and nothing of any other.
fn last(store: &EmbeddedStore) -> u64 {
    let found = secret(store, "n").map_or(0, |value| value.parse().unwrap());
    let only: Vec<_> = Secrets::scan(store, b"only-").unwrap().into_iter().map(|(key, _)| key).collect();
    assert_eq!(only, if found == 0 { vec![] } else { vec![format!("only-{found}").into_bytes()] });
    found
}

/// Wherever the power goes: the secrets open, they are those of the last change that was acknowledged or of the one
/// under way, and the keys before the last acknowledged change are gone.
#[test]
fn a_power_cut_at_any_step_leaves_secrets_that_open_and_no_key_that_was_to_go() {
    let mut cuts = 0;
    for cut in 0.. {
        let mut went_through = false;
        for seed in 0..4 {
            let (dir, image, faults) = (TempDir::new().unwrap(), TempDir::new().unwrap(), Faults::new());
            let store = faulty(dir.path(), &faults);
            faults.cut_power_after(faults.operations() + cut);
            let (mut acknowledged, mut keys) = (0, Vec::new());
            while acknowledged < 3 && store.apply(change(acknowledged + 1)).is_ok() {
                acknowledged += 1;
                keys.push(key(dir.path()));
            }
            faults.write_crash_image(seed, image.path()).unwrap();
            went_through = acknowledged == 3;
            if let Some((_, gone)) = keys.split_last() {
                assert!(gone.iter().all(|key| !is_in_some_file(image.path(), key)), "cut {cut}, seed {seed}");
            }
            let store = open(image.path());
            let found = last(&store);
            assert!(found == acknowledged || found == acknowledged + 1, "cut {cut}, seed {seed}: {found}");
            let of_before = if found == acknowledged { keys.len().saturating_sub(1) } else { keys.len() };
            let gone = keys.iter().take(of_before).all(|key| !is_in_some_file(image.path(), key));
            assert!(gone, "cut {cut}, seed {seed}: an old key after opening");
            let _ = store.apply(change(found + 1)).unwrap();
            assert_eq!(last(&store), found + 1, "it goes on");
        }
        cuts += 1;
        if went_through {
            break;
        }
    }
    assert!(cuts > 60, "three changes have more steps than {cuts}");
}

/// The same for a power cut while the open after a first power cut tidies up.
#[test]
fn a_second_power_cut_while_opening_does_no_harm() {
    for cut in 0..40 {
        for again in (cut % 4..16).step_by(4) {
            let (dir, faults) = (TempDir::new().unwrap(), Faults::new());
            let store = faulty(dir.path(), &faults);
            let _ = store.apply(change(1)).unwrap();
            faults.cut_power_after(faults.operations() + cut);
            let acknowledged = 1 + u64::from(store.apply(change(2)).is_ok());
            let (first, second, faults_again) = (TempDir::new().unwrap(), TempDir::new().unwrap(), Faults::new());
            faults.write_crash_image(cut * 7 + again, first.path()).unwrap();
            faults_again.cut_power_after(again);
            let options = with_copy(first.path());
            drop(EmbeddedStore::open_with_faults(first.path(), &options, &mut |_| {}, &faults_again));
            faults_again.write_crash_image(cut + again * 5, second.path()).unwrap();
            let found = last(&open(second.path()));
            assert!(found == acknowledged || found == acknowledged + 1, "cut {cut} and {again}: {found}");
        }
    }
}

/// A failing sync either concerns the copy only, and then all is as it was, or it stops changes until a restart.
#[test]
fn a_failing_sync_at_any_step_loses_nothing() {
    let mut passing = 0;
    for sync in 0.. {
        let (dir, faults) = (TempDir::new().unwrap(), Faults::new());
        let store = faulty(dir.path(), &faults);
        let _ = store.apply(change(1)).unwrap();
        faults.fail_sync_after(sync);
        match store.apply(change(2)) {
            Ok(_) => break,
            Err(SecretsError::ShredCopy { .. }) => {
                assert_eq!(last(&store), 1);
                let _ = store.apply(change(2)).unwrap();
                drop(store);
                assert_eq!(last(&open(dir.path())), 2);
                passing += 1;
            }
            Err(SecretsError::Failed { .. }) => {
                assert!(matches!(store.apply(change(2)), Err(SecretsError::Failed { .. })));
                drop(store);
                assert!([1, 2].contains(&last(&open(dir.path()))));
            }
            other => panic!("sync {sync}: {other:?}"),
        }
    }
    assert_eq!(passing, 1);
}

#[test]
fn a_full_disk_at_any_point_of_a_deletion_changes_nothing_and_passes() {
    let mut refused = [0, 0];
    for room in 0.. {
        let (dir, faults) = (TempDir::new().unwrap(), Faults::new());
        let store = faulty(dir.path(), &faults);
        let _ = store.apply(change(1)).unwrap();
        let before = key(dir.path());
        let store_dir = dir.path();
        faults.fill_up_after(room);
        match store.apply(change(2)) {
            Ok(_) => break,
            Err(SecretsError::ShredCopy { .. }) => refused[0] += 1,
            Err(SecretsError::Full) => refused[1] += 1,
            other => panic!("room for {room}: {other:?}"),
        }
        assert_eq!((last(&store), key(dir.path())), (1, before), "room for {room}");
        let left = |dir: &str| files(&store_dir.join(dir)).len();
        assert_eq!((left("shred"), left("copies")), (1, 1), "room for {room}");
        if room % 16 == 0 {
            faults.make_room();
            let _ = store.apply(change(2)).unwrap();
        }
        let expected = last(&store);
        drop(store);
        assert_eq!(last(&open(dir.path())), expected, "room for {room}");
    }
    assert!(refused.iter().all(|count| *count >= 64), "{refused:?}");
}

/// Whoever waits while a key is being changed shares the next change.
#[test]
fn deletions_that_wait_for_each_other_share_fresh_keys() {
    const WAITING: u64 = 24;
    let (dir, faults) = (TempDir::new().unwrap(), Faults::new());
    let store = faulty(dir.path(), &faults);
    let _ = store.apply(change(1)).unwrap();
    let before = faults.operations();
    let _ = store.apply(vec![delete("a")]).unwrap();
    let of_one = faults.operations() - before;

    faults.hold_syncs();
    std::thread::scope(|scope| {
        scope.spawn(|| store.apply(vec![delete("a")]).map(drop).unwrap());
        faults.await_held_sync();
        for _ in 0..WAITING {
            scope.spawn(|| store.apply(vec![delete("a")]).map(drop).unwrap());
        }
        // Nothing tells when they all wait, so not all of them need to.
        std::thread::sleep(std::time::Duration::from_millis(100));
        faults.release_syncs();
    });
    let of_all = faults.operations() - before - of_one;
    assert!(of_all < WAITING * of_one / 2, "{of_all} steps, {of_one} for one alone");
}
