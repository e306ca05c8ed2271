//! Items of the sync stream. Each is a little-endian `u32` length, a tag byte (counted in the length) and its bytes.

use serde::{Deserialize, Serialize};

use crate::bounds;
use crate::bytes::List;
use crate::codec::{self, DecodeError};
use crate::entry::ENTRY_MAX;
use crate::heads::SignedHeads;
use crate::id::GroupId;
use crate::statement::{Head, LogId};

/// The tag of an entry.
pub const ENTRY: u8 = 1;
/// The tag of a [`Notice`].
pub const NOTICE: u8 = 2;

/// Bytes in front of an item's own: length and tag.
pub const PREFIX: usize = 5;

/// Longest item, prefix excluded. An entry fits.
pub const ITEM: usize = ENTRY_MAX + 64;

const _: () = assert!(ITEM + PREFIX < bounds::SYNC_CHUNK);

/// What the server says between entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Notice {
    /// Everything there was is sent; from here on it is live. With the registry's head.
    CaughtUp {
        /// The registry's head.
        registry: Head,
    },
    /// This log is no longer for this person.
    Ended {
        /// Which.
        log: LogId,
    },
    /// The heads of the registry and of the logs that this person is sent, as the server signs them: after
    /// `CaughtUp`, and then every [`bounds::HEADS_EVERY`] seconds.
    Heads(SignedHeads),
    /// The urgent messages that concern this person now (U1): sent when that changes, and again every
    /// [`bounds::RINGS_EVERY`] seconds for as long as one of them rings.
    Calls(Calls),
}

/// Urgent messages that concern a person, the oldest first.
pub type Calls = List<CallNotice, { bounds::CALLS_TOLD }>;

/// An urgent message that concerns a person (U1). What it says stands in the group's log alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CallNotice {
    /// In which group.
    pub group: GroupId,
    /// The place of the call in its log.
    pub call: u64,
    /// What the person is to do.
    pub matter: CallMatter,
}

/// What somebody is to do about an urgent message (U1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallMatter {
    /// Acknowledge it: it rings.
    Rings,
    /// Acknowledge it; it does not ring, or not any more.
    Waits,
    /// Telephone, as its sender: nobody has acknowledged it.
    Telephone,
}

/// The prefix of an item of `tag` with `length` bytes.
pub fn prefix(tag: u8, length: usize) -> [u8; PREFIX] {
    let counted = u32::try_from(length.saturating_add(1)).unwrap_or(u32::MAX).to_le_bytes();
    [counted[0], counted[1], counted[2], counted[3], tag]
}

/// A whole notice, prefix and all.
pub fn notice(notice: &Notice) -> Vec<u8> {
    let bytes = codec::encode(notice);
    let mut item = prefix(NOTICE, bytes.len()).to_vec();
    item.extend_from_slice(&bytes);
    item
}

/// The tag of an item, its bytes, and how much of the buffer it took.
pub type Taken<'b> = (u8, &'b [u8], usize);

/// Takes the first whole item from `buffer`: its tag, its bytes and how much of the buffer it took. None while
/// it is not all there.
pub fn take(buffer: &[u8]) -> Result<Option<Taken<'_>>, DecodeError> {
    let Some((length, rest)) = buffer.split_first_chunk::<4>() else { return Ok(None) };
    let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| DecodeError::TooLarge)?;
    if length == 0 {
        return Err(DecodeError::Malformed);
    }
    if length > ITEM + 1 {
        return Err(DecodeError::TooLarge);
    }
    match rest.get(..length).and_then(<[u8]>::split_first) {
        Some((&tag, bytes)) => Ok(Some((tag, bytes, 4 + length))),
        None => Ok(None),
    }
}
