//! The association's forms on paper: PDF in Japanese (A3.1, A6.1, A9.1, A9.2, A10.1).
//!
//! A job ([`renkei_proto::paper`]) goes through three rooms: [`sheets`] turns it into blocks of words, `typeset` sets
//! them with one fixed template in the fonts that [`fonts`] found, and gives the bytes of a PDF. What comes from people
//! is data to the template and can't become markup. There is no way to a network, a package or another file, and no
//! clock: the same job and fonts give the same bytes.

mod era;
pub mod fonts;
mod qr;
pub mod sheets;
mod typeset;

use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::paper::{FORMAT, Paper};

use fonts::Fonts;

/// Why nothing was printed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The job is longer than [`bounds::PAPER`].
    #[error("the job is too long")]
    TooLarge,
    /// Not a job, or with a text that can't be shown safely.
    #[error("not a job: {0}")]
    Malformed(String),
    /// A later version of the job's description.
    #[error("the job has format {0}; this program prints format {FORMAT}")]
    UnknownFormat(u8),
    /// The words are not those that the registry names.
    #[error("the text is not the one that was published")]
    NotAuthentic,
    /// The font is not there.
    #[error("no font {0}")]
    FontMissing(&'static str),
    /// No font has a shape for these.
    #[error("no font has {}", named(.0))]
    Unprintable(Vec<char>),
    /// The typesetter refused. It is ours to mend.
    #[error("could not be set: {0}")]
    Unset(String),
}

impl Error {
    /// What a person is told.
    pub fn code(&self) -> Code {
        match self {
            Self::TooLarge => Code::TooLarge,
            Self::Malformed(_) => Code::BadInput,
            Self::UnknownFormat(_) => Code::UnknownVersion,
            Self::NotAuthentic => Code::NotAuthentic,
            Self::FontMissing(_) | Self::Unprintable(_) => Code::FontMissing,
            Self::Unset(_) => Code::PrinterMissing,
        }
    }
}

fn named(chars: &[char]) -> String {
    let each: Vec<String> = chars.iter().map(|&c| format!("{c} (U+{:04X})", u32::from(c))).collect();
    each.join(", ")
}

/// A file, and what is in it.
#[derive(Debug)]
pub struct Printed {
    /// The file.
    pub pdf: Vec<u8>,
    /// How many pages.
    pub pages: usize,
    /// Whether 見本 is across them.
    pub sample: bool,
}

/// Reads a job.
pub fn job(json: &[u8]) -> Result<Paper, Error> {
    if json.len() > bounds::PAPER {
        return Err(Error::TooLarge);
    }
    let paper: Paper = serde_json::from_slice(json).map_err(|error| Error::Malformed(error.to_string()))?;
    if paper.format == FORMAT { Ok(paper) } else { Err(Error::UnknownFormat(paper.format)) }
}

/// Prints a job.
pub fn print(paper: &Paper, fonts: &Fonts) -> Result<Printed, Error> {
    let page = sheets::page(paper)?;
    let (pdf, pages) = typeset::set(&page, paper.printed, fonts)?;
    Ok(Printed { pdf, pages, sample: page.sample })
}
