//! What else waits for an administrator beside invitations, devices and takeouts: how devices are kept (A12.1), resets
//! (A8.3), reviews (A9.2), scans of forms (A3.1, A9.1), and at the Desk applications of facilities (A3.1).

use renkei_client_core::client::Client;
use renkei_client_core::policy::registry::a08_factors;
use renkei_client_core::policy::registry::a09_review::Round;
use renkei_client_core::proto::act::{DeviceKind, FacilityKind, Ownership};
use renkei_client_core::proto::form_scan::FormRef;
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::id::{DeviceId, FacilityId, ReviewId, UserId};
use renkei_client_core::proto::posture::Posture;
use renkei_client_core::proto::time::{Date, Time};
use serde::Serialize;
use ts_rs::TS;

use crate::Result;
use crate::people::{People, Who};

/// How a device is kept, line by line, and what is asked of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Keeping {
    /// What is asked.
    pub required: Vec<String>,
    /// What its person has declared last; nothing where nothing was declared.
    pub declared: Option<Vec<String>>,
    /// When.
    #[ts(type = "number | null")]
    pub declared_at: Option<Time>,
    /// Hash of that declaration: a confirmation names it.
    #[ts(type = "string | null")]
    pub declaration: Option<Hash32>,
    /// The last day on which it is confirmed.
    #[ts(type = "string | null")]
    pub until: Option<Date>,
    /// Something is asked that is not declared, not confirmed, or out of date.
    pub missing: bool,
    /// The confirmation ends soon.
    pub ends_soon: bool,
}

/// A declaration that waits to be confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PostureView {
    /// Which device.
    #[ts(type = "string")]
    pub device: DeviceId,
    /// Whose.
    pub who: Who,
    /// What it is.
    #[ts(type = "\"phone\" | \"tablet\" | \"computer\"")]
    pub kind: DeviceKind,
    /// The person's own.
    pub own: bool,
    /// What is said of it.
    pub keeping: Keeping,
}

/// A reset that another has signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ResetView {
    /// Whose password and code generator.
    pub who: Who,
    /// Who has signed.
    pub by: Who,
    /// When.
    #[ts(type = "number")]
    pub at: Time,
}

/// A review round with those who have not confirmed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReviewView {
    /// Which.
    #[ts(type = "string")]
    pub review: ReviewId,
    /// The last day.
    #[ts(type = "string")]
    pub due: Date,
    /// The last day is over.
    pub late: bool,
    /// Who has not confirmed.
    pub waiting: Vec<Who>,
    /// How many have.
    pub confirmed: usize,
    /// It is the facility's own round, and this person may close it.
    pub closable: bool,
}

/// A form on record without its scan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FormView {
    /// By what it is named.
    pub form: FormName,
    /// Whose Form 2; a facility's Form 1 has nobody.
    pub who: Option<Who>,
    /// The facility.
    pub facility: Option<String>,
    /// The day on the paper.
    #[ts(type = "string")]
    pub on: Date,
}

/// Names a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FormName {
    /// The facility.
    #[ts(type = "string")]
    pub facility: FacilityId,
    /// Whose Form 2.
    #[ts(type = "string | null")]
    pub user: Option<UserId>,
    /// The place at which Form 2 was filed.
    #[ts(type = "number | null")]
    pub filed: Option<u64>,
}

impl FormName {
    pub(crate) fn form(self) -> FormRef {
        match (self.user, self.filed) {
            (Some(user), Some(filed)) => FormRef::Staff { facility: self.facility, user, filed },
            _ => FormRef::Facility { facility: self.facility },
        }
    }
}

/// A facility that asks to be admitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ApplicationView {
    /// Which.
    #[ts(type = "string")]
    pub facility: FacilityId,
    /// What it is called.
    pub name: String,
    /// What it is.
    #[ts(type = "string")]
    pub kind: FacilityKind,
    /// A member of the association.
    pub member: bool,
    /// Who applies.
    pub manager: Who,
    /// How many of two have admitted it.
    pub admitted_by: usize,
    /// This person is one of them.
    pub signed: bool,
    /// The words to compare, in kana and in Latin letters.
    pub words: (String, String),
}

/// The lines of a posture that hold.
fn lines(posture: Posture) -> Vec<String> {
    posture.lines().iter().filter(|(_, holds)| *holds).map(|(name, _)| (*name).to_owned()).collect()
}

/// How `device` is kept.
pub(crate) fn keeping(client: &Client, device: DeviceId) -> Option<Keeping> {
    let standing = client.posture(device)?;
    Some(Keeping {
        required: lines(standing.required),
        declared: standing.declared.map(|one| lines(one.posture)),
        declared_at: standing.declared.map(|one| one.time),
        declaration: standing.declared.map(|one| one.hash),
        until: standing.last_day.and_then(Date::of_days),
        missing: standing.missing,
        ends_soon: standing.ends_soon,
    })
}

pub(crate) async fn postures(client: &Client) -> Result<Vec<PostureView>> {
    let me = client.user();
    let devices: Vec<(DeviceId, UserId, DeviceKind, Ownership)> = client.look(|replica| {
        let view = replica.registry().now();
        let mine = |user| {
            let facility = view.user(user).map(|person| person.facility);
            facility.is_some_and(|facility| view.is_administrator(me, facility))
        };
        let there = view.devices().filter(|(id, device)| view.active_device(*id) && mine(device.user));
        there.map(|(id, one)| (id, one.user, one.registration.kind, one.registration.ownership)).collect()
    });
    let waits = |(device, user, kind, ownership)| {
        let standing = client.posture(device)?;
        let declared = standing.declared?;
        let newer = standing.confirmed.is_none_or(|confirmed| confirmed.declaration != declared.hash);
        let enough = declared.posture.covers(standing.required);
        let asked = standing.required != Posture::default();
        let due = standing.missing || standing.ends_soon;
        (asked && enough && newer && due).then_some((device, user, kind, ownership))
    };
    let found: Vec<_> = devices.into_iter().filter_map(waits).collect();
    let people = People::of(client, found.iter().map(|(_, user, ..)| *user)).await?;
    let view = |(device, user, kind, ownership)| {
        let (who, own, keeping) = (people.who(user), ownership == Ownership::Own, keeping(client, device)?);
        Some(PostureView { device, who, kind, own, keeping })
    };
    Ok(found.into_iter().filter_map(view).collect())
}

pub(crate) async fn resets(client: &Client) -> Result<Vec<ResetView>> {
    let me = client.user();
    let found: Vec<(UserId, UserId, Time)> = client.look(|replica| {
        let (view, now) = (replica.registry().now(), replica.time());
        let waits = |(id, person): (UserId, &renkei_client_core::policy::registry::User)| {
            let mine = view.is_administrator(me, person.facility) || view.is_operator(me);
            let voice = person.resets.last()?;
            let signed = person.resets.iter().any(|one| one.by == me);
            let open = mine && !signed && id != me && a08_factors::waiting(view, id, now);
            open.then_some((id, voice.by, voice.time))
        };
        view.users().filter_map(waits).collect()
    });
    let people = People::of(client, found.iter().flat_map(|(who, by, _)| [*who, *by])).await?;
    Ok(found.into_iter().map(|(who, by, at)| ResetView { who: people.who(who), by: people.who(by), at }).collect())
}

pub(crate) async fn reviews(client: &Client) -> Result<Vec<ReviewView>> {
    let me = client.user();
    let found: Vec<(ReviewId, Date, bool, Vec<UserId>, usize, bool)> = client.look(|replica| {
        let (view, now) = (replica.registry().now(), replica.time());
        let own = view.user(me).map(|person| person.facility);
        let mine = |facility| Some(facility) == own && view.is_administrator(me, facility);
        let of = |round: &Round| {
            let asked = view.users().filter(|(id, one)| mine(one.facility) && view.review_asks(round, *id));
            let (confirmed, waiting): (Vec<UserId>, Vec<UserId>) =
                asked.map(|(id, _)| id).partition(|id| view.review_confirmed(round, *id));
            let closable = round.plan.facility.is_some() && round.plan.facility == own;
            (round.plan.review, round.plan.due, now >= round.overdue_from(), waiting, confirmed.len(), closable)
        };
        let open = view.reviews().filter(|round| view.review_open(round));
        open.map(of).filter(|(.., waiting, _, closable)| !waiting.is_empty() || *closable).collect()
    });
    let people = People::of(client, found.iter().flat_map(|(_, _, _, waiting, ..)| waiting.iter().copied())).await?;
    let view = |(review, due, late, waiting, confirmed, closable): (_, _, _, Vec<UserId>, _, _)| {
        let waiting = waiting.into_iter().map(|user| people.who(user)).collect();
        ReviewView { review, due, late, waiting, confirmed, closable }
    };
    Ok(found.into_iter().map(view).collect())
}

pub(crate) async fn forms(client: &Client) -> Result<Vec<FormView>> {
    let all: Vec<_> = client.form_scans().into_iter().filter(|row| row.deposit.is_none() && row.to_file).collect();
    let name = |form: FormRef| match form {
        FormRef::Staff { facility, user, filed } => FormName { facility, user: Some(user), filed: Some(filed) },
        FormRef::Facility { facility } => FormName { facility, user: None, filed: None },
    };
    let people = People::of(client, all.iter().filter_map(|row| name(row.form).user)).await?;
    let view = |row: renkei_client_core::form_scans::FormScanRow| {
        let form = name(row.form);
        let facility = client.look(|replica| Some(replica.registry().now().facility(form.facility)?.name.clone()));
        FormView { form, who: form.user.map(|user| people.who(user)), facility, on: row.on }
    };
    Ok(all.into_iter().map(view).collect())
}

pub(crate) async fn applications(client: &Client) -> Result<Vec<ApplicationView>> {
    let me = client.user();
    if !client.look(|replica| replica.registry().now().is_operator(me)) {
        return Ok(Vec::new());
    }
    let all = client.applications();
    let people = People::of(client, all.iter().map(|one| one.manager)).await?;
    let view = |one: renkei_client_core::office::Application| {
        let signed = client.look(|replica| {
            let known = replica.registry().now().facility(one.facility);
            known.is_some_and(|known| known.admitted_by.iter().any(|(_, by)| *by == Some(me)))
        });
        ApplicationView {
            facility: one.facility,
            name: one.name,
            kind: one.kind,
            member: one.association_member,
            manager: people.who(one.manager),
            admitted_by: one.admitted_by,
            signed,
            words: (one.words.kana, one.words.latin),
        }
    };
    Ok(all.into_iter().map(view).collect())
}
