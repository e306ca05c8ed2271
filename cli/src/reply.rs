//! What commands answer. With `--json` this is what is printed; otherwise [`crate::show`] has the words for it.

pub(crate) mod desk;

use renkei_client_core::access::Handed;
use renkei_client_core::audit::{Checked, Comparison, Reading, ReadingDevice};
use renkei_client_core::import::{Encoding, Finding};
use renkei_client_core::leak::Leak;
use renkei_client_core::policy::group::a08_lists::Touch;
use renkei_client_core::policy::registry::a09_leaving::Farewell;
use renkei_client_core::policy::registry::a09_review::Stage;
use renkei_client_core::policy::registry::a12_takeout;
use renkei_client_core::proto::access::Kind;
use renkei_client_core::proto::access_file;
use renkei_client_core::proto::act::{
    ConsentBy, DelegationScope, DeviceKind, FacilityKind, GroupKind, HistoryPolicy, HoldReason, InquiryEnd,
    OperatingSystem, Ownership, Profession, UseKind, UseOutcome,
};
use renkei_client_core::proto::card::{CardField, PatientCard};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::Accepted;
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::id::{
    AssociationId, DelegationId, DeviceId, FacilityId, GroupId, InvitationId, ReviewId, SessionId, StatementId,
    TakeoutId, TrainingId, UserId,
};
use renkei_client_core::proto::posture::Posture;
use renkei_client_core::proto::settings::Setting;
use renkei_client_core::proto::statement::LogId;
use renkei_client_core::proto::takeout::{TakeoutEnd, TakeoutRequest};
use renkei_client_core::proto::time::{Date, Time};
use renkei_client_core::proto::wording::{TextKind, Wording};
use renkei_client_core::proto::words::CompareWords;
use renkei_client_core::viewing::ShownFile;
use serde::{Deserialize, Serialize};

/// The words that two people compare.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Words {
    pub(crate) kana: String,
    pub(crate) latin: String,
}

impl From<CompareWords> for Words {
    fn from(words: CompareWords) -> Self {
        Self { kana: words.kana, latin: words.latin }
    }
}

/// A person, as far as this one may know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Who {
    pub(crate) user: UserId,
    pub(crate) name: Option<String>,
    pub(crate) profession: Option<Profession>,
    pub(crate) facility: Option<FacilityId>,
    pub(crate) facility_name: Option<String>,
}

/// A facility by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Where {
    pub(crate) facility: FacilityId,
    pub(crate) name: Option<String>,
}

/// Who did something: the person, and the facility acted for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Actor {
    #[serde(flatten)]
    pub(crate) who: Who,
    pub(crate) acting_for: Option<Where>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Candidate {
    pub(crate) device: DeviceId,
    pub(crate) name: String,
    pub(crate) words: Words,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Application {
    pub(crate) facility: FacilityId,
    pub(crate) name: String,
    pub(crate) facility_kind: FacilityKind,
    pub(crate) association_member: bool,
    pub(crate) manager: Who,
    pub(crate) admitted_by: usize,
    pub(crate) words: Words,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct FacilityRow {
    pub(crate) facility: FacilityId,
    pub(crate) name: String,
    pub(crate) facility_kind: FacilityKind,
    pub(crate) association_member: bool,
    pub(crate) admitted: bool,
    pub(crate) manager: Option<Who>,
    pub(crate) administrators: usize,
    pub(crate) staff: usize,
    #[serde(default)]
    pub(crate) suspended: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "facts that a script asks for one by one")]
pub(crate) struct StaffRow {
    #[serde(flatten)]
    pub(crate) who: Who,
    pub(crate) kana: Option<String>,
    pub(crate) active: bool,
    pub(crate) facility_manager: bool,
    pub(crate) administrator: bool,
    pub(crate) group_manager: bool,
    pub(crate) pledge: bool,
    pub(crate) devices: usize,
    #[serde(default)]
    pub(crate) suspended: bool,
    /// How the person knows that the duty of secrecy goes on after leaving.
    #[serde(default)]
    pub(crate) farewell: Option<Farewell>,
}

/// How far a device has come (A8.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum DeviceState {
    Pending,
    Approved,
    Wiped,
    /// Its person's ID has ended: its order is to destroy what it has.
    Ended,
    Suspended,
    Lost,
    /// Wiped, and taken out of use in good order.
    Retired,
}

/// How a device is kept (A12.1).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PostureRow {
    pub(crate) required: Posture,
    pub(crate) declared: Option<Posture>,
    pub(crate) declared_at: Option<Time>,
    pub(crate) confirmed_by: Option<UserId>,
    /// The last day on which the confirmation is good.
    pub(crate) confirmed_until: Option<Date>,
    /// Something is asked that is not declared, not confirmed, or out of date.
    pub(crate) overdue: bool,
    /// The confirmation ends within two weeks.
    pub(crate) ends_soon: bool,
}

/// What became of one device of several that were wiped.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct WipeRow {
    pub(crate) device: DeviceId,
    pub(crate) owner: Who,
    pub(crate) ordered: bool,
    /// Why it was not ordered.
    pub(crate) refused: Option<Code>,
    /// When the device confirmed.
    pub(crate) confirmed: Option<Time>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct DeviceRow {
    pub(crate) device: DeviceId,
    pub(crate) owner: Who,
    pub(crate) device_kind: DeviceKind,
    pub(crate) system: OperatingSystem,
    pub(crate) ownership: Ownership,
    pub(crate) state: DeviceState,
    pub(crate) approved_by: Option<UserId>,
    pub(crate) vouched_by: Option<UserId>,
    pub(crate) words: Option<Words>,
    /// When a wiped device confirmed that it has destroyed what it had; none if it has not yet.
    pub(crate) wipe_confirmed: Option<Time>,
    #[serde(default)]
    pub(crate) posture: Option<PostureRow>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct OfferRow {
    pub(crate) device: DeviceId,
    pub(crate) device_kind: DeviceKind,
    pub(crate) system: OperatingSystem,
    pub(crate) ownership: Ownership,
    /// Whose device, or for which facility.
    pub(crate) owner: Option<Who>,
    pub(crate) facility: Option<FacilityId>,
    pub(crate) words: Words,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct DelegationRow {
    pub(crate) delegation: DelegationId,
    pub(crate) by: Where,
    pub(crate) scope: DelegationScope,
    pub(crate) group_label: Option<String>,
    pub(crate) until: Time,
    pub(crate) operators_read: bool,
    pub(crate) revoked: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "facts that a script asks for one by one")]
pub(crate) struct GroupRow {
    pub(crate) group: GroupId,
    pub(crate) label: Option<String>,
    pub(crate) group_kind: GroupKind,
    pub(crate) originator: Where,
    pub(crate) members: usize,
    pub(crate) messages: usize,
    pub(crate) last_message: Option<Time>,
    pub(crate) reading: bool,
    /// A reader whose device still lacks keys: a colleague's device will hand them over.
    pub(crate) awaiting_keys: bool,
    pub(crate) consent: bool,
    pub(crate) closed: bool,
    /// Frozen or erased.
    pub(crate) shut: Option<Code>,
    /// The log does not hold: nothing is sent there.
    pub(crate) broken: Option<Code>,
}

/// A group that is closed, frozen, ordered to be erased, erased, or offered to another facility.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct EndingRow {
    pub(crate) group: GroupId,
    pub(crate) label: Option<String>,
    pub(crate) originator: Where,
    pub(crate) closed: Option<Time>,
    /// From when on it may be ordered that it be erased.
    pub(crate) due: Option<Time>,
    pub(crate) frozen: Option<Time>,
    pub(crate) frozen_by: Option<Actor>,
    pub(crate) withdrawn_on: Option<Date>,
    pub(crate) held_until: Option<Date>,
    pub(crate) held_because: Option<HoldReason>,
    pub(crate) held_by: Option<Actor>,
    pub(crate) ordered: Option<Time>,
    pub(crate) ordered_by: Option<Actor>,
    pub(crate) erased: Option<Time>,
    /// Who ordered and who confirmed.
    pub(crate) erased_by: Option<Vec<Actor>>,
    pub(crate) offered: Option<Where>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct MemberRow {
    #[serde(flatten)]
    pub(crate) who: Who,
    pub(crate) active: bool,
    pub(crate) devices: usize,
    pub(crate) invited_by: Actor,
    pub(crate) approved_by: Actor,
    pub(crate) since: Time,
    pub(crate) ended: Option<Time>,
}

/// A device that had keys of a group which its person no longer reads.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct GoneRow {
    #[serde(flatten)]
    pub(crate) who: Who,
    pub(crate) device: DeviceId,
    pub(crate) since: Option<Time>,
    pub(crate) confirmed: Option<Time>,
    pub(crate) wiped: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct InvitationRow {
    pub(crate) invitation: InvitationId,
    pub(crate) group: GroupId,
    pub(crate) label: Option<String>,
    pub(crate) invited: Who,
    pub(crate) by: Actor,
    pub(crate) at: Time,
    pub(crate) state: InvitationState,
    /// Whether this person's signature decides it.
    pub(crate) mine_to_decide: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum InvitationState {
    Open,
    Approved,
    Declined,
    Withdrawn,
}

/// What happened in a group beside its messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Happening {
    Created,
    ConsentRecorded,
    Invited {
        invitation: InvitationId,
        whom: Who,
    },
    Joined {
        whom: Who,
    },
    Declined {
        whom: Who,
    },
    Withdrawn {
        whom: Who,
    },
    Removed {
        whom: Who,
    },
    Closed,
    /// Keys were renewed for these devices that had none before.
    NewDevices {
        devices: Vec<(DeviceId, Who)>,
    },
    ConsentWithdrawn,
    /// Somebody signed that the freeze be lifted.
    FreezeLifted,
    ErasureHeld,
    ErasureOrdered,
    Erased,
    HandoverOffered,
    HandedOver,
    HandoverDropped,
    DownloadsForbidden,
    UseConsentRecorded,
    UseConsentWithdrawn,
    Used {
        use_kind: UseKind,
    },
    UseSettled {
        outcome: UseOutcome,
    },
    InquiryTaken,
    InquiryAnswered,
    InquiryClosed {
        reason: InquiryEnd,
    },
    InquiryReopened,
}

/// One line of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum Item {
    Message {
        seq: u64,
        id: StatementId,
        time: Time,
        author: Who,
        device: DeviceId,
        /// None where `unreadable` says why.
        text: Option<String>,
        unreadable: Option<Code>,
        /// How it was corrected or taken back last; a message that was taken back has no text.
        amended: Option<AmendedRow>,
        seen: Option<Counted>,
        #[serde(default)]
        files: Vec<FileRow>,
    },
    /// A message was corrected or taken back.
    Amendment {
        seq: u64,
        id: StatementId,
        time: Time,
        author: Who,
        device: DeviceId,
        /// The message's place.
        original: u64,
        change: Change,
        /// The words of a correction that still holds; none where `unreadable` says why, or others hold by now.
        text: Option<String>,
        unreadable: Option<Code>,
        seen: Option<Counted>,
    },
    Event {
        seq: u64,
        time: Time,
        by: Actor,
        what: Happening,
    },
    /// The patient card was changed.
    Card {
        seq: u64,
        id: StatementId,
        time: Time,
        author: Who,
        device: DeviceId,
        /// Which parts; none where not both revisions can be read here.
        changed: Option<Vec<CardField>>,
        unreadable: Option<Code>,
        seen: Option<Counted>,
    },
}

impl Item {
    pub(crate) fn seq(&self) -> u64 {
        match self {
            Self::Message { seq, .. }
            | Self::Amendment { seq, .. }
            | Self::Event { seq, .. }
            | Self::Card { seq, .. } => *seq,
        }
    }
}

/// A file of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileRow {
    pub(crate) name: String,
    pub(crate) media: String,
    /// Bytes.
    pub(crate) length: u64,
    pub(crate) preview: bool,
    pub(crate) no_download: bool,
}

impl From<ShownFile> for FileRow {
    fn from(file: ShownFile) -> Self {
        let ShownFile { name, media, length, preview, no_download } = file;
        Self { name, media, length, preview, no_download }
    }
}

/// A file that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileViewed {
    pub(crate) name: String,
    pub(crate) media: String,
    /// Bytes.
    pub(crate) length: u64,
    /// Who looks, and when: the watermark.
    pub(crate) by: Who,
    pub(crate) at: Time,
    /// A picture in letters.
    pub(crate) picture: Option<Vec<String>>,
}

/// What an amendment did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Change {
    Corrected,
    Retracted,
}

/// How a message was amended last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AmendedRow {
    pub(crate) seq: u64,
    pub(crate) time: Time,
    pub(crate) change: Change,
}

/// How many of those who should see something have said that they have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counted {
    pub(crate) by: usize,
    pub(crate) of: usize,
}

/// One version of a message.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct VersionRow {
    pub(crate) seq: u64,
    pub(crate) time: Time,
    pub(crate) author: Who,
    pub(crate) device: DeviceId,
    /// None for the message as it was written first.
    pub(crate) change: Option<Change>,
    pub(crate) text: Option<String>,
    pub(crate) unreadable: Option<Code>,
}

/// Somebody who has seen a message.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SeenRow {
    #[serde(flatten)]
    pub(crate) who: Who,
    pub(crate) time: Time,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct GroupDetails {
    pub(crate) row: GroupRow,
    pub(crate) history: HistoryPolicy,
    pub(crate) created_by: Actor,
    pub(crate) created_at: Time,
    pub(crate) consent_recorded_by: Option<Actor>,
    pub(crate) members: Vec<MemberRow>,
    pub(crate) invitations: Vec<InvitationRow>,
    pub(crate) epochs: usize,
    pub(crate) devices: usize,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "facts that a script asks for one by one")]
pub(crate) struct Status {
    pub(crate) profile: String,
    pub(crate) server: String,
    pub(crate) device: DeviceId,
    pub(crate) user: Option<UserId>,
    pub(crate) approved: bool,
    pub(crate) signed_in: bool,
    /// The rest only while signed in.
    pub(crate) who: Option<Who>,
    pub(crate) association: Option<AssociationId>,
    pub(crate) association_name: Option<String>,
    pub(crate) online: bool,
    pub(crate) roles: Vec<String>,
    pub(crate) groups: usize,
    pub(crate) registry: u64,
    /// Whether the server's signed word on its logs is fresh. Without it nobody is let in.
    pub(crate) heads_fresh: bool,
    /// Somebody else has registered keys for this device.
    pub(crate) keys_replaced: bool,
    pub(crate) locks_in: Option<u64>,
    /// While the session is locked, or its agent gone: how many messages the groups have.
    pub(crate) locked: Option<Locked>,
    #[serde(default)]
    pub(crate) posture: Option<PostureRow>,
    /// What the person has to read or confirm.
    #[serde(default)]
    pub(crate) owes: Owes,
}

/// What a person owes (A9.2, A10.1).
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(crate) struct Owes {
    /// The version of the points to note that waits.
    pub(crate) notice: Option<u32>,
    /// The last day of the review that waits, and how far the one that is furthest has come.
    pub(crate) review_due: Option<Date>,
    pub(crate) review: Option<Stage>,
    /// The person's own takeouts that are over and not confirmed (A12.5).
    #[serde(default)]
    pub(crate) takeouts_overdue: usize,
    /// Takeouts that wait for the person's decision or confirmation.
    #[serde(default)]
    pub(crate) takeouts_waiting: usize,
}

/// A takeout that was asked for (A12.5).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct TakeoutRow {
    pub(crate) takeout: TakeoutId,
    pub(crate) who: Who,
    pub(crate) asked: Time,
    /// What the group is called, as far as this person knows it.
    pub(crate) label: Option<String>,
    pub(crate) request: TakeoutRequest,
    pub(crate) stage: a12_takeout::Stage,
    pub(crate) decided_by: Option<Who>,
    /// How it ended, by the person's own word.
    pub(crate) declared: Option<TakeoutEnd>,
    /// How it ended, by an administrator's.
    pub(crate) ended: Option<TakeoutEnd>,
    pub(crate) ended_on: Option<Date>,
    pub(crate) ended_by: Option<Who>,
}

/// A standing permit for text of the chart (A12.5).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct StandingRow {
    pub(crate) takeout: TakeoutId,
    pub(crate) who: Who,
    pub(crate) given_by: Who,
    /// None for every group that the person reads.
    pub(crate) group: Option<GroupId>,
    pub(crate) label: Option<String>,
    pub(crate) until: Time,
    pub(crate) in_force: bool,
}

/// How many takeouts of a facility's people stand where.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct TakeoutCountRow {
    pub(crate) facility: Where,
    pub(crate) requested: usize,
    pub(crate) permitted: usize,
    pub(crate) overdue: usize,
}

/// A text of the association.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct TextRow {
    pub(crate) text: TextKind,
    pub(crate) version: u32,
    pub(crate) hash: Hash32,
    /// None where it waits for a second signature.
    pub(crate) published: Option<Time>,
}

/// A review round, as far as this person may know.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ReviewRow {
    pub(crate) review: ReviewId,
    /// None for everybody of the association.
    pub(crate) facility: Option<Where>,
    pub(crate) due: Date,
    pub(crate) restricted_from: Time,
    pub(crate) locked_from: Time,
    pub(crate) open: bool,
    pub(crate) stage: Stage,
    /// It waits for this person.
    pub(crate) mine: bool,
    /// How many have confirmed, and who hasn't: for administrators and the Desk.
    pub(crate) confirmed: Option<usize>,
    pub(crate) waiting: Vec<WaitingRow>,
}

/// Somebody who has not confirmed yet.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct WaitingRow {
    #[serde(flatten)]
    pub(crate) who: Who,
}

/// What a locked session is told.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Locked {
    pub(crate) groups: usize,
    pub(crate) messages: u64,
}

/// Somebody who could read a group.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CouldReadRow {
    #[serde(flatten)]
    pub(crate) who: Who,
    pub(crate) reading: Reading,
    pub(crate) devices: Vec<ReadingDevice>,
    /// Opened the group, and reads it since then: nobody invited or approved.
    pub(crate) opened: bool,
    pub(crate) invited_by: Actor,
    pub(crate) approved_by: Actor,
    pub(crate) since: Time,
    pub(crate) ended: Option<Ending>,
}

/// How a reading ended. Where nobody is named, the ID ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Ending {
    pub(crate) time: Time,
    pub(crate) by: Option<Actor>,
}

/// Somebody's session.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SessionLine {
    pub(crate) session: SessionId,
    pub(crate) device: DeviceId,
    pub(crate) device_kind: Option<DeviceKind>,
    /// Whether it is this very one.
    pub(crate) here: bool,
    pub(crate) since: Time,
    /// Seconds since the person was last there.
    pub(crate) idle: u32,
    pub(crate) locked: bool,
}

/// A setting of the association that waits for a second signature.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Proposed {
    pub(crate) setting: Setting,
    /// How many have signed.
    pub(crate) signed: usize,
}

/// A device that was handed what is in a group.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct HandedRow {
    #[serde(flatten)]
    pub(crate) who: Who,
    pub(crate) handed: Handed,
}

/// What a device may have given away.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct LeakReply {
    /// Its person.
    pub(crate) who: Who,
    /// What the groups are called, as far as this person knows it; in the order of the groups.
    pub(crate) labels: Vec<Option<String>>,
    /// Whose the groups are, in the same order.
    pub(crate) originators: Vec<Where>,
    /// When this was put together.
    pub(crate) written: Time,
    pub(crate) leak: Leak,
}

/// How often something happened at a facility on a day, which begins at `day`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CountRow {
    pub(crate) day: Time,
    pub(crate) facility: Option<Where>,
    pub(crate) what: Kind,
    pub(crate) times: u64,
}

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
}

/// A use beyond the group (S3).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct UseRow {
    pub(crate) group: GroupId,
    pub(crate) label: Option<String>,
    pub(crate) seq: u64,
    pub(crate) use_kind: UseKind,
    pub(crate) on: Date,
    /// The consent's place.
    pub(crate) consent: u64,
    pub(crate) recorded: Time,
    pub(crate) recorded_by: Actor,
    /// For those who govern the group.
    pub(crate) about: Option<String>,
    pub(crate) place: Option<String>,
    /// Somebody has to see to it.
    pub(crate) to_settle: bool,
    pub(crate) settled: Option<SettledRow>,
}

/// What became of a use.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SettledRow {
    pub(crate) outcome: UseOutcome,
    pub(crate) on: Date,
    pub(crate) at: Time,
    pub(crate) by: Actor,
}

/// Form 3 as it is recorded.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct FormRow {
    pub(crate) group: GroupId,
    pub(crate) by: ConsentBy,
    pub(crate) signed_on: Date,
    pub(crate) copy_given_on: Date,
    pub(crate) scan: Hash32,
    pub(crate) recorded: Time,
    pub(crate) recorded_by: Actor,
    /// None where `unreadable` says why.
    pub(crate) name: Option<String>,
    pub(crate) relation: Option<String>,
    pub(crate) unreadable: Option<Code>,
}

/// A revision of a patient card.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CardRow {
    pub(crate) seq: u64,
    pub(crate) time: Time,
    pub(crate) author: Who,
    pub(crate) device: DeviceId,
    pub(crate) replaces: Option<u64>,
    pub(crate) changed: Option<Vec<CardField>>,
    /// None where `unreadable` says why.
    pub(crate) card: Option<PatientCard>,
    pub(crate) unreadable: Option<Code>,
    /// The people of the care team who have an ID.
    pub(crate) people: Vec<Who>,
}

/// What would come of a file, and what is wrong with it (A8.3).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ImportPlan {
    pub(crate) encoding: Option<Encoding>,
    /// Nothing stands in the way.
    pub(crate) clean: bool,
    /// Names by line; whether somebody is registered already, and is passed over.
    pub(crate) rows: Vec<ImportPlanRow>,
    pub(crate) findings: Vec<Finding>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ImportPlanRow {
    pub(crate) line: u64,
    pub(crate) name: String,
    pub(crate) there: bool,
    /// The offices that the file gives this person, also one who is there already.
    pub(crate) administrator: bool,
    pub(crate) group_manager: bool,
}

/// What came of one line.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ImportedRow {
    pub(crate) line: u64,
    #[serde(flatten)]
    pub(crate) who: Who,
    pub(crate) registered: bool,
    /// An enrolment ticket's link, where one was wanted and there is no device yet.
    pub(crate) link: Option<String>,
    pub(crate) expires: Option<Time>,
}

/// What touches a facility (A8.1).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Overview {
    pub(crate) facility: Where,
    pub(crate) at: Time,
    /// Whether the server's signed word on its logs is fresh.
    pub(crate) fresh: bool,
    pub(crate) groups: Vec<OverviewGroup>,
    pub(crate) devices: Vec<DeviceRow>,
    pub(crate) delegations: Vec<DelegationRow>,
    #[serde(default)]
    pub(crate) takeouts: Vec<TakeoutRow>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct OverviewGroup {
    pub(crate) touch: Touch,
    /// Not flattened: a row has a number of members.
    pub(crate) row: GroupRow,
    pub(crate) members: Vec<MemberRow>,
    /// Those that wait for a decision.
    pub(crate) invitations: Vec<InvitationRow>,
}

impl From<Accepted> for Reply {
    fn from(accepted: Accepted) -> Self {
        Self::Accepted { size: accepted.head.size, time: accepted.time, stale: false }
    }
}
