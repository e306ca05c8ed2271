//! Tried as a thief would, with a locked device and with an unlocked one, also of somebody in an office.

use renkei_client_core::attach::Outgoing;
use renkei_client_core::profile::Profile;
use renkei_client_core::proto::act::{Act, DelegationScope, RegistryAct};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::file::Part;
use renkei_client_core::proto::frame::{Op, Password, RESUME};
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::id::{DelegationId, SessionId, TakeoutId};
use renkei_client_core::proto::key::{Signature, SigningSecret};
use renkei_client_core::proto::settings::{Crowded, Setting};
use renkei_client_core::proto::statement::{LogId, Role};
use renkei_client_core::proto::takeout::{TakeoutExport, TakeoutForm};
use renkei_client_core::proto::ticket::Purpose;
use renkei_client_core::random;
use renkei_client_core::takeout::archive::Passphrase;
use renkei_tests::alone::Before;
use renkei_tests::{DAY, Person, Stranger, Team, copy_dir, files_below, refused};
use zeroize::Zeroizing;

const IDLE: u64 = 600;

/// A nurse of the station who has read the group with a file in it, and where that stands.
async fn nurse_with_a_file(team: &Team) -> (Person, u64) {
    let nurse = team.world.staff(&team.chief, "nurse").await;
    team.world.join(&team.doctor, team.group, nurse.user(), &team.chief).await;
    nurse.reads(team.group).await;
    let bytes = b"%PDF-1.7\nmihon-no-shoken\n%%EOF\n".to_vec();
    let mut files = [Outgoing::from_bytes("所見.pdf", Zeroizing::new(bytes)).expect("a file")];
    let sent = team.doctor.client().send_files(team.group, "褥瘡の所見です", &mut files, false).await.expect("sent");
    nurse.texts(team.group, 1).await;
    nurse.knows_label(team.group).await;
    (nurse, sent.head.size - 1)
}

/// The chief's session is an hour old, and somebody has been there all the time.
async fn an_hour_later(team: &Team) {
    for _ in 0..6 {
        team.world.server.wait(IDLE - 10);
        for person in [&team.chief, &team.doctor] {
            person.client().ask(Op::Touch).await.expect("there");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p6_locked_the_directory_holds_no_words_names_or_files() {
    let team = Team::of_two().await;
    let (nurse, seq) = nurse_with_a_file(&team).await;
    let opened = nurse.client().open_file(team.group, seq, 0, Part::Content).await.expect("opened");
    opened.look(|_| ()).expect("open");
    nurse.client().ask(Op::Lock).await.expect("locked");
    assert_eq!(nurse.over().await.code, Code::SessionLocked);
    let stolen = team.world.home().join("stolen");
    copy_dir(&nurse.dir, &stolen);
    let files = files_below(&stolen);
    assert!(files.len() >= 3, "profile, keys and vault: {:?}", files.keys());
    for words in ["褥瘡", "所見", "花子", "架空 nurse", "mihon-no-shoken", &nurse.password] {
        let told: Vec<_> = files
            .iter()
            .filter(|(_, bytes)| bytes.windows(words.len()).any(|window| window == words.as_bytes()))
            .map(|(path, _)| path)
            .collect();
        assert!(told.is_empty(), "{words} in {told:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_3_a_copied_directory_opens_nothing_without_the_server_even_with_the_password() {
    let mut team = Team::of_two().await;
    let (nurse, _) = nurse_with_a_file(&team).await;
    let stolen = team.world.home().join("stolen");
    copy_dir(&nurse.dir, &stolen);
    let code = nurse.new_code(&team.world.server);
    team.world.server.kill();
    let copy = Profile::load(&stolen).expect("a copy");
    refused(copy.sign_in(&nurse.typed(), Some(code)).await.map(drop), Code::Unreachable);
    refused(copy.unlock(&nurse.typed()).await.map(drop), Code::Unreachable);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_1_a_copied_directory_does_not_go_on_in_the_session_of_the_device() {
    let team = Team::of_two().await;
    let (nurse, _) = nurse_with_a_file(&team).await;
    let rows = nurse.client().sessions(nurse.user()).await.expect("a list");
    let session = rows.first().expect("one").session;
    let stolen = team.world.home().join("stolen");
    copy_dir(&nurse.dir, &stolen);
    let copy = Profile::load(&stolen).expect("a copy");
    let over = Stranger::device(&copy).await;
    for signature in [Signature([0; 64]), SigningSecret::from_seed(&random()).sign(RESUME, over.exporter())] {
        refused(over.request(Op::Resume { session, signature }).await, Code::SignatureInvalid);
    }
    let nowhere = Op::Resume { session: SessionId(random()), signature: Signature([0; 64]) };
    assert!(over.request(nowhere).await.is_err());
    let log = LogId::Group(team.group);
    for op in [Op::Offers, Op::Entries { log, from: 0 }, Op::FetchBox { log, seq: 1 }, Op::Touch, Op::Report] {
        refused(over.request(op).await, Code::SessionRequired);
    }
    nurse.client().ask(Op::Offers).await.expect("the real one goes on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_5_guesses_at_a_locked_device_have_to_wait_and_then_end_the_session() {
    let team = Team::of_two().await;
    let (mut nurse, _) = nurse_with_a_file(&team).await;
    nurse.client().ask(Op::Lock).await.expect("locked");
    assert_eq!(nurse.over().await.code, Code::SessionLocked);
    let guess = Password::new("machigai-7-no-aikotoba").expect("a password");
    let mut refusals = Vec::new();
    for _ in 0..40 {
        match nurse.profile.unlock(&guess).await.map(drop) {
            Err(fault) if fault.code == Code::SignInFailed => refusals.push(fault.code),
            Err(fault) => {
                refusals.push(fault.code);
                break;
            }
            Ok(()) => panic!("a guess was right"),
        }
    }
    let last = refusals.last().copied();
    assert!(matches!(last, Some(Code::TryLater | Code::SessionEnded)), "{refusals:?}");
    assert!(refusals.len() <= 6, "{refusals:?}");
    assert!(nurse.unlock().await.is_err(), "nor does the right one go on at once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_6_an_unlocked_administrators_device_does_no_office_without_a_fresh_code() {
    let team = Team::of_two().await;
    let (nurse, _) = nurse_with_a_file(&team).await;
    an_hour_later(&team).await;
    let chief = team.chief.client();
    let before = Before::of(&team.chief, &[LogId::Registry]).await;
    let code = Code::StepUpRequired;
    before.honest(chief.issue_ticket(Purpose::Device(nurse.user())).await.map(drop), code);
    before.honest(chief.new_recovery_codes().await.map(drop), code);
    before.honest(chief.end_user(nurse.user()).await, code);
    before.honest(chief.set_administrator(nurse.user(), true).await, code);
    before.honest(chief.reset_factors(nurse.user()).await, code);
    before.honest(chief.set(Some(team.station), Setting::Crowded(Crowded::Refuse)).await, code);
    let (user, delegation) = (nurse.user(), DelegationId(random()));
    let until = team.world.server.now().plus(DAY);
    let scope = DelegationScope::Facility;
    for (role, act) in [
        (Role::SnsAdministrator, RegistryAct::EndUser { user }),
        (Role::SnsAdministrator, RegistryAct::ResetFactors { user }),
        (Role::SnsAdministrator, RegistryAct::GrantGroupManager { user }),
        (Role::SnsAdministrator, RegistryAct::Delegate { delegation, scope, until, operators_read: true }),
        (Role::FacilityManager, RegistryAct::AppointAdministrator { user }),
        (Role::FacilityManager, RegistryAct::HandOverManagement { user }),
    ] {
        before.refuses(&team.chief, role, LogId::Registry, Act::Registry(act), code).await;
    }
    before.holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_2_an_unlocked_device_does_not_change_the_password_without_it() {
    let team = Team::of_two().await;
    let new = Password::new("nusunda-9-no-aikotoba+").expect("a password");
    let guess = Password::new("machigai-7-no-aikotoba").expect("a password");
    refused(team.chief.client().change_password(guess, new).await, Code::SignInFailed);
    team.chief.client().ask(Op::Offers).await.expect("the person is still signed in");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_5_an_unlocked_device_takes_nothing_out_that_nobody_permitted() {
    let team = Team::of_two().await;
    let (nurse, seq) = nurse_with_a_file(&team).await;
    let path = team.world.home().join("loot");
    let exported = nurse.client().export_takeout(TakeoutId(random()), &Passphrase::generate(), &path).await;
    refused(exported.map(drop), Code::Unknown);
    let export = TakeoutExport {
        takeout: TakeoutId(random()),
        group: team.group,
        form: TakeoutForm::Text,
        first: seq,
        last: seq,
        items: 1,
        manifest: Hash32([7; 32]),
    };
    refused(nurse.client().ask(Op::TakeOut(export)).await.map(drop), Code::TakeoutNotPermitted);
    refused(nurse.client().save_file(team.group, seq, 0, &path).await, Code::DownloadForbidden);
    assert!(!path.exists(), "nothing was written");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_4_a_colleague_suspends_the_stolen_device_and_what_is_open_on_it_closes() {
    let team = Team::of_two().await;
    let (nurse, seq) = nurse_with_a_file(&team).await;
    let opened = nurse.client().open_file(team.group, seq, 0, Part::Content).await.expect("opened");
    opened.look(|_| ()).expect("open");
    team.chief.client().suspend_device(nurse.device(), true).await.expect("reported lost");
    assert_eq!(nurse.over().await.code, Code::DeviceSuspended);
    assert!(opened.look(|_| ()).is_err(), "what was open is closed");
    refused(nurse.client().read(team.group, 0), Code::VaultClosed);
    assert!(nurse.client().send(team.group, "盗んだ端末から").await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_3_a_wipe_takes_keys_and_content_from_the_stolen_device() {
    let team = Team::of_two().await;
    let (nurse, seq) = nurse_with_a_file(&team).await;
    let opened = nurse.client().open_file(team.group, seq, 0, Part::Content).await.expect("opened");
    team.chief.client().wipe_device(nurse.device()).await.expect("wiped");
    assert_eq!(nurse.over().await.code, Code::DeviceWiped);
    assert!(opened.look(|_| ()).is_err(), "what was open is closed");
    refused(nurse.client().read(team.group, 0), Code::VaultClosed);
    assert!(!nurse.dir.join("vault").exists() && !nurse.dir.join("device").exists(), "nothing to open is left");
}
