//! Articles 3 and 5: handing groups over, and a facility that leaves (A3.2, A5.1).

use renkei_policy::group::a05_groups::permit_end;
use renkei_policy::group::a08_lists::{Touch, touches};
use renkei_policy::registry::Effect;
use renkei_proto::act::{Act, DelegationScope, GroupAct, HistoryPolicy, RegistryAct};
use renkei_proto::code::Code;
use renkei_proto::hash::Hash32;
use renkei_proto::id::{FacilityId, GroupId};
use renkei_proto::statement::Role;

use crate::common::*;

const G: GroupId = group(1);

type Done = Result<(), Code>;

fn offer(d: &mut District, seat: Seat, to: FacilityId) -> Done {
    d.act_in(G, seat, Act::Group(GroupAct::OfferHandover { to, label: boxes(1) }))
}

fn accept(d: &mut District, seat: Seat) -> Done {
    let answers = d.group(G).offered().map_or(Hash32::default(), |offer| offer.statement);
    d.act_in(G, seat, Act::Group(GroupAct::AcceptHandover { answers }))
}

fn drop_offer(d: &mut District, seat: Seat) -> Done {
    d.act_in(G, seat, Act::Group(GroupAct::DropHandover))
}

fn end(d: &mut District, seat: Seat, facility: FacilityId, close_groups: bool) -> Result<Vec<Effect>, Code> {
    d.act(seat, RegistryAct::EndFacility { facility, close_groups })
}

#[test]
fn a05_1_a_group_changes_hands_when_the_other_facility_accepts() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.invite(DOCTOR.admin(), G, 2, CHIEF).expect("invited");
    d.delegate(DOCTOR.admin(), 1, DelegationScope::Facility, true).expect("delegated");
    offer(&mut d, CHIEF.admin(), STATION).refused(Code::NotOriginator, "A5.1: nobody helps oneself");
    offer(&mut d, DOCTOR.admin(), CLINIC).refused(Code::NothingToDo, "A5.1: to another one");
    offer(&mut d, DOCTOR.admin(), DESK).refused(Code::DelegationMissing, "A4.2: the Desk manages no patient");
    offer(&mut d, DOCTOR.admin(), facility(99)).refused(Code::Unknown, "A5.1: to one that is there");
    offer(&mut d, DOCTOR.admin(), STATION).granted("A5.1: an offer");
    assert_eq!(touches(d.group(G), d.registry.now(), OFFICE, d.now), None, "A5.1: no concern of others");
    assert_eq!(d.group(G).originator(), CLINIC, "A5.1: an offer alone changes nothing");
    accept(&mut d, PLANNER.admin()).refused(Code::NotAdministrator, "A5.1: only whom it was made to");
    accept(&mut d, NURSE.oneself()).refused(Code::NotAdministrator, "A5.1: only an administrator");
    accept(&mut d, DOCTOR.admin()).refused(Code::NotAdministrator, "A5.1: not who offers");
    let blind = Act::Group(GroupAct::AcceptHandover { answers: Hash32::default() });
    d.act_in(G, CHIEF.admin(), blind).refused(Code::Unknown, "A5.1: what is accepted is named");
    accept(&mut d, CHIEF.admin()).granted("A5.1: accepted");

    assert_eq!(d.group(G).originator(), STATION, "A4.1: the station governs from now on");
    assert_eq!(d.group(G).former_originators()[0].0, CLINIC, "A5.1: and who did before is on record");
    d.approve(CHIEF.admin(), G, 2).refused(Code::InvitationSpent, "A5.2: what the former one invited has ended");
    d.invite(DOCTOR.admin(), G, 3, CLERK).refused(Code::NotOriginator, "A4.1: the clinic governs no more");
    let delegated = d.invite(OPERATOR.acting_for(CLINIC, 1), G, 3, CLERK);
    delegated.refused(Code::NotOriginator, "A4.2: nor does the Desk for it");
    d.invite(CHIEF.admin(), G, 3, CLERK).granted("A4.1: the station does");
    assert!(d.group(G).membership(DOCTOR.user).is_some(), "A5.1: members stay");
    d.message(NURSE.oneself(), G).granted("A5.1: and write on");
    d.replayed();
}

#[test]
fn a05_1_an_offer_is_dropped_by_either_side_and_by_nobody_else() {
    let mut d = District::with_group(HistoryPolicy::All);
    drop_offer(&mut d, DOCTOR.admin()).refused(Code::NothingToDo, "A5.1: no offer, nothing to drop");
    for seat in [DOCTOR.admin(), CHIEF.admin()] {
        offer(&mut d, DOCTOR.admin(), STATION).expect("an offer");
        drop_offer(&mut d, PLANNER.admin()).refused(Code::NotOriginator, "A5.1: no concern of others");
        drop_offer(&mut d, seat).granted("A5.1: either side");
        accept(&mut d, CHIEF.admin()).refused(Code::NothingToDo, "A5.1: it is off");
    }
}

#[test]
fn a05_1_a_closed_or_frozen_group_is_not_handed_over() {
    let mut d = District::with_group(HistoryPolicy::All);
    offer(&mut d, DOCTOR.admin(), STATION).expect("an offer");
    d.close(DOCTOR.admin(), G).expect("closed");
    accept(&mut d, CHIEF.admin()).refused(Code::GroupClosed, "A5.1: closed is closed");
    offer(&mut d, DOCTOR.admin(), STATION).refused(Code::GroupClosed, "A5.1: closed is closed");
}

#[test]
fn a03_2_two_operators_end_a_facility_and_its_people_are_out_at_once() {
    let mut d = District::with_group(HistoryPolicy::All);
    end(&mut d, DOCTOR.manager(), CLINIC, true).refused(Code::NotOperator, "A3.2: not the facility itself");
    end(&mut d, OPERATOR.operator(), DESK, true).refused(Code::NotRoot, "A3.2: not the Desk");
    assert_eq!(end(&mut d, OPERATOR.operator(), CLINIC, false).granted("A3.2: a first voice"), []);
    end(&mut d, OPERATOR.operator(), CLINIC, false).refused(Code::SecondPersonRequired, "A3.2: one is not two");
    assert_eq!(end(&mut d, COLLEAGUE.operator(), CLINIC, true).granted("A3.2: other words are no second voice"), []);
    assert!(d.registry.now().admitted(CLINIC), "A3.2: so nothing has ended");
    let effects = end(&mut d, OPERATOR.operator(), CLINIC, true).granted("A3.2: the second voice");
    assert_eq!(effects, [Effect::FacilityEnded(CLINIC)]);
    let view = d.registry.now();
    assert!(!view.admitted(CLINIC) && !view.active_device(DOCTOR.device), "A3.2: its people are out");
    view.may_sign_in(DOCTOR.user, DOCTOR.device).refused(Code::FacilityEnded, "A3.2: nobody signs in");
    d.register(DOCTOR.admin(), CLINIC, who(26)).refused(Code::FacilityEnded, "A3.2: nor acts");
    end(&mut d, COLLEAGUE.operator(), CLINIC, true).refused(Code::FacilityEnded, "A3.2: once");
    d.replayed();
}

#[test]
fn a03_2_what_a_facility_leaves_behind_is_closed_and_the_desks_to_see_to() {
    let mut d = District::with_group(HistoryPolicy::All);
    let view = d.registry.now();
    permit_end(d.groups.values().filter_map(|log| log.state.as_ref()), view, CLINIC, false)
        .refused(Code::GroupsOpen, "A3.2: no open group is left behind unless it is ordered");
    permit_end(d.groups.values().filter_map(|log| log.state.as_ref()), view, CLINIC, true)
        .granted("A3.2: or is closed with it");
    permit_end(d.groups.values().filter_map(|log| log.state.as_ref()), view, OFFICE, false)
        .granted("A3.2: who has none leaves none");
    end(&mut d, OPERATOR.operator(), CLINIC, true).expect("a first voice");
    end(&mut d, COLLEAGUE.operator(), CLINIC, true).expect("ended");
    d.message(NURSE.oneself(), G).refused(Code::GroupClosed, "A3.2: read-only");
    assert_eq!(touches(d.group(G), d.registry.now(), DESK, d.now), Some(Touch::LeftBehind), "A3.2: not orphaned");
    let wrong = OPERATOR.as_role(Role::SnsAdministrator);
    d.remove(wrong, G, NURSE).refused(Code::NotOriginator, "A3.2: as an operator, and no other way");
    let order = Act::Group(GroupAct::OrderErasure);
    d.act_in(G, OPERATOR.operator(), order.clone()).refused(Code::RetentionRunning, "A5.1: kept as long as any");
    d.now = d.now.plus(5 * 366 * 24 * 3600);
    d.act_in(G, OPERATOR.operator(), order).granted("A5.1: then the Desk orders its erasure");
    let answers = d.group(G).to_confirm().expect("ordered").statement;
    let confirm = Act::Group(GroupAct::ConfirmErasure { answers });
    d.act_in(G, OPERATOR.operator(), confirm.clone()).refused(Code::SecondPersonRequired, "A5.1: two operators");
    d.act_in(G, COLLEAGUE.operator(), confirm).granted("A5.1: two operators");
}

#[test]
fn a03_2_before_the_end_the_groups_can_be_handed_over() {
    let mut d = District::with_group(HistoryPolicy::All);
    offer(&mut d, DOCTOR.admin(), STATION).expect("an offer");
    accept(&mut d, CHIEF.admin()).expect("accepted");
    permit_end(d.groups.values().filter_map(|log| log.state.as_ref()), d.registry.now(), CLINIC, false)
        .granted("A3.2: nothing is left open");
    end(&mut d, OPERATOR.operator(), CLINIC, false).expect("a first voice");
    end(&mut d, COLLEAGUE.operator(), CLINIC, false).expect("ended");
    d.epoch(NURSE.oneself(), G).granted("A3.2: the group goes on without its people");
    d.message(NURSE.oneself(), G).granted("A5.1: under its new originator");
}

#[test]
fn a03_2_a_facility_that_has_ended_opens_and_delegates_nothing() {
    let mut d = District::open();
    d.delegate(DOCTOR.admin(), 1, DelegationScope::Facility, false).expect("delegated");
    end(&mut d, OPERATOR.operator(), CLINIC, false).expect("a first voice");
    end(&mut d, ROOT, CLINIC, false).granted("A3.2: the root is a voice too");
    let by_delegation = d.create_for(
        OPERATOR.acting_for(CLINIC, 1),
        CLINIC,
        G,
        renkei_proto::act::GroupKind::Patient,
        HistoryPolicy::All,
        false,
    );
    by_delegation.refused(Code::FacilityEnded, "A3.2: nothing is opened for it");
}

#[test]
fn a03_2_a_suspended_operators_voice_under_an_end_counts_once_the_operator_is_let_on() {
    let mut d = District::open();
    end(&mut d, OPERATOR.operator(), OFFICE, true).granted("A3.2: one");
    d.act(COLLEAGUE.operator(), RegistryAct::SuspendUser { user: OPERATOR.user }).expect("suspended");
    let effects = end(&mut d, COLLEAGUE.operator(), OFFICE, true).granted("A3.2: another");
    assert!(effects.is_empty(), "A3.2: the first may be a thief's");
    end(&mut d, COLLEAGUE.operator(), OFFICE, true).refused(Code::SecondPersonRequired, "A3.2: one is not two");
    d.act(ROOT, RegistryAct::ResumeUser { user: OPERATOR.user }).expect("let on");
    let effects = end(&mut d, COLLEAGUE.operator(), OFFICE, true).granted("A3.2: either signs again");
    assert_eq!(effects, [Effect::FacilityEnded(OFFICE)], "A3.2: two voices");
}
