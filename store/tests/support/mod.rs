//! What the tests of the embedded engine share.
#![allow(dead_code, clippy::unwrap_used, reason = "tests: every file uses its part, and failing is panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use renkei_store::conformance::{ALL, append};
use renkei_store::{EmbeddedStore, Log, LogKey, OpenError, Options, Record, SecretChange, Secrets};
use zeroize::Zeroizing;

pub(crate) const A: LogKey = LogKey([0xa; 16]);
pub(crate) const B: LogKey = LogKey([0xb; 16]);

/// Small segments, so that tests cross their borders; no reserve, so that tests need no large disk.
pub(crate) fn options() -> Options {
    Options { segment_bytes: 1024, reserve_bytes: 0, ..Options::default() }
}

/// One segment for everything.
pub(crate) fn one_segment() -> Options {
    Options { segment_bytes: 1 << 20, ..options() }
}

pub(crate) fn open(dir: &Path) -> EmbeddedStore {
    try_open(dir).unwrap()
}

pub(crate) fn try_open(dir: &Path) -> Result<EmbeddedStore, OpenError> {
    EmbeddedStore::open(dir, &options(), &mut |_| {})
}

/// Appends one batch for each of these records, to logs A and B in turn.
pub(crate) async fn fill(store: &EmbeddedStore, records: std::ops::Range<u64>) {
    for n in records {
        let log = if n % 2 == 0 { A } else { B };
        let expected = store.len(log).unwrap();
        let _ = store.append(vec![append(log, expected, [n])]).await.unwrap();
    }
}

/// Everything a log engine shows.
pub(crate) fn contents(store: &impl Log) -> Vec<(LogKey, Vec<Record>)> {
    let read = |(log, len)| {
        let records = store.read(log, 0, ALL).unwrap();
        assert_eq!(records.len() as u64, len);
        for record in &records {
            assert_eq!(store.find(record.key).unwrap(), Some((log, record.seq)));
            assert!(store.sidecar(log, record.seq).unwrap().is_some());
        }
        (log, records)
    };
    store.logs().unwrap().into_iter().map(read).collect()
}

/// Every file below `dir`, with its bytes.
pub(crate) fn files(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for file in fs::read_dir(dir).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    found
}

pub(crate) fn segment(dir: &Path, number: u32) -> PathBuf {
    dir.join("journal").join(format!("{number:08}.journal"))
}

pub(crate) fn put(key: &str, value: &str) -> SecretChange {
    SecretChange::Put { key: key.into(), value: Zeroizing::new(value.into()) }
}

pub(crate) fn delete(key: &str) -> SecretChange {
    SecretChange::Delete { key: key.into() }
}

/// A secret that is text.
pub(crate) fn secret(store: &EmbeddedStore, key: &str) -> Option<String> {
    let value = Secrets::get(store, key.as_bytes()).unwrap();
    value.map(|value| String::from_utf8(value.to_vec()).unwrap())
}

pub(crate) fn is_in_some_file(dir: &Path, value: &[u8]) -> bool {
    files(dir).values().any(|bytes| bytes.windows(value.len()).any(|window| window == value))
}

/// Copies a directory, files over files.
pub(crate) fn copy(from: &Path, to: &Path) {
    for (path, bytes) in files(from) {
        let path = to.join(path.strip_prefix(from).unwrap());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}
