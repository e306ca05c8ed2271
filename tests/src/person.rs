//! A person with a device: what a real one keeps in the head and in the pocket.

use std::path::{Path, PathBuf};

use renkei_client_core::Result;
use renkei_client_core::client::{Client, Connection};
use renkei_client_core::enrol::{self, About, FacilityForm};
use renkei_client_core::policy::a11_second_factor;
use renkei_client_core::profile::Profile;
use renkei_client_core::proto::act::{DeviceKind, OperatingSystem, Ownership};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Fault, Password, RecoveryCode, SecondFactor, TotpSecret};
use renkei_client_core::proto::id::{DeviceId, GroupId, UserId};
use renkei_client_core::proto::statement::Head;
use renkei_client_core::proto::ticket::Ticket;

use crate::server::Server;
use crate::{PATIENCE, within};

/// A device of somebody, and that person's knowledge.
#[derive(Debug)]
pub struct Person {
    /// Where the device keeps its files.
    pub dir: PathBuf,
    /// The password.
    pub password: String,
    /// The code generator, after the first sign-in.
    pub factor: Option<TotpSecret>,
    /// Recovery codes, after the first sign-in.
    pub recovery: Vec<RecoveryCode>,
    /// The device's files.
    pub profile: Profile,
    /// The words on the device's screen.
    pub words: String,
    client: Option<Client>,
}

impl Person {
    /// Enrols a new device of the facility in the directory `name` of `home`.
    pub async fn enrol(home: &Path, name: &str, ticket: &Ticket, facility: Option<FacilityForm>) -> Result<Self> {
        Self::enrol_owned(home, name, ticket, facility, Ownership::Facility).await
    }

    /// The same for one that somebody owns.
    pub async fn enrol_owned(
        home: &Path,
        name: &str,
        ticket: &Ticket,
        facility: Option<FacilityForm>,
        ownership: Ownership,
    ) -> Result<Self> {
        let dir = home.join(name);
        let about = About { kind: DeviceKind::Computer, system: OperatingSystem::Linux, ownership };
        // As it would be: the link is all that the device gets.
        let ticket: Ticket = ticket.link().parse().map_err(|_| Code::BadInput)?;
        let enrolled = enrol::enrol(&ticket, about, facility, &dir).await?;
        Ok(Self {
            dir,
            password: format!("umi-7-{:08x}-no-sora+ringo", u32::from_le_bytes(renkei_client_core::random())),
            factor: None,
            recovery: Vec::new(),
            profile: enrolled.profile,
            words: enrolled.words.kana,
            client: None,
        })
    }

    /// The signed-in device.
    #[track_caller]
    pub fn client(&self) -> &Client {
        self.client.as_ref().expect("signed in")
    }

    /// The signed-in device, out of this person's hands.
    #[track_caller]
    pub fn take_client(&mut self) -> Client {
        self.client.take().expect("signed in")
    }

    /// The device.
    pub fn device(&self) -> DeviceId {
        self.profile.public().device
    }

    /// The ID.
    #[track_caller]
    pub fn user(&self) -> UserId {
        self.profile.approved().expect("approved").user
    }

    /// The password as it is typed.
    pub fn typed(&self) -> Password {
        Password::new(&self.password).expect("a password of sensible length")
    }

    /// The code that the generator shows, and it is a new one: the clock moves on by a step first.
    #[track_caller]
    pub fn new_code(&self, server: &Server) -> u32 {
        a11_second_factor::code(
            self.factor.as_ref().expect("a code generator"),
            server.advance(a11_second_factor::STEP),
        )
    }

    /// The first sign-in, up to the confirmed code generator.
    pub async fn set_up(&mut self, server: &Server) -> Result<()> {
        let first = self.profile.set_up(&self.typed()).await?;
        self.factor = Some(first.factor().clone());
        self.recovery = first.confirm(self.new_code(server)).await?.into_vec();
        Ok(())
    }

    /// Signs in, and is signed in afterwards.
    pub async fn sign_in(&mut self, server: &Server) -> Result<()> {
        self.sign_in_with(self.new_code(server)).await
    }

    /// Signs in with what is given, and is signed in afterwards.
    pub async fn sign_in_by(&mut self, second: SecondFactor, new: Option<&str>) -> Result<()> {
        self.client = None;
        let new = new.map(|text| Password::new(text).expect("a password of sensible length"));
        self.client = Some(self.profile.sign_in_with(&self.typed(), second, new).await?);
        Ok(())
    }

    /// Shows a fresh code.
    pub async fn step_up(&self, server: &Server) -> Result<()> {
        self.client().step_up(self.new_code(server)).await
    }

    /// Unlocks this device's session with the password.
    pub async fn unlock(&mut self) -> Result<()> {
        self.client = None;
        self.client = Some(self.profile.unlock(&self.typed()).await?);
        Ok(())
    }

    /// Signs in with this code, to whatever server there is.
    pub async fn sign_in_with(&mut self, code: u32) -> Result<()> {
        self.client = None;
        // The device may have renewed its certificate since.
        self.profile = Profile::load(&self.dir)?;
        self.client = Some(self.profile.sign_in(&self.typed(), Some(code)).await?);
        Ok(())
    }

    /// Waits until this device's session is over, and why.
    pub async fn over(&self) -> Fault {
        let mut connection = self.client().connection();
        let over = connection.wait_for(|state| matches!(state, Connection::Over(_)));
        match within("the end of the session", over).await.expect("a client").clone() {
            Connection::Over(fault) => fault,
            Connection::Online | Connection::Offline => unreachable!("just waited for"),
        }
    }

    /// Waits until this person reads `group` with every key that is due.
    pub async fn reads(&self, group: GroupId) {
        let (client, user) = (self.client(), self.user());
        let member = client.wait_until(PATIENCE, |replica| {
            replica.group(group)?.group()?.reading(replica.registry().now(), user).map(|_| ())
        });
        member.await.expect("a member");
        let mut changes = client.changes();
        let keys = async {
            while !client.has_all_keys(group) {
                changes.changed().await.expect("a client");
            }
        };
        within("keys", keys).await;
    }

    /// Waits until this person's device knows what `group` is called.
    pub async fn knows_label(&self, group: GroupId) {
        let client = self.client();
        let mut changes = client.changes();
        let label = async {
            while client.label(group).is_none() {
                changes.changed().await.expect("a client");
            }
        };
        within("the label", label).await;
    }

    /// The texts of `group` in order, when there are `count` of them and all can be read.
    pub async fn texts(&self, group: GroupId, count: usize) -> Vec<String> {
        self.reads(group).await;
        let enough = self
            .client()
            .wait_until(PATIENCE, |replica| (replica.group(group)?.messages().len() >= count).then_some(()));
        enough.await.unwrap_or_else(|fault| panic!("{count} messages: {fault}"));
        self.reads(group).await;
        // A log that comes again, whole, passes through what it was in between: frozen, or with fewer messages.
        let mut changes = self.client().changes();
        let shown = async {
            while !self.client().read(group, 0).is_ok_and(|shown| shown.len() >= count) {
                changes.changed().await.expect("a client");
            }
        };
        within("messages that can be shown", shown).await;
        self.present(group)
    }

    /// The texts of `group` that are here now, in order; what can't be read as the name of its code.
    pub fn present(&self, group: GroupId) -> Vec<String> {
        let shown = self.client().read(group, 0).expect("a group");
        shown.into_iter().map(|shown| shown.text.unwrap_or_else(|code| format!("({code})"))).collect()
    }

    /// The group's log as it is here, by what the next statement would say that it has seen.
    pub fn head(&self, group: GroupId) -> Head {
        use renkei_client_core::proto::act::{Act, GroupAct};
        use renkei_client_core::proto::statement::{LogId, Role};
        let draft = self.client().draft(LogId::Group(group), Role::User, None, Act::Group(GroupAct::Close));
        draft.expect("a trusted log").seen.group
    }
}
