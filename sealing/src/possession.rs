//! The proof, at enrolment, that a device holds the private halves of the sealing keys it offers.
//!
//! The server's side needs no secret of any group and lives with the server; this is the device's.

use renkei_proto::key::Mac;
use renkei_proto::ticket::possession_mac;

use crate::SealError;
use crate::device::SealingSecret;

/// Answers the server's challenge: an X25519 public key and an ML-KEM-768 ciphertext, over this connection's exporter
/// value.
pub fn answer(keys: &SealingSecret, x25519: &[u8; 32], kem: &[u8], exporter: &[u8; 32]) -> Result<Mac, SealError> {
    let agreed = keys.agree(x25519)?;
    let decapsulated = keys.decapsulate(kem)?;
    Ok(possession_mac(&agreed, &decapsulated, exporter))
}
