//! Correcting and taking back one's own messages, their trail, and who has seen them (S1).

use renkei_client_core::client::Client;
use renkei_client_core::corrections::ShownAmendment;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::id::GroupId;
use renkei_client_core::proto::text::safe_to_show;

use super::{Outcome, People, about, who_one};
use crate::args::care::MessageCommand;
use crate::failure::{Failure, Result};
use crate::reply::{About, Change, Counted, Item, Reply, SeenRow, VersionRow};
use crate::resolve;

pub(super) async fn run(client: &Client, command: MessageCommand) -> Result<Outcome> {
    match command {
        MessageCommand::Correct { group, seq, text, sure } => {
            let text = text.filter(|text| !text.trim().is_empty()).ok_or_else(|| Failure::from(Code::BadInput))?;
            let group = resolve::group(client, &group)?;
            if let Some(question) = about::ask_identifying(client, &sure, Some(group), &text)? {
                return Ok(question);
            }
            let accepted = client.correct(group, seq, &text).await?;
            let stale = !client.heads_are_fresh();
            Ok(Reply::Accepted { size: accepted.head.size, time: accepted.time, stale }.into())
        }
        MessageCommand::Retract { group, seq, sure } => {
            let group = resolve::group(client, &group)?;
            let last = client.trail(group, seq)?.pop().ok_or_else(|| Failure::from(Code::Unknown))?;
            let author = who_one(client, last.author).await;
            let (text, unreadable) = readable(last.text);
            let of = about::named(client, group)?;
            let what = About::Retract { of, seq, time: last.time, author, text, unreadable };
            if let Some(question) = about::ask(&sure, what)? {
                return Ok(question);
            }
            let accepted = client.retract(group, seq).await?;
            let stale = !client.heads_are_fresh();
            Ok(Reply::Accepted { size: accepted.head.size, time: accepted.time, stale }.into())
        }
        MessageCommand::Trail { group, seq } => {
            let group = resolve::group(client, &group)?;
            let trail = client.trail(group, seq)?;
            let people = People::of(client, trail.iter().map(|one| one.author)).await?;
            let versions = trail.into_iter().enumerate().map(|(at, one)| {
                let change = match (at, &one.text) {
                    (0, _) => None,
                    (_, Some(_)) => Some(Change::Corrected),
                    (_, None) => Some(Change::Retracted),
                };
                let (text, unreadable) = readable(one.text);
                let author = people.who(one.author);
                VersionRow { seq: one.seq, time: one.time, author, device: one.device, change, text, unreadable }
            });
            Ok(Reply::Trail { versions: versions.collect() }.into())
        }
        MessageCommand::Seen { group, seq } => {
            let group = resolve::group(client, &group)?;
            let by = client.seen(group, seq)?;
            let people = People::of(client, by.seen.iter().map(|(user, _)| *user).chain(by.not_yet.clone())).await?;
            let seen = by.seen.into_iter().map(|(user, time)| SeenRow { who: people.who(user), time }).collect();
            let not_yet = by.not_yet.into_iter().map(|user| people.who(user)).collect();
            Ok(Reply::Seen { seen, not_yet }.into())
        }
    }
}

/// A text to be shown, or why there is none.
pub(super) fn readable(text: Option<core::result::Result<String, Code>>) -> (Option<String>, Option<Code>) {
    match text {
        None => (None, None),
        Some(Ok(text)) => (Some(safe_to_show(&text)), None),
        Some(Err(code)) => (None, Some(code)),
    }
}

/// How many have seen what is at `seq`, of how many.
pub(super) fn counted(client: &Client, group: GroupId, seq: u64) -> Option<Counted> {
    let by = client.seen(group, seq).ok()?;
    Some(Counted { by: by.seen.len(), of: by.seen.len() + by.not_yet.len() })
}

/// An amendment as a line of the group.
pub(super) fn item(client: &Client, group: GroupId, shown: ShownAmendment, people: &People) -> Item {
    let (text, unreadable) = readable(shown.text);
    let change = if shown.retracted { Change::Retracted } else { Change::Corrected };
    Item::Amendment {
        seq: shown.seq,
        id: shown.id,
        time: shown.time,
        author: people.who(shown.author),
        device: shown.device,
        original: shown.original,
        change,
        text,
        unreadable,
        seen: counted(client, group, shown.seq),
    }
}

/// What was shown to the person so far, for the marks that the others get.
#[derive(Default)]
pub(super) struct WereShown {
    first: Option<u64>,
    last: Option<u64>,
}

impl WereShown {
    /// The person was shown these lines too: the others are told, unless something before the first was left out. Of two
    /// that were left out, one could be what mattered.
    pub(super) fn and(&mut self, client: &Client, group: GroupId, items: &[Item]) {
        let written = || items.iter().filter(|item| !matches!(item, Item::Event { .. })).map(Item::seq);
        self.first = self.first.into_iter().chain(written()).min();
        self.last = self.last.into_iter().chain(written()).max();
        let (Some(first), Some(last)) = (self.first, self.last) else { return };
        if client.first_unseen(group).is_some_and(|unseen| unseen >= first)
            && let Err(fault) = client.mark_seen(group, last)
        {
            tracing::debug!(%group, %fault, "nobody is told what was seen");
        }
    }
}
