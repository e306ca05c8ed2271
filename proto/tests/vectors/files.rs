//! The files of `proto/vectors`: read, compared, and rewritten when asked to.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use serde_json::{Map, Value, json};

use crate::cases::Case;
use crate::refusals::Refusal;
use crate::{fixtures, hex};

/// What to do about a difference.
pub(crate) const BUMP: &str = "a stored format changed: bump the version";

/// What a vector shows.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Accept,
    Refuse,
}

impl Kind {
    fn directory(self) -> PathBuf {
        let name = match self {
            Self::Accept => "accept",
            Self::Refuse => "refuse",
        };
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("vectors").join(name)
    }

    /// The file of each format that has one. What is sealed, and the district, are `sealing/tests`' to make.
    fn files(self) -> BTreeMap<String, PathBuf> {
        let entries = fs::read_dir(self.directory()).expect("the directory of vectors");
        let paths = entries.map(|entry| entry.unwrap().path());
        let named = paths.map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), path));
        named.filter(|(name, _)| !name.starts_with("open-") && name != "district").collect()
    }
}

impl Case {
    /// As written down.
    pub(crate) fn vector(&self) -> Value {
        let mut vector = json!({
            "name": self.name,
            "format": self.format,
            "hex": hex::write(&self.bytes),
            "fields": self.fields,
        });
        if !self.derived.is_empty() {
            vector["derived"] = Value::Object(self.derived.clone());
        }
        vector
    }
}

impl Refusal {
    /// As written down.
    pub(crate) fn vector(&self) -> Value {
        let mut vector = json!({
            "name": self.name,
            "format": self.format,
            "hex": hex::write(&self.bytes),
            "error": self.error,
        });
        if self.zeros > 0 {
            vector["zeros"] = json!(self.zeros);
        }
        vector
    }
}

/// The stored vectors of one kind, by format.
pub(crate) struct Vectors(BTreeMap<String, Vec<Value>>);

impl Vectors {
    pub(crate) fn load(kind: Kind) -> Self {
        let read = |path: &PathBuf| -> Vec<Value> {
            let text = fs::read_to_string(path).unwrap();
            let file: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            file["vectors"].as_array().unwrap_or_else(|| panic!("{}: no vectors", path.display())).clone()
        };
        Self(kind.files().iter().map(|(name, path)| (name.clone(), read(path))).collect())
    }

    /// The bytes of a vector, and all of it. Zeros that were too many to write out follow the digits.
    pub(crate) fn find(&self, format: &str, name: &str) -> (Vec<u8>, Value) {
        let found = self.0.get(format).and_then(|all| all.iter().find(|vector| vector["name"] == name));
        let vector = found.unwrap_or_else(|| panic!("{format}, “{name}” is in no file"));
        let mut bytes = hex::read(vector["hex"].as_str().unwrap()).expect("hexadecimal digits");
        bytes.extend(vec![0; usize::try_from(vector["zeros"].as_u64().unwrap_or(0)).unwrap()]);
        (bytes, vector.clone())
    }
}

/// Compares the files of `kind` with `vectors`, or rewrites them where `RENKEI_BLESS` is set.
pub(crate) fn bless_or_compare(kind: Kind, vectors: &[Value]) {
    let mut by_format = BTreeMap::<&str, Vec<&Value>>::new();
    for vector in vectors {
        by_format.entry(vector["format"].as_str().unwrap()).or_default().push(vector);
    }
    for (format, vectors) in &by_format {
        let names: BTreeSet<_> = vectors.iter().map(|vector| vector["name"].as_str().unwrap()).collect();
        assert_eq!(names.len(), vectors.len(), "two vectors of {format} have one name");
    }
    if std::env::var_os("RENKEI_BLESS").is_some() {
        bless(kind, &by_format);
    }
    let expected: BTreeSet<_> = by_format.keys().map(|&format| format.to_owned()).collect();
    assert_eq!(kind.files().into_keys().collect::<BTreeSet<_>>(), expected, "a file for each format, and no other");
    let stored = Vectors::load(kind);
    for (format, vectors) in by_format {
        for vector in &vectors {
            compare(vector, &stored.find(format, vector["name"].as_str().unwrap()).1);
        }
        assert_eq!(stored.0[format].len(), vectors.len(), "{format}: a vector in the file that is not made here");
    }
}

fn compare(made: &Value, stored: &Value) {
    let name = format!("{}, “{}”", stored["format"].as_str().unwrap_or_default(), made["name"].as_str().unwrap());
    assert!(made["hex"] == stored["hex"], "{name}: {BUMP}\n  stored {}\n  made   {}", stored["hex"], made["hex"]);
    let (made, stored) = (made.as_object().unwrap(), stored.as_object().unwrap());
    let fields: BTreeSet<_> = made.keys().chain(stored.keys()).collect();
    for field in fields {
        let (made, stored) = (made.get(field), stored.get(field));
        assert!(made == stored, "{name}: “{field}”: {BUMP}\n  stored {stored:?}\n  made   {made:?}");
    }
}

fn bless(kind: Kind, by_format: &BTreeMap<&str, Vec<&Value>>) {
    let directory = kind.directory();
    for path in kind.files().into_values() {
        fs::remove_file(path).unwrap();
    }
    for (format, vectors) in by_format {
        let mut file = Map::new();
        file.insert("format".to_owned(), json!(format));
        if matches!(kind, Kind::Accept) {
            file.insert("keys".to_owned(), fixtures::keys());
        }
        file.insert("vectors".to_owned(), json!(vectors));
        let text = serde_json::to_string_pretty(&file).unwrap() + "\n";
        fs::write(directory.join(format!("{format}.json")), text).unwrap();
    }
}
