//! Training rounds (A15.1), and the report of numbers and states.

use std::collections::BTreeMap;

use renkei_client_core::client::Client;
use renkei_client_core::policy::registry::View;
use renkei_client_core::policy::registry::a15_training::Training;
use renkei_client_core::proto::access::Table;
use renkei_client_core::proto::act::TrainingPlan;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::id::{FacilityId, TrainingId, UserId};
use renkei_client_core::proto::time::{DAY, Time};
use renkei_client_core::proto::wording::TextKind;
use renkei_client_core::random;
use renkei_client_core::report::{FacilityReport, Share};

use super::{Outcome, People, ask_first, own_facility, place};
use crate::args::desk::{DeskCommand, TrainingCommand};
use crate::failure::{Failure, Result};
use crate::reply::Reply;
use crate::reply::desk::{AttendedRow, ReportRow, TrainingCount, TrainingRow};
use crate::resolve;

pub(super) async fn run(client: &Client, command: TrainingCommand) -> Result<Outcome> {
    match command {
        TrainingCommand::Open { from, until, version, facility, everybody } => {
            let facility = match facility {
                _ if everybody => None,
                Some(facility) => Some(resolve::facility(client, &facility)?),
                None => Some(own_facility(client)?),
            };
            let material = client.look(|replica| {
                let mut all = replica.registry().now().texts().rev();
                let wanted =
                    |kind, number| kind == TextKind::TrainingMaterial && version.is_none_or(|one| one == number);
                all.find(|since| wanted(since.kind, since.version)).map(|since| since.text)
            });
            let material = material.ok_or_else(|| Failure::from(Code::Unknown))?;
            let training = TrainingId(random());
            client.open_training(TrainingPlan { training, facility, material, from, until }).await?;
            Ok(Reply::Training { training }.into())
        }
        TrainingCommand::Status => status(client).await,
        TrainingCommand::Attend { training, sure } => {
            let due = client.trainings_due();
            let wanted = training.map(|text| one(client, &text)).transpose()?;
            let found = due.iter().filter(|one| wanted.is_none_or(|id| id == one.plan.training));
            let plan = found.min_by_key(|one| one.plan.until).ok_or(Code::NothingToDo)?.plan.clone();
            let wording = client.text(plan.material).await?;
            let about = Reply::Material { training: plan.training, until: plan.until, wording: Box::new(wording) };
            if let Some(question) = ask_first(&sure, &plan.training.to_string(), false, about)? {
                return Ok(question);
            }
            Ok(client.attend_training(plan.training, plan.material).await?.into())
        }
        TrainingCommand::Record { training, user, held_on } => {
            let training = one(client, &training)?;
            let user = resolve::user(client, &user).await?;
            Ok(client.record_attendance(training, user, held_on).await?.into())
        }
        TrainingCommand::Close { training } => Ok(client.close_training(one(client, &training)?).await?.into()),
    }
}

fn one(client: &Client, text: &str) -> Result<TrainingId> {
    let known = client.look(|replica| {
        let ids = replica.registry().now().trainings().map(|one| (one.plan.training, String::new()));
        ids.collect::<Vec<_>>()
    });
    resolve::one(text, &known)
}

/// Who is asked by a round among those whom this person may have listed by name: an administrator the own people.
fn listed(view: View<'_>, me: UserId, one: &Training) -> Vec<UserId> {
    let own = view.user(me).map(|person| person.facility);
    let mine = own.filter(|own| view.is_administrator(me, *own));
    let asked = view.users().filter(|(user, person)| Some(person.facility) == mine && view.training_asks(one, *user));
    asked.map(|(user, _)| user).collect()
}

async fn status(client: &Client) -> Result<Outcome> {
    let me = client.user();
    let users: Vec<UserId> = client.look(|replica| {
        let view = replica.registry().now();
        let of = |one: &Training| {
            let by = one.attended.values().filter_map(|attended| attended.recorded).map(|(by, _)| by);
            let listed = listed(view, me, one);
            if listed.is_empty() { listed } else { listed.into_iter().chain(by).collect() }
        };
        view.trainings().flat_map(of).collect()
    });
    let people = People::of(client, users).await?;
    let rounds = client.look(|replica| {
        let (view, now) = (replica.registry().now(), replica.time());
        // Another facility's is nobody else's business.
        let own = view.user(me).map(|person| person.facility);
        let concerns = |one: &&Training| one.plan.facility.is_none_or(|of| Some(of) == own || view.is_operator(me));
        view.trainings().filter(concerns).map(|one| row(view, me, one, &people, now)).collect()
    });
    Ok(Reply::Trainings { rounds }.into())
}

fn row(view: View<'_>, me: UserId, one: &Training, people: &People, now: Time) -> TrainingRow {
    let asked = listed(view, me, one);
    let attended = asked.iter().filter_map(|user| {
        let attended = view.training_attended(one, *user)?;
        Some(AttendedRow {
            who: people.who(*user),
            at: attended.time,
            held_on: attended.recorded.map(|(_, on)| on),
            recorded_by: attended.recorded.map(|(by, _)| people.who(by)),
        })
    });
    let missing = asked.iter().filter(|user| view.training_attended(one, **user).is_none());
    let mut counts: BTreeMap<FacilityId, Share> = BTreeMap::new();
    if view.is_operator(me) {
        for (user, person) in view.users().filter(|(user, _)| view.training_asks(one, *user)) {
            let share = counts.entry(person.facility).or_default();
            share.asked += 1;
            share.done += usize::from(view.training_attended(one, user).is_some());
        }
    }
    TrainingRow {
        training: one.plan.training,
        facility: one.plan.facility.map(|facility| place(view, facility)),
        material: one.plan.material,
        from: one.plan.from,
        until: one.plan.until,
        open: view.training_open(one),
        over: one.over(now),
        mine: view.trainings_due(me).any(|due| due.plan.training == one.plan.training),
        attended: attended.collect(),
        missing: missing.map(|user| people.who(*user)).collect(),
        counts: counts
            .into_iter()
            .map(|(facility, share)| TrainingCount { facility: place(view, facility), share })
            .collect(),
    }
}

pub(super) async fn desk(client: &Client, command: DeskCommand) -> Result<Outcome> {
    let DeskCommand::Report { days, csv, .. } = command;
    let at = client.look(renkei_client_core::replica::Replica::time);
    let since = Time(at.0.saturating_sub(u64::from(days) * DAY));
    let report = client.report(since).await?;
    let facilities = client.look(|replica| {
        let view = replica.registry().now();
        report.iter().map(|one| report_row(view, one)).collect()
    });
    let facilities: Vec<ReportRow> = facilities;
    let on_record = match csv {
        Some(_) => Some(client.record_table(Table::Report, facilities.len()).await?),
        None => None,
    };
    Ok(Reply::Report { at, since, facilities, on_record }.into())
}

fn report_row(view: View<'_>, one: &FacilityReport) -> ReportRow {
    ReportRow {
        facility: place(view, one.facility),
        state: one.state,
        people: one.people,
        suspended: one.suspended,
        pledges_missing: one.pledges_missing,
        resets: one.resets,
        devices: one.devices,
        delegations: one.delegations,
        reviews: one.reviews,
        trainings: one.trainings,
        patient_groups: one.numbers.patient,
        free_groups: one.numbers.free,
        invitations: one.numbers.invitations,
        oldest_invitation: one.numbers.oldest_invitation,
        inquiries: one.numbers.inquiries,
        oldest_inquiry: one.numbers.oldest_inquiry,
        refused: one.refused,
        takeouts: one.takeouts,
    }
}
