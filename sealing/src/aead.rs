//! AES-256-GCM under keys that are used once, so that there is no nonce to manage.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use zeroize::Zeroizing;

use crate::SealError;

/// Bytes that sealing adds.
pub(crate) const TAG: usize = 16;

fn once(key: &[u8; 32]) -> Result<LessSafeKey, SealError> {
    UnboundKey::new(&AES_256_GCM, key).map(LessSafeKey::new).map_err(|_| SealError::BadKey)
}

/// Seals `plaintext` under a key that must never seal anything else.
pub(crate) fn seal(fresh_key: &[u8; 32], context: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, SealError> {
    let mut bytes = Vec::with_capacity(plaintext.len() + TAG);
    bytes.extend_from_slice(plaintext);
    once(fresh_key)?
        .seal_in_place_append_tag(Nonce::assume_unique_for_key([0; 12]), Aad::from(context), &mut bytes)
        .map_err(|_| SealError::Library)?;
    Ok(bytes)
}

/// Opens what [`seal`] made.
pub(crate) fn open(key: &[u8; 32], context: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let mut bytes = Zeroizing::new(sealed.to_vec());
    let length = once(key)?
        .open_in_place(Nonce::assume_unique_for_key([0; 12]), Aad::from(context), &mut bytes)
        .map_err(|_| SealError::NotAuthentic)?
        .len();
    bytes.truncate(length);
    Ok(bytes)
}
