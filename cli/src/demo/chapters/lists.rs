//! Administrators: people from a file, and lists of everything that touches the facility.

use renkei_client_core::policy::group::a08_lists::Touch;
use renkei_client_core::proto::access::{Scope, Table, What};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::time::Time;

use crate::demo::district::District;
use crate::demo::report::{Report, Stop};

const HEADER: &str = "氏名,ふりがな,職種,免除,グループ担当";
const FIRST: &str = "架空 茜,かくう あかね,看護師,2026/1/5,○";
const SECOND: &str = "架空 昇,かくう のぼる,理学療法士,令和8年1月5日,";
const THIRD: &str = "架空 泉,かくう いずみ,看護師,2026-01-05,";

pub(super) async fn play(report: &mut Report, district: &mut District) -> Result<(), Stop> {
    report.chapter("CSVからの登録と一覧（第8条）", "Import from CSV, and lists (Article 8)");
    import(report, district).await?;
    overview(report, district)?;
    written(report, district).await
}

async fn import(report: &mut Report, district: &District) -> Result<(), Stop> {
    let (chief, nurse) = (district.person("nurse-chief")?.client()?, district.person("nurse")?.client()?);
    let file = district.home.join("staff.csv");
    let wrong = THIRD.replace("看護師,2026", "看護士,2062");
    std::fs::write(&file, ["\u{feff}", &[HEADER, FIRST, SECOND, &wrong].join("\r\n")].concat())?;
    let before = chief.look(|replica| replica.registry().size());
    let plan = chief.plan_staff(&file, false).await?;
    let faults: Vec<u64> = plan.findings.iter().map(|finding| finding.line).collect();
    let untouched = before == chief.look(|replica| replica.registry().size());
    report.check(
        "A8.3",
        "CSVに直すべき行があれば、すべて示し誰も登録しない",
        "a file with a bad line: every fault is named, nobody is registered",
        !plan.clean() && faults == [4, 4] && untouched,
        &plan.findings.iter().map(|one| format!("{} {:?}", one.line, one.what)).collect::<Vec<_>>().join("; "),
    );
    std::fs::write(&file, ["\u{feff}", &[HEADER, FIRST, SECOND, THIRD].join("\r\n")].concat())?;
    let stranger = nurse.plan_staff(&file, false).await;
    report.refused(
        "A8.3",
        "管理者でない人がCSVから登録",
        "an import by somebody who is not an administrator",
        stranger,
        Code::NotAdministrator,
    );
    let plan = report.done(
        "A8.3",
        "直したファイルを確認（まだ何もしない）",
        "a dry run of the corrected file",
        chief.plan_staff(&file, true).await,
        |plan| format!("{} new", plan.rows.iter().filter(|row| row.there.is_none()).count()),
    )?;
    let mut tickets = 0;
    for row in &plan.rows {
        let imported = chief.import_person(row, true).await?;
        tickets += usize::from(imported.registered && imported.ticket.is_some());
    }
    report.check(
        "A8.3",
        "三人を登録し、登録票を発行",
        "three people are registered, each with an enrolment ticket",
        tickets == 3,
        &format!("{tickets}"),
    );
    let again = chief.plan_staff(&file, false).await?;
    report.check(
        "A8.3",
        "同じファイルをもう一度: 登録済みの人は二重に登録しない",
        "the same file once more: nobody is registered twice",
        again.clean() && again.rows.len() == 3 && again.rows.iter().all(|row| row.there.is_some()),
        "passed over",
    );
    Ok(())
}

fn overview(report: &mut Report, district: &District) -> Result<(), Stop> {
    let group = district.hanako()?;
    for (key, name, expected) in
        [("doctor", "架空 健", Touch::Originated), ("nurse-chief", "架空 信子", Touch::Members)]
    {
        let seen = report.done(
            "A8.1",
            "管理者が自事業所に関わるグループ・端末・委託を一覧",
            "an administrator lists groups, devices and delegations of the facility",
            district.person(key)?.client()?.overview(),
            |seen| format!("{name}: {} groups, {} devices", seen.groups.len(), seen.devices.len()),
        )?;
        report.check(
            "A8.1",
            "一覧は、グループと事業所の関係を示す",
            "the list says how a group touches the facility",
            seen.groups.contains(&(group, expected)) && !seen.devices.is_empty(),
            &format!("{expected:?}"),
        );
    }
    let nurse = district.person("nurse")?.client()?.overview();
    report.refused(
        "A8.1",
        "管理者でない人の一覧",
        "a list for somebody who is no administrator",
        nurse,
        Code::NotAdministrator,
    );
    Ok(())
}

/// A list leaves as a table for a spreadsheet: that it does is on record first.
async fn written(report: &mut Report, district: &District) -> Result<(), Stop> {
    let (chief, nurse) = (district.person("nurse-chief")?.client()?, district.person("nurse")?.client()?);
    let rows = chief.overview()?.groups.len();
    let written = chief.record_table(Table::Overview, rows).await;
    report.done(
        "A8.1",
        "一覧を表に書き出す前に、書き出しが記録に残る",
        "before the list is written as a table, that it is is on record",
        written,
        |_| format!("{rows} rows"),
    )?;
    let records = chief.access_records(Scope::Own, Time(0), Time(u64::MAX)).await?;
    let whats = records.lines.iter().map(|line| line.record.what);
    let found = whats.filter(|what| matches!(what, What::TableWritten { table: Table::Overview, .. })).count();
    report.check(
        "A2.1",
        "書き出しがアクセス記録にある",
        "the writing is in the record of access",
        found > 0,
        &format!("{found}"),
    );
    let other = nurse.record_table(Table::Overview, rows).await;
    report.refused(
        "A8.1",
        "管理者でない人が表を書き出す",
        "a table for somebody who is no administrator",
        other,
        Code::NotAdministrator,
    );
    Ok(())
}
