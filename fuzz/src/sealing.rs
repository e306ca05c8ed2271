//! What a device opens: boxes, labels, messages, files and the parts of a vault.

use std::sync::OnceLock;

use renkei_proto::act::{Act, Amendment, Card, Message, ReleaseKey, Words};
use renkei_proto::bytes::Blob;
use renkei_proto::codec;
use renkei_proto::file::Part;
use renkei_proto::frame::Secret32;
use renkei_proto::hash::Hash32;
use renkei_proto::id::{AssociationId, DeviceId, FileId, GroupId, InvitationId};
use renkei_proto::key::Signature;
use renkei_proto::statement::{Claim, Head, Signed};
use renkei_sealing::boxes::{self, Context, Purpose};
use renkei_sealing::card::{self, RevisionKey};
use renkei_sealing::device::SealingSecret;
use renkei_sealing::epoch::{self, EpochKey};
use renkei_sealing::file::{Chunks, FileKey, Place};
use renkei_sealing::vault::VaultKey;
use renkei_sealing::{amendment, label, message, post};

/// A target's name, and what it does with bytes.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const ALL: &[Target] = &[
    ("box_open", box_open),
    ("card_open", card_open),
    ("label_open", label_open),
    ("label_read", label_read),
    ("message_open", message_open),
    ("vault_open", vault_open),
    ("post_open", post_open),
    ("file_open", file_open),
];

const GROUP: GroupId = GroupId([0x41; 16]);

/// The keys of the recipient of `proto/vectors/accept/open-*.json`, as a vault holds them.
fn recipient() -> &'static SealingSecret {
    static KEYS: OnceLock<SealingSecret> = OnceLock::new();
    KEYS.get_or_init(|| match codec::decode(include_bytes!("recipient.keys")) {
        Ok(keys) => keys,
        Err(error) => unreachable!("the keys beside this file: {error}"),
    })
}

/// The key of epoch `number` of those vectors.
fn key(number: u8) -> EpochKey {
    match codec::decode(&[0xe0 + number; 32]) {
        Ok(key) => key,
        Err(error) => unreachable!("any 32 bytes are a key: {error}"),
    }
}

/// The purposes of those vectors.
fn purposes() -> [Purpose; 9] {
    let invitation = InvitationId([0xc1; 16]);
    let (first, last) = (1, 2);
    [
        Purpose::Epoch {
            number: 3,
            roster: Hash32([0xd3; 32]),
            prior: Head { size: 70_000, hash: Hash32([0x91; 32]) },
        },
        Purpose::History { first, last },
        Purpose::GoverningLabel,
        Purpose::InvitationLabel { invitation },
        Purpose::ConsentDetails,
        Purpose::Prepared { invitation, first, last },
        Purpose::UseDetails,
        Purpose::HandedOn { of: 69_998 },
        Purpose::ScanKey { of: 69_997 },
    ]
}

/// Boxes in every context that the vectors know.
pub fn box_open(bytes: &[u8]) {
    let mut opened = 0;
    for purpose in purposes() {
        let context = Context {
            suite: renkei_proto::SUITE,
            association: AssociationId([0xa1; 16]),
            group: GROUP,
            purpose,
            sender: DeviceId([0x21; 16]),
            recipient: DeviceId([0x22; 16]),
        };
        let Ok(payload) = boxes::open(&context, bytes, recipient()) else { continue };
        opened += 1;
        let _ = label::read(&payload, Hash32::default());
        let _ = epoch::open_epoch(&context, bytes, Hash32::default(), recipient());
        let _ = epoch::open_history(&context, bytes, &[], recipient());
        let _ = epoch::open_prepared(&context, bytes, &ReleaseKey([0xc2; 32]), &[], recipient());
    }
    assert!(opened <= 1, "one box opens in two contexts");
}

/// Labels sealed under an epoch's key.
pub fn label_open(bytes: &[u8]) {
    if let Ok(label) = key(1).open_label(GROUP, 1, bytes, Hash32::default()) {
        unreachable!("{label:?} is of no commitment");
    }
    // The commitment is looked at last.
    let _ = key(1).open_label(GROUP, 300, bytes, Hash32([0x63; 32]));
}

/// The payload of a label's box.
pub fn label_read(bytes: &[u8]) {
    assert!(label::read(bytes, Hash32::default()).is_err(), "a label of no commitment");
    let Ok(encoded) = codec::decode::<renkei_proto::act::SealedLabel>(bytes) else { return };
    let payload = label::payload(&encoded);
    assert_eq!(label::read(&payload, encoded.commitment()), Ok(encoded));
}

/// A message's or a correction's statement, and any ciphertext in one.
pub fn message_open(bytes: &[u8]) {
    let Ok(blob) = Blob::new(bytes.to_vec()) else { return };
    let Ok(claim) = Claim::parse(Signed { bytes: blob, signature: Signature([0; 64]) }) else { return };
    let mut statement = claim.unverified().clone();
    let before = statement.clone();
    let said = message::open(&statement, &key(3));
    let made_good = amendment::open(&statement, &key(3));
    assert!(said.is_err() || made_good.is_err(), "a message that is a correction");
    let Ok(content) = said.clone().or(made_good) else { return };
    if let Act::Message(Message { ciphertext, .. })
    | Act::Amend(Amendment { words: Some(Words { ciphertext, .. }), .. }) = &mut statement.act
    {
        *ciphertext = Blob::default();
    }
    let seal = if said.is_ok() { message::seal } else { amendment::seal };
    assert_eq!(seal(&mut statement, &content, &key(3)), Ok(()));
    assert_eq!(statement, before, "another ciphertext of the same");
}

/// A card's statement, and any ciphertext in one: by its epoch's key, or by none.
pub fn card_open(bytes: &[u8]) {
    let Ok(blob) = Blob::new(bytes.to_vec()) else { return };
    let Ok(claim) = Claim::parse(Signed { bytes: blob, signature: Signature([0; 64]) }) else { return };
    let statement = claim.unverified();
    assert!(RevisionKey::handed_on(statement, statement, &key(3)).is_err(), "a card that hands itself on");
    let Ok(revision) = RevisionKey::of(statement, &key(3)) else { return };
    let Ok(card) = card::open(statement, &revision) else { return };
    let mut again = statement.clone();
    if let Act::Card(Card { key, ciphertext, .. }) = &mut again.act {
        (*key, *ciphertext) = (Hash32::default(), Blob::default());
    }
    assert_eq!(card::seal(&mut again, &card, &key(3)), Ok(()));
    assert_eq!(&again, statement, "another ciphertext of the same");
}

/// A part of a vault.
pub fn vault_open(bytes: &[u8]) {
    let key = VaultKey::derive(&Secret32::new([0xf1; 32]), &Secret32::new([0xf2; 32]), DeviceId([0x22; 16]));
    let opened = ["keys", "contents"].map(|part| key.open(part, bytes).is_ok());
    assert_ne!(opened, [true, true], "one part opens as two");
}

/// The statement of a message with files.
pub fn post_open(bytes: &[u8]) {
    let Ok(blob) = Blob::new(bytes.to_vec()) else { return };
    let Ok(claim) = Claim::parse(Signed { bytes: blob, signature: Signature([0; 64]) }) else { return };
    let mut statement = claim.unverified().clone();
    let before = statement.clone();
    let Ok(content) = post::open(&statement, &key(3)) else { return };
    assert!(message::open(&statement, &key(3)).is_err(), "a post that is a message");
    assert!(amendment::open(&statement, &key(3)).is_err(), "a post that is a correction");
    if let Act::Post(post) = &mut statement.act {
        assert_eq!(content.files.as_slice().len(), post.files.as_slice().len());
        post.ciphertext = Blob::default();
    }
    assert_eq!(post::seal(&mut statement, &content, &key(3)), Ok(()));
    assert_eq!(statement, before, "another ciphertext of the same");
}

/// A chunk of a file, wherever it may belong.
pub fn file_open(bytes: &[u8]) {
    let Ok(key) = codec::decode::<FileKey>(&[0x7e; 32]) else { return };
    let mut opened = 0;
    for part in [Part::Content, Part::Preview] {
        let (association, group, file) = (AssociationId([0xa1; 16]), GROUP, FileId([0x71; 16]));
        let place = Place { association, group, file, part };
        for length in [1, 299, 300, 301, 262_149] {
            let Ok(chunks) = Chunks::new(&key, &place, length) else { continue };
            for index in 0..=chunks.count() {
                let mut plain = zeroize::Zeroizing::new(Vec::new());
                if chunks.open(index, bytes, &mut plain).is_ok() {
                    opened += 1;
                    assert_eq!(chunks.seal(index, &plain).as_deref(), Ok(bytes), "another sealing of the same");
                } else {
                    assert!(plain.is_empty(), "something of what does not open");
                }
            }
        }
    }
    assert!(opened <= 1, "one chunk opens in two places");
}
