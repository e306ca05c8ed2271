//! Article 12 (9): taking information, or a facility's device, out (A12.5).

use renkei_policy::group::a12_export;
use renkei_policy::registry::a12_takeout::Stage;
use renkei_proto::act::{HistoryPolicy, Ownership, RegistryAct};
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::hash::Hash32;
use renkei_proto::id::{GroupId, TakeoutId};
use renkei_proto::takeout::{
    Medium, StandingTakeout, TakeoutEnd, TakeoutExport, TakeoutForm, TakeoutPurpose, TakeoutRequest, TakeoutSubject,
};
use renkei_proto::time::Time;

use crate::common::*;

const HOUR: u64 = 3_600;

fn takeout(n: u8) -> TakeoutId {
    TakeoutId([n; 16])
}

impl District {
    /// A request for the first items of group 1 on a USB memory, from now on for a day.
    fn usb(&self, n: u8, who: Who) -> TakeoutRequest {
        TakeoutRequest {
            takeout: takeout(n),
            what: TakeoutSubject::Information { group: group(1), first: 0, last: 9 },
            medium: Medium::UsbMemory,
            purpose: TakeoutPurpose::Conference,
            from: self.now,
            until: self.now.plus(A_DAY),
            device: who.device,
        }
    }

    fn tablet(&self, n: u8, who: Who) -> TakeoutRequest {
        TakeoutRequest { what: TakeoutSubject::Device, medium: Medium::Device, ..self.usb(n, who) }
    }

    fn requests(&mut self, who: Who, request: TakeoutRequest) -> Result<(), Code> {
        self.act(who.oneself(), RegistryAct::RequestTakeout(request)).map(drop)
    }

    fn signed_request(&self, n: u8) -> Hash32 {
        self.registry.now().takeout(takeout(n)).map_or(Hash32::default(), |one| one.statement)
    }

    fn decides(&mut self, seat: Seat, n: u8, approve: bool) -> Result<(), Code> {
        let request = self.signed_request(n);
        self.act(seat, RegistryAct::DecideTakeout { takeout: takeout(n), request, approve }).map(drop)
    }

    fn revokes(&mut self, seat: Seat, n: u8) -> Result<(), Code> {
        self.act(seat, RegistryAct::RevokeTakeout { takeout: takeout(n) }).map(drop)
    }

    fn declares_end(&mut self, seat: Seat, n: u8, how: TakeoutEnd) -> Result<(), Code> {
        self.act(seat, RegistryAct::DeclareTakeoutEnd { takeout: takeout(n), how }).map(drop)
    }

    fn confirms_end(&mut self, seat: Seat, n: u8, how: TakeoutEnd, on: &str) -> Result<(), Code> {
        self.act(seat, RegistryAct::ConfirmTakeoutEnd { takeout: takeout(n), how, on: date(on) }).map(drop)
    }

    fn grants(&mut self, seat: Seat, n: u8, who: Who, of: Option<GroupId>, until: Time) -> Result<(), Code> {
        let permit = StandingTakeout { takeout: takeout(n), user: who.user, group: of, until };
        self.act(seat, RegistryAct::GrantStandingTakeout(permit)).map(drop)
    }

    fn stage(&self, n: u8) -> Stage {
        let found = self.registry.now().takeouts(self.now).find(|(one, _)| one.request.takeout == takeout(n));
        found.expect("a takeout").1
    }

    fn exports(&self, who: Who, export: &TakeoutExport) -> Result<(), Code> {
        let view = self.registry.now();
        let standing = view.may_act(who.user, who.device).map_err(|refusal| refusal.0)?;
        let written = self.group(group(1)).created().time;
        a12_export::permit(self.group(export.group), view, &standing, (export, written), self.now)
            .map_err(|refusal| refusal.0)
    }

    /// The nurse has asked for items of the group, and the chief has approved.
    fn permitted() -> Self {
        let mut d = Self::with_group(HistoryPolicy::All);
        d.requests(NURSE, d.usb(1, NURSE)).expect("asked");
        d.decides(CHIEF.admin(), 1, true).expect("approved");
        d
    }
}

/// The first items of group 1, as an archive.
fn archive(n: u8) -> TakeoutExport {
    TakeoutExport {
        takeout: takeout(n),
        group: group(1),
        form: TakeoutForm::Archive,
        first: 0,
        last: 4,
        items: 1,
        manifest: Hash32([7; 32]),
    }
}

fn text(n: u8) -> TakeoutExport {
    TakeoutExport { form: TakeoutForm::Text, ..archive(n) }
}

#[test]
fn a12_5_a_person_asks_an_administrator_approves_and_only_then_something_leaves() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.exports(NURSE, &archive(1)).refused(Code::TakeoutNotPermitted, "A12.5: without a request");
    d.requests(NURSE, d.usb(1, NURSE)).granted("A12.5: the nurse asks");
    assert_eq!(d.stage(1), Stage::Requested);
    d.exports(NURSE, &archive(1)).refused(Code::TakeoutNotPermitted, "A12.5: nobody has decided");
    d.decides(CHIEF.admin(), 1, true).granted("A12.5: the administrator approves");
    assert_eq!(d.stage(1), Stage::Permitted);
    d.exports(NURSE, &archive(1)).granted("A12.5: then it may leave");
}

#[test]
fn a12_5_what_is_refused_or_withdrawn_does_not_leave() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.requests(NURSE, d.usb(1, NURSE)).expect("asked");
    d.decides(CHIEF.admin(), 1, false).granted("A12.5: refused");
    assert_eq!(d.stage(1), Stage::Refused);
    d.exports(NURSE, &archive(1)).refused(Code::TakeoutNotPermitted, "A12.5: it was refused");
    d.revokes(NURSE.oneself(), 1).refused(Code::NothingToDo, "A12.5: there is nothing to give back");
    d.requests(NURSE, d.usb(2, NURSE)).expect("asked");
    d.revokes(NURSE.oneself(), 2).granted("A12.5: the person withdraws the request");
    assert_eq!(d.stage(2), Stage::Withdrawn);
    d.decides(CHIEF.admin(), 2, true).refused(Code::NothingToDo, "A12.5: it was withdrawn");
}

#[test]
fn a12_5_a_permit_is_for_its_items_person_device_and_medium_alone() {
    let mut d = District::permitted();
    let other = TakeoutExport { last: 10, ..archive(1) };
    d.exports(NURSE, &other).refused(Code::TakeoutNotPermitted, "A12.5: more items than asked for");
    d.exports(NURSE, &text(1)).refused(Code::TakeoutNotPermitted, "A12.5: not in another form");
    d.exports(DOCTOR, &archive(1)).refused(Code::TakeoutNotPermitted, "A12.5: not by somebody of another facility");
    d.joins(group(1), 2, CHIEF);
    d.exports(CHIEF, &archive(1)).refused(Code::TakeoutNotPermitted, "A12.5: nor by a colleague");
    let second = NURSE.with(131);
    d.approve_device(CHIEF.admin(), second).expect("approved");
    d.approve_device(NURSE.oneself(), second).expect("vouched");
    d.exports(second, &archive(1)).refused(Code::TakeoutNotPermitted, "A12.5: nor with another device");
    d.exports(NURSE, &archive(1)).granted("A12.5: what was asked for");
}

#[test]
fn a12_5_a_permit_is_for_its_group() {
    let mut d = District::permitted();
    let g = group(2);
    d.create(DOCTOR.admin(), g, renkei_proto::act::GroupKind::Free, true).expect("another group");
    d.joins(g, 3, NURSE);
    let other = TakeoutExport { group: g, last: 0, ..archive(1) };
    d.exports(NURSE, &other).refused(Code::TakeoutNotPermitted, "A12.5: not of another group");
}

#[test]
fn a12_5_a_permit_holds_within_its_period() {
    let mut d = District::with_group(HistoryPolicy::All);
    let request = TakeoutRequest { from: d.now.plus(HOUR), until: d.now.plus(2 * HOUR), ..d.usb(1, NURSE) };
    d.requests(NURSE, request).expect("asked");
    d.decides(CHIEF.admin(), 1, true).expect("approved");
    d.exports(NURSE, &archive(1)).refused(Code::TakeoutNotPermitted, "A12.5: not before it begins");
    d.now = d.now.plus(HOUR);
    d.exports(NURSE, &archive(1)).granted("A12.5: from its first second on");
    d.now = d.now.plus(HOUR - 1);
    d.exports(NURSE, &archive(1)).granted("A12.5: to its last");
    d.now = d.now.plus(1);
    d.exports(NURSE, &archive(1)).refused(Code::TakeoutNotPermitted, "A12.5: and not after it");
    assert_eq!(d.stage(1), Stage::Overdue);
}

#[test]
fn a12_5_a_permit_ends_with_the_membership_the_device_the_person_and_the_facility() {
    let d = District::permitted();
    let mut removed = d.clone();
    removed.remove(CHIEF.admin(), group(1), NURSE).expect("removed");
    removed.exports(NURSE, &archive(1)).refused(Code::NotAReader, "A5.2: out of the group");
    let mut wiped = d.clone();
    wiped.wipe(CHIEF.admin(), NURSE).expect("wiped");
    wiped.exports(NURSE, &archive(1)).refused(Code::DeviceWiped, "A12.3: a wiped device");
    let mut ended = d.clone();
    ended.end(CHIEF.admin(), NURSE).expect("ended");
    ended.exports(NURSE, &archive(1)).refused(Code::UserEnded, "A8.5: who has left");
    assert_eq!(ended.stage(1), Stage::Overdue, "A12.5: what is out is asked back at once");
    ended.confirms_end(CHIEF.admin(), 1, TakeoutEnd::Returned, "2026-11-22").granted("A12.5: also then");
    let mut suspended = d.clone();
    suspended.act(CHIEF.admin(), RegistryAct::SuspendFacility { facility: STATION }).expect("suspended");
    suspended.exports(NURSE, &archive(1)).refused(Code::FacilitySuspended, "A3.2: a facility that is stopped");
    let mut frozen = d.clone();
    let by = renkei_proto::act::ConsentBy::Patient;
    let act = renkei_proto::act::GroupAct::WithdrawConsent { by, on: date("2026-11-22"), scan: digest(b"paper") };
    frozen.act_in(group(1), DOCTOR.admin(), renkei_proto::act::Act::Group(act)).expect("withdrawn");
    frozen.exports(NURSE, &archive(1)).refused(Code::ConsentWithdrawn, "A6.2: nothing of a frozen group");
}

#[test]
fn a12_5_a_revoked_permit_is_over_at_once_and_its_end_still_confirmed() {
    let mut d = District::permitted();
    d.revokes(DOCTOR.admin(), 1).refused(Code::NotAdministrator, "A12.5: not by another facility");
    d.revokes(CHIEF.admin(), 1).granted("A12.5: the administrator takes it back");
    d.exports(NURSE, &archive(1)).refused(Code::TakeoutNotPermitted, "A12.5: nothing more leaves");
    assert_eq!(d.stage(1), Stage::Overdue, "A12.5: what has left comes back now");
    d.revokes(CHIEF.admin(), 1).refused(Code::NothingToDo, "A12.5: once");
    d.confirms_end(CHIEF.admin(), 1, TakeoutEnd::Erased, "2026-11-22").granted("A12.5: erased");
    assert_eq!(d.stage(1), Stage::Ended);
}

#[test]
fn a12_5_only_an_administrator_of_the_persons_facility_decides_once_and_what_was_read() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.requests(NURSE, d.usb(1, NURSE)).expect("asked");
    d.decides(NURSE.admin(), 1, true).refused(Code::NotAdministrator, "A12.5: not the person");
    d.decides(DOCTOR.admin(), 1, true).refused(Code::NotAdministrator, "A12.5: not another facility");
    d.decides(OPERATOR.operator(), 1, true).refused(Code::NotAdministrator, "A12.5: not the Desk, for staff");
    d.decides(CHIEF.oneself(), 1, true).refused(Code::WrongRole, "A12.5: in office");
    d.decides(CHIEF.admin(), 9, true).refused(Code::Unknown, "A12.5: nobody asked");
    let act = RegistryAct::DecideTakeout { takeout: takeout(1), request: Hash32([9; 32]), approve: true };
    d.act(CHIEF.admin(), act).refused(Code::Unknown, "A12.5: another request than the one that was read");
    d.requests(NURSE, d.usb(1, NURSE)).refused(Code::AlreadyExists, "A12.5: a request is not changed afterwards");
    d.decides(CHIEF.admin(), 1, false).expect("refused");
    d.decides(CHIEF.admin(), 1, true).refused(Code::NothingToDo, "A12.5: decided once");
    d.requests(NURSE, d.usb(2, NURSE)).expect("asked");
    d.now = d.now.plus(A_DAY);
    assert_eq!(d.stage(2), Stage::Lapsed);
    d.decides(CHIEF.admin(), 2, true).refused(Code::DateOutOfRange, "A12.5: its time is over");
}

#[test]
fn a12_5_nobody_approves_or_confirms_the_own_where_there_is_another() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.requests(CHIEF, d.tablet(1, CHIEF)).expect("asked");
    d.clone().decides(CHIEF.admin(), 1, true).granted("A7.1: an only administrator's own");
    d.clone().decides(OPERATOR.operator(), 1, true).granted("A12.5: or the Desk's to decide");
    let deputy = who(32);
    d.hires(CHIEF.admin(), STATION, deputy);
    d.appoint(CHIEF.manager(), deputy).expect("a deputy");
    d.decides(CHIEF.admin(), 1, true).refused(Code::SecondPersonRequired, "A7.1: the other one does");
    d.decides(deputy.admin(), 1, true).granted("A7.1: the other administrator");
    let end = |d: &mut District, seat| d.confirms_end(seat, 1, TakeoutEnd::Returned, "2026-11-22");
    end(&mut d, CHIEF.admin()).refused(Code::SecondPersonRequired, "A12.5: nor confirms that it is back");
    end(&mut d, deputy.admin()).granted("A12.5: the other administrator");
    let until = d.now.plus(A_DAY);
    d.grants(CHIEF.admin(), 2, CHIEF, None, until).refused(Code::SecondPersonRequired, "A12.5: nor a standing permit");
    d.act(CHIEF.admin(), RegistryAct::SuspendUser { user: deputy.user }).expect("suspended");
    d.requests(CHIEF, d.tablet(3, CHIEF)).expect("asked");
    d.decides(CHIEF.admin(), 3, true)
        .refused(Code::SecondPersonRequired, "A7.1: nobody is alone by stopping the other");
}

#[test]
fn a12_5_nobody_is_the_only_administrator_by_dismissing_the_other_for_a_moment() {
    let mut d = District::with_group(HistoryPolicy::All);
    let deputy = who(32);
    d.hires(CHIEF.admin(), STATION, deputy);
    d.appoint(CHIEF.manager(), deputy).expect("a deputy");
    d.requests(CHIEF, d.tablet(1, CHIEF)).expect("asked");
    d.dismiss(CHIEF.manager(), deputy).expect("dismissed");
    d.decides(CHIEF.admin(), 1, true).refused(Code::SecondPersonRequired, "A7.1: the other one has just left");
    d.clone().decides(OPERATOR.operator(), 1, true).granted("A12.5: the Desk helps meanwhile");
    d.now = d.now.plus(A_DAY);
    d.requests(CHIEF, d.tablet(2, CHIEF)).expect("asked");
    d.decides(CHIEF.admin(), 2, true).granted("A7.1: an only administrator's own, a day later");
}

#[test]
fn a12_5_a_period_is_a_month_at_most_and_neither_past_nor_far_ahead() {
    let mut d = District::with_group(HistoryPolicy::All);
    let base = d.usb(1, NURSE);
    let with = |from: Time, until: Time| TakeoutRequest { from, until, ..base };
    let now = d.now;
    for (request, what) in [
        (with(now, now.plus(bounds::TAKEOUT_PERIOD + 1)), "A12.5: longer than a month"),
        (with(now, now), "A12.5: for no time"),
        (with(now.plus(2), now.plus(1)), "A12.5: backwards"),
        (with(Time(now.0 - HOUR), now), "A12.5: in the past"),
        (with(now.plus(bounds::TAKEOUT_AHEAD + 1), now.plus(bounds::TAKEOUT_AHEAD + HOUR)), "A12.5: too far ahead"),
        (with(Time(0), Time(u64::MAX)), "A12.5: for ever"),
    ] {
        d.requests(NURSE, request).refused(Code::DateOutOfRange, what);
    }
    d.requests(NURSE, with(now, now.plus(bounds::TAKEOUT_PERIOD))).granted("A12.5: a month");
}

#[test]
fn a12_5_a_request_is_for_oneself_with_an_own_active_device_and_a_medium_that_fits() {
    let mut d = District::with_group(HistoryPolicy::All);
    let ask = |d: &mut District, who: Who, request| d.requests(who, request);
    let usb = d.usb(1, NURSE);
    ask(&mut d, NURSE, TakeoutRequest { device: CHIEF.device, ..usb }).refused(Code::NotForYou, "A12.5: another's");
    let as_device = TakeoutRequest { medium: Medium::Device, ..usb };
    ask(&mut d, NURSE, as_device).refused(Code::TakeoutNotPermitted, "A12.5: information is no device");
    let on_paper = TakeoutRequest { what: TakeoutSubject::Device, ..usb };
    ask(&mut d, NURSE, on_paper).refused(Code::TakeoutNotPermitted, "A12.5: a device leaves as what it is");
    let what = TakeoutSubject::Information { group: group(1), first: 2, last: 1 };
    ask(&mut d, NURSE, TakeoutRequest { what, ..usb }).refused(Code::TakeoutNotPermitted, "A12.5: no items");
    let act = RegistryAct::RequestTakeout(usb);
    d.act(NURSE.admin(), act).refused(Code::WrongRole, "A12.5: as oneself");
    let own = NURSE.with(131);
    let mut registration = own.registration();
    registration.ownership = Ownership::Own;
    d.act(CHIEF.admin(), RegistryAct::ApproveDevice { user: own.user, device: registration }).expect("approved");
    let pending = TakeoutRequest { device: own.device, ..usb };
    ask(&mut d, NURSE, pending).refused(Code::DeviceNotApproved, "A12.5: a device that is not approved yet");
    d.act(NURSE.oneself(), RegistryAct::ApproveDevice { user: own.user, device: own_registration(own) })
        .expect("vouched");
    let request = d.tablet(2, own);
    ask(&mut d, NURSE, request).refused(Code::TakeoutNotPermitted, "A12.6: an own device needs no permit of this kind");
    let request = d.tablet(2, NURSE);
    ask(&mut d, NURSE, request).granted("A12.5: the facility's does");
}

fn own_registration(who: Who) -> renkei_proto::act::DeviceRegistration {
    renkei_proto::act::DeviceRegistration { ownership: Ownership::Own, ..who.registration() }
}

#[test]
fn a12_5_a_standing_permit_is_for_text_of_its_group_until_its_day() {
    let mut d = District::with_group(HistoryPolicy::All);
    let until = d.now.plus(A_DAY);
    d.grants(NURSE.admin(), 1, NURSE, None, until).refused(Code::NotAdministrator, "A12.5: an administrator gives it");
    d.grants(DOCTOR.admin(), 1, NURSE, None, until).refused(Code::NotAdministrator, "A12.5: of the own facility");
    let far = d.now.plus(bounds::TAKEOUT_STANDING + 1);
    d.grants(CHIEF.admin(), 1, NURSE, None, far).refused(Code::DateOutOfRange, "A12.5: a year at most");
    d.grants(CHIEF.admin(), 1, NURSE, None, d.now).refused(Code::DateOutOfRange, "A12.5: for some time");
    d.grants(CHIEF.admin(), 1, NURSE, Some(group(1)), until).granted("A12.5: for the chart");
    d.grants(CHIEF.admin(), 1, NURSE, None, until).refused(Code::AlreadyExists, "A12.5: it is not widened afterwards");
    d.grants(CHIEF.admin(), 2, NURSE, Some(group(2)), until).expect("of another group");
    d.exports(NURSE, &text(1)).granted("A12.5: text");
    let crowded = TakeoutExport { items: 6, ..text(1) };
    d.exports(NURSE, &crowded).refused(Code::TooLarge, "A12.5: files do not leave as text");
    d.exports(NURSE, &archive(1)).refused(Code::TakeoutNotPermitted, "A12.5: no archive");
    d.exports(NURSE, &text(2)).refused(Code::TakeoutNotPermitted, "A12.5: not of this group");
    d.exports(DOCTOR, &text(1)).refused(Code::TakeoutNotPermitted, "A12.5: not for another person");
    let mut revoked = d.clone();
    revoked.revokes(CHIEF.admin(), 1).granted("A12.5: taken back");
    revoked.exports(NURSE, &text(1)).refused(Code::TakeoutNotPermitted, "A12.5: it was taken back");
    d.now = until;
    d.exports(NURSE, &text(1)).refused(Code::TakeoutNotPermitted, "A12.5: its day has come");
}

#[test]
fn a12_5_the_person_declares_and_an_administrator_confirms_the_end() {
    let mut d = District::permitted();
    let today = "2026-11-22";
    d.declares_end(CHIEF.oneself(), 1, TakeoutEnd::Erased).refused(Code::NotForYou, "A12.5: for oneself");
    d.declares_end(NURSE.oneself(), 1, TakeoutEnd::Filed).refused(Code::TakeoutNotPermitted, "A12.5: a USB memory");
    d.declares_end(NURSE.oneself(), 1, TakeoutEnd::Erased).granted("A12.5: erased, the person says");
    d.declares_end(NURSE.oneself(), 1, TakeoutEnd::Erased).refused(Code::NothingToDo, "A12.5: once is enough");
    assert_eq!(d.stage(1), Stage::Permitted, "A12.5: the person's word alone ends nothing");
    for how in [TakeoutEnd::Returned, TakeoutEnd::Lost, TakeoutEnd::NotUsed, TakeoutEnd::Erased] {
        d.declares_end(NURSE.oneself(), 1, how).granted("A12.5: on second thoughts");
    }
    d.declares_end(NURSE.oneself(), 1, TakeoutEnd::Lost).refused(Code::NothingToDo, "A12.5: and not for ever");
    let confirm = |d: &mut District, seat, on| d.confirms_end(seat, 1, TakeoutEnd::Erased, on);
    confirm(&mut d, NURSE.admin(), today).refused(Code::NotAdministrator, "A12.5: not the person");
    confirm(&mut d, DOCTOR.admin(), today).refused(Code::NotAdministrator, "A12.5: not another facility");
    confirm(&mut d, CHIEF.admin(), "2026-11-21").refused(Code::DateOutOfRange, "A12.5: before it was permitted");
    confirm(&mut d, CHIEF.admin(), "2026-11-23").refused(Code::DateOutOfRange, "A12.5: not tomorrow");
    confirm(&mut d, CHIEF.admin(), today).granted("A12.5: the administrator has made sure");
    assert_eq!(d.stage(1), Stage::Ended);
    d.exports(NURSE, &archive(1)).refused(Code::TakeoutNotPermitted, "A12.5: nothing leaves after its end");
    confirm(&mut d, CHIEF.admin(), today).refused(Code::NothingToDo, "A12.5: once");
}

#[test]
fn a12_5_what_is_out_too_long_is_overdue_until_its_end_is_confirmed() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.requests(NURSE, d.tablet(1, NURSE)).expect("asked");
    let confirm = |d: &mut District| d.confirms_end(CHIEF.admin(), 1, TakeoutEnd::Returned, "2026-11-23");
    confirm(&mut d).refused(Code::NothingToDo, "A12.5: nothing was permitted");
    d.decides(CHIEF.admin(), 1, true).expect("approved");
    let overdue = |d: &District| d.registry.now().takeouts_overdue(STATION, d.now).count();
    assert_eq!(overdue(&d), 0);
    d.now = d.now.plus(A_DAY);
    assert_eq!((d.stage(1), overdue(&d)), (Stage::Overdue, 1));
    assert_eq!(d.registry.now().takeouts_overdue(CLINIC, d.now).count(), 0, "A12.5: each facility its own");
    d.declares_end(NURSE.oneself(), 1, TakeoutEnd::Returned).expect("declared");
    assert_eq!(overdue(&d), 1, "A12.5: until somebody has seen it");
    confirm(&mut d).granted("A12.5: it is back");
    assert_eq!((d.stage(1), overdue(&d)), (Stage::Ended, 0));
}

#[test]
fn a12_5_a_person_has_so_many_open_takeouts_and_no_more() {
    let mut d = District::with_group(HistoryPolicy::All);
    let most = u8::try_from(bounds::TAKEOUTS_OPEN).expect("few");
    for n in 0..most {
        d.requests(NURSE, d.usb(n, NURSE)).expect("asked");
    }
    d.requests(NURSE, d.usb(most, NURSE)).refused(Code::TakeoutsOpen, "A12.5: nobody's list is endless");
    d.decides(CHIEF.admin(), 0, false).expect("refused");
    d.revokes(NURSE.oneself(), 1).expect("withdrawn");
    d.requests(NURSE, d.usb(most, NURSE))
        .refused(Code::TakeoutsOpen, "A12.5: nor the registry, by asking over and over");
    let until = d.now.plus(A_DAY);
    d.grants(CHIEF.admin(), 99, NURSE, None, until).refused(Code::TakeoutsOpen, "A12.5: standing permits count too");
    d.now = until;
    d.requests(NURSE, d.usb(most, NURSE)).granted("A12.5: the day after");
}

#[test]
fn a12_5_an_export_names_items_that_are_there() {
    let d = District::permitted();
    let size = d.group(group(1)).size();
    let wrong = [
        (TakeoutExport { items: 0, ..archive(1) }, Code::TooLarge),
        (TakeoutExport { items: 5 * (1 + 10) + 1, ..archive(1) }, Code::TooLarge),
        (TakeoutExport { first: 4, last: 3, ..archive(1) }, Code::Unknown),
        (TakeoutExport { first: size, last: size, ..archive(1) }, Code::Unknown),
    ];
    assert!(size < 9, "the request reaches beyond the log");
    for (export, code) in wrong {
        d.exports(NURSE, &export).refused(code, "A12.5: no such items");
    }
}

#[test]
fn a12_5_the_desk_sees_to_what_a_facility_left_behind() {
    let mut d = District::permitted();
    for operator in [OPERATOR, COLLEAGUE] {
        let act = RegistryAct::EndFacility { facility: STATION, close_groups: true };
        d.act(operator.operator(), act).expect("a voice");
    }
    assert_eq!(d.stage(1), Stage::Overdue);
    d.confirms_end(OPERATOR.operator(), 1, TakeoutEnd::Returned, "2026-11-22").granted("A12.5: somebody must");
}

#[test]
fn a12_5_the_registry_answers_for_every_moment() {
    let mut d = District::permitted();
    let size = d.registry.size();
    d.revokes(CHIEF.admin(), 1).expect("revoked");
    d.confirms_end(CHIEF.admin(), 1, TakeoutEnd::Erased, "2026-11-22").expect("confirmed");
    let then = d.registry.at(size).and_then(|view| view.takeout(takeout(1))).expect("it was there");
    assert!(then.revoked.is_none() && then.confirmed.is_none() && then.decided.is_some());
    let before = d.registry.at(size - 1).and_then(|view| view.takeout(takeout(1))).expect("asked for");
    assert!(before.decided.is_none());
    assert!(d.registry.at(size - 2).and_then(|view| view.takeout(takeout(1))).is_none());
}
