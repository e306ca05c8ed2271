//! Article 8: a deputy does for the SNS administrators what waits for nobody, while they are away (A8.3).
//!
//! An SNS administrator or the facility manager names a colleague, for a time. In that time, and in no other, the deputy
//! decides on invitations, gives the first signature for colleagues' devices, ends their waits and sessions, stops people
//! and devices, wipes, and decides on takeouts. Nothing else: no office is given or taken, nothing is set, handed on or
//! reset. A deputy is nobody's second person, has no say over those who hold an office or over oneself, and is no
//! administrator where one is needed (A7.1). Every act is signed in a role of its own, which the log keeps.
//!
//! That is asked here, before any other rule: of whoever signs as a deputy nothing passes that is not named in `daily`.

use renkei_proto::act::{Act, GroupAct, RegistryAct};
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::id::{FacilityId, UserId};
use renkei_proto::statement::{Role, Statement};
use renkei_proto::time::Time;
use serde::{Deserialize, Serialize};

use super::{Period, Registry, Seq, User, View};
use crate::{Refusal, require};

/// Seconds by which an honest device's clock is behind at most, generously: a day.
const SKEW: u64 = 24 * 3600;

/// A time as a deputy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deputyship {
    /// Who named the deputy.
    pub by: UserId,
    /// From when.
    pub from: Time,
    /// Until when, excluded.
    pub until: Time,
    /// From the entry that named the deputy to the one that ended it before its time.
    pub period: Period,
}

/// Whose matter an act of a deputy is.
enum Subject {
    /// This person's.
    Person(UserId),
    /// That of somebody whom the group knows, and whom the rule of the act asks about.
    OfGroup,
}

/// What a deputy may do, and on whom. None for everything else.
fn daily(view: View<'_>, act: &Act) -> Option<Result<Subject, Refusal>> {
    let person = |user: Option<UserId>| user.map(Subject::Person).ok_or_else(|| Code::Unknown.into());
    let asked = |id| {
        let by = view.takeout(id).map(|one| one.asked.by);
        by.or_else(|| view.standing_takeout(id).map(|one| one.permit.user))
    };
    match act {
        Act::Registry(
            RegistryAct::LiftLockout { user }
            | RegistryAct::SuspendUser { user }
            | RegistryAct::ApproveDevice { user, .. },
        ) => Some(person(Some(*user))),
        Act::Registry(RegistryAct::SuspendDevice { device, .. } | RegistryAct::WipeDevice { device }) => {
            Some(person(view.device(*device).map(|known| known.user)))
        }
        Act::Registry(
            RegistryAct::DecideTakeout { takeout, .. }
            | RegistryAct::RevokeTakeout { takeout }
            | RegistryAct::ConfirmTakeoutEnd { takeout, .. },
        ) => Some(person(asked(*takeout))),
        Act::Group(GroupAct::Approve { .. } | GroupAct::Decline { .. }) => Some(Ok(Subject::OfGroup)),
        _ => None,
    }
}

/// Whether whoever signs as a deputy is one at `time`, and may do this at all.
pub(crate) fn permit(view: View<'_>, statement: &Statement, time: Time) -> Result<(), Refusal> {
    if statement.role != Role::Deputy {
        return Ok(());
    }
    let standing = view.standing(statement)?;
    require(view.is_deputy(standing.user, standing.facility, time), Code::NotDeputy)?;
    match daily(view, &statement.act).ok_or(Code::NotForDeputies)?? {
        Subject::Person(user) => require_subject(view, standing.user, user),
        Subject::OfGroup => Ok(()),
    }
}

/// Whether a deputy may act on `user`: on nobody who holds an office, and not on oneself.
pub(crate) fn require_subject(view: View<'_>, deputy: UserId, user: UserId) -> Result<(), Refusal> {
    require(deputy != user, Code::SecondPersonRequired)?;
    let facility = view.user(user).ok_or(Code::Unknown)?.facility;
    require(!view.holds_office(user, facility) && view.manager(facility) != Some(user), Code::NotForDeputies)
}

/// Whoever names and ends deputies acts: an SNS administrator of the facility, or its manager.
fn principal(view: View<'_>, statement: &Statement, facility: FacilityId) -> Result<(), Refusal> {
    let standing = view.standing(statement)?;
    if statement.role == Role::FacilityManager {
        return require(view.manager(facility) == Some(standing.user), Code::NotFacilityManager);
    }
    view.require_administrator(&standing, statement.role, facility, Code::NotAdministrator)
}

pub(super) fn permit_naming(
    view: View<'_>,
    statement: &Statement,
    user: UserId,
    (from, until): (Time, Time),
    time: Time,
) -> Result<(), Refusal> {
    let facility = view.user(user).ok_or(Code::Unknown)?.facility;
    principal(view, statement, facility)?;
    // Operators are appointed by the root, so that the Desk can't multiply by itself.
    require(!view.is_desk(facility), Code::NotRoot)?;
    view.require_active_user(user)?;
    require(!view.holds_office(user, facility), Code::NothingToDo)?;
    // One time after the other: whoever is named again is ended first.
    require(view.deputyship(user, time).is_none(), Code::NothingToDo)?;
    let length = until.0.checked_sub(from.0).ok_or(Code::DateOutOfRange)?;
    let ahead = from.since(time) <= bounds::DEPUTY_AHEAD;
    require((1..=bounds::DEPUTY_TERM).contains(&length) && ahead && time < until, Code::DateOutOfRange)
}

/// Also by the deputy, who lays it down.
pub(super) fn permit_end(view: View<'_>, statement: &Statement, user: UserId, time: Time) -> Result<(), Refusal> {
    let facility = view.user(user).ok_or(Code::Unknown)?.facility;
    let own = statement.role == Role::User && view.standing(statement)?.user == user;
    if !own {
        principal(view, statement, facility)?;
    }
    require(view.deputyship(user, time).is_some(), Code::NothingToDo)
}

/// Ends what has not been ended yet.
pub(super) fn end(person: &mut User, seq: Seq) {
    for one in person.deputy.iter_mut().filter(|one| one.period.until.is_none()) {
        one.period.until = Some(seq);
    }
}

impl Registry {
    pub(super) fn fold_deputy(&mut self, seq: Seq, by: Option<UserId>, user: UserId, (from, until): (Time, Time)) {
        if let (Some(person), Some(by)) = (self.users.get_mut(&user), by) {
            // What is over by its date is closed, so that one at most is open.
            end(person, seq);
            person.deputy.push(Deputyship { by, from, until, period: Period::starting(seq) });
        }
    }
}

impl<'r> View<'r> {
    /// Whether the person was named a deputy of `facility` and nobody ended it, whatever the time.
    pub fn named_deputy(self, id: UserId, facility: FacilityId) -> bool {
        self.active_user(id)
            && self.user(id).is_some_and(|user| {
                user.facility == facility && user.deputy.iter().any(|one| one.period.holds(self.size))
            })
    }

    /// The person's time as a deputy that is running at `time`, or to come.
    pub fn deputyship(self, id: UserId, time: Time) -> Option<&'r Deputyship> {
        self.user(id)?.deputy.iter().rev().find(|one| one.period.holds(self.size) && time < one.until)
    }

    /// Whether the person is a deputy of `facility` at `time`.
    pub fn is_deputy(self, id: UserId, facility: FacilityId, time: Time) -> bool {
        self.named_deputy(id, facility) && self.deputyship(id, time).is_some_and(|one| one.from <= time)
    }

    /// Whether `id` is a deputy at `time` whom the matters of `user` are open to.
    pub fn deputy_for(self, id: UserId, user: UserId, time: Time) -> bool {
        self.user(user).is_some_and(|person| self.is_deputy(id, person.facility, time))
            && require_subject(self, id, user).is_ok()
    }

    /// Whether the person was a deputy at any time since the registry had `size` entries, which was at `since`: who is sealed
    /// what the deciding ones are. A device whose clock is behind by a day at most may have sealed it to one whose time was over.
    pub fn deputised_since(self, id: UserId, size: u64, since: Time) -> bool {
        let known = |one: &Deputyship| {
            one.period.from < self.size
                && one.period.until.is_none_or(|until| until >= size)
                && one.until.plus(SKEW) > since
        };
        self.user(id).is_some_and(|user| user.deputy.iter().any(known))
    }

    /// Everybody who is a deputy of `facility` at `time` or will be.
    pub fn deputies(self, facility: FacilityId, time: Time) -> impl Iterator<Item = (UserId, &'r Deputyship)> {
        let here = self.users().filter(move |(id, _)| self.named_deputy(*id, facility));
        here.filter_map(move |(id, _)| Some((id, self.deputyship(id, time)?)))
    }
}
