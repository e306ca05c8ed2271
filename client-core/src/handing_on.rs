//! What was sealed to those who govern a group reaches those who come to govern it later (A5.1, A6.1): names on Form 3, scans of
//! forms, where the material of a use lies. So do the keys of scans of Forms 1 and 2 (A3.1, A9.1).
//!
//! Whoever lets somebody in hands it on at once ([`Client::hand_on_details`]). But the root appoints operators while nobody is
//! there, and an administrator may let in another one, or a device, without having what is to be handed on. So every device
//! that has it looks for devices that govern now and did not when it was sealed last: who sealed it had seen so much of the
//! registry, and by that everybody knows for whom it was. After a while in which nobody else has, it hands it on.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use renkei_policy::registry::View;
use renkei_proto::id::{DeviceId, FacilityId, GroupId};
use renkei_proto::statement::LogId;
use renkei_proto::time::Time;
use tokio::time::Instant;

use crate::client::Client;
use crate::groups::governing_devices;
use crate::replica::Followed;
use crate::uses::{Sealing, sealed_places, sealings};

/// For so long whoever lets somebody in is left to do it.
const OTHERS_FIRST: Duration = Duration::from_secs(5);

/// Devices that could do it wait for each other: a slot each.
const SLOT: Duration = Duration::from_millis(500);

/// After a change others mostly follow.
const SETTLE: Duration = Duration::from_millis(200);

/// Slots at most.
const SLOTS: usize = 20;

/// Something sealed that somebody lacks: of which entry, what, and where it was sealed last.
pub(crate) type Lacking = (GroupId, u64, u64);

fn governing(view: View<'_>, originator: FacilityId, group: GroupId, time: Time) -> Vec<DeviceId> {
    let delegated = || view.delegations().any(|(id, _)| view.delegation(id, originator, group, time).is_ok());
    governing_devices(view, originator, view.ended(originator).is_some() || delegated())
}

impl Client {
    /// Runs for as long as the client lives.
    pub(crate) async fn keep_details(&self) {
        let mut changes = self.inner.changes();
        let mut since: BTreeMap<Lacking, Instant> = BTreeMap::new();
        let mut given_up: BTreeSet<Lacking> = BTreeSet::new();
        let mut looked_at = (0, 0);
        loop {
            changes.mark_unchanged();
            // Messages change nothing of this, and there are many.
            let now = self.governance();
            if since.is_empty() && now == looked_at {
                if changes.changed().await.is_err() {
                    return;
                }
                continue;
            }
            looked_at = now;
            let mut lacking = self.lacking_details();
            lacking.extend(self.lacking_form_scans());
            since.retain(|one, _| lacking.contains_key(one));
            given_up.retain(|one| lacking.contains_key(one));
            for (one, (what, place)) in lacking {
                if given_up.contains(&one) {
                    continue;
                }
                let first = *since.entry(one).or_insert_with(Instant::now);
                let wait = OTHERS_FIRST + SLOT * u32::try_from(place.min(SLOTS)).unwrap_or(0);
                if first.elapsed() < wait {
                    continue;
                }
                let (group, of, _) = one;
                since.remove(&one);
                // Either way not again before it is sealed anew: what fails here, another device does.
                given_up.insert(one);
                if let Err(error) = self.hand_on_one(group, of, what).await {
                    tracing::debug!(%group, of, %error, "details were not handed on");
                }
            }
            let closed = if since.is_empty() {
                changes.changed().await.is_err()
            } else {
                matches!(tokio::time::timeout(SLOT, changes.changed()).await, Ok(Err(_)))
            };
            if closed {
                return;
            }
            tokio::time::sleep(SETTLE).await;
        }
    }

    /// How much governance is here: of the registry, and of all groups. Nothing while the rest is still to come.
    fn governance(&self) -> (u64, usize) {
        let replica = self.inner.replica();
        if !replica.caught_up() {
            return (0, 0);
        }
        (replica.registry().size(), replica.groups().map(|(_, followed)| followed.events().len()).sum())
    }

    /// What this device was sealed and somebody who governs now was not; and this device's place among those who govern.
    fn lacking_details(&self) -> BTreeMap<Lacking, (Sealing, usize)> {
        let replica = self.inner.replica();
        let (registry, time) = (replica.registry(), replica.time());
        let mut found = BTreeMap::new();
        for (id, followed) in replica.groups() {
            if followed.ended() || followed.broken().is_some() || replica.writable(LogId::Group(id)).is_err() {
                continue;
            }
            let Some(state) = followed.group().filter(|state| state.erased().is_none()) else { continue };
            if !state.governed_by(registry.now(), self.inner.user, time) {
                continue;
            }
            let now = governing(registry.now(), state.originator(), id, time);
            let Some(place) = now.iter().position(|device| *device == self.inner.device) else { continue };
            let taken_over = state.former_originators().last().map(|(_, by)| by.seq);
            for (of, what) in sealings(state) {
                let Some((last, size, sealed_at)) = last_sealed(followed, of) else { continue };
                // Before a hand-over it was for others. Whoever took the group over was sealed it with the offer.
                let before = taken_over.is_some_and(|seq| last < seq);
                let Some(view) = registry.at(size) else { continue };
                let then = governing(view, state.originator(), id, sealed_at);
                let had = before || then.contains(&self.inner.device);
                if had && (before || now.iter().any(|device| !then.contains(device))) {
                    found.insert((id, of, last), (what, place));
                }
            }
        }
        found
    }
}

/// Where the details of the entry at `of` were sealed last, how much of the registry that author had seen, and when.
fn last_sealed(followed: &Followed, of: u64) -> Option<(u64, u64, Time)> {
    let last = sealed_places(followed, of).into_iter().next()?;
    let (_, time, statement) = followed.events().iter().find(|(seq, ..)| *seq == last)?;
    Some((last, statement.seen.registry.size, *time))
}
