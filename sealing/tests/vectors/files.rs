//! The files of `proto/vectors` that are made here: read, compared, and rewritten when asked to.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

/// What a vector shows.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Accept,
    Refuse,
}

impl Kind {
    fn path(self, name: &str) -> PathBuf {
        let directory = match self {
            Self::Accept => "accept",
            Self::Refuse => "refuse",
        };
        let vectors = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../proto/vectors");
        vectors.join(directory).join(format!("{name}.json"))
    }

    fn read(self, name: &str) -> Option<Value> {
        let text = fs::read_to_string(self.path(name)).ok()?;
        Some(serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}")))
    }
}

/// Whether files are to be written.
pub(crate) fn blessing() -> bool {
    std::env::var_os("RENKEI_BLESS").is_some()
}

/// An accepted file as it is by now.
pub(crate) fn stored(name: &str) -> Option<Value> {
    Kind::Accept.read(name)
}

/// Compares a file with what was made, or rewrites it where `RENKEI_BLESS` is set.
pub(crate) fn bless_or_compare(kind: Kind, name: &str, made: &Value) {
    if blessing() {
        fs::write(kind.path(name), serde_json::to_string_pretty(made).unwrap() + "\n").unwrap();
    }
    let stored = kind.read(name).unwrap_or_else(|| panic!("{name}: no file"));
    let vectors = |file: &Value| file["vectors"].as_array().cloned().unwrap_or_default();
    for (made, stored) in vectors(made).iter().zip(&vectors(&stored)) {
        assert!(made == stored, "{name}, {}: a sealed format changed: bump the version", made["name"]);
    }
    assert!(*made == stored, "{name}: the file holds other vectors than are made here");
}
