//! A person with a device: what a real one keeps in the head and in the pocket.

use std::path::{Path, PathBuf};
use std::time::Duration;

use renkei_client_core::Fault;
use renkei_client_core::client::Client;
use renkei_client_core::enrol::{self, About, FacilityForm};
use renkei_client_core::policy::a11_second_factor;
use renkei_client_core::profile::Profile;
use renkei_client_core::proto::act::{DeviceKind, OperatingSystem, Ownership};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Password, RecoveryCode, TotpSecret};
use renkei_client_core::proto::id::{DeviceId, UserId};
use renkei_client_core::proto::ticket::Ticket;

use super::report::Stop;
use super::server::Server;

/// How long something that other devices do by themselves may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// A device of somebody, and that person's knowledge.
pub(super) struct Person {
    /// What others call the person.
    pub(super) name: &'static str,
    /// Where the device keeps its files.
    pub(super) dir: PathBuf,
    /// The password.
    pub(super) password: String,
    /// The code generator.
    pub(super) factor: Option<TotpSecret>,
    /// Recovery codes, on paper.
    pub(super) recovery: Vec<RecoveryCode>,
    /// The device, enrolled.
    pub(super) profile: Profile,
    /// Signed in.
    pub(super) client: Option<Client>,
    /// The words on the device's screen.
    pub(super) words: String,
}

pub(super) fn password(text: &str) -> Result<Password, Fault> {
    Password::new(text).map_err(|_| Code::TooLarge.into())
}

/// Enrols a new device of `name` in a directory of its own.
pub(super) async fn enrol(
    home: &Path,
    name: &'static str,
    profile: &str,
    kind: DeviceKind,
    ticket: &Ticket,
    facility: Option<FacilityForm>,
) -> Result<Person, Fault> {
    let about = About { kind, system: OperatingSystem::Linux, ownership: Ownership::Facility };
    enrol_about(home, name, profile, about, ticket, facility).await
}

/// The same for any kind of device.
pub(super) async fn enrol_about(
    home: &Path,
    name: &'static str,
    profile: &str,
    about: About,
    ticket: &Ticket,
    facility: Option<FacilityForm>,
) -> Result<Person, Fault> {
    let dir = home.join(profile);
    // As it would be: the link is all that the device gets.
    let ticket: Ticket = ticket.link().parse().map_err(|_| Code::TicketRefused)?;
    let enrolled = enrol::enrol(&ticket, about, facility, &dir).await?;
    // A long phrase of unrelated words, different for each person.
    let password = format!("umi-7-{profile}-no-sora+ringo");
    Ok(Person {
        name,
        dir,
        password,
        factor: None,
        recovery: Vec::new(),
        profile: enrolled.profile,
        client: None,
        words: enrolled.words.kana,
    })
}

impl Person {
    /// The signed-in device.
    pub(super) fn client(&self) -> Result<&Client, Fault> {
        self.client.as_ref().ok_or_else(|| Code::NotSignedIn.into())
    }

    pub(super) fn device(&self) -> DeviceId {
        self.profile.public().device
    }

    pub(super) fn user(&self) -> Result<UserId, Fault> {
        self.profile.approved().map(|approved| approved.user)
    }

    /// Waits for the approval.
    pub(super) async fn approved(&mut self) -> Result<bool, Fault> {
        self.profile.poll().await
    }

    /// The code that the generator shows, and it is a new one: the clock moves on by a step first.
    pub(super) fn new_code(&self, server: &Server) -> Result<u32, Stop> {
        let time = server.advance(a11_second_factor::STEP)?;
        let factor = self.factor.as_ref().ok_or(Code::SetUpRequired)?;
        Ok(a11_second_factor::code(factor, time))
    }

    /// The first sign-in: password and code generator.
    pub(super) async fn set_up(&mut self, server: &Server) -> Result<(), Stop> {
        let first = self.profile.set_up(&password(&self.password)?).await?;
        self.factor = Some(first.factor().clone());
        let code = self.new_code(server)?;
        self.recovery = first.confirm(code).await?.into_vec();
        Ok(())
    }

    /// Signs in.
    pub(super) async fn sign_in(&mut self, server: &Server) -> Result<(), Stop> {
        let code = self.new_code(server)?;
        self.client = Some(self.profile.sign_in(&password(&self.password)?, Some(code)).await?);
        Ok(())
    }

    /// Shows a fresh code.
    pub(super) async fn step_up(&self, server: &Server) -> Result<(), Stop> {
        Ok(self.client()?.step_up(self.new_code(server)?).await?)
    }

    /// A further device of the same person knows what the person knows.
    pub(super) fn knows_as(&mut self, other: &Self) {
        self.password.clone_from(&other.password);
        self.factor.clone_from(&other.factor);
    }

    /// Signs out.
    pub(super) async fn sign_out(&mut self) -> Result<(), Fault> {
        match self.client.take() {
            Some(client) => client.sign_out().await,
            None => Ok(()),
        }
    }
}
