//! Article 11 (3) a: at least 13 characters with letters, digits and symbols, hard to guess (A11.2).

use renkei_proto::frame::PasswordRule;
use unicode_normalization::UnicodeNormalization;

/// Fewest characters.
pub const LENGTH: usize = 13;

/// Least strength by the estimator, of 0 to 4: at 3 an offline attack on a slow hash is hopeless.
const STRENGTH: zxcvbn::Score = zxcvbn::Score::Three;

/// Shortest part of a name that a password must not hold, in characters: two kanji are a family name.
const NAME_PART: usize = 2;

/// Checks a password against every rule; names those that it fails. `names` are the person's and the facility's.
///
/// The password comes folded (NFKC), as [`renkei_proto::frame::Password`] holds it.
pub fn check(password: &str, names: &[&str]) -> Result<(), Vec<PasswordRule>> {
    let mut failed = Vec::new();
    let mut rule = |holds: bool, rule| {
        if !holds {
            failed.push(rule);
        }
    };
    rule(password.chars().count() >= LENGTH, PasswordRule::Length);
    rule(password.chars().any(|c| c.is_ascii_alphabetic()), PasswordRule::Letter);
    rule(password.chars().any(|c| c.is_ascii_digit()), PasswordRule::Digit);
    rule(password.chars().any(|c| !c.is_alphanumeric() && !c.is_whitespace()), PasswordRule::Symbol);
    let parts = name_parts(names);
    let inputs: Vec<&str> = parts.iter().map(String::as_str).collect();
    rule(zxcvbn::zxcvbn(password, &inputs).score() >= STRENGTH, PasswordRule::Guessable);
    let folded = fold(password);
    rule(!parts.iter().any(|part| folded.contains(part.as_str())), PasswordRule::Personal);
    if failed.is_empty() { Ok(()) } else { Err(failed) }
}

/// Compatibility forms, case, and the two kana scripts made one.
fn fold(text: &str) -> String {
    let hiragana = |c: char| match c {
        // The katakana block stands 0x60 above the hiragana block.
        '\u{30a1}'..='\u{30f6}' => char::from_u32(u32::from(c) - 0x60).unwrap_or(c),
        _ => c,
    };
    text.nfkc().flat_map(char::to_lowercase).map(hiragana).collect()
}

/// The words of the names that are long enough to be recognised; of Latin ones those of at least three letters.
fn name_parts(names: &[&str]) -> Vec<String> {
    let long_enough = |part: &str| part.chars().count() >= if part.is_ascii() { 3 } else { NAME_PART };
    names
        .iter()
        .flat_map(|name| {
            let folded = fold(name);
            let parts: Vec<String> = folded
                .split(|c: char| !c.is_alphanumeric())
                .filter(|part| long_enough(part))
                .map(String::from)
                .collect();
            parts
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a11_2_a_password_meets_every_rule_or_each_failed_rule_is_named() {
        assert_eq!(check("kawa-7-no-UMI-sora", &["見本 花子"]), Ok(()));
        assert_eq!(check("short-1", &[]).unwrap_err()[0], PasswordRule::Length);
        assert!(check("kawa-nana-no-UMI-sora", &[]).unwrap_err().contains(&PasswordRule::Digit));
        assert!(check("kawa7noUMIsora81ik", &[]).unwrap_err().contains(&PasswordRule::Symbol));
        assert!(check("7-8301-9942-1-5562-88", &[]).unwrap_err().contains(&PasswordRule::Letter));
        assert!(check("Password12345!", &[]).unwrap_err().contains(&PasswordRule::Guessable));
    }

    #[test]
    fn a11_2_names_are_found_in_every_width_case_and_kana() {
        let names = &["Mihon Hanako", "さくら診療所 架空"];
        for password in ["kawa-7-HANAKO-sora", "kawa-7-サクラ診療所-sora", "kawa-7-ｻｸﾗ診療所-sora"] {
            assert_eq!(check(password, names), Err(vec![PasswordRule::Personal]), "{password}");
        }
    }
}
