//! Devices, people and facilities stopped and let on (A3.2, A8.2, A12.4), how devices are kept (A12.1), many wiped at once
//! (A12.3), and certificates that ended while a device was away (A2.1).

use renkei_client_core::devices::Whose;
use renkei_client_core::proto::act::{Act, RegistryAct};
use renkei_client_core::proto::bytes::Blob;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Answer, Fault, Op, RENEW, RESUME, Sidecar};
use renkei_client_core::proto::id::{DeviceId, SessionId};
use renkei_client_core::proto::key::{Signature, SigningSecret};
use renkei_client_core::proto::posture::Posture;
use renkei_client_core::proto::settings::Setting;
use renkei_client_core::proto::statement::{LogId, Role};
use renkei_client_core::proto::time::Date;
use renkei_client_core::random;
use renkei_tests::alone::Before;
use renkei_tests::{DAY, PATIENCE, Person, Stranger, Team, refused};

const ASKED: Posture = Posture {
    screen_lock: true,
    boot_password: true,
    no_file_sharing: false,
    antivirus: false,
    no_stored_passwords: false,
    managed: false,
    updated: false,
};

/// A nurse of the station who reads the group.
async fn nurse_in_group(team: &Team) -> Person {
    let nurse = team.world.staff(&team.chief, "nurse").await;
    team.world.join(&team.doctor, team.group, nurse.user(), &team.chief).await;
    nurse.reads(team.group).await;
    nurse
}

/// Signs in with raw frames: the connection, the session and its key.
async fn raw_session(person: &Person, team: &Team) -> (Stranger, SessionId, SigningSecret) {
    let raw = Stranger::device(&person.profile).await;
    let key = SigningSecret::from_seed(&random());
    let (user, password, code) = (person.user(), person.typed(), Some(person.new_code(&team.world.server)));
    match raw.request(Op::SignIn { user, password, code, session_key: key.public() }).await.expect("signed in") {
        Answer::SignedIn { session, .. } => (raw, session, key),
        other => panic!("{other:?}"),
    }
}

async fn try_sign_in(person: &Person, team: &Team) -> Result<(), Fault> {
    person.profile.sign_in(&person.typed(), Some(person.new_code(&team.world.server))).await.map(drop)
}

/// Waits until `person`'s device knows as much of the registry as `other`'s.
async fn knows_as_much(person: &Person, other: &Person) {
    let size = other.client().look(|replica| replica.registry().size());
    let there = person.client().wait_until(PATIENCE, |replica| (replica.registry().size() >= size).then_some(()));
    there.await.expect("the registry");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_4_a_suspended_device_is_cut_off_at_once_and_goes_on_where_it_was() {
    let mut team = Team::of_two().await;
    let mut nurse = nurse_in_group(&team).await;
    let chief = team.chief.client();
    chief.suspend_device(nurse.device(), false).await.expect("suspended");
    assert_eq!(nurse.over().await.code, Code::DeviceSuspended);
    assert!(nurse.dir.join("vault").exists() && nurse.dir.join("device").exists(), "nothing is destroyed");
    refused(try_sign_in(&nurse, &team).await, Code::DeviceSuspended);
    chief.send(team.group, "停止中の連絡").await.expect("under a key without it");
    // Also after the server's restart, and for whoever speaks without the client.
    team.world.server.kill();
    team.world.server.restart();
    assert_eq!(Stranger::device(&nurse.profile).await.closed().await, Some(Code::DeviceSuspended));
    // No code that was shown before the restart counts after it.
    chief.step_up(team.chief.new_code(&team.world.server)).await.expect("a fresh code");
    chief.resume_device(nurse.device()).await.expect("resumed");
    nurse.sign_in(&team.world.server).await.expect("signed in");
    assert_eq!(nurse.texts(team.group, 1).await, ["停止中の連絡"], "what was written meanwhile is handed over");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_4_a_session_from_before_the_suspension_does_not_go_on_after_it() {
    let team = Team::of_two().await;
    let mut nurse = team.world.staff(&team.chief, "nurse").await;
    drop(nurse.take_client());
    let (raw, session, key) = raw_session(&nurse, &team).await;
    let chief = team.chief.client();
    chief.suspend_device(nurse.device(), false).await.expect("suspended");
    assert_eq!(raw.closed().await, Some(Code::DeviceSuspended));
    chief.resume_device(nurse.device()).await.expect("resumed");
    let back = Stranger::device(&nurse.profile).await;
    let signature = key.sign(RESUME, back.exporter());
    refused(back.request(Op::Resume { session, signature }).await, Code::SessionEnded);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_4_the_server_refuses_suspensions_and_resumptions_without_the_right() {
    let team = Team::of_two().await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    let (chief, victim) = (team.chief.device(), team.doctor.user());
    let says = |person: &'static str, role, act| (person, role, act);
    let tried = [
        says("a colleague", Role::User, RegistryAct::SuspendDevice { device: chief, lost: false }),
        says("without the office", Role::SnsAdministrator, RegistryAct::SuspendDevice { device: chief, lost: true }),
        says("of another facility", Role::SnsAdministrator, RegistryAct::SuspendUser { user: victim }),
        says("no operator", Role::Operator, RegistryAct::SuspendFacility { facility: team.clinic }),
        says("retiring", Role::User, RegistryAct::RetireDevice { device: chief }),
    ];
    for (who, role, act) in tried {
        let act = Act::Registry(act);
        let sent = nurse.client().submit_unchecked(LogId::Registry, role, None, act, Sidecar::default()).await;
        assert_eq!(sent.expect_err(who).code, Code::NotAdministrator, "{who}");
    }
    let operator = team.world.operators[0].client();
    operator.suspend_device(nurse.device(), false).await.expect("by the Desk");
    refused(team.chief.client().resume_device(nurse.device()).await, Code::NotOperator);
    operator.resume_device(nurse.device()).await.expect("by the Desk");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_2_a_lost_device_is_reported_from_another_and_a_retired_one_is_wiped() {
    let team = Team::of_two().await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    let phone = team.world.device(&team.chief, nurse.user(), "phone").await;
    knows_as_much(&nurse, &team.chief).await;
    nurse.client().confirm_device(phone.device()).await.expect("vouched for");
    let client = nurse.client();
    client.suspend_device(phone.device(), true).await.expect("reported");
    assert!(client.look(|replica| replica.registry().now().lost(phone.device())));
    refused(client.resume_device(phone.device()).await, Code::NotAdministrator);
    client.retire_device(phone.device()).await.expect("retired");
    refused(team.chief.client().resume_device(phone.device()).await, Code::DeviceWiped);
    client.retire_device(nurse.device()).await.expect_err("cut off before its own echo");
    assert_eq!(nurse.over().await.code, Code::DeviceWiped);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_4_a_suspended_person_is_cut_off_and_goes_on() {
    let team = Team::of_two().await;
    let mut nurse = nurse_in_group(&team).await;
    let chief = team.chief.client();
    chief.suspend_user(nurse.user(), true).await.expect("suspended");
    assert_eq!(nurse.over().await.code, Code::UserSuspended);
    refused(try_sign_in(&nurse, &team).await, Code::UserSuspended);
    chief.suspend_user(nurse.user(), false).await.expect("resumed");
    nurse.sign_in(&team.world.server).await.expect("signed in");
    nurse.reads(team.group).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a03_2_a_suspended_facility_is_cut_off_and_goes_on_by_two_operators() {
    let mut team = Team::of_two().await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    let [first, second] = [0, 1].map(|n| team.world.operators[n].client());
    first.suspend_facility(team.station, true).await.expect("suspended");
    for person in [&team.chief, &nurse] {
        assert_eq!(person.over().await.code, Code::FacilitySuspended);
        refused(try_sign_in(person, &team).await, Code::FacilitySuspended);
    }
    team.doctor.client().send(team.group, "続けます").await.expect("the others go on");
    first.suspend_facility(team.station, false).await.expect("one voice");
    refused(try_sign_in(&nurse, &team).await, Code::FacilitySuspended);
    refused(first.suspend_facility(team.station, false).await, Code::SecondPersonRequired);
    second.suspend_facility(team.station, false).await.expect("the second voice");
    team.chief.sign_in(&team.world.server).await.expect("signed in");
    assert_eq!(team.chief.texts(team.group, 1).await, ["続けます"], "nothing was lost");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_1_a_device_that_is_not_in_order_declares_and_does_nothing_else() {
    let team = Team::of_two().await;
    let mut nurse = nurse_in_group(&team).await;
    let (device, group) = (nurse.device(), team.group);
    let chief = team.chief.client();
    chief.set(Some(team.station), Setting::PostureRequired(ASKED)).await.expect("asked for");
    knows_as_much(&nurse, &team.chief).await;
    refused(nurse.client().send(group, "送れません").await, Code::PostureMissing);
    refused(nurse.client().ask(Op::Offers).await, Code::PostureMissing);
    // The administrator is no exception, and brings the own device in order first.
    refused(chief.send(group, "送れません").await, Code::PostureMissing);
    chief.declare_posture(chief.device(), ASKED).await.expect("declared");
    chief.confirm_posture(chief.device(), None).await.expect("an only administrator");
    chief.send(group, "端末の申告をお願いします").await.expect("in order");
    // A sign-in gives a session for declaring, and no content.
    nurse.sign_in(&team.world.server).await.expect("signed in");
    let client = nurse.client();
    assert!(client.posture(device).is_some_and(|standing| standing.missing));
    assert!(!client.look(|replica| { replica.group(group).is_some_and(|followed| !followed.messages().is_empty()) }));
    let log = LogId::Group(group);
    refused(client.ask(Op::Entries { log, from: 0 }).await, Code::PostureMissing);
    refused(client.ask(Op::FetchBox { log, seq: 0 }).await, Code::PostureMissing);
    let act = Act::Registry(RegistryAct::RotateSealing { sealing: renkei_client_core::proto::hash::Hash32(random()) });
    let other = client.submit_unchecked(LogId::Registry, Role::User, None, act, Sidecar::default()).await;
    refused(other, Code::PostureMissing);
    client.declare_posture(device, ASKED).await.expect("declared");
    refused(client.send(group, "まだ送れません").await.map(drop), Code::PostureMissing);
    let chief = team.chief.client();
    knows_as_much(&team.chief, &nurse).await;
    chief.confirm_posture(device, None).await.expect("confirmed");
    assert_eq!(nurse.texts(group, 1).await, ["端末の申告をお願いします"], "in order, without a new sign-in");
    nurse.client().send(group, "申告しました").await.expect("sent");
    // Half a year later it is due again.
    team.world.server.advance(184 * DAY);
    refused(nurse.client().ask(Op::Offers).await, Code::PostureMissing);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_1_the_server_alone_refuses_confirmations_that_nobody_may_give() {
    let team = Team::of_two().await;
    let nurse = nurse_in_group(&team).await;
    let chief = team.chief.client();
    chief.set_administrator(nurse.user(), true).await.expect("a colleague in office");
    knows_as_much(&nurse, &team.chief).await;
    nurse.client().declare_posture(nurse.device(), ASKED).await.expect("declared");
    chief.declare_posture(chief.device(), ASKED).await.expect("declared");
    knows_as_much(&team.chief, &nurse).await;
    let declared = |device: DeviceId| {
        chief.look(|replica| Some(replica.registry().now().device(device)?.declared.last()?.hash)).expect("declared")
    };
    let today = i64::try_from((team.world.server.now().0 + 9 * 3_600) / DAY).expect("a day of this age");
    let day = |ahead: i64| Date::of_days(today + ahead).expect("a day of this age");
    let act = |device, declaration, until| Act::Registry(RegistryAct::ConfirmPosture { device, declaration, until });
    let before = Before::of(&team.chief, &[LogId::Registry]).await;
    let (office, log) = (Role::SnsAdministrator, LogId::Registry);
    let own = act(chief.device(), declared(chief.device()), day(90));
    before.refuses(&team.chief, office, log, own, Code::SecondPersonRequired).await;
    let theirs = |until| act(nurse.device(), declared(nurse.device()), until);
    before.refuses(&team.doctor, office, log, theirs(day(90)), Code::NotAdministrator).await;
    before.refuses(&team.chief, office, log, theirs(day(400)), Code::DateOutOfRange).await;
    before.refuses(&team.chief, office, log, theirs(day(-1)), Code::DateOutOfRange).await;
    let other = act(nurse.device(), renkei_client_core::proto::hash::Hash32(random()), day(90));
    before.refuses(&team.chief, office, log, other, Code::Unknown).await;
    before.holds().await;
    chief.confirm_posture(nurse.device(), None).await.expect("as it is meant");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_1_while_a_device_is_not_in_order_no_head_denies_what_is_kept_back() {
    let mut team = Team::of_two().await;
    let nurse = nurse_in_group(&team).await;
    let (device, group) = (nurse.device(), team.group);
    team.doctor.client().send(group, "いつもどおり").await.expect("sent");
    nurse.texts(group, 1).await;
    let chief = team.chief.client();
    chief.set(Some(team.station), Setting::PostureRequired(ASKED)).await.expect("asked for");
    knows_as_much(&nurse, &team.chief).await;
    team.doctor.client().send(group, "申告の前に書かれた記録").await.expect("sent");
    // Longer than an entry may be dated back; then the device comes back to the server, and heads are due.
    team.world.server.advance(120);
    team.world.server.kill();
    team.world.server.restart();
    nurse.client().declare_posture(device, ASKED).await.expect("declared");
    let chief = team.chief.client();
    chief.declare_posture(chief.device(), ASKED).await.expect("declared");
    team.chief.step_up(&team.world.server).await.expect("a fresh code");
    chief.confirm_posture(chief.device(), None).await.expect("an only administrator");
    knows_as_much(&team.chief, &nurse).await;
    chief.confirm_posture(device, None).await.expect("confirmed");
    assert_eq!(nurse.texts(group, 2).await, ["いつもどおり", "申告の前に書かれた記録"]);
    assert_eq!(nurse.client().look(|replica| replica.distrusted().len()), 0, "what was kept back was no lie");
    nurse.client().send(group, "申告しました").await.expect("sent");
    assert_eq!(team.doctor.texts(group, 3).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_3_all_devices_of_a_person_are_wiped_by_one_command() {
    let team = Team::of_two().await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    let phone = team.world.device(&team.chief, nurse.user(), "phone").await;
    knows_as_much(&nurse, &team.chief).await;
    nurse.client().confirm_device(phone.device()).await.expect("vouched for");
    knows_as_much(&team.chief, &nurse).await;
    let chief = team.chief.client();
    let devices = chief.devices_to_wipe(Whose::Person(nurse.user()));
    assert_eq!(devices.len(), 2);
    let done = chief.wipe_devices(&devices).await;
    assert!(done.iter().all(|(_, result)| result.is_ok()), "{done:?}");
    assert_eq!(nurse.over().await.code, Code::DeviceWiped);
    let wiped = |replica: &renkei_client_core::replica::Replica| {
        replica.registry().now().device(phone.device()).is_some_and(|device| device.wiped.is_some())
    };
    assert!(chief.look(wiped), "also the one that was not used yet");
    assert_eq!(chief.devices_to_wipe(Whose::Person(nurse.user())), Vec::<DeviceId>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_3_a_facilitys_devices_are_wiped_by_one_command_ones_own_last() {
    let team = Team::of_two().await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    let chief = team.chief.client();
    let devices = chief.devices_to_wipe(Whose::Facility { facility: team.station, owned_only: true });
    assert_eq!(devices.len(), 2);
    assert_eq!(devices.last(), Some(&chief.device()));
    let done = chief.wipe_devices(&devices).await;
    assert!(done.first().is_some_and(|(_, result)| result.is_ok()), "{done:?}");
    for person in [&nurse, &team.chief] {
        assert_eq!(person.over().await.code, Code::DeviceWiped);
    }
    assert!(!nurse.dir.join("vault").exists() && !team.chief.dir.join("vault").exists());
    team.doctor.client().send(team.group, "続けます").await.expect("others go on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a02_1_a_device_that_was_away_for_months_renews_its_certificate_with_the_sign_in() {
    let team = Team::of_two().await;
    let mut nurse = nurse_in_group(&team).await;
    drop(nurse.take_client());
    team.world.server.advance(200 * DAY);
    team.doctor.client().send(team.group, "お帰りなさい").await.expect("sent");
    let before = nurse.profile.approved().expect("approved").certificate.clone();
    nurse.sign_in(&team.world.server).await.expect("without an administrator");
    assert_eq!(nurse.texts(team.group, 1).await, ["お帰りなさい"]);
    let kept = renkei_client_core::profile::Profile::load(&nurse.dir).expect("a profile");
    assert_ne!(kept.approved().expect("approved").certificate, before);
    nurse.client().drop_connection();
    nurse.client().ask(Op::Offers).await.expect("the session goes on with the new one");
    // More than a year after its end, the administrator looks at the device again.
    drop(nurse.take_client());
    team.world.server.advance(396 * DAY);
    nurse.profile = kept;
    refused(try_sign_in(&nurse, &team).await, Code::CertificateExpired);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a02_1_a_late_certificate_serves_for_its_renewal_alone() {
    let team = Team::of_two().await;
    let mut nurse = team.world.staff(&team.chief, "nurse").await;
    drop(nurse.take_client());
    team.world.server.advance(200 * DAY);
    let renewal = |signature| Op::RenewCertificate { request: Blob::default(), signature };
    let early = Stranger::device(&nurse.profile).await;
    refused(early.request(renewal(Signature([0; 64]))).await, Code::SessionRequired);
    let (raw, ..) = raw_session(&nurse, &team).await;
    for op in [Op::Offers, Op::Touch, Op::Freshen, Op::Entries { log: LogId::Registry, from: 0 }] {
        refused(raw.request(op).await, Code::CertificateExpired);
    }
    // With the session, but not with the device's key, there is no new certificate.
    let thief = SigningSecret::from_seed(&random());
    refused(raw.request(renewal(thief.sign(RENEW, raw.exporter()))).await, Code::SignatureInvalid);
    team.chief.client().suspend_device(nurse.device(), true).await.expect("lost");
    assert_eq!(raw.closed().await, Some(Code::DeviceSuspended));
    refused(try_sign_in(&nurse, &team).await, Code::DeviceSuspended);
}
