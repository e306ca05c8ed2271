//! U1: when somebody is not rung, and under which number a facility is telephoned.
//!
//! Both stand in the registry, where everybody who may have to telephone finds them. A person says the own quiet hours, and
//! nobody says another's. They hold for what was called since; what happens then [`crate::group::u1_calls`] says.

use renkei_proto::code::Code;
use renkei_proto::id::{FacilityId, UserId};
use renkei_proto::reach::{QuietHours, Telephone};
use renkei_proto::statement::{Role, Statement};
use renkei_proto::time::Time;

use super::{Registry, Seq, View};
use crate::{Refusal, require};

impl<'r> View<'r> {
    /// The hours at which this person is not rung.
    pub fn quiet_hours(self, user: UserId) -> Option<QuietHours> {
        self.user(user)?.quiet.iter().rev().find(|(seq, _)| *seq < self.size)?.1
    }

    /// Whether this person is not rung at `time`.
    pub fn is_quiet(self, user: UserId, time: Time) -> bool {
        self.quiet_hours(user).is_some_and(|hours| hours.hold(time))
    }

    /// The number under which this facility is telephoned.
    pub fn telephone(self, facility: FacilityId) -> Option<&'r Telephone> {
        self.facility(facility)?.telephone.iter().rev().find(|(seq, _)| *seq < self.size)?.1.as_ref()
    }
}

pub(super) fn permit_quiet(view: View<'_>, statement: &Statement, hours: Option<QuietHours>) -> Result<(), Refusal> {
    let standing = view.standing(statement)?;
    require(statement.role == Role::User, Code::WrongRole)?;
    require(view.quiet_hours(standing.user) != hours, Code::NothingToDo)
}

/// By an SNS administrator of the facility or its manager; of the Desk by an operator.
pub(super) fn permit_telephone(
    view: View<'_>,
    statement: &Statement,
    facility: FacilityId,
    number: Option<&Telephone>,
) -> Result<(), Refusal> {
    let standing = view.standing(statement)?;
    if statement.role == Role::FacilityManager {
        require(view.manager(facility) == Some(standing.user), Code::NotFacilityManager)?;
    } else {
        view.require_administrator(&standing, statement.role, facility, Code::NotAdministrator)?;
    }
    require(view.telephone(facility) != number, Code::NothingToDo)
}

impl Registry {
    pub(super) fn fold_quiet(&mut self, seq: Seq, actor: Option<UserId>, hours: Option<QuietHours>) {
        if let Some(person) = actor.and_then(|user| self.users.get_mut(&user)) {
            person.quiet.push((seq, hours));
        }
    }

    pub(super) fn fold_telephone(&mut self, seq: Seq, facility: FacilityId, number: Option<Telephone>) {
        if let Some(known) = self.facilities.get_mut(&facility) {
            known.telephone.push((seq, number));
        }
    }
}
