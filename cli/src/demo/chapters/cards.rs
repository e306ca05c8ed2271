//! The patient card: written by one profession, completed by another, changed by two at once, and readable for a newcomer who reads
//! nothing of before.

use renkei_client_core::card::ShownCard;
use renkei_client_core::groups::NewGroup;
use renkei_client_core::proto::act::{Act, Card, GroupKind, HistoryPolicy};
use renkei_client_core::proto::bytes::{Blob, List};
use renkei_client_core::proto::card::{CareMember, CareRole, Carer, Contact, Kana, PatientCard, Telephone};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::Sidecar;
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::id::GroupId;
use renkei_client_core::proto::statement::{LogId, Role};
use renkei_client_core::proto::text::BadText;
use renkei_client_core::random;

use super::groups::{consent, invite_and_approve};
use crate::demo::district::{District, day, line};
use crate::demo::person::{PATIENCE, Person};
use crate::demo::report::{Report, Stop};

pub(super) async fn play(report: &mut Report, district: &District) -> Result<(), Stop> {
    report.chapter("患者カード（第4条）", "The patient card (Article 4)");
    let group = district.hanako()?;
    let (doctor, nurse) = (district.person("doctor")?, district.person("nurse")?);
    let first = doctor.client()?.change_card(group, hanako(district)?, None).await;
    let first = report.done(
        "A4.1",
        "主治医が患者カードを作成（封印）",
        "the doctor writes the patient card, sealed",
        first,
        |accepted| format!("#{}", accepted.head.size - 1),
    )?;
    let first = first.head.size - 1;
    let shown = reads(nurse, group, first).await?;
    let fact = PatientCard { facts: facts(&["ペニシリンアレルギー", "右耳が遠い"])?, ..card(&shown)? };
    let second = nurse.client()?.change_card(group, fact.clone(), Some(first)).await;
    let second = report.done(
        "A4.1",
        "訪問看護師が注意点を書き足す",
        "the visiting nurse adds what to be careful of",
        second,
        |accepted| format!("#{} from #{first}", accepted.head.size - 1),
    )?;
    let second = second.head.size - 1;
    let late = PatientCard { kana: None, ..fact };
    let late = doctor.client()?.change_card(group, late, Some(first)).await;
    report.refused(
        "A4.1",
        "先に変更されたカードを古い版から変更",
        "a change of a card that somebody has changed meanwhile",
        late,
        Code::CardChanged,
    );
    let raw = unchecked(doctor, group, Some(first)).await?;
    report.refused(
        "A4.1",
        "端末の確認を省いて送る",
        "the same, skipping the device's own check",
        raw,
        Code::CardChanged,
    );
    let shown = reads(doctor, group, second).await?;
    report.check(
        "A4.1",
        "誰がどの項目を変えたかが分かる",
        "who changed which parts is shown",
        Some(shown.author) == nurse.user().ok() && shown.changed.as_ref().is_some_and(|changed| changed.len() == 1),
        &format!("{:?}", shown.changed.unwrap_or_default()),
    );
    newcomer(report, district).await
}

/// A group whose newcomers read nothing of before.
async fn newcomer(report: &mut Report, district: &District) -> Result<(), Stop> {
    let (doctor, nurse) = (district.person("doctor")?, district.person("nurse")?);
    let client = doctor.client()?;
    let new = NewGroup {
        kind: GroupKind::Patient,
        label: line("見本 三郎さん 在宅チーム")?,
        history: HistoryPolicy::FromApproval,
        acting_for: None,
        creator_reads: true,
    };
    let group = client.create_group(new).await?;
    client.record_consent(group, consent("三郎")?).await?;
    client.send(group, "参加前のやりとり").await?;
    let written = client.change_card(group, PatientCard::named(line("見本 三郎")?), None).await?.head.size - 1;
    invite_and_approve(report, district, group, "doctor", "nurse-chief", nurse.user()?, "架空 結（過去は読めない）")
        .await?;
    let shown = reads(nurse, group, written).await?;
    let before = nurse.client()?.read(group, 0)?;
    report.check(
        "A4.1",
        "過去の書き込みを読めない新しい参加者も、現在のカードは読める",
        "a newcomer who reads nothing of before reads the present card",
        shown.card.is_ok() && before.iter().all(|message| message.text == Err(Code::KeyAwaited)) && !before.is_empty(),
        &format!("#{}, by {}", shown.seq, doctor.name),
    );
    client.close_group(group).await?;
    Ok(())
}

fn typed<T>(text: Result<T, BadText>) -> Result<T, Stop> {
    text.map_err(|bad| Stop(bad.to_string()))
}

fn list<T, const MAX: usize>(items: Vec<T>) -> Result<List<T, MAX>, Stop> {
    List::new(items).map_err(|long| Stop(long.to_string()))
}

fn facts<const A: usize, const B: usize>(
    texts: &[&str],
) -> Result<List<renkei_client_core::proto::text::Line<A>, B>, Stop> {
    list(texts.iter().map(|text| line(text)).collect::<Result<Vec<_>, _>>()?)
}

fn hanako(district: &District) -> Result<PatientCard, Stop> {
    let contact = Contact {
        name: line("見本 一郎")?,
        relation: Some(line("長男")?),
        telephone: typed(Telephone::new("０９０−５５５５−０１０１"))?,
    };
    let team =
        [(CareRole::AttendingDoctor, "doctor"), (CareRole::VisitingNurse, "nurse"), (CareRole::Pharmacy, "pharmacist")];
    let member = |(role, key): (CareRole, &str)| -> Result<CareMember, Stop> {
        Ok(CareMember { role, who: Carer::User(district.person(key)?.user()?) })
    };
    Ok(PatientCard {
        kana: Some(typed(Kana::new("みほん はなこ"))?),
        born: Some(day("1940-02-29")?),
        address: Some(line("見本区架空町1-2-3")?),
        contacts: list(vec![contact])?,
        team: list(team.into_iter().map(member).collect::<Result<Vec<_>, _>>()?)?,
        ..PatientCard::named(line("見本 花子")?)
    })
}

fn card(shown: &ShownCard) -> Result<PatientCard, Stop> {
    shown.card.clone().map_err(|code| Stop(code.to_string()))
}

/// Waits until the revision at `seq` is the present one and can be read.
async fn reads(person: &Person, group: GroupId, seq: u64) -> Result<ShownCard, Stop> {
    let client = person.client()?;
    let mut changes = client.changes();
    let there = async {
        loop {
            if let Ok(Some(shown)) = client.card(group)
                && shown.seq == seq
                && shown.card.is_ok()
            {
                return Ok(shown);
            }
            changes.changed().await.map_err(|_| Stop(format!("{}: gone", person.name)))?;
        }
    };
    tokio::time::timeout(PATIENCE, there).await.map_err(|_| Stop(format!("{}: no card #{seq}", person.name)))?
}

/// Submits a change without asking the own client whether it may.
async fn unchecked(
    person: &Person,
    group: GroupId,
    replaces: Option<u64>,
) -> Result<Result<renkei_client_core::proto::frame::Accepted, renkei_client_core::Fault>, Stop> {
    let client = person.client()?;
    let epoch = client.look(|replica| Some(replica.group(group)?.group()?.epoch())).unwrap_or(0);
    let (salt, key, ciphertext) = (Hash32(random()), Hash32(random()), Blob::default());
    let act = Act::Card(Card { replaces, epoch, salt, key, ciphertext });
    Ok(client.submit_unchecked(LogId::Group(group), Role::User, None, act, Sidecar::default()).await)
}
