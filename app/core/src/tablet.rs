//! The people of one device: a tablet at a station is shared by several, each with an enrolment and a vault of one's own.
//!
//! ```text
//! people/<key>/            profile and vault, as the client core keeps them
//! people/<key>/name        what the person is called on this device's first screen; typed here, never sent
//! people/<key>/words       the words to compare, until the device is approved
//! ```

use std::path::{Path, PathBuf};

use renkei_client_core::profile::Profile;
use renkei_client_core::proto::bounds;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::text::Line;
use renkei_client_core::{files, random};
use serde::Serialize;
use ts_rs::TS;

use crate::Result;

/// People on one device: more than work at the largest station.
const PEOPLE: usize = 64;

const NAME: &str = "name";
const WORDS: &str = "words";

/// How somebody's place on this device stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Enrolled; an administrator has not approved it yet.
    Waiting,
    /// One can sign in.
    Ready,
    /// Wiped: nothing is left but the name.
    Wiped,
}

/// Somebody's place on this device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// Names it.
    pub key: String,
    /// What the person is called here.
    pub name: String,
    /// How it stands.
    pub standing: Standing,
    /// While it waits: the words to compare with the administrator, in kana and in Latin letters.
    pub words: Option<(String, String)>,
}

/// Where the people of this device are kept.
#[derive(Debug, Clone)]
pub struct Tablet(PathBuf);

impl Tablet {
    /// The device's people are kept below `dir`.
    pub fn at(dir: &Path) -> Self {
        Self(dir.join("people"))
    }

    /// The directory of `key`, if it is one that [`Tablet::fresh`] gave.
    pub(crate) fn dir(&self, key: &str) -> Result<PathBuf> {
        let ours = key.len() == 16 && key.bytes().all(|byte| byte.is_ascii_hexdigit());
        ours.then(|| self.0.join(key)).ok_or_else(|| Code::Unknown.into())
    }

    /// Everybody, by name.
    pub fn people(&self) -> Vec<Place> {
        let entries = std::fs::read_dir(&self.0).into_iter().flatten().flatten();
        let keys = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let mut people: Vec<Place> = keys.filter_map(|key| self.place(key)).collect();
        people.sort_by(|a, b| (&a.name, &a.key).cmp(&(&b.name, &b.key)));
        people
    }

    fn place(&self, key: String) -> Option<Place> {
        let dir = self.dir(&key).ok()?;
        let name = text(&dir.join(NAME))?;
        let words = || text(&dir.join(WORDS)).and_then(|words| words.split_once('\n').map(both));
        let (standing, words) = match Profile::load(&dir) {
            Ok(profile) if profile.approved().is_ok() => (Standing::Ready, None),
            Ok(_) => (Standing::Waiting, words()),
            Err(fault) if fault.code == Code::DeviceWiped => (Standing::Wiped, None),
            Err(_) => return None,
        };
        Some(Place { key, name, standing, words })
    }

    /// A place for one more person.
    pub(crate) fn fresh(&self, name: &str) -> Result<(String, Line<{ bounds::NAME }>)> {
        let name = Line::new(name.trim()).map_err(|_| Code::BadInput)?;
        if self.people().len() >= PEOPLE {
            return Err(Code::Busy.into());
        }
        Ok((data_encoding::HEXLOWER.encode(&random::<8>()), name))
    }

    pub(crate) fn keep(&self, key: &str, name: &str, words: (&str, &str)) -> Result<()> {
        let dir = self.dir(key)?;
        files::write_private(&dir.join(NAME), name.as_bytes())?;
        files::write_private(&dir.join(WORDS), format!("{}\n{}", words.0, words.1).as_bytes())?;
        Ok(())
    }

    /// Takes a place away that nobody can sign in at: of a wiped device, or an enrolment that came to nothing.
    pub(crate) fn forget(&self, key: &str) -> Result<()> {
        let dir = self.dir(key)?;
        let place = self.place(key.to_owned()).ok_or(Code::Unknown)?;
        if place.standing == Standing::Ready {
            return Err(Code::ProfileExists.into());
        }
        if let Ok(profile) = Profile::load(&dir) {
            profile.destroy()?;
        }
        std::fs::remove_dir_all(&dir).map_err(|_| Code::ProfileFailed.into())
    }
}

fn both((kana, latin): (&str, &str)) -> (String, String) {
    (kana.to_owned(), latin.to_owned())
}

fn text(path: &Path) -> Option<String> {
    let bytes = files::read(path).ok()??;
    String::from_utf8(bytes.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_keys_that_were_given_name_a_directory() {
        let tablet = Tablet::at(Path::new("/nowhere"));
        for bad in
            ["", "..", "../../etc", "0123456789abcde", "0123456789abcdef0", "0123456789abcde/", "０123456789abcde"]
        {
            assert!(tablet.dir(bad).is_err(), "{bad}");
        }
        assert_eq!(tablet.dir("0123456789abcdef").unwrap(), Path::new("/nowhere/people/0123456789abcdef"));
    }
}
