//! Dates as Japanese forms have them: the western year, and the era's.

use renkei_proto::time::{Date, JAPAN, Time};

/// Eras by their first day, the latest first.
const ERAS: [((u16, u8, u8), &str); 4] =
    [((2019, 5, 1), "令和"), ((1989, 1, 8), "平成"), ((1926, 12, 25), "昭和"), ((1912, 7, 30), "大正")];

/// `2026年11月22日（令和8年）`. Before the eras that people alive know, without one.
pub(crate) fn date(date: Date) -> String {
    let (year, month, day) = date.parts();
    let western = format!("{year}年{month}月{day}日");
    let Some(((first, ..), era)) = ERAS.into_iter().find(|(began, _)| (year, month, day) >= *began) else {
        return western;
    };
    match year - first + 1 {
        1 => format!("{western}（{era}元年）"),
        number => format!("{western}（{era}{number}年）"),
    }
}

/// The same with the time of day in Japan.
pub(crate) fn moment(time: Time) -> String {
    let minutes = time.plus(JAPAN).0 / 60 % (24 * 60);
    let day = time.day_in_japan().map_or_else(|| "?".to_owned(), date);
    format!("{day} {:02}:{:02}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(year: u16, month: u8, day: u8) -> String {
        date(Date::new(year, month, day).unwrap())
    }

    #[test]
    fn eras_change_on_their_day() {
        assert_eq!(of(2026, 11, 22), "2026年11月22日（令和8年）");
        assert_eq!(of(2019, 5, 1), "2019年5月1日（令和元年）");
        assert_eq!(of(2019, 4, 30), "2019年4月30日（平成31年）");
        assert_eq!(of(1989, 1, 8), "1989年1月8日（平成元年）");
        assert_eq!(of(1989, 1, 7), "1989年1月7日（昭和64年）");
        assert_eq!(of(1926, 12, 24), "1926年12月24日（大正15年）");
        assert_eq!(of(1912, 7, 29), "1912年7月29日");
    }

    #[test]
    fn a_moment_is_japans() {
        assert_eq!(moment(Time(1_795_359_599)), "2026年11月22日（令和8年） 23:59");
        assert_eq!(moment(Time(1_795_359_600)), "2026年11月23日（令和8年） 00:00");
    }
}
