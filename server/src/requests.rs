//! What a client can ask, and what each question needs.

use renkei_policy::a11_session::Need;
use renkei_policy::group::Group;
use renkei_policy::registry::a12_wipe::may_see_receipt;
use renkei_policy::registry::{a08_devices, a09_scans, a12_posture};
use renkei_proto::act::{Act, RegistryAct};
use renkei_proto::bounds;
use renkei_proto::bytes::{Blob, List};
use renkei_proto::code::Code;
use renkei_proto::codec;
use renkei_proto::entry::{Entry, EntryKind};
use renkei_proto::frame::{Answer, Fault, NewTicket, Op, RENEW, SecondFactor, find_box};
use renkei_proto::id::{DeviceId, UserId};
use renkei_proto::key::Signature;
use renkei_proto::statement::{Claim, LogId};
use renkei_proto::ticket::Purpose;
use renkei_store::ReadLimit;

use crate::access::{Access, access, may_see_name};
use crate::connection::Driver;
use crate::hub::lock;
use crate::noted::Noted;
use crate::service::store_code;
use crate::sign_in::{Attempted, SignedIn};
use crate::world::log_key;

fn need(op: &Op) -> Need {
    match op {
        Op::SetPassword(_)
        | Op::ConfirmFactor { .. }
        | Op::SignIn { .. }
        | Op::SignInWith { .. }
        | Op::Unlock { .. }
        | Op::Resume { .. }
        | Op::Counts
        | Op::Calls
        | Op::Application => Need::Certificate,
        Op::Lock | Op::SignOut => Need::Session,
        Op::RenewCertificate { .. } => Need::Renewal,
        Op::ChangePassword { .. }
        | Op::Submit { .. }
        | Op::NewTicket(_)
        | Op::Offers
        | Op::SealingKeys(_)
        | Op::Details(_)
        | Op::FetchBox { .. }
        | Op::Receipts(_)
        | Op::Freshen
        | Op::Touch
        | Op::Sessions { .. }
        | Op::EndSession { .. }
        | Op::StepUp { .. }
        | Op::NewRecoveryCodes
        | Op::Entries { .. }
        | Op::AccessRecords(_)
        | Op::AccessCounts(_)
        | Op::Publish { .. }
        | Op::Text { .. }
        | Op::Upload { .. }
        | Op::Uploaded { .. }
        | Op::OpenFile(_)
        | Op::FileChunk { .. }
        | Op::Gone(_)
        | Op::GroupReceipts { .. }
        | Op::Report
        | Op::TakeOut(_)
        | Op::ErasureWord { .. }
        | Op::AnswerBroadcast(_)
        | Op::SafetyAnswers { .. }
        | Op::WriteTable { .. } => Need::OpenSession,
    }
}

/// What else a device needs whose posture is not in order (A12.1): the way to bring it, or others, in order. Of a statement
/// the act decides ([`a12_posture::works_without`]).
fn works_without_posture(op: &Op) -> bool {
    match op {
        Op::ChangePassword { .. }
        | Op::Submit { .. }
        | Op::Details(_)
        | Op::Receipts(_)
        | Op::Freshen
        | Op::Touch
        | Op::Sessions { .. }
        | Op::EndSession { .. }
        | Op::StepUp { .. }
        | Op::NewRecoveryCodes
        | Op::Text { .. }
        | Op::Gone(_)
        | Op::AnswerBroadcast(_)
        | Op::SafetyAnswers { .. }
        | Op::GroupReceipts { .. } => true,
        _ => need(op) != Need::OpenSession,
    }
}

/// What a person can do again and again in the registry, which everybody loads: it protects nobody and ends no duty.
fn over_and_over(act: &Act) -> bool {
    matches!(
        act,
        Act::Registry(
            RegistryAct::DraftAnnouncement(_)
                | RegistryAct::CheckAnnouncement { .. }
                | RegistryAct::SetQuietHours { .. }
        )
    )
}

impl Driver {
    fn require_posture(&self) -> Result<(), Code> {
        let world = self.service.world();
        let view = world.registry().now();
        view.require_posture(self.live.device(), self.service.clock.utc()).map_err(|refusal| refusal.0)
    }

    /// Whether the connection and its device are far enough for `op`.
    fn permit(&self, op: &Op) -> Result<(), Code> {
        self.live.permit(need(op)).map_err(|refusal| refusal.0)?;
        self.service.permit_duties(self.live.user(), op)?;
        if works_without_posture(op) { Ok(()) } else { self.require_posture() }
    }

    /// Answers one request, and puts it on record. An error means that nothing was changed.
    pub(crate) async fn handle(&self, op: Op) -> Result<Answer, Fault> {
        let place = self.service.recorder.place()?;
        let (noted, signs_in) = (Noted::of(self, &op), crate::why::signs_in(&op));
        let spent = if noted.spends() { self.service.recorder.spend(&self.subject()) } else { Ok(()) };
        let answer = match spent.and_then(|()| self.permit(&op)) {
            Ok(()) => self.answer(op, &noted).await,
            Err(code) => Err(code.into()),
        };
        let answer = answer.map_err(|fault| match fault.code {
            _ if signs_in => fault,
            code => Fault { code: self.service.why(self.live.user(), code), ..fault },
        });
        self.put_on_record(place, &noted, answer).await
    }

    async fn answer(&self, op: Op, noted: &Noted) -> Result<Answer, Fault> {
        let service = &self.service;
        let address = self.address;
        match op {
            Op::SetPassword(password) => {
                let set_up = service.set_password(&self.live, password).await?;
                let factor = set_up.totp().clone();
                *lock(&self.set_up) = Some(set_up);
                Ok(Answer::Factor(factor))
            }
            Op::ConfirmFactor { code } => {
                let held = lock(&self.set_up);
                let set_up = held.as_ref().ok_or(Code::OutOfOrder)?;
                Ok(Answer::Recovery(service.confirm_factor(&self.live, set_up, code, address)?))
            }
            Op::SignIn { user, password, code, session_key } => {
                let second = code.map(SecondFactor::Code);
                let tried = Attempted { user, password, second, new: None, key: session_key };
                Ok(self.signed_in(service.sign_in(&self.live, address, tried).await?))
            }
            Op::SignInWith { user, password, second, new, session_key } => {
                let tried = Attempted { user, password, second: Some(second), new, key: session_key };
                Ok(self.signed_in(service.sign_in(&self.live, address, tried).await?))
            }
            Op::Unlock { password, session_key } => {
                Ok(self.signed_in(service.unlock(&self.live, address, password, session_key).await?))
            }
            Op::Touch => {
                service.touch(&self.live)?;
                Ok(Answer::Done)
            }
            Op::Calls => Ok(Answer::Calls(service.calls_for(self.live.user(), self.live.device())?)),
            Op::Counts => Ok(Answer::Counts(service.counts(self.live.user(), self.live.device())?)),
            Op::Sessions { user } => Ok(Answer::Sessions(service.sessions_of(&self.live, user)?)),
            Op::EndSession { user, session } => {
                service.end_session_of(&self.live, user, session)?;
                Ok(Answer::Done)
            }
            Op::StepUp { code } => {
                service.step_up(&self.live, address, code)?;
                Ok(Answer::Done)
            }
            Op::NewRecoveryCodes => Ok(Answer::Recovery(service.renew_recovery_codes(&self.live)?)),
            Op::Resume { session, signature } => {
                service.resume(&self.live, session, &signature, &self.exporter)?;
                self.widen();
                Ok(Answer::Done)
            }
            Op::Application => self.application(),
            Op::ChangePassword { old, new } => {
                service.change_password(&self.live, address, old, new).await?;
                Ok(Answer::Done)
            }
            Op::Lock => {
                let session = self.live.with(|connection| connection.session()).ok_or(Code::SessionRequired)?;
                service.lock_session(session)?;
                Ok(Answer::Done)
            }
            Op::SignOut => {
                let session = self.live.with(|connection| connection.session()).ok_or(Code::SessionRequired)?;
                service.sign_out(session)?;
                Ok(Answer::Done)
            }
            Op::Submit { .. } | Op::Publish { .. } => self.statement(op, noted).await,
            Op::Text { text } => Ok(Answer::Text(service.text((self.live.user(), self.live.device()), text)?)),
            Op::Upload { .. } | Op::Uploaded { .. } | Op::OpenFile(_) | Op::FileChunk { .. } => {
                self.file(op, noted).await
            }
            Op::NewTicket(ticket) => self.new_ticket(&ticket),
            Op::Offers => Ok(Answer::Offers(service.offers(Some(self.live.user()))?)),
            Op::SealingKeys(devices) => self.sealing_keys(devices.as_slice()),
            Op::Details(users) => self.details(users.as_slice()),
            Op::FetchBox { log, seq } => self.fetch_box(log, seq),
            Op::Entries { log, from } => self.entries(log, from),
            Op::AccessRecords(question) => self.access_records(&question).await,
            Op::AccessCounts(question) => self.access_counts(&question).await,
            Op::Freshen => {
                self.live.want_heads();
                Ok(Answer::Done)
            }
            Op::Receipts(devices) => self.receipts(devices.as_slice()),
            Op::Gone(receipt) => self.gone(&receipt),
            Op::ErasureWord { group } => self.erasure_word(group),
            Op::GroupReceipts { group, devices } => self.group_receipts(group, devices.as_slice()),
            Op::Report => self.report(),
            Op::TakeOut(export) => self.take_out(&export),
            Op::AnswerBroadcast(signed) => self.answer_broadcast(signed).await,
            Op::SafetyAnswers { broadcast, after } => self.safety_answers(broadcast, after),
            Op::WriteTable { table, .. } => self.write_table(table),
            Op::RenewCertificate { request, signature } => self.renew_certificate(request.as_slice(), &signature),
        }
    }

    /// Appends a statement, with or without a text beside it.
    async fn statement(&self, op: Op, noted: &Noted) -> Result<Answer, Fault> {
        let mut wait = None;
        let own = |claim: &Claim| self.permit_claim(claim, noted, &mut wait);
        let accepted = match op {
            Op::Submit { signed, sidecar } => self.service.submit(Some(&self.live), signed, sidecar, own).await,
            Op::Publish { signed, text } => self.service.publish(signed, text, own).await.map_err(Fault::from),
            _ => Err(Code::Malformed.into()),
        };
        accepted.map(Answer::Accepted).map_err(|fault| Fault { retry_after: wait.or(fault.retry_after), ..fault })
    }

    /// A new certificate, for who holds the device's signing key on this very connection.
    fn renew_certificate(&self, request: &[u8], signature: &Signature) -> Result<Answer, Fault> {
        let signed = [self.exporter.as_slice(), request].concat();
        let key = {
            let world = self.service.world();
            let device = world.registry().now().device(self.live.device());
            device.ok_or(Code::DeviceNotApproved)?.registration.signing
        };
        key.verify(RENEW, &signed, signature).map_err(|_| Code::SignatureInvalid)?;
        Ok(Answer::Certificate(self.service.certificate(self.live.device(), request)?))
    }

    /// A ticket was made by who may make it.
    fn new_ticket(&self, ticket: &NewTicket) -> Result<Answer, Fault> {
        let service = &self.service;
        {
            let world = service.world();
            let view = world.registry().now();
            view.may_act(self.live.user(), self.live.device()).map_err(|refusal| refusal.0)?;
            let now = service.clock.utc();
            a08_devices::permit_ticket(view, self.live.user(), ticket.purpose, now).map_err(|refusal| refusal.0)?;
        }
        if !matches!(ticket.purpose, Purpose::Device(whose) if whose == self.live.user()) {
            service.permit_administration(&self.live)?;
        }
        service.new_ticket(Some(self.live.user()), ticket)?;
        Ok(Answer::Done)
    }

    /// A session speaks for its own device only; the signature then proves the person's will.
    /// What a person does over and over has a pace: then `wait` is the seconds until it goes on.
    fn permit_claim(&self, claim: &Claim, noted: &Noted, wait: &mut Option<u32>) -> Result<(), Code> {
        let statement = claim.unverified();
        let _once = noted.statement.set((statement.log, EntryKind::of(&statement.act)));
        if statement.actor.device() != Some(self.live.device()) {
            return Err(Code::NotForYou);
        }
        if !a12_posture::works_without(&statement.act) {
            self.require_posture()?;
        }
        self.service.permit_statement(&self.live, statement)?;
        if over_and_over(&statement.act) {
            let paced = self.service.own_acts.permit(self.live.user(), self.service.clock.monotonic());
            return paced.map_err(|fault| {
                *wait = fault.retry_after;
                fault.code
            });
        }
        Ok(())
    }

    fn signed_in(&self, signed_in: SignedIn) -> Answer {
        self.widen();
        Answer::SignedIn { session: signed_in.session, share: signed_in.share }
    }

    /// The device's own facility's application: all that works before admission (A3.1).
    fn application(&self) -> Result<Answer, Fault> {
        let (seq, admitted_by) = {
            let world = self.service.world();
            let view = world.registry().now();
            let person = view.user(self.live.user()).ok_or(Code::Unknown)?;
            let facility = view.facility(person.facility).ok_or(Code::Unknown)?;
            (facility.applied, u32::try_from(facility.admitted_by.len()).unwrap_or(u32::MAX))
        };
        let signed = self.service.registry_body(seq)?.ok_or(Code::Unknown)?;
        Ok(Answer::Application { signed, admitted_by })
    }

    fn sealing_keys(&self, devices: &[DeviceId]) -> Result<Answer, Fault> {
        let mut found = Vec::with_capacity(devices.len());
        for &device in devices {
            let named = {
                let world = self.service.world();
                let view = world.registry().now();
                view.sealing(device).map(|since| since.seq)
            };
            let Some(seq) = named else { continue };
            if let Some(keys) = self.service.sidecar(LogId::Registry, seq)?.sealing {
                found.push((device, keys));
            }
        }
        Ok(Answer::SealingKeys(List::new(found).map_err(|_| Code::TooLarge)?))
    }

    fn details(&self, users: &[UserId]) -> Result<Answer, Fault> {
        let visible: Vec<UserId> = {
            let world = self.service.world();
            let view = world.registry().now();
            let viewer = view.may_act(self.live.user(), self.live.device()).map_err(|refusal| refusal.0)?;
            let now = self.service.clock.utc();
            users.iter().copied().filter(|user| may_see_name(&world, &viewer, *user, now)).collect()
        };
        let mut found = Vec::with_capacity(visible.len());
        for user in visible {
            found.extend(self.service.vault.details(user)?.map(|details| (user, details)));
        }
        Ok(Answer::Details(List::new(found).map_err(|_| Code::TooLarge)?))
    }

    /// What wiped devices have confirmed, for those who may see it: the person, the facility's administrators, the Desk.
    fn receipts(&self, devices: &[DeviceId]) -> Result<Answer, Fault> {
        let visible: Vec<DeviceId> = {
            let now = self.service.clock.utc();
            let world = self.service.world();
            let view = world.registry().now();
            let viewer = view.may_act(self.live.user(), self.live.device()).map_err(|refusal| refusal.0)?;
            let may = |device: &&DeviceId| may_see_receipt(view, viewer.user, **device, now);
            devices.iter().filter(may).copied().collect()
        };
        let mut found = Vec::with_capacity(visible.len());
        for device in visible {
            found.extend(self.service.vault.receipt(device)?.map(|receipt| (device, receipt)));
        }
        Ok(Answer::Receipts(List::new(found).map_err(|_| Code::TooLarge)?))
    }

    /// Entries of a log, each as the sync stream would send it to this person.
    fn entries(&self, log: LogId, from: u64) -> Result<Answer, Fault> {
        let (seen, size) = {
            let world = self.service.world();
            let view = world.registry().now();
            let standing = view.may_act(self.live.user(), self.live.device()).map_err(|refusal| refusal.0)?;
            let seen = match log {
                LogId::Registry => Access::Whole,
                LogId::Group(id) => {
                    let (group, _) = world.group(id).ok_or(Code::Unknown)?;
                    access(group, view, &standing, self.service.clock.utc()).ok_or(Code::NotForYou)?
                }
            };
            (seen, world.log(log).map_or(0, |followed| followed.chain.head().size))
        };
        let limit = ReadLimit { records: bounds::ENTRIES, bytes: bounds::FRAME / 2 };
        let records = self.service.log.read(log_key(log), from, limit).map_err(|error| store_code(&error))?;
        let mut found = Vec::with_capacity(records.len());
        // What is durable and not folded yet has not been decided to be anybody's.
        for record in records.into_iter().filter(|record| record.seq < size) {
            let entry = Entry::decode(&record.entry).map_err(|_| Code::StorageFailed)?;
            let bytes =
                if seen.whole(entry.header.kind) { record.entry.to_vec() } else { codec::encode(&entry.header_only()) };
            found.push(Blob::new(bytes).map_err(|_| Code::TooLarge)?);
        }
        Ok(Answer::Entries(List::new(found).map_err(|_| Code::TooLarge)?))
    }

    /// Keys go to readers alone, of a frozen group to nobody; what it is called, those who must decide on it may know (A6.2).
    fn permit_box(&self, group: &Group, seen: Access, log: LogId, seq: u64) -> Result<(), Fault> {
        if group.erased().is_some() {
            return Err(Code::GroupErased.into());
        }
        if seen == Access::Whole {
            return Ok(());
        }
        let limit = ReadLimit { records: 1, bytes: 1 };
        let found = self.service.log.read(log_key(log), seq, limit).map_err(|error| store_code(&error))?;
        let entry = found.first().and_then(|record| Entry::decode(&record.entry).ok()).ok_or(Code::Unknown)?;
        if seen.opens(entry.header.kind) { Ok(()) } else { Err(group.shut().unwrap_or(Code::NotForYou).into()) }
    }

    fn fetch_box(&self, log: LogId, seq: u64) -> Result<Answer, Fault> {
        {
            let world = self.service.world();
            let view = world.registry().now();
            let LogId::Group(id) = log else {
                let (who, now) = ((self.live.user(), self.live.device()), self.service.clock.utc());
                a09_scans::permit_box(view, who, seq, now).map_err(|refusal| refusal.0)?;
                return self.found_box(log, seq);
            };
            let standing = view.may_act(self.live.user(), self.live.device()).map_err(|refusal| refusal.0)?;
            let (group, _) = world.group(id).ok_or(Code::Unknown)?;
            let seen = access(group, view, &standing, self.service.clock.utc()).ok_or(Code::NotForYou)?;
            self.permit_box(group, seen, log, seq)?;
        }
        self.found_box(log, seq)
    }

    fn found_box(&self, log: LogId, seq: u64) -> Result<Answer, Fault> {
        let boxes = self.service.sidecar(log, seq)?.boxes.ok_or(Code::Unknown)?;
        let (index, sealed, proof) = find_box(&boxes, self.live.device()).ok_or(Code::NotForYou)?;
        Ok(Answer::FetchedBox { index, sealed, proof })
    }
}
