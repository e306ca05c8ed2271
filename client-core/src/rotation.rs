//! The device's own keys to receive with: renewed now and then, so that a stolen one is good for no later epoch.

use renkei_policy::group::roster::Roster;
use renkei_policy::group::sealing::current_epoch;
use renkei_proto::act::{Act, RegistryAct};
use renkei_proto::code::Code;
use renkei_proto::frame::{Accepted, Sidecar};
use renkei_proto::statement::{LogId, Role};
use renkei_sealing::device::SealingSecret;

use crate::Result;
use crate::client::{Client, Inner, lock};

/// Seconds after which a device renews its keys by itself: a month, as with its certificate.
const RENEW_AFTER: u64 = 30 * renkei_proto::time::DAY;

impl Inner {
    /// Whether the keys are old enough to be renewed, and nothing that was sealed to them is still to be opened: what
    /// came under keys of before is not handed over once more.
    pub(crate) fn sealing_is_due(&self) -> bool {
        let replica = self.replica();
        let since = replica.registry().now().sealing(self.device).map(|since| since.time);
        let age = since.map_or(0, |since| self.clock.now().since(since));
        let patient = age < 2 * RENEW_AFTER;
        let held = || {
            replica.all_known_are_here()
                && replica.groups().filter(|(_, followed)| !followed.ended()).all(|(id, followed)| {
                    let view = replica.registry().now();
                    let reading = followed.group().and_then(|group| Some((group, group.reading(view, self.user)?)));
                    reading.is_none_or(|(group, reading)| self.holds(id, group, reading.first_epoch))
                })
        };
        age >= RENEW_AFTER && (!patient || held())
    }

    /// Takes new keys to receive with. The caller holds [`Inner::writing`].
    ///
    /// The new keys are kept before anybody is told of them, and until they are registered: where the answer gets lost, the
    /// next attempt is made with the same ones.
    pub(crate) async fn rotate(&self) -> Result<Accepted> {
        let fresh = SealingSecret::generate(&mut rand_core::OsRng).map_err(|_| Code::ProfileFailed)?;
        let public = self.with_vault(|vault| {
            let public = vault.contents.pending.get_or_insert(fresh).public().clone();
            vault.save().map(|()| public)
        })??;
        let act = Act::Registry(RegistryAct::RotateSealing { sealing: public.fingerprint() });
        let statement = self.statement(LogId::Registry, Role::User, None, act)?;
        let accepted = self.submit(&statement, Sidecar { sealing: Some(public), ..Sidecar::default() }).await;
        self.settle_sealing()?;
        accepted
    }

    /// Whether the registry names receiving keys for this device that it never made. Whoever signed that has its signing
    /// key: colleagues would seal to a stranger.
    pub(crate) fn keys_replaced(&self) -> bool {
        let registered = self.replica().registry().now().sealing(self.device).map(|since| since.fingerprint);
        let own = |fingerprint| {
            self.with_vault(|vault| {
                let mut keys = vault.contents.receiving();
                keys.any(|keys| keys.public().fingerprint() == fingerprint)
            })
        };
        // A closed vault knows nothing, and signs nothing either.
        registered.is_some_and(|fingerprint| own(fingerprint).is_ok_and(|own| !own))
    }

    /// Makes the registered keys the present ones, and lets go of old ones that nothing is on its way to any more.
    pub(crate) fn settle_sealing(&self) -> Result<()> {
        let (registered, settled) = {
            let replica = self.replica();
            let view = replica.registry().now();
            let registered = view.sealing(self.device).map(|since| since.fingerprint);
            let time = replica.time();
            let done = replica.all_known_are_here()
                && replica.groups().filter(|(_, followed)| !followed.ended()).all(|(id, followed)| {
                    let Some(group) = followed.group() else { return false };
                    let Some(reading) = group.reading(view, self.user) else { return true };
                    let roster = Roster::of(group, view, time);
                    let present = !group.is_open(view) || current_epoch(group, &roster).is_some();
                    present && self.holds(id, group, reading.first_epoch)
                });
            (registered, done && replica.caught_up())
        };
        let Some(registered) = registered else { return Ok(()) };
        let changed = self.with_vault(|vault| {
            let contents = &mut vault.contents;
            let is_registered = |keys: &SealingSecret| keys.public().fingerprint() == registered;
            if let Some(fresh) = contents.pending.take_if(|pending| is_registered(pending)) {
                let old = std::mem::replace(&mut contents.keys.sealing, fresh);
                contents.spare.push(old);
                return true;
            }
            let over = settled && !contents.spare.is_empty() && is_registered(&contents.keys.sealing);
            if over {
                contents.spare.clear();
            }
            over
        })?;
        if changed { self.save() } else { Ok(()) }
    }

    /// Whether the vault has every key of the group from `first` on.
    pub(crate) fn holds(&self, id: renkei_proto::id::GroupId, group: &renkei_policy::group::Group, first: u32) -> bool {
        self.with_vault(|vault| {
            let mut due = group.epochs().iter().filter(|epoch| epoch.number >= first);
            due.all(|epoch| vault.contents.epochs.contains_key(&(id, epoch.number)))
        })
        .unwrap_or(false)
    }
}

impl Client {
    /// Whether somebody else has registered receiving keys for this device: its signing key is stolen.
    pub fn keys_replaced(&self) -> bool {
        self.inner.keys_replaced()
    }

    /// Renews the keys that this device receives group keys with. Groups change to a new epoch by themselves.
    pub async fn renew_keys(&self) -> Result<Accepted> {
        let _writing = self.inner.writing.lock().await;
        self.inner.settled(LogId::Registry).await?;
        let renewed = self.inner.rotate().await;
        // Colleagues' keys may have changed as well since they were looked up.
        lock(&self.inner.sealing_keys).clear();
        renewed
    }
}
