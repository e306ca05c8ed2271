//! What is said in the name of a facility: drafted, checked by others, published by a superior (S4).

use renkei_client_core::policy::registry::s4_announcements::Progress;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::id::AnnouncementId;
use renkei_client_core::proto::text::Prose;
use renkei_client_core::proto::wording::Wording;

use crate::demo::district::District;
use crate::demo::person::{PATIENCE, Person};
use crate::demo::report::{Report, Stop};

pub(super) async fn play(report: &mut Report, district: &District) -> Result<(), Stop> {
    report.chapter("お知らせ（複数人で確認してから公開する）", "Announcements: checked by several before they are out");
    let (nurse, doctor) = (district.person("nurse")?, district.person("doctor")?);
    let chief = district.person("nurse-chief")?;
    chief.step_up(&district.server).await?;
    let wording = text("# 年末年始の訪問（見本）\n\n12月30日から1月3日は、緊急の訪問だけを行います。\n")?;
    let hash = wording.hash();
    let (chief, checker) = (chief.client()?, doctor.client()?);
    let own = vec![nurse.user()?];
    let alone = nurse.client()?.draft_announcement(None, wording.clone(), own).await;
    report.refused(
        "S4",
        "自分の案を自分で確認",
        "an author who checks the own draft",
        alone,
        Code::SecondPersonRequired,
    );
    let drafted = nurse.client()?.draft_announcement(None, wording, vec![doctor.user()?]).await;
    let id = report.done(
        "S4",
        "看護師がステーションの名で案を作り、医師に確認を依頼する",
        "a nurse drafts in the station's name and asks the doctor to check",
        drafted,
        AnnouncementId::to_string,
    )?;
    comes_to(doctor, id, Progress::Checked).await?;
    comes_to(district.person("nurse-chief")?, id, Progress::Checked).await?;
    let early = chief.publish_announcement(id, hash).await;
    report.refused("S4", "確認前の公開", "publish it before it is checked", early, Code::ChecksMissing);
    let pharmacist = district.person("pharmacist")?;
    comes_to(pharmacist, id, Progress::Checked).await?;
    let curious = pharmacist.client()?.text(hash).await;
    report.refused("S4", "関わらない人による案の閲覧", "somebody else reads the draft", curious, Code::Unknown);
    let checked = match checker.text(hash).await {
        Ok(read) => checker.check_announcement(id, read.hash(), true).await,
        Err(fault) => Err(fault),
    };
    report.done("S4", "医師が読んで承認する", "the doctor reads and approves it", checked, |_| {
        "approved".into()
    })?;
    comes_to(district.person("nurse-chief")?, id, Progress::Approved).await?;
    let other = text("# 年末年始の訪問（見本）\n\n12月30日から1月3日は休みます。\n")?.hash();
    let changed = chief.publish_announcement(id, other).await;
    report.refused(
        "S4",
        "承認されていない文面の公開",
        "publish a text that nobody approved",
        changed,
        Code::ChecksMissing,
    );
    let published = chief.publish_announcement(id, hash).await;
    report.done(
        "S4",
        "上長（SNS管理者）が、承認された文面そのものを公開する",
        "a superior publishes exactly what was approved",
        published,
        |_| hash.to_string(),
    )?;
    comes_to(pharmacist, id, Progress::Published).await?;
    let read = pharmacist.client()?.text(hash).await;
    report.done("S4", "地域の誰もが読める", "everybody in the district reads it", read, |wording| {
        wording.japanese.as_str().lines().next().unwrap_or_default().trim_start_matches("# ").to_owned()
    })?;
    Ok(())
}

fn text(words: &str) -> Result<Wording, Stop> {
    let prose = |words: &str| Prose::new(words).map_err(|_| Stop("a text".into()));
    Ok(Wording { japanese: prose(words)?, english: prose(words)? })
}

async fn comes_to(person: &Person, id: AnnouncementId, progress: Progress) -> Result<(), Stop> {
    let there = person.client()?.wait_until(PATIENCE, |replica| {
        let one = replica.registry().now().announcement(id)?;
        (one.progress() == progress).then_some(())
    });
    Ok(there.await?)
}
