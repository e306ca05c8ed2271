//! The record of access (A2.1): who signed in, was handed content, listed, exported, was refused, or acted; when, and with
//! which device. Identifiers only: no text and no name of a person is in it.
//!
//! ```text
//! record = {version, seq, prev: hash of the record before, time, user, device, source, what}
//! head   = {version, suite, association, time, size, last: hash of the last record, tree}   signed by the server
//! ```
//!
//! The records are one chain, and the leaves of one Merkle tree ([`crate::merkle`]; a leaf is a record's bytes). The server
//! signs the end of both. Whoever has all records checks the chain; whoever was given some of them checks for each that it
//! is in the tree. Whoever kept an earlier head notices a record that was left out, changed, or cut off since.

mod head;
mod question;
mod source;
mod what;

use serde::{Deserialize, Serialize};

use crate::bounds;
use crate::codec::{self, DecodeError};
use crate::file::Opening;
use crate::hash::{self, Domain, Hash32};
use crate::id::{AssociationId, DeviceId, UserId};
use crate::key::Signature;
use crate::time::Time;

pub use head::{AccessHead, BadAccessHead, SignedAccessHead};
pub use question::{AccessCount, AccessQuestion};
pub use source::Source;
pub use what::{Asked, Kind, Listing, Scope, Stage, Table, What};

const RECORD: Domain = Domain("renkei/v1/access");

/// Who did it, and from where that matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Subject {
    /// Whose device it was.
    pub user: Option<UserId>,
    /// Which device.
    pub device: Option<DeviceId>,
    /// From which network address.
    pub source: Option<Source>,
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessRecord {
    /// [`crate::VERSION`].
    pub version: u8,
    /// Its place, from 0.
    pub seq: u64,
    /// Hash of the record before; all zero for the first.
    pub prev: Hash32,
    /// The server's time. Never before the record's before.
    pub time: Time,
    /// Whose device it was; none where that is not known.
    pub user: Option<UserId>,
    /// Which device.
    pub device: Option<DeviceId>,
    /// From which network address: where somebody signed in, or no device is known.
    pub source: Option<Source>,
    /// What happened.
    pub what: What,
}

/// Why a record is not the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadRecord {
    /// Not a record.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// A gap or a repetition.
    #[error("not the next record")]
    WrongSequence,
    /// It doesn't continue this history.
    #[error("it does not continue the record before")]
    WrongLink,
    /// Dated before the one before it.
    #[error("dated before the record before")]
    Backwards,
}

impl AccessRecord {
    /// Reads a record.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        match bytes.first() {
            Some(&crate::VERSION) => codec::decode_bounded(bytes, bounds::ACCESS_RECORD),
            Some(_) => Err(DecodeError::UnknownVersion),
            None => Err(DecodeError::Malformed),
        }
    }

    /// The opening of a file that this record is of, as its device must have signed it, and the signature. None for any other
    /// record.
    pub fn opening(&self, association: AssociationId) -> Option<(Opening, Signature)> {
        let What::FileOpened { group, seq, file, part, intent, request, at, signature } = self.what else {
            return None;
        };
        let (version, suite, user, device) = (crate::VERSION, crate::SUITE, self.user?, self.device?);
        let opening =
            Opening { version, suite, association, user, device, group, seq, file, part, intent, request, at };
        Some((opening, signature))
    }

    /// The link that the next record holds in `prev`, of a record's bytes.
    pub fn hash(bytes: &[u8]) -> Hash32 {
        hash::hash(RECORD, &[bytes])
    }
}

/// The end of the record, as far as somebody has followed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AccessTip {
    /// How many records.
    pub size: u64,
    /// Hash of the last one; all zero for none.
    pub last: Hash32,
    /// Its time.
    pub time: Time,
}

impl AccessTip {
    /// The next record, and its bytes. This is the tip after it then.
    pub fn append(&mut self, time: Time, who: Subject, what: What) -> Vec<u8> {
        let time = time.max(self.time);
        let Subject { user, device, source } = who;
        let record =
            AccessRecord { version: crate::VERSION, seq: self.size, prev: self.last, time, user, device, source, what };
        let bytes = codec::encode(&record);
        *self = Self { size: self.size.saturating_add(1), last: AccessRecord::hash(&bytes), time };
        bytes
    }

    /// Takes the next record, if these bytes are it.
    pub fn follow(&mut self, bytes: &[u8]) -> Result<AccessRecord, BadRecord> {
        let record = AccessRecord::decode(bytes)?;
        if record.seq != self.size {
            return Err(BadRecord::WrongSequence);
        }
        if record.prev != self.last {
            return Err(BadRecord::WrongLink);
        }
        if record.time < self.time {
            return Err(BadRecord::Backwards);
        }
        *self = Self { size: self.size.saturating_add(1), last: AccessRecord::hash(bytes), time: record.time };
        Ok(record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::{Intent, Part};
    use crate::id::{GroupId, RequestId, TakeoutId};

    fn chain(count: u8) -> (AccessTip, Vec<Vec<u8>>) {
        let mut tip = AccessTip::default();
        let who = |n| Subject { user: Some(UserId([n; 16])), ..Subject::default() };
        let records = (0..count).map(|n| tip.append(Time(u64::from(n)), who(n), What::SetUp)).collect();
        (tip, records)
    }

    #[test]
    fn a02_1_a_record_that_was_changed_left_out_or_moved_does_not_follow() {
        let (tip, records) = chain(5);
        let mut again = AccessTip::default();
        for record in &records {
            again.follow(record).unwrap();
        }
        assert_eq!(again, tip);
        let follow = |records: &[&[u8]]| {
            let mut tip = AccessTip::default();
            records.iter().try_for_each(|record| tip.follow(record).map(drop))
        };
        assert_eq!(follow(&[&records[0], &records[2]]), Err(BadRecord::WrongSequence));
        let changed = AccessRecord { user: None, ..AccessRecord::decode(&records[1]).unwrap() };
        assert_eq!(follow(&[&records[0], &codec::encode(&changed), &records[2]]), Err(BadRecord::WrongLink));
        let early = AccessRecord { time: Time(0), ..AccessRecord::decode(&records[2]).unwrap() };
        assert_eq!(follow(&[&records[0], &records[1], &codec::encode(&early)]), Err(BadRecord::Backwards));
    }

    #[test]
    fn the_longest_record_is_within_its_bound() {
        let far = u64::MAX;
        let record = AccessRecord {
            version: crate::VERSION,
            seq: far,
            prev: Hash32([255; 32]),
            time: Time(far),
            user: Some(UserId([255; 16])),
            device: Some(DeviceId([255; 16])),
            source: Some(Source([255; 16])),
            what: What::FileOpened {
                group: GroupId([255; 16]),
                seq: far,
                file: u8::MAX,
                part: Part::Preview,
                intent: Intent::TakeOut { takeout: TakeoutId([255; 16]) },
                request: RequestId([255; 16]),
                at: Time(far),
                signature: Signature([255; 64]),
            },
        };
        let length = codec::encode(&record).len();
        assert!(length <= bounds::ACCESS_RECORD, "{length}");
    }
}
