//! The fuzz targets of what is opened over the corpus that is kept in git. `fuzz/README.md` says how it grows.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

#[path = "vectors/keys.rs"]
#[allow(dead_code, reason = "the keys are shared with the vectors, which need more of them")]
mod keys;
#[path = "../../proto/tests/corpus/seeds.rs"]
mod seeds;
#[path = "../../fuzz/src/sealing.rs"]
#[allow(unreachable_pub, reason = "shared with the fuzz targets")]
mod targets;

use renkei_proto::act::SealedLabel;
use renkei_proto::codec;
use serde::Deserialize;
use serde_json::Value;

use crate::seeds::{Corpus, hexadecimal};

/// Whose vectors are whose seeds, and which part of them.
const SEEDS: &[(&str, &[&str], &str)] = &[
    ("box_open", &["open-box"], "sealed"),
    ("card_open", &["open-card"], "statement"),
    ("label_open", &["open-label"], "sealed"),
    ("label_read", &["open-label"], "payload"),
    ("message_open", &["open-message", "open-amendment"], "statement"),
    ("vault_open", &["open-vault"], "sealed"),
    ("post_open", &["open-post"], "statement"),
    ("file_open", &["open-file"], "chunks"),
];

/// A text, or those of a list.
fn texts(value: &Value) -> Vec<&str> {
    let all = value.as_array().map_or(core::slice::from_ref(value), Vec::as_slice);
    all.iter().filter_map(Value::as_str).collect()
}

fn seeds_of(target: &str) -> Vec<Vec<u8>> {
    let (_, formats, part) = SEEDS.iter().find(|(name, ..)| *name == target).expect("seeds for every target");
    let vectors: Vec<Value> = formats.iter().flat_map(|format| seeds::vectors(format)).collect();
    let mut all: Vec<Vec<u8>> = vectors.iter().flat_map(|it| texts(&it[part])).map(hexadecimal).collect();
    // Labels without their padding are sealed by the target itself.
    let labels = vectors.iter().filter_map(|it| SealedLabel::deserialize(&it["label"]).ok());
    all.extend(labels.filter(|_| target == "label_read").map(|label| codec::encode(&label)));
    all
}

#[test]
fn the_kept_corpus_opens_in_one_way_or_none_and_makes_nothing_panic() {
    let keys = codec::encode(&keys::recipient().secret());
    if std::env::var_os("RENKEI_BLESS").is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/src/recipient.keys"), &keys).unwrap();
    }
    let built_in = include_bytes!("../../fuzz/src/recipient.keys");
    assert!(built_in[..] == keys, "the targets open with other keys than the vectors': bless, and build once more");
    for &(target, run) in targets::ALL {
        let corpus = Corpus::of(target);
        corpus.seed(seeds_of(target).into_iter());
        corpus.replay(run);
    }
}
