//! What somebody has followed of one log: its tip, and the hash of every entry, to compare with what others have seen.

use renkei_proto::code::Code;
use renkei_proto::entry::{ChainError, Entry, Tip};
use renkei_proto::hash::Hash32;
use renkei_proto::merkle::{self, Frontier};
use renkei_proto::statement::{Head, LogId};
use renkei_proto::time::Time;
use serde::{Deserialize, Serialize};

use crate::Refusal;

/// A followed log.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Chain {
    tip: Tip,
    hashes: Vec<Hash32>,
    times: Vec<Time>,
    tree: Frontier,
}

impl Chain {
    /// An empty log.
    pub fn new(log: LogId) -> Self {
        Self { tip: Tip::empty(log), hashes: Vec::new(), times: Vec::new(), tree: Frontier::default() }
    }

    /// Where it ends.
    pub fn tip(&self) -> &Tip {
        &self.tip
    }

    /// The head.
    pub fn head(&self) -> Head {
        self.tip.head
    }

    /// The head as it was after `size` entries; none if the log never had so many.
    pub fn head_at(&self, size: u64) -> Option<Head> {
        if size == 0 {
            return Some(Head::default());
        }
        let at = usize::try_from(size - 1).ok()?;
        self.hashes.get(at).map(|&hash| Head { size, hash })
    }

    /// The Merkle root over the hashes of the first `size` entries; none if the log never had so many.
    pub fn tree_at(&self, size: u64) -> Option<Hash32> {
        if size == self.tree.size() {
            return Some(self.tree.root());
        }
        let leaves = self.hashes.get(..usize::try_from(size).ok()?)?;
        Some(merkle::root(&leaves.iter().map(|hash| hash.0).collect::<Vec<_>>()))
    }

    /// The hash of every entry: the leaves of the tree.
    pub fn hashes(&self) -> &[Hash32] {
        &self.hashes
    }

    /// The time of the entry at `seq`.
    pub fn time_of(&self, seq: u64) -> Option<Time> {
        self.times.get(usize::try_from(seq).ok()?).copied()
    }

    /// Takes the next entry.
    pub fn follow(&mut self, entry: &Entry) -> Result<(), ChainError> {
        self.tip = self.tip.follow(entry)?;
        self.hashes.push(self.tip.head.hash);
        self.tree.push(&self.tip.head.hash.0);
        self.times.push(self.tip.time);
        Ok(())
    }

    /// Whether an entry of another log that was judged under the first `size` entries of this one can have the time
    /// `time`: not before the last of these, and not after the next one. A server that judged it under an older state than
    /// it had by then would undo what came in between.
    pub fn was_the_latest(&self, size: u64, time: Time) -> Result<(), Refusal> {
        let at = |place: Option<u64>| {
            let place = usize::try_from(place?).ok()?;
            self.times.get(place)
        };
        let (last, next) = (at(size.checked_sub(1)), at(Some(size)));
        let fits = last.is_none_or(|last| *last <= time) && next.is_none_or(|next| time <= *next);
        if fits { Ok(()) } else { Err(Refusal(Code::HeadMismatch)) }
    }

    /// Whether somebody who saw `head` saw this log. Two logs of the same size with different hashes are a fork.
    pub fn agrees(&self, head: Head) -> Result<(), Refusal> {
        if self.head_at(head.size) == Some(head) { Ok(()) } else { Err(Refusal(Code::HeadMismatch)) }
    }
}
