//! The life of a connection: certificate → password and second factor → open → locked → ended (A2.1, A11.1, A11.6).
//!
//! A state machine without input or output: the server's connection driver tells it what happened and asks it what is
//! permitted. It knows neither sockets nor passwords.

use renkei_proto::code::Code;
use renkei_proto::id::{DeviceId, SessionId, UserId};
use renkei_proto::time::{DAY, Time};

use crate::{Refusal, require};

/// Seconds for which a certificate that has ended still lets its device's person sign in, to get a new one before anything
/// else: a year, for a parental leave or a long illness. Longer, and the administrator looks at the device again.
pub const CERTIFICATE_GRACE: u64 = 365 * DAY;

/// Whether a certificate that is good until `not_after`, excluded, is late at `now`; refused when it is too late.
pub fn certificate_is_late(not_after: Time, now: Time) -> Result<bool, Refusal> {
    let since = now.0.saturating_sub(not_after.0);
    require(now < not_after || since < CERTIFICATE_GRACE, Code::CertificateExpired)?;
    Ok(now >= not_after)
}

/// How far a connection has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The device has shown its certificate; the person is not signed in.
    Identified,
    /// Signed in.
    Open(SessionId),
    /// Signed in and locked: counts, no content.
    Locked(SessionId),
    /// Over. Only closing is left.
    Ended(Code),
}

/// What a request needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Nothing but the certificate: signing in itself.
    Certificate,
    /// A session, locked or not: to lock it or to end it.
    Session,
    /// An open session: everything with content or effect.
    OpenSession,
    /// An open session, also over a certificate that has ended: to get a new one.
    Renewal,
}

/// One connection of one device of one person: a certificate names both, and no other ID signs in over it (A11.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connection {
    user: UserId,
    device: DeviceId,
    stage: Stage,
    /// What a request without a session is told: why the last one is over.
    why: Code,
    /// Whether the certificate has ended: nothing but signing in and getting a new one works.
    late: bool,
}

impl Connection {
    /// A device has shown a certificate of the association.
    pub fn identified(user: UserId, device: DeviceId) -> Self {
        Self { user, device, stage: Stage::Identified, why: Code::SessionRequired, late: false }
    }

    /// The same with a certificate that has ended ([`certificate_is_late`]).
    #[must_use]
    pub fn late(self, late: bool) -> Self {
        Self { late, ..self }
    }

    /// Whose it is.
    pub fn user(&self) -> UserId {
        self.user
    }

    /// Which device.
    pub fn device(&self) -> DeviceId {
        self.device
    }

    /// How far it has come.
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// The session, open or locked.
    pub fn session(&self) -> Option<SessionId> {
        match self.stage {
            Stage::Open(session) | Stage::Locked(session) => Some(session),
            Stage::Identified | Stage::Ended(_) => None,
        }
    }

    /// Whether a request that needs `need` may be answered now.
    pub fn permit(&self, need: Need) -> Result<(), Refusal> {
        match (self.stage, need) {
            (Stage::Ended(code), _) => Err(Refusal(code)),
            (Stage::Open(_), Need::OpenSession) if self.late => Err(Code::CertificateExpired.into()),
            (Stage::Open(_), _) | (_, Need::Certificate) | (Stage::Locked(_), Need::Session) => Ok(()),
            (Stage::Locked(_), Need::OpenSession | Need::Renewal) => Err(Code::SessionLocked.into()),
            (Stage::Identified, Need::Session | Need::OpenSession | Need::Renewal) => Err(Refusal(self.why)),
        }
    }

    /// Whether the ID that wants to sign in is this device's own (A11.1). Another one's is refused like an unknown one.
    pub fn own_id(&self, user: UserId) -> Result<(), Refusal> {
        require(user == self.user, Code::SignInFailed)
    }

    /// Password and code were right, or the session was proven again.
    pub fn handle_signed_in(&mut self, session: SessionId) {
        if !matches!(self.stage, Stage::Ended(_)) {
            self.stage = Stage::Open(session);
            self.why = Code::SessionRequired;
        }
    }

    /// The person, or time, locks the session.
    pub fn handle_locked(&mut self) {
        if let Stage::Open(session) = self.stage {
            self.stage = Stage::Locked(session);
        }
    }

    /// The session is over but the device may sign in again on this connection.
    pub fn handle_signed_out(&mut self) {
        self.handle_session_over(Code::SessionRequired);
    }

    /// The session was ended by time, or by somebody who may, which `why` says.
    pub fn handle_session_over(&mut self, why: Code) {
        if self.session().is_some() {
            self.stage = Stage::Identified;
            self.why = why;
        }
    }

    /// The device or the person is cut off: nothing more on this connection.
    pub fn handle_cut(&mut self, code: Code) {
        self.stage = Stage::Ended(code);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USER: UserId = UserId([1; 16]);
    const SESSION: SessionId = SessionId([2; 16]);

    fn connection() -> Connection {
        Connection::identified(USER, DeviceId([3; 16]))
    }

    #[test]
    fn a11_1_no_other_persons_id_signs_in_over_a_devices_certificate() {
        assert_eq!(connection().own_id(USER), Ok(()));
        assert_eq!(connection().own_id(UserId([9; 16])), Err(Refusal(Code::SignInFailed)));
    }

    #[test]
    fn a02_1_content_needs_an_open_session() {
        let mut it = connection();
        assert_eq!(it.permit(Need::Certificate), Ok(()));
        assert_eq!(it.permit(Need::OpenSession), Err(Refusal(Code::SessionRequired)));
        it.handle_signed_in(SESSION);
        assert_eq!(it.permit(Need::OpenSession), Ok(()));
        it.handle_locked();
        assert_eq!(it.permit(Need::OpenSession), Err(Refusal(Code::SessionLocked)));
        assert_eq!(it.permit(Need::Session), Ok(()));
        it.handle_signed_in(SESSION);
        assert_eq!(it.permit(Need::OpenSession), Ok(()));
        it.handle_signed_out();
        assert_eq!(it.permit(Need::Session), Err(Refusal(Code::SessionRequired)));
    }

    #[test]
    fn a11_4_a_session_that_time_has_ended_says_so_until_the_next_sign_in() {
        let mut it = connection();
        it.handle_signed_in(SESSION);
        it.handle_session_over(Code::SessionExpired);
        assert_eq!(it.permit(Need::OpenSession), Err(Refusal(Code::SessionExpired)));
        it.handle_signed_in(SESSION);
        it.handle_signed_out();
        assert_eq!(it.permit(Need::OpenSession), Err(Refusal(Code::SessionRequired)));
    }

    #[test]
    fn a02_1_a_certificate_that_has_ended_serves_for_its_renewal_for_a_year() {
        let end = Time(1_800_000_000);
        assert_eq!(certificate_is_late(end, Time(end.0 - 1)), Ok(false));
        assert_eq!(certificate_is_late(end, end), Ok(true));
        assert_eq!(certificate_is_late(end, end.plus(CERTIFICATE_GRACE - 1)), Ok(true));
        assert_eq!(certificate_is_late(end, end.plus(CERTIFICATE_GRACE)), Err(Refusal(Code::CertificateExpired)));
        let mut it = connection().late(true);
        assert_eq!(it.permit(Need::Renewal), Err(Refusal(Code::SessionRequired)), "not before the sign-in");
        it.handle_signed_in(SESSION);
        assert_eq!(it.permit(Need::OpenSession), Err(Refusal(Code::CertificateExpired)));
        assert_eq!(it.permit(Need::Renewal), Ok(()));
        it.handle_locked();
        assert_eq!(it.permit(Need::Renewal), Err(Refusal(Code::SessionLocked)));
    }

    #[test]
    fn a12_3_a_connection_that_was_cut_answers_nothing_more() {
        let mut it = connection();
        it.handle_signed_in(SESSION);
        it.handle_cut(Code::DeviceWiped);
        it.handle_signed_in(SESSION);
        for need in [Need::Certificate, Need::Session, Need::OpenSession] {
            assert_eq!(it.permit(need), Err(Refusal(Code::DeviceWiped)));
        }
    }
}
