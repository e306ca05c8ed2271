//! An association with people in it.

use std::path::Path;

use renkei_client_core::enrol::FacilityForm;
use renkei_client_core::groups::{ConsentForm, ConsentNames, NewGroup};
use renkei_client_core::office::details;
use renkei_client_core::proto::act::{
    ConsentBy, FacilityKind, FacilityPledge, GroupKind, HistoryPolicy, Profession, StaffPledge,
};
use renkei_client_core::proto::codec;
use renkei_client_core::proto::frame::{ClientFrame, Op, Password, Request};
use renkei_client_core::proto::hash::sha256;
use renkei_client_core::proto::id::{FacilityId, GroupId, RequestId, UserId};
use renkei_client_core::proto::text::Line;
use renkei_client_core::proto::ticket::Purpose;
use renkei_client_core::root::Root;
use tempfile::TempDir;

use crate::PATIENCE;
use crate::person::Person;
use crate::server::Server;

/// A line of text.
#[track_caller]
pub fn line<const MAX: usize>(text: &str) -> Line<MAX> {
    Line::new(text).expect("a short line")
}

/// The scan of a facility's Form 1, of two chunks.
pub fn form1(name: &str) -> Vec<u8> {
    let mut bytes = format!("%PDF-1.7\n% 様式1 {name}\n").into_bytes();
    let rest = sha256(name.as_bytes()).0.into_iter().cycle();
    bytes.extend(rest.take(renkei_client_core::proto::bounds::FILE_CHUNK + 5_000));
    bytes
}

/// Form 2, signed.
pub fn pledge() -> StaffPledge {
    StaffPledge::Signed { on: "2026-03-01".parse().expect("a day"), scan: sha256("見本 様式2".as_bytes()) }
}

/// Form 3, signed.
pub fn consent() -> ConsentForm {
    ConsentForm {
        by: ConsentBy::Family,
        signed_on: "2026-03-01".parse().expect("a day"),
        copy_given_on: "2026-03-02".parse().expect("a day"),
        scan: sha256("見本 様式3".as_bytes()),
        names: ConsentNames { name: line("見本 一郎"), relation: Some(line("長男")) },
    }
}

/// The frame of a request, as it goes over the wire.
pub fn request(op: Op) -> Vec<u8> {
    codec::encode(&ClientFrame::Request(Request { id: RequestId(renkei_client_core::random()), op }))
}

/// A founded association. Its server is killed and its files are gone when it is dropped.
#[derive(Debug)]
pub struct World {
    /// The server.
    pub server: Server,
    /// The association's root.
    pub root: Root,
    /// Operators of the Desk, signed in.
    pub operators: Vec<Person>,
    home: TempDir,
}

impl World {
    /// Founds an association with two operators, signed in.
    pub async fn found() -> Self {
        Self::with_operators(2).await
    }

    /// Founds an association with so many operators, signed in.
    pub async fn with_operators(count: usize) -> Self {
        let home = TempDir::with_prefix("renkei-").expect("a temporary directory");
        let data = home.path().join("server");
        Self::at(home, &data, count).await
    }

    /// Founds an association whose server's data directory is `data`.
    pub async fn at(home: TempDir, data: &Path, operators: usize) -> Self {
        let (server, claim) = Server::create(data);
        let passphrase = Password::new("見本の長いパスフレーズ kaze-no-oto 2026").expect("a passphrase");
        let mut root = Root::create(&home.path().join("root.key"), &passphrase).expect("a root");
        let claim = claim.parse().expect("a claim");
        root.found(server.address(), &claim, line("見本区医師会（架空）"), line("療養相談室（架空）"))
            .await
            .expect("founded");
        let mut world = Self { server, root, operators: Vec::new(), home };
        for number in 0..operators {
            let mut person = world.operator(&format!("desk-{number}")).await;
            person.set_up(&world.server).await.expect("set up");
            person.sign_in(&world.server).await.expect("signed in");
            world.operators.push(person);
        }
        world
    }

    /// Where devices keep their files.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// An operator, appointed, who has not yet signed in.
    pub async fn operator(&mut self, name: &str) -> Person {
        let named = details(&format!("架空 {name}"), None).expect("a name");
        let ticket = self.root.operator_ticket(named, Profession::Consultant, pledge()).await.expect("a ticket");
        let mut person = Person::enrol(self.home.path(), name, &ticket, None).await.expect("enrolled");
        let candidates = self.root.candidates().await.expect("candidates");
        let candidate = candidates.iter().find(|one| one.device == person.device()).expect("the device arrived");
        assert_eq!(candidate.words.kana, person.words);
        self.root.appoint(candidate).await.expect("appointed");
        assert!(person.profile.poll().await.expect("an answer"));
        person
    }

    /// A facility that has applied; nobody has admitted it yet.
    pub async fn applicant(&self, name: &str, member: bool) -> (FacilityId, Person) {
        let facility = FacilityId(renkei_client_core::random());
        let ticket = self.operators[0].client().issue_ticket(Purpose::Facility(facility)).await.expect("a ticket");
        let form = FacilityForm {
            name: line(&format!("見本 {name}（架空）")),
            kind: FacilityKind::Clinic,
            association_member: member,
            pledge: FacilityPledge { signed_on: "2026-02-20".parse().expect("a day"), scan: sha256(&form1(name)) },
            manager: details(&format!("架空 {name}"), None).expect("a name"),
            profession: Profession::Doctor,
            manager_pledge: pledge(),
        };
        let mut manager = Person::enrol(self.home(), name, &ticket, Some(form)).await.expect("enrolled");
        assert!(manager.profile.poll().await.expect("an answer"));
        (facility, manager)
    }

    /// The operator with this number admits `facility`.
    pub async fn admit(&self, operator: usize, facility: FacilityId) -> renkei_client_core::Result<()> {
        let client = self.operators[operator].client();
        let there = client.wait_until(PATIENCE, |replica| replica.registry().now().facility(facility).map(|_| ()));
        there.await.expect("the application");
        client.admit_facility(facility).await.map(|_| ())
    }

    /// An admitted facility and its manager, who is its administrator too, signed in.
    pub async fn facility(&self, name: &str, member: bool) -> (FacilityId, Person) {
        let (facility, mut manager) = self.applicant(name, member).await;
        self.admit(0, facility).await.expect("admitted");
        self.admit(1, facility).await.expect("admitted");
        manager.set_up(&self.server).await.expect("set up");
        manager.sign_in(&self.server).await.expect("signed in");
        (facility, manager)
    }

    /// Somebody whom `administrator` registers, with an approved device, without Form 2 and not signed in.
    pub async fn newcomer(&self, administrator: &Person, name: &str) -> Person {
        let client = administrator.client();
        let named = details(&format!("架空 {name}"), None).expect("a name");
        let user = client.register_staff(Profession::Nurse, named, None).await.expect("registered");
        let mut person = self.device(administrator, user, name).await;
        assert!(person.profile.poll().await.expect("an answer"));
        person
    }

    /// A device for `user`, approved by the person who issues its ticket; not yet asked for.
    pub async fn device(&self, issuer: &Person, user: UserId, name: &str) -> Person {
        let client = issuer.client();
        let ticket = client.issue_ticket(Purpose::Device(user)).await.expect("a ticket");
        let person = Person::enrol(self.home(), name, &ticket, None).await.expect("enrolled");
        let offers = client.offers().await.expect("offers");
        let offer = offers.iter().find(|one| one.bundle.registration.device == person.device()).expect("the device");
        assert_eq!(offer.words.kana, person.words);
        client.approve_offer(offer).await.expect("approved");
        person
    }

    /// Somebody of the administrator's facility, signed in.
    pub async fn staff(&self, administrator: &Person, name: &str) -> Person {
        let mut person = self.newcomer(administrator, name).await;
        administrator.client().record_pledge(person.user(), pledge()).await.expect("filed");
        person.set_up(&self.server).await.expect("set up");
        person.sign_in(&self.server).await.expect("signed in");
        person
    }

    /// A patient group of the person's facility with the consent recorded.
    pub async fn group(&self, originator: &Person, history: HistoryPolicy) -> GroupId {
        let client = originator.client();
        let new = NewGroup {
            kind: GroupKind::Patient,
            label: line("見本 花子さん 在宅チーム"),
            history,
            acting_for: None,
            creator_reads: true,
        };
        let group = client.create_group(new).await.expect("a group");
        client.record_consent(group, consent()).await.expect("recorded");
        group
    }

    /// Invites `user` and has `administrator` approve.
    pub async fn join(&self, originator: &Person, group: GroupId, user: UserId, administrator: &Person) {
        let invitation = originator.client().invite(group, user).await.expect("invited");
        let client = administrator.client();
        let seen =
            client.wait_until(PATIENCE, |replica| replica.group(group)?.group()?.invitation(invitation).map(|_| ()));
        seen.await.expect("the invitation");
        client.approve_invitation(group, invitation).await.expect("approved");
    }
}

/// Two facilities that share a patient group.
#[derive(Debug)]
pub struct Team {
    /// The association.
    pub world: World,
    /// Manager and administrator of the clinic, which opened the group.
    pub doctor: Person,
    /// Manager and administrator of the nursing station, a member of the group.
    pub chief: Person,
    /// The clinic.
    pub clinic: FacilityId,
    /// The station.
    pub station: FacilityId,
    /// The group.
    pub group: GroupId,
}

impl Team {
    /// A clinic and a station whose managers read and write in one group; newcomers to it read everything.
    pub async fn of_two() -> Self {
        Self::in_world(World::found().await).await
    }

    /// The same in a world that is there.
    pub async fn in_world(world: World) -> Self {
        let (clinic, doctor) = world.facility("clinic", true).await;
        let (station, chief) = world.facility("station", true).await;
        let group = world.group(&doctor, HistoryPolicy::All).await;
        world.join(&doctor, group, chief.user(), &chief).await;
        let team = Self { world, doctor, chief, clinic, station, group };
        for person in [&team.chief, &team.doctor] {
            person.reads(group).await;
            person.knows_label(group).await;
        }
        team
    }
}
