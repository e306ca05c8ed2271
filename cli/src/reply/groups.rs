//! Groups, and what is said in them.

use super::people::{Actor, Where, Who};
use renkei_client_core::proto::act::{
    ConsentBy, GroupKind, HistoryPolicy, HoldReason, IncidentKind, InquiryEnd, Measure, UseKind, UseOutcome,
};
use renkei_client_core::proto::card::{CardField, PatientCard};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::id::{DeviceId, FileId, GroupId, InvitationId, StatementId};
use renkei_client_core::proto::time::{Date, Time};
use renkei_client_core::viewing::ShownFile;
use serde::{Deserialize, Serialize};

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
    /// To be shortened to this day, when a second person signs it too.
    pub(crate) shortening: Option<Date>,
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
    IncidentStated {
        incident: IncidentKind,
    },
    MeasureRecorded {
        measure: Measure,
        done: bool,
    },
    Halted,
    Resumed,
    Called {
        message: u64,
        whom: Vec<Who>,
    },
    Acknowledged {
        call: u64,
    },
    StandsIn {
        whom: Option<Who>,
    },
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

/// What a file says of its making.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SaysRow {
    pub(crate) name: String,
    /// What it is called in the file, and what it says.
    pub(crate) lines: Vec<(String, String)>,
}

/// A message with files that is not finished.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SendingRow {
    pub(crate) id: FileId,
    pub(crate) group: GroupId,
    /// Of the group, where this device knows it.
    pub(crate) label: Option<String>,
    pub(crate) since: Time,
    /// Names and bytes.
    pub(crate) files: Vec<(String, u64)>,
    /// Chunks that the server has, of all.
    pub(crate) arrived: u32,
    pub(crate) chunks: u32,
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
