//! A checker without a server: every link and every signature of an export, in the order that the vectors' README says.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use renkei_proto::act::{Act, RegistryAct};
use renkei_proto::entry::{ChainError, Entry, Tip};
use renkei_proto::hash::Hash32;
use renkei_proto::heads::{BadHeads, SignedHeads};
use renkei_proto::id::{DeviceId, GroupId, UserId};
use renkei_proto::key::SigningPublic;
use renkei_proto::merkle;
use renkei_proto::statement::{Actor, Claim, Head, LogId, Statement, Verified};
use serde::Deserialize;
use serde_json::Value;

/// What is wrong first, and where.
#[derive(Debug, PartialEq)]
pub(crate) struct Wrong {
    pub(crate) error: &'static str,
    pub(crate) log: String,
    pub(crate) seq: usize,
}

/// A log whose every entry is signed by whom it names.
pub(crate) struct Checked {
    pub(crate) entries: Vec<(Entry, Option<Verified>)>,
    pub(crate) hashes: Vec<Hash32>,
}

impl Checked {
    pub(crate) fn statement(&self, seq: usize) -> Option<&Statement> {
        self.entries.get(seq)?.1.as_ref().map(Verified::statement)
    }

    fn head_at(&self, size: u64) -> Option<Head> {
        match usize::try_from(size).unwrap().checked_sub(1) {
            None => Some(Head::default()),
            Some(last) => self.hashes.get(last).map(|&hash| Head { size, hash }),
        }
    }

    /// Merkle root over the first entries.
    pub(crate) fn tree_at(&self, size: u64) -> Option<Hash32> {
        let leaves = self.hashes.get(..usize::try_from(size).unwrap())?;
        Some(merkle::root(&leaves.iter().map(|hash| hash.0).collect::<Vec<_>>()))
    }

    pub(crate) fn head(&self) -> Head {
        self.head_at(u64::try_from(self.hashes.len()).unwrap()).unwrap()
    }
}

/// An export that holds.
pub(crate) struct Export {
    pub(crate) registry: Checked,
    pub(crate) groups: BTreeMap<GroupId, Checked>,
}

/// By whose keys statements are checked.
#[derive(Default)]
struct Known {
    /// Entries of the registry.
    registry: u64,
    root: Option<SigningPublic>,
    server: Vec<SigningPublic>,
    devices: BTreeMap<DeviceId, (UserId, SigningPublic)>,
}

impl Known {
    fn learn(&mut self, statement: &Statement) {
        let Act::Registry(act) = &statement.act else { return };
        match act {
            RegistryAct::Found { root, server, .. } => {
                self.root = Some(*root);
                self.server.push(server.statement_key);
            }
            RegistryAct::CertifyServer(server) => self.server.push(server.statement_key),
            RegistryAct::AppointOperator { person, .. } => self.device(statement, person.user),
            RegistryAct::ApplyFacility(application) => self.device(statement, application.manager.user),
            RegistryAct::ApproveDevice { user, .. } => self.device(statement, *user),
            _ => {}
        }
    }

    fn device(&mut self, statement: &Statement, user: UserId) {
        let device = statement.registers().unwrap();
        self.devices.entry(device.device).or_insert((user, device.signing));
    }

    fn key(&self, statement: &Statement) -> Option<SigningPublic> {
        match (statement.actor, &statement.act) {
            (Actor::Root, Act::Registry(RegistryAct::Found { root, .. })) => Some(*root),
            (Actor::Root, _) => self.root,
            (Actor::Device { device, .. }, Act::Registry(RegistryAct::ApplyFacility(application)))
                if !self.devices.contains_key(&device) =>
            {
                (application.device.device == device).then_some(application.device.signing)
            }
            (Actor::Device { user, device }, _) => {
                self.devices.get(&device).filter(|(whose, _)| *whose == user).map(|(_, key)| *key)
            }
        }
    }
}

fn follow(log: LogId, entries: &Value, root: Hash32, known: &mut Known) -> Result<Checked, (&'static str, usize)> {
    let mut checked = Checked { entries: Vec::new(), hashes: Vec::new() };
    let mut tip = Tip::empty(log);
    for (seq, text) in entries.as_array().unwrap().iter().enumerate() {
        let wrong = |error| (error, seq);
        let malformed = wrong("Malformed");
        let bytes = HEXLOWER.decode(text.as_str().unwrap().as_bytes()).map_err(|_| malformed)?;
        let entry = Entry::decode(&bytes).map_err(|_| malformed)?;
        tip = tip.follow(&entry).map_err(|error| {
            wrong(match error {
                ChainError::WrongLog => "WrongLog",
                ChainError::WrongSequence { .. } => "WrongSequence",
                ChainError::WrongLink(_) => "WrongLink",
                ChainError::Backwards(_) => "Backwards",
                ChainError::WrongBody(_) => "WrongBody",
            })
        })?;
        checked.hashes.push(tip.head.hash);
        let Some(signed) = entry.body.clone() else {
            if !entry.header.kind.is_content() {
                return Err(malformed);
            }
            checked.entries.push((entry, None));
            continue;
        };
        let claim = Claim::parse(signed).map_err(|_| malformed)?;
        let statement = claim.unverified().clone();
        // An entry of the registry was judged under all before it, and one of a group under no more than there are.
        let placed = match log {
            LogId::Registry => entry.header.registry == entry.header.seq,
            LogId::Group(_) => entry.header.registry <= known.registry,
        };
        if !placed || !entry.describes(&statement) {
            return Err(wrong("NotDescribed"));
        }
        if log == LogId::Registry && seq == 0 {
            let Act::Registry(RegistryAct::Found { root: key, .. }) = &statement.act else {
                return Err(wrong("WrongRoot"));
            };
            if key.root_fingerprint() != root {
                return Err(wrong("WrongRoot"));
            }
        }
        let key = known.key(&statement).ok_or(wrong("SignatureInvalid"))?;
        let verified = claim.verify(&key).map_err(|_| wrong("SignatureInvalid"))?;
        known.learn(&statement);
        known.registry += u64::from(log == LogId::Registry);
        checked.entries.push((entry, Some(verified)));
    }
    Ok(checked)
}

/// Checks an export.
pub(crate) fn check(export: &Value) -> Result<Export, Wrong> {
    assert_eq!(export["format"], "renkei-audit/1");
    let root = Hash32::deserialize(&export["root"]).unwrap();
    let mut known = Known::default();
    let at = |log: String| move |(error, seq)| Wrong { error, log, seq };
    let registry = follow(LogId::Registry, &export["registry"], root, &mut known).map_err(at("registry".to_owned()))?;
    let mut groups = BTreeMap::new();
    for one in export["groups"].as_array().unwrap() {
        let group = GroupId::deserialize(&one["group"]).unwrap();
        let checked = follow(LogId::Group(group), &one["entries"], root, &mut known).map_err(at(group.to_string()))?;
        groups.insert(group, checked);
    }
    for (seq, text) in export["heads"].as_array().unwrap().iter().enumerate() {
        agree(text.as_str().unwrap(), &registry, &groups, &known).map_err(|error| Wrong {
            error,
            log: "heads".to_owned(),
            seq,
        })?;
    }
    Ok(Export { registry, groups })
}

fn agree(
    text: &str,
    registry: &Checked,
    groups: &BTreeMap<GroupId, Checked>,
    known: &Known,
) -> Result<(), &'static str> {
    let signed: SignedHeads = text.parse().map_err(|_| "Malformed")?;
    let heads = signed.unverified().map_err(|_| "Malformed")?;
    let by_server = known.server.iter().any(|key| !matches!(signed.verify(key), Err(BadHeads::Signature(_))));
    if !by_server {
        return Err("SignatureInvalid");
    }
    let mut same = registry.head_at(heads.registry.size).is_none_or(|head| head == heads.registry);
    same &= registry.tree_at(heads.registry.size).is_none_or(|tree| tree == heads.tree);
    for (id, head) in heads.groups.as_slice() {
        let here = groups.get(id).and_then(|group| group.head_at(head.size));
        same &= here.is_none_or(|here| here == *head);
    }
    same &= known.root.is_some_and(|root| root.association() == heads.association);
    if same { Ok(()) } else { Err("HeadMismatch") }
}
