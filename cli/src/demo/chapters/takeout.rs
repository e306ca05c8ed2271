//! Taking information, and a device, out (Article 12 (9)).

use renkei_client_core::proto::access::{Scope, What};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::Op;
use renkei_client_core::proto::hash::{Hash32, sha256};
use renkei_client_core::proto::id::TakeoutId;
use renkei_client_core::proto::sentence::Language;
use renkei_client_core::proto::takeout::{
    Medium, StandingTakeout, TakeoutEnd, TakeoutExport, TakeoutForm, TakeoutPurpose, TakeoutRequest, TakeoutSubject,
};
use renkei_client_core::proto::time::{DAY, Time};
use renkei_client_core::random;
use renkei_client_core::takeout::archive::Passphrase;

use super::takeout_more;
use crate::demo::district::District;
use crate::demo::person::{PATIENCE, Person};
use crate::demo::report::{Report, Stop};

/// Seconds for which the takeout of the story is permitted.
const PERIOD: u64 = 1_800;

pub(super) async fn play(report: &mut Report, district: &mut District) -> Result<(), Stop> {
    report.chapter("持ち出し（第12条(9)）", "Takeout (Article 12 (9))");
    district.step_up().await?;
    let request = ask(report, district).await?;
    export(report, district, &request).await?;
    chart(report, district).await?;
    overdue(report, district, request.takeout).await?;
    takeout_more::others(report, district).await
}

/// Waits until `person`'s device knows of a takeout, decided or not.
pub(super) async fn knows(person: &Person, takeout: TakeoutId, decided: bool) -> Result<Hash32, Stop> {
    let there = person.client()?.wait_until(PATIENCE, |replica| {
        let one = replica.registry().now().takeout(takeout)?;
        (one.decided.is_some() >= decided).then_some(one.statement)
    });
    Ok(there.await?)
}

fn told(request: &TakeoutRequest, form: TakeoutForm) -> Option<TakeoutExport> {
    let TakeoutSubject::Information { group, first, last } = request.what else { return None };
    let manifest = Hash32([7; 32]);
    Some(TakeoutExport { takeout: request.takeout, group, form, first, last, items: 1, manifest })
}

async fn ask(report: &mut Report, district: &District) -> Result<TakeoutRequest, Stop> {
    let (nurse, chief, doctor) =
        (district.person("nurse")?, district.person("nurse-chief")?, district.person("doctor")?);
    let group = district.hanako()?;
    let shown = nurse.client()?.read(group, 0)?;
    let last = shown.last().map(|one| one.seq).ok_or_else(|| Stop("messages".into()))?;
    let from = district.server.advance(0)?;
    let request = TakeoutRequest {
        takeout: TakeoutId(random()),
        what: TakeoutSubject::Information { group, first: 0, last },
        medium: Medium::UsbMemory,
        purpose: TakeoutPurpose::Conference,
        from,
        until: from.plus(PERIOD),
        device: nurse.device(),
    };
    let asked = nurse.client()?.request_takeout(request).await;
    report.done(
        "A12.5",
        "サービス担当者会議のため、USBメモリーでの持ち出しを申請",
        "asks to take messages to a conference on a USB memory",
        asked,
        |_| "waits for the administrator".into(),
    )?;
    let export = told(&request, TakeoutForm::Archive).ok_or_else(|| Stop("an export".into()))?;
    let early = nurse.client()?.ask(Op::TakeOut(export)).await;
    report.refused(
        "A12.5",
        "承認の前に書き出す（確認を飛ばすアプリ）",
        "exports before it is approved, with a client that checks nothing",
        early,
        Code::TakeoutNotPermitted,
    );
    let read = knows(doctor, request.takeout, false).await?;
    let other = doctor.client()?.decide_takeout(request.takeout, read, true).await;
    report.refused(
        "A12.5",
        "他の事業所のSNS管理者が承認",
        "another facility's administrator approves",
        other,
        Code::NotAdministrator,
    );
    let read = knows(chief, request.takeout, false).await?;
    let approved = chief.client()?.decide_takeout(request.takeout, read, true).await;
    report.done(
        "A12.5",
        "自事業所のSNS管理者が内容を読んで承認",
        "the own administrator reads it and approves",
        approved,
        |_| "until its time".into(),
    )?;
    knows(nurse, request.takeout, true).await?;
    Ok(request)
}

async fn export(report: &mut Report, district: &District, request: &TakeoutRequest) -> Result<(), Stop> {
    let (nurse, chief) = (district.person("nurse")?, district.person("nurse-chief")?);
    let export = told(request, TakeoutForm::Archive).ok_or_else(|| Stop("an export".into()))?;
    let other = chief.client()?.ask(Op::TakeOut(export)).await;
    report.refused("A12.5", "許可を受けていない人が使う", "somebody else uses it", other, Code::TakeoutNotPermitted);
    let out = district.home.join("conference.zip.age");
    let exported = nurse.client()?.export_takeout(request.takeout, &Passphrase::generate(), &out).await;
    let exported = report.done(
        "A12.5",
        "目録つきの暗号化ファイル（age）に書き出す",
        "an archive with a manifest, encrypted with age",
        exported,
        |done| format!("{} items, {} files of them", done.export.items, done.files),
    )?;
    let bytes = std::fs::read(&out)?;
    let words = nurse.client()?.read(district.hanako()?, 0)?.into_iter().find_map(|one| one.text.ok());
    let needle = words.unwrap_or_default().into_bytes();
    let plain = needle.is_empty() || bytes.windows(needle.len()).any(|window| window == needle);
    report.check(
        "A12.5",
        "ファイルに平文はない",
        "no plain text is in it",
        bytes.starts_with(b"age-encryption.org/v1") && !plain,
        &format!("{} bytes", bytes.len()),
    );
    let hash = sha256(&exported.manifest);
    let records = chief.client()?.access_records(Scope::Facility, Time(0), Time(u64::MAX)).await?;
    let on_record = records.lines.iter().any(
        |line| matches!(line.record.what, What::TakenOut { manifest, takeout, .. } if manifest == hash && takeout == request.takeout),
    );
    report.check(
        "A12.5",
        "目録のハッシュがアクセス記録に残ってから書き上がる",
        "it was on record, with the manifest's hash, before it was written",
        on_record,
        "seen by the administrator",
    );
    takeout_more::files(report, district, request.takeout, &exported).await
}

async fn chart(report: &mut Report, district: &District) -> Result<(), Stop> {
    let (nurse, chief) = (district.person("nurse")?, district.person("nurse-chief")?);
    let group = district.hanako()?;
    let readable = nurse.client()?.read(group, 0)?.into_iter().filter(|one| one.text.is_ok()).map(|one| one.seq);
    let places: Vec<u64> = readable.take(2).collect();
    let until = district.server.advance(0)?.plus(30 * DAY);
    let permit = StandingTakeout { takeout: TakeoutId(random()), user: nurse.user()?, group: Some(group), until };
    let without = nurse.client()?.takeout_text(permit.takeout, group, &places, Language::Japanese).await;
    report.refused(
        "A12.5",
        "許可なくカルテに転記する",
        "text for the chart without a permit",
        without,
        Code::TakeoutNotPermitted,
    );
    let granted = chief.client()?.grant_standing_takeout(permit).await;
    report.done(
        "A12.5",
        "SNS管理者がカルテ転記の継続許可を与える",
        "the administrator gives a standing permit for the chart",
        granted,
        |_| "30 days".into(),
    )?;
    let known =
        nurse.client()?.wait_until(PATIENCE, |replica| replica.registry().now().standing_takeout(permit.takeout));
    known.await?;
    let text = nurse.client()?.takeout_text(permit.takeout, group, &places, Language::Japanese).await;
    report.done(
        "A12.5",
        "カルテ用のテキスト（記録に残る）",
        "text for the chart, on record as well",
        text,
        |(_, exported)| format!("{} messages", exported.export.items),
    )?;
    Ok(())
}

async fn overdue(report: &mut Report, district: &District, takeout: TakeoutId) -> Result<(), Stop> {
    let (nurse, chief) = (district.person("nurse")?, district.person("nurse-chief")?);
    let now = district.server.advance(PERIOD)?;
    chief.step_up(&district.server).await?;
    let out = district.home.join("late.zip.age");
    let late = nurse.client()?.export_takeout(takeout, &Passphrase::generate(), &out).await;
    report.refused("A12.5", "期間の後に書き出す", "exports after its time", late, Code::TakeoutNotPermitted);
    let own = nurse.client()?.takeout_duties().overdue.len();
    let seen = chief.client()?.takeout_duties().to_confirm.len();
    let counts = district.operators.first().ok_or_else(|| Stop("an operator".into()))?.client()?.takeout_counts()?;
    let desk: usize = counts.iter().map(|one| one.numbers.overdue).sum();
    report.check(
        "A12.5",
        "期限超過: 本人とSNS管理者に表示、療養相談室には件数のみ",
        "overdue: the person and the administrator are told, the Desk has a number",
        (own, seen, desk) == (1, 1, 1),
        "1, 1, 1",
    );
    let declared = nurse.client()?.declare_takeout_end(takeout, TakeoutEnd::Erased).await;
    report.done("A12.5", "本人が消去を申告", "the person declares it erased", declared, |_| {
        "not enough".into()
    })?;
    let today = now.day_in_japan().ok_or_else(|| Stop("a day".into()))?;
    let confirmed = chief.client()?.confirm_takeout_end(takeout, TakeoutEnd::Erased, today).await;
    report.done("A12.5", "SNS管理者が確認して終わる", "the administrator confirms it", confirmed, |_| {
        "ended".into()
    })?;
    Ok(())
}
