//! Public keys, signatures, and the one place where bytes are signed and checked.

use core::fmt;
use core::hash::{Hash, Hasher};

use curve25519_dalek::montgomery::MontgomeryPoint;
use curve25519_dalek::scalar::Scalar;
use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use rand_core::CryptoRngCore;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::bytes::{Blob, fixed_bytes};
use crate::hash::{self, Domain, Hash32};
use crate::id::AssociationId;

/// Bytes of an ML-KEM-768 encapsulation key (FIPS 203).
pub const MLKEM768_PUBLIC: usize = 1_184;
/// Bytes of an ML-KEM-768 ciphertext (FIPS 203).
pub const MLKEM768_CIPHERTEXT: usize = 1_088;

/// A key that can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    /// Not a point of the curve, or of the wrong length.
    #[error("not a public key")]
    Malformed,
    /// A point of small order: anybody could sign for it, or every shared secret with it would be the same.
    #[error("a public key of small order")]
    SmallOrder,
}

/// A signature that doesn't hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not hold")]
pub struct BadSignature;

/// An Ed25519 public key (RFC 8032), never of small order.
#[derive(Clone, Copy)]
pub struct SigningPublic(VerifyingKey);

impl SigningPublic {
    /// The key, if `bytes` are one that can be trusted with a signature.
    pub fn new(bytes: &[u8; 32]) -> Result<Self, BadKey> {
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| BadKey::Malformed)?;
        if key.is_weak() {
            return Err(BadKey::SmallOrder);
        }
        Ok(Self(key))
    }

    /// The 32 bytes of RFC 8032.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// Checks `signature` over `message` in `domain` by the strict rules (no malleable or small-order forms).
    pub fn verify(&self, domain: Domain, message: &[u8], signature: &Signature) -> Result<(), BadSignature> {
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        self.0.verify_strict(&in_domain(domain, message), &signature).map_err(|_| BadSignature)
    }

    /// The fingerprint of this key as an association's root.
    pub fn root_fingerprint(&self) -> Hash32 {
        hash::hash(hash::ROOT, &[self.as_bytes()])
    }

    /// The association whose root this key is: the first 16 bytes of the fingerprint.
    pub fn association(&self) -> AssociationId {
        let mut id = [0; 16];
        id.copy_from_slice(&self.root_fingerprint().0[..16]);
        AssociationId(id)
    }
}

impl PartialEq for SigningPublic {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for SigningPublic {}

impl Hash for SigningPublic {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

impl fmt::Debug for SigningPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningPublic({})", BASE64URL_NOPAD.encode(self.as_bytes()))
    }
}

impl Serialize for SigningPublic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Hash32(*self.as_bytes()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SigningPublic {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(&Hash32::deserialize(deserializer)?.0).map_err(D::Error::custom)
    }
}

/// An Ed25519 private key. Wiped from memory when dropped; never printed.
#[derive(Clone)]
pub struct SigningSecret(SigningKey);

impl SigningSecret {
    /// A new key from the caller's randomness.
    pub fn generate(rng: &mut impl CryptoRngCore) -> Self {
        Self(SigningKey::generate(rng))
    }

    /// The key with this seed (RFC 8032's 32-byte private key).
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// The 32-byte seed, for a vault. The caller wipes it.
    pub fn to_seed(&self) -> zeroize::Zeroizing<[u8; 32]> {
        zeroize::Zeroizing::new(self.0.to_bytes())
    }

    /// The public half.
    pub fn public(&self) -> SigningPublic {
        SigningPublic(self.0.verifying_key())
    }

    /// Signs `message` in `domain`.
    pub fn sign(&self, domain: Domain, message: &[u8]) -> Signature {
        Signature(self.0.sign(&in_domain(domain, message)).to_bytes())
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret(…)")
    }
}

/// What is signed: the domain string, a zero byte, the message. No key signs anything without its domain.
fn in_domain(domain: Domain, message: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(domain.0.len() + 1 + message.len());
    bytes.extend_from_slice(domain.0.as_bytes());
    bytes.push(0);
    bytes.extend_from_slice(message);
    bytes
}

/// An Ed25519 signature (RFC 8032), 64 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Signature(pub [u8; 64]);

fixed_bytes!(Signature, 64);

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64URL_NOPAD.encode(&self.0))
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({self})")
    }
}

impl core::str::FromStr for Signature {
    type Err = BadSignature;

    fn from_str(text: &str) -> Result<Self, BadSignature> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| BadSignature)?;
        bytes.try_into().map(Self).map_err(|_| BadSignature)
    }
}

/// A message authentication code: HMAC-SHA-256 (RFC 2104), 32 bytes, compared in constant time.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub struct Mac(pub Hash32);

impl PartialEq for Mac {
    fn eq(&self, other: &Self) -> bool {
        subtle::ConstantTimeEq::ct_eq(&self.0.0[..], &other.0.0[..]).into()
    }
}

impl Eq for Mac {}

impl fmt::Debug for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mac(…)")
    }
}

/// HMAC-SHA-256 of `message` in `domain` under `key`.
pub fn mac(key: &[u8; 32], domain: Domain, message: &[u8]) -> Mac {
    use hmac::digest::FixedOutput;
    let bytes: [u8; 32] = hmac_over(key, domain, message).finalize_fixed().into();
    Mac(Hash32(bytes))
}

#[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
fn hmac_over(key: &[u8; 32], domain: Domain, message: &[u8]) -> hmac::Hmac<sha2::Sha256> {
    use hmac::Mac as _;
    let mut hmac = hmac::Hmac::<sha2::Sha256>::new_from_slice(key).expect("any length");
    hmac.update(domain.0.as_bytes());
    hmac.update(&[0]);
    hmac.update(message);
    hmac
}

/// HKDF-SHA-256 (RFC 5869) of `secret` with `salt` into 32 bytes for `domain` and `context`.
pub fn derive(secret: &[u8], salt: &[u8], domain: Domain, context: &[u8]) -> zeroize::Zeroizing<[u8; 32]> {
    let mut key = zeroize::Zeroizing::new([0; 32]);
    expand(secret, salt, domain, context, &mut key);
    key
}

#[expect(clippy::expect_used, reason = "32 bytes are far below HKDF's limit of 255 × 32")]
fn expand(secret: &[u8], salt: &[u8], domain: Domain, context: &[u8], into: &mut [u8; 32]) {
    hkdf::Hkdf::<sha2::Sha256>::new(Some(salt), secret)
        .expand_multi_info(&[domain.0.as_bytes(), &[0], context], into)
        .expect("32 bytes");
}

/// The public keys under which a device receives group keys: X25519 (RFC 7748) beside ML-KEM-768 (FIPS 203).
#[derive(Clone, PartialEq, Eq)]
pub struct SealingPublic {
    x25519: [u8; 32],
    mlkem768: Box<[u8; MLKEM768_PUBLIC]>,
}

impl SealingPublic {
    /// The pair, if the curve point is not of small order (an all-zero shared secret would seal to everybody).
    pub fn new(x25519: [u8; 32], mlkem768: &[u8]) -> Result<Self, BadKey> {
        // Eight is the curve's cofactor: a point of small order times eight is the neutral element.
        if (MontgomeryPoint(x25519) * Scalar::from(8u8)).to_bytes() == [0; 32] {
            return Err(BadKey::SmallOrder);
        }
        let mlkem768: Box<[u8; MLKEM768_PUBLIC]> =
            mlkem768.to_vec().into_boxed_slice().try_into().map_err(|_| BadKey::Malformed)?;
        Ok(Self { x25519, mlkem768 })
    }

    /// The X25519 public key.
    pub fn x25519(&self) -> &[u8; 32] {
        &self.x25519
    }

    /// The ML-KEM-768 encapsulation key.
    pub fn mlkem768(&self) -> &[u8] {
        &*self.mlkem768
    }

    /// What the registry holds of these keys.
    pub fn fingerprint(&self) -> Hash32 {
        hash::hash(hash::SEALING_KEYS, &[&self.x25519, &*self.mlkem768])
    }
}

impl fmt::Debug for SealingPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealingPublic({})", self.fingerprint())
    }
}

impl Serialize for SealingPublic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[expect(clippy::expect_used, reason = "the length is the bound")]
        let kem = Blob::<MLKEM768_PUBLIC>::new(self.mlkem768.to_vec()).expect("the length is the bound");
        (Hash32(self.x25519), kem).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SealingPublic {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (x25519, mlkem768) = <(Hash32, Blob<MLKEM768_PUBLIC>)>::deserialize(deserializer)?;
        Self::new(x25519.0, mlkem768.as_slice()).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_small_order_do_not_parse() {
        let mut one = [0; 32];
        one[0] = 1;
        assert_eq!(SigningPublic::new(&one), Err(BadKey::SmallOrder));
        assert_eq!(SealingPublic::new([0; 32], &[0; MLKEM768_PUBLIC]), Err(BadKey::SmallOrder));
        assert_eq!(SealingPublic::new(one, &[0; MLKEM768_PUBLIC]), Err(BadKey::SmallOrder));
        assert_eq!(SealingPublic::new([9; 32], &[0; 5]), Err(BadKey::Malformed));
    }

    #[test]
    fn a_signature_holds_only_in_its_domain() {
        let key = SigningSecret::from_seed(&[7; 32]);
        let signature = key.sign(Domain("one"), b"text");
        assert!(key.public().verify(Domain("one"), b"text", &signature).is_ok());
        assert!(key.public().verify(Domain("two"), b"text", &signature).is_err());
        assert!(key.public().verify(Domain("one"), b"next", &signature).is_err());
    }

    #[test]
    fn a_secret_never_prints() {
        assert_eq!(format!("{:?}", SigningSecret::from_seed(&[7; 32])), "SigningSecret(…)");
    }
}
