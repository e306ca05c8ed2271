//! Sealed details of forms and uses, as they lie in boxes: padded, and no others than an act commits to.

use renkei_proto::codec;
use renkei_proto::forms::Committed;
use renkei_proto::hash::Hash32;
use zeroize::Zeroizing;

use crate::{SealError, padding};

/// What is sealed: the encoding, padded, so that its length tells little.
pub fn payload(details: &impl Committed) -> Zeroizing<Vec<u8>> {
    padding::pad(Zeroizing::new(codec::encode(details)))
}

/// Reads what was sealed, if it is what was committed to.
pub fn read<T: Committed>(payload: &[u8], commitment: Hash32) -> Result<T, SealError> {
    let details: T = codec::decode(padding::unpad(payload)?).map_err(|_| SealError::NotAuthentic)?;
    if details.commitment() == commitment { Ok(details) } else { Err(SealError::NotAuthentic) }
}

#[cfg(test)]
mod tests {
    use renkei_proto::bounds;
    use renkei_proto::forms::{FormNames, UseDetails};
    use renkei_proto::text::Line;

    use super::*;

    #[test]
    fn s3_details_read_only_under_their_own_commitment_and_as_what_they_are() {
        let salt = Hash32([1; 32]);
        let names = FormNames { salt, name: Line::new("見本 太郎").unwrap(), relation: None };
        let bytes = payload(&names);
        assert_eq!(read(&bytes, names.commitment()), Ok(names.clone()));
        let others = FormNames { name: Line::new("見本 次郎").unwrap(), ..names.clone() };
        assert_eq!(read::<FormNames>(&bytes, others.commitment()), Err(SealError::NotAuthentic));
        let used = UseDetails { salt, about: Line::new("事例").unwrap(), place: Line::new("棚").unwrap() };
        assert_eq!(read::<FormNames>(&payload(&used), used.commitment()), Err(SealError::NotAuthentic));
    }

    #[test]
    fn s3_the_longest_details_fit_their_box() {
        let long = |max: usize| "a".repeat(max);
        let line = Line::new(long(bounds::CARD_LINE)).unwrap();
        let used = UseDetails { salt: Hash32([1; 32]), about: line.clone(), place: line };
        assert!(payload(&used).len() <= bounds::FORM_DETAILS);
    }
}
