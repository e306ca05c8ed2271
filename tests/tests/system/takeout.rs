//! Takeout with real processes (A12.5): nothing leaves without a permit, what leaves is on record first, and what is out too
//! long is seen.

use std::io::{Cursor, Read as _};

use renkei_client_core::access::who_read;
use renkei_client_core::erasure_proof::verify;
use renkei_client_core::policy::registry::a12_takeout::{Stage, Takeout};
use renkei_client_core::proto::access::{Asked, Kind, Scope, What};
use renkei_client_core::proto::act::{Act, HistoryPolicy, RegistryAct};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Answer, Op, Sidecar};
use renkei_client_core::proto::hash::{Hash32, sha256};
use renkei_client_core::proto::id::{GroupId, TakeoutId, UserId};
use renkei_client_core::proto::sentence::Language;
use renkei_client_core::proto::statement::{LogId, Role};
use renkei_client_core::proto::takeout::{
    Medium, StandingTakeout, TakeoutEnd, TakeoutExport, TakeoutForm, TakeoutPurpose, TakeoutRequest, TakeoutSubject,
};
use renkei_client_core::proto::time::{Date, Time};
use renkei_client_core::takeout::archive::Passphrase;
use renkei_client_core::takeout::manifest::Manifest;
use renkei_client_core::{Fault, random};
use renkei_tests::{Mount, PATIENCE, Person, Stranger, Team, World, files_below, refused};
use tempfile::TempDir;

const HOUR: u64 = 3_600;

/// A clinic and a station, whose nurse reads the group too; three messages, one corrected, one taken back.
struct Scene {
    team: Team,
    nurse: Person,
    /// Places of the messages.
    places: Vec<u64>,
}

impl Scene {
    async fn new() -> Self {
        let team = Team::of_two().await;
        let nurse = team.world.staff(&team.chief, "nurse").await;
        team.world.join(&team.doctor, team.group, nurse.user(), &team.chief).await;
        nurse.reads(team.group).await;
        nurse.knows_label(team.group).await;
        let mut places = Vec::new();
        for words in ["体温 36.5", "血圧 132/80", "間違えて書いたこと"] {
            places.push(nurse.client().send(team.group, words).await.expect("sent").head.size - 1);
        }
        nurse.client().correct(team.group, places[1], "血圧 128/80").await.expect("corrected");
        nurse.client().retract(team.group, places[2]).await.expect("taken back");
        team.chief.texts(team.group, 3).await;
        Self { team, nurse, places }
    }

    fn now(&self) -> Time {
        self.team.world.server.now()
    }

    /// The nurse's messages on a USB memory, from now on for an hour.
    fn usb(&self) -> TakeoutRequest {
        let (first, last) = (self.places[0], self.places[2]);
        TakeoutRequest {
            takeout: TakeoutId(random()),
            what: TakeoutSubject::Information { group: self.team.group, first, last },
            medium: Medium::UsbMemory,
            purpose: TakeoutPurpose::Conference,
            from: self.now(),
            until: self.now().plus(HOUR),
            device: self.nurse.device(),
        }
    }

    fn export(&self, takeout: TakeoutId) -> TakeoutExport {
        TakeoutExport {
            takeout,
            group: self.team.group,
            form: TakeoutForm::Archive,
            first: self.places[0],
            last: self.places[2],
            items: 3,
            manifest: Hash32([7; 32]),
        }
    }

    /// The nurse has asked for `request`.
    async fn asked(&self, request: TakeoutRequest) -> TakeoutId {
        self.nurse.client().request_takeout(request).await.expect("asked");
        self.chief_knows(request.takeout).await;
        request.takeout
    }

    async fn chief_knows(&self, takeout: TakeoutId) {
        let client = self.team.chief.client();
        let there = client.wait_until(PATIENCE, |replica| replica.registry().now().takeout(takeout).map(drop));
        there.await.expect("the request");
    }

    async fn decided(&self, takeout: TakeoutId, approve: bool) -> Result<(), Fault> {
        self.team.chief.step_up(&self.team.world.server).await?;
        let client = self.team.chief.client();
        let read = client.look(|replica| replica.registry().now().takeout(takeout).map(|one| one.statement));
        client.decide_takeout(takeout, read.expect("a request"), approve).await.map(drop)
    }

    /// The nurse has a permit for `request`, and knows.
    async fn permitted(&self, request: TakeoutRequest) -> TakeoutId {
        let takeout = self.asked(request).await;
        self.decided(takeout, true).await.expect("approved");
        self.nurse_knows(|one| one == Stage::Permitted, takeout).await;
        takeout
    }

    async fn nurse_knows(&self, so: impl Fn(Stage) -> bool, takeout: TakeoutId) {
        let there = self.nurse.client().wait_until(PATIENCE, |replica| {
            let view = replica.registry().now();
            let found = view.takeouts(replica.time()).find(|(one, _)| one.request.takeout == takeout);
            found.filter(|(_, stage)| so(*stage)).map(drop)
        });
        there.await.expect("the news");
    }

    fn today(&self) -> Date {
        day_of(self.now())
    }
}

/// The day that it is in Japan.
fn day_of(time: Time) -> Date {
    let days = i64::try_from((time.0 + 9 * HOUR) / 86_400).expect("a day of this age");
    Date::of_days(days).expect("a day of this age")
}

/// Says what is exported as a client would that checks nothing.
async fn raw(person: &Person, export: TakeoutExport) -> Result<Answer, Fault> {
    person.client().ask(Op::TakeOut(export)).await
}

pub(crate) fn opened(bytes: &[u8], passphrase: &str) -> (Vec<u8>, String) {
    let secret = age::secrecy::SecretString::from(passphrase.to_owned());
    let identity = age::scrypt::Identity::new(secret);
    let decryptor = age::Decryptor::new(bytes).expect("the age format");
    let mut plain = Vec::new();
    let mut reader = decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity)).expect("the passphrase");
    reader.read_to_end(&mut plain).expect("whole");
    let mut zip = zip::ZipArchive::new(Cursor::new(plain)).expect("a ZIP");
    let mut file = |name: &str| {
        let mut bytes = Vec::new();
        zip.by_name(name).expect(name).read_to_end(&mut bytes).expect("whole");
        bytes
    };
    (file("manifest.json"), String::from_utf8(file("messages.txt")).expect("UTF-8"))
}

async fn taken_out(person: &Person, scope: Scope) -> Vec<(Option<UserId>, What)> {
    let records = person.client().access_records(scope, Time(0), Time(u64::MAX)).await.expect("records");
    let found = records.lines.iter().map(|line| (line.record.user, line.record.what));
    found.filter(|(_, what)| matches!(what, What::TakenOut { .. })).collect()
}

/// Exports of the station's people, as the Desk counts them.
async fn exports_of_the_station(scene: &Scene) -> u64 {
    let desk = scene.team.world.operators[0].client();
    let counts = desk.access_counts(Time(0), Time(u64::MAX)).await.expect("counts");
    let exports = counts.iter().find(|one| one.facility == Some(scene.team.station) && one.kind == Kind::Export);
    exports.map_or(0, |one| one.times)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_5_information_leaves_under_a_permit_as_an_archive_and_on_record() {
    let scene = Scene::new().await;
    let (client, group) = (scene.nurse.client(), scene.team.group);
    let out = scene.nurse.dir.join("conference.zip.age");
    let passphrase = Passphrase::generate();
    let request = scene.usb();
    let takeout = scene.asked(request).await;
    refused(client.export_takeout(takeout, &passphrase, &out).await, Code::TakeoutNotPermitted);
    assert!(!out.exists(), "nothing is begun before it is permitted");
    scene.decided(takeout, true).await.expect("approved");
    scene.nurse_knows(|stage| stage == Stage::Permitted, takeout).await;
    let before = exports_of_the_station(&scene).await;
    let exported = client.export_takeout(takeout, &passphrase, &out).await.expect("exported");
    assert_eq!(exports_of_the_station(&scene).await, before + 1, "the Desk has a number");
    refused(client.export_takeout(takeout, &passphrase, &out).await, Code::FileExists);

    let bytes = std::fs::read(&out).expect("a file");
    let (manifest, text) = opened(&bytes, passphrase.reveal());
    assert_eq!(manifest, exported.manifest);
    let read: Manifest = serde_json::from_slice(&manifest).expect("a manifest");
    assert_eq!((read.person, read.device, read.takeout), (scene.nurse.user(), scene.nurse.device(), takeout));
    assert_eq!((read.approved_by, read.from, read.until), (scene.team.chief.user(), request.from, request.until));
    assert_eq!(read.items.iter().map(|item| item.seq).collect::<Vec<_>>(), scene.places);
    let hashes: Vec<_> = read.items.iter().map(|item| item.hash).collect();
    let hash = |words: &str| Some(sha256(words.as_bytes()));
    assert_eq!(hashes, [hash("体温 36.5"), hash("血圧 128/80"), None]);
    assert_eq!(read.text, sha256(text.as_bytes()));
    assert!(
        text.contains("体温 36.5") && text.contains("血圧 128/80") && text.contains("訂正済み / corrected"),
        "{text}"
    );
    assert!(!text.contains("間違えて書いたこと") && !text.contains("132"), "what no longer holds stays: {text}");
    assert!(text.contains("見本 花子さん 在宅チーム") && text.contains("架空 nurse"), "{text}");

    let expected = What::TakenOut {
        takeout,
        group,
        form: TakeoutForm::Archive,
        first: scene.places[0],
        last: scene.places[2],
        items: 3,
        manifest: sha256(&manifest),
    };
    let own = (Some(scene.nurse.user()), expected);
    assert_eq!(taken_out(&scene.nurse, Scope::Own).await, [own]);
    assert_eq!(taken_out(&scene.team.chief, Scope::Facility).await, [own], "her administrator");
    assert_eq!(taken_out(&scene.team.doctor, Scope::Group(group)).await, [own], "the originator's administrator");
    let records = scene.team.doctor.client().access_records(Scope::Group(group), Time(0), Time(u64::MAX)).await;
    let handed = who_read(group, records.expect("records").lines.iter().map(|line| &line.record));
    let hers = handed.iter().find(|one| one.user == scene.nurse.user());
    assert_eq!(hers.map(|one| one.takeouts), Some(1), "who has read counts it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_5_a_client_that_asks_nobody_is_refused_by_the_server() {
    let mut scene = Scene::new().await;
    let team = &scene.team;
    let elsewhere = team.world.group(&team.doctor, HistoryPolicy::All).await;
    team.world.join(&team.doctor, elsewhere, scene.nurse.user(), &team.chief).await;
    scene.nurse.reads(elsewhere).await;
    let foreign = TakeoutId(random());
    let no = Code::TakeoutNotPermitted;
    refused(raw(&scene.nurse, scene.export(foreign)).await, no);
    let takeout = scene.asked(scene.usb()).await;
    refused(raw(&scene.nurse, scene.export(takeout)).await, no);
    scene.decided(takeout, true).await.expect("approved");
    let good = scene.export(takeout);
    for wrong in [
        TakeoutExport { takeout: foreign, ..good },
        TakeoutExport { group: elsewhere, first: 0, last: 0, items: 1, ..good },
        TakeoutExport { first: good.first - 1, ..good },
        TakeoutExport { last: good.last + 1, ..good },
        TakeoutExport { form: TakeoutForm::Text, ..good },
    ] {
        refused(raw(&scene.nurse, wrong).await, no);
    }
    refused(raw(&scene.nurse, TakeoutExport { items: 0, ..good }).await, Code::TooLarge);
    // A colleague, somebody of another facility, and somebody who does not read there at all.
    refused(raw(&team.chief, good).await, no);
    refused(raw(&team.doctor, good).await, no);
    refused(raw(&team.world.operators[0], good).await, Code::NotAReader);
    let nowhere = TakeoutExport { group: GroupId(random()), ..good };
    refused(raw(&scene.nurse, nowhere).await, Code::NotAReader);
    // Her own other device.
    let mut phone = team.world.device(&team.chief, scene.nurse.user(), "nurse-phone").await;
    let registered =
        scene.nurse.client().wait_until(PATIENCE, |replica| replica.registry().now().device(phone.device()).map(drop));
    registered.await.expect("the administrator's approval");
    scene.nurse.client().confirm_device(phone.device()).await.expect("vouched for");
    assert!(phone.profile.poll().await.expect("an answer"));
    phone.password.clone_from(&scene.nurse.password);
    phone.factor.clone_from(&scene.nurse.factor);
    phone.sign_in(&team.world.server).await.expect("signed in");
    refused(raw(&phone, good).await, no);
    // Without a session nothing is asked.
    let stranger = Stranger::device(&scene.nurse.profile).await;
    refused(stranger.request(Op::TakeOut(good)).await, Code::SessionRequired);

    assert!(matches!(raw(&scene.nurse, good).await, Ok(Answer::Done)), "the permit itself is good");
    let records = scene.nurse.client().access_records(Scope::Own, Time(0), Time(u64::MAX)).await.expect("records");
    let refusals = records
        .lines
        .iter()
        .filter(|line| matches!(line.record.what, What::Refused { asked: Asked::Export, code, .. } if code == no));
    assert!(refusals.count() > 0, "refusals are on record");
    scene.team.world.server.advance(HOUR);
    scene.nurse.sign_in(&scene.team.world.server).await.expect("signed in");
    scene.nurse.reads(scene.team.group).await;
    refused(raw(&scene.nurse, good).await, no);
    assert_eq!(taken_out(&scene.nurse, Scope::Own).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_5_a_permit_is_over_with_its_revocation_the_membership_and_a_freeze() {
    let scene = Scene::new().await;
    let (group, chief) = (scene.team.group, scene.team.chief.client());
    let takeout = scene.permitted(scene.usb()).await;
    chief.revoke_takeout(takeout).await.expect("revoked, without a fresh code");
    refused(raw(&scene.nurse, scene.export(takeout)).await, Code::TakeoutNotPermitted);
    let takeout = scene.permitted(scene.usb()).await;
    chief.remove(group, scene.nurse.user()).await.expect("removed");
    refused(raw(&scene.nurse, scene.export(takeout)).await, Code::NotAReader);
    scene.team.world.join(&scene.team.doctor, group, scene.nurse.user(), &scene.team.chief).await;
    scene.nurse.reads(group).await;
    assert!(raw(&scene.nurse, scene.export(takeout)).await.is_ok(), "she reads it again");
    let by = renkei_client_core::proto::act::ConsentBy::Patient;
    let withdrawn = scene.team.doctor.client().withdraw_consent(group, by, scene.today(), sha256(b"paper"));
    withdrawn.await.expect("withdrawn");
    refused(raw(&scene.nurse, scene.export(takeout)).await, Code::ConsentWithdrawn);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a06_2_what_was_taken_out_is_called_back_when_consent_is_withdrawn_and_stands_in_the_proof() {
    let scene = Scene::new().await;
    let (group, doctor, chief) = (scene.team.group, scene.team.doctor.client(), scene.team.chief.client());
    let takeout = scene.permitted(scene.usb()).await;
    raw(&scene.nurse, scene.export(takeout)).await.expect("it has left");
    let refused_one = scene.asked(scene.usb()).await;
    scene.decided(refused_one, false).await.expect("refused");
    let waits = |person: &Person| person.client().takeout_duties();
    assert!(waits(&scene.nurse).called_back.is_empty() && waits(&scene.team.chief).to_confirm.is_empty());

    let by = renkei_client_core::proto::act::ConsentBy::Family;
    doctor.withdraw_consent(group, by, scene.today(), sha256(b"paper")).await.expect("withdrawn");
    for person in [&scene.nurse, &scene.team.chief] {
        let frozen = person.client().wait_until(PATIENCE, |replica| replica.group(group)?.group()?.frozen().map(drop));
        frozen.await.expect("the freeze");
    }
    let ids = |found: &[Takeout]| found.iter().map(|one| one.request.takeout).collect::<Vec<_>>();
    assert_eq!(ids(&waits(&scene.nurse).called_back), [takeout], "she is told, though its hour is not over");
    let told = waits(&scene.team.chief).to_confirm;
    assert_eq!(
        told.iter().map(|(one, stage)| (one.request.takeout, *stage)).collect::<Vec<_>>(),
        [(takeout, Stage::Permitted)]
    );

    let operator = scene.team.world.operators[0].client();
    let frozen = operator.wait_until(PATIENCE, |replica| replica.group(group)?.group()?.frozen().map(drop));
    frozen.await.expect("the freeze");
    operator.confirm_erasure(group).await.expect("confirmed");
    let proof = async || {
        let (evidence, told) = doctor.erasure_proof(group).await.expect("a proof");
        assert_eq!(verify(&evidence, evidence.record.root), Ok(told.clone()), "by its file alone");
        told.takeouts.iter().map(|one| (one.medium, one.purpose, one.ended)).collect::<Vec<_>>()
    };
    let gone = doctor.wait_until(PATIENCE, |replica| replica.group(group)?.group()?.erased().map(drop));
    gone.await.expect("erased");
    assert_eq!(
        proof().await,
        [(Medium::UsbMemory, TakeoutPurpose::Conference, None)],
        "nobody has said that it is gone"
    );

    scene.nurse.client().declare_takeout_end(takeout, TakeoutEnd::Erased).await.expect("declared");
    assert_eq!(ids(&waits(&scene.nurse).called_back), [takeout], "her word alone does not end it");
    chief.confirm_takeout_end(takeout, TakeoutEnd::Erased, scene.today()).await.expect("confirmed");
    scene.nurse_knows(|stage| stage == Stage::Ended, takeout).await;
    assert!(waits(&scene.nurse).called_back.is_empty() && waits(&scene.team.chief).to_confirm.is_empty());
    let ended = Some((TakeoutEnd::Erased, scene.today()));
    assert_eq!(proof().await, [(Medium::UsbMemory, TakeoutPurpose::Conference, ended)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_5_what_was_read_is_decided_once_and_not_by_oneself() {
    let scene = Scene::new().await;
    let takeout = scene.asked(scene.usb()).await;
    let decide = |request| Act::Registry(RegistryAct::DecideTakeout { takeout, request, approve: true });
    let send = async |person: &Person, role, request| {
        let sent = person.client().submit_unchecked(LogId::Registry, role, None, decide(request), Sidecar::default());
        sent.await.map(drop)
    };
    let read =
        scene.team.chief.client().look(|replica| replica.registry().now().takeout(takeout).map(|one| one.statement));
    let read = read.expect("a request");
    // In an office that she does not have, and as herself.
    scene.nurse.step_up(&scene.team.world.server).await.expect("a fresh code");
    refused(send(&scene.nurse, Role::SnsAdministrator, read).await, Code::NotAdministrator);
    scene.team.doctor.step_up(&scene.team.world.server).await.expect("a fresh code");
    refused(send(&scene.team.doctor, Role::SnsAdministrator, read).await, Code::NotAdministrator);
    scene.team.chief.step_up(&scene.team.world.server).await.expect("a fresh code");
    refused(send(&scene.team.chief, Role::SnsAdministrator, Hash32([9; 32])).await, Code::Unknown);
    send(&scene.team.chief, Role::SnsAdministrator, read).await.expect("approved");
    refused(send(&scene.team.chief, Role::SnsAdministrator, read).await, Code::NothingToDo);
    // With a second administrator, nobody approves the own.
    scene.team.chief.client().set_administrator(scene.nurse.user(), true).await.expect("a deputy");
    let request = TakeoutRequest { device: scene.team.chief.device(), takeout: TakeoutId(random()), ..scene.usb() };
    scene.team.chief.client().request_takeout(request).await.expect("asked");
    refused(scene.decided(request.takeout, true).await, Code::SecondPersonRequired);
    refused(
        scene.team.chief.client().grant_standing_takeout(standing(&scene, scene.team.chief.user(), None)).await,
        Code::SecondPersonRequired,
    );
}

fn standing(scene: &Scene, user: UserId, group: Option<GroupId>) -> StandingTakeout {
    StandingTakeout { takeout: TakeoutId(random()), user, group, until: scene.now().plus(30 * 86_400) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_5_text_for_the_chart_needs_a_standing_permit_and_is_on_record() {
    let scene = Scene::new().await;
    let (client, group) = (scene.nurse.client(), scene.team.group);
    let places = &scene.places[..2];
    assert_eq!(client.takeout_permit(group, TakeoutForm::Text, (places[0], places[1])), None);
    scene.team.chief.step_up(&scene.team.world.server).await.expect("a fresh code");
    let permit = standing(&scene, scene.nurse.user(), Some(group));
    refused(
        client.takeout_text(permit.takeout, group, places, Language::Japanese).await.map(drop),
        Code::TakeoutNotPermitted,
    );
    scene.team.chief.client().grant_standing_takeout(permit).await.expect("granted");
    let known =
        client.wait_until(PATIENCE, |replica| replica.registry().now().standing_takeout(permit.takeout).map(drop));
    known.await.expect("the permit");
    assert_eq!(client.takeout_permit(group, TakeoutForm::Text, (places[0], places[1])), Some(permit.takeout));
    let (text, exported) =
        client.takeout_text(permit.takeout, group, places, Language::Japanese).await.expect("text for the chart");
    assert!(
        text.starts_with("【連携からの転記】") && text.contains("体温 36.5") && text.contains("血圧 128/80"),
        "{}",
        *text
    );
    let on_record = taken_out(&scene.nurse, Scope::Own).await;
    let [(_, What::TakenOut { form: TakeoutForm::Text, items: 2, manifest, .. })] = on_record.as_slice() else {
        panic!("{on_record:?}")
    };
    assert_eq!(*manifest, sha256(&exported.manifest));
    // Nothing of it lies on this device in plain text.
    let needle = "体温 36.5".as_bytes();
    for (path, bytes) in files_below(&scene.nurse.dir) {
        assert!(!bytes.windows(needle.len()).any(|window| window == needle), "{path:?}");
    }
    // It is for text alone, and until it is taken back.
    refused(raw(&scene.nurse, scene.export(permit.takeout)).await, Code::TakeoutNotPermitted);
    client.revoke_takeout(permit.takeout).await.expect("given back");
    refused(
        client.takeout_text(permit.takeout, group, places, Language::Japanese).await.map(drop),
        Code::TakeoutNotPermitted,
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_5_a_device_that_is_out_too_long_is_overdue_until_an_administrator_has_seen_it() {
    let mut scene = Scene::new().await;
    let request = TakeoutRequest {
        what: TakeoutSubject::Device,
        medium: Medium::Device,
        purpose: TakeoutPurpose::Visit,
        ..scene.usb()
    };
    let takeout = scene.permitted(request).await;
    assert!(scene.nurse.client().takeout_duties().overdue.is_empty());
    scene.team.world.server.advance(HOUR);
    for person in [&mut scene.nurse, &mut scene.team.chief, &mut scene.team.world.operators[0]] {
        person.sign_in(&scene.team.world.server).await.expect("signed in");
    }
    assert_eq!(scene.nurse.client().takeout_duties().overdue.len(), 1, "she is told when she signs in");
    let chief = scene.team.chief.client();
    assert_eq!(chief.takeout_duties().to_confirm.len(), 1, "her administrator sees it");
    assert!(scene.team.doctor.client().takeouts().is_empty(), "nobody else's");
    let counts = scene.team.world.operators[0].client().takeout_counts().expect("counts");
    assert_eq!(
        counts.iter().map(|one| (one.facility, one.numbers.overdue)).collect::<Vec<_>>(),
        [(scene.team.station, 1)]
    );
    refused(chief.takeout_counts().map(drop), Code::NotOperator);
    scene.nurse.client().declare_takeout_end(takeout, TakeoutEnd::Returned).await.expect("declared");
    let today = scene.today();
    let act = RegistryAct::ConfirmTakeoutEnd { takeout, how: TakeoutEnd::Returned, on: today };
    let own = scene.nurse.client().submit_unchecked(
        LogId::Registry,
        Role::SnsAdministrator,
        None,
        Act::Registry(act),
        Sidecar::default(),
    );
    refused(own.await, Code::NotAdministrator);
    assert_eq!(scene.nurse.client().takeout_duties().overdue.len(), 1, "her word alone does not end it");
    chief.confirm_takeout_end(takeout, TakeoutEnd::Returned, today).await.expect("confirmed");
    scene.nurse_knows(|stage| stage == Stage::Ended, takeout).await;
    assert!(scene.nurse.client().takeout_duties().overdue.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_5_what_can_not_be_put_on_record_does_not_leave() {
    let home = TempDir::with_prefix("renkei-").expect("a temporary directory");
    let place = TempDir::with_prefix("renkei-").expect("a temporary directory");
    let Some(mount) = Mount::tmpfs(place.path(), 48) else {
        println!("SKIPPED: full disk on tmpfs needs root");
        return;
    };
    let team = Team::in_world(World::at(home, &place.path().join("server"), 2).await).await;
    let sent = team.chief.client().send(team.group, "体温 36.5").await.expect("sent").head.size - 1;
    team.chief.texts(team.group, 1).await;
    let now = team.world.server.now();
    let request = TakeoutRequest {
        takeout: TakeoutId(random()),
        what: TakeoutSubject::Information { group: team.group, first: sent, last: sent },
        medium: Medium::UsbMemory,
        purpose: TakeoutPurpose::Visit,
        from: now,
        until: now.plus(HOUR),
        device: team.chief.device(),
    };
    let client = team.chief.client();
    client.request_takeout(request).await.expect("asked");
    let read = client.look(|replica| replica.registry().now().takeout(request.takeout)).expect("a request");
    client.decide_takeout(request.takeout, read.statement, true).await.expect("an only administrator's own");

    let ballast = place.path().join("ballast");
    std::fs::write(&ballast, vec![7; 20 * 1_024 * 1_024]).expect("room for the ballast");
    let (out, passphrase) = (team.chief.dir.join("visit.zip.age"), Passphrase::generate());
    refused(client.export_takeout(request.takeout, &passphrase, &out).await.map(drop), Code::StorageFull);
    assert!(!out.exists(), "not a byte was written");
    std::fs::remove_file(&ballast).expect("removed");
    client.export_takeout(request.takeout, &passphrase, &out).await.expect("there is room for the record");
    assert!(out.exists());
    drop((team, mount, place));
}
