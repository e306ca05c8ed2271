//! From a record's key to its place, in rows of many keys.
//!
//! sled takes tens of microseconds and several kilobytes of garbage for every key that is put in by itself, and
//! record keys come in no order. So keys are kept in runs: every key of a run belongs to one of its partitions, and a
//! partition is one row in sled. A key is not stored, only its fingerprint and where the record is; the record itself
//! then says whether it is the right one.
//!
//! ```text
//! row key    'k' run (4) partition (2)        row    entries of 20 bytes: fingerprint (8) segment (4) offset (8)
//! ```
//!
//! Most keys that are asked for are new. A filter in memory for every run, two bytes a key, answers for those without
//! touching sled.

use sled::{Batch, Tree};

use super::index::Entry;
use super::rows::{ENTRY, Malformed, decode_position, encode_position};
use super::segment::Position;
use crate::RecordKey;

/// Keys of one run. More make the filters fewer, but the last run's rows are written again with every batch.
const RUN_KEYS: usize = 1 << 18;

/// Bits of the fingerprint that choose the partition, so that a full row has 128 keys and about 2.5 kB.
const PARTITION_BITS: u32 = 11;

/// Blocks of a filter: 512 bits each, 32 keys in each when the run is full. One look touches one block.
const FILTER_BLOCKS: usize = RUN_KEYS / 32;

/// Bits that a key sets in its block. With 16 bits a key, 5 leave less than one wrong yes in a hundred.
const FILTER_BITS: u32 = 5;

/// All runs, of which only the last still grows.
pub(crate) struct Keys {
    runs: Vec<Run>,
}

struct Run {
    keys: usize,
    filter: Vec<[u64; 8]>,
}

impl Keys {
    /// Reads all rows, for the filters.
    pub(crate) fn load(tree: &Tree) -> sled::Result<Result<Self, Malformed>> {
        let mut keys = Self { runs: Vec::new() };
        for row in tree.scan_prefix(b"k") {
            let (name, row) = row?;
            let Some(run) = run_of(&name) else { return Ok(Err(Malformed)) };
            if run >= keys.runs.len() {
                keys.runs.resize_with(run + 1, Run::new);
            }
            let Some(run) = keys.runs.get_mut(run) else { return Ok(Err(Malformed)) };
            let (entries, []) = row.as_chunks::<ENTRY>() else { return Ok(Err(Malformed)) };
            for entry in entries {
                run.add(decode_entry(entry).0);
            }
        }
        Ok(Ok(keys))
    }

    /// The number of keys.
    pub(crate) fn len(&self) -> u64 {
        self.runs.iter().map(|run| run.keys as u64).sum()
    }

    /// Puts the rows that get new keys into `batch`. Call [`Self::added`] when the batch has been applied.
    pub(crate) fn add(&self, tree: &Tree, salt: u64, entries: &[Entry], batch: &mut Batch) -> sled::Result<()> {
        let run = self.run_for(entries.len());
        let mut sorted: Vec<_> =
            entries.iter().map(|entry| (fingerprint(salt, entry.key), entry.location.at)).collect();
        sorted.sort_unstable();
        for entries in sorted.chunk_by(|(a, _), (b, _)| partition(*a) == partition(*b)) {
            let Some(&(first, _)) = entries.first() else { continue };
            let name = row_name(run, first);
            let mut row = tree.get(name)?.map(|row| row.to_vec()).unwrap_or_default();
            for &(fingerprint, at) in entries {
                row.extend_from_slice(&fingerprint.to_be_bytes());
                row.extend_from_slice(&encode_position(at));
            }
            batch.insert(&name[..], row);
        }
        Ok(())
    }

    /// Counts keys that are in sled now.
    pub(crate) fn added(&mut self, salt: u64, entries: &[Entry]) {
        let run = self.run_for(entries.len());
        if run >= self.runs.len() {
            self.runs.push(Run::new());
        }
        if let Some(run) = self.runs.get_mut(run) {
            for entry in entries {
                run.add(fingerprint(salt, entry.key));
            }
        }
    }

    /// The rows that may have this key. Usually none, if the key is new.
    pub(crate) fn rows_of(&self, salt: u64, key: RecordKey) -> Vec<[u8; 7]> {
        let fingerprint = fingerprint(salt, key);
        let runs = self.runs.iter().enumerate().filter(|(_, run)| run.may_have(fingerprint));
        runs.map(|(run, _)| row_name(run, fingerprint)).collect()
    }

    /// Where so many further keys go: to the last run, unless it would become too large.
    fn run_for(&self, more: usize) -> usize {
        match self.runs.last() {
            Some(last) if last.keys + more <= RUN_KEYS => self.runs.len() - 1,
            _ => self.runs.len(),
        }
    }
}

impl Run {
    fn new() -> Self {
        Self { keys: 0, filter: vec![[0; 8]; FILTER_BLOCKS] }
    }

    fn add(&mut self, fingerprint: u64) {
        self.keys += 1;
        if let Some(block) = self.filter.get_mut(block(fingerprint)) {
            for bit in bits(fingerprint) {
                block[bit / 64] |= 1 << (bit % 64);
            }
        }
    }

    fn may_have(&self, fingerprint: u64) -> bool {
        let Some(block) = self.filter.get(block(fingerprint)) else { return true };
        bits(fingerprint).all(|bit| block[bit / 64] & (1 << (bit % 64)) != 0)
    }
}

/// Where records with this key may be, according to a row.
pub(crate) fn candidates(row: &[u8], salt: u64, key: RecordKey) -> Vec<Position> {
    let wanted = fingerprint(salt, key);
    let entries = row.as_chunks::<ENTRY>().0.iter().map(decode_entry);
    entries.filter(|(fingerprint, _)| *fingerprint == wanted).map(|(_, at)| at).collect()
}

fn decode_entry(entry: &[u8; ENTRY]) -> (u64, Position) {
    let [f0, f1, f2, f3, f4, f5, f6, f7, position @ ..] = entry;
    (u64::from_be_bytes([*f0, *f1, *f2, *f3, *f4, *f5, *f6, *f7]), decode_position(position))
}

/// Keys are chosen by authors, so the salt, which they don't know, decides which keys share a row.
fn fingerprint(salt: u64, key: RecordKey) -> u64 {
    let key = u128::from_be_bytes(key.0);
    #[allow(clippy::cast_possible_truncation, reason = "both halves are used")]
    let (high, low) = ((key >> 64) as u64, key as u64);
    mix(mix(salt ^ high).wrapping_add(low) ^ salt.rotate_left(32))
}

/// The finaliser of `SplitMix64`.
fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

fn partition(fingerprint: u64) -> u16 {
    u16::try_from(fingerprint >> (u64::BITS - PARTITION_BITS)).unwrap_or_default()
}

/// From other bits than the partition.
fn block(fingerprint: u64) -> usize {
    usize::try_from(fingerprint % FILTER_BLOCKS as u64).unwrap_or_default()
}

fn bits(fingerprint: u64) -> impl Iterator<Item = usize> {
    let mixed = mix(fingerprint);
    (0..FILTER_BITS).map(move |n| usize::try_from((mixed >> (9 * n)) % 512).unwrap_or_default())
}

fn row_name(run: usize, fingerprint: u64) -> [u8; 7] {
    let [r0, r1, r2, r3] = u32::try_from(run).unwrap_or(u32::MAX).to_be_bytes();
    let [p0, p1] = partition(fingerprint).to_be_bytes();
    [b'k', r0, r1, r2, r3, p0, p1]
}

fn run_of(name: &[u8]) -> Option<usize> {
    let &[b'k', r0, r1, r2, r3, _, _] = name else { return None };
    usize::try_from(u32::from_be_bytes([r0, r1, r2, r3])).ok()
}
