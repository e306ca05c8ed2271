//! Announcements (S4): draft, check, publish, withdraw. Whoever approves or publishes is shown the very text first.

use renkei_client_core::client::Client;
use renkei_client_core::policy::registry::View;
use renkei_client_core::policy::registry::s4_announcements::{Announcement, Progress};
use renkei_client_core::proto::id::{AnnouncementId, UserId};
use renkei_client_core::proto::wording::Wording;

use super::duties::prose;
use super::{Outcome, People, about, ask_first, place};
use crate::args::announcements::AnnouncementCommand;
use crate::failure::Result;
use crate::reply::Reply;
use crate::reply::announcements::{AnnouncementRow, CheckRow};
use crate::resolve;

pub(super) async fn run(client: &Client, command: AnnouncementCommand) -> Result<Outcome> {
    match command {
        AnnouncementCommand::Draft { ja, en, checked_by, again, sure } => {
            let japanese = prose(&ja)?;
            let english = en.as_deref().map(prose).transpose()?.unwrap_or_else(|| japanese.clone());
            let words = format!("{}\n{}", japanese.as_str(), english.as_str());
            if let Some(question) = about::ask_identifying(client, &sure, None, &words)? {
                return Ok(question);
            }
            let again = again.map(|text| one(client, &text)).transpose()?;
            let mut checkers = Vec::new();
            for who in checked_by {
                checkers.push(resolve::user(client, &who).await?);
            }
            let wording = Wording { japanese, english };
            let announcement = client.draft_announcement(again, wording, checkers).await?;
            Ok(Reply::Announcement { announcement }.into())
        }
        AnnouncementCommand::List => list(client).await,
        AnnouncementCommand::Show { announcement } => Ok(shown(client, one(client, &announcement)?).await?.0.into()),
        AnnouncementCommand::Approve { announcement, sure } => {
            let id = one(client, &announcement)?;
            let (about, text) = shown(client, id).await?;
            if let Some(question) = ask_first(&sure, &text.to_string(), false, about)? {
                return Ok(question);
            }
            Ok(client.check_announcement(id, text, true).await?.into())
        }
        AnnouncementCommand::Object { announcement } => {
            let id = one(client, &announcement)?;
            let text = client.announcement(id)?.draft.text;
            Ok(client.check_announcement(id, text, false).await?.into())
        }
        AnnouncementCommand::Publish { announcement, sure } => {
            let id = one(client, &announcement)?;
            let (about, text) = shown(client, id).await?;
            if let Some(question) = ask_first(&sure, &text.to_string(), false, about)? {
                return Ok(question);
            }
            Ok(client.publish_announcement(id, text).await?.into())
        }
        AnnouncementCommand::Withdraw { announcement, sure } => {
            let id = one(client, &announcement)?;
            let (about, text) = shown(client, id).await?;
            if let Some(question) = ask_first(&sure, &text.to_string(), false, about)? {
                return Ok(question);
            }
            Ok(client.withdraw_announcement(id).await?.into())
        }
    }
}

fn readable(view: View<'_>, me: UserId) -> impl DoubleEndedIterator<Item = &Announcement> {
    view.announcements().filter(move |one| view.reads_announcement(me, one))
}

fn one(client: &Client, text: &str) -> Result<AnnouncementId> {
    let known: Vec<(AnnouncementId, String)> = client.look(|replica| {
        let all = readable(replica.registry().now(), client.user());
        all.map(|one| (one.draft.announcement, String::new())).collect()
    });
    resolve::one(text, &known)
}

/// Those who have to do with it, as far as they are this person's business.
fn people(view: View<'_>, me: UserId, one: &Announcement) -> Vec<UserId> {
    let with = |user| one.author == user || one.draft.checkers.as_slice().contains(&user);
    if !with(me) && !view.superior(me, one.draft.facility) {
        return Vec::new();
    }
    let by = one.published.map(|(_, _, by)| by);
    std::iter::once(one.author).chain(one.draft.checkers.as_slice().iter().copied()).chain(by).collect()
}

fn row(view: View<'_>, me: UserId, one: &Announcement, known: &People) -> AnnouncementRow {
    let inside = !people(view, me, one).is_empty();
    let said = |user: UserId| one.checks.get(&user).map(|&(_, approves)| approves);
    let checks =
        one.draft.checkers.as_slice().iter().map(|user| CheckRow { who: known.who(*user), approves: said(*user) });
    AnnouncementRow {
        announcement: one.draft.announcement,
        facility: one.draft.facility.map(|facility| place(view, facility)),
        progress: one.progress(),
        drafted: one.drafted,
        published: one.published.map(|(_, time, _)| time),
        author: inside.then(|| known.who(one.author)),
        checks: if inside { checks.collect() } else { Vec::new() },
        published_by: one.published.filter(|_| inside).map(|(_, _, by)| known.who(by)),
        to_check: view.announcements_to_check(me).any(|due| due.draft.announcement == one.draft.announcement),
        to_publish: view.announcements_to_publish(me).any(|due| due.draft.announcement == one.draft.announcement),
    }
}

async fn list(client: &Client) -> Result<Outcome> {
    let me = client.user();
    // What was given up or withdrawn is shown by its name alone.
    let listed = |one: &&Announcement| one.progress() != Progress::Withdrawn;
    let users: Vec<UserId> = client.look(|replica| {
        let view = replica.registry().now();
        readable(view, me).filter(listed).flat_map(|one| people(view, me, one)).collect()
    });
    let known = People::of(client, users).await?;
    let announcements = client.look(|replica| {
        let view = replica.registry().now();
        readable(view, me).rev().filter(listed).map(|one| row(view, me, one, &known)).collect()
    });
    Ok(Reply::Announcements { announcements }.into())
}

/// The announcement with its text, and that text's hash.
async fn shown(client: &Client, id: AnnouncementId) -> Result<(Reply, renkei_client_core::proto::hash::Hash32)> {
    let (me, one) = (client.user(), client.announcement(id)?);
    let users: Vec<UserId> = client.look(|replica| people(replica.registry().now(), me, &one));
    let known = People::of(client, users).await?;
    let wording = Box::new(client.text(one.draft.text).await?);
    let row = client.look(|replica| row(replica.registry().now(), me, &one, &known));
    Ok((Reply::AnnouncementText { row: Box::new(row), wording }, one.draft.text))
}
