//! What a person has begun to write and not sent, by group. It survives a lock, a crash and a restart, sealed like
//! everything else here; it goes with the group's keys, and with a wipe.

use std::collections::BTreeMap;

use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::codec;
use renkei_proto::id::GroupId;
use zeroize::Zeroizing;

use crate::client::{Client, Inner};
use crate::vault::Vault;
use crate::{Result, files};

/// The name under which drafts are sealed, and their file's.
pub(crate) const PART: &str = "drafts";

type Drafts = BTreeMap<GroupId, Zeroizing<String>>;

/// What can't be read is not there: a draft is worth no refusal to sign in.
fn load(vault: &Vault) -> Drafts {
    let plain = vault.open_part(PART);
    let kept: Option<BTreeMap<GroupId, String>> = plain.and_then(|plain| codec::decode(&plain).ok());
    kept.unwrap_or_default().into_iter().map(|(group, text)| (group, Zeroizing::new(text))).collect()
}

fn store(vault: &Vault, all: &Drafts) -> Result<()> {
    let path = vault.part(PART);
    if all.is_empty() {
        return files::destroy(&path);
    }
    let all: BTreeMap<GroupId, &str> = all.iter().map(|(group, text)| (*group, text.as_str())).collect();
    let sealed = vault.seal_part(PART, &Zeroizing::new(codec::encode(&all))).map_err(|_| Code::ProfileFailed)?;
    files::write_private(&path, &sealed)
}

impl Inner {
    /// Keeps `text`, or nothing if it is empty.
    pub(crate) fn keep_draft(&self, group: GroupId, text: &str) -> Result<()> {
        self.with_vault(|vault| {
            let mut all = load(vault);
            let before = all.get(&group).map_or("", |text| text.as_str());
            if before == text {
                return Ok(());
            }
            if text.is_empty() {
                all.remove(&group);
            } else {
                all.insert(group, Zeroizing::new(text.to_owned()));
            }
            store(vault, &all)
        })?
    }
}

impl Client {
    /// Keeps what the person is writing to `group`, in place of what was kept before. An empty text keeps nothing.
    pub fn keep_draft(&self, group: GroupId, text: &str) -> Result<()> {
        if text.len() > bounds::MESSAGE_TEXT {
            return Err(Code::TooLarge.into());
        }
        self.look(|replica| replica.group(group).is_some()).then_some(()).ok_or(Code::Unknown)?;
        self.inner.keep_draft(group, text)
    }

    /// Everything that was begun and not sent, by group.
    pub fn drafts(&self) -> Result<BTreeMap<GroupId, Zeroizing<String>>> {
        self.inner.with_vault(|vault| load(vault))
    }
}
