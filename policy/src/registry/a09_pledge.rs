//! Article 9: Form 2, or the exemption of an equal pledge already held, before the first sign-in (A9.1).
//!
//! That nobody signs in without one is decided in [`super::View::may_sign_in`].

use renkei_proto::act::{Person, StaffPledge};
use renkei_proto::code::Code;
use renkei_proto::id::UserId;
use renkei_proto::statement::Statement;
use renkei_proto::time::{Date, Time};

use super::{View, a08_staff};
use crate::{Refusal, require};

/// Whether a pledge may bear this day at `time`: none is dated ahead.
pub fn permit_day(day: Date, time: Time) -> Result<(), Refusal> {
    require(day.begun_by(time), Code::DateOutOfRange)
}

fn dated_right(pledge: &StaffPledge, time: Time) -> Result<(), Refusal> {
    let (StaffPledge::Signed { on: day, .. } | StaffPledge::Exempt { held_since: day }) = pledge;
    permit_day(*day, time)
}

/// The pledge is there already when the person is registered.
pub(super) fn permit_at_registration(person: &Person, time: Time) -> Result<(), Refusal> {
    dated_right(person.pledge.as_ref().ok_or(Code::PledgeMissing)?, time)
}

pub(super) fn permit_record(
    view: View<'_>,
    statement: &Statement,
    user: UserId,
    pledge: &StaffPledge,
    time: Time,
) -> Result<(), Refusal> {
    a08_staff::permit_pledge(view, statement, user)?;
    dated_right(pledge, time)
}
