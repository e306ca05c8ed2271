//! Review rounds (A9.2) as they are opened, and the report of numbers (A15.1): for the Desk of every facility, for an
//! administrator of the own one. Numbers and states alone: nothing of what is written.

use renkei_client_core::client::Client;
use renkei_client_core::policy::registry::a09_review::Round;
use renkei_client_core::proto::act::ReviewPlan;
use renkei_client_core::proto::id::ReviewId;
use renkei_client_core::proto::time::{DAY, Date, Time};
use renkei_client_core::proto::wording::TextKind;
use renkei_client_core::random;
use renkei_client_core::report::{FacilityReport, FacilityState as Standing};
use serde::Serialize;
use ts_rs::TS;

use crate::Result;
use crate::desk::FacilityState;

/// Days back of which the report counts refusals.
const COUNTED: u64 = 30;

/// A round that is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RoundView {
    /// Which.
    #[ts(type = "string")]
    pub review: ReviewId,
    /// Whose people; nothing where it is everybody's.
    pub facility: Option<String>,
    /// The last day.
    #[ts(type = "string")]
    pub due: Date,
    /// How many have confirmed it.
    pub confirmed: usize,
    /// How many were asked.
    pub asked: usize,
    /// This person may close it.
    pub closable: bool,
}

/// The numbers of a facility.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReportRow {
    /// What it is called.
    pub name: String,
    /// Where it stands.
    pub state: FacilityState,
    /// People whose ID is in force.
    pub people: usize,
    /// Of those: suspended.
    pub suspended: usize,
    /// Of those: without Form 2.
    pub pledges_missing: usize,
    /// Devices in use.
    pub devices: usize,
    /// Of those: not kept as is asked.
    pub posture_missing: usize,
    /// Invitations that wait for its administrators.
    pub invitations: u32,
    /// Confirmed, of those who were asked in open reviews.
    pub reviews: (usize, usize),
    /// Done, of those who were asked in open training rounds.
    pub trainings: (usize, usize),
    /// Takeouts that wait for a decision, and those that are over without a confirmed end.
    pub takeouts: (usize, usize),
    /// Refusals and failed sign-ins of the last 30 days: for the Desk.
    #[ts(type = "number | null")]
    pub refused: Option<u64>,
}

/// Rounds, and the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OversightView {
    /// Open rounds, the next to be due first.
    pub rounds: Vec<RoundView>,
    /// The facilities of which this person may have numbers.
    pub report: Vec<ReportRow>,
    /// How many days of refusals are counted.
    #[ts(type = "number")]
    pub days: u64,
}

/// Open rounds and the report, for the Desk or an administrator.
pub(crate) async fn oversight(client: &Client) -> Result<OversightView> {
    let me = client.user();
    let now = client.now();
    let report = client.report(Time(now.0.saturating_sub(COUNTED * DAY))).await?;
    Ok(client.look(|replica| {
        let view = replica.registry().now();
        let own = view.user(me).map(|person| person.facility);
        let operator = view.is_operator(me);
        let of = |round: &Round| {
            let mine = |facility| operator || Some(facility) == own;
            let asked = view.users().filter(|(id, one)| mine(one.facility) && view.review_asks(round, *id));
            let (confirmed, waiting): (Vec<_>, Vec<_>) =
                asked.map(|(id, _)| id).partition(|id| view.review_confirmed(round, *id));
            let theirs = round.plan.facility;
            let closable = if operator { theirs.is_none() } else { theirs.is_some() && theirs == own };
            RoundView {
                review: round.plan.review,
                facility: theirs.and_then(|id| view.facility(id)).map(|facility| facility.name.clone()),
                due: round.plan.due,
                confirmed: confirmed.len(),
                asked: confirmed.len() + waiting.len(),
                closable,
            }
        };
        let seen = |round: &&Round| operator || round.plan.facility.is_none_or(|facility| Some(facility) == own);
        let open = view.reviews().filter(|round| view.review_open(round));
        let mut rounds: Vec<RoundView> = open.filter(seen).map(of).collect();
        rounds.sort_by_key(|round| round.due);
        let row = |one: FacilityReport| ReportRow {
            name: view.facility(one.facility).map(|facility| facility.name.clone()).unwrap_or_default(),
            state: match one.state {
                Standing::Applied => FacilityState::Applied,
                Standing::Admitted => FacilityState::InForce,
                Standing::Suspended => FacilityState::Suspended,
                Standing::Ended => FacilityState::Ended,
            },
            people: one.people,
            suspended: one.suspended,
            pledges_missing: one.pledges_missing,
            devices: one.devices.active,
            posture_missing: one.devices.posture_missing,
            invitations: one.numbers.invitations,
            reviews: (one.reviews.done, one.reviews.asked),
            trainings: (one.trainings.done, one.trainings.asked),
            takeouts: (one.takeouts.requested, one.takeouts.overdue),
            refused: one.refused,
        };
        OversightView { rounds, report: report.into_iter().map(row).collect(), days: COUNTED }
    }))
}

/// Opens a round on the association's points: of the own facility, or as an operator of everybody.
pub(crate) async fn open(client: &Client, due: Date, restrict_after: u16, lock_after: u16) -> Result<()> {
    let points = client.present_text(TextKind::ReviewPoints)?.text;
    let me = client.user();
    let facility = client.look(|replica| {
        let view = replica.registry().now();
        view.user(me).map(|person| person.facility).filter(|_| !view.is_operator(me))
    });
    let review = ReviewId(random());
    client.open_review(ReviewPlan { review, facility, points, due, restrict_after, lock_after }).await?;
    Ok(())
}
