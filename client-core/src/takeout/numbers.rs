//! How many takeouts stand where: numbers for the Desk and for a facility's administrators (A15.1), nothing of what is taken out;
//! and how much one of them reaches, for the readers of its group (A12.5).

use renkei_policy::registry::View;
use renkei_policy::registry::a12_takeout::{Stage, StandingPermit, Takeout};
use renkei_proto::act::Act;
use renkei_proto::id::FacilityId;
use renkei_proto::takeout::TakeoutSubject;
use renkei_proto::time::Time;
use serde::{Deserialize, Serialize};

use crate::client::Client;
use crate::replica::Sealed;

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
        let in_force = |one: &StandingPermit| one.in_force(now);
        numbers.standing = view.standing_takeouts().filter(in_force).filter(|one| theirs(one.permit.user)).count();
        numbers
    }
}

/// What a request for information reaches, for whoever reads the group as well: what was there when it was asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extent {
    /// Messages.
    pub messages: usize,
    /// Files that they name.
    pub files: usize,
}

impl Client {
    /// What `takeout` reaches, as far as this person reads its group; none for who only governs, and of a device.
    pub fn takeout_extent(&self, takeout: &Takeout) -> Option<Extent> {
        let TakeoutSubject::Information { group, first, last } = takeout.request.what else { return None };
        self.look(|replica| {
            let followed = replica.group(group)?;
            followed.group()?.reading(replica.registry().now(), self.user())?;
            let reached = |one: &&Sealed| (first..=last).contains(&one.seq) && one.time <= takeout.asked.time;
            let mut extent = Extent::default();
            for one in followed.messages().iter().filter(reached) {
                extent.messages += 1;
                if let Act::Post(post) = &one.statement.act {
                    extent.files += post.files.as_slice().len();
                }
            }
            Some(extent)
        })
    }
}
