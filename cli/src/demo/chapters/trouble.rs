//! A removal while everybody is offline, a lost phone, an ended ID, a closed group, an expired delegation.

use renkei_client_core::client::Connection;
use renkei_client_core::profile::Profile;
use renkei_client_core::proto::act::{Act, DelegationScope, Message};
use renkei_client_core::proto::bytes::{Blob, List};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Op, Sidecar};
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::id::DeviceId;
use renkei_client_core::proto::statement::{LogId, Role};
use renkei_client_core::proto::wipe_proof::{Subject, WipeProof};
use renkei_client_core::wipe_proof::{self, State};

use super::groups::{wait_keys, wait_member};
use crate::demo::district::District;
use crate::demo::person::{PATIENCE, password};
use crate::demo::report::{Report, Stop};

pub(super) async fn play(report: &mut Report, district: &mut District) -> Result<(), Stop> {
    report.chapter("解除・紛失・終了（第5条、第8条、第12条）", "Removal, loss, end (Articles 5, 8, 12)");
    removal(report, district).await?;
    lost_phone(report, district).await?;
    ended_id(report, district).await?;
    delegation_ends(report, district).await?;
    close(report, district).await?;
    locked(report, district).await?;
    operator_ends(report, district).await?;
    verify(report, district)
}

async fn removal(report: &mut Report, district: &mut District) -> Result<(), Stop> {
    let group = district.hanako()?;
    for key in ["doctor", "clinic-nurse", "nurse", "nurse-tablet", "doctor-phone", "pharmacist"] {
        if key != "clinic-nurse" {
            district.person_mut(key)?.sign_out().await?;
        }
    }
    let user = district.person("care-manager")?.user()?;
    let remover = district.person("clinic-nurse")?.client()?;
    let removed = remover.remove(group, user).await;
    report.done(
        "A5.2",
        "他の全員がオフラインの間にメンバーを解除",
        "a member is removed while the others are offline",
        removed,
        |accepted| format!("entry {}", accepted.head.size),
    )?;
    let gone = district.person("care-manager")?.client()?;
    let over = |replica: &renkei_client_core::replica::Replica| replica.group(group)?.ended().then_some(());
    gone.wait_until(PATIENCE, over).await?;
    let words = "解除後に書かれたことば";
    let server = &district.server;
    let mut doctor = std::mem::take(&mut district.people);
    for (_, person) in doctor.iter_mut().filter(|(key, _)| *key == "doctor") {
        person.sign_in(server).await?;
    }
    district.people = doctor;
    let sent = district.person("doctor")?.client()?.send(group, words).await;
    let accepted = report.done(
        "A5.2",
        "次の書き込みは新しい鍵で（本人の操作なし）",
        "the next message is under new keys, without a question",
        sent,
        |accepted| format!("entry {}", accepted.head.size),
    )?;
    let gone = district.person("care-manager")?.client()?;
    let seen = gone.look(|replica| {
        let followed = replica.group(group)?;
        followed.messages().iter().map(|sealed| sealed.seq).max()
    });
    let seen = seen.is_some_and(|last| last >= accepted.head.size - 1);
    let reading = gone.read(group, 0);
    report.refused("A5.2", "解除された人の閲覧", "the removed member reads on", reading, Code::NotAReader);
    report.check(
        "A5.2",
        "解除された人には何も届かず、読めない",
        "the removed member gets and reads nothing of it",
        !seen,
        "0 entries",
    );
    let message =
        Message { epoch: 1, salt: Hash32(renkei_client_core::random()), flags: 0, ciphertext: Blob::default() };
    let back =
        gone.submit_unchecked(LogId::Group(group), Role::User, None, Act::Message(message), Sidecar::default()).await;
    report.refused("A5.2", "解除された人の書き込み", "the removed member writes", back, Code::NotAReader);
    let (originator, device) = (district.person("doctor")?.client()?, gone.device());
    let confirmed = async {
        loop {
            let all = originator.gone_from(group).await?;
            if let Some(time) = all.iter().find(|one| one.device == device).and_then(|one| one.confirmed) {
                return Ok::<_, Stop>(time);
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    let confirmed = tokio::time::timeout(PATIENCE, confirmed).await;
    report.check(
        "A12.3",
        "解除された人の端末が鍵の消去を署名で確認、連携元に表示",
        "the removed member's device confirms that the keys are gone, signed; the originator sees it",
        matches!(confirmed, Ok(Ok(_))),
        "confirmed",
    );
    for key in ["nurse", "nurse-tablet", "pharmacist", "doctor-phone"] {
        let mut people = std::mem::take(&mut district.people);
        let signed_in = match people.iter_mut().find(|(name, _)| *name == key) {
            Some((_, person)) => person.sign_in(&district.server).await,
            None => Ok(()),
        };
        district.people = people;
        signed_in?;
        wait_member(district.person(key)?, group).await?;
        wait_keys(district.person(key)?, group).await?;
    }
    let nurse = district.person("nurse")?.client()?;
    let readable = nurse.read(group, 0)?.iter().any(|shown| shown.text.as_deref() == Ok(words));
    report.check(
        "A5.2",
        "残ったメンバーは戻ってすべて読める",
        "those who stayed come back and read everything",
        readable,
        words,
    );
    Ok(())
}

async fn lost_phone(report: &mut Report, district: &mut District) -> Result<(), Stop> {
    let group = district.hanako()?;
    let chief = district.person("nurse-chief")?.client()?;
    let device = district.person("nurse")?.device();
    let pharmacist = district.person("pharmacist")?.client()?;
    let foreign = pharmacist.wipe_device(device).await;
    report.refused("A12.3", "他の事業所による消去", "a wipe by another facility", foreign, Code::NotAdministrator);
    let shred = district.server.data().join("store/shred/key");
    let shred_before = std::fs::read(&shred)?;
    let wiped = chief.wipe_device(device).await;
    report.done("A12.3", "紛失した電話を消去", "the lost phone is wiped", wiped, |_| device.to_string())?;
    let phone = district.take("nurse")?;
    let chief = district.person("nurse-chief")?.client()?;
    let mut connection = phone.client()?.connection();
    let cut = tokio::time::timeout(PATIENCE, connection.wait_for(|state| matches!(state, Connection::Over(_)))).await;
    let cut = cut.is_ok_and(|state| state.is_ok_and(|state| *state == Connection::Over(Code::DeviceWiped.into())));
    report.check("A12.3", "接続が切られる", "its connection is cut", cut, "device_wiped");
    let seen = async {
        loop {
            let receipts = chief.receipts(&[device]).await?;
            if let Some((_, time)) = receipts.first() {
                return Ok::<_, Stop>(*time);
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    let seen = tokio::time::timeout(PATIENCE, seen).await;
    report.check(
        "A12.3",
        "端末が消去を確認（署名つき受領証）、管理者に表示",
        "the device confirms its wipe, signed; the administrator sees it",
        matches!(seen, Ok(Ok(_))),
        "confirmed",
    );
    wipe_proven(report, district, device).await?;
    let shred_after = std::fs::read(&shred)?;
    report.check(
        "A12.3",
        "サーバーの消去専用の鍵が更新され、古い写しでは開けない",
        "the server's shred key is new: older copies of its secrets don't open",
        shred_before != shred_after,
        "store/shred/key",
    );
    // The thief has a copy of the files from before.
    let files = ["vault", "device"].map(|name| phone.dir.join(name).exists());
    report.check(
        "A12.3",
        "端末の保管庫が破棄される",
        "the vault on the device is destroyed",
        files == [false, false],
        "vault, device",
    );
    let copy = phone.profile.clone();
    let code = phone.new_code(&district.server)?;
    let back = copy.sign_in(&password(&phone.password)?, Some(code)).await;
    report.refused(
        "A12.3",
        "盗まれた写しと正しいパスワードでの再接続",
        "a copied phone with the right password and code",
        back.map(|_| ()),
        Code::DeviceWiped,
    );
    let tablet = district.person("nurse-tablet")?.client()?;
    let sent = tablet.send(group, "電話をなくしましたが、タブレットで続けます。").await;
    report.done(
        "A12.3",
        "本人はもう一台で続ける（新しい鍵で）",
        "she goes on at once with her tablet, under new keys",
        sent,
        |accepted| format!("entry {}", accepted.head.size),
    )?;
    let excluded = tablet.look(|replica| {
        let epochs = replica.group(group)?.group()?.epochs();
        epochs.last().map(|epoch| !epoch.devices.contains(&device))
    });
    report.check(
        "A12.3",
        "新しい鍵の名簿に消去した端末がない",
        "the wiped device is in no roster any more",
        excluded == Some(true),
        &device.to_string(),
    );
    Ok(())
}

/// What the facility can hand to whoever asks what became of the lost phone.
async fn wipe_proven(report: &mut Report, district: &District, device: DeviceId) -> Result<(), Stop> {
    let subject = Subject::Device(device);
    let foreign = district.person("pharmacist")?.client()?.wipe_proof(subject).await;
    report.refused(
        "A12.3",
        "端末の消去の証明を他の事業所が求める",
        "another facility asks for the proof of the wipe",
        foreign,
        Code::NotAdministrator,
    );
    let chief = district.person("nurse-chief")?;
    let (evidence, proof) = chief.client()?.wipe_proof(subject).await?;
    let root = chief.profile.public().root;
    let ordered = proof.devices.iter().find_map(|one| match &one.state {
        State::Ordered { order, confirmed: Some(_) } => Some(order.clone()),
        _ => None,
    });
    let by_her = ordered.as_ref().is_some_and(|order| order.by == chief.user().ok());
    report.check(
        "A12.3",
        "消去の証明（指示した人・日時・端末の確認）を受け取った人がサーバーなしで検証",
        "the proof of the wipe (who, when, what the phone confirmed) is checked without a server",
        by_her && wipe_proof::verify(&evidence, root) == Ok(proof),
        &ordered.map(|order| format!("entry {}", order.entry)).unwrap_or_default(),
    );
    let entries = evidence.registry.as_slice();
    let shorter = entries.get(..entries.len().saturating_sub(1)).unwrap_or_default().to_vec();
    let registry = List::new(shorter).map_err(|_| Code::TooLarge)?;
    let trimmed = wipe_proof::verify(&WipeProof { registry, ..evidence }, root).map_err(|flaw| flaw.code);
    report.check(
        "A12.3",
        "記録を切り詰めた証明は通らない",
        "one of which the end was cut off does not hold",
        trimmed == Err(Code::LogNotTrusted),
        "log_not_trusted",
    );
    Ok(())
}

async fn ended_id(report: &mut Report, district: &mut District) -> Result<(), Stop> {
    let taro = district.taro()?;
    let helper = district.take("helper")?;
    let office = district.person("care-manager")?.client()?;
    let ended = office.end_user(helper.user()?).await;
    report.done("A8.3", "退職者のIDを終了", "the ID of somebody who leaves is ended", ended, |_| {
        helper.name.to_owned()
    })?;
    let mut connection = helper.client()?.connection();
    let cut = tokio::time::timeout(PATIENCE, connection.wait_for(|state| matches!(state, Connection::Over(_)))).await;
    let cut = cut.is_ok_and(|state| state.is_ok_and(|state| *state == Connection::Over(Code::UserEnded.into())));
    report.check("A8.5", "セッションと端末が直ちに終わる", "sessions and devices end at once", cut, "user_ended");
    let back = helper.profile.sign_in(&password(&helper.password)?, Some(0)).await;
    report.refused("A8.5", "終了したIDでサインイン", "sign in with an ended ID", back.map(|_| ()), Code::UserEnded);
    let sent = district.person("pharmacist")?.client()?.send(taro, "引き継ぎありがとうございました。").await;
    report.done(
        "A8.5",
        "残りのメンバーは新しい鍵で続ける",
        "the others go on under new keys",
        sent,
        |accepted| format!("entry {}", accepted.head.size),
    )?;
    let office = district.person("care-manager")?.client()?;
    let manager = office.end_user(office.user()).await;
    report.refused(
        "A8.3",
        "事業所管理者自身のIDの終了",
        "end the facility manager's own ID",
        manager,
        Code::ManagerNeeded,
    );
    Ok(())
}

async fn delegation_ends(report: &mut Report, district: &mut District) -> Result<(), Stop> {
    let taro = district.taro()?;
    let clinic_nurse = district.person("clinic-nurse")?.user()?;
    // Past the day of the delegation's end. Certificates of a development server's devices end too, so everybody has
    // renewed by then.
    district.operators[0].client()?.renew_certificate(true).await?;
    let doctor = district.person("doctor")?.client()?;
    let delegation = doctor.look(|replica| {
        let mut all = replica.registry().now().delegations();
        all.find(|(_, one)| one.scope == DelegationScope::Facility).map(|(id, _)| id)
    });
    let delegation = delegation.ok_or_else(|| Stop("no delegation".into()))?;
    let revoked = doctor.revoke_delegation(delegation).await;
    report.done("A4.2", "委託を直ちに取り消す", "the delegation is revoked", revoked, |_| "即時".into())?;
    let operator = district.operators[0].client()?;
    let late = operator.invite(taro, clinic_nurse).await;
    report.refused("A4.2", "取り消された委託での招待", "act under a revoked delegation", late, Code::DelegationExpired);
    Ok(())
}

async fn close(report: &mut Report, district: &mut District) -> Result<(), Stop> {
    let taro = district.taro()?;
    let nurse = district.person("nurse-tablet")?.client()?;
    report.refused(
        "A5.1",
        "メンバーがグループを終了",
        "a mere member closes the group",
        nurse.close_group(taro).await,
        Code::NotOriginator,
    );
    let doctor = district.person("doctor")?.client()?;
    report.done(
        "A5.1",
        "連携元がグループを終了",
        "the originator closes it",
        doctor.close_group(taro).await,
        |_| "read-only".into(),
    )?;
    let late = nurse.send(taro, "終了後の書き込み").await;
    report.refused("A5.1", "終了したグループへの書き込み", "write in a closed group", late, Code::GroupClosed);
    wait_keys(district.person("nurse-tablet")?, taro).await?;
    let readable = nurse.read(taro, 0)?.iter().all(|shown| shown.text.is_ok());
    report.check("A5.1", "終了後も読める", "it can still be read", readable, "read-only");
    Ok(())
}

async fn locked(report: &mut Report, district: &mut District) -> Result<(), Stop> {
    let group = district.hanako()?;
    let person = district.person_mut("pharmacist")?;
    let client = person.client.take().ok_or_else(|| Stop("the pharmacist is not signed in".into()))?;
    client.lock().await?;
    let mut people = std::mem::take(&mut district.people);
    let signed_in = match people.iter_mut().find(|(name, _)| *name == "pharmacist") {
        Some((_, person)) => person.sign_in(&district.server).await,
        None => Ok(()),
    };
    district.people = people;
    signed_in?;
    let person = district.person("pharmacist")?;
    wait_member(person, group).await?;
    wait_keys(person, group).await?;
    let all = person.client()?.read(group, 0)?;
    let readable = all.iter().all(|shown| shown.text.is_ok());
    report.check(
        "A11.1",
        "ロックと再サインインで何も失われない",
        "locking and signing in again loses nothing",
        readable,
        &format!("{} messages", all.len()),
    );
    let reloaded = Profile::load(&person.dir)?;
    let wrong = reloaded.sign_in(&password("machigai-7-no-aikotoba")?, Some(1)).await;
    report.refused(
        "A11.6",
        "誤ったパスワードとコード",
        "a wrong password and code",
        wrong.map(|_| ()),
        Code::SignInFailed,
    );
    Ok(())
}

/// The root ends an operator's ID; nobody at the Desk could.
async fn operator_ends(report: &mut Report, district: &mut District) -> Result<(), Stop> {
    let leaving = district.operators[1].user()?;
    let colleague = district.operators[0].client()?;
    report.refused(
        "A15.1",
        "担当者が同僚のIDを終了",
        "an operator ends a colleague's ID",
        colleague.end_user(leaving).await,
        Code::NotRoot,
    );
    // Connected to the server that was started again meanwhile, as somebody at work is.
    district.operators[1].client()?.ask(Op::Freshen).await?;
    let ended = district.root.end_operator(leaving).await;
    report.done(
        "A15.1",
        "医師会のルート鍵で担当者のIDを終了",
        "the association's root ends an operator's ID",
        ended,
        |_| district.operators[1].name.to_owned(),
    )?;
    let mut connection = district.operators[1].client()?.connection();
    let cut = tokio::time::timeout(PATIENCE, connection.wait_for(|state| matches!(state, Connection::Over(_)))).await;
    report.check("A15.1", "直ちに切断される", "who is cut off at once", cut.is_ok(), "user_ended");
    Ok(())
}

/// What everybody saw is what is on the disk.
fn verify(report: &mut Report, district: &mut District) -> Result<(), Stop> {
    district.server.kill()?;
    let said = district.server.verify();
    let (held, seen) = match &said {
        Ok(said) => (true, said.clone()),
        Err(stop) => (false, stop.to_string()),
    };
    report.check("A2.1", "記録の全検証（オフライン）", "every record checked offline", held, &seen);
    district.server.restart()?;
    Ok(())
}
