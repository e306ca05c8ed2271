//! The archive of an export: a ZIP, encrypted to a passphrase in the age format (age-encryption.org/v1).
//!
//! Its parts go through the encryption as they are written: nothing of them is on a disk in plain text at any moment.

use core::fmt;
use std::io::{self, Write};

use age::secrecy::SecretString;
use data_encoding::BASE32_NOPAD;
use renkei_proto::bounds;
use renkei_proto::code::Code;
use zeroize::Zeroizing;
use zip::ZipWriter;
use zip::write::{SimpleFileOptions, StreamWriter};

use crate::{Result, random};

/// Shortest passphrase that a person may choose, in characters: as of the root's file.
pub const PASSPHRASE: usize = 16;

/// Work of scrypt, as a power of two: half a second and 128 `MiB`, which a phone has, for each guess.
const WORK: u8 = 17;

/// What opens an archive. Wiped when dropped, never printed.
#[derive(Clone)]
pub struct Passphrase(Zeroizing<String>);

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(…)")
    }
}

impl Passphrase {
    /// A new one, of 120 random bits, to be written down: `ABCD-EFGH-…`.
    pub fn generate() -> Self {
        let bits = Zeroizing::new(random::<15>());
        let letters = Zeroizing::new(BASE32_NOPAD.encode(&*bits));
        let mut text = Zeroizing::new(String::with_capacity(32));
        for (at, letter) in letters.chars().enumerate() {
            if at > 0 && at.is_multiple_of(4) {
                text.push('-');
            }
            text.push(letter);
        }
        Self(text)
    }

    /// One that a person has chosen.
    pub fn chosen(text: &str) -> Result<Self> {
        let long = text.chars().count() >= PASSPHRASE && text.len() <= bounds::PASSWORD;
        let mut seen: Vec<char> = text.chars().collect();
        seen.sort_unstable();
        seen.dedup();
        // "aaaaaaaaaaaaaaaa" is long as well.
        let varied = seen.len() >= PASSPHRASE / 2;
        if long && varied { Ok(Self(Zeroizing::new(text.to_owned()))) } else { Err(Code::PasswordTooWeak.into()) }
    }

    /// To be shown once.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// An archive that is being written. It is ciphertext from its first byte on, and whole when it is finished.
pub struct Archive<W: Write>(ZipWriter<StreamWriter<Encrypted<W>>>);

type Encrypted<W> = age::stream::StreamWriter<W>;

impl<W: Write> fmt::Debug for Archive<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Archive(…)")
    }
}

impl<W: Write> Archive<W> {
    /// Begins one at `out`.
    pub fn begin(out: W, passphrase: &Passphrase) -> io::Result<Self> {
        let mut recipient = age::scrypt::Recipient::new(SecretString::from(passphrase.reveal().to_owned()));
        recipient.set_work_factor(WORK);
        let encryptor = age::Encryptor::with_recipients(std::iter::once(&recipient as &dyn age::Recipient));
        let encrypted = encryptor.map_err(io::Error::other)?.wrap_output(out)?;
        Ok(Self(ZipWriter::new_stream(encrypted)))
    }

    /// Begins a file in it.
    pub fn start(&mut self, name: &str) -> io::Result<()> {
        Ok(self.0.start_file(name, SimpleFileOptions::default())?)
    }

    /// Adds to the file that was begun last.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }

    /// Ends it, and gives back what it was written to.
    pub fn finish(self) -> io::Result<W> {
        let mut out = self.0.finish()?.into_inner().finish()?;
        out.flush()?;
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn open(bytes: &[u8], passphrase: &str) -> Option<Vec<(String, Vec<u8>)>> {
        let identity = age::scrypt::Identity::new(SecretString::from(passphrase.to_owned()));
        let decryptor = age::Decryptor::new(bytes).ok()?;
        let mut plain = Vec::new();
        let opened = decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity)).ok()?;
        { opened }.read_to_end(&mut plain).ok()?;
        let mut zip = zip::ZipArchive::new(io::Cursor::new(plain)).ok()?;
        let read = |at| {
            let mut file = zip.by_index(at).ok()?;
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).ok()?;
            Some((file.name().ok()?.into_owned(), bytes))
        };
        (0..2).map(read).collect()
    }

    #[test]
    fn a12_5_an_archive_opens_with_its_passphrase_alone_and_shows_nothing_without() {
        let passphrase = Passphrase::generate();
        let (manifest, text) = (b"{}".to_vec(), "体温 36.5".repeat(4_000).into_bytes());
        let mut bytes = Vec::new();
        let mut archive = Archive::begin(&mut bytes, &passphrase).expect("begun");
        for (name, bytes) in [("manifest.json", &manifest), ("messages.txt", &text)] {
            archive.start(name).and_then(|()| archive.write(bytes)).expect("written");
        }
        archive.finish().expect("finished");
        let found = open(&bytes, passphrase.reveal()).expect("it opens");
        assert_eq!(found, [("manifest.json".to_owned(), manifest), ("messages.txt".to_owned(), text)]);
        assert!(open(&bytes, "AAAA-BBBB-CCCC-DDDD").is_none());
        let needle = "体温".as_bytes();
        assert!(!bytes.windows(needle.len()).any(|window| window == needle));
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        assert!(open(&bytes, passphrase.reveal()).is_none(), "changed bytes do not open");
    }

    #[test]
    fn a12_5_a_passphrase_is_long_or_refused_and_never_printed() {
        let one = Passphrase::generate();
        assert_eq!(one.reveal().len(), 29);
        assert_ne!(one.reveal(), Passphrase::generate().reveal());
        assert_eq!(format!("{one:?}"), "Passphrase(…)");
        for bad in ["", "short", "aaaaaaaaaaaaaaaaaaaa", &"見本".repeat(100)] {
            assert_eq!(Passphrase::chosen(bad).expect_err(bad).code, Code::PasswordTooWeak);
        }
        assert_eq!(Passphrase::chosen("kaze no oto ga kikoeru").expect("long").reveal(), "kaze no oto ga kikoeru");
    }
}
