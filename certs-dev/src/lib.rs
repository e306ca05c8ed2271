//! Development certificates: of a foreign authority, expired, not yet valid. For tests and for looking at what a server
//! says to them, never for production, where the server itself issues every certificate.
//!
//! Everything here takes a [`Dev`], so that no code comes to such a certificate without having said what it is doing.

use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    PKCS_ED25519,
};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};

/// Says that this is development.
#[derive(Debug, Clone, Copy)]
pub struct Dev(());

impl Dev {
    /// The caller is a test or a developer, and nothing that comes of it will be believed by a server in production.
    pub fn this_is_not_production() -> Self {
        Self(())
    }
}

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
#[error("certificate: {0}")]
pub struct CertificateError(#[from] rcgen::Error);

/// From when until when a certificate is good, in seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// From this second.
    pub from: u64,
    /// Until this second.
    pub until: u64,
}

const DAY: u64 = 24 * 3600;

impl Validity {
    /// Good now.
    pub fn around(now: u64) -> Self {
        Self { from: now.saturating_sub(DAY), until: now.saturating_add(DAY) }
    }

    /// Was good until yesterday.
    pub fn expired(now: u64) -> Self {
        Self { from: now.saturating_sub(31 * DAY), until: now.saturating_sub(DAY) }
    }

    /// Will be good from tomorrow.
    pub fn not_yet(now: u64) -> Self {
        Self { from: now.saturating_add(DAY), until: now.saturating_add(31 * DAY) }
    }
}

/// A certificate with its key, both DER (the key as PKCS#8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// The certificate.
    pub certificate: Vec<u8>,
    /// Its private key.
    pub key: Vec<u8>,
}

/// An authority that issues development certificates.
#[derive(Debug)]
pub struct Authority {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

fn key_pair(pkcs8: &[u8]) -> Result<KeyPair, rcgen::Error> {
    KeyPair::from_pkcs8_der_and_sign_algo(&PrivatePkcs8KeyDer::from(pkcs8.to_vec()), &PKCS_ED25519)
}

impl Authority {
    /// A new authority that no server knows, under any name it likes.
    pub fn foreign(_: Dev, name: &str) -> Result<Self, CertificateError> {
        let key = KeyPair::generate_for(&PKCS_ED25519)?;
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params.distinguished_name.push(DnType::CommonName, name);
        let certificate = params.self_signed(&key)?.der().to_vec();
        Ok(Self { certificate, key: key.serialize_der() })
    }

    /// An authority whose certificate and key (Ed25519, PKCS#8) the caller has: a development server's own.
    pub fn given(_: Dev, certificate: Vec<u8>, key: Vec<u8>) -> Self {
        Self { certificate, key }
    }

    /// The authority's certificate and key.
    pub fn parts(&self, _: Dev) -> Issued {
        Issued { certificate: self.certificate.clone(), key: self.key.clone() }
    }

    /// A certificate like a device's, in the name `device`, for the Ed25519 key in `key` or else for a new one.
    pub fn device(
        &self,
        _: Dev,
        device: &str,
        key: Option<&[u8]>,
        validity: Validity,
    ) -> Result<Issued, CertificateError> {
        let issuer = Issuer::from_ca_cert_der(&CertificateDer::from(self.certificate.clone()), key_pair(&self.key)?)?;
        let key = key.map_or_else(|| KeyPair::generate_for(&PKCS_ED25519), key_pair)?;
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, device);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let at = |seconds| rcgen::date_time_ymd(1970, 1, 1) + Duration::from_secs(seconds);
        params.not_before = at(validity.from);
        params.not_after = at(validity.until);
        let certificate = params.signed_by(&key, &issuer)?.der().to_vec();
        Ok(Issued { certificate, key: key.serialize_der() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authority_issues_for_a_given_key_and_for_new_ones() {
        let dev = Dev::this_is_not_production();
        let authority = Authority::foreign(dev, "Somebody else").unwrap();
        let parts = authority.parts(dev);
        let again = Authority::given(dev, parts.certificate, parts.key);
        let first = again.device(dev, "dev-1", None, Validity::expired(1_800_000_000)).unwrap();
        let second = again.device(dev, "dev-1", Some(&first.key), Validity::not_yet(1_800_000_000)).unwrap();
        assert_eq!(first.key, second.key);
        assert_ne!(first.certificate, second.certificate);
        assert!(again.device(dev, "dev-1", Some(b"no key"), Validity::around(0)).is_err());
    }
}
