//! Rows of the policy through a real connection, refused by the server alone: what the other stories don't show.

use renkei_client_core::groups::NewGroup;
use renkei_client_core::now;
use renkei_client_core::profile::Profile;
use renkei_client_core::proto::act::{Act, DelegationScope, GroupAct, GroupKind, HistoryPolicy, RegistryAct};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Answer, Op, Sidecar};
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::key::SigningSecret;
use renkei_client_core::proto::statement::{ActingFor, LogId, Role};
use renkei_client_core::random;
use renkei_tests::{DAY, PATIENCE, Stranger, Team, World, consent, copy_dir, files_below, line, pledge, refused};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a03_1_before_two_operators_have_admitted_it_a_facility_sees_its_application_and_nothing_else() {
    let world = World::found().await;
    let (_, doctor) = world.facility("clinic", true).await;
    let (facility, mut chief) = world.applicant("station", true).await;
    let typed = chief.typed();
    let locked_out = async |admitted: u32| {
        let (signed, by) = chief.profile.application().await.expect("its own application");
        assert_eq!(by, admitted);
        refused(chief.profile.set_up(&typed).await, Code::FacilityNotAdmitted);
        refused(chief.profile.sign_in(&typed, Some(0)).await, Code::FacilityNotAdmitted);
        let raw = Stranger::device(&chief.profile).await;
        refused(raw.request(Op::Offers).await, Code::SessionRequired);
        let submitted = raw.request(Op::Submit { signed: signed.clone(), sidecar: Sidecar::default() }).await;
        refused(submitted, Code::SessionRequired);
        signed.hash()
    };
    let application = locked_out(0).await;
    let act = || Act::Registry(RegistryAct::AdmitFacility { facility, application });
    for role in [Role::Operator, Role::SnsAdministrator, Role::FacilityManager] {
        let admitted = doctor.client().submit_unchecked(LogId::Registry, role, None, act(), Sidecar::default()).await;
        refused(admitted, Code::NotOperator);
    }
    world.admit(0, facility).await.expect("admitted by one");
    locked_out(1).await;
    let operator = world.operators[0].client();
    let twice = operator.submit_unchecked(LogId::Registry, Role::Operator, None, act(), Sidecar::default()).await;
    refused(twice, Code::SecondPersonRequired);
    // What was not read is not admitted.
    let other = Act::Registry(RegistryAct::AdmitFacility { facility, application: Hash32(random()) });
    let second = world.operators[1].client();
    let blind = second.submit_unchecked(LogId::Registry, Role::Operator, None, other, Sidecar::default()).await;
    refused(blind, Code::Unknown);
    world.admit(1, facility).await.expect("admitted by two");
    chief.set_up(&world.server).await.expect("set up");
    chief.sign_in(&world.server).await.expect("signed in");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a04_2_a_delegation_ends_on_its_day() {
    let world = World::found().await;
    let (clinic, doctor) = world.facility("clinic", true).await;
    let (other, chief) = world.facility("station", true).await;
    let operator = &world.operators[0];
    let until = now().plus(10 * DAY);
    let delegation = doctor.client().delegate(DelegationScope::Facility, until, false).await.expect("delegated");
    let there = operator.client().wait_until(PATIENCE, |replica| {
        replica.registry().now().delegations().any(|(id, _)| id == delegation).then_some(())
    });
    there.await.expect("the delegation");
    let new = NewGroup {
        kind: GroupKind::Patient,
        label: line("見本 太郎さん 在宅チーム"),
        history: HistoryPolicy::All,
        acting_for: Some(clinic),
        creator_reads: false,
    };
    let group = operator.client().create_group(new.clone()).await.expect("for the clinic");
    operator.client().record_consent(group, consent()).await.expect("recorded");
    let invitation = operator.client().invite(group, doctor.user()).await.expect("invited");
    // Not for another facility, and not by somebody who is no operator.
    let (acting_for, elsewhere) =
        (ActingFor { facility: clinic, delegation }, ActingFor { facility: other, delegation });
    let withdraw = || Act::Group(GroupAct::Withdraw { invitation });
    let act = async |person: &renkei_tests::Person, acting_for| {
        let client = person.client();
        let log = LogId::Group(group);
        client.submit_unchecked(log, Role::Operator, Some(acting_for), withdraw(), Sidecar::default()).await
    };
    refused(act(operator, elsewhere).await, Code::NotOriginator);
    refused(act(&chief, acting_for).await, Code::NotOperator);

    world.server.advance(11 * DAY);
    refused(act(operator, acting_for).await, Code::DelegationExpired);
    refused(operator.client().create_group(new).await, Code::DelegationExpired);
    // The clinic itself governs on.
    doctor.client().withdraw(group, invitation).await.expect("withdrawn");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_5_an_ended_id_is_over_everywhere_and_at_once() {
    let mut team = Team::of_two().await;
    let (group, world) = (team.group, &team.world);
    let mut nurse = world.staff(&team.chief, "nurse").await;
    world.join(&team.doctor, group, nurse.user(), &team.chief).await;
    nurse.reads(group).await;
    nurse.client().send(group, "担当します").await.expect("sent");
    // By her own facility's administrator alone.
    let end = || Act::Registry(RegistryAct::EndUser { user: nurse.user() });
    for (person, role) in [
        (&team.doctor, Role::SnsAdministrator),
        (&nurse, Role::User),
        (&nurse, Role::SnsAdministrator),
        (&world.operators[0], Role::Operator),
    ] {
        let ended = person.client().submit_unchecked(LogId::Registry, role, None, end(), Sidecar::default()).await;
        refused(ended, Code::NotAdministrator);
    }
    let stolen = world.home().join("stolen");
    copy_dir(&nurse.dir, &stolen);
    team.chief.client().end_user(nurse.user()).await.expect("ended");
    assert_eq!(nurse.over().await.code, Code::UserEnded);
    assert!(!nurse.dir.join("vault").exists(), "her device keeps nothing");
    nurse.profile = Profile::load(&stolen).expect("a copy");
    let back = nurse.profile.sign_in(&nurse.typed(), Some(nurse.new_code(&world.server))).await;
    refused(back, Code::UserEnded);
    team.doctor.client().send(group, "引き継ぎました").await.expect("sent");
    assert_eq!(team.chief.texts(group, 2).await, ["担当します", "引き継ぎました"]);
    let user = nurse.user();
    let again = Act::Registry(RegistryAct::EndUser { user });
    let chief = team.chief.client();
    let twice = chief.submit_unchecked(LogId::Registry, Role::SnsAdministrator, None, again, Sidecar::default()).await;
    refused(twice, Code::UserEnded);
    refused(team.doctor.client().invite(group, user).await.map(drop), Code::UserEnded);
    team.world.server.kill();
    team.world.server.verify().expect("everything holds");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a09_1_nobody_signs_in_without_form_2() {
    let world = World::found().await;
    let (_, doctor) = world.facility("clinic", true).await;
    let (_, chief) = world.facility("station", true).await;
    let mut nurse = world.newcomer(&chief, "nurse").await;
    refused(nurse.profile.set_up(&nurse.typed()).await, Code::PledgeMissing);
    refused(nurse.profile.sign_in(&nurse.typed(), Some(0)).await, Code::PledgeMissing);
    let act = || Act::Registry(RegistryAct::RecordPledge { user: nurse.user(), pledge: pledge() });
    for (person, role) in [
        (&doctor, Role::SnsAdministrator),
        (&world.operators[0], Role::Operator),
        (&world.operators[0], Role::SnsAdministrator),
    ] {
        let filed = person.client().submit_unchecked(LogId::Registry, role, None, act(), Sidecar::default()).await;
        refused(filed, Code::NotAdministrator);
    }
    refused(nurse.profile.set_up(&nurse.typed()).await, Code::PledgeMissing);
    chief.client().record_pledge(nurse.user(), pledge()).await.expect("filed");
    nurse.set_up(&world.server).await.expect("set up");
    nurse.sign_in(&world.server).await.expect("signed in");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_3_a_wiped_device_is_cut_off_and_its_share_is_gone() {
    let mut team = Team::of_two().await;
    let (group, world) = (team.group, &team.world);
    let mut nurse = world.staff(&team.chief, "nurse").await;
    world.join(&team.doctor, group, nurse.user(), &team.chief).await;
    nurse.reads(group).await;
    nurse.client().send(group, "電話から").await.expect("sent");
    team.chief.texts(group, 1).await;
    let device = nurse.device();

    // The share, as the server would release it, and where it lies.
    let thief = Stranger::device(&nurse.profile).await;
    let session_key = SigningSecret::from_seed(&random()).public();
    let code = Some(nurse.new_code(&world.server));
    let sign_in = Op::SignIn { user: nurse.user(), password: nurse.typed(), code, session_key };
    let Ok(Answer::SignedIn { share, .. }) = thief.request(sign_in).await else { panic!("no share") };
    let kept = || {
        let holds = |bytes: &Vec<u8>| bytes.windows(32).any(|window| window == share.0.as_slice());
        files_below(world.server.data()).values().any(holds)
    };
    assert!(!kept(), "the server keeps it sealed");
    nurse.sign_in(&world.server).await.expect("signed in");
    nurse.reads(group).await;
    let stolen = world.home().join("stolen");
    copy_dir(&nurse.dir, &stolen);

    let wipe = || Act::Registry(RegistryAct::WipeDevice { device });
    for (person, role) in
        [(&team.doctor, Role::SnsAdministrator), (&team.doctor, Role::User), (&world.operators[0], Role::Operator)]
    {
        let wiped = person.client().submit_unchecked(LogId::Registry, role, None, wipe(), Sidecar::default()).await;
        refused(wiped, Code::NotAdministrator);
    }
    team.chief.client().wipe_device(device).await.expect("wiped");
    assert_eq!(nurse.over().await.code, Code::DeviceWiped);
    assert!(
        !nurse.dir.join("vault").exists() && !nurse.dir.join("device").exists(),
        "the device destroyed what it had"
    );
    assert!(!kept(), "the share is in no file of the server any more");

    // A copy from before, with the right password and code: the certificate is refused before they are looked at.
    let copy = Profile::load(&stolen).expect("a copy");
    let code = nurse.new_code(&world.server);
    refused(copy.application().await, Code::DeviceWiped);
    refused(copy.sign_in(&nurse.typed(), Some(code)).await, Code::DeviceWiped);

    let sent = team.doctor.client().send(group, "電話が消されました").await.expect("sent");
    assert!(sent.head.size > 0);
    let rosters = team.doctor.client().look(|replica| {
        let group = replica.group(group).and_then(|followed| followed.group()).expect("a group");
        group.epochs().iter().map(|epoch| epoch.devices.contains(&device)).collect::<Vec<_>>()
    });
    assert!(rosters.contains(&true) && rosters.last() == Some(&false), "{rosters:?}");
    assert_eq!(team.chief.texts(group, 2).await.last().map(String::as_str), Some("電話が消されました"));
    team.world.server.kill();
    team.world.server.restart();
    let copy = Profile::load(&stolen);
    assert!(copy.is_err(), "the copy destroyed itself too when it was told");
    team.world.server.kill();
    team.world.server.verify().expect("everything holds");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a04_2_the_desk_invites_into_a_group_that_was_there_before_the_delegation() {
    let world = World::found().await;
    let (_, doctor) = world.facility("clinic", true).await;
    let (_, chief) = world.facility("station", true).await;
    let group = world.group(&doctor, HistoryPolicy::All).await;
    let label = doctor.client().label(group).expect("the label of the one who opened it");
    let operator = &world.operators[0];
    let until = now().plus(10 * DAY);
    doctor.client().delegate(DelegationScope::Group(group), until, false).await.expect("delegated, for this group");
    operator.knows_label(group).await;
    assert_eq!(operator.client().label(group), Some(label), "handed on with the delegation");
    operator.client().invite(group, chief.user()).await.expect("the Desk invites for the clinic");
    refused(operator.client().send(group, "読めない担当者").await, Code::NotAReader);
}
