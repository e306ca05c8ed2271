//! The proof of a wipe in words: what an insurer, a committee or a patient's family is shown.

use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::sentence::Language;
use renkei_client_core::proto::statement::Role;
use renkei_client_core::wipe_proof::{How, Order, Proof, ProofDevice, State};

use super::moment;
use super::office::{owned, system};
use crate::labels;

/// `checked`: by whoever was handed the file, with a fingerprint of their own.
pub(super) fn text(
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
    lines.push(format!("{}  {}", say("端末の消去証明書", "Proof of a wipe"), proof.association));
    let facility = proof.facility_name.as_deref().unwrap_or("-");
    let profession = labels::profession(proof.profession, language);
    lines.push(format!("  {}: {facility}  {profession}  {}", say("端末の持ち主", "Whose devices"), proof.user));
    lines.push(counts(proof, language));
    for one in &proof.devices {
        lines.extend(device(one, language));
    }
    lines.push(match language {
        Language::Japanese => format!(
            "  この内容の時点（サーバーの署名）: {}  登録簿の記録{}件、Merkleルート {}",
            moment(proof.as_of),
            proof.entries,
            proof.tree
        ),
        Language::English => format!(
            "  As of (signed by the server): {}; {} entries of the registry, Merkle root {}",
            moment(proof.as_of),
            proof.entries,
            proof.tree
        ),
    });
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
            "  従事者の氏名は含まれていません。必要な場合は手渡す人が書き添えてください。",
            "  No name of staff is in it: whoever hands it over adds them by hand.",
        )
        .to_owned(),
    );
    lines.join("\n")
}

fn counts(proof: &Proof, language: Language) -> String {
    let count = |which: fn(&State) -> bool| proof.devices.iter().filter(|one| which(&one.state)).count();
    let ordered = count(|state| matches!(state, State::Ordered { .. }));
    let confirmed = count(|state| matches!(state, State::Ordered { confirmed: Some(_), .. }));
    let in_use = count(|state| matches!(state, State::InUse));
    match (proof.whole_person, language) {
        (true, Language::Japanese) => format!(
            "  この人の全端末{}台: 消去済み {ordered}台（うち端末の確認あり {confirmed}台）、消去されていない端末 {in_use}台",
            proof.devices.len()
        ),
        (true, Language::English) => format!(
            "  All {} devices of this person: {ordered} wiped, {confirmed} of them confirmed by the device; not wiped: {in_use}",
            proof.devices.len()
        ),
        (false, Language::Japanese) => {
            "  この端末のみの証明です（この人の他の端末については何も示しません）".to_owned()
        }
        (false, Language::English) => "  Of this device alone: it says nothing of the person's others".to_owned(),
    }
}

fn device(one: &ProofDevice, language: Language) -> Vec<String> {
    let say = |japanese: &'static str, english: &'static str| language.pick(japanese, english);
    let kind = labels::device(one.device_kind, language);
    let mut lines =
        vec![format!("    {}  {kind}  {}  {}", one.device, system(one.system), owned(one.ownership, language))];
    match &one.state {
        State::Ordered { order, confirmed } => {
            lines.push(format!("      {}", ordered(order, language)));
            lines.push(match (confirmed, language) {
                (Some(at), Language::Japanese) => {
                    format!("      端末が消去を署名で確認（端末の時計で {}）", moment(*at))
                }
                (Some(at), Language::English) => {
                    format!("      confirmed by the device, signed, {} by its own clock", moment(*at))
                }
                (None, _) => say(
                    "      未確認: 端末からの受領証はこの証明に含まれていません。端末が次に接続したときに消去し、確認を送ります",
                    "      unconfirmed: no receipt of the device is here. It wipes itself and confirms when it next connects",
                )
                .to_owned(),
            });
        }
        State::NeverApproved => lines.push(
            say("      一度も承認されていないため、何も保持していません", "      never approved: it holds nothing")
                .to_owned(),
        ),
        State::InUse => lines.push(say("      消去されていません", "      not wiped").to_owned()),
    }
    lines
}

fn ordered(order: &Order, language: Language) -> String {
    let how = match order.how {
        How::Wiped => language.pick("消去の指示", "wipe ordered"),
        How::Retired => language.pick("使用終了による消去", "wiped as it was taken out of use"),
        How::IdEnded => language.pick("IDの終了による消去", "wiped as the ID of its person ended"),
        How::FacilityEnded => language.pick("事業所の利用終了による消去", "wiped as the facility's admission ended"),
    };
    let by = match order.by {
        Some(user) => {
            let facility = order.facility_name.as_deref().unwrap_or("-");
            let profession = order.profession.map(|known| labels::profession(known, language)).unwrap_or_default();
            format!("{facility}  {profession}  {user}  {}", role(order.role, language))
        }
        None => role(order.role, language).to_owned(),
    };
    let place = match language {
        Language::Japanese => format!("署名: 登録簿の記録{}番", order.entry),
        Language::English => format!("signed: entry {} of the registry", order.entry),
    };
    format!("{how}: {}  {by}  {place} {}", moment(order.time), order.hash)
}

fn role(role: Role, language: Language) -> &'static str {
    match role {
        Role::Root => language.pick("医師会のルート鍵", "the association's root key"),
        Role::Operator => language.pick("療養相談室の担当者", "operator of the Desk"),
        Role::FacilityManager => language.pick("事業所管理者", "facility manager"),
        Role::SnsAdministrator => language.pick("SNS管理者", "SNS administrator"),
        Role::GroupManager => language.pick("グループ担当", "group manager"),
        Role::User => language.pick("本人", "the person"),
        Role::Deputy => language.pick("SNS管理者の代理", "deputy"),
    }
}
