//! Enrolment, from the new device's side. The server's half of the conversation is described with the server.

use std::path::Path;

use rand_core::OsRng;
use renkei_proto::act::{
    Act, DeviceKind, DeviceRegistration, FacilityApplication, FacilityKind, FacilityPledge, OperatingSystem, Ownership,
    Person, Profession, RegistryAct, StaffPledge,
};
use renkei_proto::bounds;
use renkei_proto::bytes::Blob;
use renkei_proto::code::Code;
use renkei_proto::codec;
use renkei_proto::frame::{Details, EnrolAnswer, EnrolOp, Greeting, OFFER, Secret32};
use renkei_proto::hash::Hash32;
use renkei_proto::id::{DeviceId, FacilityId, StatementId, UserId};
use renkei_proto::key::SigningSecret;
use renkei_proto::statement::{Actor, Claim, Head, LogId, Role, Seen, Signed, Statement};
use renkei_proto::text::Line;
use renkei_proto::ticket::{self, Bundle, Offer, Purpose, Ticket};
use renkei_proto::words::CompareWords;
use renkei_sealing::device::DeviceKeys;
use renkei_sealing::possession;

use crate::keys::tls_key;
use crate::link::Link;
use crate::office::device_words;
use crate::profile::{Private, Profile, Public};
use crate::vault::{Contents, Vault};
use crate::{Result, now, random};

/// What a device is.
#[derive(Debug, Clone, Copy)]
pub struct About {
    /// Phone, tablet or computer.
    pub kind: DeviceKind,
    /// What it runs.
    pub system: OperatingSystem,
    /// Whose it is.
    pub ownership: Ownership,
}

/// The application of a new facility (A3.1).
#[derive(Debug, Clone)]
pub struct FacilityForm {
    /// The facility's name.
    pub name: Line<{ bounds::NAME }>,
    /// What it is.
    pub kind: FacilityKind,
    /// Whether it is a member of the association.
    pub association_member: bool,
    /// Form 1.
    pub pledge: FacilityPledge,
    /// The person who applies: facility manager and first administrator.
    pub manager: Details,
    /// What that person does.
    pub profession: Profession,
    /// That person's Form 2 or exemption.
    pub manager_pledge: StaffPledge,
}

/// A device that has offered its keys and waits for approval.
#[derive(Debug)]
pub struct Enrolled {
    /// Its profile.
    pub profile: Profile,
    /// The words to compare with whoever approves.
    pub words: CompareWords,
}

/// The founding statement and the server's keys, if the root with this fingerprint signed both.
pub(crate) fn check_greeting(greeting: &Greeting, root: Hash32) -> Result<renkei_proto::act::ServerKeys> {
    let untrusted = || renkei_proto::frame::Fault::from(Code::ServerNotTrusted);
    let claim = Claim::parse(greeting.found.clone()).map_err(|_| untrusted())?;
    let Act::Registry(RegistryAct::Found { root: key, server, .. }) = claim.unverified().act.clone() else {
        return Err(untrusted());
    };
    if key.root_fingerprint() != root {
        return Err(untrusted());
    }
    claim.verify(&key).map_err(|_| untrusted())?;
    let Some(certified) = &greeting.certified else { return Ok(server) };
    let claim = Claim::parse(certified.clone()).map_err(|_| untrusted())?;
    let verified = claim.verify(&key).map_err(|_| untrusted())?;
    match &verified.statement().act {
        Act::Registry(RegistryAct::CertifyServer(server)) => Ok(server.clone()),
        _ => Err(untrusted()),
    }
}

/// Connects to the ticket's server and makes sure that the ticket's root stands behind it.
async fn greet(server: &str, root: Hash32) -> Result<(Link, Vec<u8>)> {
    let (link, shown) = Link::enrolment(server).await?;
    let EnrolAnswer::Greeting(greeting) = link.enrol(EnrolOp::Greet).await? else {
        return Err(Code::Malformed.into());
    };
    let keys = check_greeting(&greeting.ok_or(Code::NotFounded)?, root)?;
    let authority = shown.require(keys.server_authority)?;
    Ok((link, authority))
}

/// Enrols this device with `ticket`, keeping its files in `dir`. `facility` is filled in for a facility's ticket only.
pub async fn enrol(ticket: &Ticket, about: About, facility: Option<FacilityForm>, dir: &Path) -> Result<Enrolled> {
    if Profile::exists(dir) {
        return Err(Code::ProfileExists.into());
    }
    if matches!(ticket.purpose, Purpose::Facility(_)) != facility.is_some() {
        return Err(Code::BadInput.into());
    }
    let (link, authority) = greet(ticket.server.as_str(), ticket.root).await?;
    let enrolled = converse(&link, ticket, about, facility, authority, dir).await;
    link.close();
    enrolled
}

async fn converse(
    link: &Link,
    ticket: &Ticket,
    about: About,
    facility: Option<FacilityForm>,
    authority: Vec<u8>,
    dir: &Path,
) -> Result<Enrolled> {
    let psk = ticket.secret.psk();
    let proof = ticket::client_proof(&psk, link.exporter());
    let EnrolAnswer::Proved { proof, share } = link.enrol(EnrolOp::Prove { ticket: ticket.ticket, proof }).await?
    else {
        return Err(Code::Malformed.into());
    };
    if proof != ticket::server_proof(&psk, link.exporter()) {
        return Err(Code::ServerNotTrusted.into());
    }

    let keys = DeviceKeys::generate(&mut OsRng).map_err(|_| Code::ProfileFailed)?;
    let receipt = Secret32::new(random());
    let registration = DeviceRegistration {
        device: DeviceId(random()),
        kind: about.kind,
        system: about.system,
        ownership: about.ownership,
        signing: keys.signing.public(),
        sealing: keys.sealing.public().fingerprint(),
        receipt: SigningSecret::from_seed(&receipt.0).public(),
    };
    let words = device_words(ticket.root, &registration);
    let (tls_key, request) = tls_key()?;
    let details = facility.as_ref().map(|form| form.manager.clone());
    let application = match (facility, ticket.purpose) {
        (Some(form), Purpose::Facility(id)) => Some(apply(ticket.root, id, form, &registration, &keys)?),
        _ => None,
    };
    let bundle = Bundle {
        version: renkei_proto::VERSION,
        ticket: ticket.ticket,
        registration: registration.clone(),
        sealing: keys.sealing.public().clone(),
        request,
        application,
        details,
    };
    let bytes = codec::encode(&bundle);
    let mut signed = link.exporter().to_vec();
    signed.extend_from_slice(&bytes);
    let signature = keys.signing.sign(OFFER, &signed);
    let bind = ticket::bundle_mac(&ticket.secret.bind(), &bytes);
    let bundle = Blob::new(bytes).map_err(|_| Code::TooLarge)?;
    let offer = Offer { ticket: ticket.ticket, bundle, bind };

    // The keys are kept before anybody is asked to rely on them.
    let private =
        Private { half: Secret32::new(random()), tls_key: tls_key.to_vec(), psk: Some(Secret32::new(*psk)), receipt };
    let public = Public {
        server: ticket.server.to_string(),
        root: ticket.root,
        device: registration.device,
        ticket: ticket.ticket,
        authority: Blob::new(authority).map_err(|_| Code::TooLarge)?,
        approved: None,
    };
    let profile = Profile::create(dir, public, private)?;
    let keep = || Vault::create(profile.vault_path(), profile.vault_key(&share), Contents::new(keys.clone()));
    let offered = match keep() {
        Ok(_) => offer_keys(link, offer, signature, &keys).await,
        Err(fault) => Err(fault),
    };
    // Whether the last answer got lost on its way is not known: the profile stays, and polling tells.
    if let Err(fault) = offered
        && fault.code != Code::Unreachable
    {
        // Nobody took the keys: the profile would be good for nothing.
        profile.discard()?;
        return Err(fault);
    }
    Ok(Enrolled { profile, words })
}

async fn offer_keys(
    link: &Link,
    offer: Offer,
    signature: renkei_proto::key::Signature,
    keys: &DeviceKeys,
) -> Result<()> {
    let EnrolAnswer::Challenge { x25519, kem } = link.enrol(EnrolOp::Offer { offer, signature }).await? else {
        return Err(Code::Malformed.into());
    };
    let proof = possession::answer(&keys.sealing, &x25519.0, kem.as_slice(), link.exporter())
        .map_err(|_| Code::NotAuthentic)?;
    match link.enrol(EnrolOp::Possess(proof)).await? {
        EnrolAnswer::Waiting => Ok(()),
        _ => Err(Code::Malformed.into()),
    }
}

/// The signed application of a new facility. Its author has seen nothing of the registry yet.
fn apply(
    root: Hash32,
    facility: FacilityId,
    form: FacilityForm,
    device: &DeviceRegistration,
    keys: &DeviceKeys,
) -> Result<Signed> {
    let user = UserId(random());
    let mut association = [0; 16];
    association.copy_from_slice(&root.0[..16]);
    let manager = Person {
        user,
        profession: form.profession,
        details: form.manager.commitment(),
        pledge: Some(form.manager_pledge),
    };
    let application = FacilityApplication {
        facility,
        name: form.name,
        kind: form.kind,
        association_member: form.association_member,
        pledge: form.pledge,
        manager,
        device: device.clone(),
    };
    let statement = Statement {
        version: renkei_proto::VERSION,
        suite: renkei_proto::SUITE,
        rules: renkei_proto::RULES,
        association: renkei_proto::id::AssociationId(association),
        log: LogId::Registry,
        id: StatementId(random()),
        counter: 1,
        actor: Actor::Device { user, device: device.device },
        role: Role::FacilityManager,
        acting_for: None,
        seen: Seen { registry: Head::default(), group: Head::default() },
        claimed_at: now(),
        act: Act::Registry(RegistryAct::ApplyFacility(application)),
    };
    statement.sign(&keys.signing).map_err(|_| Code::TooLarge.into())
}
