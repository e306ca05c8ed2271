//! The shred key: the secrets are sealed under it, so that destroying it destroys every copy of them.
//!
//! ```text
//!  0  8  magic "RENKEIK\0"
//!  8  4  format version, 1
//! 12 16  id, random: what the secrets file calls the key
//! 28 32  key, random
//! 60  4  checksum of 0..60
//! ```
//!
//! Numbers are little-endian, the checksum is CRC-32. `shred_files.rs` says where the file is and how one key
//! takes the place of another.

use std::io;

use aws_lc_rs::aead::{AES_256_GCM, LessSafeKey, UnboundKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use zeroize::Zeroizing;

use super::format::{Fields, Flaw};

const MAGIC: [u8; 8] = *b"RENKEIK\0";
const VERSION: u32 = 1;
const LEN: usize = 64;

/// What file keys are derived for. Another format of the secrets gets another sentence.
const PURPOSE: &[u8] = b"renkei secrets file, version 2";

/// What the secrets file calls a key. Not secret.
pub(crate) type KeyId = [u8; 16];

/// A key, with the id it goes by. There is no way to print it.
pub(crate) struct ShredKey {
    id: KeyId,
    /// Boxed, because moving it would leave copies behind.
    key: Box<Zeroizing<[u8; 32]>>,
}

impl ShredKey {
    /// A fresh key, from the operating system's randomness.
    pub(crate) fn random() -> io::Result<Self> {
        let mut made = Self { id: [0; 16], key: Box::default() };
        fill(&mut made.id)?;
        fill(&mut made.key[..])?;
        Ok(made)
    }

    #[cfg(test)]
    pub(crate) fn fixed(id: KeyId, key: [u8; 32]) -> Self {
        Self { id, key: Box::new(Zeroizing::new(key)) }
    }

    pub(crate) fn id(&self) -> &KeyId {
        &self.id
    }

    /// The key of one file, for its one salt.
    pub(crate) fn file_key(&self, salt: &[u8; 32]) -> Result<LessSafeKey, Unspecified> {
        let extracted = Salt::new(HKDF_SHA256, salt).extract(&self.key[..]);
        let expanded = extracted.expand(&[PURPOSE], &AES_256_GCM)?;
        Ok(LessSafeKey::new(UnboundKey::from(expanded)))
    }

    /// The content of the key's file.
    pub(crate) fn encode(&self) -> Zeroizing<Vec<u8>> {
        // Made at its full size: a vector that grows leaves copies behind.
        let mut out = Zeroizing::new(Vec::with_capacity(LEN));
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&VERSION.to_le_bytes());
        out.extend_from_slice(&self.id);
        out.extend_from_slice(&self.key[..]);
        let crc = crc32fast::hash(&out);
        out.extend_from_slice(&crc.to_le_bytes());
        out
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Flaw> {
        let bytes: &[u8; LEN] = match bytes.len() {
            LEN => bytes.try_into().map_err(|_| Flaw::Short)?,
            0..LEN => return Err(Flaw::Short),
            _ => return Err(Flaw::Inconsistent),
        };
        let (fields, crc) = bytes.split_last_chunk::<4>().ok_or(Flaw::Short)?;
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
        let mut found = Self { id: fields.take(), key: Box::default() };
        let key: &[u8; 32] = fields.0.first_chunk().ok_or(Flaw::Short)?;
        found.key.copy_from_slice(key);
        Ok(found)
    }
}

/// Fills `bytes` from the operating system's randomness.
pub(crate) fn fill(bytes: &mut [u8]) -> io::Result<()> {
    aws_lc_rs::rand::fill(bytes).map_err(|Unspecified| io::Error::other("no randomness"))
}
