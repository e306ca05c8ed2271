//! The connections of the moment: who is woken when a log grows, and who is cut off.
//!
//! A connection holds positions in logs, never a queue of messages. To be woken it needs only a mark for each log that
//! grew; a slow reader finds the same marks later and catches up from the log.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use renkei_policy::Refusal;
use renkei_policy::a11_session::{Connection, Need};
use renkei_proto::code::Code;
use renkei_proto::id::{DeviceId, GroupId, SessionId, UserId};
use tokio::sync::Notify;

/// Connections of one device at once: the one in use, and some that it has lost without the server knowing yet.
const CONNECTIONS_OF_A_DEVICE: usize = 4;

/// A lock whose data stays usable if a holder panicked: none of the holders leaves it half changed.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What has happened since a connection last looked.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Marks {
    /// The registry grew, or the person's standing changed: look at everything.
    pub(crate) all: bool,
    /// These groups grew.
    pub(crate) groups: HashSet<GroupId>,
    /// The client asks for signed heads.
    pub(crate) heads: bool,
    /// Something about urgent messages is to be told (U1).
    pub(crate) calls: bool,
}

/// One live connection of the main protocol.
#[derive(Debug)]
pub(crate) struct Live {
    number: u64,
    quic: quinn::Connection,
    connection: Mutex<Connection>,
    marks: Mutex<Marks>,
    wake: Notify,
}

impl Live {
    pub(crate) fn user(&self) -> UserId {
        lock(&self.connection).user()
    }

    pub(crate) fn device(&self) -> DeviceId {
        lock(&self.connection).device()
    }

    /// The session, open or locked.
    pub(crate) fn session(&self) -> Option<SessionId> {
        lock(&self.connection).session()
    }

    pub(crate) fn permit(&self, need: Need) -> Result<(), Refusal> {
        lock(&self.connection).permit(need)
    }

    /// Changes or asks the state machine, for a moment and without waiting.
    pub(crate) fn with<T>(&self, ask: impl FnOnce(&mut Connection) -> T) -> T {
        let answer = ask(&mut lock(&self.connection));
        self.mark_all();
        answer
    }

    /// Asks the state machine without waking anybody: for what comes often and changes nothing.
    pub(crate) fn with_quietly<T>(&self, ask: impl FnOnce(&Connection) -> T) -> T {
        ask(&lock(&self.connection))
    }

    /// Ends the connection with a reason that the client understands.
    pub(crate) fn cut(&self, code: Code) {
        self.with(|connection| connection.handle_cut(code));
        close(&self.quic, code);
    }

    /// Returns when the connection is over.
    pub(crate) async fn gone(&self) {
        drop(self.quic.closed().await);
    }

    fn mark_all(&self) {
        lock(&self.marks).all = true;
        self.wake.notify_one();
    }

    /// The client asks for signed heads before they are due.
    pub(crate) fn want_heads(&self) {
        lock(&self.marks).heads = true;
        self.wake.notify_one();
    }

    fn mark_calls(&self) {
        lock(&self.marks).calls = true;
        self.wake.notify_one();
    }

    fn mark(&self, group: GroupId) {
        lock(&self.marks).groups.insert(group);
        self.wake.notify_one();
    }

    /// Waits until there is something, and takes the marks.
    pub(crate) async fn marks(&self) -> Marks {
        loop {
            let marks = std::mem::take(&mut *lock(&self.marks));
            if marks != Marks::default() {
                return marks;
            }
            self.wake.notified().await;
        }
    }
}

/// Closes a QUIC connection with `code` as its application error.
pub(crate) fn close(quic: &quinn::Connection, code: Code) {
    quic.close(quinn::VarInt::from_u32(u32::from(code.number())), code.name().as_bytes());
}

/// All live connections.
#[derive(Debug, Default)]
pub(crate) struct Hub {
    next: AtomicU64,
    live: Mutex<HashMap<u64, Arc<Live>>>,
    /// Connections that were sent something of a group, and get what is new.
    followers: Mutex<HashMap<GroupId, HashSet<u64>>>,
}

impl Hub {
    /// A new connection. The oldest of a device that has too many gives way.
    pub(crate) fn join(&self, quic: quinn::Connection, identified: Connection) -> Arc<Live> {
        let device = identified.device();
        let live = Arc::new(Live {
            number: self.next.fetch_add(1, Ordering::Relaxed),
            quic,
            connection: Mutex::new(identified),
            marks: Mutex::new(Marks::default()),
            wake: Notify::new(),
        });
        let crowded = {
            let mut all = lock(&self.live);
            all.insert(live.number, Arc::clone(&live));
            let mut same: Vec<Arc<Live>> = all.values().filter(|one| one.device() == device).cloned().collect();
            same.sort_by_key(|one| one.number);
            same.truncate(same.len().saturating_sub(CONNECTIONS_OF_A_DEVICE));
            same
        };
        for one in crowded {
            one.cut(Code::Busy);
        }
        live
    }

    /// A connection is over.
    pub(crate) fn leave(&self, live: &Live) {
        lock(&self.live).remove(&live.number);
        let mut followers = lock(&self.followers);
        followers.retain(|_, numbers| {
            numbers.remove(&live.number);
            !numbers.is_empty()
        });
    }

    /// From now on `live` is woken when `group` grows.
    pub(crate) fn follow(&self, live: &Live, group: GroupId) {
        lock(&self.followers).entry(group).or_default().insert(live.number);
    }

    /// `group` is no longer for `live`.
    pub(crate) fn unfollow(&self, live: &Live, group: GroupId) {
        if let Some(numbers) = lock(&self.followers).get_mut(&group) {
            numbers.remove(&live.number);
        }
    }

    /// A group grew by messages or keys alone.
    pub(crate) fn wake_group(&self, group: GroupId) {
        let numbers: Vec<u64> =
            lock(&self.followers).get(&group).map(|numbers| numbers.iter().copied().collect()).unwrap_or_default();
        let live = lock(&self.live);
        for one in numbers.iter().filter_map(|number| live.get(number)) {
            one.mark(group);
        }
    }

    /// The registry or the government of a group changed: anybody may be concerned.
    pub(crate) fn wake_all(&self) {
        for live in lock(&self.live).values() {
            live.mark_all();
        }
    }

    /// These people are to be told what urgent messages are to them now.
    pub(crate) fn mark_calls(&self, users: &HashSet<UserId>) {
        for live in lock(&self.live).values().filter(|live| users.contains(&live.user())) {
            live.mark_calls();
        }
    }

    fn select(&self, wanted: impl Fn(&Live) -> bool) -> Vec<Arc<Live>> {
        lock(&self.live).values().filter(|live| wanted(live)).cloned().collect()
    }

    /// Cuts a device off.
    pub(crate) fn cut_device(&self, device: DeviceId, code: Code) {
        self.select(|live| live.device() == device).iter().for_each(|live| live.cut(code));
    }

    /// Cuts a person off.
    pub(crate) fn cut_user(&self, user: UserId, code: Code) {
        self.select(|live| live.user() == user).iter().for_each(|live| live.cut(code));
    }

    /// Cuts off everybody whom `why` gives a reason.
    pub(crate) fn cut_where(&self, why: impl Fn(UserId, DeviceId) -> Option<Code>) {
        for live in self.select(|_| true) {
            if let Some(code) = why(live.user(), live.device()) {
                live.cut(code);
            }
        }
    }

    /// Tells every connection of `session` what became of it.
    pub(crate) fn with_session(&self, session: SessionId, change: impl Fn(&mut Connection)) {
        let of_session = self.select(|live| lock(&live.connection).session() == Some(session));
        for live in &of_session {
            live.with(&change);
        }
    }

    /// Closes everything.
    pub(crate) fn close_all(&self, code: Code) {
        self.select(|_| true).iter().for_each(|live| live.cut(code));
    }
}
