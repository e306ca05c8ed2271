//! Four facilities apply and are admitted; one of them is not a member of the association.

use renkei_client_core::proto::act::DeviceKind;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::id::FacilityId;
use renkei_client_core::proto::ticket::{Purpose, Ticket};

use crate::demo::district::{APPLICANTS, Applicant, District};
use crate::demo::person::{self, PATIENCE, password};
use crate::demo::report::{Report, Stop};

pub(super) async fn play(report: &mut Report, district: &mut District) -> Result<(), Stop> {
    report.chapter("利用申請（第3条）", "Facilities apply (Article 3)");
    for applicant in &APPLICANTS {
        apply(report, district, applicant).await?;
    }
    let doctor = district.person("doctor")?;
    let ticket = doctor.client()?.issue_ticket(Purpose::Facility(FacilityId(renkei_client_core::random()))).await;
    report.refused(
        "A15.1",
        "クリニックが事業所の登録票を発行",
        "a clinic issues a ticket for a new facility",
        ticket.map(|_| ()),
        Code::NotOperator,
    );
    Ok(())
}

async fn apply(report: &mut Report, district: &mut District, applicant: &Applicant) -> Result<(), Stop> {
    let facility = FacilityId(renkei_client_core::random());
    let ticket = district.operators[0].client()?.issue_ticket(Purpose::Facility(facility)).await?;
    admit(report, district, applicant, facility, &ticket).await
}

/// From the ticket to the manager's first sign-in.
pub(super) async fn admit(
    report: &mut Report,
    district: &mut District,
    applicant: &Applicant,
    facility: FacilityId,
    ticket: &Ticket,
) -> Result<(), Stop> {
    let form = Some(applicant.form()?);
    let home = district.home.clone();
    let enrolled =
        person::enrol(&home, applicant.manager, applicant.manager_key, DeviceKind::Computer, ticket, form).await;
    let mut manager = report.done(
        "A3.1",
        "連携守秘誓約書（様式1）と共に利用を申請",
        "apply with Form 1",
        enrolled,
        |_| applicant.facility.to_owned(),
    )?;
    manager.approved().await?;
    if applicant.key == "clinic" {
        let early = manager.profile.set_up(&password(&manager.password)?).await;
        report.refused(
            "A3.1",
            "承認前の利用開始",
            "begin before admission",
            early.map(|_| ()),
            Code::FacilityNotAdmitted,
        );
        let own = manager.profile.application().await;
        report.done(
            "A3.1",
            "承認前でも自分の申請は読める",
            "read one's own application",
            own,
            |(_, by)| format!("admitted by {by} of 2"),
        )?;
    }
    let [first, second] = &district.operators[..] else { return Err(Stop("two operators".into())) };
    for operator in [first, second] {
        let waiting =
            |replica: &renkei_client_core::replica::Replica| replica.registry().now().facility(facility).map(|_| ());
        operator.client()?.wait_until(PATIENCE, waiting).await?;
        let words = operator.client()?.applications().into_iter().find(|one| one.facility == facility);
        let same = words.as_ref().is_some_and(|one| one.words.kana == manager.words);
        report.check("A3.1", "電話で照合用の言葉を確認", "compare the words over the telephone", same, &manager.words);
        let admitted = operator.client()?.admit_facility(facility).await;
        report.done("A3.1", "療養相談室の担当者が承認", "an operator admits it", admitted, |_| {
            operator.name.to_owned()
        })?;
        if std::ptr::eq(operator, first) && applicant.key == "clinic" {
            let twice = operator.client()?.admit_facility(facility).await;
            report.refused(
                "A3.1",
                "同じ担当者が二度承認",
                "the same operator admits twice",
                twice,
                Code::SecondPersonRequired,
            );
            let early = manager.profile.set_up(&password(&manager.password)?).await;
            report.refused(
                "A3.1",
                "一人の承認だけで利用開始",
                "begin after one of two approvals",
                early.map(|_| ()),
                Code::FacilityNotAdmitted,
            );
        }
    }
    manager.set_up(&district.server).await?;
    manager.sign_in(&district.server).await?;
    report.check(
        "A7.1",
        "事業所管理者が最初のSNS管理者としてサインイン",
        "the manager signs in as first SNS administrator",
        true,
        applicant.manager,
    );
    district.facilities.push((applicant.key, facility));
    district.people.push((applicant.manager_key, manager));
    Ok(())
}
