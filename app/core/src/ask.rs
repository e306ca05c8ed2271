//! Everything that the page can ask for. The set is closed: a page that was tampered with reaches nothing else.

use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::id::{DeviceId, FacilityId, FileId, GroupId, InvitationId, StatementId, UserId};
use renkei_client_core::proto::safety::Safety;
use serde::Deserialize;
use ts_rs::TS;

use crate::announcements::DraftPlan;
use crate::card::CardText;
use crate::deed::Deed;
use crate::door::{Second, ThisDevice};
use crate::duties::Duty;
use crate::incidents::ReportPlan;
use crate::secret::Secret;
use crate::staff_file::StaffFiles;
use crate::takeouts::ChartOf;

/// A question or an order of the page. What comes back is named with each.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(tag = "ask", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Ask {
    /// Who is on this device → `Place[]`.
    People,
    /// What a link is for → `LinkView`.
    ReadLink {
        /// What was pasted.
        link: String,
    },
    /// Enrols somebody on this device → `Place`, with the words to compare.
    Enrol {
        /// What was pasted.
        link: String,
        /// What the person is called on the first screen.
        name: String,
        /// What this device is.
        device: ThisDevice,
    },
    /// Whether the device has been approved → `boolean`.
    Approved {
        /// Whose place.
        key: String,
    },
    /// Takes away a place that nobody can sign in at → `null`.
    Forget {
        /// Whose place.
        key: String,
    },
    /// Comes in → `Entry`.
    Enter {
        /// Whose place.
        key: String,
        /// The password.
        password: Secret,
        /// Where it was asked for.
        second: Option<Second>,
        /// In place of a password that has expired.
        new: Option<Secret>,
    },
    /// The first sign-in: sets the password → `Factor`.
    SetUp {
        /// Whose place.
        key: String,
        /// The password from now on.
        password: Secret,
    },
    /// Confirms the code generator → `string[]`, the recovery codes.
    ConfirmFactor {
        /// What the generator shows.
        code: Secret,
    },
    /// Somebody is there → `null`.
    Touch,
    /// Locks → `null`.
    Lock,
    /// Signs out → `null`.
    SignOut,
    /// What the frame of every screen shows → `Status`.
    Status,
    /// The first screen → `HomeRow[]`.
    Home,
    /// Lines of a group → `Timeline`.
    Timeline {
        /// Which group.
        #[ts(type = "string")]
        group: GroupId,
        /// The number of the first line; the newest ones if there is none.
        from: Option<usize>,
        /// How many.
        count: usize,
    },
    /// The person was really shown everything up to a place → `null`.
    MarkSeen {
        /// In which group.
        #[ts(type = "string")]
        group: GroupId,
        /// The place.
        #[ts(type = "number")]
        seq: u64,
    },
    /// Who has seen a message → `SeenView`.
    Seen {
        /// In which group.
        #[ts(type = "string")]
        group: GroupId,
        /// Which message.
        #[ts(type = "number")]
        seq: u64,
    },
    /// Writes to a group → `Checked`. Once it is sent, what was kept as a draft of it is gone; what is asked about is kept.
    Post {
        /// To which.
        #[ts(type = "string")]
        group: GroupId,
        /// What.
        text: String,
        /// What the person was asked first, and means (S2).
        #[ts(type = "string | null")]
        meant: Option<Hash32>,
    },
    /// Writes to a group and calls people for it until they have acknowledged it (U1) → `Checked`. It needs the server; where nothing
    /// was sent, the text is kept as a draft.
    PostUrgent {
        /// To which.
        #[ts(type = "string")]
        group: GroupId,
        /// What.
        text: String,
        /// Whom.
        #[ts(type = "string[]")]
        of: Vec<UserId>,
        /// What the person was asked first, and means (S2).
        #[ts(type = "string | null")]
        meant: Option<Hash32>,
    },
    /// Emergency broadcasts that are not over (S6) → `BroadcastView[]`.
    Broadcasts,
    /// Says how one is → `null`.
    AnswerBroadcast {
        /// After which broadcast: its place.
        #[ts(type = "number")]
        broadcast: u64,
        /// How.
        #[ts(type = "\"received\" | \"safe\" | \"needs-help\"")]
        says: Safety,
    },
    /// How people are whom one looks after → `SafetyView[]`.
    HowPeopleAre {
        /// After which broadcast: its place.
        #[ts(type = "number")]
        broadcast: u64,
    },
    /// Urgent messages that concern this person → `UrgentView[]`.
    Urgent,
    /// Says that one has seen to a call, or calls nobody any more → `null`.
    Acknowledge {
        /// In which group.
        #[ts(type = "string")]
        group: GroupId,
        /// Which: its place.
        #[ts(type = "number")]
        call: u64,
    },
    /// Whom one could call in a group → `CallableView`.
    Callable {
        /// In which.
        #[ts(type = "string")]
        group: GroupId,
    },
    /// How one is reached → `ReachView`.
    Reach,
    /// Tries once more to send a message that was refused → `Checked`.
    PostAgain {
        /// Which.
        #[ts(type = "string")]
        id: StatementId,
        /// What the person was asked first, and means (S2).
        #[ts(type = "string | null")]
        meant: Option<Hash32>,
    },
    /// Takes back a message that was refused → `string`, its text.
    TakeBack {
        /// Which.
        #[ts(type = "string")]
        id: StatementId,
    },
    /// What was begun in a group → `string`.
    Draft {
        /// In which.
        #[ts(type = "string")]
        group: GroupId,
    },
    /// Keeps what is being written → `null`.
    KeepDraft {
        /// In which group.
        #[ts(type = "string")]
        group: GroupId,
        /// All of it; nothing keeps nothing.
        text: String,
    },
    /// Other words for an own message (S1) → `Checked`.
    Correct {
        /// In which group.
        #[ts(type = "string")]
        group: GroupId,
        /// Which message.
        #[ts(type = "number")]
        seq: u64,
        /// What it is to say.
        text: String,
        /// What the person was asked first, and means (S2).
        #[ts(type = "string | null")]
        meant: Option<Hash32>,
    },
    /// Takes an own message back (S1) → `null`.
    Retract {
        /// In which group.
        #[ts(type = "string")]
        group: GroupId,
        /// Which message.
        #[ts(type = "number")]
        seq: u64,
    },
    /// What is to be read and confirmed first (A9.2, A10.1) → `DutyView[]`.
    Duties,
    /// Confirms what was read → `null`.
    ConfirmDuty {
        /// What.
        duty: Duty,
    },
    /// Shows a fresh code, for what only somebody who has the generator may do → `null`.
    StepUp {
        /// Six digits.
        code: Secret,
    },
    /// What waits for an administrator → `Decisions`.
    Decisions,
    /// Decides on an invitation (A8.4) → `null`.
    DecideInvitation {
        /// To which group.
        #[ts(type = "string")]
        group: GroupId,
        /// Which.
        #[ts(type = "string")]
        invitation: InvitationId,
        /// Or not.
        approve: bool,
    },
    /// Approves a device whose words were compared (A8.2) → `null`.
    ApproveDevice {
        /// Which.
        #[ts(type = "string")]
        device: DeviceId,
        /// The words in kana, as they were shown.
        words: String,
    },
    /// The people of the facility → `StaffView[]`.
    Staff,
    /// One of them, or oneself, with devices and sessions → `PersonView`.
    Person {
        /// Who.
        #[ts(type = "string")]
        user: UserId,
    },
    /// Does something at once → `Outcome`.
    Do {
        /// What.
        deed: Deed,
    },
    /// What would come of a file of people (A8.3) → `ImportView`. Nothing is changed.
    PlanStaff {
        /// The file, and the scans that it names.
        files: StaffFiles,
    },
    /// Registers the people of a file that has no fault → `ImportedView`.
    ImportStaff {
        /// The file, and the scans that it names.
        files: StaffFiles,
    },
    /// The groups that this person governs → `GovernedRow[]`.
    Governed,
    /// A group with those who read it and are invited → `GroupView`.
    Members {
        /// Which.
        #[ts(type = "string")]
        group: GroupId,
    },
    /// A report that something went wrong, and what is on record of it (S5, S7) → `IncidentView`.
    Incident {
        /// Its room.
        #[ts(type = "string")]
        group: GroupId,
    },
    /// Reports that something went wrong (S5) → `Checked`.
    Report {
        /// What.
        plan: ReportPlan,
        /// What the person was asked first, and means (S2).
        #[ts(type = "string | null")]
        meant: Option<Hash32>,
    },
    /// Whom one could invite → `Candidates`.
    Candidates {
        /// To which group.
        #[ts(type = "string")]
        group: GroupId,
        /// Only of this facility.
        #[ts(type = "string | null")]
        facility: Option<FacilityId>,
        /// Parts of names, readings and facilities.
        query: String,
    },
    /// Facilities and delegations, for the Desk → `DeskView`.
    Desk,
    /// Messages with these words → `FoundLine[]`.
    Search {
        /// Only in this group.
        #[ts(type = "string | null")]
        group: Option<GroupId>,
        /// The words.
        query: String,
    },
    /// What lies ready to be sent to a group → `Attached`.
    Attach {
        /// To which.
        #[ts(type = "string")]
        group: GroupId,
        /// With what was chosen just now; otherwise what nobody took over is forgotten.
        chosen: bool,
    },
    /// Takes a file away that lies ready → `null`.
    Detach {
        /// To which group it was to go.
        #[ts(type = "string")]
        group: GroupId,
        /// Which.
        id: String,
    },
    /// Sends what lies ready, with or without a text → `Checked`. Once it is sent, what was kept as a draft of it is gone.
    SendFiles {
        /// To which group.
        #[ts(type = "string")]
        group: GroupId,
        /// What is written with it.
        text: String,
        /// To be looked at only (A12.2).
        no_download: bool,
        /// What the person was asked first, and means (S2).
        #[ts(type = "string | null")]
        meant: Option<Hash32>,
    },
    /// Files on their way to a group → `SendingLine[]`.
    Sending {
        /// To which.
        #[ts(type = "string")]
        group: GroupId,
    },
    /// Stops a sending, or takes back one that was refused → `string`, its text; its files lie ready again.
    TakeBackFiles {
        /// Which.
        #[ts(type = "string")]
        id: FileId,
    },
    /// Opens a file of a message, on record (A12.2) → `FileOpen`.
    OpenFile {
        /// In which group.
        #[ts(type = "string")]
        group: GroupId,
        /// Of which message.
        #[ts(type = "number")]
        seq: u64,
        /// Which of its files, from 0.
        file: u8,
    },
    /// Opens the small picture of a file, on record → `string`, its handle.
    OpenPreview {
        /// In which group.
        #[ts(type = "string")]
        group: GroupId,
        /// Of which message.
        #[ts(type = "number")]
        seq: u64,
        /// Which of its files, from 0.
        file: u8,
    },
    /// Whether what is shown may still be shown → `null`.
    StillOpen {
        /// What.
        handle: String,
    },
    /// It is looked at no longer → `null`.
    CloseFile {
        /// What.
        handle: String,
    },
    /// The patient card of a group → `CardView`.
    Card {
        /// Of which.
        #[ts(type = "string")]
        group: GroupId,
    },
    /// Who changed what of it → `CardChange[]`.
    CardHistory {
        /// Of which group.
        #[ts(type = "string")]
        group: GroupId,
    },
    /// Changes it → `null`.
    ChangeCard {
        /// Of which group.
        #[ts(type = "string")]
        group: GroupId,
        /// What it is to say.
        card: Box<CardText>,
        /// The revision that the person was shown.
        #[ts(type = "number | null")]
        replaces: Option<u64>,
    },
    /// What was, or may be, taken out, as far as it concerns this person (A12.5) → `TakeoutsView`.
    Takeouts,
    /// Text to be pasted into the chart, on record (A12.5) → `ChartText`.
    Chart {
        /// Of what.
        of: ChartOf,
        /// Its language; otherwise Japanese.
        english: bool,
    },
    /// Questions to the Desk that this person reads (A14.1) → `InquiryView[]`.
    Inquiries,
    /// One of them → `InquiryView`.
    Inquiry {
        /// Its room.
        #[ts(type = "string")]
        group: GroupId,
    },
    /// Asks the Desk (A14.1) → `Checked`.
    OpenInquiry {
        /// What it is about; sealed.
        subject: Secret,
        /// What is asked; sealed.
        text: Secret,
        /// What the person was asked first, and means (S2).
        #[ts(type = "string | null")]
        meant: Option<Hash32>,
    },
    /// What is published, and drafts that this person has to do with (S4); the accounts that speak officially (S8) →
    /// `AnnouncementsView`.
    Announcements {
        /// How many announcements at most.
        count: usize,
    },
    /// Drafts an announcement (S4) → `Checked`.
    DraftAnnouncement {
        /// What.
        plan: DraftPlan,
        /// What the person was asked first, and means (S2).
        #[ts(type = "string | null")]
        meant: Option<Hash32>,
    },
    /// How a group ends or changes hands, for who governs it (A5.1, A6.2) → `EndingView`.
    Ending {
        /// Which.
        #[ts(type = "string")]
        group: GroupId,
    },
    /// What is delegated to the Desk, and for whom one may open groups (A4.2) → `DelegationsView`.
    Delegations,
    /// Review rounds and the report of numbers (A9.2, A15.1) → `OversightView`.
    Oversight,
}
