//! The fuzz targets over the corpus that is kept in git. `fuzz/README.md` says how it grows.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

#[path = "corpus/seeds.rs"]
mod seeds;
#[path = "../../fuzz/src/proto.rs"]
#[allow(clippy::let_underscore_untyped, unreachable_pub, reason = "shared with the fuzz targets")]
mod targets;

use serde_json::Value;

use crate::seeds::{Corpus, hexadecimal};

/// Whose vectors are whose seeds.
const SEEDS: &[(&str, &[&str])] = &[
    ("access_head", &["access-head", "signed-access-head", "access-head-text"]),
    ("access_record", &["access-record"]),
    ("answer", &["answer"]),
    ("boxes", &["boxes"]),
    ("bundle", &["bundle"]),
    ("card", &["card"]),
    ("client_frame", &["client-frame"]),
    ("details", &["details"]),
    ("enrol_answer", &["enrol-answer"]),
    ("enrol_op", &["enrol-op"]),
    ("entry", &["entry"]),
    ("forms", &["form-names", "use-details", "scan-key"]),
    ("heads", &["heads", "signed-heads"]),
    ("heads_text", &["heads-text"]),
    ("line", &["line", "text-line"]),
    ("merkle", &["inclusion", "consistency"]),
    ("offer", &["offer"]),
    ("password", &["text-line"]),
    ("receipt", &["receipt", "signed-receipt"]),
    ("group_receipt", &["group-receipt", "signed-group-receipt"]),
    ("safety", &["safety", "signed-safety"]),
    ("root_op", &["root-op"]),
    ("sealed_label", &["sealed-label"]),
    ("sidecar", &["sidecar"]),
    ("signed", &["signed", "signed-and-verified"]),
    ("statement", &["statement"]),
    ("sync_items", &["sync-item"]),
    ("text", &["text-date", "text-hash", "text-signature", "text-code", "text-device", "text-user", "text-group"]),
    ("ticket_link", &["ticket-link"]),
    ("wording", &["wording"]),
    ("opening", &["opening", "signed-opening"]),
    ("present", &["present"]),
    ("erasure_word", &["erasure-word", "signed-erasure-word"]),
    ("wipe_proof", &["wipe-proof"]),
];

/// The bytes of a vector; none where there are too many for a seed.
fn bytes(vector: &Value) -> Option<Vec<u8>> {
    let mut bytes = hexadecimal(vector["hex"].as_str()?);
    bytes.resize(bytes.len() + usize::try_from(vector["zeros"].as_u64().unwrap_or(0)).ok()?, 0);
    Some(bytes)
}

#[test]
fn the_kept_corpus_has_one_form_or_none_and_makes_nothing_panic() {
    for &(target, run) in targets::ALL {
        let formats = SEEDS.iter().find(|(name, _)| *name == target).expect("seeds for every target").1;
        let corpus = Corpus::of(target);
        corpus.seed(formats.iter().flat_map(|format| seeds::vectors(format)).filter_map(|vector| bytes(&vector)));
        corpus.replay(run);
    }
    assert_eq!(targets::ALL.len(), SEEDS.len());
}
