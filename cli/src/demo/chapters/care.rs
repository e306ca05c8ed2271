//! The care itself: some three hundred messages, a late joiner, a phone that changes networks, a server that falls.

use std::collections::BTreeSet;

use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::id::GroupId;

use super::corrections;
use super::groups::{approve, invitation, wait_keys, wait_member};
use crate::demo::district::{District, HANAKO, TARO, script};
use crate::demo::person::{PATIENCE, Person};
use crate::demo::report::{Report, Stop};

pub(super) async fn play(report: &mut Report, district: &mut District) -> Result<(), Stop> {
    report.chapter("連携の日々", "Care");
    let group = district.hanako()?;
    let lines: Vec<(&str, String)> = script(HANAKO).collect();
    let joins = lines.iter().position(|(speaker, _)| *speaker == "pharmacist").unwrap_or(0);
    for key in ["doctor", "clinic-nurse", "nurse", "care-manager"] {
        wait_keys(district.person(key)?, group).await?;
    }
    say(district, group, &lines[..joins]).await?;
    report.check(
        "A5.1",
        "四職種のやりとり（暗号化、端末間）",
        "end-to-end encrypted between the professions",
        true,
        &format!("{joins} messages"),
    );

    let invited = invitation(district, group, "doctor", "pharmacist").await?;
    approve(report, district, group, "pharmacist", invited, "架空 薫（後から参加）").await?;
    let late = district.person("pharmacist")?;
    wait_member(late, group).await?;
    wait_keys(late, group).await?;
    wait_count(late, group, joins + 1).await?;
    let history = late.client()?.read(group, 0)?;
    let readable = history.iter().filter(|shown| shown.text.is_ok()).count();
    report.check(
        "A8.4",
        "後から参加した人が、それまでの記録を読める",
        "the late joiner reads what was written before",
        readable == joins + 1 && readable == history.len(),
        &format!("{readable} messages"),
    );

    let middle = joins + (lines.len() - joins) / 2;
    say(district, group, &lines[joins..middle]).await?;
    // The first message of all was the doctor's, before the script.
    migrate(report, district, group, &lines[middle..middle + 8], middle + 1).await?;
    fall(report, district, group, middle + 9).await?;
    say(district, group, &lines[middle + 8..]).await?;
    let taro = district.taro()?;
    let script: Vec<(&str, String)> = script(TARO).collect();
    say(district, taro, &script).await?;
    let total = lines.len() + script.len();
    report.check(
        "A5.1",
        "介護・医療の実際的な書き込み",
        "realistic care messages",
        total >= 200,
        &format!("{total} in Japanese"),
    );
    let chief = district.person("nurse-chief")?;
    let before = lines.len() + 3;
    let invited = invitation(district, group, "doctor", "nurse-chief").await?;
    approve(report, district, group, "nurse-chief", invited, "架空 信子（四週間後に参加）").await?;
    wait_member(chief, group).await?;
    wait_keys(chief, group).await?;
    wait_count(chief, group, before).await?;
    let readable = chief.client()?.read(group, 0)?.iter().filter(|shown| shown.text.is_ok()).count();
    report.check(
        "A8.4",
        "四週間後に参加した人が全履歴を読める",
        "one who joins after four weeks reads all of it",
        readable == before,
        &format!("{readable} messages"),
    );
    everybody_reads(
        report,
        district,
        group,
        &["doctor", "clinic-nurse", "nurse", "nurse-tablet", "doctor-phone", "care-manager", "pharmacist"],
    )
    .await?;
    everybody_reads(
        report,
        district,
        taro,
        &["doctor", "nurse", "nurse-tablet", "pharmacist", "care-manager", "helper"],
    )
    .await?;
    corrections::play(report, district, group).await
}

/// Everybody writes in turn.
async fn say(district: &District, group: GroupId, lines: &[(&str, String)]) -> Result<(), Stop> {
    for (speaker, words) in lines {
        let person = district.person(speaker)?;
        person.client()?.send(group, words).await.map_err(|fault| Stop(format!("{speaker}: {fault}")))?;
    }
    Ok(())
}

/// In the middle of a conversation a phone leaves the Wi-Fi.
async fn migrate(
    report: &mut Report,
    district: &District,
    group: GroupId,
    lines: &[(&str, String)],
    before: usize,
) -> Result<(), Stop> {
    for (at, line) in lines.iter().enumerate() {
        if at == lines.len() / 2 {
            for key in ["nurse", "doctor", "pharmacist"] {
                district.person(key)?.client()?.rebind()?;
            }
        }
        say(district, group, std::slice::from_ref(line)).await?;
    }
    let person = district.person("nurse")?;
    let seen = wait_count(person, group, before + lines.len()).await?;
    report.check(
        "A2.1",
        "通信の途中で端末のアドレスが変わっても続く",
        "devices change their address in the middle of it",
        seen == before + lines.len(),
        &format!("{} sent, {} arrived, none lost or doubled", lines.len(), seen - before),
    );
    Ok(())
}

/// The server falls as by a power cut. Nobody types a password again.
async fn fall(report: &mut Report, district: &mut District, group: GroupId, before: usize) -> Result<(), Stop> {
    district.server.kill_and_restart()?;
    let sent = district.person("doctor")?.client()?.send(group, "サーバー再起動後の確認です。皆さん読めますか。").await;
    report.done(
        "A11.1",
        "サーバー停止（kill -9）後、パスワードなしで続く",
        "after kill -9 of the server sessions go on without a password",
        sent,
        |accepted| format!("entry {}", accepted.head.size),
    )?;
    // Whoever only reads finds out with the next keep-alive; here the apps come to the foreground now.
    for person in district.people.iter().map(|(_, person)| person).chain(&district.operators) {
        person.client()?.drop_connection();
    }
    district.step_up().await?;
    district.person("nurse")?.client()?.send(group, "はい、読めています。").await?;
    let seen = wait_count(district.person("nurse")?, group, before + 2).await?;
    report.check(
        "A5.1",
        "確認応答済みの書き込みは一つも失われない",
        "nothing that was acknowledged is lost",
        seen == before + 2,
        &format!("{seen} messages"),
    );
    Ok(())
}

async fn wait_count(person: &Person, group: GroupId, count: usize) -> Result<usize, Stop> {
    let client = person.client()?;
    let enough = |replica: &renkei_client_core::replica::Replica| {
        let messages = replica.group(group)?.messages().len();
        (messages >= count).then_some(messages)
    };
    client.wait_until(PATIENCE, enough).await.map_err(|fault| Stop(format!("{}: {fault}", person.name)))
}

/// Every reader's device shows the same words by the same authors.
async fn everybody_reads(report: &mut Report, district: &District, group: GroupId, keys: &[&str]) -> Result<(), Stop> {
    let first = district.person(keys[0])?.client()?;
    let expected: Vec<(u64, Result<String, Code>)> =
        first.read(group, 0)?.into_iter().map(|shown| (shown.seq, shown.text)).collect();
    let mut agreeing = BTreeSet::new();
    for key in keys {
        let person = district.person(key)?;
        wait_count(person, group, expected.len()).await?;
        wait_keys(person, group).await?;
        let shown: Vec<(u64, Result<String, Code>)> =
            person.client()?.read(group, 0)?.into_iter().map(|shown| (shown.seq, shown.text)).collect();
        if shown == expected && shown.iter().all(|(_, text)| text.is_ok()) {
            agreeing.insert(*key);
        }
    }
    report.check(
        "A5.1",
        "全員の端末で同じ内容が読める",
        "every device reads the same",
        agreeing.len() == keys.len(),
        &format!("{} messages on {} devices", expected.len(), agreeing.len()),
    );
    Ok(())
}
