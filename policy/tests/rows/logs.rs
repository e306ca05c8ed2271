//! Statements and logs: what is signed is for one association, one log, one place, one time (promise 5).

use renkei_policy::chain::Chain;
use renkei_policy::group;
use renkei_policy::registry::Registry;
use renkei_proto::act::{Act, DelegationScope, GroupAct, GroupKind, HistoryPolicy, RegistryAct};
use renkei_proto::code::Code;
use renkei_proto::hash::Hash32;
use renkei_proto::id::AssociationId;
use renkei_proto::statement::{Claim, Head, LogId, Statement};

use crate::common::*;

const G: renkei_proto::id::GroupId = group(1);

fn registry_draft(d: &mut District, change: impl FnOnce(&mut Statement)) -> Statement {
    let mut statement = d.draft(CHIEF.admin(), RegistryAct::WipeDevice { device: NURSE.device });
    change(&mut statement);
    statement
}

fn group_draft(d: &mut District, change: impl FnOnce(&mut Statement)) -> Statement {
    let mut statement = d.draft_in(G, DOCTOR.admin(), Act::Group(GroupAct::Close));
    change(&mut statement);
    statement
}

fn scene() -> District {
    District::with_group(HistoryPolicy::All)
}

/// Both logs refuse a statement with the same thing changed.
fn both_refuse(change: impl Fn(&mut Statement), code: Code, promise: &str) {
    let mut d = scene();
    let statement = registry_draft(&mut d, &change);
    d.submit(&statement).refused(code, promise);
    let statement = group_draft(&mut d, &change);
    d.submit(&statement).refused(code, promise);
}

#[test]
fn p5_counters_have_no_gap_and_no_repetition() {
    for counter in [0, 1, u64::MAX] {
        both_refuse(|s| s.counter = counter, Code::CounterWrong, "promise 5: counters count");
    }
    both_refuse(|s| s.counter += 1, Code::CounterWrong, "promise 5: a gap shows a missing statement");
    both_refuse(|s| s.counter -= 1, Code::CounterWrong, "promise 5: a repetition is refused");
}

#[test]
fn p5_counters_are_a_devices_own_in_each_log() {
    let mut d = scene();
    assert_eq!(d.registry.counter(None), 3, "the root founded and appointed two");
    let in_group = d.group(G).counter(CHIEF.device);
    let in_registry = d.registry.counter(Some(CHIEF.device));
    assert_eq!((in_group, in_registry), (1, 3), "each log counts by itself");
    d.approve_device(CHIEF.admin(), NURSE.with(131)).expect("approved");
    assert_eq!(d.group(G).counter(CHIEF.device), in_group, "each log counts by itself");
    d.wipe(CHIEF.admin(), who(99)).refused(Code::Unknown, "there is no such device");
    assert_eq!(d.registry.counter(Some(CHIEF.device)), in_registry + 1, "a refusal is not counted");
}

#[test]
fn p5_a_statement_is_accepted_once() {
    let mut d = scene();
    let wipe = registry_draft(&mut d, |_| {});
    d.submit(&wipe).granted("once");
    d.submit(&wipe).refused(Code::CounterWrong, "promise 5: not twice");
    let epoch = d.epoch_draft(DOCTOR.oneself(), G);
    d.submit(&epoch).granted("once");
    d.submit(&epoch).refused(Code::EpochTaken, "promise 5: not twice");
    let mut d = scene();
    let message = d.accepted.last().expect("the nurse's message").signed.clone();
    d.submit_signed(message).refused(Code::CounterWrong, "promise 5: a message is not said twice");
}

#[test]
fn p5_a_statement_is_for_one_association() {
    let other = AssociationId([9; 16]);
    both_refuse(|s| s.association = other, Code::WrongLog, "promise 5: another association's statement");
    let mut d = District::open();
    let act = Act::Group(GroupAct::Create {
        kind: GroupKind::Free,
        originator: CLINIC,
        history: HistoryPolicy::All,
        creator_reads: true,
        label: boxes(1),
        named: named(G),
    });
    let mut statement = d.draft_in(G, DOCTOR.admin(), act);
    statement.association = other;
    d.submit(&statement).refused(Code::WrongLog, "promise 5: another association's group");
}

#[test]
fn p5_a_statement_is_for_one_log() {
    let mut d = scene();
    let statement = registry_draft(&mut d, |s| s.log = LogId::Group(G));
    d.submit(&statement).refused(Code::WrongLog, "promise 5: a registry act in a group");
    let statement = registry_draft(&mut d, |s| s.log = LogId::Group(group(7)));
    d.submit(&statement).refused(Code::Unknown, "promise 5: a registry act founds no group");
    let statement = group_draft(&mut d, |s| s.log = LogId::Registry);
    d.submit(&statement).refused(Code::WrongLog, "promise 5: a group act in the registry");
    // A statement for one group never counts in another, whoever hands it in there.
    d.create(DOCTOR.admin(), group(2), GroupKind::Free, true).expect("another group");
    let statement = group_draft(&mut d, |_| {});
    let verified = d.verified(&statement);
    let result = group::judge(Some(d.group(group(2))), &verified, d.registry.now(), d.now);
    result.refused(Code::WrongLog, "promise 5: a statement is for one group");
}

#[test]
fn p5_unknown_rules_are_refused() {
    for rules in [0, renkei_proto::RULES + 1, u16::MAX] {
        both_refuse(|s| s.rules = rules, Code::UnknownRules, "promise 5: rules that this build does not know");
    }
}

#[test]
fn p5_nobody_has_seen_the_future_or_another_history() {
    let code = Code::HeadMismatch;
    both_refuse(|s| s.seen.registry.size += 1, code, "promise 5: a registry longer than this one");
    both_refuse(|s| s.seen.registry.size = u64::MAX, code, "promise 5: a registry longer than this one");
    both_refuse(|s| s.seen.registry.hash = Hash32([7; 32]), code, "promise 5: another registry");
    both_refuse(|s| s.seen.group.size += 1, code, "promise 5: a group's log longer than this one");
    let mut d = scene();
    let statement = group_draft(&mut d, |s| s.seen.group.hash = Hash32([7; 32]));
    d.submit(&statement).refused(code, "promise 5: another group's history");
    let statement = group_draft(&mut d, |s| s.seen.group = Head { size: 0, hash: Hash32([7; 32]) });
    d.submit(&statement).refused(code, "promise 5: an empty log has no last entry");
    let old = d.chain.head_at(3).expect("three entries");
    let statement = group_draft(&mut d, |s| s.seen.registry = old);
    d.submit(&statement).refused(code, "a device has seen at least the entry that let it in");
    let old = d.chain.head_at(d.chain.head().size - 1).expect("all but one entry");
    let statement = group_draft(&mut d, |s| s.seen.registry = old);
    d.submit(&statement).granted("who has seen less has seen the same history");
}

#[test]
fn p5_a_signature_is_by_the_actors_own_key_over_the_exact_words() {
    let mut d = scene();
    let statement = group_draft(&mut d, |_| {});
    let forged = sign(&statement, &signing_key(CHIEF.device));
    d.submit_signed(forged).refused(Code::SignatureInvalid, "promise 5: signed by somebody else");
    let mut tampered = sign(&statement, &signing_key(DOCTOR.device));
    tampered.signature.0[3] ^= 1;
    d.submit_signed(tampered).refused(Code::SignatureInvalid, "promise 5: not a signature");
    let honest = sign(&statement, &signing_key(DOCTOR.device));
    let other = group_draft(&mut d, |s| s.claimed_at = s.claimed_at.plus(1));
    let mut moved = sign(&other, &signing_key(DOCTOR.device));
    moved.signature = honest.signature;
    d.submit_signed(moved).refused(Code::SignatureInvalid, "promise 5: over other words");
    let stranger = d.draft_in(G, who(99).admin(), Act::Group(GroupAct::Close));
    d.submit(&stranger).refused(Code::Unknown, "promise 5: a device that nobody registered");
}

#[test]
fn p5_a_registry_begins_with_its_founding_and_only_that() {
    let mut d = District::empty();
    d.apply(CLINIC, DOCTOR).refused(Code::NotFounded, "nothing comes before the founding");
    d.appoint_operator(OPERATOR).refused(Code::NotFounded, "nothing comes before the founding");
    let mut other = d.draft(ROOT, RegistryAct::CertifyServer(server_keys()));
    d.submit(&other).refused(Code::NotFounded, "nothing comes before the founding");
    d.found().granted("the root founds");
    d.found().refused(Code::AlreadyExists, "once");
    other.counter = 2;
    d.submit(&other).granted("the root certifies new keys of the server");
    let act = RegistryAct::CertifyServer(server_keys());
    d.appoint_operator(OPERATOR).expect("an operator");
    d.act(OPERATOR.operator(), act).refused(Code::NotRoot, "nobody else does");
}

#[test]
fn p5_the_association_is_its_root() {
    let mut d = District::empty();
    let stranger = renkei_proto::key::SigningSecret::from_seed(&[5; 32]);
    let act = RegistryAct::Found {
        root: stranger.public(),
        name: name("別の医師会"),
        desk: DESK,
        desk_name: name("療養相談室"),
        server: server_keys(),
    };
    let statement = d.draft(ROOT, act);
    d.submit(&statement).refused(Code::SignatureInvalid, "a founding is signed by the root that it names");
    let signed = sign(&statement, &stranger);
    d.submit_signed(signed).refused(Code::WrongLog, "an association is named by its own root");
    let mut d = scene();
    let act = RegistryAct::CertifyServer(server_keys());
    let statement = d.draft(ROOT, act);
    d.submit_signed(sign(&statement, &stranger)).refused(Code::SignatureInvalid, "there is one root");
}

#[test]
fn p5_nobody_acts_for_a_facility_in_the_registry() {
    let mut d = scene();
    d.delegate(DOCTOR.admin(), 1, DelegationScope::Facility, true).expect("delegated");
    let act = RegistryAct::RegisterStaff { facility: CLINIC, person: who(22).person() };
    d.act(OPERATOR.acting_for(CLINIC, 1), act).refused(Code::WrongRole, "A4.2: a delegation is for groups only");
}

#[test]
fn p5_a_judgement_holds_for_the_state_that_it_looked_at() {
    let mut d = scene();
    let (first, second) =
        (registry_draft(&mut d, |_| {}), d.draft(DOCTOR.admin(), RegistryAct::GrantGroupManager { user: CLERK.user }));
    let stale = d.registry.judge(&d.verified(&first), d.now).expect("permitted");
    let fresh = d.registry.judge(&d.verified(&second), d.now).expect("permitted");
    d.registry.fold(fresh).expect("nothing came between");
    let before = d.registry.clone();
    assert_eq!(d.registry.fold(stale), None, "promise 5: a stale judgement folds nothing");
    assert_eq!(d.registry, before, "promise 5: a stale judgement changes nothing");
    assert_eq!(Registry::default().fold(d.registry.judge(&d.verified(&first), d.now).expect("permitted")), None);

    let (first, second) = (group_draft(&mut d, |_| {}), d.epoch_draft(NURSE.oneself(), G));
    let mut it = d.groups.get(&G).and_then(|log| log.state.clone());
    let stale = group::judge(it.as_ref(), &d.verified(&first), d.registry.now(), d.now).expect("permitted");
    let fresh = group::judge(it.as_ref(), &d.verified(&second), d.registry.now(), d.now).expect("permitted");
    assert!(fresh.fold(&mut it), "nothing came between");
    let before = it.clone();
    assert!(!stale.clone().fold(&mut it), "promise 5: a stale judgement folds nothing");
    assert_eq!(it, before, "promise 5: a stale judgement changes nothing");
    let mut nothing = None;
    assert!(!stale.fold(&mut nothing) && nothing.is_none(), "promise 5: nor does it make a group");
}

#[test]
fn p5_a_chain_takes_the_next_entry_only() {
    let d = scene();
    let mut chain = Chain::new(LogId::Registry);
    assert!(d.chain.agrees(chain.head()).is_ok(), "an empty log agrees with every log");
    assert_eq!(d.chain.head_at(d.chain.head().size), Some(d.chain.head()));
    assert_eq!(d.chain.head_at(d.chain.head().size + 1), None);
    let first = &d.accepted[0];
    let statement = Claim::parse(first.signed.clone()).expect("canonical").unverified().clone();
    let header = chain.tip().next(&first.signed, &statement, first.time, 0);
    let entry = renkei_proto::entry::Entry { header, body: Some(first.signed.clone()) };
    chain.follow(&entry).expect("the first");
    assert_eq!(d.chain.head_at(1), Some(chain.head()), "two who follow one log hold one head");
    assert!(chain.follow(&entry).is_err(), "promise 5: no repetition");
    let fork = Head { size: 1, hash: Hash32([7; 32]) };
    d.chain.agrees(fork).refused(Code::HeadMismatch, "promise 5: a fork is noticed");
}

#[test]
fn p5_whoever_replays_the_logs_comes_to_the_same_state() {
    let mut d = scene();
    d.delegate(DOCTOR.admin(), 1, DelegationScope::Facility, true).expect("delegated");
    d.invite(OPERATOR.acting_for(CLINIC, 1), G, 2, CHIEF).expect("invited");
    d.approve(CHIEF.admin(), G, 2).expect("approved");
    d.revoke(DOCTOR.admin(), 1).expect("revoked");
    d.wipe(CHIEF.admin(), NURSE).expect("wiped");
    d.epoch(DOCTOR.oneself(), G).expect("an epoch");
    let copy = d.replayed();
    assert_eq!(copy.registry, d.registry, "promise 5: one log, one registry");
    assert_eq!(copy.states(), d.states(), "promise 5: judged under the registry of then, now and later alike");
}

#[test]
fn p5_who_is_given_no_messages_still_follows_who_governs_and_reads() {
    let mut d = scene();
    d.epoch(NURSE.oneself(), G).expect("an epoch");
    for who in [NURSE, DOCTOR, NURSE] {
        d.message(who.oneself(), G).expect("a message");
    }
    d.remove(CHIEF.admin(), G, NURSE).expect("removed");
    let mut state = None;
    for entry in d.accepted.iter().filter(|entry| entry.log == LogId::Group(G)) {
        let claim = Claim::parse(entry.signed.clone()).expect("canonical");
        let view = d.registry.at(entry.registry).expect("so far");
        let author = claim.unverified().actor.device().expect("a device");
        if matches!(claim.unverified().act, Act::Message(_)) {
            state.as_mut().map_or_else(
                || panic!("a group begins with its creation"),
                |it: &mut group::Group| {
                    it.pass_over(author);
                },
            );
        } else {
            let verified = view.authenticate(claim).granted("promise 5: signed by its author");
            let judged = group::judge(state.as_ref(), &verified, view, entry.time);
            assert!(judged.granted("promise 5: granted to one, granted to all").fold(&mut state));
        }
    }
    assert_eq!(state.as_ref(), Some(d.group(G)), "promise 5: the same group, with or without the messages");
}
