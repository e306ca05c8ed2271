//! Article 9: periodic checks that people work by the guideline (A9.2).
//!
//! A facility's SNS administrator, or the Desk for a facility or for everybody, opens a round on the points that the
//! association has published. Everybody whose ID is older than the round confirms them with an own signature. After the
//! last day who has not is overdue, after further days restricted to reading, and then locked to everything but confirming;
//! confirming ends it at once. Times are those of the entries, and the days are Japan's.
//!
//! What a restricted or locked person may still do is decided in [`super::duties`].

use std::collections::BTreeMap;

use renkei_proto::act::ReviewPlan;
use renkei_proto::code::Code;
use renkei_proto::hash::Hash32;
use renkei_proto::id::{FacilityId, ReviewId, UserId};
use renkei_proto::statement::{Role, Statement};
use renkei_proto::time::{DAY, Date, Time};
use renkei_proto::wording::TextKind;
use serde::{Deserialize, Serialize};

use super::{Registry, Seq, View};
use crate::{Refusal, require};

/// Most days ahead that the last day of a round may lie: somewhat more than a year, as the check is a yearly one.
pub const FARTHEST: u64 = 400;

/// Most days after the last one until the restriction, and until the lock: a year later nothing is periodic any more.
pub const LONGEST_GRACE: u16 = 365;

/// A review round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// As it was opened.
    pub plan: ReviewPlan,
    /// The entry that opened it.
    pub opened: Seq,
    /// Its time.
    pub time: Time,
    /// Who opened it.
    pub by: UserId,
    /// The entry that closed it.
    pub closed: Option<Seq>,
    /// Who has confirmed: the entry, and its time.
    pub confirmed: BTreeMap<UserId, (Seq, Time)>,
}

/// How far a round that a person has not confirmed has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// There is time.
    Due,
    /// The last day is over: the person is reminded.
    Overdue,
    /// The person only reads.
    Restricted,
    /// The person does nothing but confirm.
    Locked,
}

/// The first second after `day` in Japan; what ended before 1970 has ended.
pub(super) fn end_of(day: Date) -> Time {
    day.ends().unwrap_or_default()
}

impl Round {
    /// When the last day is over.
    pub fn overdue_from(&self) -> Time {
        end_of(self.plan.due)
    }

    /// From when on who has not confirmed only reads.
    pub fn restricted_from(&self) -> Time {
        self.overdue_from().plus(u64::from(self.plan.restrict_after) * DAY)
    }

    /// From when on who has not confirmed does nothing but confirm.
    pub fn locked_from(&self) -> Time {
        self.overdue_from().plus(u64::from(self.plan.lock_after) * DAY)
    }

    /// How far the round has come at `time` for somebody who has not confirmed.
    pub fn stage(&self, time: Time) -> Stage {
        if time >= self.locked_from() {
            Stage::Locked
        } else if time >= self.restricted_from() {
            Stage::Restricted
        } else if time >= self.overdue_from() {
            Stage::Overdue
        } else {
            Stage::Due
        }
    }

    /// Whose the round is: a facility's, or with none the Desk's, also where the Desk opened it for one facility. What the Desk
    /// asks of a facility, its administrator does not take off the table.
    fn runs(&self, view: View<'_>) -> Option<FacilityId> {
        self.plan.facility.filter(|_| !opened_by_desk(view, self.by))
    }

    fn open(&self, size: u64) -> bool {
        self.opened < size && self.closed.is_none_or(|seq| seq >= size)
    }
}

impl<'r> View<'r> {
    /// Every round by then, of each scope in order.
    pub fn reviews(self) -> impl Iterator<Item = &'r Round> {
        self.registry.duties.reviews.values().flatten().filter(move |round| round.opened < self.size)
    }

    /// The round of this name.
    pub fn review(self, id: ReviewId) -> Option<&'r Round> {
        self.reviews().find(|round| round.plan.review == id)
    }

    /// Whether `round` was not closed by then.
    pub fn review_open(self, round: &Round) -> bool {
        round.open(self.size)
    }

    /// The open round of a facility, or with none of everybody. There is one at most.
    fn open_review(self, facility: Option<FacilityId>) -> Option<&'r Round> {
        self.registry.duties.reviews.get(&facility)?.iter().rev().find(|round| round.open(self.size))
    }

    /// Whether `round` asks this person: of the facility, with an ID that is older than the round and in force.
    pub fn review_asks(self, round: &Round, user: UserId) -> bool {
        self.active_user(user)
            && self.user(user).is_some_and(|person| {
                person.registered < round.opened && round.plan.facility.is_none_or(|only| only == person.facility)
            })
    }

    /// Whether the person has confirmed the points of `round` by then.
    pub fn review_confirmed(self, round: &Round, user: UserId) -> bool {
        round.confirmed.get(&user).is_some_and(|(seq, _)| *seq < self.size)
    }

    /// The open rounds that wait for this person.
    pub fn reviews_due(self, user: UserId) -> impl Iterator<Item = &'r Round> {
        let own = self.user(user).map(|person| Some(person.facility));
        [None]
            .into_iter()
            .chain(own)
            .filter_map(move |scope| self.open_review(scope))
            .filter(move |round| self.review_asks(round, user) && !self.review_confirmed(round, user))
    }

    /// How far the round that is furthest among them has come at `time`; none where nothing waits.
    pub fn review_stage(self, user: UserId, time: Time) -> Option<Stage> {
        self.reviews_due(user).map(|round| round.stage(time)).max()
    }
}

/// Whether a round that `by` opened is the Desk's.
pub(super) fn opened_by_desk(view: View<'_>, by: UserId) -> bool {
    view.user(by).is_some_and(|person| view.is_desk(person.facility))
}

/// The administrator of the facility, or an operator of the Desk; for everybody an operator.
pub(super) fn permit_office(
    view: View<'_>,
    statement: &Statement,
    facility: Option<FacilityId>,
) -> Result<(), Refusal> {
    let standing = view.standing(statement)?;
    if let Some(facility) = facility {
        view.facility(facility).ok_or(Code::Unknown)?;
        if !view.is_operator(standing.user) {
            return view.require_administrator(&standing, statement.role, facility, Code::NotAdministrator);
        }
    }
    require(view.is_operator(standing.user), Code::NotOperator)?;
    require(statement.role == Role::Operator, Code::WrongRole)
}

pub(super) fn permit_opening(
    view: View<'_>,
    statement: &Statement,
    plan: &ReviewPlan,
    time: Time,
) -> Result<(), Refusal> {
    permit_office(view, statement, plan.facility)?;
    if let Some(facility) = plan.facility {
        require(view.admitted(facility), Code::FacilityNotAdmitted)?;
    }
    require(view.review(plan.review).is_none(), Code::AlreadyExists)?;
    require(view.open_review(plan.facility).is_none(), Code::AlreadyExists)?;
    let points = view.text(TextKind::ReviewPoints).ok_or(Code::Unknown)?;
    require(points.text == plan.points, Code::Unknown)?;
    let end = end_of(plan.due);
    require(end > time && end <= time.plus((FARTHEST + 1) * DAY), Code::DateOutOfRange)?;
    let graces = plan.restrict_after <= plan.lock_after && plan.lock_after <= LONGEST_GRACE;
    require(graces, Code::DateOutOfRange)
}

pub(super) fn permit_confirmation(
    view: View<'_>,
    statement: &Statement,
    review: ReviewId,
    points: Hash32,
) -> Result<(), Refusal> {
    let standing = view.standing(statement)?;
    require(statement.role == Role::User, Code::WrongRole)?;
    let round = view.review(review).ok_or(Code::Unknown)?;
    require(round.plan.points == points && view.review_asks(round, standing.user), Code::Unknown)?;
    require(view.review_open(round) && !view.review_confirmed(round, standing.user), Code::NothingToDo)
}

pub(super) fn permit_closing(view: View<'_>, statement: &Statement, review: ReviewId) -> Result<(), Refusal> {
    let round = view.review(review).ok_or(Code::Unknown)?;
    permit_office(view, statement, round.runs(view))?;
    require(view.review_open(round), Code::NothingToDo)
}

impl Registry {
    fn review_mut(&mut self, review: ReviewId) -> Option<&mut Round> {
        self.duties.reviews.values_mut().flatten().find(|round| round.plan.review == review)
    }

    pub(super) fn fold_opening(&mut self, (seq, time): (Seq, Time), actor: Option<UserId>, plan: ReviewPlan) {
        let Some(by) = actor else { return };
        let rounds = self.duties.reviews.entry(plan.facility).or_default();
        rounds.push(Round { plan, opened: seq, time, by, closed: None, confirmed: BTreeMap::new() });
    }

    pub(super) fn fold_review_confirmation(
        &mut self,
        (seq, time): (Seq, Time),
        actor: Option<UserId>,
        review: ReviewId,
    ) {
        if let (Some(user), Some(round)) = (actor, self.review_mut(review)) {
            round.confirmed.insert(user, (seq, time));
        }
    }

    pub(super) fn fold_closing(&mut self, seq: Seq, review: ReviewId) {
        if let Some(round) = self.review_mut(review) {
            round.closed = Some(seq);
        }
    }
}
