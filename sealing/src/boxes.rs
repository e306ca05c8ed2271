//! One payload for one device: `Noise_Xpsk1_25519_ChaChaPoly_SHA256`, the pre-shared key an ML-KEM-768 secret.
//!
//! ```text
//! box = ML-KEM-768 ciphertext (1,088) ‖ Noise X message (32 ephemeral + 48 static + payload + 16 tag)
//! ```
//!
//! Broken X25519 alone, or broken ML-KEM alone, opens nothing. The prologue is the whole context, so a box opens only
//! where it was meant.

use aws_lc_rs::kem::{EncapsulationKey, ML_KEM_768};
use renkei_proto::bounds;
use renkei_proto::bytes::Blob;
use renkei_proto::codec;
use renkei_proto::hash::Hash32;
use renkei_proto::id::{AssociationId, DeviceId, GroupId, InvitationId};
use renkei_proto::key::{MLKEM768_CIPHERTEXT, SealingPublic};
use renkei_proto::statement::Head;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::SealError;
use crate::device::SealingSecret;

const PATTERN: &str = "Noise_Xpsk1_25519_ChaChaPoly_SHA256";
const DOMAIN: &[u8] = b"renkei/v1/box\0";
/// Noise X framing around the payload: ephemeral key, sealed static key, tag.
const FRAMING: usize = 32 + 48 + 16;

/// What a box is for. No two purposes open each other's boxes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// The key of a new epoch.
    Epoch {
        /// Its number.
        number: u32,
        /// The roster it is for.
        roster: Hash32,
        /// The group's head that its maker had seen.
        prior: Head,
    },
    /// Keys of earlier epochs.
    History {
        /// The first.
        first: u32,
        /// The last.
        last: u32,
    },
    /// The group's label, for those who govern it.
    GoverningLabel,
    /// The group's label, for those who decide on an invitation and the invited person.
    InvitationLabel {
        /// Which invitation.
        invitation: InvitationId,
    },
    /// The names on a consent form.
    ConsentDetails,
    /// Keys of earlier epochs, prepared for somebody who is invited: the payload is sealed once more under the
    /// invitation's release key.
    Prepared {
        /// For which invitation.
        invitation: InvitationId,
        /// The first.
        first: u32,
        /// The last.
        last: u32,
    },
    /// Where the material of a use beyond the group lies.
    UseDetails,
    /// Sealed details, handed on later.
    HandedOn {
        /// Of the entry at this place.
        of: u64,
    },
    /// The key of a form's scan, as it is deposited.
    ScanKey {
        /// Of the form at this place.
        of: u64,
    },
}

/// Where a box belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    /// Suite byte.
    pub suite: u8,
    /// The association.
    pub association: AssociationId,
    /// The group.
    pub group: GroupId,
    /// For what.
    pub purpose: Purpose,
    /// Whose device seals.
    pub sender: DeviceId,
    /// Whose device opens.
    pub recipient: DeviceId,
}

impl Context {
    fn prologue(&self) -> Vec<u8> {
        let mut bytes = DOMAIN.to_vec();
        bytes.extend_from_slice(&codec::encode(self));
        bytes
    }
}

fn builder(prologue: &[u8]) -> Result<snow::Builder<'_>, SealError> {
    let pattern = PATTERN.parse().map_err(|_| SealError::Library)?;
    snow::Builder::new(pattern).prologue(prologue).map_err(|_| SealError::Library)
}

/// Seals `payload` in `context`, from a device with these keys to one with those.
pub fn seal(
    context: &Context,
    payload: &[u8],
    from: &SealingSecret,
    to: &SealingPublic,
) -> Result<Blob<{ bounds::SEALED_BOX }>, SealError> {
    if payload.len() > bounds::BOX_PAYLOAD {
        return Err(SealError::TooLarge);
    }
    let encapsulation = EncapsulationKey::new(&ML_KEM_768, to.mlkem768()).map_err(|_| SealError::BadKey)?;
    let (ciphertext, shared) = encapsulation.encapsulate().map_err(|_| SealError::BadKey)?;
    let psk: Zeroizing<[u8; 32]> = Zeroizing::new(shared.as_ref().try_into().map_err(|_| SealError::Library)?);
    let prologue = context.prologue();
    let mut noise = builder(&prologue)?
        .local_private_key(from.x25519())
        .and_then(|builder| builder.remote_public_key(to.x25519()))
        .and_then(|builder| builder.psk(1, &psk))
        .and_then(snow::Builder::build_initiator)
        .map_err(|_| SealError::BadKey)?;
    let mut bytes = vec![0; MLKEM768_CIPHERTEXT + FRAMING + payload.len()];
    let (kem, message) = bytes.split_at_mut(MLKEM768_CIPHERTEXT);
    kem.copy_from_slice(ciphertext.as_ref());
    let written = noise.write_message(payload, message).map_err(|_| SealError::Library)?;
    bytes.truncate(MLKEM768_CIPHERTEXT + written);
    Blob::new(bytes).map_err(|_| SealError::TooLarge)
}

/// Opens a box in `context` with this device's keys.
pub fn open(context: &Context, sealed: &[u8], with: &SealingSecret) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let (kem, message) = sealed.split_at_checked(MLKEM768_CIPHERTEXT).ok_or(SealError::NotAuthentic)?;
    let psk = with.decapsulate(kem)?;
    let prologue = context.prologue();
    let mut noise = builder(&prologue)?
        .local_private_key(with.x25519())
        .and_then(|builder| builder.psk(1, &psk))
        .and_then(snow::Builder::build_responder)
        .map_err(|_| SealError::Library)?;
    let mut payload = Zeroizing::new(vec![0; message.len()]);
    let length = noise.read_message(message, &mut payload).map_err(|_| SealError::NotAuthentic)?;
    payload.truncate(length);
    Ok(payload)
}

#[cfg(test)]
mod tests {
    use rand_core::OsRng;

    use super::*;

    fn context() -> Context {
        Context {
            suite: renkei_proto::SUITE,
            association: AssociationId([1; 16]),
            group: GroupId([2; 16]),
            purpose: Purpose::Epoch { number: 3, roster: Hash32([4; 32]), prior: Head::default() },
            sender: DeviceId([5; 16]),
            recipient: DeviceId([6; 16]),
        }
    }

    #[test]
    fn a_box_is_as_small_as_promised_and_opens_for_its_recipient_only() {
        let (from, to, other) = (
            SealingSecret::generate(&mut OsRng).unwrap(),
            SealingSecret::generate(&mut OsRng).unwrap(),
            SealingSecret::generate(&mut OsRng).unwrap(),
        );
        let sealed = seal(&context(), &[9; 32], &from, to.public()).unwrap();
        assert_eq!(sealed.as_slice().len(), 1_088 + 128);
        assert_eq!(*open(&context(), sealed.as_slice(), &to).unwrap(), vec![9; 32]);
        assert_eq!(open(&context(), sealed.as_slice(), &other), Err(SealError::NotAuthentic));
    }

    #[test]
    fn a_box_opens_in_its_own_context_only() {
        let (from, to) = (SealingSecret::generate(&mut OsRng).unwrap(), SealingSecret::generate(&mut OsRng).unwrap());
        let sealed = seal(&context(), b"payload", &from, to.public()).unwrap();
        let other_contexts = [
            Context { suite: 9, ..context() },
            Context { association: AssociationId([9; 16]), ..context() },
            Context { group: GroupId([9; 16]), ..context() },
            Context { purpose: Purpose::History { first: 3, last: 3 }, ..context() },
            Context { sender: DeviceId([9; 16]), ..context() },
            Context { recipient: DeviceId([9; 16]), ..context() },
        ];
        for other in other_contexts {
            assert_eq!(open(&other, sealed.as_slice(), &to), Err(SealError::NotAuthentic), "{other:?}");
        }
    }

    #[test]
    fn a_changed_or_cut_box_does_not_open() {
        let (from, to) = (SealingSecret::generate(&mut OsRng).unwrap(), SealingSecret::generate(&mut OsRng).unwrap());
        let sealed = seal(&context(), b"payload", &from, to.public()).unwrap().into_vec();
        for at in [0, 500, 1_088, 1_120, 1_170, sealed.len() - 1] {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(open(&context(), &changed, &to).is_err(), "{at}");
        }
        for cut in [0, 1_087, 1_088, 1_120, sealed.len() - 1] {
            assert!(open(&context(), &sealed[..cut], &to).is_err(), "{cut}");
        }
    }

    #[test]
    fn a_payload_over_its_bound_is_refused() {
        let (from, to) = (SealingSecret::generate(&mut OsRng).unwrap(), SealingSecret::generate(&mut OsRng).unwrap());
        assert!(seal(&context(), &vec![0; bounds::BOX_PAYLOAD], &from, to.public()).is_ok());
        assert_eq!(
            seal(&context(), &vec![0; bounds::BOX_PAYLOAD + 1], &from, to.public()).err(),
            Some(SealError::TooLarge)
        );
    }
}
