//! [`ALPN_ENROL`](super::ALPN_ENROL): a device without a certificate, and the root.

use serde::{Deserialize, Serialize};

use super::answer::Accepted;
use super::secret::Secret32;
use super::sidecar::Sidecar;
use crate::bounds;
use crate::bytes::{Blob, List};
use crate::hash::Hash32;
use crate::id::{AssociationId, TicketId, UserId};
use crate::key::{Mac, Signature};
use crate::statement::{Head, Signed};
use crate::ticket::{Offer, Purpose};
use crate::time::Time;
use crate::wipe::SignedReceipt;

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
        /// By the offered signing key in [`OFFER`](super::OFFER), over the exporter value and the bundle.
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
        /// By the root key in [`ROOT_REQUEST`](super::ROOT_REQUEST), over the exporter value and `op`.
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
