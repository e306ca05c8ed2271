//! What the newest parts are attacked with: files, scans and proofs, by people who belong to the association and run a client of
//! their own making.

use renkei_client_core::attach::Outgoing;
use renkei_client_core::erasure_proof::{DeviceState, Evidence, verify};
use renkei_client_core::groups::{ConsentForm, NewGroup};
use renkei_client_core::proto::act::{Act, ConsentBy, GroupKind, HistoryPolicy, InquiryEnd, Post};
use renkei_client_core::proto::bounds;
use renkei_client_core::proto::bytes::{Blob, List};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::file::{Attachment, Part, Stored, sealed_length};
use renkei_client_core::proto::frame::{Op, Sidecar};
use renkei_client_core::proto::hash::{Hash32, sha256};
use renkei_client_core::proto::id::{FileId, GroupId};
use renkei_client_core::proto::merkle::Frontier;
use renkei_client_core::proto::settings::Setting;
use renkei_client_core::proto::statement::{LogId, Role};
use renkei_client_core::scans::ScanFile;
use renkei_client_core::{Result, random};
use renkei_tests::{DAY, PATIENCE, Person, Team, consent, files_below, line, refused};
use zeroize::Zeroizing;

/// Uploads a chunk as it is.
async fn chunk(person: &Person, group: GroupId, file: FileId, (part, index): (Part, u32), bytes: &[u8]) -> Result<()> {
    let bytes = Blob::new(bytes.to_vec()).expect("a chunk");
    person.client().ask(Op::Upload { group, file, part, index, bytes }).await.map(drop)
}

/// Posts a file of one chunk, with this preview.
async fn post(person: &Person, group: GroupId, file: FileId, first: &[u8], preview: Option<Stored>) -> Result<()> {
    let client = person.client();
    let mut tree = Frontier::default();
    tree.push(first);
    let content = Stored { length: sealed_length(first.len() as u64 - 16), root: tree.root() };
    let epoch = client.look(|replica| replica.group(group).expect("a group").group().expect("a group").epoch());
    let files = List::new(vec![Attachment { file, content, preview }]).expect("one");
    let act = Act::Post(Post { epoch, salt: Hash32(random()), flags: 0, files, ciphertext: Blob::default() });
    client.submit_unchecked(LogId::Group(group), Role::User, None, act, Sidecar::default()).await.map(drop)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_no_chunk_is_kept_with_a_file_that_its_message_does_not_count() {
    let team = Team::of_two().await;
    let (group, chief) = (team.group, &team.chief);
    team.doctor.client().send(group, "鍵").await.expect("sent");
    chief.texts(group, 1).await;
    // A hundred bytes named, two hundred thousand beside them: in the file itself, or as a preview that nothing names.
    let large = vec![7; 200_000];
    for beside in [(Part::Content, 1), (Part::Content, 500), (Part::Preview, 0)] {
        let file = FileId(random());
        chunk(chief, group, file, (Part::Content, 0), &[5; 100]).await.expect("uploaded");
        let length = if beside.0 == Part::Preview { 100_000 } else { large.len() };
        chunk(chief, group, file, beside, &large[..length]).await.expect("uploaded");
        refused(post(chief, group, file, &[5; 100], None).await, Code::FileIncomplete);
    }
    let file = FileId(random());
    chunk(chief, group, file, (Part::Content, 0), &[5; 100]).await.expect("uploaded");
    post(chief, group, file, &[5; 100], None).await.expect("what is there is what is named");
    refused(chunk(chief, group, file, (Part::Content, 1), &large).await, Code::AlreadyExists);
    let blobs = files_below(&team.world.server.data().join("blobs"));
    let kept = blobs.keys().filter(|path| path.to_string_lossy().contains("/kept/")).count();
    assert_eq!(kept, 1, "what was refused waits for a day and goes");
}

fn paper() -> Vec<u8> {
    [b"%PDF-1.7\n".as_slice(), &random::<200>()].concat()
}

fn scan(bytes: &[u8]) -> ScanFile {
    ScanFile::of(Zeroizing::new(bytes.to_vec())).expect("a PDF")
}

/// Waits until the scan of the form has been deposited so often, as far as `person` knows.
async fn deposits(person: &Person, group: GroupId, form: u64, count: usize) {
    let there = person.client().wait_until(PATIENCE, |replica| {
        (replica.group(group)?.group()?.form(form)?.deposits.len() == count).then_some(())
    });
    there.await.expect("the deposits");
}

async fn view(person: &Person, group: GroupId, form: u64) -> Result<Vec<u8>> {
    person.client().open_scan(group, form).await?.look(<[u8]>::to_vec)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a06_1_who_deposits_rubbish_over_the_right_scan_hides_it_from_nobody() {
    let team = Team::of_two().await;
    let (right, other) = (paper(), paper());
    let doctor = team.doctor.client();
    let new = NewGroup {
        kind: GroupKind::Patient,
        label: line("見本 桜子さん 在宅チーム"),
        history: HistoryPolicy::All,
        acting_for: None,
        creator_reads: true,
    };
    let group = doctor.create_group(new).await.expect("a group");
    let form = ConsentForm { scan: sha256(&right), ..consent() };
    let form = doctor.record_consent(group, form).await.expect("recorded").head.size - 1;
    doctor.deposit_scan(group, form, scan(&right)).await.expect("deposited");
    let clerk = team.world.staff(&team.doctor, "clerk").await;
    doctor.set_administrator(clerk.user(), true).await.expect("appointed");
    deposits(&clerk, group, form, 1).await;
    clerk.client().deposit_unchecked(group, form, scan(&other)).await.expect("the server can't tell");
    deposits(&team.doctor, group, form, 2).await;
    // Each of the two has deposited it, so nobody could mend it.
    refused(doctor.deposit_scan(group, form, scan(&right)).await, Code::AlreadyExists);
    assert_eq!(view(&team.doctor, group, form).await.expect("opened"), right);
    // And whoever comes to govern later is handed both keys.
    let third = team.world.staff(&team.doctor, "third").await;
    doctor.set_administrator(third.user(), true).await.expect("appointed");
    deposits(&third, group, form, 2).await;
    let opened = renkei_tests::within("the key of the right one", async {
        loop {
            match view(&third, group, form).await {
                Err(fault) if fault.code == Code::KeyAwaited => {}
                Err(fault) if fault.code == Code::ScanDiffers => {}
                opened => return opened,
            }
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
    });
    assert_eq!(opened.await.expect("opened"), right);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a06_2_nobody_cuts_the_registry_of_a_proof_of_erasure_by_heads_of_before() {
    let team = Team::of_two().await;
    let (doctor, group) = (team.doctor.client(), team.group);
    let backups = async |days: u16| {
        for operator in &team.world.operators[..2] {
            operator.client().set(None, Setting::Backups(Some(days))).await.expect("a voice");
        }
    };
    backups(35).await;
    let day = "2026-03-02".parse().expect("a day");
    doctor.withdraw_consent(group, ConsentBy::Family, day, sha256(b"paper")).await.expect("withdrawn");
    let operator = team.world.operators[0].client();
    let frozen = operator.wait_until(PATIENCE, |replica| replica.group(group)?.group()?.frozen().map(|_| ()));
    frozen.await.expect("the freeze");
    operator.confirm_erasure(group).await.expect("confirmed");
    let gone = doctor.wait_until(PATIENCE, |replica| replica.group(group)?.group()?.erased().map(|_| ()));
    gone.await.expect("the erasure");
    let before = doctor.export(&[group]).await.expect("a copy, under the heads of then");
    backups(365).await;
    let size = operator.look(|replica| replica.registry().size());
    let there = doctor.wait_until(PATIENCE, |replica| (replica.registry().size() >= size).then_some(()));
    there.await.expect("what was set");
    let (evidence, proof) = doctor.erasure_proof(group).await.expect("a proof");
    assert_eq!(proof.backups, Some(365), "they are kept for longer now");
    let cut = Evidence { record: before, ..evidence };
    let found = verify(&cut, cut.record.root).map(|proof| proof.backups).map_err(|flaw| flaw.code);
    assert_eq!(found, Err(Code::LogNotTrusted), "the server's word is of a registry that went further");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a14_1_the_proof_of_an_inquirys_erasure_names_the_desks_devices_which_answer_as_well() {
    let mut team = Team::of_two().await;
    let asked = team.chief.client().open_inquiry(line("端末の登録"), "登録したいです。").await.expect("an inquiry");
    for operator in &team.world.operators[..2] {
        operator.texts(asked, 1).await;
    }
    team.chief.client().close_inquiry(asked, InquiryEnd::Settled).await.expect("closed");
    team.world.server.advance(366 * DAY);
    for operator in &mut team.world.operators[..2] {
        drop(operator.take_client());
        operator.sign_in(&team.world.server).await.expect("signed in, with a certificate that is renewed");
    }
    let [first, second] = &team.world.operators[..2] else { panic!("two") };
    first.client().order_erasure(asked).await.expect("ordered");
    let ordered =
        second.client().wait_until(PATIENCE, |replica| replica.group(asked)?.group()?.to_confirm().map(|_| ()));
    ordered.await.expect("the order");
    second.client().confirm_erasure(asked).await.expect("erased");
    let gone = first.client().wait_until(PATIENCE, |replica| replica.group(asked)?.group()?.erased().map(|_| ()));
    gone.await.expect("the erasure");
    let confirmed = renkei_tests::within("the receipts of the Desk", async {
        loop {
            let (_, proof) = first.client().erasure_proof(asked).await.expect("a proof");
            let of = |device| proof.devices.iter().find(|one| one.device == device).map(|one| one.state);
            let states = [first, second, &team.chief].map(|person| of(person.device()));
            if matches!(states, [Some(DeviceState::Confirmed { .. }), Some(DeviceState::Confirmed { .. }), _]) {
                return states;
            }
            assert!(states.iter().all(Option::is_some), "each had the key: {states:?}");
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        }
    });
    confirmed.await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_what_was_to_be_sent_a_week_ago_is_gone_though_nobody_asks_for_it() {
    let mut team = Team::of_two().await;
    let mut sound = b"RIFF\x24\0\0\0WAVEfmt ".to_vec();
    sound.resize(20 * bounds::FILE_CHUNK, 7);
    let mut files = [Outgoing::from_bytes("a.wav", Zeroizing::new(sound)).expect("a recording")];
    let kept = team.doctor.dir.join("sending");
    {
        let begun = async {
            while !kept.exists() {
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            }
        };
        tokio::select! {
            sent = team.doctor.client().send_files(team.group, "続きから", &mut files, false) => panic!("{sent:?}"),
            () = begun => {}
        }
    }
    drop(team.doctor.take_client());
    // And what a crash left of a picture before there was a note of it.
    let left = team.doctor.dir.join("sending-fil-0-c");
    std::fs::write(&left, b"sealed").expect("written");
    team.world.server.advance(8 * DAY);
    team.doctor.sign_in(&team.world.server).await.expect("signed in");
    let gone = async {
        let ours = |path: &std::path::PathBuf| path.to_string_lossy().contains("sending");
        while files_below(&team.doctor.dir).keys().any(ours) {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    renkei_tests::within("what is over to be gone", gone).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_a_file_that_was_posted_gets_no_chunk_after_a_crash_that_left_it_waiting() {
    let mut team = Team::of_two().await;
    let group = team.group;
    team.doctor.client().send(group, "鍵").await.expect("sent");
    team.chief.texts(group, 1).await;
    let file = FileId(random());
    chunk(&team.chief, group, file, (Part::Content, 0), &[5; 100]).await.expect("uploaded");
    let blobs = team.world.server.data().join("blobs");
    let waits = files_below(&blobs).into_iter().find(|(path, _)| path.starts_with("waiting"));
    let (path, since) = waits.expect("the mark of an upload that waits");
    post(&team.chief, group, file, &[5; 100], None).await.expect("posted");
    // As when the power fails between the entry and the end of that mark.
    team.world.server.kill();
    let path = blobs.join(path);
    std::fs::create_dir_all(path.parent().expect("a directory")).expect("made");
    std::fs::write(path, since).expect("written");
    team.world.server.restart();
    team.chief.sign_in(&team.world.server).await.expect("signed in");
    refused(chunk(&team.chief, group, file, (Part::Content, 1), &[7; 5_000]).await, Code::AlreadyExists);
    let there = files_below(&blobs).keys().filter(|path| path.to_string_lossy().contains("/c/")).count();
    assert_eq!(there, 1);
}
