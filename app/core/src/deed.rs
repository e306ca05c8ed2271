//! Everything that can be ordered by one press. The set is closed, like [`crate::Ask`]; [`crate::deeds`] does it.

use renkei_client_core::proto::act::{Measure, Profession};
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::id::{
    AnnouncementId, DelegationId, DeviceId, FacilityId, GroupId, InvitationId, ReviewId, SessionId, TakeoutId, UserId,
};
use renkei_client_core::proto::takeout::TakeoutEnd;
use renkei_client_core::proto::time::Date;
use serde::Deserialize;
use ts_rs::TS;

use crate::managing::{Consenter, Form3, GroupPlan};
use crate::secret::Secret;
use crate::takeouts::TakeoutPlan;
use crate::waiting::FormName;

/// Something to be done at once.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(tag = "deed", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Deed {
    /// Registers a person of the facility.
    AddStaff {
        /// What the person does.
        #[ts(type = "string")]
        profession: Profession,
        /// The name.
        name: String,
        /// Its reading.
        kana: Option<String>,
    },
    /// Issues a ticket for a device of a person.
    IssueTicket {
        /// Whose.
        #[ts(type = "string")]
        user: UserId,
    },
    /// Issues a ticket with which a facility applies, as an operator of the Desk.
    IssueFacilityTicket,
    /// Files Form 2, and deposits its scan.
    RecordPledge {
        /// Whose.
        #[ts(type = "string")]
        user: UserId,
        /// The day on the paper.
        #[ts(type = "string")]
        on: Date,
        /// The scan.
        scan: Secret,
    },
    /// Files that an equal pledge is held.
    RecordExemption {
        /// Whose.
        #[ts(type = "string")]
        user: UserId,
        /// Since when.
        #[ts(type = "string")]
        since: Date,
    },
    /// Deposits the scan of a form on record.
    DepositForm {
        /// Which form.
        form: FormName,
        /// The scan.
        scan: Secret,
    },
    /// Ends an ID.
    EndUser {
        /// Whose.
        #[ts(type = "string")]
        user: UserId,
    },
    /// Stops a person.
    SuspendUser {
        /// Whom.
        #[ts(type = "string")]
        user: UserId,
    },
    /// Lets a person go on.
    ResumeUser {
        /// Whom.
        #[ts(type = "string")]
        user: UserId,
    },
    /// Has password and code generator forgotten.
    ResetFactors {
        /// Whose.
        #[ts(type = "string")]
        user: UserId,
    },
    /// Ends the wait after too many failures.
    LiftLockout {
        /// Whose.
        #[ts(type = "string")]
        user: UserId,
    },
    /// Lets a person create groups and invite, or no longer.
    SetGroupManager {
        /// Whom.
        #[ts(type = "string")]
        user: UserId,
        /// Or no longer.
        granted: bool,
    },
    /// Stops a device.
    SuspendDevice {
        /// Which.
        #[ts(type = "string")]
        device: DeviceId,
        /// It is not where it should be.
        lost: bool,
    },
    /// Lets a device go on.
    ResumeDevice {
        /// Which.
        #[ts(type = "string")]
        device: DeviceId,
    },
    /// Takes a device out of use.
    RetireDevice {
        /// Which.
        #[ts(type = "string")]
        device: DeviceId,
    },
    /// Wipes a device.
    WipeDevice {
        /// Which.
        #[ts(type = "string")]
        device: DeviceId,
    },
    /// Ends a session.
    EndSession {
        /// Whose.
        #[ts(type = "string")]
        user: UserId,
        /// Which.
        #[ts(type = "string")]
        session: SessionId,
    },
    /// Says how an own device is kept.
    DeclarePosture {
        /// Which.
        #[ts(type = "string")]
        device: DeviceId,
        /// The lines that hold.
        lines: Vec<String>,
    },
    /// Confirms what was declared of a device.
    ConfirmPosture {
        /// Which.
        #[ts(type = "string")]
        device: DeviceId,
        /// The declaration that was shown.
        #[ts(type = "string")]
        declaration: Hash32,
    },
    /// Decides a request to take something out.
    DecideTakeout {
        /// Which.
        #[ts(type = "string")]
        takeout: TakeoutId,
        /// The request that was shown.
        #[ts(type = "string")]
        request: Hash32,
        /// Or not.
        approve: bool,
    },
    /// Confirms how a takeout ended.
    ConfirmTakeoutEnd {
        /// Which.
        #[ts(type = "string")]
        takeout: TakeoutId,
        /// How.
        #[ts(type = "string")]
        how: TakeoutEnd,
        /// On which day.
        #[ts(type = "string")]
        on: Date,
    },
    /// Says of an announcement's text, which was read, that it may be published, or objects.
    CheckAnnouncement {
        /// Which.
        #[ts(type = "string")]
        announcement: AnnouncementId,
        /// The text that was shown.
        #[ts(type = "string")]
        text: Hash32,
        /// Or objects.
        approve: bool,
    },
    /// Publishes an announcement to the whole district, as a superior.
    PublishAnnouncement {
        /// Which.
        #[ts(type = "string")]
        announcement: AnnouncementId,
        /// The text that was shown.
        #[ts(type = "string")]
        text: Hash32,
    },
    /// Withdraws an announcement, or gives a draft up.
    WithdrawAnnouncement {
        /// Which.
        #[ts(type = "string")]
        announcement: AnnouncementId,
    },
    /// Signs that a colleague's account speaks officially for the association, as an operator of the Desk.
    NameOfficial {
        /// Whose.
        #[ts(type = "string")]
        user: UserId,
        /// What for.
        purpose: String,
        /// Who answers for it.
        #[ts(type = "string[]")]
        responsible: Vec<UserId>,
    },
    /// Gives the second signature to what is proposed of an account.
    SignOfficial {
        /// Whose.
        #[ts(type = "string")]
        user: UserId,
        /// The proposal that was shown.
        #[ts(type = "string")]
        shown: Hash32,
    },
    /// Signs that an account speaks officially no more.
    WithdrawOfficial {
        /// Whose.
        #[ts(type = "string")]
        user: UserId,
    },
    /// Sees to a question to the Desk, as an operator.
    TakeInquiry {
        /// Its room.
        #[ts(type = "string")]
        group: GroupId,
    },
    /// Says that an own message is the answer.
    AnswerInquiry {
        /// The inquiry's room.
        #[ts(type = "string")]
        group: GroupId,
        /// The message's place.
        #[ts(type = "number")]
        seq: u64,
    },
    /// Closes a question to the Desk.
    CloseInquiry {
        /// Its room.
        #[ts(type = "string")]
        group: GroupId,
    },
    /// Opens a closed one again.
    ReopenInquiry {
        /// Its room.
        #[ts(type = "string")]
        group: GroupId,
    },
    /// Closes a group: nothing more is written in it.
    CloseGroup {
        /// Which.
        #[ts(type = "string")]
        group: GroupId,
    },
    /// Offers a group to another facility.
    OfferHandover {
        /// Which.
        #[ts(type = "string")]
        group: GroupId,
        /// To which.
        #[ts(type = "string")]
        to: FacilityId,
    },
    /// Accepts a group for the own facility.
    AcceptHandover {
        /// Which.
        #[ts(type = "string")]
        group: GroupId,
    },
    /// Takes the offer of a group back, or declines one.
    DropHandover {
        /// Which.
        #[ts(type = "string")]
        group: GroupId,
    },
    /// Records that the consent was withdrawn, and deposits the scan: the group freezes at once.
    WithdrawConsent {
        /// Of which group.
        #[ts(type = "string")]
        group: GroupId,
        /// Who withdrew it.
        by: Consenter,
        /// The day on the paper.
        #[ts(type = "string")]
        on: Date,
        /// The scan.
        scan: Secret,
    },
    /// Orders that a closed group be erased, its retention being over.
    OrderErasure {
        /// Which.
        #[ts(type = "string")]
        group: GroupId,
    },
    /// Confirms an erasure as the second person: with that the content is gone.
    ConfirmErasure {
        /// Of which group.
        #[ts(type = "string")]
        group: GroupId,
        /// What was shown: the order, or the withdrawal.
        #[ts(type = "string")]
        shown: Hash32,
    },
    /// Lets the Desk act for the own facility, as an SNS administrator.
    Delegate {
        /// For this group alone; otherwise for everything.
        #[ts(type = "string | null")]
        group: Option<GroupId>,
        /// Up to this day, included.
        #[ts(type = "string")]
        until: Date,
        /// Operators may read, too.
        reads: bool,
    },
    /// Takes a delegation back at once.
    RevokeDelegation {
        /// Which.
        #[ts(type = "string")]
        delegation: DelegationId,
    },
    /// Names a colleague who does for a time what waits for no administrator.
    NameDeputy {
        /// Whom.
        #[ts(type = "string")]
        user: UserId,
        /// From this day on; otherwise from now on.
        #[ts(type = "string | null")]
        from: Option<Date>,
        /// Up to this day, included.
        #[ts(type = "string")]
        until: Date,
    },
    /// Ends that before its time.
    EndDeputy {
        /// Whose.
        #[ts(type = "string")]
        user: UserId,
    },
    /// Stops a facility with everybody in it at once, or lets it go on, as an operator of the Desk.
    SuspendFacility {
        /// Which.
        #[ts(type = "string")]
        facility: FacilityId,
        /// Or lets it go on, which two must sign.
        suspended: bool,
    },
    /// Opens a review round: of the own facility, or as an operator of everybody.
    OpenReview {
        /// The last day.
        #[ts(type = "string")]
        due: Date,
        /// Days after it until who has not confirmed only reads.
        restrict_after: u16,
        /// Days after it until who has not confirmed does nothing but confirm.
        lock_after: u16,
    },
    /// Asks to take something out.
    RequestTakeout {
        /// What.
        plan: TakeoutPlan,
    },
    /// Ends a permit at once, or withdraws a request.
    RevokeTakeout {
        /// Which.
        #[ts(type = "string")]
        takeout: TakeoutId,
    },
    /// Says how an own takeout ended.
    DeclareTakeoutEnd {
        /// Which.
        #[ts(type = "string")]
        takeout: TakeoutId,
        /// How.
        #[ts(type = "string")]
        how: TakeoutEnd,
    },
    /// Lets a person put text into the chart, of every group that the person reads.
    GrantStandingTakeout {
        /// Whom.
        #[ts(type = "string")]
        user: UserId,
        /// Up to this day, included.
        #[ts(type = "string")]
        until: Date,
    },
    /// Closes a review round of the facility.
    CloseReview {
        /// Which.
        #[ts(type = "string")]
        review: ReviewId,
    },
    /// New recovery codes in place of the old ones.
    NewRecoveryCodes,
    /// Another password of one's own (A11.2): sessions elsewhere end.
    ChangePassword {
        /// The present one.
        old: Secret,
        /// The one from now on.
        new: Secret,
    },
    /// Admits a facility whose words were compared.
    AdmitFacility {
        /// Which.
        #[ts(type = "string")]
        facility: FacilityId,
        /// The words in kana, as they were shown.
        words: String,
    },
    /// Opens a group (A5.1).
    OpenGroup {
        /// Which.
        plan: GroupPlan,
    },
    /// Puts Form 3 on record (A6.1), and deposits its scan.
    RecordConsent {
        /// Of which group.
        #[ts(type = "string")]
        group: GroupId,
        /// The form.
        form: Form3,
    },
    /// Deposits the scan of Form 3 that is on record without it.
    DepositConsent {
        /// Of which group.
        #[ts(type = "string")]
        group: GroupId,
        /// The place at which the form is on record.
        #[ts(type = "number")]
        of: u64,
        /// The scan.
        scan: Secret,
    },
    /// Invites somebody to a group (A5.2).
    Invite {
        /// To which.
        #[ts(type = "string")]
        group: GroupId,
        /// Whom.
        #[ts(type = "string")]
        user: UserId,
    },
    /// Takes an open invitation back.
    WithdrawInvitation {
        /// To which group.
        #[ts(type = "string")]
        group: GroupId,
        /// Which.
        #[ts(type = "string")]
        invitation: InvitationId,
    },
    /// Ends a membership (A5.2): another's, or one's own.
    RemoveMember {
        /// In which group.
        #[ts(type = "string")]
        group: GroupId,
        /// Whose.
        #[ts(type = "string")]
        user: UserId,
    },
    /// Sees to a report from now on (S5), as an SNS administrator of the reporter's facility or as an operator.
    TakeIncident {
        /// Its room.
        #[ts(type = "string")]
        group: GroupId,
    },
    /// Puts on record what was done about it (S7).
    RecordMeasure {
        /// Its room.
        #[ts(type = "string")]
        group: GroupId,
        /// Of which kind.
        #[ts(type = "string")]
        measure: Measure,
        /// It was done; otherwise it was found not to be needed.
        done: bool,
        /// On which day.
        #[ts(type = "string")]
        on: Date,
    },
    /// Closes a report of which everything is on record.
    CloseIncident {
        /// Its room.
        #[ts(type = "string")]
        group: GroupId,
    },
    /// Opens a closed report again.
    ReopenIncident {
        /// Its room.
        #[ts(type = "string")]
        group: GroupId,
    },
    /// Halts a group (S7).
    HaltGroup {
        /// Which.
        #[ts(type = "string")]
        group: GroupId,
    },
    /// Names who is called in one's place in a group, or nobody (U1).
    SetStandIn {
        /// In which.
        #[ts(type = "string")]
        group: GroupId,
        /// Whom.
        #[ts(type = "string | null")]
        user: Option<UserId>,
    },
    /// Sets the hours at which one is not rung (U1).
    SetQuietHours {
        /// From, until, `22:00` each; none at no time.
        quiet: Option<(String, String)>,
    },
    /// Says under which number the own facility is telephoned (U1).
    SetTelephone {
        /// As it was typed; none takes it back.
        number: Option<String>,
    },
    /// Tells the whole district at once, as an operator (S6).
    Broadcast {
        /// What.
        text: String,
        /// A drill.
        drill: bool,
    },
    /// Ends a broadcast (S6).
    CloseBroadcast {
        /// Which: its place.
        #[ts(type = "number")]
        broadcast: u64,
    },
    /// Lets a halted group go on.
    ResumeGroup {
        /// Which.
        #[ts(type = "string")]
        group: GroupId,
    },
}
