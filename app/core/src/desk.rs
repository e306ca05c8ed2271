//! The Desk's view of its district: facilities and where each stands (A3.1), and for whom the Desk acts (A4.2).

use renkei_client_core::client::Client;
use renkei_client_core::policy::registry::Facility;
use renkei_client_core::proto::act::FacilityKind;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::id::FacilityId;
use serde::Serialize;
use ts_rs::TS;

use crate::Result;
use crate::delegating::{self, DelegationView};
use crate::people::{People, Who};

/// Where a facility stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum FacilityState {
    /// It has applied, and nobody has admitted it.
    Applied,
    /// One operator of two has admitted it.
    HalfAdmitted,
    /// Stopped.
    Suspended,
    /// In force.
    InForce,
    /// It has left.
    Ended,
}

/// One facility.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FacilityView {
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
    /// Where it stands.
    pub state: FacilityState,
    /// Its manager.
    pub manager: Option<Who>,
    /// SNS administrators.
    pub administrators: usize,
    /// People with an ID.
    pub staff: usize,
}

/// What an operator of the Desk sees of the district.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DeskView {
    /// The facilities: those that wait first.
    pub facilities: Vec<FacilityView>,
    /// What is delegated now, the next to end first.
    pub delegations: Vec<DelegationView>,
}

/// The district, for an operator.
pub(crate) async fn desk(client: &Client) -> Result<DeskView> {
    let me = client.user();
    if !client.look(|replica| replica.registry().now().is_operator(me)) {
        return Err(Code::NotOperator.into());
    }
    let managers: Vec<_> = client.look(|replica| {
        let view = replica.registry().now();
        view.facilities().filter_map(|(id, _)| view.manager(id)).collect()
    });
    let people = People::of(client, managers).await?;
    let mut facilities: Vec<FacilityView> = client.look(|replica| {
        let view = replica.registry().now();
        let row = |(id, one): (FacilityId, &Facility)| {
            let state = if one.ended.is_some() {
                FacilityState::Ended
            } else if !view.admitted(id) {
                if one.admitted_by.is_empty() { FacilityState::Applied } else { FacilityState::HalfAdmitted }
            } else if view.facility_suspended(id) {
                FacilityState::Suspended
            } else {
                FacilityState::InForce
            };
            FacilityView {
                facility: id,
                name: one.name.clone(),
                kind: one.kind,
                member: one.association_member,
                state,
                manager: view.manager(id).map(|user| people.who(user)),
                administrators: view.administrators_in_office(id).count(),
                staff: view.users().filter(|(user, person)| person.facility == id && view.holds_id(*user)).count(),
            }
        };
        view.facilities().map(row).collect()
    });
    facilities.sort_by(|a, b| (a.state, &a.name).cmp(&(b.state, &b.name)));
    Ok(DeskView { facilities, delegations: delegating::delegations(client, |_| true) })
}
