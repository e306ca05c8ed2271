//! Article 9 (2): the duty of secrecy goes on after a person has left (A9.1).
//!
//! The person signs that before the ID ends, or an administrator records on which day the person was told: that is
//! possible afterwards too, for whoever left without a word. The end of an ID waits for neither, as it protects at once.

use renkei_proto::code::Code;
use renkei_proto::id::UserId;
use renkei_proto::statement::{Role, Statement};
use renkei_proto::time::{Date, Time};
use serde::{Deserialize, Serialize};

use super::{Registry, Seq, View, a09_pledge};
use crate::{Refusal, require};

/// How a person knows of the duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Farewell {
    /// The person has signed it.
    Acknowledged {
        /// When.
        at: Time,
    },
    /// An administrator has told the person.
    Told {
        /// Who.
        by: UserId,
        /// On which day.
        on: Date,
    },
}

impl View<'_> {
    /// How the person, who leaves or has left, knows that the duty of secrecy goes on. The person's own word counts more
    /// than an administrator's.
    pub fn farewell(self, user: UserId) -> Option<Farewell> {
        let known = self.registry.duties.farewells.get(&user)?;
        let mut known = known.iter().filter(|(seq, _)| *seq < self.size).map(|(_, farewell)| *farewell);
        let own = known.clone().find(|farewell| matches!(farewell, Farewell::Acknowledged { .. }));
        own.or_else(|| known.next_back())
    }
}

pub(super) fn permit_acknowledgement(view: View<'_>, statement: &Statement) -> Result<(), Refusal> {
    let standing = view.standing(statement)?;
    require(statement.role == Role::User, Code::WrongRole)?;
    let own = matches!(view.farewell(standing.user), Some(Farewell::Acknowledged { .. }));
    require(!own, Code::NothingToDo)
}

pub(super) fn permit_record(
    view: View<'_>,
    statement: &Statement,
    user: UserId,
    told_on: Date,
    time: Time,
) -> Result<(), Refusal> {
    let standing = view.standing(statement)?;
    let person = view.user(user).ok_or(Code::Unknown)?;
    view.require_administrator(&standing, statement.role, person.facility, Code::NotAdministrator)?;
    require(standing.user != user, Code::SecondPersonRequired)?;
    a09_pledge::permit_day(told_on, time)?;
    require(view.farewell(user).is_none(), Code::NothingToDo)
}

impl Registry {
    pub(super) fn fold_farewell(&mut self, seq: Seq, user: Option<UserId>, farewell: Farewell) {
        if let Some(user) = user {
            self.duties.farewells.entry(user).or_default().push((seq, farewell));
        }
    }
}
