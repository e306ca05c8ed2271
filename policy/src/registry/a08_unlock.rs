//! Article 8: somebody who has mistyped too often, and whom a patient waits for, need not wait (A8.3, A11.5).
//!
//! An SNS administrator of the person's own facility lifts the wait, by a signed act; an operator of the Desk where that
//! facility has no other administrator, and for another operator. One is enough: it lets nobody in who does not have
//! device, password and code. It takes away the wait and not the count, so that one more try is had, and a wrong one waits
//! for longer than before. And it is done so often within a day and no more: an administrator who has a colleague's device,
//! and guesses, would else never wait.

use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::id::UserId;
use renkei_proto::statement::{Role, Statement};
use renkei_proto::time::Time;
use serde::{Deserialize, Serialize};

use super::{Registry, Seq, View};
use crate::{Refusal, require};

const DAY: u64 = 24 * 3_600;

/// A wait that was lifted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lift {
    /// The entry.
    pub seq: Seq,
    /// By whom.
    pub by: UserId,
    /// When.
    pub time: Time,
}

pub(super) fn permit(view: View<'_>, statement: &Statement, user: UserId, time: Time) -> Result<(), Refusal> {
    let standing = view.standing(statement)?;
    let facility = view.user(user).ok_or(Code::Unknown)?.facility;
    require(standing.user != user, Code::SecondPersonRequired)?;
    if view.is_operator(standing.user) && !view.is_desk(facility) {
        let able = view.administrators(facility).any(|other| other != user);
        require(!able, Code::NotAdministrator)?;
        require(statement.role == Role::Operator, Code::WrongRole)?;
    } else {
        view.require_administrator(&standing, statement.role, facility, Code::NotAdministrator)?;
    }
    let person = view.require_active_user(user)?;
    let today = person.lifts.iter().filter(|before| time.since(**before) < DAY).count();
    require(today < bounds::LIFTS, Code::TryLater)
}

impl Registry {
    pub(super) fn fold_lift(&mut self, seq: Seq, actor: Option<UserId>, user: UserId, time: Time) {
        if let (Some(person), Some(by)) = (self.users.get_mut(&user), actor) {
            person.lifted = Some(Lift { seq, by, time });
            person.lifts.retain(|before| time.since(*before) < DAY);
            person.lifts.push(time);
        }
    }
}

impl View<'_> {
    /// The last wait of `user` that was lifted.
    pub fn lifted(self, user: UserId) -> Option<Lift> {
        self.user(user)?.lifted.filter(|lift| lift.seq < self.size)
    }
}
