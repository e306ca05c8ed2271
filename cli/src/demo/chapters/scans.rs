//! The scan of Form 3: with the group, sealed to those who govern it, and looked at on record (A6.1).

use renkei_client_core::Fault;
use renkei_client_core::proto::access::{Scope, What};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::file::{Intent, Opening, Part};
use renkei_client_core::proto::frame::{Accepted, Op};
use renkei_client_core::proto::id::{GroupId, RequestId};
use renkei_client_core::proto::time::Time;
use renkei_client_core::random;
use renkei_client_core::scan_record::scan_openings;
use renkei_client_core::scans::ScanFile;
use zeroize::Zeroizing;

use super::groups::paper;
use crate::demo::district::District;
use crate::demo::person::{PATIENCE, Person};
use crate::demo::report::{Report, Stop};

fn scan(patient: &str) -> Result<ScanFile, Fault> {
    ScanFile::of(Zeroizing::new(paper(patient)))
}

pub(super) async fn play(report: &mut Report, district: &District) -> Result<(), Stop> {
    report.chapter("書式のスキャン（第6条）", "Scans of forms (Article 6)");
    let group = district.hanako()?;
    let doctor = district.person("doctor")?.client()?;
    let missing: Vec<u64> =
        doctor.scans(group)?.into_iter().filter(|row| row.deposit.is_none()).map(|row| row.of).collect();
    let form = *missing.first().ok_or_else(|| Stop("no form lacks its scan".into()))?;
    report.check(
        "A6.1",
        "スキャンがまだない書式の一覧",
        "the forms that lack their scan are listed",
        missing.len() == 3,
        &format!("{missing:?}"),
    );
    let wrong = doctor.deposit_scan(group, form, scan("太郎")?).await;
    report.refused(
        "A6.1",
        "別の書面を様式3として保管",
        "another paper as the scan of Form 3",
        wrong,
        Code::ScanDiffers,
    );
    let deposited = doctor.deposit_scan(group, form, scan("花子")?).await;
    let deposited = report.done(
        "A6.1",
        "様式3のスキャンを暗号化して保管（グループを管理する人だけが開ける）",
        "the scan of Form 3 is deposited, sealed to those who govern the group",
        deposited,
        |accepted: &Accepted| format!("#{}", accepted.head.size - 1),
    )?;
    let at = deposited.head.size - 1;
    let twice = doctor.deposit_scan(group, form, scan("花子")?).await;
    report.refused("A6.1", "同じ人がもう一度保管", "the same person deposits it twice", twice, Code::AlreadyExists);
    let open = doctor.open_scan(group, form).await?;
    let same = open.look(|bytes| bytes == paper("花子"))?;
    let records = doctor.access_records(Scope::Own, Time(0), Time(u64::MAX)).await?;
    let looks = |what: &What| matches!(what, What::FileOpened { seq, .. } if *seq == at);
    let on_record = records.lines.iter().filter(|line| looks(&line.record.what)).count();
    report.check(
        "A6.1",
        "管理者が開いて確かめる（ハッシュが一致、メモリ上のみ、記録される）",
        "the administrator looks at it: the very paper, in memory alone, on record",
        same && on_record == 1,
        &format!("{on_record} opening"),
    );
    let records = doctor.access_records(Scope::Group(group), Time(0), Time(u64::MAX)).await?;
    let told = doctor.look(|replica| {
        let state = replica.group(group)?.group()?;
        Some(scan_openings(group, state, records.lines.iter().map(|line| &line.record)))
    });
    let told = told.unwrap_or_default();
    let held = told.iter().any(|one| (one.user, one.of, one.scan) == (doctor.user(), form, at));
    report.check(
        "A2.1",
        "グループのアクセス記録に、誰がいつどの書式のスキャンを開いたかが残る",
        "the group's record of access says who looked at which form's scan, and when",
        held,
        &told.iter().map(|one| format!("{:?} {} #{}", one.form, one.on, one.of)).collect::<Vec<_>>().join("; "),
    );
    let nurse = district.person("nurse")?;
    let there = nurse.client()?.wait_until(PATIENCE, |replica| replica.group(group)?.group()?.deposit(at).map(drop));
    there.await?;
    let raw = ask(nurse, group, at, Intent::View).await;
    report.refused(
        "A6.1",
        "グループを管理しないメンバーが開く（サーバーのみで拒否）",
        "a member who does not govern the group asks for it; the server refuses alone",
        raw,
        Code::NotOriginator,
    );
    let saved = ask(district.person("doctor")?, group, at, Intent::Save).await;
    report.refused("A12.2", "スキャンをダウンロード", "the scan is downloaded", saved, Code::DownloadForbidden);
    Ok(())
}

async fn ask(person: &Person, group: GroupId, seq: u64, intent: Intent) -> Result<(), Fault> {
    let client = person.client()?;
    let association = client.look(|replica| replica.registry().association().map(|known| known.id));
    let opening = Opening {
        version: renkei_client_core::proto::VERSION,
        suite: renkei_client_core::proto::SUITE,
        association: association.ok_or(Code::NotFounded)?,
        user: client.user(),
        device: client.device(),
        group,
        seq,
        file: 0,
        part: Part::Content,
        intent,
        request: RequestId(random()),
        at: client.now(),
    };
    client.ask(Op::OpenFile(client.sign_opening(&opening)?)).await.map(drop)
}
