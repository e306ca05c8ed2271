//! Article 12 (9): what is in a group leaves the service only under a permit (A12.5), and only by the hands of somebody who
//! reads it there.
//!
//! The server asks this before anything is exported, and puts the export on record; a client asks it before it asks the
//! server. What a reader sees on the screen, and could write down, no program holds back.

use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::id::{DeviceId, TakeoutId, UserId};
use renkei_proto::takeout::{TakeoutExport, TakeoutForm};
use renkei_proto::time::Time;

use super::Group;
use super::roster::Roster;
use crate::registry::a12_takeout::{self, Leaving};
use crate::registry::{Standing, View};
use crate::{Refusal, require};

/// Whether `standing`, a reader, may export this now. `written` is when the entry at its last place was.
pub fn permit(
    group: &Group,
    view: View<'_>,
    standing: &Standing<'_>,
    (export, written): (&TakeoutExport, Time),
    time: Time,
) -> Result<(), Refusal> {
    require(group.id() == export.group, Code::Unknown)?;
    let reads = Roster::of(group, view, time).has(standing.user, standing.device);
    require(reads, Code::NotAReader)?;
    if let Some(code) = group.shut() {
        return Err(code.into());
    }
    a12_takeout::covers(view, standing, &Leaving::of(export, written), time)?;
    let span = export.last.checked_sub(export.first).ok_or(Code::Unknown)?;
    require(export.last < group.size(), Code::Unknown)?;
    let items = u64::from(export.items);
    let bounded = u64::try_from(bounds::TAKEOUT_ITEMS).is_ok_and(|most| items <= most);
    // A message, and with it, in an archive, its files.
    let each = match export.form {
        TakeoutForm::Archive => u64::try_from(bounds::FILES).unwrap_or(u64::MAX).saturating_add(1),
        TakeoutForm::Text => 1,
    };
    require(items > 0 && items <= span.saturating_add(1).saturating_mul(each) && bounded, Code::TooLarge)
}

/// Whether a file of the message at `seq`, `written` then, may be put into an archive under `takeout` now. That the person
/// reads it at all is asked for any file ([`super::a12_files`]).
pub(super) fn permit_file(
    group: &Group,
    view: View<'_>,
    (user, device): (UserId, DeviceId),
    takeout: TakeoutId,
    (seq, written): (u64, Time),
    time: Time,
) -> Result<(), Refusal> {
    let standing = view.may_act(user, device)?;
    let leaving = Leaving { takeout, group: group.id(), form: TakeoutForm::Archive, first: seq, last: seq, written };
    a12_takeout::covers(view, &standing, &leaving, time)
}
