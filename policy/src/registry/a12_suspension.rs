//! Article 12 (7), the emergency stop: a device, a person or a whole facility is stopped at once and may go on later
//! (A3.2, A8.2, A8.3, A12.4).
//!
//! Stopping is easy and takes one: a person stops the own devices, an SNS administrator the facility, its people and
//! devices, an operator of the Desk anybody. Going on takes at least the same authority as stopping did, so that nobody
//! undoes what was done above; a device that was lost is not brought back by its person alone; and a facility is let on by
//! two operators, as it was admitted by two (A3.1).
//!
//! Who is suspended reads nothing new: not in the roster ([`crate::group::roster`]), so the next key is not sealed to them.
//! Offices are kept, and count where a number protects ([`super::View::holds_office`]).

use renkei_proto::act::RegistryAct;
use renkei_proto::code::Code;
use renkei_proto::id::{DeviceId, FacilityId, UserId};
use renkei_proto::statement::{Actor, Role, Statement};
use serde::{Deserialize, Serialize};

use super::{Effect, Period, Registry, Seq, View, a08_devices, desk_voices};
use crate::{Refusal, require};

/// In whose name something was suspended, from the least to the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Authority {
    /// The device's person.
    Person,
    /// The facility's SNS administrator.
    Facility,
    /// An operator of the Desk, or the root.
    Desk,
}

/// A stretch of being suspended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    /// From which entry to which.
    pub period: Period,
    /// Who did it; none is the root.
    pub by: Option<UserId>,
    /// In whose name.
    pub authority: Authority,
    /// Whether the device was reported lost.
    pub lost: bool,
    /// Of a facility: which operators have signed so far that it may go on.
    pub voices: Vec<(Seq, UserId)>,
}

impl Suspension {
    fn starting(seq: Seq, by: Option<UserId>, authority: Authority, lost: bool) -> Self {
        Self { period: Period::starting(seq), by, authority, lost, voices: Vec::new() }
    }
}

impl<'r> View<'r> {
    fn in_force(self, all: &'r [Suspension]) -> impl Iterator<Item = &'r Suspension> {
        all.iter().filter(move |one| one.period.holds(self.size))
    }

    /// The suspensions of a device in force.
    pub fn suspensions_of_device(self, id: DeviceId) -> impl Iterator<Item = &'r Suspension> {
        self.in_force(self.device(id).map_or(&[], |device| &device.suspended))
    }

    /// The suspensions of a person in force.
    pub fn suspensions_of_user(self, id: UserId) -> impl Iterator<Item = &'r Suspension> {
        self.in_force(self.user(id).map_or(&[], |user| &user.suspended))
    }

    /// The suspensions of a facility in force.
    pub fn suspensions_of_facility(self, id: FacilityId) -> impl Iterator<Item = &'r Suspension> {
        self.in_force(self.facility(id).map_or(&[], |facility| &facility.suspended))
    }

    /// Whether the device itself is suspended.
    pub fn device_suspended(self, id: DeviceId) -> bool {
        self.suspensions_of_device(id).next().is_some()
    }

    /// Whether the device is reported lost.
    pub fn lost(self, id: DeviceId) -> bool {
        self.suspensions_of_device(id).any(|one| one.lost)
    }

    /// Whether the ID itself is suspended.
    pub fn user_suspended(self, id: UserId) -> bool {
        self.suspensions_of_user(id).next().is_some()
    }

    /// Whether the facility is suspended.
    pub fn facility_suspended(self, id: FacilityId) -> bool {
        self.suspensions_of_facility(id).next().is_some()
    }
}

/// The authority that an act in this role has over the people and devices of `facility`.
fn authority(view: View<'_>, statement: &Statement, facility: FacilityId) -> Result<(UserId, Authority), Refusal> {
    let standing = view.standing(statement)?;
    if statement.role == Role::Operator && view.is_operator(standing.user) {
        return Ok((standing.user, Authority::Desk));
    }
    view.require_administrator(&standing, statement.role, facility, Code::NotAdministrator)?;
    Ok((standing.user, Authority::Facility))
}

/// Nothing is suspended twice in the same name, or below a name in which it is already.
fn require_news<'s>(mut known: impl Iterator<Item = &'s Suspension>, authority: Authority) -> Result<(), Refusal> {
    require(known.all(|one| one.authority < authority), Code::NothingToDo)
}

/// Whoever suspended it, or somebody above, lets it go on.
fn require_reach<'s>(known: impl Iterator<Item = &'s Suspension>, authority: Authority) -> Result<(), Refusal> {
    let highest = known.map(|one| one.authority).max().ok_or(Code::NothingToDo)?;
    require(authority >= highest, if highest == Authority::Desk { Code::NotOperator } else { Code::NotAdministrator })
}

fn device_authority(view: View<'_>, statement: &Statement, device: DeviceId) -> Result<(UserId, Authority), Refusal> {
    let known = view.device(device).ok_or(Code::Unknown)?;
    let owner = view.user(known.user).ok_or(Code::Unknown)?;
    let standing = view.standing(statement)?;
    require(known.wiped.is_none(), Code::DeviceWiped)?;
    if statement.role == Role::User && known.user == standing.user {
        return Ok((standing.user, Authority::Person));
    }
    authority(view, statement, owner.facility)
}

pub(super) fn permit_device(
    view: View<'_>,
    statement: &Statement,
    device: DeviceId,
    lost: bool,
) -> Result<Authority, Refusal> {
    let (_, authority) = device_authority(view, statement, device)?;
    if lost && !view.lost(device) {
        return Ok(authority);
    }
    require_news(view.suspensions_of_device(device), authority)?;
    Ok(authority)
}

pub(super) fn permit_device_again(view: View<'_>, statement: &Statement, device: DeviceId) -> Result<(), Refusal> {
    let (by, authority) = device_authority(view, statement, device)?;
    require_reach(view.suspensions_of_device(device), authority)?;
    // It was out of its person's hands: somebody else looks at it first, where there is somebody.
    let owner = view.device(device).map(|known| known.user);
    if view.lost(device) {
        require(authority > Authority::Person, Code::NotAdministrator)?;
        let alone = a08_devices::only_administrator(view, by);
        require(owner != Some(by) || alone, Code::SecondPersonRequired)?;
    }
    Ok(())
}

/// The authority over a person: an administrator's over staff, the manager's over administrators, the Desk's over all; the
/// root's over operators.
fn user_authority(view: View<'_>, statement: &Statement, user: UserId) -> Result<Authority, Refusal> {
    let person = view.user(user).ok_or(Code::Unknown)?;
    if statement.actor == Actor::Root {
        super::judge::require_root(statement)?;
        require(view.is_desk(person.facility), Code::NotAdministrator)?;
        require(person.ended.is_none(), Code::UserEnded)?;
        return Ok(Authority::Desk);
    }
    let (by, authority) = authority(view, statement, person.facility)?;
    require(person.ended.is_none(), Code::UserEnded)?;
    require(by != user, Code::SecondPersonRequired)?;
    if authority == Authority::Facility {
        // Else one administrator could stop all the others.
        let manager = view.manager(person.facility);
        let above = manager == Some(by) || !view.holds_office(user, person.facility) && manager != Some(user);
        require(above, Code::NotFacilityManager)?;
    }
    Ok(authority)
}

pub(super) fn permit_user(view: View<'_>, statement: &Statement, user: UserId) -> Result<Authority, Refusal> {
    let authority = user_authority(view, statement, user)?;
    require_news(view.suspensions_of_user(user), authority)?;
    Ok(authority)
}

pub(super) fn permit_user_again(view: View<'_>, statement: &Statement, user: UserId) -> Result<(), Refusal> {
    let authority = user_authority(view, statement, user)?;
    require_reach(view.suspensions_of_user(user), authority)
}

pub(super) fn permit_facility(
    view: View<'_>,
    statement: &Statement,
    facility: FacilityId,
) -> Result<Authority, Refusal> {
    view.facility(facility).ok_or(Code::Unknown)?;
    let (_, authority) = authority(view, statement, facility)?;
    require(view.admitted(facility), Code::FacilityNotAdmitted)?;
    // There is one Desk, and without it nobody could let anybody on.
    require(!view.is_desk(facility), Code::NotRoot)?;
    require_news(view.suspensions_of_facility(facility), authority)?;
    Ok(authority)
}

pub(super) fn permit_facility_again(
    view: View<'_>,
    statement: &Statement,
    facility: FacilityId,
) -> Result<(), Refusal> {
    let standing = view.standing(statement)?;
    view.facility(facility).ok_or(Code::Unknown)?;
    require(view.is_operator(standing.user), Code::NotOperator)?;
    require(statement.role == Role::Operator, Code::WrongRole)?;
    let latest = view.suspensions_of_facility(facility).last().ok_or(Code::NothingToDo)?;
    desk_voices::require_voice(view, latest.voices.iter().map(|&(_, by)| Some(by)), Some(standing.user))
}

fn end(all: &mut [Suspension], seq: Seq) {
    for one in all.iter_mut().filter(|one| one.period.until.is_none()) {
        one.period.until = Some(seq);
    }
}

impl Registry {
    /// Takes in what was judged. What is above or at the Desk is told by the role, as the acts permit no other.
    pub(super) fn fold_suspension(
        &mut self,
        seq: Seq,
        role: Role,
        by: Option<UserId>,
        act: &RegistryAct,
    ) -> Vec<Effect> {
        let authority = match role {
            Role::Root | Role::Operator => Authority::Desk,
            Role::User => Authority::Person,
            Role::FacilityManager | Role::SnsAdministrator | Role::GroupManager | Role::Deputy => Authority::Facility,
        };
        let starting = |lost| Suspension::starting(seq, by, authority, lost);
        match *act {
            RegistryAct::SuspendDevice { device, lost } => {
                self.devices.entry(device).and_modify(|known| known.suspended.push(starting(lost)));
            }
            RegistryAct::SuspendUser { user } => {
                self.users.entry(user).and_modify(|known| known.suspended.push(starting(false)));
            }
            RegistryAct::SuspendFacility { facility } => {
                self.facilities.entry(facility).and_modify(|known| known.suspended.push(starting(false)));
            }
            RegistryAct::ResumeDevice { device } => {
                self.devices.entry(device).and_modify(|known| end(&mut known.suspended, seq));
                return Vec::new();
            }
            RegistryAct::ResumeUser { user } => {
                self.users.entry(user).and_modify(|known| end(&mut known.suspended, seq));
                return Vec::new();
            }
            RegistryAct::ResumeFacility { facility } => {
                self.fold_facility_again(seq, by, facility);
                return Vec::new();
            }
            _ => return Vec::new(),
        }
        vec![Effect::Suspended]
    }

    fn fold_facility_again(&mut self, seq: Seq, by: Option<UserId>, facility: FacilityId) {
        let Some(by) = by else { return };
        let Some(known) = self.facilities.get_mut(&facility) else { return };
        let Some(latest) = known.suspended.iter_mut().rev().find(|one| one.period.until.is_none()) else { return };
        latest.voices.retain(|(_, one)| *one != by);
        latest.voices.push((seq, by));
        let voices = latest.voices.clone();
        if desk_voices::enough(self.now(), voices.iter().map(|&(_, by)| Some(by)))
            && let Some(known) = self.facilities.get_mut(&facility)
        {
            end(&mut known.suspended, seq);
        }
    }
}
