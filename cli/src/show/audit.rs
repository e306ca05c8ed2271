//! Evidence in words.

use renkei_client_core::audit::{Checked, Comparison, Place, Reading};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::sentence::{Language, sentence};
use renkei_client_core::proto::statement::LogId;
use renkei_client_core::proto::time::Date;

use super::{actor, list, moment, person};
use crate::reply::{CouldReadRow, Ending};

pub(super) fn who_could_read(on: Option<Date>, readers: &[CouldReadRow], language: Language) -> String {
    let head = match (on, language) {
        (Some(day), Language::Japanese) => format!("{day} に書かれたものを閲覧できた人:"),
        (Some(day), Language::English) => format!("Who could read what was written on {day}:"),
        (None, Language::Japanese) => "このグループを閲覧できた人:".to_owned(),
        (None, Language::English) => "Who could read this group:".to_owned(),
    };
    format!("{head}\n{}", list(readers, language, |row| reader(row, language)))
}

fn reader(row: &CouldReadRow, language: Language) -> String {
    let say = |japanese: &'static str, english: &'static str| language.pick(japanese, english);
    let later = match row.reading {
        Reading::Then => "",
        Reading::Later => say("（後から参加し、過去の鍵を受け取った）", " (joined later and was given the keys)"),
    };
    let mut lines = vec![format!("{}{later}", person(&row.who, language))];
    if row.opened {
        lines.push(format!("    {}  {}", say("グループを作成", "Opened the group"), moment(row.since)));
    } else {
        let invited = actor(&row.invited_by, language);
        lines.push(format!("    {}: {invited}", say("招待した人", "Invited by")));
        let approved = actor(&row.approved_by, language);
        lines.push(format!("    {}: {approved}  {}", say("承認した人", "Approved by"), moment(row.since)));
    }
    for one in &row.devices {
        let wiped = one.wiped.map(|time| format!("  [{} {}]", say("消去", "wiped"), moment(time)));
        lines.push(format!("    {}: {}{}", say("端末", "Device"), one.device, wiped.unwrap_or_default()));
    }
    if row.devices.is_empty() {
        lines
            .push(format!("    {}", say("鍵を受け取った端末はありません", "no device of this person was given a key")));
    }
    lines.extend(row.ended.as_ref().map(|ending| format!("    {}", ended(ending, language))));
    lines.join("\n")
}

fn ended(ending: &Ending, language: Language) -> String {
    let time = moment(ending.time);
    match (&ending.by, language) {
        (Some(by), Language::Japanese) => format!("解除: {time} {}", actor(by, language)),
        (Some(by), Language::English) => format!("Ended: {time} by {}", actor(by, language)),
        (None, Language::Japanese) => format!("IDの終了: {time}"),
        (None, Language::English) => format!("The ID ended: {time}"),
    }
}

pub(super) fn exported(file: &str, registry: usize, groups: usize, language: Language) -> String {
    match language {
        Language::Japanese => format!("書き出しました: {file}（登録簿{registry}件、グループ{groups}件）"),
        Language::English => format!("Written: {file} ({registry} registry entries, {groups} groups)"),
    }
}

pub(super) fn checked(checked: &Checked, language: Language) -> String {
    let say = |japanese: &'static str, english: &'static str| language.pick(japanese, english);
    let mut lines = vec![
        say("すべて正しい記録です。", "Every link, signature and rule holds.").to_owned(),
        format!("{}: {}", say("医師会", "Association"), checked.association),
        match language {
            Language::Japanese => format!("登録簿: {}件、最後は {}", checked.registry, moment(checked.last)),
            Language::English => {
                format!("Registry: {} entries, the last of {}", checked.registry, moment(checked.last))
            }
        },
        format!("  {}: {}", say("ハッシュ木のルート", "Merkle root"), checked.tree),
    ];
    lines.extend(checked.groups.iter().map(|(group, entries, withheld)| match language {
        Language::Japanese => format!("{group}: {entries}件（うち本文なし{withheld}件）"),
        Language::English => format!("{group}: {entries} entries, {withheld} of them without body"),
    }));
    lines.extend((checked.left_out > 0).then(|| match language {
        Language::Japanese => format!("ほか{}グループはこのファイルに含まれていません。", checked.left_out),
        Language::English => {
            format!("The heads name {} more group(s) that the file leaves out.", checked.left_out)
        }
    }));
    lines.push(match (checked.heads, language) {
        (Some(time), Language::Japanese) => format!("サーバーの署名と一致: {}", moment(time)),
        (Some(time), Language::English) => format!("Agrees with what the server signed at {}", moment(time)),
        (None, _) => {
            say("サーバーの署名は含まれていません。", "No heads signed by the server are in the file.").to_owned()
        }
    });
    lines.join("\n")
}

/// Where something is wrong with an export.
pub(crate) fn place(place: Place, language: Language) -> String {
    match (place, language) {
        (Place::File, _) => language.pick("ファイル全体", "the file as a whole").to_owned(),
        (Place::Registry(seq), Language::Japanese) => format!("登録簿の{seq}番目の記録"),
        (Place::Registry(seq), Language::English) => format!("registry, entry {seq}"),
        (Place::Group(group, seq), Language::Japanese) => format!("{group}の{seq}番目の記録"),
        (Place::Group(group, seq), Language::English) => format!("{group}, entry {seq}"),
        (Place::Heads(at), Language::Japanese) => format!("サーバーの署名（{at}番目）"),
        (Place::Heads(at), Language::English) => format!("heads {at}"),
    }
}

pub(super) fn compared(comparison: &Comparison, language: Language) -> String {
    match (comparison, language) {
        (Comparison::Same { time }, Language::Japanese) => {
            format!("同じ記録を受け取っています（相手の署名時刻 {}）。", moment(*time))
        }
        (Comparison::Same { time }, Language::English) => {
            format!("Both were sent the same (theirs was signed at {}).", moment(*time))
        }
        (Comparison::Withheld { log }, Language::Japanese) => format!(
            "サーバーが{}の一部を隠していた証拠です。使用を止め、療養相談室に連絡してください。",
            log_name(*log, language)
        ),
        (Comparison::Withheld { log }, Language::English) => format!(
            "The server kept part of the log from one of you ({}). Stop, and tell the consultation desk.",
            log_name(*log, language)
        ),
        (Comparison::Forked { log }, Language::Japanese) => format!(
            "記録が食い違っています（{}）。サーバーが別々の記録を見せた証拠です。使用を止め、療養相談室に連絡してください。",
            log_name(*log, language)
        ),
        (Comparison::Forked { log }, Language::English) => format!(
            "The records differ ({}): proof that the server has shown two histories. Stop, and tell the consultation desk.",
            log_name(*log, language)
        ),
    }
}

pub(super) fn distrusted(logs: &[(LogId, Code)], language: Language) -> String {
    let rows = logs.iter().map(|(log, code)| format!("{}: {}", log_name(*log, language), sentence(*code, language)));
    rows.collect::<Vec<_>>().join("\n")
}

fn log_name(log: LogId, language: Language) -> String {
    match log {
        LogId::Registry => language.pick("登録簿", "registry").to_owned(),
        LogId::Group(id) => id.to_string(),
    }
}
