//! Bytes from strangers: whatever comes, no decoder panics, and what one takes has no second form.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

#[path = "vectors/access_formats.rs"]
mod access_formats;
#[path = "vectors/cases/mod.rs"]
#[allow(dead_code, reason = "only the bytes are needed here")]
mod cases;
#[path = "vectors/file_formats.rs"]
mod file_formats;
#[path = "vectors/fixtures.rs"]
#[allow(dead_code, reason = "only what signs is needed here")]
mod fixtures;
#[path = "vectors/formats.rs"]
mod formats;
#[path = "vectors/hex.rs"]
#[allow(dead_code, reason = "only the cases write")]
mod hex;

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use renkei_proto::bytes::{Blob, List};
use renkei_proto::codec;
use renkei_proto::hash::Hash32;
use renkei_proto::key::{Signature, SigningPublic};
use renkei_proto::merkle::{self, Proof};
use renkei_proto::statement::{Claim, Signed};

use crate::formats::Format;

/// Every accepted encoding with its format.
static VALID: LazyLock<Vec<(&str, Vec<u8>)>> =
    LazyLock::new(|| cases::all().into_iter().map(|case| (case.format, case.bytes)).collect());

/// A length of 2^60.
const VAST: [u8; 9] = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10];

/// What happens to valid bytes on the way.
#[derive(Debug, Clone)]
enum Mutation {
    Flip(Index, u8),
    Cut(Index),
    Remove(Index, Index),
    Repeat(Index, Index),
    Insert(Index, Vec<u8>),
    Splice(Index, Index, Index),
}

impl Mutation {
    fn apply(&self, bytes: &mut Vec<u8>) {
        let at = |index: &Index, bytes: &[u8]| index.index(bytes.len() + 1);
        let range = |a: &Index, b: &Index, bytes: &[u8]| {
            let (a, b) = (at(a, bytes), at(b, bytes));
            a.min(b)..a.max(b)
        };
        match self {
            Self::Flip(index, bit) => {
                if !bytes.is_empty() {
                    let at = index.index(bytes.len());
                    bytes[at] ^= 1 << bit;
                }
            }
            Self::Cut(index) => bytes.truncate(at(index, bytes)),
            Self::Remove(a, b) => drop(bytes.drain(range(a, b, bytes))),
            Self::Repeat(a, b) => {
                let range = range(a, b, bytes);
                let part = bytes[range.clone()].to_vec();
                bytes.splice(range.end..range.end, part);
            }
            Self::Insert(index, new) => drop(bytes.splice(at(index, bytes)..at(index, bytes), new.iter().copied())),
            Self::Splice(other, here, there) => {
                let other = &other.get(&VALID).1;
                bytes.truncate(at(here, bytes));
                bytes.extend_from_slice(&other[at(there, other)..]);
            }
        }
    }
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let index = any::<Index>;
    prop_oneof![
        (index(), 0..8_u8).prop_map(|(at, bit)| Mutation::Flip(at, bit)),
        index().prop_map(Mutation::Cut),
        (index(), index()).prop_map(|(a, b)| Mutation::Remove(a, b)),
        (index(), index()).prop_map(|(a, b)| Mutation::Repeat(a, b)),
        (index(), vec(any::<u8>(), 1..12)).prop_map(|(at, new)| Mutation::Insert(at, new)),
        index().prop_map(|at| Mutation::Insert(at, VAST.to_vec())),
        (index(), index(), index()).prop_map(|(other, here, there)| Mutation::Splice(other, here, there)),
    ]
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) }
}

/// Whether `format` refuses `bytes`, or takes them and writes the same again.
fn has_one_form(format: &Format, bytes: &[u8]) -> Result<(), TestCaseError> {
    if let Ok(again) = (format.again)(bytes) {
        prop_assert_eq!(again, (format.fold)(bytes), "{}", format.name);
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(2_048))]

    #[test]
    fn arbitrary_bytes_have_one_form_or_none(tail in vec(any::<u8>(), 0..400), versioned in any::<bool>()) {
        let bytes = if versioned { [&[1, 1], &tail[..]].concat() } else { tail };
        for format in formats::all() {
            has_one_form(&format, &bytes)?;
        }
    }

    #[test]
    fn arbitrary_text_has_one_form_or_none(prefix in "(|renkei:enrol/|usr-|dev-|fac-|2026-)", text in "(\\PC{0,40}|[0-9a-z+-]{0,90})") {
        for format in formats::all() {
            has_one_form(&format, format!("{prefix}{text}").as_bytes())?;
        }
    }

    #[test]
    fn broken_encodings_have_one_form_or_none(at in any::<Index>(), mutations in vec(mutation(), 1..4)) {
        let (name, mut bytes) = at.get(&VALID).clone();
        for mutation in &mutations {
            mutation.apply(&mut bytes);
        }
        has_one_form(&Format::named(name).unwrap(), &bytes)?;
        for format in formats::all() {
            has_one_form(&format, &bytes)?;
        }
    }

    #[test]
    fn one_flipped_bit_has_one_form_or_none(at in any::<Index>(), index in any::<Index>(), bit in 0..8_u8) {
        let (name, mut bytes) = at.get(&VALID).clone();
        Mutation::Flip(index, bit).apply(&mut bytes);
        has_one_form(&Format::named(name).unwrap(), &bytes)?;
    }
}

#[test]
fn a_length_that_no_memory_could_hold_is_refused_at_once() {
    let start = Instant::now();
    let mut slowest = Duration::ZERO;
    for (name, bytes) in VALID.iter().filter(|(name, bytes)| !name.starts_with("text-") && bytes.len() < 2_000) {
        let format = Format::named(name).unwrap();
        for at in 0..bytes.len() {
            let claim = [&bytes[..at], &VAST, &bytes[at + 1..]].concat();
            let start = Instant::now();
            // In a byte string the claim is only bytes; everywhere else it is refused.
            if let Ok(again) = (format.again)(&claim) {
                assert_eq!(again, claim, "{name} at {at}");
            }
            slowest = slowest.max(start.elapsed());
        }
    }
    assert!(slowest < Duration::from_secs(1), "one took {slowest:?}, all {:?}", start.elapsed());
    for bytes in [&VAST[..], &[&VAST[..], &[0; 64]].concat()] {
        assert!(codec::decode::<List<u64, 16>>(bytes).is_err());
        assert!(codec::decode::<List<Hash32, { usize::MAX }>>(bytes).is_err());
        assert!(codec::decode::<Blob<{ usize::MAX }>>(bytes).is_err());
    }
}

/// Whether somebody who verifies with `key` would believe these bytes.
fn believed(bytes: &[u8], signature: Signature, key: &SigningPublic) -> bool {
    let Ok(bytes) = Blob::new(bytes.to_vec()) else { return false };
    Claim::parse(Signed { bytes, signature }).is_ok_and(|claim| claim.verify(key).is_ok())
}

#[test]
fn no_bit_of_a_signed_statement_can_be_flipped() {
    let statement = fixtures::founding();
    let signed = fixtures::sign(&statement);
    let (bytes, key) = (signed.bytes.as_slice(), fixtures::root().public());
    assert!(believed(bytes, signed.signature, &key));
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(!believed(&flipped, signed.signature, &key), "bit {bit} of the statement");
    }
    for bit in 0..512 {
        let mut flipped = signed.signature;
        flipped.0[bit / 8] ^= 1 << (bit % 8);
        assert!(!believed(bytes, flipped, &key), "bit {bit} of the signature");
    }
}

fn is_under(root: Hash32, count: usize, index: usize, leaf: &[u8], path: Vec<Hash32>) -> bool {
    List::new(path).is_ok_and(|path| merkle::includes(root, count, index, leaf, &Proof(path)))
}

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn a_signed_statement_with_a_flipped_bit_is_not_believed(at in any::<Index>(), index in any::<Index>(), bit in 0..8_u8) {
        let signed: Vec<_> = VALID.iter().filter(|(name, _)| *name == "signed-and-verified").collect();
        let (name, mut bytes) = (*at.get(&signed)).clone();
        Mutation::Flip(index, bit).apply(&mut bytes);
        prop_assert!((Format::named(name).unwrap().again)(&bytes).is_err());
    }

    #[test]
    fn a_mutated_proof_proves_nothing(count in 1..=200_usize, at in any::<Index>(), place in any::<Index>(), bit in 0..8_u8, other in any::<Index>()) {
        let leaves: Vec<_> = (0..count).map(|leaf| codec::encode(&leaf)).collect();
        let (root, index) = (merkle::root(&leaves), at.index(count));
        let leaf = &leaves[index];
        let path = merkle::prove(&leaves, index).unwrap().0.into_vec();
        prop_assert!(is_under(root, count, index, leaf, path.clone()));

        let elsewhere = other.index(count + 1);
        prop_assert!(elsewhere == index || !is_under(root, count, elsewhere, leaf, path.clone()));
        prop_assert!(elsewhere >= count || elsewhere == index || !is_under(root, count, index, &leaves[elsewhere], path.clone()));

        let mut longer = path.clone();
        longer.insert(place.index(path.len() + 1), other.get(&[Hash32::default(), root]).to_owned());
        prop_assert!(!is_under(root, count, index, leaf, longer));
        let mut flipped_root = root;
        flipped_root.0[place.index(32)] ^= 1 << bit;
        prop_assert!(!is_under(flipped_root, count, index, leaf, path.clone()));

        if !path.is_empty() {
            let sibling = place.index(path.len());
            let mut flipped = path.clone();
            flipped[sibling].0[other.index(32)] ^= 1 << bit;
            prop_assert!(!is_under(root, count, index, leaf, flipped));
            let mut shorter = path.clone();
            shorter.remove(sibling);
            prop_assert!(!is_under(root, count, index, leaf, shorter));
            let mut rotated = path.clone();
            rotated.rotate_left(1);
            prop_assert!(rotated == path || !is_under(root, count, index, leaf, rotated));
            // A node inside the tree does not pass for a leaf.
            let mut node = vec![1];
            node.extend_from_slice(&path[0].0);
            prop_assert!(!is_under(root, count, index, &node, path[1..].to_vec()));
        }
    }
}
