//! Passwords that change, recovery codes, and fresh codes for administrative acts (A11.2, A11.3, A11.6).

use std::net::IpAddr;

use renkei_policy::a11_password::{self, Kind};
use renkei_policy::a11_session::Connection;
use renkei_proto::code::Code;
use renkei_proto::frame::{Fault, Password, PasswordRule, RecoveryCode, RecoveryCodes, SecondFactor};
use renkei_proto::hash::{self, Domain};
use renkei_proto::id::UserId;
use renkei_proto::time::Time;

use crate::hub::{Live, lock};
use crate::lockouts::{Who, place};
use crate::secrets::Credentials;
use crate::service::Service;
use crate::sign_in::{random, weak};

/// Domain of a recovery code's hash at rest. The code has 80 random bits: a plain hash can't be guessed open.
const RECOVERY: Domain = Domain("renkei/v1/recovery-code");

/// How many recovery codes a person has.
const RECOVERY_CODES: usize = 10;

/// A password that meets the rules, as it is kept.
pub(crate) struct NewPassword {
    pub(crate) phc: String,
    pub(crate) kind: Kind,
}

pub(crate) fn recovery_hash(code: &RecoveryCode) -> [u8; 32] {
    hash::hash(RECOVERY, &[&code.0]).0
}

impl Credentials {
    /// Hashes of the present password and of the ones before, as far as none of them may come back.
    pub(crate) fn all_hashes(&self) -> Vec<String> {
        let all = std::iter::once(&self.phc).chain(&self.earlier);
        all.take(a11_password::REMEMBERED).cloned().collect()
    }

    /// Takes a new password.
    pub(crate) fn change(&mut self, new: NewPassword, now: Time) {
        self.earlier = self.all_hashes();
        self.phc = new.phc;
        self.kind = new.kind;
        self.set = now;
    }
}

impl Service {
    /// Checks a new password against article 11, with the names that it must not hold and the passwords that it must not
    /// be again, and hashes it.
    pub(crate) async fn new_password(
        &self,
        user: UserId,
        password: Password,
        earlier: &[String],
    ) -> Result<NewPassword, Fault> {
        self.pace.permit(user, self.clock.monotonic())?;
        let kind = self.check_password(user, &password)?;
        for phc in earlier {
            if self.passwords.verify(password.clone(), Some(phc.clone())).await? {
                return Err(weak(vec![PasswordRule::Reused]));
            }
        }
        Ok(NewPassword { phc: self.passwords.hash(password).await?, kind })
    }

    fn check_password(&self, user: UserId, password: &Password) -> Result<Kind, Fault> {
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
        a11_password::check(text, &names, self.rules_of(user).passwords).map_err(weak)
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
        let credentials = self.verified_credentials(user, old).await;
        self.settle(&attempt, &credentials)?;
        let credentials = credentials?;
        let new = self.new_password(user, new, &credentials.all_hashes()).await?;
        let _turn = lock(&self.credentials);
        let mut known = self.credentials_of(user)?.ok_or(Code::SetUpRequired)?;
        // Changed on another device meanwhile: what was checked is no longer the present one.
        if known.phc != credentials.phc {
            return Err(Code::SignInFailed.into());
        }
        known.change(new, self.clock.anchored());
        // Whoever knew the old password is out everywhere, in one step with the change; this session goes on.
        let elsewhere = self.sessions.elsewhere(user, live.device());
        drop(self.vault.change_sessions(None, &elsewhere, Some((user, &known)))?);
        for id in elsewhere {
            self.end_in_memory(id, Code::PasswordChanged);
        }
        Ok(())
    }

    /// What a person signs in with, for somebody who knows the password.
    async fn verified_credentials(&self, user: UserId, password: Password) -> Result<Credentials, Fault> {
        let credentials = self.credentials_of(user)?.ok_or(Code::SetUpRequired)?;
        let right = self.passwords.verify(password, Some(credentials.phc.clone())).await?;
        if right { Ok(credentials) } else { Err(Code::SignInFailed.into()) }
    }

    /// New recovery codes, and their hashes.
    pub(crate) fn recovery_codes() -> Result<(RecoveryCodes, Vec<[u8; 32]>), Code> {
        let codes: Vec<RecoveryCode> = (0..RECOVERY_CODES).map(|_| RecoveryCode(random())).collect();
        let hashes = codes.iter().map(recovery_hash).collect();
        Ok((RecoveryCodes::new(codes).map_err(|_| Code::TooLarge)?, hashes))
    }

    /// New recovery codes in place of all old ones.
    pub(crate) fn renew_recovery_codes(&self, live: &Live) -> Result<RecoveryCodes, Fault> {
        self.permit_administration(live)?;
        let _turn = lock(&self.credentials);
        let mut credentials = self.credentials_of(live.user())?.ok_or(Code::SetUpRequired)?;
        let (codes, hashes) = Self::recovery_codes()?;
        credentials.recovery = hashes;
        drop(self.vault.put_credentials(live.user(), &credentials)?);
        Ok(codes)
    }

    /// The person shows a fresh code.
    pub(crate) fn step_up(&self, live: &Live, address: IpAddr, code: u32) -> Result<(), Fault> {
        let session = live.with_quietly(Connection::session).ok_or(Code::SessionRequired)?;
        let user = live.user();
        let all = [Who::Id(user), Who::Code(user), Who::Device(live.device()), Who::Source(place(address))];
        let attempt = self.lockouts.attempt(&all, self.clock.monotonic())?;
        let taken = self.take_code(user, code);
        self.settle(&attempt, &taken)?;
        taken?;
        let now = self.clock.elapsed();
        self.sessions.with(session, |held| held.presence.stepped_up(now)).ok_or(Code::SessionEnded)?;
        Ok(())
    }

    /// Uses a code up.
    fn take_code(&self, user: UserId, code: u32) -> Result<(), Fault> {
        let _turn = lock(&self.credentials);
        let known = self.credentials_of(user)?.ok_or(Code::SetUpRequired)?;
        let used = Self::check_second(&known, &SecondFactor::Code(code), self.clock.anchored());
        drop(self.vault.put_credentials(user, &used.ok_or(Code::SignInFailed)?)?);
        Ok(())
    }
}
