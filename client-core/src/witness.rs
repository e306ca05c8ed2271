//! The server's own word on how far its logs go, and how fresh that word is.
//!
//! A server that keeps a removal back from somebody has to go on signing heads that do not have it. Each such signature
//! stays here: as soon as two people's meet, in a message or side by side, the server has contradicted itself. And one
//! that stops signing is noticed by the clock: without fresh heads this device admits no reader.

use std::collections::BTreeMap;

use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::entry::EntryHeader;
use renkei_proto::heads::{Heads, SignedHeads};
use renkei_proto::statement::LogId;
use renkei_proto::time::Time;

/// What the server has signed last, and when it came.
#[derive(Debug, Clone, Default)]
pub struct Witness {
    last: Option<(SignedHeads, Heads)>,
    /// Of each log, the last statement that names it.
    logs: BTreeMap<LogId, Stated>,
}

/// What was stated of one log.
#[derive(Debug, Clone, Copy)]
struct Stated {
    size: u64,
    time: Time,
    /// When it came; none where it is remembered from an earlier session.
    came: Option<Time>,
}

impl Witness {
    /// What was kept in an earlier session. It still says what the logs did not have then, and nothing of how fresh they
    /// are now.
    pub(crate) fn recall(signed: SignedHeads) -> Self {
        let mut witness = Self::default();
        // It was verified before it was kept.
        if let Ok(heads) = signed.unverified() {
            witness.note(signed, heads, None);
        }
        witness
    }

    /// Remembers heads that hold, unless they are older than those known: an old word proves nothing fresh.
    pub(crate) fn take(&mut self, signed: SignedHeads, heads: Heads, now: Time) {
        // Nor does a word of the future, by which everything until then would be dated back.
        if heads.time.since(now) <= bounds::HEADS_FRESH + bounds::CLOCK_SKEW {
            self.note(signed, heads, Some(now));
        }
    }

    fn note(&mut self, signed: SignedHeads, heads: Heads, came: Option<Time>) {
        let groups = heads.groups.as_slice().iter().map(|(id, head)| (LogId::Group(*id), *head));
        for (log, head) in groups.chain([(LogId::Registry, heads.registry)]) {
            let stated = Stated { size: head.size, time: heads.time, came };
            match self.logs.get_mut(&log) {
                // Said once more, the same word is no fresher than it was.
                Some(known) if heads.time <= known.time => {
                    if heads.time == known.time {
                        known.size = known.size.max(head.size);
                    }
                }
                Some(known) => *known = stated,
                None => drop(self.logs.insert(log, stated)),
            }
        }
        let first = |heads: &Heads| heads.groups.as_slice().first().map(|(id, _)| *id);
        // Of several parts of one moment the first is kept.
        let replaces =
            |last: &Heads| heads.time > last.time || (heads.time == last.time && first(&heads) == first(last));
        if self.last.as_ref().is_none_or(|(_, last)| replaces(last)) {
            self.last = Some((signed, heads));
        }
    }

    /// Whether an entry that comes now can be dated as it is: the last heads that did not have it were not signed long
    /// after that date.
    pub(crate) fn permits(&self, header: &EntryHeader) -> Result<(), Code> {
        let Some(stated) = self.logs.get(&header.log) else { return Ok(()) };
        let backdated = header.time.plus(bounds::BACKDATED) < stated.time;
        if header.seq >= stated.size && backdated { Err(Code::LogNotTrusted) } else { Ok(()) }
    }

    /// Whether fresh heads of `log` are here: come within [`bounds::HEADS_FRESH`], and dated near `now`.
    pub fn fresh(&self, log: LogId, now: Time) -> bool {
        self.logs.get(&log).is_some_and(|stated| {
            let near = |other: Time, by: u64| now.since(other) <= by && other.since(now) <= by;
            stated.came.is_some_and(|came| near(came, bounds::HEADS_FRESH))
                && near(stated.time, bounds::HEADS_FRESH + bounds::CLOCK_SKEW)
        })
    }

    /// Whether `log` was named in heads, and in none that are fresh.
    pub fn lapsed(&self, log: LogId, now: Time) -> bool {
        self.logs.contains_key(&log) && !self.fresh(log, now)
    }

    /// The last heads: the first part of them, where there are several.
    pub fn heads(&self) -> Option<&Heads> {
        self.last.as_ref().map(|(_, heads)| heads)
    }

    /// The last heads as the server signed them.
    pub fn signed(&self) -> Option<&SignedHeads> {
        self.last.as_ref().map(|(signed, _)| signed)
    }
}

#[cfg(test)]
mod tests {
    use renkei_proto::bytes::List;
    use renkei_proto::entry::EntryKind;
    use renkei_proto::hash::Hash32;
    use renkei_proto::id::{AssociationId, StatementId};
    use renkei_proto::key::SigningSecret;
    use renkei_proto::statement::Head;

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
        assert!(!Witness::default().fresh(LogId::Registry, NOW));
        assert!(witness(NOW, NOW).fresh(LogId::Registry, NOW.plus(bounds::HEADS_FRESH)));
        assert!(!witness(NOW, NOW).fresh(LogId::Registry, NOW.plus(bounds::HEADS_FRESH + 1)));
        let old = Time(NOW.0 - bounds::HEADS_FRESH - bounds::CLOCK_SKEW - 1);
        assert!(!witness(old, NOW).fresh(LogId::Registry, NOW), "an old word that comes now");
        assert!(!witness(NOW.plus(10_000), NOW).fresh(LogId::Registry, NOW), "a word of the future");
    }

    #[test]
    fn p3_an_older_word_does_not_replace_a_newer_one() {
        let mut witness = witness(NOW, NOW);
        let (signed, mut heads) = (witness.signed().unwrap().clone(), witness.heads().unwrap().clone());
        heads.time = Time(NOW.0 - 1);
        witness.take(signed, heads, NOW.plus(1_000));
        assert!(!witness.fresh(LogId::Registry, NOW.plus(1_000)));
    }

    #[test]
    fn p3_the_same_word_once_more_is_no_fresher() {
        let mut witness = witness(NOW, NOW);
        let (signed, heads) = (witness.signed().unwrap().clone(), witness.heads().unwrap().clone());
        let later = NOW.plus(bounds::HEADS_FRESH + 1);
        witness.take(signed, heads, later);
        assert!(!witness.fresh(LogId::Registry, later));
    }

    #[test]
    fn p5_a_word_of_the_future_dates_nothing() {
        assert_eq!(witness(NOW.plus(10_000), NOW).permits(&entry(3, NOW)), Ok(()));
    }

    #[test]
    fn p3_a_log_that_the_heads_leave_out_is_not_fresh() {
        let other = LogId::Group(renkei_proto::id::GroupId([9; 16]));
        assert!(!witness(NOW, NOW).fresh(other, NOW));
    }

    #[test]
    fn p5_heads_of_an_earlier_session_date_entries_and_are_not_fresh() {
        let witness = Witness::recall(witness(NOW, NOW).signed().unwrap().clone());
        assert!(!witness.fresh(LogId::Registry, NOW));
        assert_eq!(witness.permits(&entry(3, Time(NOW.0 - bounds::BACKDATED - 1))), Err(Code::LogNotTrusted));
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
