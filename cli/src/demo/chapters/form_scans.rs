//! Scans of Forms 1 and 2: sealed to the Desk and the facility's administrators, and of Form 2 to its person (A3.1, A9.1).

use renkei_client_core::Fault;
use renkei_client_core::proto::access::{Scope, What};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::file::{Intent, Opening, Part};
use renkei_client_core::proto::form_scan::FormRef;
use renkei_client_core::proto::frame::{Accepted, Op};
use renkei_client_core::proto::id::RequestId;
use renkei_client_core::proto::time::Time;
use renkei_client_core::random;
use renkei_client_core::scans::ScanFile;
use zeroize::Zeroizing;

use crate::demo::district::{APPLICANTS, District, form1, form2};
use crate::demo::person::{PATIENCE, Person};
use crate::demo::report::{Report, Stop};

fn at(accepted: &Accepted) -> u64 {
    accepted.head.size - 1
}

pub(super) async fn play(report: &mut Report, district: &District) -> Result<(), Stop> {
    report.chapter("様式1・様式2のスキャン（第3条・第9条）", "Scans of Forms 1 and 2 (Articles 3, 9)");
    let (desk, chief) = (district.operators.first(), district.person("nurse-chief")?);
    let desk = desk.ok_or_else(|| Stop("no operator".into()))?;
    let station = FormRef::Facility { facility: district.facility("station")? };
    let missing = desk.client()?.form_scans().into_iter().filter(|row| row.deposit.is_none());
    let missing = missing.filter(|row| matches!(row.form, FormRef::Facility { .. })).count();
    report.check(
        "A3.1",
        "療養相談室の一覧: スキャンのない様式1",
        "the Desk's list says which Forms 1 lack their scan",
        missing == APPLICANTS.len(),
        &missing.to_string(),
    );
    let name = APPLICANTS.iter().find(|one| one.key == "station").map_or("", |one| one.facility);
    let paper = form1(name);
    let scan = ScanFile::of(Zeroizing::new(paper.clone()))?;
    let deposited = chief.client()?.deposit_form_scan(station, scan).await;
    let deposited = report.done(
        "A3.1",
        "様式1のスキャンを暗号化して保管（療養相談室と自事業所の管理者のみ）",
        "the scan of Form 1 is deposited, sealed to the Desk and the facility's administrators",
        deposited,
        |accepted| format!("#{}", at(accepted)),
    )?;
    let place = at(&deposited);
    let desk_client = desk.client()?;
    there(desk, place).await?;
    let same = desk_client.open_form_scan(station).await?.look(|bytes| bytes == paper)?;
    let records = chief.client()?.access_records(Scope::Facility, Time(0), Time(u64::MAX)).await?;
    let looks = |what: &What| matches!(what, What::FileOpened { seq, .. } if *seq == place);
    let by = records.lines.iter().filter(|line| looks(&line.record.what)).filter_map(|line| line.record.user);
    report.check(
        "A3.1",
        "担当者が開いて確かめ、閲覧した人を自事業所の管理者が確認できる",
        "an operator looks at it, and the facility's administrator sees who has looked",
        same && by.collect::<Vec<_>>() == [desk_client.user()],
        desk.name,
    );
    let doctor = district.person("doctor")?;
    there(doctor, place).await?;
    report.refused(
        "A3.1",
        "他の事業所の管理者が開く（サーバーのみで拒否）",
        "another facility's administrator asks for it; the server refuses alone",
        ask(doctor, station, place).await,
        Code::NotForYou,
    );
    report.refused(
        "A3.1",
        "利用中の事業所の様式1を消去",
        "the scan is let go while the facility is admitted",
        desk_client.let_go_form_scan(place).await,
        Code::RetentionRunning,
    );
    pledge(report, district, desk).await
}

async fn pledge(report: &mut Report, district: &District, desk: &Person) -> Result<(), Stop> {
    let (chief, nurse) = (district.person("nurse-chief")?, district.person("nurse")?);
    let user = nurse.user()?;
    let whose = |form: &FormRef| matches!(form, FormRef::Staff { user: whose, .. } if *whose == user);
    let form = chief.client()?.form_scans().into_iter().map(|row| row.form).find(whose);
    let form = form.ok_or_else(|| Stop("no Form 2 of the nurse".into()))?;
    let paper = form2(nurse.name);
    let deposited = chief.client()?.deposit_form_scan(form, ScanFile::of(Zeroizing::new(paper.clone()))?).await;
    let deposited = report.done(
        "A9.1",
        "様式2のスキャンを暗号化して保管（自事業所の管理者と本人のみ）",
        "the scan of Form 2 is deposited, sealed to the own administrators and the person",
        deposited,
        |accepted| format!("#{}", at(accepted)),
    )?;
    let place = at(&deposited);
    there(nurse, place).await?;
    let same = nurse.client()?.open_form_scan(form).await?.look(|bytes| bytes == paper)?;
    report.check("A9.1", "本人が自分の誓約書を閲覧", "the person looks at the own pledge", same, nurse.name);
    there(desk, place).await?;
    report.refused(
        "A9.1",
        "療養相談室の担当者が開く（サーバーのみで拒否）",
        "an operator of the Desk asks for it; the server refuses alone",
        ask(desk, form, place).await,
        Code::NotForYou,
    );
    Ok(())
}

async fn there(person: &Person, place: u64) -> Result<(), Fault> {
    let client = person.client().map_err(|_| Code::SessionRequired)?;
    client.wait_until(PATIENCE, |replica| replica.registry().now().form_deposit(place).map(drop)).await
}

async fn ask(person: &Person, form: FormRef, seq: u64) -> Result<(), Fault> {
    let client = person.client().map_err(|_| Code::SessionRequired)?;
    let association = client.look(|replica| replica.registry().association().map(|known| known.id));
    let opening = Opening {
        version: renkei_client_core::proto::VERSION,
        suite: renkei_client_core::proto::SUITE,
        association: association.ok_or(Code::NotFounded)?,
        user: client.user(),
        device: client.device(),
        group: form.drawer(),
        seq,
        file: 0,
        part: Part::Content,
        intent: Intent::View,
        request: RequestId(random()),
        at: client.now(),
    };
    client.ask(Op::OpenFile(client.sign_opening(&opening)?)).await.map(drop)
}
