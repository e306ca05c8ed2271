//! The bytes of the journal. All numbers are little-endian, all checksums are CRC-32 (IEEE).
//!
//! A segment file is a segment header and then groups without gaps. A group is what was written at once
//! and made durable by one `fdatasync`: a group header and its records without gaps.
//!
//! ```text
//! segment header, 44 bytes             group header, 36 bytes             record header, 60 bytes
//!  0  8  magic "RENKEIJ\0"              0  4  magic "RKGP"                  0 16  log
//!  8  4  format version, 1              4  8  salt of the segment          16 16  record key
//! 12  4  number of the segment         12  4  number of the segment        32  8  sequence number in the log
//! 16  8  salt, random                  16  8  offset of this header        40  4  length of the entry
//! 24  8  salt of the segment before    24  4  number of records            44  4  length of the sidecar
//! 32  8  length of the segment before  28  4  length of all records        48  4  checksum of the entry
//! 40  4  checksum of 0..40             32  4  checksum of 0..32            52  4  checksum of the sidecar
//!                                                                          56  4  checksum of 0..56
//!                                                                          60     entry, then sidecar
//! ```
//!
//! An erased record ([`Log::erase`](crate::Log::erase)) is as long as before: bit 31 of the length of its sidecar is set, what
//! stays of the entry is followed by zeros to its end, the sidecar is zeros, and in the place of its checksum is the number
//! of bytes that stay of the entry. The checksum of the entry covers its zeros too.
//!
//! Every byte is covered by exactly one checksum, or is zero. The first segment has number 1 and zeros for the segment
//! before. The salt is what an author of entries can't know: an entry that imitates a group header doesn't
//! carry it, so that the search for whole groups behind a bad one can't be misled by what people write.

use crate::{LogKey, RecordKey};

const SEGMENT_MAGIC: [u8; 8] = *b"RENKEIJ\0";
const GROUP_MAGIC: [u8; 4] = *b"RKGP";
const VERSION: u32 = 1;

/// In the length of a sidecar: the record was erased. No record is that long.
const ERASED: u32 = 1 << 31;

const _: () = assert!(crate::MAX_RECORD_BYTES < ERASED as usize);

static ZEROS: [u8; 64] = [0; 64];

pub(crate) const SEGMENT_HEADER: usize = 44;
pub(crate) const GROUP_HEADER: usize = 36;
pub(crate) const RECORD_HEADER: usize = 60;

/// Why bytes are not what the journal wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Flaw {
    #[error("it ends too early")]
    Short,
    #[error("a header is missing or its checksum does not match")]
    Header,
    #[error("format version {0} is not known; a newer version wrote it")]
    Version(u32),
    #[error("a header contradicts itself or its place")]
    Inconsistent,
    #[error("the checksum of an entry does not match")]
    Entry,
    #[error("the checksum of a sidecar does not match")]
    Sidecar,
    #[error("what is sealed in it does not open")]
    Sealed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SegmentHeader {
    pub(crate) number: u32,
    pub(crate) salt: u64,
    pub(crate) previous_salt: u64,
    pub(crate) previous_len: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GroupHeader {
    pub(crate) salt: u64,
    pub(crate) segment: u32,
    pub(crate) offset: u64,
    pub(crate) records: u32,
    pub(crate) body_len: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RecordHeader {
    pub(crate) log: LogKey,
    pub(crate) key: RecordKey,
    pub(crate) seq: u64,
    pub(crate) entry_len: u32,
    pub(crate) sidecar_len: u32,
    entry_crc: u32,
    sidecar_crc: u32,
    /// Of an erased record: how many bytes of its entry have stayed.
    kept: Option<u32>,
}

impl SegmentHeader {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(SEGMENT_HEADER);
        out.extend_from_slice(&SEGMENT_MAGIC);
        out.extend_from_slice(&VERSION.to_le_bytes());
        out.extend_from_slice(&self.number.to_le_bytes());
        out.extend_from_slice(&self.salt.to_le_bytes());
        out.extend_from_slice(&self.previous_salt.to_le_bytes());
        out.extend_from_slice(&self.previous_len.to_le_bytes());
        seal(&mut out, 0);
        out
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Flaw> {
        let mut fields = sealed::<SEGMENT_HEADER>(bytes)?;
        if fields.take() != SEGMENT_MAGIC {
            return Err(Flaw::Header);
        }
        match u32::from_le_bytes(fields.take()) {
            VERSION => {}
            other => return Err(Flaw::Version(other)),
        }
        Ok(Self {
            number: u32::from_le_bytes(fields.take()),
            salt: u64::from_le_bytes(fields.take()),
            previous_salt: u64::from_le_bytes(fields.take()),
            previous_len: u64::from_le_bytes(fields.take()),
        })
    }
}

impl GroupHeader {
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(&GROUP_MAGIC);
        out.extend_from_slice(&self.salt.to_le_bytes());
        out.extend_from_slice(&self.segment.to_le_bytes());
        out.extend_from_slice(&self.offset.to_le_bytes());
        out.extend_from_slice(&self.records.to_le_bytes());
        out.extend_from_slice(&self.body_len.to_le_bytes());
        seal(out, start);
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Flaw> {
        if !Self::may_start(bytes) {
            return Err(Flaw::Header);
        }
        let mut fields = sealed::<GROUP_HEADER>(bytes)?;
        fields.take::<4>();
        Ok(Self {
            salt: u64::from_le_bytes(fields.take()),
            segment: u32::from_le_bytes(fields.take()),
            offset: u64::from_le_bytes(fields.take()),
            records: u32::from_le_bytes(fields.take()),
            body_len: u32::from_le_bytes(fields.take()),
        })
    }

    /// Whether a group header may start here; cheap enough to ask at every byte.
    pub(crate) fn may_start(bytes: &[u8]) -> bool {
        bytes.starts_with(&GROUP_MAGIC)
    }
}

impl RecordHeader {
    /// The header of a record with this content. `None` if a length does not fit, which the limits on batches
    /// exclude.
    pub(crate) fn new(log: LogKey, key: RecordKey, seq: u64, entry: &[u8], sidecar: &[u8]) -> Option<Self> {
        Some(Self {
            log,
            key,
            seq,
            entry_len: u32::try_from(entry.len()).ok()?,
            sidecar_len: u32::try_from(sidecar.len()).ok()?,
            entry_crc: crc32fast::hash(entry),
            sidecar_crc: crc32fast::hash(sidecar),
            kept: None,
        })
    }

    /// The header of this record when of its content only `entry` stays. `None` if that is longer than what there is.
    pub(crate) fn erased(&self, entry: &[u8]) -> Option<Self> {
        let kept = u32::try_from(entry.len()).ok().filter(|kept| *kept <= self.entry_len)?;
        let mut crc = crc32fast::Hasher::new();
        crc.update(entry);
        let mut zeros = self.entry_len - kept;
        while zeros > 0 {
            let some = zeros.min(64);
            crc.update(ZEROS.get(..some as usize).unwrap_or_default());
            zeros -= some;
        }
        Some(Self { entry_crc: crc.finalize(), sidecar_crc: 0, kept: Some(kept), ..*self })
    }

    /// How many bytes of the entry are shown to readers.
    pub(crate) fn shown_len(&self) -> usize {
        self.kept.unwrap_or(self.entry_len) as usize
    }

    /// Whether it was erased, so that its sidecar is gone.
    pub(crate) fn is_erased(&self) -> bool {
        self.kept.is_some()
    }

    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(&self.log.0);
        out.extend_from_slice(&self.key.0);
        out.extend_from_slice(&self.seq.to_le_bytes());
        out.extend_from_slice(&self.entry_len.to_le_bytes());
        let mark = if self.is_erased() { ERASED } else { 0 };
        out.extend_from_slice(&(self.sidecar_len | mark).to_le_bytes());
        out.extend_from_slice(&self.entry_crc.to_le_bytes());
        out.extend_from_slice(&self.kept.unwrap_or(self.sidecar_crc).to_le_bytes());
        seal(out, start);
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Flaw> {
        let mut fields = sealed::<RECORD_HEADER>(bytes)?;
        let mut header = Self {
            log: LogKey(fields.take()),
            key: RecordKey(fields.take()),
            seq: u64::from_le_bytes(fields.take()),
            entry_len: u32::from_le_bytes(fields.take()),
            sidecar_len: u32::from_le_bytes(fields.take()),
            entry_crc: u32::from_le_bytes(fields.take()),
            sidecar_crc: u32::from_le_bytes(fields.take()),
            kept: None,
        };
        if header.sidecar_len & ERASED != 0 {
            header.sidecar_len &= !ERASED;
            header.kept = Some(std::mem::take(&mut header.sidecar_crc));
        }
        if header.shown_len() > header.entry_len as usize {
            return Err(Flaw::Inconsistent);
        }
        Ok(header)
    }

    pub(crate) fn check_entry(&self, entry: &[u8]) -> Result<(), Flaw> {
        if crc32fast::hash(entry) == self.entry_crc { Ok(()) } else { Err(Flaw::Entry) }
    }

    pub(crate) fn check_sidecar(&self, sidecar: &[u8]) -> Result<(), Flaw> {
        let holds = match self.kept {
            None => crc32fast::hash(sidecar) == self.sidecar_crc,
            Some(_) => sidecar.iter().all(|byte| *byte == 0),
        };
        if holds { Ok(()) } else { Err(Flaw::Sidecar) }
    }
}

/// Appends the checksum of everything from `start` on.
fn seal(out: &mut Vec<u8>, start: usize) {
    let crc = crc32fast::hash(out.get(start..).unwrap_or_default());
    out.extend_from_slice(&crc.to_le_bytes());
}

/// The fields of a header of `LEN` bytes at the start of `bytes`, whose last four are its checksum.
fn sealed<const LEN: usize>(bytes: &[u8]) -> Result<Fields<'_>, Flaw> {
    let header = bytes.get(..LEN).ok_or(Flaw::Short)?;
    let (fields, crc) = header.split_last_chunk::<4>().ok_or(Flaw::Short)?;
    if crc32fast::hash(fields) != u32::from_le_bytes(*crc) {
        return Err(Flaw::Header);
    }
    Ok(Fields(fields))
}

/// Fixed-size fields, one after the other.
pub(crate) struct Fields<'a>(pub(crate) &'a [u8]);

impl Fields<'_> {
    /// The next field. The headers are of constant size, so it is there; if it were not, it would be zeros.
    pub(crate) fn take<const N: usize>(&mut self) -> [u8; N] {
        let Some((field, rest)) = self.0.split_first_chunk::<N>() else {
            debug_assert!(false, "a header is shorter than its fields");
            return [0; N];
        };
        self.0 = rest;
        *field
    }
}
