//! How a group ends: consent withdrawn by mistake and in earnest, erasure by two people, handing over, a facility that
//! leaves.

use renkei_client_core::erasure_proof::{self, DeviceState, Proof};
use renkei_client_core::groups::NewGroup;
use renkei_client_core::policy::group::Group;
use renkei_client_core::proto::act::{Act, ConsentBy, GroupKind, HistoryPolicy, HoldReason, Message};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::Accepted;
use renkei_client_core::proto::hash::sha256;
use renkei_client_core::proto::id::{GroupId, TakeoutId};
use renkei_client_core::proto::settings::Setting;
use renkei_client_core::proto::takeout::{Medium, TakeoutEnd, TakeoutPurpose, TakeoutRequest, TakeoutSubject};
use renkei_client_core::proto::time::DAY;
use renkei_client_core::random;

use super::groups::consent;
use super::takeout::knows;
use crate::demo::district::{District, day, line};
use crate::demo::person::{PATIENCE, Person};
use crate::demo::report::{Report, Stop};

pub(super) async fn play(report: &mut Report, district: &District) -> Result<(), Stop> {
    report.chapter("同意の撤回・消去・引き継ぎ（第3・5・6条）", "Withdrawal, erasure, handing over (Articles 3, 5, 6)");
    district.step_up().await?;
    let (doctor, chief) = (district.person("doctor")?, district.person("nurse-chief")?);
    let group = opened(doctor, chief, "見本 次郎さん").await?;
    frozen(report, district, group).await?;
    erased(report, district, group).await?;
    handed_over(report, district).await
}

/// A patient group of the doctor's with the chief in it, and something written.
async fn opened(doctor: &Person, chief: &Person, label: &str) -> Result<GroupId, Stop> {
    let client = doctor.client()?;
    let new = NewGroup {
        kind: GroupKind::Patient,
        label: line(label)?,
        history: HistoryPolicy::All,
        acting_for: None,
        creator_reads: true,
    };
    let group = client.create_group(new).await?;
    client.record_consent(group, consent("次郎")?).await?;
    let invitation = client.invite(group, chief.user()?).await?;
    until(chief, group, |state| state.invitation(invitation).is_some()).await?;
    chief.client()?.approve_invitation(group, invitation).await?;
    until(doctor, group, |state| state.members().count() == 2).await?;
    client.send(group, "退院されました。本日の血圧 138/84。").await?;
    until(chief, group, |state| state.messages() == 1).await?;
    Ok(group)
}

fn entry(accepted: &Accepted) -> String {
    format!("entry {}", accepted.head.size)
}

async fn frozen(report: &mut Report, district: &District, group: GroupId) -> Result<(), Stop> {
    let (doctor, chief) = (district.person("doctor")?, district.person("nurse-chief")?);
    let (on, paper) = (day("2026-03-05")?, sha256("見本 同意撤回書".as_bytes()));
    let by_member = chief.client()?.withdraw_consent(group, ConsentBy::Patient, on, paper).await;
    report.refused(
        "A6.2",
        "連携元でない事業所が撤回を記録",
        "another facility records it",
        by_member,
        Code::NotOriginator,
    );
    let withdrawn = doctor.client()?.withdraw_consent(group, ConsentBy::Patient, on, paper).await;
    report.done("A6.2", "患者の同意の撤回を記録", "the patient's consent is withdrawn", withdrawn, entry)?;
    until(chief, group, Group::is_shut).await?;
    let written = chief.client()?.send(group, "書けますか").await;
    report.refused("A6.2", "凍結されたグループへの送信", "write to the frozen group", written, Code::ConsentWithdrawn);
    let read = chief.client()?.read(group, 0);
    report.refused("A6.2", "凍結されたグループの閲覧", "read it", read, Code::ConsentWithdrawn);

    let operator = district.operators.first().ok_or_else(|| Stop("no operator".into()))?;
    let form = sha256("見本 様式3 原本".as_bytes());
    doctor.client()?.lift_freeze(group, on, form).await?;
    until(operator, group, Group::lifting).await?;
    let lifted = operator.client()?.lift_freeze(group, on, form).await;
    report.done("A6.2", "誤りなら二名の署名で凍結を解除", "a mistake: two people lift the freeze", lifted, entry)?;
    until(chief, group, |state| !state.is_shut()).await?;
    let again = chief.client()?.read(group, 0)?.len();
    report.check("A6.2", "内容は元のまま", "everything is there again", again == 1, "1 message");
    Ok(())
}

/// The chief, her facility's only administrator, may take this group's message to a conference until tomorrow.
async fn taken_out(district: &District, chief: &Person, group: GroupId) -> Result<TakeoutId, Stop> {
    let client = chief.client()?;
    let from = district.server.advance(0)?;
    let last = client.read(group, 0)?.last().map(|one| one.seq).ok_or_else(|| Stop("a message".into()))?;
    let request = TakeoutRequest {
        takeout: TakeoutId(random()),
        what: TakeoutSubject::Information { group, first: 0, last },
        medium: Medium::Paper,
        purpose: TakeoutPurpose::Conference,
        from,
        until: from.plus(DAY),
        device: chief.device(),
    };
    client.request_takeout(request).await?;
    let read = knows(chief, request.takeout, false).await?;
    client.decide_takeout(request.takeout, read, true).await?;
    knows(chief, request.takeout, true).await?;
    Ok(request.takeout)
}

async fn erased(report: &mut Report, district: &District, group: GroupId) -> Result<(), Stop> {
    let (doctor, chief) = (district.person("doctor")?, district.person("nurse-chief")?);
    let operator = district.operators.first().ok_or_else(|| Stop("no operator".into()))?;
    let needle = doctor.client()?.look(|replica| {
        let message = replica.group(group)?.messages().first()?;
        let Act::Message(Message { ciphertext, .. }) = &message.statement.act else { return None };
        Some(ciphertext.as_slice().get(..32)?.to_vec())
    });
    let needle = needle.ok_or_else(|| Stop("no message".into()))?;
    let there = in_files(district, &needle)?;
    let takeout = taken_out(district, chief, group).await?;
    let (on, paper) = (day("2026-03-06")?, sha256("見本 同意撤回書 再".as_bytes()));
    doctor.client()?.withdraw_consent(group, ConsentBy::Patient, on, paper).await?;
    until(chief, group, Group::is_shut).await?;
    let back = chief.client()?.takeout_duties().called_back;
    report.check(
        "A6.2",
        "持ち出し中の情報は、期間にかかわらず返却・消去を求められる",
        "what was taken out is called back, whatever its period says",
        back.iter().map(|one| one.request.takeout).eq([takeout]),
        "return it or erase it",
    );
    let today = district.server.advance(0)?.day_in_japan().ok_or_else(|| Stop("a day".into()))?;
    chief.client()?.declare_takeout_end(takeout, TakeoutEnd::Erased).await?;
    let ended = chief.client()?.confirm_takeout_end(takeout, TakeoutEnd::Erased, today).await;
    report.done("A6.2", "消去を申告し、SNS管理者が確認", "its erasure is declared and confirmed", ended, entry)?;
    let alone = doctor.client()?.confirm_erasure(group).await;
    report.refused("A6.2", "同じ人による消去の確認", "the same person confirms", alone, Code::SecondPersonRequired);
    until(operator, group, Group::is_shut).await?;
    let hold = doctor.client()?.hold_erasure(group, day("2030-04-01")?, HoldReason::RecordKeeping).await;
    report.done(
        "A6.2",
        "記録の保存義務があれば消去を保留",
        "a duty to keep records puts it on hold",
        hold,
        |_| "2030-04-01".into(),
    )?;
    until(operator, group, |state| state.hold().is_some()).await?;
    let held = operator.client()?.confirm_erasure(group).await;
    report.refused("A6.2", "保留中の消去の確認", "confirm it while on hold", held, Code::ErasureHeld);
    // Kept in the chart by now: two people end the hold, one of them the originator's.
    let short = day("2026-03-06")?;
    operator.client()?.hold_erasure(group, short, HoldReason::RecordKeeping).await?;
    let waits = operator.client()?.confirm_erasure(group).await;
    report.refused("A6.2", "一人の署名では保留は終わらない", "one signature ends no hold", waits, Code::ErasureHeld);
    until(doctor, group, |state| state.shortening().is_some()).await?;
    doctor.client()?.hold_erasure(group, short, HoldReason::RecordKeeping).await?;
    until(operator, group, |state| state.hold().is_some_and(|hold| hold.until == short)).await?;
    let confirmed = operator.client()?.confirm_erasure(group).await;
    report.done(
        "A6.2",
        "二人目の確認で内容を消去",
        "a second person confirms: the content is erased",
        confirmed,
        |one| format!("entry {}", one.head.size),
    )?;
    let gone = !in_files(district, &needle)?;
    report.check(
        "A6.2",
        "サーバーのどのファイルにも残っていない",
        "it is in no file of the server any more",
        there && gone,
        "searched for before and after",
    );
    until(chief, group, |state| state.erased().is_some()).await?;
    let read = chief.client()?.read(group, 0);
    report.refused("A6.2", "消去されたグループの閲覧", "read the erased group", read, Code::GroupErased);
    proven(report, district, group).await
}

/// What a patient's family, or a committee, can be handed.
async fn proven(report: &mut Report, district: &District, group: GroupId) -> Result<(), Stop> {
    let (doctor, chief) = (district.person("doctor")?, district.person("nurse-chief")?);
    let other = chief.client()?.erasure_proof(group).await;
    report.refused(
        "A6.2",
        "消去の証明を連携元以外が求める",
        "another facility asks for the proof of the erasure",
        other,
        Code::NotAdministrator,
    );
    for operator in district.operators.iter().take(2) {
        operator.client()?.set(None, Setting::Backups(Some(35))).await?;
    }
    let held =
        |proof: &Proof| proof.devices.iter().filter(|one| matches!(one.state, DeviceState::Confirmed { .. })).count();
    let (mut evidence, mut proof) = doctor.client()?.erasure_proof(group).await?;
    let until = std::time::Instant::now() + PATIENCE;
    while held(&proof) < 2 && std::time::Instant::now() < until {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        (evidence, proof) = doctor.client()?.erasure_proof(group).await?;
    }
    report.check(
        "A6.2",
        "消去の証明: 理由、二名、件数、端末の回答、持ち出しの結末、バックアップの失効日",
        "the proof of erasure: why, which two, how much, which devices answered, takeouts, when backups expire",
        held(&proof) >= 2
            && proof.backups_until.is_some()
            && proof.counts.messages > 0
            && proof.takeouts.iter().all(|one| one.ended.is_some())
            && proof.takeouts.len() == 1,
        &format!("{} messages, {} of {} devices confirmed", proof.counts.messages, held(&proof), proof.devices.len()),
    );
    let checked = erasure_proof::verify(&evidence, evidence.record.root);
    report.check(
        "A6.2",
        "受け取った人がサーバーなしで検証",
        "whoever is handed it checks it without a server",
        checked == Ok(proof),
        "every signature and rule",
    );
    evidence.record.heads.clear();
    let trimmed = erasure_proof::verify(&evidence, evidence.record.root).map_err(|flaw| flaw.code);
    report.check(
        "A6.2",
        "署名を除いた証明は通らない",
        "one from which a signature was taken does not hold",
        trimmed == Err(Code::LogNotTrusted),
        "log_not_trusted",
    );
    Ok(())
}

async fn handed_over(report: &mut Report, district: &District) -> Result<(), Stop> {
    let (doctor, chief) = (district.person("doctor")?, district.person("nurse-chief")?);
    let group = opened(doctor, chief, "見本 三郎さん").await?;
    let station =
        chief.client()?.look(|replica| replica.registry().now().user(chief.user().ok()?).map(|person| person.facility));
    let station = station.ok_or_else(|| Stop("no facility".into()))?;
    let open = doctor.client()?.order_erasure(group).await;
    report.refused("A5.1", "終了していないグループの消去", "erase an open group", open, Code::RetentionRunning);
    let operator = district.operators.first().ok_or_else(|| Stop("no operator".into()))?;
    let clinic = doctor
        .client()?
        .look(|replica| replica.registry().now().user(doctor.user().ok()?).map(|person| person.facility));
    let clinic = clinic.ok_or_else(|| Stop("no facility".into()))?;
    let leaves = operator.client()?.end_facility(clinic, false).await;
    report.refused(
        "A3.2",
        "グループを残したままの利用終了",
        "end a facility that would leave open groups behind",
        leaves,
        Code::GroupsOpen,
    );
    doctor.client()?.offer_handover(group, station).await?;
    until(chief, group, |state| state.offered().is_some()).await?;
    let accepted = chief.client()?.accept_handover(group).await;
    report.done(
        "A5.1",
        "別の事業所がグループを引き受ける",
        "another facility takes a group over",
        accepted,
        |one| format!("entry {}", one.head.size),
    )?;
    until(doctor, group, |state| state.originator() == station).await?;
    let closed = doctor.client()?.close_group(group).await;
    report.refused("A5.1", "元の連携元による操作", "the former originator governs on", closed, Code::NotOriginator);
    chief.client()?.close_group(group).await?;
    let early = chief.client()?.order_erasure(group).await;
    report.refused("A5.1", "保存期間内の消去", "erase it within its retention", early, Code::RetentionRunning);
    Ok(())
}

async fn until(person: &Person, group: GroupId, so: impl Fn(&Group) -> bool) -> Result<(), Stop> {
    let there = person.client()?.wait_until(PATIENCE, |replica| so(replica.group(group)?.group()?).then_some(()));
    there.await.map_err(|fault| Stop(format!("{}: {fault}", person.name)))
}

/// Whether these bytes are in any file of the server's data directory.
fn in_files(district: &District, needle: &[u8]) -> Result<bool, Stop> {
    let mut folders = vec![district.server.data().to_owned()];
    while let Some(folder) = folders.pop() {
        for file in std::fs::read_dir(&folder)? {
            let file = file?;
            if file.file_type()?.is_dir() {
                folders.push(file.path());
            } else if let Ok(bytes) = std::fs::read(file.path())
                && bytes.windows(needle.len()).any(|window| window == needle)
            {
                return Ok(true);
            }
        }
    }
    Ok(false)
}
