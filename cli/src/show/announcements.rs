//! Announcements in words.

use renkei_client_core::policy::registry::s4_announcements::Progress;
use renkei_client_core::proto::sentence::Language;
use renkei_client_core::proto::wording::Wording;

use super::{facility_name, moment, person};
use crate::reply::announcements::{AnnouncementRow, CheckRow};

fn progress(value: Progress, language: Language) -> &'static str {
    match value {
        Progress::Checked => language.pick("確認待ち", "being checked"),
        Progress::Objected => language.pick("異議あり（文面の修正待ち）", "objected to: waits for another text"),
        Progress::Approved => language.pick("承認済み（公開待ち）", "approved: waits to be published"),
        Progress::Published => language.pick("公開中", "published"),
        Progress::Withdrawn => language.pick("取り下げ", "withdrawn"),
    }
}

fn check(one: &CheckRow, language: Language) -> String {
    let said = match one.approves {
        Some(true) => language.pick("承認", "approved"),
        Some(false) => language.pick("異議", "objected"),
        None => language.pick("未確認", "has yet to check"),
    };
    format!("    {said}: {}", person(&one.who, language))
}

pub(super) fn row(one: &AnnouncementRow, language: Language) -> String {
    let name =
        one.facility.as_ref().map_or_else(|| language.pick("医師会", "the association").to_owned(), facility_name);
    let when = moment(one.published.unwrap_or(one.drafted));
    let mut lines = vec![format!("{}  {name}  {}  {when}", one.announcement, progress(one.progress, language))];
    if let Some(author) = &one.author {
        lines.push(format!("    {}: {}", language.pick("作成", "written by"), person(author, language)));
    }
    lines.extend(one.checks.iter().map(|one| check(one, language)));
    if let Some(by) = &one.published_by {
        lines.push(format!("    {}: {}", language.pick("公開", "published by"), person(by, language)));
    }
    if one.to_check {
        lines.push(format!(
            "    {}: renkei announcement approve {}",
            language.pick("あなたの確認を待っています", "It waits for your check"),
            one.announcement
        ));
    }
    if one.to_publish {
        lines.push(format!(
            "    {}: renkei announcement publish {}",
            language.pick("あなたが公開できます", "You may publish it"),
            one.announcement
        ));
    }
    lines.join("\n")
}

pub(super) fn text(one: &AnnouncementRow, wording: &Wording, language: Language) -> String {
    format!("{}\n\n{}", row(one, language), wording.in_language(language).trim_end())
}
