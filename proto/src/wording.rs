//! The association's own texts (A9.2, A10.1): the points to note, the forms' wording, the points of a review.
//!
//! They are plain text in Japanese and English. A line that begins with `# ` is a heading, and a blank line ends a
//! paragraph; there is no other markup. A statement names a text by its hash, and the text is kept beside it.

use serde::{Deserialize, Serialize};

use crate::bounds;
use crate::codec;
use crate::hash::{self, Hash32};
use crate::sentence::Language;
use crate::text::Prose;

/// Which text of the association.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TextKind {
    /// 留意事項, the points to note: everybody acknowledges the present version (A10.1).
    Notice,
    /// 様式1, 連携守秘誓約書.
    Form1,
    /// 様式2, 従事者誓約書.
    Form2,
    /// 様式3, 患者同意書.
    Form3,
    /// What people confirm in a review round (A9.2).
    ReviewPoints,
    /// What people work through in a training round (A15.1). Each version is material of its own.
    TrainingMaterial,
}

impl TextKind {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Notice, Self::Form1, Self::Form2, Self::Form3, Self::ReviewPoints, Self::TrainingMaterial];
}

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wording {
    /// 日本語. This one binds.
    pub japanese: Prose<{ bounds::WORDING }>,
    /// English.
    pub english: Prose<{ bounds::WORDING }>,
}

impl Wording {
    /// By what statements name it.
    pub fn hash(&self) -> Hash32 {
        hash::hash(hash::WORDING, &[&codec::encode(self)])
    }

    /// In one language.
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Japanese => self.japanese.as_str(),
            Language::English => self.english.as_str(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::BadText;

    #[test]
    fn prose_has_lines_and_no_tricks() {
        assert_eq!(Prose::<99>::new("# 見本\n\n一行目\n").unwrap().as_str(), "# 見本\n\n一行目\n");
        assert_eq!(Prose::<3>::new("見本"), Err(BadText::TooLong(3)));
        assert_eq!(Prose::<9>::new("\n\u{3000}\n"), Err(BadText::Empty));
        for bad in ["a\rb", "a\tb", "a\u{202e}b", "a\u{1b}[31mb", "a\u{2028}b"] {
            assert_eq!(Prose::<99>::new(bad), Err(BadText::Deceptive), "{bad:?}");
        }
    }

    #[test]
    fn every_part_of_a_text_is_in_its_hash() {
        let wording = |japanese: &str, english: &str| Wording {
            japanese: Prose::new(japanese).unwrap(),
            english: Prose::new(english).unwrap(),
        };
        let one = wording("見本", "sample").hash();
        assert_ne!(one, wording("見本。", "sample").hash());
        assert_ne!(one, wording("見本", "sample.").hash());
        assert_ne!(wording("ab", "c").hash(), wording("a", "bc").hash());
    }
}
