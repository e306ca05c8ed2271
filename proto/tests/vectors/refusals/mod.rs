//! The refused vectors: bytes that are almost a value, each wrong in one way.

mod access;
mod bounds;
mod evidence;
mod forms;
mod keys;
mod opening;
mod text;

use crate::cases::{self, Case};
use crate::hex;

/// Bytes that are refused, and the name of the error.
pub(crate) struct Refusal {
    pub(crate) format: &'static str,
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    /// Zeros that follow, too many to write out.
    pub(crate) zeros: usize,
    pub(crate) error: &'static str,
}

impl Refusal {
    fn new(format: &'static str, name: impl Into<String>, bytes: impl Into<Vec<u8>>, error: &'static str) -> Self {
        Self { format, name: name.into(), bytes: bytes.into(), zeros: 0, error }
    }

    /// The same with as many zeros behind it.
    fn zeros(self, zeros: usize) -> Self {
        Self { zeros, ..self }
    }
}

/// The accepted vectors, to be broken.
struct Accepted(Vec<Case>);

impl Accepted {
    /// The bytes of one.
    fn bytes(&self, format: &str, name: &str) -> Vec<u8> {
        let found = self.0.iter().find(|case| case.format == format && case.name == name);
        found.unwrap_or_else(|| panic!("{format}, “{name}”")).bytes.clone()
    }

    /// The first of each format, but not of text or raw keys.
    fn first_of_each(&self) -> impl Iterator<Item = &Case> {
        let first = |at: &usize| self.0[..*at].iter().all(|before| before.format != self.0[*at].format);
        let raw = [
            "ticket-link",
            "heads-text",
            "access-head-text",
            "access-file",
            "sync-item",
            "ed25519-public",
            "x25519-mlkem768-public",
        ];
        let encoded = move |case: &&Case| !raw.contains(&case.format) && !case.format.starts_with("text-");
        (0..self.0.len()).filter(first).map(|at| &self.0[at]).filter(encoded)
    }
}

/// `bytes` with the number that starts at `at` one byte longer than it need be.
fn stretched(bytes: &[u8], at: usize) -> Vec<u8> {
    let last = (at..bytes.len()).find(|&i| bytes[i] < 0x80).unwrap();
    let mut longer = bytes.to_vec();
    longer[last] |= 0x80;
    longer.insert(last + 1, 0);
    longer
}

/// `bytes` with the byte at `at` replaced.
fn put(bytes: &[u8], at: usize, byte: u8) -> Vec<u8> {
    let mut other = bytes.to_vec();
    other[at] = byte;
    other
}

fn unhex(text: &str) -> Vec<u8> {
    hex::read(text).unwrap()
}

/// Every refused vector.
pub(crate) fn all() -> Vec<Refusal> {
    let accepted = Accepted(cases::all());
    [
        forms::refusals(&accepted),
        bounds::refusals(&accepted),
        keys::refusals(&accepted),
        text::refusals(&accepted),
        evidence::refusals(&accepted),
        access::refusals(&accepted),
        opening::refusals(&accepted),
    ]
    .into_iter()
    .flatten()
    .collect()
}
