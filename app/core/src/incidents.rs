//! Reports that something went wrong (S5), as the reporter and those who see to them have them: what is on record, and what is
//! missing before one can be closed (S7). The room itself is written in and read like any group.

use renkei_client_core::client::Client;
use renkei_client_core::incidents::Wrong;
use renkei_client_core::inquiries::Inquiry;
use renkei_client_core::policy::group::a14_inquiries::InquiryState;
use renkei_client_core::policy::group::s5_incidents::Recorded;
use renkei_client_core::proto::act::{IncidentKind, Measure, MessageRef};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::id::{GroupId, UserId};
use renkei_client_core::proto::text::Line;
use renkei_client_core::proto::time::{Date, Time};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Result;
use crate::people::{People, Who};
use crate::secret::Secret;
use crate::timeline;
use crate::writing::{self, Checked};

/// What is reported.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReportPlan {
    /// What went wrong.
    #[ts(type = "string")]
    pub kind: IncidentKind,
    /// The group of the message that it is about, and the message's place.
    #[ts(type = "[string, number] | null")]
    pub about: Option<(GroupId, u64)>,
    /// What the report is called; sealed.
    pub subject: Secret,
    /// What happened; sealed.
    pub text: Secret,
}

/// The message that a report is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AboutView {
    /// In which group.
    #[ts(type = "string")]
    pub group: GroupId,
    /// What that is called, where this device can know it.
    pub label: Option<String>,
    /// The number of its line, where this person reads the group.
    pub line: Option<usize>,
}

/// What was done about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MeasureView {
    /// Of which kind.
    #[ts(type = "string")]
    pub measure: Measure,
    /// It was done; otherwise it was found not to be needed.
    pub done: bool,
    /// On which day.
    #[ts(type = "string")]
    pub on: Date,
    /// Who recorded it.
    pub by: Who,
}

/// A report, and how far it has been dealt with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct IncidentView {
    /// What went wrong; nothing before it was said.
    #[ts(type = "string | null")]
    pub kind: Option<IncidentKind>,
    /// The message that it is about.
    pub about: Option<AboutView>,
    /// When it was noticed.
    #[ts(type = "number | null")]
    pub noticed: Option<Time>,
    /// Who reported it.
    pub reporter: Who,
    /// Who sees to it.
    pub taken: Option<Who>,
    /// Who closed it.
    pub closed: Option<Who>,
    /// What was done.
    pub measures: Vec<MeasureView>,
    /// What has to be on record before it can be closed.
    #[ts(type = "string[]")]
    pub missing: Vec<Measure>,
    /// This person sees to such reports, and did not report this one.
    pub sees_to: bool,
}

fn found(client: &Client, room: GroupId) -> Result<Inquiry> {
    client.incidents().into_iter().find(|one| one.group == room).ok_or_else(|| Code::Unknown.into())
}

/// A report that this person reads.
pub(crate) async fn incident(client: &Client, room: GroupId) -> Result<IncidentView> {
    let one = found(client, room)?;
    let what = one.incident.ok_or(Code::Unknown)?;
    let recorded = |(_, recorded): &(Measure, Recorded)| recorded.by.user;
    let closed = one.closed.map(|(by, _)| by.user).filter(|_| one.state == InquiryState::Closed);
    let taken = one.taken.map(|by| by.user);
    let users: Vec<UserId> =
        [one.asker].into_iter().chain(taken).chain(closed).chain(what.measures.iter().map(recorded)).collect();
    let people = People::of(client, users).await?;
    let about = what.stated.and_then(|stated| stated.about).map(|MessageRef { group, message }| AboutView {
        group,
        label: client.label(group).map(|label| label.to_string()),
        line: client.look(|replica| replica.reads(group)).then(|| timeline::number(client, group, message)).flatten(),
    });
    let measure = |(measure, recorded): (Measure, Recorded)| {
        let Recorded { by, done, on } = recorded;
        MeasureView { measure, done, on, by: people.who(by.user) }
    };
    Ok(IncidentView {
        kind: what.stated.map(|stated| stated.kind),
        about,
        noticed: what.stated.map(|stated| stated.noticed),
        reporter: people.who(one.asker),
        taken: taken.map(|user| people.who(user)),
        closed: closed.map(|user| people.who(user)),
        measures: what.measures.into_iter().map(measure).collect(),
        missing: what.missing,
        // Whoever else reads a report does so by an office that sees to it.
        sees_to: one.asker != client.user(),
    })
}

/// Reports that something went wrong. What is asked about is not sent.
pub(crate) async fn report(client: &Client, plan: ReportPlan, meant: Option<Hash32>) -> Result<Checked> {
    let (subject, text) = (plan.subject.words().trim(), plan.text.words().trim());
    let named = Line::new(subject).map_err(|_| Code::BadInput)?;
    if text.is_empty() {
        return Err(Code::BadInput.into());
    }
    let about = plan.about.map(|(group, message)| MessageRef { group, message });
    if let Some(about) = about {
        // That there is such a message is known before anybody is told of it.
        let there = client.look(|replica| Some(replica.group(about.group)?.group()?.written_at(about.message)?.seq));
        there.ok_or(Code::Unknown)?;
    }
    if let Some(question) = writing::asked_of_report(client, &[subject, text], meant) {
        return Ok(Checked::Asks(question));
    }
    let wrong = Wrong { kind: plan.kind, about, noticed: client.now() };
    client.report_incident(named, wrong, text).await?;
    Ok(Checked::Sent)
}
