//! Forms 1 and 2 and their scans, in words (A3.1, A9.1).

use renkei_client_core::proto::sentence::Language;

use super::{moment, person};
use crate::reply::FormScanRow;

pub(super) fn row(row: &FormScanRow, language: Language) -> String {
    let say = |japanese: &'static str, english: &'static str| language.pick(japanese, english);
    let what = if let Some(whose) = &row.person {
        format!("{} {}", say("様式2", "Form 2"), person(whose, language))
    } else {
        let name = row.facility.name.clone().unwrap_or_else(|| row.facility.facility.to_string());
        format!("{} {name}", say("様式1", "Form 1"))
    };
    let mut lines = vec![match (row.deposit, &row.deposited, &row.deposited_by) {
        (Some(at), Some(when), Some(by)) => {
            format!("{} #{at}  {}  {}", say("スキャン保管", "scan deposited"), moment(*when), person(by, language))
        }
        _ if row.to_file => say("スキャンなし（保管してください）", "no scan yet: deposit it").to_owned(),
        _ => say("スキャンなし", "no scan yet").to_owned(),
    }];
    lines.extend(row.replaced.iter().map(|at| {
        format!(
            "#{at} {}",
            say("差し替え済み（消去できます: scan form let-go）", "was replaced: scan form let-go erases it")
        )
    }));
    lines.extend(row.due.map(|due| format!("{} {}", say("消去できる日時", "may be let go from"), moment(due))));
    format!("#{}  {}  {what}\n      {}\n      SHA-256 {}", row.filed, row.on, lines.join("\n      "), row.scan)
}
