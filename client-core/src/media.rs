//! What a file is, by its bytes and not by its name alone, and a small picture of it (A12.2).

use std::io::Cursor;
use std::path::Path;

use image::codecs::jpeg::JpegEncoder;
pub use image::imageops::FilterType as Filter;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder as _, ImageReader, Limits};
use renkei_proto::bounds;
use renkei_proto::code::Code;
pub use renkei_sealing::post::Media;
use zeroize::Zeroizing;

use crate::{Result, traces};

/// Bytes that tell what a file is.
pub(crate) const MAGIC: usize = 8_192;

/// Width and height of a preview at most, in pixels.
const PREVIEW_SIDE: u32 = 320;

/// A picture wider or higher than this is none that a camera or a scanner makes.
const LARGEST_SIDE: u32 = 20_000;

/// Memory for one decoded picture, in bytes: one of 100 megapixels.
const DECODED: u64 = 512 * 1_048_576;

/// What these first bytes are, if it is anything that may be sent.
fn of(bytes: &[u8]) -> Option<Media> {
    let media = match infer::get(bytes)?.mime_type() {
        "image/jpeg" => Media::Jpeg,
        "image/png" => Media::Png,
        "application/pdf" => Media::Pdf,
        "audio/mpeg" => Media::Mp3,
        "audio/m4a" | "audio/mp4" => Media::M4a,
        "audio/x-wav" | "audio/wav" => Media::Wav,
        "audio/ogg" | "audio/opus" => Media::Ogg,
        "audio/x-flac" | "audio/flac" => Media::Flac,
        _ => return None,
    };
    Some(media)
}

/// What names of such files end in.
pub(crate) fn endings(media: Media) -> &'static [&'static str] {
    match media {
        Media::Jpeg => &["jpg", "jpeg"],
        Media::Png => &["png"],
        Media::Pdf => &["pdf"],
        Media::Mp3 => &["mp3"],
        Media::M4a => &["m4a", "mp4"],
        Media::Wav => &["wav"],
        Media::Ogg => &["ogg", "oga", "opus"],
        Media::Flac => &["flac"],
    }
}

/// What a file is: by its first bytes, and its name must say the same.
pub(crate) fn recognise(name: &str, first: &[u8]) -> Result<Media> {
    let media = of(first).ok_or(Code::FormatNotAllowed)?;
    let ending = Path::new(name).extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
    let agrees = ending.is_some_and(|ending| endings(media).contains(&ending.as_str()));
    if agrees { Ok(media) } else { Err(Code::FormatNotAllowed.into()) }
}

/// What a scan of a form is: a picture or a PDF, by its bytes.
pub(crate) fn of_scan(bytes: &[u8]) -> Result<Media> {
    let media = of(bytes.get(..MAGIC.min(bytes.len())).unwrap_or(bytes));
    media.filter(|media| media.is_picture() || *media == Media::Pdf).ok_or_else(|| Code::FormatNotAllowed.into())
}

/// Whether the bytes are what was said of them.
pub(crate) fn is(media: Media, bytes: &[u8]) -> bool {
    of(bytes.get(..MAGIC.min(bytes.len())).unwrap_or(bytes)) == Some(media)
}

/// The same picture without what a camera writes beside it ([`crate::traces`]). One that can't be decoded is refused.
pub(crate) fn without_traces(media: Media, bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
    let (_, orientation) = decode_turned(bytes)?;
    let clean = match media {
        Media::Jpeg => traces::jpeg(bytes, orientation),
        Media::Png => traces::png(bytes, orientation),
        _ => None,
    };
    clean.ok_or_else(|| Code::FormatNotAllowed.into())
}

/// Decodes a picture, turned as its camera was held, within bounds of size and memory.
pub fn decode(bytes: &[u8]) -> Result<DynamicImage> {
    decode_turned(bytes).map(|(picture, _)| picture)
}

fn decode_turned(bytes: &[u8]) -> Result<(DynamicImage, Orientation)> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(LARGEST_SIDE);
    limits.max_image_height = Some(LARGEST_SIDE);
    limits.max_alloc = Some(DECODED);
    let picture = || {
        let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
        reader.limits(limits);
        let mut decoder = reader.into_decoder().ok()?;
        let turned = decoder.orientation().ok()?;
        let mut picture = DynamicImage::from_decoder(decoder).ok()?;
        picture.apply_orientation(turned);
        Some((picture, turned))
    };
    picture().ok_or_else(|| Code::FormatNotAllowed.into())
}

/// A small JPEG of a picture. Nothing but its pixels is in it: no place, no camera, no date.
pub(crate) fn preview(bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
    let small = decode(bytes)?.thumbnail(PREVIEW_SIDE, PREVIEW_SIDE).to_rgb8();
    for quality in [80, 60, 40] {
        // At its full size from the beginning: a vector that grows leaves copies behind.
        let room = usize::try_from(bounds::PREVIEW).unwrap_or(usize::MAX);
        let mut jpeg = Zeroizing::new(Vec::with_capacity(room));
        let encoded = JpegEncoder::new_with_quality(&mut *jpeg, quality).encode_image(&small);
        encoded.map_err(|_| Code::FormatNotAllowed)?;
        if jpeg.len() as u64 <= bounds::PREVIEW {
            return Ok(jpeg);
        }
    }
    Err(Code::TooLarge.into())
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};

    use super::*;

    fn picture(width: u32, height: u32, format: image::ImageFormat) -> Vec<u8> {
        let drawn = RgbImage::from_fn(width, height, |x, y| Rgb([x.to_le_bytes()[0], y.to_le_bytes()[0], 128]));
        let mut bytes = Vec::new();
        DynamicImage::ImageRgb8(drawn).write_to(&mut Cursor::new(&mut bytes), format).unwrap();
        bytes
    }

    fn code<T>(result: Result<T>) -> Option<Code> {
        result.err().map(|fault| fault.code)
    }

    #[test]
    fn a12_2_a_file_is_what_its_bytes_and_its_name_both_say() {
        let (jpeg, png) = (picture(8, 8, image::ImageFormat::Jpeg), picture(8, 8, image::ImageFormat::Png));
        assert_eq!(recognise("創部.JPG", &jpeg).unwrap(), Media::Jpeg);
        assert_eq!(recognise("a.png", &png).unwrap(), Media::Png);
        assert_eq!(recognise("紹介状.pdf", b"%PDF-1.7\n").unwrap(), Media::Pdf);
        assert_eq!(recognise("a.wav", b"RIFF\x24\0\0\0WAVEfmt ").unwrap(), Media::Wav);
        assert_eq!(recognise("a.flac", b"fLaC\0\0\0\x22").unwrap(), Media::Flac);
        assert_eq!(recognise("a.mp3", b"ID3\x04\0\0\0\0\0\0").unwrap(), Media::Mp3);
        assert_eq!(recognise("a.ogg", b"OggS\0\x02\0\0\0\0\0\0").unwrap(), Media::Ogg);
        assert_eq!(recognise("a.m4a", b"\0\0\0\x20ftypM4A \0\0\0\0").unwrap(), Media::M4a);
        for (name, bytes) in [
            ("a.pdf", jpeg.as_slice()),
            ("a.jpg", b"MZ\x90\0\x03\0\0\0"),
            ("a.jpg", b"<html><script>"),
            ("a.jpg", b""),
            ("a.zip", b"PK\x03\x04"),
            ("jpg", jpeg.as_slice()),
            ("a.jpg.exe", jpeg.as_slice()),
        ] {
            assert_eq!(code(recognise(name, bytes)), Some(Code::FormatNotAllowed), "{name}");
        }
    }

    #[test]
    fn a12_2_a_preview_is_small_and_says_nothing_but_its_pixels() {
        let large = picture(3_000, 1_000, image::ImageFormat::Png);
        let small = preview(&large).unwrap();
        assert!(small.len() as u64 <= bounds::PREVIEW);
        let shown = decode(&small).unwrap();
        assert_eq!((shown.width(), shown.height()), (320, 107));
        assert!(!small.windows(4).any(|bytes| bytes == b"Exif"));
    }

    #[test]
    fn a12_2_a_picture_that_can_not_be_decoded_or_is_too_large_is_refused() {
        let cut = &picture(100, 100, image::ImageFormat::Png)[..60];
        assert_eq!(code(preview(cut)), Some(Code::FormatNotAllowed));
        // A few bytes that claim 60,000 by 60,000 pixels.
        let mut bomb = picture(1, 1, image::ImageFormat::Png);
        bomb[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
        assert_eq!(code(preview(&bomb)), Some(Code::FormatNotAllowed));
    }
}
