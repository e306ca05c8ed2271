//! Byte strings and lists that can't be longer than their bound.

use core::fmt;
use core::marker::PhantomData;

use data_encoding::BASE64URL_NOPAD;
use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroize;

/// A byte string of at most `MAX` bytes. In text formats: base64url without padding.
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Blob<const MAX: usize>(Vec<u8>);

/// A value was longer than its bound allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{actual} is over the bound of {max}")]
pub struct TooLong {
    /// The bound.
    pub max: usize,
    /// What was given.
    pub actual: usize,
}

impl<const MAX: usize> Blob<MAX> {
    /// Takes `bytes` if they are within the bound.
    pub fn new(bytes: Vec<u8>) -> Result<Self, TooLong> {
        if bytes.len() > MAX {
            return Err(TooLong { max: MAX, actual: bytes.len() });
        }
        Ok(Self(bytes))
    }

    /// The bytes.
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }

    /// Gives the bytes away.
    pub fn into_vec(self) -> Vec<u8> {
        self.0
    }
}

impl<const MAX: usize> fmt::Debug for Blob<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Blob({} bytes)", self.0.len())
    }
}

impl<const MAX: usize> Zeroize for Blob<MAX> {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

impl<const MAX: usize> Serialize for Blob<MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return serializer.serialize_str(&BASE64URL_NOPAD.encode(&self.0));
        }
        serializer.serialize_bytes(&self.0)
    }
}

struct BlobVisitor<const MAX: usize>;

impl<const MAX: usize> Visitor<'_> for BlobVisitor<MAX> {
    type Value = Blob<MAX>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at most {MAX} bytes")
    }

    fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Self::Value, E> {
        if bytes.len() > MAX {
            return Err(E::custom("over the bound"));
        }
        Ok(Blob(bytes.to_vec()))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(E::custom)?;
        Blob::new(bytes).map_err(E::custom)
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Blob<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return deserializer.deserialize_str(BlobVisitor);
        }
        deserializer.deserialize_bytes(BlobVisitor)
    }
}

/// A list of at most `MAX` items.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct List<T, const MAX: usize>(Vec<T>);

impl<T, const MAX: usize> Default for List<T, MAX> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T, const MAX: usize> List<T, MAX> {
    /// Takes `items` if there are not more than the bound.
    pub fn new(items: Vec<T>) -> Result<Self, TooLong> {
        if items.len() > MAX {
            return Err(TooLong { max: MAX, actual: items.len() });
        }
        Ok(Self(items))
    }

    /// The items.
    pub fn as_slice(&self) -> &[T] {
        &self.0
    }

    /// Gives the items away.
    pub fn into_vec(self) -> Vec<T> {
        self.0
    }
}

impl<T: Serialize, const MAX: usize> Serialize for List<T, MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&self.0)
    }
}

struct ListVisitor<T, const MAX: usize>(PhantomData<T>);

impl<'de, T: Deserialize<'de>, const MAX: usize> Visitor<'de> for ListVisitor<T, MAX> {
    type Value = List<T, MAX>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at most {MAX} items")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        // A claimed length is a stranger's word: room is made only for what has arrived.
        if seq.size_hint().is_some_and(|n| n > MAX) {
            return Err(A::Error::custom("over the bound"));
        }
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            if items.len() == MAX {
                return Err(A::Error::custom("over the bound"));
            }
            items.push(item);
        }
        Ok(List(items))
    }
}

impl<'de, T: Deserialize<'de>, const MAX: usize> Deserialize<'de> for List<T, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ListVisitor(PhantomData))
    }
}

/// Declares a newtype over `[u8; $n]`: raw bytes without a length in binary formats, `$to`/`$from` in text.
macro_rules! fixed_bytes {
    ($name:ident, $n:literal) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                if s.is_human_readable() {
                    return s.collect_str(self);
                }
                let mut tuple = s.serialize_tuple($n)?;
                for byte in &self.0 {
                    serde::ser::SerializeTuple::serialize_element(&mut tuple, byte)?;
                }
                serde::ser::SerializeTuple::end(tuple)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                struct Fixed;
                impl<'de> serde::de::Visitor<'de> for Fixed {
                    type Value = $name;
                    fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                        write!(f, "{} bytes", $n)
                    }
                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$name, E> {
                        text.parse().map_err(E::custom)
                    }
                    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<$name, A::Error> {
                        let mut bytes = [0u8; $n];
                        for (at, slot) in bytes.iter_mut().enumerate() {
                            *slot = seq.next_element()?.ok_or_else(|| serde::de::Error::invalid_length(at, &self))?;
                        }
                        Ok($name(bytes))
                    }
                }
                if d.is_human_readable() {
                    return d.deserialize_str(Fixed);
                }
                d.deserialize_tuple($n, Fixed)
            }
        }
    };
}
pub(crate) use fixed_bytes;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{decode, encode};

    #[test]
    fn a_blob_over_its_bound_is_refused_before_it_is_copied() {
        let long = encode(&Blob::<100>::new(vec![7; 100]).unwrap());
        assert!(decode::<Blob<100>>(&long).is_ok());
        assert!(decode::<Blob<99>>(&long).is_err());
    }

    #[test]
    fn a_list_that_claims_more_than_it_holds_is_refused() {
        assert!(decode::<List<u8, 4>>(&[200, 200, 200, 1]).is_err());
        assert!(decode::<List<u8, 4>>(&[5, 1, 2, 3, 4, 5]).is_err());
        assert_eq!(decode::<List<u8, 4>>(&[2, 1, 2]).unwrap().as_slice(), &[1, 2]);
    }
}
