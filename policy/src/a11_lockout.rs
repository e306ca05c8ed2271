//! Against guessing: after failures, a delay that grows (A11.5). Kept per ID, per device and per source.

use std::time::Duration;

/// A point on the server's monotonic clock, as the time since its start. Never set by anybody.
pub type Monotonic = Duration;

/// Whose failures are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// One ID, wherever the attempts come from.
    Id,
    /// One device.
    Device,
    /// One network address. A hospital's many people share one.
    Source,
}

impl Counted {
    /// Failures that cost nothing: typing errors of one person, or of a building full of them.
    const fn free(self) -> u32 {
        match self {
            Self::Id | Self::Device => 3,
            Self::Source => 100,
        }
    }

    /// The longest delay. For a person, longer would let a stranger keep the person out for good; for a building, much
    /// shorter, because the many pay for the one.
    const fn longest(self) -> Duration {
        match self {
            Self::Id | Self::Device => Duration::from_mins(15),
            Self::Source => Duration::from_mins(1),
        }
    }

    /// Failures are forgotten after so long without one.
    const fn forgotten(self) -> Duration {
        match self {
            Self::Id | Self::Device => Duration::from_hours(24),
            Self::Source => Duration::from_hours(1),
        }
    }
}

/// The first delay; each further failure doubles it.
const FIRST: Duration = Duration::from_secs(5);

/// The failures of one ID, device or source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lockout {
    counted: Counted,
    failures: u32,
    last: Monotonic,
    until: Monotonic,
}

impl Lockout {
    /// No failures.
    pub const fn new(counted: Counted) -> Self {
        Self { counted, failures: 0, last: Duration::ZERO, until: Duration::ZERO }
    }

    /// Failures that were written down: the last `ago`, with `left` to wait, however long somebody's clock says that is.
    pub fn restored(counted: Counted, failures: u32, now: Monotonic, ago: Duration, left: Duration) -> Self {
        let until = now.saturating_add(left.min(counted.longest()));
        Self { counted, failures, last: now.saturating_sub(ago), until }
    }

    /// What is to be written down at `now`: how many failures, how long ago the last was, how long there is to wait.
    pub fn kept(&self, now: Monotonic) -> (u32, Duration, Duration) {
        (self.failures, now.saturating_sub(self.last), self.until.saturating_sub(now))
    }

    /// Whether an attempt may be made; otherwise after how many whole seconds, at least one.
    pub fn permit(&self, now: Monotonic) -> Result<(), u32> {
        if now >= self.until {
            return Ok(());
        }
        let left = self.until.saturating_sub(now);
        let seconds = left.as_secs() + u64::from(left.subsec_nanos() > 0);
        Err(u32::try_from(seconds).unwrap_or(u32::MAX))
    }

    /// Counts a failed attempt.
    pub fn failed(&mut self, now: Monotonic) {
        if self.forgotten(now) {
            self.failures = 0;
        }
        self.failures = self.failures.saturating_add(1);
        self.last = now;
        let over = self.failures.saturating_sub(self.counted.free());
        if over > 0 {
            let delay =
                FIRST.saturating_mul(1u32.checked_shl(over - 1).unwrap_or(u32::MAX)).min(self.counted.longest());
            self.until = now.saturating_add(delay);
        }
    }

    /// Ends the wait and keeps the count: one more try is had, and a wrong one waits for longer than the last (A8.3).
    pub fn lift(&mut self, now: Monotonic) {
        self.until = self.until.min(now);
    }

    /// Takes one failure back that was counted before its outcome was known; `before` is what there was then.
    pub fn refund(&mut self, before: &Self) {
        self.failures = self.failures.saturating_sub(1);
        self.until = before.until;
    }

    /// A success clears the ID's and the device's failures. A source's stay: one good guess excuses no bad ones.
    pub fn succeeded(&mut self) {
        if self.counted != Counted::Source {
            *self = Self::new(self.counted);
        }
    }

    /// Whether no failure is counted and nothing is waited for.
    pub fn is_clear(&self) -> bool {
        self.failures == 0 && self.until == Monotonic::ZERO
    }

    /// Whether there were more than cost nothing.
    pub fn costs(&self) -> bool {
        self.failures > self.counted.free()
    }

    /// Whether there is nothing left to remember.
    pub fn forgotten(&self, now: Monotonic) -> bool {
        now.saturating_sub(self.last) >= self.counted.forgotten() && now >= self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a11_5_three_errors_are_free_and_then_the_delay_doubles_up_to_its_bound() {
        let mut lockout = Lockout::new(Counted::Id);
        let mut now = Duration::from_secs(1);
        let mut delays = Vec::new();
        for _ in 0..14 {
            assert_eq!(lockout.permit(now), Ok(()));
            lockout.failed(now);
            let wait = lockout.permit(now).err().unwrap_or(0);
            delays.push(wait);
            now += Duration::from_secs(u64::from(wait));
        }
        assert_eq!(delays, [0, 0, 0, 5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900]);
    }

    #[test]
    fn a11_5_a_success_clears_the_person_but_not_the_source() {
        let now = Duration::from_secs(1);
        let mut person = Lockout::new(Counted::Id);
        let mut source = Lockout::new(Counted::Source);
        for _ in 0..120 {
            person.failed(now);
            source.failed(now);
        }
        person.succeeded();
        source.succeeded();
        assert_eq!(person.permit(now), Ok(()));
        assert_eq!(source.permit(now), Err(60));
    }

    #[test]
    fn a11_5_attempts_at_the_same_time_are_counted_before_any_of_them_is_known_to_be_right() {
        let now = Duration::from_secs(1);
        let mut lockout = Lockout::new(Counted::Id);
        let mut permitted = 0;
        let mut before = lockout;
        while lockout.permit(now).is_ok() {
            before = lockout;
            lockout.failed(now);
            permitted += 1;
        }
        assert_eq!(permitted, 4);
        lockout.refund(&before);
        assert_eq!(lockout.permit(now), Ok(()));
    }

    #[test]
    fn a11_5_failures_that_were_written_down_weigh_what_they_weighed() {
        let now = Duration::from_hours(100);
        let mut lockout = Lockout::new(Counted::Id);
        for _ in 0..6 {
            lockout.failed(now);
        }
        let later = now + Duration::from_secs(8);
        let (failures, ago, left) = lockout.kept(later);
        let mut back = Lockout::restored(Counted::Id, failures, later, ago, left);
        assert_eq!(back, lockout);
        assert_eq!(back.permit(later), Err(12));
        back.failed(later);
        assert_eq!(back.permit(later), Err(40), "the count goes on");
        let set_back = Lockout::restored(Counted::Id, 6, later, Duration::ZERO, Duration::from_hours(9_000));
        assert_eq!(set_back.permit(later), Err(900), "no clock makes anybody wait for longer than the rule does");
    }

    #[test]
    fn a11_5_failures_are_forgotten_after_a_day() {
        let mut lockout = Lockout::new(Counted::Id);
        for _ in 0..5 {
            lockout.failed(Duration::from_secs(10));
        }
        let later = Duration::from_secs(10 + 24 * 3600);
        assert!(lockout.forgotten(later));
        lockout.failed(later);
        assert_eq!(lockout.permit(later), Ok(()));
    }

    #[test]
    fn a11_5_a_lifted_wait_gives_one_try_and_keeps_the_count() {
        let mut lockout = Lockout::new(Counted::Id);
        let now = Duration::from_secs(1);
        for _ in 0..6 {
            lockout.failed(now);
        }
        assert_eq!(lockout.permit(now), Err(20));
        lockout.lift(now);
        assert_eq!(lockout.permit(now), Ok(()));
        lockout.failed(now);
        assert_eq!(lockout.permit(now), Err(40), "longer than before");
    }
}
