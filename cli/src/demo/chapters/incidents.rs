//! Something went wrong: a report, what is done about it, and a group that is halted meanwhile (S5, S7).

use renkei_client_core::incidents::Wrong;
use renkei_client_core::policy::group::Group;
use renkei_client_core::policy::group::s5_incidents::MEASURES;
use renkei_client_core::proto::act::{Act, GroupAct, IncidentKind, InquiryEnd, Measure, MessageRef};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Op, Sidecar};
use renkei_client_core::proto::id::GroupId;
use renkei_client_core::proto::statement::{LogId, Role};

use super::duties::{operators, today};
use crate::demo::district::{District, line};
use crate::demo::person::{PATIENCE, Person};
use crate::demo::report::{Report, Stop};

pub(super) async fn play(report: &mut Report, district: &District) -> Result<(), Stop> {
    report.chapter("インシデント（起きたことの報告と対応）", "Incidents: reporting and dealing with them");
    for person in operators(district)?.into_iter().chain([district.person("nurse-chief")?]) {
        person.step_up(&district.server).await?;
    }
    let room = reported(report, district).await?;
    halted(report, district).await?;
    dealt_with(report, district, room).await
}

async fn until(person: &Person, group: GroupId, holds: impl Fn(&Group) -> bool) -> Result<(), Stop> {
    let there = person.client()?.wait_until(PATIENCE, |replica| holds(replica.group(group)?.group()?).then_some(()));
    Ok(there.await?)
}

/// The nurse reports a message of the patient's group.
async fn reported(report: &mut Report, district: &District) -> Result<GroupId, Stop> {
    let (nurse, hanako) = (district.person("nurse")?.client()?, district.hanako()?);
    let seen = nurse.read(hanako, 0)?;
    let message = seen.last().map(|one| one.seq).ok_or_else(|| Stop("a message".into()))?;
    let about = Some(MessageRef { group: hanako, message });
    let wrong = Wrong { kind: IncidentKind::WrongContent, about, noticed: nurse.now() };
    let room = nurse.report_incident(line("患者の取り違え")?, wrong, "ほかの方の数値が書かれています。").await;
    let room = report.done(
        "S5",
        "看護師が書き込みについて報告する（自事業所のSNS管理者と療養相談室へ）",
        "a nurse reports a message to the own SNS administrator and the Desk",
        room,
        GroupId::to_string,
    )?;
    let chief = district.person("nurse-chief")?;
    until(chief, room, |state| state.messages() == 1).await?;
    let read = chief.client()?.wait_until(PATIENCE, |replica| Some(replica.group(room)?.messages().len())).await;
    report.done("S5", "SNS管理者が読む", "the own administrator reads it", read, |count| {
        format!("{count} message")
    })?;
    let doctor = district.person("doctor")?.client()?;
    let entries = doctor.ask(Op::Entries { log: LogId::Group(room), from: 0 }).await;
    report.refused("S5", "報告された側は読めない", "whom it is about does not read it", entries, Code::NotForYou);
    let alone = nurse.take_inquiry(room).await;
    report.refused(
        "S5",
        "報告した人だけでは対応しない",
        "who reported does not handle it alone",
        alone,
        Code::IncidentOwn,
    );
    Ok(room)
}

/// The originator halts the group until it is clear what happened.
async fn halted(report: &mut Report, district: &District) -> Result<(), Stop> {
    let (doctor, chief, group) = (district.person("doctor")?, district.person("nurse-chief")?, district.hanako()?);
    let act = Act::Group(GroupAct::Halt);
    let log = LogId::Group(group);
    let other = chief.client()?.submit_unchecked(log, Role::SnsAdministrator, None, act, Sidecar::default()).await;
    report.refused("S7", "連携元でない事業所が一時停止", "another facility halts it", other, Code::NotOriginator);
    let stopped = doctor.client()?.halt_group(group).await;
    report.done("S7", "連携元がグループを一時停止", "the originator halts the group", stopped, |_| {
        "halted".into()
    })?;
    until(chief, group, |state| state.halted().is_some()).await?;
    let written = chief.client()?.send(group, "書けますか").await;
    report.refused("S7", "停止中の書き込み", "write in it meanwhile", written, Code::GroupHalted);
    let read = chief.client()?.read(group, 0);
    report.refused("S7", "停止中の閲覧", "read it meanwhile", read, Code::GroupHalted);
    let resumed = doctor.client()?.resume_group(group).await;
    report.done("S7", "再開すると元のまま", "it goes on as it was", resumed, |_| "goes on".into())?;
    until(chief, group, |state| state.halted().is_none()).await
}

async fn dealt_with(report: &mut Report, district: &District, room: GroupId) -> Result<(), Stop> {
    let (nurse, chief) = (district.person("nurse")?, district.person("nurse-chief")?.client()?);
    chief.take_inquiry(room).await?;
    let early = chief.close_inquiry(room, InquiryEnd::Settled).await;
    report.refused("S7", "対応の記録がないまま終了", "close it with nothing on record", early, Code::MeasuresMissing);
    let day = today(district)?;
    for measure in MEASURES {
        chief.record_measure(room, measure, measure != Measure::Explained, day).await?;
    }
    let closed = chief.close_inquiry(room, InquiryEnd::Settled).await;
    report.done(
        "S7",
        "拡大防止・連絡・原因・再発防止を記録して終了",
        "contained, told, explained, prevented: on record, and closed",
        closed,
        |_| format!("{} measures", MEASURES.len()),
    )?;
    until(nurse, room, |state| state.inquiry_closed().is_some()).await
}
