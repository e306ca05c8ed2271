//! The association's texts, the points to note, reviews, and the duty of secrecy that goes on.

use std::path::Path;

use renkei_client_core::client::Client;
use renkei_client_core::policy::registry::View;
use renkei_client_core::policy::registry::a09_review::Round;
use renkei_client_core::policy::registry::a10_notices::TextProposal;
use renkei_client_core::proto::act::ReviewPlan;
use renkei_client_core::proto::bounds;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::id::{ReviewId, UserId};
use renkei_client_core::proto::text::Prose;
use renkei_client_core::proto::time::{DAY, Time};
use renkei_client_core::proto::wording::{TextKind, Wording};
use renkei_client_core::random;

use super::{Outcome, People, ask_first, own_facility, place};
use crate::args::duties::{DutyCommand, NoticeCommand, ReviewCommand, TextCommand};
use crate::args::request::Request;
use crate::failure::{Failure, Result};
use crate::reply::{Owes, Reply, ReviewRow, TextRow, WaitingRow};
use crate::resolve;

/// Whether `request` is for content or effect, so that what the person owes holds it up. The server decides; this says it
/// before anything is shown that is here already.
pub(super) fn held_up(request: &Request) -> bool {
    !matches!(
        request,
        Request::Text(_)
            | Request::Notice(_)
            | Request::Review(_)
            | Request::Duty(_)
            | Request::Session(_)
            | Request::Password(_)
            | Request::StepUp { .. }
            | Request::Rules(_)
            | Request::Device(_)
            | Request::Broadcast(_)
            | Request::Status
            | Request::Lock
            | Request::SignOut
    )
}

pub(super) async fn texts(client: &Client, command: TextCommand) -> Result<Outcome> {
    match command {
        TextCommand::List => {
            let texts = client.look(|replica| {
                let view = replica.registry().now();
                let present = TextKind::ALL.into_iter().filter_map(|kind| view.text(kind));
                let published = present.map(|since| TextRow {
                    text: since.kind,
                    version: since.version,
                    hash: since.text,
                    published: Some(since.time),
                });
                let proposed = view.text_proposals().map(|one| TextRow {
                    text: one.kind,
                    version: one.version,
                    hash: one.text,
                    published: None,
                });
                published.chain(proposed).collect()
            });
            Ok(Reply::Texts { texts }.into())
        }
        TextCommand::Show { text, proposed: false } => {
            let since = client.present_text(text)?;
            shown(client, text, since.version, since.text).await.map(Outcome::Reply)
        }
        TextCommand::Show { text, proposed: true } => {
            let one = proposal(client, text)?;
            shown(client, text, one.version, one.text).await.map(Outcome::Reply)
        }
        TextCommand::Publish { text, ja, en } => {
            let wording = Wording { japanese: prose(&ja)?, english: prose(&en)? };
            Ok(client.publish_text(text, wording).await?.into())
        }
        TextCommand::Confirm { text, sure } => {
            let one = proposal(client, text)?;
            let about = shown(client, text, one.version, one.text).await?;
            if let Some(question) = ask_first(&sure, &one.text.to_string(), false, about)? {
                return Ok(question);
            }
            Ok(client.confirm_text(text, one.text).await?.into())
        }
    }
}

fn proposal(client: &Client, kind: TextKind) -> Result<TextProposal> {
    let found = client.look(|replica| {
        let view = replica.registry().now();
        view.text_proposals().find(|one| one.kind == kind).cloned()
    });
    found.ok_or_else(|| Code::Unknown.into())
}

async fn shown(client: &Client, text: TextKind, version: u32, hash: Hash32) -> Result<Reply> {
    let wording = client.text(hash).await?;
    Ok(Reply::Text { text, version, hash, wording: Box::new(wording), acknowledged: None, unread: false })
}

/// Reads a file of plain text. Line ends of any system become line feeds.
pub(crate) fn prose(file: &str) -> Result<Prose<{ bounds::WORDING }>> {
    let failed = |about: String| Failure::about(Code::BadInput, format!("{file}: {about}"));
    let path = Path::new(file);
    let length = std::fs::metadata(path).map_err(|error| failed(error.to_string()))?.len();
    if length > 2 * u64::try_from(bounds::WORDING).unwrap_or(u64::MAX) {
        return Err(failed(format!("more than {} bytes", bounds::WORDING)));
    }
    let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    Prose::new(text).map_err(|bad| failed(bad.to_string()))
}

pub(super) async fn notice(client: &Client, command: NoticeCommand) -> Result<Outcome> {
    let since = client.present_text(TextKind::Notice)?;
    let wording = client.text(since.text).await?;
    let read = client.look(|replica| replica.registry().now().notice_read(client.user()));
    let acknowledged = read.filter(|one| one.version == since.version).map(|one| one.time);
    let reply = Reply::Text {
        text: TextKind::Notice,
        version: since.version,
        hash: since.text,
        wording: Box::new(wording),
        acknowledged,
        unread: acknowledged.is_none(),
    };
    match command {
        NoticeCommand::Show => Ok(reply.into()),
        NoticeCommand::Accept { sure } => {
            if let Some(question) = ask_first(&sure, &since.text.to_string(), false, reply)? {
                return Ok(question);
            }
            Ok(client.acknowledge_notice(since.version, since.text).await?.into())
        }
    }
}

pub(super) async fn review(client: &Client, command: ReviewCommand) -> Result<Outcome> {
    match command {
        ReviewCommand::Open { due, restrict_after, lock_after, facility, everybody } => {
            let facility = match facility {
                _ if everybody => None,
                Some(facility) => Some(resolve::facility(client, &facility)?),
                None => Some(own_facility(client)?),
            };
            let points = client.present_text(TextKind::ReviewPoints)?.text;
            let review = ReviewId(random());
            client.open_review(ReviewPlan { review, facility, points, due, restrict_after, lock_after }).await?;
            Ok(Reply::Review { review }.into())
        }
        ReviewCommand::Status => status(client).await,
        ReviewCommand::Confirm { sure } => {
            let owed = client.owed();
            // The one that ends first.
            let round = owed.reviews.iter().map(|(round, _)| round).min_by_key(|round| round.overdue_from());
            let plan = round.ok_or(Code::NothingToDo)?.plan.clone();
            let wording = client.text(plan.points).await?;
            let about = Reply::Points { review: plan.review, due: plan.due, wording: Box::new(wording) };
            if let Some(question) = ask_first(&sure, &plan.review.to_string(), false, about)? {
                return Ok(question);
            }
            Ok(client.confirm_review(plan.review, plan.points).await?.into())
        }
        ReviewCommand::Close { review } => {
            let known = client.look(|replica| {
                let ids = replica.registry().now().reviews().map(|round| (round.plan.review, String::new()));
                ids.collect::<Vec<_>>()
            });
            Ok(client.close_review(resolve::one(&review, &known)?).await?.into())
        }
    }
}

/// Whether this person is told who of `other`'s facility has confirmed: its administrator, and the Desk.
fn may_look(view: View<'_>, me: UserId, other: UserId) -> bool {
    let facility = view.user(other).map(|person| person.facility);
    view.is_operator(me) || facility.is_some_and(|facility| view.is_administrator(me, facility))
}

async fn status(client: &Client) -> Result<Outcome> {
    let me = client.user();
    // By facility of each open round: who may be looked at, and has not confirmed yet.
    let waiting: Vec<(ReviewId, Vec<UserId>)> = client.look(|replica| {
        let view = replica.registry().now();
        let of = |round: &Round| {
            let asked = view.users().map(|(id, _)| id).filter(|id| may_look(view, me, *id));
            asked.filter(|id| view.review_asks(round, *id) && !view.review_confirmed(round, *id)).collect()
        };
        let open = view.reviews().filter(|round| view.review_open(round));
        open.map(|round| (round.plan.review, of(round))).collect()
    });
    let all: Vec<UserId> = waiting.iter().flat_map(|(_, users)| users.iter().copied()).collect();
    // Names are content: who is held up sees identifiers.
    let people = match People::of(client, all).await {
        Err(failure) if matches!(failure.code(), Code::NoticeUnread | Code::ReviewOverdue) => {
            People::of(client, []).await?
        }
        people => people?,
    };
    let rounds = client.look(|replica| {
        let (view, now) = (replica.registry().now(), replica.time());
        let row = |round: &Round| ReviewRow {
            review: round.plan.review,
            facility: round.plan.facility.map(|facility| place(view, facility)),
            due: round.plan.due,
            restricted_from: round.restricted_from(),
            locked_from: round.locked_from(),
            open: view.review_open(round),
            stage: round.stage(now),
            mine: view.review_open(round) && view.review_asks(round, me) && !view.review_confirmed(round, me),
            confirmed: may_look(view, me, me)
                .then(|| round.confirmed.keys().filter(|id| may_look(view, me, **id)).count()),
            waiting: waiting
                .iter()
                .filter(|(review, _)| *review == round.plan.review)
                .flat_map(|(_, users)| users.iter().map(|user| WaitingRow { who: people.who(*user) }))
                .collect(),
        };
        // Another facility's is nobody else's business.
        let own = view.user(me).map(|person| person.facility);
        let concerns =
            |round: &&Round| round.plan.facility.is_none_or(|only| Some(only) == own || view.is_operator(me));
        view.reviews().filter(concerns).map(row).collect()
    });
    Ok(Reply::Reviews { rounds }.into())
}

pub(super) async fn duty(client: &Client, command: DutyCommand) -> Result<Outcome> {
    match command {
        DutyCommand::Acknowledge { sure } => {
            if let Some(question) = ask_first(&sure, "duty", false, Reply::DutyOfSecrecy)? {
                return Ok(question);
            }
            Ok(client.acknowledge_duty().await?.into())
        }
        DutyCommand::Record { user, told_on } => {
            let user = resolve::user(client, &user).await?;
            Ok(client.record_duty(user, told_on).await?.into())
        }
    }
}

/// What the person owes, for the status.
pub(crate) fn owes(client: &Client) -> Owes {
    let owed = client.owed();
    let takeouts = client.takeout_duties();
    let first = owed.reviews.iter().min_by_key(|(round, _)| round.overdue_from());
    Owes {
        notice: owed.notice.map(|since| since.version),
        review_due: first.map(|(round, _)| round.plan.due),
        review: owed.reviews.iter().map(|(_, stage)| *stage).max(),
        takeouts_overdue: takeouts.overdue.len(),
        takeouts_called_back: takeouts.called_back.len(),
        takeouts_waiting: takeouts.to_decide.len() + takeouts.to_confirm.len(),
        lifted: lifted(client),
    }
}

/// Seconds for which a person is told that the wait after failures was ended by somebody.
const TOLD: u64 = 14 * DAY;

fn lifted(client: &Client) -> Option<Time> {
    let lift = client.look(|replica| replica.registry().now().lifted(client.user()))?;
    (client.now().since(lift.time) < TOLD).then_some(lift.time)
}
