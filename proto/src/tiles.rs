//! A growing Merkle tree over more leaves than memory should hold, that still proves any of them.
//!
//! It keeps the roots of its full tiles of [`TILE`] leaves, of the full subtrees above them, and the leaf hashes of the
//! tile that is not full yet. For a proof it is given back the leaves of the few tiles that the proof touches, from
//! wherever they are kept. Roots and proofs are those of [`crate::merkle`].

use std::collections::BTreeMap;

use crate::bytes::List;
use crate::hash::Hash32;
use crate::merkle::{self, Proof, leaf_hash, node_hash};

/// Leaves of a full tile: 32 bytes kept for each, so that ten million leaves take less than three megabytes.
pub const TILE: u64 = 1 << HEIGHT;

const HEIGHT: u32 = 8;

/// Gives the leaves of a full tile, in order. A number of leaves other than [`TILE`] is none.
pub type Leaves<'l> = dyn FnMut(u64) -> Option<Vec<Vec<u8>>> + 'l;

/// The tree.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tiles {
    size: u64,
    /// Roots of the full subtrees of `TILE << level` leaves.
    levels: Vec<Vec<Hash32>>,
    /// Leaf hashes of the tile that is not full.
    tail: Vec<Hash32>,
}

/// One look at the tree, with the tiles that it has been given.
struct Look<'t, 'l> {
    tree: &'t Tiles,
    leaves: &'t mut Leaves<'l>,
    given: BTreeMap<u64, Vec<Hash32>>,
}

impl Tiles {
    /// Adds a leaf.
    pub fn push(&mut self, leaf: &[u8]) {
        self.tail.push(leaf_hash(leaf));
        self.size += 1;
        if !self.size.is_multiple_of(TILE) {
            return;
        }
        let mut hash = full(&self.tail);
        self.tail.clear();
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            let Some(row) = self.levels.get_mut(level) else { return };
            row.push(hash);
            // Every second one of a level completes one of the level above.
            match row.as_slice() {
                [.., left, right] if row.len().is_multiple_of(2) => hash = node_hash(*left, *right),
                _ => return,
            }
        }
    }

    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root over the first `size` leaves; none if there are not so many, or their tile is not given.
    pub fn root(&self, size: u64, leaves: &mut Leaves<'_>) -> Option<Hash32> {
        if size == 0 {
            return Some(merkle::root::<&[u8]>(&[]));
        }
        if size > self.size {
            return None;
        }
        Look { tree: self, leaves, given: BTreeMap::new() }.root(0, size)
    }

    /// Proofs that the leaves at these places are among the first `size`.
    pub fn prove(&self, places: &[u64], size: u64, leaves: &mut Leaves<'_>) -> Option<Vec<Proof>> {
        if size > self.size || places.iter().any(|place| *place >= size) {
            return None;
        }
        let mut look = Look { tree: self, leaves, given: BTreeMap::new() };
        places.iter().map(|place| look.prove(*place, size)).collect()
    }
}

/// The root of a full tile or a full part of one.
fn full(hashes: &[Hash32]) -> Hash32 {
    match hashes {
        [] => merkle::root::<&[u8]>(&[]),
        [one] => *one,
        _ => {
            let (left, right) = hashes.split_at(hashes.len() / 2);
            node_hash(full(left), full(right))
        }
    }
}

/// The largest power of two smaller than `n`, for `n` of at least 2.
fn split(n: u64) -> u64 {
    1 << (u64::BITS - 1 - (n - 1).leading_zeros())
}

impl Look<'_, '_> {
    /// The root over the leaves from `from` on, up to `until`, which are one subtree of the tree.
    fn root(&mut self, from: u64, until: u64) -> Option<Hash32> {
        let length = until - from;
        if length.is_power_of_two() && from.is_multiple_of(length) {
            return self.subtree(from, length);
        }
        let middle = from + split(length);
        Some(node_hash(self.root(from, middle)?, self.root(middle, until)?))
    }

    fn subtree(&mut self, from: u64, length: u64) -> Option<Hash32> {
        if length >= TILE {
            let level = usize::try_from(length.trailing_zeros() - HEIGHT).ok()?;
            return self.tree.levels.get(level)?.get(usize::try_from(from / length).ok()?).copied();
        }
        let tile = from / TILE;
        let (start, length) = (usize::try_from(from % TILE).ok()?, usize::try_from(length).ok()?);
        if tile == self.tree.size / TILE {
            return self.tree.tail.get(start..start + length).map(full);
        }
        if !self.given.contains_key(&tile) {
            let leaves = (self.leaves)(tile).filter(|leaves| u64::try_from(leaves.len()) == Ok(TILE))?;
            self.given.insert(tile, leaves.iter().map(|leaf| leaf_hash(leaf)).collect());
        }
        self.given.get(&tile)?.get(start..start + length).map(full)
    }

    fn prove(&mut self, place: u64, size: u64) -> Option<Proof> {
        let (mut from, mut until, mut path) = (0, size, Vec::new());
        while until - from > 1 {
            let middle = from + split(until - from);
            if place < middle {
                path.push(self.root(middle, until)?);
                until = middle;
            } else {
                path.push(self.root(from, middle)?);
                from = middle;
            }
        }
        path.reverse();
        List::new(path).ok().map(Proof)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(n: u64) -> Vec<Vec<u8>> {
        (0..n).map(|i| i.to_le_bytes().to_vec()).collect()
    }

    #[test]
    fn roots_and_proofs_are_those_of_the_whole_tree_at_every_earlier_size() {
        let all = leaves(3 * TILE + 77);
        let mut tiles = Tiles::default();
        for leaf in &all {
            tiles.push(leaf);
        }
        let at = |n: u64| usize::try_from(n).unwrap();
        let mut given = |tile: u64| all.get(at(tile * TILE)..at((tile + 1) * TILE)).map(<[_]>::to_vec);
        let sizes = [1, 2, 255, 256, 257, 511, 512, 513, 700, 768, 769, tiles.size()];
        for size in sizes {
            let root = merkle::root(&all[..at(size)]);
            assert_eq!(tiles.root(size, &mut given), Some(root), "{size}");
            let places: Vec<u64> = [0, size / 3, size / 2, size - 1].to_vec();
            for (place, proof) in places.iter().zip(tiles.prove(&places, size, &mut given).unwrap()) {
                assert_eq!(Some(&proof), merkle::prove(&all[..at(size)], at(*place)).as_ref(), "{place} of {size}");
                assert!(merkle::includes(root, at(size), at(*place), &all[at(*place)], &proof));
            }
        }
        assert_eq!(tiles.root(tiles.size() + 1, &mut given), None);
        assert_eq!(tiles.prove(&[5], 5, &mut given), None);
    }

    #[test]
    fn a_tile_that_is_not_given_back_whole_proves_nothing() {
        let mut tiles = Tiles::default();
        for leaf in leaves(TILE + 1) {
            tiles.push(&leaf);
        }
        assert_eq!(tiles.prove(&[3], TILE + 1, &mut |_| None), None);
        assert_eq!(tiles.prove(&[3], TILE + 1, &mut |_| Some(leaves(TILE - 1))), None);
        assert!(tiles.prove(&[TILE], TILE + 1, &mut |_| None).is_some());
    }
}
