//! A photograph and a recording (A12.2): seen by those who care, taken along by nobody, and each look on record.

use renkei_client_core::attach::Outgoing;
use renkei_client_core::groups::NewGroup;
use renkei_client_core::media;
use renkei_client_core::messages::Shown;
use renkei_client_core::policy::s2_identifying::{Finding, Kind};
use renkei_client_core::proto::access::{Scope, What};
use renkei_client_core::proto::act::{GroupKind, HistoryPolicy};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::file::{Intent, Opening, Part};
use renkei_client_core::proto::frame::{Answer, Fault, Op};
use renkei_client_core::proto::id::{GroupId, RequestId};
use renkei_client_core::proto::time::Time;
use renkei_client_core::random;
use zeroize::Zeroizing;

use super::groups::wait_keys;
use crate::demo::district::{District, line};
use crate::demo::person::{PATIENCE, Person};
use crate::demo::report::{Report, Stop};

/// A drawing, plainly no wound of anybody's.
const PICTURE: &[u8] = include_bytes!("../sample.png");

/// Bytes of a recording: some twenty chunks.
const RECORDING: usize = 5_000_000;

pub(super) async fn play(report: &mut Report, district: &District) -> Result<(), Stop> {
    report.chapter("ファイルとダウンロード禁止（第12条(5)）", "Files, and no download (Article 12 (5))");
    let group = district.hanako()?;
    let seq = picture(report, district, group).await?;
    forbidden(report, district, group, seq).await?;
    recording(report, district, group).await?;
    resumed(report, district, group).await?;
    free(report, district).await?;
    district.person("nurse")?.client()?.retract(group, seq).await?;
    let raw = ask(district.person("doctor")?, group, seq, Intent::View).await;
    report.refused(
        "A12.2",
        "取り消された書き込みの写真は、もう誰も開けない",
        "the picture of a message that was taken back",
        raw,
        Code::AlreadyRetracted,
    );
    Ok(())
}

async fn send(person: &Person, group: GroupId, name: &str, bytes: &[u8], text: &str) -> Result<u64, Fault> {
    let mut files = [Outgoing::from_bytes(name, Zeroizing::new(bytes.to_vec()))?];
    let sent = person.client()?.send_files(group, text, &mut files, false).await?;
    Ok(sent.head.size - 1)
}

async fn shown(person: &Person, group: GroupId, seq: u64) -> Result<Shown, Stop> {
    let client = person.client()?;
    client.wait_until(PATIENCE, |replica| replica.group(group)?.message(seq).map(drop)).await?;
    wait_keys(person, group).await?;
    let all = client.read(group, seq)?;
    all.into_iter().next().ok_or_else(|| Stop("the message did not come".into()))
}

async fn picture(report: &mut Report, district: &District, group: GroupId) -> Result<u64, Stop> {
    let (nurse, doctor) = (district.person("nurse")?, district.person("doctor")?);
    let sent = send(nurse, group, "見本_創部.png", PICTURE, "創部の写真（見本の図）です。").await;
    let seq = report.done(
        "A12.2",
        "写真を送る（端末で暗号化、分割して送信）",
        "a picture is sent, sealed in chunks on the device",
        sent,
        |seq| format!("{} bytes, #{seq}", PICTURE.len()),
    )?;
    let message = shown(doctor, group, seq).await?;
    let small = doctor.client()?.open_file(group, seq, 0, Part::Preview).await?;
    let width = small.look(|bytes| media::decode(bytes).map(|picture| picture.width()))??;
    let only = message.files.iter().all(|file| file.no_download);
    report.check(
        "A12.2",
        "一覧には縮小画像。患者グループのファイルは常に閲覧のみ",
        "a small picture in the timeline; in a patient group always to look at only",
        only && message.files.len() == 1 && width == 320,
        &format!("{width} pixels wide"),
    );
    let open = doctor.client()?.open_file(group, seq, 0, Part::Content).await?;
    let same = open.look(|bytes| bytes == PICTURE)?;
    let records = doctor.client()?.access_records(Scope::Own, Time(0), Time(u64::MAX)).await?;
    let association = doctor.client()?.look(|replica| replica.registry().association().map(|known| known.id));
    let association = association.ok_or_else(|| Stop("no association".into()))?;
    let key = doctor
        .client()?
        .look(|replica| replica.registry().now().device(doctor.device()).map(|device| device.registration.signing));
    let key = key.ok_or_else(|| Stop("no device".into()))?;
    let held = records.lines.iter().filter_map(|line| line.record.opening(association));
    let held = held.filter(|(opening, signature)| opening.holds(&key, signature).is_ok()).count();
    report.check(
        "A12.2",
        "開くたびに端末が署名した要求がアクセス記録に残る（サーバーも作れない）",
        "each opening is on record as the device signed it: not even the server can make one up",
        same && held == 2,
        &format!("{held} openings, signatures hold"),
    );
    Ok(seq)
}

/// Asks for a file as somebody would who skips every check of an own client.
async fn ask(person: &Person, group: GroupId, seq: u64, intent: Intent) -> Result<Answer, Fault> {
    let client = person.client()?;
    let association = client.look(|replica| replica.registry().association().map(|known| known.id));
    let opening = Opening {
        version: renkei_client_core::proto::VERSION,
        suite: renkei_client_core::proto::SUITE,
        association: association.ok_or(Code::NotFounded)?,
        user: person.user()?,
        device: person.device(),
        group,
        seq,
        file: 0,
        part: Part::Content,
        intent,
        request: RequestId(random()),
        at: client.now(),
    };
    client.ask(Op::OpenFile(client.sign_opening(&opening)?)).await
}

async fn forbidden(report: &mut Report, district: &District, group: GroupId, seq: u64) -> Result<(), Stop> {
    let doctor = district.person("doctor")?;
    let path = district.home.join("kept.png");
    let kept = doctor.client()?.save_file(group, seq, 0, &path).await;
    report.refused("A12.2", "写真を保存しようとする", "somebody wants to keep it", kept, Code::DownloadForbidden);
    let raw = ask(doctor, group, seq, Intent::Save).await;
    report.refused(
        "A12.2",
        "検査を飛ばす端末からの保存要求",
        "the same from a client that skips its own checks",
        raw,
        Code::DownloadForbidden,
    );
    let operator = district.operators.first().ok_or_else(|| Stop("no operator".into()))?;
    let outsider = ask(operator, group, seq, Intent::View).await;
    report.refused("A12.2", "メンバーでない人が開く", "somebody who is no member", outsider, Code::NotAReader);
    Ok(())
}

async fn recording(report: &mut Report, district: &District, group: GroupId) -> Result<(), Stop> {
    let (nurse, doctor) = (district.person("nurse")?, district.person("doctor")?);
    let mut bytes = b"RIFF\x24\0\0\0WAVEfmt ".to_vec();
    let noise: [u8; 251] = random();
    bytes.extend(noise.iter().copied().cycle().take(RECORDING - bytes.len()));
    let mut cuts = 0;
    let sent = {
        let sending = send(nurse, group, "見本_呼吸音.wav", &bytes, "呼吸音（見本の雑音）です。");
        tokio::pin!(sending);
        loop {
            tokio::select! {
                sent = &mut sending => break sent,
                () = tokio::time::sleep(std::time::Duration::from_millis(20)), if cuts < 3 => {
                    cuts += 1;
                    nurse.client()?.drop_connection();
                }
            }
        }
    };
    let seq = report.done(
        "A12.2",
        "音声の送信中に回線が三度切れても続きから送る",
        "a recording is sent while the connection breaks three times",
        sent,
        |_| format!("{} MB, {cuts} breaks", RECORDING / 1_000_000),
    )?;
    shown(doctor, group, seq).await?;
    let open = doctor.client()?.open_file(group, seq, 0, Part::Content).await?;
    report.check(
        "A12.2",
        "届いた音声は一バイトも違わない",
        "and arrives without a byte of difference",
        open.look(|opened| opened == bytes)?,
        &format!("{} bytes", bytes.len()),
    );
    Ok(())
}

/// An app that goes away in the middle of a sending, as with a lock or an empty battery.
async fn resumed(report: &mut Report, district: &District, group: GroupId) -> Result<(), Stop> {
    let nurse = district.person("nurse")?.client()?;
    let mut bytes = b"RIFF\x24\0\0\0WAVEfmt ".to_vec();
    bytes.resize(RECORDING, 7);
    let mut files = [Outgoing::from_bytes("見本_歩行.wav", Zeroizing::new(bytes))?];
    let started = {
        let sending = nurse.send_files(group, "", &mut files, false);
        let some = async {
            loop {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
                match nurse.sendings().await?.into_iter().next() {
                    Some(one) if one.arrived > 2 => break Ok::<_, Fault>(one),
                    _ => {}
                }
            }
        };
        tokio::select! {
            sent = sending => return Err(Stop(format!("it was to be interrupted: {sent:?}"))),
            started = some => started?,
        }
    };
    let arrived = match nurse.sendings().await?.into_iter().next() {
        Some(one) => one.arrived,
        None => started.arrived,
    };
    let resumed = nurse.go_on(started.id).await;
    report.done(
        "A12.2",
        "送信の途中でアプリが閉じても、鍵と計画は保管庫に残り、続きから送る",
        "an app that goes away in the middle goes on where it stopped",
        resumed,
        |_| format!("{arrived} of {} chunks were there", started.chunks),
    )?;
    Ok(())
}

async fn free(report: &mut Report, district: &District) -> Result<(), Stop> {
    let doctor = district.person("doctor")?;
    let new = NewGroup {
        kind: GroupKind::Free,
        label: line("見本 勉強会")?,
        history: HistoryPolicy::All,
        acting_for: None,
        creator_reads: true,
    };
    district.step_up().await?;
    let group = doctor.client()?.create_group(new).await?;
    let text = "見本 花子さんの件は 03-5555-0100 まで。";
    let kinds = |found: Vec<Finding>| found.into_iter().map(|one| one.kind).collect::<Vec<_>>();
    let asked = kinds(doctor.client()?.identifying(Some(group), text));
    report.check(
        "S2",
        "送る前に、患者の氏名と電話番号を確認（自由グループ）",
        "before it is sent to a free group: a patient's name and a telephone number",
        asked == [Kind::PatientName, Kind::Telephone],
        &format!("{asked:?}"),
    );
    let own = kinds(doctor.client()?.identifying(Some(district.hanako()?), text));
    report.check(
        "S2",
        "本人のグループでは何も聞かない",
        "in the patient's own group nothing is asked",
        own.is_empty(),
        "0 found",
    );
    let seq = send(doctor, group, "見本_案内.pdf", b"%PDF-1.7\nmihon\n%%EOF\n", "次回の案内です。").await?;
    let path = district.home.join("kept.pdf");
    let kept = doctor.client()?.save_file(group, seq, 0, &path).await;
    report.done(
        "A12.2",
        "自由グループの案内は保存できる",
        "in a free group a file may be kept",
        kept,
        |()| "on record as kept".to_owned(),
    )?;
    let records = doctor.client()?.access_records(Scope::Own, Time(0), Time(u64::MAX)).await?;
    let saved = |what: &What| matches!(what, What::FileOpened { intent: Intent::Save, .. });
    let on_record = records.lines.iter().filter(|line| saved(&line.record.what)).count();
    doctor.client()?.forbid_downloads(group).await?;
    let again = ask(doctor, group, seq, Intent::Save).await;
    report.refused(
        "A12.2",
        "グループでダウンロードを禁止した後は、以前のファイルも保存できない",
        "after the originator has forbidden it, an earlier file too",
        again,
        Code::DownloadForbidden,
    );
    report.check("A12.2", "保存も記録に残る", "keeping it is on record", on_record == 1, "1 record");
    Ok(())
}
