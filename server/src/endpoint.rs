//! The QUIC endpoint, and the one place that dispatches on ALPN.

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::hmac;
use quinn::crypto::rustls::HandshakeData;
use quinn::{Endpoint, EndpointConfig, Incoming, ServerConfig, TransportConfig, VarInt};
use quinn_proto::HashedConnectionIdGenerator;
use renkei_policy::a11_session::{Connection, certificate_is_late};
use renkei_proto::access::{Asked, Subject};
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::codec;
use renkei_proto::frame::{ALPN, ALPN_ENROL, EXPORTER, EnrolAnswer, EnrolOp, Fault};
use renkei_proto::id::DeviceId;
use rustls::pki_types::CertificateDer;

use crate::connection;
use crate::enrol::Enrolment;
use crate::hub::close;
use crate::noted;
use crate::service::Service;
use crate::tls::{self, DeviceCertificate, TlsError};

/// Streams that a client may have open at once before it is signed in: requests one after the other.
const STREAMS: u32 = 4;

/// Bytes that a connection may have under way to us before it is signed in. A stranger costs no more memory than this.
const STRANGERS_WINDOW: usize = 64 * 1_024;

/// Connections in all. With what each may hold this bounds the server's memory; more people need more machines.
const CONNECTIONS: usize = 40_000;

/// Enrolments under way at once: a whole hospital on its first day.
const ENROLMENTS: usize = 256;

/// A connection from which nothing came for so long is over; sooner, where its client wants it so.
const IDLE: Duration = Duration::from_secs(bounds::SERVER_IDLE);

/// An enrolment takes a few round trips; whoever dawdles starts again.
const ENROLMENT: Duration = Duration::from_mins(1);

/// Half-made connections at once. Beyond, a newcomer has to prove its address first.
const HALF_OPEN: usize = 256;

/// Bytes the kernel may hold for us in each direction: a burst from a few hundred clients.
const SOCKET_BUFFER: usize = 4 * 1_024 * 1_024;

/// Why the endpoint can't be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EndpointError {
    /// TLS.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The address.
    #[error("{address}: {source}")]
    Bind {
        /// Which.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
}

fn transport() -> TransportConfig {
    let mut transport = TransportConfig::default();
    transport
        .max_concurrent_bidi_streams(VarInt::from_u32(STREAMS))
        .max_concurrent_uni_streams(VarInt::from_u32(0))
        .stream_receive_window(VarInt::from_u32(u32::try_from(bounds::FRAME).unwrap_or(u32::MAX)))
        .receive_window(VarInt::from_u32(u32::try_from(STRANGERS_WINDOW).unwrap_or(u32::MAX)))
        .send_window(1_024 * 1_024)
        .datagram_receive_buffer_size(None)
        .max_idle_timeout(Some(VarInt::from_u32(u32::try_from(IDLE.as_millis()).unwrap_or(u32::MAX)).into()));
    transport
}

/// How many enrolments may be under way at once.
pub(crate) fn enrolment_places() -> tokio::sync::Semaphore {
    tokio::sync::Semaphore::new(ENROLMENTS)
}

/// Opens the endpoint on `address`.
pub(crate) fn open(service: &Arc<Service>, address: SocketAddr) -> Result<Endpoint, EndpointError> {
    let crypto = tls::server_config(&service.identity, &service.clock)?;
    let mut config = ServerConfig::with_crypto(Arc::new(crypto));
    config.transport_config(Arc::new(transport()));
    let bind = |source| EndpointError::Bind { address, source };
    let socket = UdpSocket::bind(address).map_err(bind)?;
    let options = socket2::SockRef::from(&socket);
    // Smaller buffers than asked for only cost speed.
    drop((options.set_recv_buffer_size(SOCKET_BUFFER), options.set_send_buffer_size(SOCKET_BUFFER)));
    let runtime = Arc::new(quinn::TokioRuntime);
    // With keys that survive a restart, a client whose connection the old process had is told so at once (RFC 9000,
    // section 10.3) and comes back, instead of waiting for its time-out.
    let key = service.identity.reset_key();
    let mut endpoint = EndpointConfig::new(Arc::new(hmac::Key::new(hmac::HMAC_SHA256, &*key)));
    let seed = service.identity.connection_id_seed();
    endpoint.cid_generator(move || Box::new(HashedConnectionIdGenerator::from_key(seed)));
    Endpoint::new(endpoint, Some(config), socket, runtime).map_err(bind)
}

/// Accepts connections until the endpoint is closed.
pub(crate) async fn accept(service: Arc<Service>, endpoint: Endpoint) {
    while let Some(incoming) = endpoint.accept().await {
        if endpoint.open_connections() >= CONNECTIONS {
            incoming.refuse();
            continue;
        }
        if endpoint.open_connections() > HALF_OPEN && !incoming.remote_address_validated() && incoming.may_retry() {
            // Failing to send the retry costs the peer a time-out, nothing else.
            drop(incoming.retry());
            continue;
        }
        tokio::spawn(serve(Arc::clone(&service), incoming));
    }
}

/// One connection, from handshake to end.
async fn serve(service: Arc<Service>, incoming: Incoming) {
    let source = incoming.remote_address();
    let quic = match incoming.await {
        Ok(quic) => quic,
        Err(error) => {
            tracing::debug!(%source, %error, "no connection");
            if let Some(code) = in_the_handshake(&error) {
                // Whose certificate was looked at has answered from this address; before that anybody may have written it there.
                let answered = code == Code::CertificateRequired;
                let who = if answered { noted::stranger(source.ip()) } else { Subject::default() };
                service.recorder.refused(who, Asked::Connection, code);
            }
            return;
        }
    };
    let mut exporter = [0; 32];
    let Some(protocol) = protocol(&quic) else { return close(&quic, Code::Malformed) };
    if quic.export_keying_material(&mut exporter, EXPORTER, &protocol).is_err() {
        return close(&quic, Code::Malformed);
    }
    match protocol.as_slice() {
        ALPN => match device(&service, &quic) {
            Ok(identified) => connection::serve(service, quic, identified, exporter).await,
            Err((device, code)) => {
                tracing::info!(%source, %code, "connection refused");
                let who = Subject { device, ..noted::stranger(source.ip()) };
                service.recorder.refused(who, Asked::Connection, code);
                close(&quic, code);
            }
        },
        ALPN_ENROL => match service.enrolments.try_acquire() {
            Ok(_place) => enrol(&service, &quic, exporter).await,
            Err(_) => close(&quic, Code::Busy),
        },
        _ => close(&quic, Code::Malformed),
    }
}

/// Why TLS refused the peer here, if it did: for its certificate, or for what it speaks. A peer that went away, or that
/// refused this server, was not refused.
fn in_the_handshake(error: &quinn::ConnectionError) -> Option<Code> {
    /// QUIC's codes for TLS alerts begin here (RFC 9001, section 4.8); the alert is the last byte.
    const ALERT: u64 = 0x100;
    /// Alerts about certificates (RFC 8446, section 6.2): `bad_certificate` to `unknown_ca`, `decrypt_error`,
    /// `certificate_required`.
    const ABOUT_CERTIFICATES: [u64; 9] = [42, 43, 44, 45, 46, 48, 49, 51, 116];
    let quinn::ConnectionError::TransportError(error) = error else { return None };
    let alert = u64::from(error.code).checked_sub(ALERT).filter(|alert| *alert < ALERT)?;
    Some(if ABOUT_CERTIFICATES.contains(&alert) { Code::CertificateRequired } else { Code::UnknownVersion })
}

fn protocol(quic: &quinn::Connection) -> Option<Vec<u8>> {
    quic.handshake_data()?.downcast::<HandshakeData>().ok()?.protocol
}

/// Whose device is at the other end, if its certificate is in force, or may still be renewed, and the device may connect.
fn device(service: &Service, quic: &quinn::Connection) -> Result<Connection, (Option<DeviceId>, Code)> {
    let chain = quic.peer_identity().and_then(|identity| identity.downcast::<Vec<CertificateDer<'static>>>().ok());
    let chain = chain.ok_or((None, Code::CertificateRequired))?;
    let certificate = chain.first().and_then(DeviceCertificate::parse).ok_or((None, Code::CertificateRequired))?;
    let refused = |code| (Some(certificate.device), code);
    let user = service.owner(certificate.device).map_err(refused)?;
    let late = certificate_is_late(certificate.not_after, service.clock.anchored());
    let late = late.map_err(|refusal| refused(refusal.0))?;
    Ok(Connection::identified(user, certificate.device).late(late))
}

/// The enrolment protocol: one request after the other, within its time.
async fn enrol(service: &Service, quic: &quinn::Connection, exporter: [u8; 32]) {
    let mut enrolment = Enrolment::new(service, exporter, quic.remote_address().ip());
    let conversation = async {
        while let Ok((send, mut receive)) = quic.accept_bi().await {
            let answer = match connection::read_frame(&mut receive, bounds::ENROL_FRAME).await {
                Ok(bytes) => match codec::decode::<EnrolOp>(&bytes) {
                    Ok(op) => enrolment.handle(op).await,
                    Err(error) => Err(enrolment.unreadable(crate::service::decode_code(error))),
                },
                Err(Some(code)) => Err(enrolment.unreadable(code)),
                Err(None) => continue,
            };
            respond(send, &answer).await;
        }
    };
    if tokio::time::timeout(ENROLMENT, conversation).await.is_err() {
        close(quic, Code::OutOfOrder);
    }
}

async fn respond(send: quinn::SendStream, answer: &Result<EnrolAnswer, Fault>) {
    let bytes = zeroize::Zeroizing::new(codec::encode(answer));
    connection::send_and_finish(send, &bytes).await;
}
