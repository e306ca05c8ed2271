//! Two voices: what the association decides is signed by two operators of the Desk, or by one and the root. So it is with
//! the admission of a facility, its end, its going on after a suspension, the association's texts and its settings (A3.1,
//! A3.2, A10.1, A13.1). Each of them keeps who has signed; what a signature weighs is said here, once.

use std::collections::BTreeSet;

use renkei_proto::code::Code;
use renkei_proto::id::UserId;
use renkei_proto::statement::{Actor, Role, Statement};

use super::View;
use crate::{Refusal, require};

/// How many must sign: two operators, or one and the root.
pub const VOICES: usize = 2;

/// Who speaks for the association with `statement`: an operator, or the root (none).
pub(super) fn speaker(view: View<'_>, statement: &Statement) -> Result<Option<UserId>, Refusal> {
    match statement.actor {
        Actor::Root => {
            require(statement.role == Role::Root, Code::WrongRole)?;
            Ok(None)
        }
        Actor::Device { user, .. } => {
            view.standing(statement)?;
            require(view.is_operator(user), Code::NotOperator)?;
            require(statement.role == Role::Operator, Code::WrongRole)?;
            Ok(Some(user))
        }
    }
}

/// Whether a signature counts. Of one who has left the Desk it does not; that of one who is suspended may be a thief's,
/// and counts again once the operator is let on.
fn counts(view: View<'_>, by: Option<UserId>) -> bool {
    by.is_none_or(|user| view.is_operator(user))
}

/// Nobody is two. But where somebody else has signed as well and it came to nothing, one of the two being suspended then,
/// each may sign again: else the only two operators could never finish it.
pub(super) fn require_voice(
    view: View<'_>,
    mut signed: impl Iterator<Item = Option<UserId>> + Clone,
    by: Option<UserId>,
) -> Result<(), Refusal> {
    let completes = signed.clone().any(|one| one != by && counts(view, one));
    require(completes || signed.all(|one| one != by), Code::SecondPersonRequired)
}

/// Whether these signatures are enough: each person is one voice, however often.
pub(super) fn enough(view: View<'_>, signed: impl Iterator<Item = Option<UserId>>) -> bool {
    let voices: BTreeSet<Option<UserId>> = signed.filter(|by| counts(view, *by)).collect();
    voices.len() >= VOICES
}
