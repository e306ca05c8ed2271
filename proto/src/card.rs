//! What a patient card says (A4.1): who the patient is, whom to call, what to be careful of, and who cares.
//!
//! It travels sealed ([`crate::act::Card`]); these are the bytes inside. Everything but the name may be missing. What has one
//! right way of writing is folded to it when it is taken: kana to full-width katakana, telephone numbers to plain digits.

use core::fmt;
use core::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use unicode_normalization::UnicodeNormalization;

use crate::bounds;
use crate::bytes::List;
use crate::id::UserId;
use crate::text::{BadText, Line};
use crate::time::Date;

/// Text that has one right way of writing.
macro_rules! folded {
    ($(#[$doc:meta])* $name:ident, $max:expr, $fold:ident, $allowed:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// Takes `text` as people type it.
            pub fn new(text: &str) -> Result<Self, BadText> {
                Self::exactly($fold(text))
            }

            /// Takes `text` if it is folded already.
            fn exactly(text: String) -> Result<Self, BadText> {
                if text.is_empty() {
                    return Err(BadText::Empty);
                }
                if text.len() > $max {
                    return Err(BadText::TooLong($max));
                }
                if $allowed(&text) { Ok(Self(text)) } else { Err(BadText::Deceptive) }
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = BadText;

            fn from_str(text: &str) -> Result<Self, BadText> {
                Self::new(text)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                // On the wire nothing is folded: what was signed is what is shown.
                let line = Line::<{ $max }>::deserialize(deserializer)?;
                Self::exactly(line.as_str().to_owned()).map_err(D::Error::custom)
            }
        }
    };
}

folded! {
    /// The reading of a name: full-width katakana, words apart by one space.
    Kana, bounds::NAME, fold_kana, is_kana
}

folded! {
    /// A telephone number: ASCII digits and what stands between them.
    Telephone, bounds::TELEPHONE, fold_telephone, is_telephone
}

/// Hiragana and what is typed half-width become full-width katakana.
fn fold_kana(text: &str) -> String {
    let katakana = |c: char| match c {
        '\u{3041}'..='\u{3096}' | '\u{309d}'..='\u{309e}' => char::from_u32(u32::from(c) + 0x60).unwrap_or(c),
        _ => c,
    };
    let folded: String = text.nfkc().map(katakana).collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_kana(text: &str) -> bool {
    let kana = |c: char| matches!(c, '\u{30a1}'..='\u{30fe}' | ' ');
    text.chars().all(kana) && is_spaced(text)
}

fn fold_telephone(text: &str) -> String {
    let dash = |c: char| match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30fc}' => '-',
        _ => c,
    };
    let folded: String = text.nfkc().map(dash).collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_telephone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let known = |c: char| c.is_ascii_digit() || "+-()#*, ".contains(c);
    // The shortest that is dialled is 119.
    digits >= 3 && text.chars().all(known) && is_spaced(text)
}

/// No space at either end, and never two together.
fn is_spaced(text: &str) -> bool {
    !text.starts_with(' ') && !text.ends_with(' ') && !text.contains("  ")
}

/// As the patient's papers have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sex {
    /// 女性.
    Female,
    /// 男性.
    Male,
    /// その他.
    Other,
}

/// What somebody does for the patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CareRole {
    /// 主治医.
    AttendingDoctor,
    /// 専門医・他の医師.
    Doctor,
    /// 歯科.
    Dentist,
    /// 訪問看護.
    VisitingNurse,
    /// 薬局.
    Pharmacy,
    /// ケアマネジャー.
    CareManager,
    /// 訪問介護.
    HomeHelp,
    /// リハビリテーション.
    Rehabilitation,
    /// 通所介護・通所リハビリ.
    DayCare,
    /// 後方支援病院.
    Hospital,
    /// 地域包括支援センター・行政.
    Municipality,
    /// その他.
    Other,
}

/// Somebody who is called in an emergency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Who.
    pub name: Line<{ bounds::NAME }>,
    /// What the patient calls this person: 長女, 後見人.
    pub relation: Option<Line<{ bounds::NAME }>>,
    /// The number.
    pub telephone: Telephone,
}

/// Somebody who cares and has no ID here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outsider {
    /// Who, or which facility.
    pub name: Line<{ bounds::NAME }>,
    /// Of which facility.
    pub facility: Option<Line<{ bounds::NAME }>>,
    /// The number.
    pub telephone: Option<Telephone>,
}

/// Who cares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Carer {
    /// A person of the association; name and facility are the registry's.
    User(UserId),
    /// Somebody else.
    Outside(Outsider),
}

/// One of the care team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CareMember {
    /// As what.
    pub role: CareRole,
    /// Who.
    pub who: Carer,
}

/// A patient card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatientCard {
    /// The patient's name.
    pub name: Line<{ bounds::NAME }>,
    /// Its reading.
    pub kana: Option<Kana>,
    /// The day of birth.
    pub born: Option<Date>,
    /// As the papers have it.
    pub sex: Option<Sex>,
    /// Where the patient is cared for.
    pub address: Option<Line<{ bounds::CARD_LINE }>>,
    /// The patient's own numbers.
    pub telephones: List<Telephone, { bounds::CARD_TELEPHONES }>,
    /// Who is called in an emergency, in this order.
    pub contacts: List<Contact, { bounds::CARD_CONTACTS }>,
    /// Allergies, and what to be careful of.
    pub facts: List<Line<{ bounds::CARD_LINE }>, { bounds::CARD_FACTS }>,
    /// Who cares.
    pub team: List<CareMember, { bounds::CARD_TEAM }>,
}

/// What is sealed: a later kind of card is another variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CardContent {
    /// The card of a patient at home.
    Patient(PatientCard),
}

/// A part of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CardField {
    /// The name.
    Name,
    /// Its reading.
    Kana,
    /// The day of birth.
    Born,
    /// The sex.
    Sex,
    /// The address.
    Address,
    /// The patient's numbers.
    Telephones,
    /// Emergency contacts.
    Contacts,
    /// Allergies and cautions.
    Facts,
    /// The care team.
    Team,
}

impl PatientCard {
    /// A card that has the name alone.
    pub fn named(name: Line<{ bounds::NAME }>) -> Self {
        Self {
            name,
            kana: None,
            born: None,
            sex: None,
            address: None,
            telephones: List::default(),
            contacts: List::default(),
            facts: List::default(),
            team: List::default(),
        }
    }

    /// The parts that differ from the card `before`; of a first card, those that say something.
    pub fn changed(&self, before: Option<&Self>) -> Vec<CardField> {
        let empty;
        let (first, before) = if let Some(before) = before {
            (false, before)
        } else {
            empty = Self::named(self.name.clone());
            (true, &empty)
        };
        let parts = [
            (CardField::Name, first || self.name != before.name),
            (CardField::Kana, self.kana != before.kana),
            (CardField::Born, self.born != before.born),
            (CardField::Sex, self.sex != before.sex),
            (CardField::Address, self.address != before.address),
            (CardField::Telephones, self.telephones != before.telephones),
            (CardField::Contacts, self.contacts != before.contacts),
            (CardField::Facts, self.facts != before.facts),
            (CardField::Team, self.team != before.team),
        ];
        parts.into_iter().filter(|(_, differs)| *differs).map(|(field, _)| field).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec;

    #[test]
    fn a04_1_kana_on_a_card_is_full_width_katakana_however_it_was_typed() {
        for typed in ["みほん　はなこ", "ﾐﾎﾝ ﾊﾅｺ", " ミホン  ハナコ "] {
            assert_eq!(Kana::new(typed).map(|kana| kana.to_string()), Ok("ミホン ハナコ".to_owned()), "{typed}");
        }
        assert_eq!(Kana::new("ﾊﾞｰﾊﾞﾗ・ゔぃんち").map(|kana| kana.to_string()), Ok("バーバラ・ヴィンチ".to_owned()));
        for bad in ["見本", "Mihon", "ミホン1", "ミホン\u{202e}", ""] {
            assert!(Kana::new(bad).is_err(), "{bad}");
        }
        assert_eq!(Kana::new(&"ア".repeat(86)), Err(BadText::TooLong(bounds::NAME)));
    }

    #[test]
    fn a04_1_a_telephone_number_on_a_card_is_plain_digits_however_it_was_typed() {
        for typed in ["０３ー５５５５−０１００", "03-5555-0100", " 03‐5555‐0100 "] {
            assert_eq!(Telephone::new(typed).map(|one| one.to_string()), Ok("03-5555-0100".to_owned()), "{typed}");
        }
        for bad in ["12", "03-5555-0100 花子", "tel:0355550100", "", &"1".repeat(bounds::TELEPHONE + 1)] {
            assert!(Telephone::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a04_1_nothing_unfolded_is_taken_from_the_wire() {
        let strange = |text: &str| codec::decode::<Kana>(&codec::encode(&Line::<256>::new(text).expect("a line")));
        assert!(strange("ミホン ハナコ").is_ok());
        for text in ["みほん", "ﾐﾎﾝ", "ミホン  ハナコ", " ミホン"] {
            assert!(strange(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a04_1_a_card_tells_what_changed() {
        let first = PatientCard { born: Some("1940-02-29".parse().expect("a day")), ..named("見本 花子") };
        assert_eq!(first.changed(None), [CardField::Name, CardField::Born]);
        let second = PatientCard { name: named("見本 華子").name, sex: Some(Sex::Female), ..first.clone() };
        assert_eq!(second.changed(Some(&first)), [CardField::Name, CardField::Sex]);
        assert_eq!(second.changed(Some(&second)), []);
    }

    #[test]
    fn a04_1_the_fullest_card_fits_where_a_message_does() {
        let (name, line) = (Line::new("a".repeat(bounds::NAME)), Line::new("a".repeat(bounds::CARD_LINE)));
        let (name, line) = (name.expect("fits"), line.expect("fits"));
        let telephone = Telephone::new(&"1".repeat(bounds::TELEPHONE)).expect("fits");
        let contact = Contact { name: name.clone(), relation: Some(name.clone()), telephone: telephone.clone() };
        let who = Outsider { name: name.clone(), facility: Some(name.clone()), telephone: Some(telephone.clone()) };
        let member = CareMember { role: CareRole::Other, who: Carer::Outside(who) };
        let card = PatientCard {
            name,
            kana: Some(Kana::new(&"ア".repeat(85)).expect("fits")),
            born: Some("1940-02-29".parse().expect("a day")),
            sex: Some(Sex::Other),
            address: Some(line.clone()),
            telephones: List::new(vec![telephone; bounds::CARD_TELEPHONES]).expect("fits"),
            contacts: List::new(vec![contact; bounds::CARD_CONTACTS]).expect("fits"),
            facts: List::new(vec![line; bounds::CARD_FACTS]).expect("fits"),
            team: List::new(vec![member; bounds::CARD_TEAM]).expect("fits"),
        };
        assert!(codec::encode(&CardContent::Patient(card)).len() <= bounds::MESSAGE_TEXT);
    }

    fn named(name: &str) -> PatientCard {
        PatientCard::named(Line::new(name).expect("a name"))
    }
}
