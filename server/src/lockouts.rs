//! Failures counted by ID, device and source, and the delays that follow (A11.5).

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;

use renkei_policy::a11_lockout::{Counted, Lockout, Monotonic};
use renkei_proto::code::Code;
use renkei_proto::frame::Fault;
use renkei_proto::id::{DeviceId, UserId};
use serde::{Deserialize, Serialize};

use crate::failures::Kept;
use crate::hub::lock;

/// Network addresses whose failures are remembered at once. Anybody has many addresses: when there are more, those that
/// weigh nothing are forgotten, and while every one of these has to wait a new one is not counted. IDs and devices have no
/// bound: only those of the registry are counted, and no flood of addresses makes theirs forgotten.
const SOURCES: usize = 100_000;

/// Whose failures. It is on disk (`failures.rs`): what is new comes at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Who {
    Id(UserId),
    Device(DeviceId),
    Source(IpAddr),
    /// A person's second factor: a right password says nothing of the codes that were guessed.
    Code(UserId),
    /// Whoever tries enrolment tickets from there: counted apart, so that no stranger locks people out.
    Tickets(IpAddr),
}

impl Who {
    pub(crate) const fn is_source(self) -> bool {
        matches!(self, Self::Source(_) | Self::Tickets(_))
    }

    pub(crate) const fn counted(self) -> Counted {
        match self {
            Self::Id(_) | Self::Code(_) => Counted::Id,
            Self::Device(_) => Counted::Device,
            Self::Source(_) | Self::Tickets(_) => Counted::Source,
        }
    }
}

/// Failures by ID, device and source (A11.5).
#[derive(Debug, Default)]
pub(crate) struct Lockouts(Mutex<Counts>, Mutex<()>, Kept);

#[derive(Debug, Default)]
struct Counts {
    people: HashMap<Who, Lockout>,
    sources: HashMap<Who, Lockout>,
}

impl Counts {
    fn get(&self, who: &Who) -> Option<&Lockout> {
        if who.is_source() { self.sources.get(who) } else { self.people.get(who) }
    }

    fn get_mut(&mut self, who: &Who) -> Option<&mut Lockout> {
        if who.is_source() { self.sources.get_mut(who) } else { self.people.get_mut(who) }
    }

    fn failed(&mut self, who: Who, now: Monotonic) {
        let known = self.get(&who).is_some();
        if who.is_source() && !known && self.sources.len() >= SOURCES {
            self.sources.retain(|_, lockout| !lockout.forgotten(now) && lockout.permit(now).is_err());
            if self.sources.len() >= SOURCES {
                return;
            }
        }
        let all = if who.is_source() { &mut self.sources } else { &mut self.people };
        all.entry(who).or_insert_with(|| Lockout::new(who.counted())).failed(now);
    }
}

/// `IPv6` gives one household 2⁶⁴ addresses: they count as one source. `IPv4` by way of an `IPv6` socket is `IPv4`.
pub(crate) fn place(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        four @ IpAddr::V4(_) => four,
        IpAddr::V6(six) => IpAddr::V6((u128::from(six) & !u128::from(u64::MAX)).into()),
    }
}

/// An attempt that is counted as failed until it is known to be right.
pub(crate) struct Attempt {
    before: Vec<(Who, Lockout)>,
}

impl Lockouts {
    /// What was remembered before the start.
    pub(crate) fn remembering(all: HashMap<Who, Lockout>, kept: Kept) -> Self {
        let (sources, people) = all.into_iter().partition(|(who, _)| who.is_source());
        Self(Mutex::new(Counts { people, sources }), Mutex::default(), kept)
    }

    pub(crate) fn kept(&self) -> &Kept {
        &self.2
    }

    /// What is to outlive a fall of the server. Of strangers with tickets only what costs them something: there are many, and
    /// a ticket can't be guessed in a hundred tries.
    pub(crate) fn remembered(&self, now: Monotonic) -> Vec<(Who, Lockout)> {
        let lockouts = lock(&self.0);
        let all = lockouts.people.iter().chain(&lockouts.sources).map(|(who, lockout)| (*who, *lockout));
        let weighs = |(who, lockout): &(Who, Lockout)| {
            !lockout.forgotten(now)
                && if matches!(who, Who::Tickets(_)) { lockout.costs() } else { !lockout.is_clear() }
        };
        all.filter(weighs).collect()
    }

    fn permit(&self, all: &[Who], now: Monotonic) -> Result<(), Fault> {
        let lockouts = lock(&self.0);
        let wait = all.iter().filter_map(|who| lockouts.get(who)?.permit(now).err()).max();
        wait.map_or(Ok(()), |seconds| Err(Fault { retry_after: Some(seconds), ..Code::TryLater.into() }))
    }

    /// Permits an attempt and counts it as failed at once: however many are made at the same time, no more get through
    /// than one after the other would.
    pub(crate) fn attempt(&self, all: &[Who], now: Monotonic) -> Result<Attempt, Fault> {
        let _one_at_a_time = lock(&self.1);
        self.permit(all, now)?;
        let before = {
            let lockouts = lock(&self.0);
            let known = |who: &Who| lockouts.get(who).copied().unwrap_or_else(|| Lockout::new(who.counted()));
            all.iter().map(|who| (*who, known(who))).collect()
        };
        self.failed(all, now);
        Ok(Attempt { before })
    }

    /// The attempt was not a wrong guess.
    fn refund(&self, attempt: &Attempt) {
        let mut lockouts = lock(&self.0);
        for (who, before) in &attempt.before {
            if let Some(lockout) = lockouts.get_mut(who) {
                lockout.refund(before);
            }
        }
        drop(lockouts);
        self.2.correct(attempt.before.iter().map(|(who, _)| *who));
    }

    fn failed(&self, all: &[Who], now: Monotonic) {
        let mut lockouts = lock(&self.0);
        for who in all {
            lockouts.failed(*who, now);
        }
    }

    /// What became of the attempt: only a wrong guess counts, not the server's own trouble or another refusal. Whether it
    /// was one, of which the disk must know.
    pub(crate) fn settle<T>(&self, attempt: &Attempt, result: &Result<T, Fault>) -> bool {
        match result {
            Ok(_) => self.succeeded(attempt),
            Err(fault) if fault.code == Code::SignInFailed => {
                self.2.change();
                return true;
            }
            Err(_) => self.refund(attempt),
        }
        false
    }

    fn succeeded(&self, attempt: &Attempt) {
        self.refund(attempt);
        let mut lockouts = lock(&self.0);
        for (who, _) in &attempt.before {
            if let Some(lockout) = lockouts.get_mut(who) {
                lockout.succeeded();
            }
        }
        drop(lockouts);
        self.2.correct(attempt.before.iter().map(|(who, _)| *who));
    }

    /// Ends the waits of these, and keeps their counts (A8.3).
    pub(crate) fn lift(&self, all: &[Who], now: Monotonic) {
        let mut lockouts = lock(&self.0);
        for who in all {
            if let Some(lockout) = lockouts.get_mut(who) {
                lockout.lift(now);
            }
        }
        drop(lockouts);
        self.2.correct(all.iter().copied());
    }

    /// A source that tried tickets may try another.
    pub(crate) fn permit_ticket(&self, address: IpAddr, now: Monotonic) -> Result<(), Fault> {
        self.permit(&[Who::Tickets(place(address))], now)
    }

    /// A ticket was refused to this source.
    pub(crate) fn ticket_refused(&self, address: IpAddr, now: Monotonic) {
        let who = Who::Tickets(place(address));
        self.failed(&[who], now);
        if lock(&self.0).get(&who).is_some_and(Lockout::costs) {
            self.2.change();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a11_5_attempts_in_flight_are_counted_before_they_are_judged() {
        let (lockouts, now) = (Lockouts::default(), Duration::from_secs(1));
        let all = [Who::Id(UserId([1; 16]))];
        let flying: Vec<_> = std::iter::from_fn(|| lockouts.attempt(&all, now).ok()).take(100).collect();
        assert_eq!(flying.len(), 4, "three errors are free, the fourth starts the delay");
        let right = flying.last().unwrap();
        lockouts.succeeded(right);
        assert!(lockouts.attempt(&all, now).is_ok());
    }

    #[test]
    fn a11_6_only_a_wrong_guess_counts_and_not_the_servers_own_trouble() {
        let (lockouts, now) = (Lockouts::default(), Duration::from_secs(1));
        let all = [Who::Code(UserId([1; 16]))];
        for _ in 0..10 {
            let attempt = lockouts.attempt(&all, now).expect("a full disk makes nobody wait");
            assert!(!lockouts.settle(&attempt, &Err::<(), _>(Code::StorageFull.into())));
        }
        for _ in 0..4 {
            let attempt = lockouts.attempt(&all, now).expect("three errors are free, and the fourth starts the delay");
            assert!(lockouts.settle(&attempt, &Err::<(), _>(Code::SignInFailed.into())), "and the disk must know");
        }
        assert!(lockouts.attempt(&all, now).is_err());
    }

    #[test]
    fn a11_5_a_flood_of_addresses_makes_nobodys_failures_forgotten_and_takes_no_more_room() {
        let (lockouts, now) = (Lockouts::default(), Duration::from_secs(1));
        let id = [Who::Id(UserId([1; 16]))];
        for _ in 0..3 {
            drop(lockouts.attempt(&id, now).expect("free"));
        }
        for n in 0..u128::try_from(SOURCES).unwrap() + 10_000 {
            let address = IpAddr::V6((n << 64).into());
            for _ in 0..if n % 2 == 0 { 1 } else { 101 } {
                lockouts.ticket_refused(address, now);
            }
        }
        assert!(lock(&lockouts.0).sources.len() <= SOURCES);
        drop(lockouts.attempt(&id, now).expect("the fourth"));
        assert!(lockouts.attempt(&id, now).is_err(), "the three before it still count");
    }

    #[test]
    fn a11_5_tickets_tried_from_a_place_lock_nobody_out_of_signing_in_there() {
        let (lockouts, now, here) = (Lockouts::default(), Duration::from_secs(1), IpAddr::from([127, 0, 0, 1]));
        for _ in 0..300 {
            lockouts.ticket_refused(here, now);
        }
        assert!(lockouts.permit_ticket(here, now).is_err());
        assert!(lockouts.attempt(&[Who::Source(place(here))], now).is_ok());
    }
}
