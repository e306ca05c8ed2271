//! What a server answers, and the fault that it answers instead.

use serde::{Deserialize, Serialize};

use super::enrol::Offers;
use super::request::RecoveryCodes;
use super::secret::{Secret32, TotpSecret};
use super::sidecar::{Details, SealedBox};
use super::sync::Calls;
use crate::access::{AccessCount, SignedAccessHead};
use crate::bounds;
use crate::bytes::{Blob, List};
use crate::code::Code;
use crate::erasure_word::SignedErasureWord;
use crate::file::{Present, SEALED_CHUNK};
use crate::group_receipt::SignedGroupReceipt;
use crate::id::{DeviceId, GroupId, SessionId, UserId};
use crate::key::SealingPublic;
use crate::merkle::Proof;
use crate::report::FacilityNumbers;
use crate::safety::SignedSafety;
use crate::statement::{Head, Signed};
use crate::time::Time;
use crate::wipe::SignedReceipt;
use crate::wording::Wording;

/// A session, as its owner and administrators see it (A11.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRow {
    /// Which.
    pub session: SessionId,
    /// On which device.
    pub device: DeviceId,
    /// Since when.
    pub since: Time,
    /// Seconds since the person was last there.
    pub idle: u32,
    /// Whether it waits for the password.
    pub locked: bool,
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// Done; there is nothing to say.
    Done,
    /// A new TOTP secret.
    Factor(TotpSecret),
    /// Signed in.
    SignedIn {
        /// The session.
        session: SessionId,
        /// The server's share of this device's vault key.
        share: Secret32,
    },
    /// A facility's application as it was signed, and how many have admitted it so far.
    Application {
        /// The statement.
        signed: Signed,
        /// Operators (or the root) who have admitted it.
        admitted_by: u32,
    },
    /// Appended durably, or it already was.
    Accepted(Accepted),
    /// Offers that wait.
    Offers(Offers),
    /// Sealing keys, of those that were found.
    SealingKeys(List<(DeviceId, SealingPublic), { bounds::LOOKUP }>),
    /// Details, of those that were found and may be seen.
    Details(List<(UserId, Details), { bounds::LOOKUP }>),
    /// A box with its place and proof.
    FetchedBox {
        /// Place among the boxes.
        index: u32,
        /// The box.
        sealed: SealedBox,
        /// That it is there.
        proof: Proof,
    },
    /// A certificate, DER.
    Certificate(Blob<{ bounds::CERTIFICATE }>),
    /// Receipts, of those devices that have confirmed.
    Receipts(List<(DeviceId, SignedReceipt), { bounds::LOOKUP }>),
    /// The next entries of the log, some at a time; none when there are no more.
    Entries(List<Blob<{ crate::entry::ENTRY_MAX }>, { bounds::ENTRIES }>),
    /// Recovery codes: shown once.
    Recovery(RecoveryCodes),
    /// Messages in each group.
    Counts(List<(GroupId, u64), { bounds::LOGS_FOLLOWED }>),
    /// Sessions.
    Sessions(List<SessionRow, { bounds::SESSIONS }>),
    /// Records of access, each with the proof that it is under the head.
    AccessRecords {
        /// Where the record ended.
        head: SignedAccessHead,
        /// The records, as they stand, and the proofs.
        records: List<(Blob<{ bounds::ACCESS_RECORD }>, Proof), { bounds::ACCESS_PAGE }>,
        /// Where to ask on; none when that was all.
        next: Option<u64>,
    },
    /// Counts of a part of the record.
    AccessCounts {
        /// In ascending order of facilities and kinds.
        counts: List<AccessCount, { bounds::ACCESS_COUNTS }>,
        /// Where to ask on; none when that was all.
        next: Option<u64>,
    },
    /// A text of the association.
    Text(Wording),
    /// Which chunks are there.
    Uploaded(Present),
    /// A sealed chunk of a file.
    FileChunk(Blob<SEALED_CHUNK>),
    /// Receipts of a group, of those devices that have confirmed.
    GroupReceipts(List<(DeviceId, SignedGroupReceipt), { bounds::LOOKUP }>),
    /// Numbers of facilities, in ascending order.
    Report(List<FacilityNumbers, { bounds::REPORT_FACILITIES }>),
    /// The server's word on an erasure.
    ErasureWord(SignedErasureWord),
    /// Urgent messages.
    Calls(Calls),
    /// Answers to a broadcast, each by who gave it, in ascending order of people.
    SafetyAnswers {
        /// The answers.
        answers: List<SignedSafety, { bounds::SAFETY_PAGE }>,
        /// Where to ask on; none when that was all.
        next: Option<UserId>,
    },
}

/// Where a statement stands in its log. Given only when it is durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// The head right after it.
    pub head: Head,
    /// The server's time of the entry.
    pub time: Time,
}

/// A rule of Art. 11 (3) that a password doesn't meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PasswordRule {
    /// At least 13 characters.
    Length,
    /// A letter.
    Letter,
    /// A digit.
    Digit,
    /// A symbol.
    Symbol,
    /// Hard to guess.
    Guessable,
    /// Not built on the person's or facility's name.
    Personal,
    /// None of the last ten.
    Reused,
}

/// Why not. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code}")]
pub struct Fault {
    /// Which of the closed set.
    pub code: Code,
    /// When it may be tried again, in seconds, where that is known.
    pub retry_after: Option<u32>,
    /// For a password that is too weak: each rule that it fails.
    pub failed: List<PasswordRule, 8>,
}

impl From<Code> for Fault {
    fn from(code: Code) -> Self {
        Self { code, retry_after: None, failed: List::default() }
    }
}
