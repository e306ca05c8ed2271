//! The enrolment ticket (not an invitation, 招待) and what is bound to its secret.
//!
//! The issuer's *client* makes the 128-bit secret. The server is given the look-up id and one derived key (`psk`), with
//! which it can tell a holder of the ticket from a stranger. The other derived key (`bind`) it never has: with that one
//! the new device authenticates its key bundle to the issuer, so the server can't put other keys in its place.

use core::fmt;
use core::str::FromStr;

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::act::DeviceRegistration;
use crate::bounds;
use crate::bytes::Blob;
use crate::codec::{self, DecodeError};
use crate::frame::Details;
use crate::hash::{Domain, Hash32};
use crate::id::{FacilityId, TicketId, UserId};
use crate::key::{self, Mac, SealingPublic};
use crate::statement::Signed;
use crate::text::Line;
use crate::time::{DAY, Time};

const PSK: Domain = Domain("renkei/v1/ticket/psk");
const BIND: Domain = Domain("renkei/v1/ticket/bind");
const PROVE_CLIENT: Domain = Domain("renkei/v1/enrol/client");
const PROVE_SERVER: Domain = Domain("renkei/v1/enrol/server");
const POLL: Domain = Domain("renkei/v1/enrol/poll");
const BUNDLE_MAC: Domain = Domain("renkei/v1/enrol/bundle");
const POSSESSION: Domain = Domain("renkei/v1/enrol/possession");

/// How long a ticket is good for, in seconds: long enough for a letter to arrive and a colleague to come in.
pub const LIFETIME: u64 = 7 * DAY;

/// The 16 secret bytes of a ticket. Wiped when dropped, never printed.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop, Serialize, Deserialize)]
pub struct TicketSecret(pub [u8; 16]);

impl fmt::Debug for TicketSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TicketSecret(…)")
    }
}

impl TicketSecret {
    /// The key that the server knows as well: proves possession of the ticket, both ways.
    pub fn psk(&self) -> Zeroizing<[u8; 32]> {
        key::derive(&self.0, b"", PSK, b"")
    }

    /// The key that only issuer and device have: authenticates the bundle.
    pub fn bind(&self) -> Zeroizing<[u8; 32]> {
        key::derive(&self.0, b"", BIND, b"")
    }
}

/// The device's proof over the TLS exporter value of this connection.
pub fn client_proof(psk: &[u8; 32], exporter: &[u8; 32]) -> Mac {
    key::mac(psk, PROVE_CLIENT, exporter)
}

/// The server's answer to it.
pub fn server_proof(psk: &[u8; 32], exporter: &[u8; 32]) -> Mac {
    key::mac(psk, PROVE_SERVER, exporter)
}

/// The device's proof when it asks, later, whether it was approved.
pub fn poll_proof(psk: &[u8; 32], exporter: &[u8; 32]) -> Mac {
    key::mac(psk, POLL, exporter)
}

/// The device's authentication of its bundle to the issuer.
pub fn bundle_mac(bind: &[u8; 32], bundle: &[u8]) -> Mac {
    key::mac(bind, BUNDLE_MAC, bundle)
}

/// Proof that the device holds the private halves of its sealing keys: a MAC over the exporter value under the
/// X25519 and ML-KEM-768 secrets that it shares with the server's challenge.
pub fn possession_mac(x25519: &[u8; 32], kem: &[u8; 32], exporter: &[u8; 32]) -> Mac {
    let mut both = Zeroizing::new([0; 64]);
    both[..32].copy_from_slice(x25519);
    both[32..].copy_from_slice(kem);
    let key = key::derive(&*both, b"", POSSESSION, b"");
    key::mac(&key, POSSESSION, exporter)
}

/// What a ticket is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// A device of this person.
    Device(UserId),
    /// The application of this new facility, with its first administrator's device.
    Facility(FacilityId),
    /// An operator of the Desk. Only the root issues these.
    Operator(UserId),
}

/// An enrolment ticket, handed over as a link or a picture of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// [`crate::VERSION`].
    pub version: u8,
    /// `host:port` of the server.
    pub server: Line<256>,
    /// Fingerprint of the association's root key.
    pub root: Hash32,
    /// How the server looks it up.
    pub ticket: TicketId,
    /// The secret.
    pub secret: TicketSecret,
    /// Good until this second, excluded.
    pub expires: Time,
    /// For what.
    pub purpose: Purpose,
}

const SCHEME: &str = "renkei:enrol/";

/// Longest link that is looked at: a ticket with the longest server name takes some 500 characters.
const LINK: usize = 1_024;

impl Ticket {
    /// The link to hand over. It holds the secret: it goes to one person, by a private way.
    pub fn link(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{SCHEME}{}", BASE64URL_NOPAD.encode(&Zeroizing::new(codec::encode(self)))))
    }
}

impl FromStr for Ticket {
    type Err = DecodeError;

    fn from_str(link: &str) -> Result<Self, DecodeError> {
        let link = link.trim();
        if link.len() > LINK {
            return Err(DecodeError::TooLarge);
        }
        let text = link.strip_prefix(SCHEME).ok_or(DecodeError::Malformed)?;
        let bytes = Zeroizing::new(BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| DecodeError::Malformed)?);
        match bytes.first() {
            Some(&crate::VERSION) => codec::decode(&bytes),
            Some(_) => Err(DecodeError::UnknownVersion),
            None => Err(DecodeError::Malformed),
        }
    }
}

/// What a new device offers for approval. Kept and compared as exact bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bundle {
    /// [`crate::VERSION`].
    pub version: u8,
    /// The ticket it answers.
    pub ticket: TicketId,
    /// The device and its signing key.
    pub registration: DeviceRegistration,
    /// Its sealing keys, whose fingerprint the registration has.
    pub sealing: SealingPublic,
    /// A certificate signing request (RFC 2986, DER) for its TLS key, signed with that key.
    pub request: Blob<1_024>,
    /// For a facility: the signed application.
    pub application: Option<Signed>,
    /// For a facility: its manager's name, to which the application commits.
    pub details: Option<Details>,
}

/// Longest encoding of a [`Bundle`] with a facility's application.
pub const BUNDLE_MAX: usize = 8_192;

impl Bundle {
    /// Reads a bundle and checks that its sealing keys are the registered ones.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let bundle: Self = match bytes.first() {
            Some(&crate::VERSION) => codec::decode_bounded(bytes, BUNDLE_MAX)?,
            Some(_) => return Err(DecodeError::UnknownVersion),
            None => return Err(DecodeError::Malformed),
        };
        if bundle.sealing.fingerprint() != bundle.registration.sealing {
            return Err(DecodeError::Malformed);
        }
        Ok(bundle)
    }
}

/// A bundle on its way from the device to whoever issued the ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// The ticket it answers.
    pub ticket: TicketId,
    /// The exact bytes of a [`Bundle`].
    pub bundle: Blob<BUNDLE_MAX>,
    /// [`bundle_mac`] over them: only the issuer can check it, and the server can't make it.
    pub bind: Mac,
}

/// The largest frame before a certificate holds an offer.
const _: () = assert!(BUNDLE_MAX + 1_024 < bounds::ENROL_FRAME);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_survives_its_link_and_shows_no_secret() {
        let ticket = Ticket {
            version: crate::VERSION,
            server: Line::new("127.0.0.1:4433").unwrap(),
            root: Hash32([9; 32]),
            ticket: TicketId([1; 16]),
            secret: TicketSecret([2; 16]),
            expires: Time(1_800_000_000),
            purpose: Purpose::Device(UserId([3; 16])),
        };
        let link = ticket.link();
        assert_eq!(link.parse::<Ticket>().unwrap(), ticket);
        assert!(link[..link.len() - 1].parse::<Ticket>().is_err());
        assert!("https://example.invalid".parse::<Ticket>().is_err());
        assert!(format!("{ticket:?}").contains("TicketSecret(…)"));
    }

    #[test]
    fn the_two_keys_of_a_ticket_differ() {
        let secret = TicketSecret([5; 16]);
        assert_ne!(*secret.psk(), *secret.bind());
    }
}
