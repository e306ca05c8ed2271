//! A group's keys that leave the devices of those who no longer read it (A12.3): which devices had them, which are to say
//! that they are gone, and who is told.

use renkei_proto::id::{DeviceId, UserId};

use super::sealing::has_key;
use super::{Group, Seq, a06_proof};
use crate::Refusal;
use crate::registry::{Standing, View};
use renkei_proto::code::Code;

/// Since which entry `user` is not to keep anything of the group: from the end of the last membership, or from the group's
/// erasure on. None for a reader, and for somebody who never was one.
pub fn gone_since(group: &Group, user: UserId) -> Option<Seq> {
    let last = group.members.get(&user)?.last()?;
    let erased = group.erased().map(|erased| erased.confirmed.seq);
    last.ended.map(|by| by.seq).into_iter().chain(erased).min()
}

/// The same of one device. An inquiry is read by operators of the Desk, whom no membership names: from its erasure on, it is
/// gone from every device that had a key of it.
pub fn device_gone_since(group: &Group, user: UserId, device: DeviceId) -> Option<Seq> {
    let by_office = || group.erased().filter(|_| group.is_inquiry() && was_handed_keys(group, device));
    gone_since(group, user).or_else(|| by_office().map(|erased| erased.confirmed.seq))
}

/// Whether a key of the group was ever sealed to `device`, which it has not reported missing: whether it took it, only the
/// device knows.
pub fn was_handed_keys(group: &Group, device: DeviceId) -> bool {
    group.epochs.iter().any(|epoch| has_key(group, device, epoch))
}

/// The devices that were handed keys of the group and are to let them go, with their people, and since which entry.
pub fn former_devices(group: &Group, view: View<'_>) -> Vec<(UserId, DeviceId, Seq)> {
    let by_office =
        view.users().map(|(user, _)| user).filter(|user| group.is_inquiry() && !group.members.contains_key(user));
    let people = group.members.keys().copied().chain(by_office);
    let mut found: Vec<(UserId, DeviceId, Seq)> = people
        .flat_map(|user| {
            let devices = view.user(user).map(|person| person.devices.clone()).unwrap_or_default();
            devices.into_iter().map(move |device| (user, device))
        })
        .filter(|(_, device)| was_handed_keys(group, *device))
        .filter_map(|(user, device)| Some((user, device, device_gone_since(group, user, device)?)))
        .collect();
    found.sort_unstable_by_key(|(user, device, since)| (*since, *user, *device));
    found
}

/// Whether the server takes it from `device` of `user` that the group's first `upto` entries are gone from it.
pub fn permit_receipt(group: &Group, (user, device): (UserId, DeviceId), upto: u64) -> Result<(), Refusal> {
    let since = device_gone_since(group, user, device).ok_or(Code::NothingToDo)?;
    crate::require(since < upto && upto <= group.size, Code::NothingToDo)
}

/// Whether `viewer` is told what the devices of `owner` have confirmed of the group: the person, the administrators of the
/// person's facility, and whoever governs the group for its originator, or in its place ([`a06_proof`]).
pub fn may_see_receipt(group: &Group, view: View<'_>, viewer: &Standing<'_>, owner: UserId) -> bool {
    let facility = view.user(owner).map(|person| person.facility);
    owner == viewer.user
        || facility.is_some_and(|facility| view.is_administrator(viewer.user, facility))
        || a06_proof::answers_for(group, view, viewer.user)
        || view.is_group_manager(viewer.user, group.originator)
}
