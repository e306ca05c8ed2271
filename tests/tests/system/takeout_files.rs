//! Files that leave with a takeout (A12.5), with real processes: each under its permit and on record, whole or named as missing;
//! and what a session has open ends with the right to it (A12.2).

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};
use std::path::Path;

use renkei_client_core::attach::Outgoing;
use renkei_client_core::groups::NewGroup;
use renkei_client_core::policy::registry::a12_takeout::Stage;
use renkei_client_core::proto::access::{Asked, Scope, What};
use renkei_client_core::proto::act::{Act, GroupKind, HistoryPolicy, RegistryAct};
use renkei_client_core::proto::bounds;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::file::{Intent, Opening, Part};
use renkei_client_core::proto::frame::{Answer, Op, Sidecar};
use renkei_client_core::proto::hash::sha256;
use renkei_client_core::proto::id::{GroupId, RequestId, TakeoutId};
use renkei_client_core::proto::settings::Setting;
use renkei_client_core::proto::statement::{LogId, Role};
use renkei_client_core::proto::takeout::{
    Medium, StandingTakeout, TakeoutForm, TakeoutPurpose, TakeoutRequest, TakeoutSubject,
};
use renkei_client_core::proto::time::Time;
use renkei_client_core::takeout::archive::Passphrase;
use renkei_client_core::takeout::manifest::{Item, ItemKind, Manifest};
use renkei_client_core::{Fault, random};
use renkei_tests::{PATIENCE, Person, Team, files_below, line, refused};
use zeroize::Zeroizing;

const HOUR: u64 = 3_600;

/// A recording of `length` bytes.
fn sound(length: usize) -> Vec<u8> {
    let mut bytes = b"RIFF\x24\0\0\0WAVEfmt ".to_vec();
    let noise: [u8; 251] = random();
    bytes.extend(noise.iter().copied().cycle().take(length - bytes.len()));
    bytes
}

/// Sends these recordings with one message, and where that stands.
async fn send(person: &Person, group: GroupId, all: &[&[u8]]) -> u64 {
    let outgoing = |bytes: &&[u8]| Outgoing::from_bytes("呼吸音.wav", Zeroizing::new(bytes.to_vec())).expect("a sound");
    let mut files: Vec<Outgoing> = all.iter().map(outgoing).collect();
    let sent = person.client().send_files(group, "ご確認ください", &mut files, false).await;
    sent.expect("sent").head.size - 1
}

/// A clinic and a station, whose nurse reads the group too.
struct Scene {
    team: Team,
    nurse: Person,
}

impl Scene {
    async fn new() -> Self {
        let team = Team::of_two().await;
        let nurse = team.world.staff(&team.chief, "nurse").await;
        team.world.join(&team.doctor, team.group, nurse.user(), &team.chief).await;
        nurse.reads(team.group).await;
        Self { team, nurse }
    }

    /// The nurse has `seq`.
    async fn arrived(&self, seq: u64) {
        let here =
            self.nurse.client().wait_until(PATIENCE, |replica| replica.group(self.team.group)?.message(seq).map(drop));
        here.await.expect("the message");
        self.nurse.reads(self.team.group).await;
    }

    /// The nurse has asked for all of the group on a USB memory, from now on for an hour: for more than there is.
    async fn asked(&self) -> TakeoutId {
        let now = self.team.world.server.now();
        let request = TakeoutRequest {
            takeout: TakeoutId(random()),
            what: TakeoutSubject::Information { group: self.team.group, first: 0, last: u64::MAX },
            medium: Medium::UsbMemory,
            purpose: TakeoutPurpose::Conference,
            from: now,
            until: now.plus(HOUR),
            device: self.nurse.device(),
        };
        self.nurse.client().request_takeout(request).await.expect("asked");
        for person in [&self.team.chief, &self.team.doctor] {
            let there = person
                .client()
                .wait_until(PATIENCE, |replica| replica.registry().now().takeout(request.takeout).map(drop));
            there.await.expect("the request");
        }
        request.takeout
    }

    async fn permitted(&self) -> TakeoutId {
        let takeout = self.asked().await;
        self.team.chief.step_up(&self.team.world.server).await.expect("a fresh code");
        let client = self.team.chief.client();
        let read = client.look(|replica| replica.registry().now().takeout(takeout)).expect("a request").statement;
        client.decide_takeout(takeout, read, true).await.expect("approved");
        let there = self.nurse.client().wait_until(PATIENCE, |replica| {
            let mut all = replica.registry().now().takeouts(replica.time());
            all.find(|(one, stage)| one.request.takeout == takeout && *stage == Stage::Permitted).map(drop)
        });
        there.await.expect("the permit");
        takeout
    }

    fn opening(&self, person: &Person, group: GroupId, seq: u64, intent: Intent) -> Opening {
        Opening {
            version: renkei_client_core::proto::VERSION,
            suite: renkei_client_core::proto::SUITE,
            association: person.client().look(|replica| replica.registry().association().expect("founded").id),
            user: person.user(),
            device: person.device(),
            group,
            seq,
            file: 0,
            part: Part::Content,
            intent,
            request: RequestId(random()),
            at: self.team.world.server.now(),
        }
    }

    /// Asks for a file under a permit as a client would that checks nothing.
    async fn raw(&self, person: &Person, seq: u64, takeout: TakeoutId) -> Result<RequestId, Fault> {
        self.raw_in(person, self.team.group, seq, Intent::TakeOut { takeout }).await
    }

    async fn raw_in(&self, person: &Person, group: GroupId, seq: u64, intent: Intent) -> Result<RequestId, Fault> {
        let opening = self.opening(person, group, seq, intent);
        let signed = person.client().sign_opening(&opening).expect("an open vault");
        person.client().ask(Op::OpenFile(signed)).await.map(|_| opening.request)
    }
}

async fn chunk(person: &Person, opening: RequestId, index: u32) -> Result<(), Fault> {
    match person.client().ask(Op::FileChunk { opening, index }).await? {
        Answer::FileChunk(_) => Ok(()),
        other => panic!("{other:?}"),
    }
}

/// What is in an archive, by name.
fn opened(path: &Path, passphrase: &Passphrase) -> BTreeMap<String, Vec<u8>> {
    let bytes = std::fs::read(path).expect("a file");
    let secret = age::secrecy::SecretString::from(passphrase.reveal().to_owned());
    let identity = age::scrypt::Identity::new(secret);
    let decryptor = age::Decryptor::new(bytes.as_slice()).expect("the age format");
    let mut plain = Vec::new();
    let mut reader = decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity)).expect("the passphrase");
    reader.read_to_end(&mut plain).expect("whole");
    let mut zip = zip::ZipArchive::new(Cursor::new(plain)).expect("a ZIP");
    let count = zip.len();
    let file = |at| {
        let mut file = zip.by_index(at).expect("a file");
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).expect("whole");
        (file.name().expect("a name").into_owned(), bytes)
    };
    (0..count).map(file).collect()
}

fn files_of(manifest: &Manifest) -> Vec<&Item> {
    manifest.items.iter().filter(|item| item.kind == ItemKind::File).collect()
}

async fn whats(person: &Person, scope: Scope) -> Vec<What> {
    let records = person.client().access_records(scope, Time(0), Time(u64::MAX)).await.expect("records");
    records.lines.iter().map(|line| line.record.what).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_5_files_leave_with_the_archive_each_on_record_before_and_what_came_later_stays() {
    let scene = Scene::new().await;
    let group = scene.team.group;
    let (short, long) = (sound(1_000), sound(5 * bounds::FILE_CHUNK + 77));
    let seq = send(&scene.team.doctor, group, &[&short, &long]).await;
    let wrong = send(&scene.team.doctor, group, &[&sound(2_000)]).await;
    scene.team.doctor.client().retract(group, wrong).await.expect("taken back");
    scene.arrived(wrong).await;
    let taken_back = scene
        .nurse
        .client()
        .wait_until(PATIENCE, |replica| replica.group(group)?.group()?.retracted(wrong).then_some(()));
    taken_back.await.expect("the retraction");
    let takeout = scene.permitted().await;
    scene.team.world.server.advance(1);
    let late = send(&scene.team.doctor, group, &[&sound(3_000)]).await;
    scene.arrived(late).await;

    let (out, passphrase) = (scene.nurse.dir.join("out").join("conference.zip.age"), Passphrase::generate());
    std::fs::create_dir(out.parent().expect("a directory")).expect("a directory");
    let exported = scene.nurse.client().export_takeout(takeout, &passphrase, &out).await.expect("exported");
    let sum = u64::try_from(short.len() + long.len()).expect("small");
    assert_eq!((exported.files, exported.bytes, exported.missing), (2, sum, 1));
    let below: Vec<_> = files_below(out.parent().expect("a directory")).into_keys().collect();
    assert_eq!(below.len(), 1, "nothing beside it: {below:?}");

    let archive = opened(&out, &passphrase);
    let manifest: Manifest = serde_json::from_slice(&archive["manifest.json"]).expect("a manifest");
    assert_eq!(archive["manifest.json"], exported.manifest);
    let files = files_of(&manifest);
    let [one, two, gone] = files.as_slice() else { panic!("{files:?}") };
    for (item, bytes) in [(one, &short), (two, &long)] {
        let inside = &archive[item.file.as_ref().expect("it is there")];
        assert_eq!((inside, item.seq, item.hash), (bytes, seq, Some(sha256(bytes))));
        assert_eq!((item.name.as_deref(), item.media.as_deref()), (Some("呼吸音.wav"), Some("audio/wav")));
        assert_eq!(item.bytes, Some(u64::try_from(bytes.len()).expect("small")));
    }
    assert_eq!((gone.seq, gone.file.as_ref(), gone.unreadable), (wrong, None, Some(Code::AlreadyRetracted)));
    assert!(manifest.items.iter().all(|item| item.seq < late), "a permit does not grow");
    let text = String::from_utf8(archive["messages.txt"].clone()).expect("UTF-8");
    assert!(text.contains("[ファイル / file: files/") && text.contains("already_retracted]"), "{text}");

    let expected = sha256(&exported.manifest);
    for (person, scope) in [(&scene.nurse, Scope::Own), (&scene.team.doctor, Scope::Group(group))] {
        let all = whats(person, scope).await;
        let ours: Vec<&What> =
            all.iter().filter(|what| matches!(what, What::TakenOut { .. } | What::FileOpened { .. })).collect();
        let intent = Intent::TakeOut { takeout };
        assert!(
            matches!(ours.as_slice(), [
                What::FileOpened { intent: a, file: 0, .. },
                What::FileOpened { intent: b, file: 1, .. },
                What::TakenOut { takeout: c, items, manifest, .. },
            ] if (*a, *b, *c, *manifest) == (intent, intent, takeout, expected)
                && usize::try_from(*items).is_ok_and(|items| items == 5)),
            "{ours:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_5_a_file_that_can_not_be_had_is_named_in_the_manifest() {
    let scene = Scene::new().await;
    let (group, blobs) = (scene.team.group, scene.team.world.server.data().join("blobs"));
    let lost = send(&scene.team.doctor, group, &[&sound(1_000)]).await;
    for (path, bytes) in files_below(&blobs) {
        if bytes.len() > 100 {
            std::fs::remove_file(blobs.join(path)).expect("lost by the disk");
        }
    }
    let whole = sound(2_000);
    let seq = send(&scene.team.doctor, group, &[&whole]).await;
    scene.arrived(seq).await;
    let takeout = scene.permitted().await;
    let (out, passphrase) = (scene.nurse.dir.join("conference.zip.age"), Passphrase::generate());
    let exported = scene.nurse.client().export_takeout(takeout, &passphrase, &out).await.expect("exported");
    assert_eq!((exported.files, exported.missing), (1, 1));
    let manifest: Manifest = serde_json::from_slice(&exported.manifest).expect("a manifest");
    let found: Vec<_> = files_of(&manifest).iter().map(|item| (item.seq, item.hash, item.unreadable)).collect();
    assert_eq!(found, [(lost, None, Some(Code::StorageFailed)), (seq, Some(sha256(&whole)), None)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_5_a_client_that_asks_nobody_gets_no_file_out() {
    let mut scene = Scene::new().await;
    let (team, nurse) = (&scene.team, &scene.nurse);
    let no = Code::TakeoutNotPermitted;
    let seq = send(&team.doctor, team.group, &[&sound(1_000)]).await;
    refused(scene.raw(nurse, seq, TakeoutId(random())).await, no);
    let takeout = scene.asked().await;
    refused(scene.raw(nurse, seq, takeout).await, no);
    // The administrator of another facility approves, with a client that checks nothing.
    team.doctor.step_up(&team.world.server).await.expect("a fresh code");
    let read = team.doctor.client().look(|replica| replica.registry().now().takeout(takeout));
    let act = RegistryAct::DecideTakeout { takeout, request: read.expect("a request").statement, approve: true };
    let foreign = team.doctor.client().submit_unchecked(
        LogId::Registry,
        Role::SnsAdministrator,
        None,
        Act::Registry(act),
        Sidecar::default(),
    );
    refused(foreign.await, Code::NotAdministrator);
    refused(scene.raw(nurse, seq, takeout).await, no);

    let until = team.world.server.now().plus(HOUR);
    let permit = StandingTakeout { takeout: TakeoutId(random()), user: nurse.user(), group: None, until };
    let act = Act::Registry(RegistryAct::GrantStandingTakeout(permit));
    let foreign =
        team.doctor.client().submit_unchecked(LogId::Registry, Role::SnsAdministrator, None, act, Sidecar::default());
    refused(foreign.await, Code::NotAdministrator);

    let takeout = scene.permitted().await;
    let granted = scene.raw(nurse, seq, takeout).await.expect("her own");
    chunk(nurse, granted, 0).await.expect("under her permit");
    // Others who read the group, one of them the one who approved; and who does not read it.
    refused(scene.raw(&team.chief, seq, takeout).await, no);
    refused(scene.raw(&team.doctor, seq, takeout).await, no);
    refused(scene.raw(&team.world.operators[0], seq, takeout).await, Code::NotAReader);
    refused(chunk(&team.chief, granted, 0).await, Code::OpeningOver);
    // Another group that she reads, and what was written after she asked.
    let elsewhere = team.world.group(&team.doctor, HistoryPolicy::All).await;
    team.world.join(&team.doctor, elsewhere, nurse.user(), &team.chief).await;
    nurse.reads(elsewhere).await;
    let other = send(&team.doctor, elsewhere, &[&sound(1_000)]).await;
    refused(scene.raw_in(nurse, elsewhere, other, Intent::TakeOut { takeout }).await, no);
    team.world.server.advance(1);
    let late = send(&team.doctor, team.group, &[&sound(1_000)]).await;
    refused(scene.raw(nurse, late, takeout).await, no);
    // Her own other device.
    let mut phone = team.world.device(&team.chief, nurse.user(), "nurse-phone").await;
    let registered =
        nurse.client().wait_until(PATIENCE, |replica| replica.registry().now().device(phone.device()).map(drop));
    registered.await.expect("the administrator's approval");
    nurse.client().confirm_device(phone.device()).await.expect("vouched for");
    assert!(phone.profile.poll().await.expect("an answer"));
    phone.password.clone_from(&nurse.password);
    phone.factor.clone_from(&nurse.factor);
    phone.sign_in(&team.world.server).await.expect("signed in");
    refused(scene.raw(&phone, seq, takeout).await, no);

    let refusals = whats(nurse, Scope::Own).await;
    let tried = |what: &What| matches!(what, What::Refused { asked: Asked::Box, code, .. } if *code == no);
    assert!(refusals.iter().any(tried), "that it was tried is on record");
    scene.team.world.server.advance(HOUR);
    scene.nurse.sign_in(&scene.team.world.server).await.expect("signed in");
    scene.nurse.reads(scene.team.group).await;
    refused(scene.raw(&scene.nurse, seq, takeout).await, no);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_5_a_file_on_its_way_stops_with_the_permit_and_with_the_membership() {
    let scene = Scene::new().await;
    let (team, nurse) = (&scene.team, &scene.nurse);
    let seq = send(&team.doctor, team.group, &[&sound(3 * bounds::FILE_CHUNK)]).await;
    let takeout = scene.permitted().await;
    let opening = scene.raw(nurse, seq, takeout).await.expect("permitted");
    chunk(nurse, opening, 0).await.expect("under the permit");
    team.chief.client().revoke_takeout(takeout).await.expect("revoked");
    refused(chunk(nurse, opening, 1).await, Code::TakeoutNotPermitted);
    refused(scene.raw(nurse, seq, takeout).await, Code::TakeoutNotPermitted);
    let takeout = scene.permitted().await;
    let opening = scene.raw(nurse, seq, takeout).await.expect("permitted");
    chunk(nurse, opening, 0).await.expect("under the permit");
    team.chief.client().remove(team.group, nurse.user()).await.expect("removed");
    refused(chunk(nurse, opening, 1).await, Code::NotAReader);
    refused(scene.raw(nurse, seq, takeout).await, Code::NotAReader);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_a_stricter_word_ends_a_copy_that_was_begun() {
    let scene = Scene::new().await;
    let doctor = &scene.team.doctor;
    let free = || NewGroup {
        kind: GroupKind::Free,
        label: line("見本 勉強会"),
        history: HistoryPolicy::All,
        acting_for: None,
        creator_reads: true,
    };
    let (mut begun, mut groups) = (Vec::new(), Vec::new());
    for _ in 0..2 {
        let group = doctor.client().create_group(free()).await.expect("a group");
        doctor.reads(group).await;
        let seq = send(doctor, group, &[&sound(3 * bounds::FILE_CHUNK)]).await;
        let opening = scene.raw_in(doctor, group, seq, Intent::Save).await.expect("a free group's");
        chunk(doctor, opening, 0).await.expect("as it was permitted");
        begun.push(opening);
        groups.push(group);
    }
    doctor.client().forbid_downloads(groups[0]).await.expect("by the originator, for the group");
    refused(chunk(doctor, begun[0], 1).await, Code::DownloadForbidden);
    chunk(doctor, begun[1], 1).await.expect("the other group's goes on");
    doctor.step_up(&scene.team.world.server).await.expect("a fresh code");
    let facility = Some(scene.team.clinic);
    let act = RegistryAct::Set { facility, setting: Setting::Downloads(false) };
    let (registry, role) = (LogId::Registry, Role::SnsAdministrator);
    let set = doctor.client().submit_unchecked(registry, role, None, Act::Registry(act), Sidecar::default());
    set.await.expect("by the facility, for its people");
    refused(chunk(doctor, begun[1], 2).await, Code::DownloadForbidden);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a15_1_reports_count_takeouts_and_the_draft_on_a_leak_names_what_left_under_them() {
    let scene = Scene::new().await;
    let (team, nurse) = (&scene.team, &scene.nurse);
    let seq = send(&team.doctor, team.group, &[&sound(1_000), &sound(2_000)]).await;
    scene.arrived(seq).await;
    let takeout = scene.permitted().await;
    let one = nurse.client().look(|replica| replica.registry().now().takeout(takeout)).expect("known");
    let extent = nurse.client().takeout_extent(&one).expect("she reads it");
    assert_eq!((extent.messages, extent.files), (1, 2));
    let waits = scene.asked().await;
    let (out, passphrase) = (nurse.dir.join("visit.zip.age"), Passphrase::generate());
    let exported = nurse.client().export_takeout(takeout, &passphrase, &out).await.expect("exported");
    let since = Time(0);
    for person in [&team.world.operators[0], &team.chief] {
        let report = person.client().report(since).await.expect("a report");
        let numbers = report.iter().find(|one| one.facility == team.station).expect("the station").takeouts;
        assert_eq!((numbers.requested, numbers.permitted, numbers.overdue), (1, 1, 0));
    }
    let leak = team.chief.client().leak_report(nurse.device(), since).await.expect("a draft");
    let [left] = leak.takeouts.as_slice() else { panic!("the permit alone, not {waits}: {:?}", leak.takeouts) };
    assert_eq!((left.takeout, left.approved_by, left.files), (takeout, team.chief.user(), 2));
    assert_eq!((left.medium, left.stage), (Medium::UsbMemory, Some(Stage::Permitted)));
    let [export] = left.exports.as_slice() else { panic!("{:?}", left.exports) };
    assert_eq!((export.form, export.items), (TakeoutForm::Archive, 3));
    assert_eq!(export.manifest, sha256(&exported.manifest));
    let chief = team.chief.client().leak_report(team.chief.device(), since).await.expect("a draft");
    assert_eq!(chief.takeouts, [], "with her own device nothing left");
}
