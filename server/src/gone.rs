//! Devices that keep nothing of a group any more: their signed word, kept and shown (A12.3).

use renkei_policy::group::a12_gone;
use renkei_proto::bounds;
use renkei_proto::bytes::List;
use renkei_proto::code::Code;
use renkei_proto::frame::{Answer, Fault};
use renkei_proto::group_receipt::SignedGroupReceipt;
use renkei_proto::id::{DeviceId, GroupId};

use crate::connection::Driver;
use crate::service::decode_code;

impl Driver {
    /// A device says that a group is gone from it: about itself alone, and where its person no longer reads the group.
    pub(crate) fn gone(&self, signed: &SignedGroupReceipt) -> Result<Answer, Fault> {
        let service = &self.service;
        let device = self.live.device();
        let receipt = signed.unverified().map_err(decode_code)?;
        {
            let world = service.world();
            let view = world.registry().now();
            let association = world.registry().association().ok_or(Code::NotFounded)?;
            if receipt.device != device || receipt.association != association.id {
                return Err(Code::NotForYou.into());
            }
            let known = view.device(device).ok_or(Code::Unknown)?;
            signed.verify(&known.registration.receipt).map_err(|_| Code::SignatureInvalid)?;
            let (group, _) = world.group(receipt.group).ok_or(Code::Unknown)?;
            a12_gone::permit_receipt(group, (known.user, device), receipt.upto).map_err(|refusal| refusal.0)?;
        }
        // The latest one stays: whoever was invited again may leave again.
        let before = service.vault.group_receipt(receipt.group, device)?;
        let before = before.and_then(|before| before.unverified().ok()).map_or(0, |before| before.upto);
        if before < receipt.upto {
            drop(service.vault.put_group_receipt(receipt.group, device, signed)?);
        }
        Ok(Answer::Done)
    }

    /// What these devices have confirmed of a group, as far as this person may see it.
    pub(crate) fn group_receipts(&self, group: GroupId, devices: &[DeviceId]) -> Result<Answer, Fault> {
        let visible: Vec<DeviceId> = {
            let world = self.service.world();
            let view = world.registry().now();
            let viewer = view.may_act(self.live.user(), self.live.device()).map_err(|refusal| refusal.0)?;
            let (group, _) = world.group(group).ok_or(Code::Unknown)?;
            let may = |device: &&DeviceId| {
                let owner = view.device(**device).map(|known| known.user);
                owner.is_some_and(|owner| a12_gone::may_see_receipt(group, view, &viewer, owner))
            };
            devices.iter().filter(may).take(bounds::LOOKUP).copied().collect()
        };
        let mut found = Vec::with_capacity(visible.len());
        for device in visible {
            found.extend(self.service.vault.group_receipt(group, device)?.map(|receipt| (device, receipt)));
        }
        Ok(Answer::GroupReceipts(List::new(found).map_err(|_| Code::TooLarge)?))
    }
}
