//! What a person types and nobody else may see.

use core::fmt;

use data_encoding::BASE64;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Password, RecoveryCode};
use serde::{Deserialize, Deserializer};
use ts_rs::TS;
use zeroize::Zeroizing;

use crate::Result;

/// Bytes of a file that a person picks: some pages scanned in colour. Larger than that, it would stand in memory several
/// times on its way from the page.
pub const PICKED: usize = 24 * 1024 * 1024;

/// A secret on its way from the page. Wiped when dropped, never printed, never sent back.
#[derive(Clone, TS)]
#[ts(type = "string")]
pub struct Secret(Zeroizing<String>);

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> core::result::Result<Self, D::Error> {
        String::deserialize(deserializer).map(Zeroizing::new).map(Self)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }
}

impl Secret {
    /// As a password.
    pub fn password(&self) -> Result<Password> {
        Password::new(&self.0).map_err(|_| Code::TooLarge.into())
    }

    /// As words, to be sealed.
    pub(crate) fn words(&self) -> &str {
        &self.0
    }

    /// As a recovery code.
    pub fn recovery(&self) -> Result<RecoveryCode> {
        self.0.trim().parse().map_err(|_| Code::BadInput.into())
    }

    /// As the bytes of a file, which the page gives in base 64.
    pub fn file(&self) -> Result<Zeroizing<Vec<u8>>> {
        if self.0.len() > PICKED / 3 * 4 {
            return Err(Code::TooLarge.into());
        }
        BASE64.decode(self.0.as_bytes()).map(Zeroizing::new).map_err(|_| Code::BadInput.into())
    }

    /// Six digits, in whatever form a Japanese keyboard gives them, with or without a blank in the middle.
    pub fn totp(&self) -> Result<u32> {
        let half = |c: char| match c {
            '０'..='９' => char::from_u32(u32::from(c) - u32::from('０') + u32::from('0')).unwrap_or(c),
            _ => c,
        };
        let typed = self.0.chars().filter(|c| !c.is_whitespace()).map(half);
        let digits: Zeroizing<String> = Zeroizing::new(typed.collect());
        let right = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse().ok().filter(|_| right).ok_or_else(|| Code::BadInput.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_six_digits_however_typed() {
        for good in ["012345", " 012 345 ", "０１２３４５", "012\u{3000}345"] {
            assert_eq!(Secret::from(good).totp(), Ok(12345), "{good}");
        }
        for bad in ["12345", "1234567", "12345a", "", "-12345", "+12345"] {
            assert!(Secret::from(bad).totp().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_file_is_bytes_in_base_64_of_a_bounded_length() {
        assert_eq!(Secret::from("5ZCN").file().unwrap().as_slice(), "名".as_bytes());
        assert!(Secret::from("5Z*N").file().is_err());
        assert!(Secret::from("A".repeat(PICKED / 3 * 4 + 4).as_str()).file().is_err());
    }

    #[test]
    fn a_secret_shows_nothing() {
        assert_eq!(format!("{:?}", Secret::from("x")), "Secret(…)");
    }
}
