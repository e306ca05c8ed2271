//! Keys and labels that have arrived for this device: which there are, and how they get into the vault.

use std::collections::BTreeSet;

use renkei_policy::group::Group;
use renkei_policy::group::sealing::{has_key, may_report};
use renkei_proto::act::{BoxesRoot, ReleaseKey};
use renkei_proto::code::Code;
use renkei_proto::hash::Hash32;
use renkei_proto::id::{DeviceId, GroupId, InvitationId};
use renkei_proto::statement::Head;
use renkei_sealing::SealError;
use renkei_sealing::boxes::{Context, Purpose};
use renkei_sealing::device::SealingSecret;
use renkei_sealing::epoch::{EpochKey, open_epoch, open_history, open_prepared};

use crate::Result;
use crate::client::Inner;
use crate::replica::{Followed, Gift};

/// Keys in one box for this device.
#[derive(Debug)]
struct Parcel {
    /// The entry that the box is beside.
    seq: u64,
    boxes: BoxesRoot,
    from: DeviceId,
    /// The epochs whose keys it holds.
    first: u32,
    last: u32,
    /// What the keys must be.
    commitments: Vec<Hash32>,
    how: How,
}

/// How a parcel is opened.
#[derive(Debug)]
enum How {
    /// An epoch's own box.
    Epoch { roster: Hash32, prior: Head },
    /// Handed over later.
    History,
    /// Prepared before the approval, which published this key.
    Prepared { invitation: InvitationId, release: ReleaseKey },
}

impl Parcel {
    fn purpose(&self) -> Purpose {
        let (first, last) = (self.first, self.last);
        match self.how {
            How::Epoch { roster, prior } => Purpose::Epoch { number: first, roster, prior },
            How::History => Purpose::History { first, last },
            How::Prepared { invitation, .. } => Purpose::Prepared { invitation, first, last },
        }
    }

    fn open(
        &self,
        context: &Context,
        sealed: &[u8],
        with: &SealingSecret,
    ) -> core::result::Result<Vec<EpochKey>, SealError> {
        match &self.how {
            How::Epoch { .. } => {
                let commitment = *self.commitments.first().ok_or(SealError::NotAuthentic)?;
                open_epoch(context, sealed, commitment, with).map(|key| vec![key])
            }
            How::History => open_history(context, sealed, &self.commitments, with),
            How::Prepared { release, .. } => open_prepared(context, sealed, release, &self.commitments, with),
        }
    }
}

/// Every parcel of the group that was sent to `device`, oldest first.
fn parcels(followed: &Followed, group: &Group, device: DeviceId) -> Vec<Parcel> {
    let commitments = |first: u32, last: u32| -> Vec<Hash32> {
        let between = group.epochs().iter().filter(|epoch| (first..=last).contains(&epoch.number));
        between.map(|epoch| epoch.commitment).collect()
    };
    let own = group.epochs().iter().filter(|epoch| epoch.devices.binary_search(&device).is_ok());
    let own = own.filter_map(|epoch| {
        let seen = followed.epochs.get(&epoch.number)?;
        let how = How::Epoch { roster: epoch.roster, prior: seen.prior };
        let (first, last) = (epoch.number, epoch.number);
        Some(Parcel {
            seq: epoch.seq,
            boxes: seen.boxes,
            from: seen.from,
            first,
            last,
            commitments: vec![epoch.commitment],
            how,
        })
    });
    let parcel = |gift: &Gift, how: How| Parcel {
        seq: gift.seq,
        boxes: gift.boxes,
        from: gift.from,
        first: gift.first,
        last: gift.last,
        commitments: commitments(gift.first, gift.last),
        how,
    };
    let given = followed.gifts.iter().filter(|gift| gift.to.contains(&device));
    let given = given.map(|gift| parcel(gift, How::History));
    let prepared = followed.prepared.iter().filter_map(|(&invitation, gift)| {
        let release = group.invitation(invitation)?.prepared.as_ref()?.released?;
        gift.to.contains(&device).then(|| parcel(gift, How::Prepared { invitation, release }))
    });
    let mut all: Vec<Parcel> = own.chain(given).chain(prepared).collect();
    all.sort_by_key(|parcel| parcel.seq);
    all
}

impl Inner {
    /// Fetches every key and label of the group that is there for this device and not yet in its vault. Gives the epochs
    /// whose key was handed to this device in a box that holds something else: to be reported.
    pub(crate) async fn fetch_keys(&self, id: GroupId) -> Result<Vec<u32>> {
        let (parcels, mut lacking) = self.missing_keys(id)?;
        let mut changed = false;
        // The boxes that held something else than their keys.
        let mut rubbish = BTreeSet::new();
        for parcel in &parcels {
            if !(parcel.first..=parcel.last).any(|number| lacking.contains(&number)) {
                continue;
            }
            let sealed = match self.fetch_box(id, parcel.seq, parcel.boxes).await {
                Ok(sealed) => sealed,
                // The server has none for this device, or shows another than was signed. That is no word on who made the
                // key, and holds up no other key.
                Err(fault) if matches!(fault.code, Code::NotForYou | Code::Unknown | Code::NotAuthentic) => {
                    tracing::warn!(group = %id, seq = parcel.seq, code = %fault.code, "no box that the entry signs");
                    continue;
                }
                Err(fault) => return Err(fault),
            };
            let context = self.context(id, parcel.purpose(), parcel.from);
            let keys = self.with_vault(|vault| {
                let opened = vault
                    .contents
                    .receiving()
                    .find_map(|keys| parcel.open(&context, sealed.sealed.as_slice(), keys).ok());
                let found = opened.is_some();
                for (number, key) in (parcel.first..).zip(opened.unwrap_or_default()) {
                    vault.contents.epochs.insert((id, number), key);
                }
                found
            })?;
            changed |= keys;
            if keys {
                lacking.retain(|number| !(parcel.first..=parcel.last).contains(number));
            } else {
                rubbish.insert(parcel.seq);
            }
        }
        changed |= self.fetch_labels(id).await?;
        if changed {
            self.save()?;
            self.note_change();
        }
        Ok(if rubbish.is_empty() { Vec::new() } else { self.reportable(id, &lacking, &rubbish) })
    }

    /// What was sent to this device, newest first, and the epochs that it should have by that and does not.
    fn missing_keys(&self, id: GroupId) -> Result<(Vec<Parcel>, Vec<u32>)> {
        let replica = self.replica();
        let Some(followed) = replica.group(id) else { return Ok(Default::default()) };
        let Some(group) = followed.group() else { return Ok(Default::default()) };
        let lacking = self.with_vault(|vault| {
            let held = |number: u32| vault.contents.epochs.contains_key(&(id, number));
            group.epochs().iter().map(|epoch| epoch.number).filter(|number| !held(*number)).collect::<Vec<_>>()
        })?;
        if lacking.is_empty() {
            return Ok(Default::default());
        }
        let mut parcels = parcels(followed, group, self.device);
        // The newest first: what was handed over again replaces what did not open.
        parcels.reverse();
        Ok((parcels, lacking))
    }

    /// Those of `lacking` that this device counts as having, and of which it may still say that it has not: the last box
    /// that brought the key was `rubbish`. One that came while the others were being fetched is nobody's fault yet, and a
    /// report would accuse whoever handed it over.
    fn reportable(&self, id: GroupId, lacking: &[u32], rubbish: &BTreeSet<u64>) -> Vec<u32> {
        let replica = self.replica();
        let Some(followed) = replica.group(id) else { return Vec::new() };
        let Some(group) = followed.group() else { return Vec::new() };
        let view = replica.registry().now();
        let sent = parcels(followed, group, self.device);
        let last = |number: u32| sent.iter().rfind(|parcel| (parcel.first..=parcel.last).contains(&number));
        let epochs = group.epochs().iter().filter(|epoch| lacking.contains(&epoch.number));
        let epochs = epochs.filter(|epoch| last(epoch.number).is_some_and(|parcel| rubbish.contains(&parcel.seq)));
        epochs.filter(|epoch| may_report(group, view, self.device, epoch)).map(|epoch| epoch.number).collect()
    }
}

/// Whether `device` has the key of every epoch that it may have.
pub(crate) fn complete(group: &Group, device: DeviceId, first: u32) -> bool {
    group.epochs().iter().filter(|epoch| epoch.number >= first).all(|epoch| has_key(group, device, epoch))
}
