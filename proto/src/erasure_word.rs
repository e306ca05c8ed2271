//! The server's word on an erasure that it has carried out (A6.2): what went, and when nothing of it was in any file any more.
//!
//! ```text
//! signed bytes = {version, suite, association, group, confirmed, finished, destroyed, registry, signed_at}
//! ```
//!
//! Who decided it, and why, stands in the group's log, signed by people. This is the one thing that only the server knows: it
//! is believed as far as the server is, and it can't be taken back.

use serde::{Deserialize, Serialize};

use crate::bounds;
use crate::bytes::Blob;
use crate::codec::{self, DecodeError};
use crate::hash::Domain;
use crate::id::{AssociationId, GroupId};
use crate::key::{Signature, SigningPublic, SigningSecret};
use crate::time::Time;
use crate::wipe::BadReceipt;

const SIGN: Domain = Domain("renkei/v1/sign/erasure-word");

/// What was destroyed, counted before the first byte of it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destroyed {
    /// Signed bodies and the boxes beside them, in bytes.
    pub bytes: u64,
    /// Files, pictures, sound and documents: those that were posted, and those that waited.
    pub files: u64,
    /// Their sealed bytes.
    pub file_bytes: u64,
}

/// What the server says of an erasure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureWord {
    /// [`crate::VERSION`].
    pub version: u8,
    /// [`crate::SUITE`].
    pub suite: u8,
    /// Of which association.
    pub association: AssociationId,
    /// Of which group.
    pub group: GroupId,
    /// The place of the confirmation in the group's log.
    pub confirmed: u64,
    /// Since when nothing of it has been in any file of the server, by the server's clock.
    pub finished: Time,
    /// What went; none where it went before the server counted.
    pub destroyed: Option<Destroyed>,
    /// Entries of the registry when this was signed: they name the key.
    pub registry: u64,
    /// When it was signed.
    pub signed_at: Time,
}

/// The word as signed by the server's statement key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedErasureWord {
    /// The canonical encoding of an [`ErasureWord`].
    pub bytes: Blob<{ bounds::ERASURE_WORD }>,
    /// By the server's statement key.
    pub signature: Signature,
}

impl ErasureWord {
    /// Signs it.
    pub fn sign(&self, key: &SigningSecret) -> Result<SignedErasureWord, DecodeError> {
        let bytes = codec::encode(self);
        let signature = key.sign(SIGN, &bytes);
        Ok(SignedErasureWord { bytes: Blob::new(bytes).map_err(|_| DecodeError::TooLarge)?, signature })
    }
}

impl SignedErasureWord {
    /// What it says, if `key` signed it.
    pub fn verify(&self, key: &SigningPublic) -> Result<ErasureWord, BadReceipt> {
        let word = self.unverified()?;
        key.verify(SIGN, self.bytes.as_slice(), &self.signature)?;
        Ok(word)
    }

    /// What it says, believed by nobody yet: to find the key.
    pub fn unverified(&self) -> Result<ErasureWord, DecodeError> {
        match self.bytes.as_slice().first_chunk::<2>() {
            Some([crate::VERSION, crate::SUITE]) => codec::decode(self.bytes.as_slice()),
            Some(_) => Err(DecodeError::UnknownVersion),
            None => Err(DecodeError::Malformed),
        }
    }
}
