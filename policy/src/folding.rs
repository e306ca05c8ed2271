//! Text as people mean it, however they typed it: kana, width and case made one, gaps and what nobody sees left out. ﾃﾞｰﾀ,
//! データ and でーた are the same word.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::{canonical_combining_class, decompose_compatible};
use zeroize::Zeroizing;

/// A text folded, and where in the text each folded character stood.
pub struct Folded {
    text: Zeroizing<String>,
    /// For each byte of `text`: the first byte of what it came from.
    from: Vec<usize>,
    /// Length of the original.
    length: usize,
}

impl std::fmt::Debug for Folded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Folded").field("length", &self.length).finish_non_exhaustive()
    }
}

/// Whether `c` belongs to the character before it: a combining mark, or the voice mark of half-width kana.
fn combines(c: char) -> bool {
    canonical_combining_class(c) != 0 || matches!(c, '\u{ff9e}' | '\u{ff9f}')
}

/// Nothing that is seen: what is pasted brings such characters along.
fn invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}')
}

fn fold_char(c: char, into: &mut String) {
    match c {
        // Katakana to hiragana.
        '\u{30a1}'..='\u{30f6}' => into.extend(char::from_u32(u32::from(c) - 0x60)),
        _ => into.extend(c.to_lowercase()),
    }
}

/// Kana, width and case made one; a run of gaps is one space.
pub fn fold(text: &str) -> String {
    Folded::of(text).as_str().to_owned()
}

impl Folded {
    /// `text`, folded.
    pub fn of(text: &str) -> Self {
        let (mut out, mut from) = (String::with_capacity(text.len()), Vec::with_capacity(text.len()));
        let mut chars = text.char_indices().peekable();
        let mut cluster = String::new();
        while let Some((at, c)) = chars.next() {
            if invisible(c) {
                continue;
            }
            cluster.clear();
            cluster.push(c);
            while let Some((_, next)) = chars.next_if(|(_, next)| combines(*next)) {
                cluster.push(next);
            }
            let before = out.len();
            if cluster.chars().all(char::is_whitespace) {
                if !out.is_empty() && !out.ends_with(' ') {
                    out.push(' ');
                }
            } else {
                // Decomposed first: NFKC of a half-width pair composes only then.
                let mut apart = String::new();
                cluster.chars().for_each(|c| decompose_compatible(c, |c| apart.push(c)));
                apart.nfc().for_each(|c| fold_char(c, &mut out));
            }
            from.resize(from.len() + (out.len() - before), at);
        }
        Self { text: Zeroizing::new(out), from, length: text.len() }
    }

    /// The folded text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Where in the original these bytes of the folded text came from.
    pub fn original(&self, folded: Range<usize>) -> Range<usize> {
        let end = self.from.get(folded.end).copied().unwrap_or(self.length);
        self.from.get(folded.start).copied().unwrap_or(end)..end
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn kana_width_and_case_are_one() {
        for (one, other) in [
            ("データ", "ﾃﾞｰﾀ"),
            ("ﾃﾞｰﾀ", "でーた"),
            ("ＳｐＯ２ ９６％", "spo2 96%"),
            ("か\u{3099}んばる", "がんばる"),
            ("ﾊﾟｯﾄﾞ", "ぱっど"),
            ("血圧\u{3000}\t120", "血圧 120"),
            ("褥瘡\u{200b}の", "褥瘡の"),
        ] {
            assert_eq!(fold(one), fold(other), "{one} and {other}");
        }
        assert_ne!(fold("はし"), fold("ばし"), "a voice mark is a difference");
    }

    #[test]
    fn every_folded_byte_knows_where_it_came_from() {
        let text = "本日ﾃﾞｰﾀと";
        let folded = Folded::of(text);
        let at = folded.as_str().find("でーた").unwrap();
        assert_eq!(&text[folded.original(at..at + "でーた".len())], "ﾃﾞｰﾀ");
    }

    proptest! {
        /// Folding is settled after once, and every place can be cut out of the text.
        #[test]
        fn folding_is_total(text in "\\PC{0,40}") {
            let folded = Folded::of(&text);
            prop_assert_eq!(fold(folded.as_str()), folded.as_str());
            let starts: Vec<usize> = folded.as_str().char_indices().map(|(at, _)| at).collect();
            for &start in &starts {
                let whole = folded.original(start..folded.as_str().len());
                prop_assert!(text.get(whole).is_some());
            }
        }
    }
}
