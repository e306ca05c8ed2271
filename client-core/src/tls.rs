//! TLS of a device: 1.3 only, X25519MLKEM768 only, and only the server that the association's root certified.

use std::sync::{Arc, Mutex, PoisonError};

use quinn::crypto::rustls::QuicClientConfig;
use renkei_proto::code::Code;
use renkei_proto::frame::{ALPN, ALPN_ENROL};
use renkei_proto::hash::{self, Hash32};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, RootCertStore, SignatureScheme};

use crate::Result;

/// The name in every server certificate. It names a role; trust comes from the root.
pub(crate) const SERVER_NAME: &str = "server.renkei.internal";

fn provider() -> Arc<CryptoProvider> {
    let mut provider = rustls::crypto::aws_lc_rs::default_provider();
    provider.kx_groups = vec![rustls::crypto::aws_lc_rs::kx_group::X25519MLKEM768];
    Arc::new(provider)
}

fn unusable<E: std::fmt::Display>(error: E) -> renkei_proto::frame::Fault {
    tracing::error!(%error, "tls can't be set up");
    Code::ServerNotTrusted.into()
}

fn quic(mut config: rustls::ClientConfig, alpn: &[u8]) -> Result<QuicClientConfig> {
    config.alpn_protocols = vec![alpn.to_vec()];
    config.resumption = rustls::client::Resumption::disabled();
    QuicClientConfig::try_from(config).map_err(unusable)
}

/// The main protocol: the known authority, and this device's certificate.
pub(crate) fn main(authority: &[u8], certificate: &[u8], key: &[u8]) -> Result<QuicClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(authority.to_vec())).map_err(unusable)?;
    let chain = vec![CertificateDer::from(certificate.to_vec())];
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.to_vec()));
    let config = rustls::ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(unusable)?
        .with_root_certificates(roots)
        .with_client_auth_cert(chain, key)
        .map_err(unusable)?;
    quic(config, ALPN)
}

/// The enrolment protocol: the authority is not known yet. The server shows it, and the caller compares its hash with
/// what the root signed before it says anything.
pub(crate) fn enrolment() -> Result<(QuicClientConfig, Arc<ShownAuthority>)> {
    let shown = Arc::new(ShownAuthority { provider: provider(), shown: Mutex::new(None) });
    let verifier: Arc<dyn ServerCertVerifier> = Arc::clone(&shown) as Arc<dyn ServerCertVerifier>;
    let config = rustls::ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(unusable)?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    Ok((quic(config, ALPN_ENROL)?, shown))
}

/// Verifies that the server's certificate comes from the authority shown beside it, and remembers that authority.
#[derive(Debug)]
pub(crate) struct ShownAuthority {
    provider: Arc<CryptoProvider>,
    shown: Mutex<Option<CertificateDer<'static>>>,
}

impl ShownAuthority {
    /// The authority, if it is the one with this hash.
    pub(crate) fn require(&self, expected: Hash32) -> Result<Vec<u8>> {
        let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone();
        shown
            .map(|der| der.to_vec())
            .filter(|der| hash::hash(hash::AUTHORITY, &[der]) == expected)
            .ok_or_else(|| Code::ServerNotTrusted.into())
    }
}

impl ServerCertVerifier for ShownAuthority {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> core::result::Result<ServerCertVerified, rustls::Error> {
        let authority = intermediates.last().ok_or(rustls::CertificateError::UnknownIssuer)?.clone().into_owned();
        let mut roots = RootCertStore::empty();
        roots.add(authority.clone())?;
        let inner = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&self.provider))
            .build()
            .map_err(|error| rustls::Error::General(error.to_string()))?;
        let verified = inner.verify_server_cert(end_entity, &[], server_name, ocsp_response, now)?;
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = Some(authority);
        Ok(verified)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> core::result::Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> core::result::Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
