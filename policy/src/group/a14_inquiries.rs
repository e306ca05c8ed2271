//! Article 14: the contact window. Anybody asks the Desk, end-to-end encrypted, and every inquiry is followed to its
//! answer (A14.1).
//!
//! An inquiry is a group of a kind of its own, opened by who asks. Nobody is invited to it: its readers are that person and
//! whoever is an operator of the Desk at the moment, by the registry. So a new operator, whom the root appoints, reads
//! what is open, and one who has left reads nothing that is written later. The asker's own facility is not let in.
//!
//! | state | from | by |
//! | --- | --- | --- |
//! | open | the beginning, or reopened by who asked | |
//! | taken | open | an operator, whom everybody who reads it sees; another one may take it over |
//! | answered | open, taken | an operator, by naming an own message; when who asked writes again, it is taken once more |
//! | closed | any | who asked; an operator once an answer got no reply, or who asked has no ID any more |
//!
//! A person who only reads, because a review is overdue, may still ask (`eases`). Whoever may not act at all telephones.

use renkei_proto::act::{Act, GroupAct, GroupKind, HistoryPolicy, InquiryEnd};
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::id::{FacilityId, UserId};
use renkei_proto::statement::{Role, Statement};
use renkei_proto::time::{DAY, Time};
use serde::{Deserialize, Serialize};

use super::{By, Group, Seq, s5_incidents};
use crate::registry::{Standing, View};
use crate::{Refusal, require};

/// Seconds that an answer waits for a reply before an operator may close the inquiry: a holiday lasts no longer.
pub const REPLY_WAIT: u64 = 14 * DAY;

/// Years for which a closed inquiry is kept: who asked can come back to it, and the Desk makes no complaint disappear.
pub(super) const KEPT_YEARS: u8 = 1;

/// How far an inquiry has come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Inquiry {
    taken: Option<By>,
    answered: Option<Answered>,
    closed: Option<(By, InquiryEnd)>,
}

/// An answer of the Desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// Who said so.
    pub by: By,
    /// The place of the message.
    pub message: Seq,
}

/// Where an inquiry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InquiryState {
    /// Nobody has taken it.
    Open,
    /// An operator sees to it.
    Taken,
    /// It was answered.
    Answered,
    /// It is closed.
    Closed,
}

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Turn {
    /// The Desk's.
    Desk,
    /// That of who asked.
    Asker,
    /// Nobody's: it is closed.
    Nobody,
}

/// What an act of this article changes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    Taken,
    Answered { message: Seq },
    Closed { reason: InquiryEnd },
    Reopened { by_desk: bool },
}

impl Group {
    /// Whether it is an inquiry, or a report of an incident: a room that people read by their office.
    pub fn is_inquiry(&self) -> bool {
        matches!(self.kind, GroupKind::Inquiry | GroupKind::Incident)
    }

    /// Whether it is a report of an incident (S5).
    pub fn is_incident(&self) -> bool {
        self.kind == GroupKind::Incident
    }

    /// Whether it is an inquiry, or a report, of this person's.
    pub fn is_inquiry_of(&self, user: UserId) -> bool {
        self.is_inquiry() && self.created.user == user
    }

    /// Whether `user` reads it by an office: as an operator of the Desk, or a report as an SNS administrator of the reporter's
    /// facility (S5). Nobody is sent keys who has pledged nothing.
    pub(super) fn read_by_office(&self, view: View<'_>, user: UserId) -> bool {
        let pledged = || view.user(user).is_some_and(|person| person.pledge.iter().any(|(seq, _)| *seq < view.size()));
        let office = view.is_operator(user) || self.sees_to_incident(view, user);
        self.is_inquiry() && self.created.user != user && office && pledged()
    }

    /// Who sees to it, and still may.
    pub fn taken_by(&self, view: View<'_>) -> Option<By> {
        self.inquiry.taken.filter(|by| view.is_operator(by.user) || self.sees_to_incident(view, by.user))
    }

    /// The answer, where nothing that asks on came after it.
    pub fn answer(&self, view: View<'_>) -> Option<Answered> {
        self.inquiry.answered.filter(|answered| !self.asked_since(view, answered.message))
    }

    /// Who closed it and why, while it is closed.
    pub fn inquiry_closed(&self) -> Option<(By, InquiryEnd)> {
        self.inquiry.closed
    }

    /// Whether who asked has written a message after the entry at `seq`.
    fn asked_since(&self, view: View<'_>, seq: Seq) -> bool {
        let later = self.written().rev().take_while(|row| row.seq > seq);
        later.filter(|row| !row.amends).any(|row| view.device(row.by).is_some_and(|one| one.user == self.created.user))
    }

    /// Where the inquiry stands; none of another group.
    pub fn inquiry_state(&self, view: View<'_>) -> Option<InquiryState> {
        let state = if self.inquiry.closed.is_some() {
            InquiryState::Closed
        } else if self.answer(view).is_some() {
            InquiryState::Answered
        } else if self.taken_by(view).is_some() {
            InquiryState::Taken
        } else {
            InquiryState::Open
        };
        self.is_inquiry().then_some(state)
    }

    /// Whose turn it is: after an answer, or a question back, that of who asked.
    pub fn inquiry_turn(&self, view: View<'_>) -> Turn {
        if self.inquiry.closed.is_some() {
            return Turn::Nobody;
        }
        let last = self.written().rev().find(|row| !row.amends && !self.retracted(row.seq));
        let author = last.and_then(|row| view.device(row.by)).map(|device| device.user);
        if self.answer(view).is_some() || author != Some(self.created.user) { Turn::Asker } else { Turn::Desk }
    }

    pub(super) fn fold_inquiry(&mut self, by: By, step: Step) {
        let inquiry = &mut self.inquiry;
        match step {
            Step::Taken => inquiry.taken = Some(by),
            Step::Answered { message } => {
                inquiry.answered = Some(Answered { by, message });
                // Who answers sees to it, unless somebody else does.
                inquiry.taken = inquiry.taken.or(Some(by));
            }
            Step::Closed { reason } => inquiry.closed = Some((by, reason)),
            Step::Reopened { by_desk } => *inquiry = Inquiry { taken: by_desk.then_some(by), ..Inquiry::default() },
        }
    }
}

/// An inquiry is opened by any person for oneself, of the Desk, with the whole history for who reads it.
pub(super) fn permit_opening(
    view: View<'_>,
    statement: &Statement,
    kind: GroupKind,
    originator: FacilityId,
    history: HistoryPolicy,
    creator_reads: bool,
) -> Result<(), Refusal> {
    let standing = view.standing(statement)?;
    require(statement.role == Role::User && statement.acting_for.is_none(), Code::WrongRole)?;
    require(view.is_desk(originator), Code::NotOriginator)?;
    // Operators have each other; a mistake of their own they report like everybody.
    require(kind == GroupKind::Incident || !view.is_desk(standing.facility), Code::InquiryOnly)?;
    require(standing.person.pledge.iter().any(|(seq, _)| *seq < view.size()), Code::PledgeMissing)?;
    require(history == HistoryPolicy::All && creator_reads, Code::InquiryOnly)
}

/// Whether `user` may have one more inquiry or report open beside those among `groups`: no number of questions keeps anybody
/// from reporting. For whoever has all groups: the server.
pub fn permit_another<'g>(
    groups: impl Iterator<Item = &'g Group>,
    user: UserId,
    kind: GroupKind,
) -> Result<(), Refusal> {
    let open = |group: &&Group| {
        group.kind == kind && group.is_inquiry_of(user) && group.inquiry_closed().is_none() && group.erased().is_none()
    };
    let (most, code) = match kind {
        GroupKind::Incident => (bounds::OPEN_INCIDENTS, Code::TooManyIncidents),
        _ => (bounds::OPEN_INQUIRIES, Code::TooManyInquiries),
    };
    require(groups.filter(open).count() < most, code)
}

/// Whether `statement` opens an inquiry or a report of its person's, or opens one again, so that [`permit_another`] is asked.
pub fn opens_another(group: Option<&Group>, statement: &Statement) -> Option<(UserId, GroupKind)> {
    let user = statement.actor.user()?;
    match (&statement.act, group) {
        (Act::Group(GroupAct::Create { kind: kind @ (GroupKind::Inquiry | GroupKind::Incident), .. }), None) => {
            Some((user, *kind))
        }
        (Act::Group(GroupAct::ReopenInquiry), Some(group)) => group.is_inquiry_of(user).then_some((user, group.kind)),
        _ => None,
    }
}

/// Whether a person whom an overdue review restricts to reading may go on with `statement`: asking the Desk, which may be
/// what the person needs to get on. Nothing of a patient is in reach of it.
pub(super) fn eases(group: Option<&Group>, statement: &Statement) -> bool {
    let own = |group: &Group| statement.actor.user().is_some_and(|user| group.is_inquiry_of(user));
    match (&statement.act, group) {
        (Act::Group(GroupAct::Create { kind, .. }), None) => {
            matches!(kind, GroupKind::Inquiry | GroupKind::Incident)
        }
        (
            Act::Group(GroupAct::CloseInquiry { .. } | GroupAct::ReopenInquiry | GroupAct::StateIncident { .. })
            | Act::Message(_)
            | Act::Amend(_),
            Some(group),
        ) => own(group),
        _ => false,
    }
}

/// In an inquiry nobody is let in, removed or put in charge; elsewhere there is nothing to take or to answer.
pub(super) fn require_fits(group: &Group, act: &Act) -> Result<(), Refusal> {
    let Act::Group(act) = act else { return Ok(()) };
    match act {
        GroupAct::TakeInquiry
        | GroupAct::AnswerInquiry { .. }
        | GroupAct::CloseInquiry { .. }
        | GroupAct::ReopenInquiry => require(group.is_inquiry(), Code::NothingToDo),
        GroupAct::StateIncident { .. } | GroupAct::RecordMeasure { .. } => {
            require(group.is_incident(), Code::NothingToDo)
        }
        GroupAct::Create { .. }
        | GroupAct::ReportMissing { .. }
        | GroupAct::HoldErasure { .. }
        | GroupAct::OrderErasure
        | GroupAct::ConfirmErasure { .. } => Ok(()),
        _ => require(!group.is_inquiry(), Code::InquiryOnly),
    }
}

pub(super) fn require_inquiry_open(group: &Group) -> Result<(), Refusal> {
    require(group.inquiry.closed.is_none(), Code::InquiryClosed)
}

/// Who sees to it: an operator; to a report also an SNS administrator of the reporter's facility (S5).
fn office<'r>(group: &Group, view: View<'r>, statement: &Statement) -> Result<Standing<'r>, Refusal> {
    if group.is_incident() {
        return s5_incidents::require_seeing_to(group, view, statement);
    }
    let standing = view.standing(statement)?;
    require(view.is_operator(standing.user), Code::NotOperator)?;
    require(statement.role == Role::Operator && statement.acting_for.is_none(), Code::WrongRole)?;
    Ok(standing)
}

fn asker(group: &Group, view: View<'_>, statement: &Statement) -> Result<(), Refusal> {
    let standing = view.standing(statement)?;
    require(group.created.user == standing.user, Code::NotAReader)?;
    require(statement.role == Role::User && statement.acting_for.is_none(), Code::WrongRole)
}

fn permit_taking(group: &Group, view: View<'_>, statement: &Statement) -> Result<(), Refusal> {
    let standing = office(group, view, statement)?;
    require_inquiry_open(group)?;
    require(group.taken_by(view).is_none_or(|by| by.user != standing.user), Code::NothingToDo)
}

/// With an own message that the operator had seen in the log, and that stands.
fn permit_answer(group: &Group, view: View<'_>, statement: &Statement, message: Seq) -> Result<(), Refusal> {
    let standing = office(group, view, statement)?;
    require_inquiry_open(group)?;
    let row = group.written_at(message).filter(|row| !row.amends).ok_or(Code::Unknown)?;
    require(view.device(row.by).is_some_and(|device| device.user == standing.user), Code::NotTheAuthor)?;
    require(message < statement.seen.group.size, Code::HeadMismatch)?;
    require(!group.retracted(message), Code::AlreadyRetracted)?;
    let later = group.inquiry.answered.is_none_or(|answered| answered.message < message);
    require(later, Code::NothingToDo)?;
    // What was asked meanwhile is not answered by what was said before.
    require(!group.asked_since(view, message), Code::AskedMeanwhile)
}

fn permit_closing(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    reason: InquiryEnd,
    time: Time,
) -> Result<(), Refusal> {
    match reason {
        _ if group.is_incident() => s5_incidents::permit_closing(group, view, statement, reason)?,
        InquiryEnd::Settled => asker(group, view, statement)?,
        InquiryEnd::NoReply => {
            office(group, view, statement)?;
            let waited = |answered: Answered| time.since(answered.by.time) >= REPLY_WAIT;
            let waited = group.inquiry.closed.is_some() || group.answer(view).is_some_and(waited);
            require(waited, Code::ReplyAwaited)?;
        }
        InquiryEnd::AskerGone => {
            office(group, view, statement)?;
            require(!view.holds_id(group.created.user), Code::ReplyAwaited)?;
        }
    }
    require(group.inquiry.closed.is_none(), Code::NothingToDo)
}

/// Whether who asks or who sees to it; gives which.
fn permit_reopening(group: &Group, view: View<'_>, statement: &Statement) -> Result<bool, Refusal> {
    let by_desk = statement.role != Role::User;
    if by_desk {
        office(group, view, statement)?;
    } else {
        asker(group, view, statement)?;
    }
    require(group.inquiry.closed.is_some(), Code::NothingToDo)?;
    Ok(by_desk)
}

/// Decides on an act of this article.
pub(super) fn judge(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    act: &GroupAct,
    time: Time,
) -> Result<Step, Refusal> {
    Ok(match *act {
        GroupAct::TakeInquiry => {
            permit_taking(group, view, statement)?;
            Step::Taken
        }
        GroupAct::AnswerInquiry { message } => {
            permit_answer(group, view, statement, message)?;
            Step::Answered { message }
        }
        GroupAct::CloseInquiry { reason } => {
            permit_closing(group, view, statement, reason, time)?;
            Step::Closed { reason }
        }
        GroupAct::ReopenInquiry => Step::Reopened { by_desk: permit_reopening(group, view, statement)? },
        _ => return Err(Code::Unknown.into()),
    })
}
