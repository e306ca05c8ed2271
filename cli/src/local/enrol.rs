//! Enrolment of this device, with or without a new facility's application.

use std::io::BufRead as _;

use renkei_client_core::enrol::{About, FacilityForm, enrol};
use renkei_client_core::office;
use renkei_client_core::profile::Profile;
use renkei_client_core::proto::act::{Act, FacilityPledge, OperatingSystem, Ownership, RegistryAct};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::statement::{Claim, Signed};
use renkei_client_core::proto::text::Line;
use renkei_client_core::proto::ticket::{Purpose, Ticket};
use zeroize::Zeroizing;

use crate::args::office::Apply;
use crate::args::{DeviceArgs, Enrol};
use crate::failure::{Failure, Result};
use crate::place::Place;
use crate::reply::Reply;
use crate::terminal::Terminal;

/// What this build runs on.
const SYSTEM: OperatingSystem = if cfg!(target_os = "macos") {
    OperatingSystem::MacOs
} else if cfg!(target_os = "windows") {
    OperatingSystem::Windows
} else if cfg!(target_os = "android") {
    OperatingSystem::Android
} else if cfg!(target_os = "ios") {
    OperatingSystem::Ios
} else {
    OperatingSystem::Linux
};

fn about(device: &DeviceArgs) -> About {
    let ownership = if device.own { Ownership::Own } else { Ownership::Facility };
    About { kind: device.kind, system: SYSTEM, ownership }
}

/// The ticket in `link`; `-` reads it from standard input, where no other process sees it.
fn ticket(link: &str) -> Result<Ticket> {
    let mut typed = Zeroizing::new(String::new());
    let link = if link == "-" {
        drop(std::io::stdin().lock().read_line(&mut typed));
        typed.as_str()
    } else {
        link
    };
    link.parse().map_err(|_| Failure::about(Code::BadInput, "renkei:enrol/…"))
}

pub(crate) async fn run(command: Enrol, place: &Place, terminal: Terminal) -> Result<Reply> {
    let Some(link) = command.link.filter(|_| !command.status) else {
        let mut profile = Profile::load(&place.dir())?;
        return state(&mut profile).await;
    };
    let ticket = ticket(&link)?;
    if matches!(ticket.purpose, Purpose::Facility(_)) {
        return Err(Failure::about(
            Code::BadInput,
            terminal.say(
                "事業所の登録票です: renkei facility apply LINK …",
                "this ticket is for a facility: renkei facility apply LINK …",
            ),
        ));
    }
    enrolled(&ticket, &command.device, None, place).await
}

pub(crate) async fn apply(form: Apply, place: &Place, terminal: Terminal) -> Result<Reply> {
    let ticket = ticket(&form.link)?;
    if !matches!(ticket.purpose, Purpose::Facility(_)) {
        return Err(Failure::about(
            Code::BadInput,
            terminal.say("端末の登録票です: renkei enrol LINK", "this ticket is for a device: renkei enrol LINK"),
        ));
    }
    let name = Line::new(form.name.trim()).map_err(|bad| Failure::about(Code::BadInput, format!("--name: {bad}")))?;
    let device = form.device();
    let facility = FacilityForm {
        name,
        kind: form.kind,
        association_member: form.member,
        pledge: FacilityPledge { signed_on: form.form1_signed, scan: form.form1_scan },
        manager: office::details(&form.manager, form.kana.as_deref())?,
        profession: form.profession,
        manager_pledge: form.pledge.required()?,
    };
    enrolled(&ticket, &device, Some(facility), place).await
}

async fn enrolled(
    ticket: &Ticket,
    device: &DeviceArgs,
    facility: Option<FacilityForm>,
    place: &Place,
) -> Result<Reply> {
    // Said now rather than at the first sign-in, when the ticket is used up.
    place.socket()?;
    let enrolled = enrol(ticket, about(device), facility, &place.dir()).await?;
    Ok(Reply::Enrolled {
        profile: place.profile.clone(),
        device: enrolled.profile.public().device,
        words: enrolled.words.into(),
    })
}

/// Whether the device is approved; for a facility that waits, how many have admitted it.
async fn state(profile: &mut Profile) -> Result<Reply> {
    let approved = profile.poll().await?;
    let device = profile.public().device;
    let user = profile.approved().ok().map(|approved| approved.user);
    // The Desk is founded, not admitted: only a facility's application is waited for.
    let admitted_by = match profile.application().await {
        Ok((signed, by)) if approved && is_application(&signed) => Some(by),
        _ => None,
    };
    Ok(Reply::Enrolment { device, approved, user, admitted_by })
}

fn is_application(signed: &Signed) -> bool {
    Claim::parse(signed.clone())
        .is_ok_and(|claim| matches!(claim.unverified().act, Act::Registry(RegistryAct::ApplyFacility(_))))
}
