//! Writing to groups and reading them: messages with what else happened between them.

use std::collections::BTreeSet;

use renkei_client_core::client::Client;
use renkei_client_core::messages::Shown;
use renkei_client_core::official::official_throughout;
use renkei_client_core::policy::group::Group;
use renkei_client_core::policy::registry::View;
use renkei_client_core::proto::act::{Act, GroupAct};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::id::{DeviceId, GroupId, InvitationId, UserId};
use renkei_client_core::proto::statement::Statement;
use renkei_client_core::replica::Followed;

use super::corrections::{self, WereShown};
use super::group::people_of;
use super::{Outcome, People};
use super::{about, card};
use crate::agent::protocol::Response;
use crate::agent::serve::Lines;
use crate::args::care::Read;
use crate::args::request::Sure;
use crate::failure::{Failure, Result};
use crate::reply::{AmendedRow, Change, FileRow, Happening, Item, Reply, Who};
use crate::resolve;

/// Writes to a group, and calls people for it, if any are named (U1).
pub(super) async fn send(
    client: &Client,
    (group, call): (&str, &[String]),
    text: Option<&str>,
    sure: &Sure,
) -> Result<Outcome> {
    let text = text.filter(|text| !text.trim().is_empty()).ok_or_else(|| Failure::from(Code::BadInput))?;
    let group = resolve::group(client, group)?;
    let called = super::urgent::people(client, call).await?;
    if let Some(question) = about::ask_identifying(client, sure, Some(group), text)? {
        return Ok(question);
    }
    let accepted = if called.is_empty() {
        client.send(group, text).await?
    } else {
        client.send_urgent(group, text, &called).await?
    };
    let stale = !client.heads_are_fresh();
    Ok(Reply::Accepted { size: accepted.head.size, time: accepted.time, stale }.into())
}

pub(super) async fn read(client: &Client, read: &Read) -> Result<Outcome> {
    let group = resolve::group(client, &read.group)?;
    require_seen(client, group)?;
    let items = newest(items(client, group, read.from).await?, read.last);
    if !read.peek {
        WereShown::default().and(client, group, &items);
    }
    Ok(Reply::Items { items }.into())
}

/// Who was removed is shown nothing more, not even what this device still has in memory (A5.2).
fn require_seen(client: &Client, group: GroupId) -> Result<()> {
    let ended = client.look(|replica| replica.group(group).is_none_or(Followed::ended));
    if ended { Err(Code::NotAReader.into()) } else { Ok(()) }
}

/// Sends what there is and then what comes, until somebody stops it.
pub(crate) async fn follow(client: &Client, read: &Read, lines: &mut Lines) -> Result<Reply> {
    super::in_order(client)?;
    let group = resolve::group(client, &read.group)?;
    let mut changes = client.changes();
    let mut next = read.from;
    let mut last = read.last;
    // Shown as unreadable so far: shown once more when their key has come.
    let mut awaited: BTreeSet<u64> = BTreeSet::new();
    let mut shown = WereShown::default();
    loop {
        changes.mark_unchanged();
        let from = awaited.first().map_or(next, |first| next.min(*first));
        let reached = client.look(|replica| replica.group(group)?.group().map(Group::size)).unwrap_or(next);
        for item in newest(items(client, group, from).await?, last.take()) {
            let waiting = matches!(
                &item,
                Item::Message { unreadable: Some(_), .. }
                    | Item::Amendment { unreadable: Some(_), .. }
                    | Item::Card { unreadable: Some(_), .. }
            );
            let seq = item.seq();
            let new = seq >= next || (!waiting && awaited.contains(&seq));
            if waiting {
                awaited.insert(seq);
            } else {
                awaited.remove(&seq);
            }
            if !new {
                continue;
            }
            if !lines.send(&Response::Line(Reply::Item { item: item.clone() })).await {
                return Ok(Reply::Done);
            }
            if !read.peek {
                shown.and(client, group, &[item]);
            }
        }
        next = next.max(reached);
        require_seen(client, group)?;
        changes.changed().await.map_err(|_| Code::SessionEnded)?;
    }
}

/// The items from the `last`-th message from the end on.
fn newest(mut items: Vec<Item>, last: Option<usize>) -> Vec<Item> {
    if let Some(last) = last {
        let messages = items.iter().enumerate().rev().filter(|(_, item)| matches!(item, Item::Message { .. }));
        let start = match last {
            0 => items.len(),
            last => messages.map(|(at, _)| at).nth(last - 1).unwrap_or(0),
        };
        items.drain(..start);
    }
    items
}

/// Everything that can be shown of a group from place `from` on, in order.
async fn items(client: &Client, id: GroupId, from: u64) -> Result<Vec<Item>> {
    let shown = client.read(id, from)?;
    let mut users = client.look(|replica| {
        let view = replica.registry().now();
        let followed = replica.group(id)?;
        let group = followed.group()?;
        let mut users = people_of(group);
        users.extend(followed.events().iter().filter_map(|(_, _, statement)| statement.actor.user()));
        let devices = group.epochs().iter().flat_map(|epoch| epoch.devices.iter());
        users.extend(devices.filter_map(|device| view.device(*device)).map(|device| device.user));
        Some(users)
    });
    let amendments = client.amendments(id, from)?;
    users.get_or_insert_default().extend(shown.iter().map(|shown| shown.author));
    let cards = client.card_history(id, from)?;
    users.get_or_insert_default().extend(amendments.iter().map(|one| one.author));
    users.get_or_insert_default().extend(cards.iter().map(|one| one.author));
    let people = People::of(client, users.unwrap_or_default()).await?;
    let mut items: Vec<Item> = shown.into_iter().map(|shown| message(client, id, shown, &people)).collect();
    items.extend(amendments.into_iter().map(|one| corrections::item(client, id, one, &people)));
    items.extend(cards.into_iter().map(|one| card::item(client, id, one, &people)));
    client.look(|replica| {
        let view = replica.registry().now();
        let Some(followed) = replica.group(id) else { return };
        let Some(group) = followed.group() else { return };
        for (seq, time, statement) in followed.events().iter().filter(|(seq, ..)| *seq >= from) {
            let (Some(what), Some(user)) = (happening(group, view, &people, statement), statement.actor.user()) else {
                continue;
            };
            let by = people.actor_then(replica.registry_then(*time), user, statement.acting_for);
            items.push(Item::Event { seq: *seq, time: *time, by, what });
        }
    });
    items.sort_by_key(Item::seq);
    Ok(items)
}

fn message(client: &Client, group: GroupId, shown: Shown, people: &People) -> Item {
    let amended = shown.amended.map(|amended| AmendedRow {
        seq: amended.seq,
        time: amended.time,
        change: if amended.retracted { Change::Retracted } else { Change::Corrected },
    });
    let retracted = shown.amended.is_some_and(|amended| amended.retracted);
    let (text, unreadable) = corrections::readable((!retracted).then_some(shown.text));
    let (seq, id, time, device) = (shown.seq, shown.id, shown.time, shown.device);
    let corrected = amended.as_ref().filter(|_| !retracted).map(|amended| amended.time);
    let author = client.look(|replica| Who {
        official: official_throughout(replica, shown.author, time, corrected),
        ..people.who(shown.author)
    });
    let seen = corrections::counted(client, group, seq);
    let files = shown.files.into_iter().map(FileRow::from).collect();
    Item::Message { seq, id, time, author, device, text, unreadable, amended, seen, files }
}

/// What a statement means to a reader, if anything.
fn happening(group: &Group, view: View<'_>, people: &People, statement: &Statement) -> Option<Happening> {
    let invited = |id: InvitationId| group.invitation(id).map(|invitation| people.who(invitation.user));
    Some(match &statement.act {
        Act::Group(GroupAct::Create { .. }) => Happening::Created,
        Act::Group(GroupAct::RecordConsent(_)) => Happening::ConsentRecorded,
        Act::Group(GroupAct::Invite { invitation, user, .. }) => {
            Happening::Invited { invitation: *invitation, whom: people.who(*user) }
        }
        Act::Group(GroupAct::Approve { invitation, .. }) => Happening::Joined { whom: invited(*invitation)? },
        Act::Group(GroupAct::Decline { invitation }) => Happening::Declined { whom: invited(*invitation)? },
        Act::Group(GroupAct::Withdraw { invitation }) => Happening::Withdrawn { whom: invited(*invitation)? },
        Act::Group(GroupAct::Remove { user }) => Happening::Removed { whom: people.who(*user) },
        Act::Group(GroupAct::Close) => Happening::Closed,
        Act::Group(GroupAct::WithdrawConsent { .. }) => Happening::ConsentWithdrawn,
        Act::Group(GroupAct::LiftFreeze { .. }) => Happening::FreezeLifted,
        Act::Group(GroupAct::HoldErasure { .. }) => Happening::ErasureHeld,
        Act::Group(GroupAct::OrderErasure) => Happening::ErasureOrdered,
        Act::Group(GroupAct::ConfirmErasure { .. }) => Happening::Erased,
        Act::Group(GroupAct::OfferHandover { .. }) => Happening::HandoverOffered,
        Act::Group(GroupAct::AcceptHandover { .. }) => Happening::HandedOver,
        Act::Group(GroupAct::DropHandover) => Happening::HandoverDropped,
        Act::Group(GroupAct::ForbidDownload) => Happening::DownloadsForbidden,
        Act::Group(GroupAct::TakeInquiry) => Happening::InquiryTaken,
        Act::Group(GroupAct::AnswerInquiry { .. }) => Happening::InquiryAnswered,
        Act::Group(GroupAct::CloseInquiry { reason }) => Happening::InquiryClosed { reason: *reason },
        Act::Group(GroupAct::ReopenInquiry) => Happening::InquiryReopened,
        Act::Group(GroupAct::StateIncident { kind, .. }) => Happening::IncidentStated { incident: *kind },
        Act::Group(GroupAct::RecordMeasure { measure, done, .. }) => {
            Happening::MeasureRecorded { measure: *measure, done: *done }
        }
        Act::Group(GroupAct::Halt) => Happening::Halted,
        Act::Group(GroupAct::Resume) => Happening::Resumed,
        Act::Group(GroupAct::Call { message, of }) => {
            let whom = of.as_slice().iter().map(|user| people.who(*user)).collect();
            Happening::Called { message: *message, whom }
        }
        Act::Group(GroupAct::Acknowledge { call }) => Happening::Acknowledged { call: *call },
        Act::Group(GroupAct::StandIn { user }) => Happening::StandsIn { whom: user.map(|user| people.who(user)) },
        Act::Epoch(epoch) => {
            let devices = new_devices(group, epoch.number)?;
            let owner = |device: &DeviceId| view.device(*device).map(|known| known.user);
            let named: Vec<_> = devices
                .iter()
                .filter_map(|device| owner(device).map(|user: UserId| (*device, people.who(user))))
                .collect();
            Happening::NewDevices { devices: named }
        }
        Act::Group(GroupAct::RecordUseConsent { .. }) => Happening::UseConsentRecorded,
        Act::Group(GroupAct::RecordUse { kind, .. }) => Happening::Used { use_kind: *kind },
        Act::Group(GroupAct::WithdrawUseConsent { .. }) => Happening::UseConsentWithdrawn,
        Act::Group(GroupAct::SettleUse { outcome, .. }) => Happening::UseSettled { outcome: *outcome },
        Act::Group(
            GroupAct::HandOnLabel { .. }
            | GroupAct::ReportMissing { .. }
            | GroupAct::HandOnDetails { .. }
            | GroupAct::DepositScan { .. },
        )
        | Act::History(_)
        | Act::Message(_)
        | Act::Post(_)
        | Act::Registry(_)
        | Act::Amend(_)
        | Act::Seen { .. }
        | Act::Card(_)
        | Act::CardKey(_) => return None,
    })
}

/// The devices that have the key of epoch `number` and had not that of the one before.
fn new_devices(group: &Group, number: u32) -> Option<Vec<DeviceId>> {
    let at = usize::try_from(number).ok()?.checked_sub(1)?;
    let (before, now) = (group.epochs().get(at.checked_sub(1)?)?, group.epochs().get(at)?);
    let new: Vec<DeviceId> =
        now.devices.iter().filter(|device| before.devices.binary_search(device).is_err()).copied().collect();
    (!new.is_empty()).then_some(new)
}

#[cfg(test)]
mod tests {
    use renkei_client_core::proto::id::StatementId;
    use renkei_client_core::proto::time::Time;

    use super::*;
    use crate::reply::Actor;

    fn who() -> Who {
        Who { user: UserId([1; 16]), name: None, profession: None, facility: None, facility_name: None, official: None }
    }

    fn item(seq: u64, is_message: bool) -> Item {
        let time = Time(0);
        if is_message {
            let (id, device) = (StatementId([0; 16]), DeviceId([0; 16]));
            return Item::Message {
                seq,
                id,
                time,
                author: who(),
                device,
                text: None,
                unreadable: None,
                amended: None,
                seen: None,
                files: Vec::new(),
            };
        }
        Item::Event { seq, time, by: Actor { who: who(), acting_for: None }, what: Happening::Created }
    }

    #[test]
    fn the_newest_messages_come_with_what_happened_between_them() {
        let all: Vec<Item> = [false, true, false, true, false].iter().zip(0..).map(|(m, seq)| item(seq, *m)).collect();
        let seqs = |last| newest(all.clone(), last).iter().map(Item::seq).collect::<Vec<_>>();
        assert_eq!(seqs(None), [0, 1, 2, 3, 4]);
        assert_eq!(seqs(Some(1)), [3, 4]);
        assert_eq!(seqs(Some(2)), [1, 2, 3, 4]);
        assert_eq!(seqs(Some(9)), [0, 1, 2, 3, 4]);
        assert!(seqs(Some(0)).is_empty());
    }
}
