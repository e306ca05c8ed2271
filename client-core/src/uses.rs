//! Uses of a patient's data beyond the group (S3), and sealed details: where the material lies, and the names on Form 3 (A6.1).
//!
//! Details are sealed to the devices that govern the group when they are recorded. Whoever comes to govern it later is handed
//! them by somebody who has them, with the group's label; an act commits to them, so that nobody can hand on others.

use renkei_policy::group::Group;
use renkei_policy::group::s3_uses::{UseConsent, UseRecord};
use renkei_proto::act::{Act, BoxesRoot, ConsentBy, GroupAct, UseKind, UseOutcome};
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::codec;
use renkei_proto::forms::{Committed, FormNames, UseDetails};
use renkei_proto::frame::{Accepted, Sidecar, boxes_root};
use renkei_proto::hash::Hash32;
use renkei_proto::id::{DeviceId, GroupId};
use renkei_proto::scan::ScanKey;
use renkei_proto::statement::LogId;
use renkei_proto::text::Line;
use renkei_proto::time::Date;
use renkei_sealing::boxes::{self, Purpose};
use renkei_sealing::forms;
use zeroize::Zeroizing;

use crate::client::Client;
use crate::groups::{ConsentNames, devices_of, governing_devices, with_boxes};
use crate::replica::Followed;
use crate::{Result, random};

/// A use to be recorded.
#[derive(Debug, Clone)]
pub struct NewUse {
    /// For what.
    pub kind: UseKind,
    /// On which day.
    pub on: Date,
    /// What was used: sealed.
    pub about: Line<{ bounds::CARD_LINE }>,
    /// Where the material lies, and with whom: sealed.
    pub place: Line<{ bounds::CARD_LINE }>,
}

/// What is sealed at a place of the log.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Sealing {
    /// The names on Form 3.
    Names,
    /// What a use is about.
    Use,
    /// The key of a scan.
    Scan,
    /// The key of the scan of a Form 1 or 2.
    Form,
}

/// A box with details that was sealed to some devices.
#[derive(Debug, Clone, Copy)]
struct Parcel {
    seq: u64,
    from: DeviceId,
    boxes: BoxesRoot,
    purpose: Purpose,
}

/// Where the details of the entry at `of` were sealed, the newest first; those that came with the entry itself last.
fn parcels(followed: &Followed, of: u64) -> Vec<Parcel> {
    let parcel = |(seq, _, statement): &(u64, _, renkei_proto::statement::Statement)| {
        let from = statement.actor.device()?;
        let (boxes, purpose) = match &statement.act {
            Act::Group(GroupAct::RecordConsent(consent)) if *seq == of => (consent.details, Purpose::ConsentDetails),
            Act::Group(GroupAct::RecordUse { details, .. }) if *seq == of => (*details, Purpose::UseDetails),
            Act::Group(GroupAct::DepositScan { of: form, key, .. }) if *seq == of => {
                (*key, Purpose::ScanKey { of: *form })
            }
            Act::Group(GroupAct::HandOnDetails { of: known, details, .. }) if *known == of => {
                (*details, Purpose::HandedOn { of })
            }
            _ => return None,
        };
        Some(Parcel { seq: *seq, from, boxes, purpose })
    };
    followed.events().iter().rev().filter_map(parcel).collect()
}

/// The places of those parcels.
pub(crate) fn sealed_places(followed: &Followed, of: u64) -> Vec<u64> {
    parcels(followed, of).iter().map(|parcel| parcel.seq).collect()
}

/// All that is sealed to those who govern the group, by the places of the entries.
pub(crate) fn sealings(state: &Group) -> Vec<(u64, Sealing)> {
    let form = state.consent().map(|consent| (consent.recorded.seq, Sealing::Names));
    let uses = state.uses().map(|(seq, _)| (seq, Sealing::Use));
    // Earlier deposits too: the one in force may be rubbish.
    let scans = state.forms().flat_map(|(_, form)| form.deposits.iter().map(|at| (*at, Sealing::Scan)));
    form.into_iter().chain(uses).chain(scans).collect()
}

impl Client {
    /// Records a consent to uses beyond the group (S3).
    pub async fn record_use_consent(
        &self,
        group: GroupId,
        by: ConsentBy,
        signed_on: Date,
        scan: Hash32,
    ) -> Result<Accepted> {
        self.govern(group, GroupAct::RecordUseConsent { by, signed_on, scan }, Sidecar::default()).await
    }

    /// Records that this consent was withdrawn. What was recorded against it is to be seen to: [`Client::uses_to_settle`].
    pub async fn withdraw_use_consent(
        &self,
        group: GroupId,
        by: ConsentBy,
        on: Date,
        scan: Hash32,
    ) -> Result<Accepted> {
        self.govern(group, GroupAct::WithdrawUseConsent { by, on, scan }, Sidecar::default()).await
    }

    /// Records a use beyond the group against the consent that stands.
    pub async fn record_use(&self, group: GroupId, new: NewUse) -> Result<Accepted> {
        self.inner.fresh(LogId::Group(group)).await?;
        let details = UseDetails { salt: Hash32(random()), about: new.about, place: new.place };
        let consent = self.look(|replica| {
            let state = replica.group(group).and_then(Followed::group).ok_or(Code::Unknown)?;
            state.use_consent().map(|(seq, _)| seq).ok_or(Code::UseConsentMissing)
        })?;
        let devices = self.governing_now(group)?;
        let boxes = self.inner.seal_boxes(group, Purpose::UseDetails, &forms::payload(&details), &devices).await?;
        let root = boxes_root(&boxes).ok_or(Code::TooManyDevices)?;
        let act = GroupAct::RecordUse {
            kind: new.kind,
            on: new.on,
            consent,
            details: root,
            commitment: details.commitment(),
        };
        self.govern(group, act, with_boxes(boxes)).await
    }

    /// Says what became of the use that was recorded at `of`.
    pub async fn settle_use(&self, group: GroupId, of: u64, outcome: UseOutcome, on: Date) -> Result<Accepted> {
        self.govern(group, GroupAct::SettleUse { of, outcome, on }, Sidecar::default()).await
    }

    /// The consents to uses beyond the group, with their places, in order.
    pub fn use_consents(&self, group: GroupId) -> Result<Vec<(u64, UseConsent)>> {
        self.with_state(group, |state| state.use_consents().map(|(seq, consent)| (seq, *consent)).collect())
    }

    /// The uses of a group, with their places, in order.
    pub fn uses(&self, group: GroupId) -> Result<Vec<(u64, UseRecord)>> {
        self.with_state(group, |state| state.uses().map(|(seq, record)| (seq, *record)).collect())
    }

    /// Those that somebody has to see to.
    pub fn uses_to_settle(&self, group: GroupId) -> Result<Vec<u64>> {
        self.with_state(group, |state| state.uses_to_settle().map(|(seq, _)| seq).collect())
    }

    fn with_state<T>(&self, group: GroupId, look: impl FnOnce(&Group) -> T) -> Result<T> {
        let found = self.look(|replica| replica.group(group).and_then(Followed::group).map(look));
        found.ok_or_else(|| Code::Unknown.into())
    }

    /// What was used, and where the material lies.
    pub async fn use_details(&self, group: GroupId, of: u64) -> Result<UseDetails> {
        let (parcels, commitment) = self.sealed_details(group, of)?;
        let commitment = commitment.ok_or(Code::Unknown)?;
        self.open_first(group, &parcels, |_, payload| forms::read(payload, commitment).ok()).await
    }

    /// The names on Form 3.
    pub async fn consent_names(&self, group: GroupId) -> Result<ConsentNames> {
        let of = self.with_state(group, |state| state.consent().map(|consent| consent.recorded.seq))?;
        let of = of.ok_or(Code::ConsentMissing)?;
        let (mut parcels, commitment) = self.sealed_details(group, of)?;
        // What came with the form itself, if this device was sent it, no one handed on.
        parcels.reverse();
        let read = |parcel: &Parcel, payload: &[u8]| match parcel.purpose {
            Purpose::ConsentDetails => codec::decode(payload).ok(),
            _ => forms::read(payload, commitment?)
                .ok()
                .map(|FormNames { name, relation, .. }| ConsentNames { name, relation }),
        };
        self.open_first(group, &parcels, read).await
    }

    /// The key of the scan that was deposited at `at`.
    pub(crate) async fn scan_key(&self, group: GroupId, at: u64) -> Result<ScanKey> {
        let (parcels, commitment) = self.sealed_details(group, at)?;
        let commitment = commitment.ok_or(Code::Unknown)?;
        self.open_first(group, &parcels, |_, payload| forms::read(payload, commitment).ok()).await
    }

    fn sealed_details(&self, group: GroupId, of: u64) -> Result<(Vec<Parcel>, Option<Hash32>)> {
        self.look(|replica| {
            let followed = replica.group(group).ok_or(Code::Unknown)?;
            let state = followed.group().ok_or(Code::Unknown)?;
            Ok((parcels(followed, of), state.details_of(of)))
        })
    }

    /// The first of these parcels that was sent to this device and reads as it must.
    async fn open_first<T>(
        &self,
        group: GroupId,
        parcels: &[Parcel],
        read: impl Fn(&Parcel, &[u8]) -> Option<T>,
    ) -> Result<T> {
        let mut wrong = Code::KeyAwaited;
        for parcel in parcels {
            let sealed = match self.inner.fetch_box(group, parcel.seq, parcel.boxes).await {
                Ok(sealed) => sealed,
                Err(fault) if fault.code == Code::NotForYou => continue,
                Err(fault) => return Err(fault),
            };
            let context = self.inner.context(group, parcel.purpose, parcel.from);
            let opened = self.inner.with_vault(|vault| {
                let mut keys = vault.contents.receiving();
                keys.find_map(|keys| boxes::open(&context, sealed.sealed.as_slice(), keys).ok())
            })?;
            match opened.and_then(|payload| read(parcel, &payload)) {
                Some(details) => return Ok(details),
                None => wrong = Code::NotAuthentic,
            }
        }
        Err(wrong.into())
    }

    /// Devices of those who govern the group now, and of those who decide on taking it over: once they have, nobody else may
    /// hand anything on.
    pub(crate) fn governing_now(&self, group: GroupId) -> Result<Vec<DeviceId>> {
        let originator = self.originator(group)?;
        Ok(self.look(|replica| {
            let (view, time) = (replica.registry().now(), replica.time());
            let delegated = || view.delegations().any(|(id, _)| view.delegation(id, originator, group, time).is_ok());
            let desk = view.ended(originator).is_some() || delegated();
            let mut devices = governing_devices(view, originator, desk);
            let state = replica.group(group).and_then(Followed::group);
            if let Some(offer) = state.and_then(Group::offered) {
                devices.extend(devices_of(view, view.administrators(offer.to)));
                devices.sort_unstable();
                devices.dedup();
            }
            devices
        }))
    }

    /// Hands every sealed detail of the group on to everybody who governs it now, and to those who decide on taking it over.
    /// Best effort: what this device does not have itself, or what fails here, somebody else hands on with the next change.
    pub(crate) async fn hand_on_details(&self, group: GroupId) {
        let Ok(all) = self.with_state(group, sealings) else { return };
        for (of, what) in all {
            if let Err(error) = self.hand_on_one(group, of, what).await {
                tracing::debug!(%group, of, %error, "details were not handed on");
            }
        }
    }

    pub(crate) async fn hand_on_one(&self, group: GroupId, of: u64, what: Sealing) -> Result<()> {
        let (payload, commitment): (Zeroizing<Vec<u8>>, Hash32) = match what {
            Sealing::Names => {
                let names = self.form_names(group, of).await?;
                (forms::payload(&names), names.commitment())
            }
            Sealing::Use => {
                let details = self.use_details(group, of).await?;
                (forms::payload(&details), details.commitment())
            }
            Sealing::Form => return self.hand_on_form_scan(of).await,
            Sealing::Scan => {
                let key = self.scan_key(group, of).await?;
                (forms::payload(&key), key.commitment())
            }
        };
        self.inner.fresh(LogId::Group(group)).await?;
        let devices = self.governing_now(group)?;
        let boxes = self.inner.seal_boxes(group, Purpose::HandedOn { of }, &payload, &devices).await?;
        let details = boxes_root(&boxes).ok_or(Code::TooManyDevices)?;
        self.govern(group, GroupAct::HandOnDetails { of, details, commitment }, with_boxes(boxes)).await.map(|_| ())
    }

    /// The names as they are handed on: salted as they were before, or the first time with a fresh salt.
    async fn form_names(&self, group: GroupId, of: u64) -> Result<FormNames> {
        let (parcels, commitment) = self.sealed_details(group, of)?;
        let Some(commitment) = commitment else {
            let ConsentNames { name, relation } = self.consent_names(group).await?;
            return Ok(FormNames { salt: Hash32(random()), name, relation });
        };
        let handed: Vec<Parcel> =
            parcels.into_iter().filter(|parcel| matches!(parcel.purpose, Purpose::HandedOn { .. })).collect();
        self.open_first(group, &handed, |_, payload| forms::read(payload, commitment).ok()).await
    }
}
