//! Names that could deceive, days that never were, links and identifiers of another kind.

use data_encoding::BASE64URL_NOPAD;
use renkei_proto::bounds;
use renkei_proto::codec::encode;
use renkei_proto::id::DeviceId;

use super::{Accepted, Refusal, put};
use crate::fixtures;

fn lines() -> Vec<Refusal> {
    let mut all = Vec::new();
    let long = "見".repeat(85) + "xx";
    for (name, text, error) in [
        ("empty", "", "Empty"),
        ("blank", " \u{3000}", "Empty"),
        ("line break", "a\nb", "Deceptive"),
        ("escape", "a\u{1b}[31mb", "Deceptive"),
        ("zero byte", "a\0b", "Deceptive"),
        ("right-to-left override", "a\u{202e}b", "Deceptive"),
        ("isolate", "a\u{2066}b", "Deceptive"),
        ("zero-width space", "a\u{200b}b", "Deceptive"),
        ("byte order mark", "\u{feff}a", "Deceptive"),
        ("line separator", "a\u{2028}b", "Deceptive"),
        ("257 bytes", long.as_str(), "TooLong"),
    ] {
        all.push(Refusal::new("text-line", name, text, error));
        all.push(Refusal::new("line", name, encode(text), "Malformed"));
        let label = [&[0x63; 32], &encode(text)[..], &[0]].concat();
        all.push(Refusal::new("sealed-label", format!("label: {name}"), label, "Malformed"));
        let details = [&[0x61; 32], &encode(text)[..], &[0]].concat();
        all.push(Refusal::new("details", format!("name: {name}"), details, "Malformed"));
        let names = [&[0xea; 32], &encode(text)[..], &[0]].concat();
        all.push(Refusal::new("form-names", format!("name: {name}"), names, "Malformed"));
        let card = [&[0][..], &encode(text), &[0; 9]].concat();
        all.push(Refusal::new("card", format!("name: {name}"), card, "Malformed"));
    }
    for (name, bytes) in [("cut character", &[0xe8, 0xa6][..]), ("surrogate", &[0xed, 0xa0, 0x80]), ("ff", &[0xff])] {
        let error = "Utf8Error";
        all.push(Refusal::new("text-line", format!("not UTF-8: {name}"), bytes, error));
        all.push(Refusal::new("line", format!("not UTF-8: {name}"), encode(&serde_bytes(bytes)), "Malformed"));
    }
    all
}

/// A byte string in the place of a text.
fn serde_bytes(bytes: &[u8]) -> renkei_proto::bytes::Blob<16> {
    fixtures::blob(bytes)
}

/// Texts of the association that could deceive, or are none.
fn wordings() -> Vec<Refusal> {
    let long = "見".repeat(bounds::WORDING / 3 + 1);
    [
        ("empty", ""),
        ("blank lines", "\n \u{3000}\n"),
        ("carriage return", "a\r\nb"),
        ("tab", "a\tb"),
        ("escape", "a\u{1b}[31mb"),
        ("right-to-left override", "a\n\u{202e}b"),
        ("paragraph separator", "a\u{2029}b"),
        ("32,769 bytes", long.as_str()),
    ]
    .into_iter()
    .flat_map(|(name, text)| {
        let japanese = [encode(text), encode("x")].concat();
        let english = [encode("x"), encode(text)].concat();
        [("japanese", japanese), ("english", english)]
            .map(|(part, bytes)| Refusal::new("wording", format!("{part}: {name}"), bytes, "Malformed"))
    })
    .collect()
}

/// Readings and numbers that nobody folded, on a card with a name and nothing else.
fn cards() -> Vec<Refusal> {
    let mut all = Vec::new();
    let with_kana = |text: &str| [&[0][..], &encode("見本"), &[1], &encode(text), &[0; 7]].concat();
    let with_telephone = |text: &str| [&[0][..], &encode("見本"), &[0; 4], &[1], &encode(text), &[0; 3]].concat();
    for text in ["", "みほん", "ﾐﾎﾝ", "ミホン  ハナコ", " ミホン", "ミホン ", "見本", "Mihon"] {
        all.push(Refusal::new("card", format!("kana: “{text}”"), with_kana(text), "Malformed"));
    }
    for text in ["", "12", "０３-5555-0100", "03ー5555", " 119", "119 ", "03  5555", "03-5555-0100 内線"] {
        all.push(Refusal::new("card", format!("telephone: “{text}”"), with_telephone(text), "Malformed"));
    }
    all.push(Refusal::new("card", "kana: 258 bytes", with_kana(&"ア".repeat(86)), "Malformed"));
    all.push(Refusal::new("card", "telephone: 49 bytes", with_telephone(&"1".repeat(49)), "Malformed"));
    all
}

fn dates() -> Vec<Refusal> {
    let mut all = Vec::new();
    for (year, month, day) in [
        (2026_u16, 2_u8, 29_u8),
        (2100, 2, 29),
        (2026, 4, 31),
        (2026, 13, 1),
        (2026, 0, 1),
        (2026, 11, 0),
        (2026, 11, 32),
        (1899, 12, 31),
        (2200, 1, 1),
    ] {
        let name = format!("{year:04}-{month:02}-{day:02}");
        all.push(Refusal::new("text-date", name.clone(), name.as_str(), "BadDate"));
        all.push(Refusal::new("date", name, encode(&(year, month, day)), "Malformed"));
    }
    for text in ["", "2026-1-1", "2026-11-22-1", "2026-11-22 ", "20261122", "22-11-2026", "2026/11/22", "2026-11-２"] {
        all.push(Refusal::new("text-date", format!("“{text}”"), text, "BadDate"));
    }
    all
}

fn links(accepted: &Accepted) -> Vec<Refusal> {
    let ticket = encode(&fixtures::ticket());
    let link = |bytes: &[u8]| format!("renkei:enrol/{}", BASE64URL_NOPAD.encode(bytes));
    let good = String::from_utf8(accepted.bytes("ticket-link", "a device")).unwrap();
    let text = good.strip_prefix("renkei:enrol/").unwrap();
    let mut server = ticket.clone();
    server[2] = b'\n';
    let last = ticket.len() - 17;
    [
        ("nothing", String::new(), "Malformed"),
        ("no ticket", "renkei:enrol/".to_owned(), "Malformed"),
        ("a web address", format!("https://renkei.example/{text}"), "Malformed"),
        ("another of our schemes", format!("renkei:claim/{text}"), "Malformed"),
        ("no scheme", text.to_owned(), "Malformed"),
        ("scheme in capitals", format!("RENKEI:ENROL/{text}"), "Malformed"),
        ("padded", format!("{good}="), "Malformed"),
        ("the other base 64", format!("renkei:enrol/{}+/", &text[..text.len() - 2]), "Malformed"),
        ("space inside", good.replacen("/A", "/ A", 1), "Malformed"),
        ("truncated", link(&ticket[..ticket.len() - 1]), "Malformed"),
        ("trailing byte", link(&[&ticket[..], &[0]].concat()), "Trailing"),
        ("version 2", link(&put(&ticket, 0, 2)), "UnknownVersion"),
        ("number one byte too long", link(&super::stretched(&ticket, 1)), "NotCanonical"),
        ("unknown purpose", link(&put(&ticket, last, 3)), "Malformed"),
        ("line break in the server's name", link(&server), "Malformed"),
        ("1,025 characters", format!("renkei:enrol/{}", "A".repeat(1_025 - 13)), "TooLarge"),
    ]
    .map(|(name, text, error)| Refusal::new("ticket-link", name, text, error))
    .into()
}

fn identifiers(accepted: &Accepted) -> Vec<Refusal> {
    let mut all = Vec::new();
    let device = DeviceId([0xab; 16]).to_string();
    for (format, kind) in [
        ("text-association", "asc"),
        ("text-facility", "fac"),
        ("text-user", "usr"),
        ("text-device", "dev"),
        ("text-group", "grp"),
        ("text-invitation", "inv"),
        ("text-delegation", "del"),
        ("text-statement", "sta"),
        ("text-request", "req"),
        ("text-session", "ses"),
        ("text-ticket", "tkt"),
        ("text-review", "rev"),
        ("text-training", "trn"),
        ("text-file", "fil"),
        ("text-takeout", "tko"),
        ("text-announcement", "ann"),
    ] {
        let good = String::from_utf8(accepted.bytes(format, "ab repeated")).unwrap();
        let letters = &good[4..];
        let other = if kind == "dev" { device.replace("dev", "usr") } else { device.clone() };
        for (name, text) in [
            ("empty", String::new()),
            ("another kind's", other),
            ("no kind", letters.to_owned()),
            ("kind in capitals", format!("{}-{letters}", kind.to_uppercase())),
            ("truncated", good[..29].to_owned()),
            ("one letter more", format!("{good}0")),
            ("a letter that is not one of the 32", format!("{kind}-u{}", &letters[1..])),
            ("bits behind the last byte", format!("{kind}-{}d", &letters[..25])),
            ("space in front", format!(" {good}")),
        ] {
            all.push(Refusal::new(format, name, text, "BadId"));
        }
    }
    all
}

fn others() -> Vec<Refusal> {
    let hash = fixtures::hash(0xab).to_string();
    vec![
        Refusal::new("text-hash", "63 digits", &hash[1..], "BadHash"),
        Refusal::new("text-hash", "62 digits", &hash[2..], "BadHash"),
        Refusal::new("text-hash", "66 digits", format!("{hash}00"), "BadHash"),
        Refusal::new("text-hash", "not a digit", format!("g{}", &hash[1..]), "BadHash"),
        Refusal::new("text-release", "63 digits", &hash[1..], "BadHash"),
        Refusal::new("text-release", "66 digits", format!("{hash}00"), "BadHash"),
        Refusal::new("text-release", "not a digit", format!("g{}", &hash[1..]), "BadHash"),
        Refusal::new("text-signature", "63 bytes", BASE64URL_NOPAD.encode(&[0; 63]), "BadSignature"),
        Refusal::new("text-signature", "65 bytes", BASE64URL_NOPAD.encode(&[0; 65]), "BadSignature"),
        Refusal::new("text-signature", "padded", format!("{}==", "A".repeat(86)), "BadSignature"),
        Refusal::new("text-signature", "bits behind the last byte", format!("{}B", "A".repeat(85)), "BadSignature"),
        Refusal::new("text-code", "nobody's name", "facility_not_admited", "UnknownCode"),
        Refusal::new("text-code", "a number", "301", "UnknownCode"),
    ]
}

pub(super) fn refusals(accepted: &Accepted) -> Vec<Refusal> {
    [lines(), wordings(), cards(), dates(), links(accepted), identifiers(accepted), others()]
        .into_iter()
        .flatten()
        .collect()
}
