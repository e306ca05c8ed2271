//! What a facility lets others do for it: the Desk as originator (A4.2), and a colleague as deputy of its administrators (A8.3).
//! The Desk sees for whom it acts, wherever it acts.

use renkei_client_core::client::Client;
use renkei_client_core::policy::registry::Delegation;
use renkei_client_core::proto::act::{DelegationScope, GroupKind};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::id::{DelegationId, FacilityId, GroupId, UserId};
use renkei_client_core::proto::time::{Date, Time};
use serde::Serialize;
use ts_rs::TS;

use crate::Result;
use crate::managing::FacilityName;

/// A facility lets the Desk act for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DelegationView {
    /// Which.
    #[ts(type = "string")]
    pub delegation: DelegationId,
    /// For whom.
    pub facility: Option<String>,
    /// For everything of the facility; otherwise for one group.
    pub everything: bool,
    /// The group's name, where it is known here.
    pub label: Option<String>,
    /// Until when, excluded.
    #[ts(type = "number")]
    pub until: Time,
    /// Operators may read.
    pub reads: bool,
}

/// What is delegated, for those who govern groups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DelegationsView {
    /// What the own facility lets the Desk do now.
    pub own: Vec<DelegationView>,
    /// This person decides on that, as an SNS administrator.
    pub gives: bool,
    /// Groups of the own facility, with what they are called: one alone can be delegated.
    #[ts(type = "[string, string | null][]")]
    pub groups: Vec<(GroupId, Option<String>)>,
    /// For whom this person, an operator of the Desk, may open groups now.
    pub acts_for: Vec<FacilityName>,
}

/// What is delegated now by whom `by` says, the next to end first.
pub(crate) fn delegations(client: &Client, by: impl Fn(FacilityId) -> bool) -> Vec<DelegationView> {
    let (now, scopes): (Time, Vec<(DelegationId, Delegation)>) = client.look(|replica| {
        let view = replica.registry().now();
        let in_force = view.delegations().filter(|(_, one)| one.period.holds(view.size()) && by(one.facility));
        (replica.time(), in_force.map(|(id, one)| (id, one.clone())).collect())
    });
    let view = |(delegation, one): (DelegationId, Delegation)| {
        let group = if let DelegationScope::Group(group) = one.scope { Some(group) } else { None };
        DelegationView {
            delegation,
            facility: client.look(|replica| Some(replica.registry().now().facility(one.facility)?.name.clone())),
            everything: group.is_none(),
            label: group.and_then(|group| client.label(group)).map(|label| label.to_string()),
            until: one.until,
            reads: one.operators_read,
        }
    };
    let mut all: Vec<DelegationView> = scopes.into_iter().filter(|(_, one)| one.until > now).map(view).collect();
    all.sort_by_key(|one| one.until);
    all
}

/// What is delegated, as far as it concerns this person.
pub(crate) fn view(client: &Client) -> DelegationsView {
    let me = client.user();
    let (own, gives) = client.look(|replica| {
        let view = replica.registry().now();
        let own = view.user(me).map(|person| person.facility);
        (own, own.is_some_and(|facility| view.is_administrator(me, facility) && !view.is_desk(facility)))
    });
    let groups: Vec<GroupId> = client.look(|replica| {
        let view = replica.registry().now();
        let open = replica.groups().filter(|(_, followed)| !followed.ended());
        let theirs = open.filter(|(_, followed)| {
            let state = followed.group();
            state.is_some_and(|state| {
                let kind = matches!(state.kind(), GroupKind::Patient | GroupKind::Free);
                kind && Some(state.originator()) == own && state.is_open(view)
            })
        });
        theirs.map(|(group, _)| group).collect()
    });
    let acts_for = client.look(|replica| {
        let (view, now) = (replica.registry().now(), replica.time());
        let whole = |one: &Delegation| {
            let in_force = one.period.holds(view.size()) && one.until > now && one.scope == DelegationScope::Facility;
            in_force && view.is_operator(me)
        };
        let mut all: Vec<FacilityName> = view
            .delegations()
            .filter(|(_, one)| whole(one))
            .filter_map(|(_, one)| {
                let name = view.facility(one.facility)?.name.clone();
                Some(FacilityName { facility: one.facility, name })
            })
            .collect();
        all.sort_by(|a, b| (&a.name, a.facility).cmp(&(&b.name, b.facility)));
        all.dedup();
        all
    });
    let label = |group| client.label(group).map(|label| label.to_string());
    DelegationsView {
        own: if gives { delegations(client, |facility| Some(facility) == own) } else { Vec::new() },
        gives,
        groups: if gives { groups.into_iter().map(|group| (group, label(group))).collect() } else { Vec::new() },
        acts_for,
    }
}

/// Lets the Desk act for the own facility up to a day: for everything, or for one group.
pub(crate) async fn delegate(client: &Client, group: Option<GroupId>, until: Date, reads: bool) -> Result<()> {
    let scope = group.map_or(DelegationScope::Facility, DelegationScope::Group);
    let until = until.ends().ok_or(Code::DateOutOfRange)?;
    client.delegate(scope, until, reads).await?;
    Ok(())
}

/// Names a deputy: from a day on, or from now, up to a day.
pub(crate) async fn name_deputy(client: &Client, user: UserId, from: Option<Date>, until: Date) -> Result<()> {
    let now = client.look(renkei_client_core::replica::Replica::time);
    let from = from.map_or(Some(now), Date::begins).ok_or(Code::DateOutOfRange)?.max(now);
    let until = until.ends().ok_or(Code::DateOutOfRange)?;
    client.name_deputy(user, from, until).await?;
    Ok(())
}
