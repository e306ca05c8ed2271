//! Article 8: what an administrator has listed (A8.1), and who may register from a file (A8.3).

use renkei_policy::group::a08_lists::{self, Touch};
use renkei_policy::registry::{a08_staff, a09_pledge};
use renkei_proto::act::{DelegationScope, GroupKind, HistoryPolicy};
use renkei_proto::code::Code;
use renkei_proto::id::{FacilityId, GroupId};
use renkei_proto::time::{Date, Time};

use crate::common::*;

const G: GroupId = group(1);

fn touch(d: &District, facility: FacilityId) -> Option<Touch> {
    a08_lists::touches(d.group(G), d.registry.now(), facility, d.now)
}

#[test]
fn a08_1_only_an_administrator_has_the_own_facility_listed() {
    let mut d = District::open();
    let permit = |d: &District, who: Who| a08_lists::permit(d.registry.now(), who.user);
    assert_eq!(permit(&d, CHIEF), Ok(STATION), "A8.1: the own facility");
    assert_eq!(permit(&d, OPERATOR), Ok(DESK), "A8.1: an operator, the Desk");
    permit(&d, NURSE).refused(Code::NotAdministrator, "A8.1: staff has nothing listed");
    permit(&d, who(99)).refused(Code::Unknown, "A8.1: there is no such ID");
    d.grant(CHIEF.admin(), NURSE).expect("granted");
    permit(&d, NURSE).refused(Code::NotAdministrator, "A8.1: a group manager governs groups, not the facility");
    d.appoint(CHIEF.manager(), NURSE).expect("appointed");
    assert_eq!(permit(&d, NURSE), Ok(STATION), "A8.1: appointed");
    d.dismiss(CHIEF.manager(), NURSE).expect("dismissed");
    permit(&d, NURSE).refused(Code::NotAdministrator, "A8.1: dismissed");
}

#[test]
fn a08_1_a_group_touches_who_opened_it_reads_it_or_is_invited() {
    let mut d = District::open();
    d.create_for(DOCTOR.admin(), CLINIC, G, GroupKind::Patient, HistoryPolicy::All, true).expect("a group");
    d.consent(DOCTOR.admin(), G).expect("consent");
    let all = |d: &District| [CLINIC, STATION, OFFICE, DESK].map(|facility| touch(d, facility));
    assert_eq!(all(&d), [Some(Touch::Originated), None, None, None], "A8.1: its originator alone");
    d.invite(DOCTOR.admin(), G, 1, NURSE).expect("invited");
    assert_eq!(touch(&d, STATION), Some(Touch::Invited), "A8.1: somebody waits for a decision");
    d.approve(CHIEF.admin(), G, 1).expect("approved");
    assert_eq!(touch(&d, STATION), Some(Touch::Members), "A8.1: somebody reads");
    d.invite(DOCTOR.admin(), G, 2, PLANNER).expect("invited");
    d.decline(PLANNER.admin(), G, 2).expect("declined");
    assert_eq!(touch(&d, OFFICE), None, "A8.1: a declined invitation touches nobody");
    d.remove(CHIEF.admin(), G, NURSE).expect("removed");
    assert_eq!(all(&d), [Some(Touch::Originated), None, None, None], "A8.1: nor does a membership that is over");
    d.close(DOCTOR.admin(), G).expect("closed");
    assert_eq!(touch(&d, CLINIC), Some(Touch::Originated), "A8.1: a closed group is still its originator's");
}

#[test]
fn a08_1_a_group_touches_the_desk_for_as_long_as_a_delegation_holds() {
    let mut d = District::with_group(HistoryPolicy::All);
    assert_eq!(touch(&d, DESK), None);
    d.delegate(DOCTOR.admin(), 1, DelegationScope::Group(group(9)), false).expect("delegated");
    assert_eq!(touch(&d, DESK), None, "A4.2: a delegation of another group");
    d.delegate(DOCTOR.admin(), 2, DelegationScope::Facility, false).expect("delegated");
    assert_eq!(touch(&d, DESK), Some(Touch::Delegated), "A4.2: the Desk acts in it");
    let later = Time(d.now.0 + 2 * 366 * A_DAY);
    assert_eq!(a08_lists::touches(d.group(G), d.registry.now(), DESK, later), None, "A4.2: it ends on its day");
    d.revoke(DOCTOR.admin(), 2).expect("revoked");
    assert_eq!(touch(&d, DESK), None, "A4.2: revoked");
}

#[test]
fn a08_3_what_is_said_of_a_file_beforehand_is_what_the_rules_say_of_each_statement() {
    let mut d = District::open();
    for (person, facility) in
        [(CHIEF, STATION), (NURSE, STATION), (DOCTOR, STATION), (OPERATOR, DESK), (OPERATOR, STATION), (CHIEF, OFFICE)]
    {
        let said = a08_staff::may_register(d.registry.now(), person.user, facility).map_err(|refusal| refusal.0);
        let seat = if person == OPERATOR { person.operator() } else { person.admin() };
        let done = d.register(seat, facility, who(77));
        assert_eq!(said, done, "A8.3: {person:?} at {facility}");
    }
    let day: Date = "2026-03-10".parse().expect("a day");
    let start = Time(u64::try_from(day.days()).expect("after 1970") * A_DAY);
    a09_pledge::permit_day(day, start).granted("A9.1: today");
    a09_pledge::permit_day(day, Time(start.0 - A_DAY)).refused(Code::DateOutOfRange, "A9.1: tomorrow, everywhere");
}
