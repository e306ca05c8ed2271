//! The words for kinds of things: as typed on the command line, and as shown in both languages.

use renkei_client_core::policy::s2_identifying::Kind;
use renkei_client_core::proto::act::{
    ConsentBy, DeviceKind, FacilityKind, GroupKind, HistoryPolicy, HoldReason, IncidentKind, InquiryEnd, Measure,
    Profession, SpeaksFor,
};
use renkei_client_core::proto::safety::Safety;
use renkei_client_core::proto::sentence::Language;
use renkei_client_core::proto::takeout::{Medium, TakeoutEnd, TakeoutPurpose};
use renkei_client_core::proto::wording::TextKind;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

pub(crate) use renkei_client_core::words::{FACILITIES, IDENTIFYING, PROFESSIONS, Row};

pub(crate) mod card;
pub(crate) mod scans;
pub(crate) mod uses;

const DESK: &[Row<FacilityKind>] = &[(FacilityKind::Desk, "desk", "療養相談室", "consultation desk")];

pub(crate) const DEVICES: &[Row<DeviceKind>] = &[
    (DeviceKind::Phone, "phone", "スマートフォン", "phone"),
    (DeviceKind::Tablet, "tablet", "タブレット", "tablet"),
    (DeviceKind::Computer, "computer", "パソコン", "computer"),
];

pub(crate) const HISTORIES: &[Row<HistoryPolicy>] = &[
    (HistoryPolicy::All, "all", "最初から読める", "from the first message"),
    (HistoryPolicy::FromApproval, "from-approval", "承認後から読める", "from the approval on"),
];

pub(crate) const CONSENTERS: &[Row<ConsentBy>] =
    &[(ConsentBy::Patient, "patient", "本人", "patient"), (ConsentBy::Family, "family", "家族", "family")];

pub(crate) const HOLDS: &[Row<HoldReason>] = &[
    (HoldReason::RecordKeeping, "record-keeping", "記録の保存義務", "records must be kept"),
    (HoldReason::Dispute, "dispute", "紛争・訴訟", "a dispute"),
    (HoldReason::Authority, "authority", "行政機関の求め", "an authority asked"),
    (HoldReason::Other, "other", "その他", "another reason"),
];

pub(crate) const INQUIRY_ENDS: &[Row<InquiryEnd>] = &[
    (InquiryEnd::Settled, "settled", "解決", "settled"),
    (InquiryEnd::NoReply, "no-reply", "回答後に返信なし", "no reply to the answer"),
    (InquiryEnd::AskerGone, "asker-gone", "問い合わせた人の離職（ID終了）", "who asked has left"),
];

pub(crate) const INCIDENTS: &[Row<IncidentKind>] = &[
    (IncidentKind::Misdirected, "misdirected", "誤送信", "sent to the wrong people"),
    (IncidentKind::WrongContent, "wrong-content", "誤記・取り違え", "wrong patient or wrong words"),
    (IncidentKind::Leak, "leak", "漏えい・のぞき見", "leaked, or looked at"),
    (IncidentKind::Lost, "lost", "紛失・盗難", "lost or stolen"),
    (IncidentKind::Attack, "attack", "なりすまし・攻撃", "an impostor or an attack"),
    (IncidentKind::Misconduct, "misconduct", "不適切な書き込み", "improper words"),
    (IncidentKind::Malfunction, "malfunction", "障害", "something does not work"),
    (IncidentKind::Other, "other", "その他", "something else"),
];

pub(crate) const MEASURES: &[Row<Measure>] = &[
    (Measure::Contained, "contained", "拡大の防止", "contained"),
    (Measure::Notified, "notified", "連絡・謝罪", "told those whom it concerns"),
    (Measure::Explained, "explained", "原因の確認", "explained"),
    (Measure::Prevented, "prevented", "再発防止・研修", "prevented for the future"),
];

const GROUPS: &[Row<GroupKind>] = &[
    (GroupKind::Patient, "patient", "患者グループ", "patient group"),
    (GroupKind::Free, "free", "自由グループ", "free group"),
    (GroupKind::Inquiry, "inquiry", "問い合わせ", "inquiry"),
    (GroupKind::Incident, "incident", "インシデント報告", "incident report"),
];

/// What is declared of a device, by the name that [`renkei_client_core::proto::posture::Posture::lines`] has for it.
const POSTURES: &[(&str, &str, &str)] = &[
    ("screen-lock", "画面ロック", "screen lock"),
    ("boot-password", "8文字以上のパスワード", "password of 8 characters"),
    ("no-file-sharing", "ファイル共有ソフトなし", "no file sharing"),
    ("antivirus", "ウイルス対策", "antivirus"),
    ("no-stored-passwords", "ブラウザーに保存なし", "no stored passwords"),
    ("managed", "MDM", "MDM"),
    ("updated", "OS更新済み", "updated"),
];

/// A line of a posture in words.
pub(crate) fn posture(name: &str, language: Language) -> &'static str {
    let found = POSTURES.iter().find(|(known, ..)| *known == name);
    found.map_or("?", |(_, japanese, english)| language.pick(*japanese, *english))
}

pub(crate) const TEXTS: &[Row<TextKind>] = &[
    (TextKind::Notice, "notice", "留意事項", "points to note"),
    (TextKind::Form1, "form1", "連携守秘誓約書（様式1）", "facility pledge (Form 1)"),
    (TextKind::Form2, "form2", "従事者誓約書（様式2）", "staff pledge (Form 2)"),
    (TextKind::Form3, "form3", "患者同意書（様式3）", "patient's consent (Form 3)"),
    (TextKind::ReviewPoints, "review-points", "定期確認の確認事項", "points of a review"),
    (TextKind::TrainingMaterial, "training-material", "研修の教材", "training material"),
];

pub(crate) const SPEAKS_FOR: &[Row<SpeaksFor>] = &[
    (SpeaksFor::Association, "association", "医師会", "the association"),
    (SpeaksFor::Facility, "facility", "自事業所", "its own facility"),
];

pub(crate) const SAFETY: &[Row<Safety>] = &[
    (Safety::Received, "received", "読んだ", "has read it"),
    (Safety::Safe, "safe", "無事", "is safe"),
    (Safety::NeedsHelp, "needs-help", "助けが必要", "needs help"),
];

pub(crate) const MEDIA: &[Row<Medium>] = &[
    (Medium::Paper, "paper", "紙", "paper"),
    (Medium::UsbMemory, "usb-memory", "USBメモリー", "USB memory"),
    (Medium::ExternalDisk, "external-disk", "外付けディスク", "external disk"),
    (Medium::Computer, "computer", "登録外のパソコン", "a computer not registered here"),
    (Medium::Chart, "chart", "カルテ・介護記録", "the chart"),
    (Medium::Device, "device", "端末そのもの", "the device itself"),
    (Medium::Other, "other", "その他の媒体", "another medium"),
];

pub(crate) const PURPOSES: &[Row<TakeoutPurpose>] = &[
    (TakeoutPurpose::Visit, "visit", "訪問", "a visit"),
    (TakeoutPurpose::Conference, "conference", "サービス担当者会議", "a conference"),
    (TakeoutPurpose::Referral, "referral", "紹介・転院", "a referral"),
    (TakeoutPurpose::Chart, "chart", "カルテへの転記", "the chart"),
    (TakeoutPurpose::PatientRequest, "patient-request", "本人・家族の求め", "asked for by the patient or family"),
    (TakeoutPurpose::Authority, "authority", "行政・保険者の求め", "asked for by an authority"),
    (TakeoutPurpose::Repair, "repair", "修理・点検", "a repair"),
    (TakeoutPurpose::Other, "other", "その他の目的", "another purpose"),
];

pub(crate) const ENDS: &[Row<TakeoutEnd>] = &[
    (TakeoutEnd::Returned, "returned", "返却", "returned"),
    (TakeoutEnd::Erased, "erased", "消去・破棄", "erased"),
    (TakeoutEnd::Filed, "filed", "診療録等に綴じた", "filed in the chart"),
    (TakeoutEnd::NotUsed, "not-used", "持ち出さなかった", "not used"),
    (TakeoutEnd::Lost, "lost", "紛失", "lost"),
];

/// The parser of a word in `rows`, whose help shows the Japanese as well.
pub(crate) fn parser<T: Copy + Send + Sync + 'static>(rows: &'static [Row<T>]) -> impl TypedValueParser<Value = T> {
    let values = rows.iter().map(|(_, typed, japanese, _)| PossibleValue::new(*typed).help(*japanese));
    PossibleValuesParser::new(values).try_map(move |text| {
        rows.iter().find(|(_, typed, ..)| *typed == text).map(|(value, ..)| *value).ok_or("not one of the words")
    })
}

fn label<T: Copy + PartialEq>(tables: &[&'static [Row<T>]], value: T, language: Language) -> &'static str {
    let mut rows = tables.iter().flat_map(|rows| rows.iter());
    rows.find(|(of, ..)| *of == value).map_or("?", |&(_, _, japanese, english)| language.pick(japanese, english))
}

pub(crate) fn profession(value: Profession, language: Language) -> &'static str {
    label(&[PROFESSIONS], value, language)
}

pub(crate) fn facility(value: FacilityKind, language: Language) -> &'static str {
    label(&[FACILITIES, DESK], value, language)
}

pub(crate) fn device(value: DeviceKind, language: Language) -> &'static str {
    label(&[DEVICES], value, language)
}

/// `day` is the day from which on, in words, where the policy names one.
pub(crate) fn history(value: HistoryPolicy, day: &str, language: Language) -> String {
    match (value, language) {
        (HistoryPolicy::From(_), Language::Japanese) => format!("{day}以降を読める"),
        (HistoryPolicy::From(_), Language::English) => format!("from {day} on"),
        _ => label(&[HISTORIES], value, language).to_owned(),
    }
}

pub(crate) fn hold(value: HoldReason, language: Language) -> &'static str {
    label(&[HOLDS], value, language)
}

pub(crate) fn consenter(value: ConsentBy, language: Language) -> &'static str {
    label(&[CONSENTERS], value, language)
}

pub(crate) fn inquiry_end(value: InquiryEnd, language: Language) -> &'static str {
    label(&[INQUIRY_ENDS], value, language)
}

pub(crate) fn incident(value: IncidentKind, language: Language) -> &'static str {
    label(&[INCIDENTS], value, language)
}

pub(crate) fn measure(value: Measure, language: Language) -> &'static str {
    label(&[MEASURES], value, language)
}

pub(crate) fn group(value: GroupKind, language: Language) -> &'static str {
    label(&[GROUPS], value, language)
}

pub(crate) fn identifying(value: Kind, language: Language) -> &'static str {
    label(&[IDENTIFYING], value, language)
}

pub(crate) fn text(value: TextKind, language: Language) -> &'static str {
    label(&[TEXTS], value, language)
}

pub(crate) fn speaks_for(value: SpeaksFor, language: Language) -> &'static str {
    label(&[SPEAKS_FOR], value, language)
}

pub(crate) fn safety(value: Safety, language: Language) -> &'static str {
    label(&[SAFETY], value, language)
}

pub(crate) fn medium(value: Medium, language: Language) -> &'static str {
    label(&[MEDIA], value, language)
}

pub(crate) fn purpose(value: TakeoutPurpose, language: Language) -> &'static str {
    label(&[PURPOSES], value, language)
}

pub(crate) fn takeout_end(value: TakeoutEnd, language: Language) -> &'static str {
    label(&[ENDS], value, language)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is typed is what `--json` shows.
    pub(super) fn typed_as_in_json<T: serde::Serialize>(rows: &[Row<T>]) {
        for (value, typed, ..) in rows {
            assert_eq!(serde_json::to_value(value).unwrap(), *typed);
        }
    }

    #[test]
    fn a_word_is_the_same_on_the_command_line_and_in_json() {
        typed_as_in_json(PROFESSIONS);
        typed_as_in_json(FACILITIES);
        typed_as_in_json(DESK);
        typed_as_in_json(DEVICES);
        typed_as_in_json(HISTORIES);
        typed_as_in_json(CONSENTERS);
        typed_as_in_json(GROUPS);
        typed_as_in_json(TEXTS);
        typed_as_in_json(SPEAKS_FOR);
        typed_as_in_json(SAFETY);
        typed_as_in_json(HOLDS);
        typed_as_in_json(INQUIRY_ENDS);
        typed_as_in_json(MEDIA);
        typed_as_in_json(PURPOSES);
        typed_as_in_json(ENDS);
    }
}
