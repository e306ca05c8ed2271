//! One message under a key of its own: `HKDF(epoch key, salt = 32 random bytes, sender)`.
//!
//! The associated data is the whole statement around the ciphertext: association, group, epoch, sender, identifier,
//! flags, and the heads that the sender had seen. The statement is then signed with the ciphertext in it. So nobody can
//! move a message, strip a flag from it, or put it in another's mouth.

use renkei_proto::act::{Act, Message};
use renkei_proto::bounds;
use renkei_proto::bytes::Blob;
use renkei_proto::codec;
use renkei_proto::hash::{Domain, Hash32};
use renkei_proto::id::DeviceId;
use renkei_proto::key;
use renkei_proto::statement::Statement;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::epoch::EpochKey;
use crate::{SealError, aead, padding};

const MESSAGE_KEY: Domain = Domain("renkei/v1/message-key");

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Content {
    /// Text, as typed: several lines are fine.
    Text(String),
}

impl Content {
    pub(crate) fn padded(&self) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let Self::Text(text) = self;
        if text.len() > bounds::MESSAGE_TEXT {
            return Err(SealError::TooLarge);
        }
        Ok(padding::pad(Zeroizing::new(codec::encode(self))))
    }

    pub(crate) fn unpadded(bytes: &[u8]) -> Result<Self, SealError> {
        let content = codec::decode(padding::unpad(bytes)?).map_err(|_| SealError::NotAuthentic)?;
        // What no honest device seals is not shown either.
        let Self::Text(text) = &content;
        if text.len() > bounds::MESSAGE_TEXT { Err(SealError::NotAuthentic) } else { Ok(content) }
    }
}

fn message_key(epoch: &EpochKey, salt: Hash32, sender: DeviceId) -> Zeroizing<[u8; 32]> {
    key::derive(epoch.bytes(), &salt.0, MESSAGE_KEY, &sender.0)
}

/// Fills the empty ciphertext of `statement`, which says everything else already and has a fresh random salt.
pub fn seal(statement: &mut Statement, content: &Content, epoch: &EpochKey) -> Result<(), SealError> {
    let context = statement.associated_data();
    let sender = statement.actor.device().ok_or(SealError::BadKey)?;
    let Act::Message(Message { salt, ciphertext, .. }) = &mut statement.act else { return Err(SealError::BadKey) };
    let sealed = aead::seal(&message_key(epoch, *salt, sender), &context, &content.padded()?)?;
    *ciphertext = Blob::new(sealed).map_err(|_| SealError::TooLarge)?;
    Ok(())
}

/// Opens the message in `statement`, whose signature the caller has verified.
pub fn open(statement: &Statement, epoch: &EpochKey) -> Result<Content, SealError> {
    let sender = statement.actor.device().ok_or(SealError::NotAuthentic)?;
    let Act::Message(message) = &statement.act else { return Err(SealError::NotAuthentic) };
    let key = message_key(epoch, message.salt, sender);
    Content::unpadded(&aead::open(&key, &statement.associated_data(), message.ciphertext.as_slice())?)
}

#[cfg(test)]
mod tests {
    use rand_core::OsRng;
    use renkei_proto::id::{GroupId, StatementId, UserId};
    use renkei_proto::statement::{Actor, LogId};
    use renkei_proto::time::Time;

    use super::*;
    use crate::sample::sample;

    fn statement() -> Statement {
        sample(1, Act::Message(Message { epoch: 1, salt: Hash32([6; 32]), flags: 0, ciphertext: Blob::default() }))
    }

    fn text(words: &str) -> Content {
        Content::Text(words.into())
    }

    #[test]
    fn a_message_opens_to_what_was_written() {
        let key = EpochKey::generate(&mut OsRng);
        for words in ["了解しました", "", "血圧 128/76\n体重 46.2kg"] {
            let mut it = statement();
            seal(&mut it, &text(words), &key).unwrap();
            assert_eq!(open(&it, &key), Ok(text(words)));
        }
    }

    #[test]
    fn nothing_around_a_message_can_be_changed() {
        let key = EpochKey::generate(&mut OsRng);
        let mut sealed = statement();
        seal(&mut sealed, &text("了解しました"), &key).unwrap();
        let mut changes: Vec<(&str, Statement)> = Vec::new();
        let mut change = |name, alter: &dyn Fn(&mut Statement)| {
            let mut it = sealed.clone();
            alter(&mut it);
            changes.push((name, it));
        };
        change("group", &|it| it.log = LogId::Group(GroupId([9; 16])));
        change("sender", &|it| it.actor = Actor::Device { user: UserId([4; 16]), device: DeviceId([9; 16]) });
        change("user", &|it| it.actor = Actor::Device { user: UserId([9; 16]), device: DeviceId([5; 16]) });
        change("id", &|it| it.id = StatementId([9; 16]));
        change("counter", &|it| it.counter = 2);
        change("seen", &|it| it.seen.group.size = 1);
        change("time", &|it| it.claimed_at = Time(2));
        change("flags", &|it| {
            if let Act::Message(message) = &mut it.act {
                message.flags = 1;
            }
        });
        change("epoch", &|it| {
            if let Act::Message(message) = &mut it.act {
                message.epoch = 2;
            }
        });
        change("salt", &|it| {
            if let Act::Message(message) = &mut it.act {
                message.salt = Hash32([9; 32]);
            }
        });
        for (name, it) in changes {
            assert_eq!(open(&it, &key), Err(SealError::NotAuthentic), "{name}");
        }
        assert_eq!(open(&sealed, &EpochKey::generate(&mut OsRng)), Err(SealError::NotAuthentic));
    }

    #[test]
    fn short_messages_have_the_same_length_and_long_ones_are_refused() {
        let key = EpochKey::generate(&mut OsRng);
        let length = |words: &str| {
            let mut it = statement();
            seal(&mut it, &text(words), &key).map(|()| match it.act {
                Act::Message(message) => message.ciphertext.as_slice().len(),
                _ => 0,
            })
        };
        assert_eq!(length("はい"), length("承知しました。"));
        assert!(length(&"a".repeat(bounds::MESSAGE_TEXT)).is_ok());
        assert_eq!(length(&"a".repeat(bounds::MESSAGE_TEXT + 1)), Err(SealError::TooLarge));
    }
}
