//! The exact bytes of the secrets file and of the shred key. A change here is a change of the formats.

use std::sync::Arc;

use proptest::prelude::*;
use zeroize::Zeroizing;

use super::format::Flaw;
use super::sealed::{Values, key_id, open, seal};
use super::shred::ShredKey;

const ID: [u8; 16] = [0xa1; 16];
const SALT: [u8; 32] = [0xb2; 32];

const KEY_HEX: &str = "52454e4b45494b0001000000a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1000102030405060708090a0b0c0d0e0f1011121314\
    15161718191a1b1c1d1e1f8f7ef222";
/// Made with another implementation of HKDF and AES-GCM.
const SECRETS_HEX: &str = "52454e4b4549530002000000a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2\
    b2b2b2b2b2b2b2b2b2b2b2b22900000000000000ddf2b9a9d45e1ab7f20fa26a5e981355f8a779abdd0d0f542b21771b8874d6e8acc2e032d9\
    1b3685a089554e4d";
/// Version 1, without secrets.
const OLD_SECRETS_HEX: &str = "52454e4b45495300010000000000000000000000000000008429a04b00000000";

fn key() -> ShredKey {
    let mut bytes = [0; 32];
    bytes.iter_mut().zip(0..).for_each(|(byte, n)| *byte = n);
    ShredKey::fixed(ID, bytes)
}

fn values() -> Values {
    let value = |bytes: &[u8]| Arc::new(Zeroizing::new(bytes.to_vec()));
    Values::from([(b"a".to_vec(), value(b"one")), (b"b".to_vec(), value(b""))])
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

/// Changes a header and makes its checksum right again.
fn with(whole: &[u8], at: usize, byte: u8, header: usize) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    bytes[at] = byte;
    let crc = crc32fast::hash(&bytes[..header - 4]);
    bytes[header - 4..header].copy_from_slice(&crc.to_le_bytes());
    bytes
}

#[test]
fn both_files_are_written_as_documented() {
    assert_eq!(key().encode().as_slice(), bytes(KEY_HEX));
    assert_eq!(seal(&values(), &key(), &SALT).unwrap().as_slice(), bytes(SECRETS_HEX));
}

#[test]
fn both_files_are_read_as_documented() {
    let key = ShredKey::decode(&bytes(KEY_HEX)).ok().unwrap();
    assert_eq!(*key.id(), ID);
    assert_eq!(key.encode().as_slice(), bytes(KEY_HEX));
    assert_eq!(key_id(&bytes(SECRETS_HEX)), Ok(ID));
    assert_eq!(open(&bytes(SECRETS_HEX), &key), Ok(values()));
}

#[test]
fn any_bad_bit_any_missing_byte_and_any_byte_too_many_is_refused() {
    let refused = |whole: &[u8], refuses: &dyn Fn(&[u8]) -> bool| {
        for len in 0..whole.len() {
            assert!(refuses(&whole[..len]), "cut at {len}");
        }
        assert!(refuses(&[whole, &[0]].concat()), "a byte too many");
        for bit in 0..whole.len() * 8 {
            let mut bytes = whole.to_vec();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(refuses(&bytes), "bad bit {bit}");
        }
    };
    refused(&bytes(KEY_HEX), &|bytes| ShredKey::decode(bytes).is_err());
    refused(&bytes(SECRETS_HEX), &|bytes| open(bytes, &key()).is_err());
}

#[test]
fn headers_with_a_right_checksum_are_still_checked() {
    let (secrets, shred) = (bytes(SECRETS_HEX), bytes(KEY_HEX));
    assert_eq!(open(&with(&secrets, 0, b'X', 72), &key()), Err(Flaw::Header));
    assert_eq!(open(&with(&secrets, 8, 3, 72), &key()), Err(Flaw::Version(3)));
    assert_eq!(open(&with(&secrets, 60, 0x28, 72), &key()), Err(Flaw::Inconsistent));
    assert_eq!(open(&with(&secrets, 60, 0x2a, 72), &key()), Err(Flaw::Short));
    // The id and the salt are sealed along, as associated data.
    assert_eq!(open(&with(&secrets, 12, 0, 72), &key()), Err(Flaw::Sealed));
    assert_eq!(open(&with(&secrets, 28, 0, 72), &key()), Err(Flaw::Sealed));
    assert_eq!(ShredKey::decode(&with(&shred, 0, b'X', 64)).err(), Some(Flaw::Header));
    assert_eq!(ShredKey::decode(&with(&shred, 8, 2, 64)).err(), Some(Flaw::Version(2)));
}

#[test]
fn secrets_from_before_there_was_a_shred_key_are_named_as_such() {
    assert_eq!(key_id(&bytes(OLD_SECRETS_HEX)), Err(Flaw::Version(1)));
}

#[test]
fn another_key_or_another_salt_opens_nothing() {
    let other = ShredKey::fixed(ID, [7; 32]);
    assert_eq!(open(&bytes(SECRETS_HEX), &other), Err(Flaw::Sealed));
    let again = seal(&values(), &key(), &[0xb3; 32]).unwrap();
    assert_ne!(again[72..], bytes(SECRETS_HEX)[72..]);
    assert_eq!(open(&again, &key()), Ok(values()));
}

#[test]
fn fresh_keys_differ() {
    let (one, other) = (ShredKey::random().unwrap(), ShredKey::random().unwrap());
    assert_ne!(one.id(), other.id());
    assert_ne!(one.encode()[28..60], other.encode()[28..60]);
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_refused_without_a_panic(start in 0..3usize, rest in prop::collection::vec(any::<u8>(), 0..200)) {
        let start = [&b""[..], b"RENKEIS\0\x02\0\0\0", b"RENKEIK\0\x01\0\0\0"][start];
        let mut bytes = [start, &rest].concat();
        prop_assert!(open(&bytes, &key()).is_err());
        prop_assert!(ShredKey::decode(&bytes).is_err());
        if bytes.len() >= 72 {
            bytes = with(&bytes, 8, 2, 72);
            prop_assert!(open(&bytes, &key()).is_err());
        }
    }

    #[test]
    fn what_was_sealed_opens(
        secrets in prop::collection::btree_map(
            prop::collection::vec(any::<u8>(), 0..20), prop::collection::vec(any::<u8>(), 0..100), 0..20,
        ),
        salt in any::<[u8; 32]>(),
    ) {
        let values: Values = secrets.into_iter().map(|(key, value)| (key, Arc::new(Zeroizing::new(value)))).collect();
        prop_assert_eq!(open(&seal(&values, &key(), &salt).unwrap(), &key()), Ok(values));
    }
}
