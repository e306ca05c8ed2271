//! Urgent messages: they ring until somebody has seen to them, and everything else stays quiet (U1).

use renkei_client_core::client::Client;
use renkei_client_core::policy::group::u1_calls::{ALONE, Matter, TOGETHER};
use renkei_client_core::proto::act::{Act, GroupAct};
use renkei_client_core::proto::bounds;
use renkei_client_core::proto::bytes::List;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Op, Sidecar};
use renkei_client_core::proto::statement::{LogId, Role};

use crate::demo::district::District;
use crate::demo::person::{PATIENCE, Person};
use crate::demo::report::{Report, Stop};

pub(super) async fn play(report: &mut Report, district: &mut District) -> Result<(), Stop> {
    report.chapter("至急連絡（確認されるまで呼び出す）", "Urgent messages: ringing until somebody has seen to it");
    let server = &district.server;
    for person in ["doctor", "nurse", "nurse-chief"] {
        district.person(person)?.step_up(server).await?;
    }
    let call = called(report, district).await?;
    passed_on(report, district, call).await?;
    bounded(report, district).await?;
    // A server that was started again has forgotten whose code is fresh.
    district.step_up().await?;
    // Time has gone by: the server's word on its logs is asked for anew.
    for person in ["doctor", "nurse"] {
        let person = district.person(person)?;
        person.client()?.ask(Op::Freshen).await?;
        until(person, Client::heads_are_fresh).await?;
    }
    Ok(())
}

/// Waits until the server's word and the logs show something.
async fn until(person: &Person, holds: impl Fn(&Client) -> bool) -> Result<(), Stop> {
    let client = person.client()?;
    let (mut rung, mut changes) = (client.rung(), client.changes());
    let wait = async {
        while !holds(client) {
            tokio::select! {
                said = rung.changed() => drop(said),
                changed = changes.changed() => drop(changed),
            }
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.map_err(|_| Stop("an urgent message".into()))
}

fn is(client: &Client, matter: Matter) -> bool {
    client.urgent().first().and_then(|one| one.matter) == Some(matter)
}

/// The nurse calls the doctor; ordinary messages ring nobody.
async fn called(report: &mut Report, district: &District) -> Result<u64, Stop> {
    let [doctor, nurse, chief] = ["doctor", "nurse", "nurse-chief"].map(|key| district.person(key));
    let (doctor, nurse, chief) = (doctor?, nurse?, chief?);
    let group = district.hanako()?;
    let number = doctor.client()?.set_telephone("03-0000-0001".parse().ok()).await;
    report.done(
        "U1",
        "診療所が電話番号を登録する",
        "the clinic says under which number it is telephoned",
        number,
        |_| "03-0000-0001".into(),
    )?;
    doctor.client()?.name_stand_in(group, Some(chief.user()?)).await?;
    let ordinary = nurse.client()?.send(group, "今日の訪問は終わりました。").await?;
    let text = "血圧が 82/50 に下がっています。指示をお願いします。";
    let sent = nurse.client()?.send_urgent(group, text, &[doctor.user()?]).await;
    let call = report.done(
        "U1",
        "看護師が医師を至急呼び出す",
        "the nurse calls the doctor urgently",
        sent,
        |accepted| format!("#{}", accepted.head.size - 1),
    )?;
    until(doctor, Client::rings).await?;
    let quiet = doctor.client()?.urgent().iter().all(|one| one.message != ordinary.head.size - 1);
    report.check(
        "U1",
        "至急のものだけが鳴る",
        "it rings, and what is not urgent does not",
        quiet && !chief.client()?.rings(),
        "the doctor alone is rung",
    );
    Ok(call.head.size - 1)
}

/// Nobody answers: who stands in is rung, and then the nurse telephones.
async fn passed_on(report: &mut Report, district: &mut District, call: u64) -> Result<(), Stop> {
    let group = district.hanako()?;
    district.server.kill_and_restart()?;
    district.server.advance(ALONE)?;
    let [doctor, nurse, chief] = ["doctor", "nurse", "nurse-chief"].map(|key| district.person(key));
    let (doctor, nurse, chief) = (doctor?, nurse?, chief?);
    for person in [doctor, nurse, chief] {
        person.client()?.drop_connection();
    }
    until(chief, Client::rings).await?;
    report.check(
        "U1",
        "応答がなければ、代わりの人も呼び出す（サーバーの電源断をまたいで）",
        "without an answer it goes on to who stands in, across a power cut of the server",
        chief.client()?.rings(),
        "the chief nurse is rung",
    );
    district.server.advance(TOGETHER)?;
    until(nurse, |client| is(client, Matter::Telephone)).await?;
    let number = nurse.client()?.urgent().first().and_then(|one| one.people.first()?.telephone.clone());
    report.check(
        "U1",
        "それでも応答がなければ、送った人に電話番号を示す",
        "and then the sender is told to telephone, and where",
        number.is_some(),
        &number.map(|number| number.to_string()).unwrap_or_default(),
    );
    let pharmacist = district.person("pharmacist")?.client()?;
    let act = Act::Group(GroupAct::Acknowledge { call });
    let log = LogId::Group(group);
    let other = pharmacist.submit_unchecked(log, Role::User, None, act, Sidecar::default()).await;
    report.refused("U1", "呼び出されていない人の確認", "somebody else acknowledges it", other, Code::NotForYou);
    let seen = chief.client()?.acknowledge(group, call).await;
    report.done("U1", "代わりの人が確認する", "who stands in acknowledges it", seen, |_| {
        "acknowledged".into()
    })?;
    for person in [doctor, nurse, chief] {
        until(person, |client| client.urgent().iter().all(|one| one.matter.is_none())).await?;
    }
    let again = doctor.client()?.acknowledge(group, call).await;
    report.refused("U1", "二度目の確認", "acknowledge it once more", again, Code::NothingToDo);
    doctor.client()?.name_stand_in(group, None).await?;
    Ok(())
}

/// Whoever calls too often, or calls for what others wrote, is refused.
async fn bounded(report: &mut Report, district: &District) -> Result<(), Stop> {
    let [doctor, nurse] = ["doctor", "nurse"].map(|key| district.person(key));
    let (doctor, nurse) = (doctor?, nurse?);
    let (group, log) = (district.hanako()?, LogId::Group(district.hanako()?));
    let of = List::new(vec![doctor.user()?]).map_err(|_| Stop("one person".into()))?;
    let theirs = nurse.client()?.read(group, 0)?;
    let theirs = theirs.iter().find(|one| doctor.user().is_ok_and(|user| one.author == user));
    if let Some(message) = theirs.map(|one| one.seq) {
        let act = Act::Group(GroupAct::Call { message, of });
        let call = nurse.client()?.submit_unchecked(log, Role::User, None, act, Sidecar::default()).await;
        report.refused("U1", "ほかの人の書き込みでの呼び出し", "call for what another wrote", call, Code::NotTheAuthor);
    }
    for _ in 1..bounds::CALLS {
        let sent = nurse.client()?.send_urgent(group, "確認の練習です。", &[doctor.user()?]).await?;
        nurse.client()?.acknowledge(group, sent.head.size - 1).await?;
    }
    let more = nurse.client()?.send_urgent(group, "もう一度", &[doctor.user()?]).await;
    report.refused("U1", "1時間に6回目の呼び出し", "call a sixth time within an hour", more, Code::TooManyCalls);
    let before = nurse.client()?.send(group, "電話しました。").await;
    report.done("U1", "普通の書き込みはできる", "ordinary messages are sent as ever", before, |_| {
        "sent".into()
    })?;
    Ok(())
}
