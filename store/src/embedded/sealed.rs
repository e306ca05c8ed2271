//! The bytes of the secrets file: a header in clear, and all secrets sealed under the shred key.
//!
//! ```text
//!  0  8  magic "RENKEIS\0"
//!  8  4  format version, 2
//! 12 16  id of the shred key
//! 28 32  salt, random, fresh for every file
//! 60  8  length of what is sealed, tag included
//! 68  4  checksum of 0..68
//! 72     AES-256-GCM of the body, then its tag (16)
//!
//! body   number of secrets (4)
//!        secrets, each: length of key (4), length of value (4), key, value
//! ```
//!
//! Numbers are little-endian, the checksum is CRC-32; what is sealed has its tag. The key of the file is
//! HKDF-SHA256 of the shred key (`shred.rs`) with the file's salt. It seals this one file only, so the nonce is zeros.
//! The associated data is the whole header.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_lc_rs::aead::{Aad, Nonce};
use aws_lc_rs::error::Unspecified;
use zeroize::Zeroizing;

use super::format::{Fields, Flaw};
use super::shred::{KeyId, ShredKey};
use crate::SecretValue;

const MAGIC: [u8; 8] = *b"RENKEIS\0";
const VERSION: u32 = 2;
const HEADER: usize = 72;
const TAG: usize = 16;

/// The bytes of version 1 up to its checksum, which came earlier. It held the secrets in clear.
const HEADER_OF_VERSION_1: usize = 24;

/// Secrets by their keys.
pub(crate) type Values = BTreeMap<Vec<u8>, Arc<SecretValue>>;

/// Bytes of all secrets, with keys and lengths.
pub(crate) fn size(values: &Values) -> usize {
    values.iter().map(|(key, value)| 8 + key.len() + value.len()).sum()
}

/// The file's content. `salt` must never have been used before.
pub(crate) fn seal(values: &Values, key: &ShredKey, salt: &[u8; 32]) -> Result<SecretValue, Unspecified> {
    let body_len = 4 + size(values);
    // Made at its full size: a vector that grows leaves copies behind.
    let mut out = Zeroizing::new(Vec::with_capacity(HEADER + body_len + TAG));
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&VERSION.to_le_bytes());
    out.extend_from_slice(key.id());
    out.extend_from_slice(salt);
    out.extend_from_slice(&((body_len + TAG) as u64).to_le_bytes());
    let crc = crc32fast::hash(&out);
    out.extend_from_slice(&crc.to_le_bytes());
    out.extend_from_slice(&length(values.len()));
    for (key, value) in values {
        out.extend_from_slice(&length(key.len()));
        out.extend_from_slice(&length(value.len()));
        out.extend_from_slice(key);
        out.extend_from_slice(value);
    }
    let (header, body) = out.split_at_mut_checked(HEADER).ok_or(Unspecified)?;
    let tag = key.file_key(salt)?.seal_in_place_separate_tag(once(), Aad::from(&*header), body)?;
    out.extend_from_slice(tag.as_ref());
    Ok(out)
}

/// The id of the key under which the file is sealed.
pub(crate) fn key_id(bytes: &[u8]) -> Result<KeyId, Flaw> {
    Header::decode(bytes).map(|(header, _)| header.key_id)
}

/// The secrets in the file. The key must be the one that the file names.
pub(crate) fn open(bytes: &[u8], key: &ShredKey) -> Result<Values, Flaw> {
    let (header, sealed) = Header::decode(bytes)?;
    let file_key = key.file_key(&header.salt).map_err(|Unspecified| Flaw::Sealed)?;
    let mut body = Zeroizing::new(sealed.to_vec());
    let aad = Aad::from(bytes.get(..HEADER).unwrap_or_default());
    let body = file_key.open_in_place(once(), aad, &mut body).map_err(|Unspecified| Flaw::Sealed)?;
    decode(body)
}

struct Header {
    key_id: KeyId,
    salt: [u8; 32],
}

impl Header {
    /// The header, and what is sealed behind it.
    fn decode(bytes: &[u8]) -> Result<(Self, &[u8]), Flaw> {
        if is_version_1(bytes) {
            return Err(Flaw::Version(1));
        }
        let (header, sealed) = bytes.split_at_checked(HEADER).ok_or(Flaw::Short)?;
        let (fields, crc) = header.split_last_chunk::<4>().ok_or(Flaw::Short)?;
        if crc32fast::hash(fields) != u32::from_le_bytes(*crc) {
            return Err(Flaw::Header);
        }
        let mut fields = Fields(fields);
        if fields.take() != MAGIC {
            return Err(Flaw::Header);
        }
        match u32::from_le_bytes(fields.take()) {
            VERSION => {}
            other => return Err(Flaw::Version(other)),
        }
        let header = Self { key_id: fields.take(), salt: fields.take() };
        match u64::from_le_bytes(fields.take()).cmp(&(sealed.len() as u64)) {
            std::cmp::Ordering::Equal => Ok((header, sealed)),
            std::cmp::Ordering::Greater => Err(Flaw::Short),
            std::cmp::Ordering::Less => Err(Flaw::Inconsistent),
        }
    }
}

fn is_version_1(bytes: &[u8]) -> bool {
    let Some((header, rest)) = bytes.split_at_checked(HEADER_OF_VERSION_1) else { return false };
    let mut fields = Fields(header);
    fields.take() == MAGIC
        && u32::from_le_bytes(fields.take()) == 1
        && rest.first_chunk() == Some(&crc32fast::hash(header).to_le_bytes())
}

fn decode(body: &[u8]) -> Result<Values, Flaw> {
    let (count, mut rest) = body.split_first_chunk().ok_or(Flaw::Inconsistent)?;
    let mut values = Values::new();
    for _ in 0..u32::from_le_bytes(*count) {
        let (lengths, content) = rest.split_at_checked(8).ok_or(Flaw::Inconsistent)?;
        let mut lengths = Fields(lengths);
        let key_len = u32::from_le_bytes(lengths.take()) as usize;
        let value_len = u32::from_le_bytes(lengths.take()) as usize;
        let (key, content) = content.split_at_checked(key_len).ok_or(Flaw::Inconsistent)?;
        let (value, content) = content.split_at_checked(value_len).ok_or(Flaw::Inconsistent)?;
        values.insert(key.to_vec(), Arc::new(Zeroizing::new(value.to_vec())));
        rest = content;
    }
    if rest.is_empty() { Ok(values) } else { Err(Flaw::Inconsistent) }
}

/// The nonce of a key that seals once.
fn once() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}

/// The limit on the size of all secrets keeps every length within its field.
fn length(len: usize) -> [u8; 4] {
    u32::try_from(len).unwrap_or(u32::MAX).to_le_bytes()
}
