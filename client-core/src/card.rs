//! The patient card (A4.1): read, changed, and its history; and its key handed on to newcomers.
//!
//! The log keeps every revision. What changed is computed here, from two revisions that this device can read. A change names
//! the revision that the person was shown: if somebody was quicker, it is refused, and the person looks and changes again.

use renkei_policy::group::roster::Roster;
use renkei_policy::group::sealing::writable_epoch;
use renkei_proto::act::{Act, Card, CardKey, GroupKind};
use renkei_proto::bytes::Blob;
use renkei_proto::card::{CardField, PatientCard};
use renkei_proto::code::Code;
use renkei_proto::frame::{Accepted, Sidecar};
use renkei_proto::hash::Hash32;
use renkei_proto::id::{DeviceId, GroupId, StatementId, UserId};
use renkei_proto::statement::{LogId, Role};
use renkei_proto::time::Time;
use renkei_sealing::SealError;
use renkei_sealing::card::{self, RevisionKey};
use serde::Serialize;

use crate::client::{Client, Inner};
use crate::corrections::Saying;
use crate::messages::NEWS;
use crate::replica::{Followed, Replica, Sealed};
use crate::vault::Vault;
use crate::{Result, random};

/// One revision of a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShownCard {
    /// Its place in the group's log, by which the next change names it.
    pub seq: u64,
    /// The statement.
    pub id: StatementId,
    /// The server's time.
    pub time: Time,
    /// Who wrote it.
    pub author: UserId,
    /// With which device.
    pub device: DeviceId,
    /// The revision that it was made from.
    pub replaces: Option<u64>,
    /// What it says, or why it can't be read (yet).
    pub card: core::result::Result<PatientCard, Code>,
    /// Which parts it changed; none where this device can't read both revisions.
    pub changed: Option<Vec<CardField>>,
}

impl Client {
    /// The present card of a group, if there is one.
    pub fn card(&self, group: GroupId) -> Result<Option<ShownCard>> {
        self.with_followed(group, |followed, vault| {
            Ok(followed.cards().last().and_then(|one| shown(vault, group, followed, one)))
        })
    }

    /// Every revision from place `from` on, the first first.
    pub fn card_history(&self, group: GroupId, from: u64) -> Result<Vec<ShownCard>> {
        self.with_followed(group, |followed, vault| {
            let wanted = followed.cards().iter().filter(|one| one.seq >= from);
            Ok(wanted.filter_map(|one| shown(vault, group, followed, one)).collect())
        })
    }

    /// Changes the card of a group. `replaces` is the place of the revision that the person was shown, none where there was
    /// no card: where somebody has changed it since, `card_changed`, and nothing is done.
    pub async fn change_card(&self, group: GroupId, card: PatientCard, replaces: Option<u64>) -> Result<Accepted> {
        let present = self.card(group)?;
        if present.is_some_and(|present| Some(present.seq) == replaces && present.card.as_ref() == Ok(&card)) {
            return Err(Code::NothingToDo.into());
        }
        let written = self.write(group, &Saying::Card { card: Box::new(card), replaces }).await;
        if written.as_ref().is_err_and(|fault| fault.code == Code::CardChanged) {
            // What the other one changed is what the person wants to see next. It may be a moment behind the refusal.
            let changed = |replica: &Replica| {
                let present = replica.group(group)?.group()?.card().map(|card| card.seq);
                (present != replaces).then_some(())
            };
            drop(self.wait_until(NEWS, changed).await);
        }
        written
    }

    /// Says before any key is made what the server would say of the change. A convenience: the server decides.
    pub(crate) fn require_card(&self, group: GroupId, replaces: Option<u64>) -> Result<()> {
        let replica = self.inner.replica();
        let state = replica.group(group).and_then(Followed::group).ok_or(Code::Unknown)?;
        if state.kind() != GroupKind::Patient {
            return Err(Code::CardNotApplicable.into());
        }
        if state.card().map(|card| card.seq) == replaces { Ok(()) } else { Err(Code::CardChanged.into()) }
    }
}

/// The act of a revision, its commitment and its ciphertext still empty.
pub(crate) fn act(epoch: u32, replaces: Option<u64>) -> Act {
    let (salt, key, ciphertext) = (Hash32(random()), Hash32::default(), Blob::default());
    Act::Card(Card { replaces, epoch, salt, key, ciphertext })
}

fn shown(vault: &Vault, group: GroupId, followed: &Followed, one: &Sealed) -> Option<ShownCard> {
    let Act::Card(Card { replaces, .. }) = &one.statement.act else { return None };
    let (author, device) = (one.statement.actor.user()?, one.statement.actor.device()?);
    let card = opened(vault, group, followed, one);
    let before = replaces.map(|seq| followed.card_at(seq).ok_or(Code::Unknown));
    let before = before.map(|one| one.and_then(|one| opened(vault, group, followed, one))).transpose();
    let changed = match (&card, before) {
        (Ok(card), Ok(before)) => Some(card.changed(before.as_ref())),
        _ => None,
    };
    let (seq, id, time, replaces) = (one.seq, one.statement.id, one.time, *replaces);
    Some(ShownCard { seq, id, time, author, device, replaces, card, changed })
}

fn opened(vault: &Vault, group: GroupId, followed: &Followed, one: &Sealed) -> core::result::Result<PatientCard, Code> {
    let key = revision_key(vault, group, followed, one)?;
    card::open(&one.statement, &key).map_err(|_: SealError| Code::NotAuthentic)
}

/// The key of a revision: from its epoch, or as somebody has handed it on. Whatever was handed on and is another key is
/// passed over.
fn revision_key(
    vault: &Vault,
    group: GroupId,
    followed: &Followed,
    one: &Sealed,
) -> core::result::Result<RevisionKey, Code> {
    let held = |epoch: u32| vault.contents.epochs.get(&(group, epoch));
    let own = one.epoch().and_then(held);
    let opens = own.and_then(|key| RevisionKey::of(&one.statement, key).ok());
    opens.or_else(|| handed_on(vault, group, followed, one).map(|(_, key)| key).next()).ok_or(match own {
        Some(_) => Code::NotAuthentic,
        None => Code::KeyAwaited,
    })
}

/// What was handed on of a revision and is its key, with the epoch that it was handed on under.
fn handed_on<'a>(
    vault: &'a Vault,
    group: GroupId,
    followed: &'a Followed,
    one: &'a Sealed,
) -> impl Iterator<Item = (u32, RevisionKey)> + 'a {
    followed.card_keys().iter().rev().filter_map(move |handed| {
        let Act::CardKey(CardKey { card, epoch, .. }) = &handed.statement.act else { return None };
        let key = vault.contents.epochs.get(&(group, *epoch)).filter(|_| *card == one.seq)?;
        RevisionKey::handed_on(&one.statement, &handed.statement, key).ok().map(|key| (*epoch, key))
    })
}

/// What a device hands on, under which epoch.
struct Handing {
    card: u64,
    key: RevisionKey,
    /// The present epoch, if it may still be written to.
    epoch: Option<u32>,
}

impl Inner {
    /// Whether somebody reads the group who can't read its card, and this device can help.
    pub(crate) fn card_is_awaited(&self, id: GroupId) -> bool {
        self.handing(id).is_ok_and(|handing| handing.is_some())
    }

    fn handing(&self, id: GroupId) -> Result<Option<Handing>> {
        let replica = self.replica();
        let Some(followed) = replica.group(id).filter(|one| !one.ended()) else { return Ok(None) };
        let Some(group) = followed.group().filter(|group| !group.is_shut()) else { return Ok(None) };
        let (view, time) = (replica.registry().now(), replica.time());
        let roster = Roster::of(group, view, time);
        let open = group.closed_at(view).is_none() && roster.has(self.user, self.device);
        let (Some(card), Some(one)) = (group.card().filter(|_| open), followed.cards().last()) else { return Ok(None) };
        if renkei_policy::registry::duties::permit_effect(view, self.user, time).is_err() || card.seq != one.seq {
            return Ok(None);
        }
        // Mostly nobody waits: then nothing is opened.
        if !group.card_awaited(card.epoch) {
            return Ok(None);
        }
        let done = card.handed.get(&self.device).is_some_and(|last| *last >= group.epoch());
        self.with_vault(|vault| {
            // What others have handed on counts where it is the key.
            let known = handed_on(vault, id, followed, one).map(|(epoch, _)| epoch).fold(card.epoch, u32::max);
            if done || !group.card_awaited(known) {
                return None;
            }
            let key = revision_key(vault, id, followed, one).ok()?;
            let epoch = writable_epoch(group, &roster, time).map(|epoch| epoch.number);
            Some(Handing { card: card.seq, key, epoch })
        })
    }

    /// Hands the key of the present card on to newcomers. The caller holds [`Inner::writing`].
    pub(crate) async fn hand_on_card(&self, id: GroupId) -> Result<()> {
        let Some(Handing { card, key, epoch: Some(epoch) }) = self.handing(id)? else { return Ok(()) };
        let act = Act::CardKey(CardKey { card, epoch, salt: Hash32(random()), sealed: Blob::default() });
        let mut statement = self.statement(LogId::Group(id), Role::User, None, act)?;
        self.with_vault(|vault| {
            let epoch = vault.contents.epochs.get(&(id, epoch)).ok_or(Code::KeyAwaited)?;
            key.hand_on(&mut statement, epoch).map_err(|_| Code::ProfileFailed)
        })??;
        self.submit(&statement, Sidecar::default()).await.map(|_| ())
    }

    /// Whether the card waits to be handed on, and for that for a new epoch.
    pub(crate) fn card_needs_epoch(&self, id: GroupId) -> bool {
        self.handing(id).ok().flatten().is_some_and(|handing| handing.epoch.is_none())
    }
}
