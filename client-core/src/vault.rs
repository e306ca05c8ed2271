//! What a device keeps secret between two runs, as one sealed file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use rand_core::OsRng;
use renkei_proto::act::{ReleaseKey, SealedLabel};
use renkei_proto::code::Code;
use renkei_proto::codec;
use renkei_proto::heads::SignedHeads;
use renkei_proto::id::{GroupId, InvitationId, TicketId};
use renkei_proto::statement::{Head, LogId};
use renkei_proto::ticket::{Purpose, TicketSecret};
use renkei_proto::time::Time;
use renkei_sealing::device::{DeviceKeys, SealingSecret};
use renkei_sealing::epoch::EpochKey;
use renkei_sealing::vault::VaultKey;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::client::lock;
use crate::{Result, files};

/// The name under which the contents are sealed.
const PART: &str = "vault";

/// A ticket that this device issued and whose answer it will have to check.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Issued {
    pub(crate) secret: TicketSecret,
    pub(crate) purpose: Purpose,
    pub(crate) expires: Time,
}

/// The contents.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Contents {
    version: u8,
    /// The device's keys.
    pub(crate) keys: DeviceKeys,
    /// Keys of epochs, by group and number.
    pub(crate) epochs: BTreeMap<(GroupId, u32), EpochKey>,
    /// Keys that this device received with before: what is on its way to them still opens.
    pub(crate) spare: Vec<SealingSecret>,
    /// Keys that this device has asked to be registered. Kept until they are: an answer may get lost.
    pub(crate) pending: Option<SealingSecret>,
    /// Labels of groups that this device governs or decides on without reading them.
    pub(crate) labels: BTreeMap<GroupId, SealedLabel>,
    /// Release keys that an approval by this person publishes.
    pub(crate) releases: BTreeMap<InvitationId, ReleaseKey>,
    /// Tickets that wait for an answer.
    pub(crate) issued: BTreeMap<TicketId, Issued>,
    /// The last head of each log: a log that is shorter, or another, is not the one that this device knows.
    pub(crate) heads: BTreeMap<LogId, Head>,
    /// Logs in which something did not hold: not written to until the person has found out what happened.
    pub(crate) distrusted: BTreeMap<LogId, Code>,
    /// The last heads that the server signed: its word, to be held against another word of its.
    pub(crate) signed: Option<SignedHeads>,
}

impl Contents {
    pub(crate) fn new(keys: DeviceKeys) -> Self {
        Self {
            version: renkei_proto::VERSION,
            keys,
            epochs: BTreeMap::new(),
            spare: Vec::new(),
            labels: BTreeMap::new(),
            releases: BTreeMap::new(),
            issued: BTreeMap::new(),
            heads: BTreeMap::new(),
            distrusted: BTreeMap::new(),
            pending: None,
            signed: None,
        }
    }

    /// The keys under which something may have been sealed for this device, present ones first.
    pub(crate) fn receiving(&self) -> impl Iterator<Item = &SealingSecret> {
        std::iter::once(&self.keys.sealing).chain(&self.pending).chain(&self.spare)
    }
}

/// Which opening of each vault is the last one in this program. A session that is on its way out may still be writing when the
/// next one begins: it finishes before the vault is read again, and writes nothing over it afterwards.
static LAST: Mutex<BTreeMap<PathBuf, Arc<Mutex<u64>>>> = Mutex::new(BTreeMap::new());

fn last(path: &Path) -> Arc<Mutex<u64>> {
    Arc::clone(lock(&LAST).entry(path.to_owned()).or_default())
}

fn next(opening: &mut u64) -> u64 {
    *opening += 1;
    *opening
}

/// An open vault.
#[derive(Debug)]
pub(crate) struct Vault {
    path: PathBuf,
    key: VaultKey,
    /// The last opening of this path, and which one this is.
    last: Arc<Mutex<u64>>,
    opening: u64,
    pub(crate) contents: Contents,
}

impl Vault {
    /// Makes a new vault.
    pub(crate) fn create(path: PathBuf, key: VaultKey, contents: Contents) -> Result<Self> {
        let last = last(&path);
        let opening = next(&mut lock(&last));
        let vault = Self { path, key, last, opening, contents };
        vault.save()?;
        Ok(vault)
    }

    /// Opens a vault.
    pub(crate) fn open(path: &Path, key: VaultKey) -> Result<Self> {
        let last = last(path);
        let mut newest = lock(&last);
        let sealed = files::read(path)?.ok_or(Code::NotEnrolled)?;
        let plain = key.open(PART, &sealed).map_err(|_| Code::VaultClosed)?;
        let contents: Contents = codec::decode(&plain).map_err(|_| Code::VaultClosed)?;
        if contents.version != renkei_proto::VERSION {
            return Err(Code::UnknownVersion.into());
        }
        let opening = next(&mut newest);
        drop(newest);
        Ok(Self { path: path.to_owned(), key, last, opening, contents })
    }

    /// Where a part beside the contents lies.
    pub(crate) fn part(&self, name: &str) -> PathBuf {
        self.path.with_file_name(name)
    }

    /// A part of the vault that is kept beside the contents; none if it is not there or does not open.
    pub(crate) fn open_part(&self, name: &str) -> Option<Zeroizing<Vec<u8>>> {
        let sealed = files::read(&self.part(name)).ok()??;
        self.key.open(name, &sealed).ok()
    }

    /// Seals such a part.
    pub(crate) fn seal_part(
        &self,
        name: &str,
        plain: &[u8],
    ) -> core::result::Result<Vec<u8>, renkei_sealing::SealError> {
        self.key.seal(name, plain, &mut OsRng)
    }

    /// Writes the contents, sealed. Durable when this returns. Refused with `vault_closed` once the vault has been opened again.
    pub(crate) fn save(&self) -> Result<()> {
        let newest = lock(&self.last);
        if *newest != self.opening {
            return Err(Code::VaultClosed.into());
        }
        let plain = Zeroizing::new(codec::encode(&self.contents));
        let sealed = self.key.seal(PART, &plain, &mut OsRng).map_err(|_| Code::ProfileFailed)?;
        files::write_private(&self.path, &sealed)?;
        drop(newest);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use renkei_proto::frame::Secret32;
    use renkei_proto::id::DeviceId;

    use super::*;

    fn key() -> VaultKey {
        VaultKey::derive(&Secret32::new([1; 32]), &Secret32::new([2; 32]), DeviceId([3; 16]))
    }

    #[test]
    fn a_session_that_is_over_writes_nothing_over_the_next_ones_vault() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("vault.sealed");
        let keys = DeviceKeys::generate(&mut OsRng).expect("keys");
        let first = Vault::create(path.clone(), key(), Contents::new(keys)).expect("created");
        let mut next = Vault::open(&path, key()).expect("opened");
        next.contents.distrusted.insert(LogId::Registry, Code::LogNotTrusted);
        next.save().expect("the newest opening writes");
        assert_eq!(first.save().map_err(|fault| fault.code), Err(Code::VaultClosed));
        let again = Vault::open(&path, key()).expect("opened");
        assert_eq!(again.contents.distrusted, next.contents.distrusted);
    }
}
