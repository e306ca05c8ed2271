//! The envelope: an act in its context, signed over its exact bytes by a person's device.
//!
//! A [`Signed`] comes from anywhere. [`Claim::parse`] reads it without believing it; [`Claim::verify`] with the key
//! that the claimed actor really has makes a [`Verified`], the only thing the rules take. The signed bytes are kept as
//! they came and are never made again from the parsed form.

use serde::{Deserialize, Serialize};

use crate::act::{Act, Amendment, BoxesRoot, Card, CardKey, GroupAct, Message, RegistryAct, Words};
use crate::bounds;
use crate::bytes::Blob;
use crate::codec::{self, DecodeError};
use crate::hash::{self, Domain, Hash32};
use crate::id::{AssociationId, DelegationId, DeviceId, FacilityId, GroupId, StatementId, UserId};
use crate::key::{BadSignature, Signature, SigningPublic, SigningSecret};
use crate::time::Time;

/// A log: the registry of the association, or one group's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum LogId {
    /// The one registry.
    Registry,
    /// A group's log.
    Group(GroupId),
}

/// Who signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Actor {
    /// The association's root key.
    Root,
    /// A person, with a device.
    Device {
        /// The person.
        user: UserId,
        /// The device whose key signs.
        device: DeviceId,
    },
}

impl Actor {
    /// The device that signs; none for the root.
    pub const fn device(self) -> Option<DeviceId> {
        match self {
            Self::Root => None,
            Self::Device { device, .. } => Some(device),
        }
    }

    /// The person who signs; none for the root.
    pub const fn user(self) -> Option<UserId> {
        match self {
            Self::Root => None,
            Self::Device { user, .. } => Some(user),
        }
    }
}

/// In which capacity a person acts. The rules check that the person has it; the log shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The root key.
    Root,
    /// An operator of the Desk.
    Operator,
    /// 事業所管理者.
    FacilityManager,
    /// 医療介護専門SNS管理者.
    SnsAdministrator,
    /// Granted creating groups and inviting.
    GroupManager,
    /// For oneself.
    User,
    /// SNS管理者の代理: does what waits for nobody, for a time (A8.3).
    Deputy,
}

/// For whom the Desk acts (A4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ActingFor {
    /// The originating facility.
    pub facility: FacilityId,
    /// By which delegation.
    pub delegation: DelegationId,
}

/// A log at one moment: how many entries, and the hash of the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Head {
    /// Number of entries.
    pub size: u64,
    /// Hash of the last entry's header; all zero for an empty log.
    pub hash: Hash32,
}

/// What the author had seen when signing. Two authors who saw different logs of the same size expose a fork.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Seen {
    /// The registry.
    pub registry: Head,
    /// The group's log; empty in a registry statement.
    pub group: Head,
}

/// An act with everything that gives it meaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// [`crate::VERSION`].
    pub version: u8,
    /// [`crate::SUITE`].
    pub suite: u8,
    /// [`crate::RULES`].
    pub rules: u16,
    /// In which association.
    pub association: AssociationId,
    /// Into which log.
    pub log: LogId,
    /// Chosen by the author.
    pub id: StatementId,
    /// One more than the same device's statement before in the same log; the first is 1. A gap shows a missing one.
    pub counter: u64,
    /// Who.
    pub actor: Actor,
    /// As what.
    pub role: Role,
    /// For whom, where the Desk acts by delegation.
    pub acting_for: Option<ActingFor>,
    /// Having seen what.
    pub seen: Seen,
    /// When, by the author's own clock. Shown, never judged by.
    pub claimed_at: Time,
    /// What.
    pub act: Act,
}

/// Domains of statement signatures: a signature made for one kind of act holds for no other.
const SIGN_REGISTRY: Domain = Domain("renkei/v1/sign/registry");
const SIGN_GROUP: Domain = Domain("renkei/v1/sign/group");
const SIGN_EPOCH: Domain = Domain("renkei/v1/sign/epoch");
const SIGN_HISTORY: Domain = Domain("renkei/v1/sign/history");
const SIGN_MESSAGE: Domain = Domain("renkei/v1/sign/message");
const SIGN_AMENDMENT: Domain = Domain("renkei/v1/sign/amendment");
const SIGN_SEEN: Domain = Domain("renkei/v1/sign/seen");
const SIGN_POST: Domain = Domain("renkei/v1/sign/post");
const SIGN_CARD: Domain = Domain("renkei/v1/sign/card");
const SIGN_CARD_KEY: Domain = Domain("renkei/v1/sign/card-key");

impl Statement {
    fn domain(&self) -> Domain {
        match self.act {
            Act::Registry(_) => SIGN_REGISTRY,
            Act::Group(_) => SIGN_GROUP,
            Act::Epoch(_) => SIGN_EPOCH,
            Act::History(_) => SIGN_HISTORY,
            Act::Message(_) => SIGN_MESSAGE,
            Act::Amend(_) => SIGN_AMENDMENT,
            Act::Seen { .. } => SIGN_SEEN,
            Act::Post(_) => SIGN_POST,
            Act::Card(_) => SIGN_CARD,
            Act::CardKey(_) => SIGN_CARD_KEY,
        }
    }

    /// Signs these words, once: the bytes that come out are the statement from now on.
    pub fn sign(&self, key: &SigningSecret) -> Result<Signed, DecodeError> {
        let bytes = codec::encode(self);
        let signature = key.sign(self.domain(), &bytes);
        let bytes = Blob::new(bytes).map_err(|_| DecodeError::TooLarge)?;
        Ok(Signed { bytes, signature })
    }

    /// What the ciphertext of a message, a post, a correction or a card is bound to: the whole statement with the ciphertext left out.
    pub fn associated_data(&self) -> Vec<u8> {
        let mut context = self.clone();
        match &mut context.act {
            Act::Message(Message { ciphertext, .. })
            | Act::Amend(Amendment { words: Some(Words { ciphertext, .. }), .. })
            | Act::Card(Card { ciphertext, .. }) => *ciphertext = Blob::default(),
            Act::Post(post) => post.ciphertext = Blob::default(),
            Act::CardKey(CardKey { sealed, .. }) => *sealed = Blob::default(),
            _ => {}
        }
        codec::encode(&context)
    }

    /// The boxes that must travel beside this statement, if any.
    pub fn boxes(&self) -> Option<BoxesRoot> {
        match &self.act {
            Act::Group(
                GroupAct::Create { label, .. }
                | GroupAct::Invite { label, .. }
                | GroupAct::HandOnLabel { label }
                | GroupAct::OfferHandover { label, .. },
            ) => Some(*label),
            Act::Group(GroupAct::RecordConsent(consent)) => Some(consent.details),
            Act::Group(GroupAct::HandOnDetails { details, .. } | GroupAct::RecordUse { details, .. }) => Some(*details),
            Act::Group(GroupAct::DepositScan { key, .. }) => Some(*key),
            Act::Registry(RegistryAct::DepositFormScan { key, .. } | RegistryAct::HandOnFormScan { key, .. }) => {
                Some(*key)
            }
            Act::Epoch(epoch) => Some(epoch.boxes),
            Act::History(history) => Some(history.boxes),
            Act::Group(_)
            | Act::Registry(_)
            | Act::Message(_)
            | Act::Amend(_)
            | Act::Seen { .. }
            | Act::Post(_)
            | Act::Card(_)
            | Act::CardKey(_) => None,
        }
    }

    /// The device that this statement registers, if it does.
    pub fn registers(&self) -> Option<&crate::act::DeviceRegistration> {
        match &self.act {
            Act::Registry(RegistryAct::AppointOperator { device, .. } | RegistryAct::ApproveDevice { device, .. }) => {
                Some(device)
            }
            Act::Registry(RegistryAct::ApplyFacility(application)) => Some(&application.device),
            _ => None,
        }
    }

    /// Fingerprint of the sealing keys that must travel beside this statement, if any.
    pub fn sealing(&self) -> Option<Hash32> {
        match &self.act {
            Act::Registry(RegistryAct::RotateSealing { sealing }) => Some(*sealing),
            _ => self.registers().map(|device| device.sealing),
        }
    }

    /// The person whom this statement registers, if it does.
    pub fn introduces(&self) -> Option<&crate::act::Person> {
        match &self.act {
            Act::Registry(RegistryAct::AppointOperator { person, .. } | RegistryAct::RegisterStaff { person, .. }) => {
                Some(person)
            }
            Act::Registry(RegistryAct::ApplyFacility(application)) => Some(&application.manager),
            _ => None,
        }
    }
}

/// Exact bytes with a signature over them. Says nothing by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// A [`Statement`] in its canonical encoding.
    pub bytes: Blob<{ bounds::STATEMENT }>,
    /// By the actor's key, in the domain of the act.
    pub signature: Signature,
}

impl Signed {
    /// The hash by which an entry holds these bytes and by which another statement answers them.
    pub fn hash(&self) -> Hash32 {
        hash::hash(hash::BODY, &[self.bytes.as_slice(), &self.signature.0])
    }
}

/// A statement that was read but not yet believed.
#[derive(Debug, Clone)]
pub struct Claim {
    signed: Signed,
    statement: Statement,
}

impl Claim {
    /// Reads the statement in `signed`.
    pub fn parse(signed: Signed) -> Result<Self, DecodeError> {
        // The version is the first byte, so that a build can name what it doesn't know.
        match signed.bytes.as_slice() {
            [crate::VERSION, crate::SUITE, ..] => {}
            [_, _, ..] => return Err(DecodeError::UnknownVersion),
            _ => return Err(DecodeError::Malformed),
        }
        let statement: Statement = codec::decode(signed.bytes.as_slice())?;
        Ok(Self { signed, statement })
    }

    /// What it says, unverified: only to find the key that verifies it.
    pub fn unverified(&self) -> &Statement {
        &self.statement
    }

    /// Believes it without a check. Only for a server that reads back what it had verified before it became durable,
    /// from a journal that nobody else writes; whoever gets bytes from somewhere else calls [`Claim::verify`].
    pub fn recall(self) -> Verified {
        Verified { signed: self.signed, statement: self.statement }
    }

    /// Believes it, if `key` made the signature.
    pub fn verify(self, key: &SigningPublic) -> Result<Verified, BadSignature> {
        key.verify(self.statement.domain(), self.signed.bytes.as_slice(), &self.signed.signature)?;
        Ok(Verified { signed: self.signed, statement: self.statement })
    }
}

/// A statement whose signature holds under a key that the verifier chose.
#[derive(Debug, Clone)]
pub struct Verified {
    signed: Signed,
    statement: Statement,
}

impl Verified {
    /// What it says.
    pub fn statement(&self) -> &Statement {
        &self.statement
    }

    /// The exact bytes.
    pub fn signed(&self) -> &Signed {
        &self.signed
    }
}
