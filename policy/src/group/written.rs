//! What was written in a group, and by whose devices: one small row for each message and each amendment.

use std::sync::Arc;

use renkei_proto::id::DeviceId;
use serde::{Deserialize, Serialize};

use super::Seq;

/// A message, an amendment, or a revision of the patient card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// Its place.
    pub seq: Seq,
    /// The device that wrote it.
    pub by: DeviceId,
    /// Whether it is no message itself: it amends one, or is a revision of the card.
    pub amends: bool,
}

/// Rows of one piece.
const PIECE: usize = 256;

/// The rows, in the order of the log.
///
/// A server copies a group's state for each batch that it judges. So full pieces are shared between the copies: a copy
/// costs one pointer for [`PIECE`] rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Written>", into = "Vec<Written>")]
pub(super) struct Rows {
    full: Vec<Arc<[Written]>>,
    last: Vec<Written>,
}

impl Rows {
    pub(super) fn push(&mut self, row: Written) {
        self.last.push(row);
        if self.last.len() == PIECE {
            self.full.push(std::mem::take(&mut self.last).into());
        }
    }

    /// The row of the entry at `seq`.
    pub(super) fn at(&self, seq: Seq) -> Option<Written> {
        let piece = self.full.partition_point(|piece| piece.last().is_some_and(|row| row.seq < seq));
        let rows = self.full.get(piece).map_or(self.last.as_slice(), |piece| piece);
        let at = rows.binary_search_by_key(&seq, |row| row.seq).ok()?;
        rows.get(at).copied()
    }

    /// All rows, in order; from either end.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = Written> + '_ {
        self.full.iter().flat_map(|piece| piece.iter()).chain(&self.last).copied()
    }
}

impl From<Vec<Written>> for Rows {
    fn from(all: Vec<Written>) -> Self {
        let mut rows = Self::default();
        for row in all {
            rows.push(row);
        }
        rows
    }
}

impl From<Rows> for Vec<Written> {
    fn from(rows: Rows) -> Self {
        rows.iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every third place of a log, so that there are places between.
    fn rows(count: usize) -> Rows {
        let row = |n: u64| Written { seq: 3 * n, by: DeviceId([1; 16]), amends: n.is_multiple_of(5) };
        Rows::from((0..).map(row).take(count).collect::<Vec<_>>())
    }

    #[test]
    fn every_row_is_found_at_its_place_and_nothing_between() {
        for count in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 7] {
            let rows = rows(count);
            let found: Vec<Written> = (0..3 * count as u64 + 3).filter_map(|seq| rows.at(seq)).collect();
            assert_eq!(found, Vec::from(rows.clone()), "{count} rows");
            assert_eq!(found.len(), count);
        }
    }

    #[test]
    fn rows_come_back_from_what_they_are_kept_as() {
        let rows = rows(2 * PIECE + 3);
        assert_eq!(Rows::from(Vec::from(rows.clone())), rows);
        assert!(rows.iter().rev().map(|row| row.seq).is_sorted_by(|a, b| a > b));
    }
}
