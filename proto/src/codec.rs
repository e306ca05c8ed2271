//! The one encoding: [postcard](https://postcard.jamesmunns.com/wire-format), made canonical.
//!
//! Postcard alone accepts some values in more than one form (a varint with leading zero groups). What is signed,
//! hashed or compared must have one form only, so a decoder here re-encodes what it read and refuses any difference.
//! Trailing bytes are refused too. Both checks together make decode → encode the identity on everything accepted.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Why bytes were not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Not a value of this type: truncated, a bound exceeded, an unknown variant, text that isn't UTF-8…
    #[error("malformed bytes")]
    Malformed,
    /// A value followed by something else.
    #[error("trailing bytes")]
    Trailing,
    /// A value in another form than the one this encoding gives it.
    #[error("not in canonical form")]
    NotCanonical,
    /// A version byte that this build doesn't know.
    #[error("unknown version")]
    UnknownVersion,
    /// Longer than the bound of its kind.
    #[error("too large")]
    TooLarge,
}

/// The canonical bytes of `value`.
///
/// # Panics
///
/// Never for the types of this crate: postcard refuses only sequences that don't know their length.
#[expect(
    clippy::expect_used,
    reason = "postcard into a growing vector fails only for types without a length, and we define none"
)]
pub fn encode<T: Serialize + ?Sized>(value: &T) -> Vec<u8> {
    postcard::to_stdvec(value).expect("our types have a length")
}

/// Reads exactly one canonical value from `bytes`. The caller has bounded `bytes` already.
pub fn decode<T: DeserializeOwned + Serialize>(bytes: &[u8]) -> Result<T, DecodeError> {
    let (value, rest) = postcard::take_from_bytes::<T>(bytes).map_err(|_| DecodeError::Malformed)?;
    if !rest.is_empty() {
        return Err(DecodeError::Trailing);
    }
    if encode(&value) != bytes {
        return Err(DecodeError::NotCanonical);
    }
    Ok(value)
}

/// [`decode`] for a kind of value that has a bound of its own.
pub fn decode_bounded<T: DeserializeOwned + Serialize>(bytes: &[u8], max: usize) -> Result<T, DecodeError> {
    if bytes.len() > max {
        return Err(DecodeError::TooLarge);
    }
    decode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_one_form_only() {
        assert_eq!(decode::<u64>(&[5]), Ok(5));
        assert_eq!(decode::<u64>(&[0x85, 0x00]), Err(DecodeError::NotCanonical));
        assert_eq!(decode::<u64>(&[5, 0]), Err(DecodeError::Trailing));
        assert_eq!(decode::<u64>(&[0x85]), Err(DecodeError::Malformed));
    }
}
