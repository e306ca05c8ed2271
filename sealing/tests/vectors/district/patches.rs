//! One wrong thing at a time, as a change of the accepted export.

use renkei_proto::act::{Act, RegistryAct};
use renkei_proto::bytes::{Blob, List};
use renkei_proto::codec;
use renkei_proto::entry::{Entry, EntryKind};
use renkei_proto::hash::{Domain, Hash32};
use renkei_proto::heads::{Heads, SignedHeads};
use renkei_proto::id::{DeviceId, StatementId, UserId};
use renkei_proto::key::SigningSecret;
use renkei_proto::statement::{Actor, Claim, LogId, Signed, Statement};
use renkei_proto::time::Time;
use serde_json::{Value, json};

use super::story::{GROUP, NURSE, key_of, root, server};
use crate::keys::{hex, unhex};

/// The list that a patch names.
fn list<'e>(export: &'e mut Value, name: &str) -> &'e mut Vec<Value> {
    let list = match name {
        "heads" | "registry" => &mut export[name],
        group => {
            let mut groups = export["groups"].as_array_mut().unwrap().iter_mut();
            &mut groups.find(|one| one["group"] == group).unwrap()["entries"]
        }
    };
    list.as_array_mut().unwrap()
}

/// `export` with this patch.
pub(crate) fn patched(export: &Value, patch: &Value) -> Value {
    let mut export = export.clone();
    let at = |of: &Value, name: &str| usize::try_from(of[name].as_u64().unwrap()).unwrap();
    let (kind, of) = patch.as_object().unwrap().iter().next().unwrap();
    let name = of["list"].as_str().unwrap_or_default();
    match kind.as_str() {
        "replace" => list(&mut export, name)[at(of, "at")] = of["with"].clone(),
        "remove" => drop(list(&mut export, name).remove(at(of, "at"))),
        "swap" => list(&mut export, name).swap(at(of, "at"), at(of, "and")),
        "root" => export["root"] = of.clone(),
        _ => panic!("{kind}: no such patch"),
    }
    export
}

struct Patches {
    export: Value,
    made: Vec<Value>,
}

impl Patches {
    fn add(&mut self, name: &str, patch: &Value, error: &str, (log, seq): (&str, usize)) {
        self.made.push(json!({ "name": name, "patch": patch, "error": error, "log": log, "seq": seq }));
    }

    fn text(&mut self, log: &str, at: usize) -> String {
        list(&mut self.export, log)[at].as_str().unwrap().to_owned()
    }

    fn entry(&mut self, log: &str, at: usize) -> Entry {
        Entry::decode(&unhex(&self.text(log, at))).unwrap()
    }

    /// Another text in the place of one, found at `seq`.
    fn put(&mut self, name: &str, log: &str, at: usize, with: &str, error: &str, seq: usize) {
        let patch = json!({ "replace": { "list": log, "at": at, "with": with } });
        self.add(name, &patch, error, (log, seq));
    }

    /// An entry changed in its header or body, found at `seq`.
    fn change(&mut self, name: &str, log: &str, at: usize, alter: impl FnOnce(&mut Entry), error: &str, seq: usize) {
        let mut entry = self.entry(log, at);
        alter(&mut entry);
        self.put(name, log, at, &hex(&codec::encode(&entry)), error, seq);
    }

    /// An entry with another statement under a header that fits it, found right there.
    fn resign(
        &mut self,
        name: &str,
        log: &str,
        at: usize,
        key: &SigningSecret,
        alter: impl FnOnce(&mut Statement),
        error: &str,
    ) {
        let with = |entry: &mut Entry| {
            let mut statement = statement(entry);
            alter(&mut statement);
            let signed = statement.sign(key).unwrap();
            let header = &mut entry.header;
            header.body = signed.hash();
            header.id = statement.id;
            header.author = statement.actor.device();
            entry.body = Some(signed);
        };
        self.change(name, log, at, with, error, at);
    }
}

fn statement(entry: &Entry) -> Statement {
    Claim::parse(entry.body.clone().unwrap()).unwrap().unverified().clone()
}

fn body(entry: &mut Entry) -> &mut Signed {
    entry.body.as_mut().unwrap()
}

/// The header names the body that is there.
fn fit(entry: &mut Entry) {
    entry.header.body = body(entry).hash();
}

fn chains(all: &mut Patches, group: &str) {
    all.add(
        "registry: an entry removed",
        &json!({ "remove": { "list": "registry", "at": 7 } }),
        "WrongSequence",
        ("registry", 7),
    );
    all.add(
        "registry: the founding removed",
        &json!({ "remove": { "list": "registry", "at": 0 } }),
        "WrongSequence",
        ("registry", 0),
    );
    all.add(
        "group: a message removed",
        &json!({ "remove": { "list": group, "at": 11 } }),
        "WrongSequence",
        (group, 11),
    );
    all.add(
        "registry: two entries swapped",
        &json!({ "swap": { "list": "registry", "at": 4, "and": 5 } }),
        "WrongSequence",
        ("registry", 4),
    );
    all.add(
        "group: two messages swapped",
        &json!({ "swap": { "list": group, "at": 11, "and": 12 } }),
        "WrongSequence",
        (group, 11),
    );
    let of_registry = all.text("registry", 11);
    let of_group = all.text(group, 9);
    all.put("group: an entry of the registry", group, 11, &of_registry, "WrongLog", 11);
    all.put("registry: an entry of the group", "registry", 9, &of_group, "WrongLog", 9);
    all.change(
        "group: another group named",
        group,
        3,
        |it| it.header.log = LogId::Group(renkei_proto::id::GroupId([9; 16])),
        "WrongLog",
        3,
    );
    all.change("registry: a number left out", "registry", 6, |it| it.header.seq = 7, "WrongSequence", 6);
    all.change("registry: another link", "registry", 6, |it| it.header.prev = Hash32([9; 32]), "WrongLink", 6);
    all.change("group: another link", group, 1, |it| it.header.prev = Hash32::default(), "WrongLink", 1);
    all.change(
        "registry: the founding follows something",
        "registry",
        0,
        |it| it.header.prev = Hash32([9; 32]),
        "WrongLink",
        0,
    );
}

/// One field of a header, or the body under it.
fn headers(all: &mut Patches, group: &str) {
    for (log, at) in [("registry", 8), (group, 5)] {
        let name = |what: &str| format!("{}: {what}", if log == "registry" { log } else { "group" });
        all.change(
            &name("a later time, which the next link shows"),
            log,
            at,
            |it| it.header.time = it.header.time.plus(1),
            "WrongLink",
            at + 1,
        );
        all.change(&name("a time before the entry's before"), log, at, |it| it.header.time = Time(1), "Backwards", at);
        all.change(
            &name("a registry position before the entry's before"),
            log,
            at,
            |it| it.header.registry = 0,
            "Backwards",
            at,
        );
        all.change(&name("another body hash"), log, at, |it| it.header.body = Hash32([9; 32]), "WrongBody", at);
        all.change(&name("a flipped signature"), log, at, |it| body(it).signature.0[9] ^= 1, "WrongBody", at);
        all.change(
            &name("a flipped statement"),
            log,
            at,
            |it| {
                let mut bytes = body(it).bytes.as_slice().to_vec();
                *bytes.last_mut().unwrap() ^= 1;
                body(it).bytes = Blob::new(bytes).unwrap();
            },
            "WrongBody",
            at,
        );
    }
    let later = |it: &mut Entry| it.header.registry += 1;
    all.change("registry: a later registry position", "registry", 8, later, "NotDescribed", 8);
    let beyond = |it: &mut Entry| it.header.registry = 16;
    all.change("group: a position behind the registry's end", group, 15, beyond, "NotDescribed", 15);
    let other = all.entry(group, 12).body;
    all.change("group: another message's body", group, 11, |it| it.body = other, "WrongBody", 11);
    all.change(
        "group: a later time of the last message",
        group,
        15,
        |it| it.header.time = it.header.time.plus(1),
        "HeadMismatch",
        15,
    );
    // The chain holds; the heads alone tell.
    let last = all.made.last_mut().unwrap();
    last["log"] = json!("heads");
    last["seq"] = json!(1);
}

fn bodies(all: &mut Patches, group: &str) {
    for (log, at) in [("registry", 10), (group, 11)] {
        let name = |what: &str| format!("{}: {what}", if log == "registry" { log } else { "group" });
        let text = all.text(log, at);
        all.put(&name("not hexadecimal"), log, at, &format!("g{}", &text[1..]), "Malformed", at);
        all.put(&name("a truncated entry"), log, at, &text[..text.len() - 2], "Malformed", at);
        all.put(&name("a byte behind the entry"), log, at, &format!("{text}00"), "Malformed", at);
        all.put(&name("version 2"), log, at, &format!("02{}", &text[2..]), "Malformed", at);
        all.put(&name("nothing"), log, at, "", "Malformed", at);
        all.change(
            &name("a truncated statement in a header that fits"),
            log,
            at,
            |it| {
                let mut bytes = body(it).bytes.as_slice().to_vec();
                bytes.pop();
                body(it).bytes = Blob::new(bytes).unwrap();
                fit(it);
            },
            "Malformed",
            at,
        );
        all.change(
            &name("another author in the header"),
            log,
            at,
            |it| it.header.author = Some(DeviceId([9; 16])),
            "NotDescribed",
            at,
        );
        all.change(&name("no author in the header"), log, at, |it| it.header.author = None, "NotDescribed", at);
        all.change(
            &name("another id in the header"),
            log,
            at,
            |it| it.header.id = StatementId([9; 16]),
            "NotDescribed",
            at,
        );
        all.change(
            &name("another kind in the header"),
            log,
            at,
            |it| it.header.kind = EntryKind::Epoch,
            "NotDescribed",
            at,
        );
        all.change(
            &name("a flipped signature in a header that fits"),
            log,
            at,
            |it| {
                body(it).signature.0[9] ^= 1;
                fit(it);
            },
            "SignatureInvalid",
            at,
        );
    }
    all.change("registry: a body withheld", "registry", 9, |it| it.body = None, "Malformed", 9);
    all.change("group: the removal's body withheld", group, 13, |it| it.body = None, "Malformed", 13);
}

fn signatures(all: &mut Patches, group: &str) {
    let nobody = |_: &mut Statement| {};
    let other = key_of(Actor::Device { user: UserId([0x14; 16]), device: DeviceId([0x25; 16]) });
    let nurse = key_of(Actor::Device { user: NURSE.user(), device: NURSE.device() });
    all.resign("registry: the founding signed by another key", "registry", 0, &other, nobody, "SignatureInvalid");
    all.resign("registry: an appointment signed by the operator", "registry", 1, &other, nobody, "SignatureInvalid");
    all.resign(
        "registry: an admission signed by the colleague's device",
        "registry",
        4,
        &other,
        nobody,
        "SignatureInvalid",
    );
    all.resign("registry: an application signed by another device", "registry", 3, &other, nobody, "SignatureInvalid");
    all.resign(
        "registry: a wipe signed by the wiped device's owner, with another device's key",
        "registry",
        14,
        &other,
        nobody,
        "SignatureInvalid",
    );
    all.resign("group: the doctor's message signed by the nurse", group, 12, &nurse, nobody, "SignatureInvalid");
    all.resign("group: the removal signed by the removed", group, 13, &nurse, nobody, "SignatureInvalid");
    all.resign("group: an approval signed by the server", group, 8, &server(), nobody, "SignatureInvalid");
    let elsewhere = |it: &mut Statement| {
        it.actor = Actor::Device { user: UserId([0x13; 16]), device: NURSE.device() };
    };
    all.resign(
        "group: in the doctor's name, with the nurse's device",
        group,
        12,
        &nurse,
        elsewhere,
        "SignatureInvalid",
    );
    let stranger = |it: &mut Statement| {
        it.actor = Actor::Device { user: UserId([0x19; 16]), device: DeviceId([0x29; 16]) };
    };
    all.resign(
        "group: a device that nobody registered",
        group,
        12,
        &key_of(Actor::Device { user: UserId([0x19; 16]), device: DeviceId([0x29; 16]) }),
        stranger,
        "SignatureInvalid",
    );
    let root_speaks = |it: &mut Statement| it.actor = Actor::Root;
    all.resign(
        "registry: in the root's name, with a device's key",
        "registry",
        13,
        &other,
        root_speaks,
        "SignatureInvalid",
    );
    all.change(
        "group: a message signed as governance",
        group,
        12,
        |it| {
            let signature = key_of(statement(it).actor).sign(Domain("renkei/v1/sign/group"), body(it).bytes.as_slice());
            body(it).signature = signature;
            fit(it);
        },
        "SignatureInvalid",
        12,
    );
}

fn heads(all: &mut Patches) {
    let signed: SignedHeads = all.text("heads", 1).parse().unwrap();
    let right = signed.unverified().unwrap();
    let mut resigned = |name: &str, key: &SigningSecret, error: &str, alter: &dyn Fn(&mut Heads)| {
        let mut heads = right.clone();
        alter(&mut heads);
        all.put(name, "heads", 1, &heads.sign(key).unwrap().text(), error, 1);
    };
    let same = |_: &mut Heads| {};
    let by_server = server();
    resigned("heads: another tree", &by_server, "HeadMismatch", &|it| it.tree = Hash32([9; 32]));
    resigned("heads: another end of the registry", &by_server, "HeadMismatch", &|it| {
        it.registry.hash = Hash32([9; 32]);
    });
    resigned("heads: the end of the registry at another size", &by_server, "HeadMismatch", &|it| it.registry.size -= 1);
    resigned("heads: another end of the group", &by_server, "HeadMismatch", &|it| {
        let groups = it.groups.as_slice().iter().map(|&(group, mut head)| {
            head.hash = Hash32([9; 32]);
            (group, head)
        });
        it.groups = List::new(groups.collect()).unwrap();
    });
    resigned("heads: of another association", &by_server, "HeadMismatch", &|it| it.association.0 = [9; 16]);
    resigned(
        "heads: signed by another key",
        &key_of(Actor::Device { user: NURSE.user(), device: NURSE.device() }),
        "SignatureInvalid",
        &same,
    );
    resigned("heads: signed by the root", &root(), "SignatureInvalid", &same);
    resigned("heads: version 2", &by_server, "Malformed", &|it| it.version = 2);
    let mut flipped = signed.clone();
    flipped.signature.0[9] ^= 1;
    all.put("heads: a flipped signature", "heads", 1, &flipped.text(), "SignatureInvalid", 1);
    let early: SignedHeads = all.text("heads", 0).parse().unwrap();
    let mixed = SignedHeads { bytes: early.bytes, signature: signed.signature };
    all.put("heads: another statement's signature", "heads", 0, &mixed.text(), "SignatureInvalid", 0);
    let text = signed.text();
    all.put("heads: truncated", "heads", 0, &text[..text.len() - 4], "Malformed", 0);
    all.put("heads: no heads", "heads", 0, &text.replace("heads", "enrol"), "Malformed", 0);
}

/// Every refused patch.
pub(crate) fn patches(file: &Value) -> Vec<Value> {
    let mut all = Patches { export: file["export"].clone(), made: Vec::new() };
    let group = GROUP.to_string();
    all.add("another root fingerprint", &json!({ "root": Hash32([9; 32]) }), "WrongRoot", ("registry", 0));
    let appointment = |it: &mut Statement| {
        it.act = Act::Registry(RegistryAct::WipeDevice { device: NURSE.device() });
    };
    all.resign("registry: begins with something else", "registry", 0, &root(), appointment, "WrongRoot");
    chains(&mut all, &group);
    headers(&mut all, &group);
    bodies(&mut all, &group);
    signatures(&mut all, &group);
    heads(&mut all);
    all.made
}
