//! Posts and files that do not open: an accepted vector with one thing changed.

use renkei_proto::act::{Act, Message, Post};
use renkei_proto::bounds;
use renkei_proto::bytes::{Blob, List};
use renkei_proto::codec;
use renkei_proto::file::{Attachment, Part, Stored};
use renkei_proto::hash::{Domain, Hash32};
use renkei_proto::id::{AssociationId, DeviceId, FileId, GroupId, UserId};
use renkei_proto::key;
use renkei_proto::statement::{Actor, LogId, Statement};
use renkei_sealing::file::Place;
use renkei_sealing::post::{FileNote, Media, PostContent};
use serde_json::{Value, json};

use crate::accepted::key as epoch_key;
use crate::keys::{hex, unhex};
use crate::of_files::{all_of, file, place, placed, post_statement, stored};
use crate::open::{padded, shown, statement};
use crate::refused::{Breaker, sealed, wrongly_padded};

const SALT: [u8; 32] = [0xe3; 32];

fn with(statement: &Statement, alter: impl FnOnce(&mut Post)) -> Statement {
    let mut it = statement.clone();
    let Act::Post(post) = &mut it.act else { panic!("a post") };
    alter(post);
    it
}

/// A plain text sealed by the right key under what `domain` derives, into the right statement.
fn sealed_in(right: &Statement, domain: &'static str, plaintext: &[u8]) -> Statement {
    let derived = key::derive(&codec::encode(&epoch_key(3)), &SALT, Domain(domain), &[0x21; 16]);
    let data = with(right, |post| post.ciphertext = Blob::default()).associated_data();
    with(right, |post| post.ciphertext = Blob::new(sealed(&derived, &data, plaintext)).unwrap())
}

fn posts(all: &mut Breaker<'_>) {
    let vector = all.get("open-post", "a photograph");
    let right = statement(unhex(vector["statement"].as_str().unwrap()));
    let mut change = |what: &str, it: &Statement| all.but_one(&vector, what, "statement", hex(&codec::encode(it)));
    let (note, attachment) = file(0x71, "創部.jpg", Media::Jpeg, 1_400_000, Some(9_000));
    let listed = |files: &[Attachment]| List::new(files.to_vec()).unwrap();
    let (content, preview) = (attachment.content, attachment.preview.unwrap());
    for (what, files) in [
        ("another file", vec![Attachment { file: FileId([9; 16]), ..attachment }]),
        ("another root", vec![Attachment { content: Stored { root: Hash32([9; 32]), ..content }, ..attachment }]),
        ("another preview", vec![Attachment { preview: Some(Stored { root: content.root, ..preview }), ..attachment }]),
        ("no preview", vec![Attachment { preview: None, ..attachment }]),
        ("no file", vec![]),
        ("the file twice", vec![attachment, attachment]),
    ] {
        change(what, &with(&right, |post| post.files = listed(&files)));
    }
    change("downloads allowed", &with(&right, |post| post.flags = 0));
    change("another epoch", &with(&right, |post| post.epoch = 2));
    change("another salt", &with(&right, |post| post.salt = Hash32([9; 32])));
    let by = |user, device| Actor::Device { user: UserId([user; 16]), device: DeviceId([device; 16]) };
    change("another person", &Statement { actor: by(9, 0x21), ..right.clone() });
    change("another device", &Statement { actor: by(0x11, 9), ..right.clone() });
    change("by the root", &Statement { actor: Actor::Root, ..right.clone() });
    change("another group", &Statement { log: LogId::Group(GroupId([9; 16])), ..right.clone() });
    change("another association", &Statement { association: AssociationId([9; 16]), ..right.clone() });
    let Act::Post(post) = right.act.clone() else { panic!("a post") };
    let ciphertext = Blob::new(post.ciphertext.into_vec()).unwrap();
    let message = Message { epoch: 3, salt: Hash32(SALT), flags: 0, ciphertext };
    change("as a message", &Statement { act: Act::Message(message), ..right.clone() });
    let damaged = |alter: &dyn Fn(&mut Vec<u8>)| {
        with(&right, |post| {
            let mut bytes = post.ciphertext.as_slice().to_vec();
            alter(&mut bytes);
            post.ciphertext = Blob::new(bytes).unwrap();
        })
    };
    change("flipped bit in the text", &damaged(&|bytes| bytes[0] ^= 1));
    change("flipped bit in the tag", &damaged(&|bytes| *bytes.last_mut().unwrap() ^= 1));
    change("cut", &damaged(&|bytes| bytes.truncate(bytes.len() - 1)));
    change("one byte more", &damaged(&|bytes| bytes.push(0)));
    change("nothing at all", &damaged(&Vec::clear));
    let of = |text: &str, notes: &[FileNote]| {
        codec::encode(&PostContent { text: text.to_owned(), files: List::new(notes.to_vec()).unwrap() })
    };
    let encoded = of("見本", core::slice::from_ref(&note));
    for (what, plaintext) in wrongly_padded(&encoded) {
        change(what, &sealed_in(&right, "renkei/v1/post-key", &plaintext));
    }
    change("under a message's key", &sealed_in(&right, "renkei/v1/message-key", &padded(encoded.clone())));
    // Sealed by somebody whose program tells readers of other files than the server and the association see.
    let longest = "a".repeat(bounds::MESSAGE_TEXT + 1);
    for (what, content) in [
        ("speaks of no file", of("見本", &[])),
        ("speaks of its file twice", of("見本", &[note.clone(), note.clone()])),
        ("speaks of another length", of("見本", &[FileNote { length: 1_400_001, ..note.clone() }])),
        ("speaks of a length that wraps around", of("見本", &[FileNote { length: u64::MAX, ..note.clone() }])),
        ("speaks of no preview", of("見本", &[FileNote { preview: None, ..note.clone() }])),
        ("speaks of another preview", of("見本", &[FileNote { preview: Some(8_999), ..note.clone() }])),
        ("a text over its bound", of(&longest, core::slice::from_ref(&note))),
    ] {
        change(what, &sealed_in(&right, "renkei/v1/post-key", &padded(content)));
    }
    // The text, the number of files, the key, and the name with its length; then the kind.
    let media = 1 + "見本".len() + 1 + 32 + 1 + "創部.jpg".len();
    let mut unknown = encoded.clone();
    assert_eq!(unknown[media], 0);
    unknown[media] = 8;
    change("an unknown kind of file", &sealed_in(&right, "renkei/v1/post-key", &padded(unknown)));
    let mut deceptive = encoded;
    deceptive[media - 3..media].copy_from_slice("\u{200b}".as_bytes());
    change("a name that deceives", &sealed_in(&right, "renkei/v1/post-key", &padded(deceptive)));
    let empty = with(&post_statement(&[]), |post| {
        let Act::Post(said) = &right.act else { panic!("a post") };
        post.ciphertext = said.ciphertext.clone();
    });
    change("in a post without a file", &empty);
    all.but_one(&vector, "another key", "key", shown(&epoch_key(4)));
}

fn files(all: &mut Breaker<'_>) {
    let chunk = bounds::FILE_CHUNK as u64;
    let short = all.get("open-file", "a short one");
    let two = all.get("open-file", "a full chunk and a last one");
    let three = all.get("open-file", "three full chunks");
    for vector in [&short, &two] {
        for (what, place) in [
            ("another association", Place { association: AssociationId([9; 16]), ..place(Part::Content) }),
            ("another group", Place { group: GroupId([9; 16]), ..place(Part::Content) }),
            ("another file", Place { file: FileId([9; 16]), ..place(Part::Content) }),
        ] {
            all.but(vector, what, placed(&place));
        }
        all.but_one(vector, "another key", "file_key", hex(&[9; 32]));
    }
    all.but(&short, "as a preview", placed(&place(Part::Preview)));
    let preview = all.get("open-file", "a preview");
    all.but(&preview, "as the file", placed(&place(Part::Content)));
    // What the author has signed is not what came: the same but for the root, or the length.
    let of = |vector: &Value| -> Stored { serde_json::from_value(vector["stored"].clone()).unwrap() };
    all.but_one(&two, "another root", "stored", json!(Stored { root: Hash32([9; 32]), ..of(&two) }));
    all.but_one(&two, "signed one byte longer", "stored", json!(Stored { length: of(&two).length + 1, ..of(&two) }));
    all.but_one(&short, "signed as nothing", "stored", json!(Stored { length: 0, ..of(&short) }));
    all.but_one(&short, "signed as a tag alone", "stored", json!(Stored { length: 16, ..of(&short) }));
    all.but_one(&short, "told to be longer", "length", 301);
    all.but_one(&short, "told to be empty", "length", 0);
    all.but_one(&short, "told to be longer than any number", "length", json!(u64::MAX));
    // The author has signed exactly what came, and it still does not open: chunks are bound to their place and the length.
    let mut came = |vector: &Value, what: &str, length: u64, chunks: Vec<Value>| {
        let fields = [
            ("stored".to_owned(), json!(stored(&chunks))),
            ("length".to_owned(), json!(length)),
            ("chunks".to_owned(), json!(chunks)),
        ];
        all.but(vector, what, fields);
    };
    let pieces = |vector: &Value| vector["chunks"].as_array().unwrap().clone();
    let (one, last) = (pieces(&two)[0].clone(), pieces(&two)[1].clone());
    came(&two, "the last chunk left out", chunk, vec![one.clone()]);
    came(&two, "the first chunk left out", 5, vec![last.clone()]);
    came(&two, "the first chunk twice", 2 * chunk, vec![one.clone(), one.clone()]);
    came(&two, "the chunks in the other order", chunk + 5, vec![last.clone(), one.clone()]);
    came(&two, "another full chunk in between", 2 * chunk + 5, vec![one.clone(), one, last]);
    let parts = pieces(&three);
    came(&three, "two chunks exchanged", 3 * chunk, vec![parts[1].clone(), parts[0].clone(), parts[2].clone()]);
    came(&three, "the last two exchanged", 3 * chunk, vec![parts[0].clone(), parts[2].clone(), parts[1].clone()]);
    came(&three, "one left out", 2 * chunk, vec![parts[0].clone(), parts[2].clone()]);
    came(&three, "the last one left out", 2 * chunk, parts[..2].to_vec());
    came(&three, "a chunk of a shorter file", 3 * chunk, {
        let shorter = all_of(&place(Part::Content), 2 * chunk);
        vec![shorter[0].clone(), parts[1].clone(), parts[2].clone()]
    });
    came(&three, "no chunk", 3 * chunk, Vec::new());
    let bytes = unhex(pieces(&short)[0].as_str().unwrap());
    let mut flip = |what: &str, at: usize| {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1;
        came(&short, what, 300, vec![json!(hex(&flipped))]);
    };
    flip("flipped bit in the first byte", 0);
    flip("flipped bit in the last byte", 299);
    flip("flipped bit in the tag", 315);
    came(&short, "one byte less, and told so", 299, vec![json!(hex(&bytes[..315]))]);
    came(&short, "one byte more, and told so", 301, vec![json!(hex(&[&bytes[..], &[0]].concat()))]);
}

pub(crate) fn refused(all: &mut Breaker<'_>) {
    posts(all);
    files(all);
}
