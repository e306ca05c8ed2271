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

use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use core::str::FromStr;

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};

use crate::bounds;
use crate::bytes::{Blob, fixed_bytes};
use crate::code::Code;
use crate::codec::{self, DecodeError};
use crate::file::{Intent, Opening, Part};
use crate::hash::{self, Domain, Hash32};
use crate::id::{AssociationId, DeviceId, FacilityId, GroupId, RequestId, SessionId, TakeoutId, TicketId, UserId};
use crate::key::{BadSignature, Signature, SigningPublic, SigningSecret};
use crate::statement::LogId;
use crate::takeout::TakeoutForm;
use crate::time::Time;

const SIGN: Domain = Domain("renkei/v1/sign/access");
const RECORD: Domain = Domain("renkei/v1/access");
const SCHEME: &str = "renkei:access/";

/// A network address: `IPv6`, or `IPv4` as RFC 4291 maps it into `IPv6`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Source(pub [u8; 16]);

fixed_bytes!(Source, 16);

impl From<IpAddr> for Source {
    fn from(address: IpAddr) -> Self {
        Self(match address {
            IpAddr::V4(four) => four.to_ipv6_mapped().octets(),
            IpAddr::V6(six) => six.octets(),
        })
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Ipv6Addr::from(self.0).to_canonical(), f)
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Source {
    type Err = core::net::AddrParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse::<Ipv4Addr>() {
            Ok(four) => Ok(IpAddr::V4(four).into()),
            Err(_) => text.parse::<Ipv6Addr>().map(|six| IpAddr::V6(six).into()),
        }
    }
}

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
    /// [`Opening`].
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
            Self::Exported { .. } | Self::TakenOut { .. } => (Kind::Export, 1),
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

/// Where the record ended at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessHead {
    /// [`crate::VERSION`].
    pub version: u8,
    /// [`crate::SUITE`].
    pub suite: u8,
    /// Of which association.
    pub association: AssociationId,
    /// The server's time.
    pub time: Time,
    /// How many records.
    pub size: u64,
    /// Hash of the last one; all zero for none.
    pub last: Hash32,
    /// Merkle root over the bytes of all of them.
    pub tree: Hash32,
}

/// A head as signed by the server's statement key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedAccessHead {
    /// The canonical encoding of an [`AccessHead`].
    pub bytes: Blob<{ bounds::ACCESS_HEAD }>,
    /// By the server's statement key.
    pub signature: Signature,
}

/// Why a signed head is not to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadAccessHead {
    /// Not a head.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// Not the server's signature.
    #[error(transparent)]
    Signature(#[from] BadSignature),
}

impl AccessHead {
    /// Signs it.
    pub fn sign(&self, key: &SigningSecret) -> Result<SignedAccessHead, DecodeError> {
        let bytes = codec::encode(self);
        let signature = key.sign(SIGN, &bytes);
        Ok(SignedAccessHead { bytes: Blob::new(bytes).map_err(|_| DecodeError::TooLarge)?, signature })
    }
}

impl SignedAccessHead {
    /// What it says, if `key` signed it.
    pub fn verify(&self, key: &SigningPublic) -> Result<AccessHead, BadAccessHead> {
        let head = self.unverified()?;
        key.verify(SIGN, self.bytes.as_slice(), &self.signature)?;
        Ok(head)
    }

    /// What it says, believed by nobody yet.
    pub fn unverified(&self) -> Result<AccessHead, DecodeError> {
        match self.bytes.as_slice().first_chunk::<2>() {
            Some([crate::VERSION, crate::SUITE]) => codec::decode(self.bytes.as_slice()),
            Some(_) => Err(DecodeError::UnknownVersion),
            None => Err(DecodeError::Malformed),
        }
    }

    /// As text, to keep and to compare.
    pub fn text(&self) -> String {
        format!("{SCHEME}{}", BASE64URL_NOPAD.encode(&codec::encode(self)))
    }
}

impl FromStr for SignedAccessHead {
    type Err = DecodeError;

    fn from_str(text: &str) -> Result<Self, DecodeError> {
        let text = text.trim();
        if text.len() > 4 * bounds::ACCESS_HEAD {
            return Err(DecodeError::TooLarge);
        }
        let text = text.strip_prefix(SCHEME).ok_or(DecodeError::Malformed)?;
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| DecodeError::Malformed)?;
        codec::decode_bounded(&bytes, bounds::ACCESS_HEAD + 128)
    }
}

/// Which records are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessQuestion {
    /// Whose.
    pub scope: Scope,
    /// From this moment on.
    pub since: Time,
    /// Until this one, excluded.
    pub until: Time,
    /// From this record on.
    pub from: u64,
    /// As they were when there were so many: so that all pages are under one head. None for as they are now.
    pub size: Option<u64>,
}

/// How often something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessCount {
    /// At which facility the person works; none where nobody is known.
    pub facility: Option<FacilityId>,
    /// What.
    pub kind: Kind,
    /// How often.
    pub times: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> SigningSecret {
        SigningSecret::from_seed(&[4; 32])
    }

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
    fn a02_1_a_head_holds_under_the_servers_key_only_and_survives_as_text() {
        let head = AccessHead {
            version: crate::VERSION,
            suite: crate::SUITE,
            association: AssociationId([1; 16]),
            time: Time(1_800_000_000),
            size: u64::MAX,
            last: Hash32([2; 32]),
            tree: Hash32([3; 32]),
        };
        let signed = head.sign(&key()).unwrap();
        assert_eq!(signed.verify(&key().public()), Ok(head));
        assert_eq!(signed.text().parse(), Ok(signed.clone()));
        let other = SigningSecret::from_seed(&[5; 32]).public();
        assert_eq!(signed.verify(&other), Err(BadAccessHead::Signature(BadSignature)));
    }

    #[test]
    fn an_address_has_one_form() {
        for text in ["192.0.2.7", "2001:db8::1"] {
            assert_eq!(text.parse::<Source>().unwrap().to_string(), text);
        }
        assert_eq!("::ffff:192.0.2.7".parse::<Source>(), "192.0.2.7".parse());
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
