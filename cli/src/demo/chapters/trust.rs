//! What a stranger can check: fresh heads, keys that come with the approval, keys that age, evidence for people, and a
//! server that lies.

use std::path::Path;

use renkei_client_core::audit::{self, Comparison, Export};
use renkei_client_core::groups::NewGroup;
use renkei_client_core::now;
use renkei_client_core::policy::group::Group;
use renkei_client_core::proto::act::{DelegationScope, GroupKind, HistoryPolicy};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::id::GroupId;
use renkei_client_core::proto::key::SigningSecret;
use renkei_client_core::proto::statement::LogId;
use renkei_client_core::proto::time::{DAY, Time};
use renkei_client_core::random;

use super::groups::{approve, invitation, wait_keys, wait_member};
use crate::demo::district::{District, line};
use crate::demo::person::{PATIENCE, Person};
use crate::demo::report::{Report, Stop};

/// Just over a week.
const WEEK: u64 = 8 * DAY;

pub(super) async fn play(report: &mut Report, district: &mut District) -> Result<(), Stop> {
    report.chapter("誰でも確かめられること", "What a stranger can check");
    heads(report, district)?;
    let group = prepared(report, district).await?;
    desk_reads(report, district, group).await?;
    ageing(report, district, group).await?;
    evidence(report, district, group).await
}

/// Two people compare what the server has signed for each of them.
fn heads(report: &mut Report, district: &District) -> Result<(), Stop> {
    let (doctor, nurse) = (district.person("doctor")?.client()?, district.person("nurse")?.client()?);
    let theirs = nurse.heads().ok_or(Code::HeadsStale)?;
    let same = matches!(doctor.compare(&theirs), Ok(Comparison::Same { .. }));
    report.check(
        "P5",
        "記録の最新の署名を二人で突き合わせる",
        "two people compare the heads that the server signed for each",
        same && doctor.heads_are_fresh() && nurse.heads_are_fresh(),
        "same history, fresh",
    );
    let mut other = theirs.unverified().map_err(|_| Code::Malformed)?;
    other.tree = Hash32(random());
    let forged = other.sign(&SigningSecret::from_seed(&random())).map_err(|_| Code::TooLarge)?;
    let refused = doctor.compare(&forged);
    report.refused(
        "P5",
        "サーバー以外による「最新の署名」",
        "heads signed by another key",
        refused,
        Code::NotAuthentic,
    );
    Ok(())
}

/// Earlier keys are prepared at the invitation and open with the approval.
async fn prepared(report: &mut Report, district: &District) -> Result<GroupId, Stop> {
    let doctor = district.person("doctor")?.client()?;
    let new = NewGroup {
        kind: GroupKind::Free,
        label: line("見本区 災害時対応の打合せ")?,
        history: HistoryPolicy::All,
        acting_for: None,
        creator_reads: true,
    };
    let group = doctor.create_group(new).await?;
    doctor.send(group, "停電時の連絡網の案を共有します。").await?;
    let invited = invitation(district, group, "doctor", "nurse").await?;
    let chief = district.person("nurse-chief")?.client()?;
    let there = chief.wait_until(PATIENCE, |replica| {
        let invitation = replica.group(group)?.group()?.invitation(invited)?;
        invitation.prepared.as_ref().map(|prepared| prepared.devices.len())
    });
    let boxes = there.await?;
    report.check(
        "P3",
        "招待の時点で、過去の鍵を解除鍵の下に用意",
        "earlier keys are prepared at the invitation, under a release key",
        boxes > 0,
        &format!("{boxes} devices"),
    );
    approve(report, district, group, "nurse-chief", invited, "架空 結（承認で解除鍵を公開）").await?;
    let nurse = district.person("nurse")?;
    wait_member(nurse, group).await?;
    wait_keys(nurse, group).await?;
    let released = nurse.client()?.look(|replica| {
        let invitation = replica.group(group)?.group()?.invitation(invited)?;
        invitation.prepared.as_ref()?.released
    });
    let readable = nurse.client()?.read(group, 0)?.iter().all(|shown| shown.text.is_ok());
    report.check(
        "A8.4",
        "承認だけで過去の記録が読める",
        "the approval alone makes what was written before readable",
        readable && released.is_some(),
        "opened with the released key",
    );
    Ok(group)
}

/// A delegation under which the Desk's operators may read, as another one excludes it.
async fn desk_reads(report: &mut Report, district: &District, group: GroupId) -> Result<(), Stop> {
    let doctor = district.person("doctor")?.client()?;
    let until = now().plus(60 * DAY);
    doctor.delegate(DelegationScope::Group(group), until, true).await?;
    let operator = &district.operators[0];
    let invited = doctor.invite(group, operator.user()?).await?;
    let colleague = district.operators[1].client()?;
    let open =
        |replica: &renkei_client_core::replica::Replica| replica.group(group)?.group()?.invitation(invited).map(|_| ());
    colleague.wait_until(PATIENCE, open).await?;
    let approved = colleague.approve_invitation(group, invited).await;
    report.done(
        "A4.2",
        "閲覧を認める委託では、担当者も招待と承認を経て読める",
        "where the delegation lets them read, an operator is invited and approved like anybody",
        approved,
        |_| operator.name.to_owned(),
    )?;
    wait_member(operator, group).await?;
    wait_keys(operator, group).await?;
    let readable = operator.client()?.read(group, 0)?.iter().all(|shown| shown.text.is_ok());
    report.check("A4.2", "その担当者は読める", "and reads", readable, "1 message");
    Ok(())
}

fn epoch(person: &Person, group: GroupId) -> Result<u32, Stop> {
    Ok(person.client()?.look(|replica| replica.group(group).and_then(|one| one.group()).map_or(0, Group::epoch)))
}

/// Keys are used for a week at most, and devices renew theirs.
async fn ageing(report: &mut Report, district: &District, group: GroupId) -> Result<(), Stop> {
    let pharmacist = district.person("pharmacist")?.client()?;
    let soon = pharmacist.renew_keys().await;
    report.refused("P7", "受信鍵の更新は一日に一度まで", "receiving keys are renewed once a day", soon, Code::TooSoon);
    let before = epoch(district.person("doctor")?, group)?;
    district.server.advance(WEEK)?;
    district.person("doctor")?.client()?.send(group, "一週間後の連絡です。").await?;
    let after = epoch(district.person("doctor")?, group)?;
    report.check(
        "P3",
        "一週間を過ぎた鍵は自動で更新される",
        "a key older than a week is renewed without a question",
        after == before + 1,
        &format!("epoch {before} → {after}"),
    );
    let renewed = pharmacist.renew_keys().await;
    report.done("P7", "翌日以降は更新できる", "later they are", renewed, |_| "X25519 + ML-KEM-768".into())?;
    let hanako = district.hanako()?;
    let sent = pharmacist.send(hanako, "薬局の端末の鍵を更新しました。").await;
    report.done("P7", "更新後もそのまま使える", "and nothing is lost", sent, |accepted| {
        format!("entry {}", accepted.head.size)
    })?;
    Ok(())
}

/// Who could read, and a file that anybody checks.
async fn evidence(report: &mut Report, district: &District, group: GroupId) -> Result<(), Stop> {
    let doctor = district.person("doctor")?;
    let client = doctor.client()?;
    let rows = client.look(|replica| audit::who_could_read(replica, group, Time(0), Time(u64::MAX)))?;
    let devices: usize = rows.iter().map(|row| row.devices.len()).sum();
    report.check(
        "A8.4",
        "閲覧できた人・端末・招待者・承認者の一覧",
        "who could read, with which devices, invited and approved by whom",
        rows.len() == 3 && devices >= 4,
        &format!("{} people, {devices} devices", rows.len()),
    );
    let export = client.export(&[group, district.hanako()?]).await?;
    let root = doctor.profile.public().root;
    let checked = audit::verify(&export, root);
    report.check(
        "P5",
        "書き出した記録を、サーバーなしで検証",
        "an export is checked without a server",
        checked.is_ok(),
        &checked.map_or_else(|flaw| flaw.to_string(), |checked| format!("{} registry entries", checked.registry)),
    );
    let mut forged: Export = export;
    forged.registry.remove(5);
    let flaw = audit::verify(&forged, root).err().map(|flaw| flaw.to_string());
    report.check(
        "P5",
        "抜き取られた記録を指摘",
        "a removed record is named",
        flaw.is_some(),
        &flaw.unwrap_or_default(),
    );
    Ok(())
}

/// The server's operator goes back to an older copy of its data, as if nothing had happened since.
pub(super) async fn lying(report: &mut Report, district: &mut District) -> Result<(), Stop> {
    report.chapter("不正なサーバー", "A server that lies");
    let group = district.hanako()?;
    let (data, older, truth) =
        (district.server.data().to_owned(), district.home.join("older"), district.home.join("truth"));
    district.server.kill()?;
    copy(&data, &older)?;
    district.server.restart()?;
    let words = "この記録は、後でなかったことにされます。";
    let mut tablet = district.take("nurse-tablet")?;
    tablet.client()?.send(group, words).await?;
    district.server.kill()?;
    copy(&data, &truth)?;
    replace(&older, &data)?;
    district.server.restart()?;
    tablet.client()?.drop_connection();
    let noticed = tablet.client()?.wait_until(PATIENCE, |replica| replica.group(group)?.broken()).await?;
    report.check(
        "P5",
        "端末は、短くなった記録に気づく",
        "the device notices that the log has become shorter",
        noticed == Code::LogNotTrusted,
        &noticed.to_string(),
    );
    let refused = tablet.client()?.send(group, "続きの記録").await;
    report.refused(
        "P5",
        "古い写しに戻したサーバーへは送信しない",
        "a device that saw more does not write to a server that went back",
        refused,
        Code::LogNotTrusted,
    );
    district.server.kill()?;
    replace(&truth, &data)?;
    district.server.restart()?;
    tablet.sign_in(&district.server).await?;
    let remembered = tablet.client()?.send(group, "続きの記録").await;
    report.refused(
        "P5",
        "次のサインインでも信頼しない",
        "signing in again does not bring trust back",
        remembered,
        Code::LogNotTrusted,
    );
    // She has telephoned, and knows what happened.
    tablet.client()?.trust_again(LogId::Group(group))?;
    tablet.sign_in(&district.server).await?;
    let kept =
        tablet.client()?.wait_until(PATIENCE, |replica| (!replica.group(group)?.messages().is_empty()).then_some(()));
    kept.await?;
    wait_keys(&tablet, group).await?;
    let there = tablet.client()?.read(group, 0)?.iter().any(|shown| shown.text.as_deref() == Ok(words));
    report.check("P5", "本来の記録に戻れば続けられる", "with the true records it goes on", there, words);
    district.people.push(("nurse-tablet", tablet));
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<(), Stop> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let (kind, target) = (entry.file_type()?, to.join(entry.file_name()));
        if kind.is_dir() {
            copy(&entry.path(), &target)?;
        } else if kind.is_file() {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn replace(with: &Path, at: &Path) -> Result<(), Stop> {
    std::fs::remove_dir_all(at)?;
    copy(with, at)
}
