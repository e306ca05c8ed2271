//! Somebody who speaks the protocols without the client: raw bytes over QUIC.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use quinn::crypto::rustls::QuicClientConfig;
use quinn::{ClientConfig, Endpoint};
use renkei_certs_dev::{Authority, Dev, Issued};
use renkei_client_core::profile::{Profile, Public};
use renkei_client_core::proto::bytes::Blob;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{ALPN, ALPN_ENROL, Answer, EXPORTER, EnrolAnswer, EnrolOp, Fault, Op};
use renkei_client_core::proto::{bounds, codec};
use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{request, within};

/// A connection in the hands of somebody who may send anything.
#[derive(Debug)]
pub struct Stranger {
    quic: quinn::Connection,
    exporter: [u8; 32],
    _endpoint: Endpoint,
}

type Identified = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// The certificate of a device with its key.
fn identified(profile: &Profile) -> Identified {
    let certificate = profile.approved().expect("approved").certificate.as_slice().to_vec();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(tls_key(profile.dir())));
    (vec![CertificateDer::from(certificate)], key)
}

fn tls_key(dir: &Path) -> Vec<u8> {
    type Private = ([u8; 32], Vec<u8>, Option<[u8; 32]>, [u8; 32]);
    let private = std::fs::read(dir.join("device")).expect("private keys");
    let (_, key, ..): Private = codec::decode(&private).expect("private keys");
    key
}

impl Stranger {
    /// Connects for enrolment to the server that a device knows, without a certificate.
    pub async fn enrolling(known: &Public) -> Self {
        Self::connect(known, None, ALPN_ENROL).await
    }

    /// Connects with the certificate of a device. Nobody is signed in.
    pub async fn device(profile: &Profile) -> Self {
        Self::connect(profile.public(), Some(identified(profile)), ALPN).await
    }

    async fn connect(known: &Public, identified: Option<Identified>, alpn: &[u8]) -> Self {
        let mut provider = rustls::crypto::aws_lc_rs::default_provider();
        provider.kx_groups = vec![rustls::crypto::aws_lc_rs::kx_group::X25519MLKEM768];
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(known.authority.as_slice().to_vec())).expect("an authority");
        let builder = rustls::ClientConfig::builder_with_provider(Arc::new(provider))
            .with_protocol_versions(&[&rustls::version::TLS13])
            .expect("TLS 1.3")
            .with_root_certificates(roots);
        let mut config = match identified {
            Some((chain, key)) => builder.with_client_auth_cert(chain, key).expect("a certificate"),
            None => builder.with_no_client_auth(),
        };
        config.alpn_protocols = vec![alpn.to_vec()];
        let config = ClientConfig::new(Arc::new(QuicClientConfig::try_from(config).expect("QUIC")));
        let remote: SocketAddr = known.server.parse().expect("an address of loopback");
        let endpoint = Endpoint::client((Ipv4Addr::LOCALHOST, 0).into()).expect("a socket");
        let connecting = endpoint.connect_with(config, remote, "server.renkei.internal").expect("a connection");
        let quic = within("a connection", connecting).await.expect("a connection");
        let mut exporter = [0; 32];
        quic.export_keying_material(&mut exporter, EXPORTER, alpn).expect("an exporter");
        Self { quic, exporter, _endpoint: endpoint }
    }

    /// Waits until the server closes the connection, and with which code.
    pub async fn closed(&self) -> Option<Code> {
        match within("the end of the connection", self.quic.closed()).await {
            quinn::ConnectionError::ApplicationClosed(close) => {
                u16::try_from(close.error_code.into_inner()).ok().and_then(Code::from_number)
            }
            _ => None,
        }
    }

    /// The TLS exporter value of this connection.
    pub fn exporter(&self) -> &[u8; 32] {
        &self.exporter
    }

    async fn exchange<A: DeserializeOwned + Serialize>(&self, bytes: &[u8]) -> Result<A, Fault> {
        let exchange = async {
            let (mut send, mut receive) = self.quic.open_bi().await.expect("a stream");
            // A server that has read enough stops the stream; its answer still comes.
            drop(send.write_all(bytes).await);
            drop(send.finish());
            receive.read_to_end(bounds::FRAME).await.expect("an answer")
        };
        codec::decode::<Result<A, Fault>>(&within("an answer", exchange).await).expect("an answer of this protocol")
    }

    /// Sends raw bytes of the enrolment protocol on a stream of their own and gives the answer.
    pub async fn say(&self, bytes: &[u8]) -> Result<EnrolAnswer, Fault> {
        self.exchange(bytes).await
    }

    /// Asks properly in the enrolment protocol.
    pub async fn ask(&self, op: &EnrolOp) -> Result<EnrolAnswer, Fault> {
        self.exchange(&codec::encode(op)).await
    }

    /// Asks properly in the main protocol.
    pub async fn request(&self, op: Op) -> Result<Answer, Fault> {
        self.exchange(&request(op)).await
    }
}

/// The device authority of a development server, out of its data directory.
pub fn device_authority(data: &Path) -> Authority {
    type Identity = (u8, Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>, [u8; 32], [u8; 32], [u8; 32]);
    let bytes = std::fs::read(data.join("identity")).expect("an identity");
    let identity: Identity = codec::decode(&bytes).expect("an identity");
    Authority::given(Dev::this_is_not_production(), identity.4, identity.3)
}

/// The device of `profile` with another certificate, in files of its own. `issue` is given the device's TLS key.
pub fn with_certificate(profile: &Profile, dir: &Path, issue: impl FnOnce(&str, &[u8]) -> Issued) -> Profile {
    crate::copy_dir(profile.dir(), dir);
    let key = tls_key(dir);
    let mut public = profile.public().clone();
    let issued = issue(&public.device.to_string(), &key);
    public.approved.as_mut().expect("approved").certificate = Blob::new(issued.certificate).expect("a short one");
    std::fs::write(dir.join("profile.json"), serde_json::to_vec(&public).expect("JSON")).expect("written");
    Profile::load(dir).expect("a profile")
}
