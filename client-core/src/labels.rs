//! A group's label: known to readers by each epoch's key, to those who govern or decide by boxes of their own. Whoever
//! hands it on, it must be the one that the group was founded with.

use renkei_proto::act::SealedLabel;
use renkei_proto::code::Code;
use renkei_proto::hash::Hash32;
use renkei_proto::id::GroupId;
use renkei_sealing::boxes::Purpose;
use renkei_sealing::{boxes, label};

use crate::Result;
use crate::client::Inner;
use crate::replica::{Followed, LabelSeen};

impl Inner {
    /// Fetches labels and release keys that were sent to this device and that it does not have. Whether any came.
    pub(crate) async fn fetch_labels(&self, id: GroupId) -> Result<bool> {
        let wanted: Vec<(LabelSeen, Hash32)> = {
            let known = self.label(id).is_some();
            let replica = self.replica();
            let Some(followed) = replica.group(id) else { return Ok(false) };
            let Some(group) = followed.group() else { return Ok(false) };
            self.with_vault(|vault| {
                let released =
                    |seen: &LabelSeen| seen.invitation.is_none_or(|id| vault.contents.releases.contains_key(&id));
                let open = |seen: &LabelSeen| {
                    followed.open_invitations().any(|(id, one)| Some(id) == seen.invitation && one.release.is_some())
                };
                let useful = |seen: &&LabelSeen| !known || (open(seen) && !released(seen));
                followed.labels.iter().filter(useful).map(|seen| (*seen, group.named())).collect()
            })?
        };
        let mut changed = false;
        for (seen, named) in wanted {
            changed |= self.fetch_label(id, seen, named).await.is_ok();
        }
        Ok(changed)
    }

    async fn fetch_label(&self, id: GroupId, seen: LabelSeen, named: Hash32) -> Result<()> {
        let sealed = self.fetch_box(id, seen.seq, seen.boxes).await?;
        let purpose =
            seen.invitation.map_or(Purpose::GoverningLabel, |invitation| Purpose::InvitationLabel { invitation });
        let context = self.context(id, purpose, seen.from);
        self.with_vault(|vault| {
            let opened = vault.contents.receiving().find_map(|keys| {
                let payload = boxes::open(&context, sealed.sealed.as_slice(), keys).ok()?;
                label::read(&payload, named).ok()
            });
            let label = opened.ok_or(Code::NotAuthentic)?;
            if let (Some(invitation), Some(release)) = (seen.invitation, label.release) {
                vault.contents.releases.insert(invitation, release);
            }
            vault.contents.labels.insert(id, SealedLabel { release: None, ..label });
            Ok(())
        })?
    }

    /// The group's label, if this device can know it.
    pub(crate) fn label(&self, id: GroupId) -> Option<SealedLabel> {
        let replica = self.replica();
        let followed = replica.group(id)?;
        let named = followed.group().map(renkei_policy::group::Group::named);
        self.with_vault(|vault| {
            let own = vault.contents.labels.get(&id).cloned();
            // One's own new group is not in the log yet.
            let Some(named) = named else { return own };
            own.filter(|label| label.commitment() == named).or_else(|| {
                followed.epochs.iter().rev().find_map(|(number, seen)| {
                    let key = vault.contents.epochs.get(&(id, *number))?;
                    let label = key.open_label(id, *number, &seen.label, named).ok()?;
                    Some(SealedLabel { release: None, ..label })
                })
            })
        })
        .ok()
        .flatten()
    }

    /// The label that was shown to this device and is not the one that the group was founded with, if the newest epoch
    /// has such a one: its maker tried to rename the group.
    pub(crate) fn renamed(&self, id: GroupId) -> Option<u32> {
        let replica = self.replica();
        let followed: &Followed = replica.group(id)?;
        let named = followed.group()?.named();
        self.with_vault(|vault| {
            let (number, seen) = followed.epochs.iter().next_back()?;
            let key = vault.contents.epochs.get(&(id, *number))?;
            key.open_label(id, *number, &seen.label, named).is_err().then_some(*number)
        })
        .ok()
        .flatten()
    }
}
