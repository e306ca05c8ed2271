//! What a client can ask of files.

use renkei_proto::bytes::Blob;
use renkei_proto::code::Code;
use renkei_proto::frame::{Answer, Fault, Op};

use super::uploads::Chunk;
use crate::connection::Driver;
use crate::noted::Noted;

impl Driver {
    /// Answers a request about files. An opening is granted only when it is on record.
    pub(crate) async fn file(&self, op: Op, noted: &Noted) -> Result<Answer, Fault> {
        let (service, live) = (&self.service, &self.live);
        match op {
            Op::Upload { group, file, part, index, bytes } => {
                service.upload(live, Chunk { group, file, part, index, bytes: bytes.into_vec() }).await?;
                Ok(Answer::Done)
            }
            Op::Uploaded { group, file, part } => {
                Ok(Answer::Uploaded(service.uploaded(live, group, file, part).await?))
            }
            Op::OpenFile(signed) => {
                let _once = noted.opening.set(service.permit_opening(live, &signed)?);
                Ok(Answer::Done)
            }
            Op::FileChunk { opening, index } => {
                let chunk = service.file_chunk(live, opening, index).await?;
                Ok(Answer::FileChunk(Blob::new(chunk.into()).map_err(|_| Code::StorageFailed)?))
            }
            _ => Err(Code::Malformed.into()),
        }
    }
}
