//! Who reads a group: computed from its log and the registry, by server and clients alike, never told by anybody.

use std::collections::BTreeMap;

use renkei_proto::codec;
use renkei_proto::hash::{self, Hash32};
use renkei_proto::id::{DeviceId, UserId};
use renkei_proto::time::Time;

use super::Group;
use crate::registry::View;

/// One device that receives the group's keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reader {
    /// Whose device.
    pub user: UserId,
    /// Fingerprint of its sealing keys.
    pub sealing: Hash32,
    /// When those were registered.
    pub sealed: Time,
    /// The entry of the group's log that made the person a reader; 0 for an operator, who reads inquiries by the registry.
    pub since: u64,
    /// The first epoch whose key the person may have.
    pub first_epoch: u32,
}

/// The readers' active devices at one moment, in ascending order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Roster(BTreeMap<DeviceId, Reader>);

/// Whether nothing speaks against `user` as a reader at `time`: to people of the Desk an inquiry is open, being the Desk's own
/// (A14.1), and another facility's group while a delegation lets operators read (A4.2).
pub(super) fn lets_read(group: &Group, view: View<'_>, user: UserId, time: Time) -> bool {
    let of_desk = view.user(user).is_some_and(|person| view.is_desk(person.facility));
    !of_desk || desk_reads(group, view, time)
}

fn desk_reads(group: &Group, view: View<'_>, time: Time) -> bool {
    view.is_desk(group.originator()) || view.operators_may_read(group.originator(), group.id(), time)
}

impl Roster {
    /// The roster of `group` under the registry as of `view`, at `time`.
    ///
    /// Operators of the Desk are in it only for as long as a delegation lets them read (A4.2): its end ends their
    /// reading with the next key, without anybody having to remove them.
    pub fn of(group: &Group, view: View<'_>, time: Time) -> Self {
        let desk_reads = desk_reads(group, view, time);
        let may = |user: UserId| view.user(user).is_some_and(|person| desk_reads || !view.is_desk(person.facility));
        let readers = group.readers(view).into_iter().filter(|user| view.active_user(*user) && may(*user));
        let readers = readers.filter_map(|user| Some((user, group.reading(view, user)?)));
        let devices = readers.flat_map(|(user, reading)| {
            view.active_devices(user).filter_map(move |(id, _)| {
                let sealing = view.sealing(id)?;
                let (since, first_epoch) = (reading.since, reading.first_epoch);
                Some((id, Reader { user, sealing: sealing.fingerprint, sealed: sealing.time, since, first_epoch }))
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
