//! Texts, reviews and what a person owes, in words.

use renkei_client_core::policy::registry::a09_review::Stage;
use renkei_client_core::proto::id::ReviewId;
use renkei_client_core::proto::sentence::Language;
use renkei_client_core::proto::time::{Date, Time};
use renkei_client_core::proto::wording::{TextKind, Wording};

use super::{facility_name, moment, person};
use crate::labels;
use crate::reply::{Owes, ReviewRow, TextRow};

pub(super) fn row(one: &TextRow, language: Language) -> String {
    let name = labels::text(one.text, language);
    let state = match (one.published, language) {
        (Some(time), Language::Japanese) => format!("{} に公示", moment(time)),
        (Some(time), Language::English) => format!("published {}", moment(time)),
        (None, Language::Japanese) => "二人目の担当者の署名を待っています".to_owned(),
        (None, Language::English) => "waits for a second operator".to_owned(),
    };
    match language {
        Language::Japanese => format!("{name}  第{}版  {state}  {}", one.version, one.hash),
        Language::English => format!("{name}  version {}  {state}  {}", one.version, one.hash),
    }
}

fn heading(text: TextKind, version: u32, language: Language) -> String {
    let name = labels::text(text, language);
    match language {
        Language::Japanese => format!("【{name} 第{version}版】"),
        Language::English => format!("[{name}, version {version}]"),
    }
}

pub(super) fn text(
    (kind, version): (TextKind, u32),
    wording: &Wording,
    acknowledged: Option<Time>,
    unread: bool,
    language: Language,
) -> String {
    let mut lines = vec![heading(kind, version, language), wording.in_language(language).trim_end().to_owned()];
    lines.extend(acknowledged.map(|at| match language {
        Language::Japanese => format!("確認済み: {}", moment(at)),
        Language::English => format!("Acknowledged {}", moment(at)),
    }));
    if unread {
        lines.push(
            language
                .pick("まだ確認していません: renkei notice accept", "Not acknowledged yet: renkei notice accept")
                .to_owned(),
        );
    }
    lines.join("\n")
}

pub(super) fn points(review: ReviewId, due: Date, wording: &Wording, language: Language) -> String {
    let first = match language {
        Language::Japanese => format!("【定期確認 {review}　期限 {due}】"),
        Language::English => format!("[Review {review}, due {due}]"),
    };
    format!("{first}\n{}", wording.in_language(language).trim_end())
}

pub(super) fn stage(stage: Stage, language: Language) -> &'static str {
    match stage {
        Stage::Due => language.pick("期限内", "due"),
        Stage::Overdue => language.pick("期限超過", "overdue"),
        Stage::Restricted => language.pick("未確認者は閲覧のみ", "who has not confirmed only reads"),
        Stage::Locked => language.pick("未確認者はロック", "who has not confirmed is locked"),
    }
}

pub(super) fn review(one: &ReviewRow, language: Language) -> String {
    let say = |japanese: &'static str, english: &'static str| language.pick(japanese, english);
    let whose = one.facility.as_ref().map_or_else(|| say("全員", "everybody").to_owned(), facility_name);
    let state = if one.open { stage(one.stage, language) } else { say("終了", "closed") };
    let counts = one.confirmed.map_or_else(String::new, |confirmed| match language {
        Language::Japanese => format!("  確認済み{confirmed}人 未確認{}人", one.waiting.len()),
        Language::English => format!("  {confirmed} confirmed, {} not yet", one.waiting.len()),
    });
    let due = say("期限", "due");
    let mut lines = vec![format!("{}  {whose}  {due} {}  {state}{counts}", one.review, one.due)];
    if one.open {
        let (restricted, locked) = (moment(one.restricted_from), moment(one.locked_from));
        lines.push(match language {
            Language::Japanese => format!("    閲覧のみ: {restricted} から　ロック: {locked} から"),
            Language::English => format!("    reading only from {restricted}, locked from {locked}"),
        });
    }
    if one.mine {
        lines.push(
            say("    あなたの確認待ち: renkei review confirm", "    Waits for you: renkei review confirm").to_owned(),
        );
    }
    lines.extend(
        one.waiting
            .iter()
            .map(|waiting| format!("    {}: {}", say("未確認", "not yet"), person(&waiting.who, language))),
    );
    lines.join("\n")
}

/// Reminders in the status.
pub(super) fn owes(one: &Owes, language: Language) -> Vec<String> {
    let notice = one.notice.map(|version| match language {
        Language::Japanese => format!("留意事項 第{version}版を確認してください: renkei notice accept"),
        Language::English => format!("Acknowledge the points to note, version {version}: renkei notice accept"),
    });
    let review = one.review.zip(one.review_due).map(|(reached, due)| match language {
        Language::Japanese => {
            format!("定期確認があります（期限 {due}・{}）: renkei review confirm", own_stage(reached, language))
        }
        Language::English => {
            format!("A review waits for you (due {due}, {}): renkei review confirm", own_stage(reached, language))
        }
    });
    let lifted = one.lifted.map(|time| lifted(time, language));
    notice.into_iter().chain(review).chain(lifted).collect()
}

/// That somebody ended the wait after failures: who did not mistype hears of it.
pub(super) fn lifted(time: Time, language: Language) -> String {
    match language {
        Language::Japanese => format!(
            "{} に管理者が入力失敗後の待ち時間を解除しました。心当たりがなければ管理者か療養相談室に連絡してください。",
            moment(time)
        ),
        Language::English => format!(
            "An administrator ended your wait after failed sign-ins at {}. If those were not yours, tell your administrator or the desk.",
            moment(time)
        ),
    }
}

fn own_stage(stage: Stage, language: Language) -> &'static str {
    match stage {
        Stage::Due => language.pick("期限内", "there is time"),
        Stage::Overdue => language.pick("期限を過ぎています", "overdue"),
        Stage::Restricted => language.pick("確認するまで閲覧のみです", "you only read until you confirm"),
        Stage::Locked => language.pick("確認するまで利用できません", "locked until you confirm"),
    }
}

pub(super) fn duty_of_secrecy(language: Language) -> &'static str {
    language.pick(
        "業務で知り得た患者・家族・事業所に関する情報を、離職後も漏らしません。端末や紙に残る情報は返却または消去します。",
        "After I have left, too, I keep secret what I learned at work of patients, their families and facilities. What is left \
         on devices or paper I return or erase.",
    )
}
