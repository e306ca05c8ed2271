//! The clinic delegates to the Desk, which opens a group for it that its operators can't read.

use renkei_client_core::groups::NewGroup;
use renkei_client_core::now;
use renkei_client_core::proto::act::{Act, DelegationScope, GroupAct, GroupKind, HistoryPolicy};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::Sidecar;
use renkei_client_core::proto::id::GroupId;
use renkei_client_core::proto::statement::{ActingFor, LogId, Role};
use renkei_client_core::proto::time::DAY;

use super::groups::{approve, consent, wait_member};
use crate::demo::district::{District, line};
use crate::demo::person::PATIENCE;
use crate::demo::report::{Report, Stop};

pub(super) async fn play(report: &mut Report, district: &mut District) -> Result<(), Stop> {
    report.chapter("療養相談室への委託（第4条）", "Delegation to the Desk (Article 4)");
    let clinic = district.facility("clinic")?;
    let operator = district.operators[0].client()?;
    let new = NewGroup {
        kind: GroupKind::Patient,
        label: line("見本 太郎さん 在宅チーム")?,
        history: HistoryPolicy::All,
        acting_for: Some(clinic),
        creator_reads: false,
    };
    let without = operator.create_group(new.clone()).await;
    report.refused(
        "A4.2",
        "委託なしで療養相談室がグループを作成",
        "the Desk opens a group without a delegation",
        without,
        Code::DelegationMissing,
    );
    let until = now().plus(30 * DAY);
    let outsider = district.person("care-manager")?.client()?;
    let not_member = outsider.delegate(DelegationScope::Facility, until, false).await;
    report.refused(
        "A4.2",
        "非会員事業所による委託",
        "a delegation by a facility that is not a member",
        not_member,
        Code::NotAMember,
    );
    let doctor = district.person("doctor")?.client()?;
    let delegated = doctor.delegate(DelegationScope::Facility, until, false).await;
    let delegation = report.done(
        "A4.2",
        "クリニックが期限付きで委託",
        "the clinic delegates, until a date",
        delegated,
        |_| "30日".into(),
    )?;
    operator
        .wait_until(PATIENCE, |replica| {
            replica.registry().now().delegations().any(|(id, _)| id == delegation).then_some(())
        })
        .await?;
    let group = report.done(
        "A4.2",
        "担当者が自分のIDで、クリニックのためにグループを作成",
        "an operator opens a group under her own ID, for the clinic",
        operator.create_group(new).await,
        GroupId::to_string,
    )?;
    district.taro = Some(group);
    let recorded = operator.record_consent(group, consent("太郎")?).await;
    report.done("A6.1", "療養相談室が同意書を記録", "the Desk records the consent", recorded, |_| {
        "様式3".into()
    })?;
    members(report, district, group).await?;

    let operator = district.operators[0].client()?;
    let unread = operator.send(group, "読めないはずの担当者の書き込み").await;
    report.refused(
        "A4.2",
        "管理はできても読み書きはできない",
        "she governs the group but does not read or write in it",
        unread,
        Code::NotAReader,
    );
    let own = operator.invite(group, operator.user()).await;
    report.refused(
        "A4.2",
        "閲覧を認めない委託で担当者を招待",
        "invite an operator where the delegation excludes reading",
        own,
        Code::DelegationWithoutReading,
    );
    Ok(())
}

/// For whom the operators act, and under which delegation.
fn acting(district: &District) -> Result<ActingFor, Stop> {
    let clinic = district.facility("clinic")?;
    let found = district.operators[0].client()?.look(|replica| {
        let mut delegations = replica.registry().now().delegations();
        delegations.find(|(_, one)| one.facility == clinic).map(|(id, _)| id)
    });
    let delegation = found.ok_or_else(|| Stop("a delegation".into()))?;
    Ok(ActingFor { facility: clinic, delegation })
}

async fn members(report: &mut Report, district: &District, group: GroupId) -> Result<(), Stop> {
    let operator = district.operators[0].client()?;
    for (key, administrator, name) in [
        ("doctor", "clinic-nurse", "架空 健（クリニック）"),
        ("nurse", "nurse-chief", "架空 結（訪問看護）"),
        ("pharmacist", "pharmacist", "架空 薫（薬局）"),
        ("care-manager", "care-manager", "架空 誠（ケアマネ）"),
        ("helper", "care-manager", "架空 玲（ヘルパー）"),
    ] {
        let user = district.person(key)?.user()?;
        let invitation = operator.invite(group, user).await?;
        if key == "doctor" {
            let desk = operator.approve_invitation(group, invitation).await;
            report.refused(
                "A8.4",
                "連携元を代行する療養相談室が承認も行う",
                "the Desk, acting as originator, approves as well",
                desk,
                Code::NotAdministrator,
            );
            let answers =
                operator.look(|replica| Some(replica.group(group)?.group()?.invitation(invitation)?.statement));
            let answers = answers.ok_or_else(|| Stop("an invitation".into()))?;
            let act = Act::Group(GroupAct::Approve { invitation, answers, release: None });
            let (log, as_clinic) = (LogId::Group(group), Some(acting(district)?));
            let raw = operator.submit_unchecked(log, Role::Operator, as_clinic, act, Sidecar::default()).await;
            report.refused(
                "A8.4",
                "同じく、確認を飛ばすアプリで",
                "the same with a client that checks nothing",
                raw,
                Code::ApprovalMissing,
            );
        }
        approve(report, district, group, administrator, invitation, name).await?;
    }
    for key in ["doctor", "nurse", "pharmacist", "care-manager", "helper"] {
        wait_member(district.person(key)?, group).await?;
    }
    Ok(())
}
