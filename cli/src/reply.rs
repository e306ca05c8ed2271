//! What commands answer. With `--json` this is what is printed; otherwise [`crate::show`] has the words for it.

mod about;
pub(crate) mod announcements;
pub(crate) mod broadcast;
pub(crate) mod desk;
mod devices;
mod form_scans;
mod groups;
mod people;
mod records;
mod scans;
pub(crate) mod urgent;
pub(crate) use about::{About, Identified, NamedGroup};
pub(crate) use devices::{
    DeviceRow, DeviceState, Locked, OfferRow, Owes, PostureRow, Proposed, SessionLine, Status, WipeRow,
};
pub(crate) use form_scans::FormScanRow;
pub(crate) use groups::{
    AmendedRow, CardRow, Change, Counted, EndingRow, FileRow, FileViewed, FormRow, GoneRow, GroupDetails, GroupRow,
    Happening, InvitationRow, InvitationState, Item, MemberRow, SaysRow, SeenRow, SendingRow, SettledRow, UseRow,
    VersionRow,
};
pub(crate) use people::{
    Actor, Application, Candidate, DelegationRow, DeputyRow, FacilityRow, ImportPlan, ImportPlanRow, ImportedRow,
    OfficialRow, OfficialState, Overview, OverviewGroup, ReviewRow, StaffRow, TextRow, WaitingRow, Where, Who, Words,
};
pub(crate) use records::{
    CouldReadRow, CountRow, Ending, HandedRow, LeakReply, StandingRow, TakeoutCountRow, TakeoutRow,
};
use renkei_client_core::audit::{Checked, Comparison};
use renkei_client_core::erasure_proof::Proof;
use renkei_client_core::import::Finding;
use renkei_client_core::proto::access_file;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::Accepted;
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::id::{
    AnnouncementId, DelegationId, DeviceId, FacilityId, GroupId, InvitationId, ReviewId, TakeoutId, TrainingId, UserId,
};
use renkei_client_core::proto::reach::QuietHours;
use renkei_client_core::proto::settings::Setting;
use renkei_client_core::proto::statement::LogId;
use renkei_client_core::proto::time::{Date, Time};
use renkei_client_core::proto::wording::{TextKind, Wording};
use renkei_client_core::table::OnRecord;
use renkei_client_core::wipe_proof::Proof as WipeProof;
pub(crate) use scans::{ScanOpeningRow, ScanRow};
use serde::{Deserialize, Serialize};

/// The answer of a command.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum Reply {
    Done,
    Accepted {
        size: u64,
        time: Time,
        #[serde(default)]
        stale: bool,
    },
    Root {
        fingerprint: Hash32,
    },
    Founded {
        fingerprint: Hash32,
        server: String,
    },
    Ticket {
        link: String,
        expires: Time,
        facility: Option<FacilityId>,
        user: Option<UserId>,
    },
    Candidates {
        operators: Vec<Candidate>,
    },
    Appointed {
        user: UserId,
    },
    Enrolled {
        profile: String,
        device: DeviceId,
        words: Words,
    },
    Enrolment {
        device: DeviceId,
        approved: bool,
        user: Option<UserId>,
        admitted_by: Option<u32>,
    },
    Factor {
        secret: String,
        uri: String,
    },
    SetUp,
    RecoveryCodes {
        codes: Vec<String>,
    },
    Sessions {
        sessions: Vec<SessionLine>,
    },
    Rules {
        association: Vec<Setting>,
        facility: Vec<Setting>,
        proposed: Vec<Proposed>,
    },
    Reset {
        user: UserId,
        /// Whether another signature is needed.
        waits: bool,
    },
    SignedIn {
        who: Who,
        device: DeviceId,
        locks_in: u64,
        #[serde(default)]
        owes: Owes,
    },
    Status(Box<Status>),
    Applications {
        applications: Vec<Application>,
    },
    Facilities {
        facilities: Vec<FacilityRow>,
    },
    Staff {
        people: Vec<StaffRow>,
    },
    User {
        user: UserId,
    },
    Offers {
        offers: Vec<OfferRow>,
    },
    Devices {
        devices: Vec<DeviceRow>,
    },
    Delegation {
        delegation: DelegationId,
    },
    Delegations {
        delegations: Vec<DelegationRow>,
    },
    Group {
        group: GroupId,
    },
    Groups {
        groups: Vec<GroupRow>,
    },
    Endings {
        endings: Vec<EndingRow>,
    },
    GroupDetails(Box<GroupDetails>),
    Members {
        members: Vec<MemberRow>,
    },
    Gone {
        devices: Vec<GoneRow>,
    },
    Invitation {
        invitation: InvitationId,
    },
    Invitations {
        invitations: Vec<InvitationRow>,
    },
    Items {
        items: Vec<Item>,
    },
    Item {
        item: Item,
    },
    WhoCouldRead {
        on: Option<Date>,
        readers: Vec<CouldReadRow>,
    },
    Exported {
        file: String,
        registry: usize,
        groups: usize,
    },
    Checked(Checked),
    ErasureProof {
        /// Where the evidence is, if it was written or read.
        file: Option<String>,
        /// SHA-256 of that file.
        sha256: Option<Hash32>,
        /// Whether it was checked by somebody who was handed it.
        checked: bool,
        proof: Box<Proof>,
    },
    WipeProof {
        /// Where the evidence is, if it was written or read.
        file: Option<String>,
        /// SHA-256 of that file.
        sha256: Option<Hash32>,
        /// Whether it was checked by somebody who was handed it.
        checked: bool,
        proof: Box<WipeProof>,
    },
    Heads {
        heads: String,
    },
    Compared {
        comparison: Comparison,
    },
    Distrusted {
        logs: Vec<(LogId, Code)>,
    },
    AccessWritten {
        file: String,
        records: usize,
        head: String,
    },
    WhoRead {
        on: Option<Date>,
        readers: Vec<HandedRow>,
        /// Who of them looked at which form's scan.
        #[serde(default)]
        scans: Vec<ScanOpeningRow>,
    },
    AccessCounts {
        rows: Vec<CountRow>,
    },
    AccessChecked(access_file::Checked),
    Leak(Box<LeakReply>),
    Trail {
        versions: Vec<VersionRow>,
    },
    Seen {
        seen: Vec<SeenRow>,
        not_yet: Vec<Who>,
    },
    ImportPlan(Box<ImportPlan>),
    Imported(Box<ImportedRow>),
    ImportDone {
        registered: usize,
        passed_over: usize,
    },
    FacilityTickets {
        file: String,
        tickets: usize,
        findings: Vec<Finding>,
    },
    Overview(Box<Overview>),
    Tables {
        files: Vec<String>,
    },
    FileViewed(FileViewed),
    FileSaved {
        file: String,
    },
    Sendings {
        sendings: Vec<SendingRow>,
    },
    /// What files say of their making.
    Says {
        files: Vec<SaysRow>,
        identifying: Vec<Identified>,
    },
    /// What is about to be wiped.
    Wiping {
        devices: Vec<DeviceRow>,
    },
    Wiped {
        devices: Vec<WipeRow>,
    },
    Texts {
        texts: Vec<TextRow>,
    },
    Text {
        text: TextKind,
        version: u32,
        hash: Hash32,
        wording: Box<Wording>,
        /// Of the points to note: when this person acknowledged them, and whether that is still to come.
        acknowledged: Option<Time>,
        unread: bool,
    },
    Points {
        review: ReviewId,
        due: Date,
        wording: Box<Wording>,
    },
    Review {
        review: ReviewId,
    },
    Reviews {
        rounds: Vec<ReviewRow>,
    },
    DutyOfSecrecy,
    Officials {
        accounts: Vec<OfficialRow>,
    },
    /// What is about to be sent to everybody.
    BroadcastDraft {
        text: String,
        drill: bool,
    },
    Broadcast {
        broadcast: u64,
    },
    Broadcasts {
        broadcasts: Vec<broadcast::BroadcastRow>,
    },
    HowPeopleAre {
        people: Vec<broadcast::SafetyRow>,
    },
    Urgent {
        urgent: Vec<urgent::UrgentRow>,
    },
    /// It rings, or it is time to telephone.
    Rings {
        urgent: Vec<urgent::UrgentRow>,
    },
    QuietHours {
        hours: Option<QuietHours>,
    },
    Printed {
        file: String,
        pages: usize,
        /// 見本 is across the pages.
        sample: bool,
    },
    /// The patient card, if there is one.
    Card {
        card: Option<Box<CardRow>>,
    },
    Cards {
        revisions: Vec<CardRow>,
    },
    Uses {
        uses: Vec<UseRow>,
    },
    Form(Box<FormRow>),
    Inquiry {
        inquiry: GroupId,
    },
    Inquiries {
        inquiries: Vec<desk::InquiryRow>,
        /// By state, closed ones among them.
        counts: Vec<desk::InquiryCount>,
    },
    Incident {
        incident: GroupId,
    },
    Incidents {
        incidents: Vec<desk::IncidentRow>,
    },
    Announcement {
        announcement: AnnouncementId,
    },
    Announcements {
        announcements: Vec<announcements::AnnouncementRow>,
    },
    AnnouncementText {
        row: Box<announcements::AnnouncementRow>,
        wording: Box<Wording>,
    },
    Training {
        training: TrainingId,
    },
    Trainings {
        rounds: Vec<desk::TrainingRow>,
    },
    /// What one works through in a training round.
    Material {
        training: TrainingId,
        until: Date,
        wording: Box<Wording>,
    },
    Report {
        at: Time,
        since: Time,
        facilities: Vec<desk::ReportRow>,
        /// Where it is to be written: that this is on record. Shown to nobody.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on_record: Option<OnRecord>,
    },
    ReportWritten {
        file: String,
    },
    Takeout {
        takeout: TakeoutId,
    },
    Takeouts {
        takeouts: Vec<TakeoutRow>,
        standing: Vec<StandingRow>,
    },
    /// Information was written to a file.
    TakenOut {
        file: String,
        items: u32,
        unreadable: usize,
        /// Files in it, and their bytes together.
        files: usize,
        bytes: u64,
        /// Files that could not be had: the manifest says why.
        missing: usize,
        /// SHA-256 of the manifest, as it is on record.
        manifest: Hash32,
        /// Where it was made here: shown once.
        passphrase: Option<String>,
    },
    ChartText {
        text: String,
        /// The manifest whose SHA-256 is on record.
        manifest: String,
    },
    TakeoutCounts {
        rows: Vec<TakeoutCountRow>,
    },
    Scans {
        forms: Vec<ScanRow>,
    },
    FormScans {
        forms: Vec<FormScanRow>,
    },
    /// What is about to be done.
    About(Box<About>),
}

impl From<Accepted> for Reply {
    fn from(accepted: Accepted) -> Self {
        Self::Accepted { size: accepted.head.size, time: accepted.time, stale: false }
    }
}
