//! What a person types and nobody else may see.

use core::fmt;

use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Password, RecoveryCode};
use serde::{Deserialize, Deserializer};
use ts_rs::TS;
use zeroize::Zeroizing;

use crate::Result;

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

    /// As a recovery code.
    pub fn recovery(&self) -> Result<RecoveryCode> {
        self.0.trim().parse().map_err(|_| Code::BadInput.into())
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
    fn a_secret_shows_nothing() {
        assert_eq!(format!("{:?}", Secret::from("x")), "Secret(…)");
    }
}
