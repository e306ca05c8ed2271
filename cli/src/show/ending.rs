//! Groups on their way to an end, in words.

use renkei_client_core::proto::sentence::Language;

use super::{actor, facility_name, moment};
use crate::labels;
use crate::reply::EndingRow;

pub(super) fn row(one: &EndingRow, language: Language) -> String {
    let say = |japanese: &'static str, english: &'static str| language.pick(japanese, english);
    let label = one.label.clone().unwrap_or_else(|| say("（グループ名なし）", "(no label)").to_owned());
    let mut lines = vec![format!("{}  {label}  ({})", one.group, facility_name(&one.originator))];
    let mut add = |what: &str, rest: String| lines.push(format!("    {what}: {rest}"));
    if let (Some(time), Some(by)) = (one.erased, &one.erased_by) {
        let by: Vec<String> = by.iter().map(|by| actor(by, language)).collect();
        add(say("消去済み", "erased"), format!("{}  {}", moment(time), by.join(say("、", ", "))));
        return lines.join("\n");
    }
    if let Some(closed) = one.closed {
        let due = one.due.map(moment).unwrap_or_default();
        add(
            say("終了", "closed"),
            format!("{}  {} {due}", moment(closed), say("消去できる時期:", "may be erased from")),
        );
    }
    if let (Some(time), Some(by), Some(on)) = (one.frozen, &one.frozen_by, one.withdrawn_on) {
        let what = say("凍結（同意の撤回）", "frozen (consent withdrawn)");
        add(what, format!("{on}  {}  {}", moment(time), actor(by, language)));
    }
    if let (Some(time), Some(by)) = (one.ordered, &one.ordered_by) {
        add(say("消去の指示", "erasure ordered"), format!("{}  {}", moment(time), actor(by, language)));
    }
    if let (Some(until), Some(reason), Some(by)) = (one.held_until, one.held_because, &one.held_by) {
        let reason = labels::hold(reason, language);
        add(say("消去の保留", "on hold until"), format!("{until}  {reason}  {}", actor(by, language)));
    }
    if let Some(until) = one.shortening {
        let what = say("保留の短縮（二人目の署名待ち）", "to be shortened, when a second person signs it");
        add(what, until.to_string());
    }
    if let Some(facility) = &one.offered {
        add(say("引き継ぎの申し出先", "offered to"), facility_name(facility));
    }
    if one.ordered.is_some() || one.frozen.is_some() {
        add(say("次", "next"), say("二人目: renkei erasure confirm", "a second person: renkei erasure confirm").into());
    }
    lines.join("\n")
}
