//! The state of the service in memory: every log folded by the rules. Nothing here that can't be folded again.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use bytes::Bytes;
use renkei_policy::chain::Chain;
use renkei_policy::group::a06_erasure::{goes_with_erasure, permit_erased_epoch};
use renkei_policy::group::u1_calls::CALL_ENDS;
use renkei_policy::group::{self, Group};
use renkei_policy::registry::{Effect, Registry};
use renkei_proto::act::{Act, GroupAct, GroupKind};
use renkei_proto::codec::DecodeError;
use renkei_proto::entry::{ChainError, Entry, EntryKind};
use renkei_proto::frame::sync;
use renkei_proto::id::{FacilityId, GroupId, UserId};
use renkei_proto::statement::{Claim, LogId, Verified};
use renkei_proto::time::Time;
use renkei_store::LogKey;

/// How many of a log's last entries are kept ready to send. Who is further behind reads the store.
const RECENT: usize = 64;

/// How the store names a log. The registry's key can't be a group's: group identifiers are random, and a group that
/// chose this one is refused.
pub fn log_key(log: LogId) -> LogKey {
    match log {
        LogId::Registry => LogKey([0; 16]),
        LogId::Group(id) => LogKey(id.0),
    }
}

/// How the store names the record of access, which is no log of statements. A group that chose this name is refused too.
pub const ACCESS: LogKey = LogKey([0xff; 16]);

/// How the store names the answers to broadcasts (S6), which are no log of statements either.
pub const ANSWERS: LogKey = LogKey([0xfe; 16]);

/// The log that the store calls `key`. Not for [`ACCESS`] and [`ANSWERS`].
pub fn log_id(key: LogKey) -> LogId {
    if key.0 == [0; 16] { LogId::Registry } else { LogId::Group(GroupId(key.0)) }
}

/// An entry as it goes over the wire: prefix and bytes in one piece, shared by all who receive it.
pub fn wire(entry: &[u8]) -> Bytes {
    let mut bytes = Vec::with_capacity(sync::PREFIX + entry.len());
    bytes.extend_from_slice(&sync::prefix(sync::ENTRY, entry.len()));
    bytes.extend_from_slice(entry);
    bytes.into()
}

/// One log as followed by the server.
#[derive(Debug)]
pub struct Followed {
    /// The chain.
    pub chain: Chain,
    /// The last entries in wire form, with the kind of each.
    recent: VecDeque<(EntryKind, Bytes)>,
}

impl Followed {
    fn new(log: LogId) -> Self {
        Self { chain: Chain::new(log), recent: VecDeque::new() }
    }

    fn push(&mut self, entry: &Entry, bytes: &[u8]) -> Result<(), ChainError> {
        self.chain.follow(entry)?;
        if self.recent.len() == RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back((entry.header.kind, wire(bytes)));
        Ok(())
    }

    /// The entries from `from` on, if all of them are at hand.
    pub fn recent_from(&self, from: u64) -> Option<Vec<(EntryKind, Bytes)>> {
        let behind = usize::try_from(self.chain.head().size.checked_sub(from)?).ok()?;
        let skip = self.recent.len().checked_sub(behind)?;
        Some(self.recent.iter().skip(skip).cloned().collect())
    }
}

/// Why an entry of the store does not fold.
#[derive(Debug, thiserror::Error)]
pub enum FoldError {
    /// Not an entry.
    #[error("{0}")]
    Decode(#[from] DecodeError),
    /// Not the next one.
    #[error("{0}")]
    Chain(#[from] ChainError),
    /// The rules don't permit it.
    #[error("the rules refuse it: {0}")]
    Refused(renkei_proto::code::Code),
    /// Its header says something else than its body.
    #[error("its header does not describe its body")]
    NotDescribed,
    /// Its body is missing.
    #[error("its body is missing")]
    NoBody,
}

impl From<renkei_policy::Refusal> for FoldError {
    fn from(refusal: renkei_policy::Refusal) -> Self {
        Self::Refused(refusal.0)
    }
}

/// Whether statements read back from a store are checked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// Every signature and every rule: `renkei-server verify`.
    Nothing,
    /// Chains and rules of governance; signatures were checked before the entries became durable.
    OwnJournal,
}

/// All logs, folded.
#[derive(Debug)]
pub struct World {
    registry: Registry,
    registry_log: Followed,
    groups: HashMap<GroupId, (Group, Followed)>,
    /// Groups that concern a person: member, once a member, or invited.
    by_user: HashMap<UserId, BTreeSet<GroupId>>,
    /// Groups whose logs have bodies missing: those that were erased, and no others.
    bare: BTreeSet<GroupId>,
    /// Groups whose end waits, or waited, for a second person: the Desk's to see.
    ending: BTreeSet<GroupId>,
    /// Groups that concern a facility: originator, or some of its people are members or invited.
    by_facility: BTreeMap<FacilityId, BTreeSet<GroupId>>,
    /// Groups in which somebody was called urgently (U1), and when last.
    called: BTreeMap<GroupId, Time>,
}

impl Default for World {
    fn default() -> Self {
        Self {
            registry: Registry::default(),
            registry_log: Followed::new(LogId::Registry),
            groups: HashMap::new(),
            by_user: HashMap::new(),
            bare: BTreeSet::new(),
            ending: BTreeSet::new(),
            by_facility: BTreeMap::new(),
            called: BTreeMap::new(),
        }
    }
}

impl World {
    /// The registry.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The registry's log.
    pub fn registry_log(&self) -> &Followed {
        &self.registry_log
    }

    /// A group with its log.
    pub fn group(&self, id: GroupId) -> Option<&(Group, Followed)> {
        self.groups.get(&id)
    }

    /// Every group.
    pub fn groups(&self) -> impl Iterator<Item = &Group> {
        self.groups.values().map(|(group, _)| group)
    }

    /// Groups with urgent messages that are not over by themselves at `now` (U1).
    pub fn called(&self, now: Time) -> impl Iterator<Item = (GroupId, &Group)> {
        let recent = move |(_, last): &(&GroupId, &Time)| now.since(**last) < CALL_ENDS;
        let recent = self.called.iter().filter(recent);
        recent.filter_map(|(id, _)| Some((*id, &self.groups.get(id)?.0)))
    }

    /// A group whose log has bodies missing although it was not erased.
    pub fn robbed(&self) -> Option<GroupId> {
        let whole = |id: &GroupId| self.group(*id).is_some_and(|(group, _)| group.erased().is_some());
        self.bare.iter().copied().find(|id| !whole(id))
    }

    /// Keeps no entry of the group ready to send: from now on each is read from the store.
    pub fn forget_recent(&mut self, id: GroupId) {
        if let Some((_, followed)) = self.groups.get_mut(&id) {
            followed.recent.clear();
        }
    }

    /// A log by its name.
    pub fn log(&self, log: LogId) -> Option<&Followed> {
        match log {
            LogId::Registry => Some(&self.registry_log),
            LogId::Group(id) => self.groups.get(&id).map(|(_, followed)| followed),
        }
    }

    /// Groups that may concern `user` of `facility`: by membership, invitation or office.
    pub fn groups_of(&self, user: UserId, facility: FacilityId, operator: bool) -> BTreeSet<GroupId> {
        let mut ids = self.by_user.get(&user).cloned().unwrap_or_default();
        ids.extend(self.by_facility.get(&facility).into_iter().flatten());
        if operator {
            let delegating: BTreeSet<FacilityId> =
                self.registry.now().delegations().map(|(_, delegation)| delegation.facility).collect();
            ids.extend(delegating.iter().filter_map(|id| self.by_facility.get(id)).flatten());
            let view = self.registry.now();
            // What the Desk sees to in a facility's place.
            let left = |id: &FacilityId| view.ended(*id).is_some() || view.facility_suspended(*id);
            let left = view.facilities().map(|(id, _)| id).filter(left);
            ids.extend(left.filter_map(|id| self.by_facility.get(&id)).flatten());
            ids.extend(&self.ending);
        }
        ids
    }

    /// The inquiries of `user`.
    pub fn inquiries_of(&self, user: UserId) -> impl Iterator<Item = GroupId> + '_ {
        let ids = self.by_user.get(&user).into_iter().flatten().copied();
        ids.filter(move |id| self.group(*id).is_some_and(|(group, _)| group.is_inquiry_of(user)))
    }

    /// Folds a durable registry entry that was judged.
    pub fn fold_registry(
        &mut self,
        judged: renkei_policy::registry::Judged,
        entry: &Entry,
        bytes: &[u8],
    ) -> Result<Vec<Effect>, FoldError> {
        self.registry_log.push(entry, bytes)?;
        Ok(self.registry.fold(judged).unwrap_or_default())
    }

    /// Takes in a group's new state with the durable entries that led to it.
    pub fn fold_group(&mut self, group: Group, entries: &[(Entry, Bytes)]) -> Result<(), FoldError> {
        let id = group.id();
        let followed = match self.groups.entry(id) {
            std::collections::hash_map::Entry::Occupied(mut known) => {
                known.get_mut().0 = group;
                &mut known.into_mut().1
            }
            std::collections::hash_map::Entry::Vacant(new) => {
                &mut new.insert((group, Followed::new(LogId::Group(id)))).1
            }
        };
        for (entry, bytes) in entries {
            followed.push(entry, bytes)?;
        }
        for (entry, _) in entries.iter().filter(|(entry, _)| entry.header.kind == EntryKind::Governance) {
            self.index(id, entry);
        }
        Ok(())
    }

    fn index(&mut self, id: GroupId, entry: &Entry) {
        let Some(Ok(claim)) = entry.body.clone().map(Claim::parse) else { return };
        let statement = claim.unverified();
        if let Act::Group(GroupAct::WithdrawConsent { .. } | GroupAct::OrderErasure) = statement.act {
            self.ending.insert(id);
        }
        if let Act::Group(GroupAct::Call { .. }) = statement.act {
            self.called.insert(id, entry.header.time);
        }
        if let Act::Group(GroupAct::Create { kind: GroupKind::Incident, .. }) = statement.act {
            // The reporter's own administrators see to it, beside the Desk (S5).
            let reporter = statement.actor.user().and_then(|user| self.registry.now().user(user));
            if let Some(facility) = reporter.map(|person| person.facility) {
                self.by_facility.entry(facility).or_default().insert(id);
            }
        }
        let (user, facility) = match &statement.act {
            Act::Group(GroupAct::Create { originator, creator_reads, .. }) => {
                (statement.actor.user().filter(|_| *creator_reads), Some(*originator))
            }
            Act::Group(GroupAct::Invite { user, .. }) => {
                (Some(*user), self.registry.now().user(*user).map(|person| person.facility))
            }
            Act::Group(GroupAct::OfferHandover { to, .. }) => (None, Some(*to)),
            _ => (None, None),
        };
        if let Some(user) = user {
            self.by_user.entry(user).or_default().insert(id);
        }
        if let Some(facility) = facility {
            self.by_facility.entry(facility).or_default().insert(id);
        }
    }

    /// Folds the next entry of `log` as read back from a store.
    pub fn replay(&mut self, log: LogId, bytes: &Bytes, trust: Trust) -> Result<Time, FoldError> {
        let entry = Entry::decode(bytes)?;
        let time = entry.header.time;
        match log {
            LogId::Registry => {
                let tip = *self.registry_log.chain.tip();
                tip.follow(&entry)?;
                let verified = self.believe(&entry, self.registry.size(), trust)?;
                let judged = self.registry.judge(&verified, time)?;
                self.fold_registry(judged, &entry, bytes)?;
            }
            LogId::Group(id) => {
                let known = self.groups.get(&id);
                let empty = Chain::new(log);
                known.map_or(&empty, |(_, followed)| &followed.chain).tip().follow(&entry)?;
                let mut state = known.map(|(group, _)| group.clone());
                let message = entry.header.kind == EntryKind::Message && trust == Trust::OwnJournal;
                if let (true, Some(group), Some(author)) = (message, &mut state, entry.header.author) {
                    group.pass_over(author);
                    if entry.body.is_none() {
                        self.bare.insert(id);
                    }
                } else if let (None, Some(group)) = (&entry.body, &mut state) {
                    self.pass_over_erased(group, &entry, trust)?;
                    self.bare.insert(id);
                } else {
                    let verified = self.believe(&entry, entry.header.registry, trust)?;
                    let view =
                        self.registry.at(entry.header.registry).ok_or(ChainError::Backwards(entry.header.seq))?;
                    let known = self.groups.get(&id).map(|(group, _)| group);
                    group::judge(known, &verified, view, time)?.fold(&mut state);
                }
                if let Some(group) = state {
                    self.fold_group(group, &[(entry, bytes.clone())])?;
                }
            }
        }
        Ok(time)
    }

    /// Folds an entry whose body was erased, as far as its header tells: by the same rules as whoever was never sent it.
    fn pass_over_erased(&self, group: &mut Group, entry: &Entry, trust: Trust) -> Result<(), FoldError> {
        let header = &entry.header;
        let author = header.author.filter(|_| goes_with_erasure(header.kind)).ok_or(FoldError::NoBody)?;
        let view = self.registry.at(header.registry).ok_or(ChainError::Backwards(header.seq))?;
        if trust == Trust::Nothing {
            self.registry_log.chain.was_the_latest(header.registry, header.time)?;
        }
        if header.kind == EntryKind::Epoch {
            permit_erased_epoch(group, view, author, header.time)?;
            group.pass_over_epoch(view, author, header.time);
            return Ok(());
        }
        group::sealing::permit_withheld(group, view, author, header.time)?;
        group.pass_over_content(header.kind, author);
        Ok(())
    }

    fn believe(&self, entry: &Entry, size: u64, trust: Trust) -> Result<Verified, FoldError> {
        let claim = Claim::parse(entry.body.clone().ok_or(FoldError::NoBody)?)?;
        match trust {
            Trust::OwnJournal => Ok(claim.recall()),
            Trust::Nothing => {
                let view = self.registry.at(size).ok_or(ChainError::Backwards(entry.header.seq))?;
                let statement = claim.unverified().clone();
                if !entry.describes(&statement) {
                    return Err(FoldError::NotDescribed);
                }
                if statement.log != LogId::Registry {
                    self.registry_log.chain.was_the_latest(entry.header.registry, entry.header.time)?;
                }
                let verified = view.authenticate(claim)?;
                self.registry_log.chain.agrees(statement.seen.registry)?;
                if let LogId::Group(id) = statement.log {
                    let empty = Chain::new(statement.log);
                    let chain = self.groups.get(&id).map_or(&empty, |(_, followed)| &followed.chain);
                    chain.agrees(statement.seen.group)?;
                }
                Ok(verified)
            }
        }
    }
}
