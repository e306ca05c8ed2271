//! Files of people and facilities as a spreadsheet writes them (A8.3): from bytes to rows, or to everything that is wrong
//! with them, line by line. Pure: nothing is read, asked or changed here, and any bytes give an answer.
//!
//! 1. `text` takes UTF-8 with or without a byte order mark, or `Shift_JIS`; [`Encoding`] says which it was.
//! 2. `sheet` reads the lines (quoted fields, every kind of line end), and finds the columns by the names in the first
//!    line, in Japanese or English, in any order.
//! 3. [`staff`] and [`facilities`] read each line. A line with a fault gives no row; whoever acts on the rows sees first
//!    whether there is a [`Finding`] that is a fault.
//!
//! What the registry already has is compared afterwards, by whoever holds one.

mod sheet;
mod text;
pub mod told;

use std::collections::BTreeMap;

use renkei_policy::registry::a09_pledge;
use renkei_proto::act::{FacilityKind, Profession};
use renkei_proto::bounds;
use renkei_proto::hash::Hash32;
use renkei_proto::text::{BadText, Line, safe_to_show};
use renkei_proto::time::{Date, Time};
use serde::{Deserialize, Serialize};

use crate::words::{self, Row};
use sheet::Record;

pub use text::Encoding;
pub(crate) use text::{fold, fold_kana};

/// A column that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Column {
    /// 氏名, 事業所名: the name.
    Name,
    /// ふりがな: its reading.
    Kana,
    /// 職種: what the person does.
    Profession,
    /// 誓約書: the day on which Form 2 was signed.
    Pledge,
    /// スキャン: its scan, a file beside this one or its SHA-256.
    Scan,
    /// 免除: since when an equal pledge has been held.
    HeldSince,
    /// SNS管理者: to be appointed.
    Administrator,
    /// グループ担当: may create groups and invite.
    GroupManager,
    /// 種別: what the facility is.
    Kind,
}

/// What was found about a file or one of its lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The line, as an editor counts; 0 for the file as a whole.
    pub line: u64,
    /// The column, where it is one.
    pub column: Option<Column>,
    /// What.
    #[serde(flatten)]
    pub what: Wrong,
}

/// What can be wrong. Those of [`Wrong::is_warning`] don't stand in the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Wrong {
    /// Larger than a file may be.
    TooLarge {
        /// Bytes.
        most: usize,
    },
    /// Neither UTF-8 nor `Shift_JIS`.
    NotText,
    /// More lines than a file may have.
    TooManyLines {
        /// So many.
        most: usize,
    },
    /// No line but the first, or none at all.
    Empty,
    /// The column must be there.
    ColumnMissing,
    /// The column is there twice.
    ColumnTwice,
    /// The line has more fields than there are columns.
    TooManyFields,
    /// The field must not be blank.
    Blank,
    /// The text is too long.
    TooLong {
        /// Bytes of UTF-8.
        most: usize,
    },
    /// A control character, a mark that turns the reading direction, or one that can't be seen.
    Deceptive,
    /// Not one of the words.
    UnknownWord {
        /// What is there.
        found: String,
    },
    /// Not a day of the calendar.
    BadDay {
        /// What is there.
        found: String,
    },
    /// A day that has not come yet.
    Future,
    /// Neither yes nor no.
    NotYesOrNo {
        /// What is there.
        found: String,
    },
    /// Form 2 was signed, but its scan is not named.
    ScanMissing,
    /// A scan is named, but not the day on which Form 2 was signed.
    DayMissing,
    /// Both Form 2 and an exemption.
    PledgeTwice,
    /// The same person or facility as in another line.
    Twice {
        /// The first of the two.
        first: u64,
    },
    /// The scan is not there, is no file, or is too large.
    ScanUnreadable,
    /// The scan lies outside of the file's own folder.
    ScanOutside,
    /// Only the facility manager appoints SNS administrators (A7.1).
    NotFacilityManager,
    /// More tickets than may be open at once.
    TooManyTickets {
        /// So many can be issued now.
        most: usize,
    },
    /// A column that is not known: its fields are not read.
    ColumnIgnored {
        /// What it is called.
        found: String,
    },
    /// Somebody else of this file has the same name.
    Namesake {
        /// The first of the two.
        first: u64,
    },
    /// A colleague, or a facility, of this name is registered already; the rest is not the same.
    NameTaken,
    /// Neither Form 2 nor an exemption: no sign-in before one is filed (A9.1).
    NoPledge,
}

impl Wrong {
    /// Worth a look, but no fault.
    pub fn is_warning(&self) -> bool {
        matches!(self, Self::ColumnIgnored { .. } | Self::Namesake { .. } | Self::NameTaken | Self::NoPledge)
    }
}

/// The lines of a file that can be used, each with its place, and what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines<T> {
    /// How the file was written; none if it was no text.
    pub encoding: Option<Encoding>,
    /// What can be used.
    pub rows: Vec<(u64, T)>,
    /// What is wrong, or worth a look, in the order of the lines.
    pub findings: Vec<Finding>,
}

impl<T> Lines<T> {
    fn nothing(what: Wrong) -> Self {
        Self { encoding: None, rows: Vec::new(), findings: vec![Finding { line: 0, column: None, what }] }
    }
}

/// Whether nothing stands in the way.
pub fn clean(findings: &[Finding]) -> bool {
    findings.iter().all(|finding| finding.what.is_warning())
}

/// A scan, as a file names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scan {
    /// By its SHA-256.
    Hash(Hash32),
    /// By the name of a file.
    File(String),
}

/// A pledge, as a file names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pledge {
    /// Form 2.
    Signed {
        /// The day on the paper.
        on: Date,
        /// The scan.
        scan: Scan,
    },
    /// An equal pledge, held since then.
    HeldSince(Date),
}

/// A person in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewColleague {
    /// The name.
    pub name: Line<{ bounds::NAME }>,
    /// Its reading.
    pub kana: Option<Line<{ bounds::NAME }>>,
    /// What the person does.
    pub profession: Profession,
    /// Form 2 or the exemption.
    pub pledge: Option<Pledge>,
    /// To be appointed SNS administrator.
    pub administrator: bool,
    /// To be granted creating groups.
    pub group_manager: bool,
}

/// A facility in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFacility {
    /// The name.
    pub name: Line<{ bounds::NAME }>,
    /// What it is.
    pub kind: FacilityKind,
}

/// By what a person in a file is the same as a colleague: name, reading and profession, however they are typed.
pub(crate) type Key = (String, String, Profession);

impl NewColleague {
    pub(crate) fn key(&self) -> Key {
        let kana = self.kana.as_ref().map(|kana| fold_kana(kana.as_str())).unwrap_or_default();
        (fold(self.name.as_str()), kana, self.profession)
    }
}

const STAFF: &[(Column, &[&str])] = &[
    (Column::Name, &["name", "氏名", "名前"]),
    (Column::Kana, &["kana", "ふりがな", "フリガナ", "氏名かな", "氏名カナ", "カナ", "かな"]),
    (Column::Profession, &["profession", "職種"]),
    (Column::Pledge, &["pledge", "pledge signed", "誓約書", "誓約書署名日", "様式2"]),
    (Column::Scan, &["scan", "pledge scan", "スキャン", "誓約書スキャン"]),
    (Column::HeldSince, &["held since", "pledge held since", "exempt since", "免除", "誓約書免除", "免除日"]),
    (Column::Administrator, &["administrator", "sns administrator", "SNS管理者", "管理者"]),
    (Column::GroupManager, &["group manager", "グループ担当"]),
];

const FACILITIES: &[(Column, &[&str])] = &[
    (Column::Name, &["name", "facility", "事業所名", "事業所", "名称"]),
    (Column::Kind, &["kind", "種別", "事業所種別", "種類"]),
];

/// What people write beside the words of [`words::PROFESSIONS`].
const ALSO: &[(Profession, &[&str])] = &[
    (Profession::CareManager, &["介護支援専門員", "ケアマネージャー", "ケアマネ"]),
    (Profession::Helper, &["ヘルパー", "訪問介護員"]),
    (Profession::Therapist, &["理学療法士", "作業療法士", "言語聴覚士"]),
    (Profession::Clerk, &["事務員", "事務職"]),
];

const YES: &[&str] = &["yes", "y", "true", "1", "はい", "有", "あり", "○", "〇", "◯"];
const NO: &[&str] = &["no", "n", "false", "0", "いいえ", "無", "なし", "×", ""];

/// One line while it is read: what is wrong with it is collected, never the first thing alone.
struct Reader<'r> {
    record: &'r Record,
    findings: &'r mut Vec<Finding>,
}

impl Reader<'_> {
    fn wrong(&mut self, column: Column, what: Wrong) {
        self.findings.push(Finding { line: self.record.line, column: Some(column), what });
    }

    fn cell(&self, column: Column) -> &str {
        self.record.cell(column)
    }

    fn line(&mut self, column: Column) -> Option<Line<{ bounds::NAME }>> {
        // The joiner of emoji has no business in a name.
        let text = self.cell(column);
        if text.is_empty() {
            return None;
        }
        let taken = if text.contains('\u{200d}') { Err(BadText::Deceptive) } else { Line::new(text) };
        let what = match taken {
            Ok(line) => return Some(line),
            Err(BadText::TooLong(most)) => Wrong::TooLong { most },
            Err(BadText::Deceptive) => Wrong::Deceptive,
            Err(BadText::Empty) => Wrong::Blank,
        };
        self.wrong(column, what);
        None
    }

    fn needed(&mut self, column: Column) -> Option<Line<{ bounds::NAME }>> {
        if self.cell(column).is_empty() {
            self.wrong(column, Wrong::Blank);
        }
        self.line(column)
    }

    fn word<T: Copy>(&mut self, column: Column, rows: &[Row<T>], also: &[(T, &[&str])]) -> Option<T> {
        let folded = fold(self.cell(column));
        if folded.is_empty() {
            self.wrong(column, Wrong::Blank);
            return None;
        }
        let is = |word: &str| fold(word) == folded;
        let word = rows.iter().find(|(_, typed, ja, en)| is(typed) || is(ja) || is(en)).map(|(value, ..)| *value);
        let also = || also.iter().find(|(_, words)| words.iter().any(|word| is(word))).map(|(value, _)| *value);
        let found = word.or_else(also);
        if found.is_none() {
            self.wrong(column, Wrong::UnknownWord { found: excerpt(self.cell(column)) });
        }
        found
    }

    fn day(&mut self, column: Column, time: Time) -> Option<Date> {
        let text = self.cell(column);
        if text.is_empty() {
            return None;
        }
        let Some(day) = text::day(text) else {
            let found = excerpt(text);
            self.wrong(column, Wrong::BadDay { found });
            return None;
        };
        if a09_pledge::permit_day(day, time).is_err() {
            self.wrong(column, Wrong::Future);
            return None;
        }
        Some(day)
    }

    fn yes(&mut self, column: Column) -> bool {
        let folded = fold(self.cell(column));
        let is = |words: &[&str]| words.iter().any(|word| fold(word) == folded);
        let yes = is(YES);
        if !yes && !is(NO) {
            self.wrong(column, Wrong::NotYesOrNo { found: excerpt(self.cell(column)) });
        }
        yes
    }

    fn pledge(&mut self, time: Time) -> Option<Pledge> {
        let [signed, scan, held] =
            [Column::Pledge, Column::Scan, Column::HeldSince].map(|column| !self.cell(column).is_empty());
        let (on, held_since) = (self.day(Column::Pledge, time), self.day(Column::HeldSince, time));
        match (signed, scan, held) {
            (false, false, false) => {
                self.findings.push(Finding { line: self.record.line, column: None, what: Wrong::NoPledge });
                None
            }
            (true, _, true) => {
                self.wrong(Column::HeldSince, Wrong::PledgeTwice);
                None
            }
            (false, true, _) => {
                self.wrong(Column::Pledge, Wrong::DayMissing);
                None
            }
            (true, false, false) => {
                self.wrong(Column::Scan, Wrong::ScanMissing);
                None
            }
            (true, true, false) => {
                let text = self.cell(Column::Scan);
                let scan = text.parse().map_or_else(|_| Scan::File(text.to_owned()), Scan::Hash);
                on.map(|on| Pledge::Signed { on, scan })
            }
            (false, false, true) => held_since.map(Pledge::HeldSince),
        }
    }
}

/// What is quoted of a field that can't be used: enough to find it, and harmless to show.
fn excerpt(text: &str) -> String {
    const MOST: usize = 40;
    let shown = safe_to_show(text).replace(['\n', '\t'], " ");
    if shown.chars().count() <= MOST { shown } else { shown.chars().take(MOST).chain(['…']).collect() }
}

/// Reads a file of people. Days after `time` are refused.
pub fn staff(bytes: &[u8], time: Time) -> Lines<NewColleague> {
    let mut keys: BTreeMap<Key, u64> = BTreeMap::new();
    let mut names: BTreeMap<String, u64> = BTreeMap::new();
    read(bytes, STAFF, &[Column::Name, Column::Profession], |reader| {
        let before = reader.findings.len();
        let name = reader.needed(Column::Name);
        let kana = reader.line(Column::Kana);
        let profession = reader.word(Column::Profession, words::PROFESSIONS, ALSO);
        let pledge = reader.pledge(time);
        let (administrator, group_manager) = (reader.yes(Column::Administrator), reader.yes(Column::GroupManager));
        let (Some(name), Some(profession)) = (name, profession) else { return None };
        let person = NewColleague { name, kana, profession, pledge, administrator, group_manager };
        let (key, line) = (person.key(), reader.record.line);
        if let Some(&first) = keys.get(&key) {
            reader.wrong(Column::Name, Wrong::Twice { first });
        } else if let Some(&first) = names.get(&key.0) {
            reader.wrong(Column::Name, Wrong::Namesake { first });
        }
        names.entry(key.0.clone()).or_insert(line);
        keys.entry(key).or_insert(line);
        reader.findings.get(before..).is_none_or(clean).then_some(person)
    })
}

/// Reads a file of facilities.
pub fn facilities(bytes: &[u8]) -> Lines<NewFacility> {
    let mut names: BTreeMap<String, u64> = BTreeMap::new();
    read(bytes, FACILITIES, &[Column::Name, Column::Kind], |reader| {
        let before = reader.findings.len();
        let name = reader.needed(Column::Name);
        let kind = reader.word(Column::Kind, words::FACILITIES, &[]);
        let facility = NewFacility { name: name?, kind: kind? };
        let (key, line) = (fold(facility.name.as_str()), reader.record.line);
        if let Some(&first) = names.get(&key) {
            reader.wrong(Column::Name, Wrong::Twice { first });
        }
        names.entry(key).or_insert(line);
        reader.findings.get(before..).is_none_or(clean).then_some(facility)
    })
}

/// Reads every line of a file with `one`.
fn read<T>(
    bytes: &[u8],
    known: &[(Column, &[&str])],
    needed: &[Column],
    mut one: impl FnMut(&mut Reader<'_>) -> Option<T>,
) -> Lines<T> {
    if bytes.len() > bounds::IMPORT {
        return Lines::nothing(Wrong::TooLarge { most: bounds::IMPORT });
    }
    let Some((encoding, text)) = text::text(bytes) else { return Lines::nothing(Wrong::NotText) };
    let (records, mut findings) = sheet::sheet(&text, known, needed);
    let mut rows = Vec::new();
    for record in &records {
        let row = one(&mut Reader { record, findings: &mut findings });
        rows.extend(row.map(|row| (record.line, row)));
    }
    findings.sort_by_key(|finding| finding.line);
    Lines { encoding: Some(encoding), rows, findings }
}

#[cfg(test)]
mod tests;
