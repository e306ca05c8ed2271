//! The proof of a group's erasure (A6.2): one file that a committee checks without a server, and what follows from it in words,
//! which a patient's family can be handed.
//!
//! ```text
//! evidence = copy of the registry and of the group's log ── people's signatures: why, when, by which two
//!          + the server's word                           ── since when nothing of it is in any file, how much it was
//!          + receipts of devices                         ── which let the keys go, and when
//! proof    = what anybody computes from the evidence and the fingerprint of the root; nothing else goes into the words
//! ```
//!
//! Nothing in it is of the patient but the group's identifier, and nobody's name: people stand in it by identifier, profession
//! and facility. Names are added by hand, by whoever hands it over.

use std::collections::{BTreeMap, BTreeSet};

use data_encoding::HEXLOWER;
use renkei_policy::group::a12_gone::former_devices;
use renkei_policy::group::{By, Group};
use renkei_policy::registry::View;
use renkei_policy::registry::a12_takeout::Takeout;
use renkei_proto::act::{ConsentBy, GroupKind, Profession, UseKind, UseOutcome};
use renkei_proto::bounds;
use renkei_proto::bytes::List;
use renkei_proto::code::Code;
use renkei_proto::codec;
use renkei_proto::entry::{Entry, EntryKind};
use renkei_proto::erasure_word::{Destroyed, ErasureWord, SignedErasureWord};
use renkei_proto::frame::{Answer, Op};
use renkei_proto::group_receipt::SignedGroupReceipt;
use renkei_proto::hash::Hash32;
use renkei_proto::id::{DeviceId, FacilityId, GroupId, UserId};
use renkei_proto::statement::LogId;
use renkei_proto::takeout::{Medium, TakeoutEnd, TakeoutPurpose, TakeoutRequest};
use renkei_proto::time::{DAY, Date, Time};
use renkei_proto::wipe::SignedReceipt;
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::audit::{self, Export, Flaw, Place};
use crate::client::Client;
use crate::replica::Replica;

/// The format's name, in the file.
pub const FORMAT: &str = "renkei-erasure-proof/1";

/// How often the logs are copied until the signed heads reach no further than the copies: people write to the registry
/// minutes apart, so a second copy nearly always does.
const TRIES: u32 = 4;

/// What can be checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// [`FORMAT`].
    pub format: String,
    /// Of which group.
    pub group: GroupId,
    /// The registry and the group's log, under signed heads.
    pub record: Export,
    /// The server's word, in hexadecimal.
    pub word: String,
    /// Signed receipts of devices that the group's keys left, in hexadecimal.
    pub receipts: Vec<String>,
    /// Signed receipts of devices that were wiped, in hexadecimal.
    pub wipes: Vec<String>,
}

/// Somebody who decided, without a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// Who.
    pub user: UserId,
    /// Of which profession.
    pub profession: Option<Profession>,
    /// Of which facility.
    pub facility: Option<FacilityId>,
    /// What that is called.
    pub facility_name: Option<String>,
    /// For which facility, where the Desk acted by delegation.
    pub acting_for: Option<FacilityId>,
    /// The place of the signed act in the group's log.
    pub entry: u64,
    /// When.
    pub time: Time,
}

/// Why the group was erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The patient's consent was withdrawn.
    Withdrawn {
        /// By whom.
        by: ConsentBy,
        /// The day on the paper.
        on: Date,
        /// SHA-256 of the paper's scan.
        scan: Hash32,
    },
    /// It was closed, and had been kept for as long as is set.
    Kept {
        /// When it was closed.
        closed: Option<Time>,
    },
}

/// How many entries of which kind had content.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Entries of the group's log in all: their headers stay.
    pub entries: u64,
    /// Messages, with and without files.
    pub messages: u64,
    /// Corrections and retractions.
    pub corrections: u64,
    /// Revisions of the patient card.
    pub cards: u64,
    /// Sets of keys.
    pub keys: u64,
}

/// What is known of a device that had keys of the group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeviceState {
    /// It confirmed, signed, that keys and content are gone from it.
    Confirmed {
        /// When, by its own clock.
        at: Time,
    },
    /// It was wiped: the server destroyed its half of the key under which all on it lies.
    Wiped {
        /// When that was ordered.
        ordered: Option<Time>,
        /// When the device confirmed that, where the receipt is here.
        confirmed: Option<Time>,
    },
    /// The ID of its person ended: likewise.
    IdEnded,
    /// It has not answered. It does when it next connects, and opens nothing of the group before that.
    Silent,
}

/// A device that had keys of the group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofDevice {
    /// Which.
    pub device: DeviceId,
    /// Of which facility its person is.
    pub facility_name: Option<String>,
    /// What is known of it.
    pub state: DeviceState,
}

/// A use beyond the group (S3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofUse {
    /// For what.
    pub kind: UseKind,
    /// On which day.
    pub on: Date,
    /// What became of it, and on which day; none while nobody has said.
    pub settled: Option<(UseOutcome, Date)>,
}

/// Information of the group that a permit let out (A12.5). Text for the chart under a standing permit is not among these: it
/// went where records of care are kept by law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofTakeout {
    /// On what.
    pub medium: Medium,
    /// What for.
    pub purpose: TakeoutPurpose,
    /// When it was approved.
    pub approved: Time,
    /// How it ended, and on which day, by the word of an administrator; none while nobody has confirmed.
    pub ended: Option<(TakeoutEnd, Date)>,
}

/// What follows from the evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// The association's name.
    pub association: String,
    /// Which group.
    pub group: GroupId,
    /// About what.
    pub kind: GroupKind,
    /// The originating facility's name.
    pub originator: Option<String>,
    /// When the group was opened.
    pub created: Time,
    /// Why.
    pub reason: Reason,
    /// Who recorded the withdrawal, or ordered it.
    pub ordered: Decided,
    /// Who confirmed it: with this it was erased.
    pub confirmed: Decided,
    /// What there was, by the headers that stay.
    pub counts: Counts,
    /// How much the server destroyed, as it says; none where it did not count yet.
    pub destroyed: Option<Destroyed>,
    /// Since when nothing of it is in any file of the server, as it says.
    pub finished: Time,
    /// Devices that had keys.
    pub devices: Vec<ProofDevice>,
    /// Uses beyond the group.
    pub uses: Vec<ProofUse>,
    /// What was permitted to be taken out of it.
    pub takeouts: Vec<ProofTakeout>,
    /// For how many days backups are kept, as the association says.
    pub backups: Option<u16>,
    /// When the last backup from before has expired.
    pub backups_until: Option<Time>,
    /// As of when all this is so: the server's signature.
    pub as_of: Time,
}

fn flaw(code: Code) -> Flaw {
    Flaw { place: Place::File, code }
}

/// Checks the evidence against the fingerprint of the root, and says what follows. Needs nothing else: no server, no profile.
pub fn verify(evidence: &Evidence, root: Hash32) -> core::result::Result<Proof, Flaw> {
    if evidence.format != FORMAT {
        return Err(flaw(Code::UnknownVersion));
    }
    let (checked, replica) = audit::follow(&evidence.record, root)?;
    // The log must be there to its end, as the server vouches, or somebody could leave out what speaks against it.
    let as_of = checked.heads.filter(|_| checked.short.is_empty()).ok_or(flaw(Code::LogNotTrusted))?;
    let entries = evidence.record.groups.iter().find(|one| one.group == evidence.group);
    let entries = entries.ok_or(flaw(Code::Unknown))?;
    let followed = replica.group(evidence.group).ok_or(flaw(Code::Unknown))?;
    let group = followed.group().ok_or(flaw(Code::Unknown))?;
    let view = replica.registry().now();
    let erased = group.erased().ok_or(flaw(Code::NothingToDo))?;
    let word = word(evidence, &replica, erased.confirmed)?;
    let erased_under = header(&entries.entries, erased.confirmed.seq).ok_or(flaw(Code::Malformed))?.registry;
    let backups = view.backups_since(erased_under);
    let frozen = group.frozen().filter(|_| erased.withdrawn);
    let reason = match frozen {
        Some(one) => Reason::Withdrawn { by: one.by, on: one.on, scan: one.scan },
        None => Reason::Kept { closed: group.closed_at(view) },
    };
    Ok(Proof {
        association: checked.association,
        group: evidence.group,
        kind: group.kind(),
        originator: view.facility(group.originator()).map(|known| known.name.clone()),
        created: group.created().time,
        reason,
        ordered: decided(view, erased.ordered),
        confirmed: decided(view, erased.confirmed),
        counts: counts(&entries.entries),
        destroyed: word.destroyed,
        finished: word.finished,
        devices: devices(evidence, &replica, group, view)?,
        uses: group.uses().map(|(_, one)| used(one)).collect(),
        takeouts: takeouts(view, evidence.group, as_of),
        backups,
        backups_until: backups.map(|days| word.finished.plus(u64::from(days) * DAY)),
        as_of,
    })
}

fn used(one: &renkei_policy::group::s3_uses::UseRecord) -> ProofUse {
    ProofUse { kind: one.kind, on: one.on, settled: one.settled.map(|settled| (settled.outcome, settled.on)) }
}

/// What was permitted to be taken out of `group`, in the order in which it was asked for.
fn takeouts(view: View<'_>, group: GroupId, time: Time) -> Vec<ProofTakeout> {
    let mut found: Vec<Takeout> = view.takeouts(time).map(|(one, _)| one).filter(|one| one.is_of(group)).collect();
    found.sort_by_key(|one| one.asked.seq);
    let row = |one: Takeout| {
        let (approved, _) = one.decided.filter(|(_, approved)| *approved)?;
        let ended = one.confirmed.map(|confirmed| (confirmed.how, confirmed.on));
        let TakeoutRequest { medium, purpose, .. } = one.request;
        Some(ProofTakeout { medium, purpose, approved: approved.time, ended })
    };
    found.into_iter().filter_map(row).collect()
}

/// The server's word, if it is about this erasure and was signed with the key that was in force.
fn word(evidence: &Evidence, replica: &Replica, confirmed: By) -> core::result::Result<ErasureWord, Flaw> {
    let signed: SignedErasureWord = read(&evidence.word)?;
    let size = signed.unverified().map_err(|_| flaw(Code::Malformed))?.registry;
    let key = audit::server_key(replica, size).map_err(flaw)?;
    let word = signed.verify(&key).map_err(|_| flaw(Code::NotAuthentic))?;
    // Heads of before would let somebody cut off what the registry said since: that backups are kept for longer.
    if word.registry > replica.registry().size() {
        return Err(flaw(Code::LogNotTrusted));
    }
    let association = replica.registry().association().map(|known| known.id);
    let about = (Some(word.association), word.group, word.confirmed);
    let right = about == (association, evidence.group, confirmed.seq) && word.finished >= confirmed.time;
    if right { Ok(word) } else { Err(flaw(Code::NotAuthentic)) }
}

fn read<T: serde::de::DeserializeOwned + Serialize>(text: &str) -> core::result::Result<T, Flaw> {
    let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| flaw(Code::Malformed))?;
    codec::decode_bounded(&bytes, bounds::FRAME).map_err(|_| flaw(Code::Malformed))
}

fn header(entries: &[String], seq: u64) -> Option<renkei_proto::entry::EntryHeader> {
    let bytes = HEXLOWER.decode(entries.get(usize::try_from(seq).ok()?)?.as_bytes()).ok()?;
    Entry::decode(&bytes).ok().map(|entry| entry.header)
}

fn counts(entries: &[String]) -> Counts {
    let mut counts = Counts::default();
    for seq in 0..u64::try_from(entries.len()).unwrap_or(u64::MAX) {
        counts.entries += 1;
        match header(entries, seq).map(|header| header.kind) {
            Some(EntryKind::Message) => counts.messages += 1,
            Some(EntryKind::Amendment) => counts.corrections += 1,
            Some(EntryKind::Card) => counts.cards += 1,
            Some(EntryKind::Epoch) => counts.keys += 1,
            _ => {}
        }
    }
    counts
}

fn decided(view: View<'_>, by: By) -> Decided {
    let person = view.user(by.user);
    let facility = person.map(|person| person.facility);
    Decided {
        user: by.user,
        profession: person.map(|person| person.profession),
        facility,
        facility_name: facility.and_then(|id| view.facility(id)).map(|known| known.name.clone()),
        acting_for: by.acting_for.map(|acting| acting.facility),
        entry: by.seq,
        time: by.time,
    }
}

/// Every device that had keys, with what it said. A receipt of no such device, or that does not hold, is a flaw: nobody put it
/// there by mistake.
fn devices(
    evidence: &Evidence,
    replica: &Replica,
    group: &Group,
    view: View<'_>,
) -> core::result::Result<Vec<ProofDevice>, Flaw> {
    let association = replica.registry().association().map(|known| known.id);
    let key = |device: DeviceId| view.device(device).map(|known| known.registration.receipt).ok_or(flaw(Code::Unknown));
    let bad = || flaw(Code::NotAuthentic);
    let mut confirmed: BTreeMap<DeviceId, (u64, Time)> = BTreeMap::new();
    for text in &evidence.receipts {
        let signed: SignedGroupReceipt = read(text)?;
        let device = signed.unverified().map_err(|_| bad())?.device;
        let receipt = signed.verify(&key(device)?).map_err(|_| bad())?;
        if (Some(receipt.association), receipt.group) != (association, evidence.group) {
            return Err(bad());
        }
        confirmed.insert(device, (receipt.upto, receipt.gone_at));
    }
    let mut wiped: BTreeMap<DeviceId, Time> = BTreeMap::new();
    for text in &evidence.wipes {
        let signed: SignedReceipt = read(text)?;
        let device = signed.unverified().map_err(|_| bad())?.device;
        let receipt = signed.verify(&key(device)?).map_err(|_| bad())?;
        if Some(receipt.association) != association {
            return Err(bad());
        }
        wiped.insert(device, receipt.destroyed_at);
    }
    let rows = former_devices(group, view).into_iter().map(|(user, device, since)| {
        let person = view.user(user);
        let ordered = view.device(device).and_then(|known| known.wiped);
        // Of an earlier time in the group, a receipt says nothing of this one.
        let state = match (confirmed.get(&device).filter(|(upto, _)| *upto > since), ordered) {
            (Some((_, at)), _) => DeviceState::Confirmed { at: *at },
            (None, Some(seq)) => DeviceState::Wiped {
                ordered: replica.registry_chain().time_of(seq),
                confirmed: wiped.get(&device).copied(),
            },
            (None, None) if person.is_some_and(|person| person.ended.is_some()) => DeviceState::IdEnded,
            (None, None) => DeviceState::Silent,
        };
        let facility = person.and_then(|person| view.facility(person.facility));
        ProofDevice { device, facility_name: facility.map(|known| known.name.clone()), state }
    });
    Ok(rows.collect())
}

impl Client {
    /// The proof that `group` was erased, for who governed it to its end, with what it rests on. It is checked here as whoever
    /// is handed it would, before it is given.
    pub async fn erasure_proof(&self, group: GroupId) -> Result<(Evidence, Proof)> {
        self.inner.fresh(LogId::Group(group)).await?;
        let former = self.look(|replica| {
            let view = replica.registry().now();
            let former = former_devices(replica.group(group)?.group()?, view);
            Some(former.into_iter().map(|(_, device, _)| device).collect::<BTreeSet<DeviceId>>())
        });
        let former: Vec<DeviceId> = former.ok_or(Code::Unknown)?.into_iter().collect();
        let Answer::ErasureWord(word) = self.inner.request(Op::ErasureWord { group }).await? else {
            return Err(Code::Malformed.into());
        };
        let (mut receipts, mut wipes) = (Vec::new(), Vec::new());
        for some in former.chunks(bounds::LOOKUP) {
            let devices = List::new(some.to_vec()).map_err(|_| Code::TooLarge)?;
            let asked = Op::GroupReceipts { group, devices: devices.clone() };
            let Answer::GroupReceipts(found) = self.inner.request(asked).await? else {
                return Err(Code::Malformed.into());
            };
            receipts.extend(found.into_vec().into_iter().map(|(_, signed)| HEXLOWER.encode(&codec::encode(&signed))));
            let Answer::Receipts(found) = self.inner.request(Op::Receipts(devices)).await? else {
                return Err(Code::Malformed.into());
            };
            wipes.extend(found.into_vec().into_iter().map(|(_, signed)| HEXLOWER.encode(&codec::encode(&signed))));
        }
        let word = HEXLOWER.encode(&codec::encode(&word));
        let mut left = TRIES;
        loop {
            left -= 1;
            match self.evidence(group, &word, (&receipts, &wipes)).await {
                Err(fault) if fault.code == Code::LogNotTrusted && left > 0 => {}
                done => return done,
            }
        }
    }

    /// Copies the logs and checks everything. Refused with `log_not_trusted` where a log is not whole under the signed heads:
    /// it may have grown between its copy and them.
    async fn evidence(
        &self,
        group: GroupId,
        word: &str,
        (receipts, wipes): (&[String], &[String]),
    ) -> Result<(Evidence, Proof)> {
        let record = self.export(&[group]).await?;
        let root = record.root;
        let (word, receipts, wipes) = (word.to_owned(), receipts.to_vec(), wipes.to_vec());
        let evidence = Evidence { format: FORMAT.to_owned(), group, record, word, receipts, wipes };
        let proof = verify(&evidence, root).map_err(|flaw| {
            tracing::warn!(%flaw, "the proof of an erasure does not hold");
            flaw.code
        })?;
        Ok((evidence, proof))
    }
}
