//! S5 and S7: whoever notices that something went wrong says so to those who are to know, and does not handle it alone.
//!
//! A report is a room like an inquiry to the Desk ([`super::a14_inquiries`]), with more who read it: the SNS administrators
//! of the reporter's own facility, beside the operators. Whoever of them isn't the reporter *sees to it*: takes it, answers,
//! says what kind of thing it is, and records what was done. It is closed when all of it is on record.
//!
//! | measure | what for |
//! | --- | --- |
//! | contained | it goes no further: the group halted ([`super::s7_halt`]), the message taken back (S1), access stopped (A12.4) |
//! | notified | those whom it concerns were told, and were asked for pardon: fast |
//! | explained | how it came about |
//! | prevented | that it doesn't come about again: people were trained |
//!
//! Each was done on a day, or was found not to be needed; by whom, the log says. The report names the message that it is about
//! by group and place: what stands there nobody reads who doesn't read that group.

use std::collections::BTreeMap;

use renkei_proto::act::{GroupAct, IncidentKind, InquiryEnd, Measure, MessageRef};
use renkei_proto::code::Code;
use renkei_proto::id::UserId;
use renkei_proto::statement::{Role, Statement};
use renkei_proto::time::{Date, Time};
use serde::{Deserialize, Serialize};

use super::{By, Group};
use crate::registry::{Standing, View};
use crate::{Refusal, require};

/// Years for which a closed report is kept: as long as a patient's record is by default, about which it may be.
pub(super) const KEPT_YEARS: u8 = 5;

/// What has to be on record before a report is closed.
pub const MEASURES: [Measure; 4] = [Measure::Contained, Measure::Notified, Measure::Explained, Measure::Prevented];

/// What went wrong, as it was said last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stated {
    /// Who said so.
    pub by: By,
    /// Of which kind.
    pub kind: IncidentKind,
    /// The message that it is about.
    pub about: Option<MessageRef>,
    /// When it was noticed.
    pub noticed: Time,
}

/// What was done, as it was recorded last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// Who recorded it.
    pub by: By,
    /// Whether it was done; otherwise it was found not to be needed.
    pub done: bool,
    /// On which day.
    pub on: Date,
}

/// How far an incident has been dealt with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Incident {
    stated: Option<Stated>,
    measures: BTreeMap<Measure, Recorded>,
}

/// What an act of these rows changes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    Stated { kind: IncidentKind, about: Option<MessageRef>, noticed: Time },
    Measured { measure: Measure, done: bool, on: Date },
}

impl Group {
    /// What went wrong, as it was said last.
    pub fn incident(&self) -> Option<Stated> {
        self.incident.stated
    }

    /// What was done about it, as far as it is on record.
    pub fn measures(&self) -> impl Iterator<Item = (Measure, Recorded)> + '_ {
        self.incident.measures.iter().map(|(&measure, &recorded)| (measure, recorded))
    }

    /// What has to be on record yet before it can be closed.
    pub fn measures_missing(&self) -> impl Iterator<Item = Measure> + '_ {
        MEASURES.into_iter().filter(|measure| !self.incident.measures.contains_key(measure))
    }

    /// Whether `user` sees to the report: an operator of the Desk, or an SNS administrator of the reporter's facility.
    pub(super) fn sees_to_incident(&self, view: View<'_>, user: UserId) -> bool {
        let own = || view.user(self.created.user).is_some_and(|person| view.is_administrator(user, person.facility));
        self.is_incident() && self.created.user != user && (view.is_operator(user) || own())
    }

    pub(super) fn fold_incident(&mut self, by: By, step: Step) {
        match step {
            Step::Stated { kind, about, noticed } => {
                // That it is about a message was said once and for all: it may become clearer, not vanish.
                let about = about.or(self.incident.stated.and_then(|before| before.about));
                self.incident.stated = Some(Stated { by, kind, about, noticed });
            }
            Step::Measured { measure, done, on } => {
                self.incident.measures.insert(measure, Recorded { by, done, on });
            }
        }
    }
}

/// Whoever sees to the report acts: as an operator of the Desk, or as an SNS administrator of the reporter's facility. The
/// reporter does not, whatever office that person holds.
pub(super) fn require_seeing_to<'r>(
    group: &Group,
    view: View<'r>,
    statement: &Statement,
) -> Result<Standing<'r>, Refusal> {
    let standing = view.standing(statement)?;
    require(statement.acting_for.is_none(), Code::WrongRole)?;
    require(standing.user != group.created.user, Code::IncidentOwn)?;
    match statement.role {
        Role::Operator => require(view.is_operator(standing.user), Code::NotOperator)?,
        Role::SnsAdministrator => {
            let facility = view.user(group.created.user).ok_or(Code::Unknown)?.facility;
            require(view.is_administrator(standing.user, facility), Code::NotAdministrator)?;
        }
        _ => return Err(Code::WrongRole.into()),
    }
    Ok(standing)
}

/// Nothing is closed of which it isn't on record what was done.
pub(super) fn permit_closing(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    reason: InquiryEnd,
) -> Result<(), Refusal> {
    require_seeing_to(group, view, statement)?;
    require(reason == InquiryEnd::Settled, Code::ReplyAwaited)?;
    require(group.measures_missing().next().is_none(), Code::MeasuresMissing)
}

/// By the reporter, as long as nobody has said it otherwise; by whoever sees to it at any time.
fn permit_stating(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    noticed: Time,
    time: Time,
) -> Result<(), Refusal> {
    if statement.role == Role::User && statement.acting_for.is_none() {
        let standing = view.standing(statement)?;
        require(standing.user == group.created.user, Code::NotAReader)?;
        let own = group.incident.stated.is_none_or(|stated| stated.by.user == standing.user);
        require(own, Code::IncidentOwn)?;
    } else {
        require_seeing_to(group, view, statement)?;
    }
    require(noticed <= time.plus(renkei_proto::bounds::BACKDATED), Code::DateOutOfRange)
}

/// Decides on an act of these rows.
pub(super) fn judge(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    act: &GroupAct,
    time: Time,
) -> Result<Step, Refusal> {
    super::a14_inquiries::require_inquiry_open(group)?;
    Ok(match *act {
        GroupAct::StateIncident { kind, about, noticed } => {
            permit_stating(group, view, statement, noticed, time)?;
            Step::Stated { kind, about, noticed }
        }
        GroupAct::RecordMeasure { measure, done, on } => {
            require_seeing_to(group, view, statement)?;
            require(on.begun_by(time), Code::DateOutOfRange)?;
            Step::Measured { measure, done, on }
        }
        _ => return Err(Code::Unknown.into()),
    })
}
