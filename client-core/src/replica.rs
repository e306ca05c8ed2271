//! The verified copy of every log that this person may see.
//!
//! Each entry must continue its chain, be signed by the device it names, and be permitted by the same rules that the
//! server decided by, under the registry as it was at the entry. The heads that its author had seen must be heads of the
//! logs as they came here: two people who were shown different histories find out with the first message between them.

mod shut;
mod taking;
mod writing;

use std::collections::{BTreeMap, BTreeSet};

use renkei_policy::chain::Chain;
use renkei_policy::group::{self, Group};
use renkei_policy::registry::Registry;
use renkei_proto::code::Code;
use renkei_proto::hash::Hash32;
use renkei_proto::heads::SignedHeads;
use renkei_proto::id::{DeviceId, GroupId, InvitationId, UserId};
use renkei_proto::statement::{Head, LogId, Seen, Statement};
use renkei_proto::time::Time;

use crate::clock::Clock;
use crate::witness::Witness;

pub use writing::Mark;

/// A message as it came, verified and still sealed.
#[derive(Debug, Clone)]
pub struct Sealed {
    /// Place in the group's log.
    pub seq: u64,
    /// The server's time.
    pub time: Time,
    /// The signed statement.
    pub statement: Statement,
}

/// Earlier keys that were handed over.
#[derive(Debug, Clone)]
pub(crate) struct Gift {
    pub(crate) seq: u64,
    pub(crate) first: u32,
    pub(crate) last: u32,
    pub(crate) from: DeviceId,
    pub(crate) to: Vec<DeviceId>,
    pub(crate) boxes: renkei_proto::act::BoxesRoot,
}

/// What is needed to open an epoch's own box, and its label.
#[derive(Debug, Clone)]
pub(crate) struct EpochSeen {
    pub(crate) from: DeviceId,
    pub(crate) prior: Head,
    pub(crate) label: Vec<u8>,
    pub(crate) boxes: renkei_proto::act::BoxesRoot,
}

/// Where a sealed label was sent to those who govern or decide.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LabelSeen {
    pub(crate) seq: u64,
    pub(crate) from: DeviceId,
    pub(crate) invitation: Option<InvitationId>,
    pub(crate) boxes: renkei_proto::act::BoxesRoot,
}

/// One group as followed.
#[derive(Debug)]
pub struct Followed {
    pub(crate) chain: Chain,
    pub(crate) group: Option<Group>,
    pub(crate) messages: Vec<Sealed>,
    amendments: writing::Amendments,
    cards: writing::Cards,
    /// How far people have seen, in order.
    marks: BTreeMap<UserId, Vec<Mark>>,
    pub(crate) gifts: Vec<Gift>,
    pub(crate) epochs: BTreeMap<u32, EpochSeen>,
    pub(crate) labels: Vec<LabelSeen>,
    pub(crate) events: Vec<(u64, Time, Statement)>,
    /// Keys prepared for invited people, by invitation.
    pub(crate) prepared: BTreeMap<InvitationId, Gift>,
    broken: Option<Code>,
    ended: bool,
    /// Whether messages came as headers alone, to somebody who governed without reading, or while the group was frozen.
    withheld: bool,
    bare: shut::Bare,
}

impl Followed {
    fn new(id: GroupId) -> Self {
        Self {
            chain: Chain::new(LogId::Group(id)),
            group: None,
            messages: Vec::new(),
            amendments: writing::Amendments::default(),
            cards: writing::Cards::default(),
            marks: BTreeMap::new(),
            gifts: Vec::new(),
            epochs: BTreeMap::new(),
            labels: Vec::new(),
            events: Vec::new(),
            prepared: BTreeMap::new(),
            broken: None,
            ended: false,
            withheld: false,
            bare: shut::Bare::default(),
        }
    }

    /// The group's state, from its first entry on.
    pub fn group(&self) -> Option<&Group> {
        self.group.as_ref()
    }

    /// Governance as it happened: place, time, and what was signed.
    pub fn events(&self) -> &[(u64, Time, Statement)] {
        &self.events
    }

    /// Number of entries here.
    pub fn size(&self) -> u64 {
        self.chain.head().size
    }

    /// The messages, sealed, in order.
    pub fn messages(&self) -> &[Sealed] {
        &self.messages
    }

    /// Whether this person no longer sees the group.
    pub fn ended(&self) -> bool {
        self.ended
    }

    /// Why the log is not to be trusted, if it isn't.
    pub fn broken(&self) -> Option<Code> {
        self.broken
    }
}

/// All followed logs.
#[derive(Debug)]
pub struct Replica {
    root: Hash32,
    user: UserId,
    registry: Registry,
    registry_chain: Chain,
    registry_broken: Option<Code>,
    groups: BTreeMap<GroupId, Followed>,
    /// Heads from before: each log must pass through its own.
    known: BTreeMap<LogId, Head>,
    /// Groups that were forgotten in order to come again, whole.
    again: BTreeSet<GroupId>,
    caught_up: bool,
    /// What the server has signed of its logs last.
    witness: Witness,
    clock: Clock,
    /// Entries of the registry that were verified in an earlier session and kept.
    kept: u64,
    /// Logs in which something did not hold, in this session or an earlier one.
    distrusted: BTreeMap<LogId, Code>,
    /// Those of them that the person will trust again, from the next session on.
    pardoned: BTreeSet<LogId>,
    /// This person's own statements of this session, by the hash of what was signed, and where they stand.
    own: BTreeMap<Hash32, Head>,
}

impl Replica {
    /// An empty copy, in the association with this root, that must pass through the `known` heads.
    pub(crate) fn new(root: Hash32, user: UserId, known: BTreeMap<LogId, Head>, clock: Clock) -> Self {
        Self {
            root,
            user,
            registry: Registry::default(),
            registry_chain: Chain::new(LogId::Registry),
            registry_broken: None,
            groups: BTreeMap::new(),
            known,
            again: BTreeSet::new(),
            caught_up: false,
            witness: Witness::default(),
            clock,
            kept: 0,
            distrusted: BTreeMap::new(),
            pardoned: BTreeSet::new(),
            own: BTreeMap::new(),
        }
    }

    /// Goes on from a registry that this device has verified before. Ignored if it does not pass through the heads that the
    /// device has known: then everything comes anew.
    pub(crate) fn go_on(&mut self, registry: Registry, chain: Chain) {
        let known = self.known.get(&LogId::Registry).copied().unwrap_or_default();
        if known.size > chain.head().size || chain.agrees(known).is_ok() {
            self.kept = registry.size();
            self.registry = registry;
            self.registry_chain = chain;
        }
    }

    /// Logs that an earlier session found not to hold.
    pub(crate) fn remember_distrust(&mut self, distrusted: BTreeMap<LogId, Code>) {
        self.distrusted = distrusted;
    }

    /// How many entries of the registry this session did not have to fetch and verify again.
    pub fn kept(&self) -> u64 {
        self.kept
    }

    /// The fingerprint of the association's root.
    pub(crate) fn root(&self) -> Hash32 {
        self.root
    }

    /// The registry.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The groups that this person sees or has seen in this session.
    pub fn groups(&self) -> impl Iterator<Item = (GroupId, &Followed)> {
        self.groups.iter().map(|(&id, followed)| (id, followed))
    }

    /// One group.
    pub fn group(&self, id: GroupId) -> Option<&Followed> {
        self.groups.get(&id)
    }

    /// Whether everything there was has come.
    pub fn caught_up(&self) -> bool {
        self.caught_up
    }

    pub(crate) fn set_caught_up(&mut self, registry: Head) {
        self.caught_up = true;
        // A server that says it has less than it once had is shortening a log.
        let short = self.known.iter().any(|(log, head)| match log {
            LogId::Registry => self.registry_chain.head().size < head.size,
            LogId::Group(id) => {
                self.groups.get(id).is_some_and(|followed| !followed.ended && followed.chain.head().size < head.size)
            }
        });
        if short || self.registry_chain.agrees(registry).is_err() {
            self.distrust(LogId::Registry, Code::LogNotTrusted);
        }
    }

    /// How many entries of each log are here: where the next sync goes on.
    pub(crate) fn positions(&self) -> Vec<(LogId, u64)> {
        let groups = self.groups.iter().filter(|(_, followed)| !followed.ended);
        std::iter::once((LogId::Registry, self.registry_chain.head().size))
            .chain(groups.map(|(id, followed)| (LogId::Group(*id), followed.chain.head().size)))
            .collect()
    }

    /// The heads, to be kept until the next session.
    pub(crate) fn heads(&self) -> BTreeMap<LogId, Head> {
        // Of a log that broke, up to where it held: what people have signed there is not forgotten.
        let groups = self.groups.iter().map(|(id, followed)| (LogId::Group(*id), followed.chain.head()));
        let mut heads = self.known.clone();
        for (log, head) in groups.chain([(LogId::Registry, self.registry_chain.head())]) {
            if !self.pardoned.contains(&log) {
                longer(&mut heads, log, head);
            }
        }
        heads
    }

    /// Whether every log that this device has known is here, as far as it was known: none is being kept back.
    pub(crate) fn all_known_are_here(&self) -> bool {
        let over = |log: &LogId| match log {
            LogId::Group(id) => self.groups.get(id).is_some_and(Followed::ended),
            LogId::Registry => false,
        };
        self.known.keys().all(|log| over(log) || !self.behind(*log))
    }

    /// Whether a log here is shorter than this device has known it: the rest has not come yet, or is being kept back.
    fn behind(&self, log: LogId) -> bool {
        let here = match log {
            LogId::Registry => self.registry_chain.head().size,
            LogId::Group(id) => self.groups.get(&id).map_or(0, |followed| followed.chain.head().size),
        };
        self.known.get(&log).is_some_and(|known| here < known.size)
    }

    /// What a statement into `log` says it has seen.
    pub(crate) fn seen(&self, log: LogId) -> Seen {
        let group = match log {
            LogId::Registry => Head::default(),
            LogId::Group(id) => self.groups.get(&id).map(|followed| followed.chain.head()).unwrap_or_default(),
        };
        Seen { registry: self.registry_chain.head(), group }
    }

    /// The head of `log` when it had `size` entries, if it has come so far.
    pub(crate) fn head_at(&self, log: LogId, size: u64) -> Option<Head> {
        match log {
            LogId::Registry => self.registry_chain.head_at(size),
            LogId::Group(id) => self.groups.get(&id)?.chain.head_at(size),
        }
    }

    /// The time of the entry at `seq` of `log`, if it has come.
    pub(crate) fn time_of(&self, log: LogId, seq: u64) -> Option<Time> {
        match log {
            LogId::Registry => self.registry_chain.time_of(seq),
            LogId::Group(id) => self.groups.get(&id)?.chain.time_of(seq),
        }
    }

    /// Whether this person reads the group now.
    pub fn reads(&self, id: GroupId) -> bool {
        let group = self.groups.get(&id).and_then(Followed::group);
        group.is_some_and(|group| group.reading_at(self.registry.now(), self.user, self.time()).is_some())
    }

    /// The time by which rosters are computed here: this device's, or that of the last entry if that is later.
    pub fn time(&self) -> Time {
        let trusted = self.groups.values().filter(|followed| followed.broken.is_none());
        let last = trusted.map(|followed| followed.chain.tip().time).max();
        self.clock.now().max(self.registry_chain.tip().time).max(last.unwrap_or_default())
    }

    /// Where the statement of one's own with this hash stands, once it has come back.
    pub(crate) fn echo(&self, body: Hash32) -> Option<Head> {
        self.own.get(&body).copied()
    }

    /// How many statements `device` has made in `log`.
    pub(crate) fn counter(&self, log: LogId, device: DeviceId) -> u64 {
        match log {
            LogId::Registry => self.registry.counter(Some(device)),
            LogId::Group(id) => self.groups.get(&id).and_then(Followed::group).map_or(0, |group| group.counter(device)),
        }
    }

    /// Whether `log` may be written to: it holds, and it is at least as long as this device has known it.
    pub(crate) fn writable(&self, log: LogId) -> Result<(), Code> {
        self.trusted(log)?;
        if self.behind(LogId::Registry) || self.behind(log) { Err(Code::KeyAwaited) } else { Ok(()) }
    }

    /// Whether every entry of `log` held so far.
    pub(crate) fn trusted(&self, log: LogId) -> Result<(), Code> {
        let group = match log {
            LogId::Registry => None,
            LogId::Group(id) => self
                .groups
                .get(&id)
                .and_then(|followed| followed.broken.or((!followed.excused()).then_some(Code::LogNotTrusted))),
        };
        let before = [LogId::Registry, log].iter().any(|log| self.distrusted.contains_key(log));
        if before || self.registry_broken.or(group).is_some() { Err(Code::LogNotTrusted) } else { Ok(()) }
    }

    /// This person no longer sees `log`. A reader is shown the removal first: one who still reads, as far as the log here
    /// goes, is being kept from what comes next.
    pub(crate) fn end(&mut self, log: LogId) {
        if let LogId::Group(id) = log
            && let Some(followed) = self.groups.get_mut(&id)
        {
            if followed.group().is_some_and(|group| group.reading(self.registry.now(), self.user).is_some()) {
                tracing::warn!(%id, "the server ends a group for somebody who reads it");
                self.distrust(log, Code::LogNotTrusted);
                return;
            }
            followed.ended = true;
            // Nothing of it is kept that could be read (A12.3).
            followed.messages.clear();
            followed.amendments = writing::Amendments::default();
            followed.gifts.clear();
            followed.prepared.clear();
            followed.epochs.clear();
            // Should it come again, it must pass through what was here.
            longer(&mut self.known, log, followed.chain.head());
        }
    }

    /// Forgets groups whose messages were withheld from this person and no longer are (a new reader; a freeze that was
    /// lifted), so that they come again, whole. What
    /// comes must pass through the head that was here. Whether there were any.
    pub(crate) fn forget_withheld(&mut self) -> bool {
        let (user, view) = (self.user, self.registry.now());
        let time = self.time();
        let reads =
            |followed: &Followed| followed.group().is_some_and(|group| group.reading_at(view, user, time).is_some());
        let again: Vec<GroupId> = self
            .groups
            .iter()
            .filter(|(_, followed)| followed.comes_again() && followed.broken.is_none() && reads(followed))
            .map(|(id, _)| *id)
            .collect();
        for id in &again {
            if let Some(followed) = self.groups.remove(id) {
                longer(&mut self.known, LogId::Group(*id), followed.chain.head());
                self.again.insert(*id);
            }
        }
        !again.is_empty()
    }

    /// Whether what is here of a group is on its way through a past that is over: its messages were withheld from this
    /// person and no longer are, and its log has not come again as far as it was. Until then it is shown neither frozen nor
    /// in half. A log that does not hold is shown for what it is.
    pub fn coming_again(&self, id: GroupId) -> bool {
        let log = LogId::Group(id);
        let followed = self.groups.get(&id);
        let over = followed.is_some_and(|followed| followed.ended || followed.broken.is_some());
        let begins = followed.is_some_and(|followed| followed.comes_again() && self.reads(id));
        let comes = begins || (self.again.contains(&id) && self.behind(log));
        comes && !over && !self.distrusted.contains_key(&log)
    }

    /// `log` is not written to any more, in later sessions either, until the person says otherwise.
    fn distrust(&mut self, log: LogId, code: Code) {
        // What never was a log of this person's is not remembered: a server could make up any number.
        let real = match log {
            LogId::Registry => true,
            LogId::Group(id) => {
                self.known.contains_key(&log) || self.groups.get(&id).is_some_and(|one| one.group.is_some())
            }
        };
        if real {
            self.distrusted.entry(log).or_insert(code);
        }
        match log {
            LogId::Registry => drop(self.registry_broken.get_or_insert(code)),
            LogId::Group(id) => {
                let followed = self.groups.entry(id).or_insert_with(|| Followed::new(id));
                followed.broken.get_or_insert(code);
            }
        }
    }

    /// The logs that this device does not trust any more, and why.
    pub fn distrusted(&self) -> &BTreeMap<LogId, Code> {
        &self.distrusted
    }

    /// The person has found out what happened: from the next session on, `log` may be written to again, and what was known of
    /// it is forgotten.
    pub(crate) fn trust_again(&mut self, log: LogId) {
        self.distrusted.remove(&log);
        self.known.remove(&log);
        self.pardoned.insert(log);
    }

    /// Remembers what the server signed in an earlier session.
    pub(crate) fn recall(&mut self, signed: SignedHeads) {
        self.witness = Witness::recall(signed);
    }

    /// Whether the server's word on what this person follows is fresh. A group that has just come is named with the next.
    pub(crate) fn fresh(&self, now: Time) -> bool {
        let mut followed = self.groups.iter().filter(|(_, one)| !one.ended && one.broken.is_none());
        self.witness.fresh(LogId::Registry, now) && !followed.any(|(id, _)| self.witness.lapsed(LogId::Group(*id), now))
    }

    /// The last heads that the server signed, as this device checked them.
    pub fn witness(&self) -> &Witness {
        &self.witness
    }

    /// A log as followed, for an export: the hash of every entry.
    pub fn registry_chain(&self) -> &Chain {
        &self.registry_chain
    }
}

/// Remembers the longer of two heads of a log. What a device has seen once it does not forget.
fn longer(heads: &mut BTreeMap<LogId, Head>, log: LogId, head: Head) {
    let known = heads.entry(log).or_insert(head);
    if head.size > known.size {
        *known = head;
    }
}

impl Followed {
    /// The invitations that are open, with the hash that an approval must name.
    pub fn open_invitations(&self) -> impl Iterator<Item = (InvitationId, &group::Invitation)> {
        let invitations = self.group.iter().flat_map(Group::invitations);
        invitations.filter(|(_, invitation)| invitation.state == group::InvitationState::Open)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p5_what_a_device_has_seen_is_never_lowered_and_a_shorter_log_is_not_written_to() {
        let (group, head) = (LogId::Group(GroupId([1; 16])), Head { size: 4, hash: Hash32([7; 32]) });
        let known = BTreeMap::from([(LogId::Registry, head), (group, head)]);
        let replica = Replica::new(Hash32([1; 32]), UserId([2; 16]), known.clone(), Clock::new(""));
        assert_eq!(replica.writable(LogId::Registry), Err(Code::KeyAwaited));
        assert_eq!(replica.writable(group), Err(Code::KeyAwaited));
        assert_eq!(replica.heads(), known, "a session that saw less keeps what was known");
    }

    #[test]
    fn a06_2_a_group_comes_again_until_it_is_as_long_as_it_was_or_does_not_hold() {
        let (id, head) = (GroupId([1; 16]), Head { size: 4, hash: Hash32([7; 32]) });
        let known = BTreeMap::from([(LogId::Group(id), head)]);
        let mut replica = Replica::new(Hash32([1; 32]), UserId([2; 16]), known, Clock::new(""));
        assert!(!replica.coming_again(id), "a new session takes it for the first time");
        replica.again.insert(id);
        assert!(replica.coming_again(id));
        replica.known.insert(LogId::Group(id), Head::default());
        assert!(!replica.coming_again(id), "it is as long as it was");
        replica.known.insert(LogId::Group(id), head);
        replica.distrust(LogId::Group(id), Code::LogNotTrusted);
        assert!(!replica.coming_again(id), "nobody waits for what does not hold");
    }

    #[test]
    fn p5_a_registry_shorter_than_known_is_not_trusted_once_the_server_says_that_is_all() {
        let known = BTreeMap::from([(LogId::Registry, Head { size: 4, hash: Hash32([7; 32]) })]);
        let mut replica = Replica::new(Hash32([1; 32]), UserId([2; 16]), known, Clock::new(""));
        replica.set_caught_up(Head::default());
        assert_eq!(replica.trusted(LogId::Registry), Err(Code::LogNotTrusted));
    }
}
