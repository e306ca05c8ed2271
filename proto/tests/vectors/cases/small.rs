//! The small vocabulary: dates, lines, identifiers, keys, details, and the number of every variant that travels bare.

use renkei_proto::act::{DeviceKind, FacilityKind, OperatingSystem, Ownership, Profession, SealedLabel};
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::entry::EntryKind;
use renkei_proto::frame::{Details, PasswordRule};
use renkei_proto::hash::sha256;
use renkei_proto::id::{
    AnnouncementId, AssociationId, DelegationId, DeviceId, FacilityId, FileId, GroupId, InvitationId, RequestId,
    ReviewId, SessionId, StatementId, TakeoutId, TicketId, TrainingId, UserId,
};
use renkei_proto::key::Signature;
use renkei_proto::statement::{LogId, Role};
use renkei_proto::text::Line;
use renkei_proto::time::Time;
use renkei_proto::wording::TextKind;

use super::Case;
use super::statements::RELEASE;
use crate::fixtures::{GROUP, date, details, hash, line, list, root, sealing, wording};
use crate::formats::{RawSealing, RawSigning, Text};

/// Both ends of the calendar, and its leap days.
const DATES: [&str; 6] = ["1900-01-01", "1970-01-01", "2000-02-29", "2024-02-29", "2026-11-22", "2199-12-31"];

/// A text of the association, as its Japanese part may look.
const POINTS: &str = "# 見本\n\n一つ目の点\n二つ目の点\n";

fn typed() -> Vec<Case> {
    let mut cases = Vec::new();
    for text in DATES {
        cases.push(Case::new(text, date(text)).with("days", date(text).days()));
        cases.push(Case::new(text, Text(date(text))));
    }
    let longest = "見".repeat(85) + "x";
    let lines = [("Latin", "Mihon Clinic"), ("Japanese", "見本 花子"), ("256 bytes", &longest), ("one letter", "x")];
    for (name, text) in lines {
        let line: Line<{ bounds::NAME }> = line(text);
        cases.push(Case::new(name, line.clone()));
        cases.push(Case::new(name, Text(line)));
    }
    for (name, time) in [("zero", 0), ("one byte", 127), ("two bytes", 128), ("last", u64::MAX)] {
        cases.push(Case::new(name, Time(time)));
    }
    let plain = Details { salt: hash(0x62), name: line("Mihon Taro"), kana: None };
    for (name, details) in [("with a reading", details()), ("without a reading", plain)] {
        cases.push(Case::new(name, details.clone()).with("commitment", details.commitment()));
    }
    let longest = wording(&"見".repeat(bounds::WORDING / 3), "x");
    for (name, wording) in [("with headings", wording(POINTS, "# Sample\n\nOne\nTwo\n")), ("the longest", longest)] {
        cases.push(Case::new(name, wording.clone()).with("hash", wording.hash()));
    }
    cases
}

macro_rules! identifiers {
    ($($id:ident)*) => {
        vec![$(
            Case::new("ab repeated", Text($id([0xab; 16]))),
            Case::new("00 to 0f", Text($id([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]))),
        )*]
    };
}

fn keys() -> Vec<Case> {
    let public = root().public();
    let fingerprint = public.root_fingerprint();
    vec![
        Case::new("root", public).with("root_fingerprint", fingerprint).with("association", public.association()),
        Case::new("root", RawSigning(public)).with("root_fingerprint", fingerprint),
        Case::new("a device's", sealing()).with("fingerprint", sealing().fingerprint()),
        Case::new("a device's", RawSealing(sealing())).with("fingerprint", sealing().fingerprint()),
        Case::new("SHA-256 of nothing", Text(sha256(b""))),
        Case::new("an invitation's", RELEASE).with("hash", RELEASE.hash()),
        Case::new("an invitation's", Text(RELEASE)),
        Case::new("00 to 3f", Text(Signature(core::array::from_fn(|at| u8::try_from(at).unwrap())))),
        Case::new("a code", Text(Code::FacilityNotAdmitted)),
    ]
}

fn tags() -> Vec<Case> {
    use {FacilityKind as F, OperatingSystem as O, PasswordRule as R, Profession as P};
    let facilities = [
        F::Desk,
        F::Clinic,
        F::Hospital,
        F::DentalClinic,
        F::Pharmacy,
        F::VisitingNurseStation,
        F::CareManagerOffice,
        F::HomeHelpStation,
        F::Other,
    ];
    let professions = [
        P::Doctor,
        P::Dentist,
        P::Nurse,
        P::Pharmacist,
        P::CareManager,
        P::Helper,
        P::Therapist,
        P::Consultant,
        P::Clerk,
    ];
    let roles = [
        Role::Root,
        Role::Operator,
        Role::FacilityManager,
        Role::SnsAdministrator,
        Role::GroupManager,
        Role::User,
        Role::Deputy,
    ];
    let entries = [
        EntryKind::Registry,
        EntryKind::Governance,
        EntryKind::Epoch,
        EntryKind::History,
        EntryKind::Message,
        EntryKind::Amendment,
        EntryKind::Seen,
        EntryKind::Card,
        EntryKind::CardKey,
    ];
    let rules = [R::Length, R::Letter, R::Digit, R::Symbol, R::Guessable, R::Personal, R::Reused];
    vec![
        Case::new("all", list::<_, 256>(Code::ALL)),
        Case::new("all", list::<_, 32>(&facilities)),
        Case::new("all", list::<_, 32>(&professions)),
        Case::new("all", list::<_, 32>(&[DeviceKind::Phone, DeviceKind::Tablet, DeviceKind::Computer])),
        Case::new("all", list::<_, 32>(&[O::Linux, O::Windows, O::MacOs, O::Ios, O::Android])),
        Case::new("all", list::<_, 32>(&[Ownership::Facility, Ownership::Own])),
        Case::new("all", list::<_, 32>(&roles)),
        Case::new("all", list::<_, 32>(&entries)),
        Case::new("all", list::<_, 32>(&rules)),
        Case::new("all", list::<_, 32>(&[LogId::Registry, LogId::Group(GROUP)])),
        Case::new("all", list::<_, 32>(&TextKind::ALL)),
    ]
}

/// Labels with their commitments: the salt and the text, and nothing else.
fn labels() -> Vec<Case> {
    let plain = SealedLabel { salt: hash(0x63), label: line("見本 花子さん 在宅チーム"), release: None };
    let releasing = SealedLabel { release: Some(RELEASE), ..plain.clone() };
    let longest = SealedLabel { label: line(&("見".repeat(85) + "x")), ..plain.clone() };
    let named = [("a group's", plain), ("with a release key", releasing), ("the longest", longest)];
    named.map(|(name, label)| Case::new(name, label.clone()).with("commitment", label.commitment())).into()
}

pub(super) fn cases() -> Vec<Case> {
    let identifiers = identifiers!(
        AssociationId FacilityId UserId DeviceId GroupId InvitationId DelegationId StatementId RequestId SessionId TicketId
        ReviewId TrainingId FileId TakeoutId AnnouncementId
    );
    [typed(), identifiers, keys(), labels(), tags()].into_iter().flatten().collect()
}
