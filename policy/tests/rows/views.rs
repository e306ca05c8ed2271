//! The registry as it was: an entry is judged by what held when it was entered, for whoever looks at it later.

use renkei_policy::group::roster::Roster;
use renkei_proto::act::{Act, DelegationScope, GroupAct, GroupKind, HistoryPolicy};
use renkei_proto::code::Code;
use renkei_proto::id::{DeviceId, FacilityId, GroupId, UserId};

use crate::common::*;

const G: GroupId = group(1);

#[test]
fn p5_a_fact_begins_with_its_entry_and_not_before() {
    let mut d = District::open();
    let before = d.registry.size();
    d.appoint(DOCTOR.manager(), CLERK).expect("appointed");
    let after = d.registry.size();
    d.dismiss(DOCTOR.manager(), CLERK).expect("dismissed");
    let holds = |size| d.registry.at(size).expect("so far").is_administrator(CLERK.user, CLINIC);
    assert_eq!((before + 1, after + 1), (after, d.registry.size()));
    assert_eq!([holds(before), holds(after), holds(after + 1)], [false, true, false], "from its entry to its end");
    assert!(d.registry.at(d.registry.size() + 1).is_none(), "nobody sees the future");
}

#[test]
fn p5_an_ended_wiped_or_revoked_one_was_in_force_before() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.delegate(DOCTOR.admin(), 1, DelegationScope::Facility, true).expect("delegated");
    let before = d.registry.size();
    d.revoke(DOCTOR.admin(), 1).expect("revoked");
    d.wipe(CHIEF.admin(), NURSE).expect("wiped");
    d.end(CHIEF.admin(), NURSE).expect("ended");
    d.hand_over(DOCTOR.manager(), CLERK).expect("handed over");
    let (then, now) = (d.registry.at(before).expect("so far"), d.registry.now());
    then.may_act(NURSE.user, NURSE.device).granted("active then");
    now.may_act(NURSE.user, NURSE.device).refused(Code::DeviceWiped, "not active now");
    then.delegation(delegation(1), CLINIC, G, d.now).granted("delegated then");
    now.delegation(delegation(1), CLINIC, G, d.now).refused(Code::DelegationExpired, "revoked now");
    assert_eq!(
        (then.manager(CLINIC), now.manager(CLINIC)),
        (Some(DOCTOR.user), Some(CLERK.user)),
        "one after the other"
    );
    let (then, now) = (Roster::of(d.group(G), then, d.now), Roster::of(d.group(G), now, d.now));
    assert!(then.has(NURSE.user, NURSE.device) && !now.has(NURSE.user, NURSE.device), "a reader then, not now");
}

#[test]
fn p5_a_view_of_before_a_rotation_gives_the_keys_of_then() {
    let mut d = District::open();
    d.now = START.plus(A_DAY);
    let before = d.registry.size();
    d.rotate(NURSE.oneself(), sealing_after(NURSE.device, 1)).expect("rotated");
    d.now = d.now.plus(A_DAY);
    d.rotate(NURSE.oneself(), sealing_after(NURSE.device, 2)).expect("rotated again");
    let at = |size| d.registry.at(size).expect("so far").sealing(NURSE.device).map(|since| since.fingerprint);
    let fresh = |n| Some(sealing_after(NURSE.device, n));
    let all = [at(before), at(before + 1), at(before + 2)];
    assert_eq!(all, [Some(sealing(NURSE.device)), fresh(1), fresh(2)], "from its entry to the next");
}

#[test]
fn p5_a_roster_of_before_a_rotation_is_the_one_of_then() {
    let mut d = District::with_group(HistoryPolicy::All);
    let (size, before) = (d.registry.size(), d.roster(G).hash());
    d.now = START.plus(A_DAY);
    d.rotate(NURSE.oneself(), sealing_after(NURSE.device, 1)).expect("rotated");
    let then = Roster::of(d.group(G), d.registry.at(size).expect("so far"), d.now).hash();
    assert_eq!(then, before, "an entry is judged by the keys of its moment");
}

#[test]
fn p5_a_device_has_no_sealing_keys_before_the_entry_that_names_it() {
    let mut d = District::open();
    let (size, phone) = (d.registry.size(), NURSE.with(131));
    d.approve_device(CHIEF.admin(), phone).expect("named");
    let then = d.registry.at(size).expect("so far");
    assert_eq!(then.sealing(phone.device), None, "nobody seals to a device that isn't there");
}

#[test]
fn a12_3_one_registry_entry_changes_the_answer_to_the_same_statement() {
    let mut d = District::with_group(HistoryPolicy::All);
    let before = d.registry.size();
    d.wipe(CHIEF.admin(), NURSE).expect("wiped");
    let message = |d: &mut District| {
        let message = renkei_proto::act::Message {
            epoch: 1,
            salt: digest(b"salt"),
            flags: 0,
            ciphertext: renkei_proto::bytes::Blob::default(),
        };
        let mut statement = d.draft_in(G, NURSE.oneself(), Act::Message(message));
        statement.seen.registry = d.chain.head_at(before).expect("so far");
        sign(&statement, &signing_key(NURSE.device))
    };
    let (signed, size) = (message(&mut d), d.registry.size());
    d.submit_under(signed, size).refused(Code::DeviceWiped, "promise 3: refused from the wipe on");
    let signed = message(&mut d);
    d.submit_under(signed, before).granted("promise 5: what was entered before the wipe stays valid for all");
}

#[test]
fn p5_who_has_seen_the_newer_registry_is_not_judged_under_an_older_one() {
    let mut d = District::with_group(HistoryPolicy::All);
    let before = d.registry.size();
    d.wipe(CHIEF.admin(), NURSE).expect("wiped");
    let epoch = d.group(G).epoch();
    let message = renkei_proto::act::Message {
        epoch,
        salt: digest(b"salt"),
        flags: 0,
        ciphertext: renkei_proto::bytes::Blob::default(),
    };
    let statement = d.draft_in(G, DOCTOR.oneself(), Act::Message(message));
    let signed = sign(&statement, &signing_key(DOCTOR.device));
    let result = d.submit_under(signed, before);
    result.refused(Code::HeadMismatch, "promise 3: a server can't hide a wipe from the answer to somebody who saw it");
}

#[test]
fn p5_a_device_is_unknown_before_the_entry_that_names_it() {
    let mut d = District::with_group(HistoryPolicy::All);
    let before = d.registry.size();
    d.hires(DOCTOR.admin(), CLINIC, who(22));
    d.appoint(DOCTOR.manager(), who(22)).expect("appointed");
    let statement = d.draft_in(G, who(22).admin(), Act::Group(GroupAct::Close));
    let signed = sign(&statement, &signing_key(who(22).device));
    d.submit_under(signed.clone(), before).refused(Code::Unknown, "nobody acts before being registered");
    let size = d.registry.size();
    d.submit_under(signed, size).granted("but after it");
}

/// Every answer of a view to every question about everybody, as text.
fn answers(d: &District, size: u64) -> Vec<String> {
    let view = d.registry.at(size).expect("the registry has grown so far");
    let users: Vec<UserId> = [1, 2, 20, 21, 22, 30, 31, 32, 40, 99].map(|n| UserId([n; 16])).to_vec();
    let devices: Vec<DeviceId> = [1, 20, 21, 22, 30, 31, 32, 40, 121, 130, 131, 99].map(|n| DeviceId([n; 16])).to_vec();
    let facilities: [FacilityId; 6] = [DESK, CLINIC, STATION, OFFICE, facility(9), facility(99)];
    let mut all = vec![
        format!("facilities {:?}", view.facilities().map(|(id, _)| id).collect::<Vec<_>>()),
        format!("users {:?}", view.users().map(|(id, _)| id).collect::<Vec<_>>()),
        format!("devices {:?}", view.devices().map(|(id, _)| id).collect::<Vec<_>>()),
        format!("delegations {:?}", view.delegations().map(|(id, _)| id).collect::<Vec<_>>()),
    ];
    for f in facilities {
        let administrators: Vec<_> = view.administrators(f).collect();
        let (here, admitted, desk) = (view.facility(f).is_some(), view.admitted(f), view.is_desk(f));
        all.push(format!("{f}: {here} {admitted} {desk} {:?} {administrators:?}", view.manager(f)));
        for n in [1, 2, 3] {
            let delegation = view.delegation(delegation(n), f, G, START).map(|_| ()).map_err(|no| no.0);
            all.push(format!("{f} delegation {n}: {delegation:?} {}", view.operators_may_read(f, G, START)));
        }
        for &u in &users {
            all.push(format!("{u} at {f}: {} {}", view.is_administrator(u, f), view.is_group_manager(u, f)));
        }
    }
    for &u in &users {
        let own: Vec<_> = view.active_devices(u).map(|(id, _)| id).collect();
        let (here, active, operator) = (view.user(u).is_some(), view.active_user(u), view.is_operator(u));
        all.push(format!("{u}: {here} {active} {operator} {own:?}"));
        for &device in &devices {
            let act = view.may_act(u, device).map(|_| ()).map_err(|no| no.0);
            let sign_in = view.may_sign_in(u, device).map(|_| ()).map_err(|no| no.0);
            all.push(format!("{u} with {device}: {act:?} {sign_in:?}"));
        }
    }
    all.extend(devices.iter().map(|&id| format!("{id}: {} {}", view.device(id).is_some(), view.active_device(id))));
    all.extend(devices.iter().map(|&id| format!("{id} receives with {:?}", view.sealing(id))));
    all
}

#[test]
fn p5_every_answer_about_the_past_is_what_it_was() {
    let mut d = District::empty();
    let mut told: Vec<(u64, Vec<String>)> = Vec::new();
    let mut step = |d: &mut District, act: &mut dyn FnMut(&mut District)| {
        act(d);
        told.push((d.registry.size(), answers(d, d.registry.size())));
    };
    step(&mut d, &mut |d| d.found().expect("founded"));
    step(&mut d, &mut |d| d.appoint_operator(OPERATOR).expect("an operator"));
    step(&mut d, &mut |d| d.appoint_operator(COLLEAGUE).expect("an operator"));
    for (place, manager) in [(CLINIC, DOCTOR), (STATION, CHIEF)] {
        step(&mut d, &mut |d| d.apply(place, manager).expect("applied"));
        step(&mut d, &mut |d| drop(d.admit(OPERATOR.operator(), place).expect("a voice")));
        step(&mut d, &mut |d| drop(d.admit(ROOT, place).expect("a voice")));
    }
    step(&mut d, &mut |d| d.register_unpledged(CHIEF.admin(), STATION, NURSE).expect("registered"));
    step(&mut d, &mut |d| drop(d.approve_device(CHIEF.admin(), NURSE).expect("approved")));
    step(&mut d, &mut |d| d.pledge(CHIEF.admin(), NURSE, signed_pledge("2026-11-02")).expect("pledged"));
    step(&mut d, &mut |d| d.grant(CHIEF.admin(), NURSE).expect("granted"));
    step(&mut d, &mut |d| d.appoint(CHIEF.manager(), NURSE).expect("appointed"));
    let phone = CHIEF.with(130);
    step(&mut d, &mut |d| drop(d.approve_device(CHIEF.oneself(), phone).expect("vouched")));
    step(&mut d, &mut |d| drop(d.approve_device(NURSE.admin(), phone).expect("approved")));
    step(&mut d, &mut |d| drop(d.wipe(phone.oneself(), CHIEF).expect("wiped")));
    step(&mut d, &mut |d| d.delegate(phone.admin(), 1, DelegationScope::Facility, true).expect("delegated"));
    step(&mut d, &mut |d| d.delegate(NURSE.admin(), 2, DelegationScope::Group(G), false).expect("delegated"));
    step(&mut d, &mut |d| d.revoke(NURSE.admin(), 1).expect("revoked"));
    step(&mut d, &mut |d| d.take_back(phone.admin(), NURSE).expect("taken back"));
    step(&mut d, &mut |d| d.grant(phone.admin(), NURSE).expect("granted again"));
    step(&mut d, &mut |d| d.hand_over(phone.manager(), NURSE).expect("handed over"));
    step(&mut d, &mut |d| d.dismiss(NURSE.manager(), CHIEF).expect("dismissed"));
    step(&mut d, &mut |d| d.appoint(NURSE.manager(), CHIEF).expect("appointed again"));
    d.now = d.now.plus(A_DAY);
    step(&mut d, &mut |d| d.rotate(NURSE.oneself(), sealing_after(NURSE.device, 1)).expect("rotated"));
    step(&mut d, &mut |d| drop(d.end(NURSE.admin(), CHIEF).expect("ended")));
    step(&mut d, &mut |d| drop(d.end(ROOT, COLLEAGUE).expect("ended")));
    for (size, then) in told {
        assert_eq!(
            answers(&d, size),
            then,
            "promise 5: the registry of {size} entries answers for ever as it did then"
        );
    }
}

#[test]
fn a04_1_a_group_is_judged_by_the_registry_of_its_entry() {
    let mut d = District::open();
    d.grant(DOCTOR.admin(), CLERK).expect("granted");
    let size = d.registry.size();
    let act = Act::Group(GroupAct::Create {
        kind: GroupKind::Free,
        originator: CLINIC,
        history: HistoryPolicy::All,
        creator_reads: true,
        label: boxes(1),
        named: named(G),
    });
    let statement = d.draft_in(G, CLERK.group_manager(), act);
    d.take_back(DOCTOR.admin(), CLERK).expect("taken back");
    let signed = sign(&statement, &signing_key(CLERK.device));
    let now = d.registry.size();
    d.submit_under(signed.clone(), now).refused(Code::NotOriginator, "A4.1: no longer granted");
    d.submit_under(signed, size).granted("A4.1: granted when it was entered");
}
