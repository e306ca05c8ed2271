//! The first screen: what needs me, by patient and facility.

use std::collections::BTreeMap;

use renkei_client_core::client::Client;
use renkei_client_core::outbox::Unsent;
use renkei_client_core::proto::act::GroupKind;
use renkei_client_core::proto::id::{GroupId, UserId};
use renkei_client_core::proto::time::Time;
use serde::Serialize;
use ts_rs::TS;

use crate::Result;
use crate::people::{People, Who};
use crate::takeouts;
use crate::trouble::Trouble;

/// A group on the first screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HomeRow {
    /// Names it.
    #[ts(type = "string")]
    pub group: GroupId,
    /// The patient, or what a free group is about; nothing while the name is on its way.
    pub label: Option<String>,
    /// `patient`, `free`, `inquiry` or `incident`.
    #[ts(type = "\"patient\" | \"free\" | \"inquiry\" | \"incident\"")]
    pub kind: GroupKind,
    /// The originating facility.
    pub facility: Option<String>,
    /// The Desk is here for that facility, by its delegation (A4.2): said wherever the person acts.
    pub acting_for: Option<String>,
    /// What others wrote and this person has not seen.
    pub unseen: usize,
    /// The last message.
    pub last: Option<Last>,
    /// Something was begun and not sent.
    pub draft: bool,
    /// Messages on their way.
    pub waiting: usize,
    /// Messages that were refused.
    pub refused: usize,
    /// A colleague's device has to hand over keys first.
    pub awaiting_keys: bool,
    /// Its text may be put into the chart, under a standing permit of this person (A12.5).
    pub chart: bool,
    /// Read-only, frozen, without consent, or not to be trusted: why nobody writes here.
    pub shut: Option<Trouble>,
}

/// The last message of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Last {
    /// The server's time, in seconds since 1970 (UTC).
    #[ts(type = "number")]
    pub time: Time,
    /// Who wrote it.
    pub author: Who,
    /// How it begins; nothing where it can't be read or was taken back.
    pub text: Option<String>,
    /// Its files.
    pub files: usize,
}

/// Characters of a message that the first screen shows.
const BEGINNING: usize = 80;

/// The groups of this person: those that need somebody first, then by their last message.
pub(crate) async fn home(client: &Client) -> Result<Vec<HomeRow>> {
    let drafts = client.drafts()?;
    let unsent = client.unsent()?;
    let ids: Vec<GroupId> = client.look(|replica| {
        let open = replica.groups().filter(|(_, followed)| !followed.ended()).map(|(id, _)| id);
        open.filter(|id| replica.reads(*id)).collect()
    });
    let mut lasts: BTreeMap<GroupId, (Time, UserId, Option<String>, usize)> = BTreeMap::new();
    for id in &ids {
        let newest = client.look(|replica| Some(replica.group(*id)?.messages().last()?.seq));
        let Some(seq) = newest else { continue };
        // Of a group that may not be read now, the row says why.
        let Ok(shown) = client.read_between(*id, seq..seq + 1) else { continue };
        if let Some(shown) = shown.into_iter().next() {
            let text = shown.text.ok().map(|text| beginning(&text));
            lasts.insert(*id, (shown.time, shown.author, text, shown.files.len()));
        }
    }
    let people = People::of(client, lasts.values().map(|(_, author, ..)| *author)).await?;
    let chartable = takeouts::chartable(client);
    let mut rows: Vec<HomeRow> = ids
        .into_iter()
        .filter_map(|id| {
            let last = lasts.remove(&id).map(|(time, author, text, files)| {
                let author = people.who(author);
                Last { time, author, text, files }
            });
            let (draft, chart) = (drafts.contains_key(&id), chartable(id));
            row(client, id, last, (draft, chart), &unsent)
        })
        .collect();
    rows.sort_by_key(|row| {
        let needs = row.unseen > 0 || row.refused > 0;
        (!needs, std::cmp::Reverse(row.last.as_ref().map(|last| last.time)), row.label.clone())
    });
    Ok(rows)
}

fn row(
    client: &Client,
    id: GroupId,
    last: Option<Last>,
    (draft, chart): (bool, bool),
    unsent: &[Unsent],
) -> Option<HomeRow> {
    let label = client.label(id).map(|label| label.to_string());
    let unseen = client.unseen(id);
    let awaiting_keys = !client.has_all_keys(id);
    let shut = client.may_write(id).err().map(Trouble::from);
    let own = unsent.iter().filter(|one| one.group == id);
    let (refused, waiting): (Vec<&Unsent>, Vec<&Unsent>) = own.partition(|one| one.refused.is_some());
    client.look(|replica| {
        let state = replica.group(id)?.group()?;
        let view = replica.registry().now();
        let facility = view.facility(state.originator()).map(|facility| facility.name.clone());
        let (refused, waiting) = (refused.len(), waiting.len());
        let kind = state.kind();
        let delegated = view.operators_may_read(state.originator(), id, replica.time());
        let acting_for = facility.clone().filter(|_| delegated && view.is_operator(client.user()));
        Some(HomeRow {
            group: id,
            label,
            kind,
            facility,
            acting_for,
            unseen,
            last,
            draft,
            waiting,
            refused,
            awaiting_keys,
            chart,
            shut,
        })
    })
}

/// How a text begins, on one line.
fn beginning(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut cut: String = line.chars().take(BEGINNING).collect();
    if cut.len() < line.len() {
        cut.push('…');
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_begins_on_one_line() {
        assert_eq!(beginning("体温 37.2\n\n血圧\u{3000}120/80"), "体温 37.2 血圧 120/80");
        assert_eq!(beginning(&"あ".repeat(81)), format!("{}…", "あ".repeat(80)));
        assert_eq!(beginning(""), "");
    }
}
