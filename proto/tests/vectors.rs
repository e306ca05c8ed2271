//! Every stored, signed or sent format against bytes that were written down once.
//!
//! `vectors/accept` and `vectors/refuse` hold one file for each format: bytes that it takes, with what they say, and
//! bytes that it refuses, with the error. The values are made again here, in Rust, and compared with the files in both
//! directions. A difference means that what is stored on somebody's disk today would no longer be read, or would mean
//! something else: such a change needs a new version byte.
//!
//! A new format, or a new vector, is written down by
//!
//! ```text
//! RENKEI_BLESS=1 cargo test -p renkei-proto --test vectors
//! ```
//!
//! which rewrites all files. Look at the difference before you commit it: only additions are harmless.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

#[path = "vectors/access_formats.rs"]
mod access_formats;
#[path = "vectors/cases/mod.rs"]
mod cases;
#[path = "vectors/file_formats.rs"]
mod file_formats;
#[path = "vectors/files.rs"]
mod files;
#[path = "vectors/fixtures.rs"]
mod fixtures;
#[path = "vectors/formats.rs"]
mod formats;
#[path = "vectors/hex.rs"]
mod hex;
#[path = "vectors/refusals/mod.rs"]
mod refusals;

use std::collections::BTreeSet;

use crate::cases::Case;
use crate::files::{Kind, Vectors};
use crate::formats::Format;
use crate::refusals::Refusal;

#[test]
fn accepted_bytes_are_the_values_they_were() {
    let cases = cases::all();
    files::bless_or_compare(Kind::Accept, &cases.iter().map(Case::vector).collect::<Vec<_>>());
    let stored = Vectors::load(Kind::Accept);
    for case in &cases {
        let name = format!("{}, “{}”", case.format, case.name);
        let (bytes, vector) = stored.find(case.format, &case.name);
        assert_eq!((case.is)(&bytes, &vector["fields"]), Ok(()), "{name}: {}", files::BUMP);
        let format = Format::named(case.format).expect("a format of this name");
        assert_eq!((format.again)(&bytes), Ok(bytes.clone()), "{name}: another form of the same");
        assert_eq!((format.fold)(&bytes), bytes, "{name}: not as it is written");
    }
}

#[test]
fn refused_bytes_are_refused_for_their_reason() {
    let refusals = refusals::all();
    files::bless_or_compare(Kind::Refuse, &refusals.iter().map(Refusal::vector).collect::<Vec<_>>());
    let stored = Vectors::load(Kind::Refuse);
    for refusal in &refusals {
        let name = format!("{}, “{}”", refusal.format, refusal.name);
        let (bytes, vector) = stored.find(refusal.format, &refusal.name);
        let format = Format::named(refusal.format).expect("a format of this name");
        let error = (format.again)(&bytes).expect_err(&name);
        assert_eq!(vector["error"], error, "{name}");
    }
}

#[test]
fn every_format_has_bytes_that_it_takes_and_bytes_that_it_refuses() {
    let names: BTreeSet<_> = formats::all().iter().map(|format| format.name).collect();
    assert_eq!(cases::all().iter().map(|case| case.format).collect::<BTreeSet<_>>(), names);
    assert_eq!(refusals::all().iter().map(|refusal| refusal.format).collect::<BTreeSet<_>>(), names);
}
