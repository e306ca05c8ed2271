//! The draft of a report on a device that is lost or in wrong hands: who, what, since when, encrypted or not.

use renkei_client_core::leak::Reach;
use renkei_client_core::proto::sentence::Language;
use renkei_client_core::proto::takeout::TakeoutForm;
use renkei_client_core::proto::time::Time;
use renkei_client_core::takeout::left::LeftUnder;

use super::office::{owned, system};
use super::{facility_name, moment, person, takeout};
use crate::labels;
use crate::reply::{LeakReply, Where, Who};

pub(super) fn report(reply: &LeakReply, language: Language) -> String {
    let say = |japanese: &'static str, english: &'static str| language.pick(japanese, english);
    let leak = &reply.leak;
    let whose = owned(leak.ownership, language);
    let when = |time: Option<Time>| time.map_or_else(|| say("なし", "never").to_owned(), moment);
    let mut lines = vec![
        say("漏えい等報告（案）", "Draft of a report on a possible leak").to_owned(),
        format!("{}: {}", say("作成", "Written"), moment(reply.written)),
        format!("{}: {}", say("対象期間の始まり", "Since"), moment(leak.since)),
        String::new(),
        say("1. 端末", "1. The device").to_owned(),
        format!("  {} {} {} ({whose})", leak.device, labels::device(leak.kind, language), system(leak.system)),
        format!("  {}: {}", say("従事者", "Person"), person(&reply.who, language)),
        format!("  {}: {}", say("利用開始", "Let in"), when(leak.active)),
        format!("  {}: {}", say("消去の指示", "Wiped"), when(leak.wiped)),
        format!("  {}: {}", say("端末による消去の確認", "Confirmed by the device"), when(leak.confirmed)),
        String::new(),
        say("2. 保護の状態", "2. Protection").to_owned(),
    ];
    lines.extend(protection(reply, language).into_iter().map(|line| format!("  {line}")));
    lines.push(String::new());
    lines.push(say("3. この端末で読めた情報", "3. What could be read with it").to_owned());
    if leak.groups.is_empty() {
        lines.push(format!("  {}", say("ありません。", "Nothing.")));
    }
    let rows = leak.groups.iter().zip(reply.labels.iter().zip(&reply.originators));
    lines.extend(rows.flat_map(|(reach, (label, originator))| group(reach, label.as_deref(), originator, language)));
    lines.push(String::new());
    lines.push(say("4. この端末での持ち出し", "4. What left with it under permits").to_owned());
    if leak.takeouts.is_empty() {
        lines.push(format!("  {}", say("許可された持ち出しはありません。", "Nothing was permitted.")));
    }
    let permits = leak.takeouts.iter().zip(&reply.permits);
    lines.extend(permits.flat_map(|(one, (who, label))| taken_out(one, who, label.as_deref(), language)));
    lines.push(String::new());
    lines.push(
        say(
            "この案は、登録簿・グループの記録・アクセス記録から作成しました。画面を実際に見た人の有無は分かりません。報告の要否と内容は、事業所が判断してください。",
            "Put together from the registry, the groups' logs and the record of access. Whether anybody looked at a screen is not known. Whether and what to report is for the facility to decide.",
        )
        .to_owned(),
    );
    lines.join("\n")
}

fn protection(reply: &LeakReply, language: Language) -> Vec<String> {
    let say = |japanese: &'static str, english: &'static str| language.pick(japanese, english).to_owned();
    let leak = &reply.leak;
    let sealed = say(
        "端末内の鍵と記録は暗号化されています。開くには端末とサーバーの双方の鍵、パスワード、ロック解除が必要です。",
        "Keys on the device are encrypted: opening them takes the device's half, the server's half and the password.",
    );
    let session = if leak.within_reach {
        say(
            "この期間に、端末のセッションは開いていたか、開かれました。内容を見られた可能性があります。",
            "In this time a session on it was open, or was opened: what it holds may have been seen.",
        )
    } else {
        say(
            "この期間、端末のセッションは閉じていて、開かれていません。",
            "In this time no session on it was open, and none was opened.",
        )
    };
    let never = say("なし", "never");
    let when = |time: Option<Time>| time.map_or_else(|| never.clone(), moment);
    let last = match language {
        Language::Japanese => format!("最後に開いた: {}、最後に閉じた: {}", when(leak.opened), when(leak.closed)),
        Language::English => format!("Last opened: {}; last locked or ended: {}", when(leak.opened), when(leak.closed)),
    };
    let guesses = match language {
        Language::Japanese => format!("この期間のサインインの失敗: {}回", leak.failures),
        Language::English => format!("Failed sign-ins in this time: {}", leak.failures),
    };
    let now = if leak.wiped.is_some() {
        say(
            "サーバー側の鍵は消去済みです。以後、パスワードが分かっても開けません。",
            "The server's half is destroyed: from then on it can't be opened, not with the password either.",
        )
    } else {
        say(
            "まだ消去されていません。紛失・盗難の場合は renkei device wipe を実行してください。",
            "It has not been wiped. If it is lost or stolen: renkei device wipe",
        )
    };
    vec![sealed, session, last, guesses, now]
}

fn group(reach: &Reach, label: Option<&str>, originator: &Where, language: Language) -> Vec<String> {
    let say = |japanese: &'static str, english: &'static str| language.pick(japanese, english);
    let name = label.map_or_else(|| reach.group.to_string(), |label| format!("{label} ({})", reach.group));
    let kind = labels::group(reach.kind, language);
    let from = match language {
        Language::Japanese => format!("連携元: {}", facility_name(originator)),
        Language::English => format!("of {}", facility_name(originator)),
    };
    let mut lines = vec![format!("  - {name}  {kind}  {from}")];
    let span =
        reach.written.map_or_else(String::new, |(first, last)| format!("（{} ～ {}）", moment(first), moment(last)));
    lines.push(match language {
        Language::Japanese => format!("      鍵のある書き込み: {}件{span}", reach.messages),
        Language::English => format!("      Written under keys that it has: {} {span}", reach.messages),
    });
    match &reach.handed {
        Some(handed) => lines.push(match language {
            Language::Japanese => format!(
                "      この期間に端末へ渡した書き込み: 延べ{}件（{} ～ {}）",
                handed.messages,
                moment(handed.first),
                moment(handed.last)
            ),
            Language::English => format!(
                "      Handed to it in this time: {} ({} – {})",
                handed.messages,
                moment(handed.first),
                moment(handed.last)
            ),
        }),
        None => lines.push(format!(
            "      {}",
            say("この期間に端末へ渡した書き込み: なし", "Handed to it in this time: nothing")
        )),
    }
    if reach.handed.is_some_and(|handed| handed.open > 0) {
        lines.push(format!(
            "      {}",
            say(
                "終わりの記録がない閲覧があります。その後の書き込みも渡した可能性があります。",
                "An opening has no end on record: what was written since may have been handed to it as well."
            )
        ));
    }
    lines
}

/// A permit: what left under it, when, and whether it is encrypted.
fn taken_out(one: &LeftUnder, by: &Who, label: Option<&str>, language: Language) -> Vec<String> {
    let say = |japanese: &'static str, english: &'static str| language.pick(japanese, english);
    let subject = match (one.group, one.device) {
        (_, true) => say("端末そのもの", "the device itself").to_owned(),
        (Some(group), _) => label.map_or_else(|| group.to_string(), |label| format!("{label} ({group})")),
        (None, _) => say("全グループ", "all groups").to_owned(),
    };
    let (medium, purpose) = (labels::medium(one.medium, language), labels::purpose(one.purpose, language));
    let stage = match one.stage {
        Some(stage) => takeout::stage(stage, language),
        None => say("継続許可", "standing permit"),
    };
    let ended = one.ended.map(|how| format!(" ({})", labels::takeout_end(how, language))).unwrap_or_default();
    let mut lines = vec![
        format!("  - {}  {subject}  {medium}  {purpose}  <{stage}{ended}>", one.takeout),
        format!(
            "      {} – {}  {}: {}  {}",
            moment(one.from),
            moment(one.until),
            say("許可した人", "permitted by"),
            person(by, language),
            moment(one.approved_at)
        ),
    ];
    lines.extend(one.exports.iter().map(|export| {
        let form = match export.form {
            TakeoutForm::Archive => say("暗号化あり（パスフレーズ）", "encrypted to a passphrase"),
            TakeoutForm::Text => say("暗号化なし（テキスト）", "not encrypted: text"),
        };
        let (at, items) = (moment(export.at), export.items);
        match language {
            Language::Japanese => format!("      書き出し {at}: {items}件、{form}、目録 {}", export.manifest),
            Language::English => format!("      Exported {at}: {items} items, {form}, manifest {}", export.manifest),
        }
    }));
    if one.files > 0 {
        lines.push(match language {
            Language::Japanese => format!("      この許可で端末へ渡したファイル: 延べ{}個", one.files),
            Language::English => format!("      Files handed to it under this permit: {}", one.files),
        });
    }
    if one.exports.is_empty() && !one.device {
        lines.push(format!("      {}", say("書き出しの記録はありません。", "No export is on record.")));
    }
    lines
}
