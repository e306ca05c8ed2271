//! The proof of an erasure in words: what a patient's family, or a committee, is handed.

use renkei_client_core::erasure_proof::{Decided, DeviceState, Proof, ProofDevice, ProofTakeout, ProofUse, Reason};
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::sentence::Language;

use super::moment;
use crate::labels;

/// `checked`: by whoever was handed the file, with a fingerprint of their own.
pub(super) fn erasure(
    file: Option<&str>,
    sha256: Option<Hash32>,
    checked: bool,
    proof: &Proof,
    language: Language,
) -> String {
    let say = |japanese: &'static str, english: &'static str| language.pick(japanese, english);
    let mut lines = Vec::new();
    if checked {
        lines.push(
            say(
                "検証しました。以下はすべてこのファイルの署名から確かめられます。",
                "Checked: everything below follows from the signatures in the file.",
            )
            .to_owned(),
        );
    }
    lines.push(format!("{}  {}", say("消去証明書", "Proof of erasure"), proof.association));
    let mut add = |what: &str, rest: String| lines.push(format!("  {what}: {rest}"));
    let originator = proof.originator.as_deref().unwrap_or("-");
    add(say("グループ", "Group"), format!("{}  {}", proof.group, labels::group(proof.kind, language)));
    add(say("連携元事業所", "Originating facility"), originator.to_owned());
    add(say("作成", "Opened"), moment(proof.created));
    add(say("理由", "Reason"), reason(&proof.reason, language));
    let recorded = match proof.reason {
        Reason::Withdrawn { .. } => say("撤回を記録した人", "Withdrawal recorded by"),
        Reason::Kept { .. } => say("消去を指示した人", "Ordered by"),
    };
    add(recorded, decided(&proof.ordered, language));
    add(say("消去を確認した人（二人目）", "Confirmed by a second person"), decided(&proof.confirmed, language));
    add(say("消去したもの", "What was erased"), what(proof, language));
    add(
        say(
            "サーバーの全ファイルから消えた日時（サーバーの署名）",
            "In no file of the server since (signed by the server)",
        ),
        moment(proof.finished),
    );
    lines.extend(devices(&proof.devices, language));
    lines.extend(uses(&proof.uses, language));
    lines.extend(takeouts(&proof.takeouts, language));
    lines.push(format!("  {}: {}", say("バックアップ", "Backups"), backups(proof, language)));
    lines.push(format!(
        "  {}: {}",
        say("この内容の時点（サーバーの署名）", "As of (signed by the server)"),
        moment(proof.as_of)
    ));
    if let (Some(file), Some(sha256)) = (file, sha256) {
        lines.push(format!("  {}: {file}  SHA-256 {sha256}", say("証拠のファイル", "Evidence")));
        lines.push(
            say(
                "  検証: renkei proof verify ファイル --root 医師会のルート鍵の指紋（サーバーは不要）",
                "  To check it, without a server: renkei proof verify FILE --root FINGERPRINT",
            )
            .to_owned(),
        );
    }
    lines.push(
        say(
            "  患者の氏名、従事者の氏名は含まれていません。必要な場合は手渡す人が書き添えてください。",
            "  No name of the patient or of staff is in it: whoever hands it over adds them by hand.",
        )
        .to_owned(),
    );
    lines.join("\n")
}

fn reason(reason: &Reason, language: Language) -> String {
    match (reason, language) {
        (Reason::Withdrawn { by, on, scan }, Language::Japanese) => {
            format!("同意の撤回（{}、書面の日付 {on}、書面のSHA-256 {scan}）", labels::consenter(*by, language))
        }
        (Reason::Withdrawn { by, on, scan }, Language::English) => {
            format!("consent withdrawn ({}, paper of {on}, its SHA-256 {scan})", labels::consenter(*by, language))
        }
        (Reason::Kept { closed }, Language::Japanese) => {
            format!("保存期間の満了（終了 {}）", closed.map(moment).unwrap_or_default())
        }
        (Reason::Kept { closed }, Language::English) => {
            format!("retention over (closed {})", closed.map(moment).unwrap_or_default())
        }
    }
}

fn decided(by: &Decided, language: Language) -> String {
    let facility = by.facility_name.as_deref().unwrap_or("-");
    let profession = by.profession.map(|known| labels::profession(known, language)).unwrap_or_default();
    let entry = match language {
        Language::Japanese => format!("署名: 記録{}番", by.entry),
        Language::English => format!("signed: entry {}", by.entry),
    };
    let delegated = by.acting_for.map_or("", |_| language.pick("［委託による］", " [by delegation]"));
    format!("{facility}  {profession}  {}{delegated}  {}  {entry}", by.user, moment(by.time))
}

fn what(proof: &Proof, language: Language) -> String {
    let counts = proof.counts;
    let (messages, corrections, cards, keys) = (counts.messages, counts.corrections, counts.cards, counts.keys);
    let there = match language {
        Language::Japanese => format!(
            "書き込み{messages}件、訂正・取り消し{corrections}件、患者カード{cards}版、鍵{keys}組（記録{}件の見出しは残る）",
            counts.entries
        ),
        Language::English => format!(
            "{messages} messages, {corrections} corrections, {cards} revisions of the card, {keys} sets of keys (the headers of {} entries stay)",
            counts.entries
        ),
    };
    let gone = match (proof.destroyed, language) {
        (Some(gone), Language::Japanese) => {
            format!("ファイル{}件（{}バイト）、本文と鍵{}バイト", gone.files, gone.file_bytes, gone.bytes)
        }
        (Some(gone), Language::English) => {
            format!("{} files ({} bytes); bodies and boxes of {} bytes", gone.files, gone.file_bytes, gone.bytes)
        }
        (None, _) => language.pick("ファイルの数は記録なし", "files were not counted then").to_owned(),
    };
    format!("{there}\n      {gone}")
}

fn devices(devices: &[ProofDevice], language: Language) -> Vec<String> {
    let silent = devices.iter().filter(|one| one.state == DeviceState::Silent).count();
    let mut lines = vec![match language {
        Language::Japanese => format!("  鍵を持っていた端末: {}台、未回答 {silent}台", devices.len()),
        Language::English => format!("  Devices that had keys: {}, of them without an answer: {silent}", devices.len()),
    }];
    lines.extend(devices.iter().map(|one| {
        let facility = one.facility_name.as_deref().unwrap_or("-");
        format!("      {}  {facility}  {}", one.device, state(one.state, language))
    }));
    lines
}

fn state(state: DeviceState, language: Language) -> String {
    match (state, language) {
        (DeviceState::Confirmed { at }, Language::Japanese) => format!("鍵と内容の消去を署名で確認 {}", moment(at)),
        (DeviceState::Confirmed { at }, Language::English) => {
            format!("confirmed, signed: keys and content gone {}", moment(at))
        }
        (DeviceState::Wiped { ordered, confirmed }, _) => {
            let ordered = ordered.map(moment).unwrap_or_default();
            let receipt = match (confirmed, language) {
                (Some(at), Language::Japanese) => format!("（端末の署名つき受領証 {}）", moment(at)),
                (Some(at), Language::English) => format!(" (the device's signed receipt {})", moment(at)),
                (None, _) => language
                    .pick(
                        "（端末からの消去確認はこの証明に含まれていません。サーバー側の鍵は破棄済みです）",
                        " (no receipt here; its share is destroyed)",
                    )
                    .to_owned(),
            };
            format!("{} {ordered}{receipt}", language.pick("端末ごと消去", "the device was wiped"))
        }
        (DeviceState::IdEnded, _) => {
            language.pick("IDの終了により開けない", "the ID of its person ended: nothing on it opens").to_owned()
        }
        (DeviceState::Silent, _) => language
            .pick(
                "未回答（次に接続したときに消去し、確認を送ります。それまでは鍵が端末に残っている可能性があります）",
                "no answer: it deletes and confirms when it next connects; until then it may hold keys",
            )
            .to_owned(),
    }
}

fn uses(uses: &[ProofUse], language: Language) -> Vec<String> {
    let head = language.pick("グループ外での利用", "Uses beyond the group");
    if uses.is_empty() {
        return vec![format!("  {head}: {}", language.pick("記録なし", "none on record"))];
    }
    let rows = uses.iter().map(|one| {
        let settled = match one.settled {
            Some((outcome, on)) => format!("{} {on}", labels::uses::outcome(outcome, language)),
            None => language.pick("処分の確認なし", "not settled").to_owned(),
        };
        format!("      {}  {}: {settled}", one.on, labels::uses::kind(one.kind, language))
    });
    core::iter::once(format!("  {head}: {}", uses.len())).chain(rows).collect()
}

fn takeouts(takeouts: &[ProofTakeout], language: Language) -> Vec<String> {
    let head = language.pick("許可された持ち出し", "Takeouts that were permitted");
    if takeouts.is_empty() {
        return vec![format!("  {head}: {}", language.pick("なし", "none"))];
    }
    let rows = takeouts.iter().map(|one| {
        let ended = match one.ended {
            Some((how, on)) => format!("{} {on}", labels::takeout_end(how, language)),
            None => {
                language.pick("返却・消去の確認なし", "nobody has confirmed that it came back or is gone").to_owned()
            }
        };
        let (medium, purpose) = (labels::medium(one.medium, language), labels::purpose(one.purpose, language));
        format!("      {}  {medium}  {purpose}: {ended}", moment(one.approved))
    });
    core::iter::once(format!("  {head}: {}", takeouts.len())).chain(rows).collect()
}

fn backups(proof: &Proof, language: Language) -> String {
    match (proof.backups, proof.backups_until, language) {
        (Some(days), Some(until), Language::Japanese) => {
            format!("{days}日で失効（医師会の設定）。消去前のバックアップは {} までにすべて失効", moment(until))
        }
        (Some(days), Some(until), Language::English) => format!(
            "expire after {days} days, as the association has set; every one from before the erasure by {}",
            moment(until)
        ),
        (_, _, Language::Japanese) => {
            "保存日数が公表されていません。消去前のバックアップが残っている可能性があります。療養相談室に確認してください。".to_owned()
        }
        (_, _, Language::English) => {
            "nothing is said of how long they are kept: some from before may be left. Ask the consultation desk.".to_owned()
        }
    }
}
