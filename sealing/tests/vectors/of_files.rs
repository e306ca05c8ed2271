//! Messages with files, and the files: what opens, and how a reader that knows nothing but a vector opens it.
//!
//! The bytes of every file here are 00 01 … fa 00 01 …: byte *i* is *i* mod 251. A sealed chunk is hexadecimal; one of full
//! length is named by what it is sealed from instead, which keeps the files small. The root over the chunks, which the post
//! signs, says that they are those bytes and no others.

use renkei_proto::act::{Act, Post};
use renkei_proto::bounds;
use renkei_proto::bytes::{Blob, List};
use renkei_proto::codec;
use renkei_proto::file::{Attachment, NO_DOWNLOAD, Part, Stored, sealed_length};
use renkei_proto::hash::{Hash32, sha256};
use renkei_proto::id::{AssociationId, FileId};
use renkei_proto::merkle;
use renkei_proto::statement::Statement;
use renkei_proto::text::Line;
use renkei_sealing::SealError;
use renkei_sealing::file::{Chunks, FileKey, Place};
use renkei_sealing::post::{self, FileNote, Media, PostContent};
use serde_json::{Value, json};

use crate::accepted::{GROUP, Maker, key, message_statement};
use crate::keys::{hex, unhex};
use crate::open::{Fields, bytes, epoch_key, padded, shown, statement, value};

/// The key of a file, from its bytes.
pub(crate) fn file_key(bytes: &[u8]) -> FileKey {
    codec::decode(bytes).unwrap()
}

/// Bytes of a file.
pub(crate) fn pattern(length: u64) -> Vec<u8> {
    (0..=250_u8).cycle().take(usize::try_from(length).unwrap()).collect()
}

/// What a reader is told of file number `n`, and what the statement says of it.
pub(crate) fn file(n: u8, name: &str, media: Media, length: u64, preview: Option<u64>) -> (FileNote, Attachment) {
    let stored = |length, root| Stored { length: sealed_length(length), root: Hash32([root; 32]) };
    let attachment = Attachment {
        file: FileId([n; 16]),
        content: stored(length, 0xe1),
        preview: preview.map(|length| stored(length, 0xe2)),
    };
    let note = FileNote { key: file_key(&[n ^ 0x0f; 32]), name: Line::new(name).unwrap(), media, length, preview };
    (note, attachment)
}

/// A post's statement, its ciphertext empty.
pub(crate) fn post_statement(files: &[Attachment]) -> Statement {
    let files = List::new(files.to_vec()).unwrap();
    let post = Post { epoch: 3, salt: Hash32([0xe3; 32]), flags: NO_DOWNLOAD, files, ciphertext: Blob::default() };
    Statement { act: Act::Post(post), ..message_statement() }
}

/// What it says in words.
fn content_shown(content: &PostContent) -> Value {
    let files = content.files.as_slice().iter().map(|note| {
        json!({
            "key": hex(&codec::encode(&note.key)),
            "name": note.name,
            "media": note.media,
            "length": note.length,
            "preview": note.preview,
        })
    });
    json!({ "text": content.text, "files": files.collect::<Vec<_>>() })
}

fn posts(maker: &mut Maker) {
    use Media::{Flac, Jpeg, M4a, Mp3, Ogg, Pdf, Png, Wav};
    let photograph = file(0x71, "創部.jpg", Jpeg, 1_400_000, Some(9_000));
    let every = [Jpeg, Png, Pdf, Mp3, M4a, Wav, Ogg, Flac];
    let every =
        (0_u8..).zip(every).map(|(n, media)| file(0x80 + n, &format!("見本 {n}"), media, u64::from(n) + 1, None));
    let long = "見".repeat(85) + "x";
    let ten = (0..10).map(|n| file(0x90 + n, &long, Pdf, bounds::FILE, Some(bounds::PREVIEW)));
    let longest = "a".repeat(bounds::MESSAGE_TEXT);
    for (name, text, files) in [
        ("a photograph", "創部の写真です", vec![photograph.clone()]),
        ("without a word", "", vec![photograph]),
        ("every kind of file", "見本", every.collect()),
        ("ten of the largest files and the longest text", longest.as_str(), ten.collect()),
    ] {
        let (notes, attachments): (Vec<_>, Vec<_>) = files.into_iter().unzip();
        let content = PostContent { text: text.to_owned(), files: List::new(notes).unwrap() };
        let mut statement = post_statement(&attachments);
        let data = hex(&statement.associated_data());
        post::seal(&mut statement, &content, &key(3)).unwrap();
        let fixed = json!({ "key": shown(&key(3)), "statement": hex(&codec::encode(&statement)) });
        let payload = hex(&padded(codec::encode(&content)));
        let out = json!({ "associated_data": data, "payload": payload, "content": content_shown(&content) });
        maker.add("open-post", name, fixed, out, Fields::new);
    }
}

/// Where the file of these vectors belongs.
pub(crate) fn place(part: Part) -> Place {
    Place { association: AssociationId([0xa1; 16]), group: GROUP, file: FileId([0x71; 16]), part }
}

/// The fields of a place.
pub(crate) fn placed(place: &Place) -> Fields {
    crate::open::fields(json!({ "place": place, "place_hex": hex(&codec::encode(place)) }))
}

/// The key of that file.
pub(crate) const KEY: [u8; 32] = [0x7e; 32];

/// The sealed chunk at `index` of a file of `length` bytes.
fn sealed(key: &[u8], place: &Place, length: u64, index: u32) -> Vec<u8> {
    let chunks = Chunks::new(&file_key(key), place, length).unwrap();
    let (from, count) = chunks.span(index).unwrap();
    let from = usize::try_from(from).unwrap();
    chunks.seal(index, &pattern(length)[from..from + count]).unwrap()
}

/// The same as a vector names it.
fn named(place: &Place, length: u64, index: u32) -> Value {
    let bytes = sealed(&KEY, place, length, index);
    if bytes.len() < 1_000 {
        return json!(hex(&bytes));
    }
    json!({ "file_key": hex(&KEY), "place_hex": hex(&codec::encode(place)), "length": length, "index": index })
}

/// All chunks of a file of `length` bytes.
pub(crate) fn all_of(place: &Place, length: u64) -> Vec<Value> {
    let count = Chunks::new(&file_key(&KEY), place, length).unwrap().count();
    (0..count).map(|index| named(place, length, index)).collect()
}

/// The sealed chunks that a vector names: as the author of the file sealed them, whatever else the vector says.
fn chunks_of(chunks: &[Value]) -> Vec<Vec<u8>> {
    let of = |chunk: &Value| {
        if let Some(text) = chunk.as_str() {
            return unhex(text);
        }
        let place = codec::decode(&bytes(chunk, "place_hex")).unwrap();
        sealed(&bytes(chunk, "file_key"), &place, value(chunk, "length"), value(chunk, "index"))
    };
    chunks.iter().map(of).collect()
}

/// What the statement says of chunks.
pub(crate) fn stored(chunks: &[Value]) -> Stored {
    let chunks = chunks_of(chunks);
    Stored { length: chunks.iter().map(|chunk| chunk.len() as u64).sum(), root: merkle::root(&chunks) }
}

fn files(maker: &mut Maker) {
    let chunk = bounds::FILE_CHUNK as u64;
    for (name, part, length) in [
        ("one byte", Part::Content, 1),
        ("a short one", Part::Content, 300),
        ("a preview", Part::Preview, 300),
        ("one full chunk", Part::Content, chunk),
        ("a full chunk and a last one", Part::Content, chunk + 5),
        ("three full chunks", Part::Content, 3 * chunk),
    ] {
        let place = place(part);
        let chunks = all_of(&place, length);
        let stored = stored(&chunks);
        let mut fixed = placed(&place);
        fixed.extend(crate::open::fields(json!({
            "file_key": hex(&KEY),
            "length": length,
            "stored": stored,
            "chunks": chunks,
        })));
        let out = json!({ "payload_sha256": sha256(&pattern(length)) });
        maker.add("open-file", name, Value::Object(fixed), out, Fields::new);
    }
}

pub(crate) fn accepted(maker: &mut Maker) {
    posts(maker);
    files(maker);
}

pub(crate) fn open_post(vector: &Value) -> Result<Value, SealError> {
    let statement = statement(bytes(vector, "statement"));
    let content = post::open(&statement, &epoch_key(&bytes(vector, "key")))?;
    let payload = hex(&padded(codec::encode(&content)));
    let data = hex(&statement.associated_data());
    Ok(json!({ "associated_data": data, "payload": payload, "content": content_shown(&content) }))
}

/// As a reader does: the lengths that the post signs, the chunks under its root, and then each of them.
pub(crate) fn open_file(vector: &Value) -> Result<Value, SealError> {
    let (place, stored, length): (Place, Stored, u64) =
        (value(vector, "place"), value(vector, "stored"), value(vector, "length"));
    assert_eq!(hex(&codec::encode(&place)), vector["place_hex"], "{}", vector["name"]);
    let chunks = chunks_of(vector["chunks"].as_array().unwrap());
    let sealed =
        Chunks::new(&file_key(&bytes(vector, "file_key")), &place, length).map_err(|_| SealError::NotAuthentic)?;
    let fits = stored.chunks(place.part) == Some(sealed.count()) && stored.length == sealed_length(length);
    if !fits || chunks.len() != sealed.count() as usize || merkle::root(&chunks) != stored.root {
        return Err(SealError::NotAuthentic);
    }
    let mut opened = zeroize::Zeroizing::new(Vec::new());
    for (index, chunk) in (0..).zip(&chunks) {
        sealed.open(index, chunk, &mut opened)?;
    }
    Ok(json!({ "payload_sha256": sha256(&opened) }))
}
