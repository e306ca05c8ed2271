//! The words for what people and facilities are: as typed, in Japanese, in English. Every app shows them, and what a file
//! of people says is read by them.

use renkei_policy::s2_identifying::Kind;
use renkei_proto::act::{FacilityKind, Profession};
use renkei_proto::card::{CardField, CareRole, Sex};

/// One word: the value, as typed, in Japanese, in English.
pub type Row<T> = (T, &'static str, &'static str, &'static str);

/// What people do.
pub const PROFESSIONS: &[Row<Profession>] = &[
    (Profession::Doctor, "doctor", "医師", "doctor"),
    (Profession::Dentist, "dentist", "歯科医師", "dentist"),
    (Profession::Nurse, "nurse", "看護師", "nurse"),
    (Profession::Pharmacist, "pharmacist", "薬剤師", "pharmacist"),
    (Profession::CareManager, "care-manager", "ケアマネジャー", "care manager"),
    (Profession::Helper, "helper", "ホームヘルパー", "helper"),
    (Profession::Therapist, "therapist", "療法士", "therapist"),
    (Profession::Consultant, "consultant", "相談員", "consultant"),
    (Profession::Clerk, "clerk", "事務", "clerk"),
];

/// What facilities are. The Desk is not among them: it is founded with the association and never applies.
pub const FACILITIES: &[Row<FacilityKind>] = &[
    (FacilityKind::Clinic, "clinic", "診療所", "clinic"),
    (FacilityKind::Hospital, "hospital", "病院", "hospital"),
    (FacilityKind::DentalClinic, "dental-clinic", "歯科診療所", "dental clinic"),
    (FacilityKind::Pharmacy, "pharmacy", "薬局", "pharmacy"),
    (FacilityKind::VisitingNurseStation, "visiting-nurse-station", "訪問看護ステーション", "visiting-nurse station"),
    (FacilityKind::CareManagerOffice, "care-manager-office", "居宅介護支援事業所", "care-manager office"),
    (FacilityKind::HomeHelpStation, "home-help-station", "訪問介護事業所", "home-help station"),
    (FacilityKind::Other, "other", "その他", "other"),
];

/// What tells who somebody is (S2).
pub const IDENTIFYING: &[Row<Kind>] = &[
    (Kind::PatientName, "patient-name", "患者の氏名", "a patient's name"),
    (Kind::Telephone, "telephone", "電話番号", "a telephone number"),
    (Kind::Address, "address", "住所・郵便番号", "an address or postal code"),
    (Kind::BirthDate, "birth-date", "生年月日", "a day of birth"),
    (Kind::Number, "number", "保険・カルテなどの番号", "a number of an insurance, a chart or the like"),
    (Kind::MyNumber, "my-number", "個人番号（マイナンバー）", "an individual number (My Number)"),
];

/// As a patient's papers have it.
pub const SEXES: &[Row<Sex>] = &[
    (Sex::Female, "female", "女性", "female"),
    (Sex::Male, "male", "男性", "male"),
    (Sex::Other, "other", "その他", "other"),
];

/// What people and facilities do for a patient.
pub const CARE_ROLES: &[Row<CareRole>] = &[
    (CareRole::AttendingDoctor, "attending-doctor", "主治医", "attending doctor"),
    (CareRole::Doctor, "doctor", "専門医・他の医師", "other doctor"),
    (CareRole::Dentist, "dentist", "歯科", "dentist"),
    (CareRole::VisitingNurse, "visiting-nurse", "訪問看護", "visiting nurse"),
    (CareRole::Pharmacy, "pharmacy", "薬局", "pharmacy"),
    (CareRole::CareManager, "care-manager", "ケアマネジャー", "care manager"),
    (CareRole::HomeHelp, "home-help", "訪問介護", "home help"),
    (CareRole::Rehabilitation, "rehabilitation", "リハビリ", "rehabilitation"),
    (CareRole::DayCare, "day-care", "通所", "day care"),
    (CareRole::Hospital, "hospital", "後方支援病院", "hospital"),
    (CareRole::Municipality, "municipality", "地域包括・行政", "municipality"),
    (CareRole::Other, "other", "その他", "other"),
];

/// The parts of a patient card.
pub const CARD_FIELDS: &[Row<CardField>] = &[
    (CardField::Name, "name", "氏名", "name"),
    (CardField::Kana, "kana", "ふりがな", "reading"),
    (CardField::Born, "born", "生年月日", "day of birth"),
    (CardField::Sex, "sex", "性別", "sex"),
    (CardField::Address, "address", "住所", "address"),
    (CardField::Telephones, "telephones", "電話", "telephone"),
    (CardField::Contacts, "contacts", "緊急連絡先", "emergency contacts"),
    (CardField::Facts, "facts", "アレルギー・注意点", "allergies and cautions"),
    (CardField::Team, "team", "ケアチーム", "care team"),
];
