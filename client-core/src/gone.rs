//! Groups that this device no longer keeps anything of, and its signed word for that (A12.3); who has confirmed, and who
//! has not, for those who removed somebody.
//!
//! ```text
//! the log, verified, says: removed, or erased
//!   receipt signed and kept, sealed ── keys leave the vault, durably ── the server has taken it ── forgotten
//! ```
//!
//! A device that falls in between finds the receipt when it starts again, and hands it in once the keys are gone. One that
//! the keys were sealed to and that never took them, because the end came first, says so as well: nothing of the group is
//! on it. What was said is remembered, so that it is said once.

use std::collections::BTreeMap;

use renkei_policy::group::a12_gone::{device_gone_since, former_devices, was_handed_keys};
use renkei_proto::bounds;
use renkei_proto::bytes::List;
use renkei_proto::code::Code;
use renkei_proto::codec;
use renkei_proto::frame::{Answer, Op};
use renkei_proto::group_receipt::{GroupReceipt, SignedGroupReceipt};
use renkei_proto::id::{DeviceId, GroupId, UserId};
use renkei_proto::key::SigningSecret;
use renkei_proto::time::Time;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::client::{Client, Inner, lock};
use crate::vault::Vault;
use crate::{Result, files};

/// The name under which receipts that wait are sealed, and their file's.
pub(crate) const PART: &str = "gone";

/// What this device has to say of groups that it keeps nothing of, and what it has said.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Words {
    /// Receipts that the server has not taken yet.
    waiting: BTreeMap<GroupId, SignedGroupReceipt>,
    /// Up to which entry the server has taken one.
    said: BTreeMap<GroupId, u64>,
}

/// None while nobody has looked into the file.
pub(crate) type Kept = Option<Words>;

/// A device that had keys of a group which its person no longer reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Gone {
    /// Whose.
    pub user: UserId,
    /// Which.
    pub device: DeviceId,
    /// When the person was removed, or the group was erased.
    pub since: Option<Time>,
    /// When the device confirmed that the keys are gone, by its own clock.
    pub confirmed: Option<Time>,
    /// Whether the device was wiped or its person's ID ended: nothing on it opens any more.
    pub wiped: bool,
}

/// The receipts that wait. A file that can't be read is set aside, not written over with nothing: it may hold a device's only
/// word on a group.
fn kept(vault: &Vault) -> Result<Words> {
    let path = vault.part(PART);
    if !path.exists() {
        return Ok(Words::default());
    }
    let kept = vault.open_part(PART).and_then(|plain| codec::decode(&plain).ok());
    if kept.is_none() {
        tracing::error!(path = %path.display(), "receipts that wait can't be read, and are set aside");
        std::fs::rename(&path, path.with_extension("unreadable")).map_err(|_| Code::ProfileFailed)?;
    }
    Ok(kept.unwrap_or_default())
}

impl Inner {
    /// Whether the vault has anything of a group.
    fn holds_keys(&self, id: GroupId) -> Result<bool> {
        self.with_vault(|vault| {
            let contents = &vault.contents;
            contents.epochs.range((id, 0)..=(id, u32::MAX)).next().is_some()
        })
    }

    /// What is changed is durable when this returns.
    fn with_words<T>(&self, use_them: impl FnOnce(&mut Words) -> (T, bool)) -> Result<T> {
        let mut words = lock(&self.words);
        if words.is_none() {
            *words = Some(self.with_vault(|vault| kept(vault))??);
        }
        let known = words.get_or_insert_with(Words::default);
        let (answer, changed) = use_them(known);
        if changed {
            let plain = Zeroizing::new(codec::encode(known));
            let (path, sealed) = self.with_vault(|vault| (vault.part(PART), vault.seal_part(PART, &plain)))?;
            files::write_private(&path, &sealed.map_err(|_| Code::ProfileFailed)?)?;
        }
        Ok(answer)
    }

    /// Before the keys of a group leave the vault for good, the device's word that they have is signed and kept.
    pub(crate) fn prepare_receipt(&self, id: GroupId) -> Result<()> {
        let (since, upto, handed) = {
            let replica = self.replica();
            let Some(group) = replica.group(id).and_then(|followed| followed.group()) else { return Ok(()) };
            let Some(since) = device_gone_since(group, self.user, self.device) else { return Ok(()) };
            (since, group.size(), was_handed_keys(group, self.device))
        };
        // Whose keys never came has none to let go, and is asked all the same by who reads the proof.
        let unsaid = || {
            self.with_words(|words| {
                let signed = words.waiting.get(&id).and_then(|one| one.unverified().ok()).map(|one| one.upto);
                let said = words.said.get(&id).copied().max(signed);
                (said.is_none_or(|upto| upto <= since), false)
            })
        };
        let due = self.holds_keys(id)? || (handed && unsaid()?);
        if !due {
            return Ok(());
        }
        let receipt = GroupReceipt {
            version: renkei_proto::VERSION,
            suite: renkei_proto::SUITE,
            association: self.association,
            device: self.device,
            group: id,
            upto,
            gone_at: self.clock.now(),
        };
        let key = SigningSecret::from_seed(&lock(&self.profile).private.receipt.0);
        let signed = receipt.sign(&key).map_err(|_| Code::TooLarge)?;
        self.with_words(|words| {
            words.waiting.insert(id, signed);
            ((), true)
        })
    }

    /// Hands in what waits, of groups that are gone from the vault.
    pub(crate) async fn hand_in_receipts(&self) -> Result<()> {
        let waiting: Vec<(GroupId, SignedGroupReceipt)> =
            self.with_words(|words| (words.waiting.iter().map(|(id, one)| (*id, one.clone())).collect(), false))?;
        if !waiting.is_empty() {
            // The vault on the disk has let the keys go too, or nothing is confirmed.
            self.save()?;
        }
        for (id, signed) in waiting {
            if self.holds_keys(id)? {
                continue;
            }
            match self.request(Op::Gone(signed.clone())).await {
                Ok(_) => {}
                // It says nothing any more: the person was invited again since.
                Err(fault) if matches!(fault.code, Code::NothingToDo | Code::Unknown) => {}
                Err(fault) => return Err(fault),
            }
            let upto = signed.unverified().map_or(0, |receipt| receipt.upto);
            self.with_words(|words| {
                let same = words.waiting.get(&id) == Some(&signed);
                if same {
                    words.waiting.remove(&id);
                    words.said.insert(id, upto);
                }
                ((), same)
            })?;
        }
        Ok(())
    }

    /// Groups that the vault has keys of and that have not come in this session: should they be no longer for this person,
    /// the server is to show why.
    pub(crate) fn claimed(&self) -> Vec<GroupId> {
        let held = self.with_vault(|vault| {
            let mut groups: Vec<GroupId> = vault.contents.epochs.keys().map(|(group, _)| *group).collect();
            groups.dedup();
            groups
        });
        let replica = self.replica();
        held.unwrap_or_default().into_iter().filter(|id| replica.group(*id).is_none()).collect()
    }
}

impl Client {
    /// The devices that had keys of `group` and whose people no longer read it: who has confirmed, signed, that they are
    /// gone, and who has not answered (A12.3). Of people whose devices this person may be told of.
    pub async fn gone_from(&self, group: GroupId) -> Result<Vec<Gone>> {
        let former = self.look(|replica| {
            let view = replica.registry().now();
            let followed = replica.group(group)?;
            let former = former_devices(followed.group()?, view).into_iter().filter_map(|(user, device, since)| {
                let known = view.device(device)?;
                let wiped = known.wiped.is_some() || view.user(user).is_some_and(|person| person.ended.is_some());
                Some((user, device, since, followed.chain.time_of(since), wiped, known.registration.receipt))
            });
            Some(former.collect::<Vec<_>>())
        });
        let former = former.ok_or(Code::Unknown)?;
        let devices: Vec<DeviceId> = former.iter().map(|(_, device, ..)| *device).collect();
        let mut signed: BTreeMap<DeviceId, SignedGroupReceipt> = BTreeMap::new();
        for some in devices.chunks(bounds::LOOKUP) {
            let devices = List::new(some.to_vec()).map_err(|_| Code::TooLarge)?;
            let Answer::GroupReceipts(found) = self.inner.request(Op::GroupReceipts { group, devices }).await? else {
                return Err(Code::Malformed.into());
            };
            signed.extend(found.into_vec());
        }
        let rows = former.into_iter().map(|(user, device, since, time, wiped, key)| {
            let confirmed = match signed.get(&device) {
                None => None,
                Some(signed) => {
                    let receipt = signed.verify(&key).map_err(|_| Code::NotAuthentic)?;
                    let own = (receipt.association, receipt.device, receipt.group);
                    if own != (self.inner.association, device, group) {
                        return Err(Code::NotAuthentic.into());
                    }
                    // Of an earlier time in the group, it says nothing of this one.
                    Some(receipt.gone_at).filter(|_| receipt.upto > since)
                }
            };
            Ok(Gone { user, device, since: time, confirmed, wiped })
        });
        rows.collect()
    }
}
