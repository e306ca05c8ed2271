//! Uses of a patient's data beyond the group: recorded against a consent of its own, found when that is withdrawn. Form 3 for an
//! administrator who comes later is in the chapters of the offices.

use renkei_client_core::Fault;
use renkei_client_core::proto::act::{Act, ConsentBy, GroupAct, UseKind, UseOutcome};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Accepted, Sidecar};
use renkei_client_core::proto::hash::sha256;
use renkei_client_core::proto::statement::{LogId, Role};
use renkei_client_core::uses::NewUse;

use crate::demo::district::{District, day, line};
use crate::demo::report::{Report, Stop};

pub(super) async fn play(report: &mut Report, district: &District) -> Result<(), Stop> {
    report.chapter("グループ外での利用（S3）", "Uses beyond the group (S3)");
    district.step_up().await?;
    let group = district.hanako()?;
    let (doctor, nurse) = (district.person("doctor")?.client()?, district.person("nurse")?.client()?);
    let entry = |accepted: &Accepted| format!("#{}", accepted.head.size - 1);
    let new = || -> Result<NewUse, Fault> {
        Ok(NewUse {
            kind: UseKind::CaseConference,
            on: day("2026-03-02")?,
            about: line("経過の要約（スライド5枚）")?,
            place: line("医局の共有棚 3番、担当 架空 健")?,
        })
    };
    let early = doctor.record_use(group, new()?).await;
    let wanted = Code::UseConsentMissing;
    report.refused("S3", "利用同意書のない事例検討会での利用", "a use without a consent of its own", early, wanted);
    let (signed, scan) = (day("2026-03-01")?, sha256("見本 利用同意書".as_bytes()));
    let given = doctor.record_use_consent(group, ConsentBy::Family, signed, scan).await;
    report.done(
        "S3",
        "利用同意書を記録（様式3とは別）",
        "the consent to uses is recorded, beside Form 3",
        given,
        entry,
    )?;
    let used = doctor.record_use(group, new()?).await;
    let used = report.done(
        "S3",
        "事例検討会での利用を記録（資料の所在は封印）",
        "a use at a case conference is recorded; where the material lies is sealed",
        used,
        entry,
    )?;
    let used = used.head.size - 1;
    let gone = doctor.withdraw_use_consent(group, ConsentBy::Family, day("2026-03-02")?, scan).await;
    report.done("S3", "利用の同意を撤回", "that consent is withdrawn", gone, entry)?;
    let tasks = doctor.uses_to_settle(group)?;
    let place = doctor.use_details(group, used).await?.place;
    report.check(
        "S3",
        "撤回により、残っている利用が対応事項として示される",
        "the withdrawal finds what is still there, as a task",
        tasks == [used],
        place.as_str(),
    );
    let on = day("2026-03-02")?;
    let act = Act::Group(GroupAct::RecordUseConsent { by: ConsentBy::Family, signed_on: on, scan });
    let reader = nurse.submit_unchecked(LogId::Group(group), Role::User, None, act, Sidecar::default()).await;
    report.refused(
        "S3",
        "連携元でない人が利用同意を記録",
        "somebody else records such a consent",
        reader,
        Code::NotOriginator,
    );
    let settled = doctor.settle_use(group, used, UseOutcome::Erased, on).await;
    report.done(
        "S3",
        "資料の廃棄を確認して記録",
        "the material is erased, and who says so is on record",
        settled,
        entry,
    )?;
    let names = doctor.consent_names(group).await?;
    report.check(
        "A6.1",
        "様式3を署名者の氏名とともに示せる",
        "Form 3 can be shown, with the name of who signed",
        names.relation.is_some(),
        names.name.as_str(),
    );
    Ok(())
}
