//! What people owe, against a second, naive telling of it (A8.3, A9.1, A9.2, A10.1, A15.1): texts, points to note, review and
//! training rounds, the duty after leaving, resets and lifted waits. Random people do random things over weeks, and after each
//! step the rules and the model must agree on who was let, and on who may go on. The lock-outs that an association decides on
//! itself are where a mistake would keep a nurse from her patients.

#![expect(clippy::expect_used, clippy::panic, reason = "a test whose scene can't be set has failed")]

#[path = "../common/mod.rs"]
#[allow(dead_code, unused_imports, reason = "the kit is shared with the rows' tests, which need other words")]
mod common;
mod moves;
mod world;

use std::collections::BTreeMap;

use common::{A_DAY, District};
use moves::{Deed, Move, Raw};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use renkei_policy::registry::Effect;
use renkei_policy::registry::a08_factors::waiting;
use renkei_policy::registry::a09_leaving::Farewell as Known;
use renkei_policy::registry::a09_review::Stage;
use renkei_policy::registry::duties::{permit_content, permit_effect};
use renkei_proto::id::TrainingId;
use renkei_proto::wording::TextKind;
use world::{Farewell, NEWCOMER, P, PEOPLE, Took, World, text};

/// How often each kind of step was granted and refused.
type Tally = BTreeMap<&'static str, (u32, u32)>;

const STAGES: [Stage; 4] = [Stage::Due, Stage::Overdue, Stage::Restricted, Stage::Locked];

fn run(raws: &[Raw], tally: &mut Tally) -> Result<(), TestCaseError> {
    let (mut d, mut world) = world::beginning();
    let mut told: Vec<(u64, String)> = Vec::new();
    // Shown with a disagreement: the numbers alone don't say what was played.
    let mut played: Vec<Move> = Vec::new();
    for raw in raws {
        let step = match Move::decode(*raw, &world) {
            Move::Wait { seconds } => {
                d.now = d.now.plus(seconds);
                world.now = d.now;
                played.push(Move::Wait { seconds });
                agree(&d, &world)?;
                continue;
            }
            Move::Step(step) => step,
        };
        let granted = world.says(&step);
        let result = d.act(step.seat(), step.write());
        prop_assert_eq!(result.is_ok(), granted, "{:?}: {:?} after {:#?}", step, result, played);
        let (yes, no) = tally.entry(step.kind()).or_default();
        *(if granted { yes } else { no }) += 1;
        let Ok(effects) = result else { continue };
        if matches!(step.deed, Deed::Hire) {
            d.approve_device(step.seat(), PEOPLE[NEWCOMER]).expect("a first device");
        }
        let reset = world.does(&step);
        prop_assert_eq!(effects.iter().any(|one| matches!(one, Effect::Reset(_))), reset, "A8.3: {:?}", step);
        played.push(Move::Step(step));
        agree(&d, &world)?;
        told.push((d.registry.size(), answers(&d, d.registry.size())));
    }
    for (size, then) in told {
        prop_assert_eq!(answers(&d, size), then, "promise 5: the registry of {} entries answers otherwise now", size);
    }
    prop_assert!(d.replayed().registry == d.registry, "promise 5: replaying the registry gives another one");
    Ok(())
}

/// What everybody owes, and may: computed by the rules and by the model.
fn agree(d: &District, world: &World) -> Result<(), TestCaseError> {
    let view = d.registry.now();
    prop_assert_eq!(d.registry.size(), world.size as u64, "one entry for each act");
    for kind in [TextKind::Notice, TextKind::ReviewPoints, TextKind::TrainingMaterial] {
        let present = view.text(kind).map(|since| (since.version, since.text));
        let model = world.texts.get(&kind).and_then(|all| all.last()).map(|&last| (world.version(kind), text(last)));
        prop_assert_eq!(present, model, "A10.1: the present {:?}", kind);
    }
    for p in (0..PEOPLE.len()).filter(|&p| world.people[p].registered.is_some()) {
        let user = PEOPLE[p].user;
        let unread = view.notice_unread(user).map(|since| since.version);
        prop_assert_eq!(unread, world.unread(p), "A10.1: what {} has yet to read", p);
        let stage = world.stage(p, world.now).map(|at| STAGES[usize::from(at)]);
        prop_assert_eq!(view.review_stage(user, d.now), stage, "A9.2: how late {} is", p);
        let may = (permit_content(view, user, d.now).is_ok(), permit_effect(view, user, d.now).is_ok());
        prop_assert_eq!(may, world.may(p), "A9.2, A10.1: what {} may be shown, and do", p);
        prop_assert_eq!(view.trainings_due(user).count(), world.trainings_due(p), "A15.1: what waits for {}", p);
        prop_assert_eq!(waiting(view, user, d.now), world.reset_waits(p), "A8.3: whether a reset of {} waits", p);
        farewell_agrees(d, world, p)?;
        for &n in world.trainings.keys() {
            let one = view.training(TrainingId([n; 16])).expect("a round of both");
            let took = view.training_attended(one, user).map(|one| one.recorded.map(|(by, _)| by));
            let model = world.attended(n, p).map(|took| match took {
                Took::Oneself => None,
                Took::Recorded(by) => Some(PEOPLE[by].user),
            });
            prop_assert_eq!(took, model, "A15.1: how {} took part in {}", p, n);
        }
    }
    Ok(())
}

fn farewell_agrees(d: &District, world: &World, p: P) -> Result<(), TestCaseError> {
    let known = d.registry.now().farewell(PEOPLE[p].user);
    let agrees = match world.people[p].farewell {
        None => known.is_none(),
        Some(Farewell::Own) => matches!(known, Some(Known::Acknowledged { .. })),
        Some(Farewell::Told(by)) => matches!(known, Some(Known::Told { by: told, .. }) if told == PEOPLE[by].user),
    };
    prop_assert!(agrees, "A9.1: how {} knows of the duty: {:?}", p, known);
    Ok(())
}

/// Every answer of the registry as of `size` to what people owe, at moments that don't move.
fn answers(d: &District, size: u64) -> String {
    let view = d.registry.at(size).expect("the registry has grown so far");
    let moments = [0, 5, 20, 60].map(|days| common::START.plus(days * A_DAY));
    let of = |p: P| {
        let user = PEOPLE[p].user;
        let stages = moments.map(|at| (view.review_stage(user, at), permit_effect(view, user, at).is_ok()));
        format!(
            "{p} {:?} {stages:?} {} {:?}",
            view.notice_read(user),
            view.trainings_due(user).count(),
            view.farewell(user)
        )
    };
    (0..PEOPLE.len()).map(of).collect::<Vec<_>>().join("\n")
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, max_shrink_iters: 2_000, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(192))]

    #[test]
    fn a09_2_rules_and_model_agree_on_what_people_owe(raws in proptest::collection::vec(moves::raw(), 1..120)) {
        run(&raws, &mut Tally::new())?;
    }
}

#[test]
fn a09_2_every_kind_of_step_is_granted_and_refused_many_times() {
    let mut runner = TestRunner::new_with_rng(config(64), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let mut tally = Tally::new();
    for _ in 0..200 {
        let raws = proptest::collection::vec(moves::raw(), 80..140).new_tree(&mut runner).expect("numbers").current();
        run(&raws, &mut tally).expect("rules and model agree");
    }
    assert_eq!(tally.len(), 16, "every kind of step was tried");
    let rare: Vec<_> = tally.iter().filter(|(_, (granted, refused))| *granted < 5 || *refused < 5).collect();
    assert!(rare.is_empty(), "granted or refused too seldom to say anything: {rare:?}");
}
