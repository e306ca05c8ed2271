//! How somebody is reached beside the app (U1): a facility's telephone number, and the hours at which a person is not rung.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::bounds;
use crate::time::{JAPAN, Time};

/// A telephone number as it is written: at least three digits, parted by single hyphens or spaces, after a `+` where it has the
/// country's.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Telephone(String);

/// Not a telephone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a telephone number such as 03-0000-0000")]
pub struct BadTelephone;

/// Fewest digits: emergency numbers and those within a house have three.
const FEWEST_DIGITS: usize = 3;

impl Telephone {
    /// The number, if it is one.
    pub fn new(text: impl Into<String>) -> Result<Self, BadTelephone> {
        let text = text.into();
        let written = text.strip_prefix('+').unwrap_or(&text);
        let mut groups = written.split(['-', ' ']);
        let digits = groups.all(|group| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit()));
        let count = written.bytes().filter(u8::is_ascii_digit).count();
        if text.len() > bounds::TELEPHONE_NUMBER || !digits || count < FEWEST_DIGITS {
            return Err(BadTelephone);
        }
        Ok(Self(text))
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Telephone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Telephone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl FromStr for Telephone {
    type Err = BadTelephone;

    fn from_str(text: &str) -> Result<Self, BadTelephone> {
        Self::new(text)
    }
}

impl Serialize for Telephone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Telephone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        // Never longer than any other line of text that is read here.
        let text = crate::text::Line::<{ bounds::TELEPHONE_NUMBER }>::deserialize(deserializer)?;
        Self::new(text.as_str()).map_err(D::Error::custom)
    }
}

/// Minutes of a day.
const DAY: u16 = 24 * 60;

/// The hours of every day at which somebody is not rung, in Japan: from one minute of the day to another, which is not the
/// same; over midnight where the second is the smaller. `22:00-06:30`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QuietHours {
    from: u16,
    until: u16,
}

/// Not hours of the form `22:00-06:30`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not hours of the form 22:00-06:30")]
pub struct BadHours;

impl QuietHours {
    /// From a minute of the day to another.
    pub fn new(from: u16, until: u16) -> Result<Self, BadHours> {
        if from >= DAY || until >= DAY || from == until { Err(BadHours) } else { Ok(Self { from, until }) }
    }

    /// The first minute of the day, and the first that is not in them any more.
    pub const fn parts(self) -> (u16, u16) {
        (self.from, self.until)
    }

    /// Whether it is one of these hours at `time`.
    pub fn hold(self, time: Time) -> bool {
        let of_day = time.0.saturating_add(JAPAN) % crate::time::DAY / 60;
        let (from, until) = (u64::from(self.from), u64::from(self.until));
        if from < until { (from..until).contains(&of_day) } else { of_day >= from || of_day < until }
    }
}

impl fmt::Display for QuietHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, until } = self;
        write!(f, "{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, until / 60, until % 60)
    }
}

impl FromStr for QuietHours {
    type Err = BadHours;

    fn from_str(text: &str) -> Result<Self, BadHours> {
        let minute = |text: &str| {
            let (hours, minutes) = text.split_once(':').filter(|(h, m)| h.len() == 2 && m.len() == 2)?;
            let number = |text: &str| {
                let digits = text.bytes().all(|byte| byte.is_ascii_digit());
                digits.then(|| text.parse::<u16>().ok()).flatten()
            };
            let (hours, minutes) = (number(hours)?, number(minutes)?);
            (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
        };
        let (from, until) = text.split_once('-').ok_or(BadHours)?;
        Self::new(minute(from).ok_or(BadHours)?, minute(until).ok_or(BadHours)?)
    }
}

impl Serialize for QuietHours {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return serializer.collect_str(self);
        }
        (self.from, self.until).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for QuietHours {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        if deserializer.is_human_readable() {
            return String::deserialize(deserializer)?.parse().map_err(D::Error::custom);
        }
        let (from, until) = <(u16, u16)>::deserialize(deserializer)?;
        Self::new(from, until).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_telephone_number_is_digits_parted_by_single_marks() {
        for good in ["03-0000-0000", "119", "+81 3 0000 0000", "0300000000", "+81-3-0000-0000"] {
            assert_eq!(good.parse::<Telephone>().map(|number| number.to_string()).as_deref(), Ok(good));
        }
        let long = "0".repeat(bounds::TELEPHONE_NUMBER + 1);
        let bad = ["", "+", "11", "1-1", "03--0000", "-03-0000", "03-0000-", "03_0000", "０３-0000", "0+3000", &long];
        for bad in bad {
            assert_eq!(bad.parse::<Telephone>(), Err(BadTelephone), "{bad}");
        }
    }

    #[test]
    fn quiet_hours_are_those_of_japan_and_go_over_midnight() {
        let hours: QuietHours = "22:00-06:30".parse().unwrap();
        // 1970-01-02, 00:00 in Japan.
        let midnight = crate::time::DAY - JAPAN;
        let at = |hour: u64, minute: u64| Time(midnight + hour * 3_600 + minute * 60);
        assert!([at(22, 0), at(23, 59), at(0, 0), at(6, 29)].into_iter().all(|time| hours.hold(time)));
        assert!([at(6, 30), at(12, 0), at(21, 59)].into_iter().all(|time| !hours.hold(time)));
        let noon: QuietHours = "12:00-13:00".parse().unwrap();
        assert!(noon.hold(at(12, 0)) && noon.hold(at(12, 59)));
        assert!(!noon.hold(at(11, 59)) && !noon.hold(at(13, 0)) && !noon.hold(at(0, 0)));
        assert!(hours.hold(Time(u64::MAX)) || !hours.hold(Time(u64::MAX)), "total");
        for bad in ["22:00", "22:00-22:00", "24:00-01:00", "2:00-03:00", "22:60-01:00", "22:00-06:3", "+2:00-03:00"] {
            assert_eq!(bad.parse::<QuietHours>(), Err(BadHours), "{bad}");
        }
        assert_eq!((hours.to_string(), noon.to_string()), ("22:00-06:30".into(), "12:00-13:00".into()));
    }
}
