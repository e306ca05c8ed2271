//! The one clock of the server.
//!
//! Dates run on the later of the wall clock and the last time that any log has: so entries never run backwards, whatever
//! somebody does to the machine's clock. Delays against guessing run on a monotonic clock that nobody sets. A server
//! started with `--dev` can be moved forward, so that tests and the demo never sleep.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use renkei_policy::a11_lockout::Monotonic;
use renkei_proto::time::Time;

/// The server's clock.
#[derive(Debug)]
pub struct Clock {
    started: Instant,
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
        let zero = || AtomicU64::new(0);
        Self { started: Instant::now(), ahead: zero(), behind: zero(), waited: zero(), floor: zero() }
    }
}

impl Clock {
    /// Now, never before any log's last entry.
    pub fn utc(&self) -> Time {
        self.wall().max(Time(self.floor.load(Ordering::Relaxed)))
    }

    /// What the machine's clock says. Code generators, certificates and tickets are compared with this: should a clock that
    /// was wrong for an hour have dated an entry next year, nobody is locked out until then.
    pub fn wall(&self) -> Time {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let ahead = wall.saturating_add(self.ahead.load(Ordering::Relaxed));
        Time(ahead.saturating_sub(self.behind.load(Ordering::Relaxed)))
    }

    /// Time since the start.
    pub fn monotonic(&self) -> Monotonic {
        self.started.elapsed().saturating_add(Duration::from_secs(self.ahead.load(Ordering::Relaxed)))
    }

    /// Time since the start, as sessions count it. A development server's dates can be moved without ending everybody's
    /// session, and its sessions without moving dates.
    pub fn elapsed(&self) -> Monotonic {
        self.started.elapsed().saturating_add(Duration::from_secs(self.waited.load(Ordering::Relaxed)))
    }

    /// Lets a development server's sessions grow older.
    pub fn wait(&self, seconds: u64) {
        self.waited.fetch_add(seconds, Ordering::Relaxed);
    }

    /// Sets a development server's dates back.
    pub fn set_back(&self, seconds: u64) {
        self.behind.fetch_add(seconds, Ordering::Relaxed);
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
    fn dates_never_run_behind_a_log() {
        let clock = Clock::default();
        let future = clock.utc().plus(1_000_000);
        clock.not_before(future);
        assert_eq!(clock.utc(), future);
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
