//! Records of access and their heads that are almost right.

use data_encoding::BASE64URL_NOPAD;
use renkei_proto::access::SignedAccessHead;
use renkei_proto::bounds;
use renkei_proto::codec::encode;
use renkei_proto::hash::Domain;

use super::evidence::signatures;
use super::{Accepted, Refusal, put};
use crate::fixtures::{self, blob};

const ACCESS: Domain = Domain("renkei/v1/sign/access");
const HEADS: Domain = Domain("renkei/v1/sign/heads");

/// Room for whatever a variant that doesn't exist would hold, within the bound of a record.
const ROOM: usize = 100;

fn records(accepted: &Accepted) -> Vec<Refusal> {
    let bytes = accepted.bytes("access-record", "0: Started");
    // What happened, and nothing more, is its last byte; nobody, on no device, from nowhere are the three before.
    let what = bytes.len() - 1;
    let refusal = |name: &str, bytes: Vec<u8>, error| Refusal::new("access-record", name, bytes, error);
    let unknown = |name: &str, tail: &[u8]| refusal(name, [&bytes[..what], tail].concat(), "Malformed").zeros(ROOM);
    vec![
        refusal("version 2", put(&bytes, 0, 2), "UnknownVersion"),
        refusal("version 0", put(&bytes, 0, 0), "UnknownVersion"),
        refusal("a person who is neither none nor some", put(&bytes, what - 3, 2), "Malformed"),
        refusal("an address of 15 bytes", [&bytes[..what - 1], &[1][..], &[0; 15]].concat(), "Malformed"),
        refusal("one byte more than the bound", bytes.clone(), "TooLarge")
            .zeros(bounds::ACCESS_RECORD + 1 - bytes.len()),
        unknown("an unknown happening", &[20]),
        unknown("an unknown stage", &[&[7][..], &[0x41; 16], &[3]].concat()),
        unknown("an unknown list", &[11, 5]),
        unknown("an unknown request", &[12, 14]),
        unknown("an unknown code", &[12, 0, 0]),
        unknown("an unknown part of the record", &[18, 5]),
    ]
}

fn heads(accepted: &Accepted) -> Vec<Refusal> {
    let bytes = accepted.bytes("access-head", "over the records");
    let server = fixtures::server();
    let signed = |bytes: &[u8]| SignedAccessHead { bytes: blob(bytes), signature: server.sign(ACCESS, bytes) };
    let mut all = Vec::new();
    for (name, bytes, error) in [
        ("version 2", put(&bytes, 0, 2), "UnknownVersion"),
        ("version 0", put(&bytes, 0, 0), "UnknownVersion"),
        ("suite 2", put(&bytes, 1, 2), "UnknownVersion"),
        ("version and nothing else", vec![1], "Malformed"),
    ] {
        let signed = signed(&bytes);
        all.push(Refusal::new("access-head", name, bytes, error));
        all.push(Refusal::new("signed-access-head", format!("{name}, rightly signed"), encode(&signed), error));
        all.push(Refusal::new("access-head-text", format!("{name}, rightly signed"), signed.text(), error));
    }
    for (name, signature) in signatures(&bytes, &server, ACCESS, HEADS) {
        let signed = SignedAccessHead { bytes: blob(&bytes), signature };
        all.push(Refusal::new("signed-access-head", name, encode(&signed), "BadSignature"));
        all.push(Refusal::new("access-head-text", name, signed.text(), "BadSignature"));
    }
    let zeros = bounds::ACCESS_HEAD + 1 - bytes.len();
    all.push(Refusal::new("access-head", "one byte more than the bound", bytes, "TooLarge").zeros(zeros));
    all
}

fn text(accepted: &Accepted) -> Vec<Refusal> {
    let good = String::from_utf8(accepted.bytes("access-head-text", "over the records")).unwrap();
    let text = good.strip_prefix("renkei:access/").unwrap();
    let signed = accepted.bytes("signed-access-head", "over the records");
    let link = |bytes: &[u8]| format!("renkei:access/{}", BASE64URL_NOPAD.encode(bytes));
    [
        ("nothing", String::new(), "Malformed"),
        ("no head", "renkei:access/".to_owned(), "Malformed"),
        ("another scheme", format!("renkei:heads/{text}"), "Malformed"),
        ("no scheme", text.to_owned(), "Malformed"),
        ("scheme in capitals", format!("RENKEI:ACCESS/{text}"), "Malformed"),
        ("padded", format!("{good}="), "Malformed"),
        ("space inside", good.replacen('/', "/ ", 1), "Malformed"),
        ("truncated", link(&signed[..signed.len() - 1]), "Malformed"),
        ("trailing byte", link(&[&signed[..], &[0]].concat()), "Trailing"),
        ("number one byte too long", link(&super::stretched(&signed, 0)), "NotCanonical"),
        (
            "longer than four times the bound",
            format!("renkei:access/{}", "A".repeat(4 * bounds::ACCESS_HEAD)),
            "TooLarge",
        ),
    ]
    .map(|(name, text, error)| Refusal::new("access-head-text", name, text, error))
    .into()
}

pub(super) fn refusals(accepted: &Accepted) -> Vec<Refusal> {
    [records(accepted), heads(accepted), text(accepted)].into_iter().flatten().collect()
}
