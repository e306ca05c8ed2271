//! Secrets come from the terminal without echo, or from a file descriptor that the caller opened: never from arguments,
//! which every process of the machine can see, nor from the environment, which children inherit.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::Read as _;

use renkei_client_core::proto::bounds;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Password, RecoveryCode};
use renkei_client_core::proto::sentence::Language;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use crate::failure::{Failure, Result};

/// A secret text on its way between two processes of one person. Wiped when dropped, never printed.
#[derive(Clone)]
pub(crate) struct Secret(Zeroizing<String>);

impl Secret {
    pub(crate) fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn password(&self) -> Result<Password> {
        Password::new(&self.0).map_err(|_| Code::TooLarge.into())
    }

    pub(crate) fn recovery(&self) -> Result<RecoveryCode> {
        self.0.parse().map_err(|_| Failure::about(Code::BadInput, "ABCD-EFGH-IJKL-MNOP"))
    }

    /// Six digits, in whatever form a Japanese keyboard gives them, with or without a blank in the middle.
    pub(crate) fn totp(&self) -> Result<u32> {
        let digits: Zeroizing<String> = Zeroizing::new(
            self.0
                .chars()
                .filter(|c| !c.is_whitespace())
                .map(|c| match c {
                    '０'..='９' => char::from_u32(u32::from(c) - u32::from('０') + u32::from('0')).unwrap_or(c),
                    _ => c,
                })
                .collect(),
        );
        let right = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse().ok().filter(|_| right).ok_or_else(|| Failure::about(Code::BadInput, "NNNNNN"))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> core::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> core::result::Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

/// Where a command's secrets come from. A descriptor stays open from its first line to the last, so that several
/// secrets can follow each other on one.
#[derive(Debug, Default)]
pub(crate) struct Secrets {
    open: BTreeMap<u32, File>,
}

impl Secrets {
    /// The next line of descriptor `fd`, or what is typed after `prompt`.
    pub(crate) fn take(&mut self, fd: Option<u32>, prompt: &str) -> Result<Secret> {
        match fd {
            Some(fd) => self.line(fd),
            None => ask(prompt),
        }
    }

    /// A new secret: what is typed is typed twice.
    pub(crate) fn take_new(&mut self, fd: Option<u32>, prompt: (&str, &str), language: Language) -> Result<Secret> {
        let first = self.take(fd, prompt.0)?;
        if fd.is_none() && ask(prompt.1)?.as_str() != first.as_str() {
            return Err(Failure::about(Code::BadInput, language.pick("2回の入力が違います", "the two differ")));
        }
        Ok(first)
    }

    /// One byte at a time: what follows the line is left for whoever reads next, and no copy stays in a buffer.
    fn line(&mut self, fd: u32) -> Result<Secret> {
        let failed = |_| Failure::about(Code::BadInput, format!("fd {fd}"));
        let file = match self.open.entry(fd) {
            std::collections::btree_map::Entry::Occupied(file) => file.into_mut(),
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(File::open(descriptor(fd)).map_err(failed)?)
            }
        };
        let mut line = Zeroizing::new(Vec::with_capacity(4 * bounds::PASSWORD));
        let mut byte = Zeroizing::new([0]);
        while file.read(&mut *byte).map_err(failed)? == 1 && byte[0] != b'\n' {
            if line.len() == line.capacity() {
                return Err(Code::TooLarge.into());
            }
            line.push(byte[0]);
        }
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        let text = core::str::from_utf8(&line).ok().filter(|text| !text.is_empty());
        text.map(|text| Secret::new(text.to_owned())).ok_or_else(|| Failure::about(Code::BadInput, format!("fd {fd}")))
    }
}

/// The path by which a process reaches its own descriptor.
pub(crate) fn descriptor(fd: u32) -> String {
    format!("/dev/fd/{fd}")
}

fn ask(prompt: &str) -> Result<Secret> {
    match rpassword::prompt_password(prompt) {
        Ok(text) if !text.is_empty() => Ok(Secret::new(text)),
        Ok(_) => Err(empty(prompt)),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Err(empty(prompt)),
        // A script gives a descriptor.
        Err(_) => {
            Err(Failure::about(Code::BadInput, "ターミナルがありません / no terminal: --password-fd N, --code-fd N"))
        }
    }
}

/// Nothing was typed where something was asked for.
fn empty(prompt: &str) -> Failure {
    Failure::about(Code::BadInput, prompt.trim().trim_end_matches(':'))
}

#[cfg(test)]
mod tests {
    use std::io::{Seek as _, Write as _};
    use std::os::fd::AsRawFd as _;

    use super::*;

    #[test]
    fn a_code_is_six_digits_however_typed() {
        for good in ["012345", " 012 345 ", "０１２３４５"] {
            assert_eq!(Secret::new(good.to_owned()).totp().unwrap(), 12345, "{good}");
        }
        for bad in ["12345", "1234567", "12345a", "", "-12345", "+12345"] {
            assert!(Secret::new(bad.to_owned()).totp().is_err(), "{bad}");
        }
    }

    #[test]
    fn secrets_follow_each_other_on_one_descriptor() {
        let path = std::env::temp_dir().join(format!("renkei-secrets-{}", std::process::id()));
        let mut file = File::options().read(true).write(true).create(true).truncate(true).open(&path).unwrap();
        file.write_all("一つ目\r\ntwo\nlast".as_bytes()).unwrap();
        file.rewind().unwrap();
        let fd = Some(u32::try_from(file.as_raw_fd()).unwrap());
        let mut secrets = Secrets::default();
        let mut next = || secrets.take(fd, "").map(|secret| secret.as_str().to_owned());
        assert_eq!(next().unwrap(), "一つ目");
        assert_eq!(next().unwrap(), "two");
        assert_eq!(next().unwrap(), "last");
        assert_eq!(next().unwrap_err().code(), Code::BadInput);
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_secret_shows_nothing() {
        assert_eq!(format!("{:?}", Secret::new("x".to_owned())), "Secret(…)");
    }
}
