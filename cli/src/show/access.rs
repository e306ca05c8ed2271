//! The record of access in words.

use renkei_client_core::proto::access::Kind;
use renkei_client_core::proto::access_file::{Checked, Flaw};
use renkei_client_core::proto::sentence::Language;
use renkei_client_core::proto::time::Date;

use super::{facility_name, list, moment, person};
use crate::labels;
use crate::reply::{CountRow, HandedRow, ScanOpeningRow};

pub(super) fn written(file: &str, records: usize, head: &str, language: Language) -> String {
    match language {
        Language::Japanese => format!(
            "書き出しました: {file}（アクセス記録{records}件）\n次の署名を控えておくと、後から記録が減ったり変わったりしていないかを確かめられます。\n{head}"
        ),
        Language::English => format!(
            "Written: {file} ({records} records of access)\nKeep this head: with it, records that are missing or changed later are noticed.\n{head}"
        ),
    }
}

pub(super) fn who_read(
    on: Option<Date>,
    readers: &[HandedRow],
    scans: &[ScanOpeningRow],
    language: Language,
) -> String {
    let head = match (on, language) {
        (Some(day), Language::Japanese) => format!("{day} にこのグループの内容を受け取った人:"),
        (Some(day), Language::English) => format!("Who was handed this group's messages on {day}:"),
        (None, Language::Japanese) => "このグループの内容を受け取った人:".to_owned(),
        (None, Language::English) => "Who was handed this group's messages:".to_owned(),
    };
    let mut text = format!("{head}\n{}", list(readers, language, |row| reader(row, language)));
    if !scans.is_empty() {
        text.push('\n');
        text.push_str(language.pick("書式のスキャンを開いた人:", "Who opened scans of forms:"));
        for row in scans {
            text.push('\n');
            text.push_str(&scan_opening(row, language));
        }
    }
    text
}

fn scan_opening(row: &ScanOpeningRow, language: Language) -> String {
    let one = &row.opening;
    let (when, form) = (moment(one.time), labels::scans::form(one.form, language));
    let (who, on, of) = (person(&row.who, language), one.on, one.of);
    format!("    {when}  {form} {on} (#{of})  {who}  {}", one.device)
}

fn reader(row: &HandedRow, language: Language) -> String {
    let one = &row.handed;
    let (first, last) = (moment(one.first), moment(one.last));
    let mut lines = vec![person(&row.who, language)];
    match language {
        Language::Japanese => {
            lines.push(format!("    端末: {}", one.device));
            lines.push(format!(
                "    {first} ～ {last}、閲覧{}回・書き出し{}回・持ち出し{}回、延べ{}件、ファイル{}回",
                one.openings, one.exports, one.takeouts, one.messages, one.files
            ));
        }
        Language::English => {
            lines.push(format!("    Device: {}", one.device));
            let (openings, exports, messages) = (one.openings, one.exports, one.messages);
            let (takeouts, files) = (one.takeouts, one.files);
            lines.push(format!(
                "    {first} – {last}: {openings} opening(s), {exports} export page(s), {takeouts} takeout(s), {messages} message(s), {files} file(s)"
            ));
        }
    }
    if one.open > 0 {
        lines.push(
            language
                .pick(
                    "    終わりの記録がない閲覧があります（接続中か、サーバーの停止）。その後の書き込みも受け取った可能性があります。",
                    "    An opening has no end on record (still connected, or the server fell): later messages may have been handed out too.",
                )
                .to_owned(),
        );
    }
    lines.join("\n")
}

pub(super) fn counts(rows: &[CountRow], language: Language) -> String {
    list(rows, language, |row| {
        let nobody = || language.pick("（不明）", "(unknown)").to_owned();
        let place = row.facility.as_ref().map_or_else(nobody, facility_name);
        let day = moment(row.day);
        let day = day.split(' ').next().unwrap_or(&day);
        format!("{day}  {place}  {}: {}", kind(row.what, language), row.times)
    })
}

fn kind(kind: Kind, language: Language) -> &'static str {
    match kind {
        Kind::SignIn => language.pick("サインイン", "sign-ins"),
        Kind::SignInFailed => language.pick("サインインの失敗", "failed sign-ins"),
        Kind::SessionEnd => language.pick("ロック・サインアウト", "locks and sign-outs"),
        Kind::Opening => language.pick("閲覧", "openings"),
        Kind::Listing => language.pick("一覧・照会", "look-ups"),
        Kind::Export => language.pick("書き出し", "exports"),
        Kind::Refusal => language.pick("拒否", "refusals"),
        Kind::Act => language.pick("管理操作", "administrative acts"),
        Kind::Record => language.pick("アクセス記録の閲覧", "looks into this record"),
        Kind::Server => language.pick("サーバー", "of the server"),
    }
}

pub(super) fn checked(checked: &Checked, language: Language) -> String {
    let (records, size, time) = (checked.records, checked.head.size, moment(checked.head.time));
    match (checked.whole, language) {
        (true, Language::Japanese) => {
            format!("アクセス記録の全体です: {records}件、欠けや改変はありません（署名 {time}）。")
        }
        (true, Language::English) => {
            format!("The whole record of access: {records} records, every link holds (signed {time}).")
        }
        (false, Language::Japanese) => {
            format!("アクセス記録{size}件のうち{records}件: どれも署名された記録に含まれています（署名 {time}）。")
        }
        (false, Language::English) => {
            format!("{records} of {size} records of access: each is under the signed head ({time}).")
        }
    }
}

/// What is wrong with a file.
pub(crate) fn flaw(flaw: Flaw, language: Language) -> String {
    let japanese = match flaw {
        Flaw::Format => "この形式のファイルではありません",
        Flaw::Root => "このルート鍵の医師会のものではありません",
        Flaw::Head => "記録の最新の署名がこの医師会のサーバーのものではありません",
        Flaw::Line => "行の内容が記録のバイト列と一致しません",
        Flaw::Record(_) => "記録が直前の記録に続いていません",
        Flaw::Proof => "署名された記録に含まれていません",
        Flaw::Cut => "記録が署名されたものと一致しません（途中で切れています）",
        Flaw::Part => "以前の署名と照合できるのは記録の全体だけです",
        Flaw::Earlier => "以前の署名と矛盾します。その後、記録が変えられたか、減らされています",
    };
    match language {
        Language::Japanese => japanese.to_owned(),
        Language::English => flaw.to_string(),
    }
}
