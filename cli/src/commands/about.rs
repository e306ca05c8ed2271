//! Asking first, about an act that has effect at once.

use renkei_client_core::client::Client;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::hash::sha256;
use renkei_client_core::proto::id::GroupId;

use super::{Outcome, ask_first, place};
use crate::args::request::Sure;
use crate::failure::{Failure, Result};
use crate::reply::{About, NamedGroup, Reply};

/// The question whether to do `what`, unless it was answered for exactly this.
pub(super) fn ask(sure: &Sure, what: About) -> Result<Option<Outcome>> {
    let written = serde_json::to_vec(&what).map_err(|_| Failure::from(Code::Malformed))?;
    ask_first(sure, &sha256(&written).to_string(), false, Reply::About(Box::new(what)))
}

/// The group as the person is shown it.
pub(super) fn named(client: &Client, id: GroupId) -> Result<NamedGroup> {
    let label = client.label(id).map(|label| label.to_string());
    let found = client.look(|replica| {
        let group = replica.group(id)?.group()?;
        let originator = place(replica.registry().now(), group.originator());
        Some(NamedGroup { group: id, label, group_kind: group.kind(), originator })
    });
    found.ok_or_else(|| Failure::about(Code::Unknown, id.to_string()))
}
