//! Points in time and calendar dates, as bytes. Nothing here reads a clock.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Seconds of a day.
pub const DAY: u64 = 24 * 3_600;

/// Seconds by which Japan is ahead of UTC; it has no summer time. The days of the policy and of its papers are Japan's.
pub const JAPAN: u64 = 9 * 3_600;

/// Seconds since 1970-01-01T00:00:00 UTC, without leap seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Time(pub u64);

impl Time {
    /// This time plus `seconds`, at most the last representable one.
    #[must_use]
    pub const fn plus(self, seconds: u64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// Seconds from `earlier` to this time, zero if it is not earlier.
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The number of the day in Japan, counted like [`Date::days`].
    pub fn days_in_japan(self) -> i64 {
        i64::try_from(self.0.saturating_add(JAPAN) / DAY).unwrap_or(i64::MAX)
    }

    /// The day in Japan, if it is one of ours.
    pub fn day_in_japan(self) -> Option<Date> {
        Date::of_days(self.days_in_japan())
    }
}

/// A day of the calendar, as written on a paper form. Exists only for real dates from 1900 to 2199.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// Not a date of the form `2026-11-22`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a date of the form 2026-11-22")]
pub struct BadDate;

impl Date {
    /// The date, if the calendar has it.
    pub fn new(year: u16, month: u8, day: u8) -> Result<Self, BadDate> {
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => 0,
        };
        if !(1900..=2199).contains(&year) || day == 0 || day > days {
            return Err(BadDate);
        }
        Ok(Self { year, month, day })
    }
}

impl Date {
    /// Year, month and day.
    pub const fn parts(self) -> (u16, u8, u8) {
        (self.year, self.month, self.day)
    }

    /// Days since 1970-01-01, negative before it.
    pub fn days(self) -> i64 {
        // Counted from 0000-03-01, so that the leap day is a year's last.
        let (year, month) = if self.month > 2 {
            (i64::from(self.year), i64::from(self.month) - 3)
        } else {
            (i64::from(self.year) - 1, i64::from(self.month) + 9)
        };
        let day_of_year = (153 * month + 2) / 5 + i64::from(self.day) - 1;
        365 * year + year / 4 - year / 100 + year / 400 + day_of_year - 719_468
    }

    /// The day that is so many days after 1970-01-01, if it is one of ours.
    pub fn of_days(days: i64) -> Option<Self> {
        // The year, then the day in it, counted from March as in [`Date::days`].
        let mut year = days.div_euclid(366).checked_add(1970)?;
        let first = |year: i64| {
            let year = u16::try_from(year).ok()?;
            Self::new(year, 1, 1).ok().map(Self::days)
        };
        while first(year + 1).is_some_and(|next| next <= days) {
            year += 1;
        }
        let mut rest = days.checked_sub(first(year)?)?;
        let number = u16::try_from(year).ok()?;
        for month in 1..=12 {
            let length = i64::from((28..=31).rev().find(|day| Self::new(number, month, *day).is_ok())?);
            if rest < length {
                return Self::new(number, month, u8::try_from(rest + 1).ok()?).ok();
            }
            rest -= length;
        }
        None
    }

    /// The first second of this day in Japan, if it is not before 1970.
    pub fn begins(self) -> Option<Time> {
        midnight(self.days())
    }

    /// The first second in Japan that no longer belongs to this day, if it is not before 1970.
    pub fn ends(self) -> Option<Time> {
        midnight(self.days().checked_add(1)?)
    }

    /// Whether this day had begun anywhere on Earth at `time` (the first time zone is 14 hours ahead of UTC).
    pub fn begun_by(self, time: Time) -> bool {
        i64::try_from(time.0.saturating_add(14 * 3600) / DAY).is_ok_and(|today| self.days() <= today)
    }
}

/// The first second in Japan of the day with this number.
fn midnight(days: i64) -> Option<Time> {
    u64::try_from(days).ok()?.checked_mul(DAY)?.checked_sub(JAPAN).map(Time)
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl FromStr for Date {
    type Err = BadDate;

    fn from_str(text: &str) -> Result<Self, BadDate> {
        let mut parts = text.splitn(3, '-');
        let (Some(year), Some(month), Some(day)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(BadDate);
        };
        let digits = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        if (year.len(), month.len(), day.len()) != (4, 2, 2) || !digits {
            return Err(BadDate);
        }
        let number = |s: &str| s.parse::<u16>().map_err(|_| BadDate);
        let small = |s: &str| s.parse::<u8>().map_err(|_| BadDate);
        Self::new(number(year)?, small(month)?, small(day)?)
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return serializer.collect_str(self);
        }
        (self.year, self.month, self.day).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        if deserializer.is_human_readable() {
            return String::deserialize(deserializer)?.parse().map_err(D::Error::custom);
        }
        let (year, month, day) = <(u16, u8, u8)>::deserialize(deserializer)?;
        Self::new(year, month, day).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_count_from_the_epoch_of_unix_time() {
        let days = |text: &str| text.parse::<Date>().unwrap().days();
        assert_eq!(
            (days("1970-01-01"), days("1969-12-31"), days("2000-03-01"), days("2026-11-22")),
            (0, -1, 11_017, 20_779)
        );
        let date: Date = "2026-11-22".parse().unwrap();
        assert!(date.begun_by(Time(20_779 * 86_400)));
        assert!(date.begun_by(Time(20_779 * 86_400 - 14 * 3600)));
        assert!(!date.begun_by(Time(20_779 * 86_400 - 14 * 3600 - 1)));
    }

    #[test]
    fn the_days_of_japan_begin_nine_hours_before_those_of_utc() {
        let date: Date = "2026-11-22".parse().unwrap();
        let (begins, ends) = (date.begins().unwrap(), date.ends().unwrap());
        assert_eq!((begins, ends), (Time(20_779 * DAY - JAPAN), Time(20_780 * DAY - JAPAN)));
        assert_eq!((begins.day_in_japan(), Time(ends.0 - 1).day_in_japan()), (Some(date), Some(date)));
        assert_eq!(Time(begins.0 - 1).days_in_japan(), date.days() - 1);
        assert_eq!(ends.days_in_japan(), date.days() + 1);
        // 2026-11-22 15:00:00 UTC.
        assert_eq!(ends, Time(1_795_359_600));
        let first: Date = "1970-01-01".parse().unwrap();
        assert_eq!((first.begins(), first.ends()), (None, Some(Time(DAY - JAPAN))));
        assert_eq!("1960-01-01".parse::<Date>().unwrap().ends(), None);
        assert_eq!(Time(u64::MAX).day_in_japan(), None);
    }

    #[test]
    fn every_day_is_found_again_by_its_number() {
        let (first, last) = (Date::new(1970, 1, 1).unwrap().days(), Date::new(2199, 12, 31).unwrap().days());
        for days in first..=last {
            assert_eq!(Date::of_days(days).map(Date::days), Some(days));
        }
        assert_eq!((Date::of_days(last + 1), Date::of_days(i64::MAX), Date::of_days(i64::MIN)), (None, None, None));
    }

    #[test]
    fn only_days_of_the_calendar_are_dates() {
        assert_eq!("2024-02-29".parse::<Date>().unwrap().to_string(), "2024-02-29");
        for bad in [
            "2026-02-29",
            "2026-13-01",
            "2026-1-1",
            "1899-12-31",
            "2026-11-00",
            "yesterday",
            "2026-11-22-1",
            "2026-+1-01",
        ] {
            assert_eq!(bad.parse::<Date>(), Err(BadDate), "{bad}");
        }
    }
}
