//! The exact bytes of the journal. A change here is a change of the format: old journals must stay readable.

use super::format::{Flaw, GroupHeader, RecordHeader, SegmentHeader};
use super::segment::{self, SegmentReader};
use crate::{LogKey, RecordKey};

const SEGMENT: SegmentHeader = SegmentHeader {
    number: 2,
    salt: 0x0807_0605_0403_0201,
    previous_salt: 0x1817_1615_1413_1211,
    previous_len: 0x2827_2625_2423_2221,
};
const SEGMENT_HEX: &str = "52454e4b45494a0001000000020000000102030405060708111213141516171821222324\
    252627282eb77ad3";

const GROUP: GroupHeader =
    GroupHeader { salt: 0x0807_0605_0403_0201, segment: 2, offset: 44, records: 1, body_len: 74 };
const GROUP_HEX: &str = "524b47500102030405060708020000002c00000000000000010000004a000000399233ad";

const RECORD_HEX: &str = "a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b207000000\
    000000000500000009000000709d212b089e2a4e6409112b";

fn record() -> RecordHeader {
    RecordHeader::new(LogKey([0xa1; 16]), RecordKey([0xb2; 16]), 7, b"entry", b"a sidecar").unwrap()
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn encoded(encode: impl Fn(&mut Vec<u8>)) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode(&mut bytes);
    bytes
}

#[test]
fn headers_are_written_as_documented() {
    assert_eq!(SEGMENT.encode(), bytes(SEGMENT_HEX));
    assert_eq!(encoded(|out| GROUP.encode(out)), bytes(GROUP_HEX));
    assert_eq!(encoded(|out| record().encode(out)), bytes(RECORD_HEX));
}

#[test]
fn a_segment_written_as_documented_is_read() {
    let dir = tempfile::TempDir::new().unwrap();
    let headers = [SEGMENT_HEX, GROUP_HEX, RECORD_HEX].concat();
    std::fs::write(segment::path(dir.path(), 2), [&bytes(&headers)[..], b"entrya sidecar"].concat()).unwrap();
    let mut reader = SegmentReader::open(dir.path(), 2).unwrap();
    assert_eq!(reader.header(), SEGMENT);
    let group = reader.next().unwrap().unwrap();
    let [found] = &group.records[..] else { panic!("one record was written") };
    assert_eq!(found.header, record());
    assert_eq!((group.entry(found), group.sidecar(found)), (&b"entry"[..], &b"a sidecar"[..]));
    assert!(reader.next().unwrap().is_none());
}

#[test]
fn an_erased_record_says_how_much_of_its_entry_stays() {
    let erased = record().erased(b"en").unwrap();
    let written = encoded(|out| erased.encode(out));
    assert_eq!(RecordHeader::decode(&written), Ok(erased));
    assert_eq!((erased.shown_len(), erased.entry_len, erased.sidecar_len), (2, 5, 9));
    assert_eq!(written[44..48], [9, 0, 0, 0x80], "bit 31");
    assert_eq!(written[52..56], [2, 0, 0, 0]);
    assert_eq!((erased.check_entry(b"en\0\0\0"), erased.check_entry(b"entry")), (Ok(()), Err(Flaw::Entry)));
    assert_eq!((erased.check_sidecar(&[0; 9]), erased.check_sidecar(b"a sidecar")), (Ok(()), Err(Flaw::Sidecar)));
    assert_eq!(record().erased(b"entries"), None);
    // More than there is can't have stayed.
    let mut more = written;
    more[52] = 6;
    let crc = crc32fast::hash(&more[..56]);
    more[56..60].copy_from_slice(&crc.to_le_bytes());
    assert_eq!(RecordHeader::decode(&more), Err(Flaw::Inconsistent));
}

#[test]
fn headers_are_read_as_written() {
    assert_eq!(SegmentHeader::decode(&SEGMENT.encode()), Ok(SEGMENT));
    assert_eq!(GroupHeader::decode(&encoded(|out| GROUP.encode(out))), Ok(GROUP));
    assert_eq!(RecordHeader::decode(&encoded(|out| record().encode(out))), Ok(record()));
}

#[test]
fn any_bad_bit_and_any_missing_byte_of_a_header_is_refused() {
    let refused = |whole: &[u8], refuses: &dyn Fn(&[u8]) -> bool| {
        for len in 0..whole.len() {
            assert!(refuses(&whole[..len]), "cut at {len}");
        }
        for bit in 0..whole.len() * 8 {
            let mut bytes = whole.to_vec();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(refuses(&bytes), "bad bit {bit}");
        }
    };
    refused(&SEGMENT.encode(), &|bytes| SegmentHeader::decode(bytes).is_err());
    refused(&encoded(|out| GROUP.encode(out)), &|bytes| GroupHeader::decode(bytes).is_err());
    refused(&encoded(|out| record().encode(out)), &|bytes| RecordHeader::decode(bytes).is_err());
}

#[test]
fn a_newer_format_is_told_from_damage() {
    let mut bytes = SEGMENT.encode();
    bytes[8] = 2;
    let crc = crc32fast::hash(&bytes[..40]);
    bytes[40..].copy_from_slice(&crc.to_le_bytes());
    assert_eq!(SegmentHeader::decode(&bytes), Err(Flaw::Version(2)));
}

#[test]
fn changed_content_is_refused() {
    assert_eq!(record().check_entry(b"entry"), Ok(()));
    assert_eq!(record().check_entry(b"entrY"), Err(Flaw::Entry));
    assert_eq!(record().check_sidecar(b"a sidecar"), Ok(()));
    assert_eq!(record().check_sidecar(b""), Err(Flaw::Sidecar));
}
