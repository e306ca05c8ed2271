//! Keys that nobody may hold, and signatures that do not hold.

use renkei_proto::codec::encode;
use renkei_proto::hash::Domain;
use renkei_proto::key::Signature;
use renkei_proto::statement::Signed;

use super::{Accepted, Refusal, unhex};
use crate::fixtures;

/// The points of small order of edwards25519, in every form in which a decoder could meet them.
const SMALL_ED25519: [&str; 14] = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
];

/// The same of curve25519 and its twist.
const SMALL_X25519: [&str; 9] = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b880",
];

/// The order of the base point, little-endian.
const ORDER: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

fn public_keys(accepted: &Accepted) -> Vec<Refusal> {
    let mut all = Vec::new();
    let kem = vec![0x0c; 1_184];
    for key in SMALL_ED25519 {
        let name = format!("small order: {key}");
        all.push(Refusal::new("ed25519-public", name.clone(), unhex(key), "SmallOrder"));
        all.push(Refusal::new("signing-public", name, unhex(key), "Malformed"));
    }
    for key in SMALL_X25519 {
        let name = format!("small order: {key}");
        all.push(Refusal::new(
            "x25519-mlkem768-public",
            name.clone(),
            [unhex(key), kem.clone()].concat(),
            "SmallOrder",
        ));
        let encoded = [unhex(key), vec![0xa0, 0x09], kem.clone()].concat();
        all.push(Refusal::new("sealing-public", name.clone(), encoded.clone(), "Malformed"));
        let sidecar = [vec![1], encoded, vec![0, 0]].concat();
        all.push(Refusal::new("sidecar", name, sidecar, "Malformed"));
    }
    let mut none = [0; 32];
    none[0] = 2;
    let sealing = accepted.bytes("x25519-mlkem768-public", "a device's");
    let mut sign_in = accepted.bytes("client-frame", "SignIn");
    let key = sign_in.len() - 32;
    sign_in[key..].fill(0);
    all.extend([
        Refusal::new("ed25519-public", "not a point", none, "Malformed"),
        Refusal::new("ed25519-public", "31 bytes", [9; 31], "Malformed"),
        Refusal::new("ed25519-public", "33 bytes", [9; 33], "Malformed"),
        Refusal::new("signing-public", "not a point", none, "Malformed"),
        Refusal::new("x25519-mlkem768-public", "truncated", &sealing[..sealing.len() - 1], "Malformed"),
        Refusal::new("x25519-mlkem768-public", "trailing byte", [&sealing[..], &[0]].concat(), "Malformed"),
        Refusal::new("client-frame", "session key of small order", sign_in, "Malformed"),
    ]);
    all
}

/// `signature` with the order of the group added to its second half: the same to a careless verifier.
fn malleated(signature: Signature) -> Signature {
    let mut bytes = signature.0;
    let mut carry = 0;
    for (byte, add) in bytes[32..].iter_mut().zip(unhex(ORDER)) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    Signature(bytes)
}

fn signatures() -> Vec<Refusal> {
    let founding = fixtures::founding();
    let signed = fixtures::sign(&founding);
    let by = |signature| encode(&Signed { bytes: signed.bytes.clone(), signature });
    let elsewhere = fixtures::root().sign(Domain("renkei/v1/sign/group"), signed.bytes.as_slice());
    let by_another = founding.sign(&fixtures::newcomer()).unwrap().signature;
    let mut flipped = signed.signature;
    flipped.0[0] ^= 1;
    [
        ("by another key", by_another),
        ("in another act's domain", elsewhere),
        ("one bit flipped", flipped),
        ("second half over the order", malleated(signed.signature)),
        ("nothing but zeros", Signature([0; 64])),
    ]
    .map(|(name, signature)| Refusal::new("signed-and-verified", name, by(signature), "BadSignature"))
    .into()
}

pub(super) fn refusals(accepted: &Accepted) -> Vec<Refusal> {
    [public_keys(accepted), signatures()].into_iter().flatten().collect()
}
