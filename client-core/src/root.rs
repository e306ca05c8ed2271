//! The association's root: one file, closed with a passphrase, kept offline, needed only to found the association, to
//! certify the server's keys, to appoint operators of the Desk, and to end their IDs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use argon2::{Algorithm, Argon2, Params, Version};
use data_encoding::BASE64URL_NOPAD;
use rand_core::OsRng;
use renkei_proto::act::{Act, Person, Profession, RegistryAct, ServerKeys, StaffPledge};
use renkei_proto::bounds;
use renkei_proto::bytes::Blob;
use renkei_proto::code::Code;
use renkei_proto::codec;
use renkei_proto::frame::{
    Accepted, Details, EnrolAnswer, EnrolOp, NewTicket, Password, ROOT_REQUEST, RootAnswer, RootOp, Secret32, Sidecar,
};
use renkei_proto::hash::Hash32;
use renkei_proto::id::{DeviceId, FacilityId, StatementId, TicketId, UserId};
use renkei_proto::key::SigningSecret;
use renkei_proto::statement::{Actor, Head, LogId, Role, Seen, Statement};
use renkei_proto::text::Line;
use renkei_proto::ticket::{self, Bundle, Purpose, Ticket, TicketSecret};
use renkei_proto::words::CompareWords;
use renkei_sealing::vault::VaultKey;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::enrol::check_greeting;
use crate::link::Link;
use crate::office::device_words;
use crate::{Result, files, now, random};

/// Argon2id for a file that an attacker may have: 64 `MiB` and three passes, a second or so of a person's time.
const MEMORY_KIB: u32 = 64 * 1_024;
const PASSES: u32 = 3;

/// Shortest passphrase, in characters.
pub const PASSPHRASE: usize = 16;

const PART: &str = "root";

/// What `renkei-server init` printed.
#[derive(Debug, Clone)]
pub struct ServerClaim {
    keys: ServerKeys,
    code: Secret32,
}

impl core::str::FromStr for ServerClaim {
    type Err = renkei_proto::frame::Fault;

    fn from_str(text: &str) -> Result<Self> {
        let bad = || renkei_proto::frame::Fault::from(Code::BadInput);
        let text = text.trim().strip_prefix("renkei:claim/").ok_or_else(bad)?;
        let bytes = Zeroizing::new(BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| bad())?);
        let (keys, (authority, code)): (ServerKeys, (Hash32, Secret32)) = codec::decode(&bytes).map_err(|_| bad())?;
        if authority == keys.server_authority { Ok(Self { keys, code }) } else { Err(bad()) }
    }
}

#[derive(Serialize, Deserialize)]
struct Stored {
    version: u8,
    seed: Secret32,
    server: Option<String>,
    tickets: BTreeMap<TicketId, Appointment>,
}

/// Somebody who is to become an operator and has been given a ticket.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Appointment {
    secret: TicketSecret,
    user: UserId,
    profession: Profession,
    details: Details,
    pledge: StaffPledge,
}

/// A device that wants to be an operator's.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The ticket.
    pub ticket: TicketId,
    /// Whose.
    pub name: String,
    /// The device.
    pub device: DeviceId,
    /// The words to compare.
    pub words: CompareWords,
    bundle: Bundle,
    appointment: Appointment,
}

/// The opened root.
pub struct Root {
    path: PathBuf,
    key: VaultKey,
    salt: [u8; 16],
    signing: SigningSecret,
    stored: Stored,
}

impl core::fmt::Debug for Root {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Root({})", self.fingerprint())
    }
}

fn file_key(passphrase: &Password, salt: &[u8; 16]) -> Result<VaultKey> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, Some(32)).map_err(|_| Code::ProfileFailed)?;
    let mut half = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), salt, &mut *half)
        .map_err(|_| Code::ProfileFailed)?;
    // The other half of a vault key is a server's share; a root has no server above it.
    Ok(VaultKey::derive(&Secret32::new(*half), &Secret32::new([0; 32]), DeviceId([0; 16])))
}

impl Root {
    /// Makes a new root key in the file `path`.
    pub fn create(path: &Path, passphrase: &Password) -> Result<Self> {
        if path.exists() {
            return Err(Code::ProfileExists.into());
        }
        let long_enough =
            core::str::from_utf8(passphrase.as_bytes()).is_ok_and(|text| text.chars().count() >= PASSPHRASE);
        if !long_enough {
            return Err(Code::PasswordTooWeak.into());
        }
        let salt = random();
        let seed = Secret32::new(random());
        let signing = SigningSecret::from_seed(&seed.0);
        let stored = Stored { version: renkei_proto::VERSION, seed, server: None, tickets: BTreeMap::new() };
        let root = Self { path: path.to_owned(), key: file_key(passphrase, &salt)?, salt, signing, stored };
        root.save()?;
        Ok(root)
    }

    /// Opens the root key in the file `path`.
    pub fn open(path: &Path, passphrase: &Password) -> Result<Self> {
        let bytes = files::read(path)?.ok_or(Code::Unknown)?;
        let (salt, sealed) = bytes.split_first_chunk::<16>().ok_or(Code::ProfileFailed)?;
        let key = file_key(passphrase, salt)?;
        let plain = key.open(PART, sealed).map_err(|_| Code::SignInFailed)?;
        let stored: Stored = codec::decode(&plain).map_err(|_| Code::ProfileFailed)?;
        let signing = SigningSecret::from_seed(&stored.seed.0);
        Ok(Self { path: path.to_owned(), key, salt: *salt, signing, stored })
    }

    fn save(&self) -> Result<()> {
        let plain = Zeroizing::new(codec::encode(&self.stored));
        let sealed = self.key.seal(PART, &plain, &mut OsRng).map_err(|_| Code::ProfileFailed)?;
        let mut bytes = self.salt.to_vec();
        bytes.extend_from_slice(&sealed);
        files::write_private(&self.path, &bytes)
    }

    /// The fingerprint that travels in every enrolment ticket.
    pub fn fingerprint(&self) -> Hash32 {
        self.signing.public().root_fingerprint()
    }

    async fn ask(&self, link: &Link, op: &RootOp) -> Result<RootAnswer> {
        let op = codec::encode(op);
        let mut signed = link.exporter().to_vec();
        signed.extend_from_slice(&op);
        let signature = self.signing.sign(ROOT_REQUEST, &signed);
        let op: Blob<{ bounds::ENROL_FRAME }> = Blob::new(op).map_err(|_| Code::TooLarge)?;
        match link.enrol(EnrolOp::Root { op, signature }).await? {
            EnrolAnswer::Root(answer) => Ok(answer),
            _ => Err(Code::Malformed.into()),
        }
    }

    /// A connection to the association's server, which must show the keys that this root certified.
    async fn link(&self) -> Result<Link> {
        let server = self.stored.server.as_deref().ok_or(Code::NotFounded)?;
        let (link, shown) = Link::enrolment(server).await?;
        let EnrolAnswer::Greeting(Some(greeting)) = link.enrol(EnrolOp::Greet).await? else {
            return Err(Code::NotFounded.into());
        };
        let keys = check_greeting(&greeting, self.fingerprint())?;
        shown.require(keys.server_authority)?;
        Ok(link)
    }

    fn statement(&self, counter: u64, registry: Head, act: RegistryAct) -> Statement {
        Statement {
            version: renkei_proto::VERSION,
            suite: renkei_proto::SUITE,
            rules: renkei_proto::RULES,
            association: self.signing.public().association(),
            log: LogId::Registry,
            id: StatementId(random()),
            counter,
            actor: Actor::Root,
            role: Role::Root,
            acting_for: None,
            seen: Seen { registry, group: Head::default() },
            claimed_at: now(),
            act: Act::Registry(act),
        }
    }

    /// Founds the association on the server that printed `claim`.
    pub async fn found(
        &mut self,
        server: &str,
        claim: &ServerClaim,
        name: Line<{ bounds::NAME }>,
        desk_name: Line<{ bounds::NAME }>,
    ) -> Result<Accepted> {
        let (link, shown) = Link::enrolment(server).await?;
        shown.require(claim.keys.server_authority)?;
        let desk = FacilityId(random());
        let act = RegistryAct::Found { root: self.signing.public(), name, desk, desk_name, server: claim.keys.clone() };
        let signed = self.statement(1, Head::default(), act).sign(&self.signing).map_err(|_| Code::TooLarge)?;
        let answer = self.ask(&link, &RootOp::Found { claim: claim.code.clone(), signed }).await;
        link.close();
        let RootAnswer::Accepted(accepted) = answer? else { return Err(Code::Malformed.into()) };
        self.stored.server = Some(server.to_owned());
        self.save()?;
        Ok(accepted)
    }

    /// A ticket for somebody who is to become an operator of the Desk.
    pub async fn operator_ticket(
        &mut self,
        details: Details,
        profession: Profession,
        pledge: StaffPledge,
    ) -> Result<Ticket> {
        let link = self.link().await?;
        let (id, secret, user) = (TicketId(random()), TicketSecret(random()), UserId(random()));
        let expires = now().plus(ticket::LIFETIME - 60);
        let purpose = Purpose::Operator(user);
        let new = NewTicket { ticket: id, psk: Secret32::new(*secret.psk()), purpose, expires };
        let appointment = Appointment { secret: secret.clone(), user, profession, details, pledge };
        self.stored.tickets.insert(id, appointment);
        self.save()?;
        let answer = self.ask(&link, &RootOp::NewTicket(new)).await;
        link.close();
        answer?;
        let server = Line::new(self.stored.server.clone().unwrap_or_default()).map_err(|_| Code::BadInput)?;
        let root = self.fingerprint();
        Ok(Ticket { version: renkei_proto::VERSION, server, root, ticket: id, secret, expires, purpose })
    }

    /// The devices that answered this root's tickets with the right secret.
    pub async fn candidates(&self) -> Result<Vec<Candidate>> {
        let link = self.link().await?;
        let answer = self.ask(&link, &RootOp::Offers).await;
        link.close();
        let RootAnswer::Offers(offers) = answer? else { return Err(Code::Malformed.into()) };
        let candidate = |offer: &ticket::Offer| {
            let appointment = self.stored.tickets.get(&offer.ticket)?.clone();
            let right = ticket::bundle_mac(&appointment.secret.bind(), offer.bundle.as_slice()) == offer.bind;
            let bundle = Bundle::decode(offer.bundle.as_slice()).ok().filter(|_| right)?;
            Some(Candidate {
                ticket: offer.ticket,
                name: appointment.details.name.to_string(),
                device: bundle.registration.device,
                words: device_words(self.fingerprint(), &bundle.registration),
                bundle,
                appointment,
            })
        };
        Ok(offers.as_slice().iter().filter_map(candidate).collect())
    }

    /// Appoints an operator with this device, after the words were compared.
    pub async fn appoint(&mut self, candidate: &Candidate) -> Result<UserId> {
        let appointment = &candidate.appointment;
        let person = Person {
            user: appointment.user,
            profession: appointment.profession,
            details: appointment.details.commitment(),
            pledge: Some(appointment.pledge.clone()),
        };
        let device = candidate.bundle.registration.clone();
        let sidecar = Sidecar {
            sealing: Some(candidate.bundle.sealing.clone()),
            boxes: None,
            details: Some(appointment.details.clone()),
        };
        self.submit(RegistryAct::AppointOperator { person, device }, sidecar).await?;
        self.stored.tickets.remove(&candidate.ticket);
        self.save()?;
        Ok(appointment.user)
    }

    /// Ends the ID of an operator.
    pub async fn end_operator(&self, user: UserId) -> Result<Accepted> {
        self.submit(RegistryAct::EndUser { user }, Sidecar::default()).await
    }

    async fn submit(&self, act: RegistryAct, sidecar: Sidecar) -> Result<Accepted> {
        let link = self.link().await?;
        let submitted = async {
            let RootAnswer::Standing { head, counter } = self.ask(&link, &RootOp::Standing).await? else {
                return Err(Code::Malformed.into());
            };
            let signed = self.statement(counter + 1, head, act).sign(&self.signing).map_err(|_| Code::TooLarge)?;
            match self.ask(&link, &RootOp::Submit { signed, sidecar }).await? {
                RootAnswer::Accepted(accepted) => Ok(accepted),
                _ => Err(Code::Malformed.into()),
            }
        };
        let answer = submitted.await;
        link.close();
        answer
    }
}
