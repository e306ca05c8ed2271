//! A signed-in device: it keeps a connection, follows the logs, and carries out what the person does.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use renkei_policy::registry::Standing;
use renkei_proto::act::Act;
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::entry::Entry;
use renkei_proto::frame::{Accepted, Answer, Details, Fault, Op, Password, RENEW, RESUME, Sidecar, sync};
use renkei_proto::id::{AssociationId, DeviceId, SessionId, StatementId, UserId};
use renkei_proto::key::{SealingPublic, SigningSecret};
use renkei_proto::statement::{ActingFor, Actor, LogId, Role, Statement};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::cache;
use crate::clock::Clock;
use crate::link::{Link, stream_ended};
use crate::profile::Profile;
use crate::replica::Replica;
use crate::vault::Vault;
use crate::{Result, now, random};

/// Between two attempts to reach the server again: the first, and the longest.
const RETRY: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(10));

/// A request is repeated over new connections for so long before the person is told that the server can't be reached.
const PATIENCE: Duration = Duration::from_secs(20);

/// An acknowledged statement comes back through the log within this time.
const ECHO: Duration = Duration::from_secs(20);

/// Fresh heads come this soon after they were asked for, or something is wrong.
const HEADS: Duration = Duration::from_secs(3);

/// The server's time goes on within this time.
const SECOND: Duration = Duration::from_millis(1_100);

/// A certificate is renewed when less than this is left of it, in seconds.
const RENEW_BEFORE: u64 = 20 * 24 * 3600;

/// How a client stands with its server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Connection {
    /// Connected and following.
    Online,
    /// Looking for a way.
    Offline,
    /// Over: the session was locked or ended, or the device cut off. Nothing more comes.
    Over(Fault),
}

pub(crate) struct Inner {
    pub(crate) profile: Mutex<Profile>,
    pub(crate) association: AssociationId,
    pub(crate) user: UserId,
    pub(crate) device: DeviceId,
    pub(crate) clock: Clock,
    /// How much of the registry is kept on disk.
    pub(crate) kept: AtomicU64,
    session: SessionId,
    session_key: SigningSecret,
    vault: Mutex<Option<Vault>>,
    replica: Mutex<Replica>,
    link: watch::Sender<Option<Link>>,
    connection: watch::Sender<Connection>,
    /// Counts every change of the replica or of the keys.
    changed: watch::Sender<u64>,
    /// One statement at a time: the next one's counter and heads build on it.
    pub(crate) writing: tokio::sync::Mutex<()>,
    pub(crate) names: Mutex<BTreeMap<UserId, Details>>,
    pub(crate) sealing_keys: Mutex<BTreeMap<DeviceId, SealingPublic>>,
}

/// A signed-in device of a person.
pub struct Client {
    pub(crate) inner: Arc<Inner>,
    tasks: Vec<JoinHandle<()>>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("user", &self.inner.user)
            .field("device", &self.inner.device)
            .finish_non_exhaustive()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
        if let Some(link) = self.inner.link.borrow().as_ref() {
            link.close();
        }
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A signed act of governance that got no answer may still be entered: the person is told so. A message is sent again.
fn unconfirmed(act: &Act, fault: Fault) -> Fault {
    let governs = matches!(act, Act::Registry(_) | Act::Group(_));
    if governs && fault.code == Code::Unreachable { Code::Unconfirmed.into() } else { fault }
}

impl Inner {
    pub(crate) fn replica(&self) -> MutexGuard<'_, Replica> {
        lock(&self.replica)
    }

    /// Uses the open vault; refused once the device is locked.
    pub(crate) fn with_vault<T>(&self, use_it: impl FnOnce(&mut Vault) -> T) -> Result<T> {
        lock(&self.vault).as_mut().map(use_it).ok_or_else(|| Code::VaultClosed.into())
    }

    pub(crate) fn note_change(&self) {
        self.changed.send_modify(|count| *count += 1);
    }

    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    fn current_link(&self) -> Option<Link> {
        self.link.borrow().clone().filter(|link| link.over().is_none())
    }

    fn over(&self) -> Option<Fault> {
        match &*self.connection.borrow() {
            Connection::Over(fault) => Some(fault.clone()),
            Connection::Online | Connection::Offline => None,
        }
    }

    /// Asks the server, over as many connections as it takes. Only for questions that may be repeated.
    pub(crate) async fn request(&self, op: Op) -> Result<Answer> {
        let ask = async {
            let mut links = self.link.subscribe();
            loop {
                if let Some(fault) = self.over() {
                    return Err(fault);
                }
                if let Some(link) = self.current_link() {
                    match link.request(op.clone()).await {
                        Err(fault) if matches!(fault.code, Code::Unreachable | Code::ShuttingDown | Code::Busy) => {}
                        Err(fault) if fault.code == Code::SessionRequired => {}
                        answer => return answer,
                    }
                    tokio::time::sleep(RETRY.0).await;
                } else {
                    drop(tokio::time::timeout(RETRY.0, links.changed()).await);
                }
            }
        };
        tokio::time::timeout(PATIENCE, ask).await.unwrap_or_else(|_| Err(Code::Unreachable.into()))
    }

    /// The statement that says `act`, next in its log.
    pub(crate) fn statement(
        &self,
        log: LogId,
        role: Role,
        acting_for: Option<ActingFor>,
        act: Act,
    ) -> Result<Statement> {
        if self.keys_replaced() {
            return Err(Code::KeysReplaced.into());
        }
        let replica = self.replica();
        replica.writable(log)?;
        Ok(Statement {
            version: renkei_proto::VERSION,
            suite: renkei_proto::SUITE,
            rules: renkei_proto::RULES,
            association: self.association,
            log,
            id: StatementId(random()),
            counter: replica.counter(log, self.device) + 1,
            actor: Actor::Device { user: self.user, device: self.device },
            role,
            acting_for,
            seen: replica.seen(log),
            claimed_at: now(),
            act,
        })
    }

    /// Signs and submits `statement`, and waits until it has come back through the log as it was accepted.
    ///
    /// The caller holds [`Inner::writing`].
    pub(crate) async fn submit(&self, statement: &Statement, sidecar: Sidecar) -> Result<Accepted> {
        let signed = self.with_vault(|vault| statement.sign(&vault.contents.keys.signing))?;
        let signed = signed.map_err(|_| Code::TooLarge)?;
        let body = signed.hash();
        let answer = self.request(Op::Submit { signed, sidecar }).await;
        let Answer::Accepted(accepted) = answer.map_err(|fault| unconfirmed(&statement.act, fault))? else {
            return Err(Code::Malformed.into());
        };
        // What was acknowledged is what everybody sees: this very statement has come back, at the place that was named.
        let came = self.wait_for(statement.log, accepted.head.size).await;
        came.map_err(|fault| unconfirmed(&statement.act, fault))?;
        if self.replica().echo(body) == Some(accepted.head) { Ok(accepted) } else { Err(Code::LogNotTrusted.into()) }
    }

    /// Waits until `log` is here as far as this device has known it: after becoming a reader, a log comes again, whole.
    /// A server that keeps the rest back is not written to.
    pub(crate) async fn settled(&self, log: LogId) -> Result<()> {
        let settled = self.wait_until(ECHO, |replica| match replica.writable(log) {
            Ok(()) => Ok(Some(())),
            Err(Code::KeyAwaited) => Ok(None),
            Err(code) => Err(code),
        });
        settled.await
    }

    /// Waits until `log` has at least `size` entries here.
    async fn wait_for(&self, log: LogId, size: u64) -> Result<()> {
        self.wait_until(ECHO, |replica| {
            replica.trusted(log)?;
            Ok(replica.head_at(log, size).map(|_| ()))
        })
        .await
    }

    /// Waits until `ready` gives something, looking again after every change.
    pub(crate) async fn wait_until<T>(
        &self,
        patience: Duration,
        ready: impl Fn(&Replica) -> core::result::Result<Option<T>, Code>,
    ) -> Result<T> {
        let mut changes = self.changes();
        let wait = async {
            loop {
                changes.mark_unchanged();
                if let Some(found) = ready(&self.replica())? {
                    return Ok(found);
                }
                if let Some(fault) = self.over() {
                    return Err(fault);
                }
                if changes.changed().await.is_err() {
                    return Err(Code::SessionEnded.into());
                }
            }
        };
        tokio::time::timeout(patience, wait).await.unwrap_or_else(|_| Err(Code::Unreachable.into()))
    }

    /// Makes sure of the server's fresh word on the registry, and on `log`: nobody is let in without it (promise 3). After
    /// a pause it is asked for, and comes over the sync stream behind everything that it speaks of.
    pub(crate) async fn fresh(&self, log: LogId) -> Result<()> {
        let clock = &self.clock;
        let fresh = |replica: &Replica| {
            let now = clock.now();
            // A log that is over for this person has no heads: what is tried there, the server refuses with its reason.
            let over = |log: LogId| match log {
                LogId::Group(id) => replica.group(id).is_some_and(crate::replica::Followed::ended),
                LogId::Registry => false,
            };
            [LogId::Registry, log].iter().all(|log| over(*log) || replica.witness().fresh(*log, now))
        };
        if fresh(&self.replica()) {
            return Ok(());
        }
        let asked = async {
            loop {
                self.request(Op::Freshen).await?;
                // Signed in the same second as the last of an earlier session, they are not newer yet.
                match self.wait_until(SECOND, |replica| Ok(fresh(replica).then_some(()))).await {
                    Err(fault) if fault.code == Code::Unreachable => {}
                    other => return other,
                }
            }
        };
        tokio::time::timeout(HEADS, asked).await.unwrap_or_else(|_| Err(Code::HeadsStale.into()))
    }

    /// Keeps the vault with the heads as they are now.
    pub(crate) fn save(&self) -> Result<()> {
        let (heads, signed, distrusted) = {
            let replica = self.replica();
            (replica.heads(), replica.witness().signed().cloned(), replica.distrusted().clone())
        };
        self.with_vault(|vault| {
            vault.contents.heads = heads;
            vault.contents.distrusted = distrusted;
            if signed.is_some() {
                vault.contents.signed = signed;
            }
            vault.save()
        })??;
        self.keep_registry(false)
    }

    /// Connects again and shows the session.
    async fn reconnect(&self) -> Result<Link> {
        let profile = lock(&self.profile).clone();
        let link = profile.link().await?;
        let signature = self.session_key.sign(RESUME, link.exporter());
        link.request(Op::Resume { session: self.session, signature }).await?;
        Ok(link)
    }

    /// Follows the sync streams of `link` to its end.
    async fn follow(&self, link: &Link) -> Fault {
        loop {
            if let Some(fault) = self.follow_stream(link).await {
                return fault;
            }
        }
    }

    /// Follows one sync stream to its end, or until it has to begin again: when this person has become a reader of a
    /// group whose messages were withheld so far.
    async fn follow_stream(&self, link: &Link) -> Option<Fault> {
        let positions = self.replica().positions();
        let mut stream = match link.sync(positions).await {
            Ok(stream) => stream,
            Err(fault) => return Some(fault),
        };
        let mut buffer: Vec<u8> = Vec::new();
        loop {
            match stream.read_chunk(bounds::SYNC_CHUNK, true).await {
                Ok(Some(chunk)) => buffer.extend_from_slice(&chunk.bytes),
                Ok(None) => return Some(Code::Unreachable.into()),
                Err(error) => return Some(stream_ended(&error)),
            }
            let taken = match self.take_items(&buffer) {
                Ok(taken) => taken,
                Err(code) => return Some(code.into()),
            };
            if taken > 0 {
                buffer.drain(..taken);
                let again = self.replica().forget_withheld();
                self.note_change();
                if again {
                    return None;
                }
            }
        }
    }

    fn take_items(&self, buffer: &[u8]) -> core::result::Result<usize, Code> {
        let (mut at, mut heads) = (0, false);
        let mut replica = self.replica();
        let distrusted = replica.distrusted().len();
        while let Some((tag, bytes, length)) =
            sync::take(buffer.get(at..).unwrap_or_default()).map_err(|_| Code::Malformed)?
        {
            match tag {
                // A log that does not hold is marked so, and the others go on.
                sync::ENTRY => drop(replica.take(&Entry::decode(bytes).map_err(|_| Code::Malformed)?)),
                sync::NOTICE => match renkei_proto::codec::decode(bytes).map_err(|_| Code::Malformed)? {
                    sync::Notice::CaughtUp { registry } => replica.set_caught_up(registry),
                    sync::Notice::Ended { log } => replica.end(log),
                    // Heads that do not hold make their log untrusted; what is told here is told by that.
                    sync::Notice::Heads(signed) => {
                        heads |= replica.take_heads(signed, self.clock.now()) != Err(Code::NotAuthentic);
                    }
                },
                _ => return Err(Code::Malformed),
            }
            at += length;
        }
        heads |= replica.distrusted().len() != distrusted;
        drop(replica);
        // However the session ends, what the server signed, and how far its logs went then, is on the disk.
        if heads && let Err(error) = self.save() {
            tracing::warn!(%error, "the server's signed heads were not kept");
        }
        Ok(at)
    }

    /// Whether the fault means that this session will not go on.
    fn final_fault(fault: &Fault) -> bool {
        !matches!(
            fault.code,
            Code::Unreachable
                | Code::ShuttingDown
                | Code::Busy
                | Code::StorageFull
                | Code::StorageFailed
                | Code::TryLater
        )
    }

    /// Keeps a connection for as long as the session lives.
    async fn run(&self, first: Link) {
        let mut next = Some(first);
        let mut pause = RETRY.0;
        loop {
            let fault = match next.take() {
                Some(link) => {
                    self.link.send_replace(Some(link.clone()));
                    self.connection.send_replace(Connection::Online);
                    pause = RETRY.0;
                    let fault = self.follow(&link).await;
                    link.over().unwrap_or(fault)
                }
                None => match self.reconnect().await {
                    Ok(link) => {
                        next = Some(link);
                        continue;
                    }
                    Err(fault) => fault,
                },
            };
            self.link.send_replace(None);
            if Self::final_fault(&fault) {
                self.finish(fault).await;
                return;
            }
            self.connection.send_replace(Connection::Offline);
            self.note_change();
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(RETRY.1);
        }
    }

    /// The session is over: the vault closes, and a wiped device destroys what it has.
    async fn finish(&self, fault: Fault) {
        let saved = self.save().and_then(|()| self.keep_registry(true));
        drop(lock(&self.vault).take());
        if let Err(error) = saved {
            tracing::debug!(%error, "the vault was not kept at the end of the session");
        }
        let profile = lock(&self.profile).clone();
        let wiped = profile.obey(&fault);
        self.connection.send_replace(Connection::Over(fault));
        self.note_change();
        if wiped {
            Profile::try_confirm_wipe(profile.dir()).await;
        }
    }
}

impl Client {
    /// A device that has just signed in over `link`.
    pub(crate) async fn start(
        profile: Profile,
        vault: Vault,
        link: Link,
        session: SessionId,
        session_key: SigningSecret,
    ) -> Result<Self> {
        let approved = profile.approved()?.clone();
        let clock = Clock::new(&profile.public().server);
        let known = vault.contents.heads.clone();
        let root = profile.public().root;
        let mut replica = Replica::new(root, approved.user, known, clock.clone());
        replica.remember_distrust(vault.contents.distrusted.clone());
        if let Some((registry, chain)) = cache::load(&vault, root) {
            replica.go_on(registry, chain);
        }
        if let Some(signed) = vault.contents.signed.clone() {
            replica.recall(signed);
        }
        let kept = AtomicU64::new(replica.registry().size());
        let inner = Arc::new(Inner {
            association: approved.association,
            user: approved.user,
            device: profile.public().device,
            clock,
            kept,
            profile: Mutex::new(profile),
            session,
            session_key,
            vault: Mutex::new(Some(vault)),
            replica: Mutex::new(replica),
            link: watch::Sender::new(None),
            connection: watch::Sender::new(Connection::Offline),
            changed: watch::Sender::new(0),
            writing: tokio::sync::Mutex::new(()),
            names: Mutex::new(BTreeMap::new()),
            sealing_keys: Mutex::new(BTreeMap::new()),
        });
        let following = Arc::clone(&inner);
        let keeping = Arc::clone(&inner);
        let tasks = vec![
            tokio::spawn(async move { following.run(link).await }),
            tokio::spawn(async move { keeping.keep_house().await }),
        ];
        let client = Self { inner, tasks };
        client.inner.wait_until(PATIENCE, |replica| Ok(replica.caught_up().then_some(()))).await?;
        // Whose device this is was the server's word so far; now the registry says it.
        let owner = client.look(|replica| replica.registry().now().device(client.device()).map(|device| device.user));
        if owner != Some(client.user()) {
            return Err(Code::ServerNotTrusted.into());
        }
        client.inner.keep_registry(false)?;
        client.renew_certificate_if_due().await;
        Ok(client)
    }

    /// Who is signed in.
    pub fn user(&self) -> UserId {
        self.inner.user
    }

    /// With which device.
    pub fn device(&self) -> DeviceId {
        self.inner.device
    }

    /// The connection's state, to watch.
    pub fn connection(&self) -> watch::Receiver<Connection> {
        self.inner.connection.subscribe()
    }

    /// Trusts a log again that did not hold, from the next session on: for a person who has found out what happened. What was
    /// known of the log is forgotten.
    pub fn trust_again(&self, log: LogId) -> Result<()> {
        if !self.look(|replica| replica.distrusted().contains_key(&log)) {
            return Err(Code::NothingToDo.into());
        }
        self.inner.replica().trust_again(log);
        if log == LogId::Registry {
            crate::files::destroy(&lock(&self.inner.profile).dir().join(cache::PART))?;
        }
        self.inner.save()
    }

    /// Whether the server's word on its logs is fresh. Without it this device lets nobody in.
    pub fn heads_are_fresh(&self) -> bool {
        self.inner.replica().fresh(self.inner.clock.now())
    }

    /// Counts changes of anything that can be shown, to watch.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.inner.changes()
    }

    /// Looks at the verified logs, for a moment.
    pub fn look<T>(&self, at: impl FnOnce(&Replica) -> T) -> T {
        at(&self.inner.replica())
    }

    /// Waits until the verified logs show something.
    pub async fn wait_until<T>(&self, patience: Duration, ready: impl Fn(&Replica) -> Option<T>) -> Result<T> {
        self.inner.wait_until(patience, |replica| Ok(ready(replica))).await
    }

    /// The person's own standing, by the registry as it is here.
    pub(crate) fn standing<T>(&self, use_it: impl FnOnce(&Standing<'_>) -> T) -> Result<T> {
        let replica = self.inner.replica();
        let standing = replica.registry().now().may_act(self.inner.user, self.inner.device);
        Ok(use_it(&standing.map_err(|refusal| refusal.0)?))
    }

    /// Goes on from another local address, as when a phone leaves the Wi-Fi.
    pub fn rebind(&self) -> Result<()> {
        self.inner.current_link().map_or_else(|| Err(Code::Unreachable.into()), |link| link.rebind())
    }

    /// Drops the connection, as when the network goes: the client finds a new one by itself.
    pub fn drop_connection(&self) {
        if let Some(link) = self.inner.current_link() {
            link.close();
        }
    }

    /// Locks: the session needs the password again, and the vault key leaves memory.
    pub async fn lock(self) -> Result<()> {
        self.inner.save()?;
        self.inner.keep_registry(true)?;
        let locked = self.inner.request(Op::Lock).await;
        drop(lock(&self.inner.vault).take());
        locked.map(|_| ())
    }

    /// Signs out. Nothing is lost: the vault stays, sealed.
    pub async fn sign_out(self) -> Result<()> {
        self.inner.save()?;
        self.inner.keep_registry(true)?;
        let ended = self.inner.request(Op::SignOut).await;
        drop(lock(&self.inner.vault).take());
        ended.map(|_| ())
    }

    /// Changes the password.
    pub async fn change_password(&self, old: Password, new: Password) -> Result<()> {
        self.inner.request(Op::ChangePassword { old, new }).await.map(|_| ())
    }

    /// Signs `act` as it stands and submits it, without any check of its own: the server must refuse what the rules
    /// refuse. For the demo's and the tests' misuses.
    pub async fn submit_unchecked(
        &self,
        log: LogId,
        role: Role,
        acting_for: Option<ActingFor>,
        act: Act,
        sidecar: Sidecar,
    ) -> Result<Accepted> {
        let _writing = self.inner.writing.lock().await;
        self.inner.settled(log).await?;
        let statement = self.inner.statement(log, role, acting_for, act)?;
        self.inner.submit(&statement, sidecar).await
    }

    /// Signs and submits a statement that the caller made, as it is.
    pub async fn submit_statement(&self, statement: &Statement, sidecar: Sidecar) -> Result<Accepted> {
        let _writing = self.inner.writing.lock().await;
        self.inner.submit(statement, sidecar).await
    }

    /// The statement that would say `act` next in `log`.
    pub fn draft(&self, log: LogId, role: Role, acting_for: Option<ActingFor>, act: Act) -> Result<Statement> {
        self.inner.statement(log, role, acting_for, act)
    }

    /// Sends raw bytes on a request stream and gives the raw answer.
    pub async fn raw(&self, bytes: &[u8]) -> Result<Vec<u8>> {
        let link = self.inner.current_link().ok_or(Code::Unreachable)?;
        link.raw(bytes).await
    }

    /// Asks the server directly.
    pub async fn ask(&self, op: Op) -> Result<Answer> {
        self.inner.request(op).await
    }

    async fn renew_certificate_if_due(&self) {
        if let Err(error) = self.renew_certificate(false).await {
            tracing::warn!(%error, "the certificate was not renewed");
        }
    }

    /// Gets a new certificate for a new TLS key, if the present one is due or `always`.
    pub async fn renew_certificate(&self, always: bool) -> Result<()> {
        let approved = lock(&self.inner.profile).approved()?.clone();
        let due = crate::keys::certificate_ends(approved.certificate.as_slice())
            .is_none_or(|end| end.since(now()) < RENEW_BEFORE);
        if !due && !always {
            return Ok(());
        }
        // The request is bound to its connection: over a new one it is made anew.
        let renewal = async {
            loop {
                if let Some(fault) = self.inner.over() {
                    return Err(fault);
                }
                if let Some(link) = self.inner.current_link() {
                    match self.renew_over(&link).await {
                        Err(fault) if fault.code == Code::Unreachable => {}
                        other => return other,
                    }
                }
                tokio::time::sleep(RETRY.0).await;
            }
        };
        tokio::time::timeout(PATIENCE, renewal).await.unwrap_or_else(|_| Err(Code::Unreachable.into()))
    }

    async fn renew_over(&self, link: &Link) -> Result<()> {
        let (tls_key, request) = crate::keys::tls_key()?;
        let mut signed = link.exporter().to_vec();
        signed.extend_from_slice(request.as_slice());
        let signature = self.inner.with_vault(|vault| vault.contents.keys.signing.sign(RENEW, &signed))?;
        match link.request(Op::RenewCertificate { request, signature }).await? {
            Answer::Certificate(certificate) => {
                let mut profile = lock(&self.inner.profile);
                // One that is not for this key, or ends before the present one, would shut this device out.
                let ends = |der: &[u8]| crate::keys::certificate_ends(der);
                let lasts = ends(certificate.as_slice()) >= ends(profile.approved()?.certificate.as_slice());
                let authority = profile.public().authority.as_slice();
                if !lasts || crate::tls::main(authority, certificate.as_slice(), &tls_key).is_err() {
                    return Err(Code::NotAuthentic.into());
                }
                profile.renew(certificate, tls_key.to_vec())
            }
            _ => Err(Code::Malformed.into()),
        }
    }
}
