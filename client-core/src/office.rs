//! What administrators and the Desk do: facilities, staff, devices, delegations, names.

use renkei_policy::registry::Registry;
use renkei_proto::act::{
    Act, DelegationScope, DeviceRegistration, FacilityKind, Person, Profession, RegistryAct, StaffPledge,
};
use renkei_proto::bounds;
use renkei_proto::bytes::List;
use renkei_proto::code::Code;
use renkei_proto::codec;
use renkei_proto::frame::{Accepted, Answer, Details, NewTicket, Op, Secret32, Sidecar};
use renkei_proto::hash::Hash32;
use renkei_proto::id::{DelegationId, DeviceId, FacilityId, TicketId, UserId};
use renkei_proto::statement::{LogId, Role};
use renkei_proto::text::Line;
use renkei_proto::ticket::{self, Bundle, Purpose, Ticket, TicketSecret};
use renkei_proto::time::Time;
use renkei_proto::words::{CompareWords, compare_words};

use crate::client::{Client, lock};
use crate::vault::Issued;
use crate::{Result, random};

/// A name for the registry: its commitment is public, its body goes to those who need it.
pub fn details(name: &str, kana: Option<&str>) -> Result<Details> {
    let line = |text: &str| Line::new(text.trim()).map_err(|_| Code::BadInput);
    Ok(Details { salt: Hash32(random()), name: line(name)?, kana: kana.map(line).transpose()? })
}

/// The words that both sides compare for a device: they depend on its keys and on the root.
pub fn device_words(root: Hash32, registration: &DeviceRegistration) -> CompareWords {
    compare_words(root, &codec::encode(registration))
}

/// A device that asks to be approved, as checked against the ticket that this device issued.
#[derive(Debug, Clone)]
pub struct Offered {
    /// The ticket.
    pub ticket: TicketId,
    /// For what it was issued.
    pub purpose: Purpose,
    /// The device's keys and, for a facility, the application.
    pub bundle: Bundle,
    /// The words to compare.
    pub words: CompareWords,
}

/// A facility that waits for admission.
#[derive(Debug, Clone)]
pub struct Application {
    /// The facility.
    pub facility: FacilityId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: FacilityKind,
    /// Whether it is a member of the association.
    pub association_member: bool,
    /// The person who applies.
    pub manager: UserId,
    /// How many have admitted it so far.
    pub admitted_by: usize,
    /// The words to compare over the telephone.
    pub words: CompareWords,
}

fn role_at(registry: &Registry, facility: FacilityId) -> Role {
    if registry.now().is_desk(facility) { Role::Operator } else { Role::SnsAdministrator }
}

/// The office that `me` acts in at the own `facility`: a deputy's where there is no other. Whether its time has come, and
/// whether it reaches so far, the server says.
pub(crate) fn role_of(registry: &Registry, me: UserId, facility: FacilityId) -> Role {
    let view = registry.now();
    let deputy = !view.is_administrator(me, facility) && view.named_deputy(me, facility);
    if deputy { Role::Deputy } else { role_at(registry, facility) }
}

impl Client {
    pub(crate) async fn registry_act(&self, role: Role, act: RegistryAct, sidecar: Sidecar) -> Result<Accepted> {
        self.submit_unchecked(LogId::Registry, role, None, Act::Registry(act), sidecar).await
    }

    pub(crate) fn own_facility(&self) -> Result<(FacilityId, Role)> {
        let facility = self.standing(|standing| standing.facility)?;
        Ok((facility, self.look(|replica| role_of(replica.registry(), self.user(), facility))))
    }

    /// Issues an enrolment ticket. Whoever gets its link can enrol one device for `purpose`.
    pub async fn issue_ticket(&self, purpose: Purpose) -> Result<Ticket> {
        let (server, root) = {
            let profile = lock(&self.inner.profile);
            (profile.public().server.clone(), profile.public().root)
        };
        let secret = TicketSecret(random());
        // A minute less than the most, so that a clock that is a little ahead does not spoil it.
        let expires = self.inner.clock.now().plus(ticket::LIFETIME - 60);
        let id = TicketId(random());
        let psk = Secret32::new(*secret.psk());
        self.inner.with_vault(|vault| {
            let moment = self.inner.clock.now();
            vault.contents.issued.retain(|_, issued| issued.expires > moment);
            vault.contents.issued.insert(id, Issued { secret: secret.clone(), purpose, expires });
            vault.save()
        })??;
        match self.inner.request(Op::NewTicket(NewTicket { ticket: id, psk, purpose, expires })).await {
            // Its identifier was drawn just now: it is there by an earlier try, whose answer was lost.
            Err(fault) if fault.code == Code::AlreadyExists => {}
            // It may be there, and its secret is kept for what answers it.
            Err(fault) if fault.code == Code::Unreachable => return Err(fault),
            Err(fault) => {
                self.inner.with_vault(|vault| {
                    drop(vault.contents.issued.remove(&id));
                    vault.save()
                })??;
                return Err(fault);
            }
            Ok(_) => {}
        }
        let server = Line::new(server).map_err(|_| Code::BadInput)?;
        Ok(Ticket { version: renkei_proto::VERSION, server, root, ticket: id, secret, expires, purpose })
    }

    /// The devices that answered this device's tickets with the right secret.
    pub async fn offers(&self) -> Result<Vec<Offered>> {
        let Answer::Offers(offers) = self.inner.request(Op::Offers).await? else { return Err(Code::Malformed.into()) };
        let root = lock(&self.inner.profile).public().root;
        let mut found = Vec::new();
        for offer in offers.into_vec() {
            let issued = self.inner.with_vault(|vault| vault.contents.issued.get(&offer.ticket).cloned())?;
            // A ticket of another of the person's devices: that one has the secret.
            let Some(issued) = issued else { continue };
            if ticket::bundle_mac(&issued.secret.bind(), offer.bundle.as_slice()) != offer.bind {
                tracing::warn!(ticket = %offer.ticket, "an offer that its device did not make");
                continue;
            }
            let Ok(bundle) = Bundle::decode(offer.bundle.as_slice()) else { continue };
            if bundle.ticket != offer.ticket {
                continue;
            }
            let words = device_words(root, &bundle.registration);
            found.push(Offered { ticket: offer.ticket, purpose: issued.purpose, bundle, words });
        }
        Ok(found)
    }

    /// Approves the device that answered this device's ticket (A8.2): as the administrator, or for oneself.
    pub async fn approve_offer(&self, offered: &Offered) -> Result<Accepted> {
        self.inner.fresh(LogId::Registry).await?;
        let Purpose::Device(user) = offered.purpose else { return Err(Code::BadInput.into()) };
        let role = self.approval_role(user)?;
        let sidecar = Sidecar { sealing: Some(offered.bundle.sealing.clone()), ..Sidecar::default() };
        let act = RegistryAct::ApproveDevice { user, device: offered.bundle.registration.clone() };
        let accepted = self.registry_act(role, act, sidecar).await?;
        self.greet_governor(user).await;
        Ok(accepted)
    }

    /// Somebody may govern now who did not before, or with a device that has no labels yet.
    pub(crate) async fn greet_governor(&self, user: UserId) {
        let governs = self.look(|replica| {
            let view = replica.registry().now();
            view.user(user).is_some_and(|person| {
                view.is_administrator(user, person.facility) || view.is_group_manager(user, person.facility)
            })
        });
        if governs {
            self.hand_on_labels().await;
        }
    }

    /// Gives the second signature for a device that the registry names already (A8.2), after comparing the words.
    pub async fn confirm_device(&self, device: DeviceId) -> Result<Accepted> {
        self.inner.fresh(LogId::Registry).await?;
        let known = self.look(|replica| {
            let view = replica.registry().now();
            view.device(device).map(|known| (known.user, known.registration.clone()))
        });
        let (user, registration) = known.ok_or(Code::Unknown)?;
        let role = self.approval_role(user)?;
        let keys = self.inner.sealing_keys(&[device]).await?;
        let sealing = keys.into_iter().next().map(|(_, keys)| keys);
        let act = RegistryAct::ApproveDevice { user, device: registration };
        let accepted = self.registry_act(role, act, Sidecar { sealing, ..Sidecar::default() }).await?;
        self.greet_governor(user).await;
        Ok(accepted)
    }

    /// In which capacity this person's signature helps `user` to a device.
    fn approval_role(&self, user: UserId) -> Result<Role> {
        self.look(|replica| {
            let view = replica.registry().now();
            let person = view.user(user).ok_or(Code::Unknown)?;
            let me = self.user();
            if me == user && view.active_devices(user).next().is_some() {
                // One's own device vouches; an only administrator's approval comes as a second statement.
                let vouched = person
                    .devices
                    .iter()
                    .filter_map(|id| view.device(*id))
                    .any(|device| device.active.is_none() && device.vouched_by.is_some());
                if !vouched {
                    return Ok(Role::User);
                }
            }
            if view.is_administrator(me, person.facility) {
                return Ok(role_at(replica.registry(), person.facility));
            }
            if view.is_operator(me) {
                return Ok(Role::Operator);
            }
            Ok(if me == user { Role::User } else { role_of(replica.registry(), me, person.facility) })
        })
    }

    /// Wipes a device (A12.3).
    pub async fn wipe_device(&self, device: DeviceId) -> Result<Accepted> {
        let role = self.look(|replica| {
            let view = replica.registry().now();
            let owner = view.device(device).map(|device| device.user)?;
            let facility = view.user(owner)?.facility;
            if view.is_administrator(self.user(), facility) {
                return Some(role_at(replica.registry(), facility));
            }
            // The Desk helps an only administrator.
            if view.is_operator(self.user()) {
                return Some(Role::Operator);
            }
            Some(if owner == self.user() { Role::User } else { role_of(replica.registry(), self.user(), facility) })
        });
        self.registry_act(role.ok_or(Code::Unknown)?, RegistryAct::WipeDevice { device }, Sidecar::default()).await
    }

    /// What wiped devices have confirmed: when each destroyed what it had, by its own clock. One that is not named here
    /// has not confirmed yet. Each receipt is checked against the key that the device was registered with (A12.3).
    pub async fn receipts(&self, devices: &[DeviceId]) -> Result<Vec<(DeviceId, Time)>> {
        let mut confirmed = Vec::new();
        for some in devices.chunks(bounds::LOOKUP) {
            let asked = List::new(some.to_vec()).map_err(|_| Code::TooLarge)?;
            let Answer::Receipts(found) = self.inner.request(Op::Receipts(asked)).await? else {
                return Err(Code::Malformed.into());
            };
            for (device, signed) in found.into_vec() {
                let key = self
                    .look(|replica| replica.registry().now().device(device).map(|known| known.registration.receipt));
                let receipt = key.and_then(|key| signed.verify(&key).ok());
                let receipt =
                    receipt.filter(|receipt| receipt.device == device && receipt.association == self.inner.association);
                confirmed.push((device, receipt.ok_or(Code::NotAuthentic)?.destroyed_at));
            }
        }
        Ok(confirmed)
    }

    /// Registers a person and issues the ID (A8.3, A8.5).
    pub async fn register_staff(
        &self,
        profession: Profession,
        details: Details,
        pledge: Option<StaffPledge>,
    ) -> Result<UserId> {
        let (facility, role) = self.own_facility()?;
        let user = UserId(random());
        let person = Person { user, profession, details: details.commitment(), pledge };
        let sidecar = Sidecar { details: Some(details), ..Sidecar::default() };
        self.registry_act(role, RegistryAct::RegisterStaff { facility, person }, sidecar).await?;
        Ok(user)
    }

    /// Files Form 2 or the exemption (A9.1).
    pub async fn record_pledge(&self, user: UserId, pledge: StaffPledge) -> Result<Accepted> {
        let (_, role) = self.own_facility()?;
        self.registry_act(role, RegistryAct::RecordPledge { user, pledge }, Sidecar::default()).await
    }

    /// Ends an ID (A8.3, A8.5).
    pub async fn end_user(&self, user: UserId) -> Result<Accepted> {
        let (_, role) = self.own_facility()?;
        self.registry_act(role, RegistryAct::EndUser { user }, Sidecar::default()).await
    }

    /// Appoints or dismisses an SNS administrator, as the facility manager (A7.1).
    pub async fn set_administrator(&self, user: UserId, appointed: bool) -> Result<Accepted> {
        let act = if appointed {
            RegistryAct::AppointAdministrator { user }
        } else {
            RegistryAct::DismissAdministrator { user }
        };
        let accepted = self.registry_act(Role::FacilityManager, act, Sidecar::default()).await?;
        self.greet_governor(user).await;
        Ok(accepted)
    }

    /// Hands the office of facility manager over (A7.1).
    pub async fn hand_over_management(&self, user: UserId) -> Result<Accepted> {
        self.registry_act(Role::FacilityManager, RegistryAct::HandOverManagement { user }, Sidecar::default()).await
    }

    /// Lets a person create groups and invite for the facility, or no longer (A4.1).
    pub async fn set_group_manager(&self, user: UserId, granted: bool) -> Result<Accepted> {
        let (_, role) = self.own_facility()?;
        let act =
            if granted { RegistryAct::GrantGroupManager { user } } else { RegistryAct::RevokeGroupManager { user } };
        let accepted = self.registry_act(role, act, Sidecar::default()).await?;
        self.greet_governor(user).await;
        Ok(accepted)
    }

    /// Lets the Desk act as originator (A4.2).
    pub async fn delegate(&self, scope: DelegationScope, until: Time, operators_read: bool) -> Result<DelegationId> {
        let (_, role) = self.own_facility()?;
        let delegation = DelegationId(random());
        let act = RegistryAct::Delegate { delegation, scope, until, operators_read };
        self.registry_act(role, act, Sidecar::default()).await?;
        self.hand_on_labels().await;
        Ok(delegation)
    }

    /// Takes a delegation back at once (A4.2).
    pub async fn revoke_delegation(&self, delegation: DelegationId) -> Result<Accepted> {
        let (_, role) = self.own_facility()?;
        self.registry_act(role, RegistryAct::RevokeDelegation { delegation }, Sidecar::default()).await
    }

    /// Facilities that wait for admission (A3.1).
    pub fn applications(&self) -> Vec<Application> {
        let root = lock(&self.inner.profile).public().root;
        self.look(|replica| {
            let view = replica.registry().now();
            let waiting = view.facilities().filter(|(_, facility)| facility.admitted.is_none());
            waiting
                .filter_map(|(id, facility)| {
                    let &(_, manager) = facility.managers.first()?;
                    let device = *view.user(manager)?.devices.first()?;
                    Some(Application {
                        facility: id,
                        name: facility.name.clone(),
                        kind: facility.kind,
                        association_member: facility.association_member,
                        manager,
                        admitted_by: facility.admitted_by.len(),
                        words: device_words(root, &view.device(device)?.registration),
                    })
                })
                .collect()
        })
    }

    /// Admits a facility, as an operator who has compared the words over the telephone (A3.1). The operator whose
    /// ticket it answers also checks that the application is the one that the ticket's holder made.
    pub async fn admit_facility(&self, facility: FacilityId) -> Result<Accepted> {
        self.inner.fresh(LogId::Registry).await?;
        let issued_here = self.inner.with_vault(|vault| {
            vault.contents.issued.values().any(|issued| issued.purpose == Purpose::Facility(facility))
        })?;
        let (application, device) = self
            .look(|replica| {
                let view = replica.registry().now();
                let known = view.facility(facility)?;
                let &(_, manager) = known.managers.first()?;
                let device = *view.user(manager)?.devices.first()?;
                Some((known.application, view.device(device)?.registration.clone()))
            })
            .ok_or(Code::Unknown)?;
        let admitted = self.look(|replica| replica.registry().now().admitted(facility));
        if issued_here && !admitted {
            let offers = self.offers().await?;
            let same = |one: &Offered| {
                one.purpose == Purpose::Facility(facility)
                    && one.bundle.registration == device
                    && one.bundle.application.as_ref().is_some_and(|signed| signed.hash() == application)
            };
            if !offers.iter().any(same) {
                return Err(Code::NotAuthentic.into());
            }
        }
        let act = RegistryAct::AdmitFacility { facility, application };
        self.registry_act(Role::Operator, act, Sidecar::default()).await
    }

    /// The names of these people, as far as this person may see them, each checked against its commitment.
    pub async fn names(&self, users: &[UserId]) -> Result<Vec<(UserId, Details)>> {
        let missing: Vec<UserId> = {
            let known = lock(&self.inner.names);
            users.iter().copied().filter(|user| !known.contains_key(user)).collect()
        };
        for some in missing.chunks(bounds::LOOKUP) {
            let asked = List::new(some.to_vec()).map_err(|_| Code::TooLarge)?;
            let Answer::Details(found) = self.inner.request(Op::Details(asked)).await? else {
                return Err(Code::Malformed.into());
            };
            for (user, details) in found.into_vec() {
                let committed = self.look(|replica| replica.registry().now().user(user).map(|person| person.details));
                if committed != Some(details.commitment()) {
                    return Err(Code::NotAuthentic.into());
                }
                lock(&self.inner.names).insert(user, details);
            }
        }
        let known = lock(&self.inner.names);
        Ok(users.iter().filter_map(|user| Some((*user, known.get(user)?.clone()))).collect())
    }

    /// The words for a device of the registry.
    pub fn words_of(&self, device: DeviceId) -> Option<CompareWords> {
        let root = lock(&self.inner.profile).public().root;
        self.look(|replica| {
            let view = replica.registry().now();
            view.device(device).map(|known| device_words(root, &known.registration))
        })
    }
}
