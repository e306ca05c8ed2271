//! Words that two people compare over the telephone.
//!
//! 80 bits of a hash as sixteen Japanese morae in four groups, from 32 that can't be mistaken for each other by ear.
//! A Japanese speaker reads them as nonsense words; the same in Latin letters serves everybody else.

use crate::hash::{self, Hash32};

/// Morae and their reading: no voiced twin, no long vowel, no small kana.
const MORAE: [(&str, &str); 32] = [
    ("あ", "a"),
    ("い", "i"),
    ("う", "u"),
    ("え", "e"),
    ("か", "ka"),
    ("き", "ki"),
    ("け", "ke"),
    ("こ", "ko"),
    ("さ", "sa"),
    ("し", "shi"),
    ("す", "su"),
    ("せ", "se"),
    ("そ", "so"),
    ("た", "ta"),
    ("ち", "chi"),
    ("て", "te"),
    ("と", "to"),
    ("な", "na"),
    ("に", "ni"),
    ("の", "no"),
    ("は", "ha"),
    ("ひ", "hi"),
    ("ふ", "fu"),
    ("ほ", "ho"),
    ("ま", "ma"),
    ("み", "mi"),
    ("も", "mo"),
    ("や", "ya"),
    ("ゆ", "yu"),
    ("よ", "yo"),
    ("ら", "ra"),
    ("り", "ri"),
];

/// Words for one device's registration under one root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompareWords {
    /// For reading aloud in Japanese: `かもした なみゆき …`.
    pub kana: String,
    /// The same in Latin letters: `kamoshita namiyuki …`.
    pub latin: String,
}

/// The words for `registration`, the canonical bytes of a [`crate::act::DeviceRegistration`], in the association with
/// this root. They cover the device's signing key and the fingerprint of its sealing keys.
pub fn compare_words(root: Hash32, registration: &[u8]) -> CompareWords {
    let hash = hash::hash(hash::BUNDLE, &[&root.0, registration]);
    let (mut kana, mut latin) = (String::new(), String::new());
    for at in 0..16 {
        if at > 0 && at % 4 == 0 {
            kana.push(' ');
            latin.push(' ');
        }
        let (mora, reading) = MORAE[usize::from(five_bits(&hash.0, at))];
        kana.push_str(mora);
        latin.push_str(reading);
    }
    CompareWords { kana, latin }
}

/// The `at`-th group of five bits, most significant first.
fn five_bits(bytes: &[u8; 32], at: usize) -> u8 {
    let (byte, shift) = (at * 5 / 8, at * 5 % 8);
    let pair = u16::from_be_bytes([bytes[byte], bytes[byte + 1]]);
    u8::try_from((pair >> (11 - shift)) & 31).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_depend_on_the_bundle_and_on_the_root() {
        let one = compare_words(Hash32([1; 32]), b"bundle");
        assert_eq!(one.kana.chars().filter(|c| *c != ' ').count(), 16);
        assert_ne!(one, compare_words(Hash32([2; 32]), b"bundle"));
        assert_ne!(one, compare_words(Hash32([1; 32]), b"bundlf"));
    }

    #[test]
    fn five_bits_are_cut_like_base_32() {
        let mut bytes = [0; 32];
        bytes[0] = 0b1000_1000;
        bytes[1] = 0b0110_0010;
        assert_eq!([five_bits(&bytes, 0), five_bits(&bytes, 1), five_bits(&bytes, 2)], [0b10001, 0b00001, 0b10001]);
    }
}
