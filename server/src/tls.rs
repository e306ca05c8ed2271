//! TLS 1.3 and nothing else, X25519MLKEM768 and nothing else, a certificate per device (A2.1).
//!
//! Enrolment and the main protocol share one listening endpoint, and a server learns the ALPN only after it has asked
//! for a client certificate. So the certificate is asked for, verified if it comes, and demanded in the one place that
//! dispatches on ALPN. An expired certificate gets through to that place as well, only to be told that it has expired.

use std::sync::Arc;

use renkei_proto::frame::{ALPN, ALPN_ENROL};
use renkei_proto::id::DeviceId;
use renkei_proto::time::Time;
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::time_provider::TimeProvider;
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, RootCertStore, SignatureScheme};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::clock::Clock;
use crate::identity::{Identity, IdentityError};

/// Why TLS could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The server's own certificates.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The library refused the configuration.
    #[error("tls: {0}")]
    Rustls(#[from] rustls::Error),
    /// The library refused the verifier.
    #[error("tls client verifier: {0}")]
    Verifier(#[from] rustls::server::VerifierBuilderError),
    /// The library has no such cipher for QUIC.
    #[error("tls: {0}")]
    Quic(#[from] quinn::crypto::rustls::NoInitialCipherSuite),
}

/// The one provider, reduced to the hybrid key exchange.
pub fn provider() -> Arc<CryptoProvider> {
    let mut provider = rustls::crypto::aws_lc_rs::default_provider();
    provider.kx_groups = vec![rustls::crypto::aws_lc_rs::kx_group::X25519MLKEM768];
    Arc::new(provider)
}

/// The server's TLS, as QUIC uses it.
pub fn server_config(
    identity: &Identity,
    clock: &Arc<Clock>,
) -> Result<quinn::crypto::rustls::QuicServerConfig, TlsError> {
    let provider = provider();
    let mut roots = RootCertStore::empty();
    roots.add(identity.device_authority())?;
    let inner = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
        .allow_unauthenticated()
        .build()?;
    let (chain, key) = identity.server_certificate(clock.anchored())?;
    let mut config = rustls::ServerConfig::builder_with_details(provider, Arc::new(ServerTime(Arc::clone(clock))))
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_client_cert_verifier(Arc::new(DeviceVerifier(inner)))
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![ALPN.to_vec(), ALPN_ENROL.to_vec()];
    // A resumed handshake would not show the certificate again, and a wiped device must not get in by an old ticket.
    config.send_tls13_tickets = 0;
    config.max_early_data_size = 0;
    Ok(config.try_into()?)
}

/// The date by which certificates are issued and judged late.
#[derive(Debug)]
struct ServerTime(Arc<Clock>);

impl TimeProvider for ServerTime {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(std::time::Duration::from_secs(self.0.anchored().0)))
    }
}

/// Verifies like webpki, but lets a certificate that has merely expired through to the dispatcher.
#[derive(Debug)]
struct DeviceVerifier(Arc<dyn ClientCertVerifier>);

impl ClientCertVerifier for DeviceVerifier {
    fn offer_client_auth(&self) -> bool {
        self.0.offer_client_auth()
    }

    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.0.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        match self.0.verify_client_cert(end_entity, intermediates, now) {
            Err(rustls::Error::InvalidCertificate(
                CertificateError::Expired | CertificateError::ExpiredContext { .. },
            )) => {
                let last = DeviceCertificate::parse(end_entity)
                    .ok_or(rustls::Error::InvalidCertificate(CertificateError::BadEncoding))?
                    .not_after;
                let then = UnixTime::since_unix_epoch(std::time::Duration::from_secs(last.0));
                self.0.verify_client_cert(end_entity, intermediates, then)
            }
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

/// What the dispatcher needs of a verified client certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceCertificate {
    /// Whose it is.
    pub device: DeviceId,
    /// Good until this second.
    pub not_after: Time,
}

impl DeviceCertificate {
    /// Reads a certificate that the device authority issued.
    pub fn parse(der: &CertificateDer<'_>) -> Option<Self> {
        let (_, certificate) = X509Certificate::from_der(der).ok()?;
        let device = certificate.subject().iter_common_name().next()?.as_str().ok()?.parse().ok()?;
        let not_after = u64::try_from(certificate.validity().not_after.timestamp()).ok()?;
        Some(Self { device, not_after: Time(not_after) })
    }
}
