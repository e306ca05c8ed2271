//! Many devices wiped at once, and how devices are kept.

use std::collections::BTreeMap;
use std::time::Duration;

use renkei_client_core::client::Client;
use renkei_client_core::devices::Whose;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::hash::sha256;
use renkei_client_core::proto::id::{DeviceId, UserId};
use renkei_client_core::proto::time::{Date, Time};

use super::device::{receipts, rows};
use super::{Outcome, People, ask_first, own_facility};
use crate::args::posture::WhoseDevices;
use crate::args::request::Sure;
use crate::failure::Result;
use crate::reply::{PostureRow, Reply, WipeRow};
use crate::resolve;

/// How long devices that are connected are waited for to confirm, and how often it is looked.
const CONFIRMING: (u32, Duration) = (10, Duration::from_millis(200));

/// Says what would be wiped, wipes it, and says of each device what became of it (A12.3).
pub(super) async fn wipe_all(client: &Client, whose: WhoseDevices, sure: &Sure) -> Result<Outcome> {
    let whose = match whose.user {
        Some(user) => Whose::Person(resolve::user(client, &user).await?),
        None => Whose::Facility { facility: own_facility(client)?, owned_only: whose.facility_owned },
    };
    let devices = client.devices_to_wipe(whose);
    let about = rows(client, |id| devices.contains(&id)).await?;
    // Exactly these: one that has come since is asked about anew.
    let names: Vec<String> = devices.iter().map(ToString::to_string).collect();
    let shown = sha256(names.concat().as_bytes()).to_string();
    if let Some(question) = ask_first(sure, &shown, false, Reply::Wiping { devices: about })? {
        return Ok(question);
    }
    let owners: BTreeMap<DeviceId, UserId> = client.look(|replica| {
        let view = replica.registry().now();
        devices.iter().filter_map(|id| Some((*id, view.device(*id)?.user))).collect()
    });
    let people = People::of(client, owners.values().copied()).await?;
    // This very device goes last: afterwards it asks nobody anything any more.
    let others: Vec<DeviceId> = devices.iter().copied().filter(|device| *device != client.device()).collect();
    let mut done = client.wipe_devices(&others).await;
    let confirmed = confirmations(client, &others).await;
    if others.len() < devices.len() {
        done.extend(client.wipe_devices(&[client.device()]).await);
    }
    let nobody = UserId([0; 16]);
    let row = |(device, result): (DeviceId, std::result::Result<_, renkei_client_core::Fault>)| {
        // This device hears of its own wipe before the answer to it.
        let refused = result.err().map(|fault| fault.code).filter(|code| {
            device != client.device() || !matches!(code, Code::DeviceWiped | Code::Unconfirmed | Code::VaultClosed)
        });
        WipeRow {
            device,
            owner: people.who(owners.get(&device).copied().unwrap_or(nobody)),
            ordered: refused.is_none(),
            refused,
            confirmed: confirmed.get(&device).copied(),
        }
    };
    Ok(Reply::Wiped { devices: done.into_iter().map(row).collect() }.into())
}

/// The confirmations of devices that are connected now; others confirm when they come (`device list`).
async fn confirmations(client: &Client, devices: &[DeviceId]) -> BTreeMap<DeviceId, Time> {
    let mut confirmed = BTreeMap::new();
    for _ in 0..CONFIRMING.0 {
        confirmed = receipts(client, devices).await.unwrap_or_default();
        if confirmed.len() == devices.len() {
            break;
        }
        tokio::time::sleep(CONFIRMING.1).await;
    }
    confirmed
}

/// How a device is kept, and what is asked of it.
pub(super) fn posture_row(client: &Client, device: DeviceId) -> Option<PostureRow> {
    let standing = client.posture(device)?;
    Some(PostureRow {
        required: standing.required,
        declared: standing.declared.map(|declared| declared.posture),
        declared_at: standing.declared.map(|declared| declared.time),
        confirmed_by: standing.confirmed.and_then(|confirmed| confirmed.by),
        confirmed_until: standing.last_day.and_then(Date::of_days),
        overdue: standing.missing,
        ends_soon: standing.ends_soon,
    })
}

/// Confirms what was declared of a device, once it was shown.
pub(super) async fn confirm_posture(
    client: &Client,
    device: &str,
    until: Option<Date>,
    sure: &Sure,
) -> Result<Outcome> {
    let device = resolve::device(client, device)?;
    let devices = rows(client, |id| id == device).await?;
    let declared = client.posture(device).and_then(|standing| standing.declared);
    let shown = declared.map(|declared| declared.hash.to_string()).unwrap_or_default();
    if let Some(question) = ask_first(sure, &shown, false, Reply::Devices { devices })? {
        return Ok(question);
    }
    Ok(client.confirm_posture(device, until).await?.into())
}
