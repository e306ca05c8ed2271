//! What the server says to somebody who is not a device of the association. For tests, the demo, and for finding out why
//! a network does not let a device through.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use quinn::crypto::rustls::QuicClientConfig;
use quinn::{ClientConfig, Endpoint};
use renkei_proto::code::Code;
use renkei_proto::frame::{ALPN, Answer, Fault, Op};
use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::link::ended;
use crate::profile::Profile;
use crate::{Result, tls};

/// A probe is over within this time.
const PATIENCE: Duration = Duration::from_secs(10);

/// How a probe connects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probe {
    /// As the protocol wants it, but without a client certificate.
    NoCertificate,
    /// With a key exchange that a quantum computer will open: X25519 alone.
    ClassicalKeyExchange,
    /// With an ALPN that nobody serves.
    UnknownAlpn,
    /// With a certificate that another authority issued for this very device.
    ForeignCertificate,
}

/// Connects to `profile`'s server by `probe` and gives the server's refusal; an error if the server did not refuse.
pub async fn refusal(profile: &Profile, probe: Probe) -> Result<Fault> {
    let setup = |error: &dyn std::fmt::Display| {
        tracing::error!(%error, "a probe can't be set up");
        Fault::from(Code::BadInput)
    };
    let mut provider = rustls::crypto::aws_lc_rs::default_provider();
    provider.kx_groups = match probe {
        Probe::ClassicalKeyExchange => vec![rustls::crypto::aws_lc_rs::kx_group::X25519],
        _ => vec![rustls::crypto::aws_lc_rs::kx_group::X25519MLKEM768],
    };
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(profile.public().authority.as_slice().to_vec())).map_err(|error| setup(&error))?;
    let builder = rustls::ClientConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(|error| setup(&error))?
        .with_root_certificates(roots);
    let mut config = if probe == Probe::ForeignCertificate {
        let (chain, key) = foreign_certificate(profile).map_err(|error| setup(&error))?;
        builder.with_client_auth_cert(chain, key).map_err(|error| setup(&error))?
    } else {
        builder.with_no_client_auth()
    };
    config.alpn_protocols = vec![if probe == Probe::UnknownAlpn { b"renkei/999".to_vec() } else { ALPN.to_vec() }];
    let quic = QuicClientConfig::try_from(config).map_err(|error| setup(&error))?;
    let remote = tokio::net::lookup_host(&profile.public().server).await.map_err(|error| setup(&error))?.next();
    let remote = remote.ok_or(Code::Unreachable)?;
    let local: SocketAddr = (Ipv4Addr::UNSPECIFIED, 0).into();
    let endpoint = Endpoint::client(local).map_err(|error| setup(&error))?;
    let connecting = endpoint
        .connect_with(ClientConfig::new(Arc::new(quic)), remote, tls::SERVER_NAME)
        .map_err(|error| setup(&error))?;
    let outcome = async {
        match connecting.await {
            Err(error) => Ok(ended(&error)),
            // A server that takes the handshake says no right after it.
            Ok(connection) => Ok(ended(&connection.closed().await)),
        }
    };
    tokio::time::timeout(PATIENCE, outcome).await.unwrap_or_else(|_| Err(Code::NothingToDo.into()))
}

/// What the server answers when `profile`'s device asks this by its certificate alone, as a client would that doesn't care whether
/// its session is open.
pub async fn by_certificate(profile: &Profile, op: Op) -> Result<Answer> {
    let link = profile.link().await?;
    let answer = link.request(op).await;
    link.close();
    answer
}

fn foreign_certificate(
    profile: &Profile,
) -> core::result::Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), rcgen::Error> {
    use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
    let authority_key = KeyPair::generate()?;
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.distinguished_name.push(DnType::CommonName, "Renkei device authority");
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, profile.public().device.to_string());
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let certificate = params.signed_by(&key, &issuer)?;
    let der = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    Ok((vec![certificate.der().clone()], der))
}
