//! What touches a facility, for its SNS administrator (A8.1): groups, devices and delegations, from the logs as this
//! device has verified them. Names and words are put to it by whoever shows it.

use renkei_policy::group::a08_lists::{self, Touch};
use renkei_proto::id::{DelegationId, DeviceId, FacilityId, GroupId};
use renkei_proto::time::Time;

use crate::Result;
use crate::client::Client;

/// Everything that touches a facility at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// Which facility.
    pub facility: FacilityId,
    /// When.
    pub at: Time,
    /// Whether the server's signed word on its logs is fresh: without it something newer may be missing.
    pub fresh: bool,
    /// The groups, and how each touches the facility.
    pub groups: Vec<(GroupId, Touch)>,
    /// Every device of its people, whatever its state.
    pub devices: Vec<DeviceId>,
    /// Delegations that the facility has given; at the Desk, that it was given.
    pub delegations: Vec<DelegationId>,
}

impl Client {
    /// What touches the facility that this person administers.
    pub fn overview(&self) -> Result<Overview> {
        let (at, fresh) = (self.inner.clock.now(), self.heads_are_fresh());
        self.look(|replica| {
            let view = replica.registry().now();
            let facility = a08_lists::permit(view, self.user()).map_err(|refusal| refusal.0)?;
            let followed = replica.groups().filter(|(_, followed)| !followed.ended());
            let groups = followed
                .filter_map(|(id, followed)| Some((id, a08_lists::touches(followed.group()?, view, facility, at)?)));
            let own = |user| view.user(user).is_some_and(|person| person.facility == facility);
            let devices = view.devices().filter(|(_, device)| own(device.user)).map(|(id, _)| id);
            let desk = view.is_desk(facility);
            let delegations = view.delegations().filter(|(_, one)| desk || one.facility == facility).map(|(id, _)| id);
            let mut groups: Vec<(GroupId, Touch)> = groups.collect();
            groups.sort_by_key(|(id, touch)| (*touch, *id));
            Ok(Overview { facility, at, fresh, groups, devices: devices.collect(), delegations: delegations.collect() })
        })
    }
}
