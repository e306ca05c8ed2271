//! From a log and a sequence number to a location, in rows of many records; and how locations are written.
//!
//! ```text
//! row key    'r' log (16) number of the row (8)      row    locations of 20 bytes:
//!                                                           segment (4) offset (8) length of entry (4), of sidecar (4)
//! ```
//!
//! Numbers are big-endian, so that the order of keys is that of records.

use sled::{Batch, Tree};

use super::index::Entry;
use super::segment::{Location, Position};
use crate::LogKey;

/// Bytes of an entry in a row, here and in the rows of keys.
pub(crate) const ENTRY: usize = 20;

/// Records of one row. A row that is not full is written again when its log grows.
const ROW: u64 = 64;

/// The index does not hold what it must.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Malformed;

/// Puts the rows that get new records into `batch`. Entries of a log must come in order and continue its rows.
pub(crate) fn add(tree: &Tree, entries: &[Entry], batch: &mut Batch) -> sled::Result<Result<(), Malformed>> {
    let mut sorted: Vec<_> = entries.iter().collect();
    sorted.sort_unstable_by_key(|entry| (entry.log, entry.seq));
    for entries in sorted.chunk_by(|a, b| (a.log, a.seq / ROW) == (b.log, b.seq / ROW)) {
        let Some(first) = entries.first() else { continue };
        let name = row_name(first.log, first.seq / ROW);
        let mut row = match first.seq % ROW {
            0 => Vec::new(),
            _ => tree.get(name)?.map(|row| row.to_vec()).unwrap_or_default(),
        };
        if row.len() as u64 != first.seq % ROW * ENTRY as u64 {
            return Ok(Err(Malformed));
        }
        for entry in entries {
            row.extend_from_slice(&encode_position(entry.location.at));
            row.extend_from_slice(&entry.location.entry_len.to_be_bytes());
            row.extend_from_slice(&entry.location.sidecar_len.to_be_bytes());
        }
        batch.insert(&name[..], row);
    }
    Ok(Ok(()))
}

/// The locations of the records from `from` to `to`.
pub(crate) fn get(tree: &Tree, log: LogKey, from: u64, to: u64) -> sled::Result<Result<Vec<Location>, Malformed>> {
    let mut locations = Vec::new();
    let mut next = from;
    while next < to {
        let Some(row) = tree.get(row_name(log, next / ROW))? else { return Ok(Err(Malformed)) };
        let end = to.min((next / ROW + 1) * ROW);
        for seq in next..end {
            // Less than a row.
            let at = usize::try_from(seq % ROW).unwrap_or_default();
            let Some(location) = row.as_chunks::<ENTRY>().0.get(at) else { return Ok(Err(Malformed)) };
            locations.push(decode_location(location));
        }
        next = end;
    }
    Ok(Ok(locations))
}

pub(crate) fn encode_position(at: Position) -> [u8; 12] {
    let mut bytes = [0; 12];
    bytes[..4].copy_from_slice(&at.segment.to_be_bytes());
    bytes[4..].copy_from_slice(&at.offset.to_be_bytes());
    bytes
}

pub(crate) fn decode_position(bytes: &[u8; 12]) -> Position {
    let [s0, s1, s2, s3, offset @ ..] = *bytes;
    Position { segment: u32::from_be_bytes([s0, s1, s2, s3]), offset: u64::from_be_bytes(offset) }
}

fn decode_location(bytes: &[u8; ENTRY]) -> Location {
    let [at @ .., e0, e1, e2, e3, s0, s1, s2, s3] = bytes;
    Location {
        at: decode_position(at),
        entry_len: u32::from_be_bytes([*e0, *e1, *e2, *e3]),
        sidecar_len: u32::from_be_bytes([*s0, *s1, *s2, *s3]),
    }
}

fn row_name(log: LogKey, row: u64) -> [u8; 25] {
    let mut name = [b'r'; 25];
    name[1..17].copy_from_slice(&log.0);
    name[17..].copy_from_slice(&row.to_be_bytes());
    name
}
