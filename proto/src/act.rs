//! What a statement can say. Registry acts change who is who; group acts govern one group.
//!
//! Nothing here holds personal details: a person is an opaque identifier, and names or forms are commitments whose
//! bodies travel and are stored apart, so that they can be erased while the chain of statements still verifies.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::bounds;
use crate::bytes::{Blob, List, fixed_bytes};
use crate::file::Attachment;
use crate::hash::{self, Hash32};
use crate::id::{DelegationId, DeviceId, FacilityId, GroupId, InvitationId, ReviewId, TakeoutId, TrainingId, UserId};
use crate::key::SigningPublic;
use crate::posture::Posture;
use crate::settings::Setting;
use crate::takeout::{StandingTakeout, TakeoutEnd, TakeoutRequest};
use crate::text::Line;
use crate::time::{Date, Time};
use crate::wording::TextKind;

/// What kind of facility (事業所) one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FacilityKind {
    /// 療養相談室, the association's consultation desk.
    Desk,
    /// 診療所.
    Clinic,
    /// 病院.
    Hospital,
    /// 歯科診療所.
    DentalClinic,
    /// 薬局.
    Pharmacy,
    /// 訪問看護ステーション.
    VisitingNurseStation,
    /// 居宅介護支援事業所.
    CareManagerOffice,
    /// 訪問介護事業所.
    HomeHelpStation,
    /// Another one that cares for patients at home.
    Other,
}

/// What a person does. Shown beside every name; the least that readers must know to trust a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profession {
    /// 医師.
    Doctor,
    /// 歯科医師.
    Dentist,
    /// 看護師.
    Nurse,
    /// 薬剤師.
    Pharmacist,
    /// ケアマネジャー.
    CareManager,
    /// ホームヘルパー.
    Helper,
    /// 理学療法士・作業療法士・言語聴覚士.
    Therapist,
    /// 相談員.
    Consultant,
    /// 事務.
    Clerk,
}

/// What kind of device it is (A8.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeviceKind {
    /// スマートフォン.
    Phone,
    /// タブレット.
    Tablet,
    /// パソコン.
    Computer,
}

/// The operating system a device runs (A8.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OperatingSystem {
    /// Linux.
    Linux,
    /// Microsoft Windows.
    Windows,
    /// Apple macOS.
    MacOs,
    /// Apple iOS or iPadOS.
    Ios,
    /// Android.
    Android,
}

/// Whose a device is (A8.2, A12.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ownership {
    /// The facility's.
    Facility,
    /// The person's own (BYOD).
    Own,
}

/// A device as it is registered (A8.2). The sealing keys themselves travel in the sidecar.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DeviceRegistration {
    /// The new device.
    pub device: DeviceId,
    /// What it is.
    pub kind: DeviceKind,
    /// What it runs.
    pub system: OperatingSystem,
    /// Whose it is.
    pub ownership: Ownership,
    /// The key it signs with.
    pub signing: SigningPublic,
    /// Fingerprint of the keys it receives group keys with ([`crate::key::SealingPublic::fingerprint`]).
    pub sealing: Hash32,
    /// The key with which it confirms that it was wiped ([`crate::wipe`]). It lies outside the vault, so that a device
    /// which is locked, and whose vault can't be opened any more, can still confirm.
    pub receipt: SigningPublic,
}

/// A salted commitment to personal details ([`crate::frame::Details`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Commitment(pub Hash32);

/// Form 1, 連携守秘誓約書, as filed (Art. 3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacilityPledge {
    /// The day on the paper.
    pub signed_on: Date,
    /// SHA-256 of the scan.
    pub scan: Hash32,
}

/// Form 2, 従事者誓約書, or why it could be left out (Art. 9).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StaffPledge {
    /// The form was signed.
    Signed {
        /// The day on the paper.
        on: Date,
        /// SHA-256 of the scan.
        scan: Hash32,
    },
    /// An equal pledge was already held (既に取り交わしている場合).
    Exempt {
        /// Since when.
        held_since: Date,
    },
}

/// The keys by which people's devices recognise the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerKeys {
    /// Hash ([`crate::hash::AUTHORITY`]) of the certificate of the authority that issues the server's TLS certificate.
    pub server_authority: Hash32,
    /// Hash of the certificate of the authority that issues devices' TLS certificates.
    pub device_authority: Hash32,
    /// The key that signs the server's own statements (heads).
    pub statement_key: SigningPublic,
}

/// An application of a facility with its first administrator (A3.1, A7.1), signed by that person's new device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacilityApplication {
    /// The new facility.
    pub facility: FacilityId,
    /// Its name. A facility's name is public.
    pub name: Line<{ bounds::NAME }>,
    /// What it is.
    pub kind: FacilityKind,
    /// Whether it is a member of the association (others join under a recorded agreement).
    pub association_member: bool,
    /// Form 1.
    pub pledge: FacilityPledge,
    /// The person who applies: facility manager and first SNS administrator.
    pub manager: Person,
    /// That person's first device.
    pub device: DeviceRegistration,
}

/// A person as registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The one ID of this person (A11.1).
    pub user: UserId,
    /// What the person does.
    pub profession: Profession,
    /// Commitment to the name.
    pub details: Commitment,
    /// Form 2, where it is already there. Without it there is no sign-in (A9.1).
    pub pledge: Option<StaffPledge>,
}

/// How far a delegation reaches (A4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DelegationScope {
    /// Every group of the facility, and new ones.
    Facility,
    /// One group.
    Group(GroupId),
}

/// Acts on the registry: who is who in the association.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum RegistryAct {
    /// The root founds the association. Always the first entry, and only that.
    Found {
        /// The root key. Its hash is the association's identifier and the fingerprint in every ticket.
        root: SigningPublic,
        /// The association's name.
        name: Line<{ bounds::NAME }>,
        /// The consultation desk.
        desk: FacilityId,
        /// The desk's name.
        desk_name: Line<{ bounds::NAME }>,
        /// The keys of the server.
        server: ServerKeys,
    },
    /// The root certifies new keys of the server.
    CertifyServer(ServerKeys),
    /// The root appoints an operator of the Desk with a first device.
    AppointOperator {
        /// Who.
        person: Person,
        /// The first device.
        device: DeviceRegistration,
    },
    /// A facility applies (A3.1).
    ApplyFacility(FacilityApplication),
    /// A Desk operator admits a facility; the second one's statement makes it effective (A3.1).
    AdmitFacility {
        /// Which.
        facility: FacilityId,
        /// Hash ([`crate::hash::BODY`]) of the signed application, so that what was read is what is admitted.
        application: Hash32,
    },
    /// The facility manager appoints an SNS administrator (A7.1).
    AppointAdministrator {
        /// Who.
        user: UserId,
    },
    /// The facility manager hands the office over to another person of the facility (A7.1).
    HandOverManagement {
        /// To whom.
        user: UserId,
    },
    /// The facility manager dismisses an SNS administrator; never the last one (A7.1).
    DismissAdministrator {
        /// Who.
        user: UserId,
    },
    /// An SNS administrator lets a person create groups and invite for the facility (A4.1).
    GrantGroupManager {
        /// Who.
        user: UserId,
    },
    /// Takes that back.
    RevokeGroupManager {
        /// Who.
        user: UserId,
    },
    /// An SNS administrator registers a person and issues the ID (A8.3, A8.5).
    RegisterStaff {
        /// The facility.
        facility: FacilityId,
        /// Who.
        person: Person,
    },
    /// An SNS administrator ends an ID: sessions, devices and memberships end with it (A8.3, A8.5).
    EndUser {
        /// Whose.
        user: UserId,
    },
    /// An SNS administrator files a person's Form 2 or the exemption (A9.1).
    RecordPledge {
        /// Whose.
        user: UserId,
        /// The form.
        pledge: StaffPledge,
    },
    /// A device is approved with exactly these keys (A8.2). A further device of a person needs two such statements: the
    /// administrator's, and one by another device of the person or, with none left, by a second administrator or an
    /// operator of the Desk.
    ApproveDevice {
        /// Whose.
        user: UserId,
        /// The device.
        device: DeviceRegistration,
    },
    /// A device is wiped (A12.3): cut off, its share of the vault key destroyed, out of every roster.
    WipeDevice {
        /// Which.
        device: DeviceId,
    },
    /// A facility's SNS administrator lets the Desk act as originator for it (A4.2).
    Delegate {
        /// The new delegation.
        delegation: DelegationId,
        /// How far.
        scope: DelegationScope,
        /// Until when, this second excluded.
        until: Time,
        /// Whether the Desk's operators may also read the groups (as Form 3 says).
        operators_read: bool,
    },
    /// Takes a delegation back at once.
    RevokeDelegation {
        /// Which.
        delegation: DelegationId,
    },
    /// A device takes new keys to receive group keys with, so that a stolen sealing key is good for no later epoch. The
    /// keys travel in the sidecar.
    RotateSealing {
        /// Fingerprint of the new keys.
        sealing: Hash32,
    },
    /// A setting of the association, which two operators of the Desk sign, or of a facility, by its SNS administrator and
    /// never weaker than the association's (A13.1).
    Set {
        /// Whose; none for the association's, which hold for everybody.
        facility: Option<FacilityId>,
        /// What.
        setting: Setting,
    },
    /// A person's password and code generator are forgotten, so that the next sign-in sets new ones (A8.3). Signed by two
    /// administrators where there are two, for an only administrator by two operators of the Desk.
    ResetFactors {
        /// Whose.
        user: UserId,
    },
    /// A device is stopped at once, reversibly (A12.4): by its person, an administrator, or the Desk.
    SuspendDevice {
        /// Which.
        device: DeviceId,
        /// It was lost: its person alone does not bring it back.
        lost: bool,
    },
    /// It may be used again. Never signed with the device itself.
    ResumeDevice {
        /// Which.
        device: DeviceId,
    },
    /// A device is taken out of use for good (A8.2): what it keeps is destroyed as by a wipe, and it never comes back.
    RetireDevice {
        /// Which.
        device: DeviceId,
    },
    /// A person is stopped with all devices, reversibly (A8.3, A12.4).
    SuspendUser {
        /// Whom.
        user: UserId,
    },
    /// The person may go on.
    ResumeUser {
        /// Who.
        user: UserId,
    },
    /// A facility is stopped with everybody in it, reversibly (A3.2, A12.4).
    SuspendFacility {
        /// Which.
        facility: FacilityId,
    },
    /// An operator of the Desk lets a facility go on; the second one's statement makes it effective (A3.2).
    ResumeFacility {
        /// Which.
        facility: FacilityId,
    },
    /// A person declares how one of the own devices is kept (A12.1).
    DeclarePosture {
        /// Which.
        device: DeviceId,
        /// How.
        posture: Posture,
    },
    /// An administrator has looked, and confirms what was declared (A12.1).
    ConfirmPosture {
        /// Which device.
        device: DeviceId,
        /// Hash ([`crate::hash::BODY`]) of the signed declaration, so that what was read is what is confirmed.
        declaration: Hash32,
        /// Good up to and including this day.
        until: Date,
    },
    /// A text of the association in its next version, which two operators of the Desk sign (A10.1). The text is kept
    /// beside the first statement that names it.
    PublishText {
        /// Which.
        kind: TextKind,
        /// One more than the version before; the first is 1.
        version: u32,
        /// Hash of the text ([`crate::wording::Wording::hash`]).
        text: Hash32,
    },
    /// A person has read the points to note in their present version (A10.1).
    AcknowledgeNotice {
        /// The version.
        version: u32,
        /// Hash of the text that was read.
        text: Hash32,
    },
    /// An SNS administrator or the Desk asks people to confirm the points of the guideline by a day (A9.2).
    OpenReview(ReviewPlan),
    /// A person confirms the points of a round (A9.2).
    ConfirmReview {
        /// Which round.
        review: ReviewId,
        /// Hash of the points.
        points: Hash32,
    },
    /// Ends a round: nobody is reminded or held up by it any more (A9.2).
    CloseReview {
        /// Which round.
        review: ReviewId,
    },
    /// A person who is about to leave knows that the duty of secrecy goes on (A9.1).
    AcknowledgeDuty,
    /// An SNS administrator has told a person who leaves, or has left, that the duty of secrecy goes on (A9.1).
    RecordDuty {
        /// Whom.
        user: UserId,
        /// On which day.
        told_on: Date,
    },
    /// A facility's admission ends (A3.2): two operators of the Desk, or one and the root, sign the same words. All its people
    /// lose access at once; groups that it has left open are closed by it.
    EndFacility {
        /// Which.
        facility: FacilityId,
        /// Whether groups that it governs and has left open are closed. Without this there must be none.
        close_groups: bool,
    },
    /// An SNS administrator or the Desk opens a training round (A15.1).
    OpenTraining(TrainingPlan),
    /// A person has worked through the material of a training round (A15.1).
    AttendTraining {
        /// Which round.
        training: TrainingId,
        /// Hash of the material.
        material: Hash32,
    },
    /// Who runs a training round records that a person was there, at a session held in person (A15.1).
    RecordAttendance {
        /// Which round.
        training: TrainingId,
        /// Who was there.
        user: UserId,
        /// The day of the session, in Japan.
        held_on: Date,
    },
    /// Ends a training round (A15.1).
    CloseTraining {
        /// Which round.
        training: TrainingId,
    },
    /// A person asks to take information, or a device, out (A12.5).
    RequestTakeout(TakeoutRequest),
    /// An SNS administrator approves that, or refuses it (A12.5).
    DecideTakeout {
        /// Which.
        takeout: TakeoutId,
        /// Hash ([`crate::hash::BODY`]) of the signed request, so that what was read is what is decided.
        request: Hash32,
        /// Approved, not refused.
        approve: bool,
    },
    /// An SNS administrator lets a person put text of groups into the chart, again and again (A12.5).
    GrantStandingTakeout(StandingTakeout),
    /// A permit, or a standing one, ends at once; a request is withdrawn (A12.5).
    RevokeTakeout {
        /// Which.
        takeout: TakeoutId,
    },
    /// The person says how the takeout ended (A12.5).
    DeclareTakeoutEnd {
        /// Which.
        takeout: TakeoutId,
        /// How.
        how: TakeoutEnd,
    },
    /// An SNS administrator has made sure of it (A12.5).
    ConfirmTakeoutEnd {
        /// Which.
        takeout: TakeoutId,
        /// How it ended.
        how: TakeoutEnd,
        /// On which day.
        on: Date,
    },
}

/// A training round (A15.1). Nobody is held up by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrainingPlan {
    /// The new round.
    pub training: TrainingId,
    /// Whose people; none for everybody of the association.
    pub facility: Option<FacilityId>,
    /// Hash of the material: a version of the association's [`TextKind::TrainingMaterial`].
    pub material: Hash32,
    /// The first day, in Japan.
    pub from: Date,
    /// The last day, in Japan.
    pub until: Date,
}

/// A review round (A9.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewPlan {
    /// The new round.
    pub review: ReviewId,
    /// Whose people; none for everybody of the association.
    pub facility: Option<FacilityId>,
    /// Hash of the points to confirm: the association's [`TextKind::ReviewPoints`].
    pub points: Hash32,
    /// The last day, in Japan.
    pub due: Date,
    /// Days after that day until who has not confirmed only reads.
    pub restrict_after: u16,
    /// Days after that day until who has not confirmed does nothing but confirm.
    pub lock_after: u16,
}

/// What a group is about (A5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GroupKind {
    /// One patient. Carries no message before the consent is recorded (A6.1).
    Patient,
    /// Anything else, and no patient information.
    Free,
    /// One person's inquiry to the Desk (A14.1): read by that person and by whoever is an operator of the Desk, and by
    /// nobody else. No patient information.
    Inquiry,
}

/// What a newcomer may read of what was written before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HistoryPolicy {
    /// Everything.
    All,
    /// Nothing from before the approval.
    FromApproval,
    /// What was written from this second on.
    From(Time),
}

/// Who consented on Form 3 (Art. 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConsentBy {
    /// The patient.
    Patient,
    /// A member of the family.
    Family,
}

/// Form 3, 患者同意書 (Art. 6). Names and relation are in the sealed details.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatientConsent {
    /// Who consented.
    pub by: ConsentBy,
    /// The day on the paper.
    pub signed_on: Date,
    /// The day on which the other copy was handed over (双方が所持).
    pub copy_given_on: Date,
    /// SHA-256 of the scan.
    pub scan: Hash32,
    /// The name and the relation, sealed to the devices that govern the group.
    pub details: BoxesRoot,
}

/// Sealed boxes that travel beside a statement: how many, and the Merkle root (RFC 6962) over them, so that a device
/// can fetch its own alone and still know that it is the one that was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BoxesRoot {
    /// How many boxes.
    pub count: u32,
    /// The root.
    pub root: Hash32,
}

/// Acts that govern one group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum GroupAct {
    /// The originating facility opens the group (A4.1, A5.1). Always the first entry of its log, and only that.
    Create {
        /// About what.
        kind: GroupKind,
        /// The originating facility (連携元事業所).
        originator: FacilityId,
        /// What newcomers may read.
        history: HistoryPolicy,
        /// Whether the person who creates the group reads it. Governing it doesn't depend on this.
        creator_reads: bool,
        /// The label, sealed to the devices of those who govern the group.
        label: BoxesRoot,
        /// Salted commitment to the label ([`SealedLabel::commitment`]): whoever is shown another label knows it.
        named: Hash32,
    },
    /// The originator records the patient's consent (A6.1).
    RecordConsent(PatientConsent),
    /// The originator invites a person (A5.2).
    Invite {
        /// The new invitation.
        invitation: InvitationId,
        /// Whom.
        user: UserId,
        /// The label, sealed to the devices of the administrators who must decide and of the invited person.
        label: BoxesRoot,
        /// Hash of the release key ([`ReleaseKey::hash`]) under which earlier keys are prepared for the invited person. The
        /// deciding administrators get the key with the label. None where nothing is prepared.
        release: Option<Hash32>,
    },
    /// The invited person's own SNS administrator approves (A8.4). Consumes the invitation.
    Approve {
        /// Which.
        invitation: InvitationId,
        /// Hash ([`crate::hash::BODY`]) of the signed invitation.
        answers: Hash32,
        /// Publishes the release key, so that what was prepared opens with the approval and not before.
        release: Option<ReleaseKey>,
    },
    /// The invited person's own SNS administrator declines. Consumes the invitation.
    Decline {
        /// Which.
        invitation: InvitationId,
    },
    /// The originator takes an open invitation back.
    Withdraw {
        /// Which.
        invitation: InvitationId,
    },
    /// The originator, or the member's own SNS administrator, ends a membership at once (A5.2, A8.4).
    Remove {
        /// Whose.
        user: UserId,
    },
    /// The originator closes the group: nothing more is written in it (A5.1).
    Close,
    /// Who governs the group hands its label on to those who govern it now: a new administrator, a new device, the Desk
    /// under a later delegation (A4.2).
    HandOnLabel {
        /// The label, sealed to their devices.
        label: BoxesRoot,
    },
    /// A reader's device says that it can't open keys which it was given: somebody's box for it held rubbish, or its own
    /// keys are new. A colleague's device hands them over once more.
    ReportMissing {
        /// The first epoch whose key it lacks.
        first: u32,
        /// The last one.
        last: u32,
    },
    /// The originator records that the consent was withdrawn (A6.2): the group freezes at once.
    WithdrawConsent {
        /// Who withdrew it.
        by: ConsentBy,
        /// The day on the paper.
        on: Date,
        /// SHA-256 of the scan.
        scan: Hash32,
    },
    /// The freeze was a mistake, or the consent was given anew (A6.2): two people sign the same words.
    LiftFreeze {
        /// The day on the form by which the consent stands.
        on: Date,
        /// SHA-256 of its scan.
        scan: Hash32,
    },
    /// Erasure waits: a duty to keep records is not met yet (A6.2).
    HoldErasure {
        /// Until this day begins.
        until: Date,
        /// Why.
        reason: HoldReason,
    },
    /// The originator orders that a closed group be erased, its retention being over (A5.1).
    OrderErasure,
    /// A second person confirms that the group be erased (A5.1, A6.2): with this entry its content is gone.
    ConfirmErasure {
        /// Hash ([`crate::hash::BODY`]) of the signed withdrawal or order.
        answers: Hash32,
    },
    /// The originator offers the group to another facility (A5.1).
    OfferHandover {
        /// To whom.
        to: FacilityId,
        /// The label, sealed to the devices of that facility's administrators, who decide.
        label: BoxesRoot,
    },
    /// The other facility's SNS administrator accepts: it is the originator from now on.
    AcceptHandover {
        /// Hash ([`crate::hash::BODY`]) of the signed offer.
        answers: Hash32,
    },
    /// The offer is taken back by the originator, or declined by the other facility's SNS administrator.
    DropHandover,
    /// From now on no file of the group, whenever it was posted, may be downloaded (A12.2, A13.1). There is no way back: of a patient
    /// group that holds from the beginning.
    ForbidDownload,
    /// Who governs the group hands sealed details on to those who govern it now, or are to: the names on Form 3, or where the
    /// material of a use lies.
    HandOnDetails {
        /// Of the entry at this place.
        of: u64,
        /// The details, sealed to their devices.
        details: BoxesRoot,
        /// Salted commitment to them ([`crate::forms`]): the same as was said of them before, if anything was.
        commitment: Hash32,
    },
    /// The originator records a consent to uses of the patient's data beyond the group (S3), beside Form 3.
    RecordUseConsent {
        /// Who consented.
        by: ConsentBy,
        /// The day on the paper.
        signed_on: Date,
        /// SHA-256 of the scan.
        scan: Hash32,
    },
    /// The originator records such a use (S3). It is known by its place in the log.
    RecordUse {
        /// For what.
        kind: UseKind,
        /// On which day.
        on: Date,
        /// Against which consent: its place.
        consent: u64,
        /// What was used and where the material lies ([`crate::forms::UseDetails`]), sealed to the devices that govern the group.
        details: BoxesRoot,
        /// Salted commitment to that.
        commitment: Hash32,
    },
    /// The consent to uses beyond the group was withdrawn (S3): what was recorded against it is to be found and erased.
    WithdrawUseConsent {
        /// Who withdrew it.
        by: ConsentBy,
        /// The day on the paper.
        on: Date,
        /// SHA-256 of the scan.
        scan: Hash32,
    },
    /// The originator says what became of the material of a use (S3).
    SettleUse {
        /// Of which: its place.
        of: u64,
        /// What became of it.
        outcome: UseOutcome,
        /// On which day.
        on: Date,
    },
    /// An operator of the Desk takes an inquiry: everybody who reads it sees who (A14.1).
    TakeInquiry,
    /// An operator of the Desk has answered an inquiry (A14.1).
    AnswerInquiry {
        /// The place of the operator's message that answers it.
        message: u64,
    },
    /// An inquiry is closed: by who asked, or by an operator of the Desk (A14.1).
    CloseInquiry {
        /// Why.
        reason: InquiryEnd,
    },
    /// Who asked, or an operator of the Desk, opens a closed inquiry again (A14.1).
    ReopenInquiry,
}

/// For what a patient's data is used beyond the group (S3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UseKind {
    /// 事例検討会.
    CaseConference,
    /// 研究.
    Study,
    /// 学会・論文.
    Publication,
    /// 研修・教育.
    Training,
    /// 質の評価・統計.
    Quality,
    /// その他.
    Other,
}

/// What became of the material of a use (S3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UseOutcome {
    /// It was erased, or destroyed.
    Erased,
    /// Nobody can be told from it any more.
    Anonymised,
    /// It is published, or otherwise out of reach; the family was told.
    OutOfReach,
}

/// Why an inquiry is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InquiryEnd {
    /// Who asked says that it is settled.
    Settled,
    /// It was answered, and nothing came back for as long as the rules let one wait.
    NoReply,
    /// Who asked has no ID any more.
    AskerGone,
}

/// Why erasure waits. A code, so that nothing personal stands in the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HoldReason {
    /// A law asks that records be kept, and they are not in the chart yet.
    RecordKeeping,
    /// A dispute or proceedings.
    Dispute,
    /// An authority asked.
    Authority,
    /// Another one, which the facility keeps on paper.
    Other,
}

/// A key under which history boxes for an invited person are sealed once more, until the approval publishes it. Before,
/// it is known to the inviter's device and to the devices of the administrators who decide; alone it opens nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ReleaseKey(pub [u8; 32]);

fixed_bytes!(ReleaseKey, 32);

impl ReleaseKey {
    /// What the invitation says of it.
    pub fn hash(&self) -> Hash32 {
        hash::hash(hash::RELEASE, &[&self.0])
    }
}

impl fmt::Debug for ReleaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReleaseKey(…)")
    }
}

impl fmt::Display for ReleaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Hash32(self.0), f)
    }
}

impl FromStr for ReleaseKey {
    type Err = hash::BadHash;

    fn from_str(text: &str) -> Result<Self, hash::BadHash> {
        text.parse().map(|Hash32(bytes)| Self(bytes))
    }
}

/// A group's label as it is sealed: to those who govern or decide in boxes, to readers under each epoch's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedLabel {
    /// Random, so that the commitment can't be guessed open.
    pub salt: Hash32,
    /// The label.
    pub label: Line<{ bounds::LABEL }>,
    /// For the administrators who decide on an invitation: the release key that their approval publishes.
    pub release: Option<ReleaseKey>,
}

impl SealedLabel {
    /// What the group's first statement holds of the label.
    pub fn commitment(&self) -> Hash32 {
        hash::hash(hash::LABEL, &[&self.salt.0, self.label.as_str().as_bytes()])
    }
}

/// A new epoch of a group: a fresh key for exactly the current readers' devices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Epoch {
    /// One more than the epoch before; the first is 1.
    pub number: u32,
    /// Hash of the roster that it is made for.
    pub roster: Hash32,
    /// Commitment to the key.
    pub commitment: Hash32,
    /// One box for each device of the roster.
    pub boxes: BoxesRoot,
    /// The group's label, sealed under the epoch key.
    pub label: Blob<{ bounds::SEALED_LABEL }>,
}

/// Keys of earlier epochs, handed to devices that lack them and may have them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// First epoch handed over.
    pub first: u32,
    /// Last epoch handed over.
    pub last: u32,
    /// To which devices, in ascending order, one box each.
    pub devices: List<DeviceId, { bounds::ROSTER_DEVICES }>,
    /// The boxes.
    pub boxes: BoxesRoot,
    /// Where they are prepared for somebody who is invited and not yet approved: for which invitation. The payloads are
    /// then sealed once more, under its release key.
    pub prepared_for: Option<InvitationId>,
}

/// A message. Everything in its statement but the ciphertext is bound to it as associated data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The epoch whose key it is under.
    pub epoch: u32,
    /// Random salt from which, with the epoch key and the sender, the key of this one message is derived.
    pub salt: Hash32,
    /// Conditions of handling. No bit has a meaning in version 1, and one that is set is refused.
    pub flags: u8,
    /// AES-256-GCM.
    pub ciphertext: Blob<{ bounds::CIPHERTEXT }>,
}

/// The words of a correction, sealed like those of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// Random salt from which, with the epoch key and the sender, the key of these words alone is derived.
    pub salt: Hash32,
    /// AES-256-GCM.
    pub ciphertext: Blob<{ bounds::CIPHERTEXT }>,
}

/// The author of a message corrects it or takes it back (S1). The message stays in the log: what was said, and when it
/// was made good, can be told for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amendment {
    /// Which message: its place in this log. The head that the author had seen lies behind it and so names its content.
    pub original: u64,
    /// The epoch whose key the words are under; of a retraction, the present one.
    pub epoch: u32,
    /// Conditions of handling. No bit has a meaning in version 1, and one that is set is refused.
    pub flags: u8,
    /// What the message says from now on; none takes it back.
    pub words: Option<Words>,
}

/// A message with files (A12.2). Everything in its statement but the ciphertext is bound to it as associated data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// The epoch whose key it is under.
    pub epoch: u32,
    /// Random salt from which, with the epoch key and the sender, the key of this one post is derived.
    pub salt: Hash32,
    /// Conditions of handling: [`crate::file::NO_DOWNLOAD`] or nothing.
    pub flags: u8,
    /// The files, uploaded before.
    pub files: List<Attachment, { bounds::FILES }>,
    /// AES-256-GCM over the text and, of each file, its key, name, kind and length.
    pub ciphertext: Blob<{ bounds::POST_CIPHERTEXT }>,
}

/// The patient card in its next revision (A4.1). It is known by its place in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// The revision that it was made from: its place in this log; none for the first. Of two changes of one revision the
    /// second is refused, so that nobody overwrites what they have not seen.
    pub replaces: Option<u64>,
    /// The epoch whose key it is under.
    pub epoch: u32,
    /// Random salt from which, with the epoch key and the sender, the key of this revision alone is derived.
    pub salt: Hash32,
    /// Commitment to that key ([`crate::hash::CARD_KEY`]): whoever hands it on can hand on no other.
    pub key: Hash32,
    /// AES-256-GCM.
    pub ciphertext: Blob<{ bounds::CIPHERTEXT }>,
}

/// The key of the present revision of the card, handed on to those whose keys begin after it: whatever newcomers may read of
/// what was said before, they read who the patient is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardKey {
    /// The place of the revision.
    pub card: u64,
    /// The epoch under whose key it is handed on.
    pub epoch: u32,
    /// Random salt, as of a message.
    pub salt: Hash32,
    /// The revision's key, AES-256-GCM.
    pub sealed: Blob<{ bounds::SEALED_CARD_KEY }>,
}

/// What a statement says.
#[expect(
    clippy::large_enum_variant,
    reason = "the small variants are rare: most of what is handled is a message or an act"
)]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Act {
    /// In the registry.
    Registry(RegistryAct),
    /// In a group's log: governance.
    Group(GroupAct),
    /// In a group's log: a new key.
    Epoch(Epoch),
    /// In a group's log: earlier keys for newcomers.
    History(History),
    /// In a group's log: a message.
    Message(Message),
    /// In a group's log: an own message is corrected or taken back (S1).
    Amend(Amendment),
    /// In a group's log: this person has been shown what was written, up to and including the entry at this place (S1).
    Seen {
        /// A message, an amendment, or a revision of the card.
        upto: u64,
    },
    /// In a group's log: a message with files (A12.2).
    Post(Post),
    /// In a group's log: the patient card is changed (A4.1).
    Card(Card),
    /// In a group's log: the key of the present card for newcomers (A4.1).
    CardKey(CardKey),
}
