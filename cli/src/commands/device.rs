//! Devices: tickets, offers, approval by two signatures, wiping.

use std::collections::BTreeMap;

use renkei_client_core::client::Client;
use renkei_client_core::office::Offered;
use renkei_client_core::proto::code::{Class, Code};
use renkei_client_core::proto::id::DeviceId;
use renkei_client_core::proto::ticket::Purpose;
use renkei_client_core::proto::time::Time;

use super::facility::ticket_reply;
use super::{Outcome, People, ask_first, own_facility, stopping};
use crate::args::office::DeviceCommand;
use crate::failure::{Failure, Result};
use crate::reply::{DeviceRow, DeviceState, OfferRow, Reply};
use crate::resolve;

pub(super) async fn run(client: &Client, command: DeviceCommand) -> Result<Outcome> {
    match command {
        DeviceCommand::Ticket { user } => {
            let user = match user {
                Some(user) => resolve::user(client, &user).await?,
                None => client.user(),
            };
            Ok(ticket_reply(&client.issue_ticket(Purpose::Device(user)).await?).into())
        }
        DeviceCommand::Offers => {
            let offers = client.offers().await?;
            Ok(Reply::Offers { offers: describe(client, &offers).await? }.into())
        }
        DeviceCommand::Approve { device, sure } => {
            let offer = offered(client, &device).await?;
            let offers = describe(client, std::slice::from_ref(&offer)).await?;
            if let Some(question) = ask_first(&sure, &offer.words.latin, true, Reply::Offers { offers })? {
                return Ok(question);
            }
            Ok(client.approve_offer(&offer).await?.into())
        }
        DeviceCommand::Confirm { device, sure } => {
            let device = resolve::device(client, &device)?;
            let devices = rows(client, |id| id == device).await?;
            let words = client.words_of(device).ok_or_else(|| Failure::from(Code::Unknown))?;
            if let Some(question) = ask_first(&sure, &words.latin, true, Reply::Devices { devices })? {
                return Ok(question);
            }
            Ok(client.confirm_device(device).await?.into())
        }
        DeviceCommand::List { user } => {
            let whose = match user {
                Some(user) => Some(resolve::user(client, &user).await?),
                None => None,
            };
            let facility = own_facility(client)?;
            let listed = |device| {
                client.look(|replica| {
                    let view = replica.registry().now();
                    let owner = view.device(device).map(|device| device.user);
                    match whose {
                        Some(whose) => owner == Some(whose),
                        None => owner.and_then(|owner| view.user(owner)).is_some_and(|one| one.facility == facility),
                    }
                })
            };
            let devices = rows(client, listed).await?;
            Ok(Reply::Devices { devices }.into())
        }
        DeviceCommand::Wipe { device, sure } => {
            let device = resolve::device(client, &device)?;
            let devices = rows(client, |id| id == device).await?;
            if let Some(question) = ask_first(&sure, &device.to_string(), false, Reply::Devices { devices })? {
                return Ok(question);
            }
            Ok(client.wipe_device(device).await?.into())
        }
        DeviceCommand::RenewKeys => Ok(client.renew_keys().await?.into()),
        DeviceCommand::RenewCertificate => {
            client.renew_certificate(true).await?;
            Ok(Reply::Done.into())
        }
        DeviceCommand::Suspend { device, lost } => {
            let device = resolve::device(client, &device)?;
            Ok(client.suspend_device(device, lost).await?.into())
        }
        DeviceCommand::Resume { device } => {
            let device = resolve::device(client, &device)?;
            Ok(client.resume_device(device).await?.into())
        }
        DeviceCommand::Retire { device, sure } => {
            let device = resolve::device(client, &device)?;
            let devices = rows(client, |id| id == device).await?;
            if let Some(question) = ask_first(&sure, &device.to_string(), false, Reply::Devices { devices })? {
                return Ok(question);
            }
            Ok(client.retire_device(device).await?.into())
        }
        DeviceCommand::WipeAll { whose, sure } => stopping::wipe_all(client, whose, &sure).await,
        DeviceCommand::Declare { device, posture } => {
            let device = match device {
                Some(device) => resolve::device(client, &device)?,
                None => client.device(),
            };
            Ok(client.declare_posture(device, posture.into()).await?.into())
        }
        DeviceCommand::ConfirmPosture { device, until, sure } => {
            stopping::confirm_posture(client, &device, until, &sure).await
        }
        DeviceCommand::WipeProof { of, out } => super::proof::make_of_wipe(client, of, out).await,
    }
}

/// The offer of the device that `text` means; of several, the one that is for a person.
async fn offered(client: &Client, text: &str) -> Result<Offered> {
    let offers: Vec<Offered> =
        client.offers().await?.into_iter().filter(|offer| matches!(offer.purpose, Purpose::Device(_))).collect();
    let candidates: Vec<(DeviceId, String)> =
        offers.iter().map(|offer| (offer.bundle.registration.device, String::new())).collect();
    let device = resolve::one(text, &candidates)?;
    let found = offers.into_iter().find(|offer| offer.bundle.registration.device == device);
    found.ok_or_else(|| Failure::about(Code::Unknown, text))
}

async fn describe(client: &Client, offers: &[Offered]) -> Result<Vec<OfferRow>> {
    let owner = |offer: &Offered| match offer.purpose {
        Purpose::Device(user) | Purpose::Operator(user) => Some(user),
        Purpose::Facility(_) => None,
    };
    let people = People::of(client, offers.iter().filter_map(owner)).await?;
    let row = |offer: &Offered| {
        let registration = &offer.bundle.registration;
        OfferRow {
            device: registration.device,
            device_kind: registration.kind,
            system: registration.system,
            ownership: registration.ownership,
            owner: owner(offer).map(|user| people.who(user)),
            facility: match offer.purpose {
                Purpose::Facility(facility) => Some(facility),
                Purpose::Device(_) | Purpose::Operator(_) => None,
            },
            words: offer.words.clone().into(),
        }
    };
    Ok(offers.iter().map(row).collect())
}

/// The devices that `which` names.
pub(super) async fn rows(client: &Client, which: impl Fn(DeviceId) -> bool) -> Result<Vec<DeviceRow>> {
    let all: Vec<DeviceId> = client.look(|replica| replica.registry().now().devices().map(|(id, _)| id).collect());
    let devices: Vec<DeviceId> = all.into_iter().filter(|device| which(*device)).collect();
    let owners: Vec<_> = client.look(|replica| {
        let view = replica.registry().now();
        devices.iter().filter_map(|id| view.device(*id)).map(|device| device.user).collect()
    });
    let people = People::of(client, owners).await?;
    let words: Vec<_> = devices.iter().map(|device| client.words_of(*device)).collect();
    let receipts = receipts(client, &devices).await?;
    let mut found = client.look(|replica| {
        let view = replica.registry().now();
        let row = |(id, words): (&DeviceId, Option<_>)| {
            let device = view.device(*id)?;
            let state = if device.retired.is_some() {
                DeviceState::Retired
            } else if device.wiped.is_some() {
                DeviceState::Wiped
            } else if view.user(device.user).is_some_and(|person| person.ended.is_some()) {
                DeviceState::Ended
            } else if view.lost(*id) {
                DeviceState::Lost
            } else if view.device_suspended(*id) {
                DeviceState::Suspended
            } else if device.active.is_some() {
                DeviceState::Approved
            } else {
                DeviceState::Pending
            };
            Some(DeviceRow {
                device: *id,
                owner: people.who(device.user),
                device_kind: device.registration.kind,
                system: device.registration.system,
                ownership: device.registration.ownership,
                state,
                approved_by: device.approved_by.and_then(|(_, by)| by),
                vouched_by: device.vouched_by.map(|(_, by)| by),
                words: words.map(Into::into),
                wipe_confirmed: receipts.get(id).copied(),
                posture: None,
            })
        };
        devices.iter().zip(words).filter_map(row).collect::<Vec<DeviceRow>>()
    });
    for row in &mut found {
        row.posture = stopping::posture_row(client, row.device);
    }
    Ok(found)
}

/// What the wiped ones among `devices` have confirmed. Offline, nothing is known of it.
pub(super) async fn receipts(client: &Client, devices: &[DeviceId]) -> Result<BTreeMap<DeviceId, Time>> {
    let wiped: Vec<DeviceId> = client.look(|replica| {
        let view = replica.registry().now();
        let over = |id: &&DeviceId| {
            view.device(**id).is_some_and(|device| device.wiped.is_some() || !view.holds_id(device.user))
        };
        devices.iter().filter(over).copied().collect()
    });
    match client.receipts(&wiped).await {
        Ok(confirmed) => Ok(confirmed.into_iter().collect()),
        Err(fault) if fault.code.class() == Class::Later => Ok(BTreeMap::new()),
        Err(fault) => Err(fault.into()),
    }
}
