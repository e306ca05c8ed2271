//! What every connection shares: the state, the writer, the secrets, and the clock.

use std::sync::{Arc, Mutex, RwLock, RwLockReadGuard};

use bytes::Bytes;
use renkei_policy::group::Group;
use renkei_policy::registry::Effect;
use renkei_proto::access::{AccessTip, BadRecord};
use renkei_proto::code::Code;
use renkei_proto::frame::{Accepted, Fault, Sidecar};
use renkei_proto::id::{DeviceId, GroupId, TicketId, UserId};
use renkei_proto::statement::{self, Claim, LogId, Signed};
use renkei_proto::ticket::Bundle;
use renkei_proto::wording::Wording;
use renkei_store::{EmbeddedStore, JournalReader, Log, LogKey, OpenError, Options, Progress, ReadLimit, StoreError};

use crate::answers::{self, Answers};
use crate::calls::Rung;
use crate::clock::Clock;
use crate::files::{Files, Named};
use crate::hub::{Hub, Live, lock};
use crate::identity::Identity;
use crate::lockouts::Lockouts;
use crate::pace::{self, Pace};
use crate::passwords::Passwords;
use crate::recorder::{self, Recorder};
use crate::secrets::{Session, Vault};
use crate::sessions::Sessions;
use crate::world::{ACCESS, ANSWERS, FoldError, Trust, World, log_id, log_key};
use crate::writer::{Workshop, Writer, check_sidecar, read};

/// Entries read from the store at once when folding.
const READ: ReadLimit = ReadLimit { records: 512, bytes: 4 * 1_024 * 1_024 };

/// Why a server can't start, or a data directory doesn't verify.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store, later.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An entry is not what it must be.
    #[error("entry {seq} of log {log} does not hold: {error}")]
    Fold {
        /// Which log.
        log: LogKey,
        /// Which entry.
        seq: u64,
        /// What is wrong.
        error: FoldError,
    },
    /// Content is missing, and no entry says that it was erased.
    #[error("log {log} has bodies missing, and no entry of it says that it was erased")]
    Robbed {
        /// Which log.
        log: LogKey,
    },
    /// The record of access is not what it must be.
    #[error("record {seq} of access does not hold: {error}")]
    Access {
        /// Which record.
        seq: u64,
        /// What is wrong.
        error: BadRecord,
    },
    /// An answer to a broadcast is not what it must be.
    #[error("answer {seq} to a broadcast does not hold: {code}")]
    Answer {
        /// Which record.
        seq: u64,
        /// What is wrong.
        code: Code,
    },
    /// The server's keys.
    #[error(transparent)]
    Identity(#[from] crate::identity::IdentityError),
    /// The secrets.
    #[error("the secrets can't be used: {0}")]
    Secrets(Code),
    /// The files of groups.
    #[error(transparent)]
    Files(#[from] renkei_store::BlobError),
    /// A file that a message names is not there as it was accepted.
    #[error("a file of entry {seq} of group {group} is not there as it was accepted")]
    File {
        /// In which group.
        group: GroupId,
        /// Of which message.
        seq: u64,
    },
}

/// The running service.
pub struct Service {
    world: Arc<RwLock<World>>,
    pub(crate) writer: Writer,
    pub(crate) recorder: Recorder,
    /// How people are, after a broadcast.
    pub(crate) answers: Answers,
    pub(crate) log: Arc<dyn Log>,
    pub(crate) vault: Vault,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) files: Arc<Files>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) clock: Arc<Clock>,
    pub(crate) identity: Identity,
    pub(crate) passwords: Passwords,
    pub(crate) lockouts: Arc<Lockouts>,
    /// New passwords, by person.
    pub(crate) pace: Pace,
    /// Questions on the record of access, by person.
    pub(crate) questions: Pace,
    /// Messages with files, by person.
    pub(crate) posts: Pace,
    /// Answers to broadcasts, by person.
    pub(crate) words: Pace,
    /// What a person can do over and over in the registry.
    pub(crate) own_acts: Pace,
    /// What people were told last about urgent messages.
    pub(crate) rung: Mutex<Rung>,
    /// Held while credentials are read and written back, never across a wait.
    pub(crate) credentials: Mutex<()>,
    /// Held while a ticket is looked at and used up.
    pub(crate) tickets: Mutex<()>,
    /// Places for enrolments under way.
    pub(crate) enrolments: tokio::sync::Semaphore,
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Service")
    }
}

fn replay(log: &dyn Log, world: &mut World, (clock, files): (&Clock, &Files), key: LogKey) -> Result<(), StartError> {
    let mut seq = 0;
    loop {
        let records = log.read(key, seq, READ)?;
        if records.is_empty() {
            return Ok(());
        }
        for record in records {
            let time = world
                .replay(log_id(key), &record.entry, Trust::OwnJournal)
                .map_err(|error| StartError::Fold { log: key, seq: record.seq, error })?;
            clock.not_before(time);
            if clock.anchored().since(time) < renkei_proto::bounds::SENT_COUNTS {
                lock(&files.quota).note(log_id(key), &record.entry, clock.anchored());
            }
            seq = record.seq + 1;
        }
    }
}

impl Service {
    /// Opens the data directory, its store run by `options`, folds every log, and starts the writer.
    pub fn start(
        dir: &std::path::Path,
        options: &Options,
        identity: Identity,
        clock: Arc<Clock>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(Arc<Self>, tokio::task::JoinHandle<()>), StartError> {
        let store = Arc::new(EmbeddedStore::open(&dir.join("store"), options, progress)?);
        let log: Arc<dyn Log> = Arc::clone(&store) as Arc<dyn Log>;
        let vault = Vault::new(store);
        let files = Arc::new(Files::open(dir)?);
        let mut world = World::default();
        replay(&*log, &mut world, (&clock, &files), log_key(LogId::Registry))?;
        for (key, _) in log.logs()? {
            if ![log_key(LogId::Registry), ACCESS, ANSWERS].contains(&key) {
                replay(&*log, &mut world, (&clock, &files), key)?;
            }
        }
        let ledger = recorder::replay(&*log)?;
        clock.not_before(ledger.tip.time);
        let good = |session: &Session| {
            let reset = world.registry().now().user(session.user).and_then(|person| person.reset);
            reset.is_none_or(|seq| seq < session.registry)
        };
        let sessions = Sessions::load(&vault, &clock, good).map_err(StartError::Secrets)?;
        let sessions = Arc::new(sessions);
        let world = Arc::new(RwLock::new(world));
        let hub = Arc::new(Hub::default());
        let lockouts = Arc::new(Lockouts::load(&vault, &clock).map_err(StartError::Secrets)?);
        let workshop = Workshop {
            lockouts: Arc::clone(&lockouts),
            world: Arc::clone(&world),
            log: Arc::clone(&log),
            vault: vault.clone(),
            sessions: Arc::clone(&sessions),
            files: Arc::clone(&files),
            hub: Arc::clone(&hub),
            clock: Arc::clone(&clock),
        };
        finish_interrupted(&workshop).map_err(StartError::Secrets)?;
        let (recorder, recording) = Recorder::start(ledger, Arc::clone(&log), Arc::clone(&clock));
        let (answers, answering) = Answers::start(answers::replay(&*log)?, Arc::clone(&log));
        let (writer, writing) = Writer::start(workshop);
        let writing = tokio::spawn(async move { drop((writing.await, recording.await, answering.await)) });
        let passwords = Passwords::new(*identity.pepper()).map_err(StartError::Secrets)?;
        let service = Self {
            world,
            writer,
            recorder,
            answers,
            log,
            vault,
            sessions,
            files,
            hub,
            clock,
            identity,
            passwords,
            lockouts,
            pace: Pace::new(pace::NEW_PASSWORDS),
            questions: Pace::new(pace::QUESTIONS),
            posts: Pace::new(pace::POSTS),
            words: Pace::new(pace::WORDS),
            own_acts: Pace::new(pace::OWN_ACTS),
            rung: Mutex::default(),
            credentials: Mutex::new(()),
            tickets: Mutex::new(()),
            enrolments: crate::endpoint::enrolment_places(),
        };
        let service = Arc::new(service);
        // Before anybody is let in: a session in which nobody was while the server was down does not wait to be looked at.
        service.end_what_is_due();
        crate::presence::watch(&service);
        crate::files::watch(&service);
        Ok((service, writing))
    }

    /// The state, for a moment and never across a wait.
    pub(crate) fn world(&self) -> RwLockReadGuard<'_, World> {
        read(&self.world)
    }

    /// Appends a statement that somebody sent: reads it, checks the signature, and leaves the rest to the writer. A message with
    /// files needs a session.
    pub(crate) async fn submit(
        &self,
        live: Option<&Live>,
        signed: Signed,
        sidecar: Sidecar,
        permitted: impl FnOnce(&Claim) -> Result<(), Code>,
    ) -> Result<Accepted, Fault> {
        let verified = self.believe(signed, permitted)?;
        let statement = verified.statement();
        let named = statement.act.files();
        let owner = crate::files::owner(statement.log, &statement.act);
        let (false, Some(group), Some(device)) = (named.is_empty(), owner, statement.actor.device()) else {
            return Ok(self.writer.submit(verified, sidecar).await?);
        };
        check_sidecar(&verified, &sidecar)?;
        let user = statement.actor.user().ok_or(Code::WrongRole)?;
        let live = live.ok_or(Code::SessionRequired)?;
        self.post(live, verified, sidecar, (user, device), group).await
    }

    /// The same for a statement that publishes a text of the association, with the text.
    pub(crate) async fn publish(
        &self,
        signed: Signed,
        text: Wording,
        permitted: impl FnOnce(&Claim) -> Result<(), Code>,
    ) -> Result<Accepted, Code> {
        let verified = self.believe(signed, permitted)?;
        self.writer.publish(verified, text).await
    }

    fn believe(
        &self,
        signed: Signed,
        permitted: impl FnOnce(&Claim) -> Result<(), Code>,
    ) -> Result<statement::Verified, Code> {
        let claim = Claim::parse(signed).map_err(decode_code)?;
        permitted(&claim)?;
        self.world().registry().now().authenticate(claim).map_err(|refusal| refusal.0)
    }

    /// An entry of a log, as stored.
    pub(crate) fn entry(&self, log: LogId, seq: u64) -> Result<Option<Bytes>, Code> {
        let found =
            self.log.read(log_key(log), seq, ReadLimit { records: 1, bytes: 1 }).map_err(|error| store_code(&error))?;
        Ok(found.into_iter().next().filter(|record| record.seq == seq).map(|record| record.entry))
    }

    /// What is kept beside an entry.
    pub(crate) fn sidecar(&self, log: LogId, seq: u64) -> Result<Sidecar, Code> {
        let bytes = self.log.sidecar(log_key(log), seq).map_err(|error| store_code(&error))?.unwrap_or_default();
        if bytes.is_empty() {
            return Ok(Sidecar::default());
        }
        renkei_proto::codec::decode(&bytes).map_err(|_| Code::StorageFailed)
    }

    /// Whose device it is, if it may connect at all.
    pub(crate) fn owner(&self, device: DeviceId) -> Result<UserId, Code> {
        let world = self.world();
        let view = world.registry().now();
        let known = view.device(device).ok_or(Code::CertificateRequired)?;
        if known.wiped.is_some() {
            return Err(Code::DeviceWiped);
        }
        match view.may_act(known.user, device) {
            // Before its facility is admitted, a device may still look at its own application.
            Ok(_) | Err(renkei_policy::Refusal(Code::FacilityNotAdmitted)) => Ok(known.user),
            Err(refusal) => Err(refusal.0),
        }
    }

    /// Drops tickets that have expired.
    pub(crate) fn sweep_tickets(&self) -> Result<(), Code> {
        let now = self.clock.anchored();
        let mut expired: Vec<TicketId> = Vec::new();
        let mut in_vain: Vec<DeviceId> = Vec::new();
        for (id, ticket) in self.vault.tickets()?.into_iter().filter(|(_, ticket)| ticket.expires <= now) {
            expired.push(id);
            let bundle = ticket.offer.and_then(|offer| Bundle::decode(offer.bundle.as_slice()).ok());
            let device = bundle.map(|bundle| bundle.registration.device);
            in_vain.extend(device.filter(|device| self.world().registry().now().device(*device).is_none()));
        }
        if expired.is_empty() {
            return Ok(());
        }
        self.vault.delete_tickets(&expired, &in_vain).map(drop)
    }
}

/// A wipe, an ended ID, a suspension or an erasure that was durable when the server fell, but whose secrets, sessions or
/// content were not yet gone.
fn finish_interrupted(workshop: &Workshop) -> Result<(), Code> {
    let (wiped, ended): (Vec<DeviceId>, Vec<UserId>) = {
        let world = read(&workshop.world);
        let view = world.registry().now();
        let shares = workshop.vault.devices_with_share()?;
        let gone = |id: &DeviceId| view.device(*id).is_some_and(|device| device.wiped.is_some());
        let wiped = shares.iter().copied().filter(gone).collect();
        let users = shares.iter().filter_map(|id| view.device(*id)).map(|device| device.user);
        let gone = |user: &renkei_policy::registry::User| user.ended.is_some() || view.ended(user.facility).is_some();
        let ended = users.filter(|id| view.user(*id).is_some_and(gone)).collect();
        (wiped, ended)
    };
    let reset: Vec<UserId> = {
        let credentials = workshop.vault.all_credentials()?;
        let world = read(&workshop.world);
        let view = world.registry().now();
        let void =
            |id: &UserId, set_up: u64| view.user(*id).is_some_and(|user| user.reset.is_some_and(|seq| seq >= set_up));
        credentials.iter().filter(|(id, one)| void(id, one.registry)).map(|(id, _)| *id).collect()
    };
    let erased: Vec<GroupId> = {
        let world = read(&workshop.world);
        world.groups().filter(|group| group.erased().is_some()).map(Group::id).collect()
    };
    let let_go: Vec<u64> = {
        let world = read(&workshop.world);
        let deposits = world.registry().now().form_deposits();
        deposits.filter(|(_, deposit)| deposit.let_go.is_some()).map(|(at, _)| at).collect()
    };
    erased.into_iter().try_for_each(|id| workshop.eraser().erase(id))?;
    let_go.into_iter().try_for_each(|at| workshop.carry_out(Effect::FormScanLetGo(at)))?;
    reset.into_iter().try_for_each(|user| workshop.carry_out(Effect::Reset(user)))?;
    wiped.into_iter().try_for_each(|device| workshop.carry_out(Effect::Wiped(device)))?;
    ended.into_iter().try_for_each(|user| workshop.carry_out(Effect::Ended(user)))?;
    workshop.carry_out(Effect::Suspended)
}

pub(crate) fn store_code(error: &StoreError) -> Code {
    tracing::error!(%error, "the store can't be read");
    Code::StorageFailed
}

pub(crate) fn decode_code(error: renkei_proto::codec::DecodeError) -> Code {
    use renkei_proto::codec::DecodeError;
    match error {
        DecodeError::UnknownVersion => Code::UnknownVersion,
        DecodeError::TooLarge => Code::TooLarge,
        DecodeError::Malformed | DecodeError::Trailing | DecodeError::NotCanonical => Code::Malformed,
    }
}

/// What an offline check of a data directory has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// Logs with at least one entry.
    pub logs: u64,
    /// Entries in all.
    pub entries: u64,
    /// Records of access.
    pub access: u64,
    /// Files that posts name.
    pub files: u64,
    /// Bytes of an interrupted write at the end, which the next start cuts off. Never acknowledged.
    pub torn_bytes: u64,
}

/// Checks a data directory offline: every checksum, every link, every signature, every rule.
pub fn verify(dir: &std::path::Path) -> Result<Verified, StartError> {
    if !dir.join("store").join("journal").exists() {
        // Initialised and never served.
        crate::identity::Identity::load(dir)?;
        return Ok(Verified { logs: 0, entries: 0, access: 0, files: 0, torn_bytes: 0 });
    }
    let reader = JournalReader::open(&dir.join("store"))?;
    let mut world = World::default();
    let mut fault = None;
    let mut access = AccessTip::default();
    let mut named = Named::default();
    let mut answered = Vec::new();
    let summary = reader.read(&mut |record| {
        if record.log == ACCESS {
            if fault.is_none()
                && let Err(error) = access.follow(&record.entry)
            {
                fault = Some(StartError::Access { seq: record.seq, error });
            }
        } else if record.log == ANSWERS {
            answered.push((record.seq, record.entry.clone()));
        } else if fault.is_none()
            && let Err(error) = world.replay(log_id(record.log), &record.entry, Trust::Nothing)
        {
            fault = Some(StartError::Fold { log: record.log, seq: record.seq, error });
        } else {
            named.note(log_id(record.log), &record.entry);
        }
    })?;
    let robbed = world.robbed().map(|id| StartError::Robbed { log: log_key(LogId::Group(id)) });
    if let Some(error) = fault.or(robbed) {
        return Err(error);
    }
    let view = world.registry().now();
    for (seq, entry) in &answered {
        let believed = answers::read(entry).and_then(|(answer, signed)| answers::believe(view, &answer, &signed));
        believed.map_err(|code| StartError::Answer { seq: *seq, code })?;
    }
    let erased = |id, seq| match view.drawer_of(id) {
        Some(_) => view.form_deposit(seq).is_some_and(|deposit| deposit.let_go.is_some()),
        None => world.group(id).is_some_and(|(group, _)| group.erased().is_some()),
    };
    let files = named.check(&Files::open(dir)?, erased).map_err(|(group, seq)| StartError::File { group, seq })?;
    Ok(Verified {
        logs: summary.logs.saturating_sub(u64::from(access.size > 0) + u64::from(!answered.is_empty())),
        entries: summary.records.saturating_sub(access.size).saturating_sub(answered.len() as u64),
        access: access.size,
        files,
        torn_bytes: summary.torn_bytes,
    })
}
