//! What does not open: an accepted vector with one thing changed.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use renkei_proto::act::{Act, Amendment, GroupAct, Message, SealedLabel, Words};
use renkei_proto::bounds;
use renkei_proto::bytes::Blob;
use renkei_proto::codec;
use renkei_proto::hash::{Domain, Hash32};
use renkei_proto::id::{AssociationId, DelegationId, DeviceId, FacilityId, GroupId, InvitationId, StatementId, UserId};
use renkei_proto::key::{self, MLKEM768_CIPHERTEXT};
use renkei_proto::statement::{ActingFor, Actor, Head, LogId, Role, Statement};
use renkei_proto::time::Time;
use renkei_sealing::boxes::{Context, Purpose};
use renkei_sealing::message::Content;
use serde_json::{Value, json};

use crate::accepted::{
    GROUP, amendment_statement, bound_to, commitments, group_label, key, message_statement, plain_label,
};
use crate::keys::{Device, hex, other, recipient, unhex};
use crate::open::{padded, shown, statement};

/// What comes out of vectors, and what is only there where it does.
const OUTPUTS: [&str; 11] = [
    "payload",
    "keys",
    "label",
    "text",
    "associated_data",
    "epoch",
    "index",
    "proof",
    "card",
    "content",
    "payload_sha256",
];

pub(crate) struct Breaker<'a> {
    accepted: &'a [Value],
    refused: Vec<Value>,
}

impl Breaker<'_> {
    pub(crate) fn get(&self, format: &str, name: &str) -> Value {
        let found = self.accepted.iter().find(|vector| vector["format"] == format && vector["name"] == name);
        found.unwrap_or_else(|| panic!("{format}, “{name}”")).clone()
    }

    /// The vector with these fields instead of its own.
    pub(crate) fn but(&mut self, vector: &Value, what: &str, other: impl IntoIterator<Item = (String, Value)>) {
        let mut broken = vector.clone();
        let format = vector["format"].as_str().unwrap().to_owned();
        let fields = broken.as_object_mut().unwrap();
        fields.retain(|name, _| !OUTPUTS.contains(&name.as_str()));
        if format == "open-epoch" {
            fields.remove("key");
            fields.remove("named");
        }
        fields.insert("name".to_owned(), json!(format!("{}: {what}", vector["name"].as_str().unwrap())));
        fields.insert("error".to_owned(), json!("NotAuthentic"));
        fields.extend(other);
        assert!(broken != *vector);
        self.refused.push(broken);
    }

    pub(crate) fn but_one(&mut self, vector: &Value, what: &str, name: &str, other: impl Into<Value>) {
        self.but(vector, what, [(name.to_owned(), other.into())]);
    }

    fn in_context(&mut self, vector: &Value, what: &str, change: impl FnOnce(&mut Context)) {
        let mut context: Context = serde_json::from_value(vector["context"].clone()).unwrap();
        change(&mut context);
        self.but(vector, what, bound_to(&context));
    }

    /// Flipped bits, cuts and a byte too many in what is sealed, at the places with a name.
    fn damage(&mut self, vector: &Value, places: &[(&str, usize)]) {
        let sealed = unhex(vector["sealed"].as_str().unwrap());
        for (place, at) in places {
            let mut flipped = sealed.clone();
            flipped[*at] ^= 1;
            self.but_one(vector, &format!("flipped bit in {place}"), "sealed", hex(&flipped));
            if *at > 0 {
                self.but_one(vector, &format!("cut before byte {at}"), "sealed", hex(&sealed[..*at]));
            }
        }
        self.but_one(vector, "one byte more", "sealed", hex(&[&sealed[..], &[0]].concat()));
        self.but_one(vector, "nothing at all", "sealed", "");
    }
}

fn contexts(all: &mut Breaker<'_>) {
    let epoch = all.get("open-box", "Epoch");
    all.in_context(&epoch, "another suite", |it| it.suite = 2);
    all.in_context(&epoch, "another association", |it| it.association = AssociationId([9; 16]));
    all.in_context(&epoch, "another group", |it| it.group = GroupId([9; 16]));
    all.in_context(&epoch, "another sender", |it| it.sender = DeviceId([9; 16]));
    all.in_context(&epoch, "another recipient", |it| it.recipient = DeviceId([9; 16]));
    all.in_context(&epoch, "sender and recipient changed places", |it| {
        core::mem::swap(&mut it.sender, &mut it.recipient);
    });
    let mut of_epoch = |what: &str, change: &dyn Fn(&mut u32, &mut Hash32, &mut Head)| {
        all.in_context(&epoch, what, |it| {
            if let Purpose::Epoch { number, roster, prior } = &mut it.purpose {
                change(number, roster, prior);
            }
        });
    };
    of_epoch("another number", &|number, _, _| *number = 4);
    of_epoch("another roster", &|_, roster, _| *roster = Hash32([9; 32]));
    of_epoch("another size before", &|_, _, prior| prior.size += 1);
    of_epoch("another head before", &|_, _, prior| prior.hash = Hash32([9; 32]));
    let (first, last) = (1, 2);
    let (one, two) = (InvitationId([0xc1; 16]), InvitationId([9; 16]));
    for (name, other, purpose) in [
        ("Epoch", "History", Purpose::History { first: 3, last: 3 }),
        ("History", "another first epoch", Purpose::History { first: 2, last }),
        ("History", "another last epoch", Purpose::History { first, last: 3 }),
        ("History", "Prepared", Purpose::Prepared { invitation: one, first, last }),
        ("GoverningLabel", "ConsentDetails", Purpose::ConsentDetails),
        ("GoverningLabel", "InvitationLabel", Purpose::InvitationLabel { invitation: one }),
        ("InvitationLabel", "another invitation", Purpose::InvitationLabel { invitation: two }),
        ("InvitationLabel", "GoverningLabel", Purpose::GoverningLabel),
        ("ConsentDetails", "GoverningLabel", Purpose::GoverningLabel),
        ("Prepared", "another invitation", Purpose::Prepared { invitation: two, first, last }),
        ("Prepared", "another first epoch", Purpose::Prepared { invitation: one, first: 2, last }),
        ("Prepared", "another last epoch", Purpose::Prepared { invitation: one, first, last: 3 }),
        ("Prepared", "History", Purpose::History { first, last }),
    ] {
        let vector = all.get("open-box", name);
        all.in_context(&vector, &format!("as {other}"), |it| it.purpose = purpose);
    }
}

fn boxes(all: &mut Breaker<'_>) {
    contexts(all);
    let epoch = all.get("open-box", "Epoch");
    let last = unhex(epoch["sealed"].as_str().unwrap()).len() - 1;
    let kem = MLKEM768_CIPHERTEXT;
    all.damage(
        &epoch,
        &[
            ("the ML-KEM ciphertext's first byte", 0),
            ("the ML-KEM ciphertext's last byte", kem - 1),
            ("the ephemeral key", kem),
            ("the static key", kem + 32),
            ("the static key's tag", kem + 32 + 47),
            ("the payload", kem + 32 + 48),
            ("the tag", last),
        ],
    );
    let with = |x25519: &Device, mlkem: &Device| json!({ "x25519_secret": hex(&x25519.x25519), "mlkem768_seed": hex(&mlkem.seed) });
    let (right, wrong) = (recipient(), other());
    all.but_one(&epoch, "another device's keys", "recipient", with(&wrong, &wrong));
    all.but_one(&epoch, "another device's X25519 key", "recipient", with(&wrong, &right));
    all.but_one(&epoch, "another device's ML-KEM key", "recipient", with(&right, &wrong));
    let parts = |vector: &Value| {
        let bytes = unhex(vector["sealed"].as_str().unwrap());
        (bytes[..kem].to_vec(), bytes[kem..].to_vec())
    };
    let (ours, theirs) = (parts(&epoch), parts(&all.get("open-box", "History")));
    all.but_one(&epoch, "another box's ML-KEM ciphertext", "sealed", hex(&[theirs.0, ours.1].concat()));
    all.but_one(&epoch, "another box's Noise message", "sealed", hex(&[ours.0, theirs.1].concat()));
}

fn handed_keys(all: &mut Breaker<'_>) {
    let epoch = all.get("open-epoch", "an epoch for three devices");
    let of = |number| json!(key(3).commitment(GROUP, number));
    all.but_one(&epoch, "commitment to another key", "commitment", json!(key(4).commitment(GROUP, 3)));
    all.but_one(&epoch, "commitment of another number", "commitment", of(2));
    let elsewhere = json!(key(3).commitment(GroupId([9; 16]), 3));
    all.but_one(&epoch, "commitment in another group", "commitment", elsewhere);
    let history = all.get("open-box", "History");
    let other = |name: &str| history[name].clone();
    let whole = ["context", "context_hex", "prologue_hex", "sealed"].map(|name| (name.to_owned(), other(name)));
    all.but(&epoch, "a box of history", whole);
    for format in ["open-history", "open-prepared"] {
        let keys = all.get(format, "three keys");
        let right = commitments(4, 6);
        for (what, commitments) in [
            ("first two in the other order", vec![right[1], right[0], right[2]]),
            ("one less", right[..2].to_vec()),
            ("one more", commitments(4, 7)),
            ("of other epochs", commitments(5, 7)),
            ("none", Vec::new()),
        ] {
            all.but_one(&keys, &format!("commitments: {what}"), "commitments", json!(commitments));
        }
        all.but_one(&keys, "another device's keys", "recipient", crate::keys::other().recipient());
    }
    let prepared = all.get("open-prepared", "three keys");
    all.but_one(&prepared, "another release key", "release", hex(&[0xc3; 32]));
    let last = unhex(prepared["sealed"].as_str().unwrap()).len() - 1;
    all.damage(&prepared, &[("the payload", last - 16), ("the tag", last)]);
}

/// Any plaintext under a key that seals nothing else.
pub(crate) fn sealed(key: &[u8; 32], context: &[u8], plaintext: &[u8]) -> Vec<u8> {
    let mut bytes = plaintext.to_vec();
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).unwrap());
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key([0; 12]), Aad::from(context), &mut bytes).unwrap();
    bytes
}

fn labels(all: &mut Breaker<'_>) {
    let label = all.get("open-label", "a label");
    let of = |label: &SealedLabel| hex(key(1).seal_label(GROUP, 1, label).unwrap().as_slice());
    let salted = SealedLabel { salt: Hash32([0x64; 32]), ..plain_label() };
    all.but_one(&label, "renamed", "sealed", of(&group_label("見本 次郎さん 在宅チーム", None)));
    all.but_one(&label, "another salt", "sealed", of(&salted));
    all.but_one(&label, "another commitment", "named", json!(salted.commitment()));
    all.but_one(&label, "another group", "group", json!(GroupId([9; 16])));
    all.but_one(&label, "another epoch", "number", 2);
    all.but_one(&label, "another key", "key", shown(&key(2)));
    let last = unhex(label["sealed"].as_str().unwrap()).len() - 1;
    all.damage(&label, &[("the payload", 0), ("the tag", last)]);
    let derived = key::derive(&codec::encode(&key(1)), &1u32.to_le_bytes(), Domain("renkei/v1/label-key"), &GROUP.0);
    let encoded = codec::encode(&plain_label());
    for (what, plaintext) in wrongly_padded(&encoded) {
        all.but_one(&label, what, "sealed", hex(&sealed(&derived, &GROUP.0, &plaintext)));
    }
}

/// A right content in wrong padding, and a wrong content in the right one.
pub(crate) fn wrongly_padded(content: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let zeros = [content, &[0; 64]].concat();
    vec![
        ("no mark before the padding", [content, &[1, 0, 0]].concat()),
        ("no padding", content.to_vec()),
        ("nothing but zeros", vec![0; 64]),
        ("no plaintext", Vec::new()),
        ("zeros behind the content, and then the padding", padded(zeros)),
        ("cut content in its padding", padded(content[..content.len() - 1].to_vec())),
    ]
}

fn messages(all: &mut Breaker<'_>) {
    let vector = all.get("open-message", "two lines");
    let right = statement(unhex(vector["statement"].as_str().unwrap()));
    let mut change = |what: &str, alter: &dyn Fn(&mut Statement)| {
        let mut it = right.clone();
        alter(&mut it);
        all.but_one(&vector, what, "statement", hex(&codec::encode(&it)));
    };
    let by = |user, device| Actor::Device { user: UserId([user; 16]), device: DeviceId([device; 16]) };
    change("other rules", &|it| it.rules = 2);
    change("another association", &|it| it.association = AssociationId([9; 16]));
    change("another group", &|it| it.log = LogId::Group(GroupId([9; 16])));
    change("another id", &|it| it.id = StatementId([9; 16]));
    change("another counter", &|it| it.counter += 1);
    change("another person", &|it| it.actor = by(9, 0x21));
    change("another device", &|it| it.actor = by(0x11, 9));
    change("by the root", &|it| it.actor = Actor::Root);
    change("another role", &|it| it.role = Role::GroupManager);
    change("for a facility", &|it| {
        it.acting_for = Some(ActingFor { facility: FacilityId([9; 16]), delegation: DelegationId([9; 16]) });
    });
    change("another size of the registry seen", &|it| it.seen.registry.size += 1);
    change("another registry seen", &|it| it.seen.registry.hash = Hash32([9; 32]));
    change("another size of the group seen", &|it| it.seen.group.size += 1);
    change("another group seen", &|it| it.seen.group.hash = Hash32([9; 32]));
    change("another time", &|it| it.claimed_at = Time(1));
    change("no message", &|it| it.act = Act::Group(GroupAct::Close));
    let in_message = |it: &mut Statement, alter: &dyn Fn(&mut Message)| {
        if let Act::Message(message) = &mut it.act {
            alter(message);
        }
    };
    change("another epoch", &|it| in_message(it, &|message| message.epoch = 2));
    change("another salt", &|it| in_message(it, &|message| message.salt = Hash32([9; 32])));
    change("a flag", &|it| in_message(it, &|message| message.flags = 1));
    let ciphertext = |alter: &dyn Fn(&mut Vec<u8>)| {
        let mut it = right.clone();
        in_message(&mut it, &|message| {
            let mut bytes = message.ciphertext.as_slice().to_vec();
            alter(&mut bytes);
            message.ciphertext = Blob::new(bytes).unwrap();
        });
        hex(&codec::encode(&it))
    };
    let derived = key::derive(&codec::encode(&key(3)), &[0xd5; 32], Domain("renkei/v1/message-key"), &[0x21; 16]);
    let data = message_statement().associated_data();
    let content = codec::encode(&Content::Text("了解".to_owned()));
    let mut damaged = vec![
        ("flipped bit in the text", ciphertext(&|bytes| bytes[0] ^= 1)),
        ("flipped bit in the padding", ciphertext(&|bytes| bytes[60] ^= 1)),
        ("flipped bit in the tag", ciphertext(&|bytes| *bytes.last_mut().unwrap() ^= 1)),
        ("cut", ciphertext(&|bytes| bytes.truncate(bytes.len() - 1))),
        ("nothing but a tag", ciphertext(&|bytes| drop(bytes.drain(..bytes.len() - 16)))),
        ("one byte more", ciphertext(&|bytes| bytes.push(0))),
        ("nothing at all", ciphertext(&Vec::clear)),
    ];
    for (what, plaintext) in wrongly_padded(&content) {
        damaged.push((what, ciphertext(&|bytes| *bytes = sealed(&derived, &data, &plaintext))));
    }
    let unknown = padded([&[1][..], &content[1..]].concat());
    damaged.push(("an unknown kind of content", ciphertext(&|bytes| *bytes = sealed(&derived, &data, &unknown))));
    let long = padded(codec::encode(&Content::Text("a".repeat(bounds::MESSAGE_TEXT + 1))));
    damaged.push(("a text over its bound", ciphertext(&|bytes| *bytes = sealed(&derived, &data, &long))));
    for (what, statement) in damaged {
        all.but_one(&vector, what, "statement", statement);
    }
    all.but_one(&vector, "another key", "key", shown(&key(4)));
}

fn amendments(all: &mut Breaker<'_>) {
    let vector = all.get("open-amendment", "two lines");
    let right = statement(unhex(vector["statement"].as_str().unwrap()));
    let Act::Amend(Amendment { words: Some(words), .. }) = right.act.clone() else { panic!("a correction") };
    let mut change = |what: &str, act: Act| {
        let it = Statement { act, ..right.clone() };
        all.but_one(&vector, what, "statement", hex(&codec::encode(&it)));
    };
    let amendment = |words| Amendment { original: 69_998, epoch: 3, flags: 0, words };
    let same = || Some(words.clone());
    change("another message", Act::Amend(Amendment { original: 69_997, ..amendment(same()) }));
    change("another epoch", Act::Amend(Amendment { epoch: 2, ..amendment(same()) }));
    change("a flag", Act::Amend(Amendment { flags: 1, ..amendment(same()) }));
    change("another salt", Act::Amend(amendment(Some(Words { salt: Hash32([9; 32]), ..words.clone() }))));
    change("taken back", Act::Amend(amendment(None)));
    let (salt, ciphertext) = (words.salt, words.ciphertext.clone());
    change("as a message", Act::Message(Message { epoch: 3, salt, flags: 0, ciphertext }));
    let message = all.get("open-message", "two lines");
    let Act::Message(said) = statement(unhex(message["statement"].as_str().unwrap())).act else { panic!("a message") };
    let moved = Words { salt: said.salt, ciphertext: said.ciphertext };
    let it = Statement { act: Act::Amend(amendment(Some(moved))), ..right.clone() };
    all.but_one(&vector, "a message's words", "statement", hex(&codec::encode(&it)));
    // The right words under the right associated data, but under the key that a message of this salt would have.
    let derived = key::derive(&codec::encode(&key(3)), &salt.0, Domain("renkei/v1/message-key"), &[0x21; 16]);
    let plaintext = padded(codec::encode(&Content::Text("了解".to_owned())));
    let ciphertext = Blob::new(sealed(&derived, &amendment_statement().associated_data(), &plaintext)).unwrap();
    let it = Statement { act: Act::Amend(amendment(Some(Words { salt, ciphertext }))), ..right.clone() };
    all.but_one(&vector, "under a message's key", "statement", hex(&codec::encode(&it)));
    all.but_one(&vector, "another key", "key", shown(&key(4)));
}

fn vaults(all: &mut Breaker<'_>) {
    let vault = all.get("open-vault", "a part");
    let (secret, share) = (vault["device_secret"].clone(), vault["share"].clone());
    all.but_one(&vault, "another device secret", "device_secret", hex(&[9; 32]));
    all.but_one(&vault, "another share", "share", hex(&[9; 32]));
    let swapped = [("device_secret".to_owned(), share), ("share".to_owned(), secret)];
    all.but(&vault, "halves that changed places", swapped);
    all.but_one(&vault, "another device", "device", json!(DeviceId([9; 16])));
    all.but_one(&vault, "another part", "part", "contents");
    let last = unhex(vault["sealed"].as_str().unwrap()).len() - 1;
    all.damage(&vault, &[("the version", 0), ("the salt", 1), ("the payload", 33), ("the tag", last)]);
}

/// Every refused vector.
pub(crate) fn all(accepted: &[Value]) -> Vec<Value> {
    let mut all = Breaker { accepted, refused: Vec::new() };
    boxes(&mut all);
    handed_keys(&mut all);
    labels(&mut all);
    messages(&mut all);
    vaults(&mut all);
    amendments(&mut all);
    crate::cards::refused(&mut all);
    crate::refused_files::refused(&mut all);
    all.refused
}
