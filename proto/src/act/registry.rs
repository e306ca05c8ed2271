//! Acts on the registry: who is who in the association.

use serde::{Deserialize, Serialize};

use super::BoxesRoot;
use super::people::{DelegationScope, DeviceRegistration, FacilityApplication, Person, ServerKeys, StaffPledge};
use crate::bounds;
use crate::bytes::List;
use crate::file::Stored;
use crate::form_scan::FormRef;
use crate::hash::Hash32;
use crate::id::{AnnouncementId, DelegationId, DeviceId, FacilityId, FileId, ReviewId, TakeoutId, TrainingId, UserId};
use crate::key::SigningPublic;
use crate::posture::Posture;
use crate::reach::{QuietHours, Telephone};
use crate::settings::Setting;
use crate::takeout::{StandingTakeout, TakeoutEnd, TakeoutRequest};
use crate::text::{Line, Prose};
use crate::time::{Date, Time};
use crate::wording::TextKind;

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
    /// The wait of somebody who mistyped password or code too often ends now (A8.3).
    LiftLockout {
        /// Whose.
        user: UserId,
    },
    /// The scan of a Form 1 or 2, sealed to those who need it (A3.1, A9.1).
    DepositFormScan {
        /// Of which form.
        form: FormRef,
        /// The file.
        file: FileId,
        /// Its sealed chunks.
        content: Stored,
        /// Root of the boxes with its key.
        key: BoxesRoot,
        /// Commitment to the key.
        commitment: Hash32,
    },
    /// The key of a scan reaches those who came to need it later (A3.1, A9.1).
    HandOnFormScan {
        /// The place of the deposit.
        deposit: u64,
        /// Root of the boxes with its key.
        key: BoxesRoot,
    },
    /// A scan that was replaced, or proves nothing any more, is erased (A3.1, A9.1).
    LetGoFormScan {
        /// The place of the deposit.
        deposit: u64,
    },
    /// An SNS administrator, or the facility manager, names a colleague who does for a time what waits for nobody (A8.3).
    NameDeputy {
        /// Whom.
        user: UserId,
        /// From when.
        from: Time,
        /// Until when, this second excluded.
        until: Time,
    },
    /// That ends before its time: by the same, or by the deputy (A8.3).
    EndDeputy {
        /// Whose.
        user: UserId,
    },
    /// A draft of an announcement, or another text for it, which begins the checks anew (S4). The text is kept beside it.
    DraftAnnouncement(Draft),
    /// One whose check was asked for has read this very text, and approves or objects (S4).
    CheckAnnouncement {
        /// Which.
        announcement: AnnouncementId,
        /// Hash of the text that was read.
        text: Hash32,
        /// Approved, not objected to.
        approve: bool,
    },
    /// A superior publishes exactly the text that was approved (S4).
    PublishAnnouncement {
        /// Which.
        announcement: AnnouncementId,
        /// Hash of the text.
        text: Hash32,
    },
    /// A draft is given up by its author or a superior, or what was published is withdrawn by a superior (S4).
    WithdrawAnnouncement {
        /// Which.
        announcement: AnnouncementId,
    },
    /// An account speaks officially from now on, or in other words than before; two operators of the Desk sign it (S8).
    NameOfficial(OfficialAccount),
    /// It does not any more (S8). Two as well.
    WithdrawOfficial {
        /// Which account.
        user: UserId,
    },
    /// A person is not rung at these hours: who stands in is called at once, or the caller is told to telephone (U1).
    SetQuietHours {
        /// When; none is never.
        hours: Option<QuietHours>,
    },
    /// An SNS administrator or the manager of a facility says under which number it is telephoned when nobody acknowledges
    /// an urgent message (U1). Everybody in the district sees it.
    SetTelephone {
        /// Whose.
        facility: FacilityId,
        /// The number; none takes it back.
        number: Option<Telephone>,
    },
    /// An operator of the Desk tells the whole district at once, and asks everybody how they are (S6). Known by its place.
    Broadcast {
        /// 訓練: a drill.
        drill: bool,
        /// What.
        text: Prose<{ bounds::BROADCAST }>,
    },
    /// It is over: nobody answers any more (S6).
    CloseBroadcast {
        /// Which: its place.
        broadcast: u64,
    },
}

/// A draft of an announcement (S4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The new announcement, or the author's own one that is not published.
    pub announcement: AnnouncementId,
    /// In whose name; none for the association's.
    pub facility: Option<FacilityId>,
    /// Hash of the text ([`crate::wording::Wording::hash`]).
    pub text: Hash32,
    /// Who is asked to check it: at least one, none of them the author.
    pub checkers: List<UserId, { bounds::CHECKERS }>,
}

/// An account that speaks officially, and who stands behind it (S8).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficialAccount {
    /// The account.
    pub user: UserId,
    /// In whose name.
    pub speaks_for: SpeaksFor,
    /// What for.
    pub purpose: Line<{ bounds::PURPOSE }>,
    /// Who answers for what it says.
    pub responsible: List<UserId, { bounds::RESPONSIBLE }>,
}

/// In whose name an official account speaks (S8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpeaksFor {
    /// The association.
    Association,
    /// The account's own facility.
    Facility,
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
