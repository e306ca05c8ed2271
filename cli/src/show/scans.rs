//! Forms of groups and their scans, in words (A6.1).

use renkei_client_core::proto::sentence::Language;

use super::{actor, moment};
use crate::labels;
use crate::reply::ScanRow;

pub(super) fn row(row: &ScanRow, language: Language) -> String {
    let say = |japanese: &'static str, english: &'static str| language.pick(japanese, english);
    let group = row.label.clone().unwrap_or_else(|| row.group.to_string());
    let state = match (&row.deposited, &row.deposited_by) {
        (Some(at), Some(by)) => {
            let who = actor(by, language);
            let opens = if row.to_open {
                say("閲覧できます", "to look at")
            } else {
                say("閲覧は管理する人のみ", "for those who govern the group")
            };
            format!("{} {} {who}  ({opens})", say("スキャン保管", "scan deposited"), moment(*at))
        }
        _ => say("スキャンなし", "no scan yet").to_owned(),
    };
    let kind = labels::scans::form(row.form, language);
    format!("#{}  {}  {kind}  {group}\n      {state}\n      SHA-256 {}", row.of, row.on, row.scan)
}
