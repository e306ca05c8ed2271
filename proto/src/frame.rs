//! What travels over QUIC.
//!
//! Two protocols, told apart by ALPN in one place of the server:
//!
//! * [`ALPN_ENROL`] for a device without a certificate: [`EnrolOp`] out, [`EnrolAnswer`] back.
//! * [`ALPN`] for a device with one: [`ClientFrame::Request`] out and an [`Answer`] back, one bidirectional stream each;
//!   and at most one [`ClientFrame::Sync`] stream, on which the server sends [`sync`] items for as long as it is open.
//!
//! On a request stream a frame ends where the stream ends, so it needs no length. An answer is a `Result`: the
//! [`Fault`] says why not, and then nothing was changed.

use core::fmt;

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::access::{AccessCount, AccessQuestion, SignedAccessHead};
use crate::act::{BoxesRoot, Commitment};
use crate::bounds;
use crate::bytes::{Blob, List};
use crate::code::Code;
use crate::codec;
use crate::erasure_word::SignedErasureWord;
use crate::file::{Part, Present, SEALED_CHUNK, SignedOpening};
use crate::group_receipt::SignedGroupReceipt;
use crate::hash::{self, Hash32};
use crate::id::{AssociationId, DeviceId, FileId, GroupId, RequestId, SessionId, TicketId, UserId};
use crate::key::{Mac, SealingPublic, Signature, SigningPublic};
use crate::merkle::{self, Proof};
pub use crate::recovery::RecoveryCode;
use crate::report::FacilityNumbers;
use crate::statement::{Head, LogId, Signed};
use crate::takeout::TakeoutExport;
use crate::text::Line;
use crate::ticket::{Offer, Purpose};
use crate::time::Time;
use crate::wipe::SignedReceipt;
use crate::wording::Wording;

/// ALPN of a device with a certificate.
pub const ALPN: &[u8] = b"renkei/1";
/// ALPN of a device that enrols.
pub const ALPN_ENROL: &[u8] = b"renkei-enrol/1";
/// Label of the TLS exporter (RFC 8446, section 7.5) for both protocols; the context is the ALPN.
pub const EXPORTER: &[u8] = b"EXPORTER-renkei-v1";
/// Domain of the signature by which a session is proven on a new connection.
pub const RESUME: hash::Domain = hash::Domain("renkei/v1/session/resume");
/// Domain of the signature by which a new device proves its signing key.
pub const OFFER: hash::Domain = hash::Domain("renkei/v1/enrol/offer");
/// Domain of the root's requests.
pub const ROOT_REQUEST: hash::Domain = hash::Domain("renkei/v1/root/request");
/// Domain of a device's request for a new certificate.
pub const RENEW: hash::Domain = hash::Domain("renkei/v1/certificate/renew");

/// A password as typed. Wiped when dropped, never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct Password(Blob<{ bounds::PASSWORD }>);

impl Password {
    /// Takes a password of at most [`bounds::PASSWORD`] bytes. Unicode forms are folded (NFKC) so that the same keys
    /// give the same password on every keyboard.
    pub fn new(text: &str) -> Result<Self, crate::bytes::TooLong> {
        use unicode_normalization::UnicodeNormalization;
        let mut folded = zeroize::Zeroizing::new(String::with_capacity(text.len().saturating_mul(4)));
        folded.extend(text.nfkc());
        Blob::new(folded.as_bytes().to_vec()).map(Self)
    }

    /// The folded bytes.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_slice()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// 32 secret bytes that travel: a share of a vault key. Wiped when dropped, never printed.
///
/// They stay at one place of the heap from the first byte read to the last: whatever moves them moves a pointer, and
/// leaves no copy behind.
#[derive(Clone, PartialEq, Eq, Serialize, Zeroize, ZeroizeOnDrop)]
pub struct Secret32(pub Box<[u8; 32]>);

impl Secret32 {
    /// These bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Box::new(bytes))
    }
}

impl<'de> Deserialize<'de> for Secret32 {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InPlace;

        impl<'de> serde::de::Visitor<'de> for InPlace {
            type Value = Secret32;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("32 bytes")
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut bytes: A) -> Result<Secret32, A::Error> {
                let mut secret = Secret32::new([0; 32]);
                for (at, byte) in secret.0.iter_mut().enumerate() {
                    *byte = bytes.next_element()?.ok_or_else(|| serde::de::Error::invalid_length(at, &self))?;
                }
                Ok(secret)
            }
        }

        deserializer.deserialize_tuple(32, InPlace)
    }
}

impl fmt::Debug for Secret32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret32(…)")
    }
}

/// A TOTP secret (RFC 6238), 20 bytes. Wiped when dropped, never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct TotpSecret(pub [u8; 20]);

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

/// Personal details of one person: the erasable body of a [`Commitment`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// Random, so that a commitment can't be guessed open.
    pub salt: Hash32,
    /// The name.
    pub name: Line<{ bounds::NAME }>,
    /// Its reading in kana, where there is one.
    pub kana: Option<Line<{ bounds::NAME }>>,
}

impl Details {
    /// What a statement holds of these details.
    pub fn commitment(&self) -> Commitment {
        Commitment(hash::hash(hash::DETAILS, &[&codec::encode(self)]))
    }
}

/// Boxes beside a statement: for whom, and the box; in strictly ascending order of devices.
pub type Boxes = List<SealedBox, { bounds::ROSTER_DEVICES }>;

/// One sealed box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedBox {
    /// Whose device opens it.
    pub device: DeviceId,
    /// The bytes.
    pub sealed: Blob<{ bounds::SEALED_BOX }>,
}

/// The root that a statement signs over its boxes. None unless they are in strictly ascending order of devices.
pub fn boxes_root(boxes: &Boxes) -> Option<BoxesRoot> {
    let boxes = boxes.as_slice();
    if !boxes.is_sorted_by(|a, b| a.device < b.device) {
        return None;
    }
    let leaves: Vec<Vec<u8>> = boxes.iter().map(codec::encode).collect();
    Some(BoxesRoot { count: u32::try_from(boxes.len()).ok()?, root: merkle::root(&leaves) })
}

/// The box of `device` with its place and the proof that it is under [`boxes_root`].
pub fn find_box(boxes: &Boxes, device: DeviceId) -> Option<(u32, SealedBox, Proof)> {
    let boxes = boxes.as_slice();
    let index = boxes.binary_search_by_key(&device, |sealed| sealed.device).ok()?;
    let leaves: Vec<Vec<u8>> = boxes.iter().map(codec::encode).collect();
    Some((u32::try_from(index).ok()?, boxes.get(index)?.clone(), merkle::prove(&leaves, index)?))
}

/// Whether `sealed` is the box at `index` under `root`.
pub fn box_is_under(root: BoxesRoot, index: u32, sealed: &SealedBox, proof: &Proof) -> bool {
    let (Ok(count), Ok(index)) = (usize::try_from(root.count), usize::try_from(index)) else { return false };
    merkle::includes(root.root, count, index, &codec::encode(sealed), proof)
}

/// What travels beside a statement and is not part of its signed bytes, only committed to by them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sidecar {
    /// Sealing keys of the device that the statement registers.
    pub sealing: Option<SealingPublic>,
    /// The boxes whose root the statement signs.
    pub boxes: Option<Boxes>,
    /// Details of the person whom the statement introduces.
    pub details: Option<Details>,
}

// ---- enrolment -----------------------------------------------------------------------------------------------------

/// A request of a device without a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum EnrolOp {
    /// Who are you? Must be answered before anything is shown to the server.
    Greet,
    /// I hold this ticket ([`crate::ticket::client_proof`]).
    Prove {
        /// Which.
        ticket: TicketId,
        /// The proof.
        proof: Mac,
    },
    /// These are my keys.
    Offer {
        /// With the MAC for the issuer.
        offer: Offer,
        /// By the offered signing key in [`OFFER`], over the exporter value and the bundle.
        signature: Signature,
    },
    /// I hold the sealing keys too ([`crate::ticket::possession_mac`]).
    Possess(Mac),
    /// Have I been approved? Asked with the ticket's key, as the vault with the device's own is closed by now.
    Poll {
        /// The ticket that was answered.
        ticket: TicketId,
        /// [`crate::ticket::poll_proof`].
        proof: Mac,
    },
    /// The root speaks.
    Root {
        /// A [`RootOp`], encoded.
        op: Blob<{ bounds::ENROL_FRAME }>,
        /// By the root key in [`ROOT_REQUEST`], over the exporter value and `op`.
        signature: Signature,
    },
    /// A wiped device confirms. Its certificate may have ended long ago, so it needs none for this.
    Receipt(SignedReceipt),
}

/// A request of the root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum RootOp {
    /// Found the association on this server.
    Found {
        /// The one-time code that `renkei-server init` printed.
        claim: Secret32,
        /// The founding statement.
        signed: Signed,
    },
    /// Where does the registry stand?
    Standing,
    /// A ticket for an operator of the Desk.
    NewTicket(NewTicket),
    /// Which offers have come?
    Offers,
    /// Append a statement of the root.
    Submit {
        /// The statement.
        signed: Signed,
        /// What goes beside it.
        sidecar: Sidecar,
    },
}

/// A ticket as the server is told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewTicket {
    /// How it will be looked up.
    pub ticket: TicketId,
    /// [`crate::ticket::TicketSecret::psk`].
    pub psk: Secret32,
    /// For what.
    pub purpose: Purpose,
    /// Good until this second, excluded.
    pub expires: Time,
}

/// The answer to an [`EnrolOp`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum EnrolAnswer {
    /// The founding statement and the root's latest word on the server's keys; nothing before the founding.
    Greeting(Option<Greeting>),
    /// The ticket is good, and the server proves that it knows it.
    Proved {
        /// [`crate::ticket::server_proof`].
        proof: Mac,
        /// The server's share of the key of the vault that the device is about to make.
        share: Secret32,
    },
    /// The offer is well formed: prove the sealing keys.
    Challenge {
        /// An X25519 public key.
        x25519: Hash32,
        /// An ML-KEM-768 ciphertext.
        kem: Blob<{ crate::key::MLKEM768_CIPHERTEXT }>,
    },
    /// The offer waits for approval.
    Waiting,
    /// The device has a certificate.
    Approved {
        /// The certificate, DER.
        certificate: Blob<{ bounds::CERTIFICATE }>,
        /// The authority that the server's own certificate comes from, DER.
        authority: Blob<{ bounds::CERTIFICATE }>,
        /// The association.
        association: AssociationId,
        /// Whose device it is.
        user: UserId,
    },
    /// A root's request was carried out.
    Root(RootAnswer),
    /// The receipt is kept.
    Received,
}

/// By what a device recognises the association's server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Greeting {
    /// The founding statement.
    pub found: Signed,
    /// The latest certification of the server's keys, where it is not the founding itself.
    pub certified: Option<Signed>,
}

/// The answer to a [`RootOp`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum RootAnswer {
    /// Appended, or already there.
    Accepted(Accepted),
    /// The registry's head, and how many statements the root has made.
    Standing {
        /// The head.
        head: Head,
        /// The root's counter.
        counter: u64,
    },
    /// Done.
    Done,
    /// Offers that answer the root's tickets.
    Offers(Offers),
}

/// Offers that wait for a decision. More than these are asked for again when some are decided.
pub type Offers = List<Offer, 64>;

// ---- the main protocol -----------------------------------------------------------------------------------------------

/// What a client opens a stream with.
#[expect(clippy::large_enum_variant, reason = "decoded once a stream and taken apart at once")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClientFrame {
    /// One request, one answer.
    Request(Request),
    /// The long-lived stream of everything new: how many entries of each log the client has.
    Sync(List<(LogId, u64), { bounds::LOGS_FOLLOWED }>),
}

/// A request. The statement in it has an identifier of its own, by which a repeat is recognised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Made by the client.
    pub id: RequestId,
    /// What is asked.
    pub op: Op,
}

/// What can be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Op {
    /// First sign-in: choose a password (A11.2). Answered with a new TOTP secret.
    SetPassword(Password),
    /// First sign-in: show that the code generator is set up (A11.6).
    ConfirmFactor {
        /// Six digits.
        code: u32,
    },
    /// Sign in on this device.
    SignIn {
        /// The ID.
        user: UserId,
        /// The password.
        password: Password,
        /// Six digits; without them the answer asks for them.
        code: Option<u32>,
        /// A key of this session, to prove it on later connections.
        session_key: SigningPublic,
    },
    /// Go on with a session on this new connection, without a password.
    Resume {
        /// Which.
        session: SessionId,
        /// By the session key in [`RESUME`], over the exporter value.
        signature: Signature,
    },
    /// My facility's application: what works before it is admitted (A3.1).
    Application,
    /// Change the password (A11.2).
    ChangePassword {
        /// The present one.
        old: Password,
        /// The new one.
        new: Password,
    },
    /// Lock the session: no content until the next sign-in.
    Lock,
    /// End the session.
    SignOut,
    /// Append a statement.
    Submit {
        /// The statement.
        signed: Signed,
        /// What goes beside it.
        sidecar: Sidecar,
    },
    /// An enrolment ticket was made.
    NewTicket(NewTicket),
    /// Which offers have come for tickets that I may decide on?
    Offers,
    /// The sealing keys of these devices.
    SealingKeys(List<DeviceId, { bounds::LOOKUP }>),
    /// The names of these people.
    Details(List<UserId, { bounds::LOOKUP }>),
    /// My box beside this entry.
    FetchBox {
        /// Which log.
        log: LogId,
        /// Which entry.
        seq: u64,
    },
    /// A new certificate for this device.
    RenewCertificate {
        /// A certificate signing request, DER.
        request: Blob<1_024>,
        /// By the device's signing key in [`RENEW`], over the exporter value and the request.
        signature: Signature,
    },
    /// What these wiped devices have confirmed.
    Receipts(List<DeviceId, { bounds::LOOKUP }>),
    /// Send signed heads over the sync stream now, before they are due.
    Freshen,
    /// Entries of a log from this place on, as the sync stream would send them: for an export.
    Entries {
        /// Which log.
        log: LogId,
        /// The first one.
        from: u64,
    },
    /// Sign in with a recovery code, or with a password that has expired and a new one (A11.3, A11.6).
    SignInWith {
        /// The ID.
        user: UserId,
        /// The password.
        password: Password,
        /// The second factor.
        second: SecondFactor,
        /// The password from now on.
        new: Option<Password>,
        /// A key of this session.
        session_key: SigningPublic,
    },
    /// Unlock this device's locked session: the password is enough, as the code was given when the session began (A11.4).
    Unlock {
        /// The password.
        password: Password,
        /// A new key of the session: the old one left memory when it was locked.
        session_key: SigningPublic,
    },
    /// The person is there: what a program does by itself is not asked for with this (A11.4).
    Touch,
    /// How many messages this device's session, locked or open, has in each group. No content (A11.4).
    Counts,
    /// The sessions of a person: one's own, or those of a person whom one administers (A11.1).
    Sessions {
        /// Whose.
        user: UserId,
    },
    /// End one of those.
    EndSession {
        /// Whose.
        user: UserId,
        /// Which.
        session: SessionId,
    },
    /// Show a fresh code of the code generator, as administrative acts need (A11.6).
    StepUp {
        /// Six digits.
        code: u32,
    },
    /// New recovery codes in place of the old ones (A11.6). Needs a fresh factor.
    NewRecoveryCodes,
    /// Records of access (A2.1), some at a time.
    AccessRecords(AccessQuestion),
    /// How often what was accessed (A2.1): for the Desk.
    AccessCounts(AccessQuestion),
    /// Append a statement that publishes a text of the association, with the text (A10.1).
    Publish {
        /// The statement.
        signed: Signed,
        /// What it names.
        text: Wording,
    },
    /// A text of the association that is published or proposed (A10.1).
    Text {
        /// Its hash.
        text: Hash32,
    },
    /// One sealed chunk of a file that a post of this device will name (A12.2). Sent again, it changes nothing.
    Upload {
        /// For which group.
        group: GroupId,
        /// The file.
        file: FileId,
        /// Which part of it.
        part: Part,
        /// Which chunk, from 0.
        index: u32,
        /// The sealed bytes.
        bytes: Blob<SEALED_CHUNK>,
    },
    /// Which chunks of a file of this device has the server? To go on after a broken connection.
    Uploaded {
        /// For which group.
        group: GroupId,
        /// The file.
        file: FileId,
        /// Which part of it.
        part: Part,
    },
    /// Open a file (A12.2). On record, durably, before it is answered.
    OpenFile(SignedOpening),
    /// One sealed chunk of a file that this session has opened.
    FileChunk {
        /// The opening.
        opening: RequestId,
        /// Which chunk, from 0.
        index: u32,
    },
    /// This device keeps nothing of a group any more (A12.3).
    Gone(SignedGroupReceipt),
    /// What these devices have confirmed of a group (A12.3).
    GroupReceipts {
        /// Of which group.
        group: GroupId,
        /// Which devices.
        devices: List<DeviceId, { bounds::LOOKUP }>,
    },
    /// Numbers and states for a report (A15.1): of all facilities for the Desk, of the own one for its administrator.
    Report,
    /// I am about to export this, under this permit (A12.5). Answered when it is permitted and durably on record.
    TakeOut(TakeoutExport),
    /// The server's word on a group's erasure (A6.2), for who governed it to its end.
    ErasureWord {
        /// Of which group.
        group: GroupId,
    },
}

/// The second factor of a sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SecondFactor {
    /// Six digits of the code generator.
    Code(u32),
    /// A recovery code. Good once.
    Recovery(RecoveryCode),
}

/// Recovery codes of a person: for some years of lost phones, and they fit on a card.
pub type RecoveryCodes = List<RecoveryCode, 10>;

/// A session, as its owner and administrators see it (A11.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRow {
    /// Which.
    pub session: SessionId,
    /// On which device.
    pub device: DeviceId,
    /// Since when.
    pub since: Time,
    /// Seconds since the person was last there.
    pub idle: u32,
    /// Whether it waits for the password.
    pub locked: bool,
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// Done; there is nothing to say.
    Done,
    /// A new TOTP secret.
    Factor(TotpSecret),
    /// Signed in.
    SignedIn {
        /// The session.
        session: SessionId,
        /// The server's share of this device's vault key.
        share: Secret32,
    },
    /// A facility's application as it was signed, and how many have admitted it so far.
    Application {
        /// The statement.
        signed: Signed,
        /// Operators (or the root) who have admitted it.
        admitted_by: u32,
    },
    /// Appended durably, or it already was.
    Accepted(Accepted),
    /// Offers that wait.
    Offers(Offers),
    /// Sealing keys, of those that were found.
    SealingKeys(List<(DeviceId, SealingPublic), { bounds::LOOKUP }>),
    /// Details, of those that were found and may be seen.
    Details(List<(UserId, Details), { bounds::LOOKUP }>),
    /// A box with its place and proof.
    FetchedBox {
        /// Place among the boxes.
        index: u32,
        /// The box.
        sealed: SealedBox,
        /// That it is there.
        proof: Proof,
    },
    /// A certificate, DER.
    Certificate(Blob<{ bounds::CERTIFICATE }>),
    /// Receipts, of those devices that have confirmed.
    Receipts(List<(DeviceId, SignedReceipt), { bounds::LOOKUP }>),
    /// The next entries of the log, some at a time; none when there are no more.
    Entries(List<Blob<{ crate::entry::ENTRY_MAX }>, { bounds::ENTRIES }>),
    /// Recovery codes: shown once.
    Recovery(RecoveryCodes),
    /// Messages in each group.
    Counts(List<(GroupId, u64), { bounds::LOGS_FOLLOWED }>),
    /// Sessions.
    Sessions(List<SessionRow, { bounds::SESSIONS }>),
    /// Records of access, each with the proof that it is under the head.
    AccessRecords {
        /// Where the record ended.
        head: SignedAccessHead,
        /// The records, as they stand, and the proofs.
        records: List<(Blob<{ bounds::ACCESS_RECORD }>, Proof), { bounds::ACCESS_PAGE }>,
        /// Where to ask on; none when that was all.
        next: Option<u64>,
    },
    /// Counts of a part of the record.
    AccessCounts {
        /// In ascending order of facilities and kinds.
        counts: List<AccessCount, { bounds::ACCESS_COUNTS }>,
        /// Where to ask on; none when that was all.
        next: Option<u64>,
    },
    /// A text of the association.
    Text(Wording),
    /// Which chunks are there.
    Uploaded(Present),
    /// A sealed chunk of a file.
    FileChunk(Blob<SEALED_CHUNK>),
    /// Receipts of a group, of those devices that have confirmed.
    GroupReceipts(List<(DeviceId, SignedGroupReceipt), { bounds::LOOKUP }>),
    /// Numbers of facilities, in ascending order.
    Report(List<FacilityNumbers, { bounds::REPORT_FACILITIES }>),
    /// The server's word on an erasure.
    ErasureWord(SignedErasureWord),
}

/// Where a statement stands in its log. Given only when it is durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// The head right after it.
    pub head: Head,
    /// The server's time of the entry.
    pub time: Time,
}

/// A rule of Art. 11 (3) that a password doesn't meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PasswordRule {
    /// At least 13 characters.
    Length,
    /// A letter.
    Letter,
    /// A digit.
    Digit,
    /// A symbol.
    Symbol,
    /// Hard to guess.
    Guessable,
    /// Not built on the person's or facility's name.
    Personal,
    /// None of the last ten.
    Reused,
}

/// Why not. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code}")]
pub struct Fault {
    /// Which of the closed set.
    pub code: Code,
    /// When it may be tried again, in seconds, where that is known.
    pub retry_after: Option<u32>,
    /// For a password that is too weak: each rule that it fails.
    pub failed: List<PasswordRule, 8>,
}

impl From<Code> for Fault {
    fn from(code: Code) -> Self {
        Self { code, retry_after: None, failed: List::default() }
    }
}

/// Items of the sync stream. Each is a little-endian `u32` length, a tag byte (counted in the length) and its bytes.
pub mod sync {
    use super::{Deserialize, Head, LogId, Serialize, bounds, codec};
    use crate::codec::DecodeError;
    use crate::entry::ENTRY_MAX;
    use crate::heads::SignedHeads;

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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::DecodeError;

    #[test]
    fn a_sync_item_is_taken_only_when_it_is_whole_and_within_its_bound() {
        let item = sync::notice(&sync::Notice::Ended { log: LogId::Registry });
        for cut in 0..item.len() {
            assert_eq!(sync::take(&item[..cut]), Ok(None), "{cut}");
        }
        let (tag, bytes, taken) = sync::take(&item).unwrap().unwrap();
        assert_eq!((tag, bytes.len(), taken), (sync::NOTICE, item.len() - 5, item.len()));
        assert_eq!(sync::take(&[0, 0, 0, 0]), Err(DecodeError::Malformed));
        assert_eq!(sync::take(&[255, 255, 255, 255]), Err(DecodeError::TooLarge));
    }

    #[test]
    fn the_same_keys_give_the_same_password_in_full_and_half_width() {
        assert_eq!(Password::new("Ａｂ１").unwrap(), Password::new("Ab1").unwrap());
        assert_eq!(format!("{:?}", Password::new("secret").unwrap()), "Password(…)");
    }
}
