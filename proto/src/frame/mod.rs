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

mod answer;
mod enrol;
mod request;
mod secret;
mod sidecar;
pub mod sync;

use crate::hash;
pub use crate::recovery::RecoveryCode;

pub use answer::{Accepted, Answer, Fault, PasswordRule, SessionRow};
pub use enrol::{EnrolAnswer, EnrolOp, Greeting, NewTicket, Offers, RootAnswer, RootOp};
pub use request::{ClientFrame, Op, RecoveryCodes, Request, SecondFactor};
pub use secret::{Password, Secret32, TotpSecret};
pub use sidecar::{Boxes, Details, SealedBox, Sidecar, box_is_under, boxes_root, find_box};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::DecodeError;
    use crate::statement::LogId;

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
