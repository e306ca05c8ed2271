//! Files in a group (A12.2): how they are cut, what a post says of them in the open, and the signed request without which the
//! server hands none of them out.
//!
//! A file is sealed on the device in chunks and uploaded before the post that names it. The post's statement holds, of each,
//! what the server needs: an identifier, sizes, and the Merkle root over the sealed chunks. Name, kind and key are in the
//! post's ciphertext.
//!
//! Whoever opens a file signs an [`Opening`]: this group, this post, this file, now. The server puts it on record, signature
//! and all, before it hands out the first chunk, so a record of access can't be made up either.

use serde::{Deserialize, Serialize};

use crate::bounds;
use crate::bytes::Blob;
use crate::codec::{self, DecodeError};
use crate::hash::{Domain, Hash32};
use crate::id::{AssociationId, DeviceId, FileId, GroupId, RequestId, TakeoutId, UserId};
use crate::key::{BadSignature, Signature, SigningPublic, SigningSecret};
use crate::time::Time;

const SIGN: Domain = Domain("renkei/v1/sign/opening");

/// Bytes that sealing adds to each chunk: the tag of AES-256-GCM.
pub const TAG: usize = 16;

/// A sealed chunk at its longest.
pub const SEALED_CHUNK: usize = bounds::FILE_CHUNK + TAG;

/// The bit of a post's flags that forbids downloads.
pub const NO_DOWNLOAD: u8 = 1;

/// One of the two things that are kept of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The file itself.
    Content,
    /// A small picture of it.
    Preview,
}

/// A part as the server keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Stored {
    /// Bytes of its sealed chunks together.
    pub length: u64,
    /// Merkle root (RFC 6962) over the sealed chunks.
    pub root: Hash32,
}

/// A file as a post names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Attachment {
    /// Which.
    pub file: FileId,
    /// The file itself.
    pub content: Stored,
    /// A small picture of it, where there is one.
    pub preview: Option<Stored>,
}

impl Attachment {
    /// That part of it.
    pub const fn part(&self, part: Part) -> Option<Stored> {
        match part {
            Part::Content => Some(self.content),
            Part::Preview => self.preview,
        }
    }
}

impl Part {
    /// Bytes of this part at most, before sealing.
    pub const fn bound(self) -> u64 {
        match self {
            Self::Content => bounds::FILE,
            Self::Preview => bounds::PREVIEW,
        }
    }
}

/// How many chunks `length` bytes are cut into. At least one, so that nothing is of the same form as something.
pub fn chunks(length: u64) -> u64 {
    length.div_ceil(bounds::FILE_CHUNK as u64).max(1)
}

/// Bytes of all sealed chunks of `length` bytes.
pub fn sealed_length(length: u64) -> u64 {
    length.saturating_add(chunks(length).saturating_mul(TAG as u64))
}

impl Stored {
    /// How many chunks it has; none if no part of that kind has this length.
    pub fn chunks(&self, part: Part) -> Option<u32> {
        let count = self.length.div_ceil(SEALED_CHUNK as u64);
        let plain = self.length.checked_sub(count.checked_mul(TAG as u64)?)?;
        let fits = (1..=part.bound()).contains(&plain) && sealed_length(plain) == self.length;
        u32::try_from(count).ok().filter(|_| fits)
    }

    /// Bytes of the sealed chunk at `index`; none if there is no such chunk.
    pub fn chunk_length(&self, part: Part, index: u32) -> Option<usize> {
        let count = self.chunks(part)?;
        if index >= count {
            return None;
        }
        let before = u64::from(index).checked_mul(SEALED_CHUNK as u64)?;
        usize::try_from(self.length.checked_sub(before)?.min(SEALED_CHUNK as u64)).ok()
    }
}

/// What an opening is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Intent {
    /// To look at it here and now, in memory.
    View,
    /// To keep a copy outside. Never of a file that may not be downloaded.
    Save,
    /// To put it into an archive that leaves under this permit (A12.5).
    TakeOut {
        /// Which.
        takeout: TakeoutId,
    },
}

/// What a device signs to be handed a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// [`crate::VERSION`].
    pub version: u8,
    /// [`crate::SUITE`].
    pub suite: u8,
    /// Of which association.
    pub association: AssociationId,
    /// Who.
    pub user: UserId,
    /// With which device.
    pub device: DeviceId,
    /// In which group.
    pub group: GroupId,
    /// The post's place in the group's log.
    pub seq: u64,
    /// Which of its files, from 0.
    pub file: u8,
    /// Which part of it.
    pub part: Part,
    /// What for.
    pub intent: Intent,
    /// Random: names the opening, and makes each signature good once.
    pub request: RequestId,
    /// When, by the device's own clock.
    pub at: Time,
}

/// An opening as its device signed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedOpening {
    /// The canonical encoding of an [`Opening`].
    pub bytes: Blob<{ bounds::OPENING }>,
    /// By the device's signing key.
    pub signature: Signature,
}

/// Why an opening is not to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadOpening {
    /// Not an opening.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// Not the device's signature.
    #[error(transparent)]
    Signature(#[from] BadSignature),
}

impl Opening {
    /// Signs it.
    pub fn sign(&self, key: &SigningSecret) -> Result<SignedOpening, DecodeError> {
        let bytes = codec::encode(self);
        let signature = key.sign(SIGN, &bytes);
        Ok(SignedOpening { bytes: Blob::new(bytes).map_err(|_| DecodeError::TooLarge)?, signature })
    }

    /// Whether `signature` is over exactly these words by `key`: how a record of access is held against its device.
    pub fn holds(&self, key: &SigningPublic, signature: &Signature) -> Result<(), BadSignature> {
        key.verify(SIGN, &codec::encode(self), signature)
    }
}

impl SignedOpening {
    /// What it says, if `key` signed it.
    pub fn verify(&self, key: &SigningPublic) -> Result<Opening, BadOpening> {
        let opening = self.unverified()?;
        key.verify(SIGN, self.bytes.as_slice(), &self.signature)?;
        Ok(opening)
    }

    /// What it says, believed by nobody yet: to find the key.
    pub fn unverified(&self) -> Result<Opening, DecodeError> {
        match self.bytes.as_slice().first_chunk::<2>() {
            Some([crate::VERSION, crate::SUITE]) => codec::decode(self.bytes.as_slice()),
            Some(_) => Err(DecodeError::UnknownVersion),
            None => Err(DecodeError::Malformed),
        }
    }
}

/// Which chunks of a part the server has: one bit each, the lowest of a byte first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Present(Blob<{ bounds::FILE_CHUNKS.div_ceil(8) }>);

impl Present {
    /// These chunks. Those beyond what a file can have are left out.
    pub fn new(chunks: impl IntoIterator<Item = u32>) -> Self {
        let mut bits = Vec::new();
        for chunk in chunks.into_iter().filter_map(|chunk| usize::try_from(chunk).ok()) {
            if chunk < bounds::FILE_CHUNKS {
                if bits.len() <= chunk / 8 {
                    bits.resize(chunk / 8 + 1, 0_u8);
                }
                if let Some(byte) = bits.get_mut(chunk / 8) {
                    *byte |= 1 << (chunk % 8);
                }
            }
        }
        Self(Blob::new(bits).unwrap_or_default())
    }

    /// Whether it has that one.
    pub fn has(&self, chunk: u32) -> bool {
        let at = usize::try_from(chunk).unwrap_or(usize::MAX);
        self.0.as_slice().get(at / 8).is_some_and(|byte| byte & (1 << (at % 8)) != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(length: u64) -> Stored {
        Stored { length, root: Hash32([0; 32]) }
    }

    #[test]
    fn a12_2_a_length_is_cut_into_whole_chunks_and_a_last_one() {
        let chunk = bounds::FILE_CHUNK as u64;
        for (plain, count, last) in [(1, 1, 17), (chunk, 1, SEALED_CHUNK), (chunk + 1, 2, 17), (bounds::FILE, 763, 0)] {
            let sealed = stored(sealed_length(plain));
            assert_eq!(sealed.chunks(Part::Content), Some(count), "{plain}");
            let lengths: Vec<usize> = (0..count).filter_map(|at| sealed.chunk_length(Part::Content, at)).collect();
            assert_eq!(lengths.iter().sum::<usize>() as u64, sealed.length, "{plain}");
            assert_eq!(sealed.chunk_length(Part::Content, count), None);
            if last != 0 {
                assert_eq!(lengths.last(), Some(&last), "{plain}");
            }
        }
    }

    #[test]
    fn a12_2_a_length_that_no_file_has_is_refused() {
        let none =
            [0, 16, SEALED_CHUNK as u64 + 1, SEALED_CHUNK as u64 + 16, sealed_length(bounds::FILE + 1), u64::MAX];
        for length in none {
            assert_eq!(stored(length).chunks(Part::Content), None, "{length}");
        }
        assert_eq!(stored(sealed_length(bounds::PREVIEW + 1)).chunks(Part::Preview), None);
        assert!(stored(sealed_length(bounds::PREVIEW)).chunks(Part::Preview).is_some());
    }

    #[test]
    fn a12_2_every_chunk_of_the_largest_file_can_be_named_as_present() {
        let count = chunks(bounds::FILE);
        assert!(count <= bounds::FILE_CHUNKS as u64);
        let all = Present::new(0..u32::try_from(count).unwrap());
        assert!((0..u32::try_from(count).unwrap()).all(|chunk| all.has(chunk)));
        let some = Present::new([0, 9, 762]);
        let has: Vec<u32> = (0..800).filter(|chunk| some.has(*chunk)).collect();
        assert_eq!(has, [0, 9, 762]);
        assert!(!Present::new([u32::MAX]).has(u32::MAX));
    }

    #[test]
    fn a12_2_an_opening_holds_under_the_devices_own_key_and_for_its_own_words_only() {
        let key = SigningSecret::from_seed(&[4; 32]);
        let opening = Opening {
            version: crate::VERSION,
            suite: crate::SUITE,
            association: AssociationId([1; 16]),
            user: UserId([2; 16]),
            device: DeviceId([3; 16]),
            group: GroupId([4; 16]),
            seq: u64::MAX,
            file: u8::MAX,
            part: Part::Preview,
            intent: Intent::View,
            request: RequestId([5; 16]),
            at: Time(u64::MAX),
        };
        let signed = opening.sign(&key).unwrap();
        assert_eq!(signed.verify(&key.public()), Ok(opening));
        assert_eq!(opening.holds(&key.public(), &signed.signature), Ok(()));
        let other = SigningSecret::from_seed(&[5; 32]).public();
        assert_eq!(signed.verify(&other), Err(BadOpening::Signature(BadSignature)));
        let saved = Opening { intent: Intent::Save, ..opening };
        assert_eq!(saved.holds(&key.public(), &signed.signature), Err(BadSignature));
    }
}
