//! [`ALPN`](super::ALPN): what a device with a certificate asks.

use serde::{Deserialize, Serialize};

use super::enrol::NewTicket;
use super::secret::Password;
use super::sidecar::Sidecar;
use crate::access::{AccessQuestion, Table};
use crate::bounds;
use crate::bytes::{Blob, List};
use crate::file::{Part, SEALED_CHUNK, SignedOpening};
use crate::group_receipt::SignedGroupReceipt;
use crate::hash::Hash32;
use crate::id::{DeviceId, FileId, GroupId, RequestId, SessionId, UserId};
use crate::key::{Signature, SigningPublic};
use crate::recovery::RecoveryCode;
use crate::safety::SignedSafety;
use crate::statement::{LogId, Signed};
use crate::takeout::TakeoutExport;
use crate::wording::Wording;

/// What a client opens a stream with.
#[expect(clippy::large_enum_variant, reason = "decoded once a stream and taken apart at once")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClientFrame {
    /// One request, one answer.
    Request(Request),
    /// The long-lived stream of everything new: how many entries of each log the client has.
    Sync(List<(LogId, u64), { bounds::LOGS_FOLLOWED }>),
}

/// A request. The statement in it has an identifier of its own, by which a repeat is recognised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Made by the client.
    pub id: RequestId,
    /// What is asked.
    pub op: Op,
}

/// What can be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Op {
    /// First sign-in: choose a password (A11.2). Answered with a new TOTP secret.
    SetPassword(Password),
    /// First sign-in: show that the code generator is set up (A11.6).
    ConfirmFactor {
        /// Six digits.
        code: u32,
    },
    /// Sign in on this device.
    SignIn {
        /// The ID.
        user: UserId,
        /// The password.
        password: Password,
        /// Six digits; without them the answer asks for them.
        code: Option<u32>,
        /// A key of this session, to prove it on later connections.
        session_key: SigningPublic,
    },
    /// Go on with a session on this new connection, without a password.
    Resume {
        /// Which.
        session: SessionId,
        /// By the session key in [`RESUME`](super::RESUME), over the exporter value.
        signature: Signature,
    },
    /// My facility's application: what works before it is admitted (A3.1).
    Application,
    /// Change the password (A11.2).
    ChangePassword {
        /// The present one.
        old: Password,
        /// The new one.
        new: Password,
    },
    /// Lock the session: no content until the next sign-in.
    Lock,
    /// End the session.
    SignOut,
    /// Append a statement.
    Submit {
        /// The statement.
        signed: Signed,
        /// What goes beside it.
        sidecar: Sidecar,
    },
    /// An enrolment ticket was made.
    NewTicket(NewTicket),
    /// Which offers have come for tickets that I may decide on?
    Offers,
    /// The sealing keys of these devices.
    SealingKeys(List<DeviceId, { bounds::LOOKUP }>),
    /// The names of these people.
    Details(List<UserId, { bounds::LOOKUP }>),
    /// My box beside this entry.
    FetchBox {
        /// Which log.
        log: LogId,
        /// Which entry.
        seq: u64,
    },
    /// A new certificate for this device.
    RenewCertificate {
        /// A certificate signing request, DER.
        request: Blob<1_024>,
        /// By the device's signing key in [`RENEW`](super::RENEW), over the exporter value and the request.
        signature: Signature,
    },
    /// What these wiped devices have confirmed.
    Receipts(List<DeviceId, { bounds::LOOKUP }>),
    /// Send signed heads over the sync stream now, before they are due.
    Freshen,
    /// Entries of a log from this place on, as the sync stream would send them: for an export.
    Entries {
        /// Which log.
        log: LogId,
        /// The first one.
        from: u64,
    },
    /// Sign in with a recovery code, or with a password that has expired and a new one (A11.3, A11.6).
    SignInWith {
        /// The ID.
        user: UserId,
        /// The password.
        password: Password,
        /// The second factor.
        second: SecondFactor,
        /// The password from now on.
        new: Option<Password>,
        /// A key of this session.
        session_key: SigningPublic,
    },
    /// Unlock this device's locked session: the password is enough, as the code was given when the session began (A11.4).
    Unlock {
        /// The password.
        password: Password,
        /// A new key of the session: the old one left memory when it was locked.
        session_key: SigningPublic,
    },
    /// The person is there: what a program does by itself is not asked for with this (A11.4).
    Touch,
    /// How many messages this device's session, locked or open, has in each group. No content (A11.4).
    Counts,
    /// The sessions of a person: one's own, or those of a person whom one administers (A11.1).
    Sessions {
        /// Whose.
        user: UserId,
    },
    /// End one of those.
    EndSession {
        /// Whose.
        user: UserId,
        /// Which.
        session: SessionId,
    },
    /// Show a fresh code of the code generator, as administrative acts need (A11.6).
    StepUp {
        /// Six digits.
        code: u32,
    },
    /// New recovery codes in place of the old ones (A11.6). Needs a fresh factor.
    NewRecoveryCodes,
    /// Records of access (A2.1), some at a time.
    AccessRecords(AccessQuestion),
    /// How often what was accessed (A2.1): for the Desk.
    AccessCounts(AccessQuestion),
    /// Append a statement that publishes a text of the association, with the text (A10.1).
    Publish {
        /// The statement.
        signed: Signed,
        /// What it names.
        text: Wording,
    },
    /// A text of the association that is published or proposed (A10.1).
    Text {
        /// Its hash.
        text: Hash32,
    },
    /// One sealed chunk of a file that a post of this device will name (A12.2). Sent again, it changes nothing.
    Upload {
        /// For which group.
        group: GroupId,
        /// The file.
        file: FileId,
        /// Which part of it.
        part: Part,
        /// Which chunk, from 0.
        index: u32,
        /// The sealed bytes.
        bytes: Blob<SEALED_CHUNK>,
    },
    /// Which chunks of a file of this device has the server? To go on after a broken connection.
    Uploaded {
        /// For which group.
        group: GroupId,
        /// The file.
        file: FileId,
        /// Which part of it.
        part: Part,
    },
    /// Open a file (A12.2). On record, durably, before it is answered.
    OpenFile(SignedOpening),
    /// One sealed chunk of a file that this session has opened.
    FileChunk {
        /// The opening.
        opening: RequestId,
        /// Which chunk, from 0.
        index: u32,
    },
    /// This device keeps nothing of a group any more (A12.3).
    Gone(SignedGroupReceipt),
    /// What these devices have confirmed of a group (A12.3).
    GroupReceipts {
        /// Of which group.
        group: GroupId,
        /// Which devices.
        devices: List<DeviceId, { bounds::LOOKUP }>,
    },
    /// Numbers and states for a report (A15.1): of all facilities for the Desk, of the own one for its administrator.
    Report,
    /// I am about to export this, under this permit (A12.5). Answered when it is permitted and durably on record.
    TakeOut(TakeoutExport),
    /// The server's word on a group's erasure (A6.2), for who governed it to its end.
    ErasureWord {
        /// Of which group.
        group: GroupId,
    },
    /// I am about to write this table to a file (A8.1, A15.1). Answered when it is permitted and durably on record.
    WriteTable {
        /// Which.
        table: Table,
        /// How many lines it has.
        rows: u32,
    },
    /// Which urgent messages concern the person of this device's session, locked or open? No content (U1).
    Calls,
    /// How this person is, in answer to a broadcast (S6). Answered when it is durable; the last one counts.
    AnswerBroadcast(SignedSafety),
    /// Answers to a broadcast that this person may see (S6), some at a time.
    SafetyAnswers {
        /// To which: its place in the registry.
        broadcast: u64,
        /// Of people after this one.
        after: Option<UserId>,
    },
}

/// The second factor of a sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SecondFactor {
    /// Six digits of the code generator.
    Code(u32),
    /// A recovery code. Good once.
    Recovery(RecoveryCode),
}

/// Recovery codes of a person: for some years of lost phones, and they fit on a card.
pub type RecoveryCodes = List<RecoveryCode, 10>;
