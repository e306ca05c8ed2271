//! A member who helps the operator: everything that this person's device can do, without the client's conscience.

use std::collections::BTreeMap;

use rand_core::OsRng;
use renkei_client_core::policy::group::roster::Roster;
use renkei_client_core::proto::act::{Act, Epoch, Message, ReleaseKey, SealedLabel};
use renkei_client_core::proto::bytes::Blob;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::codec;
use renkei_client_core::proto::frame::{Boxes, Secret32, Sidecar, boxes_root};
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::heads::SignedHeads;
use renkei_client_core::proto::id::{AssociationId, DeviceId, GroupId, InvitationId, StatementId, TicketId, UserId};
use renkei_client_core::proto::key::SealingPublic;
use renkei_client_core::proto::statement::{Actor, Head, LogId, Role, Seen, Signed, Statement};
use renkei_client_core::proto::ticket::{Purpose as TicketPurpose, TicketSecret};
use renkei_client_core::proto::time::Time;
use renkei_client_core::proto::{RULES, SUITE, VERSION};
use renkei_client_core::{now, random};
use renkei_sealing::boxes::{Context, Purpose};
use renkei_sealing::device::{DeviceKeys, SealingSecret};
use renkei_sealing::epoch::{EpochKey, Recipient, epoch_payload, seal_to_all};
use renkei_sealing::message::{self, Content};
use renkei_sealing::vault::VaultKey;

use super::{History, Rogue};
use crate::person::Person;

/// The contents of a vault, as the client keeps them.
type Contents = (
    u8,
    DeviceKeys,
    BTreeMap<(GroupId, u32), EpochKey>,
    Vec<SealingSecret>,
    Option<SealingSecret>,
    BTreeMap<GroupId, SealedLabel>,
    BTreeMap<InvitationId, ReleaseKey>,
    BTreeMap<TicketId, (TicketSecret, TicketPurpose, Time)>,
    BTreeMap<LogId, Head>,
    BTreeMap<LogId, Code>,
    Option<SignedHeads>,
);

/// Somebody's device in the operator's hands.
pub struct Colluder {
    /// Who.
    pub user: UserId,
    /// With which device.
    pub device: DeviceId,
    /// The device's keys.
    pub keys: DeviceKeys,
    /// Keys of epochs.
    pub epochs: BTreeMap<(GroupId, u32), EpochKey>,
    association: AssociationId,
}

impl std::fmt::Debug for Colluder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Colluder")
    }
}

impl Colluder {
    /// `person` hands the device over, open: its half of the vault key and, by the operator, the other half.
    pub fn of(rogue: &Rogue, person: &Person) -> Self {
        type Private = (Secret32, Vec<u8>, Option<Secret32>, Secret32);
        let bytes = std::fs::read(person.dir.join("device")).expect("the device's own half");
        let (half, ..): Private = codec::decode(&bytes).expect("the device's own half");
        let (share, association) = rogue.change(|state| {
            let history = state.history(person.device());
            let association = history.association();
            (state.shares[&person.device()].clone(), association)
        });
        let sealed = std::fs::read(person.dir.join("vault")).expect("a vault");
        let plain = VaultKey::derive(&half, &share, person.device()).open("vault", &sealed).expect("both halves");
        let contents: Contents = codec::decode(&plain).expect("the contents of a vault");
        Self { user: person.user(), device: person.device(), keys: contents.1, epochs: contents.2, association }
    }

    /// The next statement of this device in `log`, having seen all of `history`.
    pub fn statement(&self, history: &History, log: LogId, role: Role, act: Act) -> Statement {
        let own = history.log(log).iter().filter(|told| told.entry.header.author == Some(self.device)).count();
        let group = match log {
            LogId::Registry => Head::default(),
            LogId::Group(_) => history.tip(log).head,
        };
        Statement {
            version: VERSION,
            suite: SUITE,
            rules: RULES,
            association: self.association,
            log,
            id: StatementId(random()),
            counter: u64::try_from(own).expect("a counter") + 1,
            actor: Actor::Device { user: self.user, device: self.device },
            role,
            acting_for: None,
            seen: Seen { registry: history.tip(LogId::Registry).head, group },
            claimed_at: now(),
            act,
        }
    }

    /// Signs a statement.
    pub fn sign(&self, statement: &Statement) -> Signed {
        statement.sign(&self.keys.signing).expect("signed")
    }

    /// A signed message in the group's epoch `number`.
    pub fn message(&self, history: &History, group: GroupId, number: u32, text: &str) -> Signed {
        let message = Message { epoch: number, salt: Hash32(random()), flags: 0, ciphertext: Blob::default() };
        let mut statement = self.statement(history, LogId::Group(group), Role::User, Act::Message(message));
        let content = Content::Text(text.to_owned());
        message::seal(&mut statement, &content, &self.epochs[&(group, number)]).expect("sealed");
        self.sign(&statement)
    }

    /// A new epoch of the group, as this device's own replica knows its readers, made as `Making` says. Its key is kept.
    pub fn epoch(&mut self, history: &History, group: GroupId, person: &Person, making: Making) -> (Signed, Sidecar) {
        let (number, roster, mut recipients) = person.client().look(|replica| {
            let state = replica.group(group).expect("a group").group().expect("a group");
            let time = replica.registry_chain().tip().time.max(now());
            let roster = Roster::of(state, replica.registry().now(), time);
            let devices: Vec<DeviceId> = roster.devices().map(|(device, _)| device).collect();
            (state.epoch() + 1, roster.hash(), devices)
        });
        recipients.retain(|device| Some(*device) != making.without);
        let keys_of = |device: DeviceId| -> SealingPublic {
            let at = *history.sealing(device).last().expect("sealing keys");
            history.log(LogId::Registry)[at].sidecar.sealing.clone().expect("sealing keys")
        };
        let mut keys: Vec<(DeviceId, SealingPublic)> = recipients.iter().map(|one| (*one, keys_of(*one))).collect();
        keys.extend(making.outsider.clone());
        keys.sort_by_key(|(device, _)| *device);
        let key = EpochKey::generate(&mut OsRng);
        let rubbish = EpochKey::generate(&mut OsRng);
        let roster = making.roster.unwrap_or(roster);
        let prior = history.tip(LogId::Group(group)).head;
        let context = Context {
            suite: SUITE,
            association: self.association,
            group,
            purpose: Purpose::Epoch { number, roster, prior },
            sender: self.device,
            recipient: self.device,
        };
        let mut boxes = Vec::new();
        for (device, keys) in &keys {
            let payload = if making.rubbish == Some(*device) { &rubbish } else { &key };
            let recipient = Recipient { device: *device, keys };
            let sealed = seal_to_all(&context, epoch_payload(payload), &self.keys.sealing, &[recipient]);
            boxes.extend(sealed.expect("sealed").into_vec());
        }
        let boxes = Boxes::new(boxes).expect("a few boxes");
        let sealed_label = match making.label {
            Some(label) => key.seal_label(group, number, &label).expect("a label"),
            None => self.label(history, group, &key, number),
        };
        let commitment = key.commitment(group, number);
        let root = boxes_root(&boxes).expect("in order");
        let act = Act::Epoch(Epoch { number, roster, commitment, boxes: root, label: sealed_label });
        let signed = self.sign(&self.statement(history, LogId::Group(group), Role::User, act));
        self.epochs.insert((group, number), key);
        (signed, Sidecar { boxes: Some(boxes), ..Sidecar::default() })
    }

    /// The group's own label, sealed for the next epoch.
    fn label(&self, history: &History, group: GroupId, key: &EpochKey, number: u32) -> Blob<{ LABEL }> {
        let label = self.read_label(history, group).expect("the label");
        key.seal_label(group, number, &label).expect("a label")
    }

    /// The label, as an epoch whose key this device has tells it.
    pub fn read_label(&self, history: &History, group: GroupId) -> Option<SealedLabel> {
        use renkei_client_core::proto::act::GroupAct;
        let log = history.log(LogId::Group(group));
        let Act::Group(GroupAct::Create { named, .. }) = log.first()?.statement().act else { return None };
        log.iter().rev().find_map(|told| {
            let Act::Epoch(epoch) = told.statement().act else { return None };
            let key = self.epochs.get(&(group, epoch.number))?;
            key.open_label(group, epoch.number, epoch.label.as_slice(), named).ok()
        })
    }
}

const LABEL: usize = renkei_client_core::proto::bounds::SEALED_LABEL;

/// How an epoch is made otherwise than it must be.
#[derive(Debug, Clone, Default)]
pub struct Making {
    /// For another roster than the present one.
    pub roster: Option<Hash32>,
    /// No box for this device.
    pub without: Option<DeviceId>,
    /// A box for this one as well.
    pub outsider: Option<(DeviceId, SealingPublic)>,
    /// Something else than the key in this one's box.
    pub rubbish: Option<DeviceId>,
    /// Under another label.
    pub label: Option<SealedLabel>,
}
