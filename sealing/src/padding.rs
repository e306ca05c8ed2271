//! Padding by ISO/IEC 7816-4: one mark, then zeros.

use zeroize::Zeroizing;

use crate::SealError;

/// What is padded becomes a multiple of this many bytes, so that 「了解しました」 and 「承知しました。」 look alike.
const BLOCK: usize = 64;

pub(crate) fn pad(mut bytes: Zeroizing<Vec<u8>>) -> Zeroizing<Vec<u8>> {
    // Made anew at its full size: a vector that grows leaves copies behind.
    let mut padded = Zeroizing::new(Vec::with_capacity((bytes.len() + 1).next_multiple_of(BLOCK)));
    padded.append(&mut bytes);
    padded.push(0x80);
    let length = padded.len().next_multiple_of(BLOCK);
    padded.resize(length, 0);
    padded
}

pub(crate) fn unpad(bytes: &[u8]) -> Result<&[u8], SealError> {
    let mark = bytes.iter().rposition(|&byte| byte != 0).ok_or(SealError::NotAuthentic)?;
    match bytes.split_at(mark) {
        (content, [0x80, ..]) => Ok(content),
        _ => Err(SealError::NotAuthentic),
    }
}
