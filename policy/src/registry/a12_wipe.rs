//! Article 12 (6): a lost device is wiped by an administrator of its facility, or by its own person; that of a
//! facility's only administrator also by an operator of the Desk (A12.3). One that is taken out of use in good order is
//! retired (A8.2): nothing it keeps is left either, and it never comes back.

use renkei_proto::code::Code;
use renkei_proto::id::DeviceId;
use renkei_proto::statement::{Role, Statement};

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
