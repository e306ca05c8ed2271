//! Urgent messages, in words.

use renkei_client_core::proto::frame::sync::CallMatter;
use renkei_client_core::proto::reach::QuietHours;
use renkei_client_core::proto::sentence::Language;

use super::{moment, person};
use crate::reply::urgent::{CalledRow, CalledState, UrgentRow};

/// What a terminal rings with.
const BELL: char = '\u{7}';

/// What rings, with the terminal's bell.
pub(super) fn rings(urgent: &[UrgentRow], language: Language) -> String {
    let loud = urgent.iter().any(|one| one.matter == Some(CallMatter::Rings));
    let rows: Vec<String> = urgent.iter().map(|one| row(one, language)).collect();
    loud.then_some(BELL).into_iter().chain(rows.join("\n").chars()).collect()
}

pub(super) fn row(one: &UrgentRow, language: Language) -> String {
    let say = |japanese: &'static str, english: &'static str| language.pick(japanese, english);
    let label = one.label.clone().unwrap_or_else(|| one.group.to_string());
    let mark = say("【至急】", "URGENT ");
    let mut lines = vec![format!(
        "{mark}{label}  #{} ({} #{})  {}  {}",
        one.message,
        say("呼び出し", "call"),
        one.call,
        person(&one.by, language),
        moment(one.time)
    )];
    lines.extend(one.text.iter().flat_map(|text| text.lines()).map(|line| format!("      {line}")));
    let ack = format!("renkei urgent ack {} {}", one.group, one.call);
    lines.extend(one.matter.map(|matter| match (matter, language) {
        (CallMatter::Rings | CallMatter::Waits, Language::Japanese) => format!("   ▶ 確認したら: {ack}"),
        (CallMatter::Rings | CallMatter::Waits, Language::English) => format!("   ▶ once you have seen to it: {ack}"),
        (CallMatter::Telephone, Language::Japanese) => {
            format!("   ▶ まだ確認されていません。電話してください。連絡がついたら: {ack}")
        }
        (CallMatter::Telephone, Language::English) => {
            format!("   ▶ nobody has acknowledged it: telephone. Once you have reached somebody: {ack}")
        }
    }));
    lines.extend(one.people.iter().map(|called| format!("   ・{}", called_row(called, language))));
    lines.join("\n")
}

fn called_row(called: &CalledRow, language: Language) -> String {
    let say = |japanese: &'static str, english: &'static str| language.pick(japanese, english);
    let state = match called.state {
        CalledState::Rings => say("呼び出し中", "is called"),
        CalledState::StandIn => say("代わりの人も呼び出し中", "is called, and so is who stands in"),
        CalledState::Telephone => say("確認なし: 電話してください", "has not acknowledged it: telephone"),
        CalledState::Acknowledged => say("確認済み", "acknowledged"),
        CalledState::CalledOff => say("呼び出しの取りやめ", "called off"),
        CalledState::Retracted => say("書き込みの取り消し", "the message was taken back"),
        CalledState::Stopped => say("グループが停止・終了", "the group is halted or closed"),
        CalledState::Gone => say("メンバーではなくなった", "not a member any more"),
        CalledState::Expired => say("確認されないまま終了", "ended without an acknowledgement"),
    };
    let mut parts = vec![format!("{}: {state}", person(&called.who, language))];
    let by = called.by.iter().filter(|by| by.user != called.who.user).map(|by| person(by, language));
    parts.extend(by.map(|by| format!("{}{by}{}", say("（", "(by "), say("）", ")"))));
    parts.extend(called.at.map(moment));
    if matches!(called.state, CalledState::Rings | CalledState::StandIn | CalledState::Telephone) {
        parts.extend(
            called.stand_in.iter().map(|who| format!("{}: {}", say("代わり", "stands in"), person(who, language))),
        );
    }
    if called.state == CalledState::Telephone {
        parts.push(match &called.telephone {
            Some(number) => format!("☎ {number}"),
            None => say("（事業所の電話番号は登録されていません）", "(its facility has given no number)").to_owned(),
        });
    }
    parts.join("  ")
}

pub(super) fn quiet_hours(hours: Option<QuietHours>, language: Language) -> String {
    match hours {
        Some(hours) => format!("{}: {hours}", language.pick("呼び出しを鳴らさない時間帯", "Not rung at")),
        None => language
            .pick("呼び出しを鳴らさない時間帯はありません。", "There are no hours at which you are not rung.")
            .to_owned(),
    }
}
