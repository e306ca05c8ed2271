//! How many takeouts stand where: numbers for the Desk and for a facility's administrators (A15.1). Nothing of what is taken out.

use renkei_policy::registry::View;
use renkei_policy::registry::a12_takeout::Stage;
use renkei_proto::id::FacilityId;
use renkei_proto::time::Time;
use serde::{Deserialize, Serialize};

/// How many takeouts of a facility's people stand where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakeoutNumbers {
    /// They wait for a decision.
    pub requested: usize,
    /// They are permitted and not over.
    pub permitted: usize,
    /// They are over, and nobody has confirmed how they ended.
    pub overdue: usize,
    /// Their end is confirmed.
    pub ended: usize,
    /// An administrator refused.
    pub refused: usize,
    /// The person took the request back.
    pub withdrawn: usize,
    /// Nobody decided before their time was over.
    pub lapsed: usize,
    /// Standing permits for text of the chart that are in force.
    pub standing: usize,
}

impl TakeoutNumbers {
    /// Those of a facility.
    pub(crate) fn of(view: View<'_>, facility: FacilityId, now: Time) -> Self {
        let mut numbers = Self::default();
        let theirs = |user| view.user(user).is_some_and(|person| person.facility == facility);
        for (_, stage) in view.takeouts(now).filter(|(one, _)| theirs(one.asked.by)) {
            let count = match stage {
                Stage::Requested => &mut numbers.requested,
                Stage::Permitted => &mut numbers.permitted,
                Stage::Overdue => &mut numbers.overdue,
                Stage::Ended => &mut numbers.ended,
                Stage::Refused => &mut numbers.refused,
                Stage::Withdrawn => &mut numbers.withdrawn,
                Stage::Lapsed => &mut numbers.lapsed,
            };
            *count += 1;
        }
        let in_force = |one: &renkei_policy::registry::a12_takeout::StandingPermit| one.in_force(now);
        numbers.standing =
            view.standing_takeouts().filter(in_force).filter(|one| theirs(one.permit.user)).count();
        numbers
    }
}
