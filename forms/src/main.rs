//! `renkei-forms`: reads a job from standard input and writes a PDF. `renkei print …` starts it; by hand it is of little use.
//!
//! A job can hold the secret of an enrolment ticket: it is read from a pipe, and no part of it is ever told but in the
//! PDF, which nobody else may read and which replaces no file.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use renkei_forms::fonts::Fonts;
use renkei_forms::{Error, job, print};
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::sentence::{Language, sentence};
use zeroize::Zeroizing;

/// What is freed is wiped: a ticket's secret passes through buffers of the typesetter.
#[global_allocator]
static WIPED: zeroizing_alloc::ZeroAlloc<std::alloc::System> = zeroizing_alloc::ZeroAlloc(std::alloc::System);

/// Prints a form of Renkei as PDF: the job, as JSON, comes from standard input / 様式のPDFを作成
#[derive(Debug, Parser)]
#[command(name = "renkei-forms", version)]
struct Arguments {
    /// The new file / 作成するファイル
    #[arg(long, value_name = "FILE", required_unless_present = "check")]
    out: Option<PathBuf>,
    /// Print nothing: only say whether the fonts are there / フォントの確認のみ
    #[arg(long, conflicts_with = "out")]
    check: bool,
    /// Where the fonts are [default: where the system has them] / フォントの場所
    #[arg(long, value_name = "DIR")]
    fonts: Vec<PathBuf>,
}

/// What to tell: a code, and what it is about.
type Failure = (Code, String);

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(done) => {
            println!("{done}");
            ExitCode::SUCCESS
        }
        Err((code, about)) => {
            let sentence = sentence(code, Language::English);
            eprintln!(
                "{}",
                serde_json::json!({ "error": { "code": code.name(), "sentence": sentence, "about": about } })
            );
            ExitCode::from(code.class().exit_status())
        }
    }
}

fn run(arguments: &Arguments) -> Result<serde_json::Value, Failure> {
    let failed = |error: Error| (error.code(), error.to_string());
    let fonts = Fonts::find(&arguments.fonts).map_err(failed)?;
    let Some(out) = &arguments.out else { return Ok(serde_json::json!({ "ready": true })) };
    // One byte more than is taken, so that it is seen.
    let most = u64::try_from(bounds::PAPER).unwrap_or(u64::MAX).saturating_add(1);
    let mut json = Zeroizing::new(Vec::with_capacity(64 * 1_024));
    let read = std::io::stdin().lock().take(most).read_to_end(&mut json);
    read.map_err(|error| (Code::BadInput, error.to_string()))?;
    let paper = job(&json).map_err(failed)?;
    let printed = print(&paper, &fonts).map_err(failed)?;
    write(out, &printed.pdf).map_err(|error| {
        let code = match error.kind() {
            std::io::ErrorKind::AlreadyExists => Code::FileExists,
            _ => Code::ProfileFailed,
        };
        (code, format!("{}: {error}", out.display()))
    })?;
    Ok(serde_json::json!({ "pages": printed.pages, "sample": printed.sample }))
}

/// A new file for its owner alone. What could not be written whole does not stay.
fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if written.is_err() {
        drop(std::fs::remove_file(path));
    }
    written
}
