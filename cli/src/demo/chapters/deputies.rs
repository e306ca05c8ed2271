//! A holiday: a colleague does for the administrator what waits for nobody, until the day (A8.3).

use renkei_client_core::client::Client;
use renkei_client_core::groups::NewGroup;
use renkei_client_core::proto::act::{Act, GroupKind, HistoryPolicy, RegistryAct};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::Sidecar;
use renkei_client_core::proto::id::{GroupId, InvitationId, UserId};
use renkei_client_core::proto::statement::{LogId, Role};

use crate::demo::district::{District, line};
use crate::demo::person::PATIENCE;
use crate::demo::report::{Report, Stop};

/// For so long the administrator is away: an afternoon.
const AWAY: u64 = 4 * 3_600;

pub(super) async fn play(report: &mut Report, district: &mut District) -> Result<(), Stop> {
    report.chapter("SNS管理者の代理（第8条）", "A deputy of the SNS administrators (Article 8)");
    district.step_up().await?;
    let (group, colleagues) = scene(district).await?;
    let [first, second] = colleagues;
    let (chief, nurse) = (district.person("nurse-chief")?.client()?, district.person("nurse")?);
    let deputy = nurse.client()?;
    nurse.step_up(&district.server).await?;
    let from = district.server.advance(0)?;
    let own = deputy.name_deputy(nurse.user()?, from, from.plus(AWAY)).await;
    report.refused("A8.3", "自分を代理に指名", "naming oneself a deputy", own, Code::NotAdministrator);
    let named = chief.name_deputy(nurse.user()?, from, from.plus(AWAY)).await;
    report.done(
        "A8.3",
        "休みの間の代理を期間つきで指名（三か月以内）",
        "a deputy is named for a holiday",
        named,
        |_| "架空 結".into(),
    )?;
    let asked = district.person("doctor")?.client()?.invite(group, first).await?;
    waits(deputy, group, asked).await?;
    let approved = deputy.approve_invitation(group, asked).await;
    report.done(
        "A8.4",
        "代理が招待を承認（代理としての署名が残る）",
        "the deputy approves, and signs as one",
        approved,
        |accepted| format!("entry {}", accepted.head.size),
    )?;
    let act = Act::Registry(RegistryAct::AppointAdministrator { user: first });
    let appointed = deputy.submit_unchecked(LogId::Registry, Role::Deputy, None, act, Sidecar::default()).await;
    report.refused(
        "A8.3",
        "代理がSNS管理者を任命",
        "a deputy appoints an administrator",
        appointed,
        Code::NotForDeputies,
    );
    let reset = deputy.reset_factors(district.person("nurse-chief")?.user()?).await;
    report.refused(
        "A8.3",
        "代理が管理者の認証を初期化",
        "a deputy resets an administrator's password and generator",
        reset,
        Code::NotForDeputies,
    );
    district.server.advance(AWAY)?;
    district.step_up().await?;
    nurse.step_up(&district.server).await?;
    let asked = district.person("doctor")?.client()?.invite(group, second).await?;
    waits(chief, group, asked).await?;
    let late = deputy.decline_invitation(group, asked).await;
    report.refused(
        "A8.3",
        "期間が終わった代理が招待に応じる",
        "the date has passed: the deputy decides on an invitation",
        late,
        Code::NotDeputy,
    );
    let declined = chief.decline_invitation(group, asked).await;
    report.done("A8.4", "戻った管理者が判断", "the administrator is back, and decides", declined, |_| {
        "declined".into()
    })?;
    Ok(())
}

/// A group of the clinic, and two of the station's people.
async fn scene(district: &District) -> Result<(GroupId, [UserId; 2]), Stop> {
    let new = NewGroup {
        kind: GroupKind::Free,
        label: line("見本 休日当番の打ち合わせ")?,
        history: HistoryPolicy::All,
        acting_for: None,
        creator_reads: true,
    };
    let doctor = district.person("doctor")?.client()?;
    let group = doctor.create_group(new).await?;
    let station = district.facility("station")?;
    let colleagues: Vec<UserId> = doctor.look(|replica| {
        let view = replica.registry().now();
        let idle = |user: &UserId| view.active_user(*user) && view.active_devices(*user).next().is_none();
        view.users().filter(|(_, one)| one.facility == station).map(|(id, _)| id).filter(idle).take(2).collect()
    });
    let [first, second] = colleagues[..] else { return Err(Code::Unknown.into()) };
    Ok((group, [first, second]))
}

async fn waits(client: &Client, group: GroupId, asked: InvitationId) -> Result<(), Stop> {
    let seen = client.wait_until(PATIENCE, |replica| replica.group(group)?.group()?.invitation(asked).map(drop));
    Ok(seen.await?)
}
