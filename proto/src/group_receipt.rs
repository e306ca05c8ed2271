//! A device's word that it keeps nothing of a group any more (A12.3, A5.2, A6.2).
//!
//! When the log, verified, says that the device's person was removed, or that the group was erased, the device lets the
//! group's keys and whatever it held of its content go, and says so to those who removed the person. It is signed with the
//! key of its wipe receipts, so the server can't make one.

use serde::{Deserialize, Serialize};

use crate::bounds;
use crate::bytes::Blob;
use crate::codec::{self, DecodeError};
use crate::hash::Domain;
use crate::id::{AssociationId, DeviceId, GroupId};
use crate::key::{Signature, SigningPublic, SigningSecret};
use crate::time::Time;
use crate::wipe::BadReceipt;

const SIGN: Domain = Domain("renkei/v1/sign/group-receipt");

/// What a device confirms: the keys and the content of this group's first entries are gone from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupReceipt {
    /// [`crate::VERSION`].
    pub version: u8,
    /// [`crate::SUITE`].
    pub suite: u8,
    /// Of which association.
    pub association: AssociationId,
    /// Which device.
    pub device: DeviceId,
    /// Of which group.
    pub group: GroupId,
    /// How many entries of the group's log the device had then: it is about what those opened, and not about what came
    /// when the person was invited again.
    pub upto: u64,
    /// When, by the device's own clock.
    pub gone_at: Time,
}

/// A group's receipt as signed by the device's receipt key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedGroupReceipt {
    /// The canonical encoding of a [`GroupReceipt`].
    pub bytes: Blob<{ bounds::RECEIPT }>,
    /// By the receipt key of the device's registration.
    pub signature: Signature,
}

impl GroupReceipt {
    /// Signs it.
    pub fn sign(&self, key: &SigningSecret) -> Result<SignedGroupReceipt, DecodeError> {
        let bytes = codec::encode(self);
        let signature = key.sign(SIGN, &bytes);
        Ok(SignedGroupReceipt { bytes: Blob::new(bytes).map_err(|_| DecodeError::TooLarge)?, signature })
    }
}

impl SignedGroupReceipt {
    /// What it says, if `key` signed it.
    pub fn verify(&self, key: &SigningPublic) -> Result<GroupReceipt, BadReceipt> {
        let receipt = self.unverified()?;
        key.verify(SIGN, self.bytes.as_slice(), &self.signature)?;
        Ok(receipt)
    }

    /// What it says, believed by nobody yet.
    pub fn unverified(&self) -> Result<GroupReceipt, DecodeError> {
        match self.bytes.as_slice().first_chunk::<2>() {
            Some([crate::VERSION, crate::SUITE]) => codec::decode(self.bytes.as_slice()),
            Some(_) => Err(DecodeError::UnknownVersion),
            None => Err(DecodeError::Malformed),
        }
    }
}
