//! A report for the Desk, or for a facility's administrator about the own one (A15.1): numbers and states, nothing of what
//! is in a group.
//!
//! People, devices, reviews, training and takeouts come from the registry as this device has verified it. Groups, invitations and
//! inquiries are counted by the server, and refusals are from its record of access: of groups that it is not in, an
//! operator's device has nothing to check the server's word with.

use std::collections::BTreeMap;

use renkei_policy::registry::View;
use renkei_proto::access::Kind;
use renkei_proto::code::Code;
use renkei_proto::frame::{Answer, Op};
use renkei_proto::id::FacilityId;
use renkei_proto::report::FacilityNumbers;
use renkei_proto::time::Time;
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::client::Client;
use crate::takeout::TakeoutNumbers;

/// How a facility stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FacilityState {
    /// It has applied.
    Applied,
    /// It is admitted.
    Admitted,
    /// It is suspended.
    Suspended,
    /// Its admission has ended.
    Ended,
}

/// Devices by where they stand. Each is counted once; `posture_missing` is a part of `active`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceNumbers {
    /// Approved and in use.
    pub active: usize,
    /// Of those: something that is asked is not declared, not confirmed, or out of date.
    pub posture_missing: usize,
    /// Not approved yet.
    pub waiting: usize,
    /// Suspended, or its person is.
    pub suspended: usize,
    /// Wiped, or of an ID that has ended.
    pub wiped: usize,
    /// Taken out of use in good order.
    pub retired: usize,
}

/// How many of those who were asked have done something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// Who has.
    pub done: usize,
    /// Who was asked.
    pub asked: usize,
}

/// One facility.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacilityReport {
    /// Which.
    pub facility: FacilityId,
    /// How it stands.
    pub state: FacilityState,
    /// People whose ID is in force.
    pub people: usize,
    /// Of those: suspended.
    pub suspended: usize,
    /// Of those: without Form 2.
    pub pledges_missing: usize,
    /// Of those: whose password and code generator were ever reset.
    pub resets: usize,
    /// Their devices.
    pub devices: DeviceNumbers,
    /// Delegations in force.
    pub delegations: usize,
    /// Open reviews.
    pub reviews: Share,
    /// Open training rounds.
    pub trainings: Share,
    /// What the server counts.
    pub numbers: FacilityNumbers,
    /// Takeouts of its people.
    pub takeouts: TakeoutNumbers,
    /// Refusals, and sign-ins that failed, since the moment that was asked for: for the Desk.
    pub refused: Option<u64>,
}

impl Client {
    /// The report at this moment, of every facility that one may have numbers of. An operator gets refusals since `since`.
    pub async fn report(&self, since: Time) -> Result<Vec<FacilityReport>> {
        let Answer::Report(numbers) = self.inner.request(Op::Report).await? else { return Err(Code::Malformed.into()) };
        let operator = self.look(|replica| replica.registry().now().is_operator(self.user()));
        let refused = if operator { Some(self.refused(since).await?) } else { None };
        Ok(self.look(|replica| {
            let (view, now) = (replica.registry().now(), replica.time());
            let all = numbers.into_vec().into_iter();
            let all = all.map(|one| of_facility(view, one, refused.as_ref(), now));
            all.collect()
        }))
    }

    async fn refused(&self, since: Time) -> Result<BTreeMap<FacilityId, u64>> {
        let mut refused: BTreeMap<FacilityId, u64> = BTreeMap::new();
        for count in self.access_counts(since, Time(u64::MAX)).await? {
            if let (Some(facility), Kind::Refusal | Kind::SignInFailed) = (count.facility, count.kind) {
                *refused.entry(facility).or_default() += count.times;
            }
        }
        Ok(refused)
    }
}

fn of_facility(
    view: View<'_>,
    numbers: FacilityNumbers,
    refused: Option<&BTreeMap<FacilityId, u64>>,
    now: Time,
) -> FacilityReport {
    let facility = numbers.facility;
    let state = if view.ended(facility).is_some() {
        FacilityState::Ended
    } else if !view.admitted(facility) {
        FacilityState::Applied
    } else if view.facility_suspended(facility) {
        FacilityState::Suspended
    } else {
        FacilityState::Admitted
    };
    let theirs = || view.users().filter(|(_, person)| person.facility == facility);
    let people: Vec<_> = theirs().filter(|(user, _)| view.holds_id(*user)).collect();
    let count =
        |test: &dyn Fn(&renkei_policy::registry::User) -> bool| people.iter().filter(|(_, one)| test(one)).count();
    let in_force = view.delegations().filter(|(_, one)| one.facility == facility);
    FacilityReport {
        facility,
        state,
        people: people.len(),
        suspended: people.iter().filter(|(user, _)| view.user_suspended(*user)).count(),
        pledges_missing: count(&|one| one.pledge.is_empty()),
        resets: count(&|one| one.reset.is_some()),
        devices: devices_of(view, facility, now),
        delegations: in_force.filter(|(_, one)| one.period.holds(view.size()) && now < one.until).count(),
        reviews: reviews_of(view, facility),
        trainings: trainings_of(view, facility),
        numbers,
        takeouts: TakeoutNumbers::of(view, facility, now),
        refused: refused.map(|all| all.get(&facility).copied().unwrap_or(0)),
    }
}

fn devices_of(view: View<'_>, facility: FacilityId, now: Time) -> DeviceNumbers {
    let mut numbers = DeviceNumbers::default();
    let own = |user| view.user(user).is_some_and(|person| person.facility == facility);
    for (id, device) in view.devices().filter(|(_, device)| own(device.user)) {
        let one = if device.retired.is_some() {
            &mut numbers.retired
        } else if device.wiped.is_some() || !view.holds_id(device.user) {
            &mut numbers.wiped
        } else if device.active.is_none() {
            &mut numbers.waiting
        } else if view.active_device(id) {
            numbers.posture_missing += usize::from(view.require_posture(id, now).is_err());
            &mut numbers.active
        } else {
            &mut numbers.suspended
        };
        *one += 1;
    }
    numbers
}

fn reviews_of(view: View<'_>, facility: FacilityId) -> Share {
    let mut share = Share::default();
    for round in view.reviews().filter(|round| view.review_open(round)) {
        let own = view.users().filter(|(_, person)| person.facility == facility).map(|(user, _)| user);
        for user in own.filter(|user| view.review_asks(round, *user)) {
            share.asked += 1;
            share.done += usize::from(view.review_confirmed(round, user));
        }
    }
    share
}

fn trainings_of(view: View<'_>, facility: FacilityId) -> Share {
    let mut share = Share::default();
    for one in view.trainings().filter(|one| view.training_open(one)) {
        let own = view.users().filter(|(_, person)| person.facility == facility).map(|(user, _)| user);
        for user in own.filter(|user| view.training_asks(one, *user)) {
            share.asked += 1;
            share.done += usize::from(view.training_attended(one, user).is_some());
        }
    }
    share
}
