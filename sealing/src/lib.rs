//! What only people's devices do. The server never links this crate: it could not read if it wanted to.
//!
//! * [`device`]: the keys of a device, made at enrolment and kept in its vault.
//! * [`boxes`]: one payload for one device, by Noise `Xpsk1` with an ML-KEM-768 secret as the pre-shared key.
//! * [`epoch`]: a group's key for exactly its present readers, and earlier keys for those who may have them.
//! * [`forms`]: sealed details of forms and uses, which nobody who hands them on can change.
//! * [`label`]: a group's label, which nobody who hands it on can change.
//! * [`message`]: one message under a key of its own, bound to its whole context.
//! * [`amendment`]: the words of a correction, likewise.
//! * [`post`]: a message with files; [`mod@file`]: the files, in sealed chunks.
//! * [`card`]: the patient card, whose revisions can be handed on one by one.
//! * [`vault`]: a device's secrets at rest, opened only with the device's secret and the server's share together.
//! * [`possession`]: the proof, at enrolment, that a device holds the keys it offers.
//!
//! Randomness is passed in, but for two draws inside libraries that offer no other way: ML-KEM encapsulation and
//! key generation (aws-lc) and the ephemeral key of a Noise handshake (snow), both from the operating system.
//!
//! What Noise gives here is confidentiality. It alone would give neither freshness nor a sender's authenticity: those
//! come from the signed statement beside the boxes, whose Merkle root covers them, and from the prologue, which binds a
//! box to its group, its purpose, its sender's device and its recipient's.

mod aead;
pub mod amendment;
pub mod boxes;
pub mod card;
pub mod device;
pub mod epoch;
pub mod file;
pub mod forms;
pub mod label;
pub mod message;
mod padding;
pub mod possession;
pub mod post;
#[cfg(test)]
mod sample;
pub mod vault;

/// Why something was not sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// What was to be opened was not sealed for this, by this, in this context.
    #[error("not authentic")]
    NotAuthentic,
    /// What was to be sealed is over its bound.
    #[error("too large")]
    TooLarge,
    /// A key that the library does not take.
    #[error("a key that can't be used")]
    BadKey,
    /// The operating system gave no randomness, or the library failed within.
    #[error("the cryptographic library failed")]
    Library,
}
