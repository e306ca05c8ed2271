//! Training rounds and reports of numbers and states (A15.1), over real connections.

use renkei_client_core::policy::registry::a15_training::Training;
use renkei_client_core::proto::act::TrainingPlan;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Answer, Op};
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::id::{FacilityId, TrainingId};
use renkei_client_core::proto::text::Prose;
use renkei_client_core::proto::time::Date;
use renkei_client_core::proto::wording::{TextKind, Wording};
use renkei_client_core::random;
use renkei_client_core::report::{FacilityReport, Share};
use renkei_tests::{PATIENCE, Person, Team, refused};

/// Both operators publish material.
async fn material(team: &Team) -> Hash32 {
    let text = |words: &str| Prose::new(format!("# {words}\n")).expect("a text");
    let (kind, wording) =
        (TextKind::TrainingMaterial, Wording { japanese: text("【見本】研修"), english: text("Sample") });
    let hash = wording.hash();
    let [first, second] = &team.world.operators[..] else { panic!("two") };
    first.client().publish_text(kind, wording).await.expect("proposed");
    let proposed = second.client().wait_until(PATIENCE, |replica| {
        replica.registry().now().text_proposals().any(|one| one.text == hash).then_some(())
    });
    proposed.await.expect("the proposal");
    second.client().confirm_text(kind, hash).await.expect("published");
    hash
}

/// Today in Japan, by the server.
fn today(team: &Team) -> Date {
    let days = (i64::try_from(team.world.server.now().0).expect("a time") + 9 * 3600).div_euclid(86_400);
    let all = (2026..2200).flat_map(|year| (1..=12).flat_map(move |month| (1..=31).map(move |day| (year, month, day))));
    let mut dates = all.filter_map(|(year, month, day)| Date::new(year, month, day).ok());
    dates.find(|date| date.days() == days).expect("a day")
}

fn plan(team: &Team, facility: Option<FacilityId>, material: Hash32) -> TrainingPlan {
    let day = today(team);
    TrainingPlan { training: TrainingId(random()), facility, material, from: day, until: day }
}

async fn knows(person: &Person, training: TrainingId) -> Training {
    let there = person.client().wait_until(PATIENCE, |replica| replica.registry().now().training(training).cloned());
    there.await.expect("the round")
}

async fn numbers(person: &Person) -> Vec<FacilityReport> {
    person.client().report(renkei_client_core::proto::time::Time(0)).await.expect("a report")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a15_1_a_round_is_taken_part_in_by_signature_or_recorded_for_a_session_in_person() {
    let mut team = Team::of_two().await;
    let hash = material(&team).await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    let everybody = plan(&team, None, hash);
    refused(team.chief.client().open_training(everybody.clone()).await, Code::NotOperator);
    refused(team.doctor.client().open_training(plan(&team, Some(team.station), hash)).await, Code::NotAdministrator);
    refused(nurse.client().open_training(plan(&team, Some(team.station), hash)).await, Code::NotAdministrator);
    let operator = &team.world.operators[0];
    operator.client().open_training(everybody.clone()).await.expect("a round");
    let round = everybody.training;
    for person in [&nurse, &team.chief, &team.doctor] {
        knows(person, round).await;
        assert_eq!(person.client().trainings_due().len(), 1);
    }
    assert_eq!(nurse.client().text(hash).await.expect("the material").hash(), hash);
    refused(nurse.client().attend_training(round, Hash32([1; 32])).await, Code::Unknown);
    nurse.client().attend_training(round, hash).await.expect("took part");
    refused(nurse.client().attend_training(round, hash).await, Code::NothingToDo);
    let day = today(&team);
    refused(team.chief.client().record_attendance(round, team.doctor.user(), day).await, Code::NotAdministrator);
    team.chief.client().record_attendance(round, team.chief.user(), day).await.expect("was there");
    // Everybody can check it, after a restart too.
    team.world.server.kill();
    team.world.server.restart();
    let operator = &team.world.operators[0];
    let seen = operator.client().wait_until(PATIENCE, |replica| {
        let view = replica.registry().now();
        let one = view.training(round)?;
        let done = |person: &Person| view.training_attended(one, person.user());
        Some((done(&nurse)?.recorded, done(&team.chief)?.recorded, done(&team.doctor)))
    });
    assert_eq!(seen.await.expect("who took part"), (None, Some((team.chief.user(), day)), None));
    let report = numbers(operator).await;
    let of = |id: FacilityId| report.iter().find(|one| one.facility == id).expect("a facility").trainings;
    assert_eq!((of(team.station), of(team.clinic)), (Share { done: 2, asked: 2 }, Share { done: 0, asked: 1 }));
    operator.step_up(&team.world.server).await.expect("a fresh code");
    operator.client().close_training(round).await.expect("closed");
    refused(team.doctor.client().attend_training(round, hash).await, Code::NothingToDo);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a15_1_a_report_counts_and_names_nothing_that_is_in_a_group() {
    let team = Team::of_two().await;
    let nurse = team.world.newcomer(&team.chief, "nurse").await;
    let operator = &team.world.operators[0];
    team.doctor.client().send(team.group, "見本 花子さんの体温は36.5度です。").await.expect("sent");
    team.doctor.client().invite(team.group, nurse.user()).await.expect("invited");
    let all = numbers(operator).await;
    let of = |id: FacilityId| all.iter().find(|one| one.facility == id).cloned().expect("a facility");
    let (clinic, station) = (of(team.clinic), of(team.station));
    assert_eq!((clinic.numbers.patient.open, station.numbers.patient.open), (1, 0));
    assert_eq!((station.people, station.pledges_missing, station.devices.active), (2, 1, 2));
    assert_eq!((station.numbers.invitations, clinic.numbers.invitations), (1, 0));
    assert!(station.numbers.oldest_invitation.is_some() && station.refused.is_some());
    // An administrator has the own facility's.
    let own = numbers(&team.chief).await;
    assert_eq!(own.iter().map(|one| (one.facility, one.refused)).collect::<Vec<_>>(), [(team.station, None)]);
    // Of the groups that are counted the operator is sent nothing.
    assert!(operator.client().look(|replica| replica.group(team.group).is_none()));
    let answer = operator.client().ask(Op::Report).await.expect("numbers");
    assert!(matches!(answer, Answer::Report(ref numbers) if numbers.as_slice().len() == 3), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a15_1_numbers_are_for_the_desk_and_administrators_alone() {
    let team = Team::of_two().await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    refused(nurse.client().ask(Op::Report).await, Code::NotAdministrator);
}
