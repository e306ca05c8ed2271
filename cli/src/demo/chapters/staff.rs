//! Administrators register staff, file pledges and approve devices.

use renkei_client_core::office::details;
use renkei_client_core::proto::act::{DeviceKind, Profession};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::ticket::Purpose;

use crate::demo::district::{COLLEAGUES, Colleague, District, signed_pledge};
use crate::demo::person::{self, PATIENCE, Person};
use crate::demo::report::{Report, Stop};

pub(super) async fn play(report: &mut Report, district: &mut District) -> Result<(), Stop> {
    report.chapter("管理者・従事者・端末（第7〜9条）", "Administrators, staff, devices (Articles 7–9)");
    for colleague in &COLLEAGUES {
        join(report, district, colleague).await?;
    }
    let nurse = district.person("nurse")?.client()?;
    let by_nurse = nurse.register_staff(Profession::Helper, details("架空 次郎", None)?, None).await;
    report.refused(
        "A8.5",
        "管理者でない人が従事者を登録",
        "staff registered by somebody who is not an administrator",
        by_nurse,
        Code::NotAdministrator,
    );
    let chief = district.person("nurse-chief")?.client()?;
    let doctor_user = district.person("doctor")?.user()?;
    report.refused(
        "A8.3",
        "他の事業所のIDを終了",
        "end an ID of another facility",
        chief.end_user(doctor_user).await,
        Code::NotAdministrator,
    );
    let last = chief.set_administrator(chief.user(), false).await;
    report.refused("A7.1", "最後のSNS管理者の解任", "dismiss the last SNS administrator", last, Code::NoAdministrator);

    let clinic_nurse = district.person("clinic-nurse")?.user()?;
    let doctor = district.person("doctor")?.client()?;
    let appointed = doctor.set_administrator(clinic_nurse, true).await;
    report.done(
        "A7.1",
        "事業所管理者がSNS管理者を任命",
        "the facility manager appoints an SNS administrator",
        appointed,
        |_| "架空 彩".into(),
    )?;
    let usurper = district.person("clinic-nurse")?.client()?;
    let dismissed = usurper.set_administrator(doctor.user(), false).await;
    report.refused(
        "A7.1",
        "管理者でない人による解任",
        "a dismissal by somebody who is not the facility manager",
        dismissed,
        Code::NotFacilityManager,
    );
    further_devices(report, district).await
}

pub(super) async fn join(report: &mut Report, district: &mut District, colleague: &Colleague) -> Result<(), Stop> {
    let home = district.home.clone();
    let administrator = district.person(colleague.administrator)?.client()?;
    let named = details(colleague.name, Some(colleague.kana))?;
    // One of them brings Form 2 along, the others' is filed afterwards.
    let registered = administrator.register_staff(colleague.profession, named, None).await;
    let user = report.done(
        "A8.5",
        "従事者を登録しIDを発行（一人一つ）",
        "register staff, one ID each",
        registered,
        |_| colleague.name.to_owned(),
    )?;
    let ticket = administrator.issue_ticket(Purpose::Device(user)).await?;
    let kind = if colleague.key == "nurse" { DeviceKind::Phone } else { DeviceKind::Computer };
    let mut person = person::enrol(&home, colleague.name, colleague.key, kind, &ticket, None).await?;
    let early = person.approved().await?;
    report.check(
        "A8.2",
        "未承認の端末には証明書が出ない",
        "no certificate for a device that is not approved",
        !early,
        "waiting",
    );
    let offers = administrator.offers().await?;
    let offer = offers.iter().find(|one| one.bundle.registration.device == person.device());
    let offer = offer.ok_or_else(|| Stop("the device did not arrive".into()))?;
    let same = offer.words.kana == person.words;
    let approved = administrator.approve_offer(offer).await;
    report.done(
        "A8.2",
        "照合用の言葉を確認して端末を承認",
        "compare the words and approve the device",
        approved,
        |_| format!("{} {same}", person.words),
    )?;
    person.approved().await?;
    let no_pledge = person.profile.set_up(&person::password(&person.password)?).await;
    report.refused(
        "A9.1",
        "誓約書のないサインイン",
        "sign in without Form 2",
        no_pledge.map(|_| ()),
        Code::PledgeMissing,
    );
    let recorded = administrator.record_pledge(user, signed_pledge(colleague.name)?).await;
    report
        .done("A9.1", "従事者誓約書（様式2）を記録", "file Form 2", recorded, |_| "2026-03-01".into())?;
    person.set_up(&district.server).await?;
    person.sign_in(&district.server).await?;
    report.check("A8.3", "従事者がサインイン", "the person signs in", true, colleague.name);
    district.people.push((colleague.key, person));
    Ok(())
}

/// A second device each for the nurse and the doctor.
async fn further_devices(report: &mut Report, district: &mut District) -> Result<(), Stop> {
    let home = district.home.clone();
    // The nurse's own phone issues the ticket and vouches; the administrator approves.
    let tablet =
        second_device(report, district, &home, "nurse", "nurse-tablet", DeviceKind::Tablet, "nurse-chief").await?;
    district.people.push(("nurse-tablet", tablet));
    let phone =
        second_device(report, district, &home, "doctor", "doctor-phone", DeviceKind::Phone, "clinic-nurse").await?;
    district.people.push(("doctor-phone", phone));
    Ok(())
}

pub(super) async fn second_device(
    report: &mut Report,
    district: &District,
    home: &std::path::Path,
    owner: &str,
    profile: &str,
    kind: DeviceKind,
    administrator: &str,
) -> Result<Person, Stop> {
    let person = district.person(owner)?;
    let client = person.client()?;
    let ticket = client.issue_ticket(Purpose::Device(person.user()?)).await?;
    let mut device = person::enrol(home, person.name, profile, kind, &ticket, None).await?;
    let offers = client.offers().await?;
    let offer = offers.iter().find(|one| one.bundle.registration.device == device.device());
    let offer = offer.ok_or_else(|| Stop("the second device did not arrive".into()))?;
    let vouched = client.approve_offer(offer).await;
    report.done(
        "A8.2",
        "本人の端末が二台目を保証",
        "one's own device vouches for a further one",
        vouched,
        |_| device.words.clone(),
    )?;
    let early = device.approved().await?;
    report.check("A8.2", "本人だけでは二台目は使えない", "that alone does not let it in", !early, "waiting");
    if owner == "doctor" {
        let alone = client.confirm_device(device.device()).await;
        report.refused(
            "A7.1",
            "管理者が自分の端末を一人で承認",
            "an administrator approves an own device alone",
            alone,
            Code::SecondPersonRequired,
        );
    }
    let colleague = district.person(administrator)?.client()?;
    let id = device.device();
    colleague.wait_until(PATIENCE, |replica| replica.registry().now().device(id).map(|_| ())).await?;
    let approved = colleague.confirm_device(id).await;
    report.done("A8.2", "SNS管理者が二台目を承認", "the SNS administrator approves it", approved, |_| {
        person.name.to_owned()
    })?;
    device.approved().await?;
    device.knows_as(person);
    device.sign_in(&district.server).await?;
    Ok(device)
}
