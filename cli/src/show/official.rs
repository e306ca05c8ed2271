//! Accounts that speak officially, in words.

use renkei_client_core::proto::sentence::Language;

use super::{moment, person};
use crate::labels;
use crate::reply::{OfficialRow, OfficialState, Who};

pub(super) fn row(one: &OfficialRow, language: Language) -> String {
    let say = |japanese: &'static str, english: &'static str| language.pick(japanese, english);
    let people = |all: &[Who]| all.iter().map(|who| person(who, language)).collect::<Vec<_>>().join(say("、", ", "));
    let state = match one.state {
        OfficialState::Listed => say("公式", "official"),
        OfficialState::Proposed => say("二人目の担当者の確認待ち", "waits for a second operator"),
        OfficialState::WithdrawalProposed => {
            say("取り下げ: 二人目の担当者の確認待ち", "withdrawal: waits for a second operator")
        }
        OfficialState::Withdrawn => say("取り下げ・変更済み", "withdrawn or changed"),
        OfficialState::Ended => say("終了（IDまたは事業所の終了）", "ended (with the ID or the facility)"),
    };
    let name_of = one.name_of.as_deref().unwrap_or_else(|| labels::speaks_for(one.speaks_for, language));
    let mut lines = vec![
        format!("{}  {}  [{state}]", one.who.user, person(&one.who, language)),
        format!("      {}: {name_of} — {}", say("名義", "speaks for"), one.purpose),
        format!("      {}: {}", say("責任者", "responsible"), people(&one.responsible)),
    ];
    if !one.by.is_empty() {
        let by = people(&one.by);
        lines.push(match one.since {
            Some(_) if one.state != OfficialState::WithdrawalProposed => {
                format!("      {}: {by}", say("掲載した人", "listed by"))
            }
            _ => format!("      {}: {by}", say("署名した人", "signed by")),
        });
    }
    let span = match (one.since, one.until, language) {
        (Some(since), None, Language::Japanese) => Some(format!("{}から", moment(since))),
        (Some(since), None, Language::English) => Some(format!("since {}", moment(since))),
        (Some(since), Some(until), _) => Some(format!("{} - {}", moment(since), moment(until))),
        (None, ..) => None,
    };
    lines.extend(span.map(|span| format!("      {span}")));
    lines.join("\n")
}
