//! What a person or a server knows and no log shows: it zeroizes and never prints.

use core::fmt;

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::bounds;
use crate::bytes::Blob;

/// A password as typed. Wiped when dropped, never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct Password(Blob<{ bounds::PASSWORD }>);

impl Password {
    /// Takes a password of at most [`bounds::PASSWORD`] bytes. Unicode forms are folded (NFKC) so that the same keys
    /// give the same password on every keyboard.
    pub fn new(text: &str) -> Result<Self, crate::bytes::TooLong> {
        use unicode_normalization::UnicodeNormalization;
        let mut folded = zeroize::Zeroizing::new(String::with_capacity(text.len().saturating_mul(4)));
        folded.extend(text.nfkc());
        Blob::new(folded.as_bytes().to_vec()).map(Self)
    }

    /// The folded bytes.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_slice()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// 32 secret bytes that travel: a share of a vault key. Wiped when dropped, never printed.
///
/// They stay at one place of the heap from the first byte read to the last: whatever moves them moves a pointer, and
/// leaves no copy behind.
#[derive(Clone, PartialEq, Eq, Serialize, Zeroize, ZeroizeOnDrop)]
pub struct Secret32(pub Box<[u8; 32]>);

impl Secret32 {
    /// These bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Box::new(bytes))
    }
}

impl<'de> Deserialize<'de> for Secret32 {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InPlace;

        impl<'de> serde::de::Visitor<'de> for InPlace {
            type Value = Secret32;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("32 bytes")
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut bytes: A) -> Result<Secret32, A::Error> {
                let mut secret = Secret32::new([0; 32]);
                for (at, byte) in secret.0.iter_mut().enumerate() {
                    *byte = bytes.next_element()?.ok_or_else(|| serde::de::Error::invalid_length(at, &self))?;
                }
                Ok(secret)
            }
        }

        deserializer.deserialize_tuple(32, InPlace)
    }
}

impl fmt::Debug for Secret32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret32(…)")
    }
}

/// A TOTP secret (RFC 6238), 20 bytes. Wiped when dropped, never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct TotpSecret(pub [u8; 20]);

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}
