//! From bytes to text, and from what people type to what they mean.

use std::borrow::Cow;

use encoding_rs::SHIFT_JIS;
use renkei_proto::time::Date;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

/// How a file was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    #[serde(rename = "utf-8")]
    Utf8,
    /// What a spreadsheet in Japan writes when it is asked for CSV.
    #[serde(rename = "shift_jis")]
    ShiftJis,
}

/// The text of a file. Whatever is well-formed UTF-8 is taken as that: `Shift_JIS` that happens to be is plain ASCII.
pub(super) fn text(bytes: &[u8]) -> Option<(Encoding, Cow<'_, str>)> {
    let marked = bytes.strip_prefix(b"\xef\xbb\xbf");
    if let Ok(text) = core::str::from_utf8(marked.unwrap_or(bytes)) {
        return Some((Encoding::Utf8, Cow::Borrowed(text)));
    }
    // A mark of another encoding, which would otherwise be read as odd characters.
    if marked.is_some() || bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return None;
    }
    let text = SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes)?;
    Some((Encoding::ShiftJis, text))
}

/// One form for what means the same: width, case, white space and separators don't count.
pub(crate) fn fold(text: &str) -> String {
    let separator = |c: &char| c.is_whitespace() || matches!(c, '-' | '_');
    text.nfkc().filter(|c| !separator(c)).flat_map(char::to_lowercase).collect()
}

/// The same, and hiragana for katakana.
pub(crate) fn fold_kana(text: &str) -> String {
    let hiragana = |c: char| match c {
        '\u{30a1}'..='\u{30f6}' => char::from_u32(u32::from(c) - 0x60).unwrap_or(c),
        other => other,
    };
    fold(text).chars().map(hiragana).collect()
}

/// A day as people and spreadsheets write it: 2026-03-01, 2026/3/1, 2026年3月1日, 令和8年3月1日, R8.3.1.
pub(super) fn day(text: &str) -> Option<Date> {
    let plain: String = text.nfkc().filter(|c| !c.is_whitespace()).collect();
    let era = plain.strip_prefix("令和").or_else(|| plain.strip_prefix(['R', 'r']));
    let parts = era.unwrap_or(&plain).strip_suffix('日').unwrap_or(era.unwrap_or(&plain));
    let parts: Vec<&str> = parts.split(['-', '/', '.', '年', '月']).collect();
    let &[year, month, day] = parts.as_slice() else { return None };
    let number = |text: &str| {
        let digits = !text.is_empty() && text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse::<u16>().ok())?
    };
    let year = match (era.is_some(), year) {
        (true, "元") => 2019,
        (true, year) => 2018_u16.checked_add(number(year).filter(|year| (1..100).contains(year))?)?,
        (false, year) => number(year)?,
    };
    let small = |text| number(text).and_then(|number| u8::try_from(number).ok());
    Date::new(year, small(month)?, small(day)?).ok()
}
