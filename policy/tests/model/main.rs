//! The rules against a second, naive telling of them: random people do random things, and after each step the rules
//! and the model must agree on who was let and who reads.

#![expect(clippy::expect_used, clippy::panic, reason = "a test whose scene can't be set has failed")]

#[path = "../common/mod.rs"]
#[allow(dead_code, reason = "the kit is shared with the rows' tests, which need other words")]
mod common;
mod deeds;
mod more;
mod moves;
mod says;
mod takeouts;
mod uses;
mod words;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use common::District;
use moves::{Move, Raw};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use renkei_policy::group::roster::Roster;
use renkei_policy::group::sealing::{due, has_key, may_give, may_report};
use renkei_proto::id::DeviceId;
use renkei_proto::time::Time;
use world::{GROUPS, PEOPLE, SLOTS, Say, World, device, group_id, person, place};

/// What every view said when it was the newest.
type Told = Vec<(u64, String)>;

/// How often each kind of move was granted and refused.
type Tally = BTreeMap<&'static str, (u32, u32)>;

fn run((mut d, mut world): (District, World), raws: &[Raw], tally: &mut Tally) -> Result<(), TestCaseError> {
    let mut told: Told = Vec::new();
    // Shown with a disagreement: the numbers alone don't say what was played.
    let mut played: Vec<Move> = Vec::new();
    for raw in raws {
        let Some(step) = Move::decode(*raw, &world) else { continue };
        if let Move::Wait { seconds } = step {
            d.now = d.now.plus(seconds);
            world.now = d.now;
            continue;
        }
        let due = world.says(&step);
        let stale = other_judgement(&mut d);
        let size = d.registry.size();
        let statement = step.write(&mut d);
        let result = d.submit(&statement);
        match due {
            Say::Yes => {
                prop_assert!(
                    result.is_ok(),
                    "the rules refuse what the policy grants: {step:?} {result:?} after {played:#?}"
                );
            }
            Say::No => {
                prop_assert!(result.is_err(), "the rules grant what the policy refuses: {step:?} after {played:#?}");
            }
            Say::Either => {}
        }
        let (granted, refused) = tally.entry(step.kind()).or_default();
        if result.is_err() {
            *refused += 1;
        } else {
            *granted += 1;
            world.does(&step);
            played.push(step);
            if d.registry.size() != size {
                let before = d.registry.clone();
                if let Some(judged) = stale {
                    prop_assert!(d.registry.fold(judged).is_none(), "promise 5: a stale judgement was folded");
                }
                prop_assert_eq!(&d.registry, &before, "promise 5: a stale judgement changed the registry");
                told.push((d.registry.size(), answers(&d, d.registry.size())));
            }
        }
        readers_agree(&d, &world)?;
        settings_agree(&d, &world)?;
        takeouts::agree(&d, &world)?;
    }
    for (size, then) in told {
        prop_assert_eq!(answers(&d, size), then, "promise 5: the registry of {} entries answers otherwise now", size);
    }
    let copy = d.replayed();
    prop_assert!(copy.registry == d.registry, "promise 5: replaying the registry gives another one");
    prop_assert!(copy.states() == d.states(), "promise 5: replaying the groups gives others");
    Ok(())
}

/// A judgement for the registry as it is before the step.
fn other_judgement(d: &mut District) -> Option<renkei_policy::registry::Judged> {
    use renkei_proto::act::RegistryAct;
    let statement = d.draft(common::ROOT, RegistryAct::CertifyServer(common::server_keys()));
    let verified = d.verified(&statement);
    d.registry.judge(&verified, d.now).ok()
}

/// What holds for whom, and what is left of every group: computed by the rules and by the model.
fn settings_agree(d: &District, world: &World) -> Result<(), TestCaseError> {
    for f in 0..world::PLACES {
        let rules = d.registry.now().rules(Some(place(f)));
        prop_assert_eq!(rules.idle_computer, world.idle.of(f), "A13.1: what holds for facility {}", f);
    }
    for (n, model) in (0..GROUPS).filter_map(|n| Some((n, world.group(n)?))) {
        let state = d.group(group_id(n));
        prop_assert_eq!(state.is_shut(), model.erased || model.frozen.is_some(), "A6.2: whether group {} is shut", n);
        prop_assert_eq!(state.erased().is_some(), model.erased, "A6.2: whether group {} is erased", n);
        uses::agree(state, model, n)?;
        prop_assert_eq!(state.size(), model.size as u64, "one entry for each act in group {}", n);
        for (&at, line) in &model.lines {
            let back = state.retracted(at as u64);
            prop_assert_eq!(back, line.taken_back, "S1: whether entry {} of group {} was taken back", at, n);
        }
        for p in 0..PEOPLE {
            let seen = model.seen.get(&p).map(|&upto| upto as u64);
            prop_assert_eq!(state.seen(person(p)), seen, "S1: how far {} has seen group {}", p, n);
        }
    }
    Ok(())
}

/// Who reads: computed by the rules and by the model.
fn readers_agree(d: &District, world: &World) -> Result<(), TestCaseError> {
    for n in 0..GROUPS {
        let (Some(state), Some(model)) =
            (d.groups.get(&group_id(n)).and_then(|log| log.state.as_ref()), world.group(n))
        else {
            prop_assert_eq!(world.group(n).is_some(), d.groups.contains_key(&group_id(n)));
            continue;
        };
        let roster: Vec<DeviceId> = Roster::of(state, d.registry.now(), d.now).devices().map(|(id, _)| id).collect();
        let expected: Vec<DeviceId> = world.readers(n).into_iter().map(device).collect();
        prop_assert_eq!(&roster, &expected, "promise 2: who reads group {}", n);
        for (id, reader) in Roster::of(state, d.registry.now(), d.now).devices() {
            let known = d.registry.now().device(id).expect("a reader's device is registered");
            prop_assert!(known.active.is_some() && known.wiped.is_none(), "A8.2, A12.3: an active device");
            prop_assert_eq!(known.user, reader.user, "A11.1: of this very person");
            let membership = state.membership(reader.user).expect("A8.4: a reader has a membership");
            let created = membership.approved.seq == 0;
            let own_staff = d.registry.now().user(reader.user).is_some_and(|user| user.facility == state.originator());
            prop_assert!(
                own_staff || (!created && membership.invited.user != membership.approved.user),
                "promise 2: a reader of another facility was added by one person"
            );
        }
        prop_assert_eq!(state.epoch() as usize, model.epochs.len(), "epochs are numbered without a gap");
        keys_agree(d, world, n)?;
    }
    Ok(())
}

/// Who has which key and who waits for one: computed by the rules and by the model.
fn keys_agree(d: &District, world: &World, n: world::G) -> Result<(), TestCaseError> {
    let (state, model) = (d.group(group_id(n)), world.group(n).expect("a group of both"));
    for (&slot, epoch) in world.machines.keys().flat_map(|slot| state.epochs().iter().map(move |it| (slot, it))) {
        let (has, expected) = (has_key(state, device(slot), epoch), World::has_key(model, slot, epoch.number as usize));
        prop_assert_eq!(has, expected, "promise 3: whether {:?} has key {} of group {}", slot, epoch.number, n);
        let read = state.members().any(|(user, _)| user == person(slot.0));
        prop_assert!(read || !has, "promise 2: a key for somebody whom nobody ever approved");
        let may = may_report(state, d.registry.now(), device(slot), epoch);
        let expected = world.may_report(model, slot, epoch.number as usize);
        prop_assert_eq!(may, expected, "promise 3: whether {:?} may report key {} of {}", slot, epoch.number, n);
        for giver in world.readers(n) {
            let may = may_give(state, device(giver), device(slot), epoch.number);
            let rubbish = model.rubbish.contains(&(giver, slot, epoch.number as usize));
            prop_assert_eq!(may, !rubbish, "promise 3: whether {:?} may give key {}", giver, epoch.number);
        }
    }
    let roster = Roster::of(state, d.registry.now(), d.now);
    let due: BTreeSet<(DeviceId, usize)> =
        due(state, &roster).flat_map(|(id, run)| run.map(move |epoch| (id, epoch as usize))).collect();
    let waiting: BTreeSet<(DeviceId, usize)> =
        world.waiting(n).into_iter().map(|(slot, epoch)| (device(slot), epoch)).collect();
    prop_assert_eq!(due, waiting, "A8.4: who waits for which keys of group {}", n);
    Ok(())
}

/// Every answer of the registry as of `size` to every question about everybody.
fn answers(d: &District, size: u64) -> String {
    use std::fmt::Write as _;
    let view = d.registry.at(size).expect("the registry has grown so far");
    let mut text = String::new();
    let ids = (
        view.facilities().map(|(id, _)| id).collect::<Vec<_>>(),
        view.users().map(|(id, _)| id).collect::<Vec<_>>(),
        view.devices().map(|(id, _)| id).collect::<Vec<_>>(),
        view.delegations().map(|(id, _)| id).collect::<Vec<_>>(),
    );
    write!(text, "{ids:?}").expect("text");
    for f in (0..world::PLACES).map(place) {
        let (manager, all) = (view.manager(f), view.administrators(f).collect::<Vec<_>>());
        write!(text, "\n{f} {} {} {manager:?} {all:?}", view.admitted(f), view.is_desk(f)).expect("text");
        for n in 0..world::DELEGATIONS {
            for (g, later) in [(0, 0), (1, 0), (0, 1_000), (1, 1_000_000)] {
                let time = Time(common::START.0 + later);
                let found = view.delegation(world::delegation_id(n), f, group_id(g), time).map(|_| ());
                let reads = view.operators_may_read(f, group_id(g), time);
                write!(text, " {found:?} {reads}").expect("text");
            }
        }
    }
    for p in 0..PEOPLE {
        let u = person(p);
        let own: Vec<_> = view.active_devices(u).map(|(id, _)| id).collect();
        write!(text, "\n{u} {} {} {own:?}", view.active_user(u), view.is_operator(u)).expect("text");
        for f in (0..world::PLACES).map(place) {
            write!(text, " {} {}", view.is_administrator(u, f), view.is_group_manager(u, f)).expect("text");
        }
        for slot in 0..SLOTS {
            let id = device((p, slot));
            let (act, sign_in) = (view.may_act(u, id).map(|_| ()), view.may_sign_in(u, id).map(|_| ()));
            write!(text, " {} {act:?} {sign_in:?} {:?}", view.active_device(id), view.sealing(id)).expect("text");
        }
    }
    text
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, max_shrink_iters: 2_000, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(128))]

    #[test]
    fn rules_and_model_agree_from_the_beginning(raws in proptest::collection::vec(moves::raw(), 1..100)) {
        run(world::beginning(), &raws, &mut Tally::new())?;
    }

    #[test]
    fn rules_and_model_agree_with_groups_at_work(raws in proptest::collection::vec(moves::raw(), 1..140)) {
        run(world::with_groups(), &raws, &mut Tally::new())?;
    }

    #[test]
    fn rules_and_model_agree_with_invitations_open(raws in proptest::collection::vec(moves::raw(), 1..140)) {
        run(world::with_invitations(), &raws, &mut Tally::new())?;
    }

    #[test]
    fn rules_and_model_agree_with_keys_on_their_way(raws in proptest::collection::vec(moves::raw(), 1..140)) {
        run(world::with_keys(), &raws, &mut Tally::new())?;
    }

    #[test]
    fn rules_and_model_agree_with_uses_beyond_the_group(raws in proptest::collection::vec(moves::raw(), 1..140)) {
        run(world::with_uses(), &raws, &mut Tally::new())?;
    }

    #[test]
    fn rules_and_model_agree_with_a_frozen_group(raws in proptest::collection::vec(moves::raw(), 1..140)) {
        run(world::with_a_frozen_group(), &raws, &mut Tally::new())?;
    }
}

#[test]
fn every_kind_of_move_is_granted_and_refused_many_times() {
    let mut runner = TestRunner::new_with_rng(config(64), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let mut tally = Tally::new();
    for n in 0..312 {
        let raws = proptest::collection::vec(moves::raw(), 80..140).new_tree(&mut runner).expect("numbers").current();
        let scenes = [
            world::beginning,
            world::with_groups,
            world::with_invitations,
            world::with_keys,
            world::with_uses,
            world::with_a_frozen_group,
        ];
        let scene = scenes[n % 6]();
        run(scene, &raws, &mut tally).expect("rules and model agree");
    }
    assert_eq!(tally.len(), 47, "every kind of move was tried");
    let rare: Vec<_> = tally.iter().filter(|(_, (granted, refused))| *granted < 5 || *refused < 5).collect();
    assert!(rare.is_empty(), "granted or refused too seldom to say anything: {rare:?}");
}
