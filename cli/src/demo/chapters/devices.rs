//! Devices: stopped and let on, kept as the association asks, and back after months.

use renkei_client_core::client::Connection;
use renkei_client_core::enrol::About;
use renkei_client_core::proto::act::{DeviceKind, OperatingSystem, Ownership};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::posture::Posture;
use renkei_client_core::proto::settings::Setting;
use renkei_client_core::proto::ticket::Purpose;
use renkei_client_core::proto::time::DAY;

use super::groups::wait_keys;
use crate::demo::district::District;
use crate::demo::person::{PATIENCE, Person, enrol_about, password};
use crate::demo::report::{Report, Stop};
use crate::demo::server::Server;

/// How long the person was away, in seconds: 200 days. A certificate is good for 30.
const AWAY: u64 = 200 * DAY;

const ASKED: Posture = Posture {
    screen_lock: true,
    boot_password: true,
    no_file_sharing: true,
    antivirus: false,
    no_stored_passwords: true,
    managed: false,
    updated: true,
};

pub(super) async fn play(report: &mut Report, district: &mut District) -> Result<(), Stop> {
    report.chapter("端末の停止と状態（第3条、第8条、第12条）", "Devices, stopped and kept (Articles 3, 8, 12)");
    stop(report, district).await?;
    facility(report, district).await?;
    own_devices(report, district).await?;
    // A third session had ended the oldest of hers.
    for key in ["nurse", "nurse-tablet"] {
        if matches!(*district.person(key)?.client()?.connection().borrow(), Connection::Over(_)) {
            back(district, key).await?;
        }
    }
    posture(report, district).await
}

/// The station lets no private devices in (A12.6).
async fn own_devices(report: &mut Report, district: &District) -> Result<(), Stop> {
    let station = district.facility("station")?;
    let (chief, nurse) = (district.person("nurse-chief")?.client()?, district.person("nurse")?);
    let set = chief.set(Some(station), Setting::OwnDevices(false)).await;
    report.done(
        "A12.6",
        "事業所が私物端末を認めないと決める",
        "a facility lets no private devices in",
        set,
        |_| station.to_string(),
    )?;
    let ticket = nurse.client()?.issue_ticket(Purpose::Device(nurse.user()?)).await?;
    let about = About { kind: DeviceKind::Phone, system: OperatingSystem::Linux, ownership: Ownership::Own };
    let mut phone = enrol_about(&district.home, nurse.name, "nurse-own-phone", about, &ticket, None).await?;
    let offers = nurse.client()?.offers().await?;
    let offer = offers.iter().find(|one| one.bundle.registration.device == phone.device());
    let offer = offer.ok_or_else(|| Stop("the private phone did not arrive".into()))?;
    let vouched = nurse.client()?.approve_offer(offer).await;
    let code = Code::ByodNotAllowed;
    report.refused(
        "A12.6",
        "看護師の私物スマートフォンの承認",
        "a nurse's private phone is not approved",
        vouched,
        code,
    );
    chief.set(Some(station), Setting::OwnDevices(true)).await?;
    // One that is in already: its session ends with the decision.
    nurse.client()?.approve_offer(offer).await?;
    chief.wait_until(PATIENCE, |replica| replica.registry().now().device(phone.device()).map(drop)).await?;
    chief.confirm_device(phone.device()).await?;
    phone.approved().await?;
    phone.knows_as(nurse);
    phone.sign_in(&district.server).await?;
    chief.set(Some(station), Setting::OwnDevices(false)).await?;
    let ended = over(&phone).await?;
    report.check(
        "A12.6",
        "認めなくなれば、開いているセッションも終わる",
        "what is signed in when they are forbidden is signed out",
        ended == Some(code),
        "✗ byod_not_allowed",
    );
    chief.set(Some(station), Setting::OwnDevices(true)).await?;
    chief.wipe_device(phone.device()).await?;
    Ok(())
}

pub(super) async fn over(person: &Person) -> Result<Option<Code>, Stop> {
    let mut connection = person.client()?.connection();
    let over = connection.wait_for(|state| matches!(state, Connection::Over(_)));
    Ok(match tokio::time::timeout(PATIENCE, over).await {
        Ok(Ok(state)) => match &*state {
            Connection::Over(fault) => Some(fault.code),
            Connection::Online | Connection::Offline => None,
        },
        _ => None,
    })
}

pub(super) async fn tries(person: &Person, server: &Server) -> Result<Result<(), renkei_client_core::Fault>, Stop> {
    let code = person.new_code(server)?;
    Ok(person.profile.sign_in(&password(&person.password)?, Some(code)).await.map(drop))
}

pub(super) async fn back(district: &mut District, key: &str) -> Result<(), Stop> {
    let mut people = std::mem::take(&mut district.people);
    let signed_in = match people.iter_mut().find(|(name, _)| *name == key) {
        Some((_, person)) => person.sign_in(&district.server).await,
        None => Ok(()),
    };
    district.people = people;
    signed_in
}

async fn stop(report: &mut Report, district: &mut District) -> Result<(), Stop> {
    let group = district.hanako()?;
    let tablet = district.person("nurse-tablet")?.device();
    let nurse = district.person("nurse")?.client()?;
    let stopped = nurse.suspend_device(tablet, true).await;
    report.done(
        "A12.4",
        "見当たらないタブレットを本人が電話から緊急停止（紛失）",
        "a tablet that can't be found is stopped by its person, from the phone",
        stopped,
        |_| tablet.to_string(),
    )?;
    let seen = over(district.person("nurse-tablet")?).await?;
    let words = "接続は直ちに切れ、理由が示される";
    let held = seen == Some(Code::DeviceSuspended);
    report.check("A12.4", words, "it is cut off at once and told why", held, "✗ device_suspended");
    let tried = tries(district.person("nurse-tablet")?, &district.server).await?;
    let code = Code::DeviceSuspended;
    report.refused("A12.4", "停止中の端末でサインイン", "signing in with it", tried, code);
    let alone = district.person("nurse")?.client()?.resume_device(tablet).await;
    let code = Code::NotAdministrator;
    report.refused("A8.2", "紛失した端末を本人だけで再開", "its person alone lets a lost one go on", alone, code);
    district.step_up().await?;
    let found = district.person("nurse-chief")?.client()?.resume_device(tablet).await;
    report.done(
        "A12.4",
        "見つかり、SNS管理者が再開",
        "found: the administrator lets it go on",
        found,
        |_| tablet.to_string(),
    )?;
    back(district, "nurse-tablet").await?;
    wait_keys(district.person("nurse-tablet")?, group).await?;
    let read = district.person("nurse-tablet")?.client()?.read(group, 0);
    report.done("A12.4", "再開後は以前のとおり読める", "afterwards it reads as before", read, |shown| {
        format!("{} messages", shown.len())
    })?;
    Ok(())
}

async fn facility(report: &mut Report, district: &mut District) -> Result<(), Stop> {
    let pharmacy = district.facility("pharmacy")?;
    let stopped = district.operators[0].client()?.suspend_facility(pharmacy, true).await;
    report.done(
        "A3.2",
        "療養相談室が薬局の利用を停止",
        "the Desk suspends the pharmacy",
        stopped,
        |_| pharmacy.to_string(),
    )?;
    let held = over(district.person("pharmacist")?).await? == Some(Code::FacilitySuspended);
    report.check("A3.2", "全員が直ちに切断される", "everybody in it is cut off at once", held, "✗ facility_suspended");
    let mut voices = Vec::new();
    for operator in &district.operators[..2] {
        voices.push(operator.client()?.suspend_facility(pharmacy, false).await);
        if voices.len() == 1 {
            let tried = tries(district.person("pharmacist")?, &district.server).await?;
            let code = Code::FacilitySuspended;
            report.refused("A3.2", "一人の承認では再開しない", "one operator alone does not resume it", tried, code);
        }
    }
    let both = voices.into_iter().collect::<Result<Vec<_>, _>>();
    report.done("A3.2", "二人の担当者で再開", "two operators do", both, |all| {
        format!("{} signatures", all.len())
    })?;
    back(district, "pharmacist").await
}

async fn posture(report: &mut Report, district: &mut District) -> Result<(), Stop> {
    let group = district.hanako()?;
    let pharmacy = district.facility("pharmacy")?;
    wait_keys(district.person("pharmacist")?, group).await?;
    let client = district.person("pharmacist")?.client()?;
    let device = client.device();
    let asked = client.set(Some(pharmacy), Setting::PostureRequired(ASKED)).await;
    report.done(
        "A12.1",
        "薬局が端末の要件を定める",
        "the pharmacy says what it asks of devices",
        asked,
        |_| "screen lock, password, no file sharing, no stored passwords, updates".into(),
    )?;
    let sent = client.send(group, "要件を満たさない端末から").await;
    report.refused("A12.1", "未申告の端末で書き込み", "writing from a device not declared", sent, Code::PostureMissing);
    let declared = client.declare_posture(device, ASKED).await;
    report.done("A12.1", "端末の状態を申告", "its person declares how it is kept", declared, |_| {
        device.to_string()
    })?;
    let confirmed = client.confirm_posture(device, None).await;
    report.done(
        "A12.1",
        "SNS管理者が確認（半年間有効）",
        "an administrator confirms, for half a year",
        confirmed,
        |_| {
            let until = client.posture(device).and_then(|standing| standing.confirmed).map(|one| one.until.to_string());
            until.unwrap_or_default()
        },
    )?;
    let sent = client.send(group, "端末の確認が済みました。").await;
    report.done("A12.1", "以後は書き込める", "then it writes", sent, |accepted| {
        format!("entry {}", accepted.head.size)
    })?;
    client.set(Some(pharmacy), Setting::PostureRequired(Posture::default())).await?;
    Ok(())
}

/// Somebody comes back after months: the certificate has ended meanwhile.
pub(super) async fn away(report: &mut Report, district: &mut District) -> Result<(), Stop> {
    district.person_mut("pharmacist")?.sign_out().await?;
    district.server.advance(AWAY)?;
    back(district, "pharmacist").await?;
    let client = district.person("pharmacist")?.client()?;
    client.drop_connection();
    let online = client.ask(renkei_client_core::proto::frame::Op::Touch).await;
    report.done(
        "A2.1",
        "200日ぶりの端末が、サインインと同時に証明書を自ら更新",
        "a device that was away for 200 days renews its certificate with the sign-in, by itself",
        online,
        |_| "connected again, with the new one".into(),
    )?;
    Ok(())
}
