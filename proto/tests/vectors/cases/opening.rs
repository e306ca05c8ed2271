//! Files of a group: posts that name them, chunks on their way, and requests to open one.

use renkei_proto::access::{AccessTip, Subject, What};
use renkei_proto::act::{Act, Post};
use renkei_proto::bounds;
use renkei_proto::file::{Attachment, Intent, NO_DOWNLOAD, Opening, Part, Present, Stored, sealed_length};
use renkei_proto::frame::{Answer, Op};
use renkei_proto::id::{FileId, RequestId, TakeoutId};
use renkei_proto::statement::Statement;
use renkei_proto::time::Time;

use super::{Case, hex_of};
use crate::fixtures::{GROUP, author, blob, hash, list, opening, statement};

const FILE: FileId = FileId([0x71; 16]);

fn stored(length: u64, root: u8) -> Stored {
    Stored { length: sealed_length(length), root: hash(root) }
}

/// A file with a small picture of it, or without.
fn attachment(file: u8, length: u64, preview: Option<u64>) -> Attachment {
    let preview = preview.map(|length| stored(length, 0xe2));
    Attachment { file: FileId([file; 16]), content: stored(length, 0xe1), preview }
}

fn post_of(flags: u8, files: &[Attachment]) -> Statement {
    let ciphertext = blob(&[0xe4; 48]);
    statement(Act::Post(Post { epoch: 2, salt: hash(0xe3), flags, files: list(files), ciphertext }))
}

/// A photograph with its preview, to be looked at only.
pub(super) fn post() -> Statement {
    post_of(NO_DOWNLOAD, &[attachment(0x71, 1_400_000, Some(9_000))])
}

/// Posts, the longest among them.
pub(super) fn posts() -> Vec<(String, Statement)> {
    let largest: Vec<Attachment> =
        (0..10).map(|file| attachment(0x80 + file, bounds::FILE, Some(bounds::PREVIEW))).collect();
    [
        ("Post", post()),
        (
            "Post of two files that may be kept",
            post_of(0, &[attachment(0x71, 1, None), attachment(0x70, 262_145, None)]),
        ),
        ("Post of ten of the largest files", post_of(NO_DOWNLOAD, &largest)),
        // What no rule permits has a form all the same.
        ("Post without a file", post_of(0, &[])),
        ("Post with flags that nobody knows", post_of(0xfe, &[attachment(0x71, 1, None)])),
    ]
    .map(|(name, statement)| (name.to_owned(), statement))
    .into()
}

/// To leave under that permit.
fn takeout(byte: u8) -> Intent {
    Intent::TakeOut { takeout: TakeoutId([byte; 16]) }
}

/// Requests to open a file.
fn openings() -> [(&'static str, Opening); 6] {
    let far = Opening { seq: u64::MAX, file: u8::MAX, at: Time(u64::MAX), ..opening() };
    [
        ("a view", opening()),
        ("a preview", Opening { part: Part::Preview, ..opening() }),
        ("to keep it", Opening { file: 9, intent: Intent::Save, ..opening() }),
        ("the longest", Opening { part: Part::Preview, intent: Intent::Save, ..far }),
        ("under a permit", Opening { file: 1, intent: takeout(8), ..opening() }),
        ("the longest under a permit", Opening { intent: takeout(0xff), ..far }),
    ]
}

/// What stands in the record of access of each of them, after `tip`.
pub(super) fn records(mut tip: AccessTip) -> Vec<Vec<u8>> {
    let record = |(_, opening): (_, Opening)| {
        let Opening { user, device, group, seq, file, part, intent, request, at, .. } = opening;
        let signature = opening.sign(&author()).unwrap().signature;
        let what = What::FileOpened { group, seq, file, part, intent, request, at, signature };
        let who = Subject { user: Some(user), device: Some(device), source: None };
        tip.append(tip.time, who, what)
    };
    openings().map(record).into()
}

pub(super) fn ops() -> Vec<Op> {
    let (group, file) = (GROUP, FILE);
    vec![
        Op::Upload { group, file, part: Part::Content, index: 5, bytes: blob(&[0xe5; 200]) },
        Op::Uploaded { group, file, part: Part::Preview },
        Op::OpenFile(opening().sign(&author()).unwrap()),
        Op::FileChunk { opening: RequestId([0x54; 16]), index: 300 },
    ]
}

pub(super) fn answers() -> Vec<Answer> {
    vec![Answer::Uploaded(Present::new([0, 1, 2, 9])), Answer::FileChunk(blob(&[0xe6; 200]))]
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, opening) in openings() {
        let signed = opening.sign(&author()).unwrap();
        cases.push(Case::new(name, opening).with("signed", hex_of(&signed)).with("signature", signed.signature));
        cases.push(Case::new(name, signed));
    }
    let all = Present::new(0..u32::try_from(bounds::FILE_CHUNKS).unwrap());
    let named = [("chunks 0, 1, 2 and 9", Present::new([0, 1, 2, 9])), ("none", Present::default()), ("all", all)];
    for (name, present) in named {
        let chunks: Vec<u32> = (0..1_000).filter(|&chunk| present.has(chunk)).collect();
        cases.push(Case::new(name, present).with("chunks", chunks));
    }
    cases
}
