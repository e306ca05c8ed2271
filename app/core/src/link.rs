//! The enrolment link that an administrator hands over: as a link, from a QR picture, or typed.

use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::ticket::{Purpose, Ticket};
use serde::Serialize;
use ts_rs::TS;

use crate::Result;

/// What a link is for, before anything is done with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LinkView {
    /// The server that it names.
    pub server: String,
    /// For a new facility's application; otherwise for a person's device.
    pub facility: bool,
    /// A fingerprint of the association's root, as people compare it.
    pub root: String,
}

/// The link in what was pasted: blanks and line breaks that a mail program put in do no harm.
pub(crate) fn parse(text: &str) -> Result<Ticket> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let start = text.find("renkei:enrol/").ok_or(Code::BadInput)?;
    text.get(start..).and_then(|link| link.parse().ok()).ok_or_else(|| Code::BadInput.into())
}

/// Says what a link is for.
pub fn read(text: &str) -> Result<LinkView> {
    let ticket = parse(text)?;
    Ok(LinkView {
        server: ticket.server.to_string(),
        facility: matches!(ticket.purpose, Purpose::Facility(_)),
        root: ticket.root.to_string(),
    })
}
