//! Imported files in words: what would come of one, what is wrong with it line by line, what was done.

use renkei_client_core::import::{Column, Encoding, Finding, Wrong};
use renkei_client_core::proto::sentence::Language;

use super::{moment, person};
use crate::reply::{ImportPlan, ImportedRow};

pub(super) fn plan(plan: &ImportPlan, language: Language) -> String {
    let mut lines = Vec::new();
    if let Some(encoding) = plan.encoding {
        let name = match encoding {
            Encoding::Utf8 => "UTF-8",
            Encoding::ShiftJis => "Shift_JIS",
        };
        lines.push(format!("{}: {name}", language.pick("文字コード", "Encoding")));
    }
    lines.extend(findings(&plan.findings, language));
    if plan.clean {
        lines.extend(plan.rows.iter().map(|row| {
            let there = if row.there { language.pick("  [登録済み]", "  [registered already]") } else { "" };
            // A file that somebody else wrote gives no office unseen.
            let offices = [
                (row.administrator, language.pick("  ★SNS管理者に任命", "  * becomes SNS administrator")),
                (row.group_manager, language.pick("  ★グループ担当を付与", "  * may create groups and invite")),
            ];
            let offices: String = offices.iter().filter(|(given, _)| *given).map(|(_, words)| *words).collect();
            format!("{}  {}{there}{offices}", at(row.line, language), row.name)
        }));
        let new = plan.rows.iter().filter(|row| !row.there).count();
        lines.push(match language {
            Language::Japanese => format!("直すところはありません。新しい行: {new}件（まだ何も登録していません）"),
            Language::English => format!("Nothing to correct. {new} new. Nothing was done yet."),
        });
    }
    lines.join("\n")
}

pub(super) fn imported(row: &ImportedRow, language: Language) -> String {
    let done = if row.registered {
        language.pick("登録しました", "registered")
    } else {
        language.pick("登録済み", "registered already")
    };
    let mut lines =
        vec![format!("{}  {}  {}  {done}", at(row.line, language), row.who.user, person(&row.who, language))];
    lines.extend(row.link.as_ref().map(|link| format!("    {link}")));
    lines.extend(row.expires.map(|time| format!("    {}: {}", language.pick("有効期限", "Good until"), moment(time))));
    lines.join("\n")
}

pub(super) fn done(registered: usize, passed_over: usize, language: Language) -> String {
    match language {
        Language::Japanese => format!("登録 {registered}人、登録済み {passed_over}人"),
        Language::English => format!("{registered} registered, {passed_over} passed over"),
    }
}

pub(super) fn tickets(file: &str, tickets: usize, all: &[Finding], language: Language) -> String {
    let mut lines = findings(all, language);
    lines.push(match language {
        Language::Japanese => format!(
            "登録票を{tickets}件発行しました: {file}\nこのファイルは秘密です。各事業所の本人だけに、他人に見られない方法で渡し、渡したら消してください。"
        ),
        Language::English => format!(
            "{tickets} tickets issued: {file}\nThe file is secret: hand each link over by a private way, then delete it."
        ),
    });
    lines.join("\n")
}

fn at(line: u64, language: Language) -> String {
    match (line, language) {
        (0, _) => language.pick("ファイル", "file").to_owned(),
        (line, Language::Japanese) => format!("{line}行目"),
        (line, Language::English) => format!("line {line}"),
    }
}

fn findings(findings: &[Finding], language: Language) -> Vec<String> {
    let told = findings.iter().map(|one| {
        let mark =
            if one.what.is_warning() { language.pick("注意", "note") } else { language.pick("誤り", "fault") };
        let place = one.column.map(|known| format!(" {}", column(known, language))).unwrap_or_default();
        format!("{}{place}  [{mark}] {}", at(one.line, language), wrong(&one.what, language))
    });
    told.collect()
}

fn column(column: Column, language: Language) -> &'static str {
    match column {
        Column::Name => language.pick("氏名・事業所名", "name"),
        Column::Kana => language.pick("ふりがな", "kana"),
        Column::Profession => language.pick("職種", "profession"),
        Column::Pledge => language.pick("誓約書", "pledge"),
        Column::Scan => language.pick("スキャン", "scan"),
        Column::HeldSince => language.pick("免除", "held since"),
        Column::Administrator => language.pick("SNS管理者", "administrator"),
        Column::GroupManager => language.pick("グループ担当", "group manager"),
        Column::Kind => language.pick("種別", "kind"),
    }
}

fn wrong(what: &Wrong, language: Language) -> String {
    let fixed = |japanese: &'static str, english: &'static str| language.pick(japanese, english).to_owned();
    let with = |shown: &dyn std::fmt::Display, japanese: &str, english: &str| {
        let text = language.pick(japanese, english);
        text.replace("{}", &shown.to_string())
    };
    match what {
        Wrong::TooLarge { most } => {
            with(most, "ファイルが大きすぎます（{}バイトまで）", "the file is larger than {} bytes")
        }
        Wrong::NotText => fixed(
            "UTF-8でもShift_JISでもありません。CSV形式で保存し直してください",
            "neither UTF-8 nor Shift_JIS: save it as CSV",
        ),
        Wrong::TooManyLines { most } => {
            with(most, "{}行を超えています。分けてください", "more than {} lines: divide the file")
        }
        Wrong::Empty => fixed("見出しの下に行がありません", "there is no line below the first"),
        Wrong::ColumnMissing => {
            fixed("この列がありません。1行目に見出しを入れてください", "this column is missing from the first line")
        }
        Wrong::ColumnTwice => fixed("この列が二つあります", "this column is there twice"),
        Wrong::TooManyFields => fixed("見出しより多くの欄があります", "more fields than columns"),
        Wrong::Blank => fixed("空欄です", "is blank"),
        Wrong::TooLong { most } => with(most, "長すぎます（{}バイトまで）", "is longer than {} bytes"),
        Wrong::Deceptive => fixed(
            "改行、見えない文字、または表示の向きを変える文字が含まれています。打ち直してください",
            "holds a line break, or a character that can't be seen or turns the reading direction: type it anew",
        ),
        Wrong::UnknownWord { found } => {
            with(found, "「{}」は分かりません。決められた語を使ってください", "'{}' is not one of the words")
        }
        Wrong::BadDay { found } => {
            with(found, "「{}」は日付ではありません（例: 2026-03-01）", "'{}' is not a day, such as 2026-03-01")
        }
        Wrong::Future => fixed("未来の日付です", "is in the future"),
        Wrong::NotYesOrNo { found } => with(found, "「{}」は○か空欄にしてください", "'{}' is neither yes nor no"),
        Wrong::ScanMissing => {
            fixed("誓約書のスキャンのファイル名を入れてください", "name the file with the scan of the pledge")
        }
        Wrong::DayMissing => fixed("誓約書の署名日を入れてください", "give the day on which the pledge was signed"),
        Wrong::PledgeTwice => {
            fixed("誓約書と免除の両方があります。一方にしてください", "both a pledge and an exemption: keep one")
        }
        Wrong::Twice { first } => with(first, "{}行目と同じです", "is the same as in line {}"),
        Wrong::ScanUnreadable => fixed("スキャンのファイルを読めません", "the scan can't be read"),
        Wrong::ScanOutside => fixed(
            "スキャンはこのファイルと同じフォルダーに置いてください",
            "the scan must lie in the same folder as this file",
        ),
        Wrong::NotFacilityManager => {
            fixed("SNS管理者を任命できるのは事業所管理者だけです", "only the facility manager appoints administrators")
        }
        Wrong::TooManyTickets { most } => {
            with(most, "登録票は今あと{}件までしか発行できません", "only {} more tickets can be issued now")
        }
        Wrong::ColumnIgnored { found } => with(found, "「{}」の列は使いません", "the column '{}' is not used"),
        Wrong::Namesake { first } => with(
            first,
            "{}行目と同じ氏名です。別の人か確かめてください",
            "has the same name as line {}: is it somebody else?",
        ),
        Wrong::NameTaken => fixed(
            "同じ名前が登録済みです。別の人・事業所か確かめてください",
            "this name is registered already: is it somebody else?",
        ),
        Wrong::NoPledge => fixed(
            "誓約書も免除もありません。記録するまでサインインできません",
            "neither pledge nor exemption: no sign-in before one is filed",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::ImportPlanRow;
    use crate::reply::Reply;

    #[test]
    fn a08_3_a_fault_names_line_column_and_what_to_do_in_both_languages() {
        let what = Wrong::UnknownWord { found: "魔法使い".to_owned() };
        let findings = vec![Finding { line: 3, column: Some(Column::Profession), what }];
        let shown = ImportPlan { encoding: Some(Encoding::ShiftJis), clean: false, rows: Vec::new(), findings };
        let japanese = plan(&shown, Language::Japanese);
        assert!(japanese.contains("3行目 職種  [誤り] 「魔法使い」は分かりません"), "{japanese}");
        let english = plan(&shown, Language::English);
        assert!(english.contains("line 3 profession  [fault] '魔法使い' is not one of the words"), "{english}");
        assert!(english.starts_with("Encoding: Shift_JIS"));
    }

    #[test]
    fn a08_3_findings_come_whole_through_the_agents_socket() {
        let warned = Finding { line: 2, column: None, what: Wrong::NoPledge };
        let bounded = Finding { line: 0, column: None, what: Wrong::TooManyTickets { most: 3 } };
        let findings = vec![warned, bounded];
        let tickets = Reply::FacilityTickets { file: "見本.csv".to_owned(), tickets: 1, findings: findings.clone() };
        let sent = serde_json::to_string(&tickets).expect("JSON");
        let Ok(Reply::FacilityTickets { findings: got, .. }) = serde_json::from_str(&sent) else { panic!("{sent}") };
        assert_eq!(got, findings, "{sent}");
    }

    #[test]
    fn a08_3_a_plan_names_every_office_that_the_file_gives() {
        let row = |line, there, administrator, group_manager| ImportPlanRow {
            line,
            name: "架空 結".to_owned(),
            there,
            administrator,
            group_manager,
        };
        let rows = vec![row(2, true, true, false), row(3, false, false, true), row(4, false, false, false)];
        let text = plan(&ImportPlan { encoding: None, clean: true, rows, findings: Vec::new() }, Language::Japanese);
        let offices: Vec<bool> = text.lines().map(|line| line.contains('★')).collect();
        assert_eq!(offices, [true, true, false, false], "{text}");
        assert!(text.contains("SNS管理者に任命") && text.contains("[登録済み]"), "{text}");
    }
}
