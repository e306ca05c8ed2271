//! What an unlocked device does by itself, so that the person need not know of keys: it fetches keys that arrived for
//! it, renews a group's key early when the readers have changed, and hands earlier keys to newcomers.

use std::time::Duration;

use renkei_policy::group::roster::Roster;
use renkei_policy::group::sealing::{current_epoch, due, has_key};
use renkei_proto::act::{Act, Epoch, History};
use renkei_proto::bounds;
use renkei_proto::bytes::List;
use renkei_proto::code::Code;
use renkei_proto::frame::{Sidecar, boxes_root};
use renkei_proto::hash::Hash32;
use renkei_proto::id::{DeviceId, GroupId};
use renkei_proto::statement::{LogId, Role};
use renkei_proto::text::Line;
use renkei_sealing::boxes::Purpose;
use renkei_sealing::epoch::{EpochKey, epoch_payload, history_payload, open_epoch, open_history};

use crate::Result;
use crate::client::Inner;
use crate::replica::Replica;

/// Changes that come close together are taken care of together.
const SETTLE: Duration = Duration::from_millis(30);

/// How long a device waits before it does early what any device could do: a slot each, so that mostly one does it.
const SLOT: Duration = Duration::from_millis(150);

/// Slots at most: nobody waits longer than two seconds for a colleague's device that is online.
const SLOTS: usize = 12;

/// The work that a group needs from this device.
#[derive(Debug, Default)]
struct Work {
    /// Keys to fetch from an epoch's own boxes.
    epochs: Vec<FetchEpoch>,
    /// Keys to fetch from history boxes.
    gifts: Vec<FetchGift>,
    /// Labels to fetch.
    labels: Vec<crate::replica::LabelSeen>,
    /// Whether the readers changed since the last epoch, and this device's place among them.
    rekey: Option<usize>,
    /// Who lacks earlier keys that this device has.
    lacking: Vec<(DeviceId, u32, u32)>,
}

#[derive(Debug)]
struct FetchEpoch {
    number: u32,
    seq: u64,
    roster: Hash32,
    commitment: Hash32,
    seen: crate::replica::EpochSeen,
}

#[derive(Debug)]
struct FetchGift {
    gift: crate::replica::Gift,
    boxes: renkei_proto::act::BoxesRoot,
    commitments: Vec<Hash32>,
}

impl Inner {
    /// Runs for as long as the client lives.
    pub(crate) async fn keep_house(&self) {
        let mut changes = self.changes();
        loop {
            changes.mark_unchanged();
            if self.replica().caught_up() {
                self.keep_all_groups().await;
            }
            if changes.changed().await.is_err() {
                return;
            }
            tokio::time::sleep(SETTLE).await;
        }
    }

    async fn keep_all_groups(&self) {
        let groups: Vec<GroupId> = {
            let replica = self.replica();
            replica.groups().filter(|(_, f)| !f.ended() && f.broken().is_none()).map(|(id, _)| id).collect()
        };
        for id in groups {
            if let Err(error) = self.keep_group(id).await {
                tracing::debug!(group = %id, %error, "housekeeping goes on later");
            }
        }
    }

    async fn keep_group(&self, id: GroupId) -> Result<()> {
        if self.replica().writable(LogId::Group(id)).is_err() {
            // Half of it is still to come; the rest brings another change.
            return Ok(());
        }
        self.fetch_keys(id).await?;
        let work = self.work(id)?;
        if let Some(place) = work.rekey {
            tokio::time::sleep(SLOT * u32::try_from(place.min(SLOTS)).unwrap_or(0)).await;
            let _writing = self.writing.lock().await;
            if self.work(id)?.rekey.is_some() {
                self.rekey(id).await?;
            }
        }
        let Some(place) = self.place(id) else { return Ok(()) };
        if !self.work(id)?.lacking.is_empty() {
            tokio::time::sleep(SLOT * u32::try_from(place.min(SLOTS)).unwrap_or(0)).await;
            let _writing = self.writing.lock().await;
            self.give_history(id).await?;
        }
        Ok(())
    }

    /// Fetches every key and label of the group that is there for this device and not yet in its vault.
    pub(crate) async fn fetch_keys(&self, id: GroupId) -> Result<()> {
        let work = self.work(id)?;
        let mut changed = false;
        for wanted in &work.epochs {
            let sealed = self.fetch_box(id, wanted.seq, wanted.seen.boxes).await?;
            let purpose = Purpose::Epoch { number: wanted.number, roster: wanted.roster, prior: wanted.seen.prior };
            let context = self.context(id, purpose, wanted.seen.from);
            let opened = self.with_vault(|vault| {
                let keys = &vault.contents.keys.sealing;
                open_epoch(&context, sealed.sealed.as_slice(), wanted.commitment, keys).map(|key| {
                    vault.contents.epochs.insert((id, wanted.number), key);
                })
            })?;
            changed |= opened.is_ok();
        }
        for wanted in &work.gifts {
            let sealed = self.fetch_box(id, wanted.gift.seq, wanted.boxes).await?;
            let purpose = Purpose::History { first: wanted.gift.first, last: wanted.gift.last };
            let context = self.context(id, purpose, wanted.gift.from);
            let opened = self.with_vault(|vault| {
                let keys = &vault.contents.keys.sealing;
                open_history(&context, sealed.sealed.as_slice(), &wanted.commitments, keys).map(|keys| {
                    let numbered = (wanted.gift.first..).zip(keys);
                    vault.contents.epochs.extend(numbered.map(|(number, key)| ((id, number), key)));
                })
            })?;
            changed |= opened.is_ok();
        }
        for label in &work.labels {
            changed |= self.fetch_label(id, *label).await.is_ok();
        }
        if changed {
            self.save()?;
            self.note_change();
        }
        Ok(())
    }

    async fn fetch_label(&self, id: GroupId, label: crate::replica::LabelSeen) -> Result<()> {
        let sealed = self.fetch_box(id, label.seq, label.boxes).await?;
        let purpose =
            label.invitation.map_or(Purpose::GoverningLabel, |invitation| Purpose::InvitationLabel { invitation });
        let context = self.context(id, purpose, label.from);
        self.with_vault(|vault| {
            let keys = &vault.contents.keys.sealing;
            let opened = renkei_sealing::boxes::open(&context, sealed.sealed.as_slice(), keys);
            let opened = opened.map_err(|_| Code::NotAuthentic)?;
            let text = core::str::from_utf8(&opened).map_err(|_| Code::NotAuthentic)?;
            vault.contents.labels.insert(id, Line::new(text).map_err(|_| Code::NotAuthentic)?);
            Ok(())
        })?
    }

    /// This device's place among the group's readers; none if it is not one.
    fn place(&self, id: GroupId) -> Option<usize> {
        let replica = self.replica();
        let group = replica.group(id)?.group()?;
        let roster = Roster::of(group, replica.registry().now(), replica.time());
        roster.devices().position(|(device, _)| device == self.device)
    }

    fn work(&self, id: GroupId) -> Result<Work> {
        let knows_label = self.label(id).is_some();
        let replica = self.replica();
        let Some(followed) = replica.group(id) else { return Ok(Work::default()) };
        let Some(group) = followed.group() else { return Ok(Work::default()) };
        let roster = Roster::of(group, replica.registry().now(), replica.time());
        self.with_vault(|vault| {
            let mut work = Work::default();
            let held = |number: u32| vault.contents.epochs.contains_key(&(id, number));
            for epoch in group.epochs().iter().filter(|epoch| !held(epoch.number)) {
                let Some(seen) = followed.epochs.get(&epoch.number) else { continue };
                if epoch.devices.binary_search(&self.device).is_ok() {
                    work.epochs.push(FetchEpoch {
                        number: epoch.number,
                        seq: epoch.seq,
                        roster: epoch.roster,
                        commitment: epoch.commitment,
                        seen: seen.clone(),
                    });
                }
            }
            for gift in &followed.gifts {
                if gift.to.contains(&self.device) && (gift.first..=gift.last).any(|number| !held(number)) {
                    work.gifts.extend(gift_to_fetch(&replica, id, gift));
                }
            }
            if !knows_label {
                work.labels.clone_from(&followed.labels);
            }
            let reads = roster.devices().position(|(device, _)| device == self.device);
            if let Some(place) = reads.filter(|_| group.closed().is_none()) {
                work.rekey = current_epoch(group, &roster).is_none().then_some(place);
            }
            if reads.is_some() {
                let have = |number: u32| held(number) && group.epochs().iter().any(|epoch| epoch.number == number);
                work.lacking = due(group, &roster)
                    .filter(|(device, _)| *device != self.device)
                    .filter(|(_, range)| range.clone().all(have))
                    .map(|(device, range)| (device, *range.start(), *range.end()))
                    .collect();
            }
            work
        })
    }

    /// Makes the next epoch of the group for its present readers. The caller holds [`Inner::writing`].
    pub(crate) async fn rekey(&self, id: GroupId) -> Result<()> {
        let label = self.label(id).ok_or(Code::KeyAwaited)?;
        let (number, roster, devices, prior) = {
            let replica = self.replica();
            let followed = replica.group(id).ok_or(Code::Unknown)?;
            let group = followed.group().ok_or(Code::Unknown)?;
            let roster = Roster::of(group, replica.registry().now(), replica.time());
            let devices: Vec<DeviceId> = roster.devices().map(|(device, _)| device).collect();
            (group.epoch() + 1, roster.hash(), devices, replica.seen(LogId::Group(id)).group)
        };
        let key = EpochKey::generate(&mut rand_core::OsRng);
        let purpose = Purpose::Epoch { number, roster, prior };
        let boxes = self.seal_boxes(id, purpose, epoch_payload(&key), &devices).await?;
        let root = boxes_root(&boxes).ok_or(Code::TooManyDevices)?;
        let label = key.seal_label(id, number, &label).map_err(|_| Code::TooLarge)?;
        let commitment = key.commitment(id, number);
        let act = Act::Epoch(Epoch { number, roster, commitment, boxes: root, label });
        let mut statement = self.statement(LogId::Group(id), Role::User, None, act)?;
        // The boxes are bound to the head that was seen when they were sealed.
        if statement.seen.group != prior {
            statement.seen.group = prior;
        }
        // Into the vault only once it is the group's: another device's epoch of this number may win. If this device falls
        // in between, its own box brings the key back.
        self.submit(&statement, Sidecar { boxes: Some(boxes), ..Sidecar::default() }).await?;
        self.with_vault(|vault| vault.contents.epochs.insert((id, number), key))?;
        self.save()
    }

    /// Hands earlier keys to devices that may have them. The caller holds [`Inner::writing`].
    async fn give_history(&self, id: GroupId) -> Result<()> {
        while let Some((_, first, last)) = self.work(id)?.lacking.first().copied() {
            let span = u32::try_from(bounds::HISTORY_EPOCHS).unwrap_or(u32::MAX) - 1;
            let first = first.max(last.saturating_sub(span));
            let same: Vec<DeviceId> = self
                .work(id)?
                .lacking
                .into_iter()
                .filter(|(_, from, to)| *from <= first && *to == last)
                .map(|(device, _, _)| device)
                .collect();
            let payload = self.with_vault(|vault| {
                let keys: Option<Vec<EpochKey>> =
                    (first..=last).map(|number| vault.contents.epochs.get(&(id, number)).cloned()).collect();
                history_payload(&keys.ok_or(Code::KeyAwaited)?).map_err(|_| Code::TooLarge)
            })??;
            let boxes = self.seal_boxes(id, Purpose::History { first, last }, &payload, &same).await?;
            let root = boxes_root(&boxes).ok_or(Code::TooManyDevices)?;
            let devices = List::new(same).map_err(|_| Code::TooManyDevices)?;
            let act = Act::History(History { first, last, devices, boxes: root });
            let statement = self.statement(LogId::Group(id), Role::User, None, act)?;
            self.submit(&statement, Sidecar { boxes: Some(boxes), ..Sidecar::default() }).await?;
        }
        Ok(())
    }

    /// The group's label, if this device can know it.
    pub(crate) fn label(&self, id: GroupId) -> Option<Line<{ bounds::LABEL }>> {
        let replica = self.replica();
        let followed = replica.group(id)?;
        self.with_vault(|vault| {
            let newest = followed.epochs.iter().rev().find_map(|(number, seen)| {
                let key = vault.contents.epochs.get(&(id, *number))?;
                key.open_label(id, *number, &seen.label).ok()
            });
            newest.or_else(|| vault.contents.labels.get(&id).cloned())
        })
        .ok()
        .flatten()
    }
}

fn gift_to_fetch(replica: &Replica, id: GroupId, gift: &crate::replica::Gift) -> Option<FetchGift> {
    let followed = replica.group(id)?;
    let group = followed.group()?;
    let commitments = group
        .epochs()
        .iter()
        .filter(|epoch| (gift.first..=gift.last).contains(&epoch.number))
        .map(|epoch| epoch.commitment)
        .collect();
    let boxes = followed.events().iter().find(|(seq, _, _)| *seq == gift.seq)?.2.boxes()?;
    Some(FetchGift { gift: gift.clone(), boxes, commitments })
}

/// Whether `device` has the key of every epoch that it may have.
pub(crate) fn complete(group: &renkei_policy::group::Group, device: DeviceId, first: u32) -> bool {
    group.epochs().iter().filter(|epoch| epoch.number >= first).all(|epoch| has_key(group, device, epoch))
}
