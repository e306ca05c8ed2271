//! How a log holds a statement: numbered, timed by the server, chained by hashes.
//!
//! The chain runs over headers, and a header holds the hash of the signed bytes. So a body can be erased and the chain
//! still verifies, and a viewer who may follow a group's governance but not its messages gets headers alone for these.

use serde::{Deserialize, Serialize};

use crate::act::Act;
use crate::bounds;
use crate::codec::{self, DecodeError};
use crate::hash::{self, Hash32};
use crate::id::{DeviceId, StatementId};
use crate::statement::{Head, LogId, Signed, Statement};
use crate::time::Time;

/// What an entry holds, readable without its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum EntryKind {
    /// An act on the registry.
    Registry,
    /// An act that governs a group.
    Governance,
    /// A new epoch.
    Epoch,
    /// Earlier keys for newcomers.
    History,
    /// A message, with or without files.
    Message,
    /// A correction or retraction of a message.
    Amendment,
    /// A mark of how far somebody has seen.
    Seen,
    /// A revision of the patient card.
    Card,
    /// The key of the present card, for newcomers.
    CardKey,
}

impl EntryKind {
    /// The kind of entry that holds `act`.
    pub const fn of(act: &Act) -> Self {
        match act {
            Act::Registry(_) => Self::Registry,
            Act::Group(_) => Self::Governance,
            Act::Epoch(_) => Self::Epoch,
            Act::History(_) => Self::History,
            Act::Message(_) | Act::Post(_) => Self::Message,
            Act::Amend(_) => Self::Amendment,
            Act::Seen { .. } => Self::Seen,
            Act::Card(_) => Self::Card,
            Act::CardKey(_) => Self::CardKey,
        }
    }

    /// Whether it holds content: those who govern without reading are sent its header alone.
    pub const fn is_content(self) -> bool {
        matches!(self, Self::Message | Self::Amendment | Self::Card | Self::CardKey)
    }
}

/// The chained part of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryHeader {
    /// [`crate::VERSION`].
    pub version: u8,
    /// Which log.
    pub log: LogId,
    /// Place in the log, from 0.
    pub seq: u64,
    /// Hash of the header before; all zero for the first.
    pub prev: Hash32,
    /// The server's time. Never before the entry's before.
    pub time: Time,
    /// Number of registry entries that the statement was judged under (in the registry: its own `seq`).
    pub registry: u64,
    /// The statement's identifier.
    pub id: StatementId,
    /// The device that signed; none for the root.
    pub author: Option<DeviceId>,
    /// What the body is.
    pub kind: EntryKind,
    /// Hash of the body ([`Signed::hash`]).
    pub body: Hash32,
}

impl EntryHeader {
    /// The link that the next entry holds in `prev`.
    pub fn hash(&self) -> Hash32 {
        hash::hash(hash::ENTRY, &[&codec::encode(self)])
    }

    /// The head of the log right after this entry.
    pub fn head(&self) -> Head {
        Head { size: self.seq.saturating_add(1), hash: self.hash() }
    }
}

/// An entry as stored and sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The chained part.
    pub header: EntryHeader,
    /// The signed statement; none where it was erased or is not for this viewer.
    pub body: Option<Signed>,
}

/// Longest encoding of an [`Entry`]: a statement, its signature and the header with its few fixed fields.
pub const ENTRY_MAX: usize = bounds::STATEMENT + 512;

/// Why an entry is not the next one of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// Another log's entry.
    #[error("an entry of another log")]
    WrongLog,
    /// A gap or a repetition.
    #[error("entry {got} where {expected} was due")]
    WrongSequence {
        /// What was due.
        expected: u64,
        /// What came.
        got: u64,
    },
    /// It doesn't continue this history.
    #[error("entry {0} does not continue this log")]
    WrongLink(u64),
    /// The server's time or registry position ran backwards.
    #[error("entry {0} is dated before the one before it")]
    Backwards(u64),
    /// The body is not the one that the header names.
    #[error("the body of entry {0} is not the one its header names")]
    WrongBody(u64),
}

/// The end of a log, as far as somebody has followed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tip {
    /// Which log.
    pub log: LogId,
    /// Where it ends.
    pub head: Head,
    /// The last entry's time.
    pub time: Time,
    /// The last entry's registry position.
    pub registry: u64,
}

impl Tip {
    /// The tip of an empty log.
    pub fn empty(log: LogId) -> Self {
        Self { log, head: Head::default(), time: Time(0), registry: 0 }
    }

    /// Makes the header under which `statement` would be appended here.
    pub fn next(&self, signed: &Signed, statement: &Statement, time: Time, registry: u64) -> EntryHeader {
        EntryHeader {
            version: crate::VERSION,
            log: self.log,
            seq: self.head.size,
            prev: self.head.hash,
            time: time.max(self.time),
            registry,
            id: statement.id,
            author: statement.actor.device(),
            kind: EntryKind::of(&statement.act),
            body: signed.hash(),
        }
    }

    /// The tip after `entry`, if it is the next one.
    pub fn follow(&self, entry: &Entry) -> Result<Self, ChainError> {
        let header = &entry.header;
        if header.log != self.log {
            return Err(ChainError::WrongLog);
        }
        if header.seq != self.head.size {
            return Err(ChainError::WrongSequence { expected: self.head.size, got: header.seq });
        }
        if header.prev != self.head.hash {
            return Err(ChainError::WrongLink(header.seq));
        }
        if header.time < self.time || header.registry < self.registry {
            return Err(ChainError::Backwards(header.seq));
        }
        if let Some(body) = &entry.body
            && body.hash() != header.body
        {
            return Err(ChainError::WrongBody(header.seq));
        }
        Ok(Self { log: self.log, head: header.head(), time: header.time, registry: header.registry })
    }
}

impl Entry {
    /// Reads an entry.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        match bytes.first() {
            Some(&crate::VERSION) => codec::decode_bounded(bytes, ENTRY_MAX),
            Some(_) => Err(DecodeError::UnknownVersion),
            None => Err(DecodeError::Malformed),
        }
    }

    /// Whether the header says of `statement`, its body, what is so.
    pub fn describes(&self, statement: &Statement) -> bool {
        let header = &self.header;
        header.version == crate::VERSION
            && header.log == statement.log
            && header.id == statement.id
            && header.author == statement.actor.device()
            && header.kind == EntryKind::of(&statement.act)
    }

    /// The same entry without its body.
    #[must_use]
    pub fn header_only(&self) -> Self {
        Self { header: self.header.clone(), body: None }
    }
}
