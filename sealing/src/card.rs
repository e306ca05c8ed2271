//! The patient card (A4.1): each revision under a key of its own, which can be handed on without the epoch's.
//!
//! A revision is sealed as a message is: key by HKDF from the epoch key, the salt and the sender, in a domain of its own; the
//! whole statement as associated data. Its statement commits to that key. So the key of this one revision can be handed
//! on under a later epoch to somebody who may not have the earlier one, and opens nothing else; and whoever is handed
//! another key knows it. What is read is always the author's own signed words: nobody who hands the key on can change them.

use core::fmt;

use renkei_proto::act::{Act, Card, CardKey};
use renkei_proto::bytes::Blob;
use renkei_proto::card::{CardContent, PatientCard};
use renkei_proto::codec;
use renkei_proto::hash::{self, Domain, Hash32};
use renkei_proto::key;
use renkei_proto::statement::{LogId, Statement};
use zeroize::Zeroizing;

use crate::epoch::EpochKey;
use crate::{SealError, aead, padding};

const REVISION_KEY: Domain = Domain("renkei/v1/card-key");
const HANDED_ON: Domain = Domain("renkei/v1/card-key-handed-on");

/// The key of one revision of one card. Wiped when dropped, never printed.
pub struct RevisionKey(Zeroizing<[u8; 32]>);

impl fmt::Debug for RevisionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RevisionKey(…)")
    }
}

/// What a revision's statement says of its key.
fn commitment(log: LogId, key: &[u8; 32]) -> Result<Hash32, SealError> {
    let LogId::Group(group) = log else { return Err(SealError::NotAuthentic) };
    Ok(hash::hash(hash::CARD_KEY, &[&group.0, key]))
}

impl RevisionKey {
    /// Takes `key` if the revision in `statement` commits to it.
    fn checked(key: Zeroizing<[u8; 32]>, statement: &Statement) -> Result<Self, SealError> {
        let Act::Card(card) = &statement.act else { return Err(SealError::NotAuthentic) };
        if commitment(statement.log, &key)? == card.key { Ok(Self(key)) } else { Err(SealError::NotAuthentic) }
    }

    /// The key of the revision in `statement`, for who has the key of its epoch.
    pub fn of(statement: &Statement, epoch: &EpochKey) -> Result<Self, SealError> {
        let Act::Card(card) = &statement.act else { return Err(SealError::NotAuthentic) };
        let sender = statement.actor.device().ok_or(SealError::NotAuthentic)?;
        Self::checked(key::derive(epoch.bytes(), &card.salt.0, REVISION_KEY, &sender.0), statement)
    }

    /// The key of the revision in `statement` as it was handed on in `handed`, under `epoch`.
    pub fn handed_on(statement: &Statement, handed: &Statement, epoch: &EpochKey) -> Result<Self, SealError> {
        let Act::CardKey(on) = &handed.act else { return Err(SealError::NotAuthentic) };
        if handed.log != statement.log {
            return Err(SealError::NotAuthentic);
        }
        let sender = handed.actor.device().ok_or(SealError::NotAuthentic)?;
        let key = key::derive(epoch.bytes(), &on.salt.0, HANDED_ON, &sender.0);
        let opened = aead::open(&key, &handed.associated_data(), on.sealed.as_slice())?;
        let mut bytes = Zeroizing::new([0; 32]);
        if opened.len() != bytes.len() {
            return Err(SealError::NotAuthentic);
        }
        bytes.copy_from_slice(&opened);
        Self::checked(bytes, statement)
    }

    /// Fills the empty box of `handing`, which says everything else already and has a fresh random salt.
    pub fn hand_on(&self, handing: &mut Statement, epoch: &EpochKey) -> Result<(), SealError> {
        let context = handing.associated_data();
        let sender = handing.actor.device().ok_or(SealError::BadKey)?;
        let Act::CardKey(CardKey { salt, sealed, .. }) = &mut handing.act else { return Err(SealError::BadKey) };
        let key = key::derive(epoch.bytes(), &salt.0, HANDED_ON, &sender.0);
        *sealed = Blob::new(aead::seal(&key, &context, self.0.as_slice())?).map_err(|_| SealError::TooLarge)?;
        Ok(())
    }
}

/// Fills commitment and ciphertext of the revision in `statement`, which says everything else already and has a fresh
/// random salt.
pub fn seal(statement: &mut Statement, card: &PatientCard, epoch: &EpochKey) -> Result<(), SealError> {
    let sender = statement.actor.device().ok_or(SealError::BadKey)?;
    let log = statement.log;
    let Act::Card(Card { salt, key: committed, .. }) = &mut statement.act else { return Err(SealError::BadKey) };
    let key = key::derive(epoch.bytes(), &salt.0, REVISION_KEY, &sender.0);
    *committed = commitment(log, &key)?;
    let context = statement.associated_data();
    let plain = padding::pad(Zeroizing::new(codec::encode(&CardContent::Patient(card.clone()))));
    let sealed = aead::seal(&key, &context, &plain)?;
    if let Act::Card(Card { ciphertext, .. }) = &mut statement.act {
        *ciphertext = Blob::new(sealed).map_err(|_| SealError::TooLarge)?;
    }
    Ok(())
}

/// Opens the revision in `statement`, whose signature the caller has verified.
pub fn open(statement: &Statement, key: &RevisionKey) -> Result<PatientCard, SealError> {
    let Act::Card(card) = &statement.act else { return Err(SealError::NotAuthentic) };
    let plain = aead::open(&key.0, &statement.associated_data(), card.ciphertext.as_slice())?;
    let content = codec::decode(padding::unpad(&plain)?).map_err(|_| SealError::NotAuthentic)?;
    let CardContent::Patient(card) = content;
    Ok(card)
}

#[cfg(test)]
mod tests {
    use rand_core::OsRng;
    use renkei_proto::id::GroupId;
    use renkei_proto::statement::Actor;
    use renkei_proto::text::Line;

    use super::*;
    use crate::sample::sample;

    fn statement(act: Act) -> Statement {
        sample(2, act)
    }

    fn card(salt: u8) -> Statement {
        let (salt, key, ciphertext) = (Hash32([salt; 32]), Hash32::default(), Blob::default());
        statement(Act::Card(Card { replaces: Some(7), epoch: 1, salt, key, ciphertext }))
    }

    fn handing() -> Statement {
        statement(Act::CardKey(CardKey { card: 9, epoch: 2, salt: Hash32([7; 32]), sealed: Blob::default() }))
    }

    fn patient() -> PatientCard {
        PatientCard::named(Line::new("見本 花子").unwrap())
    }

    fn with(statement: &Statement, alter: impl FnOnce(&mut Card)) -> Statement {
        let mut it = statement.clone();
        if let Act::Card(card) = &mut it.act {
            alter(card);
        }
        it
    }

    #[test]
    fn a04_1_a_card_opens_to_what_was_written_and_nothing_around_it_can_be_changed() {
        let epoch = EpochKey::generate(&mut OsRng);
        let mut sealed = card(6);
        seal(&mut sealed, &patient(), &epoch).unwrap();
        let key = RevisionKey::of(&sealed, &epoch).unwrap();
        assert_eq!(open(&sealed, &key), Ok(patient()));
        let changes = [
            ("another revision before it", with(&sealed, |it| it.replaces = None)),
            ("another epoch", with(&sealed, |it| it.epoch = 2)),
            ("another commitment", with(&sealed, |it| it.key = Hash32([9; 32]))),
            ("another group", Statement { log: LogId::Group(GroupId([9; 16])), ..sealed.clone() }),
            ("another author", Statement { actor: Actor::Root, ..sealed.clone() }),
        ];
        for (name, it) in changes {
            assert_eq!(open(&it, &key), Err(SealError::NotAuthentic), "{name}");
        }
        let other = RevisionKey::of(&sealed, &EpochKey::generate(&mut OsRng));
        assert!(matches!(other, Err(SealError::NotAuthentic)), "another epoch's key");
    }

    #[test]
    fn a04_1_the_key_of_a_card_is_handed_on_to_the_next_epoch_and_is_no_other() {
        let (before, now) = (EpochKey::generate(&mut OsRng), EpochKey::generate(&mut OsRng));
        let (mut first, mut second) = (card(6), card(8));
        seal(&mut first, &patient(), &before).unwrap();
        seal(&mut second, &patient(), &before).unwrap();
        let mut handed = handing();
        RevisionKey::of(&first, &before).unwrap().hand_on(&mut handed, &now).unwrap();
        let key = RevisionKey::handed_on(&first, &handed, &now).unwrap();
        assert_eq!(open(&first, &key), Ok(patient()));
        let no = |card: &Statement, handed: &Statement, epoch: &EpochKey| {
            assert!(matches!(RevisionKey::handed_on(card, handed, epoch), Err(SealError::NotAuthentic)));
        };
        no(&first, &handed, &before);
        no(&second, &handed, &now);
        let elsewhere = Statement { log: LogId::Group(GroupId([9; 16])), ..handed.clone() };
        no(&first, &elsewhere, &now);
        let mut moved = handed.clone();
        if let Act::CardKey(on) = &mut moved.act {
            on.card = 10;
        }
        no(&first, &moved, &now);
        // Rubbish is known by the commitment, whoever seals it.
        let mut rubbish = handing();
        RevisionKey(Zeroizing::new([1; 32])).hand_on(&mut rubbish, &now).unwrap();
        no(&first, &rubbish, &now);
    }

    #[test]
    fn a04_1_cards_of_one_block_look_alike() {
        let epoch = EpochKey::generate(&mut OsRng);
        let length = |name: &str| {
            let mut it = card(6);
            seal(&mut it, &PatientCard::named(Line::new(name).unwrap()), &epoch).unwrap();
            match it.act {
                Act::Card(card) => card.ciphertext.as_slice().len(),
                _ => 0,
            }
        };
        assert_eq!(length("見本 花子"), length("見"));
    }
}
