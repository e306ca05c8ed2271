//! The contact window of the Desk, a training round, and the Desk's report (Articles 14, 15).

use renkei_client_core::policy::group::a14_inquiries::InquiryState;
use renkei_client_core::proto::act::{Act, GroupAct, InquiryEnd, TrainingPlan};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Op, Sidecar};
use renkei_client_core::proto::id::{GroupId, TrainingId};
use renkei_client_core::proto::statement::{LogId, Role};
use renkei_client_core::proto::time::Time;
use renkei_client_core::proto::wording::TextKind;
use renkei_client_core::random;
use renkei_client_core::report::Share;

use super::duties::{operators, proposed, published, sample, today};
use crate::demo::district::{District, line};
use crate::demo::person::{PATIENCE, Person};
use crate::demo::report::{Report, Stop};

pub(super) async fn play(report: &mut Report, district: &District) -> Result<(), Stop> {
    report.chapter("問い合わせ窓口・研修・報告（第14条、第15条）", "Inquiries, training, reports (Articles 14, 15)");
    for person in operators(district)?.into_iter().chain([district.person("nurse-chief")?]) {
        person.step_up(&district.server).await?;
    }
    let group = asked(report, district).await?;
    answered(report, district, group).await?;
    training(report, district).await?;
    numbers(report, district).await?;
    // What follows compares what people were shown: everybody has come so far.
    let reached = operators(district)?[0].client()?.look(|replica| replica.registry().size());
    for person in district.people.iter().filter_map(|(_, person)| person.client.as_ref()) {
        person.wait_until(PATIENCE, |replica| (replica.registry().size() >= reached).then_some(())).await?;
        // The clock moved on with each code: the server's word is asked for anew.
        let mut changes = person.changes();
        person.ask(Op::Freshen).await?;
        while !person.heads_are_fresh() {
            changes.changed().await.map_err(|_| Stop("the end of a client".into()))?;
        }
    }
    Ok(())
}

/// This person's device has the inquiry in this state.
async fn comes_to(person: &Person, group: GroupId, state: InquiryState) -> Result<(), Stop> {
    let there = person.client()?.wait_until(PATIENCE, |replica| {
        let view = replica.registry().now();
        (replica.group(group)?.group()?.inquiry_state(view)? == state).then_some(())
    });
    Ok(there.await?)
}

async fn asked(report: &mut Report, district: &District) -> Result<GroupId, Stop> {
    let nurse = district.person("nurse")?.client()?;
    let opened = nurse.open_inquiry(line("端末の交換")?, "端末を交換します。手順を教えてください。").await;
    let group = report.done(
        "A14.1",
        "看護師が療養相談室に問い合わせる（暗号化）",
        "a nurse asks the Desk, end-to-end encrypted",
        opened,
        GroupId::to_string,
    )?;
    let log = LogId::Group(group);
    for (key, who) in [("doctor", "another facility"), ("nurse-chief", "the own administrator")] {
        let read = district.person(key)?.client()?.ask(Op::Entries { log, from: 0 }).await;
        report.refused("A14.1", "ほかの人は読めない", &format!("nobody else reads it: {who}"), read, Code::NotForYou);
    }
    let chief = district.person("nurse-chief")?.client()?;
    let act = Act::Group(GroupAct::Remove { user: district.person("nurse")?.user()? });
    let removed = chief.submit_unchecked(log, Role::SnsAdministrator, None, act, Sidecar::default()).await;
    report.refused(
        "A14.1",
        "自事業所の管理者も、問い合わせを止められない",
        "the own administrator does not end it either",
        removed,
        Code::InquiryOnly,
    );
    Ok(group)
}

async fn answered(report: &mut Report, district: &District, group: GroupId) -> Result<(), Stop> {
    let (nurse, [first, second]) = (district.person("nurse")?, operators(district)?);
    comes_to(first, group, InquiryState::Open).await?;
    report.done(
        "A14.1",
        "担当者が引き受け、全員に示される",
        "an operator takes it, and everybody who reads it sees who",
        first.client()?.take_inquiry(group).await,
        |_| first.name.to_owned(),
    )?;
    comes_to(second, group, InquiryState::Taken).await?;
    let early = second.client()?.close_inquiry(group, InquiryEnd::NoReply).await;
    report.refused(
        "A14.1",
        "回答のない問い合わせを療養相談室が終了",
        "the Desk closes what it has not answered",
        early,
        Code::ReplyAwaited,
    );
    let answer = first.client()?.answer_inquiry(group, "新しい端末を登録してから、古い端末を使用終了にします。").await;
    report.done("A14.1", "回答する", "it is answered", answer, |_| "answered".into())?;
    comes_to(nurse, group, InquiryState::Answered).await?;
    let client = nurse.client()?;
    let (user, both) = (nurse.user()?, |shown: &usize| format!("{shown} messages"));
    let read = client
        .wait_until(PATIENCE, |replica| {
            let group = replica.group(group)?;
            group.group()?.membership(user)?;
            Some(group.messages().len()).filter(|count| *count == 2)
        })
        .await;
    report.done("A14.1", "問い合わせた人が回答を受け取る", "who asked has the answer", read, both)?;
    client.close_inquiry(group, InquiryEnd::Settled).await?;
    let late = client.send(group, "追伸").await;
    report.refused("A14.1", "終了後は書けない", "nothing is written in a closed one", late, Code::InquiryClosed);
    let again = client.reopen_inquiry(group).await;
    report
        .done("A14.1", "問い合わせた人が再開する", "who asked opens it again", again, |_| "open".into())?;
    Ok(())
}

async fn training(report: &mut Report, district: &District) -> Result<(), Stop> {
    let ([first, second], kind) = (operators(district)?, TextKind::TrainingMaterial);
    let material = sample(kind)?.hash();
    first.client()?.publish_text(kind, sample(kind)?).await?;
    proposed(second, kind).await?;
    second.client()?.confirm_text(kind, material).await?;
    let (nurse, chief) = (district.person("nurse")?, district.person("nurse-chief")?);
    for person in [nurse, chief] {
        published(person, kind).await?;
    }
    let (training, day) = (TrainingId(random()), today(district)?);
    let plan = TrainingPlan { training, facility: None, material, from: day, until: day };
    let alone = chief.client()?.open_training(plan.clone()).await;
    report.refused(
        "A15.1",
        "SNS管理者が全員の研修を始める",
        "an administrator opens a training round for everybody",
        alone,
        Code::NotOperator,
    );
    let opened = first.client()?.open_training(plan).await;
    report.done("A15.1", "療養相談室が研修を始める", "the Desk opens a training round", opened, |_| {
        "today".into()
    })?;
    for person in [nurse, chief] {
        let there =
            |replica: &renkei_client_core::replica::Replica| replica.registry().now().training(training).map(drop);
        person.client()?.wait_until(PATIENCE, there).await?;
    }
    let signed = nurse.client()?.attend_training(training, nurse.client()?.text(material).await?.hash()).await;
    report.done("A15.1", "教材を読み、本人が署名", "who has read the material signs it", signed, |_| {
        nurse.name.to_owned()
    })?;
    let pharmacist = district.person("pharmacist")?.user()?;
    let other = chief.client()?.record_attendance(training, pharmacist, day).await;
    report.refused(
        "A15.1",
        "他の事業所の人の受講を記録",
        "record that somebody of another facility was there",
        other,
        Code::NotAdministrator,
    );
    let recorded = chief.client()?.record_attendance(training, chief.user()?, day).await;
    report.done(
        "A15.1",
        "対面での受講を管理者が日付とともに記録",
        "an administrator records who was at a session, with its day",
        recorded,
        |_| day.to_string(),
    )?;
    Ok(())
}

async fn numbers(report: &mut Report, district: &District) -> Result<(), Stop> {
    let (station, operator) = (district.facility("station")?, operators(district)?[0].client()?);
    let all = operator.report(Time(0)).await;
    let all = report.done(
        "A15.1",
        "療養相談室が事業所ごとの件数と状態を見る",
        "the Desk sees numbers and states of every facility",
        all,
        |all| format!("{} facilities", all.len()),
    )?;
    let one = all.iter().find(|one| one.facility == station).ok_or_else(|| Stop("no station".into()))?;
    let held = one.numbers.inquiries.open == 1 && matches!(one.trainings, Share { done: 2, asked } if asked > 2);
    report.check(
        "A15.1",
        "問い合わせと研修も数に入る",
        "inquiries and training are among them",
        held,
        &format!("{} open, training {}/{}", one.numbers.inquiries.open, one.trainings.done, one.trainings.asked),
    );
    let hanako = district.hanako()?;
    let unread = operator.look(|replica| replica.group(hanako).is_none_or(|group| group.messages().is_empty()));
    report.check(
        "A15.1",
        "参加していないグループの中身は届かない",
        "of groups that it is not in no message is sent to it",
        unread,
        "counted, not read",
    );
    let nurse = district.person("nurse")?.client()?.report(Time(0)).await;
    report.refused("A15.1", "管理者でない人の報告", "a report for nobody's office", nurse, Code::NotAdministrator);
    Ok(())
}
