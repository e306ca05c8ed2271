//! Blocks of words to a PDF, by one template.

use renkei_proto::time::{Date, JAPAN};
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Dict, Duration, IntoValue as _, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::Error;
use crate::fonts::{FIXED, Fonts};
use crate::sheets::Page;

const TEMPLATE: &str = include_str!("form.typ");

/// All that the typesetter can reach: the template, the words, the fonts.
struct Press<'f> {
    library: LazyHash<Library>,
    template: Source,
    fonts: &'f Fonts,
}

impl World for Press<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.fonts.book
    }

    fn main(&self) -> FileId {
        self.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.template.id() { Ok(self.template.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, _: FileId) -> FileResult<Bytes> {
        Err(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.all.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// The file and the number of its pages.
pub(crate) fn set(page: &Page, printed: Date, fonts: &Fonts) -> Result<(Vec<u8>, usize), Error> {
    let words = serde_json::to_string(page).map_err(|error| Error::Unset(error.to_string()))?;
    let lacking = fonts.lacks(&words);
    if !lacking.is_empty() {
        return Err(Error::Unprintable(lacking));
    }
    let families: Vec<_> = fonts.families.iter().map(|family| (*family).into_value()).collect();
    let inputs = [
        ("page", words.into_value()),
        ("families", typst::foundations::Array::from_iter(families).into_value()),
        ("fixed", FIXED.into_value()),
    ];
    let inputs: Dict = inputs.into_iter().map(|(name, value)| (name.into(), value)).collect();
    let path = VirtualPath::new("form.typ").map_err(|_| Error::Unset("form.typ".to_owned()))?;
    let press = Press {
        library: LazyHash::new(Library::builder().with_inputs(inputs).build()),
        template: Source::new(FileId::new(RootedPath::new(VirtualRoot::Project, path)), TEMPLATE.to_owned()),
        fonts,
    };
    let document = typst::compile::<PagedDocument>(&press).output.map_err(unset)?;
    let pdf = typst_pdf::pdf(&document, &options(printed)?).map_err(unset);
    // What was remembered of a ticket's secret is not needed again.
    typst::comemo::evict(0);
    Ok((pdf?, document.pages().len()))
}

fn options(printed: Date) -> Result<PdfOptions, Error> {
    let (year, month, day) = printed.parts();
    let midnight = Datetime::from_ymd_hms(i32::from(year), month, day, 0, 0, 0);
    let ahead = i32::try_from(JAPAN / 60).unwrap_or_default();
    // For archives and for readers of the screen: every character has its Unicode, every part its role.
    let standards = PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1]);
    Ok(PdfOptions {
        creator: Smart::Custom(Some("Renkei".to_owned())),
        timestamp: midnight.and_then(|midnight| Timestamp::new_local(midnight, ahead)),
        standards: standards.map_err(|error| Error::Unset(error.message().to_string()))?,
        ..PdfOptions::default()
    })
}

fn unset(faults: impl IntoIterator<Item = SourceDiagnostic>) -> Error {
    let each: Vec<String> = faults.into_iter().map(|fault| fault.message.to_string()).collect();
    Error::Unset(each.join("; "))
}
