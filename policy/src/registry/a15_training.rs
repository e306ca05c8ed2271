//! Article 15: training rounds (A15.1).
//!
//! The Desk, for a facility or for everybody, or a facility's SNS administrator opens a round on material that the
//! association has published, from one day to another. Everybody who is asked says by an own signature to have worked
//! through it; or whoever runs the round records who was at a session held in person, with its day. Who has, and who
//! has not, the facility's administrator sees, and the Desk. Nobody is held up by it: that is what a review is for (A9.2).

use std::collections::BTreeMap;

use renkei_proto::act::TrainingPlan;
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::hash::Hash32;
use renkei_proto::id::{FacilityId, TrainingId, UserId};
use renkei_proto::statement::{Role, Statement};
use renkei_proto::time::{DAY, Date, Time};
use renkei_proto::wording::TextKind;
use serde::{Deserialize, Serialize};

use super::a09_review::{FARTHEST, end_of, opened_by_desk, permit_office};
use super::{Registry, Seq, View};
use crate::{Refusal, require};

/// A training round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Training {
    /// As it was opened.
    pub plan: TrainingPlan,
    /// The entry that opened it.
    pub opened: Seq,
    /// Its time.
    pub time: Time,
    /// Who opened it.
    pub by: UserId,
    /// The entry that closed it.
    pub closed: Option<Seq>,
    /// Who has taken part.
    pub attended: BTreeMap<UserId, Attended>,
}

/// That somebody has taken part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attended {
    /// The entry.
    pub seq: Seq,
    /// Its time.
    pub time: Time,
    /// By whom it was recorded, and for which day, where it was at a session held in person; else by the person's own
    /// signature.
    pub recorded: Option<(UserId, Date)>,
}

impl Training {
    /// Whose the round is: a facility's, or with none the Desk's, also where the Desk opened it for one facility.
    fn runs(&self, view: View<'_>) -> Option<FacilityId> {
        self.plan.facility.filter(|_| !opened_by_desk(view, self.by))
    }

    /// Whether the last day is over at `time`.
    pub fn over(&self, time: Time) -> bool {
        time >= end_of(self.plan.until)
    }
}

impl<'r> View<'r> {
    /// Every training round by then, in the order in which they were opened.
    pub fn trainings(self) -> impl Iterator<Item = &'r Training> {
        self.registry.duties.trainings.iter().filter(move |one| one.opened < self.size)
    }

    /// The training round of this name.
    pub fn training(self, id: TrainingId) -> Option<&'r Training> {
        self.trainings().find(|one| one.plan.training == id)
    }

    /// Whether it was not closed by then.
    pub fn training_open(self, one: &Training) -> bool {
        one.opened < self.size && one.closed.is_none_or(|seq| seq >= self.size)
    }

    /// Whether it asks this person: of the facility, with an ID in force. Newcomers too: nobody is held up.
    pub fn training_asks(self, one: &Training, user: UserId) -> bool {
        let of = |facility: FacilityId| one.plan.facility.is_none_or(|only| only == facility);
        self.active_user(user) && self.user(user).is_some_and(|person| of(person.facility))
    }

    /// How the person has taken part by then, if so.
    pub fn training_attended(self, one: &Training, user: UserId) -> Option<Attended> {
        one.attended.get(&user).copied().filter(|attended| attended.seq < self.size)
    }

    /// The open rounds that this person has yet to take part in.
    pub fn trainings_due(self, user: UserId) -> impl Iterator<Item = &'r Training> {
        let waits = move |one: &&Training| {
            self.training_open(one) && self.training_asks(one, user) && self.training_attended(one, user).is_none()
        };
        self.trainings().filter(waits)
    }
}

/// The first second of `day` in Japan.
fn start_of(day: Date) -> Time {
    day.begins().unwrap_or_default()
}

pub(super) fn permit_opening(
    view: View<'_>,
    statement: &Statement,
    plan: &TrainingPlan,
    time: Time,
) -> Result<(), Refusal> {
    permit_office(view, statement, plan.facility)?;
    if let Some(facility) = plan.facility {
        require(view.admitted(facility), Code::FacilityNotAdmitted)?;
    }
    require(view.training(plan.training).is_none(), Code::AlreadyExists)?;
    let open = |one: &&Training| view.training_open(one) && one.plan.facility == plan.facility;
    require(view.trainings().filter(open).count() < bounds::OPEN_TRAININGS, Code::AlreadyExists)?;
    let mut material = view.texts().filter(|since| since.kind == TextKind::TrainingMaterial);
    require(material.any(|since| since.text == plan.material), Code::Unknown)?;
    let end = end_of(plan.until);
    let days = plan.from <= plan.until && end > time && end <= time.plus((FARTHEST + 1) * DAY);
    require(days, Code::DateOutOfRange)
}

/// By the person, from the first day on. Also late, until the round is closed.
pub(super) fn permit_attendance(
    view: View<'_>,
    statement: &Statement,
    training: TrainingId,
    material: Hash32,
    time: Time,
) -> Result<(), Refusal> {
    let standing = view.standing(statement)?;
    require(statement.role == Role::User, Code::WrongRole)?;
    let one = view.training(training).ok_or(Code::Unknown)?;
    require(one.plan.material == material && view.training_asks(one, standing.user), Code::Unknown)?;
    require(start_of(one.plan.from) <= time, Code::DateOutOfRange)?;
    require(view.training_open(one) && view.training_attended(one, standing.user).is_none(), Code::NothingToDo)
}

/// By whoever may run the round: for a round of everybody, an administrator for the own people.
pub(super) fn permit_record(
    view: View<'_>,
    statement: &Statement,
    training: TrainingId,
    user: UserId,
    held_on: Date,
    time: Time,
) -> Result<(), Refusal> {
    let one = view.training(training).ok_or(Code::Unknown)?;
    require(view.training_asks(one, user), Code::Unknown)?;
    let facility = view.user(user).map(|person| person.facility);
    permit_office(view, statement, facility)?;
    // Within the round, and not tomorrow.
    let within = one.plan.from <= held_on && held_on <= one.plan.until;
    require(within && start_of(held_on) <= time, Code::DateOutOfRange)?;
    require(view.training_open(one) && view.training_attended(one, user).is_none(), Code::NothingToDo)
}

pub(super) fn permit_closing(view: View<'_>, statement: &Statement, training: TrainingId) -> Result<(), Refusal> {
    let one = view.training(training).ok_or(Code::Unknown)?;
    permit_office(view, statement, one.runs(view))?;
    require(view.training_open(one), Code::NothingToDo)
}

impl Registry {
    fn training_mut(&mut self, training: TrainingId) -> Option<&mut Training> {
        self.duties.trainings.iter_mut().find(|one| one.plan.training == training)
    }

    pub(super) fn fold_training(&mut self, (seq, time): (Seq, Time), actor: Option<UserId>, plan: TrainingPlan) {
        let Some(by) = actor else { return };
        let attended = BTreeMap::new();
        self.duties.trainings.push(Training { plan, opened: seq, time, by, closed: None, attended });
    }

    /// `held_on` where whoever runs the round recorded it of `user`.
    pub(super) fn fold_attendance(
        &mut self,
        (seq, time): (Seq, Time),
        actor: Option<UserId>,
        training: TrainingId,
        held: Option<(UserId, Date)>,
    ) {
        let Some(actor) = actor else { return };
        if let Some(one) = self.training_mut(training) {
            let user = held.map_or(actor, |(user, _)| user);
            let recorded = held.map(|(_, on)| (actor, on));
            one.attended.insert(user, Attended { seq, time, recorded });
        }
    }

    pub(super) fn fold_training_closed(&mut self, seq: Seq, training: TrainingId) {
        if let Some(one) = self.training_mut(training) {
            one.closed = Some(seq);
        }
    }
}
