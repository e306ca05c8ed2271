//! Acts that govern one group.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::bounds;
use crate::bytes::{List, fixed_bytes};
use crate::file::Stored;
use crate::hash::{self, Hash32};
use crate::id::{FacilityId, FileId, GroupId, InvitationId, UserId};
use crate::text::Line;
use crate::time::{Date, Time};

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
    /// One person's report that something went wrong (S5): read by that person, by the SNS administrators of the own
    /// facility, and by whoever is an operator of the Desk. No more of a patient than it takes.
    Incident,
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
    /// The scan of a form is here, sealed (A6.1): for those who govern the group, and for nobody else who reads it.
    DepositScan {
        /// Of which form: the place of the entry that names the scan's hash.
        of: u64,
        /// The file, uploaded by the depositing device before.
        file: FileId,
        /// Its sealed chunks.
        content: Stored,
        /// Its key ([`crate::scan::ScanKey`]), sealed to the devices that govern the group.
        key: BoxesRoot,
        /// Commitment to the key: whoever hands it on later hands on this one.
        commitment: Hash32,
    },
    /// What went wrong (S5): by who reports it, or, as it becomes clearer, by who sees to it.
    StateIncident {
        /// Of which kind.
        kind: IncidentKind,
        /// The message that it is about, where there is one.
        about: Option<MessageRef>,
        /// When it was noticed.
        noticed: Time,
    },
    /// What was done about an incident, or why it was not needed (S7): by who sees to it.
    RecordMeasure {
        /// What.
        measure: Measure,
        /// Whether it was done; otherwise it was found not to be needed.
        done: bool,
        /// On which day.
        on: Date,
    },
    /// Who governs the group stops it for the moment (S7): nothing is written, and nothing is handed out.
    Halt,
    /// It goes on (S7).
    Resume,
    /// The author of a message calls people for it: it rings until they have acknowledged it (U1). Known by its place.
    Call {
        /// The message: its place.
        message: u64,
        /// Whom: readers of the group.
        of: List<UserId, { bounds::CALLED }>,
    },
    /// Who was called, or called in somebody's place, has seen to it; its author calls nobody any more (U1).
    Acknowledge {
        /// The call: its place.
        call: u64,
    },
    /// Who is called in one's place in this group where one does not acknowledge a call (U1).
    StandIn {
        /// A reader of the group; none takes back who it was.
        user: Option<UserId>,
    },
}

/// One message of one group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MessageRef {
    /// The group.
    pub group: GroupId,
    /// The place of the message in its log.
    pub message: u64,
}

/// What went wrong (S5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IncidentKind {
    /// 誤送信: something went to people, or to a group, that it was not for.
    Misdirected,
    /// 誤記・取り違え: a wrong patient, a wrong value.
    WrongContent,
    /// 漏えい・のぞき見: somebody saw or took what was not for them, or may have.
    Leak,
    /// 紛失・盗難: a device, or paper.
    Lost,
    /// なりすまし・攻撃: somebody pretends to be somebody else, or attacks.
    Attack,
    /// 不適切な書き込み: words that ought not to stand there.
    Misconduct,
    /// 障害: something doesn't work.
    Malfunction,
    /// その他.
    Other,
}

/// What is done about an incident (S7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// 拡大の防止: it goes no further: halted, taken back, access stopped.
    Contained,
    /// 連絡・謝罪: those whom it concerns were told: the patient or the family, the originator, the authority.
    Notified,
    /// 原因: it is known how it came about.
    Explained,
    /// 再発防止: it is kept from happening again, people were trained.
    Prevented,
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
