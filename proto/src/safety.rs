//! What somebody says of oneself when an emergency broadcast asks (S6): received, safe, or in need of help.
//!
//! It is signed by the person's device and kept beside the logs: nobody but those whose business it is has to fetch it over a
//! bad link, and the server can't make one up.

use serde::{Deserialize, Serialize};

use crate::bounds;
use crate::bytes::Blob;
use crate::codec::{self, DecodeError};
use crate::hash::Domain;
use crate::id::{AssociationId, DeviceId, UserId};
use crate::key::{Signature, SigningPublic, SigningSecret};
use crate::time::Time;
use crate::wipe::BadReceipt;

const SIGN: Domain = Domain("renkei/v1/sign/safety");

/// What somebody says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Safety {
    /// I have read it.
    Received,
    /// I am safe.
    Safe,
    /// I need help.
    NeedsHelp,
}

/// An answer to a broadcast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SafetyAnswer {
    /// [`crate::VERSION`].
    pub version: u8,
    /// [`crate::SUITE`].
    pub suite: u8,
    /// Of which association.
    pub association: AssociationId,
    /// To which broadcast: its place in the registry.
    pub broadcast: u64,
    /// Who answers.
    pub user: UserId,
    /// With which device.
    pub device: DeviceId,
    /// What.
    pub says: Safety,
    /// When, by the device's own clock.
    pub at: Time,
}

/// An answer as signed by the device's signing key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedSafety {
    /// The canonical encoding of a [`SafetyAnswer`].
    pub bytes: Blob<{ bounds::SAFETY }>,
    /// By the signing key of the device's registration.
    pub signature: Signature,
}

impl SafetyAnswer {
    /// Signs it.
    pub fn sign(&self, key: &SigningSecret) -> Result<SignedSafety, DecodeError> {
        let bytes = codec::encode(self);
        let signature = key.sign(SIGN, &bytes);
        Ok(SignedSafety { bytes: Blob::new(bytes).map_err(|_| DecodeError::TooLarge)?, signature })
    }
}

impl SignedSafety {
    /// What it says, if `key` signed it.
    pub fn verify(&self, key: &SigningPublic) -> Result<SafetyAnswer, BadReceipt> {
        let answer = self.unverified()?;
        key.verify(SIGN, self.bytes.as_slice(), &self.signature)?;
        Ok(answer)
    }

    /// What it says, believed by nobody yet.
    pub fn unverified(&self) -> Result<SafetyAnswer, DecodeError> {
        match self.bytes.as_slice().first_chunk::<2>() {
            Some([crate::VERSION, crate::SUITE]) => codec::decode(self.bytes.as_slice()),
            Some(_) => Err(DecodeError::UnknownVersion),
            None => Err(DecodeError::Malformed),
        }
    }
}
