//! Deputies of the SNS administrators (A8.3), against a real server: what they do in their time, and what nobody lets them do.

use renkei_client_core::now;
use renkei_client_core::proto::act::{Act, GroupAct, RegistryAct};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::id::{GroupId, InvitationId, UserId};
use renkei_client_core::proto::settings::Setting;
use renkei_client_core::proto::statement::{LogId, Role};
use renkei_client_core::proto::time::Time;
use renkei_client_core::replica::Replica;
use renkei_tests::alone::{Before, unchecked};
use renkei_tests::{PATIENCE, Person, Team, refused};

const HOUR: u64 = 3_600;

const REGISTRY: LogId = LogId::Registry;

async fn until<T>(person: &Person, what: impl Fn(&Replica) -> Option<T>) -> T {
    person.client().wait_until(PATIENCE, what).await.expect("what was waited for")
}

/// The signed invitation, once the person's device has been shown it.
async fn shown(person: &Person, group: GroupId, invitation: InvitationId) -> Act {
    let answers =
        until(person, |replica| replica.group(group)?.group()?.invitation(invitation).map(|one| one.statement)).await;
    Act::Group(GroupAct::Approve { invitation, answers, release: None })
}

fn member(witness: &Person, group: GroupId, user: UserId) -> bool {
    let known = |replica: &Replica| replica.group(group)?.group()?.membership(user).map(drop);
    witness.client().look(known).is_some()
}

/// The nurse is the chief's deputy for an hour from now on, and the devices of both know it.
async fn away(team: &Team, nurse: &Person) -> Time {
    let from = team.world.server.now();
    team.chief.client().name_deputy(nurse.user(), from, from.plus(HOUR)).await.expect("named");
    let named = |replica: &Replica| {
        let view = replica.registry().now();
        view.named_deputy(nurse.user(), team.station).then_some(())
    };
    until(nurse, named).await;
    until(&team.doctor, named).await;
    from.plus(HOUR)
}

fn appoint(user: UserId) -> Act {
    Act::Registry(RegistryAct::AppointAdministrator { user })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_3_a_deputy_approves_an_invitation_until_the_date_and_not_after() {
    let team = Team::of_two().await;
    let (nurse, helper) = (team.world.staff(&team.chief, "nurse").await, team.world.staff(&team.chief, "helper").await);
    let late = team.world.staff(&team.chief, "late").await;
    let log = LogId::Group(team.group);
    team.doctor.client().send(team.group, "before").await.expect("sent");
    let early = team.doctor.client().invite(team.group, late.user()).await.expect("invited");
    let approval = shown(&team.chief, team.group, early).await;
    refused(unchecked(&nurse, Role::Deputy, log, approval.clone()).await, Code::NotDeputy);
    refused(unchecked(&nurse, Role::SnsAdministrator, log, approval.clone()).await, Code::NotAdministrator);

    away(&team, &nurse).await;
    let invitation = team.doctor.client().invite(team.group, helper.user()).await.expect("invited");
    let other = shown(&nurse, team.group, invitation).await;
    refused(unchecked(&helper, Role::Deputy, log, other.clone()).await, Code::NotDeputy);
    refused(unchecked(&nurse, Role::SnsAdministrator, log, other).await, Code::NotAdministrator);
    assert!(!member(&team.chief, team.group, helper.user()), "nobody got in by that");
    nurse.client().approve_invitation(team.group, invitation).await.expect("the deputy decides");
    assert!(nurse.client().label(team.group).is_some(), "the deputy knows which group it is");
    helper.reads(team.group).await;
    assert!(helper.present(team.group).iter().any(|text| text == "before"), "with the earlier keys");

    team.world.server.advance(HOUR);
    refused(nurse.client().approve_invitation(team.group, early).await, Code::NotDeputy);
    refused(unchecked(&nurse, Role::Deputy, log, approval).await, Code::NotDeputy);
    assert!(!member(&team.chief, team.group, late.user()), "nor after the date");
    team.chief.client().approve_invitation(team.group, early).await.expect("the administrator is back");
    late.reads(team.group).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_3_a_deputy_is_refused_every_office_by_the_server_alone() {
    let team = Team::of_two().await;
    let (nurse, helper) = (team.world.staff(&team.chief, "nurse").await, team.world.staff(&team.chief, "helper").await);
    let until = away(&team, &nurse).await;
    let (user, chief) = (helper.user(), team.chief.user());
    let before = Before::of(&team.chief, &[REGISTRY]).await;
    let setting = Setting::IdleComputer(120);
    for act in [
        RegistryAct::AppointAdministrator { user },
        RegistryAct::DismissAdministrator { user: chief },
        RegistryAct::NameDeputy { user, from: now(), until },
        RegistryAct::EndDeputy { user: nurse.user() },
        RegistryAct::ResetFactors { user },
        RegistryAct::EndUser { user },
        RegistryAct::Set { facility: Some(team.station), setting },
        RegistryAct::SuspendUser { user: chief },
        RegistryAct::WipeDevice { device: team.chief.device() },
    ] {
        before.refuses(&nurse, Role::Deputy, REGISTRY, Act::Registry(act), Code::NotForDeputies).await;
    }
    before.refuses(&nurse, Role::FacilityManager, REGISTRY, appoint(user), Code::NotFacilityManager).await;
    let lift = Act::Registry(RegistryAct::LiftLockout { user });
    before.refuses(&nurse, Role::SnsAdministrator, REGISTRY, lift.clone(), Code::NotAdministrator).await;
    before.refuses(&helper, Role::Deputy, REGISTRY, lift.clone(), Code::NotDeputy).await;
    before.honest(nurse.client().reset_factors(user).await, Code::NotForDeputies);
    before.honest(nurse.client().name_deputy(user, now(), until).await, Code::NotForDeputies);
    before.honest(nurse.client().sessions(chief).await, Code::NotAdministrator);
    before.holds().await;
    nurse.client().lift_lockout(user).await.expect("a wait is ended");
    let sessions = nurse.client().sessions(user).await.expect("a colleague's sessions");
    nurse.client().end_session(user, sessions[0].session).await.expect("ended");
    unchecked(&nurse, Role::User, REGISTRY, Act::Registry(RegistryAct::EndDeputy { user: nurse.user() }))
        .await
        .expect("laid down");
    refused(unchecked(&nurse, Role::Deputy, REGISTRY, lift).await, Code::NotDeputy);
    refused(nurse.client().sessions(user).await, Code::NotAdministrator);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_3_a_deputy_lets_a_colleagues_first_device_in_and_none_of_an_administrator() {
    let team = Team::of_two().await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    away(&team, &nurse).await;
    let named = renkei_client_core::office::details("架空 新", None).expect("a name");
    let profession = renkei_client_core::proto::act::Profession::Nurse;
    let user = team.chief.client().register_staff(profession, named, None).await.expect("registered");
    until(&nurse, |replica| replica.registry().now().user(user).map(drop)).await;
    let mut person = team.world.device(&nurse, user, "newcomer").await;
    assert!(person.profile.poll().await.expect("an answer"), "the deputy's signature is enough for a first device");
    let purpose = renkei_client_core::proto::ticket::Purpose::Device(team.chief.user());
    refused(nurse.client().issue_ticket(purpose).await, Code::NotAdministrator);
}
