//! Imported files in words: what would come of one, what is wrong with it line by line, what was done.

use renkei_client_core::import::told::{column, wrong};
use renkei_client_core::import::{Encoding, Finding};
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

#[cfg(test)]
mod tests {
    use renkei_client_core::import::{Column, Wrong};

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
