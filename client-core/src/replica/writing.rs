//! What people wrote in a group and how far they have seen, as it came: messages, their amendments, and marks.

use std::collections::BTreeMap;

use renkei_proto::id::UserId;
use renkei_proto::time::Time;

use super::{Followed, Sealed};

/// Amendments in order, and which of them are of which message.
#[derive(Debug, Default)]
pub(crate) struct Amendments {
    all: Vec<Sealed>,
    of: BTreeMap<u64, Vec<usize>>,
}

impl Amendments {
    pub(super) fn push(&mut self, original: u64, sealed: Sealed) {
        self.of.entry(original).or_default().push(self.all.len());
        self.all.push(sealed);
    }
}

/// Revisions of the patient card, and what was handed on of their keys, each in order.
#[derive(Debug, Default)]
pub(crate) struct Cards {
    pub(super) revisions: Vec<Sealed>,
    pub(super) keys: Vec<Sealed>,
}

/// That somebody has seen everything up to a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Up to and including this place.
    pub upto: u64,
    /// The server's time.
    pub time: Time,
}

impl Followed {
    /// The message at `seq`, sealed.
    pub fn message(&self, seq: u64) -> Option<&Sealed> {
        find(&self.messages, seq)
    }

    /// The amendments, sealed, in order.
    pub fn amendments(&self) -> &[Sealed] {
        &self.amendments.all
    }

    /// The amendments of the message at `seq`, in order; the last one holds.
    pub fn amendments_of(&self, seq: u64) -> impl DoubleEndedIterator<Item = &Sealed> {
        let of = self.amendments.of.get(&seq).map_or(&[][..], Vec::as_slice);
        of.iter().filter_map(|at| self.amendments.all.get(*at))
    }

    /// The revisions of the patient card, sealed, in order.
    pub fn cards(&self) -> &[Sealed] {
        &self.cards.revisions
    }

    /// The revision of the patient card at `seq`, sealed.
    pub(crate) fn card_at(&self, seq: u64) -> Option<&Sealed> {
        find(&self.cards.revisions, seq)
    }

    /// What was handed on of the keys of revisions, in order.
    pub(crate) fn card_keys(&self) -> &[Sealed] {
        &self.cards.keys
    }

    /// What was written at `seq`, sealed.
    pub(crate) fn sealed_at(&self, seq: u64) -> Option<&Sealed> {
        self.message(seq).or_else(|| find(&self.amendments.all, seq)).or_else(|| self.card_at(seq))
    }

    /// The first mark by which `user` had seen what is at `seq`.
    pub fn mark(&self, user: UserId, seq: u64) -> Option<Mark> {
        let marks = self.marks.get(&user)?;
        // They only move on.
        marks.get(marks.partition_point(|mark| mark.upto < seq)).copied()
    }
}

fn find(all: &[Sealed], seq: u64) -> Option<&Sealed> {
    all.binary_search_by_key(&seq, |sealed| sealed.seq).ok().and_then(|at| all.get(at))
}
