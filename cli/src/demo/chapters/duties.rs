//! The association's texts, the points to note, a review, and the duty of secrecy that goes on (Articles 9, 10).

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use renkei_client_core::Fault;
use renkei_client_core::proto::act::ReviewPlan;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::Op;
use renkei_client_core::proto::id::ReviewId;
use renkei_client_core::proto::text::Prose;
use renkei_client_core::proto::time::{DAY, Date};
use renkei_client_core::proto::wording::{TextKind, Wording};
use renkei_client_core::random;

use crate::demo::district::District;
use crate::demo::person::{PATIENCE, Person};
use crate::demo::report::{Report, Stop};

pub(super) async fn play(report: &mut Report, district: &mut District) -> Result<(), Stop> {
    report.chapter("留意事項・定期確認・離職後の守秘（第9条、第10条）", "Notices, reviews, secrecy (Articles 9, 10)");
    district.step_up().await?;
    notice(report, district).await?;
    review(report, district).await?;
    let helper = district.person("helper")?.client()?.acknowledge_duty().await;
    report.done(
        "A9.1",
        "離職する人が、離職後も続く守秘義務を確認",
        "who is about to leave signs that the duty of secrecy goes on",
        helper,
        |_| "on record".into(),
    )?;
    Ok(())
}

/// The samples that come with the program.
pub(super) fn sample(kind: TextKind) -> Result<Wording, Fault> {
    let (japanese, english) = match kind {
        TextKind::Notice => {
            (include_str!("../../../../texts/notice.ja.txt"), include_str!("../../../../texts/notice.en.txt"))
        }
        TextKind::TrainingMaterial => (
            include_str!("../../../../texts/training-material.ja.txt"),
            include_str!("../../../../texts/training-material.en.txt"),
        ),
        _ => (
            include_str!("../../../../texts/review-points.ja.txt"),
            include_str!("../../../../texts/review-points.en.txt"),
        ),
    };
    let prose = |text| Prose::new(text).map_err(|_| Code::BadInput);
    Ok(Wording { japanese: prose(japanese)?, english: prose(english)? })
}

pub(super) fn operators(district: &District) -> Result<[&Person; 2], Stop> {
    match &district.operators[..] {
        [first, second] => Ok([first, second]),
        _ => Err(Stop("two operators".into())),
    }
}

pub(super) async fn proposed(second: &Person, kind: TextKind) -> Result<(), Fault> {
    let there = second.client()?.wait_until(PATIENCE, |replica| {
        replica.registry().now().text_proposals().any(|one| one.kind == kind).then_some(())
    });
    there.await
}

pub(super) async fn published(person: &Person, kind: TextKind) -> Result<(), Fault> {
    let there = person.client()?.wait_until(PATIENCE, |replica| replica.registry().now().text(kind).map(drop));
    there.await
}

/// Reads the points to note, and gives their version.
pub(super) async fn acknowledge(person: &Person) -> Result<u32, Fault> {
    published(person, TextKind::Notice).await?;
    let since = person.client()?.present_text(TextKind::Notice)?;
    let wording = person.client()?.text(since.text).await?;
    person.client()?.acknowledge_notice(since.version, wording.hash()).await?;
    Ok(since.version)
}

async fn notice(report: &mut Report, district: &District) -> Result<(), Stop> {
    let (group, kind) = (district.hanako()?, TextKind::Notice);
    let [first, second] = operators(district)?;
    let (words, text) = (sample(kind)?, sample(kind)?.hash());
    first.client()?.publish_text(kind, words.clone()).await?;
    let alone = first.client()?.confirm_text(kind, text).await;
    report.refused(
        "A10.1",
        "留意事項を担当者一人で公示",
        "an operator alone publishes the points to note",
        alone,
        Code::SecondPersonRequired,
    );
    proposed(second, kind).await?;
    let same = second.client()?.text(text).await? == words;
    report.check("A10.1", "二人目は本文を読んでから署名", "the second reads what is signed", same, "checked by hash");
    let done = second.client()?.confirm_text(kind, text).await;
    report.done("A10.1", "二人で公示（見本）", "two publish it (a sample)", done, |_| "version 1".into())?;
    let nurse = district.person("nurse")?;
    published(nurse, kind).await?;
    let unread = nurse.client()?.send(group, "留意事項を読む前に").await;
    report.refused("A10.1", "読まずに書く", "write without having read them", unread, Code::NoticeUnread);
    let unread = nurse.client()?.ask(Op::Offers).await;
    report.refused(
        "A10.1",
        "確認を飛ばすアプリにも、サーバーは何も渡さない",
        "a client that skips the check gets nothing from the server either",
        unread,
        Code::NoticeUnread,
    );
    let mut acknowledged = BTreeSet::new();
    for person in district.people.iter().map(|(_, person)| person).chain(&district.operators) {
        if acknowledged.insert(person.user()?) {
            acknowledge(person).await?;
        }
    }
    let sent = nurse.client()?.send(group, "留意事項を確認しました。").await;
    report.done(
        "A10.1",
        "全員が確認し、続けて書ける",
        "everybody acknowledges, and goes on",
        sent,
        |_| format!("{} people", acknowledged.len()),
    )?;
    Ok(())
}

/// The day that it is in Japan by the server's clock.
pub(super) fn today(district: &District) -> Result<Date, Stop> {
    let now = district.server.advance(0)?;
    let at = i64::try_from(now.0).ok().and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    let day = at.map(|at| at.to_zoned(TimeZone::fixed(jiff::tz::Offset::constant(9))).date().to_string());
    day.and_then(|day| day.parse().ok()).ok_or_else(|| Stop("a day".into()))
}

async fn review(report: &mut Report, district: &District) -> Result<(), Stop> {
    let (group, kind) = (district.hanako()?, TextKind::ReviewPoints);
    let [first, second] = operators(district)?;
    let points = sample(kind)?.hash();
    first.client()?.publish_text(kind, sample(kind)?).await?;
    proposed(second, kind).await?;
    second.client()?.confirm_text(kind, points).await?;
    let (pharmacist, doctor) = (district.person("pharmacist")?, district.person("doctor")?);
    for person in [pharmacist, doctor] {
        published(person, kind).await?;
    }
    let (review, facility) = (ReviewId(random()), Some(district.facility("pharmacy")?));
    let plan = ReviewPlan { review, facility, points, due: today(district)?, restrict_after: 1, lock_after: 2 };
    let other = doctor.client()?.open_review(plan.clone()).await;
    report.refused(
        "A9.2",
        "他の事業所の定期確認を始める",
        "open a review of another facility",
        other,
        Code::NotAdministrator,
    );
    let opened = pharmacist.client()?.open_review(plan).await;
    report.done(
        "A9.2",
        "SNS管理者が定期確認を始める",
        "an administrator opens a review",
        opened,
        |_| "due today".into(),
    )?;
    district.server.advance(DAY)?;
    let late = pharmacist.client()?.send(group, "期限を過ぎましたが、まだ書けます。").await;
    report.done("A9.2", "期限の翌日: 督促のみ", "a day late: reminded", late, |_| "writes on".into())?;
    district.server.advance(DAY)?;
    let late = pharmacist.client()?.send(group, "書けません").await;
    report.refused("A9.2", "さらに1日: 閲覧のみ", "another day: reading only", late, Code::ReviewOverdue);
    let read = pharmacist.client()?.read(group, 0);
    report.done("A9.2", "閲覧はできる", "reading goes on", read, |shown| format!("{} messages", shown.len()))?;
    district.server.advance(DAY)?;
    let locked = pharmacist.client()?.read(group, 0).map(drop);
    report.refused("A9.2", "さらに1日: ロック", "and another: locked", locked, Code::ReviewOverdue);
    let locked = pharmacist.client()?.ask(Op::Offers).await;
    report.refused("A9.2", "サーバーも応じない", "by the server too", locked, Code::ReviewOverdue);
    pharmacist.client()?.confirm_review(review, pharmacist.client()?.text(points).await?.hash()).await?;
    let sent = pharmacist.client()?.send(group, "定期確認を済ませました。").await;
    report
        .done("A9.2", "確認すると、すぐに解除", "confirming ends it at once", sent, |_| "writes".into())?;
    pharmacist.client()?.close_review(review).await?;
    Ok(())
}
