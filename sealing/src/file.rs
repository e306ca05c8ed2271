//! A file in sealed chunks (A12.2): the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015) over AES-256-GCM.
//!
//! ```text
//! part key = HKDF(file key, context: association, group, file, part)
//! nonce    = 7 zero bytes, index as 4 bytes big-endian, 1 for the last chunk and 0 for the others
//! ad       = length of the whole part
//! ```
//!
//! The file key is random for each file and used for nothing else, so the nonces need no randomness. Chunks can't be
//! reordered, left out, added, or taken to another file or group. What a reader of the group could still do, together with the
//! server, is to seal other bytes under the same key: against that stands the Merkle root over the sealed chunks, which the
//! author has signed in the post.

use core::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use rand_core::CryptoRngCore;
use renkei_proto::bounds;
use renkei_proto::codec;
use renkei_proto::file::{self, Part, TAG};
use renkei_proto::frame::Secret32;
use renkei_proto::hash::Domain;
use renkei_proto::id::{AssociationId, FileId, GroupId};
use renkei_proto::key;
use renkei_proto::scan::ScanKey;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::SealError;

const FILE_KEY: Domain = Domain("renkei/v1/file-key");

/// The key of one file. Travels in the post that names it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct FileKey([u8; 32]);

impl FileKey {
    /// A fresh one.
    pub fn generate(rng: &mut impl CryptoRngCore) -> Self {
        let mut key = Self([0; 32]);
        rng.fill_bytes(&mut key.0);
        key
    }

    /// The one that opens a scan, as its box has it.
    pub fn of_scan(scan: &ScanKey) -> Self {
        Self(*scan.key.0)
    }

    /// The same, to be sealed to those who may open the scan.
    pub fn for_scan(&self) -> ScanKey {
        ScanKey { key: Secret32::new(self.0) }
    }
}

impl fmt::Debug for FileKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileKey(…)")
    }
}

/// Where a part of a file belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// In which association.
    pub association: AssociationId,
    /// In which group.
    pub group: GroupId,
    /// Which file.
    pub file: FileId,
    /// Which part of it.
    pub part: Part,
}

/// Seals and opens the chunks of one part.
pub struct Chunks {
    key: LessSafeKey,
    length: u64,
    count: u32,
}

impl fmt::Debug for Chunks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chunks").field("length", &self.length).finish_non_exhaustive()
    }
}

impl Chunks {
    /// Of a part with `length` bytes. Refused if none has so many.
    pub fn new(key: &FileKey, place: &Place, length: u64) -> Result<Self, SealError> {
        if !(1..=place.part.bound()).contains(&length) {
            return Err(SealError::TooLarge);
        }
        let part = key::derive(&key.0, &[], FILE_KEY, &codec::encode(place));
        let key = UnboundKey::new(&AES_256_GCM, &*part).map(LessSafeKey::new).map_err(|_| SealError::BadKey)?;
        let count = u32::try_from(file::chunks(length)).map_err(|_| SealError::TooLarge)?;
        Ok(Self { key, length, count })
    }

    /// How many chunks there are.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Where the chunk at `index` begins, and how many bytes it has before it is sealed. None if there is no such chunk.
    pub fn span(&self, index: u32) -> Option<(u64, usize)> {
        let from = u64::from(index).checked_mul(bounds::FILE_CHUNK as u64)?;
        let rest = self.length.checked_sub(from).filter(|rest| *rest > 0)?;
        Some((from, usize::try_from(rest.min(bounds::FILE_CHUNK as u64)).ok()?))
    }

    fn nonce(&self, index: u32) -> Nonce {
        let mut nonce = [0; 12];
        let (_, counted) = nonce.split_at_mut(7);
        let (number, last) = counted.split_at_mut(4);
        number.copy_from_slice(&index.to_be_bytes());
        last.fill(u8::from(index + 1 == self.count));
        Nonce::assume_unique_for_key(nonce)
    }

    /// Seals the chunk at `index`. The same place must never be sealed with other bytes: who resumes an upload of a file that
    /// may have changed compares first, and takes a new file key.
    pub fn seal(&self, index: u32, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        if self.span(index).is_none_or(|(_, length)| length != plain.len()) {
            return Err(SealError::TooLarge);
        }
        let mut bytes = Vec::with_capacity(plain.len() + TAG);
        bytes.extend_from_slice(plain);
        self.key
            .seal_in_place_append_tag(self.nonce(index), Aad::from(self.length.to_be_bytes()), &mut bytes)
            .map_err(|_| SealError::Library)?;
        Ok(bytes)
    }

    /// Opens the chunk at `index` into `into`, which grows by it.
    pub fn open(&self, index: u32, sealed: &[u8], into: &mut Zeroizing<Vec<u8>>) -> Result<(), SealError> {
        let (_, length) = self.span(index).ok_or(SealError::NotAuthentic)?;
        if sealed.len() != length + TAG {
            return Err(SealError::NotAuthentic);
        }
        let mut bytes = Zeroizing::new(sealed.to_vec());
        let opened = self
            .key
            .open_in_place(self.nonce(index), Aad::from(self.length.to_be_bytes()), &mut bytes)
            .map_err(|_| SealError::NotAuthentic)?;
        into.extend_from_slice(opened);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rand_core::OsRng;

    use super::*;

    fn place() -> Place {
        Place {
            association: AssociationId([1; 16]),
            group: GroupId([2; 16]),
            file: FileId([3; 16]),
            part: Part::Content,
        }
    }

    fn bytes(length: usize) -> Vec<u8> {
        (0..=255_u8).cycle().take(length).collect()
    }

    fn sealed(chunks: &Chunks, plain: &[u8]) -> Vec<Vec<u8>> {
        plain.chunks(bounds::FILE_CHUNK).zip(0..).map(|(one, index)| chunks.seal(index, one).unwrap()).collect()
    }

    fn opened(chunks: &Chunks, sealed: &[Vec<u8>]) -> Result<Vec<u8>, SealError> {
        let mut into = Zeroizing::new(Vec::new());
        for (one, index) in sealed.iter().zip(0..) {
            chunks.open(index, one, &mut into)?;
        }
        Ok(into.to_vec())
    }

    #[test]
    fn a12_2_a_file_opens_to_what_was_sealed() {
        for length in [1, 1_000, bounds::FILE_CHUNK, bounds::FILE_CHUNK + 1, 3 * bounds::FILE_CHUNK] {
            let key = FileKey::generate(&mut OsRng);
            let chunks = Chunks::new(&key, &place(), length as u64).unwrap();
            let plain = bytes(length);
            let sealed = sealed(&chunks, &plain);
            assert_eq!(sealed.len(), chunks.count() as usize);
            let total: usize = sealed.iter().map(Vec::len).sum();
            assert_eq!(total as u64, file::sealed_length(length as u64));
            assert_eq!(opened(&chunks, &sealed).unwrap(), plain);
        }
    }

    #[test]
    fn a12_2_chunks_are_bound_to_their_place_their_file_and_its_length() {
        let key = FileKey::generate(&mut OsRng);
        let length = 2 * bounds::FILE_CHUNK as u64;
        let chunks = Chunks::new(&key, &place(), length).unwrap();
        let both = sealed(&chunks, &bytes(2 * bounds::FILE_CHUNK));
        let swapped = vec![both[1].clone(), both[0].clone()];
        assert_eq!(opened(&chunks, &swapped), Err(SealError::NotAuthentic), "in another order");
        assert_eq!(opened(&chunks, &[both[0].clone(), both[0].clone()]), Err(SealError::NotAuthentic), "twice");
        let shorter = Chunks::new(&key, &place(), bounds::FILE_CHUNK as u64).unwrap();
        assert_eq!(opened(&shorter, &both[..1]), Err(SealError::NotAuthentic), "cut off");
        let longer = Chunks::new(&key, &place(), length + 5).unwrap();
        assert_eq!(opened(&longer, &both), Err(SealError::NotAuthentic), "made longer");
        let mut beyond = Zeroizing::new(Vec::new());
        assert_eq!(chunks.open(2, &both[1], &mut beyond), Err(SealError::NotAuthentic), "one more");
        let places = [
            Place { association: AssociationId([9; 16]), ..place() },
            Place { group: GroupId([9; 16]), ..place() },
            Place { file: FileId([9; 16]), ..place() },
        ];
        for other in places {
            let other = Chunks::new(&key, &other, length).unwrap();
            assert_eq!(opened(&other, &both), Err(SealError::NotAuthentic));
        }
        let other = Chunks::new(&FileKey::generate(&mut OsRng), &place(), length).unwrap();
        assert_eq!(opened(&other, &both), Err(SealError::NotAuthentic), "another key");
        let mut changed = both;
        changed[1][7] ^= 1;
        assert_eq!(opened(&chunks, &changed), Err(SealError::NotAuthentic), "a bit");
    }

    #[test]
    fn a12_2_a_preview_is_no_file_and_sizes_are_bounded() {
        let key = FileKey::generate(&mut OsRng);
        let content = Chunks::new(&key, &place(), 100).unwrap();
        let preview = Chunks::new(&key, &Place { part: Part::Preview, ..place() }, 100).unwrap();
        assert_eq!(opened(&preview, &sealed(&content, &bytes(100))), Err(SealError::NotAuthentic));
        let refused = |part, length| Chunks::new(&key, &Place { part, ..place() }, length).map(drop);
        assert_eq!(refused(Part::Content, 0), Err(SealError::TooLarge));
        assert_eq!(refused(Part::Content, bounds::FILE + 1), Err(SealError::TooLarge));
        assert_eq!(refused(Part::Preview, bounds::PREVIEW + 1), Err(SealError::TooLarge));
        assert_eq!(content.seal(0, &bytes(99)), Err(SealError::TooLarge));
        assert_eq!(content.seal(1, &bytes(100)), Err(SealError::TooLarge));
        assert_eq!(format!("{key:?}"), "FileKey(…)");
    }
}
