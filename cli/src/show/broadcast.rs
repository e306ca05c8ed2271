//! Emergency broadcasts, in words.

use renkei_client_core::proto::sentence::Language;

use super::{moment, person};
use crate::labels;
use crate::reply::broadcast::{BroadcastRow, SafetyRow};

fn mark(drill: bool, language: Language) -> &'static str {
    if drill { language.pick("【訓練】", "DRILL ") } else { language.pick("【緊急】", "EMERGENCY ") }
}

pub(super) fn draft(text: &str, drill: bool, language: Language) -> String {
    let to = language.pick(
        "地域の全員に送ります。患者情報は書かないでください。",
        "It goes to everybody in the district. No patient information.",
    );
    format!("{to}\n{}\n{text}", mark(drill, language))
}

pub(super) fn row(one: &BroadcastRow, language: Language) -> String {
    let say = |japanese: &'static str, english: &'static str| language.pick(japanese, english);
    let mut lines = vec![format!(
        "{}#{}  {}  {}",
        mark(one.drill, language),
        one.broadcast,
        moment(one.time),
        person(&one.by, language)
    )];
    lines.extend(one.text.lines().map(|line| format!("      {line}")));
    lines.push(match (one.closed, one.said) {
        (Some(closed), _) => format!("   {}: {}", say("終了", "over"), moment(closed)),
        (None, Some(said)) => format!("   {}: {}", say("あなたの回答", "you said"), labels::safety(said, language)),
        (None, None) => {
            format!(
                "   ▶ {}: renkei broadcast answer safe|needs-help|received",
                say("安否を知らせる", "say how you are")
            )
        }
    });
    lines.join("\n")
}

pub(super) fn people(rows: &[SafetyRow], language: Language) -> String {
    let say = |japanese: &'static str, english: &'static str| language.pick(japanese, english);
    let silent = rows.iter().filter(|row| row.says.is_none()).count();
    let help = rows.iter().filter(|row| row.says == Some(renkei_client_core::proto::safety::Safety::NeedsHelp)).count();
    let counts = match language {
        Language::Japanese => format!("{}人中、助けが必要{help}人、未回答{silent}人", rows.len()),
        Language::English => format!("{} people: {help} need help, {silent} have said nothing", rows.len()),
    };
    let row = |row: &SafetyRow| {
        let says = row.says.map_or(say("未回答", "nothing yet"), |says| labels::safety(says, language));
        let at = row.at.map(|at| format!("  {}", moment(at))).unwrap_or_default();
        format!("{says}  {}{at}", person(&row.who, language))
    };
    std::iter::once(counts).chain(rows.iter().map(row)).collect::<Vec<_>>().join("\n")
}
