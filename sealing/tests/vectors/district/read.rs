//! What the nurse's device reads of the group, with nothing but the file.

use std::collections::BTreeMap;

use renkei_policy::group::{self, Group};
use renkei_policy::registry::Registry;
use renkei_proto::act::{Act, GroupAct, History, ReleaseKey};
use renkei_proto::codec;
use renkei_proto::frame::{SealedBox, box_is_under};
use renkei_proto::hash::Hash32;
use renkei_proto::id::{DeviceId, GroupId, InvitationId};
use renkei_proto::merkle::Proof;
use renkei_proto::statement::Statement;
use renkei_sealing::boxes::{self, Context, Purpose};
use renkei_sealing::epoch::{self, EpochKey};
use renkei_sealing::label;
use renkei_sealing::message::{self, Content};
use serde::Deserialize;
use serde_json::{Value, json};

use super::check::{Checked, Export, check};
use crate::{keys, open};

/// Whether the whole file holds: the rules grant every entry, and the reader reads what is expected.
pub(crate) fn holds(file: &Value) -> Result<(), String> {
    let expect = read(&file["export"], &file["reader"])?;
    if expect == file["expect"] { Ok(()) } else { Err(format!("reads {expect}")) }
}

/// Lets the rules judge every entry, the whole registry first.
fn judge(export: &Export) -> Result<Registry, String> {
    let mut registry = Registry::default();
    for (entry, verified) in &export.registry.entries {
        let verified = verified.as_ref().ok_or("a body of the registry is missing")?;
        let judged = registry.judge(verified, entry.header.time).map_err(|refusal| format!("{refusal:?}"))?;
        registry.fold(judged).ok_or("the registry moved on")?;
    }
    for checked in export.groups.values() {
        let mut state: Option<Group> = None;
        for (entry, verified) in &checked.entries {
            let verified = verified.as_ref().ok_or("a body of the group is missing")?;
            let view = registry.at(entry.header.registry).ok_or("no such registry")?;
            let judged = group::judge(state.as_ref(), verified, view, entry.header.time);
            let judged = judged.map_err(|refusal| format!("{} {refusal:?}", entry.header.seq))?;
            assert!(judged.fold(&mut state));
        }
    }
    Ok(registry)
}

/// The keys, and the label, that a device's boxes hold.
struct Reading<'e> {
    group: GroupId,
    log: &'e Checked,
    device: DeviceId,
    secret: renkei_sealing::device::SealingSecret,
    keys: BTreeMap<u32, EpochKey>,
    label: Option<String>,
}

impl Reading<'_> {
    fn statements(&self) -> impl Iterator<Item = &Statement> {
        (0..self.log.entries.len()).filter_map(|seq| self.log.statement(seq))
    }

    fn commitments(&self, first: u32, last: u32) -> Vec<Hash32> {
        let epochs =
            self.statements().filter_map(|it| if let Act::Epoch(epoch) = &it.act { Some(epoch) } else { None });
        epochs.filter(|epoch| (first..=last).contains(&epoch.number)).map(|epoch| epoch.commitment).collect()
    }

    fn named(&self) -> Hash32 {
        let Some(Act::Group(GroupAct::Create { named, .. })) = self.log.statement(0).map(|it| &it.act) else {
            panic!("a group begins with its creation");
        };
        *named
    }

    fn release(&self, of: InvitationId) -> Option<ReleaseKey> {
        self.statements().find_map(|it| match it.act {
            Act::Group(GroupAct::Approve { invitation, release, .. }) if invitation == of => release,
            _ => None,
        })
    }

    fn take(&mut self, given: &Value) -> Result<(), String> {
        let seq = usize::try_from(given["seq"].as_u64().unwrap()).unwrap();
        let statement = self.log.statement(seq).ok_or("no statement")?.clone();
        let sealed: SealedBox = codec::decode(&open::bytes(given, "sealed")).map_err(|error| error.to_string())?;
        let index = u32::deserialize(&given["index"]).unwrap();
        let proof = Proof::deserialize(&given["proof"]).unwrap();
        let under = statement.boxes().is_some_and(|root| box_is_under(root, index, &sealed, &proof));
        if !under || sealed.device != self.device {
            return Err(format!("box {seq} is not the signed one"));
        }
        let of = |purpose| Context {
            suite: statement.suite,
            association: statement.association,
            group: self.group,
            purpose,
            sender: statement.actor.device().unwrap(),
            recipient: self.device,
        };
        let bytes = sealed.sealed.as_slice();
        let (first, keys) = match &statement.act {
            Act::Group(GroupAct::Invite { invitation, .. }) => {
                let context = of(Purpose::InvitationLabel { invitation: *invitation });
                let payload = boxes::open(&context, bytes, &self.secret);
                let label = payload.and_then(|payload| label::read(&payload, self.named()));
                self.label = Some(label.map_err(|error| error.to_string())?.label.to_string());
                return Ok(());
            }
            Act::Epoch(epoch) => {
                let (number, roster, prior) = (epoch.number, epoch.roster, statement.seen.group);
                let context = of(Purpose::Epoch { number, roster, prior });
                let key = epoch::open_epoch(&context, bytes, epoch.commitment, &self.secret);
                if let Ok(key) = &key {
                    let label = key.open_label(self.group, number, epoch.label.as_slice(), self.named());
                    assert_eq!(label.map(|label| label.label.to_string()).ok(), self.label);
                }
                (number, key.map(|key| vec![key]))
            }
            &Act::History(History { first, last, prepared_for, .. }) => {
                let commitments = self.commitments(first, last);
                let Some(invitation) = prepared_for else {
                    let context = of(Purpose::History { first, last });
                    let keys = epoch::open_history(&context, bytes, &commitments, &self.secret);
                    self.keep(first, keys.map_err(|error| error.to_string())?);
                    return Ok(());
                };
                let context = of(Purpose::Prepared { invitation, first, last });
                let release = self.release(invitation).ok_or("nothing was released")?;
                (first, epoch::open_prepared(&context, bytes, &release, &commitments, &self.secret))
            }
            _ => return Err(format!("entry {seq} has no boxes")),
        };
        self.keep(first, keys.map_err(|error| error.to_string())?);
        Ok(())
    }

    fn keep(&mut self, first: u32, keys: Vec<EpochKey>) {
        self.keys.extend((first..).zip(keys));
    }

    fn messages(&self) -> Vec<Value> {
        let mut all = Vec::new();
        for seq in 0..self.log.entries.len() {
            let Some(statement) = self.log.statement(seq) else { continue };
            let Act::Message(message) = &statement.act else { continue };
            let mut row = json!({ "group": self.group, "seq": seq, "author": statement.actor.user() });
            let opened = self.keys.get(&message.epoch).map(|key| message::open(statement, key));
            match opened {
                Some(Ok(Content::Text(text))) => row["text"] = json!(text),
                _ => row["unreadable"] = json!(true),
            }
            all.push(row);
        }
        all
    }
}

/// Everything that is expected of a reader of this export with these keys.
pub(super) fn read(export: &Value, reader: &Value) -> Result<Value, String> {
    let checked = check(export).map_err(|wrong| format!("{wrong:?}"))?;
    let registry = judge(&checked)?;
    let root = Hash32::deserialize(&export["root"]).unwrap();
    assert_eq!(registry.association().map(|it| it.root.root_fingerprint()), Some(root));
    let mut messages = Vec::new();
    let mut labels = Vec::new();
    for (&group, log) in &checked.groups {
        let [x25519, seed] = ["x25519_secret", "mlkem768_seed"].map(|name| open::bytes(reader, name));
        let mut reading = Reading {
            group,
            log,
            device: DeviceId::deserialize(&reader["device"]).unwrap(),
            secret: keys::secret(x25519.try_into().unwrap(), seed.try_into().unwrap()),
            keys: BTreeMap::new(),
            label: None,
        };
        for given in reader["boxes"].as_array().unwrap().iter().filter(|given| given["group"] == json!(group)) {
            reading.take(given)?;
        }
        labels.push(json!({ "group": group, "label": reading.label }));
        messages.extend(reading.messages());
    }
    let size = checked.registry.head().size;
    let heads = checked.groups.iter().map(|(group, log)| {
        let head = log.head();
        json!({ "group": group, "size": head.size, "hash": head.hash })
    });
    Ok(json!({
        "root": root,
        "registry_size": size,
        "registry_tree": checked.registry.tree_at(size),
        "group_heads": heads.collect::<Vec<_>>(),
        "labels": labels,
        "messages": messages,
    }))
}
