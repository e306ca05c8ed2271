//! Sessions: one for each signed-in device, surviving a restart of the server, proven by a key that never leaves the
//! device's memory.

use std::collections::HashMap;
use std::sync::Mutex;

use renkei_proto::code::Code;
use renkei_proto::id::SessionId;

use crate::hub::lock;
use crate::secrets::{Session, Vault};

/// All sessions.
pub(crate) struct Sessions(Mutex<HashMap<SessionId, Session>>);

impl Sessions {
    /// The sessions that were kept.
    pub(crate) fn load(vault: &Vault) -> Result<Self, Code> {
        Ok(Self(Mutex::new(vault.sessions()?.into_iter().collect())))
    }

    pub(crate) fn get(&self, id: SessionId) -> Option<Session> {
        lock(&self.0).get(&id).cloned()
    }

    /// Sessions for which `wanted` holds.
    pub(crate) fn find(&self, wanted: impl Fn(&Session) -> bool) -> Vec<SessionId> {
        lock(&self.0).iter().filter(|(_, session)| wanted(session)).map(|(&id, _)| id).collect()
    }

    /// Takes a session in that is durable, and forgets `ended` ones.
    pub(crate) fn replace(&self, id: SessionId, session: Session, ended: &[SessionId]) {
        let mut sessions = lock(&self.0);
        sessions.insert(id, session);
        for other in ended.iter().filter(|&other| *other != id) {
            sessions.remove(other);
        }
    }

    pub(crate) fn remove(&self, id: SessionId) {
        lock(&self.0).remove(&id);
    }

    /// Ends every session for which `wanted` holds and says which.
    pub(crate) fn end_where(&self, wanted: impl Fn(&Session) -> bool) -> Vec<SessionId> {
        let ids = self.find(wanted);
        let mut sessions = lock(&self.0);
        for id in &ids {
            sessions.remove(id);
        }
        ids
    }
}
