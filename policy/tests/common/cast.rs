//! Who plays: facilities, people with a seat to speak from, and their deterministic keys.

use renkei_proto::act::{
    BoxesRoot, Commitment, ConsentBy, DeviceKind, DeviceRegistration, FacilityApplication, FacilityKind,
    FacilityPledge, OperatingSystem, Ownership, PatientConsent, Person, Profession, ReleaseKey, ServerKeys,
    StaffPledge,
};
use renkei_proto::hash::{Hash32, sha256};
use renkei_proto::id::{DelegationId, DeviceId, FacilityId, GroupId, InvitationId, UserId};
use renkei_proto::key::SigningSecret;
use renkei_proto::statement::{ActingFor, Actor, Role};
use renkei_proto::text::Line;
use renkei_proto::time::Date;

/// 療養相談室.
pub(crate) const DESK: FacilityId = facility(1);
/// A clinic: a member of the association, the originator of most stories.
pub(crate) const CLINIC: FacilityId = facility(2);
/// A visiting-nurse station, a member too.
pub(crate) const STATION: FacilityId = facility(3);
/// A care-manager office, not a member.
pub(crate) const OFFICE: FacilityId = facility(4);

/// The Desk's operators.
pub(crate) const OPERATOR: Who = who(1);
/// Another one.
pub(crate) const COLLEAGUE: Who = who(2);
/// The clinic's manager and first SNS administrator.
pub(crate) const DOCTOR: Who = who(20);
/// Of the clinic's staff.
pub(crate) const CLERK: Who = who(21);
/// The station's manager and first SNS administrator.
pub(crate) const CHIEF: Who = who(30);
/// Of the station's staff.
pub(crate) const NURSE: Who = who(31);
/// The office's manager and first SNS administrator.
pub(crate) const PLANNER: Who = who(40);

/// A person with one of the devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Who {
    pub(crate) user: UserId,
    pub(crate) device: DeviceId,
}

/// Person number `n` with the first device.
pub(crate) const fn who(n: u8) -> Who {
    Who { user: UserId([n; 16]), device: DeviceId([n; 16]) }
}

pub(crate) const fn facility(n: u8) -> FacilityId {
    FacilityId([n; 16])
}

pub(crate) const fn group(n: u8) -> GroupId {
    GroupId([n; 16])
}

pub(crate) const fn invitation(n: u8) -> InvitationId {
    InvitationId([n; 16])
}

pub(crate) const fn delegation(n: u8) -> DelegationId {
    DelegationId([n; 16])
}

/// Who speaks, as what, for whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seat {
    pub(crate) who: Option<Who>,
    pub(crate) role: Role,
    pub(crate) acting_for: Option<ActingFor>,
}

/// The association's root.
pub(crate) const ROOT: Seat = Seat { who: None, role: Role::Root, acting_for: None };

impl Seat {
    pub(crate) fn actor(self) -> Actor {
        self.who.map_or(Actor::Root, |who| Actor::Device { user: who.user, device: who.device })
    }
}

impl Who {
    /// The same person with another device.
    pub(crate) const fn with(self, n: u8) -> Self {
        Self { user: self.user, device: DeviceId([n; 16]) }
    }

    pub(crate) const fn as_role(self, role: Role) -> Seat {
        Seat { who: Some(self), role, acting_for: None }
    }

    pub(crate) const fn admin(self) -> Seat {
        self.as_role(Role::SnsAdministrator)
    }

    pub(crate) const fn manager(self) -> Seat {
        self.as_role(Role::FacilityManager)
    }

    pub(crate) const fn group_manager(self) -> Seat {
        self.as_role(Role::GroupManager)
    }

    pub(crate) const fn operator(self) -> Seat {
        self.as_role(Role::Operator)
    }

    pub(crate) const fn oneself(self) -> Seat {
        self.as_role(Role::User)
    }

    /// As an operator, for `facility` by delegation number `n`.
    pub(crate) const fn acting_for(self, facility: FacilityId, n: u8) -> Seat {
        Seat {
            who: Some(self),
            role: Role::Operator,
            acting_for: Some(ActingFor { facility, delegation: delegation(n) }),
        }
    }

    /// The person as registered, without a pledge.
    pub(crate) fn unpledged(self) -> Person {
        Person {
            user: self.user,
            profession: Profession::Nurse,
            details: Commitment(digest(&self.user.0)),
            pledge: None,
        }
    }

    /// The person as registered, with Form 2.
    pub(crate) fn person(self) -> Person {
        Person { pledge: Some(signed_pledge("2026-11-01")), ..self.unpledged() }
    }

    /// This device as registered.
    pub(crate) fn registration(self) -> DeviceRegistration {
        DeviceRegistration {
            device: self.device,
            kind: DeviceKind::Tablet,
            system: OperatingSystem::Android,
            ownership: Ownership::Facility,
            signing: signing_key(self.device).public(),
            sealing: sealing(self.device),
            receipt: receipt_key(self.device).public(),
        }
    }
}

/// The root's key.
pub(crate) fn root_key() -> SigningSecret {
    SigningSecret::from_seed(&digest(b"root").0)
}

/// A device's signing key.
pub(crate) fn signing_key(device: DeviceId) -> SigningSecret {
    SigningSecret::from_seed(&digest(&device.0).0)
}

/// The key with which a device confirms its wipe.
pub(crate) fn receipt_key(device: DeviceId) -> SigningSecret {
    SigningSecret::from_seed(&digest(&[b"receipt", &device.0[..]].concat()).0)
}

/// Fingerprint of a device's first sealing keys.
pub(crate) fn sealing(device: DeviceId) -> Hash32 {
    digest(&[b"sealing", &device.0[..]].concat())
}

/// Fingerprint of the sealing keys after rotation number `n`.
pub(crate) fn sealing_after(device: DeviceId, n: usize) -> Hash32 {
    digest(&[b"rotated", &device.0[..], &n.to_be_bytes()].concat())
}

/// The release key of invitation number `n`.
pub(crate) fn release(n: u8) -> ReleaseKey {
    ReleaseKey(digest(&[b"release".as_slice(), &[n]].concat()).0)
}

pub(crate) fn digest(bytes: &[u8]) -> Hash32 {
    sha256(bytes)
}

pub(crate) fn date(text: &str) -> Date {
    text.parse().expect("a date")
}

pub(crate) fn name<const MAX: usize>(text: &str) -> Line<MAX> {
    Line::new(text).expect("a name")
}

pub(crate) fn signed_pledge(on: &str) -> StaffPledge {
    StaffPledge::Signed { on: date(on), scan: digest(b"form 2") }
}

/// Boxes of which the rules see only how many there are.
pub(crate) fn boxes(count: usize) -> BoxesRoot {
    BoxesRoot { count: u32::try_from(count).expect("few"), root: digest(b"boxes") }
}

pub(crate) fn consent() -> PatientConsent {
    PatientConsent {
        by: ConsentBy::Family,
        signed_on: date("2026-11-20"),
        copy_given_on: date("2026-11-21"),
        scan: digest(b"form 3"),
        details: boxes(1),
    }
}

pub(crate) fn server_keys() -> ServerKeys {
    ServerKeys {
        server_authority: digest(b"server authority"),
        device_authority: digest(b"device authority"),
        statement_key: SigningSecret::from_seed(&digest(b"server").0).public(),
    }
}

/// The application by which `manager` brings in `facility`.
pub(crate) fn application(facility: FacilityId, manager: Who) -> FacilityApplication {
    FacilityApplication {
        facility,
        name: name("見本の事業所"),
        kind: FacilityKind::Clinic,
        association_member: facility != OFFICE,
        pledge: FacilityPledge { signed_on: date("2026-11-01"), scan: digest(b"form 1") },
        manager: manager.person(),
        device: manager.registration(),
    }
}

/// A day, in seconds.
pub(crate) const A_DAY: u64 = 86_400;

/// How long the delegations of the stories last, in seconds.
pub(crate) const A_YEAR: u64 = 365 * 86_400;
