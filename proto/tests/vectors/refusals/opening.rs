//! Requests to open a file that are almost right, and what names files wrongly.

use renkei_proto::codec::encode;
use renkei_proto::file::SignedOpening;
use renkei_proto::hash::Domain;
use renkei_proto::key::Signature;

use super::{Accepted, Refusal, put};
use crate::fixtures::{self, blob};

const OPENING: Domain = Domain("renkei/v1/sign/opening");
const RECEIPT: Domain = Domain("renkei/v1/sign/receipt");

/// Where seq stands in an opening: behind version, suite and four identifiers. It takes 3 bytes; then come file, part, intent.
const SEQ: usize = 2 + 4 * 16;
/// Room for whatever a variant that doesn't exist would hold.
const ROOM: usize = 40;

fn openings(accepted: &Accepted) -> Vec<Refusal> {
    let bytes = accepted.bytes("opening", "a view");
    let key = fixtures::author();
    let sign = |bytes: &[u8]| SignedOpening { bytes: blob(bytes), signature: key.sign(OPENING, bytes) };
    let mut all = Vec::new();
    for (name, bytes, error) in [
        ("version 2", put(&bytes, 0, 2), "UnknownVersion"),
        ("version 0", put(&bytes, 0, 0), "UnknownVersion"),
        ("suite 2", put(&bytes, 1, 2), "UnknownVersion"),
        ("version and nothing else", vec![1], "Malformed"),
        ("an unknown part", put(&bytes, SEQ + 4, 2), "Malformed"),
        ("an unknown intent", put(&bytes, SEQ + 5, 2), "Malformed"),
        ("without its time", bytes[..SEQ + 6 + 16].to_vec(), "Malformed"),
    ] {
        let signed = sign(&bytes);
        all.push(Refusal::new("opening", name, bytes, error));
        all.push(Refusal::new("signed-opening", format!("{name}, rightly signed"), encode(&signed), error));
    }
    let mut flipped = key.sign(OPENING, &bytes);
    flipped.0[40] ^= 1;
    for (name, signature) in [
        ("by another device", fixtures::newcomer().sign(OPENING, &bytes)),
        ("by the key of the session", fixtures::session().sign(OPENING, &bytes)),
        ("by the server", fixtures::server().sign(OPENING, &bytes)),
        ("by the root", fixtures::root().sign(OPENING, &bytes)),
        ("in another domain", key.sign(RECEIPT, &bytes)),
        ("one bit flipped", flipped),
        ("nothing but zeros", Signature([0; 64])),
    ] {
        let signed = SignedOpening { bytes: blob(&bytes), signature };
        all.push(Refusal::new("signed-opening", name, encode(&signed), "BadSignature"));
    }
    let right = sign(&bytes).signature;
    for (name, at, byte) in [
        ("another association", 2, 9),
        ("another person", 2 + 16, 9),
        ("another device", 2 + 32, 9),
        ("another group", 2 + 48, 9),
        ("another message", SEQ, 0xee),
        ("another file", SEQ + 3, 1),
        ("the preview", SEQ + 4, 1),
        ("to keep what was to be looked at", SEQ + 5, 1),
        ("another request", SEQ + 6, 9),
        ("another time", bytes.len() - 1, 7),
    ] {
        let signed = SignedOpening { bytes: blob(&put(&bytes, at, byte)), signature: right };
        all.push(Refusal::new("signed-opening", name, encode(&signed), "BadSignature"));
    }
    all
}

fn requests(accepted: &Accepted) -> Vec<Refusal> {
    let upload = accepted.bytes("client-frame", "Upload");
    let uploaded = accepted.bytes("client-frame", "Uploaded");
    // Frame, request, operation, group and file; then which part.
    let part = 1 + 16 + 1 + 16 + 16;
    let wide = [&upload[..=part], &[0xff, 0xff, 0xff, 0xff, 0x10], &upload[part + 2..]].concat();
    vec![
        Refusal::new("client-frame", "Upload: an unknown part", put(&upload, part, 2), "Malformed"),
        Refusal::new("client-frame", "Upload: a chunk beyond 32 bits", wide, "Malformed"),
        Refusal::new("client-frame", "Uploaded: an unknown part", put(&uploaded, part, 2), "Malformed"),
    ]
}

fn named(accepted: &Accepted) -> Vec<Refusal> {
    let post = accepted.bytes("statement", "Post without a file");
    let before = &post[..post.len() - 50];
    let file = |preview: u8| [before, &[1], &[0x71; 16], &[17], &[0xe1; 32], &[preview]].concat();
    // The kind and the number of a setting stand before its value.
    let downloads = accepted.bytes("statement", "Registry Set Downloads(false)");
    let neither = put(&downloads, downloads.len() - 1, 2);
    vec![
        Refusal::new("statement", "Post: a preview that is neither none nor some", file(2), "Malformed").zeros(ROOM),
        Refusal::new("statement", "Post: cut behind its file", file(0), "Malformed"),
        Refusal::new("statement", "Set Downloads: neither true nor false", neither, "Malformed"),
    ]
}

/// Records of an opening.
fn records(accepted: &Accepted) -> Vec<Refusal> {
    let mut cases = accepted.0.iter().filter(|case| case.format == "access-record");
    let bytes = &cases.find(|case| case.name.ends_with(": FileOpened")).unwrap().bytes;
    // The signature is last, and before it the time (5 bytes), the request, the intent and the part.
    let intent = bytes.len() - 64 - 5 - 16 - 1;
    let refusal = |name: &str, bytes: Vec<u8>, error| Refusal::new("access-record", name, bytes, error);
    vec![
        refusal("a file opened: an unknown part", put(bytes, intent - 1, 2), "Malformed"),
        refusal("a file opened: an unknown intent", put(bytes, intent, 2), "Malformed"),
        refusal("a file opened: without its signature", bytes[..bytes.len() - 64].to_vec(), "Malformed"),
        refusal("a file opened: a signature of 63 bytes", bytes[..bytes.len() - 1].to_vec(), "Malformed"),
        refusal("a file opened: a signature of 65 bytes", [&bytes[..], &[0]].concat(), "Trailing"),
    ]
}

pub(super) fn refusals(accepted: &Accepted) -> Vec<Refusal> {
    [openings(accepted), requests(accepted), named(accepted), records(accepted)].into_iter().flatten().collect()
}
