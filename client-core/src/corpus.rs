//! The fuzz targets of files over the corpus that is kept in git. `fuzz/README.md` says how it grows.

#[path = "../../proto/tests/corpus/seeds.rs"]
#[allow(dead_code, reason = "shared with the corpora whose seeds are vectors")]
mod seeds;
#[path = "../../fuzz/src/media.rs"]
#[allow(unreachable_pub, reason = "shared with the fuzz targets")]
mod targets;

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

use seeds::Corpus;

fn picture(format: ImageFormat) -> Vec<u8> {
    let drawn = RgbImage::from_fn(9, 5, |x, y| Rgb([x.to_le_bytes()[0] * 28, y.to_le_bytes()[0] * 50, 128]));
    let mut bytes = Vec::new();
    DynamicImage::ImageRgb8(drawn).write_to(&mut Cursor::new(&mut bytes), format).unwrap();
    bytes
}

/// A file of each format with something said in it, behind the byte that chooses the format.
fn recordings() -> Vec<Vec<u8>> {
    let notes = b"\x08\0\0\0recorder\x01\0\0\0\x0e\0\0\0LOCATION=Tokyo";
    let files: [&[u8]; 6] = [
        b"%PDF-1.7\n1 0 obj <</Author (Mihon Taro) /Title <FEFF898B672C> >>\n/Metadata 2 0 R\n\
            <dc:creator><rdf:li>Mihon</rdf:li></dc:creator>\n%%EOF",
        b"ID3\x04\0\0\0\0\0\x20TPE1\0\0\0\x06\0\0\x03Mihon",
        b"\0\0\0\x20ftypM4A \0\0\0\0moov\0\0\0\x20\xa9too\0\0\0\x18data\0\0\0\x01\0\0\0\0Recorder",
        b"RIFF\0\0\0\0WAVELIST\x12\0\0\0INFOIART\x06\0\0\0Mihon\0",
        b"OggS\0\x02OpusTags",
        b"fLaC\x84\0\0\x22",
    ];
    let said = |at: usize| if at >= 4 { notes.as_slice() } else { b"" };
    files.iter().enumerate().map(|(at, file)| [&[u8::try_from(at).unwrap()], *file, said(at)].concat()).collect()
}

fn pictures() -> Vec<Vec<u8>> {
    let of = |format| [1, 6].map(|held: u8| [vec![held], picture(format)].concat());
    [ImageFormat::Jpeg, ImageFormat::Png].into_iter().flat_map(of).collect()
}

#[test]
fn a12_2_the_kept_corpus_of_files_makes_nothing_panic() {
    for &(target, run) in targets::ALL {
        let corpus = Corpus::of(target);
        let seeds = if target == "made" { recordings() } else { pictures() };
        corpus.seed(seeds.into_iter());
        corpus.replay(run);
    }
}
