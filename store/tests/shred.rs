//! The shred key: what is sealed under it, where it lies, and that it goes.
#![allow(clippy::unwrap_used, reason = "these are tests")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use renkei_store::{EmbeddedStore, OpenError, Options, SecretChange, Secrets, SecretsError};
use support::{copy, delete, files, is_in_some_file, open, options, put, secret, try_open};
use tempfile::TempDir;

/// Options with a copy of the key in `dir`, which is made.
fn with_copy(dir: &Path) -> Options {
    fs::create_dir_all(dir).unwrap();
    Options { shred_copy: Some(dir.join("copied-key")), ..options() }
}

fn open_with(dir: &Path, options: &Options) -> Result<EmbeddedStore, OpenError> {
    EmbeddedStore::open(dir, options, &mut |_| {})
}

fn key_file(dir: &Path) -> PathBuf {
    dir.join("shred/key")
}

fn secrets_file(dir: &Path) -> PathBuf {
    dir.join("secrets/secrets")
}

fn apply(store: &EmbeddedStore, changes: Vec<SecretChange>) {
    let _ = store.apply(changes).unwrap();
}

/// The key itself, out of its file.
fn key_in(file: &Path) -> Vec<u8> {
    fs::read(file).unwrap()[28..60].to_vec()
}

/// A store with the secret `a`, closed.
fn closed_store(dir: &Path, options: &Options) {
    let store = open_with(dir, options).unwrap();
    apply(&store, vec![put("a", "one")]);
    store.close().unwrap();
}

/// Refused, and nothing was changed.
fn refused(dir: &Path, options: &Options) -> OpenError {
    let durable = |dir| files(dir).into_iter().filter(|(path, _)| !path.to_string_lossy().contains("views"));
    let before: Vec<_> = durable(dir).collect();
    let refusal = open_with(dir, options).err().unwrap();
    assert_eq!(durable(dir).collect::<Vec<_>>(), before);
    refusal
}

#[test]
fn no_value_is_in_a_file_in_clear() {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path());
    apply(&store, vec![put("a", "first-secret"), put("b", "second-secret")]);
    apply(&store, vec![delete("a"), put("c", "third-secret")]);
    for value in ["first-secret", "second-secret", "third-secret"] {
        assert!(!is_in_some_file(dir.path(), value.as_bytes()));
    }
    assert_eq!(secret(&store, "c").as_deref(), Some("third-secret"));
}

#[test]
fn after_a_deletion_neither_the_value_nor_the_old_key_is_in_any_file() {
    let dir = TempDir::new().unwrap();
    let options = with_copy(&dir.path().join("copies"));
    let store = open_with(dir.path(), &options).unwrap();
    apply(&store, vec![put("a", "first-secret"), put("b", "second-secret")]);
    let old = key_in(&key_file(dir.path()));
    assert!(is_in_some_file(dir.path(), &old));
    apply(&store, vec![delete("a")]);
    assert!(!is_in_some_file(dir.path(), b"first-secret"));
    assert!(!is_in_some_file(dir.path(), &old));
}

#[cfg(unix)]
#[test]
fn the_file_that_held_the_old_key_is_overwritten() {
    let dir = TempDir::new().unwrap();
    let options = with_copy(&dir.path().join("copies"));
    let store = open_with(dir.path(), &options).unwrap();
    apply(&store, vec![put("a", "one")]);
    // Second names, as for whoever gets at the files behind our back.
    fs::hard_link(key_file(dir.path()), dir.path().join("kept")).unwrap();
    fs::hard_link(dir.path().join("copies/copied-key"), dir.path().join("kept-copy")).unwrap();
    apply(&store, vec![delete("a")]);
    assert_eq!(fs::read(dir.path().join("kept")).unwrap(), b"");
    assert_eq!(fs::read(dir.path().join("kept-copy")).unwrap(), b"");
}

#[test]
fn every_deletion_takes_a_fresh_key_and_nothing_else_does() {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path());
    let key = || key_in(&key_file(dir.path()));
    apply(&store, vec![put("a", "one")]);
    let (first, sealed) = (key(), fs::read(secrets_file(dir.path())).unwrap());
    apply(&store, vec![put("a", "one")]);
    assert_eq!(key(), first);
    assert_ne!(fs::read(secrets_file(dir.path())).unwrap()[28..60], sealed[28..60], "the salt is a fresh one");
    apply(&store, vec![put("b", "two"), delete("a"), put("c", "three")]);
    let second = key();
    assert_ne!(second, first);
    // Somebody may have died before acknowledging the deletion that really deleted it.
    apply(&store, vec![delete("a")]);
    assert_ne!(key(), second);
}

#[test]
fn secrets_copied_before_a_deletion_do_not_open_with_the_key_of_after() {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path());
    apply(&store, vec![put("a", "first-secret"), put("b", "two")]);
    let old = fs::read(secrets_file(dir.path())).unwrap();
    apply(&store, vec![delete("a")]);
    store.close().unwrap();
    fs::write(secrets_file(dir.path()), old).unwrap();
    let refusal = refused(dir.path(), &options());
    assert!(matches!(&refusal, OpenError::ShredKeyMismatch { file, secrets }
        if *file == key_file(dir.path()) && *secrets == secrets_file(dir.path())));
    let said = refusal.to_string();
    for part in ["shred/key", "secrets/secrets", "older", "belong together", "enrol"] {
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn a_copy_is_kept_in_step_and_used_when_the_key_is_gone() {
    let (dir, elsewhere) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let options = with_copy(elsewhere.path());
    let (key, copied) = (key_file(dir.path()), elsewhere.path().join("copied-key"));
    let store = open_with(dir.path(), &options).unwrap();
    for change in [put("a", "one"), put("b", "two"), delete("a")] {
        apply(&store, vec![change]);
        assert_eq!(fs::read(&key).unwrap(), fs::read(&copied).unwrap());
    }
    store.close().unwrap();
    for gone in [&key, &copied] {
        fs::remove_file(gone).unwrap();
        let store = open_with(dir.path(), &options).unwrap();
        assert_eq!(secret(&store, "b").as_deref(), Some("two"));
        assert_eq!(fs::read(&key).unwrap(), fs::read(&copied).unwrap(), "it was made again");
        apply(&store, vec![delete("absent")]);
        assert_eq!(fs::read(&key).unwrap(), fs::read(&copied).unwrap());
    }
    assert_eq!(files(elsewhere.path()).len(), 1);
}

#[test]
fn while_the_copy_cannot_be_written_nothing_is_deleted_and_nothing_is_lost() {
    let (dir, elsewhere) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let copies = elsewhere.path().join("copies");
    let options = with_copy(&copies);
    let store = open_with(dir.path(), &options).unwrap();
    apply(&store, vec![put("a", "one")]);
    let key = fs::read(key_file(dir.path())).unwrap();
    let away = elsewhere.path().join("unmounted");
    fs::rename(&copies, &away).unwrap();
    for _ in 0..2 {
        let failed = store.apply(vec![delete("a")]);
        let named = copies.join("copied-key");
        assert!(matches!(&failed, Err(SecretsError::ShredCopy { file, .. }) if *file == named), "{failed:?}");
    }
    assert_eq!(secret(&store, "a").as_deref(), Some("one"));
    assert_eq!(fs::read(key_file(dir.path())).unwrap(), key);
    assert_eq!(files(&dir.path().join("shred")).len(), 1);
    apply(&store, vec![put("b", "two")]);
    store.close().unwrap();
    assert!(matches!(open_with(dir.path(), &options), Err(OpenError::Io { file, .. }) if file == copies));

    fs::rename(&away, &copies).unwrap();
    let store = open_with(dir.path(), &options).unwrap();
    assert_eq!((secret(&store, "a").as_deref(), secret(&store, "b").as_deref()), (Some("one"), Some("two")));
    apply(&store, vec![delete("a")]);
    assert_eq!(secret(&store, "a"), None);
}

#[test]
fn an_old_backup_does_not_come_back_to_life_beside_the_latest_copy_of_the_key() {
    let (dir, backup, elsewhere) = (TempDir::new().unwrap(), TempDir::new().unwrap(), TempDir::new().unwrap());
    let options = with_copy(elsewhere.path());
    closed_store(dir.path(), &options);
    copy(dir.path(), backup.path());
    let store = open_with(dir.path(), &options).unwrap();
    apply(&store, vec![delete("a")]);
    store.close().unwrap();

    // With the old key in it as well, and then without.
    for _ in 0..2 {
        let refusal = refused(backup.path(), &options);
        assert!(
            matches!(&refusal, OpenError::ShredKeyMismatch { file, .. } if file.ends_with("copied-key")),
            "{refusal}"
        );
        let _ = fs::remove_file(key_file(backup.path()));
    }
    open_with(dir.path(), &options).unwrap();
}

#[test]
fn without_any_key_the_store_says_what_happened_and_what_to_do() {
    let (dir, elsewhere) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let options = with_copy(elsewhere.path());
    closed_store(dir.path(), &options);
    fs::remove_file(key_file(dir.path())).unwrap();
    fs::remove_file(elsewhere.path().join("copied-key")).unwrap();
    let refusal = refused(dir.path(), &options);
    assert!(matches!(&refusal, OpenError::ShredKeyMissing { copy: Some(_), .. }));
    let said = refusal.to_string();
    for part in ["shred/key", "copied-key", "secrets/secrets", "mount", "move", "enrol"] {
        assert!(said.contains(part), "{said}");
    }
    assert!(matches!(refused(dir.path(), &support::options()), OpenError::ShredKeyMissing { copy: None, .. }));

    fs::rename(secrets_file(dir.path()), dir.path().join("lost-secrets")).unwrap();
    let store = open_with(dir.path(), &options).unwrap();
    assert_eq!(secret(&store, "a"), None);
    apply(&store, vec![put("a", "anew")]);
    store.close().unwrap();
    assert_eq!(secret(&open_with(dir.path(), &options).unwrap(), "a").as_deref(), Some("anew"));
}

#[test]
fn a_damaged_key_file_is_refused_and_a_copy_stands_in_for_it() {
    let (dir, elsewhere) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let options = with_copy(elsewhere.path());
    closed_store(dir.path(), &options);
    let (path, whole) = (key_file(dir.path()), fs::read(key_file(dir.path())).unwrap());
    for bad in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[bad] ^= 1;
        for bytes in [&bytes[..], &whole[..bad]] {
            fs::write(&path, bytes).unwrap();
            let refusal = refused(dir.path(), &support::options());
            assert!(matches!(&refusal, OpenError::ShredKeyDamaged { file, .. } if *file == path), "{bad}: {refusal}");
        }
        if bad % 16 == 0 {
            assert_eq!(secret(&open_with(dir.path(), &options).unwrap(), "a").as_deref(), Some("one"));
            assert_eq!(fs::read(&path).unwrap(), whole, "it was made again");
        }
    }
}

#[test]
fn a_key_file_or_secrets_of_another_format_are_named() {
    let dir = TempDir::new().unwrap();
    closed_store(dir.path(), &options());
    for (path, header, version) in [(key_file(dir.path()), 64, 2), (secrets_file(dir.path()), 72, 3)] {
        let whole = fs::read(&path).unwrap();
        let mut bytes = whole.clone();
        bytes[8] = version;
        let crc = crc32fast::hash(&bytes[..header - 4]);
        bytes[header - 4..header].copy_from_slice(&crc.to_le_bytes());
        fs::write(&path, bytes).unwrap();
        let refusal = refused(dir.path(), &options());
        assert!(matches!(&refusal, OpenError::NewerFormat { file, version: found }
            if *file == path && *found == u32::from(version)));
        fs::write(&path, whole).unwrap();
    }
    open(dir.path());
}

#[test]
fn the_key_can_be_kept_elsewhere_in_a_directory_that_exists() {
    let (dir, elsewhere) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let file = elsewhere.path().join("deep/renkei-key");
    let options = Options { shred_key: Some(file.clone()), ..options() };
    let parent = file.parent().unwrap();
    assert!(matches!(open_with(dir.path(), &options), Err(OpenError::Io { file, .. }) if file == *parent));
    fs::create_dir(parent).unwrap();
    closed_store(dir.path(), &options);
    assert!(!dir.path().join("shred").exists());
    assert!(!is_in_some_file(dir.path(), &key_in(&file)));
    assert_eq!(secret(&open_with(dir.path(), &options).unwrap(), "a").as_deref(), Some("one"));
    assert!(matches!(try_open(dir.path()), Err(OpenError::ShredKeyMissing { .. })));

    let twice = Options { shred_copy: Some(file.clone()), ..options };
    assert!(matches!(open_with(dir.path(), &twice), Err(OpenError::Io { file: named, .. }) if named == file));
}

#[cfg(unix)]
#[test]
fn the_copy_is_not_the_key_itself_by_another_name() {
    let (dir, elsewhere) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    closed_store(dir.path(), &options());
    std::os::unix::fs::symlink(dir.path().join("shred"), elsewhere.path().join("link")).unwrap();
    std::os::unix::fs::symlink(key_file(dir.path()), elsewhere.path().join("key-link")).unwrap();
    fs::hard_link(key_file(dir.path()), elsewhere.path().join("hard-link")).unwrap();
    let names = ["link/key", "key-link", "hard-link"].map(|name| elsewhere.path().join(name));
    for copy in [dir.path().join("shred/../shred/key")].into_iter().chain(names) {
        let options = Options { shred_copy: Some(copy.clone()), ..options() };
        let refusal = refused(dir.path(), &options);
        assert!(matches!(refusal, OpenError::Io { .. }), "{}: {refusal}", copy.display());
    }
    assert_eq!(secret(&open(dir.path()), "a").as_deref(), Some("one"));
}

#[cfg(unix)]
#[test]
fn the_key_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let dir = TempDir::new().unwrap();
    closed_store(dir.path(), &options());
    let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(dir.path().join("shred")), 0o700);
    assert_eq!(mode(key_file(dir.path())), 0o600);
    assert_eq!(mode(secrets_file(dir.path())), 0o600);
}
