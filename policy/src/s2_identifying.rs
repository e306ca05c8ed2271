//! No more of a patient than is needed (S2): what in a text tells who somebody is, looked for before it is sent.
//!
//! It is a question to who writes, never a rule: nothing is refused by it, and only the author's device asks it, since only
//! there is the text readable. What is looked for:
//!
//! | what | how it is known |
//! | --- | --- |
//! | a patient's name | the names and readings that this person's patient cards and groups' labels have; a family name alone only with さん, 様 and the like behind it |
//! | a telephone number | 10 or 11 digits from 0 on, or +81, however they are set apart |
//! | an address | 市, 区, 町 or 村 and a number of a block behind it; 〒 or three and four digits |
//! | a day of birth | a date with 生まれ, 生年月日 or 誕生日 beside it |
//! | a number of an insurance, a chart or the like | a long number behind the word for it |
//! | the 個人番号 | 12 digits whose last one checks (総務省令第85号 of 2014, article 5) |
//!
//! In a patient group all of this is in place, and only the name of *another* patient is asked about: the wrong patient is
//! the mistake that harms.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::folding::{Folded, fold};

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The name of a patient whom the author knows from a group.
    PatientName,
    /// A telephone number.
    Telephone,
    /// Where somebody lives, or a postal code.
    Address,
    /// A day of birth.
    BirthDate,
    /// The number of an insurance, a chart, a certificate.
    Number,
    /// 個人番号, which has no place in care at all.
    MyNumber,
}

/// Something that tells who somebody is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What.
    pub kind: Kind,
    /// Where in the text, in bytes.
    pub at: Range<usize>,
}

/// Where the text would go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destination {
    /// The group of one patient.
    Patient,
    /// Anywhere else.
    Elsewhere,
}

/// Fewest characters of a name that is looked for by itself.
const SHORTEST_NAME: usize = 2;

/// Fewest characters of a label without a gap that is taken for a whole name.
const WHOLE_NAME: usize = 4;

/// Most characters of a name that a label begins with: longer ones are no names.
const LONGEST_NAME: usize = 16;

/// What stands behind a person's name, folded.
const HONORIFICS: [&str; 9] = ["さん", "様", "さま", "氏", "殿", "ちゃん", "くん", "君", "先生"];

/// What stands between the digits of a number, folded.
const SEPARATORS: &str = "-‐–—―−ー() ";

/// Characters between the word for a number, or for a birth, and what it is about.
const NEAR: usize = 10;

/// Characters of an address between the district and the number of the block.
const BLOCK: usize = 12;

/// Words before an identifying number, folded.
const NUMBER_WORDS: [&str; 10] = [
    "保険者番号",
    "被保険者",
    "保険証",
    "資格確認書",
    "受給者番号",
    "公費番号",
    "個人番号",
    "まいなんばー",
    "患者番号",
    "かるて番号",
];

/// Fewest digits of such a number.
const NUMBER_DIGITS: usize = 5;

/// Words beside a day of birth, folded.
const BIRTH_WORDS: [&str; 3] = ["生年月日", "誕生日", "生まれ"];

/// Names of patients, to be looked for in texts.
#[derive(Default)]
pub struct Names {
    /// Folded, without gaps.
    whole: Vec<Zeroizing<String>>,
    /// Folded family names.
    family: Vec<Zeroizing<String>>,
}

impl std::fmt::Debug for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Names").field("whole", &self.whole.len()).finish_non_exhaustive()
    }
}

fn add(list: &mut Vec<Zeroizing<String>>, name: &str) {
    if !name.is_empty() && !list.iter().any(|known| known.as_str() == name) {
        list.push(Zeroizing::new(name.to_owned()));
    }
}

impl Names {
    /// Takes a patient's name, or its reading, as a card has it.
    pub fn add_name(&mut self, name: &str) {
        let folded = Zeroizing::new(fold(name));
        let mut parts = folded.split(' ').filter(|part| !part.is_empty());
        if let (Some(family), Some(_)) = (parts.next(), parts.next()) {
            add(&mut self.family, family);
        }
        let whole = Zeroizing::new(folded.replace(' ', ""));
        if whole.chars().count() >= SHORTEST_NAME {
            add(&mut self.whole, &whole);
        }
    }

    /// Takes what the label of a patient group begins with, as far as that can be a name.
    pub fn add_label(&mut self, label: &str) {
        let folded = Zeroizing::new(fold(label));
        let ends = HONORIFICS.iter().copied().chain(["(", "の", "[", "「", "/", "・", ":"]);
        let end = ends.filter_map(|word| folded.find(word)).min().unwrap_or(folded.len());
        let name = folded.get(..end).unwrap_or_default().trim();
        let length = name.chars().filter(|c| *c != ' ').count();
        if !(SHORTEST_NAME..=LONGEST_NAME).contains(&length) || name.chars().any(|c| c.is_ascii_digit()) {
            return;
        }
        if name.contains(' ') || length >= WHOLE_NAME {
            self.add_name(name);
        } else {
            add(&mut self.family, name);
        }
    }

    /// Leaves out everybody who is called like one of `others`: one patient may have two groups.
    #[must_use]
    pub fn without(mut self, others: &Self) -> Self {
        self.whole.retain(|name| !others.whole.contains(name));
        self.family.retain(|name| !others.family.contains(name));
        self
    }
}

/// What in `text` tells who somebody is, in the order of its places; no two overlap.
pub fn find(text: &str, names: &Names, destination: Destination) -> Vec<Finding> {
    let folded = Folded::of(text);
    let scan = Scan::of(folded.as_str());
    let mut found = scan.names(&names.whole, false);
    if destination == Destination::Elsewhere {
        found.extend(scan.names(&names.family, true));
        found.extend(scan.numbers());
        found.extend(scan.births());
        found.extend(scan.addresses());
    }
    // Of two at one place the more telling one: it was looked for first, or is longer.
    found.sort_by_key(|(_, at)| (at.start, std::cmp::Reverse(at.end)));
    let mut end = 0;
    found.retain(|(_, at)| {
        let free = at.start >= end;
        end = end.max(at.end);
        free
    });
    let original = |(kind, at): (Kind, Range<usize>)| Finding { kind, at: folded.original(at) };
    found.into_iter().map(original).collect()
}

type Hit = (Kind, Range<usize>);

/// A folded text, by its characters.
struct Scan<'t> {
    text: &'t str,
    chars: Vec<(usize, char)>,
}

/// Digits with what sets them apart.
struct Run {
    /// Places of the characters.
    chars: Range<usize>,
    digits: Vec<u8>,
    /// How many digits stand together.
    groups: Vec<usize>,
    plus: bool,
}

impl<'t> Scan<'t> {
    fn of(text: &'t str) -> Self {
        Self { text, chars: text.char_indices().collect() }
    }

    fn char(&self, at: usize) -> Option<char> {
        self.chars.get(at).map(|(_, c)| *c)
    }

    /// The bytes of these characters.
    fn bytes(&self, chars: Range<usize>) -> Range<usize> {
        let byte = |at: usize| self.chars.get(at).map_or(self.text.len(), |(byte, _)| *byte);
        byte(chars.start)..byte(chars.end)
    }

    /// The text of up to `most` characters before the one at `at`.
    fn before(&self, at: usize, most: usize) -> &'t str {
        self.text.get(self.bytes(at.saturating_sub(most)..at)).unwrap_or_default()
    }

    /// The text of up to `most` characters from the one at `at` on.
    fn after(&self, at: usize, most: usize) -> &'t str {
        self.text.get(self.bytes(at..self.chars.len().min(at + most))).unwrap_or_default()
    }

    /// Places of `names`, however gaps stand in them; with `honoured` only of those that an honorific follows.
    fn names(&self, names: &[Zeroizing<String>], honoured: bool) -> Vec<Hit> {
        let mut found = Vec::new();
        for start in 0..self.chars.len() {
            let ends = names.iter().filter_map(|name| self.name_end(start, name));
            let ends = ends.filter(|&end| {
                !honoured || HONORIFICS.iter().any(|word| self.after(end, 4).trim_start().starts_with(word))
            });
            if let Some(end) = ends.max() {
                found.push((Kind::PatientName, self.bytes(start..end)));
            }
        }
        found
    }

    /// Where `name` ends if it stands at `start`.
    fn name_end(&self, start: usize, name: &str) -> Option<usize> {
        let mut at = start;
        for (n, wanted) in name.chars().enumerate() {
            if n > 0 && self.char(at) == Some(' ') {
                at += 1;
            }
            if self.char(at) != Some(wanted) {
                return None;
            }
            at += 1;
        }
        Some(at)
    }

    fn runs(&self) -> Vec<Run> {
        let digit = |at: usize| self.char(at).and_then(|c| c.to_digit(10)).and_then(|value| u8::try_from(value).ok());
        let separates = |at: usize| self.char(at).is_some_and(|c| SEPARATORS.contains(c));
        let (mut runs, mut at) = (Vec::new(), 0);
        while at < self.chars.len() {
            if digit(at).is_none() {
                at += 1;
                continue;
            }
            let start = at;
            let (mut digits, mut groups) = (Vec::new(), Vec::new());
            loop {
                let group = at;
                while let Some(value) = digit(at) {
                    digits.push(value);
                    at += 1;
                }
                groups.push(at - group);
                // Two at most: ")-" and the like.
                let gap = (1..=2).find(|gap| digit(at + gap).is_some() && (at..at + gap).all(separates));
                let Some(gap) = gap else { break };
                at += gap;
            }
            let plus = start.checked_sub(1).and_then(|before| self.char(before)) == Some('+');
            runs.push(Run { chars: start..at, digits, groups, plus });
        }
        runs
    }

    fn numbers(&self) -> Vec<Hit> {
        let kind = |run: &Run| {
            let named = NUMBER_WORDS
                .iter()
                .any(|word| self.before(run.chars.start, word.chars().count() + NEAR).contains(word));
            if run.is_my_number() {
                Some(Kind::MyNumber)
            } else if named && run.digits.len() >= NUMBER_DIGITS {
                Some(Kind::Number)
            } else if run.is_telephone() {
                Some(Kind::Telephone)
            } else if run.groups == [3, 4] || run.digits.len() == 7 && self.before(run.chars.start, 2).contains('〒') {
                Some(Kind::Address)
            } else {
                None
            }
        };
        self.runs().iter().filter_map(|run| Some((kind(run)?, self.bytes(run.chars.clone())))).collect()
    }

    /// Where a date ends that begins at `start`: year, month and day with one or two signs between them.
    fn date_end(&self, start: usize) -> Option<usize> {
        let number = |at: usize, most: usize| {
            let length = (at..at + most).take_while(|&at| self.char(at).is_some_and(|c| c.is_ascii_digit())).count();
            (length > 0).then_some(at + length)
        };
        let between = |at: usize, signs: &str| self.char(at).is_some_and(|c| signs.contains(c)).then_some(at + 1);
        let year = if self.char(start) == Some('元') { start + 1 } else { number(start, 4)? };
        let month = number(between(year, "年/-.")?, 2)?;
        let day = number(between(month, "月/-.")?, 2)?;
        Some(between(day, "日").unwrap_or(day))
    }

    fn births(&self) -> Vec<Hit> {
        let mut found = Vec::new();
        for start in 0..self.chars.len() {
            let inside = start.checked_sub(1).and_then(|at| self.char(at)).is_some_and(|c| c.is_ascii_digit());
            let Some(end) = self.date_end(start).filter(|_| !inside) else { continue };
            let behind = self.after(end, 3).trim_start_matches([' ', '(', ')']).starts_with('生');
            let before = self.before(start, NEAR + 4);
            if behind || BIRTH_WORDS.iter().any(|word| before.contains(word)) {
                found.push((Kind::BirthDate, self.bytes(start..end)));
            }
        }
        found
    }

    fn addresses(&self) -> Vec<Hit> {
        let name = |c: char| c.is_alphabetic() && !c.is_ascii();
        let number = |c: char| c.is_ascii_digit() || "一二三四五六七八九十〇".contains(c);
        let mut found = Vec::new();
        for at in 1..self.chars.len() {
            let district = self.char(at).is_some_and(|c| "市区町村".contains(c)) && self.char(at - 1).is_some_and(name);
            if !district {
                continue;
            }
            // A number with the word for a block, or a dash and another number, behind a name of few characters.
            let goes_on = |at: &usize| self.char(*at).is_some_and(|c| name(c) || number(c));
            let run = (at + 1..at + 1 + BLOCK).take_while(goes_on).count();
            let block = (at + 1..=at + run).find(|&at| self.char(at).is_some_and(number) && self.is_block(at));
            let Some(block) = block else { continue };
            let start = (0..at).rev().take_while(|&at| self.char(at).is_some_and(name)).last().unwrap_or(at);
            let rest = |at: &usize| {
                self.char(*at)
                    .is_some_and(|c| number(c) || "丁目番地号の".contains(c) || SEPARATORS.contains(c) && c != ' ')
            };
            let end = (block..self.chars.len()).take_while(rest).last().map_or(block, |last| last + 1);
            found.push((Kind::Address, self.bytes(start..end)));
        }
        found
    }

    /// Whether the number at `at` is one of a block: 三丁目, 12番地, 5-3.
    fn is_block(&self, at: usize) -> bool {
        let number = |c: char| c.is_ascii_digit() || "一二三四五六七八九十〇".contains(c);
        let end = (at..at + 5).find(|&at| !self.char(at).is_some_and(number)).unwrap_or(at);
        let behind = self.after(end, 2);
        let mut next = behind.chars();
        let dash = next.next().is_some_and(|c| c != ' ' && SEPARATORS.contains(c));
        ["丁目", "番"].iter().any(|word| behind.starts_with(word))
            || dash && next.next().is_some_and(|c| c.is_ascii_digit())
    }
}

impl Run {
    /// In Japan they begin with 0 and have 10 digits, or 11; from abroad 81 stands for the 0.
    fn is_telephone(&self) -> bool {
        // Set apart by few signs: else it is a row of measurements.
        let together = self.groups.len() <= 4;
        match self.digits.as_slice() {
            [8, 1, rest @ ..] if self.plus => together && (9..=10).contains(&rest.len()),
            [0, second, ..] => together && *second != 0 && (10..=11).contains(&self.digits.len()),
            _ => false,
        }
    }

    fn is_my_number(&self) -> bool {
        let [rest @ .., check] = self.digits.as_slice() else { return false };
        if rest.len() != 11 || self.groups.len() > 3 {
            return false;
        }
        // Weights 2 to 7 and 2 to 6 from the right.
        let weights = (2..=7).chain(2..=6);
        let sum: u32 = rest.iter().rev().zip(weights).map(|(&digit, weight)| u32::from(digit) * weight).sum();
        let due = match sum % 11 {
            0 | 1 => 0,
            rest => 11 - rest,
        };
        u32::from(*check) == due
    }
}
