//! What a takeout takes along besides words, one that is refused, and a device that leaves (Article 12 (9)).

use renkei_client_core::proto::access::{Scope, What};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::file::{Intent, Opening, Part};
use renkei_client_core::proto::frame::{Answer, Fault, Op};
use renkei_client_core::proto::hash::sha256;
use renkei_client_core::proto::id::{GroupId, RequestId, TakeoutId};
use renkei_client_core::proto::takeout::{
    Medium, TakeoutEnd, TakeoutExport, TakeoutForm, TakeoutPurpose, TakeoutRequest, TakeoutSubject,
};
use renkei_client_core::proto::time::Time;
use renkei_client_core::random;
use renkei_client_core::takeout::Exported;
use renkei_client_core::takeout::manifest::{ItemKind, Manifest};

use super::takeout::knows;
use crate::demo::district::District;
use crate::demo::person::Person;
use crate::demo::report::{Report, Stop};

/// Asks for the first file of a message as somebody would who skips every check of an own client.
async fn ask(person: &Person, group: GroupId, seq: u64, takeout: TakeoutId) -> Result<Answer, Fault> {
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
        intent: Intent::TakeOut { takeout },
        request: RequestId(random()),
        at: client.now(),
    };
    client.ask(Op::OpenFile(client.sign_opening(&opening)?)).await
}

/// The files of an export: in it by hash, or named as missing; each opening on record; and nobody else's to take.
pub(super) async fn files(
    report: &mut Report,
    district: &District,
    takeout: TakeoutId,
    exported: &Exported,
) -> Result<(), Stop> {
    let (nurse, doctor) = (district.person("nurse")?, district.person("doctor")?);
    let manifest: Manifest =
        serde_json::from_slice(&exported.manifest).map_err(|error| Stop(format!("the manifest: {error}")))?;
    let files: Vec<_> = manifest.items.iter().filter(|item| item.kind == ItemKind::File).collect();
    let there = files.iter().filter(|item| item.hash.is_some()).count();
    let missing = files.iter().filter(|item| item.hash.is_none() && item.unreadable.is_some()).count();
    report.check(
        "A12.5",
        "ファイルもハッシュつきで入る。取り出せないものは目録に理由を記す",
        "files go along by their hash; what can't be had is named with the reason",
        there > 0 && missing > 0 && (there, missing) == (exported.files, exported.missing),
        &format!("{there} there ({} bytes), {missing} named as missing", exported.bytes),
    );
    let records = nurse.client()?.access_records(Scope::Own, Time(0), Time(u64::MAX)).await?;
    let own = Intent::TakeOut { takeout };
    let opened = records
        .lines
        .iter()
        .filter(|line| matches!(line.record.what, What::FileOpened { intent, .. } if intent == own));
    report.check(
        "A12.5",
        "ファイルを渡す前に、端末が署名した「持ち出し」の要求がアクセス記録に残る",
        "before a file is handed out for it, the device's signed request is on record as a takeout's",
        opened.count() == there,
        "each of them",
    );
    let seq = files.iter().find(|item| item.hash.is_some()).map(|item| item.seq);
    let seq = seq.ok_or_else(|| Stop("a file".into()))?;
    let other = ask(doctor, manifest.group, seq, takeout).await;
    report.refused(
        "A12.5",
        "他の人への許可でファイルを取り出す（確認を飛ばすアプリ）",
        "a file under somebody else's permit, with a client that checks nothing",
        other,
        Code::TakeoutNotPermitted,
    );
    let late = nurse.client()?.send(manifest.group, "許可の申請より後に書いた見本です。").await?;
    let at = late.head.size.saturating_sub(1);
    let export = TakeoutExport {
        takeout,
        group: manifest.group,
        form: TakeoutForm::Archive,
        first: at,
        last: at,
        items: 1,
        manifest: sha256(&exported.manifest),
    };
    let grown = nurse.client()?.ask(Op::TakeOut(export)).await;
    report.refused(
        "A12.5",
        "申請より後に書かれたものを持ち出す",
        "what was written after the request",
        grown,
        Code::TakeoutNotPermitted,
    );
    Ok(())
}

async fn request(district: &District, what: TakeoutSubject, medium: Medium) -> Result<TakeoutRequest, Stop> {
    let (nurse, chief) = (district.person("nurse")?, district.person("nurse-chief")?);
    let from = district.server.advance(0)?;
    let request = TakeoutRequest {
        takeout: TakeoutId(random()),
        what,
        medium,
        purpose: TakeoutPurpose::Visit,
        from,
        until: from.plus(3_600),
        device: nurse.device(),
    };
    nurse.client()?.request_takeout(request).await?;
    knows(chief, request.takeout, false).await?;
    Ok(request)
}

/// One request is refused; a tablet leaves for a visit and is back; and the Desk has numbers of all of it.
pub(super) async fn others(report: &mut Report, district: &District) -> Result<(), Stop> {
    let (nurse, chief) = (district.person("nurse")?, district.person("nurse-chief")?);
    district.step_up().await?;
    let group = district.hanako()?;
    let subject = TakeoutSubject::Information { group, first: 0, last: 0 };
    let refused = request(district, subject, Medium::Paper).await?;
    let read = knows(chief, refused.takeout, false).await?;
    let decided = chief.client()?.decide_takeout(refused.takeout, read, false).await;
    report.done("A12.5", "SNS管理者が申請を却下", "the administrator refuses a request", decided, |_| {
        "refused".into()
    })?;
    let export = TakeoutExport {
        takeout: refused.takeout,
        group,
        form: TakeoutForm::Archive,
        first: 0,
        last: 0,
        items: 1,
        manifest: sha256(b"sample"),
    };
    let anyway = nurse.client()?.ask(Op::TakeOut(export)).await;
    report.refused(
        "A12.5",
        "却下された申請で書き出す",
        "exports under the refused request all the same",
        anyway,
        Code::TakeoutNotPermitted,
    );
    let tablet = request(district, TakeoutSubject::Device, Medium::Device).await?;
    let read = knows(chief, tablet.takeout, false).await?;
    let approved = chief.client()?.decide_takeout(tablet.takeout, read, true).await;
    report.done(
        "A12.5",
        "事業所の端末を訪問に持ち出す許可",
        "the facility's tablet is let leave for a visit",
        approved,
        |_| "until its time".into(),
    )?;
    knows(nurse, tablet.takeout, true).await?;
    let export = TakeoutExport { takeout: tablet.takeout, ..export };
    let words = nurse.client()?.ask(Op::TakeOut(export)).await;
    report.refused(
        "A12.5",
        "端末の許可で情報を書き出す",
        "exports information under the tablet's permit",
        words,
        Code::TakeoutNotPermitted,
    );
    nurse.client()?.declare_takeout_end(tablet.takeout, TakeoutEnd::Returned).await?;
    let now = district.server.advance(0)?;
    let today = now.day_in_japan().ok_or_else(|| Stop("a day".into()))?;
    let back = chief.client()?.confirm_takeout_end(tablet.takeout, TakeoutEnd::Returned, today).await;
    report.done(
        "A12.5",
        "端末が戻ったことをSNS管理者が確認",
        "the administrator confirms that the tablet is back",
        back,
        |_| "ended".into(),
    )?;
    let leak = chief.client()?.leak_report(nurse.device(), Time(0)).await?;
    let exports: usize = leak.takeouts.iter().map(|one| one.exports.len()).sum();
    report.check(
        "A12.5",
        "漏えい報告の案に、端末から許可を得て持ち出されたものが載る",
        "the draft of a leak report names what left with the device under permits",
        leak.takeouts.len() >= 3 && exports >= 2,
        &format!("{} permits, {exports} exports", leak.takeouts.len()),
    );
    let operator = district.operators.first().ok_or_else(|| Stop("an operator".into()))?.client()?;
    let numbers = operator.report(Time(0)).await?;
    let sum = |of: &dyn Fn(&renkei_client_core::takeout::TakeoutNumbers) -> usize| -> usize {
        numbers.iter().map(|one| of(&one.takeouts)).sum()
    };
    let seen = (sum(&|one| one.ended), sum(&|one| one.refused), sum(&|one| one.overdue));
    report.check(
        "A15.1",
        "療養相談室の報告に持ち出しの件数",
        "the Desk's report counts takeouts by where they stand",
        seen == (3, 1, 0),
        &format!("{} ended, {} refused, {} overdue", seen.0, seen.1, seen.2),
    );
    Ok(())
}
