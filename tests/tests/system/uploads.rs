//! Uploads (A12.2): they go on after a crash, a lock and a restart of either side, they are bounded, and what a reader has looked
//! at is nowhere when the session is locked.

use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;

use renkei_client_core::attach::Outgoing;
use renkei_client_core::proto::act::{Act, Post};
use renkei_client_core::proto::bounds;
use renkei_client_core::proto::bytes::{Blob, List};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::file::{Attachment, Intent, Opening, Part, Stored, sealed_length};
use renkei_client_core::proto::frame::{Op, Sidecar};
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::id::{FileId, GroupId, RequestId};
use renkei_client_core::proto::merkle::Frontier;
use renkei_client_core::proto::statement::{LogId, Role};
use renkei_client_core::random;
use renkei_tests::{DAY, PATIENCE, Person, Team, files_below, refused};
use zeroize::Zeroizing;

/// A recording of `length` bytes.
fn sound(length: usize) -> Vec<u8> {
    let mut bytes = b"RIFF\x24\0\0\0WAVEfmt ".to_vec();
    let noise: [u8; 251] = random();
    bytes.extend(noise.iter().copied().cycle().take(length - bytes.len()));
    bytes
}

fn picture() -> Vec<u8> {
    let noise: [u8; 32] = random();
    let pixel = |x: u32, y: u32| {
        let of = |n: u32| noise[usize::try_from(n % 32).expect("small")].wrapping_add(n.to_le_bytes()[0]);
        image::Rgb([of(x * y), of(x + 7 * y), of(x ^ y)])
    };
    let mut bytes = Vec::new();
    let drawn = image::DynamicImage::ImageRgb8(image::RgbImage::from_fn(900, 900, pixel));
    drawn.write_to(&mut std::io::Cursor::new(&mut bytes), image::ImageFormat::Png).expect("a picture");
    bytes
}

async fn open(person: &Person, group: GroupId, seq: u64) -> Vec<u8> {
    let here = person.client().wait_until(PATIENCE, |replica| replica.group(group)?.message(seq).map(drop));
    here.await.expect("the message");
    person.reads(group).await;
    let open = person.client().open_file(group, seq, 0, Part::Content).await.expect("opened");
    open.look(<[u8]>::to_vec).expect("open")
}

/// Sends until the server has `enough` files, and gives up there, as a process does that is killed.
async fn interrupted(team: &Team, files: &mut [Outgoing], enough: usize) {
    let blobs = team.world.server.data().join("blobs");
    let sending = team.doctor.client().send_files(team.group, "続きから", files, false);
    let some = async {
        while files_below(&blobs).len() < enough {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
    };
    tokio::select! {
        sent = sending => panic!("it was to be interrupted: {sent:?}"),
        () = some => {}
    }
}

fn beside_the_vault(person: &Person) -> Vec<String> {
    let names = files_below(&person.dir).into_keys().map(|path| path.display().to_string());
    names.filter(|name| name.contains("sending")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_a_sending_goes_on_after_a_restart_of_the_app_with_the_chunks_that_the_server_has() {
    let mut team = Team::of_two().await;
    let bytes = sound(24 * bounds::FILE_CHUNK + 77);
    let path = team.world.home().join("呼吸音.wav");
    std::fs::write(&path, &bytes).expect("written");
    interrupted(&team, &mut [Outgoing::from_path(&path).expect("a recording")], 8).await;
    // Dropped without a word, as when the process is killed.
    drop(team.doctor.take_client());
    let kept = files_below(&team.doctor.dir);
    let secret = |file: &Vec<u8>| file.windows(32).any(|window| window == &bytes[5_000..5_032]);
    assert!(!kept.values().any(secret), "nothing of the recording is kept beside it");
    team.doctor.sign_in(&team.world.server).await.expect("signed in");
    let doctor = team.doctor.client();
    let all = doctor.sendings().await.expect("listed");
    let [one] = all.as_slice() else { panic!("one: {all:?}") };
    assert_eq!((one.group, one.text.as_str(), one.chunks), (team.group, "続きから", 25));
    assert!((1..25).contains(&one.arrived), "{one:?}");
    let blobs = team.world.server.data().join("blobs");
    let before: Vec<_> =
        files_below(&blobs).into_keys().filter(|path| path.to_string_lossy().contains("/c/")).collect();
    let written = |path: &Path| std::fs::metadata(blobs.join(path)).and_then(|about| about.modified()).expect("there");
    let times: Vec<_> = before.iter().map(|path| written(path)).collect();
    let sent = doctor.go_on(one.id).await.expect("sent");
    assert_eq!(before.iter().map(|path| written(path)).collect::<Vec<_>>(), times, "nothing was put again");
    assert_eq!(doctor.sendings().await.expect("listed"), []);
    refused(doctor.go_on(one.id).await, Code::Unknown);
    assert_eq!(beside_the_vault(&team.doctor), [] as [&str; 0]);
    assert_eq!(open(&team.chief, team.group, sent.head.size - 1).await, bytes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_a_picture_goes_on_after_a_lock_and_by_the_same_command() {
    let mut team = Team::of_two().await;
    let (first, bytes) = (picture(), sound(30 * bounds::FILE_CHUNK));
    let made = || {
        [("創部.png", &first), ("呼吸音.wav", &bytes)]
            .map(|(name, bytes)| Outgoing::from_bytes(name, Zeroizing::new(bytes.clone())).expect("a file"))
    };
    interrupted(&team, &mut made(), 12).await;
    let sealed = files_below(&team.doctor.dir);
    assert!(!sealed.values().any(|file| file.windows(24).any(|window| window == &first[900..924])), "sealed");
    team.doctor.take_client().lock().await.expect("locked");
    team.doctor.unlock().await.expect("unlocked");
    let id = team.doctor.client().sendings().await.expect("listed")[0].id;
    let sent = team.doctor.client().send_files(team.group, "続きから", &mut made(), false).await.expect("sent");
    assert_eq!(team.doctor.client().sendings().await.expect("listed"), []);
    assert_eq!(open(&team.chief, team.group, sent.head.size - 1).await, first);
    // The server has one pair of files, not two: the same sending went on.
    let blobs = files_below(&team.world.server.data().join("blobs"));
    let there = |path: &std::path::PathBuf| path.to_string_lossy().contains(&id.to_string());
    assert!(blobs.keys().any(there));
    let kept = blobs.keys().filter(|path| path.to_string_lossy().contains("/kept/")).count();
    let waiting = blobs.keys().filter(|path| path.starts_with("waiting")).count();
    assert_eq!((kept, waiting), (2, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_a_sending_that_arrived_before_the_app_knew_is_not_sent_twice() {
    let mut team = Team::of_two().await;
    let mut files = [Outgoing::from_bytes("a.wav", Zeroizing::new(sound(2_000))).expect("a recording")];
    // As when the process dies between the server's answer and its own note of it: what was kept is put back.
    let before = {
        let path = team.doctor.dir.join("sending");
        let sending = team.doctor.client().send_files(team.group, "一度だけ", &mut files, false);
        tokio::pin!(sending);
        let mut seen = None;
        loop {
            tokio::select! {
                sent = &mut sending => { sent.expect("sent"); break seen.expect("kept before anything left"); }
                () = tokio::task::yield_now() => seen = std::fs::read(&path).ok().or(seen),
            }
        }
    };
    std::fs::write(team.doctor.dir.join("sending"), before).expect("written");
    // A recording of a path would do; what is in memory alone is gone with its spool, and still it is found to have arrived.
    drop(team.doctor.take_client());
    team.doctor.sign_in(&team.world.server).await.expect("signed in");
    let doctor = team.doctor.client();
    let id = doctor.sendings().await.expect("listed")[0].id;
    let there = doctor.look(|replica| replica.group(team.group).expect("a group").messages().len());
    doctor.go_on(id).await.expect("it has arrived");
    assert_eq!(doctor.look(|replica| replica.group(team.group).expect("a group").messages().len()), there);
    assert_eq!(doctor.sendings().await.expect("listed"), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_a_sending_is_given_up_by_word_by_age_and_with_its_group() {
    let mut team = Team::of_two().await;
    let path = team.world.home().join("a.wav");
    let fresh = || {
        std::fs::write(&path, sound(20 * bounds::FILE_CHUNK)).expect("written");
        [Outgoing::from_path(&path).expect("a recording")]
    };
    interrupted(&team, &mut fresh(), 5).await;
    let doctor = team.doctor.client();
    let id = doctor.sendings().await.expect("listed")[0].id;
    doctor.cancel_sending(id).expect("cancelled");
    refused(doctor.cancel_sending(id), Code::Unknown);
    assert_eq!(beside_the_vault(&team.doctor), [] as [&str; 0]);
    // The file itself is another than the one that was begun. However many chunks of the first have arrived: of this one some do.
    let blobs = team.world.server.data().join("blobs");
    let before = files_below(&blobs).len();
    interrupted(&team, &mut fresh(), before + 4).await;
    let id = doctor.sendings().await.expect("listed")[0].id;
    std::fs::write(&path, sound(20 * bounds::FILE_CHUNK)).expect("written");
    refused(doctor.go_on(id).await, Code::FileChanged);
    assert_eq!(doctor.sendings().await.expect("listed"), []);
    // After a day the server has nothing of it any more; for a week it can be sent from the beginning.
    let mut files = fresh();
    let bytes = std::fs::read(&path).expect("the recording");
    let now = files_below(&blobs).len();
    interrupted(&team, &mut files, now + 4).await;
    drop(team.doctor.take_client());
    team.world.server.advance(2 * DAY);
    team.doctor.sign_in(&team.world.server).await.expect("signed in");
    let doctor = team.doctor.client();
    let id = doctor.sendings().await.expect("listed")[0].id;
    let sent = doctor.go_on(id).await.expect("sent");
    team.chief.sign_in(&team.world.server).await.expect("signed in");
    assert_eq!(open(&team.chief, team.group, sent.head.size - 1).await, bytes);
    let now = files_below(&blobs).len();
    interrupted(&team, &mut fresh(), now + 4).await;
    drop(team.doctor.take_client());
    team.world.server.advance(8 * DAY);
    team.doctor.sign_in(&team.world.server).await.expect("signed in");
    assert_eq!(team.doctor.client().sendings().await.expect("listed"), []);
    assert_eq!(beside_the_vault(&team.doctor), [] as [&str; 0]);
}

/// Uploads one chunk of `length` sealed bytes as somebody would who skips every check of an own client.
async fn chunk(person: &Person, group: GroupId, length: usize) -> renkei_client_core::Result<Attachment> {
    let (file, part, bytes) = (FileId(random()), Part::Content, vec![7; length]);
    let mut tree = Frontier::default();
    tree.push(&bytes);
    let content = Stored { length: sealed_length(length as u64 - 16), root: tree.root() };
    let bytes = Blob::new(bytes).expect("a chunk");
    person.client().ask(Op::Upload { group, file, part, index: 0, bytes }).await?;
    Ok(Attachment { file, content, preview: None })
}

async fn post(person: &Person, group: GroupId, files: Vec<Attachment>, flags: u8) -> renkei_client_core::Result<()> {
    let client = person.client();
    let epoch = client.look(|replica| replica.group(group).expect("a group").group().expect("a group").epoch());
    let files = List::new(files).expect("few");
    let act = Act::Post(Post { epoch, salt: Hash32(random()), flags, files, ciphertext: Blob::default() });
    client.submit_unchecked(LogId::Group(group), Role::User, None, act, Sidecar::default()).await.map(drop)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_the_server_alone_bounds_what_one_person_sends_within_a_day_also_across_a_restart() {
    let mut team = Team::of_two().await;
    let group = team.group;
    team.doctor.client().send(group, "鍵").await.expect("sent");
    team.chief.texts(group, 1).await;
    let day = 100_000;
    team.world.server.files_of_a_day(day);
    let one = chunk(&team.chief, group, 60_000).await.expect("uploaded");
    let over = chunk(&team.chief, group, 40_001).await.expect_err("too much for a day");
    assert_eq!((over.code, over.retry_after.is_some()), (Code::UploadsSpent, true), "what waits counts");
    chunk(&team.doctor, group, 40_001).await.expect("another person");
    post(&team.chief, group, vec![one], 0).await.expect("posted");
    refused(chunk(&team.chief, group, 40_001).await, Code::UploadsSpent);
    team.world.server.kill();
    team.world.server.restart();
    team.world.server.files_of_a_day(day);
    team.chief.sign_in(&team.world.server).await.expect("signed in");
    let over = chunk(&team.chief, group, 40_001).await.expect_err("it was counted from the log");
    assert_eq!(over.code, Code::UploadsSpent);
    chunk(&team.chief, group, 40_000).await.expect("what is left");
    let later = over.retry_after.expect("when to go on");
    assert!(u64::from(later) <= bounds::SENT_COUNTS);
    team.world.server.advance(bounds::SENT_COUNTS);
    team.chief.sign_in(&team.world.server).await.expect("signed in");
    chunk(&team.chief, group, 60_000).await.expect("a day later");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_a_refused_post_leaves_no_mark_and_posts_have_a_persons_pace() {
    let team = Team::of_two().await;
    let group = team.group;
    team.doctor.client().send(group, "鍵").await.expect("sent");
    team.chief.texts(group, 1).await;
    let one = chunk(&team.chief, group, 1_000).await.expect("uploaded");
    let blobs = team.world.server.data().join("blobs");
    let marks = || files_below(&blobs).keys().filter(|path| path.to_string_lossy().contains("/kept/")).count();
    refused(post(&team.chief, group, vec![one], 2).await, Code::UnknownVersion);
    assert_eq!(marks(), 0, "nothing of what was refused stays");
    let mut pace = None;
    for _ in 0..300 {
        let fault = post(&team.chief, group, vec![one], 2).await.expect_err("refused");
        if fault.code != Code::UnknownVersion {
            pace = Some(fault);
            break;
        }
    }
    let pace = pace.expect("nobody posts so often");
    assert_eq!((pace.code, pace.retry_after.is_some()), (Code::TryLater, true));
    assert_eq!(marks(), 0);
    let theirs = chunk(&team.doctor, group, 1_000).await.expect("uploaded");
    post(&team.doctor, group, vec![theirs], 0).await.expect("another person is not slowed");
    assert_eq!(marks(), 1);
    team.world.server.advance(60);
    post(&team.chief, group, vec![one], 0).await.expect("a minute later");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_what_a_power_cut_left_of_an_upload_is_gone_after_the_start_and_nothing_else() {
    let mut team = Team::of_two().await;
    let group = team.group;
    team.doctor.client().send(group, "鍵").await.expect("sent");
    team.chief.texts(group, 1).await;
    let posted = chunk(&team.chief, group, 1_000).await.expect("uploaded");
    post(&team.chief, group, vec![posted], 0).await.expect("posted");
    let waits = chunk(&team.chief, group, 1_000).await.expect("uploaded");
    team.world.server.kill();
    let blobs = team.world.server.data().join("blobs");
    // A chunk whose mark the disk had not kept.
    let of = |file: FileId| blobs.join(format!("files/{group}/{}/{file}", team.chief.device()));
    let orphan = of(FileId(random()));
    std::fs::create_dir_all(orphan.join("c")).expect("made");
    std::fs::File::create(orphan.join("c/0000")).and_then(|mut file| file.write_all(b"sealed")).expect("written");
    team.world.server.restart();
    let gone = async {
        while orphan.exists() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    renkei_tests::within("the orphan to go", gone).await;
    assert!(of(posted.file).join("c/0000").exists() && of(waits.file).join("c/0000").exists());
    team.chief.sign_in(&team.world.server).await.expect("signed in");
    post(&team.chief, group, vec![waits], 0).await.expect("what waited is posted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_a_preview_is_under_the_same_rules_as_its_picture() {
    let team = Team::of_two().await;
    let (group, server) = (team.group, &team.world.server);
    let mut files = [Outgoing::from_bytes("創部.png", Zeroizing::new(picture())).expect("a picture")];
    let sent = team.doctor.client().send_files(group, "", &mut files, false).await.expect("sent");
    let seq = sent.head.size - 1;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    let opening = |person: &Person, intent| Opening {
        version: renkei_client_core::proto::VERSION,
        suite: renkei_client_core::proto::SUITE,
        association: person.client().look(|replica| replica.registry().association().expect("founded").id),
        user: person.user(),
        device: person.device(),
        group,
        seq,
        file: 0,
        part: Part::Preview,
        intent,
        request: RequestId(random()),
        at: server.now(),
    };
    let raw = async |person: &Person, opening: Opening| {
        let signed = person.client().sign_opening(&opening).expect("an open vault");
        person.client().ask(Op::OpenFile(signed)).await
    };
    refused(raw(&nurse, opening(&nurse, Intent::View)).await, Code::NotAReader);
    refused(raw(&team.chief, opening(&team.chief, Intent::Save)).await, Code::DownloadForbidden);
    let good = opening(&team.chief, Intent::View);
    refused(team.chief.client().ask(Op::FileChunk { opening: good.request, index: 0 }).await, Code::OpeningOver);
    raw(&team.chief, good).await.expect("granted");
    refused(nurse.client().ask(Op::FileChunk { opening: good.request, index: 0 }).await, Code::OpeningOver);
    let chunk = Op::FileChunk { opening: good.request, index: 0 };
    team.chief.client().ask(chunk.clone()).await.expect("its only chunk");
    refused(team.chief.client().ask(Op::FileChunk { opening: good.request, index: 1 }).await, Code::Unknown);
    team.doctor.client().retract(group, seq).await.expect("taken back");
    refused(team.chief.client().ask(chunk).await, Code::AlreadyRetracted);
    refused(raw(&team.chief, opening(&team.chief, Intent::View)).await, Code::AlreadyRetracted);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_the_largest_file_arrives_as_it_was_sent() {
    let team = Team::of_two().await;
    let (group, length) = (team.group, bounds::FILE);
    let path = team.world.home().join("長い記録.wav");
    // Each chunk another, and no room on the disk for the zeros between.
    let mut file = std::fs::File::create(&path).expect("created");
    file.write_all(b"RIFF\x24\0\0\0WAVEfmt ").expect("written");
    file.set_len(length).expect("made long");
    let marks: Vec<u64> =
        (0..length / bounds::FILE_CHUNK as u64).map(|n| 1_000 + n * bounds::FILE_CHUNK as u64).collect();
    for (at, n) in marks.iter().zip(0_u32..) {
        file.seek(SeekFrom::Start(*at)).and_then(|_| file.write_all(&n.to_be_bytes())).expect("written");
    }
    let mut files = [Outgoing::from_path(&path).expect("a recording")];
    let sent = team.doctor.client().send_files(group, "", &mut files, false).await.expect("sent");
    let seq = sent.head.size - 1;
    let here = team.chief.client().wait_until(PATIENCE, |replica| replica.group(group)?.message(seq).map(drop));
    here.await.expect("the message");
    team.chief.reads(group).await;
    let open = team.chief.client().open_file(group, seq, 0, Part::Content).await.expect("opened");
    let whole = |opened: &[u8]| opened == std::fs::read(&path).expect("the recording");
    assert!(open.look(whole).expect("open"));
    let longer = team.world.home().join("b.wav");
    std::fs::copy(&path, &longer).expect("copied");
    std::fs::File::options().append(true).open(&longer).and_then(|mut file| file.write_all(&[0])).expect("longer");
    assert_eq!(Outgoing::from_path(&longer).expect_err("one byte too many").code, Code::TooLarge);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_the_server_alone_takes_so_many_files_of_a_person_that_no_message_names() {
    let team = Team::of_two().await;
    let group = team.group;
    let mut waiting = Vec::new();
    for _ in 0..bounds::WAITING_FILES {
        waiting.push(chunk(&team.chief, group, 100).await.expect("one more"));
    }
    refused(chunk(&team.chief, group, 100).await, Code::UploadsFull);
    // By the client that asks properly, too.
    let outgoing = || Outgoing::from_bytes("呼吸音.wav", Zeroizing::new(sound(5_000))).expect("a recording");
    refused(team.chief.client().send_files(group, "もう一つ", &mut [outgoing()], false).await, Code::UploadsFull);
    chunk(&team.doctor, group, 100).await.expect("another person");
    team.doctor.client().send(group, "鍵").await.expect("sent");
    team.chief.texts(group, 1).await;
    post(&team.chief, group, vec![waiting.remove(0)], 0).await.expect("posted");
    chunk(&team.chief, group, 100).await.expect("the place of what was posted");
}
