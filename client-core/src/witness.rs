//! The server's own word on how far its logs go, and how fresh that word is.
//!
//! A server that keeps a removal back from somebody has to go on signing heads that do not have it. Each such signature
//! stays here: as soon as two people's meet, in a message or side by side, the server has contradicted itself. And one
//! that stops signing is noticed by the clock: without fresh heads this device admits no reader.

use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::entry::EntryHeader;
use renkei_proto::heads::{Heads, SignedHeads};
use renkei_proto::time::Time;

/// Parts of one moment's heads: as many as cover all logs that a client may follow.
const PARTS: usize = bounds::LOGS_FOLLOWED / bounds::HEADS_GROUPS + 1;

/// What the server has signed last, and when it came.
#[derive(Debug, Clone, Default)]
pub struct Witness {
    /// The statements of one moment: more than one only for somebody with very many groups.
    last: Vec<Seen>,
}

#[derive(Debug, Clone)]
struct Seen {
    signed: SignedHeads,
    heads: Heads,
    came: Time,
}

impl Witness {
    /// Remembers heads that hold, unless they are older than those known: an old word proves nothing fresh.
    pub(crate) fn take(&mut self, signed: SignedHeads, heads: Heads, now: Time) {
        let known = self.time();
        if heads.time >= known {
            let seen = Seen { signed, heads, came: now };
            let same_moment = seen.heads.time == known && self.last.len() < PARTS;
            let another_part = same_moment && self.last.iter().all(|last| last.heads.groups != seen.heads.groups);
            if !another_part {
                self.last.clear();
            }
            self.last.push(seen);
        }
    }

    fn time(&self) -> Time {
        self.last.first().map_or(Time(0), |last| last.heads.time)
    }

    /// Whether an entry that comes now can be dated as it is: the last heads that did not have it were not signed long
    /// after that date.
    pub(crate) fn permits(&self, header: &EntryHeader) -> Result<(), Code> {
        let mut heads = self.last.iter().filter_map(|last| last.heads.of(header.log));
        let new = heads.any(|head| header.seq >= head.size);
        let backdated = header.time.plus(bounds::BACKDATED) < self.time();
        if new && backdated { Err(Code::LogNotTrusted) } else { Ok(()) }
    }

    /// Whether fresh heads are here: come within [`bounds::HEADS_FRESH`], and dated near `now`.
    pub fn fresh(&self, now: Time) -> bool {
        self.last.last().is_some_and(|last| {
            let near = |other: Time, by: u64| now.since(other) <= by && other.since(now) <= by;
            near(last.came, bounds::HEADS_FRESH) && near(last.heads.time, bounds::HEADS_FRESH + bounds::CLOCK_SKEW)
        })
    }

    /// The last heads: the first part of them, where there are several.
    pub fn heads(&self) -> Option<&Heads> {
        self.last.first().map(|last| &last.heads)
    }

    /// The last heads as the server signed them.
    pub fn signed(&self) -> Option<&SignedHeads> {
        self.last.first().map(|last| &last.signed)
    }
}

#[cfg(test)]
mod tests {
    use renkei_proto::bytes::List;
    use renkei_proto::entry::EntryKind;
    use renkei_proto::hash::Hash32;
    use renkei_proto::id::{AssociationId, StatementId};
    use renkei_proto::key::SigningSecret;
    use renkei_proto::statement::{Head, LogId};

    use super::*;

    const NOW: Time = Time(1_800_000_000);

    fn witness(time: Time, came: Time) -> Witness {
        let heads = Heads {
            version: renkei_proto::VERSION,
            suite: renkei_proto::SUITE,
            association: AssociationId([1; 16]),
            time,
            registry: Head { size: 3, hash: Hash32([3; 32]) },
            tree: Hash32([4; 32]),
            groups: List::default(),
        };
        let mut witness = Witness::default();
        witness.take(heads.sign(&SigningSecret::from_seed(&[4; 32])).unwrap(), heads, came);
        witness
    }

    fn entry(seq: u64, time: Time) -> EntryHeader {
        EntryHeader {
            version: renkei_proto::VERSION,
            log: LogId::Registry,
            seq,
            prev: Hash32::default(),
            time,
            registry: seq,
            id: StatementId([1; 16]),
            author: None,
            kind: EntryKind::Registry,
            body: Hash32::default(),
        }
    }

    #[test]
    fn p3_heads_are_fresh_for_five_minutes_and_only_near_the_devices_clock() {
        assert!(!Witness::default().fresh(NOW));
        assert!(witness(NOW, NOW).fresh(NOW.plus(bounds::HEADS_FRESH)));
        assert!(!witness(NOW, NOW).fresh(NOW.plus(bounds::HEADS_FRESH + 1)));
        let old = Time(NOW.0 - bounds::HEADS_FRESH - bounds::CLOCK_SKEW - 1);
        assert!(!witness(old, NOW).fresh(NOW), "an old word that comes now");
        assert!(!witness(NOW.plus(10_000), NOW).fresh(NOW), "a word of the future");
    }

    #[test]
    fn p3_an_older_word_does_not_replace_a_newer_one() {
        let mut witness = witness(NOW, NOW);
        let (signed, mut heads) = (witness.signed().unwrap().clone(), witness.heads().unwrap().clone());
        heads.time = Time(NOW.0 - 1);
        witness.take(signed, heads, NOW.plus(1_000));
        assert!(!witness.fresh(NOW.plus(1_000)));
    }

    #[test]
    fn p5_the_parts_of_one_moment_count_together() {
        let mut witness = witness(NOW, NOW);
        let (signed, mut heads) = (witness.signed().unwrap().clone(), witness.heads().unwrap().clone());
        let group = renkei_proto::id::GroupId([7; 16]);
        heads.groups = List::new(vec![(group, Head { size: 2, hash: Hash32([2; 32]) })]).unwrap();
        witness.take(signed, heads, NOW);
        let late = EntryHeader { log: LogId::Group(group), ..entry(2, Time(NOW.0 - 1_000)) };
        assert_eq!(witness.permits(&late), Err(Code::LogNotTrusted));
        assert_eq!(witness.permits(&entry(3, Time(NOW.0 - 1_000))), Err(Code::LogNotTrusted));
    }

    #[test]
    fn p5_an_entry_dated_before_heads_that_did_not_have_it_is_refused() {
        let witness = witness(NOW, NOW);
        assert_eq!(witness.permits(&entry(3, NOW)), Ok(()));
        assert_eq!(witness.permits(&entry(3, Time(NOW.0 - bounds::BACKDATED))), Ok(()));
        assert_eq!(witness.permits(&entry(3, Time(NOW.0 - bounds::BACKDATED - 1))), Err(Code::LogNotTrusted));
        assert_eq!(witness.permits(&entry(2, Time(0))), Ok(()), "one that the heads had");
    }
}
