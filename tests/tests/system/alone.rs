//! Violations that an honest client does not send: each is tried with it, and by a signed statement that skipped its checks. The
//! server refuses alone, and its logs stay byte by byte as they were.

use renkei_client_core::groups::{ConsentForm, NewGroup};
use renkei_client_core::policy::group::Group;
use renkei_client_core::proto::act::{
    Act, ConsentBy, DelegationScope, DeviceRegistration, GroupAct, GroupKind, HistoryPolicy, Message, PatientConsent,
    RegistryAct,
};
use renkei_client_core::proto::bytes::Blob;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Boxes, Op, Sidecar, boxes_root};
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::id::{DelegationId, FacilityId, GroupId, InvitationId, TakeoutId};
use renkei_client_core::proto::statement::{ActingFor, LogId, Role};
use renkei_client_core::proto::takeout::{Medium, TakeoutPurpose, TakeoutRequest, TakeoutSubject};
use renkei_client_core::proto::ticket::Purpose;
use renkei_client_core::proto::time::Date;
use renkei_client_core::random;
use renkei_tests::alone::{As, Before, boxed};
use renkei_tests::{DAY, PATIENCE, Person, Stranger, Team, World, consent, line, refused};

const REGISTRY: LogId = LogId::Registry;

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

fn registry(act: RegistryAct) -> Act {
    Act::Registry(act)
}

fn group_act(act: GroupAct) -> Act {
    Act::Group(act)
}

fn new_group(kind: GroupKind, acting_for: Option<FacilityId>) -> NewGroup {
    let creator_reads = acting_for.is_none();
    NewGroup {
        kind, label: line("見本 太郎さん 在宅チーム"), history: HistoryPolicy::All, acting_for, creator_reads
    }
}

/// Form 3 as the log has it, without the names.
fn form_3(signed_on: &str, copy_given_on: &str) -> GroupAct {
    let details = boxes_root(&Boxes::default()).expect("no boxes");
    GroupAct::RecordConsent(PatientConsent {
        by: ConsentBy::Patient,
        signed_on: day(signed_on),
        copy_given_on: day(copy_given_on),
        scan: Hash32([3; 32]),
        details,
    })
}

fn message() -> Act {
    Act::Message(Message { epoch: 1, salt: Hash32(random()), flags: 0, ciphertext: Blob::default() })
}

/// The group's keys are for its present readers, and nobody's device has anything left to do in it by itself.
async fn settled(team: &Team) {
    team.doctor.client().send(team.group, "本日より").await.expect("sent");
    team.chief.texts(team.group, 1).await;
}

/// Until `person`'s device has read so far.
async fn until<T>(person: &Person, so: impl Fn(&renkei_client_core::replica::Replica) -> Option<T>) -> T {
    person.client().wait_until(PATIENCE, so).await.expect("the news")
}

async fn knows_group(person: &Person, group: GroupId, so: impl Fn(&Group) -> bool) {
    until(person, |replica| so(replica.group(group)?.group()?).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a04_2_who_is_no_member_of_the_association_delegates_nothing() {
    let world = World::found().await;
    let (_, pharmacist) = world.facility("pharmacy", false).await;
    let before = Before::of(&pharmacist, &[REGISTRY]).await;
    let until = renkei_client_core::now().plus(10 * DAY);
    before.honest(pharmacist.client().delegate(DelegationScope::Facility, until, false).await, Code::NotAMember);
    let delegation = DelegationId(random());
    let act = RegistryAct::Delegate { delegation, scope: DelegationScope::Facility, until, operators_read: true };
    for role in [Role::SnsAdministrator, Role::FacilityManager] {
        let code = if role == Role::SnsAdministrator { Code::NotAMember } else { Code::WrongRole };
        before.refuses(&pharmacist, role, REGISTRY, registry(act.clone()), code).await;
    }
    before.holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a04_2_an_operator_without_a_delegation_in_force_governs_nothing_of_a_facility() {
    let team = Team::of_two().await;
    settled(&team).await;
    let (clinic, group) = (team.clinic, team.group);
    let operator = &team.world.operators[0];
    let doctor = team.doctor.client();
    let elsewhere = team.world.group(&team.doctor, HistoryPolicy::All).await;
    let until_then = renkei_client_core::now().plus(10 * DAY);
    let only_there = doctor.delegate(DelegationScope::Group(elsewhere), until_then, false).await.expect("delegated");
    let revoked = doctor.delegate(DelegationScope::Facility, until_then, false).await.expect("delegated");
    doctor.revoke_delegation(revoked).await.expect("revoked");
    until(operator, |replica| {
        let view = replica.registry().now();
        let mut known = view.delegations().filter(|(id, one)| *id == revoked && !one.period.holds(view.size()));
        known.next().map(drop)
    })
    .await;
    let logs = [REGISTRY, LogId::Group(group)];
    let before = Before::of(&team.doctor, &logs).await;
    let free = operator.client().create_group(new_group(GroupKind::Free, Some(clinic))).await;
    assert!(matches!(&free, Err(fault) if [Code::DelegationMissing, Code::DelegationExpired].contains(&fault.code)));
    let cases = [
        (DelegationId(random()), Code::DelegationMissing),
        (only_there, Code::DelegationMissing),
        (revoked, Code::DelegationExpired),
    ];
    for (delegation, code) in cases {
        let r#as = As(Role::Operator, Some(ActingFor { facility: clinic, delegation }));
        for act in [GroupAct::Close, GroupAct::Remove { user: team.chief.user() }] {
            before.refuses(operator, r#as, LogId::Group(group), group_act(act), code).await;
        }
    }
    for act in [GroupAct::Close, GroupAct::ForbidDownload] {
        before.refuses(operator, Role::Operator, LogId::Group(group), group_act(act), Code::DelegationMissing).await;
    }
    before.holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a04_2_an_operator_is_let_in_as_a_reader_only_where_the_delegation_says_so() {
    let team = Team::of_two().await;
    settled(&team).await;
    let (clinic, group) = (team.clinic, team.group);
    let [operator, colleague] = &team.world.operators[..] else { panic!("two operators") };
    let doctor = team.doctor.client();
    let until_then = renkei_client_core::now().plus(10 * DAY);
    let delegation = doctor.delegate(DelegationScope::Facility, until_then, false).await.expect("delegated");
    operator.knows_label(group).await;
    let before = Before::of(&team.doctor, &[LogId::Group(group)]).await;
    before.honest(doctor.invite(group, operator.user()).await, Code::DelegationWithoutReading);
    before.honest(operator.client().invite(group, colleague.user()).await, Code::DelegationWithoutReading);
    let (label, sidecar) = boxed([operator.device()]);
    let act = |user| group_act(GroupAct::Invite { invitation: InvitationId(random()), user, label, release: None });
    let (log, no) = (LogId::Group(group), Code::DelegationWithoutReading);
    for user in [operator.user(), colleague.user()] {
        before.refuses_with(&team.doctor, Role::SnsAdministrator, log, act(user), sidecar.clone(), no).await;
    }
    let r#as = As(Role::Operator, Some(ActingFor { facility: clinic, delegation }));
    before.refuses_with(operator, r#as, log, act(colleague.user()), sidecar.clone(), no).await;
    before.holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_4_who_acts_for_another_approves_nothing_and_reads_nothing_by_it() {
    let world = World::found().await;
    let (clinic, doctor) = world.facility("clinic", true).await;
    let (_, chief) = world.facility("station", true).await;
    let operator = &world.operators[0];
    let until_then = renkei_client_core::now().plus(10 * DAY);
    let delegation = doctor.client().delegate(DelegationScope::Facility, until_then, true).await.expect("delegated");
    let group = world.group(&doctor, HistoryPolicy::All).await;
    operator.knows_label(group).await;
    let invitation = operator.client().invite(group, chief.user()).await.expect("invited for the clinic");
    let answers = until(&chief, |replica| Some(replica.group(group)?.group()?.invitation(invitation)?.statement)).await;
    let before = Before::of(&doctor, &[REGISTRY, LogId::Group(group)]).await;
    let act = || group_act(GroupAct::Approve { invitation, answers, release: None });
    let r#as = As(Role::Operator, Some(ActingFor { facility: clinic, delegation }));
    // The one that invited, and a colleague who did not.
    for person in &world.operators {
        before.refuses(person, r#as, LogId::Group(group), act(), Code::ApprovalMissing).await;
        let answer = person.client().approve_invitation(group, invitation).await;
        assert!(answer.is_err(), "an honest client: {answer:?}");
    }
    let reads = NewGroup { creator_reads: true, ..new_group(GroupKind::Free, Some(clinic)) };
    before.honest(operator.client().create_group(reads).await, Code::ApprovalMissing);
    before.holds().await;
    chief.client().approve_invitation(group, invitation).await.expect("her own administrator");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a05_2_nobody_else_removes_and_nobody_is_invited_twice() {
    let team = Team::of_two().await;
    settled(&team).await;
    let (group, log) = (team.group, LogId::Group(team.group));
    let (_, pharmacist) = team.world.facility("pharmacy", false).await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    let before = Before::of(&team.doctor, &[log]).await;
    let doctor = team.doctor.client();
    before.honest(doctor.invite(group, team.chief.user()).await, Code::AlreadyInGroup);
    before.honest(pharmacist.client().remove(group, team.chief.user()).await, Code::Unknown);
    let remove = |user| group_act(GroupAct::Remove { user });
    let (own, out) = (Role::SnsAdministrator, Code::NotOriginator);
    before.refuses(&pharmacist, own, log, remove(team.chief.user()), out).await;
    before.refuses(&team.chief, own, log, remove(team.doctor.user()), out).await;
    before.refuses(&nurse, Role::User, log, remove(team.chief.user()), out).await;
    before.refuses(&nurse, own, log, remove(team.chief.user()), out).await;
    before.refuses(&team.chief, own, log, group_act(GroupAct::Close), out).await;
    before.holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a06_1_a_patient_group_without_form_3_takes_nothing_that_is_written() {
    let world = World::found().await;
    let (_, doctor) = world.facility("clinic", true).await;
    let client = doctor.client();
    let group = client.create_group(new_group(GroupKind::Patient, None)).await.expect("a group");
    knows_group(&doctor, group, |_| true).await;
    let log = LogId::Group(group);
    // An honest client makes a key on the way, and says nothing under it.
    refused(client.send(group, "同意の前").await, Code::ConsentMissing);
    let before = Before::of(&doctor, &[log]).await;
    before.refuses(&doctor, Role::User, log, message(), Code::ConsentMissing).await;
    let card = renkei_client_core::proto::card::PatientCard::named(line("見本 太郎"));
    before.honest(client.change_card(group, card, None).await, Code::ConsentMissing);
    before.holds().await;
    client.record_consent(group, consent()).await.expect("recorded");
    client.send(group, "同意の後").await.expect("sent");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a06_1_form_3_is_the_originators_dated_in_order_and_for_patients_alone() {
    let team = Team::of_two().await;
    settled(&team).await;
    let (doctor, chief) = (team.doctor.client(), &team.chief);
    let patients = doctor.create_group(new_group(GroupKind::Patient, None)).await.expect("a group");
    let free = doctor.create_group(new_group(GroupKind::Free, None)).await.expect("a group");
    // Their first keys are made on the way.
    doctor.send(free, "勉強会").await.expect("sent");
    refused(doctor.send(patients, "同意の前").await, Code::ConsentMissing);
    let logs = [patients, free, team.group].map(LogId::Group);
    let before = Before::of(&team.doctor, &logs).await;
    let [patients_log, free_log, common] = logs;
    let admin = Role::SnsAdministrator;
    let beside = || Sidecar { boxes: Some(Boxes::default()), ..Sidecar::default() };
    let good = || group_act(form_3("2026-03-01", "2026-03-02"));
    before.honest(doctor.record_consent(free, consent()).await, Code::ConsentNotApplicable);
    let late = ConsentForm { copy_given_on: day("2199-01-01"), ..consent() };
    before.honest(doctor.record_consent(patients, late).await, Code::DateOutOfRange);
    before.honest(doctor.record_consent(team.group, consent()).await, Code::NothingToDo);
    before.honest(chief.client().record_consent(team.group, consent()).await, Code::NotOriginator);
    before.refuses_with(&team.doctor, admin, free_log, good(), beside(), Code::ConsentNotApplicable).await;
    for (signed, copy) in [("2026-03-02", "2026-03-01"), ("2026-03-01", "2199-01-01"), ("2199-01-01", "2199-01-01")] {
        let form = group_act(form_3(signed, copy));
        before.refuses_with(&team.doctor, admin, patients_log, form, beside(), Code::DateOutOfRange).await;
    }
    for role in [admin, Role::User, Role::GroupManager] {
        before.refuses_with(chief, role, common, good(), beside(), Code::NotOriginator).await;
    }
    before.refuses_with(&team.doctor, Role::User, patients_log, good(), beside(), Code::NotOriginator).await;
    before.holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a07_1_there_is_always_an_administrator_and_a_manager() {
    let world = World::found().await;
    let (_, doctor) = world.facility("clinic", true).await;
    let client = doctor.client();
    let before = Before::of(&doctor, &[REGISTRY]).await;
    before.honest(client.set_administrator(doctor.user(), false).await, Code::NoAdministrator);
    before.honest(client.end_user(doctor.user()).await, Code::ManagerNeeded);
    let dismiss = registry(RegistryAct::DismissAdministrator { user: doctor.user() });
    before.refuses(&doctor, Role::FacilityManager, REGISTRY, dismiss, Code::NoAdministrator).await;
    let end = registry(RegistryAct::EndUser { user: doctor.user() });
    before.refuses(&doctor, Role::SnsAdministrator, REGISTRY, end, Code::ManagerNeeded).await;
    before.holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a07_1_nobody_but_the_facilitys_manager_appoints_dismisses_or_hands_the_office_over() {
    let team = Team::of_two().await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    let user = nurse.user();
    let before = Before::of(&team.chief, &[REGISTRY]).await;
    let code = Code::NotFacilityManager;
    before.honest(nurse.client().set_administrator(user, true).await, code);
    before.honest(nurse.client().hand_over_management(user).await, code);
    before.honest(team.doctor.client().set_administrator(user, true).await, code);
    let acts = || {
        [
            RegistryAct::AppointAdministrator { user },
            RegistryAct::HandOverManagement { user },
            RegistryAct::DismissAdministrator { user: team.chief.user() },
        ]
    };
    for act in acts() {
        for (person, role) in [
            (&nurse, Role::FacilityManager),
            (&nurse, Role::SnsAdministrator),
            (&team.doctor, Role::FacilityManager),
            (&team.world.operators[0], Role::Operator),
            (&team.world.operators[0], Role::FacilityManager),
        ] {
            before.refuses(person, role, REGISTRY, registry(act.clone()), code).await;
        }
        before.refuses(&team.chief, Role::SnsAdministrator, REGISTRY, registry(act), Code::WrongRole).await;
    }
    before.holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a07_1_an_administrator_with_a_colleague_does_not_approve_the_own_device() {
    let world = World::found().await;
    let (_, chief) = world.facility("station", true).await;
    let nurse = world.staff(&chief, "nurse").await;
    chief.client().set_administrator(nurse.user(), true).await.expect("appointed");
    until(&nurse, |replica| {
        let view = replica.registry().now();
        let facility = view.user(nurse.user())?.facility;
        view.is_administrator(nurse.user(), facility).then_some(())
    })
    .await;
    let ticket = chief.client().issue_ticket(Purpose::Device(chief.user())).await.expect("a ticket");
    let phone = Person::enrol(world.home(), "phone", &ticket, None).await.expect("enrolled");
    let offers = chief.client().offers().await.expect("offers");
    let offer = offers.iter().find(|one| one.bundle.registration.device == phone.device()).expect("the device");
    let before = Before::of(&chief, &[REGISTRY]).await;
    let act = registry(RegistryAct::ApproveDevice { user: chief.user(), device: offer.bundle.registration.clone() });
    let sidecar = Sidecar { sealing: Some(offer.bundle.sealing.clone()), ..Sidecar::default() };
    let alone = chief.client().submit_unchecked(REGISTRY, Role::SnsAdministrator, None, act, sidecar).await;
    refused(alone, Code::SecondPersonRequired);
    before.holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_2_a_device_with_one_signature_of_two_does_nothing_and_nothing_is_done_with_it() {
    let team = Team::of_two().await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    let mut phone = team.world.device(&team.chief, nurse.user(), "phone").await;
    until(&nurse, |replica| replica.registry().now().device(phone.device()).map(drop)).await;
    let before = Before::of(&team.chief, &[REGISTRY]).await;
    assert!(!phone.profile.poll().await.expect("an answer"), "there is no certificate for it");
    refused(
        phone.profile.sign_in(&nurse.typed(), Some(nurse.new_code(&team.world.server))).await.map(drop),
        Code::DeviceNotApproved,
    );
    let stranger = Stranger::enrolling(phone.profile.public()).await;
    assert!(stranger.say(&renkei_tests::request(Op::Offers)).await.is_err(), "enrolment is all that is open to it");
    // Named by the person's approved device, as one that could be taken out of the facility.
    let from = team.world.server.now();
    let request = TakeoutRequest {
        takeout: TakeoutId(random()),
        what: TakeoutSubject::Device,
        medium: Medium::Device,
        purpose: TakeoutPurpose::Conference,
        from,
        until: from.plus(DAY),
        device: phone.device(),
    };
    before.honest(nurse.client().request_takeout(request).await, Code::DeviceNotApproved);
    let act = registry(RegistryAct::RequestTakeout(request));
    before.refuses(&nurse, Role::User, REGISTRY, act, Code::DeviceNotApproved).await;
    before.holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_2_a_key_that_a_device_has_is_no_other_devices() {
    let world = World::found().await;
    let (_, chief) = world.facility("station", true).await;
    let nurse = world.staff(&chief, "nurse").await;
    let ticket = chief.client().issue_ticket(Purpose::Device(nurse.user())).await.expect("a ticket");
    let phone = Person::enrol(world.home(), "phone", &ticket, None).await.expect("enrolled");
    let offers = chief.client().offers().await.expect("offers");
    let offer = offers.iter().find(|one| one.bundle.registration.device == phone.device()).expect("the device");
    let taken = chief
        .client()
        .look(|replica| replica.registry().now().device(nurse.device()).map(|known| known.registration.signing));
    let before = Before::of(&chief, &[REGISTRY]).await;
    let device = DeviceRegistration { signing: taken.expect("registered"), ..offer.bundle.registration.clone() };
    let act = registry(RegistryAct::ApproveDevice { user: nurse.user(), device });
    let sidecar = Sidecar { sealing: Some(offer.bundle.sealing.clone()), ..Sidecar::default() };
    before.refuses_with(&chief, Role::SnsAdministrator, REGISTRY, act, sidecar, Code::KeyInUse).await;
    before.holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_5_nobody_asks_for_more_takeouts_than_are_seen_to() {
    let world = World::found().await;
    let (_, chief) = world.facility("station", true).await;
    let from = world.server.now();
    let request = || TakeoutRequest {
        takeout: TakeoutId(random()),
        what: TakeoutSubject::Device,
        medium: Medium::Device,
        purpose: TakeoutPurpose::Visit,
        from,
        until: from.plus(DAY),
        device: chief.device(),
    };
    for _ in 0..renkei_client_core::proto::bounds::TAKEOUTS_OPEN {
        chief.client().request_takeout(request()).await.expect("asked");
    }
    let before = Before::of(&chief, &[REGISTRY]).await;
    before.honest(chief.client().request_takeout(request()).await, Code::TakeoutsOpen);
    let act = registry(RegistryAct::RequestTakeout(request()));
    before.refuses(&chief, Role::User, REGISTRY, act, Code::TakeoutsOpen).await;
    before.holds().await;
}
