//! What left, as people read it.

use renkei_proto::sentence::Language;
use renkei_proto::text::safe_to_show;
use renkei_proto::time::{Date, Time};

use super::manifest::Manifest;
use crate::messages::Shown;

/// A moment in Japan, whatever the device is set to: `2026-11-22 09:00`.
fn moment(time: Time) -> String {
    let local = time.0.saturating_add(9 * 3_600);
    let day = i64::try_from(local / 86_400).ok().and_then(Date::of_days);
    let (hour, minute) = (local / 3_600 % 24, local / 60 % 60);
    day.map_or_else(|| "?".to_owned(), |day| format!("{day} {hour:02}:{minute:02}"))
}

/// In one language, or in both where nobody knows who will read it.
fn say(language: Option<Language>, japanese: &'static str, english: &'static str) -> String {
    language.map_or_else(|| format!("{japanese} / {english}"), |language| language.pick(japanese, english).to_owned())
}

/// One message: when, by whom, at which place, whether amended; and its words.
fn message(manifest: &Manifest, one: &Shown, language: Option<Language>) -> String {
    let retracted = one.amended.is_some_and(|amended| amended.retracted);
    let amended = one.amended.map_or_else(String::new, |amended| {
        let how = if retracted {
            say(language, "取り消し", "taken back")
        } else {
            say(language, "訂正済み", "corrected")
        };
        format!("  [{how} {}]", moment(amended.time))
    });
    let head = format!("{}  {}  #{}{amended}", moment(one.time), manifest.named(one.author), one.seq);
    match &one.text {
        _ if retracted => head,
        Ok(text) => format!("{head}\n{}", words(text)),
        Err(code) => format!("{head}\n[{}: {code}]", say(language, "読めません", "could not be read")),
    }
}

/// Words behind a bar that no head begins with: nobody writes an entry in another's name into somebody's chart. Characters
/// that hide or turn text are shown as such.
fn words(text: &str) -> String {
    text.lines().map(|line| format!("│ {}", safe_to_show(line))).collect::<Vec<_>>().join("\n")
}

fn messages(manifest: &Manifest, shown: &[Shown], language: Option<Language>) -> String {
    shown.iter().map(|one| message(manifest, one, language)).collect::<Vec<_>>().join("\n\n")
}

/// The text of an archive, in both languages: who opens it is not known.
pub(super) fn archive(manifest: &Manifest, shown: &[Shown]) -> String {
    let label = manifest.label.clone().unwrap_or_else(|| manifest.group.to_string());
    let permit = format!("{}  {} – {}", manifest.takeout, moment(manifest.from), moment(manifest.until));
    let heads = [
        manifest.heading.ja.clone(),
        manifest.heading.en.clone(),
        String::new(),
        format!("グループ / Group: {label}"),
        format!("持ち出した人 / Taken out by: {}  ({})", manifest.named(manifest.person), manifest.device),
        format!("許可 / Permit: {permit}"),
        format!("許可した人 / Approved by: {}  {}", manifest.named(manifest.approved_by), moment(manifest.approved_at)),
        format!("書き出し / Exported: {}", moment(manifest.exported_at)),
    ];
    format!("{}\n\n{}\n", heads.join("\n"), messages(manifest, shown, None))
}

/// Text for the chart, or for paper.
pub(super) fn chart(manifest: &Manifest, shown: &[Shown], language: Language) -> String {
    let label = manifest.label.clone().unwrap_or_else(|| manifest.group.to_string());
    let head = match language {
        Language::Japanese => format!("【連携からの転記】{label}（許可 {}）", manifest.takeout),
        Language::English => format!("[From Renkei] {label} (permit {})", manifest.takeout),
    };
    format!("{head}\n{}\n", messages(manifest, shown, Some(language)))
}

#[cfg(test)]
mod tests {
    use renkei_proto::code::Code;
    use renkei_proto::id::{DeviceId, StatementId, UserId};

    use super::super::manifest::tests::sample;
    use super::*;
    use crate::corrections::Amended;

    fn shown(seq: u64, text: Result<&str, Code>, retracted: Option<bool>) -> Shown {
        let (time, device) = (Time(1_795_305_600), DeviceId([4; 16]));
        let amended = retracted.map(|retracted| Amended { seq: seq + 1, time, device, retracted });
        let (id, author) = (StatementId([6; 16]), UserId([1; 16]));
        Shown { seq, id, time, author, device, text: text.map(str::to_owned), amended, files: Vec::new() }
    }

    #[test]
    fn a12_5_corrections_are_marked_and_what_was_taken_back_does_not_leave() {
        let all = [
            shown(3, Ok("体温 36.5"), None),
            shown(4, Ok("血圧 128/80"), Some(false)),
            shown(6, Ok("取り消した言葉"), Some(true)),
            shown(8, Err(Code::KeyAwaited), None),
        ];
        let text = archive(&sample(), &all);
        assert!(text.contains("体温 36.5") && text.contains("血圧 128/80"));
        assert!(text.contains("#4  [訂正済み / corrected 2026-11-22 09:00]"), "{text}");
        assert!(text.contains("#6  [取り消し / taken back"), "{text}");
        assert!(!text.contains("取り消した言葉"));
        assert!(text.contains("key_awaited"));
        let text = chart(&sample(), &all, Language::Japanese);
        assert!(text.starts_with("【連携からの転記】見本 花子さん") && !text.contains("corrected"), "{text}");
        assert!(!text.contains("取り消した言葉"));
    }
}
