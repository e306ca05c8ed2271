//! A target's corpus: `fuzz/corpus/<target>`, seeded from the vectors.

use std::fs;
use std::path::PathBuf;

use renkei_proto::hash::sha256;
use serde_json::Value;

/// The longest seed. What is longer teaches a fuzzer nothing more.
const LONGEST: usize = 4_096;
/// Files of one corpus.
const MOST: usize = 300;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The accepted vectors of a format, and then the refused ones.
pub(crate) fn vectors(format: &str) -> Vec<Value> {
    let mut all = Vec::new();
    for kind in ["accept", "refuse"] {
        let path = root().join("proto/vectors").join(kind).join(format!("{format}.json"));
        let file: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        all.extend(file["vectors"].as_array().unwrap().iter().cloned());
    }
    all
}

pub(crate) fn hexadecimal(text: &str) -> Vec<u8> {
    data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap()
}

pub(crate) struct Corpus {
    target: &'static str,
    directory: PathBuf,
}

impl Corpus {
    pub(crate) fn of(target: &'static str) -> Self {
        Self { target, directory: root().join("fuzz/corpus").join(target) }
    }

    /// Adds seeds that are missing, where `RENKEI_BLESS` is set.
    pub(crate) fn seed(&self, seeds: impl Iterator<Item = Vec<u8>>) {
        if std::env::var_os("RENKEI_BLESS").is_none() {
            return;
        }
        fs::create_dir_all(&self.directory).unwrap();
        for seed in seeds.filter(|seed| seed.len() <= LONGEST) {
            let name = sha256(&seed).to_string();
            fs::write(self.directory.join(&name[..16]), seed).unwrap();
        }
    }

    /// Runs the target over every file.
    pub(crate) fn replay(&self, run: fn(&[u8])) {
        let files = fs::read_dir(&self.directory).unwrap_or_else(|error| panic!("{}: {error}", self.target));
        let mut paths: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
        paths.sort();
        assert!((1..MOST).contains(&paths.len()), "{}: {} files", self.target, paths.len());
        for path in paths {
            let bytes = fs::read(&path).unwrap();
            let result = std::panic::catch_unwind(|| run(&bytes));
            assert!(result.is_ok(), "{}: {}", self.target, path.file_name().unwrap().display());
        }
    }
}
