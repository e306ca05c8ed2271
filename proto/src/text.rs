//! Text that a person typed: bounded, and free of what could deceive the next reader.

use core::fmt;
use core::str::FromStr;

use serde::de::{Error as _, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One line of at most `MAX` bytes of UTF-8 without control characters or bidirectional overrides, not blank.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Line<const MAX: usize>(String);

/// Why text was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadText {
    /// Nothing but white space.
    #[error("the text is empty")]
    Empty,
    /// Over the bound of its kind, in bytes of UTF-8.
    #[error("the text is longer than {0} bytes")]
    TooLong(usize),
    /// A control character, a line break in a name, or a mark that reverses the reading direction of what follows.
    #[error("the text holds a character that can't be shown safely")]
    Deceptive,
}

/// Characters that change how the text around them is read (Unicode bidirectional controls) or can't be seen.
pub(crate) fn deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{061c}'
            | '\u{200b}' | '\u{200c}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{2064}' | '\u{feff}'
            | '\u{00ad}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}'
            | '\u{e0000}'..='\u{e007f}')
}

/// Several lines of at most `MAX` bytes of UTF-8 without control characters (but the line feed) or bidirectional
/// overrides, not blank.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Prose<const MAX: usize>(String);

/// Text of at most `max` bytes that is not blank and in which every character `can_be`.
fn taken(text: String, max: usize, can_be: impl Fn(char) -> bool) -> Result<String, BadText> {
    if text.len() > max {
        return Err(BadText::TooLong(max));
    }
    if text.trim().is_empty() {
        return Err(BadText::Empty);
    }
    if text.chars().all(can_be) { Ok(text) } else { Err(BadText::Deceptive) }
}

/// What both kinds of text are for those who make, show, store and send them.
macro_rules! bounded_text {
    ($kind:ident, $what:literal, $can_be:expr) => {
        impl<const MAX: usize> $kind<MAX> {
            /// Takes `text` if it is within the bound, not blank, and can be shown safely.
            pub fn new(text: impl Into<String>) -> Result<Self, BadText> {
                taken(text.into(), MAX, $can_be).map(Self)
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl<const MAX: usize> fmt::Display for $kind<MAX> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<const MAX: usize> fmt::Debug for $kind<MAX> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }

        impl<const MAX: usize> FromStr for $kind<MAX> {
            type Err = BadText;

            fn from_str(text: &str) -> Result<Self, BadText> {
                Self::new(text)
            }
        }

        impl<const MAX: usize> Serialize for $kind<MAX> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de, const MAX: usize> Deserialize<'de> for $kind<MAX> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Reading<const MAX: usize>;

                impl<const MAX: usize> Visitor<'_> for Reading<MAX> {
                    type Value = $kind<MAX>;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        write!(f, concat!($what, " of at most {} bytes"), MAX)
                    }

                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
                        // Before anything is copied.
                        if text.len() > MAX {
                            return Err(E::custom("over the bound"));
                        }
                        $kind::new(text).map_err(E::custom)
                    }
                }

                deserializer.deserialize_str(Reading).map_err(D::Error::custom)
            }
        }
    };
}

bounded_text!(Line, "a line", |c| !deceptive(c));
bounded_text!(Prose, "a text", |c| c == '\n' || !deceptive(c));

/// Drops from a message's text what can't be shown safely; line breaks and tabs stay. The sender's words are
/// otherwise untouched.
pub fn safe_to_show(text: &str) -> String {
    text.chars().filter(|&c| c == '\n' || c == '\t' || !deceptive(c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_bounded_visible_and_one_line() {
        assert_eq!(Line::<12>::new("見本花子").unwrap().as_str(), "見本花子");
        assert_eq!(Line::<11>::new("見本花子"), Err(BadText::TooLong(11)));
        assert_eq!(Line::<12>::new(" \u{3000}"), Err(BadText::Empty));
        assert_eq!(Line::<99>::new("a\nb"), Err(BadText::Deceptive));
        assert_eq!(Line::<99>::new("a\u{202e}b"), Err(BadText::Deceptive));
    }

    #[test]
    fn shown_text_keeps_its_lines_and_loses_its_tricks() {
        assert_eq!(safe_to_show("一行目\n\u{202e}二行目\u{1b}[31m"), "一行目\n二行目[31m");
    }
}
