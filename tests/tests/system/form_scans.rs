//! Scans of Forms 1 and 2 (A3.1, A9.1) with real processes: sealed to those who need them, opened on record, handed on, let go.

use std::collections::BTreeSet;

use renkei_client_core::policy::registry::Registry;
use renkei_client_core::proto::access::{Scope, What};
use renkei_client_core::proto::act::{Act, RegistryAct, StaffPledge};
use renkei_client_core::proto::bounds;
use renkei_client_core::proto::bytes::{Blob, List};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::file::{Intent, Opening, Part, Stored, sealed_length};
use renkei_client_core::proto::form_scan::FormRef;
use renkei_client_core::proto::frame::{Accepted, Answer, Op, SealedBox, Sidecar, boxes_root};
use renkei_client_core::proto::hash::{Hash32, sha256};
use renkei_client_core::proto::id::{DeviceId, FacilityId, FileId, RequestId};
use renkei_client_core::proto::merkle::Frontier;
use renkei_client_core::proto::statement::{LogId, Role};
use renkei_client_core::proto::time::Time;
use renkei_client_core::scans::ScanFile;
use renkei_client_core::{Result, random};
use renkei_tests::{PATIENCE, Person, Team, World, files_below, form1, refused};
use zeroize::Zeroizing;

fn scan(bytes: &[u8]) -> ScanFile {
    ScanFile::of(Zeroizing::new(bytes.to_vec())).expect("a PDF")
}

async fn until(person: &Person, so: impl Fn(&Registry) -> bool) {
    person.client().wait_until(PATIENCE, |replica| so(replica.registry()).then_some(())).await.expect("the news");
}

async fn deposited(person: &Person, at: u64) {
    until(person, |registry| registry.now().form_deposit(at).is_some()).await;
}

async fn view(person: &Person, form: FormRef) -> Result<Vec<u8>> {
    person.client().open_form_scan(form).await?.look(<[u8]>::to_vec)
}

async fn deposit(person: &Person, form: FormRef, paper: &[u8]) -> u64 {
    person.client().deposit_form_scan(form, scan(paper)).await.expect("deposited").head.size - 1
}

fn opening(person: &Person, form: FormRef, seq: u64, now: Time) -> Opening {
    Opening {
        version: renkei_client_core::proto::VERSION,
        suite: renkei_client_core::proto::SUITE,
        association: person.client().look(|replica| replica.registry().association().expect("founded").id),
        user: person.user(),
        device: person.device(),
        group: form.drawer(),
        seq,
        file: 0,
        part: Part::Content,
        intent: Intent::View,
        request: RequestId(random()),
        at: now,
    }
}

/// Asks for a file as somebody would who skips every check of an own client.
async fn raw(person: &Person, opening: Opening) -> Result<Answer> {
    let signed = person.client().sign_opening(&opening).expect("an open vault");
    person.client().ask(Op::OpenFile(signed)).await
}

async fn unchecked(person: &Person, role: Role, act: RegistryAct, sidecar: Sidecar) -> Result<Accepted> {
    person.client().submit_unchecked(LogId::Registry, role, None, Act::Registry(act), sidecar).await
}

/// A chunk that is there, under a name of its own.
async fn uploaded(person: &Person, form: FormRef) -> Result<(FileId, Stored)> {
    let (file, bytes) = (FileId(random()), Blob::new(vec![1; 116]).expect("a chunk"));
    let upload = Op::Upload { group: form.drawer(), file, part: Part::Content, index: 0, bytes };
    person.client().ask(upload).await?;
    let mut tree = Frontier::default();
    tree.push(&[1; 116]);
    Ok((file, Stored { length: sealed_length(100), root: tree.root() }))
}

/// A deposit with boxes of rubbish for these devices, by raw frames.
async fn raw_deposit(
    person: &Person,
    role: Role,
    form: FormRef,
    (file, content): (FileId, Stored),
    audience: &BTreeSet<DeviceId>,
) -> Result<Accepted> {
    let boxes =
        audience.iter().map(|device| SealedBox { device: *device, sealed: Blob::new(vec![5; 1_300]).expect("a box") });
    let boxes = List::new(boxes.collect()).expect("few");
    let key = boxes_root(&boxes).expect("ascending");
    let act = RegistryAct::DepositFormScan { form, file, content, key, commitment: Hash32([9; 32]) };
    unchecked(person, role, act, Sidecar { boxes: Some(boxes), ..Sidecar::default() }).await
}

fn form1_of(facility: FacilityId) -> FormRef {
    FormRef::Facility { facility }
}

/// Somebody of the station with a Form 2 of their own, and that paper.
async fn pledged(team: &Team, name: &str) -> (Person, FormRef, Vec<u8>) {
    let person = team.world.staff(&team.chief, name).await;
    let paper = [b"%PDF-1.7\n", random::<251>().as_slice()].concat();
    let pledge = StaffPledge::Signed { on: "2026-02-20".parse().expect("a day"), scan: sha256(&paper) };
    let filed = team.chief.client().record_pledge(person.user(), pledge).await.expect("filed").head.size - 1;
    let form = FormRef::Staff { facility: team.station, user: person.user(), filed };
    until(&person, |registry| registry.now().form(form).is_some()).await;
    (person, form, paper)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a03_1_the_scan_of_form_1_is_opened_on_record_by_the_desk_and_the_facilitys_administrators_alone() {
    let team = Team::of_two().await;
    let (form, paper) = (form1_of(team.station), form1("station"));
    let chief = team.chief.client();
    let lacks = |person: &Person| {
        person.client().form_scans().iter().any(|row| row.form == form && row.deposit.is_none() && row.to_file)
    };
    assert!(lacks(&team.chief) && lacks(&team.world.operators[0]), "the lists say that it lacks its scan");
    assert!(!team.doctor.client().form_scans().iter().any(|row| row.form == form));
    refused(chief.deposit_form_scan(form, scan(&form1("clinic"))).await, Code::ScanDiffers);
    let at = deposit(&team.chief, form, &paper).await;
    refused(chief.deposit_form_scan(form, scan(&paper)).await, Code::AlreadyExists);
    for person in [&team.chief, &team.world.operators[0], &team.world.operators[1]] {
        deposited(person, at).await;
        assert_eq!(view(person, form).await.expect("opened"), paper, "byte for byte");
    }
    // Nobody else: neither the bytes nor the key, by the client or without it.
    deposited(&team.doctor, at).await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    for person in [&team.doctor, &nurse] {
        refused(view(person, form).await, Code::NotForYou);
        refused(raw(person, opening(person, form, at, team.world.server.now())).await, Code::NotForYou);
        refused(person.client().ask(Op::FetchBox { log: LogId::Registry, seq: at }).await, Code::NotForYou);
    }
    let now = team.world.server.now();
    let save = Opening { intent: Intent::Save, ..opening(&team.chief, form, at, now) };
    refused(raw(&team.chief, save).await, Code::DownloadForbidden);
    let other = Opening { group: form1_of(team.clinic).drawer(), ..opening(&team.chief, form, at, now) };
    refused(raw(&team.chief, other).await, Code::Unknown);
    // The facility's administrator sees who of the Desk has looked.
    let found = chief.access_records(Scope::Facility, Time(0), Time(u64::MAX)).await.expect("records, each verified");
    let looks = |what: &What| matches!(what, What::FileOpened { seq, .. } if *seq == at);
    let by: BTreeSet<_> =
        found.lines.iter().filter(|line| looks(&line.record.what)).filter_map(|line| line.record.user).collect();
    let desk = team.world.operators.iter().map(Person::user);
    assert_eq!(by, desk.chain([team.chief.user()]).collect());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a03_1_the_server_alone_refuses_deposits_that_are_not_due() {
    let team = Team::of_two().await;
    let form = form1_of(team.station);
    let audience = team.chief.client().look(|replica| replica.registry().now().form_audience(form));
    refused(uploaded(&team.doctor, form).await, Code::NotAdministrator);
    let there = uploaded(&team.chief, form).await.expect("uploaded");
    let missing = (FileId(random()), there.1);
    refused(raw_deposit(&team.chief, Role::SnsAdministrator, form, missing, &audience).await, Code::FileIncomplete);
    for wrong in [BTreeSet::from([team.doctor.device()]), &audience | &BTreeSet::from([team.doctor.device()])] {
        let answer = raw_deposit(&team.chief, Role::SnsAdministrator, form, there, &wrong).await;
        refused(answer, Code::SidecarMismatch);
    }
    // As many boxes as there should be, one of them for somebody else's device: only the server sees that.
    let mut swapped = audience.clone();
    swapped.pop_first();
    swapped.insert(team.doctor.device());
    let answer = raw_deposit(&team.chief, Role::SnsAdministrator, form, there, &swapped).await;
    refused(answer, Code::SidecarMismatch);
    refused(raw_deposit(&team.chief, Role::User, form, there, &audience).await, Code::WrongRole);
    let desk = form1_of(
        team.world.operators[0].client().look(|replica| replica.registry().association().expect("founded").desk),
    );
    refused(raw_deposit(&team.chief, Role::SnsAdministrator, desk, there, &audience).await, Code::NotAdministrator);
    // Of another's form, with a file in the own drawer.
    let other = form1_of(team.clinic);
    refused(raw_deposit(&team.chief, Role::SnsAdministrator, other, there, &audience).await, Code::NotAdministrator);
    raw_deposit(&team.chief, Role::SnsAdministrator, form, there, &audience).await.expect("rubbish, by an own client");
    refused(view(&team.chief, form).await, Code::NotAuthentic);
    let again = uploaded(&team.chief, form).await.expect("uploaded");
    let twice = raw_deposit(&team.chief, Role::SnsAdministrator, form, again, &audience).await;
    refused(twice, Code::AlreadyExists);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a03_1_another_paper_is_shown_to_nobody_and_replaced_and_erased_by_others() {
    let team = Team::of_two().await;
    let (form, paper) = (form1_of(team.station), form1("station"));
    let first = team.chief.client().deposit_form_unchecked(form, scan(&form1("another"))).await;
    let first = first.expect("the server can't tell").head.size - 1;
    refused(view(&team.chief, form).await, Code::ScanDiffers);
    let needles = || -> Vec<Vec<u8>> {
        let chunks = files_below(&team.world.server.data().join("blobs"));
        chunks.values().filter(|bytes| bytes.len() > 1_000).map(|bytes| bytes[40..72].to_vec()).collect()
    };
    let of_first = needles();
    assert_eq!(of_first.len(), 2, "two chunks");
    let [desk, colleague] = [&team.world.operators[0], &team.world.operators[1]];
    deposited(desk, first).await;
    let second = deposit(desk, form, &paper).await;
    assert_eq!(needles().len(), 4);
    for person in [colleague, &team.chief, &team.doctor] {
        deposited(person, second).await;
    }
    let open = team.chief.client().open_form_scan(form).await.expect("the later one");
    let good = opening(&team.chief, form, first, team.world.server.now());
    raw(&team.chief, good).await.expect("the replaced one is still there");
    let act = |deposit| RegistryAct::LetGoFormScan { deposit };
    refused(unchecked(desk, Role::Operator, act(first), Sidecar::default()).await, Code::SecondPersonRequired);
    refused(
        unchecked(&team.doctor, Role::SnsAdministrator, act(first), Sidecar::default()).await,
        Code::NotAdministrator,
    );
    refused(unchecked(colleague, Role::Operator, act(second), Sidecar::default()).await, Code::RetentionRunning);
    colleague.client().let_go_form_scan(first).await.expect("let go");
    let left = files_below(team.world.server.data());
    let there = |needle: &&Vec<u8>| left.values().any(|file| file.windows(needle.len()).any(|part| part == **needle));
    assert_eq!(of_first.iter().filter(there).count(), 0, "in no file of the server");
    assert_eq!(needles().len(), 2, "and the other is untouched");
    refused(team.chief.client().ask(Op::FileChunk { opening: good.request, index: 0 }).await, Code::ScanLetGo);
    let again = opening(&team.chief, form, first, team.world.server.now());
    refused(raw(&team.chief, again).await, Code::ScanLetGo);
    refused(team.chief.client().ask(Op::FetchBox { log: LogId::Registry, seq: first }).await, Code::ScanLetGo);
    assert_eq!(open.look(<[u8]>::len).expect("what is in force stays open"), paper.len());
    assert_eq!(view(&team.chief, form).await.expect("opened"), paper);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a03_1_an_operator_whom_the_root_appoints_later_is_handed_the_scan_and_one_who_left_is_refused() {
    let mut team = Team::of_two().await;
    let (form, paper) = (form1_of(team.station), form1("station"));
    let at = deposit(&team.chief, form, &paper).await;
    let mut late = team.world.operator("late").await;
    late.set_up(&team.world.server).await.expect("set up");
    late.sign_in(&team.world.server).await.expect("signed in");
    deposited(&late, at).await;
    until(&late, |registry| registry.now().form_deposit(at).is_some_and(|one| one.parcels.len() > 1)).await;
    assert_eq!(view(&late, form).await.expect("nobody handed it on by hand"), paper);
    let open = late.client().open_form_scan(form).await.expect("opened");
    let good = opening(&late, form, at, team.world.server.now());
    let signed = late.client().sign_opening(&good).expect("an open vault");
    late.client().ask(Op::OpenFile(signed)).await.expect("granted");
    team.world.root.end_operator(late.user()).await.expect("left");
    assert_eq!(late.over().await.code, Code::UserEnded);
    refused(open.look(<[u8]>::len), Code::VaultClosed);
    refused(late.client().ask(Op::FileChunk { opening: good.request, index: 0 }).await, Code::UserEnded);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a09_1_the_scan_of_form_2_is_opened_by_the_person_and_the_administrators_of_the_facility_alone() {
    let team = Team::of_two().await;
    let (nurse, form, paper) = pledged(&team, "nurse").await;
    refused(nurse.client().deposit_form_scan(form, scan(&paper)).await, Code::NotAdministrator);
    let at = deposit(&team.chief, form, &paper).await;
    deposited(&nurse, at).await;
    assert_eq!(view(&nurse, form).await.expect("the own pledge"), paper);
    assert_eq!(view(&team.chief, form).await.expect("of the own facility"), paper);
    let colleague = team.world.staff(&team.chief, "colleague").await;
    for person in [&colleague, &team.doctor, &team.world.operators[0]] {
        deposited(person, at).await;
        refused(view(person, form).await, Code::NotForYou);
        refused(raw(person, opening(person, form, at, team.world.server.now())).await, Code::NotForYou);
        refused(person.client().ask(Op::FetchBox { log: LogId::Registry, seq: at }).await, Code::NotForYou);
    }
    // A later administrator is handed the key by a device that has it; a dismissed one loses what is open.
    team.chief.client().set_administrator(colleague.user(), true).await.expect("appointed");
    until(&colleague, |registry| registry.now().form_deposit(at).is_some_and(|one| one.parcels.len() > 1)).await;
    assert_eq!(view(&colleague, form).await.expect("handed on"), paper);
    let open = colleague.client().open_form_scan(form).await.expect("opened");
    let good = opening(&colleague, form, at, team.world.server.now());
    raw(&colleague, good).await.expect("granted");
    team.chief.step_up(&team.world.server).await.expect("a fresh code");
    team.chief.client().set_administrator(colleague.user(), false).await.expect("dismissed");
    refused(colleague.client().ask(Op::FileChunk { opening: good.request, index: 0 }).await, Code::NotForYou);
    let closed = async {
        while open.look(<[u8]>::len).is_ok() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    renkei_tests::within("the scan to close", closed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a09_1_scans_outlive_the_servers_fall_and_the_sweep_and_a_changed_chunk_is_noticed() {
    let mut team = Team::of_two().await;
    let (form, paper) = (form1_of(team.station), form1("station"));
    let first = team.chief.client().deposit_form_unchecked(form, scan(&form1("another"))).await;
    let first = first.expect("another").head.size - 1;
    deposited(&team.world.operators[0], first).await;
    let at = deposit(&team.world.operators[0], form, &paper).await;
    deposited(&team.world.operators[1], at).await;
    team.world.operators[1].client().let_go_form_scan(first).await.expect("let go");
    team.world.server.kill();
    team.world.server.verify().expect("every scan that is named and kept is whole");
    team.world.server.restart();
    team.world.server.advance(2 * renkei_tests::DAY);
    team.chief.sign_in(&team.world.server).await.expect("signed in");
    assert_eq!(view(&team.chief, form).await.expect("still there"), paper);
    team.world.server.kill();
    let blobs = team.world.server.data().join("blobs");
    let (path, mut bytes) =
        files_below(&blobs).into_iter().find(|(_, bytes)| bytes.len() > 1_000).expect("a chunk of the scan");
    bytes[500] ^= 1;
    let path = if path.is_absolute() { path } else { blobs.join(path) };
    std::fs::write(path, bytes).expect("changed");
    assert!(team.world.server.verify().is_err(), "the server's own check says so");
    team.world.server.restart();
    team.chief.sign_in(&team.world.server).await.expect("signed in");
    refused(view(&team.chief, form).await, Code::NotAuthentic);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a03_1_a_letting_go_that_a_fall_cut_off_is_finished_at_the_start() {
    let mut team = Team::of_two().await;
    let form = form1_of(team.station);
    let first = team.chief.client().deposit_form_unchecked(form, scan(&form1("another"))).await;
    let first = first.expect("another").head.size - 1;
    let blobs = team.world.server.data().join("blobs");
    let before = files_below(&blobs);
    let [desk, colleague] = [&team.world.operators[0], &team.world.operators[1]];
    deposited(desk, first).await;
    let second = deposit(desk, form, &form1("station")).await;
    deposited(colleague, second).await;
    colleague.client().let_go_form_scan(first).await.expect("let go");
    team.world.server.kill();
    let after = files_below(&blobs);
    // The entry is durable; the bytes lie there as if the fall had come a moment earlier.
    let put_back: Vec<_> = before.iter().filter(|(path, _)| !after.contains_key(*path)).collect();
    assert!(put_back.len() >= 2, "both chunks were gone");
    for (path, bytes) in put_back {
        let path = if path.is_absolute() { path.clone() } else { blobs.join(path) };
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, bytes).expect("put back");
    }
    team.world.server.restart();
    assert_eq!(files_below(&blobs).keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>(), "gone again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a03_1_what_is_deposited_counts_as_sent_that_day_also_after_a_restart() {
    let mut world = World::found().await;
    let (station, mut chief) = world.facility("station", true).await;
    let form = form1_of(station);
    deposit(&chief, form, &form1("station")).await;
    world.server.kill();
    world.server.restart();
    chief.sign_in(&world.server).await.expect("signed in");
    let sent = bounds::FILE_CHUNK as u64;
    world.server.files_of_a_day(sent);
    refused(uploaded(&chief, form).await, Code::UploadsSpent);
    world.server.advance(2 * renkei_tests::DAY);
    chief.sign_in(&world.server).await.expect("signed in");
    uploaded(&chief, form).await.expect("another day");
}
