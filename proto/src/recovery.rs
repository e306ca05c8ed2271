//! Recovery codes: written down on the day on which the code generator works, for the day on which it is lost (A11.6).
//!
//! As text, ten bytes are four groups of four characters of RFC 4648's base 32, `ABCD-EFGH-IJKL-MNOP`. Typed ones may be
//! in any case, with or without hyphens and spaces.

use core::fmt;
use core::str::FromStr;

use data_encoding::BASE32_NOPAD;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// A code written down for the day on which the code generator is lost: 80 bits. Wiped when dropped, never printed but
/// to its owner.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct RecoveryCode(pub [u8; 10]);

/// Not a recovery code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a recovery code of the form ABCD-EFGH-IJKL-MNOP")]
pub struct BadRecoveryCode;

impl RecoveryCode {
    /// The text to be written down, for its owner's eyes.
    pub fn text(&self) -> Zeroizing<String> {
        let whole = Zeroizing::new(BASE32_NOPAD.encode(&self.0));
        let mut text = Zeroizing::new(String::with_capacity(19));
        for (at, c) in whole.chars().enumerate() {
            if at > 0 && at % 4 == 0 {
                text.push('-');
            }
            text.push(c);
        }
        text
    }
}

impl FromStr for RecoveryCode {
    type Err = BadRecoveryCode;

    fn from_str(text: &str) -> Result<Self, BadRecoveryCode> {
        let typed = text.chars().filter(|c| !matches!(c, '-' | ' '));
        // One more than can be right, so that a longer text is refused and not cut.
        let whole: Zeroizing<String> = Zeroizing::new(typed.take(17).map(|c| c.to_ascii_uppercase()).collect());
        let bytes = Zeroizing::new(BASE32_NOPAD.decode(whole.as_bytes()).map_err(|_| BadRecoveryCode)?);
        bytes.as_slice().try_into().map(Self).map_err(|_| BadRecoveryCode)
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a11_6_a_recovery_code_is_read_as_people_type_it_and_never_printed() {
        let code = RecoveryCode(*b"0123456789");
        assert_eq!(*code.text(), "GAYT-EMZU-GU3D-OOBZ");
        for typed in ["GAYT-EMZU-GU3D-OOBZ", "gaytemzugu3doobz", " gayt emzu gu3d oobz "] {
            assert_eq!(typed.parse(), Ok(code.clone()), "{typed}");
        }
        for typed in ["", "GAYT", "GAYT-EMZU-GU3D-OOBZ-GAYT", "GAYT-EMZU-GU3D-OOB1", "日本語"] {
            assert_eq!(typed.parse::<RecoveryCode>(), Err(BadRecoveryCode), "{typed}");
        }
        assert_eq!(format!("{code:?}"), "RecoveryCode(…)");
    }
}
