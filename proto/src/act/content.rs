//! Keys and content of a group: epochs, history, and what people write.

use serde::{Deserialize, Serialize};

use super::group::BoxesRoot;
use crate::bounds;
use crate::bytes::{Blob, List};
use crate::file::Attachment;
use crate::hash::Hash32;
use crate::id::{DeviceId, InvitationId};

/// A new epoch of a group: a fresh key for exactly the current readers' devices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Epoch {
    /// One more than the epoch before; the first is 1.
    pub number: u32,
    /// Hash of the roster that it is made for.
    pub roster: Hash32,
    /// Commitment to the key.
    pub commitment: Hash32,
    /// One box for each device of the roster.
    pub boxes: BoxesRoot,
    /// The group's label, sealed under the epoch key.
    pub label: Blob<{ bounds::SEALED_LABEL }>,
}

/// Keys of earlier epochs, handed to devices that lack them and may have them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// First epoch handed over.
    pub first: u32,
    /// Last epoch handed over.
    pub last: u32,
    /// To which devices, in ascending order, one box each.
    pub devices: List<DeviceId, { bounds::ROSTER_DEVICES }>,
    /// The boxes.
    pub boxes: BoxesRoot,
    /// Where they are prepared for somebody who is invited and not yet approved: for which invitation. The payloads are
    /// then sealed once more, under its release key.
    pub prepared_for: Option<InvitationId>,
}

/// A message. Everything in its statement but the ciphertext is bound to it as associated data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The epoch whose key it is under.
    pub epoch: u32,
    /// Random salt from which, with the epoch key and the sender, the key of this one message is derived.
    pub salt: Hash32,
    /// Conditions of handling. No bit has a meaning in version 1, and one that is set is refused.
    pub flags: u8,
    /// AES-256-GCM.
    pub ciphertext: Blob<{ bounds::CIPHERTEXT }>,
}

/// The words of a correction, sealed like those of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// Random salt from which, with the epoch key and the sender, the key of these words alone is derived.
    pub salt: Hash32,
    /// AES-256-GCM.
    pub ciphertext: Blob<{ bounds::CIPHERTEXT }>,
}

/// The author of a message corrects it or takes it back (S1). The message stays in the log: what was said, and when it
/// was made good, can be told for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amendment {
    /// Which message: its place in this log. The head that the author had seen lies behind it and so names its content.
    pub original: u64,
    /// The epoch whose key the words are under; of a retraction, the present one.
    pub epoch: u32,
    /// Conditions of handling. No bit has a meaning in version 1, and one that is set is refused.
    pub flags: u8,
    /// What the message says from now on; none takes it back.
    pub words: Option<Words>,
}

/// A message with files (A12.2). Everything in its statement but the ciphertext is bound to it as associated data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// The epoch whose key it is under.
    pub epoch: u32,
    /// Random salt from which, with the epoch key and the sender, the key of this one post is derived.
    pub salt: Hash32,
    /// Conditions of handling: [`crate::file::NO_DOWNLOAD`] or nothing.
    pub flags: u8,
    /// The files, uploaded before.
    pub files: List<Attachment, { bounds::FILES }>,
    /// AES-256-GCM over the text and, of each file, its key, name, kind and length.
    pub ciphertext: Blob<{ bounds::POST_CIPHERTEXT }>,
}

/// The patient card in its next revision (A4.1). It is known by its place in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// The revision that it was made from: its place in this log; none for the first. Of two changes of one revision the
    /// second is refused, so that nobody overwrites what they have not seen.
    pub replaces: Option<u64>,
    /// The epoch whose key it is under.
    pub epoch: u32,
    /// Random salt from which, with the epoch key and the sender, the key of this revision alone is derived.
    pub salt: Hash32,
    /// Commitment to that key ([`crate::hash::CARD_KEY`]): whoever hands it on can hand on no other.
    pub key: Hash32,
    /// AES-256-GCM.
    pub ciphertext: Blob<{ bounds::CIPHERTEXT }>,
}

/// The key of the present revision of the card, handed on to those whose keys begin after it: whatever newcomers may read of
/// what was said before, they read who the patient is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardKey {
    /// The place of the revision.
    pub card: u64,
    /// The epoch under whose key it is handed on.
    pub epoch: u32,
    /// Random salt, as of a message.
    pub salt: Hash32,
    /// The revision's key, AES-256-GCM.
    pub sealed: Blob<{ bounds::SEALED_CARD_KEY }>,
}
