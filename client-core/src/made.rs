//! What a PDF or a recording says of its making (A12.2): who, with what, where, when. Pictures lose that before they leave
//! (`traces`). Here it can't be taken out without writing the file anew, which might damage what a colleague must be able
//! to read, so the person is told before it is sent.
//!
//! Total over any bytes: what can't be read is passed over, and no more is found than `MOST` lines. What a PDF says in a
//! compressed part is told as being there, not what it says.

use renkei_sealing::post::Media;
use serde::Serialize;

/// Lines told of one file.
const MOST: usize = 32;

/// Characters told of one line.
const LONGEST: usize = 120;

/// Bytes looked at for one line.
const FIELD: usize = 512;

/// A line that a file says of its making.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Said {
    /// What it is called in the file.
    pub field: String,
    /// What it says, as far as it can be read; not to be shown as it is.
    pub text: String,
}

/// Fields of a PDF's document information (ISO 32000-2, 14.3.3).
const PDF: [&str; 8] = ["Author", "Creator", "Producer", "Title", "Subject", "Keywords", "CreationDate", "ModDate"];

/// Elements of XMP (ISO 16684-1).
const XMP: [&str; 6] =
    ["dc:creator", "xmp:CreatorTool", "pdf:Producer", "dc:title", "xmp:CreateDate", "photoshop:City"];

/// Fields of `LIST INFO` of a WAV.
const WAV: [&str; 8] = ["IART", "INAM", "ISFT", "ICRD", "ICMT", "IENG", "ISRC", "ITCH"];

/// Boxes of an MP4's `ilst` and `udta`.
const MP4: [&[u8; 4]; 8] =
    [b"\xa9nam", b"\xa9ART", b"\xa9too", b"\xa9day", b"\xa9cmt", b"\xa9xyz", b"\xa9mak", b"\xa9mod"];

/// What these bytes say of their making.
pub fn says(media: Media, bytes: &[u8]) -> Vec<Said> {
    let mut all = Vec::new();
    match media {
        Media::Jpeg | Media::Png => {}
        Media::Pdf => pdf(bytes, &mut all),
        Media::Mp3 => id3(bytes, &mut all),
        Media::M4a => mp4(bytes, &mut all),
        Media::Wav => wav(bytes, &mut all),
        Media::Ogg => comments(bytes, &[b"\x03vorbis", b"OpusTags"], &mut all),
        Media::Flac => flac(bytes, &mut all),
    }
    all.truncate(MOST);
    all
}

fn add(all: &mut Vec<Said>, field: &str, text: &str) {
    let text: String = text.trim_matches(|c: char| c == '\0' || c.is_whitespace()).chars().take(LONGEST).collect();
    let said = Said { field: field.chars().take(LONGEST).collect(), text };
    if all.len() < MOST && !said.text.is_empty() && !all.contains(&said) {
        all.push(said);
    }
}

/// Text in whatever these formats write: UTF-16 with its mark, or else bytes as UTF-8.
fn text(bytes: &[u8]) -> String {
    let wide = |bytes: &[u8], read: fn([u8; 2]) -> u16| {
        let (pairs, _) = bytes.as_chunks::<2>();
        String::from_utf16_lossy(&pairs.iter().map(|pair| read(*pair)).collect::<Vec<_>>())
    };
    match bytes {
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

fn upto(bytes: &[u8], end: u8) -> &[u8] {
    let bytes = bytes.get(..FIELD).unwrap_or(bytes);
    bytes.split(|byte| *byte == end).next().unwrap_or_default()
}

/// What stands behind each `/` or `<` is held against the names: one pass, whatever the file.
fn pdf(bytes: &[u8], all: &mut Vec<Said>) {
    let named =
        |rest: &[u8], names: &[&'static str]| names.iter().find(|name| rest.starts_with(name.as_bytes())).copied();
    let mut at = 0;
    while let Some(found) = bytes.get(at..).and_then(|rest| rest.iter().position(|byte| matches!(byte, b'/' | b'<'))) {
        at += found + 1;
        let Some(rest) = bytes.get(at..) else { return };
        let slash = bytes.get(at - 1) == Some(&b'/');
        if let Some(name) = named(rest, &PDF).filter(|_| slash) {
            let value = rest.get(name.len()..).unwrap_or_default().trim_ascii_start();
            match value {
                [b'(', value @ ..] => add(all, name, &text(upto(value, b')'))),
                [b'<', value @ ..] if value.first() != Some(&b'<') => add(all, name, &text(&hex(upto(value, b'>')))),
                _ => {}
            }
        } else if let Some(name) = named(rest, &XMP).filter(|_| !slash) {
            let inside = rest.get(name.len()..).unwrap_or_default();
            let inside = inside.get(..FIELD).unwrap_or(inside);
            add(all, name, &without_tags(&String::from_utf8_lossy(inside), name));
        } else if slash && rest.starts_with(b"Metadata") {
            add(all, "Metadata", "XMP");
        }
    }
}

fn hex(digits: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> = digits.iter().filter_map(|digit| char::from(*digit).to_digit(16)?.try_into().ok()).collect();
    digits.chunks(2).map(|pair| pair.iter().fold(0, |all, digit| all << 4 | digit)).collect()
}

/// The words of an element, up to its end.
fn without_tags(inside: &str, name: &str) -> String {
    let inside = inside.split(&format!("</{name}")).next().unwrap_or_default();
    let pieces = inside.split('>').skip(1).map(|piece| piece.split('<').next().unwrap_or_default().trim());
    pieces.filter(|piece| !piece.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A number of an ID3 tag: seven bits to the byte.
fn syncsafe(bytes: [u8; 4]) -> usize {
    bytes.iter().fold(0, |all, byte| all << 7 | usize::from(byte & 0x7f))
}

/// `ID3` v2.3 and v2.4 at the beginning, v1 at the end.
fn id3(bytes: &[u8], all: &mut Vec<Said>) {
    if let Some(([b'I', b'D', b'3', version, _, _, size @ ..], rest)) = bytes.split_first_chunk::<10>() {
        let mut rest = rest.get(..syncsafe(*size)).unwrap_or(rest);
        while let Some((header, after)) = rest.split_first_chunk::<10>() {
            let [a, b, c, d, s0, s1, s2, s3, ..] = *header;
            let size = [s0, s1, s2, s3];
            let length =
                if *version >= 4 { syncsafe(size) } else { usize::try_from(u32::from_be_bytes(size)).unwrap_or(0) };
            let name = [a, b, c, d];
            if !name.iter().all(u8::is_ascii_alphanumeric) {
                break;
            }
            let value = after.get(..length).unwrap_or(after);
            let name = String::from_utf8_lossy(&name).into_owned();
            match value.split_first() {
                // How it is written, and the text.
                Some((_, value)) if name.starts_with('T') || name == "COMM" => {
                    add(all, &name, &text(value.get(..FIELD).unwrap_or(value)));
                }
                Some(_) if matches!(name.as_str(), "APIC" | "GEOB" | "PRIV") => {
                    add(all, &name, &format!("{length} bytes"));
                }
                _ => {}
            }
            rest = after.get(length..).unwrap_or_default();
        }
    }
    let tail = bytes.len().checked_sub(128).and_then(|at| bytes.get(at..));
    if let Some([b'T', b'A', b'G', fields @ ..]) = tail {
        for (name, field) in ["title", "artist", "album"].iter().zip(fields.chunks(30)) {
            add(all, name, &text(upto(field, 0)));
        }
    }
}

/// Chunks of a RIFF file.
fn wav(bytes: &[u8], all: &mut Vec<Said>) {
    let mut rest = bytes.get(12..).unwrap_or_default();
    while let Some((header, after)) = rest.split_first_chunk::<8>() {
        let [a, b, c, d, length @ ..] = *header;
        let length = usize::try_from(u32::from_le_bytes(length)).unwrap_or(usize::MAX);
        let body = after.get(..length).unwrap_or(after);
        match &[a, b, c, d] {
            b"LIST" => {
                let mut fields = body.strip_prefix(b"INFO").unwrap_or_default();
                while let Some((header, after)) = fields.split_first_chunk::<8>() {
                    let [a, b, c, d, length @ ..] = *header;
                    let length = usize::try_from(u32::from_le_bytes(length)).unwrap_or(usize::MAX);
                    let value = after.get(..length).unwrap_or(after);
                    let name = String::from_utf8_lossy(&[a, b, c, d]).into_owned();
                    if WAV.contains(&name.as_str()) {
                        add(all, &name, &text(upto(value, 0)));
                    }
                    fields = after.get(length.saturating_add(length % 2)..).unwrap_or_default();
                }
            }
            b"bext" => add(all, "bext", &text(upto(body.get(256..).unwrap_or_default(), 0))),
            b"id3 " | b"ID3 " => id3(body, all),
            b"iXML" => add(all, "iXML", &format!("{length} bytes")),
            _ => {}
        }
        rest = after.get(length.saturating_add(length % 2)..).unwrap_or_default();
    }
}

/// The boxes of a recording's description are found by their names: they lie within others, at places that differ.
fn mp4(bytes: &[u8], all: &mut Vec<Said>) {
    for (at, window) in bytes.windows(4).enumerate() {
        if window.first() != Some(&0xa9) || !MP4.iter().any(|name| name.as_slice() == window) {
            continue;
        }
        let before = at.checked_sub(4).and_then(|from| bytes.get(from..)?.first_chunk::<4>());
        let length = before.map_or(0, |length| usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX));
        let body = bytes.get(at + 4..).unwrap_or_default();
        let body = body.get(..length.saturating_sub(8).min(FIELD)).unwrap_or(body);
        // A `data` box with a kind and a country, or a length and a language.
        let said = match body.get(4..8) {
            Some(b"data") => body.get(16..),
            _ => body.get(4..),
        };
        let name = window.get(1..).unwrap_or_default();
        add(all, &String::from_utf8_lossy(name), &text(said.unwrap_or_default()));
    }
}

/// Comments of Vorbis and Opus, in the first pages of an Ogg file.
fn comments(bytes: &[u8], heads: &[&[u8]], all: &mut Vec<Said>) {
    let early = bytes.get(..65_536).unwrap_or(bytes);
    for head in heads {
        if let Some(at) = early.windows(head.len()).position(|window| window == *head) {
            fields(early.get(at + head.len()..).unwrap_or_default(), all);
        }
    }
}

/// Blocks of a FLAC file.
fn flac(bytes: &[u8], all: &mut Vec<Said>) {
    let mut rest = bytes.get(4..).unwrap_or_default();
    while let Some(([kind, length @ ..], after)) = rest.split_first_chunk::<4>() {
        let length = length.iter().fold(0, |all, byte| all << 8 | usize::from(*byte));
        let body = after.get(..length).unwrap_or(after);
        match kind & 0x7f {
            4 => fields(body, all),
            6 => add(all, "picture", &format!("{length} bytes")),
            _ => {}
        }
        if kind & 0x80 != 0 {
            return;
        }
        rest = after.get(length..).unwrap_or_default();
    }
}

/// A Vorbis comment: the vendor, and fields of the form NAME=text.
fn fields(bytes: &[u8], all: &mut Vec<Said>) {
    fn next(rest: &mut &[u8]) -> Option<usize> {
        let (length, after) = rest.split_first_chunk::<4>()?;
        *rest = after;
        usize::try_from(u32::from_le_bytes(*length)).ok()
    }
    fn take<'b>(rest: &mut &'b [u8]) -> Option<&'b [u8]> {
        let length = next(rest)?;
        let (value, after) = rest.split_at(length.min(rest.len()));
        *rest = after;
        Some(value)
    }
    let mut rest = bytes;
    if let Some(vendor) = take(&mut rest) {
        add(all, "vendor", &text(vendor.get(..FIELD).unwrap_or(vendor)));
    }
    let count = next(&mut rest).unwrap_or(0).min(MOST);
    for _ in 0..count {
        let Some(field) = take(&mut rest) else { return };
        let field = String::from_utf8_lossy(field.get(..FIELD).unwrap_or(field)).into_owned();
        if let Some((name, value)) = field.split_once('=') {
            add(all, name, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALL: [Media; 6] = [Media::Pdf, Media::Mp3, Media::M4a, Media::Wav, Media::Ogg, Media::Flac];

    fn said(media: Media, bytes: &[u8]) -> Vec<(String, String)> {
        says(media, bytes).into_iter().map(|one| (one.field, one.text)).collect()
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(field, text)| ((*field).to_owned(), (*text).to_owned())).collect()
    }

    fn counted(bytes: &[u8]) -> Vec<u8> {
        [&u32::try_from(bytes.len()).unwrap().to_le_bytes(), bytes].concat()
    }

    #[test]
    fn a12_2_a_pdf_tells_its_author_software_and_title() {
        let bytes = b"%PDF-1.7\n1 0 obj <</Author (Mihon Taro) /Producer(Writer 7)/Title <FEFF898B672C> >>\n\
            /Metadata 2 0 R\n<x:xmpmeta><dc:creator><rdf:Seq><rdf:li>Mihon Hanako</rdf:li></rdf:Seq></dc:creator>\n%%EOF";
        let expected = pairs(&[
            ("Author", "Mihon Taro"),
            ("Producer", "Writer 7"),
            ("Title", "見本"),
            ("Metadata", "XMP"),
            ("dc:creator", "Mihon Hanako"),
        ]);
        assert_eq!(said(Media::Pdf, bytes), expected);
        assert_eq!(said(Media::Pdf, b"%PDF-1.7\nmihon\n%%EOF\n"), []);
    }

    #[test]
    fn a12_2_a_recording_tells_what_is_written_into_it() {
        let frame = [b"TPE1\0\0\0\x0b\0\0\x03".as_slice(), "見本 太".as_bytes()].concat();
        let mp3 = [b"ID3\x04\0\0\0\0\0\x20".as_slice(), &frame, &[0; 11], b"\xff\xfb"].concat();
        assert_eq!(said(Media::Mp3, &mp3), pairs(&[("TPE1", "見本 太")]));
        let info = [b"INFO".as_slice(), b"IART", &counted(b"Mihon\0")].concat();
        let wav = [b"RIFF\0\0\0\0WAVE".as_slice(), b"fmt ", &counted(&[0; 16]), b"LIST", &counted(&info)].concat();
        assert_eq!(said(Media::Wav, &wav), pairs(&[("IART", "Mihon")]));
        let notes = [counted(b"recorder 2"), 1_u32.to_le_bytes().to_vec(), counted(b"LOCATION=Tokyo")].concat();
        let length = u8::try_from(notes.len()).unwrap();
        let flac = [b"fLaC".as_slice(), &[0x84, 0, 0, length], &notes].concat();
        let expected = pairs(&[("vendor", "recorder 2"), ("LOCATION", "Tokyo")]);
        assert_eq!(said(Media::Flac, &flac), expected);
        assert_eq!(said(Media::Ogg, &[b"OggS\0\x02".as_slice(), b"OpusTags", &notes].concat()), expected);
        let mp4 = b"\0\0\0\x20ftypM4A \0\0\0\0moov\0\0\0\x20\xa9too\0\0\0\x18data\0\0\0\x01\0\0\0\0Recorder";
        assert_eq!(said(Media::M4a, mp4), pairs(&[("too", "Recorder")]));
        assert_eq!(said(Media::Mp3, b"ID3\x04\0\0\0\0\0\0"), []);
    }

    proptest! {
        #[test]
        fn a12_2_any_bytes_tell_no_more_than_some_short_lines(
            bytes in proptest::collection::vec(any::<u8>(), 0..600),
            words in proptest::collection::vec(prop::sample::select(vec![
                "/Author(", "<dc:creator>", "ID3\u{4}", "TPE1", "LIST", "INFO", "\u{a9}nam", "OpusTags", "TAG", "bext",
            ]), 0..9),
        ) {
            let planted: Vec<u8> = words.iter().flat_map(|word| word.as_bytes().iter().chain(&bytes)).copied().collect();
            for media in ALL {
                for bytes in [&bytes, &planted] {
                    let all = says(media, bytes);
                    prop_assert!(all.len() <= MOST);
                    prop_assert!(all.iter().all(|one| one.text.chars().count() <= LONGEST));
                }
            }
        }
    }
}
