//! Article 11 (4)(5): a session locks when nobody is there, and ends after a working day, by the server's clock whatever
//! the client does (A11.4); and an administrative act needs a code that was shown a moment ago (A11.6).
//!
//! Everything here counts on a monotonic clock: whoever sets the machine's date forward or back unlocks nothing and
//! locks nobody out.

use renkei_proto::act::{Act, GroupAct, RegistryAct};
use renkei_proto::code::Code;
use renkei_proto::id::UserId;
use renkei_proto::statement::{Role, Statement};
use renkei_proto::time::Time;

use crate::a11_lockout::Monotonic;
use crate::registry::View;
use crate::registry::a13_settings::Rules;
use crate::{Refusal, require};

/// Seconds for which a code of the code generator counts as fresh.
pub const FACTOR_FRESH: u64 = 10 * 60;

/// Wrong passwords after which a locked session ends, so that the next attempt needs a code as well.
pub const UNLOCKING_ERRORS: u8 = 5;

/// What is due to a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Nothing.
    Nothing,
    /// Nobody has been there for the idle time: it locks.
    Lock,
    /// It has lasted as long as a session may: it ends.
    End,
}

/// When a person was there, for one session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Presence {
    /// When this record began: at the sign-in, or at the start of the server.
    began: Monotonic,
    /// How old the session was then.
    age: Monotonic,
    seen: Monotonic,
    factor: Option<Monotonic>,
    errors: u8,
}

impl Presence {
    /// Somebody has just signed in with all factors.
    pub fn signed_in(now: Monotonic) -> Self {
        Self { began: now, age: Monotonic::ZERO, seen: now, factor: Some(now), errors: 0 }
    }

    /// A session that is `age` old comes back with a restart of the server, and its person was last known to be there
    /// `idle` ago; as far back as the clock goes, where nobody knows. A code that was shown before does not count.
    pub fn restored(now: Monotonic, age: Monotonic, idle: Monotonic) -> Self {
        Self { began: now, age, seen: now.saturating_sub(idle), factor: None, errors: 0 }
    }

    /// The person is there.
    pub fn touch(&mut self, now: Monotonic) {
        self.seen = self.seen.max(now);
    }

    /// The person has unlocked the session with the password.
    pub fn unlocked(&mut self, now: Monotonic) {
        self.touch(now);
        self.errors = 0;
    }

    /// A wrong password came for the locked session. Whether it ends.
    pub fn failed(&mut self) -> bool {
        self.errors = self.errors.saturating_add(1);
        self.errors >= UNLOCKING_ERRORS
    }

    /// A code was right.
    pub fn stepped_up(&mut self, now: Monotonic) {
        self.touch(now);
        self.factor = Some(now);
    }

    /// When the person was last there.
    pub fn seen(&self) -> Monotonic {
        self.seen
    }

    /// Time since the person was last there.
    pub fn idle(&self, now: Monotonic) -> Monotonic {
        now.saturating_sub(self.seen)
    }

    /// What is due to the session, under `rules`, with `idle` as its kind of device has it.
    pub fn due(&self, now: Monotonic, rules: &Rules, idle: u32, locked: bool) -> Due {
        if self.age.saturating_add(now.saturating_sub(self.began)).as_secs() >= u64::from(rules.session_end) {
            Due::End
        } else if !locked && self.idle(now).as_secs() >= u64::from(idle) {
            Due::Lock
        } else {
            Due::Nothing
        }
    }

    /// Whether an administrative act may be done now (A11.6).
    pub fn permit_administration(&self, now: Monotonic) -> Result<(), Refusal> {
        let fresh = |shown: Monotonic| now.saturating_sub(shown).as_secs() < FACTOR_FRESH;
        require(self.factor.is_some_and(fresh), Code::StepUpRequired)
    }
}

/// Whether `statement` is an administrative act, which needs a fresh code: whatever is done in an office on the registry,
/// the approval of an invitation, and what can't be taken back or hands a group away. What protects at once (a removal, a
/// suspension, one's own lost device, a freeze, a hold, the end of a permit) waits for nothing.
pub fn is_administrative(statement: &Statement) -> bool {
    match &statement.act {
        Act::Registry(
            RegistryAct::ApplyFacility(_)
            | RegistryAct::SuspendDevice { .. }
            | RegistryAct::SuspendUser { .. }
            | RegistryAct::SuspendFacility { .. }
            | RegistryAct::RevokeTakeout { .. }
            | RegistryAct::WithdrawAnnouncement { .. },
        ) => false,
        Act::Registry(_) => statement.role != Role::User,
        Act::Group(
            GroupAct::Approve { .. }
            | GroupAct::Close
            | GroupAct::LiftFreeze { .. }
            | GroupAct::Resume
            | GroupAct::OrderErasure
            | GroupAct::ConfirmErasure { .. }
            | GroupAct::OfferHandover { .. }
            | GroupAct::AcceptHandover { .. }
            | GroupAct::SettleUse { .. },
        ) => true,
        _ => false,
    }
}

/// Whether `viewer` may see and end the sessions of `user`: one's own, an administrator those of the facility's
/// people, and a deputy those of who is no administrator (A8.3, A11.1).
pub fn permit_sessions(view: View<'_>, viewer: UserId, user: UserId, time: Time) -> Result<(), Refusal> {
    let person = view.user(user).ok_or(Code::Unknown)?;
    let office = view.is_administrator(viewer, person.facility) || view.deputy_for(viewer, user, time);
    require(viewer == user || office, Code::NotAdministrator)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Monotonic = Monotonic::from_secs(1_000);

    fn after(seconds: u64) -> Monotonic {
        START + Monotonic::from_secs(seconds)
    }

    fn due(presence: &Presence, now: Monotonic, locked: bool) -> Due {
        presence.due(now, &Rules::default(), 300, locked)
    }

    #[test]
    fn a11_4_a_session_locks_when_nobody_is_there_and_not_while_somebody_is() {
        let mut presence = Presence::signed_in(START);
        assert_eq!(due(&presence, after(299), false), Due::Nothing);
        assert_eq!(due(&presence, after(300), false), Due::Lock);
        assert_eq!(due(&presence, after(300), true), Due::Nothing, "once is enough");
        presence.touch(after(299));
        assert_eq!(due(&presence, after(598), false), Due::Nothing);
        assert_eq!(due(&presence, after(599), false), Due::Lock);
    }

    #[test]
    fn a11_4_a_session_ends_after_a_working_day_however_busy_and_across_restarts() {
        let end = u64::from(Rules::default().session_end);
        let mut presence = Presence::signed_in(START);
        presence.touch(after(end));
        assert_eq!(due(&presence, after(end - 1), false), Due::Nothing);
        assert_eq!(due(&presence, after(end), false), Due::End);
        let restored = Presence::restored(START, Monotonic::from_secs(end - 10), Monotonic::ZERO);
        assert_eq!(due(&restored, after(9), true), Due::Nothing);
        assert_eq!(due(&restored, after(10), true), Due::End);
    }

    #[test]
    fn a11_4_the_idle_time_goes_on_across_a_restart_and_one_that_nobody_knows_is_over() {
        let restored = |idle| Presence::restored(START, Monotonic::ZERO, idle);
        let hour = Monotonic::from_hours(1);
        assert_eq!(due(&restored(Monotonic::from_secs(299)), START, false), Due::Nothing);
        assert_eq!(due(&restored(Monotonic::from_secs(299)), after(1), false), Due::Lock);
        for idle in [Monotonic::from_mins(5), hour, Monotonic::MAX] {
            assert_eq!(due(&restored(idle), START, false), Due::Lock, "{idle:?}");
        }
        let mut back = restored(hour);
        back.unlocked(after(1));
        assert_eq!(due(&back, after(2), false), Due::Nothing, "and somebody who is there again is there");
    }

    #[test]
    fn a11_4_an_earlier_reading_of_the_clock_takes_nothing_back() {
        let mut presence = Presence::signed_in(START);
        presence.touch(Monotonic::ZERO);
        assert_eq!(presence.idle(after(5)).as_secs(), 5);
        assert_eq!(due(&presence, Monotonic::ZERO, false), Due::Nothing);
    }

    #[test]
    fn a11_6_a_code_is_fresh_for_ten_minutes_and_not_after_a_restart() {
        let mut presence = Presence::signed_in(START);
        assert_eq!(presence.permit_administration(after(FACTOR_FRESH - 1)), Ok(()));
        assert_eq!(presence.permit_administration(after(FACTOR_FRESH)), Err(Refusal(Code::StepUpRequired)));
        presence.stepped_up(after(FACTOR_FRESH));
        assert_eq!(presence.permit_administration(after(FACTOR_FRESH)), Ok(()));
        let restored = Presence::restored(START, Monotonic::ZERO, Monotonic::ZERO);
        assert_eq!(restored.permit_administration(START), Err(Refusal(Code::StepUpRequired)));
    }

    #[test]
    fn a11_4_five_wrong_passwords_end_a_locked_session() {
        let mut presence = Presence::signed_in(START);
        assert_eq!([(); 5].map(|()| presence.failed()), [false, false, false, false, true]);
        presence.unlocked(after(1));
        assert!(!presence.failed());
    }
}
