//! Article 12 (1)–(4), (8): how devices are kept is declared by their person, confirmed by an administrator, and confirmed
//! again by date (A12.1).
//!
//! What is asked is a setting ([`super::a13_settings`]); nothing is, until the association or the facility says so. A
//! device that does not meet it opens a session in which nothing works but what brings it in order, so that nobody is
//! locked out of declaring, and administrators not of confirming (docs/decisions/0024).

use renkei_proto::act::{Act, DeviceKind, GroupAct, RegistryAct};
use renkei_proto::code::Code;
use renkei_proto::hash::Hash32;
use renkei_proto::id::{DeviceId, UserId};
use renkei_proto::posture::Posture;
use renkei_proto::statement::{Role, Statement};
use renkei_proto::time::{Date, Time};
use serde::{Deserialize, Serialize};

use super::{Registry, Seq, View, a08_devices};
use crate::{Refusal, require};

/// Days before its end for which a person is told that a confirmation ends: two working weeks.
pub const WARNING: i64 = 14;

/// The day in Japan at `time`, counted like [`Date::days`]: a confirmation ends with a day in Japan.
pub fn day(time: Time) -> i64 {
    time.days_in_japan()
}

/// What a person has declared of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declared {
    /// The entry.
    pub seq: Seq,
    /// Its time.
    pub time: Time,
    /// Hash of the signed declaration, which a confirmation must name.
    pub hash: Hash32,
    /// How the device is kept.
    pub posture: Posture,
}

/// What an administrator has confirmed of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmed {
    /// The entry.
    pub seq: Seq,
    /// Its time.
    pub time: Time,
    /// Who.
    pub by: Option<UserId>,
    /// Which declaration.
    pub declaration: Hash32,
    /// What was declared.
    pub posture: Posture,
    /// Good up to and including this day.
    pub until: Date,
}

/// How a device stands at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// What is asked of it.
    pub required: Posture,
    /// What its person has declared last.
    pub declared: Option<Declared>,
    /// What was confirmed last.
    pub confirmed: Option<Confirmed>,
    /// The last day ([`Date::days`]) on which that confirmation is good: its own, or sooner where the setting has become
    /// shorter since.
    pub last_day: Option<i64>,
    /// Whether something is asked that is not declared, not confirmed, or out of date.
    pub missing: bool,
    /// Whether the person is to be told that the confirmation ends soon.
    pub ends_soon: bool,
}

impl View<'_> {
    /// How `device` stands at `time`; none if there is no such device.
    pub fn posture(self, device: DeviceId, time: Time) -> Option<Standing> {
        let known = self.device(device)?;
        let rules = self.rules(self.user(known.user).map(|person| person.facility));
        let mut required = rules.posture_required;
        // Phones and tablets have no such software.
        required.antivirus &= known.registration.kind == DeviceKind::Computer;
        let declared = known.declared.iter().rev().find(|one| one.seq < self.size).copied();
        let confirmed = known.confirmed.iter().rev().find(|one| one.seq < self.size).copied();
        let last_day =
            confirmed.map(|one| one.until.days().min(day(one.time).saturating_add(i64::from(rules.posture_every))));
        let today = day(time);
        let asked = required != Posture::default();
        // The person's latest word counts as well: what was confirmed may have changed since.
        let met = declared.is_some_and(|one| one.posture.covers(required))
            && confirmed.is_some_and(|one| one.posture.covers(required))
            && last_day.is_some_and(|last| today <= last);
        let ends_soon = asked && met && last_day.is_some_and(|last| last.saturating_sub(today) < WARNING);
        Some(Standing { required, declared, confirmed, last_day, missing: asked && !met, ends_soon })
    }

    /// Refuses whatever needs a device in order, where it is not.
    pub fn require_posture(self, device: DeviceId, time: Time) -> Result<(), Refusal> {
        require(self.posture(device, time).is_some_and(|standing| !standing.missing), Code::PostureMissing)
    }
}

/// Whether `act` may be done from a device that is not in order: what brings devices in order, and what stops one.
pub fn works_without(act: &Act) -> bool {
    matches!(
        act,
        Act::Group(GroupAct::Halt)
            | Act::Registry(
                RegistryAct::DeclarePosture { .. }
                    | RegistryAct::ConfirmPosture { .. }
                    | RegistryAct::SuspendDevice { .. }
                    | RegistryAct::SuspendUser { .. }
                    | RegistryAct::SuspendFacility { .. }
                    | RegistryAct::WipeDevice { .. }
            )
    )
}

pub(super) fn permit_declaration(view: View<'_>, statement: &Statement, device: DeviceId) -> Result<(), Refusal> {
    let standing = view.standing(statement)?;
    require(statement.role == Role::User, Code::WrongRole)?;
    let known = view.device(device).ok_or(Code::Unknown)?;
    require(known.user == standing.user, Code::NotForYou)?;
    require(known.wiped.is_none(), Code::DeviceWiped)
}

/// By an administrator of the facility; one's own device by another one, wherever there is one; that of an only
/// administrator also by an operator of the Desk.
pub(super) fn permit_confirmation(
    view: View<'_>,
    statement: &Statement,
    device: DeviceId,
    declaration: Hash32,
    until: Date,
    time: Time,
) -> Result<(), Refusal> {
    let standing = view.standing(statement)?;
    let known = view.device(device).ok_or(Code::Unknown)?;
    let owner = view.user(known.user).ok_or(Code::Unknown)?;
    let only = a08_devices::only_administrator(view, known.user);
    let by_the_desk = only && statement.role == Role::Operator && view.is_operator(standing.user);
    if !by_the_desk {
        view.require_administrator(&standing, statement.role, owner.facility, Code::NotAdministrator)?;
    }
    require(standing.user != known.user || only, Code::SecondPersonRequired)?;
    require(known.wiped.is_none(), Code::DeviceWiped)?;
    let latest = known.declared.last().ok_or(Code::NothingToDo)?;
    require(latest.hash == declaration, Code::Unknown)?;
    let today = day(time);
    let every = i64::from(view.rules(Some(owner.facility)).posture_every);
    require((today..=today.saturating_add(every)).contains(&until.days()), Code::DateOutOfRange)
}

impl Registry {
    pub(super) fn fold_declaration(
        &mut self,
        (seq, time): (Seq, Time),
        hash: Hash32,
        device: DeviceId,
        posture: Posture,
    ) {
        if let Some(known) = self.devices.get_mut(&device) {
            known.declared.push(Declared { seq, time, hash, posture });
        }
    }

    pub(super) fn fold_confirmation(
        &mut self,
        (seq, time): (Seq, Time),
        by: Option<UserId>,
        device: DeviceId,
        declaration: Hash32,
        until: Date,
    ) {
        let Some(known) = self.devices.get_mut(&device) else { return };
        let Some(declared) = known.declared.iter().rev().find(|one| one.hash == declaration) else { return };
        let posture = declared.posture;
        known.confirmed.push(Confirmed { seq, time, by, declaration, posture, until });
    }
}
