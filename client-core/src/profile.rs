//! A device of a person, on disk: what it needs to reach the server, and its closed vault.
//!
//! ```text
//! profile.json   server, association, person, device, certificates; nothing secret
//! device         the device's half of the vault key, the TLS key, and, while it waits, the ticket's key; private
//! vault          sealed: signing and sealing keys, group keys, heads
//! registry       sealed: the registry as verified so far; may be missing
//! sending        sealed: messages with files that are not finished, their keys and plans; only while there are any
//! sending-…      sealed: pictures of theirs, which exist nowhere else
//! drafts         sealed: what was begun and not sent; only while there is any
//! outbox         sealed: messages that the server has not taken yet; only while there are any
//! receipt        of a wiped device that has not reached the server yet: its signed confirmation, and nothing else
//! ```

use std::path::{Path, PathBuf};

use renkei_proto::bounds;
use renkei_proto::bytes::Blob;
use renkei_proto::code::Code;
use renkei_proto::codec;
use renkei_proto::frame::{Answer, EnrolAnswer, EnrolOp, Fault, Op, Password, RecoveryCodes, Secret32, TotpSecret};
use renkei_proto::hash::Hash32;
use renkei_proto::id::{AssociationId, DeviceId, TicketId, UserId};
use renkei_proto::key::SigningSecret;
use renkei_proto::ticket;
use renkei_proto::wipe::Receipt;
use renkei_sealing::vault::VaultKey;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::client::Client;
use crate::link::Link;
use crate::vault::Vault;
use crate::{Result, files, random};

const PUBLIC: &str = "profile.json";
const PRIVATE: &str = "device";
const VAULT: &str = "vault";
const RECEIPT: &str = "receipt";

/// What a device knows that is not secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Public {
    /// `host:port` of the server.
    pub server: String,
    /// Fingerprint of the association's root.
    pub root: Hash32,
    /// This device.
    pub device: DeviceId,
    /// The ticket that it answered.
    pub ticket: TicketId,
    /// The server's certificate authority, DER.
    pub authority: Blob<{ bounds::CERTIFICATE }>,
    /// Once approved: who, where, and the certificate.
    pub approved: Option<Approved>,
}

/// What the approval brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approved {
    /// The association.
    pub association: AssociationId,
    /// Whose device this is.
    pub user: UserId,
    /// The device's certificate, DER.
    pub certificate: Blob<{ bounds::CERTIFICATE }>,
}

/// What a device keeps private outside its vault, because it needs it to reach the share that opens the vault.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Private {
    pub(crate) half: Secret32,
    pub(crate) tls_key: Vec<u8>,
    pub(crate) psk: Option<Secret32>,
    /// Seed of the key that confirms a wipe, also while the vault is closed.
    pub(crate) receipt: Secret32,
}

/// A device's files.
#[derive(Clone)]
pub struct Profile {
    dir: PathBuf,
    public: Public,
    pub(crate) private: Private,
}

impl std::fmt::Debug for Profile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Profile").field("dir", &self.dir).field("device", &self.public.device).finish_non_exhaustive()
    }
}

/// What a person has to confirm at the first sign-in.
#[derive(Debug)]
pub struct FirstSignIn {
    link: Link,
    factor: TotpSecret,
}

impl FirstSignIn {
    /// The code generator's secret, to be shown once as a QR picture or in base 32.
    pub fn factor(&self) -> &TotpSecret {
        &self.factor
    }

    /// Confirms that the code generator works. From now on password and codes are good.
    ///
    /// A mistyped code can be followed by another one.
    ///
    /// Gives recovery codes, each good once in place of a code: to be written down now, as nobody has them afterwards.
    pub async fn confirm(&self, code: u32) -> Result<RecoveryCodes> {
        match self.link.request(Op::ConfirmFactor { code }).await? {
            Answer::Recovery(codes) => Ok(codes),
            _ => Err(Code::Malformed.into()),
        }
    }
}

impl Drop for FirstSignIn {
    fn drop(&mut self) {
        self.link.close();
    }
}

impl Profile {
    /// Whether `dir` has a profile.
    pub fn exists(dir: &Path) -> bool {
        // A wiped device has lost its half of the vault key: the place is free for a new enrolment.
        dir.join(PRIVATE).exists()
    }

    /// Reads the profile in `dir`.
    pub fn load(dir: &Path) -> Result<Self> {
        let public = files::read(&dir.join(PUBLIC))?.ok_or(Code::NotEnrolled)?;
        let public = serde_json::from_slice(&public).map_err(|_| Code::ProfileFailed)?;
        // What is left of a wiped device is its public part.
        let private = files::read(&dir.join(PRIVATE))?.ok_or(Code::DeviceWiped)?;
        let private = codec::decode(&private).map_err(|_| Code::ProfileFailed)?;
        Ok(Self { dir: dir.to_owned(), public, private })
    }

    pub(crate) fn create(dir: &Path, public: Public, private: Private) -> Result<Self> {
        let profile = Self { dir: dir.to_owned(), public, private };
        files::create_private_dir(dir)?;
        profile.save()?;
        Ok(profile)
    }

    pub(crate) fn save(&self) -> Result<()> {
        files::write_private(&self.dir.join(PRIVATE), &Zeroizing::new(codec::encode(&self.private)))?;
        let public = serde_json::to_vec_pretty(&self.public).map_err(|_| Code::ProfileFailed)?;
        files::write_private(&self.dir.join(PUBLIC), &public)
    }

    /// Where its files are.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// What is not secret.
    pub fn public(&self) -> &Public {
        &self.public
    }

    pub(crate) fn vault_path(&self) -> PathBuf {
        self.dir.join(VAULT)
    }

    pub(crate) fn vault_key(&self, share: &Secret32) -> VaultKey {
        VaultKey::derive(&self.private.half, share, self.public.device)
    }

    /// Whose device this is, once it is approved.
    pub fn approved(&self) -> Result<&Approved> {
        self.public.approved.as_ref().ok_or_else(|| Code::DeviceNotApproved.into())
    }

    /// Asks whether the device has been approved; if so it now has a certificate.
    pub async fn poll(&mut self) -> Result<bool> {
        if self.public.approved.is_some() {
            return Ok(true);
        }
        let psk = self.private.psk.clone().ok_or(Code::TicketRefused)?;
        let (link, shown) = Link::enrolment(&self.public.server).await?;
        let authority = renkei_proto::hash::hash(renkei_proto::hash::AUTHORITY, &[self.public.authority.as_slice()]);
        shown.require(authority)?;
        let proof = ticket::poll_proof(&psk.0, link.exporter());
        let answer = link.enrol(EnrolOp::Poll { ticket: self.public.ticket, proof }).await;
        link.close();
        match answer? {
            EnrolAnswer::Waiting => Ok(false),
            EnrolAnswer::Approved { certificate, association, user, .. } => {
                // The association is named by its root.
                if association.0 != self.public.root.0[..16] {
                    return Err(Code::ServerNotTrusted.into());
                }
                self.public.approved = Some(Approved { association, user, certificate });
                self.private.psk = None;
                self.save()?;
                Ok(true)
            }
            _ => Err(Code::Malformed.into()),
        }
    }

    /// With another certificate, as yet not on the disk.
    pub(crate) fn with_certificate(&self, certificate: Blob<{ bounds::CERTIFICATE }>, tls_key: Vec<u8>) -> Self {
        let mut renewed = self.clone();
        if let Some(approved) = &mut renewed.public.approved {
            approved.certificate = certificate;
        }
        renewed.private.tls_key.zeroize();
        renewed.private.tls_key = tls_key;
        renewed
    }

    /// Connects, with the device's certificate.
    pub(crate) async fn link(&self) -> Result<Link> {
        let approved = self.approved()?;
        let authority = self.public.authority.as_slice();
        Link::main(&self.public.server, authority, approved.certificate.as_slice(), &self.private.tls_key).await
    }

    /// The facility's application as the server has it, and how many have admitted it (A3.1). Works before admission.
    pub async fn application(&self) -> Result<(renkei_proto::statement::Signed, u32)> {
        let link = self.link().await?;
        let answer = link.request(Op::Application).await;
        link.close();
        match answer? {
            Answer::Application { signed, admitted_by } => Ok((signed, admitted_by)),
            _ => Err(Code::Malformed.into()),
        }
    }

    /// The first sign-in of a person: choose a password, get a code generator.
    pub async fn set_up(&self, password: &Password) -> Result<FirstSignIn> {
        let link = self.link().await?;
        match link.request(Op::SetPassword(password.clone())).await {
            Ok(Answer::Factor(factor)) => Ok(FirstSignIn { link, factor }),
            Ok(_) => Err(Code::Malformed.into()),
            Err(fault) => Err(self.told(fault).await),
        }
    }

    /// Signs in: the server releases its share, the vault opens, and the logs are followed.
    pub async fn sign_in(&self, password: &Password, code: Option<u32>) -> Result<Client> {
        let user = self.approved()?.user;
        let session_key = SigningSecret::from_seed(&random());
        let op = Op::SignIn { user, password: password.clone(), code, session_key: session_key.public() };
        self.begin(op, session_key).await
    }

    /// Asks for a session with `op`; with the share that is answered the vault opens, and the logs are followed.
    pub(crate) async fn begin(&self, op: Op, session_key: SigningSecret) -> Result<Client> {
        let link = match self.link().await {
            Ok(link) => link,
            Err(fault) => return Err(self.told(fault).await),
        };
        match link.request(op).await {
            Ok(Answer::SignedIn { session, share }) => {
                let vault = Vault::open(&self.vault_path(), self.vault_key(&share))?;
                let late =
                    matches!(link.request(Op::Touch).await, Err(fault) if fault.code == Code::CertificateExpired);
                let (profile, link) = if late {
                    Box::pin(self.renewed(&vault, &link, (session, &session_key))).await?
                } else {
                    (self.clone(), link)
                };
                Box::pin(Client::start(profile, vault, link, session, session_key)).await
            }
            Ok(_) => Err(Code::Malformed.into()),
            Err(fault) => {
                link.close();
                Err(self.told(fault).await)
            }
        }
    }

    /// What the server says of this device is carried out: a wiped one destroys what it has (A12.3), and confirms it.
    pub(crate) async fn told(&self, fault: Fault) -> Fault {
        if self.obey(&fault) {
            Self::try_confirm_wipe(&self.dir).await;
        }
        fault
    }

    /// Destroys what a wiped device has. Whether there is a wipe to be confirmed.
    pub(crate) fn obey(&self, fault: &Fault) -> bool {
        let ordered = matches!(fault.code, Code::DeviceWiped | Code::UserEnded);
        if ordered && let Err(error) = self.wipe() {
            tracing::error!(%error, "the files of a wiped device could not be destroyed");
        }
        ordered
    }

    /// Confirms a wipe now, if the server can be reached, or else at the next attempt to use this device.
    pub async fn try_confirm_wipe(dir: &Path) {
        if let Err(error) = Self::confirm_wipe(dir).await {
            tracing::warn!(%error, "the wipe is confirmed when the server is reached again");
        }
    }

    /// Destroys what the device keeps, and leaves a signed receipt of that to be sent.
    fn wipe(&self) -> Result<()> {
        let key = SigningSecret::from_seed(&self.private.receipt.0);
        self.destroy()?;
        let Ok(approved) = self.approved() else { return Ok(()) };
        let receipt = Receipt {
            version: renkei_proto::VERSION,
            suite: renkei_proto::SUITE,
            association: approved.association,
            device: self.public.device,
            destroyed_at: crate::clock::Clock::new(&self.public.server).now(),
        };
        let signed = receipt.sign(&key).map_err(|_| Code::TooLarge)?;
        files::write_private(&self.dir.join(RECEIPT), &codec::encode(&signed))
    }

    /// Sends the receipt of a wiped device, if one is still here. It needs no key of the device any more.
    pub async fn confirm_wipe(dir: &Path) -> Result<()> {
        let path = dir.join(RECEIPT);
        let Some(bytes) = files::read(&path)? else { return Ok(()) };
        let signed = codec::decode(&bytes).map_err(|_| Code::ProfileFailed)?;
        let public = files::read(&dir.join(PUBLIC))?.ok_or(Code::NotEnrolled)?;
        let public: Public = serde_json::from_slice(&public).map_err(|_| Code::ProfileFailed)?;
        let (link, shown) = Link::enrolment(&public.server).await?;
        shown.require(renkei_proto::hash::hash(renkei_proto::hash::AUTHORITY, &[public.authority.as_slice()]))?;
        let answer = link.enrol(EnrolOp::Receipt(signed)).await;
        link.close();
        match answer? {
            EnrolAnswer::Received => files::destroy(&path),
            _ => Err(Code::Malformed.into()),
        }
    }

    /// Removes a profile whose keys nobody took.
    pub(crate) fn discard(&self) -> Result<()> {
        self.destroy()?;
        files::destroy(&self.dir.join(PUBLIC))
    }

    /// Destroys the vault and the device's half of its key.
    pub fn destroy(&self) -> Result<()> {
        files::destroy(&self.vault_path())?;
        files::destroy(&self.dir.join(crate::cache::PART))?;
        files::destroy(&self.dir.join(crate::gone::PART))?;
        files::destroy(&self.dir.join(crate::drafts::PART))?;
        files::destroy(&self.dir.join(crate::outbox::PART))?;
        crate::sending::all_files(&self.dir).iter().try_for_each(|path| files::destroy(path))?;
        files::destroy(&self.dir.join(PRIVATE))
    }
}
