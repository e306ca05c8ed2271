//! Requests to open a file: how they are written, read and refused.

use renkei_proto::bounds;
use renkei_proto::bytes::Blob;
use renkei_proto::codec::{self, DecodeError};
use renkei_proto::file::{BadOpening, Opening, SignedOpening};
use renkei_proto::key::Signature;

use crate::fixtures;
use crate::formats::{Format, Vector, name_of};

impl Vector for Opening {
    const FORMAT: &'static str = "opening";

    fn write(&self) -> Vec<u8> {
        codec::encode(self)
    }

    fn read(bytes: &[u8]) -> Result<Self, String> {
        let bytes = Blob::new(bytes.to_vec()).map_err(|_| name_of(DecodeError::TooLarge))?;
        SignedOpening { bytes, signature: Signature([0; 64]) }.unverified().map_err(name_of)
    }
}

/// Under the signing key of the author's device.
impl Vector for SignedOpening {
    const FORMAT: &'static str = "signed-opening";

    fn write(&self) -> Vec<u8> {
        codec::encode(self)
    }

    fn read(bytes: &[u8]) -> Result<Self, String> {
        let signed: Self = codec::decode_bounded(bytes, bounds::FRAME).map_err(name_of)?;
        match signed.verify(&fixtures::author().public()) {
            Ok(_) => Ok(signed),
            Err(BadOpening::Decode(error)) => Err(name_of(error)),
            Err(BadOpening::Signature(error)) => Err(name_of(error)),
        }
    }
}

/// Every format.
pub(crate) fn all() -> Vec<Format> {
    vec![Format::of::<Opening>(), Format::of::<SignedOpening>()]
}
