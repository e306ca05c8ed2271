//! Article 4: the originating facility, and the Desk by delegation (A4.1, A4.2).

use renkei_proto::act::{DelegationScope, GroupKind, HistoryPolicy, RegistryAct};
use renkei_proto::code::Code;
use renkei_proto::id::FacilityId;
use renkei_proto::statement::{ActingFor, Role};
use renkei_proto::time::Time;

use crate::common::*;

const G: renkei_proto::id::GroupId = group(1);

fn create_as(d: &mut District, seat: Seat, originator: FacilityId, n: u8) -> Result<(), Code> {
    d.create_for(seat, originator, group(n), GroupKind::Patient, HistoryPolicy::All, false)
}

fn delegate_until(d: &mut District, until: Time) -> Result<(), Code> {
    let scope = DelegationScope::Facility;
    let act = RegistryAct::Delegate { delegation: delegation(9), scope, until, operators_read: false };
    d.act(DOCTOR.admin(), act).map(|_| ())
}

#[test]
fn a04_1_the_facilitys_administrators_and_group_managers_create_its_groups() {
    let mut d = District::open();
    create_as(&mut d, DOCTOR.admin(), CLINIC, 1).granted("A4.1: the SNS administrator creates");
    create_as(&mut d, CLERK.group_manager(), CLINIC, 2).refused(Code::NotOriginator, "A4.1: who was granted nothing");
    d.grant(DOCTOR.admin(), CLERK).granted("A4.1: an SNS administrator grants it");
    create_as(&mut d, CLERK.group_manager(), CLINIC, 2).granted("A4.1: who was granted it creates");
    d.take_back(DOCTOR.admin(), CLERK).granted("A4.1: the grant is taken back");
    create_as(&mut d, CLERK.group_manager(), CLINIC, 3).refused(Code::NotOriginator, "A4.1: no more after that");
}

#[test]
fn a04_1_nobody_creates_a_group_of_another_facility() {
    let mut d = District::open();
    let code = Code::NotOriginator;
    create_as(&mut d, CHIEF.admin(), CLINIC, 1).refused(code, "A4.1: another facility's administrator");
    create_as(&mut d, CLERK.admin(), CLINIC, 1).refused(code, "A4.1: staff that claims the role");
    create_as(&mut d, CLERK.oneself(), CLINIC, 1).refused(code, "A4.1: staff in no role");
    create_as(&mut d, DOCTOR.manager(), CLINIC, 1).refused(code, "A4.1: the facility manager as such");
    create_as(&mut d, DOCTOR.operator(), CLINIC, 1).refused(Code::NotOperator, "A4.2: a pretended operator");
    create_as(&mut d, DOCTOR.admin(), facility(99), 1).refused(Code::Unknown, "A4.1: a facility that isn't there");
}

#[test]
fn a04_1_only_the_originator_governs_its_group() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.create(DOCTOR.admin(), group(2), GroupKind::Patient, true).expect("a group");
    let code = Code::NotOriginator;
    for seat in [CHIEF.admin(), NURSE.oneself(), CHIEF.group_manager(), CLERK.admin()] {
        d.invite(seat, G, 9, CLERK).refused(code, "A5.2: only the originator invites");
        d.close(seat, G).refused(code, "A5.1: only the originator closes");
        d.remove(seat, G, DOCTOR).refused(code, "A5.2: others remove nobody of the originator");
        d.consent(seat, group(2)).refused(code, "A6.1: only the originator records the consent");
    }
}

#[test]
fn a04_1_governing_needs_no_reading() {
    let mut d = District::open();
    d.create(DOCTOR.admin(), G, GroupKind::Patient, false).granted("A4.1: the creator need not read");
    d.consent(DOCTOR.admin(), G).granted("A4.1: who governs need not read");
    assert!(d.roster(G).is_empty(), "A4.1: governing makes no reader");
    d.message_in(DOCTOR.oneself(), G, 0).refused(Code::NotAReader, "A4.1: governing makes no reader");
    d.epoch(DOCTOR.oneself(), G).refused(Code::NotAReader, "A4.1: governing makes no reader");
}

#[test]
fn a04_2_the_desk_originates_by_delegation_and_every_act_names_the_facility() {
    let mut d = District::open();
    create_as(&mut d, OPERATOR.acting_for(CLINIC, 1), CLINIC, 1)
        .refused(Code::DelegationMissing, "A4.2: no delegation");
    create_as(&mut d, OPERATOR.operator(), CLINIC, 1).refused(Code::DelegationMissing, "A4.2: no delegation is named");
    d.delegate(DOCTOR.admin(), 1, DelegationScope::Facility, false).granted("A4.2: a member delegates");
    create_as(&mut d, OPERATOR.operator(), CLINIC, 1).refused(Code::DelegationMissing, "A4.2: the act names it");
    create_as(&mut d, OPERATOR.acting_for(CLINIC, 1), CLINIC, 1).granted("A4.2: the Desk creates for the clinic");
    let acting_for = Some(ActingFor { facility: CLINIC, delegation: delegation(1) });
    let created = d.group(G).created();
    assert_eq!((created.user, created.acting_for), (OPERATOR.user, acting_for), "A4.2: the log names both");
    d.consent(COLLEAGUE.acting_for(CLINIC, 1), G).granted("A4.2: any operator acts under it");
    d.invite(OPERATOR.acting_for(CLINIC, 1), G, 1, NURSE).granted("A4.2: the Desk invites for the clinic");
    d.invite(DOCTOR.admin(), G, 2, CLERK).granted("A4.1: the clinic governs beside it");
}

#[test]
fn a04_2_a_delegation_serves_its_facility_alone() {
    let mut d = District::open();
    d.delegate(DOCTOR.admin(), 1, DelegationScope::Facility, false).expect("delegated");
    let code = Code::DelegationMissing;
    create_as(&mut d, OPERATOR.acting_for(STATION, 1), STATION, 1).refused(code, "A4.2: another facility's delegation");
    let result = create_as(&mut d, OPERATOR.acting_for(CLINIC, 1), STATION, 1);
    result.refused(Code::NotOriginator, "A4.2: acting for one facility, originating for another");
    let clinic = OPERATOR.acting_for(CLINIC, 1);
    for role in [Role::SnsAdministrator, Role::GroupManager, Role::User, Role::FacilityManager] {
        let seat = Seat { role, ..clinic };
        create_as(&mut d, seat, CLINIC, 1).refused(Code::WrongRole, "A4.2: only an operator acts for a facility");
    }
    let seat = DOCTOR.acting_for(CLINIC, 1);
    create_as(&mut d, seat, CLINIC, 1).refused(Code::NotOperator, "A4.2: only an operator acts for a facility");
}

#[test]
fn a04_2_a_delegation_for_one_group_serves_that_group_alone() {
    let mut d = District::open();
    d.delegate(DOCTOR.admin(), 1, DelegationScope::Group(G), false).granted("A4.2: per group");
    let code = Code::DelegationMissing;
    create_as(&mut d, OPERATOR.acting_for(CLINIC, 1), CLINIC, 2).refused(code, "A4.2: another group");
    create_as(&mut d, OPERATOR.acting_for(CLINIC, 1), CLINIC, 1).granted("A4.2: the group named");
}

#[test]
fn a04_2_a_delegation_for_anothers_group_gives_nothing() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.delegate(CHIEF.admin(), 1, DelegationScope::Group(G), true).expect("the station names the clinic's group");
    let code = Code::NotOriginator;
    d.close(OPERATOR.acting_for(STATION, 1), G).refused(code, "A4.2: only the originator delegates its group");
    d.close(OPERATOR.acting_for(CLINIC, 1), G).refused(Code::DelegationMissing, "A4.2: under a false flag");
    d.invite(DOCTOR.admin(), G, 9, OPERATOR).refused(Code::DelegationWithoutReading, "A4.2: it lets nobody read");
}

#[test]
fn a04_2_a_delegation_ends_at_its_second() {
    let mut d = District::open();
    d.delegate(DOCTOR.admin(), 1, DelegationScope::Facility, false).expect("delegated");
    let end = START.plus(A_YEAR);
    d.now = Time(end.0 - 1);
    create_as(&mut d, OPERATOR.acting_for(CLINIC, 1), CLINIC, 1).granted("A4.2: its last second");
    d.now = end;
    let result = d.invite(OPERATOR.acting_for(CLINIC, 1), G, 1, NURSE);
    result.refused(Code::DelegationExpired, "A4.2: over at its end");
}

#[test]
fn a04_2_a_revoked_delegation_is_over_at_once() {
    let mut d = District::open();
    d.delegate(DOCTOR.admin(), 1, DelegationScope::Facility, false).expect("delegated");
    create_as(&mut d, OPERATOR.acting_for(CLINIC, 1), CLINIC, 1).expect("created");
    d.revoke(CHIEF.admin(), 1).refused(Code::NotAdministrator, "A4.2: the delegating facility revokes");
    d.revoke(OPERATOR.operator(), 1).refused(Code::NotAdministrator, "A4.2: the delegating facility revokes");
    d.revoke(CLERK.admin(), 1).refused(Code::NotAdministrator, "A4.2: its SNS administrator revokes");
    d.revoke(DOCTOR.admin(), 2).refused(Code::Unknown, "A4.2: there is no such delegation");
    d.revoke(DOCTOR.admin(), 1).granted("A4.2: revocable");
    let seat = OPERATOR.acting_for(CLINIC, 1);
    let code = Code::DelegationExpired;
    d.invite(seat, G, 1, NURSE).refused(code, "A4.2: nothing more under it");
    d.close(seat, G).refused(code, "A4.2: nothing more under it");
    create_as(&mut d, seat, CLINIC, 2).refused(code, "A4.2: nothing more under it");
    d.revoke(DOCTOR.admin(), 1).refused(Code::NothingToDo, "A4.2: revoked is revoked");
    let again = d.delegate(DOCTOR.admin(), 1, DelegationScope::Facility, false);
    again.refused(Code::AlreadyExists, "A4.2: a revoked delegation does not come back under its name");
}

#[test]
fn a04_2_only_members_of_the_association_delegate() {
    let mut d = District::open();
    let scope = DelegationScope::Facility;
    d.delegate(PLANNER.admin(), 1, scope, false).refused(Code::NotAMember, "A4.2: the office is not a member");
    d.delegate(OPERATOR.operator(), 1, scope, false)
        .refused(Code::NothingToDo, "A4.2: the Desk needs none from itself");
    d.delegate(CLERK.admin(), 1, scope, false).refused(Code::NotAdministrator, "A4.2: an SNS administrator delegates");
    d.delegate(DOCTOR.manager(), 1, scope, false).refused(Code::WrongRole, "A4.2: in that role");
}

#[test]
fn a04_2_a_delegation_has_an_end_date() {
    let mut d = District::open();
    let longest = renkei_policy::registry::a04_delegation::LONGEST;
    let code = Code::DateOutOfRange;
    delegate_until(&mut d, START).refused(code, "A4.2: it ends in the future");
    delegate_until(&mut d, START.plus(longest + 1)).refused(code, "A4.2: it doesn't last for ever");
    delegate_until(&mut d, Time(u64::MAX)).refused(code, "A4.2: it doesn't last for ever");
    delegate_until(&mut d, START.plus(longest)).granted("A4.2: five years");
}

#[test]
fn a04_2_operators_read_only_where_the_delegation_says_so() {
    let mut d = District::with_group(HistoryPolicy::All);
    let code = Code::DelegationWithoutReading;
    d.invite(DOCTOR.admin(), G, 8, OPERATOR).refused(code, "A4.2: no delegation at all");
    d.delegate(DOCTOR.admin(), 1, DelegationScope::Facility, false).expect("delegated");
    d.invite(DOCTOR.admin(), G, 8, OPERATOR).refused(code, "A4.2: a delegation to govern only");
    d.delegate(DOCTOR.admin(), 2, DelegationScope::Group(group(2)), true).expect("delegated");
    d.invite(DOCTOR.admin(), G, 8, OPERATOR).refused(code, "A4.2: reading in another group only");
    d.delegate(DOCTOR.admin(), 3, DelegationScope::Group(G), true).expect("delegated");
    d.invite(DOCTOR.admin(), G, 8, OPERATOR).granted("A4.2: reading in this group");
    d.approve(COLLEAGUE.operator(), G, 8).granted("A8.4: the Desk's own administrator approves");
    assert!(d.roster(G).has(OPERATOR.user, OPERATOR.device), "A4.2: now the operator reads");
}

#[test]
fn a04_2_an_operators_invitation_dies_with_the_leave_to_read() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.delegate(DOCTOR.admin(), 1, DelegationScope::Group(G), true).expect("delegated");
    d.invite(DOCTOR.admin(), G, 8, OPERATOR).expect("invited");
    d.revoke(DOCTOR.admin(), 1).expect("revoked");
    let result = d.approve(COLLEAGUE.operator(), G, 8);
    result.refused(Code::DelegationWithoutReading, "A4.2: an invitation is no way around a revocation");
}

#[test]
fn a04_2_an_operator_creates_for_a_facility_without_reading() {
    let mut d = District::open();
    let seat = OPERATOR.acting_for(CLINIC, 1);
    d.delegate(DOCTOR.admin(), 1, DelegationScope::Facility, false).expect("delegated");
    d.create(seat, G, GroupKind::Free, true).refused(Code::DelegationWithoutReading, "A4.2: no leave to read");
    d.delegate(DOCTOR.admin(), 2, DelegationScope::Facility, true).expect("delegated");
    d.create(seat, G, GroupKind::Free, true).refused(Code::ApprovalMissing, "A8.4: a reader needs an approval");
}

#[test]
fn a04_2_the_desk_has_groups_of_its_own_but_no_patients() {
    let mut d = District::open();
    let create = |d: &mut District, kind| d.create_for(OPERATOR.operator(), DESK, G, kind, HistoryPolicy::All, true);
    create(&mut d, GroupKind::Patient).refused(Code::DelegationMissing, "A4.1: the Desk manages no patient");
    create(&mut d, GroupKind::Free).granted("A5.1: a round of training is the Desk's own group");
    assert!(d.roster(G).has(OPERATOR.user, OPERATOR.device), "A5.1: and it reads that one");
}
