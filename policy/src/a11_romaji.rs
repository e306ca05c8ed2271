//! Names in Latin letters, from their kana: whoever must not put the own name into a password does not write it in romaji
//! either, by whatever system (A11.2).
//!
//! Names and passwords are brought to one spelling, close to Kunrei, in which what the systems write differently is the same:
//! *Shin'ichi* and *Sinniti*, *Ohno*, *Ōno*, *Oono* and *Ono*, *Namba* and *Nanba*. Both are compared in that spelling alone.

use unicode_normalization::UnicodeNormalization as _;

/// Fewest letters of a name that is looked for.
const SHORTEST: usize = 3;

/// Fewest letters of one that is looked for inside of words too: *ito* is in too many of them.
const INSIDE: usize = 4;

/// The rows of the kana table: the letters before the vowel, and the kana with a, i, u, e, o.
const ROWS: [(&str, &str); 16] = [
    ("", "あいうえお"),
    ("k", "かきくけこ"),
    ("g", "がぎぐげご"),
    ("s", "さしすせそ"),
    ("z", "ざじずぜぞ"),
    ("t", "たちつてと"),
    ("z", "だぢづでど"),
    ("n", "なにぬねの"),
    ("h", "はひふへほ"),
    ("b", "ばびぶべぼ"),
    ("p", "ぱぴぷぺぽ"),
    ("m", "まみむめも"),
    ("r", "らりるれろ"),
    ("y", "や　ゆ　よ"),
    ("w", "わゐ　ゑを"),
    ("v", "　　ゔ　　"),
];

const VOWELS: [char; 5] = ['a', 'i', 'u', 'e', 'o'];

/// One of the table's kana in letters.
fn letters(kana: char) -> Option<String> {
    match kana {
        // The d row is z's only before i and u.
        'だ' => return Some("da".into()),
        'で' => return Some("de".into()),
        'ど' => return Some("do".into()),
        'ん' => return Some("n".into()),
        _ => {}
    }
    let (row, at) = ROWS.iter().find_map(|(row, all)| Some((row, all.chars().position(|one| one == kana)?)))?;
    Some(format!("{row}{}", VOWELS.get(at)?))
}

/// A hiragana text in letters; nothing if something in it is none.
fn romanized(hiragana: &str) -> Option<String> {
    let mut out = String::new();
    for kana in hiragana.chars() {
        let small = match kana {
            // The doubled consonant and the long vowel are one in what is compared.
            'っ' | 'ー' => continue,
            'ゃ' => "ya",
            'ゅ' => "yu",
            'ょ' => "yo",
            'ぁ' => "a",
            'ぃ' => "i",
            'ぅ' => "u",
            'ぇ' => "e",
            'ぉ' => "o",
            'ゎ' => "wa",
            _ => {
                out.push_str(&letters(kana)?);
                continue;
            }
        };
        // A small kana takes the place of the vowel before it; in a name like じぇ the i leaves its y.
        if out.pop() == Some('i') && !small.starts_with('y') && small != "i" {
            out.push('y');
        }
        out.push_str(small);
    }
    (!out.is_empty()).then_some(out)
}

/// One spelling for all: of letters from a to z.
fn spelled(letters: &str) -> String {
    const SAME: [(&str, &str); 20] = [
        ("tch", "ch"),
        ("cch", "ch"),
        ("chi", "ti"),
        ("ch", "ty"),
        ("shi", "si"),
        ("sh", "sy"),
        ("ts", "t"),
        ("dz", "z"),
        ("du", "zu"),
        ("di", "zi"),
        ("ji", "zi"),
        ("jy", "zy"),
        ("j", "zy"),
        ("f", "h"),
        ("v", "b"),
        ("l", "r"),
        ("wo", "o"),
        ("mb", "nb"),
        ("mp", "np"),
        ("mm", "nm"),
    ];
    let mut text = letters.to_owned();
    for (one, other) in SAME {
        text = text.replace(one, other);
    }
    let all: Vec<char> = text.chars().collect();
    let mut out = String::new();
    for (at, letter) in all.iter().enumerate() {
        let vowel_next = all.get(at + 1).is_some_and(|next| VOWELS.contains(next));
        let last = out.chars().last();
        // Ohno, Satoh, Yuhki: an h that only makes the vowel long.
        let long = *letter == 'h' && !vowel_next && matches!(last, Some('o' | 'u'));
        // Satou.
        let long = long || *letter == 'u' && last == Some('o');
        if !long && last != Some(*letter) {
            out.push(*letter);
        }
    }
    out
}

/// The words of a password in that spelling.
fn words(password: &str) -> Vec<String> {
    // Shin'ichi is one word, and a mark above a letter is none.
    let marks = |c: &char| !matches!(c, '\'' | '’' | '\u{300}'..='\u{36f}');
    let plain: String = password.nfkd().filter(marks).flat_map(char::to_lowercase).collect();
    let words = plain.split(|c: char| !c.is_ascii_lowercase()).filter(|word| !word.is_empty());
    words.map(spelled).collect()
}

/// Whether a password has one of these names, each of them as its parts in hiragana.
pub(crate) fn has(password: &str, names: &[Vec<String>]) -> bool {
    let words = words(password);
    names.iter().any(|parts| {
        let parts: Vec<String> = parts.iter().filter_map(|part| romanized(part)).collect();
        let backwards: Vec<&str> = parts.iter().rev().map(String::as_str).collect();
        let whole = [parts.concat(), backwards.concat()];
        parts.iter().chain(&whole).map(|name| spelled(name)).any(|name| {
            let inside = name.len() >= INSIDE;
            name.len() >= SHORTEST && words.iter().any(|word| *word == name || inside && word.contains(name.as_str()))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(password: &str, name: &str) -> bool {
        has(password, &[name.split(' ').map(String::from).collect()])
    }

    #[test]
    fn a11_2_a_name_is_found_in_every_spelling_of_its_kana() {
        for (name, spellings) in [
            ("みほん", &["Mihon", "MIHON", "xmihonx"][..]),
            ("しんいち", &["Shin'ichi", "Shinichi", "Sinniti", "Sin-SINITI", "Shin’ichi"][..]),
            ("おおの", &["Ohno", "Ono", "Oono", "Ōno", "Ôno"][..]),
            ("さとう", &["Sato", "Satoh", "Satou", "Satō"][..]),
            ("いのうえ", &["Inoue", "Inoue7"][..]),
            ("なんば", &["Namba", "Nanba"][..]),
            ("ほんま", &["Honma", "Homma"][..]),
            ("はっとり", &["Hattori", "Hatori"][..]),
            ("はっちょう", &["Hatcho", "Hacchou", "Hattyo", "Hatchō"][..]),
            ("ふじつか", &["Fujitsuka", "Huzituka", "fujituka"][..]),
            ("しょうじ", &["Shoji", "Syouzi", "Shohji", "Shouji", "Syozi"][..]),
            ("みづえ", &["Mizue", "Midue", "Midzue"][..]),
            ("じゅんこ", &["Junko", "Zyunko", "Jyunko"][..]),
            ("かをり", &["Kaori", "Kawori"][..]),
            ("ゆうき", &["Yuki", "Yuuki", "Yuhki", "Yūki"][..]),
            ("じぇーん", &["Jen", "Zyen"][..]),
            ("まりー", &["Mari", "Marii"][..]),
        ] {
            for spelling in spellings {
                assert!(found(&format!("kawa-7-{spelling}-sora"), name), "{spelling}");
            }
        }
    }

    #[test]
    fn a11_2_short_names_are_found_as_words_and_as_part_of_the_whole_name() {
        assert!(found("Ito-7-kawa", "いとう え"));
        assert!(!found("kitto-7-kawa", "いとう え"), "nobody is kept from words that have it inside");
        for whole in ["kawa-7-itoe", "kawa-7-eito"] {
            assert!(found(whole, "いとう え"), "{whole}");
        }
        assert!(!found("umi-7-no-sora", "の え"));
        assert!(!found("umi-7-no-sora", "見本 花子"), "kanji are compared as they are");
        assert!(!found("", ""));
    }
}
