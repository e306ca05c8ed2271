//! The fonts: a universal-design gothic for everything, and a second one for rare characters of names.
//!
//! They come from where the system keeps fonts, or from a directory that is named. Nothing is fetched.

use std::path::{Path, PathBuf};

use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;

use crate::Error;

/// What everything is set in: `BIZ UDPGothic` (Morisawa, SIL Open Font License), the kind that Japan's authorities use for
/// forms that everybody must be able to read.
pub const FAMILY: &str = "BIZ UDPGothic";

/// Where every character is as wide as another: links and hashes.
pub const FIXED: &str = "BIZ UDGothic";

/// For characters of names that the first has not: `IPAmjMincho`, which has those of family registers; and Noto.
const RARE: [&str; 2] = ["IPAmjMincho", "Noto Sans CJK JP"];

/// Their files, by the start of their names in lower case.
const FILES: [&str; 4] = ["bizudpgothic-", "bizudgothic-regular", "ipamjm", "notosanscjk-regular"];

/// Where systems keep fonts.
const PLACES: [&str; 2] = ["/usr/share/fonts", "/usr/local/share/fonts"];

/// How deep directories are searched, and the largest file that is read: the largest of these fonts takes 45 MB.
const DEPTH: usize = 6;
const LARGEST: u64 = 128 * 1_024 * 1_024;

/// The fonts that were found.
#[derive(Debug)]
pub struct Fonts {
    pub(crate) book: LazyHash<FontBook>,
    pub(crate) all: Vec<Font>,
    /// What the text is set in, the first before the next.
    pub(crate) families: Vec<&'static str>,
}

impl Fonts {
    /// Those of `places`, or of the system where none is named.
    pub fn find(places: &[PathBuf]) -> Result<Self, Error> {
        let mut files = Vec::new();
        let system = PLACES.map(PathBuf::from);
        for place in if places.is_empty() { &system[..] } else { places } {
            search(place, DEPTH, &mut files);
        }
        // Whatever order a directory has: the same fonts give the same file.
        files.sort_by_key(|path| (path.file_name().map(ToOwned::to_owned), path.clone()));
        files.dedup_by_key(|path| path.file_name().map(ToOwned::to_owned));
        let read = files.iter().filter_map(|path| std::fs::read(path).ok());
        let fonts: Vec<Font> = read.flat_map(|data| Font::iter(Bytes::new(data))).collect();
        let book = FontBook::from_fonts(&fonts);
        let has = |family: &str| book.contains_family(&family.to_lowercase());
        for needed in [FAMILY, FIXED] {
            if !has(needed) {
                return Err(Error::FontMissing(needed));
            }
        }
        let families = std::iter::once(FAMILY).chain(RARE.into_iter().filter(|rare| has(rare))).collect();
        Ok(Self { book: LazyHash::new(book), all: fonts, families })
    }

    /// Those of `text` for which no font has a shape.
    pub(crate) fn lacks(&self, text: &str) -> Vec<char> {
        let usable = |font: &&Font| self.families.iter().any(|family| *family == font.info().family);
        let fonts: Vec<&Font> = self.all.iter().filter(usable).collect();
        let there = |c: char| fonts.iter().any(|font| font.info().coverage.contains(u32::from(c)));
        let mut lacking: Vec<char> = text.chars().filter(|&c| !unseen(c) && !there(c)).collect();
        lacking.sort_unstable();
        lacking.dedup();
        lacking
    }
}

/// Characters that have no shape of their own: line feeds, joiners, break opportunities, selectors of a variant.
fn unseen(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200b}'..='\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

fn search(place: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    let Ok(entries) = place.read_dir() else { return };
    for entry in entries.flatten() {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().to_lowercase());
        let Ok(about) = std::fs::metadata(&path) else { continue };
        if about.is_dir() && depth > 0 {
            search(&path, depth - 1, found);
        } else if about.is_file() && about.len() <= LARGEST && FILES.iter().any(|file| name.starts_with(file)) {
            found.push(path);
        }
    }
}
