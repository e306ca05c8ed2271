//! How the lying server speaks: both protocols, without a rule.

use std::collections::BTreeMap;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;

use aws_lc_rs::hmac;
use quinn::crypto::rustls::HandshakeData;
use quinn::{Endpoint, EndpointConfig, SendStream, ServerConfig, TransportConfig, VarInt};
use quinn_proto::HashedConnectionIdGenerator;
use renkei_client_core::proto::act::{Act, GroupAct};
use renkei_client_core::proto::bytes::{Blob, List};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::sync::Notice;
use renkei_client_core::proto::frame::{
    ALPN, Answer, ClientFrame, EXPORTER, EnrolAnswer, EnrolOp, Fault, Greeting, Op, Secret32, find_box,
};
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::id::{DeviceId, SessionId, TicketId};
use renkei_client_core::proto::key::MLKEM768_CIPHERTEXT;
use renkei_client_core::proto::statement::LogId;
use renkei_client_core::proto::ticket::{self, Bundle};
use renkei_client_core::proto::{bounds, codec};
use renkei_client_core::random;
use renkei_server::clock::Clock;
use renkei_server::identity::Identity;
use renkei_server::tls::{self, DeviceCertificate};
use rustls::pki_types::CertificateDer;

use super::{Shared, Signing, State, item};

/// Listens like the real server, with what it recognises old connections by.
pub(super) fn open(identity: &Identity, address: SocketAddr, ahead: u64) -> Endpoint {
    let clock = Arc::new(Clock::default());
    clock.advance(ahead);
    let crypto = tls::server_config(identity, &clock).expect("TLS");
    let mut transport = TransportConfig::default();
    transport.max_concurrent_bidi_streams(VarInt::from_u32(64));
    let mut config = ServerConfig::with_crypto(Arc::new(crypto));
    config.transport_config(Arc::new(transport));
    let key = identity.reset_key();
    let mut endpoint = EndpointConfig::new(Arc::new(hmac::Key::new(hmac::HMAC_SHA256, &*key)));
    let seed = identity.connection_id_seed();
    endpoint.cid_generator(move || Box::new(HashedConnectionIdGenerator::from_key(seed)));
    let socket = UdpSocket::bind(address).expect("the port of the server that is down");
    Endpoint::new(endpoint, Some(config), socket, Arc::new(quinn::TokioRuntime)).expect("an endpoint")
}

pub(super) async fn accept(shared: Arc<Shared>, endpoint: Endpoint) {
    while let Some(incoming) = endpoint.accept().await {
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let Ok(quic) = incoming.await else { return };
            let data = quic.handshake_data().and_then(|data| data.downcast::<HandshakeData>().ok());
            let Some(alpn) = data.and_then(|data| data.protocol) else { return };
            let mut exporter = [0; 32];
            quic.export_keying_material(&mut exporter, EXPORTER, &alpn).expect("an exporter");
            if alpn == ALPN { connection(shared, quic).await } else { enrolment(shared, quic, exporter).await }
        });
    }
}

fn device(quic: &quinn::Connection) -> Option<DeviceId> {
    let chain = quic.peer_identity()?.downcast::<Vec<CertificateDer<'static>>>().ok()?;
    Some(DeviceCertificate::parse(chain.first()?)?.device)
}

async fn answer<T: serde::Serialize>(mut send: SendStream, answer: &T) {
    drop(send.write_all(&codec::encode(answer)).await);
    drop(send.finish());
}

async fn connection(shared: Arc<Shared>, quic: quinn::Connection) {
    let Some(device) = device(&quic) else { return };
    while let Ok((send, mut receive)) = quic.accept_bi().await {
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let Ok(bytes) = receive.read_to_end(bounds::FRAME).await else { return };
            match codec::decode::<ClientFrame>(&bytes) {
                Ok(ClientFrame::Request(request)) => {
                    let answered = request_of(&shared, device, request.op);
                    answer(send, &answered).await;
                }
                // Whoever follows is gone when it can't be told any more.
                Ok(ClientFrame::Sync(positions)) => drop(follow(shared, device, send, positions.into_vec()).await),
                Err(_) => answer(send, &Err::<Answer, Fault>(Code::Malformed.into())).await,
            }
        });
    }
}

fn request_of(shared: &Shared, device: DeviceId, op: Op) -> Result<Answer, Fault> {
    let answered = {
        let mut state = shared.state();
        let mut script = state.script.take();
        let scripted = script.as_mut().and_then(|script| script(&mut state, device, &op));
        if state.script.is_none() {
            state.script = script;
        }
        match scripted {
            Some(answer) => answer,
            None => usual(shared, &mut state, device, op),
        }
    };
    shared.note();
    answered
}

/// What a server without rules does.
fn usual(shared: &Shared, state: &mut State, device: DeviceId, op: Op) -> Result<Answer, Fault> {
    let told = state.told_to(device);
    match op {
        Op::SignIn { .. } => {
            let share = state.shares.get(&device).cloned().ok_or(Code::DeviceNotApproved)?;
            let session = SessionId(random());
            state.sessions.insert(session, device);
            Ok(Answer::SignedIn { session, share })
        }
        Op::Resume { .. } | Op::Lock | Op::SignOut | Op::ConfirmFactor { .. } | Op::ChangePassword { .. } => {
            Ok(Answer::Done)
        }
        Op::Submit { signed, sidecar } => {
            if let (Some(details), Some(person)) = (&sidecar.details, super::read(&signed).introduces()) {
                state.details.insert(person.user, details.clone());
            }
            // The rules without which even the truth would not work: of two devices that make the same epoch, one wins, and
            // an epoch is for the readers of now, not for those whom its maker still saw.
            let statement = super::read(&signed);
            if let Act::Epoch(epoch) = &statement.act {
                let same = |act: &Act| matches!(act, Act::Epoch(known) if known.number == epoch.number);
                let log = state.histories[told].log(statement.log);
                if log.iter().any(|one| same(&one.statement().act)) {
                    return Err(Code::EpochTaken.into());
                }
                let seen = usize::try_from(statement.seen.group.size).unwrap_or(usize::MAX);
                let moves = |act: &Act| matches!(act, Act::Group(GroupAct::Approve { .. } | GroupAct::Remove { .. }));
                if log.iter().skip(seen).any(|one| moves(&one.statement().act)) {
                    return Err(Code::RosterMismatch.into());
                }
            }
            Ok(Answer::Accepted(state.append(told, &signed, &sidecar)))
        }
        Op::NewTicket(new) => {
            let issuer = state.histories[told].owner(device);
            state.keep_ticket(issuer, &new);
            Ok(Answer::Done)
        }
        Op::Offers => {
            let issuer = state.histories[told].owner(device).ok_or(Code::Unknown)?;
            Ok(Answer::Offers(List::new(state.offers(issuer)).map_err(|_| Code::TooLarge)?))
        }
        Op::SealingKeys(devices) => {
            let history = &state.histories[told];
            let keys = devices.as_slice().iter().filter_map(|device| {
                let at = *history.sealing(*device).last()?;
                Some((*device, history.log(LogId::Registry)[at].sidecar.sealing.clone()?))
            });
            Ok(Answer::SealingKeys(List::new(keys.collect()).map_err(|_| Code::TooLarge)?))
        }
        Op::Details(users) => {
            let known = users.as_slice().iter().filter_map(|user| Some((*user, state.details.get(user)?.clone())));
            Ok(Answer::Details(List::new(known.collect()).map_err(|_| Code::TooLarge)?))
        }
        Op::FetchBox { log, seq } => {
            let at = usize::try_from(seq).map_err(|_| Code::Unknown)?;
            let told = state.histories[told].log(log).get(at).ok_or(Code::Unknown)?;
            let boxes = told.sidecar.boxes.as_ref().ok_or(Code::Unknown)?;
            let (index, sealed, proof) = find_box(boxes, device).ok_or(Code::NotForYou)?;
            Ok(Answer::FetchedBox { index, sealed, proof })
        }
        Op::RenewCertificate { request, .. } => {
            let issued = shared.identity.device_certificate(device, request.as_slice(), state.now());
            let certificate = issued.map_err(|_| Code::Malformed)?;
            Ok(Answer::Certificate(Blob::new(certificate.to_vec()).map_err(|_| Code::TooLarge)?))
        }
        Op::Receipts(_) => Ok(Answer::Receipts(List::default())),
        Op::Freshen => {
            *state.freshen.entry(device).or_default() += 1;
            Ok(Answer::Done)
        }
        _ => Err(Code::Unknown.into()),
    }
}

/// What is new to somebody who follows, in the order of the real server: the registry first.
fn news(state: &State, device: DeviceId, positions: &mut BTreeMap<LogId, usize>) -> Vec<Vec<u8>> {
    let history = &state.histories[state.told_to(device)];
    let groups = history.groups().map(LogId::Group);
    let mut items = Vec::new();
    for log in std::iter::once(LogId::Registry).chain(groups) {
        let position = positions.entry(log).or_default();
        let entries = history.log(log);
        for told in entries.iter().skip(*position) {
            items.push(item(super::sync::ENTRY, &codec::encode(&told.entry)));
        }
        *position = entries.len().max(*position);
    }
    items
}

fn heads(shared: &Shared, state: &mut State, device: DeviceId) -> Vec<Vec<u8>> {
    let now = state.now();
    let history = &state.histories[state.told_to(device)];
    let heads = history.heads(history.association(), now);
    let signed = match &mut state.signing {
        Signing::AsTold => vec![shared.identity.sign_heads(&heads).expect("heads")],
        Signing::Silent => Vec::new(),
        Signing::Script(script) => script(&shared.identity, device, heads),
    };
    state.signed.extend(signed.iter().map(|one| (device, one.clone())));
    signed.into_iter().map(|one| super::sync::notice(&Notice::Heads(one))).collect()
}

async fn follow(
    shared: Arc<Shared>,
    device: DeviceId,
    mut send: SendStream,
    positions: Vec<(LogId, u64)>,
) -> Result<(), quinn::WriteError> {
    let mut changed = shared.changed.subscribe();
    let at = |place: u64| usize::try_from(place).unwrap_or(usize::MAX);
    let mut positions: BTreeMap<LogId, usize> = positions.into_iter().map(|(log, place)| (log, at(place))).collect();
    let mut freshened = {
        let (items, freshened) = {
            let mut state = shared.state();
            // What was to be said went with the stream before.
            state.said.remove(&device);
            let mut items = news(&state, device, &mut positions);
            let registry = state.histories[state.told_to(device)].tip(LogId::Registry).head;
            let caught_up = state.caught_up.clone().unwrap_or(Notice::CaughtUp { registry });
            items.push(super::sync::notice(&caught_up));
            items.extend(heads(&shared, &mut state, device));
            (items, state.freshen.get(&device).copied())
        };
        for item in items {
            send.write_all(&item).await?;
        }
        freshened
    };
    loop {
        if changed.changed().await.is_err() {
            return Ok(());
        }
        let items = {
            let mut state = shared.state();
            let mut items = news(&state, device, &mut positions);
            items.extend(state.said.remove(&device).unwrap_or_default());
            let asked = state.freshen.get(&device).copied();
            if asked != freshened {
                freshened = asked;
                items.extend(heads(&shared, &mut state, device));
            }
            items
        };
        for item in items {
            send.write_all(&item).await?;
        }
    }
}

/// The enrolment protocol, as far as a device needs it.
async fn enrolment(shared: Arc<Shared>, quic: quinn::Connection, exporter: [u8; 32]) {
    let mut proved: Option<(TicketId, Secret32)> = None;
    while let Ok((send, mut receive)) = quic.accept_bi().await {
        let Ok(bytes) = receive.read_to_end(bounds::ENROL_FRAME).await else { return };
        let answered = match codec::decode::<EnrolOp>(&bytes) {
            Ok(op) => enrol(&shared, &mut proved, &exporter, op),
            Err(_) => Err(Code::Malformed.into()),
        };
        answer(send, &answered).await;
    }
}

fn enrol(
    shared: &Shared,
    proved: &mut Option<(TicketId, Secret32)>,
    exporter: &[u8; 32],
    op: EnrolOp,
) -> Result<EnrolAnswer, Fault> {
    let mut state = shared.state();
    match op {
        EnrolOp::Greet => {
            let found = state.histories[super::TRUTH].log(LogId::Registry)[0].signed();
            Ok(EnrolAnswer::Greeting(Some(Greeting { found, certified: None })))
        }
        EnrolOp::Prove { ticket, .. } => {
            let known = state.tickets.get(&ticket).ok_or(Code::TicketRefused)?;
            let share = Secret32::new(random());
            *proved = Some((ticket, share.clone()));
            Ok(EnrolAnswer::Proved { proof: ticket::server_proof(&known.psk.0, exporter), share })
        }
        EnrolOp::Offer { offer, .. } => {
            let (id, share) = proved.clone().ok_or(Code::OutOfOrder)?;
            let bundle = Bundle::decode(offer.bundle.as_slice()).map_err(|_| Code::Malformed)?;
            state.shares.insert(bundle.registration.device, share);
            let ticket = state.tickets.get_mut(&id).ok_or(Code::TicketRefused)?;
            ticket.offer = Some(offer);
            let kem: [u8; MLKEM768_CIPHERTEXT] = random();
            let x25519 = Hash32(
                *renkei_sealing::device::SealingSecret::generate(&mut rand_core::OsRng)
                    .map_err(|_| Code::Busy)?
                    .public()
                    .x25519(),
            );
            Ok(EnrolAnswer::Challenge { x25519, kem: Blob::new(kem.to_vec()).map_err(|_| Code::TooLarge)? })
        }
        EnrolOp::Possess(_) => Ok(EnrolAnswer::Waiting),
        EnrolOp::Poll { ticket, .. } => {
            let offer = state.tickets.get(&ticket).and_then(|one| one.offer.clone()).ok_or(Code::TicketRefused)?;
            let bundle = Bundle::decode(offer.bundle.as_slice()).map_err(|_| Code::Malformed)?;
            let device = bundle.registration.device;
            let history = &state.histories[super::TRUTH];
            let Some(owner) = history.owner(device) else { return Ok(EnrolAnswer::Waiting) };
            let user = state.owner.unwrap_or(owner);
            let issued = shared.identity.device_certificate(device, bundle.request.as_slice(), state.now());
            let certificate = issued.map_err(|_| Code::Malformed)?;
            let blob = |der: &[u8]| Blob::new(der.to_vec()).map_err(|_| Fault::from(Code::TooLarge));
            Ok(EnrolAnswer::Approved {
                certificate: blob(&certificate)?,
                authority: blob(&shared.identity.server_authority())?,
                association: history.association(),
                user,
            })
        }
        EnrolOp::Receipt(_) => Ok(EnrolAnswer::Received),
        EnrolOp::Root { .. } => Err(Code::NotRoot.into()),
    }
}
