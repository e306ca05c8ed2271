//! Wrong forms: cut, followed by something, stretched, of another version, of a variant that doesn't exist.

use super::{Accepted, Refusal, put, stretched};
use crate::fixtures;

/// Where the first number of variable length stands.
const NUMBERS: [(&str, usize); 25] = [
    ("statement", 2),
    ("entry-header", 1),
    ("entry", 1),
    ("bundle", 33),
    ("offer", 16),
    ("sealed-box", 16),
    ("details", 32),
    ("sealing-public", 32),
    ("heads", 18),
    ("receipt", 34),
    ("sealed-label", 32),
    ("inclusion", 32),
    ("release-key", usize::MAX),
    ("sidecar", usize::MAX),
    ("signing-public", usize::MAX),
    ("access-record", 1),
    ("access-head", 18),
    ("group-receipt", 50),
    ("safety", 18),
    ("form-names", 32),
    ("use-details", 32),
    ("opening", 66),
    ("scan-key", usize::MAX),
    ("erasure-word", 34),
    ("wipe-proof", 2),
];

/// Room for whatever a variant that doesn't exist would hold.
const ROOM: usize = 4_096;

fn generic(accepted: &Accepted) -> Vec<Refusal> {
    let mut all = Vec::new();
    for case in accepted.first_of_each() {
        let (format, bytes) = (case.format, &case.bytes);
        all.push(Refusal::new(format, "nothing at all", [], "Malformed"));
        if bytes.len() > 1 {
            all.push(Refusal::new(format, "truncated", &bytes[..bytes.len() - 1], "Malformed"));
            all.push(Refusal::new(format, "half of it", &bytes[..bytes.len() / 2], "Malformed"));
        }
        all.push(Refusal::new(format, "trailing byte", [bytes, &[0][..]].concat(), "Trailing"));
        let at = NUMBERS.iter().find(|(name, _)| *name == format).map_or(0, |(_, at)| *at);
        if at != usize::MAX {
            all.push(Refusal::new(format, "number one byte too long", stretched(bytes, at), "NotCanonical"));
        }
    }
    let boxes = accepted.bytes("sidecar", "boxes");
    all.push(Refusal::new("sidecar", "number one byte too long", stretched(&boxes, 2), "NotCanonical"));
    all.push(Refusal::new("sidecar", "option that is neither none nor some", [2, 0, 0], "Malformed"));
    let too_many_bits = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02];
    all.push(Refusal::new("time", "number of more than 64 bits", too_many_bits, "Malformed"));
    all
}

fn versions(accepted: &Accepted) -> Vec<Refusal> {
    let founding = accepted.bytes("statement", "Registry Found");
    let entry = accepted.bytes("entry", "the founding");
    let bundle = accepted.bytes("bundle", "a device");
    let signed = accepted.bytes("signed-and-verified", "Registry Found");
    // Two bytes of length stand before a signed statement.
    let (version, suite) = (put(&signed, 2, 2), put(&signed, 3, 2));
    vec![
        Refusal::new("statement", "version 2", put(&founding, 0, 2), "UnknownVersion"),
        Refusal::new("statement", "version 0", put(&founding, 0, 0), "UnknownVersion"),
        Refusal::new("statement", "suite 2", put(&founding, 1, 2), "UnknownVersion"),
        Refusal::new("statement", "version and nothing else", [1], "Malformed"),
        Refusal::new("entry", "version 2", put(&entry, 0, 2), "UnknownVersion"),
        Refusal::new("entry", "version 0", put(&entry, 0, 0), "UnknownVersion"),
        Refusal::new("bundle", "version 2", put(&bundle, 0, 2), "UnknownVersion"),
        Refusal::new("signed-and-verified", "version 2", version, "UnknownVersion"),
        Refusal::new("signed-and-verified", "suite 2", suite, "UnknownVersion"),
        Refusal::new("signed-and-verified", "signature over nothing", [0; 65], "Malformed"),
    ]
}

fn variants(accepted: &Accepted) -> Vec<Refusal> {
    let mut all = Vec::new();
    let mut unknown = |format, name: &str, bytes: &[u8]| {
        all.push(Refusal::new(format, name, bytes, "Malformed").zeros(ROOM));
    };
    for (format, next) in [
        ("root-op", 5),
        ("enrol-op", 7),
        ("enrol-answer", 2),
        ("client-frame", 2),
        ("answer", 2),
        ("notice", 4),
        ("purpose", 3),
    ] {
        unknown(format, "unknown variant", &[next]);
    }
    for (format, next) in [
        ("tags-facility-kind", 9),
        ("tags-profession", 9),
        ("tags-device-kind", 3),
        ("tags-operating-system", 5),
        ("tags-ownership", 2),
        ("tags-role", 7),
        ("tags-entry-kind", 9),
        ("tags-password-rule", 7),
        ("tags-log-id", 2),
        ("tags-text-kind", 6),
        ("tags-use-kind", 6),
        ("tags-use-outcome", 3),
    ] {
        unknown(format, "unknown variant", &[1, next]);
    }
    unknown("tags-code", "code 0", &[1, 0]);
    unknown("tags-code", "code 305", &[1, 0xb1, 0x02]);
    unknown("fault", "code 305", &[0xb1, 0x02]);
    unknown("answer", "unknown answer", &[0, 25]);
    unknown("enrol-answer", "unknown answer", &[0, 7]);
    unknown("enrol-answer", "unknown answer to the root", &[0, 5, 4]);
    unknown("client-frame", "unknown request", &[&[0][..], &[0xf4; 16], &[43]].concat());
    // The act of a statement that closes a group is its last two bytes.
    let close = accepted.bytes("statement", "Group Close");
    let context = &close[..close.len() - 2];
    unknown("statement", "unknown kind of act", &[context, &[10]].concat());
    unknown("statement", "unknown act on the registry", &[context, &[0, 63]].concat());
    unknown("statement", "unknown act that governs a group", &[context, &[1, 36]].concat());
    unknown("statement", "unknown form of a facility", &[context, &[0, 48, 2]].concat());
    // The hours are the last five bytes: some, and two minutes of the day of two bytes each.
    let quiet = accepted.bytes("statement", "Registry SetQuietHours");
    let hours = |bytes: &[u8]| [&quiet[..quiet.len() - 4], bytes].concat();
    unknown("statement", "quiet hours: never beginning", &hours(&[0xa0, 0x0b, 0x86, 0x03]));
    unknown("statement", "quiet hours: never ending", &hours(&[0xa8, 0x0a, 0xa0, 0x0b]));
    unknown("statement", "quiet hours: of no length", &hours(&[0xa8, 0x0a, 0xa8, 0x0a]));
    // The number is the last twelve bytes, after its length.
    let telephone = accepted.bytes("statement", "Registry SetTelephone");
    for number in ["03-0000-000a", "03--000-0000", "03-0000-000-", "+0300000000x", "-03-00000000", "           1"] {
        let bytes = [&telephone[..telephone.len() - 12], number.as_bytes()].concat();
        unknown("statement", &format!("telephone: “{number}”"), &bytes);
    }
    // The number of a setting stands before its value, which takes one byte here.
    let set = accepted.bytes("statement", "Registry Set OwnDevices(false)");
    unknown("statement", "unknown setting", &put(&set, set.len() - 2, 12));
    let crowded = accepted.bytes("statement", "Registry Set Crowded(Refuse)");
    unknown("statement", "unknown remedy for too many sessions", &put(&crowded, crowded.len() - 1, 2));
    let delegate = accepted.bytes("statement", "Registry Delegate");
    let neither = put(&delegate, delegate.len() - 1, 2);
    all.push(Refusal::new("statement", "neither true nor false", neither, "Malformed"));
    // After a group's policy of history: whether its creator reads, the root of the label's boxes, and its commitment.
    let create = accepted.bytes("statement", "Group Create");
    let policy = put(&create, create.len() - 32 - 33 - 2, 3);
    all.push(Refusal::new("statement", "unknown policy of history", policy, "Malformed").zeros(ROOM));
    // Its kind stands before that, and before the originator.
    let kind = put(&create, create.len() - 32 - 33 - 2 - 16 - 1, 4);
    all.push(Refusal::new("statement", "unknown kind of group", kind, "Malformed").zeros(ROOM));
    let close = accepted.bytes("statement", "Group CloseInquiry");
    let end = put(&close, close.len() - 1, 3);
    all.push(Refusal::new("statement", "unknown end of an inquiry", end, "Malformed"));
    for name in ["Group Invite without a release key", "Group Approve without a release key", "History"] {
        let bytes = accepted.bytes("statement", name);
        let neither = put(&bytes, bytes.len() - 1, 2);
        let name = format!("{name}: neither none nor some");
        all.push(Refusal::new("statement", name, neither, "Malformed").zeros(ROOM));
    }
    let label = accepted.bytes("sealed-label", "a group's");
    let neither = put(&label, label.len() - 1, 2);
    all.push(Refusal::new("sealed-label", "neither none nor some", neither, "Malformed").zeros(64));
    let header = accepted.bytes("entry-header", "a message");
    all.push(Refusal::new("entry-header", "unknown log", put(&header, 1, 2), "Malformed"));
    all.push(Refusal::new("entry-header", "unknown kind", put(&header, header.len() - 33, 9), "Malformed"));
    // Whether a message taken back has words is its last byte.
    let back = accepted.bytes("statement", "Amend taking back");
    let neither = put(&back, back.len() - 1, 2);
    all.push(Refusal::new("statement", "Amend: neither none nor some", neither, "Malformed").zeros(ROOM));
    all
}

/// Right in form, wrong in what one part says of another.
fn contradictions(accepted: &Accepted) -> Vec<Refusal> {
    use renkei_proto::bytes::List;
    use renkei_proto::codec::encode;
    use renkei_proto::frame::SealedBox;
    let boxes = fixtures::boxes().into_vec();
    let of = |boxes: Vec<SealedBox>| encode(&List::<_, 700>::new(boxes).unwrap());
    let twice = vec![boxes[0].clone(), boxes[0].clone()];
    let reversed = boxes.into_iter().rev().collect();
    let mut bundle = fixtures::bundle();
    bundle.registration.sealing = fixtures::hash(0);
    let mut item = accepted.bytes("sync-item", "CaughtUp");
    let cut = Refusal::new("sync-item", "truncated", &item[..item.len() - 1], "NotWhole");
    item.push(0);
    vec![
        Refusal::new("boxes", "descending devices", of(reversed), "NotAscending"),
        Refusal::new("boxes", "one device twice", of(twice), "NotAscending"),
        Refusal::new("bundle", "sealing keys that are not the registered ones", encode(&bundle), "Malformed"),
        cut,
        Refusal::new("sync-item", "half a prefix", [1, 0, 0], "NotWhole"),
        Refusal::new("sync-item", "trailing byte", item, "Trailing"),
        Refusal::new("sync-item", "length 0", [0, 0, 0, 0], "Malformed"),
        Refusal::new("sync-item", "length 0 and a tag", [0, 0, 0, 0, 1], "Malformed"),
    ]
}

pub(super) fn refusals(accepted: &Accepted) -> Vec<Refusal> {
    [generic(accepted), versions(accepted), variants(accepted), contradictions(accepted)]
        .into_iter()
        .flatten()
        .collect()
}
