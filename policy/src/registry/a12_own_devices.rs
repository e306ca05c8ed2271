//! Article 12 (10): people's own devices, where the facility lets none in (A12.6).
//!
//! Nobody is locked out by that: while no administrator of the facility can act with a device of the facility's, their own
//! ones still get in, so that such a device can be registered. From then on they don't.

use renkei_proto::act::Ownership;
use renkei_proto::code::Code;
use renkei_proto::id::{DeviceId, FacilityId};

use super::{Standing, View};
use crate::{Refusal, require};

fn is_own(view: View<'_>, device: DeviceId) -> bool {
    view.device(device).is_some_and(|known| known.registration.ownership == Ownership::Own)
}

/// Whether none of the facility's administrators can act with a device that is not the person's own.
pub(super) fn only_own(view: View<'_>, facility: FacilityId) -> bool {
    let all = |user| view.active_devices(user).map(move |(device, _)| (user, device));
    !view
        .administrators_in_office(facility)
        .flat_map(all)
        .any(|(user, device)| !is_own(view, device) && view.may_act(user, device).is_ok())
}

/// Whether the device gets in as to whose it is.
pub(super) fn permit_sign_in(view: View<'_>, standing: &Standing<'_>) -> Result<(), Refusal> {
    if !is_own(view, standing.device) || view.rules(Some(standing.facility)).own_devices {
        return Ok(());
    }
    let needed = view.is_administrator(standing.user, standing.facility) && only_own(view, standing.facility);
    require(needed, Code::ByodNotAllowed)
}
