//! A reader that knows nothing but what a vector holds.

use renkei_proto::act::{Act, Epoch, ReleaseKey};
use renkei_proto::bytes::Blob;
use renkei_proto::card::CardContent;
use renkei_proto::codec;
use renkei_proto::frame::{SealedBox, Secret32, box_is_under};
use renkei_proto::hash::Hash32;
use renkei_proto::id::{DeviceId, GroupId};
use renkei_proto::key::Signature;
use renkei_proto::merkle::Proof;
use renkei_proto::statement::{Claim, Signed, Statement};
use renkei_sealing::boxes::{self, Context};
use renkei_sealing::card::{self, RevisionKey};
use renkei_sealing::device::SealingSecret;
use renkei_sealing::epoch::{self, EpochKey};
use renkei_sealing::message::{self, Content};
use renkei_sealing::vault::VaultKey;
use renkei_sealing::{SealError, amendment, label};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::keys::{self, hex, unhex};

/// Names and values.
pub(crate) type Fields = Map<String, Value>;

/// The fields of an object.
pub(crate) fn fields(value: Value) -> Fields {
    let Value::Object(fields) = value else { panic!("not an object") };
    fields
}

pub(crate) fn bytes(vector: &Value, name: &str) -> Vec<u8> {
    unhex(vector[name].as_str().unwrap_or_else(|| panic!("no “{name}” in {}", vector["name"])))
}

fn array<const N: usize>(vector: &Value, name: &str) -> [u8; N] {
    bytes(vector, name).try_into().unwrap()
}

pub(crate) fn value<T: DeserializeOwned>(vector: &Value, name: &str) -> T {
    T::deserialize(&vector[name]).unwrap_or_else(|error| panic!("“{name}” of {}: {error}", vector["name"]))
}

/// An epoch's key of these bytes.
pub(crate) fn epoch_key(bytes: &[u8]) -> EpochKey {
    codec::decode(bytes).unwrap()
}

/// The bytes of an epoch's key, in hexadecimal.
pub(crate) fn shown(key: &EpochKey) -> String {
    hex(&codec::encode(key))
}

/// What a box is bound to, as the boxes themselves have it.
pub(crate) fn prologue(context: &Context) -> Vec<u8> {
    [b"renkei/v1/box\0", &codec::encode(context)[..]].concat()
}

/// A statement of these bytes, whose signature is somebody else's concern.
pub(crate) fn statement(bytes: Vec<u8>) -> Statement {
    let signed = Signed { bytes: Blob::new(bytes).unwrap(), signature: Signature([0; 64]) };
    Claim::parse(signed).unwrap().unverified().clone()
}

/// ISO/IEC 7816-4, to a multiple of 64 bytes.
pub(crate) fn padded(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.push(0x80);
    bytes.resize(bytes.len().next_multiple_of(64), 0);
    bytes
}

/// What comes out of a vector of `format`, or the name of the error.
pub(crate) fn open(format: &str, vector: &Value) -> Result<Fields, String> {
    let opened = match format {
        "open-box" => open_box(vector),
        "open-epoch" => open_epoch(vector),
        "open-history" | "open-prepared" => open_keys(format, vector),
        "open-label" => open_label(vector),
        "open-message" => open_written(vector, message::open),
        "open-vault" => open_vault(vector),
        "open-amendment" => open_written(vector, amendment::open),
        "open-card" => open_card(vector),
        "open-post" => crate::of_files::open_post(vector),
        "open-file" => crate::of_files::open_file(vector),
        _ => panic!("{format}: nobody's format"),
    };
    opened.map(fields).map_err(|error| format!("{error:?}"))
}

fn boxed(vector: &Value) -> (Context, Vec<u8>, SealingSecret) {
    let context: Context = value(vector, "context");
    assert_eq!(hex(&codec::encode(&context)), vector["context_hex"], "{}", vector["name"]);
    assert_eq!(hex(&prologue(&context)), vector["prologue_hex"], "{}", vector["name"]);
    let recipient = &vector["recipient"];
    let secret = keys::secret(array(recipient, "x25519_secret"), array(recipient, "mlkem768_seed"));
    (context, bytes(vector, "sealed"), secret)
}

fn open_box(vector: &Value) -> Result<Value, SealError> {
    let (context, sealed, secret) = boxed(vector);
    Ok(json!({ "payload": hex(&boxes::open(&context, &sealed, &secret)?) }))
}

fn open_epoch(vector: &Value) -> Result<Value, SealError> {
    let (context, sealed, secret) = boxed(vector);
    if vector.get("epoch").is_some() {
        let Ok(Act::Epoch(Epoch { number, commitment, boxes, label, .. })) = codec::decode(&bytes(vector, "epoch"))
        else {
            panic!("no epoch in {}", vector["name"]);
        };
        assert_eq!(commitment, value(vector, "commitment"));
        let leaf = SealedBox { device: context.recipient, sealed: Blob::new(sealed.clone()).unwrap() };
        let proof: Proof = value(vector, "proof");
        assert!(box_is_under(boxes, value(vector, "index"), &leaf, &proof), "{}", vector["name"]);
        let key = epoch::open_epoch(&context, &sealed, commitment, &secret)?;
        key.open_label(context.group, number, label.as_slice(), value(vector, "named"))?;
    }
    let key = epoch::open_epoch(&context, &sealed, value(vector, "commitment"), &secret)?;
    Ok(json!({ "key": shown(&key) }))
}

fn open_keys(format: &str, vector: &Value) -> Result<Value, SealError> {
    let (context, sealed, secret) = boxed(vector);
    let commitments: Vec<Hash32> = value(vector, "commitments");
    let keys = if format == "open-prepared" {
        let release: ReleaseKey = value(vector, "release");
        epoch::open_prepared(&context, &sealed, &release, &commitments, &secret)?
    } else {
        epoch::open_history(&context, &sealed, &commitments, &secret)?
    };
    Ok(json!({ "keys": keys.iter().map(shown).collect::<Vec<_>>() }))
}

fn open_label(vector: &Value) -> Result<Value, SealError> {
    let (group, number): (GroupId, u32) = (value(vector, "group"), value(vector, "number"));
    let key = epoch_key(&bytes(vector, "key"));
    let opened = key.open_label(group, number, &bytes(vector, "sealed"), value(vector, "named"))?;
    Ok(json!({ "label": opened, "payload": hex(&label::payload(&opened)) }))
}

type Open = fn(&Statement, &EpochKey) -> Result<Content, SealError>;

fn open_written(vector: &Value, open: Open) -> Result<Value, SealError> {
    let statement = statement(bytes(vector, "statement"));
    let content = open(&statement, &epoch_key(&bytes(vector, "key")))?;
    let payload = padded(codec::encode(&content));
    let Content::Text(text) = content;
    Ok(json!({ "associated_data": hex(&statement.associated_data()), "payload": hex(&payload), "text": text }))
}

/// A card, by its epoch's key, or by its own key as it was handed on under a later one.
fn open_card(vector: &Value) -> Result<Value, SealError> {
    let statement_of = |name| statement(bytes(vector, name));
    let (statement, key) = (statement_of("statement"), epoch_key(&bytes(vector, "key")));
    let key = if vector.get("handed").is_some() {
        RevisionKey::handed_on(&statement, &statement_of("handed"), &key)?
    } else {
        RevisionKey::of(&statement, &key)?
    };
    let card = card::open(&statement, &key)?;
    let payload = padded(codec::encode(&CardContent::Patient(card.clone())));
    Ok(json!({ "associated_data": hex(&statement.associated_data()), "payload": hex(&payload), "card": card }))
}

fn open_vault(vector: &Value) -> Result<Value, SealError> {
    let device: DeviceId = value(vector, "device");
    let half = |name| Secret32::new(array(vector, name));
    let key = VaultKey::derive(&half("device_secret"), &half("share"), device);
    let part = vector["part"].as_str().unwrap();
    Ok(json!({ "payload": hex(&key.open(part, &bytes(vector, "sealed"))?) }))
}
