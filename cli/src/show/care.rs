//! Groups, members, invitations and messages in words.

use renkei_client_core::proto::act::{GroupKind, HistoryPolicy};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::sentence::Language;

use super::{actor, card, corrections, facility_name, list, moment, person};
use crate::labels;
use crate::reply::{GoneRow, GroupDetails, GroupRow, Happening, InvitationRow, InvitationState, Item, MemberRow};

fn label(label: Option<&String>, language: Language) -> String {
    label.cloned().unwrap_or_else(|| language.pick("（グループ名は未着）", "(no label yet)").to_owned())
}

pub(super) fn group(one: &GroupRow, language: Language) -> String {
    let consent_missing = one.group_kind == GroupKind::Patient && !one.consent;
    let marks = [
        (!one.reading, language.pick("閲覧なし", "not reading")),
        (one.awaiting_keys, language.pick("鍵の受け渡し待ち", "waiting for keys")),
        (consent_missing, language.pick("同意書未記録", "no consent")),
        (one.closed, language.pick("終了", "closed")),
        (one.shut == Some(Code::ConsentWithdrawn), language.pick("凍結", "frozen")),
        (one.shut == Some(Code::GroupHalted), language.pick("一時停止", "halted")),
        (one.shut == Some(Code::GroupErased), language.pick("消去済み", "erased")),
        (one.broken.is_some(), language.pick("記録に異常（送信停止中）", "NOT TRUSTED")),
    ];
    let marks: Vec<&str> = marks.iter().filter(|(holds, _)| *holds).map(|(_, mark)| *mark).collect();
    let marks = if marks.is_empty() { String::new() } else { format!("  [{}]", marks.join(", ")) };
    let counts = match language {
        Language::Japanese => format!("{}人・{}件", one.members, one.messages),
        Language::English => format!("{} members, {} messages", one.members, one.messages),
    };
    let last = one.last_message.map(|time| format!("  {}", moment(time))).unwrap_or_default();
    format!(
        "{}  {}  ({}, {}, {counts}){last}{marks}",
        one.group,
        label(one.label.as_ref(), language),
        labels::group(one.group_kind, language),
        facility_name(&one.originator),
    )
}

pub(super) fn details(one: &GroupDetails, language: Language) -> String {
    let say = |japanese: &'static str, english: &'static str| language.pick(japanese, english);
    let mut lines = vec![group(&one.row, language)];
    lines.push(format!(
        "{}: {}  {}",
        say("作成", "Opened by"),
        actor(&one.created_by, language),
        moment(one.created_at)
    ));
    let from = match one.history {
        HistoryPolicy::From(time) => moment(time),
        HistoryPolicy::All | HistoryPolicy::FromApproval => String::new(),
    };
    let history = labels::history(one.history, &from, language);
    lines.push(format!("{}: {history}", say("新しいメンバー", "Newcomers read")));
    if let Some(by) = &one.consent_recorded_by {
        lines.push(format!("{}: {}", say("患者同意書の記録", "Consent recorded by"), actor(by, language)));
    }
    lines.push(match language {
        Language::Japanese => format!("鍵: {}世代、端末{}台", one.epochs, one.devices),
        Language::English => format!("Keys: {} epochs, {} devices", one.epochs, one.devices),
    });
    lines.push(format!("{}:", say("メンバー", "Members")));
    lines.push(list(&one.members, language, |row| format!("  {}", member(row, language))));
    if !one.invitations.is_empty() {
        lines.push(format!("{}:", say("招待", "Invitations")));
        lines.push(list(&one.invitations, language, |row| format!("  {}", invitation(row, language))));
    }
    lines.join("\n")
}

/// A device of a former reader, and whether it has confirmed that the keys are gone.
pub(super) fn gone(one: &GoneRow, language: Language) -> String {
    let state = match (one.confirmed, one.wiped, language) {
        (Some(time), _, Language::Japanese) => format!("鍵の消去を確認済み {}", moment(time)),
        (Some(time), _, Language::English) => format!("confirmed, gone since {}", moment(time)),
        (None, true, Language::Japanese) => "端末ごと消去済み、または使用終了".to_owned(),
        (None, true, Language::English) => "the device is wiped, or its ID ended".to_owned(),
        (None, false, Language::Japanese) => "まだ回答がありません（次に接続したとき）".to_owned(),
        (None, false, Language::English) => "has not answered; it will when it next connects".to_owned(),
    };
    let since = one.since.map(|time| format!("  {}", moment(time))).unwrap_or_default();
    format!("{}  {}{since}\n      {state}", one.device, person(&one.who, language))
}

pub(super) fn member(one: &MemberRow, language: Language) -> String {
    let span = match (one.ended, language) {
        (None, Language::Japanese) => format!("{}から", moment(one.since)),
        (None, Language::English) => format!("since {}", moment(one.since)),
        (Some(ended), _) => format!("{} - {}", moment(one.since), moment(ended)),
    };
    let ended = if one.active { "" } else { language.pick("  [ID終了]", "  [ID ended]") };
    let by = match language {
        Language::Japanese => {
            format!("招待: {} / 承認: {}", actor(&one.invited_by, language), actor(&one.approved_by, language))
        }
        Language::English => {
            format!(
                "invited by {}, approved by {}",
                actor(&one.invited_by, language),
                actor(&one.approved_by, language)
            )
        }
    };
    format!("{}  {}  {span}{ended}\n      {by}", one.who.user, person(&one.who, language))
}

pub(super) fn invitation(one: &InvitationRow, language: Language) -> String {
    let state = match one.state {
        InvitationState::Open if one.mine_to_decide => {
            language.pick("あなたの承認待ち: renkei invitation approve", "yours to decide: renkei invitation approve")
        }
        InvitationState::Open => language.pick("承認待ち", "open"),
        InvitationState::Approved => language.pick("承認", "approved"),
        InvitationState::Declined => language.pick("不承認", "declined"),
        InvitationState::Withdrawn => language.pick("取り下げ", "withdrawn"),
    };
    let group = one.label.clone().unwrap_or_else(|| one.group.to_string());
    format!(
        "{}  {} → {group}  {}  [{state}]\n      {}: {}",
        one.invitation,
        person(&one.invited, language),
        moment(one.at),
        language.pick("招待", "invited by"),
        actor(&one.by, language),
    )
}

/// A message under its author's line, or an event in one line.
pub(super) fn item(item: &Item, language: Language) -> String {
    match item {
        Item::Message { seq, time, author, text, unreadable, amended, seen, files, .. } => {
            let marks = corrections::marks(amended.as_ref(), *seen, language);
            let body = corrections::body(text.as_ref(), *unreadable, language);
            let files = super::files::rows(files, language);
            format!("#{seq}  {}  {}{marks}{body}{files}", moment(*time), person(author, language))
        }
        Item::Amendment { .. } => corrections::amendment(item, language),
        Item::Card { .. } => card::item(item, language),
        Item::Event { time, by, what, .. } => {
            format!("— {}  {}", moment(*time), happening(what, &actor(by, language), language))
        }
    }
}

fn happening(what: &Happening, by: &str, language: Language) -> String {
    let say = |japanese: &'static str, english: &'static str| language.pick(japanese, english);
    let (what, whom) = match what {
        Happening::Created => (say("グループ作成", "opened"), None),
        Happening::ConsentRecorded => (say("患者同意書を記録", "consent recorded"), None),
        Happening::Invited { whom, .. } => (say("招待", "invited"), Some(person(whom, language))),
        Happening::Joined { whom } => (say("参加", "joined"), Some(person(whom, language))),
        Happening::Declined { whom } => (say("不承認", "declined"), Some(person(whom, language))),
        Happening::Withdrawn { whom } => (say("招待の取り下げ", "invitation withdrawn"), Some(person(whom, language))),
        Happening::Removed { whom } => (say("解除", "removed"), Some(person(whom, language))),
        Happening::Closed => (say("グループ終了", "closed"), None),
        Happening::ConsentWithdrawn => (say("同意の撤回・凍結", "consent withdrawn: frozen"), None),
        Happening::FreezeLifted => (say("凍結解除の署名", "signed that the freeze be lifted"), None),
        Happening::ErasureHeld => (say("消去の保留", "erasure put on hold"), None),
        Happening::ErasureOrdered => (say("消去の指示", "erasure ordered"), None),
        Happening::Erased => (say("消去", "erased"), None),
        Happening::HandoverOffered => (say("引き継ぎの申し出", "offered to another facility"), None),
        Happening::HandedOver => (say("引き継ぎ", "handed over"), None),
        Happening::DownloadsForbidden => (say("ダウンロードを禁止", "downloads forbidden"), None),
        Happening::HandoverDropped => (say("引き継ぎの取り下げ・不承認", "handing over dropped"), None),
        Happening::UseConsentRecorded => (say("グループ外利用の同意を記録", "consent to uses beyond the group"), None),
        Happening::UseConsentWithdrawn => (say("グループ外利用の同意の撤回", "consent to uses withdrawn"), None),
        Happening::Used { use_kind } => (
            say("グループ外での利用", "used beyond the group"),
            Some(labels::uses::kind(*use_kind, language).to_owned()),
        ),
        Happening::UseSettled { outcome } => {
            (say("利用資料の処分", "use settled"), Some(labels::uses::outcome(*outcome, language).to_owned()))
        }
        Happening::InquiryTaken => (say("担当を引き受け", "sees to it"), None),
        Happening::InquiryAnswered => (say("回答済み", "answered"), None),
        Happening::InquiryClosed { reason } => {
            (say("終了", "closed"), Some(labels::inquiry_end(*reason, language).to_owned()))
        }
        Happening::InquiryReopened => (say("再開", "reopened"), None),
        Happening::IncidentStated { incident } => {
            (say("インシデントの種類", "what went wrong"), Some(labels::incident(*incident, language).to_owned()))
        }
        Happening::MeasureRecorded { measure, done: true } => {
            (say("対応を記録", "on record"), Some(labels::measure(*measure, language).to_owned()))
        }
        Happening::MeasureRecorded { measure, done: false } => {
            (say("対応不要と記録", "not needed"), Some(labels::measure(*measure, language).to_owned()))
        }
        Happening::Halted => (say("一時停止", "halted"), None),
        Happening::Resumed => (say("再開", "goes on"), None),
        Happening::Called { message, whom } => {
            let whom: Vec<String> = whom.iter().map(|who| person(who, language)).collect();
            (say("至急の呼び出し", "called urgently"), Some(format!("#{message} {}", whom.join(say("、", ", ")))))
        }
        Happening::Acknowledged { call } => (say("至急の確認", "acknowledged"), Some(format!("#{call}"))),
        Happening::StandsIn { whom: Some(whom) } => (say("代わりの人", "stands in"), Some(person(whom, language))),
        Happening::StandsIn { whom: None } => (say("代わりの人をなくした", "nobody stands in"), None),
        Happening::NewDevices { devices } => {
            let devices: Vec<String> =
                devices.iter().map(|(device, who)| format!("{} {device}", person(who, language))).collect();
            (say("閲覧できる端末の追加", "new devices can read"), Some(devices.join(say("、", ", "))))
        }
    };
    match (whom, language) {
        (Some(whom), Language::Japanese) => format!("{what}: {whom}［{by}］"),
        (None, Language::Japanese) => format!("{what}［{by}］"),
        (Some(whom), Language::English) => format!("{what}: {whom} [by {by}]"),
        (None, Language::English) => format!("{what} [by {by}]"),
    }
}
