//! The facility's people with their devices and sessions, as an administrator sees them (A8.1, A8.2, A8.3, A11.1); and the
//! own ones, as everybody does.

use renkei_client_core::client::Client;
use renkei_client_core::policy::registry::{Authority, View, a08_factors};
use renkei_client_core::proto::act::{DeviceKind, OperatingSystem, Ownership};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::id::{DeviceId, SessionId, UserId};
use renkei_client_core::proto::time::Time;
use serde::Serialize;
use ts_rs::TS;

use crate::Result;
use crate::people::{People, Who};
use crate::waiting::{Keeping, keeping};

/// Where a person stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum StaffState {
    /// Neither Form 2 nor the exemption is on record: no sign-in.
    NoPledge,
    /// No device is approved yet.
    NoDevice,
    /// Stopped.
    Suspended,
    /// In force.
    InForce,
    /// The ID has ended.
    Ended,
}

/// One person of the facility.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "facts that a screen shows one by one")]
pub struct StaffView {
    /// Who.
    pub who: Who,
    /// The reading of the name.
    pub kana: Option<String>,
    /// Where the person stands.
    pub state: StaffState,
    /// Form 2, or the exemption, is on record.
    pub pledge: bool,
    /// The facility's manager.
    pub manager: bool,
    /// An SNS administrator.
    pub administrator: bool,
    /// May create groups and invite.
    pub group_manager: bool,
    /// Devices in force.
    pub devices: usize,
    /// One of them is not kept as is asked.
    pub posture: bool,
    /// Review rounds that the person has not confirmed.
    pub reviews: usize,
    /// A reset of password and code generator waits for another signature.
    pub reset: bool,
    /// From when until when the person does for the SNS administrators what waits for nobody (A8.3).
    #[ts(type = "[number, number] | null")]
    pub deputy: Option<(Time, Time)>,
}

/// Where a device stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum DeviceState {
    /// In force.
    Approved,
    /// It waits for a signature.
    Pending,
    /// Lost, and stopped.
    Lost,
    /// Stopped.
    Suspended,
    /// Wiped with the person's ID, as that ended.
    Ended,
    /// Wiped.
    Wiped,
    /// Out of use.
    Retired,
}

/// One device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DeviceView {
    /// Which.
    #[ts(type = "string")]
    pub device: DeviceId,
    /// What it is.
    #[ts(type = "\"phone\" | \"tablet\" | \"computer\"")]
    pub kind: DeviceKind,
    /// What it runs.
    #[ts(type = "string")]
    pub system: OperatingSystem,
    /// The person's own.
    pub own: bool,
    /// The one on which this is shown.
    pub here: bool,
    /// Where it stands.
    pub state: DeviceState,
    /// Its person may let it go on without an administrator.
    pub own_word: bool,
    /// When it confirmed, by its own clock, that what it had is destroyed.
    #[ts(type = "number | null")]
    pub wipe_confirmed: Option<Time>,
    /// How it is kept.
    pub keeping: Option<Keeping>,
}

/// One session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SessionView {
    /// Which.
    #[ts(type = "string")]
    pub session: SessionId,
    /// On which device.
    #[ts(type = "string")]
    pub device: DeviceId,
    /// What it is.
    #[ts(type = "\"phone\" | \"tablet\" | \"computer\" | null")]
    pub kind: Option<DeviceKind>,
    /// It is the one in which this is shown.
    pub here: bool,
    /// Since when.
    #[ts(type = "number")]
    pub since: Time,
    /// Seconds since the person was last there.
    pub idle: u32,
    /// It waits for the password.
    pub locked: bool,
}

/// One person in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PersonView {
    /// The person.
    pub staff: StaffView,
    /// Whether the one who looks administers the person's facility.
    pub managed: bool,
    /// Whether the one who looks may do for the administrators what protects this person's account and devices (A8.3).
    pub deputised: bool,
    /// The devices, those in force first.
    pub devices: Vec<DeviceView>,
    /// The sessions; nothing where they can't be had now.
    pub sessions: Option<Vec<SessionView>>,
}

fn state(view: View<'_>, user: UserId) -> Option<StaffState> {
    let person = view.user(user)?;
    Some(if !view.holds_id(user) {
        StaffState::Ended
    } else if view.user_suspended(user) {
        StaffState::Suspended
    } else if person.pledge.is_empty() && !view.is_desk(person.facility) {
        StaffState::NoPledge
    } else if view.active_devices(user).next().is_none() {
        StaffState::NoDevice
    } else {
        StaffState::InForce
    })
}

async fn rows(client: &Client, users: &[UserId]) -> Result<Vec<StaffView>> {
    let people = People::of(client, users.iter().copied()).await?;
    // Those whose name could be had are known by now; whoever could not has no reading either.
    let names = client.names(users).await.unwrap_or_default();
    let kana = |user: UserId| {
        let details = names.iter().find(|(of, _)| *of == user);
        details.and_then(|(_, details)| details.kana.as_ref()).map(ToString::to_string)
    };
    let posture = |user: UserId| {
        let devices: Vec<DeviceId> =
            client.look(|replica| replica.registry().now().active_devices(user).map(|(id, _)| id).collect());
        devices.into_iter().any(|device| client.posture(device).is_some_and(|standing| standing.missing))
    };
    let missing: Vec<bool> = users.iter().map(|user| posture(*user)).collect();
    Ok(client.look(|replica| {
        let view = replica.registry().now();
        let row = |(user, posture): (&UserId, bool)| {
            let person = view.user(*user)?;
            Some(StaffView {
                who: people.who(*user),
                kana: kana(*user),
                state: state(view, *user)?,
                pledge: !person.pledge.is_empty(),
                manager: view.manager(person.facility) == Some(*user),
                administrator: view.holds_office(*user, person.facility),
                group_manager: view.is_group_manager(*user, person.facility),
                devices: view.active_devices(*user).count(),
                posture,
                reviews: view.reviews_due(*user).count(),
                reset: a08_factors::waiting(view, *user, replica.time()),
                deputy: view.deputyship(*user, replica.time()).map(|one| (one.from, one.until)),
            })
        };
        users.iter().zip(missing).filter_map(row).collect()
    }))
}

/// Everybody of the own facility: those who need something first, then by the reading of their names.
pub(crate) async fn staff(client: &Client) -> Result<Vec<StaffView>> {
    let users: Vec<UserId> = client.look(|replica| {
        let view = replica.registry().now();
        let own = view.user(client.user()).map(|person| person.facility);
        view.users().filter(|(_, person)| Some(person.facility) == own).map(|(id, _)| id).collect()
    });
    let mut rows = rows(client, &users).await?;
    rows.sort_by(|a, b| {
        let key = |one: &StaffView| (one.state, one.kana.clone().or_else(|| one.who.name.clone()), one.who.user);
        key(a).cmp(&key(b))
    });
    Ok(rows)
}

/// One person with devices and sessions.
pub(crate) async fn person(client: &Client, user: UserId) -> Result<PersonView> {
    let staff = rows(client, &[user]).await?.pop().ok_or(Code::Unknown)?;
    let me = client.user();
    let (managed, deputised, ids) = client.look(|replica| {
        let view = replica.registry().now();
        let facility = view.user(user).map(|person| person.facility);
        let managed = facility.is_some_and(|facility| view.is_administrator(me, facility));
        let mut ids: Vec<(DeviceState, DeviceId)> = view
            .devices()
            .filter(|(_, device)| device.user == user)
            .filter_map(|(id, _)| Some((device_state(view, id)?, id)))
            .collect();
        ids.sort();
        (managed, view.deputy_for(me, user, replica.time()), ids)
    });
    let gone = |state: DeviceState| matches!(state, DeviceState::Ended | DeviceState::Wiped | DeviceState::Retired);
    let asked: Vec<DeviceId> = ids.iter().filter(|(state, _)| gone(*state)).map(|(_, id)| *id).collect();
    // What can't be had now is shown as not confirmed yet: never as confirmed.
    let receipts = client.receipts(&asked).await.unwrap_or_default();
    let mut devices = Vec::with_capacity(ids.len());
    for (state, id) in ids {
        let confirmed = receipts.iter().find(|(of, _)| *of == id).map(|(_, at)| *at);
        devices.extend(device(client, id, state, confirmed));
    }
    // A device that is not kept as is asked, or one without a connection, has the rest all the same.
    let sessions = client.sessions(user).await.ok();
    let sessions = sessions.map(|rows| {
        client.look(|replica| {
            let view = replica.registry().now();
            let one = |row: renkei_client_core::proto::frame::SessionRow| SessionView {
                session: row.session,
                device: row.device,
                kind: view.device(row.device).map(|device| device.registration.kind),
                here: row.device == client.device(),
                since: row.since,
                idle: row.idle,
                locked: row.locked,
            };
            rows.into_iter().map(one).collect()
        })
    });
    Ok(PersonView { staff, managed, deputised, devices, sessions })
}

fn device_state(view: View<'_>, id: DeviceId) -> Option<DeviceState> {
    let device = view.device(id)?;
    Some(if device.retired.is_some() {
        DeviceState::Retired
    } else if device.wiped.is_some() {
        DeviceState::Wiped
    } else if !view.holds_id(device.user) {
        DeviceState::Ended
    } else if view.lost(id) {
        DeviceState::Lost
    } else if view.device_suspended(id) {
        DeviceState::Suspended
    } else if device.active.is_some() {
        DeviceState::Approved
    } else {
        DeviceState::Pending
    })
}

fn device(client: &Client, id: DeviceId, state: DeviceState, wipe_confirmed: Option<Time>) -> Option<DeviceView> {
    let keeping = keeping(client, id);
    client.look(|replica| {
        let view = replica.registry().now();
        let known = view.device(id)?;
        let by_its_person = view.suspensions_of_device(id).all(|one| one.authority == Authority::Person);
        Some(DeviceView {
            device: id,
            kind: known.registration.kind,
            system: known.registration.system,
            own: known.registration.ownership == Ownership::Own,
            here: id == client.device(),
            state,
            own_word: state == DeviceState::Suspended && by_its_person,
            wipe_confirmed,
            keeping,
        })
    })
}
