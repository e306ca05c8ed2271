//! SHA-256 with a domain string in front of everything, so that no hash means two things.

use core::fmt;
use core::str::FromStr;

use data_encoding::HEXLOWER_PERMISSIVE;
use sha2::{Digest, Sha256};

use crate::bytes::fixed_bytes;

/// 32 bytes of SHA-256. In text: 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Hash32(pub [u8; 32]);

fixed_bytes!(Hash32, 32);

impl fmt::Display for Hash32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER_PERMISSIVE.encode(&self.0))
    }
}

impl fmt::Debug for Hash32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Text that is not 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a hash of 64 hexadecimal digits")]
pub struct BadHash;

impl FromStr for Hash32 {
    type Err = BadHash;

    fn from_str(text: &str) -> Result<Self, BadHash> {
        HEXLOWER_PERMISSIVE
            .decode(text.as_bytes())
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .map(Self)
            .ok_or(BadHash)
    }
}

/// What a hash is of. The string stands in front of the hashed bytes, closed by a zero byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Domain(pub &'static str);

/// Fingerprint of the association's root key.
pub const ROOT: Domain = Domain("renkei/v1/root");
/// A log entry's header: the link of the chain.
pub const ENTRY: Domain = Domain("renkei/v1/entry");
/// The signed bytes of an entry.
pub const BODY: Domain = Domain("renkei/v1/body");
/// Sealing public keys of a device, whose hash alone is in the registry.
pub const SEALING_KEYS: Domain = Domain("renkei/v1/sealing-keys");
/// Names on Form 3, as they are handed on.
pub const FORM_NAMES: Domain = Domain("renkei/v1/form-names");
/// Where the material of a use lies.
pub const USE_DETAILS: Domain = Domain("renkei/v1/use-details");
/// The key of a form's scan.
pub const SCAN_KEY: Domain = Domain("renkei/v1/scan-key");
/// The key of one revision of a patient card.
pub const CARD_KEY: Domain = Domain("renkei/v1/card-key-commitment");
/// The readers' devices that an epoch was made for.
pub const ROSTER: Domain = Domain("renkei/v1/roster");
/// Commitment to personal details (with a random salt).
pub const DETAILS: Domain = Domain("renkei/v1/details");
/// Commitment of an epoch header to its key.
pub const EPOCH_KEY: Domain = Domain("renkei/v1/epoch-commitment");
/// Commitment to a group's label (with a random salt).
pub const LABEL: Domain = Domain("renkei/v1/label");
/// The key that releases prepared history boxes.
pub const RELEASE: Domain = Domain("renkei/v1/release");
/// A key bundle at enrolment.
pub const BUNDLE: Domain = Domain("renkei/v1/bundle");
/// A certificate of an authority (DER).
pub const AUTHORITY: Domain = Domain("renkei/v1/authority");
/// A text of the association.
pub const WORDING: Domain = Domain("renkei/v1/wording");

/// SHA-256 over the domain, a zero byte, and the parts one after the other.
///
/// Parts are not delimited: a caller with more than one part of variable length encodes them first.
pub fn hash(domain: Domain, parts: &[&[u8]]) -> Hash32 {
    let mut sha = Sha256::new();
    sha.update(domain.0.as_bytes());
    sha.update([0]);
    for part in parts {
        sha.update(part);
    }
    Hash32(sha.finalize().into())
}

/// Plain SHA-256, for the scan of a paper form: what `sha256sum` prints for the file.
pub fn sha256(bytes: &[u8]) -> Hash32 {
    Hash32(Sha256::digest(bytes).into())
}
/// SHA-256 of what comes piece by piece.
#[derive(Debug, Clone, Default)]
pub struct Hasher(Sha256);

impl Hasher {
    /// Takes the next piece.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash of all of them.
    pub fn finish(self) -> Hash32 {
        Hash32(self.0.finalize().into())
    }
}
