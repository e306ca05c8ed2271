//! A person's sessions: other ways in than password and code, being there, and a look at where one is signed in (A11).

use std::sync::atomic::{AtomicU64, Ordering};

use renkei_policy::registry::a13_settings::Rules;
use renkei_proto::act::RegistryAct;
use renkei_proto::code::Code;
use renkei_proto::frame::{Accepted, Answer, Op, Password, RecoveryCodes, SecondFactor, SessionRow, Sidecar};
use renkei_proto::id::{FacilityId, GroupId, SessionId, UserId};
use renkei_proto::key::SigningSecret;
use renkei_proto::settings::Setting;
use renkei_proto::statement::Role;

use crate::client::Client;
use crate::profile::Profile;
use crate::{Result, random};

/// Seconds between two words to the server that the person is there: a tenth of the shortest idle time.
const TOUCH: u64 = 6;

/// When the server was last told that the person is there, in seconds.
#[derive(Debug, Default)]
pub(crate) struct Touched(AtomicU64);

impl Touched {
    /// Whether it is time to say it again at `now`.
    fn due(&self, now: u64) -> bool {
        let before = self.0.load(Ordering::Relaxed);
        let due = now.abs_diff(before) >= TOUCH;
        due && self.0.compare_exchange(before, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}

impl Profile {
    /// Signs in with a recovery code instead of the generator's, or with a new password in place of one that has expired
    /// (A11.3, A11.6).
    pub async fn sign_in_with(
        &self,
        password: &Password,
        second: SecondFactor,
        new: Option<Password>,
    ) -> Result<Client> {
        let user = self.approved()?.user;
        let session_key = SigningSecret::from_seed(&random());
        let public = session_key.public();
        let op = Op::SignInWith { user, password: password.clone(), second, new, session_key: public };
        self.begin(op, session_key).await
    }

    /// Opens this device's locked session again (A11.4).
    pub async fn unlock(&self, password: &Password) -> Result<Client> {
        let session_key = SigningSecret::from_seed(&random());
        let op = Op::Unlock { password: password.clone(), session_key: session_key.public() };
        self.begin(op, session_key).await
    }

    /// How many messages each group has: what this device is told while its session is locked. Refused with
    /// `session_required` where there is no session.
    pub async fn counts(&self) -> Result<Vec<(GroupId, u64)>> {
        let link = self.link().await?;
        let answer = link.request(Op::Counts).await;
        link.close();
        match answer? {
            Answer::Counts(counts) => Ok(counts.into_vec()),
            _ => Err(Code::Malformed.into()),
        }
    }
}

impl Client {
    /// The person is there: called for what a person does, never for what a program does by itself. Says so to the
    /// server, not more often than needed.
    pub async fn touch(&self) {
        if self.inner.touched.due(self.inner.clock.now().0)
            && let Err(fault) = self.inner.request(Op::Touch).await
        {
            tracing::debug!(%fault, "the server was not told that somebody is here");
        }
    }

    /// The settings that hold for this person (A13.1).
    pub fn rules(&self) -> Rules {
        self.look(|replica| {
            let view = replica.registry().now();
            view.rules(view.user(self.user()).map(|person| person.facility))
        })
    }

    /// Seconds without a person after which the server locks this device's session (A11.4).
    pub fn locks_after(&self) -> u32 {
        let kind = self.look(|replica| {
            let device = replica.registry().now().device(self.device());
            device.map(|device| device.registration.kind)
        });
        kind.map_or(self.rules().idle_mobile, |kind| self.rules().idle(kind))
    }

    /// The sessions of a person, one's own or those of a person of the facility that one administers (A11.1).
    pub async fn sessions(&self, user: UserId) -> Result<Vec<SessionRow>> {
        match self.inner.request(Op::Sessions { user }).await? {
            Answer::Sessions(rows) => Ok(rows.into_vec()),
            _ => Err(Code::Malformed.into()),
        }
    }

    /// Ends one of them.
    pub async fn end_session(&self, user: UserId, session: SessionId) -> Result<()> {
        self.inner.request(Op::EndSession { user, session }).await.map(|_| ())
    }

    /// Shows a fresh code of the code generator, as administrative acts need (A11.6).
    pub async fn step_up(&self, code: u32) -> Result<()> {
        self.inner.request(Op::StepUp { code }).await.map(|_| ())
    }

    /// New recovery codes in place of all old ones (A11.6).
    pub async fn new_recovery_codes(&self) -> Result<RecoveryCodes> {
        match self.inner.request(Op::NewRecoveryCodes).await? {
            Answer::Recovery(codes) => Ok(codes),
            _ => Err(Code::Malformed.into()),
        }
    }

    /// Makes a setting: of a facility, as its administrator, or of the association, as an operator of the Desk (A13.1).
    pub async fn set(&self, facility: Option<FacilityId>, setting: Setting) -> Result<Accepted> {
        let (own, role) = self.own_facility()?;
        let role = match facility {
            None => Role::Operator,
            Some(facility) if facility == own => role,
            Some(_) => Role::SnsAdministrator,
        };
        self.registry_act(role, RegistryAct::Set { facility, setting }, Sidecar::default()).await
    }

    /// Ends the wait of somebody who mistyped password or code too often (A8.3).
    pub async fn lift_lockout(&self, user: UserId) -> Result<Accepted> {
        let (own, role) = self.own_facility()?;
        let home = self.look(|replica| replica.registry().now().user(user).map(|person| person.facility));
        let role = if home == Some(own) { role } else { Role::Operator };
        self.registry_act(role, RegistryAct::LiftLockout { user }, Sidecar::default()).await
    }

    /// Has a person's password and code generator forgotten, so that the next sign-in sets new ones (A8.3). Takes effect
    /// with the last signature that is needed.
    pub async fn reset_factors(&self, user: UserId) -> Result<Accepted> {
        let (own, role) = self.own_facility()?;
        let home = self.look(|replica| replica.registry().now().user(user).map(|person| person.facility));
        // Operators of the Desk help an only administrator of another facility.
        let role = if home == Some(own) { role } else { Role::Operator };
        self.registry_act(role, RegistryAct::ResetFactors { user }, Sidecar::default()).await
    }
}
