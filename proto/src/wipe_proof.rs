//! The proof of a wipe (A12.3): evidence that anybody checks without a server, for one device or for all of a person's.
//!
//! ```text
//! registry  every entry up to the heads ── who ordered it, signed, when, and with which rights
//! heads     the server's signature      ── that the registry was this at that time: the order stands in it
//! receipts  the devices' signatures     ── which have confirmed; one that is not here has not, as far as this says
//! ```
//!
//! Nothing in it speaks for itself: what is so is computed from it and the root's fingerprint by whoever is handed it.

use serde::{Deserialize, Serialize};

use crate::bounds;
use crate::bytes::{Blob, List};
use crate::codec::{self, DecodeError};
use crate::entry::ENTRY_MAX;
use crate::heads::SignedHeads;
use crate::id::{DeviceId, UserId};
use crate::wipe::SignedReceipt;

/// Of what a wipe is proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// One device.
    Device(DeviceId),
    /// Every device of a person.
    User(UserId),
}

/// The evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WipeProof {
    /// [`crate::VERSION`].
    pub version: u8,
    /// [`crate::SUITE`].
    pub suite: u8,
    /// Of what.
    pub subject: Subject,
    /// The registry's entries from the first on, as they were sent.
    pub registry: List<Blob<ENTRY_MAX>, { bounds::PROOF_ENTRIES }>,
    /// What the server has signed of exactly these entries.
    pub heads: SignedHeads,
    /// Of those devices that have confirmed, in ascending order of device.
    pub receipts: List<SignedReceipt, { bounds::LOOKUP }>,
}

impl WipeProof {
    /// The file.
    pub fn encode(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// What a file holds, believed by nobody yet.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        match bytes.first_chunk::<2>() {
            Some([crate::VERSION, crate::SUITE]) => {}
            Some(_) => return Err(DecodeError::UnknownVersion),
            None => return Err(DecodeError::Malformed),
        }
        let proof: Self = codec::decode_bounded(bytes, bounds::WIPE_PROOF)?;
        let mut last = None;
        for signed in proof.receipts.as_slice() {
            // Once each: a second receipt of a device could only say something else.
            let device = Some(signed.unverified()?.device);
            if device <= last {
                return Err(DecodeError::Malformed);
            }
            last = device;
        }
        Ok(proof)
    }
}
