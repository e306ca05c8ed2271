//! The proof of a wipe (A12.3): one file that an insurer, a committee or a family's lawyer checks without a server, and what
//! follows from it in words.
//!
//! ```text
//! evidence = registry under signed heads ── people's signatures: who ordered it, when, in which office
//!          + receipts of devices         ── which destroyed what they held, and when by their own clocks
//! proof    = what anybody computes from the evidence and the fingerprint of the root; nothing else goes into the words
//! ```
//!
//! A device without a receipt is unconfirmed, and said to be: it may never have connected again. That nothing on it opens any
//! more rests on the server, which destroys its share before it acknowledges the order; that is not in the file.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use renkei_policy::registry::{Device, Seq, View, a12_wipe};
use renkei_proto::act::{Act, DeviceKind, OperatingSystem, Ownership, Profession, RegistryAct};
use renkei_proto::bounds;
use renkei_proto::bytes::{Blob, List};
use renkei_proto::code::Code;
use renkei_proto::entry::{ENTRY_MAX, Entry};
use renkei_proto::frame::{Answer, Op};
use renkei_proto::hash::Hash32;
use renkei_proto::heads::SignedHeads;
use renkei_proto::id::{DeviceId, FacilityId, UserId};
use renkei_proto::statement::{Claim, LogId, Role};
use renkei_proto::time::Time;
use renkei_proto::wipe::SignedReceipt;
use renkei_proto::wipe_proof::{Subject, WipeProof};
use renkei_proto::{SUITE, VERSION};
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::audit::{self, Export, Flaw, Place};
use crate::client::Client;
use crate::replica::Replica;

/// How often the registry is copied until the signed heads reach the end of the copy.
const TRIES: u32 = 4;

/// What the signed entry is by which the device's share was destroyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// A wipe of this device.
    Wiped,
    /// It was taken out of use in good order.
    Retired,
    /// The ID of its person ended.
    IdEnded,
    /// The admission of the facility ended.
    FacilityEnded,
}

/// The order, as it was signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// What it was.
    pub how: How,
    /// Its place in the registry.
    pub entry: u64,
    /// The hash of that entry.
    pub hash: Hash32,
    /// When the server took it.
    pub time: Time,
    /// Who signed it; none for the association's root.
    pub by: Option<UserId>,
    /// In which capacity.
    pub role: Role,
    /// Of which profession.
    pub profession: Option<Profession>,
    /// Of which facility.
    pub facility_name: Option<String>,
}

/// What became of a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It was ordered.
    Ordered {
        /// By which entry.
        order: Order,
        /// When the device destroyed what it held, by its own clock, where its signed receipt is here.
        confirmed: Option<Time>,
    },
    /// It was never let in, and holds nothing.
    NeverApproved,
    /// Nobody has ordered anything: it is in use.
    InUse,
}

/// A device of the proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofDevice {
    /// Which.
    pub device: DeviceId,
    /// What it is.
    pub device_kind: DeviceKind,
    /// What it runs.
    pub system: OperatingSystem,
    /// Whose it is.
    pub ownership: Ownership,
    /// What became of it.
    pub state: State,
}

/// What follows from the evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// The association's name.
    pub association: String,
    /// Whether it is of all devices of the person, or of this one alone.
    pub whole_person: bool,
    /// Whose devices.
    pub user: UserId,
    /// Of which profession.
    pub profession: Profession,
    /// Of which facility.
    pub facility: FacilityId,
    /// What that is called.
    pub facility_name: Option<String>,
    /// The devices.
    pub devices: Vec<ProofDevice>,
    /// Entries of the registry, all of them under the server's signed heads.
    pub entries: u64,
    /// Merkle root over them, as the server signed it.
    pub tree: Hash32,
    /// As of when all this is so: the server's signature.
    pub as_of: Time,
}

fn flaw(code: Code) -> Flaw {
    Flaw { place: Place::File, code }
}

/// Checks the evidence against the fingerprint of the root, and says what follows. Needs nothing else: no server, no profile.
pub fn verify(evidence: &WipeProof, root: Hash32) -> core::result::Result<Proof, Flaw> {
    let export = Export {
        format: audit::FORMAT.to_owned(),
        root,
        heads: vec![evidence.heads.text()],
        registry: evidence.registry.as_slice().iter().map(|entry| HEXLOWER.encode(entry.as_slice())).collect(),
        groups: Vec::new(),
    };
    let (checked, replica) = audit::follow(&export, root)?;
    // Exactly what the server has signed: cut off, it would hide a later order; gone on with, nobody vouches for the rest.
    let heads = evidence.heads.unverified().map_err(|_| flaw(Code::Malformed))?;
    if heads.registry.size != checked.registry {
        return Err(flaw(Code::LogNotTrusted));
    }
    let view = replica.registry().now();
    let user = match evidence.subject {
        Subject::Device(device) => view.device(device).ok_or(flaw(Code::Unknown))?.user,
        Subject::User(user) => user,
    };
    let person = view.user(user).ok_or(flaw(Code::Unknown))?;
    let mut confirmed = confirmed(evidence, &replica)?;
    let mut devices = Vec::new();
    for device in subjects(view, evidence.subject) {
        let known = view.device(device).ok_or(flaw(Code::Unknown))?;
        let state = match ordered(view, known) {
            Some((how, seq)) => {
                let order = order(evidence, view, (how, seq)).ok_or(flaw(Code::Malformed))?;
                State::Ordered { order, confirmed: confirmed.remove(&device) }
            }
            None if known.active.is_none() => State::NeverApproved,
            None => State::InUse,
        };
        let registration = &known.registration;
        devices.push(ProofDevice {
            device,
            device_kind: registration.kind,
            system: registration.system,
            ownership: registration.ownership,
            state,
        });
    }
    // Of another device, or of one that nobody ordered to be wiped: nobody put it there by mistake.
    if !confirmed.is_empty() {
        return Err(flaw(Code::NotAuthentic));
    }
    if !devices.iter().any(|one| matches!(one.state, State::Ordered { .. })) {
        return Err(flaw(Code::NothingToDo));
    }
    Ok(Proof {
        association: checked.association,
        whole_person: matches!(evidence.subject, Subject::User(_)),
        user,
        profession: person.profession,
        facility: person.facility,
        facility_name: view.facility(person.facility).map(|known| known.name.clone()),
        devices,
        entries: checked.registry,
        tree: checked.tree,
        as_of: heads.time,
    })
}

/// The devices that a proof of `subject` speaks of: of a person every one that was ever registered, so that none is passed over.
fn subjects(view: View<'_>, subject: Subject) -> Vec<DeviceId> {
    match subject {
        Subject::Device(device) => vec![device],
        Subject::User(user) => view.user(user).map(|person| person.devices.clone()).unwrap_or_default(),
    }
}

/// The first entry by which the server destroyed the device's share.
fn ordered(view: View<'_>, device: &Device) -> Option<(How, Seq)> {
    let wiped = device.wiped.map(|seq| (if device.retired == Some(seq) { How::Retired } else { How::Wiped }, seq));
    let person = view.user(device.user)?;
    let ended = person.ended.map(|seq| (How::IdEnded, seq));
    let facility = view.ended(person.facility).map(|(seq, _)| (How::FacilityEnded, seq));
    [wiped, ended, facility].into_iter().flatten().min_by_key(|(_, seq)| *seq)
}

/// The entry in the words of who signed it. It has been followed before: its signature holds, and the rules allowed it.
fn order(evidence: &WipeProof, view: View<'_>, (how, seq): (How, Seq)) -> Option<Order> {
    let entry = evidence.registry.as_slice().get(usize::try_from(seq).ok()?)?;
    let entry = Entry::decode(entry.as_slice()).ok()?;
    let claim = Claim::parse(entry.body?).ok()?;
    let statement = claim.unverified();
    let says = matches!(
        (how, &statement.act),
        (How::Wiped, Act::Registry(RegistryAct::WipeDevice { .. }))
            | (How::Retired, Act::Registry(RegistryAct::RetireDevice { .. }))
            | (How::IdEnded | How::FacilityEnded, Act::Registry(_))
    );
    let by = statement.actor.user();
    let person = by.and_then(|user| view.user(user));
    says.then(|| Order {
        how,
        entry: seq,
        hash: entry.header.hash(),
        time: entry.header.time,
        by,
        role: statement.role,
        profession: person.map(|person| person.profession),
        facility_name: person.and_then(|person| view.facility(person.facility)).map(|known| known.name.clone()),
    })
}

/// What the receipts say, each under the key that its device was registered with.
fn confirmed(evidence: &WipeProof, replica: &Replica) -> core::result::Result<BTreeMap<DeviceId, Time>, Flaw> {
    let association = replica.registry().association().map(|known| known.id);
    let view = replica.registry().now();
    let mut confirmed = BTreeMap::new();
    for signed in evidence.receipts.as_slice() {
        let device = signed.unverified().map_err(|_| flaw(Code::Malformed))?.device;
        let key = view.device(device).ok_or(flaw(Code::Unknown))?.registration.receipt;
        let receipt = signed.verify(&key).map_err(|_| flaw(Code::NotAuthentic))?;
        if Some(receipt.association) != association || confirmed.insert(device, receipt.destroyed_at).is_some() {
            return Err(flaw(Code::NotAuthentic));
        }
    }
    Ok(confirmed)
}

impl Client {
    /// The proof that a device, or every device of a person, was wiped, for who sees what they confirmed. It is checked here as
    /// whoever is handed it would, before it is given.
    pub async fn wipe_proof(&self, subject: Subject) -> Result<(WipeProof, Proof)> {
        self.inner.fresh(LogId::Registry).await?;
        let (me, now) = (self.user(), self.now());
        let devices = self.look(|replica| {
            let view = replica.registry().now();
            let devices = subjects(view, subject);
            if devices.is_empty() || devices.iter().any(|device| view.device(*device).is_none()) {
                return Err(Code::Unknown);
            }
            // The server would leave the receipts out, and the file would call unconfirmed what it was not asked for.
            let may = |device: &DeviceId| a12_wipe::may_see_receipt(view, me, *device, now);
            if !devices.iter().all(may) {
                return Err(Code::NotAdministrator);
            }
            let over = |device: &DeviceId| view.device(*device).is_some_and(|known| ordered(view, known).is_some());
            Ok(devices.into_iter().filter(over).collect::<Vec<DeviceId>>())
        })?;
        if devices.is_empty() {
            return Err(Code::NothingToDo.into());
        }
        let mut receipts = BTreeMap::new();
        for some in devices.chunks(bounds::LOOKUP) {
            let asked = List::new(some.to_vec()).map_err(|_| Code::TooLarge)?;
            let Answer::Receipts(found) = self.inner.request(Op::Receipts(asked)).await? else {
                return Err(Code::Malformed.into());
            };
            receipts.extend(found.into_vec());
        }
        let receipts: Vec<SignedReceipt> = receipts.into_values().collect();
        let mut left = TRIES;
        loop {
            left -= 1;
            match self.wipe_evidence(subject, &receipts).await {
                Err(fault) if fault.code == Code::LogNotTrusted && left > 0 => {}
                done => return done,
            }
        }
    }

    /// Copies the registry as far as the newest signed heads go, and checks everything. Refused with `log_not_trusted` where
    /// they go further than the copy.
    async fn wipe_evidence(&self, subject: Subject, receipts: &[SignedReceipt]) -> Result<(WipeProof, Proof)> {
        let record = self.export(&[]).await?;
        let heads: SignedHeads = record.heads.first().and_then(|text| text.parse().ok()).ok_or(Code::LogNotTrusted)?;
        let size = heads.unverified().map_err(|_| Code::LogNotTrusted)?.registry.size;
        let size = usize::try_from(size).map_err(|_| Code::TooLarge)?;
        let entry = |text: &String| -> Result<Blob<ENTRY_MAX>> {
            let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| Code::Malformed)?;
            Ok(Blob::new(bytes).map_err(|_| Code::TooLarge)?)
        };
        let registry = record.registry.get(..size).ok_or(Code::LogNotTrusted)?;
        let registry = registry.iter().map(entry).collect::<Result<Vec<_>>>()?;
        let evidence = WipeProof {
            version: VERSION,
            suite: SUITE,
            subject,
            registry: List::new(registry).map_err(|_| Code::TooLarge)?,
            heads,
            receipts: List::new(receipts.to_vec()).map_err(|_| Code::TooLarge)?,
        };
        let proof = verify(&evidence, record.root).map_err(|flaw| {
            tracing::warn!(%flaw, "the proof of a wipe does not hold");
            flaw.code
        })?;
        Ok((evidence, proof))
    }
}
