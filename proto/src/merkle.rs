//! Merkle tree hashing and inclusion proofs of RFC 6962, section 2.1.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::bytes::List;
use crate::hash::Hash32;

/// An inclusion proof: the sibling hashes from the leaf to the root. 64 levels are more than memory can hold leaves.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Proof(pub List<Hash32, 64>);

fn leaf_hash(leaf: &[u8]) -> Hash32 {
    Hash32(Sha256::new().chain_update([0]).chain_update(leaf).finalize().into())
}

fn node_hash(left: Hash32, right: Hash32) -> Hash32 {
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
}
