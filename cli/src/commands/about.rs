//! Asking first, about an act that has effect at once.

use renkei_client_core::client::Client;
use renkei_client_core::policy::s2_identifying::Finding;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::hash::sha256;
use renkei_client_core::proto::id::GroupId;

use super::{Outcome, ask_first, place};
use crate::args::request::Sure;
use crate::failure::{Failure, Result};
use crate::reply::{About, Identified, NamedGroup, Reply};

/// The question whether to do `what`, unless it was answered for exactly this.
pub(super) fn ask(sure: &Sure, what: About) -> Result<Option<Outcome>> {
    let written = serde_json::to_vec(&what).map_err(|_| Failure::from(Code::Malformed))?;
    ask_first(sure, &sha256(&written).to_string(), false, Reply::About(Box::new(what)))
}

/// What in `text` tells who somebody is, shown first (S2).
pub(super) fn ask_identifying(
    client: &Client,
    sure: &Sure,
    group: Option<GroupId>,
    text: &str,
) -> Result<Option<Outcome>> {
    let identifying = identified(client, group, text);
    if identifying.is_empty() {
        return Ok(None);
    }
    let of = group.map(|group| named(client, group)).transpose()?;
    ask(sure, About::Identifying { of, identifying })
}

/// The words in `text` that tell who somebody is.
pub(super) fn identified(client: &Client, group: Option<GroupId>, text: &str) -> Vec<Identified> {
    let found = client.identifying(group, text).into_iter();
    let row = |one: Finding| Identified { kind: one.kind, words: text.get(one.at).unwrap_or_default().to_owned() };
    found.map(row).collect()
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
