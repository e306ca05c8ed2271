//! Emergency broadcasts: the whole district at once, and how everybody is (S6).

use renkei_client_core::proto::act::RegistryAct;
use renkei_client_core::proto::bounds;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::Sidecar;
use renkei_client_core::proto::safety::Safety;
use renkei_client_core::proto::statement::{LogId, Role};
use renkei_client_core::proto::text::Prose;

use super::duties::operators;
use crate::demo::district::District;
use crate::demo::person::{PATIENCE, Person};
use crate::demo::report::{Report, Stop};

pub(super) async fn play(report: &mut Report, district: &District) -> Result<(), Stop> {
    report.chapter("緊急一斉連絡と安否", "Emergency broadcasts, and how people are");
    let [first, second] = operators(district)?;
    let [doctor, nurse, chief] = ["doctor", "nurse", "nurse-chief"].map(|key| district.person(key));
    let (doctor, nurse, chief) = (doctor?, nurse?, chief?);
    let words = |words: &str| Prose::new(words).map_err(|_| Stop("a text".into()));
    let act = renkei_client_core::proto::act::Act::Registry(RegistryAct::Broadcast {
        drill: false,
        text: words("うその知らせ")?,
    });
    let other = chief.client()?.submit_unchecked(LogId::Registry, Role::Operator, None, act, Sidecar::default()).await;
    report.refused("S6", "担当者でない人の一斉連絡", "somebody else tells the district", other, Code::NotOperator);
    first.step_up(&district.server).await?;
    let sent = first.client()?.broadcast(false, words("震度6弱の地震がありました。安否を知らせてください。")?).await;
    let one = report.done(
        "S6",
        "担当者一人が地域の全員に一斉に知らせる",
        "one operator tells the whole district at once",
        sent,
        |one| format!("#{one}"),
    )?;
    for person in [doctor, nurse, chief] {
        hears(person, one).await?;
    }
    nurse.client()?.answer_broadcast(one, Safety::Received).await?;
    doctor.client()?.answer_broadcast(one, Safety::Safe).await?;
    let help = nurse.client()?.answer_broadcast(one, Safety::NeedsHelp).await;
    report.done(
        "S6",
        "安否を知らせる（最後の回答が有効）",
        "people say how they are; the last word counts",
        help,
        |()| "needs help".into(),
    )?;
    let seen = second.client()?.how_people_are(one).await;
    report.done(
        "S6",
        "療養相談室が全員の安否と未回答の人を見る",
        "the Desk sees how everybody is, and who has said nothing",
        seen,
        |people| format!("{} answers, {} silent", people.said.len(), people.silent.len()),
    )?;
    let (nurses, user) = (chief.client()?.how_people_are(one).await?, nurse.user()?);
    let elsewhere = doctor.client()?.how_people_are(one).await?;
    report.check(
        "S6",
        "自事業所の管理者には見え、他事業所には見えない",
        "the own administrator sees it, another facility's does not",
        nurses.said.get(&user).is_some_and(|answer| answer.says == Safety::NeedsHelp)
            && !elsewhere.said.contains_key(&user),
        "needs help, seen by the own alone",
    );
    for _ in 1..bounds::OPEN_BROADCASTS {
        first.client()?.broadcast(false, words("続報です。")?).await?;
    }
    let more = first.client()?.broadcast(false, words("もう一件")?).await;
    report.refused("S6", "同時に4件目の一斉連絡", "a fourth at once", more, Code::TooManyBroadcasts);
    let open: Vec<u64> = first.client()?.broadcasts(false).iter().map(|one| one.seq).collect();
    for broadcast in open {
        first.client()?.close_broadcast(broadcast).await?;
    }
    let late = nurse.client()?.answer_broadcast(one, Safety::Safe).await;
    report.refused("S6", "終了後の回答", "answer when it is over", late, Code::BroadcastClosed);
    Ok(())
}

async fn hears(person: &Person, broadcast: u64) -> Result<(), Stop> {
    let there =
        person.client()?.wait_until(PATIENCE, |replica| replica.registry().now().broadcast(broadcast).map(drop));
    Ok(there.await?)
}
