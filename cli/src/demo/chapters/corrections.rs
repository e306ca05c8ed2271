//! Something wrong is made good (S1): a wrong figure corrected, a message to the wrong group taken back, and who has seen it.

use renkei_client_core::corrections::Amended;
use renkei_client_core::messages::Shown;
use renkei_client_core::proto::act::{Act, Amendment};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Accepted, Sidecar};
use renkei_client_core::proto::id::GroupId;
use renkei_client_core::proto::statement::{LogId, Role};

use crate::demo::district::District;
use crate::demo::person::{PATIENCE, Person};
use crate::demo::report::{Report, Stop};

pub(super) async fn play(report: &mut Report, district: &District, group: GroupId) -> Result<(), Stop> {
    let (nurse, tablet, doctor) =
        (district.person("nurse")?, district.person("nurse-tablet")?, district.person("doctor")?);
    let said = nurse.client()?.send(group, "体温 63.5℃、血圧 128/76。食事は全量摂取。").await?.head.size - 1;
    comes(tablet, group, said).await?;
    let corrected = tablet.client()?.correct(group, said, "体温 36.5℃、血圧 128/76。食事は全量摂取。").await;
    let entry = |accepted: &Accepted| format!("entry {}", accepted.head.size);
    let corrected = report.done(
        "S1",
        "書いた人が別の端末から訂正",
        "the author corrects it, with another device",
        corrected,
        entry,
    )?;
    comes(doctor, group, corrected.head.size - 1).await?;
    let shown = last(doctor, group, said)?;
    report.check(
        "S1",
        "全員に訂正後の文と「訂正」の印が表示される",
        "everybody is shown the right words, marked as corrected",
        shown.text.as_ref().is_ok_and(|text| text.starts_with("体温 36.5")) && shown.amended.is_some(),
        &format!("#{} → #{said}", corrected.head.size - 1),
    );
    let trail = doctor.client()?.trail(group, said)?;
    let texts: Vec<_> = trail.iter().filter_map(|version| version.text.clone()?.ok()).collect();
    let whole = texts.len() == 2 && texts.first().is_some_and(|text| text.starts_with("体温 63.5"));
    report.check("S1", "訂正前の文も履歴に残る", "the trail keeps what it said before", whole, "2 versions");
    let refused = unchecked(doctor, group, said).await;
    report.refused("S1", "他人の書き込みの取り消し", "somebody else takes it back", refused, Code::NotTheAuthor);
    taken_back(report, district, group).await?;
    seen_by(report, district, group, said).await
}

async fn taken_back(report: &mut Report, district: &District, group: GroupId) -> Result<(), Stop> {
    let (pharmacist, doctor) = (district.person("pharmacist")?, district.person("doctor")?);
    let wrong = pharmacist.client()?.send(group, "（別の方への連絡を誤って投稿）").await?.head.size - 1;
    comes(doctor, group, wrong).await?;
    let back = pharmacist.client()?.retract(group, wrong).await;
    let back =
        report.done("S1", "誤った書き込みの取り消し", "a message is taken back", back, |accepted| {
            format!("entry {}", accepted.head.size)
        })?;
    comes(doctor, group, back.head.size - 1).await?;
    let shown = last(doctor, group, wrong)?;
    let gone = matches!(shown.amended, Some(Amended { retracted: true, .. })) && shown.text == Ok(String::new());
    report.check(
        "S1",
        "取り消された文は表示されず、取り消しは全員に見える",
        "its words are no longer shown, and everybody sees that it was taken back",
        gone,
        &format!("#{} → #{wrong}", back.head.size - 1),
    );
    let again = unchecked(pharmacist, group, wrong).await;
    report.refused("S1", "取り消し済みの書き込み", "once more", again, Code::AlreadyRetracted);
    Ok(())
}

async fn seen_by(report: &mut Report, district: &District, group: GroupId, said: u64) -> Result<(), Stop> {
    let (nurse, doctor) = (district.person("nurse")?, district.person("doctor")?);
    doctor.client()?.mark_seen(group, said)?;
    let told = nurse.client()?.wait_until(PATIENCE, {
        let user = doctor.user()?;
        move |replica| replica.group(group)?.mark(user, said)
    });
    told.await?;
    let by = nurse.client()?.seen(group, said)?;
    report.check(
        "S1",
        "誰が読み、誰がまだかが分かる",
        "who has seen it, and who hasn't yet",
        by.seen.iter().map(|(user, _)| *user).eq([doctor.user()?]) && !by.not_yet.is_empty(),
        &format!("seen by {}, not yet by {}", by.seen.len(), by.not_yet.len()),
    );
    let back = doctor.client()?.submit_unchecked(
        LogId::Group(group),
        Role::User,
        None,
        Act::Seen { upto: said },
        Sidecar::default(),
    );
    report.refused("S1", "同じ既読をもう一度", "the same mark once more", back.await, Code::NothingToDo);
    Ok(())
}

/// Takes the message back without asking the own client whether it may.
async fn unchecked(person: &Person, group: GroupId, original: u64) -> Result<Accepted, renkei_client_core::Fault> {
    let client = person.client()?;
    let epoch = client.look(|replica| Some(replica.group(group)?.group()?.epoch())).unwrap_or(0);
    let act = Act::Amend(Amendment { original, epoch, flags: 0, words: None });
    client.submit_unchecked(LogId::Group(group), Role::User, None, act, Sidecar::default()).await
}

/// Waits until the entry at `seq` is here.
async fn comes(person: &Person, group: GroupId, seq: u64) -> Result<(), Stop> {
    let here = person.client()?.wait_until(PATIENCE, |replica| (replica.group(group)?.size() > seq).then_some(()));
    here.await.map_err(|fault| Stop(format!("{}: {fault}", person.name)))
}

/// The message at `seq` as it is shown.
fn last(person: &Person, group: GroupId, seq: u64) -> Result<Shown, Stop> {
    let shown = person.client()?.read(group, seq)?;
    shown.into_iter().find(|shown| shown.seq == seq).ok_or_else(|| Stop(format!("no message {seq}")))
}
