//! Jobs, and what other programs find in the PDFs that come of them: poppler's tools read them, not our code.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use renkei_forms::fonts::Fonts;
use renkei_forms::{Error, Printed, print};
use renkei_proto::paper::{FORMAT, Name, Paper, Published, Sheet, TextSheet};
use renkei_proto::text::Prose;
use renkei_proto::time::Date;
use renkei_proto::wording::{TextKind, Wording};
use tempfile::TempDir;

pub(crate) const FORM2: &str = include_str!("../jobs/form2.json");
pub(crate) const TICKET: &str = include_str!("../jobs/ticket.json");
pub(crate) const REVIEW: &str = include_str!("../jobs/review.json");

/// The program.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_renkei-forms");

/// The fonts of this machine, found once.
pub(crate) fn fonts() -> &'static Fonts {
    static FOUND: OnceLock<Fonts> = OnceLock::new();
    FOUND.get_or_init(|| {
        let packages = "apt-get install fonts-morisawa-bizud-gothic fonts-ipamj-mincho poppler-utils";
        Fonts::find(&[]).unwrap_or_else(|error| panic!("{error}: {packages}"))
    })
}

pub(crate) fn text(kind: TextKind, japanese: &str, published: bool) -> TextSheet {
    let wording =
        Wording { japanese: Prose::new(japanese).unwrap(), english: Prose::new("# A text\n\nLine.").unwrap() };
    let published = published.then(|| Published { version: 3, on: date(), hash: wording.hash() });
    TextSheet { text: kind, wording, published, facility: None, person: None, english: false }
}

pub(crate) fn date() -> Date {
    Date::new(2026, 11, 22).unwrap()
}

pub(crate) fn paper(sheet: TextSheet) -> Paper {
    let association = Some(Name::new("架空市医師会").unwrap());
    Paper { format: FORMAT, printed: date(), association, sheet: Sheet::Text(Box::new(sheet)) }
}

pub(crate) fn try_print(paper: &Paper) -> Result<Printed, Error> {
    print(paper, fonts())
}

/// A PDF in a directory of its own.
pub(crate) struct Pdf {
    dir: TempDir,
    pub(crate) pages: usize,
}

impl Pdf {
    pub(crate) fn of(paper: &Paper) -> Self {
        let printed = try_print(paper).unwrap();
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("form.pdf"), &printed.pdf).unwrap();
        Self { dir, pages: printed.pages }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.dir.path().join("form.pdf")
    }

    fn tool(&self, name: &str, arguments: &[&str]) -> Vec<u8> {
        let output = Command::new(name).args(arguments).arg(self.path()).arg("-").output();
        let output = output.unwrap_or_else(|error| panic!("{name}: {error}: apt-get install poppler-utils"));
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    /// All of its text without white space and places to break.
    pub(crate) fn text(&self) -> String {
        bare(&String::from_utf8(self.tool("pdftotext", &["-raw"])).unwrap())
    }

    /// The text of each page.
    pub(crate) fn texts(&self) -> Vec<String> {
        let page = |number: usize| {
            let number = number.to_string();
            bare(&String::from_utf8(self.tool("pdftotext", &["-raw", "-f", &number, "-l", &number])).unwrap())
        };
        (1..=self.pages).map(page).collect()
    }

    /// The least and greatest x of every word, in points.
    pub(crate) fn across(&self) -> (f64, f64) {
        let html = String::from_utf8(self.tool("pdftotext", &["-bbox"])).unwrap();
        let all = |name: &str| -> Vec<f64> {
            let each = html.split("<word ").skip(1).filter_map(|word| word.split(&format!("{name}=\"")).nth(1));
            each.map(|rest| rest.split('"').next().unwrap().parse().unwrap()).collect()
        };
        (all("xMin").into_iter().fold(f64::MAX, f64::min), all("xMax").into_iter().fold(0.0, f64::max))
    }

    /// A page as it is seen: width and grey values.
    pub(crate) fn seen(&self, page: usize, dots: usize) -> (usize, Vec<u8>) {
        let (page, dots) = (page.to_string(), dots.to_string());
        let arguments = ["-gray", "-r", &dots, "-f", &page, "-l", &page];
        let output = Command::new("pdftoppm").args(arguments).arg(self.path()).output().unwrap();
        assert!(output.status.success());
        // P5, width and height, 255, then the values.
        let mut lines = output.stdout.splitn(4, |byte| *byte == b'\n');
        assert_eq!(lines.next().unwrap(), b"P5");
        let size = String::from_utf8(lines.next().unwrap().to_vec()).unwrap();
        assert_eq!(lines.next().unwrap(), b"255");
        (size.split(' ').next().unwrap().parse().unwrap(), lines.next().unwrap().to_vec())
    }
}

pub(crate) fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !c.is_control() && *c != '\u{200b}').collect()
}

/// Runs the program with `job` on its standard input.
pub(crate) fn program(job: &[u8], out: &Path, more: &[&str]) -> Output {
    let mut child = Command::new(PROGRAM)
        .arg("--out")
        .arg(out)
        .args(more)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // One that refuses early does not read all.
    drop(child.stdin.take().unwrap().write_all(job));
    child.wait_with_output().unwrap()
}
