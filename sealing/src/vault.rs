//! A device's secrets at rest.
//!
//! The vault key is derived from two halves: the device's own secret, which never leaves the device, and the server's
//! share, which the server releases after a full sign-in and destroys with a wipe. Either half alone opens nothing, so a
//! wiped device that never comes online again keeps nothing it can open.

use core::fmt;

use rand_core::CryptoRngCore;
use renkei_proto::frame::Secret32;
use renkei_proto::hash::Domain;
use renkei_proto::id::DeviceId;
use renkei_proto::key;
use zeroize::Zeroizing;

use crate::{SealError, aead};

const VAULT: Domain = Domain("renkei/v1/vault");
const SEALING: Domain = Domain("renkei/v1/vault/seal");

/// Bytes of salt in front of a sealed vault: each writing has a key of its own.
const SALT: usize = 32;

/// The version byte of a sealed vault.
const VERSION: u8 = 1;

/// The key of a device's vault. Exists only while the device is unlocked. Wiped when dropped, never printed.
///
/// It stays at one place of the heap: whatever moves it moves a pointer, and leaves no copy behind.
pub struct VaultKey(Box<Zeroizing<[u8; 32]>>);

impl fmt::Debug for VaultKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VaultKey(…)")
    }
}

impl VaultKey {
    /// The key that the two halves make for this device.
    pub fn derive(device_secret: &Secret32, share: &Secret32, device: DeviceId) -> Self {
        let mut halves = Zeroizing::new([0; 64]);
        halves[..32].copy_from_slice(device_secret.0.as_slice());
        halves[32..].copy_from_slice(share.0.as_slice());
        let mut held = Box::new(Zeroizing::new([0; 32]));
        held.copy_from_slice(&*key::derive(&*halves, b"", VAULT, &device.0));
        Self(held)
    }

    /// Seals `plaintext` as the part of the vault called `name`.
    pub fn seal(&self, name: &str, plaintext: &[u8], rng: &mut impl CryptoRngCore) -> Result<Vec<u8>, SealError> {
        let mut salt = [0; SALT];
        rng.fill_bytes(&mut salt);
        let key = key::derive(self.0.as_slice(), &salt, SEALING, name.as_bytes());
        let mut bytes = vec![VERSION];
        bytes.extend_from_slice(&salt);
        bytes.extend_from_slice(&aead::seal(&key, name.as_bytes(), plaintext)?);
        Ok(bytes)
    }

    /// Opens the part of the vault called `name`.
    pub fn open(&self, name: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (&version, rest) = sealed.split_first().ok_or(SealError::NotAuthentic)?;
        let (salt, ciphertext) = rest.split_at_checked(SALT).ok_or(SealError::NotAuthentic)?;
        if version != VERSION {
            return Err(SealError::NotAuthentic);
        }
        let key = key::derive(self.0.as_slice(), salt, SEALING, name.as_bytes());
        aead::open(&key, name.as_bytes(), ciphertext)
    }
}

#[cfg(test)]
mod tests {
    use rand_core::OsRng;

    use super::*;

    #[test]
    fn a12_3_a_vault_opens_only_with_both_halves_of_this_device() {
        let (secret, share, device) = (Secret32::new([1; 32]), Secret32::new([2; 32]), DeviceId([3; 16]));
        let sealed = VaultKey::derive(&secret, &share, device).seal("keys", b"content", &mut OsRng).unwrap();
        let open = |secret: &Secret32, share: &Secret32, device, name: &str| {
            VaultKey::derive(secret, share, device).open(name, &sealed).map(|bytes| bytes.to_vec())
        };
        let other = Secret32::new([9; 32]);
        assert_eq!(open(&secret, &share, device, "keys"), Ok(b"content".to_vec()));
        assert_eq!(open(&other, &share, device, "keys"), Err(SealError::NotAuthentic));
        assert_eq!(open(&secret, &other, device, "keys"), Err(SealError::NotAuthentic));
        assert_eq!(open(&share, &secret, device, "keys"), Err(SealError::NotAuthentic));
        assert_eq!(open(&secret, &share, DeviceId([9; 16]), "keys"), Err(SealError::NotAuthentic));
        assert_eq!(open(&secret, &share, device, "other"), Err(SealError::NotAuthentic));
    }

    #[test]
    fn a_changed_or_cut_vault_does_not_open() {
        let key = VaultKey::derive(&Secret32::new([1; 32]), &Secret32::new([2; 32]), DeviceId([3; 16]));
        let sealed = key.seal("keys", b"content", &mut OsRng).unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(key.open("keys", &changed).is_err(), "{at}");
            assert!(key.open("keys", &sealed[..at]).is_err(), "{at}");
        }
    }
}
