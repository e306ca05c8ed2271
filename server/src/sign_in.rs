//! Signing in: device certificate (already shown) → password → second factor → session and share (A2.1, A9.1, A11).
//!
//! A locked session is unlocked on its own device with the password alone: its codes were right when it began, and it
//! ends after a working day whatever happens (docs/decisions/0023).

use std::net::IpAddr;

use rand_core::{OsRng, RngCore as _};
use renkei_policy::a11_password;
use renkei_policy::a11_presence::{Due, Presence};
use renkei_policy::registry::a13_settings::Rules;
use renkei_policy::{a11_second_factor, a11_session};
use renkei_proto::access::What;
use renkei_proto::bytes::List;
use renkei_proto::code::Code;
use renkei_proto::frame::{Fault, Password, PasswordRule, RESUME, RecoveryCodes, SecondFactor, Secret32, TotpSecret};
use renkei_proto::id::{SessionId, UserId};
use renkei_proto::key::{Signature, SigningPublic};
use renkei_proto::settings::Crowded;

use crate::factors::{NewPassword, recovery_hash};
use crate::hub::{Live, lock};
use crate::lockouts::{Who, place};
use crate::secrets::{Credentials, Session};
use crate::service::Service;

/// A first sign-in half done: kept in the connection until the code generator has been shown to work.
pub(crate) struct SetUp {
    password: NewPassword,
    totp: TotpSecret,
}

impl SetUp {
    /// The new code generator's secret, for the person's own device.
    pub(crate) fn totp(&self) -> &TotpSecret {
        &self.totp
    }
}

/// What somebody signs in with.
pub(crate) struct Attempted {
    pub(crate) user: UserId,
    pub(crate) password: Password,
    pub(crate) second: Option<SecondFactor>,
    /// The password from now on, where it is changed with this sign-in.
    pub(crate) new: Option<Password>,
    pub(crate) key: SigningPublic,
}

/// What a successful sign-in gives.
pub(crate) struct SignedIn {
    pub(crate) session: SessionId,
    pub(crate) share: Secret32,
}

pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    OsRng.fill_bytes(&mut bytes);
    bytes
}

pub(crate) fn weak(failed: Vec<PasswordRule>) -> Fault {
    Fault { failed: List::new(failed).unwrap_or_default(), ..Code::PasswordTooWeak.into() }
}

impl Service {
    fn gate(&self, live: &Live) -> Result<(), Fault> {
        let world = self.world();
        world.registry().now().may_sign_in(live.user(), live.device()).map_err(|refusal| refusal.0)?;
        Ok(())
    }

    /// What a person signs in with; none before the first sign-in, and after a reset (A8.3).
    pub(crate) fn credentials_of(&self, user: UserId) -> Result<Option<Credentials>, Code> {
        let credentials = self.vault.credentials(user)?;
        let reset = self.world().registry().now().user(user).and_then(|person| person.reset);
        Ok(credentials.filter(|credentials| reset.is_none_or(|seq| seq < credentials.registry)))
    }

    /// The settings that hold for a person.
    pub(crate) fn rules_of(&self, user: UserId) -> Rules {
        let world = self.world();
        let view = world.registry().now();
        view.rules(view.user(user).map(|person| person.facility))
    }

    /// First sign-in: a password that meets the rules, and a new code generator.
    pub(crate) async fn set_password(&self, live: &Live, password: Password) -> Result<SetUp, Fault> {
        self.gate(live)?;
        if self.credentials_of(live.user())?.is_some() {
            return Err(Code::SetUpDone.into());
        }
        let former = self.vault.former_passwords(live.user())?;
        let password = self.new_password(live.user(), password, &former).await?;
        Ok(SetUp { password, totp: TotpSecret(random()) })
    }

    /// First sign-in: the code generator works. Gives recovery codes for the day on which it is lost.
    pub(crate) fn confirm_factor(
        &self,
        live: &Live,
        set_up: &SetUp,
        code: u32,
        address: IpAddr,
    ) -> Result<RecoveryCodes, Fault> {
        self.gate(live)?;
        let user = live.user();
        let all = [Who::Id(user), Who::Code(user), Who::Device(live.device()), Who::Source(place(address))];
        let attempt = self.lockouts.attempt(&all, self.clock.monotonic())?;
        let now = self.clock.anchored();
        let step = a11_second_factor::check(&set_up.totp, code, now, None).ok_or(Code::SignInFailed.into());
        self.settle(&attempt, &step)?;
        let step = step?;
        // Another device of the person may have been quicker.
        let _turn = lock(&self.credentials);
        if self.credentials_of(live.user())?.is_some() {
            return Err(Code::SetUpDone.into());
        }
        let (codes, recovery) = Self::recovery_codes()?;
        let credentials = Credentials {
            phc: set_up.password.phc.clone(),
            kind: set_up.password.kind,
            set: now,
            earlier: self.vault.former_passwords(user)?,
            totp: set_up.totp.clone(),
            last_step: step,
            recovery,
            registry: self.world().registry().size(),
        };
        drop(self.vault.put_credentials(live.user(), &credentials)?);
        Ok(codes)
    }

    /// A full sign-in. On success the connection's session is open.
    pub(crate) async fn sign_in(&self, live: &Live, address: IpAddr, tried: Attempted) -> Result<SignedIn, Fault> {
        // Another person's ID on this device is answered like an ID that nobody has, and takes as long. It counts against
        // this device, not against that person: nobody locks a colleague out.
        let own = live.with(|connection| connection.own_id(tried.user)).is_ok();
        let (device, place) = (Who::Device(live.device()), Who::Source(place(address)));
        let all: &[Who] =
            if own { &[Who::Id(tried.user), Who::Code(tried.user), device, place] } else { &[device, place] };
        let attempt = self.lockouts.attempt(all, self.clock.monotonic())?;
        let result = self.try_sign_in(live, own, tried).await;
        self.settle(&attempt, &result)?;
        result
    }

    async fn try_sign_in(&self, live: &Live, own: bool, tried: Attempted) -> Result<SignedIn, Fault> {
        let Attempted { user, password, second, new, key } = tried;
        if own {
            self.gate(live)?;
        }
        let credentials = if own { self.credentials_of(user)? } else { None };
        if own && credentials.is_none() {
            return Err(Code::SetUpRequired.into());
        }
        let phc = credentials.as_ref().map(|credentials| credentials.phc.clone());
        let right = self.passwords.verify(password, phc).await?;
        let credentials = credentials.filter(|_| right).ok_or(Code::SignInFailed)?;
        let second = second.ok_or(Code::SecondFactorRequired)?;
        let kinds = self.rules_of(user).passwords;
        let in_force = a11_password::in_force(credentials.kind, credentials.set, self.clock.anchored(), kinds);
        let new = match new {
            Some(new) => {
                // Before passwords are compared for a stranger who knows this one, the code must be right as well.
                Self::check_second(&credentials, &second, self.clock.anchored()).ok_or(Code::SignInFailed)?;
                Some(self.new_password(user, new, &credentials.all_hashes()).await?)
            }
            None if !in_force => return Err(Code::PasswordExpired.into()),
            None => None,
        };
        self.open_session(live, user, &credentials.phc, &second, new, key)
    }

    /// What becomes of the credentials if `second` is right at `now`: a code or a recovery code is
    /// good once.
    pub(crate) fn check_second(
        credentials: &Credentials,
        second: &SecondFactor,
        now: renkei_proto::time::Time,
    ) -> Option<Credentials> {
        let mut used = credentials.clone();
        match second {
            SecondFactor::Code(code) => {
                let last = Some(credentials.last_step);
                used.last_step = a11_second_factor::check(&credentials.totp, *code, now, last)?;
            }
            SecondFactor::Recovery(code) => {
                let hash = recovery_hash(code);
                let at = used.recovery.iter().position(|known| *known == hash)?;
                used.recovery.remove(at);
            }
        }
        Some(used)
    }

    fn open_session(
        &self,
        live: &Live,
        user: UserId,
        phc: &str,
        second: &SecondFactor,
        new: Option<NewPassword>,
        key: SigningPublic,
    ) -> Result<SignedIn, Fault> {
        // One at a time from here: a code is looked at and used up in one step.
        let _turn = lock(&self.credentials);
        self.gate(live)?;
        let known = self.credentials_of(user)?.ok_or(Code::SetUpRequired)?;
        // Changed on another device while this one was being checked.
        if known.phc != phc {
            return Err(Code::SignInFailed.into());
        }
        let now = self.clock.anchored();
        let mut credentials = Self::check_second(&known, second, now).ok_or(Code::SignInFailed)?;
        credentials.set = a11_password::counts_from(credentials.set, now);
        let changed = new.is_some();
        if let Some(new) = new {
            credentials.change(new, now);
        }
        let device = live.device();
        let share = self.vault.share(device)?.ok_or(Code::DeviceWiped)?;
        // A new password ends what was begun elsewhere under the old one.
        let (mut ended, why) = if changed {
            (self.sessions.elsewhere(user, device), Code::PasswordChanged)
        } else {
            (self.crowded_out(user, live)?, Code::SessionEnded)
        };
        ended.extend(self.sessions.find(|session| session.device == device));
        let id = SessionId(random());
        let registry = self.world().registry().size();
        let session = Session { user, device, key, since: self.clock.utc(), locked: false, registry };
        let seen = self.sessions.seen(&self.clock, Some(id));
        drop(self.vault.change_sessions(Some((id, &session, seen)), &ended, Some((user, &credentials)))?);
        let gone: Vec<_> = ended.iter().filter_map(|id| Some((*id, self.sessions.get(*id)?))).collect();
        self.sessions.replace(id, session, Presence::signed_in(self.clock.elapsed()), &ended);
        for (other, session) in &gone {
            self.hub.with_session(*other, |connection| connection.handle_session_over(why));
            self.note_session(session, What::SessionEnded { session: *other, code: why });
        }
        live.with(|connection| connection.handle_signed_in(id));
        Ok(SignedIn { session: id, share })
    }

    /// The sessions on other devices that must end so that there is room for one more (A11.1).
    fn crowded_out(&self, user: UserId, live: &Live) -> Result<Vec<SessionId>, Code> {
        let rules = self.rules_of(user);
        let others = self.sessions.elsewhere(user, live.device());
        let over = (others.len() + 1).saturating_sub(usize::from(rules.sessions));
        match rules.crowded {
            Crowded::Refuse if over > 0 => Err(Code::TooManySessions),
            _ => Ok(others.into_iter().take(over).collect()),
        }
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
        let session = session.filter(|session| self.outlives_resets(session)).ok_or(Code::SessionEnded)?;
        session.key.verify(RESUME, exporter, signature).map_err(|_| Code::SignatureInvalid)?;
        if session.locked {
            return Err(Code::SessionLocked.into());
        }
        live.with(|connection| connection.handle_signed_in(id));
        Ok(())
    }

    /// Opens this device's locked session again with the password (A11.4).
    pub(crate) async fn unlock(
        &self,
        live: &Live,
        address: IpAddr,
        password: Password,
        key: SigningPublic,
    ) -> Result<SignedIn, Fault> {
        let user = live.user();
        self.gate(live)?;
        let (id, _) = self.locked_session(live)?;
        let credentials = self.credentials_of(user)?.ok_or(Code::SetUpRequired)?;
        let all = [Who::Id(user), Who::Device(live.device()), Who::Source(place(address))];
        let attempt = self.lockouts.attempt(&all, self.clock.monotonic())?;
        let right = self.passwords.verify(password, Some(credentials.phc.clone())).await;
        let judged = match right {
            Ok(true) => Ok(()),
            Ok(false) => Err(Fault::from(Code::SignInFailed)),
            Err(code) => Err(code.into()),
        };
        let counted = self.settle(&attempt, &judged);
        if right == Ok(false) && self.sessions.with(id, |held| held.presence.failed()) == Some(true) {
            self.end_session(id, Code::SessionEnded)?;
        }
        counted?;
        judged?;
        let kinds = self.rules_of(user).passwords;
        if !a11_password::in_force(credentials.kind, credentials.set, self.clock.anchored(), kinds) {
            return Err(Code::PasswordExpired.into());
        }
        let _turn = lock(&self.credentials);
        self.gate(live)?;
        // It may have come to its end, or the password to another, meanwhile.
        let (same, mut session) = self.locked_session(live)?;
        let unchanged = self.credentials_of(user)?.is_some_and(|now| now.phc == credentials.phc);
        if same != id || !unchanged {
            return Err(Code::SessionEnded.into());
        }
        let share = self.vault.share(live.device())?.ok_or(Code::DeviceWiped)?;
        session.locked = false;
        session.key = key;
        let seen = self.sessions.seen(&self.clock, Some(id));
        drop(self.vault.change_sessions(Some((id, &session, seen)), &[], None)?);
        let now = self.clock.elapsed();
        self.sessions.with(id, |held| {
            held.session = session;
            held.presence.unlocked(now);
        });
        live.with(|connection| connection.handle_signed_in(id));
        Ok(SignedIn { session: id, share })
    }

    /// The locked session of this device, unless its time is over.
    fn locked_session(&self, live: &Live) -> Result<(SessionId, Session), Code> {
        let (id, session) = self.sessions.of_device(live.device()).ok_or(Code::SessionEnded)?;
        let (rules, now) = (self.rules_of(session.user), self.clock.elapsed());
        let due = self.sessions.with(id, |held| held.presence.due(now, &rules, u32::MAX, true));
        match due {
            Some(Due::End) => Err(Code::SessionExpired),
            Some(_) if session.locked && session.user == live.user() && self.outlives_resets(&session) => {
                Ok((id, session))
            }
            _ => Err(Code::SessionEnded),
        }
    }

    /// Whether the session was begun after the person's factors were last reset.
    fn outlives_resets(&self, session: &Session) -> bool {
        let reset = self.world().registry().now().user(session.user).and_then(|person| person.reset);
        reset.is_none_or(|seq| seq < session.registry)
    }

    /// Locks the session on every connection it has: at once, whether the disk can take it or not.
    pub(crate) fn lock_session(&self, id: SessionId) -> Result<(), Fault> {
        let _turn = lock(&self.credentials);
        if self.lock_in_memory(id).ok_or(Code::SessionEnded)? {
            self.sessions.write(&self.vault)?;
        }
        Ok(())
    }

    /// Whether there was anything to be locked; none where there is no such session. Under the turn of `credentials`.
    pub(crate) fn lock_in_memory(&self, id: SessionId) -> Option<bool> {
        let locked = self.sessions.with(id, |held| std::mem::replace(&mut held.session.locked, true))?;
        if !locked {
            self.sessions.behind(id);
            self.hub.with_session(id, a11_session::Connection::handle_locked);
        }
        Some(!locked)
    }

    /// Ends the session.
    pub(crate) fn sign_out(&self, id: SessionId) -> Result<(), Fault> {
        self.end_session(id, Code::SessionRequired)
    }
}
