//! What waits for an administrator, in one list: invitations of the facility's people (A8.4), devices whose words are to be
//! compared (A8.2), and what [`crate::waiting`] finds. Each is shown with everything that its signature says, and what is
//! signed is what was shown.

use renkei_client_core::client::Client;
use renkei_client_core::office::Offered;
use renkei_client_core::policy::group::InvitationState;
use renkei_client_core::policy::registry::Device;
use renkei_client_core::proto::act::{DeviceKind, Ownership};
use renkei_client_core::proto::code::{Class, Code};
use renkei_client_core::proto::id::{DeviceId, GroupId, InvitationId, UserId};
use renkei_client_core::proto::ticket::Purpose;
use renkei_client_core::proto::time::Time;
use serde::Serialize;
use ts_rs::TS;

use crate::Result;
use crate::endings::{self, EndingView};
use crate::inquiries::{self, InquiryView};
use crate::people::{People, Who};
use crate::takeouts::{self, TakeoutView};
use crate::waiting::{self, ApplicationView, FormView, PostureView, ResetView, ReviewView};

/// Everything that waits for this person's decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Decisions {
    /// Invitations.
    pub invitations: Vec<InvitationView>,
    /// Devices.
    pub devices: Vec<OfferView>,
    /// Requests to take something out, and takeouts whose end is to be confirmed.
    pub takeouts: Vec<TakeoutView>,
    /// Devices whose person says how they are kept.
    pub postures: Vec<PostureView>,
    /// Resets of password and code generator that another has signed.
    pub resets: Vec<ResetView>,
    /// Review rounds that somebody has not confirmed yet.
    pub reviews: Vec<ReviewView>,
    /// Forms on record whose scan is not there.
    pub forms: Vec<FormView>,
    /// Facilities that ask to be admitted.
    pub applications: Vec<ApplicationView>,
    /// Questions to the Desk, and reports that something went wrong, which this person may see to.
    pub inquiries: Vec<InquiryView>,
    /// Groups that are offered to the own facility, and those whose erasure waits for this person.
    pub endings: Vec<EndingView>,
}

/// Somebody of the facility is invited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct InvitationView {
    /// Which.
    #[ts(type = "string")]
    pub invitation: InvitationId,
    /// To which group.
    #[ts(type = "string")]
    pub group: GroupId,
    /// The group's name; nothing while it is on its way.
    pub label: Option<String>,
    /// The originating facility.
    pub facility: Option<String>,
    /// Whom.
    pub invited: Who,
    /// Who invites.
    pub by: Who,
    /// When.
    #[ts(type = "number")]
    pub at: Time,
}

/// A device offers its keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OfferView {
    /// Which.
    #[ts(type = "string")]
    pub device: DeviceId,
    /// Whose.
    pub who: Who,
    /// What it is.
    #[ts(type = "\"phone\" | \"tablet\" | \"computer\"")]
    pub kind: DeviceKind,
    /// The person's own.
    pub own: bool,
    /// The words to compare, in kana and in Latin letters.
    pub words: (String, String),
    /// Another has signed already: this is the second signature.
    pub second: bool,
}

/// What waits for this person.
pub(crate) async fn decisions(client: &Client) -> Result<Decisions> {
    let mut devices = offers(client).await?;
    devices.extend(half_approved(client).await?);
    Ok(Decisions {
        invitations: invitations(client).await?,
        devices,
        takeouts: takeouts::waiting(client).await?,
        postures: waiting::postures(client).await?,
        resets: waiting::resets(client).await?,
        reviews: waiting::reviews(client).await?,
        forms: waiting::forms(client).await?,
        applications: waiting::applications(client).await?,
        inquiries: inquiries::waiting(client).await?,
        endings: endings::waiting(client).await?,
    })
}

async fn invitations(client: &Client) -> Result<Vec<InvitationView>> {
    let me = client.user();
    let mine: Vec<(GroupId, InvitationId, UserId, UserId)> = client.look(|replica| {
        let (view, now) = (replica.registry().now(), replica.time());
        let decides = |user| {
            let facility = view.user(user).map(|person| person.facility);
            facility.is_some_and(|facility| view.is_administrator(me, facility)) || view.deputy_for(me, user, now)
        };
        let groups = replica.groups().filter(|(_, followed)| !followed.ended());
        let open = groups.flat_map(|(id, followed)| followed.open_invitations().map(move |(one, of)| (id, one, of)));
        open.filter(|(_, _, of)| decides(of.user)).map(|(id, one, of)| (id, one, of.user, of.invited.user)).collect()
    });
    let people = People::of(client, mine.iter().flat_map(|(_, _, user, by)| [*user, *by])).await?;
    let labels: Vec<Option<String>> =
        mine.iter().map(|(group, ..)| client.label(*group).map(|label| label.to_string())).collect();
    let mut rows: Vec<InvitationView> = client.look(|replica| {
        let view = replica.registry().now();
        let row =
            |((group, invitation, user, by), label): ((GroupId, InvitationId, UserId, UserId), Option<String>)| {
                let state = replica.group(group)?.group()?;
                let one = state.invitation(invitation).filter(|one| one.state == InvitationState::Open)?;
                Some(InvitationView {
                    invitation,
                    group,
                    label,
                    facility: view.facility(state.originator()).map(|facility| facility.name.clone()),
                    invited: people.who(user),
                    by: people.actor(view, by, one.invited.acting_for),
                    at: one.invited.time,
                })
            };
        mine.into_iter().zip(labels).filter_map(row).collect()
    });
    rows.sort_by_key(|row| row.at);
    Ok(rows)
}

async fn offers(client: &Client) -> Result<Vec<OfferView>> {
    let offers = match client.offers().await {
        Ok(offers) => offers,
        // Offline, the rest is shown all the same; and on a device that is not in order, so that it can be brought in order
        // by whoever confirms it here (A12.1).
        Err(fault) if fault.code.class() == Class::Later || fault.code == Code::PostureMissing => Vec::new(),
        Err(fault) => return Err(fault.into()),
    };
    let of = |purpose| if let Purpose::Device(user) = purpose { Some(user) } else { None };
    // What the registry knows already waits for somebody else, or was let in and is gone; but for an only administrator's
    // own device, which needs that person's word twice.
    let me = client.user();
    let waits = |offer: &Offered| {
        client.look(|replica| {
            let known = replica.registry().now().device(offer.bundle.registration.device);
            known.is_none_or(|device| {
                let open = device.active.is_none() && device.wiped.is_none() && device.retired.is_none();
                open && device.user == me
            })
        })
    };
    let offers: Vec<Offered> = offers.into_iter().filter(waits).collect();
    let people = People::of(client, offers.iter().filter_map(|offer| of(offer.purpose))).await?;
    let view = |offer: Offered| {
        let registration = &offer.bundle.registration;
        Some(OfferView {
            device: registration.device,
            who: people.who(of(offer.purpose)?),
            kind: registration.kind,
            own: registration.ownership == Ownership::Own,
            words: (offer.words.kana.clone(), offer.words.latin.clone()),
            second: false,
        })
    };
    Ok(offers.into_iter().filter_map(view).collect())
}

/// Devices that somebody else has signed for, and that need this person's signature as well (A8.2).
async fn half_approved(client: &Client) -> Result<Vec<OfferView>> {
    let me = client.user();
    let found: Vec<(DeviceId, UserId, DeviceKind, Ownership)> = client.look(|replica| {
        let view = replica.registry().now();
        let waits = |(id, device): (DeviceId, &Device)| {
            let signed = device.approved_by.and_then(|(_, by)| by).or(device.vouched_by.map(|(_, by)| by))?;
            let facility = view.user(device.user)?.facility;
            let gone = device.wiped.is_some() || device.retired.is_some();
            let open = device.active.is_none() && !gone && view.active_user(device.user);
            let mine = view.is_administrator(me, facility) || view.is_operator(me);
            let one = (id, device.user, device.registration.kind, device.registration.ownership);
            (open && mine && signed != me).then_some(one)
        };
        view.devices().filter_map(waits).collect()
    });
    let people = People::of(client, found.iter().map(|(_, user, ..)| *user)).await?;
    let view = |(device, user, kind, ownership)| {
        let words = client.words_of(device)?;
        let (who, own) = (people.who(user), ownership == Ownership::Own);
        Some(OfferView { device, who, kind, own, words: (words.kana, words.latin), second: true })
    };
    Ok(found.into_iter().filter_map(view).collect())
}

/// Decides on an invitation.
pub(crate) async fn decide(client: &Client, group: GroupId, invitation: InvitationId, approve: bool) -> Result<()> {
    let decided = if approve {
        client.approve_invitation(group, invitation).await
    } else {
        client.decline_invitation(group, invitation).await
    };
    decided.map(drop).map_err(Into::into)
}

/// Approves the device whose words were compared: these, and no others.
pub(crate) async fn approve_device(client: &Client, device: DeviceId, words: &str) -> Result<()> {
    let offers = client.offers().await?;
    let compared = |kana: &str| if kana == words { Ok(()) } else { Err(Code::NotAuthentic) };
    let Some(found) = offers.iter().find(|offer| offer.bundle.registration.device == device) else {
        compared(&client.words_of(device).ok_or(Code::Unknown)?.kana)?;
        return client.confirm_device(device).await.map(drop).map_err(Into::into);
    };
    compared(&found.words.kana)?;
    client.approve_offer(found).await.map(drop).map_err(Into::into)
}
