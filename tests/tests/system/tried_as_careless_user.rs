//! Tried as a careless user would: what somebody in a hurry does wrong gives away nothing that the policy forbids.

use std::io::Cursor;

use renkei_client_core::attach::Outgoing;
use renkei_client_core::office;
use renkei_client_core::proto::act::{HistoryPolicy, Ownership};
use renkei_client_core::proto::card::PatientCard;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::file::Part;
use renkei_client_core::proto::frame::Op;
use renkei_client_core::proto::key::SigningSecret;
use renkei_client_core::proto::settings::Setting;
use renkei_client_core::proto::text::{BadText, Line, safe_to_show};
use renkei_client_core::proto::ticket::Purpose;
use renkei_client_core::random;
use renkei_client_core::takeout::archive::Passphrase;
use renkei_tests::{PATIENCE, Person, Stranger, Team, files_below, line, refused};
use zeroize::Zeroizing;

/// What a computer is left alone for before its session locks, where nothing was set.
const IDLE: u64 = 600;

/// The place and time that a telephone writes into a photograph.
const PLACE: &[u8] = b"GPSLatitude=35.7512;GPSLongitude=139.7090";

/// A photograph as a telephone makes it: with Exif behind the first marker.
fn photograph() -> Vec<u8> {
    let noise: [u8; 32] = random();
    let drawn = image::DynamicImage::ImageRgb8(image::RgbImage::from_fn(64, 64, |x, y| {
        image::Rgb([noise[(x % 32) as usize], noise[(y % 32) as usize], 7])
    }));
    let mut plain = Vec::new();
    drawn.write_to(&mut Cursor::new(&mut plain), image::ImageFormat::Jpeg).expect("a picture");
    let exif = [b"Exif\0\0".as_slice(), PLACE].concat();
    let length = u16::try_from(exif.len() + 2).expect("short").to_be_bytes();
    [&plain[..2], &[0xff, 0xe1], &length, &exif, &plain[2..]].concat()
}

fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

async fn sent_file(team: &Team, name: &str, bytes: &[u8]) -> u64 {
    let mut files = [Outgoing::from_bytes(name, Zeroizing::new(bytes.to_vec())).expect("a file")];
    let sent = team.doctor.client().send_files(team.group, "ご確認ください", &mut files, false).await.expect("sent");
    team.chief.texts(team.group, 1).await;
    sent.head.size - 1
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s1_what_went_to_the_wrong_group_is_taken_back_there_and_everybody_is_told() {
    let team = Team::of_two().await;
    let words = "佐藤様（架空）の検査結果です";
    let seq = team.doctor.client().send(team.group, words).await.expect("to the wrong group").head.size - 1;
    team.chief.texts(team.group, 1).await;
    team.doctor.client().retract(team.group, seq).await.expect("taken back");
    let back = team
        .chief
        .client()
        .wait_until(PATIENCE, |replica| replica.group(team.group)?.group()?.retracted(seq).then_some(()));
    back.await.expect("the news");
    team.chief.reads(team.group).await;
    let shown = team.chief.client().read(team.group, 0).expect("a group");
    let [one] = shown.as_slice() else { panic!("one message: {shown:?}") };
    assert!(one.amended.is_some() && one.text.as_deref() != Ok(words), "{one:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_a_photograph_leaves_without_the_place_where_it_was_made() {
    let team = Team::of_two().await;
    let bytes = photograph();
    assert!(holds(&bytes, PLACE), "the telephone wrote it");
    let seq = sent_file(&team, "創部.jpg", &bytes).await;
    for part in [Part::Content, Part::Preview] {
        let opened = team.chief.client().open_file(team.group, seq, 0, part).await.expect("opened");
        let clean = opened.look(|bytes| !holds(bytes, PLACE) && !holds(bytes, b"Exif")).expect("open");
        assert!(clean, "{part:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_4_a_tablet_that_lies_about_shows_nothing_any_more_open_files_neither() {
    let team = Team::of_two().await;
    let seq = sent_file(&team, "創部.jpg", &photograph()).await;
    let opened = team.chief.client().open_file(team.group, seq, 0, Part::Content).await.expect("opened");
    opened.look(|_| ()).expect("open");
    team.world.server.wait(IDLE + 1);
    assert_eq!(team.chief.over().await.code, Code::SessionLocked);
    refused(team.chief.client().read(team.group, 0), Code::VaultClosed);
    assert!(opened.look(|_| ()).is_err(), "what was open is closed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_1_a_password_and_a_code_that_were_told_to_a_colleague_open_nothing_on_another_device() {
    let team = Team::of_two().await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    let helper = team.world.staff(&team.chief, "helper").await;
    let over = Stranger::device(&helper.profile).await;
    let session_key = SigningSecret::from_seed(&random()).public();
    let code = Some(nurse.new_code(&team.world.server));
    let borrowed = Op::SignIn { user: nurse.user(), password: nurse.typed(), code, session_key };
    refused(over.request(borrowed).await, Code::SignInFailed);
    refused(over.request(Op::Offers).await, Code::SessionRequired);
    nurse.client().ask(Op::Offers).await.expect("her own session is none the worse for it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_6_an_own_phone_that_nobody_approved_is_no_way_in() {
    let team = Team::of_two().await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    team.chief.client().set(Some(team.station), Setting::OwnDevices(false)).await.expect("forbidden");
    let ticket = team.chief.client().issue_ticket(Purpose::Device(nurse.user())).await.expect("a ticket");
    let home = team.world.home();
    let mut phone = Person::enrol_owned(home, "own-phone", &ticket, None, Ownership::Own).await.expect("it may ask");
    assert!(!phone.profile.poll().await.expect("an answer"), "nobody has approved it");
    let code = Some(nurse.new_code(&team.world.server));
    refused(phone.profile.sign_in(&nurse.typed(), code).await.map(drop), Code::DeviceNotApproved);
    let offers = team.chief.client().offers().await.expect("offers");
    let offer = offers.iter().find(|one| one.bundle.registration.device == phone.device()).expect("the device");
    refused(team.chief.client().approve_offer(offer).await, Code::ByodNotAllowed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_a_file_of_a_patient_is_neither_kept_nor_taken_along_to_be_forwarded() {
    let team = Team::of_two().await;
    let seq = sent_file(&team, "紹介状.pdf", b"%PDF-1.7\nmihon\n%%EOF\n").await;
    let path = team.world.home().join("forward.pdf");
    refused(team.chief.client().save_file(team.group, seq, 0, &path).await, Code::DownloadForbidden);
    let takeout = renkei_client_core::proto::id::TakeoutId(random());
    let exported = team.chief.client().export_takeout(takeout, &Passphrase::generate(), &path).await;
    refused(exported.map(drop), Code::Unknown);
    assert!(!path.exists(), "nothing was kept");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a04_1_a_patients_name_in_a_groups_name_card_or_message_is_in_no_file_of_the_server() {
    let mut team = Team::of_two().await;
    let card = PatientCard::named(line("見本 花子"));
    team.doctor.client().change_card(team.group, card, None).await.expect("a card");
    team.doctor.client().send(team.group, "見本 花子さんは安定しています").await.expect("sent");
    team.chief.texts(team.group, 1).await;
    let other = team.world.group(&team.doctor, HistoryPolicy::All).await;
    team.doctor.knows_label(other).await;
    team.world.server.kill();
    let files = files_below(team.world.server.data());
    assert!(files.len() > 3, "the server's files");
    let told: Vec<_> =
        files.iter().filter(|(_, bytes)| holds(bytes, "花子".as_bytes())).map(|(path, _)| path).collect();
    assert!(told.is_empty(), "{told:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_2_a_ticket_that_was_passed_on_is_good_for_one_device() {
    let team = Team::of_two().await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    let ticket = team.chief.client().issue_ticket(Purpose::Device(nurse.user())).await.expect("a ticket");
    let home = team.world.home();
    Person::enrol(home, "hers", &ticket, None).await.expect("the first");
    refused(Person::enrol(home, "a-friends", &ticket, None).await.map(drop), Code::TicketRefused);
    assert!(!home.join("a-friends").join("device").exists(), "no keys are left of it");
    assert_eq!(team.chief.client().offers().await.expect("offers").len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s1_hostile_text_that_was_pasted_is_no_name_and_is_shown_without_what_deceives() {
    let team = Team::of_two().await;
    for hostile in ["見本\u{202e}花子", "見本\u{200b}花子", "見本\n花子", "\u{feff}見本", "見本\u{1b}[31m"]
    {
        assert_eq!(Line::<200>::new(hostile), Err(BadText::Deceptive), "{hostile:?}");
        refused(office::details(hostile, None), Code::BadInput);
    }
    let pasted = "体温 36.5\u{202e}5.93\u{1b}[2J <b>至急</b>\n=HYPERLINK(\"x\")\u{200b}";
    team.doctor.client().send(team.group, pasted).await.expect("a message may say anything");
    let [text] = &team.chief.texts(team.group, 1).await[..] else { panic!("one message") };
    assert_eq!(safe_to_show(text), "体温 36.55.93[2J <b>至急</b>\n=HYPERLINK(\"x\")", "markup is words, and no more");
}

#[tokio::test]
async fn a12_2_what_is_no_picture_document_or_sound_is_not_even_picked_up() {
    for (name, bytes) in
        [("report.exe", b"MZ\x90\0".as_slice()), ("見本.docx", b"PK\x03\x04"), ("photo.jpg", b"<svg/>")]
    {
        let picked = Outgoing::from_bytes(name, Zeroizing::new(bytes.to_vec()));
        refused(picked.map(drop), Code::FormatNotAllowed);
    }
}
