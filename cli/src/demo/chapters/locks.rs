//! Locks and sessions by the server's clock, settings, recovery codes and resets (Articles 8, 11, 13).

use renkei_client_core::client::Connection;
use renkei_client_core::probe::by_certificate;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Op, SecondFactor};
use renkei_client_core::proto::settings::{Crowded, PasswordKinds, Setting};
use renkei_client_core::proto::statement::LogId;

use super::groups::{wait_keys, wait_member};
use crate::demo::district::District;
use crate::demo::person::{PATIENCE, Person, password};
use crate::demo::report::{Report, Stop};

/// Idle time of phones and tablets that the association chooses here, in seconds.
const IDLE: u32 = 240;

pub(super) async fn play(report: &mut Report, district: &mut District) -> Result<(), Stop> {
    report.chapter("ロック・セッション・設定（第11条、第13条）", "Locks, sessions, settings (Articles 11, 13)");
    settings(report, district).await?;
    left_alone(report, district).await?;
    sessions(report, district).await?;
    recovery(report, district).await?;
    reset(report, district).await
}

async fn settings(report: &mut Report, district: &District) -> Result<(), Stop> {
    let [first, second] = &district.operators[..] else { return Err(Stop("two operators".into())) };
    let setting = Setting::IdleMobile(IDLE);
    first.client()?.set(None, setting).await?;
    let alone = first.client()?.set(None, setting).await;
    report.refused(
        "A13.1",
        "医師会の設定を担当者一人で変更",
        "an operator alone changes the association's settings",
        alone,
        Code::SecondPersonRequired,
    );
    let proposed = |replica: &renkei_client_core::replica::Replica| {
        replica.registry().now().proposals().any(|(one, _)| one == setting).then_some(())
    };
    second.client()?.wait_until(PATIENCE, proposed).await?;
    let set = second.client()?.set(None, setting).await;
    report
        .done("A13.1", "担当者二人で変更", "two operators do", set, |_| "phones lock after 4 minutes".into())?;
    let (chief, station) = (district.person("nurse-chief")?.client()?, Some(district.facility("station")?));
    let known = |replica: &renkei_client_core::replica::Replica| {
        (replica.registry().now().rules(None).idle_mobile == IDLE).then_some(())
    };
    chief.wait_until(PATIENCE, known).await?;
    let weaker = chief.set(station, Setting::IdleMobile(IDLE + 1)).await;
    report.refused(
        "A13.1",
        "事業所が医師会より緩い設定",
        "a facility sets something weaker",
        weaker,
        Code::WeakerThanPolicy,
    );
    let kinds = PasswordKinds { long: true, changing: true, second_factor: false };
    let weaker = chief.set(station, Setting::Passwords(kinds)).await;
    report.refused(
        "A11.3",
        "医師会が認めない種類のパスワードを事業所が認める",
        "a facility accepts passwords that the association does not",
        weaker,
        Code::WeakerThanPolicy,
    );
    let stricter = chief.set(station, Setting::IdleComputer(480)).await;
    report.done(
        "A13.1",
        "事業所がより厳しい設定",
        "a facility sets something stricter",
        stricter,
        |_| "computers lock after 8 minutes".into(),
    )?;
    Ok(())
}

fn over(person: &Person) -> Result<bool, Stop> {
    Ok(matches!(*person.client()?.connection().borrow(), Connection::Over(_)))
}

/// A tablet is left on a table. Whoever finds it learns how many messages there are, and nothing else.
async fn left_alone(report: &mut Report, district: &mut District) -> Result<(), Stop> {
    let group = district.hanako()?;
    for person in district.people.iter().map(|(_, person)| person).chain(&district.operators) {
        person.client()?.ask(Op::Touch).await?;
    }
    district.server.wait(u64::from(IDLE) + 1)?;
    let tablet = district.person("nurse-tablet")?;
    let mut connection = tablet.client()?.connection();
    let locked = connection.wait_for(|state| *state == Connection::Over(Code::SessionLocked.into()));
    let locked = tokio::time::timeout(PATIENCE, locked).await.is_ok();
    report.check(
        "A11.4",
        "置き忘れたタブレットは、サーバーがロックする",
        "a tablet left alone is locked by the server",
        locked,
        "session_locked, after 4 minutes",
    );
    let closed = tablet.client()?.read(group, 0).map(|_| ());
    report.refused("A11.4", "ロック中に読む", "read while it is locked", closed, Code::VaultClosed);
    let raw = by_certificate(&tablet.profile, Op::Entries { log: LogId::Group(group), from: 0 }).await;
    report.refused(
        "A11.4",
        "ロック中に取り寄せる（確認を飛ばすアプリ）",
        "ask for the group with a client that checks nothing",
        raw,
        Code::SessionRequired,
    );
    let counts = tablet.profile.counts().await;
    report.done(
        "A11.4",
        "ロック中は件数だけ",
        "a locked session is told counts, and nothing else",
        counts,
        |counts| {
            format!("{} groups, {} messages", counts.len(), counts.iter().map(|(_, messages)| messages).sum::<u64>())
        },
    )?;
    let wrong = tablet.profile.unlock(&password("machigai-7-no-aikotoba")?).await;
    report.refused("A11.4", "誤ったパスワードで解除", "unlock with a wrong password", wrong, Code::SignInFailed);
    for (key, person) in &mut district.people {
        if over(person)? {
            let unlocked = person.profile.unlock(&password(&person.password)?).await;
            if *key == "nurse-tablet" {
                let words = ("同じ端末でパスワードだけで解除", "the password alone unlocks it on its device");
                let client = report.done("A11.4", words.0, words.1, unlocked, |_| person.name.to_owned())?;
                person.client = Some(client);
            } else {
                person.client = Some(unlocked?);
            }
        }
    }
    let tablet = district.person("nurse-tablet")?;
    wait_member(tablet, group).await?;
    wait_keys(tablet, group).await
}

/// The evening: nobody signs out. Touched or not, a session ends after a working day.
pub(super) async fn forgotten(report: &mut Report, district: &District) -> Result<(), Stop> {
    let chief = district.person("nurse-chief")?.client()?;
    let mut connection = chief.connection();
    let longest = u64::from(chief.rules().session_end);
    district.server.wait(longest + 1)?;
    let ended = connection.wait_for(|state| *state == Connection::Over(Code::SessionExpired.into()));
    let ended = tokio::time::timeout(PATIENCE, ended).await.is_ok();
    report.check(
        "A11.4",
        "サインアウトされなかったセッションも、時間が来れば終わる",
        "a session that nobody signed out of ends by its time",
        ended,
        "✗ session_expired",
    );
    Ok(())
}

/// Somebody forgot to sign out at home.
async fn sessions(report: &mut Report, district: &mut District) -> Result<(), Stop> {
    let nurse = district.person("nurse")?;
    let user = nurse.user()?;
    let other = district.person("doctor")?.client()?.sessions(user).await;
    report.refused(
        "A11.1",
        "他の事業所の人のセッションを見る",
        "another facility looks at the sessions of a person",
        other,
        Code::NotAdministrator,
    );
    let rows = nurse.client()?.sessions(user).await;
    let rows = report.done("A11.1", "自分のセッションの一覧", "one's own sessions", rows, |rows| {
        format!("{} of 2", rows.len())
    })?;
    let tablet = district.person("nurse-tablet")?;
    let there = rows.iter().find(|row| row.device == tablet.device()).map(|row| row.session);
    let there = there.ok_or_else(|| Stop("the tablet has no session".into()))?;
    let ended = nurse.client()?.end_session(user, there).await;
    report.done(
        "A11.1",
        "離れた端末のセッションを終了",
        "the session on the other device is ended",
        ended,
        |()| "at once".into(),
    )?;
    let mut connection = tablet.client()?.connection();
    let gone = connection.wait_for(|state| matches!(state, Connection::Over(_)));
    tokio::time::timeout(PATIENCE, gone).await.ok();
    let read = tablet.client()?.read(district.hanako()?, 0);
    report.refused(
        "A12.3",
        "消去されたセッションの端末で患者グループを開く",
        "opens the patient's group on the device whose session was wiped",
        read,
        Code::VaultClosed,
    );
    let mut tablet = district.take("nurse-tablet")?;
    crowded(report, district, &tablet).await?;
    tablet.sign_in(&district.server).await?;
    district.people.push(("nurse-tablet", tablet));
    Ok(())
}

/// Her facility lets nobody have more than one session for a while, and ends none for a new one.
async fn crowded(report: &mut Report, district: &District, tablet: &Person) -> Result<(), Stop> {
    let office = district.person("nurse-chief")?;
    office.step_up(&district.server).await?;
    let (chief, user) = (office.client()?, office.user()?);
    let station = chief.look(|replica| replica.registry().now().user(user).map(|person| person.facility));
    chief.set(station, Setting::Sessions(1)).await?;
    chief.set(station, Setting::Crowded(Crowded::Refuse)).await?;
    let code = tablet.new_code(&district.server)?;
    let one_more = tablet.profile.sign_in(&password(&tablet.password)?, Some(code)).await.map(drop);
    report.refused(
        "A11.1",
        "認められた数を超えるセッション",
        "one session more than is allowed",
        one_more,
        Code::TooManySessions,
    );
    chief.set(station, Setting::Sessions(2)).await?;
    chief.set(station, Setting::Crowded(Crowded::EndOldest)).await?;
    Ok(())
}

/// The code generator is at home, and an administrative act needs a fresh code.
async fn recovery(report: &mut Report, district: &mut District) -> Result<(), Stop> {
    let mut nurse = district.take("nurse")?;
    let code = nurse.recovery.pop().ok_or_else(|| Stop("no recovery code".into()))?;
    let secret = password(&nurse.password)?;
    let signed_in = nurse.profile.sign_in_with(&secret, SecondFactor::Recovery(code.clone()), None).await;
    let client = report.done(
        "A11.6",
        "認証アプリがない日に予備コードでサインイン",
        "a recovery code on the day without the generator",
        signed_in,
        |_| nurse.name.to_owned(),
    )?;
    nurse.client = Some(client);
    let twice = nurse.profile.sign_in_with(&secret, SecondFactor::Recovery(code), None).await;
    report.refused("A11.6", "同じ予備コードをもう一度", "the same one again", twice, Code::SignInFailed);
    district.people.push(("nurse", nurse));
    for _ in 0..3 {
        for person in district.people.iter().map(|(_, person)| person).chain(&district.operators) {
            person.client()?.ask(Op::Touch).await?;
        }
        district.server.wait(u64::from(IDLE) - 10)?;
    }
    for person in district.people.iter().map(|(_, person)| person).chain(&district.operators) {
        person.client()?.ask(Op::Touch).await?;
    }
    let chief = district.person("nurse-chief")?;
    let stale = chief.client()?.reset_factors(district.person("nurse")?.user()?).await;
    report.refused(
        "A11.6",
        "10分以上前の確認コードのまま管理の操作",
        "an administrative act on a code of ten minutes ago",
        stale,
        Code::StepUpRequired,
    );
    district.step_up().await
}

/// A person has forgotten the password, and lost the telephone with the generator.
async fn reset(report: &mut Report, district: &mut District) -> Result<(), Stop> {
    let group = district.hanako()?;
    let user = district.person("nurse")?.user()?;
    let other = district.person("doctor")?.client()?.lift_lockout(user).await;
    report.refused(
        "A8.3",
        "他の事業所の管理者が待ち時間を解除",
        "another facility's administrator ends the wait of somebody who mistyped",
        other,
        Code::NotAdministrator,
    );
    let lifted = district.person("nurse-chief")?.client()?.lift_lockout(user).await;
    report.done("A8.3", "自事業所の管理者が解除", "one's own administrator does", lifted, |_| {
        "one more try; the count stays".into()
    })?;
    let other = district.person("doctor")?.client()?.reset_factors(user).await;
    report.refused(
        "A8.3",
        "他の事業所の管理者が認証を初期化",
        "another facility's administrator resets password and generator",
        other,
        Code::NotAdministrator,
    );
    let reset = district.person("nurse-chief")?.client()?.reset_factors(user).await;
    report.done("A8.3", "自事業所の管理者が初期化", "one's own administrator does", reset, |_| {
        "sessions end at once".into()
    })?;
    for key in ["nurse", "nurse-tablet"] {
        let mut connection = district.person(key)?.client()?.connection();
        let gone = connection.wait_for(|state| matches!(state, Connection::Over(_)));
        tokio::time::timeout(PATIENCE, gone).await.ok();
    }
    let (mut nurse, mut tablet) = (district.take("nurse")?, district.take("nurse-tablet")?);
    for (person, english) in [(&nurse, "what the session is told"), (&tablet, "the same on the tablet")] {
        let told = person.client()?.ask(Op::Offers).await;
        report.refused("A8.3", "初期化で終わったセッションへの説明", english, told, Code::FactorsReset);
    }
    let old = nurse.profile.sign_in(&password(&nurse.password)?, Some(1)).await;
    report.refused("A8.3", "古いパスワードでサインイン", "the old password", old, Code::SetUpRequired);
    "kawa-9-no-hotori+tsuki".clone_into(&mut nurse.password);
    nurse.set_up(&district.server).await?;
    nurse.sign_in(&district.server).await?;
    tablet.knows_as(&nurse);
    tablet.sign_in(&district.server).await?;
    wait_member(&nurse, group).await?;
    wait_keys(&nurse, group).await?;
    let readable = nurse.client()?.read(group, 0)?.iter().all(|shown| shown.text.is_ok());
    report.check(
        "A8.3",
        "新しいパスワードで、過去の記録もそのまま読める",
        "with new ones, nothing of the history is lost",
        readable,
        nurse.name,
    );
    district.people.push(("nurse", nurse));
    district.people.push(("nurse-tablet", tablet));
    Ok(())
}
