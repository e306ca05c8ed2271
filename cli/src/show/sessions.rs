//! Sessions, recovery codes and settings in words.

use renkei_client_core::proto::sentence::Language;
use renkei_client_core::proto::settings::{Crowded, PasswordKinds, Setting};

use super::moment;
use crate::args::settings::written;
use crate::labels;
use crate::reply::{Proposed, SessionLine};

pub(super) fn recovery_codes(codes: &[String], language: Language) -> String {
    let first = language.pick(
        "予備コードです。紙に書き、端末とは別の場所に保管してください。認証アプリを失った日に、一つにつき一度だけ使えます。二度と表示されません。",
        "Recovery codes. Write them on paper and keep it away from the device: on the day on which the code generator is \
         lost, each works once. They are not shown again.",
    );
    let lines = codes.iter().map(|code| format!("  {code}"));
    std::iter::once(first.to_owned()).chain(lines).collect::<Vec<_>>().join("\n")
}

pub(super) fn session(one: &SessionLine, language: Language) -> String {
    let say = |japanese: &'static str, english: &'static str| language.pick(japanese, english);
    let kind = one.device_kind.map_or("?", |kind| labels::device(kind, language));
    let state = if one.locked { say("ロック中", "locked") } else { say("使用中", "open") };
    let here = if one.here { say("（この端末）", " (this one)") } else { "" };
    let idle = match language {
        Language::Japanese => format!("{}秒前まで操作", one.idle),
        Language::English => format!("idle for {} s", one.idle),
    };
    format!("{}  {kind} {}{here}  {}  {state}  {idle}", one.session, one.device, moment(one.since))
}

pub(super) fn rules(
    association: &[Setting],
    facility: &[Setting],
    proposed: &[Proposed],
    language: Language,
) -> String {
    let say = |japanese: &'static str, english: &'static str| language.pick(japanese, english);
    let mut lines =
        vec![say("事業所で有効な設定（医師会の設定と同じか、より厳しい）", "What holds in this facility").to_owned()];
    for (own, whole) in facility.iter().zip(association) {
        let stricter = if own == whole {
            String::new()
        } else {
            format!("  [{}: {}]", say("医師会", "association"), words(*whole, language))
        };
        lines.push(format!("  {:<32} {}{stricter}", written(*own), words(*own, language)));
    }
    if !proposed.is_empty() {
        lines.push(
            say("二人目の署名を待つ医師会の設定", "Settings of the association that wait for a second signature")
                .to_owned(),
        );
        lines.extend(
            proposed.iter().map(|one| format!("  {:<32} {}", written(one.setting), words(one.setting, language))),
        );
    }
    lines.join("\n")
}

fn words(setting: Setting, language: Language) -> String {
    let say = |japanese: &'static str, english: &'static str| language.pick(japanese, english);
    let after = |seconds: u32, japanese: &str, english: &str| match language {
        Language::Japanese => format!("{}分{japanese}", seconds / 60),
        Language::English => format!("{english} {} minutes", seconds / 60),
    };
    match setting {
        Setting::Passwords(kinds) => passwords(kinds, language),
        Setting::IdleMobile(seconds) => {
            after(seconds, "操作がなければスマートフォン・タブレットをロック", "phones and tablets lock after")
        }
        Setting::IdleComputer(seconds) => after(seconds, "操作がなければパソコンをロック", "computers lock after"),
        Setting::SessionEnd(seconds) => after(seconds, "でセッションを終了", "sessions end after"),
        Setting::Sessions(count) => match language {
            Language::Japanese => format!("同時に{count}台まで"),
            Language::English => format!("{count} devices at once"),
        },
        Setting::Crowded(Crowded::EndOldest) => {
            say("超えたら最も古いものを終了", "one too many ends the oldest").into()
        }
        Setting::Crowded(Crowded::Refuse) => say("超えたら新しいものを拒否", "one too many is refused").into(),
        Setting::OwnDevices(true) => say("私物端末を認める", "people's own devices are let in").into(),
        Setting::OwnDevices(false) => say("私物端末を認めない", "people's own devices are not let in").into(),
        Setting::PostureRequired(asked) => {
            let asked = asked.lines().into_iter().filter(|(_, asked)| *asked);
            let names: Vec<&str> = asked.map(|(name, _)| crate::labels::posture(name, language)).collect();
            let none = say("端末の要件なし", "nothing asked of devices");
            let head = say("端末の要件: ", "asked of devices: ");
            if names.is_empty() { none.into() } else { format!("{head}{}", names.join(say("、", ", "))) }
        }
        Setting::PostureEvery(days) => match language {
            Language::Japanese => format!("端末の状態は{days}日以内に再確認"),
            Language::English => format!("devices are confirmed again within {days} days"),
        },
        Setting::Downloads(true) => {
            say("自由グループのファイルの保存を認める", "files of free groups may be kept").into()
        }
        Setting::Downloads(false) => say("ファイルは閲覧のみ", "files are to look at only").into(),
        Setting::Retention(years) => match language {
            Language::Japanese => format!("終了した患者グループを{years}年間は消去しない"),
            Language::English => format!("closed patient groups are kept for {years} years"),
        },
        Setting::Backups(None) => {
            say("バックアップの保存日数: 未公表", "nothing is said of how long backups are kept").into()
        }
        Setting::Backups(Some(days)) => match language {
            Language::Japanese => format!("サーバーのバックアップは{days}日で失効"),
            Language::English => format!("backups of the server expire after {days} days"),
        },
    }
}

fn passwords(kinds: PasswordKinds, language: Language) -> String {
    let say = |japanese: &'static str, english: &'static str| language.pick(japanese, english);
    let all = [
        (kinds.long, say("13文字以上", "13 characters")),
        (kinds.changing, say("8文字以上で2か月ごとに変更", "8 changed every 2 months")),
        (kinds.second_factor, say("8文字以上と二要素認証", "8 beside the second factor")),
    ];
    let accepted: Vec<&str> = all.into_iter().filter(|(accepted, _)| *accepted).map(|(_, words)| words).collect();
    accepted.join(say("、または", ", or "))
}
