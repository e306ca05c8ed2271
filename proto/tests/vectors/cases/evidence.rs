//! What one can show to somebody else: signed heads, receipts of wipes, and proofs over a registry's entries.

use renkei_proto::codec;
use renkei_proto::erasure_word::{Destroyed, ErasureWord};
use renkei_proto::group_receipt::GroupReceipt;
use renkei_proto::hash::{self, Hash32, sha256};
use renkei_proto::heads::Heads;
use renkei_proto::id::DeviceId;
use renkei_proto::merkle;
use renkei_proto::safety::{Safety, SafetyAnswer};
use renkei_proto::statement::Head;
use renkei_proto::time::Time;
use renkei_proto::wipe::Receipt;
use renkei_proto::wipe_proof::{Subject, WipeProof};
use renkei_proto::{SUITE, VERSION};

use super::{Case, hex_of, logs};
use crate::fixtures::{
    NEW_DEVICE, NOW, USER, author, blob, erasure_word, founding, group_receipt, heads, heads_of, list, receipt,
    receipt_key, safety, server,
};
use crate::formats::{Consistency, HeadsText, Inclusion};

/// Entry hashes of a made-up registry of this size: the founding's, and then one hash after another.
pub(crate) fn entry_hashes(size: u8) -> Vec<Hash32> {
    let first = logs::entry(&founding()).header.hash();
    let later = (1..size).map(|n| hash::hash(hash::ENTRY, &[&[n]]));
    core::iter::once(first).chain(later).take(usize::from(size)).collect()
}

fn leaves(size: u8) -> Vec<[u8; 32]> {
    entry_hashes(size).into_iter().map(|hash| hash.0).collect()
}

pub(crate) fn inclusion(count: u8, index: u8) -> Inclusion {
    let leaves = leaves(count);
    let at = usize::from(index);
    Inclusion {
        root: merkle::root(&leaves),
        count: count.into(),
        index: index.into(),
        leaf: Hash32(leaves[at]),
        proof: merkle::prove(&leaves, at).unwrap(),
    }
}

pub(crate) fn consistency(old: u8, new: u8) -> Consistency {
    let leaves = leaves(new);
    Consistency {
        old: old.into(),
        old_root: merkle::root(&leaves[..usize::from(old)]),
        new: new.into(),
        new_root: merkle::root(&leaves),
        proof: merkle::prove_consistency(&leaves, old.into()).unwrap(),
    }
}

fn proofs() -> Vec<Case> {
    let mut cases = Vec::new();
    for size in [0, 1, 33] {
        let leaves = entry_hashes(size);
        let roots: Vec<Hash32> = (0..=leaves.len())
            .map(|n| merkle::root(&leaves[..n].iter().map(|leaf| leaf.0).collect::<Vec<_>>()))
            .collect();
        cases.push(Case::new(format!("{size} entries"), list::<_, 128>(&leaves)).with("roots", roots));
    }
    let places = [(1, 0), (2, 0), (2, 1), (3, 2), (7, 0), (7, 3), (7, 6), (8, 0), (8, 7), (13, 12), (64, 31), (65, 64)];
    for (count, index) in places {
        cases.push(Case::new(format!("entry {index} of {count}"), inclusion(count, index)));
    }
    let sizes = [
        (1, 1),
        (1, 2),
        (1, 7),
        (2, 3),
        (2, 4),
        (3, 4),
        (3, 7),
        (4, 7),
        (4, 8),
        (5, 8),
        (6, 7),
        (7, 7),
        (7, 8),
        (8, 8),
        (8, 13),
        (11, 13),
        (12, 13),
        (16, 64),
        (31, 64),
        (33, 65),
        (64, 65),
    ];
    for (old, new) in sizes {
        cases.push(Case::new(format!("{old} of {new}"), consistency(old, new)));
    }
    cases
}

fn signed() -> Vec<Case> {
    let first = Heads {
        time: Time(0),
        registry: Head { size: 1, hash: logs::entry(&founding()).header.hash() },
        tree: merkle::root(&leaves(1)),
        ..heads_of(&[])
    };
    let mut cases = Vec::new();
    for (name, heads) in [("two groups", heads()), ("right after the founding", first)] {
        let signed = heads.sign(&server()).unwrap();
        cases.push(Case::new(name, heads).with("signed", hex_of(&signed)).with("signature", signed.signature));
        cases.push(Case::new(name, HeadsText(signed.clone())).with("signed", hex_of(&signed)));
        cases.push(Case::new(name, signed.clone()).with("text", signed.text()));
    }
    let early = Receipt { device: DeviceId([0x23; 16]), destroyed_at: Time(1), ..receipt() };
    for (name, receipt) in [("a device's", receipt()), ("of a clock at its beginning", early)] {
        let signed = receipt.sign(&receipt_key()).unwrap();
        cases.push(Case::new(name, receipt).with("signed", hex_of(&signed)).with("signature", signed.signature));
        cases.push(Case::new(name, signed));
    }
    let again = GroupReceipt { upto: 1, gone_at: Time(1), ..group_receipt() };
    for (name, receipt) in [("a removed member's", group_receipt()), ("of one entry", again)] {
        let signed = receipt.sign(&receipt_key()).unwrap();
        cases.push(Case::new(name, receipt).with("signed", hex_of(&signed)).with("signature", signed.signature));
        cases.push(Case::new(name, signed));
    }
    let help = SafetyAnswer { broadcast: u64::MAX, says: Safety::NeedsHelp, at: Time(u64::MAX), ..safety() };
    for (name, answer) in [("who is safe", safety()), ("who needs help, the longest", help)] {
        let signed = answer.sign(&author()).unwrap();
        cases.push(Case::new(name, answer).with("signed", hex_of(&signed)).with("signature", signed.signature));
        cases.push(Case::new(name, signed));
    }
    // What went before the server counted, and numbers at their longest.
    let uncounted = ErasureWord { destroyed: None, ..erasure_word() };
    let most = Destroyed { bytes: u64::MAX, files: u64::MAX, file_bytes: u64::MAX };
    let longest = ErasureWord {
        confirmed: u64::MAX,
        finished: Time(u64::MAX),
        destroyed: Some(most),
        registry: u64::MAX,
        signed_at: Time(u64::MAX),
        ..erasure_word()
    };
    for (name, word) in [("of a group", erasure_word()), ("uncounted", uncounted), ("the longest", longest)] {
        let signed = word.sign(&server()).unwrap();
        cases.push(Case::new(name, word).with("signed", hex_of(&signed)).with("signature", signed.signature));
        cases.push(Case::new(name, signed));
    }
    cases
}

/// A registry of its founding alone, under heads of exactly that, and what two devices confirmed.
pub(crate) fn wipe_proof() -> WipeProof {
    let founding = logs::entry(&founding());
    let heads = Heads { time: NOW, registry: founding.header.head(), tree: merkle::root(&leaves(1)), ..heads_of(&[]) };
    let other = Receipt { device: DeviceId([0x23; 16]), ..receipt() };
    let receipts = [receipt(), other].map(|receipt| receipt.sign(&receipt_key()).unwrap());
    WipeProof {
        version: VERSION,
        suite: SUITE,
        subject: Subject::Device(NEW_DEVICE),
        registry: list(&[blob(&codec::encode(&founding))]),
        heads: heads.sign(&server()).unwrap(),
        receipts: list(&receipts),
    }
}

fn wipe_proofs() -> Vec<Case> {
    let whole = wipe_proof();
    let person = WipeProof { subject: Subject::User(USER), receipts: list(&[]), ..whole.clone() };
    let head = logs::entry(&founding()).header.head();
    let told = |name: &str, proof: WipeProof| {
        let hash: Vec<Hash32> = proof.receipts.as_slice().iter().map(|one| sha256(&codec::encode(one))).collect();
        Case::new(name, proof).with("head", head).with("receipts", hash)
    };
    vec![told("of a device", whole), told("of a person, nothing confirmed", person)]
}

pub(super) fn cases() -> Vec<Case> {
    [proofs(), signed(), wipe_proofs()].into_iter().flatten().collect()
}
