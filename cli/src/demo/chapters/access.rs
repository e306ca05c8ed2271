//! The record of access: who really was handed what is in a group, and who may know.

use renkei_client_core::access::{Records, who_read};
use renkei_client_core::proto::access::{Kind, Scope};
use renkei_client_core::proto::access_file::{Checker, Flaw};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::time::Time;

use crate::demo::district::District;
use crate::demo::report::{Report, Stop};

const ALWAYS: (Time, Time) = (Time(0), Time(u64::MAX));

pub(super) async fn play(report: &mut Report, district: &District) -> Result<(), Stop> {
    report.chapter("アクセスの記録（第2条）", "The record of access (Article 2)");
    let group = Scope::Group(district.hanako()?);
    let doctor = district.person("doctor")?;
    let records = doctor.client()?.access_records(group, ALWAYS.0, ALWAYS.1).await?;
    let readers = who_read(district.hanako()?, records.lines.iter().map(|line| &line.record));
    let nurse = district.person("nurse")?.user()?;
    let messages = readers.iter().find(|one| one.user == nurse).map_or(0, |one| one.messages);
    let devices = readers.len();
    report.check(
        "A2.1",
        "花子さんのグループの内容を実際に受け取った端末",
        "who really was handed what is in Hanako's group",
        devices > 3 && messages > 0,
        &format!("{devices} devices; 架空 結: {messages} messages"),
    );
    let root = doctor.profile.public().root;
    let checked = check(&records, root).map_err(|flaw| Stop(flaw.to_string()))?;
    let mut changed = records.clone();
    if let Some(line) = changed.lines.last_mut() {
        line.record.user = None;
    }
    report.check(
        "A2.1",
        "書き出した記録は一件ずつ署名に照らして検証でき、書き換えは見つかる",
        "each record is checked under the signed head, and a changed one is named",
        check(&changed, root) == Err(Flaw::Line),
        &format!("{} of {}", checked.0, checked.1),
    );
    let chief = district.person("nurse-chief")?.client()?.access_records(group, ALWAYS.0, ALWAYS.1).await;
    report.refused(
        "A2.1",
        "他の事業所のSNS管理者には見えない",
        "another facility's administrator asks for it",
        chief,
        Code::NotForYou,
    );
    let tablet = district.person("nurse-tablet")?.device();
    let leak = district.person("nurse-chief")?.client()?.leak_report(tablet, Time(0)).await;
    report.done(
        "A2.1",
        "紛失端末の漏えい等報告（案）: 誰の、何が、いつから、暗号化の有無",
        "draft of a leak report: whose device, what was within reach, since when, encrypted",
        leak,
        |leak| {
            let messages: u64 = leak.groups.iter().map(|reach| reach.messages).sum();
            format!("{} groups, {messages} messages, open: {}", leak.groups.len(), leak.within_reach)
        },
    )?;
    let operator = district.operators[0].client()?;
    let content = operator.access_records(group, ALWAYS.0, ALWAYS.1).await;
    report.refused("A2.1", "療養相談室にも個別の記録は見えない", "so does the Desk", content, Code::NotForYou);
    let counts = operator.access_counts(ALWAYS.0, ALWAYS.1).await?;
    let openings: u64 = counts.iter().filter(|one| one.kind == Kind::Opening).map(|one| one.times).sum();
    let refusals: u64 = counts.iter().filter(|one| one.kind == Kind::Refusal).map(|one| one.times).sum();
    report.check(
        "A2.1",
        "療養相談室に見えるのは事業所ごとの件数だけ",
        "the Desk sees numbers for each facility, and nothing else",
        openings > 0 && refusals > 0,
        &format!("{openings} openings, {refusals} refusals"),
    );
    Ok(())
}

/// How many records hold, of how many.
fn check(records: &Records, root: Hash32) -> Result<(u64, u64), Flaw> {
    let mut checker = Checker::new(&records.first, root)?;
    records.lines.iter().try_for_each(|line| checker.take(line))?;
    checker.finish().map(|checked| (checked.records, checked.head.size))
}
