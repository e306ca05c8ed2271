//! Merkle tree hashing, inclusion and consistency proofs of RFC 6962, section 2.1.
//!
//! [`Frontier`] grows a tree leaf by leaf and keeps only the roots of its full subtrees, so that a client that follows a
//! log knows the tree's root after every entry.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::bytes::List;
use crate::hash::Hash32;

/// An inclusion proof: the sibling hashes from the leaf to the root. 64 levels are more than memory can hold leaves.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Proof(pub List<Hash32, 64>);

/// The hash of one leaf.
pub fn leaf_hash(leaf: &[u8]) -> Hash32 {
    Hash32(Sha256::new().chain_update([0]).chain_update(leaf).finalize().into())
}

pub(crate) fn node_hash(left: Hash32, right: Hash32) -> Hash32 {
    Hash32(Sha256::new().chain_update([1]).chain_update(left.0).chain_update(right.0).finalize().into())
}

/// The largest power of two smaller than `n`, for `n` of at least 2.
fn split(n: usize) -> usize {
    1 << (usize::BITS - 1 - (n - 1).leading_zeros())
}

/// The root over `leaves`; SHA-256 of nothing for none.
pub fn root<L: AsRef<[u8]>>(leaves: &[L]) -> Hash32 {
    match leaves {
        [] => Hash32(Sha256::digest([]).into()),
        [leaf] => leaf_hash(leaf.as_ref()),
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node_hash(root(left), root(right))
        }
    }
}

/// The proof that the leaf at `index` is in the tree over `leaves`; none if there is no such leaf.
pub fn prove<L: AsRef<[u8]>>(leaves: &[L], index: usize) -> Option<Proof> {
    if index >= leaves.len() {
        return None;
    }
    let mut path = Vec::new();
    let (mut part, mut at) = (leaves, index);
    while part.len() > 1 {
        let (left, right) = part.split_at(split(part.len()));
        if at < left.len() {
            path.push(root(right));
            part = left;
        } else {
            path.push(root(left));
            at -= left.len();
            part = right;
        }
    }
    path.reverse();
    List::new(path).ok().map(Proof)
}

/// Whether `leaf` is the one at `index` of the `count` leaves under `root`.
pub fn includes(root: Hash32, count: usize, index: usize, leaf: &[u8], proof: &Proof) -> bool {
    if index >= count {
        return false;
    }
    // RFC 9162, section 2.1.3.2: `node` and `last` walk up the right edge together.
    let (mut node, mut last) = (index, count - 1);
    let mut hash = leaf_hash(leaf);
    for sibling in proof.0.as_slice() {
        if last == 0 {
            return false;
        }
        if node % 2 == 1 || node == last {
            hash = node_hash(*sibling, hash);
            while node % 2 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(hash, *sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && hash == root
}

/// A growing tree: the roots of its full subtrees, largest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Frontier {
    size: u64,
    roots: Vec<Hash32>,
}

impl Frontier {
    /// Adds a leaf.
    pub fn push(&mut self, leaf: &[u8]) {
        self.push_hash(leaf_hash(leaf));
    }

    /// Adds a leaf by its hash ([`leaf_hash`]).
    pub fn push_hash(&mut self, leaf: Hash32) {
        let mut hash = leaf;
        // Every trailing one of the old size is a full subtree that this leaf completes to a larger one.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.roots.pop() {
                hash = node_hash(left, hash);
            }
        }
        self.roots.push(hash);
        self.size += 1;
    }

    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root over all leaves so far.
    pub fn root(&self) -> Hash32 {
        let mut from_the_right = self.roots.iter().rev().copied();
        let Some(last) = from_the_right.next() else { return root::<&[u8]>(&[]) };
        from_the_right.fold(last, |right, left| node_hash(left, right))
    }
}

/// The proof that the tree over the first `old` leaves is the beginning of the tree over all of `leaves`
/// (RFC 6962, section 2.1.2); none if there are not so many leaves, or if `old` is zero, which needs no proof.
pub fn prove_consistency<L: AsRef<[u8]>>(leaves: &[L], old: usize) -> Option<Proof> {
    if old == 0 || old > leaves.len() {
        return None;
    }
    let mut path = Vec::new();
    // `whole` says whether the old tree's root is known to the verifier as it stands.
    let (mut part, mut old, mut whole) = (leaves, old, true);
    while old < part.len() {
        let middle = split(part.len());
        let (left, right) = part.split_at(middle);
        if old <= middle {
            path.push(root(right));
            part = left;
        } else {
            path.push(root(left));
            part = right;
            old -= middle;
            whole = false;
        }
    }
    if !whole {
        path.push(root(part));
    }
    path.reverse();
    List::new(path).ok().map(Proof)
}

/// Whether the tree of `old` leaves with root `old_root` is the beginning of the one of `new` leaves with `new_root`.
pub fn consistent(old: u64, old_root: Hash32, new: u64, new_root: Hash32, proof: &Proof) -> bool {
    let path = proof.0.as_slice();
    if old == new {
        return path.is_empty() && old_root == new_root;
    }
    if old == 0 || old > new {
        return false;
    }
    // RFC 9162, section 2.1.4.2.
    let (mut node, mut last) = (old - 1, new - 1);
    while node % 2 == 1 {
        node >>= 1;
        last >>= 1;
    }
    let mut rest = path.iter().copied();
    // A full old tree is itself the first node of the way.
    let first = if old.is_power_of_two() { Some(old_root) } else { rest.next() };
    let Some(first) = first else { return false };
    let (mut in_old, mut in_new) = (first, first);
    for sibling in rest {
        if last == 0 {
            return false;
        }
        if node % 2 == 1 || node == last {
            in_old = node_hash(sibling, in_old);
            in_new = node_hash(sibling, in_new);
            while node % 2 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            in_new = node_hash(in_new, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && in_old == old_root && in_new == new_root
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(n: usize) -> Vec<Vec<u8>> {
        (0..n).map(|i| vec![u8::try_from(i % 251).unwrap(); i % 7]).collect()
    }

    #[test]
    fn the_empty_tree_and_one_leaf_hash_as_in_rfc_6962() {
        assert_eq!(root::<&[u8]>(&[]).to_string(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(root(&[b""]).to_string(), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    }

    #[test]
    fn every_leaf_proves_itself_and_nothing_else() {
        for n in 1..20 {
            let leaves = leaves(n);
            let root = root(&leaves);
            for i in 0..n {
                let proof = prove(&leaves, i).unwrap();
                assert!(includes(root, n, i, &leaves[i], &proof), "{i} of {n}");
                assert!(!includes(root, n, i, b"another", &proof), "{i} of {n}");
                assert!(!includes(root, n + 1, n, &leaves[i], &proof) || n == i + 1, "{i} of {n}");
                if i > 0 {
                    assert!(!includes(root, n, i - 1, &leaves[i], &proof), "{i} of {n}");
                }
            }
            assert_eq!(prove(&leaves, n), None);
        }
    }

    #[test]
    fn a_growing_tree_has_the_root_of_the_whole_one_at_every_size() {
        let leaves = leaves(70);
        let mut growing = Frontier::default();
        assert_eq!(growing.root(), root::<&[u8]>(&[]));
        for n in 0..leaves.len() {
            growing.push(&leaves[n]);
            assert_eq!(growing.root(), root(&leaves[..=n]), "{n}");
        }
    }

    #[test]
    fn every_beginning_proves_itself_and_no_fork_does() {
        for new in 1..40 {
            let leaves = leaves(new);
            let root_of = |n: usize| root(&leaves[..n]);
            for old in 1..=new {
                let proof = prove_consistency(&leaves, old).unwrap();
                let size = |n: usize| u64::try_from(n).unwrap();
                let holds = |old_root, new_root| consistent(size(old), old_root, size(new), new_root, &proof);
                assert!(holds(root_of(old), root_of(new)), "{old} of {new}");
                assert!(!holds(Hash32([7; 32]), root_of(new)), "{old} of {new}");
                assert!(!holds(root_of(old), Hash32([7; 32])), "{old} of {new}");
                let mut forked = leaves.clone();
                forked[old - 1] = b"another".to_vec();
                assert!(!holds(root(&forked[..old]), root_of(new)), "{old} of {new}");
                let mut longer = proof.0.as_slice().to_vec();
                longer.push(Hash32([1; 32]));
                let longer = Proof(List::new(longer).unwrap());
                assert!(!consistent(size(old), root_of(old), size(new), root_of(new), &longer), "{old} of {new}");
            }
            assert_eq!(prove_consistency(&leaves, 0), None);
            assert_eq!(prove_consistency(&leaves, new + 1), None);
        }
    }
}
