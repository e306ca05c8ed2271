//! A small district to try the rules on: a registry and groups that grow only by signed, authenticated and judged
//! statements, and words that read like what people do.

mod cast;
mod verbs;

use std::collections::BTreeMap;
use std::fmt::Debug;

pub(crate) use cast::*;
use renkei_policy::chain::Chain;
use renkei_policy::group::roster::Roster;
use renkei_policy::group::{self, Group};
use renkei_policy::registry::{Effect, Registry};
use renkei_proto::act::{Act, RegistryAct};
use renkei_proto::code::Code;
use renkei_proto::entry::Entry;
use renkei_proto::id::{AssociationId, GroupId, StatementId};
use renkei_proto::key::SigningSecret;
use renkei_proto::statement::{Actor, Claim, Head, LogId, Seen, Signed, Statement, Verified};
use renkei_proto::time::Time;
pub(crate) use verbs::*;

/// When every story begins: 2026-11-22.
pub(crate) const START: Time = Time(20_779 * 86_400);

/// A group's log as somebody follows it.
#[derive(Clone)]
pub(crate) struct Log {
    pub(crate) state: Option<Group>,
    pub(crate) chain: Chain,
}

/// What was accepted, as a client would receive it.
#[derive(Clone)]
pub(crate) struct Accepted {
    pub(crate) signed: Signed,
    pub(crate) log: LogId,
    pub(crate) time: Time,
    pub(crate) registry: u64,
}

/// The district.
#[derive(Clone)]
pub(crate) struct District {
    pub(crate) registry: Registry,
    pub(crate) chain: Chain,
    pub(crate) groups: BTreeMap<GroupId, Log>,
    pub(crate) now: Time,
    pub(crate) accepted: Vec<Accepted>,
    serial: u64,
}

impl District {
    /// Before the founding.
    pub(crate) fn empty() -> Self {
        Self {
            registry: Registry::default(),
            chain: Chain::new(LogId::Registry),
            groups: BTreeMap::new(),
            now: START,
            accepted: Vec::new(),
            serial: 0,
        }
    }

    /// The group's state; it must exist.
    pub(crate) fn group(&self, id: GroupId) -> &Group {
        self.groups.get(&id).and_then(|log| log.state.as_ref()).expect("the group exists")
    }

    /// The group's readers as of now.
    pub(crate) fn roster(&self, id: GroupId) -> Roster {
        Roster::of(self.group(id), self.registry.now(), self.now)
    }

    /// A registry statement as an honest device would write it.
    pub(crate) fn draft(&mut self, seat: Seat, act: RegistryAct) -> Statement {
        let counter = self.registry.counter(seat.actor().device()) + 1;
        let seen = Seen { registry: self.chain.head(), group: Head::default() };
        self.write(seat, LogId::Registry, counter, seen, Act::Registry(act))
    }

    /// A group statement as an honest device would write it.
    pub(crate) fn draft_in(&mut self, group: GroupId, seat: Seat, act: Act) -> Statement {
        let log = self.groups.get(&group);
        let device = seat.actor().device().unwrap_or(who(0).device);
        let counter = log.and_then(|log| log.state.as_ref()).map_or(0, |state| state.counter(device)) + 1;
        let head = log.map_or(Head::default(), |log| log.chain.head());
        let seen = Seen { registry: self.chain.head(), group: head };
        self.write(seat, LogId::Group(group), counter, seen, act)
    }

    fn write(&mut self, seat: Seat, log: LogId, counter: u64, seen: Seen, act: Act) -> Statement {
        self.serial += 1;
        Statement {
            version: renkei_proto::VERSION,
            suite: renkei_proto::SUITE,
            rules: renkei_proto::RULES,
            association: association(),
            log,
            id: StatementId(u128::from(self.serial).to_be_bytes()),
            counter,
            actor: seat.actor(),
            role: seat.role,
            acting_for: seat.acting_for,
            seen,
            claimed_at: self.now,
            act,
        }
    }

    /// An act on the registry, done as an honest device and an honest server would.
    pub(crate) fn act(&mut self, seat: Seat, act: RegistryAct) -> Result<Vec<Effect>, Code> {
        let statement = self.draft(seat, act);
        self.submit(&statement)
    }

    /// An act in a group, likewise.
    pub(crate) fn act_in(&mut self, group: GroupId, seat: Seat, act: Act) -> Result<(), Code> {
        let statement = self.draft_in(group, seat, act);
        self.submit(&statement).map(|_| ())
    }

    /// Signs with the key that the actor really has, and hands it in.
    pub(crate) fn submit(&mut self, statement: &Statement) -> Result<Vec<Effect>, Code> {
        self.submit_signed(sign(statement, &key_of(statement.actor)))
    }

    /// Hands in what was signed: authenticate, judge, fold, follow. A refusal must leave everything as it was.
    pub(crate) fn submit_signed(&mut self, signed: Signed) -> Result<Vec<Effect>, Code> {
        let size = self.registry.size();
        self.submit_under(signed, size)
    }

    /// The same, judged under the registry as it was after `size` entries (groups only; the registry is its own).
    pub(crate) fn submit_under(&mut self, signed: Signed, size: u64) -> Result<Vec<Effect>, Code> {
        let before = (self.registry.clone(), self.states());
        let result = self.enter(signed, size);
        if result.is_err() {
            assert_eq!(self.registry, before.0, "a refusal changed the registry");
            assert_eq!(self.states(), before.1, "a refusal changed a group");
        }
        result
    }

    /// Every group's state.
    pub(crate) fn states(&self) -> BTreeMap<GroupId, Option<Group>> {
        self.groups.iter().map(|(&id, log)| (id, log.state.clone())).collect()
    }

    fn enter(&mut self, signed: Signed, size: u64) -> Result<Vec<Effect>, Code> {
        let claim = Claim::parse(signed.clone()).expect("canonical bytes");
        let view = self.registry.at(size).expect("the registry has grown so far");
        let verified = view.authenticate(claim).map_err(|refusal| refusal.0)?;
        let statement = verified.statement().clone();
        let (log, effects) = match statement.log {
            LogId::Registry => {
                judged_alike(|| self.registry.judge(&verified, self.now));
                let judged = self.registry.judge(&verified, self.now).map_err(|refusal| refusal.0)?;
                let header = self.chain.tip().next(&signed, &statement, self.now, self.registry.size());
                self.chain.agrees(statement.seen.registry).map_err(|refusal| refusal.0)?;
                self.chain.follow(&Entry { header, body: Some(signed.clone()) }).expect("the next entry");
                (LogId::Registry, self.registry.fold(judged).expect("nothing came between"))
            }
            LogId::Group(id) => {
                let fresh = || Log { state: None, chain: Chain::new(LogId::Group(id)) };
                let mut log = self.groups.get(&id).cloned().unwrap_or_else(fresh);
                judged_alike(|| group::judge(log.state.as_ref(), &verified, view, self.now));
                let judged =
                    group::judge(log.state.as_ref(), &verified, view, self.now).map_err(|refusal| refusal.0)?;
                self.chain.agrees(statement.seen.registry).map_err(|refusal| refusal.0)?;
                log.chain.agrees(statement.seen.group).map_err(|refusal| refusal.0)?;
                let header = log.chain.tip().next(&signed, &statement, self.now, size);
                log.chain.follow(&Entry { header, body: Some(signed.clone()) }).expect("the next entry");
                assert!(judged.fold(&mut log.state), "nothing came between");
                self.groups.insert(id, log);
                (LogId::Group(id), Vec::new())
            }
        };
        self.accepted.push(Accepted { signed, log, time: self.now, registry: size });
        Ok(effects)
    }

    /// The statement as the rules take it, authenticated under the registry of now.
    pub(crate) fn verified(&self, statement: &Statement) -> Verified {
        let signed = sign(statement, &key_of(statement.actor));
        let claim = Claim::parse(signed).expect("canonical bytes");
        self.registry.now().authenticate(claim).expect("signed by the actor")
    }

    /// Registry and groups made anew by a client that follows the whole registry first and each group after it.
    pub(crate) fn replayed(&self) -> Self {
        let mut copy = Self::empty();
        let (registry, groups): (Vec<_>, Vec<_>) =
            self.accepted.iter().cloned().partition(|entry| entry.log == LogId::Registry);
        for entry in registry.into_iter().chain(groups) {
            copy.now = entry.time;
            copy.submit_under(entry.signed, entry.registry).expect("accepted before, accepted again");
        }
        copy
    }
}

fn judged_alike<T: Debug, E: Debug>(judge: impl Fn() -> Result<T, E>) {
    let once = format!("{:?}", judge());
    assert_eq!(once, format!("{:?}", judge()), "judging twice gave two answers");
}

/// The signed form.
pub(crate) fn sign(statement: &Statement, key: &SigningSecret) -> Signed {
    statement.sign(key).expect("within the bound")
}

/// The key that an actor really has.
pub(crate) fn key_of(actor: Actor) -> SigningSecret {
    match actor {
        Actor::Root => root_key(),
        Actor::Device { device, .. } => signing_key(device),
    }
}

/// The district's association.
pub(crate) fn association() -> AssociationId {
    root_key().public().association()
}

/// What a test expects, with the promise that broke if it comes otherwise.
pub(crate) trait Outcome {
    /// What is granted.
    type Granted;
    /// It was granted.
    fn granted(self, promise: &str) -> Self::Granted;
    /// It was refused with exactly this code.
    fn refused(self, code: Code, promise: &str);
}

impl<T: Debug> Outcome for Result<T, Code> {
    type Granted = T;

    #[track_caller]
    fn granted(self, promise: &str) -> T {
        match self {
            Ok(granted) => granted,
            Err(code) => panic!("broken promise: {promise} (refused: {code})"),
        }
    }

    #[track_caller]
    fn refused(self, code: Code, promise: &str) {
        match self {
            Err(refusal) => assert_eq!(refusal, code, "broken promise: {promise} (refused, but with another reason)"),
            Ok(granted) => panic!("broken promise: {promise} (granted: {granted:?}, due: {code})"),
        }
    }
}

impl<T> Outcome for Result<T, renkei_policy::Refusal> {
    type Granted = T;

    #[track_caller]
    fn granted(self, promise: &str) -> T {
        match self {
            Ok(granted) => granted,
            Err(refusal) => panic!("broken promise: {promise} (refused: {})", refusal.0),
        }
    }

    #[track_caller]
    fn refused(self, code: Code, promise: &str) {
        self.map(|_| ()).map_err(|refusal| refusal.0).refused(code, promise);
    }
}
