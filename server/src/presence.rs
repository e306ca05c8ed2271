//! Who is there: sessions lock and end by the server's clock, whatever their clients do (A11.4), and are listed and ended
//! one by one (A11.1).

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use renkei_policy::a11_presence::{Due, is_administrative, permit_sessions};
use renkei_policy::a11_session::Connection;
use renkei_policy::registry::a13_settings::Rules;
use renkei_proto::access::{Subject, What};
use renkei_proto::bounds;
use renkei_proto::bytes::List;
use renkei_proto::code::Code;
use renkei_proto::frame::{Fault, SessionRow};
use renkei_proto::id::{DeviceId, FacilityId, GroupId, SessionId, UserId};
use renkei_proto::statement::Statement;

use crate::access::{Access, access};
use crate::hub::Live;
use crate::secrets::Session;
use crate::service::Service;

/// How often it is looked whether a session is due. A session outlives its time by no more than this.
const LOOK: Duration = Duration::from_secs(1);

/// Looks after sessions for as long as the service lives.
pub(crate) fn watch(service: &Arc<Service>) {
    let service: Weak<Service> = Arc::downgrade(service);
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(LOOK).await;
            let Some(service) = service.upgrade() else { return };
            service.end_what_is_due();
            service.write_failures();
            service.ring();
        }
    });
}

impl Service {
    /// Locks and ends the sessions whose time has come, and ends those of own devices that are let in no longer (A12.6).
    pub(crate) fn end_what_is_due(&self) {
        let now = self.clock.elapsed();
        let (due, out): (Vec<(SessionId, Due)>, Vec<SessionId>) = {
            let world = self.world();
            let view = world.registry().now();
            // Once for each facility and not for each session: rules are folded from every setting that was ever made.
            let known: RefCell<HashMap<Option<FacilityId>, Rules>> = RefCell::default();
            let rules_for = |session: &Session| {
                let facility = view.user(session.user).map(|person| person.facility);
                *known.borrow_mut().entry(facility).or_insert_with(|| view.rules(facility))
            };
            let due = self.sessions.due(|session, presence| {
                let rules = rules_for(session);
                let kind = view.device(session.device).map(|device| device.registration.kind);
                let idle = kind.map_or(rules.idle_mobile, |kind| rules.idle(kind));
                presence.due(now, &rules, idle, session.locked)
            });
            let out = self.sessions.find(|session| {
                let refused = || view.may_sign_in(session.user, session.device).err().map(|refusal| refusal.0);
                !rules_for(session).own_devices && refused() == Some(Code::ByodNotAllowed)
            });
            (due, out)
        };
        let _turn = crate::hub::lock(&self.credentials);
        for id in out {
            self.end_in_memory(id, Code::ByodNotAllowed);
        }
        for (id, due) in due {
            match due {
                Due::Nothing => {}
                Due::Lock => {
                    if let (Some(session), Some(true)) = (self.sessions.get(id), self.lock_in_memory(id)) {
                        self.note_session(&session, What::LeftAlone { session: id });
                    }
                }
                Due::End => self.end_in_memory(id, Code::SessionExpired),
            }
        }
        if let Err(code) = self.sessions.write(&self.vault) {
            tracing::error!(%code, "sessions were locked or ended, and the disk does not know it yet");
        }
        if let Err(code) = self.sessions.write_presence(&self.vault, &self.clock) {
            tracing::error!(%code, "who is there can't be written: after a fall of the server, sessions come back locked");
        }
    }

    /// Puts on record what became of a session without its person's doing (A2.1).
    pub(crate) fn note_session(&self, session: &Session, what: What) {
        let who = Subject { user: Some(session.user), device: Some(session.device), source: None };
        match self.recorder.place() {
            Ok(place) => place.record(who, what),
            Err(_) => self.recorder.lost(),
        }
    }

    /// Ends a session at once, whether the disk can take it or not; its connections are told `code`.
    pub(crate) fn end_session(&self, id: SessionId, code: Code) -> Result<(), Fault> {
        let _turn = crate::hub::lock(&self.credentials);
        self.sessions.get(id).ok_or(Code::SessionEnded)?;
        self.end_in_memory(id, code);
        Ok(self.sessions.write(&self.vault)?)
    }

    /// Ends a session, with its disk still to be told.
    pub(crate) fn end_in_memory(&self, id: SessionId, code: Code) {
        let Some(session) = self.sessions.remove(id) else { return };
        tracing::info!(device = %session.device, %code, "a session ended");
        if code != Code::SessionRequired {
            self.note_session(&session, What::SessionEnded { session: id, code });
        }
        self.hub.with_session(id, |connection| connection.handle_session_over(code));
    }

    /// The person of this session is there.
    pub(crate) fn touch(&self, live: &Live) -> Result<(), Fault> {
        let session = live.with_quietly(Connection::session).ok_or(Code::SessionRequired)?;
        let now = self.clock.elapsed();
        self.sessions.with(session, |held| held.presence.touch(now)).ok_or(Code::SessionEnded)?;
        Ok(())
    }

    /// Whether the session of this connection may do what `statement` does (A11.6).
    pub(crate) fn permit_statement(&self, live: &Live, statement: &Statement) -> Result<(), Code> {
        if is_administrative(statement) { self.permit_administration(live) } else { Ok(()) }
    }

    /// Whether the code of this connection's session is fresh.
    pub(crate) fn permit_administration(&self, live: &Live) -> Result<(), Code> {
        let session = live.with_quietly(Connection::session).ok_or(Code::SessionRequired)?;
        let now = self.clock.elapsed();
        let permitted = self.sessions.with(session, |held| held.presence.permit_administration(now));
        permitted.ok_or(Code::SessionEnded)?.map_err(|refusal| refusal.0)
    }

    /// The sessions of a person, for whom that is.
    pub(crate) fn sessions_of(
        &self,
        live: &Live,
        user: UserId,
    ) -> Result<List<SessionRow, { bounds::SESSIONS }>, Fault> {
        self.permit_sessions(live, user)?;
        let now = self.clock.elapsed();
        let rows = self.sessions.rows(user, now);
        Ok(List::new(rows).map_err(|_| Code::TooLarge)?)
    }

    /// Ends one of them.
    pub(crate) fn end_session_of(&self, live: &Live, user: UserId, id: SessionId) -> Result<(), Fault> {
        self.permit_sessions(live, user)?;
        if user != live.user() {
            self.permit_administration(live)?;
        }
        self.sessions.get(id).filter(|session| session.user == user).ok_or(Code::Unknown)?;
        self.end_session(id, Code::SessionEnded)
    }

    fn permit_sessions(&self, live: &Live, user: UserId) -> Result<(), Fault> {
        let world = self.world();
        let view = world.registry().now();
        view.may_act(live.user(), live.device()).map_err(|refusal| refusal.0)?;
        permit_sessions(view, live.user(), user, self.clock.utc()).map_err(|refusal| refusal.0)?;
        Ok(())
    }

    /// How many messages each group of this person has: all that a locked session is told (A11.4).
    pub(crate) fn counts(
        &self,
        user: UserId,
        device: DeviceId,
    ) -> Result<List<(GroupId, u64), { bounds::LOGS_FOLLOWED }>, Fault> {
        self.sessions.of_device(device).filter(|(_, session)| session.user == user).ok_or(Code::SessionRequired)?;
        let world = self.world();
        let view = world.registry().now();
        let standing = view.may_act(user, device).map_err(|refusal| refusal.0)?;
        let now = self.clock.utc();
        let groups = world.groups_of(user, standing.facility, false);
        let read = |id: &GroupId| {
            let (group, _) = world.group(*id)?;
            let whole = matches!(access(group, view, &standing, now), Some(Access::Whole));
            whole.then(|| (*id, group.messages()))
        };
        let counts: Vec<(GroupId, u64)> = groups.iter().filter_map(read).take(bounds::LOGS_FOLLOWED).collect();
        Ok(List::new(counts).map_err(|_| Code::TooLarge)?)
    }
}
