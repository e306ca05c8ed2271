//! Article 12 (6): a lost device is wiped by an administrator of its facility, or by its own person; that of a
//! facility's only administrator also by an operator of the Desk (A12.3).

use renkei_proto::code::Code;
use renkei_proto::id::DeviceId;
use renkei_proto::statement::{Role, Statement};

use super::{View, a08_devices};
use crate::{Refusal, require};

pub(super) fn permit(view: View<'_>, statement: &Statement, device: DeviceId) -> Result<(), Refusal> {
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
    require(known.wiped.is_none(), Code::DeviceWiped)
}
