//! What the server keeps besides logs: small, changing, and really erasable. Typed access to [`renkei_store::Secrets`].

use std::sync::Arc;

use renkei_policy::a11_password::Kind;
use renkei_proto::bytes::Blob;
use renkei_proto::code::Code;
use renkei_proto::codec;
use renkei_proto::erasure_word::Destroyed;
use renkei_proto::frame::{Details, Secret32, TotpSecret};
use renkei_proto::group_receipt::SignedGroupReceipt;
use renkei_proto::id::{DeviceId, GroupId, SessionId, TicketId, UserId};
use renkei_proto::key::SigningPublic;
use renkei_proto::ticket::{Offer, Purpose};
use renkei_proto::time::Time;
use renkei_proto::wipe::SignedReceipt;
use renkei_store::{SecretChange, Secrets, SecretsDurable, SecretsError};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::presence_log::{self, Seen};

/// What a person signs in with.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Credentials {
    /// The password's hash, a PHC string.
    pub(crate) phc: String,
    /// As what it was accepted.
    #[zeroize(skip)]
    pub(crate) kind: Kind,
    /// Since when it is the password.
    #[zeroize(skip)]
    pub(crate) set: Time,
    /// Hashes of the ones before, the latest first.
    pub(crate) earlier: Vec<String>,
    /// The code generator's secret.
    pub(crate) totp: TotpSecret,
    /// The last step whose code was accepted.
    pub(crate) last_step: u64,
    /// Hashes of recovery codes that are still good.
    pub(crate) recovery: Vec<[u8; 32]>,
    /// Entries that the registry had when they were set up: a later reset makes them void.
    pub(crate) registry: u64,
}

/// A session, as it survives a restart of the server.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Session {
    /// Whose.
    pub(crate) user: UserId,
    /// On which device.
    pub(crate) device: DeviceId,
    /// The key that proves it on a new connection.
    pub(crate) key: SigningPublic,
    /// Since when.
    pub(crate) since: Time,
    /// Whether it waits for the password.
    pub(crate) locked: bool,
    /// Entries that the registry had when it began: a later reset of the person's factors makes it void.
    pub(crate) registry: u64,
}

/// An enrolment ticket.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Ticket {
    /// Who may see its offer; none for the root.
    pub(crate) issuer: Option<UserId>,
    /// The key that a holder proves.
    pub(crate) psk: Secret32,
    /// For what.
    pub(crate) purpose: Purpose,
    /// Until when.
    pub(crate) expires: Time,
    /// The answer to it, once there is one: a ticket is answered once.
    pub(crate) offer: Option<Offer>,
}

/// An erasure: what it takes, counted before it began, and when it was done.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct ErasureRecord {
    pub(crate) destroyed: Option<Destroyed>,
    pub(crate) finished: Option<Time>,
}

/// The secrets of the server.
#[derive(Clone)]
pub(crate) struct Vault(Arc<dyn Secrets>);

/// A secret as a scan finds it: whose, and its bytes.
type Found = ([u8; 16], Zeroizing<Vec<u8>>);

fn key(kind: &str, id: &[u8; 16]) -> Vec<u8> {
    let mut key = kind.as_bytes().to_vec();
    key.push(b'/');
    key.extend_from_slice(id);
    key
}

/// Where a device's receipt of a group is kept.
fn of_group(group: GroupId, device: DeviceId) -> Vec<u8> {
    let mut key = key(GONE, &group.0);
    key.extend_from_slice(&device.0);
    key
}

const GONE: &str = "gone";
const ERASED: &str = "erased";
const CREDENTIALS: &str = "credentials";
const FORMER: &str = "former-passwords";
const SESSION: &str = "session";
const SHARE: &str = "share";
const TICKET: &str = "ticket";
const DETAILS: &str = "details";
const RECEIPT: &str = "receipt";

pub(crate) fn code(error: SecretsError) -> Code {
    match error {
        SecretsError::Full | SecretsError::TooLarge { .. } => Code::StorageFull,
        SecretsError::ShredCopy { .. } => {
            tracing::error!(%error, "nothing was changed; it works again once the file can be written");
            Code::StorageFailed
        }
        SecretsError::Failed { reason } => {
            tracing::error!(%reason, "the secrets can no longer be changed");
            Code::StorageFailed
        }
    }
}

impl Vault {
    pub(crate) fn new(secrets: Arc<dyn Secrets>) -> Self {
        Self(secrets)
    }

    fn get<T: DeserializeOwned + Serialize>(&self, key: &[u8]) -> Result<Option<T>, Code> {
        let Some(bytes) = self.0.get(key).map_err(code)? else { return Ok(None) };
        codec::decode(&bytes).map(Some).map_err(|_| {
            tracing::error!(key = %key.escape_ascii(), "a secret can't be read");
            Code::StorageFailed
        })
    }

    fn put<T: Serialize>(key: Vec<u8>, value: &T) -> SecretChange {
        SecretChange::Put { key, value: Zeroizing::new(codec::encode(value)) }
    }

    fn apply(&self, changes: Vec<SecretChange>) -> Result<SecretsDurable, Code> {
        // Waits for the disk: the other connections of this thread go on elsewhere meanwhile.
        tokio::task::block_in_place(|| self.0.apply(changes)).map_err(code)
    }

    fn ids(&self, kind: &str) -> Result<Vec<Found>, Code> {
        let mut prefix = kind.as_bytes().to_vec();
        prefix.push(b'/');
        let found = self.0.scan(&prefix).map_err(code)?;
        let parsed = found
            .into_iter()
            .filter_map(|(key, value)| Some((<[u8; 16]>::try_from(key.get(prefix.len()..)?).ok()?, value)));
        Ok(parsed.collect())
    }

    pub(crate) fn credentials(&self, user: UserId) -> Result<Option<Credentials>, Code> {
        self.get(&key(CREDENTIALS, &user.0))
    }

    pub(crate) fn put_credentials(&self, user: UserId, credentials: &Credentials) -> Result<SecretsDurable, Code> {
        self.apply(vec![Self::put(key(CREDENTIALS, &user.0), credentials)])
    }

    /// Forgets what a person signs in with, and the sessions. That none of the last passwords comes back is not forgotten.
    pub(crate) fn forget_credentials(&self, user: UserId, sessions: &[SessionId]) -> Result<SecretsDurable, Code> {
        let mut changes: Vec<SecretChange> =
            sessions.iter().map(|id| SecretChange::Delete { key: key(SESSION, &id.0) }).collect();
        if let Some(credentials) = self.credentials(user)? {
            changes.push(Self::put(key(FORMER, &user.0), &credentials.all_hashes()));
        }
        changes.push(SecretChange::Delete { key: key(CREDENTIALS, &user.0) });
        self.apply(changes)
    }

    /// Hashes of the passwords from before a reset: none of them comes back by it (A11.3).
    pub(crate) fn former_passwords(&self, user: UserId) -> Result<Vec<String>, Code> {
        // Those that a reset has voided and not deleted yet count as well.
        if let Some(credentials) = self.credentials(user)? {
            return Ok(credentials.all_hashes());
        }
        Ok(self.get(&key(FORMER, &user.0))?.unwrap_or_default())
    }

    /// What was written down of this name last: a bounded list that is replaced whole.
    pub(crate) fn kept<T: DeserializeOwned + Serialize>(&self, name: &str) -> Result<Option<T>, Code> {
        self.get(name.as_bytes())
    }

    pub(crate) fn keep<T: Serialize>(&self, name: &str, value: &T) -> Result<SecretsDurable, Code> {
        self.apply(vec![Self::put(name.as_bytes().to_vec(), value)])
    }

    /// Everybody's credentials.
    pub(crate) fn all_credentials(&self) -> Result<Vec<(UserId, Credentials)>, Code> {
        let decode = |(id, bytes): Found| Some((UserId(id), codec::decode(&bytes).ok()?));
        Ok(self.ids(CREDENTIALS)?.into_iter().filter_map(decode).collect())
    }

    pub(crate) fn share(&self, device: DeviceId) -> Result<Option<Secret32>, Code> {
        self.get(&key(SHARE, &device.0))
    }

    pub(crate) fn sessions(&self) -> Result<Vec<(SessionId, Session)>, Code> {
        let decode = |(id, bytes): Found| Some((SessionId(id), codec::decode(&bytes).ok()?));
        Ok(self.ids(SESSION)?.into_iter().filter_map(decode).collect())
    }

    /// Writes sessions as they are, and forgets those that are gone.
    pub(crate) fn write_sessions(
        &self,
        kept: &[(SessionId, Session)],
        gone: &[SessionId],
    ) -> Result<SecretsDurable, Code> {
        let mut changes: Vec<SecretChange> =
            gone.iter().map(|id| SecretChange::Delete { key: key(SESSION, &id.0) }).collect();
        changes.extend(kept.iter().map(|(id, session)| Self::put(key(SESSION, &id.0), session)));
        self.apply(changes)
    }

    /// Keeps `session` with everybody's presence, and forgets `ended` ones, in one step with the person's new credentials
    /// where there are any.
    pub(crate) fn change_sessions(
        &self,
        session: Option<(SessionId, &Session, Seen)>,
        ended: &[SessionId],
        credentials: Option<(UserId, &Credentials)>,
    ) -> Result<SecretsDurable, Code> {
        let mut changes: Vec<SecretChange> =
            ended.iter().map(|id| SecretChange::Delete { key: key(SESSION, &id.0) }).collect();
        if let Some((id, session, seen)) = session {
            changes.push(Self::put(key(SESSION, &id.0), session));
            changes.push(Self::put(presence_log::NAME.as_bytes().to_vec(), &seen));
        }
        changes.extend(credentials.map(|(user, one)| Self::put(key(CREDENTIALS, &user.0), one)));
        self.apply(changes)
    }

    pub(crate) fn details(&self, user: UserId) -> Result<Option<Details>, Code> {
        self.get(&key(DETAILS, &user.0))
    }

    pub(crate) fn put_details(&self, user: UserId, details: &Details) -> Result<SecretsDurable, Code> {
        self.apply(vec![Self::put(key(DETAILS, &user.0), details)])
    }

    pub(crate) fn ticket(&self, id: TicketId) -> Result<Option<Ticket>, Code> {
        self.get(&key(TICKET, &id.0))
    }

    pub(crate) fn tickets(&self) -> Result<Vec<(TicketId, Ticket)>, Code> {
        let decode = |(id, bytes): Found| Some((TicketId(id), codec::decode(&bytes).ok()?));
        Ok(self.ids(TICKET)?.into_iter().filter_map(decode).collect())
    }

    pub(crate) fn put_ticket(&self, id: TicketId, ticket: &Ticket) -> Result<SecretsDurable, Code> {
        self.apply(vec![Self::put(key(TICKET, &id.0), ticket)])
    }

    /// Forgets tickets, and the shares of devices that answered them in vain.
    pub(crate) fn delete_tickets(&self, ids: &[TicketId], devices: &[DeviceId]) -> Result<SecretsDurable, Code> {
        let tickets = ids.iter().map(|id| SecretChange::Delete { key: key(TICKET, &id.0) });
        let shares = devices.iter().map(|id| SecretChange::Delete { key: key(SHARE, &id.0) });
        self.apply(tickets.chain(shares).collect())
    }

    /// The device answers its ticket: the ticket is used up, and the device has a share.
    pub(crate) fn answer_ticket(
        &self,
        id: TicketId,
        ticket: &Ticket,
        device: DeviceId,
        share: &Secret32,
    ) -> Result<SecretsDurable, Code> {
        self.apply(vec![Self::put(key(TICKET, &id.0), ticket), Self::put(key(SHARE, &device.0), share)])
    }

    /// Destroys the shares of `devices` and forgets `sessions`; with `user`, the person's credentials too (A12.3, A8.5).
    pub(crate) fn destroy(
        &self,
        devices: &[DeviceId],
        sessions: &[SessionId],
        user: Option<UserId>,
    ) -> Result<SecretsDurable, Code> {
        let mut changes: Vec<SecretChange> =
            devices.iter().map(|id| SecretChange::Delete { key: key(SHARE, &id.0) }).collect();
        changes.extend(sessions.iter().map(|id| SecretChange::Delete { key: key(SESSION, &id.0) }));
        for kind in [CREDENTIALS, FORMER] {
            changes.extend(user.map(|id| SecretChange::Delete { key: key(kind, &id.0) }));
        }
        self.apply(changes)
    }

    pub(crate) fn receipt(&self, device: DeviceId) -> Result<Option<SignedReceipt>, Code> {
        self.get(&key(RECEIPT, &device.0))
    }

    pub(crate) fn put_receipt(&self, device: DeviceId, receipt: &SignedReceipt) -> Result<SecretsDurable, Code> {
        self.apply(vec![Self::put(key(RECEIPT, &device.0), receipt)])
    }

    /// What a device has confirmed of a group.
    pub(crate) fn group_receipt(&self, group: GroupId, device: DeviceId) -> Result<Option<SignedGroupReceipt>, Code> {
        self.get(&of_group(group, device))
    }

    pub(crate) fn put_group_receipt(
        &self,
        group: GroupId,
        device: DeviceId,
        receipt: &SignedGroupReceipt,
    ) -> Result<SecretsDurable, Code> {
        self.apply(vec![Self::put(of_group(group, device), receipt)])
    }

    /// How far the erasure of a group has come.
    pub(crate) fn erasure(&self, group: GroupId) -> Result<Option<ErasureRecord>, Code> {
        self.get(&key(ERASED, &group.0))
    }

    pub(crate) fn put_erasure(&self, group: GroupId, record: &ErasureRecord) -> Result<SecretsDurable, Code> {
        self.apply(vec![Self::put(key(ERASED, &group.0), record)])
    }

    /// The devices that have a share.
    pub(crate) fn devices_with_share(&self) -> Result<Vec<DeviceId>, Code> {
        Ok(self.ids(SHARE)?.into_iter().map(|(id, _)| DeviceId(id)).collect())
    }
}

/// A certificate in a frame.
pub(crate) fn certificate_blob<const MAX: usize>(der: &[u8]) -> Result<Blob<MAX>, Code> {
    Blob::new(der.to_vec()).map_err(|_| Code::StorageFailed)
}
