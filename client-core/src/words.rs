//! The words for what people and facilities are: as typed, in Japanese, in English. Every app shows them, and what a file
//! of people says is read by them.

use renkei_proto::act::{FacilityKind, Profession};

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
