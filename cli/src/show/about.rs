//! What a person is about to do, in words.

use renkei_client_core::proto::act::{DelegationScope, GroupKind};
use renkei_client_core::proto::sentence::Language;
use renkei_client_core::proto::text::safe_to_show;

use super::{actor, corrections, facility_name, moment, person};
use crate::labels;
use crate::reply::{About, Identified, NamedGroup};

pub(super) fn text(about: &About, language: Language) -> String {
    let say = |japanese: &'static str, english: &'static str| language.pick(japanese, english);
    let day = say("日付", "Date");
    let scan = say("スキャンのSHA-256", "SHA-256 of its scan");
    let (what, lines): (&str, Vec<(&str, String)>) = match about {
        About::Invitation { approve, of, invitation } => {
            let what = if *approve {
                say("次の招待を承認します。", "You approve this invitation:")
            } else {
                say("次の招待を不承認とします。", "You decline this invitation:")
            };
            let lines = vec![
                (say("招待された人", "Invited"), person(&invitation.invited, language)),
                (say("グループ", "Group"), group(of, language)),
                (say("招待した人", "Invited by"), actor(&invitation.by, language)),
                (say("招待の日時", "Invited at"), moment(invitation.at)),
            ];
            (what, lines)
        }
        About::WithdrawConsent { of, by, on, scan: hash } => {
            let what = say(
                "同意の撤回を記録します。グループは直ちに凍結されます。",
                "You record that the consent was withdrawn. The group freezes at once:",
            );
            let lines = vec![
                (say("グループ", "Group"), group(of, language)),
                (say("撤回者", "Withdrawn by"), labels::consenter(*by, language).to_owned()),
                (day, on.to_string()),
                (scan, hash.to_string()),
            ];
            (what, lines)
        }
        About::LiftFreeze { of, on, scan: hash } => {
            let what = say("凍結の解除に署名します（二名）。", "You sign that the freeze be lifted (two must):");
            let lines =
                vec![(say("グループ", "Group"), group(of, language)), (day, on.to_string()), (scan, hash.to_string())];
            (what, lines)
        }
        About::Retract { of, seq, time, author, text, unreadable } => {
            let what =
                say("次の書き込みを取り消します。元に戻せません。", "You take this message back. It can't be undone:");
            let written = corrections::body(text.as_ref(), *unreadable, language);
            let lines = vec![
                (say("グループ", "Group"), group(of, language)),
                (say("番号", "Number"), format!("{seq}  {}  {}{written}", moment(*time), person(author, language))),
            ];
            (what, lines)
        }
        About::DismissAdministrator { who } => {
            let what = say("SNS管理者を解任します。", "You dismiss an SNS administrator:");
            (what, vec![(say("解任する人", "Whom"), person(who, language))])
        }
        About::ForbidDownloads { of } => {
            let what =
                say("ダウンロードを禁止します。元に戻せません。", "You forbid downloads for good. It can't be undone:");
            (what, vec![(say("グループ", "Group"), group(of, language))])
        }
        About::EndSession { who, session, device, since, here } => {
            let here = if *here { say("（この端末）", " (this one)") } else { "" };
            let lines = vec![
                (say("セッション", "Session"), format!("{session}  {}", moment(*since))),
                (say("サインインしている人", "Whose"), person(who, language)),
                (say("端末", "Device"), format!("{device}{here}")),
            ];
            (say("セッションを終了します。", "You end a session:"), lines)
        }
        About::RecoveryCodes { who } => {
            let what = say(
                "予備コードを再発行します。これまでの予備コードはすべて使えなくなります。",
                "You get new recovery codes. All old ones stop working:",
            );
            (what, vec![(say("対象", "Whose"), person(who, language))])
        }
        About::Delegate { delegation } => {
            let scope = match delegation.scope {
                DelegationScope::Facility => say("全グループ", "all groups").to_owned(),
                DelegationScope::Group(group) => delegation.group_label.clone().unwrap_or_else(|| group.to_string()),
            };
            let reads = if delegation.operators_read { say("認める", "yes") } else { say("認めない", "no") };
            let lines = vec![
                (say("委託元", "By"), facility_name(&delegation.by)),
                (say("範囲", "Scope"), scope),
                (say("終了日時", "Until"), moment(delegation.until)),
                (say("担当者の閲覧", "Operators read"), reads.to_owned()),
            ];
            (say("療養相談室に委託します。", "You delegate to the Desk:"), lines)
        }
        About::Identifying { of, identifying } => {
            let what = asks(of.as_ref(), language);
            let group = of.as_ref().map(|of| (say("グループ", "Group"), group(of, language)));
            (what, group.into_iter().chain(identified(identifying, language)).collect())
        }
    };
    let lines = lines.into_iter().map(|(name, value)| format!("  {name}: {value}"));
    std::iter::once(what.to_owned()).chain(lines).collect::<Vec<_>>().join("\n")
}

/// What is asked of somebody whose text tells who a patient is.
fn asks(of: Option<&NamedGroup>, language: Language) -> &'static str {
    if of.is_some_and(|of| of.group_kind == GroupKind::Patient) {
        language.pick(
            "ほかの患者の氏名があります。送り先を確かめてください。",
            "Another patient's name is in it. Make sure that it is for this group:",
        )
    } else {
        language.pick(
            "個人を特定できる内容があります。必要のないものは消してから送ってください。",
            "It tells who somebody is. Take out what is not needed, and send it then:",
        )
    }
}

/// Words of a text that tell who somebody is, each with what it is.
pub(super) fn identified(found: &[Identified], language: Language) -> Vec<(&'static str, String)> {
    found.iter().map(|one| (labels::identifying(one.kind, language), safe_to_show(&one.words))).collect()
}

fn group(one: &NamedGroup, language: Language) -> String {
    let label = one.label.clone().unwrap_or_else(|| language.pick("（グループ名は未着）", "(no label yet)").to_owned());
    let kind = labels::group(one.group_kind, language);
    format!("{label}  ({}, {kind}, {})", one.group, facility_name(&one.originator))
}

#[cfg(test)]
mod tests {
    use renkei_client_core::proto::act::{GroupKind, Profession};
    use renkei_client_core::proto::id::{FacilityId, GroupId, InvitationId, UserId};
    use renkei_client_core::proto::time::Time;

    use super::*;
    use crate::reply::{Actor, InvitationRow, InvitationState, Where, Who};

    fn who(name: &str, facility: &str) -> Who {
        Who {
            user: UserId([1; 16]),
            name: Some(name.to_owned()),
            profession: Some(Profession::Nurse),
            facility: Some(FacilityId([2; 16])),
            facility_name: Some(facility.to_owned()),
            official: None,
        }
    }

    #[test]
    fn a08_4_who_approves_is_shown_inviter_facility_group_and_person() {
        let originator = Where { facility: FacilityId([2; 16]), name: Some("みなと坂クリニック".to_owned()) };
        let of = NamedGroup {
            group: GroupId([3; 16]),
            label: Some("見本 花子さん".to_owned()),
            group_kind: GroupKind::Patient,
            originator,
        };
        let invitation = InvitationRow {
            invitation: InvitationId([4; 16]),
            group: of.group,
            label: of.label.clone(),
            invited: who("架空 結", "ひなた訪問看護ステーション"),
            by: Actor { who: who("架空 健", "みなと坂クリニック"), acting_for: None },
            at: Time(1_775_000_000),
            state: InvitationState::Open,
            mine_to_decide: true,
        };
        for approve in [true, false] {
            let about = About::Invitation { approve, of: of.clone(), invitation: Box::new(invitation.clone()) };
            for language in [Language::Japanese, Language::English] {
                let text = text(&about, language);
                for part in ["架空 結", "ひなた訪問看護ステーション", "見本 花子さん", "架空 健", "みなと坂クリニック"]
                {
                    assert!(text.contains(part), "{part}: {text}");
                }
            }
        }
    }
}
