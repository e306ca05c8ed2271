//! The record of access: how its parts are written, read and refused.

use renkei_proto::access::{AccessHead, AccessRecord, BadAccessHead, SignedAccessHead};
use renkei_proto::access_file::{Checker, First, Flaw, Line};
use renkei_proto::bounds;
use renkei_proto::bytes::Blob;
use renkei_proto::codec::{self, DecodeError};
use renkei_proto::key::Signature;
use serde::{Deserialize, Serialize};

use crate::fixtures;
use crate::formats::{Format, Vector, name_of};

impl Vector for AccessRecord {
    const FORMAT: &'static str = "access-record";

    fn write(&self) -> Vec<u8> {
        codec::encode(self)
    }

    fn read(bytes: &[u8]) -> Result<Self, String> {
        Self::decode(bytes).map_err(name_of)
    }
}

impl Vector for AccessHead {
    const FORMAT: &'static str = "access-head";

    fn write(&self) -> Vec<u8> {
        codec::encode(self)
    }

    fn read(bytes: &[u8]) -> Result<Self, String> {
        let bytes = Blob::new(bytes.to_vec()).map_err(|_| name_of(DecodeError::TooLarge))?;
        SignedAccessHead { bytes, signature: Signature([0; 64]) }.unverified().map_err(name_of)
    }
}

/// `signed` under the server's key.
fn believed(signed: SignedAccessHead) -> Result<SignedAccessHead, String> {
    match signed.verify(&fixtures::server().public()) {
        Ok(_) => Ok(signed),
        Err(BadAccessHead::Decode(error)) => Err(name_of(error)),
        Err(BadAccessHead::Signature(error)) => Err(name_of(error)),
    }
}

impl Vector for SignedAccessHead {
    const FORMAT: &'static str = "signed-access-head";

    fn write(&self) -> Vec<u8> {
        codec::encode(self)
    }

    fn read(bytes: &[u8]) -> Result<Self, String> {
        believed(codec::decode_bounded(bytes, bounds::FRAME).map_err(name_of)?)
    }
}

/// A signed head as text, to keep.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct AccessHeadText(pub(crate) SignedAccessHead);

impl Vector for AccessHeadText {
    const FORMAT: &'static str = "access-head-text";

    fn write(&self) -> Vec<u8> {
        self.0.text().into_bytes()
    }

    fn read(bytes: &[u8]) -> Result<Self, String> {
        let text = core::str::from_utf8(bytes).map_err(name_of)?;
        believed(text.parse().map_err(|error: DecodeError| name_of(error))?).map(Self)
    }

    fn fold(bytes: &[u8]) -> Vec<u8> {
        String::from_utf8_lossy(bytes).trim().as_bytes().to_vec()
    }
}

/// A whole file of the record, or of a part of it, of the association of these vectors.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct AccessFile(pub(crate) String);

impl Vector for AccessFile {
    const FORMAT: &'static str = "access-file";

    fn write(&self) -> Vec<u8> {
        self.0.clone().into_bytes()
    }

    fn read(bytes: &[u8]) -> Result<Self, String> {
        let text = core::str::from_utf8(bytes).map_err(name_of)?;
        let mut lines = text.lines();
        let first: First = serde_json::from_str(lines.next().unwrap_or_default()).map_err(|_| name_of(Flaw::Format))?;
        let mut checker = Checker::new(&first, fixtures::root().public().root_fingerprint()).map_err(name_of)?;
        for line in lines {
            let line: Line = serde_json::from_str(line).map_err(|_| name_of(Flaw::Line))?;
            checker.take(&line).map_err(name_of)?;
        }
        checker.finish().map(|_| Self(text.to_owned())).map_err(name_of)
    }
}

/// Every format.
pub(crate) fn all() -> Vec<Format> {
    vec![
        Format::of::<AccessRecord>(),
        Format::of::<AccessHead>(),
        Format::of::<SignedAccessHead>(),
        Format::of::<AccessHeadText>(),
        Format::of::<AccessFile>(),
    ]
}
