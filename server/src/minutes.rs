//! What repeats itself within a minute is counted, so that nobody fills the record of access by being refused or by
//! looking things up (A2.1).

use std::collections::HashMap;
use std::time::Duration;

use renkei_policy::a11_lockout::Monotonic;
use renkei_proto::access::{Asked, Listing, Source, Subject, What};
use renkei_proto::code::Code;
use renkei_proto::id::{DeviceId, GroupId};

/// Within this time what repeats itself is counted, not recorded again, and an opening is recorded once.
pub(crate) const MINUTE: Duration = Duration::from_mins(1);

/// Devices whose repetitions are counted apart within a minute: as many as the server takes connections.
const DEVICES: usize = 40_000;

/// Kinds of repetitions that are told apart for one device.
const OF_A_DEVICE: usize = 16;

/// More kinds of look-ups and of refused sign-ins, which are never crowded out by other refusals.
const RESERVED: usize = 16;

/// Network addresses, of those without a device, that are counted apart within a minute. Anybody has many addresses: with
/// [`OF_A_SOURCE`] kinds each, and two records of a kind, strangers write less than 100 `KiB` a minute.
const SOURCES: usize = 64;

/// Kinds of refusals that are told apart for one address.
const OF_A_SOURCE: usize = 4;

/// Records of what one device did itself within a minute. No person's device does so much; a program that goes round in
/// circles is told "busy" before it fills the disk.
const OF_ONES_OWN: u32 = 3_000;

/// What repeats itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeated {
    /// A refusal.
    Refused(Asked, Code, Option<GroupId>),
    /// A look-up.
    Listed(Listing),
}

impl Repeated {
    pub(crate) fn what(self, times: u32) -> What {
        match self {
            Self::Refused(asked, code, group) => What::Refused { asked, code, group, times },
            Self::Listed(what) => What::Listed { what, times },
        }
    }
}

/// Whose repetitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Who {
    Device(DeviceId),
    /// `IPv6` gives one household 2⁶⁴ addresses: they count as one.
    Source(Option<Source>),
}

impl Who {
    fn of(subject: &Subject) -> Self {
        let household = |Source(mut octets): Source| {
            if octets.iter().take(10).any(|octet| *octet != 0) {
                octets.iter_mut().skip(8).for_each(|octet| *octet = 0);
            }
            Source(octets)
        };
        subject.device.map_or_else(|| Self::Source(subject.source.map(household)), Self::Device)
    }
}

/// What somebody did within a minute.
struct Minute {
    subject: Subject,
    since: Monotonic,
    /// Each kind, and how often since its last record.
    kinds: Vec<(Repeated, u32)>,
    /// Of more kinds than are told apart.
    crowded: u32,
    own: u32,
}

/// What everybody did within a minute.
#[derive(Default)]
pub(crate) struct Minutes {
    all: HashMap<Who, Minute>,
    devices: usize,
    /// From more places than are told apart.
    crowded: u32,
}

impl Minutes {
    fn of(&mut self, subject: &Subject, now: Monotonic) -> Option<&mut Minute> {
        let who = Who::of(subject);
        let device = matches!(who, Who::Device(_));
        if !self.all.contains_key(&who) {
            let sources = self.all.len() - self.devices;
            if if device { self.devices >= DEVICES } else { sources >= SOURCES } {
                return None;
            }
            self.devices += usize::from(device);
        }
        let new = || Minute { subject: *subject, since: now, kinds: Vec::new(), crowded: 0, own: 0 };
        Some(self.all.entry(who).or_insert_with(new))
    }

    /// Whether this is the first of its kind, to be recorded; otherwise it is counted.
    pub(crate) fn first(&mut self, subject: &Subject, what: Repeated, now: Monotonic) -> bool {
        let Some(minute) = self.of(subject, now) else {
            self.crowded = self.crowded.saturating_add(1);
            return false;
        };
        let most = if subject.device.is_some() { OF_A_DEVICE } else { OF_A_SOURCE };
        if let Some((_, more)) = minute.kinds.iter_mut().find(|(known, _)| *known == what) {
            *more = more.saturating_add(1);
            return false;
        }
        // Nobody hides a look-up or a guess behind refusals of other kinds.
        let reserved = matches!(what, Repeated::Listed(_) | Repeated::Refused(Asked::SignIn, ..));
        let most = most + if reserved && subject.device.is_some() { RESERVED } else { 0 };
        if minute.kinds.len() >= most {
            minute.crowded = minute.crowded.saturating_add(1);
            return false;
        }
        minute.kinds.push((what, 0));
        true
    }

    pub(crate) fn spend(&mut self, subject: &Subject, now: Monotonic) -> Result<(), Code> {
        let minute = self.of(subject, now).ok_or(Code::Busy)?;
        minute.own = minute.own.saturating_add(1);
        if minute.own > OF_ONES_OWN { Err(Code::Busy) } else { Ok(()) }
    }

    /// The counts of minutes that are over by `now`; of all of them where the server goes down.
    pub(crate) fn due(&mut self, now: Monotonic, all: bool) -> Vec<(Subject, What)> {
        let mut due = Vec::new();
        self.all.retain(|_, minute| {
            let over = now.saturating_sub(minute.since) >= MINUTE;
            if over || all {
                for (what, more) in &mut minute.kinds {
                    let times = std::mem::take(more);
                    due.extend((times > 0).then(|| (minute.subject, what.what(times))));
                }
                let times = std::mem::take(&mut minute.crowded);
                due.extend((times > 0).then_some((minute.subject, What::Crowded { times })));
            }
            !over
        });
        self.devices = self.all.keys().filter(|who| matches!(who, Who::Device(_))).count();
        let times = std::mem::take(&mut self.crowded);
        due.extend((times > 0).then_some((Subject::default(), What::Crowded { times })));
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(n: u8) -> Subject {
        Subject { device: Some(DeviceId([n; 16])), ..Subject::default() }
    }

    const WRONG: Repeated = Repeated::Refused(Asked::SignIn, Code::SignInFailed, None);

    #[test]
    fn a02_1_what_repeats_itself_is_recorded_once_and_then_counted() {
        let mut minutes = Minutes::default();
        let at = Duration::from_secs;
        assert!(minutes.first(&device(1), WRONG, at(0)));
        assert!((0..1_000).all(|_| !minutes.first(&device(1), WRONG, at(1))));
        assert!(minutes.first(&device(2), WRONG, at(1)), "another device");
        assert!(minutes.first(&device(1), Repeated::Listed(Listing::Names), at(1)), "something else");
        assert_eq!(minutes.due(at(59), false), []);
        assert_eq!(minutes.due(at(60), false), [(device(1), WRONG.what(1_000))]);
        assert!(minutes.first(&device(1), WRONG, at(61)), "a new minute");
    }

    #[test]
    fn a02_1_strangers_with_many_addresses_write_a_bounded_number_of_records() {
        let mut minutes = Minutes::default();
        let mut written = 0;
        for n in 0..10_000u32 {
            let address = std::net::Ipv6Addr::from(u128::from(n) << 64 | 0x2001 << 112);
            let who = Subject { source: Some(std::net::IpAddr::from(address).into()), ..Subject::default() };
            for code in Code::ALL {
                let refused = Repeated::Refused(Asked::Enrolment, *code, None);
                written += usize::from(minutes.first(&who, refused, Duration::from_secs(1)));
            }
        }
        assert_eq!(written, SOURCES * OF_A_SOURCE);
        let counted = minutes.due(Duration::from_secs(61), false);
        assert!(counted.len() <= SOURCES + 1, "{}", counted.len());
        let all: u32 = counted.iter().map(|(_, what)| what.counted().1).sum();
        assert_eq!(usize::try_from(all).unwrap() + written, 10_000 * Code::ALL.len(), "none is forgotten");
        assert!(minutes.first(&device(1), WRONG, Duration::from_secs(62)));
    }

    #[test]
    fn a02_1_a_device_that_does_more_than_anybody_is_told_busy() {
        let mut minutes = Minutes::default();
        let now = Duration::from_secs(1);
        assert!((0..OF_ONES_OWN).all(|_| minutes.spend(&device(1), now).is_ok()));
        assert_eq!(minutes.spend(&device(1), now), Err(Code::Busy));
        assert!(minutes.spend(&device(2), now).is_ok());
    }
}
