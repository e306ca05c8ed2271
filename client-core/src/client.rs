//! A signed-in device: it keeps a connection, follows the logs, and carries out what the person does.

mod asking;
mod following;
mod submitting;

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use renkei_policy::registry::Standing;
use renkei_proto::act::Act;
use renkei_proto::code::Code;
use renkei_proto::frame::{Accepted, Answer, Details, Fault, Op, Password, Sidecar};
use renkei_proto::heads::SignedHeads;
use renkei_proto::id::{AssociationId, DeviceId, SessionId, UserId};
use renkei_proto::key::{SealingPublic, SigningSecret};
use renkei_proto::statement::{ActingFor, Head, LogId, Role, Statement};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::Result;
use crate::cache;
use crate::clock::Clock;
use crate::link::Link;
use crate::profile::Profile;
use crate::replica::Replica;
use crate::seeing::Seeing;
use crate::vault::Vault;

use asking::Tried;

/// Between two attempts to reach the server again: the first, and the longest. An attempt lasts for seconds itself and
/// knocks several times, so that a way that is open again is found within some eight seconds, and within six in the first
/// half minute; a whole district that comes back at once is spread over as long.
const RETRY: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(4));

/// A request is repeated over new connections for so long before the person is told that the server can't be reached.
const PATIENCE: Duration = Duration::from_secs(20);

/// A certificate is renewed when less than this is left of it, in seconds.
const RENEW_BEFORE: u64 = 20 * renkei_proto::time::DAY;

/// And when more than this is left of it: the server gives a month, unless it was started with a clock that was ahead.
const RENEW_BEYOND: u64 = 40 * 24 * 3600;

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
    /// What the server said last about urgent messages.
    pub(crate) rung: watch::Sender<crate::calls::Rung>,
    /// One statement at a time: the next one's counter and heads build on it.
    pub(crate) writing: tokio::sync::Mutex<()>,
    /// Taken before any other lock, by what keeps the vault with the heads as they are.
    saving: Mutex<()>,
    pub(crate) touched: crate::sessions::Touched,
    pub(crate) names: Mutex<BTreeMap<UserId, Details>>,
    pub(crate) sealing_keys: Mutex<BTreeMap<DeviceId, SealingPublic>>,
    pub(crate) seeing: Seeing,
    /// Files that are open here.
    pub(crate) open_files: crate::viewing::OpenFiles,
    /// Sendings of files that are under way here.
    pub(crate) under_way: crate::sending::UnderWay,
    pub(crate) outbox: crate::outbox::Outbox,
    /// What has been opened, folded, to be searched.
    pub(crate) index: crate::search::Index,
    /// What there is to say of groups that this device keeps nothing of.
    pub(crate) words: Mutex<crate::gone::Kept>,
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
        self.inner.open_files.close();
        if let Some(link) = self.inner.link.borrow().as_ref() {
            link.close();
        }
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Inner {
    pub(crate) fn replica(&self) -> MutexGuard<'_, Replica> {
        lock(&self.replica)
    }

    /// Uses the open vault; refused once the device is locked.
    pub(crate) fn with_vault<T>(&self, use_it: impl FnOnce(&mut Vault) -> T) -> Result<T> {
        lock(&self.vault).as_mut().map(use_it).ok_or_else(|| Code::VaultClosed.into())
    }

    /// The keys and everything that is open leave memory.
    fn close_vault(&self) {
        drop(lock(&self.vault).take());
        self.index.clear();
        self.open_files.close();
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
        self.request_for(op, PATIENCE).await
    }

    /// The same with another patience than the usual one.
    pub(crate) async fn request_for(&self, op: Op, patience: Duration) -> Result<Answer> {
        let op = &op;
        let try_once = || async move {
            let mut links = self.link.subscribe();
            if let Some(fault) = self.over() {
                return Tried::Over(fault);
            }
            let Some(link) = self.current_link() else {
                drop(tokio::time::timeout(asking::AGAIN.0, links.changed()).await);
                return Tried::Away;
            };
            Tried::Asked(link.request(op.clone()).await)
        };
        asking::until_answered(patience, try_once).await
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

    /// Keeps the vault with the heads as they are now.
    pub(crate) fn save(&self) -> Result<()> {
        // One at a time from the look to the disk: an older look written over a newer one would lower heads that were seen, and
        // take back what the person has forgiven.
        let _turn = self.turn_to_save();
        let remembered = Remembered::of(&self.replica());
        self.write_vault(remembered)?;
        self.keep_registry(false)
    }

    /// Whoever has this is the only one who keeps the vault. Taken before the replica, which is taken before the vault.
    fn turn_to_save(&self) -> MutexGuard<'_, ()> {
        lock(&self.saving)
    }

    fn write_vault(&self, Remembered { heads, signed, distrusted }: Remembered) -> Result<()> {
        self.with_vault(|vault| {
            vault.contents.heads = heads;
            vault.contents.distrusted = distrusted;
            if signed.is_some() {
                vault.contents.signed = signed;
            }
            vault.save()
        })?
    }
}

/// What the next session is to know of the logs.
struct Remembered {
    /// How far they went.
    heads: BTreeMap<LogId, Head>,
    /// What the server signed of that last.
    signed: Option<SignedHeads>,
    /// What did not hold.
    distrusted: BTreeMap<LogId, Code>,
}

impl Remembered {
    fn of(replica: &Replica) -> Self {
        Self {
            heads: replica.heads(),
            signed: replica.witness().signed().cloned(),
            distrusted: replica.distrusted().clone(),
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
            rung: watch::Sender::default(),
            writing: tokio::sync::Mutex::new(()),
            saving: Mutex::default(),
            touched: crate::sessions::Touched::default(),
            names: Mutex::new(BTreeMap::new()),
            sealing_keys: Mutex::new(BTreeMap::new()),
            seeing: Seeing::default(),
            open_files: crate::viewing::OpenFiles::default(),
            under_way: crate::sending::UnderWay::default(),
            outbox: crate::outbox::Outbox::default(),
            index: crate::search::Index::default(),
            words: Mutex::default(),
        });
        let following = Arc::clone(&inner);
        let keeping = Arc::clone(&inner);
        let telling = Arc::clone(&inner);
        let sending = Self { inner: Arc::clone(&inner), tasks: Vec::new() };
        let handing = Self { inner: Arc::clone(&inner), tasks: Vec::new() };
        let tasks = vec![
            tokio::spawn(async move { following.run(link).await }),
            tokio::spawn(async move { keeping.keep_house().await }),
            tokio::spawn(async move { telling.keep_marks().await }),
            tokio::spawn(async move { handing.keep_details().await }),
            tokio::spawn(async move { sending.keep_sending().await }),
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

    /// The time by this device's clock.
    pub fn now(&self) -> renkei_proto::time::Time {
        self.inner.clock.now()
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
        self.lock_here().await
    }

    /// The same while something is under way that holds the client too: it is refused from now on.
    pub async fn lock_here(&self) -> Result<()> {
        self.inner.save()?;
        self.inner.keep_registry(true)?;
        // First of all the keys leave memory, whether the server can be reached or not.
        self.inner.close_vault();
        let locked = self.inner.request(Op::Lock).await;
        locked.map(|_| ())
    }

    /// Signs out. Nothing is lost: the vault stays, sealed.
    pub async fn sign_out(self) -> Result<()> {
        self.sign_out_here().await
    }

    /// The same while something is under way that holds the client too.
    pub async fn sign_out_here(&self) -> Result<()> {
        self.inner.save()?;
        self.inner.keep_registry(true)?;
        self.inner.close_vault();
        let ended = self.inner.request(Op::SignOut).await;
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
        let left =
            crate::keys::certificate_ends(approved.certificate.as_slice()).map(|end| end.since(self.inner.clock.now()));
        let due = left.is_none_or(|left| !(RENEW_BEFORE..=RENEW_BEYOND).contains(&left));
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
        let signing = self.inner.with_vault(|vault| vault.contents.keys.signing.clone())?;
        let present = lock(&self.inner.profile).clone();
        let held = (self.inner.session, &self.inner.session_key);
        let (renewed, tried) = crate::renewal::renew(&present, &signing, link, held).await?;
        tried.close();
        *lock(&self.inner.profile) = renewed;
        Ok(())
    }
}
