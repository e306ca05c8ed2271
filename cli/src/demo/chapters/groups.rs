//! A clinic opens a patient group and invites three other facilities.

use renkei_client_core::groups::{ConsentForm, ConsentNames, NewGroup};
use renkei_client_core::proto::act::{Act, ConsentBy, GroupAct, GroupKind, HistoryPolicy};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::Sidecar;
use renkei_client_core::proto::hash::sha256;
use renkei_client_core::proto::id::{GroupId, InvitationId, UserId};
use renkei_client_core::proto::statement::{LogId, Role};

use crate::demo::district::{District, day, line};
use crate::demo::person::{PATIENCE, Person};
use crate::demo::report::{Report, Stop};

/// What stands in for the scan of Form 3.
pub(super) fn paper(patient: &str) -> Vec<u8> {
    format!("%PDF-1.7\n% 見本 様式3 {patient}\n").into_bytes()
}

pub(super) fn consent(patient: &str) -> Result<ConsentForm, Stop> {
    Ok(ConsentForm {
        by: ConsentBy::Family,
        signed_on: day("2026-03-01")?,
        copy_given_on: day("2026-03-02")?,
        scan: sha256(&paper(patient)),
        names: ConsentNames { name: line("見本 一郎")?, relation: Some(line("長男")?) },
    })
}

pub(super) async fn play(report: &mut Report, district: &mut District) -> Result<(), Stop> {
    report.chapter("患者グループ（第4〜6条、第8条）", "A patient group (Articles 4–6, 8)");
    let doctor = district.person("doctor")?.client()?;
    let new = NewGroup {
        kind: GroupKind::Patient,
        label: line("見本 花子さん 在宅チーム")?,
        history: HistoryPolicy::All,
        acting_for: None,
        creator_reads: true,
    };
    let nurse = district.person("nurse")?.client()?;
    let by_nurse = nurse.create_group(new.clone()).await;
    report.refused(
        "A4.1",
        "権限のない従事者がグループを作成",
        "a group made by somebody without the right",
        by_nurse,
        Code::NotOriginator,
    );
    let group = report.done(
        "A5.1",
        "連携元事業所が患者グループを作成",
        "the originating facility opens a patient group",
        doctor.create_group(new).await,
        GroupId::to_string,
    )?;
    let early = doctor.send(group, "まだ同意書がありません。").await;
    report.refused("A6.1", "同意書の記録前に送信", "write before the patient's consent", early, Code::ConsentMissing);
    let recorded = doctor.record_consent(group, consent("花子")?).await;
    report.done("A6.1", "患者同意書（様式3）を記録", "record Form 3", recorded, |_| {
        "2026-03-01, 家族".into()
    })?;
    let sent = doctor.send(group, "見本 花子さんのグループを開きました。よろしくお願いします。").await;
    report.done("A6.1", "同意後は送信できる", "after it, write", sent, |accepted| {
        format!("entry {}", accepted.head.size)
    })?;
    district.hanako = Some(group);

    let pharmacist = district.person("pharmacist")?;
    let intruder = pharmacist.client()?;
    let outsider = GroupAct::Remove { user: district.person("doctor")?.user()? };
    let removal = intruder
        .submit_unchecked(LogId::Group(group), Role::SnsAdministrator, None, Act::Group(outsider), Sidecar::default())
        .await;
    report.refused(
        "A4.1",
        "他の事業所がメンバーを外す",
        "another facility governs the group",
        removal,
        Code::NotOriginator,
    );

    let clinic_nurse = district.person("clinic-nurse")?.user()?;
    invite_and_approve(report, district, group, "doctor", "doctor", clinic_nurse, "架空 彩（自事業所）").await?;
    let invited = invitation(district, group, "doctor", "nurse").await?;
    before_approval(report, district, group, invited).await?;
    approve(report, district, group, "nurse-chief", invited, "架空 結").await?;
    let care_manager = district.person("care-manager")?.user()?;
    invite_and_approve(report, district, group, "doctor", "care-manager", care_manager, "架空 誠（非会員事業所）")
        .await?;
    let nurse = district.person("nurse")?.client()?;
    wait_member(district.person("nurse")?, group).await?;
    wait_keys(district.person("nurse")?, group).await?;
    let by_member = nurse.invite(group, pharmacist.user()?).await;
    report.refused("A5.2", "メンバーによる招待", "an invitation by a mere member", by_member, Code::NotOriginator);
    let label = nurse.label(group).map(|label| label.to_string());
    report.check(
        "A8.4",
        "承認された人の端末でグループ名が読める",
        "the label opens on the approved person's device",
        label.is_some(),
        &label.clone().unwrap_or_default(),
    );
    Ok(())
}

/// Between invitation and approval: nobody gets in, and nobody else can approve.
async fn before_approval(
    report: &mut Report,
    district: &District,
    group: GroupId,
    invitation: InvitationId,
) -> Result<(), Stop> {
    let nurse = district.person("nurse")?.client()?;
    let early =
        GroupAct::Approve { invitation, answers: renkei_client_core::proto::hash::Hash32::default(), release: None };
    let own = nurse
        .submit_unchecked(LogId::Group(group), Role::SnsAdministrator, None, Act::Group(early), Sidecar::default())
        .await;
    report.refused("A8.4", "招待された本人が承認", "the invited person approves", own, Code::NotAdministrator);
    let blind = nurse.send(group, "承認前の書き込み").await;
    report.refused(
        "A8.4",
        "承認前は何も届かない",
        "before the approval nothing of the group is there",
        blind,
        Code::Unknown,
    );
    let doctor = district.person("doctor")?.client()?;
    let inviter = doctor.approve_invitation(group, invitation).await;
    report.refused(
        "A8.4",
        "招待した事業所が承認も行う",
        "the inviting facility approves as well",
        inviter,
        Code::NotAdministrator,
    );
    let pharmacist = district.person("pharmacist")?.client()?;
    let other =
        GroupAct::Approve { invitation, answers: renkei_client_core::proto::hash::Hash32::default(), release: None };
    let wrong = pharmacist
        .submit_unchecked(LogId::Group(group), Role::SnsAdministrator, None, Act::Group(other), Sidecar::default())
        .await;
    report.refused(
        "A8.4",
        "別の事業所の管理者が承認",
        "the approval of a third facility",
        wrong,
        Code::NotAdministrator,
    );
    Ok(())
}

pub(super) async fn invitation(
    district: &District,
    group: GroupId,
    inviter: &str,
    invited: &str,
) -> Result<InvitationId, Stop> {
    let user = district.person(invited)?.user()?;
    Ok(district.person(inviter)?.client()?.invite(group, user).await?)
}

/// The administrator sees the invitation with the group's label, and approves it.
pub(super) async fn approve(
    report: &mut Report,
    district: &District,
    group: GroupId,
    administrator: &str,
    invitation: InvitationId,
    who: &str,
) -> Result<(), Stop> {
    let client = district.person(administrator)?.client()?;
    let seen = |replica: &renkei_client_core::replica::Replica| {
        replica.group(group)?.group()?.invitation(invitation).map(|_| ())
    };
    client.wait_until(PATIENCE, seen).await?;
    let approved = client.approve_invitation(group, invitation).await;
    report.done(
        "A8.4",
        "本人の事業所のSNS管理者が招待を承認",
        "the invited person's own administrator approves",
        approved,
        |_| who.to_owned(),
    )?;
    let twice = client.approve_invitation(group, invitation).await;
    report.refused("A8.4", "承認の再使用", "an approval used twice", twice, Code::InvitationSpent);
    Ok(())
}

pub(super) async fn invite_and_approve(
    report: &mut Report,
    district: &District,
    group: GroupId,
    inviter: &str,
    administrator: &str,
    user: UserId,
    who: &str,
) -> Result<(), Stop> {
    let invited = district.person(inviter)?.client()?.invite(group, user).await;
    let invitation =
        report.done("A5.2", "連携元事業所が招待", "the originator invites", invited, |_| who.to_owned())?;
    approve(report, district, group, administrator, invitation, who).await
}

/// Waits until the person's device reads the group.
pub(super) async fn wait_member(person: &Person, group: GroupId) -> Result<(), Stop> {
    let client = person.client()?;
    let user = person.user()?;
    let member =
        |replica: &renkei_client_core::replica::Replica| replica.group(group)?.group()?.membership(user).map(|_| ());
    client.wait_until(PATIENCE, member).await?;
    Ok(())
}

/// Waits until the person's device has every key of the group that it may have.
pub(super) async fn wait_keys(person: &Person, group: GroupId) -> Result<(), Stop> {
    let client = person.client()?;
    let mut changes = client.changes();
    let wait = async {
        while !client.has_all_keys(group) {
            if changes.changed().await.is_err() {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.map_err(|_| Stop(format!("{}: keys did not arrive", person.name)))
}
