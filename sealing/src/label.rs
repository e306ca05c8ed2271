//! The label of a group, as it is sealed: to those who govern or decide in boxes, to readers under each epoch's key.

use renkei_proto::act::SealedLabel;
use renkei_proto::codec;
use renkei_proto::hash::Hash32;
use zeroize::Zeroizing;

use crate::{SealError, padding};

/// What is sealed: the encoding, padded, so that its length does not tell a short name from a long one.
pub fn payload(label: &SealedLabel) -> Zeroizing<Vec<u8>> {
    padding::pad(Zeroizing::new(codec::encode(label)))
}

/// Reads what was sealed. It must be the label that the group's first statement committed to: nobody who hands it on
/// can give the group another name.
pub fn read(payload: &[u8], named: Hash32) -> Result<SealedLabel, SealError> {
    let label: SealedLabel = codec::decode(padding::unpad(payload)?).map_err(|_| SealError::NotAuthentic)?;
    if label.commitment() == named { Ok(label) } else { Err(SealError::NotAuthentic) }
}

#[cfg(test)]
mod tests {
    use renkei_proto::act::ReleaseKey;
    use renkei_proto::bounds;
    use renkei_proto::text::Line;

    use super::*;

    fn label(text: &str) -> SealedLabel {
        SealedLabel { salt: Hash32([1; 32]), label: Line::new(text).unwrap(), release: None }
    }

    #[test]
    fn a_label_reads_only_under_its_own_commitment() {
        let sealed = label("見本 花子");
        let bytes = payload(&sealed);
        assert_eq!(read(&bytes, sealed.commitment()), Ok(sealed.clone()));
        assert_eq!(read(&bytes, label("見本 次郎").commitment()), Err(SealError::NotAuthentic));
        let salted = SealedLabel { salt: Hash32([2; 32]), ..sealed };
        assert_eq!(read(&bytes, salted.commitment()), Err(SealError::NotAuthentic));
    }

    #[test]
    fn the_longest_label_fits_and_short_ones_look_alike() {
        let longest = SealedLabel { release: Some(ReleaseKey([3; 32])), ..label(&"a".repeat(bounds::LABEL)) };
        assert!(payload(&longest).len() <= bounds::LABEL_PAYLOAD);
        assert_eq!(payload(&label("見本 花子")).len(), payload(&label("見")).len());
    }
}
