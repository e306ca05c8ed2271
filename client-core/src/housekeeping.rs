//! What an unlocked device does by itself, so that the person need not know of keys: it fetches keys that arrived for
//! it, renews a group's key early when the readers have changed, hands earlier keys and the key of the patient card to
//! newcomers, says of which key it got rubbish, and lets go of keys that it may no longer have.

use std::time::Duration;

use renkei_policy::group::Group;
use renkei_policy::group::roster::Roster;
use renkei_policy::group::sealing::{current_epoch, due, may_give};
use renkei_proto::act::{Act, Epoch, GroupAct, History};
use renkei_proto::bounds;
use renkei_proto::bytes::List;
use renkei_proto::code::Code;
use renkei_proto::frame::{Sidecar, boxes_root};
use renkei_proto::id::{DeviceId, GroupId};
use renkei_proto::statement::{LogId, Role};
use renkei_sealing::boxes::Purpose;
use renkei_sealing::epoch::{EpochKey, epoch_payload, history_payload};

use crate::Result;
use crate::client::Inner;

/// Changes that come close together are taken care of together.
const SETTLE: Duration = Duration::from_millis(30);

/// What could not be done, though nothing changed (the server asks for patience, a box did not come), is tried again:
/// soon at first, then at most once in so long.
const RETRY: Duration = Duration::from_secs(1);
const RETRY_LATEST: Duration = Duration::from_mins(5);

/// How long a device waits before it does early what any device could do: a slot each, so that mostly one does it.
const SLOT: Duration = Duration::from_millis(150);

/// Slots at most: nobody waits longer than two seconds for a colleague's device that is online.
const SLOTS: usize = 12;

/// How many boxes with so many keys each fit beside one statement. The rest is handed over with the next one.
pub(crate) fn boxes_in_a_frame(keys: u32) -> usize {
    const AROUND: usize = renkei_proto::key::MLKEM768_CIPHERTEXT + 192;
    bounds::SIDECAR / (AROUND + 32 * usize::try_from(keys).unwrap_or(bounds::HISTORY_EPOCHS))
}

/// The work that a group needs from this device.
#[derive(Debug, Default)]
struct Work {
    /// Whether the readers changed since the last epoch, and this device's place among them.
    rekey: Option<usize>,
    /// Who lacks earlier keys that this device has.
    lacking: Vec<(DeviceId, u32, u32)>,
}

impl Inner {
    /// Runs for as long as the client lives.
    pub(crate) async fn keep_house(&self) {
        let mut changes = self.changes();
        let mut retry = RETRY;
        loop {
            changes.mark_unchanged();
            let caught_up = self.replica().caught_up();
            let done = !caught_up || self.keep_all_groups().await;
            if done {
                retry = RETRY;
                if changes.changed().await.is_err() {
                    return;
                }
            } else {
                match tokio::time::timeout(retry, changes.changed()).await {
                    Ok(Err(_)) => return,
                    // What is new has not failed yet: it is not to wait for what has.
                    Ok(Ok(())) => retry = RETRY,
                    Err(_) => retry = RETRY_LATEST.min(retry * 2),
                }
            }
            tokio::time::sleep(SETTLE).await;
        }
    }

    /// Whether everything there was to do is done.
    async fn keep_all_groups(&self) -> bool {
        let mut done = true;
        let groups: Vec<GroupId> = {
            let replica = self.replica();
            replica.groups().filter(|(_, f)| f.broken().is_none()).map(|(id, _)| id).collect()
        };
        for id in groups {
            if let Err(error) = self.keep_group(id).await {
                tracing::debug!(device = %self.device, group = %id, %error, "housekeeping goes on later");
                done = false;
            }
        }
        if let Err(error) = self.hand_in_receipts().await {
            tracing::debug!(device = %self.device, %error, "what is gone is confirmed later");
            done = false;
        }
        if let Err(error) = self.tidy_sendings() {
            tracing::debug!(%error, "unfinished sendings are looked through later");
            done = false;
        }
        if let Err(error) = self.keep_keys().await {
            tracing::debug!(%error, "the device's own keys are looked after later");
            done = false;
        }
        done
    }

    /// The device's own sealing keys: renewed when they are old, and old ones forgotten.
    async fn keep_keys(&self) -> Result<()> {
        if self.replica().writable(LogId::Registry).is_err() {
            return Ok(());
        }
        if self.sealing_is_due() {
            let _writing = self.writing.lock().await;
            if self.sealing_is_due() {
                self.rotate().await?;
            }
        }
        self.settle_sealing()
    }

    async fn keep_group(&self, id: GroupId) -> Result<()> {
        if self.replica().writable(LogId::Group(id)).is_err() {
            // Half of it is still to come; the rest brings another change.
            return Ok(());
        }
        self.forget_keys(id)?;
        if self.replica().group(id).is_none_or(crate::replica::Followed::ended) {
            return Ok(());
        }
        if self.replica().group(id).and_then(crate::replica::Followed::group).is_some_and(Group::is_shut) {
            // Whoever must decide on its end is told what it is called. Nobody takes keys.
            self.fetch_labels(id).await?;
            return Ok(());
        }
        let rubbish = self.fetch_keys(id).await?;
        if !rubbish.is_empty() {
            let _writing = self.writing.lock().await;
            self.report_missing(id, &rubbish).await?;
            let present = self.replica().group(id).and_then(|one| one.group()).map(renkei_policy::group::Group::epoch);
            if present.is_some_and(|present| rubbish.contains(&present)) {
                // Nobody need wait for somebody else's key: the next one is of this device's own making.
                self.rekey(id).await?;
            }
        }
        if let Some(place) = self.work(id)?.rekey {
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
        if self.card_is_awaited(id) {
            tokio::time::sleep(SLOT * u32::try_from(place.min(SLOTS)).unwrap_or(0)).await;
            let _writing = self.writing.lock().await;
            if self.card_needs_epoch(id) {
                self.rekey(id).await?;
            }
            self.hand_on_card(id).await?;
        }
        Ok(())
    }

    /// Keys that this person may no longer have leave the vault: of a group from which the log, verified, says that the
    /// person was removed, and of epochs from before what the group's policy lets the person read.
    fn forget_keys(&self, id: GroupId) -> Result<()> {
        if self.forget_erased(id)? {
            return Ok(());
        }
        let first = {
            let replica = self.replica();
            let Some(group) = replica.group(id).and_then(crate::replica::Followed::group) else { return Ok(()) };
            let reads = group.reading_at(replica.registry().now(), self.user, replica.time());
            let reads = reads.map(|reading| reading.first_epoch);
            let ever = group.members().any(|(user, _)| user == self.user);
            // Where nobody reads any more, the last keys there are stay.
            let somebody = group.members().any(|(user, _)| group.membership(user).is_some());
            match reads {
                Some(first) => first,
                None if ever && somebody => u32::MAX,
                None => return Ok(()),
            }
        };
        if first == u32::MAX {
            self.prepare_receipt(id)?;
            self.forget_sendings(id)?;
            self.forget_unsent(id)?;
            self.keep_draft(id, "")?;
        }
        let forgotten = self.with_vault(|vault| {
            let over: Vec<_> = vault.contents.epochs.range((id, 0)..(id, first)).map(|(key, _)| *key).collect();
            for key in &over {
                vault.contents.epochs.remove(key);
            }
            !over.is_empty()
        })?;
        if forgotten {
            self.save()?;
            self.note_change();
        }
        Ok(())
    }

    /// Of an erased group everything leaves the vault (A6.2). Whether it is one.
    fn forget_erased(&self, id: GroupId) -> Result<bool> {
        let invitations: Vec<_> = {
            let replica = self.replica();
            let Some(group) = replica.group(id).and_then(crate::replica::Followed::group) else { return Ok(false) };
            if group.erased().is_none() {
                return Ok(false);
            }
            group.invitations().map(|(invitation, _)| invitation).collect()
        };
        self.prepare_receipt(id)?;
        self.forget_sendings(id)?;
        self.forget_unsent(id)?;
        self.keep_draft(id, "")?;
        let forgotten = self.with_vault(|vault| {
            let contents = &mut vault.contents;
            let before = contents.epochs.len();
            contents.epochs.retain(|(group, _), _| *group != id);
            let released = invitations.iter().filter(|one| contents.releases.remove(one).is_some()).count();
            contents.labels.remove(&id).is_some() || contents.epochs.len() < before || released > 0
        })?;
        if forgotten {
            self.save()?;
            self.note_change();
        }
        Ok(true)
    }

    /// This device's place among the group's readers; none if it is not one.
    fn place(&self, id: GroupId) -> Option<usize> {
        let replica = self.replica();
        let group = replica.group(id)?.group()?;
        let roster = Roster::of(group, replica.registry().now(), replica.time());
        roster.devices().position(|(device, _)| device == self.device)
    }

    fn work(&self, id: GroupId) -> Result<Work> {
        let replica = self.replica();
        let Some(followed) = replica.group(id) else { return Ok(Work::default()) };
        let Some(group) = followed.group() else { return Ok(Work::default()) };
        let roster = Roster::of(group, replica.registry().now(), replica.time());
        let reads = roster.devices().position(|(device, _)| device == self.device);
        let Some(place) = reads.filter(|_| group.is_open(replica.registry().now())) else { return Ok(Work::default()) };
        self.with_vault(|vault| {
            let rekey = current_epoch(group, &roster).is_none().then_some(place);
            let have = |number: u32| vault.contents.epochs.contains_key(&(id, number));
            // Of a run of epochs, what this device has: one key that it lacks too holds up no other.
            let lacking = due(group, &roster)
                .filter(|(device, _)| *device != self.device)
                .flat_map(|(device, run)| {
                    let mine = |number: &u32| have(*number) && may_give(group, self.device, device, *number);
                    let numbers: Vec<u32> = run.filter(mine).collect();
                    let runs = numbers.chunk_by(|one, next| one + 1 == *next);
                    let ends = runs.filter_map(|run| Some((device, *run.first()?, *run.last()?)));
                    ends.collect::<Vec<_>>()
                })
                .collect();
            Work { rekey, lacking }
        })
    }

    /// Makes the next epoch of the group for its present readers. The caller holds [`Inner::writing`].
    pub(crate) async fn rekey(&self, id: GroupId) -> Result<()> {
        let label = self.label(id).ok_or(Code::KeyAwaited)?;
        let (number, roster, devices, prior, admits) = {
            let replica = self.replica();
            let followed = replica.group(id).ok_or(Code::Unknown)?;
            let group = followed.group().ok_or(Code::Unknown)?;
            let roster = Roster::of(group, replica.registry().now(), replica.time());
            let devices: Vec<DeviceId> = roster.devices().map(|(device, _)| device).collect();
            let before = group.epochs().last().map_or(&[][..], |epoch| &epoch.devices);
            let admits = devices.iter().any(|device| before.binary_search(device).is_err());
            (group.epoch() + 1, roster.hash(), devices, replica.seen(LogId::Group(id)).group, admits)
        };
        if admits {
            self.fresh(LogId::Group(id)).await?;
        }
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
        self.save()?;
        if let Err(error) = self.hand_on_card(id).await {
            // Whoever reads the group does it as well.
            tracing::debug!(group = %id, %error, "the card is handed on later");
        }
        Ok(())
    }

    /// Hands earlier keys to devices that may have them. The caller holds [`Inner::writing`].
    async fn give_history(&self, id: GroupId) -> Result<()> {
        while let Some((_, first, last)) = self.work(id)?.lacking.first().copied() {
            self.fresh(LogId::Group(id)).await?;
            let span = u32::try_from(bounds::HISTORY_EPOCHS).unwrap_or(u32::MAX) - 1;
            let first = first.max(last.saturating_sub(span));
            let same: Vec<DeviceId> = self
                .work(id)?
                .lacking
                .into_iter()
                .filter(|(_, from, to)| *from <= first && *to == last)
                .map(|(device, _, _)| device)
                .take(boxes_in_a_frame(last - first + 1))
                .collect();
            let payload = history_payload(&self.keys_between(id, first, last)?).map_err(|_| Code::TooLarge)?;
            let boxes = self.seal_boxes(id, Purpose::History { first, last }, &payload, &same).await?;
            let root = boxes_root(&boxes).ok_or(Code::TooManyDevices)?;
            let devices = List::new(same).map_err(|_| Code::TooManyDevices)?;
            let act = Act::History(History { first, last, devices, boxes: root, prepared_for: None });
            let statement = self.statement(LogId::Group(id), Role::User, None, act)?;
            self.submit(&statement, Sidecar { boxes: Some(boxes), ..Sidecar::default() }).await?;
        }
        Ok(())
    }

    /// The keys of consecutive epochs, if the vault has them all.
    pub(crate) fn keys_between(&self, id: GroupId, first: u32, last: u32) -> Result<Vec<EpochKey>> {
        let keys: Option<Vec<EpochKey>> = self.with_vault(|vault| {
            (first..=last).map(|number| vault.contents.epochs.get(&(id, number)).cloned()).collect()
        })?;
        keys.ok_or_else(|| Code::KeyAwaited.into())
    }

    /// Says that the boxes for these epochs held something else than their keys, run by run. The caller holds
    /// [`Inner::writing`].
    async fn report_missing(&self, id: GroupId, epochs: &[u32]) -> Result<()> {
        for run in epochs.chunk_by(|one, next| one + 1 == *next) {
            let (Some(&first), Some(&last)) = (run.first(), run.last()) else { continue };
            tracing::warn!(group = %id, first, last, "a box held something else than the keys");
            let act = Act::Group(GroupAct::ReportMissing { first, last });
            let statement = self.statement(LogId::Group(id), Role::User, None, act)?;
            self.submit(&statement, Sidecar::default()).await?;
        }
        Ok(())
    }
}
