//! What a statement can say. Registry acts change who is who; group acts govern one group.
//!
//! Nothing here holds personal details: a person is an opaque identifier, and names or forms are commitments whose
//! bodies travel and are stored apart, so that they can be erased while the chain of statements still verifies.

mod content;
mod group;
mod people;
mod registry;

pub use content::{Amendment, Card, CardKey, Epoch, History, Message, Post, Words};
pub use group::{
    BoxesRoot, ConsentBy, GroupAct, GroupKind, HistoryPolicy, HoldReason, IncidentKind, InquiryEnd, Measure,
    MessageRef, PatientConsent, ReleaseKey, SealedLabel, UseKind, UseOutcome,
};
pub use people::{
    Commitment, DelegationScope, DeviceKind, DeviceRegistration, FacilityApplication, FacilityKind, FacilityPledge,
    OperatingSystem, Ownership, Person, Profession, ServerKeys, StaffPledge,
};
pub use registry::{Draft, OfficialAccount, RegistryAct, ReviewPlan, SpeaksFor, TrainingPlan};
use serde::{Deserialize, Serialize};

/// What a statement says.
#[expect(
    clippy::large_enum_variant,
    reason = "the small variants are rare: most of what is handled is a message or an act"
)]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Act {
    /// In the registry.
    Registry(RegistryAct),
    /// In a group's log: governance.
    Group(GroupAct),
    /// In a group's log: a new key.
    Epoch(Epoch),
    /// In a group's log: earlier keys for newcomers.
    History(History),
    /// In a group's log: a message.
    Message(Message),
    /// In a group's log: an own message is corrected or taken back (S1).
    Amend(Amendment),
    /// In a group's log: this person has been shown what was written, up to and including the entry at this place (S1).
    Seen {
        /// A message, an amendment, or a revision of the card.
        upto: u64,
    },
    /// In a group's log: a message with files (A12.2).
    Post(Post),
    /// In a group's log: the patient card is changed (A4.1).
    Card(Card),
    /// In a group's log: the key of the present card for newcomers (A4.1).
    CardKey(CardKey),
}
