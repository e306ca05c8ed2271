//! How a group ends or changes hands: consent withdrawn, erasure by two people, retention, handing over, and a facility
//! that leaves (A3.2, A5.1, A6.2).

use renkei_policy::group::a06_erasure::{Erased, Hold, Order, Withdrawal};
use renkei_proto::act::{Act, ConsentBy, GroupAct, HoldReason, RegistryAct};
use renkei_proto::code::Code;
use renkei_proto::frame::{Accepted, Sidecar, boxes_root};
use renkei_proto::hash::Hash32;
use renkei_proto::id::{FacilityId, GroupId};
use renkei_proto::statement::{ActingFor, LogId, Role};
use renkei_proto::time::{Date, Time};
use renkei_sealing::boxes::Purpose;

use crate::Result;
use crate::client::Client;
use crate::groups::{devices_of, with_boxes};

/// Where a group stands on its way to erasure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// Which.
    pub group: GroupId,
    /// Whose it is.
    pub originator: FacilityId,
    /// Since when it is closed.
    pub closed: Option<Time>,
    /// From when on it may be ordered that it be erased.
    pub due: Option<Time>,
    /// The withdrawal of consent that froze it.
    pub frozen: Option<Withdrawal>,
    /// What keeps it from being erased.
    pub hold: Option<Hold>,
    /// Until when somebody signed to shorten that, which waits for a second person.
    pub shortening: Option<Date>,
    /// The order that waits for a second person.
    pub ordered: Option<Order>,
    /// By whose doing it was erased.
    pub erased: Option<Erased>,
    /// To whom it is offered.
    pub offered: Option<FacilityId>,
}

impl Client {
    /// The groups here that are closed, frozen, ordered to be erased, erased, or offered to another facility: what somebody
    /// has to see to.
    pub fn endings(&self) -> Vec<Ending> {
        self.look(|replica| {
            let (view, now) = (replica.registry().now(), replica.time());
            let groups = replica.groups().filter(|(id, followed)| !followed.ended() && !replica.coming_again(*id));
            let rows = groups.filter_map(|(group, followed)| {
                let state = followed.group()?;
                let ending = Ending {
                    group,
                    originator: state.originator(),
                    closed: state.closed_at(view),
                    due: state.due(view),
                    frozen: state.frozen(),
                    hold: state.hold().filter(|hold| hold.holds(now)),
                    shortening: state.shortening(),
                    ordered: state.ordered().filter(|_| state.erased().is_none()),
                    erased: state.erased(),
                    offered: state.offered().map(|offer| offer.to),
                };
                let quiet = ending.closed.is_none() && !state.is_ending() && ending.offered.is_none();
                (!quiet).then_some(ending)
            });
            rows.collect()
        })
    }

    /// Records that the consent was withdrawn: the group freezes at once (A6.2).
    pub async fn withdraw_consent(&self, group: GroupId, by: ConsentBy, on: Date, scan: Hash32) -> Result<Accepted> {
        let act = GroupAct::WithdrawConsent { by, on, scan };
        // Of an originator that is suspended an operator records it: the patient's word waits for nobody.
        let suspended = self.look(|replica| {
            let view = replica.registry().now();
            let originator =
                replica.group(group).and_then(|one| one.group()).map(renkei_policy::group::Group::originator);
            originator.is_some_and(|facility| view.facility_suspended(facility)) && view.is_operator(self.user())
        });
        if suspended { self.second(group, act).await } else { self.govern(group, act, Sidecar::default()).await }
    }

    /// Signs that a freeze be lifted. The second person's signature does it (A6.2).
    pub async fn lift_freeze(&self, group: GroupId, on: Date, scan: Hash32) -> Result<Accepted> {
        self.second(group, GroupAct::LiftFreeze { on, scan }).await
    }

    /// Keeps the group from being erased until a day (A6.2).
    pub async fn hold_erasure(&self, group: GroupId, until: Date, reason: HoldReason) -> Result<Accepted> {
        self.second(group, GroupAct::HoldErasure { until, reason }).await
    }

    /// Orders that a closed group be erased, its retention being over (A5.1).
    pub async fn order_erasure(&self, group: GroupId) -> Result<Accepted> {
        self.govern(group, GroupAct::OrderErasure, Sidecar::default()).await
    }

    /// Confirms what another person ordered, or the withdrawal that another recorded: with this the group's content is gone
    /// (A5.1, A6.2).
    pub async fn confirm_erasure(&self, group: GroupId) -> Result<Accepted> {
        self.inner.fresh(LogId::Group(group)).await?;
        let state =
            self.look(|replica| replica.group(group)?.group().map(|state| (state.erased(), state.to_confirm())));
        let answers = match state.ok_or(Code::Unknown)? {
            (Some(_), _) => return Err(Code::GroupErased.into()),
            (None, order) => order.ok_or(Code::NothingToDo)?.statement,
        };
        self.second(group, GroupAct::ConfirmErasure { answers }).await
    }

    /// Offers the group to another facility, whose administrators are told what it is called (A5.1).
    pub async fn offer_handover(&self, group: GroupId, to: FacilityId) -> Result<Accepted> {
        self.inner.fresh(LogId::Group(group)).await?;
        let label = self.inner.label(group).ok_or(Code::KeyAwaited)?;
        let deciding = self.look(|replica| {
            let view = replica.registry().now();
            devices_of(view, view.administrators(to))
        });
        let boxes = self.label_boxes(group, Purpose::GoverningLabel, &label, deciding).await?;
        let label = boxes_root(&boxes).ok_or(Code::TooManyDevices)?;
        let offered = self.govern(group, GroupAct::OfferHandover { to, label }, with_boxes(boxes)).await?;
        // Once it is accepted, nobody here may any more.
        self.hand_on_details(group).await;
        Ok(offered)
    }

    /// Accepts a group for one's own facility, which is its originator from then on. Its label goes to everybody who
    /// governs it now.
    pub async fn accept_handover(&self, group: GroupId) -> Result<Accepted> {
        self.inner.fresh(LogId::Group(group)).await?;
        self.inner.fetch_labels(group).await?;
        let offer = self.look(|replica| replica.group(group)?.group()?.offered());
        let offer = offer.ok_or(Code::NothingToDo)?;
        let (_, role) = self.own_facility()?;
        let act = Act::Group(GroupAct::AcceptHandover { answers: offer.statement });
        let accepted = self.submit_unchecked(LogId::Group(group), role, None, act, Sidecar::default()).await?;
        self.hand_on_labels().await;
        Ok(accepted)
    }

    /// Takes the offer of a group back, or declines one made to the own facility.
    pub async fn drop_handover(&self, group: GroupId) -> Result<Accepted> {
        let offered = self.look(|replica| replica.group(group)?.group()?.offered()).ok_or(Code::NothingToDo)?;
        let (facility, role) = self.own_facility()?;
        if facility == offered.to {
            let act = Act::Group(GroupAct::DropHandover);
            return self.submit_unchecked(LogId::Group(group), role, None, act, Sidecar::default()).await;
        }
        self.govern(group, GroupAct::DropHandover, Sidecar::default()).await
    }

    /// Signs that a facility's admission end (A3.2). The second operator's signature does it.
    pub async fn end_facility(&self, facility: FacilityId, close_groups: bool) -> Result<Accepted> {
        let act = RegistryAct::EndFacility { facility, close_groups };
        self.registry_act(Role::Operator, act, Sidecar::default()).await
    }

    /// Submits what an operator of the Desk may also do without a delegation: as a second person.
    async fn second(&self, group: GroupId, act: GroupAct) -> Result<Accepted> {
        let originator = self.originator(group)?;
        let operator = self.look(|replica| replica.registry().now().is_operator(self.user()));
        // An operator with a delegation speaks for the originator, and one without as the Desk.
        let (role, acting_for): (Role, Option<ActingFor>) = match self.governing(originator, Some(group)) {
            Err(_) if operator => (Role::Operator, None),
            governing => governing?,
        };
        self.submit_unchecked(LogId::Group(group), role, acting_for, Act::Group(act), Sidecar::default()).await
    }
}
