//! The registry as it was after a given number of entries.

use renkei_proto::act::{Act, DelegationScope, RegistryAct};
use renkei_proto::code::Code;
use renkei_proto::id::{DelegationId, DeviceId, FacilityId, GroupId, UserId};
use renkei_proto::statement::{Actor, Claim, Role, Statement, Verified};
use renkei_proto::time::Time;

use super::{Association, Delegation, Device, Facility, Period, Registry, SealingSince, Seq, User, a12_own_devices};
use crate::{Refusal, require};

/// A moment of the registry.
#[derive(Debug, Clone, Copy)]
pub struct View<'r> {
    pub(crate) registry: &'r Registry,
    pub(super) size: u64,
}

/// A person who may act: active, of an admitted facility, with an active device.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'r> {
    /// The person.
    pub user: UserId,
    /// The device.
    pub device: DeviceId,
    /// Where the person works.
    pub facility: FacilityId,
    /// All that is known of the person.
    pub person: &'r User,
}

impl<'r> View<'r> {
    /// The number of entries.
    pub fn size(self) -> u64 {
        self.size
    }

    /// The association, if it was founded by then.
    pub fn association(self) -> Option<&'r Association> {
        self.registry.association.as_ref().filter(|_| self.size > 0)
    }

    /// The facility, if it had applied by then.
    pub fn facility(self, id: FacilityId) -> Option<&'r Facility> {
        self.registry.facilities.get(&id).filter(|facility| facility.applied < self.size)
    }

    /// The person, if registered by then; ended or not.
    pub fn user(self, id: UserId) -> Option<&'r User> {
        self.registry.users.get(&id).filter(|user| user.registered < self.size)
    }

    /// The device, if named by then; active or not.
    pub fn device(self, id: DeviceId) -> Option<&'r Device> {
        self.registry.devices.get(&id).filter(|device| device.named < self.size)
    }

    /// Every facility by then.
    pub fn facilities(self) -> impl Iterator<Item = (FacilityId, &'r Facility)> {
        self.registry.facilities.iter().map(|(&id, f)| (id, f)).filter(move |(_, f)| f.applied < self.size)
    }

    /// Every person by then.
    pub fn users(self) -> impl Iterator<Item = (UserId, &'r User)> {
        self.registry.users.iter().map(|(&id, u)| (id, u)).filter(move |(_, u)| u.registered < self.size)
    }

    /// Every device by then.
    pub fn devices(self) -> impl Iterator<Item = (DeviceId, &'r Device)> {
        self.registry.devices.iter().map(|(&id, d)| (id, d)).filter(move |(_, d)| d.named < self.size)
    }

    /// Every delegation by then.
    pub fn delegations(self) -> impl Iterator<Item = (DelegationId, &'r Delegation)> {
        self.registry.delegations.iter().map(|(&id, d)| (id, d)).filter(move |(_, d)| d.period.from < self.size)
    }

    /// Whether `facility` is admitted.
    pub fn admitted(self, facility: FacilityId) -> bool {
        self.facility(facility).is_some_and(|f| f.admitted.is_some_and(|seq| seq < self.size))
            && self.ended(facility).is_none()
    }

    /// The entry that ended the admission of `facility`, and when, if it has ended (A3.2).
    pub fn ended(self, facility: FacilityId) -> Option<(Seq, Time)> {
        self.facility(facility)?.ended.filter(|(seq, _)| *seq < self.size)
    }

    /// Whether `facility` is the Desk.
    pub fn is_desk(self, facility: FacilityId) -> bool {
        self.registry.association.as_ref().is_some_and(|association| association.desk == facility)
    }

    /// Whether the person's ID is in force and the facility admitted, suspended or not.
    pub fn holds_id(self, id: UserId) -> bool {
        self.user(id).is_some_and(|user| user.ended.is_none_or(|seq| seq >= self.size) && self.admitted(user.facility))
    }

    /// Whether the person's ID is in force, the facility admitted, and neither suspended.
    pub fn active_user(self, id: UserId) -> bool {
        self.require_active_user(id).is_ok()
    }

    /// The same with the reason why not.
    pub fn require_active_user(self, id: UserId) -> Result<&'r User, Refusal> {
        let user = self.user(id).ok_or(Code::Unknown)?;
        require(self.holds_id(id), Code::UserEnded)?;
        require(!self.facility_suspended(user.facility), Code::FacilitySuspended)?;
        require(!self.user_suspended(id), Code::UserSuspended)?;
        Ok(user)
    }

    /// Whether the device is approved, neither wiped nor suspended, and its person active.
    pub fn active_device(self, id: DeviceId) -> bool {
        self.device(id).is_some_and(|device| {
            device.active.is_some_and(|seq| seq < self.size)
                && device.wiped.is_none_or(|seq| seq >= self.size)
                && !self.device_suspended(id)
                && self.active_user(device.user)
        })
    }

    /// The active devices of a person.
    pub fn active_devices(self, user: UserId) -> impl Iterator<Item = (DeviceId, &'r Device)> {
        let devices: &[DeviceId] = self.user(user).map_or(&[], |user| &user.devices);
        devices.iter().filter(move |&&id| self.active_device(id)).filter_map(move |&id| Some((id, self.device(id)?)))
    }

    /// The keys that the device receives group keys with.
    pub fn sealing(self, id: DeviceId) -> Option<&'r SealingSince> {
        self.device(id)?.sealing.iter().rev().find(|since| since.seq < self.size)
    }

    /// Whether the person is an operator of the Desk.
    pub fn is_operator(self, id: UserId) -> bool {
        self.active_user(id) && self.user(id).is_some_and(|user| self.is_desk(user.facility))
    }

    /// Whether the person is an SNS administrator of `facility`. At the Desk every operator is one.
    pub fn is_administrator(self, id: UserId, facility: FacilityId) -> bool {
        self.active_user(id) && self.holds_office(id, facility)
    }

    /// Whether the person is an SNS administrator of `facility`, also while suspended. Where it matters how many there are,
    /// nobody becomes the only one by having the others suspended.
    pub fn holds_office(self, id: UserId, facility: FacilityId) -> bool {
        self.holds_id(id)
            && self.user(id).is_some_and(|user| {
                user.facility == facility
                    && (self.is_desk(facility) || user.administrator.iter().any(|period| period.holds(self.size)))
            })
    }

    /// Whether the person was an SNS administrator of the own facility at any time since the registry had `size` entries.
    /// At the Desk every operator is one.
    pub fn administered_since(self, id: UserId, size: u64) -> bool {
        let held = |period: &Period| period.from < self.size && period.until.is_none_or(|until| until >= size);
        self.user(id).is_some_and(|user| self.is_desk(user.facility) || user.administrator.iter().any(held))
    }

    /// Whether the person was granted creating groups and inviting for `facility`. Administrators may without a grant.
    pub fn is_group_manager(self, id: UserId, facility: FacilityId) -> bool {
        self.active_user(id)
            && self.user(id).is_some_and(|user| {
                user.facility == facility && user.group_manager.iter().any(|period| period.holds(self.size))
            })
    }

    /// The facility manager.
    pub fn manager(self, facility: FacilityId) -> Option<UserId> {
        self.facility(facility)?.managers.iter().rev().find(|(seq, _)| *seq < self.size).map(|&(_, user)| user)
    }

    /// The SNS administrators of `facility`, those who are suspended among them.
    pub fn administrators_in_office(self, facility: FacilityId) -> impl Iterator<Item = UserId> {
        self.users().map(|(id, _)| id).filter(move |&id| self.holds_office(id, facility))
    }

    /// The SNS administrators of `facility` in force.
    pub fn administrators(self, facility: FacilityId) -> impl Iterator<Item = UserId> {
        self.users().map(|(id, _)| id).filter(move |&id| self.is_administrator(id, facility))
    }

    /// The delegation by which the Desk may act for `facility` in `group` at `time` (A4.2).
    pub fn delegation(
        self,
        id: DelegationId,
        facility: FacilityId,
        group: GroupId,
        time: Time,
    ) -> Result<&'r Delegation, Refusal> {
        let delegation = self.registry.delegations.get(&id).filter(|d| d.period.from < self.size);
        let delegation = delegation.ok_or(Code::DelegationMissing)?;
        require(delegation.facility == facility, Code::DelegationMissing)?;
        require(self.ended(facility).is_none(), Code::DelegationExpired)?;
        let covers = match delegation.scope {
            DelegationScope::Facility => true,
            DelegationScope::Group(only) => only == group,
        };
        require(covers, Code::DelegationMissing)?;
        require(delegation.period.holds(self.size) && time < delegation.until, Code::DelegationExpired)?;
        Ok(delegation)
    }

    /// Whether operators of the Desk may read `group` of `facility` (A4.2).
    pub fn operators_may_read(self, facility: FacilityId, group: GroupId, time: Time) -> bool {
        self.delegations().any(|(id, d)| d.operators_read && self.delegation(id, facility, group, time).is_ok())
    }

    /// Finds the key that the claimed actor has, and believes the statement if that key signed it.
    ///
    /// A wiped or ended actor's signature still verifies; whether such a one may act is for the rules to say.
    pub fn authenticate(self, claim: Claim) -> Result<Verified, Refusal> {
        let statement = claim.unverified();
        let key = match (statement.actor, &statement.act) {
            (Actor::Root, Act::Registry(RegistryAct::Found { root, .. })) if self.size == 0 => *root,
            (Actor::Root, _) => self.registry.association.as_ref().ok_or(Code::NotFounded)?.root,
            (Actor::Device { user, device }, Act::Registry(RegistryAct::ApplyFacility(application)))
                if self.device(device).is_none() =>
            {
                require(user == application.manager.user && device == application.device.device, Code::Unknown)?;
                application.device.signing
            }
            (Actor::Device { user, device }, _) => {
                let known = self.device(device).filter(|known| known.user == user).ok_or(Code::Unknown)?;
                known.registration.signing
            }
        };
        claim.verify(&key).map_err(|_| Refusal(Code::SignatureInvalid))
    }

    /// The person and device behind `statement`, if they may act at all.
    pub fn standing(self, statement: &Statement) -> Result<Standing<'r>, Refusal> {
        let Actor::Device { user, device } = statement.actor else { return Err(Code::WrongRole.into()) };
        let standing = self.may_act(user, device)?;
        // Nobody acts having seen less than the entry that let the device in: an honest device has seen it.
        let active = self.device(device).and_then(|known| known.active);
        require(active.is_some_and(|seq| seq < statement.seen.registry.size), Code::HeadMismatch)?;
        Ok(standing)
    }

    /// Whether `user` may act with `device`, and if not, why.
    pub fn may_act(self, user: UserId, device: DeviceId) -> Result<Standing<'r>, Refusal> {
        let person = self.user(user).ok_or(Code::Unknown)?;
        let known = self.device(device).filter(|known| known.user == user).ok_or(Code::DeviceNotApproved)?;
        require(known.wiped.is_none_or(|seq| seq >= self.size), Code::DeviceWiped)?;
        require(person.ended.is_none_or(|seq| seq >= self.size), Code::UserEnded)?;
        require(self.ended(person.facility).is_none(), Code::FacilityEnded)?;
        require(self.admitted(person.facility), Code::FacilityNotAdmitted)?;
        require(!self.facility_suspended(person.facility), Code::FacilitySuspended)?;
        require(!self.user_suspended(user), Code::UserSuspended)?;
        require(!self.device_suspended(device), Code::DeviceSuspended)?;
        require(self.active_device(device), Code::DeviceNotApproved)?;
        Ok(Standing { user, device, facility: person.facility, person })
    }

    /// Whether `user` may sign in with `device` (A3.1, A7.1, A8.2, A8.5, A9.1, A12.3, A12.4, A12.6), and if not, why.
    pub fn may_sign_in(self, user: UserId, device: DeviceId) -> Result<Standing<'r>, Refusal> {
        let standing = self.may_act(user, device)?;
        require(self.administrators_in_office(standing.facility).next().is_some(), Code::NoAdministrator)?;
        require(standing.person.pledge.iter().any(|(seq, _)| *seq < self.size), Code::PledgeMissing)?;
        a12_own_devices::permit_sign_in(self, &standing)?;
        Ok(standing)
    }

    /// Whether `standing` acts in a role that it has towards `facility`, as a deputy too; `otherwise` is the refusal.
    pub(crate) fn require_administrator(
        self,
        standing: &Standing<'_>,
        role: Role,
        facility: FacilityId,
        otherwise: Code,
    ) -> Result<(), Refusal> {
        // What a deputy may do, and when, was asked before any rule ([`super::a08_deputies::permit`]).
        if role == Role::Deputy {
            return require(self.named_deputy(standing.user, facility), otherwise);
        }
        let expected = if self.is_desk(facility) { Role::Operator } else { Role::SnsAdministrator };
        require(self.is_administrator(standing.user, facility), otherwise)?;
        require(role == expected, Code::WrongRole)
    }
}
