//! When people were last there, on disk: so that a server that fell comes back with those sessions locked in which nobody
//! has been for their idle time, or of which nobody knows (A11.4).
//!
//! All of it is one small list, written with every sign-in and unlocking, and while people are there twice a minute for all
//! of them together, not with each request. What is on disk is so never later than the truth: a session may come back
//! locked up to half a minute early, and never late. Nothing but identifiers and dates is in it.

use std::time::Duration;

use renkei_policy::a11_lockout::Monotonic;
use renkei_proto::id::SessionId;
use renkei_proto::time::Time;
use serde::{Deserialize, Serialize};

/// What it is called among the secrets.
pub(crate) const NAME: &str = "presence";

/// For so long somebody may have been there without the disk knowing. The shortest idle time that can be set is longer.
pub(crate) const EVERY: Duration = Duration::from_secs(30);

/// When the person of each session was last there. A data directory from before has none: then nobody knows, and every
/// session of it comes back locked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Seen {
    V1(Vec<(SessionId, Time)>),
}

impl Seen {
    /// For how long nobody has been there at `date`, as far as is known. What is dated later than now is not known.
    pub(crate) fn idle(seen: Option<Time>, date: Time) -> Monotonic {
        seen.filter(|seen| *seen <= date).map_or(Monotonic::MAX, |seen| Duration::from_secs(date.since(seen)))
    }

    /// The date that `seen` on the monotonic clock is, rounded to the earlier second.
    pub(crate) fn date(seen: Monotonic, now: Monotonic, date: Time) -> Time {
        let idle = now.saturating_sub(seen);
        Time(date.0.saturating_sub(idle.as_secs() + u64::from(idle.subsec_nanos() > 0)))
    }
}

#[cfg(test)]
mod tests {
    use renkei_proto::codec;

    use super::*;

    #[test]
    fn a11_4_presence_is_kept_in_these_bytes() {
        let seen = Seen::V1(vec![(SessionId([0xab; 16]), Time(1_800_000_000))]);
        let bytes = codec::encode(&seen);
        let pinned = ["0001", &"ab".repeat(16), "80a4a7da06"].concat();
        assert_eq!(data_encoding::HEXLOWER.encode(&bytes), pinned);
        assert_eq!(codec::decode::<Seen>(&bytes).expect("its own bytes"), seen);
        assert!(codec::decode::<Seen>(&[1, 0]).is_err(), "a later build's");
    }

    #[test]
    fn a11_4_what_nobody_knows_is_as_long_ago_as_can_be() {
        assert_eq!(Seen::idle(None, Time(100)), Monotonic::MAX);
        assert_eq!(Seen::idle(Some(Time(101)), Time(100)), Monotonic::MAX, "the clock was set back meanwhile");
        assert_eq!(Seen::idle(Some(Time(40)), Time(100)), Duration::from_mins(1));
        let now = Duration::from_secs(1_000);
        assert_eq!(Seen::date(Duration::from_millis(999_500), now, Time(100)), Time(99), "never later than it was");
        assert_eq!(Seen::date(now, now, Time(100)), Time(100));
    }
}
