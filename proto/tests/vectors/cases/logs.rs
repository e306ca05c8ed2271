//! What a log holds and what goes beside it: entries, boxes with their root and proofs, sidecars, the sync stream.

use renkei_proto::bytes::List;
use renkei_proto::codec;
use renkei_proto::entry::{Entry, Tip};
use renkei_proto::frame::{SealedBox, Sidecar, find_box, sync};
use renkei_proto::merkle::{self, Proof};
use renkei_proto::statement::{LogId, Statement};

use super::{Case, hex_of, opening, statements};
use crate::fixtures::{
    GROUP, NOW, blob, boxes, details, founding, head, list, root_of_boxes, sealing, sign, signed_heads,
};
use crate::formats::SyncItem;

pub(super) fn entry(statement: &Statement) -> Entry {
    let signed = sign(statement);
    let empty = Tip::empty(statement.log);
    let tip = if statement.log == LogId::Registry { empty } else { Tip { head: head(70_000), time: NOW, ..empty } };
    Entry { header: tip.next(&signed, statement, NOW, 12), body: Some(signed) }
}

fn entries() -> Vec<Case> {
    let first = entry(&founding());
    let message = entry(&statements::message());
    let retraction = entry(&statements::amendment(None));
    let post = entry(&opening::post());
    let mut cases = Vec::new();
    for (name, entry) in [
        ("the founding", first),
        ("a message", message),
        ("a message taken back", retraction),
        ("a message with a file", post),
    ] {
        let hash = entry.header.hash();
        cases.push(Case::new(name, entry.header.clone()).with("hash", hash).with("head", entry.header.head()));
        cases.push(Case::new(format!("{name} without its body"), entry.header_only()).with("hash", hash));
        cases.push(Case::new(name, entry).with("hash", hash));
    }
    cases
}

fn sealed_boxes() -> Vec<Case> {
    let boxes = boxes();
    let root = root_of_boxes();
    let none = List::<SealedBox, 700>::default();
    let no_root = renkei_proto::frame::boxes_root(&none).unwrap();
    let mut cases = vec![
        Case::new("three boxes", boxes.clone()).with("boxes_root", root),
        Case::new("no box", none).with("boxes_root", no_root),
        Case::new("three boxes", root),
        Case::new("no box", no_root),
        Case::new("empty", Proof::default()),
    ];
    for sealed in boxes.as_slice() {
        let (index, sealed, proof) = find_box(&boxes, sealed.device).unwrap();
        let name = format!("box {index} of three");
        let case = Case::new(name.clone(), sealed.clone()).with("boxes_root", root).with("index", index);
        cases.push(case.with("proof", hex_of(&proof)));
        cases.push(Case::new(name, proof).with("leaf", hex_of(&sealed)).with("index", index).with("boxes_root", root));
    }
    // The shape of a larger tree, whose right edge is ragged.
    let leaves: Vec<[u8; 1]> = (0..7).map(|n| [n]).collect();
    for index in [0, 3, 6] {
        let proof = merkle::prove(&leaves, index).unwrap();
        let case = Case::new(format!("leaf {index} of the seven leaves 00 to 06"), proof);
        cases.push(case.with("root", merkle::root(&leaves)).with("index", index).with("count", leaves.len()));
    }
    cases
}

fn sidecars() -> Vec<Case> {
    let sealing = Some(sealing());
    let details = Some(details());
    vec![
        Case::new("nothing", Sidecar::default()),
        Case::new("boxes", Sidecar { boxes: Some(boxes()), ..Sidecar::default() }),
        Case::new("sealing keys and details", Sidecar { sealing, details, boxes: None }),
    ]
}

/// Urgent messages: one of each that there is to do about them.
pub(super) fn calls() -> sync::Calls {
    use sync::CallMatter::{Rings, Telephone, Waits};
    list(&[(69_999, Rings), (70_000, Waits), (70_001, Telephone)].map(|(call, matter)| sync::CallNotice {
        group: GROUP,
        call,
        matter,
    }))
}

fn stream() -> Vec<Case> {
    let entry = codec::encode(&entry(&founding()));
    let caught_up = sync::Notice::CaughtUp { registry: head(13) };
    let ended = sync::Notice::Ended { log: LogId::Group(GROUP) };
    let mut cases = vec![
        Case::new("an entry", SyncItem { tag: sync::ENTRY, bytes: blob(&entry) }),
        Case::new("nothing but a tag nobody knows", SyncItem { tag: 9, bytes: blob(b"") }),
    ];
    let heads = sync::Notice::Heads(signed_heads());
    let calls = sync::Notice::Calls(calls());
    for (name, notice) in [("CaughtUp", caught_up), ("Ended", ended), ("Heads", heads), ("Calls", calls)] {
        let item = sync::notice(&notice);
        let bytes = blob(&item[sync::PREFIX..]);
        cases.push(Case::new(name, notice).with("item", crate::hex::write(&item)));
        cases.push(Case::new(name, SyncItem { tag: sync::NOTICE, bytes }));
    }
    cases
}

pub(super) fn cases() -> Vec<Case> {
    [entries(), sealed_boxes(), sidecars(), stream()].into_iter().flatten().collect()
}
