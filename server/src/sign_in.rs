//! Signing in: device certificate (already shown) → password → code → session and share (A2.1, A9.1, A11).

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;

use rand_core::{OsRng, RngCore as _};
use renkei_policy::a11_lockout::{Counted, Lockout, Monotonic};
use renkei_policy::{a11_password, a11_second_factor};
use renkei_proto::bytes::List;
use renkei_proto::code::Code;
use renkei_proto::frame::{Fault, Password, RESUME, Secret32, TotpSecret};
use renkei_proto::id::{DeviceId, SessionId, UserId};
use renkei_proto::key::{Signature, SigningPublic};

use crate::hub::{Live, lock};
use crate::secrets::{Credentials, Session};
use crate::service::Service;

/// Lockouts remembered at once. When there are more, the oldest that weigh nothing go first.
const REMEMBERED: usize = 100_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Who {
    Id(UserId),
    Device(DeviceId),
    Source(IpAddr),
    /// Whoever tries enrolment tickets from there: counted apart, so that no stranger locks people out.
    Tickets(IpAddr),
}

impl Who {
    const fn counted(self) -> Counted {
        match self {
            Self::Id(_) => Counted::Id,
            Self::Device(_) => Counted::Device,
            Self::Source(_) | Self::Tickets(_) => Counted::Source,
        }
    }
}

/// Failures by ID, device and source (A11.5).
#[derive(Debug, Default)]
pub(crate) struct Lockouts(Mutex<HashMap<Who, Lockout>>, Mutex<()>);

/// `IPv6` gives one household 2⁶⁴ addresses: they count as one source.
fn place(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(six) => IpAddr::V6((u128::from(six) & !u128::from(u64::MAX)).into()),
    }
}

/// An attempt that is counted as failed until it is known to be right.
struct Attempt {
    before: Vec<(Who, Lockout)>,
}

impl Lockouts {
    fn permit(&self, all: &[Who], now: Monotonic) -> Result<(), Fault> {
        let lockouts = lock(&self.0);
        let wait = all.iter().filter_map(|who| lockouts.get(who)?.permit(now).err()).max();
        wait.map_or(Ok(()), |seconds| Err(Fault { retry_after: Some(seconds), ..Code::TryLater.into() }))
    }

    /// Permits an attempt and counts it as failed at once: however many are made at the same time, no more get through
    /// than one after the other would.
    fn attempt(&self, all: &[Who], now: Monotonic) -> Result<Attempt, Fault> {
        let _one_at_a_time = lock(&self.1);
        self.permit(all, now)?;
        let before = {
            let lockouts = lock(&self.0);
            let known = |who: &Who| lockouts.get(who).copied().unwrap_or_else(|| Lockout::new(who.counted()));
            all.iter().map(|who| (*who, known(who))).collect()
        };
        self.failed(all, now);
        Ok(Attempt { before })
    }

    /// The attempt was not a wrong guess.
    fn refund(&self, attempt: &Attempt) {
        let mut lockouts = lock(&self.0);
        for (who, before) in &attempt.before {
            if let Some(lockout) = lockouts.get_mut(who) {
                lockout.refund(before);
            }
        }
    }

    fn failed(&self, all: &[Who], now: Monotonic) {
        let mut lockouts = lock(&self.0);
        if lockouts.len() >= REMEMBERED {
            lockouts.retain(|_, lockout| !lockout.forgotten(now) && lockout.permit(now).is_err());
        }
        for who in all {
            lockouts.entry(*who).or_insert_with(|| Lockout::new(who.counted())).failed(now);
        }
    }

    fn succeeded(&self, attempt: &Attempt) {
        self.refund(attempt);
        let mut lockouts = lock(&self.0);
        for (who, _) in &attempt.before {
            if let Some(lockout) = lockouts.get_mut(who) {
                lockout.succeeded();
            }
        }
    }

    /// A source that tried tickets may try another.
    pub(crate) fn permit_ticket(&self, address: IpAddr, now: Monotonic) -> Result<(), Fault> {
        self.permit(&[Who::Tickets(place(address))], now)
    }

    /// A ticket was refused to this source.
    pub(crate) fn ticket_refused(&self, address: IpAddr, now: Monotonic) {
        self.failed(&[Who::Tickets(place(address))], now);
    }
}

/// A first sign-in half done: kept in the connection until the code generator has been shown to work.
pub(crate) struct SetUp {
    phc: String,
    totp: TotpSecret,
}

/// What a successful sign-in gives.
pub(crate) struct SignedIn {
    pub(crate) session: SessionId,
    pub(crate) share: Secret32,
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    OsRng.fill_bytes(&mut bytes);
    bytes
}

fn weak(failed: Vec<renkei_proto::frame::PasswordRule>) -> Fault {
    Fault { failed: List::new(failed).unwrap_or_default(), ..Code::PasswordTooWeak.into() }
}

impl Service {
    fn gate(&self, live: &Live) -> Result<(), Fault> {
        let world = self.world();
        world.registry().now().may_sign_in(live.user(), live.device()).map_err(|refusal| refusal.0)?;
        Ok(())
    }

    /// Checks a new password against article 11, with the names that it must not hold.
    fn check_password(&self, user: UserId, password: &Password) -> Result<(), Fault> {
        let mut names: Vec<String> = Vec::new();
        if let Some(details) = self.vault.details(user)? {
            names.push(details.name.to_string());
            names.extend(details.kana.map(|kana| kana.to_string()));
        }
        {
            let world = self.world();
            let view = world.registry().now();
            let facility = view.user(user).and_then(|person| view.facility(person.facility));
            names.extend(facility.map(|facility| facility.name.clone()));
        }
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let text = core::str::from_utf8(password.as_bytes()).map_err(|_| Code::Malformed)?;
        a11_password::check(text, &names).map_err(weak)
    }

    /// First sign-in: a password that meets the rules, and a new code generator.
    pub(crate) async fn set_password(&self, live: &Live, password: Password) -> Result<SetUp, Fault> {
        self.gate(live)?;
        if self.vault.credentials(live.user())?.is_some() {
            return Err(Code::SetUpDone.into());
        }
        self.check_password(live.user(), &password)?;
        let phc = self.passwords.hash(password).await?;
        Ok(SetUp { phc, totp: TotpSecret(random()) })
    }

    /// First sign-in: the code generator works.
    pub(crate) fn confirm_factor(&self, live: &Live, set_up: &SetUp, code: u32, address: IpAddr) -> Result<(), Fault> {
        self.gate(live)?;
        let all = [Who::Id(live.user()), Who::Device(live.device()), Who::Source(place(address))];
        let now = self.clock.monotonic();
        let attempt = self.lockouts.attempt(&all, now)?;
        let step = a11_second_factor::check(&set_up.totp, code, self.clock.utc(), None).ok_or(Code::SignInFailed)?;
        self.lockouts.succeeded(&attempt);
        // Another device of the person may have been quicker.
        let _turn = lock(&self.credentials);
        if self.vault.credentials(live.user())?.is_some() {
            return Err(Code::SetUpDone.into());
        }
        let credentials = Credentials { phc: set_up.phc.clone(), totp: set_up.totp.clone(), last_step: step };
        drop(self.vault.put_credentials(live.user(), &credentials)?);
        Ok(())
    }

    /// A full sign-in. On success the connection's session is open.
    pub(crate) async fn sign_in(
        &self,
        live: &Live,
        address: IpAddr,
        user: UserId,
        password: Password,
        code: Option<u32>,
        key: SigningPublic,
    ) -> Result<SignedIn, Fault> {
        // Another person's ID on this device is answered like an ID that nobody has, and takes as long. It counts against
        // this device, not against that person: nobody locks a colleague out.
        let own = live.with(|connection| connection.own_id(user)).is_ok();
        let (device, place) = (Who::Device(live.device()), Who::Source(place(address)));
        let all: &[Who] = if own { &[Who::Id(user), device, place] } else { &[device, place] };
        let attempt = self.lockouts.attempt(all, self.clock.monotonic())?;
        let result = self.try_sign_in(live, own, user, password, code, key).await;
        match &result {
            Ok(_) => self.lockouts.succeeded(&attempt),
            Err(fault) if fault.code == Code::SignInFailed => {}
            Err(_) => self.lockouts.refund(&attempt),
        }
        result
    }

    async fn try_sign_in(
        &self,
        live: &Live,
        own: bool,
        user: UserId,
        password: Password,
        code: Option<u32>,
        key: SigningPublic,
    ) -> Result<SignedIn, Fault> {
        if own {
            self.gate(live)?;
        }
        let credentials = if own { self.vault.credentials(user)? } else { None };
        if own && credentials.is_none() {
            return Err(Code::SetUpRequired.into());
        }
        let phc = credentials.as_ref().map(|credentials| credentials.phc.clone());
        if !self.passwords.verify(password, phc).await? {
            return Err(Code::SignInFailed.into());
        }
        let code = code.ok_or(Code::SecondFactorRequired)?;
        self.open_session(live, user, code, key)
    }

    fn open_session(&self, live: &Live, user: UserId, code: u32, key: SigningPublic) -> Result<SignedIn, Fault> {
        // One at a time from here: a code is looked at and used up in one step.
        let _turn = lock(&self.credentials);
        self.gate(live)?;
        let mut credentials = self.vault.credentials(user)?.ok_or(Code::SetUpRequired)?;
        let step = a11_second_factor::check(&credentials.totp, code, self.clock.utc(), Some(credentials.last_step));
        credentials.last_step = step.ok_or(Code::SignInFailed)?;
        let share = self.vault.share(live.device())?.ok_or(Code::DeviceWiped)?;
        let device = live.device();
        let ended = self.sessions.find(|session| session.device == device);
        let id = SessionId(random());
        let session = Session { user, device, key, since: self.clock.utc(), locked: false };
        drop(self.vault.change_sessions(Some((id, &session)), &ended, Some((user, &credentials)))?);
        self.sessions.replace(id, session, &ended);
        for other in &ended {
            self.hub.with_session(*other, renkei_policy::a11_session::Connection::handle_signed_out);
        }
        live.with(|connection| connection.handle_signed_in(id));
        Ok(SignedIn { session: id, share })
    }

    /// Goes on with a session on a new connection: the device shows that it still has the session's key.
    pub(crate) fn resume(
        &self,
        live: &Live,
        id: SessionId,
        signature: &Signature,
        exporter: &[u8; 32],
    ) -> Result<(), Fault> {
        // In turn with locking, signing out and signing in: what is read here still holds when the stage changes.
        let _turn = lock(&self.credentials);
        self.gate(live)?;
        let session = self.sessions.get(id).filter(|session| session.device == live.device());
        let session = session.ok_or(Code::SessionEnded)?;
        session.key.verify(RESUME, exporter, signature).map_err(|_| Code::SignatureInvalid)?;
        if session.locked {
            return Err(Code::SessionLocked.into());
        }
        live.with(|connection| connection.handle_signed_in(id));
        Ok(())
    }

    /// Locks the session on every connection it has.
    pub(crate) fn lock_session(&self, id: SessionId) -> Result<(), Fault> {
        let _turn = lock(&self.credentials);
        let mut session = self.sessions.get(id).ok_or(Code::SessionEnded)?;
        session.locked = true;
        drop(self.vault.change_sessions(Some((id, &session)), &[], None)?);
        self.sessions.replace(id, session, &[]);
        self.hub.with_session(id, renkei_policy::a11_session::Connection::handle_locked);
        Ok(())
    }

    /// Ends the session.
    pub(crate) fn sign_out(&self, id: SessionId) -> Result<(), Fault> {
        let _turn = lock(&self.credentials);
        drop(self.vault.change_sessions(None, &[id], None)?);
        self.sessions.remove(id);
        self.hub.with_session(id, renkei_policy::a11_session::Connection::handle_signed_out);
        Ok(())
    }

    /// Changes the password of the person who is signed in, with the present one in hand.
    pub(crate) async fn change_password(
        &self,
        live: &Live,
        address: IpAddr,
        old: Password,
        new: Password,
    ) -> Result<(), Fault> {
        let user = live.user();
        let all = [Who::Id(user), Who::Device(live.device()), Who::Source(place(address))];
        let attempt = self.lockouts.attempt(&all, self.clock.monotonic())?;
        let credentials = self.vault.credentials(user)?.ok_or(Code::SetUpRequired)?;
        if !self.passwords.verify(old, Some(credentials.phc.clone())).await? {
            return Err(Code::SignInFailed.into());
        }
        self.lockouts.succeeded(&attempt);
        self.check_password(user, &new)?;
        let phc = self.passwords.hash(new).await?;
        let _turn = lock(&self.credentials);
        let mut credentials = self.vault.credentials(user)?.ok_or(Code::SetUpRequired)?;
        credentials.phc = phc;
        drop(self.vault.put_credentials(user, &credentials)?);
        Ok(())
    }
}

impl SetUp {
    /// The new code generator's secret, for the person's own device.
    pub(crate) fn totp(&self) -> &TotpSecret {
        &self.totp
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a11_5_attempts_in_flight_are_counted_before_they_are_judged() {
        let (lockouts, now) = (Lockouts::default(), Duration::from_secs(1));
        let all = [Who::Id(UserId([1; 16]))];
        let flying: Vec<_> = std::iter::from_fn(|| lockouts.attempt(&all, now).ok()).take(100).collect();
        assert_eq!(flying.len(), 4, "three errors are free, the fourth starts the delay");
        let right = flying.last().unwrap();
        lockouts.succeeded(right);
        assert!(lockouts.attempt(&all, now).is_ok());
    }

    #[test]
    fn a11_5_tickets_tried_from_a_place_lock_nobody_out_of_signing_in_there() {
        let (lockouts, now, here) = (Lockouts::default(), Duration::from_secs(1), IpAddr::from([127, 0, 0, 1]));
        for _ in 0..300 {
            lockouts.ticket_refused(here, now);
        }
        assert!(lockouts.permit_ticket(here, now).is_err());
        assert!(lockouts.attempt(&[Who::Source(place(here))], now).is_ok());
    }
}
