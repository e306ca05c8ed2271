//! Records of access and their heads that are almost right.

use data_encoding::BASE64URL_NOPAD;
use renkei_proto::access::{AccessHead, Scope, SignedAccessHead};
use renkei_proto::access_file::{First, Line};
use renkei_proto::bounds;
use renkei_proto::codec::encode;
use renkei_proto::hash::Domain;
use renkei_proto::id::AssociationId;

use super::evidence::signatures;
use super::{Accepted, Refusal, put};
use crate::cases::access::{file, first, head, lines};
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
        unknown("an unknown happening", &[30]),
        unknown("an unknown stage", &[&[7][..], &[0x41; 16], &[3]].concat()),
        unknown("an unknown list", &[11, 9]),
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

/// Files that were changed.
fn files() -> Vec<Refusal> {
    let server = fixtures::server();
    let (signed, all, some) = (head().sign(&server).unwrap(), lines(None), lines(Some(&[0, 5, 6])));
    let (whole, part) = (first(&signed, None), first(&signed, Some(Scope::Own)));
    let with = |lines: &[Line], change: &dyn Fn(&mut Vec<Line>)| {
        let mut lines = lines.to_vec();
        change(&mut lines);
        lines
    };
    // Somebody else's, in the bytes as well as in what they say.
    let another = |line: &mut Line| {
        line.record.user = Some(fixtures::OTHER_USER);
        line.bytes = crate::hex::write(&encode(&line.record));
    };
    let by_another = head().sign(&fixtures::author()).unwrap();
    let shorter = AccessHead { size: 3, ..head() }.sign(&server).unwrap();
    let other = AssociationId([7; 16]);
    let elsewhere = AccessHead { association: other, ..head() }.sign(&server).unwrap();
    let later = First { format: "renkei-access/2".to_owned(), ..whole.clone() };
    let no_registry = First { registry: Vec::new(), ..whole.clone() };
    let not_founding = First { registry: vec!["00".to_owned()], ..whole.clone() };
    [
        ("another format", &later, all.clone(), "Format"),
        ("no entry of the registry", &no_registry, all.clone(), "Root"),
        ("no founding", &not_founding, all.clone(), "Root"),
        ("a head that is none", &First { head: "renkei:access/".to_owned(), ..whole.clone() }, all.clone(), "Head"),
        ("a head by another key", &first(&by_another, None), all.clone(), "Head"),
        ("a head of another association", &first(&elsewhere, None), all.clone(), "Head"),
        ("said to be of another association", &First { association: other, ..whole.clone() }, all.clone(), "Head"),
        ("a line that says something else", &whole, with(&all, &|all| all[5].record.user = None), "Line"),
        ("bytes that are none", &whole, with(&all, &|all| all[5].bytes.push('0')), "Line"),
        ("bytes that are no record", &whole, with(&all, &|all| all[5].bytes.push_str("00")), "Record"),
        ("another person's, in the bytes too", &whole, with(&all, &|all| another(&mut all[5])), "Record"),
        ("one left out", &whole, with(&all, &|all| drop(all.remove(5))), "Record"),
        ("two exchanged", &whole, with(&all, &|all| all.swap(5, 6)), "Record"),
        ("the last left out", &whole, with(&all, &|all| drop(all.pop())), "Cut"),
        ("the last one another's", &whole, with(&all, &|all| all.last_mut().into_iter().for_each(another)), "Cut"),
        ("more than the head has", &first(&shorter, None), all.clone(), "Cut"),
        ("nothing, and the head has some", &whole, Vec::new(), "Cut"),
        ("a part: another person's", &part, with(&some, &|some| another(&mut some[1])), "Proof"),
        ("a part: two exchanged", &part, with(&some, &|some| some.swap(1, 2)), "Record"),
        ("a part: one twice", &part, with(&some, &|some| some[2] = some[1].clone()), "Record"),
        ("a part: no proof", &part, with(&some, &|some| some[1].proof = None), "Proof"),
        ("a part: another's proof", &part, with(&some, &|some| some[1].proof = some[2].proof.clone()), "Proof"),
        ("a part: beyond the head", &first(&shorter, Some(Scope::Own)), some.clone(), "Proof"),
    ]
    .map(|(name, first, lines, error)| Refusal::new("access-file", name, file(first, &lines).0, error))
    .into_iter()
    .chain([
        Refusal::new("access-file", "nothing", [], "Format"),
        Refusal::new("access-file", "an export of logs", r#"{"format":"renkei-audit/1"}"#, "Format"),
    ])
    .collect()
}

pub(super) fn refusals(accepted: &Accepted) -> Vec<Refusal> {
    [records(accepted), heads(accepted), text(accepted), files()].into_iter().flatten().collect()
}
