//! The signed end of the record.

use core::str::FromStr;

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};

use crate::bounds;
use crate::bytes::Blob;
use crate::codec::{self, DecodeError};
use crate::hash::{Domain, Hash32};
use crate::id::AssociationId;
use crate::key::{BadSignature, Signature, SigningPublic, SigningSecret};
use crate::time::Time;

const SIGN: Domain = Domain("renkei/v1/sign/access");

const SCHEME: &str = "renkei:access/";

/// Where the record ended at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessHead {
    /// [`crate::VERSION`].
    pub version: u8,
    /// [`crate::SUITE`].
    pub suite: u8,
    /// Of which association.
    pub association: AssociationId,
    /// The server's time.
    pub time: Time,
    /// How many records.
    pub size: u64,
    /// Hash of the last one; all zero for none.
    pub last: Hash32,
    /// Merkle root over the bytes of all of them.
    pub tree: Hash32,
}

/// A head as signed by the server's statement key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedAccessHead {
    /// The canonical encoding of an [`AccessHead`].
    pub bytes: Blob<{ bounds::ACCESS_HEAD }>,
    /// By the server's statement key.
    pub signature: Signature,
}

/// Why a signed head is not to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadAccessHead {
    /// Not a head.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// Not the server's signature.
    #[error(transparent)]
    Signature(#[from] BadSignature),
}

impl AccessHead {
    /// Signs it.
    pub fn sign(&self, key: &SigningSecret) -> Result<SignedAccessHead, DecodeError> {
        let bytes = codec::encode(self);
        let signature = key.sign(SIGN, &bytes);
        Ok(SignedAccessHead { bytes: Blob::new(bytes).map_err(|_| DecodeError::TooLarge)?, signature })
    }
}

impl SignedAccessHead {
    /// What it says, if `key` signed it.
    pub fn verify(&self, key: &SigningPublic) -> Result<AccessHead, BadAccessHead> {
        let head = self.unverified()?;
        key.verify(SIGN, self.bytes.as_slice(), &self.signature)?;
        Ok(head)
    }

    /// What it says, believed by nobody yet.
    pub fn unverified(&self) -> Result<AccessHead, DecodeError> {
        match self.bytes.as_slice().first_chunk::<2>() {
            Some([crate::VERSION, crate::SUITE]) => codec::decode(self.bytes.as_slice()),
            Some(_) => Err(DecodeError::UnknownVersion),
            None => Err(DecodeError::Malformed),
        }
    }

    /// As text, to keep and to compare.
    pub fn text(&self) -> String {
        format!("{SCHEME}{}", BASE64URL_NOPAD.encode(&codec::encode(self)))
    }
}

impl FromStr for SignedAccessHead {
    type Err = DecodeError;

    fn from_str(text: &str) -> Result<Self, DecodeError> {
        let text = text.trim();
        if text.len() > 4 * bounds::ACCESS_HEAD {
            return Err(DecodeError::TooLarge);
        }
        let text = text.strip_prefix(SCHEME).ok_or(DecodeError::Malformed)?;
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| DecodeError::Malformed)?;
        codec::decode_bounded(&bytes, bounds::ACCESS_HEAD + 128)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> SigningSecret {
        SigningSecret::from_seed(&[4; 32])
    }

    #[test]
    fn a02_1_a_head_holds_under_the_servers_key_only_and_survives_as_text() {
        let head = AccessHead {
            version: crate::VERSION,
            suite: crate::SUITE,
            association: AssociationId([1; 16]),
            time: Time(1_800_000_000),
            size: u64::MAX,
            last: Hash32([2; 32]),
            tree: Hash32([3; 32]),
        };
        let signed = head.sign(&key()).unwrap();
        assert_eq!(signed.verify(&key().public()), Ok(head));
        assert_eq!(signed.text().parse(), Ok(signed.clone()));
        let other = SigningSecret::from_seed(&[5; 32]).public();
        assert_eq!(signed.verify(&other), Err(BadAccessHead::Signature(BadSignature)));
    }
}
