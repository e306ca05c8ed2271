//! Who may look into the record of access (A2.1).
//!
//! | who | sees |
//! | --- | --- |
//! | a person | the own records |
//! | an SNS administrator of a facility | those of the facility's people, and of the groups that the facility originates |
//! | an operator of the Desk | how often what happened at which facility; the records of the Desk's people, of its own groups, and of those that an ended facility has left behind |
//!
//! Nobody else sees anything. Whoever has the server's machine has all of it, and exports it there for a committee.

use renkei_proto::access::{AccessRecord, Scope};
use renkei_proto::code::Code;
use renkei_proto::id::{FacilityId, GroupId, UserId};

use crate::registry::{Standing, View};
use crate::{Refusal, require};

/// What of the record somebody may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lens {
    /// One person's records.
    User(UserId),
    /// Those of a facility's people, and of its groups.
    Facility(FacilityId),
    /// Those of one group.
    Group(GroupId),
}

/// What `viewer` may see in this scope. `originator` knows by which facility a group was opened.
pub fn permit_records(
    view: View<'_>,
    viewer: &Standing<'_>,
    scope: Scope,
    originator: impl Fn(GroupId) -> Option<FacilityId>,
) -> Result<Lens, Refusal> {
    let own = viewer.facility;
    // At the Desk every operator is one: somebody must be able to say what a colleague's lost device had open. Of facilities
    // they see numbers only.
    let administers = view.is_administrator(viewer.user, own);
    match scope {
        Scope::Own => Ok(Lens::User(viewer.user)),
        Scope::User(user) if user == viewer.user => Ok(Lens::User(user)),
        Scope::Counts => Err(Code::NotForYou.into()),
        Scope::Facility => require(administers, Code::NotAdministrator).map(|()| Lens::Facility(own)),
        Scope::User(user) => {
            require(administers, Code::NotAdministrator)?;
            let theirs = view.user(user).map(|person| person.facility);
            require(theirs == Some(own), Code::NotForYou).map(|()| Lens::User(user))
        }
        Scope::Group(group) => {
            require(administers, Code::NotAdministrator)?;
            // What an ended facility has left behind, the Desk answers for (A3.2).
            let left = |by: FacilityId| view.is_desk(own) && view.ended(by).is_some();
            let theirs = originator(group).is_some_and(|by| by == own || left(by));
            require(theirs, Code::NotForYou).map(|()| Lens::Group(group))
        }
    }
}

/// Whether `viewer` may see numbers of all facilities.
pub fn permit_counts(view: View<'_>, viewer: &Standing<'_>) -> Result<(), Refusal> {
    require(view.is_operator(viewer.user), Code::NotOperator)
}

impl Lens {
    /// Whether this record is seen through it.
    pub fn shows(
        self,
        view: View<'_>,
        record: &AccessRecord,
        originator: impl Fn(GroupId) -> Option<FacilityId>,
    ) -> bool {
        match self {
            Self::User(user) => record.user == Some(user),
            Self::Group(group) => record.what.group() == Some(group),
            Self::Facility(facility) => {
                let works = record.user.and_then(|user| view.user(user)).map(|person| person.facility);
                works == Some(facility) || record.what.group().and_then(originator) == Some(facility)
            }
        }
    }
}
