//! `renkei-server access`: the whole record of access as a file, for a committee (A2.1).

use std::io::Write;
use std::path::Path;

use data_encoding::HEXLOWER;
use renkei_proto::access::{AccessHead, AccessTip};
use renkei_proto::access_file::{FORMAT, First, Line};
use renkei_proto::act::{Act, RegistryAct};
use renkei_proto::entry::Entry;
use renkei_proto::key::SigningPublic;
use renkei_proto::merkle::Frontier;
use renkei_proto::statement::{Claim, LogId};
use renkei_proto::time::Time;
use renkei_store::JournalReader;

use crate::identity::Identity;
use crate::service::StartError;
use crate::world::{ACCESS, log_key};

/// Writes the whole record of access to a file, offline: every link checked, under a head that is signed now.
pub fn export_access(dir: &Path, now: Time, out: &mut dyn Write) -> Result<u64, ExportError> {
    let identity = Identity::load(dir).map_err(StartError::from)?;
    let reader = JournalReader::open(&dir.join("store")).map_err(StartError::from)?;
    let (mut access, mut tree, mut fault) = (AccessTip::default(), Frontier::default(), None);
    let (mut root, mut keys): (Option<SigningPublic>, Vec<String>) = (None, Vec::new());
    reader
        .read(&mut |record| {
            if fault.is_some() {
                return;
            }
            if record.log == ACCESS {
                match access.follow(&record.entry) {
                    Ok(_) => tree.push(&record.entry),
                    Err(error) => fault = Some(StartError::Access { seq: record.seq, error }),
                }
            } else if record.log == log_key(LogId::Registry) {
                let body = Entry::decode(&record.entry).ok().and_then(|entry| entry.body);
                let act = body.and_then(|body| Claim::parse(body).ok()).map(|claim| claim.unverified().act.clone());
                match act {
                    Some(Act::Registry(RegistryAct::Found { root: found, .. })) => root = Some(found),
                    Some(Act::Registry(RegistryAct::CertifyServer(_))) => keys.truncate(1),
                    _ => return,
                }
                keys.push(HEXLOWER.encode(&record.entry));
            }
        })
        .map_err(StartError::from)?;
    if let Some(fault) = fault {
        return Err(fault.into());
    }
    let root = root.ok_or(ExportError::NotFounded)?;
    let head = AccessHead {
        version: renkei_proto::VERSION,
        suite: renkei_proto::SUITE,
        association: root.association(),
        time: now.max(access.time),
        size: access.size,
        last: access.last,
        tree: tree.root(),
    };
    let signed = identity.sign_access_head(&head).map_err(|_| ExportError::NotFounded)?;
    let first = First {
        format: FORMAT.to_owned(),
        association: root.association(),
        root: root.root_fingerprint(),
        registry: keys,
        head: signed.text(),
        scope: None,
    };
    let mut failed = write_line(out, &first).err();
    reader
        .read(&mut |record| {
            if record.log == ACCESS && failed.is_none() {
                failed = match Line::new(&record.entry, None) {
                    Ok(line) => write_line(out, &line).err(),
                    Err(error) => Some(std::io::Error::other(error)),
                };
            }
        })
        .map_err(StartError::from)?;
    match failed {
        Some(error) => Err(error.into()),
        None => Ok(access.size),
    }
}

fn write_line(out: &mut dyn Write, line: &impl serde::Serialize) -> std::io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}

/// Why the record of access can't be exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The data directory does not hold.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The file can't be written.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// There is no association yet.
    #[error("the association is not founded on this server yet")]
    NotFounded,
}
