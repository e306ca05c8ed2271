//! What becomes of devices, and of people and facilities with them: stopped and let on (A12.4), taken out of use (A8.2),
//! wiped many at once (A12.3), and looked after (A12.1).

use renkei_policy::registry::Registry;
use renkei_policy::registry::a12_posture::Standing;
use renkei_proto::act::{Ownership, RegistryAct};
use renkei_proto::code::Code;
use renkei_proto::frame::{Accepted, Fault, Sidecar};
use renkei_proto::id::{DeviceId, FacilityId, UserId};
use renkei_proto::posture::Posture;
use renkei_proto::statement::Role;
use renkei_proto::time::Date;

use crate::Result;
use crate::client::Client;
use crate::office::role_of;

/// Whose devices are wiped together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// All of a person.
    Person(UserId),
    /// All of a facility's people.
    Facility {
        /// Which facility.
        facility: FacilityId,
        /// Only those that belong to the facility, not people's own.
        owned_only: bool,
    },
}

/// The office in which `me` acts on the people and devices of `facility`: an operator of the Desk for everybody.
fn office(registry: &Registry, me: UserId, facility: FacilityId) -> Role {
    let view = registry.now();
    if view.is_operator(me) { Role::Operator } else { role_of(registry, me, facility) }
}

impl Client {
    /// The role in which this person acts on `device`: as its person where it is the own and there is no office.
    fn role_for_device(&self, device: DeviceId) -> Result<Role> {
        let role = self.look(|replica| {
            let view = replica.registry().now();
            let owner = view.device(device)?.user;
            let facility = view.user(owner)?.facility;
            let holds = view.is_administrator(self.user(), facility) || view.is_operator(self.user());
            let own = owner == self.user() && !holds;
            Some(if own { Role::User } else { office(replica.registry(), self.user(), facility) })
        });
        role.ok_or_else(|| Code::Unknown.into())
    }

    fn role_for_user(&self, user: UserId) -> Result<Role> {
        let role = self.look(|replica| {
            let facility = replica.registry().now().user(user)?.facility;
            Some(office(replica.registry(), self.user(), facility))
        });
        role.ok_or_else(|| Code::Unknown.into())
    }

    /// Stops a device at once (A12.4); `lost` puts on record that it is not where it should be (A8.2). One's own is
    /// stopped as its person, so that the same person may let it go on.
    pub async fn suspend_device(&self, device: DeviceId, lost: bool) -> Result<Accepted> {
        let own = self.look(|replica| replica.registry().now().device(device).map(|known| known.user));
        let role = if own == Some(self.user()) { Role::User } else { self.role_for_device(device)? };
        self.registry_act(role, RegistryAct::SuspendDevice { device, lost }, Sidecar::default()).await
    }

    /// Lets it go on, in the least role that may: its person where it was its person who stopped it.
    pub async fn resume_device(&self, device: DeviceId) -> Result<Accepted> {
        use renkei_policy::registry::Authority;
        let by_its_person = self.look(|replica| {
            let view = replica.registry().now();
            let own = view.device(device).is_some_and(|known| known.user == self.user());
            own && !view.lost(device)
                && view.suspensions_of_device(device).all(|one| one.authority == Authority::Person)
        });
        let role = if by_its_person { Role::User } else { self.role_for_device(device)? };
        let accepted = self.registry_act(role, RegistryAct::ResumeDevice { device }, Sidecar::default()).await?;
        let owner = self.look(|replica| replica.registry().now().device(device).map(|known| known.user));
        if let Some(owner) = owner {
            self.greet_governor(owner).await;
        }
        Ok(accepted)
    }

    /// Takes a device out of use for good (A8.2).
    pub async fn retire_device(&self, device: DeviceId) -> Result<Accepted> {
        let role = self.wiping_role(device)?;
        self.registry_act(role, RegistryAct::RetireDevice { device }, Sidecar::default()).await
    }

    /// The role in which this person destroys what `device` keeps.
    fn wiping_role(&self, device: DeviceId) -> Result<Role> {
        let role = self.look(|replica| {
            let view = replica.registry().now();
            let owner = view.device(device)?.user;
            let facility = view.user(owner)?.facility;
            let own = owner == self.user() && !view.is_administrator(self.user(), facility);
            Some(if own { Role::User } else { office(replica.registry(), self.user(), facility) })
        });
        role.ok_or_else(|| Code::Unknown.into())
    }

    /// Stops a person with all devices (A8.3, A12.4), or lets the person go on.
    pub async fn suspend_user(&self, user: UserId, suspended: bool) -> Result<Accepted> {
        let role = self.role_for_user(user)?;
        let act = if suspended { RegistryAct::SuspendUser { user } } else { RegistryAct::ResumeUser { user } };
        let accepted = self.registry_act(role, act, Sidecar::default()).await?;
        if !suspended {
            self.greet_governor(user).await;
        }
        Ok(accepted)
    }

    /// Stops a facility with everybody in it (A3.2, A12.4), or gives one of the two voices with which it goes on.
    pub async fn suspend_facility(&self, facility: FacilityId, suspended: bool) -> Result<Accepted> {
        let role = self.look(|replica| office(replica.registry(), self.user(), facility));
        let act = if suspended {
            RegistryAct::SuspendFacility { facility }
        } else {
            RegistryAct::ResumeFacility { facility }
        };
        self.registry_act(role, act, Sidecar::default()).await
    }

    /// The devices that wiping `whose` would wipe: all that are not wiped yet, this very one last.
    pub fn devices_to_wipe(&self, whose: Whose) -> Vec<DeviceId> {
        let mut devices: Vec<DeviceId> = self.look(|replica| {
            let view = replica.registry().now();
            let meant = |id: &DeviceId| {
                let Some(known) = view.device(*id) else { return false };
                let right = match whose {
                    Whose::Person(user) => known.user == user,
                    Whose::Facility { facility, owned_only } => {
                        let owner = view.user(known.user).map(|person| person.facility);
                        owner == Some(facility) && (!owned_only || known.registration.ownership == Ownership::Facility)
                    }
                };
                right && known.wiped.is_none()
            };
            view.devices().map(|(id, _)| id).filter(meant).collect()
        });
        devices.sort_by_key(|device| (*device == self.device(), *device));
        devices
    }

    /// Wipes these devices, one after the other (A12.3), and says of each whether it was ordered. What fails holds up no
    /// other; done again, it does what is left.
    pub async fn wipe_devices(&self, devices: &[DeviceId]) -> Vec<(DeviceId, core::result::Result<Accepted, Fault>)> {
        let mut done = Vec::with_capacity(devices.len());
        for &device in devices {
            done.push((device, self.wipe_device(device).await));
        }
        done
    }

    /// How `device` is kept, and what is asked of it, by the clock of here (A12.1).
    pub fn posture(&self, device: DeviceId) -> Option<Standing> {
        let now = self.inner.clock.now();
        self.look(|replica| replica.registry().now().posture(device, now.max(replica.time())))
    }

    /// Declares how one of the own devices is kept (A12.1).
    pub async fn declare_posture(&self, device: DeviceId, posture: Posture) -> Result<Accepted> {
        self.registry_act(Role::User, RegistryAct::DeclarePosture { device, posture }, Sidecar::default()).await
    }

    /// Confirms what was declared last of a device, after looking at it: good up to and including `until`, or for as long
    /// as the settings let it be (A12.1).
    pub async fn confirm_posture(&self, device: DeviceId, until: Option<Date>) -> Result<Accepted> {
        let standing = self.posture(device).ok_or(Code::Unknown)?;
        let declared = standing.declared.ok_or(Code::NothingToDo)?;
        let until = match until {
            Some(until) => until,
            None => self.latest_day(device)?,
        };
        let role = self.wiping_role(device)?;
        let role = if role == Role::User { Role::SnsAdministrator } else { role };
        let act = RegistryAct::ConfirmPosture { device, declaration: declared.hash, until };
        self.registry_act(role, act, Sidecar::default()).await
    }

    /// The last day for which a confirmation made now may be good.
    fn latest_day(&self, device: DeviceId) -> Result<Date> {
        let now = self.inner.clock.now();
        let day = self.look(|replica| {
            let view = replica.registry().now();
            let facility = view.user(view.device(device)?.user)?.facility;
            let every = i64::from(view.rules(Some(facility)).posture_every);
            Some(renkei_policy::registry::a12_posture::day(now.max(replica.time())).saturating_add(every))
        });
        day.and_then(Date::of_days).ok_or_else(|| Code::DateOutOfRange.into())
    }
}
