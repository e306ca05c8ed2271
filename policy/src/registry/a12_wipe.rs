//! Article 12 (6): a lost device is wiped by an administrator of its facility, or by its own person; that of a
//! facility's only administrator also by an operator of the Desk (A12.3). One that is taken out of use in good order is
//! retired (A8.2): nothing it keeps is left either, and it never comes back.

use renkei_proto::code::Code;
use renkei_proto::id::{DeviceId, UserId};
use renkei_proto::statement::{Role, Statement};
use renkei_proto::time::Time;

use super::{Device, View, a08_devices};
use crate::{Refusal, require};

fn decides<'r>(view: View<'r>, statement: &Statement, device: DeviceId) -> Result<&'r Device, Refusal> {
    let standing = view.standing(statement)?;
    let known = view.device(device).ok_or(Code::Unknown)?;
    let owner = view.user(known.user).ok_or(Code::Unknown)?;
    let own = known.user == standing.user && statement.role == Role::User;
    // Nobody else could stop the stolen device of an only administrator.
    let by_the_desk = a08_devices::only_administrator(view, known.user)
        && statement.role == Role::Operator
        && view.is_operator(standing.user);
    if !own && !by_the_desk {
        view.require_administrator(&standing, statement.role, owner.facility, Code::NotAdministrator)?;
    }
    Ok(known)
}

pub(super) fn permit(view: View<'_>, statement: &Statement, device: DeviceId) -> Result<(), Refusal> {
    let known = decides(view, statement, device)?;
    require(known.wiped.is_none(), Code::DeviceWiped)
}

/// Also of one that was wiped before: that it is out of use is then said in good order.
pub(super) fn permit_retirement(view: View<'_>, statement: &Statement, device: DeviceId) -> Result<(), Refusal> {
    let known = decides(view, statement, device)?;
    require(known.retired.is_none(), Code::NothingToDo)
}

/// Whether `viewer` sees what the device has confirmed of its wipe: its person, the facility's administrators and whoever
/// stands in for them at `now`, and the Desk.
pub fn may_see_receipt(view: View<'_>, viewer: UserId, device: DeviceId, now: Time) -> bool {
    let Some(owner) = view.device(device).map(|known| known.user) else { return false };
    let facility = view.user(owner).map(|person| person.facility);
    owner == viewer
        || view.is_operator(viewer)
        || facility.is_some_and(|facility| view.is_administrator(viewer, facility))
        || view.deputy_for(viewer, owner, now)
}
