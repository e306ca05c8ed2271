//! A history as a lying server tells it: the true one, read from its store, or another made from it.

use std::collections::BTreeMap;
use std::path::Path;

use renkei_client_core::proto::act::{Act, RegistryAct};
use renkei_client_core::proto::bytes::List;
use renkei_client_core::proto::codec;
use renkei_client_core::proto::entry::{Entry, Tip};
use renkei_client_core::proto::frame::{Accepted, Sidecar};
use renkei_client_core::proto::heads::Heads;
use renkei_client_core::proto::id::{AssociationId, DeviceId, GroupId, UserId};
use renkei_client_core::proto::merkle;
use renkei_client_core::proto::statement::{Claim, Head, LogId, Signed, Statement};
use renkei_client_core::proto::time::Time;
use renkei_client_core::proto::{SUITE, VERSION};
use renkei_server::world::{ACCESS, log_id};
use renkei_store::{EmbeddedStore, Log as _, Options, ReadLimit, Secrets as _};

/// An entry with what lies beside it.
#[derive(Debug, Clone)]
pub struct Told {
    /// The entry.
    pub entry: Entry,
    /// What lies beside it.
    pub sidecar: Sidecar,
}

impl Told {
    /// An entry that [`History::edit`] gives its place.
    #[track_caller]
    pub fn new(signed: &Signed, sidecar: &Sidecar, time: Time, registry: u64) -> Self {
        let statement = read(signed);
        let header = Tip::empty(statement.log).next(signed, &statement, time, registry);
        Self { entry: Entry { header, body: Some(signed.clone()) }, sidecar: sidecar.clone() }
    }

    /// What it says.
    #[track_caller]
    pub fn statement(&self) -> Statement {
        read(self.entry.body.as_ref().expect("a body"))
    }

    /// The signed statement.
    #[track_caller]
    pub fn signed(&self) -> Signed {
        self.entry.body.clone().expect("a body")
    }
}

/// What a signed statement says.
#[track_caller]
pub fn read(signed: &Signed) -> Statement {
    Claim::parse(signed.clone()).expect("a statement").unverified().clone()
}

/// All logs, as somebody is told them.
#[derive(Debug, Clone, Default)]
pub struct History {
    logs: BTreeMap<LogId, Vec<Told>>,
}

/// Small values by their keys.
pub(super) type Small = BTreeMap<Vec<u8>, Vec<u8>>;

impl History {
    /// Everything in the data directory of a server that is down: its logs and its secrets.
    pub(super) fn open(data: &Path) -> (Self, Small) {
        let store = EmbeddedStore::open(&data.join("store"), &Options::default(), &mut |_| {}).expect("a store");
        let mut logs = BTreeMap::new();
        for (key, length) in store.logs().expect("logs").into_iter().filter(|(key, _)| *key != ACCESS) {
            let mut told = Vec::new();
            while u64::try_from(told.len()).expect("a length") < length {
                let from = u64::try_from(told.len()).expect("a length");
                let limit = ReadLimit { records: 512, bytes: 4 * 1_024 * 1_024 };
                for record in store.read(key, from, limit).expect("entries") {
                    let sidecar = store.sidecar(key, record.seq).expect("a sidecar").unwrap_or_default();
                    let sidecar = if sidecar.is_empty() {
                        Sidecar::default()
                    } else {
                        codec::decode(&sidecar).expect("a sidecar")
                    };
                    told.push(Told { entry: Entry::decode(&record.entry).expect("an entry"), sidecar });
                }
            }
            logs.insert(log_id(key), told);
        }
        let secrets = store.scan(b"").expect("secrets").into_iter().map(|(key, value)| (key, value.to_vec())).collect();
        store.close().expect("closed");
        (Self { logs }, secrets)
    }

    /// The entries of a log.
    pub fn log(&self, log: LogId) -> &[Told] {
        self.logs.get(&log).map_or(&[], Vec::as_slice)
    }

    /// Its groups.
    pub fn groups(&self) -> impl Iterator<Item = GroupId> {
        self.logs.keys().filter_map(|log| match log {
            LogId::Group(id) => Some(*id),
            LogId::Registry => None,
        })
    }

    /// Where a log ends.
    pub fn tip(&self, log: LogId) -> Tip {
        self.log(log).last().map_or_else(
            || Tip::empty(log),
            |told| {
                let header = &told.entry.header;
                Tip { log, head: header.head(), time: header.time, registry: header.registry }
            },
        )
    }

    /// The place of the last entry for which `is` holds.
    #[track_caller]
    pub fn last(&self, log: LogId, is: impl Fn(&Act) -> bool) -> usize {
        self.log(log).iter().rposition(|told| is(&told.statement().act)).expect("such an entry")
    }

    /// Appends a statement at the end of its log, whatever it says, as if it were permitted.
    pub fn append(&mut self, signed: &Signed, sidecar: &Sidecar, time: Time) -> Accepted {
        // In the registry that is the entry's own place.
        let registry = self.tip(LogId::Registry).head.size;
        self.append_under(signed, sidecar, time, registry)
    }

    /// The same, as if judged under the first `registry` entries of the registry.
    pub fn append_under(&mut self, signed: &Signed, sidecar: &Sidecar, time: Time, registry: u64) -> Accepted {
        let statement = read(signed);
        self.append_to(statement.log, signed, sidecar, time, registry)
    }

    /// The same, in the log `log`, whatever the statement says of that.
    pub fn append_to(&mut self, log: LogId, signed: &Signed, sidecar: &Sidecar, time: Time, registry: u64) -> Accepted {
        let header = self.tip(log).next(signed, &read(signed), time, registry);
        let accepted = Accepted { head: header.head(), time: header.time };
        let told = Told { entry: Entry { header, body: Some(signed.clone()) }, sidecar: sidecar.clone() };
        self.logs.entry(log).or_default().push(told);
        accepted
    }

    /// Changes a log at will. Every number, link and position is made anew afterwards: whoever has seen nothing of it
    /// sees a log without a gap.
    pub fn edit(&mut self, log: LogId, change: impl FnOnce(&mut Vec<Told>)) {
        let mut told = self.logs.remove(&log).unwrap_or_default();
        change(&mut told);
        let mut tip = Tip::empty(log);
        for one in &mut told {
            let header = &mut one.entry.header;
            (header.log, header.seq, header.prev) = (log, tip.head.size, tip.head.hash);
            if log == LogId::Registry {
                header.registry = header.seq;
            }
            if let Some(body) = &one.entry.body {
                header.body = body.hash();
            }
            tip.head = header.head();
        }
        self.logs.insert(log, told);
    }

    /// Changes a log at will and mends nothing.
    pub fn spoil(&mut self, log: LogId, change: impl FnOnce(&mut Vec<Told>)) {
        change(self.logs.entry(log).or_default());
    }

    /// The heads of these logs, as an honest server would state them of this history.
    pub fn heads(&self, association: AssociationId, time: Time) -> Heads {
        let hashes: Vec<[u8; 32]> = self.log(LogId::Registry).iter().map(|told| told.entry.header.hash().0).collect();
        let groups = self.groups().map(|id| (id, self.tip(LogId::Group(id)).head)).collect();
        Heads {
            version: VERSION,
            suite: SUITE,
            association,
            time,
            registry: self.tip(LogId::Registry).head,
            tree: merkle::root(&hashes),
            groups: List::new(groups).expect("a few groups"),
        }
    }

    /// The head of a log when it had `size` entries.
    pub fn head_at(&self, log: LogId, size: usize) -> Head {
        size.checked_sub(1).map_or_else(Head::default, |last| self.log(log)[last].entry.header.head())
    }

    /// Whose device this is.
    pub fn owner(&self, device: DeviceId) -> Option<UserId> {
        self.log(LogId::Registry).iter().find_map(|told| {
            let Act::Registry(act) = told.statement().act else { return None };
            let (user, registered) = match act {
                RegistryAct::ApproveDevice { user, device } => (user, device.device),
                RegistryAct::AppointOperator { person, device } => (person.user, device.device),
                RegistryAct::ApplyFacility(form) => (form.manager.user, form.device.device),
                _ => return None,
            };
            (registered == device).then_some(user)
        })
    }

    /// Where the sealing keys of a device lie, the newest last.
    pub fn sealing(&self, device: DeviceId) -> Vec<usize> {
        let registry = self.log(LogId::Registry).iter().enumerate();
        let named = registry.filter(|(_, told)| {
            let statement = told.statement();
            let rotates = matches!(statement.act, Act::Registry(RegistryAct::RotateSealing { .. }));
            statement.registers().is_some_and(|known| known.device == device)
                || (rotates && statement.actor.device() == Some(device))
        });
        named.filter(|(_, told)| told.sidecar.sealing.is_some()).map(|(at, _)| at).collect()
    }

    /// The association.
    pub fn association(&self) -> AssociationId {
        self.log(LogId::Registry)[0].statement().association
    }
}
