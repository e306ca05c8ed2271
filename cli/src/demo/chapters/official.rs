//! The accounts that speak officially, and who stands behind them (S8).

use renkei_client_core::official::in_whose_name;
use renkei_client_core::proto::act::{OfficialAccount, SpeaksFor};
use renkei_client_core::proto::bytes::List;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::id::UserId;

use super::duties::operators;
use crate::demo::district::{District, line};
use crate::demo::person::{PATIENCE, Person};
use crate::demo::report::{Report, Stop};

pub(super) async fn play(report: &mut Report, district: &District) -> Result<(), Stop> {
    report
        .chapter("公式アカウント（名義と責任者の一覧）", "Official accounts: in whose name, and who answers for them");
    let [first, second] = operators(district)?;
    for person in [first, second] {
        person.step_up(&district.server).await?;
    }
    let (user, chief) = (district.person("nurse")?.user()?, district.person("nurse-chief")?.user()?);
    let account = OfficialAccount {
        user,
        speaks_for: SpeaksFor::Facility,
        purpose: line("訪問日のお知らせ")?,
        responsible: List::new(vec![chief]).map_err(|_| Stop("one person".into()))?,
    };
    let own = district.person("nurse-chief")?.client()?.name_official(account.clone()).await;
    report.refused("S8", "事業所だけでの登録", "a facility lists an account by itself", own, Code::NotOperator);
    first.client()?.name_official(account.clone()).await?;
    let alone = first.client()?.name_official(account.clone()).await;
    report.refused("S8", "担当者一人だけでの登録", "one operator alone", alone, Code::SecondPersonRequired);
    let there = second.client()?.wait_until(PATIENCE, |replica| {
        replica.registry().now().official_changes().any(|(one, _)| one == user).then_some(())
    });
    there.await?;
    let listed = second.client()?.name_official(account).await;
    report.done(
        "S8",
        "担当者二名で公式アカウントを登録する",
        "two operators list an official account",
        listed,
        |_| "listed".into(),
    )?;
    let pharmacist = district.person("pharmacist")?;
    let whose = speaks(pharmacist, user).await;
    report.done(
        "S8",
        "誰の画面でも、氏名の前に名義が付く",
        "everybody sees in whose name it speaks",
        whose,
        String::clone,
    )?;
    let names = pharmacist.client()?.names(&[chief]).await;
    report.done(
        "S8",
        "責任者の氏名は地域の誰もが見られる",
        "everybody sees who answers for it",
        names,
        |names| names.iter().map(|(_, details)| details.name.to_string()).collect::<Vec<_>>().join(", "),
    )?;
    Ok(())
}

async fn speaks(person: &Person, user: UserId) -> Result<String, renkei_client_core::Fault> {
    person.client()?.wait_until(PATIENCE, |replica| in_whose_name(replica.registry().now(), user)).await
}
