//! Correcting what one wrote, taking it back, and the trail of both (S1).
//!
//! The log keeps everything. What is shown of a message is its last amendment; that it was amended, when and with which
//! device, is shown beside it, and each amendment is an entry of the timeline of its own.

use renkei_proto::act::{Act, Amendment, Message, Post, Words};
use renkei_proto::bounds;
use renkei_proto::bytes::{Blob, List};
use renkei_proto::card::PatientCard;
use renkei_proto::code::Code;
use renkei_proto::file::Attachment;
use renkei_proto::frame::Accepted;
use renkei_proto::hash::Hash32;
use renkei_proto::id::{DeviceId, GroupId, StatementId, UserId};
use renkei_proto::statement::Statement;
use renkei_proto::time::Time;
use renkei_sealing::epoch::EpochKey;
use renkei_sealing::message::Content;
use renkei_sealing::post::PostContent;
use renkei_sealing::{SealError, amendment, message, post};
use serde::Serialize;

use crate::card;
use crate::client::Client;
use crate::duties::permit_content;
use crate::replica::{Followed, Sealed};
use crate::vault::Vault;
use crate::{Result, random};

/// Something to be written under a group's present key.
#[derive(Debug)]
pub(crate) enum Saying {
    /// A message.
    Message(Content),
    /// Other words for an own message.
    Correction { original: u64, content: Content },
    /// An own message taken back.
    Retraction { original: u64 },
    /// A message with files.
    Post { content: PostContent, files: List<Attachment, { bounds::FILES }>, flags: u8 },
    /// The patient card, as it is to be from now on.
    Card { card: Box<PatientCard>, replaces: Option<u64> },
}

impl Saying {
    /// The act, its ciphertext still empty.
    pub(crate) fn act(&self, epoch: u32) -> Act {
        let (salt, ciphertext, flags) = (Hash32(random()), Blob::default(), 0);
        match *self {
            Self::Message(_) => Act::Message(Message { epoch, salt, flags, ciphertext }),
            Self::Correction { original, .. } => {
                Act::Amend(Amendment { original, epoch, flags, words: Some(Words { salt, ciphertext }) })
            }
            Self::Retraction { original } => Act::Amend(Amendment { original, epoch, flags, words: None }),
            Self::Post { ref files, flags, .. } => {
                Act::Post(Post { epoch, salt, flags, files: files.clone(), ciphertext: Blob::default() })
            }
            Self::Card { replaces, .. } => card::act(epoch, replaces),
        }
    }

    /// Fills in the ciphertext.
    pub(crate) fn seal(&self, statement: &mut Statement, key: &EpochKey) -> core::result::Result<(), SealError> {
        match self {
            Self::Message(content) => message::seal(statement, content, key),
            Self::Correction { content, .. } => amendment::seal(statement, content, key),
            Self::Retraction { .. } => Ok(()),
            Self::Post { content, .. } => post::seal(statement, content, key),
            Self::Card { card, .. } => renkei_sealing::card::seal(statement, card, key),
        }
    }

    /// The message that it is about, if it is about one.
    fn original(&self) -> Option<u64> {
        match *self {
            Self::Message(_) | Self::Post { .. } | Self::Card { .. } => None,
            Self::Correction { original, .. } | Self::Retraction { original } => Some(original),
        }
    }
}

/// How a message was amended last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Amended {
    /// Place of the amendment.
    pub seq: u64,
    /// The server's time.
    pub time: Time,
    /// With which of the author's devices.
    pub device: DeviceId,
    /// Taken back, not corrected: there is no text any more.
    pub retracted: bool,
}

/// An amendment as an entry of the timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShownAmendment {
    /// Place in the group's log.
    pub seq: u64,
    /// The statement.
    pub id: StatementId,
    /// The server's time.
    pub time: Time,
    /// Who wrote the message, and amended it.
    pub author: UserId,
    /// With which device.
    pub device: DeviceId,
    /// Which message: its place.
    pub original: u64,
    /// Taken back, not corrected.
    pub retracted: bool,
    /// The words of a correction that still holds, or why they can't be read (yet). Words that were corrected again or taken
    /// back since are in the trail alone.
    pub text: Option<core::result::Result<String, Code>>,
}

/// One version of a message, for the trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Version {
    /// Place of the message or the amendment.
    pub seq: u64,
    /// The server's time.
    pub time: Time,
    /// Who wrote it.
    pub author: UserId,
    /// With which device.
    pub device: DeviceId,
    /// What it said, or why it can't be read; none where the message was taken back.
    pub text: Option<core::result::Result<String, Code>>,
}

impl Client {
    /// Corrects an own message: everybody is shown `text` in its place from now on, and that it was corrected.
    pub async fn correct(&self, group: GroupId, seq: u64, text: &str) -> Result<Accepted> {
        self.write(group, &Saying::Correction { original: seq, content: Content::Text(text.to_owned()) }).await
    }

    /// Takes an own message back: it is no longer shown, but that it was there, and in the trail what it said.
    pub async fn retract(&self, group: GroupId, seq: u64) -> Result<Accepted> {
        self.write(group, &Saying::Retraction { original: seq }).await
    }

    /// Every version of the message at `seq`, the first first: what its readers may know of how it came to what it says.
    pub fn trail(&self, group: GroupId, seq: u64) -> Result<Vec<Version>> {
        self.with_followed(group, |followed, vault| {
            let original = followed.message(seq).ok_or(Code::Unknown)?;
            let all = std::iter::once(original).chain(followed.amendments_of(seq));
            Ok(all.filter_map(|one| version(vault, group, one)).collect())
        })
    }

    /// The amendments of a group from place `from` on, in order.
    pub fn amendments(&self, group: GroupId, from: u64) -> Result<Vec<ShownAmendment>> {
        self.with_followed(group, |followed, vault| {
            let shown = |one: &Sealed| {
                let Act::Amend(Amendment { original, words, .. }) = &one.statement.act else { return None };
                let holds = followed.amendments_of(*original).last().is_some_and(|last| last.seq == one.seq);
                let Version { seq, time, author, device, text } = version(vault, group, one)?;
                let (id, original, retracted) = (one.statement.id, *original, words.is_none());
                let text = text.filter(|_| holds);
                Some(ShownAmendment { seq, id, time, author, device, original, retracted, text })
            };
            Ok(followed.amendments().iter().filter(|one| one.seq >= from).filter_map(shown).collect())
        })
    }

    /// Looks at a group that this person reads, with the open vault.
    pub(crate) fn with_followed<T>(
        &self,
        group: GroupId,
        look: impl FnOnce(&Followed, &Vault) -> core::result::Result<T, Code>,
    ) -> Result<T> {
        let replica = self.inner.replica();
        permit_content(&replica, self.user())?;
        let followed = replica.group(group).ok_or(Code::Unknown)?;
        if followed.ended() {
            return Err(Code::NotAReader.into());
        }
        if let Some(code) = followed.group().and_then(renkei_policy::group::Group::shut) {
            return Err(code.into());
        }
        Ok(self.inner.with_vault(|vault| look(followed, vault))??)
    }

    /// Says before any key is made what the server would say of an amendment. A convenience: the server decides.
    pub(crate) fn require_amendable(&self, group: GroupId, saying: &Saying) -> Result<()> {
        if let Saying::Card { replaces, .. } = saying {
            return self.require_card(group, *replaces);
        }
        let Some(original) = saying.original() else { return Ok(()) };
        let replica = self.inner.replica();
        let state = replica.group(group).and_then(Followed::group).ok_or(Code::Unknown)?;
        if let Some(code) = state.shut() {
            return Err(code.into());
        }
        let row = state.written_at(original).filter(|row| !row.amends).ok_or(Code::Unknown)?;
        let author = replica.registry().now().device(row.by).map(|device| device.user);
        if author != Some(self.user()) {
            return Err(Code::NotTheAuthor.into());
        }
        if state.retracted(original) { Err(Code::AlreadyRetracted.into()) } else { Ok(()) }
    }
}

/// What the message `sealed` says now, and how it came to that. A correction that can't be read yet hides what it
/// corrects: nobody acts on words that no longer hold.
pub(crate) fn as_amended(
    vault: &Vault,
    group: GroupId,
    followed: &Followed,
    sealed: &Sealed,
) -> (core::result::Result<String, Code>, Option<Amended>) {
    let last = followed.amendments_of(sealed.seq).last();
    let amended = last.and_then(|one| {
        let device = one.statement.actor.device()?;
        let retracted = matches!(&one.statement.act, Act::Amend(Amendment { words: None, .. }));
        Some(Amended { seq: one.seq, time: one.time, device, retracted })
    });
    (text(vault, group, last.unwrap_or(sealed)).unwrap_or(Ok(String::new())), amended)
}

fn version(vault: &Vault, group: GroupId, one: &Sealed) -> Option<Version> {
    let (author, device) = (one.statement.actor.user()?, one.statement.actor.device()?);
    Some(Version { seq: one.seq, time: one.time, author, device, text: text(vault, group, one) })
}

/// The words of a message or a correction, opened; none of a retraction.
fn text(vault: &Vault, group: GroupId, one: &Sealed) -> Option<core::result::Result<String, Code>> {
    let (epoch, open): (u32, fn(&Statement, &EpochKey) -> _) = match &one.statement.act {
        Act::Message(message) => (message.epoch, |it, key| message::open(it, key).map(|Content::Text(text)| text)),
        Act::Post(post) => (post.epoch, |it, key| post::open(it, key).map(|content| content.text)),
        Act::Amend(Amendment { epoch, words: Some(_), .. }) => {
            (*epoch, |it, key| amendment::open(it, key).map(|Content::Text(text)| text))
        }
        _ => return None,
    };
    let key = vault.contents.epochs.get(&(group, epoch)).ok_or(Code::KeyAwaited);
    Some(key.and_then(|key| open(&one.statement, key).map_err(|_: SealError| Code::NotAuthentic)))
}

impl Sealed {
    /// The epoch whose key it is under.
    pub(crate) fn epoch(&self) -> Option<u32> {
        match &self.statement.act {
            Act::Message(message) => Some(message.epoch),
            Act::Post(post) => Some(post.epoch),
            Act::Amend(amendment) => Some(amendment.epoch),
            Act::Card(card) => Some(card.epoch),
            _ => None,
        }
    }
}
