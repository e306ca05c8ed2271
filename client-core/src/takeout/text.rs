//! What left, as people read it.

use renkei_proto::sentence::Language;
use renkei_proto::text::safe_to_show;
use renkei_proto::time::{JAPAN, Time};

use super::manifest::{Item, ItemKind, Manifest};
use crate::messages::Shown;

/// A moment in Japan, whatever the device is set to: `2026-11-22 09:00`.
fn moment(time: Time) -> String {
    let local = time.plus(JAPAN).0;
    let (hour, minute) = (local / 3_600 % 24, local / 60 % 60);
    time.day_in_japan().map_or_else(|| "?".to_owned(), |day| format!("{day} {hour:02}:{minute:02}"))
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
    let mut lines = vec![head];
    match &one.text {
        _ if retracted => {}
        Ok(text) => lines.push(words(text)),
        Err(code) => lines.push(format!("[{}: {code}]", say(language, "読めません", "could not be read"))),
    }
    if language.is_none() {
        lines.extend(manifest.items.iter().filter(|item| item.seq == one.seq).filter_map(file));
    } else if !one.files.is_empty() {
        let not_in = say(language, "ファイルは含みません", "files are not included");
        lines.push(format!("[{not_in}: {}]", one.files.len()));
    }
    lines.join("\n")
}

/// A file of an archive: where it is, or why it is not there.
fn file(item: &Item) -> Option<String> {
    let name = item.name.as_deref().map(|name| format!(" ({})", safe_to_show(name))).unwrap_or_default();
    match (item.kind, &item.file, item.unreadable) {
        (ItemKind::File, Some(file), _) => Some(format!("[ファイル / file: {file}{name}]")),
        (ItemKind::File, None, Some(code)) => {
            Some(format!("[ファイルはこの中にありません / file not in here{name}: {code}]"))
        }
        _ => None,
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
    use renkei_proto::hash::Hash32;
    use renkei_proto::id::{DeviceId, StatementId, UserId};

    use super::super::export::{InArchive, Left};
    use super::super::manifest::tests::sample;
    use super::*;
    use crate::corrections::Amended;
    use crate::viewing::ShownFile;

    fn file_of(name: &str) -> ShownFile {
        let (name, media) = (name.to_owned(), "image/png".to_owned());
        ShownFile { name, media, length: 7, preview: false, no_download: true }
    }

    fn shown(seq: u64, text: Result<&str, Code>, retracted: Option<bool>) -> Shown {
        let (time, device) = (Time(1_795_305_600), DeviceId([4; 16]));
        let amended = retracted.map(|retracted| Amended { seq: seq + 1, time, device, retracted });
        let (id, author) = (StatementId([6; 16]), UserId([1; 16]));
        Shown { seq, id, time, author, device, text: text.map(str::to_owned), amended, files: Vec::new() }
    }

    #[test]
    fn a12_5_files_stand_with_their_message_and_so_does_what_is_missing() {
        let post = Shown {
            files: vec![file_of("創部\u{202e}.png"), file_of("b.pdf")],
            ..shown(3, Ok("写真です"), None)
        };
        let hidden = shown(4, Err(Code::KeyAwaited), None);
        let there = InArchive { name: "files/000003-1.png".to_owned(), bytes: 9, hash: Hash32([9; 32]) };
        let left = [
            Left { seq: 3, at: 0, how: Ok(there) },
            Left { seq: 3, at: 1, how: Err(Code::StorageFailed) },
            Left { seq: 4, at: 0, how: Err(Code::KeyAwaited) },
        ];
        let all = [post, hidden];
        let manifest = Manifest { items: super::super::items_of(&all, &left), ..sample() };
        let kinds: Vec<(u64, bool, Option<u64>)> =
            manifest.items.iter().map(|one| (one.seq, one.kind == ItemKind::File, one.bytes)).collect();
        let expected = [(3, false, None), (3, true, Some(9)), (3, true, Some(7)), (4, false, None), (4, true, None)];
        assert_eq!(kinds, expected);
        let text = archive(&manifest, &all);
        assert!(text.contains("[ファイル / file: files/000003-1.png (創部"), "{text}");
        assert!(!text.contains('\u{202e}'), "a name hides nothing");
        assert!(text.contains("file not in here (b.pdf): storage_failed]"), "{text}");
        assert!(text.contains("file not in here: key_awaited]"), "{text}");
        let text = chart(&manifest, &all, Language::Japanese);
        assert!(text.contains("[ファイルは含みません: 2]") && !text.contains("000003"), "{text}");
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
