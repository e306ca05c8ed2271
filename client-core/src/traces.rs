//! What a camera writes beside a picture, and a patient did not consent to: where it was taken, when, with what; a film, a
//! second picture, a comment. Pixels are copied as they are, and how the camera was held stays.
//!
//! Nothing is decoded here. A JPEG (ITU-T T.81, annex B) is a row of segments, a PNG (W3C PNG, section 5) a row of chunks: what
//! says how the picture looks is taken over, everything else and whatever stands behind the end is left out.

use image::metadata::Orientation;
use zeroize::Zeroizing;

/// Chunks of a PNG that say how it looks.
const LOOKS: [&[u8; 4]; 12] =
    [b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"pHYs", b"bKGD"];

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
const APP1: u8 = 0xe1;

/// A TIFF header with one directory of one entry: how the camera was held (Exif 3.0, tag 0x0112).
fn tiff(orientation: Orientation) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    tiff.extend([orientation.to_exif(), 0, 0, 0, 0, 0, 0, 0]);
    tiff
}

/// Bytes of a JFIF header without a thumbnail: name, version, density, and the thumbnail's two sides.
const JFIF: usize = 14;

/// Bytes of Adobe's segment: name, version, two flags, and how colours are coded.
const ADOBE: usize = 12;

/// What of a segment says how the picture looks: the tables and frames themselves, the JFIF header without its thumbnail, the
/// colour profile, and how colours are coded. Of the rest nothing, also of what the standard reserves: nobody knows what is in it.
fn looks(marker: u8, payload: &[u8]) -> Option<Vec<u8>> {
    match marker {
        0xe0 if payload.starts_with(b"JFIF\0") => {
            let mut header = payload.get(..JFIF)?.to_vec();
            header.get_mut(JFIF - 2..)?.fill(0);
            Some(header)
        }
        0xe2 => payload.starts_with(b"ICC_PROFILE\0").then(|| payload.to_vec()),
        0xee if payload.starts_with(b"Adobe") => payload.get(..ADOBE).map(<[u8]>::to_vec),
        // Frames and their tables (T.81, table B.1), but hierarchical ones, which no camera writes.
        0xc0..=0xc7 | 0xc9..=0xcf | 0xda..=0xdd => Some(payload.to_vec()),
        _ => None,
    }
}

/// The JPEG without traces. None for what is none.
pub(crate) fn jpeg(bytes: &[u8], orientation: Orientation) -> Option<Zeroizing<Vec<u8>>> {
    let mut rest = bytes.strip_prefix(&[0xff, SOI])?;
    let mut clean = Zeroizing::new(Vec::with_capacity(bytes.len() + 64));
    clean.extend_from_slice(&[0xff, SOI]);
    if orientation != Orientation::NoTransforms {
        let payload = [b"Exif\0\0".as_slice(), &tiff(orientation)].concat();
        let length = u16::try_from(payload.len() + 2).ok()?.to_be_bytes();
        clean.extend_from_slice(&[0xff, APP1]);
        clean.extend_from_slice(&length);
        clean.extend_from_slice(&payload);
    }
    loop {
        // Any number of fill bytes may stand before a marker.
        let filled = rest.strip_prefix(&[0xff])?;
        let marker = *filled.iter().find(|byte| **byte != 0xff)?;
        let at = filled.iter().position(|byte| *byte != 0xff)?;
        let after = filled.get(at + 1..)?;
        if marker == EOI {
            clean.extend_from_slice(&[0xff, EOI]);
            return Some(clean);
        }
        let length = usize::from(u16::from_be_bytes(*after.first_chunk::<2>()?));
        let payload = after.get(2..length)?;
        if let Some(stays) = looks(marker, payload) {
            clean.extend_from_slice(&[0xff, marker]);
            clean.extend_from_slice(&u16::try_from(stays.len() + 2).ok()?.to_be_bytes());
            clean.extend_from_slice(&stays);
        }
        rest = after.get(length..)?;
        if marker == SOS {
            let end = scan_end(rest)?;
            clean.extend_from_slice(rest.get(..end)?);
            rest = rest.get(end..)?;
        }
    }
}

/// Where the entropy-coded data at the beginning of `bytes` ends: before the next marker that is neither a stuffed zero nor a
/// restart.
fn scan_end(bytes: &[u8]) -> Option<usize> {
    let ends = |pair: &[u8]| matches!(pair, [0xff, second] if !matches!(second, 0x00 | 0xd0..=0xd7));
    bytes.windows(2).position(ends)
}

/// The PNG without traces. None for what is none.
pub(crate) fn png(bytes: &[u8], orientation: Orientation) -> Option<Zeroizing<Vec<u8>>> {
    let mut rest = bytes.strip_prefix(SIGNATURE)?;
    let mut clean = Zeroizing::new(Vec::with_capacity(bytes.len() + 64));
    clean.extend_from_slice(SIGNATURE);
    loop {
        let length = usize::try_from(u32::from_be_bytes(*rest.first_chunk::<4>()?)).ok()?;
        let kind = rest.get(4..8)?;
        let (chunk, after) = rest.split_at_checked(length.checked_add(12)?)?;
        if LOOKS.iter().any(|looks| looks.as_slice() == kind) {
            clean.extend_from_slice(chunk);
        }
        if kind == b"IHDR" && orientation != Orientation::NoTransforms {
            let exif = [b"eXIf".as_slice(), &tiff(orientation)].concat();
            clean.extend_from_slice(&u32::try_from(exif.len() - 4).ok()?.to_be_bytes());
            clean.extend_from_slice(&exif);
            clean.extend_from_slice(&crc32fast::hash(&exif).to_be_bytes());
        }
        if kind == b"IEND" {
            return Some(clean);
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
    use proptest::prelude::*;

    use super::*;
    use crate::media;

    const COM: u8 = 0xfe;
    const TRACE: &[u8] = b"35.7512N 139.7089E 2026:03:02 camera";

    fn picture(format: ImageFormat) -> Vec<u8> {
        let drawn = RgbImage::from_fn(40, 20, |x, y| Rgb([x.to_le_bytes()[0] * 6, y.to_le_bytes()[0] * 12, 128]));
        let mut bytes = Vec::new();
        DynamicImage::ImageRgb8(drawn).write_to(&mut Cursor::new(&mut bytes), format).unwrap();
        bytes
    }

    fn there(bytes: &[u8]) -> bool {
        bytes.windows(TRACE.len()).any(|window| window == TRACE)
    }

    fn segment(marker: u8, payload: &[u8]) -> Vec<u8> {
        let length = u16::try_from(payload.len() + 2).unwrap().to_be_bytes();
        [&[0xff, marker], length.as_slice(), payload].concat()
    }

    /// A photograph, held upright, with all that cameras and telephones write.
    fn photograph() -> Vec<u8> {
        let plain = picture(ImageFormat::Jpeg);
        let mut bytes = plain[..2].to_vec();
        bytes.extend(segment(APP1, &[b"Exif\0\0".as_slice(), &tiff(Orientation::Rotate90), TRACE].concat()));
        bytes.extend(segment(APP1, &[b"http://ns.adobe.com/xap/1.0/\0".as_slice(), TRACE].concat()));
        bytes.extend(segment(0xe0, &[b"JFXX\0".as_slice(), TRACE].concat()));
        bytes.extend(segment(0xe2, &[b"MPF\0".as_slice(), TRACE].concat()));
        bytes.extend(segment(0xed, TRACE));
        bytes.extend(segment(COM, TRACE));
        for reserved in [0xf0, 0xf7, 0xfd, 0xc8, 0xde, 0xdf, 0x01, 0x02, 0xbf] {
            bytes.extend(segment(reserved, TRACE));
        }
        bytes.extend(segment(0xee, &[b"Adobe\0\x64\0\0\0\0\0".as_slice(), TRACE].concat()));
        // A thumbnail in the header itself, and its sides: another picture than the one that is shown.
        bytes.extend(segment(0xe0, &[b"JFIF\0\x01\x02\0\0\x01\0\x01\x03\x04".as_slice(), TRACE].concat()));
        bytes.extend_from_slice(&plain[2..]);
        // A film behind the picture.
        bytes.extend_from_slice(TRACE);
        bytes
    }

    #[test]
    fn a12_2_where_when_and_with_what_a_photograph_was_taken_does_not_leave_the_device() {
        let bytes = photograph();
        assert!(there(&bytes));
        let clean = media::without_traces(media::Media::Jpeg, &bytes).unwrap();
        assert!(!there(&clean));
        let (before, after) = (media::decode(&bytes).unwrap(), media::decode(&clean).unwrap());
        assert_eq!((after.width(), after.height()), (20, 40), "it is turned as it was");
        assert_eq!(before.to_rgb8().as_raw(), after.to_rgb8().as_raw(), "pixel for pixel");
        assert_eq!(*media::without_traces(media::Media::Jpeg, &clean).unwrap(), *clean, "and has nothing more to lose");
    }

    #[test]
    fn a12_2_nor_what_a_png_says_of_its_making() {
        let plain = picture(ImageFormat::Png);
        let chunk = |kind: &[u8; 4]| {
            let named = [kind.as_slice(), TRACE].concat();
            let length = u32::try_from(TRACE.len()).unwrap().to_be_bytes();
            [length.as_slice(), &named, &crc32fast::hash(&named).to_be_bytes()].concat()
        };
        let mut bytes = plain[..33].to_vec();
        for kind in [b"tEXt", b"prVt"] {
            bytes.extend(chunk(kind));
        }
        bytes.extend_from_slice(&plain[33..]);
        bytes.extend_from_slice(TRACE);
        let clean = media::without_traces(media::Media::Png, &bytes).unwrap();
        assert!(!there(&clean));
        assert_eq!(*clean, plain, "what is left is the picture");
    }

    #[test]
    fn a12_2_a_picture_without_an_end_is_none() {
        for bytes in [photograph(), picture(ImageFormat::Png)] {
            let whole = bytes.len() - TRACE.len();
            for cut in (0..whole - 12).step_by(7) {
                assert_eq!(jpeg(&bytes[..cut], Orientation::NoTransforms), None, "{cut}");
                assert_eq!(png(&bytes[..cut], Orientation::NoTransforms), None, "{cut}");
            }
        }
    }

    proptest! {
        #[test]
        fn a12_2_no_bytes_make_it_fail(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            for orientation in [Orientation::NoTransforms, Orientation::Rotate180] {
                drop(jpeg(&bytes, orientation));
                drop(jpeg(&[&[0xff, SOI, 0xff, SOS, 0, 2], bytes.as_slice()].concat(), orientation));
                drop(png(&[SIGNATURE, bytes.as_slice()].concat(), orientation));
            }
        }
    }
}
