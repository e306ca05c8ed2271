//! A device's word that it keeps nothing any more (A12.3).
//!
//! The order is the `WipeDevice` entry of the registry, and the server's destruction of the share makes it true even for
//! a device that never comes back. The receipt says that the device has also destroyed what it held itself. It is signed
//! with a key that lies outside the vault and was registered with the device, so the server can't make one.

use serde::{Deserialize, Serialize};

use crate::bounds;
use crate::bytes::Blob;
use crate::codec::{self, DecodeError};
use crate::hash::Domain;
use crate::id::{AssociationId, DeviceId};
use crate::key::{BadSignature, Signature, SigningPublic, SigningSecret};
use crate::time::Time;

const SIGN: Domain = Domain("renkei/v1/sign/receipt");

/// What a wiped device confirms: its half of the vault key and its vault are destroyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// [`crate::VERSION`].
    pub version: u8,
    /// [`crate::SUITE`].
    pub suite: u8,
    /// Of which association.
    pub association: AssociationId,
    /// Which device.
    pub device: DeviceId,
    /// When, by the device's own clock.
    pub destroyed_at: Time,
}

/// A receipt as signed by the device's receipt key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedReceipt {
    /// The canonical encoding of a [`Receipt`].
    pub bytes: Blob<{ bounds::RECEIPT }>,
    /// By the receipt key of the device's registration.
    pub signature: Signature,
}

/// Why a receipt is not to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadReceipt {
    /// Not a receipt.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// Not the device's signature.
    #[error(transparent)]
    Signature(#[from] BadSignature),
}

impl Receipt {
    /// Signs it.
    pub fn sign(&self, key: &SigningSecret) -> Result<SignedReceipt, DecodeError> {
        let bytes = codec::encode(self);
        let signature = key.sign(SIGN, &bytes);
        Ok(SignedReceipt { bytes: Blob::new(bytes).map_err(|_| DecodeError::TooLarge)?, signature })
    }
}

impl SignedReceipt {
    /// What it says, if `key` signed it.
    pub fn verify(&self, key: &SigningPublic) -> Result<Receipt, BadReceipt> {
        let receipt = self.unverified()?;
        key.verify(SIGN, self.bytes.as_slice(), &self.signature)?;
        Ok(receipt)
    }

    /// What it says, believed by nobody yet: to find the key.
    pub fn unverified(&self) -> Result<Receipt, DecodeError> {
        match self.bytes.as_slice().first_chunk::<2>() {
            Some([crate::VERSION, crate::SUITE]) => codec::decode(self.bytes.as_slice()),
            Some(_) => Err(DecodeError::UnknownVersion),
            None => Err(DecodeError::Malformed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a12_3_a_receipt_holds_under_the_devices_own_key_only() {
        let key = SigningSecret::from_seed(&[4; 32]);
        let receipt = Receipt {
            version: crate::VERSION,
            suite: crate::SUITE,
            association: AssociationId([1; 16]),
            device: DeviceId([2; 16]),
            destroyed_at: Time(1_800_000_000),
        };
        let signed = receipt.sign(&key).unwrap();
        assert_eq!(signed.verify(&key.public()), Ok(receipt));
        let other = SigningSecret::from_seed(&[5; 32]).public();
        assert_eq!(signed.verify(&other), Err(BadReceipt::Signature(BadSignature)));
        let mut changed = signed;
        changed.bytes = Blob::new(codec::encode(&Receipt { device: DeviceId([3; 16]), ..receipt })).unwrap();
        assert_eq!(changed.verify(&key.public()), Err(BadReceipt::Signature(BadSignature)));
    }
}
