//! What is printed: the job that a client hands to the program that sets type (`renkei-forms`).
//!
//! It travels as JSON through a pipe on one machine and is kept nowhere: the sheet of an enrolment ticket holds its
//! secret. Every text in it is bounded and free of deceptive characters, and is data to the typesetter, never markup.

use serde::{Deserialize, Serialize};

use crate::bounds;
use crate::hash::Hash32;
use crate::text::{Line, Prose};
use crate::ticket::Ticket;
use crate::time::Date;
use crate::wording::{TextKind, Wording};

/// The version of this description.
pub const FORMAT: u8 = 1;

/// A name that is filled in.
pub type Name = Line<{ bounds::NAME }>;

/// One job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paper {
    /// [`FORMAT`].
    pub format: u8,
    /// The day in Japan on which it is printed. The same job gives the same file.
    pub printed: Date,
    /// The association, where it is known.
    pub association: Option<Name>,
    /// What is on it.
    pub sheet: Sheet,
}

/// What is on a paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Sheet {
    /// A text of the association, with what is to be filled in and signed.
    Text(Box<TextSheet>),
    /// 登録票, an enrolment ticket.
    Ticket(Box<TicketSheet>),
    /// Lines under a heading, as the screen shows them.
    Letter(Letter),
}

/// A text of the association (A3.1, A6.1, A9.1, A9.2, A10.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextSheet {
    /// Which.
    pub text: TextKind,
    /// Its words.
    pub wording: Wording,
    /// How the registry has it; none for a text out of a file.
    pub published: Option<Published>,
    /// The facility that signs, or explains.
    pub facility: Option<Name>,
    /// The person who signs.
    pub person: Option<Name>,
    /// The English text too, on pages of its own.
    pub english: bool,
}

/// A version of a text in the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// Which version.
    pub version: u32,
    /// The day in Japan on which it was published.
    pub on: Date,
    /// Its hash.
    pub hash: Hash32,
}

impl TextSheet {
    /// Whether the words are those that the registry names. A text out of a file claims nothing.
    pub fn holds(&self) -> bool {
        self.published.is_none_or(|published| published.hash == self.wording.hash())
    }

    /// Whether 見本 belongs across the page: no association has published it, or it calls itself a sample.
    pub fn is_sample(&self) -> bool {
        let says_so = self.wording.japanese.as_str().lines().any(|line| line.starts_with("# 【見本】"));
        self.published.is_none() || says_so
    }
}

/// An enrolment ticket on paper. It holds the ticket's secret: whoever has it can answer in that person's place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TicketSheet {
    /// The ticket; in JSON its link.
    #[serde(with = "link")]
    pub ticket: Ticket,
    /// The facility of the person, or of whoever handed it out.
    pub facility: Option<Name>,
    /// For whom.
    pub person: Option<Name>,
}

/// A page of lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Letter {
    /// What it is.
    pub heading: Name,
    /// From whom.
    pub facility: Option<Name>,
    /// The lines; spaces before a line move it to the right.
    pub body: Prose<{ bounds::LETTER }>,
}

/// A ticket as its link.
mod link {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};
    use zeroize::Zeroizing;

    use super::Ticket;

    pub(super) fn serialize<S: Serializer>(ticket: &Ticket, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&ticket.link())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Ticket, D::Error> {
        // What is wrong with a link is not told with the link.
        Zeroizing::new(String::deserialize(deserializer)?).parse().map_err(|_| D::Error::custom("not a ticket's link"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::Hash32;
    use crate::id::{TicketId, UserId};
    use crate::ticket::{Purpose, TicketSecret};
    use crate::time::Time;

    fn text(japanese: &str, published: bool) -> TextSheet {
        let wording = Wording { japanese: Prose::new(japanese).unwrap(), english: Prose::new("a text").unwrap() };
        let hash = wording.hash();
        let on = Date::new(2026, 11, 22).unwrap();
        TextSheet {
            text: TextKind::Form1,
            wording,
            published: published.then_some(Published { version: 2, on, hash }),
            facility: None,
            person: None,
            english: false,
        }
    }

    #[test]
    fn a10_1_a_text_is_a_sample_unless_published_and_when_it_says_so() {
        assert!(!text("# 誓約書\n\n誓約します。", true).is_sample());
        assert!(text("# 誓約書\n\n誓約します。", false).is_sample());
        assert!(text("# 【見本】誓約書\n\n誓約します。", true).is_sample());
    }

    #[test]
    fn a10_1_words_that_the_registry_does_not_name_do_not_hold() {
        let mut sheet = text("# 誓約書", true);
        assert!(sheet.holds());
        sheet.wording.japanese = Prose::new("# 誓約書。").unwrap();
        assert!(!sheet.holds());
    }

    #[test]
    fn a_job_comes_back_as_it_was_and_takes_nothing_else() {
        let ticket = Ticket {
            version: crate::VERSION,
            server: Line::new("localhost:4433").unwrap(),
            root: Hash32([7; 32]),
            ticket: TicketId([1; 16]),
            secret: TicketSecret([9; 16]),
            expires: Time(1_800_000_000),
            purpose: Purpose::Device(UserId([2; 16])),
        };
        let sheet = TicketSheet { ticket, facility: None, person: Some(Name::new("架空 結").unwrap()) };
        let printed = Date::new(2026, 11, 22).unwrap();
        let job = Paper { format: FORMAT, printed, association: None, sheet: Sheet::Ticket(Box::new(sheet)) };
        let json = serde_json::to_string(&job).unwrap();
        assert!(json.contains("\"renkei:enrol/"), "{json}");
        assert_eq!(serde_json::from_str::<Paper>(&json).unwrap(), job);
        assert!(!format!("{job:?}").contains("[9, 9"), "the secret is not printed");

        let more = json.replacen("\"facility\":null", "\"facility\":null,\"more\":1", 1);
        assert!(serde_json::from_str::<Paper>(&more).is_err());
        let broken = json.replacen("renkei:enrol/", "renkei:enrol/A", 1);
        let told = serde_json::from_str::<Paper>(&broken).unwrap_err().to_string();
        assert!(told.starts_with("not a ticket's link"), "{told}");
    }
}
