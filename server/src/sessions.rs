//! Sessions: one for each signed-in device, surviving a restart of the server, proven by a key that never leaves the
//! device's memory.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;
use std::time::Duration;

use renkei_policy::a11_lockout::Monotonic;
use renkei_policy::a11_presence::{Due, Presence};
use renkei_proto::code::Code;
use renkei_proto::frame::SessionRow;
use renkei_proto::id::{DeviceId, SessionId, UserId};
use renkei_proto::time::Time;

use crate::clock::Clock;
use crate::hub::lock;
use crate::presence_log::{self, Seen};
use crate::secrets::{Session, Vault};

/// A session, and when its person was there: the first is on disk, of the second what was so half a minute ago.
#[derive(Clone)]
pub(crate) struct Held {
    pub(crate) session: Session,
    pub(crate) presence: Presence,
}

/// All sessions. What locks or ends one holds at once in memory, and is written after that: a disk that is full keeps
/// nobody's session open.
#[derive(Default)]
pub(crate) struct Sessions {
    held: Mutex<HashMap<SessionId, Held>>,
    /// Those of which the disk knows less.
    unwritten: Mutex<HashSet<SessionId>>,
    /// When presence was written last.
    presence: Mutex<Monotonic>,
}

impl Sessions {
    /// The sessions that were kept and are still `good`, with the idle time that each has had by now.
    pub(crate) fn load(vault: &Vault, clock: &Clock, good: impl Fn(&Session) -> bool) -> Result<Self, Code> {
        let (utc, date, now) = (clock.utc(), clock.presence(), clock.elapsed());
        let seen: HashMap<SessionId, Time> = match vault.kept(presence_log::NAME)? {
            Some(Seen::V1(seen)) => seen.into_iter().collect(),
            None => HashMap::new(),
        };
        let held = |id: SessionId, session: Session| {
            let age = Duration::from_secs(utc.since(session.since));
            let idle = Seen::idle(seen.get(&id).copied(), date);
            Held { presence: Presence::restored(now, age, idle), session }
        };
        let (kept, void): (Vec<_>, Vec<_>) = vault.sessions()?.into_iter().partition(|(_, session)| good(session));
        let unwritten = void.into_iter().map(|(id, _)| id).collect();
        let kept = kept.into_iter().map(|(id, session)| (id, held(id, session))).collect();
        Ok(Self { held: Mutex::new(kept), unwritten: Mutex::new(unwritten), presence: Mutex::new(now) })
    }

    /// When everybody was last there, and `here`'s person now: to be written with that session. Under the turn of
    /// `credentials`, so that no earlier list replaces a later one.
    pub(crate) fn seen(&self, clock: &Clock, here: Option<SessionId>) -> Seen {
        let (date, now) = (clock.presence(), clock.elapsed());
        let sessions = lock(&self.held);
        let others = sessions.iter().filter(|(id, _)| Some(**id) != here);
        let others = others.map(|(&id, held)| (id, Seen::date(held.presence.seen(), now, date)));
        let mut all: Vec<_> = others.chain(here.map(|id| (id, date))).collect();
        all.sort_unstable();
        Seen::V1(all)
    }

    /// Writes when everybody was there, if somebody has been since the last time and that is a while ago.
    pub(crate) fn write_presence(&self, vault: &Vault, clock: &Clock) -> Result<(), Code> {
        let now = clock.elapsed();
        let last = *lock(&self.presence);
        let somebody = || lock(&self.held).values().any(|held| !held.session.locked && held.presence.seen() > last);
        if now.saturating_sub(last) < presence_log::EVERY || !somebody() {
            return Ok(());
        }
        drop(vault.keep(presence_log::NAME, &self.seen(clock, None))?);
        *lock(&self.presence) = now;
        Ok(())
    }

    /// The disk knows less of this session than it should.
    pub(crate) fn behind(&self, id: SessionId) {
        lock(&self.unwritten).insert(id);
    }

    /// Writes what the disk does not know yet, all in one go. What can't be written is tried again by the next one.
    pub(crate) fn write(&self, vault: &Vault) -> Result<(), Code> {
        let behind: Vec<SessionId> = lock(&self.unwritten).iter().copied().collect();
        if behind.is_empty() {
            return Ok(());
        }
        let (mut kept, mut gone) = (Vec::new(), Vec::new());
        for id in &behind {
            match self.get(*id) {
                Some(session) => kept.push((*id, session)),
                None => gone.push(*id),
            }
        }
        drop(vault.write_sessions(&kept, &gone)?);
        let mut unwritten = lock(&self.unwritten);
        unwritten.retain(|id| !behind.contains(id));
        Ok(())
    }

    pub(crate) fn get(&self, id: SessionId) -> Option<Session> {
        lock(&self.held).get(&id).map(|held| held.session.clone())
    }

    /// Sessions for which `wanted` holds.
    pub(crate) fn find(&self, wanted: impl Fn(&Session) -> bool) -> Vec<SessionId> {
        lock(&self.held).iter().filter(|(_, held)| wanted(&held.session)).map(|(&id, _)| id).collect()
    }

    /// The session of a device.
    pub(crate) fn of_device(&self, device: DeviceId) -> Option<(SessionId, Session)> {
        let sessions = lock(&self.held);
        sessions.iter().find(|(_, held)| held.session.device == device).map(|(&id, held)| (id, held.session.clone()))
    }

    /// The sessions of a person on other devices than `device`, the oldest first.
    pub(crate) fn elsewhere(&self, user: UserId, device: DeviceId) -> Vec<SessionId> {
        let sessions = lock(&self.held);
        let mut found: Vec<(Time, SessionId)> = sessions
            .iter()
            .filter(|(_, held)| held.session.user == user && held.session.device != device)
            .map(|(&id, held)| (held.session.since, id))
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, id)| id).collect()
    }

    /// What is due to each session, where anything is.
    pub(crate) fn due(&self, due: impl Fn(&Session, &Presence) -> Due) -> Vec<(SessionId, Due)> {
        let sessions = lock(&self.held);
        let judged = sessions.iter().map(|(&id, held)| (id, due(&held.session, &held.presence)));
        judged.filter(|(_, due)| *due != Due::Nothing).collect()
    }

    /// The sessions of a person, as they are listed.
    pub(crate) fn rows(&self, user: UserId, now: Monotonic) -> Vec<SessionRow> {
        let sessions = lock(&self.held);
        let mut rows: Vec<SessionRow> = sessions
            .iter()
            .filter(|(_, held)| held.session.user == user)
            .map(|(&id, held)| SessionRow {
                session: id,
                device: held.session.device,
                since: held.session.since,
                idle: u32::try_from(held.presence.idle(now).as_secs()).unwrap_or(u32::MAX),
                locked: held.session.locked,
            })
            .collect();
        rows.sort_by_key(|row| (row.since, row.session));
        rows
    }

    /// Looks at a session or changes what is known of its person's presence.
    pub(crate) fn with<T>(&self, id: SessionId, change: impl FnOnce(&mut Held) -> T) -> Option<T> {
        lock(&self.held).get_mut(&id).map(change)
    }

    /// Takes a session in that is durable, and forgets `ended` ones.
    pub(crate) fn replace(&self, id: SessionId, session: Session, presence: Presence, ended: &[SessionId]) {
        let mut sessions = lock(&self.held);
        sessions.insert(id, Held { session, presence });
        for other in ended.iter().filter(|&other| *other != id) {
            sessions.remove(other);
        }
    }

    /// Takes a session out.
    pub(crate) fn remove(&self, id: SessionId) -> Option<Session> {
        let held = lock(&self.held).remove(&id)?;
        self.behind(id);
        Some(held.session)
    }

    /// Ends every session for which `wanted` holds and says which.
    pub(crate) fn end_where(&self, wanted: impl Fn(&Session) -> bool) -> Vec<SessionId> {
        let ids = self.find(wanted);
        let mut sessions = lock(&self.held);
        for id in &ids {
            sessions.remove(id);
        }
        ids
    }
}
