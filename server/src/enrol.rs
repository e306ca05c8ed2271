//! The enrolment protocol: a device without a certificate, or the association's root.
//!
//! ```text
//! device                                     server
//! Greet                    ───────────────►  the founding statement, signed by the root: the device compares it with
//!                                            its ticket and with this connection's certificate, or goes no further
//! Prove(ticket, MAC)       ───────────────►  knows the ticket; proves that in turn, and gives the vault's share
//! Offer(bundle, MAC, sig)  ───────────────►  well formed, signed by the offered key over this connection
//!                          ◄───────────────  Challenge for the sealing keys
//! Possess(MAC)             ───────────────►  the ticket is used up; the offer waits for whoever issued it
//! Poll(ticket, MAC)        ───────────────►  waiting, or the certificate
//! ```
//!
//! A wrong, used or expired ticket gets one and the same answer, and counts against the source.

use std::net::IpAddr;

use aws_lc_rs::kem::{EncapsulationKey, ML_KEM_768};
use curve25519_dalek::montgomery::MontgomeryPoint;
use rand_core::{OsRng, RngCore as _};
use renkei_proto::access::{Asked, Subject, What};
use renkei_proto::act::{Act, RegistryAct};
use renkei_proto::bounds;
use renkei_proto::bytes::{Blob, List};
use renkei_proto::code::Code;
use renkei_proto::codec;
use renkei_proto::entry::Entry;
use renkei_proto::frame::{
    Accepted, EnrolAnswer, EnrolOp, Fault, Greeting, NewTicket, OFFER, ROOT_REQUEST, RootAnswer, RootOp, Secret32,
    Sidecar,
};
use renkei_proto::hash::Hash32;
use renkei_proto::id::{DeviceId, TicketId};
use renkei_proto::key::{Mac, Signature};
use renkei_proto::statement::{Claim, LogId, Signed};
use renkei_proto::ticket::{self, Bundle, Offer, Purpose};
use renkei_proto::wipe::SignedReceipt;

use crate::hub::lock;
use crate::minutes::Repeated;
use crate::noted;
use crate::secrets::{Ticket, certificate_blob};
use crate::service::{Service, decode_code};

/// Tickets that a person may have open for further devices of the own: no more than devices.
const OPEN_TICKETS_OF_ONES_OWN: usize = 8;

/// One enrolment connection: how far it has come.
pub(crate) struct Enrolment<'s> {
    service: &'s Service,
    exporter: [u8; 32],
    address: IpAddr,
    stage: Stage,
}

enum Stage {
    Start,
    Proved { ticket: TicketId, share: Secret32 },
    Offered { ticket: TicketId, share: Secret32, offer: Offer, bundle: Box<Bundle>, expected: Mac },
}

fn random32() -> [u8; 32] {
    let mut bytes = [0; 32];
    OsRng.fill_bytes(&mut bytes);
    bytes
}

impl<'s> Enrolment<'s> {
    pub(crate) fn new(service: &'s Service, exporter: [u8; 32], address: IpAddr) -> Self {
        Self { service, exporter, address, stage: Stage::Start }
    }

    /// Answers one request, and puts it on record.
    pub(crate) async fn handle(&mut self, op: EnrolOp) -> Result<EnrolAnswer, Fault> {
        let service = self.service;
        let recorder = &service.recorder;
        let (place, who) = (recorder.place()?, noted::stranger(self.address));
        let asked = if matches!(op, EnrolOp::Root { .. }) { Asked::Root } else { Asked::Enrolment };
        let ticket = if let EnrolOp::Prove { ticket, .. } = &op { Some(*ticket) } else { None };
        let answer = self.answer(op).await;
        match (&answer, ticket) {
            (Ok(EnrolAnswer::Root(RootAnswer::Accepted(accepted))), _) => {
                let seq = accepted.head.size.saturating_sub(1);
                place.record(who, What::Acted { log: LogId::Registry, seq });
            }
            (Ok(EnrolAnswer::Proved { .. }), Some(ticket)) => place.record(who, What::TicketUsed { ticket }),
            (Ok(_), _) => {}
            (Err(fault), _) => recorder.repeated(place, who, Repeated::Refused(asked, fault.code, None)),
        }
        answer
    }

    /// What came can't be read.
    pub(crate) fn unreadable(&self, code: Code) -> Fault {
        self.service.recorder.refused(noted::stranger(self.address), Asked::Unreadable, code);
        code.into()
    }

    async fn answer(&mut self, op: EnrolOp) -> Result<EnrolAnswer, Fault> {
        match op {
            EnrolOp::Greet => Ok(EnrolAnswer::Greeting(self.service.greeting()?)),
            EnrolOp::Prove { ticket, proof } => self.prove(ticket, proof),
            EnrolOp::Offer { offer, signature } => self.offer(offer, &signature),
            EnrolOp::Possess(proof) => self.possess(proof).await,
            EnrolOp::Poll { ticket, proof } => self.poll(ticket, proof),
            EnrolOp::Root { op, signature } => self.root(&op, &signature).await.map(EnrolAnswer::Root),
            EnrolOp::Receipt(receipt) => self.receipt(&receipt),
        }
    }

    /// The ticket, if the proof is right and `good` likes it; otherwise always the same answer.
    fn ticket(
        &self,
        id: TicketId,
        right: impl Fn(&[u8; 32]) -> bool,
        good: impl Fn(&Ticket) -> bool,
    ) -> Result<Ticket, Fault> {
        let now = self.service.clock.monotonic();
        self.service.lockouts.permit_ticket(self.address, now)?;
        let known = self.service.vault.ticket(id)?;
        // An unknown ticket is compared with a key that nobody has.
        let psk = known.as_ref().map_or_else(random32, |ticket| *ticket.psk.0);
        let proven = right(&psk);
        if let Some(ticket) =
            known.filter(|ticket| proven && ticket.expires > self.service.clock.anchored() && good(ticket))
        {
            Ok(ticket)
        } else {
            self.service.lockouts.ticket_refused(self.address, now);
            Err(Code::TicketRefused.into())
        }
    }

    fn prove(&mut self, id: TicketId, proof: Mac) -> Result<EnrolAnswer, Fault> {
        let right = |psk: &[u8; 32]| ticket::client_proof(psk, &self.exporter) == proof;
        let known = self.ticket(id, right, |ticket| ticket.offer.is_none())?;
        let share = Secret32::new(random32());
        // Kept by this connection alone: another holder of the link can't change what this device was given.
        self.stage = Stage::Proved { ticket: id, share: share.clone() };
        Ok(EnrolAnswer::Proved { proof: ticket::server_proof(&known.psk.0, &self.exporter), share })
    }

    fn offer(&mut self, offer: Offer, signature: &Signature) -> Result<EnrolAnswer, Fault> {
        let Stage::Proved { ticket, share } = &self.stage else { return Err(Code::OutOfOrder.into()) };
        let (ticket, share) = (*ticket, share.clone());
        let bundle = Bundle::decode(offer.bundle.as_slice()).map_err(decode_code)?;
        if offer.ticket != ticket || bundle.ticket != ticket {
            return Err(Code::OutOfOrder.into());
        }
        let mut signed = self.exporter.to_vec();
        signed.extend_from_slice(offer.bundle.as_slice());
        bundle.registration.signing.verify(OFFER, &signed, signature).map_err(|_| Code::SignatureInvalid)?;
        // Half of the challenge to each sealing key: only who holds both private halves can answer.
        let ephemeral = random32();
        let x25519 = MontgomeryPoint::mul_base_clamped(ephemeral);
        let agreed = MontgomeryPoint(*bundle.sealing.x25519()).mul_clamped(ephemeral).to_bytes();
        let encapsulation =
            EncapsulationKey::new(&ML_KEM_768, bundle.sealing.mlkem768()).map_err(|_| Code::Malformed)?;
        let (kem, shared) = encapsulation.encapsulate().map_err(|_| Code::Malformed)?;
        let shared: [u8; 32] = shared.as_ref().try_into().map_err(|_| Code::Malformed)?;
        let expected = ticket::possession_mac(&agreed, &shared, &self.exporter);
        self.stage = Stage::Offered { ticket, share, offer, bundle: Box::new(bundle), expected };
        let kem = Blob::new(kem.as_ref().to_vec()).map_err(|_| Code::Malformed)?;
        Ok(EnrolAnswer::Challenge { x25519: Hash32(x25519.to_bytes()), kem })
    }

    async fn possess(&mut self, proof: Mac) -> Result<EnrolAnswer, Fault> {
        let stage = std::mem::replace(&mut self.stage, Stage::Start);
        let Stage::Offered { ticket: id, share, offer, bundle, expected } = stage else {
            return Err(Code::OutOfOrder.into());
        };
        if proof != expected {
            return Err(Code::SignatureInvalid.into());
        }
        let device = bundle.registration.device;
        {
            let world = self.service.world();
            let view = world.registry().now();
            if view.device(device).is_some() {
                return Err(Code::AlreadyExists.into());
            }
        }
        {
            let _turn = lock(&self.service.tickets);
            let known = self.service.vault.ticket(id)?;
            let mut ticket = known.filter(|ticket| ticket.offer.is_none()).ok_or(Code::TicketRefused)?;
            check_application(&bundle, ticket.purpose)?;
            ticket.offer = Some(offer);
            if self.service.vault.share(device)?.is_some() {
                return Err(Code::AlreadyExists.into());
            }
            drop(self.service.vault.answer_ticket(id, &ticket, device, &share)?);
        }
        if let Some(application) = bundle.application.clone() {
            let sidecar = Sidecar { sealing: Some(bundle.sealing), boxes: None, details: bundle.details };
            let place = self.service.recorder.place()?;
            let accepted = self.service.submit(None, application, sidecar, |_| Ok(())).await?;
            let who = Subject { device: Some(device), ..noted::stranger(self.address) };
            place.record(who, What::Acted { log: LogId::Registry, seq: accepted.head.size.saturating_sub(1) });
        }
        Ok(EnrolAnswer::Waiting)
    }

    fn poll(&self, id: TicketId, proof: Mac) -> Result<EnrolAnswer, Fault> {
        let right = |psk: &[u8; 32]| ticket::poll_proof(psk, &self.exporter) == proof;
        let known = self.ticket(id, right, |ticket| ticket.offer.is_some())?;
        let offer = known.offer.ok_or(Code::TicketRefused)?;
        let bundle = Bundle::decode(offer.bundle.as_slice()).map_err(decode_code)?;
        let device = bundle.registration.device;
        let (association, user) = {
            let world = self.service.world();
            let view = world.registry().now();
            let Some(association) = world.registry().association() else { return Err(Code::NotFounded.into()) };
            let applying = view.device(device).filter(|_| bundle.application.is_some());
            let active = view.device(device).filter(|_| view.active_device(device));
            match active.or(applying) {
                Some(known) if known.wiped.is_some() => return Err(Code::DeviceWiped.into()),
                Some(known) if known.registration == bundle.registration => (association.id, known.user),
                _ => return Ok(EnrolAnswer::Waiting),
            }
        };
        let certificate = self.service.certificate(device, bundle.request.as_slice())?;
        let authority = certificate_blob(&self.service.identity.server_authority())?;
        Ok(EnrolAnswer::Approved { certificate, authority, association, user })
    }

    /// A wiped device confirms (A12.3). Only its own key can, and only once it is wiped or its person's ID ended; the
    /// first receipt stays.
    fn receipt(&self, signed: &SignedReceipt) -> Result<EnrolAnswer, Fault> {
        let receipt = signed.unverified().map_err(decode_code)?;
        {
            let world = self.service.world();
            let view = world.registry().now();
            let association = world.registry().association().ok_or(Code::NotFounded)?;
            let known = view.device(receipt.device).ok_or(Code::Unknown)?;
            let over = known.wiped.is_some() || view.user(known.user).is_some_and(|person| person.ended.is_some());
            if receipt.association != association.id || !over {
                return Err(Code::NothingToDo.into());
            }
            signed.verify(&known.registration.receipt).map_err(|_| Code::SignatureInvalid)?;
        }
        if self.service.vault.receipt(receipt.device)?.is_none() {
            drop(self.service.vault.put_receipt(receipt.device, signed)?);
        }
        Ok(EnrolAnswer::Received)
    }

    async fn root(&self, op: &Blob<{ bounds::ENROL_FRAME }>, signature: &Signature) -> Result<RootAnswer, Fault> {
        let service = self.service;
        let mut signed = self.exporter.to_vec();
        signed.extend_from_slice(op.as_slice());
        let request: RootOp = codec::decode(op.as_slice()).map_err(decode_code)?;
        if let RootOp::Found { claim, signed: found } = request {
            return self.found(&claim, found, &signed, signature).await.map(RootAnswer::Accepted);
        }
        let root = service.world().registry().association().ok_or(Code::NotFounded)?.root;
        root.verify(ROOT_REQUEST, &signed, signature).map_err(|_| Code::NotRoot)?;
        match request {
            RootOp::Found { .. } => Err(Code::OutOfOrder.into()),
            RootOp::Standing => {
                let world = service.world();
                let head = world.registry_log().chain.head();
                Ok(RootAnswer::Standing { head, counter: world.registry().counter(None) })
            }
            RootOp::NewTicket(ticket) => {
                if !matches!(ticket.purpose, Purpose::Operator(_)) {
                    return Err(Code::WrongRole.into());
                }
                let place = service.recorder.place()?;
                service.new_ticket(None, &ticket)?;
                place.record(noted::stranger(self.address), What::TicketIssued { ticket: ticket.ticket });
                Ok(RootAnswer::Done)
            }
            RootOp::Offers => Ok(RootAnswer::Offers(service.offers(None)?)),
            RootOp::Submit { signed, sidecar } => {
                let accepted = service.submit(None, signed, sidecar, |_| Ok(())).await?;
                Ok(RootAnswer::Accepted(accepted))
            }
        }
    }

    async fn found(
        &self,
        claim: &Secret32,
        found: Signed,
        request: &[u8],
        signature: &Signature,
    ) -> Result<Accepted, Fault> {
        let now = self.service.clock.monotonic();
        self.service.lockouts.permit_ticket(self.address, now)?;
        let right = renkei_proto::key::Mac(Hash32(*claim.0))
            == renkei_proto::key::Mac(Hash32(*self.service.identity.claim().0));
        if !right || self.service.world().registry().size() > 0 {
            self.service.lockouts.ticket_refused(self.address, now);
            return Err(Code::ClaimRefused.into());
        }
        let parsed = Claim::parse(found.clone()).map_err(decode_code)?;
        let Act::Registry(RegistryAct::Found { root, server, .. }) = &parsed.unverified().act else {
            return Err(Code::ClaimRefused.into());
        };
        root.verify(ROOT_REQUEST, request, signature).map_err(|_| Code::NotRoot)?;
        if *server != self.service.identity.keys() {
            return Err(Code::ServerNotTrusted.into());
        }
        self.service.submit(None, found, Sidecar::default(), |_| Ok(())).await
    }
}

/// A facility's ticket is answered with its application by the very device that is offered; no other ticket is.
fn check_application(bundle: &Bundle, purpose: Purpose) -> Result<(), Code> {
    match (purpose, &bundle.application) {
        (Purpose::Facility(facility), Some(signed)) => {
            let claim = Claim::parse(signed.clone()).map_err(decode_code)?;
            let Act::Registry(RegistryAct::ApplyFacility(application)) = &claim.unverified().act else {
                return Err(Code::Malformed);
            };
            let same = application.facility == facility && application.device == bundle.registration;
            if same { Ok(()) } else { Err(Code::Malformed) }
        }
        (Purpose::Device(_) | Purpose::Operator(_), None) if bundle.details.is_none() => Ok(()),
        _ => Err(Code::Malformed),
    }
}

/// The device that an offer offers.
fn offered(offer: &Offer) -> Option<DeviceId> {
    Bundle::decode(offer.bundle.as_slice()).ok().map(|bundle| bundle.registration.device)
}

impl Service {
    fn greeting(&self) -> Result<Option<Greeting>, Code> {
        let latest = {
            let world = self.world();
            let Some(association) = world.registry().association() else { return Ok(None) };
            association.server.last().map_or(0, |(seq, _)| *seq)
        };
        let found = self.registry_body(0)?.ok_or(Code::StorageFailed)?;
        let certified = if latest == 0 { None } else { self.registry_body(latest)? };
        Ok(Some(Greeting { found, certified }))
    }

    /// The signed statement at `seq` of the registry.
    pub(crate) fn registry_body(&self, seq: u64) -> Result<Option<Signed>, Code> {
        let Some(bytes) = self.entry(LogId::Registry, seq)? else { return Ok(None) };
        Ok(Entry::decode(&bytes).map_err(decode_code)?.body)
    }

    /// A certificate for a device's request.
    pub(crate) fn certificate<const MAX: usize>(
        &self,
        device: renkei_proto::id::DeviceId,
        request: &[u8],
    ) -> Result<Blob<MAX>, Code> {
        let certificate =
            self.identity.device_certificate(device, request, self.clock.anchored()).map_err(|error| {
                tracing::warn!(%error, "a certificate request was refused");
                Code::Malformed
            })?;
        certificate_blob(&certificate)
    }

    /// Keeps a ticket. Its issuer's right to it has been checked.
    pub(crate) fn new_ticket(&self, issuer: Option<renkei_proto::id::UserId>, ticket: &NewTicket) -> Result<(), Code> {
        let now = self.clock.anchored();
        if ticket.expires <= now || ticket.expires > now.plus(ticket::LIFETIME) {
            return Err(Code::DateOutOfRange);
        }
        self.sweep_tickets()?;
        let _turn = lock(&self.tickets);
        let open = self.vault.tickets()?;
        let world = self.world();
        let view = world.registry().now();
        let for_oneself = |purpose: Purpose| matches!(purpose, Purpose::Device(user) if Some(user) == issuer);
        let most = if for_oneself(ticket.purpose) { OPEN_TICKETS_OF_ONES_OWN } else { bounds::OPEN_TICKETS };
        if open.iter().any(|(id, _)| *id == ticket.ticket) {
            return Err(Code::AlreadyExists);
        }
        let alike = |one: &Ticket| one.issuer == issuer && for_oneself(one.purpose) == for_oneself(ticket.purpose);
        // One whose device is in use has done its work: it is kept only so that the device hears of it, and counts no more.
        let done = |one: &Ticket| one.offer.as_ref().and_then(offered).is_some_and(|device| view.active_device(device));
        // "Busy" would be asked again and again: this does not pass by waiting a moment.
        if open.iter().filter(|(_, one)| alike(one) && !done(one)).count() >= most {
            return Err(Code::TicketsOpen);
        }
        drop(world);
        let kept =
            Ticket { issuer, psk: ticket.psk.clone(), purpose: ticket.purpose, expires: ticket.expires, offer: None };
        self.vault.put_ticket(ticket.ticket, &kept).map(drop)
    }

    /// Offers that answer tickets of `issuer` and are not yet decided.
    pub(crate) fn offers(&self, issuer: Option<renkei_proto::id::UserId>) -> Result<renkei_proto::frame::Offers, Code> {
        let now = self.clock.anchored();
        let tickets = self.vault.tickets()?;
        let world = self.world();
        let view = world.registry().now();
        let mut offers: Vec<Offer> = tickets
            .into_iter()
            .filter(|(_, ticket)| ticket.issuer == issuer && ticket.expires > now)
            .filter_map(|(_, ticket)| ticket.offer)
            .filter(|offer| offered(offer).is_some_and(|device| !view.active_device(device)))
            .collect();
        offers.truncate(64);
        List::new(offers).map_err(|_| Code::Busy)
    }
}
