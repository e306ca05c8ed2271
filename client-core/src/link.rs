//! One QUIC connection to the server.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use quinn::crypto::rustls::QuicClientConfig;
use quinn::{ClientConfig, ConnectionError, Endpoint, TransportConfig, VarInt};
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::codec;
use renkei_proto::frame::{ALPN, ALPN_ENROL, Answer, ClientFrame, EXPORTER, EnrolAnswer, EnrolOp, Fault, Op, Request};
use renkei_proto::id::RequestId;
use renkei_proto::statement::LogId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::{Result, random, tls};

/// A question of QUIC's own, without a word to the server's sessions: it keeps the way through home routers open, and
/// what does not answer it is gone.
const KEEP_ALIVE: Duration = Duration::from_secs(bounds::KEEP_ALIVE);

/// A server from which nothing came for so long is gone. It bounds the first word of a new connection as well.
const IDLE: Duration = Duration::from_secs(bounds::CLIENT_IDLE);

/// A connection is made within this time, or not at all.
const CONNECT: Duration = Duration::from_secs(10);

/// An answer comes within this time, or the request is repeated.
const ANSWER: Duration = Duration::from_secs(15);

/// The same for a chunk of a file, which may be sent or come at 64 kbit/s beside others.
const CHUNK: Duration = Duration::from_mins(1);

/// A connection and what it was made with.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    endpoint: Endpoint,
    quic: quinn::Connection,
    exporter: [u8; 32],
}

fn unreachable<E: std::fmt::Display>(error: E) -> Fault {
    tracing::debug!(%error, "no way to the server");
    Code::Unreachable.into()
}

/// What the end of a connection says.
pub(crate) fn ended(error: &ConnectionError) -> Fault {
    tracing::debug!(%error, "connection ended");
    match error {
        ConnectionError::ApplicationClosed(close) => code_of(close.error_code).unwrap_or(Code::Unreachable).into(),
        // Found wrong here: the server's certificate is not one that the root stands behind.
        ConnectionError::TransportError(error) => match alert(error.code) {
            Some(42..=49 | 51) => Code::ServerNotTrusted.into(),
            Some(40 | 70 | 120) => Code::UnknownVersion.into(),
            _ => Code::Unreachable.into(),
        },
        // Found wrong by the server: our certificate, or a protocol that it doesn't speak.
        ConnectionError::ConnectionClosed(close) => match alert(close.error_code) {
            Some(42..=49 | 51 | 116) => Code::CertificateRequired.into(),
            Some(40 | 70 | 120) => Code::UnknownVersion.into(),
            _ => Code::Unreachable.into(),
        },
        _ => Code::Unreachable.into(),
    }
}

/// The TLS alert (RFC 8446, section 6) in a QUIC error code (RFC 9001, section 4.8).
fn alert(code: quinn::TransportErrorCode) -> Option<u8> {
    u64::from(code).checked_sub(0x100).and_then(|alert| u8::try_from(alert).ok())
}

fn code_of(number: VarInt) -> Option<Code> {
    u16::try_from(number.into_inner()).ok().and_then(Code::from_number)
}

/// What the end of a stream says.
pub(crate) fn stream_ended(error: &quinn::ReadError) -> Fault {
    match error {
        quinn::ReadError::Reset(code) => code_of(*code).unwrap_or(Code::Unreachable).into(),
        quinn::ReadError::ConnectionLost(error) => ended(error),
        _ => Code::Unreachable.into(),
    }
}

/// Names with several addresses are tried in the order in which the system gives them, so many at most.
const ADDRESSES: usize = 4;

fn local(remote: SocketAddr) -> SocketAddr {
    match remote {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    }
}

impl Link {
    async fn connect(server: &str, tls: QuicClientConfig, alpn: &[u8]) -> Result<Self> {
        let addresses = tokio::net::lookup_host(server).await.map_err(unreachable)?;
        let tls = Arc::new(tls);
        let mut last = Fault::from(Code::Unreachable);
        for remote in addresses.take(ADDRESSES) {
            match Self::connect_to(remote, Arc::clone(&tls), alpn).await {
                Err(fault) if fault.code == Code::Unreachable => last = fault,
                other => return other,
            }
        }
        Err(last)
    }

    async fn connect_to(remote: SocketAddr, tls: Arc<QuicClientConfig>, alpn: &[u8]) -> Result<Self> {
        let endpoint = Endpoint::client(local(remote)).map_err(unreachable)?;
        let mut transport = TransportConfig::default();
        transport
            .keep_alive_interval(Some(KEEP_ALIVE))
            .max_idle_timeout(Some(VarInt::from_u32(u32::try_from(IDLE.as_millis()).unwrap_or(u32::MAX)).into()))
            .max_concurrent_bidi_streams(VarInt::from_u32(0))
            .max_concurrent_uni_streams(VarInt::from_u32(0));
        let mut config = ClientConfig::new(tls);
        config.transport_config(Arc::new(transport));
        let connecting = endpoint.connect_with(config, remote, tls::SERVER_NAME).map_err(unreachable)?;
        let quic = tokio::time::timeout(CONNECT, connecting).await.map_err(unreachable)?.map_err(|e| ended(&e))?;
        let mut exporter = [0; 32];
        quic.export_keying_material(&mut exporter, EXPORTER, alpn).map_err(|_| Code::ServerNotTrusted)?;
        Ok(Self { endpoint, quic, exporter })
    }

    /// A connection of the main protocol.
    pub(crate) async fn main(server: &str, authority: &[u8], certificate: &[u8], key: &[u8]) -> Result<Self> {
        Self::connect(server, tls::main(authority, certificate, key)?, ALPN).await
    }

    /// A connection of the enrolment protocol, and the authority that the server showed.
    pub(crate) async fn enrolment(server: &str) -> Result<(Self, Arc<tls::ShownAuthority>)> {
        let (config, shown) = tls::enrolment()?;
        Ok((Self::connect(server, config, ALPN_ENROL).await?, shown))
    }

    /// The TLS exporter value of this connection.
    pub(crate) fn exporter(&self) -> &[u8; 32] {
        &self.exporter
    }

    async fn exchange<Q: Serialize, A: DeserializeOwned + Serialize>(
        &self,
        question: &Q,
        within: Duration,
    ) -> Result<A> {
        let bytes = Zeroizing::new(codec::encode(question));
        let exchange = async {
            let (mut send, mut receive) = self.quic.open_bi().await.map_err(|error| ended(&error))?;
            let sent = send.write_all(&bytes).await;
            if let Err(quinn::WriteError::ConnectionLost(error)) = sent {
                return Err(ended(&error));
            }
            drop(send.finish());
            match receive.read_to_end(bounds::FRAME).await {
                Ok(bytes) => {
                    let bytes = Zeroizing::new(bytes);
                    codec::decode::<core::result::Result<A, Fault>>(&bytes).map_err(|_| Fault::from(Code::Malformed))?
                }
                Err(quinn::ReadToEndError::TooLong) => Err(Code::TooLarge.into()),
                Err(quinn::ReadToEndError::Read(error)) => Err(stream_ended(&error)),
            }
        };
        tokio::time::timeout(within, exchange).await.unwrap_or_else(|_| Err(Code::Unreachable.into()))
    }

    /// Asks, in the main protocol.
    pub(crate) async fn request(&self, op: Op) -> Result<Answer> {
        let within = if matches!(op, Op::Upload { .. } | Op::FileChunk { .. }) { CHUNK } else { ANSWER };
        self.exchange(&ClientFrame::Request(Request { id: RequestId(random()), op }), within).await
    }

    /// Asks, in the enrolment protocol.
    pub(crate) async fn enrol(&self, op: EnrolOp) -> Result<EnrolAnswer> {
        self.exchange(&op, ANSWER).await
    }

    /// Opens the sync stream from these positions.
    pub(crate) async fn sync(&self, positions: Vec<(LogId, u64)>) -> Result<quinn::RecvStream> {
        let positions = renkei_proto::bytes::List::new(positions).map_err(|_| Code::TooLarge)?;
        let (mut send, receive) = self.quic.open_bi().await.map_err(|error| ended(&error))?;
        let frame = codec::encode(&ClientFrame::Sync(positions));
        send.write_all(&frame).await.map_err(unreachable)?;
        drop(send.finish());
        Ok(receive)
    }

    /// Sends raw bytes as a request and gives the raw answer: for tests of the server's own defences.
    pub(crate) async fn raw(&self, bytes: &[u8]) -> Result<Vec<u8>> {
        let (mut send, mut receive) = self.quic.open_bi().await.map_err(|error| ended(&error))?;
        drop(send.write_all(bytes).await);
        drop(send.finish());
        match receive.read_to_end(bounds::FRAME).await {
            Ok(bytes) => Ok(bytes),
            Err(quinn::ReadToEndError::TooLong) => Err(Code::TooLarge.into()),
            Err(quinn::ReadToEndError::Read(error)) => Err(stream_ended(&error)),
        }
    }

    /// Whether the connection is over, and why.
    pub(crate) fn over(&self) -> Option<Fault> {
        self.quic.close_reason().map(|error| ended(&error))
    }

    /// Goes on from another local address, as when a phone leaves the Wi-Fi: the connection lives on.
    pub(crate) fn rebind(&self) -> Result<()> {
        let address = local(self.quic.remote_address());
        let socket = UdpSocket::bind(address).map_err(unreachable)?;
        self.endpoint.rebind(socket).map_err(unreachable)
    }

    /// Ends the connection.
    pub(crate) fn close(&self) {
        self.quic.close(VarInt::from_u32(0), b"");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_is_gone_is_noticed_before_a_person_wonders_and_long_before_the_server_would_notice() {
        // Nothing comes any more just after something came: asked after the one, given up after the other.
        let noticed = KEEP_ALIVE + IDLE;
        assert!(noticed <= Duration::from_secs(bounds::NOTICED), "{noticed:?}");
        assert!(noticed < Duration::from_secs(bounds::SERVER_IDLE));
        assert!(noticed < ANSWER, "a request does not outlive its connection");
        assert!(2 * KEEP_ALIVE < IDLE, "one question that is lost ends no connection");
    }
}
