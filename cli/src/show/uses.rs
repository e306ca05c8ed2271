//! Uses beyond the group, and Form 3, in words.

use renkei_client_core::proto::sentence::Language;

use super::{actor, moment, reason};
use crate::labels;
use crate::reply::{FormRow, UseRow};

pub(super) fn row(row: &UseRow, language: Language) -> String {
    let say = |japanese: &'static str, english: &'static str| language.pick(japanese, english);
    let group = row.label.clone().unwrap_or_else(|| row.group.to_string());
    let kind = labels::uses::kind(row.use_kind, language);
    let state = match &row.settled {
        Some(settled) => format!(
            "{} {} ［{}］",
            labels::uses::outcome(settled.outcome, language),
            settled.on,
            actor(&settled.by, language)
        ),
        None if row.to_settle => say("要対応", "to be seen to").to_owned(),
        None => say("利用中", "in use").to_owned(),
    };
    let mut lines = vec![format!("#{}  {}  {kind}  {group}  [{state}]", row.seq, row.on)];
    lines.extend(row.about.iter().map(|about| format!("      {about}")));
    lines.extend(row.place.iter().map(|place| format!("      {}: {place}", say("資料の所在", "material"))));
    lines.push(format!("      {}: {}", say("記録", "recorded by"), actor(&row.recorded_by, language)));
    lines.join("\n")
}

pub(super) fn form(form: &FormRow, language: Language) -> String {
    let say = |japanese: &'static str, english: &'static str| language.pick(japanese, english);
    let relation = form.relation.as_ref().map(|relation| format!("（{relation}）")).unwrap_or_default();
    let name = match (&form.name, form.unreadable) {
        (Some(name), _) => format!("{name}{relation}"),
        (None, Some(code)) => reason(code, language),
        (None, None) => String::new(),
    };
    [
        format!("{}: {} {name}", say("同意者", "Consented"), labels::consenter(form.by, language)),
        format!("{}: {}", say("署名日", "Signed on"), form.signed_on),
        format!("{}: {}", say("控えを渡した日", "Copy given on"), form.copy_given_on),
        format!("{}: {}", say("スキャン", "Scan"), form.scan),
        format!("{}: {} {}", say("記録", "Recorded"), moment(form.recorded), actor(&form.recorded_by, language)),
    ]
    .join("\n")
}
