//! What the server signs of its logs: their heads at one moment, so that a log shown to one person and another shown to
//! a second are two contradicting signatures in the hands of whoever compares them.
//!
//! ```text
//! signed bytes = {version, suite, association, time, registry: {size, hash}, tree, groups: [(group, {size, hash})…]}
//! ```
//!
//! `tree` is the Merkle root (RFC 6962) over the registry's entry hashes, one leaf each, for proofs to somebody who
//! does not have the registry. Clients follow the logs themselves and compare `hash`, the end of the chain.

use core::str::FromStr;

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};

use crate::bounds;
use crate::bytes::{Blob, List};
use crate::codec::{self, DecodeError};
use crate::hash::{Domain, Hash32};
use crate::id::{AssociationId, GroupId};
use crate::key::{BadSignature, Signature, SigningPublic, SigningSecret};
use crate::statement::{Head, LogId};
use crate::time::Time;

const SIGN: Domain = Domain("renkei/v1/sign/heads");

const SCHEME: &str = "renkei:heads/";

/// The heads of the registry and of some groups at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heads {
    /// [`crate::VERSION`].
    pub version: u8,
    /// [`crate::SUITE`].
    pub suite: u8,
    /// Of which association.
    pub association: AssociationId,
    /// The server's time. No entry that comes later is dated before it, but for [`bounds::BACKDATED`] seconds.
    pub time: Time,
    /// The registry's head.
    pub registry: Head,
    /// Merkle root over the hashes of the registry's entries.
    pub tree: Hash32,
    /// Heads of groups, in ascending order.
    pub groups: List<(GroupId, Head), { bounds::HEADS_GROUPS }>,
}

/// Heads as signed by the server's statement key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedHeads {
    /// The canonical encoding of a [`Heads`].
    pub bytes: Blob<{ bounds::HEADS }>,
    /// By the server's statement key.
    pub signature: Signature,
}

/// Why signed heads are not to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadHeads {
    /// Not heads.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// Not the server's signature.
    #[error(transparent)]
    Signature(#[from] BadSignature),
}

impl Heads {
    /// Signs these heads.
    pub fn sign(&self, key: &SigningSecret) -> Result<SignedHeads, DecodeError> {
        let bytes = codec::encode(self);
        let signature = key.sign(SIGN, &bytes);
        Ok(SignedHeads { bytes: Blob::new(bytes).map_err(|_| DecodeError::TooLarge)?, signature })
    }

    /// The head of `log`, if these heads name it.
    pub fn of(&self, log: LogId) -> Option<Head> {
        match log {
            LogId::Registry => Some(self.registry),
            LogId::Group(id) => {
                let groups = self.groups.as_slice();
                let at = groups.binary_search_by_key(&id, |(group, _)| *group).ok()?;
                groups.get(at).map(|(_, head)| *head)
            }
        }
    }

    /// Whether these and `other` can't both be true: the same log of the same size with two ends, or one that was shorter
    /// later, by more than [`bounds::BACKDATED`] seconds: logs only grow, so something was kept back from somebody.
    pub fn contradicts(&self, other: &Self) -> Option<LogId> {
        let shrank = |before: Head, then: Time, after: Head, now: Time| {
            after.size < before.size && then.plus(bounds::BACKDATED) < now
        };
        let logs = self.groups.as_slice().iter().map(|(id, _)| LogId::Group(*id));
        logs.chain([LogId::Registry]).find(|log| match (self.of(*log), other.of(*log)) {
            (Some(one), Some(two)) => {
                (one.size == two.size && one.hash != two.hash)
                    || shrank(one, self.time, two, other.time)
                    || shrank(two, other.time, one, self.time)
            }
            _ => false,
        })
    }
}

impl SignedHeads {
    /// What they say, if `key` signed it.
    pub fn verify(&self, key: &SigningPublic) -> Result<Heads, BadHeads> {
        let heads = self.unverified()?;
        key.verify(SIGN, self.bytes.as_slice(), &self.signature)?;
        Ok(heads)
    }

    /// What they say, believed by nobody yet.
    pub fn unverified(&self) -> Result<Heads, DecodeError> {
        let bytes = self.bytes.as_slice();
        match bytes.first_chunk::<2>() {
            Some([crate::VERSION, crate::SUITE]) => {}
            Some(_) => return Err(DecodeError::UnknownVersion),
            None => return Err(DecodeError::Malformed),
        }
        let heads: Heads = codec::decode(bytes)?;
        if heads.groups.as_slice().is_sorted_by(|a, b| a.0 < b.0) { Ok(heads) } else { Err(DecodeError::Malformed) }
    }

    /// As text, to hand to somebody who compares.
    pub fn text(&self) -> String {
        format!("{SCHEME}{}", BASE64URL_NOPAD.encode(&codec::encode(self)))
    }
}

impl FromStr for SignedHeads {
    type Err = DecodeError;

    fn from_str(text: &str) -> Result<Self, DecodeError> {
        let text = text.trim();
        if text.len() > 2 * bounds::HEADS {
            return Err(DecodeError::TooLarge);
        }
        let text = text.strip_prefix(SCHEME).ok_or(DecodeError::Malformed)?;
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| DecodeError::Malformed)?;
        codec::decode_bounded(&bytes, bounds::HEADS + 128)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heads(hash: u8) -> Heads {
        let head = Head { size: 3, hash: Hash32([hash; 32]) };
        Heads {
            version: crate::VERSION,
            suite: crate::SUITE,
            association: AssociationId([1; 16]),
            time: Time(1_800_000_000),
            registry: Head { size: 9, hash: Hash32([9; 32]) },
            tree: Hash32([8; 32]),
            groups: List::new(vec![(GroupId([2; 16]), head), (GroupId([3; 16]), head)]).unwrap(),
        }
    }

    #[test]
    fn heads_hold_under_the_servers_key_only_and_survive_as_text() {
        let key = SigningSecret::from_seed(&[4; 32]);
        let signed = heads(1).sign(&key).unwrap();
        assert_eq!(signed.verify(&key.public()), Ok(heads(1)));
        assert_eq!(signed.text().parse(), Ok(signed.clone()));
        let other = SigningSecret::from_seed(&[5; 32]).public();
        assert_eq!(signed.verify(&other), Err(BadHeads::Signature(BadSignature)));
        assert!("renkei:heads/AAAA".parse::<SignedHeads>().is_err());
    }

    #[test]
    fn two_ends_of_one_log_contradict_each_other_and_growth_does_not() {
        assert_eq!(heads(1).contradicts(&heads(1)), None);
        assert_eq!(heads(1).contradicts(&heads(2)), Some(LogId::Group(GroupId([2; 16]))));
        let mut grown = heads(1);
        grown.registry = Head { size: 10, hash: Hash32([7; 32]) };
        assert_eq!(heads(1).contradicts(&grown), None);
        let mut forked = heads(1);
        forked.registry.hash = Hash32([7; 32]);
        assert_eq!(heads(1).contradicts(&forked), Some(LogId::Registry));
    }

    #[test]
    fn a_log_that_is_shorter_later_contradicts_itself() {
        let before = heads(1);
        let mut after = heads(1);
        after.registry.size -= 1;
        after.time = before.time.plus(bounds::BACKDATED);
        assert_eq!(before.contradicts(&after), None, "within the time that an entry may take");
        after.time = after.time.plus(1);
        assert_eq!(before.contradicts(&after), Some(LogId::Registry));
        assert_eq!(after.contradicts(&before), Some(LogId::Registry));
    }

    #[test]
    fn heads_out_of_order_are_refused() {
        let mut wrong = heads(1);
        let groups: Vec<_> = wrong.groups.as_slice().iter().rev().copied().collect();
        wrong.groups = List::new(groups).unwrap();
        let signed = wrong.sign(&SigningSecret::from_seed(&[4; 32])).unwrap();
        assert_eq!(signed.unverified(), Err(DecodeError::Malformed));
    }

    #[test]
    fn the_most_groups_fit_a_signed_statement_and_an_item_of_the_stream() {
        let head = Head { size: u64::MAX, hash: Hash32([1; 32]) };
        let id = |n: usize| GroupId(u128::try_from(n).unwrap().to_be_bytes());
        let groups = (0..bounds::HEADS_GROUPS).map(|n| (id(n), head)).collect();
        let full = Heads { groups: List::new(groups).unwrap(), ..heads(1) };
        let signed = full.sign(&SigningSecret::from_seed(&[4; 32])).unwrap();
        assert!(codec::encode(&crate::frame::sync::Notice::Heads(signed)).len() < crate::frame::sync::ITEM);
    }
}
