//! What opens.

use renkei_proto::act::{Act, Amendment, Epoch, Message, ReleaseKey, SealedLabel, Words};
use renkei_proto::bounds;
use renkei_proto::bytes::Blob;
use renkei_proto::codec;
use renkei_proto::frame::{Secret32, boxes_root, find_box};
use renkei_proto::hash::Hash32;
use renkei_proto::id::{AssociationId, DeviceId, GroupId, InvitationId, StatementId, UserId};
use renkei_proto::statement::{Actor, Head, LogId, Role, Seen, Statement};
use renkei_proto::text::Line;
use renkei_proto::time::Time;
use renkei_sealing::boxes::{self, Context, Purpose};
use renkei_sealing::epoch::{self, EpochKey, Recipient};
use renkei_sealing::message::{self, Content};
use renkei_sealing::vault::VaultKey;
use renkei_sealing::{amendment, label};
use serde_json::{Value, json};

use crate::files::{blessing, stored};
use crate::keys::{Device, hex, other, recipient, sender};
use crate::open::{self, Fields, epoch_key, fields, padded, prologue, shown};

pub(crate) const GROUP: GroupId = GroupId([0x41; 16]);
pub(crate) const INVITATION: InvitationId = InvitationId([0xc1; 16]);
pub(crate) const RELEASE: ReleaseKey = ReleaseKey([0xc2; 32]);

/// The key of epoch `number`.
pub(crate) fn key(number: u8) -> EpochKey {
    epoch_key(&[0xe0 + number; 32])
}

pub(crate) fn commitments(first: u8, last: u8) -> Vec<Hash32> {
    (first..=last).map(|number| key(number).commitment(GROUP, number.into())).collect()
}

pub(crate) fn group_label(text: &str, release: Option<ReleaseKey>) -> SealedLabel {
    SealedLabel { salt: Hash32([0x63; 32]), label: Line::new(text).unwrap(), release }
}

pub(crate) fn plain_label() -> SealedLabel {
    group_label("見本 花子さん 在宅チーム", None)
}

pub(crate) fn context(purpose: Purpose) -> Context {
    Context {
        suite: renkei_proto::SUITE,
        association: AssociationId([0xa1; 16]),
        group: GROUP,
        purpose,
        sender: sender().id,
        recipient: recipient().id,
    }
}

pub(crate) fn epoch_purpose() -> Purpose {
    Purpose::Epoch { number: 3, roster: Hash32([0xd3; 32]), prior: Head { size: 70_000, hash: Hash32([0x91; 32]) } }
}

/// A context with its bytes, as a vector names it.
pub(crate) fn bound_to(context: &Context) -> Fields {
    fields(json!({
        "context": context,
        "context_hex": hex(&codec::encode(context)),
        "prologue_hex": hex(&prologue(context)),
    }))
}

fn merged(parts: impl IntoIterator<Item = Fields>) -> Fields {
    parts.into_iter().flatten().collect()
}

/// Makes vectors, or takes those that were made already.
#[derive(Default)]
pub(crate) struct Maker {
    made: Vec<Value>,
}

impl Maker {
    /// A vector of which `fixed` goes in and `expected` comes out. What chance has a part in is kept where it still
    /// opens to the same, and made by `make` otherwise.
    pub(crate) fn add(
        &mut self,
        format: &str,
        name: &str,
        fixed: Value,
        expected: Value,
        make: impl FnOnce() -> Fields,
    ) {
        let (fixed, expected) = (fields(fixed), fields(expected));
        let named = fields(json!({ "format": format, "name": name }));
        let certain = merged([named, fixed, expected.clone()]);
        let holds = |vector: &Value| {
            certain.iter().all(|(name, value)| vector.get(name) == Some(value))
                && open::open(format, vector).as_ref() == Ok(&expected)
        };
        let file = stored(format).unwrap_or_default();
        let mut before = file["vectors"].as_array().into_iter().flatten();
        let kept = before.find(|vector| vector["name"] == name).filter(|vector| holds(vector)).cloned();
        let vector = kept.unwrap_or_else(|| {
            let made = make();
            assert!(blessing() || made.is_empty(), "{format}, “{name}”: does not open, or is in no file");
            let vector = Value::Object(merged([certain.clone(), made]));
            assert!(holds(&vector), "{format}, “{name}”: {:?}", open::open(format, &vector));
            vector
        });
        self.made.push(vector);
    }

    fn add_box(&mut self, format: &str, name: &str, context: &Context, payload: &[u8], with: Value, out: Value) {
        let opener = fields(json!({ "recipient": recipient().recipient() }));
        let fixed = Value::Object(merged([bound_to(context), opener, fields(with)]));
        self.add(format, name, fixed, out, || {
            let sealed = boxes::seal(context, payload, &sender().secret(), &recipient().public()).unwrap();
            fields(json!({ "sealed": hex(sealed.as_slice()) }))
        });
    }
}

fn boxes_of_every_purpose(maker: &mut Maker) {
    let label = plain_label();
    let releasing = group_label(label.label.as_str(), Some(RELEASE));
    let (first, last) = (1, 2);
    let keys = [key(1), key(2)];
    let history = epoch::history_payload(&keys).unwrap();
    let prepared = epoch::prepared_payload(&keys, INVITATION, &RELEASE).unwrap();
    let invited = Purpose::InvitationLabel { invitation: INVITATION };
    let longest = vec![0x5a; bounds::BOX_PAYLOAD];
    for (name, purpose, payload) in [
        ("Epoch", epoch_purpose(), &codec::encode(&key(3))[..]),
        ("History", Purpose::History { first, last }, &history),
        ("GoverningLabel", Purpose::GoverningLabel, &label::payload(&label)),
        ("InvitationLabel", invited, &label::payload(&label)),
        ("InvitationLabel with a release key", invited, &label::payload(&releasing)),
        ("ConsentDetails", Purpose::ConsentDetails, "見本 太郎（長男）".as_bytes()),
        ("Prepared", Purpose::Prepared { invitation: INVITATION, first, last }, &prepared),
        ("UseDetails", Purpose::UseDetails, "医局の書庫".as_bytes()),
        ("HandedOn", Purpose::HandedOn { of: 69_998 }, "見本 太郎".as_bytes()),
        ("ScanKey", Purpose::ScanKey { of: 69_997 }, &[0xee; 32]),
        ("an empty payload", Purpose::ConsentDetails, &[]),
        ("the longest payload", Purpose::ConsentDetails, &longest),
    ] {
        maker.add_box("open-box", name, &context(purpose), payload, json!({}), json!({ "payload": hex(payload) }));
    }
}

/// A box of an epoch beside the signed epoch, with the proof that it is one of its boxes.
fn epochs(maker: &mut Maker) {
    let context = context(epoch_purpose());
    let Purpose::Epoch { number, roster, .. } = context.purpose else { panic!("an epoch") };
    let (key, label) = (key(3), plain_label());
    let commitment = key.commitment(GROUP, number);
    let expected = json!({ "key": shown(&key) });
    let with = json!({
        "recipient": recipient().recipient(),
        "commitment": commitment,
        "named": label.commitment(),
    });
    let fixed = Value::Object(merged([bound_to(&context), fields(with)]));
    maker.add("open-epoch", "an epoch for three devices", fixed, expected, || {
        let publics: Vec<(Device, _)> =
            [sender(), recipient(), other()].map(|device| (device.clone(), device.public())).into();
        let to: Vec<Recipient<'_>> =
            publics.iter().map(|(device, keys)| Recipient { device: device.id, keys }).collect();
        let all = epoch::seal_to_all(&context, epoch::epoch_payload(&key), &sender().secret(), &to).unwrap();
        let (index, sealed, proof) = find_box(&all, recipient().id).unwrap();
        let label = key.seal_label(GROUP, number, &label).unwrap();
        let boxes = boxes_root(&all).unwrap();
        let act = Act::Epoch(Epoch { number, roster, commitment, boxes, label });
        fields(json!({
            "epoch": hex(&codec::encode(&act)),
            "index": index,
            "proof": proof,
            "sealed": hex(sealed.sealed.as_slice()),
        }))
    });
}

fn histories(maker: &mut Maker) {
    for (name, first, last) in [("one key", 2, 2), ("three keys", 4, 6)] {
        let keys: Vec<EpochKey> = (first..=last).map(key).collect();
        let context = context(Purpose::History { first: first.into(), last: last.into() });
        let payload = epoch::history_payload(&keys).unwrap();
        let with = json!({ "commitments": commitments(first, last) });
        let out = json!({ "keys": keys.iter().map(shown).collect::<Vec<_>>() });
        maker.add_box("open-history", name, &context, &payload, with, out.clone());
        let (invitation, of) = (INVITATION, (first.into(), last.into()));
        let context = self::context(Purpose::Prepared { invitation, first: of.0, last: of.1 });
        let payload = epoch::prepared_payload(&keys, INVITATION, &RELEASE).unwrap();
        let with = json!({ "commitments": commitments(first, last), "release": RELEASE });
        maker.add_box("open-prepared", name, &context, &payload, with, out);
    }
}

fn labels(maker: &mut Maker) {
    let longest = group_label(&("見".repeat(85) + "x"), None);
    for (name, number, label) in [("a label", 1, plain_label()), ("the longest", 300, longest)] {
        let key = key(1);
        let sealed = key.seal_label(GROUP, number, &label).unwrap();
        let fixed = json!({
            "group": GROUP,
            "number": number,
            "key": shown(&key),
            "named": label.commitment(),
            "sealed": hex(sealed.as_slice()),
        });
        let payload = padded(codec::encode(&label));
        assert_eq!(payload, *label::payload(&label));
        maker.add("open-label", name, fixed, json!({ "label": label, "payload": hex(&payload) }), Fields::new);
    }
}

/// A message's statement, its ciphertext empty.
pub(crate) fn message_statement() -> Statement {
    Statement {
        version: renkei_proto::VERSION,
        suite: renkei_proto::SUITE,
        rules: renkei_proto::RULES,
        association: AssociationId([0xa1; 16]),
        log: LogId::Group(GROUP),
        id: StatementId([0xa2; 16]),
        counter: 300,
        actor: Actor::Device { user: UserId([0x11; 16]), device: sender().id },
        role: Role::User,
        acting_for: None,
        seen: Seen {
            registry: Head { size: 12, hash: Hash32([0x91; 32]) },
            group: Head { size: 70_000, hash: Hash32([0x92; 32]) },
        },
        claimed_at: Time(1_795_305_600),
        act: Act::Message(Message { epoch: 3, salt: Hash32([0xd5; 32]), flags: 0, ciphertext: Blob::default() }),
    }
}

fn messages(maker: &mut Maker) {
    let longest = "a".repeat(bounds::MESSAGE_TEXT);
    for (name, text) in [
        ("two lines", "血圧 128/76\n体重 46.2kg"),
        ("a short answer", "了解しました"),
        ("nothing", ""),
        ("61 bytes, which just fit one block", &"a".repeat(61)),
        ("62 bytes, which need another block", &"a".repeat(62)),
        ("the longest", &longest),
    ] {
        let mut statement = message_statement();
        message::seal(&mut statement, &Content::Text(text.to_owned()), &key(3)).unwrap();
        let fixed = json!({ "key": shown(&key(3)), "statement": hex(&codec::encode(&statement)) });
        let payload = padded(codec::encode(&Content::Text(text.to_owned())));
        let data = hex(&statement.associated_data());
        let out = json!({ "associated_data": data, "payload": hex(&payload), "text": text });
        maker.add("open-message", name, fixed, out, Fields::new);
    }
}

/// A correction's statement, its ciphertext empty.
pub(crate) fn amendment_statement() -> Statement {
    let words = Words { salt: Hash32([0xd9; 32]), ciphertext: Blob::default() };
    let act = Act::Amend(Amendment { original: 69_998, epoch: 3, flags: 0, words: Some(words) });
    Statement { act, ..message_statement() }
}

fn amendments(maker: &mut Maker) {
    for (name, text) in [("two lines", "血圧 128/76（訂正）\n体重 46.2kg"), ("a short answer", "了解しました")]
    {
        let mut statement = amendment_statement();
        amendment::seal(&mut statement, &Content::Text(text.to_owned()), &key(3)).unwrap();
        let fixed = json!({ "key": shown(&key(3)), "statement": hex(&codec::encode(&statement)) });
        let payload = padded(codec::encode(&Content::Text(text.to_owned())));
        let data = hex(&statement.associated_data());
        let out = json!({ "associated_data": data, "payload": hex(&payload), "text": text });
        maker.add("open-amendment", name, fixed, out, Fields::new);
    }
}

fn vaults(maker: &mut Maker) {
    let (secret, share, device) = (Secret32::new([0xf1; 32]), Secret32::new([0xf2; 32]), DeviceId([0x22; 16]));
    for (part, plaintext) in [("keys", &b"what a device keeps"[..]), ("contents", &[])] {
        let fixed = json!({
            "device_secret": hex(secret.0.as_slice()),
            "share": hex(share.0.as_slice()),
            "device": device,
            "part": part,
        });
        let name = if plaintext.is_empty() { "an empty part" } else { "a part" };
        maker.add("open-vault", name, fixed, json!({ "payload": hex(plaintext) }), || {
            let key = VaultKey::derive(&secret, &share, device);
            let sealed = key.seal(part, plaintext, &mut rand_core::OsRng).unwrap();
            fields(json!({ "sealed": hex(&sealed) }))
        });
    }
}

/// Every accepted vector.
pub(crate) fn all() -> Vec<Value> {
    let mut maker = Maker::default();
    boxes_of_every_purpose(&mut maker);
    epochs(&mut maker);
    histories(&mut maker);
    labels(&mut maker);
    messages(&mut maker);
    vaults(&mut maker);
    amendments(&mut maker);
    crate::cards::accepted(&mut maker);
    crate::of_files::accepted(&mut maker);
    maker.made
}
