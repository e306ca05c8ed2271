//! The other commands' side of the agent's socket.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;

use renkei_client_core::proto::code::Code;
use zeroize::Zeroizing;

use super::protocol::{RESPONSE, Response};
use crate::args::request::Request;
use crate::failure::Result;

/// A conversation with the agent: one request, and its lines of answer.
pub(crate) struct Conversation {
    lines: BufReader<std::io::Take<UnixStream>>,
}

/// Whether an agent listens there.
pub(crate) fn running(socket: &Path) -> bool {
    UnixStream::connect(socket).is_ok()
}

impl Conversation {
    pub(crate) fn begin(socket: &Path, request: &Request) -> Result<Self> {
        let mut stream = UnixStream::connect(socket).map_err(|_| Code::NotSignedIn)?;
        let mut line = Zeroizing::new(serde_json::to_vec(request).map_err(|_| Code::BadInput)?);
        line.push(b'\n');
        stream.write_all(&line).map_err(|_| Code::NotSignedIn)?;
        Ok(Self { lines: BufReader::new(stream.take(RESPONSE)) })
    }

    /// The next line. An agent that ends in the middle of it has locked.
    pub(crate) fn next(&mut self) -> Result<Response> {
        self.lines.get_mut().set_limit(RESPONSE);
        let mut line = Zeroizing::new(String::new());
        match self.lines.read_line(&mut line) {
            Ok(read) if read > 0 => serde_json::from_str(&line).map_err(|_| Code::Malformed.into()),
            _ => Err(Code::NotSignedIn.into()),
        }
    }
}
