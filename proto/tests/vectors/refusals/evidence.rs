//! Heads, receipts and proofs that say what is not so.

use data_encoding::BASE64URL_NOPAD;
use renkei_proto::bounds;
use renkei_proto::bytes::List;
use renkei_proto::codec::encode;
use renkei_proto::erasure_word::SignedErasureWord;
use renkei_proto::group_receipt::SignedGroupReceipt;
use renkei_proto::hash::Domain;
use renkei_proto::heads::SignedHeads;
use renkei_proto::id::GroupId;
use renkei_proto::key::{Signature, SigningSecret};
use renkei_proto::merkle::Proof;
use renkei_proto::safety::SignedSafety;
use renkei_proto::wipe::SignedReceipt;
use renkei_proto::wipe_proof::WipeProof;

use super::{Accepted, Refusal, put};
use crate::cases::evidence::{consistency, inclusion, wipe_proof};
use crate::fixtures::{self, GROUP, blob, hash, heads_of, list};
use crate::formats::{Consistency, Inclusion};

const HEADS: Domain = Domain("renkei/v1/sign/heads");
const RECEIPT: Domain = Domain("renkei/v1/sign/receipt");
const SAFETY: Domain = Domain("renkei/v1/sign/safety");
const GROUP_RECEIPT: Domain = Domain("renkei/v1/sign/group-receipt");
const ERASURE_WORD: Domain = Domain("renkei/v1/sign/erasure-word");

/// `bytes` with signatures that do not hold: made by whom, in which domain.
pub(super) fn signatures(
    bytes: &[u8],
    right: &SigningSecret,
    domain: Domain,
    other: Domain,
) -> Vec<(&'static str, Signature)> {
    let mut flipped = right.sign(domain, bytes);
    flipped.0[40] ^= 1;
    vec![
        ("by another key", fixtures::author().sign(domain, bytes)),
        ("by the key that signs the device's statements", fixtures::newcomer().sign(domain, bytes)),
        ("by the root", fixtures::root().sign(domain, bytes)),
        ("in another domain", right.sign(other, bytes)),
        ("one bit flipped", flipped),
        ("nothing but zeros", Signature([0; 64])),
    ]
}

fn heads(accepted: &Accepted) -> Vec<Refusal> {
    let bytes = accepted.bytes("heads", "two groups");
    let other = GroupId([0x42; 16]);
    let (descending, twice) = (encode(&heads_of(&[other, GROUP])), encode(&heads_of(&[GROUP, GROUP])));
    let server = fixtures::server();
    let signed = |bytes: &[u8]| SignedHeads { bytes: blob(bytes), signature: server.sign(HEADS, bytes) };
    let mut all = Vec::new();
    for (name, bytes, error) in [
        ("version 2", put(&bytes, 0, 2), "UnknownVersion"),
        ("version 0", put(&bytes, 0, 0), "UnknownVersion"),
        ("suite 2", put(&bytes, 1, 2), "UnknownVersion"),
        ("version and nothing else", vec![1], "Malformed"),
        ("descending groups", descending, "Malformed"),
        ("one group twice", twice, "Malformed"),
    ] {
        let signed = signed(&bytes);
        all.push(Refusal::new("heads", name, bytes, error));
        all.push(Refusal::new("signed-heads", format!("{name}, rightly signed"), encode(&signed), error));
        all.push(Refusal::new("heads-text", format!("{name}, rightly signed"), signed.text(), error));
    }
    for (name, signature) in signatures(&bytes, &server, HEADS, RECEIPT) {
        let signed = SignedHeads { bytes: blob(&bytes), signature };
        all.push(Refusal::new("signed-heads", name, encode(&signed), "BadSignature"));
        all.push(Refusal::new("heads-text", name, signed.text(), "BadSignature"));
    }
    let right = signed(&bytes).signature;
    let grown = put(&bytes, 18 + 5, 13);
    let changed = SignedHeads { bytes: blob(&grown), signature: right };
    all.push(Refusal::new("signed-heads", "another size of the registry", encode(&changed), "BadSignature"));
    all
}

fn heads_text(accepted: &Accepted) -> Vec<Refusal> {
    let good = String::from_utf8(accepted.bytes("heads-text", "two groups")).unwrap();
    let text = good.strip_prefix("renkei:heads/").unwrap();
    let signed = accepted.bytes("signed-heads", "two groups");
    let link = |bytes: &[u8]| format!("renkei:heads/{}", BASE64URL_NOPAD.encode(bytes));
    [
        ("nothing", String::new(), "Malformed"),
        ("no heads", "renkei:heads/".to_owned(), "Malformed"),
        ("a ticket's scheme", format!("renkei:enrol/{text}"), "Malformed"),
        ("no scheme", text.to_owned(), "Malformed"),
        ("scheme in capitals", format!("RENKEI:HEADS/{text}"), "Malformed"),
        ("padded", format!("{good}="), "Malformed"),
        ("space inside", good.replacen('/', "/ ", 1), "Malformed"),
        ("truncated", link(&signed[..signed.len() - 1]), "Malformed"),
        ("trailing byte", link(&[&signed[..], &[0]].concat()), "Trailing"),
        ("number one byte too long", link(&super::stretched(&signed, 0)), "NotCanonical"),
        ("longer than twice the bound", format!("renkei:heads/{}", "A".repeat(2 * bounds::HEADS)), "TooLarge"),
    ]
    .map(|(name, text, error)| Refusal::new("heads-text", name, text, error))
    .into()
}

fn receipts(accepted: &Accepted) -> Vec<Refusal> {
    let bytes = accepted.bytes("receipt", "a device's");
    let key = fixtures::receipt_key();
    let mut all = Vec::new();
    for (name, bytes, error) in [
        ("version 2", put(&bytes, 0, 2), "UnknownVersion"),
        ("version 0", put(&bytes, 0, 0), "UnknownVersion"),
        ("suite 2", put(&bytes, 1, 2), "UnknownVersion"),
        ("version and nothing else", vec![1], "Malformed"),
    ] {
        let signed = SignedReceipt { bytes: blob(&bytes), signature: key.sign(RECEIPT, &bytes) };
        all.push(Refusal::new("receipt", name, bytes, error));
        all.push(Refusal::new("signed-receipt", format!("{name}, rightly signed"), encode(&signed), error));
    }
    for (name, signature) in signatures(&bytes, &key, RECEIPT, HEADS) {
        let signed = SignedReceipt { bytes: blob(&bytes), signature };
        all.push(Refusal::new("signed-receipt", name, encode(&signed), "BadSignature"));
    }
    let another = SignedReceipt { bytes: blob(&put(&bytes, 18, 0x23)), signature: key.sign(RECEIPT, &bytes) };
    all.push(Refusal::new("signed-receipt", "another device", encode(&another), "BadSignature"));
    let approval = accepted.bytes("statement", "Registry ApproveDevice");
    let small = [&approval[..approval.len() - 32], &[0; 32]].concat();
    all.push(Refusal::new("statement", "receipt key of small order", small, "Malformed"));
    let cut = approval[..approval.len() - 32].to_vec();
    all.push(Refusal::new("statement", "no receipt key", cut, "Malformed"));
    all
}

/// Proofs with one more hash, one less, two that changed places, and one that is another.
fn other_proofs(proof: &Proof) -> Vec<(&'static str, Proof)> {
    let path = proof.0.as_slice().to_vec();
    let proof = |path: Vec<_>| Proof(List::new(path).unwrap());
    let mut all = vec![("one hash more", proof([&path[..], &[hash(1)]].concat()))];
    if let [first, rest @ ..] = &path[..] {
        all.push(("no proof", proof(Vec::new())));
        all.push(("another hash", proof([&[hash(1)], rest].concat())));
        all.push(("another last hash", proof([&path[..path.len() - 1], &[hash(1)]].concat())));
        if let [second, rest @ ..] = rest {
            all.push(("two hashes that changed places", proof([&[*second, *first], rest].concat())));
            all.push(("one hash less", proof(path[..path.len() - 1].to_vec())));
            all.push(("without its first hash", proof(path[1..].to_vec())));
        }
    }
    all
}

fn group_receipts(accepted: &Accepted) -> Vec<Refusal> {
    let bytes = accepted.bytes("group-receipt", "a removed member's");
    let key = fixtures::receipt_key();
    let mut all = Vec::new();
    for (name, bytes, error) in [
        ("version 2", put(&bytes, 0, 2), "UnknownVersion"),
        ("suite 2", put(&bytes, 1, 2), "UnknownVersion"),
        ("version and nothing else", vec![1], "Malformed"),
    ] {
        let signed = SignedGroupReceipt { bytes: blob(&bytes), signature: key.sign(GROUP_RECEIPT, &bytes) };
        all.push(Refusal::new("group-receipt", name, bytes, error));
        all.push(Refusal::new("signed-group-receipt", format!("{name}, rightly signed"), encode(&signed), error));
    }
    // A wipe's receipt is signed by the same key, in a domain of its own.
    for (name, signature) in signatures(&bytes, &key, GROUP_RECEIPT, RECEIPT) {
        let signed = SignedGroupReceipt { bytes: blob(&bytes), signature };
        all.push(Refusal::new("signed-group-receipt", name, encode(&signed), "BadSignature"));
    }
    for (name, at) in [("another device", 18), ("another group", 34)] {
        let signature = key.sign(GROUP_RECEIPT, &bytes);
        let other = SignedGroupReceipt { bytes: blob(&put(&bytes, at, 0x27)), signature };
        all.push(Refusal::new("signed-group-receipt", name, encode(&other), "BadSignature"));
    }
    all
}

fn safeties(accepted: &Accepted) -> Vec<Refusal> {
    let bytes = accepted.bytes("safety", "who is safe");
    let key = fixtures::author();
    let mut all = Vec::new();
    for (name, bytes, error) in [
        ("version 2", put(&bytes, 0, 2), "UnknownVersion"),
        ("suite 2", put(&bytes, 1, 2), "UnknownVersion"),
        ("version and nothing else", vec![1], "Malformed"),
        ("saying something unknown", put(&bytes, bytes.len() - 6, 3), "Malformed"),
    ] {
        let signed = SignedSafety { bytes: blob(&bytes), signature: key.sign(SAFETY, &bytes) };
        all.push(Refusal::new("safety", name, bytes, error));
        all.push(Refusal::new("signed-safety", format!("{name}, rightly signed"), encode(&signed), error));
    }
    // The first of them is the author's own here.
    for (name, signature) in signatures(&bytes, &key, SAFETY, RECEIPT).into_iter().skip(1) {
        let signed = SignedSafety { bytes: blob(&bytes), signature };
        all.push(Refusal::new("signed-safety", name, encode(&signed), "BadSignature"));
    }
    for (name, at) in [("another association", 2), ("something else said", bytes.len() - 6)] {
        let signature = key.sign(SAFETY, &bytes);
        let other = SignedSafety { bytes: blob(&put(&bytes, at, 0)), signature };
        all.push(Refusal::new("signed-safety", name, encode(&other), "BadSignature"));
    }
    all
}

fn erasure_words(accepted: &Accepted) -> Vec<Refusal> {
    let bytes = accepted.bytes("erasure-word", "of a group");
    let key = fixtures::server();
    let mut all = Vec::new();
    for (name, bytes, error) in [
        ("version 2", put(&bytes, 0, 2), "UnknownVersion"),
        ("suite 2", put(&bytes, 1, 2), "UnknownVersion"),
        ("version and nothing else", vec![1], "Malformed"),
    ] {
        let signed = SignedErasureWord { bytes: blob(&bytes), signature: key.sign(ERASURE_WORD, &bytes) };
        all.push(Refusal::new("erasure-word", name, bytes, error));
        all.push(Refusal::new("signed-erasure-word", format!("{name}, rightly signed"), encode(&signed), error));
    }
    // A receipt is signed in a domain of its own.
    for (name, signature) in signatures(&bytes, &key, ERASURE_WORD, GROUP_RECEIPT) {
        let signed = SignedErasureWord { bytes: blob(&bytes), signature };
        all.push(Refusal::new("signed-erasure-word", name, encode(&signed), "BadSignature"));
    }
    for (name, at) in [("another association", 2), ("another group", 18)] {
        let signature = key.sign(ERASURE_WORD, &bytes);
        let other = SignedErasureWord { bytes: blob(&put(&bytes, at, 0x7b)), signature };
        all.push(Refusal::new("signed-erasure-word", name, encode(&other), "BadSignature"));
    }
    all
}

/// What is wrong without believing anything of it; the rest is for who has the root's fingerprint.
fn wipe_proofs(accepted: &Accepted) -> Vec<Refusal> {
    let bytes = accepted.bytes("wipe-proof", "of a device");
    let right = wipe_proof();
    let [first, second] = right.receipts.as_slice() else { panic!("two receipts") };
    let receipts = |receipts: &[SignedReceipt]| WipeProof { receipts: list(receipts), ..right.clone() }.encode();
    let no_receipt = SignedReceipt { bytes: blob(b"\x01\x01"), signature: first.signature };
    let later = SignedReceipt { bytes: blob(&put(first.bytes.as_slice(), 0, 2)), signature: first.signature };
    vec![
        Refusal::new("wipe-proof", "version 2", put(&bytes, 0, 2), "UnknownVersion"),
        Refusal::new("wipe-proof", "suite 2", put(&bytes, 1, 2), "UnknownVersion"),
        Refusal::new("wipe-proof", "the proof of an erasure", *b"{\"format\":", "UnknownVersion"),
        Refusal::new("wipe-proof", "of something else", put(&bytes, 2, 2), "Malformed"),
        Refusal::new("wipe-proof", "receipts out of order", receipts(&[second.clone(), first.clone()]), "Malformed"),
        Refusal::new("wipe-proof", "a receipt twice", receipts(&[first.clone(), first.clone()]), "Malformed"),
        Refusal::new("wipe-proof", "a receipt that is none", receipts(&[no_receipt]), "Malformed"),
        Refusal::new("wipe-proof", "a receipt of version 2", receipts(&[later]), "UnknownVersion"),
    ]
}

fn inclusions() -> Vec<Refusal> {
    let mut all = Vec::new();
    let mut push = |name: String, it: &Inclusion| all.push(Refusal::new("inclusion", name, encode(it), "False"));
    for (count, index) in [(1, 0), (7, 3), (7, 6), (8, 7), (13, 12)] {
        let right = inclusion(count, index);
        let name = |what: &str| format!("entry {index} of {count}: {what}");
        push(name("another entry"), &Inclusion { leaf: hash(1), ..right.clone() });
        push(name("another root"), &Inclusion { root: hash(1), ..right.clone() });
        push(name("index behind the end"), &Inclusion { index: count.into(), ..right.clone() });
        push(name("no entries"), &Inclusion { count: 0, ..right.clone() });
        if count > 1 {
            push(name("the entry before"), &Inclusion { index: u64::from(index) - 1, ..right.clone() });
        }
        for (what, proof) in other_proofs(&right.proof) {
            push(name(what), &Inclusion { proof, ..right.clone() });
        }
    }
    all
}

fn consistencies() -> Vec<Refusal> {
    let mut all = Vec::new();
    let mut push = |name: String, it: &Consistency| all.push(Refusal::new("consistency", name, encode(it), "False"));
    for (old, new) in [(1, 1), (1, 7), (3, 7), (4, 7), (4, 8), (6, 7), (7, 7), (8, 13), (11, 13)] {
        let right = consistency(old, new);
        let name = |what: &str| format!("{old} of {new}: {what}");
        push(name("another old root"), &Consistency { old_root: hash(1), ..right.clone() });
        push(name("another new root"), &Consistency { new_root: hash(1), ..right.clone() });
        push(name("from nothing"), &Consistency { old: 0, ..right.clone() });
        let (old_root, new_root) = (right.new_root, right.old_root);
        if old != new {
            push(name("roots that changed places"), &Consistency { old_root, new_root, ..right.clone() });
            let backwards = Consistency { old: right.new, old_root, new: right.old, new_root, ..right.clone() };
            push(name("backwards"), &backwards);
            push(name("of the same size"), &Consistency { old: right.new, ..right.clone() });
        }
        for (what, proof) in other_proofs(&right.proof) {
            push(name(what), &Consistency { proof, ..right.clone() });
        }
    }
    let both = hash(1);
    let proof = Proof(list(&[]));
    push("nothing of nothing".to_owned(), &Consistency { old: 0, old_root: both, new: 1, new_root: both, proof });
    all
}

pub(super) fn refusals(accepted: &Accepted) -> Vec<Refusal> {
    [
        heads(accepted),
        heads_text(accepted),
        receipts(accepted),
        group_receipts(accepted),
        safeties(accepted),
        erasure_words(accepted),
        wipe_proofs(accepted),
        inclusions(),
        consistencies(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
