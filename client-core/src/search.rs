//! Searching what one may read, on the device alone: the server has only ciphertext.
//!
//! A text is found by any part of it, since Japanese has no gaps between words, and however it was typed: kana, width and
//! case are folded, so that ﾃﾞｰﾀ, データ and でーた are one. What has been opened is kept folded, in memory, until the session
//! locks or ends; nothing of it is written to disk, so nothing of it has to be encrypted there.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Mutex;

use renkei_policy::folding::{Folded, fold};
use renkei_proto::act::Act;
use renkei_proto::id::GroupId;
use renkei_proto::time::Time;
use zeroize::Zeroizing;

use crate::Result;
use crate::client::{Client, lock};
use crate::replica::{Followed, Sealed};

/// The longest query that is looked for, in characters: nobody types more into a search box.
pub const QUERY: usize = 100;

/// Messages that one search gives at most, newest first: more are not read, the query is made longer instead.
pub const FOUND: usize = 200;

/// A message that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where.
    pub group: GroupId,
    /// Its place.
    pub seq: u64,
    /// The server's time.
    pub time: Time,
    /// What it says.
    pub text: String,
    /// The places of the words in it, in bytes.
    pub at: Vec<Range<usize>>,
}

/// Where in the original all of `words` are, or none if one is missing.
fn find(text: &Folded, words: &[String]) -> Option<Vec<Range<usize>>> {
    let mut at = Vec::new();
    for word in words {
        let before = at.len();
        let found = text.as_str().match_indices(word.as_str());
        at.extend(found.map(|(start, _)| text.original(start..start + word.len())));
        if at.len() == before {
            return None;
        }
    }
    at.sort_by_key(|range| (range.start, range.end));
    Some(at)
}

/// The words of a query, folded; none if there is nothing to look for.
fn words(query: &str) -> Vec<String> {
    let query: String = query.chars().take(QUERY).collect();
    fold(&query).split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// What has been opened so far.
#[derive(Default)]
pub(crate) struct Index(Mutex<BTreeMap<GroupId, Opened>>);

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Index").finish_non_exhaustive()
    }
}

impl Index {
    pub(crate) fn clear(&self) {
        lock(&self.0).clear();
    }
}

/// The message that an amendment is of.
fn original(amendment: &Sealed) -> Option<u64> {
    match &amendment.statement.act {
        Act::Amend(amendment) => Some(amendment.original),
        _ => None,
    }
}

#[derive(Default)]
struct Opened {
    texts: BTreeMap<u64, (Time, Zeroizing<String>, Folded)>,
    /// Up to here, exclusively, everything was looked at.
    upto: u64,
    /// Amendments that were taken into account.
    amendments: usize,
    /// What could not be opened when it was looked at.
    awaited: BTreeSet<u64>,
}

impl Opened {
    /// The places to be looked at (again) in `followed`.
    fn due(&self, followed: &Followed) -> BTreeSet<u64> {
        let new = followed.messages().iter().rev().map(|one| one.seq).take_while(|seq| *seq >= self.upto);
        let amended = followed.amendments().get(self.amendments..).unwrap_or_default().iter();
        let amended = amended.filter_map(original);
        self.awaited.iter().copied().chain(new).chain(amended).collect()
    }
}

impl Client {
    /// The newest messages in which all words of `query` occur, in `group` or everywhere that this person reads.
    pub fn search(&self, group: Option<GroupId>, query: &str) -> Result<Vec<Found>> {
        let words = words(query);
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let readable = |replica: &crate::replica::Replica| -> Vec<GroupId> {
            let open = replica.groups().filter(|(_, followed)| !followed.ended()).map(|(id, _)| id);
            open.filter(|id| group.is_none_or(|group| group == *id)).collect()
        };
        let groups = self.look(readable);
        let mut index = lock(&self.inner.index.0);
        index.retain(|id, _| group.is_some() || groups.contains(id));
        let mut found = Vec::new();
        for id in groups {
            let opened = index.entry(id).or_default();
            if self.open_new(id, opened).is_err() {
                // Frozen, not permitted now: nothing of it is found, and nothing kept.
                index.remove(&id);
                continue;
            }
            found.extend(opened.texts.iter().filter_map(|(seq, (time, text, folded))| {
                let at = find(folded, &words)?;
                Some(Found { group: id, seq: *seq, time: *time, text: text.as_str().to_owned(), at })
            }));
        }
        found.sort_by_key(|one| std::cmp::Reverse((one.time, one.seq)));
        found.truncate(FOUND);
        Ok(found)
    }

    fn open_new(&self, id: GroupId, opened: &mut Opened) -> Result<()> {
        let (due, amendments) = self.look(|replica| {
            replica.group(id).map_or_else(Default::default, |one| (opened.due(one), one.amendments().len()))
        });
        // Also where nothing is new: whether it may be read at all is asked each time.
        self.read_between(id, 0..0)?;
        let (first, last) = (due.first().copied().unwrap_or(0), due.last().copied().unwrap_or(0));
        // A run is opened at once; single places one by one.
        let whole = due.len() as u64 > (last - first) / 2;
        let all = first..last + 1;
        let runs: Vec<Range<u64>> =
            if whole { std::iter::once(all).collect() } else { due.iter().map(|seq| *seq..*seq + 1).collect() };
        if due.is_empty() {
            return Ok(());
        }
        for run in runs {
            for shown in self.read_between(id, run)? {
                if !due.contains(&shown.seq) {
                    continue;
                }
                opened.texts.remove(&shown.seq);
                opened.awaited.remove(&shown.seq);
                let retracted = shown.amended.is_some_and(|amended| amended.retracted);
                match shown.text {
                    _ if retracted => {}
                    Ok(text) => {
                        let folded = Folded::of(&text);
                        opened.texts.insert(shown.seq, (shown.time, Zeroizing::new(text), folded));
                    }
                    Err(_) => {
                        opened.awaited.insert(shown.seq);
                    }
                }
            }
        }
        opened.upto = opened.upto.max(last + 1);
        opened.amendments = amendments;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str, query: &str) -> Option<Vec<Range<usize>>> {
        find(&Folded::of(text), &words(query))
    }

    #[test]
    fn kana_width_and_case_are_one() {
        for (text, query) in [
            ("データを送ります", "ﾃﾞｰﾀ"),
            ("ﾃﾞｰﾀを送ります", "でーた"),
            ("ワーファリン 2mg", "わーふぁりん"),
            ("ＳｐＯ２ ９６％", "spo2"),
            ("か\u{3099}んばる", "がんば"),
            ("ﾊﾟｯﾄﾞ交換", "ぱっど"),
            ("血圧は 120/80", "血圧 120"),
            ("褥瘡\u{200b}の処置", "褥瘡の"),
        ] {
            assert!(at(text, query).is_some(), "{query} in {text}");
        }
        assert_eq!(at("血圧は 120/80", "血圧 130"), None, "every word must be there");
        assert_eq!(at("はし", "ばし"), None, "a voice mark is a difference");
    }

    #[test]
    fn a_place_is_one_of_the_text_as_it_was_written() {
        let text = "本日ﾃﾞｰﾀとデータ";
        let found: Vec<&str> = at(text, "でーた").unwrap().into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, ["ﾃﾞｰﾀ", "データ"]);
    }

    #[test]
    fn nothing_is_looked_for_by_nothing() {
        assert!(words(" \u{3000}\t\u{200b}").is_empty());
        assert_eq!(words(&"あ".repeat(1_000)), ["あ".repeat(QUERY)]);
    }

    proptest! {
        /// Every place can be cut out of the text.
        #[test]
        fn searching_is_total(text in "\\PC{0,40}", query in "\\PC{0,6}") {
            for range in at(&text, &query).unwrap_or_default() {
                prop_assert!(text.get(range).is_some());
            }
        }

        /// A part of a text is found in it.
        #[test]
        fn a_part_is_found(before in "[ぁ-ん一-丁ァ-ヶa-zA-Z0-9]{0,8}", part in "[ぁ-ん一-丁ァ-ヶa-zA-Z0-9]{1,8}", after in "[ぁ-ん一-丁]{0,8}") {
            let text = format!("{before}{part}{after}");
            prop_assert!(at(&text, &part).is_some());
        }
    }
}
