//! Article 8: a person who has forgotten the password, or lost the code generator, starts anew (A8.3).
//!
//! The reset forgets both, so that the next sign-in, on a device of the person that is still approved, sets new ones; it
//! costs no history. Because whoever holds such a device could then sign in, it takes two: two administrators where the
//! facility has two besides the person, two operators of the Desk for an only administrator.

use renkei_proto::code::Code;
use renkei_proto::id::UserId;
use renkei_proto::statement::{Actor, Role, Statement};
use renkei_proto::time::{DAY, Time};

use super::judge::require_root;
use super::{Registry, ResetVoice, Seq, View};
use crate::{Refusal, require};

/// Seconds for which the first signature waits for the second: a working day and its night.
pub const WAIT: u64 = DAY;

/// How many must sign the reset of `user` at `time`, and whether they are operators who help out: where nobody else can
/// act, and where the only one who can has been so for less than [`WAIT`], as another one left the office.
fn needed(view: View<'_>, user: UserId, time: Time) -> Option<(usize, bool)> {
    let facility = view.user(user)?.facility;
    let able = view.administrators(facility).any(|other| other != user);
    // Those who are suspended count where the number protects: nobody is made the only voice by having others suspended.
    let others = view.administrators_in_office(facility).filter(|other| *other != user).count();
    // Nor by having the other one dismissed for a moment.
    let left = |(seq, then): &(Seq, Time)| *seq < view.size() && time.since(*then) < WAIT;
    let just_left = view
        .users()
        .any(|(id, person)| id != user && person.facility == facility && person.left_office.as_ref().is_some_and(left));
    let alone = others < 2 && just_left;
    Some(if able && !alone { (others.min(2), false) } else { (2, true) })
}

pub(super) fn permit(view: View<'_>, statement: &Statement, user: UserId, time: Time) -> Result<(), Refusal> {
    let person = view.user(user).ok_or(Code::Unknown)?;
    if statement.actor == Actor::Root {
        require_root(statement)?;
        require(view.is_desk(person.facility), Code::NotAdministrator)?;
        return view.require_active_user(user).map(drop);
    }
    let standing = view.standing(statement)?;
    view.require_active_user(user).map(drop)?;
    require(standing.user != user, Code::SecondPersonRequired)?;
    // An operator's by the root alone: two operators would have the Desk between them.
    require(!view.is_desk(person.facility), Code::NotRoot)?;
    let (_, helped) = needed(view, user, time).ok_or(Code::Unknown)?;
    if helped {
        require(view.is_operator(standing.user), Code::NotAdministrator)?;
        require(statement.role == Role::Operator, Code::WrongRole)?;
    } else {
        view.require_administrator(&standing, statement.role, person.facility, Code::NotAdministrator)?;
    }
    // As in [`super::desk_voices::require_voice`]: who signed before may sign again where another signature counts and it
    // came to nothing, one of the two being suspended then.
    let completes = voices(view, user, time).any(|by| by != standing.user);
    let signed = voices(view, user, time).any(|by| by == standing.user);
    require(completes || !signed, Code::SecondPersonRequired)
}

/// Who has signed the reset of `user`, and still counts at `time`.
fn voices(view: View<'_>, user: UserId, time: Time) -> impl Iterator<Item = UserId> {
    let voices = view.user(user).map_or(&[][..], |person| &person.resets);
    let facility = view.user(user).map(|person| person.facility);
    let in_office =
        move |by: UserId| view.is_operator(by) || facility.is_some_and(|facility| view.is_administrator(by, facility));
    voices
        .iter()
        .filter(move |voice| time.since(voice.time) < WAIT)
        .map(|voice| voice.by)
        .filter(move |by| in_office(*by))
}

/// Whether the reset of `user` waits for another signature at `time`.
pub fn waiting(view: View<'_>, user: UserId, time: Time) -> bool {
    voices(view, user, time).next().is_some()
}

impl Registry {
    /// Takes a signature in; whether it was the last one needed.
    pub(super) fn fold_reset(&mut self, seq: Seq, actor: Option<UserId>, user: UserId, time: Time) -> bool {
        let Some(by) = actor else {
            self.complete_reset(seq, user);
            return true;
        };
        if let Some(person) = self.users.get_mut(&user) {
            person.resets.retain(|voice| voice.by != by);
            person.resets.push(ResetVoice { seq, by, time });
        }
        let view = self.now();
        let enough = needed(view, user, time).is_some_and(|(needed, _)| voices(view, user, time).count() >= needed);
        if enough {
            self.complete_reset(seq, user);
        }
        enough
    }

    fn complete_reset(&mut self, seq: Seq, user: UserId) {
        if let Some(person) = self.users.get_mut(&user) {
            person.resets.clear();
            person.reset = Some(seq);
        }
    }
}
