//! What touches a facility, in words (A8.1).

use renkei_client_core::policy::group::a08_lists::Touch;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::sentence::{Language, sentence};

use super::{care, facility_name, list, moment, office, takeout};
use crate::reply::{Overview, OverviewGroup};

pub(super) fn text(one: &Overview, language: Language) -> String {
    let say = |japanese: &'static str, english: &'static str| language.pick(japanese, english);
    let mut lines = vec![format!("{}  {}", facility_name(&one.facility), moment(one.at))];
    if !one.fresh {
        lines.push(sentence(Code::HeadsStale, language).to_owned());
    }
    lines.push(format!("── {} ──", say("グループとメンバー", "Groups and members")));
    lines.push(list(&one.groups, language, |group| self::group(group, language)));
    lines.push(format!("── {} ──", say("端末", "Devices")));
    lines.push(list(&one.devices, language, |device| office::device(device, language)));
    lines.push(format!("── {} ──", say("委託", "Delegations")));
    lines.push(list(&one.delegations, language, |delegation| office::delegation(delegation, language)));
    lines.push(format!("── {} ──", say("持ち出し", "Takeouts")));
    lines.push(list(&one.takeouts, language, |row| takeout::row(row, language)));
    lines.join("\n")
}

fn group(one: &OverviewGroup, language: Language) -> String {
    let mut lines = vec![format!("{}  <{}>", care::group(&one.row, language), touch(one.touch, language))];
    lines.extend(one.members.iter().map(|member| format!("    {}", care::member(member, language))));
    lines.extend(one.invitations.iter().map(|invitation| format!("    {}", care::invitation(invitation, language))));
    lines.join("\n")
}

pub(super) fn touch(touch: Touch, language: Language) -> &'static str {
    match touch {
        Touch::Originated => language.pick("自事業所が連携元", "originated here"),
        Touch::Delegated => language.pick("委託による代行", "by delegation"),
        Touch::Members => language.pick("従事者が参加", "our people are members"),
        Touch::Invited => language.pick("従事者が招待中", "our people are invited"),
        Touch::Suspended => language.pick("利用停止中の事業所のもの", "of a facility that is suspended"),
        Touch::LeftBehind => language.pick("利用を終了した事業所のもの", "left behind by a facility that has left"),
        Touch::ToErase => language.pick("凍結・消去の手続き", "frozen, or to be erased"),
        Touch::Offered => language.pick("引き継ぎの申し出", "offered to us"),
    }
}

pub(super) fn written(files: &[String], language: Language) -> String {
    let care = language.pick(
        "氏名を含むファイルです。必要な間だけ、許された場所に置いてください。",
        "The files name people: keep them where that is allowed, and only as long as they are needed.",
    );
    format!("{}\n{}\n{care}", language.pick("書き出しました:", "Written:"), files.join("\n"))
}
