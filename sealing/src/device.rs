//! The keys of a device.

use core::fmt;

use aws_lc_rs::kem::{DecapsulationKey, ML_KEM_768};
use curve25519_dalek::montgomery::MontgomeryPoint;
use rand_core::CryptoRngCore;
use renkei_proto::bytes::Blob;
use renkei_proto::key::{SealingPublic, SigningSecret};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::SealError;

/// Bytes of an expanded ML-KEM-768 decapsulation key (FIPS 203).
pub const MLKEM768_SECRET: usize = 2_400;

/// The private halves under which a device receives keys. Wiped when dropped, never printed.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct SealingSecret {
    x25519: [u8; 32],
    mlkem768: Blob<MLKEM768_SECRET>,
    #[zeroize(skip)]
    public: SealingPublic,
}

impl SealingSecret {
    /// New keys. The ML-KEM pair draws from the operating system.
    pub fn generate(rng: &mut impl CryptoRngCore) -> Result<Self, SealError> {
        let mut x25519 = [0; 32];
        rng.fill_bytes(&mut x25519);
        let kem = DecapsulationKey::generate(&ML_KEM_768).map_err(|_| SealError::Library)?;
        let encapsulation = kem.encapsulation_key().map_err(|_| SealError::Library)?;
        let public_kem = encapsulation.key_bytes().map_err(|_| SealError::Library)?;
        let secret_kem = Zeroizing::new(kem.key_bytes().map_err(|_| SealError::Library)?.as_ref().to_vec());
        let public_x25519 = MontgomeryPoint::mul_base_clamped(x25519).to_bytes();
        let public = SealingPublic::new(public_x25519, public_kem.as_ref()).map_err(|_| SealError::BadKey)?;
        let mlkem768 = Blob::new(secret_kem.to_vec()).map_err(|_| SealError::Library)?;
        Ok(Self { x25519, mlkem768, public })
    }

    /// The public halves.
    pub fn public(&self) -> &SealingPublic {
        &self.public
    }

    pub(crate) fn x25519(&self) -> &[u8; 32] {
        &self.x25519
    }

    /// The ML-KEM secret that `ciphertext` carries for this device.
    pub(crate) fn decapsulate(&self, ciphertext: &[u8]) -> Result<Zeroizing<[u8; 32]>, SealError> {
        let key = DecapsulationKey::new(&ML_KEM_768, self.mlkem768.as_slice()).map_err(|_| SealError::BadKey)?;
        let shared = key.decapsulate(ciphertext.into()).map_err(|_| SealError::NotAuthentic)?;
        let bytes: [u8; 32] = shared.as_ref().try_into().map_err(|_| SealError::Library)?;
        Ok(Zeroizing::new(bytes))
    }

    /// The X25519 secret shared with `public`. Refused if it is all zero.
    pub(crate) fn agree(&self, public: &[u8; 32]) -> Result<Zeroizing<[u8; 32]>, SealError> {
        let shared = Zeroizing::new(MontgomeryPoint(*public).mul_clamped(self.x25519).to_bytes());
        if shared.iter().all(|&byte| byte == 0) { Err(SealError::BadKey) } else { Ok(shared) }
    }
}

impl fmt::Debug for SealingSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingSecret(…)")
    }
}

/// Everything private that a device has: one key to sign with, one set to receive with.
#[derive(Debug, Clone)]
pub struct DeviceKeys {
    /// Signs statements.
    pub signing: SigningSecret,
    /// Receives keys.
    pub sealing: SealingSecret,
}

impl DeviceKeys {
    /// New keys.
    pub fn generate(rng: &mut impl CryptoRngCore) -> Result<Self, SealError> {
        Ok(Self { signing: SigningSecret::generate(rng), sealing: SealingSecret::generate(rng)? })
    }
}

#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct Stored {
    signing: [u8; 32],
    sealing: SealingSecret,
}

impl Serialize for DeviceKeys {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Stored { signing: *self.signing.to_seed(), sealing: self.sealing.clone() }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for DeviceKeys {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = Stored::deserialize(deserializer)?;
        Ok(Self { signing: SigningSecret::from_seed(&stored.signing), sealing: stored.sealing.clone() })
    }
}
