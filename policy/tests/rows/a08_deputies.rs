//! Article 8: who is a deputy of the SNS administrators, when, and for what (A8.3, A7.1).

use renkei_policy::a11_presence::permit_sessions;
use renkei_policy::group::a08_lists;
use renkei_policy::registry::{Effect, a08_devices};
use renkei_proto::act::{GroupKind, HistoryPolicy, RegistryAct};
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::hash::Hash32;
use renkei_proto::id::TakeoutId;
use renkei_proto::settings::Setting;
use renkei_proto::statement::Role;
use renkei_proto::takeout::{Medium, TakeoutPurpose, TakeoutRequest, TakeoutSubject};
use renkei_proto::ticket::Purpose;
use renkei_proto::time::Time;

use crate::common::*;

const AWAY: u64 = 7 * A_DAY;

/// A colleague of the nurse's at the station.
const HELPER: Who = who(32);

/// Somebody whom the station has not registered.
const NEWCOMER: Who = who(33);

type Done = Result<Vec<Effect>, Code>;

impl Who {
    fn deputy(self) -> Seat {
        self.as_role(Role::Deputy)
    }
}

impl District {
    fn names(&mut self, seat: Seat, who: Who, from: Time, until: Time) -> Done {
        self.act(seat, RegistryAct::NameDeputy { user: who.user, from, until })
    }

    /// From a day on, for a week.
    fn names_for_a_week(&mut self, seat: Seat, who: Who) -> Done {
        let from = self.now.plus(A_DAY);
        self.names(seat, who, from, from.plus(AWAY))
    }

    fn ends(&mut self, seat: Seat, who: Who) -> Done {
        self.act(seat, RegistryAct::EndDeputy { user: who.user })
    }

    fn passes(&mut self, seconds: u64) {
        self.now = self.now.plus(seconds);
    }

    fn stops(&mut self, seat: Seat, who: Who) -> Done {
        self.act(seat, RegistryAct::SuspendUser { user: who.user })
    }

    fn lifts(&mut self, seat: Seat, who: Who) -> Done {
        self.act(seat, RegistryAct::LiftLockout { user: who.user })
    }
}

/// The nurse is the chief's deputy, in the time.
fn away() -> District {
    let mut d = District::open();
    d.hires(CHIEF.admin(), STATION, HELPER);
    d.names_for_a_week(CHIEF.admin(), NURSE).expect("named");
    d.passes(A_DAY);
    d
}

/// The clinic invites the helper to its group.
fn invited(d: &mut District) {
    d.create_for(DOCTOR.admin(), CLINIC, group(1), GroupKind::Free, HistoryPolicy::All, true).expect("a group");
    d.invite(DOCTOR.admin(), group(1), 1, HELPER).expect("invited");
}

#[test]
fn a08_3_an_administrator_or_the_manager_names_a_deputy_and_nobody_else() {
    let mut d = District::open();
    let code = Code::NotAdministrator;
    d.names_for_a_week(DOCTOR.admin(), NURSE).refused(code, "A8.3: not another facility's administrator");
    d.names_for_a_week(OPERATOR.operator(), NURSE).refused(code, "A8.3: nor the Desk");
    d.names_for_a_week(NURSE.admin(), NURSE).refused(code, "A8.3: nor oneself");
    d.names_for_a_week(DOCTOR.manager(), NURSE).refused(Code::NotFacilityManager, "A8.3: nor another manager");
    d.names_for_a_week(NURSE.deputy(), NURSE).refused(Code::NotDeputy, "A8.3: nor who only says so");
    d.names_for_a_week(CHIEF.oneself(), NURSE).refused(Code::WrongRole, "A8.3: in an office");
    d.names_for_a_week(CHIEF.admin(), CHIEF).refused(Code::NothingToDo, "A8.3: an administrator needs none of it");
    d.names_for_a_week(CHIEF.admin(), who(99)).refused(Code::Unknown, "A8.3: nobody of that name");
    d.names_for_a_week(OPERATOR.operator(), COLLEAGUE).refused(Code::NotRoot, "A8.3: the Desk has no deputies");
    d.names_for_a_week(CHIEF.admin(), NURSE).granted("A8.3: the own administrator");
    d.names_for_a_week(CHIEF.admin(), NURSE).refused(Code::NothingToDo, "A8.3: one time after the other");
    d.ends(CHIEF.manager(), NURSE).granted("A8.3: the manager ends it");
    d.names_for_a_week(CHIEF.manager(), NURSE).granted("A8.3: and names");
}

#[test]
fn a08_3_a_deputy_is_named_for_three_months_at_most_and_not_for_what_is_past() {
    let mut d = District::open();
    let (now, most) = (d.now, bounds::DEPUTY_TERM);
    let code = Code::DateOutOfRange;
    d.names(CHIEF.admin(), NURSE, now, now).refused(code, "A8.3: for some time");
    d.names(CHIEF.admin(), NURSE, now.plus(2), now.plus(1)).refused(code, "A8.3: not backwards");
    d.names(CHIEF.admin(), NURSE, Time(now.0 - 9), now).refused(code, "A8.3: not for what is past");
    d.names(CHIEF.admin(), NURSE, now, now.plus(most + 1)).refused(code, "A8.3: not for longer");
    d.names(CHIEF.admin(), NURSE, Time(0), Time(u64::MAX)).refused(code, "A8.3: least for ever");
    let late = now.plus(bounds::DEPUTY_AHEAD + 1);
    d.names(CHIEF.admin(), NURSE, late, late.plus(1)).refused(code, "A8.3: nor so far ahead");
    d.names(CHIEF.admin(), NURSE, now, now.plus(most)).granted("A8.3: three months");
}

#[test]
fn a08_3_a_deputy_acts_in_the_time_and_in_no_other() {
    let mut d = District::open();
    d.hires(CHIEF.admin(), STATION, HELPER);
    d.names_for_a_week(CHIEF.admin(), NURSE).expect("named");
    d.lifts(NURSE.deputy(), HELPER).refused(Code::NotDeputy, "A8.3: not before the day");
    d.passes(A_DAY - 1);
    d.lifts(NURSE.deputy(), HELPER).refused(Code::NotDeputy, "A8.3: nor a second before");
    d.passes(1);
    d.lifts(NURSE.deputy(), HELPER).granted("A8.3: from then on");
    d.passes(AWAY - 1);
    d.lifts(NURSE.deputy(), HELPER).granted("A8.3: to the last second");
    d.passes(1);
    d.lifts(NURSE.deputy(), HELPER).refused(Code::NotDeputy, "A8.3: it ends by itself");
    d.ends(CHIEF.admin(), NURSE).refused(Code::NothingToDo, "A8.3: over is over");
    d.names_for_a_week(CHIEF.admin(), NURSE).granted("A8.3: named again");
}

#[test]
fn a08_3_a_deputy_ends_at_once_by_a_word_by_an_appointment_and_with_the_id() {
    let refused = |d: &mut District, why| d.lifts(NURSE.deputy(), HELPER).refused(Code::NotDeputy, why);
    let mut d = away();
    d.ends(HELPER.oneself(), NURSE).refused(Code::NotAdministrator, "A8.3: not by a colleague");
    d.ends(DOCTOR.admin(), NURSE).refused(Code::NotAdministrator, "A8.3: nor from another facility");
    d.ends(CHIEF.admin(), NURSE).granted("A8.3: by an administrator");
    refused(&mut d, "A8.3: at once");
    let mut d = away();
    d.ends(NURSE.oneself(), NURSE).granted("A8.3: by the deputy");
    refused(&mut d, "A8.3: laid down is laid down");
    let mut d = away();
    d.appoint(CHIEF.manager(), NURSE).expect("appointed");
    d.dismiss(CHIEF.manager(), NURSE).expect("dismissed");
    refused(&mut d, "A8.3: who was an administrator meanwhile is no deputy again");
    let mut d = away();
    d.end(CHIEF.admin(), NURSE).expect("ended");
    d.lifts(NURSE.deputy(), HELPER).refused(Code::UserEnded, "A8.5: with the ID");
    let mut d = away();
    d.stops(CHIEF.admin(), NURSE).expect("stopped");
    d.lifts(NURSE.deputy(), HELPER).refused(Code::UserSuspended, "A12.4: nobody acts while stopped");
}

#[test]
fn a08_3_a_deputy_does_what_waits_for_nobody() {
    let mut d = away();
    d.lifts(NURSE.deputy(), HELPER).granted("A8.3: ends a wait");
    assert_eq!(permit_sessions(d.registry.now(), NURSE.user, HELPER.user, d.now), Ok(()), "A11.1: sees sessions");
    let lost = RegistryAct::SuspendDevice { device: HELPER.device, lost: true };
    d.act(NURSE.deputy(), lost).granted("A8.2: reports a lost device");
    d.wipe(NURSE.deputy(), HELPER).granted("A12.3: wipes it");
    d.register(CHIEF.admin(), STATION, NEWCOMER).expect("registered");
    let ticket = |d: &District| {
        let purpose = Purpose::Device(NEWCOMER.user);
        a08_devices::permit_ticket(d.registry.now(), NURSE.user, purpose, d.now).is_ok()
    };
    assert!(ticket(&d), "A8.2: issues a colleague's ticket");
    d.approve_device(NURSE.deputy(), NEWCOMER).granted("A8.2: approves a first device");
    assert!(d.registry.now().active_device(NEWCOMER.device), "A8.2: in force");
    d.stops(NURSE.deputy(), NEWCOMER).granted("A12.4: stops a person");
    assert_eq!(d.chain.head().size, d.registry.size());
    d.passes(AWAY);
    assert!(!ticket(&d), "A8.3: not after the time");
    assert!(permit_sessions(d.registry.now(), NURSE.user, HELPER.user, d.now).is_err(), "A8.3: nor this");
}

#[test]
fn a08_3_a_deputy_does_nothing_else() {
    let mut d = away();
    let code = Code::NotForDeputies;
    let user = HELPER.user;
    let acts = [
        RegistryAct::AppointAdministrator { user },
        RegistryAct::DismissAdministrator { user: CHIEF.user },
        RegistryAct::HandOverManagement { user },
        RegistryAct::NameDeputy { user, from: d.now, until: d.now.plus(9) },
        RegistryAct::EndDeputy { user: NURSE.user },
        RegistryAct::WithdrawOfficial { user },
        RegistryAct::CloseBroadcast { broadcast: 0 },
        RegistryAct::SetTelephone { facility: STATION, number: None },
        RegistryAct::GrantGroupManager { user },
        RegistryAct::RegisterStaff { facility: STATION, person: NEWCOMER.person() },
        RegistryAct::EndUser { user },
        RegistryAct::ResetFactors { user },
        RegistryAct::ResumeUser { user },
        RegistryAct::RetireDevice { device: HELPER.device },
        RegistryAct::SuspendFacility { facility: STATION },
        RegistryAct::Set { facility: Some(STATION), setting: Setting::IdleComputer(120) },
        RegistryAct::RecordPledge { user, pledge: signed_pledge("2026-11-01") },
    ];
    for act in acts {
        let what = format!("A8.3: {act:?}");
        d.act(NURSE.deputy(), act).refused(code, &what);
    }
    d.delegate(NURSE.deputy(), 1, renkei_proto::act::DelegationScope::Facility, false)
        .refused(code, "A4.2: nor lets the Desk act");
    let (g, station) = (group(7), STATION);
    d.create_for(NURSE.deputy(), station, g, GroupKind::Free, HistoryPolicy::All, true)
        .refused(code, "A4.1: opens no group");
    d.appoint(NURSE.manager(), HELPER).refused(Code::NotFacilityManager, "A7.1: nor under another name");
    d.lifts(NURSE.admin(), HELPER).refused(Code::NotAdministrator, "A8.3: a deputy is no administrator");
}

#[test]
fn a08_3_a_deputy_has_no_say_over_those_in_office_or_over_oneself() {
    let mut d = away();
    d.stops(NURSE.deputy(), CHIEF).refused(Code::NotForDeputies, "A8.3: no administrator is stopped");
    d.lifts(NURSE.deputy(), CHIEF).refused(Code::NotForDeputies, "A8.3: nor helped");
    d.wipe(NURSE.deputy(), CHIEF).refused(Code::NotForDeputies, "A8.3: nor wiped");
    d.approve_device(NURSE.deputy(), CHIEF.with(130)).refused(Code::NotForDeputies, "A7.1: no second person");
    d.lifts(NURSE.deputy(), NURSE).refused(Code::SecondPersonRequired, "A8.3: nor oneself");
    d.approve_device(NURSE.deputy(), NURSE.with(131)).refused(Code::SecondPersonRequired, "A8.3: no own device");
    d.lifts(NURSE.deputy(), CLERK).refused(Code::NotAdministrator, "A8.3: nobody of another facility");
}

#[test]
fn a08_3_a_deputy_gives_the_first_signature_for_a_device_and_never_the_second() {
    let phone = HELPER.with(132);
    let mut d = away();
    d.wipe(CHIEF.admin(), HELPER).expect("lost and wiped");
    d.approve_device(CHIEF.admin(), phone).expect("the first one");
    d.approve_device(NURSE.deputy(), phone).refused(Code::SecondPersonRequired, "promise 2: no second person");
    assert!(!d.registry.now().active_device(phone.device), "promise 2: one administrator brings back nobody's device");
    let mut d = away();
    d.wipe(CHIEF.admin(), HELPER).expect("lost and wiped");
    d.approve_device(NURSE.deputy(), phone).granted("A8.2: the first one");
    d.approve_device(OPERATOR.operator(), phone).granted("A8.2: an operator is the second");
    assert!(d.registry.now().active_device(phone.device), "A8.2: two people activate it");
    let mut d = away();
    d.wipe(CHIEF.admin(), HELPER).expect("lost and wiped");
    d.approve_device(NURSE.deputy(), phone).expect("the first one");
    d.passes(AWAY);
    d.approve_device(OPERATOR.operator(), phone).refused(Code::NotAdministrator, "A8.3: gone with the time");
    d.approve_device(CHIEF.admin(), phone).granted("A8.2: the administrator gives it anew");
}

#[test]
fn a08_3_a_deputy_approves_and_declines_invitations_in_the_time() {
    let mut d = away();
    invited(&mut d);
    d.approve(HELPER.deputy(), group(1), 1).refused(Code::NotDeputy, "A8.3: not who only says so");
    d.approve(NURSE.deputy(), group(1), 1).granted("A8.4: the deputy approves");
    assert!(d.group(group(1)).membership(HELPER.user).is_some(), "A8.4: in force");
    assert!(a08_lists::asks(d.group(group(1)), d.registry.now(), STATION), "A8.3: and sees what came of it");
    d.invite(DOCTOR.admin(), group(1), 2, NURSE).expect("invited");
    d.approve(NURSE.deputy(), group(1), 2).refused(Code::SecondPersonRequired, "A8.3: not the own invitation");
    d.invite(DOCTOR.admin(), group(1), 3, CHIEF).expect("invited");
    d.decline(NURSE.deputy(), group(1), 3).refused(Code::NotForDeputies, "A8.3: nor an administrator's");
    d.remove(NURSE.deputy(), group(1), HELPER).refused(Code::NotForDeputies, "A8.3: a removal waits");
    let mut d = away();
    invited(&mut d);
    d.decline(NURSE.deputy(), group(1), 1).granted("A8.4: the deputy declines");
    let mut d = away();
    invited(&mut d);
    d.passes(AWAY);
    d.approve(NURSE.deputy(), group(1), 1).refused(Code::NotDeputy, "A8.3: the date has passed");
    assert!(d.group(group(1)).membership(HELPER.user).is_none(), "A8.4: nobody got in");
    d.approve(CHIEF.admin(), group(1), 1).granted("A8.4: the administrator is back");
}

#[test]
fn a08_3_what_a_deputy_did_stands_for_everybody_who_verifies_later() {
    let mut d = away();
    invited(&mut d);
    d.approve(NURSE.deputy(), group(1), 1).expect("approved");
    d.passes(AWAY);
    d.ends(CHIEF.admin(), NURSE).refused(Code::NothingToDo, "A8.3: over");
    let again = d.replayed();
    assert_eq!(again.states(), d.states(), "A8.4: a client that comes later finds the same");
    assert!(again.group(group(1)).membership(HELPER.user).is_some(), "decision 0003: in the interval it held");
}

#[test]
fn a08_3_a_deputy_decides_on_takeouts_of_colleagues() {
    let mut d = away();
    let request = |who: Who, n: u8, d: &District| TakeoutRequest {
        takeout: TakeoutId([n; 16]),
        what: TakeoutSubject::Device,
        medium: Medium::Device,
        purpose: TakeoutPurpose::Conference,
        from: d.now,
        until: d.now.plus(A_DAY),
        device: who.device,
    };
    let decision = |d: &District, n: u8| {
        let takeout = TakeoutId([n; 16]);
        let request = d.registry.now().takeout(takeout).map_or(Hash32::default(), |one| one.statement);
        RegistryAct::DecideTakeout { takeout, request, approve: true }
    };
    for (who, n) in [(HELPER, 1), (NURSE, 2), (CHIEF, 3)] {
        let asked = request(who, n, &d);
        d.act(who.oneself(), RegistryAct::RequestTakeout(asked)).expect("asked");
    }
    let (first, own, chief) = (decision(&d, 1), decision(&d, 2), decision(&d, 3));
    d.act(NURSE.deputy(), own).refused(Code::SecondPersonRequired, "A12.5: not the own");
    d.act(NURSE.deputy(), chief).refused(Code::NotForDeputies, "A12.5: nor an administrator's");
    d.act(NURSE.deputy(), first).granted("A12.5: a colleague's");
    let stopped = RegistryAct::RevokeTakeout { takeout: TakeoutId([1; 16]) };
    d.act(NURSE.deputy(), stopped).granted("A12.5: and stops it");
}

#[test]
fn a07_1_a_deputy_is_no_administrator_where_one_is_needed() {
    let mut d = away();
    d.dismiss(CHIEF.manager(), CHIEF).refused(Code::NoAdministrator, "A7.1: a deputy needs a principal");
    d.hand_over(CHIEF.manager(), NURSE).expect("handed over");
    d.end(CHIEF.admin(), CHIEF).refused(Code::NoAdministrator, "A7.1: nor does one stay behind alone");
    let view = d.registry.now();
    assert_eq!(view.administrators(STATION).collect::<Vec<_>>(), [CHIEF.user], "A7.1: the deputy does not count");
    assert!(!view.is_administrator(NURSE.user, STATION), "A8.3: nor is one");
}

#[test]
fn a08_3_who_may_have_the_release_key_prepares_nothing_for_oneself() {
    let prepare = |d: &mut District, n: u8, who: Who| {
        d.invite_releasing(DOCTOR.admin(), group(1), n, who).expect("invited");
        d.prepare(DOCTOR.oneself(), group(1), n, (1, 1), &[who])
    };
    let mut d = away();
    d.create_for(DOCTOR.admin(), CLINIC, group(1), GroupKind::Free, HistoryPolicy::All, true).expect("a group");
    d.epoch(DOCTOR.oneself(), group(1)).expect("an epoch");
    prepare(&mut d, 1, NURSE).refused(Code::SecondPersonRequired, "promise 2: a deputy has release keys");
    prepare(&mut d, 2, HELPER).granted("promise 2: a colleague has none");
    d.withdraw(DOCTOR.admin(), group(1), 1).expect("withdrawn");
    d.passes(AWAY + A_DAY);
    prepare(&mut d, 3, NURSE).granted("promise 2: who was a deputy long ago has none of this one");
}
