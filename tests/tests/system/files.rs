//! Files (A12.2) with real processes: sent, opened on record, never downloaded where that is forbidden, and gone when they are
//! erased.

use std::io::Cursor;
use std::path::Path;

use renkei_client_core::attach::Outgoing;
use renkei_client_core::groups::NewGroup;
use renkei_client_core::media::{self, Media};
use renkei_client_core::messages::Shown;
use renkei_client_core::proto::access::{AccessRecord, Scope, What};
use renkei_client_core::proto::act::{Act, ConsentBy, GroupKind, HistoryPolicy, Post};
use renkei_client_core::proto::bounds;
use renkei_client_core::proto::bytes::{Blob, List};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::file::{Attachment, Intent, Opening, Part, SignedOpening, Stored, sealed_length};
use renkei_client_core::proto::frame::{Answer, Op, Sidecar};
use renkei_client_core::proto::hash::{Hash32, sha256};
use renkei_client_core::proto::id::{FileId, GroupId, RequestId};
use renkei_client_core::proto::key::SigningSecret;
use renkei_client_core::proto::statement::{LogId, Role};
use renkei_client_core::proto::time::{Date, Time};
use renkei_client_core::random;
use renkei_tests::{DAY, PATIENCE, Person, Team, files_below, line, refused};
use zeroize::Zeroizing;

/// A picture that no two calls draw alike, as PNG.
fn picture(side: u32) -> Vec<u8> {
    let noise: [u8; 32] = random();
    let pixel = |x: u32, y: u32| {
        let of = |n: u32| noise[usize::try_from(n % 32).expect("small")].wrapping_add(n.to_le_bytes()[0]);
        image::Rgb([of(x * y), of(x + 7 * y), of(x ^ y)])
    };
    let mut bytes = Vec::new();
    let drawn = image::DynamicImage::ImageRgb8(image::RgbImage::from_fn(side, side, pixel));
    drawn.write_to(&mut Cursor::new(&mut bytes), image::ImageFormat::Png).expect("a picture");
    bytes
}

/// A recording of `length` bytes.
fn sound(length: usize) -> Vec<u8> {
    let mut bytes = b"RIFF\x24\0\0\0WAVEfmt ".to_vec();
    let noise: [u8; 251] = random();
    bytes.extend(noise.iter().copied().cycle().take(length - bytes.len()));
    bytes
}

fn outgoing(name: &str, bytes: &[u8]) -> Outgoing {
    Outgoing::from_bytes(name, Zeroizing::new(bytes.to_vec())).expect("something that may be sent")
}

/// Sends `bytes` with a message, and where that stands.
async fn send(person: &Person, group: GroupId, name: &str, bytes: &[u8], no_download: bool) -> u64 {
    let mut files = [outgoing(name, bytes)];
    let sent = person.client().send_files(group, "ご確認ください", &mut files, no_download).await;
    sent.expect("sent").head.size - 1
}

/// The message at `seq`, once it can be read here.
async fn shown(person: &Person, group: GroupId, seq: u64) -> Shown {
    let here = person.client().wait_until(PATIENCE, |replica| replica.group(group)?.message(seq).map(drop));
    here.await.expect("the message");
    person.reads(group).await;
    let all = person.client().read(group, seq).expect("a group");
    all.into_iter().next().expect("the message")
}

async fn open(person: &Person, group: GroupId, seq: u64) -> renkei_client_core::Result<Vec<u8>> {
    shown(person, group, seq).await;
    person.client().open_file(group, seq, 0, Part::Content).await?.look(<[u8]>::to_vec)
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

fn signed(person: &Person, opening: Opening) -> SignedOpening {
    person.client().sign_opening(&opening).expect("an open vault")
}

/// Asks for a file as somebody would who skips every check of an own client.
async fn raw(person: &Person, opening: Opening) -> renkei_client_core::Result<Answer> {
    person.client().ask(Op::OpenFile(signed(person, opening))).await
}

async fn records(person: &Person) -> Vec<AccessRecord> {
    let found = person.client().access_records(Scope::Own, Time(0), Time(u64::MAX)).await.expect("records");
    found.lines.into_iter().map(|line| line.record).collect()
}

async fn free_group(person: &Person) -> GroupId {
    let new = NewGroup {
        kind: GroupKind::Free,
        label: line("見本 勉強会"),
        history: HistoryPolicy::All,
        acting_for: None,
        creator_reads: true,
    };
    person.client().create_group(new).await.expect("a group")
}

/// Every file of the server that has a piece of `bytes` in it.
fn left_in_files(data: &Path, bytes: &[Vec<u8>]) -> usize {
    let files = files_below(data);
    let there =
        |needle: &&Vec<u8>| files.values().any(|file| file.windows(needle.len()).any(|window| window == **needle));
    bytes.iter().filter(there).count()
}

/// Pieces of every sealed chunk under the server's directory of files.
fn sealed_pieces(data: &Path) -> Vec<Vec<u8>> {
    let files = files_below(&data.join("blobs"));
    files.values().filter(|bytes| bytes.len() > 100).map(|bytes| bytes[40..72].to_vec()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_a_picture_is_sent_small_and_whole_and_each_opening_is_on_record_as_its_device_signed_it() {
    let team = Team::of_two().await;
    let (group, bytes) = (team.group, picture(700));
    let seq = send(&team.doctor, group, "創部.png", &bytes, false).await;
    let message = shown(&team.chief, group, seq).await;
    assert_eq!(message.text.as_deref(), Ok("ご確認ください"));
    let [file] = message.files.as_slice() else { panic!("one file: {:?}", message.files) };
    assert_eq!((file.name.as_str(), file.media.as_str(), file.length), ("創部.png", "image/png", bytes.len() as u64));
    assert!(file.preview && file.no_download, "a patient group's: {file:?}");
    let files = |records: &[AccessRecord]| {
        records.iter().filter(|one| matches!(one.what, What::FileOpened { .. })).cloned().collect::<Vec<_>>()
    };
    assert_eq!(files(&records(&team.chief).await), [], "nobody has opened it by being shown the message");

    let preview = team.chief.client().open_file(group, seq, 0, Part::Preview).await.expect("the preview");
    assert_eq!(preview.media, Media::Jpeg);
    let small = preview.look(|bytes| media::decode(bytes).expect("a picture")).expect("open");
    assert_eq!((small.width(), small.height()), (320, 320));
    assert_eq!(open(&team.chief, group, seq).await.expect("opened"), bytes);

    let kept = files(&records(&team.chief).await);
    let (association, key) = team.chief.client().look(|replica| {
        let device = replica.registry().now().device(team.chief.device()).expect("registered");
        (replica.registry().association().expect("founded").id, device.registration.signing)
    });
    let parts = kept.iter().map(|record| {
        let (opening, signature) = record.opening(association).expect("an opening");
        opening.holds(&key, &signature).expect("signed by the device");
        assert_eq!((opening.group, opening.seq, opening.intent), (group, seq, Intent::View));
        opening.part
    });
    assert_eq!(parts.collect::<Vec<_>>(), [Part::Preview, Part::Content]);
    let theirs = team.doctor.client().access_records(Scope::Group(group), Time(0), Time(u64::MAX)).await;
    let theirs = theirs.expect("the originator's administrator");
    assert_eq!(theirs.lines.iter().filter(|line| matches!(line.record.what, What::FileOpened { .. })).count(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_nothing_of_a_patient_group_is_downloaded_by_an_honest_client_or_another() {
    let team = Team::of_two().await;
    let group = team.group;
    let seq = send(&team.doctor, group, "紹介状.pdf", b"%PDF-1.7\nmihon\n%%EOF\n", false).await;
    shown(&team.chief, group, seq).await;
    let path = team.world.home().join("kept.pdf");
    refused(team.chief.client().save_file(group, seq, 0, &path).await, Code::DownloadForbidden);
    let save = Opening { intent: Intent::Save, ..opening(&team.chief, group, seq, team.world.server.now()) };
    refused(raw(&team.chief, save).await, Code::DownloadForbidden);
    refused(team.chief.client().ask(Op::FileChunk { opening: save.request, index: 0 }).await, Code::OpeningOver);
    assert!(!path.exists(), "nothing was kept");
    let refusals = records(&team.chief).await;
    let on_record = refusals.iter().any(
        |one| matches!(one.what, What::Refused { code: Code::DownloadForbidden, group: Some(g), .. } if g == group),
    );
    assert!(on_record, "and that it was tried is on record");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_in_a_free_group_a_file_is_kept_unless_its_author_the_originator_or_the_association_forbids_it() {
    let team = Team::of_two().await;
    let group = free_group(&team.doctor).await;
    team.doctor.reads(group).await;
    let doctor = team.doctor.client();
    let bytes = b"%PDF-1.7\nmihon\n%%EOF\n";
    let free = send(&team.doctor, group, "案内.pdf", bytes, false).await;
    let strict = send(&team.doctor, group, "案内.pdf", bytes, true).await;
    let path = |name: &str| team.world.home().join(name);
    doctor.save_file(group, free, 0, &path("one.pdf")).await.expect("kept");
    assert_eq!(std::fs::read(path("one.pdf")).expect("a file"), bytes);
    refused(doctor.save_file(group, free, 0, &path("one.pdf")).await, Code::FileExists);
    refused(doctor.save_file(group, strict, 0, &path("two.pdf")).await, Code::DownloadForbidden);
    let save = |seq| Opening { intent: Intent::Save, ..opening(&team.doctor, group, seq, team.world.server.now()) };
    refused(raw(&team.doctor, save(strict)).await, Code::DownloadForbidden);
    assert!(shown(&team.doctor, group, strict).await.files[0].no_download);
    assert!(!shown(&team.doctor, group, free).await.files[0].no_download);
    doctor.forbid_downloads(group).await.expect("forbidden");
    refused(doctor.save_file(group, free, 0, &path("two.pdf")).await, Code::DownloadForbidden);
    refused(raw(&team.doctor, save(free)).await, Code::DownloadForbidden);
    refused(doctor.forbid_downloads(group).await, Code::NothingToDo);
    refused(doctor.forbid_downloads(team.group).await, Code::NothingToDo);
    assert_eq!(open(&team.doctor, group, free).await.expect("looking is not keeping"), bytes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_an_upload_goes_on_where_a_fallen_server_stopped_and_what_was_acknowledged_is_whole() {
    let mut team = Team::of_two().await;
    let (group, bytes) = (team.group, sound(20 * bounds::FILE_CHUNK + 77));
    let mut file = outgoing("呼吸音.wav", &bytes);
    let data = team.world.server.data().join("blobs");
    {
        let upload = team.doctor.client().upload(group, &mut file);
        let some = async {
            while files_below(&data).len() < 6 {
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            }
        };
        tokio::select! {
            done = upload => done.expect("uploaded"),
            () = some => {}
        }
    }
    team.world.server.kill();
    assert!(files_below(&data).len() < 20, "not all of it had arrived");
    team.world.server.restart();
    for person in [&mut team.doctor, &mut team.chief] {
        person.sign_in(&team.world.server).await.expect("signed in");
    }
    let mut files = [file];
    let sent = team.doctor.client().send_files(group, "呼吸音です", &mut files, false).await.expect("sent");
    team.world.server.kill();
    team.world.server.verify().expect("everything holds");
    team.world.server.restart();
    team.chief.sign_in(&team.world.server).await.expect("signed in");
    assert_eq!(open(&team.chief, group, sent.head.size - 1).await.expect("whole"), bytes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_a_server_that_lost_or_changed_a_file_does_not_verify() {
    let mut team = Team::of_two().await;
    send(&team.doctor, team.group, "a.wav", &sound(1_000), false).await;
    team.world.server.kill();
    let said = team.world.server.verify().expect("everything holds");
    assert!(said.contains("1 files"), "{said}");
    let blobs = team.world.server.data().join("blobs");
    let chunk = files_below(&blobs).into_iter().find(|(_, bytes)| bytes.len() > 100).expect("a chunk").0;
    let path = blobs.join(chunk);
    let bytes = std::fs::read(&path).expect("a chunk");
    let mut changed = bytes.clone();
    changed[500] ^= 1;
    std::fs::write(&path, changed).expect("written");
    let said = team.world.server.verify().expect_err("changed");
    assert!(said.contains("not there as it was accepted"), "{said}");
    std::fs::write(&path, &bytes).expect("written");
    team.world.server.verify().expect("everything holds again");
    std::fs::remove_file(&path).expect("removed");
    team.world.server.verify().expect_err("lost");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_a_broken_connection_interrupts_neither_sending_nor_opening() {
    let team = Team::of_two().await;
    let (group, bytes) = (team.group, sound(12 * bounds::FILE_CHUNK));
    let seq = {
        let sending = send(&team.doctor, group, "a.wav", &bytes, false);
        tokio::pin!(sending);
        // Each connection lasts longer than the one before: one of them is long enough, however slow the machine.
        let mut lasts = std::time::Duration::from_millis(40);
        loop {
            tokio::select! {
                seq = &mut sending => break seq,
                () = tokio::time::sleep(lasts) => {
                    team.doctor.client().drop_connection();
                    lasts = lasts * 3 / 2;
                }
            }
        }
    };
    let opened = {
        let opening = open(&team.chief, group, seq);
        tokio::pin!(opening);
        let mut cuts = 0;
        loop {
            tokio::select! {
                opened = &mut opening => break opened,
                () = tokio::time::sleep(std::time::Duration::from_millis(30)), if cuts < 5 => {
                    cuts += 1;
                    team.chief.client().drop_connection();
                }
            }
        }
    };
    assert_eq!(opened.expect("opened"), bytes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_only_a_present_reader_with_an_own_signature_of_now_opens_a_file() {
    let team = Team::of_two().await;
    let (group, server) = (team.group, &team.world.server);
    let seq = send(&team.doctor, group, "a.png", &picture(50), false).await;
    shown(&team.chief, group, seq).await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    let now = server.now();
    refused(raw(&nurse, opening(&nurse, group, seq, now)).await, Code::NotAReader);
    let forged = Opening { user: team.chief.user(), device: team.chief.device(), ..opening(&nurse, group, seq, now) };
    refused(raw(&nurse, forged).await, Code::NotForYou);
    // Signed by the reader's device, shown by another.
    let hers = signed(&team.chief, opening(&team.chief, group, seq, now));
    refused(nurse.client().ask(Op::OpenFile(hers.clone())).await, Code::NotForYou);
    let wrong = opening(&team.chief, group, seq, now).sign(&SigningSecret::from_seed(&[9; 32])).expect("an opening");
    refused(team.chief.client().ask(Op::OpenFile(wrong)).await, Code::SignatureInvalid);
    let old = Opening { at: Time(now.0 - bounds::CLOCK_SKEW - 60), ..opening(&team.chief, group, seq, now) };
    refused(raw(&team.chief, old).await, Code::OpeningOver);
    for (wrong, code) in [
        (Opening { seq: seq + 100, ..opening(&team.chief, group, seq, now) }, Code::Unknown),
        (Opening { seq: 0, ..opening(&team.chief, group, seq, now) }, Code::Unknown),
        (Opening { file: 1, ..opening(&team.chief, group, seq, now) }, Code::Unknown),
        (Opening { group: GroupId(random()), ..opening(&team.chief, group, seq, now) }, Code::Unknown),
    ] {
        refused(raw(&team.chief, wrong).await, code);
    }
    let good = opening(&team.chief, group, seq, now);
    raw(&team.chief, good).await.expect("granted");
    refused(raw(&team.chief, good).await, Code::AlreadyExists);
    let chunk = Op::FileChunk { opening: good.request, index: 0 };
    team.chief.client().ask(chunk.clone()).await.expect("a chunk");
    refused(nurse.client().ask(chunk.clone()).await, Code::OpeningOver);
    refused(team.chief.client().ask(Op::FileChunk { opening: good.request, index: 1 }).await, Code::Unknown);
    // Removed while it is open: nothing more comes.
    team.doctor.step_up(server).await.expect("a fresh code");
    team.doctor.client().remove(group, team.chief.user()).await.expect("removed");
    refused(team.chief.client().ask(chunk).await, Code::NotAReader);
    refused(raw(&team.chief, opening(&team.chief, group, seq, server.now())).await, Code::NotAReader);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_a_post_names_only_files_of_its_own_device_that_have_arrived_whole() {
    let team = Team::of_two().await;
    let (group, log) = (team.group, LogId::Group(team.group));
    let seq = send(&team.doctor, group, "a.png", &picture(50), false).await;
    shown(&team.chief, group, seq).await;
    let (epoch, theirs) = team.chief.client().look(|replica| {
        let followed = replica.group(group).expect("a group");
        let Act::Post(post) = &followed.message(seq).expect("a post").statement.act else { panic!("a post") };
        (followed.group().expect("a group").epoch(), post.files.as_slice()[0])
    });
    let post = |files: Vec<Attachment>, flags| {
        let files = List::new(files).expect("few");
        Act::Post(Post { epoch, salt: Hash32(random()), flags, files, ciphertext: Blob::default() })
    };
    let chief = team.chief.client();
    let submit = async |act| chief.submit_unchecked(log, Role::User, None, act, Sidecar::default()).await;
    let stored = Stored { length: sealed_length(100), root: Hash32([7; 32]) };
    let none = Attachment { file: FileId(random()), content: stored, preview: None };
    refused(submit(post(vec![none], 0)).await, Code::FileIncomplete);
    refused(submit(post(vec![theirs], 0)).await, Code::FileIncomplete);
    // Something of that length is there, but not what is signed.
    let bytes = Blob::new(vec![1; 116]).expect("a chunk");
    let (file, part) = (none.file, Part::Content);
    chief.ask(Op::Upload { group, file, part, index: 0, bytes: bytes.clone() }).await.expect("uploaded");
    chief.ask(Op::Upload { group, file, part, index: 0, bytes }).await.expect("the same again");
    let other = Blob::new(vec![2; 116]).expect("a chunk");
    refused(chief.ask(Op::Upload { group, file, part, index: 0, bytes: other }).await, Code::AlreadyExists);
    refused(submit(post(vec![none], 0)).await, Code::FileIncomplete);
    let mut tree = renkei_client_core::proto::merkle::Frontier::default();
    tree.push(&[1; 116]);
    let whole = Attachment { content: Stored { root: tree.root(), ..stored }, ..none };
    refused(submit(post(vec![whole, whole], 0)).await, Code::AlreadyExists);
    refused(submit(post(vec![whole], 2)).await, Code::UnknownVersion);
    refused(submit(post(vec![], 0)).await, Code::NothingToDo);
    submit(post(vec![whole], 0)).await.expect("named");
    // A file that a post names gets no more.
    let more = Blob::new(vec![3; 116]).expect("a chunk");
    refused(chief.ask(Op::Upload { group, file, part, index: 1, bytes: more.clone() }).await, Code::AlreadyExists);
    let nurse = team.world.staff(&team.chief, "nurse").await;
    refused(nurse.client().ask(Op::Upload { group, file, part, index: 0, bytes: more }).await, Code::NotAReader);
    let everything = Blob::new(vec![0; 50]).expect("a chunk");
    let beyond = Op::Upload { group, file: FileId(random()), part, index: 763, bytes: everything };
    refused(chief.ask(beyond).await, Code::TooLarge);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_locking_closes_what_is_open_and_a_locked_device_is_handed_nothing() {
    let mut team = Team::of_two().await;
    let group = team.group;
    let seq = send(&team.doctor, group, "a.png", &picture(50), false).await;
    shown(&team.chief, group, seq).await;
    let open = team.chief.client().open_file(group, seq, 0, Part::Content).await.expect("opened");
    let good = opening(&team.chief, group, seq, team.world.server.now());
    raw(&team.chief, good).await.expect("granted");
    let idle = 15 * 60;
    team.world.server.wait(idle);
    assert_eq!(team.chief.over().await.code, Code::SessionLocked, "nobody was there");
    assert_eq!(open.look(<[u8]>::len).expect_err("wiped").code, Code::VaultClosed);
    team.chief.unlock().await.expect("unlocked");
    let seen = team.chief.client().ask(Op::FileChunk { opening: good.request, index: 0 }).await;
    seen.expect("the session goes on, and what it has open");
    let again = team.chief.client().open_file(group, seq, 0, Part::Content).await.expect("opened");
    let client = team.chief.take_client();
    client.lock().await.expect("locked");
    assert_eq!(again.look(<[u8]>::len).expect_err("wiped").code, Code::VaultClosed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_the_file_of_a_message_that_was_taken_back_is_opened_no_more() {
    let team = Team::of_two().await;
    let group = team.group;
    let seq = send(&team.doctor, group, "a.png", &picture(50), false).await;
    shown(&team.chief, group, seq).await;
    let good = opening(&team.chief, group, seq, team.world.server.now());
    raw(&team.chief, good).await.expect("granted");
    team.doctor.client().retract(group, seq).await.expect("taken back");
    refused(team.chief.client().ask(Op::FileChunk { opening: good.request, index: 0 }).await, Code::AlreadyRetracted);
    refused(raw(&team.chief, opening(&team.chief, group, seq, team.world.server.now())).await, Code::AlreadyRetracted);
    let gone =
        team.chief.client().wait_until(PATIENCE, |replica| replica.group(group)?.group()?.retracted(seq).then_some(()));
    gone.await.expect("the retraction");
    assert_eq!(shown(&team.chief, group, seq).await.files, []);
    refused(team.chief.client().open_file(group, seq, 0, Part::Content).await, Code::AlreadyRetracted);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a06_2_erased_files_are_in_no_file_of_the_server_and_a_frozen_group_opens_none() {
    let team = Team::of_two().await;
    let (group, server) = (team.group, &team.world.server);
    let other = free_group(&team.doctor).await;
    team.doctor.reads(other).await;
    let seq = send(&team.doctor, group, "a.png", &picture(300), false).await;
    let mut waiting = outgoing("b.wav", &sound(1_000));
    team.doctor.client().upload(group, &mut waiting).await.expect("uploaded, and not posted yet");
    shown(&team.chief, group, seq).await;
    let good = opening(&team.chief, group, seq, server.now());
    raw(&team.chief, good).await.expect("granted");
    let needles = sealed_pieces(server.data());
    assert!(needles.len() >= 3, "the picture, its preview and what waits");
    send(&team.doctor, other, "c.wav", &sound(1_000), false).await;
    assert_eq!(left_in_files(server.data(), &needles), needles.len());

    let day: Date = "2026-03-02".parse().expect("a day");
    let paper = sha256("見本 同意撤回書".as_bytes());
    team.doctor.client().withdraw_consent(group, ConsentBy::Family, day, paper).await.expect("withdrawn");
    refused(team.chief.client().ask(Op::FileChunk { opening: good.request, index: 0 }).await, Code::ConsentWithdrawn);
    refused(raw(&team.chief, opening(&team.chief, group, seq, server.now())).await, Code::ConsentWithdrawn);
    let mut late = outgoing("d.wav", &sound(1_000));
    refused(team.chief.client().upload(group, &mut late).await, Code::ConsentWithdrawn);
    let operator = &team.world.operators[0];
    let shut = operator.client().wait_until(PATIENCE, |replica| replica.group(group)?.group()?.frozen().map(drop));
    shut.await.expect("frozen");
    operator.client().confirm_erasure(group).await.expect("erased");
    assert_eq!(left_in_files(server.data(), &needles), 0, "gone before it was acknowledged");
    refused(raw(&team.chief, opening(&team.chief, group, seq, server.now())).await, Code::GroupErased);
    refused(team.doctor.client().upload(group, &mut late).await, Code::GroupErased);
    assert_eq!(sealed_pieces(server.data()).len(), 1, "another group's file stays");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_an_upload_that_no_message_names_is_dropped_after_a_day_and_a_posted_file_stays() {
    let mut team = Team::of_two().await;
    let group = team.group;
    let bytes = sound(1_000);
    let seq = send(&team.doctor, group, "a.wav", &bytes, false).await;
    let mut forgotten = outgoing("b.wav", &sound(1_000));
    team.doctor.client().upload(group, &mut forgotten).await.expect("uploaded");
    let data = team.world.server.data().to_owned();
    assert_eq!(sealed_pieces(&data).len(), 2);
    // Also when the server has been started since.
    team.world.server.kill();
    team.world.server.restart();
    team.world.server.advance(DAY);
    team.doctor.sign_in(&team.world.server).await.expect("signed in");
    let mut next = outgoing("c.wav", &sound(1_000));
    team.doctor.client().upload(group, &mut next).await.expect("uploaded");
    assert_eq!(sealed_pieces(&data).len(), 2, "the posted one and the new one");
    assert_eq!(open(&team.doctor, group, seq).await.expect("opened"), bytes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_a_refused_post_under_anothers_name_keeps_no_file_from_being_dropped() {
    let team = Team::of_two().await;
    let (group, log) = (team.group, LogId::Group(team.group));
    let chief = team.chief.client();
    let file = FileId(random());
    let bytes = Blob::new(vec![1; 116]).expect("a chunk");
    chief.ask(Op::Upload { group, file, part: Part::Content, index: 0, bytes }).await.expect("uploaded");
    let mut tree = renkei_client_core::proto::merkle::Frontier::default();
    tree.push(&[1; 116]);
    let content = Stored { length: sealed_length(100), root: tree.root() };
    let files = List::new(vec![Attachment { file, content, preview: None }]).expect("few");
    let epoch = chief.look(|replica| replica.group(group).expect("a group").group().expect("a group").epoch());
    let post = Post { epoch, salt: Hash32(random()), flags: 0, files, ciphertext: Blob::default() };
    let taken = chief.look(|replica| replica.group(group).expect("a group").events()[0].2.id);
    let mut statement = chief.draft(log, Role::User, None, Act::Post(post)).expect("a draft");
    statement.id = taken;
    refused(chief.submit_statement(&statement, Sidecar::default()).await, Code::AlreadyExists);
    team.world.server.advance(DAY);
    let mut next = outgoing("c.wav", &sound(1_000));
    team.doctor.client().upload(group, &mut next).await.expect("uploaded");
    let data = team.world.server.data().to_owned();
    assert_eq!(sealed_pieces(&data).len(), 1, "the doctor's alone");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_what_is_open_closes_with_a_removal() {
    let team = Team::of_two().await;
    let seq = send(&team.doctor, team.group, "a.png", &picture(50), false).await;
    shown(&team.chief, team.group, seq).await;
    let open = team.chief.client().open_file(team.group, seq, 0, Part::Content).await.expect("opened");
    open.look(<[u8]>::len).expect("open");
    team.doctor.step_up(&team.world.server).await.expect("a fresh code");
    team.doctor.client().remove(team.group, team.chief.user()).await.expect("removed");
    let closed = async {
        while open.look(<[u8]>::len).is_ok() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    renkei_tests::within("the file to close", closed).await;
}
