//! The words of a correction (S1), under a key of their own like a message's.
//!
//! Key and signature are in domains of their own: nobody can enter a message's ciphertext as a correction, or the
//! reverse. The associated data is the whole statement, so the words are bound to the message that they correct too.

use renkei_proto::act::{Act, Amendment, Words};
use renkei_proto::bytes::Blob;
use renkei_proto::hash::Domain;
use renkei_proto::key;
use renkei_proto::statement::Statement;

use crate::epoch::EpochKey;
use crate::message::Content;
use crate::{SealError, aead};

const AMENDMENT_KEY: Domain = Domain("renkei/v1/amendment-key");

/// Fills the empty ciphertext of a correction, which says everything else already and has a fresh random salt.
pub fn seal(statement: &mut Statement, content: &Content, epoch: &EpochKey) -> Result<(), SealError> {
    let context = statement.associated_data();
    let sender = statement.actor.device().ok_or(SealError::BadKey)?;
    let Act::Amend(Amendment { words: Some(Words { salt, ciphertext }), .. }) = &mut statement.act else {
        return Err(SealError::BadKey);
    };
    let key = key::derive(epoch.bytes(), &salt.0, AMENDMENT_KEY, &sender.0);
    let sealed = aead::seal(&key, &context, &content.padded()?)?;
    *ciphertext = Blob::new(sealed).map_err(|_| SealError::TooLarge)?;
    Ok(())
}

/// Opens the correction in `statement`, whose signature the caller has verified. A retraction holds nothing to open.
pub fn open(statement: &Statement, epoch: &EpochKey) -> Result<Content, SealError> {
    let sender = statement.actor.device().ok_or(SealError::NotAuthentic)?;
    let Act::Amend(Amendment { words: Some(words), .. }) = &statement.act else {
        return Err(SealError::NotAuthentic);
    };
    let key = key::derive(epoch.bytes(), &words.salt.0, AMENDMENT_KEY, &sender.0);
    Content::unpadded(&aead::open(&key, &statement.associated_data(), words.ciphertext.as_slice())?)
}

#[cfg(test)]
mod tests {
    use rand_core::OsRng;
    use renkei_proto::act::Message;
    use renkei_proto::hash::Hash32;
    use renkei_proto::id::GroupId;
    use renkei_proto::statement::{Actor, LogId};

    use super::*;
    use crate::message;
    use crate::sample::sample;

    fn statement() -> Statement {
        let words = Words { salt: Hash32([6; 32]), ciphertext: Blob::default() };
        sample(2, Act::Amend(Amendment { original: 7, epoch: 1, flags: 0, words: Some(words) }))
    }

    fn text() -> Content {
        Content::Text("体温 36.5（訂正）".into())
    }

    fn with(statement: &Statement, alter: impl FnOnce(&mut Amendment)) -> Statement {
        let mut it = statement.clone();
        if let Act::Amend(amendment) = &mut it.act {
            alter(amendment);
        }
        it
    }

    #[test]
    fn s1_a_correction_opens_to_what_was_written_and_nothing_around_it_can_be_changed() {
        let key = EpochKey::generate(&mut OsRng);
        let mut sealed = statement();
        seal(&mut sealed, &text(), &key).unwrap();
        assert_eq!(open(&sealed, &key), Ok(text()));
        let changes = [
            ("another message", with(&sealed, |it| it.original = 8)),
            ("another epoch", with(&sealed, |it| it.epoch = 2)),
            ("a flag", with(&sealed, |it| it.flags = 1)),
            ("taken back instead", with(&sealed, |it| it.words = None)),
            ("another author", Statement { actor: Actor::Root, ..sealed.clone() }),
            ("another group", Statement { log: LogId::Group(GroupId([9; 16])), ..sealed.clone() }),
        ];
        for (name, it) in changes {
            assert_eq!(open(&it, &key), Err(SealError::NotAuthentic), "{name}");
        }
        assert_eq!(open(&sealed, &EpochKey::generate(&mut OsRng)), Err(SealError::NotAuthentic));
    }

    #[test]
    fn s1_a_messages_words_are_no_correction_and_the_reverse() {
        let key = EpochKey::generate(&mut OsRng);
        let mut correction = statement();
        seal(&mut correction, &text(), &key).unwrap();
        let Act::Amend(Amendment { words: Some(words), epoch, flags, .. }) = correction.act.clone() else { panic!() };
        let (salt, ciphertext) = (words.salt, words.ciphertext);
        let as_message =
            Statement { act: Act::Message(Message { epoch, salt, flags, ciphertext }), ..correction.clone() };
        assert_eq!(message::open(&as_message, &key), Err(SealError::NotAuthentic));
        assert_eq!(open(&as_message, &key), Err(SealError::NotAuthentic));

        let mut said = Statement {
            act: Act::Message(Message { epoch, salt, flags, ciphertext: Blob::default() }),
            ..correction.clone()
        };
        message::seal(&mut said, &text(), &key).unwrap();
        let Act::Message(Message { ciphertext, .. }) = said.act else { panic!() };
        let moved = with(&correction, |it| it.words = Some(Words { salt, ciphertext }));
        assert_eq!(open(&moved, &key), Err(SealError::NotAuthentic));
        assert_eq!(message::open(&correction, &key), Err(SealError::NotAuthentic));
    }

    #[test]
    fn s1_a_long_correction_is_refused_like_a_long_message() {
        let key = EpochKey::generate(&mut OsRng);
        let long = Content::Text("a".repeat(renkei_proto::bounds::MESSAGE_TEXT + 1));
        assert_eq!(seal(&mut statement(), &long, &key), Err(SealError::TooLarge));
    }
}
