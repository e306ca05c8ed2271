//! The formats by name: how each is written, read and refused.

use core::fmt::Debug;
use core::str::FromStr;

use renkei_proto::act::{
    BoxesRoot, DeviceKind, FacilityKind, OperatingSystem, Ownership, Profession, ReleaseKey, SealedLabel, UseKind,
    UseOutcome,
};
use renkei_proto::bounds;
use renkei_proto::bytes::{Blob, List};
use renkei_proto::card::CardContent;
use renkei_proto::code::Code;
use renkei_proto::codec::{self, DecodeError};
use renkei_proto::entry::{Entry, EntryHeader, EntryKind};
use renkei_proto::erasure_word::{ErasureWord, SignedErasureWord};
use renkei_proto::file::Present;
use renkei_proto::forms::{FormNames, UseDetails};
use renkei_proto::frame::{
    Answer, Boxes, ClientFrame, Details, EnrolAnswer, EnrolOp, Fault, PasswordRule, RootOp, SealedBox, Sidecar,
    boxes_root, sync,
};
use renkei_proto::group_receipt::{GroupReceipt, SignedGroupReceipt};
use renkei_proto::hash::Hash32;
use renkei_proto::heads::{BadHeads, Heads, SignedHeads};
use renkei_proto::id::{
    AnnouncementId, AssociationId, DelegationId, DeviceId, FacilityId, FileId, GroupId, InvitationId, RequestId,
    ReviewId, SessionId, StatementId, TakeoutId, TicketId, TrainingId, UserId,
};
use renkei_proto::key::{SealingPublic, Signature, SigningPublic};
use renkei_proto::merkle::{self, Proof};
use renkei_proto::safety::{SafetyAnswer, SignedSafety};
use renkei_proto::scan::ScanKey;
use renkei_proto::statement::{Actor, Claim, LogId, Role, Signed, Statement};
use renkei_proto::text::Line;
use renkei_proto::ticket::{Bundle, Offer, Purpose, Ticket};
use renkei_proto::time::{Date, Time};
use renkei_proto::wipe::{BadReceipt, Receipt, SignedReceipt};
use renkei_proto::wipe_proof::WipeProof;
use renkei_proto::wording::{TextKind, Wording};
use serde::{Deserialize, Serialize};

use crate::fixtures;

/// A value with one of the formats.
pub(crate) trait Vector: Sized + PartialEq + Debug + Serialize + for<'de> Deserialize<'de> + 'static {
    /// The format's name, and its file's.
    const FORMAT: &'static str;

    /// The bytes.
    fn write(&self) -> Vec<u8>;

    /// The value in `bytes`, or the name of the error.
    fn read(bytes: &[u8]) -> Result<Self, String>;

    /// The one form of `bytes` where a reader is lenient with what people type.
    fn fold(bytes: &[u8]) -> Vec<u8> {
        bytes.to_vec()
    }
}

/// A format without its type.
pub(crate) struct Format {
    pub(crate) name: &'static str,
    /// Reads, and writes what was read once more.
    pub(crate) again: fn(&[u8]) -> Result<Vec<u8>, String>,
    pub(crate) fold: fn(&[u8]) -> Vec<u8>,
}

impl Format {
    pub(crate) fn of<T: Vector>() -> Self {
        Self { name: T::FORMAT, again: |bytes| T::read(bytes).map(|value| value.write()), fold: T::fold }
    }

    /// The format of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        all().into_iter().find(|format| format.name == name)
    }
}

/// The name of an error: its variant, or the name of its type where it has no variants.
pub(crate) fn name_of(error: impl Debug) -> String {
    let text = format!("{error:?}");
    text.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default().to_owned()
}

/// What is the canonical encoding and nothing else.
macro_rules! encoded {
    ($($type:ty: $name:literal, $max:expr;)*) => {
        $(impl Vector for $type {
            const FORMAT: &'static str = $name;

            fn write(&self) -> Vec<u8> {
                codec::encode(self)
            }

            fn read(bytes: &[u8]) -> Result<Self, String> {
                codec::decode_bounded(bytes, $max).map_err(name_of)
            }
        })*

        fn encoded() -> Vec<Format> {
            vec![$(Format::of::<$type>(),)*]
        }
    };
}

encoded! {
    Signed: "signed", bounds::FRAME;
    EntryHeader: "entry-header", bounds::FRAME;
    SealedBox: "sealed-box", bounds::FRAME;
    BoxesRoot: "boxes-root", bounds::FRAME;
    Proof: "proof", bounds::FRAME;
    Tree: "tree", bounds::FRAME;
    ReleaseKey: "release-key", bounds::FRAME;
    SealedLabel: "sealed-label", bounds::LABEL_PAYLOAD;
    Offer: "offer", bounds::ENROL_FRAME;
    EnrolOp: "enrol-op", bounds::ENROL_FRAME;
    RootOp: "root-op", bounds::ENROL_FRAME;
    Result<EnrolAnswer, Fault>: "enrol-answer", bounds::ENROL_FRAME;
    ClientFrame: "client-frame", bounds::FRAME;
    Result<Answer, Fault>: "answer", bounds::FRAME;
    Fault: "fault", bounds::FRAME;
    sync::Notice: "notice", sync::ITEM;
    Details: "details", bounds::FRAME;
    Sidecar: "sidecar", bounds::SIDECAR;
    Date: "date", bounds::FRAME;
    Time: "time", bounds::FRAME;
    Line<{ bounds::NAME }>: "line", bounds::FRAME;
    Purpose: "purpose", bounds::FRAME;
    SigningPublic: "signing-public", bounds::FRAME;
    SealingPublic: "sealing-public", bounds::FRAME;
    List<Code, 256>: "tags-code", bounds::FRAME;
    List<FacilityKind, 32>: "tags-facility-kind", bounds::FRAME;
    List<Profession, 32>: "tags-profession", bounds::FRAME;
    List<DeviceKind, 32>: "tags-device-kind", bounds::FRAME;
    List<OperatingSystem, 32>: "tags-operating-system", bounds::FRAME;
    List<Ownership, 32>: "tags-ownership", bounds::FRAME;
    List<Role, 32>: "tags-role", bounds::FRAME;
    List<EntryKind, 32>: "tags-entry-kind", bounds::FRAME;
    List<PasswordRule, 32>: "tags-password-rule", bounds::FRAME;
    List<LogId, 32>: "tags-log-id", bounds::FRAME;
    Wording: "wording", bounds::FRAME;
    Present: "present", bounds::FRAME;
    List<TextKind, 32>: "tags-text-kind", bounds::FRAME;
    CardContent: "card", bounds::MESSAGE_TEXT;
    FormNames: "form-names", bounds::FORM_DETAILS;
    UseDetails: "use-details", bounds::FORM_DETAILS;
    List<UseKind, 32>: "tags-use-kind", bounds::FRAME;
    List<UseOutcome, 32>: "tags-use-outcome", bounds::FRAME;
    ScanKey: "scan-key", bounds::FORM_DETAILS;
}

/// What is written as text: the bytes are its UTF-8.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Text<T>(pub(crate) T);

macro_rules! text {
    ($($type:ty: $name:literal;)*) => {
        $(impl Vector for Text<$type> {
            const FORMAT: &'static str = $name;

            fn write(&self) -> Vec<u8> {
                self.0.to_string().into_bytes()
            }

            fn read(bytes: &[u8]) -> Result<Self, String> {
                let text = core::str::from_utf8(bytes).map_err(name_of)?;
                <$type>::from_str(text).map(Self).map_err(name_of)
            }

            fn fold(bytes: &[u8]) -> Vec<u8> {
                if $name.ends_with("signature") || $name.ends_with("line") { bytes.to_vec() } else { bytes.to_ascii_lowercase() }
            }
        })*

        fn text() -> Vec<Format> {
            vec![$(Format::of::<Text<$type>>(),)*]
        }
    };
}

text! {
    AssociationId: "text-association";
    FacilityId: "text-facility";
    UserId: "text-user";
    DeviceId: "text-device";
    GroupId: "text-group";
    InvitationId: "text-invitation";
    DelegationId: "text-delegation";
    StatementId: "text-statement";
    RequestId: "text-request";
    SessionId: "text-session";
    TicketId: "text-ticket";
    ReviewId: "text-review";
    TrainingId: "text-training";
    FileId: "text-file";
    TakeoutId: "text-takeout";
    AnnouncementId: "text-announcement";
    Hash32: "text-hash";
    ReleaseKey: "text-release";
    Date: "text-date";
    Signature: "text-signature";
    Line<{ bounds::NAME }>: "text-line";
    Code: "text-code";
}

impl Vector for Ticket {
    const FORMAT: &'static str = "ticket-link";

    fn write(&self) -> Vec<u8> {
        self.link().as_bytes().to_vec()
    }

    fn read(bytes: &[u8]) -> Result<Self, String> {
        core::str::from_utf8(bytes).map_err(name_of)?.parse().map_err(name_of)
    }

    fn fold(bytes: &[u8]) -> Vec<u8> {
        String::from_utf8_lossy(bytes).trim().as_bytes().to_vec()
    }
}

impl Vector for Bundle {
    const FORMAT: &'static str = "bundle";

    fn write(&self) -> Vec<u8> {
        codec::encode(self)
    }

    fn read(bytes: &[u8]) -> Result<Self, String> {
        Self::decode(bytes).map_err(name_of)
    }
}

impl Vector for Entry {
    const FORMAT: &'static str = "entry";

    fn write(&self) -> Vec<u8> {
        codec::encode(self)
    }

    fn read(bytes: &[u8]) -> Result<Self, String> {
        Self::decode(bytes).map_err(name_of)
    }
}

impl Vector for Statement {
    const FORMAT: &'static str = "statement";

    fn write(&self) -> Vec<u8> {
        codec::encode(self)
    }

    fn read(bytes: &[u8]) -> Result<Self, String> {
        let bytes = Blob::new(bytes.to_vec()).map_err(|_| name_of(DecodeError::TooLarge))?;
        let claim = Claim::parse(Signed { bytes, signature: Signature([0; 64]) }).map_err(name_of)?;
        Ok(claim.unverified().clone())
    }
}

/// A signed statement under the key that its actor has in these vectors: the root's, or the author's device's.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Believed(pub(crate) Signed);

impl Vector for Believed {
    const FORMAT: &'static str = "signed-and-verified";

    fn write(&self) -> Vec<u8> {
        codec::encode(&self.0)
    }

    fn read(bytes: &[u8]) -> Result<Self, String> {
        let claim = Claim::parse(codec::decode(bytes).map_err(name_of)?).map_err(name_of)?;
        let key = match claim.unverified().actor {
            Actor::Root => fixtures::root(),
            Actor::Device { .. } => fixtures::author(),
        };
        claim.verify(&key.public()).map(|verified| Self(verified.signed().clone())).map_err(name_of)
    }
}

impl Vector for Boxes {
    const FORMAT: &'static str = "boxes";

    fn write(&self) -> Vec<u8> {
        codec::encode(self)
    }

    fn read(bytes: &[u8]) -> Result<Self, String> {
        let boxes = codec::decode_bounded(bytes, bounds::SIDECAR).map_err(name_of)?;
        boxes_root(&boxes).map(|_| boxes).ok_or_else(|| "NotAscending".to_owned())
    }
}

impl Vector for Heads {
    const FORMAT: &'static str = "heads";

    fn write(&self) -> Vec<u8> {
        codec::encode(self)
    }

    fn read(bytes: &[u8]) -> Result<Self, String> {
        let bytes = Blob::new(bytes.to_vec()).map_err(|_| name_of(DecodeError::TooLarge))?;
        SignedHeads { bytes, signature: Signature([0; 64]) }.unverified().map_err(name_of)
    }
}

/// `signed` under the server's key.
fn believed_heads(signed: SignedHeads) -> Result<SignedHeads, String> {
    match signed.verify(&fixtures::server().public()) {
        Ok(_) => Ok(signed),
        Err(BadHeads::Decode(error)) => Err(name_of(error)),
        Err(BadHeads::Signature(error)) => Err(name_of(error)),
    }
}

impl Vector for SignedHeads {
    const FORMAT: &'static str = "signed-heads";

    fn write(&self) -> Vec<u8> {
        codec::encode(self)
    }

    fn read(bytes: &[u8]) -> Result<Self, String> {
        believed_heads(codec::decode_bounded(bytes, bounds::FRAME).map_err(name_of)?)
    }
}

/// Signed heads as text, to hand to somebody who compares.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct HeadsText(pub(crate) SignedHeads);

impl Vector for HeadsText {
    const FORMAT: &'static str = "heads-text";

    fn write(&self) -> Vec<u8> {
        self.0.text().into_bytes()
    }

    fn read(bytes: &[u8]) -> Result<Self, String> {
        let text = core::str::from_utf8(bytes).map_err(name_of)?;
        believed_heads(text.parse().map_err(|error: DecodeError| name_of(error))?).map(Self)
    }

    fn fold(bytes: &[u8]) -> Vec<u8> {
        String::from_utf8_lossy(bytes).trim().as_bytes().to_vec()
    }
}

impl Vector for Receipt {
    const FORMAT: &'static str = "receipt";

    fn write(&self) -> Vec<u8> {
        codec::encode(self)
    }

    fn read(bytes: &[u8]) -> Result<Self, String> {
        let bytes = Blob::new(bytes.to_vec()).map_err(|_| name_of(DecodeError::TooLarge))?;
        SignedReceipt { bytes, signature: Signature([0; 64]) }.unverified().map_err(name_of)
    }
}

/// Under the receipt key of the new device.
impl Vector for SignedReceipt {
    const FORMAT: &'static str = "signed-receipt";

    fn write(&self) -> Vec<u8> {
        codec::encode(self)
    }

    fn read(bytes: &[u8]) -> Result<Self, String> {
        let signed: Self = codec::decode_bounded(bytes, bounds::FRAME).map_err(name_of)?;
        match signed.verify(&fixtures::receipt_key().public()) {
            Ok(_) => Ok(signed),
            Err(BadReceipt::Decode(error)) => Err(name_of(error)),
            Err(BadReceipt::Signature(error)) => Err(name_of(error)),
        }
    }
}

impl Vector for GroupReceipt {
    const FORMAT: &'static str = "group-receipt";

    fn write(&self) -> Vec<u8> {
        codec::encode(self)
    }

    fn read(bytes: &[u8]) -> Result<Self, String> {
        let bytes = Blob::new(bytes.to_vec()).map_err(|_| name_of(DecodeError::TooLarge))?;
        SignedGroupReceipt { bytes, signature: Signature([0; 64]) }.unverified().map_err(name_of)
    }
}

impl Vector for SafetyAnswer {
    const FORMAT: &'static str = "safety";

    fn write(&self) -> Vec<u8> {
        codec::encode(self)
    }

    fn read(bytes: &[u8]) -> Result<Self, String> {
        let bytes = Blob::new(bytes.to_vec()).map_err(|_| name_of(DecodeError::TooLarge))?;
        SignedSafety { bytes, signature: Signature([0; 64]) }.unverified().map_err(name_of)
    }
}

/// Under the signing key of the author.
impl Vector for SignedSafety {
    const FORMAT: &'static str = "signed-safety";

    fn write(&self) -> Vec<u8> {
        codec::encode(self)
    }

    fn read(bytes: &[u8]) -> Result<Self, String> {
        let signed: Self = codec::decode_bounded(bytes, bounds::FRAME).map_err(name_of)?;
        match signed.verify(&fixtures::author().public()) {
            Ok(_) => Ok(signed),
            Err(BadReceipt::Decode(error)) => Err(name_of(error)),
            Err(BadReceipt::Signature(error)) => Err(name_of(error)),
        }
    }
}

impl Vector for ErasureWord {
    const FORMAT: &'static str = "erasure-word";

    fn write(&self) -> Vec<u8> {
        codec::encode(self)
    }

    fn read(bytes: &[u8]) -> Result<Self, String> {
        let bytes = Blob::new(bytes.to_vec()).map_err(|_| name_of(DecodeError::TooLarge))?;
        SignedErasureWord { bytes, signature: Signature([0; 64]) }.unverified().map_err(name_of)
    }
}

/// Under the server's statement key.
impl Vector for SignedErasureWord {
    const FORMAT: &'static str = "signed-erasure-word";

    fn write(&self) -> Vec<u8> {
        codec::encode(self)
    }

    fn read(bytes: &[u8]) -> Result<Self, String> {
        let signed: Self = codec::decode_bounded(bytes, bounds::FRAME).map_err(name_of)?;
        match signed.verify(&fixtures::server().public()) {
            Ok(_) => Ok(signed),
            Err(BadReceipt::Decode(error)) => Err(name_of(error)),
            Err(BadReceipt::Signature(error)) => Err(name_of(error)),
        }
    }
}

/// Under the receipt key of the new device.
impl Vector for SignedGroupReceipt {
    const FORMAT: &'static str = "signed-group-receipt";

    fn write(&self) -> Vec<u8> {
        codec::encode(self)
    }

    fn read(bytes: &[u8]) -> Result<Self, String> {
        let signed: Self = codec::decode_bounded(bytes, bounds::FRAME).map_err(name_of)?;
        match signed.verify(&fixtures::receipt_key().public()) {
            Ok(_) => Ok(signed),
            Err(BadReceipt::Decode(error)) => Err(name_of(error)),
            Err(BadReceipt::Signature(error)) => Err(name_of(error)),
        }
    }
}

impl Vector for WipeProof {
    const FORMAT: &'static str = "wipe-proof";

    fn write(&self) -> Vec<u8> {
        self.encode()
    }

    fn read(bytes: &[u8]) -> Result<Self, String> {
        Self::decode(bytes).map_err(name_of)
    }
}

/// Leaves of a tree: hashes, as of a registry's entries.
pub(crate) type Tree = List<Hash32, 128>;

/// That `leaf` is at `index` of the `count` leaves under `root`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Inclusion {
    pub(crate) root: Hash32,
    pub(crate) count: u64,
    pub(crate) index: u64,
    pub(crate) leaf: Hash32,
    pub(crate) proof: Proof,
}

impl Vector for Inclusion {
    const FORMAT: &'static str = "inclusion";

    fn write(&self) -> Vec<u8> {
        codec::encode(self)
    }

    fn read(bytes: &[u8]) -> Result<Self, String> {
        let it: Self = codec::decode_bounded(bytes, bounds::FRAME).map_err(name_of)?;
        let (count, index) = (usize::try_from(it.count).unwrap(), usize::try_from(it.index).unwrap());
        if merkle::includes(it.root, count, index, &it.leaf.0, &it.proof) { Ok(it) } else { Err("False".to_owned()) }
    }
}

/// That the tree of `old` leaves is the beginning of the tree of `new` ones.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Consistency {
    pub(crate) old: u64,
    pub(crate) old_root: Hash32,
    pub(crate) new: u64,
    pub(crate) new_root: Hash32,
    pub(crate) proof: Proof,
}

impl Vector for Consistency {
    const FORMAT: &'static str = "consistency";

    fn write(&self) -> Vec<u8> {
        codec::encode(self)
    }

    fn read(bytes: &[u8]) -> Result<Self, String> {
        let it: Self = codec::decode_bounded(bytes, bounds::FRAME).map_err(name_of)?;
        let holds = merkle::consistent(it.old, it.old_root, it.new, it.new_root, &it.proof);
        if holds { Ok(it) } else { Err("False".to_owned()) }
    }
}

/// One whole item of the sync stream, its prefix included.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct SyncItem {
    pub(crate) tag: u8,
    pub(crate) bytes: Blob<{ sync::ITEM }>,
}

impl Vector for SyncItem {
    const FORMAT: &'static str = "sync-item";

    fn write(&self) -> Vec<u8> {
        [&sync::prefix(self.tag, self.bytes.as_slice().len()), self.bytes.as_slice()].concat()
    }

    fn read(bytes: &[u8]) -> Result<Self, String> {
        let (tag, taken, whole) = sync::take(bytes).map_err(name_of)?.ok_or("NotWhole")?;
        if whole != bytes.len() {
            return Err(name_of(DecodeError::Trailing));
        }
        Ok(Self { tag, bytes: Blob::new(taken.to_vec()).map_err(name_of)? })
    }
}

/// Raw bytes of an Ed25519 public key: names why a key is refused, where a decoder says `Malformed` of them all.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct RawSigning(pub(crate) SigningPublic);

impl Vector for RawSigning {
    const FORMAT: &'static str = "ed25519-public";

    fn write(&self) -> Vec<u8> {
        self.0.as_bytes().to_vec()
    }

    fn read(bytes: &[u8]) -> Result<Self, String> {
        let bytes = bytes.try_into().map_err(|_| "Malformed")?;
        SigningPublic::new(bytes).map(Self).map_err(name_of)
    }
}

/// Raw bytes of an X25519 and an ML-KEM-768 public key, one after the other.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct RawSealing(pub(crate) SealingPublic);

impl Vector for RawSealing {
    const FORMAT: &'static str = "x25519-mlkem768-public";

    fn write(&self) -> Vec<u8> {
        [self.0.x25519(), self.0.mlkem768()].concat()
    }

    fn read(bytes: &[u8]) -> Result<Self, String> {
        let (x25519, mlkem768) = bytes.split_first_chunk().ok_or("Malformed")?;
        SealingPublic::new(*x25519, mlkem768).map(Self).map_err(name_of)
    }
}

/// Every format.
pub(crate) fn all() -> Vec<Format> {
    let mut formats = encoded();
    formats.extend(text());
    formats.extend([
        Format::of::<Ticket>(),
        Format::of::<Bundle>(),
        Format::of::<Entry>(),
        Format::of::<Statement>(),
        Format::of::<Believed>(),
        Format::of::<Boxes>(),
        Format::of::<Heads>(),
        Format::of::<SignedHeads>(),
        Format::of::<HeadsText>(),
        Format::of::<Receipt>(),
        Format::of::<SignedReceipt>(),
        Format::of::<GroupReceipt>(),
        Format::of::<SignedGroupReceipt>(),
        Format::of::<SafetyAnswer>(),
        Format::of::<SignedSafety>(),
        Format::of::<ErasureWord>(),
        Format::of::<SignedErasureWord>(),
        Format::of::<Inclusion>(),
        Format::of::<Consistency>(),
        Format::of::<SyncItem>(),
        Format::of::<RawSigning>(),
        Format::of::<RawSealing>(),
        Format::of::<WipeProof>(),
    ]);
    formats.extend(crate::access_formats::all());
    formats.extend(crate::file_formats::all());
    formats
}
