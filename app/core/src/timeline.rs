//! What happened in a group, line by line: messages, and what else its readers must see (new readers, new devices, the
//! patient card, consent). A screen asks for the lines that it shows; a group of a hundred thousand costs no more.

use std::collections::BTreeSet;
use std::ops::Range;

use renkei_client_core::client::Client;
use renkei_client_core::messages::Shown;
use renkei_client_core::official::{in_whose_name, official_throughout};
use renkei_client_core::outbox::Unsent;
use renkei_client_core::policy::group::Group;
use renkei_client_core::policy::registry::View;
use renkei_client_core::proto::act::{Act, GroupAct, GroupKind};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::id::{DeviceId, GroupId, InvitationId, StatementId, UserId};
use renkei_client_core::proto::statement::Statement;
use renkei_client_core::proto::time::Time;
use renkei_client_core::replica::Followed;
use serde::Serialize;
use ts_rs::TS;

use crate::Result;
use crate::people::{People, Who};
use crate::trouble::Trouble;

/// Lines that one question gives at most: several screens full.
pub const LINES: usize = 200;

/// Some lines of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Timeline {
    /// Lines in all.
    pub total: usize,
    /// The number of the first one here, from 0.
    pub from: usize,
    /// They.
    pub lines: Vec<TimelineLine>,
    /// The first line with something that this person has not seen.
    pub unseen_from: Option<usize>,
    /// Written here and not on the server yet, in order.
    pub unsent: Vec<UnsentLine>,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "line", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum TimelineLine {
    /// A message.
    Message {
        /// Its place.
        #[ts(type = "number")]
        seq: u64,
        /// The server's time, in seconds since 1970 (UTC).
        #[ts(type = "number")]
        time: Time,
        /// Who wrote it.
        author: Who,
        /// What it says now; nothing where `unreadable` says why, or it was taken back.
        text: Option<String>,
        /// Why it can't be read (yet).
        unreadable: Option<Trouble>,
        /// When it was corrected last.
        #[ts(type = "number | null")]
        corrected: Option<Time>,
        /// When it was taken back.
        #[ts(type = "number | null")]
        retracted: Option<Time>,
        /// How many of how many have seen it.
        seen: Option<(usize, usize)>,
        /// Its files.
        files: Vec<FileView>,
    },
    /// Something else that readers must see.
    Event {
        /// Its place.
        #[ts(type = "number")]
        seq: u64,
        /// The server's time.
        #[ts(type = "number")]
        time: Time,
        /// Who did it.
        by: Who,
        /// What.
        what: Happening,
        /// Whom it is about.
        whom: Vec<Who>,
    },
}

/// What else happens in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is the act of that name")]
pub enum Happening {
    Created,
    ConsentRecorded,
    Invited,
    Joined,
    Declined,
    Withdrawn,
    Removed,
    Closed,
    NewDevices,
    ConsentWithdrawn,
    FreezeLifted,
    ErasureHeld,
    ErasureOrdered,
    Erased,
    HandoverOffered,
    HandedOver,
    HandoverDropped,
    DownloadsForbidden,
    UseConsentRecorded,
    UseConsentWithdrawn,
    Used,
    UseSettled,
    InquiryOpened,
    IncidentOpened,
    InquiryTaken,
    InquiryAnswered,
    InquiryClosed,
    InquiryReopened,
    IncidentTaken,
    IncidentClosed,
    IncidentReopened,
    IncidentStated,
    MeasureRecorded,
    Halted,
    Resumed,
    Called,
    Acknowledged,
    StandsIn,
    NobodyStandsIn,
    CardChanged,
}

/// A file of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FileView {
    /// As its author had it.
    pub name: String,
    /// A media type.
    pub media: String,
    /// Bytes.
    #[ts(type = "number")]
    pub length: u64,
    /// There is a small picture of it.
    pub preview: bool,
    /// To be looked at only (A12.2).
    pub no_download: bool,
}

/// A message that is not on the server yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UnsentLine {
    /// Names it.
    #[ts(type = "string")]
    pub id: StatementId,
    /// What it says.
    pub text: String,
    /// When it was written, by this device's clock.
    #[ts(type = "number")]
    pub written: Time,
    /// Why the server does not take it; nothing while it waits.
    pub refused: Option<Trouble>,
}

/// Who has seen a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SeenView {
    /// Who has, and when.
    #[ts(type = "[Who, number][]")]
    pub seen: Vec<(Who, Time)>,
    /// Who has not yet.
    pub not_yet: Vec<Who>,
}

/// The lines `from..from + count` of a group; of the newest, if `from` is not given.
pub(crate) async fn timeline(client: &Client, group: GroupId, from: Option<usize>, count: usize) -> Result<Timeline> {
    // Whether it may be read at all is asked before anything of it is counted.
    client.read_between(group, 0..0)?;
    let seqs = client.look(|replica| replica.group(group).map(line_seqs)).ok_or(Code::Unknown)?;
    let count = count.min(LINES);
    let from = from.unwrap_or_else(|| seqs.len().saturating_sub(count)).min(seqs.len());
    let here = &seqs[from..(from + count).min(seqs.len())];
    let lines = match (here.first(), here.last()) {
        (Some(first), Some(last)) => lines(client, group, *first..*last + 1).await?,
        _ => Vec::new(),
    };
    let first_unseen = client.first_unseen(group);
    let unseen_from = first_unseen.map(|seq| seqs.partition_point(|one| *one < seq)).filter(|at| *at < seqs.len());
    let unsent = client.unsent()?.into_iter().filter(|one| one.group == group).map(|one| unsent(&one)).collect();
    Ok(Timeline { total: seqs.len(), from, lines, unseen_from, unsent })
}

fn unsent(one: &Unsent) -> UnsentLine {
    let refused = one.refused.map(Trouble::from);
    UnsentLine { id: one.id, text: one.text.clone(), written: one.written, refused }
}

/// The places of everything that has a line, in order.
fn line_seqs(followed: &Followed) -> Vec<u64> {
    let Some(group) = followed.group() else { return Vec::new() };
    let events = followed.events().iter().filter(|(_, _, statement)| happens(group, statement).is_some());
    let mut seqs: Vec<u64> = followed.messages().iter().map(|one| one.seq).collect();
    seqs.extend(events.map(|(seq, ..)| *seq));
    seqs.extend(followed.cards().iter().map(|one| one.seq));
    seqs.sort_unstable();
    seqs
}

async fn lines(client: &Client, group: GroupId, seqs: Range<u64>) -> Result<Vec<TimelineLine>> {
    let shown = client.read_between(group, seqs.clone())?;
    let mut users: BTreeSet<UserId> = shown.iter().map(|one| one.author).collect();
    let events: Vec<(u64, Time, Statement)> = client.look(|replica| {
        let Some(followed) = replica.group(group) else { return Vec::new() };
        let cards = followed.cards().iter().map(|one| (one.seq, one.time, one.statement.clone()));
        let within = |seq: &u64| seqs.contains(seq);
        followed.events().iter().cloned().chain(cards).filter(|(seq, ..)| within(seq)).collect()
    });
    let about: Vec<(u64, Time, Statement, Happening, Vec<UserId>)> = client.look(|replica| {
        let Some(state) = replica.group(group).and_then(Followed::group) else { return Vec::new() };
        let view = replica.registry().now();
        let known = events.into_iter().filter_map(|(seq, time, statement)| {
            let what = happens(state, &statement)?;
            let whom = whom(state, view, &statement);
            Some((seq, time, statement, what, whom))
        });
        known.collect()
    });
    users.extend(about.iter().filter_map(|(_, _, statement, ..)| statement.actor.user()));
    users.extend(about.iter().flat_map(|(.., whom)| whom));
    let people = People::of(client, users).await?;
    let mut lines: Vec<(u64, TimelineLine)> =
        shown.into_iter().map(|one| (one.seq, message(client, group, one, &people))).collect();
    client.look(|replica| {
        let view = replica.registry().now();
        for (seq, time, statement, what, whom) in about {
            let Some(user) = statement.actor.user() else { continue };
            let official = in_whose_name(replica.registry_then(time), user);
            let by = Who { official, ..people.actor(view, user, statement.acting_for) };
            let whom = whom.into_iter().map(|user| people.who(user)).collect();
            lines.push((seq, TimelineLine::Event { seq, time, by, what, whom }));
        }
    });
    lines.sort_by_key(|(seq, _)| *seq);
    Ok(lines.into_iter().map(|(_, line)| line).collect())
}

fn message(client: &Client, group: GroupId, one: Shown, people: &People) -> TimelineLine {
    let retracted = one.amended.filter(|amended| amended.retracted).map(|amended| amended.time);
    let corrected = one.amended.filter(|amended| !amended.retracted).map(|amended| amended.time);
    let (text, unreadable) = match one.text {
        _ if retracted.is_some() => (None, None),
        Ok(text) => (Some(text), None),
        Err(code) => (None, Some(Trouble::from(code))),
    };
    let seen = client.seen(group, one.seq).ok().map(|by| (by.seen.len(), by.seen.len() + by.not_yet.len()));
    let file = |file: renkei_client_core::viewing::ShownFile| FileView {
        name: file.name,
        media: file.media,
        length: file.length,
        preview: file.preview,
        no_download: file.no_download,
    };
    TimelineLine::Message {
        seq: one.seq,
        time: one.time,
        author: client.look(|replica| {
            let official = official_throughout(replica, one.author, one.time, corrected);
            Who { official, ..people.who(one.author) }
        }),
        text,
        unreadable,
        corrected,
        retracted,
        seen,
        files: one.files.into_iter().map(file).collect(),
    }
}

/// What a statement means to a reader, if it has a line of its own.
fn happens(group: &Group, statement: &Statement) -> Option<Happening> {
    Some(match &statement.act {
        Act::Group(GroupAct::Create { kind: GroupKind::Inquiry, .. }) => Happening::InquiryOpened,
        Act::Group(GroupAct::Create { kind: GroupKind::Incident, .. }) => Happening::IncidentOpened,
        Act::Group(GroupAct::Create { .. }) => Happening::Created,
        Act::Group(GroupAct::RecordConsent(_)) => Happening::ConsentRecorded,
        Act::Group(GroupAct::Invite { .. }) => Happening::Invited,
        Act::Group(GroupAct::Approve { .. }) => Happening::Joined,
        Act::Group(GroupAct::Decline { .. }) => Happening::Declined,
        Act::Group(GroupAct::Withdraw { .. }) => Happening::Withdrawn,
        Act::Group(GroupAct::Remove { .. }) => Happening::Removed,
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
        Act::Group(GroupAct::TakeInquiry) if group.is_incident() => Happening::IncidentTaken,
        Act::Group(GroupAct::TakeInquiry) => Happening::InquiryTaken,
        Act::Group(GroupAct::AnswerInquiry { .. }) => Happening::InquiryAnswered,
        Act::Group(GroupAct::CloseInquiry { .. }) if group.is_incident() => Happening::IncidentClosed,
        Act::Group(GroupAct::CloseInquiry { .. }) => Happening::InquiryClosed,
        Act::Group(GroupAct::ReopenInquiry) if group.is_incident() => Happening::IncidentReopened,
        Act::Group(GroupAct::ReopenInquiry) => Happening::InquiryReopened,
        Act::Group(GroupAct::StateIncident { .. }) => Happening::IncidentStated,
        Act::Group(GroupAct::RecordMeasure { .. }) => Happening::MeasureRecorded,
        Act::Group(GroupAct::Halt) => Happening::Halted,
        Act::Group(GroupAct::Resume) => Happening::Resumed,
        Act::Group(GroupAct::Call { .. }) => Happening::Called,
        Act::Group(GroupAct::Acknowledge { .. }) => Happening::Acknowledged,
        Act::Group(GroupAct::StandIn { user: Some(_) }) => Happening::StandsIn,
        Act::Group(GroupAct::StandIn { user: None }) => Happening::NobodyStandsIn,
        Act::Group(GroupAct::RecordUseConsent { .. }) => Happening::UseConsentRecorded,
        Act::Group(GroupAct::RecordUse { .. }) => Happening::Used,
        Act::Group(GroupAct::WithdrawUseConsent { .. }) => Happening::UseConsentWithdrawn,
        Act::Group(GroupAct::SettleUse { .. }) => Happening::UseSettled,
        Act::Card(_) => Happening::CardChanged,
        Act::Epoch(epoch) if !new_devices(group, epoch.number).is_empty() => Happening::NewDevices,
        _ => return None,
    })
}

/// Whom a statement is about.
fn whom(group: &Group, view: View<'_>, statement: &Statement) -> Vec<UserId> {
    let invited = |id: &InvitationId| group.invitation(*id).map(|invitation| invitation.user).into_iter().collect();
    match &statement.act {
        Act::Group(
            GroupAct::Invite { user, .. } | GroupAct::Remove { user } | GroupAct::StandIn { user: Some(user) },
        ) => vec![*user],
        Act::Group(GroupAct::Call { of, .. }) => of.as_slice().to_vec(),
        Act::Group(
            GroupAct::Approve { invitation, .. } | GroupAct::Decline { invitation } | GroupAct::Withdraw { invitation },
        ) => invited(invitation),
        Act::Epoch(epoch) => {
            let owner = |device: &DeviceId| view.device(*device).map(|known| known.user);
            let owners: BTreeSet<UserId> = new_devices(group, epoch.number).iter().filter_map(owner).collect();
            owners.into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// The devices that have the key of epoch `number` and had not that of the one before.
fn new_devices(group: &Group, number: u32) -> Vec<DeviceId> {
    let found = || {
        let at = usize::try_from(number).ok()?.checked_sub(1)?;
        let (before, now) = (group.epochs().get(at.checked_sub(1)?)?, group.epochs().get(at)?);
        Some(now.devices.iter().filter(|device| before.devices.binary_search(device).is_err()).copied().collect())
    };
    found().unwrap_or_default()
}

/// Who has seen the message at `seq`, and who hasn't yet (S1).
pub(crate) async fn seen(client: &Client, group: GroupId, seq: u64) -> Result<SeenView> {
    let by = client.seen(group, seq)?;
    let users = by.seen.iter().map(|(user, _)| *user).chain(by.not_yet.iter().copied());
    let people = People::of(client, users).await?;
    Ok(SeenView {
        seen: by.seen.into_iter().map(|(user, time)| (people.who(user), time)).collect(),
        not_yet: by.not_yet.into_iter().map(|user| people.who(user)).collect(),
    })
}

/// The number of the line with the message at `seq`.
pub(crate) fn number(client: &Client, group: GroupId, seq: u64) -> Option<usize> {
    client.look(|replica| replica.group(group).map(line_seqs))?.binary_search(&seq).ok()
}
