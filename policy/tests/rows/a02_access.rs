//! Article 2: who sees the record of access (A2.1).

use renkei_policy::Refusal;
use renkei_policy::a02_access::{Lens, permit_counts, permit_records};
use renkei_proto::access::{AccessRecord, Asked, Scope, Stage, What};
use renkei_proto::act::HistoryPolicy;
use renkei_proto::code::Code;
use renkei_proto::hash::Hash32;
use renkei_proto::id::{FacilityId, GroupId};
use renkei_proto::time::Time;

use crate::common::*;

const G: GroupId = group(1);

fn district() -> District {
    District::with_group(HistoryPolicy::All)
}

fn originator(d: &District, id: GroupId) -> Option<FacilityId> {
    d.groups.get(&id).and_then(|log| log.state.as_ref()).map(renkei_policy::group::Group::originator)
}

fn permit(d: &District, who: Who, scope: Scope) -> Result<Lens, Refusal> {
    let view = d.registry.now();
    let viewer = view.may_act(who.user, who.device).expect("active");
    permit_records(view, &viewer, scope, |id| originator(d, id))
}

fn shows(d: &District, lens: Lens, record: &AccessRecord) -> bool {
    lens.shows(d.registry.now(), record, |id| originator(d, id))
}

fn record(who: Option<Who>, what: What) -> AccessRecord {
    AccessRecord {
        version: 1,
        seq: 0,
        prev: Hash32([0; 32]),
        time: Time(0),
        user: who.map(|who| who.user),
        device: who.map(|who| who.device),
        source: None,
        what,
    }
}

fn opened(who: Who, group: GroupId) -> AccessRecord {
    record(Some(who), What::Opened { group, stage: Stage::Began, first: 1, last: 2, messages: 2 })
}

#[test]
fn a02_1_a_person_sees_the_own_records_and_no_others() {
    let d = district();
    for scope in [Scope::Own, Scope::User(NURSE.user)] {
        let lens = permit(&d, NURSE, scope).expect("A2.1: one's own");
        assert!(shows(&d, lens, &opened(NURSE, G)), "A2.1: the own record");
        assert!(!shows(&d, lens, &opened(CHIEF, G)), "A2.1: not a colleague's");
        assert!(!shows(&d, lens, &record(None, What::Started)), "A2.1: nor the server's");
    }
    for scope in [Scope::Facility, Scope::Group(G), Scope::User(CHIEF.user)] {
        permit(&d, NURSE, scope).refused(Code::NotAdministrator, "A2.1: only an SNS administrator sees others'");
    }
}

#[test]
fn a02_1_an_administrator_sees_the_own_people_and_the_own_groups() {
    let d = district();
    let lens = permit(&d, DOCTOR, Scope::Facility).expect("A2.1: the facility's");
    assert!(shows(&d, lens, &opened(NURSE, G)), "A2.1: whoever opens a group of the facility");
    let attempt = What::Refused { asked: Asked::Export, code: Code::NotForYou, group: Some(G), times: 1 };
    assert!(shows(&d, lens, &record(Some(CHIEF), attempt)), "A2.1: or tries to");
    assert!(shows(&d, lens, &record(Some(DOCTOR), What::SetUp)), "A2.1: whatever the own people do");
    assert!(!shows(&d, lens, &record(Some(NURSE), What::SetUp)), "A2.1: not what others do elsewhere");
    assert!(!shows(&d, lens, &opened(NURSE, group(2))), "A2.1: nor in groups of others");
    let lens = permit(&d, DOCTOR, Scope::Group(G)).expect("A2.1: the own group");
    assert!(shows(&d, lens, &opened(NURSE, G)), "A2.1: who opened it");
    assert!(!shows(&d, lens, &record(Some(DOCTOR), What::SetUp)), "A2.1: that group only");
}

#[test]
fn a02_1_another_facilitys_administrator_sees_nothing_of_it() {
    let d = district();
    permit(&d, CHIEF, Scope::Group(G)).refused(Code::NotForYou, "A2.1: not the originator's administrator");
    permit(&d, CHIEF, Scope::Group(group(9))).refused(Code::NotForYou, "A2.1: nor of a group that there is not");
    permit(&d, CHIEF, Scope::User(DOCTOR.user)).refused(Code::NotForYou, "A2.1: not another facility's person");
    let lens = permit(&d, CHIEF, Scope::Facility).expect("A2.1: her own facility's");
    assert!(shows(&d, lens, &opened(NURSE, G)), "A2.1: her own people, wherever they are");
    assert!(!shows(&d, lens, &opened(DOCTOR, G)), "A2.1: nobody else's");
}

#[test]
fn a02_1_of_facilities_the_desk_sees_numbers_only() {
    let mut d = district();
    for scope in [Scope::Group(G), Scope::User(NURSE.user), Scope::Group(group(9))] {
        permit(&d, OPERATOR, scope).refused(Code::NotForYou, "A2.1: no records of a facility for the Desk");
    }
    let lens = permit(&d, OPERATOR, Scope::Facility).expect("A2.1: those of the Desk's own people");
    assert!(shows(&d, lens, &opened(COLLEAGUE, G)), "A2.1: what a colleague had open");
    assert!(!shows(&d, lens, &opened(NURSE, G)), "A2.1: nobody else's");
    permit(&d, OPERATOR, Scope::User(COLLEAGUE.user)).expect("A2.1: a colleague's, whose device was lost");
    permit(&d, OPERATOR, Scope::Own).expect("A2.1: but one's own");
    let counts = |who: Who| {
        let view = d.registry.now();
        permit_counts(view, &view.may_act(who.user, who.device).expect("active"))
    };
    counts(OPERATOR).expect("A2.1: numbers");
    for who in [DOCTOR, NURSE] {
        counts(who).refused(Code::NotOperator, "A2.1: numbers of all facilities are the Desk's");
    }
    permit(&d, DOCTOR, Scope::Counts).refused(Code::NotForYou, "A2.1: and no scope of records");
    for seat in [OPERATOR, COLLEAGUE] {
        let end = renkei_proto::act::RegistryAct::EndFacility { facility: CLINIC, close_groups: true };
        d.act(seat.operator(), end).expect("signed");
    }
    let lens = permit(&d, OPERATOR, Scope::Group(G)).expect("A3.2: who answers for what a facility has left behind");
    assert!(shows(&d, lens, &opened(NURSE, G)), "A2.1: sees who read it");
    permit(&d, CHIEF, Scope::Group(G)).refused(Code::NotForYou, "A2.1: and nobody else does");
}
