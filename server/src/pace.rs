//! How often a person may ask for what costs the server far more than who asks: a new password (A11.2), a look into
//! the record of access (A2.1), and a message with files (A12.2).
//!
//! A new password is an estimate, up to eleven comparisons and a hash, for somebody who may hold no more than a device's
//! certificate; and a right old password clears the count of wrong guesses, so that count is no bound for this. A question
//! reads thousands of records, proves hundreds, and is on record itself.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use renkei_policy::a11_lockout::Monotonic;
use renkei_proto::code::Code;
use renkei_proto::frame::Fault;
use renkei_proto::id::UserId;

use crate::hub::lock;

/// How much, and in which time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bound {
    most: u32,
    within: Duration,
}

/// New passwords: who looks for one that the rules like takes some tries, a program any number.
pub(crate) const NEW_PASSWORDS: Bound = Bound { most: 30, within: Duration::from_mins(10) };

/// Questions on the record of access: a person's curiosity by far, and an export of a million records within minutes.
pub(crate) const QUESTIONS: Bound = Bound { most: 240, within: Duration::from_mins(1) };

/// Messages with files, each of which may have two gigabytes hashed: all that a round of visits has waiting when the telephone is
/// back in the network, and far fewer than a program sends.
pub(crate) const POSTS: Bound = Bound { most: 120, within: Duration::from_mins(1) };

/// Answers to broadcasts (S6): somebody whose state changes says so, a program that goes round in circles does not.
pub(crate) const WORDS: Bound = Bound { most: 12, within: Duration::from_hours(1) };

/// Acts in the registry that a person can do over and over and that everybody has to load: drafts of announcements and checks of
/// them (S4), one's own quiet hours (U1). Whoever mends a draft in a meeting stays far below.
pub(crate) const OWN_ACTS: Bound = Bound { most: 40, within: Duration::from_hours(1) };

/// What was asked, by person. People of the registry only, so it needs no bound of its own; what is over is forgotten with
/// the next that anybody asks.
#[derive(Debug)]
pub(crate) struct Pace {
    bound: Bound,
    asked: Mutex<HashMap<UserId, (Monotonic, u32)>>,
}

impl Pace {
    pub(crate) fn new(bound: Bound) -> Self {
        Self { bound, asked: Mutex::default() }
    }

    /// Counts one more, or says how long to wait.
    pub(crate) fn permit(&self, user: UserId, now: Monotonic) -> Result<(), Fault> {
        let Bound { most, within } = self.bound;
        let mut asked = lock(&self.asked);
        asked.retain(|_, (since, _)| now.saturating_sub(*since) < within);
        let (since, count) = asked.entry(user).or_insert((now, 0));
        if *count >= most {
            let left = within.saturating_sub(now.saturating_sub(*since)).as_secs().saturating_add(1);
            return Err(Fault { retry_after: Some(u32::try_from(left).unwrap_or(u32::MAX)), ..Code::TryLater.into() });
        }
        *count += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a11_2_new_passwords_are_tried_at_a_persons_pace_and_nobody_slows_another() {
        let (pace, at) = (Pace::new(NEW_PASSWORDS), Duration::from_secs);
        let (one, other) = (UserId([1; 16]), UserId([2; 16]));
        assert!((0..NEW_PASSWORDS.most).all(|_| pace.permit(one, at(1)).is_ok()));
        let fault = pace.permit(one, at(2)).unwrap_err();
        assert_eq!((fault.code, fault.retry_after), (Code::TryLater, Some(600)));
        assert!(pace.permit(other, at(2)).is_ok());
        assert!(pace.permit(one, at(601)).is_ok(), "ten minutes later");
        assert_eq!(lock(&pace.asked).len(), 2, "what is over is forgotten");
    }
}
