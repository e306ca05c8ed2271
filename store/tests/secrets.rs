//! Erased secrets are gone from every file.
#![allow(clippy::unwrap_used, reason = "these are tests")]

mod support;

use std::fs;

use renkei_store::faults::Faults;
use renkei_store::{EmbeddedStore, OpenError, Secrets};
use support::{delete, is_in_some_file, open, options, put, secret, try_open};
use tempfile::TempDir;

#[test]
fn a_deleted_secret_is_in_no_file() {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path());
    let _ = store.apply(vec![put("a", "first-secret"), put("b", "second-secret")]).unwrap();
    let sealed = fs::read(dir.path().join("secrets/secrets")).unwrap();
    let _ = store.apply(vec![delete("a")]).unwrap();
    assert!(!is_in_some_file(dir.path(), &sealed[72..]));
    assert!(!is_in_some_file(dir.path(), b"first-secret"));
    assert_eq!(secret(&store, "b").as_deref(), Some("second-secret"));
}

#[test]
fn an_overwritten_secret_is_in_no_file() {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path());
    let _ = store.apply(vec![put("a", "first-secret")]).unwrap();
    let sealed = fs::read(dir.path().join("secrets/secrets")).unwrap();
    let _ = store.apply(vec![put("a", "x")]).unwrap();
    assert!(!is_in_some_file(dir.path(), &sealed[72..]));
    assert!(!is_in_some_file(dir.path(), b"first-secret"));
}

#[cfg(unix)]
#[test]
fn the_file_that_held_a_deleted_secret_is_overwritten() {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path());
    let _ = store.apply(vec![put("a", "first-secret")]).unwrap();
    // A second name, as for whoever gets at the file behind our back.
    let kept = dir.path().join("kept");
    fs::hard_link(dir.path().join("secrets/secrets"), &kept).unwrap();
    let _ = store.apply(vec![delete("a")]).unwrap();
    assert!(!is_in_some_file(dir.path(), b"first-secret"));
    assert_eq!(fs::read(kept).unwrap(), b"");
}

#[test]
fn secrets_survive_a_reopen() {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path());
    let _ = store.apply(vec![put("a", "one"), put("b", "two")]).unwrap();
    store.close().unwrap();
    let store = open(dir.path());
    assert_eq!(Secrets::get(&store, b"a").unwrap().unwrap().as_slice(), b"one");
    assert_eq!(Secrets::scan(&store, b"").unwrap().len(), 2);
}

#[test]
fn what_an_interrupted_change_left_is_erased_at_the_next_open() {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path());
    let _ = store.apply(vec![put("a", "one")]).unwrap();
    store.close().unwrap();
    fs::write(dir.path().join("secrets/secrets.new"), "half of a-secret").unwrap();
    let store = open(dir.path());
    assert!(!is_in_some_file(dir.path(), b"a-secret"));
    assert_eq!(Secrets::get(&store, b"a").unwrap().unwrap().as_slice(), b"one");
}

#[test]
fn any_bad_byte_in_the_secrets_is_reported_with_the_file() {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path());
    let _ = store.apply(vec![put("a", "one")]).unwrap();
    store.close().unwrap();
    let path = dir.path().join("secrets/secrets");
    let whole = fs::read(&path).unwrap();
    for bad in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[bad] ^= 1;
        fs::write(&path, &bytes).unwrap();
        let refused = try_open(dir.path()).err();
        assert!(matches!(&refused, Some(OpenError::Damaged { file, .. }) if *file == path), "{bad}: {refused:?}");
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }
}

#[test]
fn changes_made_at_once_from_many_threads_all_arrive() {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path());
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let store = &store;
            scope.spawn(move || {
                for n in 0..10 {
                    let _ = store.apply(vec![put(&format!("{thread}/{n}"), "v")]).unwrap();
                }
            });
        }
    });
    store.close().unwrap();
    assert_eq!(Secrets::scan(&open(dir.path()), b"").unwrap().len(), 80);
}

/// Wherever the power goes, secrets are those of the last change that was acknowledged or of the one under way.
#[test]
fn a_power_cut_leaves_the_old_secrets_or_the_new() {
    for cut in (0..100).step_by(3) {
        for seed in 0..4 {
            let (dir, image, faults) = (TempDir::new().unwrap(), TempDir::new().unwrap(), Faults::new());
            let store = EmbeddedStore::open_with_faults(dir.path(), &options(), &mut |_| {}, &faults).unwrap();
            faults.cut_power_after(faults.operations() + cut);
            let mut acknowledged = 0;
            for n in 1..=5 {
                match store.apply(vec![
                    put("n", &n.to_string()),
                    put(&format!("only-{n}"), "v"),
                    delete(&format!("only-{}", n - 1)),
                ]) {
                    Ok(_) => acknowledged = n,
                    Err(_) => break,
                }
            }
            faults.write_crash_image(seed, image.path()).unwrap();
            let store = open(image.path());
            let found = Secrets::get(&store, b"n").unwrap();
            let found: u64 = found.map_or(0, |value| std::str::from_utf8(&value).unwrap().parse().unwrap());
            assert!(found == acknowledged || found == acknowledged + 1, "cut {cut}, seed {seed}");
            let only: Vec<_> = Secrets::scan(&store, b"only-").unwrap().into_iter().map(|(key, _)| key).collect();
            let expected = if found == 0 { vec![] } else { vec![format!("only-{found}").into_bytes()] };
            assert_eq!(only, expected, "cut {cut}, seed {seed}");
        }
    }
}
