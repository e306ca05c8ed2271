//! Questions to the Desk (A14.1), as who asked and the Desk's operators have them; and which of them, and of the reports that
//! something went wrong (S5), wait for this person. The room itself is written in and read like any group.

use renkei_client_core::client::Client;
use renkei_client_core::inquiries::Inquiry;
use renkei_client_core::policy::group::a14_inquiries::{InquiryState, Turn};
use renkei_client_core::proto::act::InquiryEnd;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::id::{GroupId, UserId};
use renkei_client_core::proto::text::Line;
use renkei_client_core::proto::time::{DAY, Time};
use serde::Serialize;
use ts_rs::TS;

use crate::Result;
use crate::people::{People, Who};
use crate::secret::Secret;
use crate::writing::{self, Checked};

/// An inquiry, or a report, and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "facts that a screen shows one by one")]
pub struct InquiryView {
    /// Its room.
    #[ts(type = "string")]
    pub group: GroupId,
    /// It is a report that something went wrong.
    pub incident: bool,
    /// What it is about; nothing while that is on its way.
    pub subject: Option<String>,
    /// Who asked.
    pub asker: Who,
    /// When.
    #[ts(type = "number")]
    pub opened: Time,
    /// Where it stands.
    #[ts(type = "\"open\" | \"taken\" | \"answered\" | \"closed\"")]
    pub state: InquiryState,
    /// It is the Desk's turn.
    pub desks: bool,
    /// Who sees to it.
    pub taken: Option<Who>,
    /// Who closed it.
    pub closed: Option<Who>,
    /// Why.
    #[ts(type = "string | null")]
    pub reason: Option<InquiryEnd>,
    /// Whole days for which nobody whose turn it is has written.
    #[ts(type = "number")]
    pub days: u64,
    /// This person sees to it.
    pub sees_to: bool,
    /// This person may close it now.
    pub closable: bool,
    /// From when on the Desk may close it, as its answer got no reply.
    #[ts(type = "number | null")]
    pub closable_from: Option<Time>,
}

async fn views(client: &Client, all: Vec<Inquiry>) -> Result<Vec<InquiryView>> {
    let users = all.iter().flat_map(|one| {
        let (taken, closed) = (one.taken.map(|by| by.user), one.closed.map(|(by, _)| by.user));
        [Some(one.asker), taken, closed].into_iter().flatten()
    });
    let people = People::of(client, users.collect::<Vec<UserId>>()).await?;
    let (me, now) = (client.user(), client.look(renkei_client_core::replica::Replica::time));
    let there = |user| client.look(|replica| replica.registry().now().holds_id(user));
    let view = |one: Inquiry| {
        let (open, own) = (one.state != InquiryState::Closed, one.asker == me);
        let incident = one.incident.is_some();
        let waited = one.closable.is_some_and(|from| now >= from);
        InquiryView {
            group: one.group,
            incident,
            subject: client.label(one.group).map(|label| label.to_string()),
            asker: people.who(one.asker),
            opened: one.opened,
            state: one.state,
            desks: one.turn == Turn::Desk,
            taken: one.taken.map(|by| people.who(by.user)),
            closed: one.closed.filter(|_| !open).map(|(by, _)| people.who(by.user)),
            reason: one.closed.filter(|_| !open).map(|(_, reason)| reason),
            days: if open { now.since(one.written.unwrap_or(one.opened)) / DAY } else { 0 },
            sees_to: !own,
            // Of a report its record says what is missing (S7).
            closable: open && !incident && (own || waited || !there(one.asker)),
            closable_from: one.closable.filter(|_| open && !own && !waited),
        }
    };
    Ok(all.into_iter().map(view).collect())
}

/// The inquiries that this person reads: what waits longest for the Desk comes first, what is closed last.
pub(crate) async fn inquiries(client: &Client) -> Result<Vec<InquiryView>> {
    views(client, client.inquiries()).await
}

/// One of them, by its room.
pub(crate) async fn inquiry(client: &Client, room: GroupId) -> Result<InquiryView> {
    let one = client.inquiries().into_iter().filter(|one| one.group == room).collect();
    views(client, one).await?.pop().ok_or_else(|| Code::Unknown.into())
}

/// Inquiries and reports that wait for this person: nobody sees to them, or this person does: to a question until it is the
/// asker's turn, to a report until it is closed (S7).
pub(crate) async fn waiting(client: &Client) -> Result<Vec<InquiryView>> {
    let me = client.user();
    let mine = |one: &Inquiry| {
        let my_turn = one.incident.is_some() || one.turn == Turn::Desk;
        let waits = match one.state {
            InquiryState::Closed => false,
            // Also where it was reopened, and who asked has written nothing more yet.
            InquiryState::Open => true,
            InquiryState::Taken | InquiryState::Answered => my_turn && one.taken.is_some_and(|by| by.user == me),
        };
        one.asker != me && waits
    };
    let mut all = client.incidents();
    all.extend(client.inquiries());
    all.retain(mine);
    views(client, all).await
}

/// Asks the Desk. What is asked about first is not sent.
pub(crate) async fn open(client: &Client, subject: &Secret, text: &Secret, meant: Option<Hash32>) -> Result<Checked> {
    let (subject, text) = (subject.words().trim(), text.words().trim());
    let named = Line::new(subject).map_err(|_| Code::BadInput)?;
    if text.is_empty() {
        return Err(Code::BadInput.into());
    }
    if let Some(question) = writing::asked_of_report(client, &[subject, text], meant) {
        return Ok(Checked::Asks(question));
    }
    client.open_inquiry(named, text).await?;
    Ok(Checked::Sent)
}
