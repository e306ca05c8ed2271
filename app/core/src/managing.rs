//! Groups as those who govern them see them (A5.1, A5.2): who reads, who is invited and what that waits for, and whom one
//! can invite. Whoever reads a group sees the same of it, without what only its governors may do.
//!
//! What may be pressed here is only offered: the rules of the server decide, and a refusal is shown with its next step.

use std::collections::BTreeMap;

use renkei_client_core::client::Client;
use renkei_client_core::groups::{ConsentForm, ConsentNames, NewGroup};
use renkei_client_core::policy::folding::fold;
use renkei_client_core::policy::group::{Group, Invitation, InvitationState as State};
use renkei_client_core::policy::registry::View;
use renkei_client_core::proto::act::{ConsentBy, GroupKind, HistoryPolicy};
use renkei_client_core::proto::code::{Class, Code};
use renkei_client_core::proto::id::{FacilityId, GroupId, InvitationId, UserId};
use renkei_client_core::proto::statement::ActingFor;
use renkei_client_core::proto::text::Line;
use renkei_client_core::proto::time::{Date, Time};
use renkei_client_core::scans::ScanFile;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Result;
use crate::deeds::Outcome;
use crate::people::{People, Who};
use crate::secret::Secret;

/// People that one search shows: more than fit on a screen, few enough that a person adds a letter instead of scrolling.
const FOUND: usize = 50;

/// What somebody who comes later may read of what was written before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Newcomers {
    /// Everything.
    All,
    /// Only what is written after the approval.
    FromApproval,
    /// What was written from a day on.
    FromDay,
}

/// What a group may be about, where people open it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Opens {
    /// One patient.
    Patient,
    /// Anything else, without patient information.
    Free,
}

/// Who signed Form 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Consenter {
    /// The patient.
    Patient,
    /// A member of the family.
    Family,
}

/// A group to be opened.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct GroupPlan {
    /// About what.
    pub kind: Opens,
    /// What its members call it; sealed.
    pub label: Secret,
    /// What newcomers may read.
    pub newcomers: Newcomers,
    /// From which day on, where that is said.
    #[ts(type = "string | null")]
    pub day: Option<Date>,
    /// Whether the person who opens it reads it.
    pub reading: bool,
    /// For which facility the Desk opens it, by a delegation (A4.2); otherwise it is the own one's.
    #[ts(type = "string | null")]
    pub acting_for: Option<FacilityId>,
}

/// Form 3 as it is on paper.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Form3 {
    /// Who consented.
    pub by: Consenter,
    /// Who signed; sealed.
    pub name: Secret,
    /// The relation to the patient; sealed.
    pub relation: Option<Secret>,
    /// The day on the paper.
    #[ts(type = "string")]
    pub signed_on: Date,
    /// The day on which the other copy was handed over.
    #[ts(type = "string")]
    pub copy_given_on: Date,
    /// The scan.
    pub scan: Secret,
}

/// A group that this person governs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct GovernedRow {
    /// Which.
    #[ts(type = "string")]
    pub group: GroupId,
    /// What it is called, where this device can know it.
    pub label: Option<String>,
    /// About what.
    #[ts(type = "\"patient\" | \"free\" | \"inquiry\" | \"incident\"")]
    pub kind: GroupKind,
    /// Whose it is.
    pub facility: Option<String>,
    /// Who reads it.
    pub readers: usize,
    /// Invitations that wait.
    pub waiting: usize,
    /// A patient group without the consent on record: nobody writes in it.
    pub lacks_consent: bool,
    /// The consent is on record and its scan is not there.
    pub lacks_scan: bool,
    /// Closed.
    pub closed: bool,
}

/// Who reads a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MemberView {
    /// Who.
    pub who: Who,
    /// Since when.
    #[ts(type = "number")]
    pub since: Time,
    /// This person may end it: as the originator, or as the member's own administrator.
    pub removable: bool,
}

/// Where an invitation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum InvitationStanding {
    /// It waits for the administrators of the invited person.
    Open,
    /// Approved.
    Approved,
    /// Declined.
    Declined,
    /// Taken back.
    Withdrawn,
}

/// An invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SentInvitation {
    /// Which.
    #[ts(type = "string")]
    pub invitation: InvitationId,
    /// Whom.
    pub who: Who,
    /// Who invited.
    pub by: Who,
    /// When.
    #[ts(type = "number")]
    pub at: Time,
    /// Where it stands.
    pub standing: InvitationStanding,
    /// Whose decision it waits for.
    pub deciders: Vec<Who>,
    /// Who decided or took it back.
    pub decided: Option<Who>,
    /// When.
    #[ts(type = "number | null")]
    pub decided_at: Option<Time>,
}

/// A group with those who read it and those who are invited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct GroupView {
    /// The group.
    pub row: GovernedRow,
    /// What newcomers may read.
    pub newcomers: Newcomers,
    /// From when on, where that is said.
    #[ts(type = "number | null")]
    pub newcomers_from: Option<Time>,
    /// This person governs it.
    pub governs: bool,
    /// Who halted it, while it is halted (S7).
    pub halted: Option<Who>,
    /// The place at which Form 3 is on record, where its scan is not there.
    #[ts(type = "number | null")]
    pub scan_for: Option<u64>,
    /// Who reads it.
    pub members: Vec<MemberView>,
    /// Who is invited: what waits comes first.
    pub invitations: Vec<SentInvitation>,
}

/// A facility to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FacilityName {
    /// Which.
    #[ts(type = "string")]
    pub facility: FacilityId,
    /// What it is called.
    pub name: String,
}

/// Somebody who could be invited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Candidate {
    /// Who.
    pub who: Who,
    /// The reading of the name.
    pub kana: Option<String>,
    /// Reads the group already.
    pub member: bool,
    /// Is invited already, and it waits.
    pub invited: bool,
}

/// Whom a search found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Candidates {
    /// Every facility in force.
    pub facilities: Vec<FacilityName>,
    /// The people.
    pub people: Vec<Candidate>,
    /// There are more than these.
    pub more: bool,
}

/// The groups that this person governs, those in which something is missing first.
pub(crate) fn governed(client: &Client) -> Vec<GovernedRow> {
    let ids: Vec<GroupId> = client.look(|replica| {
        let open = replica.groups().filter(|(_, followed)| !followed.ended());
        open.map(|(id, _)| id).collect()
    });
    let mine = ids.into_iter().filter(|id| client.governs(*id));
    let mut rows: Vec<GovernedRow> = mine.filter_map(|id| row(client, id)).collect();
    rows.sort_by_key(|row| (row.closed, !row.lacks_consent && !row.lacks_scan, row.label.clone()));
    rows
}

/// The place of Form 3 whose scan is not there.
fn unscanned(client: &Client, id: GroupId) -> Option<u64> {
    let consent = client.look(|replica| replica.group(id)?.group()?.consent().map(|one| one.recorded.seq))?;
    let forms = client.scans(id).ok()?;
    forms.into_iter().find(|form| form.of == consent && form.deposit.is_none()).map(|form| form.of)
}

fn row(client: &Client, id: GroupId) -> Option<GovernedRow> {
    let label = client.label(id).map(|label| label.to_string());
    let lacks_scan = unscanned(client, id).is_some();
    client.look(|replica| {
        let view = replica.registry().now();
        let group = replica.group(id)?.group()?;
        let open = |one: &(InvitationId, &Invitation)| one.1.state == State::Open;
        Some(GovernedRow {
            group: id,
            label,
            kind: group.kind(),
            facility: view.facility(group.originator()).map(|facility| facility.name.clone()),
            readers: group.readers(view).len(),
            waiting: group.invitations().filter(open).count(),
            lacks_consent: group.kind() == GroupKind::Patient && group.consent().is_none(),
            lacks_scan,
            closed: !group.is_open(view),
        })
    })
}

/// Who did something, as it is put into words later.
type Deed = (UserId, Option<ActingFor>, Time);

fn decided(state: State) -> (InvitationStanding, Option<Deed>) {
    match state {
        State::Open => (InvitationStanding::Open, None),
        State::Approved(by) => (InvitationStanding::Approved, Some((by.user, by.acting_for, by.time))),
        State::Declined(by) => (InvitationStanding::Declined, Some((by.user, by.acting_for, by.time))),
        State::Withdrawn(by) => (InvitationStanding::Withdrawn, Some((by.user, by.acting_for, by.time))),
    }
}

/// Whose decision an invitation of `user` waits for.
fn deciders(view: View<'_>, user: UserId) -> Vec<UserId> {
    let facility = view.user(user).map(|person| person.facility);
    facility.into_iter().flat_map(|facility| view.administrators(facility)).collect()
}

fn people_of(group: &Group, view: View<'_>) -> Vec<UserId> {
    let invited = group.invitations().flat_map(|(_, one)| {
        let by = decided(one.state).1.map(|(user, ..)| user);
        deciders(view, one.user).into_iter().chain([one.user, one.invited.user]).chain(by)
    });
    let halted = group.halted().map(|by| by.user);
    group.members().map(|(user, _)| user).chain(invited).chain(halted).collect()
}

/// A group with its people, for whoever reads or governs it.
pub(crate) async fn group(client: &Client, id: GroupId) -> Result<GroupView> {
    let governs = client.governs(id);
    let users = client.look(|replica| {
        let state = replica.group(id).filter(|followed| !followed.ended())?.group()?;
        (governs || replica.reads(id)).then(|| people_of(state, replica.registry().now()))
    });
    let people = People::of(client, users.ok_or(Code::Unknown)?).await?;
    let (row, scan_for) = (row(client, id).ok_or(Code::Unknown)?, unscanned(client, id));
    let me = client.user();
    let view = client.look(|replica| {
        let view = replica.registry().now();
        let group = replica.group(id)?.group()?;
        let own = |user| {
            let facility = view.user(user).map(|person| person.facility);
            facility.is_some_and(|facility| view.is_administrator(me, facility))
        };
        let reader = |user: UserId| {
            let by = group.membership(user)?.approved;
            let removable = governs || own(user);
            Some((by.seq, MemberView { who: people.who(user), since: by.time, removable }))
        };
        // By their places in the log: a second may have several.
        let members: BTreeMap<u64, MemberView> = group.members().filter_map(|(user, _)| reader(user)).collect();
        let sent = |(invitation, one): (InvitationId, &Invitation)| {
            let (standing, by) = decided(one.state);
            let waits = standing == InvitationStanding::Open;
            let deciders = if waits { deciders(view, one.user) } else { Vec::new() };
            SentInvitation {
                invitation,
                who: people.who(one.user),
                by: people.actor(view, one.invited.user, one.invited.acting_for),
                at: one.invited.time,
                standing,
                deciders: deciders.into_iter().map(|user| people.who(user)).collect(),
                decided: by.map(|(user, acting_for, _)| people.actor(view, user, acting_for)),
                decided_at: by.map(|(.., time)| time),
            }
        };
        let mut all: Vec<(InvitationId, &Invitation)> = group.invitations().collect();
        all.sort_by_key(|(_, one)| (one.state != State::Open, std::cmp::Reverse(one.invited.seq)));
        let invitations = all.into_iter().map(sent).collect();
        let (newcomers, newcomers_from) = match group.history() {
            HistoryPolicy::All => (Newcomers::All, None),
            HistoryPolicy::FromApproval => (Newcomers::FromApproval, None),
            HistoryPolicy::From(time) => (Newcomers::FromDay, Some(time)),
        };
        let members = members.into_values().collect();
        let halted = group.halted().map(|by| people.actor(view, by.user, by.acting_for));
        Some(GroupView { row, newcomers, newcomers_from, governs, halted, scan_for, members, invitations })
    });
    view.ok_or_else(|| Code::Unknown.into())
}

/// Whom `query` finds, by name, reading or facility, in one facility or in all.
pub(crate) async fn candidates(
    client: &Client,
    id: GroupId,
    facility: Option<FacilityId>,
    query: &str,
) -> Result<Candidates> {
    if !client.governs(id) {
        return Err(Code::NotOriginator.into());
    }
    let (facilities, users): (Vec<FacilityName>, Vec<UserId>) = client.look(|replica| {
        let view = replica.registry().now();
        let there = |(id, _): &(FacilityId, _)| view.admitted(*id) && view.ended(*id).is_none();
        let place = |(id, known): (FacilityId, &renkei_client_core::policy::registry::Facility)| FacilityName {
            facility: id,
            name: known.name.clone(),
        };
        let facilities = view.facilities().filter(there).map(place).collect();
        let here = |home: FacilityId| facility.is_none_or(|only| only == home) && view.admitted(home);
        let users = view.users().filter(|(id, one)| here(one.facility) && view.active_user(*id));
        (facilities, users.map(|(id, _)| id).collect())
    });
    let names = match client.names(&users).await {
        Ok(names) => names,
        Err(fault) if fault.code.class() == Class::Later => Vec::new(),
        Err(fault) => return Err(fault.into()),
    };
    // By parts: a family name and a facility find somebody, in whichever order they are typed.
    let words: Vec<String> = fold(query).split_whitespace().map(str::to_owned).collect();
    let people = People::of(client, users.iter().copied()).await?;
    let mut found: Vec<Candidate> = client.look(|replica| {
        let state = replica.group(id).and_then(|followed| followed.group());
        let waits = |user| {
            let of = |group: &Group| group.invitations().any(|(_, one)| one.user == user && one.state == State::Open);
            state.is_some_and(of)
        };
        let candidate = |user: UserId| {
            let details = names.iter().find(|(named, _)| *named == user).map(|(_, details)| details)?;
            let kana = details.kana.as_ref().map(ToString::to_string);
            let who = people.who(user);
            let texts = [Some(details.name.to_string()), kana.clone(), who.facility.clone()];
            let text = fold(&texts.into_iter().flatten().collect::<Vec<_>>().join(" "));
            // Nobody has to know whether a name was typed with a gap.
            let closed_up: String = text.split_whitespace().collect();
            let member = state.is_some_and(|group| group.membership(user).is_some());
            let fits = words.iter().all(|word| text.contains(word.as_str()) || closed_up.contains(word.as_str()));
            fits.then(|| Candidate { who, kana, member, invited: waits(user) })
        };
        users.iter().copied().filter_map(candidate).collect()
    });
    found.sort_by_key(|one| (one.member, one.who.facility.clone(), one.kana.clone(), one.who.name.clone()));
    let more = found.len() > FOUND;
    found.truncate(FOUND);
    Ok(Candidates { facilities, people: found, more })
}

fn line<const MAX: usize>(text: &Secret) -> Result<Line<MAX>> {
    Line::new(text.words().trim()).map_err(|_| Code::BadInput.into())
}

/// Opens a group.
pub(crate) async fn open(client: &Client, plan: GroupPlan) -> Result<Outcome> {
    let history = match (plan.newcomers, plan.day) {
        (Newcomers::All, _) => HistoryPolicy::All,
        (Newcomers::FromApproval, _) => HistoryPolicy::FromApproval,
        (Newcomers::FromDay, Some(day)) => HistoryPolicy::From(day.begins().ok_or(Code::DateOutOfRange)?),
        (Newcomers::FromDay, None) => return Err(Code::BadInput.into()),
    };
    let kind = match plan.kind {
        Opens::Patient => GroupKind::Patient,
        Opens::Free => GroupKind::Free,
    };
    let label = line(&plan.label)?;
    let new = NewGroup { kind, label, history, acting_for: plan.acting_for, creator_reads: plan.reading };
    Ok(Outcome::Opened { group: client.create_group(new).await? })
}

/// Puts Form 3 on record, then deposits its scan. Where only the first came to be, the group says that the scan is missing.
pub(crate) async fn record_consent(client: &Client, group: GroupId, form: Form3) -> Result<Outcome> {
    // What is no scan is refused before anything is on record.
    let scan = ScanFile::of(form.scan.file()?)?;
    let by = match form.by {
        Consenter::Patient => ConsentBy::Patient,
        Consenter::Family => ConsentBy::Family,
    };
    let relation = form.relation.as_ref().filter(|relation| !relation.words().trim().is_empty());
    let names = ConsentNames { name: line(&form.name)?, relation: relation.map(line).transpose()? };
    let (signed_on, copy_given_on) = (form.signed_on, form.copy_given_on);
    let form = ConsentForm { by, signed_on, copy_given_on, scan: scan.hash(), names };
    let recorded = client.record_consent(group, form).await?;
    match client.deposit_scan(group, recorded.head.size - 1, scan).await {
        Ok(_) => Ok(Outcome::Done),
        Err(fault) => {
            tracing::info!(%fault, "a consent is on record, its scan is not there yet");
            Ok(Outcome::Waits)
        }
    }
}

/// Deposits the scan of Form 3 that is on record without it.
pub(crate) async fn deposit_consent(client: &Client, group: GroupId, of: u64, scan: &Secret) -> Result<Outcome> {
    client.deposit_scan(group, of, ScanFile::of(scan.file()?)?).await?;
    Ok(Outcome::Done)
}
