//! Article 12 (9): what is in a group leaves the service only under a permit (A12.5), and only by the hands of somebody who
//! reads it there.
//!
//! The server asks this before anything is exported, and puts the export on record; a client asks it before it asks the
//! server. What a reader sees on the screen, and could write down, no program holds back.

use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::takeout::TakeoutExport;
use renkei_proto::time::Time;

use super::Group;
use super::roster::Roster;
use crate::registry::{Standing, View, a12_takeout};
use crate::{Refusal, require};

/// Whether `standing`, a reader, may export this now.
pub fn permit(
    group: &Group,
    view: View<'_>,
    standing: &Standing<'_>,
    export: &TakeoutExport,
    time: Time,
) -> Result<(), Refusal> {
    require(group.id() == export.group, Code::Unknown)?;
    let reads = Roster::of(group, view, time).has(standing.user, standing.device);
    require(reads, Code::NotAReader)?;
    if let Some(code) = group.shut() {
        return Err(code.into());
    }
    a12_takeout::covers(view, standing, export, time)?;
    let span = export.last.checked_sub(export.first).ok_or(Code::Unknown)?;
    require(export.last < group.size(), Code::Unknown)?;
    let items = u64::from(export.items);
    let bounded = u64::try_from(bounds::TAKEOUT_ITEMS).is_ok_and(|most| items <= most);
    require(items > 0 && items <= span.saturating_add(1) && bounded, Code::TooLarge)
}
