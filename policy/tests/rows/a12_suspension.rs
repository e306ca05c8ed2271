//! Article 12 (7): the emergency stop and its end (A3.2, A8.2, A8.3, A12.4).

use renkei_policy::registry::Effect;
use renkei_proto::act::{HistoryPolicy, RegistryAct};
use renkei_proto::code::Code;
use renkei_proto::id::{FacilityId, GroupId};

use crate::common::*;

const G: GroupId = group(1);
const PHONE: Who = NURSE.with(131);

type Effects = Result<Vec<Effect>, Code>;

impl District {
    fn stop(&mut self, seat: Seat, who: Who) -> Effects {
        self.act(seat, RegistryAct::SuspendDevice { device: who.device, lost: false })
    }

    fn lose(&mut self, seat: Seat, who: Who) -> Effects {
        self.act(seat, RegistryAct::SuspendDevice { device: who.device, lost: true })
    }

    fn go_on(&mut self, seat: Seat, who: Who) -> Effects {
        self.act(seat, RegistryAct::ResumeDevice { device: who.device })
    }

    fn retire(&mut self, seat: Seat, who: Who) -> Effects {
        self.act(seat, RegistryAct::RetireDevice { device: who.device })
    }

    fn stop_person(&mut self, seat: Seat, who: Who) -> Effects {
        self.act(seat, RegistryAct::SuspendUser { user: who.user })
    }

    fn person_goes_on(&mut self, seat: Seat, who: Who) -> Effects {
        self.act(seat, RegistryAct::ResumeUser { user: who.user })
    }

    fn stop_all(&mut self, seat: Seat, facility: FacilityId) -> Effects {
        self.act(seat, RegistryAct::SuspendFacility { facility })
    }

    fn all_go_on(&mut self, seat: Seat, facility: FacilityId) -> Effects {
        self.act(seat, RegistryAct::ResumeFacility { facility })
    }

    fn may_sign_in(&self, who: Who) -> Result<(), Code> {
        self.registry.now().may_sign_in(who.user, who.device).map(drop).map_err(|refusal| refusal.0)
    }

    fn with_phone(mut self) -> Self {
        self.approve_device(CHIEF.admin(), PHONE).expect("approved");
        self.approve_device(NURSE.oneself(), PHONE).expect("vouched for");
        self
    }
}

#[test]
fn a12_4_a_suspended_device_does_nothing_and_gets_no_new_key_until_it_goes_on() {
    let mut d = District::with_group(HistoryPolicy::All);
    let effects = d.stop(CHIEF.admin(), NURSE).granted("A12.4: the own administrator stops it");
    assert_eq!(effects, [Effect::Suspended], "A12.4: its sessions end at once");
    let code = Code::DeviceSuspended;
    d.may_sign_in(NURSE).refused(code, "A12.4: nobody signs in with it");
    d.message(NURSE.oneself(), G).refused(code, "A12.4: it sends nothing");
    d.epoch(NURSE.oneself(), G).refused(code, "A12.4: it makes no key");
    d.go_on(NURSE.oneself(), NURSE).refused(code, "A12.4: it does not bring itself back");
    assert!(!d.roster(G).has(NURSE.user, NURSE.device), "A12.4: it is sealed nothing");
    d.message(DOCTOR.oneself(), G).refused(Code::RekeyRequired, "A12.4: nothing more under a key that it holds");
    d.epoch(DOCTOR.oneself(), G).expect("the next key, without it");
    d.message(DOCTOR.oneself(), G).expect("written meanwhile");
    d.go_on(CHIEF.admin(), NURSE).granted("A12.4: and it goes on");
    d.may_sign_in(NURSE).granted("A12.4: as before");
    assert!(d.roster(G).has(NURSE.user, NURSE.device), "A12.4: it reads again");
    d.epoch(DOCTOR.oneself(), G).expect("a key with it");
    d.history(DOCTOR.oneself(), G, 2, 2, &[NURSE]).granted("A12.4: it is given what was written meanwhile");
    d.go_on(CHIEF.admin(), NURSE).refused(Code::NothingToDo, "A12.4: it is not suspended any more");
}

#[test]
fn a12_4_a_person_stops_the_own_devices_and_lets_them_go_on_from_another() {
    let mut d = District::open().with_phone();
    d.stop(PHONE.oneself(), NURSE).granted("A12.4: from the other device");
    d.go_on(PHONE.oneself(), NURSE).granted("A12.4: and back");
    d.stop(PHONE.oneself(), PHONE).granted("A12.4: this very device");
    d.go_on(PHONE.oneself(), PHONE).refused(Code::DeviceSuspended, "A12.4: never with the device itself");
    d.go_on(NURSE.oneself(), PHONE).granted("A12.4: from another one");
}

#[test]
fn a12_4_whoever_is_below_does_not_undo_what_was_done_above() {
    let mut d = District::open().with_phone();
    d.stop(CHIEF.admin(), NURSE).expect("by the administrator");
    d.go_on(PHONE.oneself(), NURSE).refused(Code::NotAdministrator, "A12.4: not by the person");
    d.stop(PHONE.oneself(), NURSE).refused(Code::NothingToDo, "A12.4: suspended already");
    d.stop(OPERATOR.operator(), NURSE).granted("A12.4: the Desk makes it its own");
    d.go_on(CHIEF.admin(), NURSE).refused(Code::NotOperator, "A12.4: then not by the administrator either");
    d.go_on(COLLEAGUE.operator(), NURSE).granted("A12.4: but by the Desk");
    d.may_sign_in(NURSE).granted("A12.4: all of it is over");
    d.stop(PHONE.oneself(), NURSE).expect("by the person");
    d.go_on(CHIEF.admin(), NURSE).granted("A12.4: whoever is above may");
}

#[test]
fn a12_4_nobody_else_suspends() {
    let mut d = District::open();
    let code = Code::NotAdministrator;
    d.stop(NURSE.oneself(), CHIEF).refused(code, "A12.4: not a colleague");
    d.stop(NURSE.admin(), CHIEF).refused(code, "A12.4: nor by claiming the role");
    d.stop(DOCTOR.admin(), NURSE).refused(code, "A12.4: nor another facility's administrator");
    d.stop(DOCTOR.operator(), NURSE).refused(code, "A12.4: nor by claiming to be of the Desk");
    d.stop(CHIEF.admin(), who(99)).refused(Code::Unknown, "A12.4: there is no such device");
    d.stop_person(NURSE.admin(), CHIEF).refused(code, "A12.4: nor a person");
    d.stop_person(DOCTOR.admin(), NURSE).refused(code, "A12.4: nor somebody elsewhere");
    d.stop_all(DOCTOR.admin(), STATION).refused(code, "A12.4: nor a facility");
    d.stop_all(NURSE.admin(), STATION).refused(code, "A12.4: nor the own without the office");
    d.go_on(CHIEF.admin(), NURSE).refused(Code::NothingToDo, "A12.4: it is not suspended");
}

#[test]
fn a08_2_a_lost_device_is_suspended_and_not_brought_back_by_its_person_alone() {
    let mut d = District::open().with_phone();
    d.lose(NURSE.oneself(), PHONE).granted("A8.2: reported by its person");
    assert!(d.registry.now().lost(PHONE.device), "A8.2: on record as lost");
    d.may_sign_in(PHONE).refused(Code::DeviceSuspended, "A8.2: and suspended");
    d.go_on(NURSE.oneself(), PHONE).refused(Code::NotAdministrator, "A8.2: somebody else looks at it first");
    d.go_on(CHIEF.admin(), PHONE).granted("A8.2: found, and looked at");
    assert!(!d.registry.now().lost(PHONE.device), "A8.2: not lost any more");
    d.stop(CHIEF.admin(), PHONE).expect("suspended");
    d.lose(NURSE.oneself(), PHONE).granted("A8.2: that it was lost is told later too");
}

#[test]
fn a08_2_an_administrator_does_not_look_at_the_own_lost_device_where_there_is_another() {
    let mut d = District::open();
    let spare = CHIEF.with(130);
    d.approve_device(CHIEF.admin(), spare).expect("approved");
    d.approve_device(CHIEF.oneself(), spare).expect("vouched for");
    d.lose(CHIEF.oneself(), spare).expect("lost");
    let mut alone = d.clone();
    alone.go_on(CHIEF.admin(), spare).granted("A7.1: an only administrator may");
    let deputy = who(32);
    d.hires(CHIEF.admin(), STATION, deputy);
    d.appoint(CHIEF.manager(), deputy).expect("a deputy");
    d.go_on(CHIEF.admin(), spare).refused(Code::SecondPersonRequired, "A7.1: the other one does");
    d.go_on(deputy.admin(), spare).granted("A7.1: the other administrator");
}

#[test]
fn a08_2_a_retired_device_never_comes_back() {
    let mut d = District::open().with_phone();
    let effects = d.retire(NURSE.oneself(), PHONE).granted("A8.2: its person says so");
    assert_eq!(effects, [Effect::Wiped(PHONE.device)], "A8.2: nothing it keeps is left");
    d.may_sign_in(PHONE).refused(Code::DeviceWiped, "A8.2: it is over");
    d.go_on(CHIEF.admin(), PHONE).refused(Code::DeviceWiped, "A8.2: nobody resumes it");
    d.approve_device(CHIEF.admin(), PHONE).refused(Code::DeviceWiped, "A8.2: nor approves it again");
    d.retire(CHIEF.admin(), PHONE).refused(Code::NothingToDo, "A8.2: once is enough");
    d.retire(DOCTOR.admin(), NURSE).refused(Code::NotAdministrator, "A8.2: nobody else's device");
    d.wipe(CHIEF.admin(), NURSE).expect("wiped");
    d.retire(CHIEF.admin(), NURSE).granted("A8.2: also after a wipe that was confirmed");
}

#[test]
fn a12_4_a_suspended_person_does_nothing_with_any_device() {
    let mut d = District::with_group(HistoryPolicy::All);
    let effects = d.stop_person(CHIEF.admin(), NURSE).granted("A12.4: the own administrator");
    assert_eq!(effects, [Effect::Suspended], "A12.4: sessions end at once");
    let code = Code::UserSuspended;
    d.may_sign_in(NURSE).refused(code, "A12.4: no sign-in");
    d.message(NURSE.oneself(), G).refused(code, "A12.4: no message");
    assert!(!d.roster(G).has(NURSE.user, NURSE.device), "A12.4: no new key");
    d.approve_device(CHIEF.admin(), PHONE).refused(code, "A12.4: no further device");
    d.person_goes_on(DOCTOR.admin(), NURSE).refused(Code::NotAdministrator, "A12.4: not by somebody elsewhere");
    d.person_goes_on(CHIEF.admin(), NURSE).granted("A12.4: and on");
    d.may_sign_in(NURSE).granted("A12.4: as before");
    d.stop_person(OPERATOR.operator(), NURSE).granted("A12.4: the Desk");
    d.person_goes_on(CHIEF.admin(), NURSE).refused(Code::NotOperator, "A12.4: what the Desk did, the Desk undoes");
    d.person_goes_on(OPERATOR.operator(), NURSE).granted("A12.4: which it may");
}

#[test]
fn a12_4_somebody_suspended_is_not_invited_and_not_approved() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.invite(DOCTOR.admin(), G, 2, CHIEF).expect("invited");
    d.stop_person(OPERATOR.operator(), CHIEF).expect("suspended");
    let code = Code::UserSuspended;
    d.approve(CHIEF.admin(), G, 2).refused(code, "A12.4: nothing is approved");
    d.invite(DOCTOR.admin(), G, 3, CLERK).expect("invited");
    d.stop_person(DOCTOR.admin(), CLERK).expect("suspended");
    d.approve(DOCTOR.admin(), G, 3).refused(code, "A12.4: nor for somebody suspended");
    d.person_goes_on(DOCTOR.admin(), CLERK).expect("on");
    d.approve(DOCTOR.admin(), G, 3).granted("A12.4: afterwards");
}

#[test]
fn a07_1_nobody_becomes_the_only_administrator_by_having_the_others_suspended() {
    let mut d = District::open();
    let deputy = who(32);
    d.hires(CHIEF.admin(), STATION, deputy);
    d.appoint(CHIEF.manager(), deputy).expect("a deputy");
    d.stop_person(deputy.admin(), CHIEF).refused(Code::NotFacilityManager, "A7.1: not the manager");
    d.stop_person(CHIEF.admin(), CHIEF).refused(Code::SecondPersonRequired, "A12.4: nor oneself");
    d.stop_person(CHIEF.admin(), deputy).granted("A12.4: the manager stops an administrator");
    let phone = CHIEF.with(130);
    d.approve_device(CHIEF.oneself(), phone).expect("vouched for");
    d.approve_device(CHIEF.admin(), phone).refused(Code::SecondPersonRequired, "A7.1: still two in office");
    let reset = d.act(CHIEF.admin(), RegistryAct::ResetFactors { user: NURSE.user });
    reset.granted("A8.3: one of two voices");
    assert!(d.registry.now().user(NURSE.user).expect("known").reset.is_none(), "A8.3: still two are needed");
    d.dismiss(CHIEF.manager(), deputy).granted("A7.1: the way to be rid of the office for good");
    d.approve_device(CHIEF.admin(), phone).granted("A7.1: then there is one");
}

#[test]
fn a08_5_a_suspended_administrators_id_is_still_the_managers_to_end() {
    let mut d = District::open();
    let (deputy, second) = (who(32), who(33));
    for one in [deputy, second] {
        d.hires(CHIEF.admin(), STATION, one);
        d.appoint(CHIEF.manager(), one).expect("an administrator");
    }
    d.stop_person(OPERATOR.operator(), deputy).expect("suspended");
    d.end(second.admin(), deputy).refused(Code::NotFacilityManager, "A8.5: not by a fellow administrator");
    d.end(CHIEF.admin(), deputy).granted("A8.5: by the manager");
}

#[test]
fn a08_3_a_suspended_persons_grant_is_neither_doubled_nor_out_of_reach() {
    let mut d = District::open();
    d.grant(CHIEF.admin(), NURSE).expect("granted");
    d.stop_person(CHIEF.admin(), NURSE).expect("suspended");
    d.grant(CHIEF.admin(), NURSE).refused(Code::NothingToDo, "A8.3: granted is granted");
    d.take_back(CHIEF.admin(), NURSE).granted("A8.3: also taken back meanwhile");
    d.person_goes_on(CHIEF.admin(), NURSE).expect("on");
    assert!(!d.registry.now().is_group_manager(NURSE.user, STATION), "A8.3: it does not come back");
}

#[test]
fn a07_1_a_facility_whose_administrator_is_suspended_goes_on() {
    let mut d = District::open();
    d.stop_person(OPERATOR.operator(), CHIEF).expect("suspended");
    d.may_sign_in(NURSE).granted("A7.1: the office is held, so its people sign in");
}

#[test]
fn a03_2_a_suspended_facility_stops_at_once_and_goes_on_by_two_operators() {
    let mut d = District::with_group(HistoryPolicy::All);
    let effects = d.stop_all(OPERATOR.operator(), STATION).granted("A3.2: one operator stops it");
    assert_eq!(effects, [Effect::Suspended], "A3.2: sessions end at once");
    let code = Code::FacilitySuspended;
    for who in [CHIEF, NURSE] {
        d.may_sign_in(who).refused(code, "A3.2: everybody in it");
    }
    d.message(NURSE.oneself(), G).refused(code, "A3.2: nothing is written");
    assert!(!d.roster(G).has(NURSE.user, NURSE.device), "A3.2: no new key");
    d.invite(DOCTOR.admin(), G, 2, CHIEF).refused(code, "A3.2: nobody of it is invited");
    d.epoch(DOCTOR.oneself(), G).expect("a key without them");
    d.message(DOCTOR.oneself(), G).granted("A3.2: the others go on");
    d.all_go_on(CHIEF.admin(), STATION).refused(code, "A3.2: not by itself");
    d.all_go_on(DOCTOR.admin(), STATION).refused(Code::NotOperator, "A3.2: not by another facility");
    d.all_go_on(OPERATOR.operator(), STATION).granted("A3.2: one operator");
    d.may_sign_in(NURSE).refused(code, "A3.2: one is not two");
    d.all_go_on(OPERATOR.operator(), STATION).refused(Code::SecondPersonRequired, "A3.2: the same is not two");
    d.all_go_on(COLLEAGUE.operator(), STATION).granted("A3.2: the second one");
    d.may_sign_in(NURSE).granted("A3.2: it goes on");
    d.all_go_on(OPERATOR.operator(), STATION).refused(Code::NothingToDo, "A3.2: it is not suspended any more");
    assert!(d.group(G).membership(NURSE.user).is_some(), "A3.2: no membership was lost");
}

#[test]
fn a03_2_a_voice_for_an_earlier_suspension_does_not_count_for_the_next() {
    let mut d = District::open();
    d.stop_all(OPERATOR.operator(), STATION).expect("suspended");
    d.all_go_on(OPERATOR.operator(), STATION).expect("a voice");
    d.all_go_on(COLLEAGUE.operator(), STATION).expect("on");
    d.stop_all(COLLEAGUE.operator(), STATION).expect("again");
    d.all_go_on(COLLEAGUE.operator(), STATION).expect("a voice");
    d.may_sign_in(NURSE).refused(Code::FacilitySuspended, "A3.2: two voices each time");
}

#[test]
fn a03_2_a_suspended_operators_voice_counts_once_the_operator_is_let_on() {
    let mut d = District::open();
    d.stop_all(CHIEF.admin(), STATION).expect("suspended");
    d.all_go_on(COLLEAGUE.operator(), STATION).expect("a voice");
    d.stop_person(OPERATOR.operator(), COLLEAGUE).expect("suspended");
    d.all_go_on(OPERATOR.operator(), STATION).granted("A3.2: the other voice is taken");
    d.may_sign_in(NURSE).refused(Code::FacilitySuspended, "A12.4: the first may have been a thief's");
    d.all_go_on(OPERATOR.operator(), STATION).refused(Code::SecondPersonRequired, "A3.2: one is not two meanwhile");
    d.person_goes_on(OPERATOR.operator(), COLLEAGUE).expect("let on");
    d.may_sign_in(NURSE).refused(Code::FacilitySuspended, "A3.2: letting an operator on lets nobody else on");
    d.all_go_on(COLLEAGUE.operator(), STATION).granted("A3.2: two have signed, and either finishes it");
    d.may_sign_in(NURSE).granted("A3.2: it goes on");
}

#[test]
fn a12_4_an_administrator_stops_the_own_facility_and_never_the_desk() {
    let mut d = District::open();
    d.stop_all(CHIEF.admin(), STATION).granted("A12.4: the emergency stop of a facility");
    d.may_sign_in(CHIEF).refused(Code::FacilitySuspended, "A12.4: with everybody in it");
    d.stop_all(OPERATOR.operator(), DESK).refused(Code::NotRoot, "A12.4: without the Desk nobody goes on");
    d.stop_all(OPERATOR.operator(), facility(99)).refused(Code::Unknown, "A12.4: there is no such facility");
}

#[test]
fn a12_4_an_operator_is_stopped_by_a_colleague_and_goes_on_by_the_root() {
    let mut d = District::founded();
    d.stop_person(OPERATOR.operator(), COLLEAGUE).granted("A12.4: a colleague");
    d.may_sign_in(COLLEAGUE).refused(Code::UserSuspended, "A12.4: at the Desk as well");
    d.stop_person(ROOT, OPERATOR).granted("A12.4: the root");
    d.person_goes_on(ROOT, COLLEAGUE).granted("A12.4: who also lets them go on");
    d.person_goes_on(COLLEAGUE.operator(), OPERATOR).granted("A12.4: or a colleague");
    let mut d = District::open();
    d.stop_person(ROOT, NURSE).refused(Code::NotAdministrator, "A12.4: the root has no say over a facility's staff");
}

#[test]
fn p5_what_was_so_before_a_suspension_stays_so() {
    let mut d = District::with_group(HistoryPolicy::All);
    let before = d.registry.size();
    d.stop(CHIEF.admin(), NURSE).expect("suspended");
    let during = d.registry.size();
    d.go_on(CHIEF.admin(), NURSE).expect("on");
    let active = |size| d.registry.at(size).expect("grown so far").active_device(NURSE.device);
    assert_eq!([active(before), active(during), active(d.registry.size())], [true, false, true]);
    assert!(d.replayed().registry == d.registry, "promise 5: replaying gives the same");
}
