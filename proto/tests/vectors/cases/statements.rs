//! Statements: one for each kind of act, and their signed form.

use renkei_proto::act::{
    Act, Amendment, ConsentBy, DelegationScope, Draft, Epoch, GroupAct, GroupKind, History, HistoryPolicy, HoldReason,
    IncidentKind, InquiryEnd, Measure, Message, MessageRef, OfficialAccount, PatientConsent, RegistryAct, ReleaseKey,
    ReviewPlan, SpeaksFor, StaffPledge, TrainingPlan, UseKind, UseOutcome, Words,
};
use renkei_proto::bytes::List;
use renkei_proto::file::Stored;
use renkei_proto::form_scan::FormRef;
use renkei_proto::hash::sha256;
use renkei_proto::id::{AnnouncementId, DelegationId, FacilityId, FileId, InvitationId, ReviewId, TrainingId, UserId};
use renkei_proto::posture::Posture;
use renkei_proto::reach::QuietHours;
use renkei_proto::settings::{Crowded, PasswordKinds, Setting};
use renkei_proto::statement::{ActingFor, Role, Statement};
use renkei_proto::text::Line;
use renkei_proto::time::Time;
use renkei_proto::wording::TextKind;

use super::{Case, hex_of, opening, takeout, variant};
use crate::fixtures::{
    DESK, DEVICE, FACILITY, GROUP, NEW_DEVICE, NOW, OTHER_USER, USER, application, blob, date, founding, hash, list,
    person, registration, root_of_boxes, server_keys, sign, statement, wording,
};
use crate::formats::Believed;

const DELEGATION: DelegationId = DelegationId([0xb1; 16]);
const POSTURE: Posture = Posture {
    screen_lock: true,
    boot_password: true,
    no_file_sharing: true,
    antivirus: false,
    no_stored_passwords: true,
    managed: false,
    updated: true,
};
const REVIEW: ReviewId = ReviewId([0xc3; 16]);
const TRAINING: TrainingId = TrainingId([0xc4; 16]);
const ANNOUNCEMENT: AnnouncementId = AnnouncementId([0xc5; 16]);
const INVITATION: InvitationId = InvitationId([0xc1; 16]);
pub(super) const RELEASE: ReleaseKey = ReleaseKey([0xc2; 32]);

fn registry_acts() -> Vec<RegistryAct> {
    use RegistryAct as A;
    vec![
        A::CertifyServer(server_keys()),
        A::AppointOperator { person: person(), device: registration() },
        A::ApplyFacility(application()),
        A::AdmitFacility { facility: FACILITY, application: hash(0xd1) },
        A::AppointAdministrator { user: OTHER_USER },
        A::HandOverManagement { user: OTHER_USER },
        A::DismissAdministrator { user: OTHER_USER },
        A::GrantGroupManager { user: OTHER_USER },
        A::RevokeGroupManager { user: OTHER_USER },
        A::RegisterStaff { facility: FACILITY, person: person() },
        A::EndUser { user: OTHER_USER },
        A::RecordPledge { user: OTHER_USER, pledge: StaffPledge::Exempt { held_since: date("2024-02-29") } },
        A::ApproveDevice { user: OTHER_USER, device: registration() },
        A::WipeDevice { device: NEW_DEVICE },
        A::Delegate {
            delegation: DELEGATION,
            scope: DelegationScope::Group(GROUP),
            until: NOW.plus(86_400),
            operators_read: true,
        },
        A::RevokeDelegation { delegation: DELEGATION },
        A::RotateSealing { sealing: hash(0xd9) },
        A::Set { facility: Some(FACILITY), setting: Setting::IdleComputer(300) },
        A::ResetFactors { user: OTHER_USER },
        A::LiftLockout { user: OTHER_USER },
        A::SuspendDevice { device: NEW_DEVICE, lost: true },
        A::ResumeDevice { device: NEW_DEVICE },
        A::RetireDevice { device: NEW_DEVICE },
        A::SuspendUser { user: OTHER_USER },
        A::ResumeUser { user: OTHER_USER },
        A::SuspendFacility { facility: FACILITY },
        A::ResumeFacility { facility: FACILITY },
        A::DeclarePosture { device: NEW_DEVICE, posture: POSTURE },
        A::ConfirmPosture { device: NEW_DEVICE, declaration: hash(0xda), until: date("2027-05-31") },
        publish(),
        A::AcknowledgeNotice { version: 2, text: wording("見本", "Sample").hash() },
        A::OpenReview(plan(Some(FACILITY))),
        A::ConfirmReview { review: REVIEW, points: hash(0xdb) },
        A::CloseReview { review: REVIEW },
        A::AcknowledgeDuty,
        A::RecordDuty { user: OTHER_USER, told_on: date("2026-11-20") },
        A::EndFacility { facility: FACILITY, close_groups: true },
        A::OpenTraining(training(Some(FACILITY))),
        A::AttendTraining { training: TRAINING, material: hash(0xdf) },
        A::RecordAttendance { training: TRAINING, user: OTHER_USER, held_on: date("2026-11-20") },
        A::CloseTraining { training: TRAINING },
        A::DepositFormScan {
            form: FormRef::Staff { facility: FACILITY, user: OTHER_USER, filed: 70_001 },
            file: FileId([0x2e; 16]),
            content: Stored { length: 300_000, root: hash(0xee) },
            key: root_of_boxes(),
            commitment: hash(0xef),
        },
        A::HandOnFormScan { deposit: 70_002, key: root_of_boxes() },
        A::LetGoFormScan { deposit: 70_002 },
        A::NameDeputy { user: OTHER_USER, from: Time(1_790_000_000), until: Time(1_791_000_000) },
        A::EndDeputy { user: OTHER_USER },
        A::DraftAnnouncement(draft(Some(FACILITY))),
        A::CheckAnnouncement { announcement: ANNOUNCEMENT, text: hash(0xf2), approve: true },
        A::PublishAnnouncement { announcement: ANNOUNCEMENT, text: hash(0xf2) },
        A::WithdrawAnnouncement { announcement: ANNOUNCEMENT },
        A::NameOfficial(official(SpeaksFor::Association, &[OTHER_USER, USER])),
        A::WithdrawOfficial { user: OTHER_USER },
        A::SetQuietHours { hours: Some(QuietHours::new(22 * 60, 6 * 60 + 30).unwrap()) },
        A::SetTelephone { facility: FACILITY, number: Some("03-0000-0000".parse().unwrap()) },
        A::Broadcast {
            drill: false, text: "地震がありました。\n安否を知らせてください。".parse().unwrap()
        },
        A::CloseBroadcast { broadcast: 70_002 },
    ]
}

/// An official account.
fn official(speaks_for: SpeaksFor, responsible: &[UserId]) -> OfficialAccount {
    let purpose = Line::new("医師会からのお知らせ").unwrap();
    OfficialAccount { user: OTHER_USER, speaks_for, purpose, responsible: list(responsible) }
}

fn publish() -> RegistryAct {
    RegistryAct::PublishText { kind: TextKind::Notice, version: 2, text: wording("見本", "Sample").hash() }
}

/// An operator signs a text of the association.
pub(super) fn publication() -> Statement {
    let mut signed = statement(Act::Registry(publish()));
    signed.role = Role::Operator;
    signed
}

/// A review round.
fn plan(facility: Option<FacilityId>) -> ReviewPlan {
    let due = date("2027-01-31");
    ReviewPlan { review: REVIEW, facility, points: hash(0xdb), due, restrict_after: 14, lock_after: 200 }
}

/// A training round.
fn training(facility: Option<FacilityId>) -> TrainingPlan {
    let (from, until) = (date("2026-11-20"), date("2027-01-31"));
    TrainingPlan { training: TRAINING, facility, material: hash(0xdf), from, until }
}

/// A draft of an announcement.
fn draft(facility: Option<FacilityId>) -> Draft {
    let checkers = List::new(vec![OTHER_USER]).expect("one");
    Draft { announcement: ANNOUNCEMENT, facility, text: hash(0xf2), checkers }
}

/// An inquiry, its other ends, an announcement in the association's name, and a training round for everybody.
fn of_the_desk() -> Vec<(String, Statement)> {
    let ends = [InquiryEnd::Settled, InquiryEnd::AskerGone].map(|reason| {
        let act = Act::Group(GroupAct::CloseInquiry { reason });
        (format!("Group CloseInquiry {reason:?}"), statement(act))
    });
    let inquiry = GroupAct::Create {
        kind: GroupKind::Inquiry,
        originator: DESK,
        history: HistoryPolicy::All,
        creator_reads: true,
        label: root_of_boxes(),
        named: hash(0xd8),
    };
    let incident = GroupAct::Create {
        kind: GroupKind::Incident,
        originator: DESK,
        history: HistoryPolicy::All,
        creator_reads: true,
        label: root_of_boxes(),
        named: hash(0xd8),
    };
    let everybody = Act::Registry(RegistryAct::OpenTraining(training(None)));
    let announced = Act::Registry(RegistryAct::DraftAnnouncement(draft(None)));
    let more = [
        ("Group Create of an inquiry".to_owned(), statement(Act::Group(inquiry))),
        ("Group Create of a report".to_owned(), statement(Act::Group(incident))),
        ("Registry OpenTraining for everybody".to_owned(), statement(everybody)),
        ("Registry DraftAnnouncement of the association".to_owned(), statement(announced)),
    ];
    ends.into_iter().chain(more).collect()
}

/// Every kind of text, and a round for everybody.
fn duties() -> Vec<(String, Statement)> {
    let kinds = TextKind::ALL.map(|kind| {
        let act = RegistryAct::PublishText { kind, version: 300, text: hash(0xdc) };
        (format!("Registry PublishText {kind:?}"), statement(Act::Registry(act)))
    });
    let everybody = statement(Act::Registry(RegistryAct::OpenReview(plan(None))));
    let facilitys = RegistryAct::NameOfficial(official(SpeaksFor::Facility, &[OTHER_USER]));
    let taken_back = |act| statement(Act::Registry(act));
    let more = [
        ("Registry SetQuietHours to none".to_owned(), taken_back(RegistryAct::SetQuietHours { hours: None })),
        (
            "Registry SetTelephone to none".to_owned(),
            taken_back(RegistryAct::SetTelephone { facility: FACILITY, number: None }),
        ),
        ("Group StandIn by nobody".to_owned(), statement(Act::Group(GroupAct::StandIn { user: None }))),
        ("Registry OpenReview for everybody".to_owned(), everybody),
        ("Registry NameOfficial of a facility".to_owned(), statement(Act::Registry(facilitys))),
    ];
    kinds.into_iter().chain(more).collect()
}

/// Every setting, as the association makes it.
fn settings() -> Vec<(String, Statement)> {
    let kinds = PasswordKinds { long: true, changing: true, second_factor: false };
    let all = [
        Setting::Passwords(kinds),
        Setting::IdleMobile(300),
        Setting::IdleComputer(600),
        Setting::SessionEnd(43_200),
        Setting::Sessions(2),
        Setting::Crowded(Crowded::EndOldest),
        Setting::Crowded(Crowded::Refuse),
        Setting::OwnDevices(false),
        Setting::PostureRequired(POSTURE),
        Setting::PostureEvery(183),
        Setting::Retention(5),
        Setting::Downloads(false),
        Setting::Backups(Some(35)),
        Setting::Backups(None),
    ];
    let named = |setting| {
        let act = Act::Registry(RegistryAct::Set { facility: None, setting });
        (format!("Registry Set {setting:?}"), statement(act))
    };
    all.map(named).into()
}

fn group_acts() -> Vec<GroupAct> {
    use GroupAct as A;
    vec![
        A::Create {
            kind: GroupKind::Patient,
            originator: FACILITY,
            history: HistoryPolicy::FromApproval,
            creator_reads: true,
            label: root_of_boxes(),
            named: hash(0xd8),
        },
        A::RecordConsent(PatientConsent {
            by: ConsentBy::Family,
            signed_on: date("2026-11-20"),
            copy_given_on: date("2026-11-21"),
            scan: sha256(b"form 3"),
            details: root_of_boxes(),
        }),
        A::Invite { invitation: INVITATION, user: OTHER_USER, label: root_of_boxes(), release: Some(RELEASE.hash()) },
        A::Approve { invitation: INVITATION, answers: hash(0xd2), release: Some(RELEASE) },
        A::Decline { invitation: INVITATION },
        A::Withdraw { invitation: INVITATION },
        A::Remove { user: OTHER_USER },
        A::Close,
        A::HandOnLabel { label: root_of_boxes() },
        A::ReportMissing { first: 1, last: 2 },
        A::WithdrawConsent { by: ConsentBy::Patient, on: date("2026-03-01"), scan: hash(0xdb) },
        A::LiftFreeze { on: date("2026-03-01"), scan: hash(0xdc) },
        A::HoldErasure { until: date("2026-03-01"), reason: HoldReason::RecordKeeping },
        A::OrderErasure,
        A::ConfirmErasure { answers: hash(0xdd) },
        A::OfferHandover { to: FACILITY, label: root_of_boxes() },
        A::AcceptHandover { answers: hash(0xde) },
        A::DropHandover,
        A::ForbidDownload,
        A::HandOnDetails { of: 69_001, details: root_of_boxes(), commitment: hash(0xe6) },
        A::RecordUseConsent { by: ConsentBy::Patient, signed_on: date("2026-03-01"), scan: hash(0xe7) },
        A::RecordUse {
            kind: UseKind::Study,
            on: date("2026-04-01"),
            consent: 69_002,
            details: root_of_boxes(),
            commitment: hash(0xe8),
        },
        A::WithdrawUseConsent { by: ConsentBy::Family, on: date("2026-05-01"), scan: hash(0xe9) },
        A::SettleUse { of: 69_003, outcome: UseOutcome::Anonymised, on: date("2026-05-02") },
        A::TakeInquiry,
        A::AnswerInquiry { message: 69_998 },
        A::CloseInquiry { reason: InquiryEnd::NoReply },
        A::ReopenInquiry,
        A::DepositScan {
            of: 69_001,
            file: FileId([0x2d; 16]),
            content: Stored { length: 300_000, root: hash(0xec) },
            key: root_of_boxes(),
            commitment: hash(0xed),
        },
        A::StateIncident {
            kind: IncidentKind::Misdirected,
            about: Some(MessageRef { group: GROUP, message: 69_998 }),
            noticed: NOW,
        },
        A::RecordMeasure { measure: Measure::Contained, done: true, on: date("2026-05-03") },
        A::Halt,
        A::Resume,
        A::Call { message: 69_998, of: list(&[OTHER_USER]) },
        A::Acknowledge { call: 69_999 },
        A::StandIn { user: Some(OTHER_USER) },
    ]
}

pub(super) fn message() -> Statement {
    statement(Act::Message(Message { epoch: 2, salt: hash(0xd5), flags: 0, ciphertext: blob(&[0xd6; 48]) }))
}

/// A correction, or a message taken back.
pub(super) fn amendment(ciphertext: Option<&[u8]>) -> Statement {
    let words = ciphertext.map(|bytes| Words { salt: hash(0xd9), ciphertext: blob(bytes) });
    statement(Act::Amend(Amendment { original: 69_998, epoch: 2, flags: 0, words }))
}

/// Corrections, messages taken back, and marks of who has seen them.
fn corrections() -> [(String, Statement); 3] {
    [
        ("Amend", amendment(Some(&[0xda; 48]))),
        ("Amend taking back", amendment(None)),
        ("Seen", statement(Act::Seen { upto: 69_999 })),
    ]
    .map(|(name, statement)| (name.to_owned(), statement))
}

fn epoch() -> Statement {
    statement(Act::Epoch(Epoch {
        number: 2,
        roster: hash(0xd3),
        commitment: hash(0xd4),
        boxes: root_of_boxes(),
        label: blob(&[0xd7; 40]),
    }))
}

fn history(prepared_for: Option<InvitationId>) -> Statement {
    statement(Act::History(History {
        first: 1,
        last: 2,
        devices: list(&[DEVICE, NEW_DEVICE]),
        boxes: root_of_boxes(),
        prepared_for,
    }))
}

/// What a newcomer may read, and a release key or none.
fn histories() -> Vec<(String, Statement)> {
    let create = |history| {
        let (kind, originator, label) = (GroupKind::Patient, FACILITY, root_of_boxes());
        GroupAct::Create { kind, originator, history, creator_reads: true, label, named: hash(0xd8) }
    };
    let (invitation, user, label, release) = (INVITATION, OTHER_USER, root_of_boxes(), None);
    [
        ("Group Create from a time on", Act::Group(create(HistoryPolicy::From(NOW)))),
        ("Group Create from the first second on", Act::Group(create(HistoryPolicy::From(Time(0))))),
        ("Group Invite without a release key", Act::Group(GroupAct::Invite { invitation, user, label, release })),
        (
            "Group Approve without a release key",
            Act::Group(GroupAct::Approve { invitation, answers: hash(0xd2), release: None }),
        ),
        ("History prepared", history(Some(INVITATION)).act),
    ]
    .map(|(name, act)| (name.to_owned(), statement(act)))
    .into()
}

/// The Desk acts for a facility, and a delegation for all of its groups.
fn by_delegation() -> [(&'static str, Statement); 2] {
    let mut create = statement(Act::Group(GroupAct::Create {
        kind: GroupKind::Free,
        originator: FACILITY,
        history: HistoryPolicy::All,
        creator_reads: false,
        label: root_of_boxes(),
        named: hash(0xd8),
    }));
    create.role = Role::Operator;
    create.acting_for = Some(ActingFor { facility: FACILITY, delegation: DELEGATION });
    let delegate = statement(Act::Registry(RegistryAct::Delegate {
        delegation: DELEGATION,
        scope: DelegationScope::Facility,
        until: NOW,
        operators_read: false,
    }));
    [("Group Create by delegation", create), ("Registry Delegate for a facility", delegate)]
}

/// Every statement of the vectors with its name.
fn statements() -> Vec<(String, Statement)> {
    let registry = registry_acts()
        .into_iter()
        .chain(takeout::acts())
        .map(|act| (format!("Registry {}", variant(&act)), Act::Registry(act)));
    let group = group_acts().into_iter().map(|act| (format!("Group {}", variant(&act)), Act::Group(act)));
    let mut all = vec![("Registry Found".to_owned(), founding())];
    all.extend(registry.chain(group).map(|(name, act)| (name, statement(act))));
    all.extend(
        [("Epoch", epoch()), ("History", history(None)), ("Message", message())].map(|(n, s)| (n.to_owned(), s)),
    );
    all.extend(by_delegation().map(|(name, statement)| (name.to_owned(), statement)));
    let mut without = person();
    without.pledge = None;
    let act = Act::Registry(RegistryAct::RegisterStaff { facility: DESK, person: without });
    all.extend(histories());
    all.extend(settings());
    all.push(("Registry RegisterStaff without a pledge".to_owned(), statement(act)));
    all.extend(corrections());
    all.extend(duties());
    all.extend(opening::posts());
    all.extend(super::card::statements().map(|(name, act)| (name.to_owned(), statement(act))));
    all.extend(of_the_desk());
    all.extend(takeout::words());
    all
}

/// Statements that are there once more as they are signed: one of each kind.
const SIGNED: [&str; 9] =
    ["Registry Found", "Group Close", "Epoch", "History", "Message", "Amend", "Seen", "Card", "CardKey"];

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, statement) in statements() {
        let signed = sign(&statement);
        let mut case = Case::new(name.clone(), statement.clone())
            .with("signature", signed.signature)
            .with("signed", hex_of(&signed))
            .with("signed_hash", signed.hash());
        if matches!(statement.act, Act::Message(_) | Act::Amend(_) | Act::Post(_) | Act::Card(_) | Act::CardKey(_)) {
            case = case.with("associated_data", crate::hex::write(&statement.associated_data()));
        }
        cases.push(case);
        if SIGNED.contains(&name.as_str()) {
            cases.push(Case::new(name.clone(), signed.clone()).with("hash", signed.hash()));
            cases.push(Case::new(name, Believed(signed.clone())).with("hash", signed.hash()));
        }
    }
    cases
}
