//! Files in words (A12.2).

use renkei_client_core::proto::sentence::Language;
use renkei_client_core::proto::text::safe_to_show;

use super::{about, moment, person};
use crate::reply::{FileRow, FileViewed, Identified, SaysRow, SendingRow};

/// Bytes as a person says them.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{}.{} kB", bytes / 1_000, bytes % 1_000 / 100),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

/// The files below a message.
pub(super) fn rows(files: &[FileRow], language: Language) -> String {
    let row = |(at, file): (usize, &FileRow)| {
        let kept = if file.no_download {
            language.pick("閲覧のみ", "to look at only")
        } else {
            language.pick("保存可", "may be kept")
        };
        let (name, size) = (safe_to_show(&file.name), size(file.length));
        format!("\n  [{}] {name}  {}  {size}  ({kept})", at + 1, file.media)
    };
    files.iter().enumerate().map(row).collect()
}

/// A file that was looked at, under the watermark of who looks.
pub(super) fn viewed(file: &FileViewed, language: Language) -> String {
    let mark = format!("―― {}  {} ――", person(&file.by, language), moment(file.at));
    let (name, size) = (safe_to_show(&file.name), size(file.length));
    let head = format!("{name}  {}  {size}\n{mark}", file.media);
    let shown = match &file.picture {
        Some(lines) => lines.join("\n"),
        None => language
            .pick(
                "開いて確かめました。この版のコマンドラインでは表示・再生できません（アプリは準備中です）。",
                "Opened, and it is what its author sent. This command line can't show or play it; there is no app yet.",
            )
            .to_owned(),
    };
    format!("{head}\n{shown}\n{mark}")
}

/// A sending that is not finished.
pub(super) fn sending(one: &SendingRow, language: Language) -> String {
    let group = one.label.as_deref().map_or_else(|| one.group.to_string(), safe_to_show);
    let percent = u64::from(one.arrived) * 100 / u64::from(one.chunks.max(1));
    let (since, arrived) = (language.pick("開始", "since"), language.pick("送信済み", "arrived"));
    let files = one.files.iter().map(|(name, bytes)| format!("\n  {}  {}", safe_to_show(name), size(*bytes)));
    let files: String = files.collect();
    format!("{}  {group}  {since} {}  {percent}% {arrived}{files}", one.id, moment(one.since))
}

/// What files say of their making, which goes along with them, and what the text with them tells (S2).
pub(super) fn says(files: &[SaysRow], identifying: &[Identified], language: Language) -> String {
    let text = language
        .pick(
            "このファイルには作成者・ソフト・場所などの記録が残っていて、そのまま送られます。困るときは送らずに、記録のないファイルを作り直してください。",
            "These files say who made them, with what, or where, and that goes along. If it should not, don't send them: make a copy \
             without it first.",
        );
    let line = |(field, said): &(String, String)| format!("\n  {}: {}", safe_to_show(field), safe_to_show(said));
    let of =
        |file: &SaysRow| format!("\n{}{}", safe_to_show(&file.name), file.lines.iter().map(line).collect::<String>());
    let told = language.pick("本文に個人を特定できる内容があります。", "The text tells who somebody is:").to_owned();
    let words = about::identified(identifying, language).into_iter().map(|(what, words)| format!("  {what}: {words}"));
    let tells = (!identifying.is_empty()).then(|| std::iter::once(told).chain(words).collect::<Vec<_>>().join("\n"));
    let says = (!files.is_empty()).then(|| format!("{text}{}", files.iter().map(of).collect::<String>()));
    says.into_iter().chain(tells).collect::<Vec<_>>().join("\n")
}
