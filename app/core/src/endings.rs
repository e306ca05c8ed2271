//! How a group ends or changes hands (A3.2, A5.1, A6.2), as those see it who govern it, to whom it is offered, or who are the
//! second person under its erasure. What is signed is what was shown.

use renkei_client_core::client::Client;
use renkei_client_core::ending::Ending;
use renkei_client_core::policy::group::Group;
use renkei_client_core::policy::registry::View;
use renkei_client_core::proto::act::{ConsentBy, GroupKind, HoldReason};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::id::{FacilityId, GroupId, UserId};
use renkei_client_core::proto::time::{Date, Time};
use renkei_client_core::scans::ScanFile;
use serde::Serialize;
use ts_rs::TS;

use crate::Result;
use crate::deeds::Outcome;
use crate::managing::{Consenter, FacilityName};
use crate::people::{People, Who};
use crate::secret::Secret;

/// Where a group stands on its way to its end, and what this person may do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "what a screen offers, one by one")]
pub struct EndingView {
    /// Which.
    #[ts(type = "string")]
    pub group: GroupId,
    /// What it is called, where this device can know it.
    pub label: Option<String>,
    /// Whose it is.
    pub facility: Option<String>,
    /// Since when it is closed.
    #[ts(type = "number | null")]
    pub closed: Option<Time>,
    /// From when on its erasure may be ordered.
    #[ts(type = "number | null")]
    pub due: Option<Time>,
    /// Who recorded that the consent was withdrawn.
    pub frozen_by: Option<Who>,
    /// When that was recorded.
    #[ts(type = "number | null")]
    pub frozen: Option<Time>,
    /// The day on that paper.
    #[ts(type = "string | null")]
    pub withdrawn_on: Option<Date>,
    /// Until which day it is kept from being erased.
    #[ts(type = "string | null")]
    pub held_until: Option<Date>,
    /// Why.
    #[ts(type = "string | null")]
    pub held_because: Option<HoldReason>,
    /// Who ordered its erasure, which waits for a second person.
    pub ordered_by: Option<Who>,
    /// When it was erased.
    #[ts(type = "number | null")]
    pub erased: Option<Time>,
    /// To which facility it is offered.
    pub offered: Option<String>,
    /// This person may close it, or offer it to another facility.
    pub closable: bool,
    /// This person may record that the consent was withdrawn.
    pub withdrawable: bool,
    /// This person may take the offer back.
    pub droppable: bool,
    /// It is offered to this person's facility, for which this person decides.
    pub acceptable: bool,
    /// This person may order its erasure.
    pub orderable: bool,
    /// Hash of what this person may confirm as the second one: with that the content is gone.
    #[ts(type = "string | null")]
    pub to_confirm: Option<Hash32>,
    /// Facilities to which it could be offered.
    pub facilities: Vec<FacilityName>,
}

fn quiet(state: &Group) -> Ending {
    Ending {
        group: state.id(),
        originator: state.originator(),
        closed: None,
        due: None,
        frozen: None,
        hold: None,
        shortening: None,
        ordered: None,
        erased: None,
        offered: None,
    }
}

fn named(one: &Ending) -> impl Iterator<Item = UserId> + use<> {
    let frozen = one.frozen.map(|frozen| frozen.order.by.user);
    frozen.into_iter().chain(one.ordered.map(|order| order.by.user))
}

/// Facilities in force but the Desk and the originator's.
fn others(view: View<'_>, originator: FacilityId) -> Vec<FacilityName> {
    let there = |id: &FacilityId| *id != originator && !view.is_desk(*id) && view.admitted(*id);
    let all = view.facilities().filter(|(id, one)| there(id) && one.ended.is_none());
    all.map(|(facility, one)| FacilityName { facility, name: one.name.clone() }).collect()
}

fn view_of(client: &Client, people: &People, one: &Ending) -> Option<EndingView> {
    let label = client.label(one.group).map(|label| label.to_string());
    let (me, governs) = (client.user(), client.governs(one.group));
    client.look(|replica| {
        let (view, now) = (replica.registry().now(), replica.time());
        let state = replica.group(one.group)?.group()?;
        let name = |facility| view.facility(facility).map(|facility| facility.name.clone());
        let open = state.is_open(view) && !state.is_ending();
        let room = state.is_inquiry();
        let held = one.hold.is_some();
        // Whoever signed first is not the second one; an operator may be it also without a delegation.
        let second = governs || view.is_operator(me);
        let confirm = state.to_confirm().filter(|order| second && order.by.user != me && !held);
        let due = one.due.is_some_and(|due| now >= due);
        let closable = governs && open && !room;
        Some(EndingView {
            group: one.group,
            label,
            facility: name(one.originator),
            closed: one.closed,
            due: one.due,
            frozen_by: one.frozen.map(|frozen| people.who(frozen.order.by.user)),
            frozen: one.frozen.map(|frozen| frozen.order.by.time),
            withdrawn_on: one.frozen.map(|frozen| frozen.on),
            held_until: one.hold.map(|hold| hold.until),
            held_because: one.hold.map(|hold| hold.reason),
            ordered_by: one.ordered.map(|order| people.who(order.by.user)),
            erased: one.erased.map(|erased| erased.confirmed.time),
            offered: one.offered.and_then(name),
            closable,
            withdrawable: governs
                && !room
                && state.kind() == GroupKind::Patient
                && state.consent().is_some()
                && !state.is_ending(),
            droppable: governs && one.offered.is_some(),
            acceptable: one.offered.is_some_and(|to| view.is_administrator(me, to)),
            orderable: governs
                && due
                && one.closed.is_some()
                && state.to_confirm().is_none()
                && one.erased.is_none()
                && !held,
            to_confirm: confirm.map(|order| order.statement),
            facilities: if closable && one.offered.is_none() { others(view, one.originator) } else { Vec::new() },
        })
    })
}

/// How a group ends, for who governs it.
pub(crate) async fn ending(client: &Client, group: GroupId) -> Result<EndingView> {
    if !client.governs(group) {
        return Err(Code::NotOriginator.into());
    }
    let there = client.endings().into_iter().find(|one| one.group == group);
    let one =
        there.or_else(|| client.look(|replica| Some(quiet(replica.group(group)?.group()?)))).ok_or(Code::Unknown)?;
    let people = People::of(client, named(&one).collect::<Vec<_>>()).await?;
    view_of(client, &people, &one).ok_or_else(|| Code::Unknown.into())
}

/// What waits for this person: groups offered to the own facility, those whose erasure may be ordered, and those whose
/// erasure a second person confirms.
pub(crate) async fn waiting(client: &Client) -> Result<Vec<EndingView>> {
    let all = client.endings();
    let people = People::of(client, all.iter().flat_map(named).collect::<Vec<_>>()).await?;
    let views = all.iter().filter_map(|one| view_of(client, &people, one));
    Ok(views.filter(|one| one.acceptable || one.orderable || one.to_confirm.is_some()).collect())
}

/// Records that the consent was withdrawn: the group freezes at once. Then its scan is deposited.
pub(crate) async fn withdraw_consent(
    client: &Client,
    group: GroupId,
    by: Consenter,
    on: Date,
    scan: &Secret,
) -> Result<Outcome> {
    // What is no scan is refused before anything is on record.
    let scan = ScanFile::of(scan.file()?)?;
    let by = match by {
        Consenter::Patient => ConsentBy::Patient,
        Consenter::Family => ConsentBy::Family,
    };
    let recorded = client.withdraw_consent(group, by, on, scan.hash()).await?;
    match client.deposit_scan(group, recorded.head.size.saturating_sub(1), scan).await {
        Ok(_) => Ok(Outcome::Done),
        Err(fault) => {
            tracing::info!(%fault, "a withdrawal of consent is on record, its scan is not there yet");
            Ok(Outcome::Waits)
        }
    }
}

/// Confirms what was shown: with this the group's content is gone.
pub(crate) async fn confirm(client: &Client, group: GroupId, shown: Hash32) -> Result<()> {
    let answers = client.look(|replica| replica.group(group)?.group()?.to_confirm().map(|order| order.statement));
    if answers.ok_or(Code::NothingToDo)? != shown {
        return Err(Code::NotAuthentic.into());
    }
    client.confirm_erasure(group).await?;
    Ok(())
}
