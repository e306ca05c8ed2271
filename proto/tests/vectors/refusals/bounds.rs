//! One more than a bound allows, and lengths that no memory could hold.

use renkei_proto::bounds;
use renkei_proto::entry::ENTRY_MAX;
use renkei_proto::file::SEALED_CHUNK;
use renkei_proto::frame::sync;
use renkei_proto::ticket::BUNDLE_MAX;

use super::{Accepted, Refusal};

/// A length of 2^60.
const VAST: [u8; 9] = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10];

/// `head` and then `count` as a number of variable length.
fn counted(head: &[u8], count: usize) -> Vec<u8> {
    [head, &renkei_proto::codec::encode(&count)].concat()
}

fn lists() -> Vec<Refusal> {
    let request = |op: u8| [&[0][..], &[0xf4; 16], &[op]].concat();
    let mut all = Vec::new();
    // Where a list or a byte string starts, how long it may be, and how many zeros one item takes at most.
    let mut over = |format, what: &str, head: &[u8], max: usize, item: usize| {
        let one_more =
            Refusal::new(format, format!("{what}: one more than the bound"), counted(head, max + 1), "Malformed");
        all.push(one_more.zeros((max + 1) * item));
        // As many as the bound allows are taken; what is wrong is only what follows.
        let at_bound =
            Refusal::new(format, format!("{what}: the bound and something behind"), counted(head, max), "Trailing");
        all.push(at_bound.zeros(max * item + 200));
        all.push(Refusal::new(format, format!("{what}: 2^60"), [head, &VAST].concat(), "Malformed").zeros(64));
    };
    over("client-frame", "logs", &[1], bounds::LOGS_FOLLOWED, 2);
    over("client-frame", "password", &request(0), bounds::PASSWORD, 1);
    over("client-frame", "sealing keys looked up", &request(11), bounds::LOOKUP, 16);
    over("client-frame", "details looked up", &request(12), bounds::LOOKUP, 16);
    over("client-frame", "certificate request", &request(14), 1_024, 1);
    over("boxes", "boxes", &[], bounds::ROSTER_DEVICES, 17);
    over("sealed-box", "box", &[0; 16], bounds::SEALED_BOX, 1);
    over("proof", "hashes", &[], 64, 32);
    over("signed", "statement", &[], bounds::STATEMENT, 1);
    over("answer", "offers", &[0, 5], 64, 49);
    over("answer", "certificate", &[0, 9], bounds::CERTIFICATE, 1);
    over("enrol-answer", "ML-KEM ciphertext", &[&[0, 2][..], &[0; 32]].concat(), 1_088, 1);
    over("enrol-answer", "offers", &[0, 5, 3], 64, 49);
    over("fault", "failed rules", &[0xad, 0x02, 0], 8, 1);
    over("offer", "bundle", &[0; 16], BUNDLE_MAX, 1);
    over("client-frame", "receipts looked up", &request(15), bounds::LOOKUP, 16);
    over("answer", "receipts", &[0, 10], bounds::LOOKUP, 16 + 1 + 64);
    over("client-frame", "receipts of a group looked up", &[&request(35)[..], &[0; 16]].concat(), bounds::LOOKUP, 16);
    over("answer", "receipts of a group", &[0, 20], bounds::LOOKUP, 16 + 1 + 64);
    over("signed-group-receipt", "receipt", &[], bounds::RECEIPT, 1);
    over("signed-erasure-word", "word", &[], bounds::ERASURE_WORD, 1);
    // Before the receipts: version, suite, a device, no entry, heads of nothing with a signature.
    let before = [&[1, 1, 0][..], &[0; 16 + 1 + 1 + 64]].concat();
    over("wipe-proof", "receipts", &before, bounds::LOOKUP, 1 + 64);
    over("answer", "entries", &[0, 11], bounds::ENTRIES, 1);
    over("answer", "recovery codes", &[0, 12], 10, 10);
    over("answer", "counts", &[0, 13], bounds::LOGS_FOLLOWED, 16 + 1);
    over("answer", "sessions", &[0, 14], bounds::SESSIONS, 16 + 16 + 1 + 1 + 1);
    // Before the groups: version, suite, association, time, size and hash of the registry, its tree.
    let before = [&[1, 1][..], &[0; 16 + 1 + 1 + 32 + 32]].concat();
    over("heads", "groups", &before, bounds::HEADS_GROUPS, 16 + 1 + 32);
    over("signed-heads", "heads", &[], bounds::HEADS, 1);
    over("signed-receipt", "receipt", &[], bounds::RECEIPT, 1);
    over("tree", "hashes", &[], 128, 32);
    over("inclusion", "hashes", &[0; 32 + 1 + 1 + 32], 64, 32);
    over("consistency", "hashes", &[0; 1 + 32 + 1 + 32], 64, 32);
    over("signed-access-head", "head", &[], bounds::ACCESS_HEAD, 1);
    over("answer", "records of access", &[&[0, 15, 0][..], &[0; 64]].concat(), bounds::ACCESS_PAGE, 2);
    over("answer", "counts of access", &[0, 16], bounds::ACCESS_COUNTS, 3);
    let chunk_to_upload = [&request(30)[..], &[0x41; 16], &[0x71; 16], &[0, 0]].concat();
    over("client-frame", "sealed chunk", &chunk_to_upload, SEALED_CHUNK, 1);
    over("client-frame", "opening", &request(32), bounds::OPENING, 1);
    over("answer", "chunks that are there", &[0, 18], bounds::FILE_CHUNKS / 8, 1);
    over("answer", "sealed chunk", &[0, 19], SEALED_CHUNK, 1);
    over("present", "bits", &[], bounds::FILE_CHUNKS / 8, 1);
    over("signed-opening", "opening", &[], bounds::OPENING, 1);
    over("sealing-public", "ML-KEM key", &[0x09; 32], 1_184, 1);
    all.extend(cards());
    all
}

/// The lists of a card. Their items can't be zeros, so there is one of each kind to be repeated.
fn cards() -> Vec<Refusal> {
    use renkei_proto::codec::encode;
    let (telephone, fact) = (encode("119"), encode("x"));
    let contact = [&encode("x")[..], &[0], &telephone].concat();
    let member = [&[0, 0][..], &[0x21; 16]].concat();
    let lists = [
        ("telephones", 4, bounds::CARD_TELEPHONES, telephone),
        ("contacts", 5, bounds::CARD_CONTACTS, contact),
        ("facts", 6, bounds::CARD_FACTS, fact),
        ("team", 7, bounds::CARD_TEAM, member),
    ];
    let mut all = Vec::new();
    for (what, none, max, item) in lists {
        // Before each list of a card that has a name alone: what is none, and the lists that are empty.
        let head = [&[0, 1, b'a'][..], &vec![0; none]].concat();
        let many = |count: usize| [counted(&head, count), item.repeat(count), vec![0; 8 - none]].concat();
        all.push(Refusal::new("card", format!("{what}: one more than the bound"), many(max + 1), "Malformed"));
        all.push(Refusal::new("card", format!("{what}: the bound and something behind"), many(max), "Trailing"));
        all.push(Refusal::new("card", format!("{what}: 2^60"), [&head[..], &VAST].concat(), "Malformed").zeros(64));
    }
    all
}

fn acts(accepted: &Accepted) -> Vec<Refusal> {
    let message = accepted.bytes("statement", "Message");
    // 48 bytes of ciphertext with one byte of length are a message's last.
    let context = &message[..message.len() - 49];
    let correction = accepted.bytes("statement", "Amend");
    let words = &correction[..correction.len() - 49];
    let history = accepted.bytes("statement", "History");
    // Two devices with one byte of length, the root of the boxes with one byte of count, and prepared for nobody.
    let before = &history[..history.len() - 33 - 33 - 1];
    vec![
        Refusal::new(
            "statement",
            "ciphertext: one more than the bound",
            counted(context, bounds::CIPHERTEXT + 1),
            "Malformed",
        )
        .zeros(bounds::CIPHERTEXT + 1),
        Refusal::new(
            "statement",
            "ciphertext: the bound and something behind",
            counted(context, bounds::CIPHERTEXT),
            "Trailing",
        )
        .zeros(bounds::CIPHERTEXT + 1),
        Refusal::new(
            "statement",
            "devices: the bound and something behind",
            counted(before, bounds::ROSTER_DEVICES),
            "Trailing",
        )
        .zeros(bounds::ROSTER_DEVICES * 16 + 35),
        Refusal::new("statement", "ciphertext: 2^60", [context, &VAST].concat(), "Malformed").zeros(64),
        Refusal::new(
            "statement",
            "devices: one more than the bound",
            counted(before, bounds::ROSTER_DEVICES + 1),
            "Malformed",
        )
        .zeros(bounds::ROSTER_DEVICES * 16 + 50),
        Refusal::new("statement", "devices: 2^60", [before, &VAST].concat(), "Malformed").zeros(64),
        Refusal::new(
            "statement",
            "a correction's ciphertext: one more than the bound",
            counted(words, bounds::CIPHERTEXT + 1),
            "Malformed",
        )
        .zeros(bounds::CIPHERTEXT + 1),
        Refusal::new(
            "statement",
            "a correction's ciphertext: the bound and something behind",
            counted(words, bounds::CIPHERTEXT),
            "Trailing",
        )
        .zeros(bounds::CIPHERTEXT + 1),
    ]
}

/// Posts with too many files, or too long a ciphertext.
fn posts(accepted: &Accepted) -> Vec<Refusal> {
    let none = accepted.bytes("statement", "Post without a file");
    // 48 bytes of ciphertext with one byte of length are its last, one byte before says that there is no file.
    let (files, ciphertext) = (&none[..none.len() - 50], &none[..none.len() - 49]);
    // Nobody's identifier, no bytes, a root of zeros, and no preview.
    let (file, most) = (16 + 1 + 32 + 1, bounds::POST_CIPHERTEXT);
    [
        ("files: one more than the bound", counted(files, bounds::FILES + 1), "Malformed", (bounds::FILES + 1) * file),
        ("files: the bound and something behind", counted(files, bounds::FILES), "Trailing", bounds::FILES * file + 2),
        ("files: 2^60", [files, &VAST].concat(), "Malformed", 64),
        ("a post's ciphertext: one more than the bound", counted(ciphertext, most + 1), "Malformed", most + 1),
        ("a post's ciphertext: the bound and something behind", counted(ciphertext, most), "Trailing", most + 1),
        ("a post's ciphertext: 2^60", [ciphertext, &VAST].concat(), "Malformed", 64),
    ]
    .map(|(name, bytes, error, zeros)| Refusal::new("statement", name, bytes, error).zeros(zeros))
    .into()
}

/// Frames that are refused for their length before anything in them is read.
fn whole(accepted: &Accepted) -> Vec<Refusal> {
    let mut all = Vec::new();
    for (format, name, max) in [
        ("bundle", "a device", BUNDLE_MAX),
        ("entry", "the founding", ENTRY_MAX),
        ("statement", "Registry Found", bounds::STATEMENT),
        ("enrol-op", "Greet", bounds::ENROL_FRAME),
        ("root-op", "Standing", bounds::ENROL_FRAME),
        ("client-frame", "Lock", bounds::FRAME),
        ("answer", "Done", bounds::FRAME),
        ("heads", "two groups", bounds::HEADS),
        ("receipt", "a device's", bounds::RECEIPT),
        ("group-receipt", "a removed member's", bounds::RECEIPT),
        ("sealed-label", "a group's", bounds::LABEL_PAYLOAD),
        ("sidecar", "nothing", bounds::SIDECAR),
        ("opening", "a view", bounds::OPENING),
        ("erasure-word", "of a group", bounds::ERASURE_WORD),
    ] {
        let bytes = accepted.bytes(format, name);
        let zeros = max + 1 - bytes.len();
        all.push(Refusal::new(format, "one byte more than the bound", bytes, "TooLarge").zeros(zeros));
    }
    let longest = u32::try_from(sync::ITEM + 1).unwrap();
    let prefix = |length: u32| length.to_le_bytes();
    all.extend([
        Refusal::new("sync-item", "length one more than the bound", prefix(longest + 1), "TooLarge"),
        Refusal::new("sync-item", "length of 4 GiB", prefix(u32::MAX), "TooLarge"),
        Refusal::new("sync-item", "longest length, and nothing there", prefix(longest), "NotWhole"),
    ]);
    all
}

pub(super) fn refusals(accepted: &Accepted) -> Vec<Refusal> {
    [lists(), acts(accepted), posts(accepted), whole(accepted)].into_iter().flatten().collect()
}
