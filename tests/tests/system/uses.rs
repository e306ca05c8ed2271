//! Uses of a patient's data beyond the group, and sealed details handed on to whoever comes to govern it, over real connections
//! (S3, A5.1, A6.1).

use renkei_client_core::policy::group::Group;
use renkei_client_core::proto::act::{Act, BoxesRoot, ConsentBy, GroupAct, UseKind, UseOutcome};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Accepted, Sidecar};
use renkei_client_core::proto::hash::{Hash32, sha256};
use renkei_client_core::proto::id::GroupId;
use renkei_client_core::proto::statement::{LogId, Role};
use renkei_client_core::proto::time::Date;
use renkei_client_core::uses::NewUse;
use renkei_client_core::{Result, random};
use renkei_tests::alone::boxed;
use renkei_tests::{PATIENCE, Person, Team, consent, line, refused};

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

fn place(accepted: &Accepted) -> u64 {
    accepted.head.size - 1
}

fn conference() -> NewUse {
    NewUse {
        kind: UseKind::CaseConference,
        on: day("2026-03-02"),
        about: line("経過の要約"),
        place: line("医局の書庫 3番、担当 架空 健"),
    }
}

async fn until(person: &Person, group: GroupId, so: impl Fn(&Group) -> bool) {
    let there = person.client().wait_until(PATIENCE, |replica| so(replica.group(group)?.group()?).then_some(()));
    there.await.expect("the news");
}

/// Says `act` without asking the own client whether it may.
async fn unchecked(person: &Person, role: Role, group: GroupId, act: GroupAct) -> Result<Accepted> {
    let sidecar = Sidecar::default();
    person.client().submit_unchecked(LogId::Group(group), role, None, Act::Group(act), sidecar).await
}

async fn consented(team: &Team) -> Accepted {
    let recorded =
        team.doctor.client().record_use_consent(team.group, ConsentBy::Patient, day("2026-03-01"), sha256(b"form"));
    recorded.await.expect("recorded")
}

async fn withdrawn(team: &Team) {
    let paper = sha256(b"paper");
    let gone = team.doctor.client().withdraw_use_consent(team.group, ConsentBy::Patient, day("2026-03-02"), paper);
    gone.await.expect("withdrawn");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s3_a_use_is_recorded_against_a_consent_and_found_when_that_is_withdrawn() {
    let mut team = Team::of_two().await;
    let group = team.group;
    refused(team.doctor.client().record_use(group, conference()).await, Code::UseConsentMissing);
    consented(&team).await;
    let used = place(&team.doctor.client().record_use(group, conference()).await.expect("recorded"));
    let details = team.doctor.client().use_details(group, used).await.expect("one's own");
    assert_eq!(details.place.as_str(), "医局の書庫 3番、担当 架空 健");
    // Readers see that there was a use, and not where the material lies.
    until(&team.chief, group, |state| state.uses().count() == 1).await;
    refused(team.chief.client().use_details(group, used).await, Code::KeyAwaited);
    assert_eq!(team.doctor.client().uses_to_settle(group).expect("a group"), [0_u64; 0]);
    withdrawn(&team).await;
    assert_eq!(team.doctor.client().uses_to_settle(group).expect("a group"), [used], "a task");
    refused(team.doctor.client().record_use(group, conference()).await, Code::UseConsentMissing);
    // It is still one after the server, and the device, have started anew.
    team.world.server.kill();
    team.world.server.verify().expect("everything holds");
    team.world.server.restart();
    team.doctor.sign_in(&team.world.server).await.expect("signed in");
    until(&team.doctor, group, |state| state.uses_to_settle().count() == 1).await;
    let settled = team.doctor.client().settle_use(group, used, UseOutcome::Erased, day("2026-03-02"));
    settled.await.expect("seen to");
    assert_eq!(team.doctor.client().uses_to_settle(group).expect("a group"), [0_u64; 0]);
    let all = team.doctor.client().uses(group).expect("a group");
    let done = all.first().and_then(|(_, record)| record.settled).expect("on record");
    assert_eq!((done.by.user, done.outcome), (team.doctor.user(), UseOutcome::Erased));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s3_the_server_alone_refuses_uses_that_are_nobodys_to_record() {
    let team = Team::of_two().await;
    let group = team.group;
    let given = place(&consented(&team).await);
    let used = place(&team.doctor.client().record_use(group, conference()).await.expect("recorded"));
    until(&team.chief, group, |state| state.uses().count() == 1).await;
    let (on, scan) = (day("2026-03-02"), sha256(b"paper"));
    let settle = |of| GroupAct::SettleUse { of, outcome: UseOutcome::Erased, on };
    let acts = [
        GroupAct::RecordUseConsent { by: ConsentBy::Patient, signed_on: on, scan },
        GroupAct::WithdrawUseConsent { by: ConsentBy::Patient, on, scan },
        settle(used),
    ];
    for act in acts {
        for role in [Role::SnsAdministrator, Role::User] {
            refused(unchecked(&team.chief, role, group, act.clone()).await, Code::NotOriginator);
        }
    }
    refused(team.chief.client().settle_use(group, used, UseOutcome::Erased, on).await, Code::NotOriginator);
    let admin = Role::SnsAdministrator;
    for of in [0, given, used + 1, u64::MAX] {
        refused(unchecked(&team.doctor, admin, group, settle(of)).await, Code::Unknown);
    }
    // Details without their boxes, and boxes that are not those that are signed.
    let details = BoxesRoot { count: 1, root: Hash32(random()) };
    let commitment = Hash32(random());
    let record = GroupAct::RecordUse { kind: UseKind::Other, on, consent: given, details, commitment };
    refused(unchecked(&team.doctor, admin, group, record).await, Code::SidecarMismatch);
    let hand = GroupAct::HandOnDetails { of: used, details, commitment };
    refused(unchecked(&team.doctor, admin, group, hand).await, Code::SidecarMismatch);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s3_a_withdrawn_form_3_erases_nothing_before_every_use_is_seen_to() {
    let team = Team::of_two().await;
    let group = team.group;
    consented(&team).await;
    let used = place(&team.doctor.client().record_use(group, conference()).await.expect("recorded"));
    let (doctor, on) = (team.doctor.client(), day("2026-03-02"));
    doctor.withdraw_consent(group, ConsentBy::Family, on, sha256(b"paper")).await.expect("withdrawn");
    let operator = &team.world.operators[0];
    until(operator, group, |state| state.frozen().is_some()).await;
    refused(operator.client().confirm_erasure(group).await, Code::UsesStanding);
    assert_eq!(doctor.uses_to_settle(group).expect("a group"), [used]);
    let details = doctor.use_details(group, used).await.expect("told where, in the frozen group");
    assert_eq!(details.about.as_str(), "経過の要約");
    doctor.settle_use(group, used, UseOutcome::Anonymised, on).await.expect("seen to");
    until(operator, group, |state| state.uses_to_settle().next().is_none()).await;
    operator.client().confirm_erasure(group).await.expect("erased");
    until(&team.doctor, group, |state| state.erased().is_some()).await;
    // The proof names the use and what became of it; where it lay is gone with the group.
    let left = doctor.uses(group).expect("a group");
    assert!(left.iter().all(|(seq, record)| *seq == used && record.settled.is_some()) && left.len() == 1);
    refused(doctor.use_details(group, used).await, Code::GroupErased);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a05_1_a_facility_that_takes_a_group_over_can_show_form_3_and_where_material_lies() {
    let team = Team::of_two().await;
    let group = team.group;
    let names = consent().names;
    let (doctor, chief) = (team.doctor.client(), team.chief.client());
    assert_eq!(doctor.consent_names(group).await.expect("who recorded them"), names);
    refused(chief.consent_names(group).await, Code::KeyAwaited);
    consented(&team).await;
    let used = place(&doctor.record_use(group, conference()).await.expect("recorded"));
    doctor.offer_handover(group, team.station).await.expect("offered");
    until(&team.chief, group, |state| state.offered().is_some()).await;
    chief.accept_handover(group).await.expect("accepted");
    assert_eq!(chief.consent_names(group).await.expect("Form 3 goes with the group"), names);
    assert_eq!(chief.use_details(group, used).await.expect("and the uses").about.as_str(), "経過の要約");
    // From now on it is theirs to see to, and to hand on.
    chief.settle_use(group, used, UseOutcome::Erased, day("2026-03-02")).await.expect("seen to");
    until(&team.doctor, group, |state| state.originator() == team.station).await;
    let commitment = doctor.look(|replica| replica.group(group)?.group()?.details_of(used)).expect("on record");
    let (details, sidecar) = boxed([team.doctor.device()]);
    let hand = Act::Group(GroupAct::HandOnDetails { of: used, details, commitment });
    let late = team.doctor.client().submit_unchecked(LogId::Group(group), Role::SnsAdministrator, None, hand, sidecar);
    refused(late.await, Code::NotOriginator);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a06_1_an_administrator_who_comes_later_can_show_form_3() {
    let team = Team::of_two().await;
    let group = team.group;
    let clerk = team.world.staff(&team.doctor, "clerk").await;
    team.doctor.client().set_administrator(clerk.user(), true).await.expect("appointed");
    let handed = team.doctor.client().look(|replica| {
        let state = replica.group(group)?.group()?;
        state.details_of(state.consent()?.recorded.seq)
    });
    assert!(handed.is_some(), "with the label, the names are handed on");
    until(&clerk, group, |state| state.consent().is_some_and(|form| state.details_of(form.recorded.seq) == handed))
        .await;
    assert_eq!(clerk.client().consent_names(group).await.expect("Form 3"), consent().names);
}
