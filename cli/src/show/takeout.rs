//! Takeouts in words (A12.5).

use renkei_client_core::policy::registry::a12_takeout::Stage;
use renkei_client_core::proto::sentence::Language;
use renkei_client_core::proto::takeout::TakeoutSubject;
use renkei_client_core::proto::time::Time;
use renkei_client_core::takeout::TakeoutNumbers;

use super::{facility_name, list, moment, person};
use crate::labels;
use crate::reply::{Owes, Reply, StandingRow, TakeoutCountRow, TakeoutRow, Who};

pub(super) fn stage(stage: Stage, language: Language) -> &'static str {
    match stage {
        Stage::Requested => language.pick("承認待ち", "waits for an administrator"),
        Stage::Lapsed => language.pick("決定されないまま期間を過ぎた申請", "lapsed undecided"),
        Stage::Refused => language.pick("却下", "refused"),
        Stage::Withdrawn => language.pick("取り下げ", "withdrawn"),
        Stage::Permitted => language.pick("許可", "permitted"),
        Stage::Overdue => language.pick("期限超過・返却や消去が未確認", "overdue: its end is not confirmed"),
        Stage::Ended => language.pick("終了", "ended"),
    }
}

/// What is taken out: messages of a group, or a device.
pub(super) fn subject(one: &TakeoutRow, language: Language) -> String {
    match one.request.what {
        TakeoutSubject::Information { group, first, last } => {
            let label = one.label.clone().unwrap_or_else(|| group.to_string());
            // A request can name more places than there will ever be: it reaches what was there.
            if last == u64::MAX { format!("{label} #{first}–") } else { format!("{label} #{first}–#{last}") }
        }
        TakeoutSubject::Device => format!("{} {}", language.pick("端末", "device"), one.request.device),
    }
}

pub(super) fn row(one: &TakeoutRow, language: Language) -> String {
    let say = |japanese: &'static str, english: &'static str| language.pick(japanese, english);
    let (medium, purpose) =
        (labels::medium(one.request.medium, language), labels::purpose(one.request.purpose, language));
    let mut lines = vec![
        format!("{}  {}  <{}>", one.takeout, person(&one.who, language), stage(one.stage, language)),
        format!("    {}  {medium}  {purpose}", subject(one, language)),
        format!("    {} – {}", moment(one.request.from), moment(one.request.until)),
    ];
    if one.called_back {
        let back = say(
            "患者の同意が撤回されました。持ち出した情報は、期間にかかわらずすぐに返却または消去し、申告してください。",
            "The patient's consent was withdrawn: return or erase what was taken out now, whatever the period says, and declare it.",
        );
        lines.push(format!("    {back}"));
    }
    lines.extend(one.extent.map(|extent| match language {
        Language::Japanese => {
            format!(
                "    申請の時点で書き込み{}件・ファイル{}個（その後のものは含まない）",
                extent.messages, extent.files
            )
        }
        Language::English => {
            format!("    {} messages and {} files when it was asked for; nothing later", extent.messages, extent.files)
        }
    }));
    if one.request.what != TakeoutSubject::Device {
        lines.push(format!("    {}: {}", say("書き出す端末", "with the device"), one.request.device));
    }
    let word = |what: &str, who: Option<&Who>, at: Option<Time>| {
        let (who, at) = (person(who?, language), at.map(moment).unwrap_or_default());
        Some(format!("    {what}: {who}  {at}"))
    };
    lines.extend(word(say("決定", "decided by"), one.decided_by.as_ref(), one.decided_at));
    lines.extend(word(say("取り消し", "ended early by"), one.revoked_by.as_ref(), one.revoked_at));
    lines.extend(
        one.declared
            .filter(|_| one.ended.is_none())
            .map(|how| format!("    {}: {}", say("本人の申告", "declared"), labels::takeout_end(how, language))),
    );
    if let (Some(how), Some(on), Some(by)) = (one.ended, one.ended_on, &one.ended_by) {
        let how = labels::takeout_end(how, language);
        lines.push(format!("    {}: {how}  {on}  {}", say("確認", "confirmed"), person(by, language)));
    }
    lines.join("\n")
}

fn standing(one: &StandingRow, language: Language) -> String {
    let say = |japanese: &'static str, english: &'static str| language.pick(japanese, english);
    let group = one.group.map(|group| one.label.clone().unwrap_or_else(|| group.to_string()));
    let of = group.unwrap_or_else(|| say("全グループ", "all groups").to_owned());
    let state = if one.in_force { say("有効", "in force") } else { say("終了", "over") };
    format!(
        "{}  {}  {}: {of}  ～ {}  <{state}>  {}: {}",
        one.takeout,
        person(&one.who, language),
        say("カルテ転記", "text for the chart"),
        moment(one.until),
        say("許可した人", "given by"),
        person(&one.given_by, language)
    )
}

pub(super) fn all(takeouts: &[TakeoutRow], permits: &[StandingRow], language: Language) -> String {
    let mut text = list(takeouts, language, |one| row(one, language));
    if !permits.is_empty() {
        text.push('\n');
        text.push_str(&list(permits, language, |one| standing(one, language)));
    }
    text
}

pub(super) fn exported(reply: &Reply, language: Language) -> String {
    let Reply::TakenOut { file, items, unreadable, files, bytes, missing, manifest, passphrase } = reply else {
        return String::new();
    };
    let (unreadable, passphrase) = (*unreadable, passphrase.as_deref());
    let mut lines = vec![match language {
        Language::Japanese => format!(
            "書き出しました: {file}（{items}件、うちファイル{files}個・{bytes}バイト）\n目録のハッシュ（記録済み）: {manifest}"
        ),
        Language::English => format!(
            "Written: {file} ({items} items, {files} files of them with {bytes} bytes)\nHash of the manifest, on record: {manifest}"
        ),
    }];
    if *missing > 0 {
        lines.push(match language {
            Language::Japanese => {
                format!("取り出せなかったファイルが{missing}個あり、目録に理由を記しました。")
            }
            Language::English => format!("{missing} files could not be had; the manifest says why."),
        });
    }
    if unreadable > 0 {
        lines.push(match language {
            Language::Japanese => format!("この端末で読めないものが{unreadable}件あり、目録にその旨を記しました。"),
            Language::English => format!("{unreadable} could not be read on this device; the manifest says so."),
        });
    }
    lines.extend(passphrase.map(|passphrase| match language {
        Language::Japanese => format!(
            "パスフレーズ（二度と表示されません。ファイルとは別に渡してください）:\n  {passphrase}\n開くには: age --decrypt"
        ),
        Language::English => format!(
            "Passphrase (not shown again; hand it over apart from the file):\n  {passphrase}\nTo open it: age --decrypt"
        ),
    }));
    lines.push(
        language
            .pick(
                "期間の終わりまでに返却または消去し、renkei takeout declare で申告してください。",
                "Return or erase it by the end of the period, and say so: renkei takeout declare",
            )
            .to_owned(),
    );
    lines.join("\n")
}

pub(super) fn counts(rows: &[TakeoutCountRow], language: Language) -> String {
    list(rows, language, |one| {
        let name = facility_name(&one.facility);
        let TakeoutNumbers { requested, permitted, overdue, ended, refused, withdrawn, lapsed, standing } = one.numbers;
        match language {
            Language::Japanese => format!(
                "{name}  承認待ち{requested}件 許可{permitted}件 期限超過{overdue}件 終了{ended}件 却下{refused}件 取り下げ{withdrawn}件 決定されないまま期間を過ぎた申請{lapsed}件 継続許可{standing}件"
            ),
            Language::English => format!(
                "{name}  {requested} waiting, {permitted} permitted, {overdue} overdue, {ended} ended, {refused} refused, {withdrawn} withdrawn, {lapsed} lapsed; {standing} standing permits"
            ),
        }
    })
}

/// Reminders in the status and at sign-in.
pub(super) fn owes(one: &Owes, language: Language) -> Vec<String> {
    let overdue = (one.takeouts_overdue > 0).then(|| match language {
        Language::Japanese => {
            format!("期限を過ぎた持ち出しが{}件あります: renkei takeout list", one.takeouts_overdue)
        }
        Language::English => {
            format!("{} of your takeouts are overdue: renkei takeout list", one.takeouts_overdue)
        }
    });
    let waiting = (one.takeouts_waiting > 0).then(|| match language {
        Language::Japanese => {
            format!("あなたの決定・確認を待つ持ち出しが{}件あります: renkei takeout list", one.takeouts_waiting)
        }
        Language::English => {
            format!("{} takeouts wait for your decision or confirmation: renkei takeout list", one.takeouts_waiting)
        }
    });
    let back = (one.takeouts_called_back > 0).then(|| match language {
        Language::Japanese => format!(
            "同意が撤回された患者の持ち出しが{}件あります。すぐに返却または消去してください: renkei takeout list",
            one.takeouts_called_back
        ),
        Language::English => format!(
            "Consent was withdrawn for {} of your takeouts: return or erase them now: renkei takeout list",
            one.takeouts_called_back
        ),
    });
    back.into_iter().chain(overdue).chain(waiting).collect()
}

#[cfg(test)]
mod tests {
    use renkei_client_core::proto::hash::Hash32;
    use renkei_client_core::proto::id::FacilityId;

    use super::*;
    use crate::reply::Where;

    #[test]
    fn a12_5_whoever_exports_is_told_how_many_files_left_and_how_many_did_not() {
        let reply = |missing| Reply::TakenOut {
            file: "visit.zip.age".to_owned(),
            items: 5,
            unreadable: 0,
            files: 2,
            bytes: 5_000_000,
            missing,
            manifest: Hash32([7; 32]),
            passphrase: None,
        };
        let text = exported(&reply(1), Language::English);
        assert!(text.contains("5 items, 2 files of them with 5000000 bytes"), "{text}");
        assert!(text.contains("1 files could not be had"), "{text}");
        assert!(!exported(&reply(0), Language::English).contains("could not be had"));
        assert!(exported(&reply(1), Language::Japanese).contains("取り出せなかったファイルが1個"));
    }

    #[test]
    fn a15_1_the_desk_has_numbers_of_every_state() {
        let numbers = TakeoutNumbers {
            requested: 1,
            permitted: 2,
            overdue: 3,
            ended: 4,
            refused: 5,
            ..TakeoutNumbers::default()
        };
        let facility = Where { facility: FacilityId([1; 16]), name: Some("見本医院".to_owned()) };
        let text = counts(&[TakeoutCountRow { facility, numbers }], Language::English);
        let all = "1 waiting, 2 permitted, 3 overdue, 4 ended, 5 refused, 0 withdrawn, 0 lapsed; 0 standing permits";
        assert!(text.contains(all), "{text}");
    }
}
