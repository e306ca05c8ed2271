//! What happened: the kinds of record.

use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::file::{Intent, Part};
use crate::hash::Hash32;
use crate::id::{GroupId, RequestId, SessionId, TakeoutId, TicketId, UserId};
use crate::key::Signature;
use crate::statement::LogId;
use crate::takeout::TakeoutForm;
use crate::time::Time;

/// What was asked for and refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Asked {
    /// A connection with a device's certificate.
    Connection,
    /// The stream of everything new.
    Sync,
    /// Signing in, first or later, or going on with a session, or another password.
    SignIn,
    /// Enrolling a device: a ticket, an offer.
    Enrolment,
    /// A request of the root.
    Root,
    /// Locking or ending a session.
    Session,
    /// Entering a statement.
    Statement,
    /// Issuing a ticket.
    Ticket,
    /// Looking names, keys, offers or receipts up.
    Listing,
    /// A box with keys, a label or a form's details.
    Box,
    /// Entries of a log.
    Export,
    /// This record.
    Record,
    /// Something that could not be read.
    Unreadable,
    /// Something else.
    Other,
}

/// What was looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Listing {
    /// Names of people.
    Names,
    /// Sealing keys of devices.
    Devices,
    /// Devices that ask to be approved.
    Offers,
    /// What wiped devices have confirmed.
    Receipts,
    /// A facility's own application.
    Application,
    /// How many messages the groups have, for a locked session.
    Counts,
    /// Where somebody is signed in.
    Sessions,
    /// Numbers of facilities, for a report.
    Report,
    /// How people are, after an emergency broadcast.
    Safety,
}

/// A table that leaves the program as a file (A8.1, A15.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Table {
    /// What touches a facility: groups, members, devices, delegations, takeouts.
    Overview,
    /// Numbers and states of facilities.
    Report,
}

/// How far an opening has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// The first messages of this group on this connection. From here on it may be handed whatever is written there, until
    /// its end is on record, or the server's next start.
    Began,
    /// More of them: so far since the record before of this opening.
    WentOn,
    /// The rest, and the end of the connection or of the person's reading.
    Ended,
}

/// Whose records are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// The person's own.
    Own,
    /// The own facility's people, and the groups that it originates.
    Facility,
    /// One person of the own facility.
    User(UserId),
    /// One group that the own facility originates.
    Group(GroupId),
    /// Numbers alone, of everybody.
    Counts,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// The server started: every opening before is over.
    Started,
    /// Signed in.
    SignedIn {
        /// The session.
        session: SessionId,
    },
    /// A session went on over another connection.
    Resumed {
        /// The session.
        session: SessionId,
    },
    /// The first sign-in was set up.
    SetUp,
    /// Another password.
    PasswordChanged,
    /// The session was locked.
    Locked {
        /// The session.
        session: SessionId,
    },
    /// The session was ended by its person.
    SignedOut {
        /// The session.
        session: SessionId,
    },
    /// Messages of a group were handed to a device, whole.
    Opened {
        /// Which group.
        group: GroupId,
        /// How far the opening has come.
        stage: Stage,
        /// The first entry of these.
        first: u64,
        /// The last one.
        last: u64,
        /// How many messages: none where an end had nothing more.
        messages: u32,
    },
    /// A group's log was handed out without a message: its government.
    Followed {
        /// Which group.
        group: GroupId,
    },
    /// A box was handed out.
    BoxFetched {
        /// Of which group.
        group: GroupId,
        /// Beside which entry.
        seq: u64,
    },
    /// Entries were handed out for an export.
    Exported {
        /// Of which log.
        log: LogId,
        /// The first one.
        from: u64,
        /// How many.
        entries: u32,
    },
    /// Something was looked up, so often within a minute.
    Listed {
        /// What.
        what: Listing,
        /// How often.
        times: u32,
    },
    /// Something was refused, so often within a minute.
    Refused {
        /// What was asked for.
        asked: Asked,
        /// Why not.
        code: Code,
        /// Of which group, where there is one.
        group: Option<GroupId>,
        /// How often.
        times: u32,
    },
    /// Refusals and look-ups of more kinds, or from more places, than are told apart within a minute.
    Crowded {
        /// How many.
        times: u32,
    },
    /// An administrative act: it stands, signed, in its own log.
    Acted {
        /// In which.
        log: LogId,
        /// Where.
        seq: u64,
    },
    /// An enrolment ticket was issued.
    TicketIssued {
        /// Which.
        ticket: TicketId,
    },
    /// An enrolment ticket was shown by somebody who has it.
    TicketUsed {
        /// Which.
        ticket: TicketId,
    },
    /// The device has a new certificate.
    CertificateRenewed,
    /// This record was asked for.
    Consulted {
        /// Whose part of it.
        scope: Scope,
        /// From which record on.
        from: u64,
        /// How many were handed out.
        records: u32,
    },
    /// Records that could not be kept, as the disk was full or had failed.
    Lost {
        /// How many.
        times: u32,
    },
    /// The person unlocked the session with the password.
    Unlocked {
        /// The session.
        session: SessionId,
    },
    /// The session was locked as nobody was there.
    LeftAlone {
        /// The session.
        session: SessionId,
    },
    /// The session ended otherwise than by its person on its device: by time, a later sign-in, wrong passwords, or
    /// somebody who may.
    SessionEnded {
        /// The session.
        session: SessionId,
        /// As what its connections were told.
        code: Code,
    },
    /// A fresh code was shown for administrative acts.
    SteppedUp,
    /// New recovery codes in place of the old ones.
    RecoveryRenewed,
    /// A recovery code was used up by a sign-in.
    RecoveryUsed,
    /// Somebody ended a session from elsewhere: the own one, or that of a person whom one administers.
    EndedFor {
        /// Whose.
        user: UserId,
        /// Which.
        session: SessionId,
    },
    /// A file was opened (A12.2), as the device has signed: with the record's user and device, the fields here are the whole
    /// [`Opening`](crate::file::Opening).
    FileOpened {
        /// In which group.
        group: GroupId,
        /// The post's place in its log.
        seq: u64,
        /// Which of its files, from 0.
        file: u8,
        /// Which part of it.
        part: Part,
        /// What for.
        intent: Intent,
        /// Names the opening.
        request: RequestId,
        /// When, by the device's own clock.
        at: Time,
        /// By the device's signing key.
        signature: Signature,
    },
    /// Information was taken out under a permit (A12.5): the device was let write it from here on.
    TakenOut {
        /// Under which permit.
        takeout: TakeoutId,
        /// Of which group.
        group: GroupId,
        /// In which form.
        form: TakeoutForm,
        /// The place of the first item.
        first: u64,
        /// The place of the last one.
        last: u64,
        /// How many items.
        items: u32,
        /// SHA-256 of the manifest.
        manifest: Hash32,
    },
    /// A table was written to a file: the device was let write it from here on (A8.1, A15.1).
    TableWritten {
        /// Which.
        table: Table,
        /// How many lines it has.
        rows: u32,
    },
}

/// What kind of thing it was, for counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Signing in, or going on with a session.
    SignIn,
    /// Signing in that failed.
    SignInFailed,
    /// The end or the lock of a session.
    SessionEnd,
    /// An opening: counted where it began.
    Opening,
    /// A look-up.
    Listing,
    /// An export, a page at a time.
    Export,
    /// A refusal.
    Refusal,
    /// An administrative act.
    Act,
    /// A look into this record.
    Record,
    /// The server's own.
    Server,
}

impl What {
    /// The group that it concerns.
    pub const fn group(&self) -> Option<GroupId> {
        match self {
            Self::Opened { group, .. }
            | Self::Followed { group }
            | Self::BoxFetched { group, .. }
            | Self::FileOpened { group, .. }
            | Self::Exported { log: LogId::Group(group), .. }
            | Self::Acted { log: LogId::Group(group), .. }
            | Self::TakenOut { group, .. }
            | Self::Consulted { scope: Scope::Group(group), .. } => Some(*group),
            Self::Refused { group, .. } => *group,
            _ => None,
        }
    }

    /// As what it is counted, and how often it happened.
    pub const fn counted(&self) -> (Kind, u32) {
        match self {
            Self::Started => (Kind::Server, 1),
            Self::SignedIn { .. } | Self::Resumed { .. } | Self::Unlocked { .. } => (Kind::SignIn, 1),
            Self::Locked { .. } | Self::SignedOut { .. } | Self::LeftAlone { .. } | Self::SessionEnded { .. } => {
                (Kind::SessionEnd, 1)
            }
            Self::Opened { stage: Stage::Began, .. } | Self::FileOpened { .. } => (Kind::Opening, 1),
            Self::Opened { .. } => (Kind::Opening, 0),
            Self::Followed { .. } | Self::BoxFetched { .. } => (Kind::Listing, 1),
            Self::Listed { times, .. } => (Kind::Listing, *times),
            Self::Exported { .. } | Self::TakenOut { .. } | Self::TableWritten { .. } => (Kind::Export, 1),
            Self::Refused { asked: Asked::SignIn, times, .. } => (Kind::SignInFailed, *times),
            Self::Refused { times, .. } | Self::Crowded { times } => (Kind::Refusal, *times),
            Self::SetUp
            | Self::PasswordChanged
            | Self::SteppedUp
            | Self::RecoveryRenewed
            | Self::RecoveryUsed
            | Self::EndedFor { .. }
            | Self::Acted { .. }
            | Self::TicketIssued { .. }
            | Self::TicketUsed { .. }
            | Self::CertificateRenewed => (Kind::Act, 1),
            Self::Consulted { .. } => (Kind::Record, 1),
            Self::Lost { times } => (Kind::Server, *times),
        }
    }
}
