//! The one clock of the server.
//!
//! Dates do not follow a jump of the machine's clock: while it says something else than an hour around what it said and the
//! time that has passed since, dates go on from what it said, and the log of the server says so. Nor do many smaller steps take
//! them further than an hour a day. Whoever runs the server sets
//! its clock right, or starts the server again, which takes the machine at its word (docs/decisions/0042). That is the
//! anchored date, by which people and devices come in: certificates, codes, passwords' ages, tickets (docs/decisions/0049).
//! What is written and what has an end goes by the later of that and the last time that any log has: so entries never run
//! backwards. Delays against guessing run on a monotonic clock that nobody sets. A server started with `--dev` can be moved
//! forward, so that tests and the demo never sleep.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use renkei_policy::a11_lockout::Monotonic;
use renkei_proto::time::Time;

/// What dates do not follow at once, in seconds: more than any correction of a clock that is kept right, less than what
/// would end a permit's last day.
const JUMP: u64 = 3_600;

/// Where the monotonic clock is at the start: so far back, what was before the start has its place on it. More than any
/// failure is remembered or any session lasts.
const BEGAN: Duration = Duration::from_hours(7 * 24);

/// Within so long dates are moved by [`JUMP`] at most, in seconds.
const DAY: u64 = 24 * 3_600;

/// What the machine's clock said when it was last believed, and when that was since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Anchor {
    said: u64,
    at: Duration,
    /// The same at the beginning of this day: many small steps make no large one.
    day: (u64, Duration),
    /// Whether the machine has said something else since.
    jumped: bool,
}

impl Anchor {
    const fn new(said: u64) -> Self {
        Self { said, at: Duration::ZERO, day: (said, Duration::ZERO), jumped: false }
    }

    /// The date, in seconds, when the machine says `says` so long after the start.
    fn date(&mut self, says: u64, at: Duration) -> u64 {
        let after = |said: u64, then: Duration| said.saturating_add(at.saturating_sub(then).as_secs());
        let expected = after(self.said, self.at);
        if after(0, self.day.1) >= DAY {
            self.day = (expected, at);
        }
        if says.abs_diff(expected) <= JUMP && says.abs_diff(after(self.day.0, self.day.1)) <= JUMP {
            *self = Self { said: says, at, jumped: false, ..*self };
            return says;
        }
        if !self.jumped {
            let (machine, date) = (says, expected);
            tracing::error!(
                machine,
                date,
                "the machine's clock jumped: dates go on without it until it is right again"
            );
        }
        self.jumped = true;
        expected
    }
}

/// The server's clock.
#[derive(Debug)]
pub struct Clock {
    started: Instant,
    anchor: Mutex<Anchor>,
    /// Seconds by which the clock of a development server's machine is taken to have jumped.
    jump: AtomicI64,
    /// Seconds by which a development server was moved forward.
    ahead: AtomicU64,
    /// Seconds by which it was set back.
    behind: AtomicU64,
    /// Seconds by which a development server's sessions were made older.
    waited: AtomicU64,
    /// The latest time in any log, in seconds.
    floor: AtomicU64,
}

impl Default for Clock {
    fn default() -> Self {
        Self::start(0)
    }
}

/// What the machine's clock says, in seconds since 1970.
fn machine() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

impl Clock {
    /// The clock of a server that starts now, on a development machine whose own is taken to be wrong by `jump` seconds.
    pub fn start(jump: i64) -> Self {
        let zero = || AtomicU64::new(0);
        let anchor = Anchor::new(machine().saturating_add_signed(jump));
        Self {
            started: Instant::now(),
            anchor: Mutex::new(anchor),
            jump: AtomicI64::new(jump),
            ahead: zero(),
            behind: zero(),
            waited: zero(),
            floor: zero(),
        }
    }

    /// Now, never before any log's last entry, and as if the machine's clock had not jumped.
    pub fn utc(&self) -> Time {
        self.anchored().max(Time(self.floor.load(Ordering::Relaxed)))
    }

    /// Now, as if the machine's clock had not jumped, whatever the logs say. Certificates, codes, the age of passwords,
    /// tickets and uploads go by this: should a server that was started with a wrong clock have dated an entry next year,
    /// nobody is locked out until then, once it is started with a right one.
    pub fn anchored(&self) -> Time {
        let date = {
            let mut anchor = self.anchor.lock().unwrap_or_else(PoisonError::into_inner);
            anchor.date(self.machine(), self.started.elapsed())
        };
        self.moved(date)
    }

    fn machine(&self) -> u64 {
        machine().saturating_add_signed(self.jump.load(Ordering::Relaxed))
    }

    /// By as much as a development server was moved.
    fn moved(&self, seconds: u64) -> Time {
        let ahead = seconds.saturating_add(self.ahead.load(Ordering::Relaxed));
        Time(ahead.saturating_sub(self.behind.load(Ordering::Relaxed)))
    }

    /// Time since a week before the start.
    pub fn monotonic(&self) -> Monotonic {
        let running = BEGAN.saturating_add(self.started.elapsed());
        running.saturating_add(Duration::from_secs(self.ahead.load(Ordering::Relaxed)))
    }

    /// Time since a week before the start, as sessions count it. A development server's dates can be moved without ending everybody's
    /// session, and its sessions without moving dates.
    pub fn elapsed(&self) -> Monotonic {
        let running = BEGAN.saturating_add(self.started.elapsed());
        running.saturating_add(Duration::from_secs(self.waited.load(Ordering::Relaxed)))
    }

    /// The date by which a session's idle time goes on across a restart: [`Self::utc`], but that of a development server
    /// moves with its sessions and not with its dates.
    pub fn presence(&self) -> Time {
        let date = self.utc().0.saturating_add(self.behind.load(Ordering::Relaxed));
        let date = date.saturating_sub(self.ahead.load(Ordering::Relaxed));
        Time(date.saturating_add(self.waited.load(Ordering::Relaxed)))
    }

    /// Lets a development server's sessions grow older.
    pub fn wait(&self, seconds: u64) {
        self.waited.fetch_add(seconds, Ordering::Relaxed);
    }

    /// Sets a development server's dates back.
    pub fn set_back(&self, seconds: u64) {
        self.behind.fetch_add(seconds, Ordering::Relaxed);
    }

    /// Lets the clock of a development server's machine jump.
    pub fn jump(&self, seconds: i64) {
        self.jump.fetch_add(seconds, Ordering::Relaxed);
    }

    /// A log has an entry of this time.
    pub fn not_before(&self, time: Time) {
        self.floor.fetch_max(time.0, Ordering::Relaxed);
    }

    /// Moves a development server forward.
    pub fn advance(&self, seconds: u64) {
        self.ahead.fetch_add(seconds, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_go_on_without_a_clock_that_jumped_and_with_it_again_when_it_is_right() {
        let at = Duration::from_secs;
        let mut anchor = Anchor::new(1_000_000);
        assert_eq!(anchor.date(1_000_070, at(60)), 1_000_070, "ten seconds more: a clock that is kept right");
        for says in [1_000_130 + JUMP + 1, 32_000_000, 900_000, 0, u64::MAX] {
            assert_eq!(anchor.date(says, at(120)), 1_000_130, "{says}");
            assert!(anchor.jumped);
        }
        assert_eq!(anchor.date(1_003_700, at(3_600)), 1_003_700, "right again");
        assert!(!anchor.jumped);
        assert_eq!(anchor.date(u64::MAX, at(u64::MAX)), u64::MAX, "however long it runs");
    }

    #[test]
    fn dates_do_not_follow_a_clock_that_is_moved_step_by_step() {
        let at = Duration::from_secs;
        for ahead in [true, false] {
            let mut anchor = Anchor::new(10_000_000);
            let mut says = 10_000_000_u64;
            for step in 1..=200 {
                // Each less than an hour from what it said before.
                let moved = JUMP - 60;
                says = if ahead { says + moved } else { says - moved };
                let date = anchor.date(says, at(step * 60));
                assert!(date.abs_diff(10_000_000 + step * 60) <= JUMP, "{step} {date}");
            }
            let right = 10_000_000 + 2 * DAY;
            assert_eq!(anchor.date(right, at(2 * DAY)), right, "right again");
        }
    }

    #[test]
    fn a_clock_that_is_an_hour_off_a_day_is_followed() {
        let at = Duration::from_secs;
        let mut anchor = Anchor::new(1_000_000);
        for day in 1..=30 {
            let says = 1_000_000 + day * (DAY + 3_000);
            assert_eq!(anchor.date(says, at(day * DAY)), says, "set once a day, far worse than any machine is");
        }
    }

    #[test]
    fn dates_never_run_behind_a_log() {
        let clock = Clock::default();
        let future = clock.utc().plus(1_000_000);
        clock.not_before(future);
        assert_eq!(clock.utc(), future);
        assert!(clock.anchored() < future, "but nobody comes in by a log's date");
    }

    #[test]
    fn a11_4_what_people_come_in_by_follows_no_jump_and_a_start_takes_the_machine_at_its_word() {
        const YEAR: i64 = 365 * 86_400;
        let (clock, now) = (Clock::default(), machine());
        for jump in [YEAR, -YEAR, -86_400, 0] {
            clock.jump(jump);
            assert!(clock.anchored().0.abs_diff(now) < JUMP, "{jump}");
            clock.jump(-jump);
        }
        let wrong = Clock::start(YEAR);
        assert!(wrong.anchored().0.abs_diff(now.saturating_add_signed(YEAR)) < JUMP, "at its word");
        wrong.jump(-YEAR);
        assert!(wrong.anchored().0.abs_diff(now.saturating_add_signed(YEAR)) < JUMP, "until it is started again");
    }

    #[test]
    fn both_clocks_move_when_a_development_server_is_advanced() {
        let clock = Clock::default();
        let (utc, monotonic) = (clock.utc(), clock.monotonic());
        clock.advance(3600);
        assert!(clock.utc().since(utc) >= 3600);
        assert!(clock.monotonic().checked_sub(monotonic).unwrap() >= Duration::from_hours(1));
    }
}
