//! Row S6: when a disaster has cut the telephones, the Desk tells the whole district at once, and asks everybody how they are.
//!
//! A broadcast is one entry of the registry, text and all: it is there as soon as the next few hundred bytes come through. One
//! operator sends it, as there may be nobody else; the bounds keep it something that is read. What people answer is not in the
//! registry: nobody is to load everybody's answers over a bad link, and how somebody is, is for few to know. Each answer is
//! signed by its person's device ([`renkei_proto::safety`]); the last one counts.
//!
//! Who sees an answer: its person, the Desk, and the SNS administrators and the manager of the person's facility, who look
//! for those who have said nothing.

use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::id::UserId;
use renkei_proto::safety::SafetyAnswer;
use renkei_proto::statement::{Role, Statement};
use renkei_proto::time::{DAY, Time};
use serde::{Deserialize, Serialize};

use super::{Registry, Seq, View};
use crate::{Refusal, require};

/// A broadcast.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Broadcast {
    /// Its place.
    pub seq: Seq,
    /// When it was sent.
    pub time: Time,
    /// By whom.
    pub by: UserId,
    /// A drill.
    pub drill: bool,
    /// What it says.
    pub text: String,
    /// Who closed it, when.
    pub closed: Option<(Seq, Time, UserId)>,
}

impl Broadcast {
    /// Whether it is not over after `size` entries.
    fn open(&self, size: u64) -> bool {
        self.closed.is_none_or(|(seq, ..)| seq >= size)
    }
}

impl<'r> View<'r> {
    /// Every broadcast, in order.
    pub fn broadcasts(self) -> impl DoubleEndedIterator<Item = &'r Broadcast> {
        self.registry.broadcasts.iter().filter(move |one| one.seq < self.size)
    }

    /// The broadcast at this place.
    pub fn broadcast(self, seq: Seq) -> Option<&'r Broadcast> {
        self.broadcasts().find(|one| one.seq == seq)
    }

    /// Those that are not over, the latest first.
    pub fn open_broadcasts(self) -> impl Iterator<Item = &'r Broadcast> {
        self.broadcasts().rev().filter(move |one| one.open(self.size))
    }

    /// Whether `viewer` may see how `user` is (S6).
    pub fn may_see_safety(self, viewer: UserId, user: UserId) -> bool {
        let facility = self.user(user).map(|person| person.facility);
        let leads = |facility| self.is_administrator(viewer, facility) || self.manager(facility) == Some(viewer);
        viewer == user || self.is_operator(viewer) || facility.is_some_and(leads)
    }

    /// Those whose answers `viewer` may see: everybody who holds an ID, of the own facility, or oneself alone.
    pub fn asked_how_they_are(self, viewer: UserId) -> impl Iterator<Item = UserId> {
        self.users()
            .map(|(user, _)| user)
            .filter(move |user| self.holds_id(*user) && self.may_see_safety(viewer, *user))
    }

    /// Whether an answer may be taken: of the person's own device, of this association, to a broadcast that is open.
    pub fn permit_safety(self, answer: &SafetyAnswer) -> Result<(), Refusal> {
        let association = self.association().ok_or(Code::NotFounded)?;
        require(answer.association == association.id, Code::WrongLog)?;
        self.may_act(answer.user, answer.device)?;
        let broadcast = self.broadcast(answer.broadcast).ok_or(Code::Unknown)?;
        require(broadcast.open(self.size), Code::BroadcastClosed)
    }
}

fn operator(view: View<'_>, statement: &Statement) -> Result<(), Refusal> {
    let standing = view.standing(statement)?;
    require(view.is_operator(standing.user), Code::NotOperator)?;
    require(statement.role == Role::Operator, Code::WrongRole)
}

/// By one operator, as often as is read. Drills take no room from what is real, and no operator from another: whoever wears
/// people out is one, and an emergency waits for nobody.
pub(super) fn permit_broadcast(view: View<'_>, statement: &Statement, drill: bool, time: Time) -> Result<(), Refusal> {
    operator(view, statement)?;
    let by = view.standing(statement)?.user;
    let like = |one: &&Broadcast| one.drill == drill && one.by == by;
    let of_a_day = view.broadcasts().rev().take_while(|one| time.since(one.time) < DAY).filter(like).count();
    let open = view.open_broadcasts().filter(like).count();
    let room = open < bounds::OPEN_BROADCASTS && of_a_day < bounds::BROADCASTS_OF_A_DAY;
    require(room, Code::TooManyBroadcasts)
}

pub(super) fn permit_closing(view: View<'_>, statement: &Statement, broadcast: Seq) -> Result<(), Refusal> {
    operator(view, statement)?;
    let one = view.broadcast(broadcast).ok_or(Code::Unknown)?;
    require(one.open(view.size()), Code::NothingToDo)
}

impl Registry {
    pub(super) fn fold_broadcast(&mut self, at: (Seq, Time), actor: Option<UserId>, drill: bool, text: String) {
        if let Some(by) = actor {
            self.broadcasts.push(Broadcast { seq: at.0, time: at.1, by, drill, text, closed: None });
        }
    }

    pub(super) fn fold_broadcast_closed(&mut self, at: (Seq, Time), actor: Option<UserId>, broadcast: Seq) {
        let one = self.broadcasts.iter_mut().find(|one| one.seq == broadcast);
        if let (Some(by), Some(one)) = (actor, one) {
            one.closed = Some((at.0, at.1, by));
        }
    }
}
