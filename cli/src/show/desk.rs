//! Inquiries, training rounds and the report, in words and as a table.

use renkei_client_core::policy::group::a14_inquiries::{InquiryState, Turn};
use renkei_client_core::proto::act::Measure;
use renkei_client_core::proto::id::TrainingId;
use renkei_client_core::proto::sentence::Language;
use renkei_client_core::proto::time::{Date, Time};
use renkei_client_core::proto::wording::Wording;
use renkei_client_core::report::{FacilityState, Share};
use renkei_client_core::table::{OnRecord, Table};

use super::{facility_name, list, moment, person};
use crate::labels;
use crate::reply::desk::{AttendedRow, IncidentRow, InquiryCount, InquiryRow, MeasureRow, ReportRow, TrainingRow};

fn state(state: InquiryState, language: Language) -> &'static str {
    match state {
        InquiryState::Open => language.pick("受付待ち", "open"),
        InquiryState::Taken => language.pick("対応中", "taken"),
        InquiryState::Answered => language.pick("回答済み", "answered"),
        InquiryState::Closed => language.pick("終了", "closed"),
    }
}

pub(super) fn opened(inquiry: &impl std::fmt::Display, language: Language) -> String {
    let care = language.pick(
        "患者の氏名や診療・介護の情報は書かないでください。",
        "Please write nothing of a patient: no name, no data of care.",
    );
    format!("{}: {inquiry}\n{care}", language.pick("問い合わせ", "Inquiry"))
}

fn inquiry(one: &InquiryRow, language: Language) -> String {
    let say = |japanese: &'static str, english: &'static str| language.pick(japanese, english);
    let subject = one.subject.clone().unwrap_or_else(|| say("（件名は未着）", "(no subject yet)").to_owned());
    let waits = match (one.turn, language) {
        (Turn::Desk, Language::Japanese) => format!("療養相談室の対応待ち（{}日）", one.waits_days),
        (Turn::Desk, Language::English) => format!("waits for the Desk ({} days)", one.waits_days),
        (Turn::Asker, Language::Japanese) => format!("問い合わせた人の返信待ち（{}日）", one.waits_days),
        (Turn::Asker, Language::English) => format!("waits for who asked ({} days)", one.waits_days),
        (Turn::Nobody, _) => one.closed.map_or("", |reason| labels::inquiry_end(reason, language)).to_owned(),
    };
    let taken = one
        .taken_by
        .as_ref()
        .map_or_else(String::new, |who| format!("  {}: {}", say("担当", "taken by"), person(who, language)));
    let (state, asker) = (state(one.state, language), person(&one.asker, language));
    let first = format!("{}  {subject}  [{state}]  {waits}{taken}", one.inquiry);
    format!("{first}\n    {asker}  {}", moment(one.opened))
}

pub(super) fn inquiries(rows: &[InquiryRow], counts: &[InquiryCount], language: Language) -> String {
    let count = |one: &InquiryCount| {
        let oldest = one.oldest.filter(|_| one.state != InquiryState::Closed).map_or_else(String::new, |time| {
            format!(" ({} {})", language.pick("最も古いもの", "oldest"), moment(time))
        });
        format!("{} {}{oldest}", state(one.state, language), one.inquiries)
    };
    let counts: Vec<String> = counts.iter().map(count).collect();
    format!("{}\n{}", counts.join("  "), list(rows, language, |one| inquiry(one, language)))
}

pub(super) fn reported(incident: &impl std::fmt::Display, language: Language) -> String {
    let then = language.pick(
        "自事業所のSNS管理者と療養相談室に届きました。患者の命や安全にかかわるときは、電話でも知らせてください。",
        "The SNS administrators of your facility and the consultation desk have it. If a life or safety is at stake, telephone as well.",
    );
    format!("{}: {incident}\n{then}", language.pick("報告", "Report"))
}

pub(super) fn incident(one: &IncidentRow, language: Language) -> String {
    let say = |japanese: &'static str, english: &'static str| language.pick(japanese, english);
    let subject = one.subject.clone().unwrap_or_else(|| say("（件名は未着）", "(no subject yet)").to_owned());
    let what = one.what.map_or(say("種類は未記入", "no kind yet"), |kind| labels::incident(kind, language));
    let taken = one
        .taken_by
        .as_ref()
        .map_or_else(String::new, |who| format!("  {}: {}", say("対応", "seen to by"), person(who, language)));
    let (state, reporter) = (state(one.state, language), person(&one.reporter, language));
    let mut lines = vec![format!("{}  {subject}  [{state}]  {what}{taken}", one.incident)];
    let noticed =
        one.noticed.map_or_else(String::new, |time| format!("  {} {}", say("気付いた時", "noticed"), moment(time)));
    lines.push(format!("    {reporter}  {}{noticed}", moment(one.opened)));
    if let (Some(group), Some(message)) = (one.group, one.message) {
        let label = one.label.clone().unwrap_or_default();
        lines.push(format!("    {}: {group} {label} #{message}", say("書き込み", "about")));
    }
    let measure = |row: &MeasureRow| {
        let done = if row.done { say("済み", "done") } else { say("不要", "not needed") };
        let what = labels::measure(row.measure, language);
        format!("    {what}: {done}  {}  {}", row.on, person(&row.by, language))
    };
    lines.extend(one.measures.iter().map(measure));
    if one.state != InquiryState::Closed {
        let missing = |measure: &Measure| {
            format!("    {}: {}", labels::measure(*measure, language), say("未記録", "not on record yet"))
        };
        lines.extend(one.missing.iter().map(missing));
    }
    lines.join("\n")
}

pub(super) fn material(training: TrainingId, until: Date, wording: &Wording, language: Language) -> String {
    let first = match language {
        Language::Japanese => format!("【研修 {training}　{until} まで】"),
        Language::English => format!("[Training {training}, until {until}]"),
    };
    format!("{first}\n{}", wording.in_language(language).trim_end())
}

fn attended(one: &AttendedRow, language: Language) -> String {
    let who = person(&one.who, language);
    let how = match (one.held_on, language) {
        (None, Language::Japanese) => format!("本人の署名 {}", moment(one.at)),
        (None, Language::English) => format!("signed {}", moment(one.at)),
        (Some(day), Language::Japanese) => format!("対面 {day}"),
        (Some(day), Language::English) => format!("in person on {day}"),
    };
    let by = one
        .recorded_by
        .as_ref()
        .map_or_else(String::new, |by| format!("  {}: {}", language.pick("記録", "recorded by"), person(by, language)));
    format!("    {}: {who}  {how}{by}", language.pick("受講済み", "took part"))
}

fn share(one: Share) -> String {
    format!("{}/{}", one.done, one.asked)
}

pub(super) fn training(one: &TrainingRow, language: Language) -> String {
    let say = |japanese: &'static str, english: &'static str| language.pick(japanese, english);
    let whose = one.facility.as_ref().map_or_else(|| say("全員", "everybody").to_owned(), facility_name);
    let state = match (one.open, one.over) {
        (false, _) => say("終了", "closed"),
        (true, true) => say("期間終了・受付中", "past its last day, still open"),
        (true, false) => say("実施中", "open"),
    };
    let mut lines = vec![format!("{}  {whose}  {} - {}  {state}", one.training, one.from, one.until)];
    if one.mine {
        lines.push(
            say("    受講してください: renkei training attend", "    Waits for you: renkei training attend").into(),
        );
    }
    lines.extend(one.attended.iter().map(|row| attended(row, language)));
    lines.extend(one.missing.iter().map(|who| format!("    {}: {}", say("未受講", "not yet"), person(who, language))));
    let count = |count: &crate::reply::desk::TrainingCount| {
        format!("    {}: {}", facility_name(&count.facility), share(count.share))
    };
    lines.extend(one.counts.iter().map(count));
    lines.join("\n")
}

fn facility_state(state: FacilityState, language: Language) -> &'static str {
    match state {
        FacilityState::Applied => language.pick("申請中", "applied"),
        FacilityState::Admitted => language.pick("利用中", "admitted"),
        FacilityState::Suspended => language.pick("停止中", "suspended"),
        FacilityState::Ended => language.pick("利用終了", "ended"),
    }
}

/// The columns of the report: a heading, and its cell. One number a cell: what looks like a fraction, a spreadsheet takes
/// for a date.
fn columns(one: &ReportRow, language: Language) -> Vec<(&'static str, String)> {
    let say = |japanese: &'static str, english: &'static str| language.pick(japanese, english);
    let at = |time: Option<Time>| time.map(moment).unwrap_or_default();
    let (devices, patient, free, asked) = (one.devices, one.patient_groups, one.free_groups, one.inquiries);
    vec![
        (say("状態", "state"), facility_state(one.state, language).to_owned()),
        (say("従事者", "people"), one.people.to_string()),
        (say("停止中の従事者", "people suspended"), one.suspended.to_string()),
        (say("誓約書のない従事者", "people without a pledge"), one.pledges_missing.to_string()),
        (say("認証を初期化した従事者", "people reset"), one.resets.to_string()),
        (say("端末: 利用中", "devices in use"), devices.active.to_string()),
        (say("端末: うち状態の確認なし", "devices in use and out of order"), devices.posture_missing.to_string()),
        (say("端末: 承認待ち", "devices waiting"), devices.waiting.to_string()),
        (say("端末: 停止中", "devices suspended"), devices.suspended.to_string()),
        (say("端末: 消去", "devices wiped"), devices.wiped.to_string()),
        (say("端末: 使用終了", "devices retired"), devices.retired.to_string()),
        (say("患者グループ: 利用中", "patient groups open"), patient.open.to_string()),
        (say("患者グループ: 終了", "patient groups closed"), patient.closed.to_string()),
        (say("患者グループ: 凍結", "patient groups frozen"), patient.frozen.to_string()),
        (say("患者グループ: 消去", "patient groups erased"), patient.erased.to_string()),
        (say("自由グループ: 利用中", "free groups open"), free.open.to_string()),
        (say("自由グループ: 終了", "free groups closed"), free.closed.to_string()),
        (say("自由グループ: 消去", "free groups erased"), free.erased.to_string()),
        (say("委託", "delegations"), one.delegations.to_string()),
        (say("承認待ちの招待", "invitations open"), one.invitations.to_string()),
        (say("最も古い承認待ちの招待", "oldest invitation"), at(one.oldest_invitation)),
        (say("定期確認: 対象", "reviews asked"), one.reviews.asked.to_string()),
        (say("定期確認: 済", "reviews done"), one.reviews.done.to_string()),
        (say("研修: 対象", "training asked"), one.trainings.asked.to_string()),
        (say("研修: 済", "training done"), one.trainings.done.to_string()),
        (say("問い合わせ: 受付待ち", "inquiries open"), asked.open.to_string()),
        (say("問い合わせ: 対応中", "inquiries taken"), asked.taken.to_string()),
        (say("問い合わせ: 回答済み", "inquiries answered"), asked.answered.to_string()),
        (say("問い合わせ: 終了", "inquiries closed"), asked.closed.to_string()),
        (say("問い合わせ: 消去", "inquiries erased"), asked.erased.to_string()),
        (say("問い合わせ: 最も古い受付待ち", "oldest open inquiry"), at(one.oldest_inquiry)),
        (say("持ち出し: 承認待ち", "takeouts waiting"), one.takeouts.requested.to_string()),
        (say("持ち出し: 許可", "takeouts permitted"), one.takeouts.permitted.to_string()),
        (say("持ち出し: 期限超過", "takeouts overdue"), one.takeouts.overdue.to_string()),
        (say("持ち出し: 終了", "takeouts ended"), one.takeouts.ended.to_string()),
        (say("持ち出し: 却下", "takeouts refused"), one.takeouts.refused.to_string()),
        (say("持ち出し: 取り下げ", "takeouts withdrawn"), one.takeouts.withdrawn.to_string()),
        (say("持ち出し: 決定されないまま期間を過ぎた申請", "takeouts lapsed"), one.takeouts.lapsed.to_string()),
        (say("カルテ転記の継続許可", "standing permits"), one.takeouts.standing.to_string()),
        (say("拒否", "refusals"), one.refused.map(|number| number.to_string()).unwrap_or_default()),
    ]
}

pub(super) fn report(at: Time, since: Time, rows: &[ReportRow], language: Language) -> String {
    let head = match language {
        Language::Japanese => {
            format!("{} 現在（拒否は {} から）。件数と状態のみ。0件は省略。", moment(at), moment(since))
        }
        Language::English => {
            format!("As of {} (refusals since {}). Numbers and states only; no zeros.", moment(at), moment(since))
        }
    };
    let row = |one: &ReportRow| {
        let cells = columns(one, language).into_iter().filter(|(_, cell)| !cell.is_empty() && cell != "0");
        let cells: Vec<String> = cells.map(|(name, cell)| format!("    {name}: {cell}")).collect();
        format!("{}\n{}", facility_name(&one.facility), cells.join("\n"))
    };
    format!("{head}\n{}", list(rows, language, row))
}

pub(super) fn written(file: &str, language: Language) -> String {
    format!("{} {file}", language.pick("書き出しました（件数と状態のみ）:", "Written (numbers and states only):"))
}

/// The report as a table for a spreadsheet.
pub(crate) fn report_table(rows: &[ReportRow], on_record: &OnRecord, language: Language) -> Vec<u8> {
    let first = [language.pick("事業所", "facility"), language.pick("事業所ID", "identifier")];
    let header = rows.first().map(|one| columns(one, language)).unwrap_or_default();
    let mut table = Table::new(first.into_iter().chain(header.iter().map(|(name, _)| *name)));
    for one in rows {
        let named = [facility_name(&one.facility), one.facility.facility.to_string()];
        let cells: Vec<String> =
            named.into_iter().chain(columns(one, language).into_iter().map(|(_, cell)| cell)).collect();
        table.row(cells.iter().map(String::as_str));
    }
    table.finish(on_record)
}

#[cfg(test)]
mod tests {
    use renkei_client_core::proto::id::FacilityId;
    use renkei_client_core::proto::report::{GroupNumbers, InquiryNumbers};
    use renkei_client_core::report::DeviceNumbers;
    use renkei_client_core::takeout::TakeoutNumbers;

    use super::*;
    use crate::reply::Where;

    fn row(name: &str) -> ReportRow {
        ReportRow {
            facility: Where { facility: FacilityId([1; 16]), name: Some(name.to_owned()) },
            state: FacilityState::Admitted,
            people: 3,
            suspended: 0,
            pledges_missing: 1,
            resets: 0,
            devices: DeviceNumbers { active: 4, posture_missing: 2, ..DeviceNumbers::default() },
            delegations: 0,
            reviews: Share { done: 1, asked: 3 },
            trainings: Share::default(),
            patient_groups: GroupNumbers { open: 5, closed: 1, frozen: 0, erased: 2 },
            free_groups: GroupNumbers::default(),
            invitations: 0,
            oldest_invitation: None,
            inquiries: InquiryNumbers { open: 1, ..InquiryNumbers::default() },
            oldest_inquiry: Some(Time(1_774_969_200)),
            refused: None,
            takeouts: TakeoutNumbers { overdue: 2, ..TakeoutNumbers::default() },
        }
    }

    #[test]
    fn a15_1_the_table_has_a_cell_for_each_heading_and_none_is_a_formula() {
        for language in [Language::Japanese, Language::English] {
            let on_record: OnRecord = serde_json::from_str(r#"{"table":"report","rows":2}"#).unwrap();
            let bytes = report_table(&[row("=HYPERLINK(1)"), row("見本クリニック")], &on_record, language);
            let text = String::from_utf8(bytes).expect("UTF-8");
            let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
            let cells = |line: &str| line.matches("\",\"").count() + 1;
            assert_eq!(lines.iter().map(|line| cells(line)).collect::<Vec<_>>(), [42; 3]);
            assert!(lines[1].starts_with("\"'=HYPERLINK(1)\""), "{}", lines[1]);
            assert!(!text.contains('/'), "no cell is taken for a date");
        }
    }

    #[test]
    fn a15_1_the_report_says_numbers_and_since_when_something_waits() {
        let text = report(Time(0), Time(0), &[row("見本クリニック")], Language::English);
        assert!(text.contains("oldest open inquiry: 2026-04-01 00:00") && text.contains("out of order: 2"));
        assert!(text.contains("takeouts overdue: 2") && !text.contains("takeouts refused"), "{text}");
        assert!(!text.contains("refusals:"), "an administrator is not told");
    }
}
