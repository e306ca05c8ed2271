//! Who reads a group: computed from its log and the registry, by server and clients alike, never told by anybody.

use std::collections::BTreeMap;

use renkei_proto::codec;
use renkei_proto::hash::{self, Hash32};
use renkei_proto::id::{DeviceId, UserId};

use super::Group;
use crate::registry::View;

/// One device that receives the group's keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reader {
    /// Whose device.
    pub user: UserId,
    /// Fingerprint of its sealing keys.
    pub sealing: Hash32,
    /// The entry of the group's log that made the person a reader.
    pub since: u64,
}

/// The readers' active devices at one moment, in ascending order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Roster(BTreeMap<DeviceId, Reader>);

impl Roster {
    /// The roster of `group` under the registry as of `view`.
    pub fn of(group: &Group, view: View<'_>) -> Self {
        let desk_reads = view.delegations().any(|(_, d)| {
            let covers = match d.scope {
                renkei_proto::act::DelegationScope::Facility => true,
                renkei_proto::act::DelegationScope::Group(only) => only == group.id(),
            };
            d.operators_read && d.facility == group.originator() && covers && d.period.holds(view.size())
        });
        let may = |user: UserId| {
            view.user(user)
                .is_some_and(|person| !view.is_desk(person.facility) || view.is_desk(group.originator()) || desk_reads)
        };
        let readers = group
            .members()
            .filter(|(user, _)| group.membership(*user).is_some() && view.active_user(*user) && may(*user));
        let devices = readers.flat_map(|(user, _)| {
            view.active_devices(user).map(move |(id, device)| {
                let since = group.membership(user).map_or(0, |membership| membership.approved.seq);
                (id, Reader { user, sealing: device.registration.sealing, since })
            })
        });
        Self(devices.collect())
    }

    /// What an epoch header names: one hash over everybody and their keys.
    pub fn hash(&self) -> Hash32 {
        let rows: Vec<(DeviceId, UserId, Hash32, u64)> =
            self.0.iter().map(|(&device, reader)| (device, reader.user, reader.sealing, reader.since)).collect();
        hash::hash(hash::ROSTER, &[&codec::encode(&rows)])
    }

    /// The devices, ascending.
    pub fn devices(&self) -> impl Iterator<Item = (DeviceId, Reader)> {
        self.0.iter().map(|(&device, &reader)| (device, reader))
    }

    /// Whether `device` of `user` is in it.
    pub fn has(&self, user: UserId, device: DeviceId) -> bool {
        self.0.get(&device).is_some_and(|reader| reader.user == user)
    }

    /// How many devices.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nobody reads.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
