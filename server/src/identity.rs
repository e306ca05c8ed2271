//! The server's own keys, made once by `renkei-server init` and kept in one private file.
//!
//! Two certificate authorities of its own: one for its TLS certificate, one for devices'. The association's root signs
//! their hashes, and an enrolment ticket carries the root's fingerprint; so no public authority and no DNS name has a
//! part in whom a device trusts, and every server certificate has the same fixed name.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use rand_core::{OsRng, RngCore as _};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, PKCS_ED25519,
};
use renkei_proto::access::{AccessHead, SignedAccessHead};
use renkei_proto::act::ServerKeys;
use renkei_proto::codec::{self, DecodeError};
use renkei_proto::erasure_word::{ErasureWord, SignedErasureWord};
use renkei_proto::frame::Secret32;
use renkei_proto::hash::{self, Hash32};
use renkei_proto::heads::{Heads, SignedHeads};
use renkei_proto::id::DeviceId;
use renkei_proto::key::SigningSecret;
use renkei_proto::time::{DAY, Time};
use rustls::pki_types::{CertificateDer, CertificateSigningRequestDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The name in every server certificate. It names a role, not a machine: trust comes from the root.
pub const SERVER_NAME: &str = "server.renkei.internal";

/// Lifetime of a device's certificate, in seconds. A device in use renews long before; one that was away for
/// longer signs in once with what it has, and renews it before anything else (docs/decisions/0024).
pub const DEVICE_CERTIFICATE: u64 = 30 * DAY;

/// Lifetime of the server's certificate, which is made anew at every start.
const SERVER_CERTIFICATE: u64 = 398 * DAY;

/// By how much certificates begin before they are issued, in seconds: two years. For devices whose clock is behind, and for
/// a server that was started with a clock a year ahead and is started again with a right one. The certificate's key was made
/// just now, so an early date opens nothing.
const BACKDATED: u64 = 2 * 365 * DAY;

const FILE: &str = "identity";

/// Domain of the seed of connection ids.
const CONNECTION_IDS: hash::Domain = hash::Domain("renkei/v1/server/connection-ids");

/// Domain of the key of QUIC's stateless resets.
const RESET: hash::Domain = hash::Domain("renkei/v1/server/stateless-reset");

/// Why the identity could not be made or read.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// There is one already. A second `init` would cut every device off.
    #[error("{} exists already: this server has been initialised", .0.display())]
    Exists(PathBuf),
    /// The file can't be read or written.
    #[error("{}: {source}", file.display())]
    Io {
        /// Which file.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not an identity.
    #[error("{} is not an identity of a server: restore it from a backup", .0.display())]
    Damaged(PathBuf),
    /// A certificate could not be made.
    #[error("certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// A request for a certificate is not one, or not signed by its own key.
    #[error("the certificate request does not hold")]
    Request,
}

#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct Stored {
    version: u8,
    server_authority_key: Vec<u8>,
    #[zeroize(skip)]
    server_authority: Vec<u8>,
    device_authority_key: Vec<u8>,
    #[zeroize(skip)]
    device_authority: Vec<u8>,
    statement_key: [u8; 32],
    pepper: [u8; 32],
    claim: [u8; 32],
}

/// The server's keys.
pub struct Identity {
    stored: Stored,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity(…)")
    }
}

fn authority(name: &str) -> Result<(Zeroizing<Vec<u8>>, Vec<u8>), rcgen::Error> {
    let key = KeyPair::generate_for(&PKCS_ED25519)?;
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params.distinguished_name.push(DnType::CommonName, name);
    let certificate = params.self_signed(&key)?;
    Ok((Zeroizing::new(key.serialize_der()), certificate.der().to_vec()))
}

fn key_pair(der: &[u8]) -> Result<KeyPair, rcgen::Error> {
    KeyPair::from_pkcs8_der_and_sign_algo(&PrivatePkcs8KeyDer::from(der.to_vec()), &PKCS_ED25519)
}

fn valid(params: &mut CertificateParams, from: Time, seconds: u64) {
    let at = |time: Time| {
        let seconds = i64::try_from(time.0).unwrap_or(i64::MAX);
        rcgen::date_time_ymd(1970, 1, 1) + std::time::Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
    };
    params.not_before = at(Time(from.0.saturating_sub(BACKDATED)));
    params.not_after = at(from.plus(seconds));
}

impl Identity {
    /// Makes a new identity in `dir`.
    pub fn create(dir: &Path) -> Result<Self, IdentityError> {
        let file = dir.join(FILE);
        if file.exists() {
            return Err(IdentityError::Exists(file));
        }
        let (server_key, server_authority) = authority("Renkei server authority")?;
        let (device_key, device_authority) = authority("Renkei device authority")?;
        let random = || {
            let mut bytes = [0; 32];
            OsRng.fill_bytes(&mut bytes);
            bytes
        };
        let stored = Stored {
            version: renkei_proto::VERSION,
            server_authority_key: server_key.to_vec(),
            server_authority,
            device_authority_key: device_key.to_vec(),
            device_authority,
            statement_key: random(),
            pepper: random(),
            claim: random(),
        };
        let io = |source| IdentityError::Io { file: file.clone(), source };
        create_private_dir(dir).map_err(io)?;
        write_private(&file, &Zeroizing::new(codec::encode(&stored))).map_err(io)?;
        Ok(Self { stored })
    }

    /// Reads the identity in `dir`.
    pub fn load(dir: &Path) -> Result<Self, IdentityError> {
        let file = dir.join(FILE);
        let bytes = fs::read(&file).map_err(|source| IdentityError::Io { file: file.clone(), source })?;
        let stored: Stored = codec::decode(&Zeroizing::new(bytes)).map_err(|_| IdentityError::Damaged(file.clone()))?;
        if stored.version != renkei_proto::VERSION {
            return Err(IdentityError::Damaged(file));
        }
        Ok(Self { stored })
    }

    /// What the root certifies.
    pub fn keys(&self) -> ServerKeys {
        ServerKeys {
            server_authority: self.server_authority_hash(),
            device_authority: hash::hash(hash::AUTHORITY, &[&self.stored.device_authority]),
            statement_key: SigningSecret::from_seed(&self.stored.statement_key).public(),
        }
    }

    /// Hash of the certificate by which devices recognise the server.
    pub fn server_authority_hash(&self) -> Hash32 {
        hash::hash(hash::AUTHORITY, &[&self.stored.server_authority])
    }

    /// The certificate of the authority that the server's own comes from.
    pub fn server_authority(&self) -> CertificateDer<'static> {
        CertificateDer::from(self.stored.server_authority.clone())
    }

    /// The certificate of the authority that devices' come from.
    pub fn device_authority(&self) -> CertificateDer<'static> {
        CertificateDer::from(self.stored.device_authority.clone())
    }

    /// Signs the head of the record of access with the statement key.
    pub fn sign_access_head(&self, head: &AccessHead) -> Result<SignedAccessHead, DecodeError> {
        head.sign(&SigningSecret::from_seed(&self.stored.statement_key))
    }

    /// Signs heads with the statement key, which signs nothing but heads.
    pub fn sign_heads(&self, heads: &Heads) -> Result<SignedHeads, DecodeError> {
        heads.sign(&SigningSecret::from_seed(&self.stored.statement_key))
    }

    /// Signs the word on an erasure.
    pub fn sign_erasure_word(&self, word: &ErasureWord) -> Result<SignedErasureWord, DecodeError> {
        word.sign(&SigningSecret::from_seed(&self.stored.statement_key))
    }

    /// The one-time code with which the association is founded on this server.
    pub fn claim(&self) -> Secret32 {
        Secret32::new(self.stored.claim)
    }

    /// The key of QUIC's stateless resets.
    pub fn reset_key(&self) -> Zeroizing<[u8; 32]> {
        renkei_proto::key::derive(&self.stored.pepper, b"", RESET, b"")
    }

    /// The seed by which a restarted server recognises its own connection ids. Not secret: an observer may find it.
    pub fn connection_id_seed(&self) -> u64 {
        let seed = renkei_proto::key::derive(&self.stored.pepper, b"", CONNECTION_IDS, b"");
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&seed[..8]);
        u64::from_le_bytes(bytes)
    }

    /// What every password is hashed with besides its salt.
    pub fn pepper(&self) -> &[u8; 32] {
        &self.stored.pepper
    }

    /// A TLS certificate of the server with its chain and key, valid from `now`.
    pub fn server_certificate(
        &self,
        now: Time,
    ) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), IdentityError> {
        let issuer_key = key_pair(&self.stored.server_authority_key)?;
        let issuer = Issuer::from_ca_cert_der(&self.server_authority(), issuer_key)?;
        let key = KeyPair::generate_for(&PKCS_ED25519)?;
        let mut params = CertificateParams::new(vec![SERVER_NAME.to_owned()])?;
        params.distinguished_name.push(DnType::CommonName, "Renkei server");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        valid(&mut params, now, SERVER_CERTIFICATE);
        let certificate = params.signed_by(&key, &issuer)?;
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        Ok((vec![certificate.der().clone(), self.server_authority()], key))
    }

    /// A certificate for `device`, from its request: only the key is taken from there.
    pub fn device_certificate(
        &self,
        device: DeviceId,
        request: &[u8],
        now: Time,
    ) -> Result<CertificateDer<'static>, IdentityError> {
        let request = CertificateSigningRequestDer::from(request.to_vec());
        let mut request = CertificateSigningRequestParams::from_der(&request).map_err(|_| IdentityError::Request)?;
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, device.to_string());
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        valid(&mut params, now, DEVICE_CERTIFICATE);
        request.params = params;
        let issuer_key = key_pair(&self.stored.device_authority_key)?;
        let issuer = Issuer::from_ca_cert_der(&self.device_authority(), issuer_key)?;
        Ok(request.signed_by(&issuer)?.der().clone())
    }
}

/// Creates a directory that only its owner can enter.
pub(crate) fn create_private_dir(dir: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

fn write_private(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(file)?;
    out.write_all(bytes)?;
    out.sync_all()?;
    match file.parent() {
        Some(dir) => fs::File::open(dir)?.sync_all(),
        None => Ok(()),
    }
}
