//! Scans of a group's forms (A6.1, A6.2, S3) with real processes: sealed to those who govern the group, opened on record, handed
//! on, and gone with the group.

use renkei_client_core::attach::Outgoing;
use renkei_client_core::groups::{ConsentForm, NewGroup};
use renkei_client_core::policy::group::Group;
use renkei_client_core::policy::group::a06_scans::FormKind;
use renkei_client_core::proto::access::{Scope, What};
use renkei_client_core::proto::act::{Act, ConsentBy, DelegationScope, GroupAct, GroupKind, HistoryPolicy};
use renkei_client_core::proto::bounds;
use renkei_client_core::proto::bytes::Blob;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::file::{Intent, Opening, Part, Stored, sealed_length};
use renkei_client_core::proto::frame::{Accepted, Answer, Op, Sidecar};
use renkei_client_core::proto::hash::{Hash32, sha256};
use renkei_client_core::proto::id::{FileId, GroupId, RequestId};
use renkei_client_core::proto::merkle::Frontier;
use renkei_client_core::proto::statement::{LogId, Role};
use renkei_client_core::proto::time::{Date, Time};
use renkei_client_core::scan_record::scan_openings;
use renkei_client_core::scans::ScanFile;
use renkei_client_core::{Result, random};
use renkei_tests::alone::boxed;
use renkei_tests::{PATIENCE, Person, Team, consent, files_below, line, refused};
use zeroize::Zeroizing;

/// A PDF of two chunks that no two calls make alike, with what a scanner writes into it.
fn paper() -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n% Scanner 3000, 2026:03:01 10:00:00\n".to_vec();
    let noise: [u8; 251] = random();
    bytes.extend(noise.iter().copied().cycle().take(bounds::FILE_CHUNK + 5_000));
    bytes
}

fn scan(bytes: &[u8]) -> ScanFile {
    ScanFile::of(Zeroizing::new(bytes.to_vec())).expect("a PDF")
}

/// A group of the doctor's, which the chief reads, with Form 3 whose scan is `paper`; its place.
async fn with_form(team: &Team, paper: &[u8]) -> (GroupId, u64) {
    let client = team.doctor.client();
    let new = NewGroup {
        kind: GroupKind::Patient,
        label: line("見本 桜子さん 在宅チーム"),
        history: HistoryPolicy::All,
        acting_for: None,
        creator_reads: true,
    };
    let group = client.create_group(new).await.expect("a group");
    let form = ConsentForm { scan: sha256(paper), ..consent() };
    let recorded = client.record_consent(group, form).await.expect("recorded");
    team.world.join(&team.doctor, group, team.chief.user(), &team.chief).await;
    (group, recorded.head.size - 1)
}

async fn until(person: &Person, group: GroupId, so: impl Fn(&Group) -> bool) {
    let there = person.client().wait_until(PATIENCE, |replica| so(replica.group(group)?.group()?).then_some(()));
    there.await.expect("the news");
}

async fn deposited(person: &Person, group: GroupId, form: u64) {
    until(person, group, |state| state.scan_of(form).is_some()).await;
}

async fn view(person: &Person, group: GroupId, form: u64) -> Result<Vec<u8>> {
    person.client().open_scan(group, form).await?.look(<[u8]>::to_vec)
}

fn opening(person: &Person, group: GroupId, seq: u64, now: Time) -> Opening {
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

async fn unchecked(person: &Person, role: Role, group: GroupId, act: GroupAct, sidecar: Sidecar) -> Result<Accepted> {
    person.client().submit_unchecked(LogId::Group(group), role, None, Act::Group(act), sidecar).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a06_1_the_scan_of_form_3_is_opened_by_who_governs_the_group_on_record_and_by_no_other_reader() {
    let team = Team::of_two().await;
    let paper = paper();
    let (group, form) = with_form(&team, &paper).await;
    let doctor = team.doctor.client();
    let rows = doctor.scans(group).expect("a group");
    assert_eq!(
        rows.iter().map(|row| (row.of, row.kind, row.deposit)).collect::<Vec<_>>(),
        [(form, FormKind::Consent, None)]
    );
    refused(view(&team.doctor, group, form).await, Code::Unknown);
    let at = doctor.deposit_scan(group, form, scan(&paper)).await.expect("deposited").head.size - 1;
    assert_eq!(view(&team.doctor, group, form).await.expect("opened"), paper, "byte for byte");
    // A reader sees that it is there, and gets neither the key nor the bytes.
    deposited(&team.chief, group, form).await;
    refused(view(&team.chief, group, form).await, Code::NotOriginator);
    refused(raw(&team.chief, opening(&team.chief, group, at, team.world.server.now())).await, Code::NotOriginator);
    refused(team.chief.client().ask(Op::FetchBox { log: LogId::Group(group), seq: at }).await, Code::NotForYou);
    // Somebody of the clinic who does neither.
    let clerk = team.world.staff(&team.doctor, "clerk").await;
    refused(raw(&clerk, opening(&clerk, group, at, team.world.server.now())).await, Code::NotAReader);
    // Who opened it is on record, as the device signed it, and it is never kept.
    let found = doctor.access_records(Scope::Own, Time(0), Time(u64::MAX)).await.expect("records, each verified");
    let looks = |what: &What| matches!(what, What::FileOpened { seq, .. } if *seq == at);
    assert_eq!(found.lines.iter().filter(|line| looks(&line.record.what)).count(), 1);
    // By form and group, for whoever may see the group's records; a reader of another facility may not.
    let found = doctor.access_records(Scope::Group(group), Time(0), Time(u64::MAX)).await.expect("records");
    let told = doctor.look(|replica| {
        let state = replica.group(group).and_then(|one| one.group()).expect("a group");
        assert_eq!(scan_openings(team.group, state, found.lines.iter().map(|line| &line.record)), []);
        scan_openings(group, state, found.lines.iter().map(|line| &line.record))
    });
    let [one] = told.as_slice() else { panic!("one look: {told:?}") };
    assert_eq!((one.user, one.device, one.of, one.scan), (team.doctor.user(), team.doctor.device(), form, at));
    assert_eq!((one.form, one.on), (FormKind::Consent, rows[0].on));
    let other = team.chief.client().access_records(Scope::Group(group), Time(0), Time(u64::MAX)).await;
    refused(other.map(drop), Code::NotForYou);
    let save = Opening { intent: Intent::Save, ..opening(&team.doctor, group, at, team.world.server.now()) };
    refused(raw(&team.doctor, save).await, Code::DownloadForbidden);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a06_1_the_server_alone_refuses_deposits_that_are_not_due() {
    let team = Team::of_two().await;
    let paper = paper();
    let (group, form) = with_form(&team, &paper).await;
    refused(team.chief.client().deposit_scan(group, form, scan(&paper)).await, Code::NotOriginator);
    refused(team.doctor.client().deposit_unchecked(group, 0, scan(&paper)).await, Code::Unknown);
    let clerk = team.world.staff(&team.doctor, "clerk").await;
    let (file, part, index) = (FileId(random()), Part::Content, 0);
    let bytes = Blob::new(vec![1; 116]).expect("a chunk");
    refused(clerk.client().ask(Op::Upload { group, file, part, index, bytes }).await, Code::NotAReader);
    // A file that is there, with a box for somebody who reads and does not govern; and with none for who does.
    let (file, bytes) = (FileId(random()), Blob::new(vec![1; 116]).expect("a chunk"));
    team.doctor.client().ask(Op::Upload { group, file, part, index, bytes }).await.expect("uploaded");
    let mut tree = Frontier::default();
    tree.push(&[1; 116]);
    let content = Stored { length: sealed_length(100), root: tree.root() };
    let (key, boxes) = boxed([team.doctor.device()]);
    let tried = async |person: &Person, role, of, file, sidecar: &Sidecar| {
        let act = GroupAct::DepositScan { of, file, content, key, commitment: Hash32([9; 32]) };
        unchecked(person, role, group, act, sidecar.clone()).await
    };
    let office = Role::SnsAdministrator;
    let (theirs, bytes) = (FileId(random()), Blob::new(vec![1; 116]).expect("a chunk"));
    team.chief.client().ask(Op::Upload { group, file: theirs, part, index, bytes }).await.expect("uploaded");
    refused(tried(&team.chief, office, form, theirs, &boxes).await, Code::NotOriginator);
    refused(tried(&team.doctor, Role::User, form, file, &boxes).await, Code::NotOriginator);
    refused(tried(&team.doctor, office, 0, file, &boxes).await, Code::Unknown);
    refused(tried(&team.doctor, office, form, FileId(random()), &boxes).await, Code::FileIncomplete);
    refused(tried(&team.doctor, office, form, file, &Sidecar::default()).await, Code::SidecarMismatch);
    for audience in [vec![team.chief.device()], vec![team.doctor.device(), team.chief.device()], vec![]] {
        let (key, sidecar) = boxed(audience);
        let act = GroupAct::DepositScan { of: form, file, content, key, commitment: Hash32([9; 32]) };
        let wrong = unchecked(&team.doctor, Role::SnsAdministrator, group, act, sidecar).await;
        refused(wrong, Code::SidecarMismatch);
    }
    team.doctor.client().deposit_scan(group, form, scan(&paper)).await.expect("deposited");
    refused(team.doctor.client().deposit_scan(group, form, scan(&paper)).await, Code::AlreadyExists);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a06_1_only_the_file_whose_hash_is_on_record_is_deposited_and_shown_as_the_form() {
    let team = Team::of_two().await;
    let (right, other) = (paper(), paper());
    let (group, form) = with_form(&team, &right).await;
    let doctor = team.doctor.client();
    refused(doctor.deposit_scan(group, form, scan(&other)).await, Code::ScanDiffers);
    // An own client that was changed deposits another paper: nobody is shown it as Form 3.
    doctor.deposit_unchecked(group, form, scan(&other)).await.expect("the server can't tell");
    refused(view(&team.doctor, group, form).await, Code::ScanDiffers);
    // Somebody else who governs mends it.
    let clerk = team.world.staff(&team.doctor, "clerk").await;
    doctor.set_administrator(clerk.user(), true).await.expect("appointed");
    deposited(&clerk, group, form).await;
    clerk.client().deposit_scan(group, form, scan(&right)).await.expect("deposited anew");
    until(&team.doctor, group, |state| state.form(form).is_some_and(|one| one.deposits.len() == 2)).await;
    assert_eq!(view(&team.doctor, group, form).await.expect("opened"), right);
    assert_eq!(
        ScanFile::of(Zeroizing::new(b"plain text".to_vec())).map(drop).expect_err("no scan").code,
        Code::FormatNotAllowed
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a06_1_an_administrator_who_comes_later_opens_the_scan_and_one_who_has_left_does_not() {
    let team = Team::of_two().await;
    let paper = paper();
    let (group, form) = with_form(&team, &paper).await;
    let doctor = team.doctor.client();
    let at = doctor.deposit_scan(group, form, scan(&paper)).await.expect("deposited").head.size - 1;
    let clerk = team.world.staff(&team.doctor, "clerk").await;
    doctor.set_administrator(clerk.user(), true).await.expect("appointed");
    deposited(&clerk, group, form).await;
    // The doctor's device hands the key on when it has heard of the new administrator.
    let handed_on = async {
        loop {
            match view(&clerk, group, form).await {
                Err(fault) if fault.code == Code::KeyAwaited => {
                    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                }
                seen => return seen.expect("handed on with the label"),
            }
        }
    };
    assert_eq!(renkei_tests::within("the scan's key", handed_on).await, paper);
    let open = clerk.client().open_scan(group, form).await.expect("opened");
    let good = opening(&clerk, group, at, team.world.server.now());
    raw(&clerk, good).await.expect("granted");
    team.doctor.step_up(&team.world.server).await.expect("a fresh code");
    doctor.set_administrator(clerk.user(), false).await.expect("dismissed");
    refused(clerk.client().ask(Op::FileChunk { opening: good.request, index: 0 }).await, Code::NotOriginator);
    refused(raw(&clerk, opening(&clerk, group, at, team.world.server.now())).await, Code::NotAReader);
    let closed = async {
        while open.look(<[u8]>::len).is_ok() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    renkei_tests::within("the scan to close", closed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a05_1_a_facility_that_takes_a_group_over_opens_its_scans_and_the_former_one_no_more() {
    let team = Team::of_two().await;
    let paper = paper();
    let (group, form) = with_form(&team, &paper).await;
    let (doctor, chief) = (team.doctor.client(), team.chief.client());
    let at = doctor.deposit_scan(group, form, scan(&paper)).await.expect("deposited").head.size - 1;
    doctor.offer_handover(group, team.station).await.expect("offered");
    until(&team.chief, group, |state| state.offered().is_some()).await;
    refused(raw(&team.chief, opening(&team.chief, group, at, team.world.server.now())).await, Code::NotOriginator);
    chief.accept_handover(group).await.expect("accepted");
    assert_eq!(view(&team.chief, group, form).await.expect("it goes with the group"), paper);
    until(&team.doctor, group, |state| state.originator() == team.station).await;
    refused(view(&team.doctor, group, form).await, Code::NotOriginator);
    refused(raw(&team.doctor, opening(&team.doctor, group, at, team.world.server.now())).await, Code::NotOriginator);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a06_2_the_scan_of_a_withdrawal_is_deposited_in_the_frozen_group_and_all_are_erased_with_it() {
    let team = Team::of_two().await;
    let (form3, gone) = (paper(), paper());
    let (group, form) = with_form(&team, &form3).await;
    let doctor = team.doctor.client();
    doctor.deposit_scan(group, form, scan(&form3)).await.expect("deposited");
    let on: Date = "2026-03-02".parse().expect("a day");
    let frozen = doctor.withdraw_consent(group, ConsentBy::Family, on, sha256(&gone)).await.expect("withdrawn");
    let withdrawal = frozen.head.size - 1;
    doctor.deposit_scan(group, withdrawal, scan(&gone)).await.expect("deposited, in the frozen group");
    assert_eq!(view(&team.doctor, group, withdrawal).await.expect("opened"), gone);
    assert_eq!(view(&team.doctor, group, form).await.expect("opened"), form3);
    // A frozen group takes nothing else that was uploaded by this way.
    let mut wav =
        Outgoing::from_bytes("a.wav", Zeroizing::new(b"RIFF\x24\0\0\0WAVEfmt 12345678".to_vec())).expect("a sound");
    refused(doctor.send_files(group, "", std::slice::from_mut(&mut wav), false).await, Code::ConsentWithdrawn);
    let data = team.world.server.data();
    let chunks = files_below(&data.join("blobs"));
    let needles: Vec<Vec<u8>> =
        chunks.values().filter(|bytes| bytes.len() > 1_000).map(|bytes| bytes[40..72].to_vec()).collect();
    assert_eq!(needles.len(), 4, "two scans of two chunks");
    let operator = &team.world.operators[0];
    until(operator, group, |state| state.frozen().is_some()).await;
    operator.client().confirm_erasure(group).await.expect("erased");
    let left = files_below(data);
    let there =
        |needle: &&Vec<u8>| left.values().any(|file| file.windows(needle.len()).any(|window| window == **needle));
    assert_eq!(needles.iter().filter(there).count(), 0, "in no file of the server");
    until(&team.doctor, group, |state| state.erased().is_some()).await;
    refused(view(&team.doctor, group, form).await, Code::GroupErased);
    refused(
        raw(&team.doctor, opening(&team.doctor, group, form + 1, team.world.server.now())).await,
        Code::GroupErased,
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a06_1_a_scan_outlives_the_servers_fall_and_the_sweep_and_a_changed_chunk_is_noticed() {
    let mut team = Team::of_two().await;
    let paper = paper();
    let (group, form) = with_form(&team, &paper).await;
    team.doctor.client().deposit_scan(group, form, scan(&paper)).await.expect("deposited");
    team.world.server.kill();
    team.world.server.verify().expect("every scan that is named is whole");
    team.world.server.restart();
    team.world.server.advance(2 * renkei_tests::DAY);
    team.doctor.sign_in(&team.world.server).await.expect("signed in");
    deposited(&team.doctor, group, form).await;
    assert_eq!(view(&team.doctor, group, form).await.expect("still there"), paper);
    team.world.server.kill();
    let blobs = team.world.server.data().join("blobs");
    let (path, mut bytes) =
        files_below(&blobs).into_iter().find(|(_, bytes)| bytes.len() > 1_000).expect("a chunk of the scan");
    bytes[500] ^= 1;
    let path = if path.is_absolute() { path } else { blobs.join(path) };
    std::fs::write(path, bytes).expect("changed");
    assert!(team.world.server.verify().is_err(), "the server's own check says so");
    team.world.server.restart();
    team.doctor.sign_in(&team.world.server).await.expect("signed in");
    deposited(&team.doctor, group, form).await;
    refused(view(&team.doctor, group, form).await, Code::NotAuthentic);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a06_1_an_operator_whom_the_root_appoints_later_is_handed_the_scan_by_a_device_that_has_it() {
    let mut team = Team::of_two().await;
    let paper = paper();
    let (group, form) = with_form(&team, &paper).await;
    let doctor = team.doctor.client();
    let at = doctor.deposit_scan(group, form, scan(&paper)).await.expect("deposited").head.size - 1;
    let until_then = team.world.server.now().plus(30 * renkei_tests::DAY);
    doctor.delegate(DelegationScope::Group(group), until_then, false).await.expect("delegated");
    let handed = |state: &renkei_client_core::replica::Followed| {
        let on = |act: &Act| matches!(act, Act::Group(GroupAct::HandOnDetails { of, .. }) if *of == at);
        state.events().iter().filter(|(_, _, statement)| on(&statement.act)).count()
    };
    let before = doctor.look(|replica| replica.group(group).map(handed)).expect("a group");
    assert_eq!(before, 1, "with the delegation");
    let mut late = team.world.operator("late").await;
    late.set_up(&team.world.server).await.expect("set up");
    late.sign_in(&team.world.server).await.expect("signed in");
    let news = late.client().wait_until(PATIENCE, |replica| (handed(replica.group(group)?) > before).then_some(()));
    news.await.expect("nobody let the operator in by hand");
    assert_eq!(view(&late, group, form).await.expect("opened"), paper);
}
