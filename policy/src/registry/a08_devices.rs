//! Article 8: devices are registered and approved (A8.2).
//!
//! A person's first device needs the facility's administrator. A further one lets somebody read what the person can
//! read, so an administrator alone must not be able to add it: it also needs a signature of another device of the
//! person or, when none is left, of a second administrator or an operator of the Desk. An administrator's own device is
//! approved by another administrator wherever there is one (A7.1); an only administrator who has lost every device is
//! helped by two operators.

use renkei_proto::act::{DeviceRegistration, Ownership};
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::hash::Hash32;
use renkei_proto::id::{DeviceId, UserId};
use renkei_proto::statement::{Role, Statement};
use renkei_proto::ticket::Purpose;
use renkei_proto::time::Time;

use super::{Device, Registry, Seq, View};
use crate::{Refusal, require};

/// Devices of one person, approved or waiting, that are not wiped: a computer, a tablet and a phone at work and at home,
/// and two to spare. Every one of them costs every group of the person a sealed box with each new key.
pub const DEVICES_OF_A_PERSON: usize = 8;

/// What a signature under a device's approval counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voice {
    /// The administrator's approval.
    Approval,
    /// The second signature that a further device needs.
    Vouch,
}

pub(super) fn permit_approval(
    registry: &Registry,
    statement: &Statement,
    user: UserId,
    device: &DeviceRegistration,
    time: Time,
) -> Result<(), Refusal> {
    let view = registry.now();
    let standing = view.standing(statement)?;
    view.require_active_user(user)?;
    match view.device(device.device) {
        None => {
            let alive = |id: &&DeviceId| view.device(**id).is_some_and(|known| known.wiped.is_none());
            let devices = view.user(user).map_or(0, |person| person.devices.iter().filter(alive).count());
            require(devices < DEVICES_OF_A_PERSON, Code::TooManyDevices)?;
            let facility = view.user(user).map(|person| person.facility);
            let own = device.ownership == Ownership::Own;
            require(!own || view.rules(facility).own_devices, Code::ByodNotAllowed)?;
            registry.require_new_device(device)?;
        }
        Some(known) => {
            require(known.user == user && known.registration == *device, Code::KeyInUse)?;
            require(known.wiped.is_none(), Code::DeviceWiped)?;
            require(!view.device_suspended(device.device), Code::DeviceSuspended)?;
            require(known.active.is_none(), Code::NothingToDo)?;
        }
    }
    voice(view, (statement.role, standing.user), user, device.device, time).map(|_| ())
}

/// A device renews the keys it receives with, by its own signature: a stolen sealing key is then good for no later
/// epoch. Not more often than [`bounds::SEALING_PAUSE`], as each renewal costs every group of the person a new epoch.
pub(super) fn permit_rotation(
    registry: &Registry,
    statement: &Statement,
    sealing: Hash32,
    time: Time,
) -> Result<(), Refusal> {
    let standing = registry.now().standing(statement)?;
    require(statement.role == Role::User, Code::WrongRole)?;
    registry.require_new_sealing(sealing)?;
    let device = registry.now().device(standing.device).ok_or(Code::Unknown)?;
    let since = device.sealing.last().map(|since| since.time);
    require(since.is_none_or(|since| time.since(since) >= bounds::SEALING_PAUSE), Code::TooSoon)
}

/// Whether `user` may issue an enrolment ticket for `purpose`: an administrator for colleagues, everybody for a further
/// device of their own, an operator of the Desk for a new facility. Operators' first tickets come from the root.
pub fn permit_ticket(view: View<'_>, user: UserId, purpose: Purpose, time: Time) -> Result<(), Refusal> {
    match purpose {
        Purpose::Device(whose) => {
            let person = view.require_active_user(whose)?;
            let may = whose == user || view.is_administrator(user, person.facility);
            // Two operators help an only administrator who has lost every device.
            let last_resort = view.is_operator(user)
                && only_administrator(view, whose)
                && view.active_devices(whose).next().is_none();
            require(may || last_resort || view.deputy_for(user, whose, time), Code::NotAdministrator)
        }
        Purpose::Facility(facility) => {
            require(view.is_operator(user), Code::NotOperator)?;
            require(view.facility(facility).is_none(), Code::AlreadyExists)
        }
        Purpose::Operator(_) => Err(Code::NotRoot.into()),
    }
}

/// Whether `user` is the only SNS administrator of the facility. One who is suspended still counts.
pub(super) fn only_administrator(view: View<'_>, user: UserId) -> bool {
    view.user(user).is_some_and(|person| {
        view.holds_office(user, person.facility)
            && view.administrators_in_office(person.facility).all(|administrator| administrator == user)
    })
}

/// The approval that a device has, if whoever gave it is still in office.
pub(super) fn approval_in_force(view: View<'_>, device: &Device, time: Time) -> Option<(Seq, Option<UserId>)> {
    let facility = view.user(device.user)?.facility;
    let in_office =
        |by: UserId| view.is_administrator(by, facility) || view.is_operator(by) || view.is_deputy(by, facility, time);
    device.approved_by.filter(|(_, by)| by.is_none_or(in_office))
}

/// What the signature of `actor` in `role` counts as for `device` of `user`.
pub(super) fn voice(
    view: View<'_>,
    (role, actor): (Role, UserId),
    user: UserId,
    device: DeviceId,
    time: Time,
) -> Result<Voice, Refusal> {
    let person = view.user(user).ok_or(Code::Unknown)?;
    let known = view.device(device);
    let approver = known.and_then(|device| approval_in_force(view, device, time)).map(|(_, by)| by);
    let vouched = known.is_some_and(|device| device.vouched_by.is_some());
    let only_administrator = only_administrator(view, user);
    let has_device = view.active_devices(user).next().is_some();
    let needs_second = !has_device && person.devices.iter().any(|&other| other != device);

    let approved_at_home =
        approver.flatten().and_then(|by| view.user(by)).is_some_and(|by| by.facility == person.facility);

    if role == Role::User {
        require(actor == user, Code::NotAdministrator)?;
        require(!vouched, Code::NothingToDo)?;
        return Ok(Voice::Vouch);
    }
    if role == Role::Deputy && view.named_deputy(actor, person.facility) {
        // The first signature, never the second: a person whom one administrator has named is no second one (decision 0047).
        return match approver {
            None => Ok(Voice::Approval),
            Some(_) if needs_second && !vouched => Err(Code::SecondPersonRequired.into()),
            Some(_) => Err(Code::NothingToDo.into()),
        };
    }
    let administrator = view.is_administrator(actor, person.facility);
    let operator = view.is_operator(actor);
    let expected = if view.is_desk(person.facility) { Role::Operator } else { Role::SnsAdministrator };
    if administrator && role == expected {
        return match approver {
            None if actor == user && !only_administrator => Err(Code::SecondPersonRequired.into()),
            None => Ok(Voice::Approval),
            Some(by) if needs_second && !vouched => {
                require(by != Some(actor), Code::SecondPersonRequired)?;
                Ok(Voice::Vouch)
            }
            Some(_) => Err(Code::NothingToDo.into()),
        };
    }
    if operator && role == Role::Operator && !has_device {
        return match approver {
            None if only_administrator => Ok(Voice::Approval),
            None => Err(Code::NotAdministrator.into()),
            Some(by) if (needs_second || !approved_at_home) && !vouched => {
                require(by != Some(actor), Code::SecondPersonRequired)?;
                Ok(Voice::Vouch)
            }
            Some(_) => Err(Code::NothingToDo.into()),
        };
    }
    Err(if administrator { Code::WrongRole } else { Code::NotAdministrator }.into())
}
