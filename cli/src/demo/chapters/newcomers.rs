//! Two facilities come from a file. One has short passwords, and is told of the change they need; the other's devices are
//! retired, and wiped: a person's together, then all of the facility.

use std::path::Path;

use renkei_client_core::devices::Whose;
use renkei_client_core::proto::act::{DeviceKind, FacilityKind, Profession};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{PasswordRule, SecondFactor};
use renkei_client_core::proto::id::{DeviceId, FacilityId};
use renkei_client_core::proto::settings::{PasswordKinds, Setting};
use renkei_client_core::proto::ticket::{Purpose, Ticket};
use renkei_client_core::{Fault, random};

use super::{devices, duties, facilities, staff};
use crate::demo::district::{Applicant, Colleague, District};
use crate::demo::person::{PATIENCE, Person, password};
use crate::demo::report::{Report, Stop};

const HEADER: &str = "事業所名,種別";

const NEW: [Applicant; 2] = [
    Applicant {
        key: "second-pharmacy",
        facility: "つゆくさ薬局（架空）",
        kind: FacilityKind::Pharmacy,
        member: true,
        manager_key: "second-pharmacist",
        manager: "架空 蛍",
        kana: "かくう ほたる",
        profession: Profession::Pharmacist,
    },
    Applicant {
        key: "helpers",
        facility: "ヘルパーステーション木立（架空）",
        kind: FacilityKind::HomeHelpStation,
        member: false,
        manager_key: "helpers-chief",
        manager: "架空 巌",
        kana: "かくう いわお",
        profession: Profession::Helper,
    },
];

const HELPERS: [Colleague; 2] = [
    Colleague {
        key: "helper-in-town",
        name: "架空 葵",
        kana: "かくう あおい",
        profession: Profession::Helper,
        administrator: "helpers-chief",
    },
    Colleague {
        key: "helper-on-the-hill",
        name: "架空 樹",
        kana: "かくう いつき",
        profession: Profession::Helper,
        administrator: "helpers-chief",
    },
];

/// As good as eight characters can be.
const SHORT: [&str; 2] = ["k7-Wq*sZ", "Xp4*wN8!"];

const LONG: PasswordKinds = PasswordKinds { long: true, changing: false, second_factor: false };

pub(super) async fn play(report: &mut Report, district: &mut District) -> Result<(), Stop> {
    report.chapter(
        "CSVからの事業所・短いパスワード・一括消去（第8・11・12条）",
        "Facilities from CSV, short passwords, many devices wiped (Articles 8, 11, 12)",
    );
    district.step_up().await?;
    for (applicant, (facility, ticket)) in NEW.iter().zip(import(report, district).await?) {
        facilities::admit(report, district, applicant, facility, &ticket).await?;
        duties::acknowledge(district.person(applicant.manager_key)?).await?;
    }
    let mut pharmacist = district.take("second-pharmacist")?;
    let kept = passwords(report, district, &mut pharmacist).await;
    district.people.push(("second-pharmacist", pharmacist));
    kept?;
    many_devices(report, district).await
}

async fn import(report: &mut Report, district: &District) -> Result<Vec<(FacilityId, Ticket)>, Stop> {
    let desk = district.operators[0].client()?;
    let file = district.home.join("facilities.csv");
    let write = |lines: &[&str]| std::fs::write(&file, ["\u{feff}", &lines.join("\r\n")].concat());
    let good = [&format!("{},薬局", NEW[0].facility), &format!("{},訪問介護事業所", NEW[1].facility)];
    let wrong = good[1].replace("訪問介護", "訪問介設");
    write(&[HEADER, good[0], &wrong, ",薬局"])?;
    let before = desk.look(|replica| replica.registry().size());
    let plan = desk.plan_facilities(&file)?;
    let faults: Vec<u64> = plan.findings.iter().map(|finding| finding.line).collect();
    let untouched = before == desk.look(|replica| replica.registry().size());
    report.check(
        "A8.3",
        "事業所のCSVの確認: 直すべき行をすべて示し、何も発行しない",
        "a dry run of facilities from a file: every bad line is named, nothing is issued",
        !plan.clean() && faults == [3, 4] && untouched,
        &plan.findings.iter().map(|one| format!("{} {:?}", one.line, one.what)).collect::<Vec<_>>().join("; "),
    );
    write(&[HEADER, good[0], good[1]])?;
    let stranger = district.person("nurse-chief")?.client()?.plan_facilities(&file);
    report.refused(
        "A8.3",
        "療養相談室でない人が事業所のCSVを使う",
        "the same by somebody who is not of the Desk",
        stranger,
        Code::NotOperator,
    );
    let plan = report.done(
        "A8.3",
        "直したファイルを確認（まだ何もしない）",
        "a dry run of the corrected file",
        desk.plan_facilities(&file).and_then(|plan| if plan.clean() { Ok(plan) } else { Err(Code::BadInput.into()) }),
        |plan| format!("{} facilities", plan.rows.len()),
    )?;
    let mut tickets = Vec::new();
    for _ in &plan.rows {
        let facility = FacilityId(random());
        tickets.push((facility, desk.issue_ticket(Purpose::Facility(facility)).await?));
    }
    report.check(
        "A8.3",
        "行ごとに事業所の登録票を発行",
        "each line's facility gets its ticket",
        tickets.len() == NEW.len(),
        &format!("{}", tickets.len()),
    );
    Ok(tickets)
}

/// Both operators say which passwords the association accepts, and `person`'s device knows.
async fn accept(district: &District, person: &Person, kinds: PasswordKinds) -> Result<(), Stop> {
    let setting = Setting::Passwords(kinds);
    for (at, operator) in district.operators[..2].iter().enumerate() {
        let client = operator.client()?;
        let proposed = |replica: &renkei_client_core::replica::Replica| {
            (at == 0 || replica.registry().now().proposals().any(|(one, _)| one == setting)).then_some(())
        };
        client.wait_until(PATIENCE, proposed).await?;
        client.set(None, setting).await?;
    }
    let known = |replica: &renkei_client_core::replica::Replica| {
        (replica.registry().now().rules(None).passwords == kinds).then_some(())
    };
    Ok(person.client()?.wait_until(PATIENCE, known).await?)
}

/// Changes it, and the person keeps the new one in mind.
async fn change(person: &mut Person, new: &str) -> Result<(), Fault> {
    person.client()?.change_password(password(&person.password)?, password(new)?).await?;
    new.clone_into(&mut person.password);
    Ok(())
}

fn failed(result: &Result<(), Fault>) -> Vec<PasswordRule> {
    result.as_ref().err().map(|fault| fault.failed.clone().into_vec()).unwrap_or_default()
}

async fn passwords(report: &mut Report, district: &District, person: &mut Person) -> Result<(), Stop> {
    let first = person.password.clone();
    change(person, "tsuki-4-to-suzume+kumo").await?;
    let again = change(person, &first).await;
    let reused = failed(&again) == [PasswordRule::Reused];
    let words = ("最近10回のパスワードへ戻す", "back to one of the last ten passwords");
    report.refused("A11.3", words.0, words.1, again, Code::PasswordTooWeak);
    report.check("A11.3", "理由は再使用だけ", "for no other reason", reused, "Reused");

    let short = change(person, SHORT[0]).await;
    let words = ("医師会が認めない間の8文字", "eight characters where the association does not accept them");
    report.refused("A11.3", words.0, words.1, short, Code::PasswordTooWeak);
    accept(district, person, PasswordKinds { second_factor: true, ..LONG }).await?;
    let short = change(person, SHORT[0]).await;
    let words = ("医師会が認めた後、二要素と併せた8文字", "eight characters beside two factors, once it does");
    report.done("A11.3", words.0, words.1, short, |()| "it need not change".into())?;
    person.sign_out().await?;
    person.sign_in(&district.server).await?;
    report.check("A11.3", "そのパスワードと確認コードでサインイン", "signed in by both", true, person.name);

    let (chief, station) = (district.person("nurse-chief")?, district.facility("station")?);
    chief.client()?.set(Some(station), Setting::Passwords(LONG)).await?;
    let short = chief.client()?.change_password(password(&chief.password)?, password(SHORT[1])?).await;
    let words = ("より厳しい事業所では認められない", "not in a facility that is stricter");
    report.refused("A11.3", words.0, words.1, short, Code::PasswordTooWeak);

    accept(district, person, PasswordKinds { changing: true, ..LONG }).await?;
    let changed = change(person, SHORT[1]).await;
    let words = ("2か月ごとに変える8文字", "eight characters that change every two months");
    report.done("A11.3", words.0, words.1, changed, |()| person.name.to_owned())
}

/// After [`devices::away`], when months have passed.
pub(super) async fn expired(report: &mut Report, district: &mut District) -> Result<(), Stop> {
    let mut person = district.take("second-pharmacist")?;
    person.client = None;
    let tried = devices::tries(&person, &district.server).await?;
    let words = ("2か月を過ぎた8文字でサインイン", "sign in with the short one after more than two months");
    report.refused("A11.3", words.0, words.1, tried, Code::PasswordExpired);
    let (old, new) = (password(&person.password)?, "hayashi-4-no-kaze+yuki");
    let code = SecondFactor::Code(person.new_code(&district.server)?);
    let same = person.profile.sign_in_with(&old, code.clone(), Some(old.clone())).await;
    let words = ("同じものへの変更", "a change to the same one");
    report.refused("A11.3", words.0, words.1, same.map(drop), Code::PasswordTooWeak);
    let changed = person.profile.sign_in_with(&old, code, Some(password(new)?)).await;
    let words = ("変更だけができ、変えればサインイン", "it can only be changed, and then lets its owner in");
    let client = report.done("A11.3", words.0, words.1, changed, |_| person.name.to_owned())?;
    new.clone_into(&mut person.password);
    person.client = Some(client);
    district.people.push(("second-pharmacist", person));
    let long = devices::back(district, "nurse-chief").await;
    report.check("A11.3", "13文字以上の人は変えなくてよい", "a long one stays good", long.is_ok(), "架空 信子");
    Ok(())
}

async fn many_devices(report: &mut Report, district: &mut District) -> Result<(), Stop> {
    let home = district.home.clone();
    for colleague in &HELPERS {
        staff::join(report, district, colleague).await?;
        duties::acknowledge(district.person(colleague.key)?).await?;
    }
    for (owner, profile) in [("helper-in-town", "town-phone"), ("helper-on-the-hill", "hill-phone")] {
        let phone = further(report, district, &home, owner, profile).await?;
        district.people.push((profile, phone));
    }
    retired(report, district).await?;

    let user = district.person("helper-in-town")?.user()?;
    let stranger = district.person("nurse-chief")?.client()?;
    let theirs = stranger.devices_to_wipe(Whose::Person(user));
    let foreign = stranger.wipe_devices(&theirs).await;
    let held = foreign.len() == 2 && foreign.iter().all(|(_, one)| is(one, Code::NotAdministrator));
    let words = ("他の事業所が一人の全端末を消去", "another facility wipes all devices of a person");
    report.check("A12.3", words.0, words.1, held, "✗ not_administrator, for each");
    let words = ("辞める人の全端末をまとめて消去", "all devices of a person who leaves, by one command");
    together(report, district, words, Whose::Person(user), &["helper-in-town", "town-phone"]).await?;

    let facility = district.facility("helpers")?;
    let words = ("事業所の全端末をまとめて消去、操作者の端末は最後", "all devices of a facility, one's own last");
    let all = Whose::Facility { facility, owned_only: false };
    together(report, district, words, all, &["helper-on-the-hill", "helpers-chief"]).await
}

fn is<T>(result: &Result<T, Fault>, code: Code) -> bool {
    result.as_ref().is_err_and(|fault| fault.code == code)
}

async fn further(
    report: &mut Report,
    district: &District,
    home: &Path,
    owner: &str,
    profile: &str,
) -> Result<Person, Stop> {
    staff::second_device(report, district, home, owner, profile, DeviceKind::Phone, "helpers-chief").await
}

async fn retired(report: &mut Report, district: &mut District) -> Result<(), Stop> {
    let phone = district.take("hill-phone")?;
    let device = phone.device();
    let out = district.person("helper-on-the-hill")?.client()?.retire_device(device).await;
    let words = ("使わなくなった電話を本人が廃止", "its person retires a telephone");
    report.done("A8.2", words.0, words.1, out, |_| device.to_string())?;
    let gone = devices::over(&phone).await? == Some(Code::DeviceWiped) && nothing_left(&phone);
    let words = ("廃止した端末は切断され、鍵を残さない", "it is cut off and keeps no keys");
    report.check("A8.2", words.0, words.1, gone, "vault, device");
    let back = devices::tries(&phone, &district.server).await?;
    report.refused("A8.2", "廃止した端末でサインイン", "signing in with it", back, Code::DeviceWiped);
    let chief = district.person("helpers-chief")?.client()?;
    let resumed = chief.resume_device(device).await;
    let words = ("管理者にも再開できない", "an administrator cannot let it go on either");
    report.refused("A8.2", words.0, words.1, resumed, Code::DeviceWiped);
    Ok(())
}

fn nothing_left(person: &Person) -> bool {
    ["vault", "device"].iter().all(|name| !person.dir.join(name).exists())
}

/// The chief of the helpers wipes many devices; those of `keys` are gone.
async fn together(
    report: &mut Report,
    district: &mut District,
    words: (&str, &str),
    whose: Whose,
    keys: &[&str],
) -> Result<(), Stop> {
    let chief = district.person("helpers-chief")?.client()?;
    let devices = chief.devices_to_wipe(whose);
    let mut expected = Vec::new();
    for key in keys {
        expected.push(district.person(key)?.device());
    }
    let own_last = devices.iter().position(|one| *one == chief.device()).is_none_or(|at| at + 1 == devices.len());
    let mut same: Vec<DeviceId> = devices.clone();
    same.sort();
    expected.sort();
    let done = chief.wipe_devices(&devices).await;
    // One's own is cut off before it hears the answer.
    let own = chief.device();
    let ordered = done.iter().all(|(device, result)| result.is_ok() || *device == own);
    let held = own_last && same == expected && ordered;
    report.check("A12.3", words.0, words.1, held, &format!("{} devices", done.len()));
    let mut gone = true;
    for key in keys {
        let person = district.take(key)?;
        gone &= devices::over(&person).await? == Some(Code::DeviceWiped) && nothing_left(&person);
    }
    report.check(
        "A12.3",
        "どの端末も切断され、鍵を残さない",
        "each is cut off and keeps no keys",
        gone,
        "device_wiped",
    );
    Ok(())
}
