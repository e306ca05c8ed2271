//! Article 11 (3): passwords of 13 characters (a), or of 8 that change within two months (b), or of 8 beside a second
//! factor where the association allows it; with letters, digits and symbols, hard to guess, and none of the last ten
//! (A11.2, A11.3).

use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan as _};
use renkei_proto::frame::PasswordRule;
use renkei_proto::settings::PasswordKinds;
use renkei_proto::time::{JAPAN, Time};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::a11_romaji;

/// Fewest characters of a long password.
pub const LENGTH: usize = 13;

/// Fewest characters of one that changes, or stands beside a second factor.
pub const SHORT_LENGTH: usize = 8;

/// Calendar months after which a changing password has ended.
const MONTHS: i64 = 2;

/// Passwords that are remembered, so that none of them comes back.
pub const REMEMBERED: usize = 10;

/// As what a password was accepted (A11.2, A11.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// Art. 11 (3) a.
    Long,
    /// Art. 11 (3) b.
    Changing,
    /// The guideline's third kind.
    SecondFactor,
}

impl Kind {
    /// As what a password of `characters` is accepted, if at all. One that need not change goes before one that must.
    fn of(characters: usize, kinds: PasswordKinds) -> Option<Self> {
        let (long, short) = (characters >= LENGTH, characters >= SHORT_LENGTH);
        if kinds.long && long {
            Some(Self::Long)
        } else if kinds.second_factor && short {
            Some(Self::SecondFactor)
        } else if kinds.changing && short {
            Some(Self::Changing)
        } else {
            None
        }
    }

    /// Every kind.
    pub(crate) const ALL: [Self; 3] = [Self::Long, Self::Changing, Self::SecondFactor];

    /// Whether `kinds` name it.
    pub(crate) fn is_in(self, kinds: PasswordKinds) -> bool {
        match self {
            Self::Long => kinds.long,
            Self::Changing => kinds.changing,
            Self::SecondFactor => kinds.second_factor,
        }
    }

    /// Whether a password of this kind is good enough where `kinds` are accepted.
    pub(crate) fn allowed(self, kinds: PasswordKinds) -> bool {
        match self {
            // What is good enough as the stricter kind is good enough as the other two.
            Self::Long => kinds.long || kinds.second_factor,
            Self::Changing => kinds.changing || kinds.second_factor,
            Self::SecondFactor => kinds.second_factor,
        }
    }
}

/// Whether a password of `kind` that was set at `set` still lets its owner in at `now`, or only lets it be changed.
pub fn in_force(kind: Kind, set: Time, now: Time, kinds: PasswordKinds) -> bool {
    kind.allowed(kinds) && (kind != Kind::Changing || kinds.second_factor || now < ends(set))
}

/// From when a password that was set at `set` counts, for somebody who signs in at `now`: a date to come is from a clock that
/// was wrong then, and must not keep the password for longer than two months from today.
pub fn counts_from(set: Time, now: Time) -> Time {
    set.min(now)
}

/// When a changing password that was set at `set` ends: two calendar months later in the association's time zone. The
/// count starts with the second in which it was set; a day that the month does not have is its last.
pub fn ends(set: Time) -> Time {
    let zone = i32::try_from(JAPAN).ok().and_then(|ahead| Offset::from_seconds(ahead).ok()).map(TimeZone::fixed);
    let since = i64::try_from(set.0).ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    let end = since.and_then(|since| since.to_zoned(zone?).checked_add(MONTHS.months()).ok());
    end.and_then(|end| u64::try_from(end.timestamp().as_second()).ok()).map_or(Time(u64::MAX), Time)
}

/// Least strength of a long password by the estimator, of 0 to 4: at 3 an offline attack on a slow hash is hopeless.
const STRENGTH: zxcvbn::Score = zxcvbn::Score::Three;

/// Least strength of a shorter one. The estimator gives eight characters without any pattern no more than 2, at which
/// guessing online is hopeless; the lockout (A11.5) and the second factor or the change do the rest.
const SHORT_STRENGTH: zxcvbn::Score = zxcvbn::Score::Two;

/// Shortest part of a name that a password must not hold, in characters: two kanji are a family name.
const NAME_PART: usize = 2;

/// The words of facilities' names that say what they are, as [`fold`] leaves them; longer ones before those inside of them.
const KINDS: [&str; 45] = [
    "地域包括支援せんたー",
    "居宅介護支援事業所",
    "居宅介護支援",
    "介護支援事業所",
    "訪問看護すてーしょん",
    "訪問看護",
    "訪問診療",
    "訪問介護",
    "訪問歯科",
    "在宅医療",
    "在宅",
    "社会福祉法人",
    "医療法人",
    "一般社団法人",
    "株式会社",
    "有限会社",
    "合同会社",
    "社団",
    "財団",
    "調剤薬局",
    "薬局",
    "診療所",
    "歯科医院",
    "医院",
    "病院",
    "小児科",
    "整形外科",
    "脳神経外科",
    "外科",
    "循環器内科",
    "内科",
    "歯科",
    "眼科",
    "皮膚科",
    "耳鼻咽喉科",
    "精神科",
    "心療内科",
    "けあぷらん",
    "でいさーびす",
    "くりにっく",
    "すてーしょん",
    "せんたー",
    "ほすぴたる",
    "事業所",
    "ほーむけあ",
];

/// Checks a password against every rule, of the kinds that are accepted; names those that it fails. `names` are the
/// person's and the facility's.
///
/// The password comes folded (NFKC), as [`renkei_proto::frame::Password`] holds it.
pub fn check(password: &str, names: &[&str], kinds: PasswordKinds) -> Result<Kind, Vec<PasswordRule>> {
    let mut failed = Vec::new();
    let mut rule = |holds: bool, rule| {
        if !holds {
            failed.push(rule);
        }
    };
    let kind = Kind::of(password.chars().count(), kinds);
    rule(kind.is_some(), PasswordRule::Length);
    rule(password.chars().any(|c| c.is_ascii_alphabetic()), PasswordRule::Letter);
    rule(password.chars().any(|c| c.is_ascii_digit()), PasswordRule::Digit);
    rule(password.chars().any(|c| !c.is_alphanumeric() && !c.is_whitespace()), PasswordRule::Symbol);
    let parts = name_parts(names);
    let readings: Vec<Vec<String>> = names.iter().map(|name| words_of(name)).collect();
    let inputs: Vec<&str> = parts.iter().map(String::as_str).collect();
    let strength = if kind.is_some_and(|kind| kind != Kind::Long) { SHORT_STRENGTH } else { STRENGTH };
    rule(zxcvbn::zxcvbn(password, &inputs).score() >= strength, PasswordRule::Guessable);
    let folded = fold(password);
    let personal = parts.iter().any(|part| folded.contains(part.as_str())) || a11_romaji::has(password, &readings);
    rule(!personal, PasswordRule::Personal);
    kind.filter(|_| failed.is_empty()).ok_or(failed)
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
    names.iter().flat_map(|name| words_of(name)).filter(|part| long_enough(part)).collect()
}

/// The words of a name, folded: as they are written, and, of a facility's name in one word, what is left of it without the
/// words for its kind.
fn words_of(name: &str) -> Vec<String> {
    let folded = fold(name);
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words
        .flat_map(|word| {
            let mut rest = word.to_owned();
            for kind in KINDS {
                rest = rest.replace(kind, " ");
            }
            let own: Vec<String> = rest.split_whitespace().filter(|own| *own != word).map(String::from).collect();
            std::iter::once(word.to_owned()).chain(own)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: PasswordKinds = PasswordKinds { long: true, changing: false, second_factor: false };
    const CHANGING: PasswordKinds = PasswordKinds { long: false, changing: true, second_factor: false };
    const BOTH: PasswordKinds = PasswordKinds { long: true, changing: true, second_factor: false };
    const THIRD: PasswordKinds = PasswordKinds { long: false, changing: false, second_factor: true };

    fn at(text: &str) -> Time {
        Time(u64::try_from(text.parse::<Timestamp>().unwrap().as_second()).unwrap())
    }

    #[test]
    fn a11_2_a_password_meets_every_rule_or_each_failed_rule_is_named() {
        assert_eq!(check("kawa-7-no-UMI-sora", &["見本 花子"], LONG), Ok(Kind::Long));
        assert_eq!(check("short-1", &[], LONG).unwrap_err()[0], PasswordRule::Length);
        assert!(check("kawa-nana-no-UMI-sora", &[], LONG).unwrap_err().contains(&PasswordRule::Digit));
        assert!(check("kawa7noUMIsora81ik", &[], LONG).unwrap_err().contains(&PasswordRule::Symbol));
        assert!(check("7-8301-9942-1-5562-88", &[], LONG).unwrap_err().contains(&PasswordRule::Letter));
        assert!(check("Password12345!", &[], LONG).unwrap_err().contains(&PasswordRule::Guessable));
    }

    #[test]
    fn a11_2_names_are_found_in_every_width_case_and_kana() {
        let names = &["Mihon Hanako", "さくら診療所 架空"];
        for password in ["kawa-7-HANAKO-sora", "kawa-7-サクラ診療所-sora", "kawa-7-ｻｸﾗ診療所-sora"] {
            assert_eq!(check(password, names, LONG), Err(vec![PasswordRule::Personal]), "{password}");
        }
    }

    #[test]
    fn a11_2_a_name_is_none_for_a_password_in_latin_letters_either() {
        let names = &["見本 花子", "みほん はなこ", "みなと坂クリニック", "さくら訪問看護ステーション（架空）"];
        let refused = [
            "Mihon-Hanako-1940!",
            "kawa-7-HANAKO-sora",
            "1940-hanakomihon-kawa",
            "kawa-7-みなと坂-sora",
            "kawa-7-ミナト坂-sora",
            "kawa-7-サクラ-nosora",
            "kawa-7-sakura-sora",
        ];
        for password in refused {
            let failed = check(password, names, LONG).unwrap_err();
            assert!(failed.contains(&PasswordRule::Personal), "{password}");
        }
        for password in ["kawa-7-no-UMI-sora", "kawa-7-クリニック-sora", "minato-7-no-UMI"] {
            let failed = check(password, names, LONG).err().unwrap_or_default();
            assert!(!failed.contains(&PasswordRule::Personal), "{password}");
        }
    }

    #[test]
    fn a11_3_eight_characters_are_enough_only_where_a_kind_that_allows_them_is_accepted() {
        let short = "k7-Wq*sZ";
        assert_eq!(check(short, &[], LONG).unwrap_err()[0], PasswordRule::Length);
        assert_eq!(check(short, &[], BOTH), Ok(Kind::Changing));
        assert_eq!(check(short, &[], THIRD), Ok(Kind::SecondFactor));
        assert_eq!(check(&short[..7], &[], BOTH).unwrap_err()[0], PasswordRule::Length);
        assert_eq!(check("P@ssw0rd", &[], BOTH), Err(vec![PasswordRule::Guessable]));
        // Where the association asks for change, length alone is no way round it.
        assert_eq!(check("kawa-7-no-UMI-sora", &[], CHANGING), Ok(Kind::Changing));
        assert_eq!(check("kawa-7-no-UMI-sora", &[], BOTH), Ok(Kind::Long));
    }

    #[test]
    fn a11_3_two_calendar_months_are_counted_in_the_associations_time_zone() {
        // 1 December, 00:30 in Japan, is 30 November in UTC.
        assert_eq!(ends(at("2026-11-30T15:30:00Z")), at("2027-01-31T15:30:00Z"));
        assert_eq!(ends(at("2026-12-31T03:00:00Z")), at("2027-02-28T03:00:00Z"), "the last day where there is no 31st");
        assert_eq!(ends(at("2027-12-31T03:00:00Z")), at("2028-02-29T03:00:00Z"), "a leap year");
        assert_eq!(ends(Time(u64::MAX)), Time(u64::MAX));
    }

    #[test]
    fn a11_3_a_changing_password_ends_after_two_months_and_a_long_one_does_not() {
        let set = at("2026-11-22T03:00:00Z");
        let (before, after) = (Time(ends(set).0 - 1), ends(set));
        assert!(in_force(Kind::Changing, set, before, BOTH));
        assert!(!in_force(Kind::Changing, set, after, BOTH));
        assert!(in_force(Kind::Changing, set, after, THIRD), "the second factor stands in for the change");
        assert!(in_force(Kind::Long, set, after.plus(1_000_000_000), BOTH));
        // Should the association become stricter, only a change works any more.
        assert!(!in_force(Kind::Changing, set, before, LONG));
        assert!(!in_force(Kind::SecondFactor, set, before, BOTH));
        assert!(!in_force(Kind::Long, set, before, CHANGING));
        // A clock that was set back locks nobody out, and one that was ahead keeps nobody in for longer.
        assert!(in_force(Kind::Changing, set, Time(0), BOTH));
        assert_eq!(counts_from(set.plus(365 * 86_400), set), set);
        assert_eq!(counts_from(set, set.plus(1)), set);
    }
}
